/*
 * What the daemon does between start and stop, without the loop that says
 * when: app.c calls it by libuv's timers and wake-ups, a simulation as its
 * seed says.
 *
 * Each turn: clock, requests, one merged price batch, the group to the
 * journal, then queries and a slice of a heavy one, a slice of the audit, then
 * everything durable goes out.
 */
#ifndef RK_APP_TURN_H
#define RK_APP_TURN_H

#include "app/core.h"

/* How far stopping is, and what time it is. Zeroed memory is a new one. */
struct rk_turn {
	struct rk_clock clock;
	uint64_t stop_by_ns;
	uint32_t quiet_steps;
	bool answered; /* stopping: all that came in was answered */
};

struct rk_markets;

/*
 * The first commands of this run: the time, that what was quoted before does
 * not count any more, and what the configuration says. Returns 0, or -errno
 * after logging.
 */
int rk_turn_begin(struct rk_core *core, struct rk_turn *turn,
		  const struct rk_markets *markets);

/*
 * Before the sockets open: all of that is durable. Returns 0 or the -errno of
 * the disk.
 */
int rk_turn_ready(struct rk_core *core);

/* Everything that came in so far, once. True when there may be more. */
bool rk_turn_run(struct rk_core *core, struct rk_turn *turn);

/*
 * A disk that failed ends the daemon, whatever it was doing: 0, or the -errno
 * after logging why.
 */
int rk_turn_check_disk(struct rk_core *core);

/*
 * Now and then, before a turn: look after disk and snapshots, let time move
 * where something waits for it. Returns 0, or -ETIMEDOUT when the disk is to
 * be given up.
 */
int rk_turn_tick(struct rk_core *core, struct rk_turn *turn);

/* What is said now and then to whoever listens. */
void rk_turn_tickers(struct rk_core *core);
void rk_turn_heartbeat(struct rk_core *core);

/*
 * Stopping: answer what is there, until all is out or time is up; then take a
 * last snapshot, so that the next start has nothing to replay. Each step
 * returns 1 while there is more to do, 0 at the end, or -errno.
 */
void rk_turn_stop_begin(struct rk_core *core, struct rk_turn *turn);
int rk_turn_stop_step(struct rk_core *core, struct rk_turn *turn);

#endif
