/*
 * An engine that is configured. See configure_rig.h.
 */
#include "configure_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/view.h"
#include "ops/error.h"
#include "ops/markets.h"

#define OUTBOX_BYTES  ((size_t)4 << 20)
#define JOURNAL_BYTES ((size_t)1 << 20)

static void drain(void *context)
{
	(void)context;
	cr_assert_fail("the outbox is full");
}

void rig_open(struct rig *rig)
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

void rig_close(struct rig *rig)
{
	rk_sequencer_close(rig->core.sequencer);
	rk_journal_close(rig->core.journal);
	rk_outbox_close(rig->outbox);
	rk_harness_fini(&rig->harness);
}

int rig_configure(struct rig *rig, const char *usd, const char *btc,
		  const char *market, const char *groups)
{
	struct rk_markets *markets = NULL;
	struct rk_error error = {""};
	char text[8192];
	int r;

	(void)snprintf(
		text, sizeof(text),
		"{\"schema\": 1, \"assets\": [{\"name\": \"USD\", "
		"\"decimals\": 8, \"fixed_price\": \"1\"%s%s}, "
		"{\"name\": \"BTC\", \"decimals\": 8, "
		"\"price_decimals\": 2, \"price_max\": \"1000000\", "
		"\"price_age_max\": \"5s\"%s%s}], \"markets\": ["
		"{\"name\": \"P\", \"kind\": \"%s\", "
		"\"settle\": \"USD\", \"price_decimals\": 2, "
		"\"size_decimals\": 4, \"price_max\": "
		"\"1000\", \"position_max\": \"1000\", \"price_age_max\": "
		"\"5s\", \"close_cost\": \"0\", %s%s}], "
		"\"emode\": {%s}}",
		*usd ? ", " : "", usd, *btc ? ", " : "", btc,
		strstr(market, "expiry") ? "future" : "perpetual",
		strstr(market, "brackets")
			? ""
			: "\"brackets\": [{\"floor\": \"0\", "
			  "\"max_leverage\": \"10\"}], ",
		market, groups);
	cr_assert_eq(rk_markets_parse(text, strlen(text), "m.json", &markets,
				      &error),
		     0, "%s", error.text);
	rig->core.recovered.seq = rk_view_seq(rig->core.engine);
	r = rk_configure(&rig->core, markets);
	rk_markets_free(markets);
	return r;
}
