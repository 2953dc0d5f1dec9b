/*
 * Commands of a scenario: sending them, alone, again or as one message, and
 * what "!" says about their refusal. See run.h.
 */
#include <errno.h>
#include <string.h>

#include "engine/rc.h"
#include "run.h"

static int send(struct scn_run *run)
{
	int r;

	run->command_line = run->line.number;
	run->refusal_told = false;
	run->told = 0;
	run->request.cmds = run->cmds;
	run->request.time_ns = run->world.now_ns;
	memset(&run->reply, 0, sizeof(run->reply));
	r = scn_run_backend(run)->send(run->self, &run->request, &run->reply,
				       &run->error);
	if (r != 0)
		return scn_run_fail_backend(run, r);
	run->outcome->commands += run->request.n;
	return 0;
}

/* Whose command it is, and which of theirs: written, or the next one. */
static int take_origin(struct scn_run *run)
{
	const char *name = scn_line_text_or(&run->line, "client", SCN_CLIENT);
	struct scn_client *client = scn_world_client(&run->world, name);

	if (!client) {
		scn_line_fail(&run->line,
			      "client=%s is too long, or one of too many",
			      name);
		return -EINVAL;
	}
	run->request.client = client->name;
	run->request.number =
		scn_line_count_or(&run->line, "number", client->newest + 1);
	return 0;
}

/* Count what the daemon has taken in. */
static void count_numbers(struct scn_run *run)
{
	struct scn_client *client =
		scn_world_client(&run->world, run->request.client);
	uint64_t last = run->request.number + run->request.n - 1;

	if (client && run->reply.code == 0 && last > client->newest)
		client->newest = last;
}

static int play_again(struct scn_run *run)
{
	uint64_t seqs[RK_ATOMIC_MAX];
	int codes[RK_ATOMIC_MAX];
	int r;

	if (run->request.n == 0)
		scn_line_fail(&run->line, "there is no command before this");
	if (scn_line_end(&run->line) < 0)
		return scn_run_fail_line(run);
	memcpy(seqs, run->reply.seqs, sizeof(seqs));
	memcpy(codes, run->reply.codes, sizeof(codes));
	r = send(run);
	if (r != 0)
		return r;
	if (memcmp(seqs, run->reply.seqs, sizeof(seqs)) != 0 ||
	    memcmp(codes, run->reply.codes, sizeof(codes)) != 0)
		return scn_run_fail(run, run->line.number,
				    "a repeat must get the first answer again");
	return 0;
}

static int play_atomic(struct scn_run *run)
{
	const char *word = scn_line_word(&run->line);
	bool begins = word && strcmp(word, "begin") == 0;

	if (!word || (!begins && strcmp(word, "end") != 0))
		scn_line_fail(&run->line,
			      "must be \"atomic begin\" or \"atomic end\"");
	else if (begins == run->in_atomic)
		scn_line_fail(&run->line, "atomic %s stands at a wrong place",
			      word);
	if (begins && run->line.wrong[0] == '\0')
		(void)take_origin(run); /* sets line->wrong */
	if (scn_line_end(&run->line) < 0)
		return scn_run_fail_line(run);
	run->in_atomic = begins;
	if (begins) {
		run->request.n = 0;
		run->request.atomic = true;
		memset(&run->child, 0, sizeof(run->child));
		return 0;
	}
	if (run->request.n == 0) {
		scn_line_fail(&run->line, "nothing stands between begin and "
					  "end");
		return scn_run_fail_line(run);
	}
	return send(run);
}

/* "restart", or "restart asset NAME ...", market or emode. */
static int play_restart(struct scn_run *run)
{
	const char *word = scn_line_word(&run->line);
	int r;

	if (!run->listing.restarts)
		scn_line_fail(&run->line, "needs \"> journal file\" among what "
					  "is listed");
	if (word && strcmp(word, "asset") != 0 && strcmp(word, "market") != 0 &&
	    strcmp(word, "emode") != 0)
		scn_line_fail(&run->line,
			      "must be restart, or restart asset, market or "
			      "emode and a row of it");
	if (word && run->line.wrong[0] == '\0') {
		run->line.verb = word;
		(void)scn_listing_edit(&run->listing, &run->line);
	}
	if (scn_line_end(&run->line) < 0)
		return scn_run_fail_line(run);
	r = scn_listing_reread(&run->listing, run->play->path, &run->error);
	if (r != 0)
		return scn_run_fail_backend(run, r);
	run->command_line = run->line.number;
	run->refusal_told = false;
	run->told = 0;
	run->request.n = 0; /* there is nothing to send again */
	memset(&run->reply, 0, sizeof(run->reply));
	r = scn_run_backend(run)->restart(run->self, &run->listing, &run->reply,
					  &run->error);
	run->outcome->commands++;
	return r == 0 ? 0 : scn_run_fail_backend(run, r);
}

static int add_child(struct scn_run *run)
{
	if (run->request.n == RK_ATOMIC_MAX)
		scn_line_fail(&run->line, "more than %d commands",
			      RK_ATOMIC_MAX);
	if (scn_command_build(&run->world, &run->line, &run->command) < 0)
		return scn_run_fail_line(run);
	if (!rk_cmd_may_be_atomic(run->command.cmd.type)) {
		scn_line_fail(&run->line, "%s cannot be part of it",
			      run->line.verb);
		return scn_run_fail_line(run);
	}
	run->cmds[run->request.n++] = run->command.cmd;
	return 0;
}

static int play_single(struct scn_run *run)
{
	if (take_origin(run) < 0 ||
	    scn_command_build(&run->world, &run->line, &run->command) < 0)
		return scn_run_fail_line(run);
	run->cmds[0] = run->command.cmd;
	run->request.n = 1;
	run->request.atomic = false;
	return send(run);
}

/* Codes of an atomic message, one child of which "!" stood after. */
static int check_children(struct scn_run *run)
{
	const struct scn_reply *reply = &run->reply;

	for (uint32_t i = 0; i < run->request.n; i++) {
		const char *got = rk_rc_name(reply->codes[i]);
		const char *want = i == run->child.child
					   ? run->child.code
					   : rk_rc_name(RK_REJ_ATOMIC);

		if (strcmp(got, want) != 0)
			return scn_run_fail(
				run, run->child.line,
				"command %u of the message is answered "
				"%s, expected %s",
				i + 1, reply->codes[i] ? got : "OK", want);
	}
	return 0;
}

/* A refusal leaves one event that names it, and nothing else. */
static int check_rejected(struct scn_run *run)
{
	const struct rk_event *event = run->reply.events;
	bool is_event = run->reply.code == 0 && !run->reply.repeat;
	bool good = run->reply.events_n == (is_event ? 1 : 0);

	if (good && is_event)
		good = event->type == RK_EVENT_REJECTED &&
		       event->rejected.code == scn_run_refusal(run) &&
		       event->rejected.cmd == (run->request.atomic
						       ? RK_CMD_ATOMIC
						       : run->cmds[0].type) &&
		       strcmp(event->rejected.client, run->request.client) ==
			       0 &&
		       event->rejected.client_seq == run->request.number;
	run->refusal_told = true;
	if (!good) {
		(void)scn_run_fail(run, run->command_line, "%s must say %s",
				   rk_rc_name(scn_run_refusal(run)),
				   is_event ? "REJECTED, and no more"
					    : "nothing");
		return scn_run_show_events(run);
	}
	run->told = run->reply.events_n;
	return 0;
}

int scn_run_command(struct scn_run *run)
{
	int r = scn_run_finish_command(run);

	if (r != 0)
		return r;
	if (strcmp(run->line.verb, "atomic") == 0)
		r = play_atomic(run);
	else if (run->in_atomic)
		return add_child(run);
	else if (strcmp(run->line.verb, "restart") == 0)
		return play_restart(run);
	else if (strcmp(run->line.verb, "again") == 0)
		r = play_again(run);
	else
		r = play_single(run);
	if (r != 0 || run->in_atomic)
		return r;

	count_numbers(run);
	if (!run->request.atomic || !run->child.is_set || run->reply.repeat)
		return 0;
	r = check_children(run);
	return r == 0 ? check_rejected(run) : r;
}

static int play_child_refusal(struct scn_run *run)
{
	if (run->request.n == 0 || run->child.is_set)
		scn_line_fail(&run->line, "one command of the message may be "
					  "refused, and stands before this");
	if (scn_line_end(&run->line) < 0)
		return scn_run_fail_line(run);
	(void)snprintf(run->child.code, sizeof(run->child.code), "%s",
		       run->line.verb);
	run->child.line = run->line.number;
	run->child.child = run->request.n - 1;
	run->child.is_set = true;
	return 0;
}

/* "! CODE", "! REPEAT" or "! REPEAT CODE" */
int scn_run_refused(struct scn_run *run)
{
	bool repeat = strcmp(run->line.verb, "REPEAT") == 0;
	const char *word = repeat ? scn_line_word(&run->line) : NULL;
	const char *want = repeat ? word : run->line.verb;
	int code;

	if (run->in_atomic)
		return play_child_refusal(run);
	code = scn_run_refusal(run);
	if (run->command_line == 0 || run->refusal_told)
		scn_line_fail(&run->line, "\"!\" must follow a command");
	if (scn_line_end(&run->line) < 0)
		return scn_run_fail_line(run);
	if (repeat != run->reply.repeat)
		return scn_run_fail(run, run->line.number,
				    "the command was %sanswered from memory",
				    repeat ? "not " : "");
	if (strcmp(want ? want : "OK", code ? rk_rc_name(code) : "OK") != 0) {
		(void)scn_run_fail(run, run->line.number,
				   "the command was answered %s, expected %s",
				   code ? rk_rc_name(code) : "OK",
				   want ? want : "OK");
		return scn_run_show_events(run);
	}
	return check_rejected(run);
}
