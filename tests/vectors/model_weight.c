/*
 * Vectors of perpetual exchanges about what balances count for.
 */
#include <string.h>

#include "engine/rc.h"
#include "holdings.h"
#include "model.h"

static bool is_zero(struct vec *vec, const json_t *object, const char *key)
{
	return dec_sign(vec_number(vec, object, key)) == 0;
}

static enum verdict no_room(struct vec *vec, int code)
{
	return vec_refused(vec, "the account", code);
}

/* The weights of one kind, "init" or "maint", at each level. */
static void read_weights(struct vec *vec, const json_t *row, bool initial,
			 struct holding *holding)
{
	holding_set(holding->weight,
		    vec_number(vec, row,
			       initial ? "init_asset_weight"
				       : "maint_asset_weight"));
	holding_set(
		holding->liability,
		vec_number(vec, row,
			   initial ? "init_liab_weight" : "maint_liab_weight"));
}

static bool is_strict(const char *kind)
{
	return strstr(kind, "_strict") != NULL;
}

static const char *take_spot(struct vec *vec, const json_t *row,
			     const char *kind, struct holding *holding)
{
	memset(holding, 0, sizeof(*holding));
	holding->amount = vec_number(vec, row, "amount");
	holding->price = vec_number(vec, row, "price");
	read_weights(vec, row, strncmp(kind, "initial", 7) == 0, holding);
	if (!is_zero(vec, row, "open_bids") ||
	    !is_zero(vec, row, "open_asks") ||
	    !is_zero(vec, row, "open_orders"))
		return "an order for tokens themselves is none of a market";
	if (is_strict(kind))
		holding->slow = vec_number(vec, row, "twap5m");
	return NULL;
}

/*
 * The worse of two prices counts at initial, and there all that is told is
 * health: collateral is that of an account without debts, and what is required
 * that of one with nothing else.
 */
static int strict_half(const struct holding *holdings, size_t n, bool owed,
		       struct dec *ret_sum, int *ret_places)
{
	struct holding half[HOLDINGS_MAX];
	struct book book;
	int r;

	for (size_t i = 0; i < n; i++) {
		half[i] = holdings[i];
		if ((dec_sign(half[i].amount) < 0) != owed)
			half[i].amount = dec_of(0, 0);
	}
	r = holdings_open(&book, half, n);
	if (r == RK_OK) {
		*ret_sum = dec_abs(
			book_money(&book, book_view(&book, HOLDINGS_ACCOUNT)
						  .margin.health_i.raw));
		*ret_places = book.scale.money;
	}
	book_close(&book);
	return r;
}

static enum verdict strict_margin(struct vec *vec,
				  const struct holding *holdings, size_t n)
{
	struct dec collateral = dec_of(0, 0);
	struct dec required = dec_of(0, 0);
	int fine = 0;
	int places = 0;
	int r = strict_half(holdings, n, false, &collateral, &fine);

	if (r == RK_OK)
		r = strict_half(holdings, n, true, &required, &places);
	if (r != RK_OK)
		return no_room(vec, r);
	(void)vec_expect(vec, "margin_requirement", required, places,
			 RK_ROUND_CEIL);
	(void)vec_expect(vec, "total_collateral", collateral, fine,
			 RK_ROUND_FLOOR);
	return vec_verdict(vec);
}

enum verdict model_weighted_margin(struct vec *vec)
{
	const json_t *spot = vec_array(vec, vec->inputs, "spot");
	const json_t *perps = vec_array(vec, vec->inputs, "perp");
	const char *kind = vec_word(vec, vec->inputs, "kind");
	struct holding holdings[HOLDINGS_MAX];
	size_t n = json_array_size(spot);
	struct rk_margin margin = {.prices_ok = false};
	struct book book;
	int r;

	if (!is_zero(vec, vec->inputs, "user_margin_ratio"))
		return vec_wait(vec, "an account has no leverage of its own");
	if (!is_zero(vec, vec->inputs, "buffer"))
		return vec_wait(vec, "there is no buffer to leave liquidation");
	if (n > HOLDINGS_MAX)
		return vec_wait(vec, "more than %d rows", HOLDINGS_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *why = take_spot(vec, json_array_get(spot, i), kind,
					    &holdings[i]);

		if (why)
			return vec_wait(vec, "%s", why);
	}
	if (json_array_size(perps) > 0)
		return vec_wait(vec, "a loss is collateral below 0 here, and a "
				     "debt in the engine");
	if (vec->broken)
		return vec_verdict(vec);
	if (!holdings_fit(holdings, n))
		return vec_wait(vec, "a weight the engine cannot have");
	if (is_strict(kind))
		return strict_margin(vec, holdings, n);
	r = holdings_open(&book, holdings, n);
	if (r == RK_OK)
		margin = book_view(&book, HOLDINGS_ACCOUNT).margin;
	book_close(&book);
	if (r != RK_OK)
		return no_room(vec, r);
	(void)vec_expect(vec, "margin_requirement",
			 book_money(&book, margin.liabilities.raw),
			 book.scale.money, RK_ROUND_CEIL);
	(void)vec_expect(vec, "total_collateral",
			 book_money(&book, margin.assets.raw), book.scale.money,
			 RK_ROUND_FLOOR);
	return vec_verdict(vec);
}

/* Why the engine cannot say what a market of reserved orders counts. */
static const char *orders_there(struct vec *vec)
{
	const json_t *orders = vec_array(vec, vec->inputs, "spot_orders");

	for (size_t i = 0; i < json_array_size(orders); i++) {
		const json_t *row = json_array_get(orders, i);

		if (!is_zero(vec, row, "reserved_quote") ||
		    !is_zero(vec, row, "reserved_base"))
			return "an order for tokens themselves is none of a "
			       "market";
	}
	return NULL;
}

/* A number that may be left out; 0 then. */
static struct dec number_or_0(struct vec *vec, const json_t *row,
			      const char *key)
{
	return json_object_get(row, key) ? vec_number(vec, row, key)
					 : dec_of(0, 0);
}

static void take_token(struct vec *vec, const json_t *row,
		       struct holding *holding)
{
	memset(holding, 0, sizeof(*holding));
	holding->amount = vec_number(vec, row, "amount");
	holding->price = vec_number(vec, row, "price");
	holding->slow = number_or_0(vec, row, "stable_price");
	holding->held = number_or_0(vec, row, "total_deposits");
	holding->owed = number_or_0(vec, row, "total_borrows");
	holding->scale_held = number_or_0(vec, row, "deposit_scale_start");
	holding->scale_owed = number_or_0(vec, row, "borrow_scale_start");
	holding_set(holding->weight, vec_number(vec, row, "iaw"));
	holding_set(holding->liability, vec_number(vec, row, "ilw"));
}

enum verdict model_token_health(struct vec *vec)
{
	const json_t *tokens = vec_array(vec, vec->inputs, "tokens");
	const json_t *perps = vec_array(vec, vec->inputs, "perps");
	const char *why = orders_there(vec);
	struct holding holdings[HOLDINGS_MAX];
	size_t n = json_array_size(tokens);
	struct dec health = dec_of(0, 0);
	struct book book;
	int r;

	if (why)
		return vec_wait(vec, "%s", why);
	if (json_array_size(perps) > 0)
		return vec_wait(vec, "what a position requires is weighed with "
				     "its profit here");
	if (n > HOLDINGS_MAX)
		return vec_wait(vec, "more than %d rows", HOLDINGS_MAX);
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(tokens, i);

		take_token(vec, row, &holdings[i]);
	}
	if (vec->broken)
		return vec_verdict(vec);
	if (!holdings_fit(holdings, n))
		return vec_wait(vec, "a weight the engine cannot have");
	r = holdings_open(&book, holdings, n);
	if (r == RK_OK)
		health = book_money(
			&book,
			book_view(&book, HOLDINGS_ACCOUNT).margin.health_i.raw);
	book_close(&book);
	if (r != RK_OK)
		return no_room(vec, r);
	(void)vec_expect(vec, "health", health, book.scale.money,
			 RK_ROUND_FLOOR);
	return vec_verdict(vec);
}

/*
 * Free collateral, taken out in an asset of this weight: the account has just
 * that asset, and owes what is required. The model takes quanta off first and
 * rounds down twice on the way; the engine may let that much more go.
 */
enum verdict model_max_withdrawable(struct vec *vec)
{
	const struct dec one = dec_of(1, 0);
	struct dec collateral =
		vec_number(vec, vec->inputs, "total_collateral");
	struct dec required =
		vec_number(vec, vec->inputs, "margin_requirement");
	struct dec weight = vec_number(vec, vec->inputs, "asset_weight");
	struct dec price = vec_number(vec, vec->inputs, "price");
	struct dec quantum = vec_number(vec, vec->inputs, "quote_quantum");
	struct dec safety = vec_number(vec, vec->inputs, "safety_quanta");
	struct dec decimals = vec_number(vec, vec->inputs, "decimals");
	struct dec each = dec_mul(weight, price);
	struct holding holdings[2] = {{.price = price}, {.price = one}};
	struct dec most = dec_of(0, 0);
	struct dec told = dec_of(0, 0);
	struct figure figure;
	struct book book;
	int r;

	if (vec->broken || dec_sign(each) <= 0 || dec_sign(decimals) < 0) {
		vec->broken = true;
		return vec_verdict(vec);
	}
	holdings[0].amount = dec_div(collateral, each, RK_ASSET_DECIMALS_MAX,
				     RK_ROUND_FLOOR);
	if (dec_cmp(dec_mul(holdings[0].amount, each), collateral) != 0)
		return vec_wait(vec, "no amount has this collateral");
	holding_set(holdings[0].weight, weight);
	holding_set(holdings[0].liability, one);
	holdings[1].amount = dec_neg(required);
	holding_set(holdings[1].weight, one);
	holding_set(holdings[1].liability, one);
	if (!holdings_fit(holdings, 2))
		return vec_wait(vec, "a weight the engine cannot have");
	r = holdings_open(&book, holdings, 2);
	if (r == RK_OK)
		most = holdings_taken_most(&book);
	if (r == RK_OK)
		told = holdings_withdrawable(&book);
	book_close(&book);
	if (r != RK_OK)
		return no_room(vec, r);
	figure = vec_figure(vec, "amount", RK_ASSET_DECIMALS_MAX,
			    RK_ROUND_FLOOR);
	/* (quanta / weight + one rounding) / price + another. */
	figure.slack = dec_div(
		dec_add(dec_mul(safety, quantum), dec_mul(weight, quantum)),
		each, RK_DECIMALS_MAX, RK_ROUND_CEIL);
	figure.slack = dec_add(figure.slack, quantum);
	(void)vec_check(vec, dec_cmp(most, figure.want) >= 0,
			"amount: the engine lets less go");
	(void)vec_check(vec, dec_cmp(most, told) == 0,
			"amount: the engine tells another than it lets go");
	vec->compared -= 2; /* it is one figure */
	(void)vec_compare(vec, &figure, most);
	return vec_verdict(vec);
}
