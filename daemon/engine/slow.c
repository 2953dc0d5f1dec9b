/*
 * The slow price. See slow.h.
 *
 * The model is StablePriceModel of Mango v4, in integers: prices in 1e-9 of a
 * raw unit, steps cut toward 0, so that it is never faster than it may be. It
 * differs in one place: a gap longer than max_ns counts as max_ns in the time
 * of an interval's mean too, not only in its price, which there drags the mean
 * down.
 */
#include "engine/slow.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/listing.h"
#include "engine/rc.h"
#include "engine/state.h"

#define SCALE           RK_RATE_ONE /* of a slow price, per raw unit */
#define WHOLE           ((rk_i128)RK_RATE_ONE * RK_RATE_ONE)
#define SECOND_NS       INT64_C(1000000000)
#define INTERVAL_MIN_NS (60 * SECOND_NS)
#define INTERVAL_MAX_NS (INT64_C(7) * 86400 * SECOND_NS)
#define SLOW_MAX        ((rk_i128)RK_PRICE_MAX * SCALE)

/* No asset has this number: that of a market that stands alone, less slot. */
#define ALONE RK_ASSETS_MAX

void rk_slow_default(struct rk_slow_terms *ret_terms)
{
	*ret_terms = (struct rk_slow_terms){
		.interval_ns = 3600 * SECOND_NS,
		.delay_limit = {60000000},
		.limit = {300000},
		.min_ns = 10 * SECOND_NS,
		.max_ns = 600 * SECOND_NS,
	};
}

bool rk_slow_equal(const struct rk_slow_terms *a, const struct rk_slow_terms *b)
{
	return a->interval_ns == b->interval_ns &&
	       a->delay_limit.raw == b->delay_limit.raw &&
	       a->limit.raw == b->limit.raw && a->min_ns == b->min_ns &&
	       a->max_ns == b->max_ns;
}

static bool is_off(const struct rk_slow_terms *terms)
{
	return terms->interval_ns == 0;
}

#define NEED(condition, field)                                                 \
	do {                                                                   \
		if (!(condition)) {                                            \
			*ret_field = (field);                                  \
			return RK_REJ_BAD_PARAM;                               \
		}                                                              \
	} while (0)

int rk_slow_check(const struct rk_slow_terms *terms, const char **ret_field)
{
	if (is_off(terms)) {
		NEED(terms->delay_limit.raw == 0, "delay_limit");
		NEED(terms->limit.raw == 0, "limit");
		NEED(terms->min_ns == 0, "min");
		NEED(terms->max_ns == 0, "max");
		return RK_OK;
	}
	NEED(terms->interval_ns >= INTERVAL_MIN_NS, "interval");
	NEED(terms->interval_ns <= INTERVAL_MAX_NS, "interval");
	NEED(terms->delay_limit.raw > 0, "delay_limit");
	NEED(terms->delay_limit.raw <= RK_RATE_ONE, "delay_limit");
	NEED(terms->limit.raw > 0, "limit");
	NEED(terms->limit.raw <= RK_RATE_ONE, "limit");
	NEED(terms->min_ns >= 0, "min");
	NEED(terms->max_ns > 0, "max");
	NEED(terms->max_ns >= terms->min_ns, "max");
	NEED(terms->max_ns <= terms->interval_ns, "max");
	/* One step is never more than the whole price. */
	NEED((rk_i128)terms->limit.raw * terms->max_ns <= WHOLE, "limit");
	return RK_OK;
}

void rk_slow_init(struct rk_slow *slow)
{
	memset(slow, 0, sizeof(*slow));
	slow->underlying = RK_NONE;
}

/* Terms and underlying stay. */
static void forget(struct rk_slow *slow)
{
	slow->price = 0;
	slow->moved_ns = 0;
	slow->sum = 0;
	slow->sum_ns = 0;
	memset(slow->delayed, 0, sizeof(slow->delayed));
}

void rk_slow_begin(struct rk_slow *slow, rk_px price, int64_t time_ns)
{
	RK_ASSERT(price.raw > 0);
	RK_ASSERT(price.raw <= RK_PRICE_MAX);

	forget(slow);
	slow->price = (rk_i128)price.raw * SCALE;
	slow->moved_ns = time_ns;
	for (int i = 0; i < RK_SLOW_DELAYS; i++)
		slow->delayed[i] = slow->price;
}

/* price * part, part in 1e-18 and at most 1, cut down. */
static rk_i128 part_of(rk_i128 price, rk_i128 part)
{
	rk_i128 raw = price / SCALE;
	rk_i128 rest = price % SCALE;

	return (raw * part + rest * part / SCALE) / SCALE;
}

static rk_i128 within(rk_i128 target, rk_i128 from, rk_i128 step)
{
	if (target > from + step)
		return from + step;
	return target < from - step ? from - step : target;
}

/* The mean mark of the interval. */
static rk_i128 mean_of(const struct rk_slow *slow)
{
	RK_ASSERT(slow->sum_ns > 0);

	return slow->sum / slow->sum_ns * SCALE +
	       slow->sum % slow->sum_ns * SCALE / slow->sum_ns;
}

/*
 * Intervals `from` to before `to` are over: the mean of what was seen, near
 * that of the one before, is their delayed price.
 */
static void end_intervals(struct rk_slow *slow, int64_t from, int64_t to)
{
	rk_i128 before =
		slow->delayed[(from + RK_SLOW_DELAYS - 1) % RK_SLOW_DELAYS];
	rk_i128 price =
		within(mean_of(slow), before,
		       part_of(before, (rk_i128)slow->terms.delay_limit.raw *
					       RK_RATE_ONE));

	if (to - from > RK_SLOW_DELAYS)
		from = to - RK_SLOW_DELAYS;
	for (; from < to; from++)
		slow->delayed[from % RK_SLOW_DELAYS] = price;
	slow->sum = 0;
	slow->sum_ns = 0;
}

/*
 * The largest step in dt_ns: less, by the square, the farther the slow price
 * is from the delayed one.
 */
static rk_i128 step_of(const struct rk_slow *slow, rk_i128 delayed,
		       int64_t dt_ns)
{
	rk_i128 low = slow->price < delayed ? slow->price : delayed;
	rk_i128 high = slow->price < delayed ? delayed : slow->price;
	rk_i128 near = low * RK_RATE_ONE / high;
	rk_i128 part =
		(rk_i128)slow->terms.limit.raw * dt_ns * (near * near) / WHOLE;

	return part_of(slow->price, part);
}

void rk_slow_follow(struct rk_slow *slow, rk_px mark, int64_t time_ns)
{
	const struct rk_slow_terms *terms = &slow->terms;
	int64_t dt_ns = time_ns - slow->moved_ns;
	int64_t from = slow->moved_ns / terms->interval_ns;
	int64_t to = time_ns / terms->interval_ns;
	rk_i128 delayed;

	RK_ASSERT(!is_off(terms));
	RK_ASSERT(mark.raw > 0);
	if (slow->price == 0) {
		rk_slow_begin(slow, mark, time_ns);
		return;
	}
	if (dt_ns <= 0 || dt_ns < terms->min_ns)
		return;
	if (dt_ns > terms->max_ns)
		dt_ns = terms->max_ns;

	slow->moved_ns = time_ns;
	slow->sum += (rk_i128)mark.raw * dt_ns;
	slow->sum_ns += dt_ns;
	if (to != from)
		end_intervals(slow, from, to);
	delayed = slow->delayed[to % RK_SLOW_DELAYS];
	slow->price = within((rk_i128)mark.raw * SCALE, slow->price,
			     step_of(slow, delayed, dt_ns));
}

const char *rk_slow_bad(const struct rk_slow *slow, int64_t time_ns)
{
	bool begun = slow->price != 0;

	if (slow->price < 0 || slow->price > SLOW_MAX ||
	    (begun && is_off(&slow->terms)))
		return "slow_price";
	if (slow->moved_ns < 0 || slow->moved_ns > time_ns ||
	    (!begun && slow->moved_ns != 0))
		return "slow_moved_ns";
	if (slow->sum_ns < 0 || slow->sum_ns > 2 * slow->terms.interval_ns ||
	    (!begun && slow->sum_ns != 0))
		return "slow_sum_ns";
	if (slow->sum < slow->sum_ns ||
	    slow->sum > (rk_i128)RK_PRICE_MAX * slow->sum_ns)
		return "slow_sum";
	for (int i = 0; i < RK_SLOW_DELAYS; i++)
		if (slow->delayed[i] < 0 || slow->delayed[i] > SLOW_MAX ||
		    begun != (slow->delayed[i] != 0))
			return "slow_delayed";
	return NULL;
}

rk_px rk_slow_price(const struct rk_slot *slot, rk_px mark)
{
	rk_i128 slow = slot->slow.price;
	rk_i128 raw;

	if (slow == 0 || mark.raw == 0)
		return (rk_px){0};
	raw = rk_fx_div(slow, SCALE,
			slow > (rk_i128)mark.raw * SCALE ? RK_ROUND_CEIL
							 : RK_ROUND_FLOOR);
	if (raw > slot->price_max.raw)
		raw = slot->price_max.raw;
	if (raw < slot->price_min.raw)
		raw = slot->price_min.raw;
	return (rk_px){(int64_t)raw};
}

uint32_t rk_slow_underlying(const struct rk_slot *slots, uint32_t slot)
{
	const struct rk_slot *record = &slots[slot];

	if (record->asset != RK_NONE)
		return record->asset;
	if (record->slow.underlying != RK_NONE)
		return record->slow.underlying;
	return ALONE + slot;
}

uint32_t rk_slow_add_underlying(const struct rk_scene *scene, uint32_t slot,
				uint32_t *ids, uint32_t n)
{
	rk_px mark;
	rk_px slow;
	uint32_t id;

	if (slot == RK_NONE || scene->slots[slot].slow.price == 0)
		return n;
	mark = rk_scene_mark(scene, slot);
	slow = rk_slow_price(&scene->slots[slot], mark);
	if (slow.raw == mark.raw || slow.raw == 0)
		return n;
	id = rk_slow_underlying(scene->slots, slot);
	for (uint32_t i = 0; i < n; i++)
		if (ids[i] == id)
			return n;
	RK_ASSERT(n < RK_UNDERLYINGS_MAX);
	ids[n] = id;
	return n + 1;
}

static uint32_t add_of_market(const struct rk_scene *scene, uint32_t market,
			      uint32_t *ids, uint32_t n)
{
	const struct rk_market *record = &scene->markets[market];

	n = rk_slow_add_underlying(scene, record->slot, ids, n);
	return rk_slow_add_underlying(scene, scene->assets[record->settle].slot,
				      ids, n);
}

uint32_t rk_slow_underlyings(const struct rk_scene *scene,
			     const struct rk_holdings *holdings, uint32_t *ids)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < holdings->balances_n; i++)
		n = rk_slow_add_underlying(
			scene, scene->assets[holdings->balances[i].asset].slot,
			ids, n);
	for (uint32_t i = 0; i < holdings->positions_n; i++)
		n = add_of_market(scene, holdings->positions[i].market, ids, n);
	for (uint32_t i = 0; i < holdings->orders_n; i++)
		n = add_of_market(scene, holdings->orders[i].market, ids, n);
	return n;
}

/* The asset that a market says it follows: 0, BAD_PARAM or NO_ASSET. */
static int find_underlying(const struct rk_engine *engine,
			   const struct rk_cmd_slow_price *want,
			   uint32_t *ret_asset)
{
	*ret_asset = RK_NONE;
	if (want->underlying[0] == '\0')
		return RK_OK;
	if (engine->slots[want->slot].asset != RK_NONE)
		return RK_REJ_BAD_PARAM;
	*ret_asset = rk_listing_find_asset(engine, want->underlying);
	return *ret_asset == RK_NONE ? RK_REJ_NO_ASSET : RK_OK;
}

static int check_start(const struct rk_slot *slot,
		       const struct rk_cmd_slow_price *want)
{
	if (want->start.raw == 0)
		return RK_OK;
	if (is_off(&want->terms))
		return RK_REJ_BAD_PARAM;
	if (want->start.raw < slot->price_min.raw ||
	    want->start.raw > slot->price_max.raw)
		return RK_REJ_BAD_PRICE;
	return RK_OK;
}

/* Other intervals have another past: the slow price is all that is known. */
static void take_terms(struct rk_slow *slow, const struct rk_slow_terms *terms)
{
	if (is_off(terms))
		forget(slow);
	if (slow->terms.interval_ns != terms->interval_ns) {
		slow->sum = 0;
		slow->sum_ns = 0;
		for (int i = 0; i < RK_SLOW_DELAYS; i++)
			slow->delayed[i] = slow->price;
	}
	slow->terms = *terms;
}

static void emit_set(struct rk_engine *engine, struct rk_evbuf *events,
		     uint32_t index)
{
	const struct rk_slot *slot = &engine->slots[index];
	bool of_asset = slot->asset != RK_NONE;
	struct rk_event *event = rk_emit(
		engine, events, RK_EVENT_SLOW_PRICE_SET, RK_NONE, slot->market);

	event->name.id = of_asset ? slot->asset : slot->market;
	event->name.slot = index;
	memcpy(event->name.name,
	       of_asset ? engine->assets[slot->asset].listing.name
			: engine->markets[slot->market].listing.name,
	       RK_NAME_SIZE);
}

int rk_slow_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		struct rk_evbuf *events)
{
	const struct rk_cmd_slow_price *want = &cmd->slow_price;
	struct rk_slot *slot;
	struct rk_slow *slow;
	uint32_t underlying;
	const char *field;
	int r;

	if (want->slot >= engine->slots_n)
		return RK_REJ_BAD_PARAM;
	slot = &engine->slots[want->slot];
	slow = &slot->slow;
	r = rk_slow_check(&want->terms, &field);
	if (r == RK_OK)
		r = find_underlying(engine, want, &underlying);
	if (r == RK_OK)
		r = check_start(slot, want);
	if (r != RK_OK)
		return r;
	if (want->start.raw == 0 && underlying == slow->underlying &&
	    rk_slow_equal(&want->terms, &slow->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_SLOT, want->slot);
	rk_change(engine, slow, sizeof(*slow));
	slow->underlying = underlying;
	take_terms(slow, &want->terms);
	if (want->start.raw != 0)
		rk_slow_begin(slow, want->start, engine->time_ns);
	else if (!is_off(&slow->terms) && slow->price == 0 &&
		 slot->state == RK_PRICE_OK)
		rk_slow_begin(slow, slot->mark, engine->time_ns);
	emit_set(engine, events, want->slot);
	return RK_OK;
}
