/*
 * riskctl explain: conversion orders, and what led to them: the debt by losses
 * against what losses may borrow, and what the sale relieves (rule J4 of
 * docs/engine.md).
 */
#include "ctl_figures.h"
#include "explain.h"

#define ROWS_MAX RK_ASSETS_MAX

static const struct ctl_column columns[] = {
	{"Conversion", "when", CTL_TEXT},
	{"Id", "order", CTL_TEXT},
	{"Loss then", "loss", CTL_DECIMAL},
	{"Losses may borrow", "auto_borrow", CTL_DECIMAL},
	{"Paid to", "repay_to", CTL_DECIMAL},
	{"Sell", "size", CTL_DECIMAL},
	{"At", "sell_mark", CTL_DECIMAL},
	{"Cost", "cost", CTL_DECIMAL},
	{"Weight", "weight", CTL_DECIMAL},
	{"Liability", "liability", CTL_DECIMAL},
	{"For at least", "least", CTL_DECIMAL},
	{"Sold", "sold", CTL_DECIMAL},
	{"Bought", "bought", CTL_DECIMAL},
	{"Close asked", "close_asked", CTL_BOOL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *explain_conversions_new(void)
{
	return ctl_table_new(columns);
}

static void fill(const struct explain *explain, struct ctl_table *table,
		 const struct rk_engine *engine, uint32_t index,
		 const struct rk_conversion_view *order)
{
	const enum rk_level level = RK_LEVEL_MAINTENANCE;
	rk_rate weights[RK_LEVELS];
	rk_rate liabilities[RK_LEVELS];
	char id[RISK_DECIMAL_SIZE];
	struct rk_asset_view sell;
	struct rk_asset_view buy;
	uint32_t sells;
	uint32_t buys;
	const char *sell_name = ctl_asset_of(explain->ctl, order->sell, &sells);
	const char *buy_name = ctl_asset_of(explain->ctl, order->buy, &buys);

	(void)rk_view_asset(engine, order->sell, &sell); /* it is listed */
	(void)rk_view_asset(engine, order->buy, &buy);
	ctl_cell(table, "%s",
		 risk_format_order_id(order->order.seq, order->order.n, id));
	ctl_cell_decimal(table, order->loss.raw, buys, buy_name);
	ctl_cell_decimal(table, buy.conversion.auto_borrow.raw, buys, buy_name);
	ctl_cell_decimal(table, buy.conversion.repay_to.raw, buys, buy_name);
	ctl_cell_decimal(table, order->size.raw, sells, sell_name);
	ctl_cell_decimal(table, order->sell_mark.raw,
			 sell.listing.price_decimals, "USD");
	ctl_cell_decimal(table, sell.conversion.cost.raw, 9, "");
	rk_view_weights(engine, index, order->sell, weights);
	rk_view_weights(engine, index, order->buy, liabilities);
	ctl_cell_decimal(table, weights[level].raw, 9, "");
	ctl_cell_decimal(table, liabilities[level].raw, 9, "");
	ctl_cell_decimal(table, order->least.raw, buys, buy_name);
	ctl_cell_decimal(table, order->sold.raw, sells, sell_name);
	ctl_cell_decimal(table, order->bought.raw, buys, buy_name);
	ctl_cell_bool(table, order->close_asked);
}

void explain_conversions_fill(const struct explain *explain,
			      struct ctl_table *table,
			      const struct rk_engine *engine, uint32_t index,
			      enum explain_when when)
{
	struct rk_conversion_view views[ROWS_MAX];
	uint32_t n = rk_view_conversions(engine, index, views, ROWS_MAX);

	for (uint32_t i = 0; i < n && i < ROWS_MAX; i++) {
		ctl_cell(table, "%s", explain_when_name(when));
		fill(explain, table, engine, index, &views[i]);
	}
}
