/*
 * Four years of real funding rates through FUND commands: what two books of
 * eight markets pay and receive is compared with the exact sums. Between the
 * rates positions grow, shrink and turn round, so that they are settled at odd
 * times; prices are made up, as the file has none.
 *
 * Reads funding_8h_binance_2021_2025.csv.gz in the folder RISKD_DATA, or in the
 * one given; skips in words without it. TAP output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "engine/books.h"
#include "engine/decimal.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "support/auditor_wide.h"
#include "support/harness.h"
#include "support/prng.h"

#define FILE_NAME     "funding_8h_binance_2021_2025.csv.gz"
#define MARKETS       8
#define RATE_DECIMALS 9
#define MS_NS         INT64_C(1000000)

/* A raw unit of size at a raw price is worth so many raw units of USD. */
#define PRICE_DECIMALS 2
#define SIZE_DECIMALS  6

static const struct rk_cmd_limits limits = {
	.accounts_max = 2,
	.owners_max = 2,
	.assets_max = 1,
	.markets_max = MARKETS,
	.publishers_max = 1,
	.venues_max = 1,
	.clients_max = 1,
	.positions_max = 2 * MARKETS,
	.positions_per_account_max = MARKETS,
	.balances_max = 2,
	.orders_max = 1,
	.withdrawals_max = 1,
};

struct run {
	struct rk_harness harness;
	struct rk_prng prng;
	char names[MARKETS][RK_NAME_SIZE];
	uint32_t markets;
	int64_t price[MARKETS];
	int64_t size[2][MARKETS];
	rk_i128 exact[2]; /* 1e-9 raw USD */
	rk_i128 booked[2];
	uint64_t settled[2];
	uint64_t rates;
	uint64_t trades;
};

static void must(struct run *run, struct rk_cmd cmd)
{
	int code = rk_harness_apply(&run->harness, &cmd);

	if (code != RK_OK) {
		(void)printf("Bail out! %s is refused: %s\n",
			     rk_cmd_name(cmd.type), rk_rc_name(code));
		exit(1);
	}
	for (uint32_t i = 0; i < run->harness.events_n; i++) {
		const struct rk_event *ev = &run->harness.events[i];

		if (ev->type != RK_EVENT_FUNDING_PAID)
			continue;
		run->booked[ev->account - 1] += ev->funding_paid.booked.raw;
		run->settled[ev->account - 1]++;
	}
}

static void open_run(struct run *run)
{
	struct rk_cmd usd = {
		.type = RK_CMD_ASSET,
		.asset = {.name = "USD", .decimals = 8, .fixed_price = {1}}};

	rk_prng_init(&run->prng, 1);
	rk_harness_init(&run->harness, &limits, RK_EVENTS_PER_STEP_MAX);
	must(run, usd);
	must(run, (struct rk_cmd){.type = RK_CMD_VENUE, .name = {"sea"}});
	for (uint64_t id = 1; id <= 2; id++)
		must(run, (struct rk_cmd){.type = RK_CMD_ACCOUNT,
					  .account = {id, id, RK_MODE_CROSS,
						      RK_ENFORCE_REPORT}});
}

static uint32_t market_of(struct run *run, const char *name)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_MARKET,
		.market = {.settle = "USD",
			   .price_decimals = PRICE_DECIMALS,
			   .size_decimals = SIZE_DECIMALS,
			   .lot = {1},
			   .price_max = {100000000},
			   .position_max = {INT64_C(10000000000)},
			   .price_age_max_ns = RK_DURATION_MAX_NS,
			   .brackets_n = 1,
			   .brackets = {{{0}, {10000000}, {20000000}}}}};

	for (uint32_t i = 0; i < run->markets; i++)
		if (strcmp(run->names[i], name) == 0)
			return i;
	if (run->markets == MARKETS)
		exit(1);
	(void)snprintf(run->names[run->markets], RK_NAME_SIZE, "%s", name);
	(void)snprintf(cmd.market.name, RK_NAME_SIZE, "M%u", run->markets);
	run->price[run->markets] = 1000000; /* 10,000.00 */
	must(run, cmd);
	return run->markets++;
}

/* One of them buys from or sells to the other, or to the venue. */
static void trade(struct run *run, uint32_t market)
{
	int64_t size = rk_prng_between(&run->prng, 1, 3000000);
	uint32_t buyer = (uint32_t)rk_prng_below(&run->prng, 3);
	uint32_t seller = (buyer + 1) % 3;
	struct rk_cmd cmd = {.type = RK_CMD_TRADE,
			     .trade = {.trade = ++run->trades,
				       .market = market,
				       .price = {run->price[market]},
				       .size = {size},
				       .buyer = {.account = buyer},
				       .seller = {.account = seller}}};

	must(run, cmd);
	if (buyer > 0)
		run->size[buyer - 1][market] += size;
	if (seller > 0)
		run->size[seller - 1][market] -= size;
}

static void take(struct run *run, int64_t time_ns, uint32_t market,
		 int64_t rate)
{
	int64_t step = run->price[market] / 100;

	run->price[market] += rk_prng_between(&run->prng, -step, step);
	if (time_ns > rk_view_time(run->harness.engine))
		must(run,
		     (struct rk_cmd){.type = RK_CMD_CLOCK, .clock = {time_ns}});
	if (rk_prng_chance(&run->prng, 1, 3))
		trade(run, market);
	must(run,
	     (struct rk_cmd){.type = RK_CMD_FUND,
			     .fund = {market, {rate}, {run->price[market]}}});
	for (int i = 0; i < 2; i++)
		run->exact[i] -= (rk_i128)rate * run->price[market] *
				 run->size[i][market];
	run->rates++;
}

/*
 * "0.0001" or "-4.8e-7", in 1e-9; what is finer is cut, as a gateway that
 * sends 1e-9 does.
 */
static bool read_rate(char *text, int64_t *ret_rate)
{
	char *power = strchr(text, 'e');
	long shift = power ? strtol(power + 1, NULL, 10) : 0;
	char *point = strchr(text, '.');

	if (power)
		*power = '\0';
	if (shift > 0 || shift < -RATE_DECIMALS)
		return false;
	if (point && strlen(point) > (size_t)(RATE_DECIMALS + 1))
		point[RATE_DECIMALS + 1] = '\0';
	if (rk_decimal_parse(text, RATE_DECIMALS, ret_rate) != 0)
		return false;
	while (shift++ < 0)
		*ret_rate /= 10;
	return true;
}

/* "1637193600000,XRP/USDT:USDT,0.0001" */
static bool take_line(struct run *run, char *line)
{
	char *name = strchr(line, ',');
	char *rate = name ? strchr(name + 1, ',') : NULL;
	int64_t raw;

	if (!rate)
		return false;
	*name++ = '\0';
	*rate++ = '\0';
	rate[strcspn(rate, "\r\n")] = '\0';
	if (!read_rate(rate, &raw))
		return false;
	take(run, strtoll(line, NULL, 10) * MS_NS, market_of(run, name), raw);
	return true;
}

static int tell(int number, bool good, const char *rule)
{
	(void)printf("%s %d - %s\n", good ? "ok" : "not ok", number, rule);
	return !good;
}

/* What is booked, and what is still owed, of one account. */
static bool is_exact(const struct run *run, uint32_t i)
{
	struct rk_position_view views[MARKETS];
	uint32_t n = rk_view_positions(run->harness.engine, i, views, MARKETS);
	rk_i128 sum = run->booked[i];
	rk_i128 floor = rk_wide_to_128(rk_wide_div(rk_wide_of(run->exact[i]),
						   rk_wide_of(RK_RATE_ONE),
						   RK_WIDE_DOWN));

	for (uint32_t k = 0; k < n; k++)
		sum += views[k].funding.raw;
	(void)printf("# account %u: %.8f USD of funding in %llu settlements, "
		     "%lld units less than exact\n",
		     i + 1, (double)sum / 1e8,
		     (unsigned long long)run->settled[i],
		     (long long)(floor - sum));
	/* Positions are rounded one by one, and once more as they stand. */
	return sum <= floor &&
	       floor - sum <= (rk_i128)run->settled[i] + MARKETS;
}

int main(int argc, char **argv)
{
	static struct run run;
	const char *folder = getenv("RISKD_DATA");
	struct rk_books_asset sums;
	char path[1024];
	char line[256];
	int failed = 0;
	bool exact;
	gzFile file;

	if (!folder && argc > 1)
		folder = argv[1];
	(void)snprintf(path, sizeof(path), "%s/" FILE_NAME,
		       folder ? folder : ".");
	file = gzopen(path, "rb");
	if (!file) {
		(void)printf("1..0 # SKIP %s is not there\n", path);
		return 0;
	}
	open_run(&run);
	while (gzgets(file, line, sizeof(line)))
		if (!take_line(&run, line) && run.rates > 0)
			failed = 1;
	(void)gzclose(file);
	(void)printf("1..4\n# %llu rates of %u markets, %llu trades\n",
		     (unsigned long long)run.rates, run.markets,
		     (unsigned long long)run.trades);
	failed |= tell(1, !failed && run.rates > 10000, "all rates are read");
	/* Each says by how much it is off. */
	exact = is_exact(&run, 0);
	exact = is_exact(&run, 1) && exact;
	failed |= tell(2, exact,
		       "each account is paid the exact sum, less rounding");
	(void)rk_view_books_asset(run.harness.engine, 0, &sums);
	failed |= tell(3, sums.accounts + sums.clearing == 0,
		       "all that is paid, and clearing, is 0");
	failed |= tell(4, rk_view_check_books(run.harness.engine) == 0,
		       "books balance");
	rk_harness_fini(&run.harness);
	return failed;
}
