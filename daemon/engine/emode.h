/*
 * Groups of assets that weigh more against debts in each other: rules Q1 to Q4
 * of docs/engine.md. Here is what is said of groups; which debts an account
 * has is for margin.c to find.
 */
#ifndef RK_ENGINE_EMODE_H
#define RK_ENGINE_EMODE_H

#include "engine/state.h"

/* Applies EMODE: 0 or RK_REJ_*. */
int rk_emode_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events);

/* Can it work? 0, or RK_REJ_BAD_PARAM and the field that cannot. */
int rk_emode_check(const struct rk_emode *entry, const char **ret_field);

/* What an asset is in a group; both off: nothing. */
void rk_emode_get(const struct rk_asset *asset, uint32_t group,
		  struct rk_emode *ret_entry);
void rk_emode_put(struct rk_asset *asset, uint32_t group,
		  const struct rk_emode *entry);

/* All groups and what is in them: those of the engine, or supposed ones. */
struct rk_emode_book {
	const char *names; /* RK_EMODE_GROUPS of RK_NAME_SIZE; "": free */
	const struct rk_asset *assets;
	uint32_t assets_n;
};

/* The group that a change is about; a new one has a number that is free. */
struct rk_emode_change {
	uint32_t group;
	char name[RK_NAME_SIZE];
};

/*
 * 0 and the group, which has a good name; RK_REJ_NO_CHANGE, or RK_REJ_CAPACITY
 * when it is one too many.
 */
int rk_emode_change(const struct rk_emode_book *book,
		    const struct rk_asset *asset,
		    const struct rk_cmd_emode *want,
		    struct rk_emode_change *ret_change);

/* Its name after the change: one comes with its first asset, goes with the
 * last. */
void rk_emode_name(const struct rk_emode_book *book,
		   const struct rk_emode_change *change,
		   char ret_name[RK_NAME_SIZE]);

/* The number of the group of a clean name (listing.h), or RK_NONE. */
uint32_t rk_emode_find(const struct rk_engine *engine,
		       const char name[RK_NAME_SIZE]);

/*
 * The largest weight, in 1e-9, that any group gives the one as collateral for
 * a debt in the other; 0: none does.
 */
rk_i128 rk_emode_best(const struct rk_asset *collateral,
		      const struct rk_asset *debt, enum rk_level level);

#endif
