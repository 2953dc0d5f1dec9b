/*
 * riskctl trade: book one fill.
 */
#include <inttypes.h>
#include <string.h>

#include "ctl_out.h"

#define EXTERNAL "external:"

/* The options as text. */
struct words {
	const char *buyer;
	const char *seller;
	const char *fee;
	const char *buyer_fee;
	const char *seller_fee;
	const char *order;
	const char *buyer_rests;
	const char *seller_rests;
	const char *id;
};

/* "42" or "external:NAME" */
static int read_side(struct ctl *ctl, const char *option, const char *text,
		     struct risk_trade_side *side, uint32_t *venue)
{
	int rc;

	if (!text)
		return ctl_usage_error(ctl,
				       "%s is missing: say which account, or "
				       "external:VENUE",
				       option);
	if (strncmp(text, EXTERNAL, strlen(EXTERNAL)) != 0)
		return ctl_read_account(ctl, text, &side->account);
	rc = risk_find_venue(ctl->risk, text + strlen(EXTERNAL), venue);
	return rc ? ctl_fail(ctl, rc) : CTL_OK;
}

static int read_fee(struct ctl *ctl, const struct words *words,
		    const Riskd__Market *market, struct risk_trade *trade)
{
	const Riskd__Asset *asset =
		risk_asset_by_id(ctl->risk, market->settle_asset);
	uint32_t decimals = asset ? asset->decimals : 0;
	const char *buyer = words->buyer_fee;
	const char *seller = words->seller_fee;
	int rc = CTL_OK;

	if (!buyer && trade->buyer.account)
		buyer = words->fee;
	if (!seller && trade->seller.account)
		seller = words->fee;
	if (buyer)
		rc = ctl_read_decimal(ctl, "buyer's fee", buyer, decimals,
				      &trade->buyer.fee);
	if (rc == CTL_OK && seller)
		rc = ctl_read_decimal(ctl, "seller's fee", seller, decimals,
				      &trade->seller.fee);
	return rc;
}

/* The side that holds the account of an open order, by asking. */
static int find_order_side(struct ctl *ctl, struct risk_order_id id,
			   const char *text, Riskd__Side *ret_side)
{
	Riskd__Answer *answer;
	int rc = risk_orders(ctl->risk, NULL, 1000, &answer);

	if (rc)
		return ctl_fail(ctl, rc);
	rc = CTL_REFUSED;
	for (size_t i = 0; i < answer->orders->n_orders; i++) {
		const Riskd__Order *order = answer->orders->orders[i];

		if (order->order->seq == id.seq && order->order->n == id.n) {
			*ret_side = order->side;
			rc = CTL_OK;
		}
	}
	riskd__answer__free_unpacked(answer, NULL);
	if (rc)
		return ctl_refuse(ctl,
				  "order %s is not open, so it cannot be told "
				  "which side it is of: book it against "
				  "external:VENUE",
				  text);
	return CTL_OK;
}

static int read_order(struct ctl *ctl, const char *text,
		      struct risk_trade *trade)
{
	struct risk_order_id id = {0};
	Riskd__Side side = trade->buyer.account ? RISKD__SIDE__SIDE_BUY
						: RISKD__SIDE__SIDE_SELL;
	int rc;

	if (!text)
		return CTL_OK;
	rc = ctl_read_order(ctl, text, &id);
	if (rc == CTL_OK && trade->buyer.account && trade->seller.account)
		rc = find_order_side(ctl, id, text, &side);
	if (rc)
		return rc;
	if (side == RISKD__SIDE__SIDE_BUY)
		trade->buyer.order = id;
	else
		trade->seller.order = id;
	return CTL_OK;
}

static int read_resting(const struct ctl *ctl, const struct words *words,
			struct risk_trade *trade)
{
	int rc = CTL_OK;

	if (words->buyer_rests)
		rc = ctl_read_u64(ctl, "--buyer-rests", words->buyer_rests,
				  &trade->buyer.resting);
	if (rc == CTL_OK && words->seller_rests)
		rc = ctl_read_u64(ctl, "--seller-rests", words->seller_rests,
				  &trade->seller.resting);
	return rc;
}

/*
 * The daemon keeps a window of ids below the highest one: any other id made
 * up here could shut out those of a gateway that counts by itself.
 */
static int read_id(const struct ctl *ctl, const char *text,
		   const Riskd__Market *market, struct risk_trade *trade)
{
	if (text)
		return ctl_read_u64(ctl, "--id", text, &trade->id);
	trade->id = market->last_trade + 1;
	return CTL_OK;
}

int cmd_trade(struct ctl *ctl, int argc, char **argv)
{
	struct words words = {0};
	const struct ctl_option options[] = {
		{"buyer", 0, &words.buyer, NULL},
		{"seller", 0, &words.seller, NULL},
		{"fee", 0, &words.fee, NULL},
		{"buyer-fee", 0, &words.buyer_fee, NULL},
		{"seller-fee", 0, &words.seller_fee, NULL},
		{"order", 0, &words.order, NULL},
		{"buyer-rests", 0, &words.buyer_rests, NULL},
		{"seller-rests", 0, &words.seller_rests, NULL},
		{"id", 0, &words.id, NULL},
		{NULL, 0, NULL, NULL},
	};
	const Riskd__Market *market = NULL;
	struct risk_trade trade = {0};
	struct risk_cmd cmd;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)) ||
	    (rc = ctl_read_size_price(ctl, argv[2], market, &trade.size,
				      &trade.price)) ||
	    (rc = read_side(ctl, "--buyer", words.buyer, &trade.buyer,
			    &trade.venue)) ||
	    (rc = read_side(ctl, "--seller", words.seller, &trade.seller,
			    &trade.venue)) ||
	    (rc = read_fee(ctl, &words, market, &trade)) ||
	    (rc = read_order(ctl, words.order, &trade)) ||
	    (rc = read_resting(ctl, &words, &trade)) ||
	    (rc = read_id(ctl, words.id, market, &trade)))
		return rc;
	trade.market = market->id;
	risk_cmd_trade(&cmd, &trade);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "trade %" PRIu64 " booked in %s", trade.id,
			market->name);
}
