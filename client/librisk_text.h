/*
 * librisk: names, decimals and words.
 *
 * The handle keeps the list of assets, markets, publishers and venues as the
 * daemon had it when it was opened (or refreshed). With it, names become ids
 * and decimal text becomes the integers of the wire and back, exactly.
 */
#ifndef LIBRISK_TEXT_H
#define LIBRISK_TEXT_H

#include "librisk.h"
#include "librisk_cmd.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ask for the list again (venues and publishers can be added at any time). */
int risk_refresh(struct risk *risk);

/* The list itself. Good until risk_refresh or risk_close. Never NULL. */
const Riskd__MarketsAnswer *risk_listing(const struct risk *risk);

/*
 * Look-ups. NULL when there is none; then risk_error() names what was looked
 * for and the nearest there is. Good until risk_refresh or risk_close.
 */
const Riskd__Market *risk_find_market(struct risk *risk, const char *name);
const Riskd__Market *risk_market_by_id(struct risk *risk, uint32_t id);
const Riskd__Asset *risk_find_asset(struct risk *risk, const char *name);
const Riskd__Asset *risk_asset_by_id(struct risk *risk, uint32_t id);

/* 0 and the id, or RK_REJ_NO_PUBLISHER, RK_REJ_NO_VENUE. */
int risk_find_publisher(struct risk *risk, const char *name, uint32_t *ret_id);
int risk_find_venue(struct risk *risk, const char *name, uint32_t *ret_id);

/* What a price slot is the price of, and its decimals. */
struct risk_slot {
	const char *name; /* of the market or asset */
	uint32_t decimals;
	bool is_market;
};
/* 0 or RK_REJ_NO_SLOT. */
int risk_slot_by_id(struct risk *risk, uint32_t slot,
		    struct risk_slot *ret_slot);
/* Slot of a market, or else of an asset, by name. 0 or RK_REJ_NO_SLOT. */
int risk_find_slot(struct risk *risk, const char *name, uint32_t *ret_slot,
		   uint32_t *ret_decimals);

/* Enough for any number with its ending zero. */
#define RISK_DECIMAL_SIZE 48

/* Exact, "-1.5" for (-150, 2). Returns buf. */
const char *risk_format_decimal(int64_t raw, uint32_t decimals,
				char buf[RISK_DECIMAL_SIZE]);
/* The same with at least so many digits after the point, "-1.50". */
const char *risk_format_padded(int64_t raw, uint32_t decimals, uint32_t least,
			       char buf[RISK_DECIMAL_SIZE]);

/*
 * Strict: "-12.34"; no exponent, no spaces, no sign "+", no rounding.
 * 0, -EINVAL: not a decimal number, -EDOM: more digits after the point than
 * decimals allows, -ERANGE: too large.
 */
int risk_parse_decimal(const char *text, uint32_t decimals, int64_t *ret_raw);

/* "120.3" is order 3 of command 120. 0 or -EINVAL. */
int risk_parse_order_id(const char *text, struct risk_order_id *ret_id);
const char *risk_format_order_id(uint64_t seq, uint32_t n,
				 char buf[RISK_DECIMAL_SIZE]);

/* Decimal digits only. 0, -EINVAL, or -ERANGE. */
int risk_parse_u64(const char *text, uint64_t *ret_value);

/* Words for people: "MARGIN", "initial or withdrawal margin ...". Static. */
const char *risk_code_name(int code);
const char *risk_code_text(int code);
/*
 * Why a row was refused: what the daemon said of its values, or else the words
 * of the code. As long as the result.
 */
const char *risk_result_text(const Riskd__Result *result);
const char *risk_state_name(Riskd__State state);            /* "MARGIN_CALL" */
const char *risk_price_state_name(Riskd__PriceState state); /* "STALE" */
/* Those of the kind; "UNKNOWN" for a kind that this library does not know. */
const char *risk_event_name(const Riskd__Event *event); /* "ORDER_OPENED" */
const char *
risk_insurance_cause_name(Riskd__InsuranceMoved__Cause cause); /* "DRAW" */
const char *
risk_takeover_cause_name(Riskd__TakenOver__Cause cause); /* "EQUITY" */
const char *risk_takeover_withheld_name(Riskd__TakeoverWithheld__Reason reason);
const char *risk_mode_name(Riskd__Mode mode); /* "CROSS" */
const char *risk_enforcement_name(Riskd__Enforcement enforcement);
const char *risk_side_name(Riskd__Side side); /* "SELL" */
const char *risk_order_reason_name(Riskd__LiquidationOrder__Reason reason);
const char *risk_cause_name(Riskd__BalanceChanged__Cause cause);
const char *risk_withheld_name(Riskd__Withheld__Reason reason);
const char *risk_market_state_name(Riskd__MarketState state);

#ifdef __cplusplus
}
#endif
#endif
