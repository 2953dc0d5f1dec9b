/*
 * The records of what is listed: assets, markets, their slots and quotes.
 * Private to daemon/engine; see records.h.
 */
#ifndef RK_ENGINE_RECORDS_LISTING_H
#define RK_ENGINE_RECORDS_LISTING_H

#include "engine/cmd.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/form.h"

#define RK_NONE         UINT32_MAX
#define RK_TRADE_WINDOW 4096 /* trade ids kept below the highest */
#define RK_TIME_NEVER   INT64_MAX

/* An hour, and the minute that is running: sums of what a fund paid. */
#define RK_INSURANCE_MINUTES 61

/*
 * The lending of an asset. Indices are 1e-18, from 1 to 2: what one unit that
 * was owed, or held, when they were 1 has become.
 */
struct rk_asset_lending {
	struct rk_lending terms;
	bool active; /* there were terms: N7 counts interest, for ever */
	int64_t debt_index;
	int64_t supply_index;
	int64_t accrued_ns;    /* interest is charged up to here */
	rk_i128 debt_shares;   /* sum of debts by their index; derived */
	rk_i128 supply_shares; /* sum of what is held by its index; derived */
};

/* A ramp on its way; of duration 0: none is. */
struct rk_ramp_run {
	struct rk_ramp ramp; /* that of its beginning */
	int64_t begun_ns;
	int64_t elapsed_ns; /* as of the last step: derived */
};

/* What an asset was in a group when its ramp there began; all 0: none runs. */
struct rk_emode_ramp {
	struct rk_ramp_run run;
	rk_rate weight; /* at maintenance, as collateral */
	rk_rate share;  /* 1 as a debt, less if it was leaving already */
};

/* The groups an asset is in: a bit each, by the number of the group. */
struct rk_asset_emode {
	uint32_t collateral;
	uint32_t debt;
	uint32_t ramping; /* whose ramp runs: also what has left (derived) */
	rk_rate weights[RK_EMODE_GROUPS][RK_LEVELS]; /* 0 but as collateral */
	struct rk_emode_ramp ramps[RK_EMODE_GROUPS];
};

struct rk_asset_ramp {
	struct rk_ramp ramp; /* of changes to come */
	struct rk_ramp_run run;
	struct rk_ramp_terms from; /* all 0 when none runs */
	struct rk_ramp_terms to;
};

/* What a size factor is at maintenance: at all other levels it is new. */
struct rk_size_ramp {
	struct rk_ramp_run run;
	int64_t from; /* 1e-18; 0 when none runs */
	int64_t now;  /* in force, also when none runs: derived */
};

struct rk_market_ramp {
	struct rk_ramp ramp;
	struct rk_ramp_run run;
	struct rk_form before; /* all 0 when none runs */
};

struct rk_asset {
	struct rk_cmd_asset listing;
	int usd_exp;   /* power of ten from amount * price to 1e-8 USD */
	int usd_bits;  /* a raw unit is worth at most 2^usd_bits raw USD */
	bool usd_same; /* a raw unit is worth exactly one, for ever */
	/* It is worth exactly so many at its fixed price; 0: it is not. */
	int64_t usd_whole;
	uint32_t slot;                   /* RK_NONE: the price is fixed */
	struct rk_collateral collateral; /* in force: what a ramp has made it */
	struct rk_collateral_scale scale;
	struct rk_asset_ramp ramp;
	struct rk_size_ramp size_ramp;
	bool plain;   /* at maintenance all of it counts for exactly itself */
	rk_i128 held; /* by all accounts that hold it: derived (totals.h) */
	rk_i128 owed; /* by all others, above 0 */
	rk_i128 deposits;
	rk_i128 withdrawals;
	rk_i128 pending;
	rk_i128 fees;
	rk_i128 clearing;
	rk_i128 interest;  /* counterpart of interest booked */
	rk_i128 rounding;  /* what was left over of it */
	rk_i128 insurance; /* what its fund holds (insurance.h) */
	rk_i128 vault;     /* capital of the vault (vault.h) */
	struct rk_asset_lending lending;
	struct rk_asset_emode emode;
	struct rk_conversion conversion;
};

/* The insurance fund of an asset, beside what it holds (insurance.h). */
struct rk_insurance {
	struct rk_insurance_terms terms;
	int64_t minute; /* since 1970, in which it paid last */
	/* By minute % RK_INSURANCE_MINUTES: what it paid in each up to that. */
	rk_amt drawn[RK_INSURANCE_MINUTES];
};

/* The backstop vault in an asset, beside its capital (vault.h). */
struct rk_vault {
	struct rk_vault_terms terms;
	int64_t minute; /* since 1970, for which its profit was noted last */
	/* By minute % RK_INSURANCE_MINUTES: its profit as each began. */
	rk_amt profits[RK_INSURANCE_MINUTES];
};

/* The backstop vault in a market, beside what it holds (takeover.h). */
struct rk_market_takeover {
	struct rk_takeover_terms terms;
	rk_i128 event_cost; /* what it had lost when it was last empty */
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

/* How liquidation orders of a market follow each other (pace.h). */
struct rk_market_pace {
	struct rk_liquidation_terms terms;
	int64_t minute; /* since 1970, of `ordered`; 0: nothing is counted */
	rk_usd ordered; /* notional of the orders opened in it */
};

/* Where a market is between its listing and its end (market_state.h). */
struct rk_market_life {
	enum rk_market_state state;
	int64_t expiry_ns; /* 0: never */
	rk_px settlement;  /* once SETTLED; 0 before */
};

/* What fills and judging look at comes first, in few cache lines. */
struct rk_market {
	uint32_t settle;
	uint32_t slot;
	bool plain;     /* linear, multiplier 1 */
	int value_exp;  /* power of ten from price * size to settle units */
	int value_bits; /* a raw size is worth at most 2^value_bits of them */
	uint32_t holders_n;
	uint32_t withheld_n;
	struct rk_market_life life;
	uint64_t trade_highest;
	struct rk_margin_terms margin;
	uint64_t last_market_event;
	struct rk_market_funding funding;
	struct rk_cmd_market listing;
	/* Deductions that keep each bracket continuous, in 1e-17 USD. */
	rk_i128 maintenance_deduction[RK_BRACKETS_MAX];
	rk_i128 initial_deduction[RK_BRACKETS_MAX];
	rk_i128 long_size;
	rk_i128 short_size;
	rk_i128 accounts_cost;
	rk_i128 vault_size;
	rk_i128 vault_cost;
	rk_i128 clearing_cost;
	/* Sum of the long sizes of accounts, the vault and the venues. */
	rk_i128 open_interest;
	struct rk_market_ramp ramp;
	struct rk_market_pace pace;
	uint64_t last_order_event;
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

/*
 * What follows the mark of a slot slowly (slow.h). Prices are in 1e-9 of a raw
 * unit; sum is in raw units times nanoseconds.
 */
struct rk_slow {
	struct rk_slow_terms terms;
	uint32_t underlying; /* asset of a market, or RK_NONE */
	rk_i128 price;       /* 0: not begun */
	int64_t moved_ns;
	int64_t interval; /* that is running: time / interval_ns */
	rk_i128 sum;      /* of the marks of this interval, by time ... */
	int64_t sum_ns;   /* ... and the time */
	/* By interval % RK_SLOW_DELAYS: the running one's is the oldest. */
	rk_i128 delayed[RK_SLOW_DELAYS];
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
	struct rk_slow slow;
};

#endif
