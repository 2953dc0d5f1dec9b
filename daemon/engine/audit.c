/*
 * Accounts against what exact judgement says of them. See audit.h.
 *
 * A range is not compared with the one that would be made now: that depends on
 * where prices were when it was made, and many are right. What is asked of it
 * is what everything else relies on: it is there for each price the account
 * depends on, a walk over the ladder would find its ends, and the price is
 * within it unless the account waits for another. A range that is too wide is
 * seen by what it leads to, when a price stops between its end and the right
 * one: the state differs.
 */
#include "engine/audit.h"

#include "engine/assert.h"
#include "engine/box.h"
#include "engine/engine.h"
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
	bool left;    /* prices may be outside */
};

/* Would the next move of a price find the account if it has to? */
static bool is_found(const struct look *look, uint32_t slot)
{
	const struct rk_engine *engine = look->engine;
	int64_t mark = engine->slots[slot].mark.raw;
	struct rk_range range;

	if (!rk_ladder_range(&engine->watch.ladder, look->account, slot,
			     &range))
		return false;
	if (range.low == RK_LADDER_ALWAYS)
		return true;
	return !look->watched &&
	       (look->left || (mark >= range.low && mark <= range.high));
}

/* The slot of a price that the account depends on and would be missed by. */
static uint32_t missed_slot(const struct look *look)
{
	const struct rk_engine *engine = look->engine;
	struct rk_holdings holdings;
	uint32_t slot;

	rk_holdings_to_judge(engine, &engine->accounts[look->account],
			     &holdings);
	for (uint32_t i = 0; i < holdings.balances_n; i++) {
		slot = engine->assets[holdings.balances[i].asset].slot;
		if (slot != RK_NONE && !is_found(look, slot))
			return slot;
	}
	for (uint32_t i = 0; i < holdings.positions_n; i++) {
		const struct rk_market *market =
			&engine->markets[holdings.positions[i].market];

		if (!is_found(look, market->slot))
			return market->slot;
		slot = engine->assets[market->settle].slot;
		if (slot != RK_NONE && !is_found(look, slot))
			return slot;
	}
	return RK_NONE;
}

/* With the scan there are no ranges; who has changed gets others in time. */
static uint32_t unnoticed_slot(const struct rk_engine *engine, uint32_t account)
{
	const struct look look = {
		.engine = engine,
		.account = account,
		.watched = rk_box_is_watched(engine, account),
		.left = rk_watch_is_left(&engine->watch, account),
	};

	if (engine->watch.scan || rk_watch_is_changed(&engine->watch, account))
		return RK_NONE;
	return missed_slot(&look);
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
