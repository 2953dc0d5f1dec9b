/*
 * Vectors about slow prices, and about weights by what all accounts have.
 */
#include <string.h>

#include "engine/rc.h"
#include "holdings.h"
#include "model.h"

#define WEIGHT_PLACES 4 /* of the model's own weights */

/* One side of a loan: what is held, or what is owed. */
static void take_side(struct vec *vec, const char *key, bool owed,
		      struct holding *holding)
{
	const json_t *row = json_object_get(vec->inputs, key);
	struct dec weight = vec_number(vec, row, "weight");
	struct dec start = vec_number(vec, row, "scale_start");

	memset(holding, 0, sizeof(*holding));
	holding->amount = vec_number(vec, row, "amount");
	holding->price = vec_number(vec, row, "oracle");
	holding->slow = vec_number(vec, row, "stable");
	holding_set(holding->weight, owed ? dec_of(1, 0) : weight);
	holding_set(holding->liability, owed ? weight : dec_of(1, 0));
	if (owed) {
		holding->owed = vec_number(vec, row, "total_borrows");
		holding->scale_owed = start;
	} else {
		holding->held = vec_number(vec, row, "total_deposits");
		holding->scale_held = start;
	}
}

enum verdict model_stable_price_init_health(struct vec *vec)
{
	struct holding holdings[2];
	struct dec health = dec_of(0, 0);
	struct book book;
	int r;

	take_side(vec, "asset", false, &holdings[0]);
	take_side(vec, "liab", true, &holdings[1]);
	if (vec->broken)
		return vec_verdict(vec);
	if (!holdings_fit(holdings, 2))
		return vec_wait(vec, "a weight the engine cannot have");
	r = holdings_open(&book, holdings, 2);
	if (r == RK_OK)
		health = book_money(
			&book,
			book_view(&book, HOLDINGS_ACCOUNT).margin.health_i.raw);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	(void)vec_expect(vec, "health", health, book.scale.money,
			 RK_ROUND_FLOOR);
	return vec_verdict(vec);
}

/* All of it is in one account: its health by its worth is the weight. */
enum verdict model_scaled_asset_weight(struct vec *vec)
{
	struct dec price = vec_number(vec, vec->inputs, "price");
	struct dec total = vec_number(vec, vec->inputs, "total_deposits");
	struct holding holding = {
		.amount = total,
		.price = price,
		.held = total,
		.scale_held = vec_number(vec, vec->inputs, "scale_start")};
	struct dec health = dec_of(0, 0);
	struct book book;
	int r;

	holding_set(holding.weight,
		    vec_number(vec, vec->inputs, "asset_weight"));
	holding_set(holding.liability, dec_of(1, 0));
	if (vec->broken)
		return vec_verdict(vec);
	if (!holdings_fit(&holding, 1))
		return vec_wait(vec, "a weight the engine cannot have");
	r = holdings_open(&book, &holding, 1);
	if (r == RK_OK)
		health = book_money(
			&book,
			book_view(&book, HOLDINGS_ACCOUNT).margin.health_i.raw);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	(void)vec_expect(vec, "weight",
			 dec_div(health, dec_mul(total, price), WEIGHT_PLACES,
				 RK_ROUND_FLOOR),
			 WEIGHT_PLACES, RK_ROUND_FLOOR);
	return vec_verdict(vec);
}
