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
#include "support/auditor_wide.h"

#define AUDIT_NONE        UINT32_MAX
#define AUDIT_NAMES       256 /* of each kind */
#define AUDIT_SLOTS       512
#define AUDIT_ACCOUNTS    1024
#define AUDIT_POSITIONS   4096
#define AUDIT_BALANCES    4096
#define AUDIT_ORDERS      1024
#define AUDIT_WITHDRAWALS 256
#define AUDIT_CLIENTS     64
#define AUDIT_ANSWERS     1024
#define AUDIT_TRADE_IDS   4096
#define AUDIT_NEVER       INT64_MAX

struct book_asset {
	struct rk_cmd_asset listing;
	uint32_t slot;
	rk_i128 deposits;
	rk_i128 withdrawals;
	rk_i128 fees;
	rk_i128 clearing;
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
};

struct book_slot {
	uint32_t market; /* or AUDIT_NONE */
	uint32_t asset;  /* or AUDIT_NONE */
	int64_t mark;
	enum rk_price_state state;
	int64_t time_ns;
	bool quoted; /* a quote was ever taken in */
};

struct book_account {
	uint64_t id;
	uint64_t owner;
	enum rk_mode mode;
	enum rk_enforcement enforcement;
	enum rk_state state;
	bool withheld;    /* liquidation would start but for a price */
	int64_t retry_ns; /* judge again then; AUDIT_NEVER */
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
};

struct book_balance {
	uint32_t account;
	uint32_t asset;
	int64_t amount;
};

struct book_withdrawal {
	uint64_t id;
	uint32_t account;
	uint32_t asset;
	int64_t amount;
};

struct book_order {
	struct rk_order_id id;
	uint32_t account;
	uint32_t market;
	enum rk_side side;
	int64_t size;
	int64_t filled;
	int64_t claimed; /* by ORDER_CLOSED; -1: not yet */
	int64_t floor_price;
	int64_t mark;
	int64_t opened_ns;
	int64_t expiry_ns;
	int64_t deadline_ns; /* taken as closed then, once asked */
	bool asked;
	bool closed;
	uint64_t closing; /* rising in order of closing */
	struct rk_health health;
};

struct rk_book {
	struct rk_cmd_limits limits;
	struct rk_cmd_risk risk;
	int64_t now_ns;
	uint64_t last_event;
	uint64_t last_system_event;
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
	uint32_t events_n;
	uint32_t events_max;
	struct rk_event *events;
	const char *law_broken;
};

/* What an account is worth at some prices. Fits by rule N7. */
struct audit_health {
	rk_i128 equity;
	rk_i128 equity_w; /* profit not counted */
	rk_i128 maintenance;
	rk_i128 initial;
	rk_i128 withdrawal; /* margin_W */
	rk_i128 notional;
	bool prices_ok;
};

struct audit_figures {  /* of one position, at some prices */
	rk_i128 profit; /* settle asset */
	rk_i128 notional;
	rk_i128 maintenance;
	rk_i128 initial;
};

/* auditor.c */
struct rk_event *audit_emit(struct rk_auditor *a, enum rk_event_type type,
			    uint32_t account, uint32_t market);
void audit_law(struct rk_auditor *a, bool good, const char *what);

/* auditor_find.c: linear searches; AUDIT_NONE when there is none. */
uint32_t audit_find_account(const struct rk_book *b, uint64_t id);
uint32_t audit_find_asset(const struct rk_book *b, const char *name);
uint32_t audit_find_position(const struct rk_book *b, uint32_t account,
			     uint32_t market);
uint32_t audit_find_balance(const struct rk_book *b, uint32_t account,
			    uint32_t asset);
uint32_t audit_find_withdrawal(const struct rk_book *b, uint64_t id);
uint32_t audit_find_order(const struct rk_book *b, struct rk_order_id id);
int64_t audit_balance(const struct rk_book *b, uint32_t account,
		      uint32_t asset);
uint32_t audit_count_positions(const struct rk_book *b, uint32_t account);
uint32_t audit_count_owners(const struct rk_book *b);
uint32_t audit_count_orders_open(const struct rk_book *b);
int64_t audit_order_unfilled(const struct book_order *order);
bool audit_asset_priced(const struct rk_book *b, uint32_t asset);
bool audit_asset_price_ok(const struct rk_book *b, uint32_t asset);

/* auditor_list.c */
bool audit_name_good(const char *name);
int audit_limits(struct rk_auditor *a, const struct rk_cmd_limits *cmd);
int audit_risk(struct rk_auditor *a, const struct rk_cmd_risk *cmd);
int audit_publisher(struct rk_auditor *a, const struct rk_cmd_name *cmd);
int audit_venue(struct rk_auditor *a, const struct rk_cmd_name *cmd);
int audit_asset(struct rk_auditor *a, const struct rk_cmd_asset *cmd);
int audit_market(struct rk_auditor *a, const struct rk_cmd_market *cmd);

/* auditor_money.c */
int audit_set_balance(struct rk_auditor *a, uint32_t account, uint32_t asset,
		      int64_t amount);
int audit_account(struct rk_auditor *a, const struct rk_cmd_account *cmd);
int audit_deposit(struct rk_auditor *a, const struct rk_cmd_amount *cmd);
int audit_adjust(struct rk_auditor *a, const struct rk_cmd_amount *cmd);
int audit_reserve(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd);
int audit_confirm(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd);
int audit_cancel(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd);
int audit_transfer(struct rk_auditor *a, const struct rk_cmd_transfer *cmd);

/* auditor_trade.c */
int audit_trade(struct rk_auditor *a, const struct rk_cmd_trade *cmd);
/* The ids this command booked: forget them, or keep them for good. */
void audit_trades_undo(struct rk_auditor *a);
void audit_trades_keep(struct rk_auditor *a);

/* auditor_price.c */
int audit_prices(struct rk_auditor *a, const struct rk_cmd_prices *cmd);
int audit_clock(struct rk_auditor *a, int64_t time_ns, bool resume);
int audit_halt(struct rk_auditor *a, const struct rk_cmd_halt *cmd);
/* Rule S1: RESUME and RISK judge everybody. */
void audit_touch_all(struct rk_auditor *a);
/* Everybody whose figures this slot is part of is to be judged. */
void audit_touch_holders(struct rk_auditor *a, uint32_t slot);

/* auditor_health.c: prices has one price per slot; NULL: the marks. */
struct rk_wide audit_value(const struct rk_book *b, uint32_t market,
			   rk_i128 price, rk_i128 size,
			   enum rk_wide_rounding rounding);
struct rk_wide audit_usd(const struct rk_book *b, uint32_t asset,
			 struct rk_wide amount, const rk_i128 *prices,
			 enum rk_wide_rounding rounding);
struct audit_figures audit_position_figures(const struct rk_book *b,
					    const struct book_position *p,
					    const rk_i128 *prices);
struct audit_health audit_evaluate(const struct rk_book *b, uint32_t account,
				   const rk_i128 *prices);
bool audit_within_bounds(const struct rk_book *b, uint32_t account);
int audit_may_take_out(const struct rk_book *b, uint32_t account);
struct rk_health audit_health_told(const struct audit_health *h);
rk_i128 audit_index(const struct rk_book *b, uint32_t asset,
		    const rk_i128 *prices);
uint32_t audit_bracket(const struct rk_cmd_market *m, rk_i128 notional);
rk_i128 audit_deduction(const struct rk_cmd_market *m, uint32_t bracket,
			bool initial);

/* auditor_judge.c */
void audit_judge(struct rk_auditor *a);

/* auditor_order.c */
int audit_order_closed(struct rk_auditor *a,
		       const struct rk_cmd_order_closed *cmd);
void audit_order_timers(struct rk_auditor *a);
void audit_order_fill(struct rk_auditor *a, uint32_t order, int64_t size,
		      const struct rk_cmd_trade *trade);
void audit_orders_end(struct rk_auditor *a, uint32_t account);
void audit_liquidate(struct rk_auditor *a, uint32_t account,
		     const struct audit_health *h);
void audit_withhold(struct rk_auditor *a, uint32_t position,
		    enum rk_withheld reason, const struct audit_health *h);

/* auditor_listings.c */
int audit_compare_listings(const struct rk_auditor *auditor,
			   const struct rk_engine *engine,
			   struct rk_audit_text *ret_text);

/* auditor_client.c */
int audit_client_check(const struct rk_auditor *a, const struct rk_cmd *cmd);
void audit_client_note(struct rk_auditor *a, const struct rk_cmd *cmd,
		       const int32_t *codes);

#endif
