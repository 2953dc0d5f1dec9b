/*
 * A book of the engine for one case. See desk.h.
 */
#include "desk.h"

#include <limits.h>
#include <stdio.h>

#include "engine/rc.h"

#define YEAR_NS            (INT64_C(31536000) * INT64_C(1000000000))
#define MONEY_MAX          20
#define DIGITS_MONEY       17 /* of everything together */
#define DIGITS_RAW         17 /* of an amount or a size */
#define DIGITS_PRICE       18
#define RATE_PLACES        9
#define PRICE_DIGITS_LEAST 3
#define FACTOR_PLACES      18
/* Others, who hold and owe the rest of what all do. */
#define HOLDER 101
#define DEBTOR 102

/* The e with |a| < 10^e, and no smaller one. */
static int magnitude(struct num a)
{
	struct num one = num_of(1, 0);
	int e = -40;

	for (one.places = 40; num_cmp(num_abs(a), one) >= 0; one.places--)
		e++;
	return e;
}

int desk_money_for(struct num total)
{
	int places = DIGITS_MONEY - magnitude(total);

	return places < MONEY_MAX ? places : MONEY_MAX;
}

/* 10^(money - 8) must be a fifth power: it is what a USD is of the money. */
int desk_money_power_for(struct num total)
{
	int money = desk_money_for(total);

	while ((money - RK_USD_DECIMALS) % 5 != 0)
		money--;
	return money;
}

void desk_open(struct desk *desk, int money)
{
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	const struct scale scale = {.money = money};

	*desk = (struct desk){.money = money, .slack = num_of(2, money)};
	desk->code = book_open(&desk->book, scale, &risk);
	for (uint64_t account = HOLDER; account <= DEBTOR; account++)
		if (desk->code == RK_OK)
			desk->code = book_account(&desk->book, account,
						  RK_MODE_CROSS);
}

void desk_close(struct desk *desk)
{
	book_close(&desk->book);
}

struct desk_terms desk_terms_plain(void)
{
	struct num one = num_of(1, 0);

	return (struct desk_terms){{one, one}, {one, one}, {one, one}};
}

static void add_slack(struct desk *desk, struct num more)
{
	/* Fewer digits, rounded up: sums of it are no longer than needed. */
	desk->slack = num_add(desk->slack,
			      num_round(more, desk->money + 6, RK_WIDE_UP));
}

/* In places of rates, against the account; true when it is exact. */
static bool rate_of(struct num rate, enum rk_wide_rounding rounding,
		    rk_rate *ret_rate)
{
	if (!num_raw(rate, RATE_PLACES, rounding, &ret_rate->raw))
		ret_rate->raw = INT64_MAX; /* refused by the engine */
	return num_cmp(num_of(ret_rate->raw, RATE_PLACES), rate) == 0;
}

static struct rk_collateral take_terms(const struct desk_terms *terms,
				       bool *ret_exact)
{
	struct rk_collateral c;
	bool exact = true;

	for (int k = 0; k < 2; k++) {
		exact &= rate_of(terms->weight[k], RK_WIDE_DOWN, &c.weight[k]);
		exact &= rate_of(terms->liability[k], RK_WIDE_UP,
				 &c.liability[k]);
		exact &= rate_of(terms->profit[k], RK_WIDE_DOWN, &c.profit[k]);
	}
	c.weight[RK_LEVEL_WITHDRAWAL] = c.weight[RK_LEVEL_INITIAL];
	c.liability[RK_LEVEL_WITHDRAWAL] = c.liability[RK_LEVEL_INITIAL];
	c.profit[RK_LEVEL_WITHDRAWAL].raw = 0;
	*ret_exact = exact;
	return c;
}

/* What a unit is chosen for. */
struct counted {
	struct num amount; /* the largest */
	int amount_places; /* of the finest */
	struct num price;
	struct num price_max;
	int decimals_max;  /* of amounts */
	struct num factor; /* of the root of an amount; 0: none */
	int shift;         /* of money: an engine's USD is 10^-shift of it */
};

/* Places of the finest of them; 0 has none. */
static int finest(struct num a, struct num b, struct num c)
{
	struct num all[] = {a, b, c};
	int most = INT_MIN / 2;

	for (size_t i = 0; i < 3; i++)
		if (num_sign(all[i]) != 0 && num_trim(all[i]).places > most)
			most = num_trim(all[i]).places;
	return most;
}

struct choice {
	int exponent; /* counted in 10^exponent tokens */
	int decimals;
	int price_decimals;
	int off; /* power of ten of what rounding loses; INT_MIN: nothing */
};

/* A factor of roots of tokens as one of roots of 10^u of them. */
static struct num factor_in(struct num factor, int u)
{
	factor.places -= u / 2;
	return factor;
}

/* Has a unit of 10^u tokens a root, and a factor of it that can be? */
static bool roots(struct num factor, int u)
{
	return u % 2 == 0 && num_cmp(factor_in(factor, u), num_of(1, 0)) <= 0;
}

static struct choice choose(const struct counted *c)
{
	int amount_e = magnitude(c->amount);
	int price_e = magnitude(c->price_max);
	int least_e = magnitude(c->price);
	int amount_places = c->amount_places;
	int price_places = num_trim(c->price).places;
	struct choice best = {.off = INT_MAX};

	for (int u = -24; u <= 30; u++) {
		struct choice now = {u, DIGITS_RAW - amount_e + u,
				     DIGITS_PRICE - price_e - u - c->shift,
				     INT_MIN};
		int has;

		if (num_sign(c->factor) > 0 && !roots(c->factor, u))
			continue;
		if (now.decimals > c->decimals_max)
			now.decimals = c->decimals_max;
		if (now.price_decimals > RK_DECIMALS_MAX)
			now.price_decimals = RK_DECIMALS_MAX;
		if (now.decimals < 0 || now.price_decimals < 0)
			continue;
		has = now.decimals - u;
		if (amount_places > has && price_e - has > now.off)
			now.off = price_e - has;
		has = now.price_decimals + u + c->shift;
		/* A price must have some digits to be one. */
		if (has + least_e < PRICE_DIGITS_LEAST)
			continue;
		if (price_places > has && amount_e - has > now.off)
			now.off = amount_e - has;
		/* Of those that are as good, the one with the finest price. */
		if (now.off < best.off ||
		    (now.off == best.off &&
		     now.exponent + now.price_decimals >
			     best.exponent + best.price_decimals))
			best = now;
	}
	return best;
}

static void count_in(struct desk *desk, const struct choice *choice,
		     struct desk_unit *ret_unit)
{
	ret_unit->places = choice->decimals - choice->exponent;
	ret_unit->price_places = choice->price_decimals + choice->exponent +
				 desk->money - RK_USD_DECIMALS;
}

/* What rounding amount and price to these units may be worth. */
static struct num lost(const struct counted *c, const struct desk_unit *unit)
{
	struct num lost = num_of(0, 0);

	if (c->amount_places > unit->places)
		lost = num_mul(num_of(1, unit->places), c->price_max);
	if (num_trim(c->price).places > unit->price_places)
		lost = num_add(lost, num_mul(num_of(1, unit->price_places),
					     num_abs(c->amount)));
	return lost;
}

static void quote(struct desk *desk, uint32_t slot, int64_t price)
{
	struct rk_quote quote = {
		.slot = slot,
		.price = {price},
		.time_ns = desk->book.time_ns,
		.seq = ++desk->book.last_id,
	};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES, .prices = {&quote, 1}};

	if (desk->code == RK_OK)
		desk->code = book_apply(&desk->book, &cmd);
}

/* List it under the terms; 0 when refused. */
static uint32_t list(struct desk *desk, struct rk_cmd *cmd,
		     const struct rk_collateral *terms)
{
	struct rk_cmd say = {.type = RK_CMD_COLLATERAL,
			     .collateral = {.terms = *terms}};
	struct rk_engine_counts counts;
	uint32_t asset;

	if (desk->code != RK_OK)
		return 0;
	rk_view_counts(desk->book.engine, &counts);
	asset = counts.assets;
	if (asset == DESK_UNITS_MAX) {
		desk->code = RK_REJ_CAPACITY;
		return 0;
	}
	(void)snprintf(cmd->asset.name, sizeof(cmd->asset.name), "A%u", asset);
	(void)snprintf(say.collateral.asset, sizeof(say.collateral.asset),
		       "A%u", asset);
	desk->code = book_apply(&desk->book, cmd);
	if (desk->code == RK_OK)
		desk->code = book_apply(&desk->book, &say);
	if (desk->code == RK_REJ_NO_CHANGE)
		desk->code = RK_OK;
	return desk->code == RK_OK ? asset : 0;
}

/* Away from the price, as the engine rounds slow prices. */
static void set_slow(struct desk *desk, uint32_t slot,
		     const struct desk_unit *unit, struct num price,
		     struct num slow)
{
	struct rk_cmd cmd = {.type = RK_CMD_SLOW_PRICE,
			     .slow_price = {.slot = slot}};
	enum rk_wide_rounding rounding =
		num_cmp(slow, price) > 0 ? RK_WIDE_UP : RK_WIDE_DOWN;

	if (desk->code != RK_OK || num_sign(slow) == 0)
		return;
	rk_slow_default(&cmd.slow_price.terms);
	(void)num_raw(slow, unit->price_places, rounding,
		      &cmd.slow_price.start.raw);
	if (cmd.slow_price.start.raw < 1)
		cmd.slow_price.start.raw = 1;
	desk->code = book_apply(&desk->book, &cmd);
}

/* What the account does not have of what all have; -1: it has more. */
static int64_t rest_of(struct num all, struct num own, int places)
{
	int64_t raw = -1;

	if (num_sign(own) > 0)
		all = num_sub(all, own);
	if (num_sign(all) < 0 || !num_raw(all, places, RK_WIDE_UP, &raw))
		return -1;
	return raw;
}

static void add_others(struct desk *desk, uint32_t id,
		       const struct desk_asset *asset)
{
	const struct desk_scale *scale = &asset->scale;
	int places = desk->assets[id].places;
	struct num all = num_sign(scale->all_held) > 0
				 ? scale->all_held
				 : num_max(scale->all_held, asset->amount);
	int64_t held = rest_of(all, asset->amount, places);
	int64_t owed = rest_of(num_max(scale->all_owed, num_neg(asset->amount)),
			       num_neg(asset->amount), places);

	if (desk->code == RK_OK && (held < 0 || owed < 0))
		desk->code = RK_REJ_OVERFLOW;
	if (desk->code == RK_OK)
		desk->code =
			book_adjust(&desk->book, HOLDER, id, (rk_amt){held});
	if (desk->code == RK_OK)
		desk->code =
			book_adjust(&desk->book, DEBTOR, id, (rk_amt){-owed});
}

static void set_scale(struct desk *desk, const char *name,
		      const struct desk_scale *scale, int exponent)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};
	struct rk_collateral_scale *to = &cmd.collateral_scale.scale;

	if (desk->code != RK_OK)
		return;
	(void)snprintf(cmd.collateral_scale.asset,
		       sizeof(cmd.collateral_scale.asset), "%s", name);
	if (!num_raw(scale->held, desk->money, RK_WIDE_DOWN, &to->held.raw) ||
	    !num_raw(scale->owed, desk->money, RK_WIDE_DOWN, &to->owed.raw) ||
	    !num_raw(factor_in(scale->size_factor, exponent), FACTOR_PLACES,
		     RK_WIDE_UP, &to->size_factor)) {
		desk->code = RK_REJ_OVERFLOW;
		return;
	}
	desk->code = book_apply(&desk->book, &cmd);
	if (desk->code == RK_REJ_NO_CHANGE)
		desk->code = RK_OK;
}

/* Without interest: only that it may be lent matters. */
static void lend(struct desk *desk, const char *name)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING,
			     .lending = {.terms = {.lendable = true,
						   .kink = {RK_RATE_ONE / 2},
						   .interval_ns = YEAR_NS}}};

	(void)snprintf(cmd.lending.asset, sizeof(cmd.lending.asset), "%s",
		       name);
	if (desk->code == RK_OK)
		desk->code = book_apply(&desk->book, &cmd);
}

static struct num dearest(const struct desk_asset *asset)
{
	struct num most = num_max(asset->price, asset->slow);

	return asset->moves ? num_max(most, asset->price_max) : most;
}

static struct num most_of(const struct desk_asset *asset)
{
	struct num most = num_abs(asset->amount);

	most = num_max(most, asset->scale.all_held);
	return num_max(most, asset->scale.all_owed);
}

/* List it with its price: 0 when refused. */
static uint32_t list_priced(struct desk *desk, const struct desk_asset *asset,
			    const struct choice *choice, struct desk_unit *unit,
			    bool *ret_exact)
{
	enum rk_wide_rounding rounding =
		num_sign(asset->amount) < 0 ? RK_WIDE_UP : RK_WIDE_DOWN;
	struct rk_cmd cmd = {.type = RK_CMD_ASSET};
	struct rk_collateral terms = take_terms(&asset->terms, ret_exact);
	bool moves = asset->moves || num_sign(asset->slow) > 0;
	struct rk_asset_view view;
	rk_px price = {0};
	uint32_t id;

	cmd.asset.decimals = (uint8_t)choice->decimals;
	cmd.asset.price_decimals = (uint8_t)choice->price_decimals;
	(void)num_raw(asset->price, unit->price_places, rounding, &price.raw);
	if (moves) {
		(void)num_raw(dearest(asset), unit->price_places, RK_WIDE_UP,
			      &cmd.asset.price_max.raw);
		cmd.asset.price_age_max_ns = YEAR_NS;
	} else {
		cmd.asset.fixed_price = price;
	}
	id = list(desk, &cmd, &terms);
	if (id == 0 || !moves)
		return id;
	(void)rk_view_asset(desk->book.engine, id, &view);
	unit->slot = view.slot;
	quote(desk, view.slot, price.raw);
	set_slow(desk, view.slot, unit, asset->price, asset->slow);
	return id;
}

uint32_t desk_asset(struct desk *desk, const struct desk_asset *asset)
{
	const struct counted counted = {
		.amount = most_of(asset),
		.amount_places = finest(asset->amount, asset->scale.all_held,
					asset->scale.all_owed),
		.price = asset->price,
		.price_max = dearest(asset),
		.decimals_max = RK_ASSET_DECIMALS_MAX,
		.factor = asset->scale.size_factor,
		.shift = desk->money - RK_USD_DECIMALS,
	};
	struct counted own = counted;
	struct choice choice = choose(&counted);
	struct num most =
		num_max(asset->terms.liability[0], asset->terms.liability[1]);
	char name[RK_NAME_SIZE];
	struct desk_unit unit;
	bool exact;
	uint32_t id;

	if (choice.off == INT_MAX) {
		desk->code = desk->code ? desk->code : RK_REJ_OVERFLOW;
		return 0;
	}
	count_in(desk, &choice, &unit);
	id = list_priced(desk, asset, &choice, &unit, &exact);
	if (id == 0)
		return 0;
	desk->assets[id] = unit;
	(void)snprintf(name, sizeof(name), "A%u", id);
	set_scale(desk, name, &asset->scale, choice.exponent);
	if (asset->lendable)
		lend(desk, name);
	if (num_sign(most_of(asset)) > 0)
		add_others(desk, id, asset);
	own.amount = num_abs(asset->amount);
	add_slack(desk, num_mul(lost(&own, &unit), most));
	if (num_trim(asset->slow).places > unit.price_places)
		add_slack(desk, num_mul(num_mul(own.amount, most),
					num_of(1, unit.price_places)));
	add_slack(desk, num_of(3, desk->money));
	if (!exact)
		add_slack(desk, num_mul(num_abs(num_mul(asset->amount,
							counted.price_max)),
					num_of(1, RATE_PLACES)));
	return id;
}

uint32_t desk_settle_slow(struct desk *desk, struct num price, struct num slow,
			  const struct desk_terms *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET};
	struct rk_collateral collateral;
	struct rk_asset_view view;
	struct desk_unit unit = {.price_places = RK_DECIMALS_MAX};
	bool exact;
	rk_px raw;
	uint32_t id;

	collateral = take_terms(terms, &exact);
	cmd.asset.decimals = RK_ASSET_DECIMALS_MAX;
	cmd.asset.price_decimals = RK_DECIMALS_MAX;
	(void)num_raw(price, RK_DECIMALS_MAX, RK_WIDE_DOWN, &raw.raw);
	if (!exact || num_cmp(num_of(raw.raw, RK_DECIMALS_MAX), price) != 0)
		desk->code = desk->code ? desk->code : RK_REJ_BAD_PARAM;
	if (num_sign(slow) == 0) {
		cmd.asset.fixed_price = raw;
	} else {
		(void)num_raw(num_max(price, slow), RK_DECIMALS_MAX, RK_WIDE_UP,
			      &cmd.asset.price_max.raw);
		cmd.asset.price_age_max_ns = YEAR_NS;
	}
	id = list(desk, &cmd, &collateral);
	if (id != 0 && num_sign(slow) != 0) {
		(void)rk_view_asset(desk->book.engine, id, &view);
		quote(desk, view.slot, raw.raw);
		set_slow(desk, view.slot, &unit, price, slow);
	}
	desk->assets[id].places = desk->money;
	desk->assets[id].price_places = RK_DECIMALS_MAX;
	add_slack(desk, num_of(4, desk->money));
	return id;
}

uint32_t desk_settle(struct desk *desk, struct num price,
		     const struct desk_terms *terms)
{
	return desk_settle_slow(desk, price, num_of(0, 0), terms);
}

void desk_one_bracket(struct desk_perp *perp, struct num maintenance,
		      struct num initial)
{
	perp->brackets_n = 1;
	perp->brackets[0] =
		(struct desk_bracket){num_of(0, 0), maintenance, initial};
}

/* The largest it may come to. */
static struct num reach(const struct desk_perp *perp)
{
	return num_max(num_abs(perp->size), perp->most);
}

static void take_brackets(struct desk *desk, const struct desk_perp *perp,
			  struct rk_cmd_market *market)
{
	struct num most = num_mul(reach(perp), perp->price_max);
	bool exact = true;

	market->brackets_n = perp->brackets_n;
	for (uint32_t i = 0; i < perp->brackets_n; i++) {
		const struct desk_bracket *bracket = &perp->brackets[i];
		struct rk_bracket *to = &market->brackets[i];

		if (!num_raw(bracket->floor, desk->money, RK_WIDE_DOWN,
			     &to->floor.raw))
			to->floor.raw = INT64_MAX - 16 + (int64_t)i;
		exact &= rate_of(bracket->maintenance, RK_WIDE_UP,
				 &to->maintenance);
		exact &= rate_of(bracket->initial, RK_WIDE_UP, &to->initial);
	}
	if (!exact)
		add_slack(desk, num_mul(most, num_of(1, RATE_PLACES)));
}

static void take_linear(struct desk *desk, const struct desk_perp *perp,
			struct rk_cmd_market *market, struct desk_unit *unit)
{
	const struct counted counted = {
		.amount = reach(perp),
		.amount_places = finest(perp->size, perp->most, perp->most),
		.price = perp->mark,
		.price_max = perp->price_max,
		.decimals_max = RK_DECIMALS_MAX,
		.factor = perp->growth == RK_GROWTH_SQRT ? perp->factor[1]
							 : num_of(0, 0),
		.shift = desk->money - RK_USD_DECIMALS,
	};
	struct choice choice = choose(&counted);

	if (choice.off == INT_MAX) {
		desk->code = desk->code ? desk->code : RK_REJ_OVERFLOW;
		return;
	}
	count_in(desk, &choice, unit);
	market->size_decimals = (uint8_t)choice.decimals;
	market->price_decimals = (uint8_t)choice.price_decimals;
	market->multiplier = 1;
	market->price_min.raw = 1;
	add_slack(desk, num_mul(lost(&counted, unit), num_of(2, 0)));
	if (num_trim(perp->slow).places > unit->price_places)
		add_slack(desk, num_mul(counted.amount,
					num_of(1, unit->price_places)));
}

/* In what the engine's sizes, or its USD, are. */
static bool growth_of(const struct desk *desk, const struct desk_perp *perp,
		      int exponent, struct rk_margin_terms *terms)
{
	int64_t *const to[] = {&terms->factor_maintenance,
			       &terms->factor_initial};
	bool fits = true;

	for (int k = 0; k < 2; k++) {
		struct num factor = factor_in(perp->factor[k], exponent);

		if (perp->growth == RK_GROWTH_POWER) {
			factor = perp->factor[k];
			factor.places +=
				(desk->money - RK_USD_DECIMALS) / 5 * 4;
		}
		fits &= num_raw(factor, FACTOR_PLACES, RK_WIDE_UP, to[k]);
	}
	return fits;
}

static void take_growth(struct desk *desk, const struct desk_perp *perp,
			const char *market, int exponent)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN};
	struct rk_margin_terms *terms = &cmd.margin.terms;
	bool exact = true;

	if (desk->code != RK_OK || perp->growth == RK_GROWTH_NONE)
		return;
	(void)snprintf(cmd.margin.market, sizeof(cmd.margin.market), "%s",
		       market);
	terms->growth = perp->growth;
	exact &= rate_of(perp->base_share, RK_WIDE_UP, &terms->base_share);
	if (!exact || !growth_of(desk, perp, exponent, terms))
		desk->code = RK_REJ_BAD_PARAM;
	else
		desk->code = book_apply(&desk->book, &cmd);
}

/* Contracts are whole; a contract of the engine is worth more by its USD. */
static void take_inverse(struct desk *desk, const struct desk_perp *perp,
			 struct rk_cmd_market *market, struct desk_unit *unit)
{
	int shift = desk->money - RK_USD_DECIMALS;

	unit->places = 0;
	unit->price_places = DIGITS_PRICE - magnitude(perp->price_max);
	if (unit->price_places > RK_DECIMALS_MAX)
		unit->price_places = RK_DECIMALS_MAX;
	market->contract = RK_CONTRACT_INVERSE;
	market->price_decimals = (uint8_t)unit->price_places;
	market->multiplier_decimals = (uint8_t)(shift < 0 ? -shift : 0);
	(void)num_raw(perp->multiplier, shift > 0 ? shift : 0, RK_WIDE_DOWN,
		      &market->multiplier);
	(void)num_raw(perp->price_min, unit->price_places, RK_WIDE_UP,
		      &market->price_min.raw);
}

uint32_t desk_perp(struct desk *desk, const struct desk_perp *perp)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONTRACT};
	struct rk_cmd_market *market = &cmd.market;
	struct rk_engine_counts counts;
	struct rk_market_view view;
	struct desk_unit unit = {0};
	int64_t price = 0;

	if (desk->code != RK_OK)
		return 0;
	rk_view_counts(desk->book.engine, &counts);
	(void)snprintf(market->name, sizeof(market->name), "M%u",
		       counts.markets);
	(void)snprintf(market->settle, sizeof(market->settle), "A%u",
		       perp->settle);
	market->lot.raw = 1;
	market->price_age_max_ns = YEAR_NS;
	take_brackets(desk, perp, market);
	if (perp->inverse)
		take_inverse(desk, perp, market, &unit);
	else
		take_linear(desk, perp, market, &unit);
	(void)num_raw(reach(perp), unit.places, RK_WIDE_UP,
		      &market->position_max.raw);
	(void)num_raw(perp->price_max, unit.price_places, RK_WIDE_UP,
		      &market->price_max.raw);
	/* Against the account: low for a long, high for a short. */
	(void)num_raw(perp->mark, unit.price_places,
		      num_sign(perp->size) < 0 ? RK_WIDE_UP : RK_WIDE_DOWN,
		      &price);
	if (desk->code == RK_OK)
		desk->code = book_apply(&desk->book, &cmd);
	if (desk->code != RK_OK)
		return 0;
	(void)rk_view_market(desk->book.engine, counts.markets, &view);
	unit.slot = view.slot;
	desk->perps[counts.markets] = unit;
	quote(desk, view.slot, price);
	set_slow(desk, view.slot, &unit, perp->mark, perp->slow);
	take_growth(desk, perp, market->name,
		    market->size_decimals - unit.places);
	add_slack(desk, num_of(6, desk->money));
	return counts.markets;
}

void desk_nobody(struct desk *desk, struct rk_ask *ret_ask)
{
	rk_ask_nobody(desk->book.engine, ret_ask);
}

void desk_deposit(struct desk *desk, struct rk_ask *ask, uint32_t asset,
		  struct num amount)
{
	rk_amt raw;

	if (desk->code != RK_OK || num_sign(amount) == 0)
		return;
	if (!num_raw(amount, desk->assets[asset].places, RK_WIDE_DOWN,
		     &raw.raw)) {
		desk->code = RK_REJ_OVERFLOW;
		return;
	}
	if (raw.raw != 0)
		desk->code = rk_ask_deposit(ask, asset, raw);
}

void desk_hold(struct desk *desk, struct rk_ask *ask, uint32_t market,
	       struct num size, struct num cost)
{
	struct rk_market_view view;
	rk_qty raw;
	rk_amt paid;

	if (desk->code != RK_OK)
		return;
	(void)rk_view_market(desk->book.engine, market, &view);
	/* A size that is not exact is nearer to 0: its slack says so. */
	if (!num_raw(size, desk->perps[market].places, RK_WIDE_TO_ZERO,
		     &raw.raw) ||
	    !num_raw(cost, desk->assets[view.settle_asset].places, RK_WIDE_UP,
		     &paid.raw)) {
		desk->code = RK_REJ_OVERFLOW;
		return;
	}
	desk->code = rk_ask_hold(
		ask, &(struct rk_held_position){
			     .market = market, .size = raw, .cost = paid});
}

void desk_fund(struct desk *desk, struct rk_ask *ask, uint32_t market,
	       struct num funding)
{
	struct rk_position_view view;
	struct rk_held_position position = {.market = market};
	rk_amt raw;

	if (desk->code != RK_OK)
		return;
	for (uint32_t i = 0; i < rk_ask_positions(ask); i++) {
		struct rk_market_view listed;

		rk_ask_position(ask, i, &view);
		if (view.market != market)
			continue;
		(void)rk_view_market(desk->book.engine, market, &listed);
		if (!num_raw(funding, desk->assets[listed.settle_asset].places,
			     RK_WIDE_DOWN, &raw.raw)) {
			desk->code = RK_REJ_OVERFLOW;
			return;
		}
		position.size = view.size;
		position.cost = view.cost;
		position.funding = raw;
		desk->code = rk_ask_hold(ask, &position);
	}
}

void desk_rest(struct desk *desk, struct rk_ask *ask, uint32_t market,
	       struct num size)
{
	struct rk_held_order order = {
		.order = 1 + rk_ask_orders(ask),
		.market = market,
		.side = num_sign(size) > 0 ? RK_SIDE_BUY : RK_SIDE_SELL,
	};
	struct rk_market_view view;
	struct rk_slot_view slot;

	if (desk->code != RK_OK || num_sign(size) == 0)
		return;
	(void)rk_view_market(desk->book.engine, market, &view);
	(void)rk_view_slot(desk->book.engine, view.slot, &slot);
	order.price = slot.mark;
	if (!num_raw(num_abs(size), desk->perps[market].places, RK_WIDE_TO_ZERO,
		     &order.left.raw)) {
		desk->code = RK_REJ_OVERFLOW;
		return;
	}
	if (order.left.raw > 0)
		desk->code = rk_ask_rest(ask, &order);
}

void desk_choose(struct desk *desk, struct rk_ask *ask, uint32_t market,
		 struct num leverage)
{
	rk_rate raw;

	if (desk->code != RK_OK)
		return;
	if (!num_raw(leverage, RATE_PLACES, RK_WIDE_DOWN, &raw.raw))
		desk->code = RK_REJ_OVERFLOW;
	else
		desk->code = rk_ask_leverage(ask, market, raw);
	if (desk->code == RK_REJ_LEVERAGE)
		desk->code = RK_OK;
}

struct num desk_usd(const struct desk *desk, rk_usd usd)
{
	return num_of(usd.raw, desk->money);
}

struct num desk_unit_of_money(const struct desk *desk)
{
	return num_of(1, desk->money);
}

struct num desk_liquidation(const struct rk_ask *ask,
			    const struct desk_unit *unit, bool gains)
{
	struct rk_ask_prices found = rk_ask_liquidation_prices(ask, unit->slot);

	return num_of(gains ? found.low.raw : found.high.raw,
		      unit->price_places);
}
