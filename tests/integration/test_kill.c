/*
 * riskd killed by SIGKILL at random moments under load, again and again, many
 * of them while it writes a snapshot: nothing acknowledged is lost, nothing
 * happens twice, no event changes or is missing.
 *
 * RK_KILLS, RK_SEED and RK_RATE (commands a second at most) in the
 * environment make more of it: see kill.sh.
 */
#include <inttypes.h>
#include <nng/nng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "folder.h"
#include "load.h"
#include "seen.h"
#include "support/prng.h"

#define KILLS      10
#define SEED       1
#define RATE       20000
#define FILLERS    6000 /* accounts that make a snapshot take a while */
#define FILLERS_AT 100001
#define NS_PER_MS  INT64_C(1000000)
#define WAIT_NS    INT64_C(60000000000)

static struct rk_load load;
static struct rk_session session;

static const struct rk_process_options options = {
	.durable = true,
	.more_markets = RK_LOAD_MARKETS,
	.settings = RK_LOAD_LIMITS "journal {\n\tsegment_bytes = 4MiB\n}\n"
				   "snapshot {\n\tinterval = \"1s\"\n}\n"
				   "events {\n\tkeep_bytes = 16GiB\n}\n",
};

/* What is told at the end. */
static struct {
	uint32_t kills;
	uint32_t inside; /* a snapshot */
	uint32_t torn;   /* journals */
	uint64_t acked;  /* commands, while loaded */
	uint64_t replayed;
	int64_t loaded_ns;
	int64_t longest_ns; /* from start to the first answer */
} told;

static uint64_t setting(const char *name, uint64_t usual)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : usual;
}

static void make_fillers(struct rk_rig *rig)
{
	rk_session_open(&session, rig, "fillers");
	for (uint64_t i = 0; i < FILLERS; i++) {
		rk_session_account(&session, FILLERS_AT + i);
		rk_session_deposit(&session, FILLERS_AT + i, 1);
		if (session.request.n_commands == 1000)
			rk_session_commit(&session);
	}
}

static bool writes_snapshot(const struct rk_rig *rig)
{
	return rk_folder_has(rig->riskd.state, "state-", ".tmp");
}

/* Ask for a snapshot; when it is answered, this is called again. */
static void ask_snapshot(nng_socket socket)
{
	Riskd__SnapshotQuery wanted = RISKD__SNAPSHOT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	unsigned char bytes[64];

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_SNAPSHOT;
	query.snapshot = &wanted;
	rk_wire_send(socket, bytes, riskd__query__pack(&query, bytes));
}

/* A moment of load; false when there was nothing to do. */
static void moment(struct rk_seen *seen, nng_socket events)
{
	struct timespec pause = {0, 100000};

	if (rk_load_step(&load) == 0)
		(void)nanosleep(&pause, NULL);
	rk_seen_take(seen, events);
}

/* Go on until a snapshot is being written; riskd takes one after another. */
static void await_snapshot(struct rk_rig *rig, struct rk_seen *seen,
			   nng_socket events)
{
	nng_socket asker = rk_wire_dial(rig, RK_SOCKET_QUERY);
	int64_t until_ns = rk_process_now() + WAIT_NS;
	nng_msg *answer;

	ask_snapshot(asker);
	while (!writes_snapshot(rig)) {
		moment(seen, events);
		if (nng_recvmsg(asker, &answer, NNG_FLAG_NONBLOCK) == 0) {
			nng_msg_free(answer);
			ask_snapshot(asker);
		}
		CHECK(rk_process_now() < until_ns, "no snapshot in a minute");
	}
}

static void work_until(int64_t until_ns, struct rk_seen *seen,
		       nng_socket events)
{
	while (rk_process_now() < until_ns)
		moment(seen, events);
}

/* Everybody is at work, then it dies; what was on its way still comes. */
static void work_and_kill(struct rk_rig *rig, struct rk_seen *seen,
			  struct rk_prng *prng, bool inside)
{
	nng_socket events;
	int64_t start_ns;

	rk_wire_close_all(rig);
	rig->once = true;
	events = rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "account.");
	rk_load_connect(&load);
	start_ns = load.started_ns;
	rk_load_run(&load, RK_LOAD_CLIENTS);
	work_until(rk_process_now() +
			   rk_prng_between(prng, 100, 900) * NS_PER_MS,
		   seen, events);
	if (inside) {
		await_snapshot(rig, seen, events);
		work_until(rk_process_now() +
				   rk_prng_between(prng, 0, 30) * NS_PER_MS,
			   seen, events);
	}
	told.loaded_ns += rk_process_now() - start_ns;
	rk_process_kill(&rig->riskd);
	told.kills++;
	told.acked += load.acked - load.acked_at_start;
	if (writes_snapshot(rig))
		told.inside++;
	rk_load_drain(&load);
	rk_seen_take(seen, events);
	rk_wire_close_all(rig);
	rig->once = false;
}

/* Of the newest recovery: a number behind a name in the log. */
static uint64_t recovered(const struct rk_rig *rig, const char *name)
{
	char *log = rk_process_log(&rig->riskd);
	const char *line = NULL;
	const char *at = log;
	uint64_t value;

	while ((at = strstr(at, "recovered seq=")))
		line = at++;
	at = line ? strstr(line, name) : NULL;
	CHECK(at, "riskd has not logged what it recovered");
	value = strtoull(at + strlen(name), NULL, 10);
	free(log);
	return value;
}

static void start_again(struct rk_rig *rig)
{
	int64_t start_ns = rk_process_now();

	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	if (rk_process_now() - start_ns > told.longest_ns)
		told.longest_ns = rk_process_now() - start_ns;
	told.replayed += recovered(rig, " commands=");
	if (recovered(rig, " torn_bytes=") > 0)
		told.torn++;
}

static void tell(const struct rk_seen *seen)
{
	int64_t ms = told.loaded_ns / NS_PER_MS + 1;

	rk_harness_note("kills=%" PRIu32 " inside_snapshots=%" PRIu32
			" acknowledged=%" PRIu64 " acknowledged_per_s=%" PRIu64,
			told.kills, told.inside, told.acked,
			told.acked * 1000 / (uint64_t)ms);
	rk_harness_note("events=%" PRIu64 " published_and_seen=%" PRIu64
			" commands_replayed=%" PRIu64 " torn_journals=%" PRIu32
			" longest_recovery_ms=%" PRId64,
			seen->newest, seen->published, told.replayed, told.torn,
			told.longest_ns / NS_PER_MS);
}

static void nothing_is_lost(struct rk_rig *rig)
{
	static struct rk_seen seen;
	uint64_t kills = setting("RK_KILLS", KILLS);
	uint64_t read_from[2] = {1, 1};
	struct rk_prng prng;

	rk_seen_fini(&seen);
	memset(&told, 0, sizeof(told));
	rk_prng_init(&prng, setting("RK_SEED", SEED));
	rk_load_init(&load, rig);
	load.rate = setting("RK_RATE", RATE);
	make_fillers(rig);
	for (uint64_t i = 0; i < kills; i++) {
		work_and_kill(rig, &seen, &prng, i % 2 == 1);
		start_again(rig);
		rk_wire_check_sound(rig);
		/* What was read before the last snapshots stays as it is. */
		rk_seen_read(&seen, rig, read_from[i % 2]);
		read_from[i % 2] = seen.newest;
		rk_load_connect(&load);
		rk_load_check_state(&load);
		rk_load_check_answers(&load);
		if ((i + 1) % 20 == 0)
			tell(&seen);
	}
	/* What was on its way at the last kill is applied now, once. */
	rk_load_connect(&load);
	rk_load_run(&load, 4 * (uint64_t)RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	rk_load_check_state(&load);
	rk_seen_read(&seen, rig, 1);
	tell(&seen);
	rk_seen_fini(&seen);
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"killed again and again, riskd loses and doubles nothing",
		 nothing_is_lost, &options},
	};

	return rk_harness_run(cases, sizeof(cases) / sizeof(cases[0]), argc,
			      argv);
}
