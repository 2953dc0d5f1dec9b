/*
 * A scenario being played. Private to play.c and run*.c.
 *
 * One command is open at a time: its refusal and its events are told by the
 * lines that follow it, in full, before the next one comes.
 */
#ifndef SCN_RUN_H
#define SCN_RUN_H

#include "command.h"
#include "play.h"

/* What "!" says of a command inside an atomic message. */
struct scn_child {
	char code[32];
	unsigned int line;
	uint32_t child; /* counted from 0 */
	bool is_set;
};

struct scn_run {
	const struct scn_play *play;
	struct scn_outcome *outcome;
	struct scn_listing listing;
	struct scn_world world;
	void *self; /* of the backend */
	bool is_started;
	struct scn_line line;
	/* The open command. */
	unsigned int command_line; /* 0: none */
	struct scn_command command;
	struct rk_cmd cmds[RK_ATOMIC_MAX];
	struct scn_request request;
	struct scn_reply reply;
	bool refusal_told;
	uint32_t told; /* events told so far */
	/* Between "atomic begin" and "atomic end". */
	bool in_atomic;
	struct scn_child child;
	struct rk_error error;
};

/* Say what is wrong with a line. Returns 1. */
int scn_run_fail(struct scn_run *run, unsigned int line, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));
/* The line makes no sense, line.wrong says why. Returns -EINVAL. */
int scn_run_fail_line(struct scn_run *run);
/* The backend returned r, not 0. Returns r. */
int scn_run_fail_backend(struct scn_run *run, int r);
/* Print what the open command said, in words to write. Returns 1. */
int scn_run_show_events(struct scn_run *run);

const struct scn_backend *scn_run_backend(const struct scn_run *run);

/* The code that tells why the open command was refused; 0: it was not. */
int scn_run_refusal(const struct scn_run *run);

/*
 * All that follow return 0, 1 when the scenario failed, or -errno.
 *
 * A refusal and a repeat must be told before anything else is.
 */
int scn_run_check_refusal(struct scn_run *run);
/* Nothing that the open command decided may be left untold. */
int scn_run_finish_command(struct scn_run *run);

/* run_command.c: a line ">", and a line "!". */
int scn_run_command(struct scn_run *run);
int scn_run_refused(struct scn_run *run);

/* run_expect.c: a line "<", and a line "?". */
int scn_run_event(struct scn_run *run);
int scn_run_query(struct scn_run *run);

#endif
