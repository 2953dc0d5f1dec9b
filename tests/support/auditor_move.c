/*
 * Modes, and positions that change their account: rules V1 and V2.
 */
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

/* State and orders, as both rules ask for them. */
static int calm(const struct rk_book *b, uint32_t account)
{
	if (b->accounts[account].state != RK_STATE_OK)
		return RK_REJ_NOT_OK;
	for (uint32_t i = 0; i < b->orders_n; i++)
		if (b->orders[i].account == account && !b->orders[i].closed)
			return RK_REJ_ORDERS_OPEN;
	return audit_count_resting(b, account) > 0 ? RK_REJ_RESTING : RK_OK;
}

int audit_mode(struct rk_auditor *a, const struct rk_cmd_mode *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	int code;

	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->mode != RK_MODE_CROSS && cmd->mode != RK_MODE_ISOLATED)
		return RK_REJ_BAD_PARAM;
	if (b->accounts[account].mode == cmd->mode)
		return RK_REJ_NO_CHANGE;
	code = calm(b, account);
	if (code != RK_OK)
		return code;
	if (cmd->mode == RK_MODE_ISOLATED &&
	    audit_count_positions(b, account) > 1)
		return RK_REJ_ISOLATED;
	code = audit_initially_healthy(b, account);
	if (code != RK_OK)
		return code;
	b->accounts[account].mode = cmd->mode;
	a->touched[account] = true;
	audit_emit(a, RK_EVENT_MODE_SET, account, RK_NO_MARKET)->mode.mode =
		cmd->mode;
	return RK_OK;
}

static int may_meet(const struct rk_book *b, uint32_t from, uint32_t to)
{
	int code;

	if (b->accounts[from].owner != b->accounts[to].owner)
		return RK_REJ_OTHER_OWNER;
	if (b->accounts[from].enforcement != b->accounts[to].enforcement)
		return RK_REJ_OTHER_ENFORCEMENT;
	code = calm(b, from);
	return code == RK_OK ? calm(b, to) : code;
}

static void tell(struct rk_auditor *a, uint32_t account,
		 const struct rk_ev_moved *told, uint32_t market)
{
	audit_emit(a, RK_EVENT_POSITION_MOVED, account, market)->moved = *told;
	a->touched[account] = true;
}

/* The position is moved, the money not yet. */
static int settle_down(struct rk_auditor *a, const struct rk_cmd_move *cmd,
		       uint32_t from, uint32_t to)
{
	struct rk_book *b = &a->book;
	uint32_t settle = b->markets[cmd->market].settle;
	int code = RK_OK;

	if (cmd->amount.raw > 0)
		code = audit_pass_money(
			a, from, to,
			(struct rk_cmd_amount){.asset = settle,
					       .amount = cmd->amount});
	if (code == RK_OK && !audit_within_bounds(b, to))
		code = RK_REJ_OVERFLOW;
	if (code == RK_OK)
		code = cmd->amount.raw > 0 ? audit_may_take_out(b, from)
					   : audit_initially_healthy(b, from);
	return code == RK_OK ? audit_initially_healthy(b, to) : code;
}

int audit_move(struct rk_auditor *a, const struct rk_cmd_move *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t from = audit_find_account(b, cmd->from);
	uint32_t to = audit_find_account(b, cmd->to);
	struct book_position *p;
	uint32_t at;
	int code;

	if (from == AUDIT_NONE || to == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (from == to)
		return RK_REJ_SAME_ACCOUNT;
	if (cmd->market >= b->markets_n)
		return RK_REJ_NO_MARKET;
	if (cmd->amount.raw < 0)
		return RK_REJ_BAD_AMOUNT;
	code = may_meet(b, from, to);
	if (code != RK_OK)
		return code;
	if (b->markets[cmd->market].state == RK_MARKET_SETTLING ||
	    b->markets[cmd->market].state == RK_MARKET_SETTLED)
		return RK_REJ_MARKET_CLOSED;
	at = audit_find_position(b, from, cmd->market);
	if (at == AUDIT_NONE)
		return RK_REJ_NO_POSITION;
	if (audit_find_position(b, to, cmd->market) != AUDIT_NONE)
		return RK_REJ_HAS_POSITION;
	if (cmd->amount.raw > 0) {
		code = audit_interest(a, from, b->markets[cmd->market].settle);
		if (code != RK_OK)
			return code;
	}
	if (cmd->amount.raw > 0 &&
	    audit_balance(b, from, b->markets[cmd->market].settle) <
		    cmd->amount.raw)
		return RK_REJ_BALANCE;
	if (b->accounts[to].mode == RK_MODE_ISOLATED &&
	    audit_count_positions(b, to) > 0)
		return RK_REJ_ISOLATED;
	if (audit_count_positions(b, to) >= b->limits.positions_per_account_max)
		return RK_REJ_CAPACITY;
	p = &b->positions[at];
	p->account = to;
	code = settle_down(a, cmd, from, to);
	if (code != RK_OK)
		return code;
	tell(a, from, &(struct rk_ev_moved){.other = cmd->to}, cmd->market);
	tell(a, to,
	     &(struct rk_ev_moved){
		     .other = cmd->from, .size = {p->size}, .cost = {p->cost}},
	     cmd->market);
	return RK_OK;
}
