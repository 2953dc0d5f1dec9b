/*
 * A WhatIfQuery from the wire. See decode.h.
 */
#include <string.h>

#include "codec/decode.h"
#include "codec/impl.h"

static void take_collateral(const Riskd__Collateral *wire,
			    struct rk_collateral *terms)
{
	static const Riskd__Collateral none = RISKD__COLLATERAL__INIT;

	if (!wire)
		wire = &none;
	terms->weight[RK_LEVEL_MAINTENANCE].raw = wire->weight_maintenance;
	terms->weight[RK_LEVEL_INITIAL].raw = wire->weight_initial;
	terms->weight[RK_LEVEL_WITHDRAWAL].raw = wire->weight_withdrawal;
	terms->liability[RK_LEVEL_MAINTENANCE].raw =
		wire->liability_maintenance;
	terms->liability[RK_LEVEL_INITIAL].raw = wire->liability_initial;
	terms->liability[RK_LEVEL_WITHDRAWAL].raw = wire->liability_withdrawal;
	terms->profit[RK_LEVEL_MAINTENANCE].raw = wire->profit_maintenance;
	terms->profit[RK_LEVEL_INITIAL].raw = wire->profit_initial;
}

/* More brackets than there may be are told by their number alone. */
static void take_market(const Riskd__SupposedMarket *wire,
			struct rk_cmd_market *market)
{
	market->lot.raw = wire->lot;
	market->position_max.raw = wire->position_max;
	market->close_cost.raw = wire->close_cost;
	market->taker_fee.raw = wire->taker_fee;
	market->maker_fee.raw = wire->maker_fee;
	market->brackets_n = wire->n_brackets > UINT32_MAX
				     ? UINT32_MAX
				     : (uint32_t)wire->n_brackets;
	for (uint32_t k = 0; k < market->brackets_n && k < RK_BRACKETS_MAX;
	     k++) {
		market->brackets[k].floor.raw = wire->brackets[k]->floor;
		market->brackets[k].maintenance.raw =
			wire->brackets[k]->maintenance;
		market->brackets[k].initial.raw = wire->brackets[k]->initial;
	}
}

static void take_margin(const Riskd__MarginTerms *wire,
			struct rk_margin_terms *terms)
{
	static const Riskd__MarginTerms none = RISKD__MARGIN_TERMS__INIT;

	if (!wire)
		wire = &none;
	terms->scale_lower.raw = wire->scale_lower;
	terms->scale_upper.raw = wire->scale_upper;
	terms->open_max.raw = wire->open_max;
	terms->growth = (enum rk_growth)wire->growth;
	terms->base_share.raw = wire->base_share;
	terms->factor_maintenance = wire->factor_maintenance;
	terms->factor_initial = wire->factor_initial;
}

static void take_risk(const Riskd__Risk *wire, struct rk_cmd_risk *risk)
{
	static const Riskd__Risk none = RISKD__RISK__INIT;

	if (!wire)
		wire = &none;
	risk->warn_enter.raw = wire->warn_enter;
	risk->warn_leave.raw = wire->warn_leave;
	risk->call_enter.raw = wire->call_enter;
	risk->call_leave.raw = wire->call_leave;
	risk->target.raw = wire->target;
	risk->order_band.raw = wire->order_band;
	risk->stale_band.raw = wire->stale_band;
	risk->order_expiry_ns = wire->order_expiry_ns;
	risk->close_timeout_ns = wire->close_timeout_ns;
	risk->order_cooldown_ns = wire->order_cooldown_ns;
}

/* A name that is too long lacks its zero, and is refused. */
static void take_emode(const Riskd__EmodeGroup *wire,
		       struct rk_cmd_emode *emode)
{
	static const Riskd__EmodeGroup none = RISKD__EMODE_GROUP__INIT;

	if (!wire)
		wire = &none;
	memcpy(emode->group, wire->group,
	       strnlen(wire->group, sizeof(emode->group)));
	emode->entry.collateral = wire->collateral;
	emode->entry.debt = wire->debt;
	emode->entry.weight[RK_LEVEL_MAINTENANCE].raw =
		wire->weight_maintenance;
	emode->entry.weight[RK_LEVEL_INITIAL].raw = wire->weight_initial;
	emode->entry.weight[RK_LEVEL_WITHDRAWAL].raw = wire->weight_withdrawal;
}

/* What is supposed of a parameter: false, it is not one of those. */
static bool take_parameters(const Riskd__Supposition *wire,
			    union rk_supposed_parameters *to, uint32_t *ret_id)
{
	memset(to, 0, sizeof(*to));
	*ret_id = 0;
	switch ((int)wire->kind_case) {
	case RISKD__SUPPOSITION__KIND_COLLATERAL:
		*ret_id = wire->collateral->asset;
		take_collateral(wire->collateral->terms, &to->collateral);
		return true;
	case RISKD__SUPPOSITION__KIND_SCALE:
		*ret_id = wire->scale->asset;
		to->scale.held.raw = wire->scale->held_start;
		to->scale.owed.raw = wire->scale->owed_start;
		to->scale.size_factor = wire->scale->size_factor;
		to->scale.deposit_cap.raw = wire->scale->deposit_cap;
		return true;
	case RISKD__SUPPOSITION__KIND_MARKET:
		*ret_id = wire->market->market;
		take_market(wire->market, &to->market);
		return true;
	case RISKD__SUPPOSITION__KIND_MARGIN:
		*ret_id = wire->margin->market;
		take_margin(wire->margin->terms, &to->margin);
		return true;
	case RISKD__SUPPOSITION__KIND_RISK:
		take_risk(wire->risk->risk, &to->risk);
		return true;
	case RISKD__SUPPOSITION__KIND_EMODE:
		*ret_id = wire->emode->asset;
		take_emode(wire->emode->entry, &to->emode);
		return true;
	default:
		return false;
	}
}

/* Without room for it the row stays none of them, and is refused. */
static void take_terms(const Riskd__Supposition *wire,
		       struct rk_scratch *scratch, struct rk_supposition *row)
{
	union rk_supposed_parameters parameters;
	void *memory;

	if (!take_parameters(wire, &parameters, &row->id))
		return;
	memory = rk_scratch_take(scratch, 1, sizeof(parameters));
	if (!memory)
		return;
	memcpy(memory, &parameters, sizeof(parameters));
	row->parameters = memory;
	row->kind = (enum rk_supposition_kind)wire->kind_case;
}

static void take_supposition(const Riskd__Supposition *wire,
			     struct rk_scratch *scratch,
			     struct rk_supposition *row)
{
	memset(row, 0, sizeof(*row));
	switch ((int)wire->kind_case) {
	case RISKD__SUPPOSITION__KIND_PRICE:
		row->kind = RK_SUPPOSE_PRICE;
		row->id = wire->price->slot;
		row->price = wire->price->price;
		return;
	case RISKD__SUPPOSITION__KIND_DEPOSIT:
		row->kind = RK_SUPPOSE_DEPOSIT;
		row->account = wire->deposit->account;
		row->id = wire->deposit->asset;
		row->amount = wire->deposit->amount;
		return;
	case RISKD__SUPPOSITION__KIND_FILL:
		row->kind = RK_SUPPOSE_FILL;
		row->account = wire->fill->account;
		row->id = wire->fill->market;
		row->amount = wire->fill->size;
		row->price = wire->fill->price;
		row->fee_told =
			wire->fill->told_case == RISKD__SUPPOSED_FILL__TOLD_FEE;
		row->fee = row->fee_told ? wire->fill->fee : 0;
		row->maker = wire->fill->maker;
		row->resting = wire->fill->resting_order;
		return;
	case RISKD__SUPPOSITION__KIND_LEVERAGE:
		row->kind = RK_SUPPOSE_LEVERAGE;
		row->account = wire->leverage->account;
		row->id = wire->leverage->market;
		row->amount = wire->leverage->leverage;
		return;
	case RISKD__SUPPOSITION__KIND_ORDER:
		row->kind = RK_SUPPOSE_ORDER;
		row->account = wire->order->account;
		row->id = wire->order->market;
		row->side = (uint32_t)wire->order->side;
		row->amount = wire->order->size;
		row->price = wire->order->price;
		row->reduce_only = wire->order->reduce_only;
		return;
	default:
		/* What is none of them is refused when its turn comes. */
		take_terms(wire, scratch, row);
		return;
	}
}

void rk_decode_largest(size_t n, Riskd__LargestOrderQuery *const *wire,
		       struct rk_largest *largest)
{
	largest->n = n;
	for (size_t i = 0; i < n && n <= RK_LARGEST_MAX; i++) {
		struct rk_largest_of *of = &largest->of[i];

		of->market = wire[i]->market;
		of->price = wire[i]->price;
		of->fee_told = wire[i]->told_case ==
			       RISKD__LARGEST_ORDER_QUERY__TOLD_FEE;
		of->fee = of->fee_told ? wire[i]->fee : 0;
	}
}

void rk_decode_what_if(const Riskd__WhatIfQuery *wire,
		       struct rk_scratch *scratch, struct rk_what_if *what)
{
	what->accounts = wire->accounts;
	what->accounts_n = wire->n_accounts;
	what->suppose_n = wire->n_suppose;
	what->brief = wire->brief;
	what->ramps_ended = wire->ramps_ended;
	if (wire->n_suppose > RK_WHAT_IF_SUPPOSE_MAX)
		return;
	for (size_t i = 0; i < wire->n_suppose; i++)
		take_supposition(wire->suppose[i], scratch, &what->suppose[i]);
}
