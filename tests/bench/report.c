/*
 * Results as a table and as JSON. See report.h.
 */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define NAME_SIZE 64
#define ROWS_MAX  512

struct line {
	char name[NAME_SIZE];
	const char *unit;
	double median, min, max;
	size_t n;
	double limit;
	const char *limit_name;
	enum bench_bar bar_kind;
	double bar;
};

struct bench_report {
	size_t n;
	struct line lines[ROWS_MAX];
};

struct bench_report *bench_report_open(void)
{
	return bench_need(calloc(1, sizeof(struct bench_report)));
}

void bench_report_close(struct bench_report *report)
{
	free(report);
}

static double ratio(const struct line *line)
{
	return line->limit > 0 ? line->median / line->limit : 0;
}

static bool is_ok(const struct line *line)
{
	double value = line->limit > 0 ? ratio(line) : line->median;

	switch (line->bar_kind) {
	case BENCH_BAR_MOST:
		return value <= line->bar;
	case BENCH_BAR_LEAST:
		return value >= line->bar;
	case BENCH_BAR_NONE:
	default:
		return true;
	}
}

/* Three digits that matter, whatever the size. */
static const char *show(double value, char text[32])
{
	double size = value < 0 ? -value : value;

	if (size >= 10000)
		(void)snprintf(text, 32, "%.0f", value);
	else if (size >= 100)
		(void)snprintf(text, 32, "%.1f", value);
	else
		(void)snprintf(text, 32, "%.3g", value);
	return text;
}

static void print_line(const struct line *line)
{
	char value[32], spread[96] = "", limit[96] = "", bar[64] = "";
	char a[32], b[32];

	if (line->n > 1)
		(void)snprintf(spread, sizeof(spread), "(%s..%s)",
			       show(line->min, a), show(line->max, b));
	if (line->limit > 0)
		(void)snprintf(limit, sizeof(limit), "%s x %s",
			       show(ratio(line), a), line->limit_name);
	if (line->bar_kind != BENCH_BAR_NONE)
		(void)snprintf(bar, sizeof(bar), "%s %s %s",
			       line->bar_kind == BENCH_BAR_MOST ? "<=" : ">=",
			       show(line->bar, a),
			       is_ok(line) ? "ok" : "MISSED");
	(void)printf("%-38s %10s %-9s %-22s %-18s %s\n", line->name,
		     show(line->median, value), line->unit, spread, limit, bar);
	(void)fflush(stdout);
}

void bench_report_add(struct bench_report *report, const struct bench_row *row)
{
	double sorted[BENCH_REPEATS_MAX];
	struct line *line;

	if (report->n == ROWS_MAX || row->n == 0 || row->n > BENCH_REPEATS_MAX)
		bench_die("%s: not a row for this report", row->name);
	memcpy(sorted, row->values, row->n * sizeof(*sorted));
	line = &report->lines[report->n++];
	(void)snprintf(line->name, sizeof(line->name), "%s", row->name);
	line->unit = row->unit;
	line->n = row->n;
	line->median = bench_percentile(sorted, row->n, 0.5);
	line->min = sorted[0];
	line->max = sorted[row->n - 1];
	line->limit = row->limit;
	line->limit_name = row->limit_name;
	line->bar_kind = row->bar_kind;
	line->bar = row->bar;
	print_line(line);
}

void bench_report_value(struct bench_report *report, const char *name,
			double value, const char *unit)
{
	bench_report_add(report, &(struct bench_row){.name = name,
						     .unit = unit,
						     .values = &value,
						     .n = 1});
}

size_t bench_report_missed(const struct bench_report *report)
{
	size_t missed = 0;

	for (size_t i = 0; i < report->n; i++) {
		if (is_ok(&report->lines[i]))
			continue;
		if (missed++ == 0)
			(void)printf("\nbars missed:\n");
		print_line(&report->lines[i]);
	}
	return missed;
}

/* Names and units are ours: nothing in them needs escaping. */
static void write_line(FILE *file, const struct line *line, bool last)
{
	(void)fprintf(file,
		      "{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", "
		      "\"min\": %.6g, \"max\": %.6g, \"repeats\": %zu, ",
		      line->name, line->median, line->unit, line->min,
		      line->max, line->n);
	if (line->limit > 0)
		(void)fprintf(file,
			      "\"limit\": %.6g, \"limit_name\": \"%s\", "
			      "\"ratio\": %.6g, ",
			      line->limit, line->limit_name, ratio(line));
	else
		(void)fprintf(file, "\"limit\": null, \"limit_name\": null, "
				    "\"ratio\": null, ");
	if (line->bar_kind != BENCH_BAR_NONE)
		(void)fprintf(file, "\"bar\": \"%s %.6g\", \"ok\": %s}%s\n",
			      line->bar_kind == BENCH_BAR_MOST ? "<=" : ">=",
			      line->bar, is_ok(line) ? "true" : "false",
			      last ? "" : ",");
	else
		(void)fprintf(file, "\"bar\": null, \"ok\": null}%s\n",
			      last ? "" : ",");
}

int bench_report_json(const struct bench_report *report, const char *path)
{
	FILE *file = fopen(path, "w");
	int r;

	if (!file)
		return -errno;
	(void)fprintf(file, "[\n");
	for (size_t i = 0; i < report->n; i++)
		write_line(file, &report->lines[i], i + 1 == report->n);
	(void)fprintf(file, "]\n");
	r = ferror(file) ? -EIO : 0;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	return r;
}
