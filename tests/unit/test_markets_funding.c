/*
 * What the positions of a market of markets.json pay each other: what is read,
 * and what is said when it is wrong.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "markets_rig.h"
#include "ops/error.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define HOUR_NS  INT64_C(3600000000000)

/* A market with this as its last keys, and ' as ". */
static const char *text_with(const char *more)
{
	return rig_text(
		"{'schema': 1, 'assets': [\n"
		" {'name': 'USD', 'decimals': 8, 'fixed_price': '1'}],\n"
		" 'markets': [{'name': 'M', 'kind': 'perpetual',\n"
		"  'settle': 'USD', 'position_max': '1000',\n"
		"  'price_decimals': 2, 'size_decimals': 0,\n"
		"  'lot': '1', 'price_max': '1000000',\n"
		"  'price_age_max': '5s', 'close_cost': '0',\n"
		"  'brackets': [{'floor': '0', 'max_leverage': '10'}]\n"
		"  %s}]}",
		more);
}

Test(markets_funding, a_market_that_says_nothing_has_none)
{
	struct rk_markets *markets = rig_parsed(text_with(""));

	cr_expect_eq(markets->funding[0].interval_ns, 0);
	cr_expect_eq(markets->funding[0].cap.raw, 0);
	rk_markets_free(markets);
}

Test(markets_funding, terms_arrive_in_1e_9)
{
	struct rk_markets *markets = rig_parsed(
		text_with(", 'funding': {'interval': '8h', 'interest': "
			  "'-0.0001', 'clamp': '0.0005', 'cap': '0.04', "
			  "'period': '24h', 'comment': 'as at Binance'}"));
	const struct rk_funding *terms = &markets->funding[0];

	cr_expect_eq(terms->interval_ns, 8 * HOUR_NS);
	cr_expect_eq(terms->interest.raw, -100000);
	cr_expect_eq(terms->clamp.raw, 500000);
	cr_expect_eq(terms->cap.raw, 40000000);
	cr_expect_eq(terms->period_ns, 24 * HOUR_NS);
	rk_markets_free(markets);
}

Test(markets_funding, what_cannot_work_is_named_with_what_would_be_right)
{
#define TERMS(interval, interest, clamp, cap)                                  \
	", 'funding': {'interval': '" interval "', 'interest': '" interest     \
	"', 'clamp': '" clamp "', 'cap': '" cap "'}"
#define AT "m.json: $.markets[0].funding"
	static const struct {
		const char *more;
		const char *message;
	} cases[] = {
		{TERMS("0s", "0", "0", "0.1"),
		 AT ".interval = \"0s\": must be from 1s to 3652d"},
		{TERMS("3653d", "0", "0", "0.1"),
		 AT ".interval = \"3653d\": must be from 1s to 3652d"},
		{TERMS("1h", "-1.1", "0", "0.1"),
		 AT ".interest = \"-1.1\": must be from -1 to 1, for one "
		    "period"},
		{TERMS("1h", "0", "-0.1", "0.1"),
		 AT ".clamp = \"-0.1\": must be from 0 to 1"},
		{TERMS("1h", "0", "0", "0"),
		 AT ".cap = \"0\": must be above 0 and at most 1, for one "
		    "period"},
		{TERMS("1h", "0", "0", "1.000000001"),
		 AT ".cap = \"1.000000001\": must be above 0 and at most 1, "
		    "for one period"},
		{", 'funding': {'interval': '8h', 'interest': '0', 'clamp': "
		 "'0', 'cap': '1', 'period': '1h'}",
		 AT ".period = \"1h\": must be from the interval to 3652d"},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(text_with(cases[i].more), cases[i].message,
			    cases[i].more);
#undef AT
#undef TERMS
}

Test(markets_funding, all_of_it_is_needed_but_the_period_and_no_more)
{
	static const char *const cases[] = {
		", 'funding': {}",
		", 'funding': {'interval': '1h', 'interest': '0', 'clamp': "
		"'0'}",
		", 'funding': {'interval': '1h', 'interest': '0', 'clamp': "
		"'0', 'cap': '1', 'floor': '0'}",
		", 'funding': '8h'",
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
