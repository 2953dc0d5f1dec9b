/*
 * What a simulated venue does with one order: pieces and answers, drawn once.
 *
 * Pure arithmetic on turns (instants with prices). The gateway asks what is
 * due; it alone knows prices and orders.
 */
#ifndef RK_CLIENT_REPLAY_PLAN_H
#define RK_CLIENT_REPLAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RK_REPLAY_PIECES_MAX 4

/* What a piece waits for. */
enum rk_replay_when {
	RK_REPLAY_WHEN_TURN,      /* its turn; dropped when closing is asked */
	RK_REPLAY_WHEN_ASKED,     /* a turn after closing was asked for */
	RK_REPLAY_WHEN_CONFIRMED, /* a turn after the closing was confirmed */
	RK_REPLAY_WHEN_CLOSED,    /* a turn after the daemon closed the order */
};

struct rk_replay_piece {
	enum rk_replay_when when;
	int64_t size;  /* 0: filled or dropped */
	uint64_t turn; /* UINT64_MAX: what it waits for has not happened */
};

struct rk_replay_plan {
	uint64_t confirm_delay; /* turns; UINT64_MAX: never answers */
	uint32_t pieces_n;
	struct rk_replay_piece pieces[RK_REPLAY_PIECES_MAX];
};

/* Draw a plan for an order of this size that opened in this turn. */
void rk_replay_plan_draw(struct rk_replay_plan *plan, uint64_t seed,
			 uint64_t key, int64_t size, uint64_t turn);

/* Closing was asked for. Returns the turn in which to confirm it. */
uint64_t rk_replay_plan_asked(struct rk_replay_plan *plan, uint64_t turn);

/* The closing is being confirmed. Returns the size that is still to come. */
int64_t rk_replay_plan_confirmed(struct rk_replay_plan *plan, uint64_t turn);

/* The daemon closed the order, after or without our word. */
void rk_replay_plan_closed(struct rk_replay_plan *plan, bool confirmed,
			   uint64_t turn);

/* A piece that is due, or NULL. Its size is set to 0 once it is filled. */
struct rk_replay_piece *rk_replay_plan_due(struct rk_replay_plan *plan,
					   uint64_t turn);

/* True when no piece is to come any more. */
bool rk_replay_plan_over(const struct rk_replay_plan *plan);

#endif
