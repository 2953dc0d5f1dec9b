/*
 * The plan of a reload: what differs, in the words of the files, which
 * commands make it so, and that making the plan changes nothing.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "app/reload_plan.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "markets_rig.h"
#include "support/harness.h"

#define N(array)  (sizeof(array) / sizeof((array)[0]))
#define SECOND_NS INT64_C(1000000000)
#define START_NS  (INT64_C(1700000000) * SECOND_NS)

struct rig {
	struct rk_harness harness;
	struct rk_cmd_limits most;
	struct rk_reload_files files; /* what the files say now */
	struct rk_plan plan;
};

/* An asset B and a market P, with these keys more, and this behind it all. */
static void edit(struct rig *rig, const char *asset, const char *market,
		 const char *more)
{
	rk_markets_free(rig->files.markets);
	rig->files.markets = rig_parsed(rig_text(
		"{'schema': 1, 'assets': [{'name': 'USD', 'decimals': 2,"
		" 'fixed_price': '1'}, {'name': 'B', 'decimals': 8,"
		" 'price_decimals': 2%s}], 'markets': [{'name': 'P',"
		" 'settle': 'USD', 'price_decimals': 2, 'size_decimals': 4%s}"
		"]%s}",
		asset, market, more));
}

#define ASSET ", 'price_max': '1000', 'price_age_max': '5s'"
#define SIZES ", 'lot': '1', 'position_max': '1000', 'close_cost': '0'"
#define PRICE ", 'price_max': '1000', 'price_age_max': '5s'"
#define ROWS                                                                   \
	", 'brackets': [{'floor': '0', 'maintenance': '0.01', 'initial': "     \
	"'0.02'}]"
#define MARKET ", 'kind': 'perpetual'" SIZES PRICE ROWS

static int apply(struct rig *rig, const struct rk_cmd *cmd)
{
	return rk_harness_apply(&rig->harness, cmd);
}

static void set_time(struct rig *rig, int64_t time_ns)
{
	const struct rk_cmd cmd = {.type = RK_CMD_CLOCK,
				   .clock = {.time_ns = time_ns}};

	cr_assert_eq(apply(rig, &cmd), RK_OK);
}

static int plan(struct rig *rig)
{
	rk_plan_free(&rig->plan);
	return rk_plan_make(&rig->plan, rig->harness.engine, &rig->files,
			    &rig->most);
}

/* What the plan says is applied, command by command; how many there were. */
static uint32_t reload(struct rig *rig)
{
	cr_assert_eq(plan(rig), 0, "%s", rig->plan.error.text);
	for (uint32_t i = 0; i < rig->plan.n; i++)
		cr_assert_eq(apply(rig, &rig->plan.steps[i].cmd), RK_OK);
	return rig->plan.n;
}

static void rig_open(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	rk_conf_defaults(&rig->files.conf);
	rig->files.conf.limits.engine.accounts_max = 10;
	rig->most = rig->files.conf.limits.engine;
	rk_harness_init(&rig->harness, &rig->most, RK_EVENTS_PER_STEP_MAX);
	set_time(rig, START_NS);
	edit(rig, ASSET, MARKET, "");
	(void)reload(rig);
	cr_assert_eq(reload(rig), 0, "what is so already is no difference");
}

static void rig_close(struct rig *rig)
{
	rk_plan_free(&rig->plan);
	rk_markets_free(rig->files.markets);
	rk_harness_fini(&rig->harness);
}

static bool same(struct rk_hash a, struct rk_hash b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

/* These changes, in this order, as "what name field before>after". */
static void expect_list(const struct rk_changes *changes,
			const char *const *want, size_t n)
{
	cr_expect_eq(rk_changes_n(changes), n, "%zu changes, want %zu",
		     rk_changes_n(changes), n);
	for (size_t i = 0; i < rk_changes_n(changes); i++) {
		const struct rk_reload_change *row = &changes->rows[i];
		char line[256];

		(void)snprintf(line, sizeof(line), "%s %s %s %s>%s", row->kind,
			       row->name, row->field, row->before, row->after);
		cr_expect_str_eq(line, i < n ? want[i] : "");
	}
}

/*
 * The plan tells these changes and changes nothing; once applied, nothing
 * differs any more.
 */
static void expect(struct rig *rig, const char *const *want, size_t n)
{
	struct rk_hash before = rk_view_state_digest(rig->harness.engine);

	cr_assert_eq(plan(rig), 0, "%s", rig->plan.error.text);
	cr_expect(same(before, rk_view_state_digest(rig->harness.engine)));
	expect_list(&rig->plan.changes, want, n);
	cr_expect_gt(reload(rig), 0);
	cr_expect_eq(reload(rig), 0, "all of it is so now");
}

#define EXPECT(rig, want) expect(rig, want, N(want))

Test(reload_plan, every_key_of_a_listing_is_told_with_both_values)
{
	static const char *const want[] = {
		"asset B price_max 1000>2000.5",
		"asset B price_age_max 5s>1m",
		"market P lot 1>0.5",
		"market P price_max 1000>500",
		"market P position_max 1000>99.5",
		"market P price_age_max 5s>1500ms",
		"market P close_cost 0>0.0005",
		"market P brackets[0].maintenance 0.01>0.02",
		"market P brackets[0].initial 0.02>0.04",
		"market P brackets[1].floor >1000000",
		"market P brackets[1].maintenance >0.05",
		"market P brackets[1].initial >0.1",
	};
	static const char *const fewer[] = {
		"market P brackets[1].floor 1000000>",
		"market P brackets[1].maintenance 0.05>",
		"market P brackets[1].initial 0.1>",
	};
	struct rig rig;

	rig_open(&rig);
	edit(&rig, ", 'price_max': '2000.5', 'price_age_max': '1m'",
	     ", 'kind': 'perpetual', 'lot': '0.5', 'position_max': '99.5',"
	     " 'close_cost': '0.0005', 'price_max': '500',"
	     " 'price_age_max': '1500ms', 'brackets': ["
	     "{'floor': '0', 'maintenance': '0.02', 'initial': '0.04'},"
	     "{'floor': '1000000', 'maintenance': '0.05', 'initial': '0.1'}]",
	     "");
	EXPECT(&rig, want);
	edit(&rig, ", 'price_max': '2000.5', 'price_age_max': '1m'",
	     ", 'kind': 'perpetual', 'lot': '0.5', 'position_max': '99.5',"
	     " 'close_cost': '0.0005', 'price_max': '500',"
	     " 'price_age_max': '1500ms', 'brackets': ["
	     "{'floor': '0', 'maintenance': '0.02', 'initial': '0.04'}]",
	     "");
	EXPECT(&rig, fewer);
	rig_close(&rig);
}

#define TERMS                                                                  \
	"'weight_maintenance': '0.9', 'weight_initial': '0.8',"                \
	" 'weight_withdrawal': '0.7', 'liability_maintenance': '1.1',"         \
	" 'liability_initial': '1.2', 'liability_withdrawal': '1.3',"          \
	" 'profit_maintenance': '0.6', 'profit_initial': '0.5'"
#define OBJECTS                                                                \
	", 'lending': {'base': '0.01', 'slope_low': '0.04',"                   \
	" 'slope_high': '0.6', 'kink': '0.8', 'reserve': '0.1',"               \
	" 'borrow_cap': '50.5', 'supply_cap': '100', 'interval': '1h'},"       \
	" 'conversion': {'auto_borrow': '10.25', 'repay_to': '2',"             \
	" 'cost': '0.01', 'band': '0.02'},"                                    \
	" 'insurance': {'draw_cap': '0.5', 'liquidation_fee': '0.001',"        \
	" 'withdrawal_gate': '0.02'},"                                         \
	" 'vault': {'event_budget': '0.02'},"                                  \
	" 'slow_price': {'interval': '2h',"                                    \
	" 'delay_limit': '0.05', 'limit': '0.0002', 'min': '20s',"             \
	" 'max': '5m'}"
#define SCALE                                                                  \
	", 'scale_held': '1000000', 'scale_owed': '2000000.5',"                \
	" 'size_factor': '0.000002', 'deposit_cap': '5000.00000001'"

Test(reload_plan, every_key_of_an_asset_is_told_with_both_values)
{
	static const char *const want[] = {
		"asset B ramp.duration 0s>1d",
		"asset B ramp.step >10m",
		"asset B collateral.weight_maintenance 1>0.9",
		"asset B collateral.weight_initial 1>0.8",
		"asset B collateral.weight_withdrawal 1>0.7",
		"asset B collateral.liability_maintenance 1>1.1",
		"asset B collateral.liability_initial 1>1.2",
		"asset B collateral.liability_withdrawal 1>1.3",
		"asset B collateral.profit_maintenance 1>0.6",
		"asset B collateral.profit_initial 1>0.5",
		"asset B lending.base >0.01",
		"asset B lending.slope_low >0.04",
		"asset B lending.slope_high >0.6",
		"asset B lending.kink >0.8",
		"asset B lending.reserve >0.1",
		"asset B lending.borrow_cap >50.5",
		"asset B lending.supply_cap >100",
		"asset B lending.interval >1h",
		"asset B conversion.auto_borrow >10.25",
		"asset B conversion.repay_to >2",
		"asset B conversion.cost >0.01",
		"asset B conversion.band >0.02",
		"asset B insurance.draw_cap 0>0.5",
		"asset B insurance.liquidation_fee 0>0.001",
		"asset B insurance.withdrawal_gate 0>0.02",
		"asset B vault.event_budget 0>0.02",
		"asset B vault.hour_budget 0>0.1",
		"asset B collateral.scale_held >1000000",
		"asset B collateral.scale_owed >2000000.5",
		"asset B collateral.size_factor >0.000002",
		"asset B collateral.deposit_cap >5000.00000001",
		"asset B slow_price.interval >2h",
		"asset B slow_price.delay_limit >0.05",
		"asset B slow_price.limit >0.0002",
		"asset B slow_price.min >20s",
		"asset B slow_price.max >5m",
	};
	struct rig rig;

	rig_open(&rig);
	edit(&rig,
	     ASSET ", 'ramp': {'duration': '24h', 'step': '10m'},"
		   " 'collateral': {" TERMS SCALE "}" OBJECTS,
	     MARKET, "");
	EXPECT(&rig, want);
	rig_close(&rig);
}

Test(reload_plan, what_is_taken_out_of_an_asset_is_told_with_what_it_was)
{
	static const char *const gone[] = {
		"asset B lending.base 0.01>",
		"asset B lending.slope_low 0.04>",
		"asset B lending.slope_high 0.6>",
		"asset B lending.kink 0.8>",
		"asset B lending.reserve 0.1>",
		"asset B lending.borrow_cap 50.5>",
		"asset B lending.supply_cap 100>",
		"asset B lending.interval 1h>",
		"asset B conversion.auto_borrow 10.25>",
		"asset B conversion.repay_to 2>",
		"asset B conversion.cost 0.01>",
		"asset B conversion.band 0.02>",
		"asset B insurance.draw_cap 0.5>0",
		"asset B insurance.liquidation_fee 0.001>0",
		"asset B insurance.withdrawal_gate 0.02>0",
		"asset B vault.event_budget 0.02>0",
		"asset B vault.hour_budget 0.1>0",
		"asset B collateral.scale_held 1000000>",
		"asset B collateral.scale_owed 2000000.5>",
		"asset B collateral.size_factor 0.000002>",
		"asset B collateral.deposit_cap 5000.00000001>",
		"asset B slow_price.interval 2h>",
		"asset B slow_price.delay_limit 0.05>",
		"asset B slow_price.limit 0.0002>",
		"asset B slow_price.min 20s>",
		"asset B slow_price.max 5m>",
	};
	struct rig rig;

	rig_open(&rig);
	edit(&rig, ASSET ", 'collateral': {" TERMS SCALE "}" OBJECTS, MARKET,
	     "");
	(void)reload(&rig);
	edit(&rig, ASSET ", 'collateral': {" TERMS "}", MARKET, "");
	EXPECT(&rig, gone);
	rig_close(&rig);
}

static const char *const market_wants[] = {
	"market P ramp.duration 0s>1m",
	"market P ramp.step >1m",
	"market P funding.interval >1h",
	"market P funding.interest >0.0001",
	"market P funding.clamp >0.0005",
	"market P funding.cap >0.04",
	"market P funding.period >8h",
	"market P margin.open_interest_lower >1000",
	"market P margin.open_interest_upper >2000",
	"market P margin.open_interest_max >500.5",
	"market P margin.growth >sqrt",
	"market P margin.base_share >0.8",
	"market P margin.factor_initial >0.002",
	"market P margin.factor_maintenance >0.001",
	"market P liquidation.stage 1>0.25",
	"market P liquidation.stage_min >5000",
	"market P liquidation.cooldown >20s",
	"market P liquidation.volatility >0.04",
	"market P liquidation.dust >15.5",
	"market P liquidation.velocity >70000",
	"market P liquidation.claim_max >4s",
	"market P takeover.at >0.5",
	"market P takeover.concession_max >0.01",
	"market P takeover.vault_max >1000",
	"market P takeover.stages >5",
	"market P slow_price.interval >1h",
	"market P slow_price.delay_limit >0.06",
	"market P slow_price.limit >0.0003",
	"market P slow_price.min >10s",
	"market P slow_price.max >10m",
	"market P underlying >B",
	"market P state open>close_only",
};

Test(reload_plan, every_key_of_a_market_is_told_with_both_values)
{
	static const char *const dated[] = {
		"market P funding.interval 1h>",
		"market P funding.interest 0.0001>",
		"market P funding.clamp 0.0005>",
		"market P funding.cap 0.04>",
		"market P funding.period 8h>",
		"market P takeover.at 0.5>",
		"market P takeover.concession_max 0.01>",
		"market P takeover.vault_max 1000>",
		"market P takeover.stages 5>",
		"market P expiry >2033-05-18T03:33:20.5Z",
		"market P state close_only>open",
		"market P state open>listed",
	};
#define SLOW                                                                   \
	", 'liquidation': {'stage': '0.25', 'stage_min': '5000',"              \
	" 'cooldown': '20s', 'volatility': '0.04', 'dust': '15.5',"            \
	" 'velocity': '70000', 'claim_max': '4s'},"                            \
	" 'margin': {'open_interest_lower': '1000',"                           \
	" 'open_interest_upper': '2000', 'open_interest_max': '500.5',"        \
	" 'growth': 'sqrt', 'base_share': '0.8', 'factor_initial': '0.002',"   \
	" 'factor_maintenance': '0.001'}, 'slow_price': {},"                   \
	" 'underlying': 'B'"
	struct rig rig;

	rig_open(&rig);
	edit(&rig, ASSET,
	     MARKET ", 'ramp': {'duration': '1m'}, 'state': 'close_only',"
		    " 'takeover': {'at': '0.5', 'vault_max': '1000'},"
		    " 'funding': {'interval': '1h', 'interest': '0.0001',"
		    " 'clamp': '0.0005', 'cap': '0.04', 'period': '8h'}" SLOW,
	     "");
	EXPECT(&rig, market_wants);
	edit(&rig, ASSET,
	     ", 'kind': 'future', 'state': 'listed',"
	     " 'expiry': '2033-05-18T03:33:20.5Z'" SIZES PRICE ROWS SLOW,
	     "");
	EXPECT(&rig, dated);
	rig_close(&rig);
#undef SLOW
}

Test(reload_plan, groups_come_change_and_go)
{
	static const char *const want[] = {
		"group coins collateral.B.weight.maintenance >0.95",
		"group coins collateral.B.weight.initial >0.9",
		"group coins collateral.B.weight.withdrawal >0.9",
		"group coins debt >USD",
	};
	static const char *const other[] = {
		"group coins collateral.B.weight.initial 0.9>0.5",
		"group coins collateral.B.weight.withdrawal 0.9>0.5",
		"group coins debt >B",
	};
	static const char *const gone[] = {
		"group coins debt USD>",
		"group coins collateral.B.weight.maintenance 0.95>",
		"group coins collateral.B.weight.initial 0.5>",
		"group coins collateral.B.weight.withdrawal 0.5>",
		"group coins debt B>",
	};
	struct rig rig;

	rig_open(&rig);
	edit(&rig, ASSET, MARKET,
	     ", 'emode': {'coins': {'debt': ['USD'], 'collateral': {'B': "
	     "{'weight': {'maintenance': '0.95', 'initial': '0.9'}}}}}");
	EXPECT(&rig, want);
	edit(&rig, ASSET, MARKET,
	     ", 'emode': {'coins': {'debt': ['USD', 'B'], 'collateral': {'B': "
	     "{'weight': {'maintenance': '0.95', 'initial': '0.5'}}}}}");
	EXPECT(&rig, other);
	edit(&rig, ASSET, MARKET, "");
	EXPECT(&rig, gone);
	rig_close(&rig);
}

/* Its slot and number are known only in the trial. */
Test(reload_plan, what_is_new_is_listed_with_its_terms_and_its_ramp)
{
	static const char *const want[] = {
		"asset NEW listed >true",
		"market Q listed >true",
		"asset NEW collateral.weight_maintenance 1>0.5",
		"asset NEW collateral.weight_initial 1>0.5",
		"asset NEW collateral.weight_withdrawal 1>0.5",
		"asset NEW slow_price.interval >1h",
		"asset NEW slow_price.delay_limit >0.06",
		"asset NEW slow_price.limit >0.0003",
		"asset NEW slow_price.min >10s",
		"asset NEW slow_price.max >10m",
		"market Q underlying >NEW",
		"market Q state open>listed",
		"asset NEW ramp.duration 0s>1d",
		"asset NEW ramp.step >1m",
	};
	struct rk_asset_view view;
	struct rig rig;

	rig_open(&rig);
	edit(&rig,
	     ASSET "}, {'name': 'NEW', 'decimals': 8, 'price_decimals': 2,"
		   " 'collateral': {'weight_maintenance': '0.5'}, 'slow_price':"
		   " {}, 'ramp': {'duration': '24h'}" ASSET,
	     MARKET "}, {'name': 'Q', 'settle': 'USD', 'price_decimals': 2,"
		    " 'size_decimals': 4, 'underlying': 'NEW',"
		    " 'state': 'listed'" MARKET,
	     "");
	EXPECT(&rig, want);
	cr_assert_eq(rk_view_asset(rig.harness.engine, 2, &view), RK_OK);
	cr_expect_not(view.ramp.runs, "its first terms were no change");
	rig_close(&rig);
}

Test(reload_plan, keys_of_riskd_conf_are_told_by_name)
{
	static const char *const want[] = {
		"limits  accounts 10>9",
		"limits  orders 65536>100",
		"risk  target 1.2>1.21",
		"risk  order_cooldown 1s>1500ms",
		"publisher second listed >true",
		"venue second listed >true",
	};
	struct rig rig;

	rig_open(&rig);
	rig.files.conf.limits.engine.accounts_max = 9;
	rig.files.conf.limits.engine.orders_max = 100;
	rig.files.conf.risk.target.raw = 1210000000;
	rig.files.conf.risk.order_cooldown_ns = SECOND_NS * 3 / 2;
	rig.files.conf.publishers.n = 2;
	(void)strcpy(rig.files.conf.publishers.name[1], "second");
	rig.files.conf.venues.n = 2;
	(void)strcpy(rig.files.conf.venues.name[1], "second");
	EXPECT(&rig, want);
	rig_close(&rig);
}

Test(reload_plan, a_limit_beyond_the_memory_waits_for_a_restart)
{
	static const char *const want[] = {"limits  orders 65536>100"};
	static const char *const restart[] = {"  limits.accounts 10>11"};
	struct rk_engine_counts counts;
	struct rig rig;

	rig_open(&rig);
	rig.files.conf.limits.engine.accounts_max = 11;
	rig.files.conf.limits.engine.orders_max = 100;
	EXPECT(&rig, want);
	expect_list(&rig.plan.restart, restart, N(restart));
	rk_view_counts(rig.harness.engine, &counts);
	cr_expect_eq(counts.limits.accounts_max, 10);
	rig_close(&rig);
}

Test(reload_plan, a_limit_below_what_there_is_is_refused_by_name)
{
	struct rig rig;

	rig_open(&rig);
	rig.files.conf.limits.engine.assets_max = 1;
	cr_expect_eq(plan(&rig), RK_REJ_BAD_PARAM);
	cr_expect_str_eq(rig.plan.error.text,
			 "limits.assets is 1, but the state holds 2: raise it; "
			 "nothing was changed");
	cr_expect_eq(rig.plan.n, 0);
	rig_close(&rig);
}

/* The engine refuses the last of several. */
Test(reload_plan, what_the_engine_would_refuse_refuses_all_of_it)
{
	static const char *const want[] = {
		"asset B collateral.weight_maintenance 1>0.9",
		"asset B collateral.weight_initial 1>0.9",
		"asset B collateral.weight_withdrawal 1>0.9",
		"market P expiry >2001-09-09T01:46:40Z",
	};
	struct rk_hash before;
	struct rig rig;

	rig_open(&rig);
	before = rk_view_state_digest(rig.harness.engine);
	edit(&rig, ASSET ", 'collateral': {'weight_maintenance': '0.9'}",
	     ", 'kind': 'future',"
	     " 'expiry': '2001-09-09T01:46:40Z'" SIZES PRICE ROWS,
	     "");
	cr_expect_eq(plan(&rig), RK_REJ_BAD_TIME);
	cr_expect_str_eq(
		rig.plan.error.text,
		"market P refuses EXPIRY: time steps back, or does not lie "
		"ahead: expiry none -> 2001-09-09T01:46:40Z; nothing was "
		"changed");
	expect_list(&rig.plan.changes, want, N(want));
	cr_expect_eq(rig.plan.n, 0);
	cr_expect(same(before, rk_view_state_digest(rig.harness.engine)));
	rig_close(&rig);
}

Test(reload_plan, what_stays_for_ever_is_refused_by_name)
{
	struct rig rig;

	rig_open(&rig);
	edit(&rig, ASSET, MARKET ", 'multiplier': '0.1'", "");
	cr_expect_eq(plan(&rig), RK_REJ_BAD_PARAM);
	cr_expect(strstr(rig.plan.error.text,
			 "multiplier of market P is 1, but 0.1 in "));
	cr_expect(strstr(rig.plan.error.text, "; nothing was changed"));
	rig_close(&rig);
}

#define STEEPER                                                                \
	", 'kind': 'perpetual', 'ramp': {'duration': '1h'}" SIZES PRICE        \
	", 'brackets': [{'floor': '0', 'maintenance': '0.03', 'initial': "     \
	"'0.06'}]"
#define GROWTH                                                                 \
	", 'margin': {'growth': 'sqrt', 'base_share': '0.8',"                  \
	" 'factor_initial': '0.002', 'factor_maintenance': '0.001'}"

/* Changes at one time are one ramp (Y3): so they must be applied at one. */
Test(reload_plan, brackets_and_growth_of_one_edit_are_one_ramp)
{
	struct rk_market_view view;
	struct rig rig;

	rig_open(&rig);
	edit(&rig, ASSET, STEEPER GROWTH, "");
	cr_expect_eq(reload(&rig), 3);
	cr_assert_eq(rk_view_market(rig.harness.engine, 0, &view), RK_OK);
	cr_expect(view.ramp.runs);
	cr_expect_eq(view.before.rates[0].raw, 10000000);
	rig_close(&rig);
}

Test(reload_plan, a_form_that_is_ramping_is_refused_until_it_has_come)
{
	struct rig rig;

	rig_open(&rig);
	edit(&rig, ASSET, STEEPER, "");
	cr_expect_eq(reload(&rig), 2);
	set_time(&rig, START_NS + SECOND_NS);
	edit(&rig, ASSET, STEEPER GROWTH, "");
	cr_expect_eq(plan(&rig), RK_REJ_RAMPING);
	set_time(&rig, START_NS + 3601 * SECOND_NS);
	cr_expect_eq(reload(&rig), 1);
	rig_close(&rig);
}

Test(reload_plan, a_market_that_the_file_no_longer_names_stays_with_a_warning)
{
	struct rk_market_view view;
	struct rig rig;

	rig_open(&rig);
	rk_markets_free(rig.files.markets);
	rig.files.markets = rig_parsed(rig_text(
		"{'schema': 1, 'assets': [{'name': 'USD', 'decimals': 2,"
		" 'fixed_price': '1'}], 'markets': []}"));
	cr_expect_eq(reload(&rig), 0);
	cr_assert_eq(rig.plan.warnings.n, 1);
	cr_expect(strstr(rig.plan.warnings.rows[0],
			 "market P is in the state but not in"));
	cr_assert_eq(rk_view_market(rig.harness.engine, 0, &view), RK_OK);
	cr_expect_eq(view.state, RK_MARKET_OPEN);
	rig_close(&rig);
}

/* More than one log of undo holds: its memory moves. */
Test(reload_plan, hundreds_of_markets_are_listed_and_changed_in_one_plan)
{
	static char text[400000];
	struct rig rig;
	size_t at;

	rig_open(&rig);
	for (int lot = 1; lot <= 2; lot++) {
		at = (size_t)snprintf(
			text, sizeof(text), "%s",
			rig_text("{'schema': 1, 'assets': [{'name': 'USD', "
				 "'decimals': 2, 'fixed_price': '1'}], "
				 "'markets': ["));
		for (int i = 0; i < 255; i++)
			at += (size_t)snprintf(
				text + at, sizeof(text) - at, "%s%s",
				i == 0 ? "" : ",",
				rig_text("{'name': 'M%d', 'settle': 'USD',"
					 " 'price_decimals': 2,"
					 " 'size_decimals': 4,"
					 " 'kind': 'perpetual', 'lot': '%d',"
					 " 'position_max': '1000',"
					 " 'close_cost': '0', 'margin':"
					 " {'open_interest_max': '%d'}" PRICE
						 ROWS "}",
					 i, lot, lot));
		(void)snprintf(text + at, sizeof(text) - at, "]}");
		rk_markets_free(rig.files.markets);
		rig.files.markets = rig_parsed(text);
		cr_expect_eq(reload(&rig), 510);
		cr_expect_eq(rk_changes_n(&rig.plan.changes), 510);
	}
	rig_close(&rig);
}
