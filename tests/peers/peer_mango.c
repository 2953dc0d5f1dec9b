/*
 * Accounts of Mango v4's HealthCache, in native units (1e-6 of a token and of
 * a dollar) and at three kinds of health: maintenance, initial and that at
 * which a liquidation ends.
 *
 * The engine has one price of a token, no slow one: at initial health a token
 * is one asset at the lower price when held, another at the higher when owed.
 * It sees no orders before their fill: each way they may be filled is asked,
 * and the worse counts, as there. A perp of Mango is a book of its own, whose
 * health joins the dollars after a weight if it is above 0: here that weight
 * is one of profit, and of the rates.
 */
#include <stdio.h>

#include "desk.h"
#include "engine/rc.h"
#include "trial.h"

#define ROWS_MAX 8
#define PLACES   30 /* of what has more than anybody needs */

static const char *const scale_of_health =
	"a native unit a term, 2^-48 of each amount: the package's I80F48";

enum kind {
	KIND_INIT,
	KIND_MAINT,
	KIND_END,
	KINDS
};

struct token {
	long id;
	struct num held_price; /* of what is held, at this kind */
	struct num owed_price;
	struct num weight;
	struct num liability;
	struct num balance;
	struct num reserved; /* all that spot orders may bring */
	struct num gross;    /* of it that perps may bring beside */
	struct num off;      /* of its rates, as 1e-9 has them */
	bool too_dear;       /* a liability above what the engine has */
	uint32_t held;       /* assets of the desk */
	uint32_t owed;
};

struct spot {
	size_t base;
	size_t quote;
	struct num all_base; /* if all orders are filled into base */
	struct num all_quote;
};

struct account {
	const struct trial *trial;
	enum kind kind;
	struct token tokens[ROWS_MAX];
	size_t tokens_n;
	struct spot spots[ROWS_MAX];
	size_t spots_n;
	size_t perps_n;
	struct num gains; /* of perps that are worth something */
	struct num losses;
	struct num slack;
	int code;
	bool too_dear; /* something is owed at such a liability */
};

/* 2^48 as a number, and what counts in it. */
static struct num two_48(void)
{
	return num_of((rk_i128)1 << 48, 0);
}

/* An integer on the scale of 2^48. */
static struct num fixed(struct num raw)
{
	/* / 2^48 is * 5^48 / 10^48. */
	static struct num five_48;

	if (five_48.m.n == 0) {
		five_48 = num_of(1, 0);
		for (int i = 0; i < 48; i++)
			five_48 = num_mul(five_48, num_of(5, 0));
	}
	raw = num_mul(raw, five_48);
	raw.places += 48;
	return num_round(raw, 48, RK_WIDE_TO_ZERO);
}

/* Cut toward zero to a multiple of 2^-48, as the package does. */
static struct num cut(struct num a)
{
	return fixed(num_round(num_mul(a, two_48()), 0, RK_WIDE_TO_ZERO));
}

/* To PLACES: more digits than anybody sees. */
static struct num shorten(struct num a)
{
	return num_round(a, PLACES, RK_WIDE_TO_ZERO);
}

static struct num fx(const json_t *array, size_t i)
{
	return shorten(fixed(at(array, i)));
}

static struct num fx_in(const json_t *object, const char *key)
{
	return shorten(fixed(in(object, key)));
}

/* Weights were decimals before they were cut to 2^-48: the nearest rate. */
static struct num nearest_rate(struct num a)
{
	return num_round(num_add(a, num_of(5, 10)), 9, RK_WIDE_DOWN);
}

static const json_t *entry(const struct trial *trial, const char *table,
			   long id)
{
	return json_array_get(json_object_get(trial->header, table),
			      (size_t)id);
}

/* Prices of one thing at this kind of health. */
struct prices {
	struct num low;
	struct num high;
	struct num worst; /* the higher of both, for scaled weights */
};

static struct prices prices_of(enum kind kind, const json_t *row)
{
	struct num oracle = fx(row, 1);
	struct num stable = fx(row, 2);

	if (kind != KIND_INIT)
		return (struct prices){oracle, oracle, oracle};
	return (struct prices){num_min(oracle, stable), num_max(oracle, stable),
			       num_max(oracle, stable)};
}

/* Initial weights shrink once a bank holds, or is owed, more than a start. */
static void scale_weights(const json_t *bank, const struct prices *prices,
			  struct token *token)
{
	struct num deposits = num_mul(in(bank, "deposits"), prices->worst);
	struct num borrows = num_mul(in(bank, "borrows"), prices->worst);
	struct num start = in(bank, "ds");

	if (num_sign(start) > 0 && num_cmp(deposits, start) > 0)
		token->weight = num_div(num_mul(token->weight, start), deposits,
					PLACES, RK_WIDE_DOWN);
	start = in(bank, "bs");
	if (num_sign(start) > 0 && num_cmp(borrows, start) > 0)
		token->liability = num_div(num_mul(token->liability, borrows),
					   start, PLACES, RK_WIDE_UP);
}

static void read_token(struct account *a, const json_t *row)
{
	const json_t *bank = entry(a->trial, "banks", at_index(row, 0));
	bool maint = a->kind == KIND_MAINT;
	struct prices prices = prices_of(a->kind, row);
	struct token *token = &a->tokens[a->tokens_n++];
	struct num exact;

	*token = (struct token){
		.id = at_index(row, 0),
		.held_price = prices.low,
		.owed_price = prices.high,
		.weight = fx_in(bank, maint ? "ma" : "ia"),
		.liability = fx_in(bank, maint ? "ml" : "il"),
		.balance = fx(row, 3),
	};
	token->reserved = num_of(0, 0);
	token->gross = num_of(0, 0);
	if (a->kind == KIND_INIT)
		scale_weights(bank, &prices, token);
	exact = token->weight;
	token->weight = nearest_rate(exact);
	token->off = num_abs(num_sub(exact, token->weight));
	exact = token->liability;
	token->liability = nearest_rate(exact);
	token->off =
		num_add(token->off, num_abs(num_sub(exact, token->liability)));
	token->too_dear = num_cmp(token->liability, num_of(2, 0)) > 0;
	token->liability = num_min(token->liability, num_of(2, 0));
}

static size_t find_token(const struct account *a, long id)
{
	size_t i = 0;

	while (i + 1 < a->tokens_n && a->tokens[i].id != id)
		i++;
	return i;
}

/* Reserved amounts in terms of the other token, by oracle or own price. */
static struct num converted(struct num reserved, struct num price,
			    struct num other, struct num own)
{
	struct num by_oracle = cut(num_mul(
		reserved, cut(num_div(price, other, 60, RK_WIDE_TO_ZERO))));

	if (num_sign(own) == 0)
		return shorten(by_oracle);
	return shorten(num_min(by_oracle, cut(num_mul(reserved, own))));
}

static void read_spot(struct account *a, const json_t *row)
{
	struct spot *s = &a->spots[a->spots_n++];
	struct token *base;
	struct token *quote;

	s->base = find_token(a, at_index(row, 0));
	s->quote = find_token(a, at_index(row, 1));
	base = &a->tokens[s->base];
	quote = &a->tokens[s->quote];
	base->balance = num_add(base->balance, at(row, 2));
	quote->balance = num_add(quote->balance, at(row, 4));
	s->all_base =
		num_add(at(row, 3), converted(at(row, 5), quote->held_price,
					      base->owed_price, fx(row, 7)));
	s->all_quote =
		num_add(at(row, 5), converted(at(row, 3), base->held_price,
					      quote->owed_price, fx(row, 6)));
	base->reserved = num_add(base->reserved, s->all_base);
	quote->reserved = num_add(quote->reserved, s->all_quote);
}

/* One way in which the orders of a perp may be filled. */
struct variant {
	struct num base; /* afterwards, native */
	struct num paid; /* for all of it: cost */
	struct num mark;
	struct num rate;
};

/* Health of a perp alone, times its weight if it is above 0. */
static struct num ask_perp(struct account *a, const struct variant *v,
			   struct num overall)
{
	struct desk_terms terms = desk_terms_plain();
	struct desk_perp perp = {.size = v->base,
				 .mark = v->mark,
				 .price_max = num_mul(v->mark, num_of(2, 0))};
	struct num total =
		num_add(num_mul(num_of(2, 0),
				num_abs(num_mul(v->base, perp.price_max))),
			num_abs(v->paid));
	struct rk_margin margin;
	struct desk desk;
	struct rk_ask ask;
	struct num health = num_neg(v->paid);

	if (num_sign(v->base) == 0)
		return num_mul(health,
			       num_sign(health) > 0 ? overall : num_of(1, 0));
	desk_open(&desk, desk_money_for(total));
	for (int k = 0; k < 2; k++)
		terms.profit[k] = overall;
	perp.settle = desk_settle(&desk, num_of(1, 0), &terms);
	desk_one_bracket(&perp, num_mul(v->rate, overall),
			 num_mul(v->rate, overall));
	desk_nobody(&desk, &ask);
	desk_hold(&desk, &ask, desk_perp(&desk, &perp), v->base, v->paid);
	if (desk.code == RK_OK) {
		rk_ask_margin(&ask, &margin);
		health = desk_usd(&desk, a->kind == KIND_MAINT
						 ? margin.health_m
						 : margin.health_i);
	}
	if (desk.code != RK_OK && a->code == RK_OK)
		a->code = desk.code;
	a->slack = num_add(a->slack, desk.slack);
	desk_close(&desk);
	return health;
}

/* A row of a perp, at this kind of health. */
struct perp {
	struct num low;
	struct num high;
	struct num lots;
	struct num lot;
	struct num quote; /* with funding and what takers filled */
	struct num bids;
	struct num asks;
	struct num long_rate;
	struct num short_rate;
	struct num overall;
};

static struct perp read_perp(const struct account *a, const json_t *row)
{
	const json_t *market = entry(a->trial, "perps", at_index(row, 0));
	bool maint = a->kind == KIND_MAINT;
	struct prices prices = prices_of(a->kind, row);
	struct num one = num_of(1, 0);
	struct num lots = at(row, 3);
	struct num due = num_of(0, 0);
	struct perp p = {
		.low = prices.low,
		.high = prices.high,
		.lots = num_add(lots, at(row, 7)),
		.lot = in(market, "base"),
		.bids = at(row, 5),
		.asks = at(row, 6),
		.long_rate = nearest_rate(
			num_sub(one, fx_in(market, maint ? "ma" : "ia"))),
		.short_rate = nearest_rate(
			num_sub(fx_in(market, maint ? "ml" : "il"), one)),
		.overall = nearest_rate(fx_in(market, maint ? "mo" : "io")),
	};

	if (num_sign(lots) != 0)
		due = num_mul(lots, num_sub(fx_in(market, num_sign(lots) > 0
								  ? "long"
								  : "short"),
					    fx(row, 9)));
	p.quote = num_add(num_sub(fx(row, 4), due),
			  num_mul(at(row, 8), in(market, "quote")));
	return p;
}

/* All of some orders filled, at the price that is worse. */
static struct variant fill_all(const struct perp *p, struct num lots,
			       struct num price)
{
	struct num base = num_mul(num_add(p->lots, lots), p->lot);
	bool is_short = num_sign(base) < 0;
	struct num bought = num_mul(num_mul(lots, p->lot), price);

	return (struct variant){
		.base = base,
		.paid = num_sub(bought, p->quote),
		.mark = is_short ? p->high : p->low,
		.rate = is_short ? p->short_rate : p->long_rate,
	};
}

static void join_perp(struct account *a, const json_t *row)
{
	struct perp p = read_perp(a, row);
	struct variant bids = fill_all(&p, p.bids, p.high);
	struct variant asks = fill_all(&p, num_neg(p.asks), p.low);
	struct num one = num_of(1, 0);
	struct num by_bids = ask_perp(a, &bids, one);
	struct num by_asks = ask_perp(a, &asks, one);
	bool asks_worse = num_cmp(by_asks, by_bids) < 0;
	struct num health = asks_worse ? by_asks : by_bids;

	if (num_sign(health) > 0 && num_cmp(p.overall, one) != 0)
		health = num_sign(p.overall) == 0
				 ? num_of(0, 0)
				 : ask_perp(a, asks_worse ? &asks : &bids,
					    p.overall);
	health = shorten(health);
	a->tokens[0].gross = num_add(a->tokens[0].gross, num_abs(health));
	a->tokens[0].balance = num_add(a->tokens[0].balance, health);
	if (num_sign(health) > 0)
		a->gains = num_add(a->gains, health);
	else
		a->losses = num_sub(a->losses, health);
	a->perps_n++;
}

static void read_account(const struct trial *trial, enum kind kind,
			 struct account *a)
{
	const json_t *rows = json_object_get(trial->inputs, "t");

	*a = (struct account){.trial = trial, .kind = kind};
	a->gains = num_of(0, 0);
	a->losses = num_of(0, 0);
	a->slack = num_of(0, 0);
	for (size_t i = 0; i < json_array_size(rows) && i < ROWS_MAX; i++)
		read_token(a, json_array_get(rows, i));
	rows = json_object_get(trial->inputs, "s");
	for (size_t i = 0; i < json_array_size(rows) && i < ROWS_MAX; i++)
		read_spot(a, json_array_get(rows, i));
	rows = json_object_get(trial->inputs, "p");
	for (size_t i = 0; i < json_array_size(rows) && i < ROWS_MAX; i++)
		join_perp(a, json_array_get(rows, i));
}

/* The tokens of an account in the engine. */
struct seen {
	struct desk desk;
	struct rk_margin margin;
	struct rk_margin apart; /* with perps beside the dollars */
	struct num health;
};

static void list_token(struct account *a, struct desk *desk,
		       struct token *token)
{
	struct desk_asset asset = {.price = token->held_price,
				   .terms = desk_terms_plain()};

	asset.amount = num_add(num_abs(token->balance),
			       num_add(token->reserved, token->gross));
	/* Parts of it are no rounder than this. */
	asset.amount = num_add(asset.amount, num_of(1, PLACES + 2));
	a->slack = num_add(
		a->slack,
		shorten(num_mul(token->off,
				num_mul(asset.amount, token->owed_price))));
	for (int k = 0; k < 2; k++) {
		asset.terms.weight[k] = token->weight;
		asset.terms.liability[k] = token->liability;
	}
	token->held = desk_asset(desk, &asset);
	token->owed = token->held;
	if (num_cmp(token->held_price, token->owed_price) == 0)
		return;
	asset.price = token->owed_price;
	asset.amount = num_neg(asset.amount);
	token->owed = desk_asset(desk, &asset);
}

static void put(struct account *a, struct desk *desk, struct rk_ask *ask,
		const struct token *token, struct num amount)
{
	if (num_sign(amount) < 0 && token->too_dear)
		a->too_dear = true;
	desk_deposit(desk, ask,
		     num_sign(amount) < 0 ? token->owed : token->held, amount);
}

static struct num health_of(const struct account *a, const struct desk *desk,
			    const struct rk_ask *ask,
			    struct rk_margin *ret_margin)
{
	rk_ask_margin(ask, ret_margin);
	return desk_usd(desk, a->kind == KIND_MAINT ? ret_margin->health_m
						    : ret_margin->health_i);
}

/* What so much of a token is worth to somebody who has nothing else. */
static struct num alone(struct account *a, struct desk *desk,
			const struct token *token, struct num amount)
{
	struct rk_margin margin;
	struct rk_ask ask;

	desk_nobody(desk, &ask);
	put(a, desk, &ask, token, amount);
	return desk->code == RK_OK ? health_of(a, desk, &ask, &margin)
				   : num_of(0, 0);
}

/* What the last so much of all that may be there adds. */
static struct num effect(struct account *a, struct desk *desk,
			 const struct token *token, struct num amount)
{
	struct num most = num_add(token->balance, token->reserved);

	return num_sub(alone(a, desk, token, most),
		       alone(a, desk, token, num_sub(most, amount)));
}

/*
 * A ratio of the package is health by debts, and among these are what perps
 * lose, beside dollars that are held: health nets them.
 */
static void look_apart(struct account *a, struct seen *seen)
{
	struct token dollars = a->tokens[0];
	struct num parts[] = {
		num_add(num_sub(dollars.balance, a->gains), a->losses),
		a->gains, num_neg(a->losses)};
	struct rk_ask ask;

	desk_nobody(&seen->desk, &ask);
	for (size_t i = 1; i < a->tokens_n; i++)
		put(a, &seen->desk, &ask, &a->tokens[i], a->tokens[i].balance);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (num_sign(parts[i]) == 0)
			continue;
		dollars.balance = parts[i];
		list_token(a, &seen->desk, &dollars);
		put(a, &seen->desk, &ask, &dollars, parts[i]);
	}
	if (seen->desk.code == RK_OK)
		rk_ask_margin(&ask, &seen->apart);
}

static void look(struct account *a, struct seen *seen)
{
	struct num total = num_of(1, 0);
	struct rk_ask ask;

	for (size_t i = 0; i < a->tokens_n; i++)
		total = num_add(total,
				num_mul(num_add(num_abs(a->tokens[i].balance),
						num_mul(a->tokens[i].reserved,
							num_of(2, 0))),
					num_mul(a->tokens[i].owed_price,
						num_of(2, 0))));
	total = num_add(
		total, num_mul(num_add(a->gains, a->losses),
			       num_mul(a->tokens[0].owed_price, num_of(2, 0))));
	desk_open(&seen->desk, desk_money_for(total));
	for (size_t i = 0; i < a->tokens_n; i++)
		list_token(a, &seen->desk, &a->tokens[i]);
	desk_nobody(&seen->desk, &ask);
	for (size_t i = 0; i < a->tokens_n; i++)
		put(a, &seen->desk, &ask, &a->tokens[i], a->tokens[i].balance);
	seen->health = num_of(0, 0);
	if (seen->desk.code == RK_OK)
		seen->health = health_of(a, &seen->desk, &ask, &seen->margin);
	for (size_t i = 0; i < a->spots_n; i++) {
		const struct spot *s = &a->spots[i];

		if (num_sign(s->all_base) == 0 || num_sign(s->all_quote) == 0)
			continue;
		seen->health = num_add(
			seen->health,
			num_min(effect(a, &seen->desk, &a->tokens[s->base],
				       s->all_base),
				effect(a, &seen->desk, &a->tokens[s->quote],
				       s->all_quote)));
	}
	look_apart(a, seen);
	if (seen->desk.code == RK_OK)
		seen->desk.code = a->code;
}

/* The package's own unit: one native, and 2^-48 of each amount, a term. */
static struct num package_unit(const struct account *a)
{
	const json_t *perps = json_object_get(a->trial->inputs, "p");
	struct num amounts = num_of(0, 0);
	size_t terms = a->tokens_n + 2 * a->perps_n + 4 * a->spots_n + 1;

	for (size_t i = 0; i < a->tokens_n; i++)
		amounts = num_add(
			amounts,
			num_add(num_abs(a->tokens[i].balance),
				num_mul(a->tokens[i].reserved, num_of(2, 0))));
	for (size_t i = 0; i < json_array_size(perps); i++) {
		const json_t *row = json_array_get(perps, i);
		const json_t *market =
			entry(a->trial, "perps", at_index(row, 0));
		struct num lots = num_add(num_abs(at(row, 3)),
					  num_add(at(row, 5), at(row, 6)));

		amounts = num_add(amounts, num_mul(lots, in(market, "base")));
	}
	return num_add(num_of((rk_i128)terms, 0),
		       num_div(num_mul(amounts, num_of(2, 0)), two_48(), PLACES,
			       RK_WIDE_UP));
}

static struct num tolerance_of(const struct account *a, const struct seen *seen)
{
	return num_add(num_add(a->slack, package_unit(a)),
		       num_mul(seen->desk.slack,
			       num_of((rk_i128)(1 + 4 * a->spots_n), 0)));
}

static void compare_ratio(struct trial *trial, const struct account *a,
			  const struct seen *seen, struct expectation *e)
{
	struct num debts = desk_usd(&seen->desk, seen->apart.liabilities);
	struct num tolerance = tolerance_of(a, seen);

	if (a->spots_n > 0) {
		leave_out(trial, "ratios with spot orders",
			  "orders before their fill are not seen yet");
		return;
	}
	if (json_is_null(json_object_get(trial->expected, e->key)) ||
	    num_cmp(debts, num_mul(tolerance, num_of(4, 0))) <= 0) {
		leave_out(trial, e->name, "no debts, or dust");
		return;
	}
	e->scale = "0.001 of a percent: the package's, on the debts";
	e->relative = true;
	e->binary = true;
	e->got = num_mul(num_of(100, 0),
			 num_div(seen->health, debts, PLACES, RK_WIDE_DOWN));
	e->want = shorten(fixed(in(trial->expected, e->key)));
	e->below = num_mul(
		num_of(200, 0),
		num_div(num_mul(tolerance,
				num_add(num_of(1, 0),
					num_div(num_abs(seen->health), debts,
						PLACES, RK_WIDE_UP))),
			debts, PLACES, RK_WIDE_UP));
	e->below = num_add(e->below, num_of(1, 3));
	e->above = e->below;
	expect(trial, e);
}

static void judge_kind(struct trial *trial, enum kind kind)
{
	static const char *const keys[KINDS] = {"i", "m", "e"};
	static const char *const names[KINDS] = {"health, initial",
						 "health, maintenance",
						 "health, liquidation end"};
	static const char *const signs[KINDS] = {"initial below 0",
						 "maintenance below 0",
						 "liquidation end below 0"};
	static struct account account;
	struct seen seen;
	struct num health;
	struct expectation e = {.key = keys[kind],
				.name = names[kind],
				.scale = scale_of_health,
				.binary = true};

	read_account(trial, kind, &account);
	look(&account, &seen);
	if (account.too_dear) {
		leave_out(trial, names[kind],
			  "a liability above 2, by what all owe");
	} else if (seen.desk.code != RK_OK) {
		leave_out(trial, names[kind], "the engine refuses it");
		printf("REFUSED %d %d line %lu\n", seen.desk.code, account.code,
		       trial->line);
	} else {
		e.got = seen.health;
		health = shorten(fixed(in(trial->expected, keys[kind])));
		e.want = health;
		e.below = tolerance_of(&account, &seen);
		e.above = e.below;
		expect(trial, &e);
		e = (struct expectation){
			.key = kind == KIND_INIT ? "ri" : "rm",
			.name = kind == KIND_INIT ? "ratio, initial"
						  : "ratio, maintenance"};
		expect_truth(trial,
			     &(struct truth){
				     .key = keys[kind],
				     .name = signs[kind],
				     .scale = scale_of_health,
				     .got = num_sign(seen.health) < 0,
				     .want = num_sign(in(trial->expected,
							 keys[kind])) < 0,
				     .margin = health,
				     .tolerance = tolerance_of(&account, &seen),
			     });
		if (kind != KIND_END)
			compare_ratio(trial, &account, &seen, &e);
	}
	desk_close(&seen.desk);
}

/* An account of tokens and one perp, all of it in one book. */
static void look_for_price(struct trial *trial, struct account *a,
			   const json_t *row, struct num want)
{
	struct perp p = read_perp(a, row);
	struct variant v = fill_all(&p, num_of(0, 0), p.low);
	struct desk_terms plain = desk_terms_plain();
	struct num high = num_mul(num_max(v.mark, want), num_of(2, 0));
	struct desk_perp perp = {
		.size = v.base, .mark = v.mark, .price_max = high};
	struct num total =
		num_add(num_mul(num_of(2, 0), num_abs(num_mul(v.base, high))),
			num_abs(v.paid));
	struct expectation e = {.key = "lp",
				.name = "liquidation price",
				.scale = "0.1 native of health: its search",
				.want = want,
				.relative = true,
				.binary = true};
	const struct desk_unit *unit;
	struct desk desk;
	struct rk_ask ask;
	uint32_t market;

	for (size_t i = 0; i < a->tokens_n; i++)
		total = num_add(total,
				num_abs(num_mul(a->tokens[i].balance,
						num_mul(a->tokens[i].owed_price,
							num_of(2, 0)))));
	desk_open(&desk, desk_money_for(total));
	perp.settle = desk_settle(&desk, a->tokens[0].held_price, &plain);
	desk_one_bracket(&perp, v.rate, v.rate);
	market = desk_perp(&desk, &perp);
	desk_nobody(&desk, &ask);
	desk_deposit(&desk, &ask, perp.settle, a->tokens[0].balance);
	for (size_t i = 1; i < a->tokens_n; i++) {
		list_token(a, &desk, &a->tokens[i]);
		put(a, &desk, &ask, &a->tokens[i], a->tokens[i].balance);
	}
	desk_hold(&desk, &ask, market, v.base, v.paid);
	if (desk.code == RK_OK) {
		unit = &desk.perps[market];
		e.got = desk_liquidation(&ask, unit, num_sign(v.base) > 0);
		/* What a native unit of health is in price, half of it kept. */
		e.below = num_div(
			num_mul(num_add(tolerance_of(
						a,
						&(struct seen){.desk = desk}),
					num_of(1, 0)),
				num_of(2, 0)),
			num_abs(v.base), PLACES + 20, RK_WIDE_UP);
		e.below = num_add(
			e.below,
			num_add(num_of(2, unit->price_places),
				num_div(num_mul(v.mark, num_of(1000, 0)),
					num_of((rk_i128)1 << 50, 0),
					PLACES + 20, RK_WIDE_UP)));
		e.above = e.below;
		expect(trial, &e);
	} else {
		leave_out(trial, e.name, "the engine refuses it");
	}
	desk_close(&desk);
}

static void judge_price(struct trial *trial)
{
	const json_t *perps = json_object_get(trial->inputs, "p");
	const json_t *row = json_array_get(perps, 0);
	struct num want = fixed(in(trial->expected, "lp"));
	static struct account account;
	struct seen seen;
	struct perp p;

	if (json_array_size(perps) != 1)
		return;
	if (want.bad) {
		leave_out(trial, "liquidation price",
			  "the package has none, or was not asked");
		return;
	}
	/* Tokens alone first: what the perp is worth must be below it. */
	account = (struct account){.trial = trial, .kind = KIND_MAINT};
	account.gains = num_of(0, 0);
	account.losses = num_of(0, 0);
	account.slack = num_of(0, 0);
	for (size_t i = 0;
	     i < json_array_size(json_object_get(trial->inputs, "t")); i++)
		read_token(
			&account,
			json_array_get(json_object_get(trial->inputs, "t"), i));
	p = read_perp(&account, row);
	if (json_array_size(json_object_get(trial->inputs, "s")) > 0 ||
	    num_sign(p.bids) != 0 || num_sign(p.asks) != 0) {
		leave_out(trial, "liquidation price",
			  "orders before their fill are not seen yet");
		return;
	}
	look(&account, &seen);
	desk_close(&seen.desk);
	if (num_sign(seen.health) < 0 &&
	    num_cmp(p.overall, num_of(1, 0)) != 0) {
		leave_out(trial, "liquidation price",
			  "a weight of what profit leaves after its margin");
		return;
	}
	look_for_price(trial, &account, row, shorten(want));
}

static void judge(struct trial *trial)
{
	for (enum kind kind = KIND_INIT; kind < KINDS; kind++)
		judge_kind(trial, kind);
	judge_price(trial);
}

const struct peer peer_mango = {
	"mango", "@blockworks-foundation/mango-v4 0.33.9", judge};
