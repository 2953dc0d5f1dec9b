/*
 * The risk engine: one deterministic state machine.
 *
 * The only way in is rk_engine_apply(), the only way out is the event buffer.
 * Same commands, same events, same digest, on every machine and every build:
 * no clock, no randomness, no allocation, no floats, no pointers as keys.
 *
 * Reading is in view.h.
 */
#ifndef RK_ENGINE_ENGINE_H
#define RK_ENGINE_ENGINE_H

#include "engine/cmd.h"
#include "engine/event.h"

/*
 * The version of the rules. It rises with each command that is added, so that
 * an older program refuses a journal by name; the oldest rises too whenever
 * the same commands may lead to other events or another state. A journal
 * written under rules before the oldest is not replayed: the program that
 * wrote it takes a snapshot first.
 */
#define RK_RULES_VERSION 5
#define RK_RULES_OLDEST  1

struct rk_arena;
struct rk_engine; /* opaque: view.h looks inside */

/* Bytes of arena that an engine with these maxima needs. 0: absurd maxima. */
size_t rk_engine_size(const struct rk_cmd_limits *max);

/*
 * Build an empty engine inside arena, sized for max. The engine lives as long
 * as the arena: there is no destroy. Its enforced limits are max, until a
 * LIMITS command lowers or raises them (never above max).
 * Returns 0, RK_REJ_BAD_PARAM, or RK_REJ_CAPACITY when the arena is too small.
 */
int rk_engine_init(struct rk_arena *arena, const struct rk_cmd_limits *max,
		   struct rk_engine **ret_engine);

/*
 * Apply one command. cmd is borrowed for the call and, for PRICES and ATOMIC,
 * what it points to as well. Events are appended to events, which must be
 * empty. Must not be called while rk_engine_pending().
 *
 * Returns 0, or the RK_REJ_* code of the refusal. A refused command changes
 * nothing but the sequence number and its client's entry, and is itself
 * reported as an event. An ATOMIC command returns the code of the first child
 * that was refused; rk_engine_check_client() tells each child's own.
 *
 * The sequence violations OUT_OF_ORDER, TOO_OLD and SEQ_REUSED, and the
 * repeat of a command answered before, change nothing at all, not even the
 * sequence number: ask rk_engine_check_client() first.
 */
int rk_engine_apply(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events);

/*
 * How accounts are found that a price may have made due. Events, state and
 * digest are the same: the scan is there to compare with.
 */
enum rk_method {
	RK_METHOD_LADDER = 1, /* those whose range of it the price has left */
	RK_METHOD_SCAN = 2,   /* all that hold what it prices */
};

/* To be called while no command is pending; an engine begins with the ladder.
 */
void rk_engine_set_method(struct rk_engine *engine, enum rk_method method);

/* What was found out about a command that will be applied soon. */
struct rk_foreseen {
	uint32_t n;           /* accounts that it is about */
	uint64_t ids[2];      /* of them */
	uint32_t accounts[2]; /* record numbers, RK_NONE */
};

/*
 * A command will be applied soon: fetch what it needs into the cache. To be
 * called with each step, 0 .. RK_FORESEE_STEPS - 1, in that order and some
 * commands apart, as one look leads to the next; foreseen is the same memory
 * each time, zeroed at first. Changes nothing, and need not be called.
 */
#define RK_FORESEE_STEPS 6
void rk_engine_foresee(const struct rk_engine *engine, const struct rk_cmd *cmd,
		       uint32_t step, struct rk_foreseen *foreseen);

/* True while the last command has more events to give. */
bool rk_engine_pending(const struct rk_engine *engine);

/* Go on with the last command; events must be empty (n = 0). */
void rk_engine_resume(struct rk_engine *engine, struct rk_evbuf *events);

/* What was answered to a client's command. */
struct rk_answer {
	int32_t code; /* RK_OK or RK_REJ_* */
	uint64_t seq; /* of the command in the engine's log */
};

/*
 * Would a command of this origin be the next one of its client?
 * Returns RK_OK: yes. RK_REJ_REPEAT: a repeat, *ret_answer is what was
 * answered then. RK_REJ_OUT_OF_ORDER, RK_REJ_TOO_OLD, RK_REJ_SEQ_REUSED,
 * RK_REJ_CAPACITY (no room for another client), RK_REJ_BAD_NAME.
 */
int rk_engine_check_client(const struct rk_engine *engine,
			   const struct rk_origin *origin,
			   struct rk_answer *ret_answer);

#endif
