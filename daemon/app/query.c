/*
 * All queries but those for events and what-if; those that look at every
 * account go on in heavy.c. See query.h.
 */
#include "app/query.h"

#include <stdio.h>
#include <string.h>

#include "app/counters.h"
#include "app/heavy.h"
#include "app/largest.h"
#include "app/upkeep.h"
#include "codec/answer.h"
#include "engine/rc.h"
#include "engine/view.h"

void rk_query_refuse(struct rk_core *core, uint32_t pending, int code,
		     const char *text)
{
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};

	core->counters.queries_refused++;
	rk_answer_refusal(&bytes, rk_view_seq(core->engine), code, text);
	rk_core_reply(core, pending, &bytes);
}

void rk_query_reply(struct rk_core *core, uint32_t pending,
		    const struct rk_bytes *bytes)
{
	if (bytes->full)
		rk_query_refuse(core, pending, RK_REJ_TOO_MANY,
				"the answer is too large; ask for less");
	else
		rk_core_reply(core, pending, bytes);
}

static void set_urls(struct rk_status *status, size_t socket,
		     const struct rk_conf_urls *urls, char **pointers)
{
	for (uint32_t i = 0; i < urls->n; i++) {
		const char *url = urls->url[i];

		memcpy(&pointers[i], &url, sizeof(url));
	}
	status->urls[socket] = pointers;
	status->urls_n[socket] = urls->n;
}

/* only_durable: it goes out at once, so nothing of the state may show. */
static void answer_status(struct rk_core *core, struct rk_bytes *bytes,
			  bool only_durable)
{
	const struct rk_conf_listen *listen = &core->conf->listen;
	bool in_files = core->conf->journal.kind == RK_CONF_JOURNAL_FILE;
	struct rk_counter counters[RK_COUNTER_ROWS_MAX];
	char *pointers[4][RK_CONF_URLS_MAX];
	struct rk_snapshotter_counts snapshots = {0};
	struct rk_status status = {
		.version = RISKD_VERSION,
		.clock = core->conf->clock == RK_CONF_CLOCK_REAL ? "real"
								 : "messages",
		.journal = in_files ? "file" : "memory",
		.durable_seq = rk_sequencer_durable(core->sequencer),
		.oldest_event = rk_query_oldest_event(core),
		.not_ready = rk_core_not_ready(core),
		.only_durable = only_durable,
		.unsynced_age_ns = (int64_t)rk_core_unsynced_ns(core),
		.lagging = core->upkeep.lagging,
		.counters = counters,
	};

	if (core->snapshotter)
		rk_snapshotter_counts(core->snapshotter, &snapshots);
	status.snapshot_seq = snapshots.last_seq;
	status.snapshot_time_ns = snapshots.last_time_ns;
	if (!only_durable)
		status.counters_n = rk_counters_fill(core, counters);
	set_urls(&status, 0, &listen->prices, pointers[0]);
	set_urls(&status, 1, &listen->ingest, pointers[1]);
	set_urls(&status, 2, &listen->events, pointers[2]);
	set_urls(&status, 3, &listen->public, pointers[3]);
	rk_answer_status(bytes, &core->scratch, core->engine, &status);
}

/* False: refused, and answered so. */
static bool answer_account(struct rk_core *core, uint32_t pending,
			   const struct rk_query *query, struct rk_bytes *bytes)
{
	const struct rk_largest *largest = &query->largest;
	struct rk_refusal refusal;
	uint32_t index;
	int r = rk_view_find_account(core->engine, query->account, &index);

	if (r != RK_OK)
		(void)snprintf(refusal.text, sizeof(refusal.text),
			       "there is no account %llu",
			       (unsigned long long)query->account);
	else
		r = rk_largest_check(core->engine, largest, &refusal);
	if (r == RK_OK && largest->n > 0)
		r = rk_largest_check_steps(core->engine, index, largest,
					   &refusal);
	if (r != RK_OK) {
		rk_query_refuse(core, pending, r, refusal.text);
		return false;
	}
	rk_answer_account(bytes, &core->scratch, core->engine, index, largest);
	return true;
}

/* Deficits are added up over all accounts, if there can be any. */
static bool answer_markets(struct rk_core *core, uint32_t pending,
			   const struct rk_query *query, struct rk_bytes *bytes)
{
	struct rk_deficits none = {NULL, 0};
	struct rk_engine_counts counts;

	rk_view_counts(core->engine, &counts);
	if (counts.by_state[RK_STATE_BANKRUPT] > 0) {
		rk_heavy_ask(core, pending, query);
		return false;
	}
	none.from_seq = counts.seq;
	rk_answer_markets(bytes, &core->scratch, core->engine, &none);
	return true;
}

/* False: answered already (refused), or will be later. */
static bool answer(struct rk_core *core, uint32_t pending,
		   const struct rk_query *query, struct rk_bytes *bytes)
{
	switch (query->kind) {
	case RK_QUERY_STATUS:
		answer_status(core, bytes, false);
		return true;
	case RK_QUERY_MARKETS:
		return answer_markets(core, pending, query, bytes);
	case RK_QUERY_ACCOUNT:
		return answer_account(core, pending, query, bytes);
	case RK_QUERY_ACCOUNTS:
	case RK_QUERY_ORDERS:
	case RK_QUERY_DIGEST:
		rk_heavy_ask(core, pending, query);
		return false;
	case RK_QUERY_EVENTS:
		rk_query_events(core, pending, query);
		return false;
	case RK_QUERY_CLIENT:
		rk_answer_client(bytes, core->engine, query->client);
		return true;
	case RK_QUERY_SNAPSHOT:
		rk_upkeep_ask(core, pending);
		return false;
	case RK_QUERY_WHAT_IF:
		return rk_query_what_if(core, pending, query, bytes);
	default: /* the codec lets no other through */
		return false;
	}
}

/*
 * These look at some accounts very often: a turn answers one, so that ticks
 * get in between.
 */
static bool takes_long(const struct rk_query *query)
{
	return query->largest.n > 0 || query->kind == RK_QUERY_WHAT_IF;
}

/*
 * While the disk is stalled: who asks what is wrong must not wait for it.
 * Without room for answers that wait, all others are to come again.
 */
static bool answer_stalled(struct rk_core *core, uint32_t pending,
			   enum rk_query_kind kind, bool room)
{
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};

	/* Once it has failed, nobody is told anything. */
	if (rk_sequencer_error(core->sequencer) != 0)
		return false;
	if (kind == RK_QUERY_STATUS) {
		answer_status(core, &bytes, true);
	} else if (!room) {
		core->counters.queries_refused++;
		rk_answer_refusal(&bytes, rk_sequencer_durable(core->sequencer),
				  RK_REJ_BUSY, "the disk is stalled");
	} else {
		return false;
	}
	rk_core_reply_now(core, pending, &bytes);
	return true;
}

/* True: that was enough for this turn. */
static bool handle(struct rk_core *core, const struct rk_net_message *message,
		   bool room)
{
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};
	uint32_t pending = rk_core_hold(core, message);
	struct rk_decode_error error;
	struct rk_decode_input input = {
		&core->scratch, message->data, message->size, {0, 0}};
	struct rk_query query;
	int r;

	core->counters.queries++;
	rk_scratch_reset(&core->scratch);
	r = rk_decode_query(&input, &query, &error);
	if (r != RK_OK) {
		rk_query_refuse(core, pending, r, error.text);
		return false;
	}
	if (core->upkeep.stalled &&
	    answer_stalled(core, pending, query.kind, room))
		return false;
	if (!answer(core, pending, &query, &bytes))
		return false;
	rk_query_reply(core, pending, &bytes);
	return takes_long(&query);
}

bool rk_query_run(struct rk_core *core, uint32_t max)
{
	struct rk_net_message message;

	for (uint32_t i = 0; i < max; i++) {
		/* An answer waits for the disk like everything else. */
		bool room = rk_core_room(core);

		if ((!room && !core->upkeep.stalled) ||
		    !rk_net_take(core->net, RK_NET_QUERY, &message))
			return false;
		if (handle(core, &message, room))
			return true;
	}
	return true;
}
