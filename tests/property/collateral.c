/*
 * Laws of terms (rules K1, K2, H1 and R6), over seeded streams of commands in
 * which accounts hold, owe and trade everything:
 *
 *  - more weight, less liability, more profit: no health is ever lower, with
 *    less no health is higher, and what has no weights stays as it is;
 *  - terms set back lead back to the same figures;
 *  - with all terms as listed every figure is that of an engine loaded from
 *    rows in which they are as listed.
 *
 * collateral [SEED [COMMANDS]]; TAP output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/load.h"
#include "engine/rc.h"
#include "engine/rows.h"
#include "support/generator.h"
#include "support/harness.h"
#include "support/prng.h"

#define ACCOUNTS 40

struct run {
	uint64_t seed;
	struct rk_prng prng;
	struct rk_generator *generator;
	struct rk_harness harness;
	struct rk_margin before[ACCOUNTS];
	uint64_t commands;
	uint64_t shifted;
	uint64_t raised; /* figures that rose */
	uint64_t twins;
	uint32_t lowered;
	uint32_t unlike;
	uint32_t unlike_twin;
};

static void look(const struct rk_engine *engine, struct rk_margin *margins,
		 uint32_t *ret_n)
{
	struct rk_engine_counts counts;
	struct rk_account_view view;

	rk_view_counts(engine, &counts);
	for (uint32_t i = 0; i < counts.accounts; i++) {
		if (rk_view_account(engine, i, &view) != RK_OK)
			abort();
		margins[i] = view.margin;
	}
	*ret_n = counts.accounts;
}

static void complain(const struct run *run, const char *what, uint32_t index)
{
	(void)printf("# seed %llu command %llu account number %u: %s\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands, index, what);
}

static int apply(struct run *run, const struct rk_cmd *cmd)
{
	int code = rk_harness_apply(&run->harness, cmd);

	rk_generator_note(run->generator, run->harness.events,
			  run->harness.events_n);
	return code;
}

/* From a rate towards another: the same part of the way at each level. */
static void move(rk_rate *rate, int64_t to, int64_t percent)
{
	rate->raw += (to - rate->raw) * percent / 100;
}

/* Better terms than these, or worse: all levels one way. */
static void shift(struct run *run, bool better, struct rk_collateral *terms)
{
	int64_t weight = rk_prng_between(&run->prng, 0, 100);
	int64_t liability = rk_prng_between(&run->prng, 0, 100);
	int64_t profit = rk_prng_between(&run->prng, 0, 100);

	for (int k = 0; k < RK_LEVELS; k++) {
		move(&terms->weight[k], better ? RK_RATE_ONE : 0, weight);
		move(&terms->liability[k],
		     better ? RK_RATE_ONE : RK_LIABILITY_MAX, liability);
		if (k != RK_LEVEL_WITHDRAWAL)
			move(&terms->profit[k], better ? RK_RATE_ONE : 0,
			     profit);
	}
}

static bool same(const struct rk_margin *x, const struct rk_margin *y)
{
	return x->equity.raw == y->equity.raw &&
	       x->maintenance.raw == y->maintenance.raw &&
	       x->initial.raw == y->initial.raw &&
	       x->withdrawal.raw == y->withdrawal.raw &&
	       x->health_m.raw == y->health_m.raw &&
	       x->health_i.raw == y->health_i.raw &&
	       x->health_w.raw == y->health_w.raw &&
	       x->notional.raw == y->notional.raw &&
	       x->assets.raw == y->assets.raw &&
	       x->liabilities.raw == y->liabilities.raw &&
	       x->prices_ok == y->prices_ok;
}

static void compare_better(struct run *run, uint32_t index,
			   const struct rk_margin *x, const struct rk_margin *y)
{
	/* Which prices are the worse ones may change with the terms (W5). */
	bool slow = x->caution_i.raw != 0 || y->caution_i.raw != 0 ||
		    x->caution_w.raw != 0 || y->caution_w.raw != 0;
	bool good = y->health_m.raw >= x->health_m.raw &&
		    (slow || y->health_i.raw >= x->health_i.raw) &&
		    (slow || y->health_w.raw >= x->health_w.raw) &&
		    y->equity.raw == x->equity.raw &&
		    y->withdrawal.raw == x->withdrawal.raw &&
		    y->notional.raw == x->notional.raw;

	run->raised += y->health_m.raw > x->health_m.raw;
	run->raised += y->health_i.raw > x->health_i.raw;
	run->raised += y->health_w.raw > x->health_w.raw;
	if (good)
		return;
	run->lowered++;
	complain(run, "better terms made a figure worse", index);
}

/* Other terms for one asset, and back. */
static void check_shift(struct run *run)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	const struct rk_engine *engine = run->harness.engine;
	bool better = rk_prng_chance(&run->prng, 1, 2);
	struct rk_margin after[ACCOUNTS];
	struct rk_engine_counts counts;
	struct rk_asset_view view;
	uint32_t n;

	/* What people hold are mostly the first few. */
	rk_view_counts(engine, &counts);
	n = counts.assets < 4 ? counts.assets : 4;
	if (rk_view_asset(engine, (uint32_t)rk_prng_below(&run->prng, n),
			  &view) != RK_OK)
		abort();
	(void)memcpy(cmd.collateral.asset, view.listing.name, RK_NAME_SIZE);
	cmd.collateral.terms = view.collateral;
	shift(run, better, &cmd.collateral.terms);
	look(engine, run->before, &n);
	if (apply(run, &cmd) != RK_OK)
		return; /* they could not be better */
	run->shifted++;
	look(engine, after, &n);
	for (uint32_t i = 0; i < n && better; i++)
		compare_better(run, i, &run->before[i], &after[i]);
	for (uint32_t i = 0; i < n && !better; i++)
		compare_better(run, i, &after[i], &run->before[i]);

	cmd.collateral.terms = view.collateral;
	if (apply(run, &cmd) != RK_OK)
		abort();
	look(engine, after, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (same(&run->before[i], &after[i]))
			continue;
		run->unlike++;
		complain(run, "terms set back left something behind", i);
	}
}

struct passing {
	struct rk_harness *to;
	bool good;
};

/* The same with terms as listed. */
static void forget_terms(struct rk_row *row, const struct rk_column *columns)
{
	for (uint32_t i = 0; i < row->n; i++)
		if (strncmp(columns[i].name, "weight_", 7) == 0 ||
		    strncmp(columns[i].name, "liability_", 10) == 0 ||
		    strncmp(columns[i].name, "profit_", 7) == 0)
			row->cells[i].integer = RK_RATE_ONE;
}

static void pass_row(void *context, const struct rk_row *row)
{
	struct passing *p = context;
	struct rk_column columns[RK_COLUMNS_MAX];
	struct rk_load_problem problem;
	struct rk_row older = *row; /* than any terms */

	/* Closed orders must come in order of closing: one is enough here. */
	if (row->table == RK_TABLE_LIQUIDATION_ORDER ||
	    row->table == RK_TABLE_CLAIM)
		return;
	older.n = rk_table_columns(row->table, older.format, columns);
	if (row->table == RK_TABLE_ASSET)
		forget_terms(&older, columns);
	p->good = p->good &&
		  rk_load_row(p->to->engine, &older, &problem) == RK_OK;
}

/* All terms as listed, beside an engine that was loaded with them. */
static void check_twin(struct run *run)
{
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	const struct rk_engine *engine = run->harness.engine;
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	struct rk_margin plain[ACCOUNTS];
	struct rk_engine_counts counts;
	struct rk_harness other;
	struct passing passing = {&other, true};
	struct rk_load_problem problem;
	uint32_t n;

	rk_harness_init(&other, &limits, RK_EVENTS_PER_STEP_MAX);
	rk_rows_all(engine, pass_row, &passing);
	(void)rk_load_end(other.engine, &problem); /* orders are missing */
	look(other.engine, plain, &n);
	rk_harness_fini(&other);

	rk_collateral_default(&cmd.collateral.terms);
	rk_view_counts(engine, &counts);
	for (uint32_t i = 0; i < counts.assets; i++) {
		struct rk_asset_view view;

		(void)rk_view_asset(engine, i, &view);
		(void)memcpy(cmd.collateral.asset, view.listing.name,
			     RK_NAME_SIZE);
		(void)apply(run, &cmd); /* NO_CHANGE where it is so */
	}
	look(engine, run->before, &n);
	run->twins++;
	if (!passing.good)
		run->unlike_twin++;
	for (uint32_t i = 0; passing.good && i < n; i++) {
		if (same(&run->before[i], &plain[i]))
			continue;
		run->unlike_twin++;
		complain(run, "terms of 1 are not as none", i);
	}
}

static int report(const struct run *run)
{
	const struct {
		bool good;
		const char *rule;
	} rules[] = {
		{run->lowered == 0 && run->shifted > 0 && run->raised > 0,
		 "better terms never lower a health"},
		{run->unlike == 0, "terms set back leave nothing behind"},
		{run->unlike_twin == 0 && run->twins > 0,
		 "terms as listed are as if there had been no others"},
	};
	int failed = 0;

	(void)printf("1..%zu\n", sizeof(rules) / sizeof(rules[0]));
	(void)printf("# seed %llu: %llu commands, %llu other terms, %llu "
		     "figures higher, %llu twins\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands,
		     (unsigned long long)run->shifted,
		     (unsigned long long)run->raised,
		     (unsigned long long)run->twins);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		(void)printf("%s %zu - %s\n", rules[i].good ? "ok" : "not ok",
			     i + 1, rules[i].rule);
		failed += !rules[i].good;
	}
	return failed ? 1 : 0;
}

/*
 * Slow prices and scales are newer than terms, and with them better terms may
 * make other prices the worse ones. With ramps terms are not those of a
 * command. What is taken over by the vault does not come back with terms.
 */
static bool is_of_another_test(const struct rk_cmd *cmd)
{
	return cmd->type == RK_CMD_SLOW_PRICE ||
	       cmd->type == RK_CMD_COLLATERAL_SCALE ||
	       cmd->type == RK_CMD_RAMP || cmd->type == RK_CMD_TAKEOVER;
}

int main(int argc, char **argv)
{
	static struct run run;
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	uint64_t commands = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;

	run.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	rk_prng_init(&run.prng, run.seed);
	rk_harness_init(&run.harness, &limits, RK_EVENTS_PER_STEP_MAX);
	run.generator = rk_generator_open(run.seed, ACCOUNTS);
	for (; run.commands < commands; run.commands++) {
		const struct rk_cmd *cmd =
			rk_generator_next(run.generator, run.harness.engine);

		if (!is_of_another_test(cmd))
			(void)apply(&run, cmd);
		if (run.commands < 100)
			continue;
		if (run.commands % 500 == 0)
			check_twin(&run);
		else if (run.commands % 10 == 0)
			check_shift(&run);
	}
	rk_generator_close(run.generator);
	rk_harness_fini(&run.harness);
	return report(&run);
}
