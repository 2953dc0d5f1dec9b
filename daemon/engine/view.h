/*
 * Reading the engine: for queries, for tests and for the auditor. Nothing
 * here changes anything. Pointers returned stay valid until the next command.
 */
#ifndef RK_ENGINE_VIEW_H
#define RK_ENGINE_VIEW_H

#include <stddef.h>

#include "engine/cmd.h"
#include "engine/event.h"
#include "engine/view_account.h"
#include "engine/view_listing.h"

struct rk_engine;

struct rk_engine_counts {
	uint64_t seq;   /* of the newest command */
	uint64_t event; /* newest */
	int64_t time_ns;
	uint32_t accounts;
	uint32_t owners;
	uint32_t assets;
	uint32_t markets;
	uint32_t slots;
	uint32_t publishers;
	uint32_t venues;
	uint32_t clients;
	uint32_t positions;
	uint32_t leverages; /* chosen, bounded as positions are */
	uint32_t balances;
	uint32_t orders_open;
	uint32_t resting;
	uint32_t withdrawals;
	uint32_t by_state[RK_STATE_BANKRUPT + 1];
	uint32_t conversions_withheld; /* accounts that have nothing to sell */
	uint64_t judged; /* accounts judged since start, for metrics only */
	uint64_t quotes_dropped;
	uint32_t boxes_waiting; /* accounts that wait for another box */
	struct rk_cmd_limits limits;
	struct rk_cmd_risk risk;
};

uint64_t rk_view_seq(const struct rk_engine *engine);   /* newest command */
uint64_t rk_view_event(const struct rk_engine *engine); /* newest event */
int64_t rk_view_time(const struct rk_engine *engine);
uint64_t rk_view_judged(const struct rk_engine *engine); /* accounts, so far */
uint32_t rk_view_accounts(const struct rk_engine *engine); /* how many */
size_t rk_view_room(const struct rk_engine *engine); /* bytes of all tables */
/*
 * The earliest time at which a CLOCK would do more than move time: a timer, a
 * price that ages, an interval of funding, an expiry, a step of a ramp.
 * INT64_MAX: nothing is waiting.
 */
int64_t rk_view_next_due(const struct rk_engine *engine);
uint64_t rk_view_quotes_dropped(const struct rk_engine *engine);

void rk_view_counts(const struct rk_engine *engine,
		    struct rk_engine_counts *ret_counts);

/* Ids by name: 0 and *ret_id, or RK_REJ_NO_*. */
int rk_view_find_asset(const struct rk_engine *engine, const char *name,
		       uint32_t *ret_asset);
int rk_view_find_market(const struct rk_engine *engine, const char *name,
			uint32_t *ret_market);
/* The other way; NULL: there are not so many. */
const char *rk_view_market_name(const struct rk_engine *engine,
				uint32_t market);

int rk_view_asset(const struct rk_engine *engine, uint32_t asset,
		  struct rk_asset_view *ret_view);
/*
 * What an asset is in group 0 .. RK_EMODE_GROUPS - 1, or RK_REJ_NO_CHANGE when
 * it is not in it, and is not leaving it either.
 */
int rk_view_emode(const struct rk_engine *engine, uint32_t asset,
		  uint32_t group, struct rk_emode_view *ret_view);
int rk_view_insurance(const struct rk_engine *engine, uint32_t asset,
		      struct rk_insurance_view *ret_view);
int rk_view_vault(const struct rk_engine *engine, uint32_t asset,
		  struct rk_vault_view *ret_view);
int rk_view_takeover(const struct rk_engine *engine, uint32_t market,
		     struct rk_takeover_view *ret_view);
int rk_view_lending(const struct rk_engine *engine, uint32_t asset,
		    struct rk_lending_view *ret_view);
/*
 * Add to sums, per asset, what an account (0 .. accounts - 1) owes if it has
 * nothing else: it is in BANKRUPT, without position or balance above 0.
 */
void rk_view_add_deficits(const struct rk_engine *engine, uint32_t index,
			  rk_i128 sums[RK_ASSETS_MAX]);
/* That sum over all accounts, of one asset. Slow (every account). */
rk_i128 rk_view_deficit(const struct rk_engine *engine, uint32_t asset);
int rk_view_market(const struct rk_engine *engine, uint32_t market,
		   struct rk_market_view *ret_view);
int rk_view_slot(const struct rk_engine *engine, uint32_t slot,
		 struct rk_slot_view *ret_view);
int rk_view_quote(const struct rk_engine *engine, uint32_t slot,
		  uint32_t publisher, struct rk_quote_view *ret_view);
const char *rk_view_publisher(const struct rk_engine *engine, uint32_t id);
const char *rk_view_venue(const struct rk_engine *engine, uint32_t id);

/* The deduction of a bracket, in 1e-17 USD (see margin.h). */
rk_i128 rk_view_deduction(const struct rk_engine *engine, uint32_t market,
			  uint32_t bracket, bool initial);

/* USD price of an asset, fixed or its index; 0: none yet. */
rk_px rk_view_asset_price(const struct rk_engine *engine, uint32_t asset);
/* What an amount counts for at that price, rounded down. */
rk_usd rk_view_asset_value(const struct rk_engine *engine, uint32_t asset,
			   rk_amt amount);

/* Accounts are numbered 0 .. accounts - 1 in order of creation. */
int rk_view_find_account(const struct rk_engine *engine, uint64_t account,
			 uint32_t *ret_index);
int rk_view_account(const struct rk_engine *engine, uint32_t index,
		    struct rk_account_view *ret_view);

/* In order of market or asset. Fill up to max; return how many there are. */
uint32_t rk_view_positions(const struct rk_engine *engine, uint32_t index,
			   struct rk_position_view *views, uint32_t max);
uint32_t rk_view_balances(const struct rk_engine *engine, uint32_t index,
			  struct rk_balance_view *views, uint32_t max);
/*
 * What an asset counts with to an account at each level, as in a balance view,
 * but for what all accounts have of it; held or not.
 */
void rk_view_weights(const struct rk_engine *engine, uint32_t index,
		     uint32_t asset, rk_rate ret_weights[RK_LEVELS]);
uint32_t rk_view_leverages(const struct rk_engine *engine, uint32_t index,
			   struct rk_leverage_view *views, uint32_t max);
/* In order of market, then of number. */
uint32_t rk_view_resting(const struct rk_engine *engine, uint32_t index,
			 struct rk_resting_view *views, uint32_t max);
/* Liquidation orders of the account that are not closed. */
uint32_t rk_view_orders(const struct rk_engine *engine, uint32_t index,
			struct rk_order_view *views, uint32_t max);

/* Conversion orders of the account that are not closed. */
uint32_t rk_view_conversions(const struct rk_engine *engine, uint32_t index,
			     struct rk_conversion_view *views, uint32_t max);

/* How many of both there are; quicker than asking for the account. */
uint32_t rk_view_orders_n(const struct rk_engine *engine, uint32_t index);

/* Any order still known, open or closed: 0 or RK_REJ_NO_ORDER. */
int rk_view_order(const struct rk_engine *engine, struct rk_order_id id,
		  struct rk_order_view *ret_view);
int rk_view_conversion(const struct rk_engine *engine, struct rk_order_id id,
		       struct rk_conversion_view *ret_view);

/* Newest client_seq of a client; 0 when unknown. */
uint64_t rk_view_client_seq(const struct rk_engine *engine, const char *client);

/* Over all state; equal after the same commands. Slow (every record). */
struct rk_hash rk_view_state_digest(const struct rk_engine *engine);
/* Chain over all events so far. */
struct rk_hash rk_view_event_digest(const struct rk_engine *engine);

/*
 * Which of two accounts is riskier, by maintenance / equity compared exactly:
 * above 0 when a is. Ties: larger maintenance, and without maintenance lower
 * equity, is riskier. (dYdX v4 lib/margin/risk.go, Risk.Cmp.)
 */
int rk_view_compare_risk(rk_usd equity_a, rk_usd maintenance_a, rk_usd equity_b,
			 rk_usd maintenance_b);

#endif
