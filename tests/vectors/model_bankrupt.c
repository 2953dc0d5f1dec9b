/*
 * Vectors about the price that leaves an account with nothing: each position
 * answers for a part of the equity that is as large as its part of all
 * maintenance. The engine puts it into an order as its floor price, as long
 * as there is equity: below zero the order's band decides instead. Of a lone
 * position it tells the price when asked, with or without equity.
 */
#include <string.h>

#include "engine/ask.h"
#include "engine/rc.h"
#include "model.h"

#define ACCOUNT       1
#define POSITIONS_MAX 16

struct holding {
	const char *symbol;
	struct dec size; /* signed */
	struct dec price;
	rk_rate maintenance;
	rk_rate initial;
};

struct holdings {
	struct holding rows[POSITIONS_MAX];
	size_t n;
	struct dec equity;
	struct dec maintenance;
	struct dec quantum;
	const char *symbol; /* to be closed */
	struct dec delta;
};

/* False when a rate is none of the engine's. */
static bool read_holding(struct vec *vec, const json_t *row,
			 struct holding *holding)
{
	const struct dec million = dec_of(1, -6);
	const struct dec square = dec_mul(million, million);
	struct dec imf = vec_number(vec, row, "imf_ppm");
	struct dec product =
		dec_mul(imf, vec_number(vec, row, "maint_fraction_ppm"));

	holding->symbol = vec_word(vec, row, "symbol");
	holding->size = vec_number(vec, row, "size");
	holding->price = vec_number(vec, row, "price");
	return model_rate(imf, million, &holding->initial) &&
	       model_rate(product, square, &holding->maintenance) &&
	       dec_sign(model_rate_slack(holding->maintenance, product, square,
					 dec_of(1, 0))) == 0 &&
	       holding->initial.raw > 0;
}

static bool read_holdings(struct vec *vec, struct holdings *holdings)
{
	const json_t *rows = vec_array(vec, vec->inputs, "positions");
	const json_t *close = json_object_get(vec->inputs, "close");

	holdings->n = json_array_size(rows);
	holdings->quantum = vec_number(vec, vec->inputs, "quote_quantum");
	holdings->symbol = vec_word(vec, close, "symbol");
	holdings->delta = vec_number(vec, close, "delta");
	holdings->equity = vec_number(vec, vec->inputs, "quote_balance");
	holdings->maintenance = dec_of(0, 0);
	if (holdings->n > POSITIONS_MAX)
		return false;
	for (size_t i = 0; i < holdings->n; i++) {
		struct holding *row = &holdings->rows[i];
		struct dec value;

		if (!read_holding(vec, json_array_get(rows, i), row))
			return false;
		value = dec_mul(row->size, row->price);
		holdings->equity = dec_add(holdings->equity, value);
		holdings->maintenance =
			dec_add(holdings->maintenance,
				dec_mul(dec_abs(value),
					model_rate_value(row->maintenance)));
	}
	return true;
}

/* Buy or sell all, each at its price, in markets that are closed whole. */
static int fill_holdings(struct book *book, const struct holdings *holdings,
			 uint32_t *ret_market)
{
	int r = RK_OK;

	for (size_t i = 0; r == RK_OK && i < holdings->n; i++) {
		const struct holding *row = &holdings->rows[i];
		struct book_market market = {
			.name = row->symbol,
			.price_max = dec_mul(row->price, dec_of(2, 0)),
			.size_max = dec_abs(row->size),
			/* As dear as can be: then all is closed. */
			.close_cost = {RK_RATE_ONE - 1},
		};
		uint32_t id;
		int64_t mark;

		model_one_bracket(&market, row->maintenance, row->initial);
		r = book_market(book, &market, &id);
		if (r == RK_OK)
			r = book_trade(book, ACCOUNT, id, row->size,
				       row->price);
		if (r == RK_OK && !dec_raw(row->price, book->scale.price,
					   RK_ROUND_TRUNC, &mark))
			r = RK_REJ_OVERFLOW;
		if (r == RK_OK)
			r = book_mark(book, id, (rk_px){mark});
		if (strcmp(row->symbol, holdings->symbol) == 0)
			*ret_market = id;
	}
	return r;
}

static int open_holdings(struct book *book, const struct holdings *holdings,
			 uint32_t *ret_market)
{
	struct rk_cmd_risk risk = book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct dec plenty = dec_of(1, 0);
	struct room room = {
		.price = dec_of(1, 0),
		.size = dec_of(0, 0),
		.least = {dec_places(holdings->quantum), 0, 0},
	};
	struct scale scale;
	int r;

	*book = (struct book){0};
	for (size_t i = 0; i < holdings->n; i++) {
		const struct holding *row = &holdings->rows[i];
		struct dec price = dec_mul(row->price, dec_of(2, 0));
		struct dec size = dec_abs(row->size);

		plenty = dec_add(plenty, dec_mul(size, price));
		room.price = dec_max(room.price, price);
		room.size = dec_max(room.size, size);
		if (room.least.price < dec_places(row->price))
			room.least.price = dec_places(row->price);
		if (room.least.size < dec_places(size))
			room.least.size = dec_places(size);
	}
	room.total = dec_mul(plenty, dec_of(4, 0));
	if (!book_fit(&room, &scale))
		return RK_REJ_OVERFLOW;
	risk.order_band.raw = RK_RATE_ONE - 1;
	r = book_open(book, scale, &risk);
	if (r == RK_OK)
		r = book_account(book, ACCOUNT, RK_MODE_CROSS);
	if (r == RK_OK)
		r = book_pay(book, ACCOUNT, plenty);
	if (r == RK_OK)
		r = fill_holdings(book, holdings, ret_market);
	return r != RK_OK ? r
			  : book_pay(book, ACCOUNT,
				     dec_sub(holdings->equity, plenty));
}

/* The open order in a market; false when there is none. */
static bool find_order(const struct book *book, uint32_t market,
		       struct rk_order_view *ret_order)
{
	struct rk_order_view orders[POSITIONS_MAX];
	uint32_t index;
	uint32_t n;

	if (rk_view_find_account(book->engine, ACCOUNT, &index) != RK_OK)
		return false;
	n = rk_view_orders(book->engine, index, orders, POSITIONS_MAX);
	for (uint32_t i = 0; i < n && i < POSITIONS_MAX; i++) {
		if (orders[i].market != market)
			continue;
		*ret_order = orders[i];
		return true;
	}
	return false;
}

/*
 * The last price at which equity is not below 0, asked of the engine, which
 * tells the first one beyond. False when no price is that.
 */
static bool ask_price(const struct book *book, uint32_t market, bool is_long,
		      rk_px *ret_price)
{
	struct rk_market_view view;
	struct rk_ask_prices found;
	struct rk_ask ask;
	uint32_t index;

	if (rk_view_find_account(book->engine, ACCOUNT, &index) != RK_OK ||
	    rk_ask_account(book->engine, index, &ask) != RK_OK ||
	    rk_view_market(book->engine, market, &view) != RK_OK)
		return false;
	found = rk_ask_bankruptcy_prices(&ask, view.slot);
	*ret_price = is_long ? found.low : found.high;
	if (ret_price->raw == 0)
		return false;
	ret_price->raw += is_long ? 1 : -1;
	return true;
}

/* Is there an order in this book, whose floor is the price? */
static bool is_ordered(const struct holdings *holdings)
{
	return dec_sign(holdings->equity) > 0 &&
	       dec_cmp(holdings->equity, holdings->maintenance) < 0;
}

static bool find_price(const struct book *book, const struct holdings *holdings,
		       uint32_t market, rk_px *ret_price)
{
	struct rk_order_view order;

	if (!is_ordered(holdings))
		return ask_price(book, market,
				 dec_sign(holdings->rows[0].size) > 0,
				 ret_price);
	if (!find_order(book, market, &order))
		return false;
	*ret_price = order.floor_price;
	return true;
}

enum verdict model_prorata_bankruptcy_value(struct vec *vec)
{
	struct holdings holdings;
	struct figure figure;
	struct dec price;
	struct book book;
	uint32_t market = RK_NO_MARKET;
	rk_px found = {0};
	bool is_found;
	int r;

	if (!read_holdings(vec, &holdings))
		return vec_wait(vec, "rates that are no multiples of 1e-9");
	if (!is_ordered(&holdings) && holdings.n > 1)
		return vec_wait(vec, "no order, and the price asked for is of "
				     "one position for all equity");
	if (dec_sign(vec_number(vec, vec->expected, "quote_value")) ==
	    dec_sign(holdings.delta))
		return vec_wait(vec, "a price below 0 is told as none");
	r = open_holdings(&book, &holdings, &market);
	is_found = r == RK_OK && find_price(&book, &holdings, market, &found);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	if (!is_found)
		return vec_check(vec, false, "there is no price to close %s at",
				 holdings.symbol)
			       ? VERDICT_PASS
			       : VERDICT_FAIL;
	/*
	 * The model rounds each margin at the quantum, the engine does not:
	 * one quantum for each position's, one for the sum, one for the value.
	 * The engine rounds the price.
	 */
	price = dec_of(found.raw, book.scale.price);
	figure = vec_figure(vec, "quote_value", book.scale.money,
			    RK_ROUND_FLOOR);
	figure.slack = dec_add(
		dec_mul(holdings.quantum, dec_of((rk_i128)holdings.n + 2, 0)),
		dec_mul(dec_abs(holdings.delta), dec_of(1, book.scale.price)));
	(void)vec_compare(vec, &figure,
			  dec_neg(dec_mul(holdings.delta, price)));
	return vec_verdict(vec);
}
