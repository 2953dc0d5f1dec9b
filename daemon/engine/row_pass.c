/*
 * The columns of every table, one function each. See row_pass.h.
 */
#include "engine/row_pass.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/row_field.h"

static void pass_limits(struct rk_pass *p, struct rk_cmd_limits *l)
{
	rk_field_u32(p, "limit_accounts", &l->accounts_max);
	rk_field_u32(p, "limit_owners", &l->owners_max);
	rk_field_u32(p, "limit_assets", &l->assets_max);
	rk_field_u32(p, "limit_markets", &l->markets_max);
	rk_field_u32(p, "limit_publishers", &l->publishers_max);
	rk_field_u32(p, "limit_venues", &l->venues_max);
	rk_field_u32(p, "limit_clients", &l->clients_max);
	rk_field_u32(p, "limit_positions", &l->positions_max);
	rk_field_u32(p, "limit_positions_per_account",
		     &l->positions_per_account_max);
	rk_field_u32(p, "limit_balances", &l->balances_max);
	rk_field_u32(p, "limit_orders", &l->orders_max);
	rk_field_u32(p, "limit_withdrawals", &l->withdrawals_max);
}

static void pass_risk(struct rk_pass *p, struct rk_cmd_risk *r)
{
	rk_field_i64(p, "warn_enter", &r->warn_enter.raw);
	rk_field_i64(p, "warn_leave", &r->warn_leave.raw);
	rk_field_i64(p, "call_enter", &r->call_enter.raw);
	rk_field_i64(p, "call_leave", &r->call_leave.raw);
	rk_field_i64(p, "target", &r->target.raw);
	rk_field_i64(p, "order_band", &r->order_band.raw);
	rk_field_i64(p, "stale_band", &r->stale_band.raw);
	rk_field_i64(p, "order_expiry_ns", &r->order_expiry_ns);
	rk_field_i64(p, "close_timeout_ns", &r->close_timeout_ns);
	rk_field_i64(p, "order_cooldown_ns", &r->order_cooldown_ns);
}

void rk_pass_engine(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_row_engine *e)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_u64(p, "seq", &e->seq);
	rk_field_u64(p, "event", &e->event);
	rk_field_i64(p, "time_ns", &e->time_ns);
	rk_field_u64(p, "last_system_event", &e->last_system_event);
	rk_field_u64(p, "event_digest_lo", &e->event_digest.lo);
	rk_field_u64(p, "event_digest_hi", &e->event_digest.hi);
	rk_field_u64(p, "closings", &e->closings);
	pass_limits(p, &e->limits);
	pass_risk(p, &e->risk);
	if (p->format >= 2)
		rk_field_u64(p, "last_conversion_event",
			     &e->last_conversion_event);
}

static void pass_collateral(struct rk_pass *p, struct rk_collateral *c)
{
	rk_rate *weight = c->weight;
	rk_rate *liability = c->liability;
	rk_rate *profit = c->profit;

	rk_field_i64(p, "weight_maintenance",
		     &weight[RK_LEVEL_MAINTENANCE].raw);
	rk_field_i64(p, "weight_initial", &weight[RK_LEVEL_INITIAL].raw);
	rk_field_i64(p, "weight_withdrawal", &weight[RK_LEVEL_WITHDRAWAL].raw);
	rk_field_i64(p, "liability_maintenance",
		     &liability[RK_LEVEL_MAINTENANCE].raw);
	rk_field_i64(p, "liability_initial", &liability[RK_LEVEL_INITIAL].raw);
	rk_field_i64(p, "liability_withdrawal",
		     &liability[RK_LEVEL_WITHDRAWAL].raw);
	rk_field_i64(p, "profit_maintenance",
		     &profit[RK_LEVEL_MAINTENANCE].raw);
	rk_field_i64(p, "profit_initial", &profit[RK_LEVEL_INITIAL].raw);
}

static void pass_lending(struct rk_pass *p, struct rk_asset_lending *l)
{
	rk_field_bool(p, "lendable", &l->terms.lendable);
	rk_field_i64(p, "lending_base", &l->terms.base.raw);
	rk_field_i64(p, "lending_slope_low", &l->terms.slope_low.raw);
	rk_field_i64(p, "lending_slope_high", &l->terms.slope_high.raw);
	rk_field_i64(p, "lending_kink", &l->terms.kink.raw);
	rk_field_i64(p, "lending_reserve", &l->terms.reserve.raw);
	rk_field_i64(p, "borrow_cap", &l->terms.borrow_cap.raw);
	rk_field_i64(p, "supply_cap", &l->terms.supply_cap.raw);
	rk_field_i64(p, "lending_interval_ns", &l->terms.interval_ns);
	rk_field_bool(p, "lending_active", &l->active);
	rk_field_i64(p, "debt_index", &l->debt_index);
	rk_field_i64(p, "supply_index", &l->supply_index);
	rk_field_i64(p, "accrued_ns", &l->accrued_ns);
}

static void pass_conversion(struct rk_pass *p, struct rk_conversion *c)
{
	rk_field_bool(p, "converted", &c->enabled);
	rk_field_i64(p, "auto_borrow", &c->auto_borrow.raw);
	rk_field_i64(p, "repay_to", &c->repay_to.raw);
	rk_field_i64(p, "conversion_cost", &c->cost.raw);
	rk_field_i64(p, "conversion_band", &c->band.raw);
}

static void pass_run(struct rk_pass *p, struct rk_ramp_run *run)
{
	rk_field_i64(p, "ramping_duration_ns", &run->ramp.duration_ns);
	rk_field_i64(p, "ramping_step_ns", &run->ramp.step_ns);
	rk_field_i64(p, "ramping_since_ns", &run->begun_ns);
}

static void pass_ramp(struct rk_pass *p, struct rk_ramp *ramp,
		      struct rk_ramp_run *run)
{
	rk_field_i64(p, "ramp_duration_ns", &ramp->duration_ns);
	rk_field_i64(p, "ramp_step_ns", &ramp->step_ns);
	pass_run(p, run);
}

static void pass_asset_ramp(struct rk_pass *p, struct rk_asset_ramp *r)
{
	pass_ramp(p, &r->ramp, &r->run);
	rk_field_i64(p, "ramp_from_weight", &r->from.weight.raw);
	rk_field_i64(p, "ramp_from_liability", &r->from.liability.raw);
	rk_field_i64(p, "ramp_from_profit", &r->from.profit.raw);
	rk_field_i64(p, "ramp_to_weight", &r->to.weight.raw);
	rk_field_i64(p, "ramp_to_liability", &r->to.liability.raw);
	rk_field_i64(p, "ramp_to_profit", &r->to.profit.raw);
}

static void pass_size_ramp(struct rk_pass *p, struct rk_size_ramp *r)
{
	rk_field_i64(p, "size_ramping_duration_ns", &r->run.ramp.duration_ns);
	rk_field_i64(p, "size_ramping_step_ns", &r->run.ramp.step_ns);
	rk_field_i64(p, "size_ramping_since_ns", &r->run.begun_ns);
	rk_field_i64(p, "size_ramp_from", &r->from);
}

void rk_pass_asset(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_asset *asset)
{
	struct rk_cmd_asset *listing = &asset->listing;

	rk_field_u32(p, "number", &at->number);
	rk_field_text(p, "name", listing->name);
	rk_field_u8(p, "decimals", &listing->decimals);
	rk_field_u8(p, "price_decimals", &listing->price_decimals);
	rk_field_i64(p, "fixed_price", &listing->fixed_price.raw);
	rk_field_i64(p, "price_max", &listing->price_max.raw);
	rk_field_i64(p, "price_age_max_ns", &listing->price_age_max_ns);
	rk_field_wide(p, "deposits", &asset->deposits);
	rk_field_wide(p, "withdrawals", &asset->withdrawals);
	rk_field_wide(p, "pending", &asset->pending);
	rk_field_wide(p, "fees", &asset->fees);
	rk_field_wide(p, "clearing", &asset->clearing);
	if (p->format < 2)
		return;
	pass_collateral(p, &asset->collateral);
	rk_field_i64(p, "scale_held", &asset->scale.held.raw);
	rk_field_i64(p, "scale_owed", &asset->scale.owed.raw);
	rk_field_i64(p, "size_factor", &asset->scale.size_factor);
	rk_field_i64(p, "deposit_cap", &asset->scale.deposit_cap.raw);
	rk_field_wide(p, "interest", &asset->interest);
	rk_field_wide(p, "rounding", &asset->rounding);
	pass_lending(p, &asset->lending);
	pass_conversion(p, &asset->conversion);
	pass_asset_ramp(p, &asset->ramp);
	pass_size_ramp(p, &asset->size_ramp);
}

/* What a fund or the vault remembers of the last minutes. */
static void pass_minutes(struct rk_pass *p, const char *name, rk_amt *minutes)
{
	uint64_t words[RK_INSURANCE_MINUTES];

	for (uint32_t i = 0; i < RK_INSURANCE_MINUTES; i++)
		words[i] = (uint64_t)minutes[i].raw;
	rk_field_words(p, name, words, sizeof(words));
	if (p->mode == RK_PASS_TAKE)
		for (uint32_t i = 0; i < RK_INSURANCE_MINUTES; i++)
			minutes[i].raw = (int64_t)words[i];
}

void rk_pass_insurance(struct rk_pass *p, struct rk_row_place *at,
		       struct rk_row_insurance *record)
{
	struct rk_insurance *insurance = &record->insurance;

	rk_field_u32(p, "asset", &at->number);
	rk_field_wide(p, "fund", &record->fund);
	rk_field_i64(p, "draw_cap", &insurance->terms.draw_cap.raw);
	rk_field_i64(p, "liquidation_fee",
		     &insurance->terms.liquidation_fee.raw);
	rk_field_i64(p, "withdrawal_gate",
		     &insurance->terms.withdrawal_gate.raw);
	rk_field_i64(p, "minute", &insurance->minute);
	pass_minutes(p, "drawn", insurance->drawn);
}

void rk_pass_vault(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_row_vault *record)
{
	struct rk_vault *vault = &record->vault;

	rk_field_u32(p, "asset", &at->number);
	rk_field_wide(p, "capital", &record->capital);
	rk_field_i64(p, "event_budget", &vault->terms.event_budget.raw);
	rk_field_i64(p, "hour_budget", &vault->terms.hour_budget.raw);
	rk_field_i64(p, "minute", &vault->minute);
	pass_minutes(p, "profits", vault->profits);
}

void rk_pass_takeover(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_market_takeover *record)
{
	struct rk_takeover_terms *terms = &record->terms;

	rk_field_u32(p, "market", &at->number);
	rk_field_bool(p, "enabled", &terms->enabled);
	rk_field_i64(p, "takeover_at", &terms->at.raw);
	rk_field_i64(p, "concession_max", &terms->concession_max.raw);
	rk_field_i64(p, "vault_max", &terms->vault_max.raw);
	rk_field_u8(p, "stages", &terms->stages);
	rk_field_wide(p, "event_cost", &record->event_cost);
}

void rk_pass_liquidation(struct rk_pass *p, struct rk_row_place *at,
			 struct rk_market_pace *pace)
{
	struct rk_liquidation_terms *terms = &pace->terms;

	rk_field_u32(p, "market", &at->number);
	rk_field_i64(p, "stage", &terms->stage.raw);
	rk_field_i64(p, "stage_min", &terms->stage_min.raw);
	rk_field_i64(p, "cooldown_ns", &terms->cooldown_ns);
	rk_field_i64(p, "volatility", &terms->volatility.raw);
	rk_field_i64(p, "dust", &terms->dust.raw);
	rk_field_i64(p, "velocity", &terms->velocity.raw);
	rk_field_i64(p, "claim_max_ns", &terms->claim_max_ns);
	rk_field_i64(p, "minute", &pace->minute);
	rk_field_i64(p, "ordered", &pace->ordered.raw);
}

static void pass_contract(struct rk_pass *p, struct rk_cmd_market *listing)
{
	listing->contract = (enum rk_contract)rk_field_enum(
		p, "contract", listing->contract, RK_CONTRACT_LINEAR,
		RK_CONTRACT_INVERSE);
	rk_field_i64(p, "multiplier", &listing->multiplier);
	rk_field_u8(p, "multiplier_decimals", &listing->multiplier_decimals);
	rk_field_i64(p, "price_min", &listing->price_min.raw);
}

static void pass_fees(struct rk_pass *p, struct rk_cmd_market *listing)
{
	rk_field_i64(p, "taker_fee", &listing->taker_fee.raw);
	rk_field_i64(p, "maker_fee", &listing->maker_fee.raw);
}

static void pass_funding(struct rk_pass *p, struct rk_market_funding *f)
{
	rk_field_i64(p, "funding_interval_ns", &f->terms.interval_ns);
	rk_field_i64(p, "funding_interest", &f->terms.interest.raw);
	rk_field_i64(p, "funding_clamp", &f->terms.clamp.raw);
	rk_field_i64(p, "funding_cap", &f->terms.cap.raw);
	rk_field_i64(p, "funding_period_ns", &f->terms.period_ns);
	rk_field_bool(p, "funding_active", &f->active);
	rk_field_wide(p, "funding_index", &f->index);
	rk_field_wide(p, "funding_low", &f->low);
	rk_field_wide(p, "funding_high", &f->high);
	rk_field_wide(p, "premium_sum", &f->premium_sum);
	rk_field_u64(p, "premium_samples", &f->premium_n);
}

static void pass_margin(struct rk_pass *p, struct rk_market *market)
{
	struct rk_margin_terms *terms = &market->margin;

	rk_field_i64(p, "scale_lower", &terms->scale_lower.raw);
	rk_field_i64(p, "scale_upper", &terms->scale_upper.raw);
	rk_field_i64(p, "open_max", &terms->open_max.raw);
	terms->growth = (enum rk_growth)rk_field_enum(
		p, "growth", terms->growth, RK_GROWTH_NONE, RK_GROWTH_POWER);
	rk_field_i64(p, "base_share", &terms->base_share.raw);
	rk_field_i64(p, "factor_maintenance", &terms->factor_maintenance);
	rk_field_i64(p, "factor_initial", &terms->factor_initial);
	rk_field_wide(p, "open_interest", &market->open_interest);
}

static void pass_life(struct rk_pass *p, struct rk_market_life *life)
{
	life->state = (enum rk_market_state)rk_field_enum(
		p, "state", life->state, RK_MARKET_LISTED, RK_MARKET_SETTLED);
	rk_field_i64(p, "expiry_ns", &life->expiry_ns);
	rk_field_i64(p, "settlement", &life->settlement.raw);
}

static void pass_market_ramp(struct rk_pass *p, struct rk_market_ramp *r)
{
	struct rk_form *before = &r->before;

	pass_ramp(p, &r->ramp, &r->run);
	rk_field_u32(p, "ramp_brackets", &before->brackets_n);
	before->growth =
		(enum rk_growth)rk_field_enum(p, "ramp_growth", before->growth,
					      RK_GROWTH_NONE, RK_GROWTH_POWER);
	rk_field_i64(p, "ramp_base_share", &before->base_share.raw);
	rk_field_i64(p, "ramp_factor", &before->factor);
}

void rk_pass_market(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_market *market)
{
	struct rk_cmd_market *listing = &market->listing;

	rk_field_u32(p, "number", &at->number);
	rk_field_text(p, "name", listing->name);
	rk_field_text(p, "settle", listing->settle);
	rk_field_u8(p, "price_decimals", &listing->price_decimals);
	rk_field_u8(p, "size_decimals", &listing->size_decimals);
	rk_field_i64(p, "lot", &listing->lot.raw);
	rk_field_i64(p, "price_max", &listing->price_max.raw);
	rk_field_i64(p, "position_max", &listing->position_max.raw);
	rk_field_i64(p, "price_age_max_ns", &listing->price_age_max_ns);
	rk_field_i64(p, "close_cost", &listing->close_cost.raw);
	rk_field_u32(p, "brackets", &listing->brackets_n);
	rk_field_wide(p, "vault_size", &market->vault_size);
	rk_field_wide(p, "vault_cost", &market->vault_cost);
	rk_field_wide(p, "clearing_cost", &market->clearing_cost);
	rk_field_u64(p, "last_market_event", &market->last_market_event);
	rk_field_u64(p, "last_order_event", &market->last_order_event);
	rk_field_u64(p, "trade_highest", &market->trade_highest);
	rk_field_words(p, "trade_window", market->trades, RK_TRADES_BYTES);
	if (p->format < 2)
		return;
	pass_contract(p, listing);
	pass_fees(p, listing);
	pass_funding(p, &market->funding);
	pass_margin(p, market);
	pass_life(p, &market->life);
	pass_market_ramp(p, &market->ramp);
}

void rk_pass_bracket(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_bracket *bracket)
{
	rk_field_u32(p, "market", &at->number);
	rk_field_u32(p, "bracket", &at->second);
	rk_field_i64(p, "floor", &bracket->floor.raw);
	rk_field_i64(p, "maintenance", &bracket->maintenance.raw);
	rk_field_i64(p, "initial", &bracket->initial.raw);
}

void rk_pass_ramp_bracket(struct rk_pass *p, struct rk_row_place *at,
			  struct rk_form *form)
{
	rk_usd floor = {0};
	rk_rate rate = {0};

	if (p->mode == RK_PASS_GIVE) {
		floor = form->floors[at->second];
		rate = form->rates[at->second];
	}
	rk_field_u32(p, "market", &at->number);
	rk_field_u32(p, "bracket", &at->second);
	rk_field_i64(p, "floor", &floor.raw);
	rk_field_i64(p, "maintenance", &rate.raw);
	if (p->mode != RK_PASS_TAKE || p->bad)
		return;
	if (at->second >= RK_BRACKETS_MAX) {
		p->bad = "bracket";
		return;
	}
	form->floors[at->second] = floor;
	form->rates[at->second] = rate;
}

void rk_pass_name(struct rk_pass *p, struct rk_row_place *at,
		  char name[RK_NAME_SIZE])
{
	rk_field_u32(p, "number", &at->number);
	rk_field_text(p, "name", name);
}

void rk_pass_venue_position(struct rk_pass *p, struct rk_row_place *at,
			    struct rk_venue_position *position)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_u32(p, "venue", &at->second);
	rk_field_u32(p, "market", &at->third);
	rk_field_wide(p, "size", &position->size);
	rk_field_wide(p, "cost", &position->cost);
}

static void pass_slow(struct rk_pass *p, struct rk_slow *s)
{
	rk_field_i64(p, "slow_interval_ns", &s->terms.interval_ns);
	rk_field_i64(p, "slow_delay_limit", &s->terms.delay_limit.raw);
	rk_field_i64(p, "slow_limit", &s->terms.limit.raw);
	rk_field_i64(p, "slow_min_ns", &s->terms.min_ns);
	rk_field_i64(p, "slow_max_ns", &s->terms.max_ns);
	rk_field_ref(p, "slow_underlying", &s->underlying);
	rk_field_wide(p, "slow_price", &s->price);
	rk_field_i64(p, "slow_moved_ns", &s->moved_ns);
	rk_field_wide(p, "slow_sum", &s->sum);
	rk_field_i64(p, "slow_sum_ns", &s->sum_ns);
	rk_field_prices(p, "slow_delayed", s->delayed);
}

void rk_pass_slot(struct rk_pass *p, struct rk_row_place *at,
		  struct rk_slot *slot)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_ref(p, "market", &slot->market);
	rk_field_ref(p, "asset", &slot->asset);
	rk_field_bool(p, "halted", &slot->halted);
	slot->state = (enum rk_price_state)rk_field_enum(
		p, "state", slot->state, RK_PRICE_NONE, RK_PRICE_HALTED);
	rk_field_i64(p, "mark", &slot->mark.raw);
	rk_field_i64(p, "time_ns", &slot->time_ns);
	rk_field_i64(p, "recheck_ns", &slot->recheck_ns);
	if (p->format >= 2)
		pass_slow(p, &slot->slow);
}

void rk_pass_quote(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_publisher_quote *quote)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_u32(p, "slot", &at->second);
	rk_field_u32(p, "publisher", &at->third);
	rk_field_i64(p, "price", &quote->price.raw);
	rk_field_i64(p, "time_ns", &quote->time_ns);
	rk_field_u64(p, "seq", &quote->seq);
	rk_field_bool(p, "usable", &quote->usable);
	rk_field_bool(p, "disputing", &quote->disputing);
}

void rk_pass_account(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_account *account)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_u64(p, "id", &account->id);
	rk_field_u64(p, "owner", &account->owner);
	account->mode = (enum rk_mode)rk_field_enum(
		p, "mode", account->mode, RK_MODE_CROSS, RK_MODE_ISOLATED);
	account->enforcement = (enum rk_enforcement)rk_field_enum(
		p, "enforcement", account->enforcement, RK_ENFORCE_FULL,
		RK_ENFORCE_REPORT);
	account->state = (enum rk_state)rk_field_enum(
		p, "state", account->state, RK_STATE_OK, RK_STATE_BANKRUPT);
	account->withheld = (enum rk_withheld)rk_field_enum(
		p, "withheld", account->withheld, RK_WITHHELD_NONE,
		RK_WITHHELD_SETTLING);
	rk_field_u64(p, "last_event", &account->last_event);
	rk_field_i64(p, "timer_ns", &at->timer_ns);
	if (p->format >= 2)
		rk_field_u32(p, "conversion_withheld",
			     &account->conversion_withheld);
}

void rk_pass_balance(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_balance *balance)
{
	rk_field_u32(p, "account", &at->number);
	rk_field_u32(p, "asset", &balance->asset);
	rk_field_i64(p, "amount", &balance->amount.raw);
	if (p->format < 2)
		return;
	rk_field_i64(p, "interest_index", &balance->index);
	rk_field_i64(p, "loan", &balance->loan.raw);
	rk_field_i64(p, "last_order_ns", &balance->last_order_ns);
}

void rk_pass_position(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_position *position)
{
	rk_field_u32(p, "account", &at->number);
	rk_field_u32(p, "market", &position->market);
	rk_field_i64(p, "size", &position->size.raw);
	rk_field_i64(p, "cost", &position->cost.raw);
	rk_field_i64(p, "last_order_ns", &position->last_order_ns);
	position->withheld = (enum rk_withheld)rk_field_enum(
		p, "withheld", position->withheld, RK_WITHHELD_NONE,
		RK_WITHHELD_VELOCITY);
	if (p->format >= 2) {
		rk_i128 index = position->funding_index;

		rk_field_wide(p, "funding_index", &index);
		position->funding_index = index;
	}
	if (p->format >= 3) {
		position->takeover = (enum rk_takeover_withheld)rk_field_enum(
			p, "takeover_withheld", position->takeover,
			RK_TAKEOVER_FREE, RK_TAKEOVER_CAPACITY);
		rk_field_u8(p, "stages", &position->stages);
	}
}

void rk_pass_leverage(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_leverage *leverage)
{
	rk_field_u32(p, "account", &at->number);
	rk_field_u32(p, "market", &leverage->market);
	rk_field_i64(p, "leverage", &leverage->leverage.raw);
}

void rk_pass_emode(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_row_emode *e)
{
	rk_rate *weight = e->entry.weight;

	rk_field_u32(p, "asset", &at->number);
	rk_field_u32(p, "emode_group", &at->second);
	rk_field_text(p, "name", e->name);
	rk_field_bool(p, "collateral", &e->entry.collateral);
	rk_field_bool(p, "debt", &e->entry.debt);
	rk_field_i64(p, "weight_maintenance",
		     &weight[RK_LEVEL_MAINTENANCE].raw);
	rk_field_i64(p, "weight_initial", &weight[RK_LEVEL_INITIAL].raw);
	rk_field_i64(p, "weight_withdrawal", &weight[RK_LEVEL_WITHDRAWAL].raw);
	pass_run(p, &e->ramp.run);
	rk_field_i64(p, "ramp_from_weight", &e->ramp.weight.raw);
	rk_field_i64(p, "ramp_from_share", &e->ramp.share.raw);
}

void rk_pass_resting(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_resting *order)
{
	rk_field_u32(p, "account", &at->number);
	rk_field_u64(p, "order", &order->order);
	rk_field_u32(p, "market", &order->market);
	order->side = (enum rk_side)rk_field_enum(p, "side", order->side,
						  RK_SIDE_BUY, RK_SIDE_SELL);
	rk_field_bool(p, "reduce_only", &order->reduce_only);
	rk_field_i64(p, "size", &order->size.raw);
	rk_field_i64(p, "left", &order->left.raw);
	rk_field_i64(p, "price", &order->price.raw);
}

static void pass_converting(struct rk_pass *p, struct rk_order_conversion *c)
{
	rk_field_ref(p, "sell", &c->sell);
	rk_field_ref(p, "buy", &c->buy);
	rk_field_i64(p, "least", &c->least.raw);
	rk_field_i64(p, "bought", &c->bought.raw);
	rk_field_i64(p, "loss", &c->loss.raw);
	rk_field_i64(p, "sell_mark", &c->sell_mark.raw);
	rk_field_i64(p, "buy_mark", &c->buy_mark.raw);
}

void rk_pass_order(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_order *order)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_u64(p, "seq", &order->id.seq);
	rk_field_u32(p, "n", &order->id.n);
	rk_field_u32(p, "account", &order->account);
	rk_field_ref(p, "market", &order->market);
	order->side = (enum rk_side)rk_field_enum(p, "side", order->side,
						  RK_SIDE_BUY, RK_SIDE_SELL);
	rk_field_i64(p, "size", &order->size.raw);
	rk_field_i64(p, "filled", &order->filled.raw);
	rk_field_i64(p, "reported", &order->reported.raw);
	rk_field_i64(p, "floor_price", &order->floor_price.raw);
	rk_field_i64(p, "mark", &order->mark.raw);
	rk_field_i64(p, "opened_ns", &order->opened_ns);
	rk_field_i64(p, "expiry_ns", &order->expiry_ns);
	rk_field_i64(p, "equity", &order->health.equity.raw);
	rk_field_i64(p, "maintenance", &order->health.maintenance.raw);
	rk_field_i64(p, "initial", &order->health.initial.raw);
	rk_field_bool(p, "close_asked", &order->close_asked);
	rk_field_u64(p, "closing", &order->closing);
	rk_field_i64(p, "timer_ns", &at->timer_ns);
	if (p->format >= 2)
		pass_converting(p, &order->conversion);
	if (p->format >= 3)
		rk_field_bool(p, "taken_over", &order->taken_over);
	if (p->mode == RK_PASS_TAKE)
		order->closed = order->closing != 0;
}

void rk_pass_claim(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_order_claim *claim)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_u32(p, "venue", &claim->venue);
	rk_field_i64(p, "until_ns", &claim->until_ns);
}

void rk_pass_withdrawal(struct rk_pass *p, struct rk_row_place *at,
			struct rk_withdrawal *withdrawal)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_u64(p, "id", &withdrawal->id);
	rk_field_u32(p, "account", &withdrawal->account);
	rk_field_u32(p, "asset", &withdrawal->asset);
	rk_field_i64(p, "amount", &withdrawal->amount.raw);
}

void rk_pass_client(struct rk_pass *p, struct rk_row_place *at,
		    char name[RK_NAME_SIZE], uint64_t *last)
{
	rk_field_u32(p, "number", &at->number);
	rk_field_text(p, "name", name);
	rk_field_u64(p, "last", last);
}

void rk_pass_answer(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_client_answer *answer, uint64_t *client_seq)
{
	int64_t code = answer->answer.code;

	rk_field_u32(p, "number", &at->number);
	rk_field_u32(p, "client", &at->second);
	rk_field_u64(p, "client_seq", client_seq);
	rk_field_u64(p, "payload_lo", &answer->payload.lo);
	rk_field_u64(p, "payload_hi", &answer->payload.hi);
	rk_field_i64(p, "code", &code);
	rk_field_u64(p, "seq", &answer->answer.seq);
	if (p->mode == RK_PASS_TAKE && (code < 0 || code > INT32_MAX) &&
	    !p->bad)
		p->bad = "code";
	if (!p->bad)
		answer->answer.code = (int32_t)code;
}
