/*
 * The commands that say what is traded and under which rules: limits, risk
 * multiples, publishers, venues, assets, markets. Part of cmd.h.
 */
#ifndef RK_ENGINE_CMD_LISTING_H
#define RK_ENGINE_CMD_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/units.h"

#define RK_NAME_SIZE     24 /* of a name with its ending zero */
#define RK_BRACKETS_MAX  16
#define RK_ASSETS_MAX    256 /* at most */
#define RK_POSITIONS_MAX 64  /* of one account, at most */
#define RK_LEVERAGES_MAX 64  /* chosen by one account, at most */
#define RK_RESTING_MAX   64  /* resting orders of one account, at most */

/* Times are 0 .. 2^62 (year 2116), durations at most ten years: sums fit. */
#define RK_TIME_MAX_NS     (INT64_C(1) << 62)
#define RK_DURATION_MAX_NS (INT64_C(3652) * 86400 * 1000000000)

/* The enforced maxima; each at most what the arena was sized for. */
struct rk_cmd_limits {
	uint32_t accounts_max;
	uint32_t owners_max;
	uint32_t assets_max;
	uint32_t markets_max;
	uint32_t publishers_max;
	uint32_t venues_max;
	uint32_t clients_max;
	uint32_t positions_max;             /* of all accounts together */
	uint32_t positions_per_account_max; /* 1..64 */
	uint32_t balances_max;              /* of all accounts together */
	uint32_t orders_max;                /* liquidation orders kept */
	uint32_t withdrawals_max;           /* pending */
};

/*
 * Thresholds as multiples of maintenance margin (design section 5), and how
 * liquidation orders behave (section 7).
 */
struct rk_cmd_risk {
	rk_rate warn_enter;        /* WARN below equity = this x R_M (1.5) */
	rk_rate warn_leave;        /* left above (1.6) */
	rk_rate call_enter;        /* MARGIN_CALL (1.25) */
	rk_rate call_leave;        /* (1.3) */
	rk_rate target;            /* liquidation ends at or above (1.2) */
	rk_rate order_band;        /* floor price: mark less this (0.05) */
	rk_rate stale_band;        /* a price not OK is mark +- this (0.10) */
	int64_t order_expiry_ns;   /* then closing is asked for (30 s) */
	int64_t close_timeout_ns;  /* then it is taken as closed (10 s) */
	int64_t order_cooldown_ns; /* between two orders of a position (1 s) */
};

struct rk_cmd_name { /* PUBLISHER and VENUE */
	char name[RK_NAME_SIZE];
};

struct rk_cmd_asset {
	char name[RK_NAME_SIZE];
	uint8_t decimals;       /* of amounts, 0..8 */
	uint8_t price_decimals; /* of its USD index price, 0..12 */
	rk_px fixed_price;      /* above 0: no price slot (USD itself) */
	rk_px price_max;        /* largest index price that is believed */
	int64_t price_age_max_ns;
};

/*
 * The levels at which health is taken (design section 5): maintenance decides
 * about liquidation, initial about taking on risk, withdrawal about taking out.
 */
enum rk_level {
	RK_LEVEL_MAINTENANCE,
	RK_LEVEL_INITIAL,
	RK_LEVEL_WITHDRAWAL,
	RK_LEVELS
};

/*
 * What an asset counts for as collateral and as a debt, per level, in 1e-9.
 * weight falls from level to level (0..1), liability rises (1..2), profit
 * falls (0..1): the part of a net profit that counts which is settled in this
 * asset and not realised. At withdrawal it is always 0.
 */
struct rk_collateral {
	rk_rate weight[RK_LEVELS];
	rk_rate liability[RK_LEVELS];
	rk_rate profit[RK_LEVELS];
};

/* Everything counts for what it is worth; profit not at withdrawal. */
void rk_collateral_default(struct rk_collateral *ret_terms);
bool rk_collateral_equal(const struct rk_collateral *a,
			 const struct rk_collateral *b);

#define RK_LIABILITY_MAX (2 * RK_RATE_ONE)

struct rk_cmd_collateral {
	char asset[RK_NAME_SIZE];
	struct rk_collateral terms;
};

/* From this notional on, these rates; the first floor is 0. */
struct rk_bracket {
	rk_usd floor;
	rk_rate maintenance;
	rk_rate initial;
};

/* Kinds of contracts (contract.h). */
enum rk_contract {
	RK_CONTRACT_LINEAR = 0,
	RK_CONTRACT_INVERSE = 1
};

/*
 * MARKET lists a linear contract with multiplier 1 and price_min 1, whatever
 * the last four fields say; CONTRACT means them. They are the same for ever.
 */
struct rk_cmd_market {
	char name[RK_NAME_SIZE];
	char settle[RK_NAME_SIZE]; /* asset of cost, profit and fees */
	uint8_t price_decimals;
	uint8_t size_decimals;
	rk_qty lot;          /* liquidation orders are multiples of this */
	rk_px price_max;     /* largest mark price that is believed */
	rk_qty position_max; /* of one account, either side */
	int64_t price_age_max_ns;
	rk_rate close_cost; /* equity lost per notional closed (fee, slip) */
	/*
	 * What the venue takes of the value of a fill, from who takes and from
	 * who makes: 0 to below 1, and above -1 (a rebate) to below 1. Fills
	 * carry their own fees: these count where nothing has happened yet.
	 */
	rk_rate taker_fee;
	rk_rate maker_fee;
	uint32_t brackets_n;
	struct rk_bracket brackets[RK_BRACKETS_MAX];
	enum rk_contract contract;
	int64_t multiplier;          /* a unit of size is this much; 0: 1 */
	uint8_t multiplier_decimals; /* 0..12 */
	rk_px price_min;             /* smallest price that is believed; 0: 1 */
};

/*
 * What may be done in a market (rules E1 to E8 of docs/engine.md). Numbers are
 * wire and snapshot format, only ever added.
 */
enum rk_market_state {
	RK_MARKET_LISTED = 1,     /* there, not traded yet */
	RK_MARKET_OPEN = 2,       /* what MARKET and CONTRACT begin with */
	RK_MARKET_CLOSE_ONLY = 3, /* orders may only reduce */
	RK_MARKET_SETTLING = 4,   /* no orders; SETTLE is awaited */
	RK_MARKET_SETTLED = 5,    /* over, for ever */
};

/*
 * When and how much the positions of a market pay each other (rules F1 to F9
 * of docs/engine.md). With P the mean premium of an interval, the rate of a
 * period is P + clamp(interest - P, -clamp, clamp), and at most cap either way;
 * interval / period of it is paid per interval. (Hyperliquid and dYdX v4: of 8
 * hours, an eighth of it each hour.)
 */
struct rk_funding {
	int64_t interval_ns; /* 1 s to 3652 days; 0: none, and all else is 0 */
	rk_rate interest;    /* per period; at most 1 either way */
	rk_rate clamp;       /* 0..1 */
	rk_rate cap;         /* per period; above 0, at most 1 */
	int64_t period_ns;   /* interval_ns to 3652 days; 0: the interval */
};

struct rk_cmd_funding {
	char market[RK_NAME_SIZE];
	struct rk_funding terms;
};

/* How the rate of a position rises with its size. */
enum rk_growth {
	RK_GROWTH_NONE = 0,
	RK_GROWTH_SQRT = 1, /* by factor * sqrt(size) */
	RK_GROWTH_POWER = 2 /* by factor * notional^(4/5), in USD */
};

/*
 * What bears on the margin of a market beside its brackets (rules G1 to G5 of
 * docs/engine.md). All 0: nothing does.
 *
 * At initial the rate rises from that of the brackets, where the open interest
 * is scale_lower, to 1 where it is scale_upper; that of maintenance does not
 * (dYdX v4). By growth, what is required is at least base_share of what the
 * brackets require and the notional times the form (Drift: 0.8 and the root;
 * Orderly: 0 and the power).
 */
struct rk_margin_terms {
	rk_usd scale_lower;
	rk_usd scale_upper; /* above scale_lower; 0: no scaling, both are */
	rk_qty open_max;    /* open interest that orders may lead to; 0: any */
	enum rk_growth growth;      /* NONE: all below is 0 */
	rk_rate base_share;         /* 0..1 */
	int64_t factor_maintenance; /* 1e-18, 0..factor_initial */
	int64_t factor_initial;     /* 1e-18, above 0, at most 1 */
};

#define RK_FACTOR_ONE INT64_C(1000000000000000000)

struct rk_cmd_margin {
	char market[RK_NAME_SIZE];
	struct rk_margin_terms terms;
};

bool rk_funding_equal(const struct rk_funding *a, const struct rk_funding *b);

#define RK_FUNDING_INTERVAL_MIN_NS INT64_C(1000000000)

#define RK_MULTIPLIER_MAX (INT64_C(1) << 40)

#endif
