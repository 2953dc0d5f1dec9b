/*
 * The auditor's records of balances, orders and groups. Part of
 * auditor_model.h.
 */
#ifndef RK_SUPPORT_AUDITOR_RECORD_H
#define RK_SUPPORT_AUDITOR_RECORD_H

#include "engine/cmd.h"
#include "engine/event.h"
#include "support/auditor_ramp.h"

struct book_balance {
	uint32_t account;
	uint32_t asset;
	int64_t amount;
	int64_t index;  /* of its side, when last settled */
	int64_t loan;   /* of a debt: borrowed on purpose */
	int64_t paying; /* while it is judged whether it may: a fee (O8) */
	bool ordered;   /* for its conversion, at: */
	int64_t last_order_ns;
};

struct book_withdrawal {
	uint64_t id;
	uint32_t account;
	uint32_t asset;
	int64_t amount;
};

struct book_resting {
	uint64_t order;
	uint32_t account;
	uint32_t market;
	enum rk_side side;
	bool reduce_only;
	int64_t size;
	int64_t left;
	int64_t price;
};

struct book_order {
	struct rk_order_id id;
	uint32_t account;
	uint32_t market;
	enum rk_side side;
	int64_t size;
	int64_t filled;
	int64_t claimed; /* by ORDER_CLOSED; -1: not yet */
	int64_t floor_price;
	int64_t mark;
	int64_t opened_ns;
	int64_t expiry_ns;
	int64_t deadline_ns;   /* taken as closed then, once asked */
	uint32_t claimant;     /* of the last CLAIM (L18) ... */
	int64_t claim_ends_ns; /* ... and its end; 0: there was none */
	bool asked;
	bool vaults; /* taken over: what it fills is the vault's */
	bool closed;
	uint64_t closing; /* rising in order of closing */
	struct rk_health health;
	uint32_t sell; /* from here on: of a market of RK_NO_MARKET */
	uint32_t buy;
	int64_t least;
	int64_t bought;
	int64_t loss;
	int64_t sell_mark;
	int64_t buy_mark;
};

/* An asset in a group, or on its way out of it. */
struct book_member {
	char group[RK_NAME_SIZE];
	uint32_t asset;
	struct rk_emode entry; /* when its ramp has ended */
	struct book_ramp ramp; /* set is the asset's: not kept here */
	int64_t weight_before; /* when it began */
	int64_t share_before;
};

#endif
