/*
 * The list of counters. See counters.h; docs/operations.md tells each.
 */
#include "app/counters.h"

#include "app/heavy.h"
#include "engine/assert.h"
#include "engine/view.h"

struct list {
	struct rk_counter *rows;
	size_t n;
};

static void put(struct list *list, const char *name, uint64_t value)
{
	RK_ASSERT(list->n < RK_COUNTER_ROWS_MAX);
	list->rows[list->n++] = (struct rk_counter){name, value};
}

static void put_input(struct list *list, const struct rk_core *core,
		      const struct rk_engine_counts *engine)
{
	const struct rk_counters *c = &core->counters;

	put(list, "price_messages", c->price_messages);
	put(list, "price_quotes", c->price_quotes);
	put(list, "price_batches", c->price_batches);
	put(list, "quotes_applied", c->quotes_applied);
	put(list, "prices_refused", c->prices_refused);
	put(list, "quotes_merged", rk_merge_merged(core->merge));
	put(list, "quotes_unknown", rk_merge_unknown(core->merge));
	put(list, "quotes_dropped",
	    engine->quotes_dropped + rk_merge_bad(core->merge));
	put(list, "requests", c->requests);
	put(list, "requests_refused", c->requests_refused);
	put(list, "commands", c->commands);
	put(list, "commands_refused", c->commands_refused);
	put(list, "commands_repeated", c->commands_repeated);
	put(list, "queries", c->queries);
	put(list, "queries_refused", c->queries_refused);
	put(list, "turns", c->turns);
	put(list, "turns_ns", c->turns_ns);
	put(list, "judging_ns", c->judging_ns);
	put(list, "turns_paused", c->paused);
}

/* Of the last window, but for the first. */
static void put_lag(struct list *list, const struct rk_core *core)
{
	struct rk_lag_ages ages = rk_lag_ages(core->lag);
	struct rk_lag lag;

	rk_lag_told(core->lag, &lag);
	put(list, "lags", core->counters.lags);
	put(list, "lag_window_ns", (uint64_t)lag.window_ns);
	put(list, "lag_judging_ns", (uint64_t)lag.judging_ns);
	put(list, "lag_age_ns", (uint64_t)lag.age_ns);
	put(list, "lag_batches", lag.batches);
	put(list, "lag_quotes", lag.quotes);
	put(list, "lag_quotes_merged", lag.quotes_merged);
	put(list, "lag_judged", lag.judged);
	put(list, "quote_age_p50_ns", (uint64_t)ages.p50_ns);
	put(list, "quote_age_p99_ns", (uint64_t)ages.p99_ns);
}

static void put_heavy(struct list *list, const struct rk_core *core)
{
	struct rk_heavy_counts heavy;

	rk_heavy_counts(core->heavy, &heavy);
	put(list, "heavy_queries", heavy.queries);
	put(list, "heavy_dropped", heavy.dropped);
	put(list, "heavy_waiting", heavy.waiting);
	put(list, "heavy_slices", heavy.slices);
	put(list, "heavy_steps", heavy.steps);
	put(list, "heavy_slice_max_ns", heavy.slice_max_ns);
}

static void put_engine(struct list *list, const struct rk_core *core,
		       const struct rk_engine_counts *engine)
{
	put(list, "accounts_judged", engine->judged);
	put(list, "boxes_waiting", engine->boxes_waiting);
	put(list, "audit_accounts", core->counters.audit_accounts);
	put(list, "audit_rounds", core->counters.audit_rounds);
	put(list, "audit_differences", core->counters.audit_differences);
	put(list, "owners", engine->owners);
	put(list, "balances", engine->balances);
	put(list, "withdrawals_pending", engine->withdrawals);
	put(list, "clients", engine->clients);
}

static uint64_t sum(const uint64_t counts[RK_NET_SOCKETS])
{
	uint64_t all = 0;

	for (int i = 0; i < RK_NET_SOCKETS; i++)
		all += counts[i];
	return all;
}

static void put_net(struct list *list, const struct rk_core *core)
{
	struct rk_net_counts net;

	rk_net_counts(core->net, &net);
	put(list, "prices_paused", net.paused);
	put(list, "send_errors", net.send_errors);
	put(list, "prices_connections", net.connections[RK_NET_PRICES]);
	put(list, "ingest_connections", net.connections[RK_NET_INGEST]);
	put(list, "query_connections", net.connections[RK_NET_QUERY]);
	put(list, "events_connections", net.connections[RK_NET_EVENTS]);
	put(list, "public_connections", net.connections[RK_NET_PUBLIC]);
	put(list, "connections_turned_away", sum(net.turned_away));
	put(list, "connections_ended", sum(net.dropped));
}

static void put_store(struct list *list, const struct rk_core *core)
{
	struct rk_snapshotter_counts snapshots;
	struct rk_journal_stats journal;
	uint64_t bytes;
	uint32_t files;

	rk_journal_stats(core->journal, &journal);
	put(list, "journal_groups", journal.groups);
	put(list, "journal_bytes", journal.bytes);
	put(list, "journal_segments", journal.segments);
	put(list, "journal_syncs", journal.syncs);
	put(list, "journal_in_flight", journal.in_flight);
	put(list, "journal_in_flight_bytes", journal.in_flight_bytes);
	put(list, "journal_sync_last_ns", journal.sync_ns_last);
	put(list, "journal_sync_max_ns", journal.sync_ns_max);
	put(list, "disk_stalls", core->counters.stalls);
	put(list, "outbox_bytes", rk_outbox_bytes(core->outbox));
	if (!core->snapshotter)
		return;
	rk_snapshotter_counts(core->snapshotter, &snapshots);
	put(list, "snapshots", snapshots.taken);
	put(list, "snapshots_failed", snapshots.failed);
	put(list, "snapshot_bytes", snapshots.last_bytes);
	put(list, "snapshot_took_ns", snapshots.last_took_ns);
	put(list, "snapshot_units_copied", snapshots.units_copied);
	put(list, "snapshot_copied_before_change",
	    snapshots.copied_before_change);
	put(list, "snapshot_pool_waits", snapshots.pool_waits);
	rk_event_store_sizes(core->store, &bytes, &files);
	put(list, "event_files", files);
	put(list, "event_bytes", bytes);
	put(list, "recovered_seq", core->recovered.seq);
	put(list, "recovered_commands", core->recovered.commands);
	put(list, "recovered_ns", core->recovered.took_ns);
}

size_t rk_counters_fill(const struct rk_core *core, struct rk_counter *rows)
{
	struct list list = {rows, 0};
	struct rk_engine_counts engine;

	rk_view_counts(core->engine, &engine);
	put_input(&list, core, &engine);
	put_lag(&list, core);
	put_heavy(&list, core);
	put_engine(&list, core, &engine);
	put_net(&list, core);
	put_store(&list, core);
	return list.n;
}
