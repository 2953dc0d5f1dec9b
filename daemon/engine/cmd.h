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
#include <stdint.h>

#include "engine/cmd_account.h"
#include "engine/cmd_conversion.h"
#include "engine/cmd_daemon.h"
#include "engine/cmd_emode.h"
#include "engine/cmd_insurance.h"
#include "engine/cmd_lending.h"
#include "engine/cmd_liquidation.h"
#include "engine/cmd_listing.h"
#include "engine/cmd_market.h"
#include "engine/cmd_ramp.h"
#include "engine/cmd_slow.h"
#include "engine/cmd_takeover.h"
#include "engine/hash.h"
#include "engine/units.h"

#define RK_ATOMIC_MAX 64 /* commands in one atomic message */

/*
 * X(NAME, number): numbers are journal and wire format, only ever added. 44 and
 * 54 are never used: journals that are kept for ever (tests/data) name them in
 * a SKIPPED, which is refused otherwise when they are known.
 */
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
	X(ATOMIC, 20)                                                          \
	X(ASSET_CHANGE, 21)                                                    \
	X(MARKET_CHANGE, 22)                                                   \
	X(SYNC_STALL, 23)                                                      \
	X(SKIPPED, 24)                                                         \
	X(COLLATERAL, 25)                                                      \
	X(CONTRACT, 26)                                                        \
	X(FUNDING, 27)                                                         \
	X(PREMIUM, 28)                                                         \
	X(FUND, 29)                                                            \
	X(LENDING, 30)                                                         \
	X(ACCRUE, 31)                                                          \
	X(MARGIN, 32)                                                          \
	X(LEVERAGE, 33)                                                        \
	X(SLOW_PRICE, 34)                                                      \
	X(MODE, 35)                                                            \
	X(MOVE, 36)                                                            \
	X(COLLATERAL_SCALE, 37)                                                \
	X(PLACE_ORDER, 38)                                                     \
	X(CANCEL_ORDER, 39)                                                    \
	X(MARKET_STATE, 40)                                                    \
	X(SETTLE, 41)                                                          \
	X(EXPIRY, 42)                                                          \
	X(EMODE, 43)                                                           \
	X(RAMP, 45)                                                            \
	X(WRITE_OFF, 46)                                                       \
	X(CONVERSION, 47)                                                      \
	X(CONVERT, 48)                                                         \
	X(LAG, 49)                                                             \
	X(RECHECK, 50)                                                         \
	X(INSURANCE, 51)                                                       \
	X(TOP_UP, 52)                                                          \
	X(LIQUIDATION, 53)                                                     \
	X(VAULT, 55)                                                           \
	X(VAULT_TOP_UP, 56)                                                    \
	X(TAKEOVER, 57)                                                        \
	X(CLAIM, 59)

enum rk_cmd_type {
	RK_CMD_NONE = 0,
#define RK_CMD_ENUM(name, number) RK_CMD_##name = (number),
	RK_CMD_MAP(RK_CMD_ENUM)
#undef RK_CMD_ENUM
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

struct rk_cmd_clock { /* CLOCK and RESUME */
	int64_t time_ns;
};

struct rk_cmd_halt {
	uint32_t market;
	bool halted;
};

struct rk_trade_side {
	uint64_t account;         /* 0: the external venue */
	rk_amt fee;               /* in the settle asset; below 0 is a rebate */
	struct rk_order_id order; /* the liquidation order this fills */
	uint64_t resting; /* the resting order this fills; 0: none known */
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

/*
 * How far a market trades from its index: one sample of the running interval.
 * Impact prices are those at which an order of some size would be filled.
 */
struct rk_cmd_premium {
	uint32_t market;
	rk_px index;
	rk_px impact_bid; /* 0: nobody buys */
	rk_px impact_ask; /* 0: nobody sells */
};

/* A fact: the venue's own funding. Long pays when rate is above 0. */
struct rk_cmd_fund {
	uint32_t market;
	rk_rate rate; /* of the value at price; at most 1 either way */
	rk_px price;
};

/* The gateway says: no more fills will come; this much was filled. */
struct rk_cmd_order_closed {
	struct rk_order_id order;
	rk_qty filled;
};

/* A quote may be this much ahead of engine time: clocks differ a little. */
#define RK_QUOTE_AHEAD_NS INT64_C(1000000000)

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
	const struct rk_cmd *cmds; /* those that rk_cmd_may_be_atomic() */
	uint32_t n;                /* 1..RK_ATOMIC_MAX */
};

/* Stands where a command was that an operator had left out of the replay. */
struct rk_cmd_skipped {
	enum rk_cmd_type type; /* of that command */
};

struct rk_cmd {
	enum rk_cmd_type type;
	struct rk_origin origin;
	union {
		struct rk_cmd_clock clock;
		struct rk_cmd_limits limits;
		struct rk_cmd_risk risk;
		struct rk_cmd_name name;
		struct rk_cmd_asset asset; /* ASSET and ASSET_CHANGE */
		struct rk_cmd_market
			market; /* MARKET, CONTRACT, MARKET_CHANGE */
		struct rk_cmd_collateral collateral;
		struct rk_cmd_collateral_scale collateral_scale;
		struct rk_cmd_emode emode;
		struct rk_cmd_slow_price slow_price;
		struct rk_cmd_ramp ramp;
		struct rk_cmd_halt halt;
		struct rk_cmd_account account;
		struct rk_cmd_amount amount;
		struct rk_cmd_withdraw withdraw;
		struct rk_cmd_transfer transfer;
		struct rk_cmd_mode mode;
		struct rk_cmd_move move;
		struct rk_cmd_recheck recheck;
		struct rk_cmd_place place;
		struct rk_cmd_cancel_order cancel_order;
		struct rk_cmd_trade trade;
		struct rk_cmd_funding funding;
		struct rk_cmd_premium premium;
		struct rk_cmd_fund fund;
		struct rk_cmd_lending lending;
		struct rk_cmd_accrue accrue;
		struct rk_cmd_conversion conversion;
		struct rk_cmd_convert convert;
		struct rk_cmd_insurance insurance;
		struct rk_cmd_top_up top_up; /* TOP_UP and VAULT_TOP_UP */
		struct rk_cmd_vault vault;
		struct rk_cmd_takeover takeover;
		struct rk_cmd_liquidation liquidation;
		struct rk_cmd_claim claim;
		struct rk_cmd_margin margin;
		struct rk_cmd_leverage leverage;
		struct rk_cmd_market_state market_state;
		struct rk_cmd_settle settle;
		struct rk_cmd_expiry expiry;
		struct rk_cmd_order_closed order_closed;
		struct rk_cmd_prices prices;
		struct rk_cmd_atomic atomic;
		struct rk_cmd_sync_stall sync_stall;
		struct rk_lag lag;
		struct rk_cmd_skipped skipped;
	};
};

/* "DEPOSIT"; static, "UNKNOWN" for a number not in the list. */
const char *rk_cmd_name(enum rk_cmd_type type);
/* Is it in the list above? Numbers may come from a file. */
bool rk_cmd_is_known(enum rk_cmd_type type);
/* May it stand inside an atomic message? */
bool rk_cmd_may_be_atomic(enum rk_cmd_type type);

#endif
