/*
 * Pairs of parameters that are told of at start: what is said, naming both
 * values, and what is not.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "markets_rig.h"
#include "ops/conf.h"
#include "ops/markets_warn.h"

static char said[4096];

static void keep(void *context, const char *text)
{
	size_t used = strlen(said);

	(void)context;
	(void)snprintf(said + used, sizeof(said) - used, "%s\n", text);
}

/* With these keys more in USD, in BTC and in the market. */
static const char *warn(const char *usd, const char *btc, const char *market,
			const struct rk_cmd_risk *risk)
{
	const struct rk_markets_listener listener = {keep, NULL};
	struct rk_markets *markets = rig_parsed(rig_text(
		"{'schema': 1, 'assets': [{'name': 'USD', 'decimals': 2, "
		"'fixed_price': '1'%s}, {'name': 'BTC', 'decimals': 8, "
		"'price_decimals': 2, 'price_max': '1000000', "
		"'price_age_max': '5s'%s}], 'markets': [{'name': 'P', 'kind': "
		"'perpetual', 'price_decimals': 2, 'size_decimals': 4, 'lot': "
		"'1', 'price_max': '1000', 'position_max': '1000', "
		"'price_age_max': '5s', %s}]}",
		usd, btc, market));
	struct rk_conf conf;

	rk_conf_defaults(&conf);
	said[0] = '\0';
	rk_markets_warn(markets, risk ? risk : &conf.risk, &listener);
	rk_markets_free(markets);
	return said;
}

#define MARKET(settle, cost, maintenance, initial)                             \
	"'settle': '" settle "', 'close_cost': '" cost                         \
	"', 'brackets': [{'floor': '0', 'maintenance': '" maintenance          \
	"', 'initial': '" initial "'}]"
#define USUAL MARKET("USD", "0.0005", "0.005", "0.01")
#define LENT                                                                   \
	", 'lending': {'base': '0.01', 'slope_low': '0.04', 'slope_high': "    \
	"'0.6', 'kink': '0.8', 'reserve': '0.1', 'interval': '1h'"

static void expect(const char *got, const char *want)
{
	cr_expect_str_eq(got, want);
}

Test(markets_warn, what_is_usual_is_not_told_of)
{
	expect(warn("", "", USUAL, NULL), "");
	expect(warn(LENT "}",
		    ", 'collateral': {'weight_maintenance': '0.9', "
		    "'weight_initial': '0.8'}",
		    USUAL, NULL),
	       "");
}

Test(markets_warn, closing_that_costs_more_than_it_relieves)
{
	expect(warn("", "", MARKET("USD", "0.006", "0.005", "0.01"), NULL),
	       "market P: closing costs close_cost 0.006 of what is closed and "
	       "relieves only target x maintenance of the first bracket, 1.2 x "
	       "0.005 = 0.006: liquidation makes health worse and closes "
	       "everything; close_cost should be below that\n");
	expect(warn("", "", MARKET("USD", "0.005999999", "0.005", "0.01"),
		    NULL),
	       "");
	expect(warn("", "", MARKET("USD", "0.06", "0.1", "0.2"), NULL),
	       "market P: closing is expected to cost close_cost 0.06, but "
	       "liquidation orders go no further from the mark than order_band "
	       "0.05: close_cost should be at most order_band\n");
}

#define FEES(cost, taker, maker)                                               \
	MARKET("USD", cost, "0.005", "0.01")                                   \
	", 'taker_fee': '" taker "', 'maker_fee': '" maker "'"

Test(markets_warn, fees_that_closing_does_not_count)
{
	expect(warn("", "", FEES("0.0005", "0.0005", "-0.0005"), NULL), "");
	expect(warn("", "", FEES("0.0005", "0.0006", "0"), NULL),
	       "market P: closing is expected to cost close_cost 0.0005, but "
	       "who takes pays taker_fee 0.0006: liquidation closes too "
	       "little; "
	       "close_cost should be at least taker_fee\n");
}

Test(markets_warn, fees_that_give_back_more_than_they_take)
{
	expect(warn("", "", FEES("0.0005", "0.0004", "-0.0005"), NULL),
	       "market P: maker_fee -0.0005 gives back more than taker_fee "
	       "0.0004 takes: the venue pays for each fill; maker_fee should "
	       "be "
	       "at least -0.0004\n");
}

Test(markets_warn, initial_margin_that_is_called_at_once)
{
	expect(warn("", "", MARKET("USD", "0", "0.01", "0.012"), NULL),
	       "market P: brackets[0].initial 0.012 is below call_enter x "
	       "maintenance, 1.25 x 0.01 = 0.0125: a position that initial "
	       "margin allows is in MARGIN_CALL at once\n");
	expect(warn("", "", MARKET("USD", "0", "0.01", "0.0125"), NULL), "");
}

Test(markets_warn, loans_that_leave_nothing)
{
	expect(warn(LENT "}", "", USUAL, NULL),
	       "asset USD is lent, and BTC counts against it with "
	       "weight_maintenance 1, which is not below its "
	       "liability_maintenance 1: such a loan is liquidated only when "
	       "nothing is left over\n");
	expect(warn(LENT "}", ", 'collateral': {'weight_maintenance': '0.9'}",
		    USUAL, NULL),
	       "asset USD is lent, and against BTC it may be borrowed up to "
	       "0.9 "
	       "of its worth (weight_initial 0.9), where liquidation begins "
	       "(0.9): weight_initial should be lower, or liability_initial "
	       "higher\n");
	expect(warn(LENT ", 'borrow_cap': '100', 'supply_cap': '50'}",
		    ", 'collateral': {'weight_maintenance': '0'}", USUAL, NULL),
	       "asset USD: borrow_cap 100 is above supply_cap 50: more can "
	       "never be lent than is supplied\n");
}

Test(markets_warn, an_inverse_contract_in_dollars)
{
	expect(warn("", "", USUAL ", 'contract': 'inverse', 'price_min': '1'",
		    NULL),
	       "market P: an inverse contract is owed in coins, but it settles "
	       "in USD, which has a fixed_price: settle should be the coin, "
	       "with an index price\n");
	expect(warn("", "",
		    MARKET("BTC", "0.0005", "0.005",
			   "0.01") ", 'contract': 'inverse', 'price_min': '1'",
		    NULL),
	       "");
}

Test(markets_warn, orders_that_expire_before_the_next)
{
	struct rk_conf conf;

	rk_conf_defaults(&conf);
	conf.risk.order_cooldown_ns = conf.risk.order_expiry_ns + 1000000000;
	expect(warn("", "", USUAL, &conf.risk),
	       "order_cooldown 31s is longer than order_expiry 30s: between an "
	       "order that has expired and the next of its position nothing is "
	       "closed\n");
}
