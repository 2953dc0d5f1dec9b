/*
 * Trials, over seeded streams of commands in which everything happens: a trial
 * says what the engine says to the same commands, and leaves nothing behind,
 * neither in the state nor in what comes after it.
 *
 * One engine sees trials between its commands, another none.
 *
 * trial [SEED [COMMANDS]]; TAP output.
 */
#include "engine/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "support/auditor.h"
#include "support/generator.h"
#include "support/harness.h"

#define ACCOUNTS  40
#define TRIED_MAX 12
#define ASKED_MAX 60 /* commands looked at to find so many */

struct run {
	uint64_t seed;
	struct rk_generator *generator;
	struct rk_generator *other; /* makes what is only tried */
	struct rk_harness tried;
	struct rk_harness plain;
	void *memory;
	size_t size;
	uint64_t commands;
	uint64_t taken[RK_CMD_CLAIM + 1]; /* tried, by type */
	uint64_t refused;
	uint64_t same_codes;
	uint32_t other_codes;
	uint32_t other_states;
	uint32_t other_events;
};

/* Those that a reload may lead to. */
static bool is_listing(enum rk_cmd_type type)
{
	switch ((int)type) {
	case RK_CMD_LIMITS:
	case RK_CMD_RISK:
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
	case RK_CMD_ASSET:
	case RK_CMD_MARKET:
	case RK_CMD_CONTRACT:
	case RK_CMD_ASSET_CHANGE:
	case RK_CMD_MARKET_CHANGE:
	case RK_CMD_COLLATERAL:
	case RK_CMD_FUNDING:
	case RK_CMD_LENDING:
	case RK_CMD_CONVERSION:
	case RK_CMD_INSURANCE:
	case RK_CMD_VAULT:
	case RK_CMD_TAKEOVER:
	case RK_CMD_MARGIN:
	case RK_CMD_LIQUIDATION:
	case RK_CMD_SLOW_PRICE:
	case RK_CMD_COLLATERAL_SCALE:
	case RK_CMD_EMODE:
	case RK_CMD_RAMP:
	case RK_CMD_MARKET_STATE:
	case RK_CMD_EXPIRY:
		return true;
	default:
		return false;
	}
}

static int try_one(struct run *run, struct rk_trial *trial,
		   const struct rk_cmd *cmd)
{
	size_t need = rk_trial_used(trial) + rk_trial_room(run->tried.engine);
	int code;

	if (need > run->size) {
		run->size = need;
		run->memory = realloc(run->memory, run->size);
		if (!run->memory)
			abort();
		rk_trial_moved(trial, run->memory, run->size);
	}
	code = rk_trial_apply(trial, cmd, &run->tried.step);
	if (code == RK_OK)
		run->taken[cmd->type]++;
	run->refused += code != RK_OK;
	return code;
}

static void begin(struct run *run, struct rk_trial *trial)
{
	/* Freed each time, so that a sanitizer sees who keeps pointers. */
	free(run->memory);
	run->size = rk_trial_room(run->tried.engine);
	run->memory = malloc(run->size);
	if (!run->memory)
		abort();
	memset(trial, 0, sizeof(*trial));
	rk_trial_begin(trial, run->tried.engine, run->memory, run->size);
}

static bool same_state(const struct run *run, struct rk_hash digest,
		       const struct rk_engine_counts *before)
{
	const struct rk_engine *engine = run->tried.engine;
	struct rk_hash after = rk_view_state_digest(engine);
	struct rk_engine_counts counts;

	rk_view_counts(engine, &counts);
	return after.lo == digest.lo && after.hi == digest.hi &&
	       memcmp(&counts, before, sizeof(counts)) == 0 &&
	       rk_view_next_due(engine) == rk_view_next_due(run->plain.engine);
}

/* Several that nobody will ever give, each on what those before it led to. */
static void try_others(struct run *run)
{
	struct rk_hash digest = rk_view_state_digest(run->tried.engine);
	struct rk_engine_counts before;
	struct rk_trial trial;
	uint32_t n = 0;

	memset(&before, 0, sizeof(before));
	rk_view_counts(run->tried.engine, &before);
	begin(run, &trial);
	for (uint32_t i = 0; i < ASKED_MAX && n < TRIED_MAX; i++) {
		const struct rk_cmd *cmd =
			rk_generator_next(run->other, run->tried.engine);

		if (!is_listing(cmd->type))
			continue;
		n++;
		if (try_one(run, &trial, cmd) != RK_OK)
			break;
	}
	rk_trial_end(&trial);
	if (same_state(run, digest, &before))
		return;
	run->other_states++;
	(void)printf("# seed %llu command %llu: a trial left something\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands);
}

/* The code that the trial of this command gives. */
static int try_next(struct run *run, const struct rk_cmd *cmd)
{
	struct rk_trial trial;
	int code;

	begin(run, &trial);
	code = try_one(run, &trial, cmd);
	rk_trial_end(&trial);
	return code;
}

static void compare_events(struct run *run)
{
	struct rk_audit_text text;

	run->other_events += run->tried.events_n != run->plain.events_n;
	for (uint32_t i = 0; i < run->tried.events_n && i < run->plain.events_n;
	     i++)
		run->other_events += rk_auditor_compare_event(
					     &run->tried.events[i],
					     &run->plain.events[i], &text) != 0;
}

static void step(struct run *run)
{
	const struct rk_cmd *cmd =
		rk_generator_next(run->generator, run->plain.engine);
	struct rk_answer answer;
	bool next = cmd->origin.client[0] == '\0' ||
		    rk_engine_check_client(run->plain.engine, &cmd->origin,
					   &answer) == RK_OK;
	bool compares = next && is_listing(cmd->type);
	int told = compares ? try_next(run, cmd) : RK_OK;
	int code;

	if (run->commands % 7 == 0)
		try_others(run);
	code = rk_harness_apply(&run->tried, cmd);
	if (compares && told == code)
		run->same_codes++;
	else if (compares)
		run->other_codes++;
	run->other_codes += rk_harness_apply(&run->plain, cmd) != code;
	compare_events(run);
	rk_generator_note(run->generator, run->plain.events,
			  run->plain.events_n);
}

static int report(const struct run *run)
{
	struct rk_hash tried = rk_view_state_digest(run->tried.engine);
	struct rk_hash plain = rk_view_state_digest(run->plain.engine);
	bool all = true;
	int failed = 0;

	for (int i = 0; i <= RK_CMD_CLAIM; i++)
		all = all &&
		      (!is_listing((enum rk_cmd_type)i) || run->taken[i] > 0);
	const struct {
		bool good;
		const char *rule;
	} rules[] = {
		{run->other_codes == 0 && run->same_codes > 500,
		 "a trial says what the engine says"},
		{run->other_states == 0 && all && run->refused > 0,
		 "a trial leaves nothing in the state"},
		{run->other_events == 0 && tried.lo == plain.lo &&
			 tried.hi == plain.hi,
		 "a trial leaves nothing in what comes after it"},
	};

	(void)printf("1..%zu\n", sizeof(rules) / sizeof(rules[0]));
	(void)printf("# seed %llu: %llu commands, %llu codes compared, %llu "
		     "refusals\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands,
		     (unsigned long long)run->same_codes,
		     (unsigned long long)run->refused);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		(void)printf("%s %zu - %s\n", rules[i].good ? "ok" : "not ok",
			     i + 1, rules[i].rule);
		failed += !rules[i].good;
	}
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct run run;
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	uint64_t commands = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;
	int failed;

	run.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	rk_harness_init(&run.tried, &limits, RK_EVENTS_PER_STEP_MAX);
	rk_harness_init(&run.plain, &limits, RK_EVENTS_PER_STEP_MAX);
	run.generator = rk_generator_open(run.seed, ACCOUNTS);
	run.other = rk_generator_open(run.seed + 1000, ACCOUNTS);
	for (; run.commands < commands; run.commands++)
		step(&run);
	failed = report(&run);
	rk_generator_close(run.other);
	rk_generator_close(run.generator);
	rk_harness_fini(&run.plain);
	rk_harness_fini(&run.tried);
	free(run.memory);
	return failed;
}
