/*
 * When snapshots are taken by themselves. A plain program that prints TAP, as
 * the parts of the daemon run with their threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/core.h"
#include "app/upkeep.h"
#include "engine/view.h"
#include "support/folder.h"

#define SNAPSHOTS 4U
#define GROUPS    3000U /* more than a segment of the smallest size */

static void nap(void)
{
	const struct timespec ms = {0, 1000000};

	(void)nanosleep(&ms, NULL);
}

/* Groups of one command each, all durable. */
static void write_groups(struct rk_core *core)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	cmd.clock.time_ns = rk_view_time(core->engine);
	for (uint32_t i = 0; i < GROUPS; i++) {
		cmd.clock.time_ns++;
		if (rk_sequencer_apply(core->sequencer, &cmd, NULL) != 0)
			abort();
		rk_sequencer_end_turn(core->sequencer);
		while (!rk_core_room(core))
			nap();
		rk_core_release(core);
	}
	rk_core_drain(core);
}

static uint64_t taken(const struct rk_core *core)
{
	struct rk_snapshotter_counts counts;

	rk_snapshotter_counts(core->snapshotter, &counts);
	return counts.taken;
}

/* Turns and ticks, until there are so many, or for long enough. */
static void run(struct rk_core *core, uint64_t snapshots)
{
	for (uint32_t i = 0; i < 5000 && taken(core) < snapshots; i++) {
		rk_sequencer_end_turn(core->sequencer);
		(void)rk_upkeep_turn(core);
		rk_core_release(core);
		if (i % 20 == 0 && rk_upkeep_tick(core) != 0)
			abort();
		if (snapshots > SNAPSHOTS && i > 500)
			return;
		nap();
	}
}

static uint64_t journal_kept(const struct rk_core *core)
{
	struct rk_journal_stats stats;

	rk_journal_stats(core->journal, &stats);
	return stats.bytes;
}

int main(void)
{
	static struct rk_conf conf;
	static struct rk_core core;
	struct rk_folder folder;
	struct rk_log log;
	struct rk_setup_options options = {.conf = &conf, .log = &log};
	uint64_t most = 0;
	bool freed;

	rk_folder_open(&folder);
	rk_log_init(&log, 2, RK_LOG_ERROR);
	rk_conf_defaults(&conf);
	conf.journal.segment_bytes = 1 << 20;
	(void)snprintf(conf.state, sizeof(conf.state), "%s", folder.files.dir);
	if (rk_setup_open(&core, &options) != 0)
		abort();
	rk_upkeep_start(&core);
	for (uint32_t i = 0; i < SNAPSHOTS; i++) {
		write_groups(&core);
		if (journal_kept(&core) > most)
			most = journal_kept(&core);
		core.upkeep.snapshot_wanted = true;
		run(&core, i + 1);
	}
	write_groups(&core);
	run(&core, SNAPSHOTS + 1);
	freed = journal_kept(&core) < most;
	(void)printf("%sok 1 - what snapshots make superfluous is removed\n",
		     freed ? "" : "not ");
	(void)printf("%sok 2 - a journal that shrinks is no reason for another "
		     "snapshot\n1..2\n",
		     taken(&core) == SNAPSHOTS ? "" : "not ");
	freed = freed && taken(&core) == SNAPSHOTS;
	rk_setup_close(&core);
	rk_folder_close(&folder);
	return freed ? EXIT_SUCCESS : EXIT_FAILURE;
}
