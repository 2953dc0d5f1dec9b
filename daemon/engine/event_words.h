/*
 * The words that events use: causes, states, sides, reasons. Part of event.h.
 * Numbers are wire format, only ever added.
 */
#ifndef RK_ENGINE_EVENT_WORDS_H
#define RK_ENGINE_EVENT_WORDS_H

#include "engine/units.h"

/* Why a balance changed. */
enum rk_balance_cause {
	RK_BALANCE_DEPOSIT = 1,
	RK_BALANCE_ADJUST = 2,
	RK_BALANCE_RESERVE = 3, /* withdrawal reserved: left the account */
	RK_BALANCE_CONFIRM = 4, /* withdrawal sent: balance unchanged */
	RK_BALANCE_CANCEL = 5,  /* withdrawal undone: amount is back */
	RK_BALANCE_TRANSFER_IN = 6,
	RK_BALANCE_TRANSFER_OUT = 7,
};

/* State of a price slot; HALTED is an operator's word about the market. */
enum rk_price_state {
	RK_PRICE_NONE = 0, /* no quote yet */
	RK_PRICE_OK = 1,
	RK_PRICE_STALE = 2,    /* newest quote is older than price_age_max */
	RK_PRICE_DISPUTED = 3, /* a fresh quote above price_max */
	RK_PRICE_HALTED = 4,
};

/* Health of an account, from good to bad (design section 7). */
enum rk_state {
	RK_STATE_OK = 0,
	RK_STATE_WARN = 1,
	RK_STATE_MARGIN_CALL = 2,
	RK_STATE_LIQUIDATING = 3,
	RK_STATE_TAKEOVER = 4, /* the vault takes it over; only within a step */
	RK_STATE_BANKRUPT = 5, /* flat, and equity below 0 */
} RK_IN_A_BYTE;

enum rk_side {
	RK_SIDE_BUY = 1,
	RK_SIDE_SELL = 2
};

enum rk_order_reason {
	RK_ORDER_MAINTENANCE = 1
};

enum rk_close_reason {
	RK_CLOSE_FILLED = 1,
	RK_CLOSE_EXPIRED = 2,
	RK_CLOSE_RECOVERED = 3, /* the account is at the target again */
	RK_CLOSE_FLAT = 4,      /* nothing left to close in that market */
	RK_CLOSE_CONFIRMED = 5, /* order_closed said so */
	RK_CLOSE_TIMEOUT = 6,   /* no order_closed within close_timeout */
	RK_CLOSE_SETTLING = 7,  /* the market is about to be settled */
	RK_CLOSE_TAKEOVER = 8,  /* the vault takes the position over */
};

/* Why an action that is due does not happen yet. */
enum rk_withheld {
	RK_WITHHELD_NONE = 0,
	RK_WITHHELD_PRICE = 1,    /* a price is not OK */
	RK_WITHHELD_HALTED = 2,   /* the market is halted */
	RK_WITHHELD_CAPACITY = 3, /* order table full; tried again in 1 s */
	RK_WITHHELD_SETTLING = 4, /* the market is about to be settled */
	RK_WITHHELD_VELOCITY = 5, /* the market takes no more this minute */
} RK_IN_A_BYTE;

#endif
