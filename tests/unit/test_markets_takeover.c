/*
 * The backstop vault in markets.json: what is read, and what is said when it is
 * wrong.
 */
#include <criterion/criterion.h>

#include "markets_rig.h"
#include "ops/markets.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* An asset with this as its last keys, and ' as ". */
static const char *asset_with(const char *more)
{
	return rig_text("{'schema': 1, 'assets': [\n"
			" {'name': 'USDC', 'decimals': 6, 'fixed_price': '1'\n"
			"  %s}], 'markets': []}",
			more);
}

/* A market with them. */
static const char *market_with(const char *more)
{
	return rig_text("{'schema': 1, 'assets': [\n"
			" {'name': 'USDC', 'decimals': 6, 'fixed_price': '1'}],"
			" 'markets': [{'name': 'P', 'kind': 'perpetual',"
			" 'settle': 'USDC', 'price_decimals': 2,"
			" 'size_decimals': 3, 'lot': '1', 'price_max': '1000',"
			" 'position_max': '1000', 'price_age_max': '5s', "
			"'close_cost': '0',"
			" 'brackets': [{'floor': '0', 'maintenance': '0.05',"
			" 'initial': '0.1'}]\n"
			"  %s}]}",
			more);
}

static void expect_budgets(const char *more, int64_t event, int64_t hour)
{
	struct rk_markets *markets = rig_parsed(asset_with(more));

	cr_expect_eq(markets->vault[0].event_budget.raw, event, "%s", more);
	cr_expect_eq(markets->vault[0].hour_budget.raw, hour, "%s", more);
	rk_markets_free(markets);
}

Test(markets_takeover, a_vault_may_lose_4_and_10_percent_unless_told)
{
	expect_budgets("", 0, 0);
	expect_budgets(", 'vault': {}", 40000000, 100000000);
	expect_budgets(", 'vault': {'event_budget': '1'}", 1000000000,
		       100000000);
	expect_budgets(", 'vault': {'hour_budget': '0'}", 40000000, 0);
}

static void expect_terms(const char *more, struct rk_takeover_terms terms)
{
	struct rk_markets *markets = rig_parsed(market_with(more));

	cr_expect(rk_takeover_equal(&markets->takeover[0], &terms), "%s", more);
	rk_markets_free(markets);
}

Test(markets_takeover, a_market_is_taken_over_only_when_it_says_so)
{
	expect_terms("", (struct rk_takeover_terms){0});
	expect_terms(", 'takeover': {'vault_max': '5000'}",
		     (struct rk_takeover_terms){
			     true, {666666666}, {10000000}, {500000000000}, 5});
	expect_terms(", 'takeover': {'vault_max': '5000', 'at': '1',"
		     " 'concession_max': '0', 'stages': 0}",
		     (struct rk_takeover_terms){
			     true, {1000000000}, {0}, {500000000000}, 0});
}

Test(markets_takeover, what_cannot_work_is_named_with_what_would_be_right)
{
#define VAULT "m.json: $.assets[0].vault"
	static const struct {
		const char *more;
		const char *message;
	} cases[] = {
		{", 'vault': {'event_budget': '1.01'}",
		 VAULT ".event_budget = \"1.01\": must be from 0 to 1"},
		{", 'vault': {'hour_budget': '-0.1'}",
		 VAULT ".hour_budget = \"-0.1\": must be from 0 to 1"},
	};
#define TAKEOVER "m.json: $.markets[0].takeover"
#define MAX      ", 'takeover': {'vault_max': '5000', "
	static const struct {
		const char *more;
		const char *message;
	} terms[] = {
		{", 'takeover': {}", TAKEOVER
		 ".vault_max is missing: must be a decimal string like "
		 "\"12.34\""},
		{", 'takeover': {'vault_max': '0'}",
		 TAKEOVER ".vault_max = \"0\": must be above 0, in USD"},
		{MAX "'at': '0'}",
		 TAKEOVER ".at = \"0\": must be above 0, at most 1: a share of "
			  "the maintenance margin"},
		{MAX "'at': '1.1'}",
		 TAKEOVER ".at = \"1.1\": must be above 0, at most 1: a share "
			  "of the maintenance margin"},
		{MAX "'concession_max': '1'}", TAKEOVER
		 ".concession_max = \"1\": must be from 0 on and below "
		 "1"},
		{MAX "'stages': 101}",
		 TAKEOVER ".stages = 101: must be a whole number from 0 to "
			  "100"},
	};

	for (size_t i = 0; i < N(cases); i++)
		rig_refused(asset_with(cases[i].more), cases[i].message,
			    cases[i].more);
	for (size_t i = 0; i < N(terms); i++)
		rig_refused(market_with(terms[i].more), terms[i].message,
			    terms[i].more);
}
