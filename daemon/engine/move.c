/*
 * Modes, and positions that change their account. See move.h.
 *
 * A position goes with size and cost: nothing is realised, so that sums per
 * asset and per market stay what they are.
 */
#include "engine/move.h"

#include "engine/account.h"
#include "engine/bound.h"
#include "engine/interest.h"
#include "engine/ledger.h"
#include "engine/margin.h"
#include "engine/rc.h"

static int check_calm(const struct rk_account *account)
{
	if (account->state != RK_STATE_OK)
		return RK_REJ_NOT_OK;
	if (account->orders_n > 0)
		return RK_REJ_ORDERS_OPEN;
	return account->resting_n > 0 ? RK_REJ_RESTING : RK_OK;
}

static int check_health(const struct rk_engine *engine, uint32_t account,
			enum rk_level last)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;

	rk_holdings_of(engine, &engine->accounts[account], &holdings);
	return rk_margin_check(&scene, &holdings, last);
}

int rk_move_mode(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events)
{
	const struct rk_cmd_mode *want = &cmd->mode;
	uint32_t i = rk_account_find(engine, want->account);
	struct rk_account *account;
	int r;

	if (i == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (want->mode != RK_MODE_CROSS && want->mode != RK_MODE_ISOLATED)
		return RK_REJ_BAD_PARAM;
	account = &engine->accounts[i];
	if (account->mode == want->mode)
		return RK_REJ_NO_CHANGE;
	r = check_calm(account);
	if (r != RK_OK)
		return r;
	if (want->mode == RK_MODE_ISOLATED && account->positions_n > 1)
		return RK_REJ_ISOLATED;
	r = check_health(engine, i, RK_LEVEL_INITIAL);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_ACCOUNT, i);
	rk_change(engine, &account->mode, sizeof(account->mode));
	account->mode = want->mode;
	rk_emit(engine, events, RK_EVENT_MODE_SET, i, RK_NO_MARKET)->mode.mode =
		want->mode;
	rk_touch(engine, i);
	return RK_OK;
}

/* From whom to whom: numbers of records. */
struct move {
	uint32_t from;
	uint32_t to;
};

static int check_accounts(const struct rk_engine *engine,
			  const struct rk_cmd_move *want,
			  const struct move *move)
{
	const struct rk_account *from;
	const struct rk_account *to;
	int r;

	if (move->from == RK_NONE || move->to == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (move->from == move->to)
		return RK_REJ_SAME_ACCOUNT;
	if (want->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	if (want->amount.raw < 0)
		return RK_REJ_BAD_AMOUNT;

	from = &engine->accounts[move->from];
	to = &engine->accounts[move->to];
	if (from->owner != to->owner)
		return RK_REJ_OTHER_OWNER;
	if (from->enforcement != to->enforcement)
		return RK_REJ_OTHER_ENFORCEMENT;
	r = check_calm(from);
	return r == RK_OK ? check_calm(to) : r;
}

/* The position, taken out of its account. */
static void take_out(struct rk_engine *engine, uint32_t i,
		     struct rk_position *ret_position)
{
	struct rk_position *position = &engine->positions[i];

	*ret_position = *position;
	rk_mark(engine, RK_UNIT_ACCOUNT, position->account);
	rk_change(engine, position, sizeof(*position));
	position->size.raw = 0;
	rk_account_drop_position(engine, i);
}

static int put_in(struct rk_engine *engine, uint32_t account,
		  const struct rk_position *taken)
{
	uint32_t i = rk_account_open_position(engine, account, taken->market);
	struct rk_position *position;

	if (i == RK_NONE)
		return RK_REJ_CAPACITY;
	position = &engine->positions[i];
	rk_change(engine, position, sizeof(*position));
	position->size = taken->size;
	position->cost = taken->cost;
	position->last_order_ns = taken->last_order_ns;
	position->funding_index = taken->funding_index;
	return RK_OK;
}

static void tell(struct rk_engine *engine, struct rk_evbuf *events,
		 const struct move *move, const struct rk_position *taken)
{
	struct rk_event *event =
		rk_emit(engine, events, RK_EVENT_POSITION_MOVED, move->from,
			taken->market);

	event->moved.other = engine->accounts[move->to].id;
	event->moved.size.raw = 0;
	event->moved.cost.raw = 0;
	event = rk_emit(engine, events, RK_EVENT_POSITION_MOVED, move->to,
			taken->market);
	event->moved.other = engine->accounts[move->from].id;
	event->moved.size = taken->size;
	event->moved.cost = taken->cost;
}

int rk_move_position(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	const struct rk_cmd_move *want = &cmd->move;
	const struct move move = {rk_account_find(engine, want->from),
				  rk_account_find(engine, want->to)};
	struct rk_position taken;
	uint32_t settle;
	uint32_t i;
	int r = check_accounts(engine, want, &move);

	if (r != RK_OK)
		return r;
	if (engine->markets[want->market].life.state >= RK_MARKET_SETTLING)
		return RK_REJ_MARKET_CLOSED;
	settle = engine->markets[want->market].settle;
	i = rk_account_position(engine, move.from, want->market);
	if (i == RK_NONE)
		return RK_REJ_NO_POSITION;
	if (rk_account_position(engine, move.to, want->market) != RK_NONE)
		return RK_REJ_HAS_POSITION;
	if (want->amount.raw > 0) {
		r = rk_interest_settle(engine, events, move.from, settle);
		if (r != RK_OK)
			return r;
		if (rk_account_balance(engine, move.from, settle).raw <
		    want->amount.raw)
			return RK_REJ_BALANCE;
	}
	if (engine->accounts[move.to].mode == RK_MODE_ISOLATED &&
	    engine->accounts[move.to].positions_n > 0)
		return RK_REJ_ISOLATED;

	rk_mark(engine, RK_UNIT_MARKET, want->market);
	take_out(engine, i, &taken);
	r = put_in(engine, move.to, &taken);
	if (r == RK_OK && want->amount.raw > 0)
		r = rk_ledger_move(
			engine, events, move.from, move.to,
			(struct rk_held_balance){.asset = settle,
						 .amount = want->amount});
	if (r == RK_OK)
		r = rk_bound_check(engine, &engine->accounts[move.to]);
	/* Money that goes along is taken out: profit does not pay it (A6). */
	if (r == RK_OK)
		r = check_health(engine, move.from,
				 want->amount.raw > 0 ? RK_LEVEL_WITHDRAWAL
						      : RK_LEVEL_INITIAL);
	if (r == RK_OK)
		r = check_health(engine, move.to, RK_LEVEL_INITIAL);
	if (r != RK_OK)
		return r;

	tell(engine, events, &move, &taken);
	rk_touch(engine, move.from);
	rk_touch(engine, move.to);
	return RK_OK;
}
