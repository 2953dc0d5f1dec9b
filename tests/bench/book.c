/*
 * Accounts by Zipf from one seed. See book.h.
 */
#include "book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define DAY_NS  INT64_C(86400000000000)
#define PERCENT INT64_C(10000000)
#define SEED    UINT64_C(0xd1b54a32d192ed03)

uint64_t bench_draw(uint64_t *rng)
{
	uint64_t x = *rng += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

double bench_draw_part(uint64_t *rng)
{
	return (double)(bench_draw(rng) >> 11) / 9007199254740992.0;
}

struct bench_shape bench_shape_usual(uint32_t accounts)
{
	return (struct bench_shape){
		.accounts = accounts,
		.markets = 50,
		.positions = 3,
		.off_least = 0.0005,
		.off_most = 0.5,
	};
}

void bench_book_init(struct bench_book *book, const struct bench_shape *shape)
{
	double sum = 0;

	if (shape->markets + shape->quiet > BENCH_BOOK_MARKETS_MAX ||
	    shape->positions > BENCH_BOOK_POSITIONS_MAX ||
	    shape->positions > shape->markets)
		bench_die("a book of %u markets and %u positions is too large",
			  shape->markets, shape->positions);
	book->shape = *shape;
	for (uint32_t i = 0; i < shape->markets; i++) {
		sum += 1.0 / (i + 1);
		book->zipf[i] = sum;
	}
	for (uint32_t i = 0; i < shape->markets; i++)
		book->zipf[i] /= sum;
}

uint32_t bench_book_market(const struct bench_book *book, double part)
{
	uint32_t market = 0;

	while (market < book->shape.markets - 1 && book->zipf[market] < part)
		market++;
	return market;
}

static bool holds(const struct bench_holder *holder, uint32_t n,
		  uint32_t market)
{
	for (uint32_t i = 0; i < n; i++)
		if (holder->held[i].market == market)
			return true;
	return false;
}

/* Positions of 100 to 10 100 USD. */
uint32_t bench_book_other(uint32_t market)
{
	return market ^ 1U;
}

/* Equity is 1.3 to 1.5 times maintenance, 2 % of both legs: it is warned. */
static void hedge(const struct bench_book *book, uint64_t *rng,
		  struct bench_holder *holder)
{
	double times = 1.3 + 0.2 * bench_draw_part(rng);
	uint32_t market = bench_book_market(book, bench_draw_part(rng));
	int64_t size = 10000 + (int64_t)(bench_draw(rng) % 1000000);

	for (uint32_t i = 0; i < book->shape.positions; i++)
		holder->held[i] = (struct bench_holding){0, 0};
	holder->held[0] = (struct bench_holding){market, size};
	holder->held[1] =
		(struct bench_holding){bench_book_other(market), -size};
	holder->cash =
		(int64_t)(times * BENCH_BOOK_MAINTENANCE / 1e4 * 2 *
			  (double)size * (double)BENCH_BOOK_PRICE / 1e7 * 1e6);
}

void bench_book_holder(const struct bench_book *book, uint64_t account,
		       struct bench_holder *ret_holder)
{
	const struct bench_shape *shape = &book->shape;
	uint64_t rng = account * SEED;
	double off =
		shape->off_least +
		bench_draw_part(&rng) * (shape->off_most - shape->off_least);
	double gross = 0;

	ret_holder->account = account;
	if (shape->hedged && account % 20 == 0) {
		hedge(book, &rng, ret_holder);
		return;
	}
	for (uint32_t i = 0; i < shape->positions; i++) {
		struct bench_holding *held = &ret_holder->held[i];
		uint64_t dice;

		do {
			held->market =
				bench_book_market(book, bench_draw_part(&rng));
		} while (holds(ret_holder, i, held->market));
		dice = bench_draw(&rng);
		held->size = 1000 + (int64_t)((dice >> 1) % 100000);
		gross += (double)held->size * (double)BENCH_BOOK_PRICE / 1e7;
		if (dice & 1)
			held->size = -held->size;
	}
	ret_holder->cash =
		(int64_t)((BENCH_BOOK_MAINTENANCE / 1e4 + off) * gross * 1e6) +
		1;
}

static void list_market(uint32_t market, bench_book_fn *fn, void *context)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_MARKET,
		.market = {.settle = "USD",
			   .price_decimals = 4,
			   .size_decimals = 3,
			   .lot = {1},
			   .price_max = {BENCH_BOOK_PRICE * 100},
			   .position_max = {INT64_C(100000000)},
			   .price_age_max_ns = DAY_NS,
			   .brackets_n = 1,
			   .brackets = {{{0}, {2 * PERCENT}, {4 * PERCENT}}}}};

	(void)snprintf(cmd.market.name, sizeof(cmd.market.name), "M%u", market);
	fn(context, &cmd);
}

void bench_book_list(const struct bench_book *book, bench_book_fn *fn,
		     void *context)
{
	const struct rk_cmd first[] = {
		{.type = RK_CMD_CLOCK, .clock = {BENCH_BOOK_TIME_NS}},
		{.type = RK_CMD_PUBLISHER, .name = {"feed"}},
		{.type = RK_CMD_VENUE, .name = {"sea"}},
		{.type = RK_CMD_ASSET,
		 .asset = {.name = "USD", .decimals = 6, .fixed_price = {1}}},
	};

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		fn(context, &first[i]);
	for (uint32_t i = 0; i < book->shape.markets + book->shape.quiet; i++)
		list_market(i, fn, context);
}

static void add_trade(const struct bench_holder *holder,
		      const struct bench_holding *held, uint64_t trade,
		      struct rk_cmd *cmd)
{
	*cmd = (struct rk_cmd){.type = RK_CMD_TRADE,
			       .trade = {.trade = trade,
					 .market = held->market,
					 .price = {BENCH_BOOK_PRICE},
					 .size = {llabs(held->size)}}};
	if (held->size > 0)
		cmd->trade.buyer.account = holder->account;
	else
		cmd->trade.seller.account = holder->account;
}

void bench_book_add(const struct bench_book *book,
		    const struct bench_holder *holder, uint64_t *trade,
		    bench_book_fn *fn, void *context)
{
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = holder->account,
					 .owner = holder->account,
					 .mode = RK_MODE_CROSS,
					 .enforcement = RK_ENFORCE_FULL}};

	fn(context, &cmd);
	cmd = (struct rk_cmd){.type = RK_CMD_DEPOSIT,
			      .amount = {.account = holder->account,
					 .amount = {holder->cash}}};
	fn(context, &cmd);
	for (uint32_t i = 0; i < book->shape.positions; i++) {
		if (holder->held[i].size == 0)
			continue;
		add_trade(holder, &holder->held[i], ++*trade, &cmd);
		fn(context, &cmd);
	}
}
