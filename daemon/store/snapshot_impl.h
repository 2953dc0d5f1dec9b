/*
 * What writing and reading of snapshots share. Private to store/snapshot*.c.
 */
#ifndef RK_STORE_SNAPSHOT_IMPL_H
#define RK_STORE_SNAPSHOT_IMPL_H

#include "store/snapshot.h"
#include "store/sqlite.h"
#include "store/sqlite_meta.h"

#define RK_SNAPSHOT_KIND "riskd snapshot"

_Static_assert(RK_SNAPSHOT_TEXT_SIZE >= RK_SQLITE_TEXT_SIZE,
	       "messages of SQLite files fit");

/* Bounds of cells (engine/rows.h). */
#define RK_SNAPSHOT_CELL_TEXT_MAX 23
#define RK_SNAPSHOT_CELL_BLOB_MAX 512

/* A table as the engine describes it. */
struct rk_snapshot_layout {
	enum rk_table table;
	const char *name;
	uint32_t keys;
	uint32_t format;
	uint32_t n;
	struct rk_column columns[RK_COLUMNS_MAX];
};

void rk_snapshot_layout(enum rk_table table, uint32_t format,
			struct rk_snapshot_layout *ret_layout);

enum rk_snapshot_sql {
	RK_SNAPSHOT_SQL_CREATE,
	RK_SNAPSHOT_SQL_ALL,    /* every row, in order */
	RK_SNAPSHOT_SQL_UNIT,   /* the rows of unit ?1 */
	RK_SNAPSHOT_SQL_DELETE, /* of unit ?1 */
	RK_SNAPSHOT_SQL_INSERT,
	RK_SNAPSHOT_SQL_HIGHEST, /* number of a unit */
};

void rk_snapshot_sql(const struct rk_snapshot_layout *layout,
		     enum rk_snapshot_sql kind, char sql[RK_SQLITE_SQL_SIZE]);

/* All tables, and what there is for people. */
int rk_snapshot_schema_create(const struct rk_sqlite *lite, char *error);

int rk_snapshot_views_create(const struct rk_sqlite *lite, char *error);

/* Exactly the tables of a format are there. 0, -EBADMSG or another -errno. */
int rk_snapshot_schema_check(const struct rk_sqlite *lite, uint32_t format,
			     char *error);

/* The present row of a statement; its bytes live until the next step. */
int rk_snapshot_row_load(const struct rk_sqlite *lite,
			 struct sqlite3_stmt *stmt,
			 const struct rk_snapshot_layout *layout,
			 struct rk_row *ret_row, char *error);

void rk_snapshot_meta_store(const struct rk_snapshot_meta *meta,
			    struct rk_sqlite_meta *ret_stored);

/* Load and check: kind, format, every key. seq must be the one expected. */
int rk_snapshot_meta_load(const struct rk_sqlite *lite, uint64_t seq,
			  struct rk_snapshot_meta *ret_meta, char *error);

/* Read the file of that name as rk_snapshot_read() does. */
struct rk_snapshot_result {
	struct rk_snapshot_meta meta;
	uint64_t rows;
};
int rk_snapshot_file_read(const struct rk_snapshot_read *read, const char *name,
			  struct rk_snapshot_result *ret_result, char *error);

#endif
