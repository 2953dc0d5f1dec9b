/*
 * What the engine remembers: the records and tables behind struct rk_engine.
 * Private to daemon/engine; everyone else looks through view.h.
 *
 * Records link to each other by number, never by pointer, so that their
 * order means the same on every machine. RK_NONE ends a list.
 */
#ifndef RK_ENGINE_STATE_H
#define RK_ENGINE_STATE_H

#include "engine/cmd.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/heap.h"
#include "engine/map.h"
#include "engine/undo.h"

#define RK_NONE                UINT32_MAX
#define RK_TRADE_WINDOW        4096 /* trade ids kept below the highest */
#define RK_ANSWERS             1024 /* kept per client */
#define RK_ORDERS_PER_POSITION 4    /* not closed at the same time */
#define RK_POSITIONS_MAX       64   /* of one account, at most */
#define RK_PUBLISHERS_MAX      64   /* at most */
#define RK_ASSETS_MAX          256  /* at most */
#define RK_ORDERS_PER_CMD_MAX  (UINT32_C(1) << 20)
#define RK_SEQ_MAX             (UINT64_C(1) << 44) /* keeps order keys apart */
#define RK_TIME_NEVER          INT64_MAX
#define RK_RETRY_NS            INT64_C(1000000000)
#define RK_QUOTE_AHEAD_NS      INT64_C(1000000000)

struct rk_asset {
	struct rk_cmd_asset listing;
	int usd_exp;   /* power of ten from amount * price to 1e-8 USD */
	uint32_t slot; /* RK_NONE: the price is fixed */
	rk_i128 deposits;
	rk_i128 withdrawals;
	rk_i128 pending;
	rk_i128 fees;
	rk_i128 clearing;
};

struct rk_market {
	struct rk_cmd_market listing;
	uint32_t settle;
	uint32_t slot;
	int value_exp; /* power of ten from price * size to settle units */
	/* Deductions that keep each bracket continuous, in 1e-17 USD. */
	rk_i128 maintenance_deduction[RK_BRACKETS_MAX];
	rk_i128 initial_deduction[RK_BRACKETS_MAX];
	rk_i128 long_size;
	rk_i128 short_size;
	rk_i128 accounts_cost;
	rk_i128 vault_size;
	rk_i128 vault_cost;
	rk_i128 clearing_cost;
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
	uint32_t next; /* of the account, or of the free list */
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
	uint32_t positions;        /* first */
	uint32_t positions_n;
	uint32_t balances;
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
	uint32_t next; /* of the account; of the closed or the free list */
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

/* What is left to do of the present command (see judge.c). */
enum rk_phase {
	RK_PHASE_IDLE,
	RK_PHASE_TIMERS, /* run what is due */
	RK_PHASE_SLOTS,  /* aggregate moved slots, touch their holders */
	RK_PHASE_JUDGE,  /* judge all touched, sort those due by risk */
	RK_PHASE_ACT,    /* act on them, one by one */
};

struct rk_engine {
	struct rk_cmd_limits max; /* what the arena was sized for */
	struct rk_cmd_limits limits;
	struct rk_cmd_risk risk;
	uint64_t seq;
	uint64_t event;
	int64_t time_ns;
	uint64_t last_system_event;
	struct rk_hash event_digest;

	struct rk_asset *assets;
	uint32_t assets_n;
	struct rk_market *markets;
	uint32_t markets_n;
	char (*publishers)[RK_NAME_SIZE];
	uint32_t publishers_n;
	char (*venues)[RK_NAME_SIZE];
	uint32_t venues_n;
	struct rk_venue_position *venue_positions; /* [venue][market] */
	struct rk_slot *slots;
	uint32_t slots_n;
	struct rk_publisher_quote *quotes; /* [slot][publisher] */
	int64_t recheck_ns; /* earliest of all slots, or before */

	struct rk_account *accounts;
	uint32_t accounts_n;
	struct rk_map account_map;
	struct rk_map owner_map;
	uint32_t owners_n;
	uint32_t by_state[RK_STATE_BANKRUPT + 1];

	struct rk_position *positions;
	struct rk_pool positions_pool;
	struct rk_balance *balances;
	struct rk_pool balances_pool;

	struct rk_order *orders;
	struct rk_map order_map;
	uint32_t orders_used;
	uint32_t orders_open_n;
	uint32_t closed_first; /* oldest closed: its record is reused next */
	uint32_t closed_last;
	uint32_t closed_n;
	uint32_t order_n; /* orders of the present command */

	struct rk_withdrawal *withdrawals;
	struct rk_pool withdrawals_pool;
	struct rk_map withdrawal_map;

	struct rk_client *clients;
	uint32_t clients_n;

	struct rk_heap timers; /* nodes: accounts, then orders */
	struct rk_undo undo;

	/* Of the present command only: outside digest and snapshot. */
	enum rk_phase phase;
	uint64_t epoch;
	uint32_t *moved;
	uint32_t moved_n;
	uint32_t moved_at;
	uint32_t *touched;
	uint32_t touched_n;
	struct rk_due *due;
	uint32_t due_n;
	uint32_t due_at;

	/* For metrics only. */
	uint64_t judged;
	uint64_t quotes_dropped;
};

/* Record that size bytes at where are about to change (undo.h). */
static inline void rk_change(struct rk_engine *engine, void *where, size_t size)
{
	rk_undo_save(&engine->undo, where, size);
}

/* Put an account on the list of those to be judged after the bookings. */
void rk_touch(struct rk_engine *engine, uint32_t account);

/*
 * The next event, numbered and stamped. account is a record number or
 * RK_NONE, market an id or RK_NO_MARKET. Fill in the rest at once.
 */
struct rk_event *rk_emit(struct rk_engine *engine, struct rk_evbuf *events,
			 enum rk_event_type type, uint32_t account,
			 uint32_t market);

/* Take a record number out of a pool, or RK_NONE when max are in use. */
#define RK_POOL_TAKE(engine, pool, records, max, link)                         \
	rk_pool_take((engine), (pool), (max),                                  \
		     (pool)->free == RK_NONE ? RK_NONE                         \
					     : (records)[(pool)->free].link)

/* Give a record back; its link member joins the free list. */
#define RK_POOL_GIVE(engine, pool, records, i, link)                           \
	((records)[i].link = rk_pool_give((engine), (pool), (i)))

uint32_t rk_pool_take(struct rk_engine *engine, struct rk_pool *pool,
		      uint32_t max, uint32_t after_free);
uint32_t rk_pool_give(struct rk_engine *engine, struct rk_pool *pool,
		      uint32_t i);

#endif
