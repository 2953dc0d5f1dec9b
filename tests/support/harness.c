/*
 * Failing to get memory, or an engine that will not start, ends the test: no
 * test is about that.
 */
#include "support/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"

static void *need(void *memory)
{
	if (memory == NULL) {
		(void)fprintf(stderr, "test harness: out of memory\n");
		abort();
	}
	return memory;
}

void rk_harness_init(struct rk_harness *harness,
		     const struct rk_cmd_limits *max, uint32_t step_max)
{
	size_t size = (rk_engine_size(max) + 63) / 64 * 64;
	int code;

	(void)memset(harness, 0, sizeof(*harness));
	harness->memory = need(aligned_alloc(64, size));
	(void)memset(harness->memory, 0, size);
	rk_arena_init(&harness->arena, harness->memory, size);
	code = rk_engine_init(&harness->arena, max, &harness->engine);
	if (code != RK_OK) {
		(void)fprintf(stderr, "test harness: engine says %s\n",
			      rk_rc_name(code));
		abort();
	}
	harness->step.max = step_max;
	harness->step.events =
		need(calloc(step_max, sizeof(*harness->step.events)));
}

void rk_harness_fini(struct rk_harness *harness)
{
	free(harness->step.events);
	free(harness->events);
	free(harness->memory);
	(void)memset(harness, 0, sizeof(*harness));
}

static void keep(struct rk_harness *harness)
{
	uint32_t n = harness->events_n + harness->step.n;

	if (n > harness->events_max) {
		harness->events_max = n * 2;
		harness->events = need(realloc(
			harness->events,
			harness->events_max * sizeof(*harness->events)));
	}
	if (harness->step.n > 0)
		(void)memcpy(&harness->events[harness->events_n],
			     harness->step.events,
			     harness->step.n * sizeof(*harness->events));
	harness->events_n = n;
	harness->step.n = 0;
}

int rk_harness_apply(struct rk_harness *harness, const struct rk_cmd *cmd)
{
	int code;

	harness->events_n = 0;
	harness->step.n = 0;
	code = rk_engine_apply(harness->engine, cmd, &harness->step);
	keep(harness);
	while (rk_engine_pending(harness->engine)) {
		rk_engine_resume(harness->engine, &harness->step);
		keep(harness);
		harness->resumed++;
	}
	return code;
}
