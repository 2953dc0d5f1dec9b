/*
 * Positions of @morpho-org/blue-sdk: one collateral, one loan, one limit.
 *
 * Money is the loan token. Where its smallest unit fits, the engine rounds in
 * the same places as the protocol and must say the same to the last unit.
 * The debt is the one that the package gives with interest, as it has shares
 * and a rate that follows a target; what the market owes is compared by the
 * average of that rate.
 */
#include <string.h>

#include "desk.h"
#include "engine/interest.h"
#include "engine/rc.h"
#include "trial.h"

static const char *const exact_scale =
	"the loan's unit: both round there, so none";

/* One position, and how its tokens are counted. */
struct loan {
	int loan_decimals;
	struct num price; /* loan tokens a collateral token */
	struct num collateral;
	struct num debt;
	struct num lltv;
	struct num liquidation; /* bad: none */
	struct num unit;        /* of collateral */
	int price_places;       /* of the kept prices */
};

struct seen {
	struct desk desk;
	struct rk_ask ask;
	struct rk_margin margin;
	struct num value; /* of the collateral */
	uint32_t collateral;
	uint32_t loan;
	bool exact; /* the engine counts in the loan's own unit */
};

static struct loan read_loan(const struct trial *trial)
{
	const json_t *market =
		json_array_get(json_object_get(trial->header, "markets"),
			       (size_t)in_index(trial->inputs, "m"));
	int loan = (int)in_index(market, "loan");
	int collateral = (int)in_index(market, "collateral");
	/* 1e36 times loan units a collateral unit. */
	struct num price_unit = num_of(1, 36 + loan - collateral);

	return (struct loan){
		.loan_decimals = loan,
		.price = num_mul(in(trial->inputs, "p"), price_unit),
		.collateral =
			num_mul(in(trial->inputs, "c"), num_of(1, collateral)),
		.debt = num_mul(in(trial->expected, "d"), num_of(1, loan)),
		.lltv = num_mul(in(market, "lltv"), num_of(1, 18)),
		.liquidation = num_mul(in(trial->expected, "lp"), price_unit),
		.unit = num_of(1, collateral),
		.price_places = price_unit.places,
	};
}

/* The dearest price that matters: nothing is liquidated far above both. */
static struct num dearest(const struct loan *loan)
{
	struct num most = loan->price;

	if (!loan->liquidation.bad &&
	    num_cmp(loan->liquidation, num_mul(most, num_of(1000, 0))) < 0)
		most = num_max(most, loan->liquidation);
	return num_mul(most, num_of(2, 0));
}

static void look(const struct loan *loan, struct seen *seen)
{
	struct desk_asset collateral = {
		.price = loan->price,
		.amount = loan->collateral,
		.terms = desk_terms_plain(),
		.moves = true,
		.price_max = dearest(loan),
	};
	struct desk_asset debt = {
		.price = num_of(1, 0),
		.amount = num_neg(loan->debt),
		.terms = desk_terms_plain(),
	};
	struct num total = num_add(
		num_mul(collateral.price_max, loan->collateral), loan->debt);
	int money = desk_money_for(total);

	if (money > loan->loan_decimals)
		money = loan->loan_decimals;
	seen->exact = money == loan->loan_decimals;
	seen->collateral = 0;
	seen->loan = 0;
	for (int k = 0; k < 2; k++)
		collateral.terms.weight[k] = loan->lltv;
	desk_open(&seen->desk, money);
	if (num_sign(loan->collateral) != 0)
		seen->collateral = desk_asset(&seen->desk, &collateral);
	if (num_sign(loan->debt) != 0)
		seen->loan = desk_asset(&seen->desk, &debt);
	desk_nobody(&seen->desk, &seen->ask);
	desk_deposit(&seen->desk, &seen->ask, seen->collateral,
		     loan->collateral);
	desk_deposit(&seen->desk, &seen->ask, seen->loan, debt.amount);
	seen->value = num_of(0, 0);
	if (seen->desk.code != RK_OK)
		return;
	rk_ask_margin(&seen->ask, &seen->margin);
	for (uint32_t i = 0; i < rk_ask_balances(&seen->ask); i++) {
		struct rk_balance_view view;

		rk_ask_balance(&seen->ask, i, &view);
		if (view.asset == seen->collateral)
			seen->value = desk_usd(&seen->desk, view.value);
	}
}

/* Did the collateral and its price fit without rounding? */
static bool all_exact(const struct loan *loan, const struct seen *seen)
{
	const struct desk_unit *unit = &seen->desk.assets[seen->collateral];

	return seen->exact &&
	       (seen->collateral == 0 ||
		(num_trim(loan->collateral).places <= unit->places &&
		 num_trim(loan->price).places <= unit->price_places));
}

/* A figure in loan tokens; the engine's own is never above the true one. */
static void compare_money(struct trial *trial, const struct loan *loan,
			  const struct seen *seen, struct expectation *e)
{
	struct num wei = num_of(1, loan->loan_decimals);
	bool exact = all_exact(loan, seen);

	e->places = loan->loan_decimals;
	e->want = num_mul(in(trial->expected, e->key), wei);
	e->scale = exact ? exact_scale
			 : "riskd's amounts, prices and money: 64 bits each";
	e->below = exact ? num_of(0, 0) : num_add(seen->desk.slack, wei);
	/* The package floors the value, and again what the limit leaves. */
	e->above = exact ? num_of(0, 0) : num_mul(wei, num_of(2, 0));
	expect(trial, e);
}

static void compare_sums(struct trial *trial, const struct loan *loan,
			 const struct seen *seen)
{
	bool exact = all_exact(loan, seen);
	struct expectation e = {
		.key = "cv",
		.name = exact ? "collateral value, units" : "collateral value",
		.got = seen->value,
	};

	compare_money(trial, loan, seen, &e);
	e.key = "mb";
	e.name = exact ? "may be borrowed, units" : "may be borrowed";
	e.got = num_max(num_of(0, 0),
			desk_usd(&seen->desk, seen->margin.health_i));
	compare_money(trial, loan, seen, &e);
}

/* What one more unit in both makes of a / b. */
static struct num ratio_slack(struct num a, struct num b, struct num unit)
{
	struct num less = num_sub(b, unit);

	if (num_sign(less) <= 0)
		return (struct num){.bad = true};
	return num_sub(num_div(num_add(a, unit), less, 40, RK_WIDE_UP),
		       num_div(a, b, 40, RK_WIDE_DOWN));
}

static void compare_ratios(struct trial *trial, const struct loan *loan,
			   const struct seen *seen)
{
	struct num assets = desk_usd(&seen->desk, seen->margin.assets);
	struct num unit =
		num_add(seen->desk.slack, num_of(2, loan->loan_decimals));
	struct num wad = num_of(1, 18);
	struct expectation e = {.relative = true, .places = 18};

	if (all_exact(loan, seen)) {
		unit = num_of(0, 0);
		e.scale = "1e-18: the package's, of the same integers";
	} else {
		e.scale = "riskd's amounts, prices and money: 64 bits each";
	}
	e.key = "hf";
	e.name = "health factor";
	e.below = num_add(ratio_slack(assets, loan->debt, unit), wad);
	e.above = e.below;
	e.want = num_mul(in(trial->expected, e.key), wad);
	if (e.below.bad)
		leave_out(trial, e.name, "dust: a unit is as much as the debt");
	else {
		e.got = num_div(assets, loan->debt, 18, RK_WIDE_DOWN);
		expect(trial, &e);
	}
	e.key = "ltv";
	e.name = "loan to value";
	e.below = num_add(ratio_slack(loan->debt, seen->value, unit), wad);
	e.above = e.below;
	e.want = num_mul(in(trial->expected, e.key), wad);
	if (e.below.bad)
		leave_out(trial, e.name, "worthless collateral");
	else {
		e.got = num_div(loan->debt, seen->value, 18, RK_WIDE_UP);
		expect(trial, &e);
	}
}

/*
 * The first price that is safe. The package floors what the limit leaves of
 * the collateral to a unit of it, then asks for the price of that: too high
 * for few units. The engine's is one of its price units, and one of the loan.
 */
static void compare_price(struct trial *trial, const struct loan *loan,
			  struct seen *seen)
{
	const struct desk_unit *unit = &seen->desk.assets[seen->collateral];
	struct num safe = num_mul(loan->collateral, loan->lltv);
	struct num floored = num_round(safe, loan->unit.places, RK_WIDE_DOWN);
	struct expectation e = {
		.key = "lp",
		.name = "liquidation price",
		.scale = "riskd's price, and the unit of the loan",
		.want = loan->liquidation,
		.relative = true,
		.places = loan->price_places,
	};
	struct num one = num_of(1, unit->price_places);
	struct num told = desk_liquidation(&seen->ask, unit, true);

	if (num_sign(floored) == 0) {
		leave_out(trial, e.name,
			  "the package divides by a collateral of 0 units");
		return;
	}
	if (num_sign(told) == 0) {
		leave_out(trial, e.name,
			  "above a thousand times the price: not looked for");
		return;
	}
	e.got = num_add(told, one);
	/* By so much the package's is above the true one. */
	e.below = num_add(num_sub(num_div(loan->debt, floored, 40, RK_WIDE_UP),
				  num_div(loan->debt, safe, 40, RK_WIDE_DOWN)),
			  num_add(one, num_of(1, loan->price_places)));
	/* Value is floored before it is weighed, in both; so is each price. */
	e.above = num_add(one, num_div(num_add(seen->desk.slack,
					       num_of(2, seen->desk.money)),
				       safe, 40, RK_WIDE_UP));
	expect(trial, &e);
}

/*
 * What may be taken out. The package rounds the collateral that the debt is
 * worth up to a unit and divides it by the limit, up again: its answer is up
 * to 1 + 1 / limit units short.
 */
static void compare_withdrawal(struct trial *trial, const struct loan *loan,
			       const struct seen *seen)
{
	const struct desk_unit *unit = &seen->desk.assets[seen->collateral];
	struct num raw =
		num_of(rk_ask_withdrawable(&seen->ask, seen->collateral).raw,
		       unit->places);
	struct expectation e = {
		.key = "wc",
		.name = "withdrawable",
		.scale = "the collateral's unit, riskd's amount, a loan unit",
		.got = raw,
		.want = num_mul(in(trial->expected, "wc"), loan->unit),
		.places = loan->unit.places,
	};
	struct num wei =
		num_add(seen->desk.slack, num_of(2, loan->loan_decimals));
	/* Collateral that a unit of the loan is worth. */
	struct num worth =
		num_div(wei, num_mul(loan->price, loan->lltv), 40, RK_WIDE_UP);

	e.below = num_add(worth, num_of(1, unit->places));
	e.above = num_add(e.below,
			  num_add(loan->unit, num_div(loan->unit, loan->lltv,
						      40, RK_WIDE_UP)));
	expect(trial, &e);
}

/*
 * What the market owes with interest: both expand e^x to three terms, of the
 * package's average rate over the time. It floors each, riskd rounds each up.
 */
static void compare_interest(struct trial *trial)
{
	const json_t *market =
		json_array_get(json_object_get(trial->header, "markets"),
			       (size_t)in_index(trial->inputs, "m"));
	struct num debt = in(market, "ba");
	struct num x =
		num_mul(in(trial->expected, "r"), in(trial->inputs, "t"));
	struct expectation e = {
		.key = "ta",
		.name = "debt of the market",
		.scale = "4e-18 of it, and its unit: both round each term",
		.want = in(trial->expected, "ta"),
		.relative = true,
	};
	struct num grown;
	int64_t raw = 0;

	if (!num_raw(x, 0, RK_WIDE_UP, &raw) || raw > 4 * RK_INDEX_ONE) {
		leave_out(trial, e.name, "more than one move of an index");
		return;
	}
	grown = num_of(rk_interest_growth(raw), 18);
	e.got = num_mul(debt, grown);
	e.below = num_of(1, 0);
	e.above = num_add(e.below, num_mul(debt, num_of(4, 18)));
	expect(trial, &e);
}

static void compare(struct trial *trial, const struct loan *loan,
		    struct seen *seen)
{
	struct num wei = num_of(1, loan->loan_decimals);
	struct num room;

	compare_sums(trial, loan, seen);
	/* How far the package's own integers are from its line. */
	room = num_sub(
		num_round(num_mul(num_mul(in(trial->expected, "cv"), wei),
				  loan->lltv),
			  loan->loan_decimals, RK_WIDE_DOWN),
		loan->debt);
	expect_truth(
		trial,
		&(struct truth){
			.key = "ok",
			.name = "healthy",
			.scale = "the loan's unit, or riskd's money",
			.got = seen->margin.health_m.raw >= 0,
			.want = json_is_true(
				json_object_get(trial->expected, "ok")),
			.margin = room,
			.tolerance = all_exact(loan, seen)
					     ? num_of(-1, 0)
					     : num_add(seen->desk.slack, wei),
		});
	if (num_sign(loan->debt) == 0) {
		leave_out(trial, "ratios and price", "nothing is owed");
	} else {
		compare_ratios(trial, loan, seen);
		if (seen->collateral != 0)
			compare_price(trial, loan, seen);
	}
	if (seen->collateral != 0)
		compare_withdrawal(trial, loan, seen);
	compare_interest(trial);
	leave_out(trial, "sz (may be seized)",
		  "collateral is not sold for debts yet");
}

static void judge(struct trial *trial)
{
	struct loan loan = read_loan(trial);
	struct seen seen;

	look(&loan, &seen);
	if (seen.desk.code == RK_OK)
		compare(trial, &loan, &seen);
	else
		leave_out(trial, "account", "the engine refuses it");
	desk_close(&seen.desk);
}

const struct peer peer_morpho = {"morpho", "@morpho-org/blue-sdk 6.4.0", judge};
