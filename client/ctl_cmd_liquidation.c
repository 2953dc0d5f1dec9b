/*
 * riskctl: commands about liquidation as JSON. See ctl_cmd.h.
 */
#include "ctl_fill.h"

void ctl_put_liquidation(struct filling *f,
			 const struct rk_cmd_liquidation *liquidation)
{
	const struct rk_liquidation_terms *terms = &liquidation->terms;

	put_name(f, "market", liquidation->market);
	put_rate(f, "stage", terms->stage);
	put_decimal(f, "stage_min", terms->stage_min.raw, RK_USD_DECIMALS);
	put_i64(f, "cooldown_ns", terms->cooldown_ns);
	put_rate(f, "volatility", terms->volatility);
	put_decimal(f, "dust", terms->dust.raw, RK_USD_DECIMALS);
	put_decimal(f, "velocity", terms->velocity.raw, RK_USD_DECIMALS);
	put_i64(f, "claim_max_ns", terms->claim_max_ns);
}

void ctl_put_claim(struct filling *f, const struct rk_cmd_claim *claim)
{
	put_order(f, "order", claim->order);
	put_i64(f, "venue", claim->venue);
	put_i64(f, "duration_ns", claim->duration_ns);
}
