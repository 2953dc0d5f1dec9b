/*
 * The life of a liquidation order. See order.h.
 *
 * Closed orders stay known, in order of closing, until their record is
 * needed: a late fill still finds its order.
 */
#include "engine/order.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/rc.h"
#include "engine/takeover.h"

#define FILLED_MAX (INT64_C(1) << 62)

/* One key for (seq, n); state.h keeps both small enough. 0: not an order. */
static uint64_t key_of(struct rk_order_id id)
{
	if (id.seq >= RK_SEQ_MAX || id.n >= RK_ORDERS_PER_CMD_MAX)
		return 0;
	return id.seq << 20 | id.n;
}

static uint32_t timer_node(const struct rk_engine *engine, uint32_t order)
{
	return engine->max.accounts_max + order;
}

/* At the same time the older order goes first. */
static void set_timer(struct rk_engine *engine, uint32_t order, int64_t time_ns)
{
	struct rk_timer timer = {time_ns, key_of(engine->orders[order].id),
				 timer_node(engine, order)};

	rk_heap_set(&engine->timers, &engine->undo, timer);
}

bool rk_order_room(const struct rk_engine *engine)
{
	return engine->orders_open_n < engine->limits.orders_max &&
	       engine->order_n < RK_ORDERS_PER_CMD_MAX;
}

rk_qty rk_order_rest(const struct rk_order *order)
{
	int64_t whole =
		order->reported.raw > 0 ? order->reported.raw : order->size.raw;

	if (order->closed || order->filled.raw >= whole)
		return (rk_qty){0};
	return (rk_qty){whole - order->filled.raw};
}

/* A new record, or the one that was closed longest ago. */
static uint32_t take_record(struct rk_engine *engine)
{
	uint32_t i;

	if (engine->orders_used < engine->limits.orders_max) {
		rk_mark(engine, RK_UNIT_ORDER, engine->orders_used);
		return engine->orders_used++;
	}

	i = engine->closed_first;
	RK_ASSERT(i != RK_NONE);
	rk_mark(engine, RK_UNIT_ORDER, i);
	engine->closed_first = engine->orders[i].next;
	if (engine->closed_first == RK_NONE)
		engine->closed_last = RK_NONE;
	engine->closed_n--;
	rk_map_drop(&engine->order_map, &engine->undo,
		    key_of(engine->orders[i].id));
	return i;
}

static void emit_order(struct rk_engine *engine, struct rk_evbuf *events,
		       enum rk_event_type type, uint32_t order, uint32_t reason)
{
	const struct rk_order *record = &engine->orders[order];
	struct rk_event *event =
		rk_emit(engine, events, type, record->account, record->market);

	event->order.order = record->id;
	event->order.side = record->side;
	event->order.reason = reason;
	event->order.size = record->size;
	event->order.filled = record->filled;
	event->order.floor_price = record->floor_price;
	event->order.mark = record->mark;
	event->order.expiry_ns = record->expiry_ns;
	event->order.health = record->health;
	if (rk_order_is_claimed(engine, record)) {
		event->order.claimed_by = record->claim.venue;
		event->order.claimed_until_ns = record->claim.until_ns;
	}
}

static void emit_conversion(struct rk_engine *engine, struct rk_evbuf *events,
			    enum rk_event_type type, uint32_t order,
			    uint32_t reason)
{
	const struct rk_order *record = &engine->orders[order];
	const struct rk_order_conversion *conversion = &record->conversion;
	struct rk_event *event =
		rk_emit(engine, events, type, record->account, RK_NO_MARKET);

	event->conversion.order = record->id;
	event->conversion.sell = conversion->sell;
	event->conversion.buy = conversion->buy;
	event->conversion.reason = reason;
	event->conversion.size.raw = record->size.raw;
	event->conversion.sold.raw = record->filled.raw;
	event->conversion.least = conversion->least;
	event->conversion.bought = conversion->bought;
	event->conversion.loss = conversion->loss;
	event->conversion.sell_mark = conversion->sell_mark;
	event->conversion.buy_mark = conversion->buy_mark;
	event->conversion.expiry_ns = record->expiry_ns;
	event->conversion.health = record->health;
}

/* What becomes of an order, in the words of its kind. */
static void tell_order(struct rk_engine *engine, struct rk_evbuf *events,
		       enum rk_event_type type, uint32_t order, uint32_t reason)
{
	if (!rk_order_converts(&engine->orders[order]))
		emit_order(engine, events, type, order, reason);
	else if (type == RK_EVENT_ORDER_CLOSE_ASKED)
		emit_conversion(engine, events, RK_EVENT_CONVERSION_CLOSE_ASKED,
				order, reason);
	else
		emit_conversion(engine, events, RK_EVENT_CONVERSION_CLOSED,
				order, reason);
}

void rk_order_open(struct rk_engine *engine, struct rk_evbuf *events,
		   const struct rk_order_terms *terms)
{
	struct rk_account *account = &engine->accounts[terms->account];
	struct rk_order *order;
	uint32_t i;

	RK_ASSERT(rk_order_room(engine));
	RK_ASSERT(terms->size.raw > 0);

	i = take_record(engine);
	order = &engine->orders[i];
	memset(order, 0, sizeof(*order));
	order->id.seq = engine->seq;
	order->id.n = engine->order_n++;
	order->account = terms->account;
	order->market = terms->market;
	order->conversion = terms->conversion;
	order->side = terms->side;
	order->size = terms->size;
	order->floor_price = terms->floor_price;
	order->mark = terms->mark;
	order->opened_ns = engine->time_ns;
	order->expiry_ns = engine->time_ns + engine->risk.order_expiry_ns;
	order->health = terms->health;
	order->next = account->orders;
	account->orders = i;
	account->orders_n++;
	engine->orders_open_n++;

	RK_ASSERT(key_of(order->id) != 0);
	rk_map_put(&engine->order_map, &engine->undo, key_of(order->id), i);
	set_timer(engine, i, order->expiry_ns);
	if (rk_order_converts(order))
		emit_conversion(engine, events, RK_EVENT_CONVERSION_OPENED, i,
				0);
	else
		emit_order(engine, events, RK_EVENT_ORDER_OPENED, i,
			   RK_ORDER_MAINTENANCE);
}

uint32_t rk_order_lookup(const struct rk_engine *engine, struct rk_order_id id)
{
	return rk_map_get(&engine->order_map, key_of(id));
}

int rk_order_find(const struct rk_engine *engine, struct rk_order_id id,
		  const struct rk_order_target *target, uint32_t *ret_order)
{
	const struct rk_order *order;
	uint32_t i;

	if (id.seq == 0) {
		*ret_order = RK_NONE;
		return RK_OK;
	}

	i = rk_order_lookup(engine, id);
	if (i == RK_MAP_NONE)
		return RK_REJ_NO_ORDER;

	order = &engine->orders[i];
	RK_ASSERT(order->id.seq == id.seq);
	if (order->account != target->account ||
	    order->market != target->market || order->side != target->side)
		return RK_REJ_ORDER_MISMATCH;
	*ret_order = i;
	return RK_OK;
}

/* Out of the account's list, into the list of closed ones. */
static void close_order(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t order, enum rk_close_reason reason)
{
	struct rk_order *record = &engine->orders[order];
	struct rk_account *account = &engine->accounts[record->account];
	uint32_t *link = &account->orders;

	RK_ASSERT(!record->closed);

	while (*link != order) {
		RK_ASSERT(*link != RK_NONE);
		link = &engine->orders[*link].next;
	}
	rk_mark(engine, RK_UNIT_ORDER, order);
	rk_change(engine, record, sizeof(*record));
	rk_change(engine, link, sizeof(*link));
	rk_change(engine, &account->orders_n, sizeof(account->orders_n));
	rk_change(engine, &engine->orders_open_n, sizeof(uint32_t));
	*link = record->next;
	account->orders_n--;
	engine->orders_open_n--;
	record->closed = true;
	record->claim = (struct rk_order_claim){0, 0};
	record->next = RK_NONE;
	rk_change(engine, &engine->closings, sizeof(engine->closings));
	record->closing = ++engine->closings;

	rk_change(engine, &engine->closed_first, sizeof(uint32_t));
	rk_change(engine, &engine->closed_last, sizeof(uint32_t));
	rk_change(engine, &engine->closed_n, sizeof(uint32_t));
	if (engine->closed_last == RK_NONE) {
		engine->closed_first = order;
	} else {
		uint32_t *last = &engine->orders[engine->closed_last].next;

		rk_change(engine, last, sizeof(*last));
		*last = order;
	}
	engine->closed_last = order;
	engine->closed_n++;

	rk_heap_clear(&engine->timers, &engine->undo,
		      timer_node(engine, order));
	tell_order(engine, events, RK_EVENT_ORDER_CLOSED, order, reason);
	rk_touch(engine, record->account);
}

/* All of it, or all that was reported, has come. */
static void close_if_filled(struct rk_engine *engine, struct rk_evbuf *events,
			    uint32_t order)
{
	const struct rk_order *record = &engine->orders[order];

	if (record->closed)
		return;
	if (record->filled.raw >= record->size.raw)
		close_order(engine, events, order, RK_CLOSE_FILLED);
	else if (record->reported.raw > 0 &&
		 record->filled.raw >= record->reported.raw)
		close_order(engine, events, order, RK_CLOSE_CONFIRMED);
}

int rk_order_fill(struct rk_engine *engine, struct rk_evbuf *events,
		  uint32_t order, const struct rk_cmd_trade *trade)
{
	struct rk_order *record = &engine->orders[order];
	struct rk_event *event;

	if (record->filled.raw > FILLED_MAX - trade->size.raw)
		return RK_REJ_OVERFLOW;

	rk_mark(engine, RK_UNIT_ORDER, order);
	rk_change(engine, record, sizeof(*record));
	record->filled.raw += trade->size.raw;
	rk_takeover_filled(engine, record);
	emit_order(engine, events, RK_EVENT_ORDER_FILLED, order, 0);
	event = &events->events[events->n - 1];
	event->order.fill = trade->size;
	event->order.fill_price = trade->price;
	event->order.trade = trade->trade;
	event->order.late = record->closed;
	close_if_filled(engine, events, order);
	return RK_OK;
}

int rk_order_convert(struct rk_engine *engine, struct rk_evbuf *events,
		     uint32_t order, rk_amt sold, rk_amt bought)
{
	struct rk_order *record = &engine->orders[order];

	if (record->filled.raw > FILLED_MAX - sold.raw ||
	    record->conversion.bought.raw > FILLED_MAX - bought.raw)
		return RK_REJ_OVERFLOW;

	rk_mark(engine, RK_UNIT_ORDER, order);
	rk_change(engine, record, sizeof(*record));
	record->filled.raw += sold.raw;
	record->conversion.bought.raw += bought.raw;
	close_if_filled(engine, events, order);
	return RK_OK;
}

void rk_order_ask_close(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t order, enum rk_close_reason reason)
{
	struct rk_order *record = &engine->orders[order];

	RK_ASSERT(!record->closed);

	if (record->close_asked)
		return;

	rk_mark(engine, RK_UNIT_ORDER, order);
	rk_change(engine, record, sizeof(*record));
	record->close_asked = true;
	record->claim = (struct rk_order_claim){0, 0};
	set_timer(engine, order,
		  engine->time_ns + engine->risk.close_timeout_ns);
	tell_order(engine, events, RK_EVENT_ORDER_CLOSE_ASKED, order, reason);
}

void rk_order_take_over(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t order)
{
	struct rk_order *record = &engine->orders[order];

	rk_order_ask_close(engine, events, order, RK_CLOSE_TAKEOVER);
	rk_mark(engine, RK_UNIT_ORDER, order);
	rk_change(engine, &record->taken_over, sizeof(record->taken_over));
	record->taken_over = true;
}

void rk_order_timer(struct rk_engine *engine, struct rk_evbuf *events,
		    uint32_t order)
{
	rk_touch(engine, engine->orders[order].account);
	if (engine->orders[order].close_asked) {
		close_order(engine, events, order, RK_CLOSE_TIMEOUT);
		return;
	}
	rk_takeover_expired(engine, &engine->orders[order]);
	rk_order_ask_close(engine, events, order, RK_CLOSE_EXPIRED);
}

int rk_order_closed(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events)
{
	rk_qty filled = cmd->order_closed.filled;
	uint32_t i = rk_order_lookup(engine, cmd->order_closed.order);
	struct rk_order *order;

	if (i == RK_MAP_NONE)
		return RK_REJ_NO_ORDER;
	order = &engine->orders[i];
	if (order->closed)
		return RK_REJ_ORDER_CLOSED;
	if (filled.raw < 0 || filled.raw > FILLED_MAX)
		return RK_REJ_BAD_AMOUNT;

	if (filled.raw <= order->filled.raw) {
		close_order(engine, events, i, RK_CLOSE_CONFIRMED);
		return RK_OK;
	}

	/*
	 * Fills are still on their way: they count as open until then. Only
	 * the first word sets the deadline, or saying so again and again
	 * would hold off the next order for ever.
	 */
	rk_touch(engine, order->account);
	rk_mark(engine, RK_UNIT_ORDER, i);
	rk_change(engine, order, sizeof(*order));
	order->reported = filled;
	if (!order->close_asked)
		set_timer(engine, i,
			  engine->time_ns + engine->risk.close_timeout_ns);
	order->close_asked = true;
	order->claim = (struct rk_order_claim){0, 0};
	return RK_OK;
}

bool rk_order_is_claimed(const struct rk_engine *engine,
			 const struct rk_order *order)
{
	return order->claim.until_ns > engine->time_ns;
}

/* May it be claimed, or its claim end (L18)? */
static int check_claim(const struct rk_engine *engine,
		       const struct rk_order *order,
		       const struct rk_cmd_claim *want)
{
	int64_t most;

	if (rk_order_converts(order))
		return RK_REJ_ORDER_MISMATCH;
	if (want->venue >= engine->venues_n)
		return RK_REJ_NO_VENUE;
	if (want->duration_ns < 0 || want->duration_ns > RK_DURATION_MAX_NS)
		return RK_REJ_BAD_PARAM;
	if (order->closed)
		return RK_REJ_ORDER_CLOSED;
	if (order->close_asked)
		return RK_REJ_CLOSING;
	if (want->duration_ns == 0)
		return rk_order_is_claimed(engine, order) &&
				       order->claim.venue == want->venue
			       ? RK_OK
			       : RK_REJ_NOT_CLAIMED;
	most = engine->markets[order->market].pace.terms.claim_max_ns;
	if (most == 0)
		return RK_REJ_NO_CLAIMS;
	if (want->duration_ns > most)
		return RK_REJ_CLAIM_TOO_LONG;
	return rk_order_is_claimed(engine, order) ? RK_REJ_CLAIMED : RK_OK;
}

int rk_order_claim(struct rk_engine *engine, const struct rk_cmd *cmd,
		   struct rk_evbuf *events)
{
	const struct rk_cmd_claim *want = &cmd->claim;
	uint32_t i = rk_order_lookup(engine, want->order);
	struct rk_order_claim claim = {0, 0};
	struct rk_order *order;
	int r;

	if (i == RK_MAP_NONE)
		return RK_REJ_NO_ORDER;
	order = &engine->orders[i];
	r = check_claim(engine, order, want);
	if (r != RK_OK)
		return r;

	if (want->duration_ns > 0) {
		claim.venue = want->venue;
		claim.until_ns = engine->time_ns + want->duration_ns;
		if (claim.until_ns > order->expiry_ns)
			claim.until_ns = order->expiry_ns;
	}
	rk_mark(engine, RK_UNIT_ORDER, i);
	rk_change(engine, order, sizeof(*order));
	order->claim = claim;
	emit_order(engine, events, RK_EVENT_ORDER_CLAIMED, i, 0);
	return RK_OK;
}

int rk_order_load_claim(struct rk_engine *engine, uint32_t number,
			const struct rk_order_claim *claim)
{
	struct rk_order *order = &engine->orders[number];

	RK_ASSERT(number < engine->max.orders_max);
	if (order->id.seq == 0 || order->closed || order->close_asked ||
	    rk_order_converts(order) || order->claim.until_ns != 0 ||
	    claim->venue >= engine->venues_n || claim->until_ns <= 0 ||
	    claim->until_ns > order->expiry_ns)
		return RK_REJ_BAD_PARAM;
	order->claim = *claim;
	return RK_OK;
}

static bool can_be(const struct rk_engine *engine, const struct rk_order *order,
		   int64_t timer_ns)
{
	uint64_t newest = engine->closed_last == RK_NONE
				  ? order->closing - 1
				  : engine->orders[engine->closed_last].closing;

	const struct rk_order_conversion *c = &order->conversion;

	if (rk_order_converts(order)
		    ? c->sell == c->buy || c->least.raw <= 0 ||
			      c->bought.raw < 0 || c->bought.raw > FILLED_MAX
		    : c->sell != RK_NONE || c->buy != RK_NONE)
		return false;
	if (order->taken_over && !order->close_asked)
		return false;
	return order->id.seq != 0 && order->id.seq <= engine->seq &&
	       key_of(order->id) != 0 &&
	       rk_order_lookup(engine, order->id) == RK_MAP_NONE &&
	       order->size.raw > 0 && order->filled.raw >= 0 &&
	       order->filled.raw <= FILLED_MAX && order->reported.raw >= 0 &&
	       order->reported.raw <= FILLED_MAX &&
	       (order->closed ? timer_ns == 0 && order->closing == newest + 1 &&
					order->closing <= engine->closings
			      : timer_ns > 0);
}

/* Newest first, as rk_order_open() leaves them. */
static void load_open(struct rk_engine *engine, uint32_t number)
{
	struct rk_order *order = &engine->orders[number];
	struct rk_account *account = &engine->accounts[order->account];
	uint32_t *link = &account->orders;

	while (*link != RK_NONE &&
	       key_of(engine->orders[*link].id) > key_of(order->id))
		link = &engine->orders[*link].next;
	order->next = *link;
	*link = number;
	account->orders_n++;
	engine->orders_open_n++;
}

static void load_closed(struct rk_engine *engine, uint32_t number)
{
	engine->orders[number].next = RK_NONE;
	if (engine->closed_last == RK_NONE)
		engine->closed_first = number;
	else
		engine->orders[engine->closed_last].next = number;
	engine->closed_last = number;
	engine->closed_n++;
}

int rk_order_load(struct rk_engine *engine, uint32_t number,
		  const struct rk_order *order, int64_t timer_ns)
{
	RK_ASSERT(number < engine->max.orders_max);

	if (engine->orders[number].id.seq != 0 ||
	    !can_be(engine, order, timer_ns))
		return RK_REJ_BAD_PARAM;

	engine->orders[number] = *order;
	if (number >= engine->orders_used)
		engine->orders_used = number + 1;
	rk_map_put(&engine->order_map, &engine->undo, key_of(order->id),
		   number);
	if (order->closed) {
		load_closed(engine, number);
		return RK_OK;
	}
	load_open(engine, number);
	set_timer(engine, number, timer_ns);
	return RK_OK;
}

int rk_order_load_end(const struct rk_engine *engine)
{
	uint64_t newest = engine->closed_last == RK_NONE
				  ? engine->closings
				  : engine->orders[engine->closed_last].closing;

	return newest == engine->closings &&
			       engine->orders_used ==
				       engine->orders_open_n + engine->closed_n
		       ? RK_OK
		       : RK_REJ_BAD_PARAM;
}
