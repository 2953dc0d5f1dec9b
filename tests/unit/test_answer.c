/*
 * Answers to queries: what an asset counts for, which contract a market is,
 * and the health of an account.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "codec/answer.h"
#include "codec/decode.h"
#include "riskd.pb-c.h"
#include "support/builder.h"

#define N(array)   (sizeof(array) / sizeof((array)[0]))
#define ROOM       ((size_t)1 << 20)
#define ACCOUNT    7
#define COIN       1 /* asset: 4 decimals, at 1.00 USD */
#define COINS      INT64_C(10000)
#define PERCENT(n) (INT64_C(10000000) * (n))

static struct rk_builder b;
static unsigned char scratch_memory[ROOM];
static unsigned char answer_memory[ROOM];

/* Terms that all differ, and from those of other assets. */
static const struct rk_cmd_collateral terms = {
	.asset = "COIN",
	.terms = {.weight = {{PERCENT(95)}, {PERCENT(90)}, {PERCENT(80)}},
		  .liability = {{PERCENT(105)}, {PERCENT(110)}, {PERCENT(120)}},
		  .profit = {{PERCENT(50)}, {PERCENT(25)}, {0}}},
};

static void begin(void)
{
	struct rk_cmd coin = {
		.type = RK_CMD_ASSET,
		.asset = {.name = "COIN",
			  .decimals = 4,
			  .price_decimals = 2,
			  .fixed_price = {100}},
	};
	struct rk_cmd counts = {.type = RK_CMD_COLLATERAL, .collateral = terms};

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(&b, coin), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, counts), RK_OK);
}

static void deposit(uint32_t asset, int64_t amount)
{
	struct rk_cmd cmd = {.type = RK_CMD_ADJUST};

	cmd.amount.account = ACCOUNT;
	cmd.amount.asset = asset;
	cmd.amount.amount.raw = amount;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
}

static Riskd__Answer *unpack(const struct rk_bytes *bytes)
{
	Riskd__Answer *answer;

	cr_assert_not(bytes->full);
	answer = riskd__answer__unpack(NULL, bytes->n, bytes->data);
	cr_assert_not_null(answer);
	return answer;
}

/* As riskd does it, in one go. */
static void add_deficits(rk_i128 sums[RK_ASSETS_MAX])
{
	struct rk_engine_counts counts;

	memset(sums, 0, RK_ASSETS_MAX * sizeof(*sums));
	rk_view_counts(b.harness.engine, &counts);
	for (uint32_t i = 0; i < counts.accounts; i++)
		rk_view_add_deficits(b.harness.engine, i, sums);
}

static Riskd__Answer *ask_markets(void)
{
	struct rk_scratch scratch = {scratch_memory, ROOM, 0};
	struct rk_bytes bytes = {answer_memory, ROOM, 0, false};
	rk_i128 sums[RK_ASSETS_MAX];
	const struct rk_deficits deficits = {sums, 0};

	add_deficits(sums);
	rk_answer_markets(&bytes, &scratch, b.harness.engine, &deficits);
	return unpack(&bytes);
}

static Riskd__Answer *ask_account(void)
{
	struct rk_scratch scratch = {scratch_memory, ROOM, 0};
	struct rk_bytes bytes = {answer_memory, ROOM, 0, false};
	uint32_t index;

	cr_assert_eq(rk_view_find_account(b.harness.engine, ACCOUNT, &index),
		     RK_OK);
	rk_answer_account(&bytes, &scratch, b.harness.engine, index,
			  &(struct rk_largest){.n = 0});
	return unpack(&bytes);
}

Test(answer, every_asset_tells_what_it_counts_for, .init = begin)
{
	Riskd__Answer *answer = ask_markets();
	const Riskd__Collateral *usd;
	const Riskd__Collateral *coin;

	cr_assert_eq(answer->markets->n_assets, 2);
	usd = answer->markets->assets[0]->collateral;
	coin = answer->markets->assets[COIN]->collateral;
	cr_assert_not_null(usd);
	cr_expect_eq(usd->weight_maintenance, PERCENT(100));
	cr_expect_eq(usd->weight_initial, PERCENT(100));
	cr_expect_eq(usd->weight_withdrawal, PERCENT(100));
	cr_expect_eq(usd->liability_maintenance, PERCENT(100));
	cr_expect_eq(usd->liability_initial, PERCENT(100));
	cr_expect_eq(usd->liability_withdrawal, PERCENT(100));
	cr_expect_eq(usd->profit_maintenance, PERCENT(100));
	cr_expect_eq(usd->profit_initial, PERCENT(100));
	cr_assert_not_null(coin);
	cr_expect_eq(coin->weight_maintenance, PERCENT(95));
	cr_expect_eq(coin->weight_initial, PERCENT(90));
	cr_expect_eq(coin->weight_withdrawal, PERCENT(80));
	cr_expect_eq(coin->liability_maintenance, PERCENT(105));
	cr_expect_eq(coin->liability_initial, PERCENT(110));
	cr_expect_eq(coin->liability_withdrawal, PERCENT(120));
	cr_expect_eq(coin->profit_maintenance, PERCENT(50));
	cr_expect_eq(coin->profit_initial, PERCENT(25));
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

Test(answer, markets_tell_what_the_vault_holds_and_may_lose)
{
	const struct rk_cmd cmds[] = {
		{.type = RK_CMD_VAULT,
		 .vault = {"USD", {{PERCENT(4)}, {PERCENT(10)}}}},
		{.type = RK_CMD_VAULT_TOP_UP, .top_up = {0, {10000000}}},
		{.type = RK_CMD_TAKEOVER,
		 .takeover = {"PERP",
			      {true,
			       {PERCENT(60)},
			       {PERCENT(1)},
			       {BUILDER_USD * 1000000},
			       7}}},
	};
	const Riskd__TakeoverTerms *takeover;
	const Riskd__Vault *vault;
	Riskd__Answer *answer;

	rk_builder_init(&b);
	for (size_t i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
		cr_assert_eq(rk_builder_apply(&b, cmds[i]), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 100, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 92), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 90), RK_OK);
	answer = ask_markets();
	vault = answer->markets->assets[0]->vault;
	cr_assert_not_null(vault);
	cr_expect_eq(vault->event_budget, PERCENT(4));
	cr_expect_eq(vault->hour_budget, PERCENT(10));
	cr_expect_eq(vault->capital, 10000000);
	cr_expect_eq(vault->profit, 9200 - 20000);
	cr_expect_eq(vault->held, 900000);
	cr_expect_eq(vault->lost, 10800);
	cr_expect_eq(vault->hour_left, 1000000 - 10800);
	takeover = answer->markets->markets[0]->takeover;
	cr_assert_not_null(takeover);
	cr_expect_eq(takeover->at, PERCENT(60));
	cr_expect_eq(takeover->concession_max, PERCENT(1));
	cr_expect_eq(takeover->vault_max, BUILDER_USD * 1000000);
	cr_expect_eq(takeover->stages, 7);
	cr_expect_eq(takeover->profit, -10800);
	cr_expect_eq(takeover->event_left, 400000 - 10800);
	cr_expect_null(answer->markets->markets[1]->takeover);
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

Test(answer, markets_tell_what_a_fund_holds_and_may_pay)
{
	const Riskd__InsuranceFund *fund;
	Riskd__Answer *answer;

	rk_builder_init(&b);
	cr_assert_eq(rk_builder_apply(
			     &b,
			     (struct rk_cmd){
				     .type = RK_CMD_INSURANCE,
				     .insurance = {.asset = "USD",
						   .terms = {{PERCENT(25)},
							     {PERCENT(1)},
							     {PERCENT(20)}}}}),
		     RK_OK);
	cr_assert_eq(
		rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_TOP_UP,
						     .top_up = {0, {1000}}}),
		RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 0), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -400), RK_OK);
	answer = ask_markets();
	fund = answer->markets->assets[0]->insurance;
	cr_assert_not_null(fund);
	cr_expect_eq(fund->draw_cap, PERCENT(25));
	cr_expect_eq(fund->liquidation_fee, PERCENT(1));
	cr_expect_eq(fund->fund, 750);
	cr_expect_eq(fund->drawn, 250);
	cr_expect_eq(fund->available, 0);
	/* 1.50 are owed, a fifth of 7.50: one more is too much. */
	cr_expect_eq(fund->withdrawal_gate, PERCENT(20));
	cr_expect_eq(fund->deficit, 150);
	cr_expect_not(fund->gated);
	riskd__answer__free_unpacked(answer, NULL);
	cr_assert_eq(rk_builder_adjust(&b, 1, -1), RK_OK);
	answer = ask_markets();
	cr_expect(answer->markets->assets[0]->insurance->gated);
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

/* Of 0.25 USD each, settled in COIN, from 0.50 USD on. */
static uint32_t list_inverse(void)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONTRACT,
			     .market = rk_builder_market("INVERSE")};

	(void)snprintf(cmd.market.settle, sizeof(cmd.market.settle), "COIN");
	cmd.market.contract = RK_CONTRACT_INVERSE;
	cmd.market.multiplier = 25;
	cmd.market.multiplier_decimals = 2;
	cmd.market.price_min.raw = 50;
	cr_assert_eq(rk_builder_apply(&b, cmd), RK_OK);
	return 2;
}

Test(answer, every_market_tells_which_contract_it_is, .init = begin)
{
	uint32_t inverse = list_inverse();
	Riskd__Answer *answer = ask_markets();
	const Riskd__Market *market = answer->markets->markets[0];

	cr_assert_eq(answer->markets->n_markets, 3);
	cr_expect_eq(market->contract, RISKD__CONTRACT__CONTRACT_LINEAR);
	cr_expect_eq(market->multiplier, 1);
	cr_expect_eq(market->multiplier_decimals, 0);
	cr_expect_eq(market->price_min, 1);
	market = answer->markets->markets[inverse];
	cr_expect_eq(market->contract, RISKD__CONTRACT__CONTRACT_INVERSE);
	cr_expect_eq(market->multiplier, 25);
	cr_expect_eq(market->multiplier_decimals, 2);
	cr_expect_eq(market->price_min, 50);
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

/* 1000 USD and a debt of 200 COIN, with a position of 4000 USD. */
Test(answer, health_tells_what_counts_for_an_account_and_against_it,
     .init = begin)
{
	Riskd__Answer *answer;
	const Riskd__Health *health;

	cr_assert_eq(rk_builder_account(&b, ACCOUNT, 100000), RK_OK);
	deposit(COIN, -200 * COINS);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, ACCOUNT, 0, 40, 100), RK_OK);
	answer = ask_account();
	health = answer->account->row->health;
	cr_expect_eq(health->equity, 800 * BUILDER_USD);
	cr_expect_eq(health->assets, 1000 * BUILDER_USD);
	/* 105 % of the debt, 5 % of the position. */
	cr_expect_eq(health->liabilities, 410 * BUILDER_USD);
	cr_expect_eq(health->health_maintenance, 590 * BUILDER_USD);
	cr_expect_eq(health->maintenance, 210 * BUILDER_USD);
	cr_expect_eq(health->health_factor, 2439024390);
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

Test(answer, an_account_that_owes_nothing_has_no_health_factor, .init = begin)
{
	Riskd__Answer *answer;

	cr_assert_eq(rk_builder_account(&b, ACCOUNT, 0), RK_OK);
	deposit(COIN, 100 * COINS);
	answer = ask_account();
	cr_expect_eq(answer->account->row->health->assets, 95 * BUILDER_USD);
	cr_expect_eq(answer->account->row->health->liabilities, 0);
	cr_expect_eq(answer->account->row->health->health_factor, -1);
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

Test(answer, the_health_factor_is_rounded_down)
{
	static const struct {
		int64_t assets, liabilities, factor;
	} cases[] = {
		{0, 0, -1},
		{5, 0, -1},
		{0, 5, 0},
		{2, 3, 666666666},
		{3, 2, 1500000000},
		{999999999, 1000000000, 999999999},
		{1000000000, 1000000001, 999999999},
		{INT64_MAX, INT64_MAX, 1000000000},
		{INT64_MAX, 1000000000, INT64_MAX},
		/* No number holds it. */
		{INT64_MAX, 999999999, -1},
		{INT64_MAX, 1, -1},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rk_margin margin = {
			.assets = {cases[i].assets},
			.liabilities = {cases[i].liabilities},
		};

		cr_expect_eq(rk_answer_factor(&margin), cases[i].factor,
			     "case %zu", i);
	}
}

/* 40 at 100 USD, of which 0.25 % is owed. */
Test(answer, funding_is_told_of_the_market_and_of_the_position, .init = begin)
{
	struct rk_cmd set = {
		.type = RK_CMD_FUNDING,
		.funding = {.market = "PERP",
			    .terms = {.interval_ns = 3600 * BUILDER_SECOND_NS,
				      .interest = {100000},
				      .clamp = {500000},
				      .cap = {40000000}}}};
	struct rk_cmd fund = {.type = RK_CMD_FUND,
			      .fund = {.rate = {2500000}, .price = {100}}};
	struct rk_cmd premium = {.type = RK_CMD_PREMIUM,
				 .premium = {.index = {100},
					     .impact_bid = {102},
					     .impact_ask = {103}}};
	const Riskd__FundingTerms *told;
	Riskd__Answer *answer;

	cr_assert_eq(rk_builder_account(&b, ACCOUNT, 100000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, ACCOUNT, 0, 40, 100), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, set), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, fund), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, premium), RK_OK);
	answer = ask_account();
	cr_expect_eq(answer->account->positions[0]->funding, -1000);
	cr_expect_eq(answer->account->positions[0]->unrealised, 0);
	cr_expect_eq(answer->account->row->health->equity, 990 * BUILDER_USD);
	riskd__answer__free_unpacked(answer, NULL);

	answer = ask_markets();
	told = answer->markets->markets[0]->funding;
	cr_assert_not_null(told);
	cr_expect_eq(told->interval_ns, 3600 * BUILDER_SECOND_NS);
	cr_expect_eq(told->interest, 100000);
	cr_expect_eq(told->clamp, 500000);
	cr_expect_eq(told->cap, 40000000);
	cr_expect_eq(told->next_ns % told->interval_ns, 0);
	cr_expect_gt(told->next_ns, BUILDER_START_NS);
	cr_expect_eq(told->rate, 19500000);
	cr_expect_eq(told->samples, 1);
	/* 25 cents for each unit, in 1e-18. */
	cr_expect_eq(told->index_high, 1);
	cr_expect_eq(told->index_low, UINT64_C(6553255926290448384));
	told = answer->markets->markets[1]->funding;
	cr_expect_eq(told->interval_ns, 0);
	cr_expect_eq(told->next_ns, 0);
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

Test(answer, markets_tell_how_liquidation_orders_follow, .init = begin)
{
	struct rk_cmd set = {
		.type = RK_CMD_LIQUIDATION,
		.liquidation = {.market = "PERP",
				.terms = {.stage = {PERCENT(20)},
					  .stage_min = {2},
					  .cooldown_ns = 3,
					  .volatility = {4},
					  .dust = {5},
					  .velocity = {200 * BUILDER_USD}}}};
	const Riskd__LiquidationTerms *told;
	Riskd__Answer *answer;

	cr_assert_eq(rk_builder_apply(&b, set), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, ACCOUNT, 100000), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, ACCOUNT, 0, 10, 100), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, ACCOUNT, -97000), RK_OK);
	answer = ask_markets();
	told = answer->markets->markets[0]->liquidation;
	cr_assert_not_null(told);
	cr_expect_eq(told->stage, PERCENT(20));
	cr_expect_eq(told->stage_min, 2);
	cr_expect_eq(told->cooldown_ns, 3);
	cr_expect_eq(told->volatility, 4);
	cr_expect_eq(told->dust, 5);
	cr_expect_eq(told->velocity, 200 * BUILDER_USD);
	cr_expect_eq(told->ordered, 200 * BUILDER_USD);
	told = answer->markets->markets[1]->liquidation;
	cr_expect_eq(told->stage, PERCENT(100));
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

/* 40 at 100 USD, half way between the caps, with a choice of 5. */
Test(answer, margin_terms_and_leverage_are_told, .init = begin)
{
	struct rk_cmd set = {
		.type = RK_CMD_MARGIN,
		.margin = {.market = "PERP",
			   .terms = {.scale_lower = {3000 * BUILDER_USD},
				     .scale_upper = {5000 * BUILDER_USD},
				     .open_max = {77},
				     .growth = RK_GROWTH_SQRT,
				     .base_share = {800000000},
				     .factor_maintenance = 2,
				     .factor_initial = 3}}};
	struct rk_cmd choose = {.type = RK_CMD_LEVERAGE,
				.leverage = {ACCOUNT, 0, {5 * RK_RATE_ONE}}};
	const Riskd__MarginTerms *told;
	Riskd__Answer *answer;

	cr_assert_eq(rk_builder_account(&b, ACCOUNT, 1000000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, ACCOUNT, 0, 40, 100), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, choose), RK_OK);
	choose.leverage.market = 1;
	cr_assert_eq(rk_builder_apply(&b, choose), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, set), RK_OK);
	answer = ask_account();
	cr_expect_eq(answer->account->positions[0]->leverage, 5 * RK_RATE_ONE);
	cr_expect_eq(answer->account->positions[0]->initial,
		     2200 * BUILDER_USD);
	cr_assert_eq(answer->account->n_leverages, 2);
	cr_expect_eq(answer->account->leverages[1]->market, 1);
	cr_expect_eq(answer->account->leverages[1]->leverage, 5 * RK_RATE_ONE);
	riskd__answer__free_unpacked(answer, NULL);

	answer = ask_markets();
	cr_expect_eq(answer->markets->markets[0]->open_interest, 40);
	told = answer->markets->markets[0]->margin;
	cr_assert_not_null(told);
	cr_expect_eq(told->scale_lower, 3000 * BUILDER_USD);
	cr_expect_eq(told->scale_upper, 5000 * BUILDER_USD);
	cr_expect_eq(told->open_max, 77);
	cr_expect_eq(told->growth, RISKD__GROWTH__GROWTH_SQRT);
	cr_expect_eq(told->base_share, 800000000);
	cr_expect_eq(told->factor_maintenance, 2);
	cr_expect_eq(told->factor_initial, 3);
	cr_expect_eq(told->open_usd, 4000 * BUILDER_USD);
	cr_expect_eq(answer->markets->markets[1]->margin->open_usd, 0);
	riskd__answer__free_unpacked(answer, NULL);
}

Test(answer, a_market_tells_its_state_its_expiry_and_its_settlement,
     .init = begin)
{
	struct rk_cmd cmds[] = {
		{.type = RK_CMD_EXPIRY,
		 .expiry = {1, BUILDER_START_NS + BUILDER_SECOND_NS}},
		{.type = RK_CMD_MARKET_STATE,
		 .market_state = {0, RK_MARKET_SETTLING}},
		{.type = RK_CMD_SETTLE, .settle = {0, {90}}},
	};
	Riskd__Answer *answer;

	for (size_t i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
		cr_assert_eq(rk_builder_apply(&b, cmds[i]), RK_OK);
	answer = ask_markets();
	cr_expect_eq(answer->markets->markets[0]->state,
		     RISKD__MARKET_STATE__MARKET_STATE_SETTLED);
	cr_expect_eq(answer->markets->markets[0]->settlement, 90);
	cr_expect_eq(answer->markets->markets[0]->price->mark, 90);
	cr_expect_eq(answer->markets->markets[1]->state,
		     RISKD__MARKET_STATE__MARKET_STATE_OPEN);
	cr_expect_eq(answer->markets->markets[1]->expiry_ns,
		     BUILDER_START_NS + BUILDER_SECOND_NS);
	cr_expect_eq(answer->markets->markets[1]->settlement, 0);
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

/* 100 USD in cents at 1.1 / 2, in two groups. */
Test(answer, groups_caps_and_applied_weights_are_told, .init = begin)
{
	struct rk_cmd first = {.type = RK_CMD_EMODE,
			       .emode = {.group = "a",
					 .asset = "USD",
					 .entry = {.collateral = true,
						   .weight = {{3}, {2}, {1}}}}};
	struct rk_cmd second = {.type = RK_CMD_EMODE,
				.emode = {.group = "b",
					  .asset = "USD",
					  .entry = {.debt = true}}};
	struct rk_cmd scale = {
		.type = RK_CMD_COLLATERAL_SCALE,
		.collateral_scale = {
			.asset = "USD",
			.scale = {.size_factor = RK_FACTOR_ONE / 10,
				  .deposit_cap = {7}}}};
	const Riskd__Asset *told;
	const Riskd__Balance *balance;
	Riskd__Answer *answer;

	cr_assert_eq(rk_builder_account(&b, ACCOUNT, 10000), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, first), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, second), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, scale), RK_OK);
	answer = ask_markets();
	told = answer->markets->assets[0];
	cr_expect_eq(told->scale->size_factor, RK_FACTOR_ONE / 10);
	cr_expect_eq(told->scale->deposit_cap, 7);
	cr_assert_eq(told->n_emode, 2);
	cr_expect_str_eq(told->emode[0]->group, "a");
	cr_expect(told->emode[0]->collateral && !told->emode[0]->debt);
	cr_expect_eq(told->emode[0]->weight_maintenance, 3);
	cr_expect_eq(told->emode[0]->weight_initial, 2);
	cr_expect_eq(told->emode[0]->weight_withdrawal, 1);
	cr_expect_str_eq(told->emode[1]->group, "b");
	cr_expect(!told->emode[1]->collateral && told->emode[1]->debt);
	riskd__answer__free_unpacked(answer, NULL);

	answer = ask_account();
	balance = answer->account->balances[0];
	cr_expect_eq(balance->weight_maintenance, 550000000);
	cr_expect_eq(balance->weight_initial, 550000000);
	cr_expect_eq(balance->weight_withdrawal, 550000000);
	riskd__answer__free_unpacked(answer, NULL);
}

/* Half an hour of an hour: of COIN at M, and of the brackets of PERP. */
Test(answer, ramps_are_told_with_what_they_come_from, .init = begin)
{
	struct rk_cmd cmds[] = {
		{.type = RK_CMD_RAMP,
		 .ramp = {.asset = "COIN",
			  .ramp = {3600 * BUILDER_SECOND_NS,
				   600 * BUILDER_SECOND_NS}}},
		{.type = RK_CMD_RAMP,
		 .ramp = {.market = "PERP",
			  .ramp = {3600 * BUILDER_SECOND_NS,
				   1800 * BUILDER_SECOND_NS}}},
		{.type = RK_CMD_COLLATERAL, .collateral = terms},
		{.type = RK_CMD_MARKET_CHANGE,
		 .market = rk_builder_market("PERP")},
		{.type = RK_CMD_CLOCK,
		 .clock = {BUILDER_START_NS + 1800 * BUILDER_SECOND_NS}},
	};
	struct rk_bracket before = cmds[3].market.brackets[0];
	const Riskd__Ramp *told;
	Riskd__Answer *answer;

	cmds[2].collateral.terms.weight[RK_LEVEL_MAINTENANCE].raw = PERCENT(91);
	cmds[3].market.brackets[0].maintenance.raw += PERCENT(1);
	cmds[3].market.brackets[0].initial.raw += PERCENT(1);
	for (size_t i = 0; i < N(cmds); i++)
		cr_assert_eq(rk_builder_apply(&b, cmds[i]), RK_OK, "%zu", i);
	answer = ask_markets();
	told = answer->markets->assets[COIN]->ramp;
	cr_assert_not_null(told);
	cr_expect_eq(told->duration_ns, 3600 * BUILDER_SECOND_NS);
	cr_expect_eq(told->step_ns, 600 * BUILDER_SECOND_NS);
	cr_expect_eq(told->running_step_ns, 600 * BUILDER_SECOND_NS);
	cr_expect_eq(told->until_ns - told->since_ns, 3600 * BUILDER_SECOND_NS);
	cr_expect_eq(told->elapsed_ns, 1800 * BUILDER_SECOND_NS);
	cr_expect_eq(
		answer->markets->assets[COIN]->collateral->weight_maintenance,
		PERCENT(93), "half way from 95 to 91");
	cr_assert_not_null(answer->markets->assets[COIN]->target);
	cr_expect_eq(answer->markets->assets[COIN]->target->weight_maintenance,
		     PERCENT(91));
	cr_expect_null(answer->markets->assets[0]->target, "none runs");
	told = answer->markets->markets[0]->ramp;
	cr_assert_not_null(told);
	cr_expect_eq(told->elapsed_ns, 1800 * BUILDER_SECOND_NS);
	cr_assert_geq(told->n_brackets, 1);
	cr_expect_eq(told->brackets[0]->maintenance, before.maintenance.raw);
	cr_expect_eq(told->brackets[0]->initial, 0);
	cr_expect_null(answer->markets->markets[1]->ramp, "it has none");
	riskd__answer__free_unpacked(answer, NULL);
	rk_builder_fini(&b);
}

/* What has left a group is told until its ramp has ended; USD weighs 1. */
Test(answer, the_ramp_of_a_group_is_told, .init = begin)
{
	struct rk_cmd entry = {.type = RK_CMD_EMODE,
			       .emode = {.group = "a",
					 .asset = "USD",
					 .entry = {.debt = true}}};
	struct rk_cmd ramp = {
		.type = RK_CMD_RAMP,
		.ramp = {.asset = "USD",
			 .ramp = {4 * BUILDER_SECOND_NS, BUILDER_SECOND_NS}}};
	const Riskd__EmodeGroup *told;
	Riskd__Answer *answer;

	cr_assert_eq(rk_builder_apply(&b, ramp), RK_OK);
	cr_assert_eq(rk_builder_apply(&b, entry), RK_OK);
	answer = ask_markets();
	cr_expect_null(answer->markets->assets[0]->emode[0]->ramp);
	cr_expect_eq(answer->markets->assets[0]->emode[0]->share, 0);
	riskd__answer__free_unpacked(answer, NULL);

	entry.emode.entry.debt = false;
	cr_assert_eq(rk_builder_apply(&b, entry), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, BUILDER_SECOND_NS), RK_OK);
	answer = ask_markets();
	cr_assert_eq(answer->markets->assets[0]->n_emode, 1);
	told = answer->markets->assets[0]->emode[0];
	cr_expect_str_eq(told->group, "a");
	cr_expect_not(told->collateral || told->debt);
	cr_assert_not_null(told->ramp);
	cr_expect_eq(told->ramp->elapsed_ns, BUILDER_SECOND_NS);
	cr_expect_eq(told->ramp->until_ns - told->ramp->since_ns,
		     4 * BUILDER_SECOND_NS);
	cr_expect_eq(told->share, 750000000);
	cr_expect_eq(told->weight, 0);
	riskd__answer__free_unpacked(answer, NULL);

	cr_assert_eq(rk_builder_wait(&b, 3 * BUILDER_SECOND_NS), RK_OK);
	answer = ask_markets();
	cr_expect_eq(answer->markets->assets[0]->n_emode, 0);
	riskd__answer__free_unpacked(answer, NULL);
}
