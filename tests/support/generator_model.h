/*
 * What the generator_*.c files share. Private to them.
 */
#ifndef RK_SUPPORT_GENERATOR_MODEL_H
#define RK_SUPPORT_GENERATOR_MODEL_H

#include "engine/engine.h"
#include "engine/view.h"
#include "support/generator.h"
#include "support/prng.h"

#define WORLD_MARKETS     128
#define WORLD_SLOTS       256
#define WORLD_QUOTES      24
#define WORLD_CHILDREN    6
#define WORLD_ORDERS      48
#define WORLD_CLIENTS     12
#define WORLD_WITHDRAWALS 16
#define WORLD_HOT         12 /* markets and assets where most things happen */
#define SECOND_NS         INT64_C(1000000000)

struct rk_generator {
	struct rk_prng prng;
	uint64_t seed;
	uint32_t accounts;
	uint64_t step;
	const struct rk_engine *engine; /* of the call going on */
	struct rk_engine_counts counts; /* of that engine, before the call */
	struct rk_cmd cmd;
	struct rk_cmd children[WORLD_CHILDREN];
	struct rk_quote quotes[WORLD_QUOTES];
	int64_t price[WORLD_SLOTS]; /* where each slot truly is; 0: not yet */
	uint64_t quote_seq;
	uint64_t trade_id[WORLD_MARKETS];
	uint64_t withdrawal_id;
	uint64_t withdrawals[WORLD_WITHDRAWALS]; /* reserved lately */
	uint64_t withdrawals_seen;
	struct rk_order_id orders[WORLD_ORDERS]; /* opened lately */
	uint32_t orders_n;
	uint64_t orders_seen;
	struct rk_order_id conversions[WORLD_ORDERS]; /* likewise */
	uint32_t conversions_n;
	uint64_t conversions_seen;
};

/* generator.c */
uint64_t rk_generator_below(struct rk_generator *g, uint64_t bound);
bool rk_generator_chance(struct rk_generator *g, uint32_t percent);
uint32_t rk_generator_market(struct rk_generator *g);
uint32_t rk_generator_asset(struct rk_generator *g);
uint64_t rk_generator_account(struct rk_generator *g);
/* amount * part / whole in 128 bits, within 64. */
int64_t rk_generator_share(int64_t amount, int64_t part, int64_t whole);
/* USD (1e-8) as an amount of an asset at its price now. */
int64_t rk_generator_amount(struct rk_generator *g, uint32_t asset,
			    int64_t usd);
int64_t rk_generator_power(int exponent);
/* a * b * 10^exponent / divisor, none of them below 0, within 64 bits. */
int64_t rk_generator_product(int64_t a, int64_t b, int exponent,
			     int64_t divisor);

/* generator_list.c */
void rk_generator_limits_cmd(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_risk(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_name(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_list_asset(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_list_market(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_list_contract(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_fees(struct rk_generator *g, struct rk_cmd_market *m);
void rk_generator_brackets(struct rk_generator *g, struct rk_cmd_market *m);

/* generator_change.c */
void rk_generator_change_asset(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_change_market(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_collateral(struct rk_generator *g, struct rk_cmd *cmd);
/* Rates from one end towards the other, each at most as far as it may go. */
void rk_generator_rates(struct rk_generator *g, rk_rate rates[RK_LEVELS],
			int64_t from, int64_t to);
void rk_generator_sync_stall(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_lag(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_skipped(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_recheck(struct rk_generator *g, struct rk_cmd *cmd);

/* generator_funding.c */
void rk_generator_funding(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_premium(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_fund(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_funding(struct rk_generator *g, struct rk_cmd *cmd);

/* generator_lending.c */
void rk_generator_lending(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_accrue(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_lending(struct rk_generator *g, struct rk_cmd *cmd);
/* generator_conversion.c */
void rk_generator_conversion(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_convert(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_conversion(struct rk_generator *g, struct rk_cmd *cmd);
bool rk_generator_conversion_closed(struct rk_generator *g,
				    struct rk_cmd_order_closed *closed);
/* Some order, mostly one of the newest; false: none is found. */
bool rk_generator_pick_order(struct rk_generator *g,
			     struct rk_order_view *ret_order);

/* generator_liquidation.c */
void rk_generator_liquidation(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_claim(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_liquidation(struct rk_generator *g, struct rk_cmd *cmd);

/* generator_insurance.c */
void rk_generator_insurance(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_top_up(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_insurance(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_vault(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_vault_top_up(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_takeover(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_takeover(struct rk_generator *g, struct rk_cmd *cmd);
/* generator_loss.c */
void rk_generator_write_off(struct rk_generator *g, struct rk_cmd *cmd);
/* generator_margin.c */
void rk_generator_margin(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_leverage(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_margin(struct rk_generator *g, struct rk_cmd *cmd);
/* generator_slow.c */
void rk_generator_slow_price(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_scale(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_emode(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_emode(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_slow(struct rk_generator *g, struct rk_cmd *cmd);
/* generator_ramp.c */
void rk_generator_ramp(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_ramp(struct rk_generator *g, struct rk_cmd *cmd);
/* generator_settlement.c */
void rk_generator_market_state(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_expiry(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_settle(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_settlement(struct rk_generator *g, struct rk_cmd *cmd);

/* generator_money.c */
void rk_generator_new_account(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_deposit(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_adjust(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_reserve(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_settle_withdrawal(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_transfer(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_mode(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_move(struct rk_generator *g, struct rk_cmd *cmd);

/* generator_trade.c */
void rk_generator_trade(struct rk_generator *g, struct rk_cmd *cmd);
/* A price that somebody may trade at. */
int64_t rk_generator_price_near(struct rk_generator *g,
				const struct rk_market_view *market);
/* What an account may want next: market, side and size of a trade. */
void rk_generator_wish(struct rk_generator *g, uint64_t account,
		       struct rk_cmd_place *ret_wish);
void rk_generator_fill(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_order_closed(struct rk_generator *g, struct rk_cmd *cmd);

/* generator_resting.c */
void rk_generator_place(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_cancel_order(struct rk_generator *g, struct rk_cmd *cmd);
/* Let a trade fill a resting order, if the accounts have any. */
void rk_generator_execute(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_spoil_place(struct rk_generator *g,
			      struct rk_cmd_place *place);

/* generator_price.c */
int64_t rk_generator_price(struct rk_generator *g, uint32_t slot);
void rk_generator_prices(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_clock(struct rk_generator *g, struct rk_cmd *cmd);
void rk_generator_halt(struct rk_generator *g, struct rk_cmd *cmd);

/* generator_spoil.c: make one field wrong. */
void rk_generator_spoil(struct rk_generator *g, struct rk_cmd *cmd);

#endif
