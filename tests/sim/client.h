/*
 * A client of `ingest` that numbers its commands and remembers everything:
 * what it sent, how often, and what it was answered. It sends messages again,
 * too early, too late and forged, and judges every reply by the rules of
 * exactly once (docs/engine.md, X1 to X4): what was answered once is answered
 * the same for ever, whatever crashed meanwhile.
 */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_cmd;
struct sim_client;

#define SIM_CLIENT_TEXT_SIZE 256

/* X(NAME, text): counted, for printing. */
#define SIM_CLIENT_MAP(X)                                                      \
	X(SENT, "messages sent the first time")                                \
	X(RESENT, "unanswered messages sent again")                            \
	X(REPEATED, "answered messages sent again")                            \
	X(EARLY, "messages sent before an earlier one was answered")           \
	X(LATE, "messages sent again after the window")                        \
	X(FORGED, "numbers used again for something else")                     \
	X(ANSWERED, "messages answered")                                       \
	X(FROM_MEMORY, "first answers that came from memory")                  \
	X(OUT_OF_ORDER, "messages refused as out of order")                    \
	X(TOO_OLD, "messages refused as too old")                              \
	X(SEQ_REUSED, "messages refused as reused")                            \
	X(TRY_AGAIN, "messages refused for now")                               \
	X(LOST, "messages that were never answered")

enum sim_client_count {
#define SIM_CLIENT_ENUM(name, text) SIM_CLIENT_##name,
	SIM_CLIENT_MAP(SIM_CLIENT_ENUM)
#undef SIM_CLIENT_ENUM
	SIM_CLIENT_COUNTS
};

const char *sim_client_count_text(enum sim_client_count count);

struct sim_client_options {
	const char *name;
	uint64_t session;
	uint64_t seed;
	uint32_t rows_max; /* commands in a message that is not atomic */
	uint32_t pipeline; /* messages on their way at once */
	uint32_t mischief; /* in 1000 messages sent: not the plain next one */
};

struct sim_client *sim_client_open(const struct sim_client_options *options);
void sim_client_close(struct sim_client *client); /* accepts NULL */

/*
 * One more command to be sent; several become one message. Returns 0, or
 * -EINVAL for a command the wire does not have.
 */
int sim_client_add(struct sim_client *client, const struct rk_cmd *cmd);

/* Make a message of what was added, be it full or not. */
void sim_client_flush(struct sim_client *client);

/* What goes into the messages made from now on (clock = messages). */
void sim_client_set_time(struct sim_client *client, int64_t time_ns);

/* Messages made and not answered yet. */
uint32_t sim_client_unanswered(const struct sim_client *client);

/*
 * What to send next: false when there is nothing, or as much is on its way
 * as the pipeline holds. data is borrowed until sim_client_close(), of a
 * forged message until its ticket came back. The ticket comes back by
 * exactly one of reply, refused or crashed.
 */
struct sim_outgoing {
	uint64_t ticket;
	const void *data;
	size_t size;
};
bool sim_client_next(struct sim_client *client,
		     struct sim_outgoing *ret_outgoing);

/* The daemon does not take it now: it was not sent. */
void sim_client_refused(struct sim_client *client, uint64_t ticket);

/*
 * A reply came. Returns 0, or -EPROTO when it breaks a rule, which text then
 * names.
 */
int sim_client_reply(struct sim_client *client, uint64_t ticket,
		     const void *data, size_t size,
		     char text[SIM_CLIENT_TEXT_SIZE]);

/*
 * The daemon is gone: what is on its way will never be answered, and is sent
 * again. So are, to see that they are remembered, this many of the newest
 * messages that were answered.
 */
void sim_client_crashed(struct sim_client *client, uint32_t checks);

/*
 * Number of the newest command up to which all were answered: a daemon that
 * forgot it lost what it had acknowledged. And of the newest ever made: a
 * daemon that knows more made something up.
 */
uint64_t sim_client_acknowledged(const struct sim_client *client);
uint64_t sim_client_newest(const struct sim_client *client);

/*
 * Visit every answer to a command: no two may have the same place in the log,
 * those of an atomic message aside (message tells which belong together).
 */
struct sim_answer {
	uint32_t message;
	uint64_t client_seq;
	int32_t code;
	uint64_t seq;
};
void sim_client_answers(const struct sim_client *client,
			void (*visit)(void *context,
				      const struct sim_answer *answer),
			void *context);

const char *sim_client_name(const struct sim_client *client);
uint64_t sim_client_count(const struct sim_client *client,
			  enum sim_client_count count);

#endif
