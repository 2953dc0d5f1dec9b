/*
 * The table of the keys of riskd.conf. See conf_keys.h. How a value of each
 * kind is read and written is in conf_value.c, what two keys must be to each
 * other in conf_check.c.
 */
#include "ops/conf_keys.h"

#include "ops/conf.h"

#define KIB(n) (INT64_C(n) << 10)
#define MIB(n) (INT64_C(n) << 20)
#define GIB(n) (INT64_C(n) << 30)
#define US(n)  (INT64_C(n) * 1000)
#define MS(n)  (US(n) * 1000)
#define SEC(n) (MS(n) * 1000)

/* One row, one line: a table that is read from top to bottom. */
#define AT(member) offsetof(struct rk_conf, member)
#define PATH(name, at, initial)                                                \
	{                                                                      \
		"", name, RK_CONF_PATH, at, 0, 0, initial, NULL                \
	}
#define NAMES(name, at, initial)                                               \
	{                                                                      \
		"", name, RK_CONF_NAMES, at, 0, 0, initial, NULL               \
	}
#define CHOICE(section, name, at, initial, choices)                            \
	{                                                                      \
		section, name, RK_CONF_CHOICE, at, 0, 0, initial, choices      \
	}
#define LISTEN(name)                                                           \
	{                                                                      \
		"listen", #name, RK_CONF_URLS, AT(listen.name), 0, 0,          \
			"ipc:///run/riskd/" #name ".sock", NULL                \
	}
#define TABLE(name, initial, max)                                              \
	{                                                                      \
		"limits", #name, RK_CONF_COUNT, AT(limits.engine.name##_max),  \
			1, max, initial, NULL                                  \
	}
#define COUNT(name, initial, min, max)                                         \
	{                                                                      \
		"limits", #name, RK_CONF_COUNT, AT(limits.name), min, max,     \
			initial, NULL                                          \
	}
#define BYTES(name, initial, min, max)                                         \
	{                                                                      \
		"limits", #name, RK_CONF_BYTES, AT(limits.name), min, max,     \
			initial, NULL                                          \
	}
/* Keys of the sections that say how state is kept. */
#define KEEP(part, key, what, at, text, least, most)                           \
	{                                                                      \
#part, #key, what, at, least, most, text, NULL                 \
	}
#define KEEP_COUNT(part, key, at, initial, min, max)                           \
	KEEP(part, key, RK_CONF_COUNT, at, initial, min, max)
#define KEEP_BYTES(part, key, at, initial, min, max)                           \
	KEEP(part, key, RK_CONF_BYTES, at, initial, min, max)
#define KEEP_TIME(part, key, at, initial, min, max)                            \
	KEEP(part, key, RK_CONF_DURATION, at, initial, min, max)
#define RATE(name, initial, max)                                               \
	{                                                                      \
		"risk", #name, RK_CONF_RATE, AT(risk.name), 1,                 \
			(max)*RK_RATE_ONE, initial, NULL                       \
	}
#define TIME(name, initial)                                                    \
	{                                                                      \
		"risk", #name, RK_CONF_DURATION, AT(risk.name##_ns), 1,        \
			RK_DURATION_MAX_NS, initial, NULL                      \
	}

static const struct rk_conf_choice clocks[] = {
	{"real", RK_CONF_CLOCK_REAL},
	{"messages", RK_CONF_CLOCK_MESSAGES},
	{NULL, 0},
};

static const struct rk_conf_choice journals[] = {
	{"file", RK_CONF_JOURNAL_FILE},
	{"memory", RK_CONF_JOURNAL_MEMORY},
	{NULL, 0},
};

static const struct rk_conf_choice methods[] = {
	{"ladder", RK_METHOD_LADDER},
	{"scan", RK_METHOD_SCAN},
	{NULL, 0},
};

static const struct rk_conf_choice levels[] = {
	{"error", RK_LOG_ERROR},   {"warning", RK_LOG_WARNING},
	{"notice", RK_LOG_NOTICE}, {"info", RK_LOG_INFO},
	{"debug", RK_LOG_DEBUG},   {NULL, 0},
};

static const struct rk_conf_key keys[] = {
	CHOICE("", "clock", AT(clock), "real", clocks),
	PATH("markets", AT(markets), "markets.json"),
	PATH("state", AT(state), "/var/lib/riskd"),
	NAMES("publishers", AT(publishers), "main"),
	NAMES("venues", AT(venues), "main"),

	LISTEN(prices),
	LISTEN(ingest),
	LISTEN(query),
	LISTEN(events),
	LISTEN(public),

	TABLE(accounts, "100000", 100000000),
	TABLE(owners, "100000", 100000000),
	TABLE(assets, "64", 256),
	TABLE(markets, "256", 4096),
	TABLE(publishers, "16", RK_CONF_NAMES_MAX),
	TABLE(venues, "16", RK_CONF_NAMES_MAX),
	TABLE(clients, "64", 65536),
	TABLE(positions, "300000", 100000000),
	TABLE(positions_per_account, "64", 64),
	TABLE(balances, "200000", 100000000),
	TABLE(orders, "65536", 100000000),
	TABLE(withdrawals, "16384", 100000000),
	BYTES(message_size, "1MiB", KIB(4), MIB(64)),
	BYTES(prices_message_size, "64KiB", KIB(4), MIB(64)),
	COUNT(commands_per_message, "1024", 1, 1024),
	COUNT(quotes_per_message, "4096", 1, 65536),
	COUNT(connections, "256", 1, 65536),
	COUNT(ring, "8192", 16, 1048576),
	COUNT(contexts, "32", 2, 1024),
	COUNT(waiters, "16", 1, 1023),
	BYTES(outbox_bytes, "64MiB", MIB(1), GIB(64)),
	COUNT(events_kept, "1000000", 4096, 1000000000),
	BYTES(events_kept_bytes, "256MiB", MIB(1), GIB(1024)),

	CHOICE("journal", "kind", AT(journal.kind), "file", journals),
	KEEP_BYTES(journal, segment_bytes, AT(journal.segment_bytes), "64MiB",
		   MIB(1), GIB(1)),
	KEEP_COUNT(journal, groups_in_flight, AT(journal.groups_in_flight),
		   "64", 2, 4096),
	KEEP_BYTES(journal, bytes_in_flight, AT(journal.bytes_in_flight),
		   "64MiB", MIB(1), GIB(1)),
	KEEP_COUNT(journal, keep_segments, AT(journal.keep_segments), "0", 0,
		   1000000),
	KEEP_TIME(journal, keep_age, AT(journal.keep_age_ns), "0s", 0,
		  RK_DURATION_MAX_NS),
	KEEP_TIME(journal, sync_stall, AT(journal.sync_stall_ns), "1s", MS(1),
		  SEC(3600)),
	KEEP_TIME(journal, sync_dead, AT(journal.sync_dead_ns), "30s", MS(1),
		  SEC(3600)),
	KEEP_BYTES(journal, memory_bytes, AT(journal.memory_bytes), "256MiB",
		   MIB(1), GIB(1024)),

	KEEP_TIME(snapshot, interval, AT(snapshot.interval_ns), "5m", SEC(1),
		  RK_DURATION_MAX_NS),
	KEEP_BYTES(snapshot, journal_bytes, AT(snapshot.journal_bytes), "1GiB",
		   MIB(1), GIB(1024)),
	KEEP_COUNT(snapshot, keep, AT(snapshot.keep), "2", 2, 1000),
	KEEP_BYTES(snapshot, pool_bytes, AT(snapshot.pool_bytes), "64MiB",
		   MIB(1), GIB(64)),
	KEEP_TIME(snapshot, slice, AT(snapshot.slice_ns), "50us", US(10),
		  MS(10)),

	KEEP_BYTES(events, queue_bytes, AT(events.queue_bytes), "16MiB", MIB(1),
		   GIB(64)),
	KEEP_BYTES(events, keep_bytes, AT(events.keep_bytes), "1GiB", MIB(1),
		   GIB(1024)),

	KEEP_TIME(query, slice, AT(query.slice_ns), "200us", US(10), US(400)),

	CHOICE("margin", "method", AT(margin.method), "ladder", methods),
	KEEP_TIME(margin, audit, AT(margin.audit_ns), "60s", 0, SEC(86400)),

	KEEP_TIME(lag, window, AT(lag.window_ns), "10s", SEC(1), SEC(3600)),
	KEEP(lag, judging, RK_CONF_RATE, AT(lag.judging), "0.8", 1,
	     RK_RATE_ONE),
	KEEP_TIME(lag, age, AT(lag.age_ns), "1s", MS(1), SEC(3600)),

	RATE(warn_enter, "1.5", 10),
	RATE(warn_leave, "1.6", 10),
	RATE(call_enter, "1.25", 10),
	RATE(call_leave, "1.3", 10),
	RATE(target, "1.2", 10),
	RATE(order_band, "0.05", 1),
	RATE(stale_band, "0.1", 1),
	TIME(order_expiry, "30s"),
	TIME(close_timeout, "10s"),
	TIME(order_cooldown, "1s"),

	CHOICE("log", "level", AT(log_level), "info", levels),
};

const struct rk_conf_key *rk_conf_keys(size_t *ret_n)
{
	*ret_n = sizeof(keys) / sizeof(keys[0]);
	return keys;
}
