/*
 * What an asset counts for, in markets.json: what is read, what is taken when
 * a key is left out, and what is said when it is wrong.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/listing.h"
#include "markets_rig.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define USD      0
#define BTC      1

/* Two assets, with this behind the last key of BTC, and ' as ". */
static const char *text_with(const char *more)
{
	return rig_text("{'schema': 1, 'markets': [], 'assets': [\n"
			" {'name': 'USD', 'decimals': 8, 'fixed_price': '1'},\n"
			" {'name': 'BTC', 'decimals': 7, 'price_decimals': 2,\n"
			"  'price_max': '1000000', 'price_age_max': '5s'%s}]}",
			more);
}

static void assert_refused(const char *more, const char *message)
{
	rig_refused(text_with(more), message, more);
}

Test(markets_terms, a_ramp_is_a_duration_and_a_step)
{
	struct rk_markets *markets =
		rig_parsed(text_with(", 'ramp': {'duration': '24h'}"));

	cr_expect(!markets->asset_ramps[USD].told);
	cr_expect(markets->asset_ramps[BTC].told);
	cr_expect_eq(markets->asset_ramps[BTC].ramp.duration_ns,
		     INT64_C(86400000000000));
	cr_expect_eq(markets->asset_ramps[BTC].ramp.step_ns, 0);
	rk_markets_free(markets);
	markets = rig_parsed(
		text_with(", 'ramp': {'duration': '24h', 'step': '10m'}"));
	cr_expect_eq(markets->asset_ramps[BTC].ramp.step_ns,
		     INT64_C(600000000000));
	rk_markets_free(markets);
	markets = rig_parsed(text_with(", 'ramp': {'duration': '0s'}"));
	cr_expect(markets->asset_ramps[BTC].told);
	rk_markets_free(markets);
}

Test(markets_terms, a_ramp_that_cannot_work_is_refused_with_its_value)
{
	assert_refused(", 'ramp': {}",
		       "m.json: $.assets[1].ramp.duration is missing: must be "
		       "a whole number and a unit (ns, us, ms, s, m, h, d), "
		       "like \"30s\"");
	assert_refused(", 'ramp': {'duration': '999ms'}",
		       "m.json: $.assets[1].ramp.duration = \"999ms\": must be "
		       "from 1s to 3652d, or 0s: at once");
	assert_refused(", 'ramp': {'duration': '1h', 'step': '2h'}",
		       "m.json: $.assets[1].ramp.step = \"2h\": must be from "
		       "1s to duration");
	assert_refused(", 'ramp': {'duration': '1h', 'step': '0s'}",
		       "m.json: $.assets[1].ramp.step = \"0s\": must be from "
		       "1s to duration");
	assert_refused(", 'ramp': {'duration': '0s', 'step': '1s'}",
		       "m.json: $.assets[1].ramp.step = \"1s\": must be left "
		       "out, as duration is 0s");
}

/* The terms of BTC when its object "collateral" holds these keys. */
static struct rk_collateral terms_with(const char *keys)
{
	char object[512];
	struct rk_markets *markets;
	struct rk_collateral terms;

	(void)snprintf(object, sizeof(object), ", 'collateral': {%s}", keys);
	markets = rig_parsed(text_with(object));
	terms = markets->collateral[BTC];
	rk_markets_free(markets);
	return terms;
}

static void assert_rates(const char *keys, const rk_rate *rates, int64_t m,
			 int64_t i, int64_t w)
{
	const int64_t want[RK_LEVELS] = {m, i, w};

	for (int k = 0; k < RK_LEVELS; k++)
		cr_expect_eq(rates[k].raw, want[k],
			     "%s, level %d: %" PRId64 ", not %" PRId64, keys, k,
			     rates[k].raw, want[k]);
}

Test(markets_terms, without_terms_an_asset_counts_for_what_it_is_worth)
{
	struct rk_markets *markets = rig_parsed(text_with(""));
	struct rk_collateral plain;
	struct rk_collateral terms;

	rk_collateral_default(&plain);
	cr_assert_eq(markets->assets_n, 2);
	cr_assert(rk_collateral_equal(&markets->collateral[USD], &plain));
	cr_assert(rk_collateral_equal(&markets->collateral[BTC], &plain));
	rk_markets_free(markets);

	terms = terms_with("");
	cr_assert(rk_collateral_equal(&terms, &plain));
	terms = terms_with("'comment': 'as good as money'");
	cr_assert(rk_collateral_equal(&terms, &plain));
	assert_rates("none", terms.weight, 1000000000, 1000000000, 1000000000);
	assert_rates("none", terms.liability, 1000000000, 1000000000,
		     1000000000);
	assert_rates("none", terms.profit, 1000000000, 1000000000, 0);
}

Test(markets_terms, a_level_without_terms_is_like_the_one_before)
{
	const int64_t one = RK_RATE_ONE;
	const int64_t part = 123456789;
	const int64_t more = 1500000000;
	const struct {
		const char *keys;
		enum {
			WEIGHT,
			LIABILITY,
			PROFIT
		} rates;
		int64_t m, i, w;
	} cases[] = {
		{"'weight_maintenance': '0.123456789'", WEIGHT, part, part,
		 part},
		{"'weight_initial': '0.123456789'", WEIGHT, one, part, part},
		{"'weight_withdrawal': '0.123456789'", WEIGHT, one, one, part},
		{"'liability_maintenance': '1.5'", LIABILITY, more, more, more},
		{"'liability_initial': '1.5'", LIABILITY, one, more, more},
		{"'liability_withdrawal': '1.5'", LIABILITY, one, one, more},
		{"'profit_maintenance': '0.123456789'", PROFIT, part, part, 0},
		{"'profit_initial': '0.123456789'", PROFIT, one, part, 0},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rk_collateral terms = terms_with(cases[i].keys);
		struct rk_collateral plain;
		rk_rate *read[] = {terms.weight, terms.liability, terms.profit};
		rk_rate *usual[] = {plain.weight, plain.liability,
				    plain.profit};
		int rates = cases[i].rates;

		rk_collateral_default(&plain);
		assert_rates(cases[i].keys, read[rates], cases[i].m, cases[i].i,
			     cases[i].w);
		/* All others are as ever. */
		memcpy(read[rates], usual[rates], RK_LEVELS * sizeof(rk_rate));
		cr_expect(rk_collateral_equal(&terms, &plain), "%s",
			  cases[i].keys);
	}
}

Test(markets_terms, each_term_arrives_at_its_level)
{
	static const char keys[] =
		"'profit_initial': '0.25', 'profit_maintenance': '0.5',"
		"'liability_withdrawal': '2', 'liability_initial': '1.2',"
		"'liability_maintenance': '1.1', 'weight_withdrawal': '0',"
		"'weight_initial': '0.9', 'weight_maintenance': '0.95'";
	struct rk_collateral terms = terms_with(keys);

	assert_rates("weight", terms.weight, 950000000, 900000000, 0);
	assert_rates("liability", terms.liability, 1100000000, 1200000000,
		     2000000000);
	assert_rates("profit", terms.profit, 500000000, 250000000, 0);
}

/* Of two that do not fit together the later level is named. */
Test(markets_terms, terms_that_cannot_work_are_refused_by_their_key)
{
	static const struct {
		const char *keys;
		const char *key, *value, *need;
	} cases[] = {
		{"'weight_maintenance': '1.000000001'", "weight_maintenance",
		 "1.000000001", "from 0 to 1"},
		{"'weight_maintenance': '-0.1'", "weight_maintenance", "-0.1",
		 "from 0 to 1"},
		{"'weight_maintenance': '0.9', 'weight_initial': '0.91'",
		 "weight_initial", "0.91", "from 0 to weight_maintenance"},
		{"'weight_initial': '-0.000000001'", "weight_initial",
		 "-0.000000001", "from 0 to weight_maintenance"},
		{"'weight_initial': '0.8', 'weight_withdrawal': '0.81'",
		 "weight_withdrawal", "0.81", "from 0 to weight_initial"},
		{"'weight_withdrawal': '-1'", "weight_withdrawal", "-1",
		 "from 0 to weight_initial"},
		{"'liability_maintenance': '0.999999999'",
		 "liability_maintenance", "0.999999999", "from 1 to 2"},
		{"'liability_maintenance': '2.000000001'",
		 "liability_maintenance", "2.000000001", "from 1 to 2"},
		{"'liability_maintenance': '1.05', 'liability_initial': '1.04'",
		 "liability_initial", "1.04",
		 "from liability_maintenance to 2"},
		{"'liability_initial': '2.1'", "liability_initial", "2.1",
		 "from liability_maintenance to 2"},
		{"'liability_initial': '1.1', 'liability_withdrawal': '1.09'",
		 "liability_withdrawal", "1.09", "from liability_initial to 2"},
		{"'liability_withdrawal': '3'", "liability_withdrawal", "3",
		 "from liability_initial to 2"},
		{"'profit_maintenance': '1.1'", "profit_maintenance", "1.1",
		 "from 0 to 1"},
		{"'profit_maintenance': '-0.5'", "profit_maintenance", "-0.5",
		 "from 0 to 1"},
		{"'profit_maintenance': '0.5', 'profit_initial': '0.6'",
		 "profit_initial", "0.6", "from 0 to profit_maintenance"},
		{"'profit_initial': '-0.1'", "profit_initial", "-0.1",
		 "from 0 to profit_maintenance"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		char object[256];
		char message[256];

		(void)snprintf(object, sizeof(object), ", 'collateral': {%s}",
			       cases[i].keys);
		(void)snprintf(message, sizeof(message),
			       "m.json: $.assets[1].collateral.%s = \"%s\": "
			       "must be %s",
			       cases[i].key, cases[i].value, cases[i].need);
		assert_refused(object, message);
	}
}

Test(markets_terms, terms_of_another_form_are_refused)
{
	assert_refused(", 'collateral': '0.9'",
		       "m.json: $.assets[1].collateral = \"0.9\": must be an "
		       "object {}");
	assert_refused(", 'collateral': null",
		       "m.json: $.assets[1].collateral = null: must be an "
		       "object {}");
	assert_refused(", 'collaterals': {}",
		       "m.json: $.assets[1].collaterals: no such key, did you "
		       "mean collateral?");
	assert_refused(", 'collateral': {'weight_initials': '1'}",
		       "m.json: $.assets[1].collateral.weight_initials: no "
		       "such key, did you mean weight_initial?");
	assert_refused(", 'collateral': {'weight_initial': 0.5}",
		       "m.json: $.assets[1].collateral.weight_initial = 0.5: "
		       "must be a decimal string like \"12.34\": a plain "
		       "number would be rounded");
	assert_refused(", 'collateral': {'weight_initial': '0.1234567891'}",
		       "m.json: $.assets[1].collateral.weight_initial = "
		       "\"0.1234567891\": must have at most 9 digits after "
		       "the point");
	/* What counts at withdrawal cannot be chosen. */
	assert_refused(", 'collateral': {'profit_withdrawal': '0'}",
		       "m.json: $.assets[1].collateral.profit_withdrawal: no "
		       "such key, did you mean weight_withdrawal?");
	/* The path is right again behind the object. */
	assert_refused(", 'collateral': {}}, {'name': 5",
		       "m.json: $.assets[2].name = 5: must be a string");
}

Test(markets_terms, a_slow_price_lacks_only_what_mango_has)
{
	struct rk_markets *markets = rig_parsed(
		text_with(", 'slow_price': {'min': '5s', 'interval': '30m'}"));
	const struct rk_slow_terms *terms = &markets->asset_slow[BTC].terms;

	cr_expect_eq(markets->asset_slow[USD].terms.interval_ns, 0);
	cr_expect_eq(terms->interval_ns, INT64_C(1800000000000));
	cr_expect_eq(terms->delay_limit.raw, 60000000);
	cr_expect_eq(terms->limit.raw, 300000);
	cr_expect_eq(terms->min_ns, INT64_C(5000000000));
	cr_expect_eq(terms->max_ns, INT64_C(600000000000));
	rk_markets_free(markets);
}

Test(markets_terms, a_slow_price_that_cannot_work_is_told_with_its_value)
{
	assert_refused(
		", 'slow_price': {'interval': '30s'}",
		"m.json: $.assets[1].slow_price.interval = \"30s\": must be "
		"from 1m to 7d");
	assert_refused(", 'slow_price': {'limit': '0.002'}",
		       "m.json: $.assets[1].slow_price.limit = \"0.002\": must "
		       "be above "
		       "0 and at most 1, for one second, and not make more "
		       "than 1 in a time of max");
	assert_refused(
		", 'slow_price': {'max': '5s'}",
		"m.json: $.assets[1].slow_price.max = \"5s\": must be above 0, "
		"at least min and at most interval");
	assert_refused(
		", 'slow_price': {'delay_limit': '0'}",
		"m.json: $.assets[1].slow_price.delay_limit = \"0\": must be "
		"above 0 and at most 1, for one interval");
}

Test(markets_terms, a_scale_is_above_0)
{
	struct rk_markets *markets = rig_parsed(
		text_with(", 'collateral': {'scale_held': '1000.5'}"));

	cr_expect_eq(markets->scales[BTC].held.raw, INT64_C(100050000000));
	cr_expect_eq(markets->scales[BTC].owed.raw, 0);
	rk_markets_free(markets);
	assert_refused(
		", 'collateral': {'scale_owed': '0'}",
		"m.json: $.assets[1].collateral.scale_owed = \"0\": must be "
		"above 0, in USD");
}

Test(markets_terms, a_size_factor_and_a_cap_of_deposits_are_read)
{
	struct rk_markets *markets = rig_parsed(
		text_with(", 'collateral': {'size_factor': "
			  "'0.000003000000000001', 'deposit_cap': '12.5'}"));

	cr_expect_eq(markets->scales[BTC].size_factor, INT64_C(3000000000001));
	cr_expect_eq(markets->scales[BTC].deposit_cap.raw, 125000000);
	rk_markets_free(markets);
	assert_refused(", 'collateral': {'size_factor': '1.1'}",
		       "m.json: $.assets[1].collateral.size_factor = \"1.1\": "
		       "must be above 0 and at most 1");
	assert_refused(", 'collateral': {'size_factor': '0'}",
		       "m.json: $.assets[1].collateral.size_factor = \"0\": "
		       "must be above 0 and at most 1");
	assert_refused(", 'collateral': {'deposit_cap': '0'}",
		       "m.json: $.assets[1].collateral.deposit_cap = \"0\": "
		       "must be above 0, in whole units of the asset");
}
