/*
 * What the engine remembers: the tables behind struct rk_engine, and how
 * they are changed. Private to daemon/engine; everyone else looks through
 * view.h. What a row of each table is made of is in records.h.
 */
#ifndef RK_ENGINE_STATE_H
#define RK_ENGINE_STATE_H

#include "engine/heap.h"
#include "engine/map.h"
#include "engine/marks.h"
#include "engine/records.h"
#include "engine/undo.h"
#include "engine/watch.h"

/* What is left to do of the present command (see judge.c). */
enum rk_phase {
	RK_PHASE_IDLE,
	RK_PHASE_TIMERS,   /* run what is due */
	RK_PHASE_SLOTS,    /* aggregate moved slots, touch their holders */
	RK_PHASE_FUNDING,  /* move indices of funding, touch holders */
	RK_PHASE_INTEREST, /* move indices of interest, touch holders */
	RK_PHASE_MARKETS,  /* markets that expire, and SETTLE */
	RK_PHASE_RAMPS,    /* steps of ramps, touch holders */
	RK_PHASE_JUDGE,    /* judge all touched, sort those due by risk */
	RK_PHASE_ACT,      /* act on them, one by one */
};

/* The funding of the present command, see funding.c. */
struct rk_funding_run {
	int64_t from_ns;  /* time before the command */
	uint32_t market;  /* next to look at, or being settled */
	uint32_t account; /* next to settle */
	bool settling;
	bool restarted; /* the index of this market */
	bool given;     /* fund is to be applied */
	struct rk_cmd_fund fund;
};

/* The accrual of interest of the present command, see interest.c. */
struct rk_interest_run {
	int64_t from_ns;  /* time before the command */
	uint32_t asset;   /* next to look at, or being settled */
	uint32_t account; /* next to settle */
	bool settling;
	bool given;     /* ACCRUE, of this asset only */
	bool held_only; /* is being settled: not the debts */
};

/* What the present command ends: see market_state.c and settlement.c. */
struct rk_settlement_run {
	int64_t from_ns;   /* time before the command */
	uint32_t expiring; /* next market to look at */
	bool given;        /* settle is to be applied */
	struct rk_cmd_settle settle;
	uint32_t account;   /* next to settle */
	uint32_t positions; /* settled so far */
	rk_i128 values;     /* of all that was closed */
};

struct rk_engine {
	struct rk_cmd_limits max; /* what the arena was sized for */
	struct rk_cmd_limits limits;
	struct rk_cmd_risk risk;
	uint64_t seq;
	uint64_t event;
	int64_t time_ns;
	uint64_t last_system_event;
	uint64_t last_conversion_event;
	struct rk_hash event_digest;

	struct rk_asset *assets;
	struct rk_insurance *insurance; /* of each asset */
	struct rk_vault *vaults;        /* of each asset */
	uint32_t assets_n;
	char emode_groups[RK_EMODE_GROUPS][RK_NAME_SIZE]; /* "": free */
	struct rk_market *markets;
	struct rk_market_takeover *takeovers; /* of each market */
	uint32_t markets_n;
	char (*publishers)[RK_NAME_SIZE];
	uint32_t publishers_n;
	char (*venues)[RK_NAME_SIZE];
	uint32_t venues_n;
	struct rk_venue_position *venue_positions; /* [venue][market] */
	struct rk_slot *slots;
	uint32_t slots_n;
	struct rk_publisher_quote *quotes; /* [slot][publisher] */
	int64_t recheck_ns;  /* earliest of all slots, or before */
	int64_t funding_ns;  /* the first end of an interval ahead; derived */
	int64_t interest_ns; /* likewise */
	uint32_t lending_n;  /* assets that were ever lent; derived */
	uint32_t conversions_n; /* assets that are converted; derived */
	uint32_t conversions_withheld_n; /* accounts; derived */
	int64_t expiry_ns;               /* the first expiry ahead; derived */
	int64_t ramp_ns; /* the first end of a step ahead; derived */

	struct rk_account *accounts;
	uint32_t accounts_n;
	struct rk_map account_map;
	struct rk_map owner_map;
	uint32_t owners_n;
	uint32_t by_state[RK_STATE_BANKRUPT + 1];
	uint64_t *bankrupt; /* a bit for each account: its state; derived */

	struct rk_position *positions;
	struct rk_pool positions_pool;
	struct rk_balance *balances;
	struct rk_pool balances_pool;
	struct rk_leverage *leverages; /* as many as positions */
	struct rk_pool leverages_pool;

	struct rk_order *orders;
	struct rk_map order_map;
	uint32_t orders_used;
	uint32_t orders_open_n;
	uint32_t closed_first; /* oldest closed: its record is reused next */
	uint32_t closed_last;
	uint32_t closed_n;
	uint64_t closings; /* orders ever closed: numbers them in that order */
	uint32_t order_n;  /* orders of the present command */

	struct rk_resting *resting;
	struct rk_pool resting_pool;

	struct rk_withdrawal *withdrawals;
	struct rk_pool withdrawals_pool;
	struct rk_map withdrawal_map;

	struct rk_client *clients;
	uint32_t clients_n;

	struct rk_heap timers; /* nodes: accounts, then orders */
	struct rk_undo undo;

	/* Of the present command only: outside digest and snapshot. */
	enum rk_phase phase;
	uint32_t *moved;
	uint32_t moved_n;
	uint32_t moved_at;
	uint32_t *touched;
	uint32_t touched_n;
	uint8_t *touched_as; /* of each account: not, or as what */
	struct rk_due *due;
	uint32_t due_n;
	uint32_t due_at;

	struct rk_funding_run funding;
	struct rk_interest_run interest;
	struct rk_settlement_run settlement;
	uint32_t ramp_at;     /* next to look at: assets, then markets */
	bool insurance_round; /* funds may pay all who wait */
	bool resuming;        /* the command is RESUME */

	struct rk_marks marks; /* of change: outside digest and snapshot */

	struct rk_watch watch; /* a cache: outside digest and snapshot */

	/* For metrics only. */
	uint64_t judged;
	uint64_t quotes_dropped;
};

/* Record that size bytes at where are about to change (undo.h). */
static inline void rk_change(struct rk_engine *engine, void *where, size_t size)
{
	rk_undo_save(&engine->undo, where, size);
}

/* A unit is about to change (marks.h). Call it before the change. */
static inline void rk_mark(struct rk_engine *engine, enum rk_unit unit,
			   uint32_t place)
{
	struct rk_mark_word *word =
		&engine->marks.tables[unit].words[place / 64];
	uint64_t bit = UINT64_C(1) << (place % 64);

	if ((word->wanted | word->unread) & bit)
		rk_marks_take(&engine->marks, unit, place);
	word->changed |= bit;
}

/* Add to one of the running sums of the books. */
static inline void rk_add(struct rk_engine *engine, rk_i128 *total,
			  rk_i128 delta)
{
	rk_change(engine, total, sizeof(*total));
	*total += delta;
}

/*
 * Put an account on the list of those to be judged after the bookings: what it
 * has, or what that counts for, has changed. found: only prices have.
 */
void rk_touch(struct rk_engine *engine, uint32_t account);
void rk_touch_found(struct rk_engine *engine, uint32_t account);
/* Of one that is on the list: is it more than found? */
bool rk_is_changed(const struct rk_engine *engine, uint32_t account);
void rk_touch_all(struct rk_engine *engine);
/* The list is empty again. */
void rk_touched_forget(struct rk_engine *engine);

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
