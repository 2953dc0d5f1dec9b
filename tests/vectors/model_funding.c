/*
 * Vectors about funding: what a premium leads to, how far an index moves, and
 * what a position is due when it has moved.
 */
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "model.h"

#define SECOND_NS      INT64_C(1000000000)
#define HOUR_NS        (3600 * SECOND_NS)
#define DAY_NS         (24 * HOUR_NS)
#define RATE_DECIMALS  9
#define INDEX_DECIMALS 18
#define EIGHT_HOURS    28800 /* s */

/* One market whose prices and sizes have so many decimals, and room. */
struct stage {
	struct book book;
	uint32_t market;
	uint64_t account;
};

static int open_stage(struct stage *stage, struct scale scale,
		      struct dec price_max, struct dec size_max)
{
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct book_market market = {
		.name = "PERP", .price_max = price_max, .size_max = size_max};
	int r;

	model_one_bracket(&market, (rk_rate){0}, (rk_rate){1});
	r = book_open(&stage->book, scale, &risk);
	if (r == RK_OK)
		r = book_market(&stage->book, &market, &stage->market);
	stage->account = 1;
	return r;
}

static struct rk_market_view view_of(const struct stage *stage)
{
	struct rk_market_view view;

	memset(&view, 0, sizeof(view));
	(void)rk_view_market(stage->book.engine, stage->market, &view);
	return view;
}

/* One premium under these terms: the rate if the interval ended now. */
static int rate_of(struct stage *stage, const struct rk_funding *terms,
		   const struct rk_cmd_premium *premium, struct dec *ret_rate)
{
	static const struct rk_funding none;
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING,
			     .funding = {"PERP", *terms}};
	int r = book_apply(&stage->book, &cmd);

	cmd = (struct rk_cmd){.type = RK_CMD_PREMIUM, .premium = *premium};
	if (r == RK_OK)
		r = book_apply(&stage->book, &cmd);
	*ret_rate = dec_of(view_of(stage).funding_rate.raw, RATE_DECIMALS);
	/* So that no sample stays for the next terms. */
	cmd = (struct rk_cmd){.type = RK_CMD_FUNDING,
			      .funding = {"PERP", none}};
	if (r == RK_OK)
		r = book_apply(&stage->book, &cmd);
	return r;
}

/* null: nobody is on that side. */
static struct dec price_or_none(struct vec *vec, const char *key)
{
	if (json_is_null(json_object_get(vec->inputs, key)))
		return dec_of(0, 0);
	return vec_number(vec, vec->inputs, key);
}

enum verdict model_premium_clamp_funding(struct vec *vec)
{
	struct dec oracle = vec_number(vec, vec->inputs, "oracle");
	struct dec bid = price_or_none(vec, "impact_bid");
	struct dec ask = price_or_none(vec, "impact_ask");
	struct dec interest = vec_number(vec, vec->inputs, "interest_rate_8h");
	struct dec clamp = vec_number(vec, vec->inputs, "clamp");
	struct dec most = dec_max(oracle, dec_max(bid, ask));
	struct scale scale = {8, dec_places(oracle), 0};
	struct rk_funding terms = {.interval_ns = 8 * HOUR_NS,
				   .cap = {RK_RATE_ONE}};
	struct rk_cmd_premium premium = {.market = 0};
	struct stage stage;
	struct dec rate;
	int r;

	if (scale.price < dec_places(bid))
		scale.price = dec_places(bid);
	if (scale.price < dec_places(ask))
		scale.price = dec_places(ask);
	if (vec->broken)
		return vec_verdict(vec);
	if (!dec_raw(oracle, scale.price, RK_ROUND_TRUNC, &premium.index.raw) ||
	    !dec_raw(bid, scale.price, RK_ROUND_TRUNC,
		     &premium.impact_bid.raw) ||
	    !dec_raw(ask, scale.price, RK_ROUND_TRUNC, &premium.impact_ask.raw))
		return vec_wait(vec,
				"prices have more decimals than there are");
	r = open_stage(&stage, scale, most, dec_of(1, 0));
	premium.market = stage.market;
	/* Without clamp and interest the rate is the premium itself. */
	if (r == RK_OK)
		r = rate_of(&stage, &terms, &premium, &rate);
	if (r == RK_OK)
		vec_expect(vec, "premium", rate, RATE_DECIMALS, RK_ROUND_TRUNC);
	if (!dec_raw(interest, RATE_DECIMALS, RK_ROUND_TRUNC,
		     &terms.interest.raw) ||
	    !dec_raw(clamp, RATE_DECIMALS, RK_ROUND_TRUNC, &terms.clamp.raw))
		r = RK_REJ_BAD_PARAM;
	if (r == RK_OK)
		r = rate_of(&stage, &terms, &premium, &rate);
	if (r == RK_OK)
		vec_expect(vec, "rate_8h", rate, RATE_DECIMALS, RK_ROUND_TRUNC);
	book_close(&stage.book);
	return r == RK_OK ? vec_verdict(vec)
			  : vec_refused(vec, "the premium", r);
}

/* A FUND of any rate, in parts of at most 1; false: none has that rate. */
static int fund(struct stage *stage, struct dec rate, rk_px price)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUND,
			     .fund = {.market = stage->market, .price = price}};
	int64_t left;
	int r = RK_OK;

	if (!dec_raw(rate, RATE_DECIMALS, RK_ROUND_TRUNC, &left))
		return RK_REJ_OVERFLOW;
	while (r == RK_OK && left != 0) {
		cmd.fund.rate.raw = left;
		if (left > RK_RATE_ONE)
			cmd.fund.rate.raw = RK_RATE_ONE;
		if (left < -RK_RATE_ONE)
			cmd.fund.rate.raw = -RK_RATE_ONE;
		r = book_apply(&stage->book, &cmd);
		left -= cmd.fund.rate.raw;
	}
	return r;
}

/* More moves than this would be a test of patience. */
#define FUNDS_MAX 10000

static bool is_far(struct dec rate)
{
	return dec_cmp(dec_abs(rate), dec_of(FUNDS_MAX, 0)) > 0 ||
	       dec_places(rate) > RATE_DECIMALS;
}

/*
 * A unit of size is worth 10 USD, 10^9 raw, so that a rate of 1e-9 moves the
 * index by one raw unit: the index of the vector. What has been settled on the
 * way counts as what is still to be.
 */
enum verdict model_funding_index_settlement(struct vec *vec)
{
	const struct scale scale = {8, 0, 0};
	const rk_px price = {10};
	struct dec now = vec_number(vec, vec->inputs, "index_now");
	struct dec last = vec_number(vec, vec->inputs, "index_last");
	struct dec size = vec_number(vec, vec->inputs, "size");
	struct rk_account_view view;
	struct stage stage;
	struct dec before;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	before = last;
	before.places += RATE_DECIMALS;
	now = dec_sub(now, last);
	now.places += RATE_DECIMALS;
	if (dec_places(size) > 0)
		return vec_wait(vec, "a size is in whole quanta");
	if (is_far(before) || is_far(now))
		return vec_wait(vec, "an index is a whole number, at most so "
				     "far from where it begins");
	r = open_stage(&stage, scale, dec_of(40, 0),
		       dec_max(dec_abs(size), dec_of(1, 0)));
	if (r == RK_OK)
		r = book_account(&stage.book, stage.account, RK_MODE_CROSS);
	if (r == RK_OK)
		r = fund(&stage, before, price);
	if (r == RK_OK && dec_sign(size) != 0)
		r = book_trade(&stage.book, stage.account, stage.market, size,
			       dec_of(10, 0));
	if (r == RK_OK)
		r = fund(&stage, now, price);
	if (r == RK_OK) {
		view = book_view(&stage.book, stage.account);
		vec_expect(vec, "credit", dec_of(view.margin.equity.raw, 0), 0,
			   RK_ROUND_FLOOR);
	}
	book_close(&stage.book);
	return r == RK_OK ? vec_verdict(vec)
			  : vec_refused(vec, "the position", r);
}

/*
 * The vector's index counts 10^-6 of a quote quantum per base quantum; ours is
 * finer, and cut to it here. Prices and sizes share out the decimals that lie
 * between the two.
 */
enum verdict model_funding_index_delta(struct vec *vec)
{
	struct dec rate = vec_number(vec, vec->inputs, "rate_8h_ppm");
	struct dec seconds = vec_number(vec, vec->inputs, "seconds");
	struct dec price = vec_number(vec, vec->inputs, "price");
	struct dec base = vec_number(vec, vec->inputs, "base_resolution");
	struct dec quote = vec_number(vec, vec->inputs, "quote_resolution");
	struct scale scale = {8, 0, 0};
	struct stage stage;
	struct dec scaled = price;
	struct figure figure;
	struct dec exact;
	int64_t places;
	rk_px raw;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	if (!dec_raw(dec_sub(quote, base), 0, RK_ROUND_TRUNC, &places) ||
	    places + 2 < 0 || places + 2 > 2 * RK_DECIMALS_MAX)
		return vec_wait(vec, "decimals are at most 12");
	places += 2;
	scale.size =
		places > RK_DECIMALS_MAX ? (int)places - RK_DECIMALS_MAX : 0;
	scale.price = (int)places - scale.size;
	if (!dec_raw(price, 0, RK_ROUND_TRUNC, &raw.raw) || raw.raw <= 0)
		return vec_wait(vec, "a price is a whole number above 0");
	scaled.places += scale.price;
	rate.places += 6;
	exact = dec_mul(rate, seconds);
	rate = dec_div(exact, dec_of(EIGHT_HOURS, 0), RATE_DECIMALS,
		       RK_ROUND_TRUNC);
	if (is_far(rate))
		return vec_wait(vec, "a rate beyond what is ever moved by");
	r = open_stage(&stage, scale, dec_mul(scaled, dec_of(8, 0)),
		       dec_of(1, scale.size));
	if (r == RK_OK)
		r = fund(&stage, rate, raw);
	figure = vec_figure(vec, "index_delta", 0, RK_ROUND_TRUNC);
	/* A rate that is not exact in 1e-9 moves it by less than another. */
	if (dec_cmp(dec_mul(rate, dec_of(EIGHT_HOURS, 0)), exact) != 0) {
		figure.slack = dec_mul(price, dec_of(1, -(int)places));
		figure.slack.places += RATE_DECIMALS - 8;
		figure.slack = dec_add(figure.slack, dec_of(1, 0));
	}
	if (r == RK_OK)
		(void)vec_compare(
			vec, &figure,
			dec_of(rk_fx_div(view_of(&stage).funding_index,
					 rk_fx_pow10(INDEX_DECIMALS),
					 RK_ROUND_TRUNC),
			       0));
	book_close(&stage.book);
	return r == RK_OK ? vec_verdict(vec) : vec_refused(vec, "the move", r);
}

/*
 * A premium of a day of which each interval pays its part: the rate is one of
 * a period, and prices are what impact bid and ask are. The engine has it in
 * 1e-9 of the price; so is what is expected, cut as it cuts.
 */
enum verdict model_twap_funding_rate(struct vec *vec)
{
	struct dec mark = vec_number(vec, vec->inputs, "mark_twap");
	struct dec oracle = vec_number(vec, vec->inputs, "oracle_twap");
	struct dec seconds = vec_number(vec, vec->inputs, "interval_seconds");
	struct dec divisor = vec_number(vec, vec->inputs, "clamp_divisor");
	struct dec want = vec_number(vec, vec->expected, "rate_per_base");
	struct dec cap =
		dec_div(dec_of(1, 0), divisor, RATE_DECIMALS, RK_ROUND_FLOOR);
	struct scale scale = {8, dec_places_of(oracle, mark), 0};
	struct rk_funding terms = {.period_ns = DAY_NS};
	struct rk_cmd_premium premium = {.market = 0};
	struct figure figure;
	struct stage stage;
	struct dec rate;
	int64_t interval;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	if (!dec_raw(seconds, 0, RK_ROUND_TRUNC, &interval) ||
	    dec_places(seconds) > 0 || interval < 1 ||
	    interval > DAY_NS / SECOND_NS)
		return vec_wait(vec, "an interval of no whole seconds, or of "
				     "more than a day");
	if (!dec_raw(cap, RATE_DECIMALS, RK_ROUND_TRUNC, &terms.cap.raw) ||
	    terms.cap.raw <= 0 || terms.cap.raw > RK_RATE_ONE)
		return vec_wait(vec, "a rate is limited to at most 1");
	if (scale.price > RK_DECIMALS_MAX || dec_sign(oracle) <= 0 ||
	    dec_sign(mark) <= 0 ||
	    !dec_raw(oracle, scale.price, RK_ROUND_TRUNC, &premium.index.raw) ||
	    !dec_raw(mark, scale.price, RK_ROUND_TRUNC,
		     &premium.impact_bid.raw))
		return vec_wait(vec, "prices that the engine cannot have");
	premium.impact_ask = premium.impact_bid;
	terms.interval_ns = interval * SECOND_NS;
	r = open_stage(&stage, scale, dec_max(oracle, mark), dec_of(1, 0));
	premium.market = stage.market;
	if (r == RK_OK)
		r = rate_of(&stage, &terms, &premium, &rate);
	if (r == RK_OK) {
		figure = (struct figure){.key = "rate_per_base",
					 .want = dec_div(want, oracle,
							 RATE_DECIMALS,
							 RK_ROUND_TRUNC),
					 .places = RATE_DECIMALS,
					 .round = RK_ROUND_TRUNC,
					 .slack = dec_of(1, RATE_DECIMALS)};
		/* The model's own clamp is cut to 1e-6 of a day's money. */
		figure.slack = dec_add(
			figure.slack,
			dec_div(dec_mul(seconds, dec_of(1, 6)),
				dec_mul(oracle, dec_of(DAY_NS / SECOND_NS, 0)),
				12, RK_ROUND_CEIL));
		(void)vec_compare(vec, &figure, rate);
	}
	book_close(&stage.book);
	return r == RK_OK ? vec_verdict(vec)
			  : vec_refused(vec, "the premium", r);
}
