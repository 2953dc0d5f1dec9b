/*
 * Questions and what would really happen, over a world in which everything
 * happens: the price that is told is the crossing, with safety on one side and
 * none on the other; as much as is told can be taken out, and one unit more
 * cannot; an order of the size that is told would pass, and one unit more
 * would not; what is supposed comes to the same figures as the real thing.
 *
 * TAP output; usage: questions [SEED]
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/rc.h"
#include "support/generator.h"
#include "support/harness.h"
#include "support/prng.h"

#define ACCOUNTS 60U
#define COMMANDS 70000U
#define EVERY    40U /* commands between two looks */
#define PROBES   6

/* No resting order has this number. */
#define UNLIKELY_ORDER (UINT64_C(0x123456789abcdef))

enum rule {
	PRICE_CROSSES,
	ONE_RANGE,
	NO_PRICE,
	NEARER_PRICE,
	NO_ASSET,
	WITHDRAWABLE,
	ORDER_SIZE,
	ORDER_FEE,
	SUPPOSED_DEPOSIT,
	SUPPOSED_FILL,
	SUPPOSED_ORDER_FILL,
	SUPPOSED_PRICE,
	RULES
};

static const char *const rules[RULES] = {
	[PRICE_CROSSES] = "one unit from a liquidation price is safe",
	[ONE_RANGE] = "what is safe in one price is one range",
	[NO_PRICE] = "without a liquidation price there is no crossing",
	[NEARER_PRICE] = "the nearer of two liquidation prices is told first",
	[NO_ASSET] = "an asset that is not told moves nothing by its price",
	[WITHDRAWABLE] = "what is withdrawable leaves, one unit more does not",
	[ORDER_SIZE] = "an order as large as told passes, one unit more not",
	[ORDER_FEE] = "the largest order has room for what a taker pays",
	[SUPPOSED_DEPOSIT] = "a supposed deposit is worth a real one",
	[SUPPOSED_FILL] = "a supposed fill leads to what a real one does",
	[SUPPOSED_ORDER_FILL] =
		"and so does one that fills an order that rests",
	[SUPPOSED_PRICE] = "a supposed price judges as a real one",
};

struct run {
	struct rk_harness harness;
	struct rk_generator *generator;
	struct rk_prng prng;
	struct rk_slot_view slot; /* of the market that is looked at */
	uint64_t short_of_margin; /* orders that were too large */
	uint64_t less_by_fee;
	uint64_t two_prices; /* below and above */
	uint64_t held[RULES];
	uint64_t broken[RULES];
};

__attribute__((format(printf, 4, 5))) static void
see(struct run *run, enum rule rule, bool holds, const char *format, ...)
{
	va_list arguments;

	if (holds) {
		run->held[rule]++;
		return;
	}
	if (run->broken[rule]++ >= 3)
		return;
	(void)printf("# seq %" PRIu64 ": %s: ",
		     rk_view_seq(run->harness.engine), rules[rule]);
	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	(void)printf("\n");
}

static int64_t health_at(const struct rk_ask *ask, uint32_t slot, int64_t price)
{
	struct rk_ask copy = *ask;
	struct rk_margin margin;

	if (rk_ask_price(&copy, slot, (rk_px){price}) != RK_OK)
		return INT64_MIN;
	rk_ask_margin(&copy, &margin);
	return margin.health_m.raw;
}

/* Roundings are worth this much at most: one unit per step of a figure. */
#define NOISE 600

/* The prices of a slot that are believed, and its mark. */
struct range {
	uint32_t slot;
	int64_t min;
	int64_t max;
	int64_t mark;
};

/* The same on both sides of 0, all over the range? */
static void look_for_crossing(struct run *run, const struct rk_ask *ask,
			      const struct range *range)
{
	const int64_t first = health_at(ask, range->slot, range->mark);
	int64_t at = range->min;
	int64_t health = health_at(ask, range->slot, at);
	bool same = true;

	for (;;) {
		if (first >= 0 ? health < -NOISE : health >= NOISE)
			same = false;
		if (!same || at == range->max)
			break;
		/* By tenths; of the smallest prices each. */
		at = range->max - at > at / 10 + 1 ? at + at / 10 + 1
						   : range->max;
		health = health_at(ask, range->slot, at);
	}
	see(run, NO_PRICE, same,
	    "slot %u: %" PRId64 " at the mark %" PRId64 ", %" PRId64
	    " at %" PRId64,
	    range->slot, first, range->mark, health, at);
}

/* By how many times the price would have to move. */
static int64_t nearer(const struct rk_ask_prices *told, int64_t mark)
{
	long double down;
	long double up;

	if (told->low.raw == 0)
		return told->high.raw;
	if (told->high.raw == 0)
		return told->low.raw;
	/* Out of what is safe, the one on the way comes to less than 1. */
	down = (long double)mark / (long double)told->low.raw;
	up = (long double)told->high.raw / (long double)mark;
	return up < down ? told->high.raw : told->low.raw;
}

static void look_at_price(struct run *run, const struct rk_ask *ask,
			  const struct range *range)
{
	const uint32_t slot = range->slot;
	const struct rk_ask_prices told = rk_ask_liquidation_prices(ask, slot);
	const int64_t below = told.low.raw;
	const int64_t above = told.high.raw;

	if (below > 0)
		see(run, PRICE_CROSSES,
		    health_at(ask, slot, below) < 0 &&
			    health_at(ask, slot, below + 1) >= 0,
		    "slot %u below %" PRId64, slot, below);
	if (above > 0)
		see(run, PRICE_CROSSES,
		    health_at(ask, slot, above) < 0 &&
			    health_at(ask, slot, above - 1) >= 0,
		    "slot %u above %" PRId64, slot, above);
	if (told.price.raw == 0) {
		see(run, NO_PRICE, below == 0 && above == 0, "slot %u", slot);
		look_for_crossing(run, ask, range);
		return;
	}
	see(run, NEARER_PRICE, told.price.raw == nearer(&told, range->mark),
	    "slot %u told %" PRId64, slot, told.price.raw);
	run->two_prices += below > 0 && above > 0;
	for (int i = 0; i < PROBES; i++) {
		int64_t at = rk_prng_magnitude(&run->prng, 62);
		int64_t health;

		if (at < range->min || at > range->max)
			continue; /* not believed, so not asked about */
		health = health_at(ask, slot, at);
		if ((below > 0 && at < below) || (above > 0 && at > above))
			see(run, ONE_RANGE, health < NOISE,
			    "slot %u at %" PRId64 ": %" PRId64, slot, at,
			    health);
		else if (at != below && at != above)
			see(run, ONE_RANGE, health > -NOISE,
			    "slot %u at %" PRId64 ": %" PRId64, slot, at,
			    health);
	}
}

static bool is_told(const struct rk_ask *ask, uint32_t asset)
{
	uint32_t assets[RK_ASSETS_MAX];
	uint32_t n = rk_ask_assets(ask, assets);

	for (uint32_t i = 0; i < n; i++)
		if (assets[i] == asset)
			return true;
	return false;
}

static void look_at_asset(struct run *run, const struct rk_ask *ask,
			  uint32_t asset, const struct range *range)
{
	int64_t before;

	if (is_told(ask, asset)) {
		look_at_price(run, ask, range);
		return;
	}
	before = health_at(ask, range->slot, range->mark);
	see(run, NO_ASSET,
	    health_at(ask, range->slot, range->min) == before &&
		    health_at(ask, range->slot, range->max) == before,
	    "asset %u", asset);
}

static void look_at_prices(struct run *run, const struct rk_ask *ask)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_market_view market;
	struct rk_asset_view asset;

	for (uint32_t i = 0; i < rk_ask_positions(ask); i++) {
		struct rk_position_view view;

		rk_ask_position(ask, i, &view);
		if (rk_view_market(engine, view.market, &market) == RK_OK &&
		    view.mark.raw > 0)
			look_at_price(
				run, ask,
				&(struct range){market.slot,
						market.listing.price_min.raw,
						market.listing.price_max.raw,
						view.mark.raw});
	}
	for (uint32_t i = 0; rk_view_asset(engine, i, &asset) == RK_OK; i++) {
		int64_t price = rk_view_asset_price(engine, i).raw;

		if (asset.slot != RK_NO_SLOT && price > 0)
			look_at_asset(
				run, ask, i,
				&(struct range){asset.slot, 1,
						asset.listing.price_max.raw,
						price});
	}
}

/* What the engine answers when it is really done; then it is undone. */
static int reserve(struct run *run, uint64_t account, uint32_t asset,
		   int64_t amount)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESERVE};
	int code;

	cmd.withdraw.withdrawal = UINT64_C(1) << 62;
	cmd.withdraw.account = account;
	cmd.withdraw.asset = asset;
	cmd.withdraw.amount.raw = amount;
	code = rk_harness_apply(&run->harness, &cmd);
	if (code != RK_OK)
		return code;
	cmd.type = RK_CMD_CANCEL;
	(void)rk_harness_apply(&run->harness, &cmd);
	return RK_OK;
}

static void look_at_withdrawal(struct run *run, const struct rk_ask *ask,
			       uint64_t account)
{
	for (uint32_t i = 0; i < rk_ask_balances(ask); i++) {
		struct rk_balance_view view;
		struct rk_ask now;
		uint32_t index = 0;
		int64_t most;
		int more;

		/* A question lives until the next command. */
		(void)rk_view_find_account(run->harness.engine, account,
					   &index);
		(void)rk_ask_account(run->harness.engine, index, &now);
		rk_ask_balance(ask, i, &view);
		most = rk_ask_withdrawable(&now, view.asset).raw;
		more = reserve(run, account, view.asset, most + 1);
		if (more == RK_REJ_CAPACITY || more == RK_REJ_WITHDRAWALS_GATED)
			continue; /* the table is full; U7 asks nothing else */
		see(run, WITHDRAWABLE,
		    more == RK_REJ_MARGIN || more == RK_REJ_BALANCE ||
			    more == RK_REJ_POOL_CASH ||
			    more == RK_REJ_BORROW_CAP ||
			    /* what would be owed: N7, and a good price */
			    (view.amount.raw + view.interest.raw <= most &&
			     (more == RK_REJ_OVERFLOW ||
			      more == RK_REJ_PRICE_NOT_OK)) ||
			    (most == 0 && (more == RK_REJ_PRICE_NOT_OK ||
					   /* no room for its funding */
					   more == RK_REJ_OVERFLOW)),
		    "%" PRId64 " and one more: %d", most, more);
		if (most > 0)
			see(run, WITHDRAWABLE,
			    reserve(run, account, view.asset, most) == RK_OK,
			    "%" PRId64 " of asset %u", most, view.asset);
	}
}

/* What PLACE_ORDER would answer (O3, O4). */
static int place(const struct rk_ask *ask, struct rk_held_order order,
		 int64_t size)
{
	struct rk_ask after = *ask;

	order.order = UNLIKELY_ORDER;
	order.left.raw = size;
	return rk_ask_place(&after, &order);
}

/* Refused because it does not reduce. */
static bool must_reduce(int code)
{
	return code == RK_REJ_MARKET_CLOSED || code == RK_REJ_ONLY_REDUCE ||
	       code == RK_REJ_ISOLATED || code == RK_REJ_CAPACITY;
}

/* The mark, or another price that is believed, at times beyond it. */
static rk_px some_price(struct run *run, const struct rk_market_view *view,
			rk_px mark)
{
	rk_px price = mark;

	if (rk_prng_chance(&run->prng, 1, 2))
		price.raw =
			mark.raw +
			mark.raw / 100 * rk_prng_between(&run->prng, -20, 20);
	if (price.raw < view->listing.price_min.raw ||
	    price.raw > view->listing.price_max.raw)
		return mark;
	return price;
}

/* The fee that counts is the one that a taker would pay, if he took. */
static void look_at_fee(struct run *run, const struct rk_ask *ask,
			const struct rk_market_view *view,
			struct rk_held_order order)
{
	const struct rk_slot_view *slot = &run->slot;
	bool takes = order.side == RK_SIDE_BUY
			     ? order.price.raw >= slot->mark.raw
			     : order.price.raw <= slot->mark.raw;
	rk_rate fee = {takes ? view->listing.taker_fee.raw : 0};
	int64_t told = rk_ask_order_size(ask, order.market, order.side,
					 order.price, RK_ASK_FEE_COUNTED)
			       .raw;
	int64_t without = rk_ask_order_size(ask, order.market, order.side,
					    order.price, (rk_rate){0})
				  .raw;

	see(run, ORDER_FEE,
	    told == rk_ask_order_size(ask, order.market, order.side,
				      order.price, fee)
			    .raw,
	    "market %u: %" PRId64, order.market, told);
	run->less_by_fee += told < without;
}

static void look_at_order(struct run *run, const struct rk_ask *ask,
			  uint32_t market, const struct rk_market_view *view)
{
	struct rk_held_order order = {.market = market};
	int64_t most;
	int code;

	order.side =
		rk_prng_chance(&run->prng, 1, 2) ? RK_SIDE_BUY : RK_SIDE_SELL;
	order.price = some_price(run, view, run->slot.mark);
	most = rk_ask_order_size(ask, market, order.side, order.price,
				 RK_ASK_FEE_COUNTED)
		       .raw;
	code = most == 0 ? RK_OK : place(ask, order, most);
	if (must_reduce(code)) {
		order.reduce_only = true;
		code = place(ask, order, most);
	}
	see(run, ORDER_SIZE, code == RK_OK, "market %u %d: %" PRId64 " %s",
	    market, (int)order.side, most, rk_rc_name(code));
	if (code == RK_OK && most > 0 && !order.reduce_only)
		look_at_fee(run, ask, view, order);
	code = place(ask, order, most + 1);
	see(run, ORDER_SIZE, code != RK_OK, "market %u %d: more than %" PRId64,
	    market, (int)order.side, most);
	run->short_of_margin += most > 0 && code == RK_REJ_MARGIN;
}

/* In lots of one unit, as an order that is no multiple is refused for that. */
static void look_at_orders(struct run *run, struct rk_ask *ask)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_supposed_terms terms;
	struct rk_market_view view;
	const char *field;
	void *memory = malloc(rk_supposed_terms_size(engine));

	if (!memory)
		abort();
	rk_supposed_terms_init(&terms, engine, memory);
	for (uint32_t i = 0; rk_view_market(engine, i, &view) == RK_OK; i++) {
		if (rk_view_slot(engine, view.slot, &run->slot) != RK_OK ||
		    run->slot.mark.raw == 0 ||
		    rk_view_asset_price(engine, view.settle_asset).raw == 0)
			continue;
		view.listing.lot.raw = 1;
		rk_supposed_terms_reset(&terms);
		if (rk_supposed_market(&terms, i, &view.listing, &field) ==
			    RK_OK &&
		    rk_ask_terms(ask, &terms) == RK_OK)
			look_at_order(run, ask, i, &view);
	}
	ask->terms = NULL;
	free(memory);
}

static bool same_margin(const struct rk_margin *a, const struct rk_margin *b)
{
	return a->equity.raw == b->equity.raw &&
	       a->maintenance.raw == b->maintenance.raw &&
	       a->initial.raw == b->initial.raw &&
	       a->health_w.raw == b->health_w.raw &&
	       a->notional.raw == b->notional.raw &&
	       a->assets.raw == b->assets.raw &&
	       a->liabilities.raw == b->liabilities.raw &&
	       a->health_i.raw == b->health_i.raw &&
	       a->orders.raw == b->orders.raw;
}

/* Does what all accounts have together count in health? */
static bool is_scaled(const struct rk_engine *engine, uint32_t market)
{
	struct rk_market_view view;
	struct rk_asset_view settle;

	return rk_view_market(engine, market, &view) == RK_OK &&
	       rk_view_asset(engine, view.settle_asset, &settle) == RK_OK &&
	       (settle.scale.held.raw != 0 || settle.scale.owed.raw != 0 ||
		view.margin.scale_upper.raw != 0);
}

/* Does the same rest as was supposed? */
static bool same_orders(const struct rk_engine *engine, uint32_t index,
			const struct rk_ask *ask)
{
	struct rk_resting_view views[RK_RESTING_MAX];
	uint32_t n = rk_view_resting(engine, index, views, RK_RESTING_MAX);

	if (n != rk_ask_orders(ask))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (rk_ask_order(ask, i)->order != views[i].order ||
		    rk_ask_order(ask, i)->left.raw != views[i].left.raw)
			return false;
	return true;
}

/* Is an order named that is another's, and nothing else wrong? */
static bool mismatches(int supposed, int real)
{
	const int code = RK_REJ_ORDER_MISMATCH;

	return (supposed == code && (real == code || real == RK_OK)) ||
	       (supposed == RK_OK && real == code);
}

/* The other side may name an order that is not of it. */
static bool other_is_wrong(const struct rk_cmd *cmd, bool sells)
{
	const struct rk_trade_side *other =
		sells ? &cmd->trade.buyer : &cmd->trade.seller;

	return other->resting != 0 || other->order.seq != 0;
}

/* Did a fund pay an account after the booking, or the vault take something
 * over? Nobody supposes that. */
static bool is_insured(const struct run *run)
{
	for (uint32_t i = 0; i < run->harness.events_n; i++)
		if (run->harness.events[i].type == RK_EVENT_INSURANCE_MOVED ||
		    run->harness.events[i].type == RK_EVENT_TAKEN_OVER)
			return true;
	return false;
}

/* Suppose what comes next, let it happen, compare. */
static void suppose(struct run *run, const struct rk_cmd *cmd)
{
	const struct rk_engine *engine = run->harness.engine;
	bool fill = cmd->type == RK_CMD_TRADE;
	bool sells = fill && cmd->trade.seller.resting != 0;
	const struct rk_trade_side *side =
		sells ? &cmd->trade.seller : &cmd->trade.buyer;
	uint64_t id = fill ? side->account : cmd->amount.account;
	enum rule rule = !fill                ? SUPPOSED_DEPOSIT
			 : side->resting != 0 ? SUPPOSED_ORDER_FILL
					      : SUPPOSED_FILL;
	struct rk_margin supposed;
	struct rk_account_view view;
	struct rk_ask ask;
	uint32_t index;
	int code;
	int r;

	if (rk_view_find_account(engine, id, &index) != RK_OK ||
	    rk_ask_account(engine, index, &ask) != RK_OK)
		return;
	if (fill && side->order.seq != 0)
		return; /* a part of it may go to the vault */
	/* Whether the seller opens or closes counts there too (W7, G4). */
	if (fill && is_scaled(engine, cmd->trade.market))
		return;
	r = fill ? rk_ask_fill(&ask,
			       &(struct rk_supposed_fill){
				       .market = cmd->trade.market,
				       .part = {sells ? -cmd->trade.size.raw
						      : cmd->trade.size.raw},
				       .price = cmd->trade.price,
				       .fee = side->fee,
				       .resting = side->resting,
			       })
		 : rk_ask_deposit(&ask, cmd->amount.asset, cmd->amount.amount);
	/* A question lives until the next command. */
	rk_ask_margin(&ask, &supposed);
	code = rk_harness_apply(&run->harness, cmd);
	if (mismatches(r, code))
		see(run, rule, r == code || other_is_wrong(cmd, sells),
		    "account %" PRIu64 ": %s, supposed %s", id,
		    rk_rc_name(code), rk_rc_name(r));
	if (code != RK_OK || r != RK_OK || is_insured(run))
		return;
	if (rk_view_account(engine, index, &view) != RK_OK)
		return;
	see(run, rule,
	    same_margin(&supposed, &view.margin) &&
		    same_orders(run->harness.engine, index, &ask),
	    "account %" PRIu64 ": equity %" PRId64 ", supposed %" PRId64, id,
	    view.margin.equity.raw, supposed.equity.raw);
}

/*
 * A venue fills an order that rests, in part, whole or beyond it; or another
 * market's or side's order is named by mistake.
 */
static void fill_resting(struct run *run)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_cmd cmd = {.type = RK_CMD_TRADE};
	struct rk_resting_view views[RK_RESTING_MAX];
	const struct rk_resting_view *order;
	struct rk_trade_side *side;
	struct rk_engine_counts counts;
	struct rk_account_view account;
	struct rk_market_view market;
	uint32_t index = 0;
	uint32_t n = 0;

	rk_view_counts(engine, &counts);
	if (counts.accounts == 0 || counts.venues == 0)
		return;
	for (int i = 0; i < PROBES && n == 0; i++) {
		index = (uint32_t)rk_prng_below(&run->prng, counts.accounts);
		n = rk_view_resting(engine, index, views, RK_RESTING_MAX);
	}
	if (n == 0)
		return;
	order = &views[rk_prng_below(&run->prng, n)];
	(void)rk_view_account(engine, index, &account);
	cmd.trade.market = order->market;
	if (rk_prng_chance(&run->prng, 1, 10))
		cmd.trade.market =
			(uint32_t)rk_prng_below(&run->prng, counts.markets);
	(void)rk_view_market(engine, cmd.trade.market, &market);
	cmd.trade.trade = market.last_trade + 1;
	cmd.trade.price = order->price;
	cmd.trade.size = order->left;
	if (rk_prng_chance(&run->prng, 2, 3))
		cmd.trade.size.raw =
			1 +
			rk_prng_between(&run->prng, 0, order->left.raw / 2 * 3);
	side = (order->side == RK_SIDE_BUY) != rk_prng_chance(&run->prng, 1, 10)
		       ? &cmd.trade.buyer
		       : &cmd.trade.seller;
	side->account = account.account;
	side->resting = order->order;
	side->fee.raw = rk_prng_between(&run->prng, -100, 100);
	suppose(run, &cmd);
}

/* A price that one account asks about first and then sees come. */
static void suppose_price(struct run *run, const struct rk_cmd *cmd)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_engine_counts counts;
	struct rk_margin supposed;
	struct rk_account_view view;
	struct rk_slot_view slot;
	struct rk_ask ask;
	struct rk_ask then;
	uint32_t index;

	rk_view_counts(engine, &counts);
	if (counts.accounts == 0)
		return;
	index = (uint32_t)rk_prng_below(&run->prng, counts.accounts);
	(void)rk_ask_account(engine, index, &ask);
	(void)rk_harness_apply(&run->harness, cmd);
	for (uint32_t i = 0; i < cmd->prices.n; i++) {
		uint32_t at = cmd->prices.quotes[i].slot;

		if (rk_view_slot(engine, at, &slot) == RK_OK &&
		    slot.mark.raw > 0)
			(void)rk_ask_price(&ask, at, slot.mark);
	}
	/* Orders may have been filled by nobody: holdings are the same. */
	(void)rk_ask_account(engine, index, &then);
	if (memcmp(&then.holdings.positions, &ask.holdings.positions,
		   then.holdings.positions_n *
			   sizeof(then.holdings.positions[0])) != 0)
		return;
	rk_ask_margin(&ask, &supposed);
	if (rk_view_account(engine, index, &view) == RK_OK)
		see(run, SUPPOSED_PRICE, same_margin(&supposed, &view.margin),
		    "account %" PRIu64, view.account);
}

static void look(struct run *run)
{
	struct rk_engine_counts counts;
	struct rk_account_view view;
	struct rk_ask ask;
	uint32_t index;

	rk_view_counts(run->harness.engine, &counts);
	if (counts.accounts == 0)
		return;
	index = (uint32_t)rk_prng_below(&run->prng, counts.accounts);
	(void)rk_ask_account(run->harness.engine, index, &ask);
	(void)rk_view_account(run->harness.engine, index, &view);
	look_at_prices(run, &ask);
	look_at_orders(run, &ask);
	look_at_withdrawal(run, &ask, view.account);
}

static int report(const struct run *run)
{
	int failed = 0;

	(void)printf("1..%d\n", RULES);
	(void)printf("# %" PRIu64 " orders short of margin, %" PRIu64
		     " less by a fee, %" PRIu64 " safe between two prices\n",
		     run->short_of_margin, run->less_by_fee, run->two_prices);
	for (int i = 0; i < RULES; i++) {
		bool good = run->broken[i] == 0 && run->held[i] >= 100 &&
			    run->short_of_margin > 0 && run->less_by_fee > 0;

		(void)printf("# %" PRIu64 " held, %" PRIu64 " broken\n",
			     run->held[i], run->broken[i]);
		(void)printf("%s %d - %s\n", good ? "ok" : "not ok", i + 1,
			     rules[i]);
		failed += !good;
	}
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct run run;
	struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;

	rk_harness_init(&run.harness, &limits, RK_EVENTS_PER_STEP_MAX);
	run.generator = rk_generator_open(seed, ACCOUNTS);
	rk_prng_init(&run.prng, seed);
	for (uint32_t i = 0; i < COMMANDS; i++) {
		const struct rk_cmd *cmd =
			rk_generator_next(run.generator, run.harness.engine);

		if (cmd->type == RK_CMD_TRADE || cmd->type == RK_CMD_ADJUST ||
		    cmd->type == RK_CMD_DEPOSIT)
			suppose(&run, cmd);
		else if (cmd->type == RK_CMD_PRICES)
			suppose_price(&run, cmd);
		else
			(void)rk_harness_apply(&run.harness, cmd);
		rk_generator_note(run.generator, run.harness.events,
				  run.harness.events_n);
		if (i % EVERY == 0)
			look(&run);
		fill_resting(&run);
	}
	rk_generator_close(run.generator);
	rk_harness_fini(&run.harness);
	return report(&run);
}
