/*
 * How an asset of markets.json is lent: what is read, and what is said when it
 * is wrong.
 */
#include <criterion/criterion.h>

#include "markets_rig.h"
#include "ops/error.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define HOUR_NS  INT64_C(3600000000000)

/* An asset with this as its last keys, and ' as ". */
static const char *text_with(const char *more)
{
	return rig_text("{'schema': 1, 'assets': [\n"
			" {'name': 'USDC', 'decimals': 6, 'fixed_price': '1'\n"
			"  %s}], 'markets': []}",
			more);
}

Test(markets_lending, an_asset_that_says_nothing_is_not_lent)
{
	struct rk_markets *markets = rig_parsed(text_with(""));

	cr_expect_not(markets->lending[0].lendable);
	cr_expect_eq(markets->lending[0].interval_ns, 0);
	rk_markets_free(markets);
}

Test(markets_lending, rates_arrive_in_1e_9_and_caps_in_units_of_the_asset)
{
	struct rk_markets *markets = rig_parsed(text_with(
		", 'lending': {'base': '0.01', 'slope_low': '0.04', "
		"'slope_high': '0.6', 'kink': '0.8', 'reserve': '0.1', "
		"'borrow_cap': '5000', 'interval': '1h'}"));
	const struct rk_lending *terms = &markets->lending[0];

	cr_expect(terms->lendable);
	cr_expect_eq(terms->base.raw, 10000000);
	cr_expect_eq(terms->slope_low.raw, 40000000);
	cr_expect_eq(terms->slope_high.raw, 600000000);
	cr_expect_eq(terms->kink.raw, 800000000);
	cr_expect_eq(terms->reserve.raw, 100000000);
	cr_expect_eq(terms->borrow_cap.raw, 5000000000);
	cr_expect_eq(terms->supply_cap.raw, 0);
	cr_expect_eq(terms->interval_ns, HOUR_NS);
	rk_markets_free(markets);
}

Test(markets_lending, what_cannot_work_is_named_with_what_would_be_right)
{
#define TERMS(base, low, high, kink, reserve, interval)                        \
	", 'lending': {'base': '" base "', 'slope_low': '" low                 \
	"', 'slope_high': '" high "', 'kink': '" kink                          \
	"', 'reserve': '" reserve "', 'interval': '" interval "'}"
#define AT "m.json: $.assets[0].lending"
	static const struct {
		const char *more;
		const char *message;
	} cases[] = {
		{TERMS("-0.1", "0", "0", "0.8", "0", "1h"),
		 AT ".base = \"-0.1\": must be from 0 to 10, for one year"},
		{TERMS("5", "5.1", "0", "0.8", "0", "1h"),
		 AT ".slope_low = \"5.1\": must be from 0 on; with base at "
		    "most 10"},
		{TERMS("0", "5", "5.1", "0.8", "0", "1h"),
		 AT ".slope_high = \"5.1\": must be from 0 on; with base and "
		    "slope_low at most 10"},
		{TERMS("0", "0", "0", "1", "0", "1h"),
		 AT ".kink = \"1\": must be above 0 and below 1"},
		{TERMS("0", "0", "0", "0.8", "1.1", "1h"),
		 AT ".reserve = \"1.1\": must be from 0 to 1"},
		{TERMS("0", "0", "0", "0.8", "0", "0s"),
		 AT ".interval = \"0s\": must be from 1s to 3652d"},
		{", 'lending': {'base': '0', 'slope_low': '0', "
		 "'slope_high': '0', 'kink': '0.8', 'reserve': '0', "
		 "'supply_cap': '0', 'interval': '1h'}",
		 AT ".supply_cap = \"0\": must be above 0; left out, there is "
		    "none"},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(text_with(cases[i].more), cases[i].message,
			    cases[i].more);
}
