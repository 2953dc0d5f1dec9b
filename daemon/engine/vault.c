/*
 * What the vault holds, is worth, and may lose. See vault.h.
 *
 * Its losses are counted by marks, whatever was paid for a position: a price
 * that runs away after a takeover is what budgets are there for. Within the
 * hour they are counted from the best of the last minutes, so that neither
 * capital that comes in nor a loss of last week bears on them.
 */
#include "engine/vault.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/insurance.h"
#include "engine/listing.h"
#include "engine/margin.h"
#include "engine/rc.h"

bool rk_vault_equal(const struct rk_vault_terms *a,
		    const struct rk_vault_terms *b)
{
	return a->event_budget.raw == b->event_budget.raw &&
	       a->hour_budget.raw == b->hour_budget.raw;
}

static bool is_share(rk_rate rate)
{
	return rate.raw >= 0 && rate.raw <= RK_RATE_ONE;
}

int rk_vault_check(const struct rk_vault_terms *terms, const char **ret_field)
{
	*ret_field = "event_budget";
	if (!is_share(terms->event_budget))
		return RK_REJ_BAD_PARAM;
	*ret_field = "hour_budget";
	return is_share(terms->hour_budget) ? RK_OK : RK_REJ_BAD_PARAM;
}

static bool is_off(const struct rk_vault_terms *terms)
{
	return terms->event_budget.raw == 0 && terms->hour_budget.raw == 0;
}

/* What a size is worth at the mark, rounded down; 0 without a mark. */
static rk_i128 value_of(const struct rk_engine *engine, uint32_t market,
			rk_i128 size)
{
	const struct rk_market *record = &engine->markets[market];
	rk_px mark = engine->slots[record->slot].mark;

	return mark.raw == 0 ? 0
			     : rk_contract_value_in_parts(record, mark, size);
}

static rk_i128 magnitude(rk_i128 x)
{
	return x < 0 ? -x : x;
}

static rk_i128 within(rk_i128 x, rk_i128 low, rk_i128 high)
{
	if (x < low)
		return low;
	return x > high ? high : x;
}

static rk_i128 profit_of(const struct rk_engine *engine, uint32_t asset)
{
	rk_i128 sum = 0;

	for (uint32_t i = 0; i < engine->markets_n; i++) {
		const struct rk_market *market = &engine->markets[i];

		if (market->settle == asset)
			sum += value_of(engine, i, market->vault_size) -
			       market->vault_cost;
	}
	return within(sum, -RK_VAULT_PROFIT_MAX, RK_VAULT_PROFIT_MAX);
}

/* By how much the profit has fallen from the best of the last minutes. */
static rk_i128 lost_in_hour(const struct rk_vault *vault, rk_i128 profit)
{
	rk_i128 best = profit;

	if (is_off(&vault->terms))
		return 0;
	for (uint32_t i = 0; i < RK_INSURANCE_MINUTES; i++)
		if (vault->profits[i].raw > best)
			best = vault->profits[i].raw;
	return best - profit;
}

static rk_i128 left_of(rk_i128 capital, rk_rate budget, rk_i128 lost)
{
	rk_i128 left =
		rk_fx_div_rate(capital * budget.raw, RK_ROUND_FLOOR) - lost;

	return left < 0 ? 0 : left;
}

void rk_vault_figures(const struct rk_engine *engine, uint32_t asset,
		      struct rk_vault_figures *ret_figures)
{
	const struct rk_vault *vault = &engine->vaults[asset];

	ret_figures->capital = engine->assets[asset].vault;
	ret_figures->profit = profit_of(engine, asset);
	ret_figures->held = 0;
	for (uint32_t i = 0; i < engine->markets_n; i++) {
		const struct rk_market *market = &engine->markets[i];

		if (market->settle == asset)
			ret_figures->held += magnitude(
				value_of(engine, i, market->vault_size));
	}
	ret_figures->lost = lost_in_hour(vault, ret_figures->profit);
	ret_figures->hour_left =
		left_of(ret_figures->capital, vault->terms.hour_budget,
			ret_figures->lost);
}

rk_i128 rk_vault_event_profit(const struct rk_engine *engine, uint32_t market)
{
	const struct rk_market *record = &engine->markets[market];

	if (record->vault_size == 0)
		return 0;
	return value_of(engine, market, record->vault_size) -
	       (record->vault_cost - engine->takeovers[market].event_cost);
}

rk_i128 rk_vault_event_left(const struct rk_engine *engine, uint32_t market)
{
	uint32_t asset = engine->markets[market].settle;
	rk_i128 profit = rk_vault_event_profit(engine, market);

	return left_of(engine->assets[asset].vault,
		       engine->vaults[asset].terms.event_budget,
		       profit < 0 ? -profit : 0);
}

enum rk_takeover_withheld rk_vault_refuses(const struct rk_engine *engine,
					   uint32_t market, rk_qty size,
					   rk_i128 more, rk_i128 *ret_held)
{
	const struct rk_market *record = &engine->markets[market];
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_i128 before = record->vault_size;
	rk_i128 after = before + size.raw;
	rk_i128 held = magnitude(value_of(engine, market, after)) -
		       magnitude(value_of(engine, market, before));
	struct rk_vault_figures figures;
	rk_amt value;

	*ret_held = held;
	/* What makes it hold less is always good for it. */
	if (magnitude(after) < magnitude(before))
		return RK_TAKEOVER_FREE;
	if (magnitude(after) > record->listing.position_max.raw)
		return RK_TAKEOVER_VAULT_MAX;
	value.raw = (int64_t)magnitude(value_of(engine, market, after));
	if (rk_margin_usd(&scene, record->settle, value).raw >
	    engine->takeovers[market].terms.vault_max.raw)
		return RK_TAKEOVER_VAULT_MAX;
	rk_vault_figures(engine, record->settle, &figures);
	if (figures.held + more + held > figures.capital + figures.profit)
		return RK_TAKEOVER_CAPITAL;
	if (rk_vault_event_left(engine, market) == 0)
		return RK_TAKEOVER_EVENT_BUDGET;
	return figures.hour_left == 0 ? RK_TAKEOVER_HOUR_BUDGET
				      : RK_TAKEOVER_FREE;
}

void rk_vault_book(struct rk_engine *engine, uint32_t market, rk_i128 size,
		   rk_i128 cost)
{
	struct rk_market *record = &engine->markets[market];
	rk_i128 before = record->vault_size > 0 ? record->vault_size : 0;
	rk_i128 after = record->vault_size + size;

	rk_mark(engine, RK_UNIT_MARKET, market);
	rk_add(engine, &record->open_interest,
	       (after > 0 ? after : 0) - before);
	rk_add(engine, &record->vault_size, size);
	rk_add(engine, &record->vault_cost, cost);
}

void rk_vault_take(struct rk_engine *engine, uint32_t market, rk_qty size,
		   rk_i128 cost)
{
	const struct rk_market *record = &engine->markets[market];
	rk_i128 *event_cost = &engine->takeovers[market].event_cost;

	if (record->vault_size == 0) {
		rk_mark(engine, RK_UNIT_MARKET, market);
		rk_add(engine, event_cost, record->vault_cost - *event_cost);
	}
	rk_vault_book(engine, market, size.raw, cost);
}

static int64_t minute_of(int64_t time_ns)
{
	return time_ns / RK_INSURANCE_MINUTE_NS;
}

/* The profit as it is now stands for each minute since the last one. */
static void note(struct rk_engine *engine, uint32_t asset, bool afresh)
{
	struct rk_vault *vault = &engine->vaults[asset];
	int64_t minute = minute_of(engine->time_ns);
	int64_t first = minute - RK_INSURANCE_MINUTES + 1;
	rk_amt profit = {(int64_t)profit_of(engine, asset)};

	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_change(engine, vault, sizeof(*vault));
	if (!afresh && first <= vault->minute)
		first = vault->minute + 1;
	for (int64_t i = first; i <= minute; i++)
		vault->profits[(i + RK_INSURANCE_MINUTES) %
			       RK_INSURANCE_MINUTES] = profit;
	vault->minute = minute;
}

void rk_vault_round(struct rk_engine *engine)
{
	if (minute_of(engine->funding.from_ns) >= minute_of(engine->time_ns))
		return;
	for (uint32_t i = 0; i < engine->assets_n; i++)
		if (!is_off(&engine->vaults[i].terms))
			note(engine, i, false);
}

int rk_vault_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events)
{
	const struct rk_cmd_vault *want = &cmd->vault;
	uint32_t id = rk_listing_find_asset(engine, want->asset);
	struct rk_vault *vault;
	struct rk_event *event;
	const char *field;
	bool afresh;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_vault_check(&want->terms, &field);
	if (r != RK_OK)
		return r;
	vault = &engine->vaults[id];
	if (rk_vault_equal(&vault->terms, &want->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, vault, sizeof(*vault));
	afresh = is_off(&vault->terms);
	vault->terms = want->terms;
	if (is_off(&want->terms))
		memset(vault, 0, sizeof(*vault));
	else if (afresh)
		note(engine, id, true);
	event = rk_emit(engine, events, RK_EVENT_VAULT_SET, RK_NONE,
			RK_NO_MARKET);
	event->name.id = id;
	event->name.slot = engine->assets[id].slot;
	memcpy(event->name.name, engine->assets[id].listing.name, RK_NAME_SIZE);
	rk_touch_all(engine); /* what was withheld may be taken over now */
	return RK_OK;
}

/* What is taken out must leave it worth what it holds. */
static int check_top_up(const struct rk_engine *engine, uint32_t asset,
			rk_i128 amount)
{
	struct rk_vault_figures figures;

	if (amount == 0)
		return RK_REJ_BAD_AMOUNT;
	rk_vault_figures(engine, asset, &figures);
	if (figures.capital + amount > RK_VAULT_MAX)
		return RK_REJ_OVERFLOW;
	if (amount > 0)
		return RK_OK;
	return figures.capital + amount < 0 ||
			       figures.capital + figures.profit + amount <
				       figures.held
		       ? RK_REJ_VAULT_SHORT
		       : RK_OK;
}

int rk_vault_top_up(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events)
{
	const struct rk_cmd_top_up *want = &cmd->top_up;
	struct rk_asset *asset;
	struct rk_event *event;
	int r;

	if (want->asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	r = check_top_up(engine, want->asset, want->amount.raw);
	if (r != RK_OK)
		return r;

	asset = &engine->assets[want->asset];
	rk_mark(engine, RK_UNIT_ASSET, want->asset);
	if (want->amount.raw > 0)
		rk_add(engine, &asset->deposits, want->amount.raw);
	else
		rk_add(engine, &asset->withdrawals, -(rk_i128)want->amount.raw);
	rk_add(engine, &asset->vault, want->amount.raw);
	event = rk_emit(engine, events, RK_EVENT_VAULT_MOVED, RK_NONE,
			RK_NO_MARKET);
	event->vault.asset = want->asset;
	event->vault.amount = want->amount;
	event->vault.capital.raw = (int64_t)asset->vault;
	return RK_OK;
}
