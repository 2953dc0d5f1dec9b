/*
 * What is supposed while a ramp runs is in force at once, also what the ramp
 * leads to; what is supposed as it is in force stays so; and all ramps may be
 * supposed to have ended. COIN is asset 1, in cents at a dollar; account 1 has
 * 100 COIN. Ramps are an hour by quarters, and have come half of the way.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/rc.h"
#include "engine/suppose_terms.h"
#include "engine/view.h"
#include "support/builder.h"

#define COIN    1
#define SLOT    2
#define HOUR    (3600 * BUILDER_SECOND_NS)
#define PERCENT (RK_RATE_ONE / 100)
#define TENTH   (RK_FACTOR_ONE / 10)

static struct rk_builder b;
static struct rk_supposed_terms terms;
static void *memory;

static int ramp(const char *asset, const char *market)
{
	struct rk_cmd cmd = {.type = RK_CMD_RAMP,
			     .ramp = {.ramp = {HOUR, HOUR / 4}}};

	(void)strcpy(cmd.ramp.asset, asset);
	(void)strcpy(cmd.ramp.market, market);
	return rk_builder_apply(&b, cmd);
}

static int adjust(uint32_t asset, int64_t amount)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_ADJUST,
				    .amount = {1, asset, {amount}}});
}

static void open_book(void)
{
	struct rk_cmd coin = {.type = RK_CMD_ASSET,
			      .asset = {.name = "COIN",
					.decimals = 2,
					.price_max = {1000},
					.price_age_max_ns = 9 * HOUR}};

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, SLOT, 1), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(adjust(COIN, 10000), RK_OK);
	cr_assert_eq(ramp("COIN", ""), RK_OK);
	cr_assert_eq(ramp("", "PERP"), RK_OK);
}

static void close_book(void)
{
	free(memory);
	rk_builder_fini(&b);
}

TestSuite(suppose_ramp, .init = open_book, .fini = close_book);

/* Ramps that have begun are half of their way; suppositions begin. */
static void half_of_the_way(void)
{
	cr_assert_eq(rk_builder_wait(&b, HOUR / 2), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	memory = malloc(rk_supposed_terms_size(b.harness.engine));
	cr_assert(memory);
	rk_supposed_terms_init(&terms, b.harness.engine, memory);
}

/* By what is supposed so far; in cents. */
static struct rk_margin margin(void)
{
	struct rk_margin of;
	struct rk_ask ask;

	cr_assert_eq(rk_ask_account(b.harness.engine, 0, &ask), RK_OK);
	cr_assert_eq(rk_ask_terms(&ask, &terms), RK_OK);
	rk_ask_margin(&ask, &of);
	of.health_m.raw /= BUILDER_CENT;
	of.health_i.raw /= BUILDER_CENT;
	of.maintenance.raw /= BUILDER_CENT;
	return of;
}

static struct rk_asset_view coin(void)
{
	struct rk_asset_view view;

	memset(&view, 0, sizeof(view));
	(void)rk_view_asset(b.harness.engine, COIN, &view);
	return view;
}

static struct rk_collateral weights(int64_t maintenance, int64_t initial)
{
	struct rk_collateral all;

	rk_collateral_default(&all);
	all.weight[RK_LEVEL_MAINTENANCE].raw = maintenance * PERCENT;
	all.weight[RK_LEVEL_INITIAL].raw = initial * PERCENT;
	all.weight[RK_LEVEL_WITHDRAWAL].raw = initial * PERCENT;
	return all;
}

static int suppose_weights(struct rk_collateral all)
{
	const char *field;

	return rk_supposed_collateral(&terms, COIN, &all, &field);
}

Test(suppose_ramp, what_an_asset_counts_for)
{
	struct rk_collateral target = weights(60, 50);

	cr_assert_eq(rk_builder_collateral(&b, "COIN", &target), RK_OK);
	half_of_the_way();
	cr_expect_eq(margin().health_m.raw, 8000);
	cr_expect_eq(suppose_weights(weights(61, 50)), RK_OK);
	cr_expect_eq(margin().health_m.raw, 6100);
	rk_supposed_terms_reset(&terms);
	cr_expect_eq(suppose_weights(target), RK_OK);
	cr_expect_eq(margin().health_m.raw, 6000, "what it leads to");
	rk_supposed_terms_reset(&terms);
	cr_expect_eq(suppose_weights(weights(80, 40)), RK_OK);
	cr_expect_eq(margin().health_m.raw, 8000, "what is in force");
	cr_expect_eq(margin().health_i.raw, 4000);
}

static int suppose_size(int64_t size_factor)
{
	struct rk_collateral_scale scale = {.size_factor = size_factor,
					    .deposit_cap = {1}};
	const char *field;

	return rk_supposed_scale(&terms, COIN, &scale, &field);
}

Test(suppose_ramp, a_size_factor)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {.asset = "COIN",
				     .scale = {.size_factor = TENTH}}};

	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	half_of_the_way();
	/* 1.1 / 1.5 at maintenance, 1.1 / 2 else. */
	cr_expect_eq(margin().health_m.raw, 7333);
	cr_expect_eq(coin().size_factor, TENTH / 2);
	cr_expect_eq(suppose_size(TENTH / 2), RK_OK);
	cr_expect_eq(margin().health_m.raw, 7333, "what is in force");
	cr_expect_eq(margin().health_i.raw, 5500);
	cr_expect_eq(suppose_size(TENTH), RK_OK);
	cr_expect_eq(margin().health_m.raw, 5500, "what it leads to");
	rk_supposed_terms_reset(&terms);
	cr_expect_eq(suppose_size(TENTH / 5), RK_OK);
	cr_expect_eq(margin().health_m.raw, 9166);
	cr_expect_eq(margin().health_i.raw, 9166);
}

static struct rk_cmd_emode entry(const char *asset, int64_t maintenance,
				 int64_t initial)
{
	struct rk_cmd_emode emode = {
		.group = "g",
		.entry = {.collateral = maintenance > 0,
			  .weight = {{maintenance * PERCENT},
				     {initial * PERCENT},
				     {initial * PERCENT}}}};

	(void)strcpy(emode.asset, asset);
	return emode;
}

static int suppose_entry(struct rk_cmd_emode emode)
{
	const char *field;

	return rk_supposed_emode(&terms, COIN, &emode, &field);
}

Test(suppose_ramp, what_an_asset_is_in_a_group)
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE};
	struct rk_collateral plain = weights(50, 50);

	cmd.emode = entry("USD", 0, 0);
	cmd.emode.entry.debt = true;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cmd.emode = entry("COIN", 90, 80);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	cr_assert_eq(rk_builder_collateral(&b, "COIN", &plain), RK_OK);
	cr_assert_eq(adjust(0, -1000), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, HOUR), RK_OK);
	cmd.emode = entry("COIN", 0, 0);
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	half_of_the_way();
	cr_expect_eq(margin().health_m.raw, 7000 - 1000);
	cr_expect_eq(suppose_entry(entry("", 0, 0)), RK_OK);
	cr_expect_eq(margin().health_m.raw, 5000 - 1000, "it has left");
	rk_supposed_terms_reset(&terms);
	cr_expect_eq(suppose_entry(entry("", 70, 0)), RK_OK);
	cr_expect_eq(margin().health_m.raw, 7000 - 1000, "what is in force");
	cr_expect_eq(margin().health_i.raw, 5000 - 1000);
	rk_supposed_terms_reset(&terms);
	rk_supposed_ramps_end(&terms);
	cr_expect_eq(margin().health_m.raw, 5000 - 1000);
	rk_supposed_terms_reset(&terms);
	cr_expect_eq(margin().health_m.raw, 7000 - 1000);
}

static int suppose_rate(int64_t maintenance, int64_t lot)
{
	struct rk_market_view view;
	const char *field;

	(void)rk_view_market(b.harness.engine, 0, &view);
	view.listing.brackets[0].maintenance.raw = maintenance * PERCENT;
	view.listing.lot.raw = lot;
	return rk_supposed_market(&terms, 0, &view.listing, &field);
}

Test(suppose_ramp, the_form_of_a_market)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_CHANGE,
			     .market = rk_builder_market("PERP")};

	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1, 100), RK_OK);
	cmd.market.brackets[0].maintenance.raw = 9 * PERCENT;
	cmd.market.brackets[0].initial.raw = 20 * PERCENT;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	half_of_the_way();
	cr_expect_eq(margin().maintenance.raw, 700);
	cr_expect_eq(suppose_rate(9, 2), RK_OK);
	cr_expect_eq(margin().maintenance.raw, 700, "what it leads to");
	cr_expect_eq(suppose_rate(8, 2), RK_OK);
	cr_expect_eq(margin().maintenance.raw, 800);
	rk_supposed_terms_reset(&terms);
	rk_supposed_ramps_end(&terms);
	cr_expect_eq(margin().maintenance.raw, 900);
	rk_supposed_terms_reset(&terms);
	cr_expect_eq(margin().maintenance.raw, 700);
}

Test(suppose_ramp, all_have_ended_before_what_is_supposed)
{
	struct rk_collateral target = weights(60, 50);

	cr_assert_eq(rk_builder_collateral(&b, "COIN", &target), RK_OK);
	half_of_the_way();
	rk_supposed_ramps_end(&terms);
	cr_expect_eq(margin().health_m.raw, 6000);
	cr_expect_eq(suppose_weights(weights(75, 50)), RK_OK);
	cr_expect_eq(margin().health_m.raw, 7500);
	rk_supposed_terms_reset(&terms);
	cr_expect_eq(margin().health_m.raw, 8000);
}
