/*
 * How losses in an asset of markets.json are converted: what is read, and what
 * is said when it is wrong.
 */
#include <criterion/criterion.h>

#include "markets_rig.h"
#include "ops/error.h"
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

Test(markets_conversion, an_asset_that_says_nothing_has_no_terms)
{
	struct rk_markets *markets = rig_parsed(text_with(""));
	const struct rk_conversion none = {.enabled = false};

	cr_expect(rk_conversion_equal(&markets->conversion[0], &none));
	rk_markets_free(markets);
}

Test(markets_conversion, amounts_are_in_units_of_the_asset)
{
	struct rk_markets *markets = rig_parsed(text_with(
		", 'conversion': {'auto_borrow': '1000', 'repay_to': '200.5', "
		"'cost': '0.005', 'band': '0.02'}"));
	const struct rk_conversion *terms = &markets->conversion[0];

	cr_expect(terms->enabled);
	cr_expect_eq(terms->auto_borrow.raw, 1000000000);
	cr_expect_eq(terms->repay_to.raw, 200500000);
	cr_expect_eq(terms->cost.raw, 5000000);
	cr_expect_eq(terms->band.raw, 20000000);
	rk_markets_free(markets);
}

Test(markets_conversion, all_is_paid_back_at_no_cost_unless_told)
{
	struct rk_markets *markets = rig_parsed(text_with(
		", 'conversion': {'auto_borrow': '0', 'band': '0.02'}"));

	cr_expect(markets->conversion[0].enabled);
	cr_expect_eq(markets->conversion[0].repay_to.raw, 0);
	cr_expect_eq(markets->conversion[0].cost.raw, 0);
	rk_markets_free(markets);
}

Test(markets_conversion, what_cannot_work_is_named_with_what_would_be_right)
{
#define TERMS(borrow, repay, cost, band)                                       \
	", 'conversion': {'auto_borrow': '" borrow "', 'repay_to': '" repay    \
	"', 'cost': '" cost "', 'band': '" band "'}"
#define AT "m.json: $.assets[0].conversion"
	static const struct {
		const char *more;
		const char *message;
	} cases[] = {
		{TERMS("-1", "0", "0", "0.1"),
		 AT ".auto_borrow = \"-1\": must be from 0 on"},
		{TERMS("1", "2", "0", "0.1"),
		 AT ".repay_to = \"2\": must be from 0 to auto_borrow"},
		{TERMS("1", "0", "1", "0.1"),
		 AT ".cost = \"1\": must be from 0 on and below 1"},
		{TERMS("1", "0", "0", "0"),
		 AT ".band = \"0\": must be above 0 and below 1"},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(text_with(cases[i].more), cases[i].message,
			    cases[i].more);
}
