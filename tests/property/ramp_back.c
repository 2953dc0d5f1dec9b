/*
 * A market's ramp that is led to what requires less, over seeded streams of
 * commands in which accounts trade everything: by no such change does anybody's
 * health fall (rule Y3), and it goes on as
 * it was or is over.
 *
 * ramp_back [SEED [COMMANDS]]; TAP output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "rules.h"
#include "support/generator.h"
#include "support/generator_model.h"
#include "support/harness.h"
#include "support/prng.h"

#define ACCOUNTS 40

enum rule {
	HEALTH,
	GOES_ON,
	IS_OVER,
	RULES_N
};

static const char *const texts[RULES_N] = {
	"nobody's health falls when a ramp is led to what requires less",
	"it goes on from where it came, as far as it has come",
	"it is over where no more is required than before it",
};

struct run {
	uint64_t seed;
	struct rk_prng prng;
	struct rk_generator *generator;
	struct rk_harness harness;
	int64_t health[ACCOUNTS];
	uint32_t accounts;
	uint64_t commands;
	uint64_t held[RULES_N];
	uint64_t broken[RULES_N];
};

static int apply(struct run *run, const struct rk_cmd *cmd)
{
	int code = rk_harness_apply(&run->harness, cmd);

	rk_generator_note(run->generator, run->harness.events,
			  run->harness.events_n);
	return code;
}

static void rule(struct run *run, enum rule number, bool good)
{
	if (good) {
		run->held[number]++;
		return;
	}
	run->broken[number]++;
	(void)printf("# seed %llu command %llu: not so: %s\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands, texts[number]);
}

/* A market whose ramp runs, that may be changed. */
static bool find(struct run *run, uint32_t *ret_market,
		 struct rk_market_view *ret_view)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_engine_counts counts;
	uint64_t first;

	rk_view_counts(engine, &counts);
	if (counts.markets == 0)
		return false;
	first = rk_prng_below(&run->prng, counts.markets);
	for (uint32_t i = 0; i < counts.markets; i++) {
		*ret_market = (uint32_t)((first + i) % counts.markets);
		(void)rk_view_market(engine, *ret_market, ret_view);
		if (ret_view->ramp.runs)
			return true;
	}
	return false;
}

/* Less than the ramp leads to; now and then what there was before it. */
static void ease(struct run *run, const struct rk_market_view *view,
		 struct rk_cmd *cmd)
{
	struct rk_cmd_market *want = &cmd->market;
	int64_t parts = rk_prng_between(&run->prng, 0, 1000);
	bool back = rk_prng_chance(&run->prng, 1, 5);

	memset(cmd, 0, sizeof(*cmd));
	if (view->margin.growth != RK_GROWTH_NONE &&
	    rk_prng_chance(&run->prng, 1, 2)) {
		cmd->type = RK_CMD_MARGIN;
		memcpy(cmd->margin.market, view->listing.name, RK_NAME_SIZE);
		cmd->margin.terms = view->margin;
		cmd->margin.terms.factor_maintenance =
			cmd->margin.terms.factor_maintenance / 1000 * parts;
		return;
	}
	cmd->type = RK_CMD_MARKET_CHANGE;
	*want = view->listing;
	if (!back) {
		for (uint32_t k = 0; k < want->brackets_n; k++)
			want->brackets[k].maintenance.raw =
				want->brackets[k].maintenance.raw * parts /
				1000;
		return;
	}
	memset(want->brackets, 0, sizeof(want->brackets));
	want->brackets_n = view->before.brackets_n;
	for (uint32_t k = 0; k < want->brackets_n; k++)
		want->brackets[k] = (struct rk_bracket){
			.floor = view->before.floors[k],
			.maintenance = view->before.rates[k],
			.initial = {RK_RATE_ONE}};
}

static void note_health(struct run *run)
{
	struct rk_engine_counts counts;

	rk_view_counts(run->harness.engine, &counts);
	run->accounts = counts.accounts;
	for (uint32_t i = 0; i < counts.accounts; i++) {
		struct rk_account_view view;

		(void)rk_view_account(run->harness.engine, i, &view);
		run->health[i] = view.margin.health_m.raw;
	}
}

static bool nobody_fell(const struct run *run)
{
	for (uint32_t i = 0; i < run->accounts; i++) {
		struct rk_account_view view;

		(void)rk_view_account(run->harness.engine, i, &view);
		if (view.margin.health_m.raw < run->health[i])
			return false;
	}
	return true;
}

/* Another listing has the market's price aggregated anew (M4). */
static bool same_price(const struct rk_slot_view *x,
		       const struct rk_slot_view *y)
{
	return x->mark.raw == y->mark.raw && x->state == y->state &&
	       x->slow_price.raw == y->slow_price.raw;
}

static void check(struct run *run)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_market_view before;
	struct rk_market_view after;
	struct rk_slot_view slot;
	struct rk_slot_view now;
	struct rk_form form;
	struct rk_cmd cmd;
	uint32_t market;

	if (!find(run, &market, &before) ||
	    before.ramp.since_ns == rk_view_time(engine))
		return;
	ease(run, &before, &cmd);
	note_health(run);
	(void)rk_view_slot(engine, before.slot, &slot);
	if (apply(run, &cmd) != RK_OK)
		return;
	(void)rk_view_slot(engine, before.slot, &now);
	(void)rk_view_market(engine, market, &after);
	rk_form_of(&after.listing, &after.margin, &form);
	if (same_price(&slot, &now))
		rule(run, HEALTH, nobody_fell(run));
	if (rk_form_may_require_more(&before.before, &form))
		rule(run, GOES_ON,
		     after.ramp.runs &&
			     after.ramp.since_ns == before.ramp.since_ns &&
			     after.ramp.elapsed_ns == before.ramp.elapsed_ns &&
			     rk_form_equal(&before.before, &after.before));
	else
		rule(run, IS_OVER, !after.ramp.runs);
}

int main(int argc, char **argv)
{
	static struct run run;
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	uint64_t commands = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000;
	struct rules rules = {RULES_N, texts, run.held, run.broken};

	run.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	rk_prng_init(&run.prng, run.seed);
	rk_harness_init(&run.harness, &limits, RK_EVENTS_PER_STEP_MAX);
	run.generator = rk_generator_open(run.seed, ACCOUNTS);
	for (; run.commands < commands; run.commands++) {
		(void)apply(&run, rk_generator_next(run.generator,
						    run.harness.engine));
		if (run.commands % 5 == 0)
			check(&run);
	}
	rk_generator_close(run.generator);
	rk_harness_fini(&run.harness);
	return rules_report(&rules, run.seed);
}
