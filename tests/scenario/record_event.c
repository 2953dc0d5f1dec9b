/*
 * Events as records. See record.h.
 */
#include "engine/rc.h"
#include "record.h"

static const char *mode_name(enum rk_mode mode)
{
	return mode == RK_MODE_CROSS ? "CROSS" : "ISOLATED";
}

static const char *enforcement_name(enum rk_enforcement enforcement)
{
	return enforcement == RK_ENFORCE_FULL ? "FULL" : "REPORT";
}

static const char *cause_name(enum rk_balance_cause cause)
{
	switch (cause) {
	case RK_BALANCE_DEPOSIT:
		return "DEPOSIT";
	case RK_BALANCE_ADJUST:
		return "ADJUST";
	case RK_BALANCE_RESERVE:
		return "RESERVE";
	case RK_BALANCE_CONFIRM:
		return "CONFIRM";
	case RK_BALANCE_CANCEL:
		return "CANCEL";
	case RK_BALANCE_TRANSFER_IN:
		return "TRANSFER_IN";
	case RK_BALANCE_TRANSFER_OUT:
		return "TRANSFER_OUT";
	default:
		return "UNKNOWN";
	}
}

static void put_health(struct scn_record *record,
		       const struct rk_health *health)
{
	scn_record_usd(record, "equity", health->equity);
	scn_record_usd(record, "maintenance", health->maintenance);
}

static void put_rejected(const struct rk_event *event,
			 struct scn_record *record)
{
	scn_record_word(record, "command", rk_cmd_name(event->rejected.cmd));
	scn_record_word(record, "code", rk_rc_name(event->rejected.code));
	scn_record_word(record, "client", event->rejected.client);
	scn_record_count(record, "number", event->rejected.client_seq);
}

static void put_price_state(const struct scn_world *world,
			    const struct rk_event *event,
			    struct scn_record *record)
{
	const struct rk_ev_price_state *from = &event->price_state;
	uint8_t decimals;

	scn_record_word(record, "of",
			scn_world_slot_name(world, from->slot, &decimals));
	scn_record_word(record, "before", rk_price_state_name(from->before));
	scn_record_word(record, "after", rk_price_state_name(from->after));
	scn_record_decimal(record, "mark", from->mark.raw, decimals);
}

static void put_created(const struct rk_event *event, struct scn_record *record)
{
	scn_record_count(record, "owner", event->created.owner);
	scn_record_word(record, "mode", mode_name(event->created.mode));
	scn_record_word(record, "enforcement",
			enforcement_name(event->created.enforcement));
}

static void put_balance(const struct scn_world *world,
			const struct rk_event *event, struct scn_record *record)
{
	const struct rk_cmd_asset *asset =
		scn_world_asset_of(world, event->balance.asset);

	scn_record_word(record, "asset", asset->name);
	scn_record_word(record, "cause", cause_name(event->balance.cause));
	scn_record_decimal(record, "delta", event->balance.delta.raw,
			   asset->decimals);
	scn_record_decimal(record, "balance", event->balance.balance.raw,
			   asset->decimals);
	scn_record_count(record, "ref", event->balance.ref);
}

static void put_position(const struct scn_world *world,
			 const struct rk_event *event,
			 struct scn_record *record)
{
	const struct rk_ev_position *from = &event->position;
	const struct rk_cmd_market *market =
		scn_world_market_of(world, event->market);
	uint8_t money = scn_world_settle_of(world, event->market)->decimals;

	scn_record_count(record, "trade", from->trade);
	scn_record_decimal(record, "price", from->price.raw,
			   market->price_decimals);
	scn_record_decimal(record, "traded", from->traded.raw,
			   market->size_decimals);
	scn_record_decimal(record, "to_vault", from->to_vault.raw,
			   market->size_decimals);
	scn_record_decimal(record, "size", from->size.raw,
			   market->size_decimals);
	scn_record_decimal(record, "cost", from->cost.raw, money);
	scn_record_decimal(record, "realised", from->realised.raw, money);
	scn_record_decimal(record, "fee", from->fee.raw, money);
	scn_record_decimal(record, "balance", from->balance.raw, money);
}

/* By which venue, as its number, and until when. */
static void put_claim(const struct rk_ev_order *from, struct scn_record *record)
{
	bool claimed = from->claimed_until_ns != 0;

	scn_record_word(record, "claimed", claimed ? "yes" : "no");
	if (!claimed)
		return;
	scn_record_count(record, "by", from->claimed_by);
	scn_record_time(record, "until", from->claimed_until_ns);
}

static void put_order(const struct scn_world *world,
		      const struct rk_event *event, struct scn_record *record)
{
	const struct rk_ev_order *from = &event->order;
	const struct rk_cmd_market *market =
		scn_world_market_of(world, event->market);

	scn_record_order(record, "order", from->order);
	scn_record_word(record, "side",
			from->side == RK_SIDE_SELL ? "SELL" : "BUY");
	if (event->type == RK_EVENT_ORDER_OPENED)
		scn_record_word(record, "reason", "MAINTENANCE");
	else if (event->type == RK_EVENT_ORDER_CLAIMED)
		put_claim(from, record);
	else if (event->type != RK_EVENT_ORDER_FILLED)
		scn_record_word(record, "reason",
				rk_close_reason_name(
					(enum rk_close_reason)from->reason));
	scn_record_decimal(record, "size", from->size.raw,
			   market->size_decimals);
	scn_record_decimal(record, "filled", from->filled.raw,
			   market->size_decimals);
	if (event->type == RK_EVENT_ORDER_FILLED) {
		scn_record_decimal(record, "fill", from->fill.raw,
				   market->size_decimals);
		scn_record_decimal(record, "price", from->fill_price.raw,
				   market->price_decimals);
		scn_record_count(record, "trade", from->trade);
		scn_record_word(record, "late", from->late ? "yes" : "no");
	}
	scn_record_decimal(record, "floor", from->floor_price.raw,
			   market->price_decimals);
	scn_record_decimal(record, "mark", from->mark.raw,
			   market->price_decimals);
	if (from->expiry_ns == 0)
		scn_record_word(record, "expiry", "never");
	else
		scn_record_time(record, "expiry", from->expiry_ns);
	put_health(record, &from->health);
	scn_record_usd(record, "initial", from->health.initial);
}

static void put_state(const struct rk_event *event, struct scn_record *record)
{
	scn_record_word(record, "before", rk_state_name(event->state.before));
	scn_record_word(record, "after", rk_state_name(event->state.after));
	put_health(record, &event->state.health);
	scn_record_usd(record, "initial", event->state.health.initial);
}

static void put_rechecked(const struct rk_event *event,
			  struct scn_record *record)
{
	const struct rk_ev_rechecked *from = &event->rechecked;

	scn_record_count(record, "found", from->found_seq);
	scn_record_word(record, "before", rk_state_name(from->before));
	scn_record_word(record, "after", rk_state_name(from->after));
	put_health(record, &from->health);
	scn_record_usd(record, "initial", from->health.initial);
}

static void put_judged(const struct rk_event *event, struct scn_record *record)
{
	if (event->type == RK_EVENT_STATE)
		put_state(event, record);
	else
		put_rechecked(event, record);
}

static void put_moved(const struct scn_world *world,
		      const struct rk_event *event, struct scn_record *record)
{
	const struct rk_ev_moved *from = &event->moved;

	scn_record_count(record, "other", from->other);
	scn_record_decimal(
		record, "size", from->size.raw,
		scn_world_market_of(world, event->market)->size_decimals);
	scn_record_decimal(record, "cost", from->cost.raw,
			   scn_world_settle_of(world, event->market)->decimals);
}

static void put_withheld(const struct rk_event *event,
			 struct scn_record *record)
{
	scn_record_word(record, "reason",
			rk_withheld_name(event->withheld.reason));
	put_health(record, &event->withheld.health);
}

static void put_funding(const struct scn_world *world,
			const struct rk_event *event, struct scn_record *record)
{
	const struct rk_ev_funding *from = &event->funding;

	scn_record_decimal(record, "rate", from->rate.raw, 9);
	scn_record_decimal(
		record, "price", from->price.raw,
		scn_world_market_of(world, event->market)->price_decimals);
	scn_record_count(record, "samples", from->samples);
	scn_record_word(record, "restarted", from->restarted ? "yes" : "no");
}

static void put_funding_paid(const struct scn_world *world,
			     const struct rk_event *event,
			     struct scn_record *record)
{
	const struct rk_ev_funding_paid *from = &event->funding_paid;
	uint8_t money = scn_world_settle_of(world, event->market)->decimals;

	scn_record_decimal(record, "amount", from->amount.raw, money);
	scn_record_decimal(record, "booked", from->booked.raw, money);
	scn_record_decimal(record, "balance", from->balance.raw, money);
}

/* An amount of an asset, however large. */
static void put_wide(struct scn_record *record, const char *key, rk_i128 amount,
		     uint8_t decimals)
{
	scn_record_decimal(record, key, (int64_t)amount, decimals);
}

static void put_interest(const struct scn_world *world,
			 const struct rk_event *event,
			 struct scn_record *record)
{
	const struct rk_ev_interest *from = &event->interest;
	const struct rk_cmd_asset *asset =
		scn_world_asset_of(world, from->asset);

	scn_record_word(record, "asset", asset->name);
	/* Rates to the digits that rates have elsewhere. */
	put_wide(record, "borrow_rate", from->borrow_rate / RK_RATE_ONE, 9);
	put_wide(record, "supply_rate", from->supply_rate / RK_RATE_ONE, 9);
	put_wide(record, "utilisation", from->utilisation / RK_RATE_ONE, 9);
	put_wide(record, "debt_index", from->debt_index, 18);
	put_wide(record, "supply_index", from->supply_index, 18);
	put_wide(record, "earned", from->earned, asset->decimals);
	put_wide(record, "reserve", from->reserve, asset->decimals);
}

static void put_interest_paid(const struct scn_world *world,
			      const struct rk_event *event,
			      struct scn_record *record)
{
	const struct rk_ev_interest_paid *from = &event->interest_paid;
	const struct rk_cmd_asset *asset =
		scn_world_asset_of(world, from->asset);

	scn_record_word(record, "asset", asset->name);
	scn_record_decimal(record, "amount", from->amount.raw, asset->decimals);
	scn_record_decimal(record, "booked", from->booked.raw, asset->decimals);
	scn_record_decimal(record, "balance", from->balance.raw,
			   asset->decimals);
}

static void put_restarted(const struct scn_world *world,
			  const struct rk_event *event,
			  struct scn_record *record)
{
	const struct rk_ev_restarted *from = &event->restarted;
	const struct rk_cmd_asset *asset =
		scn_world_asset_of(world, from->asset);

	scn_record_word(record, "asset", asset->name);
	put_wide(record, "rounding", from->rounding, asset->decimals);
	scn_record_word(record, "held_only", from->held_only ? "yes" : "no");
}

static void put_insurance(const struct scn_world *world,
			  const struct rk_event *event,
			  struct scn_record *record)
{
	static const char *const causes[] = {
		[RK_INSURANCE_TOP_UP] = "TOP_UP",
		[RK_INSURANCE_WITHDRAWAL] = "WITHDRAWAL",
		[RK_INSURANCE_LIQUIDATION_FEE] = "LIQUIDATION_FEE",
		[RK_INSURANCE_DRAW] = "DRAW",
	};
	const struct rk_ev_insurance *from = &event->insurance;
	const struct rk_cmd_asset *asset =
		scn_world_asset_of(world, from->asset);

	scn_record_word(record, "asset", asset->name);
	scn_record_word(record, "cause", causes[from->cause]);
	scn_record_decimal(record, "amount", from->amount.raw, asset->decimals);
	scn_record_decimal(record, "fund", from->fund.raw, asset->decimals);
	scn_record_decimal(record, "balance", from->balance.raw,
			   asset->decimals);
}

static void put_loss(const struct scn_world *world,
		     const struct rk_event *event, struct scn_record *record)
{
	const struct rk_cmd_asset *asset;

	if (event->type == RK_EVENT_WRITTEN_OFF) {
		asset = scn_world_asset_of(world, event->written_off.asset);
		scn_record_word(record, "asset", asset->name);
		scn_record_decimal(record, "amount",
				   event->written_off.amount.raw,
				   asset->decimals);
		scn_record_decimal(record, "balance",
				   event->written_off.balance.raw,
				   asset->decimals);
		return;
	}
	asset = scn_world_asset_of(world, event->loss_shared.asset);
	scn_record_word(record, "asset", asset->name);
	scn_record_decimal(record, "loss", event->loss_shared.loss.raw,
			   asset->decimals);
	put_wide(record, "supply_index", event->loss_shared.supply_index, 18);
}

static void put_conversion(const struct scn_world *world,
			   const struct rk_event *event,
			   struct scn_record *record)
{
	const struct rk_ev_conversion *from = &event->conversion;
	const struct rk_cmd_asset *sell = scn_world_asset_of(world, from->sell);
	const struct rk_cmd_asset *buy = scn_world_asset_of(world, from->buy);

	scn_record_order(record, "order", from->order);
	scn_record_word(record, "sell", sell->name);
	scn_record_word(record, "buy", buy->name);
	scn_record_word(record, "reason",
			from->reason == 0
				? "-"
				: rk_close_reason_name(
					  (enum rk_close_reason)from->reason));
	scn_record_decimal(record, "size", from->size.raw, sell->decimals);
	scn_record_decimal(record, "sold", from->sold.raw, sell->decimals);
	scn_record_decimal(record, "least", from->least.raw, buy->decimals);
	scn_record_decimal(record, "bought", from->bought.raw, buy->decimals);
	scn_record_decimal(record, "loss", from->loss.raw, buy->decimals);
	scn_record_decimal(record, "sell_mark", from->sell_mark.raw,
			   sell->price_decimals);
	scn_record_decimal(record, "buy_mark", from->buy_mark.raw,
			   buy->price_decimals);
	scn_record_time(record, "expiry", from->expiry_ns);
	scn_record_usd(record, "equity", from->health.equity);
	scn_record_usd(record, "maintenance", from->health.maintenance);
}

static void put_conversion_withheld(const struct scn_world *world,
				    const struct rk_event *event,
				    struct scn_record *record)
{
	const struct rk_ev_conversion_withheld *from =
		&event->conversion_withheld;
	const struct rk_cmd_asset *asset =
		scn_world_asset_of(world, from->asset);

	scn_record_word(record, "asset", asset->name);
	scn_record_word(record, "withheld", from->withheld ? "yes" : "no");
	scn_record_decimal(record, "loss", from->loss.raw, asset->decimals);
}

static void put_converted(const struct scn_world *world,
			  const struct rk_event *event,
			  struct scn_record *record)
{
	const struct rk_ev_converted *from = &event->converted;
	const struct rk_cmd_asset *sell = scn_world_asset_of(world, from->sell);
	const struct rk_cmd_asset *buy = scn_world_asset_of(world, from->buy);

	scn_record_order(record, "order", from->order);
	scn_record_word(record, "sell", sell->name);
	scn_record_word(record, "buy", buy->name);
	scn_record_decimal(record, "sold", from->sold.raw, sell->decimals);
	scn_record_decimal(record, "bought", from->bought.raw, buy->decimals);
	scn_record_decimal(record, "fee", from->fee.raw, buy->decimals);
	scn_record_decimal(record, "sell_balance", from->sell_balance.raw,
			   sell->decimals);
	scn_record_decimal(record, "buy_balance", from->buy_balance.raw,
			   buy->decimals);
	scn_record_word(record, "late", from->late ? "yes" : "no");
}

static void put_resting(const struct scn_world *world,
			const struct rk_event *event, struct scn_record *record)
{
	const struct rk_cmd_market *market =
		scn_world_market_of(world, event->market);
	const struct rk_ev_resting *from = &event->resting;

	scn_record_count(record, "id", from->order);
	scn_record_word(record, "side",
			from->side == RK_SIDE_BUY ? "BUY" : "SELL");
	scn_record_word(record, "reduce_only",
			from->reduce_only ? "yes" : "no");
	scn_record_decimal(record, "size", from->size.raw,
			   market->size_decimals);
	scn_record_decimal(record, "left", from->left.raw,
			   market->size_decimals);
	scn_record_decimal(record, "price", from->price.raw,
			   market->price_decimals);
	scn_record_decimal(record, "fill", from->fill.raw,
			   market->size_decimals);
	scn_record_count(record, "trade", from->trade);
}

static void put_settled(const struct scn_world *world,
			const struct rk_event *event, struct scn_record *record)
{
	const struct rk_ev_settled *from = &event->settled;
	const struct rk_cmd_market *market =
		scn_world_market_of(world, event->market);
	uint8_t money = scn_world_settle_of(world, event->market)->decimals;

	scn_record_decimal(record, "price", from->price.raw,
			   market->price_decimals);
	scn_record_decimal(record, "size", from->size.raw,
			   market->size_decimals);
	scn_record_decimal(record, "cost", from->cost.raw, money);
	scn_record_decimal(record, "realised", from->realised.raw, money);
	scn_record_decimal(record, "booked", from->booked.raw, money);
	scn_record_decimal(record, "balance", from->balance.raw, money);
}

/* What the house did with the vault, or the vault with a position. */
static void put_vault(const struct scn_world *world,
		      const struct rk_event *event, struct scn_record *record)
{
	static const char *const causes[] = {
		[RK_TAKEOVER_EQUITY] = "EQUITY",
		[RK_TAKEOVER_STAGES] = "STAGES",
		[RK_TAKEOVER_DRAW] = "DRAW",
	};
	const struct rk_ev_taken_over *taken = &event->taken_over;
	const struct rk_cmd_market *market;
	uint8_t money;

	if (event->type == RK_EVENT_VAULT_MOVED) {
		const struct rk_cmd_asset *asset =
			scn_world_asset_of(world, event->vault.asset);

		scn_record_word(record, "asset", asset->name);
		scn_record_decimal(record, "amount", event->vault.amount.raw,
				   asset->decimals);
		scn_record_decimal(record, "capital", event->vault.capital.raw,
				   asset->decimals);
		return;
	}
	if (event->type == RK_EVENT_TAKEOVER_WITHHELD) {
		scn_record_word(record, "reason",
				rk_takeover_withheld_name(
					event->takeover_withheld.reason));
		return;
	}
	market = scn_world_market_of(world, event->market);
	money = scn_world_settle_of(world, event->market)->decimals;
	scn_record_word(record, "cause", causes[taken->cause]);
	scn_record_decimal(record, "price", taken->price.raw,
			   market->price_decimals);
	scn_record_decimal(record, "size", taken->size.raw,
			   market->size_decimals);
	scn_record_decimal(record, "cost", taken->cost.raw, money);
	scn_record_decimal(record, "concession", taken->concession.raw, money);
	scn_record_decimal(record, "realised", taken->realised.raw, money);
	scn_record_decimal(record, "booked", taken->booked.raw, money);
	scn_record_decimal(record, "balance", taken->balance.raw, money);
	scn_record_decimal(record, "event_left", taken->event_left.raw, money);
	scn_record_decimal(record, "hour_left", taken->hour_left.raw, money);
}

static void put_market_settled(const struct scn_world *world,
			       const struct rk_event *event,
			       struct scn_record *record)
{
	const struct rk_ev_market_settled *from = &event->market_settled;

	scn_record_decimal(
		record, "price", from->price.raw,
		scn_world_market_of(world, event->market)->price_decimals);
	scn_record_count(record, "positions", from->positions);
	scn_record_decimal(record, "left", from->left.raw,
			   scn_world_settle_of(world, event->market)->decimals);
}

static void put_market_state(const struct rk_event *event,
			     struct scn_record *record)
{
	const struct rk_ev_market_state *from = &event->market_state;

	scn_record_word(record, "before", rk_market_state_name(from->before));
	scn_record_word(record, "after", rk_market_state_name(from->after));
	scn_record_time(record, "expiry", from->expiry_ns);
	scn_record_word(record, "expired", from->expired ? "yes" : "no");
}

static void put_ramped(const struct scn_world *world,
		       const struct rk_event *event, struct scn_record *record)
{
	const struct rk_ev_ramped *from = &event->ramped;

	scn_record_word(record, "asset",
			event->market != RK_NO_MARKET
				? "-"
				: scn_world_asset_of(world, from->id)->name);
	scn_record_word(record, "group",
			from->group[0] == '\0' ? "-" : from->group);
	scn_record_decimal(record, "share", from->share.raw, 9);
	scn_record_decimal(record, "size_factor", from->size_factor, 18);
	scn_record_decimal(record, "weight", from->terms.weight.raw, 9);
	scn_record_decimal(record, "liability", from->terms.liability.raw, 9);
	scn_record_decimal(record, "profit", from->terms.profit.raw, 9);
	/* Both in seconds. */
	scn_record_decimal(record, "elapsed", from->elapsed_ns, 9);
	scn_record_decimal(record, "duration", from->duration_ns, 9);
	scn_record_word(record, "ended", from->ended ? "yes" : "no");
}

/* What happens in a market or an asset as a whole, and what follows. */
static void put_of_market(const struct scn_world *world,
			  const struct rk_event *event,
			  struct scn_record *record)
{
	switch ((int)event->type) {
	case RK_EVENT_FUNDING:
		put_funding(world, event, record);
		break;
	case RK_EVENT_FUNDING_PAID:
		put_funding_paid(world, event, record);
		break;
	case RK_EVENT_MARKET_STATE_SET:
		put_market_state(event, record);
		break;
	case RK_EVENT_POSITION_SETTLED:
		put_settled(world, event, record);
		break;
	case RK_EVENT_MARKET_SETTLED:
		put_market_settled(world, event, record);
		break;
	case RK_EVENT_INTEREST:
		put_interest(world, event, record);
		break;
	case RK_EVENT_INTEREST_PAID:
		put_interest_paid(world, event, record);
		break;
	case RK_EVENT_INDEX_RESTARTED:
		put_restarted(world, event, record);
		break;
	case RK_EVENT_WRITTEN_OFF:
	case RK_EVENT_LOSS_SHARED:
		put_loss(world, event, record);
		break;
	case RK_EVENT_INSURANCE_MOVED:
		put_insurance(world, event, record);
		break;
	case RK_EVENT_VAULT_MOVED:
	case RK_EVENT_TAKEN_OVER:
	case RK_EVENT_TAKEOVER_WITHHELD:
		put_vault(world, event, record);
		break;
	case RK_EVENT_CONVERTED:
		put_converted(world, event, record);
		break;
	case RK_EVENT_CONVERSION_OPENED:
	case RK_EVENT_CONVERSION_CLOSE_ASKED:
	case RK_EVENT_CONVERSION_CLOSED:
		put_conversion(world, event, record);
		break;
	case RK_EVENT_CONVERSION_WITHHELD:
		put_conversion_withheld(world, event, record);
		break;
	case RK_EVENT_RAMPED:
		put_ramped(world, event, record);
		break;
	case RK_EVENT_COLLATERAL_SET:
	case RK_EVENT_MARKET_CHANGED:
	case RK_EVENT_MARGIN_SET:
	case RK_EVENT_LIQUIDATION_SET:
	case RK_EVENT_RAMP_SET:
		scn_record_word(record, "name", event->name.name);
		break;
	default:
		break;
	}
}

void scn_record_event(const struct scn_world *world,
		      const struct rk_event *event, struct scn_record *record)
{
	scn_record_begin(record, rk_event_name(event->type));
	scn_record_count(record, "account", event->account);
	scn_record_word(
		record, "market",
		event->market == RK_NO_MARKET
			? "-"
			: scn_world_market_of(world, event->market)->name);
	scn_record_time(record, "at", event->time_ns);

	switch ((int)event->type) {
	case RK_EVENT_REJECTED:
		put_rejected(event, record);
		break;
	case RK_EVENT_PRICE_STATE:
		put_price_state(world, event, record);
		break;
	case RK_EVENT_ACCOUNT_CREATED:
		put_created(event, record);
		break;
	case RK_EVENT_BALANCE:
		put_balance(world, event, record);
		break;
	case RK_EVENT_POSITION:
		put_position(world, event, record);
		break;
	case RK_EVENT_STATE:
	case RK_EVENT_RECHECKED:
		put_judged(event, record);
		break;
	case RK_EVENT_ORDER_OPENED:
	case RK_EVENT_ORDER_FILLED:
	case RK_EVENT_ORDER_CLOSE_ASKED:
	case RK_EVENT_ORDER_CLOSED:
	case RK_EVENT_ORDER_CLAIMED:
		put_order(world, event, record);
		break;
	case RK_EVENT_WITHHELD:
		put_withheld(event, record);
		break;
	case RK_EVENT_LEVERAGE_SET:
		scn_record_decimal(record, "leverage",
				   event->leverage.leverage.raw, 9);
		break;
	case RK_EVENT_MODE_SET:
		scn_record_word(record, "mode",
				event->mode.mode == RK_MODE_CROSS ? "CROSS"
								  : "ISOLATED");
		break;
	case RK_EVENT_ORDER_PLACED:
	case RK_EVENT_ORDER_CANCELLED:
	case RK_EVENT_ORDER_EXECUTED:
		put_resting(world, event, record);
		break;
	case RK_EVENT_ORDERS_CANCEL_ASKED:
		scn_record_count(record, "orders", event->cancel_asked.orders);
		break;
	case RK_EVENT_POSITION_MOVED:
		put_moved(world, event, record);
		break;
	case RK_EVENT_DEFICIT:
		scn_record_usd(record, "amount", event->deficit.amount);
		break;
	default:
		put_of_market(world, event, record);
		break;
	}
}

bool scn_record_is_echo(const struct rk_event *event)
{
	switch ((int)event->type) {
	case RK_EVENT_ACCOUNT_CREATED:
	case RK_EVENT_BALANCE:
	case RK_EVENT_POSITION:
	case RK_EVENT_ORDER_PLACED:
	case RK_EVENT_ORDER_CANCELLED:
	case RK_EVENT_RESUMED:
	case RK_EVENT_COLLATERAL_SET:
	case RK_EVENT_MARKET_CHANGED:
	case RK_EVENT_MARGIN_SET:
	case RK_EVENT_LIQUIDATION_SET:
	case RK_EVENT_RAMP_SET:
		return true;
	case RK_EVENT_PRICE_STATE: /* that a first price is there */
		return event->price_state.before == RK_PRICE_NONE &&
		       event->price_state.after == RK_PRICE_OK;
	default:
		return false;
	}
}
