/*
 * The auditor's records: plain arrays in order of creation, found by linear
 * search. Private to the auditor_*.c files.
 *
 * struct rk_book is everything a refused command must leave alone. It holds
 * no pointers, so that "leave alone" is: copy it back.
 */
#ifndef RK_SUPPORT_AUDITOR_MODEL_H
#define RK_SUPPORT_AUDITOR_MODEL_H

#include "engine/rc.h"
#include "support/auditor.h"
#include "support/auditor_ramp.h"
#include "support/auditor_record.h"
#include "support/auditor_slot.h"
#include "support/auditor_wide.h"

#define AUDIT_NONE        UINT32_MAX
#define AUDIT_NAMES       256 /* of each kind */
#define AUDIT_SLOTS       512
#define AUDIT_ACCOUNTS    1024
#define AUDIT_POSITIONS   4096
#define AUDIT_BALANCES    4096
#define AUDIT_ORDERS      1024
#define AUDIT_WITHDRAWALS 256
#define AUDIT_RESTING     8193
#define AUDIT_MEMBERS     8192 /* assets times groups */
#define AUDIT_CLIENTS     64
#define AUDIT_ANSWERS     1024
#define AUDIT_TRADE_IDS   4096
#define AUDIT_VENUES      16384 /* venues times markets */
#define AUDIT_NEVER       INT64_MAX

struct book_asset {
	struct rk_cmd_asset listing;
	struct rk_collateral terms;  /* in force */
	struct rk_collateral target; /* when its ramp has ended */
	struct rk_ramp_terms ramp_from;
	struct book_ramp ramp;
	struct rk_collateral_scale scale;
	struct book_ramp size_ramp; /* set is that of ramp */
	int64_t size_before;        /* when it began */
	rk_i128 leaving; /* while it is judged whether it may: still held */
	uint32_t slot;
	rk_i128 deposits;
	rk_i128 withdrawals;
	rk_i128 fees;
	rk_i128 clearing;
	rk_i128 interest;
	rk_i128 rounding;
	struct rk_lending lending; /* terms */
	bool lent;                 /* there were terms */
	bool forgone;              /* somebody could not hold his interest */
	int64_t debt_index;
	int64_t supply_index;
	int64_t accrued_ns;
	struct rk_conversion conversion;
	struct rk_insurance_terms insurance;
	rk_i128 fund;
	uint32_t draws_n;
	struct {
		int64_t minute;
		rk_i128 amount;
	} draws[61]; /* what the fund paid in each of them */
	struct rk_vault_terms vault;
	rk_i128 capital; /* of the vault */
	uint32_t profits_n;
	struct {
		int64_t minute;
		rk_i128 amount;
	} profits[61]; /* of the vault, as each of them began */
};

struct book_market {
	struct rk_cmd_market listing;
	uint32_t settle;
	uint32_t slot;
	bool halted;
	rk_i128 external_size;
	rk_i128 external_cost;
	rk_i128 vault_size;
	rk_i128 vault_cost;
	rk_i128 clearing_cost;
	uint64_t last_event;
	uint64_t last_order_event;
	struct rk_funding funding; /* terms */
	bool funded;
	rk_i128 index;
	rk_i128 index_low;
	rk_i128 index_high;
	rk_i128 premium_sum;
	int64_t premium_n;
	enum rk_market_state state;
	int64_t expiry_ns;
	int64_t settlement; /* price, once SETTLED */
	struct rk_margin_terms margin;
	struct rk_liquidation_terms liquidation;
	int64_t window_ends_ns; /* of `ordered`; 0: nothing was counted */
	rk_i128 ordered;
	struct book_ramp ramp;
	struct rk_cmd_market ramp_listing;  /* before it began */
	struct rk_margin_terms ramp_margin; /* likewise */
	struct rk_takeover_terms takeover;
	rk_i128 empty_cost; /* of the vault, when it last held nothing */
	rk_i128 opening;    /* while it is judged whether an order may rest */
};

struct book_leverage {
	uint32_t account;
	uint32_t market;
	int64_t leverage;
};

struct book_account {
	uint64_t id;
	uint64_t owner;
	enum rk_mode mode;
	enum rk_enforcement enforcement;
	enum rk_state state;
	bool withheld;    /* liquidation would start but for a price */
	int64_t retry_ns; /* judge again then; AUDIT_NEVER */
	uint32_t unsold;  /* debt for which nothing can be sold; AUDIT_NONE */
	uint64_t last_event;
};

struct book_position {
	uint32_t account;
	uint32_t market;
	int64_t size;
	int64_t cost;
	bool ordered; /* last_order_ns counts */
	int64_t last_order_ns;
	enum rk_withheld withheld;
	enum rk_takeover_withheld takeover;
	uint32_t stages; /* orders in a row that expired unfilled */
	rk_i128 index;   /* of the market, when last settled */
};

/* What one venue has in one market; there from its first fill on. */
struct book_venue {
	uint32_t venue;
	uint32_t market;
	rk_i128 size;
};

struct rk_book {
	struct rk_cmd_limits limits;
	struct rk_cmd_risk risk;
	int64_t now_ns;
	uint64_t last_event;
	uint64_t last_system_event;
	uint64_t last_conversion_event;
	uint64_t closings;
	uint32_t command_orders; /* opened by this command */
	uint32_t assets_n;
	uint32_t markets_n;
	uint32_t slots_n;
	uint32_t publishers_n;
	uint32_t venues_n;
	uint32_t accounts_n;
	uint32_t positions_n;
	uint32_t balances_n;
	uint32_t withdrawals_n;
	uint32_t orders_n;
	uint32_t leverages_n;
	uint32_t at_venues_n;
	uint32_t resting_n;
	uint32_t members_n;
	struct book_member members[AUDIT_MEMBERS];
	char publishers[AUDIT_NAMES][RK_NAME_SIZE];
	char venues[AUDIT_NAMES][RK_NAME_SIZE];
	struct book_asset assets[AUDIT_NAMES];
	struct book_market markets[AUDIT_NAMES];
	struct book_slot slots[AUDIT_SLOTS];
	struct book_account accounts[AUDIT_ACCOUNTS];
	struct book_position positions[AUDIT_POSITIONS];
	struct book_balance balances[AUDIT_BALANCES];
	struct book_withdrawal withdrawals[AUDIT_WITHDRAWALS];
	struct book_order orders[AUDIT_ORDERS];
	struct book_leverage leverages[AUDIT_POSITIONS];
	struct book_venue at_venues[AUDIT_VENUES];
	struct book_resting resting[AUDIT_RESTING];
};

struct book_quote {
	bool counts; /* taken in, and since the last RESUME */
	int64_t price;
	int64_t time_ns;
	uint64_t seq;
};

struct book_client {
	char name[RK_NAME_SIZE];
	uint64_t newest;
	struct rk_answer_kept {
		int32_t code;
		uint64_t seq;
		struct rk_hash payload;
	} answers[AUDIT_ANSWERS];
};

/* Booked trade ids of a market, those below the window dropped. */
struct book_trades {
	uint64_t highest;
	uint32_t n;
	uint64_t ids[AUDIT_TRADE_IDS + RK_ATOMIC_MAX];
};

struct rk_auditor {
	struct rk_cmd_limits max;
	struct rk_book book;
	struct rk_book saved;
	uint64_t seq;
	uint64_t quotes_dropped;
	/* PRICES is never refused, so quotes need not be put back. */
	struct book_quote quotes[AUDIT_SLOTS][AUDIT_NAMES];
	struct book_trades trades[AUDIT_NAMES];
	/* Ids booked by this command: market and id. */
	uint32_t trades_new_n;
	uint32_t trades_new_market[RK_ATOMIC_MAX];
	uint64_t highest_before[RK_ATOMIC_MAX];
	uint32_t clients_n;
	struct book_client clients[AUDIT_CLIENTS];
	bool touched[AUDIT_ACCOUNTS];
	bool draw_round; /* funds pay all who wait for that (U5) */
	bool new_minute; /* time has moved into another */
	bool resuming;   /* the command is RESUME */
	uint32_t events_n;
	uint32_t events_max;
	struct rk_event *events;
	const char *law_broken;
};

#endif
