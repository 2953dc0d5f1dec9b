/*
 * riskctl account whatif: what would become of accounts, before and after.
 * The daemon answers from copies; nothing is changed.
 */
#include <inttypes.h>
#include <string.h>

#include "ctl_figures.h"
#include "ctl_largest.h"
#include "ctl_suppose.h"

#define PARTS_MAX 3
#define PART_SIZE 64

#define USD_DECIMALS 8

#define FILL_FORM                                                              \
	"[ACCOUNT:]MARKET:SIZE[@PRICE][,fee=FEE][,order=NUMBER][,maker]"

/* A question being put together. */
struct question {
	struct ctl_supposed supposed;
	struct ctl_largest largest;
	uint64_t accounts[RISK_WHAT_IF_ACCOUNTS_MAX];
	struct risk_what_if_query query;
};

/* A word cut at its colons. */
struct parts {
	char part[PARTS_MAX][PART_SIZE];
	size_t n;
};

static int cut(const struct ctl *ctl, const char *option, const char *form,
	       const char *text, struct parts *ret_parts)
{
	const char *at = text;
	bool fits = true;

	for (ret_parts->n = 0; fits && ret_parts->n < PARTS_MAX;) {
		size_t length = strcspn(at, ":");

		fits = length > 0 && length < PART_SIZE;
		if (!fits)
			break;
		memcpy(ret_parts->part[ret_parts->n], at, length);
		ret_parts->part[ret_parts->n][length] = '\0';
		ret_parts->n++;
		at += length;
		if (*at == '\0')
			break;
		at++;
	}
	if (!fits || *at != '\0' || ret_parts->n < 2)
		return ctl_usage_error(ctl, "--%s \"%s\": must be %s", option,
				       text, form);
	return CTL_OK;
}

/* The account in front, when there are three parts; the rest moves up. */
static int take_account(const struct ctl *ctl, const struct question *q,
			const char *option, struct parts *parts,
			uint64_t *ret_account)
{
	int rc;

	*ret_account = 0;
	if (parts->n < PARTS_MAX) {
		if (q->query.accounts_n == 1)
			return CTL_OK;
		return ctl_usage_error(ctl,
				       "--%s %s:%s: say which of the accounts: "
				       "ACCOUNT:%s:%s",
				       option, parts->part[0], parts->part[1],
				       parts->part[0], parts->part[1]);
	}
	rc = ctl_read_account(ctl, parts->part[0], ret_account);
	memmove(parts->part[0], parts->part[1], 2 * sizeof(parts->part[0]));
	return rc;
}

/* MARKET=PRICE, where an asset may stand for a market. */
static int suppose_price(const struct ctl *ctl, const char *text,
			 struct risk_supposition *row)
{
	const char *equals = strchr(text, '=');
	char name[PART_SIZE];
	uint32_t decimals;
	uint32_t slot;
	int64_t price;
	int rc;

	if (!equals || equals == text || (size_t)(equals - text) >= PART_SIZE)
		return ctl_usage_error(
			ctl, "--price \"%s\": must be MARKET=PRICE", text);
	memcpy(name, text, (size_t)(equals - text));
	name[equals - text] = '\0';
	rc = risk_find_slot(ctl->risk, name, &slot, &decimals);
	if (rc)
		return ctl_fail(ctl, rc);
	rc = ctl_read_decimal(ctl, "price", equals + 1, decimals, &price);
	if (rc == CTL_OK)
		risk_suppose_price(row, slot, price);
	return rc;
}

static int suppose_deposit(const struct ctl *ctl, const struct question *q,
			   const char *text, struct risk_supposition *row)
{
	const Riskd__Asset *asset;
	struct parts parts;
	uint64_t account;
	int64_t amount;
	int rc;

	if ((rc = cut(ctl, "deposit", "[ACCOUNT:]AMOUNT:ASSET", text,
		      &parts)) ||
	    (rc = take_account(ctl, q, "deposit", &parts, &account)) ||
	    (rc = ctl_read_asset(ctl, parts.part[1], &asset)) ||
	    (rc = ctl_read_decimal(ctl, "amount", parts.part[0],
				   asset->decimals, &amount)))
		return rc;
	risk_suppose_deposit(row, account, asset->id, amount);
	return CTL_OK;
}

static int suppose_leverage(const struct ctl *ctl, const struct question *q,
			    const char *text, struct risk_supposition *row)
{
	const Riskd__Market *market;
	struct parts parts;
	uint64_t account;
	int64_t leverage;
	int rc;

	if ((rc = cut(ctl, "leverage", "[ACCOUNT:]MARKET:LEVERAGE", text,
		      &parts)) ||
	    (rc = take_account(ctl, q, "leverage", &parts, &account)) ||
	    (rc = ctl_read_market(ctl, parts.part[0], &market)) ||
	    (rc = ctl_read_leverage(ctl, parts.part[1], &leverage)))
		return rc;
	risk_suppose_leverage(row, account, market->id, leverage);
	return CTL_OK;
}

/* [ACCOUNT:]MARKET:SIZE[@PRICE], of a fill or an order. */
static int read_fill(const struct ctl *ctl, const struct question *q,
		     const char *option, const char *text,
		     struct risk_supposed_fill *ret_fill)
{
	const bool fills = strcmp(option, "fill") == 0;
	const char *form = fills ? FILL_FORM : "[ACCOUNT:]MARKET:SIZE[@PRICE]";
	struct risk_supposed_fill fill = {.price = 0};
	const Riskd__Market *market;
	struct parts parts;
	char *at;
	int rc;

	if ((rc = cut(ctl, option, form, text, &parts)) ||
	    (rc = take_account(ctl, q, option, &parts, &fill.account)) ||
	    (rc = ctl_read_market(ctl, parts.part[0], &market)))
		return rc;
	at = strchr(parts.part[1], '@');
	if (at) {
		*at = '\0';
		rc = ctl_read_decimal(ctl, "price", at + 1,
				      market->price_decimals, &fill.price);
	}
	if (rc == CTL_OK)
		rc = ctl_read_decimal(ctl, "size", parts.part[1],
				      market->size_decimals, &fill.size);
	/* 0 stands for the mark, but nobody means that by writing it. */
	if (rc == CTL_OK && at && fill.price == 0)
		rc = ctl_usage_error(ctl, "--%s \"%s\": price is 0", option,
				     text);
	fill.market = market->id;
	*ret_fill = fill;
	return rc;
}

/* fee=FEE, order=NUMBER or maker. */
static int read_fill_key(const struct ctl *ctl, const char *word,
			 struct risk_supposed_fill *fill)
{
	const Riskd__Market *market =
		risk_market_by_id(ctl->risk, fill->market);
	uint32_t decimals = 0;

	if (strcmp(word, "maker") == 0) {
		fill->maker = true;
		return CTL_OK;
	}
	if (strncmp(word, "order=", 6) == 0)
		return ctl_read_u64(ctl, "order", word + 6,
				    &fill->resting_order);
	if (strncmp(word, "fee=", 4) != 0 || !market)
		return ctl_usage_error(ctl,
				       "--fill: \"%s\" is none of fee=FEE, "
				       "order=NUMBER and maker",
				       word);
	(void)ctl_asset_of(ctl, market->settle_asset, &decimals);
	fill->fee_told = true;
	return ctl_read_decimal(ctl, "fee", word + 4, decimals, &fill->fee);
}

static int suppose_fill(const struct ctl *ctl, const struct question *q,
			const char *text, struct risk_supposition *row)
{
	struct risk_supposed_fill fill;
	char words[4 * PART_SIZE];
	char *word;
	char *next;
	int rc;

	if (strlen(text) >= sizeof(words))
		return ctl_usage_error(ctl, "--fill \"%s\": must be " FILL_FORM,
				       text);
	memcpy(words, text, strlen(text) + 1);
	next = strchr(words, ',');
	if (next)
		*next++ = '\0';
	rc = read_fill(ctl, q, "fill", words, &fill);
	while (rc == CTL_OK && next) {
		word = next;
		next = strchr(word, ',');
		if (next)
			*next++ = '\0';
		rc = read_fill_key(ctl, word, &fill);
	}
	if (rc == CTL_OK)
		risk_suppose_fill(row, &fill);
	return rc;
}

/* option "reduce" is a reduce-only order. */
static int suppose_order(const struct ctl *ctl, const struct question *q,
			 const char *option, const char *text,
			 struct risk_supposition *row)
{
	struct risk_supposed_order order = {
		.reduce_only = strcmp(option, "reduce") == 0};
	struct risk_supposed_fill fill;
	int rc = read_fill(ctl, q, option, text, &fill);

	if (rc)
		return rc;
	order.account = fill.account;
	order.market = fill.market;
	order.side =
		fill.size < 0 ? RISKD__SIDE__SIDE_SELL : RISKD__SIDE__SIDE_BUY;
	order.size = fill.size < 0 ? -fill.size : fill.size;
	order.price = fill.price;
	risk_suppose_order(row, &order);
	return CTL_OK;
}

/* What is about prices and accounts: one row each. */
static int read_row(const struct ctl *ctl, const char *name, const char *text,
		    struct question *q)
{
	struct risk_supposition *row = ctl_suppose_next(ctl, &q->supposed);

	if (!row)
		return CTL_USAGE;
	if (strcmp(name, "price") == 0)
		return suppose_price(ctl, text, row);
	if (strcmp(name, "deposit") == 0)
		return suppose_deposit(ctl, q, text, row);
	if (strcmp(name, "leverage") == 0)
		return suppose_leverage(ctl, q, text, row);
	if (strcmp(name, "fill") == 0)
		return suppose_fill(ctl, q, text, row);
	return suppose_order(ctl, q, name, text, row);
}

static int read_question(const struct ctl *ctl, const struct ctl_list *list,
			 char **argv, struct question *q)
{
	int rc = CTL_OK;

	for (size_t i = 0; rc == CTL_OK && i < q->query.accounts_n; i++)
		rc = ctl_read_account(ctl, argv[i + 1], &q->accounts[i]);
	for (size_t i = 0; rc == CTL_OK && i < list->n; i++) {
		const char *name = list->given[i].option->name;
		const char *text = list->given[i].value;

		if (strcmp(name, "collateral") == 0)
			rc = ctl_suppose_collateral(ctl, text, &q->supposed);
		else if (strcmp(name, "market") == 0)
			rc = ctl_suppose_market(ctl, text, &q->supposed);
		else if (strcmp(name, "risk") == 0)
			rc = ctl_suppose_risk(ctl, text, &q->supposed);
		else if (strcmp(name, "emode") == 0)
			rc = ctl_suppose_emode(ctl, text, &q->supposed);
		else if (strcmp(name, "max") == 0)
			rc = ctl_read_largest(ctl, text, &q->largest);
		else
			rc = read_row(ctl, name, text, q);
	}
	q->query.accounts = q->accounts;
	q->query.suppose = q->supposed.rows;
	q->query.suppose_n = q->supposed.n;
	q->query.largest = q->largest.of;
	q->query.largest_n = q->largest.n;
	return rc;
}

static const struct ctl_column columns[] = {
	{"Account", "account", CTL_INTEGER},
	{"Figure", "figure", CTL_TEXT},
	{"Before", "before", CTL_DECIMAL},
	{"After", "after", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

/* A table of both sides being filled, row by row. */
struct sides {
	const struct ctl *ctl;
	struct ctl_table *table;
	const Riskd__AccountFigures *side[2]; /* before, after */
	bool brief;
};

static void title(struct sides *s, const char *of, const char *figure)
{
	if (s->ctl->output == CTL_CSV)
		ctl_cell_u64(s->table, s->side[1]->account);
	ctl_cell(s->table, "%s%s%s", of, *of ? " " : "", figure);
}

static void usd_row(struct sides *s, const char *name, const int64_t raw[2])
{
	title(s, "", name);
	ctl_cell_usd(s->table, raw[0]);
	ctl_cell_usd(s->table, raw[1]);
}

static void health_rows(struct sides *s)
{
	const Riskd__Health *h[2] = {s->side[0]->health, s->side[1]->health};
#define USD_ROW(name, of, member)                                              \
	usd_row(s, name, (int64_t[2]){(of)[0]->member, (of)[1]->member})

	title(s, "", "State");
	ctl_cell_state(s->table, h[0]->state);
	ctl_cell_state(s->table, h[1]->state);
	title(s, "", "Ratio");
	ctl_cell_ratio(s->table, h[0]->ratio);
	ctl_cell_ratio(s->table, h[1]->ratio);
	title(s, "", "Health factor");
	ctl_cell_factor(s->table, h[0]->health_factor);
	ctl_cell_factor(s->table, h[1]->health_factor);
	title(s, "", "Leverage");
	ctl_cell_factor(s->table, s->side[0]->leverage);
	ctl_cell_factor(s->table, s->side[1]->leverage);
	USD_ROW("Equity", h, equity);
	USD_ROW("Assets", h, assets);
	USD_ROW("Liabilities", h, liabilities);
	USD_ROW("Maintenance margin", h, maintenance);
	USD_ROW("Initial margin", h, initial);
	USD_ROW("Health (maintenance)", h, health_maintenance);
	USD_ROW("Health (initial)", h, health_initial);
	USD_ROW("Health (withdrawal)", h, health_withdrawal);
	USD_ROW("Free collateral", s->side, free_collateral);
	USD_ROW("Notional", h, notional);
#undef USD_ROW
	title(s, "", "All prices OK");
	ctl_cell_bool(s->table, h[0]->prices_ok);
	ctl_cell_bool(s->table, h[1]->prices_ok);
}

static const Riskd__BalanceFigures *
find_balance(const Riskd__AccountFigures *side, uint32_t asset)
{
	for (size_t i = 0; i < side->n_balances; i++)
		if (side->balances[i]->balance->asset == asset)
			return side->balances[i];
	return NULL;
}

/* Both ends of what is safe, before and after; 0: there is none. */
struct ends {
	uint32_t decimals;
	const char *unit;
	int64_t low[2];
	int64_t high[2];
};

/* Where there are two of them. */
static void ends_rows(struct sides *s, const char *of, const struct ends *ends)
{
	const int64_t *low = ends->low;
	const int64_t *high = ends->high;

	if ((low[0] == 0 || high[0] == 0) && (low[1] == 0 || high[1] == 0))
		return;
	for (int end = 0; end < 2; end++) {
		const int64_t *price = end == 0 ? low : high;

		title(s, of, end == 0 ? "liquidation low" : "liquidation high");
		for (int i = 0; i < 2; i++)
			ctl_cell_limit(s->table, price[i], ends->decimals,
				       ends->unit);
	}
}

static void balance_rows(struct sides *s, uint32_t asset)
{
	int64_t withdrawable[2] = {0, 0};
	struct ends ends = {.decimals = ctl_price_decimals(s->ctl, asset),
			    .unit = "USD"};
	int64_t liquidation[2] = {0, 0};
	int64_t amount[2] = {0, 0};
	uint32_t decimals;
	const char *name = ctl_asset_of(s->ctl, asset, &decimals);

	for (int i = 0; i < 2; i++) {
		const Riskd__BalanceFigures *of =
			find_balance(s->side[i], asset);

		if (!of)
			continue;
		amount[i] = of->balance->amount + of->balance->interest;
		withdrawable[i] = of->withdrawable;
		liquidation[i] = of->liquidation_price;
		ends.low[i] = of->liquidation_price_low;
		ends.high[i] = of->liquidation_price_high;
	}
	title(s, name, "balance");
	for (int i = 0; i < 2; i++)
		ctl_cell_decimal(s->table, amount[i], decimals, name);
	if (s->brief)
		return;
	title(s, name, "withdrawable");
	for (int i = 0; i < 2; i++)
		ctl_cell_decimal(s->table, withdrawable[i], decimals, name);
	if (liquidation[0] == 0 && liquidation[1] == 0)
		return;
	title(s, name, "liquidation price");
	for (int i = 0; i < 2; i++)
		ctl_cell_limit(s->table, liquidation[i], ends.decimals, "USD");
	ends_rows(s, name, &ends);
}

static const Riskd__PositionFigures *
find_position(const Riskd__AccountFigures *side, uint32_t market)
{
	for (size_t i = 0; i < side->n_positions; i++)
		if (side->positions[i]->position->market == market)
			return side->positions[i];
	return NULL;
}

/* One figure of a position in decimals; a side without position has none. */
struct position_cell {
	const char *name;
	uint32_t decimals;
	const char *unit;
	int64_t raw[2];
	bool limit; /* 0 is none */
};

static void position_row(struct sides *s, const char *market,
			 const bool held[2], const struct position_cell *cell)
{
	title(s, market, cell->name);
	for (int i = 0; i < 2; i++)
		if (!held[i])
			ctl_cell(s->table, "none");
		else if (cell->limit)
			ctl_cell_limit(s->table, cell->raw[i], cell->decimals,
				       cell->unit);
		else
			ctl_cell_decimal(s->table, cell->raw[i], cell->decimals,
					 cell->unit);
}

static void position_rows(struct sides *s, uint32_t market)
{
	static const Riskd__PositionFigures none =
		RISKD__POSITION_FIGURES__INIT;
	static const Riskd__Position nothing = RISKD__POSITION__INIT;
	const struct ctl_scale scale = ctl_scale_of(s->ctl, market);
	const Riskd__PositionFigures *f[2];
	const Riskd__Position *p[2];
	bool held[2];

	for (int i = 0; i < 2; i++) {
		f[i] = find_position(s->side[i], market);
		held[i] = f[i] != NULL;
		p[i] = held[i] ? f[i]->position : &nothing;
		f[i] = held[i] ? f[i] : &none;
	}
#define ROW(name, decimals, unit, of, member, limit)                           \
	position_row(                                                          \
		s, scale.market, held,                                         \
		&(struct position_cell){name,                                  \
					decimals,                              \
					unit,                                  \
					{(of)[0]->member, (of)[1]->member},    \
					limit})
	ROW("size", scale.size, "", p, size, false);
	ROW("mark", scale.price, scale.quote, p, mark, false);
	ROW("unrealised", scale.settle, scale.asset, p, unrealised, false);
	ROW("funding", scale.settle, scale.asset, p, funding, false);
	ROW("maintenance", USD_DECIMALS, "USD", p, maintenance, false);
	if (s->brief)
		return;
	ROW("liquidation price", scale.price, scale.quote, f, liquidation_price,
	    true);
	ends_rows(s, scale.market,
		  &(struct ends){scale.price,
				 scale.quote,
				 {f[0]->liquidation_price_low,
				  f[1]->liquidation_price_low},
				 {f[0]->liquidation_price_high,
				  f[1]->liquidation_price_high}});
	ROW("bankruptcy price", scale.price, scale.quote, f, bankruptcy_price,
	    true);
	ROW("max buy", scale.size, "", f, max_buy, false);
	ROW("max sell", scale.size, "", f, max_sell, false);
#undef ROW
}

/* Of each asset that is lent after; before, too, unless it is supposed. */
static void borrowable_rows(struct sides *s)
{
	const Riskd__AccountFigures *before = s->side[0];
	const Riskd__AccountFigures *after = s->side[1];

	for (size_t i = 0; i < after->n_borrowable; i++) {
		const Riskd__Borrowable *is = after->borrowable[i];
		int64_t was = 0;
		uint32_t decimals;
		const char *name = ctl_asset_of(s->ctl, is->asset, &decimals);

		for (size_t k = 0; k < before->n_borrowable; k++)
			if (before->borrowable[k]->asset == is->asset)
				was = before->borrowable[k]->amount;
		title(s, name, "may borrow");
		ctl_cell_decimal(s->table, was, decimals, name);
		ctl_cell_decimal(s->table, is->amount, decimals, name);
	}
}

/* Of both sides the same are told, in the order of the question. */
static void largest_rows(struct sides *s)
{
	const Riskd__AccountFigures *before = s->side[0];
	const Riskd__AccountFigures *after = s->side[1];

	for (size_t i = 0;
	     i < after->n_largest_orders && i < before->n_largest_orders; i++) {
		const Riskd__LargestOrder *is[2] = {before->largest_orders[i],
						    after->largest_orders[i]};
		const struct ctl_scale scale =
			ctl_scale_of(s->ctl, is[1]->market);

		title(s, scale.market, "largest buy");
		for (int k = 0; k < 2; k++)
			ctl_cell_decimal(s->table, is[k]->buy, scale.size, "");
		title(s, scale.market, "largest sell");
		for (int k = 0; k < 2; k++)
			ctl_cell_decimal(s->table, is[k]->sell, scale.size, "");
	}
}

/* Those of after, then those that were there before only. */
static void account_rows(struct sides *s)
{
	const Riskd__AccountFigures *before = s->side[0];
	const Riskd__AccountFigures *after = s->side[1];

	health_rows(s);
	for (size_t i = 0; i < after->n_balances; i++)
		balance_rows(s, after->balances[i]->balance->asset);
	for (size_t i = 0; i < before->n_balances; i++) {
		uint32_t asset = before->balances[i]->balance->asset;

		if (!find_balance(after, asset))
			balance_rows(s, asset);
	}
	borrowable_rows(s);
	for (size_t i = 0; i < after->n_positions; i++)
		position_rows(s, after->positions[i]->position->market);
	for (size_t i = 0; i < before->n_positions; i++) {
		uint32_t market = before->positions[i]->position->market;

		if (!find_position(after, market))
			position_rows(s, market);
	}
	largest_rows(s);
}

static const struct ctl_column side_columns[] = {
	CTL_HEALTH_COLUMNS(CTL_COLUMN),
	{NULL, NULL, CTL_TEXT},
};

static json_t *side_json(const struct ctl *ctl,
			 const Riskd__AccountFigures *side, bool brief)
{
	struct ctl_table *table = ctl_table_new(side_columns);
	struct ctl_part parts[5] = {
		{table, NULL, false, NULL, NULL},
		{ctl_balance_table(ctl, side, brief), "balances", false, NULL,
		 NULL},
		{ctl_position_table(ctl, side, NULL, brief), "positions", false,
		 NULL, NULL},
		{ctl_resting_table(ctl, side->resting_orders,
				   side->n_resting_orders),
		 "resting_orders", false, NULL, NULL},
	};
	size_t n = 4;
	json_t *object;

	ctl_health_cells(table, side->health, side);
	/* Where nothing is lent, there is nothing to say. */
	if (side->n_borrowable > 0)
		parts[n++] = (struct ctl_part){ctl_borrowable_table(ctl, side),
					       "borrowable", false, NULL, NULL};
	object = ctl_parts_json(parts, n);
	return ctl_add_largest(ctl, side->largest_orders,
			       side->n_largest_orders, object);
}

/* One order that is supposed, and whether it would be accepted. */
static json_t *check_json(const Riskd__OrderCheck *check)
{
	return json_pack("{s:b,s:s,s:s}", "accepted", check->code == 0, "code",
			 check->code == 0 ? "OK" : risk_code_name(check->code),
			 "text", check->text);
}

/* Those about one account, in the order in which they were given. */
static json_t *checks_json(const struct question *q,
			   const Riskd__WhatIfAnswer *wire, uint64_t account)
{
	json_t *checks = json_array();
	size_t n = 0;

	for (size_t i = 0; i < q->query.suppose_n; i++) {
		const Riskd__Supposition *row = q->supposed.rows[i];

		if (row->kind_case != RISKD__SUPPOSITION__KIND_ORDER)
			continue;
		if (n < wire->n_orders && (row->order->account == 0 ||
					   row->order->account == account))
			(void)json_array_append_new(
				checks, check_json(wire->orders[n]));
		n++;
	}
	return checks;
}

static void print_checks(const Riskd__WhatIfAnswer *wire)
{
	for (size_t i = 0; i < wire->n_orders; i++) {
		const Riskd__OrderCheck *check = wire->orders[i];

		if (check->code == 0)
			(void)printf("Order %zu would be accepted.\n", i + 1);
		else
			(void)printf("Order %zu would be refused: %s: %s\n",
				     i + 1, risk_code_name(check->code),
				     check->text);
	}
}

static int print_json(const struct ctl *ctl, const struct sides *s,
		      json_t *checks)
{
	json_t *before = side_json(ctl, s->side[0], s->brief);
	json_t *after = side_json(ctl, s->side[1], s->brief);

	/* "o" takes both, and none of them may be NULL. */
	return ctl_json_print(ctl, json_pack("{s:I,s:o,s:o,s:o}", "account",
					     (json_int_t)s->side[1]->account,
					     "before", before, "after", after,
					     "orders", checks));
}

static int print_answer(const struct ctl *ctl, const struct question *q,
			const Riskd__WhatIfAnswer *wire, bool brief)
{
	struct ctl_table *csv = NULL;
	int rc = CTL_OK;

	if (ctl->output == CTL_CSV)
		csv = ctl_table_new(columns);
	for (size_t i = 0; rc == CTL_OK && i < wire->n_after; i++) {
		struct sides s = {
			ctl, csv, {wire->before[i], wire->after[i]}, brief};

		if (ctl->output == CTL_JSON) {
			rc = print_json(
				ctl, &s,
				checks_json(q, wire, s.side[1]->account));
			continue;
		}
		if (!csv) {
			s.table = ctl_table_new(columns + 1);
			(void)printf("%sAccount %" PRIu64 "\n",
				     i > 0 ? "\n" : "",
				     wire->after[i]->account);
		}
		account_rows(&s);
		if (!csv)
			rc = ctl_table_print(ctl, s.table, "");
	}
	if (ctl->output == CTL_CSV)
		return ctl_table_print(ctl, csv, "");
	if (ctl->output != CTL_JSON)
		print_checks(wire);
	return rc;
}

/* Is anything supposed at all? */
static int check_supposed(const struct ctl *ctl, const struct ctl_list *list,
			  bool ramps_ended)
{
	if (ramps_ended)
		return CTL_OK;
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->given[i].option->name, "max") != 0)
			return CTL_OK;
	return ctl_usage_error(
		ctl, "nothing is supposed: give --price, "
		     "--deposit, --leverage, --fill, --order, --collateral, "
		     "--emode, --market, --risk or --ramps-ended (account show "
		     "tells what is)");
}

int cmd_account_what_if(struct ctl *ctl, int argc, char **argv)
{
	bool brief = false;
	bool ended = false;
	const struct ctl_option options[] = {
		{"price", 0, NULL, NULL},         {"deposit", 0, NULL, NULL},
		{"leverage", 0, NULL, NULL},      {"fill", 0, NULL, NULL},
		{"order", 0, NULL, NULL},         {"reduce", 0, NULL, NULL},
		{"collateral", 0, NULL, NULL},    {"market", 0, NULL, NULL},
		{"risk", 0, NULL, NULL},          {"emode", 0, NULL, NULL},
		{"max", 0, NULL, NULL},           {"brief", 0, NULL, &brief},
		{"ramps-ended", 0, NULL, &ended}, {NULL, 0, NULL, NULL},
	};
	struct ctl_list list = {.options = options};
	static struct question q; /* large */
	Riskd__Answer *answer;
	int n;
	int rc;

	if ((rc = ctl_parse_list(ctl, &list, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, RISK_WHAT_IF_ACCOUNTS_MAX)))
		return rc;
	q.query.accounts_n = (size_t)n;
	q.query.brief = brief;
	q.query.ramps_ended = ended;
	q.supposed.ramps_ended = ended;
	if ((rc = check_supposed(ctl, &list, ended)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = read_question(ctl, &list, argv, &q)))
		return rc;
	rc = risk_what_if(ctl->risk, &q.query, &answer);
	if (rc)
		return ctl_fail(ctl, rc);
	if (answer->what_if->n_before != answer->what_if->n_after)
		rc = ctl_refuse(ctl, "the daemon's answer is not whole");
	else
		rc = print_answer(ctl, &q, answer->what_if, brief);
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}
