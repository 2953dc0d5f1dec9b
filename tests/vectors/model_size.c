/*
 * Vectors about weights by the size of what an account has itself.
 */
#include "engine/rc.h"
#include "holdings.h"
#include "model.h"

#define RATE_PLACES   9
#define VECTOR_PLACES 4 /* results of the vectors are cut there */

/* What the engine weighs so much with at initial, where nothing limits it. */
static int weigh(const struct holding *holding, struct dec *ret_weight)
{
	struct rk_balance_view view = {.asset = 0};
	struct book book;
	uint32_t index = 0;
	int r = holdings_open(&book, holding, 1);

	if (r == RK_OK)
		r = rk_view_find_account(book.engine, HOLDINGS_ACCOUNT, &index);
	if (r == RK_OK) {
		(void)rk_view_balances(book.engine, index, &view, 1);
		*ret_weight =
			dec_of(view.weight[RK_LEVEL_INITIAL].raw, RATE_PLACES);
	}
	book_close(&book);
	return r;
}

static struct dec cut(struct dec x)
{
	return dec_div(x, dec_of(1, 0), VECTOR_PLACES, RK_ROUND_FLOOR);
}

/*
 * The engine's figure is exact to nine digits; that of the vector comes of a
 * root cut to five and of a product cut to six. So it is what the engine says,
 * cut to four, or what it says moved by as much as those cuts may make.
 */
static void compare(struct vec *vec, const char *key, struct dec plain,
		    struct dec got, struct dec error)
{
	struct dec want = vec_number(vec, vec->expected, key);
	struct dec moved = cut(dec_add(got, error));
	char text[DEC_TEXT_SIZE];
	bool near;

	/* One that its size does not change is not cut. */
	if (dec_cmp(got, plain) == 0)
		near = dec_cmp(want, plain) == 0;
	else
		near = dec_cmp(want, cut(got)) == 0 ||
		       dec_cmp(want, moved) == 0 || dec_cmp(want, plain) == 0;
	/* Where the cuts take it back to what it is without its size. */
	if (near && dec_cmp(got, plain) != 0 && dec_cmp(want, plain) == 0)
		near = dec_cmp(dec_abs(dec_sub(got, plain)),
			       dec_add(dec_abs(error),
				       dec_of(1, VECTOR_PLACES))) <= 0;
	(void)vec_check(vec, near, "%s: the engine says %s", key,
			dec_text(got, text));
}

enum verdict model_size_adjusted_weights(struct vec *vec)
{
	struct dec size = vec_number(vec, vec->inputs, "size");
	struct dec factor = vec_number(vec, vec->inputs, "imf_factor");
	struct dec weight = vec_number(vec, vec->inputs, "asset_weight");
	struct dec liability = vec_number(vec, vec->inputs, "liab_weight");
	struct holding holding = {
		.amount = size, .price = dec_of(1, 0), .size_factor = factor};
	struct dec error =
		dec_add(dec_mul(factor, dec_of(11, 6)), dec_of(2, 6));
	struct dec held = dec_of(0, 0);
	struct dec owed = dec_of(0, 0);
	int r;

	holding_set(holding.weight, weight);
	holding_set(holding.liability, liability);
	if (vec->broken)
		return vec_verdict(vec);
	if (!holdings_fit(&holding, 1))
		return vec_wait(vec, "a weight the engine cannot have");
	if (dec_cmp(factor, dec_of(1, 0)) > 0)
		return vec_wait(vec, "a factor above 1");
	if (dec_sign(size) <= 0)
		return vec_wait(vec, "nothing is held");
	r = weigh(&holding, &held);
	holding.amount = dec_neg(size);
	if (r == RK_OK)
		r = weigh(&holding, &owed);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	compare(vec, "asset_weight", weight, held, error);
	compare(vec, "liab_weight", liability, owed, dec_neg(error));
	return vec_verdict(vec);
}
