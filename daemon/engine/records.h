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

#define RK_NONE                UINT32_MAX
#define RK_TRADE_WINDOW        4096 /* trade ids kept below the highest */
#define RK_ANSWERS             1024 /* kept per client */
#define RK_ORDERS_PER_POSITION 4    /* not closed at the same time */
#define RK_PUBLISHERS_MAX      64   /* at most */
#define RK_ORDERS_PER_CMD_MAX  (UINT32_C(1) << 20)
#define RK_SEQ_MAX             (UINT64_C(1) << 44) /* keeps order keys apart */
#define RK_TIME_NEVER          INT64_MAX
#define RK_RETRY_NS            INT64_C(1000000000)

struct rk_asset {
	struct rk_cmd_asset listing;
	int usd_exp;   /* power of ten from amount * price to 1e-8 USD */
	int usd_bits;  /* a raw unit is worth at most 2^usd_bits raw USD */
	bool usd_same; /* a raw unit is worth exactly one, for ever */
	uint32_t slot; /* RK_NONE: the price is fixed */
	struct rk_collateral collateral;
	bool plain; /* at maintenance all of it counts for exactly itself */
	rk_i128 deposits;
	rk_i128 withdrawals;
	rk_i128 pending;
	rk_i128 fees;
	rk_i128 clearing;
};

/*
 * The funding of a market. The index is what a long of one raw unit of size
 * has paid since the index began at 0, in 1e-18 raw settle units.
 */
struct rk_market_funding {
	struct rk_funding terms;
	bool active; /* there were terms or a FUND: N7 counts it, for ever */
	rk_i128 index;
	rk_i128 low;  /* least and largest index since it began at 0 ... */
	rk_i128 high; /* ... so no position has more to settle than high-low */
	rk_i128 most; /* a raw unit at the dearest price: they may be so far */
	rk_i128 premium_sum; /* of the samples of the running interval, 1e-9 */
	uint64_t premium_n;
};

struct rk_market {
	struct rk_cmd_market listing;
	uint32_t settle;
	uint32_t slot;
	bool plain;     /* linear, multiplier 1 */
	int value_exp;  /* power of ten from price * size to settle units */
	int value_bits; /* a raw size is worth at most 2^value_bits of them */
	/* Deductions that keep each bracket continuous, in 1e-17 USD. */
	rk_i128 maintenance_deduction[RK_BRACKETS_MAX];
	rk_i128 initial_deduction[RK_BRACKETS_MAX];
	rk_i128 long_size;
	rk_i128 short_size;
	rk_i128 accounts_cost;
	rk_i128 vault_size;
	rk_i128 vault_cost;
	rk_i128 clearing_cost;
	struct rk_market_funding funding;
	uint32_t holders_n;
	uint32_t withheld_n;
	uint64_t last_market_event;
	uint64_t last_order_event;
	uint64_t trade_highest;
	/* Bit id % RK_TRADE_WINDOW: booked, for the ids of the window. */
	uint64_t trades[RK_TRADE_WINDOW / 64];
};

/* What an external venue holds against us in one market. */
struct rk_venue_position {
	rk_i128 size;
	rk_i128 cost;
};

struct rk_publisher_quote {
	rk_px price; /* 0: none yet */
	int64_t time_ns;
	uint64_t seq;
	bool usable;    /* not from before a RESUME */
	bool disputing; /* price above price_max */
};

struct rk_slot {
	uint32_t market; /* RK_NO_MARKET for an asset's index */
	uint32_t asset;  /* RK_NONE for a market's mark */
	uint8_t decimals;
	bool halted;
	bool moved; /* is on the moved list of this command */
	enum rk_price_state state;
	rk_px mark;
	rk_px price_min;
	rk_px price_max;
	int64_t age_max_ns;
	int64_t time_ns;    /* of the newest quote taken in */
	int64_t recheck_ns; /* clock beyond this: aggregate anew */
	uint32_t holders;   /* first position or balance */
};

struct rk_position {
	uint32_t account;
	uint32_t market;
	rk_qty size;
	rk_amt cost;
	int64_t last_order_ns; /* 0: none yet */
	enum rk_withheld withheld;
	uint32_t next;         /* of the account, or of the free list */
	rk_i128 funding_index; /* of the market, when last settled */
	uint32_t holder_next;
	uint32_t holder_prev;
};

struct rk_balance {
	uint32_t account;
	uint32_t asset;
	rk_amt amount;
	uint32_t next;
	uint32_t holder_next;
	uint32_t holder_prev;
};

struct rk_account {
	uint64_t id;
	uint64_t owner;
	enum rk_mode mode;
	enum rk_enforcement enforcement;
	enum rk_state state;
	enum rk_withheld withheld; /* start of liquidation is withheld */
	uint32_t positions;        /* first, in order of market */
	uint32_t positions_n;
	uint32_t balances; /* first, in order of asset */
	uint32_t balances_n;
	uint32_t orders; /* first that is not closed, newest first */
	uint32_t orders_n;
	uint64_t last_event;
	uint64_t touched; /* epoch in which it was put on the touched list */
};

struct rk_order {
	struct rk_order_id id;
	uint32_t account;
	uint32_t market;
	enum rk_side side;
	rk_qty size;
	rk_qty filled;
	rk_qty reported; /* by order_closed; more than filled: fills to come */
	rk_px floor_price;
	rk_px mark;
	int64_t opened_ns;
	int64_t expiry_ns;
	struct rk_health health;
	bool close_asked;
	bool closed;
	uint64_t closing; /* which of all closings it was, from 1; 0: open */
	uint32_t next;    /* of the account; of the closed or the free list */
};

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
