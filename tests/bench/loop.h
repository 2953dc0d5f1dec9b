/*
 * The daemon's loop without its sockets, under a steady load: how long does
 * each turn take? Messages come through the simulator's net; disk, threads
 * and clock are the real ones.
 */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include "app/turn.h"
#include "state.h"

/* The load: this many fills in one request, and a batch of quotes. */
#define BENCH_LOOP_FILLS     10U
#define BENCH_LOOP_FILLS_NS  UINT64_C(1000000)
#define BENCH_LOOP_PRICES_NS UINT64_C(10000000)
#define BENCH_LOOP_PAIRS     500U /* that trade; the others are quiet */

struct bench_loop; /* opaque */

/* What a stretch of the loop was like. */
struct bench_turns {
	size_t n;
	double p50_us;
	double p99_us;
	double max_us;
	double cpu_p99_us; /* of the loop's thread alone: no neighbours in it */
	double cpu_max_us;
	double ack_p99_us; /* of requests, from put to reply */
	double seconds;
};

/* On a core that is open; begins with the first turn. */
struct bench_loop *bench_loop_open(struct bench_state *state,
				   struct rk_core *core);
/* What waits is durable after it; the core stays open. */
void bench_loop_close(struct bench_loop *loop);

/* Run for so long under load. */
struct bench_turns bench_loop_run(struct bench_loop *loop, uint64_t ns);
/* Take a snapshot and run under load until it is there. */
struct bench_turns bench_loop_snapshot(struct bench_loop *loop);

/* Ask a question (a Query, packed) and run under load until it is answered. */
struct bench_turns bench_loop_question(struct bench_loop *loop,
				       const void *query, size_t size);

/* For rk_setup_options.wake, before there is a loop: it is set then. */
void bench_loop_wake(void *context);

#endif
