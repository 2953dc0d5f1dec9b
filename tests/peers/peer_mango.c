/*
 * What the package says of an account of Mango v4, and the engine. See mango.h.
 */
#include "engine/rc.h"
#include "mango.h"

static const char *const scale_of_health =
	"a native unit a term, 2^-48 of each amount: the package's I80F48";

/* The package's own unit: one native, and 2^-48 of each amount, a term. */
static struct num package_unit(const struct mango_account *a)
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
			mango_entry(a->trial, "perps", at_index(row, 0));
		struct num lots = num_add(num_abs(at(row, 3)),
					  num_add(at(row, 5), at(row, 6)));

		amounts = num_add(amounts, num_mul(lots, in(market, "base")));
	}
	return num_add(num_of((rk_i128)terms, 0),
		       num_div(num_mul(amounts, num_of(2, 0)), mango_two_48(),
			       MANGO_PLACES, RK_WIDE_UP));
}

static struct num tolerance_of(const struct mango_account *a,
			       const struct mango_seen *seen)
{
	return num_add(num_add(a->slack, package_unit(a)),
		       num_mul(seen->desk.slack,
			       num_of((rk_i128)(1 + 4 * a->spots_n), 0)));
}

static void compare_ratio(struct trial *trial, const struct mango_account *a,
			  const struct mango_seen *seen, struct expectation *e)
{
	struct num debts = seen->debts;
	struct num tolerance = tolerance_of(a, seen);

	if (a->spots_n > 0) {
		leave_out(trial, "ratios with spot orders",
			  "what is owed when they are filled is told of one");
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
	e->got = num_mul(num_of(100, 0), num_div(seen->health, debts,
						 MANGO_PLACES, RK_WIDE_DOWN));
	e->want = mango_shorten(mango_fixed(in(trial->expected, e->key)));
	e->below = num_mul(
		num_of(200, 0),
		num_div(num_mul(tolerance,
				num_add(num_of(1, 0),
					num_div(num_abs(seen->health), debts,
						MANGO_PLACES, RK_WIDE_UP))),
			debts, MANGO_PLACES, RK_WIDE_UP));
	e->below = num_add(e->below, num_of(1, 3));
	e->above = e->below;
	expect(trial, e);
}

static void judge_kind(struct trial *trial, enum mango_kind kind)
{
	static const char *const keys[MANGO_KINDS] = {"i", "m", "e"};
	static const char *const names[MANGO_KINDS] = {
		"health, initial", "health, maintenance",
		"health, liquidation end"};
	static const char *const signs[MANGO_KINDS] = {
		"initial below 0", "maintenance below 0",
		"liquidation end below 0"};
	static struct mango_account account;
	struct mango_seen seen;
	struct num health;
	struct expectation e = {.key = keys[kind],
				.name = names[kind],
				.scale = scale_of_health,
				.binary = true};

	mango_read(trial, kind, &account);
	mango_look(&account, &seen);
	if (seen.desk.code != RK_OK) {
		leave_out(trial, names[kind],
			  "with its orders it has more than all have");
	} else {
		e.got = seen.health;
		health = mango_shorten(
			mango_fixed(in(trial->expected, keys[kind])));
		e.want = health;
		e.below = tolerance_of(&account, &seen);
		e.above = e.below;
		expect(trial, &e);
		e = (struct expectation){
			.key = kind == MANGO_KIND_INIT ? "ri" : "rm",
			.name = kind == MANGO_KIND_INIT ? "ratio, initial"
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
		if (kind != MANGO_KIND_END)
			compare_ratio(trial, &account, &seen, &e);
	}
	desk_close(&seen.desk);
}

/* An account of tokens and one perp, all of it in one book. */
struct whole {
	struct mango_perp perp;
	struct mango_variant held;
	struct desk desk;
	struct rk_ask ask;
	uint32_t market;
	uint32_t last; /* asset of the last token */
};

/* Up to a price, and a size. */
static void look_whole(struct mango_account *a, struct whole *w,
		       struct num highest, struct num most)
{
	struct desk_terms plain = desk_terms_plain();
	const struct mango_perp *p = &w->perp;
	struct num high =
		num_mul(num_max(p->prices.high, highest), num_of(2, 0));
	struct desk_perp perp = {.size = w->held.base,
				 .most = most,
				 .mark = p->prices.mark,
				 .slow = p->prices.slow,
				 .price_max = high};
	struct num total = num_add(
		num_mul(num_of(2, 0),
			num_mul(num_add(num_abs(w->held.base), most), high)),
		num_abs(w->held.paid));

	for (size_t i = 0; i < a->tokens_n; i++)
		total = num_add(total, mango_total(&a->tokens[i]));
	desk_open(&w->desk, desk_money_for(total));
	perp.settle = desk_settle_slow(&w->desk, a->tokens[0].price,
				       a->tokens[0].slow, &plain);
	desk_one_bracket(&perp, p->rate, p->rate);
	w->market = desk_perp(&w->desk, &perp);
	desk_nobody(&w->desk, &w->ask);
	desk_deposit(&w->desk, &w->ask, perp.settle, a->tokens[0].balance);
	for (size_t i = 1; i < a->tokens_n; i++)
		mango_put(a, &w->desk, &w->ask, &a->tokens[i],
			  a->tokens[i].balance);
	mango_put_variant(&w->desk, &w->ask, w->market, &w->held);
}

static struct num tolerance_of_whole(const struct mango_account *a,
				     const struct whole *w)
{
	return tolerance_of(a, &(struct mango_seen){.desk = w->desk});
}

static void compare_price(struct trial *trial, struct mango_account *a,
			  const json_t *row, struct num want)
{
	struct whole w = {.perp = mango_read_perp(a, row)};
	struct expectation e = {.key = "lp",
				.name = "liquidation price",
				.scale = "0.1 native of health: its search",
				.want = want,
				.relative = true,
				.binary = true};
	const struct desk_unit *unit;

	w.held = mango_fill_all(&w.perp, num_of(0, 0));
	look_whole(a, &w, want, num_of(0, 0));
	if (w.desk.code == RK_OK) {
		unit = &w.desk.perps[w.market];
		e.got = desk_liquidation(&w.ask, unit,
					 num_sign(w.held.base) > 0);
		/* What a native unit of health is in price, half of it kept. */
		e.below = num_div(num_mul(num_add(tolerance_of_whole(a, &w),
						  num_of(1, 0)),
					  num_of(2, 0)),
				  num_abs(w.held.base), MANGO_PLACES + 20,
				  RK_WIDE_UP);
		e.below = num_add(
			e.below,
			num_add(num_of(2, unit->price_places),
				num_div(num_mul(w.perp.prices.mark,
						num_of(1000, 0)),
					num_of((rk_i128)1 << 50, 0),
					MANGO_PLACES + 20, RK_WIDE_UP)));
		e.above = e.below;
		expect(trial, &e);
	} else {
		leave_out(trial, e.name, "the engine refuses it");
	}
	desk_close(&w.desk);
}

static void judge_price(struct trial *trial)
{
	const json_t *perps = json_object_get(trial->inputs, "p");
	const json_t *row = json_array_get(perps, 0);
	struct num want = mango_fixed(in(trial->expected, "lp"));
	static struct mango_account account;
	struct mango_seen seen;
	struct mango_perp p;

	if (json_array_size(perps) != 1)
		return;
	if (want.bad) {
		leave_out(trial, "liquidation price",
			  "the package has none, or was not asked");
		return;
	}
	/* Tokens alone first: what the perp is worth must be below it. */
	mango_read_tokens(trial, MANGO_KIND_MAINT, &account);
	p = mango_read_perp(&account, row);
	if (json_array_size(json_object_get(trial->inputs, "s")) > 0 ||
	    mango_has_orders(&p)) {
		leave_out(trial, "liquidation price",
			  "orders count in it there, and never at M here");
		return;
	}
	mango_look(&account, &seen);
	desk_close(&seen.desk);
	if (num_sign(seen.health) < 0 &&
	    num_cmp(p.overall, num_of(1, 0)) != 0) {
		leave_out(trial, "liquidation price",
			  "a weight of what profit leaves after its margin");
		return;
	}
	compare_price(trial, &account, row, mango_shorten(want));
}

/* The most of the last token that may be withdrawn, borrowed in part. */
static void judge_withdrawal(struct trial *trial)
{
	static struct mango_account a;
	struct num want = mango_fixed(in(trial->expected, "w"));
	struct expectation e = {.key = "w",
				.name = "withdrawable",
				.scale = "a native unit: the package's",
				.want = want,
				.relative = true,
				.binary = true};
	struct desk desk;
	struct rk_ask ask;
	struct num total = num_of(1, 0);
	struct num each;
	const struct mango_token *last;
	uint32_t id = 0;

	if (want.bad)
		return;
	mango_read_tokens(trial, MANGO_KIND_INIT, &a);
	a.tokens[a.tokens_n - 1].lendable = true;
	last = &a.tokens[a.tokens_n - 1];
	for (size_t i = 0; i < a.tokens_n; i++)
		total = num_add(total, mango_total(&a.tokens[i]));
	desk_open(&desk, desk_money_for(total));
	desk_nobody(&desk, &ask);
	for (size_t i = 0; i + 1 < a.tokens_n; i++)
		mango_put(&a, &desk, &ask, &a.tokens[i], a.tokens[i].balance);
	id = mango_list(&a, &desk, last, last->balance);
	desk_deposit(&desk, &ask, id, last->balance);
	if (desk.code != RK_OK) {
		leave_out(trial, e.name, "the engine refuses it");
		desk_close(&desk);
		return;
	}
	e.got = num_of(rk_ask_withdrawable(&ask, id).raw,
		       desk.assets[id].places);
	each = num_mul(last->liability, last->owed_price);
	if (num_cmp(last->balance, want) >= 0 && num_sign(last->weight) > 0)
		each = num_mul(last->weight, last->held_price);
	e.below = num_div(num_add(num_mul(desk.slack, num_of(2, 0)),
				  num_add(a.slack, package_unit(&a))),
			  each, MANGO_PLACES, RK_WIDE_UP);
	/* What is borrowed is weighed with as much of a rate's error. */
	e.below = num_add(e.below,
			  num_div(num_mul(num_mul(want, last->owed_price),
					  num_add(last->off, num_of(2, 9))),
				  each, MANGO_PLACES, RK_WIDE_UP));
	/* It cuts weight times price, and what is more than whole units. */
	e.below = num_add(e.below, num_div(num_mul(num_mul(want, num_of(2, 0)),
						   num_max(last->owed_price,
							   num_of(1, 0))),
					   num_mul(each, mango_two_48()),
					   MANGO_PLACES, RK_WIDE_UP));
	e.below = num_add(e.below, num_of(1, 0));
	e.above = num_add(e.below, num_of(1, 0));
	expect(trial, &e);
	desk_close(&desk);
}

/* Why a largest trade is not compared; NULL: it is. */
static const char *no_trade(struct mango_account *a, const struct mango_perp *p,
			    bool buys, struct mango_seen *seen)
{
	int side = num_sign(p->prices.slow) == 0
			   ? 0
			   : num_cmp(p->prices.slow, p->prices.mark);

	if (mango_has_orders(p))
		return "other orders rest, and are filled there";
	if (buys ? side > 0 : side < 0)
		return "what rests gains nothing, at the price it is required "
		       "for";
	/* With nothing left the perp is worth less than 0 then: no weight. */
	mango_look(a, seen);
	desk_close(&seen->desk);
	return num_sign(seen->health) > 0
		       ? NULL
		       : "a weight of what profit leaves after its margin";
}

static void compare_trade(struct trial *trial, struct mango_account *a,
			  const struct mango_perp *p, bool buys)
{
	struct whole w = {.perp = *p};
	const char *key = buys ? "bid" : "ask";
	struct num want = in(trial->expected, key);
	struct expectation e = {.key = key,
				.name = buys ? "largest buy, lots"
					     : "largest sell, lots",
				.scale = "0.1 % of debts: its search",
				.want = want,
				.relative = true};
	struct num after;
	struct num size;
	struct mango_seen seen;
	const char *why;
	struct rk_market_view market;
	struct rk_slot_view slot;

	if (want.bad)
		return;
	why = no_trade(a, p, buys, &seen);
	after = num_add(p->lots, buys ? want : num_neg(want));
	if (!why && num_cmp(num_abs(after), num_abs(p->lots)) < 0)
		why = "it ends with less than there is: what rests only adds";
	if (why) {
		leave_out(trial, e.name, why);
		return;
	}
	w.held = mango_fill_all(p, num_of(0, 0));
	size = num_mul(num_add(num_abs(p->lots), num_mul(want, num_of(2, 0))),
		       p->lot);
	look_whole(a, &w, num_of(0, 0), size);
	if (w.desk.code == RK_OK) {
		(void)rk_view_market(w.desk.book.engine, w.market, &market);
		(void)rk_view_slot(w.desk.book.engine, market.slot, &slot);
		e.got = num_of(
			rk_ask_order_size(&w.ask, w.market,
					  buys ? RK_SIDE_BUY : RK_SIDE_SELL,
					  slot.mark, (rk_rate){0})
				.raw,
			w.desk.perps[w.market].places);
		e.got = num_div(e.got, p->lot, 9, RK_WIDE_DOWN);
		e.below = num_div(
			num_mul(tolerance_of_whole(a, &w), num_of(2, 0)),
			num_mul(num_mul(p->rate, p->lot), p->prices.low),
			MANGO_PLACES, RK_WIDE_UP);
		e.below = num_add(e.below, num_of(1, 0));
		/* So much health may be left there. */
		e.above = num_div(
			num_mul(num_add(seen.health, seen.debts), num_of(1, 3)),
			num_mul(num_mul(p->rate, p->lot), p->prices.low),
			MANGO_PLACES, RK_WIDE_UP);
		e.above = num_add(e.above, num_add(e.below, num_of(1, 0)));
		expect(trial, &e);
	} else {
		leave_out(trial, e.name, "the engine refuses it");
	}
	desk_close(&w.desk);
}

static void judge_trades(struct trial *trial)
{
	const json_t *perps = json_object_get(trial->inputs, "p");
	static struct mango_account a;
	struct mango_perp p;

	if (json_array_size(perps) != 1)
		return;
	for (int buys = 0; buys < 2; buys++) {
		mango_read_tokens(trial, MANGO_KIND_INIT, &a);
		p = mango_read_perp(&a, json_array_get(perps, 0));
		compare_trade(trial, &a, &p, buys == 1);
	}
}

static void judge(struct trial *trial)
{
	for (enum mango_kind kind = MANGO_KIND_INIT; kind < MANGO_KINDS; kind++)
		judge_kind(trial, kind);
	judge_price(trial);
	judge_withdrawal(trial);
	judge_trades(trial);
}

const struct peer peer_mango = {
	"mango", "@blockworks-foundation/mango-v4 0.33.9", judge};
