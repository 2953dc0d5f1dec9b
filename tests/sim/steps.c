/*
 * One thing after another, as the seed says: commands are given and sent, the
 * daemon turns, its workers step, time goes by, and now and then something
 * goes wrong. See world.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/query.h"
#include "clock.h"
#include "engine/view.h"
#include "message.h"
#include "net.h"
#include "reload.h"
#include "support/generator.h"
#include "world.h"

#define GIVE_AT_ONCE 6
#define BACKLOG      12  /* messages of a client that wait */
#define LAZY_STEPS   160 /* as long as a worker's pace lasts */
#define HUNG_STEPS   120

static void on_reply(void *context, uint64_t token, const void *data,
		     size_t size)
{
	struct sim_world *w = context;
	uint32_t kind = (uint32_t)(token % SIM_TOKEN_KINDS);
	char text[SIM_CLIENT_TEXT_SIZE];

	/* What the dead do is not seen. */
	if (sim_disk_is_down(w->disk))
		return;
	sim_trace(w, kind, data, size);
	if (rk_sequencer_error(w->core.sequencer) != 0)
		sim_complain(w, "a reply after the disk had failed");
	if (kind >= SIM_TOKEN_READER) {
		sim_reader_answer(w, kind, data, size);
		return;
	}
	if (sim_client_reply(w->clients[kind], token / SIM_TOKEN_KINDS, data,
			     size, text) < 0)
		sim_complain(w, "%s", text);
}

static void on_publish(void *context, enum rk_net_socket socket,
		       const char *topic, const void *data, size_t size)
{
	struct sim_world *w = context;

	(void)topic;
	if (sim_disk_is_down(w->disk))
		return;
	sim_trace(w, 32U + socket, data, size);
	if (rk_sequencer_error(w->core.sequencer) != 0)
		sim_complain(w, "something published after the disk had "
				"failed");
}

void sim_hooks_use(struct sim_world *w)
{
	const struct sim_net_hooks hooks = {on_reply, on_publish, w};

	sim_net_use(&hooks);
}

static void feed(struct sim_world *w, const struct rk_cmd_prices *prices)
{
	static struct sim_batch batches[SIM_QUOTES_MAX];
	uint32_t n = sim_batches(prices, batches, SIM_QUOTES_MAX);

	for (uint32_t i = 0; i < n && w->feed.n < SIM_FEED_MAX; i++) {
		struct sim_bytes bytes = sim_batch_pack(&batches[i]);

		w->feed.data[w->feed.n] = bytes.data;
		w->feed.size[w->feed.n++] = bytes.size;
	}
}

static void give(struct sim_world *w)
{
	uint64_t n = 1 + sim_below(w, GIVE_AT_ONCE);

	for (uint64_t i = 0; i < n; i++) {
		uint32_t at = (uint32_t)sim_below(w, w->clients_n);
		const struct rk_cmd *cmd =
			rk_generator_next(w->generator, w->core.engine);

		if (cmd->type == RK_CMD_PRICES && sim_chance(w, 3, 4)) {
			feed(w, &cmd->prices);
			w->given++;
			continue;
		}
		if (sim_client_unanswered(w->clients[at]) > BACKLOG)
			continue;
		sim_client_set_time(w->clients[at],
				    rk_view_time(w->core.engine) +
					    (int64_t)sim_below(w, SIM_SECOND));
		if (sim_client_add(w->clients[at], cmd) == 0)
			w->given++;
	}
}

void sim_step_send(struct sim_world *w)
{
	uint32_t at = (uint32_t)sim_below(w, w->clients_n);
	struct sim_outgoing out;

	if (sim_chance(w, 1, 4))
		sim_client_flush(w->clients[at]);
	while (sim_client_next(w->clients[at], &out)) {
		if (sim_net_put(RK_NET_INGEST,
				out.ticket * SIM_TOKEN_KINDS + at, out.data,
				out.size) == 0)
			continue;
		sim_client_refused(w->clients[at], out.ticket);
		return;
	}
}

/* Any of those that wait: some overtake, some come twice. */
static void send_quotes(struct sim_world *w)
{
	uint32_t at = 0;

	if (w->feed.n == 0)
		return;
	if (sim_chance(w, 1, 8))
		at = (uint32_t)sim_below(w, w->feed.n);
	if (sim_net_put(RK_NET_PRICES, 0, w->feed.data[at], w->feed.size[at]) <
	    0)
		return;
	w->deeds[SIM_DEED_QUOTES_SENT]++;
	w->deeds[SIM_DEED_QUOTES_LATE] += at > 0;
	if (sim_chance(w, 1, 16)) {
		w->deeds[SIM_DEED_QUOTES_AGAIN]++;
		return;
	}
	free(w->feed.data[at]);
	w->feed.n--;
	memmove(&w->feed.data[at], &w->feed.data[at + 1],
		(w->feed.n - at) * sizeof(w->feed.data[0]));
	memmove(&w->feed.size[at], &w->feed.size[at + 1],
		(w->feed.n - at) * sizeof(w->feed.size[0]));
}

void sim_step_worker(struct sim_world *w, enum sim_worker worker)
{
	/* Whoever may sync would hang. */
	if (sim_disk_is_hung(w->disk) || sim_disk_is_down(w->disk))
		return;
	switch (worker) {
	case SIM_COMMITTER:
		w->committed_ns = rk_clock_monotonic();
		(void)rk_journal_step_commit(w->core.journal);
		break;
	case SIM_SEGMENTER:
		/* It may remove what was not looked at yet. */
		if (rk_sequencer_error(w->core.sequencer) == 0 &&
		    rk_sequencer_durable(w->core.sequencer) > sim_oracle_seq(w))
			sim_oracle_follow(w);
		(void)rk_journal_step_segments(w->core.journal);
		break;
	case SIM_EVENT_WRITER:
		w->written_ns = rk_clock_monotonic();
		(void)rk_event_store_step(w->core.store);
		break;
	case SIM_SNAPSHOT_WRITER:
		(void)rk_snapshotter_step(w->core.snapshotter);
		break;
	case SIM_WORKERS:
	default:
		break;
	}
}

static bool is_down(struct sim_world *w)
{
	if (!sim_disk_is_down(w->disk))
		return false;
	sim_life_crash(w, sim_chance(w, 1, 3) ? SIM_REBOOT_KILLED
					      : SIM_REBOOT_POWER_LOST);
	return true;
}

void sim_step_turn(struct sim_world *w)
{
	w->woken = rk_turn_run(&w->core, &w->turn);
	if (is_down(w))
		return;
	if (rk_turn_check_disk(&w->core) < 0) {
		sim_life_failed(w);
		return;
	}
	sim_check_turn(w);
}

/* As the loop's timer does. */
static void tick(struct sim_world *w)
{
	uint64_t now = rk_clock_monotonic();

	if (now < w->tick_due_ns)
		sim_clock_advance(w->tick_due_ns - now);
	w->tick_due_ns = rk_clock_monotonic() + SIM_TICK;
	w->deeds[SIM_DEED_TICKS]++;
	if (rk_turn_tick(&w->core, &w->turn) < 0) {
		sim_life_dead(w);
		return;
	}
	sim_step_turn(w);
	if (!w->up)
		return;
	rk_turn_tickers(&w->core);
	if (sim_chance(w, 1, 10))
		rk_turn_heartbeat(&w->core);
}

static void wait(struct sim_world *w)
{
	bool idle = rk_core_unsynced_ns(&w->core) == 0 &&
		    rk_sequencer_durable(w->core.sequencer) ==
			    rk_sequencer_appended(w->core.sequencer);

	if (sim_chance(w, 1, 200)) {
		int64_t ns = rk_prng_between(&w->prng, -100 * SIM_SECOND,
					     100 * SIM_SECOND);

		w->deeds[ns < 0 ? SIM_DEED_JUMPS_BACK : SIM_DEED_JUMPS_AHEAD]++;
		sim_clock_jump(ns);
	}
	if (idle && sim_chance(w, 1, 12))
		sim_clock_advance((1 + sim_below(w, 40000)) * SIM_MS);
	else
		sim_clock_advance(sim_below(w, 20) * SIM_MS);
}

static void arm(struct sim_world *w)
{
	static const char *const files[] = {"journal", "state", "events", NULL};
	static const enum sim_fault faults[] = {
		SIM_FAULT_CRASH_WRITE, SIM_FAULT_CRASH_WRITE,
		SIM_FAULT_CRASH_CALL,  SIM_FAULT_CRASH_CALL,
		SIM_FAULT_WRITE_ERROR, SIM_FAULT_SYNC_ERROR,
		SIM_FAULT_SYNC_ERROR,  SIM_FAULT_READ_ERROR,
		SIM_FAULT_OPEN_ERROR,
	};
	enum sim_fault fault =
		faults[sim_below(w, sizeof(faults) / sizeof(faults[0]))];

	sim_disk_arm(w->disk, fault,
		     1 + sim_below(w, sim_chance(w, 1, 2) ? 6 : 80),
		     files[sim_below(w, sizeof(files) / sizeof(files[0]))]);
}

static void mishap(struct sim_world *w)
{
	uint64_t pick = sim_below(w, 16);

	w->mishap_due = w->given + 30 + sim_below(w, 400);
	sim_trace(w, 64, &pick, sizeof(pick));
	if (pick < 8) {
		arm(w);
	} else if (pick < 9) {
		sim_disk_limit(w->disk,
			       sim_disk_used(w->disk) + sim_below(w, 200000));
	} else if (pick < 11) {
		sim_disk_arm(w->disk, SIM_FAULT_HUNG_SYNC, 1, NULL);
		w->unhang_step = w->step + sim_below(w, HUNG_STEPS);
		if (sim_chance(w, 1, 8))
			w->unhang_step = UINT64_MAX;
	} else if (pick < 12) {
		sim_life_crash(w, SIM_REBOOT_KILLED);
	} else if (pick < 14) {
		sim_life_crash(w, SIM_REBOOT_POWER_LOST);
	} else {
		sim_life_stop(w);
	}
}

/* Some workers are quick for a while, others hardly get to work. */
static void change_pace(struct sim_world *w)
{
	static const uint32_t paces[] = {0, 2, 10, 40, 100};

	w->lazy_until = w->step + sim_below(w, LAZY_STEPS);
	for (int i = 0; i < SIM_WORKERS; i++)
		w->lazy[i] = paces[sim_below(w, 5)];
}

static void step_workers(struct sim_world *w)
{
	for (int i = 0; i < SIM_WORKERS && !sim_disk_is_down(w->disk); i++)
		if (sim_chance(w, w->lazy[i], 100))
			sim_step_worker(w, (enum sim_worker)i);
}

/* The last reader is slow. */
static void read_events(struct sim_world *w, bool more)
{
	uint32_t n = SIM_READERS;

	if (more && sim_chance(w, 1, 2))
		return;
	if (more && sim_chance(w, 19, 20))
		n--;
	sim_reader_ask(w, (uint32_t)sim_below(w, n));
}

void sim_step(struct sim_world *w)
{
	bool more = sim_oracle_seq(w) < w->options.commands;

	w->step++;
	if (w->step >= w->lazy_until)
		change_pace(w);
	if (w->step >= w->unhang_step)
		sim_disk_unhang(w->disk);
	if (more && w->given >= w->mishap_due) {
		mishap(w);
		return;
	}
	switch (sim_below(w, 16)) {
	case 0:
	case 1:
	case 2:
		if (more)
			give(w);
		break;
	case 3:
	case 4:
	case 5:
		sim_step_send(w);
		break;
	case 6:
		send_quotes(w);
		break;
	case 7:
		wait(w);
		break;
	case 8:
		if (sim_chance(w, 1, 2))
			tick(w);
		break;
	case 9:
		read_events(w, more);
		break;
	case 10:
		if (sim_chance(w, 1, 12))
			sim_reader_snapshot(w);
		else if (sim_chance(w, 1, 12))
			sim_reader_question(w);
		else if (more && sim_chance(w, 1, 24))
			sim_reload(w);
		break;
	case 11:
	case 12:
		step_workers(w);
		break;
	default:
		if (w->woken)
			sim_step_turn(w);
		break;
	}
	if (w->up)
		(void)is_down(w);
}
