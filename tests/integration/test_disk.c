/*
 * A disk that is full or read-only, and a state folder that is not there, not
 * a folder, not ours or in use: riskd stops or does not start, says why, and
 * goes on from what was acknowledged once there is room again.
 *
 * Small disks are made with tmpfs, in a mount namespace of this program; where
 * that is not allowed, those cases are left out.
 */
#define _GNU_SOURCE /* unshare() */
#include <errno.h>
#include <inttypes.h>
#include <nng/nng.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "folder.h"
#include "load.h"

#define N(array)    (sizeof(array) / sizeof((array)[0]))
#define NOBODY      65534
#define FILLER      "filler"
#define LARGE       "size=64m,mode=755"
#define LEFT_BYTES  100000 /* less than a snapshot takes */
#define QUIET_MS    500
#define QUIET_TRIES 20

static struct rk_load load;
static struct rk_session session;
static bool can_mount;

static const struct rk_process_options options = {
	.durable = true,
	.more_markets = RK_LOAD_MARKETS,
	.settings = RK_LOAD_LIMITS "journal {\n\tsegment_bytes = 1MiB\n}\n"
				   "snapshot {\n\tinterval = \"1h\"\n}\n",
};

static void put_disk(struct rk_rig *rig, const char *size)
{
	if (!can_mount)
		rk_harness_skip("mounting is not possible here");
	rk_process_prepare(&rig->riskd, &options);
	CHECK(mount("none", rig->riskd.state, "tmpfs", 0, size) == 0,
	      "cannot mount: %s", strerror(errno));
}

static void resize_disk(struct rk_rig *rig, unsigned long flags,
			const char *size)
{
	CHECK(mount("none", rig->riskd.state, "tmpfs", MS_REMOUNT | flags,
		    size) == 0,
	      "cannot mount anew: %s", strerror(errno));
}

/* At the end of a case: the folder is to be removed. */
static void take_disk(struct rk_rig *rig)
{
	CHECK(umount2(rig->riskd.state, MNT_DETACH) == 0, "cannot unmount: %s",
	      strerror(errno));
}

/* The end of a case whose riskd is to find its disk until it has ended. */
static void stop(struct rk_rig *rig)
{
	rk_wire_check_sound(rig);
	rk_wire_close_all(rig);
	rk_process_signal(&rig->riskd, SIGTERM);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	take_disk(rig);
}

static void check_log(const struct rk_rig *rig, const char *words)
{
	char *log = rk_process_log(&rig->riskd);

	CHECK(strstr(log, words), "riskd has not logged \"%s\"", words);
	free(log);
}

static void start_load(struct rk_rig *rig)
{
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rk_load_init(&load, rig);
	rk_load_connect(&load);
}

/* With work on its way, and no connection made anew once it is gone. */
static void start_to_die(struct rk_rig *rig)
{
	start_load(rig);
	rk_load_run(&load, 2 * (uint64_t)RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	rk_wire_close_all(rig);
	rig->once = true;
	rk_load_connect(&load);
}

static size_t free_bytes(const struct rk_rig *rig)
{
	struct statvfs disk;

	CHECK(statvfs(rig->riskd.state, &disk) == 0, "cannot look");
	return (size_t)disk.f_bavail * disk.f_bsize;
}

/* What is free once nobody writes: riskd prepares its next segment alone. */
static size_t await_quiet(const struct rk_rig *rig)
{
	size_t before = free_bytes(rig);

	for (int i = 0; i < QUIET_TRIES; i++) {
		size_t now;

		rk_process_sleep_ms(QUIET_MS);
		now = free_bytes(rig);
		if (now == before)
			break;
		before = now;
	}
	return before;
}

/* All of it but for some bytes. */
static void fill_disk(struct rk_rig *rig, size_t left)
{
	struct rk_folder_file file = {rig->riskd.state, FILLER};
	size_t size = await_quiet(rig);
	void *bytes;

	if (size <= left)
		return;
	size -= left;
	bytes = malloc(size);
	CHECK(bytes, "no memory");
	memset(bytes, 1, size);
	rk_folder_write(&file, bytes, size);
	free(bytes);
}

/* It has ended by itself, for want of room in such a file. */
static void check_full(struct rk_rig *rig, const char *file)
{
	CHECK_EQ(rk_process_wait(&rig->riskd), 1);
	rk_load_drain(&load);
	rk_wire_close_all(rig);
	check_log(rig, "what was acknowledged is safe");
	check_log(rig, file);

	/* Full to the end: no start either, and nothing is lost by trying. */
	fill_disk(rig, 0);
	rk_process_unlink(&rig->riskd);
	rk_process_start(&rig->riskd);
	CHECK_EQ(rk_process_wait(&rig->riskd), 1);
	check_log(rig, "cannot start: ");

	resize_disk(rig, 0, LARGE);
	rig->once = false;
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rk_load_connect(&load);
	rk_load_check_state(&load);
	rk_load_check_answers(&load);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	rk_load_check_state(&load);
	stop(rig);
}

/* Commands lead to more bytes of events than of the journal. */
static void no_room_for_events(struct rk_rig *rig)
{
	put_disk(rig, "size=9m,mode=755");
	start_to_die(rig);
	while (!rk_process_ended(&rig->riskd))
		if (rk_load_step(&load) == 0)
			rk_process_sleep_ms(1);
	check_full(rig, "database or disk is full");
}

/* Prices lead to no events. */
static void no_room_for_journal(struct rk_rig *rig)
{
	put_disk(rig, "size=5m,mode=755");
	start_to_die(rig);
	while (!rk_process_ended(&rig->riskd))
		rk_load_push(&load);
	check_full(rig, "No space left on device");
}

static Riskd__Answer *ask_snapshot(struct rk_rig *rig)
{
	Riskd__SnapshotQuery wanted = RISKD__SNAPSHOT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.version = 1;
	query.kind_case = RISKD__QUERY__KIND_SNAPSHOT;
	query.snapshot = &wanted;
	return rk_wire_query(rig->query, &query);
}

static void take_snapshot(struct rk_rig *rig)
{
	Riskd__Answer *answer = ask_snapshot(rig);

	CHECK(answer->code == 0, "no snapshot: %d: %s", answer->code,
	      answer->error);
	riskd__answer__free_unpacked(answer, NULL);
}

static void snapshot_finds_no_room(struct rk_rig *rig)
{
	struct rk_folder_file filler = {rig->riskd.state, FILLER};
	Riskd__Answer *answer;

	put_disk(rig, LARGE);
	start_load(rig);
	rk_load_run(&load, 4 * (uint64_t)RK_LOAD_CLIENTS);
	take_snapshot(rig);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	fill_disk(rig, LEFT_BYTES);
	answer = ask_snapshot(rig);
	CHECK_EQ(answer->code, 78); /* SNAPSHOT_FAILED */
	CHECK(strstr(answer->error, "full") ||
		      strstr(answer->error, "No space left"),
	      "the reason is \"%s\"", answer->error);
	riskd__answer__free_unpacked(answer, NULL);
	check_log(rig, "snapshot failed");
	CHECK(!rk_folder_has(rig->riskd.state, "state-", ".tmp"),
	      "what was written of it stays");

	/* It goes on without, and takes the next when there is room. */
	rk_session_open(&session, rig, "goes-on");
	rk_session_account(&session, 900001);
	rk_session_commit(&session);
	rk_folder_delete(&filler);
	take_snapshot(rig);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	rk_load_check_state(&load);
	rk_wire_close_all(rig);
	rk_process_kill(&rig->riskd);
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rk_load_connect(&load);
	rk_load_check_state(&load);
	stop(rig);
}

static void stop_finds_no_room(struct rk_rig *rig)
{
	struct rk_folder_file filler = {rig->riskd.state, FILLER};
	char *log;

	put_disk(rig, LARGE);
	start_load(rig);
	rk_load_run(&load, 4 * (uint64_t)RK_LOAD_CLIENTS);
	take_snapshot(rig);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	fill_disk(rig, LEFT_BYTES);
	rk_wire_close_all(rig);
	rk_process_signal(&rig->riskd, SIGTERM);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	log = rk_process_log(&rig->riskd);
	CHECK(strstr(log, "snapshot failed"), "it found room");
	CHECK(!strstr(strstr(log, "snapshot failed") + 1, "snapshot failed"),
	      "it was tried again and again");
	free(log);

	rk_folder_delete(&filler);
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rk_load_connect(&load);
	rk_load_check_state(&load);
	stop(rig);
}

/* It does not start, with exit code 1 and these words. */
static void check_refused(struct rk_rig *rig, const char *words)
{
	struct rk_folder_file log = {rig->riskd.folder, "log"};

	if (rk_folder_exists(&log))
		rk_folder_truncate(&log, 0);
	rk_process_start(&rig->riskd);
	CHECK_EQ(rk_process_wait(&rig->riskd), 1);
	check_log(rig, words);
	check_log(rig, "cannot start: ");
}

static void read_only_disk(struct rk_rig *rig)
{
	uint64_t hash;

	put_disk(rig, LARGE);
	start_load(rig);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	rk_wire_close_all(rig);
	rk_process_kill(&rig->riskd);
	resize_disk(rig, MS_RDONLY, LARGE);
	hash = rk_folder_hash(rig->riskd.state);
	check_refused(rig, "Read-only file system");
	check_log(rig, rig->riskd.state);

	/* To look at it is possible. */
	rig->riskd.option = "--stop-before";
	rig->riskd.value = "1000000000";
	rk_process_start(&rig->riskd);
	rk_wire_open_query(rig);
	rk_load_check_state(&load);
	rk_wire_close_all(rig);
	rk_process_kill(&rig->riskd);
	CHECK(rk_folder_hash(rig->riskd.state) == hash, "it has changed");
	take_disk(rig);
}

static void folder_is_not_there(struct rk_rig *rig)
{
	struct rk_folder_file file = {rig->riskd.folder, "state"};

	rk_process_prepare(&rig->riskd, &options);
	rk_folder_remove(rig->riskd.state);
	check_refused(rig, "No such file or directory");
	check_log(rig, rig->riskd.state);

	rk_folder_write(&file, "", 0);
	check_refused(rig, "Not a directory");
	check_log(rig, rig->riskd.state);
}

/* Run as somebody who owns all but what is in `state`. */
static void become_nobody(struct rk_rig *rig)
{
	static const char *const names[] = {"riskd.conf", "markets.json"};
	char path[128];

	if (geteuid() != 0)
		rk_harness_skip("only root may become somebody else");
	rk_process_prepare(&rig->riskd, &options);
	CHECK(chown(rig->riskd.folder, NOBODY, NOBODY) == 0, "cannot chown");
	for (size_t i = 0; i < N(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", rig->riskd.folder,
			       names[i]);
		CHECK(chown(path, NOBODY, NOBODY) == 0, "cannot chown");
	}
	rig->riskd.uid = NOBODY;
}

static void skip_unless_started(struct rk_rig *rig)
{
	struct rk_folder_file log = {rig->riskd.folder, "log"};

	rk_process_start(&rig->riskd);
	if (rk_process_wait(&rig->riskd) == 127)
		rk_harness_skip("nobody else may run this riskd");
	rk_folder_truncate(&log, 0);
}

static void folder_is_not_ours(struct rk_rig *rig)
{
	become_nobody(rig);
	skip_unless_started(rig);
	check_refused(rig, "Permission denied");
	check_log(rig, rig->riskd.state);
}

/* A file of the state that cannot be read names itself. */
static void check_unreadable(struct rk_rig *rig, const char *name)
{
	char path[192];

	(void)snprintf(path, sizeof(path), "%s/%s", rig->riskd.state, name);
	CHECK(chown(path, 0, 0) == 0 && chmod(path, 0600) == 0, "cannot chmod");
	check_refused(rig, name);
	CHECK(chown(path, NOBODY, NOBODY) == 0, "cannot chown");
}

static void files_are_not_ours(struct rk_rig *rig)
{
	static struct rk_folder_names names;

	become_nobody(rig);
	CHECK(chown(rig->riskd.state, NOBODY, NOBODY) == 0, "cannot chown");
	rk_process_start(&rig->riskd);
	while (!rk_process_ended(&rig->riskd) &&
	       !rk_folder_has(rig->riskd.state, "journal-", ".rkj"))
		rk_process_sleep_ms(5);
	if (rk_process_ended(&rig->riskd) &&
	    rk_process_wait(&rig->riskd) == 127)
		rk_harness_skip("nobody else may run this riskd");
	rk_wire_open_query(rig);
	rk_load_init(&load, rig);
	rk_load_connect(&load);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	take_snapshot(rig);
	rk_load_run(&load, RK_LOAD_CLIENTS);
	rk_load_settle(&load);
	rk_wire_close_all(rig);
	rk_process_kill(&rig->riskd);
	rk_folder_list(rig->riskd.state, "journal-", ".rkj", &names);
	CHECK(names.n > 0, "there is no journal");
	check_unreadable(rig, names.name[names.n - 1]);

	/* The newest may be written anew: nobody need read it. */
	rk_folder_list(rig->riskd.state, "events-", ".db", &names);
	CHECK(names.n > 1, "the snapshot began no file of events");
	check_unreadable(rig, names.name[0]);
}

static void folder_is_in_use(struct rk_rig *rig)
{
	static struct rk_rig second;
	char pid[32];

	rk_process_prepare(&second.riskd, &options);
	rk_folder_remove(second.riskd.state);
	memcpy(second.riskd.state, rig->riskd.state,
	       sizeof(second.riskd.state));
	rk_process_configure(&second.riskd, &options);
	(void)snprintf(pid, sizeof(pid), "process %d", (int)rig->riskd.pid);
	check_refused(&second, rig->riskd.state);
	check_log(&second, pid);

	/* To look at it is possible meanwhile. */
	second.riskd.option = "--stop-before";
	second.riskd.value = "3";
	rk_process_start(&second.riskd);
	rk_wire_open_query(&second);
	rk_wire_close_all(&second);
	rk_process_kill(&second.riskd);
	second.riskd.state[0] = '\0'; /* it is the other's */
	rk_process_discard(&second.riskd);
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"no room for events ends riskd; with room again, all that was "
		 "acknowledged is there",
		 no_room_for_events, NULL},
		{"no room for the journal ends riskd; with room again, all "
		 "that was acknowledged is there",
		 no_room_for_journal, NULL},
		{"a snapshot that finds no room fails alone",
		 snapshot_finds_no_room, NULL},
		{"a stop that finds no room for a snapshot is a stop",
		 stop_finds_no_room, NULL},
		{"on a read-only disk riskd does not start, but may be looked "
		 "at",
		 read_only_disk, NULL},
		{"a state folder that is none is refused", folder_is_not_there,
		 NULL},
		{"a state folder of somebody else is refused",
		 folder_is_not_ours, NULL},
		{"files of somebody else are refused by name",
		 files_are_not_ours, NULL},
		{"a state folder in use is refused, with who uses it",
		 folder_is_in_use, &options},
	};

	can_mount = unshare(CLONE_NEWNS) == 0 &&
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	return rk_harness_run(cases, N(cases), argc, argv);
}
