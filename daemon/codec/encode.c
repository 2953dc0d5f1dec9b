/*
 * Events. See encode.h; batches of them and replies are in encode_message.c.
 */
#include "codec/encode.h"

#include <string.h>

#include "codec/decode.h"
#include "codec/encode_house.h"
#include "codec/impl.h"
#include "engine/assert.h"
#include "riskd.pb-c.h"

/* All the parts an Event may consist of, on the stack. */
struct parts {
	Riskd__Event event;
	Riskd__OrderId order_id;
	Riskd__RestingOrder resting_order;
	char name[RK_NAME_SIZE];
	union {
		Riskd__Rejected rejected;
		Riskd__Resumed resumed;
		Riskd__Added added;
		Riskd__PriceStateChanged price_state;
		Riskd__AccountCreated created;
		Riskd__BalanceChanged balance;
		Riskd__PositionChanged position;
		Riskd__StateChanged state;
		Riskd__Rechecked rechecked;
		Riskd__LiquidationOrder order;
		Riskd__Withheld withheld;
		Riskd__Deficit deficit;
		Riskd__SyncStalled sync_stalled;
		Riskd__Lag lag;
		Riskd__Funding funding;
		Riskd__FundingPaid funding_paid;
		Riskd__Interest interest;
		Riskd__InterestPaid interest_paid;
		Riskd__IndexRestarted restarted;
		Riskd__WrittenOff written_off;
		Riskd__LossShared loss_shared;
		Riskd__ConversionOrder conversion;
		Riskd__Converted converted;
		Riskd__ConversionWithheld conversion_withheld;
		struct rk_encode_house house;
		Riskd__LeverageSet leverage_set;
		Riskd__ModeSet mode_set;
		Riskd__PositionMoved moved;
		Riskd__RestingOrderChanged resting;
		Riskd__OrdersCancelAsked cancel_asked;
		Riskd__MarketStateSet market_state;
		Riskd__PositionSettled settled;
		Riskd__MarketSettled market_settled;
		Riskd__Ramped ramped;
	};
};

static void set_rejected(struct parts *p, const struct rk_event *event)
{
	riskd__rejected__init(&p->rejected);
	memcpy(p->name, event->rejected.client, RK_NAME_SIZE);
	p->name[RK_NAME_SIZE - 1] = '\0';
	p->rejected.command = event->rejected.cmd;
	p->rejected.code = event->rejected.code;
	p->rejected.client = p->name;
	p->rejected.client_seq = event->rejected.client_seq;
	p->event.kind_case = RISKD__EVENT__KIND_REJECTED;
	p->event.rejected = &p->rejected;
}

static void set_added(struct parts *p, const struct rk_event *event)
{
	riskd__added__init(&p->added);
	p->added.what = rk_encode_what(event->type);
	if (event->type != RK_EVENT_LIMITS_SET &&
	    event->type != RK_EVENT_RISK_SET) {
		memcpy(p->name, event->name.name, RK_NAME_SIZE);
		p->name[RK_NAME_SIZE - 1] = '\0';
		p->added.id = event->name.id;
		p->added.name = p->name;
	}
	p->event.kind_case = RISKD__EVENT__KIND_ADDED;
	p->event.added = &p->added;
}

static void set_price_state(struct parts *p, const struct rk_event *event)
{
	riskd__price_state_changed__init(&p->price_state);
	p->price_state.slot = event->price_state.slot;
	p->price_state.before = (Riskd__PriceState)event->price_state.before;
	p->price_state.after = (Riskd__PriceState)event->price_state.after;
	p->price_state.mark = event->price_state.mark.raw;
	p->event.kind_case = RISKD__EVENT__KIND_PRICE_STATE;
	p->event.price_state = &p->price_state;
}

static void set_created(struct parts *p, const struct rk_event *event)
{
	riskd__account_created__init(&p->created);
	p->created.owner = event->created.owner;
	p->created.mode = (Riskd__Mode)event->created.mode;
	p->created.enforcement = (Riskd__Enforcement)event->created.enforcement;
	p->event.kind_case = RISKD__EVENT__KIND_ACCOUNT_CREATED;
	p->event.account_created = &p->created;
}

static void set_balance(struct parts *p, const struct rk_event *event)
{
	riskd__balance_changed__init(&p->balance);
	p->balance.asset = event->balance.asset;
	p->balance.cause = (Riskd__BalanceChanged__Cause)event->balance.cause;
	p->balance.delta = event->balance.delta.raw;
	p->balance.balance = event->balance.balance.raw;
	p->balance.ref = event->balance.ref;
	p->event.kind_case = RISKD__EVENT__KIND_BALANCE;
	p->event.balance = &p->balance;
}

static void set_position(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_position *from = &event->position;

	riskd__position_changed__init(&p->position);
	p->position.trade = from->trade;
	p->position.price = from->price.raw;
	p->position.traded = from->traded.raw;
	p->position.to_vault = from->to_vault.raw;
	p->position.size = from->size.raw;
	p->position.cost = from->cost.raw;
	p->position.realised = from->realised.raw;
	p->position.fee = from->fee.raw;
	p->position.balance = from->balance.raw;
	p->event.kind_case = RISKD__EVENT__KIND_POSITION;
	p->event.position = &p->position;
}

static void set_state(struct parts *p, const struct rk_event *event)
{
	riskd__state_changed__init(&p->state);
	p->state.before = (Riskd__State)event->state.before;
	p->state.after = (Riskd__State)event->state.after;
	p->state.equity = event->state.health.equity.raw;
	p->state.maintenance = event->state.health.maintenance.raw;
	p->state.initial = event->state.health.initial.raw;
	p->event.kind_case = RISKD__EVENT__KIND_STATE;
	p->event.state = &p->state;
}

static void set_rechecked(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_rechecked *from = &event->rechecked;

	riskd__rechecked__init(&p->rechecked);
	p->rechecked.found_seq = from->found_seq;
	p->rechecked.before = (Riskd__State)from->before;
	p->rechecked.after = (Riskd__State)from->after;
	p->rechecked.equity = from->health.equity.raw;
	p->rechecked.maintenance = from->health.maintenance.raw;
	p->rechecked.initial = from->health.initial.raw;
	p->event.kind_case = RISKD__EVENT__KIND_RECHECKED;
	p->event.rechecked = &p->rechecked;
}

static Riskd__LiquidationOrder__Phase phase_of(enum rk_event_type type)
{
	switch ((int)type) {
	case RK_EVENT_ORDER_OPENED:
		return RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED;
	case RK_EVENT_ORDER_FILLED:
		return RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED;
	case RK_EVENT_ORDER_CLOSE_ASKED:
		return RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED;
	case RK_EVENT_ORDER_CLAIMED:
		return RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLAIMED;
	default:
		return RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED;
	}
}

static Riskd__LiquidationOrder__Reason reason_of(uint32_t reason)
{
	switch (reason) {
	case RK_CLOSE_FILLED:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_FILLED;
	case RK_CLOSE_EXPIRED:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_EXPIRED;
	case RK_CLOSE_RECOVERED:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_RECOVERED;
	case RK_CLOSE_FLAT:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_FLAT;
	case RK_CLOSE_CONFIRMED:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_CONFIRMED;
	case RK_CLOSE_TIMEOUT:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_TIMEOUT;
	case RK_CLOSE_SETTLING:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_SETTLING;
	case RK_CLOSE_TAKEOVER:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_TAKEOVER;
	default:
		return RISKD__LIQUIDATION_ORDER__REASON__REASON_UNSPECIFIED;
	}
}

static void set_order_id(struct parts *p, struct rk_order_id id)
{
	riskd__order_id__init(&p->order_id);
	p->order_id.seq = id.seq;
	p->order_id.n = id.n;
}

static void set_order(struct parts *p, const struct rk_event *event,
		      bool public_view)
{
	const struct rk_ev_order *from = &event->order;

	riskd__liquidation_order__init(&p->order);
	set_order_id(p, from->order);
	p->order.order = &p->order_id;
	p->order.phase = phase_of(event->type);
	p->order.side = (Riskd__Side)from->side;
	p->order.reason =
		event->type == RK_EVENT_ORDER_OPENED
			? RISKD__LIQUIDATION_ORDER__REASON__REASON_MAINTENANCE
			: reason_of(from->reason);
	p->order.size = from->size.raw;
	p->order.filled = from->filled.raw;
	p->order.fill = from->fill.raw;
	p->order.fill_price = from->fill_price.raw;
	p->order.floor_price = from->floor_price.raw;
	p->order.mark = from->mark.raw;
	p->order.expiry_ns = from->expiry_ns;
	p->order.late = from->late;
	p->order.claimed_by = from->claimed_by;
	p->order.claimed_until_ns = from->claimed_until_ns;
	if (!public_view) {
		p->order.trade = from->trade;
		p->order.equity = from->health.equity.raw;
		p->order.maintenance = from->health.maintenance.raw;
		p->order.initial = from->health.initial.raw;
	}
	p->event.kind_case = RISKD__EVENT__KIND_ORDER;
	p->event.order = &p->order;
}

static Riskd__ConversionOrder__Phase conversion_phase(enum rk_event_type type)
{
	if (type == RK_EVENT_CONVERSION_OPENED)
		return RISKD__CONVERSION_ORDER__PHASE__PHASE_OPENED;
	if (type == RK_EVENT_CONVERSION_CLOSE_ASKED)
		return RISKD__CONVERSION_ORDER__PHASE__PHASE_CLOSE_ASKED;
	return RISKD__CONVERSION_ORDER__PHASE__PHASE_CLOSED;
}

static void set_conversion(struct parts *p, const struct rk_event *event,
			   bool public_view)
{
	const struct rk_ev_conversion *from = &event->conversion;

	riskd__conversion_order__init(&p->conversion);
	set_order_id(p, from->order);
	p->conversion.order = &p->order_id;
	p->conversion.phase = conversion_phase(event->type);
	p->conversion.sell = from->sell;
	p->conversion.buy = from->buy;
	p->conversion.reason = reason_of(from->reason);
	p->conversion.size = from->size.raw;
	p->conversion.sold = from->sold.raw;
	p->conversion.least = from->least.raw;
	p->conversion.bought = from->bought.raw;
	p->conversion.sell_mark = from->sell_mark.raw;
	p->conversion.buy_mark = from->buy_mark.raw;
	p->conversion.expiry_ns = from->expiry_ns;
	if (!public_view) {
		p->conversion.loss = from->loss.raw;
		p->conversion.equity = from->health.equity.raw;
		p->conversion.maintenance = from->health.maintenance.raw;
		p->conversion.initial = from->health.initial.raw;
	}
	p->event.kind_case = RISKD__EVENT__KIND_CONVERSION;
	p->event.conversion = &p->conversion;
}

static void set_converted(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_converted *from = &event->converted;

	riskd__converted__init(&p->converted);
	p->converted.venue = from->venue;
	p->converted.sell = from->sell;
	p->converted.buy = from->buy;
	p->converted.sold = from->sold.raw;
	p->converted.bought = from->bought.raw;
	p->converted.fee = from->fee.raw;
	p->converted.sell_balance = from->sell_balance.raw;
	p->converted.buy_balance = from->buy_balance.raw;
	p->converted.late = from->late;
	if (from->order.seq != 0) {
		set_order_id(p, from->order);
		p->converted.order = &p->order_id;
	}
	p->event.kind_case = RISKD__EVENT__KIND_CONVERTED;
	p->event.converted = &p->converted;
}

static void set_conversion_withheld(struct parts *p,
				    const struct rk_event *event)
{
	const struct rk_ev_conversion_withheld *from =
		&event->conversion_withheld;

	riskd__conversion_withheld__init(&p->conversion_withheld);
	p->conversion_withheld.asset = from->asset;
	p->conversion_withheld.withheld = from->withheld;
	p->conversion_withheld.loss = from->loss.raw;
	p->event.kind_case = RISKD__EVENT__KIND_CONVERSION_WITHHELD;
	p->event.conversion_withheld = &p->conversion_withheld;
}

static void set_withheld(struct parts *p, const struct rk_event *event)
{
	riskd__withheld__init(&p->withheld);
	p->withheld.reason = (Riskd__Withheld__Reason)event->withheld.reason;
	p->withheld.equity = event->withheld.health.equity.raw;
	p->withheld.maintenance = event->withheld.health.maintenance.raw;
	p->event.kind_case = RISKD__EVENT__KIND_WITHHELD;
	p->event.withheld = &p->withheld;
}

static void set_leverage(struct parts *p, const struct rk_event *event)
{
	riskd__leverage_set__init(&p->leverage_set);
	p->leverage_set.leverage = event->leverage.leverage.raw;
	p->event.kind_case = RISKD__EVENT__KIND_LEVERAGE_SET;
	p->event.leverage_set = &p->leverage_set;
}

static void set_mode(struct parts *p, const struct rk_event *event)
{
	riskd__mode_set__init(&p->mode_set);
	p->mode_set.mode = (Riskd__Mode)event->mode.mode;
	p->event.kind_case = RISKD__EVENT__KIND_MODE_SET;
	p->event.mode_set = &p->mode_set;
}

static void set_moved(struct parts *p, const struct rk_event *event)
{
	riskd__position_moved__init(&p->moved);
	p->moved.other = event->moved.other;
	p->moved.size = event->moved.size.raw;
	p->moved.cost = event->moved.cost.raw;
	p->event.kind_case = RISKD__EVENT__KIND_POSITION_MOVED;
	p->event.position_moved = &p->moved;
}

static Riskd__RestingOrderChanged__Phase resting_phase(enum rk_event_type type)
{
	if (type == RK_EVENT_ORDER_PLACED)
		return RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_PLACED;
	if (type == RK_EVENT_ORDER_CANCELLED)
		return RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_CANCELLED;
	return RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_EXECUTED;
}

static void set_resting(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_resting *from = &event->resting;
	Riskd__RestingOrder *order = &p->resting_order;

	riskd__resting_order__init(order);
	order->order = from->order;
	order->market = event->market;
	order->side = (Riskd__Side)from->side;
	order->reduce_only = from->reduce_only;
	order->size = from->size.raw;
	order->left = from->left.raw;
	order->price = from->price.raw;
	riskd__resting_order_changed__init(&p->resting);
	p->resting.phase = resting_phase(event->type);
	p->resting.order = order;
	p->resting.fill = from->fill.raw;
	p->resting.trade = from->trade;
	p->event.kind_case = RISKD__EVENT__KIND_RESTING_ORDER;
	p->event.resting_order = &p->resting;
}

static void set_cancel_asked(struct parts *p, const struct rk_event *event)
{
	riskd__orders_cancel_asked__init(&p->cancel_asked);
	p->cancel_asked.orders = event->cancel_asked.orders;
	p->event.kind_case = RISKD__EVENT__KIND_ORDERS_CANCEL_ASKED;
	p->event.orders_cancel_asked = &p->cancel_asked;
}

static void set_deficit(struct parts *p, const struct rk_event *event)
{
	riskd__deficit__init(&p->deficit);
	p->deficit.amount = event->deficit.amount.raw;
	p->event.kind_case = RISKD__EVENT__KIND_DEFICIT;
	p->event.deficit = &p->deficit;
}

static void set_lag(struct parts *p, const struct rk_lag *lag)
{
	riskd__lag__init(&p->lag);
	p->lag.lagging = lag->lagging;
	p->lag.window_ns = lag->window_ns;
	p->lag.judging_ns = lag->judging_ns;
	p->lag.age_ns = lag->age_ns;
	p->lag.batches = lag->batches;
	p->lag.quotes = lag->quotes;
	p->lag.quotes_merged = lag->quotes_merged;
	p->lag.judged = lag->judged;
	p->event.kind_case = RISKD__EVENT__KIND_LAG;
	p->event.lag = &p->lag;
}

static void set_funding(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_funding *from = &event->funding;

	riskd__funding__init(&p->funding);
	p->funding.rate = from->rate.raw;
	p->funding.price = from->price.raw;
	p->funding.index_high = (int64_t)(from->index >> 64);
	p->funding.index_low = (uint64_t)from->index;
	p->funding.samples = from->samples;
	p->funding.restarted = from->restarted;
	p->event.kind_case = RISKD__EVENT__KIND_FUNDING;
	p->event.funding = &p->funding;
}

static void set_funding_paid(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_funding_paid *from = &event->funding_paid;

	riskd__funding_paid__init(&p->funding_paid);
	p->funding_paid.amount = from->amount.raw;
	p->funding_paid.booked = from->booked.raw;
	p->funding_paid.balance = from->balance.raw;
	p->event.kind_case = RISKD__EVENT__KIND_FUNDING_PAID;
	p->event.funding_paid = &p->funding_paid;
}

static void set_interest(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_interest *from = &event->interest;

	riskd__interest__init(&p->interest);
	p->interest.asset = from->asset;
	p->interest.borrow_rate = (uint64_t)from->borrow_rate;
	p->interest.supply_rate = (uint64_t)from->supply_rate;
	p->interest.utilisation = (uint64_t)from->utilisation;
	p->interest.until_ns = from->until_ns;
	p->interest.debt_index = (uint64_t)from->debt_index;
	p->interest.supply_index = (uint64_t)from->supply_index;
	p->interest.earned = (uint64_t)from->earned;
	p->interest.reserve = (uint64_t)from->reserve;
	p->event.kind_case = RISKD__EVENT__KIND_INTEREST;
	p->event.interest = &p->interest;
}

static void set_interest_paid(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_interest_paid *from = &event->interest_paid;

	riskd__interest_paid__init(&p->interest_paid);
	p->interest_paid.asset = from->asset;
	p->interest_paid.amount = from->amount.raw;
	p->interest_paid.booked = from->booked.raw;
	p->interest_paid.balance = from->balance.raw;
	p->event.kind_case = RISKD__EVENT__KIND_INTEREST_PAID;
	p->event.interest_paid = &p->interest_paid;
}

static void set_restarted(struct parts *p, const struct rk_event *event)
{
	riskd__index_restarted__init(&p->restarted);
	p->restarted.asset = event->restarted.asset;
	p->restarted.rounding = (int64_t)event->restarted.rounding;
	p->restarted.held_only = event->restarted.held_only;
	p->event.kind_case = RISKD__EVENT__KIND_INDEX_RESTARTED;
	p->event.index_restarted = &p->restarted;
}

static void set_written_off(struct parts *p, const struct rk_event *event)
{
	riskd__written_off__init(&p->written_off);
	p->written_off.asset = event->written_off.asset;
	p->written_off.amount = event->written_off.amount.raw;
	p->written_off.balance = event->written_off.balance.raw;
	p->event.kind_case = RISKD__EVENT__KIND_WRITTEN_OFF;
	p->event.written_off = &p->written_off;
}

static void set_loss_shared(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_loss_shared *from = &event->loss_shared;

	riskd__loss_shared__init(&p->loss_shared);
	p->loss_shared.asset = from->asset;
	p->loss_shared.loss = from->loss.raw;
	p->loss_shared.supply_index = (uint64_t)from->supply_index;
	p->event.kind_case = RISKD__EVENT__KIND_LOSS_SHARED;
	p->event.loss_shared = &p->loss_shared;
}

static void set_market_state(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_market_state *from = &event->market_state;

	riskd__market_state_set__init(&p->market_state);
	p->market_state.before = (Riskd__MarketState)from->before;
	p->market_state.after = (Riskd__MarketState)from->after;
	p->market_state.expiry_ns = from->expiry_ns;
	p->market_state.expired = from->expired;
	p->event.kind_case = RISKD__EVENT__KIND_MARKET_STATE_SET;
	p->event.market_state_set = &p->market_state;
}

static void set_settled(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_settled *from = &event->settled;

	riskd__position_settled__init(&p->settled);
	p->settled.price = from->price.raw;
	p->settled.size = from->size.raw;
	p->settled.cost = from->cost.raw;
	p->settled.realised = from->realised.raw;
	p->settled.booked = from->booked.raw;
	p->settled.balance = from->balance.raw;
	p->event.kind_case = RISKD__EVENT__KIND_POSITION_SETTLED;
	p->event.position_settled = &p->settled;
}

static void set_market_settled(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_market_settled *from = &event->market_settled;

	riskd__market_settled__init(&p->market_settled);
	p->market_settled.price = from->price.raw;
	p->market_settled.positions = from->positions;
	p->market_settled.left = from->left.raw;
	p->event.kind_case = RISKD__EVENT__KIND_MARKET_SETTLED;
	p->event.market_settled = &p->market_settled;
}

/* What was booked on an account. False: none of these. */
static bool set_booking(struct parts *p, const struct rk_event *event)
{
	switch ((int)event->type) {
	case RK_EVENT_ACCOUNT_CREATED:
		set_created(p, event);
		return true;
	case RK_EVENT_BALANCE:
		set_balance(p, event);
		return true;
	case RK_EVENT_POSITION:
		set_position(p, event);
		return true;
	case RK_EVENT_LEVERAGE_SET:
		set_leverage(p, event);
		return true;
	case RK_EVENT_MODE_SET:
		set_mode(p, event);
		return true;
	case RK_EVENT_POSITION_MOVED:
		set_moved(p, event);
		return true;
	case RK_EVENT_FUNDING_PAID:
		set_funding_paid(p, event);
		return true;
	case RK_EVENT_INTEREST_PAID:
		set_interest_paid(p, event);
		return true;
	case RK_EVENT_WRITTEN_OFF:
		set_written_off(p, event);
		return true;
	case RK_EVENT_CONVERTED:
		set_converted(p, event);
		return true;
	case RK_EVENT_DEFICIT:
		set_deficit(p, event);
		return true;
	case RK_EVENT_CONVERSION_WITHHELD:
		set_conversion_withheld(p, event);
		return true;
	case RK_EVENT_ORDER_PLACED:
	case RK_EVENT_ORDER_CANCELLED:
	case RK_EVENT_ORDER_EXECUTED:
		set_resting(p, event);
		return true;
	case RK_EVENT_ORDERS_CANCEL_ASKED:
		set_cancel_asked(p, event);
		return true;
	case RK_EVENT_POSITION_SETTLED:
		set_settled(p, event);
		return true;
	default:
		return false;
	}
}

static void set_ramped(struct parts *p, const struct rk_event *event)
{
	const struct rk_ev_ramped *from = &event->ramped;

	riskd__ramped__init(&p->ramped);
	if (event->market == RK_NO_MARKET)
		p->ramped.asset = from->id;
	p->ramped.weight = from->terms.weight.raw;
	p->ramped.liability = from->terms.liability.raw;
	p->ramped.profit = from->terms.profit.raw;
	p->ramped.elapsed_ns = from->elapsed_ns;
	p->ramped.duration_ns = from->duration_ns;
	p->ramped.ended = from->ended;
	memcpy(p->name, from->group, RK_NAME_SIZE);
	p->name[RK_NAME_SIZE - 1] = '\0';
	p->ramped.group = p->name;
	p->ramped.share = from->share.raw;
	p->ramped.size_factor = from->size_factor;
	p->event.kind_case = RISKD__EVENT__KIND_RAMPED;
	p->event.ramped = &p->ramped;
}

/* What happens to a market or an asset as a whole. False: none of these. */
static bool set_whole(struct parts *p, const struct rk_event *event)
{
	switch ((int)event->type) {
	case RK_EVENT_FUNDING:
		set_funding(p, event);
		return true;
	case RK_EVENT_INTEREST:
		set_interest(p, event);
		return true;
	case RK_EVENT_INDEX_RESTARTED:
		set_restarted(p, event);
		return true;
	case RK_EVENT_LOSS_SHARED:
		set_loss_shared(p, event);
		return true;
	case RK_EVENT_MARKET_STATE_SET:
		set_market_state(p, event);
		return true;
	case RK_EVENT_MARKET_SETTLED:
		set_market_settled(p, event);
		return true;
	case RK_EVENT_RAMPED:
		set_ramped(p, event);
		return true;
	default:
		return false;
	}
}

static void set_sync_stalled(struct parts *p, int64_t age_ns)
{
	riskd__sync_stalled__init(&p->sync_stalled);
	p->sync_stalled.age_ns = age_ns;
	p->event.kind_case = RISKD__EVENT__KIND_SYNC_STALLED;
	p->event.sync_stalled = &p->sync_stalled;
}

static void set_kind(struct parts *p, const struct rk_event *event,
		     bool public_view)
{
	if (set_booking(p, event) || set_whole(p, event) ||
	    rk_encode_house_set(&p->house, event, &p->event))
		return;
	if (rk_event_is_conversion(event->type)) {
		set_conversion(p, event, public_view);
		return;
	}
	if (rk_event_is_order(event->type)) {
		set_order(p, event, public_view);
		return;
	}
	switch ((int)event->type) {
	case RK_EVENT_REJECTED:
		set_rejected(p, event);
		return;
	case RK_EVENT_RESUMED:
		riskd__resumed__init(&p->resumed);
		p->event.kind_case = RISKD__EVENT__KIND_RESUMED;
		p->event.resumed = &p->resumed;
		return;
	case RK_EVENT_LIMITS_SET:
	case RK_EVENT_RISK_SET:
	case RK_EVENT_PUBLISHER_ADDED:
	case RK_EVENT_VENUE_ADDED:
	case RK_EVENT_ASSET_LISTED:
	case RK_EVENT_MARKET_LISTED:
	case RK_EVENT_ASSET_CHANGED:
	case RK_EVENT_MARKET_CHANGED:
	case RK_EVENT_COLLATERAL_SET:
	case RK_EVENT_FUNDING_SET:
	case RK_EVENT_LENDING_SET:
	case RK_EVENT_MARGIN_SET:
	case RK_EVENT_SLOW_PRICE_SET:
	case RK_EVENT_COLLATERAL_SCALE_SET:
	case RK_EVENT_EMODE_SET:
	case RK_EVENT_CONVERSION_SET:
	case RK_EVENT_INSURANCE_SET:
	case RK_EVENT_LIQUIDATION_SET:
	case RK_EVENT_VAULT_SET:
	case RK_EVENT_TAKEOVER_SET:
	case RK_EVENT_RAMP_SET:
		set_added(p, event);
		return;
	case RK_EVENT_PRICE_STATE:
		set_price_state(p, event);
		return;
	case RK_EVENT_STATE:
		set_state(p, event);
		return;
	case RK_EVENT_RECHECKED:
		set_rechecked(p, event);
		return;
	case RK_EVENT_WITHHELD:
		set_withheld(p, event);
		return;
	case RK_EVENT_SYNC_STALLED:
		set_sync_stalled(p, event->sync_stalled.age_ns);
		return;
	case RK_EVENT_LAG:
		set_lag(p, &event->lag);
		return;
	default:
		return;
	}
}

size_t rk_encode_event(const struct rk_event *event, bool public_view,
		       unsigned char out[RK_ENCODED_EVENT_MAX])
{
	struct parts parts;

	riskd__event__init(&parts.event);
	parts.event.number = event->number;
	parts.event.seq = event->seq;
	parts.event.time_ns = event->time_ns;
	parts.event.market_plus_one =
		event->market == RK_NO_MARKET ? 0 : event->market + 1;
	parts.event.prev_topic = event->prev_topic;
	if (!public_view) {
		parts.event.account = event->account;
		parts.event.prev_account = event->prev_account;
	}
	set_kind(&parts, event, public_view);

	RK_ASSERT(riskd__event__get_packed_size(&parts.event) <=
		  RK_ENCODED_EVENT_MAX);
	return riskd__event__pack(&parts.event, out);
}
