/*
 * Groups in markets.json: what is read, and each message of what is refused.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "markets_rig.h"

static const char *text_with(const char *emode)
{
	return rig_text("{'schema': 1, 'assets': [{'name': 'USD', "
			"'decimals': 8, 'fixed_price': '1'}, {'name': 'ETH', "
			"'decimals': 8, 'price_decimals': 2, 'price_max': "
			"'1000', 'price_age_max': '5s'}], 'markets': []%s%s}",
			*emode ? ", 'emode': " : "", emode);
}

static void assert_entry(const struct rk_cmd_emode *is,
			 const struct rk_cmd_emode *want)
{
	cr_expect_str_eq(is->group, want->group);
	cr_expect_str_eq(is->asset, want->asset);
	cr_expect(rk_emode_equal(&is->entry, &want->entry), "%s in %s",
		  want->asset, want->group);
}

Test(markets_emode, groups_are_read_asset_by_asset)
{
	const struct rk_cmd_emode want[] = {
		{"a",
		 "ETH",
		 {true, true, {{900000000}, {850000000}, {850000000}}}},
		{"a", "USD", {false, true, {{0}, {0}, {0}}}},
		{"b/1", "USD", {true, false, {{1000000000}, {990000000}, {1}}}},
	};
	struct rk_markets *markets = rig_parsed(
		text_with("{'comment': 'two', 'a': {'collateral': {'ETH': "
			  "{'weight': {'maintenance': '0.9', 'initial': "
			  "'0.85'}}}, 'debt': ['ETH', 'USD']}, 'b/1': "
			  "{'comment': 'one', 'collateral': {'USD': {'weight': "
			  "{'maintenance': '1', 'initial': '0.99', "
			  "'withdrawal': '0.000000001'}}}}}"));

	cr_assert_eq(markets->emodes_n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_entry(&markets->emodes[i], &want[i]);
	rk_markets_free(markets);
	markets = rig_parsed(text_with(""));
	cr_expect_eq(markets->emodes_n, 0);
	rk_markets_free(markets);
}

#define ONE(weight) "{'g': {'collateral': {'ETH': {'weight': {" weight "}}}}}"
#define AT          "m.json: $.emode"

static const struct {
	const char *emode;
	const char *message;
} wrong[] = {
	{"[]", AT ": must be an object, one key per group"},
	{"{'a b': {}}",
	 AT ": must name each group by 1 to 23 of A-Z a-z 0-9 . _ - /"},
	{"{'g': {}}", AT ".g: must name an asset, as collateral or debt"},
	{"{'g': 1}", AT ".g = 1: must be an object {}"},
	{"{'g': {'debts': []}}",
	 AT ".g.debts: no such key, did you mean debt?"},
	{"{'g': {'debt': ['BTC']}}",
	 AT ".g.debt[0] = \"BTC\": must be the name of one of $.assets"},
	{"{'g': {'debt': [1]}}",
	 AT ".g.debt[0] = 1: must be the name of one of $.assets"},
	{"{'g': {'debt': ['ETH', 'ETH']}}",
	 AT ".g.debt[1] = \"ETH\": must be another asset: one before is the "
	    "same"},
	{"{'g': {'debt': 'ETH'}}", AT ".g.debt = \"ETH\": must be a list []"},
	{"{'g': {'collateral': ['ETH']}}",
	 AT ".g.collateral: must be an object, one key per asset"},
	{"{'g': {'collateral': {'BTC': {}}}}",
	 AT ".g.collateral.BTC: must be the name of one of $.assets"},
	{"{'g': {'collateral': {'ETH': {}}}}",
	 AT ".g.collateral.ETH.weight is missing: must be an object with "
	    "maintenance, and initial and withdrawal where they differ"},
	{ONE(""), AT ".g.collateral.ETH.weight.maintenance is missing: must be "
		     "a decimal string like \"12.34\""},
	{ONE("'maintenance': '1.1'"),
	 AT ".g.collateral.ETH.weight.maintenance = \"1.1\": must be from 0 to "
	    "1"},
	{ONE("'maintenance': '0.9', 'initial': '0.91'"),
	 AT ".g.collateral.ETH.weight.initial = \"0.91\": must be from 0 to "
	    "maintenance"},
	{ONE("'maintenance': '0.9', 'withdrawal': '-0.1'"),
	 AT ".g.collateral.ETH.weight.withdrawal = \"-0.1\": must be from 0 to "
	    "initial"},
};

Test(markets_emode, what_is_wrong_is_told_with_its_place)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		rig_refused(text_with(wrong[i].emode), wrong[i].message,
			    wrong[i].emode);
}

Test(markets_emode, there_are_at_most_32_groups)
{
	char text[1024] = "{";
	struct rk_markets *markets;
	char whole[1024];

	for (int i = 0; i < 32; i++) {
		size_t n = strlen(text);

		(void)snprintf(text + n, sizeof(text) - n,
			       "%s'g%d': {'debt': ['ETH']}", i == 0 ? "" : ", ",
			       i);
	}
	(void)snprintf(whole, sizeof(whole), "%s}", text);
	markets = rig_parsed(text_with(whole));
	cr_expect_eq(markets->emodes_n, 32);
	rk_markets_free(markets);
	(void)snprintf(whole, sizeof(whole),
		       "%.900s, 'more': {'debt': ['ETH']}}", text);
	rig_refused(text_with(whole), AT ": must have at most 32 groups",
		    "33 groups");
}
