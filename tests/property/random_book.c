/*
 * Random books. See random_book.h. A book that the engine refuses ends the
 * program: no property is about that.
 */
#include "random_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"

#define START_NS      INT64_C(1700000000000000000)
#define DAY_NS        (INT64_C(86400) * 1000000000)
#define PERCENT       INT64_C(10000000)
#define USD           INT64_C(100000000)
#define MOVES         8 /* prices stay within this factor of the first */
#define SIZE_DECIMALS 9
#define LARGEST       3e6 /* a position, USD */

#define ACCOUNTS 256
static const struct rk_cmd_limits limits = {
	.accounts_max = ACCOUNTS,
	.owners_max = ACCOUNTS,
	.assets_max = BOOK_ASSETS,
	.markets_max = BOOK_MARKETS,
	.publishers_max = 1,
	.venues_max = 1,
	.clients_max = 1,
	.positions_max = ACCOUNTS * BOOK_MARKETS,
	.positions_per_account_max = BOOK_MARKETS,
	.balances_max = ACCOUNTS * BOOK_ASSETS,
	.orders_max = 4 * ACCOUNTS,
	.withdrawals_max = 1,
};

static double power(int exponent)
{
	double p = 1;

	for (; exponent > 0; exponent--)
		p *= 10;
	for (; exponent < 0; exponent++)
		p /= 10;
	return p;
}

int64_t random_book_more(int64_t raw, uint8_t more)
{
	for (; more > 0; more--)
		raw *= 10;
	return raw;
}

static double asset_usd(const struct random_asset *asset)
{
	return (double)asset->price * power(-asset->price_decimals);
}

int64_t random_book_unit(const struct random_book *book, uint32_t asset)
{
	const struct random_asset *a = &book->assets[asset];

	return (int64_t)(asset_usd(a) * power(8 - a->decimals)) + 1;
}

int64_t random_book_amount(const struct random_book *book, uint32_t asset,
			   double usd)
{
	const struct random_asset *a = &book->assets[asset];

	return (int64_t)(usd / asset_usd(a) * power(a->decimals));
}

/* What a raw unit of size is worth, in USD. */
static double size_usd(const struct random_book *book, uint32_t market)
{
	const struct random_market *m = &book->markets[market];
	double price = (double)m->price * power(-m->price_decimals);
	double each = (double)m->multiplier * power(-m->multiplier_decimals) *
		      power(-m->size_decimals) *
		      asset_usd(&book->assets[m->settle]);

	return m->inverse ? each / price : each * price;
}

int64_t random_book_size(const struct random_book *book, uint32_t market,
			 double usd)
{
	return (int64_t)(usd / size_usd(book, market)) + 1;
}

/* 0.01 to 99999, by its digits. */
static int64_t any_price(struct rk_prng *prng, uint8_t *ret_decimals)
{
	*ret_decimals = (uint8_t)rk_prng_below(prng, 5);
	return rk_prng_between(prng, 100, 99999);
}

static void make_terms(struct rk_prng *prng, struct rk_collateral *terms)
{
	int64_t weight = rk_prng_between(prng, 80, 100) * PERCENT;
	int64_t liability = rk_prng_between(prng, 100, 120) * PERCENT;
	int64_t profit = rk_prng_between(prng, 80, 100) * PERCENT;

	for (int k = 0; k < RK_LEVELS; k++) {
		terms->weight[k].raw = weight;
		terms->liability[k].raw = liability;
		terms->profit[k].raw = profit;
		weight -= rk_prng_between(prng, 0, 10 * PERCENT);
		liability += rk_prng_between(prng, 0, 10 * PERCENT);
		profit -= rk_prng_between(prng, 0, 10 * PERCENT);
	}
	terms->profit[RK_LEVEL_WITHDRAWAL].raw = 0;
}

static void make_asset(struct rk_prng *prng, struct random_asset *asset)
{
	asset->decimals = (uint8_t)rk_prng_between(prng, 2, 6);
	asset->price = any_price(prng, &asset->price_decimals);
	rk_collateral_default(&asset->terms);
	if (rk_prng_chance(prng, 4, 5))
		make_terms(prng, &asset->terms);
}

/* At most 20 % initial: half of a profit at 60 % of it counts for more. */
static void make_brackets(struct rk_prng *prng, struct random_market *market)
{
	int64_t maintenance = rk_prng_between(prng, 1, 3 * PERCENT);
	int64_t initial = maintenance + rk_prng_between(prng, 1, 5 * PERCENT);
	int64_t floor = 0;

	market->brackets_n = (uint32_t)rk_prng_between(prng, 1, 4);
	for (uint32_t k = 0; k < market->brackets_n; k++) {
		market->brackets[k].floor.raw = floor;
		market->brackets[k].maintenance.raw = maintenance;
		market->brackets[k].initial.raw = initial;
		floor += rk_prng_between(prng, 1, 200000 * USD);
		maintenance += rk_prng_between(prng, 0, 3 * PERCENT);
		initial += rk_prng_between(prng, 3 * PERCENT, 4 * PERCENT);
	}
}

/* Decimals of size that suit what a unit of it is worth. */
static void fit_sizes(struct random_book *book, uint32_t i)
{
	struct random_market *market = &book->markets[i];

	/* A unit of size is no more than people trade. */
	while (size_usd(book, i) > 100 && market->size_decimals < SIZE_DECIMALS)
		market->size_decimals++;
	if (size_usd(book, i) > 100)
		market->multiplier = 1;
	/* Nor is the largest position more than 2^61 units of finer sizes. */
	while (size_usd(book, i) < 1e-6 && market->size_decimals > 0)
		market->size_decimals--;
	while (size_usd(book, i) < 1e-6 && market->multiplier_decimals > 0)
		market->multiplier_decimals--;
	market->size_max = random_book_size(book, i, LARGEST);
}

static void make_market(struct rk_prng *prng, struct random_book *book,
			uint32_t i)
{
	struct random_market *market = &book->markets[i];

	market->inverse = rk_prng_chance(prng, 1, 3);
	market->settle = (uint32_t)rk_prng_below(prng, BOOK_COLLATERAL);
	market->price = any_price(prng, &market->price_decimals);
	market->size_decimals = (uint8_t)rk_prng_below(prng, 5);
	market->multiplier =
		rk_prng_chance(prng, 1, 2) ? 1 : rk_prng_between(prng, 1, 1000);
	market->multiplier_decimals = (uint8_t)rk_prng_below(prng, 4);
	make_brackets(prng, market);
	fit_sizes(book, i);
}

void random_book_make(struct random_book *book, struct rk_prng *prng)
{
	for (uint32_t i = 0; i < BOOK_ASSETS; i++)
		make_asset(prng, &book->assets[i]);
	book->assets[0].price = 1;
	book->assets[0].price_decimals = 0;
	for (uint32_t i = 0; i < BOOK_MARKETS; i++)
		make_market(prng, book, i);
}

void random_book_straighten(struct random_book *book)
{
	rk_collateral_default(&book->assets[0].terms);
	for (uint32_t i = 0; i < BOOK_MARKETS; i++) {
		struct random_market *market = &book->markets[i];

		market->inverse = false;
		market->settle = 0;
		market->multiplier = 1;
		market->multiplier_decimals = 0;
		fit_sizes(book, i);
	}
}

static void must(struct rk_harness *harness, const struct rk_cmd *cmd)
{
	int code = rk_harness_apply(harness, cmd);

	if (code == RK_OK || code == RK_REJ_NO_CHANGE)
		return;
	(void)fprintf(stderr, "random book: %s was refused: %s\n",
		      rk_cmd_name(cmd->type), rk_rc_name(code));
	abort();
}

static void quote(struct rk_harness *harness, uint32_t slot, int64_t price)
{
	struct rk_quote quote = {
		.slot = slot, .price = {price}, .time_ns = START_NS, .seq = 1};

	must(harness,
	     &(struct rk_cmd){.type = RK_CMD_PRICES, .prices = {&quote, 1}});
}

static void list_asset(struct rk_harness *harness, struct finer finer,
		       const struct random_asset *asset, uint32_t i)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET};
	struct rk_cmd terms = {.type = RK_CMD_COLLATERAL,
			       .collateral = {.terms = asset->terms}};
	struct rk_asset_view view;
	int64_t price = random_book_more(asset->price, finer.price);

	(void)snprintf(cmd.asset.name, sizeof(cmd.asset.name), "A%u", i);
	(void)snprintf(terms.collateral.asset, sizeof(terms.collateral.asset),
		       "A%u", i);
	cmd.asset.decimals = (uint8_t)(asset->decimals + finer.amount);
	cmd.asset.price_decimals =
		(uint8_t)(asset->price_decimals + finer.price);
	if (i == 0) {
		cmd.asset.fixed_price.raw = price;
	} else {
		cmd.asset.price_max.raw = MOVES * price;
		cmd.asset.price_age_max_ns = DAY_NS;
	}
	must(harness, &cmd);
	must(harness, &terms);
	(void)rk_view_asset(harness->engine, i, &view);
	if (i > 0)
		quote(harness, view.slot, price);
}

static void list_market(struct rk_harness *harness, struct finer finer,
			const struct random_market *market, uint32_t i)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONTRACT};
	struct rk_cmd_market *m = &cmd.market;
	struct rk_market_view view;
	int64_t price = random_book_more(market->price, finer.price);

	(void)snprintf(m->name, sizeof(m->name), "M%u", i);
	(void)snprintf(m->settle, sizeof(m->settle), "A%u", market->settle);
	m->price_decimals = (uint8_t)(market->price_decimals + finer.price);
	m->size_decimals = (uint8_t)(market->size_decimals + finer.size);
	m->lot.raw = 1;
	m->price_max.raw = MOVES * price;
	m->price_min.raw = price / MOVES;
	m->position_max.raw = random_book_more(market->size_max, finer.size);
	m->price_age_max_ns = DAY_NS;
	m->brackets_n = market->brackets_n;
	(void)memcpy(m->brackets, market->brackets, sizeof(m->brackets));
	m->contract =
		market->inverse ? RK_CONTRACT_INVERSE : RK_CONTRACT_LINEAR;
	m->multiplier = market->multiplier;
	m->multiplier_decimals = market->multiplier_decimals;
	must(harness, &cmd);
	(void)rk_view_market(harness->engine, i, &view);
	quote(harness, view.slot, price);
}

void random_book_open(const struct random_book *book, struct finer finer,
		      struct rk_harness *ret_harness)
{
	const struct rk_cmd_risk risk = {
		.warn_enter = {RK_RATE_ONE * 3 / 2},
		.warn_leave = {RK_RATE_ONE * 8 / 5},
		.call_enter = {RK_RATE_ONE * 5 / 4},
		.call_leave = {RK_RATE_ONE * 13 / 10},
		.target = {RK_RATE_ONE * 6 / 5},
		.order_band = {RK_RATE_ONE / 20},
		.stale_band = {RK_RATE_ONE / 10},
		.order_expiry_ns = DAY_NS,
		.close_timeout_ns = DAY_NS,
		.order_cooldown_ns = DAY_NS,
	};

	rk_harness_init(ret_harness, &limits, RK_EVENTS_PER_STEP_MAX);
	must(ret_harness,
	     &(struct rk_cmd){.type = RK_CMD_CLOCK, .clock = {START_NS}});
	must(ret_harness, &(struct rk_cmd){.type = RK_CMD_RISK, .risk = risk});
	must(ret_harness,
	     &(struct rk_cmd){.type = RK_CMD_PUBLISHER, .name = {"one"}});
	must(ret_harness,
	     &(struct rk_cmd){.type = RK_CMD_VENUE, .name = {"sea"}});
	for (uint32_t i = 0; i < BOOK_ASSETS; i++)
		list_asset(ret_harness, finer, &book->assets[i], i);
	for (uint32_t i = 0; i < BOOK_MARKETS; i++)
		list_market(ret_harness, finer, &book->markets[i], i);
}

void random_book_account(struct rk_harness *harness, uint64_t account)
{
	must(harness,
	     &(struct rk_cmd){.type = RK_CMD_ACCOUNT,
			      .account = {.account = account,
					  .owner = account,
					  .mode = RK_MODE_CROSS,
					  .enforcement = RK_ENFORCE_REPORT}});
}

bool random_book_pace(struct rk_prng *prng, uint32_t market,
		      struct rk_cmd *ret_cmd)
{
	struct rk_liquidation_terms *terms = &ret_cmd->liquidation.terms;

	if (rk_prng_chance(prng, 1, 3))
		return false;
	*ret_cmd = (struct rk_cmd){.type = RK_CMD_LIQUIDATION};
	(void)snprintf(ret_cmd->liquidation.market, RK_NAME_SIZE, "M%u",
		       market);
	terms->stage.raw = rk_prng_between(prng, 1, RK_RATE_ONE);
	terms->stage_min.raw = rk_prng_between(prng, 0, 100000000000);
	terms->volatility.raw = rk_prng_between(prng, 0, RK_RATE_ONE);
	terms->dust.raw = rk_prng_between(prng, 0, 100000000000);
	terms->velocity.raw = rk_prng_between(prng, 0, 1000000000000);
	return true;
}
