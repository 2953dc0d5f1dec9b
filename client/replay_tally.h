/*
 * What happened in a replay, counted from the events.
 */
#ifndef RK_CLIENT_REPLAY_TALLY_H
#define RK_CLIENT_REPLAY_TALLY_H

#include <stdint.h>

#include "replay_users.h"
#include "riskd.pb-c.h"

#define RK_REPLAY_STATES  6 /* of Riskd__State */
#define RK_REPLAY_REASONS 8 /* of Riskd__LiquidationOrder__Reason */

struct rk_replay_tally {
	uint64_t orders;
	uint64_t closed[RK_REPLAY_REASONS]; /* by why they were */
	uint64_t close_asked;
	uint64_t fills;        /* of orders */
	uint64_t fills_part;   /* that left some of the order */
	uint64_t fills_late;   /* after the order was closed */
	uint64_t fills_excess; /* that took the order beyond its size */
	uint64_t fills_vault;  /* of which something went to the vault */
	uint64_t withheld;     /* times that a liquidation had to wait */
	uint64_t entered[RK_REPLAY_STATES]; /* times that a state began */
	uint64_t accounts_liquidated;       /* with an order, each once */
	uint64_t strangers; /* order events of accounts not of this run */
	uint64_t deficits;
	int64_t deficit_usd; /* in all, 1e-8; at most INT64_MAX */
	uint64_t rejected;
	uint64_t late; /* events that could not be read in their instant */
};

/*
 * Count one event, read in the instant of time_ns; users learn which of them
 * were liquidated.
 */
void rk_replay_tally_event(struct rk_replay_tally *tally,
			   struct rk_replay_users *users,
			   const Riskd__Event *event, int64_t time_ns);

/* Orders that the daemon closed. */
uint64_t rk_replay_tally_closed(const struct rk_replay_tally *tally);

#endif
