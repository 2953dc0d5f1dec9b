/*
 * Accounts of @orderly.network/perp. Tokens with weights, positions with rates
 * of their own.
 *
 * Rates that grow with the notional are the engine's, as is the leverage of
 * choice; weights of collateral that fall with its worth are those of what the
 * account has. Where orders on both sides make the package's rate one of
 * another size than it requires for, its rate is taken.
 */
#include <math.h>
#include <stdio.h>

#include "desk.h"
#include "engine/rc.h"
#include "trial.h"

#define ROWS_MAX 8

static const char *const float_scale =
	"1e-15 of all sums: the package's binary floats";
static const char *const rate_scale =
	"1e-9: riskd's weights, for those that fall with worth";
static const char *const power_scale = "1e-9 of a notional's power: riskd's";

struct position {
	const json_t *symbol;
	struct num size;
	struct num buys; /* that rest */
	struct num sells;
	struct num worst;  /* with the worse side of them filled */
	struct num wanted; /* more that is asked about */
	struct num mark;
	struct num cost;
	struct num funding;     /* due, below 0: to be got */
	struct num maintenance; /* rates of the package */
	struct num initial;
	struct num imr; /* and those that grow */
	struct num mmr;
	struct num factor;
	struct num leverage;
	struct num liquidation; /* bad: none */
	bool flat; /* the rate is the base rate at mark and where liquidated */
	bool own;  /* its rate is of what it is required for */
};

struct token {
	struct num counts; /* so much of it, at this weight */
	struct num rest;   /* and so much not at all */
	struct num price;
	struct num weight;
};

struct account {
	struct num cash;
	struct position positions[ROWS_MAX];
	size_t positions_n;
	struct token tokens[ROWS_MAX];
	size_t tokens_n;
	struct num gross; /* all sums without signs */
};

/* So much of a rate as the engine has, and of a weight that is a power. */
static struct num of_double(double value)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.17e", value);
	return num_parse(text);
}

static double to_double(struct num a)
{
	double sum = 0;

	for (uint32_t i = a.m.n; i-- > 0;)
		sum = sum * 4294967296.0 + a.m.limb[i];
	return (a.m.negative ? -sum : sum) * pow(10, -a.places);
}

/* The rate at a notional: mmr / imr * factor * N^0.8, or the base. */
static double rate_at(const json_t *symbol, double notional)
{
	double mmr = to_double(in(symbol, "mmr"));
	double rate = mmr / to_double(in(symbol, "imr")) *
		      to_double(in(symbol, "factor")) * pow(notional, 0.8);

	return rate > mmr ? rate : mmr;
}

static struct position read_position(const struct trial *trial,
				     const json_t *row, const json_t *answer)
{
	struct position p = {
		.symbol = json_array_get(
			json_object_get(trial->header, "symbols"),
			(size_t)at_index(row, 0)),
		.size = at(row, 1),
		.mark = at(row, 2),
		.cost = at(row, 4),
	};
	double size = fabs(to_double(p.size));
	double mmr = to_double(in(p.symbol, "mmr"));

	p.buys = at(row, 8);
	p.sells = at(row, 9);
	p.worst = num_add(p.size, p.buys);
	if (num_cmp(num_abs(num_sub(p.size, p.sells)), num_abs(p.worst)) > 0)
		p.worst = num_sub(p.size, p.sells);
	p.funding = num_mul(p.size, num_sub(at(row, 5), at(row, 6)));
	if (answer) {
		p.maintenance = at(answer, 0);
		p.initial = at(answer, 1);
		p.liquidation = at(answer, 2);
	} else {
		/* An isolated one: by the rate at the mark. */
		p.maintenance =
			of_double(rate_at(p.symbol, size * to_double(p.mark)));
		p.initial = num_of(1, 0);
		p.liquidation = in(trial->expected, "lp");
	}
	p.flat = rate_at(p.symbol, size * to_double(p.mark)) <= mmr &&
		 (p.liquidation.bad ||
		  rate_at(p.symbol, size * to_double(p.liquidation)) <= mmr);
	p.wanted = num_of(0, 0);
	p.imr = in(p.symbol, "imr");
	p.mmr = in(p.symbol, "mmr");
	p.factor = in(p.symbol, "factor");
	p.leverage = at(row, 7);
	p.own = num_cmp(num_abs(p.worst),
			num_abs(num_add(p.size, num_sub(p.buys, p.sells)))) ==
		0;
	return p;
}

static struct token read_token(const struct trial *trial, const json_t *row)
{
	const json_t *token =
		json_array_get(json_object_get(trial->header, "tokens"),
			       (size_t)at_index(row, 0));
	struct num size = at(row, 1);
	struct num cap = at(row, 3);
	struct token t = {.price = at(row, 2),
			  .weight = in(token, "weight"),
			  .counts = size};
	double value;
	double falls;

	t.rest = num_of(0, 0);
	if (num_sign(size) < 0)
		return t;
	if (num_sign(cap) >= 0)
		t.counts = num_min(size, cap);
	if (at_index(row, 4) != 1)
		t.counts = num_of(0, 0);
	t.rest = num_sub(size, t.counts);
	value = to_double(num_mul(t.counts, t.price));
	falls = 1.2 / (1 + to_double(in(token, "discount")) * pow(value, 0.8));
	if (falls < to_double(t.weight))
		t.weight = of_double(falls);
	return t;
}

static void read_account(const struct trial *trial, struct account *a)
{
	const json_t *tokens = json_object_get(trial->inputs, "h");
	const json_t *rows = json_object_get(trial->inputs, "p");
	const json_t *answers = json_object_get(trial->expected, "p");

	*a = (struct account){.cash = in(trial->inputs, "u")};
	if (a->cash.bad)
		a->cash = in(trial->inputs, "w");
	a->gross = num_abs(a->cash);
	for (size_t i = 0; i < json_array_size(rows) && i < ROWS_MAX; i++) {
		struct position *p = &a->positions[a->positions_n++];

		*p = read_position(trial, json_array_get(rows, i),
				   answers ? json_array_get(answers, i) : NULL);
		a->gross =
			num_add(a->gross, num_abs(num_mul(p->size, p->mark)));
		a->gross = num_add(a->gross, num_add(num_abs(p->cost),
						     num_abs(p->funding)));
	}
	for (size_t i = 0; i < json_array_size(tokens) && i < ROWS_MAX; i++) {
		struct token *t = &a->tokens[a->tokens_n++];

		*t = read_token(trial, json_array_get(tokens, i));
		a->gross = num_add(a->gross,
				   num_abs(num_mul(num_add(t->counts, t->rest),
						   t->price)));
	}
}

/* The account in the engine. */
struct seen {
	struct desk desk;
	struct rk_ask ask;
	struct rk_margin margin;
	uint32_t markets[ROWS_MAX];
	struct num maintenance; /* sums over positions */
	struct num initial;
	struct num unrealised;
};

static struct num highest(const struct position *p)
{
	struct num high = p->mark;

	if (!p->liquidation.bad &&
	    num_cmp(p->liquidation, num_mul(high, num_of(100, 0))) < 0)
		high = num_max(high, p->liquidation);
	return num_mul(high, num_of(2, 0));
}

static void put_token(struct seen *seen, const struct token *t)
{
	struct desk_asset asset = {.price = t->price,
				   .terms = desk_terms_plain()};
	struct num parts[] = {t->counts, t->rest};

	for (int i = 0; i < 2; i++) {
		if (num_sign(parts[i]) == 0)
			continue;
		asset.amount = parts[i];
		for (int k = 0; k < 2; k++)
			asset.terms.weight[k] =
				i == 0 ? t->weight : num_of(0, 0);
		desk_deposit(&seen->desk, &seen->ask,
			     desk_asset(&seen->desk, &asset), parts[i]);
	}
}

/* What rests beside the positions; they are all there. */
static void put_orders(const struct account *a, struct seen *seen)
{
	for (size_t i = 0; i < a->positions_n; i++) {
		const struct position *p = &a->positions[i];

		desk_rest(&seen->desk, &seen->ask, seen->markets[i], p->buys);
		desk_rest(&seen->desk, &seen->ask, seen->markets[i],
			  num_neg(p->sells));
	}
}

/* The most that it may come to. */
static struct num reach(const struct position *p)
{
	return num_add(num_add(num_abs(p->size), p->wanted),
		       num_add(p->buys, p->sells));
}

/* The rates that are asked about. */
enum look {
	LOOK_GROWTH,  /* those that grow */
	LOOK_PACKAGE, /* the package's, initially: orders may bring that below
			 maintenance, so nothing is required there */
	LOOK_FIXED,   /* one for all prices: the package's maintenance */
};

static void take_rates(const struct position *p, enum look look,
		       struct desk_perp *perp)
{
	struct num one = num_of(1, 0);

	if (look == LOOK_FIXED) {
		desk_one_bracket(perp, p->maintenance, one);
	} else if (look == LOOK_PACKAGE) {
		desk_one_bracket(perp, num_of(0, 0), num_min(one, p->initial));
	} else {
		desk_one_bracket(perp, p->mmr, p->imr);
		if (num_sign(p->factor) == 0)
			return;
		perp->growth = RK_GROWTH_POWER;
		perp->base_share = num_of(0, 0);
		perp->factor[0] = num_div(num_mul(p->factor, p->mmr), p->imr,
					  30, RK_WIDE_DOWN);
		perp->factor[1] = p->factor;
	}
}

static void put_position(struct seen *seen, const struct position *p, size_t i,
			 enum look look, uint32_t cash)
{
	struct desk_perp perp = {.settle = cash,
				 .size = p->size,
				 .most = reach(p),
				 .mark = p->mark,
				 .price_max = highest(p)};
	uint32_t market;

	take_rates(p, look, &perp);
	market = desk_perp(&seen->desk, &perp);
	seen->markets[i] = market;
	if (num_sign(p->size) != 0)
		desk_hold(&seen->desk, &seen->ask, market, p->size, p->cost);
	desk_fund(&seen->desk, &seen->ask, market, num_neg(p->funding));
	if (look == LOOK_GROWTH && num_sign(p->leverage) > 0)
		desk_choose(&seen->desk, &seen->ask, market, p->leverage);
}

static void sum_positions(struct seen *seen, uint32_t cash)
{
	struct num funding = num_of(0, 0);
	int places = seen->desk.assets[cash].places;

	for (uint32_t i = 0; i < rk_ask_positions(&seen->ask); i++) {
		struct rk_position_view view;

		rk_ask_position(&seen->ask, i, &view);
		seen->maintenance =
			num_add(seen->maintenance,
				desk_usd(&seen->desk, view.maintenance));
		seen->initial = num_add(seen->initial,
					desk_usd(&seen->desk, view.initial));
		seen->unrealised = num_add(seen->unrealised,
					   num_of(view.unrealised.raw, places));
		funding = num_add(funding, num_of(view.funding.raw, places));
	}
	seen->unrealised = num_add(seen->unrealised, funding);
}

/*
 * What rests beside each position counts initially; at the mark, as the
 * package asks for no price.
 */
static void look(const struct account *a, enum look look, struct seen *seen)
{
	struct desk_terms plain = desk_terms_plain();
	struct num total = a->gross;
	rk_usd before;
	uint32_t cash;

	for (size_t i = 0; i < a->positions_n; i++) {
		const struct position *p = &a->positions[i];

		total = num_add(total, num_mul(num_mul(reach(p), num_of(2, 0)),
					       highest(p)));
	}
	desk_open(&seen->desk, desk_money_power_for(total));
	desk_nobody(&seen->desk, &seen->ask);
	cash = desk_settle(&seen->desk, num_of(1, 0), &plain);
	desk_deposit(&seen->desk, &seen->ask, cash, a->cash);
	for (size_t i = 0; i < a->tokens_n; i++)
		put_token(seen, &a->tokens[i]);
	for (size_t i = 0; i < a->positions_n; i++)
		put_position(seen, &a->positions[i], i, look, cash);
	seen->maintenance = num_of(0, 0);
	seen->initial = num_of(0, 0);
	seen->unrealised = num_of(0, 0);
	if (seen->desk.code != RK_OK)
		return;
	rk_ask_margin(&seen->ask, &seen->margin);
	sum_positions(seen, cash);
	put_orders(a, seen);
	if (seen->desk.code != RK_OK)
		return;
	/* What health falls by is required of the orders. */
	before = seen->margin.health_i;
	rk_ask_margin(&seen->ask, &seen->margin);
	before.raw -= seen->margin.health_i.raw;
	seen->initial = num_add(seen->initial, desk_usd(&seen->desk, before));
}

static void compare(struct trial *trial, struct expectation *e,
		    struct num tolerance)
{
	if (!e->scale)
		e->scale = rate_scale;
	e->want = in(trial->expected, e->key);
	e->below = tolerance;
	e->above = tolerance;
	expect(trial, e);
}

static void compare_initial(struct trial *trial, const struct account *a,
			    const struct seen *seen, struct num tolerance)
{
	for (size_t i = 0; i < a->positions_n; i++) {
		if (num_cmp(a->positions[i].initial, num_of(1, 0)) > 0) {
			leave_out(trial, "im, fc",
				  "an initial rate above 1: refused here");
			return;
		}
	}
	compare(trial,
		&(struct expectation){.key = "im",
				      .name = "initial margin",
				      .got = seen->initial},
		tolerance);
	/* The engine's health goes on below 0, the package's is cut there. */
	compare(trial,
		&(struct expectation){
			.key = "fc",
			.name = "free collateral",
			.got = num_max(
				num_of(0, 0),
				desk_usd(&seen->desk, seen->margin.health_i))},
		tolerance);
}

static void compare_sums(struct trial *trial, const struct account *a,
			 const struct seen *seen)
{
	struct num tolerance =
		num_add(seen->desk.slack, num_mul(a->gross, num_of(1, 15)));
	struct num collateral =
		num_add(desk_usd(&seen->desk, seen->margin.health_m),
			seen->maintenance);
	struct num notional = desk_usd(&seen->desk, seen->margin.notional);
	struct expectation e = {.key = "tv",
				.name = "total value (equity)",
				.scale = float_scale};

	e.got = desk_usd(&seen->desk, seen->margin.equity);
	compare(trial, &e, tolerance);
	e = (struct expectation){.key = "tc", .name = "total collateral"};
	e.got = collateral;
	compare(trial, &e, tolerance);
	e = (struct expectation){.key = "mm", .name = "maintenance margin"};
	e.got = seen->maintenance;
	compare(trial, &e, tolerance);
	e = (struct expectation){
		.key = "up", .name = "unsettled profit", .scale = float_scale};
	e.got = seen->unrealised;
	compare(trial, &e, tolerance);
	expect_truth(trial,
		     &(struct truth){
			     .key = "tc",
			     .name = "liquidatable",
			     .scale = rate_scale,
			     .got = seen->margin.health_m.raw < 0,
			     .want = num_cmp(in(trial->expected, "tc"),
					     in(trial->expected, "mm")) < 0,
			     .margin = num_sub(in(trial->expected, "tc"),
					       in(trial->expected, "mm")),
			     .tolerance = num_mul(tolerance, num_of(2, 0)),
		     });
	if (a->positions_n == 0) {
		leave_out(trial, "mr, mmr", "no position");
		return;
	}
	tolerance = num_add(num_div(tolerance, notional, 30, RK_WIDE_UP),
			    num_of(1, 15));
	e = (struct expectation){.key = "mr", .name = "margin ratio"};
	e.got = num_div(collateral, notional, 30, RK_WIDE_DOWN);
	compare(trial, &e,
		num_mul(tolerance, num_add(num_of(1, 0), num_abs(e.got))));
	e = (struct expectation){.key = "mmr", .name = "maintenance rate"};
	e.got = num_div(seen->maintenance, notional, 30, RK_WIDE_UP);
	compare(trial, &e, tolerance);
}

/* Does the rate that grows come to more than 1 at this price? */
static bool ends(const struct position *p, struct num price, struct num least)
{
	double factor =
		to_double(p->factor) * (to_double(least) / to_double(p->imr));
	double notional = fabs(to_double(p->size)) * to_double(price);

	return factor * pow(notional, 0.8) > 1;
}

/*
 * The search of the package stops within 1e-4 of the root, where the account
 * is safe; 0 is "none above 0".
 */
static void compare_price(struct trial *trial, const struct account *a,
			  const struct seen *seen, size_t i)
{
	const struct position *p = &a->positions[i];
	const struct desk_unit *unit = &seen->desk.perps[seen->markets[i]];
	bool is_long = num_sign(p->size) > 0;
	struct expectation e = {.key = "p",
				.name = "liquidation price",
				.scale = "1e-4 of it: where a search stops",
				.want = p->liquidation,
				.relative = true};

	if (!p->flat)
		e.name = "the same, its rate grows";
	if (!p->flat && seen->margin.health_m.raw < 0) {
		leave_out(trial, e.name,
			  "liquidatable already: another end of a range");
		return;
	}
	if (!p->liquidation.bad && ends(p, p->liquidation, p->mmr)) {
		leave_out(trial, e.name, "a rate above 1: it ends at 1 here");
		return;
	}
	if (p->liquidation.bad) {
		leave_out(trial, e.name, "the package's search finds none");
		return;
	}
	if (num_cmp(p->liquidation, highest(p)) > 0) {
		leave_out(trial, e.name,
			  "above a hundred times the mark: not looked for");
		return;
	}
	e.got = desk_liquidation(&seen->ask, unit, is_long);
	e.below = num_add(num_mul(num_max(e.want, e.got), num_of(1, 4)),
			  num_add(num_of(1, unit->price_places),
				  num_div(seen->desk.slack, num_abs(p->size),
					  30, RK_WIDE_UP)));
	e.above = e.below;
	expect(trial, &e);
}

static void judge_isolated(struct trial *trial, const struct account *a,
			   const struct seen *seen)
{
	const struct position *p = &a->positions[0];
	const struct desk_unit *unit = &seen->desk.perps[seen->markets[0]];
	struct expectation e = {.key = "lp",
				.name = "price, isolated",
				.scale = "riskd's rate: 1e-9",
				.want = p->liquidation,
				.relative = true};

	if (p->liquidation.bad) {
		leave_out(trial, e.name, "the package has none");
		return;
	}
	e.got = desk_liquidation(&seen->ask, unit, num_sign(p->size) > 0);
	e.below = num_add(num_mul(num_max(e.want, e.got), num_of(2, 9)),
			  num_add(num_of(1, unit->price_places),
				  num_div(seen->desk.slack, num_abs(p->size),
					  30, RK_WIDE_UP)));
	e.above = e.below;
	expect(trial, &e);
}

/* What may be held in all after the largest trade of the first position. */
struct most {
	struct num size; /* bad: refused */
	struct num slack;
	struct num unit;
};

/* By the rate that grows alone, or by the one that does not. */
static struct most most_of(const struct account *a, bool grows, bool buys)
{
	static struct account other;
	struct position *p = &other.positions[0];
	struct num least = num_of(1, 9);
	struct most most = {.size = {.bad = true}};
	struct rk_market_view market;
	struct rk_slot_view slot;
	struct seen seen;

	other = *a;
	if (grows) {
		p->leverage = num_of(0, 0);
		p->imr = least;
		p->mmr = least;
	} else {
		p->factor = num_of(0, 0);
	}
	p->wanted = num_div(num_mul(a->gross, num_of(200, 0)), p->mark, 6,
			    RK_WIDE_UP);
	look(&other, LOOK_GROWTH, &seen);
	if (seen.desk.code == RK_OK) {
		const struct desk_unit *unit =
			&seen.desk.perps[seen.markets[0]];
		rk_qty got;

		(void)rk_view_market(seen.desk.book.engine, seen.markets[0],
				     &market);
		(void)rk_view_slot(seen.desk.book.engine, market.slot, &slot);
		got = rk_ask_order_size(&seen.ask, seen.markets[0],
					buys ? RK_SIDE_BUY : RK_SIDE_SELL,
					slot.mark, (rk_rate){0});
		most.size = num_add(num_of(got.raw, unit->places),
				    buys ? p->size : num_neg(p->size));
		most.slack = seen.desk.slack;
		most.unit = num_of(2, unit->places);
	}
	desk_close(&seen.desk);
	return most;
}

/*
 * The package takes 0.5 % off: of what may be held by the rate that does not
 * grow, and of what may be traded by the one that does. It takes the less.
 */
static void compare_largest(struct trial *trial, const struct account *a,
			    bool buys)
{
	const struct position *p = &a->positions[0];
	const json_t *answers = json_object_get(trial->expected, "q");
	struct num part = num_of(995, 3);
	struct num held = buys ? p->size : num_neg(p->size);
	struct position after = *p;
	struct most fixed;
	struct most grown;
	struct num free;
	struct expectation e = {.key = "q",
				.name = buys ? "largest buy" : "largest sell",
				.scale = power_scale,
				.want = at(answers, buys ? 0 : 1),
				.relative = true};

	if (a->positions_n == 0 || e.want.bad)
		return;
	after.size = num_add(num_abs(e.want), num_abs(held));
	if (ends(&after, p->mark, p->imr)) {
		leave_out(trial, e.name, "a rate above 1: it ends at 1 here");
		return;
	}
	fixed = most_of(a, false, buys);
	grown = fixed;
	if (num_sign(p->factor) > 0)
		grown = most_of(a, true, buys);
	if (fixed.size.bad || grown.size.bad) {
		leave_out(trial, e.name, "the engine refuses it");
		return;
	}
	e.got = num_sub(num_mul(fixed.size, part), held);
	if (num_sign(p->factor) > 0)
		e.got = num_min(e.got,
				num_mul(num_sub(grown.size, held), part));
	free = num_mul(num_mul(fixed.size, p->mark),
		       num_max(p->imr, num_div(num_of(1, 0), p->leverage, 9,
					       RK_WIDE_DOWN)));
	e.below = num_div(
		num_mul(num_max(fixed.slack, grown.slack), num_of(4, 0)), free,
		30, RK_WIDE_UP);
	e.below = num_mul(num_add(e.below, num_of(2, 9)),
			  num_add(num_abs(e.got), num_abs(held)));
	e.below = num_add(e.below, num_max(fixed.unit, grown.unit));
	e.above = e.below;
	expect(trial, &e);
}

static void judge_initial(struct trial *trial, const struct account *a)
{
	enum look by = LOOK_GROWTH;
	struct seen seen;

	for (size_t i = 0; i < a->positions_n; i++)
		if (!a->positions[i].own)
			by = LOOK_PACKAGE;
	if (by == LOOK_PACKAGE)
		leave_out(trial, "rates of initial margin",
			  "of another size than what it requires for: the "
			  "package's are taken");
	look(a, by, &seen);
	if (seen.desk.code == RK_OK)
		compare_initial(trial, a, &seen,
				num_add(num_mul(seen.desk.slack, num_of(2, 0)),
					num_mul(a->gross, num_of(1, 15))));
	else
		leave_out(trial, "im, fc", "the engine refuses it");
	desk_close(&seen.desk);
}

static void judge(struct trial *trial)
{
	static struct account account;
	bool isolated = is_kind(trial, "isolated");
	struct seen seen;

	read_account(trial, &account);
	look(&account, isolated ? LOOK_FIXED : LOOK_GROWTH, &seen);
	if (seen.desk.code != RK_OK) {
		leave_out(trial, "account", "the engine refuses it");
	} else if (isolated) {
		judge_isolated(trial, &account, &seen);
	} else {
		compare_sums(trial, &account, &seen);
		judge_initial(trial, &account);
		for (size_t i = 0; i < account.positions_n; i++)
			compare_price(trial, &account, &seen, i);
		compare_largest(trial, &account, true);
		compare_largest(trial, &account, false);
	}
	desk_close(&seen.desk);
}

const struct peer peer_orderly = {"orderly", "@orderly.network/perp 5.2.1",
				  judge};
