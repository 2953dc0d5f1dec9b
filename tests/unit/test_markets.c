/*
 * markets.json: what is read from it, what is said when it is wrong, and that
 * the shipped lists are ones that the engine takes.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "markets_rig.h"
#include "ops/demo.h"
#include "ops/error.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* Each case changes one word of this. */
static const char base[] =
	"{'schema': 1, 'comment': 'for tests',\n"
	" 'assets': [\n"
	"  {'name': 'USD', 'decimals': 8, 'fixed_price': '1'},\n"
	"  {'name': 'BTC', 'decimals': 7, 'price_decimals': 2,\n"
	"   'price_max': '1000000', 'price_age_max': '5s'}],\n"
	" 'markets': [\n"
	"  {'name': 'BTC-PERP', 'kind': 'perpetual', 'settle': 'USD',\n"
	"   'price_decimals': 1, 'size_decimals': 4, 'lot': '0.001',\n"
	"   'price_max': '1000000', 'position_max': '5000',\n"
	"   'price_age_max': '1500ms', 'close_cost': '0.0005',\n"
	"   'brackets': [\n"
	"    {'floor': '0', 'maintenance': '0.005', 'initial': '0.01'},\n"
	"    {'floor': '50000', 'max_leverage': '30'}]}]}\n";

/* The base with the first old as new, and ' as ". */
static const char *changed(const char *old, const char *new)
{
	const char *at = strstr(base, old);

	cr_assert_not_null(at, "%s", old);
	return rig_text("%.*s%s%s", (int)(at - base), base, new,
			at + strlen(old));
}

struct wrong {
	const char *old;
	const char *new;
	const char *message;
};

static void assert_refused(const struct wrong *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rig_refused(changed(cases[i].old, cases[i].new),
			    cases[i].message, cases[i].new);
}

Test(markets, every_figure_arrives_in_its_scale)
{
	struct rk_markets *markets = rig_parsed(changed("", ""));
	const struct rk_cmd_asset *usd = &markets->assets[0];
	const struct rk_cmd_asset *btc = &markets->assets[1];
	const struct rk_cmd_market *perp = &markets->markets[0];

	cr_assert_eq(markets->assets_n, 2);
	cr_assert_str_eq(usd->name, "USD");
	cr_assert_eq(usd->decimals, 8);
	cr_assert_eq(usd->price_decimals, 8);
	cr_assert_eq(usd->fixed_price.raw, 100000000);
	cr_assert_eq(usd->price_max.raw, 0);
	cr_assert_str_eq(btc->name, "BTC");
	cr_assert_eq(btc->decimals, 7);
	cr_assert_eq(btc->price_decimals, 2);
	cr_assert_eq(btc->fixed_price.raw, 0);
	cr_assert_eq(btc->price_max.raw, 100000000);
	cr_assert_eq(btc->price_age_max_ns, INT64_C(5000000000));

	cr_assert_eq(markets->markets_n, 1);
	cr_assert_str_eq(perp->name, "BTC-PERP");
	cr_assert_str_eq(perp->settle, "USD");
	cr_assert_eq(perp->price_decimals, 1);
	cr_assert_eq(perp->size_decimals, 4);
	cr_assert_eq(perp->lot.raw, 10);
	cr_assert_eq(perp->price_max.raw, 10000000);
	cr_assert_eq(perp->position_max.raw, 50000000);
	cr_assert_eq(perp->price_age_max_ns, 1500000000);
	cr_assert_eq(perp->close_cost.raw, 500000);
	cr_assert_eq(perp->taker_fee.raw, 0);
	cr_assert_eq(perp->maker_fee.raw, 0);
	cr_assert_eq(perp->brackets_n, 2);
	cr_assert_eq(perp->brackets[0].floor.raw, 0);
	cr_assert_eq(perp->brackets[0].maintenance.raw, 5000000);
	cr_assert_eq(perp->brackets[0].initial.raw, 10000000);
	cr_assert_eq(perp->brackets[1].floor.raw, INT64_C(5000000000000));
	rk_markets_free(markets);
}

Test(markets, fees_may_be_told)
{
	struct rk_markets *markets = rig_parsed(
		changed("'0.0005'", "'0.0005', 'taker_fee': '0.0004', "
				    "'maker_fee': '-0.000000001'"));

	cr_assert_eq(markets->markets[0].taker_fee.raw, 400000);
	cr_assert_eq(markets->markets[0].maker_fee.raw, -1);
	rk_markets_free(markets);
}

Test(markets, leverage_gives_margins_rounded_up)
{
	static const struct {
		const char *leverage;
		int64_t initial, maintenance;
	} cases[] = {
		{"'30'", 33333334, 16666667},
		{"'3'", 333333334, 166666667},
		{"'50'", 20000000, 10000000},
		{"'1'", 1000000000, 500000000},
		{"'2.5'", 400000000, 200000000},
		{"'33.333333333'", 30000001, 15000001},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rk_markets *markets;
		char text[4096];
		const struct rk_bracket *bracket;

		snprintf(text, sizeof(text), "%s",
			 changed("'30'", cases[i].leverage));
		markets = rig_parsed(text);
		bracket = &markets->markets[0].brackets[1];
		cr_expect_eq(bracket->initial.raw, cases[i].initial,
			     "%s: %" PRId64, cases[i].leverage,
			     bracket->initial.raw);
		cr_expect_eq(bracket->maintenance.raw, cases[i].maintenance,
			     "%s: %" PRId64, cases[i].leverage,
			     bracket->maintenance.raw);
		rk_markets_free(markets);
	}
}

Test(markets, a_fixed_price_may_have_its_own_decimals)
{
	struct rk_markets *markets = rig_parsed(
		changed("'fixed_price': '1'",
			"'price_decimals': 2, 'fixed_price': '1.25'"));

	cr_assert_eq(markets->assets[0].price_decimals, 2);
	cr_assert_eq(markets->assets[0].fixed_price.raw, 125);
	rk_markets_free(markets);
}

Test(markets, empty_lists_are_allowed)
{
	struct rk_markets *markets =
		rig_parsed("{\"schema\": 1, \"assets\": [], \"markets\": []}");

	cr_assert_eq(markets->assets_n, 0);
	cr_assert_eq(markets->markets_n, 0);
	rk_markets_free(markets);
	rk_markets_free(NULL);
}

Test(markets, an_unknown_key_is_refused_with_the_nearest_one)
{
	static const struct wrong cases[] = {
		{"'lot'", "'lott'",
		 "m.json: $.markets[0].lott: no such key, did you mean lot?"},
		{"'schema'", "'colour': 1, 'schema'",
		 "m.json: $.colour: no such key"},
		{"'decimals': 7", "'decimal': 7",
		 "m.json: $.assets[1].decimal: no such key, did you mean "
		 "decimals?"},
		{"'max_leverage'", "'leverage'",
		 "m.json: $.markets[0].brackets[1].leverage: no such key"},
		{"'comment': 'for tests'", "'comment': 5",
		 "m.json: $.comment = 5: must be a string"},
	};

	assert_refused(cases, N(cases));
}

Test(markets, a_missing_key_is_named)
{
	static const struct wrong cases[] = {
		{"'schema': 1,", "",
		 "m.json: $.schema is missing: must be 1, the only version "
		 "there is"},
		{"'name': 'BTC',", "",
		 "m.json: $.assets[1].name is missing: must be a string"},
		{"'decimals': 7,", "",
		 "m.json: $.assets[1].decimals is missing: must be a whole "
		 "number from 0 to 8"},
		{"'price_max': '1000000', 'price_age_max': '5s'",
		 "'price_age_max': '5s'",
		 "m.json: $.assets[1].price_max is missing: must be a decimal "
		 "string like \"12.34\""},
		{", 'price_age_max': '5s'", "",
		 "m.json: $.assets[1].price_age_max is missing: must be a "
		 "whole number and a unit (ns, us, ms, s, m, h, d), like "
		 "\"30s\""},
		{"'kind': 'perpetual',", "",
		 "m.json: $.markets[0].kind is missing: must be a string"},
		{", 'lot': '0.001'", "",
		 "m.json: $.markets[0].lot is missing: must be a decimal "
		 "string like \"12.34\""},
		{", 'initial': '0.01'", "",
		 "m.json: $.markets[0].brackets[0].initial is missing: must "
		 "be a decimal string like \"12.34\""},
		{"'floor': '0', ", "",
		 "m.json: $.markets[0].brackets[0].floor is missing: must be "
		 "a decimal string like \"12.34\""},
	};

	assert_refused(cases, N(cases));
}

Test(markets, a_wrong_type_is_refused)
{
	static const struct wrong cases[] = {
		{"'0.001'", "0.001",
		 "m.json: $.markets[0].lot = 0.001: must be a decimal string "
		 "like \"12.34\": a plain number would be rounded"},
		{"'5000'", "5000",
		 "m.json: $.markets[0].position_max = 5000: must be a decimal "
		 "string like \"12.34\": a plain number would be rounded"},
		{"'0.001'", "null",
		 "m.json: $.markets[0].lot = null: must be a decimal string "
		 "like \"12.34\""},
		{"'decimals': 8", "'decimals': '8'",
		 "m.json: $.assets[0].decimals = \"8\": must be a whole "
		 "number from 0 to 8, not a string"},
		{"'decimals': 8", "'decimals': 8.0",
		 "m.json: $.assets[0].decimals = 8.0: must be a whole number "
		 "from 0 to 8"},
		{"'5s'", "5",
		 "m.json: $.assets[1].price_age_max = 5: must be a whole "
		 "number and a unit (ns, us, ms, s, m, h, d), like \"30s\""},
		{"'name': 'USD'", "'name': []",
		 "m.json: $.assets[0].name: must be a string"},
		{"'schema': 1", "'schema': '1'",
		 "m.json: $.schema = \"1\": must be 1, the only version there "
		 "is"},
		{"'schema': 1", "'schema': 2",
		 "m.json: $.schema = 2: must be 1, the only version there is"},
		{"{'floor': '0', 'maintenance': '0.005', 'initial': '0.01'}",
		 "'0.01'",
		 "m.json: $.markets[0].brackets[0] = \"0.01\": must be an "
		 "object {}"},
	};
	static const struct wrong whole[] = {
		{base, "[]", "m.json: $: must be an object {}"},
		{base, "{'schema': 1, 'assets': {}, 'markets': []}",
		 "m.json: $.assets: must be a list []"},
		{base, "{'schema': 1, 'assets': []}",
		 "m.json: $.markets is missing: must be a list []"},
		{base, "{'schema': 1, 'assets': [5], 'markets': []}",
		 "m.json: $.assets[0] = 5: must be an object {}"},
	};

	assert_refused(cases, N(cases));
	assert_refused(whole, N(whole));
}

Test(markets, what_is_no_json_is_refused_with_its_line)
{
	static const struct wrong cases[] = {
		{"'settle': 'USD',\n", "'settle' 'USD',\n",
		 "m.json:7:58: ':' expected near '\"USD\"'"},
		{"'lot': '0.001',", "'lot': '0.001', 'lot': '0.001',",
		 "m.json:8:65: duplicate object key near '\"lot\"'"},
		{base, "", "m.json:1:0: '[' or '{' expected near end of file"},
		{"}]}]}\n", "}]}]} x",
		 "m.json:13:50: end of file expected near 'x'"},
	};
	struct rk_markets *markets;
	struct rk_error error;
	static char deep[100000];

	assert_refused(cases, N(cases));

	memset(deep, '[', sizeof(deep));
	cr_assert_eq(rk_markets_parse(deep, sizeof(deep), "m.json", &markets,
				      &error),
		     -EINVAL);
}

Test(markets, a_wrong_name_is_refused)
{
	static const struct wrong cases[] = {
		{"'name': 'USD'", "'name': 'US D'",
		 "m.json: $.assets[0].name = \"US D\": name must be 1 to 23 of "
		 "A-Z a-z 0-9 . _ - /"},
		{"'BTC-PERP'", "''",
		 "m.json: $.markets[0].name = \"\": name must be 1 to 23 of "
		 "A-Z a-z 0-9 . _ - /"},
		{"'BTC-PERP'", "'ABCDEFGHIJKLMNOPQRSTUVWX'",
		 "m.json: $.markets[0].name = \"ABCDEFGHIJKLMNOPQRSTUVWX\": "
		 "name must be 1 to 23 of A-Z a-z 0-9 . _ - /"},
		{"'name': 'BTC',", "'name': 'USD',",
		 "m.json: $.assets[1].name = \"USD\": must be another name: an "
		 "asset before has it"},
		{"'settle': 'USD'", "'settle': 'EUR'",
		 "m.json: $.markets[0].settle = \"EUR\": must be the name of "
		 "one of $.assets"},
		{"'perpetual'", "'option'",
		 "m.json: $.markets[0].kind = \"option\": must be "
		 "\"perpetual\" or \"future\""},
		/* A second market like the first. */
		{"'markets': [\n",
		 "'markets': [{'name': 'BTC-PERP', 'kind': 'perpetual',"
		 "'settle': 'USD', 'price_decimals': 0, 'size_decimals': 0,"
		 "'lot': '1', 'price_max': '1', 'position_max': '1',"
		 "'price_age_max': '1s', 'close_cost': '0',"
		 "'brackets': [{'floor': '0', 'max_leverage': '1'}]},",
		 "m.json: $.markets[1].name = \"BTC-PERP\": must be another "
		 "name: a market before has it"},
	};

	assert_refused(cases, N(cases));
}

Test(markets, a_wrong_number_is_refused)
{
	static const struct wrong cases[] = {
		{"'0.001'", "'0.00001'",
		 "m.json: $.markets[0].lot = \"0.00001\": must have at most 4 "
		 "digits after the point"},
		{"'0.001'", "'1e-3'",
		 "m.json: $.markets[0].lot = \"1e-3\": must be a decimal "
		 "number like \"-12.34\""},
		{"'5000'", "'99999999999999999999'",
		 "m.json: $.markets[0].position_max = "
		 "\"99999999999999999999\": must be smaller: it does not fit "
		 "64 bits"},
		{"'decimals': 8", "'decimals': 9",
		 "m.json: $.assets[0].decimals = 9: must be a whole number "
		 "from 0 to 8"},
		{"'decimals': 8", "'decimals': -1",
		 "m.json: $.assets[0].decimals = -1: must be a whole number "
		 "from 0 to 8"},
		{"'price_decimals': 2", "'price_decimals': 13",
		 "m.json: $.assets[1].price_decimals = 13: must be a whole "
		 "number from 0 to 12"},
		{"'size_decimals': 4", "'size_decimals': 256",
		 "m.json: $.markets[0].size_decimals = 256: must be a whole "
		 "number from 0 to 12"},
		{"'5s'", "'99999999999999d'",
		 "m.json: $.assets[1].price_age_max = \"99999999999999d\": "
		 "must be shorter"},
	};

	assert_refused(cases, N(cases));
}

Test(markets, rule_n6_refuses_assets_that_cannot_work)
{
	static const struct wrong cases[] = {
		{"'fixed_price': '1'", "'fixed_price': '0'",
		 "m.json: $.assets[0].fixed_price = \"0\": must be above 0"},
		{"'fixed_price': '1'", "'fixed_price': '-1'",
		 "m.json: $.assets[0].fixed_price = \"-1\": must be above 0"},
		{"'fixed_price': '1'", "'fixed_price': '1', 'price_max': '2'",
		 "m.json: $.assets[0].price_max = \"2\": must be left out, as "
		 "the asset has a fixed_price"},
		{"'fixed_price': '1'",
		 "'fixed_price': '1', 'price_age_max': '2s'",
		 "m.json: $.assets[0].price_age_max = \"2s\": must be left "
		 "out, as the asset has a fixed_price"},
		{"'1000000'", "'0'",
		 "m.json: $.assets[1].price_max = \"0\": must be above 0 and "
		 "at most 4611686018427387904 of its last decimal"},
		{"'1000000'", "'46116860184273879.05'",
		 "m.json: $.assets[1].price_max = \"46116860184273879.05\": "
		 "must be above 0 and at most 4611686018427387904 of its last "
		 "decimal"},
		{"'5s'", "'0s'",
		 "m.json: $.assets[1].price_age_max = \"0s\": must be above 0 "
		 "and at most 3652d"},
		{"'5s'", "'3653d'",
		 "m.json: $.assets[1].price_age_max = \"3653d\": must be above "
		 "0 and at most 3652d"},
	};

	assert_refused(cases, N(cases));
}

Test(markets, rule_n6_refuses_markets_that_cannot_work)
{
	static const struct wrong cases[] = {
		{"'price_max': '1000000', 'position_max': '5000'",
		 "'price_max': '0', 'position_max': '5000'",
		 "m.json: $.markets[0].price_max = \"0\": must be above 0 and "
		 "at most 4611686018427387904 of its last decimal"},
		{"'5000'", "'0'",
		 "m.json: $.markets[0].position_max = \"0\": must be above 0, "
		 "at most 2305843009213693952 of its last decimal, and at "
		 "price_max (an inverse: price_min) be worth at most "
		 "1152921504606846976 of the settle asset's last decimal, "
		 "and of 1e-8 USD"},
		{"'0.001'", "'0'",
		 "m.json: $.markets[0].lot = \"0\": must be above 0 and at "
		 "most position_max"},
		{"'0.001'", "'5000.0001'",
		 "m.json: $.markets[0].lot = \"5000.0001\": must be above 0 "
		 "and at most position_max"},
		{"'1500ms'", "'0ms'",
		 "m.json: $.markets[0].price_age_max = \"0ms\": must be above "
		 "0 and at most 3652d"},
		{"'0.0005'", "'1'",
		 "m.json: $.markets[0].close_cost = \"1\": must be from 0 to "
		 "below 1"},
		{"'0.0005'", "'-0.1'",
		 "m.json: $.markets[0].close_cost = \"-0.1\": must be from 0 "
		 "to below 1"},
		{"'0.0005'", "'0', 'taker_fee': '-0.1'",
		 "m.json: $.markets[0].taker_fee = \"-0.1\": must be from 0 "
		 "to below 1"},
		{"'0.0005'", "'0', 'taker_fee': '1'",
		 "m.json: $.markets[0].taker_fee = \"1\": must be from 0 to "
		 "below 1"},
		{"'0.0005'", "'0', 'maker_fee': '-1'",
		 "m.json: $.markets[0].maker_fee = \"-1\": must be from above "
		 "-1 (a rebate) to below 1"},
		{"'0.0005'", "'0', 'maker_fee': '1'",
		 "m.json: $.markets[0].maker_fee = \"1\": must be from above "
		 "-1 (a rebate) to below 1"},
		{"'5000'", "'11529.2151'",
		 "m.json: $.markets[0].position_max = \"11529.2151\": must be "
		 "smaller: at price_max, and USD at its highest, it would be "
		 "worth more than 11529215046.06846976 USD"},
		/* The same market settled in what may cost a million. */
		{"'settle': 'USD'", "'settle': 'BTC'",
		 "m.json: $.markets[0].position_max = \"5000\": must be "
		 "smaller: at price_max, and BTC at its highest, it would be "
		 "worth more than 11529215046.06846976 USD"},
	};

	assert_refused(cases, N(cases));
	/* Just below the bound is right. */
	rk_markets_free(rig_parsed(changed("'5000'", "'11529.215'")));
}

Test(markets, rule_n6_refuses_brackets_that_cannot_work)
{
	static const struct wrong cases[] = {
		{"'floor': '0'", "'floor': '1'",
		 "m.json: $.markets[0].brackets[0].floor = \"1\": must be "
		 "\"0\" in the first bracket"},
		{"'50000'", "'0'",
		 "m.json: $.markets[0].brackets[1].floor = \"0\": must be "
		 "above the floor of the bracket before"},
		{"'0.005'", "'0.02'",
		 "m.json: $.markets[0].brackets[0].maintenance = \"0.02\": "
		 "must be from 0 to initial, and not below that of the bracket "
		 "before"},
		{"'0.005'", "'-0.005'",
		 "m.json: $.markets[0].brackets[0].maintenance = \"-0.005\": "
		 "must be from 0 to initial, and not below that of the bracket "
		 "before"},
		{"'maintenance': '0.005', 'initial': '0.01'",
		 "'maintenance': '0', 'initial': '0'",
		 "m.json: $.markets[0].brackets[0].initial = \"0\": must be "
		 "above 0, at most 1, and not below that of the bracket "
		 "before"},
		{"'0.01'", "'1.01'",
		 "m.json: $.markets[0].brackets[0].initial = \"1.01\": must be "
		 "above 0, at most 1, and not below that of the bracket "
		 "before"},
		{"'0.01'", "'0.04'",
		 "m.json: $.markets[0].brackets[1].max_leverage = \"30\": must "
		 "be at least 1, and not above that of the bracket before"},
		{"'max_leverage': '30'",
		 "'maintenance': '0.004', 'initial': '0.01'",
		 "m.json: $.markets[0].brackets[1].maintenance = \"0.004\": "
		 "must be from 0 to initial, and not below that of the bracket "
		 "before"},
		{"'30'", "'0.999999999'",
		 "m.json: $.markets[0].brackets[1].max_leverage = "
		 "\"0.999999999\": must be at least 1, and not above that of "
		 "the bracket before"},
		{"'30'", "'0'",
		 "m.json: $.markets[0].brackets[1].max_leverage = \"0\": must "
		 "be at least 1, and not above that of the bracket before"},
		{"'max_leverage'", "'initial': '0.1', 'max_leverage'",
		 "m.json: $.markets[0].brackets[1].initial = \"0.1\": must be "
		 "left out, as max_leverage gives it"},
		{"{'floor': '0', 'maintenance': '0.005', 'initial': '0.01'},\n"
		 "    {'floor': '50000', 'max_leverage': '30'}",
		 "",
		 "m.json: $.markets[0].brackets: must list 1 to 16 brackets"},
		{"{'floor': '50000', 'max_leverage': '30'}",
		 "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
		 "m.json: $.markets[0].brackets: must list 1 to 16 brackets"},
	};

	assert_refused(cases, N(cases));
}

Test(markets, a_long_value_is_cut_in_the_message)
{
	static char text[6000];
	static char name[4000];
	struct rk_markets *markets;
	struct rk_error error;

	memset(name, 'x', sizeof(name) - 1);
	snprintf(text, sizeof(text),
		 "{\"schema\": 1, \"assets\": [{\"name\": \"%s\", "
		 "\"decimals\": 8}], \"markets\": []}",
		 name);
	cr_assert_eq(rk_markets_parse(text, strlen(text), "m.json", &markets,
				      &error),
		     -EINVAL);
	cr_assert_not_null(strstr(error.text, "xxx...: name must be"));
	cr_assert_leq(strlen(error.text), 200);
}

Test(markets, a_file_that_cannot_be_read_is_named)
{
	struct rk_markets *markets;
	struct rk_error error;

	cr_assert_eq(rk_markets_load("/none/m.json", &markets, &error),
		     -ENOENT);
	cr_assert_str_eq(
		error.text,
		"/none/m.json: cannot be opened: No such file or directory");
	cr_assert_eq(rk_markets_load("/dev/zero", &markets, &error), -EFBIG);
	cr_assert_str_eq(error.text,
			 "/dev/zero: must be at most 16777216 bytes");
}

Test(markets, more_than_the_limits_is_refused_before_start)
{
	struct rk_markets *markets = rig_parsed(changed("", ""));
	struct rk_cmd_limits limits = {.assets_max = 2, .markets_max = 1};
	struct rk_error error;

	cr_assert_eq(rk_markets_fit(markets, &limits, &error), 0);
	limits.markets_max = 0;
	cr_assert_eq(rk_markets_fit(markets, &limits, &error), -ENOSPC);
	cr_assert_str_eq(error.text, "limits.markets = 0: must be at least 1, "
				     "the number of markets");
	limits.assets_max = 1;
	cr_assert_eq(rk_markets_fit(markets, &limits, &error), -ENOSPC);
	cr_assert_str_eq(error.text, "limits.assets = 1: must be at least 2, "
				     "the number of assets");
	rk_markets_free(markets);
}

/* What the engine asks when they are listed, in its own words. */
static void assert_listable(const struct rk_markets *markets)
{
	const char *field = "";

	for (uint32_t i = 0; i < markets->assets_n; i++)
		cr_assert_eq(
			rk_listing_check_asset(&markets->assets[i], &field),
			RK_OK, "%s: %s", markets->assets[i].name, field);
	for (uint32_t i = 0; i < markets->markets_n; i++) {
		const struct rk_cmd_market *market = &markets->markets[i];
		const struct rk_cmd_asset *settle = markets->assets;

		while (strcmp(settle->name, market->settle) != 0)
			settle++;
		cr_assert_eq(rk_listing_check_market(market, settle, &field),
			     RK_OK, "%s: %s", market->name, field);
	}
}

Test(markets, the_shipped_lists_are_ones_that_the_engine_takes)
{
	struct rk_markets *markets;
	struct rk_error error = {""};

	cr_assert_eq(rk_markets_load(RISKD_SOURCE_ROOT "/conf/markets.json",
				     &markets, &error),
		     0, "%s", error.text);
	cr_assert_eq(markets->assets_n, 5);
	cr_assert_eq(markets->markets_n, 13);
	assert_listable(markets);
	rk_markets_free(markets);

	cr_assert_eq(rk_markets_parse(rk_demo_markets, rk_demo_markets_size,
				      "demo", &markets, &error),
		     0, "%s", error.text);
	cr_assert_eq(markets->markets_n, 5);
	assert_listable(markets);
	rk_markets_free(markets);
}
