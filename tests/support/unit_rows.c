/*
 * Rows of units made up from numbers. See unit_rows.h.
 */
#include "support/unit_rows.h"

#include <string.h>

#include "support/prng.h"

#define SECOND_MAX 5U /* rows of a table whose rows have two keys */

static void seed(struct rk_prng *prng, enum rk_unit unit, uint32_t number,
		 uint32_t version)
{
	rk_prng_init(prng,
		     (uint64_t)unit << 56 | (uint64_t)version << 32 | number);
}

/* Rows in each of its tables. */
static uint32_t count_rows(enum rk_unit unit, uint32_t number, uint32_t version,
			   uint32_t counts[RK_UNIT_TABLES_MAX])
{
	enum rk_table tables[RK_UNIT_TABLES_MAX];
	uint32_t n = rk_unit_tables(unit, tables);
	uint32_t rows = 0;
	struct rk_prng prng;

	seed(&prng, unit, number, version);
	for (uint32_t i = 0; i < n; i++) {
		counts[i] = 1;
		if (rk_table_keys(tables[i]) > 1)
			counts[i] = (uint32_t)rk_prng_below(&prng, SECOND_MAX);
		rows += counts[i];
	}
	return version == 0 ? 0 : rows;
}

uint32_t rk_unit_rows_count(enum rk_unit unit, uint32_t number,
			    uint32_t version)
{
	uint32_t counts[RK_UNIT_TABLES_MAX];

	return count_rows(unit, number, version, counts);
}

static rk_i128 any_integer(struct rk_prng *prng)
{
	rk_i128 high = rk_prng_edge(prng);

	switch (rk_prng_below(prng, 4)) {
	case 0:
		return (rk_i128)((rk_u128)high << 64 |
				 (uint64_t)rk_prng_edge(prng));
	case 1:
		return high + rk_prng_between(prng, -2, 2);
	default:
		return rk_prng_between(prng, -1000, 100000);
	}
}

static void make_cell(struct rk_prng *prng, const struct rk_column *column,
		      struct rk_cell *cell, unsigned char *bytes)
{
	cell->kind = column->kind;
	cell->size = 0;
	cell->integer = 0;
	cell->bytes = NULL;
	if (column->kind == RK_CELL_INTEGER) {
		cell->integer = any_integer(prng);
		return;
	}
	cell->size = (uint32_t)rk_prng_below(
		prng, column->kind == RK_CELL_TEXT ? 24 : 513);
	cell->bytes = bytes;
	for (uint32_t i = 0; i < cell->size; i++)
		bytes[i] = (unsigned char)(column->kind == RK_CELL_TEXT
						   ? rk_prng_between(prng, ' ',
								     '~')
						   : rk_prng_between(prng, 0,
								     255));
}

void rk_unit_rows_make(enum rk_unit unit, uint32_t number, uint32_t version,
		       uint32_t i, struct rk_made_row *ret_made)
{
	struct rk_column columns[RK_COLUMNS_MAX];
	struct rk_row *row = &ret_made->row;
	enum rk_table tables[RK_UNIT_TABLES_MAX];
	struct rk_prng prng;
	uint32_t counts[RK_UNIT_TABLES_MAX];
	uint32_t table = 0;
	uint32_t second = i;

	(void)rk_unit_tables(unit, tables);
	(void)count_rows(unit, number, version, counts);
	for (; second >= counts[table]; table++)
		second -= counts[table];
	seed(&prng, unit, number, version + 1000000 * (i + 1));
	row->table = tables[table];
	row->format = RK_ROWS_FORMAT;
	row->n = rk_table_columns(row->table, row->format, columns);
	for (uint32_t c = 0; c < row->n; c++)
		make_cell(&prng, &columns[c], &row->cells[c],
			  ret_made->bytes[c]);
	row->cells[0].integer = number;
	if (rk_table_keys(row->table) > 1)
		row->cells[1].integer = second;
}

struct rk_hash rk_unit_rows_print(const struct rk_row *row)
{
	struct rk_hash hash = {row->table, row->n};

	for (uint32_t i = 0; i < row->n; i++) {
		const struct rk_cell *cell = &row->cells[i];

		hash = rk_hash_bytes(hash, &cell->integer,
				     sizeof(cell->integer));
		if (cell->kind != RK_CELL_INTEGER)
			hash = rk_hash_bytes(hash, cell->bytes, cell->size);
	}
	return hash;
}
