/*
 * Comparing two events field by field, so that a failure names the field and
 * not just "differs".
 */
#include <string.h>

#include "engine/rc.h"
#include "support/auditor_difference.h"

static void see_health(struct difference *d, const struct rk_health *x,
		       const struct rk_health *y)
{
	SEE_RAW(equity);
	SEE_RAW(maintenance);
	SEE_RAW(initial);
}

static void see_balance(struct difference *d, const struct rk_ev_balance *x,
			const struct rk_ev_balance *y)
{
	SEE(asset);
	SEE(cause);
	SEE_RAW(delta);
	SEE_RAW(balance);
	SEE(ref);
}

static void see_position(struct difference *d, const struct rk_ev_position *x,
			 const struct rk_ev_position *y)
{
	SEE(trade);
	SEE_RAW(price);
	SEE_RAW(traded);
	SEE_RAW(to_vault);
	SEE_RAW(size);
	SEE_RAW(cost);
	SEE_RAW(realised);
	SEE_RAW(fee);
	SEE_RAW(balance);
}

static void see_order(struct difference *d, const struct rk_ev_order *x,
		      const struct rk_ev_order *y)
{
	SEE(order.seq);
	SEE(order.n);
	SEE(side);
	SEE(reason);
	SEE_RAW(size);
	SEE_RAW(filled);
	SEE_RAW(fill);
	SEE_RAW(fill_price);
	SEE(trade);
	SEE_RAW(floor_price);
	SEE_RAW(mark);
	SEE(expiry_ns);
	SEE(late);
	SEE(claimed_by);
	SEE(claimed_until_ns);
	see_health(d, &x->health, &y->health);
}

static void see_price_state(struct difference *d,
			    const struct rk_ev_price_state *x,
			    const struct rk_ev_price_state *y)
{
	SEE(slot);
	SEE(before);
	SEE(after);
	SEE_RAW(mark);
}

static void see_rejected(struct difference *d, const struct rk_ev_rejected *x,
			 const struct rk_ev_rejected *y)
{
	SEE(cmd);
	SEE(code);
	audit_see_text(d, "client", x->client, y->client);
	SEE(client_seq);
}

static void see_name(struct difference *d, const struct rk_ev_name *x,
		     const struct rk_ev_name *y)
{
	SEE(id);
	SEE(slot);
	audit_see_text(d, "name", x->name, y->name);
}

static void see_funding(struct difference *d, const struct rk_ev_funding *x,
			const struct rk_ev_funding *y)
{
	SEE_RAW(rate);
	SEE_RAW(price);
	SEE(index);
	SEE(samples);
	SEE(restarted);
}

static void see_lag(struct difference *d, const struct rk_lag *x,
		    const struct rk_lag *y)
{
	SEE(lagging);
	SEE(window_ns);
	SEE(judging_ns);
	SEE(age_ns);
	SEE(batches);
	SEE(quotes);
	SEE(quotes_merged);
	SEE(judged);
}

static void see_funding_paid(struct difference *d,
			     const struct rk_ev_funding_paid *x,
			     const struct rk_ev_funding_paid *y)
{
	SEE_RAW(amount);
	SEE_RAW(booked);
	SEE_RAW(balance);
}

static void see_interest(struct difference *d, const struct rk_ev_interest *x,
			 const struct rk_ev_interest *y)
{
	SEE(asset);
	SEE(borrow_rate);
	SEE(supply_rate);
	SEE(utilisation);
	SEE(until_ns);
	SEE(debt_index);
	SEE(supply_index);
	SEE(earned);
	SEE(reserve);
}

static void see_resting(struct difference *d, const struct rk_ev_resting *x,
			const struct rk_ev_resting *y)
{
	SEE(order);
	SEE(side);
	SEE(reduce_only);
	SEE_RAW(size);
	SEE_RAW(left);
	SEE_RAW(price);
	SEE_RAW(fill);
	SEE(trade);
}

static void see_settled(struct difference *d, const struct rk_ev_settled *x,
			const struct rk_ev_settled *y)
{
	SEE_RAW(price);
	SEE_RAW(size);
	SEE_RAW(cost);
	SEE_RAW(realised);
	SEE_RAW(booked);
	SEE_RAW(balance);
}

/* What happens to a market, or to what counts. False: none of these. */
static bool see_whole(struct difference *d, const struct rk_event *x,
		      const struct rk_event *y)
{
	switch ((int)x->type) {
	case RK_EVENT_MARKET_STATE_SET:
		SEE(market_state.before);
		SEE(market_state.after);
		SEE(market_state.expiry_ns);
		SEE(market_state.expired);
		return true;
	case RK_EVENT_POSITION_SETTLED:
		see_settled(d, &x->settled, &y->settled);
		return true;
	case RK_EVENT_MARKET_SETTLED:
		SEE_RAW(market_settled.price);
		SEE(market_settled.positions);
		SEE_RAW(market_settled.left);
		return true;
	case RK_EVENT_RAMPED:
		SEE(ramped.id);
		SEE_RAW(ramped.terms.weight);
		SEE_RAW(ramped.terms.liability);
		SEE_RAW(ramped.terms.profit);
		SEE(ramped.elapsed_ns);
		SEE(ramped.duration_ns);
		SEE(ramped.ended);
		SEE_RAW(ramped.share);
		SEE(ramped.size_factor);
		audit_see(d, "group of ramp", 0,
			  strncmp(x->ramped.group, y->ramped.group,
				  RK_NAME_SIZE));
		return true;
	default:
		return false;
	}
}

/* What was booked on an account. False: none of these. */
static bool see_booking(struct difference *d, const struct rk_event *x,
			const struct rk_event *y)
{
	switch ((int)x->type) {
	case RK_EVENT_ACCOUNT_CREATED:
		SEE(created.owner);
		SEE(created.mode);
		SEE(created.enforcement);
		return true;
	case RK_EVENT_BALANCE:
		see_balance(d, &x->balance, &y->balance);
		return true;
	case RK_EVENT_POSITION:
		see_position(d, &x->position, &y->position);
		return true;
	case RK_EVENT_LEVERAGE_SET:
		SEE_RAW(leverage.leverage);
		return true;
	case RK_EVENT_MODE_SET:
		SEE(mode.mode);
		return true;
	case RK_EVENT_POSITION_MOVED:
		SEE(moved.other);
		SEE_RAW(moved.size);
		SEE_RAW(moved.cost);
		return true;
	case RK_EVENT_ORDER_PLACED:
	case RK_EVENT_ORDER_CANCELLED:
	case RK_EVENT_ORDER_EXECUTED:
		see_resting(d, &x->resting, &y->resting);
		return true;
	case RK_EVENT_ORDERS_CANCEL_ASKED:
		SEE(cancel_asked.orders);
		return true;
	case RK_EVENT_FUNDING_PAID:
		see_funding_paid(d, &x->funding_paid, &y->funding_paid);
		return true;
	case RK_EVENT_INTEREST_PAID:
		SEE(interest_paid.asset);
		SEE_RAW(interest_paid.amount);
		SEE_RAW(interest_paid.booked);
		SEE_RAW(interest_paid.balance);
		return true;
	case RK_EVENT_WRITTEN_OFF:
		SEE(written_off.asset);
		SEE_RAW(written_off.amount);
		SEE_RAW(written_off.balance);
		return true;
	default:
		return false;
	}
}

static void see_conversion(struct difference *d,
			   const struct rk_ev_conversion *x,
			   const struct rk_ev_conversion *y)
{
	SEE(order.seq);
	SEE(order.n);
	SEE(sell);
	SEE(buy);
	SEE(reason);
	SEE_RAW(size);
	SEE_RAW(sold);
	SEE_RAW(least);
	SEE_RAW(bought);
	SEE_RAW(loss);
	SEE_RAW(sell_mark);
	SEE_RAW(buy_mark);
	SEE(expiry_ns);
	see_health(d, &x->health, &y->health);
}

static void see_converted(struct difference *d, const struct rk_ev_converted *x,
			  const struct rk_ev_converted *y)
{
	SEE(venue);
	SEE(sell);
	SEE(buy);
	SEE_RAW(sold);
	SEE_RAW(bought);
	SEE_RAW(fee);
	SEE_RAW(sell_balance);
	SEE_RAW(buy_balance);
	SEE(order.seq);
	SEE(order.n);
	SEE(late);
}

/* What is sold to pay a debt. False: none of these. */
static bool see_converting(struct difference *d, const struct rk_event *x,
			   const struct rk_event *y)
{
	if (rk_event_is_conversion(x->type)) {
		see_conversion(d, &x->conversion, &y->conversion);
		return true;
	}
	if (x->type == RK_EVENT_CONVERSION_WITHHELD) {
		SEE(conversion_withheld.asset);
		SEE(conversion_withheld.withheld);
		SEE_RAW(conversion_withheld.loss);
		return true;
	}
	if (x->type != RK_EVENT_CONVERTED)
		return false;
	see_converted(d, &x->converted, &y->converted);
	return true;
}

/* Indices of interest. False: none of these. */
static bool see_index(struct difference *d, const struct rk_event *x,
		      const struct rk_event *y)
{
	switch ((int)x->type) {
	case RK_EVENT_INTEREST:
		see_interest(d, &x->interest, &y->interest);
		return true;
	case RK_EVENT_INDEX_RESTARTED:
		SEE(restarted.asset);
		SEE(restarted.rounding);
		SEE(restarted.held_only);
		return true;
	case RK_EVENT_LOSS_SHARED:
		SEE(loss_shared.asset);
		SEE_RAW(loss_shared.loss);
		SEE(loss_shared.supply_index);
		return true;
	case RK_EVENT_INSURANCE_MOVED:
		SEE(insurance.asset);
		SEE(insurance.cause);
		SEE_RAW(insurance.amount);
		SEE_RAW(insurance.fund);
		SEE_RAW(insurance.balance);
		return true;
	default:
		return false;
	}
}

/* Of the vault. False: none of these. */
static bool see_vault(struct difference *d, const struct rk_event *x,
		      const struct rk_event *y)
{
	switch ((int)x->type) {
	case RK_EVENT_VAULT_MOVED:
		SEE(vault.asset);
		SEE_RAW(vault.amount);
		SEE_RAW(vault.capital);
		return true;
	case RK_EVENT_TAKEN_OVER:
		SEE(taken_over.cause);
		SEE_RAW(taken_over.price);
		SEE_RAW(taken_over.size);
		SEE_RAW(taken_over.cost);
		SEE_RAW(taken_over.concession);
		SEE_RAW(taken_over.realised);
		SEE_RAW(taken_over.booked);
		SEE_RAW(taken_over.balance);
		SEE_RAW(taken_over.event_left);
		SEE_RAW(taken_over.hour_left);
		return true;
	case RK_EVENT_TAKEOVER_WITHHELD:
		SEE(takeover_withheld.reason);
		return true;
	default:
		return false;
	}
}

/* What tells a name and no more. False: none of these. */
static bool see_named(struct difference *d, const struct rk_event *x,
		      const struct rk_event *y)
{
	switch ((int)x->type) {
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
		see_name(d, &x->name, &y->name);
		return true;
	default:
		return false;
	}
}

static void see_payload(struct difference *d, const struct rk_event *x,
			const struct rk_event *y)
{
	if (see_booking(d, x, y) || see_whole(d, x, y) ||
	    see_converting(d, x, y) || see_index(d, x, y) ||
	    see_vault(d, x, y) || see_named(d, x, y))
		return;
	switch ((int)x->type) {
	case RK_EVENT_REJECTED:
		see_rejected(d, &x->rejected, &y->rejected);
		break;
	case RK_EVENT_PRICE_STATE:
		see_price_state(d, &x->price_state, &y->price_state);
		break;
	case RK_EVENT_STATE:
		SEE(state.before);
		SEE(state.after);
		see_health(d, &x->state.health, &y->state.health);
		break;
	case RK_EVENT_ORDER_OPENED:
	case RK_EVENT_ORDER_FILLED:
	case RK_EVENT_ORDER_CLOSE_ASKED:
	case RK_EVENT_ORDER_CLOSED:
	case RK_EVENT_ORDER_CLAIMED:
		see_order(d, &x->order, &y->order);
		break;
	case RK_EVENT_RECHECKED:
		SEE(rechecked.found_seq);
		SEE(rechecked.before);
		SEE(rechecked.after);
		see_health(d, &x->rechecked.health, &y->rechecked.health);
		break;
	case RK_EVENT_WITHHELD:
		SEE(withheld.reason);
		see_health(d, &x->withheld.health, &y->withheld.health);
		break;
	case RK_EVENT_DEFICIT:
		SEE_RAW(deficit.amount);
		break;
	case RK_EVENT_FUNDING:
		see_funding(d, &x->funding, &y->funding);
		break;
	case RK_EVENT_SYNC_STALLED:
		SEE(sync_stalled.age_ns);
		break;
	case RK_EVENT_LAG:
		see_lag(d, &x->lag, &y->lag);
		break;
	default: /* all is said by its type */
		break;
	}
}

int rk_auditor_compare_event(const struct rk_event *expected,
			     const struct rk_event *got,
			     struct rk_audit_text *ret_text)
{
	const struct rk_event *x = expected;
	const struct rk_event *y = got;
	struct difference difference = {
		.text = ret_text,
		.what = rk_event_name(expected->type),
	};
	struct difference *d = &difference;

	SEE(type);
	SEE(account);
	SEE(market);
	SEE(number);
	SEE(seq);
	SEE(time_ns);
	if (!d->found)
		see_payload(d, x, y);
	SEE(prev_account);
	SEE(prev_topic);
	return d->found;
}
