/*
 * What is traded and under which rules: assets, markets, publishers, venues,
 * limits and risk multiples. Rules N6, C3 to C5 and M1 to M5 of
 * docs/engine.md.
 */
#ifndef RK_ENGINE_LISTING_H
#define RK_ENGINE_LISTING_H

#include "engine/cmd.h"
#include "engine/event.h"

struct rk_asset;
struct rk_engine;
struct rk_market;

/* Each applies one command: 0 or RK_REJ_*; refused changes nothing. */
int rk_listing_limits(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);
int rk_listing_risk(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events);
int rk_listing_publisher(struct rk_engine *engine, const struct rk_cmd *cmd,
			 struct rk_evbuf *events);
int rk_listing_venue(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);
int rk_listing_asset(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events);
int rk_listing_market(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);

/* A copy without leftovers after the zero, so that names compare as bytes. */
void rk_listing_copy_name(char to[RK_NAME_SIZE], const char from[RK_NAME_SIZE]);

/* What follows from a listing, computed anew when it changed or was loaded. */
void rk_listing_derive_asset(struct rk_asset *asset);
void rk_listing_derive_market(const struct rk_engine *engine,
			      struct rk_market *market);

/* Is each maximum at least 1 and at most that of max? */
bool rk_listing_limits_fit(const struct rk_cmd_limits *limits,
			   const struct rk_cmd_limits *max);

/*
 * Another listing for the asset or market of this name (rules M1 to M5). What
 * its records are counted in stays for ever.
 */
int rk_listing_change_asset(struct rk_engine *engine, const struct rk_cmd *cmd,
			    struct rk_evbuf *events);
int rk_listing_change_market(struct rk_engine *engine, const struct rk_cmd *cmd,
			     struct rk_evbuf *events);

/*
 * All of a listing but what is the same for ever; brackets beyond the last are
 * zeros. What comes of it is to be checked.
 */
void rk_listing_take_market(struct rk_cmd_market *listing,
			    const struct rk_cmd_market *want);

/* How a market's positions pay each other from now on (rule F1). */
int rk_listing_funding(struct rk_engine *engine, const struct rk_cmd *cmd,
		       struct rk_evbuf *events);

/* What an asset counts for from now on (rules K1 and K2). */
int rk_listing_collateral(struct rk_engine *engine, const struct rk_cmd *cmd,
			  struct rk_evbuf *events);

/* Id of what is listed under a name, or RK_NONE. */
uint32_t rk_listing_find_asset(const struct rk_engine *engine,
			       const char name[RK_NAME_SIZE]);
uint32_t rk_listing_find_market(const struct rk_engine *engine,
				const char name[RK_NAME_SIZE]);

/* 0 or RK_REJ_BAD_NAME. */
int rk_listing_check_name(const char name[RK_NAME_SIZE]);

/*
 * Could these multiples, this asset, this market ever work? 0 or
 * RK_REJ_BAD_PARAM, and *ret_field names the field that cannot. The
 * configuration asks the same question before the daemon starts.
 */
int rk_listing_check_risk(const struct rk_cmd_risk *risk,
			  const char **ret_field);
int rk_listing_check_asset(const struct rk_cmd_asset *asset,
			   const char **ret_field);
int rk_listing_check_collateral(const struct rk_collateral *terms,
				const char **ret_field);
int rk_listing_check_lending(const struct rk_lending *terms,
			     const char **ret_field);
int rk_listing_check_conversion(const struct rk_conversion *terms,
				const char **ret_field);
int rk_listing_check_insurance(const struct rk_insurance_terms *terms,
			       const char **ret_field);
int rk_listing_check_funding(const struct rk_funding *terms,
			     const char **ret_field);
/* settle may be NULL: then what depends on it is not checked. */
int rk_listing_check_market(const struct rk_cmd_market *listing,
			    const struct rk_cmd_asset *settle,
			    const char **ret_field);

#endif
