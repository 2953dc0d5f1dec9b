/*
 * riskctl market: list, show, halt, resume, premium, fund.
 */
#include <string.h>

#include "ctl_out.h"
#include "ctl_ramp.h"
#include "ctl_slow.h"
#include "engine/units.h"

#define RATE_DECIMALS 9

static const struct ctl_option no_options[] = {{NULL, 0, NULL, NULL}};

/* The asset's name stands behind its amounts. */
static const char *settle_name(struct ctl *ctl, const Riskd__Market *market)
{
	const Riskd__Asset *asset =
		risk_asset_by_id(ctl->risk, market->settle_asset);

	return asset ? asset->name : "?";
}

static bool is_inverse(const Riskd__Market *market)
{
	return market->contract == RISKD__CONTRACT__CONTRACT_INVERSE;
}

/* Linear, and its other figures 1, or 0 from a daemon that has no others. */
static bool is_plain(const Riskd__Market *market)
{
	return !is_inverse(market) && market->multiplier <= 1 &&
	       market->multiplier_decimals == 0 && market->price_min <= 1;
}

/* The currency of an inverse contract's price has no name. */
static const char *quote_name(struct ctl *ctl, const Riskd__Market *market)
{
	return is_inverse(market) ? "" : settle_name(ctl, market);
}

static void fill_contract(struct ctl *ctl, struct ctl_table *table,
			  const Riskd__Market *market)
{
	ctl_cell(table, "%s", ctl_contract_name(is_inverse(market)));
	ctl_cell_decimal(table, market->multiplier > 0 ? market->multiplier : 1,
			 market->multiplier_decimals, "");
	ctl_cell_decimal(table, market->price_min > 0 ? market->price_min : 1,
			 market->price_decimals, quote_name(ctl, market));
}

static void hide_contract(struct ctl_table *table)
{
	ctl_table_hide(table, "contract");
	ctl_table_hide(table, "multiplier");
	ctl_table_hide(table, "price_min");
}

/* A daemon from before markets had states has only open ones. */
static bool is_open(const Riskd__Market *market)
{
	return market->state == RISKD__MARKET_STATE__MARKET_STATE_UNSPECIFIED ||
	       market->state == RISKD__MARKET_STATE__MARKET_STATE_OPEN;
}

static const char *state_name(const Riskd__Market *market)
{
	return risk_market_state_name(
		is_open(market) ? RISKD__MARKET_STATE__MARKET_STATE_OPEN
				: market->state);
}

static const struct ctl_column list_columns[] = {
	{"Market", "market", CTL_TEXT},
	{"Settle", "settle", CTL_TEXT},
	{"Mark", "mark", CTL_DECIMAL},
	{"State", "state", CTL_TEXT},
	{"Holders", "holders", CTL_INTEGER},
	{"Open interest", "open_interest", CTL_DECIMAL},
	{"Withheld", "withheld", CTL_INTEGER},
	{"Halted", "halted", CTL_BOOL},
	{"Trading", "market_state", CTL_TEXT},
	{"Contract", "contract", CTL_TEXT},
	{"Multiplier", "multiplier", CTL_DECIMAL},
	{"Smallest price", "price_min", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

int cmd_market_list(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__MarketsAnswer *list;
	struct ctl_table *table;
	bool plain = true;
	bool open = true;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) || (rc = ctl_connect(ctl)))
		return rc;
	list = risk_listing(ctl->risk);
	table = ctl_table_new(list_columns);
	for (size_t i = 0; i < list->n_markets; i++) {
		const Riskd__Market *market = list->markets[i];

		ctl_cell(table, "%s", market->name);
		ctl_cell(table, "%s", settle_name(ctl, market));
		ctl_cell_decimal(table, market->price->mark,
				 market->price_decimals,
				 quote_name(ctl, market));
		ctl_cell_price_state(table, market->price->state);
		ctl_cell_u64(table, market->holders);
		ctl_cell_decimal(table, market->open_interest,
				 market->size_decimals, "");
		ctl_cell_u64(table, market->withheld);
		ctl_cell_bool(table, market->halted);
		ctl_cell(table, "%s", state_name(market));
		open = open && is_open(market);
		fill_contract(ctl, table, market);
		plain = plain && is_plain(market);
	}
	if (plain)
		hide_contract(table);
	if (open)
		ctl_table_hide(table, "market_state");
	return ctl_table_print(ctl, table,
			       "No markets: list some in markets.json.");
}

static const struct ctl_column show_columns[] = {
	{"Market", "market", CTL_TEXT},
	{"Id", "id", CTL_INTEGER},
	{"Price slot", "slot", CTL_INTEGER},
	{"Settles in", "settle", CTL_TEXT},
	{"Mark", "mark", CTL_DECIMAL},
	{"Price state", "state", CTL_TEXT},
	{"Price time", "price_time", CTL_TEXT},
	{"Halted", "halted", CTL_BOOL},
	{"Trading", "market_state", CTL_TEXT},
	{"Expires", "expiry", CTL_TEXT},
	{"Settled at", "settlement", CTL_DECIMAL},
	{"Holders", "holders", CTL_INTEGER},
	{"Open interest", "open_interest", CTL_DECIMAL},
	{"Vault position", "vault_size", CTL_DECIMAL},
	{"Liquidations withheld", "withheld", CTL_INTEGER},
	{"Lot", "lot", CTL_DECIMAL},
	{"Largest price", "price_max", CTL_DECIMAL},
	{"Largest position", "position_max", CTL_DECIMAL},
	{"Cost of closing", "close_cost", CTL_DECIMAL},
	{"Taker fee", "taker_fee", CTL_DECIMAL},
	{"Maker fee", "maker_fee", CTL_DECIMAL},
	{"Contract", "contract", CTL_TEXT},
	{"Multiplier", "multiplier", CTL_DECIMAL},
	{"Smallest price", "price_min", CTL_DECIMAL},
	{"Funding every", "funding_interval", CTL_DECIMAL},
	{"Next funding", "funding_next", CTL_TEXT},
	{"Rate so far", "funding_rate", CTL_DECIMAL},
	{"Premium samples", "premium_samples", CTL_INTEGER},
	{"Interest", "funding_interest", CTL_DECIMAL},
	{"Clamp of premium", "funding_clamp", CTL_DECIMAL},
	{"Cap of rate", "funding_cap", CTL_DECIMAL},
	{"Rates are per", "funding_period", CTL_DECIMAL},
	{"Open interest in USD", "open_interest_usd", CTL_DECIMAL},
	{"Largest open interest", "open_interest_max", CTL_DECIMAL},
	{"Initial rate rises from", "open_interest_lower_usd", CTL_DECIMAL},
	{"Initial rate is 1 at", "open_interest_upper_usd", CTL_DECIMAL},
	{"Rate grows by", "growth", CTL_TEXT},
	{"Share of brackets", "base_share", CTL_DECIMAL},
	{"Factor, maintenance", "factor_maintenance", CTL_DECIMAL},
	{"Factor, initial", "factor_initial", CTL_DECIMAL},
	{"Liquidation stage", "stage", CTL_DECIMAL},
	{"Smallest stage", "stage_min_usd", CTL_DECIMAL},
	{"Liquidation cooldown", "cooldown", CTL_DECIMAL},
	{"Volatility per day", "volatility", CTL_DECIMAL},
	{"Liquidation dust", "dust_usd", CTL_DECIMAL},
	{"Liquidations a minute", "velocity_usd", CTL_DECIMAL},
	{"Ordered this minute", "ordered_usd", CTL_DECIMAL},
	{"Longest claim", "claim_max", CTL_DECIMAL},
	CTL_SLOW_COLUMNS,
	CTL_RAMP_COLUMNS,
	{NULL, NULL, CTL_TEXT},
};

static void hide_funding(struct ctl_table *table)
{
	ctl_table_hide(table, "funding_interval");
	ctl_table_hide(table, "funding_next");
	ctl_table_hide(table, "funding_rate");
	ctl_table_hide(table, "premium_samples");
	ctl_table_hide(table, "funding_interest");
	ctl_table_hide(table, "funding_clamp");
	ctl_table_hide(table, "funding_cap");
	ctl_table_hide(table, "funding_period");
}

static void fill_funding(struct ctl_table *table, const Riskd__Market *market)
{
	static const Riskd__FundingTerms none = RISKD__FUNDING_TERMS__INIT;
	const Riskd__FundingTerms *terms =
		market->funding ? market->funding : &none;
	char when[CTL_TIME_SIZE] = "never";

	if (terms->next_ns)
		(void)ctl_format_time(terms->next_ns, when);
	ctl_cell_decimal(table, terms->interval_ns, 9, "s");
	ctl_cell(table, "%s", when);
	ctl_cell_decimal(table, terms->rate, 9, "");
	ctl_cell_u64(table, terms->samples);
	ctl_cell_decimal(table, terms->interest, 9, "");
	ctl_cell_decimal(table, terms->clamp, 9, "");
	ctl_cell_decimal(table, terms->cap, 9, "");
	ctl_cell_decimal(
		table, terms->period_ns ? terms->period_ns : terms->interval_ns,
		9, "s");
	if (terms->interval_ns == 0)
		hide_funding(table);
}

/* Those that are none are left out. */
static void hide_margin(struct ctl_table *table,
			const Riskd__MarginTerms *terms)
{
	if (terms->open_max == 0)
		ctl_table_hide(table, "open_interest_max");
	if (terms->scale_upper == 0) {
		ctl_table_hide(table, "open_interest_lower_usd");
		ctl_table_hide(table, "open_interest_upper_usd");
	}
	if (terms->growth == RISKD__GROWTH__GROWTH_NONE) {
		ctl_table_hide(table, "growth");
		ctl_table_hide(table, "base_share");
		ctl_table_hide(table, "factor_maintenance");
		ctl_table_hide(table, "factor_initial");
	}
}

static void fill_margin(struct ctl_table *table, const Riskd__Market *market)
{
	static const Riskd__MarginTerms none = RISKD__MARGIN_TERMS__INIT;
	const Riskd__MarginTerms *terms =
		market->margin ? market->margin : &none;

	ctl_cell_usd(table, terms->open_usd);
	ctl_cell_decimal(table, terms->open_max, market->size_decimals, "");
	ctl_cell_usd(table, terms->scale_lower);
	ctl_cell_usd(table, terms->scale_upper);
	ctl_cell(table, "%s", ctl_growth_name((int)terms->growth));
	ctl_cell_decimal(table, terms->base_share, RATE_DECIMALS, "");
	ctl_cell_decimal(table, terms->factor_maintenance, CTL_FACTOR_DECIMALS,
			 "");
	ctl_cell_decimal(table, terms->factor_initial, CTL_FACTOR_DECIMALS, "");
	hide_margin(table, terms);
}

/* Those that do nothing are left out. */
static void fill_liquidation(struct ctl_table *table,
			     const Riskd__Market *market)
{
	static const Riskd__LiquidationTerms none =
		RISKD__LIQUIDATION_TERMS__INIT;
	const Riskd__LiquidationTerms *terms =
		market->liquidation ? market->liquidation : &none;
	const struct {
		const char *column;
		bool shown;
	} rows[] = {
		{"stage", terms->stage != 0 && terms->stage != RK_RATE_ONE},
		{"stage_min_usd", terms->stage_min != 0},
		{"cooldown", terms->cooldown_ns != 0},
		{"volatility", terms->volatility != 0},
		{"dust_usd", terms->dust != 0},
		{"velocity_usd", terms->velocity != 0},
		{"ordered_usd", terms->velocity != 0},
		{"claim_max", terms->claim_max_ns != 0},
	};

	ctl_cell_decimal(table, terms->stage, RATE_DECIMALS, "");
	ctl_cell_usd(table, terms->stage_min);
	ctl_cell_decimal(table, terms->cooldown_ns, 9, "s");
	ctl_cell_decimal(table, terms->volatility, RATE_DECIMALS, "");
	ctl_cell_usd(table, terms->dust);
	ctl_cell_usd(table, terms->velocity);
	ctl_cell_usd(table, terms->ordered);
	ctl_cell_decimal(table, terms->claim_max_ns, 9, "s");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!rows[i].shown)
			ctl_table_hide(table, rows[i].column);
}

static void fill_life(struct ctl_table *table, const Riskd__Market *market,
		      const char *quote)
{
	char when[CTL_TIME_SIZE] = "never";

	if (market->expiry_ns)
		(void)ctl_format_time(market->expiry_ns, when);
	ctl_cell(table, "%s", state_name(market));
	ctl_cell(table, "%s", when);
	ctl_cell_decimal(table, market->settlement, market->price_decimals,
			 quote);
	if (!market->expiry_ns)
		ctl_table_hide(table, "expiry");
	if (!market->settlement)
		ctl_table_hide(table, "settlement");
}

static struct ctl_table *fill_show(struct ctl *ctl, const Riskd__Market *market)
{
	struct ctl_table *table = ctl_table_new(show_columns);
	const char *quote = quote_name(ctl, market);
	const Riskd__Price *price = market->price;
	char when[CTL_TIME_SIZE] = "never";

	if (price->time_ns)
		(void)ctl_format_time(price->time_ns, when);
	ctl_cell(table, "%s", market->name);
	ctl_cell_u64(table, market->id);
	ctl_cell_u64(table, price->slot);
	ctl_cell(table, "%s", settle_name(ctl, market));
	ctl_cell_decimal(table, price->mark, market->price_decimals, quote);
	ctl_cell_price_state(table, price->state);
	ctl_cell(table, "%s", when);
	ctl_cell_bool(table, market->halted);
	fill_life(table, market, quote);
	ctl_cell_u64(table, market->holders);
	ctl_cell_decimal(table, market->open_interest, market->size_decimals,
			 "");
	ctl_cell_decimal(table, market->vault_size, market->size_decimals, "");
	ctl_cell_u64(table, market->withheld);
	ctl_cell_decimal(table, market->lot, market->size_decimals, "");
	ctl_cell_decimal(table, market->price_max, market->price_decimals,
			 quote);
	ctl_cell_decimal(table, market->position_max, market->size_decimals,
			 "");
	ctl_cell_decimal(table, market->close_cost, 9, "");
	ctl_cell_decimal(table, market->taker_fee, 9, "");
	ctl_cell_decimal(table, market->maker_fee, 9, "");
	fill_contract(ctl, table, market);
	fill_funding(table, market);
	fill_margin(table, market);
	fill_liquidation(table, market);
	ctl_cells_slow(table, price, market->slow, quote);
	ctl_cells_ramp(table, market->ramp);
	if (is_plain(market))
		hide_contract(table);
	return table;
}

static const struct ctl_column bracket_columns[] = {
	{"From notional", "floor_usd", CTL_DECIMAL},
	{"Maintenance", "maintenance", CTL_DECIMAL},
	{"Initial", "initial", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_brackets(Riskd__Bracket **brackets, size_t n)
{
	struct ctl_table *table = ctl_table_new(bracket_columns);

	for (size_t i = 0; i < n; i++) {
		ctl_cell_usd(table, brackets[i]->floor);
		ctl_cell_decimal(table, brackets[i]->maintenance, 9, "");
		ctl_cell_decimal(table, brackets[i]->initial, 9, "");
	}
	return table;
}

/* What maintenance went by before the ramp that runs. */
static struct ctl_table *fill_before(const Riskd__Ramp *ramp)
{
	struct ctl_table *table =
		fill_brackets(ramp->brackets, ramp->n_brackets);

	ctl_table_hide(table, "initial");
	return table;
}

int cmd_market_show(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	struct ctl_part parts[3];
	size_t parts_n = 2;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)))
		return rc;
	parts[0] = (struct ctl_part){.table = fill_show(ctl, market)};
	parts[1] = (struct ctl_part){
		.table = fill_brackets(market->brackets, market->n_brackets),
		.key = "brackets",
		.empty = "No brackets."};
	if (ctl_ramp_runs(market->ramp))
		parts[parts_n++] =
			(struct ctl_part){.table = fill_before(market->ramp),
					  .key = "brackets_before",
					  .title = "Before the ramp"};
	return ctl_parts_print(ctl, parts, parts_n);
}

static int set_halt(struct ctl *ctl, int argc, char **argv, bool halted)
{
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 1)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)))
		return rc;
	risk_cmd_halt(&cmd, market->id, halted);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "%s is %s", market->name,
			halted ? "halted" : "resumed");
}

int cmd_market_halt(struct ctl *ctl, int argc, char **argv)
{
	return set_halt(ctl, argc, argv, true);
}

int cmd_market_resume(struct ctl *ctl, int argc, char **argv)
{
	return set_halt(ctl, argc, argv, false);
}

/* A part of the value at the price: riskd would refuse more than all of it. */
static int read_rate(const struct ctl *ctl, const char *text, int64_t *ret_rate)
{
	int rc = ctl_read_decimal(ctl, "RATE", text, RATE_DECIMALS, ret_rate);

	if (rc == CTL_OK &&
	    (*ret_rate > RK_RATE_ONE || *ret_rate < -RK_RATE_ONE))
		return ctl_usage_error(ctl, "RATE \"%s\": must be -1 to 1",
				       text);
	return rc;
}

/* A price of the book, or "none" of a side that nobody is on. */
static int read_impact(const struct ctl *ctl, const char *what,
		       const char *text, uint32_t decimals, int64_t *ret_price)
{
	*ret_price = 0;
	if (strcmp(text, "none") == 0)
		return 0;
	return ctl_read_decimal(ctl, what, text, decimals, ret_price);
}

int cmd_market_premium(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	int64_t index;
	int64_t bid;
	int64_t ask;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 4, 4)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)) ||
	    (rc = ctl_read_decimal(ctl, "INDEX", argv[2],
				   market->price_decimals, &index)) ||
	    (rc = read_impact(ctl, "BID", argv[3], market->price_decimals,
			      &bid)) ||
	    (rc = read_impact(ctl, "ASK", argv[4], market->price_decimals,
			      &ask)))
		return rc;
	if (!market->funding || market->funding->interval_ns == 0)
		return ctl_refuse(ctl,
				  "%s has no terms of funding: a premium has "
				  "no interval to count in",
				  market->name);
	risk_cmd_premium(&cmd, market->id, index, bid, ask);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq,
			"a premium of %s is counted: %s to %s at "
			"an index of %s",
			market->name, argv[3], argv[4], argv[2]);
}

int cmd_market_fund(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	int64_t rate;
	int64_t price;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 3, 3)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)) ||
	    (rc = read_rate(ctl, argv[2], &rate)) ||
	    (rc = ctl_read_decimal(ctl, "PRICE", argv[3],
				   market->price_decimals, &price)))
		return rc;
	risk_cmd_fund(&cmd, market->id, rate, price);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "funding of %s is booked: %s at %s",
			market->name, argv[2], argv[3]);
}
