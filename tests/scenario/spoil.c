/*
 * Making expectations wrong. See spoil.h.
 */
#include "spoil.h"

#include <string.h>

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

bool scn_spoil_is_needed(const struct scn_line *line)
{
	static const char *const echoes[] = {
		"ACCOUNT_CREATED",
		"BALANCE",
		"POSITION",
		"PRICE_STATE",
		"ORDER_PLACED",
		"ORDER_CANCELLED",
		"RESUMED",
		"COLLATERAL_SET",
		"MARKET_CHANGED",
		"MARGIN_SET",
		"RAMP_SET",
		"LIQUIDATION_SET",
		NULL,
	};

	if (line->mark == SCN_REFUSAL)
		return true;
	return line->mark == SCN_EVENT && !is_one_of(line->verb, echoes);
}

bool scn_spoil_is_compared(const struct scn_line *line, uint32_t field)
{
	static const char *const choosing[] = {
		"id", "account", "asset", "market", "name", "order", NULL,
	};
	const char *key = line->fields[field].key;

	if (line->mark == SCN_QUERY)
		return !is_one_of(key, choosing);
	/* There an order is given its name, whatever that is. */
	return (strcmp(line->verb, "ORDER_OPENED") != 0 &&
		strcmp(line->verb, "CONVERSION_OPENED") != 0) ||
	       strcmp(key, "order") != 0;
}

/* Another value of the same form: one digit, or else one letter, changes. */
static void spoil_value(char *value)
{
	static const char other[] = "1234567898";
	size_t n = strlen(value);

	for (size_t i = n; i-- > 0;) {
		if (value[i] < '0' || value[i] > '9')
			continue;
		value[i] = other[value[i] - '0'];
		return;
	}
	value[n - 1] = value[n - 1] == 'X' ? 'Y' : 'X';
}

void scn_spoil_line(const struct scn_spoil *spoil, struct scn_line *line)
{
	if (spoil->line != line->number)
		return;
	if (spoil->field == SCN_SPOIL_LINE)
		line->mark = SCN_NOTHING;
	else if (spoil->field == SCN_SPOIL_VERB)
		line->verb = strcmp(line->verb, "OVERFLOW") == 0 ? "CAPACITY"
								 : "OVERFLOW";
	else
		spoil_value(line->fields[spoil->field].value);
}
