/*
 * How liquidation orders follow each other, in markets.json: what is read, and
 * what is said when it is wrong.
 */
#include <criterion/criterion.h>

#include "markets_rig.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define USD      INT64_C(100000000)

/* A market with this as its last keys, and ' as ". */
static const char *text_with(const char *more)
{
	return rig_text(
		"{'schema': 1, 'assets': [\n"
		" {'name': 'USD', 'decimals': 8, 'fixed_price': '1'}],\n"
		" 'markets': [{'name': 'M', 'kind': 'perpetual',\n"
		"  'settle': 'USD', 'position_max': '1000',\n"
		"  'price_decimals': 2, 'size_decimals': 3,\n"
		"  'lot': '1', 'price_max': '1000000',\n"
		"  'price_age_max': '5s', 'close_cost': '0',\n"
		"  'brackets': [{'floor': '0', 'max_leverage': '10'}]\n"
		"  %s}]}",
		more);
}

static void expect_terms(const char *more,
			 const struct rk_liquidation_terms *want)
{
	struct rk_markets *markets = rig_parsed(text_with(more));

	cr_expect(rk_liquidation_terms_equal(&markets->liquidation[0], want),
		  "%s", more);
	rk_markets_free(markets);
}

Test(markets_liquidation, a_market_that_says_nothing_is_closed_in_one_order)
{
	const struct rk_liquidation_terms want = {.stage = {RK_RATE_ONE}};

	expect_terms("", &want);
}

Test(markets_liquidation, stages_are_a_fifth_and_10_000_usd_unless_told)
{
	const struct rk_liquidation_terms want = {
		.stage = {RK_RATE_ONE / 5},
		.stage_min = {10000 * USD},
	};

	expect_terms(", 'liquidation': {}", &want);
}

Test(markets_liquidation, every_key_arrives_in_its_unit)
{
	const struct rk_liquidation_terms want = {
		.stage = {RK_RATE_ONE / 10},
		.stage_min = {0},
		.cooldown_ns = INT64_C(30000000000),
		.volatility = {RK_RATE_ONE / 20},
		.dust = {50 * USD},
		.velocity = {2000000 * USD},
		.claim_max_ns = INT64_C(5000000000),
	};

	expect_terms(", 'liquidation': {'stage': '0.1', 'stage_min': '0',"
		     " 'cooldown': '30s', 'volatility': '0.05',"
		     " 'dust': '50', 'velocity': '2000000', 'claim_max': '5s'}",
		     &want);
}

/* 1e9 USD a day, 5 % a day: 10 bp are moved by 1e9 * (0.001 / 0.05)^2. */
Test(markets_liquidation, a_minute_takes_what_moves_the_price_by_the_impact)
{
	struct rk_liquidation_terms want = {
		.stage = {RK_RATE_ONE / 5},
		.stage_min = {10000 * USD},
		.volatility = {RK_RATE_ONE / 20},
		.velocity = {400000 * USD},
	};

	expect_terms(", 'liquidation': {'volume': '1000000000',"
		     " 'volatility': '0.05', 'impact': '0.001'}",
		     &want);
	/* Rounded down, but not to nothing; and at most what may be. */
	want.velocity.raw = 1;
	expect_terms(", 'liquidation': {'volume': '0.00000001',"
		     " 'volatility': '0.05', 'impact': '0.001'}",
		     &want);
	want.velocity.raw = INT64_C(1) << 61;
	expect_terms(", 'liquidation': {'volume': '90000000000',"
		     " 'volatility': '0.05', 'impact': '1'}",
		     &want);
}

Test(markets_liquidation, what_cannot_work_is_named_with_what_would_be_right)
{
#define AT   "m.json: $.markets[0].liquidation"
#define L(s) ", 'liquidation': {" s "}"
	static const struct {
		const char *more;
		const char *message;
	} cases[] = {
		{L("'stage': '0'"),
		 AT ".stage = \"0\": must be above 0 and at most 1, a share of "
		    "a position"},
		{L("'stage': '1.1'"),
		 AT ".stage = \"1.1\": must be above 0 and at most 1, a share "
		    "of a position"},
		{L("'stage_min': '-1'"),
		 AT ".stage_min = \"-1\": must be 0 or more, in USD"},
		{L("'cooldown': '0s'"),
		 AT ".cooldown = \"0s\": must be above 0 and at most 3652 "
		    "days: without one, that of the risk holds"},
		{L("'volatility': '10.1'"),
		 AT ".volatility = \"10.1\": must be above 0 and at most 10, "
		    "per day"},
		{L("'claim_max': '0s'"),
		 AT ".claim_max = \"0s\": must be above 0 and at most 3652 "
		    "days: without one, orders are not claimed"},
		{L("'dust': '0'"), AT ".dust = \"0\": must be above 0, in "
				      "USD: without one, leave it out"},
		{L("'velocity': '0'"),
		 AT ".velocity = \"0\": must be above 0 and at most "
		    "23058430092.13693952, in USD: without a limit, leave it "
		    "out"},
		{L("'velocity': '1', 'volume': '1'"),
		 AT ".velocity = \"1\": must not be there, as volume says "
		    "what a minute takes"},
		{L("'volume': '1', 'volatility': '0.1'"),
		 AT ".impact is missing: must be there, as volume is"},
		{L("'volume': '1', 'impact': '0.1'"),
		 AT ".volatility is missing: must be there, as volume is"},
		{L("'impact': '0.1'"),
		 AT ".volume is missing: must be there, as impact is"},
		{L("'volume': '0', 'impact': '1', 'volatility': '1'"),
		 AT ".volume = \"0\": must be above 0, in USD"},
		{L("'volume': '1', 'impact': '2', 'volatility': '1'"),
		 AT ".impact = \"2\": must be above 0 and at most 1"},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(text_with(cases[i].more), cases[i].message,
			    cases[i].more);
}
