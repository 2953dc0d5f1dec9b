/*
 * The state as rows of tables: one description of each record serves the
 * digest, snapshots and loading, so that none of them can forget a field.
 *
 * A unit is what changes, is copied and is replaced together: an account with
 * its balances, positions and resting orders, a market with its brackets, one
 * order. Units are numbered within their kind; the number is the first column
 * of each of their rows.
 *
 * Integers are exact: 64-bit and 128-bit columns are both RK_CELL_INTEGER.
 * Names of columns are those of the records (records.h), with their unit.
 */
#ifndef RK_ENGINE_ROWS_H
#define RK_ENGINE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/hash.h"
#include "engine/units.h"

struct rk_engine;

#define RK_COLUMNS_MAX     64
#define RK_UNIT_TABLES_MAX 5

/*
 * Which columns there are: each newer format has those of the older ones and
 * more. What an older one lacks is taken for what it was then.
 */
#define RK_ROWS_FORMAT 3
#define RK_ROWS_OLDEST 1

/*
 * X(NAME, table, keys): table's first `keys` columns tell its rows apart. Only
 * ever added at the end: the place of a table is part of the hash of its rows.
 */
#define RK_TABLE_MAP(X)                                                        \
	X(ENGINE, engine, 1)                                                   \
	X(ASSET, asset, 1)                                                     \
	X(MARKET, market, 1)                                                   \
	X(BRACKET, bracket, 2)                                                 \
	X(PUBLISHER, publisher, 1)                                             \
	X(VENUE, venue, 1)                                                     \
	X(VENUE_POSITION, venue_position, 1)                                   \
	X(SLOT, slot, 1)                                                       \
	X(QUOTE, quote, 1)                                                     \
	X(ACCOUNT, account, 1)                                                 \
	X(BALANCE, balance, 2)                                                 \
	X(POSITION, position, 2)                                               \
	X(LIQUIDATION_ORDER, liquidation_order, 1)                             \
	X(WITHDRAWAL, withdrawal, 1)                                           \
	X(CLIENT, client, 1)                                                   \
	X(ANSWER, answer, 1)                                                   \
	X(LEVERAGE, leverage, 2)                                               \
	X(RESTING_ORDER, resting_order, 2)                                     \
	X(EMODE, emode, 2)                                                     \
	X(RAMP_BRACKET, ramp_bracket, 2)                                       \
	X(INSURANCE, insurance, 1)                                             \
	X(LIQUIDATION, liquidation, 1)                                         \
	X(CLAIM, claim, 1)                                                     \
	X(VAULT, vault, 1)                                                     \
	X(TAKEOVER, takeover, 1)

enum rk_table {
#define RK_TABLE_ENUM(name, table, keys) RK_TABLE_##name,
	RK_TABLE_MAP(RK_TABLE_ENUM)
#undef RK_TABLE_ENUM
	RK_TABLES
};

/* Kinds of units, with the tables that their rows are in. */
enum rk_unit {
	RK_UNIT_ENGINE, /* the one row of `engine` */
	RK_UNIT_ASSET,  /* with EMODE, INSURANCE and VAULT */
	/* With BRACKET, RAMP_BRACKET, LIQUIDATION and TAKEOVER. */
	RK_UNIT_MARKET,
	RK_UNIT_PUBLISHER,
	RK_UNIT_VENUE,
	RK_UNIT_VENUE_POSITION,
	RK_UNIT_SLOT,
	RK_UNIT_QUOTE,
	RK_UNIT_ACCOUNT, /* with BALANCE, POSITION, LEVERAGE, RESTING_ORDER */
	RK_UNIT_ORDER,
	RK_UNIT_WITHDRAWAL,
	RK_UNIT_CLIENT,
	RK_UNIT_ANSWER,
	RK_UNITS
};

enum rk_cell_kind {
	RK_CELL_INTEGER = 1,
	RK_CELL_TEXT = 2, /* printable ASCII, at most 23 characters */
	RK_CELL_BLOB = 3, /* at most 512 bytes */
};

struct rk_cell {
	enum rk_cell_kind kind;
	uint32_t size;     /* TEXT and BLOB: bytes */
	rk_i128 integer;   /* INTEGER */
	const void *bytes; /* TEXT (no zero needed) and BLOB; borrowed */
};

struct rk_row {
	enum rk_table table;
	uint32_t format;
	uint32_t n;
	struct rk_cell cells[RK_COLUMNS_MAX];
};

struct rk_column {
	const char *name;
	enum rk_cell_kind kind;
};

const char *rk_table_name(enum rk_table table);
uint32_t rk_table_keys(enum rk_table table);

/* Is the table there in a format? */
bool rk_table_is_in(enum rk_table table, uint32_t format);

/*
 * Fill columns (RK_COLUMNS_MAX of them) as they are in a format; returns how
 * many there are.
 */
uint32_t rk_table_columns(enum rk_table table, uint32_t format,
			  struct rk_column *columns);

/* The tables of a unit: fills up to RK_UNIT_TABLES_MAX, returns how many. */
uint32_t rk_unit_tables(enum rk_unit unit,
			enum rk_table tables[RK_UNIT_TABLES_MAX]);

/* The unit whose rows are in this table. */
enum rk_unit rk_table_unit(enum rk_table table);

/*
 * Column by which rows are to be read for loading, NULL: by the keys. (Closed
 * orders must come in order of closing.)
 */
const char *rk_table_order(enum rk_table table);

/* The hash of one row; the digest of the state is the sum over all rows. */
struct rk_hash rk_row_hash(const struct rk_row *row);

/* Sum of hashes modulo 2^128, and the way back. */
struct rk_hash rk_hash_add(struct rk_hash sum, struct rk_hash term);
struct rk_hash rk_hash_sub(struct rk_hash sum, struct rk_hash term);

/*
 * Where a unit is in the engine's memory (its place, 0 .. n - 1) depends on
 * what the tables were sized for; its number does not.
 */
uint32_t rk_unit_number(const struct rk_engine *engine, enum rk_unit unit,
			uint32_t place);

/*
 * Give out the rows of one unit as they are now; none when it holds nothing
 * (a withdrawal that is gone). row is valid during the call only.
 */
void rk_rows_unit(const struct rk_engine *engine, enum rk_unit unit,
		  uint32_t place,
		  void (*give)(void *context, const struct rk_row *row),
		  void *context);

/* All rows of all units, in order. */
void rk_rows_all(const struct rk_engine *engine,
		 void (*give)(void *context, const struct rk_row *row),
		 void *context);

/*
 * The digest of the state as it is in rows of a format: what an older program
 * would have told of the same state.
 */
struct rk_hash rk_rows_digest(const struct rk_engine *engine, uint32_t format);

#endif
