/*
 * librisk: the daemon's listing by name and by id, decimals, and words.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/decimal.h"
#include "librisk_impl.h"
#include "ops/suggest.h"

int risk_refresh(struct risk *risk)
{
	Riskd__Answer *answer;
	int rc = risk_markets(risk, &answer);

	if (rc)
		return rc;
	if (risk->listing)
		riskd__answer__free_unpacked(risk->listing, NULL);
	risk->listing = answer;
	return 0;
}

const Riskd__MarketsAnswer *risk_listing(const struct risk *risk)
{
	return risk->listing->markets;
}

/* The names of one kind of thing. */
struct names {
	const char *what; /* "market" */
	size_t n;
	const char *(*at)(const Riskd__MarketsAnswer *list, size_t i);
};

static const char *market_name(const Riskd__MarketsAnswer *list, size_t i)
{
	return list->markets[i]->name;
}

static const char *asset_name(const Riskd__MarketsAnswer *list, size_t i)
{
	return list->assets[i]->name;
}

static const char *publisher_name(const Riskd__MarketsAnswer *list, size_t i)
{
	return list->publishers[i]->name;
}

static const char *venue_name(const Riskd__MarketsAnswer *list, size_t i)
{
	return list->venues[i]->name;
}

/* Markets first, then assets: whatever may have a price. */
static const char *slot_name(const Riskd__MarketsAnswer *list, size_t i)
{
	return i < list->n_markets ? market_name(list, i)
				   : asset_name(list, i - list->n_markets);
}

/* Place of name in the list, or -1 after saying which was perhaps meant. */
static ptrdiff_t find(struct risk *risk, const struct names *names,
		      const char *name)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);
	const char **all = calloc(names->n + 1, sizeof(*all));
	const char *near = NULL;

	for (size_t i = 0; i < names->n; i++) {
		if (!strcmp(names->at(list, i), name)) {
			free(all);
			return (ptrdiff_t)i;
		}
		if (!strcasecmp(names->at(list, i), name))
			near = names->at(list, i);
		if (all)
			all[i] = names->at(list, i);
	}
	if (all && !near)
		near = rk_suggest_nearest(all, names->n, name);
	(void)librisk_fail(&risk->error, 0, "no %s named \"%s\"%s%s%s",
			   names->what, name, near ? ": did you mean " : "",
			   near ? near : "", near ? "?" : "");
	free(all);
	return -1;
}

const Riskd__Market *risk_find_market(struct risk *risk, const char *name)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);
	struct names names = {"market", list->n_markets, market_name};
	ptrdiff_t i = find(risk, &names, name);

	return i < 0 ? NULL : list->markets[i];
}

const Riskd__Asset *risk_find_asset(struct risk *risk, const char *name)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);
	struct names names = {"asset", list->n_assets, asset_name};
	ptrdiff_t i = find(risk, &names, name);

	return i < 0 ? NULL : list->assets[i];
}

int risk_find_publisher(struct risk *risk, const char *name, uint32_t *ret_id)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);
	struct names names = {"publisher", list->n_publishers, publisher_name};
	ptrdiff_t i = find(risk, &names, name);

	if (i < 0)
		return RK_REJ_NO_PUBLISHER;
	*ret_id = list->publishers[i]->id;
	return 0;
}

int risk_find_venue(struct risk *risk, const char *name, uint32_t *ret_id)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);
	struct names names = {"external venue", list->n_venues, venue_name};
	ptrdiff_t i = find(risk, &names, name);

	if (i < 0)
		return RK_REJ_NO_VENUE;
	*ret_id = list->venues[i]->id;
	return 0;
}

int risk_find_slot(struct risk *risk, const char *name, uint32_t *ret_slot,
		   uint32_t *ret_decimals)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);
	struct names names = {"market or asset",
			      list->n_markets + list->n_assets, slot_name};
	ptrdiff_t i = find(risk, &names, name);
	const Riskd__Price *price;

	if (i < 0)
		return RK_REJ_NO_SLOT;
	price = (size_t)i < list->n_markets
			? list->markets[i]->price
			: list->assets[(size_t)i - list->n_markets]->price;
	if (!price || price->slot == UINT32_MAX)
		return librisk_fail(&risk->error, RK_REJ_NO_SLOT,
				    "the price of %s is fixed: it takes no "
				    "quotes",
				    name);
	*ret_slot = price->slot;
	*ret_decimals = price->decimals;
	return 0;
}

/* Ids are places in the daemon's list, but that is not ours to promise. */
const Riskd__Market *risk_market_by_id(struct risk *risk, uint32_t id)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);

	if (id < list->n_markets && list->markets[id]->id == id)
		return list->markets[id];
	for (size_t i = 0; i < list->n_markets; i++)
		if (list->markets[i]->id == id)
			return list->markets[i];
	(void)librisk_fail(&risk->error, 0, "no market with id %" PRIu32, id);
	return NULL;
}

const Riskd__Asset *risk_asset_by_id(struct risk *risk, uint32_t id)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);

	if (id < list->n_assets && list->assets[id]->id == id)
		return list->assets[id];
	for (size_t i = 0; i < list->n_assets; i++)
		if (list->assets[i]->id == id)
			return list->assets[i];
	(void)librisk_fail(&risk->error, 0, "no asset with id %" PRIu32, id);
	return NULL;
}

int risk_slot_by_id(struct risk *risk, uint32_t slot,
		    struct risk_slot *ret_slot)
{
	const Riskd__MarketsAnswer *list = risk_listing(risk);

	for (size_t i = 0; i < list->n_markets; i++) {
		const Riskd__Market *market = list->markets[i];

		if (!market->price || market->price->slot != slot)
			continue;
		ret_slot->name = market->name;
		ret_slot->decimals = market->price->decimals;
		ret_slot->is_market = true;
		return 0;
	}
	for (size_t i = 0; i < list->n_assets; i++) {
		const Riskd__Asset *asset = list->assets[i];

		if (!asset->price || asset->price->slot != slot)
			continue;
		ret_slot->name = asset->name;
		ret_slot->decimals = asset->price->decimals;
		ret_slot->is_market = false;
		return 0;
	}
	return librisk_fail(&risk->error, RK_REJ_NO_SLOT,
			    "no price slot %" PRIu32, slot);
}

const char *risk_format_padded(int64_t raw, uint32_t decimals, uint32_t least,
			       char buf[RISK_DECIMAL_SIZE])
{
	if (decimals > RK_DECIMAL_PLACES_MAX || least > RK_DECIMAL_PLACES_MAX)
		return "#"; /* no number: half of one would be a lie */
	return rk_decimal_format_min(raw, (uint8_t)decimals, (uint8_t)least,
				     buf, RISK_DECIMAL_SIZE);
}

const char *risk_format_decimal(int64_t raw, uint32_t decimals,
				char buf[RISK_DECIMAL_SIZE])
{
	return risk_format_padded(raw, decimals, 0, buf);
}

int risk_parse_decimal(const char *text, uint32_t decimals, int64_t *ret_raw)
{
	if (decimals > RK_DECIMAL_PLACES_MAX)
		return -EDOM;
	switch (rk_decimal_parse(text, (uint8_t)decimals, ret_raw)) {
	case RK_DECIMAL_OK:
		return 0;
	case RK_DECIMAL_FRACTION:
		return -EDOM;
	case RK_DECIMAL_RANGE:
		return -ERANGE;
	default:
		return -EINVAL;
	}
}

/* Digits up to the ending character; *ret_end points at it. */
static int parse_digits(const char *text, uint64_t *ret_value,
			const char **ret_end)
{
	uint64_t value = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		value = value * 10 + digit;
	}
	if (at == text)
		return -EINVAL;
	*ret_value = value;
	*ret_end = at;
	return 0;
}

int risk_parse_u64(const char *text, uint64_t *ret_value)
{
	const char *end;
	uint64_t value;
	int rc = parse_digits(text, &value, &end);

	if (rc)
		return rc;
	if (*end)
		return -EINVAL;
	*ret_value = value;
	return 0;
}

int risk_parse_order_id(const char *text, struct risk_order_id *ret_id)
{
	const char *end;
	uint64_t seq;
	uint64_t n;

	if (parse_digits(text, &seq, &end) || *end != '.' || seq == 0)
		return -EINVAL;
	if (risk_parse_u64(end + 1, &n) || n > UINT32_MAX)
		return -EINVAL;
	ret_id->seq = seq;
	ret_id->n = (uint32_t)n;
	return 0;
}

const char *risk_format_order_id(uint64_t seq, uint32_t n,
				 char buf[RISK_DECIMAL_SIZE])
{
	(void)snprintf(buf, RISK_DECIMAL_SIZE, "%" PRIu64 ".%" PRIu32, seq, n);
	return buf;
}

const char *risk_code_name(int code)
{
	return rk_rc_name(code);
}

const char *risk_code_text(int code)
{
	return rk_rc_text(code);
}

const char *risk_result_text(const Riskd__Result *result)
{
	/* An older daemon says nothing. */
	return result->error && *result->error ? result->error
					       : rk_rc_text(result->code);
}
