/*
 * One instant of a replay, in this order: fills whose window has ended, money
 * in and out, recorded liquidations, prices, fills, the gateway. Money comes
 * before trades that need it, and prices before fills, so that a position is
 * judged at prices of its own time.
 */
#include <errno.h>
#include <string.h>

#include "librisk_text.h"
#include "replay_run_impl.h"

#define NS_PER_MS  INT64_C(1000000)
#define IDS_PER_MS 4096u /* trade ids set aside for each millisecond */
#define ROUNDS_MAX 1000  /* of the gateway in one instant */

static int out_of_memory(struct rk_replay_run *run)
{
	return rk_replay_error_set(run->error, -ENOMEM,
				   "no memory to go on with the replay");
}

static int64_t mark_of(const void *arg, uint32_t market)
{
	const struct rk_replay_run *run = arg;

	if (market >= run->markets_n || run->market_slots[market] == 0)
		return 0;
	return run->marks[run->market_slots[market] - 1];
}

/* Rising per market, in step with time, so that a later day goes on from it. */
static uint64_t next_trade_id(struct rk_replay_run *run, uint32_t market)
{
	uint64_t least = (uint64_t)(run->time_ns / NS_PER_MS) * IDS_PER_MS;
	uint64_t *last = &run->trade_ids[market];

	*last = *last < least ? least : *last + 1;
	return *last;
}

/* The daemon is told of an account before the first row about it. */
static int open_account(struct rk_replay_run *run, uint32_t at)
{
	struct rk_replay_user *user = &run->users.users[at];
	struct risk_cmd *cmd;
	int r = 0;

	if (user->opened)
		return 0;
	if (rk_replay_users_number(&run->users, at) < 0)
		return out_of_memory(run);
	cmd = rk_replay_link_row(run->link, &r);
	if (!cmd)
		return r;
	risk_cmd_create_account(cmd, user->account,
				user->owner != 0 ? user->owner : user->account,
				user->isolated ? RISKD__MODE__MODE_ISOLATED
					       : RISKD__MODE__MODE_CROSS,
				user->report
					? RISKD__ENFORCEMENT__ENFORCEMENT_REPORT
					: RISKD__ENFORCEMENT__ENFORCEMENT_FULL);
	user->opened = true;
	return 0;
}

/* Book a fill against the venue, under this order unless its seq is 0. */
static int book_fill(struct rk_replay_run *run, const struct rk_replay_row *row,
		     struct risk_order_id order)
{
	struct rk_replay_user *user = &run->users.users[row->user];
	struct risk_trade_side side = {.order = order};
	struct risk_trade trade = {.market = row->symbol->market,
				   .venue = rk_replay_link_venue(run->link),
				   .price = row->fill.price,
				   .size = row->fill.size};
	struct risk_cmd *cmd;
	int r = open_account(run, row->user);

	if (r < 0)
		return r;
	cmd = rk_replay_link_row(run->link, &r);
	if (!cmd)
		return r;
	side.account = user->account;
	if (row->fill.buy)
		trade.buyer = side;
	else
		trade.seller = side;
	trade.id = next_trade_id(run, trade.market);
	risk_cmd_trade(cmd, &trade);
	user->traded = true;
	return 0;
}

static int read_figures(struct rk_replay_run *run, uint32_t user,
			struct rk_replay_figures *ret_figures)
{
	struct rk_replay_figures figures = {0};
	const Riskd__Health *health;
	Riskd__Answer *answer;
	int r;

	*ret_figures = figures;
	if (!run->users.users[user].opened)
		return 0;
	r = risk_account(run->risk, run->users.users[user].account, &answer);
	if (r != 0)
		return rk_replay_error_set(run->error, r < 0 ? r : -EPROTO,
					   "account: %s",
					   risk_error(run->risk));
	health = answer->account->row->health;
	figures.known = true;
	figures.equity = health->equity;
	figures.notional = health->notional;
	figures.maintenance = health->maintenance;
	for (size_t i = 0; i < answer->account->n_positions; i++) {
		const Riskd__Position *position = answer->account->positions[i];
		const Riskd__Market *market =
			risk_market_by_id(run->risk, position->market);

		if (position->size > 0)
			figures.longs = true;
		else
			figures.shorts = true;
		if (market &&
		    market->contract == RISKD__CONTRACT__CONTRACT_INVERSE)
			figures.inverse = true;
	}
	riskd__answer__free_unpacked(answer, NULL);
	*ret_figures = figures;
	return 0;
}

static int flush_and_read(struct rk_replay_run *run)
{
	int r = rk_replay_link_flush(run->link);

	return r < 0 ? r : rk_replay_link_events(run->link);
}

/* Book what was held back for a case whose window has ended. */
static int release_case(struct rk_replay_run *run, struct rk_replay_case *ended)
{
	const struct rk_replay_row *row;
	bool liquidating;
	int r = 0;

	while (r == 0 && (row = rk_replay_judge_release(run->judge, ended,
							&liquidating))) {
		struct risk_order_id order = {0, 0};

		if (liquidating &&
		    rk_replay_gateway_find(
			    run->gateway, run->users.users[row->user].account,
			    row->symbol->market, !row->fill.buy, &order))
			ended->fills_of_order++;
		r = book_fill(run, row, order);
	}
	return r;
}

static int end_windows(struct rk_replay_run *run)
{
	while (run->judge && rk_replay_judge_due(run->judge) <= run->time_ns) {
		struct rk_replay_figures now;
		int r = flush_and_read(run);

		if (r >= 0)
			r = read_figures(run,
					 rk_replay_judge_due_user(run->judge),
					 &now);
		if (r >= 0)
			r = release_case(run,
					 rk_replay_judge_end(run->judge, &now));
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_ledger(struct rk_replay_run *run)
{
	const struct rk_replay_row *row;
	int r = 0;

	while (r == 0 && (row = rk_replay_feed_peek(run->feed, RK_REPLAY_LEDGER,
						    run->time_ns))) {
		struct risk_cmd *cmd;

		r = open_account(run, row->user);
		if (r < 0)
			return r;
		cmd = rk_replay_link_row(run->link, &r);
		if (!cmd)
			return r;
		risk_cmd_adjust(cmd, run->users.users[row->user].account,
				run->ledger_asset, row->delta);
		run->ledger++;
		r = rk_replay_feed_pop(run->feed, RK_REPLAY_LEDGER);
	}
	return r;
}

static int take_liquidations(struct rk_replay_run *run)
{
	const struct rk_replay_row *row;
	int r = 0;

	while (r == 0 &&
	       (row = rk_replay_feed_peek(run->feed, RK_REPLAY_LIQUIDATIONS,
					  run->time_ns))) {
		struct rk_replay_figures figures;

		r = flush_and_read(run);
		if (r >= 0)
			r = read_figures(run, row->user, &figures);
		if (r < 0)
			return r;
		if (rk_replay_judge_liquidation(run->judge, row, &figures,
						mark_of, run) < 0)
			return out_of_memory(run);
		r = rk_replay_feed_pop(run->feed, RK_REPLAY_LIQUIDATIONS);
	}
	return r;
}

static int send_quotes(struct rk_replay_run *run)
{
	uint32_t n = run->quotes_n;

	run->quotes_n = 0;
	run->batch++;
	return rk_replay_link_prices(run->link, run->quotes, n);
}

/* Add to the batch; a slot that is in it already begins another one. */
static int add_quote(struct rk_replay_run *run, uint32_t slot, int64_t price)
{
	if (run->in_batch[slot] == run->batch) {
		int r = send_quotes(run);

		if (r < 0)
			return r;
	}
	run->in_batch[slot] = run->batch;
	run->quotes[run->quotes_n++] = (struct rk_replay_quote){slot, price};
	run->marks[slot] = price;
	return 0;
}

static int take_prices(struct rk_replay_run *run)
{
	const struct rk_replay_quote *ticks;
	const struct rk_replay_row *row;
	uint32_t n;
	int r = rk_replay_feed_ticks(run->feed, run->time_ns, &ticks, &n);

	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = add_quote(run, ticks[i].slot, ticks[i].price);
	while (r == 0 && (row = rk_replay_feed_peek(run->feed, RK_REPLAY_PRICES,
						    run->time_ns))) {
		r = add_quote(run, row->symbol->slot, row->price);
		if (r == 0)
			r = rk_replay_feed_pop(run->feed, RK_REPLAY_PRICES);
	}
	return r;
}

/* Look at the fills of this instant, as many as there is room for. */
static int take_fills(struct rk_replay_run *run)
{
	const struct rk_replay_row *row;
	int r = 0;

	run->taken_n = 0;
	while (r == 0 && run->taken_n < RK_REPLAY_FILLS_MAX &&
	       (row = rk_replay_feed_peek(run->feed, RK_REPLAY_FILLS,
					  run->time_ns))) {
		struct rk_replay_taken *taken = &run->taken[run->taken_n++];

		taken->row = *row;
		taken->withheld = run->judge && rk_replay_judge_is_liquidating(
							run->judge, row);
		r = rk_replay_feed_pop(run->feed, RK_REPLAY_FILLS);
	}
	return r;
}

static bool same_trade(const struct rk_replay_row *a,
		       const struct rk_replay_row *b)
{
	return a->symbol == b->symbol && a->fill.price == b->fill.price &&
	       a->fill.size == b->fill.size;
}

/* Is this fill one side of a recorded liquidation? */
static bool is_inside(const struct rk_replay_run *run,
		      const struct rk_replay_taken *taken)
{
	if (taken->withheld)
		return true;
	for (uint32_t i = 0; i < run->taken_n; i++) {
		const struct rk_replay_taken *other = &run->taken[i];

		if (other->withheld &&
		    other->row.fill.buy != taken->row.fill.buy &&
		    same_trade(&other->row, &taken->row))
			return true;
	}
	return false;
}

/* Of several trades of one market in the instant, the last is its mark. */
static int take_fill_marks(struct rk_replay_run *run)
{
	enum rk_replay_marks marks = run->options->marks;

	if (marks == RK_REPLAY_MARKS_NONE)
		return 0;
	for (uint32_t i = run->taken_n; i > 0; i--) {
		const struct rk_replay_taken *taken = &run->taken[i - 1];
		uint32_t slot = taken->row.symbol->slot;
		int r;

		if (run->in_batch[slot] == run->batch ||
		    (marks == RK_REPLAY_MARKS_OUTSIDE && is_inside(run, taken)))
			continue;
		r = add_quote(run, slot, taken->row.fill.price);
		if (r < 0)
			return r;
	}
	return 0;
}

static int book_taken(struct rk_replay_run *run)
{
	static const struct risk_order_id no_order = {0, 0};

	for (uint32_t i = 0; i < run->taken_n; i++) {
		const struct rk_replay_row *row = &run->taken[i].row;
		int held =
			run->judge ? rk_replay_judge_hold(run->judge, row) : 0;
		int r = 0;

		if (held < 0)
			return out_of_memory(run);
		if (held == 0)
			r = book_fill(run, row, no_order);
		if (r < 0)
			return r;
		run->fills++;
	}
	return 0;
}

static int add_action(struct rk_replay_run *run,
		      const struct rk_replay_action *action)
{
	struct risk_trade_side side = {.account = action->account,
				       .order = action->order};
	struct risk_trade trade = {.market = action->market,
				   .venue = rk_replay_link_venue(run->link),
				   .price = action->price,
				   .size = action->size};
	int r = 0;
	struct risk_cmd *cmd = rk_replay_link_row(run->link, &r);

	if (!cmd)
		return r;
	if (action->kind == RK_REPLAY_ACTION_CLOSE) {
		risk_cmd_order_closed(cmd, action->order, action->filled);
		return 0;
	}
	if (action->sell)
		trade.seller = side;
	else
		trade.buyer = side;
	trade.id = next_trade_id(run, trade.market);
	risk_cmd_trade(cmd, &trade);
	return 0;
}

/* Events in, actions out, until nothing follows any more. */
static int settle(struct rk_replay_run *run)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		struct rk_replay_action action;
		bool any = false;
		int r = flush_and_read(run);

		if (r < 0)
			return r;
		while (rk_replay_gateway_next(run->gateway, mark_of, run,
					      &action)) {
			r = add_action(run, &action);
			if (r < 0)
				return r;
			any = true;
		}
		if (!any)
			return 0;
	}
	return rk_replay_error_set(run->error, -EPROTO,
				   "orders at %lld ns do not come to rest: "
				   "must need fewer than %d rounds",
				   (long long)run->time_ns, ROUNDS_MAX);
}

static void begin(struct rk_replay_run *run, int64_t time_ns)
{
	run->time_ns = time_ns;
	run->instants++;
	rk_replay_link_set_time(run->link, time_ns);
}

int rk_replay_step(struct rk_replay_run *run, int64_t time_ns)
{
	bool prices;
	int r;

	begin(run, time_ns);
	r = end_windows(run);
	if (r == 0)
		r = take_ledger(run);
	if (r == 0)
		r = take_liquidations(run);
	if (r == 0)
		r = take_prices(run);
	do {
		if (r == 0)
			r = take_fills(run);
		if (r == 0)
			r = take_fill_marks(run);
		prices = run->quotes_n > 0;
		if (r == 0 && prices)
			r = send_quotes(run);
		if (r == 0 && prices)
			rk_replay_gateway_turn(run->gateway);
		if (r == 0)
			r = book_taken(run);
	} while (r == 0 && run->taken_n == RK_REPLAY_FILLS_MAX);
	return r < 0 ? r : settle(run);
}

int rk_replay_step_drain(struct rk_replay_run *run, int64_t time_ns)
{
	int r;

	begin(run, time_ns);
	r = end_windows(run);
	for (uint32_t slot = 0; r == 0 && slot < run->slots_n; slot++) {
		if (run->marks[slot] > 0)
			r = add_quote(run, slot, run->marks[slot]);
	}
	if (r == 0 && run->quotes_n > 0)
		r = send_quotes(run);
	rk_replay_gateway_turn(run->gateway);
	return r < 0 ? r : settle(run);
}
