/*
 * The commands about one account or between two: opening it, money in and out,
 * its mode, positions that change their account. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_ACCOUNT_H
#define RK_ENGINE_CMD_ACCOUNT_H

#include <stdint.h>

#include "engine/units.h"

/* Isolated: one position and its own collateral. Cross: all share one. */
enum rk_mode {
	RK_MODE_CROSS = 1,
	RK_MODE_ISOLATED = 2
};

/* Report: judged and reported, never liquidated. */
enum rk_enforcement {
	RK_ENFORCE_FULL = 1,
	RK_ENFORCE_REPORT = 2
};

struct rk_cmd_account {
	uint64_t account; /* chosen by the caller, not 0 */
	uint64_t owner;   /* not 0 */
	enum rk_mode mode;
	enum rk_enforcement enforcement;
};

/* DEPOSIT (amount above 0) and ADJUST (a fact, either sign, unchecked). */
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

#endif
