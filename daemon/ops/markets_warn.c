/*
 * Warnings about pairs of parameters. See markets_warn.h.
 */
#include "ops/markets_warn.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/decimal.h"
#include "ops/value.h"

#define RATE_DECIMALS 9
#define TEXT_SIZE     512

struct warning {
	const struct rk_markets_listener *listener;
	/* Numbers as text, for one sentence. */
	char number[6][RK_DECIMAL_SIZE];
	int numbers;
};

static const char *rate(struct warning *w, rk_i128 raw)
{
	char *text = w->number[w->numbers++];

	return rk_decimal_format((int64_t)raw, RATE_DECIMALS, text,
				 RK_DECIMAL_SIZE);
}

static void tell(struct warning *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(struct warning *w, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	w->listener->tell(w->listener->context, text);
	w->numbers = 0;
}

static rk_i128 times(rk_rate a, rk_rate b)
{
	return (rk_i128)a.raw * b.raw / RK_RATE_ONE;
}

/* Closing is to relieve more than it costs, at a price that is allowed. */
static void check_closing(struct warning *w, const struct rk_cmd_market *market,
			  const struct rk_cmd_risk *risk)
{
	rk_rate maintenance = market->brackets[0].maintenance;
	rk_rate cost = market->close_cost;

	if ((rk_i128)cost.raw * RK_RATE_ONE >=
		    (rk_i128)risk->target.raw * maintenance.raw &&
	    cost.raw > 0)
		tell(w,
		     "market %s: closing costs close_cost %s of what is closed "
		     "and relieves only target x maintenance of the first "
		     "bracket, %s x %s = %s: liquidation makes health worse "
		     "and closes everything; close_cost should be below that",
		     market->name, rate(w, cost.raw), rate(w, risk->target.raw),
		     rate(w, maintenance.raw),
		     rate(w, times(risk->target, maintenance)));
	if (cost.raw > risk->order_band.raw)
		tell(w,
		     "market %s: closing is expected to cost close_cost %s, "
		     "but "
		     "liquidation orders go no further from the mark than "
		     "order_band %s: close_cost should be at most order_band",
		     market->name, rate(w, cost.raw),
		     rate(w, risk->order_band.raw));
}

/* What a fill costs is part of what closing costs. */
static void check_fees(struct warning *w, const struct rk_cmd_market *market)
{
	rk_rate taker = market->taker_fee;
	rk_rate maker = market->maker_fee;

	if (market->close_cost.raw < taker.raw)
		tell(w,
		     "market %s: closing is expected to cost close_cost %s, "
		     "but who takes pays taker_fee %s: liquidation closes too "
		     "little; close_cost should be at least taker_fee",
		     market->name, rate(w, market->close_cost.raw),
		     rate(w, taker.raw));
	if (taker.raw + maker.raw < 0)
		tell(w,
		     "market %s: maker_fee %s gives back more than taker_fee "
		     "%s takes: the venue pays for each fill; maker_fee should "
		     "be at least -%s",
		     market->name, rate(w, maker.raw), rate(w, taker.raw),
		     rate(w, taker.raw));
}

/* Whoever takes all the leverage there is should not be called at once. */
static void check_initial(struct warning *w, const struct rk_cmd_market *market,
			  const struct rk_cmd_risk *risk)
{
	for (uint32_t k = 0; k < market->brackets_n; k++) {
		const struct rk_bracket *bracket = &market->brackets[k];

		if ((rk_i128)bracket->initial.raw * RK_RATE_ONE >=
		    (rk_i128)risk->call_enter.raw * bracket->maintenance.raw)
			continue;
		tell(w,
		     "market %s: brackets[%u].initial %s is below call_enter x "
		     "maintenance, %s x %s = %s: a position that initial "
		     "margin "
		     "allows is in MARGIN_CALL at once",
		     market->name, k, rate(w, bracket->initial.raw),
		     rate(w, risk->call_enter.raw),
		     rate(w, bracket->maintenance.raw),
		     rate(w, times(risk->call_enter, bracket->maintenance)));
		return;
	}
}

static void check_market(struct warning *w, const struct rk_markets *markets,
			 const struct rk_cmd_market *market)
{
	if (market->contract != RK_CONTRACT_INVERSE)
		return;
	for (uint32_t i = 0; i < markets->assets_n; i++)
		if (strcmp(markets->assets[i].name, market->settle) == 0 &&
		    markets->assets[i].fixed_price.raw != 0)
			tell(w,
			     "market %s: an inverse contract is owed in coins, "
			     "but it settles in %s, which has a fixed_price: "
			     "settle should be the coin, with an index price",
			     market->name, market->settle);
}

/* At which part of its worth does a loan against an asset reach a level? */
static rk_i128 scaled_ltv(const struct rk_collateral *held,
			  const struct rk_collateral *owed, enum rk_level level)
{
	return (rk_i128)held->weight[level].raw * RK_RATE_ONE /
	       owed->liability[level].raw;
}

/*
 * What is lent of one asset against another: there must be something left when
 * liquidation begins, and a way from borrowing to there.
 */
static bool check_pair(struct warning *w, const struct rk_markets *markets,
		       uint32_t owed, uint32_t held)
{
	const struct rk_collateral *a = &markets->collateral[held];
	const struct rk_collateral *b = &markets->collateral[owed];
	int64_t weight = a->weight[RK_LEVEL_MAINTENANCE].raw;
	int64_t liability = b->liability[RK_LEVEL_MAINTENANCE].raw;

	if (weight == 0)
		return false;
	if (weight >= liability) {
		tell(w,
		     "asset %s is lent, and %s counts against it with "
		     "weight_maintenance %s, which is not below its "
		     "liability_maintenance %s: such a loan is liquidated only "
		     "when nothing is left over",
		     markets->assets[owed].name, markets->assets[held].name,
		     rate(w, weight), rate(w, liability));
		return true;
	}
	if (scaled_ltv(a, b, RK_LEVEL_INITIAL) <
	    scaled_ltv(a, b, RK_LEVEL_MAINTENANCE))
		return false;
	tell(w,
	     "asset %s is lent, and against %s it may be borrowed up to %s of "
	     "its worth (weight_initial %s), where liquidation begins (%s): "
	     "weight_initial should be lower, or liability_initial higher",
	     markets->assets[owed].name, markets->assets[held].name,
	     rate(w, scaled_ltv(a, b, RK_LEVEL_INITIAL)),
	     rate(w, a->weight[RK_LEVEL_INITIAL].raw),
	     rate(w, scaled_ltv(a, b, RK_LEVEL_MAINTENANCE)));
	return true;
}

static void check_lending(struct warning *w, const struct rk_markets *markets,
			  uint32_t asset)
{
	const struct rk_lending *terms = &markets->lending[asset];
	uint8_t decimals = markets->assets[asset].decimals;
	char most[RK_DECIMAL_SIZE];
	char all[RK_DECIMAL_SIZE];
	bool told = false;

	if (!terms->lendable)
		return;
	if (terms->supply_cap.raw > 0 &&
	    terms->borrow_cap.raw > terms->supply_cap.raw)
		tell(w,
		     "asset %s: borrow_cap %s is above supply_cap %s: more can "
		     "never be lent than is supplied",
		     markets->assets[asset].name,
		     rk_decimal_format(terms->borrow_cap.raw, decimals, most,
				       sizeof(most)),
		     rk_decimal_format(terms->supply_cap.raw, decimals, all,
				       sizeof(all)));
	/* One pair is enough to look at all of them. */
	for (uint32_t i = 0; i < markets->assets_n && !told; i++)
		told = i != asset && check_pair(w, markets, asset, i);
}

static void check_risk(struct warning *w, const struct rk_cmd_risk *risk)
{
	char cooldown[RK_VALUE_SIZE];
	char expiry[RK_VALUE_SIZE];

	if (risk->order_cooldown_ns <= risk->order_expiry_ns)
		return;
	tell(w,
	     "order_cooldown %s is longer than order_expiry %s: between an "
	     "order that has expired and the next of its position nothing is "
	     "closed",
	     rk_value_format_duration(risk->order_cooldown_ns, cooldown),
	     rk_value_format_duration(risk->order_expiry_ns, expiry));
}

void rk_markets_warn(const struct rk_markets *markets,
		     const struct rk_cmd_risk *risk,
		     const struct rk_markets_listener *listener)
{
	struct warning w = {.listener = listener};

	check_risk(&w, risk);
	for (uint32_t i = 0; i < markets->assets_n; i++)
		check_lending(&w, markets, i);
	for (uint32_t i = 0; i < markets->markets_n; i++) {
		check_closing(&w, &markets->markets[i], risk);
		check_fees(&w, &markets->markets[i]);
		check_initial(&w, &markets->markets[i], risk);
		check_market(&w, markets, &markets->markets[i]);
	}
}
