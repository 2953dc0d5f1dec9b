/*
 * Fields of commands side by side. See markets_diff.h.
 *
 * One table for each type: the key of markets.json, where its value is, and
 * how it is written there.
 */
#include "ops/markets_diff.h"

#include <stdio.h>
#include <string.h>

#include "engine/decimal.h"
#include "ops/value.h"

#define RATE_DECIMALS   9
#define FACTOR_DECIMALS 18

enum kind {
	RATE,
	FACTOR,
	USD,
	AMOUNT,
	SIZE,
	PRICE,
	MULTIPLIER,
	DURATION,
	TIME,
	PLACES,
	NAME,
	CONTRACT,
	GROWTH,
	STATE,
};

struct field {
	const char *key;
	size_t at; /* in struct rk_cmd */
	enum kind kind;
	bool optional; /* 0 means that the key is not there */
};

#define AT(member) offsetof(struct rk_cmd, member)
#define MUST(key, m, k)                                                        \
	{                                                                      \
		key, AT(m), k, false                                           \
	}
#define MAYBE(key, m, k)                                                       \
	{                                                                      \
		key, AT(m), k, true                                            \
	}
#define END                                                                    \
	{                                                                      \
		NULL, 0, RATE, false                                           \
	}

static const struct field asset_fields[] = {
	MUST("decimals", asset.decimals, PLACES),
	MUST("price_decimals", asset.price_decimals, PLACES),
	MAYBE("fixed_price", asset.fixed_price.raw, PRICE),
	MAYBE("price_max", asset.price_max.raw, PRICE),
	MAYBE("price_age_max", asset.price_age_max_ns, DURATION),
	END,
};

static const struct field market_fields[] = {
	MUST("settle", market.settle, NAME),
	MUST("contract", market.contract, CONTRACT),
	MUST("multiplier", market.multiplier, MULTIPLIER),
	MUST("price_decimals", market.price_decimals, PLACES),
	MUST("size_decimals", market.size_decimals, PLACES),
	MUST("lot", market.lot.raw, SIZE),
	MUST("price_min", market.price_min.raw, PRICE),
	MUST("price_max", market.price_max.raw, PRICE),
	MUST("position_max", market.position_max.raw, SIZE),
	MUST("price_age_max", market.price_age_max_ns, DURATION),
	MUST("close_cost", market.close_cost.raw, RATE),
	MUST("taker_fee", market.taker_fee.raw, RATE),
	MUST("maker_fee", market.maker_fee.raw, RATE),
	END,
};

#define LEVELS(name, rates)                                                    \
	MUST("collateral." name "_maintenance",                                \
	     collateral.terms.rates[RK_LEVEL_MAINTENANCE].raw, RATE),          \
		MUST("collateral." name "_initial",                            \
		     collateral.terms.rates[RK_LEVEL_INITIAL].raw, RATE)

static const struct field collateral_fields[] = {
	LEVELS("weight", weight),
	MUST("collateral.weight_withdrawal",
	     collateral.terms.weight[RK_LEVEL_WITHDRAWAL].raw, RATE),
	LEVELS("liability", liability),
	MUST("collateral.liability_withdrawal",
	     collateral.terms.liability[RK_LEVEL_WITHDRAWAL].raw, RATE),
	LEVELS("profit", profit),
	END,
};

static const struct field scale_fields[] = {
	MAYBE("collateral.scale_held", collateral_scale.scale.held.raw, USD),
	MAYBE("collateral.scale_owed", collateral_scale.scale.owed.raw, USD),
	MAYBE("collateral.size_factor", collateral_scale.scale.size_factor,
	      FACTOR),
	MAYBE("collateral.deposit_cap", collateral_scale.scale.deposit_cap.raw,
	      AMOUNT),
	END,
};

static const struct field lending_fields[] = {
	MUST("lending.base", lending.terms.base.raw, RATE),
	MUST("lending.slope_low", lending.terms.slope_low.raw, RATE),
	MUST("lending.slope_high", lending.terms.slope_high.raw, RATE),
	MUST("lending.kink", lending.terms.kink.raw, RATE),
	MUST("lending.reserve", lending.terms.reserve.raw, RATE),
	MAYBE("lending.borrow_cap", lending.terms.borrow_cap.raw, AMOUNT),
	MAYBE("lending.supply_cap", lending.terms.supply_cap.raw, AMOUNT),
	MUST("lending.interval", lending.terms.interval_ns, DURATION),
	END,
};

static const struct field insurance_fields[] = {
	MUST("insurance.draw_cap", insurance.terms.draw_cap.raw, RATE),
	MUST("insurance.liquidation_fee", insurance.terms.liquidation_fee.raw,
	     RATE),
	MUST("insurance.withdrawal_gate", insurance.terms.withdrawal_gate.raw,
	     RATE),
	END,
};

static const struct field vault_fields[] = {
	MUST("vault.event_budget", vault.terms.event_budget.raw, RATE),
	MUST("vault.hour_budget", vault.terms.hour_budget.raw, RATE),
	END,
};

static const struct field takeover_fields[] = {
	MUST("takeover.at", takeover.terms.at.raw, RATE),
	MUST("takeover.concession_max", takeover.terms.concession_max.raw,
	     RATE),
	MUST("takeover.vault_max", takeover.terms.vault_max.raw, USD),
	MUST("takeover.stages", takeover.terms.stages, PLACES),
	END,
};

static const struct field conversion_fields[] = {
	MUST("conversion.auto_borrow", conversion.terms.auto_borrow.raw,
	     AMOUNT),
	MUST("conversion.repay_to", conversion.terms.repay_to.raw, AMOUNT),
	MUST("conversion.cost", conversion.terms.cost.raw, RATE),
	MUST("conversion.band", conversion.terms.band.raw, RATE),
	END,
};

static const struct field funding_fields[] = {
	MUST("funding.interval", funding.terms.interval_ns, DURATION),
	MUST("funding.interest", funding.terms.interest.raw, RATE),
	MUST("funding.clamp", funding.terms.clamp.raw, RATE),
	MUST("funding.cap", funding.terms.cap.raw, RATE),
	MAYBE("funding.period", funding.terms.period_ns, DURATION),
	END,
};

static const struct field margin_fields[] = {
	MAYBE("margin.open_interest_lower", margin.terms.scale_lower.raw, USD),
	MAYBE("margin.open_interest_upper", margin.terms.scale_upper.raw, USD),
	MAYBE("margin.open_interest_max", margin.terms.open_max.raw, SIZE),
	MAYBE("margin.growth", margin.terms.growth, GROWTH),
	MAYBE("margin.base_share", margin.terms.base_share.raw, RATE),
	MAYBE("margin.factor_initial", margin.terms.factor_initial, FACTOR),
	MAYBE("margin.factor_maintenance", margin.terms.factor_maintenance,
	      FACTOR),
	END,
};

static const struct field liquidation_fields[] = {
	MUST("liquidation.stage", liquidation.terms.stage.raw, RATE),
	MAYBE("liquidation.stage_min", liquidation.terms.stage_min.raw, USD),
	MAYBE("liquidation.cooldown", liquidation.terms.cooldown_ns, DURATION),
	MAYBE("liquidation.volatility", liquidation.terms.volatility.raw, RATE),
	MAYBE("liquidation.dust", liquidation.terms.dust.raw, USD),
	MAYBE("liquidation.velocity", liquidation.terms.velocity.raw, USD),
	MAYBE("liquidation.claim_max", liquidation.terms.claim_max_ns,
	      DURATION),
	END,
};

static const struct field slow_fields[] = {
	MUST("slow_price.interval", slow_price.terms.interval_ns, DURATION),
	MUST("slow_price.delay_limit", slow_price.terms.delay_limit.raw, RATE),
	MUST("slow_price.limit", slow_price.terms.limit.raw, RATE),
	MUST("slow_price.min", slow_price.terms.min_ns, DURATION),
	MUST("slow_price.max", slow_price.terms.max_ns, DURATION),
	END,
};

static const struct field underlying_fields[] = {
	MAYBE("underlying", slow_price.underlying, NAME),
	END,
};

static const struct field ramp_fields[] = {
	MUST("ramp.duration", ramp.ramp.duration_ns, DURATION),
	MAYBE("ramp.step", ramp.ramp.step_ns, DURATION),
	END,
};

static const struct field state_fields[] = {
	MUST("state", market_state.state, STATE),
	END,
};

static const struct field expiry_fields[] = {
	MAYBE("expiry", expiry.time_ns, TIME),
	END,
};

static int64_t number(const struct rk_cmd *cmd, const struct field *field)
{
	int64_t wide;

	memcpy(&wide, (const char *)cmd + field->at, sizeof(wide));
	return wide;
}

static uint32_t choice(const struct rk_cmd *cmd, const struct field *field)
{
	uint32_t value;

	memcpy(&value, (const char *)cmd + field->at, sizeof(value));
	return value;
}

/* What is listed has its own decimals. */
static uint8_t decimals_of(const struct rk_cmd *cmd, enum kind kind,
			   struct rk_markets_decimals decimals)
{
	bool of_asset =
		cmd->type == RK_CMD_ASSET || cmd->type == RK_CMD_ASSET_CHANGE;
	bool of_market = cmd->type == RK_CMD_MARKET ||
			 cmd->type == RK_CMD_CONTRACT ||
			 cmd->type == RK_CMD_MARKET_CHANGE;

	switch ((int)kind) {
	case FACTOR:
		return FACTOR_DECIMALS;
	case USD:
		return RK_USD_DECIMALS;
	case AMOUNT:
		return decimals.amount;
	case SIZE:
		return of_market ? cmd->market.size_decimals : decimals.size;
	case PRICE:
		return of_asset ? cmd->asset.price_decimals
				: cmd->market.price_decimals;
	case MULTIPLIER:
		return cmd->market.multiplier_decimals;
	default:
		return RATE_DECIMALS;
	}
}

static const char *contract_word(uint32_t contract)
{
	return contract == RK_CONTRACT_INVERSE ? "inverse" : "linear";
}

static const char *growth_word(uint32_t growth)
{
	switch (growth) {
	case RK_GROWTH_SQRT:
		return "sqrt";
	case RK_GROWTH_POWER:
		return "power";
	default:
		return "";
	}
}

static const char *state_word(uint32_t state)
{
	static const char *const words[] = {
		[RK_MARKET_LISTED] = "listed",
		[RK_MARKET_OPEN] = "open",
		[RK_MARKET_CLOSE_ONLY] = "close_only",
		[RK_MARKET_SETTLING] = "settling",
		[RK_MARKET_SETTLED] = "settled",
	};

	return state >= RK_MARKET_LISTED && state <= RK_MARKET_SETTLED
		       ? words[state]
		       : "";
}

static const char *text_of(const struct rk_cmd *cmd, const struct field *field,
			   struct rk_markets_decimals decimals,
			   char buf[RK_DECIMAL_SIZE])
{
	const char *at = (const char *)cmd + field->at;

	switch (field->kind) {
	case NAME:
		return at;
	case CONTRACT:
		return contract_word(choice(cmd, field));
	case GROWTH:
		return growth_word(choice(cmd, field));
	case STATE:
		return state_word(choice(cmd, field));
	case PLACES:
		return rk_decimal_format(*(const uint8_t *)at, 0, buf,
					 RK_DECIMAL_SIZE);
	case DURATION:
		if (number(cmd, field) == 0)
			return field->optional ? "" : "0s";
		return rk_value_format_duration(number(cmd, field), buf);
	case TIME:
		if (number(cmd, field) == 0)
			return "";
		return rk_value_format_time(number(cmd, field), buf);
	case RATE:
	case FACTOR:
	case USD:
	case AMOUNT:
	case SIZE:
	case PRICE:
	case MULTIPLIER:
	default:
		if (field->optional && number(cmd, field) == 0)
			return "";
		return rk_decimal_format(
			number(cmd, field),
			decimals_of(cmd, field->kind, decimals), buf,
			RK_DECIMAL_SIZE);
	}
}

struct diff {
	const struct rk_cmd *before; /* NULL: nothing is there */
	const struct rk_cmd *after;
	struct rk_markets_decimals decimals;
	const struct rk_difference_listener *listener;
};

static void tell(const struct diff *d, const char *field, const char *before,
		 const char *after)
{
	const struct rk_difference difference = {field, before, after};

	if (strcmp(before, after) != 0)
		d->listener->tell(d->listener->context, &difference);
}

static void tell_fields(const struct diff *d, const struct field *field)
{
	char before[RK_DECIMAL_SIZE];
	char after[RK_DECIMAL_SIZE];

	for (; field->key; field++)
		tell(d, field->key,
		     d->before ? text_of(d->before, field, d->decimals, before)
			       : "",
		     d->after ? text_of(d->after, field, d->decimals, after)
			      : "");
}

/* The same, of an object that is not there on the side without. */
static void tell_object(struct diff d, const struct field *fields,
			bool has_before, bool has_after)
{
	if (!has_before)
		d.before = NULL;
	if (!has_after)
		d.after = NULL;
	tell_fields(&d, fields);
}

static void tell_bracket(const struct diff *d, uint32_t i)
{
	static const char *const keys[] = {"floor", "maintenance", "initial"};
	const struct rk_cmd *sides[] = {d->before, d->after};
	char text[2][3][RK_DECIMAL_SIZE] = {{""}};
	char field[RK_DIFFERENCE_FIELD];

	for (int s = 0; s < 2; s++) {
		const struct rk_bracket *row;

		if (!sides[s] || i >= sides[s]->market.brackets_n)
			continue;
		row = &sides[s]->market.brackets[i];
		(void)rk_decimal_format(row->floor.raw, RK_USD_DECIMALS,
					text[s][0], RK_DECIMAL_SIZE);
		(void)rk_decimal_format(row->maintenance.raw, RATE_DECIMALS,
					text[s][1], RK_DECIMAL_SIZE);
		(void)rk_decimal_format(row->initial.raw, RATE_DECIMALS,
					text[s][2], RK_DECIMAL_SIZE);
	}
	for (int k = 0; k < 3; k++) {
		(void)snprintf(field, sizeof(field), "brackets[%u].%s", i,
			       keys[k]);
		tell(d, field, text[0][k], text[1][k]);
	}
}

static void tell_market(const struct diff *d)
{
	tell_fields(d, market_fields);
	for (uint32_t i = 0; i < RK_BRACKETS_MAX; i++)
		tell_bracket(d, i);
}

static void tell_emode(const struct diff *d)
{
	static const char *const keys[RK_LEVELS] = {"maintenance", "initial",
						    "withdrawal"};
	const struct rk_emode *before =
		d->before ? &d->before->emode.entry : NULL;
	const struct rk_emode *after = &d->after->emode.entry;
	const char *asset = d->after->emode.asset;
	char field[RK_DIFFERENCE_FIELD];

	for (int k = 0; k < RK_LEVELS; k++) {
		char was[RK_DECIMAL_SIZE] = "";
		char is[RK_DECIMAL_SIZE] = "";

		if (before && before->collateral)
			(void)rk_decimal_format(before->weight[k].raw,
						RATE_DECIMALS, was,
						sizeof(was));
		if (after->collateral)
			(void)rk_decimal_format(after->weight[k].raw,
						RATE_DECIMALS, is, sizeof(is));
		(void)snprintf(field, sizeof(field), "collateral.%s.weight.%s",
			       asset, keys[k]);
		tell(d, field, was, is);
	}
	tell(d, "debt", before && before->debt ? asset : "",
	     after->debt ? asset : "");
}

static void tell_slow(const struct diff *d)
{
	tell_object(*d, slow_fields,
		    d->before && d->before->slow_price.terms.interval_ns != 0,
		    d->after->slow_price.terms.interval_ns != 0);
	tell_fields(d, underlying_fields);
}

/* What is said of an asset or market beside its listing. */
static void tell_terms(const struct diff *d)
{
	const struct rk_cmd *before = d->before;
	const struct rk_cmd *after = d->after;

	switch ((int)after->type) {
	case RK_CMD_COLLATERAL:
		tell_fields(d, collateral_fields);
		break;
	case RK_CMD_COLLATERAL_SCALE:
		tell_fields(d, scale_fields);
		break;
	case RK_CMD_LENDING:
		tell_object(*d, lending_fields,
			    before && before->lending.terms.lendable,
			    after->lending.terms.lendable);
		break;
	case RK_CMD_CONVERSION:
		tell_object(*d, conversion_fields,
			    before && before->conversion.terms.enabled,
			    after->conversion.terms.enabled);
		break;
	case RK_CMD_INSURANCE:
		tell_fields(d, insurance_fields);
		break;
	case RK_CMD_VAULT:
		tell_fields(d, vault_fields);
		break;
	case RK_CMD_TAKEOVER:
		tell_object(*d, takeover_fields,
			    before && before->takeover.terms.enabled,
			    after->takeover.terms.enabled);
		break;
	case RK_CMD_FUNDING:
		tell_object(*d, funding_fields,
			    before && before->funding.terms.interval_ns != 0,
			    after->funding.terms.interval_ns != 0);
		break;
	case RK_CMD_MARGIN:
		tell_fields(d, margin_fields);
		break;
	case RK_CMD_LIQUIDATION:
		tell_fields(d, liquidation_fields);
		break;
	case RK_CMD_SLOW_PRICE:
		tell_slow(d);
		break;
	case RK_CMD_RAMP:
		tell_fields(d, ramp_fields);
		break;
	default:
		break;
	}
}

void rk_markets_diff(const struct rk_cmd *before, const struct rk_cmd *after,
		     struct rk_markets_decimals decimals,
		     const struct rk_difference_listener *listener)
{
	const struct diff d = {before, after, decimals, listener};

	switch ((int)after->type) {
	case RK_CMD_ASSET:
	case RK_CMD_ASSET_CHANGE:
		tell_fields(&d, asset_fields);
		break;
	case RK_CMD_MARKET:
	case RK_CMD_CONTRACT:
	case RK_CMD_MARKET_CHANGE:
		tell_market(&d);
		break;
	case RK_CMD_EMODE:
		tell_emode(&d);
		break;
	case RK_CMD_MARKET_STATE:
		tell_fields(&d, state_fields);
		break;
	case RK_CMD_EXPIRY:
		tell_fields(&d, expiry_fields);
		break;
	default:
		tell_terms(&d);
		break;
	}
}
