/*
 * riskctl: the figures of an account as tables, for several verbs.
 */
#ifndef CLIENT_CTL_FIGURES_H
#define CLIENT_CTL_FIGURES_H

#include "ctl_out.h"
#include "librisk_what_if.h"

/*
 * What an account has and needs, as columns and as their cells. The health is
 * not always that of the figures: theirs has the state they would lead to.
 */
#define CTL_HEALTH_COLUMNS(X)                                                  \
	X("State", "state", CTL_TEXT), X("Ratio", "ratio", CTL_DECIMAL),       \
		X("Health factor", "health_factor", CTL_DECIMAL),              \
		X("Equity", "equity_usd", CTL_DECIMAL),                        \
		X("Assets", "assets_usd", CTL_DECIMAL),                        \
		X("Liabilities", "liabilities_usd", CTL_DECIMAL),              \
		X("Maintenance margin", "maintenance_usd", CTL_DECIMAL),       \
		X("Initial margin", "initial_usd", CTL_DECIMAL),               \
		X("Health (maintenance)", "health_usd", CTL_DECIMAL),          \
		X("Health (initial)", "health_initial_usd", CTL_DECIMAL),      \
		X("Health (withdrawal)", "health_withdrawal_usd",              \
		  CTL_DECIMAL),                                                \
		X("Free collateral", "free_collateral_usd", CTL_DECIMAL),      \
		X("Collateral", "collateral_usd", CTL_DECIMAL),                \
		X("Debt", "debt_usd", CTL_DECIMAL),                            \
		X("Loan to value", "ltv", CTL_DECIMAL),                        \
		X("Liquidation above", "liquidation_threshold", CTL_DECIMAL),  \
		X("Notional", "notional_usd", CTL_DECIMAL),                    \
		X("Leverage", "leverage", CTL_DECIMAL),                        \
		X("All prices OK", "prices_ok", CTL_BOOL)
#define CTL_COLUMN(title, key, kind)                                           \
	{                                                                      \
		title, key, kind                                               \
	}
void ctl_health_cells(struct ctl_table *table, const Riskd__Health *health,
		      const Riskd__AccountFigures *figures);

/* What may be borrowed, of each asset that is lent. */
struct ctl_table *ctl_borrowable_table(const struct ctl *ctl,
				       const Riskd__AccountFigures *figures);

/* brief: limits were not asked for, and are shown as "?". */
struct ctl_table *ctl_balance_table(const struct ctl *ctl,
				    const Riskd__AccountFigures *figures,
				    bool brief);
/* withheld is told by account; NULL: by nobody. */
struct ctl_table *ctl_position_table(const struct ctl *ctl,
				     const Riskd__AccountFigures *figures,
				     const Riskd__AccountAnswer *account,
				     bool brief);

/* A price of 0 is none, and so is a leverage. */
void ctl_cell_limit(struct ctl_table *table, int64_t price, uint32_t decimals,
		    const char *unit);

/* Decimals of an asset's price. */
uint32_t ctl_price_decimals(const struct ctl *ctl, uint32_t asset);

#endif
