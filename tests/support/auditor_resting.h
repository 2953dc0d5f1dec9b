/*
 * What auditor_resting.c does for the other auditor_*.c files. Private to
 * them.
 */
#ifndef RK_SUPPORT_AUDITOR_RESTING_H
#define RK_SUPPORT_AUDITOR_RESTING_H

#include "support/auditor_model.h"

struct audit_worse_side { /* what resting orders add at I and W (O2) */
	rk_i128 notional; /* USD, beside the positions' own */
	rk_i128 initial;  /* likewise */
	rk_i128 loss;
	bool prices_ok;
};
struct audit_worse_side audit_worse_side(const struct rk_book *b,
					 uint32_t account,
					 const rk_i128 *prices);
/* What a market requires of an account initially, with its orders. */
rk_i128 audit_market_initial(const struct rk_book *b, uint32_t account,
			     uint32_t market);
uint32_t audit_count_resting(const struct rk_book *b, uint32_t account);
bool audit_resting_within_bounds(const struct rk_book *b, uint32_t account);
int audit_place(struct rk_auditor *a, const struct rk_cmd_place *cmd);
int audit_cancel_order(struct rk_auditor *a,
		       const struct rk_cmd_cancel_order *cmd);
/* Its market is settled (E6): all of an account there, by number. */
void audit_end_orders(struct rk_auditor *a, uint32_t account, uint32_t market);
/* A side of a trade names a resting order. */
int audit_execute(struct rk_auditor *a, uint32_t account,
		  const struct rk_cmd_trade *trade, bool buyer);

#endif
