/*
 * Putting messages together. See message.h.
 */
#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"

#define VERSION        1
#define PUBLISHERS_MAX 8

static struct sim_bytes pack(const ProtobufCMessage *message)
{
	struct sim_bytes bytes;

	bytes.size = protobuf_c_message_get_packed_size(message);
	bytes.data = malloc(bytes.size + !bytes.size);
	if (!bytes.data)
		abort();
	(void)protobuf_c_message_pack(message, bytes.data);
	return bytes;
}

void sim_request_begin(struct sim_request *request, const char *client,
		       uint64_t session)
{
	riskd__request__init(&request->wire);
	(void)snprintf(request->client, sizeof(request->client), "%s", client);
	request->wire.version = VERSION;
	request->wire.client = request->client;
	request->wire.session = session;
	request->wire.commands = request->pointers;
}

struct sim_bytes sim_request_pack(struct sim_request *request,
				  uint64_t client_seq, int64_t time_ns)
{
	request->wire.client_seq = client_seq;
	request->wire.time_ns = time_ns;
	return pack(&request->wire.base);
}

static void batch_add(struct sim_batch *batch, const struct rk_quote *quote)
{
	size_t n = batch->wire.n_slot;

	if (n == SIM_QUOTES_MAX)
		return;
	batch->slots[n] = quote->slot;
	batch->prices[n] = quote->price.raw;
	batch->times[n] = quote->time_ns;
	batch->wire.n_slot = n + 1;
	batch->wire.n_price = n + 1;
	batch->wire.n_times_ns = n + 1;
}

static void batch_begin(struct sim_batch *batch, const struct rk_quote *quote)
{
	riskd__price_batch__init(&batch->wire);
	batch->wire.version = VERSION;
	batch->wire.publisher = quote->publisher;
	batch->wire.seq = quote->seq;
	batch->wire.slot = batch->slots;
	batch->wire.price = batch->prices;
	batch->wire.times_ns = batch->times;
}

uint32_t sim_batches(const struct rk_cmd_prices *prices,
		     struct sim_batch *batches, uint32_t max)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < prices->n; i++) {
		const struct rk_quote *quote = &prices->quotes[i];
		uint32_t at = 0;

		while (at < n && batches[at].wire.publisher != quote->publisher)
			at++;
		if (at == max)
			continue;
		if (at == n)
			batch_begin(&batches[n++], quote);
		batch_add(&batches[at], quote);
	}
	return n;
}

struct sim_bytes sim_batch_pack(const struct sim_batch *batch)
{
	return pack(&batch->wire.base);
}

static struct sim_row *next_row(struct sim_request *request,
				Riskd__Command__KindCase kind)
{
	size_t n = request->wire.n_commands;
	struct sim_row *row = &request->rows[n];

	riskd__command__init(&row->wire);
	row->wire.kind_case = kind;
	request->pointers[n] = &row->wire;
	request->wire.n_commands = n + 1;
	return row;
}

static Riskd__OrderId *order_of(Riskd__OrderId *wire, struct rk_order_id order)
{
	riskd__order_id__init(wire);
	wire->seq = order.seq;
	wire->n = order.n;
	return order.seq == 0 && order.n == 0 ? NULL : wire;
}

static Riskd__TradeSide *side_of(struct sim_row *row, int which,
				 const struct rk_trade_side *side)
{
	Riskd__TradeSide *wire = &row->sides[which];

	riskd__trade_side__init(wire);
	wire->account = side->account;
	wire->fee = side->fee.raw;
	wire->order = order_of(&row->orders[which], side->order);
	wire->resting_order = side->resting;
	return wire;
}

static void add_account(struct sim_request *request,
			const struct rk_cmd_account *account)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_CREATE_ACCOUNT);

	riskd__create_account__init(&row->account);
	row->account.account = account->account;
	row->account.owner = account->owner;
	row->account.mode = (Riskd__Mode)account->mode;
	row->account.enforcement = (Riskd__Enforcement)account->enforcement;
	row->wire.create_account = &row->account;
}

static void add_amount(struct sim_request *request, const struct rk_cmd *cmd)
{
	const struct rk_cmd_amount *amount = &cmd->amount;
	struct sim_row *row;

	if (cmd->type == RK_CMD_DEPOSIT) {
		row = next_row(request, RISKD__COMMAND__KIND_DEPOSIT);
		riskd__deposit__init(&row->deposit);
		row->deposit.account = amount->account;
		row->deposit.asset = amount->asset;
		row->deposit.amount = amount->amount.raw;
		row->wire.deposit = &row->deposit;
	} else {
		row = next_row(request, RISKD__COMMAND__KIND_ADJUST);
		riskd__adjust__init(&row->adjust);
		row->adjust.account = amount->account;
		row->adjust.asset = amount->asset;
		row->adjust.amount = amount->amount.raw;
		row->wire.adjust = &row->adjust;
	}
}

static void add_withdrawal(struct sim_request *request,
			   const struct rk_cmd *cmd)
{
	const struct rk_cmd_withdraw *withdraw = &cmd->withdraw;
	struct sim_row *row;

	if (cmd->type == RK_CMD_RESERVE) {
		row = next_row(request,
			       RISKD__COMMAND__KIND_RESERVE_WITHDRAWAL);
		riskd__reserve_withdrawal__init(&row->reserve);
		row->reserve.withdrawal = withdraw->withdrawal;
		row->reserve.account = withdraw->account;
		row->reserve.asset = withdraw->asset;
		row->reserve.amount = withdraw->amount.raw;
		row->wire.reserve_withdrawal = &row->reserve;
	} else if (cmd->type == RK_CMD_CONFIRM) {
		row = next_row(request,
			       RISKD__COMMAND__KIND_CONFIRM_WITHDRAWAL);
		riskd__confirm_withdrawal__init(&row->confirm);
		row->confirm.withdrawal = withdraw->withdrawal;
		row->wire.confirm_withdrawal = &row->confirm;
	} else {
		row = next_row(request, RISKD__COMMAND__KIND_CANCEL_WITHDRAWAL);
		riskd__cancel_withdrawal__init(&row->cancel);
		row->cancel.withdrawal = withdraw->withdrawal;
		row->wire.cancel_withdrawal = &row->cancel;
	}
}

static void add_transfer(struct sim_request *request,
			 const struct rk_cmd_transfer *transfer)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_TRANSFER);

	riskd__transfer__init(&row->transfer);
	row->transfer.from = transfer->from;
	row->transfer.to = transfer->to;
	row->transfer.asset = transfer->asset;
	row->transfer.amount = transfer->amount.raw;
	row->wire.transfer = &row->transfer;
}

static void add_leverage(struct sim_request *request,
			 const struct rk_cmd_leverage *leverage)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_SET_LEVERAGE);

	riskd__set_leverage__init(&row->leverage);
	row->leverage.account = leverage->account;
	row->leverage.market = leverage->market;
	row->leverage.leverage = leverage->leverage.raw;
	row->wire.set_leverage = &row->leverage;
}

static void add_mode(struct sim_request *request,
		     const struct rk_cmd_mode *mode)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_SET_MODE);

	riskd__set_mode__init(&row->mode);
	row->mode.account = mode->account;
	row->mode.mode = (Riskd__Mode)mode->mode;
	row->wire.set_mode = &row->mode;
}

static void add_move(struct sim_request *request,
		     const struct rk_cmd_move *move)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_MOVE_POSITION);

	riskd__move_position__init(&row->move);
	row->move.from = move->from;
	row->move.to = move->to;
	row->move.market = move->market;
	row->move.amount = move->amount.raw;
	row->wire.move_position = &row->move;
}

static void add_place(struct sim_request *request,
		      const struct rk_cmd_place *place)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_PLACE_ORDER);

	riskd__place_order__init(&row->place);
	row->place.account = place->account;
	row->place.order = place->order;
	row->place.market = place->market;
	row->place.side = (Riskd__Side)place->side;
	row->place.size = place->size.raw;
	row->place.price = place->price.raw;
	row->place.reduce_only = place->reduce_only;
	row->wire.place_order = &row->place;
}

static void add_cancel_order(struct sim_request *request,
			     const struct rk_cmd_cancel_order *cancel)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_CANCEL_ORDER);

	riskd__cancel_order__init(&row->cancel_order);
	row->cancel_order.account = cancel->account;
	row->cancel_order.order = cancel->order;
	row->cancel_order.left = cancel->left.raw;
	row->wire.cancel_order = &row->cancel_order;
}

static void add_trade(struct sim_request *request,
		      const struct rk_cmd_trade *trade)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_TRADE);

	riskd__trade__init(&row->trade);
	row->trade.trade = trade->trade;
	row->trade.market = trade->market;
	row->trade.venue = trade->venue;
	row->trade.price = trade->price.raw;
	row->trade.size = trade->size.raw;
	row->trade.buyer = side_of(row, 0, &trade->buyer);
	row->trade.seller = side_of(row, 1, &trade->seller);
	row->wire.trade = &row->trade;
}

static void add_order_closed(struct sim_request *request,
			     const struct rk_cmd_order_closed *closed)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_ORDER_CLOSED);

	riskd__order_closed__init(&row->order_closed);
	row->order_closed.order = order_of(&row->orders[0], closed->order);
	row->order_closed.filled = closed->filled.raw;
	row->wire.order_closed = &row->order_closed;
}

static void add_claim(struct sim_request *request,
		      const struct rk_cmd_claim *claim)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_CLAIM);

	riskd__claim__init(&row->claim);
	row->claim.order = order_of(&row->orders[0], claim->order);
	row->claim.venue = claim->venue;
	row->claim.duration_ns = claim->duration_ns;
	row->wire.claim = &row->claim;
}

static void add_halt(struct sim_request *request,
		     const struct rk_cmd_halt *halt)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_HALT_MARKET);

	riskd__halt_market__init(&row->halt);
	row->halt.market = halt->market;
	row->halt.halted = halt->halted;
	row->wire.halt_market = &row->halt;
}

static void add_premium(struct sim_request *request,
			const struct rk_cmd_premium *premium)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_PREMIUM);

	riskd__premium__init(&row->premium);
	row->premium.market = premium->market;
	row->premium.index = premium->index.raw;
	row->premium.impact_bid = premium->impact_bid.raw;
	row->premium.impact_ask = premium->impact_ask.raw;
	row->wire.premium = &row->premium;
}

static void add_fund(struct sim_request *request,
		     const struct rk_cmd_fund *fund)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_FUND);

	riskd__fund__init(&row->fund);
	row->fund.market = fund->market;
	row->fund.rate = fund->rate.raw;
	row->fund.price = fund->price.raw;
	row->wire.fund = &row->fund;
}

static void add_write_off(struct sim_request *request,
			  const struct rk_cmd_amount *amount)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_WRITE_OFF);

	riskd__write_off__init(&row->write_off);
	row->write_off.account = amount->account;
	row->write_off.asset = amount->asset;
	row->write_off.amount = amount->amount.raw;
	row->wire.write_off = &row->write_off;
}

static void add_top_up(struct sim_request *request,
		       const struct rk_cmd_top_up *top_up)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_TOP_UP);

	riskd__top_up__init(&row->top_up);
	row->top_up.asset = top_up->asset;
	row->top_up.amount = top_up->amount.raw;
	row->wire.top_up = &row->top_up;
}

static void add_vault_top_up(struct sim_request *request,
			     const struct rk_cmd_top_up *top_up)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_VAULT_TOP_UP);

	riskd__top_up__init(&row->top_up);
	row->top_up.asset = top_up->asset;
	row->top_up.amount = top_up->amount.raw;
	row->wire.vault_top_up = &row->top_up;
}

static void add_recheck(struct sim_request *request,
			const struct rk_cmd_recheck *recheck)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_RECHECK);

	riskd__recheck__init(&row->recheck);
	row->recheck.account = recheck->account;
	row->recheck.found_seq = recheck->found_seq;
	row->wire.recheck = &row->recheck;
}

static void add_convert(struct sim_request *request,
			const struct rk_cmd_convert *convert)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_CONVERT);

	riskd__convert__init(&row->convert);
	row->convert.account = convert->account;
	row->convert.venue = convert->venue;
	row->convert.sell = convert->sell;
	row->convert.sold = convert->sold.raw;
	row->convert.buy = convert->buy;
	row->convert.bought = convert->bought.raw;
	row->convert.fee = convert->fee.raw;
	if (convert->order.seq != 0) {
		riskd__order_id__init(&row->orders[0]);
		row->orders[0].seq = convert->order.seq;
		row->orders[0].n = convert->order.n;
		row->convert.order = &row->orders[0];
	}
	row->wire.convert = &row->convert;
}

static void add_accrue(struct sim_request *request,
		       const struct rk_cmd_accrue *accrue)
{
	struct sim_row *row = next_row(request, RISKD__COMMAND__KIND_ACCRUE);

	riskd__accrue__init(&row->accrue);
	row->accrue.asset = accrue->asset;
	row->wire.accrue = &row->accrue;
}

static void add_market_state(struct sim_request *request,
			     const struct rk_cmd_market_state *want)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_SET_MARKET_STATE);

	riskd__set_market_state__init(&row->market_state);
	row->market_state.market = want->market;
	row->market_state.state = (Riskd__MarketState)want->state;
	row->wire.set_market_state = &row->market_state;
}

static void add_settle(struct sim_request *request,
		       const struct rk_cmd_settle *settle)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_SETTLE_MARKET);

	riskd__settle_market__init(&row->settle);
	row->settle.market = settle->market;
	row->settle.price = settle->price.raw;
	row->wire.settle_market = &row->settle;
}

static void add_expiry(struct sim_request *request,
		       const struct rk_cmd_expiry *expiry)
{
	struct sim_row *row =
		next_row(request, RISKD__COMMAND__KIND_SET_EXPIRY);

	riskd__set_expiry__init(&row->expiry);
	row->expiry.market = expiry->market;
	row->expiry.time_ns = expiry->time_ns;
	row->wire.set_expiry = &row->expiry;
}

/* Of one thing, by a name that can be one: others are malformed. */
static int add_ramp(struct sim_request *request, const struct rk_cmd_ramp *ramp)
{
	bool of_asset = ramp->asset[0] != '\0';
	const char *name = of_asset ? ramp->asset : ramp->market;
	struct sim_row *row;

	if (rk_listing_check_name(name) != RK_OK ||
	    (of_asset && ramp->market[0] != '\0'))
		return -EINVAL;
	row = next_row(request, RISKD__COMMAND__KIND_SET_RAMP);
	riskd__set_ramp__init(&row->ramp);
	memcpy(row->name, name, sizeof(row->name));
	if (of_asset)
		row->ramp.asset = row->name;
	else
		row->ramp.market = row->name;
	row->ramp.duration_ns = ramp->ramp.duration_ns;
	row->ramp.step_ns = ramp->ramp.step_ns;
	row->wire.set_ramp = &row->ramp;
	return 0;
}

static int add_name(struct sim_request *request, const struct rk_cmd *cmd)
{
	struct sim_row *row;

	if (rk_listing_check_name(cmd->name.name) != RK_OK)
		return -EINVAL;
	if (cmd->type == RK_CMD_VENUE) {
		row = next_row(request, RISKD__COMMAND__KIND_ADD_VENUE);
		riskd__add_venue__init(&row->venue);
		row->venue.name = row->name;
		row->wire.add_venue = &row->venue;
	} else {
		row = next_row(request, RISKD__COMMAND__KIND_ADD_PUBLISHER);
		riskd__add_publisher__init(&row->publisher);
		row->publisher.name = row->name;
		row->wire.add_publisher = &row->publisher;
	}
	memcpy(row->name, cmd->name.name, sizeof(row->name));
	return 0;
}

static int add_prices(struct sim_request *request,
		      const struct rk_cmd_prices *prices)
{
	struct sim_batch batches[PUBLISHERS_MAX];
	uint32_t n = sim_batches(prices, batches, PUBLISHERS_MAX);

	if (request->wire.n_commands + n > SIM_ROWS_MAX)
		return -ENOSPC;
	for (uint32_t i = 0; i < n; i++) {
		struct sim_row *row =
			next_row(request, RISKD__COMMAND__KIND_PRICES);

		row->batch = batches[i];
		row->batch.wire.slot = row->batch.slots;
		row->batch.wire.price = row->batch.prices;
		row->batch.wire.times_ns = row->batch.times;
		row->wire.prices = &row->batch.wire;
	}
	return n == 0 ? -EINVAL : 0;
}

/* What happens to a market or an asset as a whole. */
static int add_whole(struct sim_request *request, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_HALT:
		add_halt(request, &cmd->halt);
		return 0;
	case RK_CMD_PREMIUM:
		add_premium(request, &cmd->premium);
		return 0;
	case RK_CMD_FUND:
		add_fund(request, &cmd->fund);
		return 0;
	case RK_CMD_ACCRUE:
		add_accrue(request, &cmd->accrue);
		return 0;
	case RK_CMD_MARKET_STATE:
		add_market_state(request, &cmd->market_state);
		return 0;
	case RK_CMD_SETTLE:
		add_settle(request, &cmd->settle);
		return 0;
	case RK_CMD_EXPIRY:
		add_expiry(request, &cmd->expiry);
		return 0;
	case RK_CMD_RAMP:
		return add_ramp(request, &cmd->ramp);
	default:
		return -EINVAL;
	}
}

static int add_one(struct sim_request *request, const struct rk_cmd *cmd)
{
	if (request->wire.n_commands == SIM_ROWS_MAX)
		return -ENOSPC;
	switch ((int)cmd->type) {
	case RK_CMD_ACCOUNT:
		add_account(request, &cmd->account);
		return 0;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
		add_amount(request, cmd);
		return 0;
	case RK_CMD_CONVERT:
		add_convert(request, &cmd->convert);
		return 0;
	case RK_CMD_WRITE_OFF:
		add_write_off(request, &cmd->amount);
		return 0;
	case RK_CMD_TOP_UP:
		add_top_up(request, &cmd->top_up);
		return 0;
	case RK_CMD_VAULT_TOP_UP:
		add_vault_top_up(request, &cmd->top_up);
		return 0;
	case RK_CMD_RESERVE:
	case RK_CMD_CONFIRM:
	case RK_CMD_CANCEL:
		add_withdrawal(request, cmd);
		return 0;
	case RK_CMD_TRANSFER:
		add_transfer(request, &cmd->transfer);
		return 0;
	case RK_CMD_LEVERAGE:
		add_leverage(request, &cmd->leverage);
		return 0;
	case RK_CMD_MODE:
		add_mode(request, &cmd->mode);
		return 0;
	case RK_CMD_RECHECK:
		add_recheck(request, &cmd->recheck);
		return 0;
	case RK_CMD_MOVE:
		add_move(request, &cmd->move);
		return 0;
	case RK_CMD_PLACE_ORDER:
		add_place(request, &cmd->place);
		return 0;
	case RK_CMD_CANCEL_ORDER:
		add_cancel_order(request, &cmd->cancel_order);
		return 0;
	case RK_CMD_TRADE:
		add_trade(request, &cmd->trade);
		return 0;
	case RK_CMD_ORDER_CLOSED:
		add_order_closed(request, &cmd->order_closed);
		return 0;
	case RK_CMD_CLAIM:
		add_claim(request, &cmd->claim);
		return 0;
	case RK_CMD_VENUE:
	case RK_CMD_PUBLISHER:
		return add_name(request, cmd);
	case RK_CMD_PRICES:
		return add_prices(request, &cmd->prices);
	default:
		return add_whole(request, cmd);
	}
}

int sim_request_add(struct sim_request *request, const struct rk_cmd *cmd)
{
	size_t before = request->wire.n_commands;
	int r = 0;

	if (cmd->type != RK_CMD_ATOMIC)
		return add_one(request, cmd);
	if (before > 0 || cmd->atomic.n == 0 || cmd->atomic.n > RK_ATOMIC_MAX)
		return -EINVAL;
	for (uint32_t i = 0; r == 0 && i < cmd->atomic.n; i++)
		r = rk_cmd_may_be_atomic(cmd->atomic.cmds[i].type)
			    ? add_one(request, &cmd->atomic.cmds[i])
			    : -EINVAL;
	if (r < 0)
		request->wire.n_commands = 0;
	request->wire.atomic = r == 0;
	return r;
}
