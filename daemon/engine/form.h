/*
 * What maintenance margin goes by: the rates of brackets and what rises with
 * size. While a ramp runs, a market has two: that before and that after.
 */
#ifndef RK_ENGINE_FORM_H
#define RK_ENGINE_FORM_H

#include <stdbool.h>

#include "engine/cmd_listing.h"

struct rk_form {
	uint32_t brackets_n; /* 0: there is none */
	rk_usd floors[RK_BRACKETS_MAX];
	rk_rate rates[RK_BRACKETS_MAX];
	/* That keep each bracket continuous, in 1e-17 USD; derived. */
	rk_i128 deductions[RK_BRACKETS_MAX];
	enum rk_growth growth;
	rk_rate base_share;
	int64_t factor; /* 1e-18 */
};

/* d_0 = 0, d_k = d_(k-1) + floor_k * (r_k - r_(k-1)): continuous at floors */
void rk_form_derive(struct rk_form *form);

void rk_form_of(const struct rk_cmd_market *listing,
		const struct rk_margin_terms *margin, struct rk_form *ret_form);

bool rk_form_equal(const struct rk_form *a, const struct rk_form *b);

/*
 * May a position require more by `after`? Brackets are compared exactly, what
 * rises with size by its terms (rule Y4).
 */
bool rk_form_may_require_more(const struct rk_form *before,
			      const struct rk_form *after);

#endif
