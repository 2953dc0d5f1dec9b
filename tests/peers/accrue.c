/*
 * Interest of one loan. See accrue.h.
 */
#include "accrue.h"

#include <string.h>

#include "engine/rc.h"
#include "vectors/book.h"

#define LENDER     1
#define BORROWER   2
#define SECOND_NS  INT64_C(1000000000)
#define DIGITS_RAW 17
#define NAME       "LOAN"

/* A rate at which all is lent, whatever is: none of it by utilisation. */
static int lend(struct book *book, rk_rate rate)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING,
			     .lending = {.asset = NAME,
					 .terms = {.lendable = true,
						   .base = rate,
						   .kink = {RK_RATE_ONE / 2},
						   .interval_ns = SECOND_NS}}};

	return book_apply(book, &cmd);
}

static int wait_for(struct book *book, int64_t seconds)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	book->time_ns += seconds * SECOND_NS;
	cmd.clock.time_ns = book->time_ns;
	return book_apply(book, &cmd);
}

static int64_t balance_of(const struct book *book, uint64_t account)
{
	struct rk_balance_view view;
	uint32_t index;

	if (rk_view_find_account(book->engine, account, &index) != RK_OK ||
	    rk_view_balances(book->engine, index, &view, 1) != 1)
		return 0;
	return view.amount.raw + view.interest.raw;
}

static int run(struct book *book, int64_t amount, rk_rate rate, int64_t seconds)
{
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	const struct scale scale = {.money = RK_USD_DECIMALS};
	/* Worth next to nothing: only amounts are looked at. */
	const struct dec price = dec_of(1, 8);
	uint32_t asset;
	int r = book_open(book, scale, &risk);

	if (r == RK_OK)
		r = book_asset(book, NAME, price, &asset);
	if (r == RK_OK)
		r = lend(book, rate);
	for (uint64_t account = LENDER; r == RK_OK && account <= BORROWER;
	     account++)
		r = book_account(book, account, RK_MODE_CROSS);
	if (r == RK_OK)
		r = book_adjust(book, LENDER, asset, (rk_amt){amount});
	if (r == RK_OK)
		r = book_adjust(book, BORROWER, asset, (rk_amt){-amount});
	return r == RK_OK && seconds > 0 ? wait_for(book, seconds) : r;
}

struct accrued accrue(struct num amount, struct num rate, int64_t seconds)
{
	struct accrued a = {.code = RK_REJ_OVERFLOW};
	struct book book;
	int64_t raw = 0;
	rk_rate yearly;
	int places = DIGITS_RAW;

	/* As fine as there is room for. */
	while (num_cmp(amount, num_of(1, places - DIGITS_RAW)) > 0)
		places--;
	if (!num_raw(amount, places, RK_WIDE_DOWN, &raw) || raw <= 0 ||
	    !num_raw(rate, 9, RK_WIDE_DOWN, &yearly.raw) ||
	    num_cmp(num_of(yearly.raw, 9), rate) != 0)
		return a;
	a.code = run(&book, raw, yearly, seconds);
	if (a.code == RK_OK) {
		a.held = num_of(balance_of(&book, LENDER), places);
		a.owed = num_of(-(rk_i128)balance_of(&book, BORROWER), places);
		a.unit = num_of(1, places);
	}
	book_close(&book);
	return a;
}
