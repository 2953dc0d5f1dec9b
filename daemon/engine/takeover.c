/*
 * What is taken over, at which price, and what withholds it. See takeover.h.
 *
 * A position is valued as it counted in equity, so that a takeover at the mark
 * leaves equity exactly as it was; the concession is a part of that equity, and
 * never more.
 */
#include "engine/takeover.h"

#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/insurance.h"
#include "engine/listing.h"
#include "engine/margin.h"
#include "engine/order.h"
#include "engine/rc.h"
#include "engine/settlement.h"
#include "engine/vault.h"

bool rk_takeover_equal(const struct rk_takeover_terms *a,
		       const struct rk_takeover_terms *b)
{
	return a->enabled == b->enabled && a->at.raw == b->at.raw &&
	       a->concession_max.raw == b->concession_max.raw &&
	       a->vault_max.raw == b->vault_max.raw && a->stages == b->stages;
}

static int need(bool fulfilled, const char **ret_field, const char *field)
{
	if (fulfilled)
		return RK_OK;
	*ret_field = field;
	return RK_REJ_BAD_PARAM;
}

int rk_takeover_check(const struct rk_takeover_terms *terms,
		      const char **ret_field)
{
	bool on = terms->enabled;
	int r = need(on ? terms->at.raw > 0 && terms->at.raw <= RK_RATE_ONE
			: terms->at.raw == 0,
		     ret_field, "at");

	if (r == RK_OK)
		r = need(on ? terms->concession_max.raw >= 0 &&
					 terms->concession_max.raw < RK_RATE_ONE
			    : terms->concession_max.raw == 0,
			 ret_field, "concession_max");
	if (r == RK_OK)
		r = need(on ? terms->vault_max.raw > 0
			    : terms->vault_max.raw == 0,
			 ret_field, "vault_max");
	if (r == RK_OK)
		r = need(terms->stages <= (on ? RK_TAKEOVER_STAGES_MAX : 0),
			 ret_field, "stages");
	return r;
}

int rk_takeover_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events)
{
	const struct rk_cmd_takeover *want = &cmd->takeover;
	uint32_t id = rk_listing_find_market(engine, want->market);
	struct rk_takeover_terms *terms;
	struct rk_event *event;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_MARKET;
	r = rk_takeover_check(&want->terms, &field);
	if (r != RK_OK)
		return r;
	terms = &engine->takeovers[id].terms;
	if (rk_takeover_equal(terms, &want->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_MARKET, id);
	rk_change(engine, terms, sizeof(*terms));
	*terms = want->terms;
	event = rk_emit(engine, events, RK_EVENT_TAKEOVER_SET, RK_NONE, id);
	event->name.id = id;
	event->name.slot = engine->markets[id].slot;
	memcpy(event->name.name, engine->markets[id].listing.name,
	       RK_NAME_SIZE);
	rk_touch_all(engine); /* whoever is in liquidation may be due now */
	return RK_OK;
}

static uint32_t market_of(const struct rk_engine *engine,
			  const struct rk_takeover_part *part)
{
	return engine->positions[part->position].market;
}

/* Why a position is to be taken over; 0: it is not. */
static uint32_t cause_of(const struct rk_engine *engine,
			 const struct rk_position *position,
			 const struct rk_health *health)
{
	const struct rk_takeover_terms *terms =
		&engine->takeovers[position->market].terms;

	if (!terms->enabled)
		return 0;
	if (health->equity.raw < 0)
		return RK_TAKEOVER_DRAW;
	if ((rk_i128)health->equity.raw * RK_RATE_ONE <
	    (rk_i128)health->maintenance.raw * terms->at.raw)
		return RK_TAKEOVER_EQUITY;
	return terms->stages > 0 && position->stages >= terms->stages
		       ? RK_TAKEOVER_STAGES
		       : 0;
}

/*
 * Is there a record for what a position leaves, after the parts before it? What
 * cannot be booked would be lost, or given away.
 */
static bool has_record(const struct rk_engine *engine,
		       const struct rk_takeover_plan *plan, uint32_t account,
		       uint32_t asset)
{
	return rk_account_find_balance(engine, account, asset) != RK_NONE ||
	       (uint64_t)engine->balances_pool.n + plan->taken_n <
		       engine->limits.balances_max;
}

/* Are all prices OK that the account is judged by? */
static bool are_prices_ok(const struct rk_engine *engine, uint32_t account)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_judgement figures;
	struct rk_holdings holdings;

	rk_holdings_to_judge(engine, &engine->accounts[account], &holdings);
	rk_margin_judge(&scene, &holdings, &figures);
	return figures.prices_ok;
}

/* May the vault take it, after the parts before it? */
static enum rk_takeover_withheld reason_of(const struct rk_engine *engine,
					   const struct rk_takeover_plan *plan,
					   struct rk_takeover_part *part)
{
	const struct rk_position *position = &engine->positions[part->position];
	uint32_t id = position->market;
	const struct rk_market *market = &engine->markets[id];
	rk_i128 more = 0;

	if (market->life.state == RK_MARKET_SETTLING)
		return RK_TAKEOVER_SETTLING;
	if (!plan->prices_ok)
		return RK_TAKEOVER_PRICE;
	if (!has_record(engine, plan, position->account, market->settle))
		return RK_TAKEOVER_CAPACITY;
	for (uint32_t i = 0; i < plan->parts_n; i++) {
		const struct rk_takeover_part *other = &plan->parts[i];

		if (other->cause != 0 && other->reason == RK_TAKEOVER_FREE &&
		    engine->markets[market_of(engine, other)].settle ==
			    market->settle)
			more += other->held;
	}
	return rk_vault_refuses(engine, id, position->size, more, &part->held);
}

/* A part of the equity, as large as the position's of all notional (Z6). */
static rk_amt concession_of(const struct rk_engine *engine,
			    const struct rk_takeover_part *part,
			    const rk_i128 share)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	uint32_t market = market_of(engine, part);
	rk_i128 value = part->value.raw;
	rk_i128 most = rk_fx_div_rate(
		(value < 0 ? -value : value) *
			engine->takeovers[market].terms.concession_max.raw,
		RK_ROUND_FLOOR);
	rk_i128 affordable = rk_scene_amount_of(
		&scene, engine->markets[market].settle, share, RK_ROUND_FLOOR);

	return (rk_amt){(int64_t)(most < affordable ? most : affordable)};
}

/* What is missing in an asset by itself, if anything (H1). */
static rk_i128 missing_in(const struct rk_engine *engine, uint32_t account,
			  uint32_t asset)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;
	rk_i128 sum;

	rk_holdings_to_judge(engine, &engine->accounts[account], &holdings);
	sum = rk_holdings_balance(&holdings, asset).raw;
	for (uint32_t i = 0; i < holdings.positions_n; i++) {
		const struct rk_held_position *held = &holdings.positions[i];
		struct rk_leg leg;

		if (engine->markets[held->market].settle != asset)
			continue;
		rk_margin_leg(&scene, held, &leg);
		sum += (rk_i128)leg.unrealised.raw + held->funding.raw;
	}
	return sum < 0 ? -sum : 0;
}

/* What of an asset makes good an equity below 0, rounded up. */
static rk_i128 to_make_good(const struct rk_engine *engine, uint32_t asset,
			    rk_usd equity)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);

	return rk_scene_amount_of(&scene, asset, -(rk_i128)equity.raw,
				  RK_ROUND_CEIL);
}

/*
 * An equity below 0 is made good only as a whole: by the fund of the one asset
 * that all positions settle in, of what is missing there (Z7).
 */
static bool is_covered(const struct rk_engine *engine, uint32_t account,
		       const struct rk_health *health,
		       const struct rk_takeover_plan *plan)
{
	uint32_t asset =
		engine->markets[market_of(engine, &plan->parts[0])].settle;
	rk_i128 amount = to_make_good(engine, asset, health->equity);

	for (uint32_t i = 0; i < plan->parts_n; i++) {
		const struct rk_takeover_part *part = &plan->parts[i];

		if (part->cause == 0 || part->reason != RK_TAKEOVER_FREE ||
		    engine->markets[market_of(engine, part)].settle != asset)
			return false;
	}
	return amount <= missing_in(engine, account, asset) &&
	       amount <= rk_insurance_available(engine, asset).raw;
}

/* All or nothing. */
static void withhold_all(struct rk_takeover_plan *plan)
{
	for (uint32_t i = 0; i < plan->parts_n; i++)
		if (plan->parts[i].cause != 0 &&
		    plan->parts[i].reason == RK_TAKEOVER_FREE)
			plan->parts[i].reason = RK_TAKEOVER_SHORTFALL;
	plan->taken_n = 0;
}

bool rk_takeover_concerns(const struct rk_engine *engine, uint32_t account)
{
	for (uint32_t i = engine->accounts[account].positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];

		if (engine->takeovers[position->market].terms.enabled ||
		    position->takeover != RK_TAKEOVER_FREE)
			return true;
	}
	return false;
}

void rk_takeover_find(const struct rk_engine *engine, uint32_t account,
		      const struct rk_health *health,
		      struct rk_takeover_plan *ret_plan)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_usd notionals[RK_POSITIONS_MAX];
	bool due = false;
	rk_i128 all = 0;

	memset(ret_plan, 0, sizeof(*ret_plan));
	for (uint32_t i = engine->accounts[account].positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];
		const struct rk_held_position held = {.market =
							      position->market,
						      .size = position->size,
						      .cost = position->cost};
		struct rk_takeover_part *part =
			&ret_plan->parts[ret_plan->parts_n];
		struct rk_leg leg;

		rk_margin_leg(&scene, &held, &leg);
		notionals[ret_plan->parts_n] = leg.notional;
		all += leg.notional.raw;
		part->position = i;
		part->value = leg.value;
		part->cause = cause_of(engine, position, health);
		if (part->cause != 0 && !due)
			ret_plan->prices_ok = are_prices_ok(engine, account);
		due = due || part->cause != 0;
		if (part->cause != 0)
			part->reason = reason_of(engine, ret_plan, part);
		if (part->cause != 0 && part->reason == RK_TAKEOVER_FREE)
			ret_plan->taken_n++;
		ret_plan->parts_n++;
	}
	if (health->equity.raw < 0) {
		ret_plan->draws = ret_plan->parts_n > 0 &&
				  is_covered(engine, account, health, ret_plan);
		if (!ret_plan->draws)
			withhold_all(ret_plan);
		return;
	}
	for (uint32_t i = 0; i < ret_plan->parts_n; i++) {
		struct rk_takeover_part *part = &ret_plan->parts[i];
		rk_i128 share;

		if (part->cause == 0 || part->reason != RK_TAKEOVER_FREE ||
		    all == 0)
			continue;
		share = rk_fx_div((rk_i128)health->equity.raw *
					  notionals[i].raw,
				  all, RK_ROUND_FLOOR);
		part->concession = concession_of(engine, part, share);
	}
}

/* Its orders are of no use any more; fills that come yet are the vault's. */
static void ask_close(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t account, uint32_t market)
{
	for (uint32_t i = engine->accounts[account].orders; i != RK_NONE;
	     i = engine->orders[i].next)
		if (engine->orders[i].market == market)
			rk_order_take_over(engine, events, i);
}

static void take(struct rk_engine *engine, struct rk_evbuf *events,
		 uint32_t account, const struct rk_takeover_part *part)
{
	uint32_t market = market_of(engine, part);
	struct rk_market *record = &engine->markets[market];
	rk_amt value = {part->value.raw - part->concession.raw};
	struct rk_ev_taken_over told = {
		.cause = (enum rk_takeover_cause)part->cause,
		.price = engine->slots[record->slot].mark,
		.concession = part->concession,
	};
	struct rk_vault_figures figures;
	struct rk_ev_settled closed;

	rk_vault_figures(engine, record->settle, &figures);
	told.event_left.raw = (int64_t)rk_vault_event_left(engine, market);
	told.hour_left.raw = (int64_t)figures.hour_left;
	ask_close(engine, events, account, market);
	rk_settlement_close(engine, events, part->position, value, &closed);
	rk_mark(engine, RK_UNIT_MARKET, market);
	rk_add(engine, &record->clearing_cost, -(rk_i128)value.raw);
	rk_vault_take(engine, market, closed.size, value.raw);

	told.size = closed.size;
	told.cost = closed.cost;
	told.realised = closed.realised;
	told.booked = closed.booked;
	told.balance = closed.balance;
	rk_emit(engine, events, RK_EVENT_TAKEN_OVER, account, market)
		->taken_over = told;
}

/* The positions are gone: what was missing is a debt of the settle asset. */
static void make_good(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t account, uint32_t asset)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_judgement figures;
	struct rk_holdings holdings;

	rk_holdings_to_judge(engine, &engine->accounts[account], &holdings);
	rk_margin_judge(&scene, &holdings, &figures);
	if (figures.equity.raw < 0)
		rk_insurance_pay(engine, events, account, asset,
				 to_make_good(engine, asset, figures.equity));
}

static void withhold(struct rk_engine *engine, struct rk_evbuf *events,
		     const struct rk_takeover_part *part)
{
	struct rk_position *position = &engine->positions[part->position];

	if (position->takeover == part->reason)
		return;
	rk_mark(engine, RK_UNIT_ACCOUNT, position->account);
	rk_change(engine, &position->takeover, sizeof(position->takeover));
	position->takeover = part->reason;
	rk_emit(engine, events, RK_EVENT_TAKEOVER_WITHHELD, position->account,
		position->market)
		->takeover_withheld.reason = part->reason;
}

void rk_takeover_run(struct rk_engine *engine, struct rk_evbuf *events,
		     uint32_t account, const struct rk_takeover_plan *plan)
{
	uint32_t settle = RK_NONE;

	for (uint32_t i = 0; i < plan->parts_n; i++) {
		const struct rk_takeover_part *part = &plan->parts[i];

		if (part->cause == 0 || part->reason != RK_TAKEOVER_FREE)
			continue;
		settle = engine->markets[market_of(engine, part)].settle;
		take(engine, events, account, part);
	}
	if (plan->draws)
		make_good(engine, events, account, settle);
	for (uint32_t i = 0; i < plan->parts_n; i++)
		if (plan->parts[i].cause == 0 ||
		    plan->parts[i].reason != RK_TAKEOVER_FREE)
			withhold(engine, events, &plan->parts[i]);
}

/* The position that an order closes, or RK_NONE. */
static uint32_t closed_by(const struct rk_engine *engine,
			  const struct rk_order *order)
{
	uint32_t i;

	if (rk_order_converts(order) || order->taken_over)
		return RK_NONE;
	i = rk_account_position(engine, order->account, order->market);
	if (i == RK_NONE || (engine->positions[i].size.raw > 0) !=
				    (order->side == RK_SIDE_SELL))
		return RK_NONE;
	return i;
}

static void set_stages(struct rk_engine *engine, uint32_t i, uint32_t stages)
{
	struct rk_position *position = &engine->positions[i];

	if (position->stages == stages)
		return;
	rk_mark(engine, RK_UNIT_ACCOUNT, position->account);
	rk_change(engine, &position->stages, sizeof(position->stages));
	position->stages = (uint8_t)stages;
}

void rk_takeover_expired(struct rk_engine *engine, const struct rk_order *order)
{
	uint32_t i = closed_by(engine, order);

	/* While time stood still nobody could say that it was filled. */
	if (i == RK_NONE || order->filled.raw != 0 || engine->resuming ||
	    engine->takeovers[order->market].terms.stages == 0 ||
	    engine->positions[i].stages >= RK_TAKEOVER_STAGES_MAX)
		return;
	set_stages(engine, i, engine->positions[i].stages + 1U);
}

void rk_takeover_filled(struct rk_engine *engine, const struct rk_order *order)
{
	uint32_t i = closed_by(engine, order);

	if (i != RK_NONE)
		set_stages(engine, i, 0);
}

void rk_takeover_turned(struct rk_engine *engine, uint32_t position)
{
	set_stages(engine, position, 0);
}

void rk_takeover_forget(struct rk_engine *engine, uint32_t position)
{
	struct rk_position *record = &engine->positions[position];

	set_stages(engine, position, 0);
	if (record->takeover == RK_TAKEOVER_FREE)
		return;
	rk_mark(engine, RK_UNIT_ACCOUNT, record->account);
	rk_change(engine, &record->takeover, sizeof(record->takeover));
	record->takeover = RK_TAKEOVER_FREE;
}
