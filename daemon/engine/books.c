/*
 * The books as seen from outside, and whether they balance: counted afresh
 * over all records, so that no running sum can hide its own mistake.
 */
#include "engine/books.h"

#include "engine/rc.h"
#include "engine/state.h"
#include "engine/view.h"

int rk_view_books_asset(const struct rk_engine *engine, uint32_t asset,
			struct rk_books_asset *ret_books)
{
	const struct rk_asset *record;

	if (asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;

	record = &engine->assets[asset];
	*ret_books = (struct rk_books_asset){
		.deposits = record->deposits,
		.withdrawals = record->withdrawals,
		.pending = record->pending,
		.fees = record->fees,
		.clearing = record->clearing,
		.interest = record->interest,
		.insurance = record->insurance,
		.vault = record->vault,
		.rounding = record->rounding,
	};
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		for (uint32_t j = engine->accounts[i].balances; j != RK_NONE;
		     j = engine->balances[j].next)
			if (engine->balances[j].asset == asset)
				ret_books->accounts +=
					engine->balances[j].amount.raw;
	return RK_OK;
}

int rk_view_books_market(const struct rk_engine *engine, uint32_t market,
			 struct rk_books_market *ret_books)
{
	const struct rk_market *record;

	if (market >= engine->markets_n)
		return RK_REJ_NO_MARKET;

	record = &engine->markets[market];
	*ret_books = (struct rk_books_market){
		.vault_size = record->vault_size,
		.vault_cost = record->vault_cost,
		.clearing_cost = record->clearing_cost,
	};
	for (uint32_t v = 0; v < engine->venues_n; v++) {
		const struct rk_venue_position *position =
			&engine->venue_positions
				 [(size_t)v * engine->max.markets_max + market];

		ret_books->external_size += position->size;
		ret_books->external_cost += position->cost;
	}
	for (uint32_t i = engine->slots[record->slot].holders; i != RK_NONE;
	     i = engine->positions[i].holder_next) {
		ret_books->accounts_size += engine->positions[i].size.raw;
		ret_books->accounts_cost += engine->positions[i].cost.raw;
	}
	return RK_OK;
}

static bool asset_balances(const struct rk_books_asset *b)
{
	return b->accounts + b->pending + b->fees + b->clearing + b->interest +
		       b->insurance + b->vault + b->rounding + b->external ==
	       b->deposits - b->withdrawals;
}

static bool market_balances(const struct rk_market *market,
			    const struct rk_books_market *b)
{
	return b->accounts_size + b->external_size + b->vault_size == 0 &&
	       b->accounts_cost + b->external_cost + b->vault_cost +
			       b->clearing_cost ==
		       0 &&
	       b->accounts_cost == market->accounts_cost &&
	       b->accounts_size == market->long_size - market->short_size;
}

int rk_view_check_books(const struct rk_engine *engine)
{
	struct rk_books_asset asset;
	struct rk_books_market market;

	for (uint32_t i = 0; i < engine->assets_n; i++)
		if (rk_view_books_asset(engine, i, &asset) != RK_OK ||
		    !asset_balances(&asset))
			return (int)i + 1;
	for (uint32_t i = 0; i < engine->markets_n; i++)
		if (rk_view_books_market(engine, i, &market) != RK_OK ||
		    !market_balances(&engine->markets[i], &market))
			return -(int)i - 1;
	return 0;
}
