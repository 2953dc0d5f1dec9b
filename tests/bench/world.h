/*
 * What is traded and by whom in the benchmark: accounts in pairs that trade
 * with each other, so that any number of fills goes on without end.
 *
 * There are 50 markets that accounts hold and 10 that next to nobody does.
 * Only the latter are quoted: judging the holders of a market is the margin
 * engine's benchmark, not this one's.
 */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd.h"

#define BENCH_MARKETS   60U
#define BENCH_QUIET     10U /* of them, the last ones: few hold them */
#define BENCH_POSITIONS 3U  /* of each account */
#define BENCH_TIME_NS   INT64_C(1800000000000000000)
#define BENCH_CLIENT    "feeder"

struct bench_world {
	uint32_t accounts; /* even */
	uint64_t rng;
	uint64_t made;                  /* commands of the setup */
	uint64_t trades[BENCH_MARKETS]; /* ids count up in each */
	uint64_t client_seq;
	uint64_t quote_seq;
	int64_t time_ns;
	struct rk_quote quotes[BENCH_QUIET];
};

void bench_world_init(struct bench_world *world, uint32_t accounts);

/* The next command that builds it up; false: it is there. */
bool bench_world_setup(struct bench_world *world, struct rk_cmd *ret_cmd);

/* A fill between two accounts, from the feeder, that is always taken. */
void bench_world_fill(struct bench_world *world, struct rk_cmd *ret_cmd);
/* The same of one pair: to change certain accounts. */
void bench_world_fill_pair(struct bench_world *world, uint32_t pair,
			   struct rk_cmd *ret_cmd);
/* A batch of one quote for each quiet market; good until the next. */
void bench_world_prices(struct bench_world *world, struct rk_cmd *ret_cmd);
/* Time moves on by a millisecond. */
void bench_world_clock(struct bench_world *world, struct rk_cmd *ret_cmd);

#endif
