/*
 * Recorded liquidations in a replay: which fills wait, when riskd agrees, and
 * what a miss is put down to.
 */
#include <criterion/criterion.h>

#include "replay_judge.h"

#define SEC INT64_C(1000000000)

static int64_t mark_now = 1000;

static int64_t mark_of(const void *arg, uint32_t market)
{
	(void)arg;
	return market == 0 ? mark_now : 0;
}

static const struct rk_replay_judge_options judging = {.withhold_ns = 5 * SEC,
						       .window_ns = 60 * SEC};

static struct rk_replay_row recorded(uint32_t user, int64_t time_ns)
{
	return (struct rk_replay_row){
		.time_ns = time_ns,
		.user = user,
		.liquidation = {.notional = 1000, .account_value = 9}};
}

static struct rk_replay_row fill_at(uint32_t user, int64_t time_ns)
{
	return (struct rk_replay_row){
		.time_ns = time_ns, .user = user, .fill = {1, 1, true}};
}

static void open_order(struct rk_replay_judge *judge, uint32_t user,
		       int64_t time_ns, int64_t mark)
{
	Riskd__Event event = RISKD__EVENT__INIT;
	Riskd__StateChanged state = RISKD__STATE_CHANGED__INIT;
	Riskd__LiquidationOrder order = RISKD__LIQUIDATION_ORDER__INIT;

	event.time_ns = time_ns;
	event.kind_case = RISKD__EVENT__KIND_STATE;
	event.state = &state;
	state.after = RISKD__STATE__STATE_LIQUIDATING;
	cr_assert_eq(rk_replay_judge_event(judge, user, &event), 0);
	event.kind_case = RISKD__EVENT__KIND_ORDER;
	event.order = &order;
	event.market_plus_one = 1;
	order.phase = RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED;
	order.mark = mark;
	cr_assert_eq(rk_replay_judge_event(judge, user, &event), 0);
}

Test(replay_judge, fills_of_a_liquidated_account_wait_for_the_end_of_the_window)
{
	struct rk_replay_row row = recorded(3, 100 * SEC);
	struct rk_replay_figures figures = {.known = true};
	const struct rk_replay_row *released;
	struct rk_replay_judge *judge;
	struct rk_replay_case *ended;
	bool liquidating;

	cr_assert_eq(rk_replay_judge_open(&judging, &judge), 0);
	row.time_ns = 99 * SEC;
	cr_assert_eq(rk_replay_judge_hold(judge, &row), 0);
	row.time_ns = 100 * SEC;
	cr_assert_eq(rk_replay_judge_liquidation(judge, &row, &figures, mark_of,
						 NULL),
		     0);
	cr_assert_eq(rk_replay_judge_due(judge), 160 * SEC);
	for (int i = 0; i < 4; i++) {
		static const int64_t times[] = {100, 105, 106, 160};
		struct rk_replay_row fill = fill_at(3, times[i] * SEC);
		struct rk_replay_row other = fill_at(4, times[i] * SEC);

		cr_assert_eq(rk_replay_judge_is_liquidating(judge, &fill),
			     i < 2);
		cr_assert_eq(rk_replay_judge_hold(judge, &fill), 1);
		cr_assert_eq(rk_replay_judge_hold(judge, &other), 0,
			     "another account's fill waited");
	}
	cr_assert_eq(rk_replay_judge_due_user(judge), 3);
	ended = rk_replay_judge_end(judge, &figures);
	for (int i = 0; i < 4; i++) {
		released = rk_replay_judge_release(judge, ended, &liquidating);
		cr_assert_not_null(released);
		cr_assert_eq(liquidating, i < 2);
	}
	cr_assert_null(rk_replay_judge_release(judge, ended, &liquidating));
	row = fill_at(3, 160 * SEC);
	cr_assert_eq(rk_replay_judge_hold(judge, &row), 0);
	cr_assert_eq(rk_replay_judge_due(judge), INT64_MAX);
	rk_replay_judge_close(judge);
}

/* One case with one order at this time and mark; the recorded one at 100 s. */
static struct rk_replay_case judge_one(int64_t order_s, int64_t order_mark)
{
	struct rk_replay_row row = recorded(0, 100 * SEC);
	struct rk_replay_figures figures = {.known = true,
					    .longs = true,
					    .equity = 9,
					    .notional = 1000,
					    .maintenance = 10};
	struct rk_replay_judge *judge;
	struct rk_replay_case which;

	cr_assert_eq(rk_replay_judge_open(&judging, &judge), 0);
	if (order_s >= 0 && order_s < 100)
		open_order(judge, 0, order_s * SEC, order_mark);
	cr_assert_eq(rk_replay_judge_liquidation(judge, &row, &figures, mark_of,
						 NULL),
		     0);
	if (order_s >= 100)
		open_order(judge, 0, order_s * SEC, order_mark);
	which = *rk_replay_judge_end(judge, &figures);
	rk_replay_judge_close(judge);
	return which;
}

Test(replay_judge, order_agrees_within_the_window_or_half_a_percent_of_price)
{
	static const struct {
		int64_t order_s;
		int64_t mark;
		bool by_time;
		bool by_price;
	} cases[] = {
		{-1, 0, false, false},    {39, 1100, false, false},
		{40, 1100, true, false},  {160, 900, true, false},
		{10, 1005, false, true},  {10, 1006, false, false},
		{10, 995, false, true},   {10, 994, false, false},
		{100, 1000, true, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rk_replay_case which =
			judge_one(cases[i].order_s, cases[i].mark);

		cr_assert_eq(which.by_time, cases[i].by_time, "%zu", i);
		cr_assert_eq(which.by_price, cases[i].by_price, "%zu", i);
	}
}

Test(replay_judge, order_of_a_time_that_ended_does_not_agree_by_price)
{
	struct rk_replay_row row = recorded(0, 100 * SEC);
	struct rk_replay_figures figures = {.known = true};
	Riskd__Event event = RISKD__EVENT__INIT;
	Riskd__StateChanged state = RISKD__STATE_CHANGED__INIT;
	struct rk_replay_judge *judge;

	cr_assert_eq(rk_replay_judge_open(&judging, &judge), 0);
	open_order(judge, 0, 10 * SEC, 1000);
	event.kind_case = RISKD__EVENT__KIND_STATE;
	event.state = &state; /* OK again */
	cr_assert_eq(rk_replay_judge_event(judge, 0, &event), 0);
	cr_assert_eq(rk_replay_judge_liquidation(judge, &row, &figures, mark_of,
						 NULL),
		     0);
	cr_assert(!rk_replay_judge_end(judge, &figures)->by_price);
	rk_replay_judge_close(judge);
}

Test(replay_judge, miss_is_put_down_to_the_larger_part_of_the_gap)
{
	struct rk_replay_case which = judge_one(-1, 0);

	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_EARLY);
	which.before.equity = 29; /* 20 too much ... */
	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_CASH);
	which.before.notional = 1011; /* ... 11 of them since it is long */
	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_MARK);
	which.before.longs = false;
	which.before.shorts = true; /* a short gains by a lower mark */
	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_CASH);
	which.before.notional = 989;
	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_MARK);
	which.before.inverse = true; /* its notional tells nothing of marks */
	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_CASH);
	which.before.inverse = false;
	which.before.shorts = false;
	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_NO_TRADES);
	which.by_price = true;
	cr_assert_eq(rk_replay_judge_miss(&which), RK_REPLAY_MISS_NONE);
}
