/*
 * The plan of a reload: the commands that make the state what the files say,
 * each tried on the engine in the state that those before it lead to, and what
 * each of them changes. Nothing is changed by making one.
 */
#ifndef RK_APP_RELOAD_PLAN_H
#define RK_APP_RELOAD_PLAN_H

#include "app/reload_list.h"
#include "app/reload_read.h"
#include "engine/cmd.h"

struct rk_engine;
struct rk_sequencer;

struct rk_plan_step {
	struct rk_cmd cmd;
	size_t changes_end; /* its changes end before this one */
};

/* Zeroed memory is an empty one. */
struct rk_plan {
	struct rk_plan_step *steps;
	uint32_t n;
	uint32_t max;
	struct rk_changes changes; /* in the order of the steps */
	/* Those of the files, and limits beyond what there is memory for. */
	struct rk_changes restart;
	struct rk_texts warnings; /* likewise, and of what is left */
	uint32_t applied;         /* of the steps */
	int code;                 /* 0, or by which it is refused, and why */
	struct rk_error error;
};

/*
 * Fill an empty plan. most is what memory was taken for at start: a limit
 * above it stays as it is until a restart. Returns 0, or plan->code; then
 * there are the changes up to the refused one, and no steps.
 */
int rk_plan_make(struct rk_plan *plan, struct rk_engine *engine,
		 const struct rk_reload_files *files,
		 const struct rk_cmd_limits *most);

/*
 * Apply the steps, each change with the number of its command. In the turn in
 * which the plan was made, at the same time: what they say of each other, as
 * ramps do, is as it was in the trial. They are a group of their own, so that
 * a crash loses all of them or none, but for what is more than one group holds.
 * Returns 0. Only judging comes between them: should it make the engine refuse
 * one after all, the rest is left, and plan->code and error say so.
 */
int rk_plan_apply(struct rk_plan *plan, struct rk_sequencer *sequencer);

void rk_plan_free(struct rk_plan *plan);

#endif
