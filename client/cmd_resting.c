/*
 * riskctl order place, order cancel: resting orders, the orders of accounts
 * themselves. (Those that riskd asks for are in cmd_order.c.)
 */
#include <inttypes.h>
#include <string.h>

#include "ctl_out.h"

static const struct ctl_column columns[] = {
	{"Resting order", "order", CTL_INTEGER},
	{"Market", "market", CTL_TEXT},
	{"Side", "side", CTL_TEXT},
	{"Reduce-only", "reduce_only", CTL_BOOL},
	{"Size", "size", CTL_DECIMAL},
	{"Left", "left", CTL_DECIMAL},
	{"Not worse than", "price", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *ctl_resting_table(const struct ctl *ctl,
				    Riskd__RestingOrder **orders, size_t n)
{
	struct ctl_table *table = ctl_table_new(columns);

	for (size_t i = 0; i < n; i++) {
		const Riskd__RestingOrder *order = orders[i];
		struct ctl_scale scale = ctl_scale_of(ctl, order->market);

		ctl_cell_u64(table, order->order);
		ctl_cell(table, "%s", scale.market);
		ctl_cell(table, "%s", risk_side_name(order->side));
		ctl_cell_bool(table, order->reduce_only);
		ctl_cell_decimal(table, order->size, scale.size, "");
		ctl_cell_decimal(table, order->left, scale.size, "");
		ctl_cell_decimal(table, order->price, scale.price, scale.quote);
	}
	return table;
}

static int read_order_side(const struct ctl *ctl, const char *text,
			   Riskd__Side *ret_side)
{
	if (!strcmp(text, "buy"))
		*ret_side = RISKD__SIDE__SIDE_BUY;
	else if (!strcmp(text, "sell"))
		*ret_side = RISKD__SIDE__SIDE_SELL;
	else
		return ctl_usage_error(ctl, "side \"%s\": must be buy or sell",
				       text);
	return CTL_OK;
}

int cmd_order_place(struct ctl *ctl, int argc, char **argv)
{
	bool reduce_only = false;
	const struct ctl_option options[] = {
		{"reduce-only", 0, NULL, &reduce_only},
		{NULL, 0, NULL, NULL},
	};
	const Riskd__Market *market = NULL;
	struct risk_place place = {.account = 0};
	struct risk_cmd cmd;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 5, 5)) ||
	    (rc = ctl_read_account(ctl, argv[1], &place.account)) ||
	    (rc = ctl_read_u64(ctl, "number", argv[2], &place.order)) ||
	    (rc = read_order_side(ctl, argv[4], &place.side)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[3], &market)) ||
	    (rc = ctl_read_size_price(ctl, argv[5], market, &place.size,
				      &place.price)))
		return rc;
	place.market = market->id;
	place.reduce_only = reduce_only;
	risk_cmd_place(&cmd, &place);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "order %s of account %s may be sent", argv[2],
			argv[1]);
}

/* The market of an order, by asking for those that rest. */
static int find_market(struct ctl *ctl, uint64_t account, uint64_t order,
		       const Riskd__Market **ret_market)
{
	const Riskd__Market *market = NULL;
	Riskd__Answer *answer;
	int rc = risk_account(ctl->risk, account, &answer);

	if (rc)
		return ctl_fail(ctl, rc);
	for (size_t i = 0; i < answer->account->n_resting_orders; i++)
		if (answer->account->resting_orders[i]->order == order)
			market = risk_market_by_id(
				ctl->risk,
				answer->account->resting_orders[i]->market);
	riskd__answer__free_unpacked(answer, NULL);
	if (!market) {
		(void)ctl_refuse(ctl,
				 "account %" PRIu64
				 " has no resting order %" PRIu64
				 ": see riskctl account show",
				 account, order);
		return CTL_REFUSED;
	}
	*ret_market = market;
	return CTL_OK;
}

int cmd_order_cancel(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	uint64_t account = 0;
	uint64_t order = 0;
	int64_t left = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, none, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 3)) ||
	    (rc = ctl_read_account(ctl, argv[1], &account)) ||
	    (rc = ctl_read_u64(ctl, "number", argv[2], &order)) ||
	    (rc = ctl_connect(ctl)))
		return rc;
	if (n == 3 &&
	    ((rc = find_market(ctl, account, order, &market)) || !market ||
	     (rc = ctl_read_decimal(ctl, "what is left", argv[3],
				    market->size_decimals, &left))))
		return rc;
	risk_cmd_cancel_order(&cmd, account, order, left);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	if (left > 0)
		return ctl_done(ctl, seq, "order %s of account %s: %s is left",
				argv[2], argv[1], argv[3]);
	return ctl_done(ctl, seq, "order %s of account %s is gone", argv[2],
			argv[1]);
}
