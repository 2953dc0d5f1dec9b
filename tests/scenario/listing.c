/*
 * From lines to riskd.conf and markets.json. See listing.h.
 */
#include "listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A key of a row, with what it is when the line does not say. */
struct key {
	const char *name;
	const char *fallback; /* NULL: left out */
	bool is_number;       /* without quotes in JSON */
};

static const struct key fixed_asset_keys[] = {
	{"decimals", "8", true},
	{"fixed_price", NULL, false},
	{NULL, NULL, false},
};

static const struct key asset_keys[] = {
	{"decimals", "8", true},
	{"price_decimals", "2", true},
	{"price_max", "1000000", false},
	{"price_age_max", "5s", false},
	{NULL, NULL, false},
};

static const struct key market_keys[] = {
	{"settle", "USD", false},
	{"price_decimals", "2", true},
	{"size_decimals", "3", true},
	{"lot", "0.001", false},
	{"price_max", "100000", false},
	{"position_max", "100000", false},
	{"price_age_max", "5s", false},
	{"close_cost", "0", false},
	{"taker_fee", "0", false},
	{"maker_fee", "0", false},
	{"contract", NULL, false},
	{"multiplier", NULL, false},
	{"price_min", NULL, false},
	{"state", NULL, false},
	{NULL, NULL, false},
};

static const char *const risk_keys[] = {
	"warn_enter",    "warn_leave",     "call_enter", "call_leave",
	"target",        "order_band",     "stale_band", "order_expiry",
	"close_timeout", "order_cooldown", NULL,
};

static const struct {
	const char *name;
	const char *value;
} limits[SCN_LIMITS_N] = {
	{"accounts", "64"},
	{"owners", "64"},
	{"assets", "8"},
	{"markets", "8"},
	{"publishers", "8"},
	{"venues", "4"},
	{"clients", "8"},
	{"positions", "256"},
	{"positions_per_account", "16"},
	{"balances", "256"},
	{"orders", "256"},
	{"withdrawals", "16"},
};

/* What no scenario is about: small, so that a daemon starts at once. */
static const char conf_rest[] = "	message_size = 64KiB\n"
				"	commands_per_message = 64\n"
				"	quotes_per_message = 64\n"
				"	connections = 16\n"
				"	ring = 64\n"
				"	contexts = 4\n"
				"	waiters = 2\n"
				"	outbox_bytes = 1MiB\n"
				"	events_kept = 4096\n"
				"	events_kept_bytes = 1MiB\n"
				"}\n"
				"log { level = warning }\n";

static const char journal_memory[] =
	"journal { kind = memory memory_bytes = 1MiB }\n";

static const char journal_file[] =
	"journal { kind = file segment_bytes = 1MiB }\n"
	"state = \"${" SCN_FOLDER_VARIABLE ":-/tmp}/state\"\n";

static int open_text(struct scn_text *text)
{
	text->stream = open_memstream(&text->text, &text->size);
	return text->stream ? 0 : -ENOMEM;
}

/* After this text->text is whole. */
static int end_text(struct scn_text *text)
{
	FILE *stream = text->stream;

	text->stream = NULL;
	if (!stream)
		return 0;
	return fclose(stream) == 0 ? 0 : -ENOMEM;
}

static void close_text(struct scn_text *text)
{
	(void)end_text(text); /* nobody reads it any more */
	free(text->text);
	text->text = NULL;
}

int scn_listing_open(struct scn_listing *listing)
{
	int r;

	memset(listing, 0, sizeof(*listing));
	for (size_t i = 0; i < SCN_LIMITS_N; i++)
		(void)snprintf(listing->limits[i], sizeof(listing->limits[i]),
			       "%s", limits[i].value);
	r = open_text(&listing->risk);
	if (r == 0)
		r = open_text(&listing->publishers);
	if (r == 0)
		r = open_text(&listing->venues);
	if (r == 0)
		r = open_text(&listing->conf_file);
	if (r == 0)
		r = open_text(&listing->markets_file);
	return r;
}

static void close_listeds(struct scn_listeds *listeds)
{
	for (uint32_t i = 0; i < listeds->n; i++)
		close_text(&listeds->row[i].row);
}

void scn_listing_close(struct scn_listing *listing)
{
	close_text(&listing->risk);
	close_text(&listing->publishers);
	close_text(&listing->venues);
	close_listeds(&listing->assets);
	close_listeds(&listing->markets_rows);
	close_listeds(&listing->emodes);
	close_text(&listing->conf_file);
	close_text(&listing->markets_file);
	rk_markets_free(listing->markets);
	listing->markets = NULL;
}

static const char *const verbs[] = {
	"asset", "market", "emode",   "publisher", "venue",
	"risk",  "limits", "journal", NULL,
};

bool scn_listing_has(const char *verb)
{
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i], verb) == 0)
			return true;
	return false;
}

static const char *name_of(struct scn_line *line)
{
	const char *name = scn_line_word(line);

	if (!name)
		scn_line_fail(line, "%s needs a name after it", line->verb);
	return name ? name : "";
}

static void put_separator(struct scn_text *text)
{
	if (text->rows++ > 0)
		(void)fputs(", ", text->stream);
}

static void put_keys(FILE *out, struct scn_line *line, const struct key *keys)
{
	for (; keys->name; keys++) {
		const char *value =
			scn_line_text_or(line, keys->name, keys->fallback);
		const char *quote = keys->is_number ? "" : "\"";

		if (value)
			(void)fprintf(out, ", \"%s\": %s%s%s", keys->name,
				      quote, value, quote);
	}
}

/* "0:0.05:0.1,1000:0.1:0.2": floor, maintenance and initial of each */
static void put_brackets(FILE *out, struct scn_line *line)
{
	static const char *const names[] = {"floor", "maintenance", "initial"};
	const char *at = scn_line_text(line, "brackets");
	size_t part = 0;

	(void)fputs(", \"brackets\": [", out);
	while (*at) {
		size_t n = strcspn(at, ":,");

		(void)fprintf(out, "%s\"%s\": \"%.*s\"", part == 0 ? "{" : ", ",
			      names[part], (int)n, at);
		at += n;
		if (++part == 3)
			(void)fputs(*at == ',' ? "}, " : "}", out);
		if ((part == 3) == (*at == ':')) {
			scn_line_fail(line, "brackets must be "
					    "floor:maintenance:initial, and a "
					    "comma between two of them");
			return;
		}
		part %= 3;
		at += *at != '\0';
	}
	(void)fputc(']', out);
}

/* "0.9:0.8:0.7": at maintenance, initial and withdrawal; the last may lack. */
static void put_rates(FILE *out, struct scn_line *line, const char *key,
		      int levels)
{
	static const char *const names[RK_LEVELS] = {"maintenance", "initial",
						     "withdrawal"};
	const char *at = scn_line_text_or(line, key, NULL);

	for (int k = 0; at && k < levels; k++) {
		size_t n = strcspn(at, ":");

		if (n == 0 || (at[n] == ':') == (k + 1 == levels)) {
			scn_line_fail(line,
				      "%s must be %d numbers with a "
				      "colon between two of them",
				      key, levels);
			return;
		}
		(void)fprintf(out, "%s\"%s_%s\": \"%.*s\"", k == 0 ? "" : ", ",
			      key, names[k], (int)n, at);
		at += n + (at[n] == ':');
	}
}

/* How it counts for less the more there is, and how much may be deposited. */
static unsigned int put_scale(FILE *out, struct scn_line *line, const char *key,
			      unsigned int told)
{
	const char *start = scn_line_text_or(line, key, NULL);

	if (!start)
		return told;
	(void)fprintf(out, "%s\"%s\": \"%s\"",
		      told == 0 ? ", \"collateral\": {" : ", ", key, start);
	return told + 1;
}

/* What it counts for, where the line says so. */
static void put_terms(FILE *out, struct scn_line *line)
{
	/* The profit that counts at withdrawal is always 0. */
	static const struct {
		const char *key;
		int levels;
	} terms[] = {{"weight", RK_LEVELS},
		     {"liability", RK_LEVELS},
		     {"profit", RK_LEVEL_WITHDRAWAL}};
	static const char *const scales[] = {"scale_held", "scale_owed",
					     "size_factor", "deposit_cap"};
	unsigned int told = 0;

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		if (!scn_line_find(line, terms[i].key))
			continue;
		(void)fputs(told++ == 0 ? ", \"collateral\": {" : ", ", out);
		put_rates(out, line, terms[i].key, terms[i].levels);
	}
	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
		told = put_scale(out, line, scales[i], told);
	if (told > 0)
		(void)fputc('}', out);
}

/* "default", or "1h:0.06:0.0003:10s:10m": interval, limits, least and most. */
static void put_slow(FILE *out, struct scn_line *line)
{
	static const char *const names[] = {"interval", "delay_limit", "limit",
					    "min", "max"};
	const char *at = scn_line_text_or(line, "slow", NULL);

	if (!at)
		return;
	(void)fputs(", \"slow_price\": {", out);
	for (int k = 0; k < 5 && strcmp(at, "default") != 0; k++) {
		size_t n = strcspn(at, ":");

		if (n == 0 || (at[n] == ':') == (k == 4)) {
			scn_line_fail(line, "slow must be default, or interval:"
					    "delay_limit:limit:min:max");
			return;
		}
		(void)fprintf(out, "%s\"%s\": \"%.*s\"", k == 0 ? "" : ", ",
			      names[k], (int)n, at);
		at += n + (at[n] == ':');
	}
	(void)fputc('}', out);
}

static void put_underlying(FILE *out, struct scn_line *line)
{
	const char *name = scn_line_text_or(line, "underlying", NULL);

	if (name)
		(void)fprintf(out, ", \"underlying\": \"%s\"", name);
}

/* "8h:0.0001:0.0005:0.04": interval, interest, clamp and cap; ":24h" more is
 * the period. */
static void put_funding(FILE *out, struct scn_line *line)
{
	static const char *const names[] = {"interval", "interest", "clamp",
					    "cap", "period"};
	const char *at = scn_line_text_or(line, "funding", NULL);

	if (!at)
		return;
	(void)fputs(", \"funding\": {", out);
	for (int k = 0; k < 5 && (k < 4 || *at); k++) {
		size_t n = strcspn(at, ":");

		if (n == 0 || (k < 3 && at[n] == 0) || (k == 4 && at[n])) {
			scn_line_fail(line, "funding must be interval:interest:"
					    "clamp:cap[:period]");
			return;
		}
		(void)fprintf(out, "%s\"%s\": \"%.*s\"", k == 0 ? "" : ", ",
			      names[k], (int)n, at);
		at += n + (at[n] == ':');
	}
	(void)fputc('}', out);
}

/* "0.01:0.04:0.6:0.8:0.1:1h": base, slopes, kink, reserve and interval. */
static void put_lending(FILE *out, struct scn_line *line)
{
	static const char *const names[] = {"base", "slope_low", "slope_high",
					    "kink", "reserve",   "interval"};
	static const struct key caps[] = {
		{"borrow_cap", NULL, false},
		{"supply_cap", NULL, false},
		{NULL, NULL, false},
	};
	const char *at = scn_line_text_or(line, "lending", NULL);

	if (!at)
		return;
	(void)fputs(", \"lending\": {", out);
	for (int k = 0; k < 6; k++) {
		size_t n = strcspn(at, ":");

		if (n == 0 || (at[n] == ':') == (k == 5)) {
			scn_line_fail(line, "lending must be base:slope_low:"
					    "slope_high:kink:reserve:interval");
			return;
		}
		(void)fprintf(out, "%s\"%s\": \"%.*s\"", k == 0 ? "" : ", ",
			      names[k], (int)n, at);
		at += n + (at[n] == ':');
	}
	put_keys(out, line, caps);
	(void)fputc('}', out);
}

/* "500:200:0.01:0.05": auto_borrow, repay_to, cost and band. */
static void put_conversion(FILE *out, struct scn_line *line)
{
	static const char *const names[] = {"auto_borrow", "repay_to", "cost",
					    "band"};
	const char *at = scn_line_text_or(line, "conversion", NULL);

	if (!at)
		return;
	(void)fputs(", \"conversion\": {", out);
	for (int k = 0; k < 4; k++) {
		size_t n = strcspn(at, ":");

		if (n == 0 || (at[n] == ':') == (k == 3)) {
			scn_line_fail(line, "conversion must be auto_borrow:"
					    "repay_to:cost:band");
			return;
		}
		(void)fprintf(out, "%s\"%s\": \"%.*s\"", k == 0 ? "" : ", ",
			      names[k], (int)n, at);
		at += n + (at[n] == ':');
	}
	(void)fputc('}', out);
}

/* "0.25" or "0.25:0.005": the first rates of an object. */
static void put_shares(FILE *out, struct scn_line *line, const char *object,
		       const char *const *keys)
{
	const char *at = scn_line_text_or(line, object, NULL);

	if (!at)
		return;
	(void)fprintf(out, ", \"%s\": {", object);
	for (size_t i = 0; keys[i] && *at; i++) {
		size_t n = strcspn(at, ":");

		(void)fprintf(out, "%s\"%s\": \"%.*s\"", i == 0 ? "" : ", ",
			      keys[i], (int)n, at);
		at += n + (at[n] == ':');
	}
	(void)fputc('}', out);
}

/* "100000" or "100000:0.02" or "100000:0.02:3": vault_max, concession_max and
 * stages. */
static void put_takeover(FILE *out, struct scn_line *line)
{
	static const char *const keys[] = {"vault_max", "concession_max",
					   "stages"};
	const char *at = scn_line_text_or(line, "takeover", NULL);

	if (!at)
		return;
	(void)fputs(", \"takeover\": {", out);
	for (int i = 0; i < 3 && *at; i++) {
		const char *quote = i == 2 ? "" : "\"";
		size_t n = strcspn(at, ":");

		(void)fprintf(out, "%s\"%s\": %s%.*s%s", i == 0 ? "" : ", ",
			      keys[i], quote, (int)n, at, quote);
		at += n + (at[n] == ':');
	}
	(void)fputc('}', out);
}

/* "growth:sqrt,factor_initial:0.01": keys of markets.json and their values. */
static void put_object(FILE *out, struct scn_line *line, const char *object)
{
	const char *at = scn_line_text_or(line, object, NULL);
	bool first = true;

	if (!at)
		return;
	(void)fprintf(out, ", \"%s\": {", object);
	while (*at) {
		size_t key = strcspn(at, ":");
		size_t pair = strcspn(at, ",");

		if (key >= pair) {
			scn_line_fail(line, "%s must be key:value,...", object);
			return;
		}
		(void)fprintf(out, "%s\"%.*s\": \"%.*s\"", first ? "" : ", ",
			      (int)key, at, (int)(pair - key - 1),
			      at + key + 1);
		first = false;
		at += pair + (at[pair] == ',');
	}
	(void)fputc('}', out);
}

/* "1h" or "1h:1m": how long changes take, and in which steps. */
static void put_ramp(FILE *out, struct scn_line *line)
{
	const char *ramp = scn_line_text_or(line, "ramp", NULL);
	size_t n;

	if (!ramp)
		return;
	n = strcspn(ramp, ":");
	(void)fprintf(out, ", \"ramp\": {\"duration\": \"%.*s\"", (int)n, ramp);
	if (ramp[n] == ':')
		(void)fprintf(out, ", \"step\": \"%s\"", ramp + n + 1);
	(void)fputc('}', out);
}

static void put_asset(FILE *out, struct scn_line *line, const char *name)
{
	(void)fprintf(out, "{\"name\": \"%s\"", name);
	put_keys(out, line,
		 scn_line_find(line, "fixed_price") ? fixed_asset_keys
						    : asset_keys);
	put_terms(out, line);
	put_lending(out, line);
	put_conversion(out, line);
	put_shares(out, line, "insurance",
		   (const char *[]){"draw_cap", "liquidation_fee",
				    "withdrawal_gate", NULL});
	put_shares(out, line, "vault",
		   (const char *[]){"event_budget", "hour_budget", NULL});
	put_slow(out, line);
	put_ramp(out, line);
	(void)fputc('}', out);
}

static void put_market(FILE *out, struct scn_line *line, const char *name)
{
	(void)fprintf(out, "{\"name\": \"%s\", \"kind\": \"perpetual\"", name);
	put_keys(out, line, market_keys);
	put_brackets(out, line);
	put_funding(out, line);
	put_object(out, line, "margin");
	put_object(out, line, "liquidation");
	put_slow(out, line);
	put_underlying(out, line);
	put_takeover(out, line);
	put_ramp(out, line);
	(void)fputc('}', out);
}

/* "STETH:0.95:0.9:0.85,...": an asset and its weight at each level. */
static void put_collaterals(FILE *out, struct scn_line *line)
{
	static const char *const names[] = {"", "maintenance", "initial",
					    "withdrawal"};
	const char *at = scn_line_text_or(line, "collateral", "");
	unsigned int part = 0;

	(void)fputs("\"collateral\": {", out);
	while (*at) {
		size_t n = strcspn(at, ":,");

		if ((part == 3) == (at[n] == ':')) {
			scn_line_fail(line, "collateral must be asset:"
					    "maintenance:initial:withdrawal, "
					    "and a comma between two of them");
			return;
		}
		if (part == 0)
			(void)fprintf(out, "\"%.*s\": {\"weight\": {", (int)n,
				      at);
		else
			(void)fprintf(out, "%s\"%s\": \"%.*s\"",
				      part == 1 ? "" : ", ", names[part],
				      (int)n, at);
		if (part == 3)
			(void)fputs(at[n] == ',' ? "}}, " : "}}", out);
		part = (part + 1) % 4;
		at += n + (at[n] != '\0');
	}
	(void)fputc('}', out);
}

/* A group: what is collateral in it, and "ETH,USD", its debts. */
static void put_emode(FILE *out, struct scn_line *line, const char *name)
{
	const char *at = scn_line_text_or(line, "debt", "");

	(void)fprintf(out, "\"%s\": {", name);
	put_collaterals(out, line);
	(void)fputs(", \"debt\": [", out);
	while (*at) {
		size_t n = strcspn(at, ",");

		(void)fprintf(out, "\"%.*s\"%s", (int)n, at,
			      at[n] == ',' ? ", " : "");
		at += n + (at[n] == ',');
	}
	(void)fputs("]}", out);
}

static void put_row(struct scn_listed *listed, struct scn_line *line)
{
	if (open_text(&listed->row) < 0) {
		scn_line_fail(line, "out of memory");
		return;
	}
	if (strcmp(line->verb, "asset") == 0)
		put_asset(listed->row.stream, line, listed->name);
	else if (strcmp(line->verb, "emode") == 0)
		put_emode(listed->row.stream, line, listed->name);
	else
		put_market(listed->row.stream, line, listed->name);
	if (end_text(&listed->row) < 0)
		scn_line_fail(line, "out of memory");
}

static void add_row(struct scn_listeds *listeds, struct scn_line *line)
{
	struct scn_listed *listed = &listeds->row[listeds->n];
	const char *name = name_of(line);

	if (listeds->n == SCN_LISTED_MAX) {
		scn_line_fail(line, "more than %d of them", SCN_LISTED_MAX);
		return;
	}
	/* One that is too long is said of by whoever reads the file. */
	(void)snprintf(listed->name, sizeof(listed->name), "%s", name);
	listeds->n++;
	put_row(listed, line);
}

/* NULL: it has no row of its own in markets.json. */
static struct scn_listeds *rows_of(struct scn_listing *listing,
				   const char *verb)
{
	if (strcmp(verb, "asset") == 0)
		return &listing->assets;
	if (strcmp(verb, "market") == 0)
		return &listing->markets_rows;
	return strcmp(verb, "emode") == 0 ? &listing->emodes : NULL;
}

int scn_listing_edit(struct scn_listing *listing, struct scn_line *line)
{
	struct scn_listeds *listeds = rows_of(listing, line->verb);
	const char *name = name_of(line);

	for (uint32_t i = 0; listeds && i < listeds->n; i++) {
		if (strcmp(listeds->row[i].name, name) != 0)
			continue;
		close_text(&listeds->row[i].row);
		put_row(&listeds->row[i], line);
		return scn_line_end(line);
	}
	scn_line_fail(line, "no %s is listed as %s", line->verb, name);
	return -EINVAL;
}

static void add_name(struct scn_text *text, struct scn_line *line)
{
	put_separator(text);
	(void)fprintf(text->stream, "\"%s\"", name_of(line));
}

static void add_risk(struct scn_listing *listing, struct scn_line *line)
{
	for (size_t i = 0; risk_keys[i]; i++) {
		const char *value = scn_line_text_or(line, risk_keys[i], NULL);

		if (value)
			(void)fprintf(listing->risk.stream, "	%s = \"%s\"\n",
				      risk_keys[i], value);
	}
}

static void add_limits(struct scn_listing *listing, struct scn_line *line)
{
	for (size_t i = 0; i < SCN_LIMITS_N; i++) {
		const char *value = scn_line_text_or(line, limits[i].name,
						     listing->limits[i]);

		if (value != listing->limits[i])
			(void)snprintf(listing->limits[i],
				       sizeof(listing->limits[i]), "%s", value);
	}
}

/* "journal file": in memory it is without this. */
static void add_journal(struct scn_listing *listing, struct scn_line *line)
{
	const char *word = scn_line_word(line);

	listing->restarts = true;
	if (!word || strcmp(word, "file") != 0)
		scn_line_fail(line, "must be \"journal file\"");
}

int scn_listing_add(struct scn_listing *listing, struct scn_line *line)
{
	struct scn_listeds *rows = rows_of(listing, line->verb);

	if (rows)
		add_row(rows, line);
	else if (strcmp(line->verb, "journal") == 0)
		add_journal(listing, line);
	else if (strcmp(line->verb, "publisher") == 0)
		add_name(&listing->publishers, line);
	else if (strcmp(line->verb, "venue") == 0)
		add_name(&listing->venues, line);
	else if (strcmp(line->verb, "risk") == 0)
		add_risk(listing, line);
	else
		add_limits(listing, line);
	return scn_line_end(line);
}

/* A list of names; without one in the scenario it is "main". */
static void put_names(FILE *out, const char *key, const struct scn_text *names)
{
	(void)fprintf(out, "%s = {%s}\n", key,
		      names->rows > 0 ? names->text : "\"main\"");
}

static void write_conf(struct scn_listing *listing)
{
	static const char *const sockets[] = {
		"prices", "ingest", "query", "events", "public", NULL,
	};
	FILE *out = listing->conf_file.stream;

	(void)fputs("clock = messages\nmarkets = \"markets.json\"\n", out);
	put_names(out, "publishers", &listing->publishers);
	put_names(out, "venues", &listing->venues);
	(void)fputs("listen {\n", out);
	for (size_t i = 0; sockets[i]; i++)
		(void)fprintf(out,
			      "	%s = {\"ipc://${" SCN_FOLDER_VARIABLE
			      ":-/tmp}/%s.sock\"}\n",
			      sockets[i], sockets[i]);
	(void)fprintf(out, "}\nrisk {\n%s}\nlimits {\n", listing->risk.text);
	for (size_t i = 0; i < SCN_LIMITS_N; i++)
		(void)fprintf(out, "	%s = %s\n", limits[i].name,
			      listing->limits[i]);
	(void)fputs(conf_rest, out);
	(void)fputs(listing->restarts ? journal_file : journal_memory, out);
}

static void put_listeds(FILE *out, const struct scn_listeds *listeds)
{
	for (uint32_t i = 0; i < listeds->n; i++)
		(void)fprintf(out, "%s%s", i == 0 ? "" : ",\n",
			      listeds->row[i].row.text);
}

static int read_markets(struct scn_listing *listing, const char *name,
			struct rk_error *error)
{
	int r = rk_markets_parse(listing->markets_file.text,
				 listing->markets_file.size, name,
				 &listing->markets, error);

	return r == 0 ? rk_markets_fit(listing->markets,
				       &listing->conf.limits.engine, error)
		      : r;
}

static int write_markets(struct scn_listing *listing)
{
	FILE *out = listing->markets_file.stream;

	(void)fputs("{\"schema\": 1,\n\"assets\": [", out);
	put_listeds(out, &listing->assets);
	(void)fputs("],\n\"markets\": [", out);
	put_listeds(out, &listing->markets_rows);
	(void)fputs("],\n\"emode\": {", out);
	put_listeds(out, &listing->emodes);
	(void)fputs("}}\n", out);
	return end_text(&listing->markets_file);
}

int scn_listing_reread(struct scn_listing *listing, const char *name,
		       struct rk_error *error)
{
	int r;

	close_text(&listing->markets_file);
	rk_markets_free(listing->markets);
	listing->markets = NULL;
	r = open_text(&listing->markets_file);
	if (r == 0)
		r = write_markets(listing);
	if (r < 0) {
		rk_error_set(error, "%s: out of memory", name);
		return r;
	}
	return read_markets(listing, name, error);
}

int scn_listing_finish(struct scn_listing *listing, const char *name,
		       struct rk_error *error)
{
	int r = end_text(&listing->risk);

	if (r == 0)
		r = end_text(&listing->publishers);
	if (r == 0)
		r = end_text(&listing->venues);
	if (r == 0) {
		write_conf(listing);
		r = end_text(&listing->conf_file);
	}
	if (r == 0)
		r = write_markets(listing);
	if (r < 0) {
		rk_error_set(error, "%s: out of memory", name);
		return r;
	}

	r = rk_conf_parse_text(listing->conf_file.text, name, NULL,
			       &listing->conf, error);
	return r == 0 ? read_markets(listing, name, error) : r;
}
