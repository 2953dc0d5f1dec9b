/*
 * The engine: memory, numbering, and the way of a command. See engine.h.
 *
 * A command goes: check its client, number it, run its handler under the undo
 * log, answer, then run the phases of judge.c until the event buffer is full
 * or all is done.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/account.h"
#include "engine/arena.h"
#include "engine/assert.h"
#include "engine/client.h"
#include "engine/conversion.h"
#include "engine/convert.h"
#include "engine/digest.h"
#include "engine/emode.h"
#include "engine/funding.h"
#include "engine/insurance.h"
#include "engine/interest.h"
#include "engine/judge.h"
#include "engine/ledger.h"
#include "engine/lending.h"
#include "engine/leverage.h"
#include "engine/listing.h"
#include "engine/loss.h"
#include "engine/market_state.h"
#include "engine/move.h"
#include "engine/order.h"
#include "engine/pace.h"
#include "engine/price.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/resting.h"
#include "engine/settlement.h"
#include "engine/slow.h"
#include "engine/state.h"
#include "engine/takeover.h"
#include "engine/terms.h"
#include "engine/totals.h"
#include "engine/trade.h"
#include "engine/trial.h"
#include "engine/vault.h"

/*
 * The most that one command of an atomic message changes, with room, and that
 * settling the funding of one position does.
 */
#define UNDO_PER_CMD    8192
#define UNDO_PER_SETTLE 1024

static const struct rk_cmd_risk risk_default = {
	.warn_enter = {1500000000},
	.warn_leave = {1600000000},
	.call_enter = {1250000000},
	.call_leave = {1300000000},
	.target = {1200000000},
	.order_band = {50000000},
	.stale_band = {100000000},
	.order_expiry_ns = INT64_C(30000000000),
	.close_timeout_ns = INT64_C(10000000000),
	.order_cooldown_ns = INT64_C(1000000000),
};

static bool sane(const struct rk_cmd_limits *max)
{
	const uint32_t table_max = UINT32_C(1) << 28;

	return max->accounts_max >= 1 && max->accounts_max <= table_max &&
	       max->owners_max >= 1 && max->owners_max <= table_max &&
	       max->assets_max >= 1 && max->assets_max <= RK_ASSETS_MAX &&
	       max->markets_max >= 1 && max->markets_max <= 65536 &&
	       max->publishers_max >= 1 &&
	       max->publishers_max <= RK_PUBLISHERS_MAX &&
	       max->venues_max >= 1 && max->venues_max <= 1024 &&
	       max->clients_max >= 1 && max->clients_max <= 65536 &&
	       max->positions_max >= 1 && max->positions_max <= table_max &&
	       max->positions_per_account_max >= 1 &&
	       max->positions_per_account_max <= RK_POSITIONS_MAX &&
	       max->balances_max >= 1 && max->balances_max <= table_max &&
	       max->orders_max >= 1 && max->orders_max <= table_max &&
	       max->withdrawals_max >= 1 && max->withdrawals_max <= table_max;
}

static void lay_out_marks(struct rk_engine *e, struct rk_arena *arena)
{
	const struct rk_cmd_limits *max = &e->max;
	uint32_t slots = max->assets_max + max->markets_max;
	const uint32_t units_max[RK_UNITS] = {
		[RK_UNIT_ENGINE] = 1,
		[RK_UNIT_ASSET] = max->assets_max,
		[RK_UNIT_MARKET] = max->markets_max,
		[RK_UNIT_PUBLISHER] = max->publishers_max,
		[RK_UNIT_VENUE] = max->venues_max,
		[RK_UNIT_VENUE_POSITION] = max->venues_max * max->markets_max,
		[RK_UNIT_SLOT] = slots,
		[RK_UNIT_QUOTE] = slots * max->publishers_max,
		[RK_UNIT_ACCOUNT] = max->accounts_max,
		[RK_UNIT_ORDER] = max->orders_max,
		[RK_UNIT_WITHDRAWAL] = max->withdrawals_max,
		[RK_UNIT_CLIENT] = max->clients_max,
		[RK_UNIT_ANSWER] = max->clients_max * RK_ANSWERS,
	};

	for (int i = 0; i < RK_UNITS; i++) {
		struct rk_mark_table *table = &e->marks.tables[i];

		table->units_max = units_max[i];
		table->words = rk_arena_take(arena, (units_max[i] + 63) / 64,
					     sizeof(*table->words));
	}
}

static size_t undo_room(const struct rk_cmd_limits *max)
{
	return (size_t)RK_ATOMIC_MAX *
	       (UNDO_PER_CMD +
		(size_t)max->positions_per_account_max * UNDO_PER_SETTLE);
}

/* Cut all tables out of the arena; pointers are NULL where it was too small */
static void lay_out(struct rk_engine *e, struct rk_arena *arena)
{
	const struct rk_cmd_limits *max = &e->max;
	size_t slots = (size_t)max->assets_max + max->markets_max;

#define TAKE(member, count)                                                    \
	(e->member = rk_arena_take(arena, (count), sizeof(*e->member)))
	TAKE(assets, max->assets_max);
	TAKE(insurance, max->assets_max);
	TAKE(vaults, max->assets_max);
	TAKE(markets, max->markets_max);
	TAKE(takeovers, max->markets_max);
	TAKE(publishers, max->publishers_max);
	TAKE(venues, max->venues_max);
	TAKE(venue_positions, (size_t)max->venues_max * max->markets_max);
	TAKE(slots, slots);
	TAKE(quotes, slots * max->publishers_max);
	TAKE(accounts, max->accounts_max);
	TAKE(bankrupt, ((size_t)max->accounts_max + 63) / 64);
	TAKE(positions, max->positions_max);
	TAKE(balances, max->balances_max);
	TAKE(leverages, max->positions_max);
	TAKE(orders, max->orders_max);
	TAKE(resting, rk_resting_room(max));
	TAKE(withdrawals, max->withdrawals_max);
	TAKE(clients, max->clients_max);
	TAKE(moved, slots);
	TAKE(touched, max->accounts_max);
	TAKE(touched_as, max->accounts_max);
	TAKE(due, max->accounts_max);
#undef TAKE
	lay_out_marks(e, arena);
	rk_map_init(&e->account_map, arena, max->accounts_max);
	rk_map_init(&e->owner_map, arena, max->owners_max);
	rk_map_init(&e->order_map, arena, max->orders_max);
	rk_map_init(&e->withdrawal_map, arena, max->withdrawals_max);
	rk_heap_init(&e->timers, arena, max->accounts_max + max->orders_max);
	rk_watch_init(&e->watch, arena, max);
	e->undo.max = undo_room(max);
	e->undo.bytes = rk_arena_take(arena, e->undo.max, 1);
}

size_t rk_engine_size(const struct rk_cmd_limits *max)
{
	struct rk_engine probe;
	struct rk_arena arena;

	if (!sane(max))
		return 0;

	rk_arena_init(&arena, NULL, 0);
	(void)rk_arena_take(&arena, 1, sizeof(probe)); /* counts only */
	memset(&probe, 0, sizeof(probe));
	probe.max = *max;
	lay_out(&probe, &arena);
	return arena.used;
}

static void start_lists(struct rk_engine *e)
{
	const struct rk_pool empty = {0, 0, RK_NONE};

	e->positions_pool = empty;
	e->balances_pool = empty;
	e->resting_pool = empty;
	e->leverages_pool = empty;
	e->withdrawals_pool = empty;
	e->closed_first = RK_NONE;
	e->closed_last = RK_NONE;
	e->recheck_ns = RK_TIME_NEVER;
	e->funding_ns = RK_TIME_NEVER;
	e->interest_ns = RK_TIME_NEVER;
	e->expiry_ns = RK_TIME_NEVER;
	e->ramp_ns = RK_TIME_NEVER;
	e->phase = RK_PHASE_IDLE;
}

int rk_engine_init(struct rk_arena *arena, const struct rk_cmd_limits *max,
		   struct rk_engine **ret_engine)
{
	struct rk_engine *e;

	RK_ASSERT(arena);
	RK_ASSERT(ret_engine);

	if (!sane(max))
		return RK_REJ_BAD_PARAM;
	if (arena->size - arena->used < rk_engine_size(max))
		return RK_REJ_CAPACITY;

	e = rk_arena_take(arena, 1, sizeof(*e));
	RK_ASSERT(e);
	e->max = *max;
	e->limits = *max;
	e->risk = risk_default;
	lay_out(e, arena);
	RK_ASSERT(e->undo.bytes);
	start_lists(e);

	*ret_engine = e;
	return RK_OK;
}

/* The previous event of the topic that is not the account's; see event.h. */
static uint64_t *topic_of(struct rk_engine *engine, enum rk_event_type type,
			  uint32_t account, uint32_t market)
{
	if (rk_event_is_order(type))
		return &engine->markets[market].last_order_event;
	if (rk_event_is_conversion(type))
		return &engine->last_conversion_event;
	if (account != RK_NONE)
		return NULL;
	if (market != RK_NO_MARKET)
		return &engine->markets[market].last_market_event;
	return &engine->last_system_event;
}

struct rk_event *rk_emit(struct rk_engine *engine, struct rk_evbuf *events,
			 enum rk_event_type type, uint32_t account,
			 uint32_t market)
{
	struct rk_event *event = &events->events[events->n];
	uint64_t *topic = topic_of(engine, type, account, market);

	RK_ASSERT(events->n < events->max);

	if (account != RK_NONE)
		rk_mark(engine, RK_UNIT_ACCOUNT, account);
	if (market != RK_NO_MARKET)
		rk_mark(engine, RK_UNIT_MARKET, market);
	events->n++;
	memset(event, 0, sizeof(*event));
	rk_change(engine, &engine->event, sizeof(engine->event));
	event->number = ++engine->event;
	event->seq = engine->seq;
	event->time_ns = engine->time_ns;
	event->type = type;
	event->market = market;
	if (account != RK_NONE) {
		uint64_t *last = &engine->accounts[account].last_event;

		event->account = engine->accounts[account].id;
		event->prev_account = *last;
		rk_change(engine, last, sizeof(*last));
		*last = event->number;
	}
	if (topic) {
		event->prev_topic = *topic;
		rk_change(engine, topic, sizeof(*topic));
		*topic = event->number;
	}
	return event;
}

/* Time moves; what that brings about is up to the phases. */
static int apply_clock(struct rk_engine *engine, const struct rk_cmd *cmd,
		       struct rk_evbuf *events)
{
	if (cmd->clock.time_ns < engine->time_ns ||
	    cmd->clock.time_ns > RK_TIME_MAX_NS)
		return RK_REJ_BAD_TIME;

	engine->time_ns = cmd->clock.time_ns;
	if (cmd->type == RK_CMD_RESUME) {
		rk_price_forget(engine);
		rk_touch_all(engine);
		rk_emit(engine, events, RK_EVENT_RESUMED, RK_NONE,
			RK_NO_MARKET);
	}
	return RK_OK;
}

/* For people and clients to know; nothing is judged by it. */
static int apply_sync_stall(struct rk_engine *engine, const struct rk_cmd *cmd,
			    struct rk_evbuf *events)
{
	int64_t age_ns = cmd->sync_stall.age_ns;
	struct rk_event *event;

	if (age_ns < 0 || age_ns > RK_DURATION_MAX_NS)
		return RK_REJ_BAD_PARAM;

	event = rk_emit(engine, events, RK_EVENT_SYNC_STALLED, RK_NONE,
			RK_NO_MARKET);
	event->sync_stalled.age_ns = age_ns;
	return RK_OK;
}

static int apply_lag(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	const struct rk_lag *lag = &cmd->lag;

	if (lag->window_ns <= 0 || lag->window_ns > RK_DURATION_MAX_NS ||
	    lag->judging_ns < 0 || lag->judging_ns > lag->window_ns ||
	    lag->age_ns < 0 || lag->age_ns > RK_DURATION_MAX_NS)
		return RK_REJ_BAD_PARAM;

	rk_emit(engine, events, RK_EVENT_LAG, RK_NONE, RK_NO_MARKET)->lag =
		*lag;
	return RK_OK;
}

/* Always a refusal: its client is answered, and numbers go on. */
static int refuse_skipped(const struct rk_cmd_skipped *skipped)
{
	if (!rk_cmd_is_known(skipped->type) || skipped->type == RK_CMD_SKIPPED)
		return RK_REJ_BAD_PARAM;
	return RK_REJ_SKIPPED;
}

/* What becomes of orders, and their fills. */
static int apply_order(struct rk_engine *engine, const struct rk_cmd *cmd,
		       struct rk_evbuf *events)
{
	switch ((int)cmd->type) {
	case RK_CMD_TRADE:
		return rk_trade_apply(engine, cmd, events);
	case RK_CMD_CLAIM:
		return rk_order_claim(engine, cmd, events);
	case RK_CMD_ORDER_CLOSED:
		return rk_order_closed(engine, cmd, events);
	case RK_CMD_PLACE_ORDER:
		return rk_resting_place(engine, cmd, events);
	case RK_CMD_CONVERT:
		return rk_convert(engine, cmd, events);
	default:
		return rk_resting_cancel(engine, cmd, events);
	}
}

/* What happens in a market as a whole; BAD_PARAM of all other commands. */
static int apply_to_market(struct rk_engine *engine, const struct rk_cmd *cmd,
			   struct rk_evbuf *events)
{
	switch ((int)cmd->type) {
	case RK_CMD_HALT:
		return rk_price_halt(engine, cmd);
	case RK_CMD_PREMIUM:
		return rk_funding_premium(engine, cmd);
	case RK_CMD_FUND:
		return rk_funding_fund(engine, cmd);
	case RK_CMD_MARKET_STATE:
		return rk_market_state_set(engine, cmd, events);
	case RK_CMD_EXPIRY:
		return rk_market_expiry(engine, cmd, events);
	case RK_CMD_SETTLE:
		return rk_settlement_begin(engine, cmd);
	default:
		return RK_REJ_BAD_PARAM;
	}
}

/* What is said of an asset or market beside its listing. */
static int apply_terms(struct rk_engine *engine, const struct rk_cmd *cmd,
		       struct rk_evbuf *events)
{
	switch ((int)cmd->type) {
	case RK_CMD_COLLATERAL:
		return rk_listing_collateral(engine, cmd, events);
	case RK_CMD_FUNDING:
		return rk_listing_funding(engine, cmd, events);
	case RK_CMD_MARGIN:
		return rk_terms_set(engine, cmd, events);
	case RK_CMD_SLOW_PRICE:
		return rk_slow_set(engine, cmd, events);
	case RK_CMD_LENDING:
		return rk_lending_set(engine, cmd, events);
	case RK_CMD_EMODE:
		return rk_emode_set(engine, cmd, events);
	case RK_CMD_CONVERSION:
		return rk_conversion_set(engine, cmd, events);
	case RK_CMD_INSURANCE:
		return rk_insurance_set(engine, cmd, events);
	case RK_CMD_LIQUIDATION:
		return rk_pace_set(engine, cmd, events);
	case RK_CMD_VAULT:
		return rk_vault_set(engine, cmd, events);
	case RK_CMD_TAKEOVER:
		return rk_takeover_set(engine, cmd, events);
	case RK_CMD_RAMP:
		return rk_ramp_set(engine, cmd, events);
	default:
		return rk_totals_set_scale(engine, cmd, events);
	}
}

/* What is traded and under which rules. */
static int apply_listing(struct rk_engine *engine, const struct rk_cmd *cmd,
			 struct rk_evbuf *events)
{
	switch ((int)cmd->type) {
	case RK_CMD_LIMITS:
		return rk_listing_limits(engine, cmd, events);
	case RK_CMD_RISK:
		return rk_listing_risk(engine, cmd, events);
	case RK_CMD_PUBLISHER:
		return rk_listing_publisher(engine, cmd, events);
	case RK_CMD_VENUE:
		return rk_listing_venue(engine, cmd, events);
	case RK_CMD_ASSET:
		return rk_listing_asset(engine, cmd, events);
	case RK_CMD_MARKET:
	case RK_CMD_CONTRACT:
		return rk_listing_market(engine, cmd, events);
	case RK_CMD_ASSET_CHANGE:
		return rk_listing_change_asset(engine, cmd, events);
	case RK_CMD_MARKET_CHANGE:
		return rk_listing_change_market(engine, cmd, events);
	case RK_CMD_COLLATERAL:
	case RK_CMD_FUNDING:
	case RK_CMD_MARGIN:
	case RK_CMD_SLOW_PRICE:
	case RK_CMD_COLLATERAL_SCALE:
	case RK_CMD_LENDING:
	case RK_CMD_EMODE:
	case RK_CMD_CONVERSION:
	case RK_CMD_INSURANCE:
	case RK_CMD_LIQUIDATION:
	case RK_CMD_VAULT:
	case RK_CMD_TAKEOVER:
	case RK_CMD_RAMP:
		return apply_terms(engine, cmd, events);
	default:
		return RK_REJ_BAD_PARAM;
	}
}

static int apply_one(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	switch ((int)cmd->type) {
	case RK_CMD_CLOCK:
	case RK_CMD_RESUME:
		return apply_clock(engine, cmd, events);
	case RK_CMD_ACCRUE:
		return rk_interest_accrue(engine, cmd);
	case RK_CMD_ACCOUNT:
		return rk_account_create(engine, cmd, events);
	case RK_CMD_DEPOSIT:
		return rk_ledger_deposit(engine, cmd, events);
	case RK_CMD_ADJUST:
		return rk_ledger_adjust(engine, cmd, events);
	case RK_CMD_RESERVE:
		return rk_ledger_reserve(engine, cmd, events);
	case RK_CMD_CONFIRM:
		return rk_ledger_confirm(engine, cmd, events);
	case RK_CMD_CANCEL:
		return rk_ledger_cancel(engine, cmd, events);
	case RK_CMD_TRANSFER:
		return rk_ledger_transfer(engine, cmd, events);
	case RK_CMD_WRITE_OFF:
		return rk_loss_command(engine, cmd, events);
	case RK_CMD_TOP_UP:
		return rk_insurance_top_up(engine, cmd, events);
	case RK_CMD_VAULT_TOP_UP:
		return rk_vault_top_up(engine, cmd, events);
	case RK_CMD_LEVERAGE:
		return rk_leverage_set(engine, cmd, events);
	case RK_CMD_MODE:
		return rk_move_mode(engine, cmd, events);
	case RK_CMD_MOVE:
		return rk_move_position(engine, cmd, events);
	case RK_CMD_RECHECK:
		return rk_judge_recheck(engine, cmd, events);
	case RK_CMD_TRADE:
	case RK_CMD_ORDER_CLOSED:
	case RK_CMD_CLAIM:
	case RK_CMD_PLACE_ORDER:
	case RK_CMD_CANCEL_ORDER:
	case RK_CMD_CONVERT:
		return apply_order(engine, cmd, events);
	case RK_CMD_PRICES:
		rk_price_batch(engine, &cmd->prices);
		return RK_OK;
	case RK_CMD_HALT:
	case RK_CMD_PREMIUM:
	case RK_CMD_FUND:
	case RK_CMD_MARKET_STATE:
	case RK_CMD_EXPIRY:
	case RK_CMD_SETTLE:
		return apply_to_market(engine, cmd, events);
	case RK_CMD_SYNC_STALL:
		return apply_sync_stall(engine, cmd, events);
	case RK_CMD_LAG:
		return apply_lag(engine, cmd, events);
	case RK_CMD_SKIPPED:
		return refuse_skipped(&cmd->skipped);
	case RK_CMD_ATOMIC:
	case RK_CMD_NONE:
		return RK_REJ_BAD_PARAM;
	default:
		return apply_listing(engine, cmd, events);
	}
}

/* All children or none; *ret_failed is the child that was refused. */
static int apply_atomic(struct rk_engine *engine,
			const struct rk_cmd_atomic *atomic,
			struct rk_evbuf *events, uint32_t *ret_failed)
{
	if (atomic->n < 1 || atomic->n > RK_ATOMIC_MAX)
		return RK_REJ_BAD_PARAM;

	for (uint32_t i = 0; i < atomic->n; i++) {
		const struct rk_cmd *child = &atomic->cmds[i];
		int r = RK_REJ_BAD_PARAM;

		if (rk_cmd_may_be_atomic(child->type))
			r = apply_one(engine, child, events);
		if (r != RK_OK) {
			*ret_failed = i;
			return r;
		}
	}
	return RK_OK;
}

/* Keep the answers, one per command of the client. */
static void answer(struct rk_engine *engine, const struct rk_cmd *cmd, int code,
		   uint32_t failed)
{
	if (cmd->origin.client[0] == '\0')
		return;
	if (cmd->type != RK_CMD_ATOMIC) {
		rk_client_answer(engine, &cmd->origin, code);
		return;
	}
	for (uint32_t i = 0; i < cmd->atomic.n; i++)
		rk_client_answer(engine, &cmd->atomic.cmds[i].origin,
				 code == RK_OK || i == failed ? code
							      : RK_REJ_ATOMIC);
}

static void emit_rejection(struct rk_engine *engine, struct rk_evbuf *events,
			   const struct rk_cmd *cmd, int code)
{
	struct rk_event *event = rk_emit(engine, events, RK_EVENT_REJECTED,
					 RK_NONE, RK_NO_MARKET);

	event->rejected.cmd =
		cmd->type == RK_CMD_SKIPPED && code == RK_REJ_SKIPPED
			? cmd->skipped.type
			: cmd->type;
	event->rejected.code = code;
	memcpy(event->rejected.client, cmd->origin.client, RK_NAME_SIZE);
	event->rejected.client_seq = cmd->origin.client_seq;
}

static void chain_events(struct rk_engine *engine,
			 const struct rk_evbuf *events)
{
	for (uint32_t i = 0; i < events->n; i++)
		engine->event_digest = rk_digest_event(engine->event_digest,
						       &events->events[i]);
}

/* Is each command of this message the next of its client? */
static int check_origin(const struct rk_engine *engine,
			const struct rk_cmd *cmd)
{
	const struct rk_origin *origin = &cmd->origin;
	struct rk_answer ignored;

	if (origin->client[0] == '\0')
		return RK_OK;
	if (cmd->type == RK_CMD_ATOMIC) {
		const struct rk_cmd *cmds = cmd->atomic.cmds;

		if (cmd->atomic.n < 1 || cmd->atomic.n > RK_ATOMIC_MAX)
			return RK_REJ_BAD_PARAM;
		for (uint32_t i = 0; i < cmd->atomic.n; i++)
			if (cmds[i].origin.client_seq !=
				    origin->client_seq + i ||
			    memcmp(cmds[i].origin.client, origin->client,
				   RK_NAME_SIZE) != 0)
				return RK_REJ_OUT_OF_ORDER;
		origin = &cmds[0].origin;
	}
	return rk_engine_check_client(engine, origin, &ignored);
}

int rk_engine_apply(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events)
{
	uint32_t failed = 0;
	int code;

	RK_ASSERT(!rk_engine_pending(engine));
	RK_ASSERT(events->n == 0);
	RK_ASSERT(events->max >= RK_EVENTS_PER_STEP_MAX);

	code = check_origin(engine, cmd);
	if (code != RK_OK)
		return code;

	engine->seq++;
	RK_ASSERT(engine->seq < RK_SEQ_MAX);
	rk_touched_forget(engine);
	engine->order_n = 0;
	memset(&engine->funding, 0, sizeof(engine->funding));
	engine->funding.from_ns = engine->time_ns;
	memset(&engine->interest, 0, sizeof(engine->interest));
	engine->interest.from_ns = engine->time_ns;
	memset(&engine->settlement, 0, sizeof(engine->settlement));
	engine->settlement.from_ns = engine->time_ns;
	engine->ramp_at = 0;
	engine->insurance_round = false;
	engine->resuming = cmd->type == RK_CMD_RESUME;

	rk_undo_begin(&engine->undo);
	code = cmd->type == RK_CMD_ATOMIC
		       ? apply_atomic(engine, &cmd->atomic, events, &failed)
		       : apply_one(engine, cmd, events);
	if (code == RK_OK) {
		rk_undo_commit(&engine->undo);
		engine->phase = RK_PHASE_TIMERS;
	} else {
		rk_undo_rollback(&engine->undo);
		events->n = 0;
		rk_touched_forget(engine);
		emit_rejection(engine, events, cmd, code);
	}
	answer(engine, cmd, code, failed);

	rk_judge_run(engine, events);
	chain_events(engine, events);
	return code;
}

size_t rk_trial_room(const struct rk_engine *engine)
{
	return undo_room(&engine->max);
}

void rk_trial_begin(struct rk_trial *trial, struct rk_engine *engine,
		    void *memory, size_t size)
{
	RK_ASSERT(!rk_engine_pending(engine));
	RK_ASSERT(engine->moved_n == 0);

	trial->engine = engine;
	trial->own = engine->undo;
	engine->undo = (struct rk_undo){.bytes = memory, .max = size};
	rk_undo_begin(&engine->undo);
}

size_t rk_trial_used(const struct rk_trial *trial)
{
	return trial->engine->undo.used;
}

void rk_trial_moved(struct rk_trial *trial, void *memory, size_t size)
{
	RK_ASSERT(size >= trial->engine->undo.used);

	trial->engine->undo.bytes = memory;
	trial->engine->undo.max = size;
}

int rk_trial_apply(struct rk_trial *trial, const struct rk_cmd *cmd,
		   struct rk_evbuf *events)
{
	struct rk_engine *engine = trial->engine;
	int code;

	RK_ASSERT(events->n == 0);
	RK_ASSERT(events->max >= RK_EVENTS_PER_STEP_MAX);
	RK_ASSERT(engine->undo.max - engine->undo.used >= trial->own.max);

	if (cmd->type == RK_CMD_MARKET_STATE || cmd->type == RK_CMD_EXPIRY)
		code = apply_to_market(engine, cmd, events);
	else
		code = apply_listing(engine, cmd, events);
	events->n = 0;
	return code;
}

/* Marks of change stay: too many cost time only. */
void rk_trial_end(struct rk_trial *trial)
{
	struct rk_engine *engine = trial->engine;

	rk_undo_rollback(&engine->undo);
	engine->undo = trial->own;
	rk_touched_forget(engine);
	engine->moved_n = 0;
}

bool rk_engine_pending(const struct rk_engine *engine)
{
	return engine->phase != RK_PHASE_IDLE;
}

void rk_engine_resume(struct rk_engine *engine, struct rk_evbuf *events)
{
	RK_ASSERT(events->n == 0);

	rk_judge_run(engine, events);
	chain_events(engine, events);
}
