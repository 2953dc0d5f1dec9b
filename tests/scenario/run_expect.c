/*
 * What a scenario expects: events of the open command, and answers. See
 * run.h.
 */
#include <string.h>

#include "ask.h"
#include "run.h"

/* An order has its name from the first line that says one. */
static void name_order(struct scn_run *run, const struct rk_event *event)
{
	const struct scn_field *field = scn_line_find(&run->line, "order");

	if (field &&
	    (rk_event_is_order(event->type) ||
	     rk_event_is_conversion(event->type)) &&
	    !scn_world_find_order(&run->world, field->value) &&
	    scn_world_name_order(&run->world, field->value, event) < 0)
		scn_line_fail(&run->line,
			      "order=%s must be a short name like \"@1\"",
			      field->value);
}

/* The next event that is as the line says; only echoes may lie between. */
int scn_run_event(struct scn_run *run)
{
	char difference[SCN_DIFFERENCE_MAX] = "it is not said";
	struct scn_record record;
	int r = scn_run_check_refusal(run);

	if (r != 0)
		return r;
	for (; run->told < run->reply.events_n; run->told++) {
		const struct rk_event *event = &run->reply.events[run->told];

		scn_record_event(&run->world, event, &record);
		if (strcmp(record.name, run->line.verb) == 0) {
			r = scn_record_compare(&run->world, &record, &run->line,
					       difference);
			if (r == 0)
				name_order(run, event);
			if (run->line.wrong[0] != '\0')
				return scn_run_fail_line(run);
			if (r == 0) {
				run->told++;
				return 0;
			}
		}
		if (!scn_record_is_echo(event))
			break;
	}
	(void)scn_run_fail(run, run->line.number, "%s: %s", run->line.verb,
			   difference);
	return scn_run_show_events(run);
}

int scn_run_query(struct scn_run *run)
{
	struct scn_asking asking = {scn_run_backend(run), run->self,
				    &run->world};
	char difference[SCN_DIFFERENCE_MAX];
	struct scn_record record;
	int r = scn_run_check_refusal(run);

	if (r != 0)
		return r;
	r = scn_ask(&asking, &run->line, &record, &run->error);
	if (run->line.wrong[0] != '\0')
		return scn_run_fail_line(run);
	if (r != 0)
		return scn_run_fail_backend(run, r);
	r = scn_record_compare(&run->world, &record, &run->line, difference);
	if (r < 0)
		return scn_run_fail_line(run);
	if (r == 0)
		return 0;
	(void)scn_run_fail(run, run->line.number, "%s: %s", record.name,
			   difference);
	if (!run->play->is_quiet) {
		(void)printf("  ? ");
		scn_record_show(&run->world, &record, stdout);
	}
	return 1;
}
