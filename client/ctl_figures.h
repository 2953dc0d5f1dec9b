/*
 * riskctl: the figures of an account as tables, for several verbs.
 */
#ifndef CLIENT_CTL_FIGURES_H
#define CLIENT_CTL_FIGURES_H

#include "ctl_out.h"
#include "librisk_what_if.h"

/* brief: limits were not asked for, and are shown as "?". */
struct ctl_table *ctl_balance_table(const struct ctl *ctl,
				    const Riskd__AccountFigures *figures,
				    bool brief);
/* withheld is told by account; NULL: by nobody. */
struct ctl_table *ctl_position_table(const struct ctl *ctl,
				     const Riskd__AccountFigures *figures,
				     const Riskd__AccountAnswer *account,
				     bool brief);

/* A price of 0 is none. */
void ctl_cell_limit(struct ctl_table *table, int64_t price, uint32_t decimals,
		    const char *unit);

/* Decimals of an asset's price. */
uint32_t ctl_price_decimals(const struct ctl *ctl, uint32_t asset);

#endif
