/*
 * What `riskctl replay` prints while it goes on: the liquidation stream on
 * stdout, refusals and the progress bar on stderr.
 */
#ifndef RK_CLIENT_REPLAY_OUT_H
#define RK_CLIENT_REPLAY_OUT_H

#include "ctl.h"
#include "replay_run.h"

struct rk_replay_out {
	const struct ctl *ctl;
	bool stream; /* print the liquidation stream */
	bool bar_shown;
	uint64_t drawn_ns; /* when the bar was drawn last */
	uint64_t start_ns;
	uint64_t refusals; /* told so far */
};

/* The hooks of a run; arg is a struct rk_replay_out. */
void rk_replay_out_event(void *arg, const Riskd__Event *event);
void rk_replay_out_refused(void *arg, const Riskd__Command *command, int code,
			   int64_t time_ns);
void rk_replay_out_progress(void *arg, const struct rk_replay_run *run,
			    int64_t time_ns);

/* Take the bar off the terminal. */
void rk_replay_out_clear(struct rk_replay_out *out);

#endif
