/*
 * Worked numbers of other engines and venues, judged by this engine.
 *
 * Reads perp.json, or lending.json with --lending, from the folder
 * RISKD_VECTORS or from the one given by the build, and judges every vector by
 * its model or group, never by its id: a larger file of the same form is
 * judged as well. Says TAP, ends with a table of models.
 *
 * With --spoil each expected figure is first made wrong, a little more than
 * its tolerance, and every vector that passed must then fail: a comparison
 * that cannot fail proves nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "model.h"

#define MODELS_MAX 96
#define TEXT_SIZE  512

/* What the engine cannot say yet, and what will be needed to say it. */
#define WAITS_CAP       "a cap of rates is set, not derived from margins"
#define WAITS_UPCOMING  "funding still to come is no part of margin"
#define WAITS_INSURANCE "there is no insurance fund yet"
#define WAITS_ADL       "there is no auto-deleveraging yet"
#define WAITS_SPOT      "balances below 0 are not liquidated yet"
#define WAITS_PRICE     "order prices are band or bankruptcy price"
#define WAITS_LOANS     "collateral is not sold for debts yet"
#define WAITS_BACKSTOP  "there is no pool that takes debts over yet"
#define WAITS_GUARD     "prices are not limited in how fast they move yet"
#define WAITS_POOLS     "shares of liquidity pools are not assets yet"

/*
 * A judge names the inputs that it understands, at any depth, and the figures
 * that it can compare: a vector with another one is a question that was never
 * thought of here, and waits.
 */
struct model {
	const char *name;
	enum verdict (*judge)(struct vec *vec);
	const char *inputs;
	const char *figures;
	const char *waits; /* why, when it is not judged */
	unsigned cases;
	unsigned passed;
	unsigned failed;
	char waiting[1024]; /* the reasons that vectors gave, each once */
};

#define JUDGED(model, inputs, figures)                                         \
#model, model_##model, inputs, figures, NULL, 0, 0, 0, ""
#define WAITING(name, w) #name, NULL, NULL, NULL, w, 0, 0, 0, ""

static struct model perp_models[MODELS_MAX] = {
	{JUDGED(bracket_deductions, "brackets", "deductions")},
	{JUDGED(half_im_brackets, "tiers", "deductions mm_rates")},
	{JUDGED(incremental_multiplier_tiers, "other_risk_margin raw tiers",
		"adjusted maintenance_margin")},
	{JUDGED(linear_position_metrics,
		"entry leverage maint_amount mark mmr side size",
		"initial_margin maintenance_margin notional unrealized_pnl")},
	{JUDGED(imf_mmf_margin,
		"imf_ppm maint_fraction_ppm oi_lower_cap oi_upper_cap "
		"open_interest price quote_quantum size",
		"initial_margin maintenance_margin")},
	{JUDGED(slippage_risk_maint_margin,
		"mark risk_factor size slippage_factor", "maintenance_margin")},
	{JUDGED(leveraged_margin_model,
		"leverage margin_init margin_maint notional",
		"initial_margin maintenance_margin")},
	{JUDGED(linear_liq_price,
		"entry maint_amount margin_mode mark mmr positions side "
		"size symbol target wallet_balance",
		"liquidation_price")},
	{JUDGED(half_im_liq_price,
		"entry isolated_margin max_leverage side size",
		"liquidation_price")},
	{JUDGED(isolated_bankruptcy_price, "entry leverage side",
		"bankruptcy_price")},
	{JUDGED(account_equity, "balances perps", "equity")},
	{JUDGED(risk_order, "equity first maint second", "cmp")},
	{JUDGED(liquidatable, "equity maint", "liquidatable")},
	{JUDGED(perp_size_to_cover_shortage,
		"base_quantum insurance_fee liquidator_fee margin_ratio "
		"margin_shortage price quote_price",
		"size")},
	{JUDGED(perp_partial_liquidation,
		"base_step buffer collateral liquidator_fee "
		"max_insurance_fee mmr price quote_entry size",
		"equity_after insurance_fee_paid liquidator_quote "
		"liquidator_size quote_after requirement_after size_after")},
	{JUDGED(prorata_bankruptcy_value,
		"base_quantum close delta imf_ppm maint_fraction_ppm "
		"positions price quote_balance quote_quantum size symbol",
		"quote_value")},
	{JUDGED(weighted_margin,
		"amount buffer imr init_asset_weight init_liab_weight "
		"isolated_collateral kind maint_asset_weight "
		"maint_liab_weight mmr open_asks open_bids open_orders perp "
		"pnl_init_asset_weight pnl_maint_asset_weight price quote "
		"size spot symbol twap5m user_margin_ratio",
		"isolated_collateral isolated_collateral_plus_buffer "
		"isolated_requirement isolated_requirement_plus_buffer "
		"margin_requirement margin_requirement_plus_buffer "
		"total_collateral total_collateral_plus_buffer")},
	{JUDGED(token_health,
		"amount ask_lots base base_asset_weight base_liab_weight "
		"base_lot base_lots bid_lots borrow_scale_start "
		"deposit_scale_start highest_bid iaw ilw lowest_ask "
		"overall_asset_weight perps price quote reserved_base "
		"reserved_quote settle spot_orders stable_price symbol "
		"tokens total_borrows total_deposits",
		"health")},
	{JUDGED(max_withdrawable,
		"asset_weight decimals margin_requirement price "
		"quote_quantum safety_quanta total_collateral",
		"amount")},
	{JUDGED(stable_price_init_health,
		"amount asset liab oracle scale_start stable total_borrows "
		"total_deposits weight",
		"health")},
	{JUDGED(scaled_asset_weight,
		"asset_weight price scale_start total_deposits", "weight")},
	{JUDGED(size_adjusted_weights,
		"asset_weight imf_factor liab_weight size",
		"asset_weight liab_weight")},
	{WAITING(fillable_price, WAITS_PRICE)},
	{JUDGED(premium_clamp_funding,
		"clamp impact_ask impact_bid interest_rate_8h "
		"interval_hours oracle size",
		"premium rate_8h")},
	{JUDGED(funding_index_settlement, "index_last index_now size",
		"credit")},
	{JUDGED(funding_index_delta,
		"base_resolution price quote_resolution rate_8h_ppm seconds",
		"index_delta")},
	{WAITING(funding_clamp_im_minus_mm, WAITS_CAP)},
	{JUDGED(twap_funding_rate,
		"clamp_divisor interval_seconds mark_twap oracle_twap "
		"rate_quantum",
		"rate_per_base")},
	{WAITING(funding_in_margin, WAITS_UPCOMING)},
	{WAITING(insurance_fund_delta, WAITS_INSURANCE)},
	{WAITING(insurance_payout_caps, WAITS_INSURANCE)},
	{WAITING(perp_insurance_fee, WAITS_INSURANCE)},
	{WAITING(spot_insurance_fee, WAITS_INSURANCE)},
	{WAITING(liquidation_fee_ramp, WAITS_INSURANCE)},
	{WAITING(loss_waterfall_pnl_first, WAITS_INSURANCE)},
	{WAITING(socialize_perp_loss, WAITS_ADL)},
	{JUDGED(socialize_deposit_loss,
		"deposit_index index_quantum loss total_deposits",
		"index_decrease")},
	{WAITING(adl_queue, WAITS_ADL)},
	{JUDGED(worst_case_orders,
		"amount asset_weight liab_weight open_asks open_bids price",
		"free_collateral_contribution orders_value token_amount "
		"weighted_value")},
	{JUDGED(isolated_order_margin, "margin_factor price size",
		"order_margin")},
	{WAITING(token_liquidation, WAITS_SPOT)},
	{WAITING(liab_transfer_to_cover_shortage, WAITS_SPOT)},
	{WAITING(liab_implied_by_asset, WAITS_SPOT)},
	{WAITING(asset_for_liab, WAITS_SPOT)},
	{WAITING(spot_partial_liquidation, WAITS_SPOT)},
};

/* Lenders: the groups of lending.json. */
static struct model lending_models[MODELS_MAX] = {
	{JUDGED(health_factor,
		"amount amplification base_price borrow_cf collateral "
		"collateral_price collateral_value debt debt_price "
		"debt_value liquidate_cf liquidation_discount "
		"liquidation_ltv liquidation_threshold lltv ltv mcr n1 "
		"n_bands oracle_price price value",
		"available_borrow avg_liquidation_threshold avg_ltv health "
		"health_factor health_factor_wad_raw health_full icr "
		"initial_ok liquidatable maintenance_liquidity "
		"total_collateral total_debt x_down")},
	{JUDGED(available_borrow,
		"amount amplification base_price borrow_cf collateral "
		"collateral_price collateral_value debt debt_price "
		"debt_value liquidate_cf liquidation_discount "
		"liquidation_ltv liquidation_threshold lltv ltv mcr n1 "
		"n_bands oracle_price price value",
		"available_borrow avg_liquidation_threshold avg_ltv health "
		"health_factor health_factor_wad_raw health_full icr "
		"initial_ok liquidatable maintenance_liquidity "
		"total_collateral total_debt x_down")},
	{WAITING(liquidation_amounts, WAITS_LOANS)},
	{WAITING(close_factor, WAITS_LOANS)},
	{WAITING(dust_rule, WAITS_LOANS)},
	{WAITING(liquidation_bonus_curve, WAITS_LOANS)},
	{WAITING(target_health_liquidation, WAITS_LOANS)},
	{WAITING(liquidation_discount, WAITS_LOANS)},
	{WAITING(liquidation_limit, WAITS_LOANS)},
	{WAITING(liquidation_incentive, WAITS_LOANS)},
	{WAITING(dutch_auction_curve, WAITS_LOANS)},
	{WAITING(dutch_auction_fill, WAITS_LOANS)},
	{WAITING(dutch_auction_reset, WAITS_LOANS)},
	{WAITING(bad_debt, WAITS_LOANS)},
	{WAITING(backstop_pool, WAITS_BACKSTOP)},
	{JUDGED(interest_rate_model,
		"available base borrow borrow_kink debt high kink low "
		"optimal reserve_factor slope1 slope2 supply supply_kink "
		"unbacked utilization",
		"borrow_apr supply_apr")},
	{JUDGED(interest_accrual,
		"apr base_index_raw borrow_amount elapsed_s index_high_ray "
		"index_low_ray supply_amount",
		"borrow_scaled debt_balance_at_high factor_ray_raw "
		"index_after_raw rate_per_second_raw repay8_burn "
		"supply_balance_at_high supply_balance_at_low supply_scaled "
		"true_exp withdraw6_burn_at_low")},
	{WAITING(lp_math, WAITS_POOLS)},
	{WAITING(lp_value, WAITS_POOLS)},
	{JUDGED(parameter_ramp,
		"elapsed_since_start_s lt_final_bps lt_initial_bps "
		"ramp_duration_s",
		"lt_bps")},
	{WAITING(oracle_guard, WAITS_GUARD)},
};

/* How a file is written, and who judges it. */
struct form {
	const char *file;
	const char *model;
	const char *inputs;
	const char *expected;
	struct model *models;
};

static const struct form perp_form = {"perp.json", "model", "inputs",
				      "expected", perp_models};
static const struct form lending_form = {"lending.json", "group", "in", "out",
					 lending_models};

_Noreturn void rk_panic(const char *what, const char *file, int line)
{
	printf("Bail out! %s:%d: %s\n", file, line, what);
	(void)fflush(stdout);
	abort();
}

/* The row of a model; one that is not known gets a row of its own. */
static struct model *find_model(struct model *models, const char *name)
{
	size_t i = 0;

	while (i < MODELS_MAX && models[i].name &&
	       strcmp(models[i].name, name) != 0)
		i++;
	if (i == MODELS_MAX)
		return NULL;
	if (!models[i].name) {
		models[i].name = name;
		models[i].waits = "this model is not known here";
	}
	return &models[i];
}

/*
 * A number further off than its tolerance, than its last digits and than one
 * in ten thousand: beyond all that rounding explains, and no more.
 */
static json_t *spoil_text(struct vec *vec, const char *key, const char *text)
{
	struct dec number = dec_parse(text);
	struct dec off =
		dec_add(dec_mul(vec_tolerance(vec, key, number), dec_of(3, 0)),
			dec_of(30, number.places));
	struct dec part = dec_mul(dec_abs(number), dec_of(1, 4));
	char spoiled[DEC_TEXT_SIZE];

	return json_string(
		dec_text(dec_add(number, dec_add(off, part)), spoiled));
}

static json_t *spoil(struct vec *vec, const char *key, const json_t *value)
{
	char text[DEC_TEXT_SIZE];
	json_t *array;

	if (json_is_boolean(value))
		return json_boolean(!json_is_true(value));
	if (json_is_null(value))
		return json_string("1");
	if (json_is_integer(value)) {
		(void)snprintf(text, sizeof(text), "%lld",
			       (long long)json_integer_value(value));
		return spoil_text(vec, key, text);
	}
	if (!json_is_array(value))
		return spoil_text(vec, key, json_string_value(value));
	array = json_array();
	for (size_t i = 0; i < json_array_size(value); i++)
		json_array_append_new(
			array, spoil_text(vec, key,
					  json_string_value(
						  json_array_get(value, i))));
	return array;
}

/*
 * Judge the vector once for each figure it expects, with that one spoiled.
 * True when every one of them was noticed.
 */
static bool notices(const struct model *model, const struct vec *good,
		    json_t *expected, char why[TEXT_SIZE])
{
	void *at = json_object_iter(expected);

	for (; at; at = json_object_iter_next(expected, at)) {
		const char *key = json_object_iter_key(at);
		json_t *spoiled = json_deep_copy(expected);
		struct vec vec = {
			.inputs = good->inputs,
			.expected = spoiled,
			.tolerance = good->tolerance,
		};
		enum verdict verdict;

		json_object_set_new(
			spoiled, key,
			spoil(&vec, key, json_object_iter_value(at)));
		verdict = model->judge(&vec);
		json_decref(spoiled);
		if (verdict == VERDICT_FAIL && !vec.broken)
			continue;
		(void)snprintf(why, TEXT_SIZE, "a wrong %s was not noticed%s%s",
			       key, vec.broken ? ": " : "",
			       vec.broken ? vec.why : "");
		return false;
	}
	return true;
}

/*
 * Tolerances by figure. Lending vectors have one, "tol", for all of them:
 * "0", "1e-18" or "rel:1e-9".
 */
static json_t *read_tolerance(const struct form *form, const json_t *vector)
{
	const char *tol = json_string_value(json_object_get(vector, "tol"));
	json_t *expected = json_object_get(vector, form->expected);
	void *at = json_object_iter(expected);
	json_t *tolerance;
	char text[DEC_TEXT_SIZE];
	bool relative;
	struct dec value;

	if (!tol)
		return json_incref(json_object_get(vector, "tolerance"));
	tolerance = json_object();
	relative = strncmp(tol, "rel:", 4) == 0;
	value = dec_parse_scientific(tol + (relative ? 4 : 0));
	for (; at; at = json_object_iter_next(expected, at))
		json_object_set_new(tolerance, json_object_iter_key(at),
				    json_sprintf("%s%s", relative ? "rel " : "",
						 dec_text(value, text)));
	return tolerance;
}

/* Is this word one of the list? */
static bool is_listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(list, word); at;
	     at = strstr(at + 1, word)) {
		bool starts = at == list || at[-1] == ' ';

		if (starts && (at[n] == ' ' || at[n] == '\0'))
			return true;
	}
	return false;
}

/* The first key at any depth that is not listed; NULL when all are. */
static const char *find_stranger(json_t *value, const char *list)
{
	const char *found = NULL;
	const char *key;
	json_t *member;
	size_t i;

	json_object_foreach(value, key, member)
	{
		found = is_listed(list, key) ? find_stranger(member, list)
					     : key;
		if (found)
			return found;
	}
	json_array_foreach(value, i, member)
	{
		found = find_stranger(member, list);
		if (found)
			return found;
	}
	return NULL;
}

/* Does it ask, or say, what the judge knows nothing of? */
static bool is_strange(const struct model *model, const struct form *form,
		       const json_t *vector, struct vec *vec)
{
	const char *key = find_stranger(json_object_get(vector, form->inputs),
					model->inputs);
	const char *figure = find_stranger(
		json_object_get(vector, form->expected), model->figures);

	if (key)
		(void)vec_wait(vec, "an input %s, not known here", key);
	else if (figure)
		(void)vec_wait(vec, "it expects %s, not known here", figure);
	return key || figure;
}

static enum verdict judge(const struct model *model, const struct form *form,
			  const json_t *vector, bool spoiled,
			  char why[TEXT_SIZE])
{
	json_t *tolerance = read_tolerance(form, vector);
	json_t *expected = json_object_get(vector, form->expected);
	struct vec vec = {
		.inputs = json_object_get(vector, form->inputs),
		.expected = expected,
		.tolerance = tolerance,
	};
	enum verdict verdict = VERDICT_WAIT;

	if (!is_strange(model, form, vector, &vec))
		verdict = model->judge(&vec);
	(void)snprintf(why, TEXT_SIZE, "%s", vec.why);
	if (spoiled && verdict == VERDICT_PASS && !vec.refused &&
	    !notices(model, &vec, expected, why))
		verdict = VERDICT_FAIL;
	json_decref(tolerance);
	return verdict;
}

/* One TAP line. Points are numbered as they come, the plan follows them. */
static void say(const char * not, size_t number, const char *what,
		const char *id, const char *skip)
{
	printf("%sok %zu - %s %s%s%s\n", not, number, what, id,
	       skip ? " # SKIP " : "", skip ? skip : "");
}

static void add_reason(struct model *model, const char *why)
{
	size_t n = strlen(model->waiting);

	if (strstr(model->waiting, why))
		return;
	(void)snprintf(model->waiting + n, sizeof(model->waiting) - n, "%s%s",
		       n > 0 ? "; " : "", why);
}

/* Judge one vector; its line is the next after *number. False: it failed. */
static bool report(const struct form *form, const json_t *vector, bool spoiled,
		   size_t *number)
{
	const char *id = json_string_value(json_object_get(vector, "id"));
	const char *name =
		json_string_value(json_object_get(vector, form->model));
	struct model *model = name ? find_model(form->models, name) : NULL;
	char why[TEXT_SIZE] = "";
	enum verdict verdict;

	if (!id || !model) {
		say("not ", ++*number, "a vector without", "id or model", NULL);
		return false;
	}
	model->cases++;
	/* Models that wait have one line each, after all that are judged. */
	if (!model->judge)
		return true;
	verdict = judge(model, form, vector, spoiled, why);
	model->passed += verdict == VERDICT_PASS;
	model->failed += verdict == VERDICT_FAIL;
	if (verdict != VERDICT_WAIT) {
		say(verdict == VERDICT_FAIL ? "not " : "", ++*number, name, id,
		    NULL);
	} else {
		add_reason(model, why);
		if (!spoiled)
			say("", ++*number, name, id, why);
	}
	if (verdict == VERDICT_FAIL)
		printf("# %s\n", why);
	return verdict != VERDICT_FAIL;
}

static void report_waiting(struct model *models, size_t *number)
{
	char count[32];

	for (size_t i = 0; i < MODELS_MAX && models[i].name; i++) {
		struct model *model = &models[i];

		if (model->judge || model->cases == 0)
			continue;
		(void)snprintf(model->waiting, sizeof(model->waiting), "%s",
			       model->waits);
		(void)snprintf(count, sizeof(count), "(%u)", model->cases);
		say("", ++*number, model->name, count, model->waits);
	}
}

/* Lines for people: the summary of all tests shows them again. */
static void print_row(const struct model *model)
{
	printf("#| %-33s %5u %6u %6u %7u  %s\n", model->name, model->cases,
	       model->passed, model->failed,
	       model->cases - model->passed - model->failed, model->waiting);
}

static void print_table(const struct model *models)
{
	struct model all = {.name = "all models"};

	printf("#| %-33s %5s %6s %6s %7s\n", "model", "cases", "passed",
	       "failed", "waiting");
	for (size_t i = 0; i < MODELS_MAX && models[i].name; i++) {
		if (models[i].cases == 0)
			continue;
		print_row(&models[i]);
		all.cases += models[i].cases;
		all.passed += models[i].passed;
		all.failed += models[i].failed;
	}
	print_row(&all);
}

static int run(const struct form *form, const char *path, bool spoiled)
{
	json_error_t error;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const json_t *vectors = json_object_get(root, "vectors");
	size_t n = json_array_size(vectors);
	size_t number = 0;
	bool good = true;

	if (!root || n == 0) {
		printf("Bail out! %s:%d: %s\n", path, root ? 1 : error.line,
		       root ? "no array \"vectors\"" : error.text);
		json_decref(root);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < n; i++)
		good = report(form, json_array_get(vectors, i), spoiled,
			      &number) &&
		       good;
	if (!spoiled) {
		report_waiting(form->models, &number);
		print_table(form->models);
	}
	printf("1..%zu\n", number);
	json_decref(root);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* vectors [--spoil] [--lending] [FOLDER] */
int main(int argc, char **argv)
{
	const struct form *form = &perp_form;
	const char *folder = getenv("RISKD_VECTORS");
	const char *given = "../shared/vectors";
	bool spoiled = false;
	char path[4096];
	FILE *file;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--spoil") == 0)
			spoiled = true;
		else if (strcmp(argv[i], "--lending") == 0)
			form = &lending_form;
		else
			given = argv[i];
	}
	if (!folder || !*folder)
		folder = given;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, form->file);
	file = fopen(path, "r");
	if (!file) {
		printf("1..0 # SKIP no %s: set RISKD_VECTORS\n", path);
		return EXIT_SUCCESS;
	}
	(void)fclose(file);
	return run(form, path, spoiled);
}
