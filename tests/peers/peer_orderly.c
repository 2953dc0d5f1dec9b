/*
 * Accounts of @orderly.network/perp. Tokens with weights, positions with rates
 * of their own.
 *
 * Rates and weights that change with size are not there yet: the book has
 * those of the account's present sizes. Funding is not there yet: what is due
 * is paid first.
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
	"1e-9: riskd's rates, for those that grow with size";

struct position {
	const json_t *symbol;
	struct num size;
	struct num buys; /* that rest */
	struct num sells;
	struct num worst; /* with the worse side of them filled */
	struct num mark;
	struct num cost;
	struct num funding; /* due, below 0: to be got */
	struct num maintenance;
	struct num initial;
	struct num liquidation; /* bad: none */
	bool flat; /* the rate is the base rate at mark and where liquidated */
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

/*
 * With orders, what rests beside each position counts initially; at the mark,
 * as the package asks for no price.
 */
static void look(const struct account *a, bool orders, struct seen *seen)
{
	struct desk_terms plain = desk_terms_plain();
	struct num total = a->gross;
	rk_usd before;
	uint32_t cash;

	for (size_t i = 0; i < a->positions_n; i++)
		total = num_add(total,
				num_abs(num_mul(num_mul(a->positions[i].worst,
							num_of(2, 0)),
						highest(&a->positions[i]))));
	desk_open(&seen->desk, desk_money_for(total));
	desk_nobody(&seen->desk, &seen->ask);
	cash = desk_settle(&seen->desk, num_of(1, 0), &plain);
	desk_deposit(&seen->desk, &seen->ask, cash, a->cash);
	for (size_t i = 0; i < a->tokens_n; i++)
		put_token(seen, &a->tokens[i]);
	for (size_t i = 0; i < a->positions_n; i++) {
		const struct position *p = &a->positions[i];
		struct desk_perp perp = {.settle = cash,
					 .size = orders ? p->worst : p->size,
					 .mark = p->mark,
					 .price_max = highest(p)};

		/* Orders may bring the initial rate below maintenance. */
		desk_one_bracket(
			&perp, orders ? num_of(0, 0) : p->maintenance,
			num_min(num_of(1, 0),
				orders ? p->initial
				       : num_max(p->maintenance, p->initial)));
		seen->markets[i] = desk_perp(&seen->desk, &perp);
		if (num_sign(p->size) != 0)
			desk_hold(&seen->desk, &seen->ask, seen->markets[i],
				  p->size, p->cost);
		desk_deposit(&seen->desk, &seen->ask, cash,
			     num_neg(p->funding));
	}
	seen->maintenance = num_of(0, 0);
	seen->initial = num_of(0, 0);
	seen->unrealised = num_of(0, 0);
	if (seen->desk.code != RK_OK)
		return;
	rk_ask_margin(&seen->ask, &seen->margin);
	if (orders)
		put_orders(a, seen);
	for (uint32_t i = 0; i < rk_ask_positions(&seen->ask); i++) {
		struct rk_position_view view;

		rk_ask_position(&seen->ask, i, &view);
		seen->maintenance =
			num_add(seen->maintenance,
				desk_usd(&seen->desk, view.maintenance));
		seen->initial = num_add(seen->initial,
					desk_usd(&seen->desk, view.initial));
		seen->unrealised =
			num_add(seen->unrealised,
				num_of(view.unrealised.raw,
				       seen->desk.assets[cash].places));
	}
	if (!orders)
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
	struct num funding = num_of(0, 0);
	struct num notional = desk_usd(&seen->desk, seen->margin.notional);
	struct expectation e = {.key = "tv",
				.name = "total value (equity)",
				.scale = float_scale};

	for (size_t i = 0; i < a->positions_n; i++)
		funding = num_add(funding, a->positions[i].funding);
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
	e.got = num_sub(seen->unrealised, funding);
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

	if (!p->flat) {
		leave_out(trial, e.name,
			  "the rate grows with the notional on the way");
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

static void judge_initial(struct trial *trial, const struct account *a)
{
	struct seen seen;

	look(a, true, &seen);
	if (seen.desk.code == RK_OK)
		compare_initial(trial, a, &seen,
				num_add(seen.desk.slack,
					num_mul(a->gross, num_of(1, 15))));
	else
		leave_out(trial, "im, fc", "the engine refuses it");
	desk_close(&seen.desk);
}

static void judge(struct trial *trial)
{
	static struct account account;
	struct seen seen;

	read_account(trial, &account);
	look(&account, false, &seen);
	if (seen.desk.code != RK_OK) {
		leave_out(trial, "account", "the engine refuses it");
	} else if (is_kind(trial, "isolated")) {
		judge_isolated(trial, &account, &seen);
	} else {
		compare_sums(trial, &account, &seen);
		judge_initial(trial, &account);
		for (size_t i = 0; i < account.positions_n; i++)
			compare_price(trial, &account, &seen, i);
	}
	desk_close(&seen.desk);
}

const struct peer peer_orderly = {"orderly", "@orderly.network/perp 5.2.1",
				  judge};
