/*
 * The chain over all events. See digest.h.
 */
#include "engine/digest.h"

#include "engine/words.h"

static void put_order_event(struct rk_words *w, const struct rk_ev_order *order)
{
	rk_words_put(w, order->order.seq);
	rk_words_put(w, order->order.n);
	rk_words_put(w, order->side);
	rk_words_put(w, order->reason);
	rk_words_put_signed(w, order->size.raw);
	rk_words_put_signed(w, order->filled.raw);
	rk_words_put_signed(w, order->fill.raw);
	rk_words_put_signed(w, order->fill_price.raw);
	rk_words_put(w, order->trade);
	rk_words_put_signed(w, order->floor_price.raw);
	rk_words_put_signed(w, order->mark.raw);
	rk_words_put_signed(w, order->expiry_ns);
	rk_words_put(w, order->late);
	rk_words_put_health(w, &order->health);
	if (order->claimed_until_ns != 0) {
		rk_words_put(w, order->claimed_by);
		rk_words_put_signed(w, order->claimed_until_ns);
	}
}

static void put_position_event(struct rk_words *w,
			       const struct rk_ev_position *position)
{
	rk_words_put(w, position->trade);
	rk_words_put_signed(w, position->price.raw);
	rk_words_put_signed(w, position->traded.raw);
	rk_words_put_signed(w, position->to_vault.raw);
	rk_words_put_signed(w, position->size.raw);
	rk_words_put_signed(w, position->cost.raw);
	rk_words_put_signed(w, position->realised.raw);
	rk_words_put_signed(w, position->fee.raw);
	rk_words_put_signed(w, position->balance.raw);
}

static void put_resting_event(struct rk_words *w,
			      const struct rk_ev_resting *resting)
{
	rk_words_put(w, resting->order);
	rk_words_put(w, resting->side);
	rk_words_put(w, resting->reduce_only);
	rk_words_put_signed(w, resting->size.raw);
	rk_words_put_signed(w, resting->left.raw);
	rk_words_put_signed(w, resting->price.raw);
	rk_words_put_signed(w, resting->fill.raw);
	rk_words_put(w, resting->trade);
}

/* What is booked on an account. False: none of these. */
static bool put_booking(struct rk_words *w, const struct rk_event *event)
{
	switch ((int)event->type) {
	case RK_EVENT_ACCOUNT_CREATED:
		rk_words_put(w, event->created.owner);
		rk_words_put(w, event->created.mode);
		rk_words_put(w, event->created.enforcement);
		return true;
	case RK_EVENT_BALANCE:
		rk_words_put(w, event->balance.asset);
		rk_words_put(w, event->balance.cause);
		rk_words_put_signed(w, event->balance.delta.raw);
		rk_words_put_signed(w, event->balance.balance.raw);
		rk_words_put(w, event->balance.ref);
		return true;
	case RK_EVENT_POSITION:
		put_position_event(w, &event->position);
		return true;
	case RK_EVENT_MODE_SET:
		rk_words_put(w, event->mode.mode);
		return true;
	case RK_EVENT_POSITION_MOVED:
		rk_words_put(w, event->moved.other);
		rk_words_put_signed(w, event->moved.size.raw);
		rk_words_put_signed(w, event->moved.cost.raw);
		return true;
	case RK_EVENT_ORDER_PLACED:
	case RK_EVENT_ORDER_CANCELLED:
	case RK_EVENT_ORDER_EXECUTED:
		put_resting_event(w, &event->resting);
		return true;
	case RK_EVENT_ORDERS_CANCEL_ASKED:
		rk_words_put(w, event->cancel_asked.orders);
		return true;
	case RK_EVENT_LEVERAGE_SET:
		rk_words_put_signed(w, event->leverage.leverage.raw);
		return true;
	default:
		return false;
	}
}

static void put_daemon_event(struct rk_words *w, const struct rk_event *event)
{
	const struct rk_lag *lag = &event->lag;

	if (event->type == RK_EVENT_SYNC_STALLED) {
		rk_words_put_signed(w, event->sync_stalled.age_ns);
		return;
	}
	rk_words_put(w, lag->lagging);
	rk_words_put_signed(w, lag->window_ns);
	rk_words_put_signed(w, lag->judging_ns);
	rk_words_put_signed(w, lag->age_ns);
	rk_words_put(w, lag->batches);
	rk_words_put(w, lag->quotes);
	rk_words_put(w, lag->quotes_merged);
	rk_words_put(w, lag->judged);
}

static void put_funding_event(struct rk_words *w, const struct rk_event *event)
{
	if (event->type == RK_EVENT_FUNDING) {
		rk_words_put_signed(w, event->funding.rate.raw);
		rk_words_put_signed(w, event->funding.price.raw);
		rk_words_put_wide(w, event->funding.index);
		rk_words_put(w, event->funding.samples);
		rk_words_put(w, event->funding.restarted);
		return;
	}
	rk_words_put_signed(w, event->funding_paid.amount.raw);
	rk_words_put_signed(w, event->funding_paid.booked.raw);
	rk_words_put_signed(w, event->funding_paid.balance.raw);
}

static void put_ramped_event(struct rk_words *w,
			     const struct rk_ev_ramped *ramped)
{
	rk_words_put(w, ramped->id);
	rk_words_put_signed(w, ramped->terms.weight.raw);
	rk_words_put_signed(w, ramped->terms.liability.raw);
	rk_words_put_signed(w, ramped->terms.profit.raw);
	rk_words_put_signed(w, ramped->elapsed_ns);
	rk_words_put_signed(w, ramped->duration_ns);
	rk_words_put(w, ramped->ended);
	rk_words_put_name(w, ramped->group);
	rk_words_put_signed(w, ramped->share.raw);
	rk_words_put_signed(w, ramped->size_factor);
}

/* What happens to a market, or to what counts. False: none of these. */
static bool put_whole(struct rk_words *w, const struct rk_event *event)
{
	switch ((int)event->type) {
	case RK_EVENT_MARKET_STATE_SET:
		rk_words_put(w, event->market_state.before);
		rk_words_put(w, event->market_state.after);
		rk_words_put_signed(w, event->market_state.expiry_ns);
		rk_words_put(w, event->market_state.expired);
		return true;
	case RK_EVENT_POSITION_SETTLED:
		rk_words_put_signed(w, event->settled.price.raw);
		rk_words_put_signed(w, event->settled.size.raw);
		rk_words_put_signed(w, event->settled.cost.raw);
		rk_words_put_signed(w, event->settled.realised.raw);
		rk_words_put_signed(w, event->settled.booked.raw);
		rk_words_put_signed(w, event->settled.balance.raw);
		return true;
	case RK_EVENT_MARKET_SETTLED:
		rk_words_put_signed(w, event->market_settled.price.raw);
		rk_words_put(w, event->market_settled.positions);
		rk_words_put_signed(w, event->market_settled.left.raw);
		return true;
	case RK_EVENT_RAMPED:
		put_ramped_event(w, &event->ramped);
		return true;
	default:
		return false;
	}
}

static void put_interest_event(struct rk_words *w, const struct rk_event *event)
{
	const struct rk_ev_interest *interest = &event->interest;

	if (event->type == RK_EVENT_INTEREST_PAID) {
		rk_words_put(w, event->interest_paid.asset);
		rk_words_put_signed(w, event->interest_paid.amount.raw);
		rk_words_put_signed(w, event->interest_paid.booked.raw);
		rk_words_put_signed(w, event->interest_paid.balance.raw);
		return;
	}
	if (event->type == RK_EVENT_INDEX_RESTARTED) {
		rk_words_put(w, event->restarted.asset);
		rk_words_put_wide(w, event->restarted.rounding);
		rk_words_put(w, event->restarted.held_only);
		return;
	}
	rk_words_put(w, interest->asset);
	rk_words_put_wide(w, interest->borrow_rate);
	rk_words_put_wide(w, interest->supply_rate);
	rk_words_put_wide(w, interest->utilisation);
	rk_words_put_signed(w, interest->until_ns);
	rk_words_put_signed(w, interest->debt_index);
	rk_words_put_signed(w, interest->supply_index);
	rk_words_put_wide(w, interest->earned);
	rk_words_put_wide(w, interest->reserve);
}

/* Debts that nobody pays. False: none of these. */
static bool put_loss(struct rk_words *w, const struct rk_event *event)
{
	switch ((int)event->type) {
	case RK_EVENT_DEFICIT:
		rk_words_put_signed(w, event->deficit.amount.raw);
		return true;
	case RK_EVENT_WRITTEN_OFF:
		rk_words_put(w, event->written_off.asset);
		rk_words_put_signed(w, event->written_off.amount.raw);
		rk_words_put_signed(w, event->written_off.balance.raw);
		return true;
	case RK_EVENT_LOSS_SHARED:
		rk_words_put(w, event->loss_shared.asset);
		rk_words_put_signed(w, event->loss_shared.loss.raw);
		rk_words_put_signed(w, event->loss_shared.supply_index);
		return true;
	case RK_EVENT_INSURANCE_MOVED:
		rk_words_put(w, event->insurance.asset);
		rk_words_put(w, event->insurance.cause);
		rk_words_put_signed(w, event->insurance.amount.raw);
		rk_words_put_signed(w, event->insurance.fund.raw);
		rk_words_put_signed(w, event->insurance.balance.raw);
		return true;
	default:
		return false;
	}
}

static void put_conversion_order(struct rk_words *w,
				 const struct rk_ev_conversion *order)
{
	rk_words_put(w, order->order.seq);
	rk_words_put(w, order->order.n);
	rk_words_put(w, order->sell);
	rk_words_put(w, order->buy);
	rk_words_put(w, order->reason);
	rk_words_put_signed(w, order->size.raw);
	rk_words_put_signed(w, order->sold.raw);
	rk_words_put_signed(w, order->least.raw);
	rk_words_put_signed(w, order->bought.raw);
	rk_words_put_signed(w, order->loss.raw);
	rk_words_put_signed(w, order->sell_mark.raw);
	rk_words_put_signed(w, order->buy_mark.raw);
	rk_words_put_signed(w, order->expiry_ns);
	rk_words_put_health(w, &order->health);
}

/* What the vault takes over. False: none of these. */
static bool put_takeover(struct rk_words *w, const struct rk_event *event)
{
	const struct rk_ev_taken_over *taken = &event->taken_over;

	switch ((int)event->type) {
	case RK_EVENT_VAULT_MOVED:
		rk_words_put(w, event->vault.asset);
		rk_words_put_signed(w, event->vault.amount.raw);
		rk_words_put_signed(w, event->vault.capital.raw);
		return true;
	case RK_EVENT_TAKEN_OVER:
		rk_words_put(w, taken->cause);
		rk_words_put_signed(w, taken->price.raw);
		rk_words_put_signed(w, taken->size.raw);
		rk_words_put_signed(w, taken->cost.raw);
		rk_words_put_signed(w, taken->concession.raw);
		rk_words_put_signed(w, taken->realised.raw);
		rk_words_put_signed(w, taken->booked.raw);
		rk_words_put_signed(w, taken->balance.raw);
		rk_words_put_signed(w, taken->event_left.raw);
		rk_words_put_signed(w, taken->hour_left.raw);
		return true;
	case RK_EVENT_TAKEOVER_WITHHELD:
		rk_words_put(w, event->takeover_withheld.reason);
		return true;
	default:
		return false;
	}
}

/* What is sold to pay a debt. False: none of these. */
static bool put_conversion(struct rk_words *w, const struct rk_event *event)
{
	const struct rk_ev_converted *converted = &event->converted;

	if (rk_event_is_conversion(event->type)) {
		put_conversion_order(w, &event->conversion);
		return true;
	}
	if (event->type == RK_EVENT_CONVERSION_WITHHELD) {
		rk_words_put(w, event->conversion_withheld.asset);
		rk_words_put(w, event->conversion_withheld.withheld);
		rk_words_put_signed(w, event->conversion_withheld.loss.raw);
		return true;
	}
	if (event->type != RK_EVENT_CONVERTED)
		return false;
	rk_words_put(w, converted->venue);
	rk_words_put(w, converted->sell);
	rk_words_put(w, converted->buy);
	rk_words_put_signed(w, converted->sold.raw);
	rk_words_put_signed(w, converted->bought.raw);
	rk_words_put_signed(w, converted->fee.raw);
	rk_words_put_signed(w, converted->sell_balance.raw);
	rk_words_put_signed(w, converted->buy_balance.raw);
	rk_words_put(w, converted->order.seq);
	rk_words_put(w, converted->order.n);
	rk_words_put(w, converted->late);
	return true;
}

/* What judging comes to. False: none of these. */
static bool put_judged(struct rk_words *w, const struct rk_event *event)
{
	switch ((int)event->type) {
	case RK_EVENT_STATE:
		rk_words_put(w, event->state.before);
		rk_words_put(w, event->state.after);
		rk_words_put_health(w, &event->state.health);
		return true;
	case RK_EVENT_RECHECKED:
		rk_words_put(w, event->rechecked.found_seq);
		rk_words_put(w, event->rechecked.before);
		rk_words_put(w, event->rechecked.after);
		rk_words_put_health(w, &event->rechecked.health);
		return true;
	case RK_EVENT_WITHHELD:
		rk_words_put(w, event->withheld.reason);
		rk_words_put_health(w, &event->withheld.health);
		return true;
	default:
		return false;
	}
}

static void put_details(struct rk_words *w, const struct rk_event *event)
{
	if (put_booking(w, event) || put_whole(w, event) ||
	    put_loss(w, event) || put_takeover(w, event) ||
	    put_conversion(w, event) || put_judged(w, event))
		return;
	switch ((int)event->type) {
	case RK_EVENT_REJECTED:
		rk_words_put(w, event->rejected.cmd);
		rk_words_put_signed(w, event->rejected.code);
		rk_words_put_name(w, event->rejected.client);
		rk_words_put(w, event->rejected.client_seq);
		return;
	case RK_EVENT_PUBLISHER_ADDED:
	case RK_EVENT_VENUE_ADDED:
	case RK_EVENT_ASSET_LISTED:
	case RK_EVENT_MARKET_LISTED:
	case RK_EVENT_ASSET_CHANGED:
	case RK_EVENT_MARKET_CHANGED:
	case RK_EVENT_COLLATERAL_SET:
	case RK_EVENT_FUNDING_SET:
	case RK_EVENT_LENDING_SET:
	case RK_EVENT_MARGIN_SET:
	case RK_EVENT_SLOW_PRICE_SET:
	case RK_EVENT_COLLATERAL_SCALE_SET:
	case RK_EVENT_EMODE_SET:
	case RK_EVENT_CONVERSION_SET:
	case RK_EVENT_INSURANCE_SET:
	case RK_EVENT_LIQUIDATION_SET:
	case RK_EVENT_VAULT_SET:
	case RK_EVENT_TAKEOVER_SET:
	case RK_EVENT_RAMP_SET:
		rk_words_put(w, event->name.id);
		rk_words_put(w, event->name.slot);
		rk_words_put_name(w, event->name.name);
		return;
	case RK_EVENT_PRICE_STATE:
		rk_words_put(w, event->price_state.slot);
		rk_words_put(w, event->price_state.before);
		rk_words_put(w, event->price_state.after);
		rk_words_put_signed(w, event->price_state.mark.raw);
		return;
	case RK_EVENT_ORDER_OPENED:
	case RK_EVENT_ORDER_FILLED:
	case RK_EVENT_ORDER_CLOSE_ASKED:
	case RK_EVENT_ORDER_CLOSED:
	case RK_EVENT_ORDER_CLAIMED:
		put_order_event(w, &event->order);
		return;
	case RK_EVENT_FUNDING:
	case RK_EVENT_FUNDING_PAID:
		put_funding_event(w, event);
		return;
	case RK_EVENT_INTEREST:
	case RK_EVENT_INTEREST_PAID:
	case RK_EVENT_INDEX_RESTARTED:
		put_interest_event(w, event);
		return;
	case RK_EVENT_SYNC_STALLED:
	case RK_EVENT_LAG:
		put_daemon_event(w, event);
		return;
	default: /* all is said by its type */
		return;
	}
}

struct rk_hash rk_digest_event(struct rk_hash chain,
			       const struct rk_event *event)
{
	struct rk_words w = rk_words_begin(chain);

	rk_words_put(&w, event->number);
	rk_words_put(&w, event->seq);
	rk_words_put_signed(&w, event->time_ns);
	rk_words_put(&w, event->type);
	rk_words_put(&w, event->market);
	rk_words_put(&w, event->account);
	rk_words_put(&w, event->prev_account);
	rk_words_put(&w, event->prev_topic);
	put_details(&w, event);
	return rk_words_hash(&w);
}
