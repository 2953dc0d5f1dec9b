/*
 * Requests, price batches and queries. See decode.h.
 *
 * protobuf-c allocates from the scratch memory of the message, so the work
 * that a message can cause is bounded by its size.
 */
#include "codec/decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codec/impl.h"
#include "engine/listing.h"
#include "engine/rc.h"

static void *scratch_alloc(void *context, size_t size)
{
	return rk_scratch_take(context, 1, size);
}

static void scratch_free(void *context, void *memory)
{
	(void)context;
	(void)memory; /* all of it goes at the next reset */
}

static ProtobufCAllocator allocator_of(struct rk_scratch *scratch)
{
	return (ProtobufCAllocator){scratch_alloc, scratch_free, scratch};
}

__attribute__((format(printf, 3, 4))) static int
refuse(struct rk_decode_error *error, int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return code;
}

static int check_version(uint32_t version, struct rk_decode_error *error)
{
	if (version == RK_PROTOCOL_VERSION)
		return RK_OK;
	return refuse(error, RK_REJ_BAD_VERSION,
		      "version is %u; this daemon speaks version %u", version,
		      RK_PROTOCOL_VERSION);
}

/* The columns of a batch, as quotes. */
static int take_quotes(struct rk_scratch *scratch,
		       const Riskd__PriceBatch *batch,
		       const struct rk_decode_limits *limits,
		       struct rk_cmd_prices *ret_prices,
		       struct rk_decode_error *error)
{
	struct rk_quote *quotes;

	if (batch->n_price != batch->n_slot ||
	    (batch->n_times_ns != 0 && batch->n_times_ns != batch->n_slot))
		return refuse(error, RK_REJ_BAD_COLUMNS,
			      "columns have %zu slots, %zu prices and %zu "
			      "times; they must be equally long (times may "
			      "be empty)",
			      batch->n_slot, batch->n_price, batch->n_times_ns);
	if (batch->n_slot > limits->quotes_max)
		return refuse(error, RK_REJ_TOO_MANY,
			      "batch has %zu quotes; at most %u are taken",
			      batch->n_slot, limits->quotes_max);

	quotes = rk_scratch_take(scratch, batch->n_slot, sizeof(*quotes));
	if (!quotes)
		return refuse(error, RK_REJ_TOO_MANY,
			      "batch of %zu quotes is too large",
			      batch->n_slot);
	for (size_t i = 0; i < batch->n_slot; i++) {
		quotes[i].slot = batch->slot[i];
		quotes[i].publisher = batch->publisher;
		quotes[i].price.raw = batch->price[i];
		quotes[i].time_ns =
			batch->n_times_ns ? batch->times_ns[i] : batch->time_ns;
		quotes[i].seq = batch->seq;
	}
	ret_prices->quotes = quotes;
	ret_prices->n = (uint32_t)batch->n_slot;
	return RK_OK;
}

int rk_decode_prices(const struct rk_decode_input *input,
		     struct rk_cmd_prices *ret_prices,
		     struct rk_decode_error *error)
{
	ProtobufCAllocator allocator = allocator_of(input->scratch);
	Riskd__PriceBatch *batch = riskd__price_batch__unpack(
		&allocator, input->size, input->data);
	int r;

	if (!batch)
		return refuse(error, RK_REJ_BAD_MESSAGE,
			      "%zu bytes are no PriceBatch", input->size);
	r = check_version(batch->version, error);
	if (r != RK_OK)
		return r;
	return take_quotes(input->scratch, batch, &input->limits, ret_prices,
			   error);
}

/* What is asked, without protobuf-c around it; texts stay in scratch. */
static bool take_query(const Riskd__Query *wire, struct rk_scratch *scratch,
		       struct rk_query *query)
{
	memset(query, 0, sizeof(*query));
	query->kind = (enum rk_query_kind)wire->kind_case;
	switch ((int)wire->kind_case) {
	case RISKD__QUERY__KIND_STATUS:
	case RISKD__QUERY__KIND_MARKETS:
	case RISKD__QUERY__KIND_DIGEST:
	case RISKD__QUERY__KIND_SNAPSHOT:
		return true;
	case RISKD__QUERY__KIND_ACCOUNT:
		query->account = wire->account->account;
		rk_decode_largest(wire->account->n_largest_orders,
				  wire->account->largest_orders,
				  &query->largest);
		return true;
	case RISKD__QUERY__KIND_ACCOUNTS:
		query->ratio_above = wire->accounts->ratio_above;
		query->limit = wire->accounts->limit;
		return true;
	case RISKD__QUERY__KIND_EVENTS:
		query->from = wire->events->from;
		query->topic = wire->events->topic;
		query->wait_ms = wire->events->wait_ms;
		query->limit = wire->events->limit;
		return true;
	case RISKD__QUERY__KIND_CLIENT:
		query->client = wire->client->client;
		return true;
	case RISKD__QUERY__KIND_ORDERS:
		query->market_plus_one = wire->orders->market_plus_one;
		query->limit = wire->orders->limit;
		return true;
	case RISKD__QUERY__KIND_WHAT_IF:
		rk_decode_what_if(wire->what_if, scratch, &query->what_if);
		rk_decode_largest(wire->what_if->n_largest_orders,
				  wire->what_if->largest_orders,
				  &query->largest);
		return true;
	default:
		return false;
	}
}

int rk_decode_query(const struct rk_decode_input *input,
		    struct rk_query *ret_query, struct rk_decode_error *error)
{
	ProtobufCAllocator allocator = allocator_of(input->scratch);
	Riskd__Query *wire =
		riskd__query__unpack(&allocator, input->size, input->data);
	int r;

	if (!wire)
		return refuse(error, RK_REJ_BAD_MESSAGE,
			      "%zu bytes are no Query", input->size);
	r = check_version(wire->version, error);
	if (r != RK_OK)
		return r;
	if (!take_query(wire, input->scratch, ret_query))
		return refuse(error, RK_REJ_BAD_TYPE,
			      "query is empty or of a kind this daemon does "
			      "not know");
	return RK_OK;
}

/* A name of the right length; what is in it is checked by the engine. */
static int take_name(char name[RK_NAME_SIZE], const char *text,
		     const char *what, struct rk_decode_error *error)
{
	size_t length = strlen(text);

	memset(name, 0, RK_NAME_SIZE);
	if (length < RK_NAME_SIZE)
		memcpy(name, text, length + 1);
	if (length < RK_NAME_SIZE && rk_listing_check_name(name) == RK_OK)
		return RK_OK;
	return refuse(error, RK_REJ_BAD_NAME,
		      "%s \"%.40s\" must be 1 to 23 of A-Z a-z 0-9 . _ - /",
		      what, text);
}

static struct rk_order_id order_of(const Riskd__OrderId *id)
{
	return id ? (struct rk_order_id){id->seq, id->n}
		  : (struct rk_order_id){0, 0};
}

static void take_side(struct rk_trade_side *side, const Riskd__TradeSide *wire)
{
	if (!wire)
		return;
	side->account = wire->account;
	side->fee.raw = wire->fee;
	side->order = order_of(wire->order);
	side->resting = wire->resting_order;
}

static void take_trade(struct rk_cmd *cmd, const Riskd__Trade *wire)
{
	cmd->type = RK_CMD_TRADE;
	cmd->trade.trade = wire->trade;
	cmd->trade.market = wire->market;
	cmd->trade.venue = wire->venue;
	cmd->trade.price.raw = wire->price;
	cmd->trade.size.raw = wire->size;
	take_side(&cmd->trade.buyer, wire->buyer);
	take_side(&cmd->trade.seller, wire->seller);
}

static void take_place(struct rk_cmd *cmd, const Riskd__PlaceOrder *wire)
{
	cmd->type = RK_CMD_PLACE_ORDER;
	cmd->place.account = wire->account;
	cmd->place.order = wire->order;
	cmd->place.market = wire->market;
	cmd->place.side = (enum rk_side)wire->side;
	cmd->place.reduce_only = wire->reduce_only;
	cmd->place.size.raw = wire->size;
	cmd->place.price.raw = wire->price;
}

static void take_convert(struct rk_cmd *cmd, const Riskd__Convert *wire)
{
	cmd->type = RK_CMD_CONVERT;
	cmd->convert.account = wire->account;
	cmd->convert.venue = wire->venue;
	cmd->convert.sell = wire->sell;
	cmd->convert.sold.raw = wire->sold;
	cmd->convert.buy = wire->buy;
	cmd->convert.bought.raw = wire->bought;
	cmd->convert.fee.raw = wire->fee;
	cmd->convert.order = order_of(wire->order);
}

/* The orders of accounts and their fills. False: none of these. */
static bool take_order_row(struct rk_cmd *cmd, const Riskd__Command *row)
{
	switch ((int)row->kind_case) {
	case RISKD__COMMAND__KIND_TRADE:
		take_trade(cmd, row->trade);
		return true;
	case RISKD__COMMAND__KIND_ORDER_CLOSED:
		cmd->type = RK_CMD_ORDER_CLOSED;
		cmd->order_closed.order = order_of(row->order_closed->order);
		cmd->order_closed.filled.raw = row->order_closed->filled;
		return true;
	case RISKD__COMMAND__KIND_CLAIM:
		cmd->type = RK_CMD_CLAIM;
		cmd->claim.order = order_of(row->claim->order);
		cmd->claim.venue = row->claim->venue;
		cmd->claim.duration_ns = row->claim->duration_ns;
		return true;
	case RISKD__COMMAND__KIND_CONVERT:
		take_convert(cmd, row->convert);
		return true;
	case RISKD__COMMAND__KIND_PLACE_ORDER:
		take_place(cmd, row->place_order);
		return true;
	case RISKD__COMMAND__KIND_CANCEL_ORDER:
		cmd->type = RK_CMD_CANCEL_ORDER;
		cmd->cancel_order.account = row->cancel_order->account;
		cmd->cancel_order.order = row->cancel_order->order;
		cmd->cancel_order.left.raw = row->cancel_order->left;
		return true;
	default:
		return false;
	}
}

static void take_amount(struct rk_cmd *cmd, enum rk_cmd_type type,
			uint64_t account, uint32_t asset, int64_t amount)
{
	cmd->type = type;
	cmd->amount.account = account;
	cmd->amount.asset = asset;
	cmd->amount.amount.raw = amount;
}

static void take_withdrawal(struct rk_cmd *cmd, enum rk_cmd_type type,
			    uint64_t withdrawal)
{
	cmd->type = type;
	cmd->withdraw.withdrawal = withdrawal;
}

static void take_account(struct rk_cmd *cmd, const Riskd__CreateAccount *wire)
{
	cmd->type = RK_CMD_ACCOUNT;
	cmd->account.account = wire->account;
	cmd->account.owner = wire->owner;
	cmd->account.mode = (enum rk_mode)wire->mode;
	cmd->account.enforcement = (enum rk_enforcement)wire->enforcement;
}

/* Names that are not there are for the engine to refuse. */
static int take_ramp(struct rk_cmd *cmd, const Riskd__SetRamp *wire,
		     struct rk_decode_error *error)
{
	int r = RK_OK;

	cmd->type = RK_CMD_RAMP;
	memset(&cmd->ramp, 0, sizeof(cmd->ramp));
	cmd->ramp.ramp.duration_ns = wire->duration_ns;
	cmd->ramp.ramp.step_ns = wire->step_ns;
	if (wire->asset[0] != '\0')
		r = take_name(cmd->ramp.asset, wire->asset, "asset", error);
	if (r == RK_OK && wire->market[0] != '\0')
		r = take_name(cmd->ramp.market, wire->market, "market", error);
	return r;
}

/* What a row needs besides itself. */
struct row_context {
	struct rk_scratch *scratch;
	const struct rk_decode_limits *limits;
	struct rk_decode_error *error;
};

/* The rows that only move money and positions: they cannot be malformed. */
static bool take_money_row(struct rk_cmd *cmd, const Riskd__Command *row)
{
	switch ((int)row->kind_case) {
	case RISKD__COMMAND__KIND_CREATE_ACCOUNT:
		take_account(cmd, row->create_account);
		return true;
	case RISKD__COMMAND__KIND_DEPOSIT:
		take_amount(cmd, RK_CMD_DEPOSIT, row->deposit->account,
			    row->deposit->asset, row->deposit->amount);
		return true;
	case RISKD__COMMAND__KIND_ADJUST:
		take_amount(cmd, RK_CMD_ADJUST, row->adjust->account,
			    row->adjust->asset, row->adjust->amount);
		return true;
	case RISKD__COMMAND__KIND_WRITE_OFF:
		take_amount(cmd, RK_CMD_WRITE_OFF, row->write_off->account,
			    row->write_off->asset, row->write_off->amount);
		return true;
	case RISKD__COMMAND__KIND_RESERVE_WITHDRAWAL:
		take_withdrawal(cmd, RK_CMD_RESERVE,
				row->reserve_withdrawal->withdrawal);
		cmd->withdraw.account = row->reserve_withdrawal->account;
		cmd->withdraw.asset = row->reserve_withdrawal->asset;
		cmd->withdraw.amount.raw = row->reserve_withdrawal->amount;
		return true;
	case RISKD__COMMAND__KIND_CONFIRM_WITHDRAWAL:
		take_withdrawal(cmd, RK_CMD_CONFIRM,
				row->confirm_withdrawal->withdrawal);
		return true;
	case RISKD__COMMAND__KIND_CANCEL_WITHDRAWAL:
		take_withdrawal(cmd, RK_CMD_CANCEL,
				row->cancel_withdrawal->withdrawal);
		return true;
	case RISKD__COMMAND__KIND_TRANSFER:
		cmd->type = RK_CMD_TRANSFER;
		cmd->transfer.from = row->transfer->from;
		cmd->transfer.to = row->transfer->to;
		cmd->transfer.asset = row->transfer->asset;
		cmd->transfer.amount.raw = row->transfer->amount;
		return true;
	case RISKD__COMMAND__KIND_SET_LEVERAGE:
		cmd->type = RK_CMD_LEVERAGE;
		cmd->leverage.account = row->set_leverage->account;
		cmd->leverage.market = row->set_leverage->market;
		cmd->leverage.leverage.raw = row->set_leverage->leverage;
		return true;
	case RISKD__COMMAND__KIND_SET_MODE:
		cmd->type = RK_CMD_MODE;
		cmd->mode.account = row->set_mode->account;
		cmd->mode.mode = (enum rk_mode)row->set_mode->mode;
		return true;
	case RISKD__COMMAND__KIND_MOVE_POSITION:
		cmd->type = RK_CMD_MOVE;
		cmd->move.from = row->move_position->from;
		cmd->move.to = row->move_position->to;
		cmd->move.market = row->move_position->market;
		cmd->move.amount.raw = row->move_position->amount;
		return true;
	default:
		return false;
	}
}

/* The rows of who runs the house: these cannot be malformed either. */
static bool take_house_row(struct rk_cmd *cmd, const Riskd__Command *row)
{
	switch ((int)row->kind_case) {
	case RISKD__COMMAND__KIND_TOP_UP:
		cmd->type = RK_CMD_TOP_UP;
		cmd->top_up.asset = row->top_up->asset;
		cmd->top_up.amount.raw = row->top_up->amount;
		return true;
	case RISKD__COMMAND__KIND_VAULT_TOP_UP:
		cmd->type = RK_CMD_VAULT_TOP_UP;
		cmd->top_up.asset = row->vault_top_up->asset;
		cmd->top_up.amount.raw = row->vault_top_up->amount;
		return true;
	case RISKD__COMMAND__KIND_RECHECK:
		cmd->type = RK_CMD_RECHECK;
		cmd->recheck.account = row->recheck->account;
		cmd->recheck.found_seq = row->recheck->found_seq;
		return true;
	default:
		return false;
	}
}

static int take_row(const struct row_context *context, struct rk_cmd *cmd,
		    const Riskd__Command *row)
{
	if (take_money_row(cmd, row) || take_order_row(cmd, row) ||
	    take_house_row(cmd, row))
		return RK_OK;

	switch ((int)row->kind_case) {
	case RISKD__COMMAND__KIND_HALT_MARKET:
		cmd->type = RK_CMD_HALT;
		cmd->halt.market = row->halt_market->market;
		cmd->halt.halted = row->halt_market->halted;
		return RK_OK;
	case RISKD__COMMAND__KIND_SET_MARKET_STATE:
		cmd->type = RK_CMD_MARKET_STATE;
		cmd->market_state.market = row->set_market_state->market;
		cmd->market_state.state =
			(enum rk_market_state)row->set_market_state->state;
		return RK_OK;
	case RISKD__COMMAND__KIND_SETTLE_MARKET:
		cmd->type = RK_CMD_SETTLE;
		cmd->settle.market = row->settle_market->market;
		cmd->settle.price.raw = row->settle_market->price;
		return RK_OK;
	case RISKD__COMMAND__KIND_SET_EXPIRY:
		cmd->type = RK_CMD_EXPIRY;
		cmd->expiry.market = row->set_expiry->market;
		cmd->expiry.time_ns = row->set_expiry->time_ns;
		return RK_OK;
	case RISKD__COMMAND__KIND_SET_RAMP:
		return take_ramp(cmd, row->set_ramp, context->error);
	case RISKD__COMMAND__KIND_PREMIUM:
		cmd->type = RK_CMD_PREMIUM;
		cmd->premium.market = row->premium->market;
		cmd->premium.index.raw = row->premium->index;
		cmd->premium.impact_bid.raw = row->premium->impact_bid;
		cmd->premium.impact_ask.raw = row->premium->impact_ask;
		return RK_OK;
	case RISKD__COMMAND__KIND_FUND:
		cmd->type = RK_CMD_FUND;
		cmd->fund.market = row->fund->market;
		cmd->fund.rate.raw = row->fund->rate;
		cmd->fund.price.raw = row->fund->price;
		return RK_OK;
	case RISKD__COMMAND__KIND_ACCRUE:
		cmd->type = RK_CMD_ACCRUE;
		cmd->accrue.asset = row->accrue->asset;
		return RK_OK;
	case RISKD__COMMAND__KIND_PRICES:
		cmd->type = RK_CMD_PRICES;
		return take_quotes(context->scratch, row->prices,
				   context->limits, &cmd->prices,
				   context->error);
	case RISKD__COMMAND__KIND_ADD_VENUE:
		cmd->type = RK_CMD_VENUE;
		return take_name(cmd->name.name, row->add_venue->name, "venue",
				 context->error);
	case RISKD__COMMAND__KIND_ADD_PUBLISHER:
		cmd->type = RK_CMD_PUBLISHER;
		return take_name(cmd->name.name, row->add_publisher->name,
				 "publisher", context->error);
	default:
		return refuse(context->error, RK_REJ_BAD_TYPE,
			      "a command row is empty or of a kind this "
			      "daemon does not know");
	}
}

/* The hash of a row as it came: tells a repeat from a reused number. */
static int hash_row(struct rk_scratch *scratch, uint64_t session,
		    const Riskd__Command *row, struct rk_hash *ret_hash)
{
	size_t before = scratch->used;
	size_t size = riskd__command__get_packed_size(row);
	unsigned char *bytes = rk_scratch_take(scratch, size, 1);

	if (!bytes)
		return RK_REJ_TOO_MANY;
	(void)riskd__command__pack(row, bytes);
	*ret_hash = rk_hash_bytes((struct rk_hash){session, 0}, bytes, size);
	scratch->used = before;
	return RK_OK;
}

static int take_rows(const struct row_context *context,
		     const Riskd__Request *wire, const char *client,
		     struct rk_request *request)
{
	for (uint32_t i = 0; i < request->n; i++) {
		struct rk_cmd *cmd = &request->cmds[i];
		int r;

		memset(cmd, 0, sizeof(*cmd));
		memcpy(cmd->origin.client, client, RK_NAME_SIZE);
		cmd->origin.client_seq = wire->client_seq + i;
		r = hash_row(context->scratch, wire->session, wire->commands[i],
			     &cmd->origin.payload);
		if (r != RK_OK)
			return refuse(context->error, r,
				      "message is too large");
		r = take_row(context, cmd, wire->commands[i]);
		if (r != RK_OK)
			return r;
		if (wire->atomic && !rk_cmd_may_be_atomic(cmd->type))
			return refuse(context->error, RK_REJ_NOT_ATOMIC,
				      "command %u (%s) cannot be part of an "
				      "atomic message",
				      i, rk_cmd_name(cmd->type));
	}
	return RK_OK;
}

static int check_rows(const Riskd__Request *wire,
		      const struct rk_decode_limits *limits,
		      struct rk_decode_error *error)
{
	size_t max = limits->commands_max;

	if (wire->atomic && max > RK_ATOMIC_MAX)
		max = RK_ATOMIC_MAX;
	if (wire->n_commands == 0)
		return refuse(error, RK_REJ_BAD_MESSAGE,
			      "request has no commands; send at least one");
	if (wire->n_commands > max)
		return refuse(error, RK_REJ_TOO_MANY,
			      "request has %zu commands; at most %zu are "
			      "taken%s",
			      wire->n_commands, max,
			      wire->atomic ? " in an atomic message" : "");
	if (wire->client_seq > UINT64_MAX - wire->n_commands)
		return refuse(error, RK_REJ_OUT_OF_ORDER,
			      "client_seq %llu is beyond all numbers",
			      (unsigned long long)wire->client_seq);
	return RK_OK;
}

/* It has no rows and no number of its own. */
static int take_reload(const Riskd__Request *wire, const char *client,
		       struct rk_request *request,
		       struct rk_decode_error *error)
{
	if (wire->n_commands != 0)
		return refuse(error, RK_REJ_BAD_MESSAGE,
			      "request has %zu commands beside reload; send "
			      "them apart",
			      wire->n_commands);
	request->reload = true;
	request->dry_run = wire->reload->dry_run;
	memcpy(request->client, client, RK_NAME_SIZE);
	return RK_OK;
}

int rk_decode_request(const struct rk_decode_input *input,
		      struct rk_request *ret_request,
		      struct rk_decode_error *error)
{
	struct row_context context = {input->scratch, &input->limits, error};
	ProtobufCAllocator allocator = allocator_of(input->scratch);
	Riskd__Request *wire =
		riskd__request__unpack(&allocator, input->size, input->data);
	char client[RK_NAME_SIZE];
	int r;

	memset(ret_request, 0, sizeof(*ret_request));
	if (!wire)
		return refuse(error, RK_REJ_BAD_MESSAGE,
			      "%zu bytes are no Request", input->size);
	ret_request->client_seq = wire->client_seq;
	r = check_version(wire->version, error);
	if (r == RK_OK)
		r = take_name(client, wire->client, "client", error);
	if (r == RK_OK && wire->reload)
		return take_reload(wire, client, ret_request, error);
	if (r == RK_OK)
		r = check_rows(wire, &input->limits, error);
	if (r != RK_OK)
		return r;

	memcpy(ret_request->client, client, sizeof(client));
	ret_request->atomic = wire->atomic;
	ret_request->time_ns = wire->time_ns;
	ret_request->n = (uint32_t)wire->n_commands;
	ret_request->cmds = rk_scratch_take(input->scratch, wire->n_commands,
					    sizeof(*ret_request->cmds));
	if (!ret_request->cmds)
		return refuse(error, RK_REJ_TOO_MANY, "message is too large");
	return take_rows(&context, wire, client, ret_request);
}
