/*
 * The parts of the auditor for what is said of an asset or market beside its
 * listing. See auditor_parts.h.
 */
#ifndef RK_SUPPORT_AUDITOR_TERMS_H
#define RK_SUPPORT_AUDITOR_TERMS_H

#include "support/auditor_difference.h"
#include "support/auditor_model.h"

/* auditor_lending.c */
int audit_lending(struct rk_auditor *a, const struct rk_cmd_lending *cmd);
int audit_accrue(struct rk_auditor *a, const struct rk_cmd_accrue *cmd);
void audit_lending_intervals(struct rk_auditor *a, int64_t from_ns);
/* Book it, before the balance changes; a refusal leaves all as it was. */
int audit_interest(struct rk_auditor *a, uint32_t account, uint32_t asset);
/* Law: were all settled now, nothing would be missing (I9). */
void audit_interest_covered(struct rk_auditor *a, uint32_t asset);
/* Rule B3. */
void audit_restart_held(struct rk_auditor *a, uint32_t asset);
rk_i128 audit_interest_due(const struct rk_book *b,
			   const struct book_balance *at);
/* A balance with its interest; 0 when there is none. */
rk_i128 audit_worth(const struct rk_book *b, uint32_t account, uint32_t asset);
/* What N7 counts for it. */
struct rk_wide audit_balance_bound(const struct rk_book *b,
				   const struct book_balance *at);
int64_t audit_index_now(const struct rk_book *b, uint32_t asset,
			int64_t amount);
struct audit_pool {
	rk_i128 debt_shares;
	rk_i128 supply_shares;
	rk_i128 borrowed;
	rk_i128 cash;
	rk_i128 utilisation;
	rk_i128 borrow_rate;
	rk_i128 supply_rate;
};
struct audit_pool audit_pool_of(const struct rk_book *b, uint32_t asset);
/* May it leave, by what the pool was before anything was settled (I2)? */
int audit_pool_gives(const struct rk_book *b, const struct audit_pool *before,
		     struct rk_cmd_amount out, int64_t balance, bool inside);
bool audit_shares_rise(const struct audit_pool *before,
		       const struct audit_pool *after);

/* auditor_loss.c */
int audit_write_off(struct rk_auditor *a, const struct rk_cmd_amount *cmd);
/* No position, and at most a thousandth of what is owed (B1). */
bool audit_covers_nothing(const struct rk_book *b, uint32_t account);

/* auditor_insurance.c */
int audit_insurance(struct rk_auditor *a, const struct rk_cmd_insurance *cmd);
int audit_top_up(struct rk_auditor *a, const struct rk_cmd_top_up *cmd);
/* Of a fill that was worth `value` of the asset, booked. */
void audit_liquidation_fee(struct rk_auditor *a, uint32_t account,
			   uint32_t asset, rk_i128 value);
/* What funds pay an account that is acted upon. True: they did. */
bool audit_draw(struct rk_auditor *a, uint32_t account, bool entered);
bool audit_gated(const struct rk_book *b, uint32_t asset);
/* What it may pay now (U4); what it pays of a debt, at most `most`. */
rk_i128 audit_fund_may_pay(const struct rk_book *b, uint32_t asset);
void audit_fund_pay(struct rk_auditor *a, uint32_t account, uint32_t asset,
		    rk_i128 most);
/* What an amount of USD buys of an asset at its mark. */
rk_i128 audit_bought_with(const struct rk_book *b, uint32_t asset, rk_i128 usd,
			  enum rk_wide_rounding rounding);
void audit_see_fund(struct difference *d, const struct rk_book *b,
		    const struct rk_engine *engine, uint32_t asset);

/* auditor_takeover.c */
struct audit_health;
int audit_vault(struct rk_auditor *a, const struct rk_cmd_vault *cmd);
int audit_vault_top_up(struct rk_auditor *a, const struct rk_cmd_top_up *cmd);
int audit_takeover(struct rk_auditor *a, const struct rk_cmd_takeover *cmd);
/* Rule Z3: a minute has begun. */
void audit_vault_minute(struct rk_auditor *a);
/*
 * Rules Z5 to Z7 of an account that is LIQUIDATING. True: something is to be
 * taken over; then audit_take_over() does it. Either tells what is withheld.
 */
struct audit_plan {
	uint32_t n;
	bool any;
	bool draws;
	struct audit_part {
		uint32_t market;
		enum rk_takeover_cause cause; /* 0: it is not due */
		enum rk_takeover_withheld reason;
		rk_i128 value;
		rk_i128 concession;
		rk_i128 held;
	} parts[64];
};
void audit_plan_takeover(const struct rk_book *b, uint32_t account,
			 const struct audit_health *h, struct audit_plan *plan);
void audit_take_over(struct rk_auditor *a, uint32_t account,
		     const struct audit_plan *plan);
void audit_see_vault(struct difference *d, const struct rk_book *b,
		     const struct rk_engine *engine, uint32_t asset);
void audit_see_takeover(struct difference *d, const struct rk_book *b,
			const struct rk_engine *engine, uint32_t market);

/* auditor_settlement.c */
/* Close it at what it is worth (E6), but for its event. */
void audit_close_at(struct rk_auditor *a, uint32_t position, rk_i128 value,
		    struct rk_ev_settled *told);
rk_i128 audit_system_worth(const struct rk_book *b, uint32_t market,
			   int64_t price, rk_i128 size);

/* auditor_slow.c */
int audit_slow_price(struct rk_auditor *a, const struct rk_cmd_slow_price *cmd);
int audit_collateral_scale(struct rk_auditor *a,
			   const struct rk_cmd_collateral_scale *cmd);
/* The slot was aggregated, and its price is good. */
void audit_follow(struct rk_auditor *a, uint32_t slot);
/* The slow price as it counts beside a mark; 0: none. */
rk_i128 audit_slow(const struct rk_book *b, uint32_t slot, rk_i128 mark);
/* As audit_evaluate(), at the worse of these prices and the slow ones. */
struct audit_health audit_worst(const struct rk_book *b, uint32_t account,
				const rk_i128 *prices);
/* A weight or liability at initial and withdrawal, by what all have (W7). */
int64_t audit_scaled_weight(const struct rk_book *b, uint32_t account,
			    uint32_t asset, int64_t weight);
rk_i128 audit_scaled_liability(const struct rk_book *b, uint32_t account,
			       uint32_t asset, rk_i128 liability);

/* auditor_emode.c */
int audit_emode(struct rk_auditor *a, const struct rk_cmd_emode *cmd);
/* In force at maintenance of one in a group. */
int64_t audit_member_weight(const struct rk_book *b,
			    const struct book_member *x);
int64_t audit_member_share(const struct book_member *x);
/* The ramp of that member has ended. */
void audit_member_arrives(struct rk_book *b, uint32_t member);
int64_t audit_group_weight(const struct rk_book *b, uint32_t account,
			   uint32_t asset, enum rk_level level);
/* By the size of an amount that counts. */
int64_t audit_sized_weight(const struct book_asset *at, enum rk_level level,
			   int64_t weight, rk_i128 amount);
/* The size factor in force at a level. */
int64_t audit_size_factor(const struct book_asset *at, enum rk_level level);
rk_i128 audit_sized_liability(const struct book_asset *at, enum rk_level level,
			      rk_i128 amount);
void audit_see_groups(struct difference *d, const struct rk_book *b,
		      const struct rk_engine *engine, uint32_t asset);

/* auditor_settlement.c */
int audit_market_state(struct rk_auditor *a,
		       const struct rk_cmd_market_state *cmd);
int audit_expiry(struct rk_auditor *a, const struct rk_cmd_expiry *cmd);
int audit_settle_market(struct rk_auditor *a, const struct rk_cmd_settle *cmd);
/* Time has moved from there. */
void audit_expiries(struct rk_auditor *a, int64_t from_ns);
/* A venue takes on a size; its market counts it elsewhere. */
void audit_take_at_venue(struct rk_book *b, uint32_t market, uint32_t venue,
			 rk_i128 size);
/* The fill is booked; nothing of it stays open in a market that is over. */
void audit_settle_late(struct rk_auditor *a, const struct rk_cmd_trade *cmd);

#endif
