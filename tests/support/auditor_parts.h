/*
 * What the auditor_*.c files do for each other, file by file. Private to
 * them.
 */
#ifndef RK_SUPPORT_AUDITOR_PARTS_H
#define RK_SUPPORT_AUDITOR_PARTS_H

#include "support/auditor_model.h"
#include "support/auditor_resting.h"

/* What an account is worth at some prices, by level. Fits by rule N7. */
struct audit_health {
	rk_i128 equity;
	rk_i128 collateral;
	rk_i128 debt;
	rk_i128 assets[RK_LEVELS];      /* A_k */
	rk_i128 liabilities[RK_LEVELS]; /* L_k */
	rk_i128 required[RK_LEVELS];    /* by positions */
	rk_i128 health[RK_LEVELS];
	rk_i128 r[RK_LEVELS]; /* equity - health */
	rk_i128 orders;       /* of required[I] */
	rk_i128 notional;
	bool prices_ok;
	bool positions_ok; /* resting orders aside: what judging asks */
};

struct audit_figures {   /* of one position, at some prices */
	rk_i128 profit;  /* settle asset */
	rk_i128 funding; /* the same, not settled */
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
uint32_t audit_find_market(const struct rk_book *b, const char *name);
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
/* Rule N6. */
bool audit_asset_can_work(const struct rk_cmd_asset *cmd);
bool audit_has_room(const struct rk_cmd_market *cmd,
		    const struct rk_cmd_asset *settle, rk_i128 size);
bool audit_is_plain(const struct rk_cmd_market *cmd);
bool audit_market_can_work(const struct rk_cmd_market *cmd,
			   const struct rk_cmd_asset *settle);
int audit_limits(struct rk_auditor *a, const struct rk_cmd_limits *cmd);
int audit_risk(struct rk_auditor *a, const struct rk_cmd_risk *cmd);
int audit_publisher(struct rk_auditor *a, const struct rk_cmd_name *cmd);
int audit_venue(struct rk_auditor *a, const struct rk_cmd_name *cmd);
int audit_asset(struct rk_auditor *a, const struct rk_cmd_asset *cmd);
int audit_market(struct rk_auditor *a, const struct rk_cmd_market *cmd);
int audit_contract(struct rk_auditor *a, const struct rk_cmd_market *cmd);
/* Rule K2. */
struct rk_collateral audit_terms_at_first(void);

/* auditor_change.c */
int audit_asset_change(struct rk_auditor *a, const struct rk_cmd_asset *cmd);
int audit_market_change(struct rk_auditor *a, const struct rk_cmd_market *cmd);
int audit_collateral(struct rk_auditor *a, const struct rk_cmd_collateral *cmd);
int audit_sync_stall(struct rk_auditor *a, const struct rk_cmd_sync_stall *cmd);
int audit_lag(struct rk_auditor *a, const struct rk_lag *lag);
int audit_skipped(const struct rk_cmd_skipped *cmd);

/* auditor_money.c */
void audit_drop_balance(struct rk_book *b, uint32_t found);
/* As it is, amount 0 without a record; and as it was then. */
struct book_balance audit_copy_balance(const struct rk_book *b,
				       uint32_t account, uint32_t asset);
void audit_restore_balance(struct rk_book *b, const struct book_balance *was);
int audit_set_balance(struct rk_auditor *a, uint32_t account, uint32_t asset,
		      int64_t amount);
int audit_account(struct rk_auditor *a, const struct rk_cmd_account *cmd);
int audit_deposit(struct rk_auditor *a, const struct rk_cmd_amount *cmd);
int audit_adjust(struct rk_auditor *a, const struct rk_cmd_amount *cmd);
int audit_reserve(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd);
int audit_confirm(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd);
int audit_cancel(struct rk_auditor *a, const struct rk_cmd_withdraw *cmd);
int audit_transfer(struct rk_auditor *a, const struct rk_cmd_transfer *cmd);
/* From one account to another that has it, with both events. */
int audit_pass_money(struct rk_auditor *a, uint32_t from, uint32_t to,
		     struct rk_cmd_amount what);

/* auditor_margin.c */
int audit_margin(struct rk_auditor *a, const struct rk_cmd_margin *cmd);
int audit_leverage(struct rk_auditor *a, const struct rk_cmd_leverage *cmd);
rk_i128 audit_open_interest(const struct rk_book *b, uint32_t market);
rk_i128 audit_open_usd(const struct rk_book *b, uint32_t market,
		       const rk_i128 *prices);
/* The least whole number whose power is at least that. */
rk_i128 audit_root(struct rk_wide of, int degree);
/* What is required of a size (above 0), where brackets require that. */
rk_i128 audit_grown(const struct book_market *m, rk_i128 size, rk_i128 notional,
		    rk_i128 bracket, bool initial);
rk_i128 audit_raised(const struct rk_book *b, const struct book_position *p,
		     rk_i128 notional, rk_i128 required, const rk_i128 *prices);
int64_t audit_leverage_of(const struct rk_book *b, uint32_t account,
			  uint32_t market);
uint32_t audit_count_leverages(const struct rk_book *b, uint32_t account);

/* auditor_move.c */
int audit_mode(struct rk_auditor *a, const struct rk_cmd_mode *cmd);
int audit_move(struct rk_auditor *a, const struct rk_cmd_move *cmd);

/* auditor_trade.c */
int audit_trade(struct rk_auditor *a, const struct rk_cmd_trade *cmd);
/* The ids this command booked: forget them, or keep them for good. */
void audit_trades_undo(struct rk_auditor *a);
void audit_trades_keep(struct rk_auditor *a);

/* auditor_price.c */
int audit_prices(struct rk_auditor *a, const struct rk_cmd_prices *cmd);
int audit_clock(struct rk_auditor *a, int64_t time_ns, bool resume);
int audit_halt(struct rk_auditor *a, const struct rk_cmd_halt *cmd);
/* Rule M4: the bounds of a slot are other ones. */
void audit_weigh_anew(struct rk_auditor *a, uint32_t slot);
/* The price of a slot for ever (E5). */
void audit_fix_price(struct rk_auditor *a, uint32_t slot, int64_t price);
/* Rule S1: some commands judge everybody. */
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
void audit_rates(const struct rk_book *b, uint32_t account, uint32_t asset,
		 rk_i128 rates[RK_LEVELS]);
rk_i128 audit_counted(const struct book_asset *asset, rk_i128 balance,
		      rk_i128 profit, enum rk_level level);
rk_px audit_dearest(const struct rk_cmd_market *m);
bool audit_within_bounds(const struct rk_book *b, uint32_t account);
int audit_may_take_out(const struct rk_book *b, uint32_t account);
/* The same, with an amount that is gone from it but counts as held by all. */
int audit_may_leave(struct rk_book *b, uint32_t account,
		    struct rk_cmd_amount what);
/* Rule O4: with the order in the book; health_I before. */
/*
 * Rules O4 and O8: what.account is its place in the book, what.amount the fee.
 */
int audit_may_rest(struct rk_book *b, struct rk_cmd_amount fee, rk_i128 before);
/* Notional of a size in a market, and what it requires initially. */
rk_i128 audit_notional(const struct rk_book *b, uint32_t market, rk_i128 size,
		       const rk_i128 *prices);
rk_i128 audit_initial(const struct rk_book *b, const struct book_position *p,
		      const rk_i128 *prices);
/* At the largest index there may be, rounded up. */
struct rk_wide audit_usd_at_most(const struct rk_book *b, uint32_t asset,
				 struct rk_wide amount);
int audit_initially_healthy(const struct rk_book *b, uint32_t account);
struct rk_health audit_health_told(const struct audit_health *h);
int64_t audit_told(rk_i128 figure);
rk_i128 audit_index(const struct rk_book *b, uint32_t asset,
		    const rk_i128 *prices);
uint32_t audit_bracket(const struct rk_cmd_market *m, rk_i128 notional);
/* By brackets alone (H2). */
rk_i128 audit_requirement(const struct rk_cmd_market *m, rk_i128 notional,
			  bool initial);
rk_i128 audit_deduction(const struct rk_cmd_market *m, uint32_t bracket,
			bool initial);

/* auditor_funding.c */
int audit_funding(struct rk_auditor *a, const struct rk_cmd_funding *cmd);
int audit_premium(struct rk_auditor *a, const struct rk_cmd_premium *cmd);
int audit_fund(struct rk_auditor *a, const struct rk_cmd_fund *cmd);
/* Time has moved from there. */
void audit_intervals(struct rk_auditor *a, int64_t from_ns);
rk_i128 audit_unsettled(const struct rk_book *b, const struct book_position *p);
int64_t audit_funding_rate(const struct book_market *m);
/* What N7 counts for it. */
struct rk_wide audit_funding_bound(const struct rk_book *b,
				   const struct book_position *p);
int audit_settle(struct rk_auditor *a, uint32_t position);
/* The same where nobody can be refused (F9). */
void audit_settle_or_leave(struct rk_auditor *a, uint32_t position);
int audit_settle_account(struct rk_auditor *a, uint32_t account);

/* auditor_judge.c */
int audit_recheck(struct rk_auditor *a, const struct rk_cmd_recheck *cmd);
void audit_judge(struct rk_auditor *a);

/* auditor_order.c */
int audit_order_closed(struct rk_auditor *a,
		       const struct rk_cmd_order_closed *cmd);
void audit_order_timers(struct rk_auditor *a);
void audit_order_fill(struct rk_auditor *a, uint32_t order, int64_t size,
		      const struct rk_cmd_trade *trade);
void audit_orders_end(struct rk_auditor *a, uint32_t account);
/* The vault takes the position that they are to close. */
void audit_orders_taken_over(struct rk_auditor *a, uint32_t account,
			     uint32_t market);
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
