/*
 * Journal records of what is traded, and of the rules. See record_stream.h.
 */
#include "store/record_stream.h"

static void pass_limits(struct rk_record_stream *s, struct rk_cmd_limits *l)
{
	pass_u32(s, &l->accounts_max);
	pass_u32(s, &l->owners_max);
	pass_u32(s, &l->assets_max);
	pass_u32(s, &l->markets_max);
	pass_u32(s, &l->publishers_max);
	pass_u32(s, &l->venues_max);
	pass_u32(s, &l->clients_max);
	pass_u32(s, &l->positions_max);
	pass_u32(s, &l->positions_per_account_max);
	pass_u32(s, &l->balances_max);
	pass_u32(s, &l->orders_max);
	pass_u32(s, &l->withdrawals_max);
}

static void pass_risk(struct rk_record_stream *s, struct rk_cmd_risk *r)
{
	pass_i64(s, &r->warn_enter.raw);
	pass_i64(s, &r->warn_leave.raw);
	pass_i64(s, &r->call_enter.raw);
	pass_i64(s, &r->call_leave.raw);
	pass_i64(s, &r->target.raw);
	pass_i64(s, &r->order_band.raw);
	pass_i64(s, &r->stale_band.raw);
	pass_i64(s, &r->order_expiry_ns);
	pass_i64(s, &r->close_timeout_ns);
	pass_i64(s, &r->order_cooldown_ns);
}

static void pass_asset(struct rk_record_stream *s, struct rk_cmd_asset *a)
{
	pass_name(s, a->name);
	pass_u8(s, &a->decimals);
	pass_u8(s, &a->price_decimals);
	pass_i64(s, &a->fixed_price.raw);
	pass_i64(s, &a->price_max.raw);
	pass_i64(s, &a->price_age_max_ns);
}

static void pass_market(struct rk_record_stream *s, struct rk_cmd_market *m)
{
	pass_name(s, m->name);
	pass_name(s, m->settle);
	pass_u8(s, &m->price_decimals);
	pass_u8(s, &m->size_decimals);
	pass_i64(s, &m->lot.raw);
	pass_i64(s, &m->price_max.raw);
	pass_i64(s, &m->position_max.raw);
	pass_i64(s, &m->price_age_max_ns);
	pass_i64(s, &m->close_cost.raw);
	pass_u32(s, &m->brackets_n);
	/* A wrong number is refused by the engine; here it must only fit. */
	for (uint32_t i = 0; i < m->brackets_n && i < RK_BRACKETS_MAX; i++) {
		pass_i64(s, &m->brackets[i].floor.raw);
		pass_i64(s, &m->brackets[i].maintenance.raw);
		pass_i64(s, &m->brackets[i].initial.raw);
	}
}

/* What the record of a listing has more when it says that there is more. */
static void pass_fees(struct rk_record_stream *s, struct rk_cmd_market *m)
{
	if (!s->more)
		return;
	pass_i64(s, &m->taker_fee.raw);
	pass_i64(s, &m->maker_fee.raw);
}

static void pass_contract(struct rk_record_stream *s, struct rk_cmd_market *m)
{
	uint32_t contract = m->contract;

	pass_u32(s, &contract);
	m->contract = (enum rk_contract)contract;
	pass_i64(s, &m->multiplier);
	pass_u8(s, &m->multiplier_decimals);
	pass_i64(s, &m->price_min.raw);
}

static void pass_listed(struct rk_record_stream *s, struct rk_cmd *cmd)
{
	pass_market(s, &cmd->market);
	if (cmd->type == RK_CMD_CONTRACT)
		pass_contract(s, &cmd->market);
	pass_fees(s, &cmd->market);
}

static void pass_collateral(struct rk_record_stream *s,
			    struct rk_cmd_collateral *c)
{
	pass_name(s, c->asset);
	for (int k = 0; k < RK_LEVELS; k++) {
		pass_i64(s, &c->terms.weight[k].raw);
		pass_i64(s, &c->terms.liability[k].raw);
		pass_i64(s, &c->terms.profit[k].raw);
	}
}

static void pass_funding(struct rk_record_stream *s, struct rk_cmd_funding *f)
{
	pass_name(s, f->market);
	pass_i64(s, &f->terms.interval_ns);
	pass_i64(s, &f->terms.interest.raw);
	pass_i64(s, &f->terms.clamp.raw);
	pass_i64(s, &f->terms.cap.raw);
	pass_i64(s, &f->terms.period_ns);
}

static void pass_conversion(struct rk_record_stream *s,
			    struct rk_cmd_conversion *c)
{
	pass_name(s, c->asset);
	pass_bool(s, &c->terms.enabled);
	pass_i64(s, &c->terms.auto_borrow.raw);
	pass_i64(s, &c->terms.repay_to.raw);
	pass_i64(s, &c->terms.cost.raw);
	pass_i64(s, &c->terms.band.raw);
}

static void pass_insurance(struct rk_record_stream *s,
			   struct rk_cmd_insurance *i)
{
	pass_name(s, i->asset);
	pass_i64(s, &i->terms.draw_cap.raw);
	pass_i64(s, &i->terms.liquidation_fee.raw);
	pass_i64(s, &i->terms.withdrawal_gate.raw);
}

static void pass_vault(struct rk_record_stream *s, struct rk_cmd_vault *v)
{
	pass_name(s, v->asset);
	pass_i64(s, &v->terms.event_budget.raw);
	pass_i64(s, &v->terms.hour_budget.raw);
}

static void pass_takeover(struct rk_record_stream *s, struct rk_cmd_takeover *t)
{
	pass_name(s, t->market);
	pass_bool(s, &t->terms.enabled);
	pass_i64(s, &t->terms.at.raw);
	pass_i64(s, &t->terms.concession_max.raw);
	pass_i64(s, &t->terms.vault_max.raw);
	pass_u8(s, &t->terms.stages);
}

static void pass_lending(struct rk_record_stream *s, struct rk_cmd_lending *l)
{
	pass_name(s, l->asset);
	pass_bool(s, &l->terms.lendable);
	pass_i64(s, &l->terms.base.raw);
	pass_i64(s, &l->terms.slope_low.raw);
	pass_i64(s, &l->terms.slope_high.raw);
	pass_i64(s, &l->terms.kink.raw);
	pass_i64(s, &l->terms.reserve.raw);
	pass_i64(s, &l->terms.borrow_cap.raw);
	pass_i64(s, &l->terms.supply_cap.raw);
	pass_i64(s, &l->terms.interval_ns);
}

static void pass_margin(struct rk_record_stream *s, struct rk_cmd_margin *m)
{
	uint32_t growth = m->terms.growth;

	pass_name(s, m->market);
	pass_i64(s, &m->terms.scale_lower.raw);
	pass_i64(s, &m->terms.scale_upper.raw);
	pass_i64(s, &m->terms.open_max.raw);
	pass_u32(s, &growth);
	m->terms.growth = (enum rk_growth)growth;
	pass_i64(s, &m->terms.base_share.raw);
	pass_i64(s, &m->terms.factor_maintenance);
	pass_i64(s, &m->terms.factor_initial);
}

static void pass_slow_price(struct rk_record_stream *s,
			    struct rk_cmd_slow_price *p)
{
	pass_u32(s, &p->slot);
	pass_i64(s, &p->terms.interval_ns);
	pass_i64(s, &p->terms.delay_limit.raw);
	pass_i64(s, &p->terms.limit.raw);
	pass_i64(s, &p->terms.min_ns);
	pass_i64(s, &p->terms.max_ns);
	pass_name(s, p->underlying);
	pass_i64(s, &p->start.raw);
}

static void pass_scale(struct rk_record_stream *s,
		       struct rk_cmd_collateral_scale *c)
{
	pass_name(s, c->asset);
	pass_i64(s, &c->scale.held.raw);
	pass_i64(s, &c->scale.owed.raw);
	pass_i64(s, &c->scale.size_factor);
	pass_i64(s, &c->scale.deposit_cap.raw);
}

static void pass_emode(struct rk_record_stream *s, struct rk_cmd_emode *e)
{
	pass_name(s, e->group);
	pass_name(s, e->asset);
	pass_bool(s, &e->entry.collateral);
	pass_bool(s, &e->entry.debt);
	for (int k = 0; k < RK_LEVELS; k++)
		pass_i64(s, &e->entry.weight[k].raw);
}

static void pass_ramp(struct rk_record_stream *s, struct rk_cmd_ramp *r)
{
	pass_name(s, r->asset);
	pass_name(s, r->market);
	pass_i64(s, &r->ramp.duration_ns);
	pass_i64(s, &r->ramp.step_ns);
}

static void pass_settle(struct rk_record_stream *s, struct rk_cmd_settle *want)
{
	pass_u32(s, &want->market);
	pass_i64(s, &want->price.raw);
}

static void pass_expiry(struct rk_record_stream *s, struct rk_cmd_expiry *want)
{
	pass_u32(s, &want->market);
	pass_i64(s, &want->time_ns);
}

static void pass_market_state(struct rk_record_stream *s,
			      struct rk_cmd_market_state *want)
{
	uint32_t state = want->state;

	pass_u32(s, &want->market);
	pass_u32(s, &state);
	want->state = (enum rk_market_state)state;
}

static void pass_house(struct rk_record_stream *s, struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_INSURANCE)
		pass_insurance(s, &cmd->insurance);
	else if (cmd->type == RK_CMD_VAULT)
		pass_vault(s, &cmd->vault);
	else
		pass_takeover(s, &cmd->takeover);
}

bool rk_record_pass_listing(struct rk_record_stream *s, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_LIMITS:
		pass_limits(s, &cmd->limits);
		return true;
	case RK_CMD_RISK:
		pass_risk(s, &cmd->risk);
		return true;
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
		pass_name(s, cmd->name.name);
		return true;
	case RK_CMD_ASSET:
	case RK_CMD_ASSET_CHANGE:
		pass_asset(s, &cmd->asset);
		return true;
	case RK_CMD_MARKET:
	case RK_CMD_MARKET_CHANGE:
	case RK_CMD_CONTRACT:
		pass_listed(s, cmd);
		return true;
	case RK_CMD_COLLATERAL:
		pass_collateral(s, &cmd->collateral);
		return true;
	case RK_CMD_FUNDING:
		pass_funding(s, &cmd->funding);
		return true;
	case RK_CMD_LENDING:
		pass_lending(s, &cmd->lending);
		return true;
	case RK_CMD_MARGIN:
		pass_margin(s, &cmd->margin);
		return true;
	case RK_CMD_SLOW_PRICE:
		pass_slow_price(s, &cmd->slow_price);
		return true;
	case RK_CMD_CONVERSION:
		pass_conversion(s, &cmd->conversion);
		return true;
	case RK_CMD_INSURANCE:
	case RK_CMD_VAULT:
	case RK_CMD_TAKEOVER:
		pass_house(s, cmd);
		return true;
	case RK_CMD_COLLATERAL_SCALE:
		pass_scale(s, &cmd->collateral_scale);
		return true;
	case RK_CMD_EMODE:
		pass_emode(s, &cmd->emode);
		return true;
	case RK_CMD_RAMP:
		pass_ramp(s, &cmd->ramp);
		return true;
	case RK_CMD_MARKET_STATE:
		pass_market_state(s, &cmd->market_state);
		return true;
	case RK_CMD_EXPIRY:
		pass_expiry(s, &cmd->expiry);
		return true;
	case RK_CMD_SETTLE:
		pass_settle(s, &cmd->settle);
		return true;
	default:
		return false;
	}
}
