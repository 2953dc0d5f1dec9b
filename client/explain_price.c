/*
 * riskctl explain: prices with their sources, and the parameters in force.
 * See explain.h.
 */
#include <inttypes.h>

#include "engine/decimal.h"
#include "engine/rc.h"
#include "explain.h"

#define NS_PER_MS        1000000
#define RATE_DECIMALS    9
#define DEDUCTION_PLACES 17

static const struct ctl_column price_columns[] = {
	{"Price", "when", CTL_TEXT},          {"Of", "price_of", CTL_TEXT},
	{"State", "state", CTL_TEXT},         {"Mark", "mark", CTL_DECIMAL},
	{"Publisher", "publisher", CTL_TEXT}, {"Quote", "quote", CTL_DECIMAL},
	{"Time", "time", CTL_TEXT},           {"Age", "age_s", CTL_DECIMAL},
	{"Number", "seq", CTL_INTEGER},       {"Used", "used", CTL_BOOL},
	{"Because", "because", CTL_TEXT},     {NULL, NULL, CTL_TEXT},
};

/* Why a quote is in the median or not: the order is that of the engine. */
static const char *judge(const struct rk_quote_view *quote,
			 const struct rk_slot_view *slot, int64_t now_ns,
			 bool *ret_used)
{
	*ret_used = false;
	if (!quote->usable)
		return "from before the daemon was started again";
	if (quote->time_ns < now_ns - slot->age_max_ns)
		return "stale";
	if (quote->disputing)
		return "beyond price_min or price_max: it disputes the price";
	if (slot->state == RK_PRICE_DISPUTED)
		return "another one disputes the price";
	*ret_used = true;
	return "fresh: in the median";
}

/* The columns that all rows of a slot share. */
static void start_row(const struct explain *explain, struct ctl_table *table,
		      uint32_t id, const struct rk_slot_view *slot,
		      enum explain_when when)
{
	uint32_t decimals;
	const char *name = ctl_slot_of(explain->ctl, id, &decimals);

	ctl_cell(table, "%s", explain_when_name(when));
	ctl_cell(table, "%s", name);
	ctl_cell_price_state(table, (Riskd__PriceState)slot->state);
	ctl_cell_decimal(table, slot->mark.raw, decimals, "");
}

static void fill_quote(struct ctl_table *table, const struct rk_slot_view *slot,
		       const char *publisher, const struct rk_quote_view *quote,
		       int64_t now_ns)
{
	char when[CTL_TIME_SIZE];
	bool used;
	const char *why = judge(quote, slot, now_ns, &used);

	ctl_cell(table, "%s", publisher);
	ctl_cell_decimal(table, quote->price.raw, slot->decimals, "");
	ctl_cell(table, "%s", ctl_format_time(quote->time_ns, when));
	ctl_cell_decimal(table, (now_ns - quote->time_ns) / NS_PER_MS, 3, "s");
	ctl_cell_u64(table, quote->seq);
	ctl_cell_bool(table, used);
	ctl_cell_color(table, used ? CTL_GREEN : CTL_YELLOW);
	ctl_cell(table, "%s", why);
}

static void fill_slot(const struct explain *explain, struct ctl_table *table,
		      const struct rk_engine *engine, uint32_t id,
		      enum explain_when when)
{
	struct rk_quote_view quote;
	struct rk_slot_view slot;
	uint32_t quotes = 0;

	if (rk_view_slot(engine, id, &slot) != RK_OK)
		return;
	for (uint32_t i = 0; rk_view_quote(engine, id, i, &quote) == RK_OK;
	     i++) {
		if (quote.price.raw == 0)
			continue;
		quotes++;
		start_row(explain, table, id, &slot, when);
		fill_quote(table, &slot, rk_view_publisher(engine, i), &quote,
			   rk_view_time(engine));
	}
	if (quotes > 0)
		return;
	start_row(explain, table, id, &slot, when);
	for (int i = 0; i < 5; i++)
		ctl_cell(table, "-");
	ctl_cell_bool(table, false);
	ctl_cell(table, "nobody has quoted it");
}

void explain_prices_fill(struct explain *explain,
			 const struct rk_engine *engine, enum explain_when when)
{
	if (!explain->prices)
		explain->prices = ctl_table_new(price_columns);
	for (uint32_t i = 0; i < explain->slots_n; i++)
		fill_slot(explain, explain->prices, engine, explain->slots[i],
			  when);
}

static const struct ctl_column market_columns[] = {
	{"Listing", "market", CTL_TEXT},
	{"Settle", "settle", CTL_TEXT},
	{"Lot", "lot", CTL_DECIMAL},
	{"Largest price", "price_max", CTL_DECIMAL},
	{"Largest position", "position_max", CTL_DECIMAL},
	{"Price good for", "price_age_max_s", CTL_DECIMAL},
	{"Cost of closing", "close_cost", CTL_DECIMAL},
	{"Taker fee", "taker_fee", CTL_DECIMAL},
	{"Maker fee", "maker_fee", CTL_DECIMAL},
	{"Halted", "halted", CTL_BOOL},
	{"Contract", "contract", CTL_TEXT},
	{"Multiplier", "multiplier", CTL_DECIMAL},
	{"Smallest price", "price_min", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column bracket_columns[] = {
	{"Bracket", "market", CTL_TEXT},
	{"Of", "of", CTL_TEXT},
	{"Number", "bracket", CTL_INTEGER},
	{"From notional", "floor_usd", CTL_DECIMAL},
	{"Maintenance", "maintenance", CTL_DECIMAL},
	{"less", "maintenance_deduction_usd", CTL_DECIMAL},
	{"Initial", "initial", CTL_DECIMAL},
	{"less", "initial_deduction_usd", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static void cell_deduction(struct ctl_table *table, rk_i128 deduction)
{
	char text[RK_DECIMAL_I128_SIZE];

	ctl_cell(table, "%s",
		 rk_decimal_format_i128(deduction, DEDUCTION_PLACES, 0, text,
					sizeof(text)));
}

static void fill_brackets(struct ctl_table *table,
			  const struct rk_engine *engine, uint32_t id,
			  const struct rk_cmd_market *listing)
{
	for (uint32_t k = 0; k < listing->brackets_n; k++) {
		const struct rk_bracket *bracket = &listing->brackets[k];

		ctl_cell(table, "%s", listing->name);
		ctl_cell(table, "the listing");
		ctl_cell_u64(table, k);
		ctl_cell_usd(table, bracket->floor.raw);
		ctl_cell_decimal(table, bracket->maintenance.raw, RATE_DECIMALS,
				 "");
		cell_deduction(table, rk_view_deduction(engine, id, k, false));
		ctl_cell_decimal(table, bracket->initial.raw, RATE_DECIMALS,
				 "");
		cell_deduction(table, rk_view_deduction(engine, id, k, true));
	}
}

/* What the ramp of a market comes from: the initial rates are new already. */
static void fill_before(struct ctl_table *table,
			const struct rk_market_view *view)
{
	const struct rk_form *form = &view->before;

	for (uint32_t k = 0; k < form->brackets_n; k++) {
		ctl_cell(table, "%s", view->listing.name);
		ctl_cell(table, "before the ramp");
		ctl_cell_u64(table, k);
		ctl_cell_usd(table, form->floors[k].raw);
		ctl_cell_decimal(table, form->rates[k].raw, RATE_DECIMALS, "");
		cell_deduction(table, form->deductions[k]);
		ctl_cell(table, "%s", "");
		ctl_cell(table, "%s", "");
	}
}

static void fill_market(const struct explain *explain,
			const struct rk_engine *engine, uint32_t id)
{
	struct ctl_scale scale = ctl_scale_of(explain->ctl, id);
	struct ctl_table *table = explain->markets;
	struct rk_market_view view;
	const struct rk_cmd_market *listing = &view.listing;

	if (rk_view_market(engine, id, &view) != RK_OK)
		return;
	ctl_cell(table, "%s", scale.market);
	ctl_cell(table, "%s", scale.asset);
	ctl_cell_decimal(table, listing->lot.raw, scale.size, "");
	ctl_cell_decimal(table, listing->price_max.raw, scale.price,
			 scale.quote);
	ctl_cell_decimal(table, listing->position_max.raw, scale.size, "");
	ctl_cell_decimal(table, listing->price_age_max_ns / NS_PER_MS, 3, "s");
	ctl_cell_decimal(table, listing->close_cost.raw, RATE_DECIMALS, "");
	ctl_cell_decimal(table, listing->taker_fee.raw, RATE_DECIMALS, "");
	ctl_cell_decimal(table, listing->maker_fee.raw, RATE_DECIMALS, "");
	ctl_cell_bool(table, view.halted);
	ctl_cell(table, "%s",
		 ctl_contract_name(listing->contract == RK_CONTRACT_INVERSE));
	ctl_cell_decimal(table, listing->multiplier,
			 listing->multiplier_decimals, "");
	ctl_cell_decimal(table, listing->price_min.raw, scale.price,
			 scale.quote);
	fill_brackets(explain->brackets, engine, id, listing);
	fill_before(explain->brackets, &view);
}

void explain_markets_fill(struct explain *explain,
			  const struct rk_engine *engine)
{
	struct rk_slot_view slot;

	explain->markets = ctl_table_new(market_columns);
	if (!explain->contracts) {
		ctl_table_hide(explain->markets, "contract");
		ctl_table_hide(explain->markets, "multiplier");
		ctl_table_hide(explain->markets, "price_min");
	}
	explain->brackets = ctl_table_new(bracket_columns);
	for (uint32_t i = 0; i < explain->slots_n; i++)
		if (rk_view_slot(engine, explain->slots[i], &slot) == RK_OK &&
		    slot.market != RK_NO_MARKET)
			fill_market(explain, engine, slot.market);
}

static const struct ctl_column risk_columns[] = {
	{"WARN below", "warn_enter", CTL_DECIMAL},
	{"WARN until above", "warn_leave", CTL_DECIMAL},
	{"MARGIN_CALL below", "call_enter", CTL_DECIMAL},
	{"MARGIN_CALL until above", "call_leave", CTL_DECIMAL},
	{"Liquidation ends at", "target", CTL_DECIMAL},
	{"Floor of orders: mark less", "order_band", CTL_DECIMAL},
	{"A price not OK is within", "stale_band", CTL_DECIMAL},
	{"Orders expire after", "order_expiry_s", CTL_DECIMAL},
	{"taken as closed after", "close_timeout_s", CTL_DECIMAL},
	{"Between two orders", "order_cooldown_s", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *explain_risk(const struct explain *explain)
{
	const struct rk_cmd_risk *risk = &explain->risk;
	const rk_rate rates[] = {
		risk->warn_enter, risk->warn_leave, risk->call_enter,
		risk->call_leave, risk->target,     risk->order_band,
		risk->stale_band,
	};
	struct ctl_table *table = ctl_table_new(risk_columns);

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		ctl_cell_decimal(table, rates[i].raw, RATE_DECIMALS, "");
	ctl_cell_decimal(table, risk->order_expiry_ns / NS_PER_MS, 3, "s");
	ctl_cell_decimal(table, risk->close_timeout_ns / NS_PER_MS, 3, "s");
	ctl_cell_decimal(table, risk->order_cooldown_ns / NS_PER_MS, 3, "s");
	return table;
}
