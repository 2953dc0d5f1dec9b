/*
 * riskctl: parameters that are supposed, for account whatif. What an option
 * leaves out stays as it is in force, or as an option before it has supposed
 * it.
 */
#ifndef CLIENT_CTL_SUPPOSE_H
#define CLIENT_CTL_SUPPOSE_H

#include "ctl.h"
#include "librisk_what_if.h"

#define CTL_GROUP_SIZE 64 /* of the name of a group, good or not */

/* Rows of a question being put together. */
struct ctl_supposed {
	struct risk_supposition suppose[RISK_WHAT_IF_SUPPOSE_MAX];
	Riskd__Supposition *rows[RISK_WHAT_IF_SUPPOSE_MAX];
	size_t n;
	bool ramps_ended; /* what is left out is as it will be then */
	/* Names of groups, which rows point to. */
	char groups[RISK_WHAT_IF_SUPPOSE_MAX][CTL_GROUP_SIZE];
};

/* The next row, which is then there; NULL after telling that it is too many. */
struct risk_supposition *ctl_suppose_next(const struct ctl *ctl,
					  struct ctl_supposed *supposed);

#define CTL_COLLATERAL_FORM "ASSET:KEY=VALUE[,KEY=VALUE]..."
#define CTL_MARKET_FORM     "MARKET:KEY=VALUE[,KEY=VALUE]... or MARKET:FILE"
#define CTL_RISK_FORM       "KEY=VALUE[,KEY=VALUE]..."
#define CTL_EMODE_FORM      "GROUP:ASSET:KEY=VALUE[,KEY=VALUE]..."

/* Each adds rows: CTL_OK, or another after telling why. */
int ctl_suppose_collateral(const struct ctl *ctl, const char *text,
			   struct ctl_supposed *supposed);
int ctl_suppose_market(const struct ctl *ctl, const char *text,
		       struct ctl_supposed *supposed);
int ctl_suppose_emode(const struct ctl *ctl, const char *text,
		      struct ctl_supposed *supposed);
int ctl_suppose_risk(const struct ctl *ctl, const char *text,
		     struct ctl_supposed *supposed);

#endif
