/*
 * librisk: filling in commands, and pushing prices without acknowledgement.
 * Nothing is checked here: the daemon names what is wrong with a value.
 */
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/pipeline0/push.h>

#include "librisk_impl.h"

/* A row of this kind whose body is the generated struct of that kind. */
#define FILL(cmd, KIND, member, part, type)                                    \
	do {                                                                   \
		riskd__command__init(&(cmd)->command);                         \
		(cmd)->command.kind_case = RISKD__COMMAND__KIND_##KIND;        \
		riskd__##type##__init(&(cmd)->body.part);                      \
		(cmd)->command.member = &(cmd)->body.part;                     \
	} while (0)

void risk_cmd_create_account(struct risk_cmd *cmd, uint64_t account,
			     uint64_t owner, Riskd__Mode mode,
			     Riskd__Enforcement enforcement)
{
	Riskd__CreateAccount *body = &cmd->body.create_account;

	FILL(cmd, CREATE_ACCOUNT, create_account, create_account,
	     create_account);
	body->account = account;
	body->owner = owner;
	body->mode = mode;
	body->enforcement = enforcement;
}

void risk_cmd_deposit(struct risk_cmd *cmd, uint64_t account, uint32_t asset,
		      int64_t amount)
{
	FILL(cmd, DEPOSIT, deposit, deposit, deposit);
	cmd->body.deposit.account = account;
	cmd->body.deposit.asset = asset;
	cmd->body.deposit.amount = amount;
}

void risk_cmd_adjust(struct risk_cmd *cmd, uint64_t account, uint32_t asset,
		     int64_t amount)
{
	FILL(cmd, ADJUST, adjust, adjust, adjust);
	cmd->body.adjust.account = account;
	cmd->body.adjust.asset = asset;
	cmd->body.adjust.amount = amount;
}

void risk_cmd_reserve(struct risk_cmd *cmd, uint64_t withdrawal,
		      uint64_t account, uint32_t asset, int64_t amount)
{
	Riskd__ReserveWithdrawal *body = &cmd->body.reserve;

	FILL(cmd, RESERVE_WITHDRAWAL, reserve_withdrawal, reserve,
	     reserve_withdrawal);
	body->withdrawal = withdrawal;
	body->account = account;
	body->asset = asset;
	body->amount = amount;
}

void risk_cmd_confirm(struct risk_cmd *cmd, uint64_t withdrawal)
{
	FILL(cmd, CONFIRM_WITHDRAWAL, confirm_withdrawal, confirm,
	     confirm_withdrawal);
	cmd->body.confirm.withdrawal = withdrawal;
}

void risk_cmd_cancel(struct risk_cmd *cmd, uint64_t withdrawal)
{
	FILL(cmd, CANCEL_WITHDRAWAL, cancel_withdrawal, cancel,
	     cancel_withdrawal);
	cmd->body.cancel.withdrawal = withdrawal;
}

void risk_cmd_transfer(struct risk_cmd *cmd, uint64_t from, uint64_t to,
		       uint32_t asset, int64_t amount)
{
	FILL(cmd, TRANSFER, transfer, transfer, transfer);
	cmd->body.transfer.from = from;
	cmd->body.transfer.to = to;
	cmd->body.transfer.asset = asset;
	cmd->body.transfer.amount = amount;
}

void risk_cmd_leverage(struct risk_cmd *cmd, uint64_t account, uint32_t market,
		       int64_t leverage)
{
	FILL(cmd, SET_LEVERAGE, set_leverage, leverage, set_leverage);
	cmd->body.leverage.account = account;
	cmd->body.leverage.market = market;
	cmd->body.leverage.leverage = leverage;
}

void risk_cmd_mode(struct risk_cmd *cmd, uint64_t account, Riskd__Mode mode)
{
	FILL(cmd, SET_MODE, set_mode, mode, set_mode);
	cmd->body.mode.account = account;
	cmd->body.mode.mode = mode;
}

void risk_cmd_move(struct risk_cmd *cmd, uint64_t from, uint64_t to,
		   uint32_t market, int64_t amount)
{
	FILL(cmd, MOVE_POSITION, move_position, move, move_position);
	cmd->body.move.from = from;
	cmd->body.move.to = to;
	cmd->body.move.market = market;
	cmd->body.move.amount = amount;
}

void risk_cmd_place(struct risk_cmd *cmd, const struct risk_place *place)
{
	Riskd__PlaceOrder *body = &cmd->body.place;

	FILL(cmd, PLACE_ORDER, place_order, place, place_order);
	body->account = place->account;
	body->order = place->order;
	body->market = place->market;
	body->side = place->side;
	body->size = place->size;
	body->price = place->price;
	body->reduce_only = place->reduce_only;
}

void risk_cmd_cancel_order(struct risk_cmd *cmd, uint64_t account,
			   uint64_t order, int64_t left)
{
	FILL(cmd, CANCEL_ORDER, cancel_order, cancel_order, cancel_order);
	cmd->body.cancel_order.account = account;
	cmd->body.cancel_order.order = order;
	cmd->body.cancel_order.left = left;
}

static void fill_side(Riskd__TradeSide *side, Riskd__OrderId *order,
		      const struct risk_trade_side *from)
{
	riskd__trade_side__init(side);
	side->account = from->account;
	side->fee = from->fee;
	side->resting_order = from->resting;
	if (!from->order.seq)
		return;
	riskd__order_id__init(order);
	order->seq = from->order.seq;
	order->n = from->order.n;
	side->order = order;
}

void risk_cmd_trade(struct risk_cmd *cmd, const struct risk_trade *trade)
{
	Riskd__Trade *body = &cmd->body.trade;

	FILL(cmd, TRADE, trade, trade, trade);
	body->trade = trade->id;
	body->market = trade->market;
	body->venue = trade->venue;
	body->price = trade->price;
	body->size = trade->size;
	fill_side(&cmd->buyer, &cmd->order, &trade->buyer);
	fill_side(&cmd->seller, &cmd->sell_order, &trade->seller);
	body->buyer = &cmd->buyer;
	body->seller = &cmd->seller;
}

void risk_cmd_order_closed(struct risk_cmd *cmd, struct risk_order_id order,
			   int64_t filled)
{
	FILL(cmd, ORDER_CLOSED, order_closed, order_closed, order_closed);
	riskd__order_id__init(&cmd->order);
	cmd->order.seq = order.seq;
	cmd->order.n = order.n;
	cmd->body.order_closed.order = &cmd->order;
	cmd->body.order_closed.filled = filled;
}

void risk_cmd_claim(struct risk_cmd *cmd, struct risk_order_id order,
		    uint32_t venue, int64_t duration_ns)
{
	FILL(cmd, CLAIM, claim, claim, claim);
	riskd__order_id__init(&cmd->order);
	cmd->order.seq = order.seq;
	cmd->order.n = order.n;
	cmd->body.claim.order = &cmd->order;
	cmd->body.claim.venue = venue;
	cmd->body.claim.duration_ns = duration_ns;
}

void risk_cmd_halt(struct risk_cmd *cmd, uint32_t market, bool halted)
{
	FILL(cmd, HALT_MARKET, halt_market, halt, halt_market);
	cmd->body.halt.market = market;
	cmd->body.halt.halted = halted;
}

void risk_cmd_premium(struct risk_cmd *cmd, uint32_t market, int64_t index,
		      int64_t impact_bid, int64_t impact_ask)
{
	FILL(cmd, PREMIUM, premium, premium, premium);
	cmd->body.premium.market = market;
	cmd->body.premium.index = index;
	cmd->body.premium.impact_bid = impact_bid;
	cmd->body.premium.impact_ask = impact_ask;
}

void risk_cmd_fund(struct risk_cmd *cmd, uint32_t market, int64_t rate,
		   int64_t price)
{
	FILL(cmd, FUND, fund, fund, fund);
	cmd->body.fund.market = market;
	cmd->body.fund.rate = rate;
	cmd->body.fund.price = price;
}

void risk_cmd_accrue(struct risk_cmd *cmd, uint32_t asset)
{
	FILL(cmd, ACCRUE, accrue, accrue, accrue);
	cmd->body.accrue.asset = asset;
}

void risk_cmd_write_off(struct risk_cmd *cmd, uint64_t account, uint32_t asset,
			int64_t amount)
{
	FILL(cmd, WRITE_OFF, write_off, write_off, write_off);
	cmd->body.write_off.account = account;
	cmd->body.write_off.asset = asset;
	cmd->body.write_off.amount = amount;
}

void risk_cmd_top_up(struct risk_cmd *cmd, uint32_t asset, int64_t amount)
{
	FILL(cmd, TOP_UP, top_up, top_up, top_up);
	cmd->body.top_up.asset = asset;
	cmd->body.top_up.amount = amount;
}

void risk_cmd_vault_top_up(struct risk_cmd *cmd, uint32_t asset, int64_t amount)
{
	FILL(cmd, VAULT_TOP_UP, vault_top_up, top_up, top_up);
	cmd->body.top_up.asset = asset;
	cmd->body.top_up.amount = amount;
}

void risk_cmd_recheck(struct risk_cmd *cmd, uint64_t account,
		      uint64_t found_seq)
{
	FILL(cmd, RECHECK, recheck, recheck, recheck);
	cmd->body.recheck.account = account;
	cmd->body.recheck.found_seq = found_seq;
}

void risk_cmd_convert(struct risk_cmd *cmd, const struct risk_convert *convert)
{
	Riskd__Convert *body = &cmd->body.convert;

	FILL(cmd, CONVERT, convert, convert, convert);
	body->account = convert->account;
	body->venue = convert->venue;
	body->sell = convert->sell;
	body->sold = convert->sold;
	body->buy = convert->buy;
	body->bought = convert->bought;
	body->fee = convert->fee;
	if (!convert->order.seq)
		return;
	riskd__order_id__init(&cmd->order);
	cmd->order.seq = convert->order.seq;
	cmd->order.n = convert->order.n;
	body->order = &cmd->order;
}

void risk_cmd_market_state(struct risk_cmd *cmd, uint32_t market,
			   Riskd__MarketState state)
{
	FILL(cmd, SET_MARKET_STATE, set_market_state, market_state,
	     set_market_state);
	cmd->body.market_state.market = market;
	cmd->body.market_state.state = state;
}

void risk_cmd_settle(struct risk_cmd *cmd, uint32_t market, int64_t price)
{
	FILL(cmd, SETTLE_MARKET, settle_market, settle, settle_market);
	cmd->body.settle.market = market;
	cmd->body.settle.price = price;
}

void risk_cmd_expiry(struct risk_cmd *cmd, uint32_t market, int64_t time_ns)
{
	FILL(cmd, SET_EXPIRY, set_expiry, expiry, set_expiry);
	cmd->body.expiry.market = market;
	cmd->body.expiry.time_ns = time_ns;
}

/* The generated structs want char *, but packing only reads it. */
static char *unconst(const char *text)
{
	union {
		const char *in;
		char *out;
	} cast = {.in = text};

	return cast.out;
}

void risk_cmd_ramp(struct risk_cmd *cmd, const char *asset, const char *market,
		   int64_t duration_ns, int64_t step_ns)
{
	FILL(cmd, SET_RAMP, set_ramp, ramp, set_ramp);
	if (asset)
		cmd->body.ramp.asset = unconst(asset);
	if (market)
		cmd->body.ramp.market = unconst(market);
	cmd->body.ramp.duration_ns = duration_ns;
	cmd->body.ramp.step_ns = step_ns;
}

void risk_cmd_add_venue(struct risk_cmd *cmd, const char *name)
{
	FILL(cmd, ADD_VENUE, add_venue, venue, add_venue);
	cmd->body.venue.name = unconst(name);
}

void risk_cmd_add_publisher(struct risk_cmd *cmd, const char *name)
{
	FILL(cmd, ADD_PUBLISHER, add_publisher, publisher, add_publisher);
	cmd->body.publisher.name = unconst(name);
}

/* The columns are borrowed as they are: packing only reads them. */
static void fill_batch(Riskd__PriceBatch *batch,
		       const struct risk_prices *prices)
{
	union {
		const uint32_t *in;
		uint32_t *out;
	} slots = {.in = prices->slots};
	union {
		const int64_t *in;
		int64_t *out;
	} column = {.in = prices->prices}, times = {.in = prices->times_ns};
	int64_t now_ns = librisk_now_ns();

	riskd__price_batch__init(batch);
	batch->version = RISK_PROTOCOL_VERSION;
	batch->publisher = prices->publisher;
	batch->seq = prices->seq ? prices->seq : (uint64_t)now_ns;
	batch->time_ns = prices->time_ns ? prices->time_ns : now_ns;
	batch->n_slot = prices->n;
	batch->slot = slots.out;
	batch->n_price = prices->n;
	batch->price = column.out;
	batch->n_times_ns = prices->times_ns ? prices->n : 0;
	batch->times_ns = times.out;
}

void risk_cmd_prices(struct risk_cmd *cmd, const struct risk_prices *prices)
{
	FILL(cmd, PRICES, prices, prices, price_batch);
	fill_batch(&cmd->body.prices, prices);
}

int risk_push_prices(struct risk *risk, const struct risk_prices *prices)
{
	Riskd__PriceBatch batch;
	struct librisk_dial dial = {
		.open = nng_push0_open,
		.url = risk->prices_url,
		.timeout_ms = risk->options.timeout_ms,
		.send_buffer = risk->options.send_buffer,
	};
	nng_msg *msg;

	if (!prices->n || !prices->slots || !prices->prices)
		return librisk_fail(&risk->error, -EINVAL,
				    "a price message needs at least one quote");
	fill_batch(&batch, prices);
	/* Two messages may fall into one tick of the clock. */
	if (!prices->seq && batch.seq <= risk->price_seq)
		batch.seq = risk->price_seq + 1;
	risk->price_seq = batch.seq;
	msg = librisk_pack(&batch.base);
	if (!msg)
		return librisk_fail(&risk->error, -ENOMEM,
				    "no memory for %zu quotes", prices->n);
	return librisk_link_push(&risk->prices, &dial, msg, &risk->error);
}
