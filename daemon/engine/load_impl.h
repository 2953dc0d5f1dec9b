/*
 * Taking rows in, one function per table of what is listed. Private to load.c
 * and load_listing.c.
 */
#ifndef RK_ENGINE_LOAD_IMPL_H
#define RK_ENGINE_LOAD_IMPL_H

#include "engine/load.h"
#include "engine/row_pass.h"
#include "engine/state.h"

#define RK_LOAD_NOT_TOLD (-1) /* open interest, before format 2 */

/* One row on its way in. */
struct rk_taking {
	struct rk_engine *engine;
	struct rk_pass pass;
	struct rk_row_place at;
	struct rk_load_problem *problem;
};

/* Say what is wrong: RK_REJ_BAD_PARAM; column NULL: the row as a whole. */
int rk_load_bad(struct rk_taking *t, const char *column, const char *what);

/* A limit is too small: RK_REJ_CAPACITY. */
int rk_load_full(struct rk_taking *t, const char *limit);

/* Were all columns there and in range? 0 or RK_REJ_BAD_PARAM. */
int rk_load_passed(struct rk_taking *t);

/* Is it the next of a table that has `have` and has room for max? */
int rk_load_next(struct rk_taking *t, uint32_t have, uint32_t max,
		 const char *limit);

/* Can it be an index of debts, at most `most`; one of what is held? */
bool rk_load_debt_index_fits(int64_t index, int64_t most);
bool rk_load_supply_index_fits(int64_t index);

/* Can these ramps be, at the time of the engine? (load_ramp.c) */
bool rk_load_asset_ramp_fits(const struct rk_engine *engine,
			     struct rk_asset *asset, const char **ret_field);
bool rk_load_size_ramp_fits(const struct rk_engine *engine,
			    struct rk_asset *asset, const char **ret_field);
bool rk_load_emode_ramp_fits(const struct rk_engine *engine,
			     const struct rk_asset *asset,
			     struct rk_row_emode *row, const char **ret_field);
bool rk_load_market_ramp_fits(const struct rk_engine *engine,
			      struct rk_market *market, const char **ret_field);
/* Once its brackets are there: they can work, or not. */
bool rk_load_form_fits(struct rk_market *market, const char **ret_field);

int rk_load_asset(struct rk_taking *t);
int rk_load_emode(struct rk_taking *t);
int rk_load_insurance(struct rk_taking *t);
int rk_load_liquidation(struct rk_taking *t);
int rk_load_vault(struct rk_taking *t);
int rk_load_takeover(struct rk_taking *t);
int rk_load_market(struct rk_taking *t);
int rk_load_bracket(struct rk_taking *t);
int rk_load_ramp_bracket(struct rk_taking *t);
int rk_load_name(struct rk_taking *t, char (*names)[RK_NAME_SIZE], uint32_t *n,
		 uint32_t max);
int rk_load_venue_position(struct rk_taking *t);
int rk_load_slot(struct rk_taking *t);
int rk_load_quote(struct rk_taking *t);

#endif
