/*
 * Judging: what follows from an account's figures, and the phases in which
 * the accounts that a command touched are judged and acted upon. Rules S1 to
 * S6 and L1 of docs/engine.md.
 */
#ifndef RK_ENGINE_JUDGE_H
#define RK_ENGINE_JUDGE_H

#include "engine/margin.h"
#include "engine/state.h"

/*
 * The state that follows from these figures (S2, without S4). has_position:
 * the account holds any.
 */
enum rk_state rk_judge_next(const struct rk_cmd_risk *risk,
			    enum rk_state present,
			    const struct rk_judgement *figures,
			    bool has_position);

/* May an account go from one state to the other in one step? (S3) */
bool rk_judge_allowed(enum rk_state from, enum rk_state to);

/* What an account is found to be. */
struct rk_finding {
	struct rk_judgement figures;
	enum rk_state next; /* the state it is to be in */
	enum rk_withheld withheld;
};

/* Judge one account as it is, at the prices there are; changes nothing. */
void rk_judge_find(const struct rk_engine *engine, uint32_t index,
		   struct rk_finding *ret_finding);

/* RECHECK: 0, RK_REJ_NO_ACCOUNT or RK_REJ_BAD_PARAM (D4). */
int rk_judge_recheck(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);

/*
 * Go on with the phases of the present command until they are done or the
 * next step might not fit into events.
 */
void rk_judge_run(struct rk_engine *engine, struct rk_evbuf *events);

#endif
