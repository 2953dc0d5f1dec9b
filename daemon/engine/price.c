/*
 * Quotes, freshness, the median, and the state of each slot. See price.h.
 *
 * A slot is aggregated once per batch, after all quotes of the batch are in,
 * so that accounts never see half a batch.
 */
#include "engine/price.h"

#include "engine/assert.h"
#include "engine/market_state.h"
#include "engine/rc.h"
#include "engine/slow.h"
#include "engine/state.h"
#include "engine/watch.h"

static struct rk_publisher_quote *quote_of(const struct rk_engine *engine,
					   uint32_t slot, uint32_t publisher)
{
	return &engine->quotes[(size_t)slot * engine->max.publishers_max +
			       publisher];
}

static void mark_quote(struct rk_engine *engine, uint32_t slot,
		       uint32_t publisher)
{
	rk_mark(engine, RK_UNIT_QUOTE,
		slot * engine->max.publishers_max + publisher);
}

/* Nothing moves the price of a market that is settled. */
static bool is_fixed(const struct rk_engine *engine, uint32_t slot)
{
	uint32_t market = engine->slots[slot].market;

	return market != RK_NO_MARKET &&
	       rk_market_is_settled(&engine->markets[market]);
}

static void move(struct rk_engine *engine, uint32_t slot)
{
	if (engine->slots[slot].moved || is_fixed(engine, slot))
		return;
	engine->slots[slot].moved = true;
	engine->moved[engine->moved_n++] = slot;
}

static bool admit(struct rk_engine *engine, const struct rk_quote *quote)
{
	struct rk_publisher_quote *last;
	struct rk_slot *slot;

	if (quote->slot >= engine->slots_n ||
	    quote->publisher >= engine->publishers_n || quote->price.raw <= 0 ||
	    quote->time_ns <= 0 || is_fixed(engine, quote->slot))
		return false;

	slot = &engine->slots[quote->slot];
	last = quote_of(engine, quote->slot, quote->publisher);
	if (quote->seq <= last->seq || quote->time_ns < last->time_ns ||
	    quote->time_ns > engine->time_ns + RK_QUOTE_AHEAD_NS)
		return false;

	mark_quote(engine, quote->slot, quote->publisher);
	last->price = quote->price;
	last->time_ns = quote->time_ns;
	last->seq = quote->seq;
	last->usable = true;
	last->disputing = quote->price.raw > slot->price_max.raw ||
			  quote->price.raw < slot->price_min.raw;
	if (quote->time_ns > slot->time_ns) {
		rk_mark(engine, RK_UNIT_SLOT, quote->slot);
		slot->time_ns = quote->time_ns;
	}
	return true;
}

void rk_price_batch(struct rk_engine *engine,
		    const struct rk_cmd_prices *prices)
{
	RK_ASSERT(engine->moved_n == 0);

	for (uint32_t i = 0; i < prices->n; i++) {
		if (admit(engine, &prices->quotes[i]))
			move(engine, prices->quotes[i].slot);
		else
			engine->quotes_dropped++;
	}
}

void rk_price_age(struct rk_engine *engine)
{
	int64_t next = RK_TIME_NEVER;

	if (engine->time_ns <= engine->recheck_ns)
		return;

	for (uint32_t i = 0; i < engine->slots_n; i++) {
		int64_t recheck = engine->slots[i].recheck_ns;

		if (engine->time_ns > recheck)
			move(engine, i);
		else if (recheck < next)
			next = recheck;
	}
	engine->recheck_ns = next;
}

void rk_price_forget(struct rk_engine *engine)
{
	for (uint32_t i = 0; i < engine->slots_n; i++) {
		for (uint32_t j = 0; j < engine->publishers_n; j++) {
			mark_quote(engine, i, j);
			quote_of(engine, i, j)->usable = false;
		}
		if (!engine->slots[i].halted)
			move(engine, i);
	}
}

int rk_price_halt(struct rk_engine *engine, const struct rk_cmd *cmd)
{
	struct rk_slot *slot;

	if (cmd->halt.market >= engine->markets_n)
		return RK_REJ_NO_MARKET;

	if (rk_market_is_settled(&engine->markets[cmd->halt.market]))
		return RK_REJ_MARKET_CLOSED;

	slot = &engine->slots[engine->markets[cmd->halt.market].slot];
	if (slot->halted == cmd->halt.halted)
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_SLOT, engine->markets[cmd->halt.market].slot);
	slot->halted = cmd->halt.halted;
	move(engine, engine->markets[cmd->halt.market].slot);
	return RK_OK;
}

void rk_price_set_bounds(struct rk_engine *engine, uint32_t index,
			 rk_px price_max, int64_t age_max_ns)
{
	struct rk_slot *slot = &engine->slots[index];

	rk_change(engine, slot, sizeof(*slot));
	slot->price_max = price_max;
	slot->age_max_ns = age_max_ns;
	for (uint32_t i = 0; i < engine->publishers_n; i++) {
		struct rk_publisher_quote *quote = quote_of(engine, index, i);

		mark_quote(engine, index, i);
		rk_change(engine, quote, sizeof(*quote));
		quote->disputing = quote->price.raw > price_max.raw ||
				   quote->price.raw < slot->price_min.raw;
	}
	if (!slot->halted)
		move(engine, index);
}

void rk_price_seed(struct rk_engine *engine, uint32_t market, rk_px price)
{
	struct rk_slot *slot = &engine->slots[engine->markets[market].slot];

	if (slot->mark.raw != 0)
		return;

	RK_ASSERT(slot->state == RK_PRICE_NONE ||
		  slot->state == RK_PRICE_DISPUTED ||
		  slot->state == RK_PRICE_HALTED ||
		  slot->state == RK_PRICE_STALE);
	rk_mark(engine, RK_UNIT_SLOT, engine->markets[market].slot);
	rk_change(engine, &slot->mark, sizeof(slot->mark));
	slot->mark = price;
}

/* What the quotes of one slot say at this time. */
struct verdict {
	enum rk_price_state state;
	rk_px median;
	int64_t recheck_ns;
};

/* Insertion into a sorted row: publishers are few. */
static void insert_sorted(int64_t *sorted, uint32_t n, int64_t value)
{
	while (n > 0 && sorted[n - 1] > value) {
		sorted[n] = sorted[n - 1];
		n--;
	}
	sorted[n] = value;
}

static rk_px median_of(const int64_t *sorted, uint32_t n)
{
	int64_t low = sorted[(n - 1) / 2];
	int64_t high = sorted[n / 2];

	/* floor((low + high) / 2) without overflow; both are above 0. */
	return (rk_px){low + (high - low) / 2};
}

static struct verdict weigh(const struct rk_engine *engine, uint32_t index)
{
	const struct rk_slot *slot = &engine->slots[index];
	int64_t oldest = engine->time_ns - slot->age_max_ns;
	int64_t sorted[RK_PUBLISHERS_MAX];
	int64_t newest = INT64_MIN;
	int64_t newest_disputing = INT64_MIN;
	uint32_t n = 0;
	struct verdict verdict = {RK_PRICE_NONE, {0}, RK_TIME_NEVER};

	for (uint32_t i = 0; i < engine->publishers_n; i++) {
		const struct rk_publisher_quote *quote =
			quote_of(engine, index, i);

		if (quote->price.raw == 0 || !quote->usable ||
		    quote->time_ns < oldest)
			continue;
		if (quote->disputing) {
			if (quote->time_ns > newest_disputing)
				newest_disputing = quote->time_ns;
			continue;
		}
		insert_sorted(sorted, n++, quote->price.raw);
		if (quote->time_ns > newest)
			newest = quote->time_ns;
	}

	if (newest_disputing != INT64_MIN) {
		verdict.state = RK_PRICE_DISPUTED;
		verdict.recheck_ns = newest_disputing + slot->age_max_ns;
	} else if (n > 0) {
		verdict.state = RK_PRICE_OK;
		verdict.median = median_of(sorted, n);
		verdict.recheck_ns = newest + slot->age_max_ns;
	} else if (slot->time_ns > 0) {
		verdict.state = RK_PRICE_STALE;
	}
	return verdict;
}

typedef void touch_fn(struct rk_engine *engine, uint32_t account);

static void for_positions(struct rk_engine *engine, uint32_t slot,
			  touch_fn *touch)
{
	uint32_t i = engine->slots[slot].holders;

	for (; i != RK_NONE; i = engine->positions[i].holder_next)
		touch(engine, engine->positions[i].account);
}

/*
 * Everyone whose health depends on the slot: holders of the market, or of
 * the asset and of every market that settles in it.
 */
static void for_holders(struct rk_engine *engine, uint32_t slot,
			touch_fn *touch)
{
	uint32_t asset = engine->slots[slot].asset;
	uint32_t i;

	if (asset == RK_NONE) {
		for_positions(engine, slot, touch);
		return;
	}

	i = engine->slots[slot].holders;
	for (; i != RK_NONE; i = engine->balances[i].holder_next)
		touch(engine, engine->balances[i].account);
	for (uint32_t m = 0; m < engine->markets_n; m++)
		if (engine->markets[m].settle == asset)
			for_positions(engine, engine->markets[m].slot, touch);
}

void rk_price_touch_holders(struct rk_engine *engine, uint32_t slot)
{
	for_holders(engine, slot, rk_touch);
}

void rk_price_find_holders(struct rk_engine *engine, uint32_t slot)
{
	for_holders(engine, slot, rk_touch_found);
}

static void emit_state(struct rk_engine *engine, struct rk_evbuf *events,
		       uint32_t index, enum rk_price_state before)
{
	const struct rk_slot *slot = &engine->slots[index];
	struct rk_event *event = rk_emit(engine, events, RK_EVENT_PRICE_STATE,
					 RK_NONE, slot->market);

	event->price_state.slot = index;
	event->price_state.before = before;
	event->price_state.after = slot->state;
	event->price_state.mark = slot->mark;
}

/* While halted, time alone changes nothing: it has no recheck. */
static void take_verdict(struct rk_engine *engine, struct rk_slot *slot,
			 struct verdict verdict)
{
	if (verdict.state == RK_PRICE_OK)
		slot->mark = verdict.median;
	slot->state = slot->halted ? RK_PRICE_HALTED : verdict.state;
	slot->recheck_ns = slot->halted ? RK_TIME_NEVER : verdict.recheck_ns;
	if (slot->recheck_ns < engine->recheck_ns)
		engine->recheck_ns = slot->recheck_ns;
}

bool rk_price_aggregate(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_slot *slot;
	enum rk_price_state before;
	uint32_t index;

	if (engine->moved_at == engine->moved_n)
		return false;

	index = engine->moved[engine->moved_at++];
	slot = &engine->slots[index];
	RK_ASSERT(slot->moved);
	rk_mark(engine, RK_UNIT_SLOT, index);
	slot->moved = false;

	before = slot->state;
	if (slot->halted && before != RK_PRICE_HALTED) {
		/* Halting keeps the mark as it is; only quotes move it. */
		slot->state = RK_PRICE_HALTED;
		slot->recheck_ns = RK_TIME_NEVER;
	} else {
		take_verdict(engine, slot, weigh(engine, index));
		if (slot->slow.terms.interval_ns != 0 &&
		    slot->state == RK_PRICE_OK)
			rk_slow_follow(&slot->slow, slot->mark,
				       engine->time_ns);
	}

	if (slot->state != before)
		emit_state(engine, events, index, before);
	rk_watch_moved(engine, index);
	return true;
}

void rk_price_fix(struct rk_engine *engine, struct rk_evbuf *events,
		  uint32_t index, rk_px price)
{
	struct rk_slot *slot = &engine->slots[index];
	enum rk_price_state before = slot->state;

	RK_ASSERT(is_fixed(engine, index));
	RK_ASSERT(!slot->moved);

	rk_mark(engine, RK_UNIT_SLOT, index);
	slot->mark = price;
	slot->state = RK_PRICE_OK;
	slot->halted = false;
	slot->recheck_ns = RK_TIME_NEVER;
	if (before != RK_PRICE_OK)
		emit_state(engine, events, index, before);
}
