/*
 * What somebody else's exchange did against what riskd would have done.
 *
 * A recorded liquidation hides among the recorded fills: booked as they come,
 * they close the position before anybody can judge it. So the fills of a
 * liquidated account are held back from the liquidation until the judging
 * window has passed, and booked then; those within the first seconds are the
 * liquidating ones. Pure: it asks nothing and sends nothing.
 */
#ifndef RK_CLIENT_REPLAY_JUDGE_H
#define RK_CLIENT_REPLAY_JUDGE_H

#include "replay_reader.h"

#define RK_REPLAY_PRICE_NEAR_PPM 5000 /* 0.5 % */

struct rk_replay_judge_options {
	int64_t withhold_ns; /* fills this long after it are the liquidation */
	int64_t window_ns;   /* an order within it, before or after, agrees */
};

/* What an account looked like, as the daemon says. USD in 1e-8. */
struct rk_replay_figures {
	bool known;
	bool longs;
	bool shorts;
	bool inverse; /* some contract of it is */
	int64_t equity;
	int64_t notional;
	int64_t maintenance;
};

/* The first order of the newest time an account was LIQUIDATING. */
struct rk_replay_first_order {
	bool any;
	int64_t time_ns;
	uint32_t market;
	int64_t mark;
};

/* One recorded liquidation. */
struct rk_replay_case {
	uint32_t user;
	int64_t time_ns;
	struct rk_replay_liquidation recorded;
	struct rk_replay_figures before; /* at its time, before its fills */
	struct rk_replay_figures after;  /* at the end of the window */
	struct rk_replay_first_order order;
	bool judged;
	bool by_time;
	bool by_price;
	uint32_t fills_held;
	uint32_t fills_of_order; /* booked under an order of the daemon */
};

/*
 * Why a case was missed. Of those without an order, the gap between equity and
 * recorded value decides: is more than half of it due to the mark?
 */
enum rk_replay_miss {
	RK_REPLAY_MISS_NONE,      /* it was not */
	RK_REPLAY_MISS_NO_TRADES, /* no position: its fills are not there */
	RK_REPLAY_MISS_EARLY,     /* riskd began long before: equity too low */
	RK_REPLAY_MISS_MARK,
	RK_REPLAY_MISS_CASH,
	RK_REPLAY_MISSES
};

struct rk_replay_judge;

/* 0 and *ret_judge, owned by the caller, or -ENOMEM. */
int rk_replay_judge_open(const struct rk_replay_judge_options *options,
			 struct rk_replay_judge **ret_judge);

/* Takes NULL. */
void rk_replay_judge_close(struct rk_replay_judge *judge);

typedef int64_t rk_replay_judge_mark_fn(const void *arg, uint32_t market);

/*
 * A recorded liquidation happens; figures are those of its account, mark the
 * marks, both before its fills. Only cross accounts are judged: of an
 * isolated one the files do not tell the margin. 0 or -ENOMEM.
 */
int rk_replay_judge_liquidation(struct rk_replay_judge *judge,
				const struct rk_replay_row *row,
				const struct rk_replay_figures *figures,
				rk_replay_judge_mark_fn *mark,
				const void *mark_arg);

/* Is this fill part of a recorded liquidation that is being judged? */
bool rk_replay_judge_is_liquidating(const struct rk_replay_judge *judge,
				    const struct rk_replay_row *fill);

/* Keep a fill back if it must wait: 1 kept, 0 not, -ENOMEM. */
int rk_replay_judge_hold(struct rk_replay_judge *judge,
			 const struct rk_replay_row *fill);

/* Take in an event of this user: each once, in order. 0 or -ENOMEM. */
int rk_replay_judge_event(struct rk_replay_judge *judge, uint32_t user,
			  const Riskd__Event *event);

/* When the next window ends; INT64_MAX: none is open. */
int64_t rk_replay_judge_due(const struct rk_replay_judge *judge);

/*
 * End the window that is due first and decide the case. It stays good until
 * the next liquidation.
 */
struct rk_replay_case *rk_replay_judge_end(struct rk_replay_judge *judge,
					   const struct rk_replay_figures *now);

/* Account whose window ends next. Only when one is open. */
uint32_t rk_replay_judge_due_user(const struct rk_replay_judge *judge);

/*
 * The next fill held back for a case that has ended, with *ret_liquidating as
 * rk_replay_judge_is_liquidating(); NULL when there is none left. Good until
 * the next call.
 */
const struct rk_replay_row *
rk_replay_judge_release(struct rk_replay_judge *judge,
			const struct rk_replay_case *which,
			bool *ret_liquidating);

uint32_t rk_replay_judge_cases(const struct rk_replay_judge *judge);
const struct rk_replay_case *
rk_replay_judge_case(const struct rk_replay_judge *judge, uint32_t index);

/* Was any liquidation recorded of this user, cross or isolated? */
bool rk_replay_judge_has_case(const struct rk_replay_judge *judge,
			      uint32_t user);

enum rk_replay_miss rk_replay_judge_miss(const struct rk_replay_case *which);

/* One word: "EARLY". Static. */
const char *rk_replay_judge_miss_name(enum rk_replay_miss miss);

/*
 * How much of the equity that riskd has too much is due to the marks: known
 * only of an account that is wholly long or wholly short, in linear contracts:
 * the notional of an inverse one stays as it is while the mark moves.
 */
bool rk_replay_judge_mark_part(const struct rk_replay_case *which,
			       int64_t *ret_usd);

#endif
