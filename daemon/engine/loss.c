/*
 * Writing debts off. See loss.h.
 *
 * A loss of L is borne by moving the index of what is held down by L / S, with
 * S the shares of all who hold. S is rounded down here, one holder at a time,
 * so that the index falls by enough: what rounding takes beyond the loss stays
 * in `interest`, and never is more credited than was charged.
 */
#include "engine/loss.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/rc.h"
#include "engine/scene.h"

/* What all who hold an asset have of it, at an index of 1, rounded down. */
static rk_i128 held_shares(const struct rk_engine *engine, uint32_t asset)
{
	rk_i128 shares = 0;

	for (uint32_t i = 0; i < engine->accounts_n; i++) {
		uint32_t j = rk_account_find_balance(engine, i, asset);
		const struct rk_balance *balance;

		if (j == RK_NONE)
			continue;
		balance = &engine->balances[j];
		if (balance->amount.raw <= 0)
			continue;
		shares += rk_fx_div((rk_i128)balance->amount.raw * RK_INDEX_ONE,
				    balance->index, RK_ROUND_FLOOR);
	}
	return shares;
}

/* All who hold the asset bear the loss, or as much of it as they can. */
static rk_amt share_loss(struct rk_engine *engine, uint32_t asset, rk_amt loss,
			 int64_t *ret_index)
{
	int64_t index = engine->assets[asset].lending.supply_index;
	rk_i128 shares = held_shares(engine, asset);
	rk_i128 most = rk_fx_div(shares * index, RK_INDEX_ONE, RK_ROUND_FLOOR);

	if (loss.raw > most)
		loss.raw = (int64_t)most;
	if (loss.raw == 0)
		return loss;
	*ret_index =
		index - (int64_t)rk_fx_div((rk_i128)loss.raw * RK_INDEX_ONE,
					   shares, RK_ROUND_CEIL);
	RK_ASSERT(*ret_index >= 0);
	return loss;
}

rk_amt rk_loss_write_off(struct rk_engine *engine, struct rk_evbuf *events,
			 uint32_t account, uint32_t asset, rk_amt most)
{
	struct rk_asset *record = &engine->assets[asset];
	struct rk_event *event;
	int64_t index = 0;
	rk_amt after;
	rk_amt loss;
	int r;

	RK_ASSERT(record->lending.active);
	RK_ASSERT(most.raw > 0);

	loss = share_loss(engine, asset, most, &index);
	if (loss.raw == 0)
		return loss;
	r = rk_account_credit(engine, account, asset, loss, &after);
	/* A debt becomes smaller: there is a record, and no more shares. */
	RK_ASSERT(r == RK_OK);
	RK_ASSERT(after.raw <= 0);
	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_add(engine, &record->interest, -(rk_i128)loss.raw);
	event = rk_emit(engine, events, RK_EVENT_WRITTEN_OFF, account,
			RK_NO_MARKET);
	event->written_off.asset = asset;
	event->written_off.amount = loss;
	event->written_off.balance = after;
	event = rk_emit(engine, events, RK_EVENT_LOSS_SHARED, RK_NONE,
			RK_NO_MARKET);
	event->loss_shared.asset = asset;
	event->loss_shared.loss = loss;
	event->loss_shared.supply_index = index;
	rk_interest_lower(engine, asset, index);
	rk_touch(engine, account);
	return loss;
}

bool rk_loss_is_uncovered(const struct rk_engine *engine,
			  const struct rk_account *account)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_i128 held = 0;
	rk_i128 owed = 0;

	if (account->positions != RK_NONE)
		return false;
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next) {
		const struct rk_balance *balance = &engine->balances[i];
		int64_t usd = rk_scene_asset_value(&scene, balance->asset,
						   balance->amount)
				      .raw;

		if (balance->amount.raw > 0)
			held += usd;
		else
			owed -= usd;
	}
	return held * RK_LOSS_DUST <= owed;
}

rk_i128 rk_loss_uncovered(const struct rk_engine *engine, uint32_t account,
			  uint32_t asset)
{
	const struct rk_account *record = &engine->accounts[account];
	uint32_t i = rk_account_find_balance(engine, account, asset);
	const struct rk_balance *balance;

	if (i == RK_NONE || record->state != RK_STATE_BANKRUPT)
		return 0;
	balance = &engine->balances[i];
	if (balance->amount.raw > 0 || !rk_loss_is_uncovered(engine, record))
		return 0;
	return -(rk_i128)balance->amount.raw -
	       rk_interest_unsettled(&engine->assets[asset], balance).raw;
}

/* The debt that is to be written off, settled: 0 or RK_REJ_*. */
static int find_debt(struct rk_engine *engine, struct rk_evbuf *events,
		     const struct rk_cmd_amount *want, uint32_t *ret_account,
		     rk_amt *ret_amount)
{
	uint32_t account = rk_account_find(engine, want->account);
	const struct rk_asset *asset;
	int64_t owed;
	int r;

	if (account == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (want->asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	if (want->amount.raw < 0)
		return RK_REJ_BAD_AMOUNT;
	asset = &engine->assets[want->asset];
	if (!asset->lending.active)
		return RK_REJ_NOT_LENDABLE;
	if (engine->accounts[account].state != RK_STATE_BANKRUPT)
		return RK_REJ_NOT_BANKRUPT;
	if (!rk_loss_is_uncovered(engine, &engine->accounts[account]))
		return RK_REJ_STILL_HOLDS;
	r = rk_interest_settle(engine, events, account, want->asset);
	if (r != RK_OK)
		return r;
	owed = -rk_account_balance(engine, account, want->asset).raw;
	if (owed <= 0)
		return RK_REJ_NO_DEBT;
	if (want->amount.raw > owed)
		return RK_REJ_MORE_THAN_OWED;
	/* What is held cannot be reckoned with (I6). */
	if (!rk_interest_fits(asset))
		return RK_REJ_OVERFLOW;
	*ret_account = account;
	ret_amount->raw = want->amount.raw == 0 ? owed : want->amount.raw;
	return RK_OK;
}

int rk_loss_command(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events)
{
	const struct rk_cmd_amount *want = &cmd->amount;
	uint32_t account;
	rk_amt amount;
	int r = find_debt(engine, events, want, &account, &amount);

	if (r != RK_OK)
		return r;
	amount =
		rk_loss_write_off(engine, events, account, want->asset, amount);
	return amount.raw == 0 ? RK_REJ_NO_HOLDERS : RK_OK;
}
