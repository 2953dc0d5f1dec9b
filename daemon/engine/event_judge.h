/*
 * What events tell of judging an account. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_JUDGE_H
#define RK_ENGINE_EVENT_JUDGE_H

#include <stdint.h>

#include "engine/event_words.h"
#include "engine/health.h"

struct rk_ev_state {
	enum rk_state before;
	enum rk_state after;
	struct rk_health health;
};

/* A RECHECK: what the account was in and is judged to be; then it is acted
 * upon. */
struct rk_ev_rechecked {
	uint64_t found_seq; /* of the command */
	enum rk_state before;
	enum rk_state after; /* the same: the state was right */
	struct rk_health health;
};

#endif
