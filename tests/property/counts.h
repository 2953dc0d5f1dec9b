/*
 * How often each command, refusal and event occurred in a seeded run. A run
 * in which something is rare proves nothing about it.
 */
#ifndef RK_PROPERTY_COUNTS_H
#define RK_PROPERTY_COUNTS_H

#include "engine/cmd.h"
#include "engine/event.h"
#include "engine/view.h"

/* Numbers are below these. */
#define COUNT_COMMANDS 64
#define COUNT_CODES    128
#define COUNT_EVENTS   128

struct counts {
	uint64_t commands[COUNT_COMMANDS];
	uint64_t codes[COUNT_CODES];
	uint64_t events[COUNT_EVENTS];
	/* Of these, in markets of a kind of contract with its own formula. */
	uint64_t inverse_positions;
	uint64_t inverse_orders;
	uint64_t odd_positions; /* linear, but a multiplier is not 1 */
	/* Liquidation orders where a ramp of the market runs. */
	uint64_t ramped_orders;
	/* Funding that had to settle everybody first. */
	uint64_t restarts;
	/* Assets of which so much was lost that what is held was settled. */
	uint64_t lost;
	/* Steps of assets in groups, and those of debts that are leaving. */
	uint64_t group_steps;
	uint64_t share_steps;
	uint64_t size_steps; /* of size factors */
	/* WITHHELD because of what a market takes in a minute. */
	uint64_t velocity;
	uint64_t staged_orders;                /* of markets with stages */
	uint64_t funds[RK_INSURANCE_DRAW + 1]; /* INSURANCE_MOVED by cause */
	uint64_t taken[RK_TAKEOVER_DRAW + 1];  /* TAKEN_OVER by cause */
	uint64_t conceded;                     /* with a concession */
	/* TAKEOVER_WITHHELD by reason. */
	uint64_t kept[RK_TAKEOVER_CAPACITY + 1];
	/* Borrowed, and more would have been supplied than a cap. */
	uint64_t capped_transfers;
	/* Positions closed in a market that was settled long ago. */
	uint64_t late;
};

/* One command, also as a child of an atomic message. */
void counts_add(struct counts *counts, const struct rk_cmd *cmd, int code);
void counts_add_events(struct counts *counts, const struct rk_engine *engine,
		       const struct rk_event *events, uint32_t n);

void counts_print(const struct counts *counts);

/* How many kinds occurred fewer than least times; names them. */
int counts_check(const struct counts *counts, uint64_t least);

#endif
