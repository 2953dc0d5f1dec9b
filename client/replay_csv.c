/*
 * CSV rows over zlib, which reads plain files as they are. See the header.
 *
 * Lines are found in a block of our own and not with gzgets(): that one cannot
 * tell a zero byte in the middle of a line from its end.
 */
#include "replay_csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "librisk_text.h"

#define BLOCK_SIZE    (1u << 16)
#define NS_PER_MS     INT64_C(1000000)
#define TIME_MS_MAX   (INT64_MAX / NS_PER_MS)
#define ABSENT        UINT32_MAX
#define SHOWN_LEN_MAX 64 /* of a value in a message */

struct rk_replay_csv {
	gzFile file;
	const char *path;
	const struct rk_replay_column *columns;
	uint32_t columns_n;
	struct rk_replay_error *error;
	uint64_t line;
	uint32_t fields_n; /* of every row, as the header has it */
	uint32_t where[RK_REPLAY_CSV_COLUMNS_MAX]; /* field of a column */
	const char *fields[RK_REPLAY_CSV_COLUMNS_MAX];
	char text[RK_REPLAY_CSV_LINE_MAX + 1];
	unsigned char block[BLOCK_SIZE];
	uint32_t block_n;
	uint32_t block_at;
};

static int refuse_read(struct rk_replay_csv *csv, const char *why)
{
	return rk_replay_error_set(csv->error, -EIO,
				   "%s:%llu: cannot be read: %s", csv->path,
				   (unsigned long long)csv->line, why);
}

/* 1, 0 at the end of the file, or -EIO. */
static int fill_block(struct rk_replay_csv *csv)
{
	int code;
	const char *why;
	int n = gzread(csv->file, csv->block, BLOCK_SIZE);

	csv->block_n = n > 0 ? (uint32_t)n : 0;
	csv->block_at = 0;
	if (n > 0)
		return 1;
	why = gzerror(csv->file, &code);
	if (code == Z_ERRNO)
		return refuse_read(csv, strerror(errno));
	/* A gzip file that was cut off reads as its end, with this code. */
	if (code == Z_BUF_ERROR)
		return refuse_read(csv, "gzip data end too early");
	return code == Z_OK ? 0 : refuse_read(csv, why);
}

static int too_long(struct rk_replay_csv *csv)
{
	return rk_replay_error_set(
		csv->error, -EINVAL,
		"%s:%llu: line is too long: at most %u bytes are taken",
		csv->path, (unsigned long long)csv->line,
		RK_REPLAY_CSV_LINE_MAX);
}

/* Copy what the block has of this line; *ret_ended when that is all of it. */
static int take_part(struct rk_replay_csv *csv, uint32_t *n, bool *ret_ended)
{
	const unsigned char *from = csv->block + csv->block_at;
	uint32_t rest = csv->block_n - csv->block_at;
	const unsigned char *end = memchr(from, '\n', rest);
	uint32_t part = end ? (uint32_t)(end - from) : rest;

	if (part > RK_REPLAY_CSV_LINE_MAX - *n)
		return too_long(csv);
	memcpy(csv->text + *n, from, part);
	*n += part;
	csv->block_at += part + (end ? 1 : 0);
	*ret_ended = end != NULL;
	return 0;
}

/* 1 and a line in text, 0 at the end of the file, or negative. */
static int read_line(struct rk_replay_csv *csv)
{
	uint32_t n = 0;
	bool ended = false;
	int r;

	csv->line++;
	while (!ended) {
		if (csv->block_at == csv->block_n) {
			r = fill_block(csv);
			if (r < 0)
				return r;
			/* The last line may do without its newline. */
			if (r == 0 && n == 0)
				return 0;
			if (r == 0)
				break;
		}
		r = take_part(csv, &n, &ended);
		if (r < 0)
			return r;
	}
	if (n > 0 && csv->text[n - 1] == '\r')
		n--;
	csv->text[n] = '\0';
	if (memchr(csv->text, '\0', n))
		return rk_replay_error_set(
			csv->error, -EINVAL,
			"%s:%llu: zero byte in the line: must be text",
			csv->path, (unsigned long long)csv->line);
	return 1;
}

/* Cut text at its commas; more fields than there is room for only count. */
static uint32_t split(char *text, const char **fields)
{
	uint32_t n = 0;

	for (;;) {
		char *comma = strchr(text, ',');

		if (n < RK_REPLAY_CSV_COLUMNS_MAX)
			fields[n] = text;
		n++;
		if (!comma)
			return n;
		*comma = '\0';
		text = comma + 1;
	}
}

static void list_columns(const struct rk_replay_csv *csv, char *buf,
			 size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (uint32_t i = 0; i < csv->columns_n && n < size; i++) {
		int r = snprintf(buf + n, size - n, "%s%s%s", i > 0 ? "," : "",
				 csv->columns[i].name,
				 csv->columns[i].optional ? " (optional)" : "");

		n += r > 0 ? (size_t)r : 0;
	}
}

static int refuse_header(struct rk_replay_csv *csv, const char *name,
			 const char *what)
{
	char list[512];

	list_columns(csv, list, sizeof(list));
	return rk_replay_error_set(
		csv->error, -EINVAL,
		"%s:1: column \"%.*s\" %s: the header must name %s", csv->path,
		SHOWN_LEN_MAX, name, what, list);
}

static int place_column(struct rk_replay_csv *csv, const char *name,
			uint32_t field)
{
	for (uint32_t i = 0; i < csv->columns_n; i++) {
		if (strcmp(name, csv->columns[i].name) != 0)
			continue;
		if (csv->where[i] != ABSENT)
			return refuse_header(csv, name, "is there twice");
		csv->where[i] = field;
		return 0;
	}
	return refuse_header(csv, name, "is not known");
}

static int read_header(struct rk_replay_csv *csv)
{
	int r = read_line(csv);

	if (r < 0)
		return r;
	if (r == 0)
		csv->text[0] = '\0';
	csv->fields_n = split(csv->text, csv->fields);
	for (uint32_t i = 0; i < csv->columns_n; i++)
		csv->where[i] = ABSENT;
	for (uint32_t i = 0; i < csv->fields_n; i++) {
		/* A column more than all known ones is unknown or a repeat. */
		if (i >= RK_REPLAY_CSV_COLUMNS_MAX)
			return refuse_header(csv, "...", "is one too many");
		r = place_column(csv, csv->fields[i], i);
		if (r < 0)
			return r;
	}
	for (uint32_t i = 0; i < csv->columns_n; i++) {
		if (csv->where[i] == ABSENT && !csv->columns[i].optional)
			return refuse_header(csv, csv->columns[i].name,
					     "is missing");
	}
	return 0;
}

int rk_replay_csv_open(const char *path, const struct rk_replay_column *columns,
		       uint32_t columns_n, struct rk_replay_error *error,
		       struct rk_replay_csv **ret_csv)
{
	struct rk_replay_csv *csv = calloc(1, sizeof(*csv));
	int r;

	if (!csv)
		return rk_replay_error_set(error, -ENOMEM,
					   "%s: no memory to read it", path);
	csv->path = path;
	csv->columns = columns;
	csv->columns_n = columns_n;
	csv->error = error;
	errno = 0;
	csv->file = gzopen(path, "rb");
	if (!csv->file) {
		r = errno != 0 ? -errno : -ENOMEM;
		rk_replay_error_set(error, r, "%s: cannot be opened: %s", path,
				    strerror(-r));
		goto fail;
	}
	r = read_header(csv);
	if (r < 0)
		goto fail;
	*ret_csv = csv;
	return 0;

fail:
	rk_replay_csv_close(csv);
	return r;
}

void rk_replay_csv_close(struct rk_replay_csv *csv)
{
	if (!csv)
		return;
	if (csv->file)
		(void)gzclose_r(csv->file); /* nothing was written */
	free(csv);
}

int rk_replay_csv_next(struct rk_replay_csv *csv)
{
	uint32_t n;
	int r = read_line(csv);

	if (r <= 0)
		return r;
	n = split(csv->text, csv->fields);
	if (n == csv->fields_n)
		return 1;
	return rk_replay_error_set(
		csv->error, -EINVAL,
		"%s:%llu: row has %u fields: must have %u, as the header has",
		csv->path, (unsigned long long)csv->line, n, csv->fields_n);
}

uint64_t rk_replay_csv_line(const struct rk_replay_csv *csv)
{
	return csv->line;
}

bool rk_replay_csv_has(const struct rk_replay_csv *csv, uint32_t column)
{
	return csv->where[column] != ABSENT;
}

const char *rk_replay_csv_field(const struct rk_replay_csv *csv,
				uint32_t column)
{
	if (csv->where[column] == ABSENT)
		return "";
	return csv->fields[csv->where[column]];
}

int rk_replay_csv_number(struct rk_replay_csv *csv, uint32_t column,
			 uint8_t decimals, int64_t *ret_raw)
{
	char what[96];
	int r = risk_parse_decimal(rk_replay_csv_field(csv, column), decimals,
				   ret_raw);

	if (r == 0)
		return 0;
	if (r == -ERANGE)
		return rk_replay_csv_refuse(csv, column,
					    "must be smaller: it does not fit");
	if (r != -EDOM)
		return rk_replay_csv_refuse(
			csv, column, "must be a decimal number like 12.34");
	(void)snprintf(what, sizeof(what),
		       "must have at most %u digits after the point", decimals);
	return rk_replay_csv_refuse(csv, column, what);
}

int rk_replay_csv_positive(struct rk_replay_csv *csv, uint32_t column,
			   uint8_t decimals, int64_t *ret_raw)
{
	int64_t raw;
	int r = rk_replay_csv_number(csv, column, decimals, &raw);

	if (r < 0)
		return r;
	if (raw <= 0)
		return rk_replay_csv_refuse(csv, column, "must be above 0");
	*ret_raw = raw;
	return 0;
}

int rk_replay_csv_time(struct rk_replay_csv *csv, uint32_t column,
		       int64_t *ret_time_ns)
{
	int64_t ms;
	int r = risk_parse_decimal(rk_replay_csv_field(csv, column), 0, &ms);

	if (r < 0 || ms <= 0 || ms > TIME_MS_MAX)
		return rk_replay_csv_refuse(
			csv, column,
			"must be milliseconds since 1970, like 1620777600000");
	*ret_time_ns = ms * NS_PER_MS;
	return 0;
}

int rk_replay_csv_refuse(struct rk_replay_csv *csv, uint32_t column,
			 const char *what)
{
	return rk_replay_error_set(csv->error, -EINVAL,
				   "%s:%llu: column %s: \"%.*s\" %s", csv->path,
				   (unsigned long long)csv->line,
				   csv->columns[column].name, SHOWN_LEN_MAX,
				   rk_replay_csv_field(csv, column), what);
}
