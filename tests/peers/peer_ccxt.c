/*
 * Positions as ccxt's binance class reads them. Two books each: one with the
 * venue's brackets and their deductions, and one with the single rate that the
 * class takes for all notionals.
 *
 * Coin-margined ones are inverse contracts here, and money is the coin.
 */
#include "desk.h"
#include "engine/rc.h"
#include "trial.h"

#define DIGITS        20 /* of a division */
#define MONEY_INVERSE 17

/* What the venue says of the position. */
struct held {
	const json_t *market;
	bool linear;
	bool isolated;
	int digits;
	struct num contract; /* coins or dollars a contract */
	struct num size;     /* contracts, signed */
	struct num entry;
	struct num mark;
	struct num wallet;
	struct num rate;          /* of the class */
	struct num leverage_rate; /* one by leverage */
	struct num liquidation;   /* bad: none */
};

/* What the engine says of it. */
struct seen {
	struct rk_margin margin;
	struct rk_position_view position;
	struct num money; /* one unit */
	struct num slack;
	struct num price_unit;
	struct num liquidation; /* 0: none */
	int code;
};

static struct held read_held(const struct trial *trial)
{
	const json_t *i = trial->inputs;
	struct held h = {
		.market = json_array_get(
			json_object_get(trial->header, "markets"),
			(size_t)in_index(i, "m")),
		.isolated = in_index(i, "i") == 1,
		.size = in(i, "q"),
		.entry = in(i, "e"),
		.mark = in(i, "p"),
		.wallet = in(i, "w"),
		.rate = in(trial->expected, "r"),
		.leverage_rate =
			num_div(num_of(1, 0), in(i, "l"), 9, RK_WIDE_UP),
		.liquidation = in(trial->expected, "lp"),
	};

	h.linear = in_index(h.market, "linear") == 1;
	h.digits = (int)in_index(h.market, "digits");
	h.contract = in(h.market, "size");
	return h;
}

/* What a size is worth at a price, rounded down. */
static struct num value_at(const struct held *h, struct num price)
{
	if (h->linear)
		return num_mul(h->size, price);
	return num_neg(num_div(num_mul(h->size, h->contract), price, DIGITS,
			       RK_WIDE_UP));
}

static struct num highest(const struct held *h)
{
	struct num high = num_max(h->entry, h->mark);

	if (!h->liquidation.bad)
		high = num_max(high, h->liquidation);
	return num_mul(high, num_of(3, 0));
}

static struct num lowest(const struct held *h)
{
	struct num low = num_min(h->entry, h->mark);

	if (!h->liquidation.bad)
		low = num_min(low, h->liquidation);
	low = num_div(low, num_of(3, 0), h->digits + 2, RK_WIDE_DOWN);
	return num_max(low, num_of(1, h->digits + 2));
}

static void venue_brackets(const struct held *h, struct desk_perp *perp)
{
	const json_t *rows = json_object_get(h->market, "brackets");

	for (size_t k = 0; k < json_array_size(rows) && k < 8; k++) {
		const json_t *row = json_array_get(rows, k);

		perp->brackets[k] = (struct desk_bracket){
			at(row, 0), at(row, 1),
			num_max(at(row, 1), h->leverage_rate)};
		perp->brackets_n++;
	}
}

static void look(const struct held *h, bool venue, struct seen *seen)
{
	struct desk_perp perp = {
		.size = h->size,
		.mark = h->mark,
		.price_min = lowest(h),
		.price_max = highest(h),
		.inverse = !h->linear,
		.multiplier = h->contract,
	};
	struct num most = num_max(num_abs(value_at(h, perp.price_max)),
				  num_abs(value_at(h, perp.price_min)));
	struct desk_terms plain = desk_terms_plain();
	struct desk desk;
	struct rk_ask ask;
	uint32_t market;
	int money;

	most = num_add(most, num_add(num_abs(h->wallet),
				     num_abs(value_at(h, h->entry))));
	money = desk_money_for(num_mul(most, num_of(2, 0)));
	/* What a contract is worth has 40 bits. */
	if (!h->linear && money > MONEY_INVERSE)
		money = MONEY_INVERSE;
	desk_open(&desk, money);
	perp.settle = desk_settle(&desk, num_of(1, 0), &plain);
	if (venue)
		venue_brackets(h, &perp);
	else
		desk_one_bracket(&perp, h->rate,
				 num_max(h->rate, h->leverage_rate));
	market = desk_perp(&desk, &perp);
	desk_nobody(&desk, &ask);
	desk_deposit(&desk, &ask, perp.settle, h->wallet);
	desk_hold(&desk, &ask, market, h->size, value_at(h, h->entry));
	seen->code = desk.code;
	seen->slack = desk.slack;
	seen->money = desk_unit_of_money(&desk);
	if (desk.code == RK_OK) {
		rk_ask_margin(&ask, &seen->margin);
		rk_ask_position(&ask, 0, &seen->position);
		seen->price_unit = num_of(1, desk.perps[market].price_places);
		seen->liquidation = desk_liquidation(&ask, &desk.perps[market],
						     num_sign(h->size) > 0);
	}
	desk_close(&desk);
}

static struct num usd(const struct seen *seen, rk_usd figure)
{
	return num_mul(num_of(figure.raw, 0), seen->money);
}

static void compare(struct trial *trial, struct expectation *e,
		    struct num tolerance)
{
	e->want = in(trial->expected, e->key);
	e->below = tolerance;
	e->above = tolerance;
	expect(trial, e);
}

/*
 * Maintenance by equity, to four decimals: half a unit is added and the rest
 * is cut toward zero, so that one below zero may be three halves off.
 */
static void compare_ratio(struct trial *trial, struct expectation *e,
			  struct num maintenance, struct num equity,
			  struct num slack)
{
	struct num half = num_of(5, 5);
	struct num loose;

	if (num_cmp(num_abs(equity), num_mul(slack, num_of(100000, 0))) < 0) {
		leave_out(trial, e->name, "the equity is dust");
		return;
	}
	e->scale = "1e-4: the package's, half up";
	e->got = num_div(maintenance, equity, 12, RK_WIDE_UP);
	e->want = in(trial->expected, e->key);
	/* What a unit of 1e-8 in both makes of it. */
	loose = num_add(
		num_of(1, 6),
		num_div(num_mul(slack, num_add(num_of(2, 0), num_abs(e->got))),
			num_abs(equity), 12, RK_WIDE_UP));
	e->above = num_add(half, loose);
	e->below = e->above;
	if (num_sign(equity) < 0)
		e->below = num_add(e->below, num_of(1, 4));
	expect(trial, e);
}

/* By the venue's own brackets: what it says itself, and the ratio of it. */
static void compare_venue(struct trial *trial, const struct held *h,
			  const struct seen *seen)
{
	struct num venue_unit = num_of(1, 8);
	struct num equity = usd(seen, seen->margin.equity);
	struct num maintenance = usd(seen, seen->position.maintenance);
	struct num notional = usd(seen, seen->position.notional);
	struct num deducted = num_of(0, 0);
	struct num slack = num_add(seen->slack, venue_unit);
	struct expectation e = {.key = "c",
				.name = "collateral (equity)",
				.scale = "1e-8: the venue's"};
	const json_t *rows = json_object_get(h->market, "brackets");

	e.got = equity;
	compare(trial, &e, slack);
	e = (struct expectation){
		.key = "mm",
		.name = "maintenance, deducted",
		.scale = "1e-8: the venue's",
		.got = maintenance,
		.want = in(trial->inputs, "mm"),
		/* Cut by the venue, rounded up here: never below it. */
		.below = num_of(0, 0),
		.above = num_mul(slack, num_of(2, 0)),
	};
	expect(trial, &e);
	for (size_t k = 0; k < json_array_size(rows); k++) {
		const json_t *row = json_array_get(rows, k);

		if (num_cmp(at(row, 1), h->rate) == 0)
			deducted = at(row, 2);
	}
	e = (struct expectation){
		.key = "r",
		.name = "maintenance rate",
		.scale = "riskd's money",
		.got = num_div(num_add(maintenance, deducted), notional, 24,
			       RK_WIDE_DOWN),
	};
	compare(trial, &e,
		num_div(num_mul(seen->slack, num_of(2, 0)), notional, 24,
			RK_WIDE_UP));
	compare_ratio(
		trial,
		&(struct expectation){.key = "mr", .name = "margin ratio"},
		maintenance, equity, slack);
}

/* How far a price is off when money is, at that price. */
static struct num price_slack(const struct held *h, const struct seen *seen,
			      struct num price)
{
	struct num size = num_mul(num_abs(h->size), h->contract);
	struct num slack = num_mul(seen->slack, num_of(2, 0));

	if (!h->linear)
		slack = num_mul(slack, num_mul(price, price));
	return num_add(num_div(slack, size, DIGITS, RK_WIDE_UP),
		       seen->price_unit);
}

static void compare_price(struct trial *trial, const struct held *h,
			  const struct seen *seen)
{
	struct expectation e = {
		.key = "lp",
		.name = "liquidation price",
		.scale = "a price of the market: the package's, half up",
		.got = seen->liquidation,
		.want = h->liquidation,
	};
	struct num unit = num_of(1, h->digits);

	if (h->liquidation.bad)
		e.want = num_of(0, 0);
	/* Half a unit of the market is the package's rounding. */
	e.below =
		num_add(num_of(5, h->digits + 1), price_slack(h, seen, e.want));
	e.above = e.below;
	if (num_cmp(e.want, unit) <= 0)
		e.below = num_add(e.below, unit);
	expect(trial, &e);
}

static const json_t *bracket_at(const struct held *h, struct num notional)
{
	const json_t *rows = json_object_get(h->market, "brackets");
	const json_t *row = json_array_get(rows, 0);

	for (size_t k = 1; k < json_array_size(rows); k++)
		if (num_cmp(at(json_array_get(rows, k), 0), notional) <= 0)
			row = json_array_get(rows, k);
	return row;
}

/*
 * The class leaves the deduction out, which moves its price toward the mark by
 * deduction / (size * (1 - rate)), of a short by (1 + rate). With that taken
 * back it must be the price by all brackets, if both are in the same one.
 */
static void compare_deducted(struct trial *trial, const struct held *h,
			     const struct seen *seen)
{
	struct num one = num_of(1, 0);
	bool is_long = num_sign(h->size) > 0;
	struct num size = num_abs(h->size);
	const json_t *bracket = bracket_at(h, num_mul(size, seen->liquidation));
	struct num moved;
	struct expectation e = {
		.key = "lp",
		.name = "the same, deducted",
		.scale = "a price of the market: the package's, half up",
		.got = seen->liquidation,
	};

	if (!h->linear || h->liquidation.bad || num_sign(h->liquidation) == 0 ||
	    num_cmp(at(bracket, 1), h->rate) != 0) {
		leave_out(trial, e.name,
			  "coins, or another bracket than at the mark");
		return;
	}
	moved = num_div(at(bracket, 2),
			num_mul(size, is_long ? num_sub(one, h->rate)
					      : num_add(one, h->rate)),
			DIGITS, RK_WIDE_DOWN);
	e.want = is_long ? num_sub(h->liquidation, moved)
			 : num_add(h->liquidation, moved);
	if (num_sign(e.want) <= 0 || num_cmp(e.want, highest(h)) > 0) {
		leave_out(trial, e.name, "no price above 0");
		return;
	}
	e.below =
		num_add(num_of(5, h->digits + 1), price_slack(h, seen, e.want));
	e.above = e.below;
	expect(trial, &e);
}

/* By one rate for all: what the class works with. */
static void compare_class(struct trial *trial, const struct held *h,
			  const struct seen *seen)
{
	struct num notional = usd(seen, seen->position.notional);
	struct num initial = usd(seen, seen->position.initial);
	struct num maintenance = usd(seen, seen->position.maintenance);
	struct num equity = usd(seen, seen->margin.equity);
	struct num slack = num_add(seen->slack, num_of(1, 8));
	struct expectation e = {.key = "rmm",
				.name = "maintenance, one rate",
				.scale = "1e-8: the venue's",
				.got = maintenance};

	/* Of a notional that the venue cuts: never below it. */
	e.want = in(trial->expected, e.key);
	e.below = num_of(0, 0);
	e.above = slack;
	expect(trial, &e);
	compare_price(trial, h, seen);
	if (num_cmp(h->leverage_rate, h->rate) < 0) {
		leave_out(trial, "initial margin",
			  "by leverage it is below maintenance: refused here");
	} else {
		e = (struct expectation){.key = "imr",
					 .name = "initial rate",
					 .scale = "1e-8: the package's"};
		e.got = num_div(initial, notional, 20, RK_WIDE_DOWN);
		compare(trial, &e,
			num_add(num_of(1, 8),
				num_div(num_mul(slack, num_of(2, 0)), notional,
					20, RK_WIDE_UP)));
		e = (struct expectation){.key = "rim",
					 .name = "initial margin",
					 .scale = "a rate of 1e-8",
					 .got = initial};
		compare(trial, &e,
			num_add(slack, num_mul(notional, num_of(1, 8))));
	}
	if (!h->isolated) {
		leave_out(trial, "rc, rmr (cross)",
			  "worked back from lp, P&L left out of the wallet");
		return;
	}
	e = (struct expectation){.key = "rc",
				 .name = "collateral, of a risk",
				 .scale = "1e-8: the venue's",
				 .got = equity};
	compare(trial, &e, slack);
	compare_ratio(trial,
		      &(struct expectation){.key = "rmr",
					    .name = "margin ratio, one rate"},
		      maintenance, equity, slack);
}

static void judge(struct trial *trial)
{
	struct held h = read_held(trial);
	struct seen venue;
	struct seen class;

	look(&h, true, &venue);
	look(&h, false, &class);
	leave_out(trial, "roi", "profit in % of initial margin: for display");
	if (venue.code != RK_OK || class.code != RK_OK) {
		leave_out(trial, "account", "the engine refuses it");
		return;
	}
	compare_venue(trial, &h, &venue);
	compare_class(trial, &h, &class);
	compare_deducted(trial, &h, &venue);
}

const struct peer peer_ccxt = {"ccxt", "ccxt 4.5.84 (binance)", judge};
