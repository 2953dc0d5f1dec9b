/*
 * What the two halves of a run share: replay_run.c goes from instant to
 * instant, replay_step.c does what one instant asks for.
 */
#ifndef RK_CLIENT_REPLAY_RUN_IMPL_H
#define RK_CLIENT_REPLAY_RUN_IMPL_H

#include "replay_run.h"

#define RK_REPLAY_FILLS_MAX 4096 /* looked at together for their marks */

/* One fill of the instant. */
struct rk_replay_taken {
	struct rk_replay_row row;
	bool withheld; /* part of a recorded liquidation */
};

struct rk_replay_run {
	struct risk *risk;
	const struct rk_replay_options *options;
	const struct rk_replay_hooks *hooks;
	struct rk_replay_error *error;
	struct rk_replay_context context;
	struct rk_replay_symbols *symbols;
	struct rk_replay_users users;
	struct rk_replay_feed *feed;
	struct rk_replay_link *link;
	struct rk_replay_gateway *gateway;
	struct rk_replay_judge *judge; /* NULL: no recorded liquidations */
	uint32_t ledger_asset;
	int64_t time_ns; /* of the present instant */
	/* By market id: newest trade id, and slot plus 1 (0: no such). */
	uint64_t *trade_ids;
	uint32_t *market_slots;
	uint32_t markets_n;
	/* By slot: newest price sent, and the batch it is in. */
	int64_t *marks;
	uint64_t *in_batch;
	uint32_t slots_n;
	uint64_t batch;                 /* counts batches, from 1 */
	struct rk_replay_quote *quotes; /* of the batch; slots_n of them */
	uint32_t quotes_n;
	struct rk_replay_taken *taken;
	uint32_t taken_n;
	uint64_t fills;
	uint64_t ledger;
	uint64_t instants;
	struct rk_replay_tally tally;
};

/* Do all that is due at this time. 0, or negative after telling error. */
int rk_replay_step(struct rk_replay_run *run, int64_t time_ns);

/* The same without rows: the newest prices once more, and the gateway. */
int rk_replay_step_drain(struct rk_replay_run *run, int64_t time_ns);

#endif
