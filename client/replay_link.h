/*
 * A replay's connection to the daemon: commands in, events out, counted.
 *
 * Everything is acknowledged before the next thing is sent, and events are
 * read by query, so that what a replay does never depends on timing. One row
 * buffer holds the commands of one time; it is sent when full or flushed.
 */
#ifndef RK_CLIENT_REPLAY_LINK_H
#define RK_CLIENT_REPLAY_LINK_H

#include "librisk_cmd.h"
#include "replay_error.h"
#include "replay_walk.h"
#include "replay_watch.h"

/* Called for each event, in order of number; negative stops the replay. */
typedef int rk_replay_event_fn(void *arg, const Riskd__Event *event);

/* Called for each refused command. */
typedef void rk_replay_refused_fn(void *arg, const Riskd__Command *command,
				  int code);

struct rk_replay_link_options {
	const char *publisher; /* added to the daemon when it is not there */
	const char *venue;     /* the same */
	uint32_t rows_max;     /* commands per message; halved when refused */
	rk_replay_event_fn *on_event;
	rk_replay_refused_fn *on_refused;
	void *arg; /* of both */
};

struct rk_replay_sent {
	uint64_t batches; /* of prices */
	uint64_t quotes;
	uint64_t quotes_dropped; /* by the daemon */
	uint64_t commands;       /* others */
	uint64_t refused;
	uint64_t events;
	struct rk_replay_latency answer; /* of price batches */
};

struct rk_replay_link;

/*
 * Make ready to feed the daemon of risk, which must run with clock =
 * messages. risk and what options point to are borrowed until close. Returns
 * 0 and *ret_link, owned by the caller, or negative after telling error.
 */
int rk_replay_link_open(struct risk *risk,
			const struct rk_replay_link_options *options,
			struct rk_replay_error *error,
			struct rk_replay_link **ret_link);

/* Takes NULL. */
void rk_replay_link_close(struct rk_replay_link *link);

uint32_t rk_replay_link_venue(const struct rk_replay_link *link);

/* Newest time the daemon has; rows before it would be refused. */
int64_t rk_replay_link_time(const struct rk_replay_link *link);

/* All that follows has this time, from 1 ms after 1970 on. */
void rk_replay_link_set_time(struct rk_replay_link *link, int64_t time_ns);

/*
 * A row to fill in, one of the risk_cmd_ functions; it is sent with the
 * others of its time. NULL when sending what was there failed: the error has
 * been told, and *ret_code is negative.
 */
struct risk_cmd *rk_replay_link_row(struct rk_replay_link *link, int *ret_code);

/* Send the rows there are and wait. 0, or negative after telling error. */
int rk_replay_link_flush(struct rk_replay_link *link);

/*
 * Send one acknowledged price batch (after the rows there are); no slot twice
 * in it. 0, or negative after telling error.
 */
int rk_replay_link_prices(struct rk_replay_link *link,
			  const struct rk_replay_quote *quotes, uint32_t n);

/*
 * Hand out all events up to now. 1 when there were any, 0 when not, negative
 * after telling error.
 */
int rk_replay_link_events(struct rk_replay_link *link);

const struct rk_replay_sent *
rk_replay_link_sent(const struct rk_replay_link *link);

/* Stop the subscriber and tell what it saw. 0 or negative. */
int rk_replay_link_finish(struct rk_replay_link *link,
			  struct rk_replay_watched *ret_watched);

#endif
