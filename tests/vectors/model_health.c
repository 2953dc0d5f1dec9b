/*
 * Mango's health of an account of tokens, perps and orders for tokens.
 *
 * Two things of it are none of one account here, and are asked one by one, as
 * anybody may ask the engine what would be. A perp's profit less what it
 * requires joins the tokens it settles in, and is weighed with them: so the
 * engine is asked for the health of that perp alone, and so much is deposited.
 * And orders for tokens are none of a market: the engine is asked what either
 * outcome would be worth, and the worse one counts.
 */
#include <string.h>

#include "engine/rc.h"
#include "holdings.h"
#include "model.h"
#include "supposed.h"

#define ORDERS_MAX  8
#define RATE_PLACES 9
#define DIGITS      18 /* of an amount converted */

struct token_order {
	size_t base; /* of the tokens */
	size_t quote;
	struct dec all_base; /* what all of it may become */
	struct dec all_quote;
};

struct account {
	const char *symbols[HOLDINGS_MAX];
	struct holding tokens[HOLDINGS_MAX];
	struct dec reserved[HOLDINGS_MAX]; /* that may come in the worst case */
	size_t n;
	struct token_order orders[ORDERS_MAX];
	size_t orders_n;
};

static struct dec smaller(struct dec a, struct dec b)
{
	return dec_cmp(a, b) < 0 ? a : b;
}

static void take_token(struct vec *vec, const json_t *row,
		       struct holding *holding)
{
	const struct dec none = dec_of(0, 0);

	memset(holding, 0, sizeof(*holding));
	holding->amount = vec_number(vec, row, "amount");
	holding->price = vec_number(vec, row, "price");
	holding->slow = vec_number_or(vec, row, "stable_price", none);
	holding->held = vec_number_or(vec, row, "total_deposits", none);
	holding->owed = vec_number_or(vec, row, "total_borrows", none);
	holding->scale_held =
		vec_number_or(vec, row, "deposit_scale_start", none);
	holding->scale_owed =
		vec_number_or(vec, row, "borrow_scale_start", none);
	holding_set(holding->weight, vec_number(vec, row, "iaw"));
	holding_set(holding->liability, vec_number(vec, row, "ilw"));
}

/* HOLDINGS_MAX: there is no such token, which breaks the vector. */
static size_t find_token(struct vec *vec, const struct account *a,
			 const json_t *row, const char *key)
{
	const char *symbol = vec_word(vec, row, key);
	size_t i = 0;

	while (i < a->n && strcmp(a->symbols[i], symbol) != 0)
		i++;
	if (i < a->n)
		return i;
	vec_malformed(vec, key, "the symbol of a token");
	return HOLDINGS_MAX;
}

/* One perp, and its rates by the side that it is on. */
struct perp {
	struct supposed position;
	struct dec long_rate;
	struct dec short_rate;
	struct dec overall;
};

static void read_perp(struct vec *vec, const json_t *row, struct perp *perp)
{
	const struct dec one = dec_of(1, 0);
	const struct dec none = dec_of(0, 0);
	struct dec lot = vec_number(vec, row, "base_lot");
	struct dec bids = vec_number_or(vec, row, "bid_lots", none);
	struct dec asks = vec_number_or(vec, row, "ask_lots", none);

	perp->position = supposed_plain("PERP", vec_number(vec, row, "price"));
	perp->position.size = dec_mul(vec_number(vec, row, "base_lots"), lot);
	perp->position.cost = dec_neg(vec_number(vec, row, "quote"));
	perp->position.bids = dec_mul(bids, lot);
	perp->position.asks = dec_mul(asks, lot);
	perp->long_rate =
		dec_sub(one, vec_number(vec, row, "base_asset_weight"));
	perp->short_rate =
		dec_sub(vec_number(vec, row, "base_liab_weight"), one);
	perp->overall = vec_number_or(vec, row, "overall_asset_weight", one);
}

/* Its health alone, with profit and rates times a weight. */
static int look_at(const struct perp *perp, struct dec rate, struct dec weight,
		   struct dec *ret_health)
{
	struct supposed position = perp->position;
	struct room room = {.total = dec_of(1, 0),
			    .price = dec_of(1, 0),
			    .size = dec_of(1, 0)};
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct rk_margin margin;
	struct scale scale;
	struct book book;
	struct rk_ask ask;
	uint32_t market;
	int r;

	position.profit = weight;
	if (!dec_raw(dec_mul(rate, weight), RATE_PLACES, RK_ROUND_TRUNC,
		     &position.rate.raw))
		return RK_REJ_OVERFLOW;
	supposed_room(&room, &position);
	if (!book_fit(&room, &scale))
		return RK_REJ_OVERFLOW;
	r = book_open(&book, scale, &risk);
	if (r == RK_OK)
		r = supposed_list(&book, &position, &market);
	if (r == RK_OK) {
		rk_ask_nobody(book.engine, &ask);
		r = supposed_hold(&book, &ask, &position, market);
	}
	if (r == RK_OK) {
		rk_ask_margin(&ask, &margin);
		*ret_health = book_money(&book, margin.health_i.raw);
	}
	book_close(&book);
	return r;
}

/* A rate that a market can have for all that the perp may come to be. */
static bool rate_of(const struct perp *perp, struct dec *ret_rate)
{
	struct dec up = dec_add(perp->position.size, perp->position.bids);
	struct dec down = dec_sub(perp->position.size, perp->position.asks);

	*ret_rate = dec_sign(down) >= 0 ? perp->long_rate : perp->short_rate;
	if (dec_sign(up) > 0 && dec_sign(down) < 0 &&
	    dec_cmp(perp->long_rate, perp->short_rate) != 0)
		return false;
	return dec_sign(*ret_rate) > 0 &&
	       dec_cmp(*ret_rate, dec_of(1, 0)) <= 0 &&
	       dec_places(dec_mul(*ret_rate, perp->overall)) <= RATE_PLACES;
}

/* What perps are worth joins the tokens that they settle in. */
static const char *join_perps(struct vec *vec, struct account *a, int *ret_code)
{
	const json_t *perps = vec_array(vec, vec->inputs, "perps");
	const struct dec one = dec_of(1, 0);

	for (size_t i = 0; i < json_array_size(perps); i++) {
		const json_t *row = json_array_get(perps, i);
		size_t settle = find_token(vec, a, row, "settle");
		struct dec health = dec_of(0, 0);
		struct perp perp;
		struct dec rate;

		read_perp(vec, row, &perp);
		if (vec->broken)
			return NULL;
		if (!rate_of(&perp, &rate))
			return "a market requires as much of both sides";
		*ret_code = look_at(&perp, rate, one, &health);
		if (*ret_code != RK_OK)
			return NULL;
		/* Only what it is worth above 0 is weighed. */
		if (dec_sign(health) > 0 && dec_sign(perp.overall) > 0)
			*ret_code = look_at(&perp, rate, perp.overall, &health);
		else if (dec_sign(health) > 0)
			health = dec_of(0, 0);
		a->tokens[settle].amount =
			dec_add(a->tokens[settle].amount, health);
	}
	return NULL;
}

/* The price of an order counts where it gives less. */
static struct dec converted(struct dec amount, struct dec from, struct dec to)
{
	return dec_div(dec_mul(amount, from), to, DIGITS, RK_ROUND_FLOOR);
}

static const char *read_orders(struct vec *vec, struct account *a)
{
	const json_t *rows = vec_array(vec, vec->inputs, "spot_orders");
	const struct dec one = dec_of(1, 0);

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		struct token_order *order = &a->orders[a->orders_n];
		struct dec base = vec_number(vec, row, "reserved_base");
		struct dec quote = vec_number(vec, row, "reserved_quote");
		struct dec of_base;
		struct dec of_quote;
		const struct holding *b;
		const struct holding *q;

		if (vec->broken)
			return NULL;
		if (dec_sign(base) == 0 && dec_sign(quote) == 0)
			continue;
		if (a->orders_n++ == ORDERS_MAX)
			return "more orders for tokens than are read";
		order->base = find_token(vec, a, row, "base");
		order->quote = find_token(vec, a, row, "quote");
		if (vec->broken)
			return NULL;
		b = &a->tokens[order->base];
		q = &a->tokens[order->quote];
		of_quote = converted(quote, q->price, b->price);
		if (vec_has(row, "highest_bid"))
			of_quote = smaller(
				of_quote,
				converted(quote, one,
					  vec_number(vec, row, "highest_bid")));
		of_base = converted(base, b->price, q->price);
		if (vec_has(row, "lowest_ask"))
			of_base = smaller(
				of_base,
				dec_mul(base,
					vec_number(vec, row, "lowest_ask")));
		order->all_base = dec_add(base, of_quote);
		order->all_quote = dec_add(quote, of_base);
		a->reserved[order->base] =
			dec_add(a->reserved[order->base], order->all_base);
		a->reserved[order->quote] =
			dec_add(a->reserved[order->quote], order->all_quote);
	}
	return NULL;
}

/* Is anything of it told by what all accounts have, or by two prices? */
static bool is_plain(const struct account *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct holding *t = &a->tokens[i];

		if (dec_sign(t->slow) != 0 || dec_sign(t->scale_held) != 0 ||
		    dec_sign(t->scale_owed) != 0)
			return false;
	}
	return true;
}

static int health_of(const struct book *book, const struct rk_ask *ask,
		     struct dec *ret_health)
{
	struct rk_margin margin;

	rk_ask_margin(ask, &margin);
	*ret_health = book_money(book, margin.health_i.raw);
	return RK_OK;
}

/* What the last so much of all that may be there of a token adds. */
static int effect(const struct book *book, const struct account *a, size_t i,
		  struct dec amount, struct dec *ret_effect)
{
	struct dec most = dec_add(a->tokens[i].amount, a->reserved[i]);
	struct dec with = dec_of(0, 0);
	struct dec without = dec_of(0, 0);
	struct rk_ask ask;
	int r;

	rk_ask_nobody(book->engine, &ask);
	r = holdings_suppose(book, &ask, i, most);
	if (r == RK_OK)
		r = health_of(book, &ask, &with);
	rk_ask_nobody(book->engine, &ask);
	if (r == RK_OK)
		r = holdings_suppose(book, &ask, i, dec_sub(most, amount));
	if (r == RK_OK)
		r = health_of(book, &ask, &without);
	*ret_effect = dec_sub(with, without);
	return r;
}

/* The worse of what each may become, one by one. */
static int add_orders(const struct book *book, const struct account *a,
		      struct dec *health)
{
	int r = RK_OK;

	for (size_t i = 0; r == RK_OK && i < a->orders_n; i++) {
		const struct token_order *order = &a->orders[i];
		struct dec base = dec_of(0, 0);
		struct dec quote = dec_of(0, 0);

		r = effect(book, a, order->base, order->all_base, &base);
		if (r == RK_OK)
			r = effect(book, a, order->quote, order->all_quote,
				   &quote);
		*health = dec_add(*health, smaller(base, quote));
	}
	return r;
}

static bool read_tokens(struct vec *vec, struct account *a)
{
	const json_t *tokens = vec_array(vec, vec->inputs, "tokens");

	memset(a, 0, sizeof(*a));
	a->n = json_array_size(tokens);
	for (size_t i = 0; i < a->n && i < HOLDINGS_MAX; i++) {
		const json_t *row = json_array_get(tokens, i);

		a->symbols[i] = vec_word(vec, row, "symbol");
		take_token(vec, row, &a->tokens[i]);
	}
	return a->n <= HOLDINGS_MAX;
}

enum verdict model_token_health(struct vec *vec)
{
	static struct account a;
	struct dec health = dec_of(0, 0);
	const char *why = NULL;
	struct book book;
	int r = RK_OK;

	if (!read_tokens(vec, &a))
		return vec_wait(vec, "more than %d rows", HOLDINGS_MAX);
	if (!vec->broken)
		why = join_perps(vec, &a, &r);
	if (!why && !vec->broken && r == RK_OK)
		why = read_orders(vec, &a);
	if (why)
		return vec_wait(vec, "%s", why);
	if (vec->broken)
		return vec_verdict(vec);
	if (r != RK_OK)
		return vec_refused(vec, "a perp", r);
	if (a.orders_n > 0 && !is_plain(&a))
		return vec_wait(vec, "orders for tokens whose weights or "
				     "prices depend on others");
	if (!holdings_fit(a.tokens, a.n))
		return vec_wait(vec, "a weight the engine cannot have");
	for (size_t i = 0; i < a.n; i++)
		a.tokens[i].reach =
			dec_add(dec_abs(a.tokens[i].amount), a.reserved[i]);
	r = holdings_open(&book, a.tokens, a.n);
	if (r == RK_OK)
		health = book_money(
			&book,
			book_view(&book, HOLDINGS_ACCOUNT).margin.health_i.raw);
	if (r == RK_OK)
		r = add_orders(&book, &a, &health);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	(void)vec_expect(vec, "health", health, book.scale.money,
			 RK_ROUND_FLOOR);
	return vec_verdict(vec);
}
