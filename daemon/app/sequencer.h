/*
 * The sequencer: gives every command its place in the log, applies it, and
 * keeps what follows from it in the outbox until the log is durable.
 *
 * It knows no sockets and no clock: those are around it (intake.h, app.h), so
 * that a simulation can drive it as the daemon does.
 */
#ifndef RK_APP_SEQUENCER_H
#define RK_APP_SEQUENCER_H

#include "app/outbox.h"
#include "engine/engine.h"
#include "store/journal.h"

struct rk_sequencer;

struct rk_sequencer_options {
	struct rk_engine *engine;   /* borrowed */
	struct rk_journal *journal; /* borrowed */
	struct rk_outbox *outbox;   /* borrowed */
	uint32_t quotes_max;        /* in one price batch */
	/*
	 * Make room in the outbox: wait for the journal, release what is
	 * durable. Called when the events of a command do not fit; its group
	 * is in the journal then.
	 */
	void (*drain)(void *context);
	void *drain_context;
	/* Called from the journal's thread when more became durable. */
	void (*wake)(void *context);
	void *wake_context;
	uint64_t durable;           /* newest command of the recovered state */
	uint32_t checkpoint_events; /* a checkpoint after so many; 0: none */
};

/* Returns 0 or -ENOMEM. */
int rk_sequencer_open(const struct rk_sequencer_options *options,
		      struct rk_sequencer **ret_sequencer);
void rk_sequencer_close(struct rk_sequencer *sequencer);

/*
 * Apply a command and put its events into the outbox. Returns what
 * rk_engine_apply() returns: a repeat is RK_REJ_REPEAT with *ret_answer as it
 * was; otherwise *ret_answer is the new answer. ret_answer may be NULL.
 */
int rk_sequencer_apply(struct rk_sequencer *sequencer, const struct rk_cmd *cmd,
		       struct rk_answer *ret_answer);

/* Close the group of this turn: it goes to the journal. */
void rk_sequencer_end_turn(struct rk_sequencer *sequencer);

/* 0, or the -errno of a journal that failed: nothing more may go out. */
int rk_sequencer_error(const struct rk_sequencer *sequencer);

/*
 * The journal failed, or something else that durability stands on: nothing
 * goes out from now on. The first error stays.
 */
void rk_sequencer_fail(struct rk_sequencer *sequencer, int error);

/* Newest command that was handed to the journal. */
uint64_t rk_sequencer_appended(const struct rk_sequencer *sequencer);

/* Newest command known to be durable; from any thread. */
uint64_t rk_sequencer_durable(const struct rk_sequencer *sequencer);

#endif
