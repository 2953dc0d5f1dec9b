/*
 * Losses and conversion: rules J1 to J7. What is chosen is found by looking at
 * every asset, and every figure is worked out in wide integers.
 */
#include "support/auditor_conversion.h"

#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define ONE        RK_RATE_ONE
#define LEAST_MOST ((rk_i128)1 << 62)
#define FILLED_MAX ((rk_i128)1 << 62)
#define RETRY_NS   INT64_C(1000000000)

static rk_i128 ratio(rk_i128 a, rk_i128 b, rk_i128 c)
{
	return rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(a), rk_wide_of(b)),
			    rk_wide_of(c), RK_WIDE_UP));
}

int64_t audit_loan_after(const struct book_balance *was, rk_i128 after)
{
	if (was->loan == 0 || after >= 0)
		return 0;
	return (int64_t)ratio(was->loan, -after, -(rk_i128)was->amount);
}

int64_t audit_loan(const struct rk_book *b, uint32_t account, uint32_t asset)
{
	uint32_t found = audit_find_balance(b, account, asset);

	if (found == AUDIT_NONE)
		return 0;
	return audit_loan_after(&b->balances[found],
				audit_worth(b, account, asset));
}

int64_t audit_loss(const struct rk_book *b, uint32_t account, uint32_t asset)
{
	rk_i128 worth = audit_worth(b, account, asset);

	if (worth >= 0)
		return 0;
	return (int64_t)(-worth - audit_loan(b, account, asset));
}

void audit_borrowed(struct rk_book *b, uint32_t account, uint32_t asset,
		    rk_i128 before)
{
	uint32_t found = audit_find_balance(b, account, asset);
	struct book_balance *at;

	if (found == AUDIT_NONE)
		return;
	at = &b->balances[found];
	if (at->amount >= 0)
		return;
	at->loan += -at->amount;
	if (before < 0)
		at->loan -= (int64_t)-before;
}

static bool terms_can_work(const struct rk_conversion *t)
{
	static const struct rk_conversion none;

	if (!t->enabled)
		return rk_conversion_equal(t, &none);
	return t->repay_to.raw >= 0 && t->auto_borrow.raw >= t->repay_to.raw &&
	       t->cost.raw >= 0 && t->cost.raw < ONE && t->band.raw > 0 &&
	       t->band.raw < ONE;
}

int audit_conversion(struct rk_auditor *a, const struct rk_cmd_conversion *cmd)
{
	uint32_t id = audit_find_asset(&a->book, cmd->asset);
	struct book_asset *x;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (!terms_can_work(&cmd->terms))
		return RK_REJ_BAD_PARAM;
	x = &a->book.assets[id];
	if (rk_conversion_equal(&x->conversion, &cmd->terms))
		return RK_REJ_NO_CHANGE;
	x->conversion = cmd->terms;
	ev = audit_emit(a, RK_EVENT_CONVERSION_SET, AUDIT_NONE, RK_NO_MARKET);
	ev->name.id = id;
	ev->name.slot = x->slot;
	(void)memcpy(ev->name.name, x->listing.name, RK_NAME_SIZE);
	audit_touch_all(a);
	return RK_OK;
}

bool audit_is_conversion(const struct book_order *order)
{
	return order->market == RK_NO_MARKET;
}

void audit_tell_conversion(struct rk_auditor *a, enum rk_event_type type,
			   const struct book_order *order, uint32_t reason)
{
	struct rk_event *ev = audit_emit(a, type, order->account, RK_NO_MARKET);

	ev->conversion.order = order->id;
	ev->conversion.sell = order->sell;
	ev->conversion.buy = order->buy;
	ev->conversion.reason = reason;
	ev->conversion.size.raw = order->size;
	ev->conversion.sold.raw = order->filled;
	ev->conversion.least.raw = order->least;
	ev->conversion.bought.raw = order->bought;
	ev->conversion.loss.raw = order->loss;
	ev->conversion.sell_mark.raw = order->sell_mark;
	ev->conversion.buy_mark.raw = order->buy_mark;
	ev->conversion.expiry_ns = order->expiry_ns;
	ev->conversion.health = order->health;
}

uint32_t audit_conversion_over(const struct rk_book *b,
			       const struct book_order *order)
{
	const struct rk_conversion *t = &b->assets[order->buy].conversion;
	rk_i128 loss = audit_loss(b, order->account, order->buy);

	if (audit_balance(b, order->account, order->sell) <= 0)
		return RK_CLOSE_FLAT;
	return !t->enabled || loss <= t->repay_to.raw ||
			       loss + order->bought <= t->auto_borrow.raw
		       ? RK_CLOSE_RECOVERED
		       : 0;
}

/* Rule J3, but for the index and orders on their way. */
static bool is_due(const struct rk_book *b, uint32_t account, uint32_t asset)
{
	const struct rk_conversion *t = &b->assets[asset].conversion;

	return t->enabled &&
	       b->accounts[account].enforcement == RK_ENFORCE_FULL &&
	       audit_loss(b, account, asset) > t->auto_borrow.raw;
}

bool audit_conversion_due(const struct rk_book *b, uint32_t account)
{
	for (uint32_t i = 0; i < b->assets_n; i++) {
		if (is_due(b, account, i))
			return true;
	}
	return false;
}

/* What there is of an asset to sell (J4). */
static rk_i128 to_sell(const struct rk_book *b, uint32_t account,
		       uint32_t asset)
{
	rk_i128 amount = audit_worth(b, account, asset);
	rk_i128 profit = 0;

	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];

		if (p->account == account &&
		    b->markets[p->market].settle == asset)
			profit += audit_position_figures(b, p, NULL).profit +
				  audit_unsettled(b, p);
	}
	if (profit < 0)
		amount += profit;
	for (uint32_t i = 0; i < b->orders_n; i++) {
		const struct book_order *order = &b->orders[i];

		if (order->account == account && audit_is_conversion(order) &&
		    order->sell == asset)
			amount -= audit_order_unfilled(order);
	}
	return amount;
}

static struct rk_wide usd(const struct rk_book *b, uint32_t asset,
			  rk_i128 amount, enum rk_wide_rounding rounding)
{
	return audit_usd(b, asset, rk_wide_of(amount), NULL, rounding);
}

/* By what both count with, groups and sizes included. */
static rk_i128 relief_of(const struct rk_book *b, uint32_t account,
			 uint32_t sell, uint32_t buy)
{
	rk_i128 sold[RK_LEVELS];
	rk_i128 paid[RK_LEVELS];

	audit_rates(b, account, sell, sold);
	audit_rates(b, account, buy, paid);
	return paid[RK_LEVEL_MAINTENANCE] *
		       (ONE - b->assets[sell].conversion.cost.raw) -
	       sold[RK_LEVEL_MAINTENANCE] * ONE;
}

static bool may_sell(const struct rk_book *b, uint32_t account, uint32_t sell,
		     uint32_t buy)
{
	rk_i128 amount;

	if (sell == buy || !b->assets[sell].conversion.enabled ||
	    !audit_asset_price_ok(b, sell) ||
	    audit_worth(b, account, sell) <= 0 ||
	    relief_of(b, account, sell, buy) <= 0)
		return false;
	amount = to_sell(b, account, sell);
	return amount > 0 &&
	       rk_wide_sign(usd(b, sell, amount, RK_WIDE_DOWN)) > 0;
}

static uint32_t pick(const struct rk_book *b, uint32_t account, uint32_t buy)
{
	uint32_t best = AUDIT_NONE;

	for (uint32_t i = 0; i < b->assets_n; i++) {
		if (may_sell(b, account, i, buy) &&
		    (best == AUDIT_NONE ||
		     relief_of(b, account, i, buy) >
			     relief_of(b, account, best, buy)))
			best = i;
	}
	return best;
}

/* USD as raw units of an asset, rounded up. */
static struct rk_wide units_of(const struct rk_book *b, uint32_t asset,
			       struct rk_wide amount)
{
	const struct rk_cmd_asset *x = &b->assets[asset].listing;
	struct rk_wide price = rk_wide_of(audit_index(b, asset, NULL));

	/* usd = units * price * 10^(8 - decimals - price_decimals) */
	amount =
		rk_wide_mul(amount, rk_wide_power_of_ten((uint32_t)x->decimals +
							 x->price_decimals));
	price = rk_wide_mul(price, rk_wide_power_of_ten(RK_USD_DECIMALS));
	return rk_wide_div(amount, price, RK_WIDE_UP);
}

static int64_t size_of(const struct rk_book *b, const struct book_order *order,
		       rk_i128 most)
{
	int64_t left = ONE - b->assets[order->sell].conversion.cost.raw;
	rk_i128 repay_to = b->assets[order->buy].conversion.repay_to.raw;
	struct rk_wide need =
		usd(b, order->buy, order->loss - repay_to, RK_WIDE_UP);
	struct rk_wide worth = usd(b, order->sell, most, RK_WIDE_DOWN);
	struct rk_wide size;

	need = rk_wide_mul(need, rk_wide_of(ONE));
	if (rk_wide_cmp(rk_wide_mul(worth, rk_wide_of(left)), need) <= 0)
		return (int64_t)most;
	size = units_of(b, order->sell,
			rk_wide_div(need, rk_wide_of(left), RK_WIDE_UP));
	return rk_wide_cmp(size, rk_wide_of(most)) < 0
		       ? (int64_t)rk_wide_to_128(size)
		       : (int64_t)most;
}

static int64_t least_of(const struct rk_book *b, const struct book_order *order)
{
	int64_t band = b->assets[order->sell].conversion.band.raw;
	struct rk_wide worth = usd(b, order->sell, order->size, RK_WIDE_DOWN);
	struct rk_wide least =
		units_of(b, order->buy,
			 rk_wide_div(rk_wide_mul(worth, rk_wide_of(ONE - band)),
				     rk_wide_of(ONE), RK_WIDE_UP));

	if (rk_wide_sign(least) <= 0)
		return 1;
	return rk_wide_cmp(least, rk_wide_of(LEAST_MOST)) > 0
		       ? (int64_t)LEAST_MOST
		       : (int64_t)rk_wide_to_128(least);
}

static void open_order(struct rk_auditor *a, uint32_t account, uint32_t sell,
		       uint32_t buy, const struct audit_health *h)
{
	struct rk_book *b = &a->book;
	struct book_order *order = &b->orders[b->orders_n++];
	struct book_balance *debt =
		&b->balances[audit_find_balance(b, account, buy)];
	rk_i128 before;

	*order = (struct book_order){
		.id = {.seq = a->seq, .n = b->command_orders++},
		.account = account,
		.market = RK_NO_MARKET,
		.side = RK_SIDE_SELL,
		.sell = sell,
		.buy = buy,
		.loss = audit_loss(b, account, buy),
		.claimed = -1,
		.closed = true, /* until it has a size: it sells nothing */
		.sell_mark = (int64_t)audit_index(b, sell, NULL),
		.buy_mark = (int64_t)audit_index(b, buy, NULL),
		.opened_ns = b->now_ns,
		.expiry_ns = b->now_ns + b->risk.order_expiry_ns,
		.health = audit_health_told(h),
	};
	before = to_sell(b, account, sell);
	order->size = size_of(b, order, before);
	order->least = least_of(b, order);
	order->closed = false;
	debt->ordered = true;
	debt->last_order_ns = b->now_ns;
	audit_law(a, order->size > 0 && to_sell(b, account, sell) >= 0,
		  "more is to be sold than there is");
	audit_tell_conversion(a, RK_EVENT_CONVERSION_OPENED, order, 0);
}

static bool on_its_way(const struct rk_book *b, uint32_t account, uint32_t buy)
{
	for (uint32_t i = 0; i < b->orders_n; i++) {
		const struct book_order *order = &b->orders[i];

		if (order->account == account && !order->closed &&
		    audit_is_conversion(order) && order->buy == buy)
			return true;
	}
	return false;
}

static void retry_at(struct book_account *account, int64_t time_ns)
{
	if (time_ns < account->retry_ns)
		account->retry_ns = time_ns;
}

/* Rule J7: nothing of what the account has can be sold for that debt. */
static bool is_unsold(const struct rk_book *b, uint32_t account, uint32_t asset)
{
	if (!is_due(b, account, asset))
		return false;
	if (!audit_asset_price_ok(b, asset) && !on_its_way(b, account, asset))
		return b->accounts[account].unsold == asset;
	return !on_its_way(b, account, asset) &&
	       pick(b, account, asset) == AUDIT_NONE;
}

static void tell_unsold(struct rk_auditor *a, uint32_t account, uint32_t asset,
			bool withheld)
{
	struct rk_event *ev = audit_emit(a, RK_EVENT_CONVERSION_WITHHELD,
					 account, RK_NO_MARKET);

	ev->conversion_withheld.asset = asset;
	ev->conversion_withheld.withheld = withheld;
	ev->conversion_withheld.loss.raw = audit_loss(&a->book, account, asset);
}

static void look_for_unsold(struct rk_auditor *a, uint32_t account,
			    uint32_t first)
{
	struct book_account *at = &a->book.accounts[account];
	uint32_t before = at->unsold;

	at->unsold = first;
	if (before == first)
		return;
	if (before != AUDIT_NONE)
		tell_unsold(a, account, before, false);
	if (first != AUDIT_NONE)
		tell_unsold(a, account, first, true);
}

/* Rules J4 and J5, for a debt that is due. */
static void convert_debt(struct rk_auditor *a, uint32_t account, uint32_t asset,
			 const struct audit_health *h)
{
	struct rk_book *b = &a->book;
	struct book_account *at = &b->accounts[account];
	const struct book_balance *debt;
	uint32_t sell;

	if (!audit_asset_price_ok(b, asset) || on_its_way(b, account, asset))
		return;
	sell = pick(b, account, asset);
	if (sell == AUDIT_NONE)
		return;
	debt = &b->balances[audit_find_balance(b, account, asset)];
	if (debt->ordered &&
	    debt->last_order_ns + b->risk.order_cooldown_ns > b->now_ns)
		retry_at(at, debt->last_order_ns + b->risk.order_cooldown_ns);
	else if (!audit_take_record(b))
		retry_at(at, b->now_ns + RETRY_NS);
	else
		open_order(a, account, sell, asset, h);
}

void audit_convert_debts(struct rk_auditor *a, uint32_t account,
			 const struct audit_health *h)
{
	const struct rk_book *b = &a->book;
	uint32_t first = AUDIT_NONE;

	for (uint32_t i = 0; i < b->assets_n; i++) {
		/* What is sold for it is no longer there for the next. */
		if (first == AUDIT_NONE && is_unsold(b, account, i))
			first = i;
		if (is_due(b, account, i))
			convert_debt(a, account, i, h);
	}
	look_for_unsold(a, account, first);
}

/* What is sold leaves, what is bought comes: as ADJUST has it (A3). */
static int book(struct rk_auditor *a, uint32_t account, uint32_t asset,
		rk_i128 delta)
{
	struct rk_book *b = &a->book;
	rk_i128 after = (rk_i128)audit_balance(b, account, asset) + delta;

	if (after > INT64_MAX || after < INT64_MIN)
		return RK_REJ_OVERFLOW;
	if (after < 0 && !audit_asset_priced(b, asset))
		return RK_REJ_NO_PRICE;
	return audit_set_balance(a, account, asset, (int64_t)after);
}

/* *ret_order: the order that it fills, if it names one. */
static int check(const struct rk_book *b, const struct rk_cmd_convert *cmd,
		 uint32_t *ret_order)
{
	uint32_t account = audit_find_account(b, cmd->account);
	const struct book_order *order;

	*ret_order = AUDIT_NONE;
	if (account == AUDIT_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->venue >= b->venues_n)
		return RK_REJ_NO_VENUE;
	if (cmd->sell >= b->assets_n || cmd->buy >= b->assets_n)
		return RK_REJ_NO_ASSET;
	if (cmd->sell == cmd->buy)
		return RK_REJ_SAME_ASSET;
	if (cmd->sold.raw <= 0 || cmd->bought.raw <= 0 ||
	    cmd->fee.raw > RK_FEE_MAX || cmd->fee.raw < -RK_FEE_MAX)
		return RK_REJ_BAD_AMOUNT;
	if (cmd->order.seq == 0)
		return RK_OK;
	*ret_order = audit_find_order(b, cmd->order);
	if (*ret_order == AUDIT_NONE)
		return RK_REJ_NO_ORDER;
	order = &b->orders[*ret_order];
	return audit_is_conversion(order) && order->account == account &&
			       order->sell == cmd->sell &&
			       order->buy == cmd->buy
		       ? RK_OK
		       : RK_REJ_ORDER_MISMATCH;
}

static int fill(struct rk_auditor *a, uint32_t found,
		const struct rk_cmd_convert *cmd)
{
	struct book_order *order = &a->book.orders[found];

	if ((rk_i128)order->filled + cmd->sold.raw > FILLED_MAX ||
	    (rk_i128)order->bought + cmd->bought.raw > FILLED_MAX)
		return RK_REJ_OVERFLOW;
	order->filled += cmd->sold.raw;
	order->bought += cmd->bought.raw;
	if (!order->closed && order->filled >= order->size)
		audit_close_order(a, order, RK_CLOSE_FILLED);
	else if (!order->closed && order->claimed > 0 &&
		 order->filled >= order->claimed)
		audit_close_order(a, order, RK_CLOSE_CONFIRMED);
	return RK_OK;
}

static void tell_converted(struct rk_auditor *a, uint32_t account,
			   const struct rk_cmd_convert *cmd, uint32_t order)
{
	struct rk_event *ev =
		audit_emit(a, RK_EVENT_CONVERTED, account, RK_NO_MARKET);

	ev->converted.venue = cmd->venue;
	ev->converted.sell = cmd->sell;
	ev->converted.buy = cmd->buy;
	ev->converted.sold = cmd->sold;
	ev->converted.bought = cmd->bought;
	ev->converted.fee = cmd->fee;
	ev->converted.sell_balance.raw =
		audit_balance(&a->book, account, cmd->sell);
	ev->converted.buy_balance.raw =
		audit_balance(&a->book, account, cmd->buy);
	if (order == AUDIT_NONE)
		return;
	ev->converted.order = cmd->order;
	ev->converted.late = a->book.orders[order].closed;
}

int audit_convert(struct rk_auditor *a, const struct rk_cmd_convert *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t account = audit_find_account(b, cmd->account);
	uint32_t order;
	int code = check(b, cmd, &order);

	if (code == RK_OK)
		code = audit_interest(a, account, cmd->sell);
	if (code == RK_OK)
		code = audit_interest(a, account, cmd->buy);
	if (code == RK_OK)
		code = book(a, account, cmd->sell, -(rk_i128)cmd->sold.raw);
	if (code == RK_OK &&
	    (rk_i128)cmd->bought.raw - cmd->fee.raw > INT64_MAX)
		code = RK_REJ_OVERFLOW;
	if (code == RK_OK)
		code = book(a, account, cmd->buy,
			    (rk_i128)cmd->bought.raw - cmd->fee.raw);
	if (code == RK_OK && !audit_within_bounds(b, account))
		code = RK_REJ_OVERFLOW;
	if (code != RK_OK)
		return code;
	b->assets[cmd->sell].withdrawals += cmd->sold.raw;
	b->assets[cmd->buy].deposits += cmd->bought.raw;
	b->assets[cmd->buy].fees += cmd->fee.raw;
	a->touched[account] = true;
	tell_converted(a, account, cmd, order);
	return order == AUDIT_NONE ? RK_OK : fill(a, order, cmd);
}
