/*
 * What the configuration says becomes commands, and only what the state does
 * not say yet: at a first start, and at later ones with files that were edited.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "configure_rig.h"
#include "engine/view.h"
#include "ops/error.h"
#include "ops/markets.h"
#include "store/record.h"
#include "support/harness.h"

#define USD  0
#define BTC  1
#define LOT  "\"lot\": \"1\""
#define HALF "\"collateral\": {\"weight_maintenance\": \"0.5\"}"

static int configure(struct rig *rig, const char *usd, const char *btc,
		     const char *market)
{
	return rig_configure(rig, usd, btc, market, "");
}

/* How many commands that made, when it is taken. */
static uint64_t start(struct rig *rig, const char *usd, const char *btc)
{
	uint64_t before = rk_view_seq(rig->core.engine);

	cr_assert_eq(configure(rig, usd, btc, LOT), 0);
	return rk_view_seq(rig->core.engine) - before;
}

static uint64_t start_market(struct rig *rig, const char *market)
{
	uint64_t before = rk_view_seq(rig->core.engine);

	cr_assert_eq(configure(rig, "", "", market), 0);
	return rk_view_seq(rig->core.engine) - before;
}

static struct rk_collateral terms_of(const struct rig *rig, uint32_t asset)
{
	struct rk_asset_view view;

	cr_assert_eq(rk_view_asset(rig->core.engine, asset, &view), 0);
	return view.collateral;
}

static bool is_plain(const struct rig *rig, uint32_t asset)
{
	struct rk_collateral terms = terms_of(rig, asset);
	struct rk_collateral plain;

	rk_collateral_default(&plain);
	return rk_collateral_equal(&terms, &plain);
}

Test(configure, an_asset_without_terms_takes_no_command_for_them)
{
	struct rig rig;
	uint64_t plain;

	rig_open(&rig);
	plain = start(&rig, "", "\"collateral\": {}");
	cr_assert(is_plain(&rig, USD));
	cr_assert(is_plain(&rig, BTC));
	cr_assert_eq(start(&rig, "", ""), 0, "the same is no change");
	rig_close(&rig);

	rig_open(&rig);
	cr_assert_eq(start(&rig, "", HALF), plain + 1);
	rig_close(&rig);
}

Test(configure, terms_are_set_for_the_asset_that_has_them)
{
	struct rig rig;
	struct rk_collateral terms;

	rig_open(&rig);
	(void)start(&rig, "", HALF);
	cr_assert(is_plain(&rig, USD));
	terms = terms_of(&rig, BTC);
	for (int k = 0; k < RK_LEVELS; k++)
		cr_expect_eq(terms.weight[k].raw, RK_RATE_ONE / 2);
	cr_expect_eq(terms.liability[RK_LEVEL_INITIAL].raw, RK_RATE_ONE);
	cr_assert_eq(start(&rig, "", HALF), 0, "the same is no change");
	rig_close(&rig);
}

Test(configure, terms_edited_between_two_runs_are_one_command_each)
{
	struct rig rig;
	struct rk_collateral terms;

	rig_open(&rig);
	(void)start(&rig, "", HALF);
	cr_assert_eq(start(&rig,
			   "\"collateral\": {\"liability_initial\": \"1.1\"}",
			   "\"collateral\": {\"weight_initial\": \"0.9\"}"),
		     2);
	terms = terms_of(&rig, USD);
	cr_expect_eq(terms.liability[RK_LEVEL_MAINTENANCE].raw, RK_RATE_ONE);
	cr_expect_eq(terms.liability[RK_LEVEL_INITIAL].raw, 1100000000);
	terms = terms_of(&rig, BTC);
	cr_expect_eq(terms.weight[RK_LEVEL_MAINTENANCE].raw, RK_RATE_ONE);
	cr_expect_eq(terms.weight[RK_LEVEL_WITHDRAWAL].raw, 900000000);
	rig_close(&rig);
}

Test(configure, conversion_of_the_file_is_set_changed_and_taken_back)
{
	static const char *const few =
		"\"conversion\": {\"auto_borrow\": \"10\", \"band\": \"0.1\"}";
	static const char *const many =
		"\"conversion\": {\"auto_borrow\": \"20\", \"band\": \"0.1\"}";
	struct rk_asset_view view;
	struct rig rig;

	rig_open(&rig);
	(void)start(&rig, few, "");
	cr_expect_eq(start(&rig, few, ""), 0);
	cr_assert_eq(rk_view_asset(rig.core.engine, USD, &view), 0);
	cr_expect(view.conversion.enabled);
	cr_expect_eq(view.conversion.auto_borrow.raw, 1000000000);
	cr_expect_eq(start(&rig, many, ""), 1);
	cr_assert_eq(rk_view_asset(rig.core.engine, USD, &view), 0);
	cr_expect_eq(view.conversion.auto_borrow.raw, 2000000000);
	cr_expect_eq(start(&rig, "", ""), 1);
	cr_assert_eq(rk_view_asset(rig.core.engine, USD, &view), 0);
	cr_expect_not(view.conversion.enabled);
	rig_close(&rig);
}

Test(configure, insurance_of_the_file_is_set_changed_and_taken_back)
{
	static const char *const all = "\"insurance\": {\"draw_cap\": \"1\", "
				       "\"withdrawal_gate\": \"0.02\"}";
	struct rk_insurance_view view;
	struct rig rig;

	rig_open(&rig);
	(void)start(&rig, "\"insurance\": {}", "");
	(void)rk_view_insurance(rig.core.engine, USD, &view);
	cr_expect_eq(view.terms.draw_cap.raw, RK_RATE_ONE / 4);
	cr_expect_eq(start(&rig, all, ""), 1);
	(void)rk_view_insurance(rig.core.engine, USD, &view);
	cr_expect_eq(view.terms.draw_cap.raw, RK_RATE_ONE);
	cr_expect_eq(view.terms.withdrawal_gate.raw, RK_RATE_ONE / 50);
	cr_expect_eq(start(&rig, "", ""), 1);
	(void)rk_view_insurance(rig.core.engine, USD, &view);
	cr_expect_eq(view.terms.draw_cap.raw, 0);
	rig_close(&rig);
}

Test(configure, terms_taken_out_of_the_file_are_taken_back)
{
	struct rig rig;

	rig_open(&rig);
	(void)start(&rig, "", HALF);
	cr_assert_eq(start(&rig, "", ""), 1);
	cr_assert(is_plain(&rig, BTC));
	cr_assert_eq(start(&rig, "", ""), 0);
	rig_close(&rig);
}

#define MULTIPLIER(x) ", \"multiplier\": \"" x "\""
#define PRICE_MIN(x)  ", \"price_min\": \"" x "\""
#define INVERSE       ", \"contract\": \"inverse\""

static struct rk_cmd_market listing_of(const struct rig *rig)
{
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(rig->core.engine, 0, &view), 0);
	return view.listing;
}

struct count {
	enum rk_cmd_type type;
	int n;
};

static int count_group(void *context, const struct rk_journal_group *group)
{
	struct rk_record_room room = {.cmds = NULL};
	const unsigned char *bytes = group->payload;
	struct count *count = context;
	size_t at = 0;

	while (at < group->size) {
		struct rk_cmd cmd;
		size_t n;

		cr_assert_eq(rk_record_decode(bytes + at, group->size - at,
					      &room, &cmd, &n),
			     0);
		count->n += cmd.type == count->type;
		at += n;
	}
	return 0;
}

/* Of all that is in the journal. */
static int commands_of(struct rig *rig, enum rk_cmd_type type)
{
	struct count count = {.type = type};

	cr_assert_eq(
		rk_journal_replay(rig->core.journal, 1, count_group, &count),
		0);
	return count.n;
}

/* Log lines go where they can be read. */
static void listen_to(struct rig *rig, int *ret_ear)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	rk_log_init(&rig->log, ends[1], RK_LOG_ERROR);
	*ret_ear = ends[0];
}

/* What was logged since, at least a line. */
static void hear(struct rig *rig, int ear, char *text, size_t size)
{
	ssize_t n;

	(void)close(rig->log.fd);
	n = read(ear, text, size - 1);
	cr_assert_gt(n, 0);
	text[n] = '\0';
	(void)close(ear);
}

/* So the journal of who has no other contracts is as it was. */
Test(configure, a_plain_market_is_listed_by_the_old_command)
{
	static const char *const plain[] = {
		LOT,
		LOT MULTIPLIER("1.0"),
		LOT PRICE_MIN("0.01"),
		LOT ", \"contract\": \"linear\"",
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		struct rig rig;

		rig_open(&rig);
		(void)start_market(&rig, plain[i]);
		cr_expect_eq(commands_of(&rig, RK_CMD_MARKET), 1);
		cr_expect_eq(commands_of(&rig, RK_CMD_CONTRACT), 0);
		cr_expect_eq(start_market(&rig, LOT), 0);
		rig_close(&rig);
	}
}

Test(configure, any_other_contract_is_listed_by_its_own_command)
{
	static const char *const others[] = {
		LOT MULTIPLIER("0.1"),
		LOT PRICE_MIN("0.02"),
		LOT INVERSE PRICE_MIN("0.01"),
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct rig rig;

		rig_open(&rig);
		(void)start_market(&rig, others[i]);
		cr_expect_eq(commands_of(&rig, RK_CMD_MARKET), 0);
		cr_expect_eq(commands_of(&rig, RK_CMD_CONTRACT), 1);
		cr_expect_eq(start_market(&rig, others[i]), 0,
			     "the same is no change");
		rig_close(&rig);
	}
}

Test(configure, a_changed_market_keeps_its_contract)
{
#define CONTRACT INVERSE MULTIPLIER("2.5") PRICE_MIN("10")
	struct rk_cmd_market listing;
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT CONTRACT);
	cr_assert_eq(start_market(&rig, "\"lot\": \"2\"" CONTRACT), 1);
	listing = listing_of(&rig);
	cr_expect_eq(listing.lot.raw, 20000);
	cr_expect_eq(listing.contract, RK_CONTRACT_INVERSE);
	cr_expect_eq(listing.multiplier, 25);
	cr_expect_eq(listing.multiplier_decimals, 1);
	cr_expect_eq(listing.price_min.raw, 1000);
	rig_close(&rig);
}

Test(configure, another_contract_is_refused_by_name_as_it_stays_for_ever)
{
	static const struct {
		const char *is, *want, *message;
	} cases[] = {
		{"", INVERSE PRICE_MIN("0.01"),
		 "cannot start: contract of market P is linear, but inverse "
		 "in "},
		{CONTRACT, MULTIPLIER("2.5") PRICE_MIN("10"),
		 "cannot start: contract of market P is inverse, but linear "
		 "in "},
		{"", MULTIPLIER("0.1"),
		 "cannot start: multiplier of market P is 1, but 0.1 in "},
		{CONTRACT, INVERSE MULTIPLIER("25") PRICE_MIN("10"),
		 "cannot start: multiplier of market P is 2.5, but 25 in "},
		{CONTRACT, INVERSE MULTIPLIER("2.5") PRICE_MIN("9.99"),
		 "cannot start: price_min of market P is 10, but 9.99 in "},
		{PRICE_MIN("0.02"), "",
		 "cannot start: price_min of market P is 0.02, but 0.01 in "},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char is[256];
		char want[256];
		char said[1024];
		struct rig rig;
		uint64_t seq;
		int ear;

		(void)snprintf(is, sizeof(is), LOT "%s", cases[i].is);
		/* Nor with something else that may be changed. */
		(void)snprintf(want, sizeof(want), "\"lot\": \"%d\"%s",
			       i % 2 ? 1 : 2, cases[i].want);
		rig_open(&rig);
		(void)start_market(&rig, is);
		seq = rk_view_seq(rig.core.engine);
		listen_to(&rig, &ear);
		cr_expect_eq(configure(&rig, "", "", want), -EINVAL);
		hear(&rig, ear, said, sizeof(said));
		cr_expect(strstr(said, cases[i].message), "%s", said);
		cr_expect(strstr(said, "contract, multiplier and price_min "
				       "stay for ever"),
			  "%s", said);
		cr_expect_eq(rk_view_seq(rig.core.engine), seq);
		rig_close(&rig);
	}
}

#define FUNDING(cap)                                                           \
	", \"funding\": {\"interval\": \"8h\", \"interest\": \"0.0001\", "     \
	"\"clamp\": \"0.0005\", \"cap\": \"" cap "\"}"

static struct rk_funding funding_of(const struct rig *rig)
{
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(rig->core.engine, 0, &view), 0);
	return view.funding;
}

Test(configure, funding_of_the_file_is_set_changed_and_taken_back)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT);
	cr_expect_eq(commands_of(&rig, RK_CMD_FUNDING), 0);
	cr_expect_eq(funding_of(&rig).interval_ns, 0);
	cr_assert_eq(start_market(&rig, LOT FUNDING("0.04")), 1);
	cr_expect_eq(funding_of(&rig).interval_ns, INT64_C(28800000000000));
	cr_expect_eq(funding_of(&rig).cap.raw, 40000000);
	cr_assert_eq(start_market(&rig, LOT FUNDING("0.04")), 0,
		     "the same is no change");
	cr_assert_eq(start_market(&rig, LOT FUNDING("0.05")), 1);
	cr_expect_eq(funding_of(&rig).cap.raw, 50000000);
	cr_assert_eq(start_market(&rig, LOT), 1);
	cr_expect_eq(funding_of(&rig).interval_ns, 0);
	cr_expect_eq(commands_of(&rig, RK_CMD_FUNDING), 3);
	rig_close(&rig);
}

#define MARGIN(upper) ", \"margin\": {\"open_interest_upper\": \"" upper "\"}"

static int64_t upper_of(const struct rig *rig)
{
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(rig->core.engine, 0, &view), 0);
	return view.margin.scale_upper.raw;
}

static int64_t stage_of(const struct rig *rig)
{
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(rig->core.engine, 0, &view), 0);
	return view.liquidation.stage.raw;
}

Test(configure, liquidation_terms_of_the_file_are_set_changed_and_taken_back)
{
#define LIQUIDATION(more) ", \"liquidation\": {" more "}"
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT);
	cr_expect_eq(commands_of(&rig, RK_CMD_LIQUIDATION), 0);
	cr_assert_eq(start_market(&rig, LOT LIQUIDATION("")), 1);
	cr_expect_eq(stage_of(&rig), RK_RATE_ONE / 5);
	cr_assert_eq(start_market(&rig, LOT LIQUIDATION("")), 0,
		     "the same is no change");
	cr_assert_eq(start_market(&rig, LOT LIQUIDATION("\"stage\": \"0.5\"")),
		     1);
	cr_expect_eq(stage_of(&rig), RK_RATE_ONE / 2);
	cr_assert_eq(start_market(&rig, LOT), 1);
	cr_expect_eq(stage_of(&rig), RK_RATE_ONE);
	cr_expect_eq(commands_of(&rig, RK_CMD_LIQUIDATION), 3);
	rig_close(&rig);
}

Test(configure, margin_terms_of_the_file_are_set_changed_and_taken_back)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT);
	cr_expect_eq(commands_of(&rig, RK_CMD_MARGIN), 0);
	cr_assert_eq(start_market(&rig, LOT MARGIN("5")), 1);
	cr_expect_eq(upper_of(&rig), 500000000);
	cr_assert_eq(start_market(&rig, LOT MARGIN("5")), 0,
		     "the same is no change");
	cr_assert_eq(start_market(&rig, LOT MARGIN("6")), 1);
	cr_assert_eq(start_market(&rig, LOT), 1);
	cr_expect_eq(upper_of(&rig), 0);
	cr_expect_eq(commands_of(&rig, RK_CMD_MARGIN), 3);
	rig_close(&rig);
}

#define SLOW                                                                   \
	", \"slow_price\": {\"limit\": \"0.0002\"}, \"underlying\": \"USD\""

static struct rk_slot_view slot_of(const struct rig *rig)
{
	struct rk_market_view market;
	struct rk_slot_view view;

	cr_assert_eq(rk_view_market(rig->core.engine, 0, &market), 0);
	cr_assert_eq(rk_view_slot(rig->core.engine, market.slot, &view), 0);
	return view;
}

Test(configure, a_slow_price_of_the_file_is_set_changed_and_taken_back)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT);
	cr_expect_eq(slot_of(&rig).slow.interval_ns, 0);
	cr_assert_eq(start_market(&rig, LOT SLOW), 1);
	cr_expect_eq(slot_of(&rig).slow.limit.raw, 200000);
	cr_expect_eq(slot_of(&rig).slow.delay_limit.raw, 60000000,
		     "what the file lacks");
	cr_expect_eq(slot_of(&rig).underlying, 0);
	cr_assert_eq(start_market(&rig, LOT SLOW), 0, "the same is no change");
	cr_assert_eq(start_market(&rig, LOT), 1);
	cr_expect_eq(slot_of(&rig).slow.interval_ns, 0);
	cr_expect_eq(slot_of(&rig).underlying, RK_NO_SLOT);
	cr_expect_eq(commands_of(&rig, RK_CMD_SLOW_PRICE), 2);
	rig_close(&rig);
}

#define EXPIRY(year) ", \"expiry\": \"" year "-03-27T08:00:00Z\""
#define STATE(name)  ", \"state\": \"" name "\""

static struct rk_market_view life_of(const struct rig *rig)
{
	struct rk_market_view view;

	cr_assert_eq(rk_view_market(rig->core.engine, 0, &view), 0);
	return view;
}

static void command(struct rig *rig, struct rk_cmd cmd)
{
	cr_assert_eq(rk_sequencer_apply(rig->core.sequencer, &cmd, NULL), 0);
}

Test(configure, a_state_of_the_file_is_set_and_what_it_leaves_out_stays)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT STATE("listed"));
	cr_expect_eq(life_of(&rig).state, RK_MARKET_LISTED);
	cr_expect_eq(start_market(&rig, LOT STATE("listed")), 0);
	cr_expect_eq(start_market(&rig, LOT), 0, "nothing is said of it");
	cr_expect_eq(life_of(&rig).state, RK_MARKET_LISTED);
	cr_expect_eq(start_market(&rig, LOT STATE("close_only")), 2,
		     "over OPEN");
	cr_expect_eq(life_of(&rig).state, RK_MARKET_CLOSE_ONLY);
	cr_expect_eq(start_market(&rig, LOT STATE("open")), 1);
	cr_expect_eq(life_of(&rig).state, RK_MARKET_OPEN);
	rig_close(&rig);
}

Test(configure, an_expiry_of_the_file_is_set_and_changed)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT EXPIRY("2040"));
	cr_expect_gt(life_of(&rig).expiry_ns, 0);
	cr_expect_eq(start_market(&rig, LOT EXPIRY("2040")), 0);
	cr_expect_eq(start_market(&rig, LOT EXPIRY("2041")), 1);
	cr_expect_eq(start_market(&rig, LOT), 0, "it is not taken back");
	cr_expect_gt(life_of(&rig).expiry_ns, 0);
	cr_expect_eq(commands_of(&rig, RK_CMD_EXPIRY), 2);
	rig_close(&rig);
}

Test(configure, a_market_that_is_settled_is_left_alone)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT);
	command(&rig, (struct rk_cmd){.type = RK_CMD_MARKET_STATE,
				      .market_state = {0, RK_MARKET_SETTLING}});
	cr_expect_eq(start_market(&rig, LOT STATE("open") EXPIRY("2040")), 0);
	cr_expect_eq(life_of(&rig).state, RK_MARKET_SETTLING);
	command(&rig,
		(struct rk_cmd){.type = RK_CMD_SETTLE, .settle = {0, {100}}});
	cr_expect_eq(start_market(&rig, "\"lot\": \"2\"" STATE("open")
						FUNDING("0.04")),
		     0);
	cr_expect_eq(life_of(&rig).state, RK_MARKET_SETTLED);
	rig_close(&rig);
}

/* The emode that configure() reads after the list of markets. */
#define GROUP(name, weight)                                                    \
	"\"" name "\": {\"collateral\": {\"BTC\": {\"weight\": "               \
	"{\"maintenance\": \"" weight "\"}}}, \"debt\": [\"USD\"]}"

static uint64_t start_groups(struct rig *rig, const char *groups)
{
	uint64_t before = rk_view_seq(rig->core.engine);
	cr_assert_eq(rig_configure(rig, "", "", LOT, groups), 0);
	return rk_view_seq(rig->core.engine) - before;
}

/* The maintenance weight of BTC in a group; -1: it is not in it. */
static int64_t weight_in(const struct rig *rig, const char *group)
{
	struct rk_emode_view view;

	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++)
		if (rk_view_emode(rig->core.engine, BTC, i, &view) == 0 &&
		    strcmp(view.group, group) == 0)
			return view.entry.weight[0].raw;
	return -1;
}

Test(configure, groups_of_the_file_are_set_changed_and_taken_back)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_groups(&rig, "");
	cr_assert_eq(start_groups(&rig, GROUP("a", "0.9")), 2);
	cr_expect_eq(weight_in(&rig, "a"), 900000000);
	cr_assert_eq(start_groups(&rig, GROUP("a", "0.9")), 0,
		     "the same is no change");
	cr_assert_eq(start_groups(&rig, GROUP("a", "0.8")), 1);
	cr_expect_eq(weight_in(&rig, "a"), 800000000);
	cr_assert_eq(
		start_groups(&rig, "\"a\": {\"debt\": [\"USD\", \"BTC\"]}"), 1);
	cr_expect_eq(weight_in(&rig, "a"), 0);
	cr_assert_eq(start_groups(&rig, ""), 2);
	cr_expect_eq(weight_in(&rig, "a"), -1);
	rig_close(&rig);
}

/* What has only another name never counts for less in between. */
Test(configure, a_group_that_is_renamed_is_set_before_the_old_one_goes)
{
	struct rig rig;
	char many[8192 - 2048];
	size_t n = 0;

	rig_open(&rig);
	(void)start_groups(&rig, GROUP("a", "0.9"));
	cr_assert_eq(start_groups(&rig, GROUP("b", "0.9")), 4);
	cr_expect_eq(weight_in(&rig, "a"), -1);
	cr_expect_eq(weight_in(&rig, "b"), 900000000);
	/* Unless there is no room for both. */
	for (int i = 0; i < 32; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n,
				      "%s\"g%d\": {\"debt\": [\"USD\"]}",
				      i == 0 ? "" : ", ", i);
	cr_assert_eq(start_groups(&rig, many), 34);
	cr_expect_eq(weight_in(&rig, "b"), -1);
	rig_close(&rig);
}

Test(configure, a_size_factor_and_a_cap_are_one_command)
{
	const char *terms = "\"collateral\": {\"size_factor\": \"0.001\", "
			    "\"deposit_cap\": \"5\"}";
	struct rig rig;
	struct rk_asset_view view;

	rig_open(&rig);
	(void)start(&rig, "", "");
	cr_assert_eq(start(&rig, "", terms), 1);
	cr_assert_eq(rk_view_asset(rig.core.engine, BTC, &view), 0);
	cr_expect_eq(view.scale.size_factor, INT64_C(1000000000000000));
	cr_expect_eq(view.scale.deposit_cap.raw, 500000000);
	cr_assert_eq(start(&rig, "", terms), 0, "the same is no change");
	cr_assert_eq(start(&rig, "", ""), 1);
	rig_close(&rig);
}

#define RAMP(duration) "\"ramp\": {\"duration\": \"" duration "\"}"

static struct rk_asset_view asset_of(const struct rig *rig, uint32_t asset)
{
	struct rk_asset_view view;

	cr_assert_eq(rk_view_asset(rig->core.engine, asset, &view), 0);
	return view;
}

static void wait_for(struct rig *rig, int64_t seconds)
{
	command(rig, (struct rk_cmd){.type = RK_CMD_CLOCK,
				     .clock = {rk_view_time(rig->core.engine) +
					       seconds * INT64_C(1000000000)}});
}

Test(configure, a_ramp_of_the_file_comes_before_the_changes_that_it_is_for)
{
	struct rig rig;

	rig_open(&rig);
	(void)start(&rig, "", "");
	cr_expect_eq(asset_of(&rig, BTC).ramp.ramp.duration_ns, 0);
	cr_expect_eq(start(&rig, "", RAMP("1h") ", " HALF), 2);
	cr_expect_eq(asset_of(&rig, BTC).ramp.ramp.duration_ns,
		     INT64_C(3600000000000));
	cr_expect_eq(asset_of(&rig, BTC).ramp.ramp.step_ns,
		     INT64_C(60000000000));
	cr_expect(asset_of(&rig, BTC).ramp.runs);
	cr_expect_eq(asset_of(&rig, BTC).collateral.weight[0].raw, RK_RATE_ONE);
	cr_expect_eq(asset_of(&rig, BTC).target.weight[0].raw, RK_RATE_ONE / 2);
	rig_close(&rig);
}

Test(configure, while_a_ramp_runs_the_file_is_compared_with_where_it_goes)
{
	struct rig rig;

	rig_open(&rig);
	(void)start(&rig, "", RAMP("1h"));
	cr_expect_eq(start(&rig, "", RAMP("1h") ", " HALF), 1);
	wait_for(&rig, 600);
	cr_expect_neq(asset_of(&rig, BTC).collateral.weight[0].raw,
		      RK_RATE_ONE / 2);
	cr_expect_eq(start(&rig, "", RAMP("1h") ", " HALF), 0);
	/* With 0 it ends at once. */
	cr_expect_eq(start(&rig, "", RAMP("0s") ", " HALF), 1);
	cr_expect_eq(asset_of(&rig, BTC).collateral.weight[0].raw,
		     RK_RATE_ONE / 2);
	rig_close(&rig);
}

Test(configure, first_terms_are_no_change_and_have_no_ramp)
{
	struct rig rig;

	rig_open(&rig);
	(void)start(&rig, "", RAMP("1h") ", " HALF);
	cr_expect(!asset_of(&rig, BTC).ramp.runs);
	cr_expect_eq(asset_of(&rig, BTC).collateral.weight[0].raw,
		     RK_RATE_ONE / 2);
	cr_expect_eq(start(&rig, "", RAMP("1h") ", " HALF), 0);
	rig_close(&rig);
}

Test(configure, a_ramp_that_the_file_says_nothing_of_stays)
{
	struct rig rig;

	rig_open(&rig);
	(void)start_market(&rig, LOT ", " RAMP("1h"));
	cr_expect_eq(life_of(&rig).ramp.ramp.duration_ns,
		     INT64_C(3600000000000));
	cr_expect_eq(start_market(&rig, LOT), 0);
	cr_expect_eq(life_of(&rig).ramp.ramp.duration_ns,
		     INT64_C(3600000000000));
	cr_expect_eq(start_market(&rig, LOT ", " RAMP("0s")), 1);
	cr_expect_eq(life_of(&rig).ramp.ramp.duration_ns, 0);
	rig_close(&rig);
}

#define GROWS                                                                  \
	", \"margin\": {\"growth\": \"sqrt\", \"factor_initial\": \"0.2\", "   \
	"\"factor_maintenance\": \"0.1\"}"

Test(configure, brackets_and_growth_that_change_together_are_one_ramp)
{
	struct rig rig;
	const char *brackets =
		LOT ", " RAMP("1h") ", \"brackets\": [{\"floor\": \"0\", "
				    "\"maintenance\": \"0.2\", \"initial\": "
				    "\"0.4\"}]" GROWS;

	rig_open(&rig);
	(void)start_market(&rig, LOT ", " RAMP("1h"));
	wait_for(&rig, 10);
	cr_expect_eq(start_market(&rig, brackets), 2);
	cr_expect(life_of(&rig).ramp.runs);
	cr_expect_eq(life_of(&rig).before.growth, RK_GROWTH_NONE);
	cr_expect_eq(life_of(&rig).before.rates[0].raw, RK_RATE_ONE / 20);
	wait_for(&rig, 600);
	/* Where the ramp goes to is what the file has. */
	cr_expect_eq(start_market(&rig, brackets), 0);
	/* One that requires more is refused: the start fails, and says so. */
	cr_expect_eq(configure(&rig, "", "",
			       LOT ", \"brackets\": [{\"floor\": \"0\", "
				   "\"maintenance\": \"0.3\", \"initial\": "
				   "\"0.4\"}]" GROWS),
		     -EINVAL);
	/* Both as they were before: it is over. */
	cr_expect(life_of(&rig).ramp.runs);
	cr_expect_eq(start_market(&rig, LOT ", " RAMP("1h")), 2);
	cr_expect(!life_of(&rig).ramp.runs);
	rig_close(&rig);
}
