/*
 * Users of @drift-labs/sdk at its two kinds of margin, in dollars of 1e-6.
 *
 * Every perp settles in dollars of its own, as the package nets no profit with
 * anything. Initial margin is strict there: the worse of the price and its
 * five-minute mean, by side. Orders are not seen here before their fill: the
 * worse side is chosen as the package does, and is what the book holds. Where
 * the position that is required for is not the one that earns, it is a second
 * market that nothing is earned in.
 *
 * Ratios and weights that depend on the size are those of the present size, to
 * 1e-4 as there.
 */
#include <string.h>

#include "desk.h"
#include "engine/rc.h"
#include "trial.h"

#define ROWS_MAX 10
#define DIGITS   30 /* of a division */

static const char *const scale_of_sums =
	"1e-6, cut, for each balance and perp: the package's";

enum kind {
	KIND_INIT,
	KIND_MAINT
};

struct spot {
	struct desk_asset asset; /* amount: with the worse side of orders */
	struct num orders;       /* what these bring or cost in dollars */
};

struct perp {
	struct num size;
	struct num worst; /* with the worse side of its orders */
	struct num mark;
	struct num cost;
	struct num profit; /* what is not realised */
	struct num rate;
	struct num profit_weight;
	struct num earn_price; /* of a dollar earned or lost */
	struct num owe_price;  /* of a dollar required */
	bool together;         /* one market does for both */
};

struct user {
	const struct trial *trial;
	enum kind kind;
	struct spot spots[ROWS_MAX];
	size_t spots_n;
	struct perp perps[ROWS_MAX];
	size_t perps_n;
	struct num order_fees; /* 0.01 an open order */
	struct num units;      /* what the package's cuts may be worth */
	bool too_dear;         /* a liability above 2 */
	bool too_high;         /* a margin rate above 1 */
	struct num total;      /* room that is needed */
};

/* What weights and ratios are of: by size, in 1e-4. */
static struct num whole(struct num a)
{
	return num_round(a, 0, RK_WIDE_TO_ZERO);
}

static struct num divide(struct num a, struct num b)
{
	return num_div(a, b, 0, RK_WIDE_TO_ZERO);
}

/* The whole root of an integer. */
static struct num root(struct num a)
{
	struct num low = num_of(0, 0);
	struct num high = num_of((rk_i128)1 << 60, 0);

	while (num_cmp(num_sub(high, low), num_of(1, 0)) > 0) {
		struct num middle = divide(num_add(low, high), num_of(2, 0));

		if (num_cmp(num_mul(middle, middle), a) <= 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Sizes have 1e9 here. */
static struct num root_of_size(struct num size)
{
	return root(num_add(num_mul(whole(size), num_of(10, 0)), num_of(1, 0)));
}

static struct num discounted(struct num size, struct num imf, struct num weight)
{
	struct num million = num_of(1000000, 0);
	struct num under;

	if (num_sign(imf) == 0)
		return weight;
	under = num_add(million, divide(num_mul(root_of_size(size), imf),
					num_of(100000, 0)));
	return num_min(weight, divide(num_of(11000000000, 0), under));
}

static struct num with_premium(struct num size, struct num imf, struct num part,
			       struct num ratio)
{
	if (num_sign(imf) == 0)
		return ratio;
	return num_max(ratio,
		       num_add(part, divide(num_mul(root_of_size(size), imf),
					    num_of(10000000, 0))));
}

/* Interest is in what the package scales balances by: results of it. */
static struct num tokens_of(const json_t *market, struct num scaled)
{
	int decimals = (int)in_index(market, "decimals");
	bool owed = num_sign(scaled) < 0;
	struct num raw = num_mul(scaled, in(market, owed ? "bi" : "di"));

	raw.places += 19 - decimals;
	return num_round(raw, 0, RK_WIDE_DOWN); /* a debt is rounded up */
}

/* One row of a balance, in whole units of the token. */
struct row {
	const json_t *market;
	int decimals;
	struct num price; /* 1e-6 dollars */
	struct num low;
	struct num high;
	struct num custom; /* ratio of the user's choice, 1e-4; initial only */
	bool init;
};

/* A value in 1e-6 dollars. */
static struct num value_of(const struct row *row, struct num tokens,
			   struct num price)
{
	struct num value = num_mul(tokens, price);

	value.places += row->decimals;
	return value;
}

static struct num strict_price(const struct row *row, struct num tokens)
{
	return num_sign(tokens) < 0 ? row->high : row->low;
}

static struct num initial_weight(const struct row *row)
{
	const json_t *m = row->market;
	struct num weight = in(m, "ia");
	struct num start = in(m, "start");
	struct num deposits;

	if (num_sign(start) == 0)
		return weight;
	deposits = whole(
		value_of(row, tokens_of(m, in(m, "deposits")), row->price));
	if (num_cmp(deposits, start) < 0)
		return weight;
	return divide(num_mul(weight, start), deposits);
}

/* Of so many tokens, in 1e-4: a weight, or a liability weight. */
static struct num weight_of(const struct row *row, struct num tokens)
{
	struct num size =
		num_mul(num_abs(tokens), num_of(1000000000, row->decimals));
	struct num imf = in(row->market, "imf");
	struct num ten_thousand = num_of(10000, 0);
	struct num weight;

	if (num_sign(tokens) >= 0) {
		weight =
			row->init ? initial_weight(row) : in(row->market, "ma");
		weight = discounted(size, imf, weight);
		if (row->init && num_sign(row->custom) > 0)
			weight = num_min(weight, num_max(num_of(0, 0),
							 num_sub(ten_thousand,
								 row->custom)));
		return weight;
	}
	weight = in(row->market, row->init ? "il" : "ml");
	weight = with_premium(size, imf,
			      num_sub(weight, divide(weight, num_of(5, 0))),
			      weight);
	if (row->init && num_sign(row->custom) > 0)
		weight = num_max(weight, num_add(ten_thousand, row->custom));
	return weight;
}

/* What is left of free collateral when such orders are filled. */
static struct num contribution(const struct row *row, struct num tokens,
			       struct num orders)
{
	struct num paid = value_of(row, orders, row->high);
	struct num after = num_add(tokens, orders);
	struct num value =
		num_add(value_of(row, tokens, strict_price(row, tokens)), paid);
	struct num w;

	w = weight_of(row, after);
	return num_sub(num_mul(value, num_mul(w, num_of(1, 4))), paid);
}

static void add_units(struct user *u, struct num more)
{
	u->units = num_add(u->units, num_round(more, 3, RK_WIDE_UP));
}

static void add_total(struct user *u, struct num value)
{
	u->total = num_add(u->total, num_mul(num_abs(value), num_of(2, 0)));
}

static struct num dollars(struct num millionths)
{
	millionths.places += 6;
	return millionths;
}

static void read_spot(struct user *u, const json_t *json)
{
	const json_t *market =
		json_array_get(json_object_get(u->trial->header, "spots"),
			       (size_t)at_index(json, 0));
	bool init = u->kind == KIND_INIT;
	struct row row = {
		.market = market,
		.decimals = (int)in_index(market, "decimals"),
		.price = at(json, 1),
		.low = init ? num_min(at(json, 1), at(json, 3)) : at(json, 1),
		.high = init ? num_max(at(json, 1), at(json, 3)) : at(json, 1),
		.custom = at_index(json, 0) == 0 ? num_of(0, 0)
						 : in(u->trial->inputs, "x"),
		.init = init,
	};
	struct num tokens = tokens_of(market, at(json, 4));
	struct num bids = at(json, 6);
	struct num asks = num_neg(at(json, 7));
	struct num orders = num_of(0, 0);
	struct spot *s = &u->spots[u->spots_n++];
	struct num weight;

	if (num_sign(bids) != 0 || num_sign(asks) != 0)
		orders = num_cmp(contribution(&row, tokens, asks),
				 contribution(&row, tokens, bids)) < 0
				 ? asks
				 : bids;
	s->orders = dollars(num_neg(value_of(&row, orders, row.high)));
	tokens = num_add(tokens, orders);
	weight = num_mul(weight_of(&row, tokens), num_of(1, 4));
	s->asset = (struct desk_asset){
		.price = dollars(strict_price(&row, tokens)),
		.amount = num_mul(tokens, num_of(1, row.decimals)),
		.terms = desk_terms_plain(),
	};
	for (int k = 0; k < 2; k++) {
		if (num_sign(tokens) >= 0)
			s->asset.terms.weight[k] = weight;
		else
			s->asset.terms.liability[k] =
				num_min(weight, num_of(2, 0));
	}
	if (num_sign(tokens) < 0 && num_cmp(weight, num_of(2, 0)) > 0)
		u->too_dear = true;
	u->order_fees =
		num_add(u->order_fees, num_mul(at(json, 5), num_of(1, 2)));
	/* A unit of value, weighed, and one of the weighing; one of orders. */
	add_units(u, num_add(num_max(weight, num_of(1, 0)), num_of(2, 0)));
	add_total(u, num_mul(s->asset.amount, s->asset.price));
	add_total(u, s->orders);
}

static struct num profit_weight(const json_t *market, bool init,
				struct num profit)
{
	struct num weight = in(market, init ? "up" : "um");
	struct num imf = in(market, "uimf");

	if (init && num_sign(imf) > 0)
		weight = discounted(num_mul(profit, num_of(1000, 0)), imf,
				    weight);
	return num_mul(weight, num_of(1, 4));
}

static struct num ratio_of(const struct user *u, const json_t *market,
			   struct num size)
{
	bool init = u->kind == KIND_INIT;
	struct num ratio = in(market, init ? "im" : "mm");
	struct num custom = in(u->trial->inputs, "x");

	ratio = with_premium(
		num_abs(size), in(market, "imf"),
		divide(num_mul(ratio, num_of(8, 0)), num_of(10, 0)), ratio);
	if (init)
		ratio = num_max(ratio, custom);
	return num_mul(ratio, num_of(1, 4));
}

static void read_perp(struct user *u, const json_t *json)
{
	const json_t *market =
		json_array_get(json_object_get(u->trial->header, "perps"),
			       (size_t)at_index(json, 0));
	const json_t *quote =
		json_array_get(json_object_get(u->trial->inputs, "s"), 0);
	bool init = u->kind == KIND_INIT;
	struct num now = at(quote, 1);
	struct num mean = at(quote, 2);
	struct num low = init ? num_min(now, mean) : now;
	struct num high = init ? num_max(now, mean) : now;
	struct num price = at(json, 1);
	struct num base = at(json, 2);
	struct num up = num_add(base, at(json, 6));
	struct num down = num_sub(base, at(json, 7));
	struct num funding =
		divide(num_neg(num_mul(
			       num_sub(in(market, num_sign(base) > 0 ? "long"
								     : "short"),
				       at(json, 4)),
			       base)),
		       num_of(1000000000000, 0));
	struct perp *p = &u->perps[u->perps_n++];
	/* In 1e-6 dollars; the value is cut, as all is. */
	struct num profit =
		num_add(divide(num_mul(price, base), num_of(1000000000, 0)),
			num_add(at(json, 3), funding));
	struct num worst = num_cmp(num_abs(up), num_abs(down)) > 0 ? up : down;

	*p = (struct perp){
		.size = num_mul(base, num_of(1, 9)),
		.worst = num_mul(worst, num_of(1, 9)),
		.mark = dollars(price),
		.cost = dollars(num_neg(num_add(at(json, 3), funding))),
		.profit = dollars(profit),
		.rate = ratio_of(u, market, worst),
		.profit_weight = num_sign(profit) > 0
					 ? profit_weight(market, init, profit)
					 : num_of(1, 0),
		.earn_price = dollars(num_sign(profit) > 0 ? low : high),
		.owe_price = dollars(high),
	};
	p->together = num_cmp(base, worst) == 0 &&
		      num_cmp(p->earn_price, p->owe_price) == 0;
	if (num_cmp(p->rate, num_of(1, 0)) > 0) {
		u->too_high = true;
		/* Units of value become so many of what is required. */
		add_units(u, p->rate);
		p->rate = num_of(1, 0);
	}
	u->order_fees =
		num_add(u->order_fees, num_mul(at(json, 5), num_of(1, 2)));
	add_units(u, num_of(5, 0));
	add_total(u, num_mul(num_add(num_abs(p->worst), num_abs(p->size)),
			     num_mul(p->mark, num_of(2, 0))));
	add_total(u, p->cost);
}

static void read_user(const struct trial *trial, enum kind kind, struct user *u)
{
	const json_t *rows = json_object_get(trial->inputs, "s");

	*u = (struct user){.trial = trial, .kind = kind};
	u->order_fees = num_of(0, 0);
	u->units = num_of(2, 0);
	u->total = num_of(1, 6);
	for (size_t i = 0; i < json_array_size(rows) && i < ROWS_MAX; i++)
		read_spot(u, json_array_get(rows, i));
	rows = json_object_get(trial->inputs, "p");
	for (size_t i = 0; i < json_array_size(rows) && i < ROWS_MAX; i++)
		read_perp(u, json_array_get(rows, i));
}

/* The user in the engine. */
struct seen {
	struct desk desk;
	struct rk_ask ask;
	struct rk_margin margin;
	uint32_t markets[ROWS_MAX];
	struct num required; /* of positions */
	struct num debts;    /* weighed */
};

static void put(struct seen *seen, struct rk_ask *debts,
		const struct desk_asset *asset)
{
	uint32_t id;

	if (num_sign(asset->amount) == 0)
		return;
	id = desk_asset(&seen->desk, asset);
	desk_deposit(&seen->desk, &seen->ask, id, asset->amount);
	if (num_sign(asset->amount) < 0)
		desk_deposit(&seen->desk, debts, id, asset->amount);
}

static struct num nothing_required(void)
{
	return num_of(1, 9); /* an initial rate must be above 0 */
}

/* The position that earns; it may be the one that is required for, too. */
static void put_earning(struct seen *seen, const struct perp *p, size_t i)
{
	struct desk_terms terms = desk_terms_plain();
	struct desk_perp perp = {.size = p->size,
				 .mark = p->mark,
				 .price_max = num_mul(p->mark, num_of(2, 0))};

	seen->markets[i] = 0;
	if (num_sign(p->size) == 0)
		return;
	for (int k = 0; k < 2; k++)
		terms.profit[k] = p->profit_weight;
	perp.settle = desk_settle(&seen->desk, p->earn_price, &terms);
	if (p->together)
		desk_one_bracket(&perp, p->rate,
				 num_max(p->rate, nothing_required()));
	else
		desk_one_bracket(&perp, num_of(0, 0), nothing_required());
	seen->markets[i] = desk_perp(&seen->desk, &perp);
	desk_hold(&seen->desk, &seen->ask, seen->markets[i], p->size, p->cost);
}

/* The position that is required for: bought at mark, so that it earns 0. */
static void put_required(struct seen *seen, const struct perp *p)
{
	struct desk_terms terms = desk_terms_plain();
	struct desk_perp perp = {.size = p->worst,
				 .mark = p->mark,
				 .price_max = num_mul(p->mark, num_of(2, 0))};

	if (p->together || num_sign(p->worst) == 0)
		return;
	perp.settle = desk_settle(&seen->desk, p->owe_price, &terms);
	desk_one_bracket(&perp, p->rate, num_max(p->rate, nothing_required()));
	desk_hold(&seen->desk, &seen->ask, desk_perp(&seen->desk, &perp),
		  p->worst, num_mul(p->worst, p->mark));
}

static void look(const struct user *u, struct seen *seen)
{
	struct rk_ask debts;
	struct rk_margin margin;

	desk_open(&seen->desk, desk_money_for(u->total));
	desk_nobody(&seen->desk, &seen->ask);
	desk_nobody(&seen->desk, &debts);
	for (size_t i = 0; i < u->spots_n; i++) {
		struct desk_asset orders = {.price = num_of(1, 0),
					    .amount = u->spots[i].orders,
					    .terms = desk_terms_plain()};

		put(seen, &debts, &u->spots[i].asset);
		put(seen, &debts, &orders);
	}
	for (size_t i = 0; i < u->perps_n; i++) {
		put_earning(seen, &u->perps[i], i);
		put_required(seen, &u->perps[i]);
	}
	seen->required = num_of(0, 0);
	seen->debts = num_of(0, 0);
	if (seen->desk.code != RK_OK)
		return;
	rk_ask_margin(&seen->ask, &seen->margin);
	rk_ask_margin(&debts, &margin);
	seen->debts = desk_usd(&seen->desk, margin.liabilities);
	for (uint32_t i = 0; i < rk_ask_positions(&seen->ask); i++) {
		struct rk_position_view view;

		rk_ask_position(&seen->ask, i, &view);
		seen->required =
			num_add(seen->required,
				desk_usd(&seen->desk, view.maintenance));
	}
}

/* One of the sums, in the package's millionths. */
static void compare(struct trial *trial, const struct user *u,
		    const struct seen *seen, struct expectation *e)
{
	struct num want = in(trial->expected, e->key);

	want.places += 6;
	e->want = want;
	e->scale = scale_of_sums;
	e->places = 6;
	e->below = num_add(dollars(u->units), seen->desk.slack);
	e->above = e->below;
	expect(trial, e);
}

static void compare_sums(struct trial *trial, const struct user *u,
			 const struct seen *seen)
{
	bool init = u->kind == KIND_INIT;
	struct num health = desk_usd(&seen->desk, seen->margin.health_m);
	struct num required =
		num_add(num_add(seen->required, seen->debts), u->order_fees);
	struct expectation e = {.key = init ? "ti" : "tm",
				.name = init ? "collateral, initial"
					     : "collateral, maintenance"};

	e.got = num_add(health, num_add(seen->required, seen->debts));
	compare(trial, u, seen, &e);
	if (u->too_dear || u->too_high) {
		leave_out(trial,
			  init ? "requirement, initial"
			       : "requirement, maintenance",
			  u->too_dear ? "a liability above 2, by size"
				      : "a margin rate above 1, by size");
		return;
	}
	e = (struct expectation){.key = init ? "im" : "mm",
				 .name = init ? "requirement, initial"
					      : "requirement, maintenance",
				 .got = required};
	compare(trial, u, seen, &e);
	/* The package cuts it at 0, health here goes on below. */
	e = (struct expectation){
		.key = init ? "fi" : "fm",
		.name = init ? "free, initial" : "free, maintenance",
		.got = num_max(num_of(0, 0), num_sub(health, u->order_fees))};
	compare(trial, u, seen, &e);
}

/* 100 less what is required in percent of collateral, as it is shown. */
static void compare_health(struct trial *trial, const struct user *u,
			   const struct seen *seen)
{
	struct num required =
		num_add(num_add(seen->required, seen->debts), u->order_fees);
	struct num free = num_sub(desk_usd(&seen->desk, seen->margin.health_m),
				  u->order_fees);
	struct num collateral = num_add(free, required);
	struct num hundred = num_of(100, 0);
	struct num tolerance = num_add(dollars(u->units), seen->desk.slack);
	struct expectation e = {
		.key = "h",
		.name = "health, percent",
		.scale = "1 %: the package's, rounded",
		.below = num_of(6, 1),
		.above = num_of(6, 1),
	};

	e.want = in(trial->expected, e.key);
	if (num_cmp(num_abs(collateral), num_mul(tolerance, num_of(1000, 0))) <
	    0) {
		leave_out(trial, e.name, "the collateral is dust");
		return;
	}
	e.got = num_sign(collateral) <= 0
			? num_of(0, 0)
			: num_div(num_mul(free, hundred), collateral, 6,
				  RK_WIDE_DOWN);
	e.got = num_max(num_of(0, 0), num_min(e.got, hundred));
	expect(trial, &e);
}

static void compare_truth(struct trial *trial, const struct user *u,
			  const struct seen *seen)
{
	struct num free = num_sub(desk_usd(&seen->desk, seen->margin.health_m),
				  u->order_fees);
	struct num want =
		num_sub(in(trial->expected, "tm"), in(trial->expected, "mm"));

	expect_truth(trial, &(struct truth){
				    .key = "liq",
				    .name = "liquidatable",
				    .scale = scale_of_sums,
				    .got = num_sign(free) < 0,
				    .want = json_is_true(json_object_get(
					    trial->expected, "liq")),
				    .margin = dollars(want),
				    .tolerance = num_add(dollars(u->units),
							 seen->desk.slack),
			    });
}

/* Does a balance move with the price of this perp? */
static bool shares_oracle(const struct trial *trial, const json_t *perp)
{
	const json_t *spots = json_object_get(trial->inputs, "s");
	long id = at_index(perp, 0);

	for (size_t i = 0; id < 4 && i < json_array_size(spots); i++)
		if (at_index(json_array_get(spots, i), 0) == id + 1)
			return true;
	return false;
}

/* Why a liquidation price is not compared; NULL: it is. */
static const char *no_price(const struct trial *trial, const struct user *u,
			    const struct seen *seen, size_t i)
{
	const json_t *row =
		json_array_get(json_object_get(trial->inputs, "p"), i);

	if (!u->perps[i].together || num_sign(u->order_fees) != 0)
		return "orders before their fill are not seen yet";
	if (shares_oracle(trial, row))
		return "a balance of the same oracle moves with it";
	if (u->too_dear || u->too_high)
		return "a rate above 1 or liability above 2";
	if (json_is_true(json_object_get(trial->expected, "liq")) ||
	    seen->margin.health_m.raw < 0)
		return "liquidatable: the package gives the price itself";
	return NULL;
}

/*
 * Price less free collateral by slope; the slope is cut to 1e-6 of a dollar,
 * so that a small one makes the price too far away.
 */
static void compare_price(struct trial *trial, const struct user *u,
			  const struct seen *seen, size_t i)
{
	const struct perp *p = &u->perps[i];
	const json_t *answer =
		json_array_get(json_object_get(trial->expected, "p"), i);
	const struct desk_unit *unit = &seen->desk.perps[seen->markets[i]];
	bool is_long = num_sign(p->size) > 0;
	struct expectation e = {.key = "p",
				.name = "liquidation price",
				.scale = "a slope of 1e-6, a price of 1e-6",
				.relative = true,
				.places = 6};
	struct num one = num_of(1, 0);
	struct num slope =
		num_mul(num_abs(p->size), is_long ? num_sub(one, p->rate)
						  : num_add(one, p->rate));
	struct num away;
	const char *why;

	if (num_sign(p->size) == 0 || json_is_null(json_array_get(answer, 0)))
		return;
	e.want = dollars(at(answer, 0));
	why = no_price(trial, u, seen, i);
	if (!why && num_cmp(slope, num_of(1, 5)) < 0)
		why = "a slope of less than ten units";
	if (!why && num_cmp(e.want, num_mul(p->mark, num_of(2, 0))) >= 0)
		why = "above twice the mark: not looked for";
	if (why) {
		leave_out(trial, e.name, why);
		return;
	}
	e.got = desk_liquidation(&seen->ask, unit, is_long);
	away = num_sub(e.want, p->mark);
	if (num_sign(e.want) < 0) {
		e.want = num_of(0, 0);
	} else if (num_cmp(p->owe_price, one) != 0) {
		/* It leaves the price of the dollar out of the slope. */
		e.name = "the same, a dollar not 1";
		e.want = num_add(p->mark, num_div(away, p->owe_price, DIGITS,
						  RK_WIDE_DOWN));
	}
	away = num_abs(away);
	e.below = num_div(num_mul(num_add(dollars(u->units), seen->desk.slack),
				  num_of(2, 0)),
			  slope, DIGITS, RK_WIDE_UP);
	e.below = num_add(e.below, num_div(num_mul(away, num_of(2, 6)), slope,
					   DIGITS, RK_WIDE_UP));
	e.below = num_add(e.below, num_of(2, 6));
	e.above = e.below;
	expect(trial, &e);
}

static void judge(struct trial *trial)
{
	static struct user user;
	struct seen seen;

	for (enum kind kind = KIND_INIT; kind <= KIND_MAINT; kind++) {
		read_user(trial, kind, &user);
		look(&user, &seen);
		if (seen.desk.code != RK_OK) {
			leave_out(trial, "account", "the engine refuses it");
			desk_close(&seen.desk);
			continue;
		}
		compare_sums(trial, &user, &seen);
		if (kind == KIND_MAINT && !user.too_dear && !user.too_high) {
			compare_health(trial, &user, &seen);
			compare_truth(trial, &user, &seen);
		}
		for (size_t i = 0; kind == KIND_MAINT && i < user.perps_n; i++)
			compare_price(trial, &user, &seen, i);
		desk_close(&seen.desk);
	}
	leave_out(trial, "p (largest trades)",
		  "the package steps down by 1 %, and counts its own fees");
}

const struct peer peer_drift = {"drift", "@drift-labs/sdk 2.156.0", judge};
