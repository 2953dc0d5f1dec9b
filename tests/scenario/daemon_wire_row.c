/*
 * Commands to the wire. See daemon_wire.h.
 */
#include <errno.h>
#include <string.h>

#include "daemon_wire.h"

static struct risk_order_id order_to_wire(struct rk_order_id order)
{
	return (struct risk_order_id){order.seq, order.n};
}

static struct risk_trade_side side_to_wire(const struct rk_trade_side *side)
{
	return (struct risk_trade_side){
		.account = side->account,
		.fee = side->fee.raw,
		.order = order_to_wire(side->order),
		.resting = side->resting,
	};
}

static void put_place(const struct rk_cmd_place *place, struct risk_cmd *row)
{
	const struct risk_place wire = {
		.account = place->account,
		.order = place->order,
		.market = place->market,
		.side = (Riskd__Side)place->side,
		.size = place->size.raw,
		.price = place->price.raw,
		.reduce_only = place->reduce_only,
	};

	risk_cmd_place(row, &wire);
}

static void put_trade(const struct rk_cmd_trade *trade, struct risk_cmd *row)
{
	struct risk_trade wire = {
		.id = trade->trade,
		.market = trade->market,
		.venue = trade->venue,
		.price = trade->price.raw,
		.size = trade->size.raw,
		.buyer = side_to_wire(&trade->buyer),
		.seller = side_to_wire(&trade->seller),
	};

	risk_cmd_trade(row, &wire);
}

/* Quotes of one publisher, as one batch; without quotes it only has a time. */
static int put_prices(const struct rk_cmd_prices *prices, struct scn_row *row)
{
	struct risk_prices wire = {
		.n = prices->n,
		.slots = row->slots,
		.prices = row->prices,
	};

	if (prices->n > sizeof(row->slots) / sizeof(row->slots[0]))
		return -EINVAL;
	for (uint32_t i = 0; i < prices->n; i++) {
		const struct rk_quote *quote = &prices->quotes[i];

		wire.publisher = quote->publisher;
		wire.seq = quote->seq;
		wire.time_ns = quote->time_ns;
		row->slots[i] = quote->slot;
		row->prices[i] = quote->price.raw;
	}
	risk_cmd_prices(&row->cmd, &wire);
	return 0;
}

/* What moves an index of funding or of interest. */
static void put_rates(const struct rk_cmd *cmd, struct risk_cmd *row)
{
	if (cmd->type == RK_CMD_PREMIUM)
		risk_cmd_premium(row, cmd->premium.market,
				 cmd->premium.index.raw,
				 cmd->premium.impact_bid.raw,
				 cmd->premium.impact_ask.raw);
	else if (cmd->type == RK_CMD_FUND)
		risk_cmd_fund(row, cmd->fund.market, cmd->fund.rate.raw,
			      cmd->fund.price.raw);
	else
		risk_cmd_accrue(row, cmd->accrue.asset);
}

static void put_convert(const struct rk_cmd_convert *cmd, struct risk_cmd *row)
{
	risk_cmd_convert(row, &(struct risk_convert){
				      .account = cmd->account,
				      .venue = cmd->venue,
				      .sell = cmd->sell,
				      .sold = cmd->sold.raw,
				      .buy = cmd->buy,
				      .bought = cmd->bought.raw,
				      .fee = cmd->fee.raw,
				      .order = order_to_wire(cmd->order),
			      });
}

/* What becomes of orders, and their fills. False: none of these. */
static bool put_order(const struct rk_cmd *cmd, struct scn_row *row)
{
	switch ((int)cmd->type) {
	case RK_CMD_PLACE_ORDER:
		put_place(&cmd->place, &row->cmd);
		return true;
	case RK_CMD_CANCEL_ORDER:
		risk_cmd_cancel_order(&row->cmd, cmd->cancel_order.account,
				      cmd->cancel_order.order,
				      cmd->cancel_order.left.raw);
		return true;
	case RK_CMD_TRADE:
		put_trade(&cmd->trade, &row->cmd);
		return true;
	case RK_CMD_CONVERT:
		put_convert(&cmd->convert, &row->cmd);
		return true;
	case RK_CMD_ORDER_CLOSED:
		risk_cmd_order_closed(&row->cmd,
				      order_to_wire(cmd->order_closed.order),
				      cmd->order_closed.filled.raw);
		return true;
	case RK_CMD_CLAIM:
		risk_cmd_claim(&row->cmd, order_to_wire(cmd->claim.order),
			       cmd->claim.venue, cmd->claim.duration_ns);
		return true;
	default:
		return false;
	}
}

static const char *name_or_null(const char *name)
{
	return name[0] != '\0' ? name : NULL;
}

/* What happens in a market or an asset as a whole. */
static int put_market_row(const struct rk_cmd *cmd, struct scn_row *row)
{
	switch ((int)cmd->type) {
	case RK_CMD_HALT:
		risk_cmd_halt(&row->cmd, cmd->halt.market, cmd->halt.halted);
		return 0;
	case RK_CMD_PREMIUM:
	case RK_CMD_FUND:
	case RK_CMD_ACCRUE:
		put_rates(cmd, &row->cmd);
		return 0;
	case RK_CMD_MARKET_STATE:
		risk_cmd_market_state(
			&row->cmd, cmd->market_state.market,
			(Riskd__MarketState)cmd->market_state.state);
		return 0;
	case RK_CMD_SETTLE:
		risk_cmd_settle(&row->cmd, cmd->settle.market,
				cmd->settle.price.raw);
		return 0;
	case RK_CMD_EXPIRY:
		risk_cmd_expiry(&row->cmd, cmd->expiry.market,
				cmd->expiry.time_ns);
		return 0;
	case RK_CMD_RAMP:
		risk_cmd_ramp(&row->cmd, name_or_null(cmd->ramp.asset),
			      name_or_null(cmd->ramp.market),
			      cmd->ramp.ramp.duration_ns,
			      cmd->ramp.ramp.step_ns);
		return 0;
	default:
		return -EINVAL;
	}
}

/* About accounts and their money. False: none of these. */
static bool put_account(const struct rk_cmd *cmd, struct scn_row *row)
{
	const struct rk_cmd_withdraw *withdraw = &cmd->withdraw;

	switch ((int)cmd->type) {
	case RK_CMD_ACCOUNT:
		risk_cmd_create_account(
			&row->cmd, cmd->account.account, cmd->account.owner,
			(Riskd__Mode)cmd->account.mode,
			(Riskd__Enforcement)cmd->account.enforcement);
		return true;
	case RK_CMD_DEPOSIT:
		risk_cmd_deposit(&row->cmd, cmd->amount.account,
				 cmd->amount.asset, cmd->amount.amount.raw);
		return true;
	case RK_CMD_ADJUST:
		risk_cmd_adjust(&row->cmd, cmd->amount.account,
				cmd->amount.asset, cmd->amount.amount.raw);
		return true;
	case RK_CMD_WRITE_OFF:
		risk_cmd_write_off(&row->cmd, cmd->amount.account,
				   cmd->amount.asset, cmd->amount.amount.raw);
		return true;
	case RK_CMD_VAULT_TOP_UP:
		risk_cmd_vault_top_up(&row->cmd, cmd->top_up.asset,
				      cmd->top_up.amount.raw);
		return true;
	case RK_CMD_TOP_UP:
		risk_cmd_top_up(&row->cmd, cmd->top_up.asset,
				cmd->top_up.amount.raw);
		return true;
	case RK_CMD_RESERVE:
		risk_cmd_reserve(&row->cmd, withdraw->withdrawal,
				 withdraw->account, withdraw->asset,
				 withdraw->amount.raw);
		return true;
	case RK_CMD_CONFIRM:
		risk_cmd_confirm(&row->cmd, withdraw->withdrawal);
		return true;
	case RK_CMD_CANCEL:
		risk_cmd_cancel(&row->cmd, withdraw->withdrawal);
		return true;
	case RK_CMD_TRANSFER:
		risk_cmd_transfer(&row->cmd, cmd->transfer.from,
				  cmd->transfer.to, cmd->transfer.asset,
				  cmd->transfer.amount.raw);
		return true;
	case RK_CMD_LEVERAGE:
		risk_cmd_leverage(&row->cmd, cmd->leverage.account,
				  cmd->leverage.market,
				  cmd->leverage.leverage.raw);
		return true;
	case RK_CMD_RECHECK:
		risk_cmd_recheck(&row->cmd, cmd->recheck.account,
				 cmd->recheck.found_seq);
		return true;
	case RK_CMD_MODE:
		risk_cmd_mode(&row->cmd, cmd->mode.account,
			      (Riskd__Mode)cmd->mode.mode);
		return true;
	case RK_CMD_MOVE:
		risk_cmd_move(&row->cmd, cmd->move.from, cmd->move.to,
			      cmd->move.market, cmd->move.amount.raw);
		return true;
	default:
		return false;
	}
}

int scn_wire_row(const struct rk_cmd *cmd, struct scn_row *row)
{
	if (put_account(cmd, row) || put_order(cmd, row))
		return 0;
	if (cmd->type == RK_CMD_PRICES)
		return put_prices(&cmd->prices, row);
	return put_market_row(cmd, row);
}
