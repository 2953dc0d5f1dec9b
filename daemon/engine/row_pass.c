/*
 * The columns of every table, one function each. See row_pass.h.
 */
#include "engine/row_pass.h"

#include <string.h>

#include "engine/assert.h"

/* A value that is none of the table's: shown as -1. */
#define NOT_ONE  (-1)
#define WIDE_MAX ((rk_i128)1 << 125)

static struct rk_cell *give(struct rk_pass *p, enum rk_cell_kind kind)
{
	struct rk_cell *cell = &p->row->cells[p->n];

	RK_ASSERT(p->n < RK_COLUMNS_MAX);
	cell->kind = kind;
	cell->size = 0;
	cell->bytes = NULL;
	cell->integer = 0;
	return cell;
}

static void name_column(struct rk_pass *p, const char *name,
			enum rk_cell_kind kind)
{
	RK_ASSERT(p->n < RK_COLUMNS_MAX);
	p->columns[p->n].name = name;
	p->columns[p->n].kind = kind;
}

/* The cell to take, NULL (and bad) when it is missing or of another kind. */
static const struct rk_cell *take(struct rk_pass *p, const char *name,
				  enum rk_cell_kind kind)
{
	if (p->bad)
		return NULL;
	if (p->n >= p->taken->n || p->taken->cells[p->n].kind != kind) {
		p->bad = name;
		return NULL;
	}
	return &p->taken->cells[p->n];
}

static void pass_wide(struct rk_pass *p, const char *name, rk_i128 *x)
{
	const struct rk_cell *cell;

	if (p->mode == RK_PASS_NAME) {
		name_column(p, name, RK_CELL_INTEGER);
	} else if (p->mode == RK_PASS_GIVE) {
		give(p, RK_CELL_INTEGER)->integer = *x;
	} else {
		cell = take(p, name, RK_CELL_INTEGER);
		if (cell &&
		    (cell->integer > WIDE_MAX || cell->integer < -WIDE_MAX))
			p->bad = name; /* sums of it must fit */
		else if (cell)
			*x = cell->integer;
	}
	p->n++;
}

/* An integer from low to high; what else is taken is bad. */
static void pass_range(struct rk_pass *p, const char *name, rk_i128 *x,
		       rk_i128 low, rk_i128 high)
{
	rk_i128 wide = *x;

	pass_wide(p, name, &wide);
	if (p->mode != RK_PASS_TAKE || p->bad)
		return;
	if (wide < low || wide > high)
		p->bad = name;
	else
		*x = wide;
}

static void pass_i64(struct rk_pass *p, const char *name, int64_t *x)
{
	rk_i128 wide = *x;

	pass_range(p, name, &wide, INT64_MIN, INT64_MAX);
	*x = (int64_t)wide;
}

static void pass_u64(struct rk_pass *p, const char *name, uint64_t *x)
{
	rk_i128 wide = *x;

	pass_range(p, name, &wide, 0, UINT64_MAX);
	*x = (uint64_t)wide;
}

static void pass_u32(struct rk_pass *p, const char *name, uint32_t *x)
{
	rk_i128 wide = *x;

	pass_range(p, name, &wide, 0, UINT32_MAX);
	*x = (uint32_t)wide;
}

/* UINT32_MAX stands for none and is shown as -1. */
static void pass_ref(struct rk_pass *p, const char *name, uint32_t *x)
{
	rk_i128 wide = *x == UINT32_MAX ? NOT_ONE : (rk_i128)*x;

	pass_range(p, name, &wide, NOT_ONE, UINT32_MAX - 1);
	*x = wide == NOT_ONE ? UINT32_MAX : (uint32_t)wide;
}

static uint32_t pass_enum(struct rk_pass *p, const char *name, uint32_t value,
			  uint32_t low, uint32_t high)
{
	rk_i128 wide = value;

	pass_range(p, name, &wide, low, high);
	return (uint32_t)wide;
}

static void pass_bool(struct rk_pass *p, const char *name, bool *x)
{
	*x = pass_enum(p, name, *x, 0, 1) != 0;
}

static void pass_u8(struct rk_pass *p, const char *name, uint8_t *x)
{
	*x = (uint8_t)pass_enum(p, name, *x, 0, UINT8_MAX);
}

static void pass_text(struct rk_pass *p, const char *name,
		      char text[RK_NAME_SIZE])
{
	const struct rk_cell *cell;
	uint32_t n = 0;

	if (p->mode == RK_PASS_NAME) {
		name_column(p, name, RK_CELL_TEXT);
	} else if (p->mode == RK_PASS_GIVE) {
		struct rk_cell *given = give(p, RK_CELL_TEXT);

		while (n < RK_NAME_SIZE && text[n] != '\0')
			n++;
		given->bytes = text;
		given->size = n;
	} else {
		cell = take(p, name, RK_CELL_TEXT);
		if (cell && cell->size >= RK_NAME_SIZE)
			p->bad = name;
		if (cell && cell->size < RK_NAME_SIZE) {
			memset(text, 0, RK_NAME_SIZE);
			memcpy(text, cell->bytes, cell->size);
		}
	}
	p->n++;
}

/* Words as bytes, little endian on every host. One blob a row. */
static void pass_words(struct rk_pass *p, const char *name, uint64_t *words,
		       uint32_t bytes_n)
{
	const struct rk_cell *cell;

	RK_ASSERT(bytes_n <= RK_BLOB_MAX);
	if (p->mode == RK_PASS_NAME) {
		name_column(p, name, RK_CELL_BLOB);
	} else if (p->mode == RK_PASS_GIVE) {
		struct rk_cell *given = give(p, RK_CELL_BLOB);

		for (uint32_t i = 0; i < bytes_n; i++)
			p->blob[i] =
				(unsigned char)(words[i / 8] >> (i % 8 * 8));
		given->bytes = p->blob;
		given->size = bytes_n;
	} else {
		cell = take(p, name, RK_CELL_BLOB);
		if (cell && cell->size != bytes_n)
			p->bad = name;
		if (cell && cell->size == bytes_n) {
			const unsigned char *bytes = cell->bytes;

			memset(words, 0, bytes_n);
			for (uint32_t i = 0; i < bytes_n; i++)
				words[i / 8] |= (uint64_t)bytes[i]
						<< (i % 8 * 8);
		}
	}
	p->n++;
}

/* Wide integers that are not below 0, low word first. */
static void pass_prices(struct rk_pass *p, const char *name,
			rk_i128 prices[RK_SLOW_DELAYS])
{
	uint64_t words[2 * RK_SLOW_DELAYS];

	for (size_t i = 0; i < RK_SLOW_DELAYS; i++) {
		words[2 * i] = (uint64_t)prices[i];
		words[2 * i + 1] = (uint64_t)((rk_u128)prices[i] >> 64);
	}
	pass_words(p, name, words, sizeof(words));
	if (p->mode != RK_PASS_TAKE || p->bad)
		return;
	for (size_t i = 0; i < RK_SLOW_DELAYS; i++) {
		rk_u128 wide = (rk_u128)words[2 * i + 1] << 64 | words[2 * i];

		if (wide > (rk_u128)WIDE_MAX)
			p->bad = name;
		else
			prices[i] = (rk_i128)wide;
	}
}

static void pass_limits(struct rk_pass *p, struct rk_cmd_limits *l)
{
	pass_u32(p, "limit_accounts", &l->accounts_max);
	pass_u32(p, "limit_owners", &l->owners_max);
	pass_u32(p, "limit_assets", &l->assets_max);
	pass_u32(p, "limit_markets", &l->markets_max);
	pass_u32(p, "limit_publishers", &l->publishers_max);
	pass_u32(p, "limit_venues", &l->venues_max);
	pass_u32(p, "limit_clients", &l->clients_max);
	pass_u32(p, "limit_positions", &l->positions_max);
	pass_u32(p, "limit_positions_per_account",
		 &l->positions_per_account_max);
	pass_u32(p, "limit_balances", &l->balances_max);
	pass_u32(p, "limit_orders", &l->orders_max);
	pass_u32(p, "limit_withdrawals", &l->withdrawals_max);
}

static void pass_risk(struct rk_pass *p, struct rk_cmd_risk *r)
{
	pass_i64(p, "warn_enter", &r->warn_enter.raw);
	pass_i64(p, "warn_leave", &r->warn_leave.raw);
	pass_i64(p, "call_enter", &r->call_enter.raw);
	pass_i64(p, "call_leave", &r->call_leave.raw);
	pass_i64(p, "target", &r->target.raw);
	pass_i64(p, "order_band", &r->order_band.raw);
	pass_i64(p, "stale_band", &r->stale_band.raw);
	pass_i64(p, "order_expiry_ns", &r->order_expiry_ns);
	pass_i64(p, "close_timeout_ns", &r->close_timeout_ns);
	pass_i64(p, "order_cooldown_ns", &r->order_cooldown_ns);
}

void rk_pass_engine(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_row_engine *e)
{
	pass_u32(p, "number", &at->number);
	pass_u64(p, "seq", &e->seq);
	pass_u64(p, "event", &e->event);
	pass_i64(p, "time_ns", &e->time_ns);
	pass_u64(p, "last_system_event", &e->last_system_event);
	pass_u64(p, "event_digest_lo", &e->event_digest.lo);
	pass_u64(p, "event_digest_hi", &e->event_digest.hi);
	pass_u64(p, "closings", &e->closings);
	pass_limits(p, &e->limits);
	pass_risk(p, &e->risk);
	if (p->format >= 2)
		pass_u64(p, "last_conversion_event", &e->last_conversion_event);
}

static void pass_collateral(struct rk_pass *p, struct rk_collateral *c)
{
	rk_rate *weight = c->weight;
	rk_rate *liability = c->liability;
	rk_rate *profit = c->profit;

	pass_i64(p, "weight_maintenance", &weight[RK_LEVEL_MAINTENANCE].raw);
	pass_i64(p, "weight_initial", &weight[RK_LEVEL_INITIAL].raw);
	pass_i64(p, "weight_withdrawal", &weight[RK_LEVEL_WITHDRAWAL].raw);
	pass_i64(p, "liability_maintenance",
		 &liability[RK_LEVEL_MAINTENANCE].raw);
	pass_i64(p, "liability_initial", &liability[RK_LEVEL_INITIAL].raw);
	pass_i64(p, "liability_withdrawal",
		 &liability[RK_LEVEL_WITHDRAWAL].raw);
	pass_i64(p, "profit_maintenance", &profit[RK_LEVEL_MAINTENANCE].raw);
	pass_i64(p, "profit_initial", &profit[RK_LEVEL_INITIAL].raw);
}

static void pass_lending(struct rk_pass *p, struct rk_asset_lending *l)
{
	pass_bool(p, "lendable", &l->terms.lendable);
	pass_i64(p, "lending_base", &l->terms.base.raw);
	pass_i64(p, "lending_slope_low", &l->terms.slope_low.raw);
	pass_i64(p, "lending_slope_high", &l->terms.slope_high.raw);
	pass_i64(p, "lending_kink", &l->terms.kink.raw);
	pass_i64(p, "lending_reserve", &l->terms.reserve.raw);
	pass_i64(p, "borrow_cap", &l->terms.borrow_cap.raw);
	pass_i64(p, "supply_cap", &l->terms.supply_cap.raw);
	pass_i64(p, "lending_interval_ns", &l->terms.interval_ns);
	pass_bool(p, "lending_active", &l->active);
	pass_i64(p, "debt_index", &l->debt_index);
	pass_i64(p, "supply_index", &l->supply_index);
	pass_i64(p, "accrued_ns", &l->accrued_ns);
}

static void pass_conversion(struct rk_pass *p, struct rk_conversion *c)
{
	pass_bool(p, "converted", &c->enabled);
	pass_i64(p, "auto_borrow", &c->auto_borrow.raw);
	pass_i64(p, "repay_to", &c->repay_to.raw);
	pass_i64(p, "conversion_cost", &c->cost.raw);
	pass_i64(p, "conversion_band", &c->band.raw);
}

static void pass_run(struct rk_pass *p, struct rk_ramp_run *run)
{
	pass_i64(p, "ramping_duration_ns", &run->ramp.duration_ns);
	pass_i64(p, "ramping_step_ns", &run->ramp.step_ns);
	pass_i64(p, "ramping_since_ns", &run->begun_ns);
}

static void pass_ramp(struct rk_pass *p, struct rk_ramp *ramp,
		      struct rk_ramp_run *run)
{
	pass_i64(p, "ramp_duration_ns", &ramp->duration_ns);
	pass_i64(p, "ramp_step_ns", &ramp->step_ns);
	pass_run(p, run);
}

static void pass_asset_ramp(struct rk_pass *p, struct rk_asset_ramp *r)
{
	pass_ramp(p, &r->ramp, &r->run);
	pass_i64(p, "ramp_from_weight", &r->from.weight.raw);
	pass_i64(p, "ramp_from_liability", &r->from.liability.raw);
	pass_i64(p, "ramp_from_profit", &r->from.profit.raw);
	pass_i64(p, "ramp_to_weight", &r->to.weight.raw);
	pass_i64(p, "ramp_to_liability", &r->to.liability.raw);
	pass_i64(p, "ramp_to_profit", &r->to.profit.raw);
}

static void pass_size_ramp(struct rk_pass *p, struct rk_size_ramp *r)
{
	pass_i64(p, "size_ramping_duration_ns", &r->run.ramp.duration_ns);
	pass_i64(p, "size_ramping_step_ns", &r->run.ramp.step_ns);
	pass_i64(p, "size_ramping_since_ns", &r->run.begun_ns);
	pass_i64(p, "size_ramp_from", &r->from);
}

void rk_pass_asset(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_asset *asset)
{
	struct rk_cmd_asset *listing = &asset->listing;

	pass_u32(p, "number", &at->number);
	pass_text(p, "name", listing->name);
	pass_u8(p, "decimals", &listing->decimals);
	pass_u8(p, "price_decimals", &listing->price_decimals);
	pass_i64(p, "fixed_price", &listing->fixed_price.raw);
	pass_i64(p, "price_max", &listing->price_max.raw);
	pass_i64(p, "price_age_max_ns", &listing->price_age_max_ns);
	pass_wide(p, "deposits", &asset->deposits);
	pass_wide(p, "withdrawals", &asset->withdrawals);
	pass_wide(p, "pending", &asset->pending);
	pass_wide(p, "fees", &asset->fees);
	pass_wide(p, "clearing", &asset->clearing);
	if (p->format < 2)
		return;
	pass_collateral(p, &asset->collateral);
	pass_i64(p, "scale_held", &asset->scale.held.raw);
	pass_i64(p, "scale_owed", &asset->scale.owed.raw);
	pass_i64(p, "size_factor", &asset->scale.size_factor);
	pass_i64(p, "deposit_cap", &asset->scale.deposit_cap.raw);
	pass_wide(p, "interest", &asset->interest);
	pass_wide(p, "rounding", &asset->rounding);
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
	pass_words(p, name, words, sizeof(words));
	if (p->mode == RK_PASS_TAKE)
		for (uint32_t i = 0; i < RK_INSURANCE_MINUTES; i++)
			minutes[i].raw = (int64_t)words[i];
}

void rk_pass_insurance(struct rk_pass *p, struct rk_row_place *at,
		       struct rk_row_insurance *record)
{
	struct rk_insurance *insurance = &record->insurance;

	pass_u32(p, "asset", &at->number);
	pass_wide(p, "fund", &record->fund);
	pass_i64(p, "draw_cap", &insurance->terms.draw_cap.raw);
	pass_i64(p, "liquidation_fee", &insurance->terms.liquidation_fee.raw);
	pass_i64(p, "minute", &insurance->minute);
	pass_minutes(p, "drawn", insurance->drawn);
}

void rk_pass_vault(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_row_vault *record)
{
	struct rk_vault *vault = &record->vault;

	pass_u32(p, "asset", &at->number);
	pass_wide(p, "capital", &record->capital);
	pass_i64(p, "event_budget", &vault->terms.event_budget.raw);
	pass_i64(p, "hour_budget", &vault->terms.hour_budget.raw);
	pass_i64(p, "minute", &vault->minute);
	pass_minutes(p, "profits", vault->profits);
}

void rk_pass_takeover(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_market_takeover *record)
{
	struct rk_takeover_terms *terms = &record->terms;

	pass_u32(p, "market", &at->number);
	pass_bool(p, "enabled", &terms->enabled);
	pass_i64(p, "takeover_at", &terms->at.raw);
	pass_i64(p, "concession_max", &terms->concession_max.raw);
	pass_i64(p, "vault_max", &terms->vault_max.raw);
	pass_u8(p, "stages", &terms->stages);
	pass_wide(p, "event_cost", &record->event_cost);
}

static void pass_contract(struct rk_pass *p, struct rk_cmd_market *listing)
{
	listing->contract = (enum rk_contract)pass_enum(
		p, "contract", listing->contract, RK_CONTRACT_LINEAR,
		RK_CONTRACT_INVERSE);
	pass_i64(p, "multiplier", &listing->multiplier);
	pass_u8(p, "multiplier_decimals", &listing->multiplier_decimals);
	pass_i64(p, "price_min", &listing->price_min.raw);
}

static void pass_fees(struct rk_pass *p, struct rk_cmd_market *listing)
{
	pass_i64(p, "taker_fee", &listing->taker_fee.raw);
	pass_i64(p, "maker_fee", &listing->maker_fee.raw);
}

static void pass_funding(struct rk_pass *p, struct rk_market_funding *f)
{
	pass_i64(p, "funding_interval_ns", &f->terms.interval_ns);
	pass_i64(p, "funding_interest", &f->terms.interest.raw);
	pass_i64(p, "funding_clamp", &f->terms.clamp.raw);
	pass_i64(p, "funding_cap", &f->terms.cap.raw);
	pass_i64(p, "funding_period_ns", &f->terms.period_ns);
	pass_bool(p, "funding_active", &f->active);
	pass_wide(p, "funding_index", &f->index);
	pass_wide(p, "funding_low", &f->low);
	pass_wide(p, "funding_high", &f->high);
	pass_wide(p, "premium_sum", &f->premium_sum);
	pass_u64(p, "premium_samples", &f->premium_n);
}

static void pass_margin(struct rk_pass *p, struct rk_market *market)
{
	struct rk_margin_terms *terms = &market->margin;

	pass_i64(p, "scale_lower", &terms->scale_lower.raw);
	pass_i64(p, "scale_upper", &terms->scale_upper.raw);
	pass_i64(p, "open_max", &terms->open_max.raw);
	terms->growth = (enum rk_growth)pass_enum(
		p, "growth", terms->growth, RK_GROWTH_NONE, RK_GROWTH_POWER);
	pass_i64(p, "base_share", &terms->base_share.raw);
	pass_i64(p, "factor_maintenance", &terms->factor_maintenance);
	pass_i64(p, "factor_initial", &terms->factor_initial);
	pass_wide(p, "open_interest", &market->open_interest);
}

static void pass_life(struct rk_pass *p, struct rk_market_life *life)
{
	life->state = (enum rk_market_state)pass_enum(
		p, "state", life->state, RK_MARKET_LISTED, RK_MARKET_SETTLED);
	pass_i64(p, "expiry_ns", &life->expiry_ns);
	pass_i64(p, "settlement", &life->settlement.raw);
}

static void pass_market_ramp(struct rk_pass *p, struct rk_market_ramp *r)
{
	struct rk_form *before = &r->before;

	pass_ramp(p, &r->ramp, &r->run);
	pass_u32(p, "ramp_brackets", &before->brackets_n);
	before->growth =
		(enum rk_growth)pass_enum(p, "ramp_growth", before->growth,
					  RK_GROWTH_NONE, RK_GROWTH_POWER);
	pass_i64(p, "ramp_base_share", &before->base_share.raw);
	pass_i64(p, "ramp_factor", &before->factor);
}

void rk_pass_market(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_market *market)
{
	struct rk_cmd_market *listing = &market->listing;

	pass_u32(p, "number", &at->number);
	pass_text(p, "name", listing->name);
	pass_text(p, "settle", listing->settle);
	pass_u8(p, "price_decimals", &listing->price_decimals);
	pass_u8(p, "size_decimals", &listing->size_decimals);
	pass_i64(p, "lot", &listing->lot.raw);
	pass_i64(p, "price_max", &listing->price_max.raw);
	pass_i64(p, "position_max", &listing->position_max.raw);
	pass_i64(p, "price_age_max_ns", &listing->price_age_max_ns);
	pass_i64(p, "close_cost", &listing->close_cost.raw);
	pass_u32(p, "brackets", &listing->brackets_n);
	pass_wide(p, "vault_size", &market->vault_size);
	pass_wide(p, "vault_cost", &market->vault_cost);
	pass_wide(p, "clearing_cost", &market->clearing_cost);
	pass_u64(p, "last_market_event", &market->last_market_event);
	pass_u64(p, "last_order_event", &market->last_order_event);
	pass_u64(p, "trade_highest", &market->trade_highest);
	pass_words(p, "trade_window", market->trades, RK_TRADES_BYTES);
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
	pass_u32(p, "market", &at->number);
	pass_u32(p, "bracket", &at->second);
	pass_i64(p, "floor", &bracket->floor.raw);
	pass_i64(p, "maintenance", &bracket->maintenance.raw);
	pass_i64(p, "initial", &bracket->initial.raw);
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
	pass_u32(p, "market", &at->number);
	pass_u32(p, "bracket", &at->second);
	pass_i64(p, "floor", &floor.raw);
	pass_i64(p, "maintenance", &rate.raw);
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
	pass_u32(p, "number", &at->number);
	pass_text(p, "name", name);
}

void rk_pass_venue_position(struct rk_pass *p, struct rk_row_place *at,
			    struct rk_venue_position *position)
{
	pass_u32(p, "number", &at->number);
	pass_u32(p, "venue", &at->second);
	pass_u32(p, "market", &at->third);
	pass_wide(p, "size", &position->size);
	pass_wide(p, "cost", &position->cost);
}

static void pass_slow(struct rk_pass *p, struct rk_slow *s)
{
	pass_i64(p, "slow_interval_ns", &s->terms.interval_ns);
	pass_i64(p, "slow_delay_limit", &s->terms.delay_limit.raw);
	pass_i64(p, "slow_limit", &s->terms.limit.raw);
	pass_i64(p, "slow_min_ns", &s->terms.min_ns);
	pass_i64(p, "slow_max_ns", &s->terms.max_ns);
	pass_ref(p, "slow_underlying", &s->underlying);
	pass_wide(p, "slow_price", &s->price);
	pass_i64(p, "slow_moved_ns", &s->moved_ns);
	pass_wide(p, "slow_sum", &s->sum);
	pass_i64(p, "slow_sum_ns", &s->sum_ns);
	pass_prices(p, "slow_delayed", s->delayed);
}

void rk_pass_slot(struct rk_pass *p, struct rk_row_place *at,
		  struct rk_slot *slot)
{
	pass_u32(p, "number", &at->number);
	pass_ref(p, "market", &slot->market);
	pass_ref(p, "asset", &slot->asset);
	pass_bool(p, "halted", &slot->halted);
	slot->state = (enum rk_price_state)pass_enum(
		p, "state", slot->state, RK_PRICE_NONE, RK_PRICE_HALTED);
	pass_i64(p, "mark", &slot->mark.raw);
	pass_i64(p, "time_ns", &slot->time_ns);
	pass_i64(p, "recheck_ns", &slot->recheck_ns);
	if (p->format >= 2)
		pass_slow(p, &slot->slow);
}

void rk_pass_quote(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_publisher_quote *quote)
{
	pass_u32(p, "number", &at->number);
	pass_u32(p, "slot", &at->second);
	pass_u32(p, "publisher", &at->third);
	pass_i64(p, "price", &quote->price.raw);
	pass_i64(p, "time_ns", &quote->time_ns);
	pass_u64(p, "seq", &quote->seq);
	pass_bool(p, "usable", &quote->usable);
	pass_bool(p, "disputing", &quote->disputing);
}

void rk_pass_account(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_account *account)
{
	pass_u32(p, "number", &at->number);
	pass_u64(p, "id", &account->id);
	pass_u64(p, "owner", &account->owner);
	account->mode = (enum rk_mode)pass_enum(
		p, "mode", account->mode, RK_MODE_CROSS, RK_MODE_ISOLATED);
	account->enforcement = (enum rk_enforcement)pass_enum(
		p, "enforcement", account->enforcement, RK_ENFORCE_FULL,
		RK_ENFORCE_REPORT);
	account->state = (enum rk_state)pass_enum(
		p, "state", account->state, RK_STATE_OK, RK_STATE_BANKRUPT);
	account->withheld = (enum rk_withheld)pass_enum(
		p, "withheld", account->withheld, RK_WITHHELD_NONE,
		RK_WITHHELD_SETTLING);
	pass_u64(p, "last_event", &account->last_event);
	pass_i64(p, "timer_ns", &at->timer_ns);
	if (p->format >= 2)
		pass_u32(p, "conversion_withheld",
			 &account->conversion_withheld);
}

void rk_pass_balance(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_balance *balance)
{
	pass_u32(p, "account", &at->number);
	pass_u32(p, "asset", &balance->asset);
	pass_i64(p, "amount", &balance->amount.raw);
	if (p->format < 2)
		return;
	pass_i64(p, "interest_index", &balance->index);
	pass_i64(p, "loan", &balance->loan.raw);
	pass_i64(p, "last_order_ns", &balance->last_order_ns);
}

void rk_pass_position(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_position *position)
{
	pass_u32(p, "account", &at->number);
	pass_u32(p, "market", &position->market);
	pass_i64(p, "size", &position->size.raw);
	pass_i64(p, "cost", &position->cost.raw);
	pass_i64(p, "last_order_ns", &position->last_order_ns);
	position->withheld = (enum rk_withheld)pass_enum(
		p, "withheld", position->withheld, RK_WITHHELD_NONE,
		RK_WITHHELD_SETTLING);
	if (p->format >= 2) {
		rk_i128 index = position->funding_index;

		pass_wide(p, "funding_index", &index);
		position->funding_index = index;
	}
	if (p->format >= 3) {
		position->takeover = (enum rk_takeover_withheld)pass_enum(
			p, "takeover_withheld", position->takeover,
			RK_TAKEOVER_FREE, RK_TAKEOVER_SHORTFALL);
		pass_u8(p, "stages", &position->stages);
	}
}

void rk_pass_leverage(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_leverage *leverage)
{
	pass_u32(p, "account", &at->number);
	pass_u32(p, "market", &leverage->market);
	pass_i64(p, "leverage", &leverage->leverage.raw);
}

void rk_pass_emode(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_row_emode *e)
{
	rk_rate *weight = e->entry.weight;

	pass_u32(p, "asset", &at->number);
	pass_u32(p, "emode_group", &at->second);
	pass_text(p, "name", e->name);
	pass_bool(p, "collateral", &e->entry.collateral);
	pass_bool(p, "debt", &e->entry.debt);
	pass_i64(p, "weight_maintenance", &weight[RK_LEVEL_MAINTENANCE].raw);
	pass_i64(p, "weight_initial", &weight[RK_LEVEL_INITIAL].raw);
	pass_i64(p, "weight_withdrawal", &weight[RK_LEVEL_WITHDRAWAL].raw);
	pass_run(p, &e->ramp.run);
	pass_i64(p, "ramp_from_weight", &e->ramp.weight.raw);
	pass_i64(p, "ramp_from_share", &e->ramp.share.raw);
}

void rk_pass_resting(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_resting *order)
{
	pass_u32(p, "account", &at->number);
	pass_u64(p, "order", &order->order);
	pass_u32(p, "market", &order->market);
	order->side = (enum rk_side)pass_enum(p, "side", order->side,
					      RK_SIDE_BUY, RK_SIDE_SELL);
	pass_bool(p, "reduce_only", &order->reduce_only);
	pass_i64(p, "size", &order->size.raw);
	pass_i64(p, "left", &order->left.raw);
	pass_i64(p, "price", &order->price.raw);
}

static void pass_converting(struct rk_pass *p, struct rk_order_conversion *c)
{
	pass_ref(p, "sell", &c->sell);
	pass_ref(p, "buy", &c->buy);
	pass_i64(p, "least", &c->least.raw);
	pass_i64(p, "bought", &c->bought.raw);
	pass_i64(p, "loss", &c->loss.raw);
	pass_i64(p, "sell_mark", &c->sell_mark.raw);
	pass_i64(p, "buy_mark", &c->buy_mark.raw);
}

void rk_pass_order(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_order *order)
{
	pass_u32(p, "number", &at->number);
	pass_u64(p, "seq", &order->id.seq);
	pass_u32(p, "n", &order->id.n);
	pass_u32(p, "account", &order->account);
	pass_ref(p, "market", &order->market);
	order->side = (enum rk_side)pass_enum(p, "side", order->side,
					      RK_SIDE_BUY, RK_SIDE_SELL);
	pass_i64(p, "size", &order->size.raw);
	pass_i64(p, "filled", &order->filled.raw);
	pass_i64(p, "reported", &order->reported.raw);
	pass_i64(p, "floor_price", &order->floor_price.raw);
	pass_i64(p, "mark", &order->mark.raw);
	pass_i64(p, "opened_ns", &order->opened_ns);
	pass_i64(p, "expiry_ns", &order->expiry_ns);
	pass_i64(p, "equity", &order->health.equity.raw);
	pass_i64(p, "maintenance", &order->health.maintenance.raw);
	pass_i64(p, "initial", &order->health.initial.raw);
	pass_bool(p, "close_asked", &order->close_asked);
	pass_u64(p, "closing", &order->closing);
	pass_i64(p, "timer_ns", &at->timer_ns);
	if (p->format >= 2)
		pass_converting(p, &order->conversion);
	if (p->mode == RK_PASS_TAKE)
		order->closed = order->closing != 0;
}

void rk_pass_withdrawal(struct rk_pass *p, struct rk_row_place *at,
			struct rk_withdrawal *withdrawal)
{
	pass_u32(p, "number", &at->number);
	pass_u64(p, "id", &withdrawal->id);
	pass_u32(p, "account", &withdrawal->account);
	pass_u32(p, "asset", &withdrawal->asset);
	pass_i64(p, "amount", &withdrawal->amount.raw);
}

void rk_pass_client(struct rk_pass *p, struct rk_row_place *at,
		    char name[RK_NAME_SIZE], uint64_t *last)
{
	pass_u32(p, "number", &at->number);
	pass_text(p, "name", name);
	pass_u64(p, "last", last);
}

void rk_pass_answer(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_client_answer *answer, uint64_t *client_seq)
{
	int64_t code = answer->answer.code;

	pass_u32(p, "number", &at->number);
	pass_u32(p, "client", &at->second);
	pass_u64(p, "client_seq", client_seq);
	pass_u64(p, "payload_lo", &answer->payload.lo);
	pass_u64(p, "payload_hi", &answer->payload.hi);
	pass_i64(p, "code", &code);
	pass_u64(p, "seq", &answer->answer.seq);
	if (p->mode == RK_PASS_TAKE && (code < 0 || code > INT32_MAX) &&
	    !p->bad)
		p->bad = "code";
	if (!p->bad)
		answer->answer.code = (int32_t)code;
}
