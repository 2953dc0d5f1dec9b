/*
 * Kind, expiry and state of a market of markets.json: what is read, and what
 * is said when it is wrong.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "markets_rig.h"
#include "ops/error.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* A market with this as its last keys, and ' as ". */
static const char *text_with(const char *more)
{
	return rig_text(
		"{'schema': 1, 'assets': [\n"
		" {'name': 'USD', 'decimals': 8, 'fixed_price': '1'}],\n"
		" 'markets': [{'name': 'M', 'settle': 'USD',\n"
		"  'position_max': '1000', 'price_decimals': 2,\n"
		"  'size_decimals': 0, 'lot': '1', 'price_max': '1000000',\n"
		"  'price_age_max': '5s', 'close_cost': '0',\n"
		"  'brackets': [{'floor': '0', 'max_leverage': '10'}]\n"
		"  %s}]}",
		more);
}

Test(markets_life, a_perpetual_that_says_nothing_leaves_its_state_alone)
{
	struct rk_markets *markets =
		rig_parsed(text_with(", 'kind': 'perpetual'"));

	cr_expect_eq(markets->life[0].state, 0);
	cr_expect_eq(markets->life[0].expiry_ns, 0);
	rk_markets_free(markets);
}

Test(markets_life, a_future_has_its_expiry)
{
	struct rk_markets *markets =
		rig_parsed(text_with(", 'kind': 'future', 'state': 'listed', "
				     "'expiry': '2026-03-27T08:00:00Z'"));

	cr_expect_eq(markets->life[0].state, RK_MARKET_LISTED);
	cr_expect_eq(markets->life[0].expiry_ns, INT64_C(1774598400000000000));
	rk_markets_free(markets);
}

Test(markets_life, states_have_their_names)
{
	static const struct {
		const char *more;
		enum rk_market_state state;
	} cases[] = {
		{", 'kind': 'perpetual', 'state': 'listed'", RK_MARKET_LISTED},
		{", 'kind': 'perpetual', 'state': 'open'", RK_MARKET_OPEN},
		{", 'kind': 'perpetual', 'state': 'close_only'",
		 RK_MARKET_CLOSE_ONLY},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rk_markets *markets =
			rig_parsed(text_with(cases[i].more));

		cr_expect_eq(markets->life[0].state, cases[i].state);
		rk_markets_free(markets);
	}
}

Test(markets_life, what_cannot_be_is_named_with_what_would_be_right)
{
#define AT   "m.json: $.markets[0]"
#define DATE "must be a time of UTC like \"2026-03-27T08:00:00Z\""
	static const struct {
		const char *more;
		const char *message;
	} cases[] = {
		{", 'kind': 'perpetual', 'state': 'settled'",
		 AT ".state = \"settled\": must be \"listed\", \"open\" or "
		    "\"close_only\": markets are settled by command"},
		{", 'kind': 'perpetual', 'expiry': '2026-03-27T08:00:00Z'",
		 AT ".expiry = \"2026-03-27T08:00:00Z\": must be left out, or "
		    "kind be \"future\""},
		{", 'kind': 'future', 'expiry': '2026-02-29T08:00:00Z'",
		 AT ".expiry = \"2026-02-29T08:00:00Z\": " DATE},
		{", 'kind': 'future', 'expiry': '2026-03-27'",
		 AT ".expiry = \"2026-03-27\": " DATE},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(text_with(cases[i].more), cases[i].message,
			    cases[i].more);
#undef AT
#undef DATE
}

Test(markets_life, a_future_has_an_expiry_and_no_funding)
{
	static const char *const cases[] = {
		", 'kind': 'future'",
		", 'kind': 'future', 'expiry': 5",
		", 'kind': 'future', 'expiry': '2026-03-27T08:00:00Z', "
		"'funding': {'interval': '8h', 'interest': '0', 'clamp': '0', "
		"'cap': '1'}",
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
