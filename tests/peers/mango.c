/*
 * Accounts of Mango v4 in the engine. See mango.h.
 */
#include "mango.h"

#include "engine/rc.h"

struct num mango_two_48(void)
{
	return num_of((rk_i128)1 << 48, 0);
}

struct num mango_fixed(struct num raw)
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
	return mango_fixed(
		num_round(num_mul(a, mango_two_48()), 0, RK_WIDE_TO_ZERO));
}

struct num mango_shorten(struct num a)
{
	return num_round(a, MANGO_PLACES, RK_WIDE_TO_ZERO);
}

static struct num fx(const json_t *array, size_t i)
{
	return mango_shorten(mango_fixed(at(array, i)));
}

static struct num fx_in(const json_t *object, const char *key)
{
	return mango_shorten(mango_fixed(in(object, key)));
}

/* Weights were decimals before they were cut to 2^-48: the nearest rate. */
static struct num nearest_rate(struct num a)
{
	return num_round(num_add(a, num_of(5, 10)), 9, RK_WIDE_DOWN);
}

const json_t *mango_entry(const struct trial *trial, const char *table, long id)
{
	return json_array_get(json_object_get(trial->header, table),
			      (size_t)id);
}

static struct mango_prices prices_of(enum mango_kind kind, const json_t *row)
{
	struct num oracle = fx(row, 1);
	struct num stable = fx(row, 2);

	if (kind != MANGO_KIND_INIT || num_cmp(oracle, stable) == 0)
		return (struct mango_prices){oracle, num_of(0, 0), oracle,
					     oracle};
	return (struct mango_prices){oracle, stable, num_min(oracle, stable),
				     num_max(oracle, stable)};
}

/*
 * How much larger a liability is, as what all owe is above a start; what the
 * engine cuts of a scaled rate is more off.
 */
static void note_scale(const json_t *bank, const json_t *row,
		       struct mango_token *token, struct num off)
{
	struct num start = in(bank, "bs");
	struct num worth = num_mul(at(row, 5), token->owed_price);
	struct num factor = num_of(1, 0);

	token->scale = (struct desk_scale){
		.held = in(bank, "ds"),
		.owed = start,
		.all_held = at(row, 4),
		.all_owed = at(row, 5),
		.size_factor = num_of(0, 0),
	};
	if (num_sign(start) > 0 && num_cmp(worth, start) > 0)
		factor = num_div(worth, start, 9, RK_WIDE_UP);
	token->off = num_add(num_mul(off, factor),
			     num_sign(start) > 0 || num_sign(token->scale.held)
				     ? num_of(2, 9)
				     : num_of(0, 0));
}

static void read_token(struct mango_account *a, const json_t *row)
{
	const json_t *bank = mango_entry(a->trial, "banks", at_index(row, 0));
	bool maint = a->kind == MANGO_KIND_MAINT;
	struct mango_prices prices = prices_of(a->kind, row);
	struct mango_token *token = &a->tokens[a->tokens_n++];
	struct num weight = fx_in(bank, maint ? "ma" : "ia");
	struct num liability = fx_in(bank, maint ? "ml" : "il");

	*token = (struct mango_token){
		.id = at_index(row, 0),
		.price = prices.mark,
		.slow = prices.slow,
		.held_price = prices.low,
		.owed_price = prices.high,
		.weight = nearest_rate(weight),
		.liability = nearest_rate(liability),
		.balance = fx(row, 3),
	};
	token->reserved = num_of(0, 0);
	token->off = num_add(num_abs(num_sub(weight, token->weight)),
			     num_abs(num_sub(liability, token->liability)));
	token->scale = (struct desk_scale){.held = num_of(0, 0)};
	if (a->kind == MANGO_KIND_INIT)
		note_scale(bank, row, token, token->off);
}

static size_t find_token(const struct mango_account *a, long id)
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
		return mango_shorten(by_oracle);
	return mango_shorten(num_min(by_oracle, cut(num_mul(reserved, own))));
}

static void read_spot(struct mango_account *a, const json_t *row)
{
	struct mango_spot *s = &a->spots[a->spots_n++];
	struct mango_token *base;
	struct mango_token *quote;

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

struct mango_perp mango_read_perp(const struct mango_account *a,
				  const json_t *row)
{
	const json_t *market = mango_entry(a->trial, "perps", at_index(row, 0));
	bool maint = a->kind == MANGO_KIND_MAINT;
	struct num one = num_of(1, 0);
	struct num lots = at(row, 3);
	struct num due = num_of(0, 0);
	struct mango_perp p = {
		.prices = prices_of(a->kind, row),
		.lots = num_add(lots, at(row, 7)),
		.lot = in(market, "base"),
		.bids = at(row, 5),
		.asks = at(row, 6),
		.rate = nearest_rate(
			num_sub(one, fx_in(market, maint ? "ma" : "ia"))),
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

struct mango_variant mango_fill_all(const struct mango_perp *p, struct num lots)
{
	struct num price = num_sign(lots) > 0 ? p->prices.high : p->prices.low;
	struct num bought = num_mul(num_mul(lots, p->lot), price);

	return (struct mango_variant){
		.base = num_mul(num_add(p->lots, lots), p->lot),
		.paid = num_sub(bought, p->quote),
		.bids = num_of(0, 0),
		.asks = num_of(0, 0),
	};
}

static struct mango_variant fill_none(const struct mango_perp *p)
{
	struct mango_variant v = mango_fill_all(p, num_of(0, 0));

	v.bids = num_mul(p->bids, p->lot);
	v.asks = num_mul(p->asks, p->lot);
	return v;
}

void mango_put_variant(struct desk *desk, struct rk_ask *ask, uint32_t market,
		       const struct mango_variant *v)
{
	if (num_sign(v->base) != 0)
		desk_hold(desk, ask, market, v->base, v->paid);
	desk_rest(desk, ask, market, v->bids);
	desk_rest(desk, ask, market, num_neg(v->asks));
}

/* Health of a perp alone, times its weight if it is above 0. */
static struct num ask_perp(struct mango_account *a, const struct mango_perp *p,
			   const struct mango_variant *v, struct num overall)
{
	bool flat = num_sign(v->base) == 0;
	struct num most = num_add(num_abs(v->base), num_add(v->bids, v->asks));
	struct desk_terms terms = desk_terms_plain();
	struct desk_perp perp = {.size = v->base,
				 .most = most,
				 .mark = p->prices.mark,
				 .slow = p->prices.slow,
				 .price_max =
					 num_mul(p->prices.high, num_of(2, 0))};
	struct num total =
		num_add(num_mul(num_of(2, 0), num_mul(most, perp.price_max)),
			num_abs(v->paid));
	struct rk_margin margin;
	struct desk desk;
	struct rk_ask ask;
	struct num health = num_neg(v->paid);

	if (num_sign(most) == 0)
		return num_mul(health,
			       num_sign(health) > 0 ? overall : num_of(1, 0));
	desk_open(&desk, desk_money_for(total));
	for (int k = 0; k < 2; k++) {
		terms.profit[k] = overall;
		/* Without a position what was made of it is realised. */
		if (flat)
			terms.weight[k] = overall;
	}
	perp.settle = desk_settle(&desk, num_of(1, 0), &terms);
	desk_one_bracket(&perp, num_mul(p->rate, overall),
			 num_mul(p->rate, overall));
	desk_nobody(&desk, &ask);
	if (flat)
		desk_deposit(&desk, &ask, perp.settle, health);
	mango_put_variant(&desk, &ask, desk_perp(&desk, &perp), v);
	if (desk.code == RK_OK) {
		rk_ask_margin(&ask, &margin);
		/* Orders count at initial only, and all rates are the same. */
		health = desk_usd(&desk, margin.health_i);
	}
	if (desk.code != RK_OK && a->code == RK_OK)
		a->code = desk.code;
	a->slack = num_add(a->slack, desk.slack);
	desk_close(&desk);
	return health;
}

bool mango_has_orders(const struct mango_perp *p)
{
	return num_sign(p->bids) != 0 || num_sign(p->asks) != 0;
}

static void join_perp(struct mango_account *a, const json_t *row)
{
	struct mango_perp p = mango_read_perp(a, row);
	struct num one = num_of(1, 0);
	struct mango_variant worst = fill_none(&p);
	struct num health;

	if (mango_has_orders(&p) && num_sign(p.prices.slow) != 0) {
		struct mango_variant bids = mango_fill_all(&p, p.bids);
		struct mango_variant asks = mango_fill_all(&p, num_neg(p.asks));
		struct num by_bids = ask_perp(a, &p, &bids, one);
		struct num by_asks = ask_perp(a, &p, &asks, one);
		bool asks_worse = num_cmp(by_asks, by_bids) < 0;

		worst = asks_worse ? asks : bids;
		health = asks_worse ? by_asks : by_bids;
	} else {
		health = ask_perp(a, &p, &worst, one);
	}
	if (num_sign(health) > 0 && num_cmp(p.overall, one) != 0)
		health = num_sign(p.overall) == 0
				 ? num_of(0, 0)
				 : ask_perp(a, &p, &worst, p.overall);
	health = mango_shorten(health);
	a->tokens[0].balance = num_add(a->tokens[0].balance, health);
	if (num_sign(health) > 0)
		a->gains = num_add(a->gains, health);
	else
		a->losses = num_sub(a->losses, health);
	a->perps_n++;
}

void mango_read_tokens(const struct trial *trial, enum mango_kind kind,
		       struct mango_account *a)
{
	const json_t *rows = json_object_get(trial->inputs, "t");

	*a = (struct mango_account){.trial = trial, .kind = kind};
	a->gains = num_of(0, 0);
	a->losses = num_of(0, 0);
	a->slack = num_of(0, 0);
	for (size_t i = 0; i < json_array_size(rows) && i < MANGO_ROWS_MAX; i++)
		read_token(a, json_array_get(rows, i));
}

void mango_read(const struct trial *trial, enum mango_kind kind,
		struct mango_account *a)
{
	const json_t *rows = json_object_get(trial->inputs, "s");

	mango_read_tokens(trial, kind, a);
	for (size_t i = 0; i < json_array_size(rows) && i < MANGO_ROWS_MAX; i++)
		read_spot(a, json_array_get(rows, i));
	rows = json_object_get(trial->inputs, "p");
	for (size_t i = 0; i < json_array_size(rows) && i < MANGO_ROWS_MAX; i++)
		join_perp(a, json_array_get(rows, i));
}

uint32_t mango_list(struct mango_account *a, struct desk *desk,
		    const struct mango_token *token, struct num amount)
{
	struct desk_asset asset = {.price = token->price,
				   .slow = token->slow,
				   .amount = amount,
				   .terms = desk_terms_plain(),
				   .scale = token->scale,
				   .lendable = token->lendable};

	a->slack = num_add(
		a->slack,
		mango_shorten(num_mul(token->off, num_mul(num_abs(amount),
							  token->owed_price))));
	for (int k = 0; k < 2; k++) {
		asset.terms.weight[k] = token->weight;
		asset.terms.liability[k] = token->liability;
	}
	return desk_asset(desk, &asset);
}

void mango_put(struct mango_account *a, struct desk *desk, struct rk_ask *ask,
	       const struct mango_token *token, struct num amount)
{
	if (num_sign(amount) != 0)
		desk_deposit(desk, ask, mango_list(a, desk, token, amount),
			     amount);
}

static struct num health_of(const struct mango_account *a,
			    const struct desk *desk, const struct rk_ask *ask,
			    struct rk_margin *ret_margin)
{
	rk_ask_margin(ask, ret_margin);
	return desk_usd(desk, a->kind == MANGO_KIND_MAINT
				      ? ret_margin->health_m
				      : ret_margin->health_i);
}

/* What so much of a token is worth to somebody who has nothing else. */
static struct num alone(struct mango_account *a, struct desk *desk,
			const struct mango_token *token, struct num amount)
{
	struct rk_margin margin;
	struct rk_ask ask;

	desk_nobody(desk, &ask);
	mango_put(a, desk, &ask, token, amount);
	return desk->code == RK_OK ? health_of(a, desk, &ask, &margin)
				   : num_of(0, 0);
}

/* What the last so much of all that may be there adds. */
static struct num effect(struct mango_account *a, struct desk *desk,
			 const struct mango_token *token, struct num amount)
{
	struct num most = num_add(token->balance, token->reserved);

	return num_sub(alone(a, desk, token, most),
		       alone(a, desk, token, num_sub(most, amount)));
}

/*
 * A ratio of the package is health by debts, and among these are what perps
 * lose, beside dollars that are held: health nets them.
 */
static void look_apart(struct mango_account *a, struct mango_seen *seen)
{
	const struct mango_token *dollars = &a->tokens[0];
	struct num parts[] = {
		num_add(num_sub(dollars->balance, a->gains), a->losses),
		a->gains, num_neg(a->losses)};
	struct rk_ask ask;

	desk_nobody(&seen->desk, &ask);
	for (size_t i = 1; i < a->tokens_n; i++)
		mango_put(a, &seen->desk, &ask, &a->tokens[i],
			  a->tokens[i].balance);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		mango_put(a, &seen->desk, &ask, dollars, parts[i]);
	seen->debts = num_of(0, 0);
	for (size_t i = 1; i < a->tokens_n; i++)
		if (num_sign(a->tokens[i].balance) < 0)
			seen->debts =
				num_sub(seen->debts,
					alone(a, &seen->desk, &a->tokens[i],
					      a->tokens[i].balance));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (num_sign(parts[i]) < 0)
			seen->debts =
				num_sub(seen->debts, alone(a, &seen->desk,
							   dollars, parts[i]));
}

struct num mango_total(const struct mango_token *token)
{
	struct num all = num_add(token->scale.all_held, token->scale.all_owed);

	all = num_add(all, num_add(num_abs(token->balance),
				   num_mul(token->reserved, num_of(2, 0))));
	return num_mul(all, num_mul(token->owed_price, num_of(2, 0)));
}

void mango_look(struct mango_account *a, struct mango_seen *seen)
{
	struct num total = num_of(1, 0);
	struct rk_ask ask;

	for (size_t i = 0; i < a->tokens_n; i++)
		total = num_add(total, mango_total(&a->tokens[i]));
	total = num_add(
		total, num_mul(num_add(a->gains, a->losses),
			       num_mul(a->tokens[0].owed_price, num_of(2, 0))));
	desk_open(&seen->desk, desk_money_for(total));
	desk_nobody(&seen->desk, &ask);
	for (size_t i = 0; i < a->tokens_n; i++)
		mango_put(a, &seen->desk, &ask, &a->tokens[i],
			  a->tokens[i].balance);
	seen->health = num_of(0, 0);
	if (seen->desk.code == RK_OK)
		seen->health = health_of(a, &seen->desk, &ask, &seen->margin);
	for (size_t i = 0; i < a->spots_n; i++) {
		const struct mango_spot *s = &a->spots[i];

		if (num_sign(s->all_base) == 0 || num_sign(s->all_quote) == 0)
			continue;
		seen->health = num_add(
			seen->health,
			num_min(effect(a, &seen->desk, &a->tokens[s->base],
				       s->all_base),
				effect(a, &seen->desk, &a->tokens[s->quote],
				       s->all_quote)));
	}
	if (a->spots_n == 0)
		look_apart(a, seen);
	if (seen->desk.code == RK_OK)
		seen->desk.code = a->code;
}
