/*
 * Vectors about what one position requires: notional, profit, margins.
 */
#include "engine/rc.h"
#include "model.h"

#define ACCOUNT    1
#define PPM_PLACES 6

/* One position, and the rates of its market. */
struct lone {
	struct dec size; /* signed */
	struct dec entry;
	struct dec mark;
	rk_rate maintenance;
	rk_rate initial;
	struct dec deduction;
	int money_least; /* places its figures are compared in */
	/* Open interest of the market, and the notionals (money) between
	 * which it scales initial margin; an upper of 0: it does not. */
	struct dec open_interest;
	struct dec scale_lower;
	struct dec scale_upper;
};

/* What the engine says of it. */
struct lone_view {
	struct scale scale;
	struct dec notional;
	struct dec unrealised;
	struct dec maintenance;
	struct dec initial;
};

/* The rest of the open interest is another account's. */
static int open_others(struct book *book, const struct lone *lone,
		       uint32_t market)
{
	struct rk_margin_terms terms = {.growth = RK_GROWTH_NONE};
	struct dec others = lone->open_interest;
	int r;

	if (dec_sign(lone->scale_upper) <= 0)
		return RK_OK;
	if (!dec_raw(lone->scale_lower, book->scale.money, RK_ROUND_TRUNC,
		     &terms.scale_lower.raw) ||
	    !dec_raw(lone->scale_upper, book->scale.money, RK_ROUND_TRUNC,
		     &terms.scale_upper.raw))
		return RK_REJ_OVERFLOW;
	r = book_terms(book, "PERP", &terms);
	if (dec_sign(lone->size) > 0)
		others = dec_sub(others, lone->size);
	if (r != RK_OK || dec_sign(others) <= 0)
		return r;
	r = book_account(book, ACCOUNT + 1, RK_MODE_CROSS);
	return r != RK_OK ? r
			  : book_trade(book, ACCOUNT + 1, market, others,
				       lone->mark);
}

static int fill_book(struct book *book, const struct lone *lone,
		     const struct book_market *market,
		     struct rk_position_view *ret_view)
{
	uint32_t id;
	int64_t mark;
	int r = book_market(book, market, &id);

	if (r == RK_OK &&
	    !dec_raw(lone->mark, book->scale.price, RK_ROUND_TRUNC, &mark))
		r = RK_REJ_OVERFLOW;
	if (r == RK_OK)
		r = book_account(book, ACCOUNT, RK_MODE_ISOLATED);
	if (r == RK_OK && dec_sign(lone->size) != 0)
		r = book_trade(book, ACCOUNT, id, lone->size, lone->entry);
	if (r == RK_OK)
		r = book_mark(book, id, (rk_px){mark});
	if (r == RK_OK)
		r = open_others(book, lone, id);
	if (r == RK_OK)
		*ret_view = book_position(book, ACCOUNT, id);
	return r;
}

/*
 * Build the book of one position. 0, RK_REJ_OVERFLOW when no scale has room
 * for it, RK_REJ_BAD_PARAM when no bracket has its deduction, or a refusal.
 */
static int look_at(const struct lone *lone, struct lone_view *ret_view)
{
	struct dec size =
		dec_sign(lone->scale_upper) > 0
			? dec_max(dec_abs(lone->size), lone->open_interest)
			: dec_abs(lone->size);
	int places = dec_places(size) > dec_places(lone->size)
			     ? dec_places(size)
			     : dec_places(lone->size);
	/* A market has room for something, whatever the position is. */
	struct dec most = dec_max(size, dec_of(1, places));
	struct dec high = dec_max(lone->entry, lone->mark);
	struct room room = {
		.total = dec_mul(dec_mul(most, high), dec_of(2, 0)),
		.price = high,
		.size = most,
		.least = {lone->money_least,
			  dec_places_of(lone->entry, lone->mark), places},
	};
	struct book_market market = {
		.name = "PERP",
		.price_max = high,
		.size_max = most,
	};
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct rk_position_view view;
	struct book book;
	int r;

	if (!book_fit(&room, &ret_view->scale))
		return RK_REJ_OVERFLOW;
	if (!model_deducted_bracket(&market, &ret_view->scale,
				    lone->maintenance, lone->deduction,
				    dec_mul(size, lone->mark)))
		return RK_REJ_BAD_PARAM;
	for (uint32_t k = 0; k < market.brackets_n; k++)
		market.brackets[k].initial = lone->initial;
	r = book_open(&book, ret_view->scale, &risk);
	if (r == RK_OK)
		r = fill_book(&book, lone, &market, &view);
	if (r == RK_OK) {
		ret_view->notional = book_money(&book, view.notional.raw);
		ret_view->unrealised = book_money(&book, view.unrealised.raw);
		ret_view->maintenance = book_money(&book, view.maintenance.raw);
		ret_view->initial = book_money(&book, view.initial.raw);
	}
	book_close(&book);
	return r;
}

enum verdict model_linear_position_metrics(struct vec *vec)
{
	const struct dec one = dec_of(1, 0);
	struct dec side = dec_of(vec_side(vec, vec->inputs), 0);
	struct dec mmr = vec_number(vec, vec->inputs, "mmr");
	struct dec leverage = vec_number(vec, vec->inputs, "leverage");
	struct lone lone = {
		.size = dec_mul(side, vec_number(vec, vec->inputs, "size")),
		.entry = vec_number(vec, vec->inputs, "entry"),
		.mark = vec_number(vec, vec->inputs, "mark"),
		.deduction = vec_number(vec, vec->inputs, "maint_amount"),
		.initial = {RK_RATE_ONE},
	};
	struct figure figure;
	struct lone_view view;
	rk_rate initial;
	int r;

	if (!model_rate(mmr, one, &lone.maintenance) ||
	    !model_rate(one, leverage, &initial) || initial.raw == 0)
		return vec_wait(vec, "a rate above 1 or a leverage below 1");
	r = look_at(&lone, &view);
	if (r == RK_REJ_BAD_PARAM)
		return vec_wait(vec, "no bracket has this maint_amount");
	if (r != RK_OK)
		return vec_refused(vec, "the position", r);
	(void)vec_expect(vec, "notional", view.notional, view.scale.money,
			 RK_ROUND_CEIL);
	figure = vec_figure(vec, "unrealized_pnl", view.scale.money,
			    RK_ROUND_FLOOR);
	/* Cost and value are each rounded once when they are that fine. */
	if (dec_places(dec_mul(lone.size, lone.entry)) > view.scale.money)
		figure.slack = dec_of(1, view.scale.money);
	(void)vec_compare(vec, &figure, view.unrealised);
	figure = vec_figure(vec, "maintenance_margin", view.scale.money,
			    RK_ROUND_CEIL);
	figure.slack =
		model_rate_slack(lone.maintenance, mmr, one, view.notional);
	(void)vec_compare(vec, &figure, view.maintenance);

	/* Maintenance may be above initial here, and is not in the engine. */
	lone.maintenance.raw = 0;
	lone.deduction = dec_of(0, 0);
	lone.initial = initial;
	r = look_at(&lone, &view);
	if (r != RK_OK)
		return vec_refused(vec, "the position", r);
	figure = vec_figure(vec, "initial_margin", view.scale.money,
			    RK_ROUND_CEIL);
	figure.slack = model_rate_slack(initial, one, leverage, view.notional);
	(void)vec_compare(vec, &figure, view.initial);
	return vec_verdict(vec);
}

/* A size of one's own that is more than all open interest cannot be. */
static bool interest_fits(const struct lone *lone)
{
	struct dec size = dec_abs(lone->size);

	return dec_sign(lone->scale_upper) <= 0 ||
	       dec_cmp(dec_mul(size, lone->mark), lone->scale_lower) <= 0 ||
	       dec_cmp(size, lone->open_interest) <= 0;
}

/*
 * The venue rounds down the notional and rounds up initial margin before
 * maintenance is taken of it; the engine rounds once. At the quantum they may
 * be one apart, and are the same for all but a few in a million.
 */
static void expect_quanta(struct vec *vec, const char *key, struct dec got,
			  int places, struct dec slack)
{
	struct figure figure = vec_figure(vec, key, places, RK_ROUND_CEIL);

	figure.slack = dec_add(slack, dec_of(1, places));
	(void)vec_compare(vec, &figure,
			  dec_div(got, dec_of(1, 0), places, RK_ROUND_CEIL));
}

/* More than any scale has room for must be refused, not wrapped. */
static enum verdict beyond(struct vec *vec, const struct lone *lone)
{
	const struct scale coarse = {lone->money_least, lone->money_least, 0};
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct book_market market = {
		.name = "PERP",
		.price_max = dec_of(RK_PRICE_MAX, coarse.price),
		.size_max = dec_of(INT64_MAX, 0),
	};
	size_t figures = json_object_size(vec->expected);
	struct book book;
	uint32_t id;
	int r;

	model_one_bracket(&market, lone->maintenance, lone->initial);
	r = book_open(&book, coarse, &risk);
	if (r != RK_OK) {
		book_close(&book);
		return vec_refused(vec, "an empty book", r);
	}
	r = book_market(&book, &market, &id);
	book_close(&book);
	(void)vec_check(vec, r == RK_REJ_BAD_PARAM,
			"a market that could overflow gives %s, not BAD_PARAM",
			rk_rc_name(r));
	vec->compared = figures;
	vec->refused = true;
	return vec_verdict(vec);
}

enum verdict model_imf_mmf_margin(struct vec *vec)
{
	const struct dec million = dec_of(1, -6);
	struct dec imf = vec_number(vec, vec->inputs, "imf_ppm");
	struct dec part = vec_number(vec, vec->inputs, "maint_fraction_ppm");
	struct dec quantum = vec_number(vec, vec->inputs, "quote_quantum");
	struct dec price = vec_number(vec, vec->inputs, "price");
	struct dec product = dec_mul(imf, part);
	struct lone lone = {
		.size = vec_number(vec, vec->inputs, "size"),
		.entry = price,
		.mark = price,
		.deduction = dec_of(0, 0),
		.money_least = dec_places(quantum),
		.open_interest = vec_number(vec, vec->inputs, "open_interest"),
		.scale_lower = vec_number(vec, vec->inputs, "oi_lower_cap"),
		.scale_upper = vec_number(vec, vec->inputs, "oi_upper_cap"),
	};
	struct lone_view view;
	int r;

	if (!model_rate(imf, million, &lone.initial) ||
	    !model_rate(product, dec_mul(million, million), &lone.maintenance))
		return vec_wait(vec, "a rate above 1");
	if (!interest_fits(&lone))
		return vec_wait(vec, "a size above the open interest");
	r = look_at(&lone, &view);
	if (r == RK_REJ_OVERFLOW && !vec->broken)
		return beyond(vec, &lone);
	if (r != RK_OK)
		return vec_refused(vec, "the position", r);
	expect_quanta(
		vec, "maintenance_margin", view.maintenance, lone.money_least,
		model_rate_slack(lone.maintenance, product,
				 dec_mul(million, million), view.notional));
	/* Its scaled rate is cut to 1e-6: so is what the engine makes of it. */
	if (dec_sign(lone.scale_upper) > 0 && dec_sign(view.notional) > 0)
		view.initial = dec_mul(view.notional,
				       dec_div(view.initial, view.notional,
					       PPM_PLACES, RK_ROUND_FLOOR));
	expect_quanta(vec, "initial_margin", view.initial, lone.money_least,
		      dec_of(0, 0));
	return vec_verdict(vec);
}

enum verdict model_slippage_risk_maint_margin(struct vec *vec)
{
	struct dec rate =
		dec_add(vec_number(vec, vec->inputs, "slippage_factor"),
			vec_number(vec, vec->inputs, "risk_factor"));
	struct dec mark = vec_number(vec, vec->inputs, "mark");
	struct lone lone = {
		.size = vec_number(vec, vec->inputs, "size"),
		.entry = mark,
		.mark = mark,
		.deduction = dec_of(0, 0),
		.initial = {RK_RATE_ONE},
	};
	struct lone_view view;
	struct figure figure;
	int r;

	if (!model_rate(rate, dec_of(1, 0), &lone.maintenance))
		return vec_wait(vec, "a rate above 1");
	r = look_at(&lone, &view);
	if (r != RK_OK)
		return vec_refused(vec, "the position", r);
	figure = vec_figure(vec, "maintenance_margin", view.scale.money,
			    RK_ROUND_CEIL);
	figure.slack = model_rate_slack(lone.maintenance, rate, dec_of(1, 0),
					view.notional);
	(void)vec_compare(vec, &figure, view.maintenance);
	return vec_verdict(vec);
}

enum verdict model_leveraged_margin_model(struct vec *vec)
{
	const struct dec one = dec_of(1, 0);
	struct dec factor = vec_number(vec, vec->inputs, "margin_init");
	struct dec leverage = vec_number(vec, vec->inputs, "leverage");
	struct lone lone = {
		/* A notional, as a size at price 1. */
		.size = vec_number(vec, vec->inputs, "notional"),
		.entry = one,
		.mark = one,
		.deduction = dec_of(0, 0),
	};
	struct lone_view view;
	struct figure figure;
	int r;

	if (!model_rate(factor, leverage, &lone.initial))
		return vec_wait(vec, "a rate above 1");
	if (lone.initial.raw == 0)
		return vec_wait(vec, "the engine lists no initial rate of 0");
	r = look_at(&lone, &view);
	if (r != RK_OK)
		return vec_refused(vec, "the position", r);
	figure = vec_figure(vec, "initial_margin", view.scale.money,
			    RK_ROUND_CEIL);
	figure.slack =
		model_rate_slack(lone.initial, factor, leverage, view.notional);
	(void)vec_compare(vec, &figure, view.initial);
	return vec_verdict(vec);
}
