/*
 * Which contract a market of markets.json is: what is read, what is taken when
 * a key is left out, and what is said when it is wrong.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "markets_rig.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define INVERSE                                                                \
	"'contract': 'inverse', 'price_min': '100', 'settle': 'BTC', "         \
	"'position_max': '1000000'"
#define LINEAR "'settle': 'USD', 'position_max': '1000'"

/* A market of prices up to a million, with these keys more, and ' as ". */
static const char *text_with(const char *more)
{
	return rig_text("{'schema': 1, 'assets': [\n"
			" {'name': 'USD', 'decimals': 8, 'fixed_price': '1'},\n"
			" {'name': 'BTC', 'decimals': 8, 'price_decimals': 2,\n"
			"  'price_max': '1000000', 'price_age_max': '5s'}],\n"
			" 'markets': [{'name': 'M', 'kind': 'perpetual', %s,\n"
			"  'price_decimals': 2, 'size_decimals': 0,\n"
			"  'lot': '1', 'price_max': '1000000',\n"
			"  'price_age_max': '5s', 'close_cost': '0',\n"
			"  'brackets': [{'floor': '0', 'max_leverage': '10'}]\n"
			" }]}",
			more);
}

static struct rk_cmd_market read_market(const char *more)
{
	struct rk_markets *markets = rig_parsed(text_with(more));
	struct rk_cmd_market market = markets->markets[0];
	const char *field;

	cr_expect_eq(rk_listing_check_market(&market, NULL, &field), RK_OK,
		     "%s", more);
	rk_markets_free(markets);
	return market;
}

static void assert_refused(const char *more, const char *message)
{
	rig_refused(text_with(more), message, more);
}

Test(markets_contract, a_market_that_says_nothing_is_linear_and_counts_once)
{
	struct rk_cmd_market market = read_market(LINEAR);

	cr_expect_eq(market.contract, RK_CONTRACT_LINEAR);
	cr_expect_eq(market.multiplier, 1);
	cr_expect_eq(market.multiplier_decimals, 0);
	cr_expect_eq(market.price_min.raw, 1);
}

Test(markets_contract, an_inverse_market_arrives_in_its_scale)
{
	struct rk_cmd_market market =
		read_market(INVERSE ", 'multiplier': '0.25'");

	cr_expect_eq(market.contract, RK_CONTRACT_INVERSE);
	cr_expect_eq(market.multiplier, 25);
	cr_expect_eq(market.multiplier_decimals, 2);
	cr_expect_eq(market.price_min.raw, 10000);
	cr_expect_eq(market.position_max.raw, 1000000);
}

Test(markets_contract, a_linear_market_may_have_all_three)
{
	struct rk_cmd_market market =
		read_market(LINEAR ", 'contract': 'linear', 'multiplier': "
				   "'10', 'price_min': '0.05'");

	cr_expect_eq(market.contract, RK_CONTRACT_LINEAR);
	cr_expect_eq(market.multiplier, 10);
	cr_expect_eq(market.multiplier_decimals, 0);
	cr_expect_eq(market.price_min.raw, 5);
}

/* Otherwise a zero added to the file would be another contract. */
Test(markets_contract, a_multiplier_has_one_form_however_it_is_written)
{
	static const struct {
		const char *text;
		int64_t multiplier;
		uint8_t decimals;
	} cases[] = {
		{"1", 1, 0},
		{"1.0", 1, 0},
		{"1.000000000000", 1, 0},
		{"10", 10, 0},
		{"10.50", 105, 1},
		{"0.1", 1, 1},
		{"0.010", 1, 2},
		{"0.000000000001", 1, 12},
		{"1099511627776", RK_MULTIPLIER_MAX, 0},
		{"1.099511627776", RK_MULTIPLIER_MAX, 12},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rk_cmd_market market;
		char more[256];

		/* The largest are too much for a price of a million. */
		(void)snprintf(more, sizeof(more),
			       cases[i].multiplier > 1000 &&
					       cases[i].decimals == 0
				       ? "'contract': 'inverse', 'price_min': "
					 "'1000000', 'settle': 'USD', "
					 "'position_max': '1', "
					 "'multiplier': '%s'"
				       : "'settle': 'USD', 'position_max': "
					 "'1', 'multiplier': '%s'",
			       cases[i].text);
		market = read_market(more);
		cr_expect_eq(market.multiplier, cases[i].multiplier, "%s",
			     cases[i].text);
		cr_expect_eq(market.multiplier_decimals, cases[i].decimals,
			     "%s", cases[i].text);
	}
}

Test(markets_contract, a_contract_that_cannot_be_is_refused_by_its_key)
{
#define LIST "m.json: $.markets[0]."
#define MULTIPLIER                                                             \
	"must be above 0 and at most 1099511627776 of its last decimal"
	assert_refused(LINEAR ", 'contract': 'quanto'",
		       LIST "contract = \"quanto\": must be \"linear\" or "
			    "\"inverse\"");
	assert_refused(LINEAR ", 'contract': 1",
		       LIST "contract = 1: must be a string");
	assert_refused(LINEAR ", 'multiplier': '0'",
		       LIST "multiplier = \"0\": " MULTIPLIER);
	assert_refused(LINEAR ", 'multiplier': '-1'",
		       LIST "multiplier = \"-1\": " MULTIPLIER);
	assert_refused(LINEAR ", 'multiplier': '1099511627777'",
		       LIST "multiplier = \"1099511627777\": " MULTIPLIER);
	assert_refused(LINEAR ", 'multiplier': '0.0000000000001'",
		       LIST "multiplier = \"0.0000000000001\": must have at "
			    "most 12 digits after the point");
	assert_refused(LINEAR ", 'multiplier': 'one'",
		       LIST "multiplier = \"one\": must be a decimal number "
			    "like \"-12.34\"");
	assert_refused(LINEAR ", 'price_min': '0'",
		       LIST "price_min = \"0\": must be above 0 and at most "
			    "price_max");
	assert_refused(LINEAR ", 'price_min': '1000000.01'",
		       LIST "price_min = \"1000000.01\": must be above 0 and "
			    "at most price_max");
	assert_refused(LINEAR ", 'price_min': '0.001'",
		       LIST "price_min = \"0.001\": must have at most 2 digits "
			    "after the point");
#undef MULTIPLIER
}

Test(markets_contract, an_inverse_market_must_say_its_smallest_price)
{
	assert_refused("'settle': 'BTC', 'position_max': '1', "
		       "'contract': 'inverse'",
		       LIST "price_min is missing: must be there, as the "
			    "contract is inverse: a position is worth most at "
			    "this price");
}

Test(markets_contract, rule_n6_bounds_an_inverse_position_at_its_smallest_price)
{
#define INVERSE_OF(price_min, position_max)                                    \
	"'settle': 'BTC', 'contract': 'inverse', 'price_min': '" price_min     \
	"', 'position_max': '" position_max "'"
	/* 11529.215 BTC of a million each fit, and no more. */
	(void)read_market(INVERSE_OF("100", "1152921"));
	assert_refused(INVERSE_OF("100", "1152922"),
		       LIST "position_max = \"1152922\": must be smaller: at "
			    "price_min, and BTC at its highest, it would be "
			    "worth more than 11529215046.06846976 USD; or "
			    "price_min must be higher, or the price_max of BTC "
			    "lower");
	/* Each of the others lets it in again; a multiplier counts. */
	(void)read_market(INVERSE_OF("100.01", "1152922"));
	(void)read_market(INVERSE_OF("100", "1152922") ", 'multiplier': '0.9'");
	assert_refused(INVERSE_OF("100", "115293") ", 'multiplier': '10'",
		       LIST "position_max = \"115293\": must be smaller: at "
			    "price_min, and BTC at its highest, it would be "
			    "worth more than 11529215046.06846976 USD; or "
			    "price_min must be higher, or the price_max of BTC "
			    "lower");
}
