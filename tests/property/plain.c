/*
 * An account that is judged the short way (engine/plain.h) is judged as by the
 * long one, over seeded streams of commands in which everything happens:
 * interest, funding, inverse contracts, growth, ramps, prices that are not OK;
 * and over random books of coins, where USD are rounded.
 *
 * plain [SEED [COMMANDS]]; TAP output.
 */
#include "engine/plain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/cmd_listing.h"
#include "engine/state.h"
#include "random_book.h"
#include "support/generator.h"
#include "support/harness.h"

#define ACCOUNTS 40
#define STREAMS  3
#define BOOKS    100
#define LEAST    100 /* of each kind there is, or the run proves little */

static const struct finer finer = {2, 3, 2};

struct run {
	struct rk_generator *generator;
	struct rk_harness harness;
	/* Accounts judged the short way: of them, with ... */
	uint64_t plain;
	uint64_t positions;
	uint64_t without_balance;
	uint64_t interest;
	uint64_t funding;
	uint64_t doubtful;
	uint64_t ramping;
	uint64_t coins;   /* of coins that count for themselves */
	uint64_t several; /* of more than one asset with a balance */
	uint64_t mixed;   /* with positions that settle in several */
	uint64_t others;  /* judged the long way only */
	uint64_t wrong;
};

static void count(struct run *run, const struct rk_account *account,
		  const struct rk_holdings *holdings,
		  const struct rk_judgement *figures)
{
	const struct rk_engine *engine = run->harness.engine;

	run->plain++;
	run->positions += holdings->positions_n > 0;
	run->without_balance += account->balances == RK_NONE;
	run->interest += holdings->balances_n > 0 &&
			 holdings->balances[0].interest.raw != 0;
	run->several += holdings->balances_n > 1;
	run->doubtful += !figures->prices_ok;
	for (uint32_t i = 1; i < holdings->positions_n; i++)
		run->mixed +=
			engine->markets[holdings->positions[i - 1].market]
				.settle !=
			engine->markets[holdings->positions[i].market].settle;
	for (uint32_t i = 0; i < holdings->positions_n; i++) {
		const struct rk_held_position *position =
			&holdings->positions[i];

		run->funding += position->funding.raw != 0;
		run->ramping += engine->markets[position->market]
					.ramp.run.ramp.duration_ns != 0;
	}
}

static void compare(struct run *run, const struct rk_account *account)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	static struct rk_holdings holdings;
	struct rk_judgement expected;
	struct rk_judgement found;

	if (!rk_plain_judge(engine, account, &found)) {
		run->others++;
		return;
	}
	rk_holdings_to_judge(engine, account, &holdings);
	rk_margin_judge(&scene, &holdings, &expected);
	count(run, account, &holdings, &expected);
	if (found.equity.raw == expected.equity.raw &&
	    found.maintenance.raw == expected.maintenance.raw &&
	    found.prices_ok == expected.prices_ok)
		return;
	run->wrong++;
	(void)printf(
		"# account %" PRIu64 " at %" PRIu64 ": equity %" PRId64
		" for %" PRId64 ", maintenance %" PRId64 " for %" PRId64 "\n",
		account->id, engine->seq, found.equity.raw, expected.equity.raw,
		found.maintenance.raw, expected.maintenance.raw);
}

static void step(struct run *run)
{
	const struct rk_cmd *cmd =
		rk_generator_next(run->generator, run->harness.engine);

	(void)rk_harness_apply(&run->harness, cmd);
	rk_generator_note(run->generator, run->harness.events,
			  run->harness.events_n);
	for (uint32_t i = 0; i < run->harness.engine->accounts_n; i++)
		compare(run, &run->harness.engine->accounts[i]);
}

/* An account gets some of what a market settles in, and buys there. */
static void buy(struct run *run, struct random_book *book, uint64_t account,
		uint32_t m)
{
	const struct random_market *market = &book->markets[m];
	struct rk_cmd cmd = {.type = RK_CMD_DEPOSIT};

	cmd.amount.account = account;
	cmd.amount.asset = market->settle;
	cmd.amount.amount.raw =
		random_book_more(random_book_amount(book, market->settle, 777),
				 finer.amount) +
		1;
	(void)rk_harness_apply(&run->harness, &cmd);
	cmd = (struct rk_cmd){.type = RK_CMD_TRADE};
	cmd.trade.trade = account;
	cmd.trade.market = m;
	cmd.trade.price.raw = random_book_more(market->price, finer.price);
	cmd.trade.size.raw =
		random_book_more(random_book_size(book, m, 1234), finer.size) +
		1;
	cmd.trade.buyer.account = account;
	(void)rk_harness_apply(&run->harness, &cmd);
}

/*
 * Accounts of coins that count for themselves, so that USD are rounded: of one
 * each, and one account that is in all the markets.
 */
static void run_coins(struct run *run, uint64_t seed)
{
	struct random_book book;
	struct rk_prng prng;

	rk_prng_init(&prng, seed);
	random_book_make(&book, &prng);
	for (uint32_t i = 0; i < BOOK_ASSETS; i++)
		rk_collateral_default(&book.assets[i].terms);
	random_book_open(&book, finer, &run->harness);
	for (uint64_t i = 1; i <= BOOK_MARKETS + 1; i++)
		random_book_account(&run->harness, i);
	for (uint32_t m = 0; m < BOOK_MARKETS; m++) {
		buy(run, &book, m + 1, m);
		buy(run, &book, BOOK_MARKETS + 1, m);
	}
	for (uint32_t i = 0; i < run->harness.engine->accounts_n; i++) {
		uint64_t before = run->plain;

		compare(run, &run->harness.engine->accounts[i]);
		run->coins += run->plain - before;
	}
	rk_harness_fini(&run->harness);
}

static int report(const struct run *run)
{
	const struct {
		uint64_t n;
		const char *kind;
	} kinds[] = {
		{run->plain, "judged the short way"},
		{run->positions, "of them with positions"},
		{run->without_balance, "without a balance"},
		{run->interest, "with interest not settled"},
		{run->funding, "with funding not settled"},
		{run->doubtful, "at prices that are not OK"},
		{run->ramping, "in a market whose terms are on a ramp"},
		{run->coins, "of coins that count for themselves"},
		{run->several, "with several balances"},
		{run->mixed, "with positions that settle in several assets"},
		{run->others, "judged the long way only"},
	};
	bool enough = true;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		(void)printf("# %" PRIu64 " %s\n", kinds[i].n, kinds[i].kind);
		enough = enough && kinds[i].n >= LEAST;
	}
	(void)printf("%sok 1 - the short way and the long one find the same\n",
		     run->wrong == 0 ? "" : "not ");
	(void)printf("%sok 2 - each kind of account was there\n",
		     enough ? "" : "not ");
	(void)printf("1..2\n");
	return run->wrong == 0 && enough ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void run_stream(struct run *run, uint64_t seed, uint64_t commands)
{
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);

	rk_harness_init(&run->harness, &limits, RK_EVENTS_PER_STEP_MAX);
	run->generator = rk_generator_open(seed, ACCOUNTS);
	while (commands-- > 0)
		step(run);
	rk_generator_close(run->generator);
	rk_harness_fini(&run->harness);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t commands = argc > 2 ? strtoull(argv[2], NULL, 10) : 30000;
	static struct run run;

	/* What a market is listed with may leave a kind out of one of them. */
	for (uint64_t i = 0; i < STREAMS; i++)
		run_stream(&run, seed * STREAMS + i, commands / STREAMS);
	for (uint64_t i = 0; i < BOOKS; i++)
		run_coins(&run, seed * BOOKS + i);
	return report(&run);
}
