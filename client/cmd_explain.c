/*
 * riskctl explain: why the engine did what it did at one command. What is
 * looked at is in explain.h; here it is printed.
 */
#include <inttypes.h>
#include <string.h>

#include "codec/encode.h"
#include "ctl_cmd.h"
#include "ctl_event.h"
#include "engine/rc.h"
#include "explain.h"

#define FIELDS_MAX 64 /* of a command, for people; JSON has all */

static const struct ctl_column command_columns[] = {
	{"Command", "seq", CTL_INTEGER},
	{"Type", "type", CTL_TEXT},
	{"Time before", "time_before", CTL_TEXT},
	{"Time", "time", CTL_TEXT},
	{"Client", "client", CTL_TEXT},
	{"Client's number", "client_seq", CTL_INTEGER},
	{"Payload", "payload", CTL_TEXT},
	{"First of its group", "group_first", CTL_INTEGER},
	{"Last of its group", "group_last", CTL_INTEGER},
	{"Chain after the group", "chain", CTL_TEXT},
	{"Snapshot begun with", "snapshot", CTL_INTEGER},
	{"Result", "result", CTL_TEXT},
	{"Meaning", "meaning", CTL_TEXT},
	{"Events", "events_n", CTL_INTEGER},
	{"Accounts concerned", "accounts_n", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill_command(const struct explain *explain)
{
	struct ctl_table *table = ctl_table_new(command_columns);
	const struct rk_origin *origin = &explain->cmd.origin;
	bool own = origin->client[0] == '\0';
	int code = explain_code(explain);
	char when[CTL_TIME_SIZE];
	char hex[CTL_HEX_SIZE];

	ctl_cell_u64(table, explain->seq);
	ctl_cell(table, "%s", rk_cmd_name(explain->cmd.type));
	ctl_cell(table, "%s",
		 ctl_format_time(explain->time_ns[EXPLAIN_BEFORE], when));
	ctl_cell(table, "%s",
		 ctl_format_time(explain->time_ns[EXPLAIN_AFTER], when));
	ctl_cell(table, "%.23s", own ? "riskd itself" : origin->client);
	ctl_cell_u64(table, origin->client_seq);
	ctl_cell(table, "%s", own ? "" : ctl_hex_hash(origin->payload, hex));
	ctl_cell_u64(table, explain->group_first);
	ctl_cell_u64(table, explain->group_last);
	ctl_cell(table, "%s", ctl_hex_bytes(explain->chain, hex));
	ctl_cell_u64(table, explain->snapshot);
	ctl_cell(table, "%s", code == RK_OK ? "applied" : rk_rc_name(code));
	ctl_cell_color(table, code == RK_OK ? CTL_GREEN : CTL_YELLOW);
	ctl_cell(table, "%s", code == RK_OK ? "" : rk_rc_text(code));
	ctl_cell_u64(table, explain->events_n);
	ctl_cell_u64(table, explain->accounts_all);
	return table;
}

static const struct ctl_column field_columns[] = {
	{"Field", "field", CTL_TEXT},
	{"Value", "value", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static void add_field(struct ctl_table *table, const char *name,
		      const json_t *value)
{
	char text[64] = "";

	if (json_is_integer(value))
		(void)snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
			       json_integer_value(value));
	else if (json_is_boolean(value))
		(void)snprintf(text, sizeof(text), "%s",
			       json_is_true(value) ? "yes" : "no");
	ctl_cell_text(table, name);
	ctl_cell_text(table,
		      json_is_string(value) ? json_string_value(value) : text);
}

/* An object within: its fields on one line, "account 1, fee 0". */
static void add_object(struct ctl_table *table, const char *name,
		       json_t *object)
{
	char text[512] = "";
	size_t n = 0;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		const char *bare =
			json_is_string(value) ? json_string_value(value) : dump;

		if (bare && n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "%s%s %s", n ? ", " : "", key,
					      bare);
		free(dump);
	}
	ctl_cell_text(table, name);
	ctl_cell_text(table, text);
}

static void add_array(struct ctl_table *table, const char *name, json_t *array)
{
	for (size_t i = 0; i < json_array_size(array) && i < FIELDS_MAX; i++) {
		char indexed[64];

		(void)snprintf(indexed, sizeof(indexed), "%s[%zu]", name, i);
		add_object(table, indexed, json_array_get(array, i));
	}
	if (json_array_size(array) > FIELDS_MAX) {
		ctl_cell(table, "%s[...]", name);
		ctl_cell(table, "%zu in all: --json shows them",
			 json_array_size(array));
	}
}

static struct ctl_table *fill_fields(json_t *fields)
{
	struct ctl_table *table = ctl_table_new(field_columns);
	const char *key;
	json_t *value;

	json_object_foreach(fields, key, value)
	{
		if (json_is_object(value))
			add_object(table, key, value);
		else if (json_is_array(value))
			add_array(table, key, value);
		else
			add_field(table, key, value);
	}
	return table;
}

static Riskd__Event *wire_of(const struct rk_event *event)
{
	unsigned char body[RK_ENCODED_EVENT_MAX];
	size_t size = rk_encode_event(event, false, body);

	return riskd__event__unpack(NULL, size, body);
}

static json_t *events_json(const struct explain *explain)
{
	json_t *events = json_array();

	for (size_t i = 0; events && i < explain->events_n; i++) {
		Riskd__Event *event = wire_of(&explain->events[i]);

		if (!event ||
		    json_array_append_new(
			    events, ctl_event_json(explain->ctl, event))) {
			json_decref(events);
			events = NULL;
		}
		riskd__event__free_unpacked(event, NULL);
	}
	return events;
}

static int print_events(const struct explain *explain)
{
	int rc = CTL_OK;

	if (explain->ctl->output == CTL_TABLE)
		(void)printf("\nEvents, in order%s\n",
			     explain->events_n ? "" : ": none");
	else
		(void)putchar('\n');
	ctl_event_header(explain->ctl);
	for (size_t i = 0; rc == CTL_OK && i < explain->events_n; i++) {
		Riskd__Event *event = wire_of(&explain->events[i]);

		rc = event ? ctl_event_print(explain->ctl, event)
			   : ctl_refuse(explain->ctl, "out of memory");
		riskd__event__free_unpacked(event, NULL);
	}
	return rc;
}

#define ACCOUNT_PARTS 6

/* The tables go to the parts, and with them to whoever prints. */
static void account_parts(const struct explain *explain,
			  struct explain_account *account, const char *title,
			  struct ctl_part parts[ACCOUNT_PARTS])
{
	parts[0] = (struct ctl_part){.key = "health",
				     .title = title,
				     .table = explain_figures(account)};
	parts[1] = (struct ctl_part){.key = "positions",
				     .table = account->positions};
	parts[2] = (struct ctl_part){.key = "assets", .table = account->assets};
	parts[3] = (struct ctl_part){
		.key = "thresholds",
		.table = explain_thresholds(explain, account)};
	parts[4] = (struct ctl_part){.key = "orders", .table = account->orders};
	parts[5] = (struct ctl_part){.key = "conversions",
				     .table = account->conversions};
	account->positions = NULL;
	account->assets = NULL;
	account->orders = NULL;
	account->conversions = NULL;
}

static json_t *account_json(const struct explain *explain,
			    struct explain_account *account)
{
	struct ctl_part parts[ACCOUNT_PARTS];
	json_t *object;

	account_parts(explain, account, "", parts);
	object = ctl_parts_json(parts, ACCOUNT_PARTS);
	if (object &&
	    json_object_set_new(object, "account",
				json_integer((json_int_t)account->account))) {
		json_decref(object);
		object = NULL;
	}
	return object;
}

/* What comes behind the accounts. */
#define LAST_PARTS 4

static void last_parts(struct explain *explain,
		       struct ctl_part parts[LAST_PARTS])
{
	parts[0] = (struct ctl_part){.key = "prices",
				     .title = "Prices and their sources",
				     .table = explain->prices};
	parts[1] = (struct ctl_part){.key = "risk",
				     .record = true,
				     .title = "Risk parameters in force",
				     .table = explain_risk(explain)};
	parts[2] =
		(struct ctl_part){.key = "markets", .table = explain->markets};
	parts[3] = (struct ctl_part){.key = "brackets",
				     .table = explain->brackets};
	explain->prices = NULL;
	explain->markets = NULL;
	explain->brackets = NULL;
}

static int print_json(struct explain *explain, json_t *fields)
{
	struct ctl_part parts[LAST_PARTS + 1];
	json_t *accounts = json_array();
	json_t *object;
	bool failed = false;

	parts[0] = (struct ctl_part){.table = fill_command(explain)};
	last_parts(explain, parts + 1);
	object = ctl_parts_json(parts, LAST_PARTS + 1);
	for (uint32_t i = 0; i < explain->accounts_n; i++)
		failed =
			json_array_append_new(
				accounts,
				account_json(explain, &explain->accounts[i])) ||
			failed;
	failed = json_object_set(object, "fields", fields) || failed;
	failed = json_object_set_new(object, "accounts", accounts) || failed;
	failed = json_object_set_new(object, "events", events_json(explain)) ||
		 failed;
	if (failed) {
		json_decref(object);
		object = NULL;
	}
	return ctl_json_print(explain->ctl, object);
}

static int print_account(const struct explain *explain,
			 struct explain_account *account)
{
	struct ctl_part parts[ACCOUNT_PARTS];
	char title[64];

	(void)snprintf(title, sizeof(title), "Account %" PRIu64,
		       account->account);
	(void)putchar('\n');
	account_parts(explain, account, title, parts);
	return ctl_parts_print(explain->ctl, parts, ACCOUNT_PARTS);
}

static int print_text(struct explain *explain, json_t *fields)
{
	const struct ctl_part head[] = {
		{.table = fill_command(explain)},
		{.key = "fields", .table = fill_fields(fields)},
	};
	struct ctl_part last[LAST_PARTS];
	int rc = ctl_parts_print(explain->ctl, head, 2);

	for (uint32_t i = 0; rc == CTL_OK && i < explain->accounts_n; i++)
		rc = print_account(explain, &explain->accounts[i]);
	if (rc == CTL_OK) {
		(void)putchar('\n');
		last_parts(explain, last);
		rc = ctl_parts_print(explain->ctl, last, LAST_PARTS);
	}
	return rc == CTL_OK ? print_events(explain) : rc;
}

static int print(struct explain *explain)
{
	json_t *fields;
	int rc;

	if (explain->only && !explain->accounts[0].exists[EXPLAIN_AFTER])
		return ctl_refuse(explain->ctl,
				  "there is no account %" PRIu64
				  " at command %" PRIu64,
				  explain->only, explain->seq);
	fields = ctl_cmd_fields(&explain->names, &explain->cmd);
	if (!fields)
		return ctl_refuse(explain->ctl, "out of memory");
	rc = explain->ctl->output == CTL_JSON ? print_json(explain, fields)
					      : print_text(explain, fields);
	json_decref(fields);
	if (explain->skipped)
		ctl_say(explain->ctl, "An operator had this command left out: "
				      "it changed nothing.");
	if (explain->accounts_all > explain->accounts_n)
		ctl_say(explain->ctl,
			"%" PRIu32 " of %" PRIu64 " accounts are shown: "
			"--account ID shows one",
			explain->accounts_n, explain->accounts_all);
	if (explain->slots_more)
		ctl_say(explain->ctl, "Only the first %d prices are shown.",
			EXPLAIN_SLOTS_MAX);
	return rc;
}

int cmd_explain(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_folder folder = {NULL, NULL, NULL};
	const char *account = NULL;
	const struct ctl_option options[] = {
		CTL_FOLDER_OPTIONS(&folder),
		{"account", 0, &account, NULL},
		{NULL, 0, NULL, NULL},
	};
	struct rk_files files;
	struct explain explain = {.ctl = ctl, .files = &files};
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 1, 2)) ||
	    (rc = ctl_read_u64(ctl, "command", argv[1], &explain.seq)))
		return rc;
	if (explain.seq == 0)
		return ctl_usage_error(ctl, "command 0: they begin at 1");
	if (account) {
		rc = ctl_read_account(ctl, account, &explain.only);
		if (rc)
			return rc;
	}
	folder.dir = n > 1 ? argv[2] : NULL;
	rc = ctl_folder_open(ctl, &folder, &files);
	if (rc)
		return rc;
	rc = explain_run(&explain);
	if (rc == CTL_OK)
		rc = print(&explain);
	explain_free(&explain);
	rk_files_close(&files);
	return rc;
}
