/*
 * Pace: how large one liquidation order may be, when the next one may follow,
 * and how much of a market's orders one minute takes. Rules L13 to L17 of
 * docs/engine.md; an example is in docs/margin.md. Which positions are closed,
 * and how much of them in all, is liquidation.h.
 *
 * Large orders move the price against the account they close; slow ones leave
 * it to the market. So orders come in stages, faster the nearer an account is
 * to the end of its equity, and not more in a minute than a market takes.
 */
#ifndef RK_ENGINE_PACE_H
#define RK_ENGINE_PACE_H

#include "engine/state.h"

/* Below this share of R the house takes over: what an account's pace is by. */
#define RK_TAKEOVER_AT INT64_C(666666667)

#define RK_URGENCY_MAX 30

#define RK_PACE_WINDOW_NS INT64_C(60000000000)

/* LIQUIDATION: 0 or RK_REJ_*. */
int rk_pace_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		struct rk_evbuf *events);

/* What a market is listed with. */
void rk_pace_usual(struct rk_liquidation_terms *ret_terms);

/*
 * 0, or RK_REJ_BAD_PARAM with the field that cannot be so. Used by the engine
 * and, before start, by the configuration.
 */
int rk_pace_check(const struct rk_liquidation_terms *terms,
		  const char **ret_field);

/* Of a notional: how much of it one order may close (L14). */
rk_i128 rk_pace_stage(const struct rk_market *market, rk_usd notional);

/*
 * How far a notional moves in 30 s, two standard deviations: in 1e-26 USD.
 * Sums of an account's are what rk_pace_urgency() asks for.
 */
rk_i128 rk_pace_move(const struct rk_market *market, rk_usd notional);

/* How often such moves hold what is left until takeover: 1e-18, 1 to 30. */
rk_i128 rk_pace_urgency(rk_i128 moves, const struct rk_health *health);

/* Between two orders of a position in this market (L15). */
int64_t rk_pace_cooldown(const struct rk_engine *engine,
			 const struct rk_market *market, rk_i128 urgency);

/* A part of a position in a market, as what the market takes counts it. */
struct rk_pace_order {
	rk_usd notional; /* of the whole position */
	rk_qty whole;    /* the position, as a magnitude */
	rk_qty size;     /* to be ordered */
};

/* How much of the size may be ordered in this minute; 0: nothing (L16). */
rk_qty rk_pace_take(const struct rk_engine *engine,
		    const struct rk_market *market,
		    const struct rk_pace_order *order);

/* It is ordered. */
void rk_pace_count(struct rk_engine *engine, uint32_t market,
		   const struct rk_pace_order *order);

/* What was ordered in a market in the minute of the engine's time. */
rk_usd rk_pace_ordered(const struct rk_engine *engine,
		       const struct rk_market *market);

/* When the next minute begins. */
int64_t rk_pace_next_ns(const struct rk_engine *engine);

#endif
