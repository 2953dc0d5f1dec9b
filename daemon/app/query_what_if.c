/*
 * The WhatIfQuery: what accounts could do, and what would become of them.
 *
 * The work of a question is counted before it is begun, and one that would take
 * too long is refused (largest.h).
 */
#include <stdarg.h>
#include <stdio.h>

#include "app/largest.h"
#include "app/query.h"
#include "app/refusal.h"
#include "app/what_if.h"
#include "codec/answer.h"
#include "engine/ask.h"
#include "engine/decimal.h"
#include "engine/rc.h"

/*
 * Looks that find one limit, at most: halving 2^62, and more where an account
 * is not safe, as what is best for it must be found first.
 */
#define LOOKS_SAFE   64U
#define LOOKS_UNSAFE 600U

/* Orders that are supposed have numbers that nobody is likely to use. */
#define SUPPOSED_ORDERS ((uint64_t)INT64_MAX - RK_WHAT_IF_SUPPOSE_MAX)

/* Prices that are supposed are searched at each step, so many cost one more. */
#define SUPPOSED_PER_STEP 24U

int rk_what_if_refuse(struct rk_asking *a, int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(a->text, sizeof(a->text), format, arguments);
	va_end(arguments);
	return code;
}

static int find_accounts(struct rk_asking *a)
{
	const struct rk_what_if *what = a->what;

	if (what->accounts_n == 0)
		return rk_what_if_refuse(
			a, RK_REJ_BAD_MESSAGE,
			"no account is asked about: name 1 to %d",
			RK_WHAT_IF_ACCOUNTS_MAX);
	if (what->accounts_n > RK_WHAT_IF_ACCOUNTS_MAX)
		return rk_what_if_refuse(
			a, RK_REJ_TOO_MANY,
			"%zu accounts are asked about; at most %d are "
			"answered",
			what->accounts_n, RK_WHAT_IF_ACCOUNTS_MAX);
	for (size_t i = 0; i < what->accounts_n; i++) {
		unsigned long long id = what->accounts[i];

		if (rk_view_find_account(a->engine, what->accounts[i],
					 &a->indices[i]) != RK_OK)
			return rk_what_if_refuse(a, RK_REJ_NO_ACCOUNT,
						 "there is no account %llu",
						 id);
		for (size_t j = 0; j < i; j++)
			if (what->accounts[j] == what->accounts[i])
				return rk_what_if_refuse(
					a, RK_REJ_SAME_ACCOUNT,
					"account %llu is named twice: "
					"name each once",
					id);
	}
	return RK_OK;
}

/* Whom each supposition is about. */
static int check_targets(struct rk_asking *a)
{
	const struct rk_what_if *what = a->what;

	if (what->suppose_n > RK_WHAT_IF_SUPPOSE_MAX)
		return rk_what_if_refuse(
			a, RK_REJ_TOO_MANY,
			"%zu things are supposed; at most %d can be",
			what->suppose_n, RK_WHAT_IF_SUPPOSE_MAX);
	for (size_t k = 0; k < what->suppose_n; k++) {
		const struct rk_supposition *row = &what->suppose[k];
		bool known = row->account == 0 && what->accounts_n == 1;

		if (row->kind == RK_SUPPOSE_NOTHING)
			return rk_what_if_refuse(
				a, RK_REJ_BAD_TYPE,
				"supposition %zu is empty or of a kind "
				"this daemon does not know",
				k + 1);
		if (row->kind == RK_SUPPOSE_PRICE ||
		    rk_supposition_is_of_terms(row->kind))
			continue;
		for (size_t i = 0; i < what->accounts_n; i++)
			known = known || what->accounts[i] == row->account;
		if (!known && row->account == 0)
			return rk_what_if_refuse(
				a, RK_REJ_NO_ACCOUNT,
				"supposition %zu: account 0 stands for "
				"the only account, but %zu are asked "
				"about: name one",
				k + 1, what->accounts_n);
		if (!known)
			return rk_what_if_refuse(
				a, RK_REJ_NO_ACCOUNT,
				"supposition %zu: account %llu is not "
				"asked about: name it among the accounts",
				k + 1, (unsigned long long)row->account);
	}
	return RK_OK;
}

static int refuse_price(struct rk_asking *a, size_t k, uint32_t slot,
			int64_t price)
{
	struct rk_slot_view view = {.asset = 0};
	struct rk_market_view market;
	struct rk_asset_view asset;
	const char *name;
	char given[RK_DECIMAL_SIZE];
	char least[RK_DECIMAL_SIZE];
	char most[RK_DECIMAL_SIZE];
	int64_t min = 1;
	int64_t max;

	(void)rk_view_slot(a->engine, slot, &view); /* it is known */
	if (view.market != RK_NO_MARKET) {
		(void)rk_view_market(a->engine, view.market, &market);
		name = market.listing.name;
		min = market.listing.price_min.raw;
		max = market.listing.price_max.raw;
	} else {
		(void)rk_view_asset(a->engine, view.asset, &asset);
		name = asset.listing.name;
		max = asset.listing.price_max.raw;
	}
	return rk_what_if_refuse(
		a, RK_REJ_BAD_PRICE,
		"supposition %zu: price %s of %s must be from %s to %s", k + 1,
		rk_decimal_format(price, view.decimals, given, sizeof(given)),
		name,
		rk_decimal_format(min, view.decimals, least, sizeof(least)),
		rk_decimal_format(max, view.decimals, most, sizeof(most)));
}

static int suppose_price(struct rk_asking *a, size_t k, struct rk_ask *ask)
{
	const struct rk_supposition *row = &a->what->suppose[k];

	if (row->id >= a->counts.slots)
		return rk_what_if_refuse(
			a, RK_REJ_NO_SLOT,
			"supposition %zu: there is no price slot %u: "
			"there are 0 to %u",
			k + 1, row->id, a->counts.slots - 1);
	if (rk_ask_price(ask, row->id, (rk_px){row->price}) != RK_OK)
		return refuse_price(a, k, row->id, row->price);
	return RK_OK;
}

/* The price of a slot, as supposed by what comes before k; 0: none. */
static rk_px price_of(const struct rk_asking *a, size_t k, uint32_t slot)
{
	const struct rk_supposition *row = a->what->suppose;
	struct rk_slot_view view = {.mark = {0}};

	while (k-- > 0)
		if (row[k].kind == RK_SUPPOSE_PRICE && row[k].id == slot)
			return (rk_px){row[k].price};
	(void)rk_view_slot(a->engine, slot, &view); /* it is known */
	return view.mark;
}

static int64_t balance_of(const struct rk_ask *ask, uint32_t asset)
{
	for (uint32_t i = 0; i < rk_ask_balances(ask); i++) {
		struct rk_balance_view view;

		rk_ask_balance(ask, i, &view);
		if (view.asset == asset)
			return view.amount.raw;
	}
	return 0;
}

static int suppose_deposit(struct rk_asking *a, size_t k, struct rk_ask *ask)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	struct rk_asset_view asset;
	int r;

	if (row->id >= a->counts.assets)
		return rk_what_if_refuse(
			a, RK_REJ_NO_ASSET,
			"supposition %zu: there is no asset %u: there "
			"are 0 to %u",
			k + 1, row->id, a->counts.assets - 1);
	if (row->amount == 0)
		return rk_what_if_refuse(
			a, RK_REJ_BAD_AMOUNT,
			"supposition %zu: amount is 0: above 0 is put "
			"in, below 0 is taken out",
			k + 1);
	(void)rk_view_asset(a->engine, row->id, &asset); /* it is known */
	r = rk_ask_deposit(ask, row->id, (rk_amt){row->amount});
	if (r != RK_OK)
		return rk_what_if_refuse(
			a, r, "supposition %zu: amount of %s: %s", k + 1,
			asset.listing.name, rk_rc_text(r));
	if (balance_of(ask, row->id) < 0 && asset.slot != RK_NO_SLOT &&
	    price_of(a, k, asset.slot).raw == 0)
		return rk_what_if_refuse(
			a, RK_REJ_NO_PRICE,
			"supposition %zu: %s would be owed and has no "
			"price: suppose one before it",
			k + 1, asset.listing.name);
	return RK_OK;
}

/* Size of the position in a market, and how many there are in others. */
static int64_t position_of(const struct rk_ask *ask, uint32_t market,
			   uint32_t *ret_others)
{
	int64_t size = 0;

	*ret_others = rk_ask_positions(ask);
	for (uint32_t i = 0; i < rk_ask_positions(ask); i++) {
		struct rk_position_view view;

		rk_ask_position(ask, i, &view);
		if (view.market != market)
			continue;
		size = view.size.raw;
		*ret_others -= 1;
	}
	return size;
}

/* What a Trade is refused for before it is booked: 0 or the code. */
static int check_fill(const struct rk_asking *a,
		      const struct rk_supposition *row,
		      const struct rk_market_view *market,
		      const struct rk_ask *ask, enum rk_mode mode)
{
	uint32_t others;
	int64_t size = position_of(ask, row->id, &others);
	int64_t most = market->listing.position_max.raw;

	/* One from before position_max was lowered is closed in one fill. */
	if (size > most || -size > most)
		most = size > 0 ? size : -size;
	if (row->amount == 0 || row->amount > most || row->amount < -most)
		return RK_REJ_BAD_SIZE;
	if (size == 0 && others > 0 && mode == RK_MODE_ISOLATED)
		return RK_REJ_ISOLATED;
	if (size == 0 && others >= a->counts.limits.positions_per_account_max)
		return RK_REJ_CAPACITY;
	return RK_OK;
}

static int refuse_fill(struct rk_asking *a, size_t k, int code,
		       const struct rk_market_view *market)
{
	const struct rk_cmd_market *listing = &market->listing;
	char size[RK_DECIMAL_SIZE];
	char most[RK_DECIMAL_SIZE];

	(void)rk_decimal_format(a->what->suppose[k].amount,
				listing->size_decimals, size, sizeof(size));
	(void)rk_decimal_format(listing->position_max.raw,
				listing->size_decimals, most, sizeof(most));
	if (code == RK_REJ_BAD_SIZE)
		return rk_what_if_refuse(
			a, code,
			"supposition %zu: size %s of %s must be up to %s "
			"on either side, and not 0",
			k + 1, size, listing->name, most);
	if (code == RK_REJ_POSITION_LIMIT)
		return rk_what_if_refuse(
			a, code,
			"supposition %zu: size %s of %s: the position "
			"would pass position_max %s",
			k + 1, size, listing->name, most);
	if (code == RK_REJ_CAPACITY)
		return rk_what_if_refuse(
			a, code,
			"supposition %zu: size %s of %s: an account has "
			"at most %u positions",
			k + 1, size, listing->name,
			a->counts.limits.positions_per_account_max);
	return rk_what_if_refuse(a, code, "supposition %zu: size %s of %s: %s",
				 k + 1, size, listing->name, rk_rc_text(code));
}

/*
 * The order that a fill names. A Trade may name one that is gone, as fills come
 * late; who asks would not know then why nothing became of it.
 */
static int check_resting(struct rk_asking *a, size_t k,
			 const struct rk_market_view *market,
			 const struct rk_ask *ask)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	unsigned long long number = row->resting;
	const struct rk_held_order *order = NULL;
	struct rk_market_view its;

	if (row->resting == 0)
		return RK_OK;
	for (uint32_t i = 0; i < rk_ask_orders(ask) && !order; i++)
		if (rk_ask_order(ask, i)->order == row->resting)
			order = rk_ask_order(ask, i);
	if (!order)
		return rk_what_if_refuse(
			a, RK_REJ_NO_RESTING,
			"supposition %zu: no order %llu of the account rests: "
			"name one that does, or none",
			k + 1, number);
	if (order->market == row->id &&
	    (order->side == RK_SIDE_BUY) == (row->amount > 0))
		return RK_OK;
	(void)rk_view_market(a->engine, order->market, &its); /* it is known */
	return rk_what_if_refuse(
		a, RK_REJ_ORDER_MISMATCH,
		"supposition %zu: order %llu is to %s %s, and the fill %s %s: "
		"name one of this market and side",
		k + 1, number, order->side == RK_SIDE_BUY ? "buy" : "sell",
		its.listing.name, row->amount > 0 ? "buys" : "sells",
		market->listing.name);
}

/* What is not told of it, and whether it can be. */
static int complete_fill(struct rk_asking *a, size_t k,
			 const struct rk_market_view *market,
			 const struct rk_ask *ask,
			 struct rk_supposed_fill *fill)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	int r = check_resting(a, k, market, ask);

	if (r != RK_OK || row->fee_told)
		return r;
	r = rk_ask_fee(ask, fill, row->maker || row->resting != 0, &fill->fee);
	if (r == RK_REJ_BAD_PRICE)
		return refuse_price(a, k, market->slot, fill->price.raw);
	return r == RK_OK ? r : refuse_fill(a, k, r, market);
}

static int suppose_fill(struct rk_asking *a, size_t k, struct rk_ask *ask,
			enum rk_mode mode)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	struct rk_supposed_fill fill = {
		row->id, {row->amount}, {row->price}, {row->fee}, row->resting,
	};
	struct rk_market_view market;
	rk_px mark;
	int r;

	if (row->id >= a->counts.markets)
		return rk_what_if_refuse(
			a, RK_REJ_NO_MARKET,
			"supposition %zu: there is no market %u: there "
			"are 0 to %u",
			k + 1, row->id, a->counts.markets - 1);
	(void)rk_view_market(a->engine, row->id, &market); /* it is known */
	mark = price_of(a, k, market.slot);
	if (mark.raw == 0)
		return rk_what_if_refuse(
			a, RK_REJ_NO_PRICE,
			"supposition %zu: %s has no price: suppose one "
			"before it",
			k + 1, market.listing.name);
	if (fill.price.raw == 0)
		fill.price = mark;
	r = check_fill(a, row, &market, ask, mode);
	if (r != RK_OK)
		return refuse_fill(a, k, r, &market);
	r = complete_fill(a, k, &market, ask, &fill);
	if (r != RK_OK)
		return r;
	r = rk_ask_fill(ask, &fill);
	if (r == RK_REJ_BAD_PRICE)
		return refuse_price(a, k, market.slot, fill.price.raw);
	if (r == RK_REJ_NO_PRICE)
		return rk_what_if_refuse(
			a, r,
			"supposition %zu: what %s settles in has no "
			"price: suppose one before it",
			k + 1, market.listing.name);
	return r == RK_OK ? r : refuse_fill(a, k, r, &market);
}

static int suppose_leverage(struct rk_asking *a, size_t k, struct rk_ask *ask)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	char given[RK_DECIMAL_SIZE];
	char most[RK_DECIMAL_SIZE];
	struct rk_market_view market;
	int64_t initial;
	int r = rk_ask_leverage(ask, row->id, (rk_rate){row->amount});

	if (r == RK_OK)
		return r;
	if (r == RK_REJ_NO_MARKET)
		return rk_what_if_refuse(
			a, r,
			"supposition %zu: there is no market %u: there are 0 "
			"to %u",
			k + 1, row->id, a->counts.markets - 1);
	(void)rk_view_market(a->engine, row->id, &market); /* it is known */
	if (r != RK_REJ_LEVERAGE)
		return rk_what_if_refuse(
			a, r, "supposition %zu: leverage of %s: %s", k + 1,
			market.listing.name, rk_rc_text(r));
	initial = market.listing.brackets[0].initial.raw;
	return rk_what_if_refuse(
		a, r,
		"supposition %zu: leverage %s of %s must be from 1 to %s, or 0 "
		"for none",
		k + 1, rk_decimal_format(row->amount, 9, given, sizeof(given)),
		market.listing.name,
		rk_decimal_format(rk_refusal_most_leverage(initial), 9, most,
				  sizeof(most)));
}

/* Which of the orders that are supposed the kth supposition is. */
static size_t order_place(const struct rk_what_if *what, size_t k)
{
	size_t n = 0;

	for (size_t i = 0; i < k; i++)
		if (what->suppose[i].kind == RK_SUPPOSE_ORDER)
			n++;
	return n;
}

static int refuse_order(struct rk_asking *a, size_t k, int code,
			const struct rk_market_view *market, rk_px price)
{
	const struct rk_cmd_market *listing = &market->listing;
	char size[RK_DECIMAL_SIZE];

	if (code == RK_REJ_BAD_PRICE)
		return refuse_price(a, k, market->slot, price.raw);
	return rk_what_if_refuse(
		a, code, "supposition %zu: order of %s %s: %s", k + 1,
		rk_decimal_format(a->what->suppose[k].amount,
				  listing->size_decimals, size, sizeof(size)),
		listing->name, rk_rc_text(code));
}

/* What would be refused rests all the same, to show why. */
static int suppose_order(struct rk_asking *a, size_t k, struct rk_ask *ask)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	size_t place = order_place(a->what, k);
	struct rk_market_view market;
	struct rk_held_order order = {
		.order = SUPPOSED_ORDERS + place,
		.market = row->id,
		.side = (enum rk_side)row->side,
		.reduce_only = row->reduce_only,
		.left = {row->amount},
		.price = {row->price},
	};
	int r;

	if (row->id >= a->counts.markets)
		return rk_what_if_refuse(
			a, RK_REJ_NO_MARKET,
			"supposition %zu: there is no market %u: there "
			"are 0 to %u",
			k + 1, row->id, a->counts.markets - 1);
	(void)rk_view_market(a->engine, row->id, &market); /* it is known */
	if (order.price.raw == 0)
		order.price = price_of(a, k, market.slot);
	if (price_of(a, k, market.slot).raw == 0)
		return rk_what_if_refuse(
			a, RK_REJ_NO_PRICE,
			"supposition %zu: %s has no price: suppose one "
			"before it",
			k + 1, market.listing.name);
	r = rk_ask_place(ask, &order);
	a->order_codes[place] = r;
	if (r != RK_OK)
		r = rk_ask_rest(ask, &order);
	return r == RK_OK ? r : refuse_order(a, k, r, &market, order.price);
}

/* All that is supposed, as far as it is about the ith account. */
static int suppose(struct rk_asking *a, size_t i, enum rk_mode mode,
		   struct rk_ask *ask)
{
	const struct rk_what_if *what = a->what;
	int r = RK_OK;

	for (size_t k = 0; r == RK_OK && k < what->suppose_n; k++) {
		const struct rk_supposition *row = &what->suppose[k];
		bool mine =
			row->account == 0 || row->account == what->accounts[i];

		if (row->kind == RK_SUPPOSE_PRICE)
			r = suppose_price(a, k, ask);
		else if (rk_supposition_is_of_terms(row->kind))
			r = rk_what_if_suppose_terms(a, k, ask);
		else if (mine && row->kind == RK_SUPPOSE_DEPOSIT)
			r = suppose_deposit(a, k, ask);
		else if (mine && row->kind == RK_SUPPOSE_LEVERAGE)
			r = suppose_leverage(a, k, ask);
		else if (mine && row->kind == RK_SUPPOSE_ORDER)
			r = suppose_order(a, k, ask);
		else if (mine)
			r = suppose_fill(a, k, ask, mode);
	}
	return r;
}

/* Assets of which it is told what may be borrowed. */
static uint64_t lent(const struct rk_asking *a)
{
	struct rk_lending_view view;
	uint64_t n = 0;

	for (uint32_t i = 0; rk_view_lending(a->engine, i, &view) == RK_OK; i++)
		n += view.terms.lendable;
	return n;
}

/* What the figures of one account cost, at most. */
static uint64_t steps_of(const struct rk_asking *a, const struct rk_ask *ask)
{
	uint64_t positions = rk_ask_positions(ask);
	uint32_t assets[RK_ASSETS_MAX];
	uint64_t balances = rk_ask_assets(ask, assets);
	uint64_t look = rk_steps_look(ask);
	/* Health, state, and what is held once more; and what is asked for. */
	uint64_t looks = 3 + rk_largest_looks(a->largest);
	struct rk_margin margin;

	if (!a->what->brief) {
		rk_ask_margin(ask, &margin);
		/* Per position two prices and two sizes. */
		looks += 2 * positions *
				 (margin.health_m.raw < 0 ? LOOKS_UNSAFE
							  : LOOKS_SAFE) +
			 2 * positions * RK_LOOKS_ORDER +
			 (balances + lent(a)) * LOOKS_SAFE +
			 balances * (margin.health_m.raw < 0 ? LOOKS_UNSAFE
							     : LOOKS_SAFE);
	}
	return looks * (look + look * ask->supposed_n / SUPPOSED_PER_STEP);
}

/* The figures of the ith account, before and after: one of a list each. */
struct pair {
	struct rk_figures *before;
	struct rk_figures *after;
};

/*
 * One account: count, or with ret_pair do. What is refused is refused when
 * counting.
 */
static int take_account(struct rk_asking *a, size_t i,
			struct rk_scratch *scratch, struct pair *ret_pair)
{
	struct rk_account_view view;
	struct rk_ask ask;
	struct rk_figures_of of = {
		&ask,           a->what->accounts[i], RK_STATE_OK,
		a->what->brief, SUPPOSED_ORDERS,      a->largest};
	int r;

	(void)rk_view_account(a->engine, a->indices[i], &view); /* found */
	(void)rk_ask_account(a->engine, a->indices[i], &ask);
	of.state = view.state;
	if (ret_pair && rk_what_if_supposes(a->what))
		ret_pair->before = rk_answer_figures(scratch, a->engine, &of);
	else if (rk_what_if_supposes(a->what))
		a->steps += steps_of(a, &ask);
	if (a->memory)
		rk_supposed_terms_reset(&a->terms);
	r = rk_what_if_end_ramps(a, &ask);
	if (r == RK_OK)
		r = suppose(a, i, view.mode, &ask);
	if (r != RK_OK)
		return r;
	of.state = rk_ask_state_after(&ask, view.state);
	if (ret_pair)
		ret_pair->after = rk_answer_figures(scratch, a->engine, &of);
	else
		a->steps += steps_of(a, &ask);
	return RK_OK;
}

/* All that can be wrong with a question is found before it is answered. */
static int check(struct rk_asking *a)
{
	struct rk_refusal refusal;
	int r = find_accounts(a);

	if (r == RK_OK)
		r = check_targets(a);
	if (r == RK_OK) {
		r = rk_largest_check(a->engine, a->largest, &refusal);
		if (r != RK_OK)
			return rk_what_if_refuse(a, r, "%s", refusal.text);
		r = rk_what_if_open_terms(a);
	}
	for (size_t i = 0; r == RK_OK && i < a->what->accounts_n; i++)
		r = take_account(a, i, NULL, NULL);
	if (r == RK_OK && a->steps > RK_STEPS_MAX)
		r = rk_what_if_refuse(
			a, RK_REJ_TOO_MANY,
			"the answer takes %llu looks at a position; at most "
			"%u are taken: ask about fewer accounts at once, or "
			"briefly",
			(unsigned long long)a->steps, RK_STEPS_MAX);
	return r;
}

bool rk_query_what_if(struct rk_core *core, uint32_t pending,
		      const struct rk_query *query, struct rk_bytes *bytes)
{
	struct rk_figures *before[RK_WHAT_IF_ACCOUNTS_MAX];
	struct rk_figures *after[RK_WHAT_IF_ACCOUNTS_MAX];
	struct rk_asking a = {.engine = core->engine,
			      .what = &query->what_if,
			      .largest = &query->largest};
	struct rk_figures_list list = {.after = after,
				       .n = a.what->accounts_n,
				       .order_codes = a.order_codes};
	int r;

	rk_view_counts(core->engine, &a.counts);
	r = check(&a);
	if (r != RK_OK) {
		rk_what_if_close_terms(&a);
		rk_query_refuse(core, pending, r, a.text);
		return false;
	}
	if (rk_what_if_supposes(a.what))
		list.before = before;
	list.orders_n = order_place(a.what, a.what->suppose_n);
	for (size_t i = 0; !bytes->full && i < a.what->accounts_n; i++) {
		struct pair pair = {NULL, NULL};

		(void)take_account(&a, i, &core->scratch, &pair); /* checked */
		before[i] = pair.before;
		after[i] = pair.after;
		if (!pair.after || (list.before && !pair.before))
			bytes->full = true;
	}
	rk_what_if_close_terms(&a);
	if (!bytes->full)
		rk_answer_what_if(bytes, a.counts.seq, &list);
	return true;
}
