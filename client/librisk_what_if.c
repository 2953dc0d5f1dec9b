/*
 * librisk: the WhatIfQuery. See librisk_what_if.h. What is wrong with a value
 * is named by the daemon.
 */
#include "librisk_what_if.h"

#include <errno.h>
#include <string.h>

#include "librisk_impl.h"

void risk_suppose_price(struct risk_supposition *supposition, uint32_t slot,
			int64_t price)
{
	Riskd__SupposedPrice *body = &supposition->body.price;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_price__init(body);
	body->slot = slot;
	body->price = price;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_PRICE;
	supposition->row.price = body;
}

void risk_suppose_leverage(struct risk_supposition *supposition,
			   uint64_t account, uint32_t market, int64_t leverage)
{
	Riskd__SupposedLeverage *body = &supposition->body.leverage;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_leverage__init(body);
	body->account = account;
	body->market = market;
	body->leverage = leverage;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_LEVERAGE;
	supposition->row.leverage = body;
}

void risk_suppose_deposit(struct risk_supposition *supposition,
			  uint64_t account, uint32_t asset, int64_t amount)
{
	Riskd__SupposedDeposit *body = &supposition->body.deposit;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_deposit__init(body);
	body->account = account;
	body->asset = asset;
	body->amount = amount;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_DEPOSIT;
	supposition->row.deposit = body;
}

void risk_suppose_fill(struct risk_supposition *supposition,
		       const struct risk_supposed_fill *fill)
{
	Riskd__SupposedFill *body = &supposition->body.fill;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_fill__init(body);
	body->account = fill->account;
	body->market = fill->market;
	body->size = fill->size;
	body->price = fill->price;
	if (fill->fee_told) {
		body->told_case = RISKD__SUPPOSED_FILL__TOLD_FEE;
		body->fee = fill->fee;
	}
	body->maker = fill->maker;
	body->resting_order = fill->resting_order;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_FILL;
	supposition->row.fill = body;
}

void risk_suppose_order(struct risk_supposition *supposition,
			const struct risk_supposed_order *order)
{
	Riskd__SupposedOrder *body = &supposition->body.order;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_order__init(body);
	body->account = order->account;
	body->market = order->market;
	body->side = order->side;
	body->size = order->size;
	body->price = order->price;
	body->reduce_only = order->reduce_only;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_ORDER;
	supposition->row.order = body;
}

void risk_suppose_collateral(struct risk_supposition *supposition,
			     uint32_t asset, const Riskd__Collateral *terms)
{
	Riskd__SupposedCollateral *body = &supposition->body.collateral;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_collateral__init(body);
	supposition->collateral = *terms;
	body->asset = asset;
	body->terms = &supposition->collateral;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_COLLATERAL;
	supposition->row.collateral = body;
}

void risk_suppose_scale(struct risk_supposition *supposition, uint32_t asset,
			const Riskd__CollateralScale *scale)
{
	Riskd__SupposedScale *body = &supposition->body.scale;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_scale__init(body);
	body->asset = asset;
	body->held_start = scale->held_start;
	body->owed_start = scale->owed_start;
	body->size_factor = scale->size_factor;
	body->deposit_cap = scale->deposit_cap;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_SCALE;
	supposition->row.scale = body;
}

void risk_suppose_market(struct risk_supposition *supposition,
			 const Riskd__Market *market)
{
	Riskd__SupposedMarket *body = &supposition->body.market;
	size_t n = market->n_brackets < RISK_BRACKETS_MAX ? market->n_brackets
							  : RISK_BRACKETS_MAX;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_market__init(body);
	body->market = market->id;
	body->lot = market->lot;
	body->position_max = market->position_max;
	body->close_cost = market->close_cost;
	body->taker_fee = market->taker_fee;
	body->maker_fee = market->maker_fee;
	for (size_t k = 0; k < n; k++) {
		supposition->brackets[k] = *market->brackets[k];
		supposition->bracket_rows[k] = &supposition->brackets[k];
	}
	body->n_brackets = n;
	body->brackets = supposition->bracket_rows;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_MARKET;
	supposition->row.market = body;
}

void risk_suppose_margin(struct risk_supposition *supposition, uint32_t market,
			 const Riskd__MarginTerms *terms)
{
	Riskd__SupposedMargin *body = &supposition->body.margin;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_margin__init(body);
	supposition->margin = *terms;
	body->market = market;
	body->terms = &supposition->margin;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_MARGIN;
	supposition->row.margin = body;
}

void risk_suppose_risk(struct risk_supposition *supposition,
		       const Riskd__Risk *risk)
{
	Riskd__SupposedRisk *body = &supposition->body.risk;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_risk__init(body);
	supposition->risk = *risk;
	body->risk = &supposition->risk;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_RISK;
	supposition->row.risk = body;
}

void risk_suppose_emode(struct risk_supposition *supposition, uint32_t asset,
			const Riskd__EmodeGroup *entry)
{
	Riskd__SupposedEmode *body = &supposition->body.emode;

	riskd__supposition__init(&supposition->row);
	riskd__supposed_emode__init(body);
	supposition->emode = *entry;
	body->asset = asset;
	body->entry = &supposition->emode;
	supposition->row.kind_case = RISKD__SUPPOSITION__KIND_EMODE;
	supposition->row.emode = body;
}

/* Rows of a question, which live as long as this does. */
struct largest {
	Riskd__LargestOrderQuery rows[RISK_LARGEST_MAX];
	Riskd__LargestOrderQuery *pointers[RISK_LARGEST_MAX];
};

static int fill_largest(struct risk *risk, const struct risk_largest_of *of,
			size_t n, struct largest *largest)
{
	if (n > RISK_LARGEST_MAX)
		return librisk_fail(&risk->error, -EINVAL,
				    "%zu largest orders: at most %d", n,
				    RISK_LARGEST_MAX);
	for (size_t i = 0; i < n; i++) {
		Riskd__LargestOrderQuery *row = &largest->rows[i];

		riskd__largest_order_query__init(row);
		row->market = of[i].market;
		row->price = of[i].price;
		if (of[i].fee_told) {
			row->told_case = RISKD__LARGEST_ORDER_QUERY__TOLD_FEE;
			row->fee = of[i].fee;
		}
		largest->pointers[i] = row;
	}
	return 0;
}

int risk_account_largest(struct risk *risk, uint64_t account,
			 const struct risk_largest_of *largest, size_t n,
			 Riskd__Answer **ret_answer)
{
	Riskd__AccountQuery wire = RISKD__ACCOUNT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	struct largest rows;
	int rc = fill_largest(risk, largest, n, &rows);

	if (rc)
		return rc;
	wire.account = account;
	wire.n_largest_orders = n;
	wire.largest_orders = rows.pointers;
	query.kind_case = RISKD__QUERY__KIND_ACCOUNT;
	query.account = &wire;
	return risk_query(risk, &query, ret_answer);
}

int risk_what_if(struct risk *risk, const struct risk_what_if_query *what,
		 Riskd__Answer **ret_answer)
{
	Riskd__WhatIfQuery wire = RISKD__WHAT_IF_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	uint64_t accounts[RISK_WHAT_IF_ACCOUNTS_MAX];
	struct largest largest;
	int rc;

	if (what->accounts_n < 1 ||
	    what->accounts_n > RISK_WHAT_IF_ACCOUNTS_MAX)
		return librisk_fail(
			&risk->error, -EINVAL, "%zu accounts: must be 1 to %d",
			what->accounts_n, RISK_WHAT_IF_ACCOUNTS_MAX);
	if (what->suppose_n > RISK_WHAT_IF_SUPPOSE_MAX)
		return librisk_fail(&risk->error, -EINVAL,
				    "%zu suppositions: at most %d",
				    what->suppose_n, RISK_WHAT_IF_SUPPOSE_MAX);
	/* The generated struct wants a pointer that is not const. */
	memcpy(accounts, what->accounts, what->accounts_n * sizeof(*accounts));
	wire.n_accounts = what->accounts_n;
	wire.accounts = accounts;
	wire.n_suppose = what->suppose_n;
	wire.suppose = what->suppose;
	wire.brief = what->brief;
	wire.ramps_ended = what->ramps_ended;
	rc = fill_largest(risk, what->largest, what->largest_n, &largest);
	if (rc)
		return rc;
	wire.n_largest_orders = what->largest_n;
	wire.largest_orders = largest.pointers;
	query.kind_case = RISKD__QUERY__KIND_WHAT_IF;
	query.what_if = &wire;
	return risk_query(risk, &query, ret_answer);
}
