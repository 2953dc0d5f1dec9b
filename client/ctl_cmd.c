/*
 * riskctl: commands as JSON. See ctl_cmd.h.
 *
 * A member that cannot be set for want of memory makes the whole NULL.
 */
#include "ctl_cmd.h"

#include <inttypes.h>
#include <string.h>

#include "ctl_fill.h"
#include "ctl_out.h"
#include "engine/event.h"
#include "librisk_text.h"

static void put_convert(struct filling *f, const struct rk_cmd_convert *convert)
{
	const struct ctl_name_asset *asset =
		ctl_names_asset(f->names, convert->buy);

	put_u64(f, "account", convert->account);
	put_i64(f, "venue", convert->venue);
	put_sum(f, "sell", convert->sell, "sold", convert->sold);
	put_sum(f, "buy", convert->buy, "bought", convert->bought);
	put_decimal(f, "fee", convert->fee.raw, asset ? asset->decimals : -1);
	put_order(f, "order", convert->order);
}

static const struct ctl_name_market *put_market_id(struct filling *f,
						   uint32_t id)
{
	const struct ctl_name_market *market = ctl_names_market(f->names, id);

	put_i64(f, "market", id);
	if (market)
		put_text(f, "market_name", market->name);
	return market;
}

static void put_limits(struct filling *f, const struct rk_cmd_limits *l)
{
	put_i64(f, "accounts_max", l->accounts_max);
	put_i64(f, "owners_max", l->owners_max);
	put_i64(f, "assets_max", l->assets_max);
	put_i64(f, "markets_max", l->markets_max);
	put_i64(f, "publishers_max", l->publishers_max);
	put_i64(f, "venues_max", l->venues_max);
	put_i64(f, "clients_max", l->clients_max);
	put_i64(f, "positions_max", l->positions_max);
	put_i64(f, "positions_per_account_max", l->positions_per_account_max);
	put_i64(f, "balances_max", l->balances_max);
	put_i64(f, "orders_max", l->orders_max);
	put_i64(f, "withdrawals_max", l->withdrawals_max);
}

static void put_risk(struct filling *f, const struct rk_cmd_risk *risk)
{
	put_rate(f, "warn_enter", risk->warn_enter);
	put_rate(f, "warn_leave", risk->warn_leave);
	put_rate(f, "call_enter", risk->call_enter);
	put_rate(f, "call_leave", risk->call_leave);
	put_rate(f, "target", risk->target);
	put_rate(f, "order_band", risk->order_band);
	put_rate(f, "stale_band", risk->stale_band);
	put_i64(f, "order_expiry_ns", risk->order_expiry_ns);
	put_i64(f, "close_timeout_ns", risk->close_timeout_ns);
	put_i64(f, "order_cooldown_ns", risk->order_cooldown_ns);
}

static void put_asset(struct filling *f, const struct rk_cmd_asset *asset)
{
	put_name(f, "name", asset->name);
	put_i64(f, "decimals", asset->decimals);
	put_i64(f, "price_decimals", asset->price_decimals);
	put_decimal(f, "fixed_price", asset->fixed_price.raw,
		    asset->price_decimals);
	put_decimal(f, "price_max", asset->price_max.raw,
		    asset->price_decimals);
	put_i64(f, "price_age_max_ns", asset->price_age_max_ns);
}

static void put_collateral(struct filling *f,
			   const struct rk_cmd_collateral *collateral)
{
	const struct rk_collateral *terms = &collateral->terms;

	put_name(f, "asset", collateral->asset);
	put_rate(f, "weight_maintenance", terms->weight[RK_LEVEL_MAINTENANCE]);
	put_rate(f, "weight_initial", terms->weight[RK_LEVEL_INITIAL]);
	put_rate(f, "weight_withdrawal", terms->weight[RK_LEVEL_WITHDRAWAL]);
	put_rate(f, "liability_maintenance",
		 terms->liability[RK_LEVEL_MAINTENANCE]);
	put_rate(f, "liability_initial", terms->liability[RK_LEVEL_INITIAL]);
	put_rate(f, "liability_withdrawal",
		 terms->liability[RK_LEVEL_WITHDRAWAL]);
	put_rate(f, "profit_maintenance", terms->profit[RK_LEVEL_MAINTENANCE]);
	put_rate(f, "profit_initial", terms->profit[RK_LEVEL_INITIAL]);
}

/* Caps in raw units: the asset is named, not numbered. */
static void put_lending(struct filling *f, const struct rk_cmd_lending *lending)
{
	const struct rk_lending *terms = &lending->terms;

	put_name(f, "asset", lending->asset);
	put(f, "lendable", json_boolean(terms->lendable));
	put_rate(f, "base", terms->base);
	put_rate(f, "slope_low", terms->slope_low);
	put_rate(f, "slope_high", terms->slope_high);
	put_rate(f, "kink", terms->kink);
	put_rate(f, "reserve", terms->reserve);
	put_i64(f, "borrow_cap", terms->borrow_cap.raw);
	put_i64(f, "supply_cap", terms->supply_cap.raw);
	put_i64(f, "interval_ns", terms->interval_ns);
}

static void put_conversion(struct filling *f,
			   const struct rk_cmd_conversion *conversion)
{
	const struct rk_conversion *terms = &conversion->terms;

	put_name(f, "asset", conversion->asset);
	put(f, "enabled", json_boolean(terms->enabled));
	put_i64(f, "auto_borrow", terms->auto_borrow.raw);
	put_i64(f, "repay_to", terms->repay_to.raw);
	put_rate(f, "cost", terms->cost);
	put_rate(f, "band", terms->band);
}

static void put_top_up(struct filling *f, const struct rk_cmd_top_up *top_up)
{
	int decimals = put_asset_id(f, top_up->asset);

	put_decimal(f, "amount", top_up->amount.raw, decimals);
}

static void put_funding(struct filling *f, const struct rk_cmd_funding *funding)
{
	put_name(f, "market", funding->market);
	put_i64(f, "interval_ns", funding->terms.interval_ns);
	put_rate(f, "interest", funding->terms.interest);
	put_rate(f, "clamp", funding->terms.clamp);
	put_rate(f, "cap", funding->terms.cap);
	put_i64(f, "period_ns", funding->terms.period_ns);
}

static void put_margin(struct filling *f, const struct rk_cmd_margin *margin)
{
	const struct rk_margin_terms *terms = &margin->terms;

	put_name(f, "market", margin->market);
	put_decimal(f, "open_interest_lower", terms->scale_lower.raw,
		    RK_USD_DECIMALS);
	put_decimal(f, "open_interest_upper", terms->scale_upper.raw,
		    RK_USD_DECIMALS);
	/* In which decimals only the market knows. */
	put_i64(f, "open_interest_max", terms->open_max.raw);
	put_text(f, "growth", ctl_growth_name((int)terms->growth));
	put_rate(f, "base_share", terms->base_share);
	put_decimal(f, "factor_maintenance", terms->factor_maintenance,
		    CTL_FACTOR_DECIMALS);
	put_decimal(f, "factor_initial", terms->factor_initial,
		    CTL_FACTOR_DECIMALS);
}

static void put_leverage(struct filling *f,
			 const struct rk_cmd_leverage *leverage)
{
	put_u64(f, "account", leverage->account);
	(void)put_market_id(f, leverage->market);
	put_rate(f, "leverage", leverage->leverage);
}

static json_t *bracket_json(const struct rk_bracket *bracket, bool *failed)
{
	struct filling f = {.object = json_object()};

	put_decimal(&f, "floor", bracket->floor.raw, RK_USD_DECIMALS);
	put_rate(&f, "maintenance", bracket->maintenance);
	put_rate(&f, "initial", bracket->initial);
	*failed = *failed || f.failed;
	return f.object;
}

static void put_market(struct filling *f, const struct rk_cmd_market *market)
{
	json_t *brackets = json_array();

	put_name(f, "name", market->name);
	put_name(f, "settle", market->settle);
	put_i64(f, "price_decimals", market->price_decimals);
	put_i64(f, "size_decimals", market->size_decimals);
	put_decimal(f, "lot", market->lot.raw, market->size_decimals);
	put_decimal(f, "price_max", market->price_max.raw,
		    market->price_decimals);
	put_decimal(f, "position_max", market->position_max.raw,
		    market->size_decimals);
	put_i64(f, "price_age_max_ns", market->price_age_max_ns);
	put_rate(f, "close_cost", market->close_cost);
	put_rate(f, "taker_fee", market->taker_fee);
	put_rate(f, "maker_fee", market->maker_fee);
	for (uint32_t i = 0; i < market->brackets_n && i < RK_BRACKETS_MAX; i++)
		if (json_array_append_new(
			    brackets,
			    bracket_json(&market->brackets[i], &f->failed)))
			f->failed = true;
	put(f, "brackets", brackets);
}

static void put_contract(struct filling *f, const struct rk_cmd_market *market)
{
	put_text(f, "contract",
		 ctl_contract_name(market->contract == RK_CONTRACT_INVERSE));
	put_decimal(f, "multiplier", market->multiplier,
		    market->multiplier_decimals);
	put_decimal(f, "price_min", market->price_min.raw,
		    market->price_decimals);
}

static const char *mode_name(enum rk_mode mode)
{
	return mode == RK_MODE_CROSS      ? "CROSS"
	       : mode == RK_MODE_ISOLATED ? "ISOLATED"
					  : "UNKNOWN";
}

static const char *enforcement_name(enum rk_enforcement enforcement)
{
	return enforcement == RK_ENFORCE_FULL     ? "FULL"
	       : enforcement == RK_ENFORCE_REPORT ? "REPORT"
						  : "UNKNOWN";
}

static void put_account(struct filling *f, const struct rk_cmd_account *account)
{
	put_u64(f, "account", account->account);
	put_u64(f, "owner", account->owner);
	put_text(f, "mode", mode_name(account->mode));
	put_text(f, "enforcement", enforcement_name(account->enforcement));
}

static void put_amount(struct filling *f, const struct rk_cmd_amount *amount)
{
	put_u64(f, "account", amount->account);
	put_decimal(f, "amount", amount->amount.raw,
		    put_asset_id(f, amount->asset));
}

static void put_withdraw(struct filling *f, const struct rk_cmd *cmd)
{
	const struct rk_cmd_withdraw *withdraw = &cmd->withdraw;

	put_u64(f, "withdrawal", withdraw->withdrawal);
	if (cmd->type != RK_CMD_RESERVE)
		return;
	put_u64(f, "account", withdraw->account);
	put_decimal(f, "amount", withdraw->amount.raw,
		    put_asset_id(f, withdraw->asset));
}

static void put_transfer(struct filling *f, const struct rk_cmd_transfer *t)
{
	put_u64(f, "from", t->from);
	put_u64(f, "to", t->to);
	put_decimal(f, "amount", t->amount.raw, put_asset_id(f, t->asset));
}

static void put_settle(struct filling *f, const struct rk_cmd_settle *settle)
{
	const struct ctl_name_market *market = put_market_id(f, settle->market);

	put_decimal(f, "price", settle->price.raw,
		    market ? market->price_decimals : -1);
}

static void put_mode(struct filling *f, const struct rk_cmd_mode *mode)
{
	put_u64(f, "account", mode->account);
	put_text(f, "mode", mode_name(mode->mode));
}

static void put_move(struct filling *f, const struct rk_cmd_move *move)
{
	const struct ctl_name_market *market = put_market_id(f, move->market);
	const struct ctl_name_asset *settle =
		market ? ctl_names_asset(f->names, market->settle) : NULL;

	put_u64(f, "from", move->from);
	put_u64(f, "to", move->to);
	put_decimal(f, "amount", move->amount.raw,
		    settle ? settle->decimals : -1);
}

static void put_place(struct filling *f, const struct rk_cmd_place *place)
{
	const struct ctl_name_market *market = put_market_id(f, place->market);

	put_u64(f, "account", place->account);
	put_u64(f, "order", place->order);
	put_text(f, "side", risk_side_name((Riskd__Side)place->side));
	put_decimal(f, "size", place->size.raw,
		    market ? market->size_decimals : -1);
	put_decimal(f, "price", place->price.raw,
		    market ? market->price_decimals : -1);
	put(f, "reduce_only", json_boolean(place->reduce_only));
}

static void put_cancel_order(struct filling *f,
			     const struct rk_cmd_cancel_order *cancel)
{
	put_u64(f, "account", cancel->account);
	put_u64(f, "order", cancel->order);
	/* In which market only the order knows. */
	put_i64(f, "left", cancel->left.raw);
}

static void put_side(struct filling *f, const char *key,
		     const struct rk_trade_side *side, int decimals)
{
	struct filling own = {.names = f->names, .object = json_object()};

	put_u64(&own, "account", side->account);
	put_decimal(&own, "fee", side->fee.raw, decimals);
	put_order(&own, "order", side->order);
	if (side->resting != 0)
		put_u64(&own, "resting_order", side->resting);
	put(f, key, own.object);
	f->failed = f->failed || own.failed;
}

static void put_trade(struct filling *f, const struct rk_cmd_trade *trade)
{
	const struct ctl_name_market *market = put_market_id(f, trade->market);
	const struct ctl_name_asset *settle =
		market ? ctl_names_asset(f->names, market->settle) : NULL;
	const char *venue = ctl_names_venue(f->names, trade->venue);
	int fee = settle ? settle->decimals : -1;
	bool external = trade->buyer.account == 0 || trade->seller.account == 0;

	put_u64(f, "trade", trade->trade);
	put_i64(f, "venue", trade->venue);
	if (venue && external)
		put_text(f, "venue_name", venue);
	put_decimal(f, "price", trade->price.raw,
		    market ? market->price_decimals : -1);
	put_decimal(f, "size", trade->size.raw,
		    market ? market->size_decimals : -1);
	put_side(f, "buyer", &trade->buyer, fee);
	put_side(f, "seller", &trade->seller, fee);
}

static void put_premium(struct filling *f, const struct rk_cmd_premium *premium)
{
	const struct ctl_name_market *market =
		put_market_id(f, premium->market);
	int decimals = market ? market->price_decimals : -1;

	put_decimal(f, "index", premium->index.raw, decimals);
	put_decimal(f, "impact_bid", premium->impact_bid.raw, decimals);
	put_decimal(f, "impact_ask", premium->impact_ask.raw, decimals);
}

static void put_fund(struct filling *f, const struct rk_cmd_fund *fund)
{
	const struct ctl_name_market *market = put_market_id(f, fund->market);

	put_rate(f, "rate", fund->rate);
	put_decimal(f, "price", fund->price.raw,
		    market ? market->price_decimals : -1);
}

static void put_lag(struct filling *f, const struct rk_lag *lag)
{
	put(f, "lagging", json_boolean(lag->lagging));
	put_i64(f, "window_ns", lag->window_ns);
	put_i64(f, "judging_ns", lag->judging_ns);
	put_i64(f, "age_ns", lag->age_ns);
	put_u64(f, "batches", lag->batches);
	put_u64(f, "quotes", lag->quotes);
	put_u64(f, "quotes_merged", lag->quotes_merged);
	put_u64(f, "judged", lag->judged);
}

static json_t *quote_json(const struct ctl_names *names,
			  const struct rk_quote *quote, bool *failed)
{
	struct filling f = {.names = names, .object = json_object()};
	const struct ctl_name_slot *slot = ctl_names_slot(names, quote->slot);
	const char *publisher = ctl_names_publisher(names, quote->publisher);

	put_i64(&f, "slot", quote->slot);
	if (slot)
		put_text(&f, "slot_name", slot->name);
	put_i64(&f, "publisher", quote->publisher);
	if (publisher)
		put_text(&f, "publisher_name", publisher);
	put_decimal(&f, "price", quote->price.raw, slot ? slot->decimals : -1);
	put_i64(&f, "time_ns", quote->time_ns);
	put_u64(&f, "seq", quote->seq);
	*failed = *failed || f.failed;
	return f.object;
}

static void put_quotes(struct filling *f, const struct rk_cmd_prices *prices)
{
	json_t *quotes = json_array();

	for (uint32_t i = 0; i < prices->n; i++)
		if (json_array_append_new(quotes, quote_json(f->names,
							     &prices->quotes[i],
							     &f->failed)))
			f->failed = true;
	put(f, "quotes", quotes);
}

static void put_slow_price(struct filling *f,
			   const struct rk_cmd_slow_price *cmd)
{
	const struct ctl_name_slot *slot = ctl_names_slot(f->names, cmd->slot);

	put_i64(f, "slot", cmd->slot);
	if (slot)
		put_text(f, "slot_name", slot->name);
	put_i64(f, "interval_ns", cmd->terms.interval_ns);
	put_rate(f, "delay_limit", cmd->terms.delay_limit);
	put_rate(f, "limit", cmd->terms.limit);
	put_i64(f, "min_ns", cmd->terms.min_ns);
	put_i64(f, "max_ns", cmd->terms.max_ns);
	put_name(f, "underlying", cmd->underlying);
	if (cmd->start.raw != 0)
		put_decimal(f, "start", cmd->start.raw,
			    slot ? slot->decimals : -1);
}

static void put_scale(struct filling *f,
		      const struct rk_cmd_collateral_scale *cmd)
{
	put_name(f, "asset", cmd->asset);
	put_decimal(f, "scale_held", cmd->scale.held.raw, RK_USD_DECIMALS);
	put_decimal(f, "scale_owed", cmd->scale.owed.raw, RK_USD_DECIMALS);
	put_decimal(f, "size_factor", cmd->scale.size_factor, 18);
	put_i64(f, "deposit_cap", cmd->scale.deposit_cap.raw);
}

static void put_emode(struct filling *f, const struct rk_cmd_emode *cmd)
{
	const rk_rate *weight = cmd->entry.weight;

	put_name(f, "group", cmd->group);
	put_name(f, "asset", cmd->asset);
	put(f, "collateral", json_boolean(cmd->entry.collateral));
	put(f, "debt", json_boolean(cmd->entry.debt));
	put_rate(f, "weight_maintenance", weight[RK_LEVEL_MAINTENANCE]);
	put_rate(f, "weight_initial", weight[RK_LEVEL_INITIAL]);
	put_rate(f, "weight_withdrawal", weight[RK_LEVEL_WITHDRAWAL]);
}

static void put_ramp(struct filling *f, const struct rk_cmd_ramp *cmd)
{
	if (cmd->asset[0] != '\0')
		put_name(f, "asset", cmd->asset);
	if (cmd->market[0] != '\0')
		put_name(f, "market", cmd->market);
	put_i64(f, "duration_ns", cmd->ramp.duration_ns);
	put_i64(f, "step_ns", cmd->ramp.step_ns);
}

static void put_market_state(struct filling *f,
			     const struct rk_cmd_market_state *cmd)
{
	(void)put_market_id(f, cmd->market);
	put_text(f, "state", rk_market_state_name(cmd->state));
}

/* What ends a market. False: none of these. */
static bool put_ending(struct filling *f, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_MARKET_STATE:
		put_market_state(f, &cmd->market_state);
		return true;
	case RK_CMD_EXPIRY:
		(void)put_market_id(f, cmd->expiry.market);
		put_i64(f, "time_ns", cmd->expiry.time_ns);
		return true;
	case RK_CMD_SETTLE:
		put_settle(f, &cmd->settle);
		return true;
	default:
		return false;
	}
}

/* What says what is traded, and under which rules. False: none of these. */
static bool put_listing(struct filling *f, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_LIMITS:
		put_limits(f, &cmd->limits);
		return true;
	case RK_CMD_RISK:
		put_risk(f, &cmd->risk);
		return true;
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
		put_name(f, "name", cmd->name.name);
		return true;
	case RK_CMD_ASSET:
	case RK_CMD_ASSET_CHANGE:
		put_asset(f, &cmd->asset);
		return true;
	case RK_CMD_MARKET:
	case RK_CMD_MARKET_CHANGE:
		put_market(f, &cmd->market);
		return true;
	case RK_CMD_CONTRACT:
		put_market(f, &cmd->market);
		put_contract(f, &cmd->market);
		return true;
	case RK_CMD_COLLATERAL:
		put_collateral(f, &cmd->collateral);
		return true;
	case RK_CMD_FUNDING:
		put_funding(f, &cmd->funding);
		return true;
	case RK_CMD_LENDING:
		put_lending(f, &cmd->lending);
		return true;
	case RK_CMD_MARGIN:
		put_margin(f, &cmd->margin);
		return true;
	case RK_CMD_SLOW_PRICE:
		put_slow_price(f, &cmd->slow_price);
		return true;
	case RK_CMD_CONVERSION:
		put_conversion(f, &cmd->conversion);
		return true;
	case RK_CMD_INSURANCE:
	case RK_CMD_VAULT:
	case RK_CMD_TAKEOVER:
		ctl_put_house(f, cmd);
		return true;
	case RK_CMD_LIQUIDATION:
		ctl_put_liquidation(f, &cmd->liquidation);
		return true;
	case RK_CMD_COLLATERAL_SCALE:
		put_scale(f, &cmd->collateral_scale);
		return true;
	case RK_CMD_EMODE:
		put_emode(f, &cmd->emode);
		return true;
	case RK_CMD_RAMP:
		put_ramp(f, &cmd->ramp);
		return true;
	case RK_CMD_HALT:
		(void)put_market_id(f, cmd->halt.market);
		put(f, "halted", json_boolean(cmd->halt.halted));
		return true;
	default:
		return put_ending(f, cmd);
	}
}

/* Orders and their fills. False: none of these. */
static bool put_orders(struct filling *f, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_PLACE_ORDER:
		put_place(f, &cmd->place);
		return true;
	case RK_CMD_CANCEL_ORDER:
		put_cancel_order(f, &cmd->cancel_order);
		return true;
	case RK_CMD_TRADE:
		put_trade(f, &cmd->trade);
		return true;
	case RK_CMD_CONVERT:
		put_convert(f, &cmd->convert);
		return true;
	case RK_CMD_ORDER_CLOSED:
		put_order(f, "order", cmd->order_closed.order);
		/* In which market only the order knows. */
		put_i64(f, "filled", cmd->order_closed.filled.raw);
		return true;
	case RK_CMD_CLAIM:
		ctl_put_claim(f, &cmd->claim);
		return true;
	default:
		return false;
	}
}

/* All but ATOMIC, which holds others. */
static void put_fields(struct filling *f, const struct rk_cmd *cmd)
{
	if (put_listing(f, cmd) || put_orders(f, cmd))
		return;
	switch ((int)cmd->type) {
	case RK_CMD_CLOCK:
	case RK_CMD_RESUME:
		put_i64(f, "time_ns", cmd->clock.time_ns);
		return;
	case RK_CMD_ACCOUNT:
		put_account(f, &cmd->account);
		return;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
	case RK_CMD_WRITE_OFF:
		put_amount(f, &cmd->amount);
		return;
	case RK_CMD_RESERVE:
	case RK_CMD_CONFIRM:
	case RK_CMD_CANCEL:
		put_withdraw(f, cmd);
		return;
	case RK_CMD_TRANSFER:
		put_transfer(f, &cmd->transfer);
		return;
	case RK_CMD_LEVERAGE:
		put_leverage(f, &cmd->leverage);
		return;
	case RK_CMD_MODE:
		put_mode(f, &cmd->mode);
		return;
	case RK_CMD_MOVE:
		put_move(f, &cmd->move);
		return;
	case RK_CMD_RECHECK:
		put_u64(f, "account", cmd->recheck.account);
		put_u64(f, "found_seq", cmd->recheck.found_seq);
		return;
	case RK_CMD_PRICES:
		put_quotes(f, &cmd->prices);
		return;
	case RK_CMD_PREMIUM:
		put_premium(f, &cmd->premium);
		return;
	case RK_CMD_FUND:
		put_fund(f, &cmd->fund);
		return;
	case RK_CMD_ACCRUE:
		(void)put_asset_id(f, cmd->accrue.asset);
		return;
	case RK_CMD_TOP_UP:
	case RK_CMD_VAULT_TOP_UP:
		put_top_up(f, &cmd->top_up);
		return;
	case RK_CMD_SYNC_STALL:
		put_i64(f, "age_ns", cmd->sync_stall.age_ns);
		return;
	case RK_CMD_LAG:
		put_lag(f, &cmd->lag);
		return;
	case RK_CMD_SKIPPED:
		put_text(f, "type", rk_cmd_name(cmd->skipped.type));
		return;
	case RK_CMD_ATOMIC:
	case RK_CMD_NONE:
	default:
		return;
	}
}

static json_t *child_json(const struct ctl_names *names,
			  const struct rk_cmd *cmd, bool *failed)
{
	struct filling f = {.names = names, .object = json_object()};

	put_text(&f, "type", rk_cmd_name(cmd->type));
	if (cmd->origin.client_seq != 0)
		put_u64(&f, "client_seq", cmd->origin.client_seq);
	put_fields(&f, cmd);
	*failed = *failed || f.failed;
	return f.object;
}

json_t *ctl_cmd_fields(const struct ctl_names *names, const struct rk_cmd *cmd)
{
	struct filling f = {.names = names, .object = json_object()};

	put_fields(&f, cmd);
	if (cmd->type == RK_CMD_ATOMIC) {
		json_t *cmds = json_array();

		for (uint32_t i = 0; i < cmd->atomic.n; i++)
			if (json_array_append_new(
				    cmds,
				    child_json(names, &cmd->atomic.cmds[i],
					       &f.failed)))
				f.failed = true;
		put(&f, "cmds", cmds);
	}
	if (!f.failed)
		return f.object;
	json_decref(f.object);
	return NULL;
}
