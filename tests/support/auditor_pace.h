/*
 * The parts of the auditor for how liquidation orders follow each other. See
 * auditor_parts.h.
 */
#ifndef RK_SUPPORT_AUDITOR_PACE_H
#define RK_SUPPORT_AUDITOR_PACE_H

#include "support/auditor_difference.h"
#include "support/auditor_model.h"
#include "support/auditor_parts.h"

void audit_usual_liquidation(struct rk_liquidation_terms *terms);
int audit_liquidation(struct rk_auditor *a,
		      const struct rk_cmd_liquidation *cmd);

/* auditor_order.c */
int audit_claim(struct rk_auditor *a, const struct rk_cmd_claim *cmd);
bool audit_claim_runs(const struct rk_book *b, const struct book_order *order);

/* Of a notional, what one order may close (L14). */
rk_i128 audit_stage(const struct book_market *m, rk_i128 notional);

/* What a notional moves in 30 s, in 1e-26 USD. */
struct rk_wide audit_swing(const struct book_market *m, rk_i128 notional);

/* Of a market, with the moves of all positions of the account (L15). */
int64_t audit_cooldown(const struct rk_book *b, const struct book_market *m,
		       struct rk_wide moves, const struct audit_health *h);

/* A part of a position: of its notional, and its size, above 0. */
struct audit_portion {
	rk_i128 notional;
	rk_i128 whole;
	rk_i128 size;
};

/* How much of the size the market takes in this minute (L16). */
rk_i128 audit_take(const struct rk_book *b, const struct book_market *m,
		   struct audit_portion p);
void audit_count_ordered(const struct rk_book *b, struct book_market *m,
			 struct audit_portion p);
rk_i128 audit_ordered(const struct rk_book *b, const struct book_market *m);
int64_t audit_window_end(const struct rk_book *b);

void audit_see_liquidation(struct difference *d, const struct rk_book *b,
			   uint32_t market, const struct rk_market_view *got);

#endif
