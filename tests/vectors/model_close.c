/*
 * Vectors about closing: how much of a position must go to reach a target,
 * what is left after it went, and the price that leaves nothing.
 *
 * The engine closes until equity = target * maintenance, at a cost per
 * notional. A venue's ratio is target * rate, its fees are the cost.
 */
#include "engine/rc.h"
#include "model.h"

#define ACCOUNT 1

/* A position to be liquidated, and what its market takes for it. */
struct closing {
	struct dec size; /* signed */
	struct dec price;
	struct dec equity;
	struct dec lot;
	rk_rate maintenance;
	rk_rate cost;
	struct rk_cmd_risk risk;
	struct dec fill_price; /* finest price that will be needed */
};

static int fill_closing(struct book *book, const struct closing *closing,
			uint32_t *ret_market)
{
	struct dec value = dec_mul(dec_abs(closing->size), closing->price);
	struct dec plenty = dec_mul(value, dec_of(2, 0));
	const rk_rate all = {RK_RATE_ONE};
	struct book_market market = {
		.name = "PERP",
		.price_max = dec_mul(closing->price, dec_of(2, 0)),
		.size_max = dec_abs(closing->size),
		.close_cost = closing->cost,
	};
	int64_t mark;
	int r;

	model_one_bracket(&market, closing->maintenance, all);
	if (!dec_raw(closing->price, book->scale.price, RK_ROUND_TRUNC, &mark))
		return RK_REJ_OVERFLOW;
	r = book_market(book, &market, ret_market);
	if (r == RK_OK)
		r = book_account(book, ACCOUNT, RK_MODE_ISOLATED);
	if (r == RK_OK)
		r = book_pay(book, ACCOUNT, plenty);
	if (r == RK_OK)
		r = book_trade(book, ACCOUNT, *ret_market, closing->size,
			       closing->price);
	if (r == RK_OK)
		r = book_mark(book, *ret_market, (rk_px){mark});
	/* From healthy to this equity in one step, so that it starts here. */
	return r != RK_OK ? r
			  : book_pay(book, ACCOUNT,
				     dec_sub(closing->equity, plenty));
}

/* A book with this position in it: 0 or a refusal; close it in both cases. */
static int open_closing(struct book *book, const struct closing *closing,
			uint32_t *ret_market)
{
	struct dec size = dec_abs(closing->size);
	struct dec value = dec_mul(size, closing->price);
	struct room room = {
		.total = dec_mul(dec_add(value, dec_abs(closing->equity)),
				 dec_of(8, 0)),
		.price = dec_mul(closing->price, dec_of(2, 0)),
		.size = size,
		.least = {0, dec_places_of(closing->price, closing->fill_price),
			  /* One raw unit of size is one lot. */
			  dec_places(closing->lot)},
	};
	struct scale scale;
	int r;

	*book = (struct book){0};
	if (!book_fit(&room, &scale))
		return RK_REJ_OVERFLOW;
	r = book_open(book, scale, &closing->risk);
	return r != RK_OK ? r : fill_closing(book, closing, ret_market);
}

/*
 * Split a ratio into target and rate: both in 1e-9, the product exact, the
 * target as low as can be, for an account is only liquidated below the rate.
 */
static bool split_ratio(struct dec ratio, rk_rate *ret_target,
			rk_rate *ret_rate)
{
	static const int64_t targets[] = {
		1024000000, 1250000000, 1280000000, 1600000000, 2000000000,
	};
	rk_rate whole;

	if (dec_places(ratio) > 9 || !model_rate(ratio, dec_of(1, 0), &whole))
		return false;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		rk_i128 wide = (rk_i128)whole.raw * RK_RATE_ONE;

		if (wide % targets[i] != 0)
			continue;
		ret_target->raw = targets[i];
		ret_rate->raw = (int64_t)(wide / targets[i]);
		return true;
	}
	return false;
}

/* A round size somewhat above need, so that not everything is closed. */
static struct dec round_size(struct dec need)
{
	struct dec most = dec_mul(need, dec_of(13, 1));
	int places = -12;
	struct dec size;

	do {
		size = dec_div(dec_mul(need, dec_of(11, 1)), dec_of(1, 0),
			       places, RK_ROUND_CEIL);
	} while (dec_cmp(size, most) > 0 && places++ < RK_DECIMALS_MAX);
	return size;
}

/*
 * The model rounds the size down to its quantum, the engine up to the lot:
 * the same where nothing is rounded, else one lot more. A cost that is no
 * multiple of 1e-9 is rounded up and asks for as much more.
 */
static void expect_size(struct vec *vec, struct dec got, struct dec more,
			const struct closing *closing)
{
	struct dec want = vec_number(vec, vec->expected, "size");
	struct dec above = dec_sub(got, want);
	char want_text[DEC_TEXT_SIZE];
	char more_text[DEC_TEXT_SIZE];
	char got_text[DEC_TEXT_SIZE];
	bool good = dec_cmp(above, more) == 0;

	if (dec_cmp(more, closing->lot) > 0)
		good = dec_sign(above) >= 0 && dec_cmp(above, more) <= 0;
	(void)vec_check(vec, good && !above.bad,
			"size: expected %s and %s for rounding, the engine "
			"orders %s",
			dec_text(want, want_text), dec_text(more, more_text),
			dec_text(got, got_text));
}

enum verdict model_perp_size_to_cover_shortage(struct vec *vec)
{
	struct dec shortage = vec_number(vec, vec->inputs, "margin_shortage");
	struct dec ratio = vec_number(vec, vec->inputs, "margin_ratio");
	struct dec fee = vec_number(vec, vec->inputs, "liquidator_fee");
	struct dec insurance = vec_number(vec, vec->inputs, "insurance_fee");
	struct dec quote = vec_number(vec, vec->inputs, "quote_price");
	struct dec price = vec_number(vec, vec->inputs, "price");
	struct closing closing = {
		.lot = vec_number(vec, vec->inputs, "base_quantum"),
		/* The engine counts in what the shortage is in. */
		.price = dec_mul(price, quote),
		.fill_price = dec_of(0, 0),
	};
	/* Relief of one unit of size. */
	struct dec relief = dec_sub(dec_mul(closing.price, dec_sub(ratio, fee)),
				    dec_mul(price, insurance));
	struct dec cost =
		dec_add(dec_mul(closing.price, fee), dec_mul(price, insurance));
	struct dec want = vec_number(vec, vec->expected, "size");
	struct book book;
	rk_rate target;
	uint32_t market;
	struct dec got;
	struct dec more;
	struct dec off;
	int r;

	if (dec_sign(relief) <= 0)
		return vec_wait(vec, "fees above the ratio: all is closed");
	if (!split_ratio(ratio, &target, &closing.maintenance) ||
	    !model_rate(cost, closing.price, &closing.cost))
		return vec_wait(vec, "rates that are no multiples of 1e-9");
	closing.risk = book_risk(target);
	closing.size = round_size(dec_div(shortage, relief, 18, RK_ROUND_CEIL));
	closing.equity = dec_sub(
		dec_mul(ratio, dec_mul(closing.size, closing.price)), shortage);
	if (dec_places(closing.size) > dec_places(closing.lot))
		return vec_wait(vec, "a size below the base quantum");
	r = open_closing(&book, &closing, &market);
	got = book.orders ? dec_of(book.order.order.size.raw, book.scale.size)
			  : dec_of(0, 0);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the position", r);
	/* What the size rounded down leaves uncovered takes a lot more. */
	more = dec_cmp(dec_mul(want, relief), shortage) == 0 ? dec_of(0, 0)
							     : closing.lot;
	off = model_rate_slack(closing.cost, cost, closing.price,
			       dec_mul(want, closing.price));
	if (dec_sign(off) != 0)
		more = dec_add(dec_div(off, relief, 12, RK_ROUND_CEIL),
			       dec_mul(closing.lot, dec_of(2, 0)));
	expect_size(vec, got, more, &closing);
	return vec_verdict(vec);
}

/* The fee an insurance fund takes of what is left: a venue's own policy. */
static struct dec insurance_fee(struct vec *vec, struct dec ratio,
				struct dec fee, struct dec shortage,
				struct dec value)
{
	struct dec most = vec_number(vec, vec->inputs, "max_insurance_fee");
	struct dec left =
		dec_sub(dec_mul(value, dec_sub(ratio, fee)), shortage);
	struct dec part =
		dec_div(dec_mul(left, dec_of(95, 2)), value, 6, RK_ROUND_FLOOR);

	if (dec_sign(left) <= 0)
		return dec_of(0, 0);
	return dec_cmp(part, most) < 0
		       ? part
		       : dec_div(most, dec_of(1, 0), 6, RK_ROUND_FLOOR);
}

/* A venue's liquidation of one position in part, step by step. */
struct partial {
	struct closing closing;
	struct dec collateral;
	struct dec ratio; /* to be reached */
	struct dec insurance;
	int side;
};

static bool read_partial(struct vec *vec, struct partial *partial)
{
	const struct dec one = dec_of(1, 0);
	struct closing *closing = &partial->closing;
	struct dec mmr = vec_number(vec, vec->inputs, "mmr");
	struct dec fee = vec_number(vec, vec->inputs, "liquidator_fee");
	struct dec entry = vec_number(vec, vec->inputs, "quote_entry");
	struct dec value;
	struct dec cost;
	rk_rate target;

	closing->size = vec_number(vec, vec->inputs, "size");
	closing->price = vec_number(vec, vec->inputs, "price");
	closing->lot = vec_number(vec, vec->inputs, "base_step");
	partial->collateral = vec_number(vec, vec->inputs, "collateral");
	partial->side = dec_sign(closing->size);
	partial->ratio = dec_add(mmr, vec_number(vec, vec->inputs, "buffer"));
	value = dec_mul(dec_abs(closing->size), closing->price);
	closing->equity =
		dec_add(partial->collateral,
			dec_add(entry, dec_mul(closing->size, closing->price)));
	partial->insurance = insurance_fee(
		vec, partial->ratio, fee,
		dec_sub(dec_mul(partial->ratio, value), closing->equity),
		value);
	closing->fill_price =
		dec_mul(closing->price,
			dec_sub(one, dec_mul(dec_of(partial->side, 0), fee)));
	cost = dec_add(fee, partial->insurance);
	/* target = ratio / mmr must be exact: it is compared, not rounded. */
	target.raw = (int64_t)dec_div(partial->ratio, mmr, 9, RK_ROUND_FLOOR).m;
	if (vec->broken ||
	    dec_cmp(dec_mul(dec_of(target.raw, 9), mmr), partial->ratio) != 0 ||
	    target.raw <= RK_RATE_ONE || target.raw > 9 * RK_RATE_ONE ||
	    dec_places(mmr) > 9 || dec_places(cost) > 9 ||
	    !model_rate(mmr, one, &closing->maintenance) ||
	    !model_rate(cost, one, &closing->cost))
		return false;
	closing->risk = book_risk(target);
	return true;
}

/* Fill the order at the liquidator's price and take the insurance fee. */
static int fill_order(struct book *book, const struct partial *partial,
		      uint32_t market, struct dec size)
{
	const struct rk_ev_order *order = &book->order.order;
	struct rk_cmd_trade trade = {.market = market, .size = order->size};
	struct rk_trade_side side = {.account = ACCOUNT, .order = order->order};
	struct dec fee = dec_mul(dec_mul(size, partial->closing.price),
				 partial->insurance);

	if (!dec_raw(partial->closing.fill_price, book->scale.price,
		     RK_ROUND_TRUNC, &trade.price.raw) ||
	    !dec_raw(fee, book->scale.money, RK_ROUND_CEIL, &side.fee.raw))
		return RK_REJ_OVERFLOW;
	if (partial->side > 0)
		trade.seller = side;
	else
		trade.buyer = side;
	return book_fill(book, &trade);
}

static void expect_after(struct vec *vec, const struct book *book,
			 const struct partial *partial, uint32_t market)
{
	struct rk_account_view account = book_view(book, ACCOUNT);
	struct rk_position_view left = book_position(book, ACCOUNT, market);
	int places = book->scale.money;
	/* What the position cost and what was realised, paid in quote. */
	struct dec quote = dec_sub(
		book_money(book, account.margin.equity.raw),
		dec_add(book_money(book, left.unrealised.raw + left.cost.raw),
			partial->collateral));
	struct dec target = model_rate_value(partial->closing.risk.target);

	(void)vec_expect(vec, "size_after",
			 dec_of(left.size.raw, book->scale.size), places,
			 RK_ROUND_FLOOR);
	(void)vec_expect(vec, "quote_after", quote, places, RK_ROUND_FLOOR);
	(void)vec_expect(vec, "equity_after",
			 book_money(book, account.margin.equity.raw), places,
			 RK_ROUND_FLOOR);
	(void)vec_expect(
		vec, "requirement_after",
		dec_mul(target,
			book_money(book, account.margin.maintenance.raw)),
		places, RK_ROUND_CEIL);
}

enum verdict model_perp_partial_liquidation(struct vec *vec)
{
	struct partial partial;
	struct book book;
	uint32_t market;
	int r;

	if (!read_partial(vec, &partial))
		return vec_wait(vec, "ratios that are no multiples of 1e-9");
	r = open_closing(&book, &partial.closing, &market);
	if (r == RK_OK && book.orders == 0) {
		book_close(&book);
		return vec_wait(vec, "not below maintenance: the engine starts "
				     "no liquidation");
	}
	if (r == RK_OK) {
		struct dec size =
			dec_of(book.order.order.size.raw, book.scale.size);
		struct dec quote = dec_mul(size, partial.closing.fill_price);
		int places = book.scale.money;

		size = dec_mul(size, dec_of(partial.side, 0));
		quote = dec_mul(quote, dec_of(-partial.side, 0));
		r = fill_order(&book, &partial, market, dec_abs(size));
		(void)vec_expect(vec, "liquidator_size", size, places,
				 RK_ROUND_FLOOR);
		(void)vec_expect(vec, "liquidator_quote", quote, places,
				 RK_ROUND_FLOOR);
		(void)vec_expect(
			vec, "insurance_fee_paid",
			dec_mul(dec_mul(dec_abs(size), partial.closing.price),
				partial.insurance),
			places, RK_ROUND_CEIL);
		if (r == RK_OK)
			expect_after(vec, &book, &partial, market);
	}
	book_close(&book);
	return r == RK_OK ? vec_verdict(vec)
			  : vec_refused(vec, "the liquidation", r);
}
