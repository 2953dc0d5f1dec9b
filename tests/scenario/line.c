/*
 * Taking lines apart, and reading their fields. See line.h.
 */
#include "line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/decimal.h"
#include "ops/value.h"

#define BLANKS " \t\r\n"

void scn_line_fail(struct scn_line *line, const char *format, ...)
{
	va_list args;

	if (line->wrong[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(line->wrong, sizeof(line->wrong), format, args);
	va_end(args);
}

/* The next piece between blanks, ended with a zero; NULL at the end. */
static char *cut(char **at)
{
	char *piece = *at + strspn(*at, BLANKS);
	char *end;

	if (*piece == '\0' || *piece == '#')
		return NULL;
	end = piece + strcspn(piece, BLANKS);
	*at = *end == '\0' ? end : end + 1;
	*end = '\0';
	return piece;
}

static void add_field(struct scn_line *line, char *piece)
{
	struct scn_field *field;
	char *equals = strchr(piece, '=');

	if (line->fields_n == SCN_FIELDS_MAX) {
		scn_line_fail(line, "more than %d fields", SCN_FIELDS_MAX);
		return;
	}
	field = &line->fields[line->fields_n];
	field->taken = false;
	field->key = "";
	field->value = piece;
	if (equals) {
		*equals = '\0';
		field->key = piece;
		field->value = equals + 1;
		if (*field->key == '\0' || *field->value == '\0')
			scn_line_fail(line, "\"%s=%s\" must be key=value",
				      field->key, field->value);
		else if (scn_line_find(line, field->key))
			scn_line_fail(line, "%s is written twice", field->key);
	}
	line->fields_n++;
}

static bool is_mark(char c)
{
	return c == SCN_COMMAND || c == SCN_EVENT || c == SCN_QUERY ||
	       c == SCN_REFUSAL;
}

int scn_line_parse(struct scn_line *line, const char *text, unsigned int number)
{
	char *at = line->text;
	char *piece;

	line->number = number;
	line->mark = SCN_NOTHING;
	line->verb = "";
	line->fields_n = 0;
	line->wrong[0] = '\0';
	if (strlen(text) >= sizeof(line->text)) {
		scn_line_fail(line, "line has more than %zu characters",
			      sizeof(line->text) - 1);
		return -EINVAL;
	}
	(void)snprintf(line->text, sizeof(line->text), "%s", text);
	if (strpbrk(line->text, "\"\\"))
		scn_line_fail(line, "quotes and backslashes have no meaning");

	piece = cut(&at);
	if (!piece)
		return line->wrong[0] == '\0' ? 0 : -EINVAL;
	if (!is_mark(piece[0]) || piece[1] != '\0') {
		scn_line_fail(line,
			      "a line must begin with \">\", \"<\", \"?\", "
			      "\"!\" or \"#\" and a blank, not \"%s\"",
			      piece);
		return -EINVAL;
	}
	line->mark = (enum scn_mark)piece[0];
	piece = cut(&at);
	if (piece)
		line->verb = piece;
	else
		scn_line_fail(line, "nothing stands after \"%c\"", line->mark);
	while ((piece = cut(&at)))
		add_field(line, piece);
	return line->wrong[0] == '\0' ? 0 : -EINVAL;
}

int scn_line_end(struct scn_line *line)
{
	for (uint32_t i = 0; i < line->fields_n; i++) {
		const struct scn_field *field = &line->fields[i];

		if (field->taken)
			continue;
		scn_line_fail(line, "%s has no field \"%s\"", line->verb,
			      field->key[0] ? field->key : field->value);
	}
	return line->wrong[0] == '\0' ? 0 : -EINVAL;
}

const struct scn_field *scn_line_find(const struct scn_line *line,
				      const char *key)
{
	for (uint32_t i = 0; i < line->fields_n; i++)
		if (strcmp(line->fields[i].key, key) == 0)
			return &line->fields[i];
	return NULL;
}

static struct scn_field *take(struct scn_line *line, const char *key)
{
	for (uint32_t i = 0; i < line->fields_n; i++) {
		struct scn_field *field = &line->fields[i];

		if (field->taken || strcmp(field->key, key) != 0)
			continue;
		field->taken = true;
		return field;
	}
	return NULL;
}

const char *scn_line_word(struct scn_line *line)
{
	const struct scn_field *field = take(line, "");

	return field ? field->value : NULL;
}

const char *scn_line_text_or(struct scn_line *line, const char *key,
			     const char *fallback)
{
	const struct scn_field *field = take(line, key);

	return field ? field->value : fallback;
}

const char *scn_line_text(struct scn_line *line, const char *key)
{
	const char *value = scn_line_text_or(line, key, NULL);

	if (value)
		return value;
	scn_line_fail(line, "%s needs a field \"%s\"", line->verb, key);
	return "";
}

uint64_t scn_line_read_count(struct scn_line *line, const char *key,
			     const char *value)
{
	int64_t count = 0;
	int r = rk_decimal_parse(value, 0, &count);

	if (r != RK_DECIMAL_OK || count < 0)
		scn_line_fail(line, "%s=%s must be a whole number, 0 or more",
			      key, value);
	return (uint64_t)count;
}

uint64_t scn_line_count_or(struct scn_line *line, const char *key,
			   uint64_t fallback)
{
	const char *value = scn_line_text_or(line, key, NULL);

	return value ? scn_line_read_count(line, key, value) : fallback;
}

uint64_t scn_line_count(struct scn_line *line, const char *key)
{
	const char *value = scn_line_text(line, key);

	return *value ? scn_line_read_count(line, key, value) : 0;
}

int64_t scn_line_read_decimal(struct scn_line *line, const char *key,
			      const char *value, uint8_t decimals)
{
	int64_t raw = 0;
	int r = rk_decimal_parse(value, decimals, &raw);

	if (r != RK_DECIMAL_OK)
		scn_line_fail(line, "%s=%s %s (decimals: %u)", key, value,
			      rk_decimal_error_text(r), decimals);
	return raw;
}

int64_t scn_line_decimal_or(struct scn_line *line, const char *key,
			    uint8_t decimals, int64_t fallback)
{
	const char *value = scn_line_text_or(line, key, NULL);

	return value ? scn_line_read_decimal(line, key, value, decimals)
		     : fallback;
}

int64_t scn_line_decimal(struct scn_line *line, const char *key,
			 uint8_t decimals)
{
	const char *value = scn_line_text(line, key);

	return *value ? scn_line_read_decimal(line, key, value, decimals) : 0;
}

int64_t scn_line_duration_or(struct scn_line *line, const char *key,
			     int64_t fallback)
{
	const char *value = scn_line_text_or(line, key, NULL);
	int64_t ns = fallback;

	if (value && rk_value_parse_duration(value, &ns) != 0)
		scn_line_fail(line, "%s=%s " RK_VALUE_DURATION_NEED, key,
			      value);
	return ns;
}

int64_t scn_line_read_time(struct scn_line *line, const char *key,
			   const char *value)
{
	int64_t ns = 0;

	if (value[0] != '+' || rk_value_parse_duration(value + 1, &ns) != 0)
		scn_line_fail(line,
			      "%s=%s must be a time since the start of the "
			      "scenario, like \"+30s\"",
			      key, value);
	return ns;
}
