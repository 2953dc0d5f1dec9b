/*
 * All queries but those for events and what-if. See query.h.
 */
#include "app/query.h"

#include <stdio.h>
#include <string.h>

#include "app/counters.h"
#include "app/largest.h"
#include "app/upkeep.h"
#include "codec/answer.h"
#include "engine/rc.h"
#include "engine/view.h"

#define ROWS_DEFAULT   20U
#define ROWS_MAX       1000U
#define ORDERS_DEFAULT 100U
#define ACCOUNT_ORDERS 256U

void rk_query_refuse(struct rk_core *core, uint32_t pending, int code,
		     const char *text)
{
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};

	core->counters.queries_refused++;
	rk_answer_refusal(&bytes, rk_view_seq(core->engine), code, text);
	rk_core_reply(core, pending, &bytes);
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

/* An account with what the list is sorted by. */
struct ranked {
	uint32_t index;
	uint64_t account;
	rk_usd equity;
	rk_usd maintenance;
};

static bool riskier(const struct ranked *a, const struct ranked *b)
{
	int order = rk_view_compare_risk(a->equity, a->maintenance, b->equity,
					 b->maintenance);

	return order != 0 ? order > 0 : a->account < b->account;
}

/* Keep the n riskiest, sorted, as accounts come by. */
static uint32_t keep(struct ranked *rows, uint32_t n, uint32_t max,
		     const struct ranked *row)
{
	uint32_t at = n < max ? n : max;

	if (n == max && (max == 0 || !riskier(row, &rows[max - 1])))
		return n;
	if (n == max)
		at = max - 1;
	while (at > 0 && riskier(row, &rows[at - 1])) {
		rows[at] = rows[at - 1];
		at--;
	}
	rows[at] = *row;
	return n < max ? n + 1 : max;
}

/* ratio above a bound in 1e-9, exactly: R / E > bound; deficits always are */
static bool above(const struct rk_margin *margin, int64_t bound)
{
	if (margin->equity.raw < 0)
		return true;
	return (rk_i128)margin->maintenance.raw * RK_RATE_ONE >
	       (rk_i128)margin->equity.raw * bound;
}

static void answer_accounts(struct rk_core *core, const struct rk_query *query,
			    struct rk_bytes *bytes)
{
	uint32_t max = query->limit == 0 ? ROWS_DEFAULT : query->limit;
	struct rk_account_view view;
	struct ranked *rows;
	uint32_t *indices;
	struct rk_account_list list = {0};
	uint32_t n = 0;

	if (max > ROWS_MAX)
		max = ROWS_MAX;
	rows = rk_scratch_take(&core->scratch, max, sizeof(*rows));
	indices = rk_scratch_take(&core->scratch, max, sizeof(*indices));
	if (!rows || !indices) {
		bytes->full = true;
		return;
	}
	for (uint32_t i = 0; rk_view_account(core->engine, i, &view) == RK_OK;
	     i++) {
		struct ranked row = {i, view.account, view.margin.equity,
				     view.margin.maintenance};

		if (query->ratio_above != 0 &&
		    !above(&view.margin, query->ratio_above))
			continue;
		list.matching++;
		n = keep(rows, n, max, &row);
	}
	for (uint32_t i = 0; i < n; i++)
		indices[i] = rows[i].index;
	list.indices = indices;
	list.n = n;
	rk_answer_accounts(bytes, &core->scratch, core->engine, &list);
}

/* What a query for orders has found so far. */
struct found_orders {
	const struct rk_query *query;
	uint32_t max; /* of both kinds together */
	struct rk_order_view *orders;
	struct rk_conversion_view *conversions;
	uint32_t orders_n;
	uint32_t conversions_n;
};

static bool is_full(const struct found_orders *found)
{
	return found->orders_n + found->conversions_n >= found->max;
}

/* Those of one account, oldest first. */
static void find_orders(const struct rk_core *core, uint32_t account,
			struct found_orders *found)
{
	const uint32_t market = found->query->market_plus_one;
	struct rk_order_view orders[ACCOUNT_ORDERS];
	struct rk_conversion_view conversions[RK_ASSETS_MAX];
	uint32_t n =
		rk_view_orders(core->engine, account, orders, ACCOUNT_ORDERS);

	while (n-- > 0 && !is_full(found))
		if (market == 0 || orders[n].market + 1 == market)
			found->orders[found->orders_n++] = orders[n];
	/* These are of no market. */
	if (market != 0)
		return;
	n = rk_view_conversions(core->engine, account, conversions,
				RK_ASSETS_MAX);
	while (n-- > 0 && !is_full(found))
		found->conversions[found->conversions_n++] = conversions[n];
}

static void answer_orders(struct rk_core *core, const struct rk_query *query,
			  struct rk_bytes *bytes)
{
	struct found_orders found = {.query = query,
				     .max = query->limit == 0 ? ORDERS_DEFAULT
							      : query->limit};
	struct rk_order_list list;
	struct rk_engine_counts counts;

	if (found.max > ROWS_MAX)
		found.max = ROWS_MAX;
	rk_view_counts(core->engine, &counts);
	found.orders = rk_scratch_take(&core->scratch, found.max,
				       sizeof(*found.orders));
	found.conversions = rk_scratch_take(&core->scratch, found.max,
					    sizeof(*found.conversions));
	if (!found.orders || !found.conversions) {
		bytes->full = true;
		return;
	}
	for (uint32_t i = 0; !is_full(&found) && i < counts.accounts; i++)
		if (rk_view_orders_n(core->engine, i) > 0)
			find_orders(core, i, &found);
	list = (struct rk_order_list){found.orders, found.conversions,
				      found.orders_n, found.conversions_n};
	rk_answer_orders(bytes, &core->scratch, rk_view_seq(core->engine),
			 &list);
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

/* False: answered already (refused), or will be later. */
static bool answer(struct rk_core *core, uint32_t pending,
		   const struct rk_query *query, struct rk_bytes *bytes)
{
	switch (query->kind) {
	case RK_QUERY_STATUS:
		answer_status(core, bytes, false);
		return true;
	case RK_QUERY_MARKETS:
		rk_answer_markets(bytes, &core->scratch, core->engine);
		return true;
	case RK_QUERY_ACCOUNT:
		return answer_account(core, pending, query, bytes);
	case RK_QUERY_ACCOUNTS:
		answer_accounts(core, query, bytes);
		return true;
	case RK_QUERY_EVENTS:
		rk_query_events(core, pending, query);
		return false;
	case RK_QUERY_CLIENT:
		rk_answer_client(bytes, core->engine, query->client);
		return true;
	case RK_QUERY_ORDERS:
		answer_orders(core, query, bytes);
		return true;
	case RK_QUERY_DIGEST:
		rk_answer_digest(bytes, core->engine);
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
 * These walk all accounts, or look at some very often: a turn answers one, so
 * that ticks get in between.
 */
static bool is_heavy(const struct rk_query *query)
{
	const enum rk_query_kind kind = query->kind;

	return query->largest.n > 0 || kind == RK_QUERY_ACCOUNTS ||
	       kind == RK_QUERY_ORDERS || kind == RK_QUERY_DIGEST ||
	       kind == RK_QUERY_WHAT_IF;
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
	if (bytes.full)
		rk_query_refuse(core, pending, RK_REJ_TOO_MANY,
				"the answer is too large; ask for less");
	else
		rk_core_reply(core, pending, &bytes);
	return is_heavy(&query);
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
