/*
 * One function per verb. See command.h.
 */
#include "command.h"

#include <errno.h>
#include <string.h>

#define EXTERNAL "external"

static bool is_one_of(const char *verb, const char *a, const char *b)
{
	return strcmp(verb, a) == 0 || strcmp(verb, b) == 0;
}

static enum rk_mode mode_of(struct scn_line *line, const char *mode)
{
	if (strcmp(mode, "ISOLATED") == 0)
		return RK_MODE_ISOLATED;
	if (strcmp(mode, "CROSS") != 0)
		scn_line_fail(line, "mode=%s must be CROSS or ISOLATED", mode);
	return RK_MODE_CROSS;
}

static void build_account(struct scn_line *line, struct rk_cmd *cmd)
{
	const char *enforcement;

	cmd->type = RK_CMD_ACCOUNT;
	cmd->account.account = scn_line_count(line, "id");
	cmd->account.owner =
		scn_line_count_or(line, "owner", cmd->account.account);
	cmd->account.mode =
		mode_of(line, scn_line_text_or(line, "mode", "CROSS"));
	enforcement = scn_line_text_or(line, "enforcement", "FULL");
	if (strcmp(enforcement, "FULL") == 0)
		cmd->account.enforcement = RK_ENFORCE_FULL;
	else if (strcmp(enforcement, "REPORT") == 0)
		cmd->account.enforcement = RK_ENFORCE_REPORT;
	else
		scn_line_fail(line, "enforcement=%s must be FULL or REPORT",
			      enforcement);
}

static rk_amt amount_of(const struct scn_world *world, struct scn_line *line,
			uint32_t *ret_asset)
{
	*ret_asset = scn_world_asset(world, line, scn_line_text(line, "asset"));
	return (rk_amt){scn_line_decimal(
		line, "amount",
		scn_world_asset_of(world, *ret_asset)->decimals)};
}

static void build_amount(const struct scn_world *world, struct scn_line *line,
			 struct rk_cmd *cmd)
{
	cmd->type = strcmp(line->verb, "deposit") == 0 ? RK_CMD_DEPOSIT
						       : RK_CMD_ADJUST;
	cmd->amount.account = scn_line_count(line, "account");
	cmd->amount.amount = amount_of(world, line, &cmd->amount.asset);
}

static void build_reserve(const struct scn_world *world, struct scn_line *line,
			  struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_RESERVE;
	cmd->withdraw.withdrawal = scn_line_count(line, "id");
	cmd->withdraw.account = scn_line_count(line, "account");
	cmd->withdraw.amount = amount_of(world, line, &cmd->withdraw.asset);
}

static void build_withdrawal(struct scn_line *line, struct rk_cmd *cmd)
{
	cmd->type = strcmp(line->verb, "confirm") == 0 ? RK_CMD_CONFIRM
						       : RK_CMD_CANCEL;
	cmd->withdraw.withdrawal = scn_line_count(line, "id");
}

static void build_transfer(const struct scn_world *world, struct scn_line *line,
			   struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_TRANSFER;
	cmd->transfer.from = scn_line_count(line, "from");
	cmd->transfer.to = scn_line_count(line, "to");
	cmd->transfer.amount = amount_of(world, line, &cmd->transfer.asset);
}

static void build_leverage(const struct scn_world *world, struct scn_line *line,
			   struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_LEVERAGE;
	cmd->leverage.account = scn_line_count(line, "account");
	cmd->leverage.market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	cmd->leverage.leverage.raw =
		scn_line_decimal_or(line, "leverage", 9, 0);
}

static void build_mode(struct scn_line *line, struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_MODE;
	cmd->mode.account = scn_line_count(line, "account");
	cmd->mode.mode = mode_of(line, scn_line_text(line, "mode"));
}

/* What goes along is of the settle asset: move from= to= market= amount= */
static void build_move(const struct scn_world *world, struct scn_line *line,
		       struct rk_cmd *cmd)
{
	struct rk_cmd_move *move = &cmd->move;

	cmd->type = RK_CMD_MOVE;
	move->from = scn_line_count(line, "from");
	move->to = scn_line_count(line, "to");
	move->market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	move->amount.raw = scn_line_decimal_or(
		line, "amount",
		scn_world_settle_of(world, move->market)->decimals, 0);
}

static const struct scn_order *order_of(const struct scn_world *world,
					struct scn_line *line, const char *name)
{
	static const struct scn_order none;
	const struct scn_order *order = scn_world_find_order(world, name);

	if (!order)
		scn_line_fail(line,
			      "no order is named %s yet: a line \"< "
			      "ORDER_OPENED order=%s\" does that",
			      name, name);
	return order ? order : &none;
}

/* "7", "external" or "external:venue", and what belongs to that side */
static void build_side(const struct scn_world *world, struct scn_line *line,
		       const char *const keys[4], struct rk_cmd_trade *trade)
{
	struct rk_trade_side *side =
		strcmp(keys[0], "buyer") == 0 ? &trade->buyer : &trade->seller;
	const struct rk_cmd_asset *settle =
		scn_world_settle_of(world, trade->market);
	const char *who = scn_line_text(line, keys[0]);
	const char *order = scn_line_text_or(line, keys[2], NULL);
	size_t n = strlen(EXTERNAL);

	side->fee.raw = scn_line_decimal_or(line, keys[1], settle->decimals, 0);
	if (order)
		side->order = order_of(world, line, order)->id;
	side->resting = scn_line_count_or(line, keys[3], 0);
	if (strncmp(who, EXTERNAL, n) != 0)
		side->account = scn_line_read_count(line, keys[0], who);
	else if (who[n] == ':')
		trade->venue = scn_world_venue(world, line, who + n + 1);
	else if (who[n] != '\0')
		scn_line_fail(line, "%s=%s must be an account or external",
			      keys[0], who);
}

static void build_fill(struct scn_world *world, struct scn_line *line,
		       struct rk_cmd *cmd)
{
	static const char *const buyer[] = {"buyer", "buyer_fee", "buyer_order",
					    "buyer_rests"};
	static const char *const seller[] = {"seller", "seller_fee",
					     "seller_order", "seller_rests"};
	struct rk_cmd_trade *trade = &cmd->trade;
	const struct rk_cmd_market *market;

	cmd->type = RK_CMD_TRADE;
	trade->market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	market = scn_world_market_of(world, trade->market);
	trade->trade = scn_line_count_or(line, "id", world->last_trade + 1);
	if (trade->trade > world->last_trade)
		world->last_trade = trade->trade;
	trade->price.raw =
		scn_line_decimal(line, "price", market->price_decimals);
	trade->size.raw = scn_line_decimal(line, "size", market->size_decimals);
	build_side(world, line, buyer, trade);
	build_side(world, line, seller, trade);
}

/* place id= account= market= side= size= price= [reduce_only=yes] */
static void build_place(const struct scn_world *world, struct scn_line *line,
			struct rk_cmd *cmd)
{
	struct rk_cmd_place *place = &cmd->place;
	const struct rk_cmd_market *market;
	const char *side = scn_line_text(line, "side");

	cmd->type = RK_CMD_PLACE_ORDER;
	place->account = scn_line_count(line, "account");
	place->order = scn_line_count(line, "id");
	place->market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	market = scn_world_market_of(world, place->market);
	place->side = strcmp(side, "BUY") == 0 ? RK_SIDE_BUY : RK_SIDE_SELL;
	if (!is_one_of(side, "BUY", "SELL"))
		scn_line_fail(line, "side=%s must be BUY or SELL", side);
	place->size.raw = scn_line_decimal(line, "size", market->size_decimals);
	place->price.raw =
		scn_line_decimal(line, "price", market->price_decimals);
	place->reduce_only =
		strcmp(scn_line_text_or(line, "reduce_only", "no"), "yes") == 0;
}

/* cancel_order id= account= [left= market=] */
static void build_cancel_order(const struct scn_world *world,
			       struct scn_line *line, struct rk_cmd *cmd)
{
	const char *market = scn_line_text_or(line, "market", NULL);
	uint8_t decimals = 0;

	cmd->type = RK_CMD_CANCEL_ORDER;
	cmd->cancel_order.account = scn_line_count(line, "account");
	cmd->cancel_order.order = scn_line_count(line, "id");
	if (market)
		decimals = scn_world_market_of(
				   world, scn_world_market(world, line, market))
				   ->size_decimals;
	cmd->cancel_order.left.raw =
		scn_line_decimal_or(line, "left", decimals, 0);
}

static void build_order_closed(const struct scn_world *world,
			       struct scn_line *line, struct rk_cmd *cmd)
{
	const struct scn_order *order =
		order_of(world, line, scn_line_text(line, "order"));

	cmd->type = RK_CMD_ORDER_CLOSED;
	cmd->order_closed.order = order->id;
	cmd->order_closed.filled.raw = scn_line_decimal(
		line, "filled",
		order->market == RK_NO_MARKET
			? scn_world_asset_of(world, order->asset)->decimals
			: scn_world_market_of(world, order->market)
				  ->size_decimals);
}

/* claim order= for= [venue=] */
static void build_claim(const struct scn_world *world, struct scn_line *line,
			struct rk_cmd *cmd)
{
	const char *venue = scn_line_text_or(line, "venue", NULL);

	cmd->type = RK_CMD_CLAIM;
	cmd->claim.order =
		order_of(world, line, scn_line_text(line, "order"))->id;
	cmd->claim.duration_ns = scn_line_duration_or(line, "for", 0);
	if (venue)
		cmd->claim.venue = scn_world_venue(world, line, venue);
}

/* convert account= sell= sold= buy= bought= [fee= order= venue=] */
static void build_convert(const struct scn_world *world, struct scn_line *line,
			  struct rk_cmd *cmd)
{
	struct rk_cmd_convert *convert = &cmd->convert;
	const char *order = scn_line_text_or(line, "order", NULL);
	const char *venue = scn_line_text_or(line, "venue", NULL);
	uint8_t decimals;

	cmd->type = RK_CMD_CONVERT;
	convert->account = scn_line_count(line, "account");
	convert->sell =
		scn_world_asset(world, line, scn_line_text(line, "sell"));
	convert->buy = scn_world_asset(world, line, scn_line_text(line, "buy"));
	convert->sold.raw = scn_line_decimal(
		line, "sold",
		scn_world_asset_of(world, convert->sell)->decimals);
	decimals = scn_world_asset_of(world, convert->buy)->decimals;
	convert->bought.raw = scn_line_decimal(line, "bought", decimals);
	convert->fee.raw = scn_line_decimal_or(line, "fee", decimals, 0);
	if (order)
		convert->order = order_of(world, line, order)->id;
	if (venue)
		convert->venue = scn_world_venue(world, line, venue);
}

static void build_halt(const struct scn_world *world, struct scn_line *line,
		       struct rk_cmd *cmd)
{
	const char *name = scn_line_word(line);

	cmd->type = RK_CMD_HALT;
	cmd->halt.halted = strcmp(line->verb, "halt") == 0;
	cmd->halt.market = scn_world_market(world, line, name ? name : "");
}

static void build_premium(const struct scn_world *world, struct scn_line *line,
			  struct rk_cmd *cmd)
{
	struct rk_cmd_premium *premium = &cmd->premium;
	uint8_t decimals;

	cmd->type = RK_CMD_PREMIUM;
	premium->market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	decimals = scn_world_market_of(world, premium->market)->price_decimals;
	premium->index.raw = scn_line_decimal(line, "index", decimals);
	premium->impact_bid.raw = scn_line_decimal_or(line, "bid", decimals, 0);
	premium->impact_ask.raw = scn_line_decimal_or(line, "ask", decimals, 0);
}

static void build_fund(const struct scn_world *world, struct scn_line *line,
		       struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_FUND;
	cmd->fund.market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	cmd->fund.rate.raw = scn_line_decimal(line, "rate", 9);
	cmd->fund.price.raw = scn_line_decimal(
		line, "price",
		scn_world_market_of(world, cmd->fund.market)->price_decimals);
}

/* write_off account= asset= [amount=]: all of the debt */
static void build_write_off(const struct scn_world *world,
			    struct scn_line *line, struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_WRITE_OFF;
	cmd->amount.account = scn_line_count(line, "account");
	cmd->amount.asset =
		scn_world_asset(world, line, scn_line_text(line, "asset"));
	cmd->amount.amount.raw = scn_line_decimal_or(
		line, "amount",
		scn_world_asset_of(world, cmd->amount.asset)->decimals, 0);
}

/* top_up or vault_top_up asset= amount=: below 0 is taken out */
static void build_top_up(const struct scn_world *world, struct scn_line *line,
			 struct rk_cmd *cmd)
{
	cmd->type = strcmp(line->verb, "top_up") == 0 ? RK_CMD_TOP_UP
						      : RK_CMD_VAULT_TOP_UP;
	cmd->top_up.asset =
		scn_world_asset(world, line, scn_line_text(line, "asset"));
	cmd->top_up.amount.raw = scn_line_decimal(
		line, "amount",
		scn_world_asset_of(world, cmd->top_up.asset)->decimals);
}

/* recheck account= [found=SEQ] */
static void build_recheck(struct scn_line *line, struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_RECHECK;
	cmd->recheck.account = scn_line_count(line, "account");
	if (scn_line_find(line, "found"))
		cmd->recheck.found_seq = scn_line_count(line, "found");
}

static void build_accrue(const struct scn_world *world, struct scn_line *line,
			 struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_ACCRUE;
	cmd->accrue.asset =
		scn_world_asset(world, line, scn_line_text(line, "asset"));
}

static void build_market_state(const struct scn_world *world,
			       struct scn_line *line, struct rk_cmd *cmd)
{
	const char *state = scn_line_text(line, "state");

	cmd->type = RK_CMD_MARKET_STATE;
	cmd->market_state.market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	for (int i = RK_MARKET_LISTED; i <= RK_MARKET_SETTLED; i++)
		if (strcmp(rk_market_state_name((enum rk_market_state)i),
			   state) == 0)
			cmd->market_state.state = (enum rk_market_state)i;
	if (cmd->market_state.state == 0)
		scn_line_fail(line, "no state of markets is called \"%s\"",
			      state);
}

static void build_settle(const struct scn_world *world, struct scn_line *line,
			 struct rk_cmd *cmd)
{
	cmd->type = RK_CMD_SETTLE;
	cmd->settle.market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	cmd->settle.price.raw = scn_line_decimal(
		line, "price",
		scn_world_market_of(world, cmd->settle.market)->price_decimals);
}

/* Quotes of one publisher: each field left is NAME=price. */
static void build_tick(struct scn_world *world, struct scn_line *line,
		       struct scn_command *command)
{
	struct rk_quote common = {
		.publisher = scn_world_publisher(
			world, line,
			scn_line_text_or(
				line, "by",
				world->listing->conf.publishers.name[0])),
		.time_ns = world->now_ns - scn_line_duration_or(line, "age", 0),
		.seq = scn_line_count_or(line, "seq", world->last_quote + 1),
	};
	uint32_t n = 0;

	if (common.seq > world->last_quote)
		world->last_quote = common.seq;
	for (uint32_t i = 0; i < line->fields_n; i++) {
		const char *name = line->fields[i].key;
		struct rk_quote *quote = &command->quotes[n];
		uint8_t decimals;

		if (line->fields[i].taken || name[0] == '\0')
			continue;
		if (n == SCN_QUOTES_MAX) {
			scn_line_fail(line, "more than %d prices",
				      SCN_QUOTES_MAX);
			break;
		}
		*quote = common;
		quote->slot = scn_world_slot(world, line, name, &decimals);
		quote->price.raw = scn_line_decimal(line, name, decimals);
		n++;
	}
	if (n == 0)
		scn_line_fail(line, "tick needs a price, NAME=price");
	command->cmd.type = RK_CMD_PRICES;
	command->cmd.prices.quotes = command->quotes;
	command->cmd.prices.n = n;
}

/* Time moves with the next message: here one that says nothing. */
static void build_clock(struct scn_world *world, struct scn_line *line,
			struct scn_command *command)
{
	int64_t at = SCN_START_NS +
		     scn_line_read_time(line, "at", scn_line_text(line, "at"));

	if (at <= world->now_ns)
		scn_line_fail(line, "clock must go forward");
	world->now_ns = at;
	command->cmd.type = RK_CMD_PRICES;
	command->cmd.prices.quotes = command->quotes;
	command->cmd.prices.n = 0;
}

static void build_expiry(const struct scn_world *world, struct scn_line *line,
			 struct rk_cmd *cmd)
{
	const char *at = scn_line_text(line, "at");

	cmd->type = RK_CMD_EXPIRY;
	cmd->expiry.market =
		scn_world_market(world, line, scn_line_text(line, "market"));
	if (strcmp(at, "never") != 0)
		cmd->expiry.time_ns =
			SCN_START_NS + scn_line_read_time(line, "at", at);
}

/* ramp asset=COIN duration=1h [step=1m]   or market=X; duration=0s ends it */
static void build_ramp(const struct scn_world *world, struct scn_line *line,
		       struct rk_cmd *cmd)
{
	const char *asset = scn_line_text_or(line, "asset", NULL);
	const char *market = scn_line_text_or(line, "market", NULL);

	cmd->type = RK_CMD_RAMP;
	if ((asset != NULL) == (market != NULL))
		scn_line_fail(line, "ramp needs an asset or a market");
	if (asset)
		memcpy(cmd->ramp.asset,
		       scn_world_asset_of(world,
					  scn_world_asset(world, line, asset))
			       ->name,
		       RK_NAME_SIZE);
	if (market)
		memcpy(cmd->ramp.market,
		       scn_world_market_of(
			       world, scn_world_market(world, line, market))
			       ->name,
		       RK_NAME_SIZE);
	if (!scn_line_find(line, "duration"))
		scn_line_fail(line, "ramp needs a duration");
	cmd->ramp.ramp.duration_ns = scn_line_duration_or(line, "duration", 0);
	cmd->ramp.ramp.step_ns = scn_line_duration_or(line, "step", 0);
}

int scn_command_build(struct scn_world *world, struct scn_line *line,
		      struct scn_command *command)
{
	struct rk_cmd *cmd = &command->cmd;

	memset(command, 0, sizeof(*command));
	if (strcmp(line->verb, "account") == 0)
		build_account(line, cmd);
	else if (is_one_of(line->verb, "deposit", "adjust"))
		build_amount(world, line, cmd);
	else if (strcmp(line->verb, "write_off") == 0)
		build_write_off(world, line, cmd);
	else if (strcmp(line->verb, "top_up") == 0 ||
		 strcmp(line->verb, "vault_top_up") == 0)
		build_top_up(world, line, cmd);
	else if (strcmp(line->verb, "reserve") == 0)
		build_reserve(world, line, cmd);
	else if (is_one_of(line->verb, "confirm", "cancel"))
		build_withdrawal(line, cmd);
	else if (strcmp(line->verb, "transfer") == 0)
		build_transfer(world, line, cmd);
	else if (strcmp(line->verb, "leverage") == 0)
		build_leverage(world, line, cmd);
	else if (strcmp(line->verb, "mode") == 0)
		build_mode(line, cmd);
	else if (strcmp(line->verb, "recheck") == 0)
		build_recheck(line, cmd);
	else if (strcmp(line->verb, "move") == 0)
		build_move(world, line, cmd);
	else if (strcmp(line->verb, "place") == 0)
		build_place(world, line, cmd);
	else if (strcmp(line->verb, "cancel_order") == 0)
		build_cancel_order(world, line, cmd);
	else if (strcmp(line->verb, "fill") == 0)
		build_fill(world, line, cmd);
	else if (strcmp(line->verb, "convert") == 0)
		build_convert(world, line, cmd);
	else if (strcmp(line->verb, "order_closed") == 0)
		build_order_closed(world, line, cmd);
	else if (strcmp(line->verb, "claim") == 0)
		build_claim(world, line, cmd);
	else if (is_one_of(line->verb, "halt", "lift"))
		build_halt(world, line, cmd);
	else if (strcmp(line->verb, "premium") == 0)
		build_premium(world, line, cmd);
	else if (strcmp(line->verb, "fund") == 0)
		build_fund(world, line, cmd);
	else if (strcmp(line->verb, "accrue") == 0)
		build_accrue(world, line, cmd);
	else if (strcmp(line->verb, "market_state") == 0)
		build_market_state(world, line, cmd);
	else if (strcmp(line->verb, "settle") == 0)
		build_settle(world, line, cmd);
	else if (strcmp(line->verb, "expiry") == 0)
		build_expiry(world, line, cmd);
	else if (strcmp(line->verb, "ramp") == 0)
		build_ramp(world, line, cmd);
	else if (strcmp(line->verb, "tick") == 0)
		build_tick(world, line, command);
	else if (strcmp(line->verb, "clock") == 0)
		build_clock(world, line, command);
	else
		scn_line_fail(line, "no command is called \"%s\"", line->verb);
	return scn_line_end(line);
}
