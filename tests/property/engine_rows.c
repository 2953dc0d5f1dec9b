/*
 * Rules of the state as rows, over seeded streams of commands in which
 * everything happens:
 *
 *  - a unit that changed is marked as changed;
 *  - what a snapshot copies, in slices and before changes, is the state as it
 *    was when the snapshot began;
 *  - a tally in slices, whatever snapshots do, has the digest of the state that
 *    it began with, and tells whether its books balance;
 *  - an engine loaded from rows has the same digest, and goes on alike;
 *  - rows that were tampered with are refused, or load to another digest.
 *
 * engine_rows [SEED [COMMANDS]]; TAP output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/books.h"
#include "engine/load.h"
#include "engine/marks.h"
#include "engine/rc.h"
#include "engine/rows.h"
#include "engine/tally.h"
#include "support/auditor.h"
#include "support/generator.h"
#include "support/harness.h"
#include "support/prng.h"

#define ACCOUNTS   40
#define SLICE_MAX  3
#define CELL_BYTES 512

/* A row that owns its bytes. */
struct kept_row {
	struct rk_row row;
	unsigned char bytes[CELL_BYTES + 64];
};

struct rows {
	struct kept_row *rows;
	size_t n;
	size_t max;
};

struct run {
	uint64_t seed;
	struct rk_prng prng;
	struct rk_generator *generator;
	struct rk_harness harness;
	struct rk_hash *sums[RK_UNITS]; /* of each unit, by place */
	uint32_t places[RK_UNITS];      /* allocated */
	/* A snapshot under way. */
	bool copying;
	struct rk_hash *copied[RK_UNITS];
	struct rk_hash engine_sum;
	struct rk_hash wanted;
	/* A tally under way, or none. */
	struct rk_tally *tally;
	void *tally_memory;
	struct rk_hash tally_wanted;
	struct rk_hash tally_events;
	uint64_t tally_seq;
	/* Counts. */
	uint64_t tallies;
	uint64_t left_tallies;
	uint64_t long_tallies; /* many commands later */
	uint32_t wrong_tallies;
	uint64_t commands;
	uint64_t changed_units;
	uint64_t snapshots;
	uint64_t failed_snapshots;
	uint64_t by_hook;
	uint64_t loads;
	uint64_t tampered;
	uint64_t refused;
	uint32_t unmarked;
	uint32_t wrong_copies;
	uint32_t wrong_loads;
	uint32_t wrong_ways;
	uint32_t believed;
};

static void add_hash(void *context, const struct rk_row *row)
{
	struct rk_hash *sum = context;

	*sum = rk_hash_add(*sum, rk_row_hash(row));
}

static struct rk_hash sum_of(const struct rk_engine *engine, enum rk_unit unit,
			     uint32_t place)
{
	struct rk_hash sum = {0, 0};

	rk_rows_unit(engine, unit, place, add_hash, &sum);
	return sum;
}

static void grow(struct run *run, enum rk_unit unit, uint32_t n)
{
	uint32_t had = run->places[unit];

	if (n <= had)
		return;
	run->sums[unit] =
		realloc(run->sums[unit], n * sizeof(*run->sums[unit]));
	run->copied[unit] =
		realloc(run->copied[unit], n * sizeof(*run->copied[unit]));
	if (!run->sums[unit] || !run->copied[unit])
		abort();
	memset(run->sums[unit] + had, 0, (n - had) * sizeof(struct rk_hash));
	memset(run->copied[unit] + had, 0, (n - had) * sizeof(struct rk_hash));
	run->places[unit] = n;
}

/* Whose rows are other than before the command must be marked. */
static void check_marks(struct run *run)
{
	const struct rk_engine *engine = run->harness.engine;

	for (uint32_t u = RK_UNIT_ASSET; u < RK_UNITS; u++) {
		enum rk_unit unit = (enum rk_unit)u;
		uint32_t n = rk_marks_places(engine, unit);

		grow(run, unit, n);
		for (uint32_t i = 0; i < n; i++) {
			struct rk_hash now = sum_of(engine, unit, i);

			if (rk_hash_equal(now, run->sums[unit][i]))
				continue;
			run->changed_units++;
			run->sums[unit][i] = now;
			if (!rk_marks_is_changed(engine, unit, i)) {
				run->unmarked++;
				(void)printf("# seed %llu command %llu: unit "
					     "%u place %u changed unmarked\n",
					     (unsigned long long)run->seed,
					     (unsigned long long)run->commands,
					     u, i);
			}
		}
	}
}

static void copy_unit(struct run *run, enum rk_unit unit, uint32_t place)
{
	grow(run, unit, place + 1);
	run->copied[unit][place] = sum_of(run->harness.engine, unit, place);
}

static void on_copy(void *context, enum rk_unit unit, uint32_t place)
{
	struct run *run = context;

	run->by_hook++;
	copy_unit(run, unit, place);
}

static void begin_snapshot(struct run *run)
{
	struct rk_engine *engine = run->harness.engine;

	run->wanted = rk_view_state_digest(engine);
	run->engine_sum = sum_of(engine, RK_UNIT_ENGINE, 0);
	rk_marks_begin(engine, on_copy, run);
	run->copying = true;
}

static void end_snapshot(struct run *run)
{
	struct rk_hash sum = run->engine_sum;

	for (uint32_t u = RK_UNIT_ASSET; u < RK_UNITS; u++)
		for (uint32_t i = 0; i < run->places[u]; i++)
			sum = rk_hash_add(sum, run->copied[u][i]);
	run->copying = false;
	run->snapshots++;
	rk_marks_end(run->harness.engine, true);
	if (!rk_hash_equal(sum, run->wanted)) {
		run->wrong_copies++;
		(void)printf("# seed %llu command %llu: copies add up to "
			     "another digest\n",
			     (unsigned long long)run->seed,
			     (unsigned long long)run->commands);
	}
}

/* A few units now; a snapshot may also fail, and is then taken again. */
static void slice(struct run *run)
{
	uint64_t n = rk_prng_below(&run->prng, SLICE_MAX + 1);
	enum rk_unit unit;
	uint32_t place;

	if (rk_prng_below(&run->prng, 300) == 0) {
		rk_marks_end(run->harness.engine, false);
		run->copying = false;
		run->failed_snapshots++;
		return;
	}
	/* Now and then all that is left: the engine grows faster than that. */
	if (rk_prng_below(&run->prng, 100) == 0)
		n = UINT64_MAX;
	for (; n > 0; n--) {
		if (!rk_marks_next(run->harness.engine, &unit, &place)) {
			end_snapshot(run);
			return;
		}
		copy_unit(run, unit, place);
	}
}

static void begin_tally(struct run *run)
{
	struct rk_engine *engine = run->harness.engine;

	if (!run->tally_memory)
		run->tally_memory = malloc(rk_tally_size(engine));
	if (!run->tally_memory)
		abort();
	run->tally_wanted = rk_view_state_digest(engine);
	run->tally_events = rk_view_event_digest(engine);
	run->tally_seq = rk_view_seq(engine);
	run->tally = rk_tally_begin(engine, run->tally_memory);
}

static void end_tally(struct run *run)
{
	struct rk_tally_result result;

	rk_tally_result(run->tally, &result);
	rk_tally_end(run->tally);
	run->tally = NULL;
	run->tallies++;
	if (rk_view_seq(run->harness.engine) > run->tally_seq + 20)
		run->long_tallies++;
	/* Books balance at all times: laws.c. */
	if (rk_hash_equal(result.state, run->tally_wanted) &&
	    rk_hash_equal(result.events, run->tally_events) &&
	    result.seq == run->tally_seq && result.books_balance)
		return;
	run->wrong_tallies++;
	(void)printf("# seed %llu command %llu: a tally has another digest or "
		     "other books\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands);
}

/* Begin one, or go on a little; sometimes nobody wants it any more. */
static void tally(struct run *run)
{
	uint64_t looks = rk_prng_below(&run->prng, 600);

	if (!run->tally) {
		if (looks < 60)
			begin_tally(run);
		return;
	}
	if (rk_prng_below(&run->prng, 200) == 0) {
		rk_tally_end(run->tally);
		run->tally = NULL;
		run->left_tallies++;
		return;
	}
	if (!rk_tally_step(run->tally, (uint32_t)looks))
		end_tally(run);
}

static void keep_row(void *context, const struct rk_row *row)
{
	struct rows *rows = context;
	struct kept_row *kept;
	uint32_t at = 0;

	if (rows->n == rows->max) {
		rows->max = rows->max ? 2 * rows->max : 1024;
		rows->rows =
			realloc(rows->rows, rows->max * sizeof(*rows->rows));
		if (!rows->rows)
			abort();
	}
	kept = &rows->rows[rows->n++];
	kept->row = *row;
	for (uint32_t i = 0; i < row->n; i++) {
		struct rk_cell *cell = &kept->row.cells[i];

		if (cell->kind == RK_CELL_INTEGER)
			continue;
		/* Rows will move: remember where in bytes it is. */
		memcpy(kept->bytes + at, cell->bytes, cell->size);
		cell->integer = at;
		at += cell->size;
	}
}

/* By table, and in the order that loading wants. */
static int by_table(const void *left, const void *right)
{
	const struct rk_row *a = &((const struct kept_row *)left)->row;
	const struct rk_row *b = &((const struct kept_row *)right)->row;
	const rk_i128 *x = &a->cells[0].integer;
	const rk_i128 *y = &b->cells[0].integer;

	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	if (a->table == RK_TABLE_LIQUIDATION_ORDER) {
		x = &a->cells[17].integer; /* closing */
		y = &b->cells[17].integer;
	}
	if (*x != *y)
		return *x < *y ? -1 : 1;
	x = &a->cells[1].integer;
	y = &b->cells[1].integer;
	return *x < *y ? -1 : *x > *y;
}

static void take_rows(const struct rk_engine *engine, struct rows *rows)
{
	rows->n = 0;
	rk_rows_all(engine, keep_row, rows);
	qsort(rows->rows, rows->n, sizeof(*rows->rows), by_table);
	for (size_t i = 0; i < rows->n; i++)
		for (uint32_t j = 0; j < rows->rows[i].row.n; j++) {
			struct rk_cell *cell = &rows->rows[i].row.cells[j];

			if (cell->kind != RK_CELL_INTEGER)
				cell->bytes =
					rows->rows[i].bytes + cell->integer;
		}
}

static int load(struct rk_harness *harness, const struct rows *rows)
{
	struct rk_load_problem problem = {NULL, NULL, NULL};
	int r = RK_OK;

	for (size_t i = 0; r == RK_OK && i < rows->n; i++)
		r = rk_load_row(harness->engine, &rows->rows[i].row, &problem);
	if (r == RK_OK)
		r = rk_load_end(harness->engine, &problem);
	if (r != RK_OK)
		(void)printf("# refused: %s.%s %s\n", problem.table,
			     problem.column ? problem.column : "*",
			     problem.what);
	return r;
}

/* Do both say the same of the commands to come? */
static void go_on_alike(struct run *run, struct rk_harness *other)
{
	struct rk_audit_text text;

	for (int i = 0; i < 200; i++) {
		const struct rk_cmd *cmd =
			rk_generator_next(run->generator, run->harness.engine);
		int code = rk_harness_apply(&run->harness, cmd);
		bool same = rk_harness_apply(other, cmd) == code &&
			    other->events_n == run->harness.events_n;

		for (uint32_t j = 0; same && j < other->events_n; j++)
			same = rk_auditor_compare_event(&run->harness.events[j],
							&other->events[j],
							&text) == 0;
		if (!same) {
			run->wrong_ways++;
			return;
		}
		rk_generator_note(run->generator, run->harness.events,
				  run->harness.events_n);
	}
	if (!rk_hash_equal(rk_view_state_digest(run->harness.engine),
			   rk_view_state_digest(other->engine)))
		run->wrong_ways++;
}

static void check_load(struct run *run, struct rows *rows)
{
	struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct rk_harness other;

	take_rows(run->harness.engine, rows);
	/* Other sizes of tables give the same rows. */
	limits.publishers_max += 1;
	limits.markets_max += 3;
	rk_harness_init(&other, &limits, RK_EVENTS_PER_STEP_MAX);
	run->loads++;
	if (load(&other, rows) != RK_OK ||
	    !rk_hash_equal(rk_view_state_digest(other.engine),
			   rk_view_state_digest(run->harness.engine)) ||
	    rk_view_check_books(other.engine) !=
		    rk_view_check_books(run->harness.engine) ||
	    rk_marks_changed(other.engine) != 0)
		run->wrong_loads++;
	rk_harness_fini(&other);

	limits = rk_generator_limits(ACCOUNTS);
	rk_harness_init(&other, &limits, RK_EVENTS_PER_STEP_MAX);
	if (load(&other, rows) == RK_OK)
		go_on_alike(run, &other);
	else
		run->wrong_loads++;
	rk_harness_fini(&other);
}

static rk_i128 odd_number(struct run *run, rk_i128 number)
{
	switch (rk_prng_below(&run->prng, 10)) {
	case 0:
		return 0;
	case 1:
		return -1;
	case 2:
		return INT64_MAX;
	case 3:
		return INT64_MIN;
	case 4:
		return UINT64_MAX;
	case 5:
		return (rk_i128)1 << 126;
	case 6:
		return number + 1;
	case 7:
		return number - 1;
	case 8:
		return -number;
	default:
		return (rk_i128)rk_prng_next(&run->prng);
	}
}

/* One odd cell, a row too many or one too few. */
static void tamper(struct run *run, struct rows *rows)
{
	size_t i = (size_t)rk_prng_below(&run->prng, rows->n);
	struct rk_row *row = &rows->rows[i].row;
	struct rk_cell *cell = &row->cells[rk_prng_below(&run->prng, row->n)];

	switch (rk_prng_below(&run->prng, 12)) {
	case 0:
		rows->rows[i].row =
			rows->rows[rk_prng_below(&run->prng, rows->n)].row;
		return;
	case 1:
		row->n--;
		return;
	case 2:
		cell->kind = RK_CELL_INTEGER;
		cell->integer = odd_number(run, 0);
		return;
	default:
		if (cell->kind == RK_CELL_INTEGER)
			cell->integer = odd_number(run, cell->integer);
		else if (cell->size > 0)
			cell->size--;
		return;
	}
}

/* Whatever the rows say, nothing may break; and it does not pass unseen. */
static void check_tampered(struct run *run, struct rows *rows)
{
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct rk_hash right = rk_view_state_digest(run->harness.engine);
	struct rk_load_problem problem;
	struct rk_harness other;
	int r = RK_OK;

	take_rows(run->harness.engine, rows);
	tamper(run, rows);
	rk_harness_init(&other, &limits, RK_EVENTS_PER_STEP_MAX);
	run->tampered++;
	for (size_t i = 0; r == RK_OK && i < rows->n; i++)
		r = rk_load_row(other.engine, &rows->rows[i].row, &problem);
	if (r == RK_OK)
		r = rk_load_end(other.engine, &problem);
	if (r != RK_OK) {
		run->refused++;
	} else {
		struct rk_hash sum = {0, 0};

		for (size_t i = 0; i < rows->n; i++)
			add_hash(&sum, &rows->rows[i].row);
		/* The same number written once more is no tampering. */
		if (!rk_hash_equal(sum, right) &&
		    rk_hash_equal(rk_view_state_digest(other.engine), right))
			run->believed++;
		for (int i = 0; i < 100; i++)
			(void)rk_harness_apply(&other,
					       rk_generator_next(run->generator,
								 other.engine));
	}
	rk_harness_fini(&other);
}

static void step(struct run *run)
{
	const struct rk_cmd *cmd =
		rk_generator_next(run->generator, run->harness.engine);

	(void)rk_harness_apply(&run->harness, cmd);
	rk_generator_note(run->generator, run->harness.events,
			  run->harness.events_n);
	run->commands++;
}

static int report(const struct run *run)
{
	const struct {
		bool good;
		const char *rule;
	} rules[] = {
		{run->unmarked == 0 && run->changed_units > 0,
		 "a unit that changed is marked as changed"},
		{run->wrong_copies == 0 && run->snapshots > 0 &&
			 run->by_hook > 0 && run->failed_snapshots > 0,
		 "a snapshot holds the state as it was when it began"},
		{run->wrong_tallies == 0 && run->tallies > 0 &&
			 run->long_tallies > 0 && run->left_tallies > 0,
		 "a tally is of the state that it began with"},
		{run->wrong_loads == 0 && run->loads > 0,
		 "an engine loaded from rows has the same digest"},
		{run->wrong_ways == 0,
		 "an engine loaded from rows goes on alike"},
		{run->believed == 0 && run->refused > 0 &&
			 run->refused < run->tampered,
		 "rows tampered with are refused or show in the digest"},
	};
	int failed = 0;

	(void)printf("1..%zu\n", sizeof(rules) / sizeof(rules[0]));
	(void)printf("# seed %llu: %llu commands, %llu changed units, %llu "
		     "snapshots (%llu failed), %llu copies before a change, "
		     "%llu tallies (%llu of them long, %llu left), "
		     "%llu loads, %llu tampered with, %llu of them refused\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands,
		     (unsigned long long)run->changed_units,
		     (unsigned long long)run->snapshots,
		     (unsigned long long)run->failed_snapshots,
		     (unsigned long long)run->by_hook,
		     (unsigned long long)run->tallies,
		     (unsigned long long)run->long_tallies,
		     (unsigned long long)run->left_tallies,
		     (unsigned long long)run->loads,
		     (unsigned long long)run->tampered,
		     (unsigned long long)run->refused);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		(void)printf("%s %zu - %s\n", rules[i].good ? "ok" : "not ok",
			     i + 1, rules[i].rule);
		failed += !rules[i].good;
	}
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct run run;
	static struct rows rows;
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	uint64_t commands = argc > 2 ? strtoull(argv[2], NULL, 10) : 6000;

	run.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	rk_prng_init(&run.prng, run.seed);
	rk_harness_init(&run.harness, &limits, RK_EVENTS_PER_STEP_MAX);
	run.generator = rk_generator_open(run.seed, ACCOUNTS);
	while (run.commands < commands) {
		step(&run);
		/* Marks are swept by a begin: look before it. */
		if (run.commands % 7 == 0 || !run.copying)
			check_marks(&run);
		tally(&run);
		if (run.copying)
			slice(&run);
		else if (rk_prng_below(&run.prng, 50) == 0)
			begin_snapshot(&run);
		else if (rk_prng_below(&run.prng, 300) == 0)
			check_load(&run, &rows);
		if (run.commands > 500 && rk_prng_below(&run.prng, 15) == 0)
			check_tampered(&run, &rows);
	}
	free(run.tally_memory);
	rk_generator_close(run.generator);
	rk_harness_fini(&run.harness);
	return report(&run);
}
