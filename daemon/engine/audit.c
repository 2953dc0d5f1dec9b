/*
 * Accounts against what exact judgement says of them. See audit.h.
 *
 * A range is not compared with the one that would be made now: that depends on
 * where prices were when it was made, and many are right. What is asked of it
 * is what everything else relies on: it is there for the market of each
 * position, a walk over the ladder would find its ends, and the price or index
 * is within it unless the account waits for another. For all else that an
 * account depends on there may be none, which is one without end. A range that
 * is too wide is seen by what it leads to, when a price stops between its end
 * and the right one: the state differs.
 */
#include "engine/audit.h"

#include "engine/assert.h"
#include "engine/box.h"
#include "engine/engine.h"
#include "engine/era.h"
#include "engine/judge.h"

const char *rk_audit_kind_name(enum rk_audit_kind kind)
{
	return kind == RK_AUDIT_STATE ? "state" : "range";
}

/* An account whose ranges are looked at. */
struct look {
	const struct rk_engine *engine;
	uint32_t account;
	bool watched; /* each move has to find it */
};

/* Where the price or index of a slot is now, as a key of the ladder. */
static bool key_of(const struct rk_engine *engine, uint32_t slot,
		   int64_t *ret_key)
{
	if (slot < rk_era_prices(&engine->max)) {
		*ret_key = engine->slots[slot].mark.raw;
		return true;
	}
	/* Out of its era, or without one, all are touched as it moves. */
	if (!rk_era_goes_on(engine, slot))
		return false;
	*ret_key =
		rk_era_key(rk_era_at(engine, slot), rk_era_now(engine, slot));
	return true;
}

/* Would the next move find the account if it has to? */
static bool is_found(const struct look *look, uint32_t slot)
{
	const struct rk_engine *engine = look->engine;
	struct rk_range range;
	int64_t key;

	if (!rk_ladder_range(&engine->watch.ladder, look->account, slot,
			     &range))
		return false;
	if (range.low == RK_LADDER_ALWAYS || !key_of(engine, slot, &key))
		return true;
	return !look->watched && key >= range.low && key <= range.high;
}

/* Where there need not be a range: one who is watched has one of each price. */
static bool is_found_or_none(const struct look *look, uint32_t slot)
{
	const struct rk_engine *engine = look->engine;

	if (slot == RK_NONE)
		return true;
	if (!rk_ladder_has(&engine->watch.ladder, look->account, slot) &&
	    (!look->watched || slot >= rk_era_prices(&engine->max)))
		return true;
	return is_found(look, slot);
}

/* The slot of what an asset counts by that the account would be missed by. */
static uint32_t missed_asset(const struct look *look, uint32_t asset)
{
	const struct rk_engine *engine = look->engine;
	const uint32_t slots[] = {
		engine->assets[asset].slot,
		rk_era_of_interest(engine, asset, false),
		rk_era_of_interest(engine, asset, true),
	};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		if (!is_found_or_none(look, slots[i]))
			return slots[i];
	return RK_NONE;
}

/* The slot of a price or index that the account would be missed by. */
static uint32_t missed_slot(const struct look *look)
{
	const struct rk_engine *engine = look->engine;
	struct rk_holdings holdings;
	uint32_t slot = RK_NONE;

	rk_holdings_to_judge(engine, &engine->accounts[look->account],
			     &holdings);
	for (uint32_t i = 0; i < holdings.balances_n && slot == RK_NONE; i++)
		slot = missed_asset(look, holdings.balances[i].asset);
	for (uint32_t i = 0; i < holdings.positions_n && slot == RK_NONE; i++) {
		uint32_t id = holdings.positions[i].market;
		uint32_t funding = rk_era_of_funding(engine, id);

		slot = missed_asset(look, engine->markets[id].settle);
		if (!is_found(look, engine->markets[id].slot))
			slot = engine->markets[id].slot;
		else if (slot == RK_NONE && !is_found_or_none(look, funding))
			slot = funding;
	}
	return slot;
}

/* With the scan there are no ranges; who waits gets others in time. */
static uint32_t unnoticed_slot(const struct rk_engine *engine, uint32_t account)
{
	const struct look look = {
		.engine = engine,
		.account = account,
		.watched = rk_box_is_watched(engine, account),
	};

	uint32_t slot;

	if (engine->watch.scan || rk_watch_is_waiting(&engine->watch, account))
		return RK_NONE;
	slot = rk_direct_missed(&engine->watch.direct, account);
	return slot == RK_NONE ? missed_slot(&look) : slot;
}

/* False: the two do not differ. */
static bool audit(const struct rk_engine *engine, uint32_t index,
		  struct rk_audit_finding *ret_finding)
{
	const struct rk_account *account = &engine->accounts[index];
	struct rk_finding exact;
	uint32_t slot = RK_NONE;
	bool differs;

	rk_judge_find(engine, index, &exact);
	differs = exact.next != account->state ||
		  exact.withheld != account->withheld;
	if (!differs)
		slot = unnoticed_slot(engine, index);
	if (!differs && slot == RK_NONE)
		return false;

	*ret_finding = (struct rk_audit_finding){
		.index = index,
		.account = account->id,
		.seq = engine->seq,
		.kind = differs ? RK_AUDIT_STATE : RK_AUDIT_RANGE,
		.state = account->state,
		.expected = exact.next,
		.withheld = account->withheld,
		.withheld_expected = exact.withheld,
		.equity = exact.figures.equity,
		.maintenance = exact.figures.maintenance,
		.slot = slot,
	};
	return true;
}

bool rk_audit_next(const struct rk_engine *engine, uint32_t *at, uint32_t end,
		   struct rk_audit_finding *ret_finding)
{
	RK_ASSERT(!rk_engine_pending(engine));

	if (end > engine->accounts_n)
		end = engine->accounts_n;
	while (*at < end)
		if (audit(engine, (*at)++, ret_finding))
			return true;
	*at = end;
	return false;
}
