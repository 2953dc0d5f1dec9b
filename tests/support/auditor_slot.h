/*
 * What the auditor knows of one price. See auditor_model.h.
 */
#ifndef RK_SUPPORT_AUDITOR_SLOT_H
#define RK_SUPPORT_AUDITOR_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd.h"
#include "engine/event.h"

struct book_slot {
	uint32_t market; /* or AUDIT_NONE */
	uint32_t asset;  /* or AUDIT_NONE */
	int64_t mark;
	enum rk_price_state state;
	int64_t time_ns;
	bool quoted; /* a quote was ever taken in */
	struct rk_slow_terms slow;
	uint32_t follows; /* an asset, or AUDIT_NONE */
	/* The slow price, in 1e-9 of a raw unit; 0: none yet. */
	rk_i128 slow_price;
	int64_t slow_ns;  /* when it was looked at last */
	rk_i128 seen;     /* marks of the running interval, times ns ... */
	int64_t seen_ns;  /* ... and these */
	rk_i128 past[24]; /* the newest interval that is over comes first */
};

#endif
