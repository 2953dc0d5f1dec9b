/*
 * The parts of a replay that need no daemon: files, rows, walked bars, the
 * merge, users, latencies.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "replay_feed.h"
#include "replay_latency.h"

#define MS   INT64_C(1000000)
#define SEC  (1000 * MS)
#define T0   INT64_C(1620777600000) /* ms */
#define PATH "replay_test.csv"

/* A daemon that lists BTC-PERP (slot 1), ETH-PERP (2) and an asset BTC (3). */
static Riskd__Price prices[3];
static Riskd__Market markets[2];
static Riskd__Asset assets[2];
static Riskd__Market *market_list[2] = {&markets[0], &markets[1]};
static Riskd__Asset *asset_list[2] = {&assets[0], &assets[1]};
static Riskd__MarketsAnswer listing = RISKD__MARKETS_ANSWER__INIT;

static char btc_perp[] = "BTC-PERP";
static char eth_perp[] = "ETH-PERP";
static char btc[] = "BTC";
static char usd[] = "USD";

static void list_markets(void)
{
	for (uint32_t i = 0; i < 3; i++) {
		prices[i] = (Riskd__Price)RISKD__PRICE__INIT;
		prices[i].slot = i + 1;
		prices[i].decimals = 2;
	}
	for (uint32_t i = 0; i < 2; i++) {
		markets[i] = (Riskd__Market)RISKD__MARKET__INIT;
		markets[i].id = i;
		markets[i].price = &prices[i];
		markets[i].price_decimals = 2;
		markets[i].size_decimals = 3;
		assets[i] = (Riskd__Asset)RISKD__ASSET__INIT;
		assets[i].id = i;
	}
	markets[0].name = btc_perp;
	markets[1].name = eth_perp;
	assets[0].name = usd;
	assets[1].name = btc;
	assets[1].price = &prices[2];
	listing.n_markets = 2;
	listing.markets = market_list;
	listing.n_assets = 2;
	listing.assets = asset_list;
}

static struct rk_replay_error error;
static struct rk_replay_users users;
static struct rk_replay_context context;

static void open_context(const char *map)
{
	struct rk_replay_symbols *symbols = NULL;

	list_markets();
	cr_assert_eq(rk_replay_symbols_open(&listing, map, &error, &symbols), 0,
		     "%s", error.text);
	context = (struct rk_replay_context){.symbols = symbols,
					     .users = &users,
					     .error = &error,
					     .ledger_decimals = 8,
					     .to_ns = INT64_MAX};
}

static void close_context(void)
{
	rk_replay_symbols_close(context.symbols);
	rk_replay_users_fini(&users);
}

/* Each test runs in a process of its own: a folder each, gone at the end. */
static char folder[] = "/tmp/riskd-replay-XXXXXX";

static void enter_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	open_context(NULL);
}

static void leave_folder(void)
{
	static const char *const names[] = {PATH, "bars", "prices", "fills",
					    "ledger"};

	close_context();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(names[i]);
	(void)rmdir(folder);
}

TestSuite(replay, .init = enter_folder, .fini = leave_folder);

static void write_bytes(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(data, 1, size, file), size);
	cr_assert_eq(fclose(file), 0);
}

static void write_text(const char *path, const char *text)
{
	write_bytes(path, text, strlen(text));
}

static const struct rk_replay_column two_columns[] = {{"ts_ms", false},
						      {"price", false}};

/* Read a file of the two columns until it fails; the sentence. */
static const char *failure_of_csv(const char *text)
{
	struct rk_replay_csv *csv;
	int r;

	write_text(PATH, text);
	error.text[0] = '\0';
	r = rk_replay_csv_open(PATH, two_columns, 2, &error, &csv);
	if (r < 0)
		return error.text;
	while ((r = rk_replay_csv_next(csv)) > 0)
		;
	rk_replay_csv_close(csv);
	return r < 0 ? error.text : "no failure";
}

Test(replay, csv_that_is_no_csv_is_refused_with_line_and_cause)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{"", PATH ":1: column \"\" is not known: the header must name "
			  "ts_ms,price"},
		{"ts_ms\n1\n", PATH ":1: column \"price\" is missing: the "
				    "header must name ts_ms,price"},
		{"ts_ms,price,x\n", PATH ":1: column \"x\" is not known: the "
					 "header must name ts_ms,price"},
		{"price,ts_ms,price\n",
		 PATH ":1: column \"price\" is there twice: the header must "
		      "name ts_ms,price"},
		{"ts_ms,price\n1,2\n3\n",
		 PATH ":3: row has 1 fields: must have 2, as the header has"},
		{"ts_ms,price\n1,2\n\n",
		 PATH ":3: row has 1 fields: must have 2, as the header has"},
		{"ts_ms,price\n1,2,3\n",
		 PATH ":2: row has 3 fields: must have 2, as the header has"},
		{"ts_ms,price\n1,2\r\n3,4", "no failure"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_str_eq(failure_of_csv(cases[i].text), cases[i].want);
}

Test(replay, csv_line_without_end_is_refused_not_taken_into_memory)
{
	char text[RK_REPLAY_CSV_LINE_MAX + 64];

	memset(text, '1', sizeof(text));
	memcpy(text, "ts_ms,price\n", 12);
	text[sizeof(text) - 1] = '\0';
	cr_assert_str_eq(failure_of_csv(text),
			 PATH ":2: line is too long: at most 1024 bytes are "
			      "taken");
}

Test(replay, csv_zero_byte_is_refused_and_does_not_hide_the_rest)
{
	static const char text[] = "ts_ms,price\n1,2\0,3\n";
	struct rk_replay_csv *csv;

	write_bytes(PATH, text, sizeof(text) - 1);
	cr_assert_eq(rk_replay_csv_open(PATH, two_columns, 2, &error, &csv), 0);
	cr_assert_eq(rk_replay_csv_next(csv), -EINVAL);
	cr_assert_str_eq(error.text, PATH ":2: zero byte in the line: must be "
					  "text");
	rk_replay_csv_close(csv);
}

static void write_gzip(const char *path, const char *text, size_t size)
{
	gzFile file = gzopen(path, "wb");

	cr_assert_not_null(file);
	cr_assert_eq(gzwrite(file, text, (unsigned)size), (int)size);
	cr_assert_eq(gzclose(file), Z_OK);
}

/* A file of n rows, larger than the reader's block. */
static char *many_rows(int n, size_t *ret_size)
{
	char *text = malloc((size_t)n * 32 + 32);
	size_t size = 0;

	cr_assert_not_null(text);
	size += (size_t)sprintf(text, "ts_ms,price\n");
	for (int i = 0; i < n; i++)
		size += (size_t)sprintf(text + size, "%d,%d.25\n", i + 1, i);
	*ret_size = size;
	return text;
}

static int count_rows(void)
{
	struct rk_replay_csv *csv;
	int64_t raw;
	int n = 0;
	int r;

	cr_assert_eq(rk_replay_csv_open(PATH, two_columns, 2, &error, &csv), 0);
	while ((r = rk_replay_csv_next(csv)) > 0) {
		cr_assert_eq(rk_replay_csv_number(csv, 1, 2, &raw), 0);
		cr_assert_eq(raw, n * 100 + 25);
		n++;
		cr_assert_eq(rk_replay_csv_line(csv), (uint64_t)n + 1);
	}
	rk_replay_csv_close(csv);
	return r < 0 ? r : n;
}

Test(replay, csv_reads_plain_and_gzip_alike_over_many_blocks)
{
	size_t size;
	char *text = many_rows(20000, &size);

	write_bytes(PATH, text, size);
	cr_assert_eq(count_rows(), 20000);
	write_gzip(PATH, text, size);
	cr_assert_eq(count_rows(), 20000);
	free(text);
}

Test(replay, csv_cut_off_gzip_is_an_error_and_not_the_end)
{
	size_t size;
	char *text = many_rows(20000, &size);
	FILE *file;

	write_gzip(PATH, text, size);
	free(text);
	file = fopen(PATH, "rb+");
	cr_assert_not_null(file);
	cr_assert_eq(fseek(file, 0, SEEK_END), 0);
	cr_assert_eq(ftruncate(fileno(file), ftell(file) / 2), 0);
	(void)fclose(file);
	cr_assert_eq(count_rows(), -EIO);
	cr_assert(strstr(error.text, "gzip data end too early"), "%s",
		  error.text);
}

Test(replay, csv_missing_file_is_named_with_its_cause)
{
	struct rk_replay_csv *csv;

	cr_assert_eq(
		rk_replay_csv_open("nowhere", two_columns, 2, &error, &csv),
		-ENOENT);
	cr_assert_str_eq(error.text, "nowhere: cannot be opened: No such file "
				     "or directory");
}

/* The sentence that a file of this kind fails with. */
static const char *failure_of(enum rk_replay_kind kind, const char *text)
{
	struct rk_replay_extent extent;

	write_text(PATH, text);
	if (rk_replay_reader_scan(kind, PATH, &context, &extent) < 0)
		return error.text;
	return "no failure";
}

#define BARS_HEADER   "ts_ms,market,open,high,low,close\n"
#define PRICES_HEADER "ts_ms,market,price\n"
#define FILLS_HEADER  "ts_ms,user,market,side,price,size\n"
#define LEDGER_HEADER "ts_ms,user,delta_usd\n"
#define LIQ_HEADER    "ts_ms,user,notional_usd,account_value_usd,margin_mode\n"

Test(replay, malformed_row_is_refused_with_file_line_column_and_value)
{
	static const struct {
		enum rk_replay_kind kind;
		const char *text;
		const char *want;
	} cases[] = {
		{RK_REPLAY_PRICES, PRICES_HEADER "x,BTC-PERP,1\n",
		 PATH ":2: column ts_ms: \"x\" must be milliseconds since "
		      "1970, like 1620777600000"},
		{RK_REPLAY_PRICES, PRICES_HEADER "2,BTC-PERP,1\n1,BTC-PERP,1\n",
		 PATH ":3: column ts_ms: \"1\" must not be before the row "
		      "above it"},
		{RK_REPLAY_PRICES, PRICES_HEADER "1,BTC-PERP,1.234\n",
		 PATH ":2: column price: \"1.234\" must have at most 2 digits "
		      "after the point"},
		{RK_REPLAY_PRICES, PRICES_HEADER "1,BTC-PERP,1e3\n",
		 PATH ":2: column price: \"1e3\" must be a decimal number "
		      "like 12.34"},
		{RK_REPLAY_PRICES, PRICES_HEADER "1,BTC-PERP,0.00\n",
		 PATH ":2: column price: \"0.00\" must be above 0"},
		{RK_REPLAY_PRICES,
		 PRICES_HEADER "1,BTC-PERP,99999999999999999999\n",
		 PATH ":2: column price: \"99999999999999999999\" must be "
		      "smaller: it does not fit"},
		{RK_REPLAY_PRICES, PRICES_HEADER "1,DOGE/USDT,1\n",
		 PATH ":2: column market: \"DOGE/USDT\" is no market of the "
		      "daemon: list it in markets.json, map it (--map "
		      "DOGE/USDT=MARKET) or leave it out (--map DOGE/USDT=-)"},
		{RK_REPLAY_PRICES, PRICES_HEADER "1,BTC/USDT,1\n1,BTC/USDC,1\n",
		 PATH ":3: column market: \"BTC/USDC\" is BTC-PERP, and so is "
		      "BTC/USDT: leave one of them out (--map BTC/USDT=-)"},
		{RK_REPLAY_BARS, BARS_HEADER "1,BTC-PERP,2,1,1,1\n",
		 PATH ":2: column high: \"1\" must not be below the open and "
		      "the close"},
		{RK_REPLAY_BARS, BARS_HEADER "1,BTC-PERP,2,3,2.5,3\n",
		 PATH ":2: column low: \"2.5\" must not be above the open and "
		      "the close"},
		{RK_REPLAY_BARS,
		 BARS_HEADER "1,BTC-PERP,1,1,1,1\n1,BTC-PERP,1,1,1,1\n",
		 PATH ":3: column market: \"BTC-PERP\" must have one bar only "
		      "at this time"},
		{RK_REPLAY_FILLS, FILLS_HEADER "1,7,BTC-PERP,X,1,1\n",
		 PATH ":2: column side: \"X\" must be B or S"},
		{RK_REPLAY_FILLS, FILLS_HEADER "1,7,BTC-PERP,B,1,0\n",
		 PATH ":2: column size: \"0\" must be above 0"},
		{RK_REPLAY_FILLS, FILLS_HEADER "1,bob,BTC-PERP,B,1,1\n",
		 PATH ":2: column user: \"bob\" must be an account number "
		      "above 0 or an address like 0x3b69"},
		{RK_REPLAY_FILLS,
		 FILLS_HEADER "1,7,BTC-PERP,B,1,1\n1,0xab,BTC-PERP,B,1,1\n",
		 PATH ":3: column user: \"0xab\" must be a number, as the "
		      "users before it"},
		{RK_REPLAY_LEDGER, LEDGER_HEADER "1,7,0\n",
		 PATH ":2: column delta_usd: \"0\" must not be 0"},
		{RK_REPLAY_LEDGER, LEDGER_HEADER "1,7,0.123456789\n",
		 PATH ":2: column delta_usd: \"0.123456789\" must have at "
		      "most 8 digits after the point"},
		{RK_REPLAY_LIQUIDATIONS, LIQ_HEADER "1,7,1,1,portfolio\n",
		 PATH ":2: column margin_mode: \"portfolio\" must be cross or "
		      "isolated"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		close_context();
		open_context(NULL);
		cr_assert_str_eq(failure_of(cases[i].kind, cases[i].text),
				 cases[i].want);
	}
}

Test(replay, columns_may_stand_in_any_order)
{
	struct rk_replay_reader *reader;
	const struct rk_replay_row *row;

	write_text(PATH, "price,market,ts_ms\n1.5,BTC/USDT:USDT,7\n");
	cr_assert_eq(rk_replay_reader_open(RK_REPLAY_PRICES, PATH, &context,
					   &reader),
		     0);
	cr_assert_null(rk_replay_reader_row(reader));
	cr_assert_eq(rk_replay_reader_next(reader), 1);
	row = rk_replay_reader_row(reader);
	cr_assert_eq(row->time_ns, 7 * MS);
	cr_assert_eq(row->price, 150);
	cr_assert_str_eq(row->symbol->target, "BTC-PERP");
	cr_assert_eq(rk_replay_reader_next(reader), 0);
	cr_assert_null(rk_replay_reader_row(reader));
	rk_replay_reader_close(reader);
}

Test(replay, map_comes_before_names_and_rule)
{
	struct rk_replay_reader *reader;
	const struct rk_replay_row *row;

	close_context();
	open_context("ETH-PERP=-,X/Y=ETH-PERP,BTC/USD=asset:BTC");
	write_text(PATH, PRICES_HEADER "1,ETH-PERP,1\n2,X/Y,2\n3,BTC/USD,3\n");
	cr_assert_eq(rk_replay_reader_open(RK_REPLAY_PRICES, PATH, &context,
					   &reader),
		     0);
	cr_assert_eq(rk_replay_reader_next(reader), 1, "%s", error.text);
	row = rk_replay_reader_row(reader);
	cr_assert_eq(row->price, 200, "a market left out has no rows");
	cr_assert_eq(row->symbol->slot, 2);
	cr_assert_eq(rk_replay_reader_next(reader), 1);
	cr_assert_eq(row->symbol->slot, 3);
	cr_assert(!row->symbol->is_market);
	rk_replay_reader_close(reader);
}

Test(replay, map_to_what_the_daemon_has_not_is_refused)
{
	static const struct {
		const char *map;
		const char *want;
	} cases[] = {
		{"A=NO-PERP",
		 "--map: the daemon has no \"NO-PERP\": must be a market, or "
		 "asset: and an asset that has a price"},
		{"A=asset:USD",
		 "--map: the daemon has no \"asset:USD\": must be a market, or "
		 "asset: and an asset that has a price"},
		{"A", "--map: \"A\" must be NAME=MARKET, NAME=asset:ASSET or "
		      "NAME=-"},
		{"A=", "--map: \"A=\" must be NAME=MARKET, NAME=asset:ASSET or "
		       "NAME=-"},
	};
	struct rk_replay_symbols *symbols;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(rk_replay_symbols_open(&listing, cases[i].map,
						    &error, &symbols),
			     -EINVAL);
		cr_assert_str_eq(error.text, cases[i].want);
	}
}

Test(replay, addresses_are_one_user_whatever_their_case)
{
	static const struct {
		const char *name;
		uint32_t user;
	} cases[] = {{"0xAb", 0}, {"0xcd", 1}, {"0xab", 0},
		     {"0xCD", 1}, {"0x0", 2},  {"0x00", 3}};
	uint32_t user;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(rk_replay_users_find(&users, cases[i].name, &user),
			     0);
		cr_assert_eq(user, cases[i].user);
	}
	cr_assert_eq(rk_replay_users_find(&users, "17", &user), -EINVAL);
}

Test(replay, addresses_are_numbered_in_the_order_in_which_they_are_sent)
{
	uint32_t first;
	uint32_t second;
	uint32_t found;

	cr_assert_eq(rk_replay_users_find(&users, "0xa", &first), 0);
	cr_assert_eq(rk_replay_users_find(&users, "0xb", &second), 0);
	cr_assert_eq(rk_replay_users_by_account(&users, 1, &found), -ENOENT);
	for (int again = 0; again < 2; again++) {
		cr_assert_eq(rk_replay_users_number(&users, second), 0);
		cr_assert_eq(rk_replay_users_number(&users, first), 0);
		cr_assert_eq(users.users[second].account, 1);
		cr_assert_eq(users.users[first].account, 2);
	}
	cr_assert_eq(rk_replay_users_by_account(&users, 1, &found), 0);
	cr_assert_eq(found, second);
	cr_assert_eq(rk_replay_users_by_account(&users, 3, &found), -ENOENT);
}

Test(replay, account_numbers_stay_what_they_are)
{
	uint32_t user;

	for (uint64_t i = 1; i <= 5000; i++) {
		char name[24];

		snprintf(name, sizeof(name), "%llu",
			 (unsigned long long)i * 1000003);
		cr_assert_eq(rk_replay_users_find(&users, name, &user), 0);
		cr_assert_eq(user, i - 1);
	}
	for (uint64_t i = 1; i <= 5000; i++) {
		cr_assert_eq(
			rk_replay_users_by_account(&users, i * 1000003, &user),
			0);
		cr_assert_eq(user, i - 1);
	}
	cr_assert_not_null(rk_replay_users_check("0"));
	cr_assert_not_null(rk_replay_users_check("-5"));
	cr_assert_not_null(rk_replay_users_check("0x"));
	cr_assert_not_null(rk_replay_users_check("0xfg"));
}

Test(replay, accounts_file_sets_owner_mode_and_enforcement)
{
	write_text(PATH, "user,owner,mode,enforcement\n7,3,isolated,\n8,,,"
			 "report\n");
	cr_assert_eq(rk_replay_reader_accounts(PATH, &context), 0, "%s",
		     error.text);
	cr_assert_eq(users.n, 2);
	cr_assert_eq(users.users[0].owner, 3);
	cr_assert(users.users[0].isolated);
	cr_assert(!users.users[0].report);
	cr_assert_eq(users.users[1].owner, 0, "nobody else's");
	cr_assert(!users.users[1].isolated);
	cr_assert(users.users[1].report);
	write_text(PATH, "user\n7\n");
	cr_assert_eq(rk_replay_reader_accounts(PATH, &context), -EINVAL);
	cr_assert_str_eq(error.text, PATH ":2: column user: \"7\" must be "
					  "listed once only");
}

Test(replay, rising_bar_goes_low_first_and_falling_bar_high_first)
{
	static const struct rk_replay_bar rising = {10, 20, 5, 10};
	static const struct rk_replay_bar falling = {10, 20, 5, 9};
	static const int64_t want_rising[] = {10, 5, 20, 10};
	static const int64_t want_falling[] = {10, 20, 5, 9};

	for (uint32_t i = 0; i < RK_REPLAY_WALK_TICKS; i++) {
		cr_assert_eq(rk_replay_walk_tick_price(&rising, i),
			     want_rising[i]);
		cr_assert_eq(rk_replay_walk_tick_price(&falling, i),
			     want_falling[i]);
	}
}

Test(replay, ticks_of_a_bar_are_spread_over_it_and_stay_inside)
{
	static const int64_t lengths_ms[] = {4, 5, 7, 1000, 60000, 300000};

	for (size_t i = 0; i < sizeof(lengths_ms) / sizeof(lengths_ms[0]);
	     i++) {
		int64_t length = lengths_ms[i] * MS;
		int64_t last = -1;

		for (uint32_t tick = 0; tick < RK_REPLAY_WALK_TICKS; tick++) {
			int64_t at = rk_replay_walk_tick_time(0, length, tick);

			cr_assert_gt(at, last);
			cr_assert_eq(at % MS, 0);
			last = at;
		}
		cr_assert_eq(rk_replay_walk_tick_time(0, length, 0), 0);
		cr_assert_eq(last, length - MS);
	}
}

#define ONE_MINUTE                                                             \
	BARS_HEADER                                                            \
	"60000,BTC/USDT,1,4,1,3\n"                                             \
	"60000,ETH/USDT,9,9,5,6\n"                                             \
	"120000,ETH/USDT,6,6,6,6\n"                                            \
	"240000,BTC/USDT,3,3,2,2\n"

Test(replay, all_markets_tick_at_the_same_instants_and_gaps_stay_gaps)
{
	static const struct {
		int64_t time_ms;
		uint32_t n;
		int64_t first;
	} want[] = {{60000, 2, 100},  {80000, 2, 100},  {100000, 2, 400},
		    {119999, 2, 300}, {120000, 1, 600}, {140000, 1, 600},
		    {160000, 1, 600}, {179999, 1, 600}, {240000, 1, 300},
		    {260000, 1, 300}, {280000, 1, 200}, {299999, 1, 200}};
	const struct rk_replay_quote *quotes;
	struct rk_replay_walk *walk;
	uint32_t n;

	write_text(PATH, ONE_MINUTE);
	cr_assert_eq(rk_replay_walk_open(PATH, &context, 60 * SEC, &walk), 0);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		cr_assert_eq(rk_replay_walk_time(walk), want[i].time_ms * MS);
		cr_assert_eq(rk_replay_walk_take(walk, &quotes, &n), 0);
		cr_assert_eq(n, want[i].n);
		cr_assert_eq(quotes[0].price, want[i].first, "%zu", i);
	}
	cr_assert_eq(rk_replay_walk_time(walk), INT64_MAX);
	rk_replay_walk_close(walk);
}

/* The order in which a feed gives its instants, and from which files. */
static void follow_feed(struct rk_replay_feed *feed, char *trace, size_t size)
{
	size_t at = 0;
	int64_t time_ns;

	while ((time_ns = rk_replay_feed_time(feed)) != INT64_MAX) {
		const struct rk_replay_quote *quotes;
		uint32_t n;

		at += (size_t)snprintf(trace + at, size - at, "%lld",
				       (long long)(time_ns / MS));
		while (rk_replay_feed_peek(feed, RK_REPLAY_LEDGER, time_ns)) {
			at += (size_t)snprintf(trace + at, size - at, "L");
			cr_assert_eq(rk_replay_feed_pop(feed, RK_REPLAY_LEDGER),
				     0);
		}
		cr_assert_eq(rk_replay_feed_ticks(feed, time_ns, &quotes, &n),
			     0);
		if (n > 0)
			at += (size_t)snprintf(trace + at, size - at, "b");
		while (rk_replay_feed_peek(feed, RK_REPLAY_PRICES, time_ns)) {
			at += (size_t)snprintf(trace + at, size - at, "p");
			cr_assert_eq(rk_replay_feed_pop(feed, RK_REPLAY_PRICES),
				     0);
		}
		while (rk_replay_feed_peek(feed, RK_REPLAY_FILLS, time_ns)) {
			at += (size_t)snprintf(trace + at, size - at, "F");
			cr_assert_eq(rk_replay_feed_pop(feed, RK_REPLAY_FILLS),
				     0);
		}
		at += (size_t)snprintf(trace + at, size - at, " ");
		cr_assert_lt(at, size);
	}
}

static struct rk_replay_feed *open_feed(struct rk_replay_files *files)
{
	struct rk_replay_feed *feed = NULL;

	write_text("bars", ONE_MINUTE);
	write_text("prices", PRICES_HEADER "1,ETH-PERP,1\n80000,ETH-PERP,1\n"
					   "400000,ETH-PERP,1\n");
	write_text("fills", FILLS_HEADER "80000,7,BTC-PERP,B,1,1\n"
					 "80000,7,BTC-PERP,S,1,1\n"
					 "90000,7,BTC-PERP,S,1,1\n");
	write_text("ledger", LEDGER_HEADER "80000,7,1\n300000,7,-1\n");
	*files = (struct rk_replay_files){
		.paths = {[RK_REPLAY_BARS] = "bars",
			  [RK_REPLAY_PRICES] = "prices",
			  [RK_REPLAY_FILLS] = "fills",
			  [RK_REPLAY_LEDGER] = "ledger"}};
	cr_assert_eq(rk_replay_feed_open(files, &context, &feed), 0, "%s",
		     error.text);
	return feed;
}

Test(replay, files_are_merged_by_time_and_each_row_comes_once)
{
	struct rk_replay_files files;
	struct rk_replay_feed *feed = open_feed(&files);
	struct rk_replay_extent extent;
	char trace[512];

	rk_replay_feed_extent(feed, &extent);
	cr_assert_eq(extent.rows, 12);
	cr_assert_eq(extent.first_ns, MS);
	cr_assert_eq(extent.last_ns, 400000 * MS);
	follow_feed(feed, trace, sizeof(trace));
	cr_assert_str_eq(trace,
			 "1p 60000b 80000LbpFF 90000F 100000b 119999b 120000b "
			 "140000b 160000b 179999b 240000b 260000b 280000b "
			 "299999b 300000L 400000p ");
	rk_replay_feed_close(feed);
}

Test(replay, window_passes_over_rows_before_and_after)
{
	struct rk_replay_files files;
	struct rk_replay_feed *feed;
	char trace[512];

	context.from_ns = 90000 * MS;
	context.to_ns = 240000 * MS;
	feed = open_feed(&files);
	follow_feed(feed, trace, sizeof(trace));
	cr_assert_str_eq(trace, "90000F 120000b 140000b 160000b 179999b ");
	rk_replay_feed_close(feed);
}

Test(replay, bad_row_at_the_end_is_told_before_the_first_is_given)
{
	struct rk_replay_files files = {
		.paths = {[RK_REPLAY_PRICES] = "prices"}};
	struct rk_replay_feed *feed;

	write_text("prices", PRICES_HEADER "1,ETH-PERP,1\n2,ETH-PERP,-1\n");
	cr_assert_eq(rk_replay_feed_open(&files, &context, &feed), -EINVAL);
	cr_assert_str_eq(error.text,
			 "prices:3: column price: \"-1\" must be above 0");
}

Test(replay, bar_length_cannot_be_guessed_from_one_time)
{
	struct rk_replay_files files = {.paths = {[RK_REPLAY_BARS] = "bars"}};
	struct rk_replay_feed *feed;

	write_text("bars", BARS_HEADER "1,ETH-PERP,1,1,1,1\n");
	cr_assert_eq(rk_replay_feed_open(&files, &context, &feed), -EINVAL);
	cr_assert_str_eq(error.text,
			 "bars: bars of 0 ns: must be 4 ms or longer (give "
			 "--bar-length when there is only one)");
	files.bar_length_ns = 60 * SEC;
	cr_assert_eq(rk_replay_feed_open(&files, &context, &feed), 0);
	rk_replay_feed_close(feed);
}

Test(replay, quantile_is_never_below_and_at_most_four_percent_above)
{
	static struct rk_replay_latency latency;

	cr_assert_eq(rk_replay_latency_quantile(&latency, 50), 0);
	for (uint64_t ns = 1; ns <= 100000; ns++)
		rk_replay_latency_add(&latency, ns * 17);
	for (uint32_t percent = 1; percent <= 100; percent++) {
		uint64_t exact = (uint64_t)percent * 1000 * 17;
		uint64_t got = rk_replay_latency_quantile(&latency, percent);

		cr_assert_geq(got, exact);
		cr_assert_leq(got, exact + exact / 25);
	}
	rk_replay_latency_add(&latency, UINT64_MAX);
	cr_assert_eq(rk_replay_latency_quantile(&latency, 100), UINT64_MAX);
}
