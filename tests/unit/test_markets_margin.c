/*
 * What bears on the margin of a market of markets.json beside its brackets:
 * what is read, and what is said when it is wrong.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "markets_rig.h"
#include "ops/error.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define USD      INT64_C(100000000)

/* A market with this as its object "margin", and ' as ". */
static const char *text_with(const char *margin)
{
	return rig_text(
		"{'schema': 1, 'assets': [\n"
		" {'name': 'USD', 'decimals': 8, 'fixed_price': '1'}],\n"
		" 'markets': [{'name': 'M', 'kind': 'perpetual',\n"
		"  'settle': 'USD', 'position_max': '1000',\n"
		"  'price_decimals': 2, 'size_decimals': 3,\n"
		"  'lot': '1', 'price_max': '1000000',\n"
		"  'price_age_max': '5s', 'close_cost': '0',\n"
		"  'brackets': [{'floor': '0', 'max_leverage': '10'}],\n"
		"  'margin': %s}]}",
		margin);
}

Test(markets_margin, what_is_left_out_is_none)
{
	static const struct rk_margin_terms none;
	struct rk_markets *markets = rig_parsed(text_with("{}"));

	cr_expect(memcmp(&markets->margin[0], &none, sizeof(none)) == 0);
	rk_markets_free(markets);
}

Test(markets_margin, caps_are_usd_and_the_maximum_is_a_size)
{
	struct rk_markets *markets = rig_parsed(text_with(
		"{'open_interest_lower': '40000000', 'open_interest_upper': "
		"'100000000.5', 'open_interest_max': '12.345'}"));
	const struct rk_margin_terms *terms = &markets->margin[0];

	cr_expect_eq(terms->scale_lower.raw, 40000000 * USD);
	cr_expect_eq(terms->scale_upper.raw, 100000000 * USD + USD / 2);
	cr_expect_eq(terms->open_max.raw, 12345);
	cr_expect_eq(terms->growth, RK_GROWTH_NONE);
	rk_markets_free(markets);
}

Test(markets_margin, factors_arrive_in_1e_18)
{
	struct rk_markets *markets = rig_parsed(
		text_with("{'growth': 'power', 'factor_initial': "
			  "'0.0000003754000001', 'factor_maintenance': '0', "
			  "'comment': 'as at Orderly'}"));
	const struct rk_margin_terms *terms = &markets->margin[0];

	cr_expect_eq(terms->growth, RK_GROWTH_POWER);
	cr_expect_eq(terms->factor_initial, INT64_C(375400000100));
	cr_expect_eq(terms->factor_maintenance, 0);
	cr_expect_eq(terms->base_share.raw, 0);
	rk_markets_free(markets);
	markets = rig_parsed(text_with(
		"{'growth': 'sqrt', 'base_share': '0.8', 'factor_initial': "
		"'0.00003', 'factor_maintenance': '0.00003'}"));
	cr_expect_eq(markets->margin[0].growth, RK_GROWTH_SQRT);
	cr_expect_eq(markets->margin[0].base_share.raw, 800000000);
	rk_markets_free(markets);
}

Test(markets_margin, what_cannot_work_is_named_with_what_would_be_right)
{
#define AT "m.json: $.markets[0].margin"
#define GROWS(share, initial, maintenance)                                     \
	"{'growth': 'sqrt', 'base_share': '" share                             \
	"', 'factor_initial': '" initial                                       \
	"', 'factor_maintenance': '" maintenance "'}"
	static const struct {
		const char *margin;
		const char *message;
	} cases[] = {
		{"{'open_interest_lower': '5', 'open_interest_upper': '5'}",
		 AT ".open_interest_upper = \"5\": must be above "
		    "open_interest_lower (USD): there the initial rate is 1"},
		{"{'open_interest_upper': '0'}",
		 AT ".open_interest_upper = \"0\": must be above "
		    "open_interest_lower (USD): there the initial rate is 1"},
		{"{'open_interest_lower': '-1', 'open_interest_upper': '5'}",
		 AT ".open_interest_lower = \"-1\": must be 0 or more, in "
		    "USD"},
		{"{'open_interest_lower': '5'}",
		 AT ".open_interest_upper is missing: must be there, as "
		    "open_interest_lower is"},
		{"{'open_interest_max': '0'}",
		 AT ".open_interest_max = \"0\": must be above 0, a size: "
		    "without one, leave it out"},
		{"{'growth': 'cubic'}",
		 AT ".growth = \"cubic\": must be \"sqrt\" or \"power\""},
		{"{'factor_initial': '0.1'}",
		 AT ".growth is missing: must be there, as factor_initial is"},
		{"{'growth': 'sqrt'}",
		 AT ".factor_initial is missing: must be a decimal string "
		    "like \"12.34\""},
		{GROWS("1.1", "0.1", "0.1"),
		 AT ".base_share = \"1.1\": must be from 0 to 1"},
		{GROWS("0", "0", "0"),
		 AT ".factor_initial = \"0\": must be above 0 and at most 1"},
		{GROWS("0", "1.1", "0"),
		 AT ".factor_initial = \"1.1\": must be above 0 and at most "
		    "1"},
		{GROWS("0", "0.1", "0.2"),
		 AT ".factor_maintenance = \"0.2\": must be from 0 to "
		    "factor_initial, as maintenance is not above initial"},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(text_with(cases[i].margin), cases[i].message,
			    cases[i].margin);
#undef GROWS
#undef AT
}

Test(markets_margin, other_keys_and_kinds_are_refused)
{
	static const char *const cases[] = {
		"'sqrt'",
		"{'open_interest': '5'}",
		"{'open_interest_max': 5}",
		"{'open_interest_max': '0.0001'}",
		"{'growth': 1}",
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rk_markets *markets = NULL;
		struct rk_error error = {""};
		const char *text = text_with(cases[i]);

		cr_expect_eq(rk_markets_parse(text, strlen(text), "m.json",
					      &markets, &error),
			     -EINVAL, "%s", cases[i]);
		cr_expect_neq(error.text[0], '\0');
	}
}
