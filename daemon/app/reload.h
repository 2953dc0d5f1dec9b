/*
 * Reload: the files of the running daemon are read again, and what they say
 * otherwise becomes commands, all or none.
 *
 *   asked -> read and checked (worker) -> tried on the engine (reload_plan.h)
 *         -> applied, in the same turn -> answered once that is durable
 *
 * Those who ask while one is under way come after it, each with files of its
 * own: who has edited meanwhile is not answered for what was there before.
 */
#ifndef RK_APP_RELOAD_H
#define RK_APP_RELOAD_H

#include "app/core.h"

struct rk_reload;

struct rk_reload_options {
	struct rk_core *core; /* borrowed */
	const char *path;     /* of riskd.conf; borrowed */
	/* Called from any thread when the loop has something to do. */
	void (*wake)(void *context);
	void *wake_context;
};

/* Returns 0 or -errno; *ret_reload is the caller's. */
int rk_reload_open(const struct rk_reload_options *options,
		   struct rk_reload **ret_reload);

/* Waits for what is being read, two seconds at most. Accepts NULL. */
void rk_reload_close(struct rk_reload *reload);

/* Who wants one. */
struct rk_reload_asker {
	bool answered; /* by a reply to pending; else it is only logged */
	uint32_t pending;
	uint64_t client_seq;
	char who[RK_NAME_SIZE]; /* the client, or the signal */
	bool dry_run;
};

/* False: too many are waiting already. */
bool rk_reload_ask(struct rk_reload *reload,
		   const struct rk_reload_asker *asker);

/* In a turn, behind its commands: go on with what is there. True: more. */
bool rk_reload_turn(struct rk_reload *reload);

#endif
