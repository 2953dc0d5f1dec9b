/*
 * Vectors about orders before their fill.
 *
 * A token that may be bought and sold on a spot market counts as a position of
 * a market does that cost what it is worth: its weight as an asset, a, and as a
 * debt, 2 - a, both take (1 - a) of its value, which is what such a market
 * requires. So an order's worse side can be said where the weights lie as far
 * from 1 on both sides, or where only one of them is needed.
 */
#include "book.h"
#include "engine/rc.h"
#include "model.h"

#define ACCOUNT 1

/* A market with one rate, an account in it with money to spare. */
struct desk {
	struct book book;
	uint32_t market;
	struct dec money;
};

static struct dec larger(struct dec a, struct dec b)
{
	return dec_cmp(a, b) > 0 ? a : b;
}

static int open_desk(struct desk *desk, struct dec price, struct dec size,
		     rk_rate rate, enum rk_mode mode)
{
	struct book_market market = {
		.name = "TOKEN",
		.price_max = dec_mul(price, dec_of(2, 0)),
		.size_max = dec_mul(size, dec_of(2, 0)),
		.brackets = {{{0}, rate, rate}},
		.brackets_n = 1,
	};
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct room room = {
		.price = market.price_max,
		.size = market.size_max,
		.least = {.money = 8,
			  .price = dec_places(price),
			  .size = dec_places(size)},
	};
	struct scale scale;
	rk_px mark;
	int r;

	desk->money = dec_mul(dec_mul(price, size), dec_of(4, 0));
	room.total = dec_mul(desk->money, dec_of(8, 0));
	desk->book = (struct book){0};
	if (!book_fit(&room, &scale))
		return RK_REJ_OVERFLOW;
	r = book_open(&desk->book, scale, &risk);
	if (r == RK_OK)
		r = book_market(&desk->book, &market, &desk->market);
	if (r == RK_OK &&
	    !dec_raw(price, scale.price, RK_ROUND_TRUNC, &mark.raw))
		r = RK_REJ_OVERFLOW;
	if (r == RK_OK)
		r = book_mark(&desk->book, desk->market, mark);
	if (r == RK_OK)
		r = book_account(&desk->book, ACCOUNT, mode);
	if (r == RK_OK)
		r = book_pay(&desk->book, ACCOUNT, desk->money);
	return r;
}

/* size is above 0; 0: there is none. */
static int place(struct desk *desk, enum rk_side side, struct dec size,
		 struct dec price)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_PLACE_ORDER,
		.place = {.account = ACCOUNT,
			  .order = (uint64_t)side,
			  .market = desk->market,
			  .side = side},
	};

	if (dec_sign(size) == 0)
		return RK_OK;
	if (!dec_raw(size, desk->book.scale.size, RK_ROUND_TRUNC,
		     &cmd.place.size.raw) ||
	    !dec_raw(price, desk->book.scale.price, RK_ROUND_TRUNC,
		     &cmd.place.price.raw))
		return RK_REJ_OVERFLOW;
	return book_apply(&desk->book, &cmd);
}

/* What the account has less for it, initially. */
static struct dec taken(const struct desk *desk)
{
	int64_t left = book_view(&desk->book, ACCOUNT).margin.health_i.raw;

	return dec_sub(desk->money, book_money(&desk->book, left));
}

/* One token with its orders, as the vector tells of it. */
struct token {
	struct dec amount;
	struct dec bids; /* above 0 */
	struct dec asks; /* above 0 */
	struct dec price;
	struct dec asset_weight;
	struct dec liab_weight;
	rk_rate rate;
};

/* The end that the engine's requirement speaks of, and what it counts. */
static void expect_worse(struct vec *vec, const struct token *t,
			 const struct desk *desk, struct dec required)
{
	struct dec up = dec_add(t->amount, t->bids);
	struct dec down = dec_sub(t->amount, t->asks);
	bool bids = dec_cmp(dec_mul(dec_mul(dec_abs(up), t->price),
				    model_rate_value(t->rate)),
			    required) == 0;
	struct dec amount = bids ? up : down;
	struct dec orders = bids ? dec_neg(dec_mul(t->bids, t->price))
				 : dec_mul(t->asks, t->price);
	struct dec free = dec_sub(dec_mul(t->amount, t->price), required);
	int places = desk->book.scale.money;

	(void)vec_expect(vec, "token_amount", amount, desk->book.scale.size,
			 RK_ROUND_TRUNC);
	(void)vec_expect(vec, "weighted_value", dec_sub(free, orders), places,
			 RK_ROUND_FLOOR);
	(void)vec_expect(vec, "orders_value", orders, places, RK_ROUND_FLOOR);
	(void)vec_expect(vec, "free_collateral_contribution", free, places,
			 RK_ROUND_FLOOR);
}

static int trade_token(struct desk *desk, const struct token *t)
{
	int r = RK_OK;

	if (dec_sign(t->amount) != 0)
		r = book_trade(&desk->book, ACCOUNT, desk->market, t->amount,
			       t->price);
	if (r == RK_OK)
		r = place(desk, RK_SIDE_BUY, t->bids, t->price);
	if (r == RK_OK)
		r = place(desk, RK_SIDE_SELL, t->asks, t->price);
	return r;
}

enum verdict model_worst_case_orders(struct vec *vec)
{
	const struct dec one = dec_of(1, 0);
	struct token t = {
		.amount = vec_number(vec, vec->inputs, "amount"),
		.bids = dec_abs(vec_number(vec, vec->inputs, "open_bids")),
		.asks = dec_abs(vec_number(vec, vec->inputs, "open_asks")),
		.price = vec_number(vec, vec->inputs, "price"),
		.asset_weight = vec_number(vec, vec->inputs, "asset_weight"),
		.liab_weight = vec_number(vec, vec->inputs, "liab_weight"),
	};
	struct dec taken_off = dec_sub(one, t.asset_weight);
	struct dec put_on = dec_sub(t.liab_weight, one);
	struct dec up = dec_add(t.amount, t.bids);
	struct dec down = dec_sub(t.amount, t.asks);
	struct dec size = larger(dec_abs(up), dec_abs(down));
	struct desk desk;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	/* Where both ends are on one side, the other weight says nothing. */
	if (dec_sign(up) <= 0)
		taken_off = put_on;
	if (dec_sign(up) > 0 && dec_sign(down) < 0 &&
	    dec_cmp(taken_off, put_on) != 0)
		return vec_wait(vec, "a market requires as much of both sides");
	if (!dec_raw(taken_off, 9, RK_ROUND_TRUNC, &t.rate.raw) ||
	    t.rate.raw <= 0 || t.rate.raw > RK_RATE_ONE)
		return vec_wait(vec, "a weight the engine cannot have");
	if (dec_sign(size) == 0)
		return vec_wait(vec, "there is nothing to count");
	r = open_desk(&desk, t.price, larger(size, dec_abs(t.amount)), t.rate,
		      RK_MODE_CROSS);
	if (r == RK_OK)
		r = trade_token(&desk, &t);
	if (r == RK_OK)
		expect_worse(vec, &t, &desk, taken(&desk));
	book_close(&desk.book);
	return r == RK_OK ? vec_verdict(vec) : vec_refused(vec, "the token", r);
}

/* An isolated account without a position: what its order takes. */
enum verdict model_isolated_order_margin(struct vec *vec)
{
	struct dec price = vec_number(vec, vec->inputs, "price");
	struct dec size = vec_number(vec, vec->inputs, "size");
	struct dec factor = vec_number(vec, vec->inputs, "margin_factor");
	rk_rate rate;
	struct desk desk;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	if (!dec_raw(factor, 9, RK_ROUND_TRUNC, &rate.raw) || rate.raw <= 0 ||
	    rate.raw > RK_RATE_ONE)
		return vec_wait(vec, "a rate the engine cannot have");
	if (dec_sign(size) == 0)
		return vec_wait(vec, "there is no order");
	r = open_desk(&desk, price, dec_abs(size), rate, RK_MODE_ISOLATED);
	if (r == RK_OK)
		r = place(&desk,
			  dec_sign(size) > 0 ? RK_SIDE_BUY : RK_SIDE_SELL,
			  dec_abs(size), price);
	if (r == RK_OK)
		(void)vec_expect(vec, "order_margin", taken(&desk),
				 desk.book.scale.money, RK_ROUND_CEIL);
	book_close(&desk.book);
	return r == RK_OK ? vec_verdict(vec) : vec_refused(vec, "the order", r);
}
