/*
 * A trial: what the engine would say to commands, one after the other, before
 * any of them is given. Each is checked and booked as rk_engine_apply() does,
 * and what view.h shows in between is what they led to; in the end all is
 * undone. Nobody is judged, no event is made, nothing is numbered.
 *
 * For commands that say what is traded and under which rules, limits to ramps,
 * states and expiries of markets: the rest is BAD_PARAM.
 */
#ifndef RK_ENGINE_TRIAL_H
#define RK_ENGINE_TRIAL_H

#include <stddef.h>

#include "engine/cmd.h"
#include "engine/event.h"
#include "engine/undo.h"

struct rk_engine;

/* Zeroed memory is one that has not begun. */
struct rk_trial {
	struct rk_engine *engine;
	struct rk_undo own; /* the engine's own log, put aside */
};

/* One command leaves at most this much to be undone. */
size_t rk_trial_room(const struct rk_engine *engine);

/*
 * Begin, on an engine that is not rk_engine_pending(). It must end before the
 * next command is applied. memory, of size bytes, is borrowed until then.
 */
void rk_trial_begin(struct rk_trial *trial, struct rk_engine *engine,
		    void *memory, size_t size);

/* How much of the memory is in use. */
size_t rk_trial_used(const struct rk_trial *trial);

/* What is in use was copied to other memory, as by realloc(). */
void rk_trial_moved(struct rk_trial *trial, void *memory, size_t size);

/*
 * The next command: 0, or the code by which it would be refused; then nothing
 * but the end can follow. rk_trial_room() bytes must be left of the memory.
 * events is where the engine writes what is then forgotten: empty, before and
 * after.
 */
int rk_trial_apply(struct rk_trial *trial, const struct rk_cmd *cmd,
		   struct rk_evbuf *events);

/* All is as it was at the beginning. */
void rk_trial_end(struct rk_trial *trial);

#endif
