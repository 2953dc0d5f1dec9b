/*
 * How much of a position a liquidation closes: the vectors of liquidation.json
 * that give equity, notional, target health, cost and maintenance rates. The
 * engine is given the account; its order is filled at the mark less the cost,
 * and what is left is compared too.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/view.h"
#include "support/harness.h"

#define UNIT   1e8 /* of amounts, sizes and prices: all have 8 decimals */
#define RATE   1e9
#define SECOND INT64_C(1000000000)
#define BEGIN  (INT64_C(1700000000) * SECOND)
/* Each bracket's part is rounded once, and the size to a lot of one unit. */
#define NEAR 4

static const struct rk_cmd_limits limits = {
	.accounts_max = 1,
	.owners_max = 1,
	.assets_max = 1,
	.markets_max = 1,
	.publishers_max = 1,
	.venues_max = 1,
	.clients_max = 1,
	.positions_max = 1,
	.positions_per_account_max = 1,
	.balances_max = 1,
	.orders_max = 4,
	.withdrawals_max = 1,
};

static double number(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? strtod(text, NULL) : (double)NAN;
}

static bool apply(struct rk_harness *h, struct rk_cmd cmd)
{
	return rk_harness_apply(h, &cmd) == 0;
}

/* Brackets begin where the tier before is full; initial rates do not matter. */
static void set_brackets(const json_t *inputs, struct rk_cmd_market *market)
{
	const json_t *tiers = json_object_get(inputs, "tiers");
	const json_t *tier;
	double floor = 0;
	size_t i;

	market->brackets_n = 1;
	market->brackets[0].maintenance.raw =
		llround(number(inputs, "mmr") * RATE);
	json_array_foreach(tiers, i, tier)
	{
		if (i == RK_BRACKETS_MAX)
			break;
		market->brackets[i].floor.raw = llround(floor * UNIT);
		market->brackets[i].maintenance.raw =
			llround(number(tier, "mmr") * RATE);
		market->brackets_n = (uint32_t)i + 1;
		floor = number(tier, "cap");
	}
	for (uint32_t k = 0; k < market->brackets_n; k++)
		market->brackets[k].initial = market->brackets[k].maintenance;
}

static bool list(struct rk_harness *h, const json_t *inputs)
{
	const int64_t target = llround(number(inputs, "target_health") * RATE);
	struct rk_cmd market = {.type = RK_CMD_MARKET,
				.market = {.name = "M",
					   .settle = "USD",
					   .price_decimals = 8,
					   .size_decimals = 8,
					   .lot = {1},
					   .price_max = {llround(2 * UNIT)},
					   .position_max = {1L << 50},
					   .price_age_max_ns = SECOND * 86400}};
	struct rk_cmd risk = {.type = RK_CMD_RISK,
			      .risk = {.target = {target},
				       .call_enter = {target + 1},
				       .call_leave = {target + 2},
				       .warn_enter = {target + 3},
				       .warn_leave = {target + 4},
				       .order_band = {RK_RATE_ONE / 20},
				       .stale_band = {RK_RATE_ONE / 10},
				       .order_expiry_ns = 30 * SECOND,
				       .close_timeout_ns = 10 * SECOND,
				       .order_cooldown_ns = SECOND}};

	market.market.close_cost.raw =
		llround(number(inputs, "cost_rate") * RATE);
	set_brackets(inputs, &market.market);
	return apply(h, risk) &&
	       apply(h, (struct rk_cmd){.type = RK_CMD_PUBLISHER,
					.name = {"p"}}) &&
	       apply(h, (struct rk_cmd){.type = RK_CMD_VENUE, .name = {"v"}}) &&
	       apply(h, (struct rk_cmd){.type = RK_CMD_ASSET,
					.asset = {.name = "USD",
						  .decimals = 8,
						  .fixed_price = {1}}}) &&
	       apply(h, market);
}

/* At the price, against the venue; below 0 it sells. */
static struct rk_cmd trade_of(int64_t size, double price)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE};
	static uint64_t id;

	cmd.trade.trade = ++id;
	cmd.trade.size.raw = size < 0 ? -size : size;
	cmd.trade.price.raw = llround(price * UNIT);
	if (size < 0)
		cmd.trade.seller.account = 1;
	else
		cmd.trade.buyer.account = 1;
	return cmd;
}

/* Long of the notional, at a mark of 1; true: the order it leads to. */
static bool open(struct rk_harness *h, const json_t *inputs,
		 struct rk_ev_order *ret_order)
{
	const struct rk_quote quote = {
		.price = {llround(UNIT)}, .time_ns = BEGIN, .seq = 1};
	int64_t notional = llround(number(inputs, "notional") * UNIT);
	struct rk_cmd account = {.type = RK_CMD_ACCOUNT,
				 .account = {.account = 1,
					     .owner = 1,
					     .mode = RK_MODE_CROSS,
					     .enforcement = RK_ENFORCE_FULL}};
	struct rk_cmd money = {.type = RK_CMD_DEPOSIT,
			       .amount = {.account = 1}};

	money.amount.amount.raw = llround(number(inputs, "equity") * UNIT);
	if (!apply(h, (struct rk_cmd){.type = RK_CMD_CLOCK,
				      .clock = {.time_ns = BEGIN}}) ||
	    !apply(h, (struct rk_cmd){.type = RK_CMD_PRICES,
				      .prices = {&quote, 1}}) ||
	    !apply(h, account) || !apply(h, money) ||
	    !apply(h, trade_of(notional, 1)))
		return false;
	for (uint32_t i = 0; i < h->events_n; i++)
		if (h->events[i].type == RK_EVENT_ORDER_OPENED) {
			*ret_order = h->events[i].order;
			return true;
		}
	return false;
}

static bool near(int64_t got, double want, double spoil)
{
	return llabs(got - llround(want * UNIT + spoil * 3 * NEAR)) <= NEAR;
}

/* Each figure that is expected; spoil: each wrong by more than is allowed. */
static bool compare(const json_t *vector, double spoil)
{
	const json_t *inputs = json_object_get(vector, "inputs");
	const json_t *expect = json_object_get(vector, "expect");
	struct rk_account_view view;
	struct rk_ev_order order;
	struct rk_harness h;
	struct rk_cmd fill;
	uint32_t index = 0;
	bool good;

	rk_harness_init(&h, &limits, RK_EVENTS_PER_STEP_MAX);
	good = list(&h, inputs) && open(&h, inputs, &order);
	if (good) {
		fill = trade_of(-order.size.raw,
				1 - number(inputs, "cost_rate"));
		fill.trade.seller.order = order.order;
		good = near(order.size.raw, number(expect, "close_notional"),
			    spoil) &&
		       apply(&h, fill) &&
		       rk_view_find_account(h.engine, 1, &index) == 0 &&
		       rk_view_account(h.engine, index, &view) == 0;
	}
	if (good && json_object_get(expect, "equity_after"))
		good = near(view.margin.equity.raw,
			    number(expect, "equity_after"), spoil);
	if (good && json_object_get(expect, "mm_after"))
		good = near(view.margin.maintenance.raw,
			    number(expect, "mm_after"), spoil);
	if (good && json_object_get(expect, "notional_after"))
		good = near(view.margin.notional.raw,
			    number(expect, "notional_after"), spoil);
	rk_harness_fini(&h);
	return good;
}

static bool is_ours(const json_t *vector)
{
	const json_t *inputs = json_object_get(vector, "inputs");

	return json_object_get(inputs, "equity") &&
	       json_object_get(inputs, "notional") &&
	       json_object_get(inputs, "target_health") &&
	       json_object_get(inputs, "cost_rate") &&
	       (json_object_get(inputs, "tiers") ||
		json_object_get(inputs, "mmr")) &&
	       json_object_get(json_object_get(vector, "expect"),
			       "close_notional");
}

int main(int argc, char **argv)
{
	const char *folder = getenv("RISKD_VECTORS");
	const json_t *vector;
	bool all = true;
	char path[4096];
	json_t *root;
	size_t n = 0;
	size_t i;

	if (!folder || !*folder)
		folder = argc > 1 ? argv[1] : "../shared/vectors";
	(void)snprintf(path, sizeof(path), "%s/liquidation.json", folder);
	root = json_load_file(path, 0, NULL);
	if (!root)
		printf("ok %zu - liquidation.json # SKIP no %s\n", ++n, path);
	json_array_foreach(json_object_get(root, "vectors"), i, vector)
	{
		bool good;

		if (!is_ours(vector))
			continue;
		good = compare(vector, 0) && !compare(vector, 1);
		all = all && good;
		printf("%sok %zu - %s\n", good ? "" : "not ", ++n,
		       json_string_value(json_object_get(vector, "id")));
	}
	if (n == 0) {
		printf("not ok %zu - liquidation.json has such vectors\n", ++n);
		all = false;
	}
	json_decref(root);
	printf("1..%zu\n", n);
	return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
