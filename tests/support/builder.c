/*
 * Set-up that fails ends the test program: no test is about that.
 */
#include "support/builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct rk_cmd_limits limits = {
	.accounts_max = 6,
	.owners_max = 5,
	.assets_max = 4,
	.markets_max = 8,
	.publishers_max = 3,
	.venues_max = 2,
	.clients_max = 2,
	.positions_max = 8,
	.positions_per_account_max = 3,
	.balances_max = 8,
	.orders_max = 4,
	.withdrawals_max = 2,
};

int rk_builder_apply(struct rk_builder *builder, struct rk_cmd cmd)
{
	return rk_harness_apply(&builder->harness, &cmd);
}

static void must(struct rk_builder *builder, struct rk_cmd cmd)
{
	int code = rk_builder_apply(builder, cmd);

	if (code == RK_OK)
		return;
	(void)fprintf(stderr, "builder: %s was refused: %s\n",
		      rk_cmd_name(cmd.type), rk_rc_name(code));
	abort();
}

struct rk_cmd_market rk_builder_market(const char *name)
{
	struct rk_cmd_market market = {
		.settle = "USD",
		.lot = {1},
		.price_max = {10000},
		.position_max = {100000},
		.price_age_max_ns = BUILDER_AGE_NS,
		.brackets_n = 1,
		.brackets = {{{0}, {50000000}, {100000000}}},
	};

	(void)snprintf(market.name, sizeof(market.name), "%s", name);
	return market;
}

void rk_builder_init(struct rk_builder *builder)
{
	(void)memset(builder, 0, sizeof(*builder));
	rk_harness_init(&builder->harness, &limits, RK_EVENTS_PER_STEP_MAX);
	must(builder, (struct rk_cmd){.type = RK_CMD_CLOCK,
				      .clock = {BUILDER_START_NS}});
	must(builder,
	     (struct rk_cmd){.type = RK_CMD_PUBLISHER, .name = {"one"}});
	must(builder,
	     (struct rk_cmd){.type = RK_CMD_PUBLISHER, .name = {"two"}});
	must(builder,
	     (struct rk_cmd){.type = RK_CMD_PUBLISHER, .name = {"three"}});
	must(builder, (struct rk_cmd){.type = RK_CMD_VENUE, .name = {"sea"}});
	must(builder, (struct rk_cmd){.type = RK_CMD_ASSET,
				      .asset = {.name = "USD",
						.decimals = 2,
						.fixed_price = {1}}});
	must(builder, (struct rk_cmd){.type = RK_CMD_MARKET,
				      .market = rk_builder_market("PERP")});
	must(builder, (struct rk_cmd){.type = RK_CMD_MARKET,
				      .market = rk_builder_market("OTHER")});
}

void rk_builder_fini(struct rk_builder *builder)
{
	rk_harness_fini(&builder->harness);
}

int rk_builder_contract(struct rk_builder *builder,
			const struct rk_cmd_market *market)
{
	return rk_builder_apply(
		builder,
		(struct rk_cmd){.type = RK_CMD_CONTRACT, .market = *market});
}

int rk_builder_account(struct rk_builder *builder, uint64_t id, int64_t cents)
{
	int code = rk_builder_apply(
		builder,
		(struct rk_cmd){.type = RK_CMD_ACCOUNT,
				.account = {.account = id,
					    .owner = id,
					    .mode = RK_MODE_CROSS,
					    .enforcement = RK_ENFORCE_FULL}});

	if (code != RK_OK || cents == 0)
		return code;
	return rk_builder_adjust(builder, id, cents);
}

int rk_builder_adjust(struct rk_builder *builder, uint64_t id, int64_t cents)
{
	return rk_builder_apply(
		builder,
		(struct rk_cmd){.type = RK_CMD_ADJUST,
				.amount = {.account = id, .amount = {cents}}});
}

int rk_builder_collateral(struct rk_builder *builder, const char *asset,
			  const struct rk_collateral *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL,
			     .collateral = {.terms = *terms}};

	(void)snprintf(cmd.collateral.asset, sizeof(cmd.collateral.asset), "%s",
		       asset);
	return rk_builder_apply(builder, cmd);
}

int rk_builder_trade(struct rk_builder *builder, uint64_t id, uint32_t market,
		     int64_t size, int64_t price)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_TRADE,
		.trade = {.trade = ++builder->trade,
			  .market = market,
			  .price = {price},
			  .size = {size < 0 ? -size : size}},
	};

	if (size < 0)
		cmd.trade.seller.account = id;
	else
		cmd.trade.buyer.account = id;
	return rk_builder_apply(builder, cmd);
}

int rk_builder_fill(struct rk_builder *builder, uint64_t id,
		    struct rk_order_id order, int64_t size, int64_t price)
{
	struct rk_order_view view = {0};
	struct rk_cmd cmd = {
		.type = RK_CMD_TRADE,
		.trade = {.trade = ++builder->trade,
			  .price = {price},
			  .size = {size < 0 ? -size : size}},
	};
	struct rk_trade_side *side =
		size < 0 ? &cmd.trade.seller : &cmd.trade.buyer;

	(void)rk_view_order(builder->harness.engine, order, &view);
	cmd.trade.market = view.market;
	side->account = id;
	side->order = order;
	return rk_builder_apply(builder, cmd);
}

int rk_builder_quote(struct rk_builder *builder, uint32_t slot, int64_t price)
{
	struct rk_engine_counts counts;
	struct rk_quote quote = {
		.slot = slot, .price = {price}, .seq = ++builder->quote_seq};

	rk_view_counts(builder->harness.engine, &counts);
	quote.time_ns = counts.time_ns;
	return rk_builder_apply(
		builder,
		(struct rk_cmd){.type = RK_CMD_PRICES, .prices = {&quote, 1}});
}

int rk_builder_wait(struct rk_builder *builder, int64_t time_ns)
{
	struct rk_engine_counts counts;

	rk_view_counts(builder->harness.engine, &counts);
	return rk_builder_apply(
		builder, (struct rk_cmd){.type = RK_CMD_CLOCK,
					 .clock = {counts.time_ns + time_ns}});
}

const struct rk_event *rk_builder_event(const struct rk_builder *builder,
					enum rk_event_type type, uint32_t nth)
{
	for (uint32_t i = 0; i < builder->harness.events_n; i++) {
		if (builder->harness.events[i].type == type && nth-- == 0)
			return &builder->harness.events[i];
	}
	return NULL;
}

uint32_t rk_builder_count(const struct rk_builder *builder,
			  enum rk_event_type type)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < builder->harness.events_n; i++)
		n += builder->harness.events[i].type == type;
	return n;
}

static uint32_t find(const struct rk_builder *builder, uint64_t id)
{
	uint32_t index = 0;

	if (rk_view_find_account(builder->harness.engine, id, &index) !=
	    RK_OK) {
		(void)fprintf(stderr, "builder: no account %llu\n",
			      (unsigned long long)id);
		abort();
	}
	return index;
}

struct rk_account_view rk_builder_view(const struct rk_builder *builder,
				       uint64_t id)
{
	struct rk_account_view view = {0};

	(void)rk_view_account(builder->harness.engine, find(builder, id),
			      &view);
	return view;
}

struct rk_position_view rk_builder_position(const struct rk_builder *builder,
					    uint64_t id, uint32_t market)
{
	struct rk_position_view views[8];
	uint32_t n = rk_view_positions(builder->harness.engine,
				       find(builder, id), views, 8);

	for (uint32_t i = 0; i < n; i++) {
		if (views[i].market == market)
			return views[i];
	}
	return (struct rk_position_view){.market = market};
}

int64_t rk_builder_balance(const struct rk_builder *builder, uint64_t id,
			   uint32_t asset)
{
	struct rk_balance_view views[8];
	uint32_t n = rk_view_balances(builder->harness.engine,
				      find(builder, id), views, 8);

	for (uint32_t i = 0; i < n; i++) {
		if (views[i].asset == asset)
			return views[i].amount.raw;
	}
	return 0;
}

struct rk_market_view rk_builder_perp(const struct rk_builder *builder)
{
	struct rk_market_view view;

	memset(&view, 0, sizeof(view));
	(void)rk_view_market(builder->harness.engine, 0, &view);
	return view;
}

struct rk_cmd_market rk_builder_rates(const struct rk_builder *builder,
				      int64_t maintenance, int64_t initial)
{
	struct rk_cmd_market changed = rk_builder_perp(builder).listing;

	changed.brackets_n = 1;
	changed.brackets[0].maintenance.raw = maintenance;
	changed.brackets[0].initial.raw = initial;
	return changed;
}

int rk_builder_change(struct rk_builder *builder,
		      const struct rk_cmd_market *listing)
{
	return rk_builder_apply(builder,
				(struct rk_cmd){.type = RK_CMD_MARKET_CHANGE,
						.market = *listing});
}

int rk_builder_change_rates(struct rk_builder *builder, int64_t maintenance,
			    int64_t initial)
{
	struct rk_cmd_market listing =
		rk_builder_rates(builder, maintenance, initial);

	return rk_builder_change(builder, &listing);
}

int rk_builder_grow(struct rk_builder *builder, struct rk_margin_terms terms)
{
	return rk_builder_apply(
		builder,
		(struct rk_cmd){.type = RK_CMD_MARGIN,
				.margin = {.market = "PERP", .terms = terms}});
}

int64_t rk_builder_maintenance(const struct rk_builder *builder, uint64_t id)
{
	return rk_builder_position(builder, id, 0).maintenance.raw /
	       BUILDER_CENT;
}
