/*
 * riskctl reload: the daemon reads its files again; what has changed, or would.
 */
#include "ctl_out.h"
#include "librisk_reload.h"

#define WAIT_MS 120000 /* every change judges every account */

static const struct ctl_column change_columns[] = {
	{"What", "kind", CTL_TEXT},   {"Name", "name", CTL_TEXT},
	{"Field", "field", CTL_TEXT}, {"Before", "before", CTL_TEXT},
	{"After", "after", CTL_TEXT}, {"Command", "seq", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column restart_columns[] = {
	{"Needs a restart", "field", CTL_TEXT},
	{"Running", "before", CTL_TEXT},
	{"In the file", "after", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column warning_columns[] = {
	{"Warning", "text", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column summary_columns[] = {
	{"Dry run", "dry_run", CTL_BOOL},
	{"Commands", "commands", CTL_INTEGER},
	{"Changes left out", "left_out", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static struct ctl_table *changes_of(const Riskd__ReloadReply *reload)
{
	struct ctl_table *table = ctl_table_new(change_columns);
	bool done = false;

	for (size_t i = 0; i < reload->n_changes; i++) {
		const Riskd__ReloadChange *row = reload->changes[i];

		ctl_cell_text(table, row->kind);
		ctl_cell_text(table, row->name);
		ctl_cell_text(table, row->field);
		ctl_cell_text(table, row->before);
		ctl_cell_text(table, row->after);
		ctl_cell_u64(table, row->seq);
		done = done || row->seq != 0;
	}
	if (!done)
		ctl_table_hide(table, "seq");
	return table;
}

static struct ctl_table *restart_of(const Riskd__ReloadReply *reload)
{
	struct ctl_table *table = ctl_table_new(restart_columns);

	for (size_t i = 0; i < reload->n_restart; i++) {
		ctl_cell_text(table, reload->restart[i]->field);
		ctl_cell_text(table, reload->restart[i]->before);
		ctl_cell_text(table, reload->restart[i]->after);
	}
	return table;
}

static struct ctl_table *warnings_of(const Riskd__ReloadReply *reload)
{
	struct ctl_table *table = ctl_table_new(warning_columns);

	for (size_t i = 0; i < reload->n_warnings; i++)
		ctl_cell_text(table, reload->warnings[i]);
	return table;
}

static struct ctl_table *summary_of(const Riskd__ReloadReply *reload)
{
	struct ctl_table *table = ctl_table_new(summary_columns);

	ctl_cell_bool(table, reload->dry_run);
	ctl_cell_u64(table, reload->commands);
	ctl_cell_u64(table, reload->left_out);
	return table;
}

/* Of what people see, tables without rows are left out. */
static int print(const struct ctl *ctl, const Riskd__ReloadReply *reload)
{
	const bool people = ctl->output == CTL_TABLE;
	const struct ctl_part parts[] = {
		{.table = summary_of(reload), .record = true},
		{.table = changes_of(reload), .key = "changes"},
		{.table = restart_of(reload), .key = "restart"},
		{.table = warnings_of(reload), .key = "warnings"},
	};
	struct ctl_part shown[4];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		/* The summary is a sentence for them. */
		if (people && (i == 0 || ctl_table_is_empty(parts[i].table)))
			ctl_table_free(parts[i].table);
		else
			shown[n++] = parts[i];
	}
	return n == 0 ? CTL_OK : ctl_parts_print(ctl, shown, n);
}

static void say(const struct ctl *ctl, const Riskd__ReloadReply *reload)
{
	if (reload->left_out != 0)
		ctl_say(ctl, "%u more changes have no room in the answer",
			reload->left_out);
	if (reload->commands == 0)
		ctl_say(ctl, "nothing differs that can be changed without a "
			     "restart");
	else if (reload->dry_run)
		ctl_say(ctl,
			"dry run: %u commands would be given; nothing "
			"was changed",
			reload->commands);
	else
		ctl_say(ctl, "reloaded: %u commands", reload->commands);
}

int cmd_reload(struct ctl *ctl, int argc, char **argv)
{
	bool dry_run = false;
	const struct ctl_option options[] = {
		{"dry-run", 0, NULL, &dry_run},
		{NULL, 0, NULL, NULL},
	};
	Riskd__Reply *reply = NULL;
	int printed;
	int n;
	int rc;

	ctl->no_listing = true;
	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) || (rc = ctl_connect(ctl)))
		return rc;
	rc = risk_reload(ctl->risk, dry_run, WAIT_MS, &reply);
	if (rc && !reply)
		return ctl_fail(ctl, rc);
	printed = print(ctl, reply->reload);
	if (rc)
		printed = ctl_fail(ctl, rc);
	else
		say(ctl, reply->reload);
	riskd__reply__free_unpacked(reply, NULL);
	return printed;
}
