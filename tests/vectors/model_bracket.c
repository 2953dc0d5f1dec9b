/*
 * Vectors about brackets: their deductions, and margin at their floors. Also
 * what the other models share about rates and brackets.
 */
#include <string.h>

#include "engine/rc.h"
#include "model.h"

#define RATE_PLACES      9
#define DEDUCTION_PLACES (RK_USD_DECIMALS + RATE_PLACES)

bool model_rate(struct dec num, struct dec den, rk_rate *ret_rate)
{
	struct dec rate = dec_div(num, den, RATE_PLACES, RK_ROUND_CEIL);

	if (rate.bad || dec_sign(rate) < 0 || rate.m > RK_RATE_ONE)
		return false;
	ret_rate->raw = (int64_t)rate.m;
	return true;
}

struct dec model_rate_value(rk_rate rate)
{
	return dec_of(rate.raw, RATE_PLACES);
}

struct dec model_rate_slack(rk_rate rate, struct dec num, struct dec den,
			    struct dec notional)
{
	if (dec_cmp(dec_mul(model_rate_value(rate), den), num) == 0)
		return dec_of(0, 0);
	return dec_mul(notional, dec_of(1, RATE_PLACES));
}

void model_one_bracket(struct book_market *market, rk_rate maintenance,
		       rk_rate initial)
{
	market->brackets_n = 1;
	market->brackets[0] = (struct rk_bracket){{0}, maintenance, initial};
}

bool model_deducted_bracket(struct book_market *market,
			    const struct scale *scale, rk_rate rate,
			    struct dec deduction, struct dec notional)
{
	/* floor * (rate - lower) = deduction, all three whole units. */
	const rk_rate one = {RK_RATE_ONE};
	int64_t raw;
	rk_i128 wide;

	model_one_bracket(market, rate, one);
	if (dec_sign(deduction) == 0)
		return true;
	if (dec_sign(deduction) < 0 || dec_places(deduction) > scale->money ||
	    !dec_raw(deduction, scale->money, RK_ROUND_TRUNC, &raw))
		return false;
	wide = (rk_i128)raw * RK_RATE_ONE;
	/* The larger the step the lower the floor: try the largest first. */
	for (int64_t step = rate.raw; step > rate.raw / 2; step--) {
		if (wide % step != 0 || !rk_fx_fits(wide / step))
			continue;
		market->brackets_n = 2;
		market->brackets[0].maintenance.raw = rate.raw - step;
		market->brackets[1].floor.raw = (int64_t)(wide / step);
		market->brackets[1].maintenance = rate;
		market->brackets[1].initial = one;
		return dec_cmp(dec_of(market->brackets[1].floor.raw,
				      scale->money),
			       notional) <= 0;
	}
	return false;
}

/* Brackets as a vector states them: a floor, and how its rate is meant. */
struct ladder {
	struct book_market market;
	struct dec floors[RK_BRACKETS_MAX];
	struct dec slack; /* of the last deduction, for rates not exact */
	int places;       /* of sizes, at least */
};

static bool read_floors(struct vec *vec, const json_t *rows,
			struct ladder *ladder)
{
	size_t n = json_array_size(rows);

	if (n == 0)
		vec_malformed(vec, "brackets or tiers", "an array of rows");
	for (size_t k = 0; k < n; k++) {
		ladder->floors[k] =
			vec_element(vec, json_array_get(rows, k), 0);
		if (vec->broken)
			return false;
	}
	ladder->market.brackets_n = (uint32_t)n;
	return !vec->broken;
}

/* A book that lists the ladder, with room for a position at its last floor. */
static int list_ladder(struct book *book, struct ladder *ladder,
		       uint32_t *ret_market)
{
	struct dec last = ladder->floors[ladder->market.brackets_n - 1];
	struct dec one = dec_of(1, 0);
	struct room room = {
		.total = dec_mul(dec_add(last, one), dec_of(4, 0)),
		.price = one,
		.size = dec_add(last, one),
	};
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct scale scale;
	int r;

	room.least.money = room.least.size = ladder->places;
	for (uint32_t k = 0; k < ladder->market.brackets_n; k++) {
		int places = dec_places(ladder->floors[k]);

		if (places > room.least.money)
			room.least.money = room.least.size = places;
	}
	*book = (struct book){0};
	if (!book_fit(&room, &scale))
		return RK_REJ_OVERFLOW;
	for (uint32_t k = 0; k < ladder->market.brackets_n; k++) {
		if (!dec_raw(ladder->floors[k], scale.money, RK_ROUND_TRUNC,
			     &ladder->market.brackets[k].floor.raw))
			return RK_REJ_OVERFLOW;
	}
	ladder->market.name = "TIERS";
	ladder->market.price_max = room.price;
	ladder->market.size_max = room.size;
	r = book_open(book, scale, &risk);
	return r != RK_OK ? r : book_market(book, &ladder->market, ret_market);
}

/* Engine's deduction k: 1e-17 of its USD. */
static struct dec deduction(const struct book *book, uint32_t market,
			    uint32_t k)
{
	return dec_of(rk_view_deduction(book->engine, market, k, false),
		      DEDUCTION_PLACES + book->scale.money - RK_USD_DECIMALS);
}

/* Margin of a position exactly at floor k is floor * rate - deduction. */
static void check_floor(struct vec *vec, struct book *book,
			const struct ladder *ladder, uint32_t market,
			uint32_t k)
{
	uint64_t account = k + 1;
	struct dec rate =
		model_rate_value(ladder->market.brackets[k].maintenance);
	struct dec want = dec_sub(dec_mul(ladder->floors[k], rate),
				  deduction(book, market, k));
	struct figure figure = {"margin at a floor", want, book->scale.money,
				RK_ROUND_CEIL, dec_of(0, 0)};
	size_t compared = vec->compared;
	struct rk_position_view view;
	int r = book_account(book, account, RK_MODE_CROSS);

	if (r == RK_OK)
		r = book_trade(book, account, market, ladder->floors[k],
			       dec_of(1, 0));
	if (r != RK_OK) {
		(void)vec_check(vec, false, "floor %u: the engine says %s", k,
				rk_rc_text(r));
		return;
	}
	view = book_position(book, account, market);
	(void)vec_compare(vec, &figure, book_money(book, view.maintenance.raw));
	/* It is no figure of expected. */
	vec->compared = compared;
}

static void check_deductions(struct vec *vec, struct book *book,
			     const struct ladder *ladder, uint32_t market)
{
	const json_t *want = vec_array(vec, vec->expected, "deductions");
	struct figure figure = {.key = "deductions", .slack = ladder->slack};
	size_t compared = vec->compared;

	if (json_array_size(want) != ladder->market.brackets_n) {
		(void)vec_check(vec, false, "deductions: %zu for %u brackets",
				json_array_size(want),
				ladder->market.brackets_n);
		return;
	}
	for (uint32_t k = 0; k < ladder->market.brackets_n; k++) {
		figure.want = vec_element(vec, want, k);
		figure.places = 30; /* as printed */
		(void)vec_compare(vec, &figure, deduction(book, market, k));
		if (k > 0)
			check_floor(vec, book, ladder, market, k);
	}
	vec->compared = compared + 1;
}

enum verdict model_bracket_deductions(struct vec *vec)
{
	const json_t *rows = vec_array(vec, vec->inputs, "brackets");
	struct ladder ladder = {.slack = dec_of(0, 0)};
	struct book book;
	uint32_t market;
	int r;

	if (json_array_size(rows) > RK_BRACKETS_MAX)
		return vec_wait(vec, "more than %d brackets", RK_BRACKETS_MAX);
	if (!read_floors(vec, rows, &ladder))
		return vec_verdict(vec);
	for (uint32_t k = 0; k < ladder.market.brackets_n; k++) {
		struct rk_bracket *bracket = &ladder.market.brackets[k];
		struct dec rate = vec_element(vec, json_array_get(rows, k), 1);

		if (dec_places(rate) > RATE_PLACES ||
		    !model_rate(rate, dec_of(1, 0), &bracket->maintenance))
			return vec_wait(vec, "a rate above 1 or below 1e-9");
		bracket->initial.raw = RK_RATE_ONE;
	}
	r = list_ladder(&book, &ladder, &market);
	if (r == RK_OK)
		check_deductions(vec, &book, &ladder, market);
	book_close(&book);
	return r == RK_OK ? vec_verdict(vec) : vec_refused(vec, "a market", r);
}

/* Rates 1 / (2 * leverage), rounded up, as conf does with max_leverage. */
static bool half_im_rates(struct vec *vec, const json_t *rows,
			  struct ladder *ladder)
{
	const struct dec one = dec_of(1, 0);

	for (uint32_t k = 0; k < ladder->market.brackets_n; k++) {
		struct rk_bracket *bracket = &ladder->market.brackets[k];
		struct dec leverage =
			vec_element(vec, json_array_get(rows, k), 1);
		struct dec twice = dec_mul(leverage, dec_of(2, 0));

		if (!model_rate(one, twice, &bracket->maintenance))
			return false;
		bracket->initial.raw = RK_RATE_ONE;
		/* Without a tolerance the rounding of rates is allowed for. */
		if (!vec->tolerance)
			ladder->slack = dec_add(
				ladder->slack,
				model_rate_slack(bracket->maintenance, one,
						 twice, ladder->floors[k]));
	}
	return true;
}

static void check_rates(struct vec *vec, const struct book *book,
			uint32_t market)
{
	const json_t *want = vec_array(vec, vec->expected, "mm_rates");
	struct figure figure = {.key = "mm_rates",
				.places = RATE_PLACES,
				.round = RK_ROUND_CEIL,
				.slack = dec_of(0, 0)};
	size_t compared = vec->compared;
	struct rk_market_view view;

	(void)rk_view_market(book->engine, market, &view);
	for (uint32_t k = 0; k < view.listing.brackets_n; k++) {
		figure.want = vec_element(vec, want, k);
		(void)vec_compare(
			vec, &figure,
			model_rate_value(view.listing.brackets[k].maintenance));
	}
	vec->compared = compared + 1;
}

enum verdict model_half_im_brackets(struct vec *vec)
{
	const json_t *rows = vec_array(vec, vec->inputs, "tiers");
	struct ladder ladder = {.slack = dec_of(0, 0)};
	struct book book;
	uint32_t market;
	int r;

	if (json_array_size(rows) > RK_BRACKETS_MAX)
		return vec_wait(vec, "more than %d brackets", RK_BRACKETS_MAX);
	if (!read_floors(vec, rows, &ladder) ||
	    !half_im_rates(vec, rows, &ladder))
		return vec_wait(vec, "a leverage below one half");
	r = list_ladder(&book, &ladder, &market);
	if (r == RK_OK) {
		check_deductions(vec, &book, &ladder, market);
		check_rates(vec, &book, market);
	}
	book_close(&book);
	return r == RK_OK ? vec_verdict(vec) : vec_refused(vec, "a market", r);
}

/*
 * Multipliers above 1 are no rates: all are taken down by one power of ten,
 * and the margin is taken up by it again.
 */
static int multiplier_shift(struct vec *vec, const json_t *rows)
{
	int shift = 0;

	for (size_t k = 0; k < json_array_size(rows); k++) {
		struct dec by = vec_element(vec, json_array_get(rows, k), 1);

		while (shift < 6 && dec_cmp(by, dec_of(1, -shift)) > 0)
			shift++;
	}
	return shift;
}

enum verdict model_incremental_multiplier_tiers(struct vec *vec)
{
	const json_t *rows = vec_array(vec, vec->inputs, "tiers");
	struct dec raw = vec_number(vec, vec->inputs, "raw");
	struct dec other = vec_number(vec, vec->inputs, "other_risk_margin");
	int shift = multiplier_shift(vec, rows);
	struct ladder ladder = {.slack = dec_of(0, 0)};
	struct dec adjusted = dec_of(0, 0);
	struct book book;
	uint32_t market;
	int places = 0;
	int r;

	if (json_array_size(rows) >= RK_BRACKETS_MAX)
		return vec_wait(vec, "more than %d tiers", RK_BRACKETS_MAX - 1);
	if (!read_floors(vec, rows, &ladder))
		return vec_verdict(vec);
	for (uint32_t k = 0; k < ladder.market.brackets_n; k++) {
		struct rk_bracket *bracket = &ladder.market.brackets[k];
		struct dec by = vec_element(vec, json_array_get(rows, k), 1);

		if (!model_rate(by, dec_of(1, -shift), &bracket->maintenance))
			return vec_wait(vec, "a multiplier below 0");
		bracket->initial.raw = RK_RATE_ONE;
	}
	ladder.places = dec_places(raw);
	/* Room for raw: as one more floor that does nothing. */
	if (dec_cmp(raw, ladder.floors[ladder.market.brackets_n - 1]) > 0) {
		uint32_t n = ladder.market.brackets_n++;

		ladder.floors[n] = raw;
		ladder.market.brackets[n] = ladder.market.brackets[n - 1];
	}
	r = list_ladder(&book, &ladder, &market);
	if (r == RK_OK)
		r = book_account(&book, 1, RK_MODE_CROSS);
	if (r == RK_OK && dec_sign(raw) > 0)
		r = book_trade(&book, 1, market, raw, dec_of(1, 0));
	if (r == RK_OK) {
		adjusted = book_money(
			&book, book_position(&book, 1, market).maintenance.raw);
		adjusted.places -= shift;
		places = book.scale.money - shift;
	}
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the book", r);
	(void)vec_expect(vec, "adjusted", adjusted, places, RK_ROUND_CEIL);
	(void)vec_expect(vec, "maintenance_margin", dec_max(adjusted, other),
			 places, RK_ROUND_CEIL);
	return vec_verdict(vec);
}
