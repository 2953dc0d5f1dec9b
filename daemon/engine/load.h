/*
 * Loading the state from rows: of a snapshot, into a fresh engine.
 *
 * Rows come table by table in the order of enum rk_table, within a table in
 * that of rk_table_order() or of the keys. They may be anything: what cannot
 * be is refused by name, so that nothing that is loaded can break an assert
 * later. That the rows are the right ones is for the digest to tell, which
 * the caller compares.
 *
 * After a refusal the engine is of no use any more.
 */
#ifndef RK_ENGINE_LOAD_H
#define RK_ENGINE_LOAD_H

#include "engine/cmd.h"
#include "engine/rows.h"

struct rk_engine;

/* What is wrong with a row: static texts. */
struct rk_load_problem {
	const char *table;
	const char *column; /* NULL: the row as a whole */
	const char *what;
};

/*
 * Take one row in. Returns 0, RK_REJ_CAPACITY (what: the limit that is too
 * small for it) or RK_REJ_BAD_PARAM.
 */
int rk_load_row(struct rk_engine *engine, const struct rk_row *row,
		struct rk_load_problem *ret_problem);

/*
 * The limits in force, out of the row of `engine` (the first of all): what the
 * engine must be sized for at least. False when it is no such row.
 */
bool rk_load_limits(const struct rk_row *row, struct rk_cmd_limits *ret_limits);

/* All rows are in: 0 or RK_REJ_BAD_PARAM. */
int rk_load_end(struct rk_engine *engine, struct rk_load_problem *ret_problem);

#endif
