/*
 * Insurance funds in markets.json: what is read, and what is said when it is
 * wrong.
 */
#include <criterion/criterion.h>

#include "markets_rig.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* An asset with this as its last keys, and ' as ". */
static const char *text_with(const char *more)
{
	return rig_text("{'schema': 1, 'assets': [\n"
			" {'name': 'USDC', 'decimals': 6, 'fixed_price': '1'\n"
			"  %s}], 'markets': []}",
			more);
}

static void expect_terms(const char *more, int64_t draw_cap, int64_t fee,
			 int64_t gate)
{
	struct rk_markets *markets = rig_parsed(text_with(more));

	cr_expect_eq(markets->insurance[0].draw_cap.raw, draw_cap);
	cr_expect_eq(markets->insurance[0].liquidation_fee.raw, fee);
	cr_expect_eq(markets->insurance[0].withdrawal_gate.raw, gate);
	rk_markets_free(markets);
}

Test(markets_insurance, an_asset_that_says_nothing_has_a_fund_that_pays_nothing)
{
	expect_terms("", 0, 0, 0);
}

Test(markets_insurance, a_fund_pays_a_quarter_an_hour_unless_told)
{
	expect_terms(", 'insurance': {}", 250000000, 0, 10000000);
	expect_terms(", 'insurance': {'liquidation_fee': '0.005'}", 250000000,
		     5000000, 10000000);
	expect_terms(", 'insurance': {'draw_cap': '1'}", 1000000000, 0,
		     10000000);
	expect_terms(", 'insurance': {'draw_cap': '0'}", 0, 0, 10000000);
}

Test(markets_insurance, withdrawals_wait_for_a_hundredth_unless_told)
{
	expect_terms(", 'insurance': {'withdrawal_gate': '0.05'}", 250000000, 0,
		     50000000);
	expect_terms(", 'insurance': {'withdrawal_gate': '0'}", 250000000, 0,
		     0);
}

Test(markets_insurance, what_cannot_work_is_named_with_what_would_be_right)
{
#define AT "m.json: $.assets[0].insurance"
	static const struct {
		const char *more;
		const char *message;
	} cases[] = {
		{", 'insurance': {'draw_cap': '1.01'}",
		 AT ".draw_cap = \"1.01\": must be from 0 to 1"},
		{", 'insurance': {'draw_cap': '-0.1'}",
		 AT ".draw_cap = \"-0.1\": must be from 0 to 1"},
		{", 'insurance': {'withdrawal_gate': '1.5'}",
		 AT ".withdrawal_gate = \"1.5\": must be from 0 to 1"},
		{", 'insurance': {'withdrawal_gate': '-0.01'}",
		 AT ".withdrawal_gate = \"-0.01\": must be from 0 to 1"},
		{", 'insurance': {'liquidation_fee': '1'}",
		 AT ".liquidation_fee = \"1\": must be from 0 on and below 1"},
		{", 'insurance': {'liquidation_fee': '-1'}",
		 AT ".liquidation_fee = \"-1\": must be from 0 on and below 1"},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(text_with(cases[i].more), cases[i].message,
			    cases[i].more);
}
