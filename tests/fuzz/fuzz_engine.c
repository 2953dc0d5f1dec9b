/*
 * libFuzzer target: any bytes become a stream of commands for a small book.
 * After each stream the books must balance, events must be numbered without
 * gap and the engine must not have given up; the sanitizers watch the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/books.h"
#include "engine/rc.h"
#include "engine/trial.h"
#include "fuzz_input.h"
#include "support/harness.h"

#define START_NS     INT64_C(1700000000000000000)
#define COMMANDS_MAX 400
#define ROWS_MAX     8

static const struct rk_cmd_limits limits = {
	.accounts_max = 8,
	.owners_max = 6,
	.assets_max = 4,
	.markets_max = 4,
	.publishers_max = 3,
	.venues_max = 3,
	.clients_max = 2,
	.positions_max = 12,
	.positions_per_account_max = 3,
	.balances_max = 14,
	.orders_max = 6,
	.withdrawals_max = 3,
};

struct buffers {
	struct rk_cmd children[ROWS_MAX];
	struct rk_quote quotes[ROWS_MAX];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rk_trade_side side(struct input *in)
{
	struct rk_trade_side s = {.account = byte(in) % 10};

	if (byte(in) % 2 != 0)
		s.fee.raw = number(in);
	if (byte(in) % 2 != 0) {
		s.order.seq = byte(in);
		s.order.n = byte(in) % 4;
	}
	if (byte(in) % 4 == 0)
		s.resting = byte(in) % 70;
	return s;
}

static void fill_market(struct input *in, struct rk_cmd_market *m)
{
	name(in, "MARKET", m->name);
	name(in, "ASSET", m->settle);
	m->price_decimals = byte(in) % 14;
	m->size_decimals = byte(in) % 14;
	m->lot.raw = from(in, 1);
	m->price_max.raw = from(in, 1000);
	m->position_max.raw = from(in, 1000);
	m->price_age_max_ns = 1000000000;
	m->close_cost.raw = number(in);
	m->taker_fee.raw = INT64_C(1000000) * byte(in);
	m->maker_fee.raw = INT64_C(1000000) * (byte(in) - 128);
	m->brackets_n = byte(in) % 4;
	for (uint32_t i = 0; i < m->brackets_n; i++) {
		m->brackets[i].floor.raw = i == 0 ? 0 : number(in);
		m->brackets[i].maintenance.raw = INT64_C(10000000) * byte(in);
		m->brackets[i].initial.raw = INT64_C(20000000) * byte(in);
	}
	/* Only CONTRACT means these. */
	m->contract = (enum rk_contract)(byte(in) % 3);
	m->multiplier = from(in, 1);
	m->multiplier_decimals = byte(in) % 14;
	m->price_min.raw = from(in, 1);
}

static void fill_asset(struct input *in, struct rk_cmd_asset *a)
{
	name(in, "ASSET", a->name);
	a->decimals = byte(in) % 10;
	a->price_decimals = byte(in) % 14;
	if (byte(in) % 2 != 0)
		a->fixed_price.raw = number(in);
	else
		a->price_max.raw = from(in, 1000);
	a->price_age_max_ns = 1000000000;
}

static void fill_risk(struct input *in, struct rk_cmd_risk *r)
{
	r->target.raw = from(in, RK_RATE_ONE);
	r->call_enter.raw = from_above(in, r->target);
	r->call_leave.raw = from_above(in, r->call_enter);
	r->warn_enter.raw = from_above(in, r->call_leave);
	r->warn_leave.raw = from_above(in, r->warn_enter);
	r->order_band.raw = number(in);
	r->stale_band.raw = number(in);
	r->order_expiry_ns = 1 + byte(in);
	r->close_timeout_ns = 1 + byte(in);
	r->order_cooldown_ns = 1 + byte(in);
}

static void fill_limits(struct input *in, struct rk_cmd_limits *l)
{
	*l = limits;
	l->accounts_max -= byte(in) % 3;
	l->positions_max -= byte(in) % 13;
	l->balances_max -= byte(in) % 15;
	l->orders_max -= byte(in) % 7;
	l->positions_per_account_max = byte(in) % 66;
}

static void fill_trade(struct input *in, struct rk_cmd_trade *t)
{
	t->trade = (uint64_t)number(in);
	t->market = byte(in) % 5;
	t->venue = byte(in) % 4;
	t->price.raw = number(in);
	t->size.raw = number(in);
	t->buyer = side(in);
	t->seller = side(in);
}

static void fill_prices(struct input *in, struct rk_cmd_prices *p,
			struct rk_quote *quotes)
{
	static uint64_t seq;

	p->quotes = quotes;
	p->n = byte(in) % ROWS_MAX;
	for (uint32_t i = 0; i < p->n; i++)
		quotes[i] = (struct rk_quote){
			.slot = byte(in) % 9,
			.publisher = byte(in) % 4,
			.price = {number(in)},
			.time_ns = START_NS + byte(in) * INT64_C(10000000),
			.seq = ++seq,
		};
}

static void fill_account(struct input *in, struct rk_cmd_account *a)
{
	a->account = byte(in) % 10;
	a->owner = byte(in) % 8;
	a->mode = (enum rk_mode)(byte(in) % 4);
	a->enforcement = (enum rk_enforcement)(byte(in) % 4);
}

static void fill_withdraw(struct input *in, struct rk_cmd_withdraw *w)
{
	w->withdrawal = byte(in) % 5;
	w->account = byte(in) % 10;
	w->asset = byte(in) % 5;
	w->amount.raw = number(in);
}

static void fill_clock(struct input *in, struct rk_cmd_clock *clock,
		       const struct rk_engine *engine)
{
	struct rk_engine_counts counts;

	rk_view_counts(engine, &counts);
	clock->time_ns =
		in->wide ? number(in)
			 : counts.time_ns + byte(in) * INT64_C(10000000);
}

static void fill_amount(struct input *in, struct rk_cmd_amount *amount)
{
	amount->account = byte(in) % 10;
	amount->asset = byte(in) % 5;
	amount->amount.raw = number(in);
}

static void fill_transfer(struct input *in, struct rk_cmd_transfer *transfer)
{
	transfer->from = byte(in) % 10;
	transfer->to = byte(in) % 10;
	transfer->asset = byte(in) % 5;
	transfer->amount.raw = number(in);
}

static void fill_move(struct input *in, struct rk_cmd_move *move)
{
	move->from = byte(in) % 10;
	move->to = byte(in) % 10;
	move->market = byte(in) % 5;
	move->amount.raw = number(in);
}

static void fill_place(struct input *in, struct rk_cmd_place *place)
{
	place->account = byte(in) % 10;
	place->order = byte(in) % 70;
	place->market = byte(in) % 5;
	place->side = (enum rk_side)(byte(in) % 4);
	place->reduce_only = byte(in) % 4 == 0;
	place->size.raw = number(in);
	place->price.raw = number(in);
}

static void fill_order_closed(struct input *in,
			      struct rk_cmd_order_closed *closed)
{
	closed->order.seq = byte(in);
	closed->order.n = byte(in) % 4;
	closed->filled.raw = number(in);
}

/* One byte each, so that the right order of the levels is found soon. */
static void fill_collateral(struct input *in, struct rk_cmd_collateral *c)
{
	name(in, "ASSET", c->asset);
	for (int k = 0; k < RK_LEVELS; k++) {
		c->terms.weight[k].raw = RK_RATE_ONE - byte(in) * 3921569;
		c->terms.liability[k].raw = RK_RATE_ONE + byte(in) * 3921569;
		c->terms.profit[k].raw = RK_RATE_ONE - byte(in) * 3921569;
	}
	if (in->wide)
		c->terms.weight[byte(in) % RK_LEVELS].raw = number(in);
	else
		c->terms.profit[RK_LEVEL_WITHDRAWAL].raw = 0;
}

static void fill_conversion(struct input *in, struct rk_cmd_conversion *c)
{
	name(in, "ASSET", c->asset);
	c->terms.enabled = byte(in) % 8 != 0;
	c->terms.auto_borrow.raw = number(in);
	c->terms.repay_to.raw =
		in->wide ? number(in) : c->terms.auto_borrow.raw / 2;
	c->terms.cost.raw = in->wide ? number(in) : byte(in) * 1000000;
	c->terms.band.raw = in->wide ? number(in) : 1 + byte(in) * 1000000;
}

static void fill_convert(struct input *in, struct rk_cmd_convert *c)
{
	c->account = byte(in) % 8;
	c->venue = byte(in) % 3;
	c->sell = byte(in) % 5;
	c->sold.raw = number(in);
	c->buy = byte(in) % 5;
	c->bought.raw = number(in);
	c->fee.raw = byte(in) % 4 == 0 ? number(in) : 0;
	if (byte(in) % 2 == 0)
		c->order = (struct rk_order_id){byte(in), 0};
}

static void fill_liquidation(struct input *in, struct rk_cmd *cmd)
{
	struct rk_liquidation_terms *terms = &cmd->liquidation.terms;

	if (cmd->type == RK_CMD_CLAIM) {
		cmd->claim.order.seq = byte(in);
		cmd->claim.venue = byte(in) % 3;
		cmd->claim.duration_ns = byte(in) * INT64_C(100000000);
		return;
	}
	name(in, "MARKET", cmd->liquidation.market);
	terms->stage.raw = byte(in) * INT64_C(4000000);
	terms->stage_min.raw = byte(in) * INT64_C(100000000);
	terms->cooldown_ns = byte(in) * INT64_C(1000000000);
	terms->volatility.raw = byte(in) * INT64_C(4000000);
	terms->dust.raw = byte(in) * INT64_C(100000000);
	terms->velocity.raw = in->wide ? number(in) : byte(in) << 20;
	terms->claim_max_ns = byte(in) * INT64_C(1000000000);
}

/* Money of the house. False: none of these. */
static bool fill_house(struct input *in, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_INSURANCE:
		name(in, "ASSET", cmd->insurance.asset);
		cmd->insurance.terms.draw_cap.raw = (byte(in) - 5) * 4000000;
		cmd->insurance.terms.liquidation_fee.raw = number(in);
		cmd->insurance.terms.withdrawal_gate.raw =
			(byte(in) - 5) * 4000000;
		return true;
	case RK_CMD_VAULT:
		name(in, "ASSET", cmd->vault.asset);
		cmd->vault.terms.event_budget.raw = (byte(in) - 5) * 4000000;
		cmd->vault.terms.hour_budget.raw = (byte(in) - 5) * 4000000;
		return true;
	case RK_CMD_TAKEOVER:
		name(in, "MARKET", cmd->takeover.market);
		cmd->takeover.terms.enabled = byte(in) % 4 != 0;
		cmd->takeover.terms.at.raw = (byte(in) - 5) * 4000000;
		cmd->takeover.terms.concession_max.raw = number(in);
		cmd->takeover.terms.vault_max.raw = number(in);
		cmd->takeover.terms.stages = byte(in) % 8;
		return true;
	case RK_CMD_VAULT_TOP_UP:
	case RK_CMD_TOP_UP:
		cmd->top_up.asset = byte(in) % 5;
		cmd->top_up.amount.raw = number(in);
		return true;
	default:
		return false;
	}
}

/* Money and positions. False: none of these. */
static bool fill_booking(struct input *in, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_ACCOUNT:
		fill_account(in, &cmd->account);
		return true;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
	case RK_CMD_WRITE_OFF:
		fill_amount(in, &cmd->amount);
		return true;
	case RK_CMD_CONVERT:
		fill_convert(in, &cmd->convert);
		return true;
	case RK_CMD_CLAIM:
	case RK_CMD_LIQUIDATION:
		fill_liquidation(in, cmd);
		return true;
	case RK_CMD_RESERVE:
	case RK_CMD_CONFIRM:
	case RK_CMD_CANCEL:
		fill_withdraw(in, &cmd->withdraw);
		return true;
	case RK_CMD_LEVERAGE:
		cmd->leverage.account = byte(in) % 10;
		cmd->leverage.market = byte(in) % 5;
		cmd->leverage.leverage.raw =
			in->wide ? number(in) : byte(in) * RK_RATE_ONE;
		return true;
	case RK_CMD_MODE:
		cmd->mode.account = byte(in) % 10;
		cmd->mode.mode = (enum rk_mode)(byte(in) % 4);
		return true;
	case RK_CMD_MOVE:
		fill_move(in, &cmd->move);
		return true;
	case RK_CMD_RECHECK:
		cmd->recheck.account = byte(in) % 10;
		cmd->recheck.found_seq = in->wide ? (uint64_t)number(in) : 0;
		return true;
	case RK_CMD_PLACE_ORDER:
		fill_place(in, &cmd->place);
		return true;
	case RK_CMD_CANCEL_ORDER:
		cmd->cancel_order.account = byte(in) % 10;
		cmd->cancel_order.order = byte(in) % 70;
		cmd->cancel_order.left.raw = byte(in) % 2 * number(in);
		return true;
	case RK_CMD_TRANSFER:
		fill_transfer(in, &cmd->transfer);
		return true;
	case RK_CMD_TRADE:
		fill_trade(in, &cmd->trade);
		return true;
	default:
		return false;
	}
}

/* One byte each, so that terms that can work are found soon. */
static void fill_funding(struct input *in, struct rk_cmd_funding *f)
{
	name(in, "MARKET", f->market);
	f->terms.interval_ns = byte(in) * INT64_C(1000000000);
	if (f->terms.interval_ns == 0 && !in->wide)
		return;
	f->terms.interest.raw = (byte(in) - 128) * 7812500;
	f->terms.clamp.raw = byte(in) * 3921568;
	f->terms.cap.raw = 1 + byte(in) * 3921568;
	if (in->wide)
		f->terms.cap.raw = number(in);
	if (byte(in) & 1)
		f->terms.period_ns = f->terms.interval_ns * (1 + byte(in));
}

/* Likewise; rates to 10 a year and more. */
static void fill_lending(struct input *in, struct rk_cmd_lending *l)
{
	struct rk_lending *terms = &l->terms;

	name(in, "ASSET", l->asset);
	terms->lendable = byte(in) % 8 != 0;
	if (!terms->lendable && !in->wide)
		return;
	terms->base.raw = byte(in) * INT64_C(15000000);
	terms->slope_low.raw = byte(in) * INT64_C(15000000);
	terms->slope_high.raw = byte(in) * INT64_C(15000000);
	terms->kink.raw = 1 + byte(in) * INT64_C(3921568);
	terms->reserve.raw = byte(in) * INT64_C(3921568);
	terms->interval_ns = (1 + byte(in)) * INT64_C(1000000000);
	if (byte(in) % 4 == 0)
		terms->borrow_cap.raw = number(in);
	if (byte(in) % 4 == 0)
		terms->supply_cap.raw = number(in);
	if (in->wide)
		terms->slope_high.raw = number(in);
}

static void fill_margin(struct input *in, struct rk_cmd_margin *m)
{
	uint8_t parts = byte(in);

	name(in, "MARKET", m->market);
	if (parts & 1) {
		m->terms.scale_lower.raw = byte(in) * INT64_C(100000000);
		m->terms.scale_upper.raw =
			m->terms.scale_lower.raw + 1 + number(in) % (1 << 30);
	}
	if (parts & 2) {
		m->terms.growth = (enum rk_growth)(1 + byte(in) % 2);
		m->terms.base_share.raw = byte(in) * 3921568;
		m->terms.factor_initial = 1 + byte(in) * INT64_C(100000000000);
		m->terms.factor_maintenance = m->terms.factor_initial / 2;
	}
	if (parts & 4)
		m->terms.open_max.raw = byte(in);
	if (in->wide)
		m->terms.factor_initial = number(in);
}

/* One byte each, so that terms that can work are found soon. */
static void fill_slow(struct input *in, struct rk_cmd_slow_price *s)
{
	s->slot = byte(in) % 8;
	if (byte(in) % 2 == 0)
		name(in, "ASSET", s->underlying);
	s->start.raw = byte(in) % 2 == 0 ? 0 : number(in);
	s->terms.interval_ns = byte(in) * INT64_C(60000000000);
	if (s->terms.interval_ns == 0 && !in->wide)
		return;
	s->terms.delay_limit.raw = 1 + byte(in) * 3921568;
	s->terms.limit.raw = 1 + byte(in) * 60000;
	s->terms.min_ns = byte(in) % 8 * INT64_C(1000000000);
	s->terms.max_ns =
		s->terms.min_ns + 1 + byte(in) % 52 * INT64_C(1000000000);
	if (in->wide)
		s->terms.limit.raw = number(in);
}

/* Weights that fall, unless numbers are to be wide. */
static void fill_emode(struct input *in, struct rk_cmd_emode *e)
{
	uint8_t kind = byte(in);
	int64_t most = 255;

	name(in, "GROUP", e->group);
	name(in, "ASSET", e->asset);
	e->entry.collateral = kind % 2 != 0;
	e->entry.debt = kind / 2 % 2 != 0;
	for (int k = 0; k < RK_LEVELS; k++) {
		if (in->wide) {
			e->entry.weight[k].raw = number(in);
		} else if (e->entry.collateral) {
			most = byte(in) % (most + 1);
			e->entry.weight[k].raw = most * 3921568;
		}
	}
}

/* A second to nine minutes; steps of a third, or the one that 0 means. */
static void fill_ramp(struct input *in, struct rk_cmd_ramp *r)
{
	uint8_t which = byte(in);

	name(in, which % 2 == 0 ? "ASSET" : "MARKET",
	     which % 2 == 0 ? r->asset : r->market);
	if (which % 16 == 15)
		name(in, "ASSET", r->asset);
	r->ramp.duration_ns = byte(in) * INT64_C(2000000000);
	if (which & 64)
		r->ramp.step_ns = r->ramp.duration_ns / 3;
	if (in->wide)
		r->ramp.step_ns = number(in);
}

static void fill_scale(struct input *in, struct rk_cmd_collateral_scale *c)
{
	name(in, "ASSET", c->asset);
	c->scale.held.raw = number(in);
	c->scale.owed.raw = number(in);
	c->scale.size_factor =
		in->wide ? number(in) : byte(in) * INT64_C(3921568627450980);
	c->scale.deposit_cap.raw = number(in);
}

static void fill_daemon(struct input *in, struct rk_cmd *cmd)
{
	struct rk_lag *lag = &cmd->lag;

	if (cmd->type == RK_CMD_SYNC_STALL) {
		cmd->sync_stall.age_ns = number(in);
		return;
	}
	lag->lagging = byte(in) % 2 != 0;
	lag->window_ns = number(in);
	lag->judging_ns = number(in);
	lag->age_ns = number(in);
	lag->batches = (uint64_t)number(in);
	lag->quotes = (uint64_t)number(in);
	lag->quotes_merged = (uint64_t)number(in);
	lag->judged = (uint64_t)number(in);
}

/* Of what came later. */
static void fill_later(struct input *in, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_SYNC_STALL:
	case RK_CMD_LAG:
		fill_daemon(in, cmd);
		break;
	case RK_CMD_SKIPPED:
		cmd->skipped.type = (enum rk_cmd_type)byte(in);
		break;
	case RK_CMD_COLLATERAL:
		fill_collateral(in, &cmd->collateral);
		break;
	case RK_CMD_FUNDING:
		fill_funding(in, &cmd->funding);
		break;
	case RK_CMD_MARGIN:
		fill_margin(in, &cmd->margin);
		break;
	case RK_CMD_SLOW_PRICE:
		fill_slow(in, &cmd->slow_price);
		break;
	case RK_CMD_RAMP:
		fill_ramp(in, &cmd->ramp);
		break;
	case RK_CMD_COLLATERAL_SCALE:
		fill_scale(in, &cmd->collateral_scale);
		break;
	case RK_CMD_EMODE:
		fill_emode(in, &cmd->emode);
		break;
	case RK_CMD_PREMIUM:
		cmd->premium.market = byte(in) % 5;
		cmd->premium.index.raw = number(in);
		cmd->premium.impact_bid.raw = number(in);
		cmd->premium.impact_ask.raw = number(in);
		break;
	case RK_CMD_FUND:
		cmd->fund.market = byte(in) % 5;
		cmd->fund.rate.raw =
			in->wide ? number(in) : (byte(in) - 128) * 7812500;
		cmd->fund.price.raw = number(in);
		break;
	case RK_CMD_LENDING:
		fill_lending(in, &cmd->lending);
		break;
	case RK_CMD_CONVERSION:
		fill_conversion(in, &cmd->conversion);
		break;
	case RK_CMD_ACCRUE:
		cmd->accrue.asset = byte(in) % 5;
		break;
	case RK_CMD_MARKET_STATE:
		cmd->market_state.market = byte(in) % 5;
		cmd->market_state.state = (enum rk_market_state)(byte(in) % 7);
		break;
	case RK_CMD_SETTLE:
		cmd->settle.market = byte(in) % 5;
		cmd->settle.price.raw = number(in);
		break;
	case RK_CMD_EXPIRY:
		cmd->expiry.market = byte(in) % 5;
		cmd->expiry.time_ns =
			in->wide ? number(in) : byte(in) * INT64_C(1000000000);
		break;
	default:
		break;
	}
}

/* Everything but ATOMIC, so that it serves children too. */
static void fill(struct input *in, struct rk_cmd *cmd, struct rk_engine *engine,
		 struct rk_quote *quotes)
{
	if (fill_booking(in, cmd) || fill_house(in, cmd))
		return;
	switch ((int)cmd->type) {
	case RK_CMD_CLOCK:
	case RK_CMD_RESUME:
		fill_clock(in, &cmd->clock, engine);
		break;
	case RK_CMD_LIMITS:
		fill_limits(in, &cmd->limits);
		break;
	case RK_CMD_RISK:
		fill_risk(in, &cmd->risk);
		break;
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
		name(in, "NAME", cmd->name.name);
		break;
	case RK_CMD_ASSET:
	case RK_CMD_ASSET_CHANGE:
		fill_asset(in, &cmd->asset);
		break;
	case RK_CMD_MARKET:
	case RK_CMD_MARKET_CHANGE:
	case RK_CMD_CONTRACT:
		fill_market(in, &cmd->market);
		break;
	case RK_CMD_HALT:
		cmd->halt.market = byte(in) % 5;
		cmd->halt.halted = byte(in) % 2 != 0;
		break;
	case RK_CMD_ORDER_CLOSED:
		fill_order_closed(in, &cmd->order_closed);
		break;
	case RK_CMD_PRICES:
		fill_prices(in, &cmd->prices, quotes);
		break;
	default:
		fill_later(in, cmd);
	}
}

static void next(struct input *in, struct rk_cmd *cmd, struct rk_engine *engine,
		 struct buffers *buffers)
{
	uint8_t first = byte(in);

	(void)memset(cmd, 0, sizeof(*cmd));
	in->wide = first >= 192;
	cmd->type = (enum rk_cmd_type)(first % (RK_CMD_CLAIM + 1));
	if (byte(in) % 8 == 0) {
		name(in, "client", cmd->origin.client);
		cmd->origin.client_seq =
			rk_view_client_seq(engine, cmd->origin.client) +
			byte(in) % 3;
		cmd->origin.payload.lo = byte(in) % 2;
	}
	if (cmd->type != RK_CMD_ATOMIC) {
		fill(in, cmd, engine, buffers->quotes);
		return;
	}
	cmd->atomic.cmds = buffers->children;
	cmd->atomic.n = byte(in) % (ROWS_MAX + 1);
	for (uint32_t i = 0; i < cmd->atomic.n; i++) {
		struct rk_cmd *child = &buffers->children[i];

		(void)memset(child, 0, sizeof(*child));
		child->type =
			(enum rk_cmd_type)(byte(in) % (RK_CMD_CONTRACT + 1));
		if (child->type == RK_CMD_ATOMIC)
			child->type = RK_CMD_NONE;
		child->origin = cmd->origin;
		child->origin.client_seq += i;
		fill(in, child, engine, buffers->quotes);
	}
}

/* A book in which something can happen from the first byte on. */
static void set_up(struct rk_harness *harness)
{
	const struct rk_cmd list[] = {
		{.type = RK_CMD_CLOCK, .clock = {START_NS}},
		{.type = RK_CMD_PUBLISHER, .name = {"feed"}},
		{.type = RK_CMD_VENUE, .name = {"venue"}},
		{.type = RK_CMD_ASSET,
		 .asset = {.name = "ASSET", .fixed_price = {1}}},
		{.type = RK_CMD_ASSET,
		 .asset = {.name = "BSSET",
			   .decimals = 2,
			   .price_max = {50},
			   .price_age_max_ns = 1000000000}},
		{.type = RK_CMD_MARKET,
		 .market = {.name = "MARKET",
			    .settle = "ASSET",
			    .lot = {1},
			    .price_max = {60000},
			    .position_max = {100000},
			    .price_age_max_ns = 1000000000,
			    .brackets_n = 1,
			    .brackets = {{{0}, {50000000}, {100000000}}}}},
		{.type = RK_CMD_MARKET,
		 .market = {.name = "NARKET",
			    .settle = "BSSET",
			    .lot = {7},
			    .price_max = {60000},
			    .position_max = {100},
			    .price_age_max_ns = 1000000000,
			    .brackets_n = 1,
			    .brackets = {{{0}, {100000000}, {200000000}}}}},
		{.type = RK_CMD_CONTRACT,
		 .market = {.name = "PARKET",
			    .settle = "BSSET",
			    .lot = {3},
			    .price_max = {60000},
			    .position_max = {100000},
			    .price_age_max_ns = 1000000000,
			    .brackets_n = 1,
			    .brackets = {{{0}, {100000000}, {200000000}}},
			    .contract = RK_CONTRACT_INVERSE,
			    .multiplier = 7,
			    .price_min = {20}}},
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (rk_harness_apply(harness, &list[i]) != RK_OK)
			abort();
	}
	for (uint64_t i = 1; i <= 4; i++) {
		const struct rk_cmd cmd = {
			.type = RK_CMD_ACCOUNT,
			.account = {i, i,
				    i % 2 ? RK_MODE_CROSS : RK_MODE_ISOLATED,
				    RK_ENFORCE_FULL}};

		if (rk_harness_apply(harness, &cmd) != RK_OK)
			abort();
	}
}

/* What a trial takes, the engine takes; and the trial leaves no trace. */
static int try_first(struct rk_harness *harness, const struct rk_cmd *cmd)
{
	size_t size = rk_trial_room(harness->engine);
	struct rk_hash before = rk_view_state_digest(harness->engine);
	struct rk_hash after;
	struct rk_trial trial = {.engine = NULL};
	void *memory = malloc(size);
	int code;

	if (!memory)
		abort();
	rk_trial_begin(&trial, harness->engine, memory, size);
	code = rk_trial_apply(&trial, cmd, &harness->step);
	rk_trial_end(&trial);
	free(memory);
	after = rk_view_state_digest(harness->engine);
	if (!rk_hash_equal(before, after))
		abort();
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.data = data, .size = size};
	struct buffers buffers;
	struct rk_harness harness;
	uint64_t event = 0;

	rk_harness_init(&harness, &limits, RK_EVENTS_PER_STEP_MAX);
	set_up(&harness);
	event = harness.events[harness.events_n - 1].number;
	for (int i = 0; i < COMMANDS_MAX && in.size > 0; i++) {
		struct rk_cmd cmd;
		int tried;
		int code;

		next(&in, &cmd, harness.engine, &buffers);
		tried = cmd.origin.client[0] == '\0' && i % 4 == 0
				? try_first(&harness, &cmd)
				: RK_REJ_BAD_PARAM;
		code = rk_harness_apply(&harness, &cmd);
		/* BAD_PARAM is also said of what is no listing. */
		if (tried != RK_REJ_BAD_PARAM && tried != code)
			abort();
		for (uint32_t k = 0; k < harness.events_n; k++) {
			if (harness.events[k].number != ++event)
				abort(); /* a gap */
		}
	}
	if (rk_view_check_books(harness.engine) != 0)
		abort(); /* money came from nowhere or went there */
	rk_harness_fini(&harness);
	return 0;
}
