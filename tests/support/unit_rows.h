/*
 * Rows of units made up from numbers: for tests of what keeps rows without
 * asking what they mean. Every kind of cell comes in every size, integers
 * often at the ends of their ranges.
 */
#ifndef RK_SUPPORT_UNIT_ROWS_H
#define RK_SUPPORT_UNIT_ROWS_H

#include "engine/rows.h"

/* A row with room for its bytes. */
struct rk_made_row {
	struct rk_row row;
	unsigned char bytes[RK_COLUMNS_MAX][512];
};

/*
 * How many rows unit `number` has in its version; 0 for version 0. The same
 * arguments give the same rows.
 */
uint32_t rk_unit_rows_count(enum rk_unit unit, uint32_t number,
			    uint32_t version);
void rk_unit_rows_make(enum rk_unit unit, uint32_t number, uint32_t version,
		       uint32_t i, struct rk_made_row *ret_made);

/* Everything in a row, also what rk_row_hash() leaves out. */
struct rk_hash rk_unit_rows_print(const struct rk_row *row);

#endif
