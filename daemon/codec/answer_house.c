/*
 * Funds and the backstop vault in answers. See answer_house.h.
 */
#include "codec/answer_house.h"

#include "engine/cmd_insurance.h"
#include "engine/view.h"

void rk_answer_insurance(const struct rk_engine *engine, uint32_t id,
			 const struct rk_deficits *deficits,
			 Riskd__InsuranceFund *wire)
{
	struct rk_insurance_view view;

	(void)rk_view_insurance(engine, id, &view); /* id is below n */
	riskd__insurance_fund__init(wire);
	wire->draw_cap = view.terms.draw_cap.raw;
	wire->liquidation_fee = view.terms.liquidation_fee.raw;
	wire->fund = view.fund.raw;
	wire->drawn = (int64_t)view.drawn; /* at most 2^62 */
	wire->available = view.available.raw;
	wire->withdrawal_gate = view.terms.withdrawal_gate.raw;
	if (!deficits->sums)
		return;
	wire->deficit = (uint64_t)deficits->sums[id];
	wire->gated = rk_insurance_gates(&view.terms, view.fund.raw,
					 deficits->sums[id]);
}

/* A sum that may be larger than what the wire has room for. */
static int64_t nearest(rk_i128 sum)
{
	if (sum > INT64_MAX)
		return INT64_MAX;
	return sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

void rk_answer_vault(const struct rk_engine *engine, uint32_t id,
		     Riskd__Vault *wire)
{
	struct rk_vault_view view;

	(void)rk_view_vault(engine, id, &view); /* id is below n */
	riskd__vault__init(wire);
	wire->event_budget = view.terms.event_budget.raw;
	wire->hour_budget = view.terms.hour_budget.raw;
	wire->capital = view.capital.raw;
	wire->profit = nearest(view.profit);
	wire->held = nearest(view.held);
	wire->lost = nearest(view.lost);
	wire->hour_left = view.hour_left.raw;
}

bool rk_answer_takeover(const struct rk_engine *engine, uint32_t id,
			Riskd__TakeoverTerms *wire)
{
	struct rk_takeover_view view;

	(void)rk_view_takeover(engine, id, &view); /* id is below n */
	riskd__takeover_terms__init(wire);
	wire->at = view.terms.at.raw;
	wire->concession_max = view.terms.concession_max.raw;
	wire->vault_max = view.terms.vault_max.raw;
	wire->stages = view.terms.stages;
	wire->profit = nearest(view.profit);
	wire->event_left = view.event_left.raw;
	return view.terms.enabled;
}
