/*
 * What reading the engine tells of an account and of all it has. See view.h.
 */
#ifndef RK_ENGINE_VIEW_ACCOUNT_H
#define RK_ENGINE_VIEW_ACCOUNT_H

#include "engine/cmd.h"
#include "engine/event.h"

/* Everything about one account's health at present prices (USD, 1e-8). */
struct rk_margin {
	rk_usd equity;
	rk_usd maintenance; /* R_M: equity - health_M */
	rk_usd initial;     /* R_I: equity - health_I */
	rk_usd withdrawal;  /* margin_W: required by positions and orders */
	rk_usd orders;      /* more at I for resting orders, losses included */
	rk_usd health_m;
	rk_usd health_i;
	rk_usd health_w;
	/* What slow prices and scales take from these two, not below 0. */
	rk_usd caution_i;
	rk_usd caution_w;
	rk_usd notional;    /* sum over positions, unsigned */
	rk_usd collateral;  /* assets with profit above 0, unweighted */
	rk_usd debt;        /* those below 0, as a positive number */
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
	uint32_t resting_n;
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
	rk_rate leverage; /* chosen by the account; 0: that of the market */
	enum rk_withheld withheld;
	enum rk_takeover_withheld takeover; /* what withholds a takeover */
	uint32_t stages; /* orders that expired unfilled since a fill */
};

/* What an account has chosen for a market, with a position or without. */
struct rk_leverage_view {
	uint32_t market;
	rk_rate leverage;
};

struct rk_balance_view {
	uint32_t asset;
	rk_amt amount;   /* as booked */
	rk_amt interest; /* not settled; counts as the amount does */
	rk_usd value;    /* of both, rounded down */
	/*
	 * What the asset counts with at each level, at marks: its weight, or
	 * its liability where less than nothing is left of it with profit.
	 */
	rk_rate weight[RK_LEVELS];
	rk_amt loan;   /* of a debt, with interest: borrowed on purpose */
	rk_amt loss;   /* the rest of it: what losses have led to */
	bool withheld; /* it is to be converted: there is nothing to sell */
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
	uint32_t claimed_by; /* venue, while claimed_until_ns is not 0 */
	int64_t claimed_until_ns;
	bool close_asked;
	bool closed;
};

/* An order to sell one asset for another (conversion.h). */
struct rk_conversion_view {
	struct rk_order_id order;
	uint64_t account;
	uint32_t sell;
	uint32_t buy;
	rk_amt size; /* to be sold */
	rk_amt sold;
	rk_amt least; /* what all of it must bring */
	rk_amt bought;
	rk_amt loss; /* debt by losses at opening */
	rk_px sell_mark;
	rk_px buy_mark;
	int64_t opened_ns;
	int64_t expiry_ns;
	bool close_asked;
	bool closed;
};

/* A resting order of an account (resting.h). */
struct rk_resting_view {
	uint64_t order; /* the client's number */
	uint32_t market;
	enum rk_side side;
	bool reduce_only;
	rk_qty size; /* as it was placed */
	rk_qty left;
	rk_px price; /* worst */
};

#endif
