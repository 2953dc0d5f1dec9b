/*
 * Cases, the fills held back for them, and when each account began to be
 * liquidated by the daemon. See the header.
 */
#include "replay_judge.h"

#include <errno.h>
#include <stdlib.h>

#define PPM INT64_C(1000000)

/* What is known of a user. */
struct watched {
	bool recorded;    /* a liquidation of it was */
	bool liquidating; /* now, by the daemon */
	uint32_t newest;  /* case of it that is open, plus 1; 0: none */
	struct rk_replay_first_order order;
};

struct held {
	uint32_t at; /* case */
	struct rk_replay_row row;
};

struct rk_replay_judge {
	struct rk_replay_judge_options options;
	struct rk_replay_case *cases; /* owned, in order of time */
	uint32_t cases_n;
	uint32_t cases_max;
	uint32_t ended;        /* cases before this one have ended */
	struct watched *users; /* owned, by user */
	uint32_t users_max;
	struct held *held; /* owned, in order of time */
	uint32_t held_n;
	uint32_t held_max;
	uint32_t release_at; /* of rk_replay_judge_release */
	struct rk_replay_row released;
};

int rk_replay_judge_open(const struct rk_replay_judge_options *options,
			 struct rk_replay_judge **ret_judge)
{
	struct rk_replay_judge *judge = calloc(1, sizeof(*judge));

	if (!judge)
		return -ENOMEM;
	judge->options = *options;
	*ret_judge = judge;
	return 0;
}

void rk_replay_judge_close(struct rk_replay_judge *judge)
{
	if (!judge)
		return;
	free(judge->cases);
	free(judge->users);
	free(judge->held);
	free(judge);
}

/* Room for one more of n items; *items may move. 0 or -ENOMEM. */
static int reserve(void **items, uint32_t n, uint32_t *max, size_t size)
{
	uint32_t grown_max = *max == 0 ? 64 : *max * 2;
	void *grown;

	if (n < *max)
		return 0;
	if (grown_max < *max)
		return -ENOMEM;
	grown = realloc(*items, (size_t)grown_max * size);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*max = grown_max;
	return 0;
}

static struct watched *watched_of(struct rk_replay_judge *judge, uint32_t user)
{
	while (user >= judge->users_max) {
		uint32_t max = judge->users_max;
		void *users = judge->users;

		if (reserve(&users, max, &judge->users_max,
			    sizeof(struct watched)) < 0)
			return NULL;
		judge->users = users;
		for (uint32_t i = max; i < judge->users_max; i++)
			judge->users[i] = (struct watched){0};
	}
	return &judge->users[user];
}

static bool is_near(int64_t a, int64_t b)
{
	int64_t apart = a > b ? a - b : b - a;

	/* 0.5 % of b, rounded down. */
	return b > 0 &&
	       apart <= b / PPM * RK_REPLAY_PRICE_NEAR_PPM +
				b % PPM * RK_REPLAY_PRICE_NEAR_PPM / PPM;
}

int rk_replay_judge_liquidation(struct rk_replay_judge *judge,
				const struct rk_replay_row *row,
				const struct rk_replay_figures *figures,
				rk_replay_judge_mark_fn *mark,
				const void *mark_arg)
{
	struct watched *watched = watched_of(judge, row->user);
	void *cases = judge->cases;
	struct rk_replay_case *added;

	if (!watched || reserve(&cases, judge->cases_n, &judge->cases_max,
				sizeof(*judge->cases)) < 0)
		return -ENOMEM;
	judge->cases = cases;
	watched->recorded = true;
	added = &judge->cases[judge->cases_n++];
	*added = (struct rk_replay_case){.user = row->user,
					 .time_ns = row->time_ns,
					 .recorded = row->liquidation,
					 .before = *figures,
					 .order = watched->order};
	if (row->liquidation.isolated)
		return 0;
	watched->newest = judge->cases_n;
	/* An order of a time that ended, by recovery, was another matter. */
	added->by_price =
		watched->liquidating && added->order.any &&
		is_near(added->order.mark, mark(mark_arg, added->order.market));
	return 0;
}

/* The open case of a user that a row falls into; NULL: none. */
static struct rk_replay_case *open_case(const struct rk_replay_judge *judge,
					const struct rk_replay_row *row)
{
	struct rk_replay_case *open;

	if (row->user >= judge->users_max ||
	    judge->users[row->user].newest == 0)
		return NULL;
	open = &judge->cases[judge->users[row->user].newest - 1];
	return row->time_ns <= open->time_ns + judge->options.window_ns ? open
									: NULL;
}

static bool in_liquidation(const struct rk_replay_judge *judge,
			   const struct rk_replay_case *which,
			   const struct rk_replay_row *fill)
{
	return fill->time_ns <= which->time_ns + judge->options.withhold_ns;
}

bool rk_replay_judge_is_liquidating(const struct rk_replay_judge *judge,
				    const struct rk_replay_row *fill)
{
	const struct rk_replay_case *open = open_case(judge, fill);

	return open && in_liquidation(judge, open, fill);
}

int rk_replay_judge_hold(struct rk_replay_judge *judge,
			 const struct rk_replay_row *fill)
{
	struct rk_replay_case *open = open_case(judge, fill);
	void *held = judge->held;

	if (!open)
		return 0;
	if (reserve(&held, judge->held_n, &judge->held_max,
		    sizeof(*judge->held)) < 0)
		return -ENOMEM;
	judge->held = held;
	judge->held[judge->held_n++] =
		(struct held){(uint32_t)(open - judge->cases), *fill};
	open->fills_held++;
	return 1;
}

int rk_replay_judge_event(struct rk_replay_judge *judge, uint32_t user,
			  const Riskd__Event *event)
{
	struct watched *watched = watched_of(judge, user);

	if (!watched)
		return -ENOMEM;
	if (event->kind_case == RISKD__EVENT__KIND_STATE) {
		bool liquidating =
			event->state->after == RISKD__STATE__STATE_LIQUIDATING;

		if (liquidating && !watched->liquidating)
			watched->order.any = false;
		watched->liquidating = liquidating;
	}
	if (event->kind_case == RISKD__EVENT__KIND_ORDER &&
	    event->order->phase ==
		    RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED &&
	    !watched->order.any)
		watched->order = (struct rk_replay_first_order){
			true, event->time_ns, event->market_plus_one - 1,
			event->order->mark};
	return 0;
}

/* The first case whose window is still open; past isolated ones. */
static uint32_t next_open(const struct rk_replay_judge *judge)
{
	uint32_t at = judge->ended;

	while (at < judge->cases_n && judge->cases[at].recorded.isolated)
		at++;
	return at;
}

int64_t rk_replay_judge_due(const struct rk_replay_judge *judge)
{
	uint32_t at = next_open(judge);

	if (at == judge->cases_n)
		return INT64_MAX;
	return judge->cases[at].time_ns + judge->options.window_ns;
}

uint32_t rk_replay_judge_due_user(const struct rk_replay_judge *judge)
{
	return judge->cases[next_open(judge)].user;
}

struct rk_replay_case *rk_replay_judge_end(struct rk_replay_judge *judge,
					   const struct rk_replay_figures *now)
{
	uint32_t at = next_open(judge);
	struct rk_replay_case *which = &judge->cases[at];
	struct watched *watched = &judge->users[which->user];
	int64_t apart_ns;

	judge->ended = at + 1;
	judge->release_at = 0;
	if (watched->newest == at + 1)
		watched->newest = 0;
	which->judged = true;
	which->after = *now;
	if (watched->order.any)
		which->order = watched->order;
	apart_ns = which->order.time_ns - which->time_ns;
	which->by_time = which->order.any &&
			 apart_ns >= -judge->options.window_ns &&
			 apart_ns <= judge->options.window_ns;
	return which;
}

const struct rk_replay_row *
rk_replay_judge_release(struct rk_replay_judge *judge,
			const struct rk_replay_case *which,
			bool *ret_liquidating)
{
	uint32_t at = (uint32_t)(which - judge->cases);

	while (judge->release_at < judge->held_n) {
		uint32_t i = judge->release_at;

		if (judge->held[i].at != at) {
			judge->release_at++;
			continue;
		}
		judge->released = judge->held[i].row;
		/* Few are held at one time: closing the gap is cheap. */
		for (uint32_t j = i + 1; j < judge->held_n; j++)
			judge->held[j - 1] = judge->held[j];
		judge->held_n--;
		*ret_liquidating =
			in_liquidation(judge, which, &judge->released);
		return &judge->released;
	}
	return NULL;
}

uint32_t rk_replay_judge_cases(const struct rk_replay_judge *judge)
{
	return judge->cases_n;
}

const struct rk_replay_case *
rk_replay_judge_case(const struct rk_replay_judge *judge, uint32_t index)
{
	return &judge->cases[index];
}

bool rk_replay_judge_has_case(const struct rk_replay_judge *judge,
			      uint32_t user)
{
	return user < judge->users_max && judge->users[user].recorded;
}

bool rk_replay_judge_mark_part(const struct rk_replay_case *which,
			       int64_t *ret_usd)
{
	int64_t more = which->before.notional - which->recorded.notional;

	if (!which->before.known || which->before.inverse ||
	    which->before.longs == which->before.shorts)
		return false;
	*ret_usd = which->before.longs ? more : -more;
	return true;
}

enum rk_replay_miss rk_replay_judge_miss(const struct rk_replay_case *which)
{
	int64_t gap = which->before.equity - which->recorded.account_value;
	int64_t mark_part;

	if (!which->judged || which->by_time || which->by_price)
		return RK_REPLAY_MISS_NONE;
	if (!which->before.longs && !which->before.shorts)
		return RK_REPLAY_MISS_NO_TRADES;
	if (which->before.equity < which->before.maintenance)
		return RK_REPLAY_MISS_EARLY;
	if (rk_replay_judge_mark_part(which, &mark_part) && mark_part > gap / 2)
		return RK_REPLAY_MISS_MARK;
	return RK_REPLAY_MISS_CASH;
}

const char *rk_replay_judge_miss_name(enum rk_replay_miss miss)
{
	static const char *const names[RK_REPLAY_MISSES] = {
		[RK_REPLAY_MISS_NONE] = "-",
		[RK_REPLAY_MISS_NO_TRADES] = "NO_TRADES",
		[RK_REPLAY_MISS_EARLY] = "EARLY",
		[RK_REPLAY_MISS_MARK] = "MARK",
		[RK_REPLAY_MISS_CASH] = "CASH",
	};

	return names[miss];
}
