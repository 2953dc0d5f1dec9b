/*
 * riskctl: an event as a line. Its fields are collected once, as JSON and as
 * words, so that people and programs see the same.
 */
#include "ctl_event.h"

#include <inttypes.h>
#include <stdarg.h>

#include "ctl_figures.h"
#include "ctl_out.h"
#include "engine/cmd.h"

#define WORDS_SIZE 1024

struct fields {
	const struct ctl *ctl;
	json_t *object;
	char words[WORDS_SIZE];
	size_t n;
};

static void add_words(struct fields *fields, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_words(struct fields *fields, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(fields->words + fields->n, WORDS_SIZE - fields->n, format,
		      args);
	va_end(args);
	if (n > 0)
		fields->n += (size_t)n;
	if (fields->n >= WORDS_SIZE)
		fields->n = WORDS_SIZE - 1;
}

/* Setting a member fails only without memory: the line then lacks it. */
static void set(struct fields *fields, const char *key, json_t *value)
{
	(void)json_object_set_new(fields->object, key, value);
}

static void add_text(struct fields *fields, const char *key, const char *text)
{
	set(fields, key, json_string(text));
	add_words(fields, "  %s %s", key, text);
}

static void add_u64(struct fields *fields, const char *key, uint64_t value)
{
	set(fields, key,
	    value <= INT64_MAX ? json_integer((json_int_t)value)
			       : json_sprintf("%" PRIu64, value));
	add_words(fields, "  %s %" PRIu64, key, value);
}

static void add_decimal(struct fields *fields, const char *key, int64_t raw,
			uint32_t decimals, const char *unit)
{
	char text[RISK_DECIMAL_SIZE];

	set(fields, key, json_string(risk_format_decimal(raw, decimals, text)));
	add_words(fields, "  %s %s%s%s", key, text, *unit ? " " : "", unit);
}

static void add_usd(struct fields *fields, const char *key, int64_t raw)
{
	add_decimal(fields, key, raw, 8, "USD");
}

static void add_order_id(struct fields *fields, const Riskd__OrderId *id)
{
	char text[RISK_DECIMAL_SIZE];

	if (id)
		add_text(fields, "order",
			 risk_format_order_id(id->seq, id->n, text));
}

static struct ctl_scale scale_of(const struct ctl *ctl,
				 const Riskd__Event *event)
{
	if (!event->market_plus_one)
		return (struct ctl_scale){
			.market = "", .asset = "", .quote = ""};
	return ctl_scale_of(ctl, event->market_plus_one - 1);
}

static void add_order(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__LiquidationOrder *order = event->order;
	struct ctl_scale scale = scale_of(fields->ctl, event);
	bool opened =
		order->phase == RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED;

	add_order_id(fields, order->order);
	add_text(fields, "side", risk_side_name(order->side));
	add_decimal(fields, "size", order->size, scale.size, "");
	if (!opened)
		add_decimal(fields, "filled", order->filled, scale.size, "");
	if (order->phase == RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED) {
		add_decimal(fields, "fill", order->fill, scale.size, "");
		add_decimal(fields, "price", order->fill_price, scale.price,
			    scale.quote);
		add_u64(fields, "trade", order->trade);
	}
	if (order->late)
		add_text(fields, "late", "yes");
	if (order->claimed_until_ns) {
		char when[CTL_TIME_SIZE];

		add_u64(fields, "claimed_by", order->claimed_by);
		add_text(fields, "claimed_until",
			 ctl_format_time(order->claimed_until_ns, when));
	}
	if (opened) {
		add_decimal(fields, "floor", order->floor_price, scale.price,
			    scale.quote);
		add_decimal(fields, "mark", order->mark, scale.price,
			    scale.quote);
		/* The public stream tells no health. */
		if (event->account) {
			add_usd(fields, "equity", order->equity);
			add_usd(fields, "maintenance", order->maintenance);
		}
	}
	if (order->reason)
		add_text(fields, "reason",
			 risk_order_reason_name(order->reason));
}

static void add_position(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__PositionChanged *position = event->position;
	struct ctl_scale scale = scale_of(fields->ctl, event);

	add_u64(fields, "trade", position->trade);
	add_decimal(fields, "traded", position->traded, scale.size, "");
	add_decimal(fields, "price", position->price, scale.price, scale.quote);
	add_decimal(fields, "size", position->size, scale.size, "");
	add_decimal(fields, "cost", position->cost, scale.settle, scale.asset);
	add_decimal(fields, "realised", position->realised, scale.settle,
		    scale.asset);
	add_decimal(fields, "fee", position->fee, scale.settle, scale.asset);
	add_decimal(fields, "balance", position->balance, scale.settle,
		    scale.asset);
	if (position->to_vault)
		add_decimal(fields, "to_vault", position->to_vault, scale.size,
			    "");
}

static void add_moved(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__PositionMoved *moved = event->position_moved;
	struct ctl_scale scale = scale_of(fields->ctl, event);

	add_u64(fields, "other", moved->other);
	add_decimal(fields, "size", moved->size, scale.size, "");
	add_decimal(fields, "cost", moved->cost, scale.settle, scale.asset);
}

static void add_resting(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__RestingOrderChanged *changed = event->resting_order;
	const Riskd__RestingOrder *order = changed->order;
	struct ctl_scale scale = scale_of(fields->ctl, event);

	if (!order)
		return;
	add_u64(fields, "order", order->order);
	add_text(fields, "side", risk_side_name(order->side));
	if (order->reduce_only)
		add_text(fields, "reduce_only", "yes");
	add_decimal(fields, "size", order->size, scale.size, "");
	add_decimal(fields, "left", order->left, scale.size, "");
	add_decimal(fields, "price", order->price, scale.price, scale.quote);
	if (changed->trade) {
		add_decimal(fields, "fill", changed->fill, scale.size, "");
		add_u64(fields, "trade", changed->trade);
	}
}

static void add_balance(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__BalanceChanged *balance = event->balance;
	uint32_t decimals;
	const char *name = ctl_asset_of(fields->ctl, balance->asset, &decimals);

	add_text(fields, "cause", risk_cause_name(balance->cause));
	add_text(fields, "asset", name);
	add_decimal(fields, "delta", balance->delta, decimals, name);
	add_decimal(fields, "balance", balance->balance, decimals, name);
	if (balance->ref)
		add_u64(fields, "ref", balance->ref);
}

static void add_rejected(struct fields *fields, const Riskd__Rejected *rejected)
{
	/* The number comes from the wire; the list of names checks it. */
	add_text(fields, "command",
		 rk_cmd_name((enum rk_cmd_type)rejected->command));
	add_text(fields, "code", risk_code_name(rejected->code));
	if (*rejected->client) {
		add_text(fields, "client", rejected->client);
		add_u64(fields, "client_seq", rejected->client_seq);
	}
}

static void add_price_state(struct fields *fields,
			    const Riskd__PriceStateChanged *changed)
{
	uint32_t decimals;

	add_text(fields, "price_of",
		 ctl_slot_of(fields->ctl, changed->slot, &decimals));
	add_text(fields, "before", risk_price_state_name(changed->before));
	add_text(fields, "after", risk_price_state_name(changed->after));
	add_decimal(fields, "mark", changed->mark, decimals, "");
}

static void add_funding(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__Funding *funding = event->funding;
	struct ctl_scale scale = scale_of(fields->ctl, event);

	add_decimal(fields, "rate", funding->rate, 9, "");
	add_decimal(fields, "price", funding->price, scale.price, scale.quote);
	add_u64(fields, "samples", funding->samples);
	if (funding->restarted)
		add_text(fields, "restarted", "yes");
}

static void add_funding_paid(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__FundingPaid *paid = event->funding_paid;
	struct ctl_scale scale = scale_of(fields->ctl, event);

	add_decimal(fields, "amount", paid->amount, scale.settle, scale.asset);
	if (paid->booked != paid->amount)
		add_decimal(fields, "booked", paid->booked, scale.settle,
			    scale.asset);
	add_decimal(fields, "balance", paid->balance, scale.settle,
		    scale.asset);
}

static void add_market_state(struct fields *fields,
			     const Riskd__MarketStateSet *set)
{
	char when[CTL_TIME_SIZE];

	add_text(fields, "before", risk_market_state_name(set->before));
	add_text(fields, "after", risk_market_state_name(set->after));
	if (set->expiry_ns)
		add_text(fields, "expiry",
			 ctl_format_time(set->expiry_ns, when));
	if (set->expired)
		add_text(fields, "expired", "yes");
}

static void add_settled(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__PositionSettled *settled = event->position_settled;
	struct ctl_scale scale = scale_of(fields->ctl, event);

	add_decimal(fields, "price", settled->price, scale.price, scale.quote);
	add_decimal(fields, "size", settled->size, scale.size, "");
	add_decimal(fields, "cost", settled->cost, scale.settle, scale.asset);
	add_decimal(fields, "realised", settled->realised, scale.settle,
		    scale.asset);
	if (settled->booked != settled->realised)
		add_decimal(fields, "booked", settled->booked, scale.settle,
			    scale.asset);
	add_decimal(fields, "balance", settled->balance, scale.settle,
		    scale.asset);
}

static void add_market_settled(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__MarketSettled *settled = event->market_settled;
	struct ctl_scale scale = scale_of(fields->ctl, event);

	add_decimal(fields, "price", settled->price, scale.price, scale.quote);
	add_u64(fields, "positions", settled->positions);
	add_decimal(fields, "left", settled->left, scale.settle, scale.asset);
}

/* Times to the millisecond, like times of people. */
static void add_lag(struct fields *fields, const Riskd__Lag *lag)
{
	add_text(fields, "lagging", lag->lagging ? "yes" : "no");
	add_decimal(fields, "window", lag->window_ns / 1000000, 3, "s");
	add_decimal(fields, "judging", lag->judging_ns / 1000000, 3, "s");
	add_decimal(fields, "age", lag->age_ns / 1000000, 3, "s");
	add_u64(fields, "batches", lag->batches);
	add_u64(fields, "quotes", lag->quotes);
	add_u64(fields, "quotes_merged", lag->quotes_merged);
	add_u64(fields, "judged", lag->judged);
}

static void add_ramped(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__Ramped *ramped = event->ramped;
	uint32_t decimals;

	if (event->market_plus_one == 0) {
		add_text(fields, "asset",
			 ctl_asset_of(fields->ctl, ramped->asset, &decimals));
	}
	if (ramped->size_factor != 0)
		add_decimal(fields, "size_factor", ramped->size_factor, 18, "");
	else if (event->market_plus_one == 0)
		add_decimal(fields, "weight", ramped->weight, 9, "");
	if (ramped->group[0] != '\0') {
		add_text(fields, "group", ramped->group);
		add_decimal(fields, "share", ramped->share, 9, "");
	} else if (event->market_plus_one == 0 && ramped->size_factor == 0) {
		add_decimal(fields, "liability", ramped->liability, 9, "");
		add_decimal(fields, "profit", ramped->profit, 9, "");
	}
	add_decimal(fields, "elapsed", ramped->elapsed_ns, 9, "s");
	add_decimal(fields, "duration", ramped->duration_ns, 9, "s");
	add_text(fields, "ended", ramped->ended ? "yes" : "no");
}

/* What happens to a market or an asset by itself. False: none of these. */
static bool add_ending(struct fields *fields, const Riskd__Event *event)
{
	switch ((int)event->kind_case) {
	case RISKD__EVENT__KIND_MARKET_STATE_SET:
		add_market_state(fields, event->market_state_set);
		return true;
	case RISKD__EVENT__KIND_POSITION_SETTLED:
		add_settled(fields, event);
		return true;
	case RISKD__EVENT__KIND_MARKET_SETTLED:
		add_market_settled(fields, event);
		return true;
	case RISKD__EVENT__KIND_RAMPED:
		add_ramped(fields, event);
		return true;
	default:
		return false;
	}
}

static void add_interest(struct fields *fields, const Riskd__Interest *interest)
{
	uint32_t decimals;
	const char *name =
		ctl_asset_of(fields->ctl, interest->asset, &decimals);

	add_text(fields, "asset", name);
	/* Of 1e-18, as many digits as other rates have. */
	add_decimal(fields, "borrow_rate",
		    (int64_t)(interest->borrow_rate / 1000000000), 9, "");
	add_decimal(fields, "supply_rate",
		    (int64_t)(interest->supply_rate / 1000000000), 9, "");
	add_decimal(fields, "utilisation",
		    (int64_t)(interest->utilisation / 1000000000), 9, "");
	add_decimal(fields, "earned", (int64_t)interest->earned, decimals,
		    name);
	add_decimal(fields, "reserve", (int64_t)interest->reserve, decimals,
		    name);
}

static void add_interest_paid(struct fields *fields,
			      const Riskd__InterestPaid *paid)
{
	uint32_t decimals;
	const char *name = ctl_asset_of(fields->ctl, paid->asset, &decimals);

	add_text(fields, "asset", name);
	add_decimal(fields, "amount", paid->amount, decimals, name);
	if (paid->booked != paid->amount)
		add_decimal(fields, "booked", paid->booked, decimals, name);
	add_decimal(fields, "balance", paid->balance, decimals, name);
}

static void add_restarted(struct fields *fields,
			  const Riskd__IndexRestarted *restarted)
{
	uint32_t decimals;
	const char *name =
		ctl_asset_of(fields->ctl, restarted->asset, &decimals);

	add_text(fields, "asset", name);
	add_decimal(fields, "rounding", restarted->rounding, decimals, name);
	if (restarted->held_only)
		add_text(fields, "of", "what is held");
}

static void add_written_off(struct fields *fields,
			    const Riskd__WrittenOff *written)
{
	uint32_t decimals;
	const char *name = ctl_asset_of(fields->ctl, written->asset, &decimals);

	add_text(fields, "asset", name);
	add_decimal(fields, "amount", written->amount, decimals, name);
	add_decimal(fields, "balance", written->balance, decimals, name);
}

static void add_insurance(struct fields *fields,
			  const Riskd__InsuranceMoved *moved)
{
	uint32_t decimals;
	const char *name = ctl_asset_of(fields->ctl, moved->asset, &decimals);

	add_text(fields, "asset", name);
	add_text(fields, "cause", risk_insurance_cause_name(moved->cause));
	add_decimal(fields, "amount", moved->amount, decimals, name);
	add_decimal(fields, "fund", moved->fund, decimals, name);
	add_decimal(fields, "balance", moved->balance, decimals, name);
}

static void add_vault(struct fields *fields, const Riskd__VaultMoved *moved)
{
	uint32_t decimals;
	const char *name = ctl_asset_of(fields->ctl, moved->asset, &decimals);

	add_text(fields, "asset", name);
	add_decimal(fields, "amount", moved->amount, decimals, name);
	add_decimal(fields, "capital", moved->capital, decimals, name);
}

static void add_taken_over(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__TakenOver *taken = event->taken_over;
	struct ctl_scale scale = scale_of(fields->ctl, event);
	const struct {
		const char *key;
		int64_t amount;
	} rows[] = {
		{"cost", taken->cost},
		{"concession", taken->concession},
		{"realised", taken->realised},
		{"booked", taken->booked},
		{"balance", taken->balance},
		{"event_left", taken->event_left},
		{"hour_left", taken->hour_left},
	};

	add_text(fields, "cause", risk_takeover_cause_name(taken->cause));
	add_decimal(fields, "price", taken->price, scale.price, scale.quote);
	add_decimal(fields, "size", taken->size, scale.size, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		add_decimal(fields, rows[i].key, rows[i].amount, scale.settle,
			    scale.asset);
}

static void add_loss_shared(struct fields *fields,
			    const Riskd__LossShared *shared)
{
	uint32_t decimals;
	const char *name = ctl_asset_of(fields->ctl, shared->asset, &decimals);

	add_text(fields, "asset", name);
	add_decimal(fields, "loss", shared->loss, decimals, name);
	/* Of 1e-18, as many digits as rates have. */
	add_decimal(fields, "supply_index",
		    (int64_t)(shared->supply_index / 1000000000), 9, "");
}

static void add_conversion(struct fields *fields, const Riskd__Event *event)
{
	const Riskd__ConversionOrder *order = event->conversion;
	bool opened =
		order->phase == RISKD__CONVERSION_ORDER__PHASE__PHASE_OPENED;
	uint32_t sells;
	uint32_t buys;
	const char *sell = ctl_asset_of(fields->ctl, order->sell, &sells);
	const char *buy = ctl_asset_of(fields->ctl, order->buy, &buys);

	add_order_id(fields, order->order);
	add_decimal(fields, "sell", order->size, sells, sell);
	add_decimal(fields, "least", order->least, buys, buy);
	if (!opened) {
		add_decimal(fields, "sold", order->sold, sells, sell);
		add_decimal(fields, "bought", order->bought, buys, buy);
		add_text(fields, "reason",
			 risk_order_reason_name(order->reason));
		return;
	}
	add_decimal(fields, "mark", order->sell_mark,
		    ctl_price_decimals(fields->ctl, order->sell), "USD");
	/* The public stream tells nothing of the account. */
	if (!event->account)
		return;
	add_decimal(fields, "loss", order->loss, buys, buy);
	add_usd(fields, "equity", order->equity);
	add_usd(fields, "maintenance", order->maintenance);
}

static void add_conversion_withheld(struct fields *fields,
				    const Riskd__ConversionWithheld *withheld)
{
	uint32_t decimals;
	const char *asset =
		ctl_asset_of(fields->ctl, withheld->asset, &decimals);

	add_decimal(fields, "loss", withheld->loss, decimals, asset);
	add_text(fields, "withheld", withheld->withheld ? "yes" : "no");
}

static void add_converted(struct fields *fields,
			  const Riskd__Converted *converted)
{
	uint32_t sells;
	uint32_t buys;
	const char *sell = ctl_asset_of(fields->ctl, converted->sell, &sells);
	const char *buy = ctl_asset_of(fields->ctl, converted->buy, &buys);

	add_order_id(fields, converted->order);
	add_decimal(fields, "sold", converted->sold, sells, sell);
	add_decimal(fields, "bought", converted->bought, buys, buy);
	add_decimal(fields, "fee", converted->fee, buys, buy);
	add_decimal(fields, "sell_balance", converted->sell_balance, sells,
		    sell);
	add_decimal(fields, "buy_balance", converted->buy_balance, buys, buy);
	if (converted->late)
		add_text(fields, "late", "yes");
}

/* What an index moved, or brought. False: none of these. */
static bool add_index(struct fields *fields, const Riskd__Event *event)
{
	switch ((int)event->kind_case) {
	case RISKD__EVENT__KIND_FUNDING:
		add_funding(fields, event);
		return true;
	case RISKD__EVENT__KIND_FUNDING_PAID:
		add_funding_paid(fields, event);
		return true;
	case RISKD__EVENT__KIND_INTEREST:
		add_interest(fields, event->interest);
		return true;
	case RISKD__EVENT__KIND_INTEREST_PAID:
		add_interest_paid(fields, event->interest_paid);
		return true;
	case RISKD__EVENT__KIND_INDEX_RESTARTED:
		add_restarted(fields, event->index_restarted);
		return true;
	case RISKD__EVENT__KIND_WRITTEN_OFF:
		add_written_off(fields, event->written_off);
		return true;
	case RISKD__EVENT__KIND_LOSS_SHARED:
		add_loss_shared(fields, event->loss_shared);
		return true;
	case RISKD__EVENT__KIND_INSURANCE_MOVED:
		add_insurance(fields, event->insurance_moved);
		return true;
	case RISKD__EVENT__KIND_VAULT_MOVED:
		add_vault(fields, event->vault_moved);
		return true;
	case RISKD__EVENT__KIND_TAKEN_OVER:
		add_taken_over(fields, event);
		return true;
	case RISKD__EVENT__KIND_TAKEOVER_WITHHELD:
		add_text(fields, "reason",
			 risk_takeover_withheld_name(
				 event->takeover_withheld->reason));
		return true;
	default:
		return false;
	}
}

/* What was booked on an account. False: none of these. */
static bool add_booking(struct fields *fields, const Riskd__Event *event)
{
	switch ((int)event->kind_case) {
	case RISKD__EVENT__KIND_ACCOUNT_CREATED:
		add_u64(fields, "owner", event->account_created->owner);
		add_text(fields, "mode",
			 risk_mode_name(event->account_created->mode));
		add_text(fields, "enforcement",
			 risk_enforcement_name(
				 event->account_created->enforcement));
		return true;
	case RISKD__EVENT__KIND_CONVERSION:
		add_conversion(fields, event);
		return true;
	case RISKD__EVENT__KIND_CONVERTED:
		add_converted(fields, event->converted);
		return true;
	case RISKD__EVENT__KIND_CONVERSION_WITHHELD:
		add_conversion_withheld(fields, event->conversion_withheld);
		return true;
	case RISKD__EVENT__KIND_BALANCE:
		add_balance(fields, event);
		return true;
	case RISKD__EVENT__KIND_POSITION:
		add_position(fields, event);
		return true;
	case RISKD__EVENT__KIND_MODE_SET:
		add_text(fields, "mode", risk_mode_name(event->mode_set->mode));
		return true;
	case RISKD__EVENT__KIND_POSITION_MOVED:
		add_moved(fields, event);
		return true;
	case RISKD__EVENT__KIND_RESTING_ORDER:
		add_resting(fields, event);
		return true;
	case RISKD__EVENT__KIND_ORDERS_CANCEL_ASKED:
		add_u64(fields, "orders", event->orders_cancel_asked->orders);
		return true;
	default:
		return false;
	}
}

static void add_rechecked(struct fields *fields,
			  const Riskd__Rechecked *rechecked)
{
	if (rechecked->found_seq)
		add_u64(fields, "found_seq", rechecked->found_seq);
	add_text(fields, "before", risk_state_name(rechecked->before));
	add_text(fields, "after", risk_state_name(rechecked->after));
	add_usd(fields, "equity", rechecked->equity);
	add_usd(fields, "maintenance", rechecked->maintenance);
}

static void add_kind(struct fields *fields, const Riskd__Event *event)
{
	if (add_booking(fields, event) || add_ending(fields, event) ||
	    add_index(fields, event))
		return;
	switch ((int)event->kind_case) {
	case RISKD__EVENT__KIND_REJECTED:
		add_rejected(fields, event->rejected);
		break;
	case RISKD__EVENT__KIND_ADDED:
		if (*event->added->name)
			add_text(fields, "name", event->added->name);
		break;
	case RISKD__EVENT__KIND_PRICE_STATE:
		add_price_state(fields, event->price_state);
		break;
	case RISKD__EVENT__KIND_STATE:
		add_text(fields, "before",
			 risk_state_name(event->state->before));
		add_text(fields, "after", risk_state_name(event->state->after));
		add_usd(fields, "equity", event->state->equity);
		add_usd(fields, "maintenance", event->state->maintenance);
		break;
	case RISKD__EVENT__KIND_RECHECKED:
		add_rechecked(fields, event->rechecked);
		break;
	case RISKD__EVENT__KIND_ORDER:
		add_order(fields, event);
		break;
	case RISKD__EVENT__KIND_WITHHELD:
		add_text(fields, "reason",
			 risk_withheld_name(event->withheld->reason));
		break;
	case RISKD__EVENT__KIND_DEFICIT:
		add_usd(fields, "amount", event->deficit->amount);
		break;
	case RISKD__EVENT__KIND_SYNC_STALLED:
		/* To the millisecond, like times of people. */
		add_decimal(fields, "age",
			    event->sync_stalled->age_ns / 1000000, 3, "s");
		break;
	case RISKD__EVENT__KIND_LAG:
		add_lag(fields, event->lag);
		break;
	case RISKD__EVENT__KIND_LEVERAGE_SET:
		add_decimal(fields, "leverage", event->leverage_set->leverage,
			    9, "");
		break;
	default: /* all is said by its name */
		break;
	}
}

static enum ctl_color color_of(const Riskd__Event *event)
{
	Riskd__Event__KindCase kind = event->kind_case;

	if (kind == RISKD__EVENT__KIND_STATE)
		return ctl_color_of_state(event->state->after);
	if (kind == RISKD__EVENT__KIND_RECHECKED)
		return event->rechecked->found_seq ? CTL_RED : CTL_PLAIN;
	if (kind == RISKD__EVENT__KIND_ORDER &&
	    event->order->phase ==
		    RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED)
		return CTL_RED;
	if (kind == RISKD__EVENT__KIND_DEFICIT ||
	    kind == RISKD__EVENT__KIND_WITHHELD ||
	    kind == RISKD__EVENT__KIND_SYNC_STALLED)
		return CTL_RED;
	if (kind == RISKD__EVENT__KIND_LAG)
		return event->lag->lagging ? CTL_RED : CTL_GREEN;
	if (kind == RISKD__EVENT__KIND_REJECTED ||
	    kind == RISKD__EVENT__KIND_PRICE_STATE)
		return CTL_YELLOW;
	return CTL_PLAIN;
}

static void print_text(const struct ctl *ctl, const struct fields *fields,
		       const Riskd__Event *event)
{
	char when[CTL_TIME_SIZE];
	char account[32] = "";
	const char *market = scale_of(ctl, event).market;

	if (event->account)
		(void)snprintf(account, sizeof(account), "account %" PRIu64,
			       event->account);
	(void)printf("%s  %8" PRIu64 "  %s%-17s%s",
		     ctl_format_time(event->time_ns, when), event->number,
		     ctl_color_on(ctl, color_of(event)), risk_event_name(event),
		     color_of(event) ? ctl_color_off(ctl) : "");
	if (*account)
		(void)printf("  %s", account);
	if (*market)
		(void)printf("  %s", market);
	(void)printf("%s\n", fields->words);
}

void ctl_event_header(const struct ctl *ctl)
{
	if (ctl->output == CTL_CSV)
		(void)printf("number,seq,time_ns,event,account,market,"
			     "details\n");
}

/* Words hold what does not stand in columns of its own for people. */
static bool collect(struct fields *fields, const Riskd__Event *event)
{
	const char *market = scale_of(fields->ctl, event).market;

	fields->object = json_object();
	if (!fields->object)
		return false;
	add_u64(fields, "number", event->number);
	add_u64(fields, "seq", event->seq);
	set(fields, "time_ns", json_integer(event->time_ns));
	set(fields, "event", json_string(risk_event_name(event)));
	if (event->account)
		add_u64(fields, "account", event->account);
	if (*market)
		set(fields, "market", json_string(market));
	fields->n = 0;
	fields->words[0] = '\0';
	add_kind(fields, event);
	return true;
}

json_t *ctl_event_json(const struct ctl *ctl, const Riskd__Event *event)
{
	struct fields fields = {.ctl = ctl};

	return collect(&fields, event) ? fields.object : NULL;
}

int ctl_event_print(const struct ctl *ctl, const Riskd__Event *event)
{
	struct fields fields = {.ctl = ctl};
	const char *market = scale_of(ctl, event).market;
	const char *words;

	if (!collect(&fields, event))
		return ctl_refuse(ctl, "out of memory");
	if (ctl->output == CTL_JSON) {
		(void)ctl_json_print(ctl, json_incref(fields.object));
	} else if (ctl->output == CTL_CSV) {
		words = fields.words;
		while (*words == ' ')
			words++;
		(void)printf("%" PRIu64 ",%" PRIu64 ",%" PRId64 ",%s,%" PRIu64
			     ",%s,%s\n",
			     event->number, event->seq, event->time_ns,
			     risk_event_name(event), event->account, market,
			     words);
	} else {
		print_text(ctl, &fields, event);
	}
	json_decref(fields.object);
	(void)fflush(stdout); /* main checks stdout at the end */
	return CTL_OK;
}
