/*
 * What the configuration says becomes commands, and only what the state does
 * not say yet: at a first start, and at later ones with files that were edited.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "app/core.h"
#include "engine/view.h"
#include "ops/error.h"
#include "ops/markets.h"
#include "support/harness.h"

#define OUTBOX_BYTES  ((size_t)4 << 20)
#define JOURNAL_BYTES ((size_t)1 << 20)
#define USD           0
#define BTC           1
#define HALF          "\"collateral\": {\"weight_maintenance\": \"0.5\"}"

struct rig {
	struct rk_conf conf;
	struct rk_log log;
	struct rk_harness harness; /* only its engine is used */
	struct rk_outbox *outbox;
	struct rk_core core;
};

static void drain(void *context)
{
	(void)context;
	cr_assert_fail("the outbox is full");
}

static void rig_open(struct rig *rig)
{
	struct rk_sequencer_options options = {.quotes_max = 1, .drain = drain};
	struct rk_core *core = &rig->core;

	memset(rig, 0, sizeof(*rig));
	rk_log_init(&rig->log, 2, RK_LOG_ERROR);
	rk_conf_defaults(&rig->conf);
	rk_harness_init(&rig->harness, &rig->conf.limits.engine,
			RK_EVENTS_PER_STEP_MAX);
	core->conf = &rig->conf;
	core->log = &rig->log;
	core->engine = rig->harness.engine;
	cr_assert_eq(rk_outbox_open(OUTBOX_BYTES, &rig->outbox), 0);
	cr_assert_eq(rk_journal_open_memory(JOURNAL_BYTES, &core->journal), 0);
	options.engine = core->engine;
	options.outbox = rig->outbox;
	options.journal = core->journal;
	cr_assert_eq(rk_sequencer_open(&options, &core->sequencer), 0);
}

static void rig_close(struct rig *rig)
{
	rk_sequencer_close(rig->core.sequencer);
	rk_journal_close(rig->core.journal);
	rk_outbox_close(rig->outbox);
	rk_harness_fini(&rig->harness);
}

/*
 * Start, or start again, with these objects more in USD and in BTC, and a
 * market. Returns how many commands that made.
 */
static uint64_t start(struct rig *rig, const char *usd, const char *btc)
{
	uint64_t before = rk_view_seq(rig->core.engine);
	struct rk_markets *markets = NULL;
	struct rk_error error = {""};
	char text[2048];

	(void)snprintf(
		text, sizeof(text),
		"{\"schema\": 1, \"assets\": [{\"name\": \"USD\", "
		"\"decimals\": 8, \"fixed_price\": \"1\"%s%s}, "
		"{\"name\": \"BTC\", \"decimals\": 8, "
		"\"price_decimals\": 2, \"price_max\": \"1000000\", "
		"\"price_age_max\": \"5s\"%s%s}], \"markets\": ["
		"{\"name\": \"P\", \"kind\": \"perpetual\", "
		"\"settle\": \"USD\", \"price_decimals\": 2, "
		"\"size_decimals\": 4, \"lot\": \"1\", \"price_max\": "
		"\"1000\", \"position_max\": \"1000\", \"price_age_max\": "
		"\"5s\", \"close_cost\": \"0\", \"brackets\": "
		"[{\"floor\": \"0\", \"max_leverage\": \"10\"}]}]}",
		*usd ? ", " : "", usd, *btc ? ", " : "", btc);
	cr_assert_eq(rk_markets_parse(text, strlen(text), "m.json", &markets,
				      &error),
		     0, "%s", error.text);
	rig->core.recovered.seq = before;
	cr_assert_eq(rk_configure(&rig->core, markets), 0);
	rk_markets_free(markets);
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
