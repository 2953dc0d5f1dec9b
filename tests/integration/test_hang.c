/*
 * A disk that hangs in its sync: riskd says so, goes on when the disk does,
 * and gives up in time when it does not, though its own thread hangs.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "load.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define HANG     "hang" /* a file in kept: while it is there, syncs hang */
#define STALLED  3      /* heartbeats */
#define WAIT_NS  INT64_C(60000000000)

static struct rk_load load;
static char library[256]; /* path of hang_sync.c, built */

#define SETTINGS(stall, dead)                                                  \
	RK_LOAD_LIMITS "journal {\n\tsync_stall = \"" stall                    \
		       "\"\n\tsync_dead = \"" dead "\"\n}\n"

static const struct rk_process_options patient = {
	.durable = true,
	.more_markets = RK_LOAD_MARKETS,
	.settings = SETTINGS("300ms", "1h"),
};

static const struct rk_process_options impatient = {
	.durable = true,
	.more_markets = RK_LOAD_MARKETS,
	.settings = SETTINGS("300ms", "1500ms"),
};

static void start(struct rk_rig *rig, const struct rk_process_options *options)
{
	char path[128];

	rk_process_prepare(&rig->riskd, options);
	rk_folder_copy(rig->riskd.state, rig->riskd.kept); /* empty as yet */
	(void)snprintf(path, sizeof(path), "%s/" HANG, rig->riskd.kept);
	CHECK(setenv("RK_HANG", path, 1) == 0, "no memory");
	rig->riskd.preload = library;
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rig->once = true;
	rk_load_init(&load, rig);
	rk_load_connect(&load);
	rk_load_run(&load, 2 * (uint64_t)RK_LOAD_CLIENTS);
}

static void hang(struct rk_rig *rig)
{
	struct rk_folder_file file = {rig->riskd.kept, HANG};

	rk_folder_write(&file, "", 0);
}

static void go_on(struct rk_rig *rig)
{
	struct rk_folder_file file = {rig->riskd.kept, HANG};

	rk_folder_delete(&file);
}

/*
 * That many heartbeats in a row that say just this, with nothing made durable
 * between them: a disk that is slow by itself is none that hangs.
 */
static void await_heartbeats(nng_socket heartbeats, const char *not_ready,
			     int wanted)
{
	int64_t until_ns = rk_process_now() + WAIT_NS;
	uint64_t durable = 0;
	int n = 0;

	while (n < wanted) {
		struct rk_wire_publication publication;
		const Riskd__Heartbeat *heartbeat;

		if (rk_load_step(&load) == 0)
			rk_process_sleep_ms(1);
		CHECK(rk_process_now() < until_ns, "no heartbeat says \"%s\"",
		      not_ready);
		if (!rk_wire_next(heartbeats, 0, &publication))
			continue;
		heartbeat = publication.batch->heartbeat;
		if (strcmp(heartbeat->not_ready, not_ready) != 0)
			n = 0;
		else if (heartbeat->durable_seq == durable)
			n++;
		else
			n = 1;
		durable = heartbeat->durable_seq;
		rk_wire_drop(&publication);
	}
}

static void check_status(struct rk_rig *rig)
{
	Riskd__Answer *answer = rk_wire_status(rig);
	const Riskd__StatusAnswer *status = answer->status;

	CHECK(strcmp(status->not_ready, "disk stalled") == 0,
	      "status says \"%s\"", status->not_ready);
	CHECK(status->durable_seq > 0 && answer->seq == status->durable_seq,
	      "status does not tell how much is durable");
	CHECK(status->last_seq == 0 && status->n_counters == 0,
	      "status shows what is not durable");
	CHECK(status->unsynced_age_ns >= 300000000, "nothing waits");
	riskd__answer__free_unpacked(answer, NULL);
}

static void check_log(struct rk_rig *rig, const char *words)
{
	char *log = rk_process_log(&rig->riskd);

	CHECK(strstr(log, words), "riskd has not logged \"%s\"", words);
	free(log);
}

/* Among the events: how long it had waited. */
static void check_event(struct rk_rig *rig)
{
	struct rk_wire_range range = {.from = 1, .topic = "system"};
	int64_t age_ns = 0;
	size_t n = 1;

	while (age_ns == 0 && n > 0) {
		Riskd__Answer *answer = rk_wire_events(rig->query, &range);

		CHECK_EQ(answer->code, 0);
		n = answer->events->n_events;
		range.from = answer->events->next;
		for (size_t i = 0; i < n; i++)
			if (answer->events->events[i]->kind_case ==
			    RISKD__EVENT__KIND_SYNC_STALLED)
				age_ns = answer->events->events[i]
						 ->sync_stalled->age_ns;
		riskd__answer__free_unpacked(answer, NULL);
	}
	CHECK(age_ns >= 300000000, "there is no event of it");
}

static void stall_is_told(struct rk_rig *rig)
{
	nng_socket heartbeats;
	uint64_t acked;

	start(rig, &patient);
	heartbeats = rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "heartbeat");
	await_heartbeats(heartbeats, "", 1);
	hang(rig);
	await_heartbeats(heartbeats, "disk stalled", STALLED);
	check_log(rig, "disk stalled");
	check_status(rig);
	/* What is acknowledged now cannot be on the disk: nothing may be. */
	rk_load_drain(&load);
	acked = load.acked;
	rk_process_sleep_ms(300);
	rk_load_drain(&load);
	CHECK_EQ(load.acked, acked);

	go_on(rig);
	await_heartbeats(heartbeats, "", 1);
	check_log(rig, "disk goes on");
	rk_load_run(&load, RK_LOAD_CLIENTS);
	CHECK(load.acked > acked, "nothing goes on");
	check_event(rig);
	rk_load_settle(&load);
	rk_load_check_state(&load);
}

static void dead_disk_ends_it(struct rk_rig *rig)
{
	start(rig, &impatient);
	rk_wire_close(rig, rig->query);
	hang(rig);
	while (!rk_process_ended(&rig->riskd))
		if (rk_load_step(&load) == 0)
			rk_process_sleep_ms(1);
	CHECK_EQ(rk_process_wait(&rig->riskd), 1);
	check_log(rig, "disk dead");
	rk_load_drain(&load);
	rk_wire_close_all(rig);

	go_on(rig);
	rig->once = false;
	rk_process_unlink(&rig->riskd);
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rk_load_connect(&load);
	rk_load_check_state(&load);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	rk_load_check_state(&load);
}

/* Large answers that wait for the disk must not make riskd wait with them. */
static void dead_disk_is_seen_behind_answers(struct rk_rig *rig)
{
	struct rk_wire_range range = {.from = 1, .limit = 10000};
	Riskd__EventsQuery wanted = RISKD__EVENTS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	unsigned char bytes[64];
	nng_socket sockets[30];

	start(rig, &impatient);
	rk_load_settle(&load);
	wanted.from = range.from;
	wanted.limit = range.limit;
	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_EVENTS;
	query.events = &wanted;
	for (size_t i = 0; i < N(sockets); i++)
		sockets[i] = rk_wire_dial(rig, RK_SOCKET_QUERY);
	hang(rig);
	(void)rk_load_step(&load);
	rk_process_sleep_ms(50);
	for (size_t i = 0; i < N(sockets); i++)
		rk_wire_send(sockets[i], bytes,
			     riskd__query__pack(&query, bytes));
	rk_process_sleep_ms(300);
	rk_wire_close_all(rig);
	CHECK_EQ(rk_process_wait(&rig->riskd), 1);
	go_on(rig);
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"a disk that hangs is told of, and nothing acknowledged "
		 "until it goes on",
		 stall_is_told, NULL},
		{"a disk that hangs for too long ends riskd; all that was "
		 "acknowledged is there",
		 dead_disk_ends_it, NULL},
		{"a disk that hangs is seen though answers fill the memory",
		 dead_disk_is_seen_behind_answers, NULL},
	};

	if (argc < 3) {
		(void)fprintf(stderr, "usage: %s RISKD LIBRARY [CASE]\n",
			      argv[0]);
		return 2;
	}
	(void)snprintf(library, sizeof(library), "%s", argv[2]);
	argv[2] = argv[1];
	return rk_harness_run(cases, N(cases), argc - 1, argv + 1);
}
