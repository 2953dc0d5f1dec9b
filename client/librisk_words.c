/*
 * librisk: the words for the enumerations of riskd.proto, taken from the
 * generated descriptors so that there is one list only.
 */
#include <string.h>

#include "librisk_impl.h"

/* The name after the enumeration's prefix: "STATE_OK" is "OK". */
static const char *word(const ProtobufCEnumDescriptor *type, int value,
			const char *prefix)
{
	const ProtobufCEnumValue *found =
		protobuf_c_enum_descriptor_get_value(type, value);
	size_t n = strlen(prefix);

	if (!found)
		return "UNKNOWN";
	return strncmp(found->name, prefix, n) ? found->name : found->name + n;
}

const char *risk_state_name(Riskd__State state)
{
	return word(&riskd__state__descriptor, (int)state, "STATE_");
}

const char *risk_price_state_name(Riskd__PriceState state)
{
	return word(&riskd__price_state__descriptor, (int)state,
		    "PRICE_STATE_");
}

const char *risk_mode_name(Riskd__Mode mode)
{
	return word(&riskd__mode__descriptor, (int)mode, "MODE_");
}

const char *risk_enforcement_name(Riskd__Enforcement enforcement)
{
	return word(&riskd__enforcement__descriptor, (int)enforcement,
		    "ENFORCEMENT_");
}

const char *risk_side_name(Riskd__Side side)
{
	return word(&riskd__side__descriptor, (int)side, "SIDE_");
}

const char *risk_order_reason_name(Riskd__LiquidationOrder__Reason reason)
{
	return word(&riskd__liquidation_order__reason__descriptor, (int)reason,
		    "REASON_");
}

const char *risk_cause_name(Riskd__BalanceChanged__Cause cause)
{
	return word(&riskd__balance_changed__cause__descriptor, (int)cause,
		    "CAUSE_");
}

const char *risk_withheld_name(Riskd__Withheld__Reason reason)
{
	return word(&riskd__withheld__reason__descriptor, (int)reason,
		    "REASON_");
}

const char *risk_market_state_name(Riskd__MarketState state)
{
	return word(&riskd__market_state__descriptor, (int)state,
		    "MARKET_STATE_");
}

static const char *order_event(const Riskd__LiquidationOrder *order)
{
	switch (order->phase) {
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED:
		return "ORDER_OPENED";
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED:
		return "ORDER_FILLED";
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED:
		return "ORDER_CLOSE_ASKED";
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED:
		return "ORDER_CLOSED";
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLAIMED:
		return "ORDER_CLAIMED";
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_UNSPECIFIED:
	case _RISKD__LIQUIDATION_ORDER__PHASE_IS_INT_SIZE:
	default:
		return "ORDER";
	}
}

static const char *added_event(const Riskd__Added *added)
{
	switch (added->what) {
	case RISKD__ADDED__WHAT__WHAT_LIMITS:
		return "LIMITS_SET";
	case RISKD__ADDED__WHAT__WHAT_RISK:
		return "RISK_SET";
	case RISKD__ADDED__WHAT__WHAT_PUBLISHER:
		return "PUBLISHER_ADDED";
	case RISKD__ADDED__WHAT__WHAT_VENUE:
		return "VENUE_ADDED";
	case RISKD__ADDED__WHAT__WHAT_ASSET:
		return "ASSET_LISTED";
	case RISKD__ADDED__WHAT__WHAT_MARKET:
		return "MARKET_LISTED";
	case RISKD__ADDED__WHAT__WHAT_COLLATERAL:
		return "COLLATERAL_SET";
	case RISKD__ADDED__WHAT__WHAT_FUNDING:
		return "FUNDING_SET";
	case RISKD__ADDED__WHAT__WHAT_LENDING:
		return "LENDING_SET";
	case RISKD__ADDED__WHAT__WHAT_MARGIN:
		return "MARGIN_SET";
	case RISKD__ADDED__WHAT__WHAT_LIQUIDATION:
		return "LIQUIDATION_SET";
	case RISKD__ADDED__WHAT__WHAT_SLOW_PRICE:
		return "SLOW_PRICE_SET";
	case RISKD__ADDED__WHAT__WHAT_COLLATERAL_SCALE:
		return "COLLATERAL_SCALE_SET";
	case RISKD__ADDED__WHAT__WHAT_EMODE:
		return "EMODE_SET";
	case RISKD__ADDED__WHAT__WHAT_CONVERSION:
		return "CONVERSION_SET";
	case RISKD__ADDED__WHAT__WHAT_INSURANCE:
		return "INSURANCE_SET";
	case RISKD__ADDED__WHAT__WHAT_VAULT:
		return "VAULT_SET";
	case RISKD__ADDED__WHAT__WHAT_TAKEOVER:
		return "TAKEOVER_SET";
	case RISKD__ADDED__WHAT__WHAT_RAMP:
		return "RAMP_SET";
	case RISKD__ADDED__WHAT__WHAT_ASSET_CHANGED:
		return "ASSET_CHANGED";
	case RISKD__ADDED__WHAT__WHAT_MARKET_CHANGED:
		return "MARKET_CHANGED";
	case RISKD__ADDED__WHAT__WHAT_UNSPECIFIED:
	case _RISKD__ADDED__WHAT_IS_INT_SIZE:
	default:
		return "ADDED";
	}
}

static const char *conversion_event(const Riskd__ConversionOrder *order)
{
	switch (order->phase) {
	case RISKD__CONVERSION_ORDER__PHASE__PHASE_OPENED:
		return "CONVERSION_OPENED";
	case RISKD__CONVERSION_ORDER__PHASE__PHASE_CLOSE_ASKED:
		return "CONVERSION_CLOSE_ASKED";
	case RISKD__CONVERSION_ORDER__PHASE__PHASE_CLOSED:
		return "CONVERSION_CLOSED";
	case RISKD__CONVERSION_ORDER__PHASE__PHASE_UNSPECIFIED:
	case _RISKD__CONVERSION_ORDER__PHASE_IS_INT_SIZE:
	default:
		return "CONVERSION";
	}
}

static const char *resting_event(const Riskd__RestingOrderChanged *changed)
{
	switch (changed->phase) {
	case RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_PLACED:
		return "ORDER_PLACED";
	case RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_CANCELLED:
		return "ORDER_CANCELLED";
	case RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_EXECUTED:
		return "ORDER_EXECUTED";
	case RISKD__RESTING_ORDER_CHANGED__PHASE__PHASE_UNSPECIFIED:
	case _RISKD__RESTING_ORDER_CHANGED__PHASE_IS_INT_SIZE:
	default:
		return "ORDER";
	}
}

const char *risk_insurance_cause_name(Riskd__InsuranceMoved__Cause cause)
{
	switch (cause) {
	case RISKD__INSURANCE_MOVED__CAUSE__CAUSE_TOP_UP:
		return "TOP_UP";
	case RISKD__INSURANCE_MOVED__CAUSE__CAUSE_WITHDRAWAL:
		return "WITHDRAWAL";
	case RISKD__INSURANCE_MOVED__CAUSE__CAUSE_LIQUIDATION_FEE:
		return "LIQUIDATION_FEE";
	case RISKD__INSURANCE_MOVED__CAUSE__CAUSE_DRAW:
		return "DRAW";
	case RISKD__INSURANCE_MOVED__CAUSE__CAUSE_UNSPECIFIED:
	case _RISKD__INSURANCE_MOVED__CAUSE_IS_INT_SIZE:
	default:
		return "UNKNOWN";
	}
}

const char *risk_takeover_cause_name(Riskd__TakenOver__Cause cause)
{
	switch (cause) {
	case RISKD__TAKEN_OVER__CAUSE__CAUSE_EQUITY:
		return "EQUITY";
	case RISKD__TAKEN_OVER__CAUSE__CAUSE_STAGES:
		return "STAGES";
	case RISKD__TAKEN_OVER__CAUSE__CAUSE_DRAW:
		return "DRAW";
	case RISKD__TAKEN_OVER__CAUSE__CAUSE_UNSPECIFIED:
	case _RISKD__TAKEN_OVER__CAUSE_IS_INT_SIZE:
	default:
		return "UNKNOWN";
	}
}

const char *risk_takeover_withheld_name(Riskd__TakeoverWithheld__Reason reason)
{
	switch (reason) {
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_NONE:
		return "NONE";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_PRICE:
		return "PRICE";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_SETTLING:
		return "SETTLING";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_VAULT_MAX:
		return "VAULT_MAX";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_CAPITAL:
		return "CAPITAL";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_EVENT_BUDGET:
		return "EVENT_BUDGET";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_HOUR_BUDGET:
		return "HOUR_BUDGET";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_SHORTFALL:
		return "SHORTFALL";
	case RISKD__TAKEOVER_WITHHELD__REASON__REASON_CAPACITY:
		return "CAPACITY";
	case _RISKD__TAKEOVER_WITHHELD__REASON_IS_INT_SIZE:
	default:
		return "UNKNOWN";
	}
}

/* Of what moves money without a trade. */
static const char *money_event(Riskd__Event__KindCase kind)
{
	switch ((int)kind) {
	case RISKD__EVENT__KIND_INTEREST:
		return "INTEREST";
	case RISKD__EVENT__KIND_INTEREST_PAID:
		return "INTEREST_PAID";
	case RISKD__EVENT__KIND_INDEX_RESTARTED:
		return "INDEX_RESTARTED";
	case RISKD__EVENT__KIND_WRITTEN_OFF:
		return "WRITTEN_OFF";
	case RISKD__EVENT__KIND_INSURANCE_MOVED:
		return "INSURANCE_MOVED";
	case RISKD__EVENT__KIND_VAULT_MOVED:
		return "VAULT_MOVED";
	case RISKD__EVENT__KIND_TAKEN_OVER:
		return "TAKEN_OVER";
	case RISKD__EVENT__KIND_TAKEOVER_WITHHELD:
		return "TAKEOVER_WITHHELD";
	case RISKD__EVENT__KIND_FUNDING_PAID:
		return "FUNDING_PAID";
	case RISKD__EVENT__KIND_CONVERTED:
		return "CONVERTED";
	case RISKD__EVENT__KIND_CONVERSION_WITHHELD:
		return "CONVERSION_WITHHELD";
	default:
		return "LOSS_SHARED";
	}
}

/* Of markets on their way to the end. */
static const char *end_event(Riskd__Event__KindCase kind)
{
	if (kind == RISKD__EVENT__KIND_MARKET_STATE_SET)
		return "MARKET_STATE_SET";
	return kind == RISKD__EVENT__KIND_POSITION_SETTLED ? "POSITION_SETTLED"
							   : "MARKET_SETTLED";
}

const char *risk_event_name(const Riskd__Event *event)
{
	switch (event->kind_case) {
	case RISKD__EVENT__KIND_REJECTED:
		return "REJECTED";
	case RISKD__EVENT__KIND_RESUMED:
		return "RESUMED";
	case RISKD__EVENT__KIND_ADDED:
		return added_event(event->added);
	case RISKD__EVENT__KIND_PRICE_STATE:
		return "PRICE_STATE";
	case RISKD__EVENT__KIND_ACCOUNT_CREATED:
		return "ACCOUNT_CREATED";
	case RISKD__EVENT__KIND_BALANCE:
		return "BALANCE";
	case RISKD__EVENT__KIND_POSITION:
		return "POSITION";
	case RISKD__EVENT__KIND_STATE:
		return "STATE";
	case RISKD__EVENT__KIND_ORDER:
		return order_event(event->order);
	case RISKD__EVENT__KIND_WITHHELD:
		return "WITHHELD";
	case RISKD__EVENT__KIND_DEFICIT:
		return "DEFICIT";
	case RISKD__EVENT__KIND_FUNDING:
		return "FUNDING";
	case RISKD__EVENT__KIND_INTEREST:
	case RISKD__EVENT__KIND_INTEREST_PAID:
	case RISKD__EVENT__KIND_INDEX_RESTARTED:
	case RISKD__EVENT__KIND_WRITTEN_OFF:
	case RISKD__EVENT__KIND_LOSS_SHARED:
	case RISKD__EVENT__KIND_INSURANCE_MOVED:
	case RISKD__EVENT__KIND_VAULT_MOVED:
	case RISKD__EVENT__KIND_TAKEN_OVER:
	case RISKD__EVENT__KIND_TAKEOVER_WITHHELD:
	case RISKD__EVENT__KIND_FUNDING_PAID:
	case RISKD__EVENT__KIND_CONVERTED:
	case RISKD__EVENT__KIND_CONVERSION_WITHHELD:
		return money_event(event->kind_case);
	case RISKD__EVENT__KIND_CONVERSION:
		return conversion_event(event->conversion);
	case RISKD__EVENT__KIND_SYNC_STALLED:
		return "SYNC_STALLED";
	case RISKD__EVENT__KIND_LAG:
		return "LAG";
	case RISKD__EVENT__KIND_LEVERAGE_SET:
		return "LEVERAGE_SET";
	case RISKD__EVENT__KIND_MODE_SET:
		return "MODE_SET";
	case RISKD__EVENT__KIND_RECHECKED:
		return "RECHECKED";
	case RISKD__EVENT__KIND_POSITION_MOVED:
		return "POSITION_MOVED";
	case RISKD__EVENT__KIND_RESTING_ORDER:
		return resting_event(event->resting_order);
	case RISKD__EVENT__KIND_ORDERS_CANCEL_ASKED:
		return "ORDERS_CANCEL_ASKED";
	case RISKD__EVENT__KIND_MARKET_STATE_SET:
	case RISKD__EVENT__KIND_POSITION_SETTLED:
	case RISKD__EVENT__KIND_MARKET_SETTLED:
		return end_event(event->kind_case);
	case RISKD__EVENT__KIND_RAMPED:
		return "RAMPED";
	case RISKD__EVENT__KIND__NOT_SET:
	case _RISKD__EVENT__KIND__CASE_IS_INT_SIZE:
	default:
		return "UNKNOWN";
	}
}
