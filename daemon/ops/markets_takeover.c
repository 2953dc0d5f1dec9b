/*
 * Reading what the backstop vault may lose in an asset, and what it takes over
 * of a market. See markets_rows.h.
 *
 * Budgets are in the object "vault" of an asset, the rest in the object
 * "takeover" of a market; without them nothing is taken over. What is left out
 * of them is what is usual; how much the vault may hold of a market is never.
 */
#include <string.h>

#include "engine/rc.h"
#include "engine/takeover.h"
#include "engine/vault.h"
#include "ops/json.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS  9
#define EVENT_BUDGET   (RK_RATE_ONE / 25)
#define HOUR_BUDGET    (RK_RATE_ONE / 10)
#define AT             (RK_RATE_ONE * 2 / 3)
#define CONCESSION_MAX (RK_RATE_ONE / 100)
#define STAGES         5

/* A rate that may be left out. */
static int read_rate(struct rk_json *json, const json_t *object,
		     const char *key, rk_rate usual, rk_rate *ret_rate)
{
	*ret_rate = usual;
	if (!rk_json_has(object, key))
		return 0;
	return rk_json_decimal(json, object, key, RATE_DECIMALS,
			       &ret_rate->raw);
}

static int read_budgets(struct rk_json *json, const json_t *object,
			struct rk_vault_terms *terms)
{
	const char *field;
	int r = read_rate(json, object, "event_budget", (rk_rate){EVENT_BUDGET},
			  &terms->event_budget);

	if (r == 0)
		r = read_rate(json, object, "hour_budget",
			      (rk_rate){HOUR_BUDGET}, &terms->hour_budget);
	if (r < 0)
		return r;
	if (rk_vault_check(terms, &field) == RK_OK)
		return 0;
	return rk_json_fail(json, object, field, "must be from 0 to 1");
}

int rk_markets_read_vault(struct rk_json *json, const json_t *object,
			  struct rk_vault_terms *terms)
{
	static const char *const keys[] = {"event_budget", "hour_budget", NULL};
	json_t *vault = json_object_get(object, "vault");
	int r;

	memset(terms, 0, sizeof(*terms));
	if (!vault)
		return 0;
	rk_json_enter_object(json, "vault");
	r = rk_json_only(json, vault, keys);
	if (r == 0)
		r = read_budgets(json, vault, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

static const char *need_of(const char *field)
{
	if (strcmp(field, "at") == 0)
		return "must be above 0, at most 1: a share of the maintenance "
		       "margin";
	if (strcmp(field, "concession_max") == 0)
		return "must be from 0 on and below 1";
	return "must be above 0, in USD";
}

static int read_terms(struct rk_json *json, const json_t *object,
		      struct rk_takeover_terms *terms)
{
	const char *field;
	int r = read_rate(json, object, "at", (rk_rate){AT}, &terms->at);

	terms->enabled = true;
	terms->stages = STAGES;
	if (r == 0)
		r = read_rate(json, object, "concession_max",
			      (rk_rate){CONCESSION_MAX},
			      &terms->concession_max);
	if (r == 0)
		r = rk_json_decimal(json, object, "vault_max", RK_USD_DECIMALS,
				    &terms->vault_max.raw);
	if (r == 0 && rk_json_has(object, "stages"))
		r = rk_json_places(json, object, "stages",
				   RK_TAKEOVER_STAGES_MAX, &terms->stages);
	if (r < 0)
		return r;
	if (rk_takeover_check(terms, &field) == RK_OK)
		return 0;
	return rk_json_fail(json, object, field, need_of(field));
}

int rk_markets_read_takeover(struct rk_json *json, const json_t *market,
			     struct rk_takeover_terms *terms)
{
	static const char *const keys[] = {"at", "concession_max", "vault_max",
					   "stages", NULL};
	json_t *object = json_object_get(market, "takeover");
	int r;

	memset(terms, 0, sizeof(*terms));
	if (!object)
		return 0;
	rk_json_enter_object(json, "takeover");
	r = rk_json_only(json, object, keys);
	if (r == 0)
		r = read_terms(json, object, terms);
	if (r == 0)
		rk_json_leave(json);
	return r;
}
