/*
 * The records of the engine: one struct per kind of row. Private to
 * daemon/engine.
 *
 * Records link to each other by number, never by pointer, so that their
 * order means the same on every machine. RK_NONE ends a list.
 */
#ifndef RK_ENGINE_RECORDS_H
#define RK_ENGINE_RECORDS_H

#include "engine/cmd.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/record_order.h"
#include "engine/records_listing.h"

#define RK_ANSWERS             1024 /* kept per client */
#define RK_ORDERS_PER_POSITION 4    /* not closed at the same time */
#define RK_PUBLISHERS_MAX      64   /* at most */
#define RK_ORDERS_PER_CMD_MAX  (UINT32_C(1) << 20)
#define RK_SEQ_MAX             (UINT64_C(1) << 44) /* keeps order keys apart */
#define RK_RETRY_NS            INT64_C(1000000000)

/* A cache line. */
struct rk_position {
	uint32_t account;
	uint32_t market;
	rk_qty size;
	rk_amt cost;
	rk_i128_packed funding_index; /* of the market, when last settled */
	int64_t last_order_ns;        /* 0: none yet */
	uint32_t next;                /* of the account, or of the free list */
	uint32_t holder_next;
	uint32_t holder_prev;
	enum rk_withheld withheld;
	enum rk_takeover_withheld takeover; /* its own is withheld by this */
	uint8_t stages; /* orders that expired unfilled since a fill */
};
_Static_assert(sizeof(struct rk_position) == 64,
	       "a million accounts have three each");

/* What an account has chosen for a market, with a position or without. */
struct rk_leverage {
	uint32_t account;
	uint32_t market;
	rk_rate leverage; /* above 0 */
	uint32_t next;    /* of the account, or of the free list */
};

struct rk_balance {
	uint32_t account;
	uint32_t asset;
	rk_amt amount;
	int64_t index; /* of its side, when interest was last settled */
	rk_amt loan;   /* of a debt: what was borrowed on purpose (J1) */
	int64_t last_order_ns; /* of its debt's conversion; 0: none yet */
	uint32_t next;
	uint32_t holder_next;
	uint32_t holder_prev;
};

/* A cache line. */
struct rk_account {
	uint64_t id;
	uint64_t owner;
	uint64_t last_event;
	/* Asset + 1 of the first debt for which nothing can be sold (J7). */
	uint32_t conversion_withheld;
	uint32_t positions; /* first, in order of market */
	uint32_t balances;  /* first, in order of asset */
	uint32_t leverages; /* first, in order of market */
	uint32_t resting;   /* first, in order of market, then of number */
	uint32_t orders;    /* first that is not closed, newest first */
	uint32_t orders_n;
	uint16_t positions_n;
	uint16_t balances_n;
	uint16_t leverages_n;
	uint16_t resting_n;
	enum rk_mode mode;
	enum rk_enforcement enforcement;
	enum rk_state state;
	enum rk_withheld withheld; /* start of liquidation is withheld */
};
_Static_assert(sizeof(struct rk_account) == 64, "there are millions of them");
_Static_assert(RK_ASSETS_MAX <= UINT16_MAX, "balances_n counts them");

struct rk_withdrawal {
	uint64_t id;
	uint32_t account;
	uint32_t asset;
	rk_amt amount;
	uint32_t next_free;
};

struct rk_client {
	char name[RK_NAME_SIZE];
	uint64_t last;
	struct rk_client_answer {
		struct rk_hash payload;
		struct rk_answer answer;
	} answers[RK_ANSWERS]; /* number n is at n % RK_ANSWERS */
};

/* An account that may have to be acted upon, with the risk it was seen at. */
struct rk_due {
	uint32_t account;
	rk_usd equity;
	rk_usd maintenance;
};

/* A pool of equal records: a high-water mark and a list of those given back. */
struct rk_pool {
	uint32_t used; /* records ever taken */
	uint32_t n;    /* records in use */
	uint32_t free; /* first given back */
};

#endif
