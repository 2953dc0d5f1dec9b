/*
 * The commands about one account or between two: opening it, money in and out,
 * its mode, positions that change their account, its resting orders. Part of
 * cmd.h.
 */
#ifndef RK_ENGINE_CMD_ACCOUNT_H
#define RK_ENGINE_CMD_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/event_words.h"
#include "engine/units.h"

/* Isolated: one position and its own collateral. Cross: all share one. */
enum rk_mode {
	RK_MODE_CROSS = 1,
	RK_MODE_ISOLATED = 2
} RK_IN_A_BYTE;

/* Report: judged and reported, never liquidated. */
enum rk_enforcement {
	RK_ENFORCE_FULL = 1,
	RK_ENFORCE_REPORT = 2
} RK_IN_A_BYTE;

struct rk_cmd_account {
	uint64_t account; /* chosen by the caller, not 0 */
	uint64_t owner;   /* not 0 */
	enum rk_mode mode;
	enum rk_enforcement enforcement;
};

/*
 * DEPOSIT (amount above 0), ADJUST (a fact, either sign, unchecked), and
 * WRITE_OFF (of a debt; 0: all of it).
 */
struct rk_cmd_amount {
	uint64_t account;
	uint32_t asset;
	rk_amt amount;
};

/* RESERVE takes the amount out of the account, CONFIRM sends, CANCEL undoes */
struct rk_cmd_withdraw {
	uint64_t withdrawal; /* chosen by the caller, unique while pending */
	uint64_t account;    /* RESERVE only */
	uint32_t asset;      /* RESERVE only */
	rk_amt amount;       /* RESERVE only */
};

struct rk_cmd_transfer {
	uint64_t from;
	uint64_t to;
	uint32_t asset;
	rk_amt amount;
};

/* From cross to isolated or back; nothing is moved. */
struct rk_cmd_mode {
	uint64_t account;
	enum rk_mode mode;
};

/*
 * Judge an account and do what follows, though nothing about it has changed:
 * an audit found it to be other than it should be (audit.h), or somebody wants
 * to see.
 */
struct rk_cmd_recheck {
	uint64_t account;
	uint64_t found_seq; /* newest command when it was found; 0: no audit */
};

/*
 * A whole position goes to another account of the same owner, with its cost,
 * and with it an amount of the settle asset: how a position of a cross account
 * becomes an isolated one, and back.
 */
struct rk_cmd_move {
	uint64_t from;
	uint64_t to;
	uint32_t market;
	rk_amt amount; /* 0 or more */
};

/*
 * The most leverage that an account wants in a market: initial margin is at
 * least the notional by it. Kept until it is set anew, with a position or
 * without.
 */
struct rk_cmd_leverage {
	uint64_t account;
	uint32_t market;
	rk_rate leverage; /* a multiple of 1 or more; 0: that of the market */
};

#define RK_LEVERAGE_MAX (1000000 * RK_RATE_ONE)

/*
 * A resting order: an order of the account itself, which the venue may fill at
 * any time until it is gone. (Not a liquidation order, which riskd asks for.)
 * It is allowed or refused before it is sent to the venue.
 */
struct rk_cmd_place {
	uint64_t account;
	uint64_t order; /* client's number, 1 .. 2^63 - 1, unique while it rests
			 */
	uint32_t market;
	enum rk_side side;
	bool reduce_only; /* never enlarges a position nor turns it */
	rk_qty size;      /* above 0, in lots */
	rk_px price;      /* the worst at which it may be filled */
};

/* Cancelled or expired at the venue, or made smaller there. */
struct rk_cmd_cancel_order {
	uint64_t account;
	uint64_t order;
	rk_qty left; /* what still rests; 0: it is gone */
};

#endif
