/*
 * riskctl: the largest orders. See ctl_largest.h.
 */
#include "ctl_largest.h"

#include <string.h>

#define RATE_DECIMALS 9
#define WORD_SIZE     64

/* What a word is made of. */
struct word {
	char market[WORD_SIZE];
	const char *price; /* NULL: left out, as is fee */
	const char *fee;
};

static int cut(const struct ctl *ctl, const char *text, struct word *word)
{
	char *at;
	char *colon;

	if (strlen(text) >= sizeof(word->market))
		return ctl_usage_error(ctl, "--max \"%s\": must be %s", text,
				       CTL_MAX_FORM);
	memcpy(word->market, text, strlen(text) + 1);
	at = strchr(word->market, '@');
	colon = strchr(word->market, ':');
	if (at == word->market || colon == word->market || !*text ||
	    (at && (!at[1] || at[1] == ':')) || (colon && !colon[1]) ||
	    (at && colon && colon < at))
		return ctl_usage_error(ctl, "--max \"%s\": must be %s", text,
				       CTL_MAX_FORM);
	if (at)
		*at = '\0';
	if (colon)
		*colon = '\0';
	word->price = at ? at + 1 : NULL;
	word->fee = colon ? colon + 1 : NULL;
	return CTL_OK;
}

int ctl_read_largest(const struct ctl *ctl, const char *text,
		     struct ctl_largest *largest)
{
	struct risk_largest_of of = {.price = 0};
	const Riskd__Market *market = NULL;
	struct word word = {.price = NULL};
	int rc;

	if (largest->n == RISK_LARGEST_MAX)
		return ctl_usage_error(ctl, "--max: more than %d markets",
				       RISK_LARGEST_MAX);
	if ((rc = cut(ctl, text, &word)) ||
	    (rc = ctl_read_market(ctl, word.market, &market)))
		return rc;
	of.market = market->id;
	if (word.price)
		rc = ctl_read_decimal(ctl, "price", word.price,
				      market->price_decimals, &of.price);
	/* 0 stands for the mark, but nobody means that by writing it. */
	if (rc == CTL_OK && word.price && of.price == 0)
		rc = ctl_usage_error(ctl, "--max \"%s\": price is 0", text);
	if (rc == CTL_OK && word.fee)
		rc = ctl_read_decimal(ctl, "fee", word.fee, RATE_DECIMALS,
				      &of.fee);
	of.fee_told = word.fee != NULL;
	for (size_t i = 0; rc == CTL_OK && i < largest->n; i++)
		if (largest->of[i].market == of.market)
			rc = ctl_usage_error(ctl,
					     "--max: market %s is named twice: "
					     "name each once",
					     word.market);
	if (rc == CTL_OK)
		largest->of[largest->n++] = of;
	return rc;
}

static const struct ctl_column columns[] = {
	{"Largest order", "market", CTL_TEXT},
	{"Price", "price", CTL_DECIMAL},
	{"Buy", "buy", CTL_DECIMAL},
	{"Sell", "sell", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

struct ctl_table *ctl_largest_table(const struct ctl *ctl,
				    Riskd__LargestOrder *const *rows, size_t n)
{
	struct ctl_table *table = ctl_table_new(columns);

	for (size_t i = 0; i < n; i++) {
		struct ctl_scale scale = ctl_scale_of(ctl, rows[i]->market);

		ctl_cell(table, "%s", scale.market);
		if (rows[i]->price == 0)
			ctl_cell(table, "none");
		else
			ctl_cell_decimal(table, rows[i]->price, scale.price,
					 scale.quote);
		ctl_cell_decimal(table, rows[i]->buy, scale.size, "");
		ctl_cell_decimal(table, rows[i]->sell, scale.size, "");
	}
	return table;
}

/* NULL without memory. */
static json_t *largest_json(const struct ctl *ctl,
			    Riskd__LargestOrder *const *rows, size_t n)
{
	json_t *object = json_object();
	bool failed = !object;

	for (size_t i = 0; !failed && i < n; i++) {
		struct ctl_scale scale = ctl_scale_of(ctl, rows[i]->market);
		char buy[RISK_DECIMAL_SIZE];
		char sell[RISK_DECIMAL_SIZE];

		failed = json_object_set_new(
			object, scale.market,
			json_pack("{s:s,s:s}", "buy",
				  risk_format_decimal(rows[i]->buy, scale.size,
						      buy),
				  "sell",
				  risk_format_decimal(rows[i]->sell, scale.size,
						      sell)));
	}
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

json_t *ctl_add_largest(const struct ctl *ctl, Riskd__LargestOrder *const *rows,
			size_t n, json_t *object)
{
	if (!object || n == 0 ||
	    json_object_set_new(object, "largest_orders",
				largest_json(ctl, rows, n)) == 0)
		return object;
	json_decref(object);
	return NULL;
}
