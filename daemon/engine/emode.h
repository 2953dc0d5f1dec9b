/*
 * Groups of assets that weigh more against debts in each other: rules Q1 to Q5
 * of docs/engine.md. Here is what is said of groups; which debts an account
 * has is for margin.c to find.
 *
 * What makes an asset count for less at maintenance in a group comes by a ramp
 * (ramp.h): its entry is the new one at once, beside it is what it comes from.
 */
#ifndef RK_ENGINE_EMODE_H
#define RK_ENGINE_EMODE_H

#include "engine/state.h"

/* Applies EMODE: 0 or RK_REJ_*. */
int rk_emode_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events);

/* Can it work? 0, or RK_REJ_BAD_PARAM and the field that cannot. */
int rk_emode_check(const struct rk_emode *entry, const char **ret_field);

/* What an asset is in a group, or will be; both off: nothing. */
void rk_emode_get(const struct rk_asset *asset, uint32_t group,
		  struct rk_emode *ret_entry);
void rk_emode_put(struct rk_asset *asset, uint32_t group,
		  const struct rk_emode *entry);

/* Its ramp in a group, or none: the caller has checked it. */
void rk_emode_put_ramp(struct rk_asset *asset, uint32_t group,
		       const struct rk_emode_ramp *ramp);

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

/* Of some groups, a bit each, that whose name comes first; RK_NONE: no bit. */
uint32_t rk_emode_first(const struct rk_engine *engine, uint32_t groups);

/*
 * In force of an asset in a group (rule Q5): what it weighs at maintenance, as
 * collateral for what is a debt of it, and how much of a debt it is, 0 to 1.
 */
rk_rate rk_emode_weight(const struct rk_asset *asset, uint32_t group);
rk_rate rk_emode_share(const struct rk_asset *asset, uint32_t group);

/*
 * The largest weight, in 1e-9, that any group gives the one as collateral for
 * a debt in the other; 0: none does.
 */
rk_i128 rk_emode_best(const struct rk_asset *collateral,
		      const struct rk_asset *debt, enum rk_level level);

/* Can any group make it weigh more than its terms say? */
static inline bool rk_emode_may_help(const struct rk_asset *asset)
{
	return (asset->emode.collateral | asset->emode.ramping) != 0;
}

/* The ramp of an asset in a group has come so far; what is in force is told. */
void rk_emode_step(struct rk_engine *engine, struct rk_evbuf *events,
		   uint32_t asset, uint32_t group, int64_t elapsed_ns);

#endif
