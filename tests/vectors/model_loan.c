/*
 * Vectors of lenders: accounts of collateral and debts. Which form a vector
 * has is seen from its figures, never from its id.
 */
#include <string.h>

#include "engine/rc.h"
#include "holdings.h"
#include "model.h"

#define FACTOR_PLACES 20 /* of a health factor, which is a division */

/* What an account of balances is, in the engine's words. */
struct loan {
	struct dec assets; /* A_M and L_M */
	struct dec liabilities;
	struct dec total; /* without weights */
	struct dec debt;
	struct dec health_m;
	struct dec health_i;
	enum rk_state state;
	int places;
};

static int look_at(const struct holding *holdings, size_t n,
		   struct loan *ret_loan)
{
	struct rk_account_view view;
	struct book book;
	int r = holdings_open(&book, holdings, n);

	if (r == RK_OK) {
		view = book_view(&book, HOLDINGS_ACCOUNT);
		*ret_loan = (struct loan){
			.assets = book_money(&book, view.margin.assets.raw),
			.liabilities =
				book_money(&book, view.margin.liabilities.raw),
			.total = holdings_assets(&book),
			.debt = holdings_debts(&book),
			.health_m = book_money(&book, view.margin.health_m.raw),
			.health_i = book_money(&book, view.margin.health_i.raw),
			.state = view.state,
			.places = book.scale.money,
		};
	}
	book_close(&book);
	return r;
}

/* A division, given as many places as it has. */
static void expect_ratio(struct vec *vec, const char *key, struct dec over,
			 struct dec under)
{
	if (dec_sign(under) <= 0) {
		(void)vec_check(
			vec, json_is_null(json_object_get(vec->expected, key)),
			"%s: there is none", key);
		return;
	}
	(void)vec_expect(vec, key,
			 dec_div(over, under, FACTOR_PLACES, RK_ROUND_FLOOR),
			 FACTOR_PLACES, RK_ROUND_FLOOR);
}

static void expect_truth(struct vec *vec, const char *key, bool got)
{
	const json_t *want = json_object_get(vec->expected, key);

	(void)vec_check(vec,
			json_is_boolean(want) &&
				json_is_true(want) == (got ? 1 : 0),
			"%s: the engine says %s", key, got ? "true" : "false");
}

static const char *const figures[] = {
	"health_factor",
	"health_factor_wad_raw",
	"liquidatable",
	"maintenance_liquidity",
	"available_borrow",
	"initial_ok",
	"total_collateral",
	"total_debt",
	"avg_ltv",
	"avg_liquidation_threshold",
	"icr",
};

/* One of these. */
static void expect(struct vec *vec, const char *key, const struct loan *loan)
{
	const struct dec zero = dec_of(0, 0);

	if (strcmp(key, "health_factor") == 0)
		expect_ratio(vec, key, loan->assets, loan->liabilities);
	else if (strcmp(key, "health_factor_wad_raw") == 0)
		(void)vec_expect(
			vec, key,
			dec_mul(dec_div(loan->assets, loan->liabilities, 18,
					RK_ROUND_FLOOR),
				dec_of(1, -18)),
			0, RK_ROUND_FLOOR);
	else if (strcmp(key, "liquidatable") == 0)
		expect_truth(vec, key, loan->state >= RK_STATE_LIQUIDATING);
	else if (strcmp(key, "maintenance_liquidity") == 0)
		(void)vec_expect(vec, key, loan->health_m, loan->places,
				 RK_ROUND_FLOOR);
	else if (strcmp(key, "available_borrow") == 0)
		(void)vec_expect(vec, key, dec_max(zero, loan->health_i),
				 loan->places, RK_ROUND_FLOOR);
	else if (strcmp(key, "initial_ok") == 0)
		expect_truth(vec, key, dec_sign(loan->health_i) >= 0);
	else if (strcmp(key, "total_collateral") == 0)
		(void)vec_expect(vec, key, loan->total, loan->places,
				 RK_ROUND_FLOOR);
	else if (strcmp(key, "total_debt") == 0)
		(void)vec_expect(vec, key, loan->debt, loan->places,
				 RK_ROUND_CEIL);
	else if (strcmp(key, "avg_ltv") == 0)
		expect_ratio(vec, key, dec_add(loan->health_i, loan->debt),
			     loan->total);
	else if (strcmp(key, "avg_liquidation_threshold") == 0)
		expect_ratio(vec, key, loan->assets, loan->total);
	else
		expect_ratio(vec, key, loan->total, loan->debt);
}

/* Judge these holdings by all that the vector expects. */
static enum verdict judge(struct vec *vec, const struct holding *holdings,
			  size_t n)
{
	struct loan loan;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	if (!holdings_fit(holdings, n))
		return vec_wait(vec, "a weight the engine cannot have");
	r = look_at(holdings, n, &loan);
	if (r != RK_OK)
		return vec_refused(vec, "the account", r);
	/* A state that is not what health says would be a fault by itself. */
	(void)vec_check(vec,
			(loan.state >= RK_STATE_LIQUIDATING) ==
				(dec_sign(loan.health_m) < 0),
			"state and health_M differ");
	vec->compared--;
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if (json_object_get(vec->expected, figures[i]))
			expect(vec, figures[i], &loan);
	if (vec->compared < json_object_size(vec->expected))
		return vec_wait(vec, "a figure that the engine does not have");
	return vec_verdict(vec);
}

static void set_weights(struct holding *holding, struct dec ltv,
			struct dec threshold)
{
	holding_set(holding->weight, ltv);
	holding->weight[RK_LEVEL_MAINTENANCE] = threshold;
	holding_set(holding->liability, dec_of(1, 0));
}

/* What it counts for, by the names that systems have for it; 1: has none. */
static void read_weights(struct vec *vec, const json_t *row,
			 struct holding *holding)
{
	static const char *const thresholds[] = {"liquidation_threshold",
						 "liquidate_cf", "lltv",
						 "liquidation_ltv"};
	static const char *const loans[] = {"ltv", "borrow_cf"};
	struct dec threshold = {.bad = true};
	struct dec ltv = {.bad = true};

	for (size_t i = 0; i < sizeof(thresholds) / sizeof(thresholds[0]); i++)
		threshold = vec_number_or(vec, row, thresholds[i], threshold);
	for (size_t i = 0; i < sizeof(loans) / sizeof(loans[0]); i++)
		ltv = vec_number_or(vec, row, loans[i], ltv);
	/* Where only one is told it is both. */
	if (threshold.bad)
		threshold = ltv.bad ? dec_of(1, 0) : ltv;
	set_weights(holding, ltv.bad ? threshold : ltv, threshold);
}

static void owe(struct holding *holding, struct dec amount, struct dec price)
{
	const struct dec one = dec_of(1, 0);

	holding->amount = dec_neg(amount);
	holding->price = price;
	set_weights(holding, one, one);
}

/* A debt that is one number, beside rows of collateral; it need not be. */
static size_t read_debt(struct vec *vec, struct holding *holding)
{
	const json_t *in = vec->inputs;
	const struct dec one = dec_of(1, 0);

	if (vec_has(in, "debt_value"))
		owe(holding, vec_number(vec, in, "debt_value"), one);
	else if (vec_has(in, "debt") &&
		 !json_is_array(json_object_get(in, "debt")))
		owe(holding, vec_number(vec, in, "debt"),
		    vec_number_or(vec, in, "debt_price", one));
	else
		return 0;
	return 1;
}

/* Rows of collateral, each with a threshold, and what is owed. */
static enum verdict judge_rows(struct vec *vec)
{
	const json_t *rows = json_object_get(vec->inputs, "collateral");
	const json_t *debts = json_object_get(vec->inputs, "debt");
	const struct dec one = dec_of(1, 0);
	struct holding holdings[HOLDINGS_MAX] = {0};
	size_t collateral_n = json_array_size(rows);
	size_t n = collateral_n + json_array_size(debts);

	if (n + 1 > HOLDINGS_MAX)
		return vec_wait(vec, "more than %d rows", HOLDINGS_MAX);
	for (size_t i = 0; i < n; i++) {
		bool owed = i >= collateral_n;
		const json_t *row =
			owed ? json_array_get(debts, i - collateral_n)
			     : json_array_get(rows, i);
		bool valued = vec_has(row, "value");
		struct dec amount =
			vec_number(vec, row, valued ? "value" : "amount");
		struct dec price =
			valued ? one : vec_number_or(vec, row, "price", one);

		holdings[i].amount = amount;
		holdings[i].price = price;
		if (owed)
			owe(&holdings[i], amount, price);
		else
			read_weights(vec, row, &holdings[i]);
	}
	n += read_debt(vec, &holdings[n]);
	return judge(vec, holdings, n);
}

/* One collateral and one debt, by names of the system. */
static enum verdict judge_pair(struct vec *vec)
{
	const json_t *in = vec->inputs;
	const struct dec one = dec_of(1, 0);
	bool valued = vec_has(in, "collateral_value");
	struct holding pair[2] = {0};

	pair[0].amount =
		vec_number(vec, in, valued ? "collateral_value" : "collateral");
	pair[0].price = vec_number_or(
		vec, in, vec_has(in, "price") ? "price" : "collateral_price",
		one);
	read_weights(vec, in, &pair[0]);
	if (read_debt(vec, &pair[1]) == 0)
		vec_absent(vec, "debt");
	/* A least ratio is of the debt. Liquity v1's is 110 %, and no input. */
	if (vec_has(in, "mcr") || vec_has(vec->expected, "icr"))
		holding_set(pair[1].liability,
			    vec_number_or(vec, in, "mcr", dec_of(11, 1)));
	return judge(vec, pair, 2);
}

enum verdict model_health_factor(struct vec *vec)
{
	if (vec_has(vec->inputs, "n_bands"))
		return vec_wait(vec, "collateral in bands of a market maker is "
				     "not there");
	return json_is_array(json_object_get(vec->inputs, "collateral"))
		       ? judge_rows(vec)
		       : judge_pair(vec);
}

enum verdict model_available_borrow(struct vec *vec)
{
	return model_health_factor(vec);
}
