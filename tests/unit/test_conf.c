/*
 * riskd.conf: what each key takes, what is said when it is wrong, and that
 * the shipped files, the defaults and what is printed agree.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "ops/conf.h"
#include "ops/conf_keys.h"
#include "ops/demo.h"
#include "ops/error.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

#define SHIPPED RISKD_SOURCE_ROOT "/conf/riskd.conf"
#define MANUAL  RISKD_SOURCE_ROOT "/docs/riskd.conf.5.scd"

static struct rk_conf parsed(const char *text)
{
	struct rk_conf conf;
	struct rk_error error = {""};
	int r = rk_conf_parse_text(text, "a.conf", NULL, &conf, &error);

	cr_assert_eq(r, 0, "%s", error.text);
	return conf;
}

static void print(const struct rk_conf *conf, char *buf, size_t size)
{
	FILE *out = fmemopen(buf, size, "w");

	cr_assert_not_null(out);
	cr_assert_eq(rk_conf_print(conf, out), 0);
	cr_assert_eq(fclose(out), 0);
}

/* Two configurations are the same when every key is. */
static void assert_same(const struct rk_conf *a, const struct rk_conf *b)
{
	char text_a[8192];
	char text_b[8192];

	print(a, text_a, sizeof(text_a));
	print(b, text_b, sizeof(text_b));
	cr_assert_str_eq(text_a, text_b);
}

Test(conf, an_empty_file_gives_the_defaults)
{
	struct rk_conf conf = parsed("");
	struct rk_conf defaults;

	rk_conf_defaults(&defaults);
	assert_same(&conf, &defaults);
	cr_assert_eq(conf.clock, RK_CONF_CLOCK_REAL);
	cr_assert_eq(conf.listen.query.n, 1);
	cr_assert_str_eq(conf.listen.query.url[0],
			 "ipc:///run/riskd/query.sock");
	cr_assert_eq(conf.limits.engine.accounts_max, 100000);
	cr_assert_eq(conf.limits.engine.positions_per_account_max, 64);
	cr_assert_eq(conf.limits.message_size, 1 << 20);
	cr_assert_eq(conf.limits.contexts, 32);
	cr_assert_eq(conf.journal.kind, RK_CONF_JOURNAL_FILE);
	cr_assert_str_eq(conf.state, "/var/lib/riskd");
	cr_assert_eq(conf.journal.segment_bytes, 64 << 20);
	cr_assert_eq(conf.journal.groups_in_flight, 64);
	cr_assert_eq(conf.journal.bytes_in_flight, 64 << 20);
	cr_assert_eq(conf.journal.keep_segments, 0);
	cr_assert_eq(conf.journal.keep_age_ns, 0);
	cr_assert_eq(conf.journal.sync_stall_ns, INT64_C(1000000000));
	cr_assert_eq(conf.journal.sync_dead_ns, INT64_C(30000000000));
	cr_assert_eq(conf.journal.memory_bytes, 256 << 20);
	cr_assert_eq(conf.snapshot.interval_ns, INT64_C(300000000000));
	cr_assert_eq(conf.snapshot.journal_bytes, 1 << 30);
	cr_assert_eq(conf.snapshot.keep, 2);
	cr_assert_eq(conf.snapshot.pool_bytes, 64 << 20);
	cr_assert_eq(conf.snapshot.slice_ns, 50000);
	cr_assert_eq(conf.query.slice_ns, 200000);
	cr_assert_eq(conf.events.queue_bytes, 16 << 20);
	cr_assert_eq(conf.events.keep_bytes, 1 << 30);
	cr_assert_eq(conf.margin.method, RK_METHOD_LADDER);
	cr_assert_eq(conf.lag.window_ns, INT64_C(10000000000));
	cr_assert_eq(conf.lag.judging.raw, 800000000);
	cr_assert_eq(conf.lag.age_ns, INT64_C(1000000000));
	cr_assert_eq(conf.margin.audit_ns, INT64_C(60000000000));
	cr_assert_eq(conf.risk.warn_enter.raw, 1500000000);
	cr_assert_eq(conf.risk.warn_leave.raw, 1600000000);
	cr_assert_eq(conf.risk.call_enter.raw, 1250000000);
	cr_assert_eq(conf.risk.call_leave.raw, 1300000000);
	cr_assert_eq(conf.risk.target.raw, 1200000000);
	cr_assert_eq(conf.risk.order_band.raw, 50000000);
	cr_assert_eq(conf.risk.stale_band.raw, 100000000);
	cr_assert_eq(conf.risk.order_expiry_ns, INT64_C(30000000000));
	cr_assert_eq(conf.risk.close_timeout_ns, INT64_C(10000000000));
	cr_assert_eq(conf.risk.order_cooldown_ns, INT64_C(1000000000));
	cr_assert_eq(conf.log_level, RK_LOG_INFO);
}

Test(conf, every_kind_of_value_is_taken)
{
	struct rk_conf conf =
		parsed("# a comment\n"
		       "clock = messages // another\n"
		       "markets = '/etc/m.json'\n"
		       "publishers = {\"a\", \"b/c-1\"}\n"
		       "venues = {}\n"
		       "listen {\n"
		       "  query = {\"tcp://127.0.0.1:7001\",\n"
		       "           \"ipc:///tmp/q\"}\n"
		       "  public = {}\n"
		       "}\n"
		       "limits { accounts = 5 message_size = 8KiB }\n"
		       "risk { target = \"1.21\" /* here */\n"
		       "  order_expiry = 1500ms }\n"
		       "log { level = debug }\n");

	cr_assert_eq(conf.clock, RK_CONF_CLOCK_MESSAGES);
	cr_assert_str_eq(conf.markets, "/etc/m.json");
	cr_assert_eq(conf.publishers.n, 2);
	cr_assert_str_eq(conf.publishers.name[1], "b/c-1");
	cr_assert_eq(conf.venues.n, 0);
	cr_assert_eq(conf.listen.query.n, 2);
	cr_assert_str_eq(conf.listen.query.url[0], "tcp://127.0.0.1:7001");
	cr_assert_str_eq(conf.listen.query.url[1], "ipc:///tmp/q");
	cr_assert_eq(conf.listen.public.n, 0);
	cr_assert_eq(conf.listen.events.n, 1);
	cr_assert_eq(conf.limits.engine.accounts_max, 5);
	cr_assert_eq(conf.limits.message_size, 8192);
	cr_assert_eq(conf.risk.target.raw, 1210000000);
	cr_assert_eq(conf.risk.order_expiry_ns, 1500000000);
	cr_assert_eq(conf.log_level, RK_LOG_DEBUG);
}

Test(conf, a_list_can_be_appended_to)
{
	struct rk_conf conf = parsed("venues += {\"a\"}");

	cr_assert_eq(conf.venues.n, 2);
	cr_assert_str_eq(conf.venues.name[0], "main");
	cr_assert_str_eq(conf.venues.name[1], "a");
}

Test(conf, a_section_may_come_in_parts)
{
	struct rk_conf conf = parsed("listen { public = {} }\n"
				     "limits { accounts = 5 }\n"
				     "listen { events = {} }\n"
				     "limits { owners = 6 }\n");

	cr_assert_eq(conf.listen.public.n, 0);
	cr_assert_eq(conf.listen.events.n, 0);
	cr_assert_eq(conf.limits.engine.accounts_max, 5);
	cr_assert_eq(conf.limits.engine.owners_max, 6);
}

Test(conf, environment_is_expanded_in_double_quotes_only)
{
	struct rk_conf conf;

	setenv("RISKD_TEST_DIR", "/x y", 1);
	unsetenv("RISKD_TEST_NONE");
	conf = parsed("markets = \"${RISKD_TEST_DIR}/${RISKD_TEST_NONE:-m}\"");
	cr_assert_str_eq(conf.markets, "/x y/m");
	conf = parsed("markets = '${RISKD_TEST_DIR}'");
	cr_assert_str_eq(conf.markets, "${RISKD_TEST_DIR}");
}

Test(conf, the_largest_tables_are_ones_that_the_engine_can_have)
{
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);

	for (size_t i = 0; i < n; i++) {
		struct rk_conf conf;
		char text[128];

		if (keys[i].kind != RK_CONF_COUNT)
			continue;
		snprintf(text, sizeof(text),
			 "%s { %s = %" PRId64 " } limits { contexts = 1024 }",
			 keys[i].section, keys[i].name, keys[i].max);
		if (strcmp(keys[i].name, "contexts") == 0)
			*strrchr(text, 'l') = '\0';
		conf = parsed(text);
		cr_assert_gt(rk_engine_size(&conf.limits.engine), 0, "%s",
			     text);
	}
}

struct wrong {
	const char *text;
	const char *message;
};

static void assert_refused(const struct wrong *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rk_conf conf;
		struct rk_error error = {""};
		int r = rk_conf_parse_text(cases[i].text, "a.conf", NULL, &conf,
					   &error);

		cr_expect_eq(r, -EINVAL, "%s: %d", cases[i].text, r);
		cr_expect_str_eq(error.text, cases[i].message);
	}
}

Test(conf, an_unknown_key_is_refused_with_the_nearest_one)
{
	static const struct wrong cases[] = {
		{"clok = real",
		 "a.conf:1: clok: no such key, did you mean clock?"},
		{"\n\nlimits {\n  acc0unts = 5\n}",
		 "a.conf:4: limits.acc0unts: no such key, did you mean "
		 "accounts?"},
		{"limit { }",
		 "a.conf:1: limit: no such key, did you mean limits?"},
		{"risk { colour = 1 }",
		 "a.conf:1: risk.colour: no such key, riskd.conf(5) lists "
		 "them all"},
		{"accounts = 5",
		 "a.conf:1: accounts: no such key, riskd.conf(5) lists them "
		 "all"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, a_wrong_value_is_refused_with_what_would_be_right)
{
	static const struct wrong cases[] = {
		{"clock = unreal", "a.conf:1: clock = \"unreal\": must be one "
				   "of real, messages"},
		{"journal { kind = files }",
		 "a.conf:1: journal.kind = \"files\": must be one of file, "
		 "memory"},
		{"log { level = loud }",
		 "a.conf:1: log.level = \"loud\": must be one of error, "
		 "warning, notice, info, debug"},
		{"limits {\n accounts = 0\n}",
		 "a.conf:2: limits.accounts = \"0\": must be a whole number "
		 "from 1 to 100000000"},
		{"limits { accounts = -1 }",
		 "a.conf:1: limits.accounts = \"-1\": must be a whole number "
		 "from 1 to 100000000"},
		{"limits { accounts = 4294967297 }",
		 "a.conf:1: limits.accounts = \"4294967297\": must be a whole "
		 "number from 1 to 100000000"},
		{"limits { accounts = 1e3 }",
		 "a.conf:1: limits.accounts = \"1e3\": must be a whole number "
		 "from 1 to 100000000"},
		{"limits { accounts = 1.5 }",
		 "a.conf:1: limits.accounts = \"1.5\": must be a whole number "
		 "from 1 to 100000000"},
		{"limits { positions_per_account = 65 }",
		 "a.conf:1: limits.positions_per_account = \"65\": must be a "
		 "whole number from 1 to 64"},
		{"limits { message_size = 1MB }",
		 "a.conf:1: limits.message_size = \"1MB\": must be a whole "
		 "number of bytes, or of KiB, MiB, GiB, like \"64MiB\""},
		{"limits { message_size = 65MiB }",
		 "a.conf:1: limits.message_size = \"65MiB\": must be from "
		 "4KiB to 64MiB"},
		{"risk { order_expiry = 30 }",
		 "a.conf:1: risk.order_expiry = \"30\": must be a whole number "
		 "and a unit (ns, us, ms, s, m, h, d), like \"30s\""},
		{"risk { order_expiry = 0s }",
		 "a.conf:1: risk.order_expiry = \"0s\": must be from 1ns to "
		 "3652d"},
		{"risk { order_expiry = 9999999999h }",
		 "a.conf:1: risk.order_expiry = \"9999999999h\": must be from "
		 "1ns to 3652d"},
		{"risk { target = \"1,2\" }",
		 "a.conf:1: risk.target = \"1,2\": must be a decimal number "
		 "like \"1.25\""},
		{"risk { target = \"1.2000000001\" }",
		 "a.conf:1: risk.target = \"1.2000000001\": must have at most "
		 "9 digits after the point"},
		{"risk { order_band = \"-0.1\" }",
		 "a.conf:1: risk.order_band = \"-0.1\": must be from "
		 "0.000000001 to 1"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, how_state_is_kept_has_its_ranges)
{
	static const struct wrong cases[] = {
		{"journal { segment_bytes = 1023KiB }",
		 "a.conf:1: journal.segment_bytes = \"1023KiB\": must be from "
		 "1MiB to 1GiB"},
		{"journal { groups_in_flight = 1 }",
		 "a.conf:1: journal.groups_in_flight = \"1\": must be a whole "
		 "number from 2 to 4096"},
		{"journal { bytes_in_flight = 1025MiB }",
		 "a.conf:1: journal.bytes_in_flight = \"1025MiB\": must be "
		 "from 1MiB to 1GiB"},
		{"journal { keep_segments = 1000001 }",
		 "a.conf:1: journal.keep_segments = \"1000001\": must be a "
		 "whole number from 0 to 1000000"},
		{"journal { keep_age = 3653d }",
		 "a.conf:1: journal.keep_age = \"3653d\": must be from 0ns to "
		 "3652d"},
		{"journal { sync_stall = 0s }",
		 "a.conf:1: journal.sync_stall = \"0s\": must be from 1ms to "
		 "1h"},
		{"journal { sync_dead = 61m }",
		 "a.conf:1: journal.sync_dead = \"61m\": must be from 1ms to "
		 "1h"},
		{"snapshot { interval = 999ms }",
		 "a.conf:1: snapshot.interval = \"999ms\": must be from 1s to "
		 "3652d"},
		{"snapshot { journal_bytes = 1 }",
		 "a.conf:1: snapshot.journal_bytes = \"1\": must be from 1MiB "
		 "to 1TiB"},
		{"snapshot { keep = 1 }",
		 "a.conf:1: snapshot.keep = \"1\": must be a whole number "
		 "from 2 to 1000"},
		{"snapshot { pool_bytes = 65GiB }",
		 "a.conf:1: snapshot.pool_bytes = \"65GiB\": must be from "
		 "1MiB to 64GiB"},
		{"margin { method = poll }",
		 "a.conf:1: margin.method = \"poll\": must be one of ladder, "
		 "scan"},
		{"margin { audit = 25h }",
		 "a.conf:1: margin.audit = \"25h\": must be from 0ns to 1d"},
		{"snapshot { slice = 9us }",
		 "a.conf:1: snapshot.slice = \"9us\": must be from 10us to "
		 "10ms"},
		{"query { slice = 401us }",
		 "a.conf:1: query.slice = \"401us\": must be from 10us to "
		 "400us"},
		{"events { queue_bytes = 65GiB }",
		 "a.conf:1: events.queue_bytes = \"65GiB\": must be from 1MiB "
		 "to 64GiB"},
		{"events { keep_bytes = 0 }",
		 "a.conf:1: events.keep_bytes = \"0\": must be from 1MiB to "
		 "1TiB"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, every_number_takes_its_smallest_and_its_largest)
{
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);
	char part[256];

	for (size_t i = 0; i < n; i++) {
		bool size = keys[i].kind == RK_CONF_BYTES;
		const int64_t edges[] = {keys[i].min, keys[i].max};

		if (strcmp(keys[i].section, "journal") != 0 &&
		    strcmp(keys[i].section, "snapshot") != 0 &&
		    strcmp(keys[i].section, "margin") != 0 &&
		    strcmp(keys[i].section, "events") != 0)
			continue;
		if (keys[i].kind != RK_CONF_COUNT && !size &&
		    keys[i].kind != RK_CONF_DURATION)
			continue;
		for (size_t k = 0; k < N(edges); k++) {
			const char *unit = size || keys[i].kind == RK_CONF_COUNT
						   ? ""
						   : "ns";
			struct rk_conf conf;
			struct rk_error error = {""};
			int r;

			snprintf(part, sizeof(part), "%s { %s = %" PRId64 "%s}",
				 keys[i].section, keys[i].name, edges[k], unit);
			r = rk_conf_parse_text(part, "a.conf", NULL, &conf,
					       &error);
			/* Alone, these two cannot be at that end. */
			if (strcmp(keys[i].name, "sync_stall") == 0 && k == 1)
				cr_expect_eq(r, -EINVAL);
			else if (strcmp(keys[i].name, "sync_dead") == 0 &&
				 k == 0)
				cr_expect_eq(r, -EINVAL);
			else
				cr_expect_eq(r, 0, "%s", error.text);
		}
	}
}

Test(conf, a_wrong_name_or_address_is_refused_with_what_would_be_right)
{
	static const struct wrong cases[] = {
		{"markets = \"\"",
		 "a.conf:1: markets = \"\": must be a path of 1 to 4095 "
		 "bytes"},
		{"venues = {\"a b\"}", "a.conf:1: venues = \"a b\": name must "
				       "be 1 to 23 of A-Z a-z 0-9 . _ - /"},
		{"venues = {\"\"}", "a.conf:1: venues = \"\": name must be 1 "
				    "to 23 of A-Z a-z 0-9 . _ - /"},
		{"venues = {\"abcdefghijklmnopqrstuvwx\"}",
		 "a.conf:1: venues = \"abcdefghijklmnopqrstuvwx\": name must "
		 "be 1 to 23 of A-Z a-z 0-9 . _ - /"},
		{"venues = {\"a\",\n\"a\"}", "a.conf:2: venues = \"a\": must "
					     "be named once, not twice"},
		{"listen { query = {\"udp://127.0.0.1:1\"} }",
		 "a.conf:1: listen.query = \"udp://127.0.0.1:1\": must begin "
		 "with ipc:// or tcp://"},
		{"listen { query = {\"tcp://127.0.0.1\"} }",
		 "a.conf:1: listen.query = \"tcp://127.0.0.1\": must be "
		 "tcp://address:port with a port from 1 to 65535"},
		{"listen { query = {\"tcp://:7000\"} }",
		 "a.conf:1: listen.query = \"tcp://:7000\": must be "
		 "tcp://address:port with a port from 1 to 65535"},
		{"listen { query = {\"tcp://127.0.0.1:65536\"} }",
		 "a.conf:1: listen.query = \"tcp://127.0.0.1:65536\": must be "
		 "tcp://address:port with a port from 1 to 65535"},
		{"listen { query = {\"ipc://\"} }",
		 "a.conf:1: listen.query = \"ipc://\": must have a path of 1 "
		 "to 107 bytes after ipc://"},
		{"listen { query = {\"ipc:///a b\"} }",
		 "a.conf:1: listen.query = \"ipc:///a b\": must be a URL "
		 "without blanks"},
		{"listen { query = {\"ipc://1\", \"ipc://2\", \"ipc://3\",\n"
		 "\"ipc://4\", \"ipc://5\", \"ipc://6\", \"ipc://7\",\n"
		 "\"ipc://8\", \"ipc://9\"} }",
		 "a.conf:3: listen.query = \"ipc://9\": must be a list of at "
		 "most 8"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, keys_that_do_not_fit_together_are_refused)
{
	static const struct wrong cases[] = {
		{"limits {\n\n waiters = 32 }",
		 "a.conf:3: limits.waiters = 32: must be below contexts (32), "
		 "or long polls leave none for other queries"},
		{"limits { contexts = 8 }",
		 "a.conf: limits.waiters = 16 (default): must be below "
		 "contexts (8), or long polls leave none for other queries"},
		{"publishers = {\"a\", \"b\"} limits { publishers = 1 }",
		 "a.conf:1: limits.publishers = 1: must be at least 2, the "
		 "number of publishers"},
		{"venues = {\"a\", \"b\"} limits { venues = 1 }",
		 "a.conf:1: limits.venues = 1: must be at least 2, the number "
		 "of venues"},
		{"listen { query = {} }",
		 "a.conf: listen.query = {} (default): must list at least one "
		 "URL: it is the address that clients know"},
		{"listen { public = {\"ipc:///run/riskd/events.sock\"} }",
		 "a.conf:1: listen.public = {\"ipc:///run/riskd/events.sock\"}:"
		 " must not listen on ipc:///run/riskd/events.sock, which is "
		 "listed before"},
		{"listen { query = {\"ipc://a\", \"ipc://a\"} }",
		 "a.conf:1: listen.query = {\"ipc://a\", \"ipc://a\"}: must "
		 "not listen on ipc://a, which is listed before"},
		{"journal { sync_stall = 5s\n sync_dead = 5s }",
		 "a.conf:2: journal.sync_dead = \"5s\": must be above "
		 "sync_stall, or riskd leaves before it says that the disk is "
		 "stuck"},
		{"journal { sync_stall = 30s }",
		 "a.conf: journal.sync_dead = \"30s\" (default): must be above "
		 "sync_stall, or riskd leaves before it says that the disk is "
		 "stuck"},
		{"lag { judging = \"1.1\" }",
		 "a.conf:1: lag.judging = \"1.1\": must be from "
		 "0.000000001 to 1"},
		{"lag { window = 10ms }",
		 "a.conf:1: lag.window = \"10ms\": must be from 1s to 1h"},
		{"lag { age = 2h }",
		 "a.conf:1: lag.age = \"2h\": must be from 1ms to 1h"},
		{"margin { audit = 999ms }",
		 "a.conf:1: margin.audit = \"999ms\": must be 0s, for no "
		 "audit, or at least 1s"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, thresholds_that_are_not_one_above_the_other_are_refused)
{
	static const struct wrong cases[] = {
		{"risk { target = \"1\" }",
		 "a.conf:1: risk.target = \"1\": must be above 1"},
		{"risk { call_enter = \"1.2\" }",
		 "a.conf:1: risk.call_enter = \"1.2\": must be above target"},
		{"risk { target = \"1.25\" }",
		 "a.conf: risk.call_enter = \"1.25\" (default): must be above "
		 "target"},
		{"risk { call_leave = \"1.25\" }",
		 "a.conf:1: risk.call_leave = \"1.25\": must be above "
		 "call_enter"},
		{"risk { warn_enter = \"1.3\" }",
		 "a.conf:1: risk.warn_enter = \"1.3\": must be above "
		 "call_leave"},
		{"risk { warn_leave = \"1.5\" }",
		 "a.conf:1: risk.warn_leave = \"1.5\": must be above "
		 "warn_enter and at most 10"},
		{"risk { warn_leave = \"10.1\" }",
		 "a.conf:1: risk.warn_leave = \"10.1\": must be from "
		 "0.000000001 to 10"},
		{"risk { order_band = \"1\" }",
		 "a.conf:1: risk.order_band = \"1\": must be above 0 and below "
		 "1"},
		{"risk { stale_band = \"1\" }",
		 "a.conf:1: risk.stale_band = \"1\": must be above 0 and below "
		 "1"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, a_key_is_set_once)
{
	static const struct wrong cases[] = {
		{"clock = real\nclock = real",
		 "a.conf:2: clock: must be set once, is set in line 1"},
		{"limits { ring = 16 }\nlimits { ring = 17 }",
		 "a.conf:2: limits.ring: must be set once, is set in line 1"},
		{"venues = {\"a\"}\nvenues = {\"b\"}",
		 "a.conf:2: venues: must be set once, is set in line 1"},
		{"venues = {\"a\"}\nvenues = {}",
		 "a.conf:1: venues: must be set once, is set again as {}"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, what_is_no_configuration_is_refused)
{
	static const struct wrong cases[] = {
		{"}", "a.conf:1: unexpected closing brace"},
		{"clock real",
		 "a.conf:1: missing equal sign after option 'clock'"},
		{"clock = {real}", "a.conf:1: unexpected token '{'"},
		{"limits = 5",
		 "a.conf:1: missing opening brace for section 'limits'"},
		{"clock += real", "a.conf:1: attempt to append to non-list "
				  "option 'clock'"},
		{"clock = real } ", "a.conf:1: unexpected closing brace"},
	};

	assert_refused(cases, N(cases));
}

Test(conf, half_a_file_is_refused)
{
	static const struct wrong cases[] = {
		{"limits { accounts = 5",
		 "a.conf: section limits must be closed: } is missing"},
		{"limits {\n",
		 "a.conf: section limits must be closed: } is missing"},
		{"markets = \"a", "a.conf:3: premature end of file"},
		{"/* clock = real",
		 "a.conf: a string or comment must be closed"},
	};
	char whole[8192];
	struct rk_conf defaults;
	struct rk_conf conf;
	struct rk_error error;

	assert_refused(cases, N(cases));

	/* Cut anywhere inside a section, however long the file. */
	rk_conf_defaults(&defaults);
	print(&defaults, whole, sizeof(whole));
	for (char *cut = strstr(whole, "limits {") + 8; *cut != '}'; cut++) {
		char kept = *cut;

		*cut = '\0';
		error.text[0] = '\0';
		cr_assert_eq(rk_conf_parse_text(whole, "a.conf", NULL, &conf,
						&error),
			     -EINVAL, "%s", strrchr(whole, '\n'));
		cr_assert_neq(error.text[0], '\0');
		*cut = kept;
	}
}

Test(conf, a_refused_file_leaves_the_result_alone)
{
	struct rk_conf conf;
	struct rk_conf before;
	struct rk_error error;

	memset(&conf, 0x5a, sizeof(conf));
	memcpy(&before, &conf, sizeof(conf));
	cr_assert_eq(rk_conf_parse_text("clock = messages\nclok = 1", "a.conf",
					NULL, &conf, &error),
		     -EINVAL);
	cr_assert_eq(memcmp(&conf, &before, sizeof(conf)), 0);
}

Test(conf, what_is_printed_parses_to_the_same)
{
	static const char *const texts[] = {
		"",
		"markets = 'a\"b\\\\c${HOME}d e'",
		"venues = {} publishers = {\"a\", \"b\", \"c\"}\n"
		"listen { prices = {} events = {\"tcp://*:1\", \"ipc://x$y\"} "
		"}",
		"clock = messages log { level = error }\n"
		"risk { warn_leave = \"10\" stale_band = \"0.000000001\"\n"
		"order_cooldown = 1ns close_timeout = 3652d }\n"
		"limits { message_size = 4097 outbox_bytes = 64GiB }",
		"state = 'a $b' journal { kind = memory keep_age = 1d\n"
		"keep_segments = 7 sync_stall = 2s sync_dead = 2001ms }\n"
		"snapshot { interval = 90s keep = 3 slice = 10ms }\n"
		"events { keep_bytes = 3MiB }\n"
		"lag { window = 90s judging = \"0.05\" age = 7ms }\n"
		"query { slice = 399us } margin { audit = 0s }",
	};

	for (size_t i = 0; i < N(texts); i++) {
		struct rk_conf first = parsed(texts[i]);
		struct rk_conf second;
		char printed[8192];

		print(&first, printed, sizeof(printed));
		second = parsed(printed);
		assert_same(&first, &second);
		cr_assert_str_eq(first.markets, second.markets);
		cr_assert_str_eq(first.state, second.state);
		cr_assert_eq(first.listen.events.n, second.listen.events.n);
	}
}

Test(conf, a_relative_path_counts_from_the_file)
{
	struct rk_conf conf;
	struct rk_error error = {""};
	char name[] = "/tmp/riskd-test-XXXXXX";
	char file[64];
	FILE *out;

	cr_assert_not_null(mkdtemp(name));
	snprintf(file, sizeof(file), "%s/a.conf", name);
	out = fopen(file, "w");
	cr_assert_not_null(out);
	fputs("markets = \"sub/m.json\"\nstate = \"kept\"\n", out);
	cr_assert_eq(fclose(out), 0);

	cr_expect_eq(rk_conf_parse_file(file, &conf, &error), 0, "%s",
		     error.text);
	cr_expect_eq(strncmp(conf.markets, name, strlen(name)), 0, "%s",
		     conf.markets);
	cr_expect_str_eq(conf.markets + strlen(name), "/sub/m.json");
	cr_expect_eq(strncmp(conf.state, name, strlen(name)), 0, "%s",
		     conf.state);
	cr_expect_str_eq(conf.state + strlen(name), "/kept");
	remove(file);
	remove(name);
}

Test(conf, a_file_that_cannot_be_read_is_named)
{
	struct rk_conf conf;
	struct rk_error error;

	cr_assert_eq(rk_conf_parse_file("/none/a.conf", &conf, &error),
		     -ENOENT);
	cr_assert_str_eq(
		error.text,
		"/none/a.conf: cannot be opened: No such file or directory");
	cr_assert_eq(rk_conf_parse_file("/", &conf, &error), -EISDIR);
	cr_assert_str_eq(error.text, "/: cannot be read: Is a directory");
	cr_assert_eq(rk_conf_parse_file("/dev/zero", &conf, &error), -EFBIG);
	cr_assert_str_eq(error.text,
			 "/dev/zero: must be at most 1048576 bytes");
}

static const char *read_text(const char *path)
{
	static char text[65536];
	FILE *in = fopen(path, "r");
	size_t n;

	cr_assert_not_null(in, "%s", path);
	n = fread(text, 1, sizeof(text) - 1, in);
	text[n] = '\0';
	fclose(in);
	return text;
}

Test(conf, the_shipped_file_shows_every_key_with_its_default)
{
	const char *text = read_text(SHIPPED);
	struct rk_conf shipped = parsed(text);
	struct rk_conf defaults;
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);

	rk_conf_defaults(&defaults);
	assert_same(&shipped, &defaults);

	for (size_t i = 0; i < n; i++) {
		const char *at = text;
		char want[64];

		/* In its section, and not inside a comment. */
		if (keys[i].section[0] != '\0') {
			snprintf(want, sizeof(want), "\n%s {", keys[i].section);
			at = strstr(at, want);
			cr_assert_not_null(at, "section %s", keys[i].section);
		}
		snprintf(want, sizeof(want),
			 "\n%s%s = ", keys[i].section[0] != '\0' ? "\t" : "",
			 keys[i].name);
		cr_assert_not_null(strstr(at, want), "%s.%s", keys[i].section,
				   keys[i].name);
	}
}

Test(conf, the_manual_tells_every_key_with_its_default)
{
	const char *text = read_text(MANUAL);
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);

	for (size_t i = 0; i < n; i++) {
		const char *at = text;
		char want[128];

		if (keys[i].section[0] != '\0') {
			snprintf(want, sizeof(want), "\n## %s\n",
				 keys[i].section);
			at = strstr(at, want);
			cr_assert_not_null(at, "section %s", keys[i].section);
		}
		snprintf(want, sizeof(want), "\n*%s* = %s\n", keys[i].name,
			 keys[i].initial);
		cr_assert_not_null(strstr(at, want), "%s.%s", keys[i].section,
				   keys[i].name);
	}
}

Test(conf, the_demo_listens_in_the_folder_of_the_environment)
{
	struct rk_conf conf;

	setenv("RISKD_DEMO_DIR", "/tmp/d", 1);
	conf = parsed(rk_demo_conf);
	cr_assert_str_eq(conf.listen.prices.url[0], "ipc:///tmp/d/prices.sock");
	cr_assert_str_eq(conf.listen.ingest.url[0], "ipc:///tmp/d/ingest.sock");
	cr_assert_str_eq(conf.listen.query.url[0], "ipc:///tmp/d/query.sock");
	cr_assert_str_eq(conf.listen.events.url[0], "ipc:///tmp/d/events.sock");
	cr_assert_str_eq(conf.listen.public.url[0], "ipc:///tmp/d/public.sock");

	unsetenv("RISKD_DEMO_DIR");
	conf = parsed(rk_demo_conf);
	cr_assert_str_eq(conf.listen.query.url[0],
			 "ipc:///tmp/riskd-demo/query.sock");
	cr_assert_eq(conf.journal.kind, RK_CONF_JOURNAL_MEMORY);
	cr_assert_eq(strlen(rk_demo_conf), rk_demo_conf_size);
}
