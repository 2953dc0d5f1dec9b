/*
 * A state folder with its configuration, as riskd would leave it: made by the
 * daemon's own parts, without sockets.
 */
#ifndef BENCH_STATE_H
#define BENCH_STATE_H

#include "app/core.h"
#include "bench.h"
#include "book.h"
#include "ops/markets.h"
#include "world.h"

#define BENCH_GROUP 100 /* commands of one turn, in journals made here */

struct bench_state {
	char dir[BENCH_PATH_SIZE]; /* riskd.conf, markets.json, sockets */
	char state[BENCH_PATH_SIZE];
	char conf_file[BENCH_PATH_SIZE];
	char log_file[BENCH_PATH_SIZE];
	struct rk_conf conf;
	struct rk_markets *markets;
	struct rk_log log;
	struct bench_world world;
};

enum bench_mix {
	BENCH_MIX_PRICES,
	BENCH_MIX_FILLS,
	BENCH_MIX_BOTH, /* one after the other */
};

/* The folder and its configuration; nothing is in it yet. */
void bench_state_make(const struct bench *bench, const char *name,
		      uint32_t accounts, struct bench_state *ret_state);
struct bench_state_book {
	const char *name;
	const struct bench_book *book;
	uint32_t more; /* accounts beside it, each with one position */
	bool durable;  /* journal.kind = file, else memory */
};
/* The same for a book; there is no world. */
void bench_state_make_book(const struct bench *bench,
			   const struct bench_state_book *made,
			   struct bench_state *ret_state);
void bench_state_drop(struct bench_state *state);

/* Recover the daemon's parts from it, as riskd does before it is ready. */
void bench_state_open(struct bench_state *state, struct rk_core *core,
		      void (*wake)(void *context), void *wake_context);
/* List what is traded and build up the world, through the sequencer. */
void bench_state_fill(struct bench_state *state, struct rk_core *core);
/* Take a last snapshot if that is wanted, and close. */
void bench_state_close(struct bench_state *state, struct rk_core *core,
		       bool snapshot);

/* What a power cut may do: the newest file of events is gone. */
void bench_state_lose_events(const struct bench_state *state);

/* A number that the newest log line with this key told. */
double bench_state_logged(const struct bench_state *state, const char *key);

/*
 * Write that many commands more into its journal, as a daemon would that then
 * died: there are no events of them, and no snapshot.
 */
void bench_state_extend(struct bench_state *state, enum bench_mix mix,
			uint64_t commands);

#endif
