/*
 * State and event digest after a seeded run, one line, for comparing builds.
 *
 * engine_digest [COMMANDS [SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/decimal.h"
#include "support/generator.h"
#include "support/harness.h"

#define ACCOUNTS 120

int main(int argc, char **argv)
{
	struct rk_cmd_limits max = rk_generator_limits(ACCOUNTS);
	int64_t commands = 20000;
	int64_t seed = 1;
	struct rk_generator *generator;
	struct rk_harness harness;
	struct rk_hash state;
	struct rk_hash events;

	if ((argc > 1 && rk_decimal_parse(argv[1], 0, &commands) != 0) ||
	    (argc > 2 && rk_decimal_parse(argv[2], 0, &seed) != 0)) {
		(void)fprintf(stderr,
			      "usage: engine_digest [COMMANDS [SEED]]\n");
		return 2;
	}
	rk_harness_init(&harness, &max, RK_EVENTS_PER_STEP_MAX);
	generator = rk_generator_open((uint64_t)seed, ACCOUNTS);
	for (int64_t i = 0; i < commands; i++) {
		(void)rk_harness_apply(
			&harness, rk_generator_next(generator, harness.engine));
		rk_generator_note(generator, harness.events, harness.events_n);
	}
	state = rk_view_state_digest(harness.engine);
	events = rk_view_event_digest(harness.engine);
	(void)printf("state %016" PRIx64 "%016" PRIx64 " events %016" PRIx64
		     "%016" PRIx64 "\n",
		     state.hi, state.lo, events.hi, events.lo);
	rk_generator_close(generator);
	rk_harness_fini(&harness);
	return 0;
}
