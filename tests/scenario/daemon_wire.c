/*
 * Events and answers from the wire. See daemon_wire.h.
 */
#include "daemon_wire.h"

#include <errno.h>
#include <string.h>

static struct rk_order_id order_from_wire(const Riskd__OrderId *order)
{
	return order ? (struct rk_order_id){order->seq, order->n}
		     : (struct rk_order_id){0, 0};
}

static void take_rejected(const Riskd__Rejected *wire, struct rk_event *event)
{
	event->type = RK_EVENT_REJECTED;
	event->rejected.cmd = (enum rk_cmd_type)wire->command;
	event->rejected.code = wire->code;
	event->rejected.client_seq = wire->client_seq;
	memcpy(event->rejected.client, wire->client,
	       strnlen(wire->client, RK_NAME_SIZE - 1));
}

static void take_price_state(const Riskd__PriceStateChanged *wire,
			     struct rk_event *event)
{
	event->type = RK_EVENT_PRICE_STATE;
	event->price_state.slot = wire->slot;
	event->price_state.before = (enum rk_price_state)wire->before;
	event->price_state.after = (enum rk_price_state)wire->after;
	event->price_state.mark.raw = wire->mark;
}

static void take_resting(const Riskd__RestingOrderChanged *wire,
			 struct rk_event *event)
{
	event->type = RK_EVENT_ORDER_EXECUTED;
	if (wire->phase == RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_PLACED)
		event->type = RK_EVENT_ORDER_PLACED;
	if (wire->phase == RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_CANCELLED)
		event->type = RK_EVENT_ORDER_CANCELLED;
	event->resting.order = wire->order->order;
	event->resting.side = (enum rk_side)wire->order->side;
	event->resting.reduce_only = wire->order->reduce_only;
	event->resting.size.raw = wire->order->size;
	event->resting.left.raw = wire->order->left;
	event->resting.price.raw = wire->order->price;
	event->resting.fill.raw = wire->fill;
	event->resting.trade = wire->trade;
}

static void take_moved(const Riskd__PositionMoved *wire, struct rk_event *event)
{
	event->type = RK_EVENT_POSITION_MOVED;
	event->moved.other = wire->other;
	event->moved.size.raw = wire->size;
	event->moved.cost.raw = wire->cost;
}

static void take_created(const Riskd__AccountCreated *wire,
			 struct rk_event *event)
{
	event->type = RK_EVENT_ACCOUNT_CREATED;
	event->created.owner = wire->owner;
	event->created.mode = (enum rk_mode)wire->mode;
	event->created.enforcement = (enum rk_enforcement)wire->enforcement;
}

static void take_balance(const Riskd__BalanceChanged *wire,
			 struct rk_event *event)
{
	event->type = RK_EVENT_BALANCE;
	event->balance.asset = wire->asset;
	event->balance.cause = (enum rk_balance_cause)wire->cause;
	event->balance.delta.raw = wire->delta;
	event->balance.balance.raw = wire->balance;
	event->balance.ref = wire->ref;
}

static void take_position(const Riskd__PositionChanged *wire,
			  struct rk_event *event)
{
	event->type = RK_EVENT_POSITION;
	event->position.trade = wire->trade;
	event->position.price.raw = wire->price;
	event->position.traded.raw = wire->traded;
	event->position.to_vault.raw = wire->to_vault;
	event->position.size.raw = wire->size;
	event->position.cost.raw = wire->cost;
	event->position.realised.raw = wire->realised;
	event->position.fee.raw = wire->fee;
	event->position.balance.raw = wire->balance;
}

static void take_state(const Riskd__StateChanged *wire, struct rk_event *event)
{
	event->type = RK_EVENT_STATE;
	event->state.before = (enum rk_state)wire->before;
	event->state.after = (enum rk_state)wire->after;
	event->state.health.equity.raw = wire->equity;
	event->state.health.maintenance.raw = wire->maintenance;
	event->state.health.initial.raw = wire->initial;
}

static enum rk_event_type order_type(Riskd__LiquidationOrder__Phase phase)
{
	switch ((int)phase) {
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED:
		return RK_EVENT_ORDER_OPENED;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED:
		return RK_EVENT_ORDER_FILLED;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED:
		return RK_EVENT_ORDER_CLOSE_ASKED;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED:
		return RK_EVENT_ORDER_CLOSED;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLAIMED:
		return RK_EVENT_ORDER_CLAIMED;
	default:
		return RK_EVENT_NONE;
	}
}

static uint32_t order_reason(Riskd__LiquidationOrder__Reason reason)
{
	switch ((int)reason) {
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_MAINTENANCE:
		return RK_ORDER_MAINTENANCE;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_FILLED:
		return RK_CLOSE_FILLED;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_EXPIRED:
		return RK_CLOSE_EXPIRED;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_RECOVERED:
		return RK_CLOSE_RECOVERED;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_FLAT:
		return RK_CLOSE_FLAT;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_CONFIRMED:
		return RK_CLOSE_CONFIRMED;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_TIMEOUT:
		return RK_CLOSE_TIMEOUT;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_SETTLING:
		return RK_CLOSE_SETTLING;
	case RISKD__LIQUIDATION_ORDER__REASON__REASON_TAKEOVER:
		return RK_CLOSE_TAKEOVER;
	default:
		return 0;
	}
}

static void take_order(const Riskd__LiquidationOrder *wire,
		       struct rk_event *event)
{
	event->type = order_type(wire->phase);
	event->order.order = order_from_wire(wire->order);
	event->order.side = (enum rk_side)wire->side;
	event->order.reason = order_reason(wire->reason);
	event->order.size.raw = wire->size;
	event->order.filled.raw = wire->filled;
	event->order.fill.raw = wire->fill;
	event->order.fill_price.raw = wire->fill_price;
	event->order.trade = wire->trade;
	event->order.floor_price.raw = wire->floor_price;
	event->order.mark.raw = wire->mark;
	event->order.expiry_ns = wire->expiry_ns;
	event->order.late = wire->late;
	event->order.claimed_by = wire->claimed_by;
	event->order.claimed_until_ns = wire->claimed_until_ns;
	event->order.health.equity.raw = wire->equity;
	event->order.health.maintenance.raw = wire->maintenance;
	event->order.health.initial.raw = wire->initial;
}

static void take_withheld(const Riskd__Withheld *wire, struct rk_event *event)
{
	event->type = RK_EVENT_WITHHELD;
	event->withheld.reason = (enum rk_withheld)wire->reason;
	event->withheld.health.equity.raw = wire->equity;
	event->withheld.health.maintenance.raw = wire->maintenance;
}

static void take_funding(const Riskd__Funding *wire, struct rk_event *event)
{
	event->type = RK_EVENT_FUNDING;
	event->funding.rate.raw = wire->rate;
	event->funding.price.raw = wire->price;
	event->funding.index = (rk_i128)wire->index_high * ((rk_i128)1 << 64) +
			       wire->index_low;
	event->funding.samples = wire->samples;
	event->funding.restarted = wire->restarted;
}

/* False: neither of these. */
static bool take_loss(const Riskd__Event *wire, struct rk_event *event)
{
	if (wire->kind_case == RISKD__EVENT__KIND_WRITTEN_OFF) {
		event->type = RK_EVENT_WRITTEN_OFF;
		event->written_off.asset = wire->written_off->asset;
		event->written_off.amount.raw = wire->written_off->amount;
		event->written_off.balance.raw = wire->written_off->balance;
		return true;
	}
	if (wire->kind_case == RISKD__EVENT__KIND_INSURANCE_MOVED) {
		const Riskd__InsuranceMoved *from = wire->insurance_moved;

		event->type = RK_EVENT_INSURANCE_MOVED;
		event->insurance.asset = from->asset;
		event->insurance.cause = (enum rk_insurance_cause)from->cause;
		event->insurance.amount.raw = from->amount;
		event->insurance.fund.raw = from->fund;
		event->insurance.balance.raw = from->balance;
		return true;
	}
	if (wire->kind_case == RISKD__EVENT__KIND_DEFICIT) {
		event->type = RK_EVENT_DEFICIT;
		event->deficit.amount.raw = wire->deficit->amount;
		return true;
	}
	if (wire->kind_case != RISKD__EVENT__KIND_LOSS_SHARED)
		return false;
	event->type = RK_EVENT_LOSS_SHARED;
	event->loss_shared.asset = wire->loss_shared->asset;
	event->loss_shared.loss.raw = wire->loss_shared->loss;
	event->loss_shared.supply_index =
		(int64_t)wire->loss_shared->supply_index;
	return true;
}

static void take_converted(const Riskd__Converted *wire, struct rk_event *event)
{
	event->type = RK_EVENT_CONVERTED;
	event->converted.venue = wire->venue;
	event->converted.sell = wire->sell;
	event->converted.buy = wire->buy;
	event->converted.sold.raw = wire->sold;
	event->converted.bought.raw = wire->bought;
	event->converted.fee.raw = wire->fee;
	event->converted.sell_balance.raw = wire->sell_balance;
	event->converted.buy_balance.raw = wire->buy_balance;
	event->converted.order = order_from_wire(wire->order);
	event->converted.late = wire->late;
}

/* False: neither a conversion order nor its fill. */
static bool take_conversion(const Riskd__Event *event_wire,
			    struct rk_event *event)
{
	static const enum rk_event_type types[] = {
		[RISKD__CONVERSION_ORDER__PHASE__PHASE_OPENED] =
			RK_EVENT_CONVERSION_OPENED,
		[RISKD__CONVERSION_ORDER__PHASE__PHASE_CLOSE_ASKED] =
			RK_EVENT_CONVERSION_CLOSE_ASKED,
		[RISKD__CONVERSION_ORDER__PHASE__PHASE_CLOSED] =
			RK_EVENT_CONVERSION_CLOSED,
	};
	const Riskd__ConversionOrder *wire = event_wire->conversion;

	if (event_wire->kind_case == RISKD__EVENT__KIND_CONVERTED) {
		take_converted(event_wire->converted, event);
		return true;
	}
	if (event_wire->kind_case == RISKD__EVENT__KIND_CONVERSION_WITHHELD) {
		event->type = RK_EVENT_CONVERSION_WITHHELD;
		event->conversion_withheld.asset =
			event_wire->conversion_withheld->asset;
		event->conversion_withheld.withheld =
			event_wire->conversion_withheld->withheld;
		event->conversion_withheld.loss.raw =
			event_wire->conversion_withheld->loss;
		return true;
	}
	if (event_wire->kind_case != RISKD__EVENT__KIND_CONVERSION)
		return false;
	event->type = types[wire->phase];
	event->conversion.order = order_from_wire(wire->order);
	event->conversion.sell = wire->sell;
	event->conversion.buy = wire->buy;
	event->conversion.reason = order_reason(wire->reason);
	event->conversion.size.raw = wire->size;
	event->conversion.sold.raw = wire->sold;
	event->conversion.least.raw = wire->least;
	event->conversion.bought.raw = wire->bought;
	event->conversion.loss.raw = wire->loss;
	event->conversion.sell_mark.raw = wire->sell_mark;
	event->conversion.buy_mark.raw = wire->buy_mark;
	event->conversion.expiry_ns = wire->expiry_ns;
	event->conversion.health.equity.raw = wire->equity;
	event->conversion.health.maintenance.raw = wire->maintenance;
	event->conversion.health.initial.raw = wire->initial;
	return true;
}

static void take_interest(const Riskd__Event *wire, struct rk_event *event)
{
	if (wire->kind_case == RISKD__EVENT__KIND_INTEREST_PAID) {
		event->type = RK_EVENT_INTEREST_PAID;
		event->interest_paid.asset = wire->interest_paid->asset;
		event->interest_paid.amount.raw = wire->interest_paid->amount;
		event->interest_paid.booked.raw = wire->interest_paid->booked;
		event->interest_paid.balance.raw = wire->interest_paid->balance;
		return;
	}
	if (wire->kind_case == RISKD__EVENT__KIND_INDEX_RESTARTED) {
		event->type = RK_EVENT_INDEX_RESTARTED;
		event->restarted.asset = wire->index_restarted->asset;
		event->restarted.rounding = wire->index_restarted->rounding;
		event->restarted.held_only = wire->index_restarted->held_only;
		return;
	}
	event->type = RK_EVENT_INTEREST;
	event->interest.asset = wire->interest->asset;
	event->interest.borrow_rate = wire->interest->borrow_rate;
	event->interest.supply_rate = wire->interest->supply_rate;
	event->interest.utilisation = wire->interest->utilisation;
	event->interest.until_ns = wire->interest->until_ns;
	event->interest.debt_index = (int64_t)wire->interest->debt_index;
	event->interest.supply_index = (int64_t)wire->interest->supply_index;
	event->interest.earned = wire->interest->earned;
	event->interest.reserve = wire->interest->reserve;
}

static void take_taken_over(const Riskd__TakenOver *wire,
			    struct rk_event *event)
{
	event->type = RK_EVENT_TAKEN_OVER;
	event->taken_over.cause = (enum rk_takeover_cause)wire->cause;
	event->taken_over.price.raw = wire->price;
	event->taken_over.size.raw = wire->size;
	event->taken_over.cost.raw = wire->cost;
	event->taken_over.concession.raw = wire->concession;
	event->taken_over.realised.raw = wire->realised;
	event->taken_over.booked.raw = wire->booked;
	event->taken_over.balance.raw = wire->balance;
	event->taken_over.event_left.raw = wire->event_left;
	event->taken_over.hour_left.raw = wire->hour_left;
}

static void take_settled(const Riskd__PositionSettled *wire,
			 struct rk_event *event)
{
	event->type = RK_EVENT_POSITION_SETTLED;
	event->settled.price.raw = wire->price;
	event->settled.size.raw = wire->size;
	event->settled.cost.raw = wire->cost;
	event->settled.realised.raw = wire->realised;
	event->settled.booked.raw = wire->booked;
	event->settled.balance.raw = wire->balance;
}

/* What was set, by name: ask for it again. */
static enum rk_event_type added_type(Riskd__Added__What what)
{
	switch ((int)what) {
	case RISKD__ADDED__WHAT__WHAT_MARKET_CHANGED:
		return RK_EVENT_MARKET_CHANGED;
	case RISKD__ADDED__WHAT__WHAT_COLLATERAL:
		return RK_EVENT_COLLATERAL_SET;
	case RISKD__ADDED__WHAT__WHAT_MARGIN:
		return RK_EVENT_MARGIN_SET;
	case RISKD__ADDED__WHAT__WHAT_LIQUIDATION:
		return RK_EVENT_LIQUIDATION_SET;
	case RISKD__ADDED__WHAT__WHAT_COLLATERAL_SCALE:
		return RK_EVENT_COLLATERAL_SCALE_SET;
	case RISKD__ADDED__WHAT__WHAT_EMODE:
		return RK_EVENT_EMODE_SET;
	case RISKD__ADDED__WHAT__WHAT_RAMP:
		return RK_EVENT_RAMP_SET;
	default:
		return RK_EVENT_NONE; /* only before the first command */
	}
}

static void take_ramped(const Riskd__Ramped *wire, struct rk_event *event)
{
	event->type = RK_EVENT_RAMPED;
	event->ramped.id =
		event->market == RK_NO_MARKET ? wire->asset : event->market;
	event->ramped.terms.weight.raw = wire->weight;
	event->ramped.terms.liability.raw = wire->liability;
	event->ramped.terms.profit.raw = wire->profit;
	event->ramped.elapsed_ns = wire->elapsed_ns;
	event->ramped.duration_ns = wire->duration_ns;
	event->ramped.ended = wire->ended;
	event->ramped.share.raw = wire->share;
	event->ramped.size_factor = wire->size_factor;
	(void)snprintf(event->ramped.group, RK_NAME_SIZE, "%s", wire->group);
}

/* Restarts, and parameters. False: none of these. */
static bool take_parameters(const Riskd__Event *wire, struct rk_event *event)
{
	switch ((int)wire->kind_case) {
	case RISKD__EVENT__KIND_RESUMED:
		event->type = RK_EVENT_RESUMED;
		return true;
	case RISKD__EVENT__KIND_ADDED:
		event->type = added_type(wire->added->what);
		event->name.id = wire->added->id;
		(void)snprintf(event->name.name, sizeof(event->name.name), "%s",
			       wire->added->name);
		return true;
	case RISKD__EVENT__KIND_RAMPED:
		take_ramped(wire->ramped, event);
		return true;
	default:
		return false;
	}
}

/* What ends a market. */
static void take_ending(const Riskd__Event *wire, struct rk_event *event)
{
	switch ((int)wire->kind_case) {
	case RISKD__EVENT__KIND_MARKET_STATE_SET:
		event->type = RK_EVENT_MARKET_STATE_SET;
		event->market_state.before =
			(enum rk_market_state)wire->market_state_set->before;
		event->market_state.after =
			(enum rk_market_state)wire->market_state_set->after;
		event->market_state.expiry_ns =
			wire->market_state_set->expiry_ns;
		event->market_state.expired = wire->market_state_set->expired;
		break;
	case RISKD__EVENT__KIND_POSITION_SETTLED:
		take_settled(wire->position_settled, event);
		break;
	case RISKD__EVENT__KIND_VAULT_MOVED:
		event->type = RK_EVENT_VAULT_MOVED;
		event->vault.asset = wire->vault_moved->asset;
		event->vault.amount.raw = wire->vault_moved->amount;
		event->vault.capital.raw = wire->vault_moved->capital;
		break;
	case RISKD__EVENT__KIND_TAKEOVER_WITHHELD:
		event->type = RK_EVENT_TAKEOVER_WITHHELD;
		event->takeover_withheld.reason =
			(enum rk_takeover_withheld)
				wire->takeover_withheld->reason;
		break;
	case RISKD__EVENT__KIND_TAKEN_OVER:
		take_taken_over(wire->taken_over, event);
		break;
	case RISKD__EVENT__KIND_MARKET_SETTLED:
		event->type = RK_EVENT_MARKET_SETTLED;
		event->market_settled.price.raw = wire->market_settled->price;
		event->market_settled.positions =
			wire->market_settled->positions;
		event->market_settled.left.raw = wire->market_settled->left;
		break;
	default:
		break;
	}
}

static void take_cancel_asked(const Riskd__OrdersCancelAsked *wire,
			      struct rk_event *event)
{
	event->type = RK_EVENT_ORDERS_CANCEL_ASKED;
	event->cancel_asked.orders = wire->orders;
}

static void take_funding_paid(const Riskd__FundingPaid *wire,
			      struct rk_event *event)
{
	event->type = RK_EVENT_FUNDING_PAID;
	event->funding_paid.amount.raw = wire->amount;
	event->funding_paid.booked.raw = wire->booked;
	event->funding_paid.balance.raw = wire->balance;
}

static void take_rechecked(const Riskd__Rechecked *wire, struct rk_event *event)
{
	struct rk_ev_rechecked *to = &event->rechecked;

	event->type = RK_EVENT_RECHECKED;
	to->found_seq = wire->found_seq;
	to->before = (enum rk_state)wire->before;
	to->after = (enum rk_state)wire->after;
	to->health.equity.raw = wire->equity;
	to->health.maintenance.raw = wire->maintenance;
	to->health.initial.raw = wire->initial;
}

/* What an account has chosen. */
static void take_choice(const Riskd__Event *wire, struct rk_event *event)
{
	if (wire->kind_case == RISKD__EVENT__KIND_MODE_SET) {
		event->type = RK_EVENT_MODE_SET;
		event->mode.mode = (enum rk_mode)wire->mode_set->mode;
		return;
	}
	event->type = RK_EVENT_LEVERAGE_SET;
	event->leverage.leverage.raw = wire->leverage_set->leverage;
}

int scn_wire_event(const Riskd__Event *wire, struct rk_event *event)
{
	memset(event, 0, sizeof(*event));
	event->number = wire->number;
	event->seq = wire->seq;
	event->time_ns = wire->time_ns;
	event->account = wire->account;
	event->market = wire->market_plus_one - 1; /* 0 becomes RK_NO_MARKET */

	switch ((int)wire->kind_case) {
	case RISKD__EVENT__KIND_REJECTED:
		take_rejected(wire->rejected, event);
		break;
	case RISKD__EVENT__KIND_PRICE_STATE:
		take_price_state(wire->price_state, event);
		break;
	case RISKD__EVENT__KIND_ACCOUNT_CREATED:
		take_created(wire->account_created, event);
		break;
	case RISKD__EVENT__KIND_BALANCE:
		take_balance(wire->balance, event);
		break;
	case RISKD__EVENT__KIND_POSITION:
		take_position(wire->position, event);
		break;
	case RISKD__EVENT__KIND_STATE:
		take_state(wire->state, event);
		break;
	case RISKD__EVENT__KIND_RECHECKED:
		take_rechecked(wire->rechecked, event);
		break;
	case RISKD__EVENT__KIND_ORDER:
		take_order(wire->order, event);
		break;
	case RISKD__EVENT__KIND_WITHHELD:
		take_withheld(wire->withheld, event);
		break;
	case RISKD__EVENT__KIND_LEVERAGE_SET:
	case RISKD__EVENT__KIND_MODE_SET:
		take_choice(wire, event);
		break;
	case RISKD__EVENT__KIND_RESTING_ORDER:
		take_resting(wire->resting_order, event);
		break;
	case RISKD__EVENT__KIND_ORDERS_CANCEL_ASKED:
		take_cancel_asked(wire->orders_cancel_asked, event);
		break;
	case RISKD__EVENT__KIND_POSITION_MOVED:
		take_moved(wire->position_moved, event);
		break;
	case RISKD__EVENT__KIND_FUNDING:
		take_funding(wire->funding, event);
		break;
	case RISKD__EVENT__KIND_INTEREST:
	case RISKD__EVENT__KIND_INTEREST_PAID:
	case RISKD__EVENT__KIND_INDEX_RESTARTED:
		take_interest(wire, event);
		break;
	case RISKD__EVENT__KIND_FUNDING_PAID:
		take_funding_paid(wire->funding_paid, event);
		break;
	default:
		if (take_loss(wire, event) || take_conversion(wire, event) ||
		    take_parameters(wire, event))
			break;
		take_ending(wire, event);
		break;
	}
	return event->type == RK_EVENT_NONE ? -EPROTO : 0;
}

static void take_row(const Riskd__AccountRow *wire, struct rk_account_view *row)
{
	const Riskd__Health *health = wire->health;

	row->account = wire->account;
	row->owner = wire->owner;
	row->mode = (enum rk_mode)wire->mode;
	row->enforcement = (enum rk_enforcement)wire->enforcement;
	row->state = (enum rk_state)health->state;
	row->last_event = wire->last_event;
	row->margin.equity.raw = health->equity;
	row->margin.maintenance.raw = health->maintenance;
	row->margin.initial.raw = health->initial;
	row->margin.health_m.raw = health->health_maintenance;
	row->margin.health_i.raw = health->health_initial;
	row->margin.health_w.raw = health->health_withdrawal;
	row->margin.notional.raw = health->notional;
	row->margin.prices_ok = health->prices_ok;
}

static void take_held(const Riskd__Position *wire, struct rk_position_view *row)
{
	row->market = wire->market;
	row->size.raw = wire->size;
	row->cost.raw = wire->cost;
	row->mark.raw = wire->mark;
	row->unrealised.raw = wire->unrealised;
	row->funding.raw = wire->funding;
	row->notional.raw = wire->notional;
	row->maintenance.raw = wire->maintenance;
	row->initial.raw = wire->initial;
	row->leverage.raw = wire->leverage;
	/* The wire tells that, not why. */
	row->withheld = wire->withheld ? RK_WITHHELD_PRICE : RK_WITHHELD_NONE;
}

static void take_open_order(const Riskd__Order *wire, struct rk_order_view *row)
{
	row->order = order_from_wire(wire->order);
	row->account = wire->account;
	row->market = wire->market;
	row->side = (enum rk_side)wire->side;
	row->size.raw = wire->size;
	row->filled.raw = wire->filled;
	row->floor_price.raw = wire->floor_price;
	row->mark.raw = wire->mark;
	row->opened_ns = wire->opened_ns;
	row->expiry_ns = wire->expiry_ns;
	row->close_asked = wire->close_asked;
}

static void take_resting_order(const Riskd__RestingOrder *wire,
			       struct rk_resting_view *row)
{
	row->order = wire->order;
	row->market = wire->market;
	row->side = (enum rk_side)wire->side;
	row->reduce_only = wire->reduce_only;
	row->size.raw = wire->size;
	row->left.raw = wire->left;
	row->price.raw = wire->price;
}

int scn_wire_account(const Riskd__AccountAnswer *wire,
		     struct scn_account *account)
{
	memset(account, 0, sizeof(*account));
	if (wire->n_positions > SCN_ROWS_MAX ||
	    wire->n_balances > SCN_ROWS_MAX ||
	    wire->n_resting_orders > SCN_ROWS_MAX ||
	    wire->n_orders > SCN_ROWS_MAX)
		return -EPROTO;

	take_row(wire->row, &account->row);
	account->row.positions_n = (uint32_t)wire->n_positions;
	account->row.balances_n = (uint32_t)wire->n_balances;
	account->row.orders_open_n = (uint32_t)wire->n_orders;
	for (size_t i = 0; i < wire->n_positions; i++)
		take_held(wire->positions[i], &account->positions[i]);
	for (size_t i = 0; i < wire->n_balances; i++) {
		account->balances[i].asset = wire->balances[i]->asset;
		account->balances[i].amount.raw = wire->balances[i]->amount;
		account->balances[i].value.raw = wire->balances[i]->value;
		account->balances[i].interest.raw = wire->balances[i]->interest;
		account->balances[i].loan.raw = wire->balances[i]->loan;
		account->balances[i].loss.raw = wire->balances[i]->loss;
	}
	account->row.resting_n = (uint32_t)wire->n_resting_orders;
	for (size_t i = 0; i < wire->n_resting_orders; i++)
		take_resting_order(wire->resting_orders[i],
				   &account->resting[i]);
	for (size_t i = 0; i < wire->n_orders; i++)
		take_open_order(wire->orders[i], &account->orders[i]);
	return 0;
}

static void take_price(const Riskd__Price *wire, struct rk_slot_view *price)
{
	price->mark.raw = wire->mark;
	price->state = (enum rk_price_state)wire->state;
	price->time_ns = wire->time_ns;
	price->decimals = (uint8_t)wire->decimals;
}

void scn_wire_market(const Riskd__Market *wire, struct scn_market *market)
{
	memset(market, 0, sizeof(*market));
	market->row.slot = wire->price->slot;
	market->row.settle_asset = wire->settle_asset;
	market->row.halted = wire->halted;
	market->row.open_interest = wire->open_interest;
	market->row.vault_size = wire->vault_size;
	market->row.holders = wire->holders;
	market->row.withheld = wire->withheld;
	market->row.last_trade = wire->last_trade;
	market->row.state = (enum rk_market_state)wire->state;
	market->row.expiry_ns = wire->expiry_ns;
	market->row.settlement.raw = wire->settlement;
	market->row.ramp.runs = wire->ramp && wire->ramp->until_ns != 0;
	take_price(wire->price, &market->price);
	market->price.market = wire->id;
}

void scn_wire_asset(const Riskd__Asset *wire, struct scn_asset *asset)
{
	memset(asset, 0, sizeof(*asset));
	asset->row.slot = wire->price->slot;
	asset->row.collateral.weight[RK_LEVEL_MAINTENANCE].raw =
		wire->collateral->weight_maintenance;
	asset->row.collateral.liability[RK_LEVEL_MAINTENANCE].raw =
		wire->collateral->liability_maintenance;
	asset->row.target = asset->row.collateral;
	if (wire->target)
		asset->row.target.weight[RK_LEVEL_MAINTENANCE].raw =
			wire->target->weight_maintenance;
	asset->row.ramp.runs = wire->ramp && wire->ramp->until_ns != 0;
	take_price(wire->price, &asset->price);
	asset->price.asset = wire->id;
	asset->price.market = RK_NO_MARKET;
}
