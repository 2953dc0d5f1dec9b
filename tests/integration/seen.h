/*
 * Events as they were seen, so that whoever sees them again can tell whether
 * they are still the same: one number over the bytes of each.
 */
#ifndef RK_INTEGRATION_SEEN_H
#define RK_INTEGRATION_SEEN_H

#include "wire.h"

struct rk_seen {
	uint64_t *hash; /* by event number; 0: not seen */
	uint64_t room;
	uint64_t newest;
	uint64_t published; /* seen on a socket */
};

void rk_seen_fini(struct rk_seen *seen);

/* Remember it, or compare it with what is remembered. */
void rk_seen_event(struct rk_seen *seen, const Riskd__Event *event);

/* Everything that has been published; waits for nothing. */
void rk_seen_take(struct rk_seen *seen, nng_socket socket);

/* Read some events from a number on; returns the number to go on from. */
uint64_t rk_seen_read_some(struct rk_seen *seen, struct rk_rig *rig,
			   uint64_t from);

/*
 * Read all events from a number on: they follow each other up to the newest
 * that Status tells of, which is not below any seen.
 */
void rk_seen_read(struct rk_seen *seen, struct rk_rig *rig, uint64_t from);

#endif
