/*
 * An engine for tests: its memory, and an event list as long as needed. The
 * rk_panic() that every user of the engine must give is in panic.c.
 */
#ifndef RK_SUPPORT_HARNESS_H
#define RK_SUPPORT_HARNESS_H

#include "engine/arena.h"
#include "engine/cmd.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/view.h"

struct rk_harness {
	void *memory;
	struct rk_arena arena;
	struct rk_engine *engine;
	struct rk_evbuf step;    /* what the engine writes into */
	struct rk_event *events; /* of the newest command, all of them */
	uint32_t events_n;
	uint32_t events_max;
	uint64_t resumed; /* steps beyond the first of a command */
};

/* step_max: size of the engine's buffer, RK_EVENTS_PER_STEP_MAX or more. */
void rk_harness_init(struct rk_harness *harness,
		     const struct rk_cmd_limits *max, uint32_t step_max);
void rk_harness_fini(struct rk_harness *harness);

/* Apply, resume until done, keep the events in harness->events. */
int rk_harness_apply(struct rk_harness *harness, const struct rk_cmd *cmd);

#endif
