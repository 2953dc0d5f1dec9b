/*
 * Reading what an asset counts for. See markets_rows.h.
 *
 * The terms of an asset are in its object "collateral". A level that is not
 * named there is like the level before it.
 */
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/json.h"
#include "ops/markets_need.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS 9

enum rates {
	WEIGHT,
	LIABILITY,
	PROFIT
};

/* Which rate a key sets, and what the engine wants of it. */
struct term {
	const char *key;
	enum rates rates;
	enum rk_level level;
	enum rk_level last; /* the levels that are like it, unless named */
	const char *need;
};

static const struct term terms_read[] = {
	{"weight_maintenance", WEIGHT, RK_LEVEL_MAINTENANCE,
	 RK_LEVEL_WITHDRAWAL, "must be from 0 to 1"},
	{"weight_initial", WEIGHT, RK_LEVEL_INITIAL, RK_LEVEL_WITHDRAWAL,
	 "must be from 0 to weight_maintenance"},
	{"weight_withdrawal", WEIGHT, RK_LEVEL_WITHDRAWAL, RK_LEVEL_WITHDRAWAL,
	 "must be from 0 to weight_initial"},
	{"liability_maintenance", LIABILITY, RK_LEVEL_MAINTENANCE,
	 RK_LEVEL_WITHDRAWAL, "must be from 1 to 2"},
	{"liability_initial", LIABILITY, RK_LEVEL_INITIAL, RK_LEVEL_WITHDRAWAL,
	 "must be from liability_maintenance to 2"},
	{"liability_withdrawal", LIABILITY, RK_LEVEL_WITHDRAWAL,
	 RK_LEVEL_WITHDRAWAL, "must be from liability_initial to 2"},
	/* At withdrawal no profit counts. */
	{"profit_maintenance", PROFIT, RK_LEVEL_MAINTENANCE, RK_LEVEL_INITIAL,
	 "must be from 0 to 1"},
	{"profit_initial", PROFIT, RK_LEVEL_INITIAL, RK_LEVEL_INITIAL,
	 "must be from 0 to profit_maintenance"},
};

#define TERMS (sizeof(terms_read) / sizeof(terms_read[0]))

/*
 * The engine's check names a field, but asked after each key it can only mean
 * this one and what follows from it.
 */
static int read_term(struct rk_json *json, const json_t *object,
		     const struct term *term, struct rk_collateral *terms)
{
	rk_rate *const rates[] = {
		[WEIGHT] = terms->weight,
		[LIABILITY] = terms->liability,
		[PROFIT] = terms->profit,
	};
	const char *field;
	rk_rate rate;
	int r = rk_json_decimal(json, object, term->key, RATE_DECIMALS,
				&rate.raw);

	if (r < 0)
		return r;
	for (unsigned int k = term->level; k <= (unsigned int)term->last; k++)
		rates[term->rates][k] = rate;
	if (rk_listing_check_collateral(terms, &field) != RK_OK)
		return rk_json_fail(json, object, term->key, term->need);
	return 0;
}

int rk_markets_read_collateral(struct rk_json *json, const json_t *asset,
			       struct rk_collateral *terms)
{
	json_t *object = json_object_get(asset, "collateral");
	const char *keys[TERMS + 5] = {NULL};
	int r;

	rk_collateral_default(terms);
	if (!object)
		return 0;

	for (size_t i = 0; i < TERMS; i++)
		keys[i] = terms_read[i].key;
	keys[TERMS] = RK_SCALE_HELD;
	keys[TERMS + 1] = RK_SCALE_OWED;
	keys[TERMS + 2] = RK_SIZE_FACTOR;
	keys[TERMS + 3] = RK_DEPOSIT_CAP;
	rk_json_enter_object(json, "collateral");
	r = rk_json_only(json, object, keys);
	for (size_t i = 0; r == 0 && i < TERMS; i++)
		if (rk_json_has(object, terms_read[i].key))
			r = read_term(json, object, &terms_read[i], terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

const char *rk_markets_need_collateral(const char *field)
{
	for (size_t i = 0; i < TERMS; i++)
		if (strcmp(terms_read[i].key, field) == 0)
			return terms_read[i].need;
	return NULL;
}
