/*
 * Accounts of @aave/math-utils: collateral and debts, each a row of a reserve.
 *
 * A reserve that an account both lends and owes is two assets here, as the
 * lender does not net them. E-mode is a group of what the account has, where
 * it owes only what may be borrowed in it: riskd asks that of all its debts,
 * and elects nothing. Else it is terms. Interest is accrued in a book of its
 * own; the account has the balances that the package gives with it, as it
 * expands by seconds what is e^x here.
 */
#include <stdio.h>
#include <string.h>

#include "accrue.h"
#include "desk.h"
#include "engine/rc.h"
#include "trial.h"

#define ROWS_MAX 8

static const char *const money_scale =
	"riskd's USD: 64 bits for the account (the package does not round)";

static const char *const expansion_scale =
	"1e-27 of a second's rate, cubed: the package's expansion";

struct row {
	struct desk_asset supply;
	struct desk_asset debt;
	struct num group[2]; /* weights in the mode, M and I */
	bool in_group;       /* as collateral */
	bool counts;         /* as collateral */
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

static const json_t *reserve_of(const struct trial *trial, const json_t *row)
{
	return json_array_get(json_object_get(trial->header, "reserves"),
			      (size_t)at_index(row, 0));
}

/*
 * May the mode be a group? A group only makes a weight better, and only as long
 * as something is owed, all of it of the group.
 */
static bool is_group(const struct trial *trial, const json_t *mode)
{
	const json_t *rows = json_object_get(trial->inputs, "r");
	bool owes = false;

	for (size_t i = 0; mode && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const json_t *reserve = reserve_of(trial, row);
		long id = at_index(row, 0);

		if (num_sign(at(row, 3)) > 0) {
			owes = true;
			if (!bit(mode, "borrow", id))
				return false;
		}
		if (bit(mode, "collateral", id) &&
		    (bit(mode, "ltvzero", id) ||
		     num_cmp(in(mode, "lt"), in(reserve, "lt")) < 0 ||
		     num_cmp(in(mode, "ltv"), in(reserve, "ltv")) < 0))
			return false;
	}
	return owes;
}

static struct row read_row(const struct trial *trial, const json_t *row,
			   const json_t *balances, bool group)
{
	const json_t *mode = mode_of(trial);
	const json_t *reserve = reserve_of(trial, row);
	long id = at_index(row, 0);
	bool in_mode = mode && bit(mode, "collateral", id);
	const json_t *rates = in_mode ? mode : reserve;
	struct num ltv = num_mul(in(rates, "ltv"), num_of(1, 4));
	struct num lt = num_mul(in(rates, "lt"), num_of(1, 4));
	int decimals = (int)in_index(reserve, "decimals");
	struct num zero = num_of(0, 0);
	struct row r = {.supply = {.terms = desk_terms_plain()},
			.debt = {.terms = desk_terms_plain()}};

	if (in_mode && bit(mode, "ltvzero", id))
		ltv = zero;
	r.counts = at_index(row, 4) == 1 && num_sign(lt) > 0;
	r.in_group = group && in_mode && r.counts;
	r.group[0] = lt;
	r.group[1] = ltv;
	if (r.in_group) {
		lt = num_mul(in(reserve, "lt"), num_of(1, 4));
		ltv = num_mul(in(reserve, "ltv"), num_of(1, 4));
	}
	r.supply.price = num_mul(at(row, 1), num_of(1, 8));
	r.debt.price = r.supply.price;
	r.supply.amount = num_mul(at(balances, 0), num_of(1, decimals));
	r.debt.amount = num_neg(num_mul(at(balances, 1), num_of(1, decimals)));
	r.supply.terms.weight[0] = r.counts ? lt : zero;
	r.supply.terms.weight[1] = r.counts ? ltv : zero;
	return r;
}

static void join(struct desk *desk, uint32_t asset, const struct num weight[2])
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE, .emode = {.group = "MODE"}};
	struct rk_emode *entry = &cmd.emode.entry;

	if (desk->code != RK_OK || asset == 0)
		return;
	(void)snprintf(cmd.emode.asset, sizeof(cmd.emode.asset), "A%u", asset);
	entry->debt = !weight;
	entry->collateral = weight;
	for (int k = 0; weight && k < RK_LEVELS; k++)
		(void)num_raw(weight[k > 0], 9, RK_WIDE_DOWN,
			      &entry->weight[k].raw);
	desk->code = book_apply(&desk->book, &cmd);
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

static void look(const struct row *rows, size_t n, bool group,
		 struct seen *seen)
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
		if (rows[i].in_group)
			join(&desk, supplies[i], rows[i].group);
		if (group)
			join(&desk, debts[i], NULL);
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

static void compare_ratios(struct trial *trial, const struct seen *seen,
			   bool group)
{
	struct num assets = usd(seen, seen->margin.assets);
	struct expectation e = {.scale = money_scale, .relative = true};

	if (num_sign(seen->debt) > 0) {
		e.key = "hf";
		e.name = group ? "health factor, in a group" : "health factor";
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

/* How far apart two expansions to three terms are, as a part of the amount:
 * of (1 + r)^t in 1e-27, and of e^x. */
static struct num expansions_apart(struct num x, struct num t)
{
	struct num half_ray = num_of(5, 28);
	struct num pairs = num_mul(t, t);
	struct num apart = num_of(3, 18);

	if (num_sign(t) == 0)
		return apart;
	apart = num_add(
		apart, num_div(num_mul(num_mul(x, x), num_add(x, num_of(1, 0))),
			       t, 30, RK_WIDE_UP));
	apart = num_add(apart, num_mul(pairs, half_ray));
	return num_add(apart, num_mul(num_mul(pairs, t), half_ray));
}

/* x^2 / 2 + x^3 / 6: what compound interest has more than simple. */
static struct num compound_of(struct num x)
{
	struct num square = num_mul(x, x);

	return num_add(
		num_div(square, num_of(2, 0), 36, RK_WIDE_DOWN),
		num_div(num_mul(square, x), num_of(6, 0), 36, RK_WIDE_DOWN));
}

/* What one side of a row has become; the amount as of the last index. */
static void compare_interest(struct trial *trial, struct num amount,
			     struct num rate, struct num want, bool owed)
{
	struct num t = in(trial->inputs, "t");
	struct num x =
		num_div(num_mul(rate, t), num_of(31536000, 0), 30, RK_WIDE_UP);
	struct num apart = owed ? expansions_apart(x, t) : num_of(5, 18);
	struct expectation e = {
		.key = "b",
		.name = owed ? "debt with interest" : "supply with interest",
		.scale = owed ? expansion_scale : "riskd's amount, and 1e-18",
		.want = want,
		.relative = true};
	struct accrued a;
	int64_t seconds;

	if (num_sign(amount) == 0 || num_sign(rate) == 0 ||
	    !num_raw(t, 0, RK_WIDE_DOWN, &seconds))
		return;
	if (num_cmp(amount, num_of(1000000, 0)) < 0) {
		leave_out(trial, e.name,
			  "dust: a unit is more than its interest");
		return;
	}
	a = accrue(amount, rate, seconds);
	if (a.code != RK_OK) {
		leave_out(trial, e.name, "the engine refuses it");
		return;
	}
	e.got = a.owed;
	/* What is lent bears simple interest there. */
	if (!owed)
		e.got = num_sub(a.held, num_mul(amount, compound_of(x)));
	/* A unit of the engine as of before, one as of after, one of theirs. */
	e.below = num_add(num_mul(amount, apart),
			  num_add(num_mul(a.unit, num_of(4, 0)), num_of(1, 0)));
	e.above = e.below;
	expect(trial, &e);
}

static void judge_interest(struct trial *trial, const json_t *row,
			   const json_t *balances)
{
	const json_t *reserve = reserve_of(trial, row);
	struct num ray = num_of(1, 27);

	compare_interest(
		trial, num_mul(num_mul(at(row, 2), in(reserve, "li")), ray),
		num_mul(in(reserve, "lr"), ray), at(balances, 0), false);
	compare_interest(
		trial, num_mul(num_mul(at(row, 3), in(reserve, "vi")), ray),
		num_mul(in(reserve, "vr"), ray), at(balances, 1), true);
}

static void judge(struct trial *trial)
{
	const json_t *inputs = json_object_get(trial->inputs, "r");
	const json_t *balances = json_object_get(trial->expected, "b");
	size_t n = json_array_size(inputs);
	bool group = is_group(trial, mode_of(trial));
	struct row rows[ROWS_MAX];
	struct seen seen;
	struct num hf = in(trial->expected, "hf");
	struct num away;

	if (n > ROWS_MAX) {
		leave_out(trial, "account", "more rows than are read");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		rows[i] = read_row(trial, json_array_get(inputs, i),
				   json_array_get(balances, i), group);
		judge_interest(trial, json_array_get(inputs, i),
			       json_array_get(balances, i));
	}
	if (mode_of(trial) && !group)
		leave_out(trial, "e-mode as a group",
			  "nothing is owed, or something outside of it, or it "
			  "is worse: as terms");
	look(rows, n, group, &seen);
	if (seen.code != RK_OK) {
		leave_out(trial, "account", "the engine refuses it");
		return;
	}
	compare_sums(trial, &seen);
	compare_ratios(trial, &seen, group);
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
