/*
 * Reading CSV files row by row, plain or gzip, in bounded memory.
 *
 * A file starts with a header row naming its columns, in any order. A column
 * that is missing, unknown or named twice is refused, so that a file of
 * another layout is never half understood. There is no quoting: none of the
 * layouts has a field with a comma in it. Every complaint names the file, the
 * line, the column and the value.
 */
#ifndef RK_CLIENT_REPLAY_CSV_H
#define RK_CLIENT_REPLAY_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "replay_error.h"

#define RK_REPLAY_CSV_LINE_MAX    1024
#define RK_REPLAY_CSV_COLUMNS_MAX 16

struct rk_replay_column {
	const char *name;
	bool optional; /* its field is "" when the file does not have it */
};

struct rk_replay_csv;

/*
 * Open path and read its header. columns (1 to RK_REPLAY_CSV_COLUMNS_MAX of
 * them), path and error are borrowed until close; error gets the sentence of
 * every later failure as well.
 *
 * Returns 0 and *ret_csv, owned by the caller: rk_replay_csv_close(). Else
 * -ENOENT and the like when it cannot be opened, -EINVAL when the header is
 * not as told, -EIO when it cannot be read, -ENOMEM.
 */
int rk_replay_csv_open(const char *path, const struct rk_replay_column *columns,
		       uint32_t columns_n, struct rk_replay_error *error,
		       struct rk_replay_csv **ret_csv);

/* Takes NULL. */
void rk_replay_csv_close(struct rk_replay_csv *csv);

/*
 * Go to the next row. Returns 1, or 0 at the end of the file, -EINVAL for a
 * row that is empty, too long or has too few or too many fields, -EIO.
 */
int rk_replay_csv_next(struct rk_replay_csv *csv);

/* Number of the present row's line, the header being 1. */
uint64_t rk_replay_csv_line(const struct rk_replay_csv *csv);

/* Does the file have this column? Never false for one not optional. */
bool rk_replay_csv_has(const struct rk_replay_csv *csv, uint32_t column);

/* A field of the present row; valid until the next call of _next. */
const char *rk_replay_csv_field(const struct rk_replay_csv *csv,
				uint32_t column);

/* A field as a number with so many decimals: 0 or -EINVAL. */
int rk_replay_csv_number(struct rk_replay_csv *csv, uint32_t column,
			 uint8_t decimals, int64_t *ret_raw);

/* The same, refusing what is not above 0. */
int rk_replay_csv_positive(struct rk_replay_csv *csv, uint32_t column,
			   uint8_t decimals, int64_t *ret_raw);

/* Milliseconds since the Unix epoch, as nanoseconds: 0 or -EINVAL. */
int rk_replay_csv_time(struct rk_replay_csv *csv, uint32_t column,
		       int64_t *ret_time_ns);

/*
 * Complain about a field of the present row; what tells what would be right
 * ("must be B or S"). Returns -EINVAL.
 */
int rk_replay_csv_refuse(struct rk_replay_csv *csv, uint32_t column,
			 const char *what);

#endif
