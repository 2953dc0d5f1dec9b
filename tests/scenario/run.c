/*
 * What the parts of a run share: saying what is wrong, and when a command is
 * told in full. See run.h.
 */
#include "run.h"

#include <errno.h>
#include <stdarg.h>

#include "engine/rc.h"
#include "record.h"

int scn_run_fail(struct scn_run *run, unsigned int line, const char *format,
		 ...)
{
	va_list args;

	run->outcome->line = line;
	if (run->play->is_quiet)
		return 1;
	(void)printf("%s:%u: ", run->play->path, line);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	(void)putchar('\n');
	return 1;
}

int scn_run_fail_line(struct scn_run *run)
{
	(void)scn_run_fail(run, run->line.number, "%s", run->line.wrong);
	return -EINVAL;
}

int scn_run_fail_backend(struct scn_run *run, int r)
{
	(void)scn_run_fail(run, run->line.number, "%s: %s",
			   scn_run_backend(run)->name, run->error.text);
	return r;
}

int scn_run_show_events(struct scn_run *run)
{
	struct scn_record record;

	if (run->play->is_quiet)
		return 1;
	(void)printf("  line %u said%s\n", run->command_line,
		     run->reply.events_n > 0 ? " (* told so far):"
					     : " nothing");
	for (uint32_t i = 0; i < run->reply.events_n; i++) {
		scn_record_event(&run->world, &run->reply.events[i], &record);
		(void)printf("  %c < ", i < run->told ? '*' : ' ');
		scn_record_show(&run->world, &record, stdout);
	}
	return 1;
}

const struct scn_backend *scn_run_backend(const struct scn_run *run)
{
	return run->play->backend;
}

int scn_run_refusal(const struct scn_run *run)
{
	int code = run->reply.code;

	for (uint32_t i = 0; code == 0 && i < run->request.n; i++)
		if (run->reply.codes[i] != RK_REJ_ATOMIC)
			code = run->reply.codes[i];
	return code;
}

int scn_run_check_refusal(struct scn_run *run)
{
	if (run->command_line == 0 || run->refusal_told)
		return 0;
	if (run->reply.repeat)
		return scn_run_fail(
			run, run->command_line,
			"answered from memory, as a repeat; if that is "
			"right, write \"! REPEAT\" after it");
	if (scn_run_refusal(run) == 0)
		return 0;
	return scn_run_fail(
		run, run->command_line,
		"refused with %s (%s); if that is right, write \"! %s\" "
		"after it",
		rk_rc_name(scn_run_refusal(run)),
		rk_rc_text(scn_run_refusal(run)),
		rk_rc_name(scn_run_refusal(run)));
}

int scn_run_finish_command(struct scn_run *run)
{
	int r = scn_run_check_refusal(run);

	for (; r == 0 && run->told < run->reply.events_n; run->told++) {
		const struct rk_event *event = &run->reply.events[run->told];

		if (scn_record_is_echo(event))
			continue;
		(void)scn_run_fail(run, run->command_line,
				   "%s is not told; write it after the command",
				   rk_event_name(event->type));
		return scn_run_show_events(run);
	}
	run->command_line = 0;
	run->reply.events_n = 0;
	run->told = 0;
	return r;
}
