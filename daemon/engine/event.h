/*
 * The events: everything the engine says.
 *
 * Events are numbered 1, 2, 3, ... without gap. Each belongs to one or two
 * topics (its account, its market or the system) and carries the number of
 * the previous event of each, so that whoever follows a topic sees a gap.
 */
#ifndef RK_ENGINE_EVENT_H
#define RK_ENGINE_EVENT_H

#include "engine/cmd.h"
#include "engine/cmd_daemon.h"
#include "engine/event_conversion.h"
#include "engine/event_funding.h"
#include "engine/event_insurance.h"
#include "engine/event_judge.h"
#include "engine/event_lending.h"
#include "engine/event_market.h"
#include "engine/event_order.h"
#include "engine/event_position.h"
#include "engine/event_ramp.h"
#include "engine/event_resting.h"
#include "engine/event_takeover.h"
#include "engine/event_words.h"
#include "engine/health.h"

/* X(NAME, number): numbers are wire format, only ever added. */
#define RK_EVENT_MAP(X)                                                        \
	X(REJECTED, 1)                                                         \
	X(RESUMED, 2)                                                          \
	X(LIMITS_SET, 3)                                                       \
	X(RISK_SET, 4)                                                         \
	X(PUBLISHER_ADDED, 5)                                                  \
	X(VENUE_ADDED, 6)                                                      \
	X(ASSET_LISTED, 7)                                                     \
	X(MARKET_LISTED, 8)                                                    \
	X(PRICE_STATE, 9)                                                      \
	X(ACCOUNT_CREATED, 10)                                                 \
	X(BALANCE, 11)                                                         \
	X(POSITION, 12)                                                        \
	X(STATE, 13)                                                           \
	X(ORDER_OPENED, 14)                                                    \
	X(ORDER_FILLED, 15)                                                    \
	X(ORDER_CLOSE_ASKED, 16)                                               \
	X(ORDER_CLOSED, 17)                                                    \
	X(WITHHELD, 18)                                                        \
	X(DEFICIT, 19)                                                         \
	X(ASSET_CHANGED, 20)                                                   \
	X(MARKET_CHANGED, 21)                                                  \
	X(SYNC_STALLED, 22)                                                    \
	X(COLLATERAL_SET, 23)                                                  \
	X(FUNDING_SET, 27)                                                     \
	X(FUNDING, 28)                                                         \
	X(FUNDING_PAID, 29)                                                    \
	X(LENDING_SET, 30)                                                     \
	X(INTEREST, 31)                                                        \
	X(INTEREST_PAID, 34)                                                   \
	X(INDEX_RESTARTED, 35)                                                 \
	X(MARGIN_SET, 32)                                                      \
	X(LEVERAGE_SET, 33)                                                    \
	X(SLOW_PRICE_SET, 36)                                                  \
	X(COLLATERAL_SCALE_SET, 37)                                            \
	X(MODE_SET, 40)                                                        \
	X(POSITION_MOVED, 41)                                                  \
	X(ORDER_PLACED, 42)                                                    \
	X(ORDER_CANCELLED, 43)                                                 \
	X(ORDER_EXECUTED, 44)                                                  \
	X(ORDERS_CANCEL_ASKED, 45)                                             \
	X(RECHECKED, 46)                                                       \
	X(MARKET_STATE_SET, 47)                                                \
	X(POSITION_SETTLED, 48)                                                \
	X(MARKET_SETTLED, 49)                                                  \
	X(EMODE_SET, 50)                                                       \
	X(RAMP_SET, 52)                                                        \
	X(RAMPED, 53)                                                          \
	X(WRITTEN_OFF, 54)                                                     \
	X(LOSS_SHARED, 55)                                                     \
	X(CONVERSION_SET, 56)                                                  \
	X(CONVERSION_OPENED, 57)                                               \
	X(CONVERTED, 58)                                                       \
	X(CONVERSION_CLOSE_ASKED, 59)                                          \
	X(CONVERSION_CLOSED, 60)                                               \
	X(CONVERSION_WITHHELD, 61)                                             \
	X(LAG, 62)                                                             \
	X(INSURANCE_SET, 63)                                                   \
	X(INSURANCE_MOVED, 64)                                                 \
	X(LIQUIDATION_SET, 65)                                                 \
	X(ORDER_CLAIMED, 66)                                                   \
	X(VAULT_SET, 70)                                                       \
	X(VAULT_MOVED, 71)                                                     \
	X(TAKEOVER_SET, 72)                                                    \
	X(TAKEN_OVER, 73)                                                      \
	X(TAKEOVER_WITHHELD, 74)

enum rk_event_type {
	RK_EVENT_NONE = 0,
#define RK_EVENT_ENUM(name, number) RK_EVENT_##name = (number),
	RK_EVENT_MAP(RK_EVENT_ENUM)
#undef RK_EVENT_ENUM
};

struct rk_ev_rejected {
	enum rk_cmd_type cmd; /* of SKIPPED: the one that was left out */
	int32_t code;         /* RK_REJ_* */
	char client[RK_NAME_SIZE];
	uint64_t client_seq;
};

struct rk_ev_name {    /* what was added, changed or set */
	uint32_t id;   /* EMODE_SET: of the asset; name is the group's */
	uint32_t slot; /* UINT32_MAX when it has none */
	char name[RK_NAME_SIZE];
};

struct rk_ev_price_state {
	uint32_t slot;
	enum rk_price_state before;
	enum rk_price_state after;
	rk_px mark; /* last good price; 0 when none */
};

struct rk_ev_account {
	uint64_t owner;
	enum rk_mode mode;
	enum rk_enforcement enforcement;
};

struct rk_ev_balance {
	uint32_t asset;
	enum rk_balance_cause cause;
	rk_amt delta;
	rk_amt balance; /* after */
	uint64_t ref;   /* withdrawal id, or the other account */
};

struct rk_ev_mode {
	enum rk_mode mode; /* from now on */
};

struct rk_ev_leverage {
	rk_rate leverage; /* from now on; 0: that of the market */
};

struct rk_ev_sync_stalled {
	int64_t age_ns; /* of the oldest group that was not synced */
};

#define RK_NO_MARKET UINT32_MAX

struct rk_event {
	uint64_t number; /* 1, 2, 3, ... */
	uint64_t seq;    /* of the command that caused it */
	int64_t time_ns;
	enum rk_event_type type;
	uint32_t market;       /* RK_NO_MARKET when not about one */
	uint64_t account;      /* 0 when not about one */
	uint64_t prev_account; /* previous event of that account; 0: first */
	/*
	 * Previous event of the other topic: liquidation.<market> for ORDER_*,
	 * conversion for CONVERSION_OPENED, _CLOSE_ASKED and _CLOSED,
	 * market.<market> for PRICE_STATE, MARKET_*, MARGIN_SET, FUNDING,
	 * FUNDING_SET, SLOW_PRICE_SET, RAMP_SET and RAMPED of a market; system
	 * when the event is about no account. 0: none, or the account is all.
	 */
	uint64_t prev_topic;
	union {
		struct rk_ev_rejected rejected;
		struct rk_ev_name name;
		struct rk_ev_price_state price_state;
		struct rk_ev_account created;
		struct rk_ev_balance balance;
		struct rk_ev_position position;
		struct rk_ev_mode mode;
		struct rk_ev_moved moved;
		struct rk_ev_leverage leverage;
		struct rk_ev_resting resting;
		struct rk_ev_cancel_asked cancel_asked;
		struct rk_ev_state state;
		struct rk_ev_rechecked rechecked;
		struct rk_ev_order order;
		struct rk_ev_withheld withheld;
		struct rk_ev_deficit deficit;
		struct rk_ev_sync_stalled sync_stalled;
		struct rk_lag lag;
		struct rk_ev_funding funding;
		struct rk_ev_funding_paid funding_paid;
		struct rk_ev_interest interest;
		struct rk_ev_interest_paid interest_paid;
		struct rk_ev_restarted restarted;
		struct rk_ev_written_off written_off;
		struct rk_ev_loss_shared loss_shared;
		struct rk_ev_conversion conversion;
		struct rk_ev_converted converted;
		struct rk_ev_conversion_withheld conversion_withheld;
		struct rk_ev_insurance insurance;
		struct rk_ev_vault vault;
		struct rk_ev_taken_over taken_over;
		struct rk_ev_takeover_withheld takeover_withheld;
		struct rk_ev_market_state market_state;
		struct rk_ev_settled settled;
		struct rk_ev_market_settled market_settled;
		struct rk_ev_ramped ramped;
	};
};

/* Does this event go to topic liquidation.<market>? */
static inline bool rk_event_is_order(enum rk_event_type type)
{
	return type == RK_EVENT_ORDER_CLAIMED ||
	       (type >= RK_EVENT_ORDER_OPENED && type <= RK_EVENT_ORDER_CLOSED);
}

/* Does this event go to topic conversion? */
static inline bool rk_event_is_conversion(enum rk_event_type type)
{
	return type == RK_EVENT_CONVERSION_OPENED ||
	       type == RK_EVENT_CONVERSION_CLOSE_ASKED ||
	       type == RK_EVENT_CONVERSION_CLOSED;
}

/*
 * Room for one step: the largest atomic message, each settling an account: the
 * funding of its positions, and the interest of the assets they settle in.
 */
#define RK_EVENTS_PER_STEP_MAX (RK_ATOMIC_MAX * (2 * RK_POSITIONS_MAX + 8))

/* Where the engine writes; memory is the caller's. */
struct rk_evbuf {
	struct rk_event *events;
	uint32_t n;
	uint32_t max; /* at least RK_EVENTS_PER_STEP_MAX */
};

const char *rk_event_name(enum rk_event_type type);
const char *rk_state_name(enum rk_state state);
const char *rk_price_state_name(enum rk_price_state state);
const char *rk_close_reason_name(enum rk_close_reason reason);
const char *rk_withheld_name(enum rk_withheld reason);
const char *rk_takeover_withheld_name(enum rk_takeover_withheld reason);
const char *rk_market_state_name(enum rk_market_state state);

#endif
