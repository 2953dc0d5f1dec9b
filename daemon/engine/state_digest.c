/*
 * The digest of the whole state: the sum, modulo 2^128, of the hashes of all
 * records. The order of records in a table does not count, except where it is
 * state (free lists are not).
 */
#include "engine/state.h"
#include "engine/view.h"
#include "engine/words.h"

struct rk_hash rk_view_event_digest(const struct rk_engine *engine)
{
	return engine->event_digest;
}

/* Each kind of record is hashed apart from the others. */
enum kind {
	KIND_META = 1,
	KIND_ASSET,
	KIND_MARKET,
	KIND_NAME,
	KIND_SLOT,
	KIND_QUOTE,
	KIND_ACCOUNT,
	KIND_BALANCE,
	KIND_POSITION,
	KIND_ORDER,
	KIND_WITHDRAWAL,
	KIND_CLIENT,
	KIND_VENUE,
	KIND_TIMER,
};

static void begin(struct rk_words *w, enum kind kind)
{
	w->n = 0;
	rk_words_put(w, kind);
}

static void add_record(rk_u128 *sum, const struct rk_words *w)
{
	struct rk_hash hash = rk_words_hash((struct rk_hash){0, 0}, w);

	*sum += (rk_u128)hash.hi << 64 | hash.lo;
}

static void add_meta(const struct rk_engine *engine, rk_u128 *sum)
{
	const struct rk_cmd_limits *l = &engine->limits;
	const struct rk_cmd_risk *r = &engine->risk;
	struct rk_words w;

	begin(&w, KIND_META);
	rk_words_put(&w, engine->seq);
	rk_words_put(&w, engine->event);
	rk_words_put_signed(&w, engine->time_ns);
	rk_words_put(&w, engine->last_system_event);
	rk_words_put(&w, engine->event_digest.lo);
	rk_words_put(&w, engine->event_digest.hi);
	rk_words_put(&w, l->accounts_max);
	rk_words_put(&w, l->owners_max);
	rk_words_put(&w, l->assets_max);
	rk_words_put(&w, l->markets_max);
	rk_words_put(&w, l->publishers_max);
	rk_words_put(&w, l->venues_max);
	rk_words_put(&w, l->clients_max);
	rk_words_put(&w, l->positions_max);
	rk_words_put(&w, l->positions_per_account_max);
	rk_words_put(&w, l->balances_max);
	rk_words_put(&w, l->orders_max);
	rk_words_put(&w, l->withdrawals_max);
	rk_words_put_signed(&w, r->warn_enter.raw);
	rk_words_put_signed(&w, r->warn_leave.raw);
	rk_words_put_signed(&w, r->call_enter.raw);
	rk_words_put_signed(&w, r->call_leave.raw);
	rk_words_put_signed(&w, r->target.raw);
	rk_words_put_signed(&w, r->order_band.raw);
	rk_words_put_signed(&w, r->stale_band.raw);
	rk_words_put_signed(&w, r->order_expiry_ns);
	rk_words_put_signed(&w, r->close_timeout_ns);
	rk_words_put_signed(&w, r->order_cooldown_ns);
	add_record(sum, &w);
}

static void add_assets(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->assets_n; i++) {
		const struct rk_asset *asset = &engine->assets[i];

		begin(&w, KIND_ASSET);
		rk_words_put(&w, i);
		rk_words_put_name(&w, asset->listing.name);
		rk_words_put(&w, asset->listing.decimals);
		rk_words_put(&w, asset->listing.price_decimals);
		rk_words_put_signed(&w, asset->listing.fixed_price.raw);
		rk_words_put_signed(&w, asset->listing.price_max.raw);
		rk_words_put_signed(&w, asset->listing.price_age_max_ns);
		rk_words_put_wide(&w, asset->deposits);
		rk_words_put_wide(&w, asset->withdrawals);
		rk_words_put_wide(&w, asset->pending);
		rk_words_put_wide(&w, asset->fees);
		rk_words_put_wide(&w, asset->clearing);
		add_record(sum, &w);
	}
}

static void put_listing(struct rk_words *w, const struct rk_cmd_market *listing)
{
	rk_words_put_name(w, listing->name);
	rk_words_put_name(w, listing->settle);
	rk_words_put(w, listing->price_decimals);
	rk_words_put(w, listing->size_decimals);
	rk_words_put_signed(w, listing->lot.raw);
	rk_words_put_signed(w, listing->price_max.raw);
	rk_words_put_signed(w, listing->position_max.raw);
	rk_words_put_signed(w, listing->price_age_max_ns);
	rk_words_put_signed(w, listing->close_cost.raw);
	for (uint32_t k = 0; k < listing->brackets_n; k++) {
		rk_words_put_signed(w, listing->brackets[k].floor.raw);
		rk_words_put_signed(w, listing->brackets[k].maintenance.raw);
		rk_words_put_signed(w, listing->brackets[k].initial.raw);
	}
}

static void add_markets(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->markets_n; i++) {
		const struct rk_market *market = &engine->markets[i];

		begin(&w, KIND_MARKET);
		rk_words_put(&w, i);
		put_listing(&w, &market->listing);
		rk_words_put_wide(&w, market->vault_size);
		rk_words_put_wide(&w, market->vault_cost);
		rk_words_put_wide(&w, market->clearing_cost);
		rk_words_put(&w, market->last_market_event);
		rk_words_put(&w, market->last_order_event);
		rk_words_put(&w, market->trade_highest);
		add_record(sum, &w);

		begin(&w, KIND_MARKET);
		rk_words_put(&w, i);
		for (size_t j = 0; j < RK_TRADE_WINDOW / 64; j++)
			rk_words_put(&w, market->trades[j]);
		add_record(sum, &w);
	}
}

static void add_names(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->publishers_n; i++) {
		begin(&w, KIND_NAME);
		rk_words_put(&w, i);
		rk_words_put_name(&w, engine->publishers[i]);
		add_record(sum, &w);
	}
	for (uint32_t i = 0; i < engine->venues_n; i++) {
		begin(&w, KIND_VENUE);
		rk_words_put(&w, i);
		rk_words_put_name(&w, engine->venues[i]);
		for (uint32_t m = 0; m < engine->markets_n; m++) {
			const struct rk_venue_position *position =
				&engine->venue_positions
					 [(size_t)i * engine->max.markets_max +
					  m];

			if (m > 0) {
				begin(&w, KIND_VENUE);
				rk_words_put(&w, i);
			}
			rk_words_put(&w, m);
			rk_words_put_wide(&w, position->size);
			rk_words_put_wide(&w, position->cost);
			add_record(sum, &w);
		}
	}
}

static void add_quotes(const struct rk_engine *engine, uint32_t slot,
		       rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t j = 0; j < engine->publishers_n; j++) {
		const struct rk_publisher_quote *quote =
			&engine->quotes[(size_t)slot *
						engine->max.publishers_max +
					j];

		begin(&w, KIND_QUOTE);
		rk_words_put(&w, slot);
		rk_words_put(&w, j);
		rk_words_put_signed(&w, quote->price.raw);
		rk_words_put_signed(&w, quote->time_ns);
		rk_words_put(&w, quote->seq);
		rk_words_put(&w, quote->usable);
		rk_words_put(&w, quote->disputing);
		add_record(sum, &w);
	}
}

static void add_slots(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->slots_n; i++) {
		const struct rk_slot *slot = &engine->slots[i];

		begin(&w, KIND_SLOT);
		rk_words_put(&w, i);
		rk_words_put(&w, slot->market);
		rk_words_put(&w, slot->asset);
		rk_words_put(&w, slot->halted);
		rk_words_put(&w, slot->state);
		rk_words_put_signed(&w, slot->mark.raw);
		rk_words_put_signed(&w, slot->time_ns);
		rk_words_put_signed(&w, slot->recheck_ns);
		add_record(sum, &w);
		add_quotes(engine, i, sum);
	}
}

static void add_accounts(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->accounts_n; i++) {
		const struct rk_account *account = &engine->accounts[i];
		uint32_t j;
		int64_t wake_ns = 0;

		begin(&w, KIND_ACCOUNT);
		rk_words_put(&w, account->id);
		rk_words_put(&w, i);
		rk_words_put(&w, account->owner);
		rk_words_put(&w, account->mode);
		rk_words_put(&w, account->enforcement);
		rk_words_put(&w, account->state);
		rk_words_put(&w, account->withheld);
		rk_words_put(&w, account->last_event);
		rk_words_put(&w, rk_heap_get(&engine->timers, i, &wake_ns));
		rk_words_put_signed(&w, wake_ns);
		add_record(sum, &w);

		for (j = account->balances; j != RK_NONE;
		     j = engine->balances[j].next) {
			begin(&w, KIND_BALANCE);
			rk_words_put(&w, account->id);
			rk_words_put(&w, engine->balances[j].asset);
			rk_words_put_signed(&w, engine->balances[j].amount.raw);
			add_record(sum, &w);
		}
		for (j = account->positions; j != RK_NONE;
		     j = engine->positions[j].next) {
			const struct rk_position *position =
				&engine->positions[j];

			begin(&w, KIND_POSITION);
			rk_words_put(&w, account->id);
			rk_words_put(&w, position->market);
			rk_words_put_signed(&w, position->size.raw);
			rk_words_put_signed(&w, position->cost.raw);
			rk_words_put_signed(&w, position->last_order_ns);
			rk_words_put(&w, position->withheld);
			add_record(sum, &w);
		}
	}
}

static void add_orders(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->orders_used; i++) {
		const struct rk_order *order = &engine->orders[i];
		int64_t timer_ns = 0;

		begin(&w, KIND_ORDER);
		rk_words_put(&w, order->id.seq);
		rk_words_put(&w, order->id.n);
		rk_words_put(&w, engine->accounts[order->account].id);
		rk_words_put(&w, order->market);
		rk_words_put(&w, order->side);
		rk_words_put_signed(&w, order->size.raw);
		rk_words_put_signed(&w, order->filled.raw);
		rk_words_put_signed(&w, order->reported.raw);
		rk_words_put_signed(&w, order->floor_price.raw);
		rk_words_put_signed(&w, order->mark.raw);
		rk_words_put_signed(&w, order->opened_ns);
		rk_words_put_signed(&w, order->expiry_ns);
		rk_words_put_health(&w, &order->health);
		rk_words_put(&w, order->close_asked);
		rk_words_put(&w, order->closed);
		rk_words_put(&w, rk_heap_get(&engine->timers,
					     engine->max.accounts_max + i,
					     &timer_ns));
		rk_words_put_signed(&w, timer_ns);
		add_record(sum, &w);
	}
}

static void add_withdrawals(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->withdrawals_pool.used; i++) {
		const struct rk_withdrawal *withdrawal =
			&engine->withdrawals[i];

		if (rk_map_get(&engine->withdrawal_map, withdrawal->id) != i)
			continue;
		begin(&w, KIND_WITHDRAWAL);
		rk_words_put(&w, withdrawal->id);
		rk_words_put(&w, engine->accounts[withdrawal->account].id);
		rk_words_put(&w, withdrawal->asset);
		rk_words_put_signed(&w, withdrawal->amount.raw);
		add_record(sum, &w);
	}
}

static void add_clients(const struct rk_engine *engine, rk_u128 *sum)
{
	struct rk_words w;

	for (uint32_t i = 0; i < engine->clients_n; i++) {
		const struct rk_client *client = &engine->clients[i];
		uint64_t first = client->last > RK_ANSWERS
					 ? client->last - RK_ANSWERS + 1
					 : 1;

		for (uint64_t n = first; n <= client->last; n++) {
			const struct rk_client_answer *kept =
				&client->answers[n % RK_ANSWERS];

			begin(&w, KIND_CLIENT);
			rk_words_put_name(&w, client->name);
			rk_words_put(&w, n);
			rk_words_put(&w, kept->payload.lo);
			rk_words_put(&w, kept->payload.hi);
			rk_words_put_signed(&w, kept->answer.code);
			rk_words_put(&w, kept->answer.seq);
			add_record(sum, &w);
		}
	}
}

struct rk_hash rk_view_state_digest(const struct rk_engine *engine)
{
	rk_u128 sum = 0;

	add_meta(engine, &sum);
	add_assets(engine, &sum);
	add_markets(engine, &sum);
	add_names(engine, &sum);
	add_slots(engine, &sum);
	add_accounts(engine, &sum);
	add_orders(engine, &sum);
	add_withdrawals(engine, &sum);
	add_clients(engine, &sum);
	return (struct rk_hash){(uint64_t)sum, (uint64_t)(sum >> 64)};
}
