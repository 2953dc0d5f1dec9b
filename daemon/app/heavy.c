/*
 * Heavy queries: whose turn it is, how long, and what becomes of each. See
 * heavy.h.
 */
#include "app/heavy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/heavy_kinds.h"
#include "app/query.h"
#include "codec/answer.h"
#include "engine/rc.h"
#include "engine/tally.h"
#include "engine/view.h"
#include "store/stopwatch.h"

/* Of a digest, at a step: five accounts or so, 5 to 20 us. */
#define LOOKS_PER_STEP 512U

struct rk_heavy {
	struct rk_heavy_query queries[RK_HEAVY_MAX];
	uint32_t turn; /* whose it is: round and round */
	void *tally_memory;
	struct rk_tally *tally; /* NULL: none is under way */
	struct rk_heavy_counts counts;
};

int rk_heavy_open(const struct rk_engine *engine, struct rk_heavy **ret_heavy)
{
	struct rk_heavy *h = calloc(1, sizeof(*h));
	int r = 0;

	if (!h)
		return -ENOMEM;
	h->tally_memory = malloc(rk_tally_size(engine));
	if (!h->tally_memory)
		r = -ENOMEM;
	for (uint32_t i = 0; r == 0 && i < RK_HEAVY_MAX; i++)
		r = rk_heavy_query_open(&h->queries[i]);
	if (r < 0) {
		rk_heavy_close(h);
		return r;
	}
	*ret_heavy = h;
	return 0;
}

void rk_heavy_close(struct rk_heavy *h)
{
	if (!h)
		return;
	if (h->tally)
		rk_tally_end(h->tally);
	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++)
		rk_heavy_query_close(&h->queries[i]);
	free(h->tally_memory);
	free(h);
}

void rk_heavy_ask(struct rk_core *core, uint32_t pending,
		  const struct rk_query *query)
{
	struct rk_heavy *h = core->heavy;
	struct rk_heavy_query *q = NULL;
	char text[96];

	if (core->stopping) {
		rk_query_refuse(core, pending, RK_REJ_STOPPING,
				"riskd is stopping: ask again when it is back");
		return;
	}
	for (uint32_t i = 0; i < RK_HEAVY_MAX && !q; i++)
		if (!h->queries[i].used)
			q = &h->queries[i];
	if (!q) {
		(void)snprintf(text, sizeof(text),
			       "%d queries that look at all accounts are being "
			       "answered already",
			       RK_HEAVY_MAX);
		rk_query_refuse(core, pending, RK_REJ_BUSY, text);
		return;
	}
	rk_heavy_query_begin(q, pending, query);
	/* A digest under way will do if it is of the state there is now. */
	q->joined =
		h->tally && rk_tally_seq(h->tally) == rk_view_seq(core->engine);
	h->counts.queries++;
	h->counts.waiting++;
}

static bool is_joined(const struct rk_heavy_query *q)
{
	return q->used && q->kind == RK_QUERY_DIGEST && q->joined;
}

/* It is free again. Nobody waits for a digest any more: neither do we. */
static void leave(struct rk_heavy *h, struct rk_heavy_query *q)
{
	bool wanted = false;

	q->used = false;
	h->counts.waiting--;
	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++)
		wanted = wanted || is_joined(&h->queries[i]);
	if (h->tally && !wanted) {
		rk_tally_end(h->tally);
		h->tally = NULL;
	}
}

static void drop(struct rk_core *core, struct rk_heavy_query *q)
{
	/* Nobody is there to read it: it frees the way of the reply. */
	const struct rk_bytes nothing = {core->answer, RK_ANSWER_MAX, 0, false};

	core->heavy->counts.dropped++;
	rk_core_reply_now(core, q->pending, &nothing);
	leave(core->heavy, q);
}

/* To all who asked before it began. */
static void answer_digest(struct rk_core *core)
{
	struct rk_heavy *h = core->heavy;
	struct rk_tally_result result;

	rk_tally_result(h->tally, &result);
	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++) {
		struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};
		struct rk_heavy_query *q = &h->queries[i];

		if (!is_joined(q))
			continue;
		rk_answer_digest(&bytes, &result);
		rk_query_reply(core, q->pending, &bytes);
		leave(h, q);
	}
}

static void begin_digest(struct rk_core *core)
{
	struct rk_heavy *h = core->heavy;

	h->tally = rk_tally_begin(core->engine, h->tally_memory);
	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++)
		h->queries[i].joined = true;
}

static void answer(struct rk_core *core, struct rk_heavy_query *q)
{
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};

	rk_scratch_reset(&core->scratch);
	rk_heavy_query_answer(q, &bytes, &core->scratch, core->engine);
	rk_query_reply(core, q->pending, &bytes);
	leave(core->heavy, q);
}

/* False: there was no more to do, and it was answered. */
static bool step(struct rk_core *core, struct rk_heavy_query *q)
{
	struct rk_heavy *h = core->heavy;

	h->counts.steps++;
	if (q->kind != RK_QUERY_DIGEST) {
		if (rk_heavy_query_step(q, core->engine))
			return true;
		answer(core, q);
		return false;
	}
	if (!h->tally)
		begin_digest(core);
	if (rk_tally_step(h->tally, LOOKS_PER_STEP))
		return true;
	answer_digest(core);
	return false;
}

static void slice(struct rk_core *core, struct rk_heavy_query *q)
{
	struct rk_heavy_counts *counts = &core->heavy->counts;
	const uint64_t most = (uint64_t)core->conf->query.slice_ns;
	uint64_t start = rk_stopwatch_ns();
	uint64_t took = 0;

	if (rk_net_is_gone(core->net, &core->pending[q->pending].message)) {
		drop(core, q);
		return;
	}
	while (step(core, q)) {
		took = rk_stopwatch_ns() - start;
		if (took >= most)
			break;
	}
	took = rk_stopwatch_ns() - start;
	counts->slices++;
	if (took > counts->slice_max_ns)
		counts->slice_max_ns = took;
}

bool rk_heavy_turn(struct rk_core *core)
{
	struct rk_heavy *h = core->heavy;

	/* Without room for an answer, the next turn comes with the disk. */
	if (h->counts.waiting == 0 || !rk_core_room(core))
		return false;
	do
		h->turn = (h->turn + 1) % RK_HEAVY_MAX;
	while (!h->queries[h->turn].used);
	slice(core, &h->queries[h->turn]);
	return h->counts.waiting > 0;
}

void rk_heavy_stop(struct rk_core *core)
{
	struct rk_heavy *h = core->heavy;

	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++) {
		struct rk_heavy_query *q = &h->queries[i];

		if (!q->used)
			continue;
		rk_query_refuse(core, q->pending, RK_REJ_STOPPING,
				"riskd is stopping: ask again when it is back");
		leave(h, q);
	}
}

void rk_heavy_counts(const struct rk_heavy *h,
		     struct rk_heavy_counts *ret_counts)
{
	*ret_counts = h->counts;
}
