/*
 * Comparing what maintenance goes by. See form.h.
 */
#include "engine/form.h"

void rk_form_derive(struct rk_form *form)
{
	form->deductions[0] = 0;
	for (uint32_t k = 1; k < form->brackets_n; k++)
		form->deductions[k] =
			form->deductions[k - 1] +
			(rk_i128)form->floors[k].raw *
				(form->rates[k].raw - form->rates[k - 1].raw);
}

void rk_form_of(const struct rk_cmd_market *listing,
		const struct rk_margin_terms *margin, struct rk_form *ret_form)
{
	*ret_form = (struct rk_form){
		.brackets_n = listing->brackets_n,
		.growth = margin->growth,
		.base_share = margin->base_share,
		.factor = margin->factor_maintenance,
	};
	for (uint32_t k = 0; k < listing->brackets_n; k++) {
		ret_form->floors[k] = listing->brackets[k].floor;
		ret_form->rates[k] = listing->brackets[k].maintenance;
	}
	rk_form_derive(ret_form);
}

bool rk_form_equal(const struct rk_form *a, const struct rk_form *b)
{
	if (a->brackets_n != b->brackets_n || a->growth != b->growth ||
	    a->base_share.raw != b->base_share.raw || a->factor != b->factor)
		return false;
	for (uint32_t k = 0; k < a->brackets_n; k++)
		if (a->floors[k].raw != b->floors[k].raw ||
		    a->rates[k].raw != b->rates[k].raw)
			return false;
	return true;
}

/* What brackets require of a notional, in 1e-17 USD, not rounded. */
static rk_i128 required(const struct rk_form *form, rk_usd notional)
{
	uint32_t k = form->brackets_n - 1;

	while (k > 0 && form->floors[k].raw > notional.raw)
		k--;
	return (rk_i128)notional.raw * form->rates[k].raw - form->deductions[k];
}

bool rk_form_may_require_more(const struct rk_form *before,
			      const struct rk_form *after)
{
	const struct rk_form *both[] = {before, after};

	if (after->growth != RK_GROWTH_NONE &&
	    (after->growth != before->growth ||
	     after->base_share.raw > before->base_share.raw ||
	     after->factor > before->factor))
		return true;
	/* Straight lines between floors, and beyond the last. */
	for (int i = 0; i < 2; i++)
		for (uint32_t k = 0; k < both[i]->brackets_n; k++)
			if (required(after, both[i]->floors[k]) >
			    required(before, both[i]->floors[k]))
				return true;
	return after->rates[after->brackets_n - 1].raw >
	       before->rates[before->brackets_n - 1].raw;
}
