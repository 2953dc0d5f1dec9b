/*
 * Accounts and the records that hang on them: balances in order of asset and
 * positions in order of market, each also on the holder list of its price slot.
 */
#ifndef RK_ENGINE_ACCOUNT_H
#define RK_ENGINE_ACCOUNT_H

#include "engine/state.h"

/* ACCOUNT: 0 or RK_REJ_* (rule A1). */
int rk_account_create(struct rk_engine *engine, const struct rk_cmd *cmd,
		      struct rk_evbuf *events);

/* Record number of an account id, or RK_NONE. */
uint32_t rk_account_find(const struct rk_engine *engine, uint64_t id);

/*
 * Fetch what judging it will look at into the cache: step 0, and some time
 * later step 1. What it holds usually lies side by side, as it was booked.
 */
#define RK_ACCOUNT_FETCH_STEPS 2
void rk_account_fetch(const struct rk_engine *engine, uint32_t account,
		      uint32_t step);

/* Record number of its position in a market, or RK_NONE. */
uint32_t rk_account_position(const struct rk_engine *engine, uint32_t account,
			     uint32_t market);

/* Record number of a new, empty position, or RK_NONE when there is no room. */
uint32_t rk_account_open_position(struct rk_engine *engine, uint32_t account,
				  uint32_t market);

/* Give back a position whose size is 0. */
void rk_account_drop_position(struct rk_engine *engine, uint32_t position);

/* Record number of its balance in an asset, or RK_NONE. */
uint32_t rk_account_find_balance(const struct rk_engine *engine,
				 uint32_t account, uint32_t asset);

/* What the account has of an asset; 0 without a record. */
rk_amt rk_account_balance(const struct rk_engine *engine, uint32_t account,
			  uint32_t asset);

/* Give the record of a balance back that has become 0. */
void rk_account_drop_empty(struct rk_engine *engine, uint32_t balance);

/*
 * Add delta to a balance; the record comes and goes as needed.
 * 0, RK_REJ_OVERFLOW, or RK_REJ_CAPACITY when a record is needed and there is
 * none. Does not check N7. Interest of the balance is settled.
 */
int rk_account_credit(struct rk_engine *engine, uint32_t account,
		      uint32_t asset, rk_amt delta, rk_amt *ret_balance);

/* Its state is another one, or it is new: what is derived from that. */
void rk_account_note_state(struct rk_engine *engine, uint32_t account);

/* Change the state, and the count of accounts in each. */
void rk_account_set_state(struct rk_engine *engine, uint32_t account,
			  enum rk_state state);

#endif
