/*
 * A borrower of Aave v2 over 75 snapshots: each is an account of the engine,
 * prices in ETH, and the health factor it has must be the one that somebody
 * else wrote down, within what the printed digits leave open.
 *
 * What is printed is uncertain by half a unit of its last digit: amounts have
 * 15 digits and at most 16 places, prices 16 places. A figure outside of that
 * needs a cause, which is looked for in the file and named.
 *
 *   borrower [FOLDER]    TAP; the folder is RISKD_DATA where that is set
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "engine/rc.h"

#define FILE_NAME     "aave_v2_health_factor_one_user.csv"
#define SNAPSHOTS_MAX 128
#define ROWS_MAX      12
#define FIELDS        9
#define ACCOUNT       1
#define DIGITS        40 /* of a division */
#define DAYS_OF_YEAR  365
/* What WETH earned at most, in a year, in 1e-3. */
#define RATE_MAX 20

struct row {
	char asset[16];
	struct num supply;
	struct num threshold;
	struct num variable;
	struct num stable;
	struct num price;
};

struct snapshot {
	char block[16];
	char time[24];
	long day; /* since some day */
	struct row rows[ROWS_MAX];
	size_t n;
	struct num stated; /* bad: "inf" */
};

enum cause {
	CAUSE_NONE, /* within the printed digits */
	CAUSE_DUST,
	CAUSE_LATER,
	CAUSE_UNKNOWN,
	CAUSES
};

static const char *const causes[CAUSES] = {
	[CAUSE_NONE] = "within what the printed digits allow",
	[CAUSE_DUST] = "debts below a unit of USDC or USDT are printed, and "
		       "not in the stated figure",
	[CAUSE_LATER] = "the collateral is printed as it was later, with "
			"interest that had not been earned yet",
	[CAUSE_UNKNOWN] = "no cause was found",
};

/* Half a unit of the last of 15 digits, of at most 16 places. */
static struct num open_in_amount(struct num a)
{
	int places = 16;
	struct num limit = num_of(1, 1); /* 0.1 has 15 digits in 15 places */

	if (num_sign(a) == 0)
		return num_of(0, 0);
	for (places = 15; places > 0 && num_cmp(a, limit) >= 0; places--)
		limit.places--;
	if (places == 15 && num_cmp(a, num_of(1, 1)) < 0)
		places = 16;
	return num_of(5, places + 1);
}

/* The price of ETH is 1 by what prices are in. */
static struct num open_in_price(struct num a)
{
	return num_cmp(a, num_of(1, 0)) == 0 ? num_of(0, 0) : num_of(5, 17);
}

static struct num or_zero(struct num a)
{
	return num_max(a, num_of(0, 0));
}

static bool is_dust(struct num debt)
{
	return num_cmp(debt, num_of(1, 6)) < 0;
}

/* How the printed digits are read. */
struct reading {
	int side;  /* -1: lowest factor, 0: as printed, 1: highest */
	bool dust; /* debts that are less than a unit count */
};

static struct num moved(struct num a, struct num by, int side)
{
	return or_zero(num_add(a, num_mul(by, num_of(side, 0))));
}

/* The factor by exact fractions. */
static struct num factor(const struct snapshot *s, struct reading reading)
{
	struct num assets = num_of(0, 0);
	struct num debts = num_of(0, 0);

	for (size_t i = 0; i < s->n; i++) {
		const struct row *row = &s->rows[i];
		struct num off = open_in_price(row->price);
		struct num debt[] = {row->variable, row->stable};
		struct num high = moved(row->price, off, reading.side);
		struct num low = moved(row->price, off, -reading.side);
		struct num supply = moved(
			row->supply, open_in_amount(row->supply), reading.side);

		assets = num_add(
			assets, num_mul(num_mul(supply, high), row->threshold));
		for (size_t k = 0; k < 2; k++) {
			if (!reading.dust && is_dust(debt[k]))
				continue;
			debt[k] = moved(debt[k], open_in_amount(debt[k]),
					-reading.side);
			debts = num_add(debts, num_mul(debt[k], low));
		}
	}
	return num_div(assets, debts, DIGITS, RK_WIDE_DOWN);
}

/* A row's supply or debt as an asset of its own. */
struct part {
	struct desk_asset asset;
	uint32_t id;
};

static size_t take_parts(const struct snapshot *s, bool dust,
			 struct part parts[2 * ROWS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct row *row = &s->rows[i];
		struct num debt = num_add(row->variable, row->stable);
		struct num amounts[] = {row->supply, num_neg(debt)};

		if (!dust && is_dust(debt))
			amounts[1] = num_of(0, 0);
		for (size_t k = 0; k < 2; k++) {
			struct part *part = &parts[n];

			if (num_sign(amounts[k]) == 0)
				continue;
			*part = (struct part){
				.asset = {.price = row->price,
					  .amount = amounts[k],
					  .terms = desk_terms_plain()}};
			for (int level = 0; level < 2; level++)
				part->asset.terms.weight[level] =
					row->threshold;
			n++;
		}
	}
	return n;
}

/* What the engine tells of the account. */
struct told {
	int code;
	struct num factor; /* bad: nothing is owed */
	struct num off;    /* what 64 bits may make of it */
	bool liquidatable;
};

static void fill(struct desk *desk, const struct part *parts, size_t n)
{
	if (desk->code == RK_OK)
		desk->code = book_account(&desk->book, ACCOUNT, RK_MODE_CROSS);
	for (int owed = 0; owed < 2; owed++) {
		for (size_t i = 0; i < n && desk->code == RK_OK; i++) {
			const struct part *part = &parts[i];
			rk_amt amount;

			if ((num_sign(part->asset.amount) < 0) != (owed == 1))
				continue;
			(void)num_raw(part->asset.amount,
				      desk->assets[part->id].places,
				      RK_WIDE_DOWN, &amount.raw);
			desk->code = book_adjust(&desk->book, ACCOUNT, part->id,
						 amount);
		}
	}
}

static struct told ask(const struct snapshot *s, bool dust)
{
	struct part parts[2 * ROWS_MAX];
	size_t n = take_parts(s, dust, parts);
	struct num total = num_of(0, 0);
	struct rk_account_view view;
	struct told told = {.factor = {.bad = true}};
	struct desk desk;
	struct num debts;

	for (size_t i = 0; i < n; i++)
		total = num_add(total, num_abs(num_mul(parts[i].asset.amount,
						       parts[i].asset.price)));
	desk_open(&desk, desk_money_for(num_mul(total, num_of(2, 0))));
	for (size_t i = 0; i < n; i++)
		parts[i].id = desk_asset(&desk, &parts[i].asset);
	fill(&desk, parts, n);
	told.code = desk.code;
	if (desk.code == RK_OK) {
		view = book_view(&desk.book, ACCOUNT);
		told.liquidatable = view.state >= RK_STATE_LIQUIDATING;
		debts = desk_usd(&desk, view.margin.liabilities);
		told.factor = num_div(desk_usd(&desk, view.margin.assets),
				      debts, DIGITS, RK_WIDE_DOWN);
		told.off = num_div(
			num_mul(desk.slack, num_add(told.factor, num_of(2, 0))),
			debts, DIGITS, RK_WIDE_UP);
	}
	desk_close(&desk);
	return told;
}

/* The engine must be right to its own last digits, and never above. */
static bool engine_right(const struct told *told, struct num printed)
{
	return told->code == RK_OK && !told->factor.bad &&
	       num_cmp(told->factor, printed) <= 0 &&
	       num_cmp(num_sub(printed, told->factor), told->off) <= 0;
}

/* Is the stated figure what the engine tells, within what is left open? */
static bool fits(const struct snapshot *s, bool dust, const struct told *told)
{
	struct num low = factor(s, (struct reading){-1, dust});
	struct num high = factor(s, (struct reading){1, dust});
	struct num digit = num_of(5, s->stated.places + 1);

	low = num_sub(num_sub(low, digit), told->off);
	high = num_add(num_add(high, digit), told->off);
	return num_cmp(s->stated, low) >= 0 && num_cmp(s->stated, high) <= 0;
}

static const struct row *collateral(const struct snapshot *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (num_sign(s->rows[i].threshold) > 0)
			return &s->rows[i];
	return NULL;
}

/*
 * Interest makes a balance grow, so two snapshots with the same one to the
 * last digit are of one moment. The figure must then be too low by what WETH
 * may have earned in between, and not by more.
 */
static bool is_of_later(const struct snapshot *all, size_t n, size_t i)
{
	const struct row *row = collateral(&all[i]);
	struct num printed = factor(&all[i], (struct reading){0, false});
	struct num most;
	long days = 0;

	for (size_t k = i + 1; row && k < n; k++) {
		const struct row *other = collateral(&all[k]);

		if (other && num_cmp(other->supply, row->supply) == 0)
			days = all[k].day - all[i].day;
	}
	most = num_div(num_mul(printed, num_of(days * RATE_MAX, 3)),
		       num_of(DAYS_OF_YEAR, 0), DIGITS, RK_WIDE_UP);
	printed = num_sub(printed, all[i].stated);
	return days > 0 && num_sign(printed) > 0 && num_cmp(printed, most) < 0;
}

static enum cause find_cause(const struct snapshot *all, size_t n, size_t i,
			     const struct told *told)
{
	struct told without = ask(&all[i], false);

	if (fits(&all[i], true, told))
		return CAUSE_NONE;
	if (engine_right(&without,
			 factor(&all[i], (struct reading){0, false})) &&
	    fits(&all[i], false, &without))
		return CAUSE_DUST;
	return is_of_later(all, n, i) ? CAUSE_LATER : CAUSE_UNKNOWN;
}

static enum cause judge(const struct snapshot *all, size_t n, size_t i)
{
	const struct snapshot *s = &all[i];
	struct told told = ask(s, true);
	enum cause cause = CAUSE_UNKNOWN;
	char text[NUM_TEXT_SIZE];

	if (s->stated.bad) /* "inf": nothing is owed */
		return told.code == RK_OK && told.factor.bad &&
				       !told.liquidatable
			       ? CAUSE_NONE
			       : CAUSE_UNKNOWN;
	if (engine_right(&told, factor(s, (struct reading){0, true})) &&
	    told.liquidatable == (num_cmp(told.factor, num_of(1, 0)) < 0))
		cause = find_cause(all, n, i, &told);
	if (cause != CAUSE_NONE)
		(void)printf("# %s %s: riskd's less the stated one is %s: "
			     "%s\n",
			     s->block, s->time,
			     num_about(num_sub(told.factor, s->stated), text),
			     causes[cause]);
	return cause;
}

/* Days from 0000-03-01, by a date of the file. */
static long day_of(const char *time)
{
	long y = strtol(time, NULL, 10);
	long m = strtol(time + 5, NULL, 10);
	long d = strtol(time + 8, NULL, 10);

	y -= m <= 2;
	m = (m + 9) % 12;
	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + d - 1;
}

static bool read_line(char *line, char *fields[FIELDS])
{
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && n < FIELDS; n++) {
		fields[n] = at;
		at = strchr(at, ',');
		if (at)
			*at++ = '\0';
	}
	return n == FIELDS;
}

/* Rows of a snapshot follow each other. 0 when the file is none of this. */
static size_t read_all(FILE *file, struct snapshot *all)
{
	char line[512];
	char *f[FIELDS];
	size_t n = 0;

	if (!fgets(line, sizeof(line), file))
		return 0;
	while (fgets(line, sizeof(line), file)) {
		struct snapshot *s;
		struct row *row;

		if (!read_line(line, f))
			return 0;
		if (n == 0 || strcmp(all[n - 1].block, f[0]) != 0) {
			if (n == SNAPSHOTS_MAX)
				return 0;
			s = &all[n++];
			(void)snprintf(s->block, sizeof(s->block), "%.15s",
				       f[0]);
			(void)snprintf(s->time, sizeof(s->time), "%s", f[1]);
			s->day = day_of(f[1]);
			s->stated = num_parse(f[8]);
		}
		s = &all[n - 1];
		if (s->n == ROWS_MAX)
			return 0;
		row = &s->rows[s->n++];
		(void)snprintf(row->asset, sizeof(row->asset), "%s", f[2]);
		row->supply = num_parse(f[3]);
		row->threshold = num_parse(f[4]);
		row->variable = num_parse(f[5]);
		row->stable = num_parse(f[6]);
		row->price = num_parse(f[7]);
	}
	return n;
}

static int run(FILE *file)
{
	static struct snapshot all[SNAPSHOTS_MAX];
	size_t n = read_all(file, all);
	unsigned found[CAUSES] = {0};

	if (n == 0) {
		(void)printf("Bail out! the file has another form\n");
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < n; i++)
		found[judge(all, n, i)]++;
	(void)printf("#| a borrower of Aave v2: %zu snapshots\n", n);
	for (int i = 0; i < CAUSES; i++)
		(void)printf("#| %5u %s\n", found[i], causes[i]);
	(void)printf("%sok 1 - every health factor is the stated one, or the "
		     "cause is known\n1..1\n",
		     found[CAUSE_UNKNOWN] > 0 ? "not " : "");
	return found[CAUSE_UNKNOWN] > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const char *folder = getenv("RISKD_DATA");
	char path[4096];
	FILE *file;
	int r;

	if (!folder || !*folder)
		folder = argc > 1 ? argv[1] : "../shared/data";
	(void)snprintf(path, sizeof(path), "%s/%s", folder, FILE_NAME);
	file = fopen(path, "r");
	if (!file) {
		(void)printf("1..0 # SKIP no %s: set RISKD_DATA\n", path);
		return EXIT_SUCCESS;
	}
	r = run(file);
	(void)fclose(file);
	return r;
}
