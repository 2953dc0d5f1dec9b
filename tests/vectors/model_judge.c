/*
 * Vectors about accounts: what they are worth, which is riskier, and whether
 * they are liquidated.
 */
#include <stdio.h>

#include "engine/rc.h"
#include "model.h"

#define ROWS_MAX 16

/* Equity and maintenance of an account, as a vector states them. */
struct state {
	struct dec equity;
	struct dec maint;
};

static struct state read_state(struct vec *vec, const json_t *object)
{
	return (struct state){
		.equity = vec_number(vec, object, "equity"),
		.maint = vec_number(vec, object, "maint"),
	};
}

/*
 * Any state can be had: a position at price 1 in a market that requires all
 * of its notional, and a balance that is the equity. The balance is reached
 * from above, in one step, so that no earlier state lingers.
 */
static int take_state(struct book *book, uint64_t account, uint32_t market,
		      const struct state *state)
{
	const struct dec one = dec_of(1, 0);
	struct dec plenty = dec_mul(
		dec_add(dec_add(dec_abs(state->equity), state->maint), one),
		dec_of(4, 0));
	int r = book_account(book, account, RK_MODE_CROSS);

	if (r == RK_OK)
		r = book_pay(book, account, plenty);
	if (r == RK_OK && dec_sign(state->maint) > 0)
		r = book_trade(book, account, market, state->maint, one);
	if (r == RK_OK)
		r = book_pay(book, account, dec_sub(state->equity, plenty));
	return r;
}

/* A book with one such market at price 1, with room for these states. */
static int open_states(struct book *book, const struct state *states, size_t n,
		       uint32_t *ret_market)
{
	const struct dec one = dec_of(1, 0);
	const rk_rate all = {RK_RATE_ONE};
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct room room = {.total = one, .price = one, .size = one};
	struct book_market market = {.name = "ALL", .price_max = one};
	struct scale scale;
	int64_t raw;
	int r;

	*book = (struct book){0};
	for (size_t i = 0; i < n; i++) {
		struct dec sum =
			dec_add(dec_abs(states[i].equity), states[i].maint);
		int places = dec_places(states[i].equity);

		room.total = dec_max(room.total, sum);
		room.size = dec_max(room.size, states[i].maint);
		if (room.least.size < dec_places(states[i].maint))
			room.least.size = dec_places(states[i].maint);
		if (room.least.money < places)
			room.least.money = places;
	}
	if (room.least.money < room.least.size)
		room.least.money = room.least.size;
	room.total = dec_mul(dec_add(room.total, one), dec_of(8, 0));
	if (!book_fit(&room, &scale) ||
	    !dec_raw(one, scale.price, RK_ROUND_TRUNC, &raw))
		return RK_REJ_OVERFLOW;
	market.size_max = room.size;
	model_one_bracket(&market, all, all);
	r = book_open(book, scale, &risk);
	if (r == RK_OK)
		r = book_market(book, &market, ret_market);
	if (r == RK_OK)
		r = book_mark(book, *ret_market, (rk_px){raw});
	return r;
}

enum verdict model_risk_order(struct vec *vec)
{
	struct state states[2] = {
		read_state(vec, json_object_get(vec->inputs, "first")),
		read_state(vec, json_object_get(vec->inputs, "second")),
	};
	struct dec want = vec_number(vec, vec->expected, "cmp");
	struct rk_margin margins[2];
	char text[DEC_TEXT_SIZE];
	struct book book;
	uint32_t market;
	int got;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	r = open_states(&book, states, 2, &market);
	for (uint64_t i = 0; r == RK_OK && i < 2; i++) {
		r = take_state(&book, i + 1, market, &states[i]);
		if (r == RK_OK)
			margins[i] = book_view(&book, i + 1).margin;
	}
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the accounts", r);
	got = rk_view_compare_risk(margins[0].equity, margins[0].maintenance,
				   margins[1].equity, margins[1].maintenance);
	got = (got > 0) - (got < 0);
	(void)vec_check(vec, dec_cmp(dec_of(got, 0), want) == 0,
			"cmp: expected %s, the engine says %d",
			dec_text(want, text), got);
	return vec_verdict(vec);
}

enum verdict model_liquidatable(struct vec *vec)
{
	struct state state = read_state(vec, vec->inputs);
	const json_t *want = json_object_get(vec->expected, "liquidatable");
	struct rk_account_view view = {.state = RK_STATE_OK};
	struct book book;
	uint32_t market;
	uint64_t orders;
	bool got;
	int r;

	if (vec->broken || !json_is_boolean(want)) {
		vec->broken = true;
		return vec_verdict(vec);
	}
	r = open_states(&book, &state, 1, &market);
	if (r == RK_OK)
		r = take_state(&book, 1, market, &state);
	if (r == RK_OK)
		view = book_view(&book, 1);
	orders = book.orders;
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	got = view.state == RK_STATE_LIQUIDATING;
	if (got != json_is_true(want))
		(void)vec_check(vec, false,
				"liquidatable: expected %s, the state is %s",
				json_is_true(want) ? "true" : "false",
				rk_state_name(view.state));
	else
		(void)vec_check(vec, got == (orders > 0),
				"liquidatable: the state is %s, but there are "
				"%d orders",
				rk_state_name(view.state), (int)orders);
	return vec_verdict(vec);
}

/* A row of numbers: [amount, price] or [size, quote, price]. */
struct row {
	struct dec at[3];
};

struct rows {
	struct row balances[ROWS_MAX];
	struct row perps[ROWS_MAX];
	size_t balances_n;
	size_t perps_n;
};

static size_t read_rows(struct vec *vec, const char *key, size_t width,
			struct row *rows)
{
	const json_t *array = vec_array(vec, vec->inputs, key);
	size_t n = json_array_size(array);

	for (size_t i = 0; i < n && i < ROWS_MAX; i++) {
		for (size_t j = 0; j < width; j++)
			rows[i].at[j] =
				vec_element(vec, json_array_get(array, i), j);
	}
	return n;
}

/* An asset per balance: quote currency when its price is 1, fixed else. */
static int take_balance(struct book *book, size_t i, const struct row *row)
{
	struct dec amount = row->at[0];
	char name[RK_NAME_SIZE];
	uint32_t asset;
	rk_amt raw;
	int r;

	if (dec_cmp(row->at[1], dec_of(1, 0)) == 0)
		return book_pay(book, 1, amount);
	(void)snprintf(name, sizeof(name), "A%zu", i);
	r = book_asset(book, name, row->at[1], &asset);
	if (r != RK_OK)
		return r;
	if (!dec_raw(amount, RK_ASSET_DECIMALS_MAX, RK_ROUND_FLOOR, &raw.raw))
		return RK_REJ_OVERFLOW;
	return book_adjust(book, 1, asset, raw);
}

/*
 * A size with a quote amount: bought at the present price, and what that
 * costs more or less than the quote amount paid in.
 */
static int take_perp(struct book *book, size_t i, const struct row *row)
{
	const rk_rate rate = {RK_RATE_ONE / 10};
	struct book_market market = {
		.price_max = row->at[2],
		.size_max = dec_abs(row->at[0]),
	};
	struct dec cost = dec_mul(row->at[0], row->at[2]);
	char name[RK_NAME_SIZE];
	uint32_t id;
	int r;

	(void)snprintf(name, sizeof(name), "M%zu", i);
	market.name = name;
	r = book_pay(book, 1, dec_add(row->at[1], cost));
	if (r != RK_OK || dec_sign(row->at[0]) == 0)
		return r;
	model_one_bracket(&market, rate, rate);
	r = book_market(book, &market, &id);
	return r != RK_OK ? r : book_trade(book, 1, id, row->at[0], row->at[2]);
}

/* What the rows are worth at most, and how fine they are. */
static struct room room_of(const struct rows *rows)
{
	const struct dec two = dec_of(2, 0);
	struct room room = {
		.total = dec_of(1, 0),
		.price = dec_of(1, 0),
		.size = dec_of(1, 0),
	};

	for (size_t i = 0; i < rows->balances_n; i++) {
		const struct dec *at = rows->balances[i].at;

		room.total =
			dec_add(room.total, dec_abs(dec_mul(at[0], at[1])));
	}
	for (size_t i = 0; i < rows->perps_n; i++) {
		const struct dec *at = rows->perps[i].at;
		struct dec value = dec_abs(dec_mul(at[0], at[2]));

		room.total = dec_add(room.total, dec_abs(at[1]));
		room.total = dec_add(room.total, dec_mul(value, two));
		room.price = dec_max(room.price, at[2]);
		room.size = dec_max(room.size, dec_abs(at[0]));
		if (room.least.price < dec_places(at[2]))
			room.least.price = dec_places(at[2]);
		if (room.least.size < dec_places(at[0]))
			room.least.size = dec_places(at[0]);
	}
	room.total = dec_mul(room.total, two);
	return room;
}

enum verdict model_account_equity(struct vec *vec)
{
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct dec equity = dec_of(0, 0);
	struct rows rows;
	struct room room;
	struct scale scale;
	struct book book;
	int r;

	rows.balances_n = read_rows(vec, "balances", 2, rows.balances);
	rows.perps_n = read_rows(vec, "perps", 3, rows.perps);
	if (rows.balances_n > ROWS_MAX || rows.perps_n > ROWS_MAX)
		return vec_wait(vec, "more than %d rows", ROWS_MAX);
	if (vec->broken)
		return vec_verdict(vec);
	room = room_of(&rows);
	if (!book_fit(&room, &scale))
		return vec_refused(vec, "the account", RK_REJ_OVERFLOW);
	r = book_open(&book, scale, &risk);
	if (r == RK_OK)
		r = book_account(&book, 1, RK_MODE_CROSS);
	for (size_t i = 0; r == RK_OK && i < rows.balances_n; i++)
		r = take_balance(&book, i, &rows.balances[i]);
	for (size_t i = 0; r == RK_OK && i < rows.perps_n; i++)
		r = take_perp(&book, i, &rows.perps[i]);
	if (r == RK_OK)
		equity = book_money(&book,
				    book_view(&book, 1).margin.equity.raw);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	(void)vec_expect(vec, "equity", equity, scale.money, RK_ROUND_FLOOR);
	return vec_verdict(vec);
}
