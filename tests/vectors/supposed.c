/*
 * Positions that are only supposed. See supposed.h.
 */
#include "supposed.h"

#include <stdio.h>
#include <string.h>

#include "engine/rc.h"

#define RATE_PLACES 9

struct supposed supposed_plain(const char *name, struct dec mark)
{
	const struct dec none = dec_of(0, 0);
	const struct dec one = dec_of(1, 0);

	return (struct supposed){
		.name = name,
		.size = none,
		.mark = mark,
		.cost = none,
		.bids = none,
		.asks = none,
		.rate = {1},
		.profit = one,
		.liability = one,
		.currency = one,
		.slow = none,
	};
}

/* The largest size that it may come to. */
static struct dec most_of(const struct supposed *supposed)
{
	return dec_add(dec_abs(supposed->size),
		       dec_add(supposed->bids, supposed->asks));
}

static int finer(int places, struct dec than)
{
	return places > dec_places(than) ? places : dec_places(than);
}

void supposed_room(struct room *room, const struct supposed *supposed)
{
	struct dec most = most_of(supposed);
	struct dec price = dec_mul(supposed->mark, dec_of(2, 0));
	struct dec currency = dec_max(supposed->currency, supposed->slow);
	struct dec value =
		dec_add(dec_mul(most, price), dec_abs(supposed->cost));

	currency = dec_max(currency, dec_of(1, 0));
	room->total = dec_add(room->total,
			      dec_mul(dec_mul(value, currency), dec_of(4, 0)));
	room->price = dec_max(room->price, price);
	room->size = dec_max(room->size, most);
	room->least.price = finer(room->least.price, supposed->mark);
	room->least.size = finer(room->least.size, supposed->size);
	room->least.size = finer(room->least.size, supposed->bids);
	room->least.size = finer(room->least.size, supposed->asks);
	room->least.money = finer(room->least.money, supposed->cost);
}

static bool rate_of(struct dec rate, rk_rate *ret_rate)
{
	return dec_places(rate) <= RATE_PLACES &&
	       dec_raw(rate, RATE_PLACES, RK_ROUND_TRUNC, &ret_rate->raw);
}

/* What is realised counts as what is not does where there is a position. */
static int terms_of(const struct supposed *supposed,
		    struct rk_collateral *ret_terms)
{
	bool realised = dec_sign(supposed->size) == 0;

	rk_collateral_default(ret_terms);
	for (int k = 0; k < RK_LEVELS; k++) {
		rk_rate *profit = realised ? &ret_terms->weight[k]
					   : &ret_terms->profit[k];

		if (!rate_of(supposed->profit, profit) ||
		    !rate_of(supposed->liability, &ret_terms->liability[k]))
			return RK_REJ_BAD_PARAM;
	}
	ret_terms->profit[RK_LEVEL_WITHDRAWAL].raw = 0;
	return RK_OK;
}

static int list_currency(struct book *book, const struct supposed *supposed,
			 char name[RK_NAME_SIZE])
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	uint32_t asset;
	int n = snprintf(name, RK_NAME_SIZE, "of.%s", supposed->name);
	int r;

	if (n < 0 || n >= RK_NAME_SIZE)
		return RK_REJ_BAD_NAME;
	r = book_currency(book, name, supposed->currency, supposed->slow,
			  &asset);
	if (r == RK_OK)
		r = terms_of(supposed, &cmd.collateral.terms);
	memcpy(cmd.collateral.asset, name, RK_NAME_SIZE);
	if (r == RK_OK)
		r = book_apply(book, &cmd);
	return r == RK_REJ_NO_CHANGE ? RK_OK : r;
}

int supposed_list(struct book *book, const struct supposed *supposed,
		  uint32_t *ret_market)
{
	char currency[RK_NAME_SIZE];
	struct book_market market = {
		.name = supposed->name,
		.price_max = dec_mul(supposed->mark, dec_of(2, 0)),
		.size_max =
			dec_max(most_of(supposed), dec_of(1, book->scale.size)),
		.brackets = {{{0}, {0}, supposed->rate}},
		.brackets_n = 1,
		.settle = currency,
	};
	rk_px mark;
	int r = list_currency(book, supposed, currency);

	if (r == RK_OK)
		r = book_market(book, &market, ret_market);
	if (r == RK_OK && !dec_raw(supposed->mark, book->scale.price,
				   RK_ROUND_TRUNC, &mark.raw))
		r = RK_REJ_OVERFLOW;
	return r == RK_OK ? book_mark(book, *ret_market, mark) : r;
}

/* Orders are numbered by market and side. */
static int rest(const struct book *book, struct rk_ask *ask, uint32_t market,
		enum rk_side side, struct dec size)
{
	struct rk_held_order order = {
		.order = (uint64_t)side, .market = market, .side = side};
	struct rk_market_view view;
	struct rk_slot_view slot;
	int r = rk_view_market(book->engine, market, &view);

	if (r != RK_OK || dec_sign(size) == 0)
		return r;
	(void)rk_view_slot(book->engine, view.slot, &slot);
	order.price = slot.mark;
	if (!dec_raw(size, book->scale.size, RK_ROUND_TRUNC, &order.left.raw))
		return RK_REJ_OVERFLOW;
	return rk_ask_rest(ask, &order);
}

int supposed_hold(const struct book *book, struct rk_ask *ask,
		  const struct supposed *supposed, uint32_t market)
{
	struct rk_held_position position = {.market = market};
	struct rk_market_view view;
	int r = rk_view_market(book->engine, market, &view);

	if (r != RK_OK)
		return r;
	if (!dec_raw(supposed->size, book->scale.size, RK_ROUND_TRUNC,
		     &position.size.raw) ||
	    !dec_raw(supposed->cost, book->scale.money, RK_ROUND_CEIL,
		     &position.cost.raw))
		return RK_REJ_OVERFLOW;
	if (position.size.raw != 0)
		r = rk_ask_hold(ask, &position);
	else if (position.cost.raw != 0)
		r = rk_ask_deposit(ask, view.settle_asset,
				   (rk_amt){-position.cost.raw});
	if (r == RK_OK)
		r = rest(book, ask, market, RK_SIDE_BUY, supposed->bids);
	return r == RK_OK
		       ? rest(book, ask, market, RK_SIDE_SELL, supposed->asks)
		       : r;
}

struct dec supposed_required(const struct book *book, const struct rk_ask *ask)
{
	struct dec sum = dec_of(0, 0);

	for (uint32_t i = 0; i < rk_ask_positions(ask); i++) {
		struct rk_position_view view;

		rk_ask_position(ask, i, &view);
		sum = dec_add(sum, book_money(book, view.initial.raw));
	}
	return sum;
}
