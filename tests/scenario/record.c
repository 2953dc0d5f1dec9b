/*
 * Filling in, comparing and showing records. See record.h.
 */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "engine/assert.h"
#include "engine/decimal.h"
#include "ops/value.h"

#define SHOWN_MAX 80

void scn_record_begin(struct scn_record *record, const char *name)
{
	memset(record, 0, sizeof(*record));
	record->name = name;
}

static struct scn_value *add(struct scn_record *record, const char *key,
			     enum scn_kind kind)
{
	struct scn_value *value = &record->values[record->n];

	RK_ASSERT(record->n < SCN_VALUES_MAX);
	record->n++;
	value->key = key;
	value->kind = kind;
	return value;
}

void scn_record_word(struct scn_record *record, const char *key,
		     const char *word)
{
	add(record, key, SCN_WORD)->word = word;
}

void scn_record_count(struct scn_record *record, const char *key,
		      uint64_t count)
{
	add(record, key, SCN_COUNT)->count = count;
}

void scn_record_decimal(struct scn_record *record, const char *key, int64_t raw,
			uint8_t decimals)
{
	struct scn_value *value = add(record, key, SCN_DECIMAL);

	value->raw = raw;
	value->decimals = decimals;
}

void scn_record_usd(struct scn_record *record, const char *key, rk_usd usd)
{
	scn_record_decimal(record, key, usd.raw, RK_USD_DECIMALS);
}

void scn_record_time(struct scn_record *record, const char *key, int64_t ns)
{
	add(record, key, SCN_TIME)->raw = ns - SCN_START_NS;
}

void scn_record_order(struct scn_record *record, const char *key,
		      struct rk_order_id order)
{
	add(record, key, SCN_ORDER)->order = order;
}

static void show_order(const struct scn_world *world, struct rk_order_id id,
		       char text[SHOWN_MAX])
{
	const struct scn_order *order = scn_world_order_of(world, id);

	if (order)
		(void)snprintf(text, SHOWN_MAX, "%s", order->name);
	else
		(void)snprintf(text, SHOWN_MAX, "%" PRIu64 ".%" PRIu32, id.seq,
			       id.n);
}

static void show(const struct scn_world *world, const struct scn_value *value,
		 char text[SHOWN_MAX])
{
	char number[RK_DECIMAL_SIZE];
	char duration[RK_VALUE_SIZE];

	switch (value->kind) {
	case SCN_WORD:
		(void)snprintf(text, SHOWN_MAX, "%s", value->word);
		break;
	case SCN_COUNT:
		(void)snprintf(text, SHOWN_MAX, "%" PRIu64, value->count);
		break;
	case SCN_DECIMAL:
		(void)snprintf(text, SHOWN_MAX, "%s",
			       rk_decimal_format(value->raw, value->decimals,
						 number, sizeof(number)));
		break;
	case SCN_TIME:
		(void)snprintf(text, SHOWN_MAX, "%s%s",
			       value->raw < 0 ? "before " : "+",
			       value->raw < 0 ? "the start"
					      : rk_value_format_duration(
							value->raw, duration));
		break;
	case SCN_ORDER:
		show_order(world, value->order, text);
		break;
	default:
		(void)snprintf(text, SHOWN_MAX, "?");
		break;
	}
}

/* An order is as its name says, or may be given a name that is new. */
static bool order_is(const struct scn_world *world,
		     const struct scn_value *value, const char *name)
{
	const struct scn_order *order = scn_world_find_order(world, name);

	if (!order)
		return !scn_world_order_of(world, value->order);
	return order->id.seq == value->order.seq &&
	       order->id.n == value->order.n;
}

static bool is_as_written(const struct scn_world *world,
			  const struct scn_value *value, struct scn_line *line,
			  const struct scn_field *field)
{
	const char *want = field->value;

	switch (value->kind) {
	case SCN_WORD:
		return strcmp(value->word, want) == 0;
	case SCN_COUNT:
		return scn_line_read_count(line, field->key, want) ==
		       value->count;
	case SCN_DECIMAL:
		return scn_line_read_decimal(line, field->key, want,
					     value->decimals) == value->raw;
	case SCN_TIME:
		return scn_line_read_time(line, field->key, want) == value->raw;
	case SCN_ORDER:
		return order_is(world, value, want);
	default:
		return false;
	}
}

static const struct scn_value *find(const struct scn_record *record,
				    const char *key)
{
	for (uint32_t i = 0; i < record->n; i++)
		if (strcmp(record->values[i].key, key) == 0)
			return &record->values[i];
	return NULL;
}

int scn_record_compare(const struct scn_world *world,
		       const struct scn_record *record, struct scn_line *line,
		       char difference[SCN_DIFFERENCE_MAX])
{
	char got[SHOWN_MAX];

	for (uint32_t i = 0; i < line->fields_n; i++) {
		const struct scn_field *field = &line->fields[i];
		const struct scn_value *value;

		if (field->taken)
			continue;
		value = find(record, field->key);
		if (!value) {
			scn_line_fail(
				line, "%s has no field \"%s\"", record->name,
				field->key[0] ? field->key : field->value);
			return -EINVAL;
		}
		if (is_as_written(world, value, line, field))
			continue;
		if (line->wrong[0] != '\0')
			return -EINVAL;
		show(world, value, got);
		(void)snprintf(difference, SCN_DIFFERENCE_MAX,
			       "%s is %s, expected %s", field->key, got,
			       field->value);
		return 1;
	}
	return 0;
}

static bool is_worth_showing(const struct scn_value *value)
{
	switch (value->kind) {
	case SCN_COUNT:
		return value->count != 0;
	case SCN_DECIMAL:
		return value->raw != 0;
	case SCN_WORD:
	case SCN_TIME:
	case SCN_ORDER:
	default:
		return true;
	}
}

void scn_record_show(const struct scn_world *world,
		     const struct scn_record *record, FILE *out)
{
	char text[SHOWN_MAX];

	(void)fputs(record->name, out);
	for (uint32_t i = 0; i < record->n; i++) {
		const struct scn_value *value = &record->values[i];

		if (!is_worth_showing(value))
			continue;
		show(world, value, text);
		(void)fprintf(out, " %s=%s", value->key, text);
	}
	(void)fputc('\n', out);
}
