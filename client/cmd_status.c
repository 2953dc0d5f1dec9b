/*
 * riskctl status: how the daemon is, and whether a person must look.
 */
#include <inttypes.h>
#include <string.h>

#include "ctl_out.h"

#define NS_PER_MS 1000000

static const struct ctl_column columns[] = {
	{"Daemon", "version", CTL_TEXT},
	{"Clock", "clock", CTL_TEXT},
	{"Journal", "journal", CTL_TEXT},
	{"Time", "time", CTL_TEXT},
	{"Commands", "last_seq", CTL_INTEGER},
	{"Durable", "durable_seq", CTL_INTEGER},
	{"Not durable for", "unsynced_s", CTL_DECIMAL},
	{"Snapshot", "snapshot_seq", CTL_INTEGER},
	{"Snapshot time", "snapshot_time", CTL_TEXT},
	{"Ready", "ready", CTL_BOOL},
	{"Events", "last_event", CTL_INTEGER},
	{"Oldest event", "oldest_event", CTL_INTEGER},
	{"Accounts", "accounts", CTL_INTEGER},
	{"Accounts max", "accounts_max", CTL_INTEGER},
	{"Positions", "positions", CTL_INTEGER},
	{"Orders open", "orders_open", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *fill(const Riskd__StatusAnswer *status)
{
	struct ctl_table *table = ctl_table_new(columns);
	char when[CTL_TIME_SIZE];

	ctl_cell(table, "%s", status->version);
	ctl_cell(table, "%s", status->clock);
	ctl_cell(table, "%s", status->journal);
	ctl_cell(table, "%s", ctl_format_time(status->time_ns, when));
	ctl_cell_u64(table, status->last_seq);
	ctl_cell_u64(table, status->durable_seq);
	ctl_cell_decimal(table, status->unsynced_age_ns / NS_PER_MS, 3, "s");
	ctl_cell_u64(table, status->snapshot_seq);
	ctl_cell(table, "%s",
		 status->snapshot_time_ns
			 ? ctl_format_time(status->snapshot_time_ns, when)
		 : status->snapshot_seq ? "before the last start"
					: "never");
	ctl_cell_bool(table, !*status->not_ready);
	ctl_cell_color(table, *status->not_ready ? CTL_RED : CTL_GREEN);
	ctl_cell_u64(table, status->last_event);
	ctl_cell_u64(table, status->oldest_event);
	ctl_cell_u64(table, status->accounts);
	ctl_cell_u64(table, status->accounts_max);
	ctl_cell_u64(table, status->positions);
	ctl_cell_u64(table, status->orders_open);
	return table;
}

/* A counter by its name; 0: an older riskd that has none of it. */
static uint64_t counter(const Riskd__StatusAnswer *status, const char *name)
{
	for (size_t i = 0; i < status->n_counters; i++)
		if (strcmp(status->counters[i]->name, name) == 0)
			return status->counters[i]->value;
	return 0;
}

/*
 * What needs a person, one sentence each; NULL: no memory. listing may be
 * NULL: not known.
 */
static json_t *find_troubles(const Riskd__StatusAnswer *status,
			     const Riskd__MarketsAnswer *listing)
{
	json_t *troubles = json_array();
	size_t bankrupt = RISKD__STATE__STATE_BANKRUPT;

	if (*status->not_ready)
		(void)json_array_append_new(
			troubles,
			json_sprintf("not ready: %s", status->not_ready));
	if (status->lagging)
		(void)json_array_append_new(
			troubles,
			json_string("lagging: prices come faster than accounts "
				    "can be judged by them"));
	if (status->n_accounts_by_state > bankrupt &&
	    status->accounts_by_state[bankrupt])
		(void)json_array_append_new(
			troubles,
			json_sprintf("%" PRIu32 " accounts are BANKRUPT",
				     status->accounts_by_state[bankrupt]));
	if (status->conversions_withheld)
		(void)json_array_append_new(
			troubles,
			json_sprintf("%" PRIu32 " accounts have losses to pay "
				     "and nothing that can be sold for it",
				     status->conversions_withheld));
	if (counter(status, "audit_differences"))
		(void)json_array_append_new(
			troubles,
			json_sprintf("the audit found %" PRIu64 " accounts "
				     "that were not what they should be: see "
				     "the log",
				     counter(status, "audit_differences")));
	for (size_t i = 0; listing && i < listing->n_markets; i++) {
		const Riskd__Market *market = listing->markets[i];
		Riskd__PriceState state = market->price->state;

		if (market->holders &&
		    state != RISKD__PRICE_STATE__PRICE_STATE_OK)
			(void)json_array_append_new(
				troubles,
				json_sprintf("%s: price is %s with %" PRIu32
					     " holders",
					     market->name,
					     risk_price_state_name(state),
					     market->holders));
		if (market->withheld)
			(void)json_array_append_new(
				troubles,
				json_sprintf("%s: %" PRIu32
					     " liquidations withheld",
					     market->name, market->withheld));
	}
	return troubles;
}

static int print_json(const struct ctl *ctl, struct ctl_table *table,
		      const Riskd__StatusAnswer *status, json_t *troubles)
{
	json_t *rows = ctl_table_json(table);
	json_t *object = rows ? json_incref(json_array_get(rows, 0)) : NULL;
	json_t *states = json_object();
	json_t *counters = json_object();

	ctl_table_free(table);
	json_decref(rows);
	for (size_t i = 0; i < status->n_accounts_by_state; i++)
		(void)json_object_set_new(
			states, risk_state_name((Riskd__State)i),
			json_integer(status->accounts_by_state[i]));
	for (size_t i = 0; i < status->n_counters; i++)
		(void)json_object_set_new(
			counters, status->counters[i]->name,
			json_integer((json_int_t)status->counters[i]->value));
	if (!object ||
	    json_object_set_new(object, "time_ns",
				json_integer(status->time_ns)) ||
	    json_object_set_new(object, "not_ready",
				json_string(status->not_ready)) ||
	    json_object_set_new(object, "lagging",
				json_boolean(status->lagging)) ||
	    json_object_set_new(object, "accounts_by_state", states) ||
	    json_object_set_new(object, "counters", counters) ||
	    json_object_set(object, "troubles", troubles)) {
		json_decref(object);
		object = NULL;
	}
	return ctl_json_print(ctl, object);
}

static void print_rest(const struct ctl *ctl, const Riskd__StatusAnswer *status)
{
	(void)printf("\nAccounts by state\n");
	for (size_t i = 0; i < status->n_accounts_by_state; i++) {
		Riskd__State state = (Riskd__State)i;
		bool some = status->accounts_by_state[i] != 0;

		(void)printf("  %s%-12s %10" PRIu32 "%s\n",
			     some ? ctl_color_on(ctl, ctl_color_of_state(state))
				  : "",
			     risk_state_name(state),
			     status->accounts_by_state[i],
			     some ? ctl_color_off(ctl) : "");
	}
	if (!status->n_counters)
		return;
	(void)printf("\nCounters\n");
	for (size_t i = 0; i < status->n_counters; i++)
		(void)printf("  %-32s %12" PRIu64 "\n",
			     status->counters[i]->name,
			     status->counters[i]->value);
}

int cmd_status(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	Riskd__Answer *answer = NULL;
	struct ctl_table *table;
	json_t *troubles;
	bool stalled;
	int n;
	int rc;

	/* On a stalled disk this is all that is answered. */
	ctl->no_listing = true;
	if ((rc = ctl_parse(ctl, none, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) || (rc = ctl_connect(ctl)))
		return rc;
	rc = risk_status(ctl->risk, &answer);
	if (rc)
		return ctl_fail(ctl, rc);
	stalled = strcmp(answer->status->not_ready, "disk stalled") == 0;
	if (!stalled && (rc = risk_refresh(ctl->risk))) {
		riskd__answer__free_unpacked(answer, NULL);
		return ctl_fail(ctl, rc);
	}
	troubles = find_troubles(answer->status,
				 stalled ? NULL : risk_listing(ctl->risk));
	table = fill(answer->status);
	if (ctl->output == CTL_JSON) {
		rc = print_json(ctl, table, answer->status, troubles);
	} else {
		rc = ctl_table_print_record(ctl, table);
		if (rc == CTL_OK && ctl->output == CTL_TABLE)
			print_rest(ctl, answer->status);
	}
	for (size_t i = 0; i < json_array_size(troubles); i++)
		ctl_say(ctl, "unhealthy: %s",
			json_string_value(json_array_get(troubles, i)));
	if (rc == CTL_OK && json_array_size(troubles))
		rc = CTL_UNHEALTHY;
	json_decref(troubles);
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}
