/*
 * Reading events from a number on, with waiting. See query.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/query.h"
#include "codec/answer.h"
#include "codec/encode.h"
#include "engine/decimal.h"
#include "engine/rc.h"
#include "engine/view.h"

#define LIMIT_DEFAULT 1000U
#define LIMIT_MAX     10000U
#define WAIT_MAX_MS   20000U
/* Entries looked at for one answer: keeps a search from holding the loop. */
#define VISITS_MAX 200000U
#define NS_PER_MS  UINT64_C(1000000)
/* An answer and its frame stay below what clients take in one message. */
#define EVENTS_BYTES_MAX ((size_t)512 << 10)

/* Does text begin with word? Then *ret_rest is what follows it. */
static bool begins(const char *text, const char *word, const char **ret_rest)
{
	size_t n = strlen(word);

	if (strncmp(text, word, n) != 0)
		return false;
	*ret_rest = text + n;
	return true;
}

static int parse_market(const struct rk_core *core, const char *name,
			struct rk_topic *topic)
{
	uint32_t id;

	topic->any = name[0] == '\0';
	if (topic->any)
		return RK_OK;
	if (strlen(name) >= RK_NAME_SIZE ||
	    rk_view_find_market(core->engine, name, &id) != RK_OK)
		return RK_REJ_NO_MARKET;
	topic->id = id;
	return RK_OK;
}

/*
 * "", "account.", "account.42", "liquidation.BTC-PERP", "market.",
 * "conversion", "system"
 */
static int parse_topic(const struct rk_core *core, const char *text,
		       struct rk_topic *ret_topic)
{
	const char *rest;
	int64_t account;

	memset(ret_topic, 0, sizeof(*ret_topic));
	if (text[0] == '\0') {
		ret_topic->kind = RK_TOPIC_ALL;
		return RK_OK;
	}
	if (strcmp(text, "system") == 0) {
		ret_topic->kind = RK_TOPIC_SYSTEM;
		return RK_OK;
	}
	if (strcmp(text, "conversion") == 0) {
		ret_topic->kind = RK_TOPIC_CONVERSION;
		return RK_OK;
	}
	if (begins(text, "liquidation.", &rest)) {
		ret_topic->kind = RK_TOPIC_LIQUIDATION;
		return parse_market(core, rest, ret_topic);
	}
	if (begins(text, "market.", &rest)) {
		ret_topic->kind = RK_TOPIC_MARKET;
		return parse_market(core, rest, ret_topic);
	}
	if (!begins(text, "account.", &rest))
		return RK_REJ_BAD_TOPIC;

	ret_topic->kind = RK_TOPIC_ACCOUNT;
	ret_topic->any = rest[0] == '\0';
	if (ret_topic->any)
		return RK_OK;
	if (rk_decimal_parse(rest, 0, &account) != 0 || account <= 0)
		return RK_REJ_BAD_TOPIC;
	ret_topic->id = (uint64_t)account;
	return RK_OK;
}

/*
 * Answer with what there is from range->from on. False when there is nothing
 * (and must_answer is not set).
 */
static bool answer_events(struct rk_core *core, uint32_t pending,
			  struct rk_event_range *range, bool must_answer)
{
	struct rk_bytes chunk = {core->chunk, EVENTS_BYTES_MAX, 0, false};
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};
	struct rk_event_list list = {.oldest = rk_query_oldest_event(core)};
	uint32_t n =
		rk_event_log_read(core->events, range, RK_ANSWER_EVENTS_FIELD,
				  &chunk, &list.next);

	/* A search that stopped on its way goes on at the asker's next call. */
	if (n == 0 && !must_answer &&
	    list.next > rk_event_log_newest(core->events)) {
		range->from = list.next;
		return false;
	}
	list.bytes = chunk.data;
	list.size = chunk.n;
	rk_answer_events(&bytes, rk_view_seq(core->engine), &list);
	rk_core_reply(core, pending, &bytes);
	return true;
}

uint64_t rk_query_oldest_event(const struct rk_core *core)
{
	return core->store ? rk_event_store_oldest(core->store)
			   : rk_event_log_oldest(core->events);
}

static void say_gone(const struct rk_core *core, uint64_t from, char *text,
		     size_t text_size)
{
	(void)snprintf(text, text_size,
		       "event %llu is gone; the oldest kept is %llu",
		       (unsigned long long)from,
		       (unsigned long long)rk_query_oldest_event(core));
}

static void refuse_gone(struct rk_core *core, uint32_t pending, uint64_t from)
{
	char text[160];

	say_gone(core, from, text, sizeof(text));
	rk_query_refuse(core, pending, RK_REJ_EVENTS_GONE, text);
}

/* 0 or RK_REJ_*, with a text. */
static int check_range(const struct rk_core *core, const struct rk_query *query,
		       char *text, size_t text_size)
{
	uint64_t oldest = rk_query_oldest_event(core);
	uint64_t newest = rk_event_log_newest(core->events);

	if (query->from != 0 && query->from < oldest) {
		say_gone(core, query->from, text, text_size);
		return RK_REJ_EVENTS_GONE;
	}
	if (query->from > newest + 1) {
		(void)snprintf(text, text_size,
			       "event %llu is not there yet; the next is %llu",
			       (unsigned long long)query->from,
			       (unsigned long long)newest + 1);
		return RK_REJ_EVENTS_AHEAD;
	}
	return RK_OK;
}

static void wait_for_event(struct rk_core *core, uint32_t pending,
			   const struct rk_event_range *range, uint32_t wait_ms)
{
	struct rk_waiter *waiter;

	if (core->waiters_n >= core->conf->limits.waiters) {
		rk_query_refuse(core, pending, RK_REJ_BUSY,
				"too many long polls wait already");
		return;
	}
	waiter = &core->waiters[core->waiters_n++];
	waiter->pending = pending;
	waiter->range = *range;
	waiter->deadline_ns =
		rk_clock_monotonic() +
		(wait_ms < WAIT_MAX_MS ? wait_ms : WAIT_MAX_MS) * NS_PER_MS;
}

static bool row_wanted(const void *filter, const struct rk_event_row *row)
{
	struct rk_topic topic;

	memcpy(&topic, filter, sizeof(topic));
	return rk_topic_wants(&topic, (enum rk_event_type)row->type,
			      row->account, row->market);
}

/* What is no longer in memory is read from the files, by their worker. */
static void ask_store(struct rk_core *core, uint32_t pending,
		      const struct rk_event_range *range)
{
	struct rk_event_request request = {
		.ticket = pending,
		.from = range->from,
		.events = range->limit,
		.visits = range->visits,
		.bytes = EVENTS_BYTES_MAX,
		.wanted = row_wanted,
	};

	_Static_assert(sizeof(range->topic) <= sizeof(request.filter),
		       "a topic fits into the filter");
	memcpy(request.filter, &range->topic, sizeof(range->topic));
	if (!rk_event_store_ask(core->store, &request))
		rk_query_refuse(core, pending, RK_REJ_BUSY,
				"too many read old events already");
}

static void answer_from_store(struct rk_core *core,
			      const struct rk_event_answer *answer)
{
	uint32_t pending = (uint32_t)answer->ticket;
	struct rk_bytes chunk = {core->chunk, RK_ANSWER_MAX, 0, false};
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};
	struct rk_event_list list = {.oldest = rk_query_oldest_event(core),
				     .next = answer->next};

	if (answer->error == -ENOENT) {
		refuse_gone(core, pending, answer->next);
		return;
	}
	if (answer->error < 0) {
		rk_query_refuse(core, pending, RK_REJ_EVENTS_UNREADABLE,
				"see the log of riskd, and riskctl audit");
		rk_log_write(core->log, RK_LOG_ERROR,
			     "events cannot be read from=%llu: %s",
			     (unsigned long long)answer->next,
			     strerror(-answer->error));
		return;
	}
	for (uint32_t i = 0; i < answer->events; i++)
		rk_pack_bytes(&chunk, RK_ANSWER_EVENTS_FIELD,
			      answer->rows[i].body, answer->rows[i].size);
	list.bytes = chunk.data;
	list.size = chunk.n;
	rk_answer_events(&bytes, rk_view_seq(core->engine), &list);
	rk_core_reply(core, pending, &bytes);
}

void rk_query_answers(struct rk_core *core)
{
	struct rk_event_answer answer;

	if (!core->store || rk_sequencer_error(core->sequencer) != 0)
		return;
	while (rk_event_store_take(core->store, &answer)) {
		answer_from_store(core, &answer);
		rk_event_answer_free(&answer);
	}
}

void rk_query_events(struct rk_core *core, uint32_t pending,
		     const struct rk_query *query)
{
	struct rk_event_range range = {.visits = VISITS_MAX};
	char text[160];
	bool now = query->wait_ms == 0 || core->stopping;
	int r = check_range(core, query, text, sizeof(text));

	if (r != RK_OK) {
		rk_query_refuse(core, pending, r, text);
		return;
	}
	r = parse_topic(core, query->topic, &range.topic);
	if (r != RK_OK) {
		(void)snprintf(text, sizeof(text),
			       "topic \"%.40s\" is not one of account.<id>, "
			       "liquidation.<market>, market.<market>, "
			       "conversion, system",
			       query->topic);
		rk_query_refuse(core, pending, r, text);
		return;
	}

	range.from = query->from != 0 ? query->from
				      : rk_event_log_newest(core->events) + 1;
	range.limit = query->limit == 0 ? LIMIT_DEFAULT : query->limit;
	if (range.limit > LIMIT_MAX)
		range.limit = LIMIT_MAX;
	if (range.from < rk_event_log_oldest(core->events))
		ask_store(core, pending, &range);
	else if (!answer_events(core, pending, &range, now))
		wait_for_event(core, pending, &range, query->wait_ms);
}

void rk_query_wake(struct rk_core *core)
{
	uint64_t now_ns = rk_clock_monotonic();
	uint32_t kept = 0;

	for (uint32_t i = 0; i < core->waiters_n; i++) {
		struct rk_waiter *waiter = &core->waiters[i];
		bool over = core->stopping || now_ns >= waiter->deadline_ns;

		uint64_t oldest = rk_event_log_oldest(core->events);

		/* What it waited for came and went while it waited. */
		if (waiter->range.from < oldest && core->store) {
			ask_store(core, waiter->pending, &waiter->range);
			continue;
		}
		if (waiter->range.from < oldest) {
			refuse_gone(core, waiter->pending, waiter->range.from);
			continue;
		}
		if (!answer_events(core, waiter->pending, &waiter->range, over))
			core->waiters[kept++] = *waiter;
	}
	core->waiters_n = kept;
}
