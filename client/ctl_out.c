/*
 * riskctl: tables as text, JSON and CSV. See ctl_out.h.
 */
#include "ctl_out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct cell {
	char *text;       /* owned; the value without its unit */
	const char *unit; /* borrowed; "" for none */
	enum ctl_color color;
};

struct ctl_table {
	const struct ctl_column *columns;
	size_t width;    /* columns */
	uint64_t hidden; /* a bit for each that people do not see */
	struct cell *cells;
	size_t n;
	size_t max;
	bool failed; /* memory ran out */
};

struct ctl_table *ctl_table_new(const struct ctl_column *columns)
{
	struct ctl_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->columns = columns;
	while (columns[table->width].title)
		table->width++;
	return table;
}

void ctl_table_free(struct ctl_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->n; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table);
}

void ctl_table_hide(struct ctl_table *table, const char *key)
{
	for (size_t c = 0; table && c < table->width && c < 64; c++)
		if (strcmp(table->columns[c].key, key) == 0)
			table->hidden |= UINT64_C(1) << c;
}

static bool is_hidden(const struct ctl_table *table, size_t column)
{
	return column < 64 && (table->hidden >> column & 1);
}

/* Of those that people see. */
static bool is_last(const struct ctl_table *table, size_t column)
{
	for (size_t c = column + 1; c < table->width; c++)
		if (!is_hidden(table, c))
			return false;
	return true;
}

bool ctl_table_is_empty(const struct ctl_table *table)
{
	return table && !table->failed && table->n == 0;
}

static void add(struct ctl_table *table, const char *text, const char *unit)
{
	if (!table || table->failed)
		return;
	if (table->n == table->max) {
		size_t max = table->max ? table->max * 2 : 64;
		struct cell *cells =
			reallocarray(table->cells, max, sizeof(*cells));

		table->failed = !cells;
		if (!cells)
			return;
		table->cells = cells;
		table->max = max;
	}
	table->cells[table->n] = (struct cell){strdup(text), unit, CTL_PLAIN};
	table->failed = !table->cells[table->n].text;
	table->n += !table->failed;
}

void ctl_cell(struct ctl_table *table, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add(table, text, "");
}

void ctl_cell_text(struct ctl_table *table, const char *text)
{
	add(table, text, "");
}

void ctl_cell_decimal(struct ctl_table *table, int64_t raw, uint32_t decimals,
		      const char *unit)
{
	char text[RISK_DECIMAL_SIZE];

	add(table, risk_format_decimal(raw, decimals, text), unit);
}

void ctl_cell_usd(struct ctl_table *table, int64_t raw)
{
	char text[RISK_DECIMAL_SIZE];

	add(table, risk_format_padded(raw, 8, 2, text), "USD");
}

void ctl_cell_u64(struct ctl_table *table, uint64_t value)
{
	ctl_cell(table, "%" PRIu64, value);
}

void ctl_cell_bool(struct ctl_table *table, bool value)
{
	add(table, value ? "yes" : "no", "");
}

void ctl_cell_color(struct ctl_table *table, enum ctl_color color)
{
	if (table && table->n)
		table->cells[table->n - 1].color = color;
}

enum ctl_color ctl_color_of_state(Riskd__State state)
{
	if (state == RISKD__STATE__STATE_OK)
		return CTL_GREEN;
	if (state == RISKD__STATE__STATE_WARN ||
	    state == RISKD__STATE__STATE_MARGIN_CALL)
		return CTL_YELLOW;
	return CTL_RED;
}

void ctl_cell_state(struct ctl_table *table, Riskd__State state)
{
	ctl_cell(table, "%s", risk_state_name(state));
	ctl_cell_color(table, ctl_color_of_state(state));
}

void ctl_cell_price_state(struct ctl_table *table, Riskd__PriceState state)
{
	ctl_cell(table, "%s", risk_price_state_name(state));
	ctl_cell_color(table, state == RISKD__PRICE_STATE__PRICE_STATE_OK
				      ? CTL_GREEN
				      : CTL_YELLOW);
}

void ctl_cell_ratio(struct ctl_table *table, int64_t ratio)
{
	/* Equity of 0 or less is worse than any number. */
	if (ratio < 0)
		add(table, "inf", "");
	else
		ctl_cell_decimal(table, ratio, 9, "");
}

void ctl_cell_factor(struct ctl_table *table, int64_t factor)
{
	/* Nothing is owed, or next to nothing. */
	if (factor < 0)
		add(table, "none", "");
	else
		ctl_cell_decimal(table, factor, 9, "");
}

const char *ctl_color_on(const struct ctl *ctl, enum ctl_color color)
{
	static const char *const codes[] = {"", "\033[32m", "\033[33m",
					    "\033[1;31m"};

	return ctl->color ? codes[color] : "";
}

const char *ctl_color_off(const struct ctl *ctl)
{
	return ctl->color ? "\033[0m" : "";
}

const char *ctl_format_time(int64_t time_ns, char buf[CTL_TIME_SIZE])
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	int64_t rest = time_ns % 1000000000;
	struct tm tm;
	size_t n = 0;

	if (gmtime_r(&seconds, &tm))
		n = strftime(buf, CTL_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
	(void)snprintf(buf + n, CTL_TIME_SIZE - n, ".%06" PRId64,
		       (rest < 0 ? -rest : rest) / 1000);
	return buf;
}

static json_t *cell_json(enum ctl_kind kind, const char *text)
{
	uint64_t value;

	/* A number that there is not. A word "none" is of another kind. */
	if (kind == CTL_DECIMAL && !strcmp(text, "none"))
		return json_null();
	if (kind == CTL_BOOL)
		return json_boolean(!strcmp(text, "yes"));
	if (kind == CTL_INTEGER && !risk_parse_u64(text, &value) &&
	    value <= INT64_MAX)
		return json_integer((json_int_t)value);
	return json_string(text);
}

json_t *ctl_table_json(const struct ctl_table *table)
{
	json_t *rows = table && !table->failed ? json_array() : NULL;

	for (size_t i = 0; rows && i < table->n; i += table->width) {
		json_t *row = json_object();

		if (json_array_append_new(rows, row))
			goto fail;
		for (size_t c = 0; c < table->width && i + c < table->n; c++) {
			const struct ctl_column *column = &table->columns[c];

			if (json_object_set_new(
				    row, column->key,
				    cell_json(column->kind,
					      table->cells[i + c].text)))
				goto fail;
		}
	}
	return rows;
fail:
	json_decref(rows);
	return NULL;
}

int ctl_json_print(const struct ctl *ctl, json_t *object)
{
	if (!object)
		return ctl_refuse(ctl, "out of memory");
	(void)json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	(void)putchar('\n'); /* main checks stdout at the end */
	json_decref(object);
	return CTL_OK;
}

static int print_json(const struct ctl *ctl, const struct ctl_table *table)
{
	json_t *rows = ctl_table_json(table);
	size_t i;
	json_t *row;

	if (!rows)
		return ctl_refuse(ctl, "out of memory");
	json_array_foreach(rows, i, row)(void)
		ctl_json_print(ctl, json_incref(row));
	json_decref(rows);
	return CTL_OK;
}

static void print_csv_field(const char *text, char end)
{
	if (!strpbrk(text, ",\"\r\n")) {
		(void)printf("%s%c", text, end);
		return;
	}
	(void)putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			(void)putchar('"');
		(void)putchar(*text);
	}
	(void)printf("\"%c", end);
}

static void print_csv(const struct ctl_table *table)
{
	for (size_t c = 0; c < table->width; c++)
		print_csv_field(table->columns[c].key,
				c + 1 < table->width ? ',' : '\n');
	for (size_t i = 0; i < table->n; i += table->width)
		for (size_t c = 0; c < table->width; c++)
			print_csv_field(table->cells[i + c].text,
					c + 1 < table->width ? ',' : '\n');
}

/* Widths of a column: up to the point, from the point on, and the unit. */
struct widths {
	size_t whole;
	size_t fraction;
	size_t unit;
	size_t all;
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t whole_of(const char *text)
{
	return strcspn(text, ".");
}

static struct widths measure(const struct ctl_table *table, size_t column)
{
	struct widths w = {0};
	bool right = table->columns[column].kind == CTL_DECIMAL;
	size_t sum;

	for (size_t i = column; i < table->n; i += table->width) {
		const struct cell *cell = &table->cells[i];
		size_t n = strlen(cell->text);
		size_t whole = right ? whole_of(cell->text) : n;

		w.whole = larger(w.whole, whole);
		w.fraction = larger(w.fraction, n - whole);
		if (*cell->unit)
			w.unit = larger(w.unit, strlen(cell->unit) + 1);
	}
	sum = w.whole + w.fraction + w.unit;
	w.all = larger(sum, strlen(table->columns[column].title));
	return w;
}

static void print_cell(const struct ctl *ctl, const struct ctl_table *table,
		       size_t i, size_t column, const struct widths *w)
{
	const struct cell *cell = &table->cells[i + column];
	enum ctl_kind kind = table->columns[column].kind;
	bool last = is_last(table, column);
	size_t n = strlen(cell->text);
	size_t whole = kind == CTL_DECIMAL ? whole_of(cell->text) : n;
	size_t left = 0;
	size_t used;

	if (kind == CTL_DECIMAL)
		left = w->all - w->fraction - w->unit - whole;
	else if (kind == CTL_INTEGER)
		left = w->all - n;
	(void)printf("%*s%s%s%s", (int)left, "", ctl_color_on(ctl, cell->color),
		     cell->text, cell->color ? ctl_color_off(ctl) : "");
	used = left + n;
	if (*cell->unit) {
		size_t pad = w->fraction - (n - whole);

		(void)printf("%*s %s", (int)pad, "", cell->unit);
		used += pad + 1 + strlen(cell->unit);
	}
	(void)printf("%*s", last ? 0 : (int)(w->all - used + 2), "");
	if (last)
		(void)putchar('\n');
}

/* Above its column: words at the left, numbers at the right. */
static void print_title(const struct ctl_table *table, size_t column,
			const struct widths *w)
{
	const char *title = table->columns[column].title;
	enum ctl_kind kind = table->columns[column].kind;
	bool last = is_last(table, column);
	int width = (int)w->all;

	if (kind == CTL_DECIMAL || kind == CTL_INTEGER)
		(void)printf("%*s", width, title);
	else
		(void)printf("%-*s", last ? 0 : width, title);
	(void)fputs(last ? "\n" : "  ", stdout);
}

static int print_text(const struct ctl *ctl, const struct ctl_table *table)
{
	struct widths *w = calloc(table->width, sizeof(*w));

	if (!w)
		return ctl_refuse(ctl, "out of memory");
	for (size_t c = 0; c < table->width; c++) {
		if (is_hidden(table, c))
			continue;
		w[c] = measure(table, c);
		print_title(table, c, &w[c]);
	}
	for (size_t i = 0; i < table->n; i += table->width)
		for (size_t c = 0; c < table->width; c++)
			if (!is_hidden(table, c))
				print_cell(ctl, table, i, c, &w[c]);
	free(w);
	return CTL_OK;
}

int ctl_table_print(const struct ctl *ctl, struct ctl_table *table,
		    const char *empty)
{
	int rc = CTL_OK;

	if (!table || table->failed)
		rc = ctl_refuse(ctl, "out of memory");
	else if (ctl->output == CTL_JSON)
		rc = print_json(ctl, table);
	else if (ctl->output == CTL_CSV)
		print_csv(table);
	else if (table->n == 0)
		ctl_say(ctl, "%s", empty);
	else
		rc = print_text(ctl, table);
	ctl_table_free(table);
	return rc;
}

int ctl_table_print_record(const struct ctl *ctl, struct ctl_table *table)
{
	size_t width = 0;

	if (!table || table->failed || ctl->output != CTL_TABLE)
		return ctl_table_print(ctl, table, "");
	for (size_t c = 0; c < table->width; c++)
		if (!is_hidden(table, c))
			width = larger(width, strlen(table->columns[c].title));
	for (size_t c = 0; c < table->n; c++) {
		const struct cell *cell = &table->cells[c];

		if (is_hidden(table, c))
			continue;
		(void)printf("%-*s  %s%s%s%s%s\n", (int)width,
			     table->columns[c].title,
			     ctl_color_on(ctl, cell->color), cell->text,
			     cell->color ? ctl_color_off(ctl) : "",
			     *cell->unit ? " " : "", cell->unit);
	}
	ctl_table_free(table);
	return CTL_OK;
}
