/*
 * Drift's collateral and requirement of an account of balances and perps.
 *
 * Each perp is counted in dollars of its own, as a loss is collateral below 0
 * there and nets with nothing. The requirement is what the engine takes from
 * one that has nothing but the debts, and positions that neither won nor lost;
 * collateral is health and so much.
 *
 * A buffer is more of every rate, and is asked under such rates. Orders for a
 * token are those of a market that requires what the token's weights take: the
 * engine says which side is the worse, and Drift counts what that brings and
 * takes gross. The fee for each open order is Drift's constant.
 */
#include <stdio.h>
#include <string.h>

#include "engine/assert.h"
#include "engine/rc.h"
#include "holdings.h"
#include "model.h"
#include "supposed.h"

#define ROWS_MAX    8
#define RATE_PLACES 9

/* A token of which some may be bought or sold. */
struct token {
	struct holding holding;
	struct supposed position; /* in the place of it, when it has orders */
	bool has_orders;
};

struct perp {
	struct supposed position;
	struct dec rate;
};

/* What has collateral of its own: the account, or an isolated perp. */
struct part {
	struct token tokens[ROWS_MAX];
	size_t tokens_n;
	struct perp perps[ROWS_MAX];
	size_t perps_n;
	struct dec orders; /* how many are open */
};

struct account {
	struct part cross;
	struct part isolated;
	struct dec dollar; /* price of what perps are counted in */
	struct dec mean;   /* and its slow price; 0: none */
	struct dec choice; /* of a margin ratio; 0: none */
	bool initial;
	bool strict;
};

/* What a part is looked at under. */
struct look {
	const struct part *part;
	struct dec buffer;
	rk_rate leverage; /* chosen; 0: none */
	struct book book;
	uint32_t token_markets[ROWS_MAX];
	uint32_t perp_markets[ROWS_MAX];
};

struct sums {
	struct dec requirement;
	struct dec collateral;
	int places;
};

static struct dec of_kind(struct vec *vec, const struct account *a,
			  const json_t *row, const char *init,
			  const char *maint)
{
	return vec_number(vec, row, a->initial ? init : maint);
}

/* A market takes what the weights take, where both are as far from 1. */
static const char *take_orders(const struct account *a, struct token *token,
			       struct dec bids, struct dec asks)
{
	const struct dec one = dec_of(1, 0);
	struct holding *h = &token->holding;
	struct dec up = dec_add(h->amount, bids);
	struct dec down = dec_sub(h->amount, asks);
	struct dec held = dec_sub(one, h->weight[0]);
	struct dec owed = dec_sub(h->liability[0], one);
	struct dec rate = dec_sign(up) > 0 ? held : owed;

	if (a->strict && dec_cmp(h->price, h->slow) != 0)
		return "orders for a token that has two prices";
	if (dec_sign(up) > 0 && dec_sign(down) < 0 && dec_cmp(held, owed) != 0)
		return "a market requires as much of both sides";
	token->position = supposed_plain("TOKEN", h->price);
	if (dec_places(rate) > RATE_PLACES ||
	    !model_rate(rate, one, &token->position.rate) ||
	    token->position.rate.raw == 0)
		return "a rate the engine cannot have";
	token->has_orders = true;
	token->position.size = h->amount;
	token->position.cost = dec_mul(h->amount, h->price);
	token->position.bids = bids;
	token->position.asks = asks;
	return NULL;
}

static const char *read_token(struct vec *vec, const struct account *a,
			      const json_t *row, struct part *part)
{
	const struct dec none = dec_of(0, 0);
	struct token *token = &part->tokens[part->tokens_n++];
	struct holding *h = &token->holding;
	struct dec bids = dec_abs(vec_number_or(vec, row, "open_bids", none));
	struct dec asks = dec_abs(vec_number_or(vec, row, "open_asks", none));

	memset(token, 0, sizeof(*token));
	h->amount = vec_number(vec, row, "amount");
	h->price = vec_number(vec, row, "price");
	h->slow = a->strict ? vec_number(vec, row, "twap5m") : none;
	holding_set(h->weight, of_kind(vec, a, row, "init_asset_weight",
				       "maint_asset_weight"));
	holding_set(h->liability, of_kind(vec, a, row, "init_liab_weight",
					  "maint_liab_weight"));
	part->orders = dec_add(part->orders,
			       vec_number_or(vec, row, "open_orders", none));
	if (vec->broken || (dec_sign(bids) == 0 && dec_sign(asks) == 0))
		return NULL;
	return take_orders(a, token, bids, asks);
}

/* Would the ratio that is chosen change what this balance counts for? */
static bool is_chosen(const struct account *a, const struct holding *h)
{
	const struct dec one = dec_of(1, 0);

	if (dec_sign(a->choice) == 0 || dec_sign(h->amount) == 0)
		return false;
	if (dec_sign(h->amount) < 0)
		return dec_cmp(dec_add(one, a->choice), h->liability[0]) > 0;
	return dec_cmp(dec_sub(one, a->choice), h->weight[0]) < 0;
}

static const char *read_tokens(struct vec *vec, struct account *a)
{
	const json_t *rows = vec_array(vec, vec->inputs, "spot");
	const struct dec one = dec_of(1, 0);

	a->dollar = one;
	a->mean = one;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		bool dollars = i == 0 || strcmp(vec_word(vec, row, "symbol"),
						"USDC") == 0;
		const struct holding *h;
		const char *why;

		if (i == ROWS_MAX)
			return "more balances than are read";
		why = read_token(vec, a, row, &a->cross);
		if (vec->broken || why)
			return why;
		h = &a->cross.tokens[i].holding;
		if (!dollars &&
		    (is_chosen(a, h) || (dec_sign(a->choice) != 0 &&
					 a->cross.tokens[i].has_orders)))
			return "weights are an asset's, and none of an account";
		if (dollars) {
			a->dollar = h->price;
			a->mean = h->slow;
		}
	}
	if (!a->strict)
		a->mean = dec_of(0, 0);
	return NULL;
}

/* In dollars of the account, beside nothing else. */
static void own_collateral(const struct account *a, struct part *part,
			   struct dec amount)
{
	struct holding *h = &part->tokens[part->tokens_n++].holding;
	const struct dec one = dec_of(1, 0);

	*h = (struct holding){
		.amount = amount, .price = a->dollar, .slow = a->mean};
	holding_set(h->weight, one);
	holding_set(h->liability, one);
}

static const char *read_perp(struct vec *vec, struct account *a,
			     const json_t *row)
{
	const struct dec none = dec_of(0, 0);
	bool isolated = vec_has(row, "isolated_collateral");
	struct part *part = isolated ? &a->isolated : &a->cross;
	struct perp *perp = &part->perps[part->perps_n];
	struct supposed *p = &perp->position;
	struct dec won;

	if (part->perps_n++ == (isolated ? 1 : ROWS_MAX))
		return "more perps than are read";
	*p = supposed_plain("PERP", vec_number(vec, row, "price"));
	p->size = vec_number(vec, row, "size");
	p->cost = dec_neg(vec_number(vec, row, "quote"));
	p->bids = dec_abs(vec_number_or(vec, row, "open_bids", none));
	p->asks = dec_abs(vec_number_or(vec, row, "open_asks", none));
	p->profit = of_kind(vec, a, row, "pnl_init_asset_weight",
			    "pnl_maint_asset_weight");
	p->currency = a->dollar;
	p->slow = a->mean;
	perp->rate = of_kind(vec, a, row, "imr", "mmr");
	part->orders = dec_add(part->orders,
			       vec_number_or(vec, row, "open_orders", none));
	if (isolated)
		own_collateral(a, part,
			       vec_number(vec, row, "isolated_collateral"));
	won = dec_sub(dec_mul(p->size, p->mark), p->cost);
	if (a->strict && dec_cmp(a->dollar, a->mean) != 0 && !vec->broken &&
	    dec_sign(won) > 0)
		return "a profit, and what is required, are at one price of "
		       "the dollar";
	return NULL;
}

static const char *read_account(struct vec *vec, struct account *a)
{
	const json_t *perps = vec_array(vec, vec->inputs, "perp");
	const char *kind = vec_word(vec, vec->inputs, "kind");
	const struct dec none = dec_of(0, 0);
	const char *why;

	memset(a, 0, sizeof(*a));
	a->initial = strncmp(kind, "initial", 7) == 0;
	a->strict = strstr(kind, "_strict") != NULL;
	a->choice = vec_number_or(vec, vec->inputs, "user_margin_ratio", none);
	if (!a->initial)
		a->choice = none;
	if (dec_cmp(a->choice, dec_of(1, 0)) > 0)
		return "a leverage below 1";
	why = read_tokens(vec, a);
	for (size_t i = 0; !why && i < json_array_size(perps); i++)
		why = read_perp(vec, a, json_array_get(perps, i));
	return why;
}

static struct supposed perp_of(const struct look *look, size_t i,
			       char name[RK_NAME_SIZE])
{
	const struct perp *perp = &look->part->perps[i];
	struct supposed position = perp->position;

	(void)snprintf(name, RK_NAME_SIZE, "PERP%zu", i);
	position.name = name;
	position.liability = dec_add(position.liability, look->buffer);
	/* Read already: it fits, or the part is not looked at. */
	(void)model_rate(dec_add(perp->rate, look->buffer), dec_of(1, 0),
			 &position.rate);
	if (position.rate.raw == 0)
		position.rate.raw = 1;
	return position;
}

static struct supposed token_of(const struct look *look, size_t i,
				char name[RK_NAME_SIZE])
{
	struct supposed position = look->part->tokens[i].position;

	(void)snprintf(name, RK_NAME_SIZE, "TOKEN%zu", i);
	position.name = name;
	return position;
}

/* Balances as they are listed: those with orders are positions. */
static size_t holdings_of(const struct look *look,
			  struct holding holdings[ROWS_MAX])
{
	const struct part *part = look->part;

	for (size_t i = 0; i < part->tokens_n; i++) {
		holdings[i] = part->tokens[i].holding;
		for (int k = 0; k < RK_LEVELS; k++)
			holdings[i].liability[k] =
				dec_add(holdings[i].liability[k], look->buffer);
		if (part->tokens[i].has_orders)
			holdings[i].amount = dec_of(0, 0);
	}
	return part->tokens_n;
}

static int open_look(struct look *look, const struct holding *holdings,
		     size_t n)
{
	struct room room = {.total = dec_of(1, 0),
			    .price = dec_of(1, 0),
			    .size = dec_of(1, 0)};
	char name[RK_NAME_SIZE];
	struct supposed position;
	int r;

	for (size_t i = 0; i < look->part->perps_n; i++) {
		position = perp_of(look, i, name);
		supposed_room(&room, &position);
		position.cost = dec_mul(position.size, position.mark);
		supposed_room(&room, &position);
	}
	for (size_t i = 0; i < n; i++) {
		position = token_of(look, i, name);
		if (look->part->tokens[i].has_orders)
			supposed_room(&room, &position);
	}
	r = holdings_open_with(&look->book, holdings, n, &room);
	for (size_t i = 0; r == RK_OK && i < look->part->perps_n; i++) {
		position = perp_of(look, i, name);
		r = supposed_list(&look->book, &position,
				  &look->perp_markets[i]);
	}
	for (size_t i = 0; r == RK_OK && i < n; i++) {
		position = token_of(look, i, name);
		if (look->part->tokens[i].has_orders)
			r = supposed_list(&look->book, &position,
					  &look->token_markets[i]);
	}
	return r;
}

static int choose(const struct look *look, struct rk_ask *ask, uint32_t market)
{
	int r;

	if (look->leverage.raw == 0)
		return RK_OK;
	/* One that is above what the market permits changes nothing. */
	r = rk_ask_leverage(ask, market, look->leverage);
	return r == RK_REJ_LEVERAGE ? RK_OK : r;
}

/* Suppose all of it; or only what is required for: debts, and positions that
 * were bought at the mark. */
static int suppose(const struct look *look, const struct holding *holdings,
		   bool bare, struct rk_ask *ret_ask)
{
	const struct part *part = look->part;
	char name[RK_NAME_SIZE];
	int r = RK_OK;

	rk_ask_nobody(look->book.engine, ret_ask);
	for (size_t i = 0; r == RK_OK && i < part->tokens_n; i++)
		if (!bare || dec_sign(holdings[i].amount) < 0)
			r = holdings_suppose(&look->book, ret_ask, i,
					     holdings[i].amount);
	for (size_t i = 0; r == RK_OK && i < part->perps_n; i++) {
		struct supposed position = perp_of(look, i, name);

		if (bare)
			position.cost = dec_mul(position.size, position.mark);
		r = choose(look, ret_ask, look->perp_markets[i]);
		if (r == RK_OK)
			r = supposed_hold(&look->book, ret_ask, &position,
					  look->perp_markets[i]);
	}
	return r;
}

static struct dec health_of(const struct look *look, const struct rk_ask *ask)
{
	struct rk_margin margin;

	rk_ask_margin(ask, &margin);
	return book_money(&look->book, margin.health_i.raw);
}

/*
 * Add a token that has orders: what the engine takes for their worse side is
 * less health, and Drift counts that side gross.
 */
static int add_token(const struct look *look, size_t i, struct sums *sums)
{
	const struct token *token = &look->part->tokens[i];
	const struct dec none = dec_of(0, 0);
	struct dec price = token->holding.price;
	struct dec up = dec_add(token->holding.amount, token->position.bids);
	struct dec down = dec_sub(token->holding.amount, token->position.asks);
	char name[RK_NAME_SIZE];
	struct supposed position = token_of(look, i, name);
	struct dec taken;
	struct dec gross;
	struct rk_ask ask;
	bool bids;
	int r;

	rk_ask_nobody(look->book.engine, &ask);
	r = supposed_hold(&look->book, &ask, &position, look->token_markets[i]);
	if (r != RK_OK)
		return r;
	taken = dec_neg(health_of(look, &ask));
	bids = dec_cmp(dec_mul(dec_mul(dec_abs(up), price),
			       model_rate_value(position.rate)),
		       taken) == 0;
	gross = bids ? dec_mul(token->position.bids, price) : none;
	if (dec_sign(bids ? up : down) < 0)
		gross = dec_sub(gross, dec_mul(dec_mul(bids ? up : down, price),
					       token->holding.liability[0]));
	sums->requirement = dec_add(sums->requirement, gross);
	sums->collateral =
		dec_add(sums->collateral,
			dec_sub(dec_add(position.cost, gross), taken));
	return RK_OK;
}

static int measure(struct look *look, struct sums *sums)
{
	struct holding holdings[ROWS_MAX];
	size_t n = holdings_of(look, holdings);
	struct rk_ask ask;
	int r;

	*sums = (struct sums){.requirement = dec_of(0, 0),
			      .collateral = dec_of(0, 0)};
	look->book = (struct book){0};
	if (!holdings_fit(holdings, n))
		return RK_REJ_BAD_PARAM;
	for (size_t i = 0; i < look->part->perps_n; i++) {
		rk_rate rate;

		if (!model_rate(
			    dec_add(look->part->perps[i].rate, look->buffer),
			    dec_of(1, 0), &rate))
			return RK_REJ_BAD_PARAM;
	}
	r = open_look(look, holdings, n);
	if (r == RK_OK)
		r = suppose(look, holdings, true, &ask);
	if (r == RK_OK) {
		sums->requirement = dec_neg(health_of(look, &ask));
		r = suppose(look, holdings, false, &ask);
	}
	if (r == RK_OK)
		sums->collateral =
			dec_add(health_of(look, &ask), sums->requirement);
	for (size_t i = 0; r == RK_OK && i < n; i++)
		if (look->part->tokens[i].has_orders)
			r = add_token(look, i, sums);
	sums->requirement = dec_add(sums->requirement,
				    dec_mul(look->part->orders, dec_of(1, 2)));
	sums->places = look->book.scale.money;
	book_close(&look->book);
	return r;
}

/* The figures of a part under a buffer, if any of them is expected. */
static bool judge_part(struct vec *vec, const struct account *a,
		       const struct part *part, struct dec buffer,
		       const char *const keys[2])
{
	struct look look = {.part = part, .buffer = buffer};
	struct sums sums = {.places = 0};
	struct figure figure;
	int r;

	if (!vec_has(vec->expected, keys[0]) &&
	    !vec_has(vec->expected, keys[1]))
		return true;
	if (dec_sign(a->choice) > 0)
		look.leverage.raw =
			(int64_t)dec_div(dec_of(1, 0), a->choice, RATE_PLACES,
					 RK_ROUND_FLOOR)
				.m;
	r = measure(&look, &sums);
	if (r != RK_OK) {
		vec->differs =
			vec_refused(vec, "the account", r) == VERDICT_FAIL;
		return false;
	}
	if (vec_has(vec->expected, keys[0])) {
		figure = vec_figure(vec, keys[0], sums.places, RK_ROUND_CEIL);
		/* One by the leverage is not of more digits than that. */
		if (look.leverage.raw != 0)
			figure.slack = dec_mul(dec_abs(sums.requirement),
					       dec_of(1, RATE_PLACES));
		(void)vec_compare(vec, &figure, sums.requirement);
	}
	if (vec_has(vec->expected, keys[1])) {
		figure = vec_figure(vec, keys[1], sums.places, RK_ROUND_FLOOR);
		if (look.leverage.raw != 0)
			figure.slack = dec_mul(dec_abs(sums.requirement),
					       dec_of(1, RATE_PLACES));
		(void)vec_compare(vec, &figure, sums.collateral);
	}
	return true;
}

enum verdict model_weighted_margin(struct vec *vec)
{
	static const char *const keys[4][2] = {
		{"margin_requirement", "total_collateral"},
		{"margin_requirement_plus_buffer",
		 "total_collateral_plus_buffer"},
		{"isolated_requirement", "isolated_collateral"},
		{"isolated_requirement_plus_buffer",
		 "isolated_collateral_plus_buffer"},
	};
	const struct dec none = dec_of(0, 0);
	struct dec buffer = vec_number_or(vec, vec->inputs, "buffer", none);
	static struct account a;
	const char *why = read_account(vec, &a);

	if (why)
		return vec_wait(vec, "%s", why);
	if (vec->broken)
		return vec_verdict(vec);
	if (dec_sign(buffer) != 0 && dec_sign(a.choice) != 0)
		return vec_wait(vec, "a leverage that is chosen, and a buffer");
	for (size_t i = 0; i < a.cross.tokens_n; i++)
		if (dec_sign(buffer) != 0 && a.cross.tokens[i].has_orders)
			return vec_wait(vec, "orders for tokens and a buffer");
	for (size_t i = 0; i < 4; i++) {
		const struct part *part = i < 2 ? &a.cross : &a.isolated;

		if (i >= 2 && part->perps_n == 0 &&
		    (vec_has(vec->expected, keys[i][0]) ||
		     vec_has(vec->expected, keys[i][1])))
			return vec_wait(vec, "no perp is isolated");
		if (!judge_part(vec, &a, part, i % 2 == 1 ? buffer : none,
				keys[i]))
			return vec->differs ? VERDICT_FAIL : VERDICT_WAIT;
	}
	return vec_verdict(vec);
}
