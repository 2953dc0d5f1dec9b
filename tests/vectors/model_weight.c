/*
 * Vectors about how much of an asset may be taken out.
 */
#include "engine/rc.h"
#include "holdings.h"
#include "model.h"

#define AMOUNT_PLACES 3 /* so that what is left is no finer than money */

static enum verdict no_room(struct vec *vec, int code)
{
	return vec_refused(vec, "the account", code);
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
	struct dec each = dec_mul(weight, price);
	struct holding holdings[3] = {
		{.price = price}, {.price = one}, {.price = one}};
	struct dec most = dec_of(0, 0);
	struct dec told = dec_of(0, 0);
	struct figure figure;
	struct book book;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	if (dec_sign(each) <= 0 || dec_sign(collateral) < 0 ||
	    dec_sign(required) < 0)
		return vec_wait(vec, "what counts for nothing may all be taken "
				     "out");
	holdings[0].amount =
		dec_div(collateral, each, AMOUNT_PLACES, RK_ROUND_CEIL);
	/* What it is too much is owed. */
	holdings[2].amount =
		dec_sub(collateral, dec_mul(holdings[0].amount, each));
	holding_set(holdings[0].weight, weight);
	holding_set(holdings[0].liability, one);
	holdings[1].amount = dec_neg(required);
	for (int i = 1; i < 3; i++) {
		holding_set(holdings[i].weight, one);
		holding_set(holdings[i].liability, one);
	}
	if (!holdings_fit(holdings, 3))
		return vec_wait(vec, "a weight the engine cannot have");
	r = holdings_open(&book, holdings, 3);
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
