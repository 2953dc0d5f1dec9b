/*
 * Laws of health with weights (rules H1 to H3 of docs/engine.md), of any
 * account at any time: rounding is never for the account, each level is at
 * most the one before, and terms of 1 are as if there were none.
 */
#ifndef RK_SUPPORT_LAWS_HEALTH_H
#define RK_SUPPORT_LAWS_HEALTH_H

#include "engine/view.h"
#include "support/auditor.h"
#include "support/auditor_wide.h"

/* 0, or 1 and a sentence. */
int laws_check_health(const struct rk_engine *engine, uint32_t index,
		      struct rk_audit_text *ret_text);

/*
 * What brackets and the ramp of a market require of a notional, not rounded but
 * for the way of a ramp, and that down: both have so many digits more, and what
 * is required nine besides.
 */
struct rk_wide laws_required(const struct rk_engine *engine, uint32_t market,
			     struct rk_wide notional, int digits, bool initial);

#endif
