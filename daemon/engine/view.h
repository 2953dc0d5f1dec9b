/*
 * Reading the engine: for queries, for tests and for the auditor. Nothing
 * here changes anything. Pointers returned stay valid until the next command.
 */
#ifndef RK_ENGINE_VIEW_H
#define RK_ENGINE_VIEW_H

#include "engine/cmd.h"
#include "engine/event.h"

struct rk_engine;

#define RK_NO_SLOT UINT32_MAX

/* Everything about one account's health at present prices (USD, 1e-8). */
struct rk_margin {
	rk_usd equity;
	rk_usd maintenance; /* R_M: equity - health_M */
	rk_usd initial;     /* R_I: equity - health_I */
	rk_usd withdrawal;  /* margin_W: required by positions */
	rk_usd health_m;
	rk_usd health_i;
	rk_usd health_w;
	rk_usd notional;    /* sum over positions, unsigned */
	rk_usd assets;      /* A_M: what counts for it at maintenance */
	rk_usd liabilities; /* L_M: what counts against it */
	bool prices_ok;     /* every price used is OK */
};

struct rk_account_view {
	uint64_t account;
	uint64_t owner;
	enum rk_mode mode;
	enum rk_enforcement enforcement;
	enum rk_state state;
	uint32_t positions_n;
	uint32_t balances_n;
	uint32_t orders_open_n;
	uint64_t last_event;
	struct rk_margin margin;
};

struct rk_position_view {
	uint32_t market;
	rk_qty size;
	rk_amt cost;
	rk_px mark;
	rk_amt unrealised; /* rounded down */
	rk_amt funding;    /* not settled; counts as unrealised does */
	rk_usd notional;
	rk_usd maintenance;
	rk_usd initial;
	enum rk_withheld withheld;
};

struct rk_balance_view {
	uint32_t asset;
	rk_amt amount;
	rk_usd value; /* rounded down */
};

struct rk_order_view {
	struct rk_order_id order;
	uint64_t account;
	uint32_t market;
	enum rk_side side;
	rk_qty size;
	rk_qty filled;
	rk_px floor_price;
	rk_px mark;
	int64_t opened_ns;
	int64_t expiry_ns;
	bool close_asked;
	bool closed;
};

struct rk_asset_view {
	struct rk_cmd_asset listing;
	uint32_t slot; /* RK_NO_SLOT for a fixed price */
	struct rk_collateral collateral;
};

struct rk_market_view {
	struct rk_cmd_market listing;
	uint32_t settle_asset;
	uint32_t slot;
	bool halted;
	rk_i128 long_size;  /* of accounts; short is what balances it */
	rk_i128 short_size; /* of accounts, as a positive number */
	rk_i128 vault_size; /* of the backstop vault, signed */
	uint32_t holders;
	uint32_t withheld;         /* positions on its withheld list */
	uint64_t last_trade;       /* highest trade id booked; 0: none */
	struct rk_funding funding; /* terms */
	int64_t funding_next_ns;   /* end of the interval; 0: none */
	rk_i128 funding_index;     /* as in rk_ev_funding */
	rk_rate funding_rate;      /* if the interval ended now */
	uint64_t premium_n;        /* samples of this interval */
};

struct rk_slot_view {
	rk_px mark; /* 0: none yet */
	enum rk_price_state state;
	int64_t time_ns; /* of the newest quote taken in */
	uint8_t decimals;
	uint32_t market; /* RK_NO_MARKET for an asset's index */
	uint32_t asset;  /* UINT32_MAX for a market's mark */
	int64_t age_max_ns;
};

/* The last word of a publisher on a slot. */
struct rk_quote_view {
	rk_px price; /* 0: none yet */
	int64_t time_ns;
	uint64_t seq;
	bool usable;    /* not from before a RESUME */
	bool disputing; /* price above price_max */
};

struct rk_engine_counts {
	uint64_t seq;   /* of the newest command */
	uint64_t event; /* newest */
	int64_t time_ns;
	uint32_t accounts;
	uint32_t owners;
	uint32_t assets;
	uint32_t markets;
	uint32_t slots;
	uint32_t publishers;
	uint32_t venues;
	uint32_t clients;
	uint32_t positions;
	uint32_t balances;
	uint32_t orders_open;
	uint32_t withdrawals;
	uint32_t by_state[RK_STATE_BANKRUPT + 1];
	uint64_t judged; /* accounts judged since start, for metrics only */
	uint64_t quotes_dropped;
	struct rk_cmd_limits limits;
	struct rk_cmd_risk risk;
};

uint64_t rk_view_seq(const struct rk_engine *engine);   /* newest command */
uint64_t rk_view_event(const struct rk_engine *engine); /* newest event */
int64_t rk_view_time(const struct rk_engine *engine);
/*
 * The earliest time at which a CLOCK would do more than move time: a timer, a
 * price that ages, an interval of funding. INT64_MAX: nothing is waiting.
 */
int64_t rk_view_next_due(const struct rk_engine *engine);
uint64_t rk_view_quotes_dropped(const struct rk_engine *engine);

void rk_view_counts(const struct rk_engine *engine,
		    struct rk_engine_counts *ret_counts);

/* Ids by name: 0 and *ret_id, or RK_REJ_NO_*. */
int rk_view_find_asset(const struct rk_engine *engine, const char *name,
		       uint32_t *ret_asset);
int rk_view_find_market(const struct rk_engine *engine, const char *name,
			uint32_t *ret_market);

int rk_view_asset(const struct rk_engine *engine, uint32_t asset,
		  struct rk_asset_view *ret_view);
int rk_view_market(const struct rk_engine *engine, uint32_t market,
		   struct rk_market_view *ret_view);
int rk_view_slot(const struct rk_engine *engine, uint32_t slot,
		 struct rk_slot_view *ret_view);
int rk_view_quote(const struct rk_engine *engine, uint32_t slot,
		  uint32_t publisher, struct rk_quote_view *ret_view);
const char *rk_view_publisher(const struct rk_engine *engine, uint32_t id);
const char *rk_view_venue(const struct rk_engine *engine, uint32_t id);

/* The deduction of a bracket, in 1e-17 USD (see margin.h). */
rk_i128 rk_view_deduction(const struct rk_engine *engine, uint32_t market,
			  uint32_t bracket, bool initial);

/* USD price of an asset, fixed or its index; 0: none yet. */
rk_px rk_view_asset_price(const struct rk_engine *engine, uint32_t asset);
/* What an amount counts for at that price, rounded down. */
rk_usd rk_view_asset_value(const struct rk_engine *engine, uint32_t asset,
			   rk_amt amount);

/* Accounts are numbered 0 .. accounts - 1 in order of creation. */
int rk_view_find_account(const struct rk_engine *engine, uint64_t account,
			 uint32_t *ret_index);
int rk_view_account(const struct rk_engine *engine, uint32_t index,
		    struct rk_account_view *ret_view);

/* In order of market or asset. Fill up to max; return how many there are. */
uint32_t rk_view_positions(const struct rk_engine *engine, uint32_t index,
			   struct rk_position_view *views, uint32_t max);
uint32_t rk_view_balances(const struct rk_engine *engine, uint32_t index,
			  struct rk_balance_view *views, uint32_t max);
/* Orders of the account that are not closed. */
uint32_t rk_view_orders(const struct rk_engine *engine, uint32_t index,
			struct rk_order_view *views, uint32_t max);

/* How many there are; quicker than asking for the account. */
uint32_t rk_view_orders_n(const struct rk_engine *engine, uint32_t index);

/* Any order still known, open or closed: 0 or RK_REJ_NO_ORDER. */
int rk_view_order(const struct rk_engine *engine, struct rk_order_id id,
		  struct rk_order_view *ret_view);

/* Newest client_seq of a client; 0 when unknown. */
uint64_t rk_view_client_seq(const struct rk_engine *engine, const char *client);

/* Over all state; equal after the same commands. Slow (every record). */
struct rk_hash rk_view_state_digest(const struct rk_engine *engine);
/* Chain over all events so far. */
struct rk_hash rk_view_event_digest(const struct rk_engine *engine);

/*
 * Which of two accounts is riskier, by maintenance / equity compared exactly:
 * above 0 when a is. Ties: larger maintenance, and without maintenance lower
 * equity, is riskier. (dYdX v4 lib/margin/risk.go, Risk.Cmp.)
 */
int rk_view_compare_risk(rk_usd equity_a, rk_usd maintenance_a, rk_usd equity_b,
			 rk_usd maintenance_b);

#endif
