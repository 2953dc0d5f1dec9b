/*
 * Rule: however small the event buffer, the events are the same. A crowd of
 * accounts is liquidated by one price, which takes more events than fit in
 * one step of the smallest buffer.
 *
 * TAP output; no arguments.
 */
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "support/auditor.h"
#include "support/harness.h"

#define CROWD    3000
#define CENTS    INT64_C(100)
#define START_NS INT64_C(1700000000000000000)

static const struct rk_cmd_limits limits = {
	.accounts_max = CROWD,
	.owners_max = CROWD,
	.assets_max = 1,
	.markets_max = 1,
	.publishers_max = 1,
	.venues_max = 1,
	.clients_max = 1,
	.positions_max = CROWD,
	.positions_per_account_max = 1,
	.balances_max = CROWD,
	.orders_max = CROWD,
	.withdrawals_max = 1,
};

struct pair {
	struct rk_harness large;
	struct rk_harness small;
	uint64_t events;
	uint32_t different;
	uint32_t refused;
};

static void apply(struct pair *pair, const struct rk_cmd *cmd)
{
	struct rk_audit_text text;
	int code = rk_harness_apply(&pair->large, cmd);

	pair->refused += code != RK_OK;
	pair->different += rk_harness_apply(&pair->small, cmd) != code;
	pair->different += pair->large.events_n != pair->small.events_n;
	for (uint32_t i = 0;
	     i < pair->large.events_n && i < pair->small.events_n; i++) {
		if (rk_auditor_compare_event(&pair->large.events[i],
					     &pair->small.events[i],
					     &text) == 0)
			continue;
		pair->different++;
		(void)printf("# %s\n", text.text);
	}
	pair->events += pair->large.events_n;
}

static void list(struct pair *pair)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK,
			     .clock = {.time_ns = START_NS}};

	apply(pair, &cmd);
	cmd = (struct rk_cmd){.type = RK_CMD_PUBLISHER,
			      .name = {.name = "feed"}};
	apply(pair, &cmd);
	cmd = (struct rk_cmd){.type = RK_CMD_VENUE, .name = {.name = "venue"}};
	apply(pair, &cmd);
	cmd = (struct rk_cmd){
		.type = RK_CMD_ASSET,
		.asset = {.name = "USD", .decimals = 2, .fixed_price = {1}}};
	apply(pair, &cmd);
	cmd = (struct rk_cmd){
		.type = RK_CMD_MARKET,
		.market = {.name = "CROWD",
			   .settle = "USD",
			   .price_decimals = 2,
			   .lot = {1},
			   .price_max = {1000 * CENTS},
			   .position_max = {1000000},
			   .price_age_max_ns = INT64_C(1000000000),
			   .brackets_n = 1,
			   .brackets = {{{0}, {50000000}, {100000000}}}}};
	apply(pair, &cmd);
}

static void quote(struct pair *pair, int64_t price, uint64_t seq)
{
	const struct rk_quote row = {
		.price = {price}, .time_ns = START_NS, .seq = seq};
	const struct rk_cmd cmd = {.type = RK_CMD_PRICES,
				   .prices = {.quotes = &row, .n = 1}};

	apply(pair, &cmd);
}

/* Account i is long i % 97 + 10 units with a fifth of their worth. */
static void add_account(struct pair *pair, uint64_t i)
{
	int64_t size = (int64_t)(i % 97) + 10;
	struct rk_cmd cmd = {.type = RK_CMD_ACCOUNT,
			     .account = {.account = i,
					 .owner = i,
					 .mode = RK_MODE_CROSS,
					 .enforcement = RK_ENFORCE_FULL}};

	apply(pair, &cmd);
	cmd = (struct rk_cmd){
		.type = RK_CMD_DEPOSIT,
		.amount = {.account = i, .amount = {size * 20 * CENTS}}};
	apply(pair, &cmd);
	cmd = (struct rk_cmd){.type = RK_CMD_TRADE,
			      .trade = {.trade = i,
					.price = {100 * CENTS},
					.size = {size},
					.buyer = {.account = i}}};
	apply(pair, &cmd);
}

int main(void)
{
	static struct pair pair;
	struct rk_hash large;
	struct rk_hash small;
	bool same;

	rk_harness_init(&pair.large, &limits, 1u << 16);
	rk_harness_init(&pair.small, &limits, RK_EVENTS_PER_STEP_MAX);
	list(&pair);
	quote(&pair, 100 * CENTS, 1);
	for (uint64_t i = 1; i <= CROWD; i++)
		add_account(&pair, i);
	quote(&pair, 82 * CENTS, 2);
	large = rk_view_event_digest(pair.large.engine);
	small = rk_view_event_digest(pair.small.engine);
	same = rk_hash_equal(large, small) != 0;
	large = rk_view_state_digest(pair.large.engine);
	small = rk_view_state_digest(pair.small.engine);
	same = same && rk_hash_equal(large, small) != 0;
	(void)printf("1..3\n# %llu events, %llu extra steps\n",
		     (unsigned long long)pair.events,
		     (unsigned long long)pair.small.resumed);
	(void)printf("%s 1 - nothing was refused\n",
		     pair.refused == 0 ? "ok" : "not ok");
	(void)printf("%s 2 - the smallest buffer needs more than one step\n",
		     pair.small.resumed > 2 ? "ok" : "not ok");
	(void)printf("%s 3 - and gives the same events and state\n",
		     pair.different == 0 && same ? "ok" : "not ok");
	same = same && pair.different == 0 && pair.refused == 0 &&
	       pair.small.resumed > 2;
	rk_harness_fini(&pair.large);
	rk_harness_fini(&pair.small);
	return same ? 0 : 1;
}
