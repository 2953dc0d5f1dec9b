/*
 * What is told of the backstop vault. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_TAKEOVER_H
#define RK_ENGINE_EVENT_TAKEOVER_H

#include <stdint.h>

#include "engine/units.h"

/* Numbers are wire format, only ever added. */
enum rk_takeover_cause {
	RK_TAKEOVER_EQUITY = 1, /* equity is below the share of R */
	RK_TAKEOVER_STAGES = 2, /* so many orders expired unfilled */
	RK_TAKEOVER_DRAW = 3,   /* equity is below 0, and a fund pays it */
};

/* Why the vault does not take a position over that is due. */
enum rk_takeover_withheld {
	RK_TAKEOVER_FREE = 0,     /* nothing withholds it */
	RK_TAKEOVER_PRICE = 1,    /* one that the account goes by is not OK */
	RK_TAKEOVER_SETTLING = 2, /* the market is about to be settled */
	RK_TAKEOVER_VAULT_MAX = 3,
	RK_TAKEOVER_CAPITAL = 4, /* it would hold more than it is worth */
	RK_TAKEOVER_EVENT_BUDGET = 5,
	RK_TAKEOVER_HOUR_BUDGET = 6,
	/* Equity is below 0, and not all of it can be made good (Z7). */
	RK_TAKEOVER_SHORTFALL = 7,
	RK_TAKEOVER_CAPACITY = 8, /* no record for what would be booked */
} RK_IN_A_BYTE;

/* The house put capital into the vault, or took some out. */
struct rk_ev_vault {
	uint32_t asset;
	rk_amt amount;  /* below 0: taken out */
	rk_amt capital; /* after */
};

struct rk_ev_taken_over {
	enum rk_takeover_cause cause;
	rk_px price;       /* the mark */
	rk_qty size;       /* of the position, signed as it was */
	rk_amt cost;       /* of the position */
	rk_amt concession; /* less than its value to the account, 0 or more */
	rk_amt realised;   /* by the account: value - concession - cost */
	rk_amt booked;     /* of that: all, or 0 (E6) */
	rk_amt balance;    /* of the settle asset, after */
	rk_amt event_left; /* what the vault may still lose in the market ... */
	rk_amt hour_left;  /* ... and within the hour; both before */
};

struct rk_ev_takeover_withheld {
	enum rk_takeover_withheld reason; /* another one than before */
};

#endif
