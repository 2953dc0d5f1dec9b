/*
 * Users of @drift-labs/sdk in the engine. See drift.h.
 */
#include "drift.h"

#include "engine/rc.h"

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
	struct num deposits; /* of all users, scaled */
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
	deposits =
		whole(value_of(row, tokens_of(m, row->deposits), row->price));
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

static void add_units(struct drift_user *u, struct num more)
{
	u->units = num_add(u->units, num_round(more, 3, RK_WIDE_UP));
}

static void add_total(struct drift_user *u, struct num value)
{
	u->total = num_add(u->total, num_mul(num_abs(value), num_of(2, 0)));
}

struct num drift_dollars(struct num millionths)
{
	millionths.places += 6;
	return millionths;
}

/*
 * What limits a weight beside its terms; only one of these is the engine's
 * business at a time. True: terms and scale say it.
 */
static bool take_scale(const struct row *row, struct num tokens, struct num all,
		       struct desk_asset *asset)
{
	const json_t *m = row->market;
	bool held = num_sign(tokens) >= 0;
	struct num plain =
		in(m, row->init ? (held ? "ia" : "il") : (held ? "ma" : "ml"));
	struct num imf = in(m, "imf");
	struct num start = row->init && held ? in(m, "start") : num_of(0, 0);
	bool scaled =
		num_sign(start) > 0 && num_cmp(plain, initial_weight(row)) != 0;
	bool sized = num_sign(imf) > 0;

	if ((scaled && sized) ||
	    ((scaled || sized) && row->init && num_sign(row->custom) > 0))
		return false;
	/* The engine takes the dearer price for what all hold. */
	if (scaled && num_cmp(row->high, row->price) > 0)
		return false;
	if (row->init && num_sign(row->custom) > 0)
		return false;
	for (int k = 0; k < 2; k++) {
		if (held)
			asset->terms.weight[k] = num_mul(plain, num_of(1, 4));
		else
			asset->terms.liability[k] =
				num_mul(plain, num_of(1, 4));
	}
	if (scaled) {
		asset->scale.held = drift_dollars(start);
		asset->scale.all_held = all;
	}
	if (sized)
		asset->scale.size_factor = num_mul(imf, num_of(1, 6));
	return true;
}

/* The package's weight, where the engine has none that is made alike. */
static void take_weight(struct num weight, struct num tokens,
			struct desk_asset *asset)
{
	for (int k = 0; k < 2; k++) {
		if (num_sign(tokens) >= 0)
			asset->terms.weight[k] = weight;
		else
			asset->terms.liability[k] =
				num_min(weight, num_of(2, 0));
	}
}

/* The worse side of the orders for a token. */
static struct num worse_orders(const struct row *row, const json_t *json,
			       struct num tokens)
{
	struct num bids = at(json, 6);
	struct num asks = num_neg(at(json, 7));

	if (num_sign(bids) == 0 && num_sign(asks) == 0)
		return num_of(0, 0);
	return num_cmp(contribution(row, tokens, asks),
		       contribution(row, tokens, bids)) < 0
		       ? asks
		       : bids;
}

static struct row read_row(const struct drift_user *u, const json_t *json)
{
	const json_t *market =
		json_array_get(json_object_get(u->trial->header, "spots"),
			       (size_t)at_index(json, 0));
	bool init = u->kind == DRIFT_KIND_INIT;

	return (struct row){
		.market = market,
		.decimals = (int)in_index(market, "decimals"),
		.price = at(json, 1),
		.low = init ? num_min(at(json, 1), at(json, 3)) : at(json, 1),
		.high = init ? num_max(at(json, 1), at(json, 3)) : at(json, 1),
		.custom = at_index(json, 0) == 0 ? num_of(0, 0)
						 : in(u->trial->inputs, "x"),
		.deposits = at(json, 8),
		.init = init,
	};
}

static void read_spot(struct drift_user *u, const json_t *json)
{
	struct row row = read_row(u, json);
	struct num tokens = tokens_of(row.market, at(json, 4));
	struct num orders = worse_orders(&row, json, tokens);
	struct num unit = num_of(1, row.decimals);
	struct drift_spot *s = &u->spots[u->spots_n++];
	struct num weight;
	struct num value;

	s->orders = drift_dollars(num_neg(value_of(&row, orders, row.high)));
	tokens = num_add(tokens, orders);
	weight = num_mul(weight_of(&row, tokens), num_of(1, 4));
	s->asset = (struct desk_asset){
		.price = drift_dollars(row.price),
		.slow = num_of(0, 0),
		.amount = num_mul(tokens, unit),
		.terms = desk_terms_plain(),
	};
	if (num_cmp(row.low, row.high) != 0)
		s->asset.slow = drift_dollars(at(json, 3));
	value = num_mul(num_abs(s->asset.amount), drift_dollars(row.high));
	if (take_scale(&row, tokens,
		       num_mul(tokens_of(row.market, row.deposits), unit),
		       &s->asset)) {
		/* Weights there are cut to 1e-4, twice those of debts. */
		if (num_sign(s->asset.scale.size_factor) > 0 ||
		    num_sign(s->asset.scale.held) > 0)
			u->cuts =
				num_add(u->cuts, num_mul(value, num_of(2, 4)));
	} else {
		take_weight(weight, tokens, &s->asset);
		u->taken++;
		if (num_sign(tokens) < 0 && num_cmp(weight, num_of(2, 0)) > 0)
			u->too_dear = true;
	}
	u->order_fees =
		num_add(u->order_fees, num_mul(at(json, 5), num_of(1, 2)));
	/* A unit of value, weighed, and one of the weighing; one of orders. */
	add_units(u, num_add(num_max(weight, num_of(1, 0)), num_of(2, 0)));
	add_total(u, value);
	if (num_sign(s->asset.scale.held) > 0)
		add_total(u, num_mul(s->asset.scale.all_held,
				     drift_dollars(row.high)));
	/* Debts count for more than they are worth. */
	add_total(u, num_mul(value, weight));
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

static struct num ratio_of(const struct drift_user *u, const json_t *market,
			   struct num size)
{
	bool init = u->kind == DRIFT_KIND_INIT;
	struct num ratio = in(market, init ? "im" : "mm");
	struct num custom = in(u->trial->inputs, "x");

	ratio = with_premium(
		num_abs(size), in(market, "imf"),
		divide(num_mul(ratio, num_of(8, 0)), num_of(10, 0)), ratio);
	if (init)
		ratio = num_max(ratio, custom);
	return num_mul(ratio, num_of(1, 4));
}

/* Its part of what the package's cuts may be worth, and of the room. */
static void count_perp(struct drift_user *u, const struct drift_perp *p,
		       struct num orders)
{
	struct num notional = num_mul(num_abs(p->worst), p->mark);

	/* The package's rate is cut to 1e-4, in two parts. */
	if (num_sign(p->factor) > 0)
		u->cuts = num_add(
			u->cuts,
			num_mul(num_mul(notional, p->owe_price), num_of(2, 4)));
	/* What only earns requires 1e-9, at either price of the dollar. */
	if (!p->together)
		add_units(u, num_mul(num_mul(num_abs(p->size), p->mark),
				     num_of(1, 3)));
	u->order_fees = num_add(u->order_fees, num_mul(orders, num_of(1, 2)));
	/* Units of value become so many of what is required. */
	add_units(u, num_add(num_of(5, 0), p->rate));
	add_total(u,
		  num_mul(num_add(num_add(p->bids, p->asks), num_abs(p->size)),
			  num_mul(p->mark, num_of(4, 0))));
	add_total(u, p->cost);
}

static void read_perp(struct drift_user *u, const json_t *json)
{
	const json_t *market =
		json_array_get(json_object_get(u->trial->header, "perps"),
			       (size_t)at_index(json, 0));
	const json_t *quote =
		json_array_get(json_object_get(u->trial->inputs, "s"), 0);
	bool init = u->kind == DRIFT_KIND_INIT;
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
	struct drift_perp *p = &u->perps[u->perps_n++];
	/* In 1e-6 dollars; the value is cut, as all is. */
	struct num profit =
		num_add(divide(num_mul(price, base), num_of(1000000000, 0)),
			num_add(at(json, 3), funding));
	struct num worst = num_cmp(num_abs(up), num_abs(down)) > 0 ? up : down;

	*p = (struct drift_perp){
		.size = num_mul(base, num_of(1, 9)),
		.worst = num_mul(worst, num_of(1, 9)),
		.bids = num_mul(at(json, 6), num_of(1, 9)),
		.asks = num_mul(at(json, 7), num_of(1, 9)),
		.mark = drift_dollars(price),
		.cost = drift_dollars(num_neg(num_add(at(json, 3), funding))),
		.profit = drift_dollars(profit),
		.rate = ratio_of(u, market, worst),
		.plain = num_mul(in(market, init ? "im" : "mm"), num_of(1, 4)),
		.factor = num_mul(in(market, "imf"), num_of(1, 6)),
		.profit_weight = num_sign(profit) > 0
					 ? profit_weight(market, init, profit)
					 : num_of(1, 0),
		.dollar = drift_dollars(now),
		.mean = num_of(0, 0),
		.owe_price = drift_dollars(high),
	};
	if (num_cmp(low, high) != 0)
		p->mean = drift_dollars(mean);
	p->together = num_sign(p->mean) == 0 || num_sign(profit) <= 0;
	if (num_cmp(p->rate, num_of(1, 0)) > 0)
		u->too_high = true;
	count_perp(u, p, at(json, 5));
}

void drift_read(const struct trial *trial, enum drift_kind kind,
		struct drift_user *u)
{
	const json_t *rows = json_object_get(trial->inputs, "s");

	*u = (struct drift_user){.trial = trial, .kind = kind};
	u->order_fees = num_of(0, 0);
	u->units = num_of(2, 0);
	u->cuts = num_of(0, 0);
	u->total = num_of(1, 6);
	for (size_t i = 0; i < json_array_size(rows) && i < DRIFT_ROWS_MAX; i++)
		read_spot(u, json_array_get(rows, i));
	rows = json_object_get(trial->inputs, "p");
	for (size_t i = 0; i < json_array_size(rows) && i < DRIFT_ROWS_MAX; i++)
		read_perp(u, json_array_get(rows, i));
}

static void put(struct drift_seen *seen, struct rk_ask *bare,
		struct rk_ask *idle, const struct desk_asset *asset)
{
	uint32_t id;

	if (num_sign(asset->amount) == 0)
		return;
	id = desk_asset(&seen->desk, asset);
	desk_deposit(&seen->desk, &seen->ask, id, asset->amount);
	if (num_sign(asset->amount) >= 0)
		return;
	desk_deposit(&seen->desk, bare, id, asset->amount);
	desk_deposit(&seen->desk, idle, id, asset->amount);
}

static uint32_t list_perp(struct desk *desk, const struct drift_perp *p,
			  bool earns, bool requires)
{
	struct desk_terms terms = desk_terms_plain();
	struct desk_perp perp = {
		.size = p->size,
		.most = num_add(num_abs(p->size), num_add(p->bids, p->asks)),
		.mark = p->mark,
		.price_max = num_mul(p->mark, num_of(2, 0))};
	struct num nothing = num_of(1, 9); /* initial must be above 0 */

	for (int k = 0; earns && k < 2; k++)
		terms.profit[k] = p->profit_weight;
	perp.settle = desk_settle_slow(desk, p->dollar, p->mean, &terms);
	desk_one_bracket(&perp, requires ? p->plain : num_of(0, 0),
			 requires ? num_max(p->plain, nothing) : nothing);
	if (requires && num_sign(p->factor) > 0) {
		perp.growth = RK_GROWTH_SQRT;
		perp.base_share = num_of(8, 1);
		perp.factor[0] = p->factor;
		perp.factor[1] = p->factor;
	}
	return desk_perp(desk, &perp);
}

/* Where a perp is held: as it is, or at a cost that is its worth: then it
 * earns nothing. */
struct place {
	struct rk_ask *ask;
	uint32_t market;
	bool earns;
};

static void require(const struct drift_user *u, struct desk *desk,
		    const struct drift_perp *p, const struct place *place)
{
	struct rk_ask *ask = place->ask;
	uint32_t market = place->market;
	struct num cost = place->earns ? p->cost : num_mul(p->size, p->mark);
	struct num custom = in(u->trial->inputs, "x");

	if (num_sign(p->size) != 0)
		desk_hold(desk, ask, market, p->size, cost);
	desk_rest(desk, ask, market, p->bids);
	desk_rest(desk, ask, market, num_neg(p->asks));
	if (u->kind == DRIFT_KIND_INIT && num_sign(custom) > 0)
		desk_choose(desk, ask, market,
			    num_div(num_of(10000, 0), custom, 9, RK_WIDE_DOWN));
}

/* Bare: debts and what is required for. Idle: what earns as well, as if it
 * had not earned anything. */
static void put_perp(const struct drift_user *u, struct drift_seen *seen,
		     struct rk_ask *bare, struct rk_ask *idle, size_t i)
{
	const struct drift_perp *p = &u->perps[i];
	struct desk *desk = &seen->desk;
	uint32_t market;

	seen->markets[i] = 0;
	if (num_sign(p->size) == 0 && num_sign(p->bids) == 0 &&
	    num_sign(p->asks) == 0)
		return;
	market = list_perp(desk, p, true, p->together);
	seen->markets[i] = market;
	if (!p->together && num_sign(p->size) != 0) {
		desk_hold(desk, &seen->ask, market, p->size, p->cost);
		desk_hold(desk, idle, market, p->size,
			  num_mul(p->size, p->mark));
	}
	if (!p->together)
		market = list_perp(desk, p, false, true);
	require(u, desk, p, &(struct place){&seen->ask, market, p->together});
	require(u, desk, p, &(struct place){bare, market, false});
	require(u, desk, p, &(struct place){idle, market, false});
}

/* What initial margin takes from somebody who has nothing that counts. */
static struct num taken(const struct desk *desk, const struct rk_ask *ask)
{
	struct rk_margin margin;

	rk_ask_margin(ask, &margin);
	return num_neg(desk_usd(desk, margin.health_i));
}

void drift_look(const struct drift_user *u, struct drift_seen *seen)
{
	static struct rk_ask bare;
	static struct rk_ask idle;
	struct num earning;

	desk_open(&seen->desk, desk_money_for(u->total));
	desk_nobody(&seen->desk, &seen->ask);
	desk_nobody(&seen->desk, &bare);
	desk_nobody(&seen->desk, &idle);
	for (size_t i = 0; i < u->spots_n; i++) {
		struct desk_asset orders = {.price = num_of(1, 0),
					    .amount = u->spots[i].orders,
					    .terms = desk_terms_plain()};

		put(seen, &bare, &idle, &u->spots[i].asset);
		put(seen, &bare, &idle, &orders);
	}
	for (size_t i = 0; i < u->perps_n; i++)
		put_perp(u, seen, &bare, &idle, i);
	seen->required = num_of(0, 0);
	seen->health = num_of(0, 0);
	if (seen->desk.code != RK_OK)
		return;
	seen->required = taken(&seen->desk, &bare);
	/* A market that only earns requires 1e-9 all the same. */
	earning = num_sub(taken(&seen->desk, &idle), seen->required);
	rk_ask_margin(&seen->ask, &seen->margin);
	seen->health =
		num_add(desk_usd(&seen->desk, seen->margin.health_i), earning);
}

struct num drift_tolerance(const struct drift_user *u,
			   const struct drift_seen *seen)
{
	return num_add(num_add(drift_dollars(u->units), u->cuts),
		       num_mul(seen->desk.slack, num_of(2, 0)));
}
