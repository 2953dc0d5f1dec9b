/*
 * Which names, multiples, assets and markets can work. Rules C3, C5 and N6 of
 * docs/engine.md. Used by the engine and, before start, by the configuration.
 */
#include "engine/contract.h"
#include "engine/fx.h"
#include "engine/listing.h"
#include "engine/rc.h"

/* Fail naming the field, unless the condition holds. */
#define NEED(condition, name)                                                  \
	do {                                                                   \
		if (!(condition)) {                                            \
			*ret_field = (name);                                   \
			return RK_REJ_BAD_PARAM;                               \
		}                                                              \
	} while (0)

static int name_char_ok(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
	       c == '/';
}

int rk_listing_check_name(const char name[RK_NAME_SIZE])
{
	size_t n = 0;

	while (n < RK_NAME_SIZE && name[n] != '\0') {
		if (!name_char_ok(name[n]))
			return RK_REJ_BAD_NAME;
		n++;
	}
	return n == 0 || n == RK_NAME_SIZE ? RK_REJ_BAD_NAME : RK_OK;
}

int rk_listing_check_risk(const struct rk_cmd_risk *risk,
			  const char **ret_field)
{
	NEED(risk->target.raw > RK_RATE_ONE, "target");
	NEED(risk->call_enter.raw > risk->target.raw, "call_enter");
	NEED(risk->call_leave.raw > risk->call_enter.raw, "call_leave");
	NEED(risk->warn_enter.raw > risk->call_leave.raw, "warn_enter");
	NEED(risk->warn_leave.raw > risk->warn_enter.raw, "warn_leave");
	/* Tenfold leaves room in all products of liquidation.c. */
	NEED(risk->warn_leave.raw <= 10 * RK_RATE_ONE, "warn_leave");
	NEED(risk->order_band.raw > 0, "order_band");
	NEED(risk->order_band.raw < RK_RATE_ONE, "order_band");
	NEED(risk->stale_band.raw > 0, "stale_band");
	NEED(risk->stale_band.raw < RK_RATE_ONE, "stale_band");
	NEED(risk->order_expiry_ns > 0, "order_expiry");
	NEED(risk->order_expiry_ns <= RK_DURATION_MAX_NS, "order_expiry");
	NEED(risk->close_timeout_ns > 0, "close_timeout");
	NEED(risk->close_timeout_ns <= RK_DURATION_MAX_NS, "close_timeout");
	NEED(risk->order_cooldown_ns > 0, "order_cooldown");
	NEED(risk->order_cooldown_ns <= RK_DURATION_MAX_NS, "order_cooldown");
	return RK_OK;
}

int rk_listing_check_asset(const struct rk_cmd_asset *asset,
			   const char **ret_field)
{
	NEED(asset->decimals <= RK_ASSET_DECIMALS_MAX, "decimals");
	NEED(asset->price_decimals <= RK_DECIMALS_MAX, "price_decimals");
	NEED(asset->fixed_price.raw >= 0, "fixed_price");
	if (asset->fixed_price.raw > 0) {
		NEED(asset->price_max.raw == 0, "price_max");
		return RK_OK;
	}
	NEED(asset->price_max.raw > 0, "price_max");
	NEED(asset->price_max.raw <= RK_PRICE_MAX, "price_max");
	NEED(asset->price_age_max_ns > 0, "price_age_max");
	NEED(asset->price_age_max_ns <= RK_DURATION_MAX_NS, "price_age_max");
	return RK_OK;
}

int rk_listing_check_collateral(const struct rk_collateral *terms,
				const char **ret_field)
{
	const rk_rate *weight = terms->weight;
	const rk_rate *liability = terms->liability;
	const rk_rate *profit = terms->profit;

	NEED(weight[RK_LEVEL_MAINTENANCE].raw <= RK_RATE_ONE,
	     "weight_maintenance");
	NEED(weight[RK_LEVEL_INITIAL].raw <= weight[RK_LEVEL_MAINTENANCE].raw,
	     "weight_initial");
	NEED(weight[RK_LEVEL_WITHDRAWAL].raw <= weight[RK_LEVEL_INITIAL].raw,
	     "weight_withdrawal");
	NEED(weight[RK_LEVEL_WITHDRAWAL].raw >= 0, "weight_withdrawal");
	NEED(liability[RK_LEVEL_MAINTENANCE].raw >= RK_RATE_ONE,
	     "liability_maintenance");
	NEED(liability[RK_LEVEL_INITIAL].raw >=
		     liability[RK_LEVEL_MAINTENANCE].raw,
	     "liability_initial");
	NEED(liability[RK_LEVEL_WITHDRAWAL].raw >=
		     liability[RK_LEVEL_INITIAL].raw,
	     "liability_withdrawal");
	NEED(liability[RK_LEVEL_WITHDRAWAL].raw <= RK_LIABILITY_MAX,
	     "liability_withdrawal");
	NEED(profit[RK_LEVEL_MAINTENANCE].raw <= RK_RATE_ONE,
	     "profit_maintenance");
	NEED(profit[RK_LEVEL_INITIAL].raw <= profit[RK_LEVEL_MAINTENANCE].raw,
	     "profit_initial");
	NEED(profit[RK_LEVEL_INITIAL].raw >= 0, "profit_initial");
	NEED(profit[RK_LEVEL_WITHDRAWAL].raw == 0, "profit_withdrawal");
	return RK_OK;
}

int rk_listing_check_funding(const struct rk_funding *terms,
			     const char **ret_field)
{
	if (terms->interval_ns == 0) {
		NEED(terms->interest.raw == 0, "interest");
		NEED(terms->clamp.raw == 0, "clamp");
		NEED(terms->cap.raw == 0, "cap");
		NEED(terms->period_ns == 0, "period");
		return RK_OK;
	}
	NEED(terms->interval_ns >= RK_FUNDING_INTERVAL_MIN_NS, "interval");
	NEED(terms->interval_ns <= RK_DURATION_MAX_NS, "interval");
	NEED(terms->interest.raw >= -RK_RATE_ONE, "interest");
	NEED(terms->interest.raw <= RK_RATE_ONE, "interest");
	NEED(terms->clamp.raw >= 0, "clamp");
	NEED(terms->clamp.raw <= RK_RATE_ONE, "clamp");
	NEED(terms->cap.raw > 0, "cap");
	NEED(terms->cap.raw <= RK_RATE_ONE, "cap");
	if (terms->period_ns == 0)
		return RK_OK;
	NEED(terms->period_ns >= terms->interval_ns, "period");
	NEED(terms->period_ns <= RK_DURATION_MAX_NS, "period");
	return RK_OK;
}

static int check_not_lent(const struct rk_lending *terms,
			  const char **ret_field)
{
	NEED(terms->base.raw == 0, "base");
	NEED(terms->slope_low.raw == 0, "slope_low");
	NEED(terms->slope_high.raw == 0, "slope_high");
	NEED(terms->kink.raw == 0, "kink");
	NEED(terms->reserve.raw == 0, "reserve");
	NEED(terms->borrow_cap.raw == 0, "borrow_cap");
	NEED(terms->supply_cap.raw == 0, "supply_cap");
	NEED(terms->interval_ns == 0, "interval");
	return RK_OK;
}

int rk_listing_check_lending(const struct rk_lending *terms,
			     const char **ret_field)
{
	if (!terms->lendable)
		return check_not_lent(terms, ret_field);
	NEED(terms->base.raw >= 0, "base");
	NEED(terms->base.raw <= RK_LENDING_RATE_MAX, "base");
	NEED(terms->slope_low.raw >= 0, "slope_low");
	NEED(terms->slope_low.raw <= RK_LENDING_RATE_MAX - terms->base.raw,
	     "slope_low");
	NEED(terms->slope_high.raw >= 0, "slope_high");
	NEED(terms->slope_high.raw <= RK_LENDING_RATE_MAX - terms->base.raw -
					      terms->slope_low.raw,
	     "slope_high");
	NEED(terms->kink.raw > 0, "kink");
	NEED(terms->kink.raw < RK_RATE_ONE, "kink");
	NEED(terms->reserve.raw >= 0, "reserve");
	NEED(terms->reserve.raw <= RK_RATE_ONE, "reserve");
	NEED(terms->borrow_cap.raw >= 0, "borrow_cap");
	NEED(terms->supply_cap.raw >= 0, "supply_cap");
	NEED(terms->interval_ns >= RK_LENDING_INTERVAL_MIN_NS, "interval");
	NEED(terms->interval_ns <= RK_DURATION_MAX_NS, "interval");
	return RK_OK;
}

bool rk_conversion_equal(const struct rk_conversion *a,
			 const struct rk_conversion *b)
{
	return a->enabled == b->enabled &&
	       a->auto_borrow.raw == b->auto_borrow.raw &&
	       a->repay_to.raw == b->repay_to.raw &&
	       a->cost.raw == b->cost.raw && a->band.raw == b->band.raw;
}

int rk_listing_check_conversion(const struct rk_conversion *terms,
				const char **ret_field)
{
	static const struct rk_conversion none;

	if (!terms->enabled) {
		NEED(rk_conversion_equal(terms, &none), "auto_borrow");
		return RK_OK;
	}
	NEED(terms->auto_borrow.raw >= 0, "auto_borrow");
	NEED(terms->repay_to.raw >= 0, "repay_to");
	NEED(terms->repay_to.raw <= terms->auto_borrow.raw, "repay_to");
	NEED(terms->cost.raw >= 0, "cost");
	NEED(terms->cost.raw < RK_RATE_ONE, "cost");
	NEED(terms->band.raw > 0, "band");
	NEED(terms->band.raw < RK_RATE_ONE, "band");
	return RK_OK;
}

bool rk_insurance_equal(const struct rk_insurance_terms *a,
			const struct rk_insurance_terms *b)
{
	return a->draw_cap.raw == b->draw_cap.raw &&
	       a->liquidation_fee.raw == b->liquidation_fee.raw &&
	       a->withdrawal_gate.raw == b->withdrawal_gate.raw;
}

bool rk_insurance_gates(const struct rk_insurance_terms *terms, rk_i128 fund,
			rk_i128 deficit)
{
	/* In 1e-9 of the asset's unit: nothing is rounded. */
	return terms->withdrawal_gate.raw != 0 &&
	       deficit * RK_RATE_ONE > fund * terms->withdrawal_gate.raw;
}

int rk_listing_check_insurance(const struct rk_insurance_terms *terms,
			       const char **ret_field)
{
	NEED(terms->draw_cap.raw >= 0, "draw_cap");
	NEED(terms->draw_cap.raw <= RK_RATE_ONE, "draw_cap");
	NEED(terms->liquidation_fee.raw >= 0, "liquidation_fee");
	NEED(terms->liquidation_fee.raw < RK_RATE_ONE, "liquidation_fee");
	NEED(terms->withdrawal_gate.raw >= 0, "withdrawal_gate");
	NEED(terms->withdrawal_gate.raw <= RK_RATE_ONE, "withdrawal_gate");
	return RK_OK;
}

static int check_brackets(const struct rk_cmd_market *market,
			  const char **ret_field)
{
	const struct rk_bracket *bracket = market->brackets;

	NEED(market->brackets_n >= 1, "brackets");
	NEED(market->brackets_n <= RK_BRACKETS_MAX, "brackets");
	NEED(bracket[0].floor.raw == 0, "brackets[0].floor");
	for (uint32_t k = 0; k < market->brackets_n; k++) {
		NEED(bracket[k].maintenance.raw >= 0, "maintenance");
		NEED(bracket[k].initial.raw <= RK_RATE_ONE, "initial");
		NEED(bracket[k].maintenance.raw <= bracket[k].initial.raw,
		     "maintenance");
		if (k == 0)
			continue;
		NEED(bracket[k].floor.raw > bracket[k - 1].floor.raw, "floor");
		NEED(bracket[k].maintenance.raw >=
			     bracket[k - 1].maintenance.raw,
		     "maintenance");
		NEED(bracket[k].initial.raw >= bracket[k - 1].initial.raw,
		     "initial");
	}
	return RK_OK;
}

/* The largest position at the dearest price must fit its bound (N6). */
static int check_value(const struct rk_cmd_market *market,
		       const struct rk_cmd_asset *settle,
		       const char **ret_field)
{
	rk_px settle_max = settle->fixed_price.raw > 0 ? settle->fixed_price
						       : settle->price_max;
	struct rk_market record = {.listing = *market};
	rk_amt floor;
	rk_amt value;
	rk_usd usd;

	rk_contract_derive(&record, settle->decimals);
	NEED(rk_contract_fits(&record, market->position_max), "position_max");
	NEED(rk_contract_value_both(&record, rk_contract_dearest(&record),
				    market->position_max, &floor,
				    &value) == RK_OK,
	     "position_max");
	NEED(value.raw <= RK_POSITION_VALUE_MAX, "position_max");
	NEED(rk_fx_usd(value, settle_max,
		       RK_USD_DECIMALS - settle->decimals -
			       settle->price_decimals,
		       RK_ROUND_CEIL, &usd) == RK_OK,
	     "position_max");
	NEED(usd.raw <= RK_POSITION_VALUE_MAX, "position_max");
	return RK_OK;
}

static int check_contract(const struct rk_cmd_market *market,
			  const char **ret_field)
{
	NEED(market->contract == RK_CONTRACT_LINEAR ||
		     market->contract == RK_CONTRACT_INVERSE,
	     "contract");
	NEED(market->multiplier > 0, "multiplier");
	NEED(market->multiplier <= RK_MULTIPLIER_MAX, "multiplier");
	NEED(market->multiplier_decimals <= RK_DECIMALS_MAX,
	     "multiplier_decimals");
	NEED(market->price_min.raw > 0, "price_min");
	NEED(market->price_min.raw <= market->price_max.raw, "price_min");
	return RK_OK;
}

int rk_listing_check_market(const struct rk_cmd_market *listing,
			    const struct rk_cmd_asset *settle,
			    const char **ret_field)
{
	struct rk_cmd_market complete = *listing;
	const struct rk_cmd_market *market = &complete;
	int r;

	rk_contract_complete(&complete);
	NEED(market->price_decimals <= RK_DECIMALS_MAX, "price_decimals");
	NEED(market->size_decimals <= RK_DECIMALS_MAX, "size_decimals");
	NEED(market->price_max.raw > 0, "price_max");
	NEED(market->price_max.raw <= RK_PRICE_MAX, "price_max");
	NEED(market->position_max.raw > 0, "position_max");
	NEED(market->position_max.raw <= RK_POSITION_MAX, "position_max");
	NEED(market->lot.raw > 0, "lot");
	NEED(market->lot.raw <= market->position_max.raw, "lot");
	NEED(market->price_age_max_ns > 0, "price_age_max");
	NEED(market->price_age_max_ns <= RK_DURATION_MAX_NS, "price_age_max");
	NEED(market->close_cost.raw >= 0, "close_cost");
	NEED(market->close_cost.raw < RK_RATE_ONE, "close_cost");
	NEED(market->taker_fee.raw >= 0, "taker_fee");
	NEED(market->taker_fee.raw < RK_RATE_ONE, "taker_fee");
	NEED(market->maker_fee.raw > -RK_RATE_ONE, "maker_fee");
	NEED(market->maker_fee.raw < RK_RATE_ONE, "maker_fee");
	r = check_contract(market, ret_field);
	if (r == RK_OK)
		r = check_brackets(market, ret_field);
	if (r != RK_OK || !settle)
		return r;
	return check_value(market, settle, ret_field);
}
