/*
 * Ramps: what makes maintenance worse comes in steps, over a time that was
 * set. Rules Y1 to Y7 of docs/engine.md; sources in docs/margin.md.
 *
 * An asset keeps the terms in force where they always are, beside those that
 * its ramp comes from and goes to. A market keeps what maintenance went by
 * before; what is required in between is reckoned from both (require.c). So
 * does an asset in a group (emode.c).
 */
#ifndef RK_ENGINE_RAMP_H
#define RK_ENGINE_RAMP_H

#include "engine/fx.h"
#include "engine/state.h"

/* RAMP: 0 or RK_REJ_* (rule Y1). */
int rk_ramp_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		struct rk_evbuf *events);

static inline bool rk_ramp_runs(const struct rk_ramp_run *run)
{
	return run->ramp.duration_ns != 0;
}

/* How far a ramp has come at a time: whole steps, at most all of it. */
int64_t rk_ramp_elapsed(const struct rk_ramp_run *run, int64_t time_ns);

/* When its next step ends; it has not ended. */
int64_t rk_ramp_next(const struct rk_ramp_run *run);

/* A ramp begins at a time. */
void rk_ramp_begin(struct rk_ramp_run *run, const struct rk_ramp *ramp,
		   int64_t time_ns);

/* As far between two rates as it has come, rounded as asked. */
rk_rate rk_ramp_between(rk_rate from, rk_rate to, const struct rk_ramp_run *run,
			enum rk_round round);

/* Have all judged who hold an asset, or in whose positions it is settled. */
void rk_ramp_touch(struct rk_engine *engine, uint32_t asset);

/* Where the terms of an asset are at a step (rule Y2). */
struct rk_ramp_terms rk_ramp_terms_at(const struct rk_asset_ramp *ramp);

/* What the terms of an asset are, or will be when its ramp has ended. */
struct rk_collateral rk_ramp_target(const struct rk_asset *asset);

/*
 * Other terms of an asset, by its ramp. The caller has checked them, and has
 * marked and saved the asset.
 */
void rk_ramp_collateral(struct rk_engine *engine, uint32_t asset,
			const struct rk_collateral *terms);

/* The same of its scale, of which the size factor counts at maintenance. */
void rk_ramp_scale(struct rk_engine *engine, uint32_t asset,
		   const struct rk_collateral_scale *scale);

/* What the size factor of an asset is at maintenance, as its ramp stands. */
int64_t rk_ramp_size_now(const struct rk_asset *asset);

/*
 * What a market's maintenance goes by has become another one: what it went by
 * before counts on, if a ramp is to begin; one that is on its way goes on to
 * the new one, or is over if that requires no more than where it comes from.
 * The caller has marked and saved the market, and has asked
 * rk_ramp_check_form().
 */
void rk_ramp_market(struct rk_engine *engine, uint32_t market,
		    const struct rk_form *before);

/*
 * May it become this one? On the way of a ramp none that may require more than
 * the one it leads to: 0 or RK_REJ_RAMPING (rule Y3).
 */
int rk_ramp_check_form(const struct rk_engine *engine, uint32_t id,
		       const struct rk_form *after);

/* Find anew when the next step of any ramp ends. */
void rk_ramp_schedule(struct rk_engine *engine);

/* One step of what time brings about; false when there is none left. */
bool rk_ramp_step(struct rk_engine *engine, struct rk_evbuf *events);

#endif
