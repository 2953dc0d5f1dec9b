/*
 * Takeover: positions that liquidation does not close in time go to the
 * backstop vault, at mark less a concession. Rules Z5 to Z9 of docs/engine.md;
 * an example is in docs/margin.md.
 *
 * Found first, then done: whether an account whose equity is below 0 is taken
 * over at all depends on all of its positions.
 */
#ifndef RK_ENGINE_TAKEOVER_H
#define RK_ENGINE_TAKEOVER_H

#include "engine/state.h"

/* TAKEOVER: 0 or RK_REJ_*. */
int rk_takeover_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events);

/* Could these terms ever work? 0 or RK_REJ_BAD_PARAM and the field. */
int rk_takeover_check(const struct rk_takeover_terms *terms,
		      const char **ret_field);

/* One position, and what is to become of it. */
struct rk_takeover_part {
	uint32_t position;
	uint32_t cause; /* rk_takeover_cause; 0: not due */
	enum rk_takeover_withheld reason;
	rk_amt value;      /* at the mark, rounded down */
	rk_amt concession; /* less than that to the account */
	rk_i128 held;      /* what the vault holds more by it */
};

struct rk_takeover_plan {
	uint32_t parts_n; /* all positions, in order of market */
	uint32_t taken_n; /* of them */
	bool prices_ok;   /* all that the account goes by; if any is due */
	bool draws;       /* a fund pays what is missing then */
	struct rk_takeover_part parts[RK_POSITIONS_MAX];
};

/* Can any of its positions be due, or be told not to be any more? */
bool rk_takeover_concerns(const struct rk_engine *engine, uint32_t account);

/*
 * What is taken over of an account that is LIQUIDATING, with enforcement full
 * and these figures (Z5 to Z7)? Changes nothing.
 */
void rk_takeover_find(const struct rk_engine *engine, uint32_t account,
		      const struct rk_health *health,
		      struct rk_takeover_plan *ret_plan);

/* Do that, and tell what is withheld from now on. */
void rk_takeover_run(struct rk_engine *engine, struct rk_evbuf *events,
		     uint32_t account, const struct rk_takeover_plan *plan);

/* An order has expired; one was filled: stages are counted (Z8). */
void rk_takeover_expired(struct rk_engine *engine,
			 const struct rk_order *order);
void rk_takeover_filled(struct rk_engine *engine, const struct rk_order *order);

/* A position is on the other side now: no order closed it yet. */
void rk_takeover_turned(struct rk_engine *engine, uint32_t position);

/* The account is no longer LIQUIDATING: nothing is counted of a position. */
void rk_takeover_forget(struct rk_engine *engine, uint32_t position);

#endif
