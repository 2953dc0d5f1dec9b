/*
 * The commands: everything that can change the engine.
 *
 * A command is plain data. Integers have the scale of the asset or market
 * they name (units.h). Times are nanoseconds since the Unix epoch, UTC.
 * Pointers (price quotes, atomic children) are borrowed for the call.
 */
#ifndef RK_ENGINE_CMD_H
#define RK_ENGINE_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/hash.h"
#include "engine/units.h"

#define RK_NAME_SIZE    24 /* of a name with its ending zero */
#define RK_BRACKETS_MAX 16
#define RK_ATOMIC_MAX   64 /* commands in one atomic message */

/* Times are 0 .. 2^62 (year 2116), durations at most ten years: sums fit. */
#define RK_TIME_MAX_NS     (INT64_C(1) << 62)
#define RK_DURATION_MAX_NS (INT64_C(3652) * 86400 * 1000000000)

/* X(NAME, number): numbers are journal and wire format, only ever added. */
#define RK_CMD_MAP(X)                                                          \
	X(CLOCK, 1)                                                            \
	X(RESUME, 2)                                                           \
	X(LIMITS, 3)                                                           \
	X(RISK, 4)                                                             \
	X(PUBLISHER, 5)                                                        \
	X(VENUE, 6)                                                            \
	X(ASSET, 7)                                                            \
	X(MARKET, 8)                                                           \
	X(HALT, 9)                                                             \
	X(ACCOUNT, 10)                                                         \
	X(DEPOSIT, 11)                                                         \
	X(ADJUST, 12)                                                          \
	X(RESERVE, 13)                                                         \
	X(CONFIRM, 14)                                                         \
	X(CANCEL, 15)                                                          \
	X(TRANSFER, 16)                                                        \
	X(TRADE, 17)                                                           \
	X(ORDER_CLOSED, 18)                                                    \
	X(PRICES, 19)                                                          \
	X(ATOMIC, 20)

enum rk_cmd_type {
	RK_CMD_NONE = 0,
#define RK_CMD_ENUM(name, number) RK_CMD_##name = (number),
	RK_CMD_MAP(RK_CMD_ENUM)
#undef RK_CMD_ENUM
};

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

/*
 * Who sent it. An empty client is the daemon itself (clock, merged prices,
 * configuration) and is not counted for exactly-once.
 */
struct rk_origin {
	char client[RK_NAME_SIZE];
	uint64_t client_seq;    /* 1, 2, 3, ... per client, without gap */
	struct rk_hash payload; /* of the row as it came, to tell a repeat */
};

/* Id of a liquidation order: the command that caused it, and a count. */
struct rk_order_id {
	uint64_t seq; /* 0: no order */
	uint32_t n;
};

struct rk_cmd_clock { /* CLOCK and RESUME */
	int64_t time_ns;
};

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

/* From this notional on, these rates; the first floor is 0. */
struct rk_bracket {
	rk_usd floor;
	rk_rate maintenance;
	rk_rate initial;
};

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
	uint32_t brackets_n;
	struct rk_bracket brackets[RK_BRACKETS_MAX];
};

struct rk_cmd_halt {
	uint32_t market;
	bool halted;
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

struct rk_trade_side {
	uint64_t account;         /* 0: the external venue */
	rk_amt fee;               /* in the settle asset; below 0 is a rebate */
	struct rk_order_id order; /* the liquidation order this fills */
};

/* A fact: buyer took size from seller at price. Exactly one cost rounding. */
struct rk_cmd_trade {
	uint64_t trade; /* id, unique and roughly rising per market */
	uint32_t market;
	uint32_t venue; /* used when a side is external */
	rk_px price;
	rk_qty size; /* above 0 */
	struct rk_trade_side buyer;
	struct rk_trade_side seller;
};

/* The gateway says: no more fills will come; this much was filled. */
struct rk_cmd_order_closed {
	struct rk_order_id order;
	rk_qty filled;
};

/* One publisher's word on one slot. */
struct rk_quote {
	uint32_t slot;
	uint32_t publisher;
	rk_px price;
	int64_t time_ns;
	uint64_t seq; /* publisher's own, rising per slot */
};

struct rk_cmd_prices {
	const struct rk_quote *quotes;
	uint32_t n;
};

struct rk_cmd_atomic {
	const struct rk_cmd
		*cmds; /* none of them CLOCK..HALT, PRICES, ATOMIC */
	uint32_t n;    /* 1..RK_ATOMIC_MAX */
};

struct rk_cmd {
	enum rk_cmd_type type;
	struct rk_origin origin;
	union {
		struct rk_cmd_clock clock;
		struct rk_cmd_limits limits;
		struct rk_cmd_risk risk;
		struct rk_cmd_name name;
		struct rk_cmd_asset asset;
		struct rk_cmd_market market;
		struct rk_cmd_halt halt;
		struct rk_cmd_account account;
		struct rk_cmd_amount amount;
		struct rk_cmd_withdraw withdraw;
		struct rk_cmd_transfer transfer;
		struct rk_cmd_trade trade;
		struct rk_cmd_order_closed order_closed;
		struct rk_cmd_prices prices;
		struct rk_cmd_atomic atomic;
	};
};

/* "DEPOSIT"; static, "UNKNOWN" for a number not in the list. */
const char *rk_cmd_name(enum rk_cmd_type type);

/* May it stand inside an atomic message? */
bool rk_cmd_may_be_atomic(enum rk_cmd_type type);

#endif
