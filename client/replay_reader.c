/*
 * Rows of each layout, checked. See the header.
 */
#include "replay_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "librisk_text.h"

#define USD_DECIMALS 8

enum {
	LEDGER_TIME,
	LEDGER_USER,
	LEDGER_DELTA
};
static const struct rk_replay_column ledger_columns[] = {
	{"ts_ms", false}, {"user", false}, {"delta_usd", false}};

enum {
	LIQUIDATION_TIME,
	LIQUIDATION_USER,
	LIQUIDATION_NOTIONAL,
	LIQUIDATION_VALUE,
	LIQUIDATION_MODE
};
static const struct rk_replay_column liquidation_columns[] = {
	{"ts_ms", false},
	{"user", false},
	{"notional_usd", false},
	{"account_value_usd", false},
	{"margin_mode", false}};

enum {
	PRICE_TIME,
	PRICE_MARKET,
	PRICE_PRICE
};
static const struct rk_replay_column price_columns[] = {
	{"ts_ms", false}, {"market", false}, {"price", false}};

enum {
	BAR_TIME,
	BAR_MARKET,
	BAR_OPEN,
	BAR_HIGH,
	BAR_LOW,
	BAR_CLOSE
};
static const struct rk_replay_column bar_columns[] = {
	{"ts_ms", false}, {"market", false}, {"open", false}, {"high", false},
	{"low", false},   {"close", false},  {"volume", true}};

enum {
	FILL_TIME,
	FILL_USER,
	FILL_MARKET,
	FILL_SIDE,
	FILL_PRICE,
	FILL_SIZE
};
static const struct rk_replay_column fill_columns[] = {
	{"ts_ms", false}, {"user", false}, {"market", false}, {"side", false},
	{"price", false}, {"size", false}, {"taker", true}};

enum {
	ACCOUNT_USER,
	ACCOUNT_OWNER,
	ACCOUNT_MODE,
	ACCOUNT_ENFORCEMENT
};
static const struct rk_replay_column account_columns[] = {
	{"user", false},
	{"owner", true},
	{"mode", true},
	{"enforcement", true}};

struct rk_replay_reader {
	enum rk_replay_kind kind;
	struct rk_replay_csv *csv;
	const struct rk_replay_context *context;
	bool has;
	int64_t time_ns; /* of the row before, also when it was passed over */
	int64_t step_ns; /* smallest between two times so far; 0: none */
	struct rk_replay_row row;
	/* BARS and PRICES: each market under one name, each bar once. */
	const struct rk_replay_symbol *names[RK_REPLAY_SYMBOLS_MAX];
	int64_t seen_ns[RK_REPLAY_SYMBOLS_MAX];
};

typedef int read_fn(struct rk_replay_reader *reader);

static int read_user(const struct rk_replay_context *context,
		     struct rk_replay_csv *csv, uint32_t column,
		     uint32_t *ret_user)
{
	const char *name = rk_replay_csv_field(csv, column);
	const char *wrong = rk_replay_users_check(name);
	int r;

	if (wrong)
		return rk_replay_csv_refuse(csv, column, wrong);
	r = rk_replay_users_find(context->users, name, ret_user);
	if (r == -EINVAL)
		return rk_replay_csv_refuse(
			csv, column,
			context->users->addresses
				? "must be an address, as the users before it"
				: "must be a number, as the users before it");
	if (r < 0)
		return rk_replay_error_set(context->error, r,
					   "no memory for %u users",
					   context->users->n);
	return 0;
}

static int read_ledger(struct rk_replay_reader *reader)
{
	struct rk_replay_row *row = &reader->row;
	int r = read_user(reader->context, reader->csv, LEDGER_USER,
			  &row->user);

	if (r < 0)
		return r;
	r = rk_replay_csv_number(reader->csv, LEDGER_DELTA,
				 reader->context->ledger_decimals, &row->delta);
	if (r == 0 && row->delta == 0)
		return rk_replay_csv_refuse(reader->csv, LEDGER_DELTA,
					    "must not be 0");
	return r;
}

static int read_liquidation(struct rk_replay_reader *reader)
{
	struct rk_replay_liquidation *what = &reader->row.liquidation;
	const char *mode = rk_replay_csv_field(reader->csv, LIQUIDATION_MODE);
	int r = read_user(reader->context, reader->csv, LIQUIDATION_USER,
			  &reader->row.user);

	if (r < 0)
		return r;
	r = rk_replay_csv_positive(reader->csv, LIQUIDATION_NOTIONAL,
				   USD_DECIMALS, &what->notional);
	if (r < 0)
		return r;
	r = rk_replay_csv_number(reader->csv, LIQUIDATION_VALUE, USD_DECIMALS,
				 &what->account_value);
	if (r < 0)
		return r;
	what->isolated = strcmp(mode, "isolated") == 0;
	if (!what->isolated && strcmp(mode, "cross") != 0)
		return rk_replay_csv_refuse(reader->csv, LIQUIDATION_MODE,
					    "must be cross or isolated");
	return 0;
}

/* The market of a row of prices: only one name of a file may mean a slot. */
static int read_priced(struct rk_replay_reader *reader, uint32_t column)
{
	const struct rk_replay_symbol *symbol;
	char what[320];
	int r = rk_replay_symbols_find(reader->context->symbols, reader->csv,
				       column, &symbol);

	if (r < 0)
		return r;
	reader->row.symbol = symbol;
	if (symbol->left_out || reader->names[symbol->index])
		return 0;
	for (uint32_t i = 0; i < RK_REPLAY_SYMBOLS_MAX; i++) {
		const struct rk_replay_symbol *other = reader->names[i];

		if (!other || other->slot != symbol->slot)
			continue;
		(void)snprintf(what, sizeof(what),
			       "is %s, and so is %s: leave one of them out "
			       "(--map %s=-)",
			       symbol->target, other->name, other->name);
		return rk_replay_csv_refuse(reader->csv, column, what);
	}
	reader->names[symbol->index] = symbol;
	return 0;
}

static int read_price(struct rk_replay_reader *reader)
{
	struct rk_replay_row *row = &reader->row;
	int r = read_priced(reader, PRICE_MARKET);

	if (r < 0 || row->symbol->left_out)
		return r;
	return rk_replay_csv_positive(reader->csv, PRICE_PRICE,
				      row->symbol->price_decimals, &row->price);
}

static int check_bar(struct rk_replay_reader *reader)
{
	const struct rk_replay_bar *bar = &reader->row.bar;
	int64_t *seen_ns = &reader->seen_ns[reader->row.symbol->index];

	if (bar->high < bar->open || bar->high < bar->close)
		return rk_replay_csv_refuse(
			reader->csv, BAR_HIGH,
			"must not be below the open and the close");
	if (bar->low > bar->open || bar->low > bar->close)
		return rk_replay_csv_refuse(
			reader->csv, BAR_LOW,
			"must not be above the open and the close");
	if (*seen_ns == reader->row.time_ns)
		return rk_replay_csv_refuse(
			reader->csv, BAR_MARKET,
			"must have one bar only at this time");
	*seen_ns = reader->row.time_ns;
	return 0;
}

static int read_bar(struct rk_replay_reader *reader)
{
	struct rk_replay_row *row = &reader->row;
	int64_t *prices[] = {&row->bar.open, &row->bar.high, &row->bar.low,
			     &row->bar.close};
	int r = read_priced(reader, BAR_MARKET);

	if (r < 0 || row->symbol->left_out)
		return r;
	for (uint32_t i = 0; i < 4; i++) {
		r = rk_replay_csv_positive(reader->csv, BAR_OPEN + i,
					   row->symbol->price_decimals,
					   prices[i]);
		if (r < 0)
			return r;
	}
	return check_bar(reader);
}

static int read_fill(struct rk_replay_reader *reader)
{
	struct rk_replay_row *row = &reader->row;
	const char *side = rk_replay_csv_field(reader->csv, FILL_SIDE);
	int r = read_user(reader->context, reader->csv, FILL_USER, &row->user);

	if (r < 0)
		return r;
	r = rk_replay_symbols_find(reader->context->symbols, reader->csv,
				   FILL_MARKET, &row->symbol);
	if (r < 0 || row->symbol->left_out)
		return r;
	if (!row->symbol->is_market)
		return rk_replay_csv_refuse(reader->csv, FILL_MARKET,
					    "must be a market, not an asset");
	row->fill.buy = strcmp(side, "B") == 0;
	if (!row->fill.buy && strcmp(side, "S") != 0)
		return rk_replay_csv_refuse(reader->csv, FILL_SIDE,
					    "must be B or S");
	r = rk_replay_csv_positive(reader->csv, FILL_PRICE,
				   row->symbol->price_decimals,
				   &row->fill.price);
	if (r < 0)
		return r;
	return rk_replay_csv_positive(reader->csv, FILL_SIZE,
				      row->symbol->size_decimals,
				      &row->fill.size);
}

static const struct {
	const struct rk_replay_column *columns;
	uint32_t columns_n;
	read_fn *read;
} layouts[RK_REPLAY_KINDS] = {
#define LAYOUT(columns, read)                                                  \
	{                                                                      \
		columns, sizeof(columns) / sizeof((columns)[0]), read          \
	}
	[RK_REPLAY_LEDGER] = LAYOUT(ledger_columns, read_ledger),
	[RK_REPLAY_LIQUIDATIONS] =
		LAYOUT(liquidation_columns, read_liquidation),
	[RK_REPLAY_PRICES] = LAYOUT(price_columns, read_price),
	[RK_REPLAY_BARS] = LAYOUT(bar_columns, read_bar),
	[RK_REPLAY_FILLS] = LAYOUT(fill_columns, read_fill),
#undef LAYOUT
};

int rk_replay_reader_open(enum rk_replay_kind kind, const char *path,
			  const struct rk_replay_context *context,
			  struct rk_replay_reader **ret_reader)
{
	struct rk_replay_reader *reader = calloc(1, sizeof(*reader));
	int r;

	if (!reader)
		return rk_replay_error_set(context->error, -ENOMEM,
					   "%s: no memory to read it", path);
	reader->kind = kind;
	reader->context = context;
	r = rk_replay_csv_open(path, layouts[kind].columns,
			       layouts[kind].columns_n, context->error,
			       &reader->csv);
	if (r < 0) {
		rk_replay_reader_close(reader);
		return r;
	}
	*ret_reader = reader;
	return 0;
}

void rk_replay_reader_close(struct rk_replay_reader *reader)
{
	if (!reader)
		return;
	rk_replay_csv_close(reader->csv);
	free(reader);
}

static void note_step(struct rk_replay_reader *reader, int64_t step_ns)
{
	/* Before the first row there is no time to step from. */
	if (reader->time_ns > 0 && step_ns > 0 &&
	    (reader->step_ns == 0 || step_ns < reader->step_ns))
		reader->step_ns = step_ns;
}

int rk_replay_reader_next(struct rk_replay_reader *reader)
{
	const struct rk_replay_context *context = reader->context;
	struct rk_replay_row *row = &reader->row;
	int r;

	reader->has = false;
	do {
		r = rk_replay_csv_next(reader->csv);
		if (r <= 0)
			return r;
		*row = (struct rk_replay_row){0};
		/* Time is the first column of every layout. */
		r = rk_replay_csv_time(reader->csv, 0, &row->time_ns);
		if (r < 0)
			return r;
		if (row->time_ns < reader->time_ns)
			return rk_replay_csv_refuse(
				reader->csv, 0,
				"must not be before the row above it");
		note_step(reader, row->time_ns - reader->time_ns);
		reader->time_ns = row->time_ns;
		r = layouts[reader->kind].read(reader);
		if (r < 0)
			return r;
	} while (row->time_ns < context->from_ns ||
		 row->time_ns >= context->to_ns ||
		 (row->symbol && row->symbol->left_out));
	reader->has = true;
	return 1;
}

const struct rk_replay_row *
rk_replay_reader_row(const struct rk_replay_reader *reader)
{
	return reader->has ? &reader->row : NULL;
}

static int scan_rows(struct rk_replay_reader *reader,
		     struct rk_replay_extent *extent)
{
	int r;

	while ((r = rk_replay_reader_next(reader)) > 0) {
		int64_t time_ns = reader->row.time_ns;

		if (extent->rows == 0)
			extent->first_ns = time_ns;
		extent->last_ns = time_ns;
		extent->rows++;
	}
	extent->step_ns = reader->step_ns;
	return r;
}

int rk_replay_reader_scan(enum rk_replay_kind kind, const char *path,
			  const struct rk_replay_context *context,
			  struct rk_replay_extent *ret_extent)
{
	struct rk_replay_extent extent = {0};
	struct rk_replay_reader *reader = NULL;
	int r = rk_replay_reader_open(kind, path, context, &reader);

	if (!reader) /* set on success only */
		return r;
	r = scan_rows(reader, &extent);
	rk_replay_reader_close(reader);
	if (r == 0)
		*ret_extent = extent;
	return r;
}

/* "" stands for the first word. */
static int read_word(struct rk_replay_csv *csv, uint32_t column,
		     const char *const words[2], bool *ret_second)
{
	const char *text = rk_replay_csv_field(csv, column);
	char what[64];

	*ret_second = strcmp(text, words[1]) == 0;
	if (*ret_second || text[0] == '\0' || strcmp(text, words[0]) == 0)
		return 0;
	(void)snprintf(what, sizeof(what), "must be %s or %s", words[0],
		       words[1]);
	return rk_replay_csv_refuse(csv, column, what);
}

static int read_account(const struct rk_replay_context *context,
			struct rk_replay_csv *csv)
{
	static const char *const modes[] = {"cross", "isolated"};
	static const char *const enforcements[] = {"full", "report"};
	const char *owner = rk_replay_csv_field(csv, ACCOUNT_OWNER);
	uint32_t known = context->users->n;
	struct rk_replay_user *user;
	uint32_t at = 0;
	int r = read_user(context, csv, ACCOUNT_USER, &at);

	if (r < 0)
		return r;
	if (at < known)
		return rk_replay_csv_refuse(csv, ACCOUNT_USER,
					    "must be listed once only");
	if (rk_replay_users_number(context->users, at) < 0)
		return rk_replay_error_set(context->error, -ENOMEM,
					   "no memory for %u users", at);
	user = &context->users->users[at];
	if (owner[0] != '\0' &&
	    (risk_parse_u64(owner, &user->owner) < 0 || user->owner == 0))
		return rk_replay_csv_refuse(csv, ACCOUNT_OWNER,
					    "must be a number above 0");
	r = read_word(csv, ACCOUNT_MODE, modes, &user->isolated);
	if (r < 0)
		return r;
	return read_word(csv, ACCOUNT_ENFORCEMENT, enforcements, &user->report);
}

int rk_replay_reader_accounts(const char *path,
			      const struct rk_replay_context *context)
{
	struct rk_replay_csv *csv;
	int r = rk_replay_csv_open(path, account_columns,
				   sizeof(account_columns) /
					   sizeof(account_columns[0]),
				   context->error, &csv);

	if (r < 0)
		return r;
	while ((r = rk_replay_csv_next(csv)) > 0) {
		r = read_account(context, csv);
		if (r < 0)
			break;
	}
	rk_replay_csv_close(csv);
	return r;
}
