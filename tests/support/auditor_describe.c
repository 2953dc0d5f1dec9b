/*
 * Commands and events as one line of text, for people who look into a
 * difference.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "support/auditor.h"

static void tell(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

#define TELL(...)   tell(t->text, sizeof(t->text), __VA_ARGS__)
#define NUMBER(raw) ((long long)(raw))

static void tell_health(struct rk_audit_text *t, const struct rk_health *h)
{
	TELL(" E=%lld R=%lld I=%lld", NUMBER(h->equity.raw),
	     NUMBER(h->maintenance.raw), NUMBER(h->initial.raw));
}

static void tell_order(struct rk_audit_text *t, const struct rk_ev_order *o)
{
	TELL(" order=%llu.%u side=%d reason=%u size=%lld filled=%lld",
	     (unsigned long long)o->order.seq, o->order.n, (int)o->side,
	     o->reason, NUMBER(o->size.raw), NUMBER(o->filled.raw));
	TELL(" fill=%lld@%lld floor=%lld mark=%lld expiry=%lld late=%d",
	     NUMBER(o->fill.raw), NUMBER(o->fill_price.raw),
	     NUMBER(o->floor_price.raw), NUMBER(o->mark.raw),
	     NUMBER(o->expiry_ns), o->late);
	if (o->claimed_until_ns != 0)
		TELL(" claimed=%u..%lld", o->claimed_by,
		     NUMBER(o->claimed_until_ns));
	tell_health(t, &o->health);
}

static void tell_ending(struct rk_audit_text *t, const struct rk_event *ev)
{
	if (ev->type == RK_EVENT_MARKET_STATE_SET)
		TELL(" %s->%s expiry=%lld expired=%d",
		     rk_market_state_name(ev->market_state.before),
		     rk_market_state_name(ev->market_state.after),
		     NUMBER(ev->market_state.expiry_ns),
		     ev->market_state.expired);
	else if (ev->type == RK_EVENT_POSITION_SETTLED)
		TELL(" price=%lld size=%lld cost=%lld realised=%lld booked=%lld"
		     " balance=%lld",
		     NUMBER(ev->settled.price.raw),
		     NUMBER(ev->settled.size.raw), NUMBER(ev->settled.cost.raw),
		     NUMBER(ev->settled.realised.raw),
		     NUMBER(ev->settled.booked.raw),
		     NUMBER(ev->settled.balance.raw));
	else if (ev->type == RK_EVENT_MARKET_SETTLED)
		TELL(" price=%lld positions=%u left=%lld",
		     NUMBER(ev->market_settled.price.raw),
		     ev->market_settled.positions,
		     NUMBER(ev->market_settled.left.raw));
}

static void tell_interest(struct rk_audit_text *t, const struct rk_event *ev)
{
	if (ev->type == RK_EVENT_INTEREST)
		TELL(" asset=%u debt_index=%lld supply_index=%lld earned=%lld"
		     " reserve=%lld",
		     ev->interest.asset, NUMBER(ev->interest.debt_index),
		     NUMBER(ev->interest.supply_index),
		     NUMBER(ev->interest.earned), NUMBER(ev->interest.reserve));
	else if (ev->type == RK_EVENT_INTEREST_PAID)
		TELL(" asset=%u amount=%lld booked=%lld balance=%lld",
		     ev->interest_paid.asset,
		     NUMBER(ev->interest_paid.amount.raw),
		     NUMBER(ev->interest_paid.booked.raw),
		     NUMBER(ev->interest_paid.balance.raw));
	else if (ev->type == RK_EVENT_INDEX_RESTARTED)
		TELL(" asset=%u rounding=%lld held_only=%d",
		     ev->restarted.asset, NUMBER(ev->restarted.rounding),
		     ev->restarted.held_only);
	else if (ev->type == RK_EVENT_WRITTEN_OFF)
		TELL(" asset=%u amount=%lld balance=%lld",
		     ev->written_off.asset, NUMBER(ev->written_off.amount.raw),
		     NUMBER(ev->written_off.balance.raw));
	else if (ev->type == RK_EVENT_LOSS_SHARED)
		TELL(" asset=%u loss=%lld supply_index=%lld",
		     ev->loss_shared.asset, NUMBER(ev->loss_shared.loss.raw),
		     NUMBER(ev->loss_shared.supply_index));
}

static void tell_converting(struct rk_audit_text *t, const struct rk_event *ev)
{
	if (rk_event_is_conversion(ev->type))
		TELL(" order=%llu.%u sell=%u buy=%u reason=%u size=%lld "
		     "sold=%lld least=%lld bought=%lld loss=%lld",
		     (unsigned long long)ev->conversion.order.seq,
		     ev->conversion.order.n, ev->conversion.sell,
		     ev->conversion.buy, ev->conversion.reason,
		     NUMBER(ev->conversion.size.raw),
		     NUMBER(ev->conversion.sold.raw),
		     NUMBER(ev->conversion.least.raw),
		     NUMBER(ev->conversion.bought.raw),
		     NUMBER(ev->conversion.loss.raw));
	else if (ev->type == RK_EVENT_CONVERSION_WITHHELD)
		TELL(" asset=%u withheld=%d loss=%lld",
		     ev->conversion_withheld.asset,
		     ev->conversion_withheld.withheld,
		     NUMBER(ev->conversion_withheld.loss.raw));
	else if (ev->type == RK_EVENT_INSURANCE_MOVED)
		TELL(" asset=%u cause=%d amount=%lld fund=%lld balance=%lld",
		     ev->insurance.asset, (int)ev->insurance.cause,
		     NUMBER(ev->insurance.amount.raw),
		     NUMBER(ev->insurance.fund.raw),
		     NUMBER(ev->insurance.balance.raw));
	else if (ev->type == RK_EVENT_CONVERTED)
		TELL(" sell=%u sold=%lld buy=%u bought=%lld fee=%lld "
		     "balances=%lld %lld late=%d",
		     ev->converted.sell, NUMBER(ev->converted.sold.raw),
		     ev->converted.buy, NUMBER(ev->converted.bought.raw),
		     NUMBER(ev->converted.fee.raw),
		     NUMBER(ev->converted.sell_balance.raw),
		     NUMBER(ev->converted.buy_balance.raw), ev->converted.late);
}

static void tell_vault(struct rk_audit_text *t, const struct rk_event *ev)
{
	const struct rk_ev_taken_over *taken = &ev->taken_over;

	if (ev->type == RK_EVENT_VAULT_MOVED)
		TELL(" asset=%u amount=%lld capital=%lld", ev->vault.asset,
		     NUMBER(ev->vault.amount.raw),
		     NUMBER(ev->vault.capital.raw));
	else if (ev->type == RK_EVENT_TAKEOVER_WITHHELD)
		TELL(" reason=%s",
		     rk_takeover_withheld_name(ev->takeover_withheld.reason));
	else if (ev->type == RK_EVENT_TAKEN_OVER)
		TELL(" cause=%d price=%lld size=%lld cost=%lld concession=%lld "
		     "realised=%lld booked=%lld balance=%lld left=%lld %lld",
		     (int)taken->cause, NUMBER(taken->price.raw),
		     NUMBER(taken->size.raw), NUMBER(taken->cost.raw),
		     NUMBER(taken->concession.raw), NUMBER(taken->realised.raw),
		     NUMBER(taken->booked.raw), NUMBER(taken->balance.raw),
		     NUMBER(taken->event_left.raw),
		     NUMBER(taken->hour_left.raw));
}

static void tell_ramped(struct rk_audit_text *t, const struct rk_ev_ramped *r)
{
	TELL(" id=%u group=%s terms=%lld/%lld/%lld share=%lld size=%lld "
	     "elapsed=%lld of %lld ended=%d",
	     r->id, r->group, NUMBER(r->terms.weight.raw),
	     NUMBER(r->terms.liability.raw), NUMBER(r->terms.profit.raw),
	     NUMBER(r->share.raw), NUMBER(r->size_factor),
	     NUMBER(r->elapsed_ns), NUMBER(r->duration_ns), r->ended);
}

static void tell_payload(struct rk_audit_text *t, const struct rk_event *ev)
{
	const struct rk_ev_position *p = &ev->position;

	if (ev->type == RK_EVENT_REJECTED)
		TELL(" %s %s client=%.23s seq=%llu",
		     rk_cmd_name(ev->rejected.cmd),
		     rk_rc_name(ev->rejected.code), ev->rejected.client,
		     (unsigned long long)ev->rejected.client_seq);
	else if (ev->type == RK_EVENT_PRICE_STATE)
		TELL(" slot=%u %d->%d mark=%lld", ev->price_state.slot,
		     (int)ev->price_state.before, (int)ev->price_state.after,
		     NUMBER(ev->price_state.mark.raw));
	else if (ev->type == RK_EVENT_BALANCE)
		TELL(" asset=%u cause=%d delta=%lld balance=%lld ref=%llu",
		     ev->balance.asset, (int)ev->balance.cause,
		     NUMBER(ev->balance.delta.raw),
		     NUMBER(ev->balance.balance.raw),
		     (unsigned long long)ev->balance.ref);
	else if (ev->type == RK_EVENT_POSITION)
		TELL(" trade=%llu price=%lld traded=%lld vault=%lld size=%lld"
		     " cost=%lld realised=%lld fee=%lld balance=%lld",
		     (unsigned long long)p->trade, NUMBER(p->price.raw),
		     NUMBER(p->traded.raw), NUMBER(p->to_vault.raw),
		     NUMBER(p->size.raw), NUMBER(p->cost.raw),
		     NUMBER(p->realised.raw), NUMBER(p->fee.raw),
		     NUMBER(p->balance.raw));
	else if (rk_event_is_order(ev->type))
		tell_order(t, &ev->order);
	else if (ev->type == RK_EVENT_WITHHELD)
		TELL(" reason=%d", (int)ev->withheld.reason);
	else if (ev->type == RK_EVENT_STATE)
		TELL(" %s->%s", rk_state_name(ev->state.before),
		     rk_state_name(ev->state.after));
	else if (ev->type == RK_EVENT_FUNDING)
		TELL(" rate=%lld price=%lld index=%lld*2^64+%llu samples=%llu"
		     " restarted=%d",
		     NUMBER(ev->funding.rate.raw),
		     NUMBER(ev->funding.price.raw),
		     NUMBER(ev->funding.index >> 64),
		     (unsigned long long)ev->funding.index,
		     (unsigned long long)ev->funding.samples,
		     ev->funding.restarted);
	else if (ev->type == RK_EVENT_FUNDING_PAID)
		TELL(" amount=%lld booked=%lld balance=%lld",
		     NUMBER(ev->funding_paid.amount.raw),
		     NUMBER(ev->funding_paid.booked.raw),
		     NUMBER(ev->funding_paid.balance.raw));
	else if (ev->type >= RK_EVENT_ORDER_PLACED &&
		 ev->type <= RK_EVENT_ORDER_EXECUTED)
		TELL(" order=%llu side=%d size=%lld left=%lld price=%lld"
		     " fill=%lld",
		     (unsigned long long)ev->resting.order,
		     (int)ev->resting.side, NUMBER(ev->resting.size.raw),
		     NUMBER(ev->resting.left.raw),
		     NUMBER(ev->resting.price.raw),
		     NUMBER(ev->resting.fill.raw));
	else if (ev->type == RK_EVENT_DEFICIT)
		TELL(" amount=%lld", NUMBER(ev->deficit.amount.raw));
	if (ev->type == RK_EVENT_RAMPED)
		tell_ramped(t, &ev->ramped);
	if (ev->type == RK_EVENT_STATE)
		tell_health(t, &ev->state.health);
	if (ev->type == RK_EVENT_WITHHELD)
		tell_health(t, &ev->withheld.health);
	tell_ending(t, ev);
	tell_interest(t, ev);
	tell_converting(t, ev);
	tell_vault(t, ev);
}

static void tell_trade(struct rk_audit_text *t, const struct rk_cmd_trade *c)
{
	TELL(" trade=%llu market=%u venue=%u price=%lld size=%lld",
	     (unsigned long long)c->trade, c->market, c->venue,
	     NUMBER(c->price.raw), NUMBER(c->size.raw));
	TELL(" buyer=%llu fee=%lld order=%llu.%u",
	     (unsigned long long)c->buyer.account, NUMBER(c->buyer.fee.raw),
	     (unsigned long long)c->buyer.order.seq, c->buyer.order.n);
	TELL(" seller=%llu fee=%lld order=%llu.%u",
	     (unsigned long long)c->seller.account, NUMBER(c->seller.fee.raw),
	     (unsigned long long)c->seller.order.seq, c->seller.order.n);
}

static void tell_money(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	const struct rk_cmd_withdraw *w = &cmd->withdraw;

	if (cmd->type == RK_CMD_TRANSFER)
		TELL(" from=%llu to=%llu asset=%u amount=%lld",
		     (unsigned long long)cmd->transfer.from,
		     (unsigned long long)cmd->transfer.to, cmd->transfer.asset,
		     NUMBER(cmd->transfer.amount.raw));
	else if (cmd->type == RK_CMD_DEPOSIT || cmd->type == RK_CMD_ADJUST ||
		 cmd->type == RK_CMD_WRITE_OFF)
		TELL(" account=%llu asset=%u amount=%lld",
		     (unsigned long long)cmd->amount.account, cmd->amount.asset,
		     NUMBER(cmd->amount.amount.raw));
	else
		TELL(" withdrawal=%llu account=%llu asset=%u amount=%lld",
		     (unsigned long long)w->withdrawal,
		     (unsigned long long)w->account, w->asset,
		     NUMBER(w->amount.raw));
}

static void tell_contract(struct rk_audit_text *t,
			  const struct rk_cmd_market *m)
{
	TELL(" %.23s settle=%.23s contract=%d multiplier=%lld/%u price=%lld"
	     "..%lld/%u position_max=%lld/%u",
	     m->name, m->settle, (int)m->contract, NUMBER(m->multiplier),
	     m->multiplier_decimals, NUMBER(m->price_min.raw),
	     NUMBER(m->price_max.raw), m->price_decimals,
	     NUMBER(m->position_max.raw), m->size_decimals);
}

static void tell_terms(struct rk_audit_text *t,
		       const struct rk_cmd_collateral *c)
{
	TELL(" %.23s weight=%lld/%lld/%lld liability=%lld/%lld/%lld"
	     " profit=%lld/%lld/%lld",
	     c->asset, NUMBER(c->terms.weight[0].raw),
	     NUMBER(c->terms.weight[1].raw), NUMBER(c->terms.weight[2].raw),
	     NUMBER(c->terms.liability[0].raw),
	     NUMBER(c->terms.liability[1].raw),
	     NUMBER(c->terms.liability[2].raw), NUMBER(c->terms.profit[0].raw),
	     NUMBER(c->terms.profit[1].raw), NUMBER(c->terms.profit[2].raw));
}

static void tell_funding(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	const struct rk_funding *terms = &cmd->funding.terms;

	if (cmd->type == RK_CMD_FUNDING)
		TELL(" %.23s interval_ns=%lld interest=%lld clamp=%lld"
		     " cap=%lld period_ns=%lld",
		     cmd->funding.market, NUMBER(terms->interval_ns),
		     NUMBER(terms->interest.raw), NUMBER(terms->clamp.raw),
		     NUMBER(terms->cap.raw), NUMBER(terms->period_ns));
	else if (cmd->type == RK_CMD_PREMIUM)
		TELL(" market=%u index=%lld bid=%lld ask=%lld",
		     cmd->premium.market, NUMBER(cmd->premium.index.raw),
		     NUMBER(cmd->premium.impact_bid.raw),
		     NUMBER(cmd->premium.impact_ask.raw));
	else if (cmd->type == RK_CMD_FUND)
		TELL(" market=%u rate=%lld price=%lld", cmd->fund.market,
		     NUMBER(cmd->fund.rate.raw), NUMBER(cmd->fund.price.raw));
}

static void tell_lag(struct rk_audit_text *t, const struct rk_lag *lag)
{
	TELL(" lagging=%d window_ns=%lld judging_ns=%lld age_ns=%lld"
	     " batches=%llu quotes=%llu merged=%llu judged=%llu",
	     lag->lagging, NUMBER(lag->window_ns), NUMBER(lag->judging_ns),
	     NUMBER(lag->age_ns), (unsigned long long)lag->batches,
	     (unsigned long long)lag->quotes,
	     (unsigned long long)lag->quotes_merged,
	     (unsigned long long)lag->judged);
}

static void tell_lending(struct rk_audit_text *t,
			 const struct rk_cmd_lending *lending)
{
	const struct rk_lending *terms = &lending->terms;

	TELL(" %.23s lendable=%d base=%lld slopes=%lld,%lld kink=%lld"
	     " reserve=%lld caps=%lld,%lld interval_ns=%lld",
	     lending->asset, terms->lendable, NUMBER(terms->base.raw),
	     NUMBER(terms->slope_low.raw), NUMBER(terms->slope_high.raw),
	     NUMBER(terms->kink.raw), NUMBER(terms->reserve.raw),
	     NUMBER(terms->borrow_cap.raw), NUMBER(terms->supply_cap.raw),
	     NUMBER(terms->interval_ns));
}

static void tell_margin(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	const struct rk_margin_terms *terms = &cmd->margin.terms;

	if (cmd->type == RK_CMD_MARGIN)
		TELL(" %.23s scale=%lld..%lld open_max=%lld growth=%d"
		     " share=%lld factor=%lld/%lld",
		     cmd->margin.market, NUMBER(terms->scale_lower.raw),
		     NUMBER(terms->scale_upper.raw),
		     NUMBER(terms->open_max.raw), (int)terms->growth,
		     NUMBER(terms->base_share.raw),
		     NUMBER(terms->factor_maintenance),
		     NUMBER(terms->factor_initial));
	else if (cmd->type == RK_CMD_LIQUIDATION)
		TELL(" %.23s stage=%lld stage_min=%lld cooldown_ns=%lld"
		     " volatility=%lld dust=%lld velocity=%lld claim_max=%lld",
		     cmd->liquidation.market,
		     NUMBER(cmd->liquidation.terms.stage.raw),
		     NUMBER(cmd->liquidation.terms.stage_min.raw),
		     NUMBER(cmd->liquidation.terms.cooldown_ns),
		     NUMBER(cmd->liquidation.terms.volatility.raw),
		     NUMBER(cmd->liquidation.terms.dust.raw),
		     NUMBER(cmd->liquidation.terms.velocity.raw),
		     NUMBER(cmd->liquidation.terms.claim_max_ns));
	else if (cmd->type == RK_CMD_CLAIM)
		TELL(" order=%llu.%u venue=%u for=%lld",
		     (unsigned long long)cmd->claim.order.seq,
		     cmd->claim.order.n, cmd->claim.venue,
		     NUMBER(cmd->claim.duration_ns));
	else if (cmd->type == RK_CMD_LEVERAGE)
		TELL(" account=%llu market=%u leverage=%lld",
		     (unsigned long long)cmd->leverage.account,
		     cmd->leverage.market, NUMBER(cmd->leverage.leverage.raw));
}

static void tell_slow(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	const struct rk_cmd_slow_price *slow = &cmd->slow_price;

	if (cmd->type == RK_CMD_COLLATERAL_SCALE)
		TELL(" %.23s held=%lld owed=%lld size_factor=%lld"
		     " deposit_cap=%lld",
		     cmd->collateral_scale.asset,
		     NUMBER(cmd->collateral_scale.scale.held.raw),
		     NUMBER(cmd->collateral_scale.scale.owed.raw),
		     NUMBER(cmd->collateral_scale.scale.size_factor),
		     NUMBER(cmd->collateral_scale.scale.deposit_cap.raw));
	else if (cmd->type == RK_CMD_EMODE)
		TELL(" group=%.23s %.23s collateral=%d debt=%d weight=%lld"
		     " %lld %lld",
		     cmd->emode.group, cmd->emode.asset,
		     cmd->emode.entry.collateral, cmd->emode.entry.debt,
		     NUMBER(cmd->emode.entry.weight[0].raw),
		     NUMBER(cmd->emode.entry.weight[1].raw),
		     NUMBER(cmd->emode.entry.weight[2].raw));
	else if (cmd->type == RK_CMD_SLOW_PRICE)
		TELL(" slot=%u interval_ns=%lld delay_limit=%lld limit=%lld"
		     " min_ns=%lld max_ns=%lld follows=%.23s start=%lld",
		     slow->slot, NUMBER(slow->terms.interval_ns),
		     NUMBER(slow->terms.delay_limit.raw),
		     NUMBER(slow->terms.limit.raw), NUMBER(slow->terms.min_ns),
		     NUMBER(slow->terms.max_ns), slow->underlying,
		     NUMBER(slow->start.raw));
	else if (cmd->type == RK_CMD_RAMP)
		TELL(" asset=%.23s market=%.23s duration_ns=%lld step_ns=%lld",
		     cmd->ramp.asset, cmd->ramp.market,
		     NUMBER(cmd->ramp.ramp.duration_ns),
		     NUMBER(cmd->ramp.ramp.step_ns));
}

static void tell_end(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_MARKET_STATE)
		TELL(" market=%u state=%d", cmd->market_state.market,
		     (int)cmd->market_state.state);
	else if (cmd->type == RK_CMD_EXPIRY)
		TELL(" market=%u time_ns=%lld", cmd->expiry.market,
		     NUMBER(cmd->expiry.time_ns));
	else if (cmd->type == RK_CMD_SETTLE)
		TELL(" market=%u price=%lld", cmd->settle.market,
		     NUMBER(cmd->settle.price.raw));
}

static void tell_resting(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_PLACE_ORDER)
		TELL(" account=%llu order=%llu market=%u side=%d reduce=%d"
		     " size=%lld price=%lld",
		     (unsigned long long)cmd->place.account,
		     (unsigned long long)cmd->place.order, cmd->place.market,
		     (int)cmd->place.side, cmd->place.reduce_only,
		     NUMBER(cmd->place.size.raw), NUMBER(cmd->place.price.raw));
	else if (cmd->type == RK_CMD_CANCEL_ORDER)
		TELL(" account=%llu order=%llu left=%lld",
		     (unsigned long long)cmd->cancel_order.account,
		     (unsigned long long)cmd->cancel_order.order,
		     NUMBER(cmd->cancel_order.left.raw));
}

static void tell_conversion(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_CONVERSION)
		TELL(" %.23s enabled=%d auto_borrow=%lld repay_to=%lld "
		     "cost=%lld band=%lld",
		     cmd->conversion.asset, cmd->conversion.terms.enabled,
		     NUMBER(cmd->conversion.terms.auto_borrow.raw),
		     NUMBER(cmd->conversion.terms.repay_to.raw),
		     NUMBER(cmd->conversion.terms.cost.raw),
		     NUMBER(cmd->conversion.terms.band.raw));
	else if (cmd->type == RK_CMD_INSURANCE)
		TELL(" %.23s draw_cap=%lld liquidation_fee=%lld gate=%lld",
		     cmd->insurance.asset,
		     NUMBER(cmd->insurance.terms.draw_cap.raw),
		     NUMBER(cmd->insurance.terms.liquidation_fee.raw),
		     NUMBER(cmd->insurance.terms.withdrawal_gate.raw));
	else if (cmd->type == RK_CMD_VAULT)
		TELL(" %.23s event_budget=%lld hour_budget=%lld",
		     cmd->vault.asset,
		     NUMBER(cmd->vault.terms.event_budget.raw),
		     NUMBER(cmd->vault.terms.hour_budget.raw));
	else if (cmd->type == RK_CMD_TAKEOVER)
		TELL(" %.23s enabled=%d at=%lld concession_max=%lld "
		     "vault_max=%lld stages=%u",
		     cmd->takeover.market, cmd->takeover.terms.enabled,
		     NUMBER(cmd->takeover.terms.at.raw),
		     NUMBER(cmd->takeover.terms.concession_max.raw),
		     NUMBER(cmd->takeover.terms.vault_max.raw),
		     cmd->takeover.terms.stages);
	else if (cmd->type == RK_CMD_TOP_UP || cmd->type == RK_CMD_VAULT_TOP_UP)
		TELL(" asset=%u amount=%lld", cmd->top_up.asset,
		     NUMBER(cmd->top_up.amount.raw));
	else if (cmd->type == RK_CMD_CONVERT)
		TELL(" account=%llu venue=%u sell=%u sold=%lld buy=%u "
		     "bought=%lld fee=%lld order=%llu.%u",
		     (unsigned long long)cmd->convert.account,
		     cmd->convert.venue, cmd->convert.sell,
		     NUMBER(cmd->convert.sold.raw), cmd->convert.buy,
		     NUMBER(cmd->convert.bought.raw),
		     NUMBER(cmd->convert.fee.raw),
		     (unsigned long long)cmd->convert.order.seq,
		     cmd->convert.order.n);
}

static void tell_account(struct rk_audit_text *t, const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_MODE)
		TELL(" account=%llu mode=%d",
		     (unsigned long long)cmd->mode.account,
		     (int)cmd->mode.mode);
	else if (cmd->type == RK_CMD_RECHECK)
		TELL(" account=%llu found_seq=%llu",
		     (unsigned long long)cmd->recheck.account,
		     (unsigned long long)cmd->recheck.found_seq);
	else if (cmd->type == RK_CMD_MOVE)
		TELL(" from=%llu to=%llu market=%u amount=%lld",
		     (unsigned long long)cmd->move.from,
		     (unsigned long long)cmd->move.to, cmd->move.market,
		     NUMBER(cmd->move.amount.raw));
}

void rk_auditor_describe_command(const struct rk_cmd *cmd,
				 struct rk_audit_text *ret_text)
{
	struct rk_audit_text *t = ret_text;

	t->text[0] = '\0';
	TELL("%s client=%.23s/%llu", rk_cmd_name(cmd->type), cmd->origin.client,
	     (unsigned long long)cmd->origin.client_seq);
	if (cmd->type == RK_CMD_TRADE)
		tell_trade(t, &cmd->trade);
	else if (cmd->type >= RK_CMD_DEPOSIT && cmd->type <= RK_CMD_TRANSFER)
		tell_money(t, cmd);
	else if (cmd->type == RK_CMD_CLOCK || cmd->type == RK_CMD_RESUME)
		TELL(" time_ns=%lld", NUMBER(cmd->clock.time_ns));
	else if (cmd->type == RK_CMD_ASSET_CHANGE)
		TELL(" %.23s fixed_price=%lld price_max=%lld age=%lld",
		     cmd->asset.name, NUMBER(cmd->asset.fixed_price.raw),
		     NUMBER(cmd->asset.price_max.raw),
		     NUMBER(cmd->asset.price_age_max_ns));
	else if (cmd->type == RK_CMD_MARKET_CHANGE)
		TELL(" %.23s price_max=%lld position_max=%lld age=%lld n=%u",
		     cmd->market.name, NUMBER(cmd->market.price_max.raw),
		     NUMBER(cmd->market.position_max.raw),
		     NUMBER(cmd->market.price_age_max_ns),
		     cmd->market.brackets_n);
	else if (cmd->type == RK_CMD_CONTRACT)
		tell_contract(t, &cmd->market);
	else if (cmd->type == RK_CMD_COLLATERAL)
		tell_terms(t, &cmd->collateral);
	else if (cmd->type == RK_CMD_LENDING)
		tell_lending(t, &cmd->lending);
	else if (cmd->type == RK_CMD_ACCRUE)
		TELL(" asset=%u", cmd->accrue.asset);
	else if (cmd->type == RK_CMD_SYNC_STALL)
		TELL(" age_ns=%lld", NUMBER(cmd->sync_stall.age_ns));
	else if (cmd->type == RK_CMD_LAG)
		tell_lag(t, &cmd->lag);
	else if (cmd->type == RK_CMD_SKIPPED)
		TELL(" type=%d", (int)cmd->skipped.type);
	else if (cmd->type == RK_CMD_HALT)
		TELL(" market=%u halted=%d", cmd->halt.market,
		     cmd->halt.halted);
	else if (cmd->type == RK_CMD_ORDER_CLOSED)
		TELL(" order=%llu.%u filled=%lld",
		     (unsigned long long)cmd->order_closed.order.seq,
		     cmd->order_closed.order.n,
		     NUMBER(cmd->order_closed.filled.raw));
	else if (cmd->type == RK_CMD_ACCOUNT)
		TELL(" account=%llu owner=%llu mode=%d enforcement=%d",
		     (unsigned long long)cmd->account.account,
		     (unsigned long long)cmd->account.owner,
		     (int)cmd->account.mode, (int)cmd->account.enforcement);
	tell_account(t, cmd);
	tell_conversion(t, cmd);
	tell_funding(t, cmd);
	tell_margin(t, cmd);
	tell_slow(t, cmd);
	tell_end(t, cmd);
	tell_resting(t, cmd);
}

void rk_auditor_describe_event(const struct rk_event *ev,
			       struct rk_audit_text *ret_text)
{
	struct rk_audit_text *t = ret_text;

	t->text[0] = '\0';
	TELL("%llu seq=%llu %s", (unsigned long long)ev->number,
	     (unsigned long long)ev->seq, rk_event_name(ev->type));
	if (ev->account != 0)
		TELL(" account=%llu", (unsigned long long)ev->account);
	if (ev->market != RK_NO_MARKET)
		TELL(" market=%u", ev->market);
	tell_payload(t, ev);
}
