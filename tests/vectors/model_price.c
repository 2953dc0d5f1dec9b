/*
 * Vectors about prices at which something happens: liquidation, bankruptcy.
 *
 * The account is valued just inside and just outside of the price that is
 * expected, and must be on the two sides of the line there. Then the engine is
 * asked for the price, of that account, and of one that holds nothing but is
 * supposed to have the same.
 */
#include <string.h>

#include "engine/ask.h"
#include "engine/assert.h"
#include "engine/rc.h"
#include "model.h"

#define ACCOUNT 1
/* So many positions' roundings may blur the line, in units of money. */
#define BLUR_UNITS 32

enum line {
	LINE_HEALTH, /* equity = maintenance: liquidation beyond */
	LINE_EQUITY, /* equity = 0: bankruptcy beyond */
};

/* Where to look: one position of the only account, as its price moves. */
struct probe {
	struct book *book;
	uint32_t market;
	int side;
	struct dec size; /* unsigned */
	enum line line;
};

static int value_at(const struct probe *probe, int64_t price, int64_t *ret_raw)
{
	struct rk_account_view view;
	int r = book_mark(probe->book, probe->market, (rk_px){price});

	if (r != RK_OK)
		return r;
	view = book_view(probe->book, ACCOUNT);
	*ret_raw = probe->line == LINE_HEALTH ? view.margin.health_m.raw
					      : view.margin.equity.raw;
	return RK_OK;
}

/* Price steps that are worth more than what rounding may blur. */
static int64_t blur_steps(const struct probe *probe)
{
	/* One step of price on this size, in units of money, halved. */
	struct dec step =
		dec_mul(probe->size, dec_of(1, probe->book->scale.price));
	struct dec steps = dec_div(
		dec_of((rk_i128)2 * BLUR_UNITS, probe->book->scale.money), step,
		0, RK_ROUND_CEIL);

	if (steps.bad || steps.m > INT64_MAX / 4)
		return INT64_MAX / 4;
	return (int64_t)steps.m;
}

/* What the account has, as that of somebody who is not there. */
static void suppose_all(const struct rk_ask *there, struct rk_ask *supposed)
{
	struct rk_balance_view balance;
	struct rk_position_view position;
	int r = RK_OK;

	for (uint32_t i = 0; r == RK_OK && i < rk_ask_balances(there); i++) {
		rk_ask_balance(there, i, &balance);
		r = rk_ask_deposit(supposed, balance.asset, balance.amount);
	}
	for (uint32_t i = 0; r == RK_OK && i < rk_ask_positions(there); i++) {
		rk_ask_position(there, i, &position);
		r = rk_ask_hold(supposed, &(struct rk_held_position){
						  .market = position.market,
						  .size = position.size,
						  .cost = position.cost});
	}
	RK_ASSERT(r == RK_OK);
}

static int64_t ask_for(const struct probe *probe, const struct rk_ask *ask)
{
	struct rk_market_view market;
	int r = rk_view_market(probe->book->engine, probe->market, &market);
	struct rk_ask_prices found;

	RK_ASSERT(r == RK_OK);
	found = probe->line == LINE_HEALTH
			? rk_ask_liquidation_prices(ask, market.slot)
			: rk_ask_bankruptcy_prices(ask, market.slot);
	return probe->side > 0 ? found.low.raw : found.high.raw;
}

/* The price the engine tells must be one of these; 0: there is none. */
static void expect_told(struct vec *vec, const struct probe *probe,
			const char *key, int64_t low, int64_t high)
{
	struct rk_ask there;
	struct rk_ask supposed;
	uint32_t index = 0;
	int64_t told;
	int r = rk_view_find_account(probe->book->engine, ACCOUNT, &index);

	RK_ASSERT(r == RK_OK);
	r = rk_ask_account(probe->book->engine, index, &there);
	RK_ASSERT(r == RK_OK);
	rk_ask_nobody(probe->book->engine, &supposed);
	suppose_all(&there, &supposed);
	told = ask_for(probe, &there);
	(void)vec_check(vec, told >= low && told <= high,
			"%s: the engine tells %lld, not one of %lld..%lld", key,
			(long long)told, (long long)low, (long long)high);
	(void)vec_check(vec, ask_for(probe, &supposed) == told,
			"%s: the engine tells another price of what is only "
			"supposed",
			key);
	vec->compared -= 2; /* it is one figure */
}

/*
 * A price printed with many digits and without a tolerance was rounded to
 * them; one with few is meant as it stands.
 */
static struct dec price_tolerance(struct vec *vec, const char *key,
				  struct dec want)
{
	if (!json_object_get(vec->tolerance, key) && want.places >= 8)
		return dec_of(1, want.places);
	return vec_tolerance(vec, key, want);
}

/* A price at or below 0 is never met: on the good side at every price. */
static void expect_never(struct vec *vec, const struct probe *probe,
			 const char *key)
{
	int64_t raw = 0;
	int r = value_at(probe, 1, &raw);

	(void)vec_check(vec, r == RK_OK && raw >= 0,
			"%s: none expected, but the line is crossed at the "
			"smallest price",
			key);
	expect_told(vec, probe, key, 0, 0);
}

/* For a short it is beyond every price: on the bad side wherever one looks. */
static void expect_always(struct vec *vec, const struct probe *probe,
			  const char *key)
{
	int64_t raw = 0;
	int r = value_at(probe, 1, &raw);

	(void)vec_check(vec, r == RK_OK && raw < 0,
			"%s: below 0 expected, but the line is not crossed at "
			"the smallest price",
			key);
	expect_told(vec, probe, key, 0, 0);
}

static void expect_price(struct vec *vec, const struct probe *probe,
			 const char *key)
{
	struct dec want = vec_number(vec, vec->expected, key);
	struct dec off = price_tolerance(vec, key, want);
	int64_t steps = blur_steps(probe);
	int64_t low = 0;
	int64_t high = 0;
	int64_t at_low = 0;
	int64_t at_high = 0;
	char text[DEC_TEXT_SIZE];
	int r;

	if (dec_sign(want) <= 0 && probe->side > 0) {
		expect_never(vec, probe, key);
		return;
	}
	if (dec_sign(want) <= 0) {
		expect_always(vec, probe, key);
		return;
	}
	if (!dec_raw(dec_sub(want, off), probe->book->scale.price,
		     RK_ROUND_FLOOR, &low) ||
	    !dec_raw(dec_add(want, off), probe->book->scale.price,
		     RK_ROUND_CEIL, &high) ||
	    high > INT64_MAX - steps) {
		(void)vec_check(vec, false, "%s: does not fit", key);
		return;
	}
	low = low - steps < 1 ? 1 : low - steps;
	high += steps;
	r = value_at(probe, low, &at_low);
	if (r == RK_OK)
		r = value_at(probe, high, &at_high);
	if (probe->side < 0) {
		int64_t swap = at_low;

		at_low = at_high;
		at_high = swap;
	}
	/* at_low is now the side where the account loses. */
	(void)vec_check(vec, r == RK_OK && at_low < 0 && at_high >= 0,
			"%s: expected %s, but the engine's %s is %s on both "
			"sides of it",
			key, dec_text(want, text),
			probe->line == LINE_HEALTH ? "health" : "equity",
			at_low >= 0 ? "not below 0" : "below 0");
	expect_told(vec, probe, key, low, high);
}

/* One position of a vector. */
struct item {
	const char *symbol;
	struct dec size; /* signed */
	struct dec entry;
	struct dec mark;
	struct dec mmr;
	struct dec deduction;
	struct dec least; /* price at which its bracket must be this one */
};

static struct item read_item(struct vec *vec, const json_t *row)
{
	struct dec side = dec_of(vec_side(vec, row), 0);

	return (struct item){
		.symbol = vec_word(vec, row, "symbol"),
		.size = dec_mul(side, vec_number(vec, row, "size")),
		.entry = vec_number(vec, row, "entry"),
		.mark = vec_number(vec, row, "mark"),
		.mmr = vec_number(vec, row, "mmr"),
		.deduction = vec_number(vec, row, "maint_amount"),
	};
}

/* How high the price of the target may have to go. */
static struct dec price_reach(struct vec *vec, const char *key,
			      struct dec entry)
{
	struct dec want = vec_number(vec, vec->expected, key);
	struct dec high =
		dec_add(dec_max(want, entry), vec_tolerance(vec, key, want));

	return dec_mul(high, dec_of(2, 0));
}

static void make_room(struct room *room, struct dec size, struct dec high,
		      struct dec entry, struct dec mark)
{
	struct dec value = dec_mul(dec_abs(size), dec_mul(high, dec_of(2, 0)));

	room->total = dec_add(room->total, value);
	room->price = dec_max(room->price, high);
	room->size = dec_max(room->size, dec_abs(size));
	if (room->least.price < dec_places_of(entry, mark))
		room->least.price = dec_places_of(entry, mark);
	if (room->least.size < dec_places(size))
		room->least.size = dec_places(size);
}

/* List the market of one position and take it on. */
static int take_on(struct book *book, const struct item *item, struct dec high,
		   uint32_t *ret_market)
{
	struct book_market market = {
		.name = item->symbol,
		.price_max = high,
		.size_max = dec_abs(item->size),
	};
	rk_rate rate;
	int64_t mark;
	int r;

	if (!model_rate(item->mmr, dec_of(1, 0), &rate) ||
	    !model_deducted_bracket(
		    &market, &book->scale, rate, item->deduction,
		    dec_abs(dec_mul(item->size, item->least))) ||
	    !dec_raw(item->mark, book->scale.price, RK_ROUND_TRUNC, &mark))
		return RK_REJ_BAD_PARAM;
	r = book_market(book, &market, ret_market);
	if (r == RK_OK)
		r = book_trade(book, ACCOUNT, *ret_market, item->size,
			       item->entry);
	if (r == RK_OK)
		r = book_mark(book, *ret_market, (rk_px){mark});
	return r;
}

#define ITEMS_MAX 16

struct basket {
	struct item items[ITEMS_MAX];
	struct dec highs[ITEMS_MAX];
	size_t n;
	size_t target;
	struct dec wallet;
	bool isolated;
};

static bool read_basket(struct vec *vec, struct basket *basket)
{
	const json_t *rows = vec_array(vec, vec->inputs, "positions");
	const char *target = vec_word(vec, vec->inputs, "target");
	const char *mode = vec_word(vec, vec->inputs, "margin_mode");

	basket->isolated = strcmp(mode, "isolated") == 0;
	basket->wallet = vec_number(vec, vec->inputs, "wallet_balance");
	basket->target = ITEMS_MAX;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		struct item item = read_item(vec, json_array_get(rows, i));
		bool is_target = strcmp(item.symbol, target) == 0;

		/* Isolated: the others are other accounts, and not asked of. */
		if (basket->isolated && !is_target)
			continue;
		if (is_target)
			basket->target = basket->n;
		if (basket->n == ITEMS_MAX)
			return false;
		/* The target's own mark is not used: it starts at entry. */
		if (is_target)
			item.mark = item.entry;
		item.least = is_target ? vec_number(vec, vec->expected,
						    "liquidation_price")
				       : item.mark;
		basket->items[basket->n++] = item;
	}
	return basket->target < basket->n;
}

static int fill_basket(struct book *book, const struct basket *basket,
		       uint32_t *ret_market)
{
	int r = book_account(book, ACCOUNT,
			     basket->isolated ? RK_MODE_ISOLATED
					      : RK_MODE_CROSS);

	if (r == RK_OK)
		r = book_pay(book, ACCOUNT, basket->wallet);
	for (size_t i = 0; r == RK_OK && i < basket->n; i++) {
		uint32_t market = 0;

		r = take_on(book, &basket->items[i], basket->highs[i], &market);
		if (i == basket->target)
			*ret_market = market;
	}
	return r;
}

enum verdict model_linear_liq_price(struct vec *vec)
{
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct basket basket = {.n = 0};
	struct room room = {.total = dec_of(0, 0), .price = dec_of(1, 0)};
	struct scale scale;
	struct book book;
	struct probe probe = {.book = &book, .line = LINE_HEALTH};
	int r;

	room.size = dec_of(0, 0);
	if (!read_basket(vec, &basket))
		return vec_wait(vec, "more than %d positions, or no target",
				ITEMS_MAX);
	for (size_t i = 0; i < basket.n; i++) {
		struct item *item = &basket.items[i];

		basket.highs[i] =
			i == basket.target
				? price_reach(vec, "liquidation_price",
					      item->entry)
				: dec_max(item->entry, item->mark);
		make_room(&room, item->size, basket.highs[i], item->entry,
			  item->mark);
		if (room.least.money < dec_places(item->deduction))
			room.least.money = dec_places(item->deduction);
	}
	room.total = dec_add(room.total, dec_abs(basket.wallet));
	if (vec->broken)
		return vec_verdict(vec);
	if (!book_fit(&room, &scale))
		return vec_refused(vec, "the positions", RK_REJ_OVERFLOW);
	r = book_open(&book, scale, &risk);
	if (r == RK_OK)
		r = fill_basket(&book, &basket, &probe.market);
	if (r == RK_REJ_BAD_PARAM) {
		book_close(&book);
		return vec_wait(vec, "no bracket has such a rate and amount");
	}
	if (r == RK_OK) {
		const struct item *target = &basket.items[basket.target];

		probe.side = dec_sign(target->size);
		probe.size = dec_abs(target->size);
		expect_price(vec, &probe, "liquidation_price");
	}
	book_close(&book);
	return r == RK_OK ? vec_verdict(vec)
			  : vec_refused(vec, "the positions", r);
}

/* The price of a single isolated position with so much margin. */
static enum verdict single(struct vec *vec, struct item item, struct dec margin,
			   enum line line, const char *key)
{
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct basket basket = {.n = 1, .wallet = margin, .isolated = true};
	struct room room = {.total = dec_abs(margin), .price = dec_of(1, 0)};
	struct scale scale;
	struct book book;
	struct probe probe = {
		.book = &book,
		.side = dec_sign(item.size),
		.size = dec_abs(item.size),
		.line = line,
	};
	int r;

	item.symbol = "PERP";
	item.mark = item.entry;
	item.deduction = dec_of(0, 0);
	item.least = item.entry;
	basket.items[0] = item;
	basket.highs[0] = price_reach(vec, key, item.entry);
	room.size = dec_of(0, 0);
	make_room(&room, item.size, basket.highs[0], item.entry, item.entry);
	if (vec->broken)
		return vec_verdict(vec);
	if (!book_fit(&room, &scale))
		return vec_refused(vec, "the position", RK_REJ_OVERFLOW);
	r = book_open(&book, scale, &risk);
	if (r == RK_OK)
		r = fill_basket(&book, &basket, &probe.market);
	if (r == RK_OK)
		expect_price(vec, &probe, key);
	book_close(&book);
	return r == RK_OK ? vec_verdict(vec)
			  : vec_refused(vec, "the position", r);
}

enum verdict model_half_im_liq_price(struct vec *vec)
{
	struct dec side = dec_of(vec_side(vec, vec->inputs), 0);
	struct dec leverage = vec_number(vec, vec->inputs, "max_leverage");
	struct item item = {
		.size = dec_mul(side, vec_number(vec, vec->inputs, "size")),
		.entry = vec_number(vec, vec->inputs, "entry"),
		.mmr = dec_div(dec_of(1, 0), dec_mul(leverage, dec_of(2, 0)), 9,
			       RK_ROUND_CEIL),
	};

	return single(vec, item,
		      vec_number(vec, vec->inputs, "isolated_margin"),
		      LINE_HEALTH, "liquidation_price");
}

enum verdict model_isolated_bankruptcy_price(struct vec *vec)
{
	struct dec side = dec_of(vec_side(vec, vec->inputs), 0);
	struct dec entry = vec_number(vec, vec->inputs, "entry");
	struct dec leverage = vec_number(vec, vec->inputs, "leverage");
	struct item item = {
		/* As many units as the leverage: the margin is the entry. */
		.size = dec_mul(side, leverage),
		.entry = entry,
		.mmr = dec_of(0, 0),
	};

	return single(vec, item, entry, LINE_EQUITY, "bankruptcy_price");
}
