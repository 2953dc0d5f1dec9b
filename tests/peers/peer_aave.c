/*
 * Accounts of @aave/math-utils: collateral and debts, each a row of a reserve.
 *
 * A reserve that an account both lends and owes is two assets here, as the
 * lender does not net them. E-mode is terms. Interest is not there yet: the
 * balances are those that the package gives with it.
 */
#include <string.h>

#include "desk.h"
#include "engine/rc.h"
#include "trial.h"

#define ROWS_MAX 8

static const char *const money_scale =
	"riskd's USD: 64 bits for the account (the package does not round)";

struct row {
	struct desk_asset supply;
	struct desk_asset debt;
	bool counts; /* as collateral */
};

/* Bit i from the right. */
static bool bit(const json_t *object, const char *key, long i)
{
	const char *bits = json_string_value(json_object_get(object, key));
	size_t n = bits ? strlen(bits) : 0;

	return (size_t)i < n && bits[n - 1 - (size_t)i] == '1';
}

static const json_t *mode_of(const struct trial *trial)
{
	const json_t *modes = json_object_get(trial->header, "emodes");

	for (size_t i = 0; i < json_array_size(modes); i++) {
		const json_t *mode = json_array_get(modes, i);

		if (num_cmp(in(mode, "id"), in(trial->inputs, "e")) == 0)
			return mode;
	}
	return NULL;
}

static struct row read_row(const struct trial *trial, const json_t *row,
			   const json_t *balances)
{
	const json_t *mode = mode_of(trial);
	long id = at_index(row, 0);
	const json_t *reserve = json_array_get(
		json_object_get(trial->header, "reserves"), (size_t)id);
	bool in_mode = mode && bit(mode, "collateral", id);
	const json_t *rates = in_mode ? mode : reserve;
	struct num ltv = num_mul(in(rates, "ltv"), num_of(1, 4));
	struct num lt = num_mul(in(rates, "lt"), num_of(1, 4));
	int decimals = (int)in_index(reserve, "decimals");
	struct num zero = num_of(0, 0);
	struct row r = {{.terms = desk_terms_plain()},
			{.terms = desk_terms_plain()},
			false};

	if (in_mode && bit(mode, "ltvzero", id))
		ltv = zero;
	r.counts = at_index(row, 4) == 1 && num_sign(lt) > 0;
	r.supply.price = num_mul(at(row, 1), num_of(1, 8));
	r.debt.price = r.supply.price;
	r.supply.amount = num_mul(at(balances, 0), num_of(1, decimals));
	r.debt.amount = num_neg(num_mul(at(balances, 1), num_of(1, decimals)));
	r.supply.terms.weight[0] = r.counts ? lt : zero;
	r.supply.terms.weight[1] = r.counts ? ltv : zero;
	return r;
}

/* What the engine says of the account, in dollars. */
struct seen {
	struct rk_margin margin;
	struct num collateral;
	struct num debt;
	struct num slack;
	struct num unit;
	enum rk_state state;
	int code;
};

static struct num value_of(const struct desk *desk, const struct rk_ask *ask,
			   uint32_t asset)
{
	struct rk_balance_view view;

	for (uint32_t i = 0; i < rk_ask_balances(ask); i++) {
		rk_ask_balance(ask, i, &view);
		if (view.asset == asset)
			return desk_usd(desk, view.value);
	}
	return num_of(0, 0);
}

static struct num sum_of(const struct row *rows, size_t n)
{
	struct num sum = num_of(0, 0);

	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];

		sum = num_add(
			sum, num_mul(r->supply.price, num_sub(r->supply.amount,
							      r->debt.amount)));
	}
	return sum;
}

static void look(const struct row *rows, size_t n, struct seen *seen)
{
	uint32_t supplies[ROWS_MAX] = {0};
	uint32_t debts[ROWS_MAX] = {0};
	struct desk desk;
	struct rk_ask ask;

	desk_open(&desk, desk_money_for(sum_of(rows, n)));
	for (size_t i = 0; i < n; i++) {
		if (num_sign(rows[i].supply.amount) != 0)
			supplies[i] = desk_asset(&desk, &rows[i].supply);
		if (num_sign(rows[i].debt.amount) != 0)
			debts[i] = desk_asset(&desk, &rows[i].debt);
	}
	desk_nobody(&desk, &ask);
	for (size_t i = 0; i < n; i++) {
		desk_deposit(&desk, &ask, supplies[i], rows[i].supply.amount);
		desk_deposit(&desk, &ask, debts[i], rows[i].debt.amount);
	}
	*seen = (struct seen){.code = desk.code, .slack = desk.slack};
	seen->collateral = num_of(0, 0);
	seen->debt = num_of(0, 0);
	seen->unit = desk_unit_of_money(&desk);
	if (desk.code == RK_OK) {
		rk_ask_margin(&ask, &seen->margin);
		seen->state = rk_ask_state(&ask);
	}
	for (size_t i = 0; desk.code == RK_OK && i < n; i++) {
		if (rows[i].counts)
			seen->collateral =
				num_add(seen->collateral,
					value_of(&desk, &ask, supplies[i]));
		seen->debt =
			num_sub(seen->debt, value_of(&desk, &ask, debts[i]));
	}
	desk_close(&desk);
}

static struct num usd(const struct seen *seen, rk_usd figure)
{
	return num_mul(num_of(figure.raw, 0), seen->unit);
}

/* The engine's roundings are against the account, so one side is sharp. */
static void compare_sums(struct trial *trial, const struct seen *seen)
{
	const struct num sharp = num_of(1, 20);
	struct expectation e = {
		.scale = money_scale,
		.below = seen->slack,
		.above = sharp,
	};

	e.key = "c";
	e.name = "collateral";
	e.got = seen->collateral;
	e.want = in(trial->expected, e.key);
	expect(trial, &e);
	e.key = "a";
	e.name = "available to borrow";
	e.got = num_max(num_of(0, 0), usd(seen, seen->margin.health_i));
	e.want = in(trial->expected, e.key);
	/* The package averages the loan to value first, to 24 digits. */
	e.above = num_add(sharp, num_mul(seen->collateral, num_of(1, 24)));
	expect(trial, &e);
	e.key = "d";
	e.name = "debt";
	e.got = seen->debt;
	e.want = in(trial->expected, e.key);
	e.below = sharp;
	e.above = seen->slack;
	expect(trial, &e);
}

/* a / b, and what an error of slack in each makes of it. */
static void compare_ratio(struct trial *trial, struct expectation *e,
			  struct num a, struct num b, struct num slack)
{
	struct num bound;

	/* (a + slack) / (b - slack) less a / b; dust may leave nothing. */
	if (num_cmp(b, num_mul(slack, num_of(2, 0))) <= 0) {
		leave_out(trial, e->name, "what it is divided by is dust");
		return;
	}
	bound = num_mul(
		num_of(2, 0),
		num_div(num_mul(slack, num_add(num_of(1, 0),
					       num_div(a, b, 24, RK_WIDE_UP))),
			b, 40, RK_WIDE_UP));
	e->got = num_div(a, b, 30, RK_WIDE_DOWN);
	e->want = in(trial->expected, e->key);
	e->below = num_add(bound, num_of(1, 20));
	e->above = e->below;
	expect(trial, e);
}

static void compare_ratios(struct trial *trial, const struct seen *seen)
{
	struct num assets = usd(seen, seen->margin.assets);
	struct expectation e = {.scale = money_scale, .relative = true};

	if (num_sign(seen->debt) > 0) {
		e.key = "hf";
		e.name = "health factor";
		compare_ratio(trial, &e, assets, seen->debt, seen->slack);
	}
	if (num_sign(seen->collateral) > 0) {
		e.key = "lt";
		e.name = "liquidation threshold";
		compare_ratio(trial, &e, assets, seen->collateral, seen->slack);
		e.key = "ltv";
		e.name = "loan to value";
		compare_ratio(
			trial, &e,
			num_add(usd(seen, seen->margin.health_i), seen->debt),
			seen->collateral, seen->slack);
	}
}

static void judge(struct trial *trial)
{
	const json_t *inputs = json_object_get(trial->inputs, "r");
	const json_t *balances = json_object_get(trial->expected, "b");
	size_t n = json_array_size(inputs);
	struct row rows[ROWS_MAX];
	struct seen seen;
	struct num hf = in(trial->expected, "hf");
	struct num away;

	if (n > ROWS_MAX) {
		leave_out(trial, "account", "more rows than are read");
		return;
	}
	for (size_t i = 0; i < n; i++)
		rows[i] = read_row(trial, json_array_get(inputs, i),
				   json_array_get(balances, i));
	look(rows, n, &seen);
	leave_out(trial, "b (interest)",
		  "balances bear no interest here: its results are taken");
	if (seen.code != RK_OK) {
		leave_out(trial, "account", "the engine refuses it");
		return;
	}
	compare_sums(trial, &seen);
	compare_ratios(trial, &seen);
	/* hf is -1 without debt; 1 is safe. */
	away = num_mul(num_sub(hf, num_of(1, 0)), seen.debt);
	expect_truth(trial, &(struct truth){
				    .key = "hf",
				    .name = "liquidatable",
				    .scale = money_scale,
				    .got = seen.state >= RK_STATE_LIQUIDATING,
				    .want = num_sign(hf) >= 0 &&
					    num_cmp(hf, num_of(1, 0)) < 0,
				    .margin = away,
				    .tolerance = num_add(
					    seen.slack,
					    num_mul(seen.debt, num_of(1, 20))),
				    .strict = true,
				    .may_say = true,
			    });
}

const struct peer peer_aave = {"aave", "@aave/math-utils 1.38.0", judge};
