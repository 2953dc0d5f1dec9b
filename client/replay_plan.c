/*
 * Plans of the simulated venue. The shares are chosen so that each way an
 * order can end is met often in a replay of a day, and most orders just fill.
 */
#include "replay_plan.h"

#include "replay_map.h"

#define NEVER   UINT64_MAX
#define PERCENT 100

/* Percent of orders whose plan is this or one above it. */
enum share {
	SHARE_WHOLE = 62,     /* one fill, after one or two turns */
	SHARE_PARTS = 82,     /* two to four fills, turn after turn */
	SHARE_SOME = 88,      /* one fill of a part, and no more */
	SHARE_ASKED = 92,     /* one fill, once closing was asked for */
	SHARE_CONFIRMED = 95, /* a part, the rest after the confirmation */
	SHARE_EXCESS = 98,    /* more than the order's size */
			      /* else: no answer, and a part once closed */
};

enum draw {
	DRAW_PLAN,
	DRAW_CONFIRM,
	DRAW_DELAY,
	DRAW_PIECES,
	DRAW_PART,
	DRAW_EXCESS,
};

/* A number from 0 to below - 1 that depends on nothing but its arguments. */
static uint64_t draw(uint64_t seed, uint64_t key, enum draw what,
		     uint64_t below)
{
	uint64_t x = rk_replay_map_mix(seed + (uint64_t)what);

	return rk_replay_map_mix(x ^ rk_replay_map_mix(key)) % below;
}

static void add(struct rk_replay_plan *plan, enum rk_replay_when when,
		int64_t size, uint64_t turn)
{
	if (size <= 0)
		return;
	plan->pieces[plan->pieces_n++] =
		(struct rk_replay_piece){when, size, turn};
}

/* So many percent of size, at least 1. */
static int64_t part_of(int64_t size, uint64_t percent)
{
	int64_t part = size / PERCENT * (int64_t)percent +
		       size % PERCENT * (int64_t)percent / PERCENT;

	return part < 1 ? 1 : part;
}

static void add_parts(struct rk_replay_plan *plan, int64_t size, uint64_t n,
		      uint64_t turn)
{
	int64_t part = size / (int64_t)n;

	for (uint64_t i = 0; i + 1 < n; i++) {
		add(plan, RK_REPLAY_WHEN_TURN, part, turn + 1 + i);
		size -= part;
	}
	add(plan, RK_REPLAY_WHEN_TURN, size, turn + n);
}

static uint64_t draw_confirm_delay(uint64_t seed, uint64_t key)
{
	uint64_t p = draw(seed, key, DRAW_CONFIRM, PERCENT);

	if (p < 70)
		return 0;
	return p < 90 ? 1 : 2;
}

void rk_replay_plan_draw(struct rk_replay_plan *plan, uint64_t seed,
			 uint64_t key, int64_t size, uint64_t turn)
{
	uint64_t p = draw(seed, key, DRAW_PLAN, PERCENT);
	uint64_t delay = draw(seed, key, DRAW_DELAY, 4) == 0 ? 2 : 1;
	int64_t part = part_of(size, 30 + draw(seed, key, DRAW_PART, 61));
	uint64_t excess = 5 + draw(seed, key, DRAW_EXCESS, 16);

	*plan = (struct rk_replay_plan){.confirm_delay =
						draw_confirm_delay(seed, key)};
	if (p < SHARE_WHOLE) {
		add(plan, RK_REPLAY_WHEN_TURN, size, turn + delay);
	} else if (p < SHARE_PARTS) {
		add_parts(plan, size, 2 + draw(seed, key, DRAW_PIECES, 3),
			  turn);
	} else if (p < SHARE_SOME) {
		add(plan, RK_REPLAY_WHEN_TURN, part, turn + delay);
	} else if (p < SHARE_ASKED) {
		add(plan, RK_REPLAY_WHEN_ASKED, size, NEVER);
	} else if (p < SHARE_CONFIRMED) {
		add(plan, RK_REPLAY_WHEN_TURN, part, turn + 1);
		add(plan, RK_REPLAY_WHEN_CONFIRMED, size - part, NEVER);
	} else if (p < SHARE_EXCESS && excess % 2 == 0) {
		add(plan, RK_REPLAY_WHEN_TURN, size + part_of(size, excess),
		    turn + delay);
	} else if (p < SHARE_EXCESS) {
		add(plan, RK_REPLAY_WHEN_TURN, size, turn + delay);
		add(plan, RK_REPLAY_WHEN_CLOSED, part_of(size, excess), NEVER);
	} else {
		plan->confirm_delay = NEVER;
		add(plan, RK_REPLAY_WHEN_CLOSED, part, NEVER);
	}
}

static void drop(struct rk_replay_plan *plan, enum rk_replay_when when,
		 uint64_t after_turn)
{
	for (uint32_t i = 0; i < plan->pieces_n; i++) {
		struct rk_replay_piece *piece = &plan->pieces[i];

		if (piece->when == when && piece->turn > after_turn)
			piece->size = 0;
	}
}

/* What waits for this comes a turn later. Returns the sum of the sizes. */
static int64_t schedule(struct rk_replay_plan *plan, enum rk_replay_when when,
			uint64_t turn)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < plan->pieces_n; i++) {
		struct rk_replay_piece *piece = &plan->pieces[i];

		if (piece->when != when || piece->turn != NEVER)
			continue;
		piece->turn = turn + 1;
		sum += piece->size;
	}
	return sum;
}

uint64_t rk_replay_plan_asked(struct rk_replay_plan *plan, uint64_t turn)
{
	uint64_t delay = plan->confirm_delay;

	/* What is due in this very turn wins the race against the cancel. */
	drop(plan, RK_REPLAY_WHEN_TURN, turn);
	if (schedule(plan, RK_REPLAY_WHEN_ASKED, turn) > 0 && delay == 0)
		delay = 1;
	return delay == NEVER ? NEVER : turn + delay;
}

int64_t rk_replay_plan_confirmed(struct rk_replay_plan *plan, uint64_t turn)
{
	for (uint32_t i = 0; i < plan->pieces_n; i++) {
		if (plan->pieces[i].when != RK_REPLAY_WHEN_CONFIRMED)
			plan->pieces[i].size = 0;
	}
	return schedule(plan, RK_REPLAY_WHEN_CONFIRMED, turn);
}

void rk_replay_plan_closed(struct rk_replay_plan *plan, bool confirmed,
			   uint64_t turn)
{
	for (uint32_t i = 0; i < plan->pieces_n; i++) {
		struct rk_replay_piece *piece = &plan->pieces[i];

		if (piece->when == RK_REPLAY_WHEN_TURN ||
		    (piece->when == RK_REPLAY_WHEN_CONFIRMED && !confirmed) ||
		    (piece->when == RK_REPLAY_WHEN_ASKED &&
		     piece->turn == NEVER))
			piece->size = 0;
	}
	(void)schedule(plan, RK_REPLAY_WHEN_CLOSED, turn);
}

struct rk_replay_piece *rk_replay_plan_due(struct rk_replay_plan *plan,
					   uint64_t turn)
{
	for (uint32_t i = 0; i < plan->pieces_n; i++) {
		if (plan->pieces[i].size > 0 && plan->pieces[i].turn <= turn)
			return &plan->pieces[i];
	}
	return NULL;
}

bool rk_replay_plan_over(const struct rk_replay_plan *plan)
{
	for (uint32_t i = 0; i < plan->pieces_n; i++) {
		if (plan->pieces[i].size > 0)
			return false;
	}
	return true;
}
