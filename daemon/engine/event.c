/*
 * Names of events and of the enumerations in them.
 */
#include "engine/event.h"

const char *rk_event_name(enum rk_event_type type)
{
	switch (type) {
#define RK_EVENT_NAME(name, number)                                            \
	case RK_EVENT_##name:                                                  \
		return #name;
		RK_EVENT_MAP(RK_EVENT_NAME)
#undef RK_EVENT_NAME
	case RK_EVENT_NONE:
	default:
		return "UNKNOWN";
	}
}

const char *rk_state_name(enum rk_state state)
{
	switch (state) {
	case RK_STATE_OK:
		return "OK";
	case RK_STATE_WARN:
		return "WARN";
	case RK_STATE_MARGIN_CALL:
		return "MARGIN_CALL";
	case RK_STATE_LIQUIDATING:
		return "LIQUIDATING";
	case RK_STATE_TAKEOVER:
		return "TAKEOVER";
	case RK_STATE_BANKRUPT:
		return "BANKRUPT";
	default:
		return "UNKNOWN";
	}
}

const char *rk_price_state_name(enum rk_price_state state)
{
	switch (state) {
	case RK_PRICE_NONE:
		return "NONE";
	case RK_PRICE_OK:
		return "OK";
	case RK_PRICE_STALE:
		return "STALE";
	case RK_PRICE_DISPUTED:
		return "DISPUTED";
	case RK_PRICE_HALTED:
		return "HALTED";
	default:
		return "UNKNOWN";
	}
}

const char *rk_market_state_name(enum rk_market_state state)
{
	switch (state) {
	case RK_MARKET_LISTED:
		return "LISTED";
	case RK_MARKET_OPEN:
		return "OPEN";
	case RK_MARKET_CLOSE_ONLY:
		return "CLOSE_ONLY";
	case RK_MARKET_SETTLING:
		return "SETTLING";
	case RK_MARKET_SETTLED:
		return "SETTLED";
	default:
		return "UNKNOWN";
	}
}

const char *rk_close_reason_name(enum rk_close_reason reason)
{
	switch (reason) {
	case RK_CLOSE_FILLED:
		return "FILLED";
	case RK_CLOSE_EXPIRED:
		return "EXPIRED";
	case RK_CLOSE_RECOVERED:
		return "RECOVERED";
	case RK_CLOSE_FLAT:
		return "FLAT";
	case RK_CLOSE_CONFIRMED:
		return "CONFIRMED";
	case RK_CLOSE_TIMEOUT:
		return "TIMEOUT";
	case RK_CLOSE_SETTLING:
		return "SETTLING";
	case RK_CLOSE_TAKEOVER:
		return "TAKEOVER";
	default:
		return "UNKNOWN";
	}
}

const char *rk_takeover_withheld_name(enum rk_takeover_withheld reason)
{
	switch (reason) {
	case RK_TAKEOVER_FREE:
		return "NONE";
	case RK_TAKEOVER_PRICE:
		return "PRICE";
	case RK_TAKEOVER_SETTLING:
		return "SETTLING";
	case RK_TAKEOVER_VAULT_MAX:
		return "VAULT_MAX";
	case RK_TAKEOVER_CAPITAL:
		return "CAPITAL";
	case RK_TAKEOVER_EVENT_BUDGET:
		return "EVENT_BUDGET";
	case RK_TAKEOVER_HOUR_BUDGET:
		return "HOUR_BUDGET";
	case RK_TAKEOVER_SHORTFALL:
		return "SHORTFALL";
	case RK_TAKEOVER_CAPACITY:
		return "CAPACITY";
	default:
		return "UNKNOWN";
	}
}

const char *rk_withheld_name(enum rk_withheld reason)
{
	switch (reason) {
	case RK_WITHHELD_NONE:
		return "NONE";
	case RK_WITHHELD_PRICE:
		return "PRICE";
	case RK_WITHHELD_HALTED:
		return "HALTED";
	case RK_WITHHELD_CAPACITY:
		return "CAPACITY";
	case RK_WITHHELD_SETTLING:
		return "SETTLING";
	case RK_WITHHELD_VELOCITY:
		return "VELOCITY";
	default:
		return "UNKNOWN";
	}
}
