/*
 * The audit: is each account what exact judgement says, and would the ladder
 * find it when it has to?
 *
 * Whom a price can have made due is known from ranges that were worked out
 * before (watch.h). So whoever the ladder does not find is not looked at, and a
 * mistake in it would go unnoticed: an account would stay as it is while it
 * should be called or liquidated. The audit looks at accounts whatever the
 * ladder says, and says where the two differ. There is no difference while the
 * engine is right, between any two commands.
 *
 * It only reads: what is to be done about a difference is the command RECHECK.
 */
#ifndef RK_ENGINE_AUDIT_H
#define RK_ENGINE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/event_words.h"
#include "engine/units.h"

struct rk_engine;

enum rk_audit_kind {
	/* Its state, or whether that is withheld, is not what it should be. */
	RK_AUDIT_STATE = 1,
	/* Its state is right, but moves of a price would not be noticed. */
	RK_AUDIT_RANGE = 2,
};

/* "state", "range"; static. */
const char *rk_audit_kind_name(enum rk_audit_kind kind);

/* An account of which the two differ. */
struct rk_audit_finding {
	uint32_t index; /* its record number */
	uint64_t account;
	uint64_t seq; /* newest command */
	enum rk_audit_kind kind;
	enum rk_state state;    /* that it is in */
	enum rk_state expected; /* that it should be in */
	enum rk_withheld withheld;
	enum rk_withheld withheld_expected;
	rk_usd equity;
	rk_usd maintenance;
	uint32_t slot; /* RANGE: of the price; STATE: UINT32_MAX */
};

/*
 * Look at accounts *at .. end - 1, by record number, up to the first of which
 * the two differ. True: *ret_finding is that one, and *at the next behind it.
 * False: none does, and *at is end, or the number of accounts if that is less.
 * Must not be called while rk_engine_pending().
 */
bool rk_audit_next(const struct rk_engine *engine, uint32_t *at, uint32_t end,
		   struct rk_audit_finding *ret_finding);

#endif
