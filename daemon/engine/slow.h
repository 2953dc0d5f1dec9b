/*
 * The slow price of a slot: it follows the mark, but only so fast. Rules W1 to
 * W6 of docs/engine.md.
 *
 * It is moved by price batches alone, when a slot is aggregated, and only while
 * the price is OK. Who takes on risk or takes money out is judged at the worse
 * of mark and slow price; maintenance never looks at it.
 */
#ifndef RK_ENGINE_SLOW_H
#define RK_ENGINE_SLOW_H

#include "engine/cmd.h"
#include "engine/event.h"
#include "engine/holdings.h"
#include "engine/scene.h"

struct rk_engine;
struct rk_slow;
struct rk_slot;

/* Applies SLOW_PRICE: 0 or RK_REJ_*; a refusal is undone by the caller. */
int rk_slow_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		struct rk_evbuf *events);

/* Can these terms work? 0, or RK_REJ_BAD_PARAM and the field that cannot. */
int rk_slow_check(const struct rk_slow_terms *terms, const char **ret_field);

/* Nothing is slow, and the slot stands alone: as listed. */
void rk_slow_init(struct rk_slow *slow);

/* The model alone: begin at a price, and follow one that is good (W2, W3). */
void rk_slow_begin(struct rk_slow *slow, rk_px price, int64_t time_ns);
void rk_slow_follow(struct rk_slow *slow, rk_px mark, int64_t time_ns);

/* Could this have come about? NULL, or what cannot be. */
const char *rk_slow_bad(const struct rk_slow *slow, int64_t time_ns);

/*
 * The slow price in units of the slot, rounded away from the mark and within
 * the slot's bounds (W4); 0 when there is none.
 */
rk_px rk_slow_price(const struct rk_slot *slot, rk_px mark);

/*
 * What a slot is counted together with: the number of an asset, or one that is
 * no asset's, for a market that stands alone.
 */
uint32_t rk_slow_underlying(const struct rk_slot *slots, uint32_t slot);

/* One account has at most so many: of its assets, and of its markets. */
#define RK_UNDERLYINGS_MAX                                                     \
	(RK_ASSETS_MAX + 2 * RK_POSITIONS_MAX + 2 * RK_RESTING_MAX)

/*
 * The underlyings of what is held that have a slow price other than their
 * mark, each once; returns how many. ids: room for RK_UNDERLYINGS_MAX.
 */
uint32_t rk_slow_underlyings(const struct rk_scene *scene,
			     const struct rk_holdings *holdings, uint32_t *ids);

/*
 * Add the underlying of a slot (RK_NONE: a fixed price) to n others, if its
 * slow price says something else than its mark; returns how many there are.
 */
uint32_t rk_slow_add_underlying(const struct rk_scene *scene, uint32_t slot,
				uint32_t *ids, uint32_t n);

#endif
