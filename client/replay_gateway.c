/*
 * What becomes of each order is a plan drawn when it opens (replay_plan.h):
 * up to four pieces with the turn on which each is due, and how closing is
 * answered. This file keeps the orders and says when what is due. An order is
 * forgotten when the daemon has closed it and no fill is to come.
 */
#include "replay_gateway.h"

#include <errno.h>
#include <stdlib.h>

#include "replay_map.h"
#include "replay_plan.h"

#define ORDERS_FIRST 256u
#define ORDERS_MAX   (1u << 24) /* at one time */
#define NONE         UINT32_MAX
#define ORDER_N_BITS 20 /* of a map key; the rest is the sequence number */
#define BPS_ONE      10000

struct order {
	struct risk_order_id id;
	uint64_t account;
	uint32_t market;
	uint32_t prev; /* in order of opening */
	uint32_t next; /* the same; or of the free ones */
	bool sell;
	bool asked;     /* closing was asked for */
	bool confirmed; /* the gateway said so */
	bool closed;    /* by the daemon */
	int64_t floor_price;
	int64_t size;
	int64_t sent;   /* filled by the gateway */
	int64_t booked; /* filled, as the daemon says */
	uint64_t confirm_turn;
	struct rk_replay_plan plan;
};

struct rk_replay_gateway {
	struct rk_replay_gateway_options options;
	struct rk_replay_map by_id; /* to orders; forgotten ones stay in it */
	struct order *orders;       /* owned */
	uint32_t max;
	uint32_t free;
	uint32_t head;
	uint32_t tail;
	uint32_t cursor; /* of rk_replay_gateway_next; NONE: from the head */
	uint32_t active_n;
	uint32_t open_n;
	uint64_t turn;
};

int rk_replay_gateway_open(const struct rk_replay_gateway_options *options,
			   struct rk_replay_gateway **ret_gateway)
{
	struct rk_replay_gateway *gateway = calloc(1, sizeof(*gateway));

	if (!gateway)
		return -ENOMEM;
	gateway->options = *options;
	gateway->free = NONE;
	gateway->head = NONE;
	gateway->tail = NONE;
	gateway->cursor = NONE;
	*ret_gateway = gateway;
	return 0;
}

void rk_replay_gateway_close(struct rk_replay_gateway *gateway)
{
	if (!gateway)
		return;
	rk_replay_map_fini(&gateway->by_id);
	free(gateway->orders);
	free(gateway);
}

static uint64_t key_of(struct risk_order_id id)
{
	return id.seq << ORDER_N_BITS | id.n;
}

/* The order of an id; NULL when it is not known or forgotten. */
static struct order *find(const struct rk_replay_gateway *gateway,
			  struct risk_order_id id)
{
	struct order *order;
	uint32_t at;

	if (!rk_replay_map_get(&gateway->by_id, key_of(id), &at))
		return NULL;
	order = &gateway->orders[at];
	return order->id.seq == id.seq && order->id.n == id.n ? order : NULL;
}

static int grow(struct rk_replay_gateway *gateway)
{
	uint32_t max = gateway->max == 0 ? ORDERS_FIRST : gateway->max * 2;
	struct order *orders;

	if (max > ORDERS_MAX)
		return -ENOMEM;
	orders = realloc(gateway->orders, max * sizeof(*orders));
	if (!orders)
		return -ENOMEM;
	gateway->orders = orders;
	for (uint32_t i = max; i > gateway->max; i--) {
		orders[i - 1] = (struct order){.next = gateway->free};
		gateway->free = i - 1;
	}
	gateway->max = max;
	return 0;
}

static void append(struct rk_replay_gateway *gateway, uint32_t at)
{
	struct order *order = &gateway->orders[at];

	gateway->free = order->next;
	order->next = NONE;
	order->prev = gateway->tail;
	if (gateway->tail != NONE)
		gateway->orders[gateway->tail].next = at;
	else
		gateway->head = at;
	gateway->tail = at;
	gateway->active_n++;
}

static void forget(struct rk_replay_gateway *gateway, uint32_t at)
{
	struct order *order = &gateway->orders[at];

	if (gateway->cursor == at)
		gateway->cursor = order->next;
	if (order->prev != NONE)
		gateway->orders[order->prev].next = order->next;
	else
		gateway->head = order->next;
	if (order->next != NONE)
		gateway->orders[order->next].prev = order->prev;
	else
		gateway->tail = order->prev;
	*order = (struct order){.next = gateway->free};
	gateway->free = at;
	gateway->active_n--;
}

static void forget_if_over(struct rk_replay_gateway *gateway,
			   struct order *order)
{
	if (order->closed && rk_replay_plan_over(&order->plan))
		forget(gateway, (uint32_t)(order - gateway->orders));
}

static int take_opened(struct rk_replay_gateway *gateway,
		       const Riskd__Event *event)
{
	const Riskd__LiquidationOrder *opened = event->order;
	struct risk_order_id id = {opened->order->seq, opened->order->n};
	struct order *order;
	uint32_t at;
	int r;

	if (id.n >> ORDER_N_BITS != 0 ||
	    rk_replay_map_get(&gateway->by_id, key_of(id), &at))
		return -EPROTO;
	if (gateway->free == NONE && grow(gateway) < 0)
		return -ENOMEM;
	at = gateway->free;
	r = rk_replay_map_put(&gateway->by_id, key_of(id), at);
	if (r < 0)
		return r;
	append(gateway, at);
	order = &gateway->orders[at];
	order->id = id;
	order->account = event->account;
	order->market = event->market_plus_one - 1;
	order->sell = opened->side == RISKD__SIDE__SIDE_SELL;
	order->floor_price = opened->floor_price;
	order->size = opened->size;
	if (gateway->options.fills)
		rk_replay_plan_draw(&order->plan, gateway->options.seed,
				    key_of(id), opened->size, gateway->turn);
	gateway->open_n++;
	return 0;
}

static int take_closed(struct rk_replay_gateway *gateway, struct order *order)
{
	if (order->closed)
		return -EPROTO;
	order->closed = true;
	gateway->open_n--;
	rk_replay_plan_closed(&order->plan, order->confirmed, gateway->turn);
	forget_if_over(gateway, order);
	return 0;
}

int rk_replay_gateway_event(struct rk_replay_gateway *gateway,
			    const Riskd__Event *event)
{
	const Riskd__LiquidationOrder *about = event->order;
	struct order *order;

	if (event->kind_case != RISKD__EVENT__KIND_ORDER || !about->order ||
	    event->market_plus_one == 0)
		return 0;
	if (about->phase == RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED)
		return take_opened(gateway, event);
	order = find(gateway, (struct risk_order_id){about->order->seq,
						     about->order->n});
	if (!order)
		return 0; /* of a time before this run, or forgotten */
	order->booked = about->filled;
	if (about->phase == RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED)
		return take_closed(gateway, order);
	if (about->phase ==
		    RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED &&
	    !order->asked) {
		order->asked = true;
		order->confirm_turn =
			rk_replay_plan_asked(&order->plan, gateway->turn);
	}
	return 0;
}

void rk_replay_gateway_turn(struct rk_replay_gateway *gateway)
{
	gateway->turn++;
	gateway->cursor = NONE;
}

int64_t rk_replay_gateway_price(int64_t mark, bool sell, int64_t cost_bps)
{
	int64_t part =
		mark / BPS_ONE * cost_bps + mark % BPS_ONE * cost_bps / BPS_ONE;
	int64_t price = sell ? mark - part : mark + part;

	return price < 1 ? 1 : price;
}

/* A price for this piece; 0 when it has to wait. */
static int64_t price_of(const struct rk_replay_gateway *gateway,
			const struct order *order, bool late, int64_t mark)
{
	int64_t price;
	bool beyond;

	if (mark <= 0)
		return 0;
	price = rk_replay_gateway_price(mark, order->sell,
					gateway->options.cost_bps);
	beyond = order->sell ? price < order->floor_price
			     : price > order->floor_price;
	/* What comes late was executed before, within the floor. */
	if (beyond)
		return late ? order->floor_price : 0;
	return price;
}

static void fill_in(const struct order *order, struct rk_replay_action *action)
{
	*action = (struct rk_replay_action){.order = order->id,
					    .account = order->account,
					    .market = order->market,
					    .sell = order->sell};
}

static bool try_fill(struct rk_replay_gateway *gateway, struct order *order,
		     int64_t mark, struct rk_replay_action *ret_action)
{
	struct rk_replay_piece *piece =
		rk_replay_plan_due(&order->plan, gateway->turn);
	int64_t price;

	if (!piece)
		return false;
	price = price_of(gateway, order, piece->when != RK_REPLAY_WHEN_TURN,
			 mark);
	if (price == 0)
		return false;
	fill_in(order, ret_action);
	ret_action->kind = RK_REPLAY_ACTION_FILL;
	ret_action->price = price;
	ret_action->size = piece->size;
	order->sent += piece->size;
	piece->size = 0;
	return true;
}

static bool try_close(struct rk_replay_gateway *gateway, struct order *order,
		      struct rk_replay_action *ret_action)
{
	if (!order->asked || order->confirmed || order->closed ||
	    order->confirm_turn > gateway->turn)
		return false;
	/* Filled in full, it is closed by the fill, though we may not know. */
	if (order->sent >= order->size)
		return false;
	order->confirmed = true;
	fill_in(order, ret_action);
	ret_action->kind = RK_REPLAY_ACTION_CLOSE;
	ret_action->filled =
		order->sent > order->booked ? order->sent : order->booked;
	ret_action->filled +=
		rk_replay_plan_confirmed(&order->plan, gateway->turn);
	return true;
}

bool rk_replay_gateway_next(struct rk_replay_gateway *gateway,
			    rk_replay_mark_fn *mark, const void *mark_arg,
			    struct rk_replay_action *ret_action)
{
	uint32_t at = gateway->cursor == NONE ? gateway->head : gateway->cursor;

	while (at != NONE) {
		struct order *order = &gateway->orders[at];
		uint32_t next = order->next;

		gateway->cursor = at;
		if (try_fill(gateway, order, mark(mark_arg, order->market),
			     ret_action)) {
			forget_if_over(gateway, order);
			return true;
		}
		if (try_close(gateway, order, ret_action))
			return true;
		at = next;
	}
	gateway->cursor = NONE;
	return false;
}

bool rk_replay_gateway_find(const struct rk_replay_gateway *gateway,
			    uint64_t account, uint32_t market, bool sell,
			    struct risk_order_id *ret_order)
{
	for (uint32_t at = gateway->head; at != NONE;
	     at = gateway->orders[at].next) {
		const struct order *order = &gateway->orders[at];

		if (order->account != account || order->market != market ||
		    order->sell != sell || order->closed)
			continue;
		*ret_order = order->id;
		return true;
	}
	return false;
}

uint32_t rk_replay_gateway_active(const struct rk_replay_gateway *gateway)
{
	return gateway->active_n;
}

uint32_t rk_replay_gateway_open_orders(const struct rk_replay_gateway *gateway)
{
	return gateway->open_n;
}
