/*
 * What would be right, by the names that the engine's checks give to fields:
 * the words of the configuration, for whoever checks the same elsewhere.
 */
#ifndef RK_OPS_MARKETS_NEED_H
#define RK_OPS_MARKETS_NEED_H

/* "must be from 0 to 1"; never NULL. Static. */
const char *rk_markets_need(const char *field);

/* The same of one file; NULL: it has no such field. */
const char *rk_markets_need_collateral(const char *field);
const char *rk_markets_need_margin(const char *field);
const char *rk_markets_need_market(const char *field);
const char *rk_conf_need_risk(const char *field);

#endif
