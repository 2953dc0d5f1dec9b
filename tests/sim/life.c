/*
 * Starting the daemon and all the ways in which it ends. See world.h.
 *
 * A start may be refused: by a disk that fails, by damage, or by an edited
 * configuration. Each is only right when it was given a reason; then what was
 * in the way is taken away, and the next start must be a good one.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "engine/view.h"
#include "reload.h"
#include "support/generator.h"
#include "world.h"

#define STARTS_MAX     40
#define STOP_STEPS_MAX 20000
#define STOP_STEP      (10 * SIM_MS)

enum outcome {
	OUTCOME_UP,
	OUTCOME_REFUSED,
	OUTCOME_LOST, /* the last write, to a flipped bit */
};

uint64_t sim_life_faults(const struct sim_world *w)
{
	return sim_disk_count(w->disk, SIM_FAULT_WRITE_ERROR) +
	       sim_disk_count(w->disk, SIM_FAULT_READ_ERROR) +
	       sim_disk_count(w->disk, SIM_FAULT_SYNC_ERROR) +
	       sim_disk_count(w->disk, SIM_FAULT_OPEN_ERROR) +
	       sim_disk_count(w->disk, SIM_FAULT_FULL);
}

static void wake(void *context)
{
	struct sim_world *w = context;

	w->woken = true;
}

/* What was logged since the last call. */
static void read_log(struct sim_world *w)
{
	ssize_t n = pread(w->log.fd, w->said, sizeof(w->said) - 1, 0);

	w->said[n > 0 ? n : 0] = '\0';
	if (w->options.verbose)
		(void)!write(STDERR_FILENO, w->said, strlen(w->said));
	(void)!ftruncate(w->log.fd, 0);
	(void)lseek(w->log.fd, 0, SEEK_SET);
}

static void on_event(void *context, const struct rk_event *event)
{
	struct sim_world *w = context;

	if (sim_disk_is_down(w->disk))
		return;
	if (event->number != w->published + 1)
		sim_complain(w,
			     "event %" PRIu64 " was published behind %" PRIu64,
			     event->number, w->published);
	if (event->time_ns < w->time_ns)
		sim_complain(w,
			     "event %" PRIu64 " is older than the one "
			     "before",
			     event->number);
	w->time_ns = event->time_ns;
	w->published = event->number;
	w->deeds[SIM_DEED_EVENTS_PUBLISHED]++;
	rk_generator_note(w->generator, event, 1);
	sim_oracle_shown_event(w, event->number, NULL, 0);
}

static int open_sockets(struct sim_world *w)
{
	const struct rk_conf_limits *limits = &w->setting.conf.limits;
	struct rk_net_options options = {
		.message_size = (size_t)limits->message_size,
		.prices_message_size = (size_t)limits->prices_message_size,
		.ring = limits->ring,
		.contexts = limits->contexts,
		.wake = wake,
		.wake_context = w,
	};
	char error[64];
	int r = rk_net_open(&options, &w->core.net, error, sizeof(error));

	if (r == 0)
		r = rk_publish_open(w->core.engine, w->core.net,
				    &w->core.publish);
	return r;
}

static int open_core(struct sim_world *w)
{
	struct rk_setup_options options = {
		.conf = &w->setting.conf,
		.log = &w->log,
		.wake = wake,
		.wake_context = w,
		.files = sim_disk_files(w->disk),
		.checkpoint_events = 50, /* there are a few thousand in all */
	};
	int r;

	memset(&w->turn, 0, sizeof(w->turn));
	sim_listing(&w->setting, &w->listed);
	r = rk_setup_open(&w->core, &options);
	w->core.observe = on_event;
	w->core.observe_context = w;
	return r;
}

/* What was quoted before the stop does not count any more. */
static void check_resumed(struct sim_world *w, uint64_t seq)
{
	sim_oracle_follow(w);
	if (seq != 0 && w->resumed_seq != seq + 1)
		sim_complain(w,
			     "recovered with command %" PRIu64 ", but the next "
			     "one is not Resume",
			     seq);
}

static enum outcome attempt(struct sim_world *w)
{
	uint64_t seq;
	int r = open_core(w);

	w->deeds[SIM_DEED_STARTS]++;
	if (r == 0 && !sim_disk_is_down(w->disk) &&
	    sim_check_recovered(w) != 0) {
		rk_setup_close(&w->core);
		return OUTCOME_LOST;
	}
	if (r < 0)
		return OUTCOME_REFUSED;
	seq = rk_view_seq(w->core.engine);
	/* What was reloaded, and is there, was taken. */
	if (w->reloaded_seq != 0 && seq >= w->reloaded_seq)
		w->good = w->reloaded;
	r = rk_turn_begin(&w->core, &w->turn, &w->listed);
	if (r == 0)
		r = rk_turn_ready(&w->core);
	if (r == 0)
		r = open_sockets(w);
	if (r == 0 && !sim_disk_is_down(w->disk))
		check_resumed(w, seq);
	/* All but the word about time came from the configuration. */
	if (r == 0 && seq != 0)
		w->deeds[SIM_DEED_EDIT_TAKEN] +=
			rk_view_seq(w->core.engine) - seq - 1;
	if (r == 0 && !sim_disk_is_down(w->disk) && w->complaint[0] == '\0')
		return OUTCOME_UP;
	rk_setup_close(&w->core);
	return OUTCOME_REFUSED;
}

/* Faults may strike while it recovers. */
static void arm_start(struct sim_world *w)
{
	static const enum sim_fault faults[] = {
		SIM_FAULT_CRASH_WRITE, SIM_FAULT_CRASH_WRITE,
		SIM_FAULT_CRASH_CALL,  SIM_FAULT_CRASH_CALL,
		SIM_FAULT_WRITE_ERROR, SIM_FAULT_READ_ERROR,
		SIM_FAULT_SYNC_ERROR,  SIM_FAULT_OPEN_ERROR,
	};

	if (w->damage_n > 0 || !sim_chance(w, 1, 4))
		return;
	sim_disk_arm(w->disk,
		     faults[sim_below(w, sizeof(faults) / sizeof(faults[0]))],
		     1 + sim_below(w, sim_chance(w, 1, 2) ? 8 : 60), NULL);
}

/* The process is gone, and with a loss of power the machine's memory. */
static void reboot(struct sim_world *w, enum sim_reboot how)
{
	sim_disk_disarm(w->disk);
	sim_disk_reboot(w->disk, how);
	if (how == SIM_REBOOT_POWER_LOST)
		sim_clock_reboot();
}

static enum sim_reboot any_reboot(struct sim_world *w)
{
	return sim_chance(w, 1, 3) ? SIM_REBOOT_KILLED : SIM_REBOOT_POWER_LOST;
}

/* The end that is missing cannot be told from one that never was. */
static bool names_damage(const struct sim_world *w)
{
	if (sim_damage_is_last(w) && strstr(w->said, "journal"))
		return true;
	for (uint32_t i = 0; i < w->damage_n; i++)
		if (strstr(w->said, w->damage[i].flip.name))
			return true;
	return false;
}

/* Why was it refused? What was in the way is taken away. */
static void refused(struct sim_world *w, struct sim_image *image)
{
	if (sim_disk_is_down(w->disk)) {
		w->deeds[SIM_DEED_CRASHED_START]++;
		reboot(w, any_reboot(w));
	} else if (sim_life_faults(w) > w->faults_at_start) {
		w->deeds[SIM_DEED_FAILED_START]++;
		reboot(w, any_reboot(w));
	} else if (image && names_damage(w)) {
		w->deeds[SIM_DEED_FLIP_REFUSED]++;
		sim_disk_restore(w->disk, image);
		w->damage_n = 0;
	} else if (w->edited && (strstr(w->said, "configuration refused") ||
				 strstr(w->said, "but the state holds"))) {
		w->deeds[SIM_DEED_EDIT_REFUSED]++;
		w->taken = w->setting.conf.limits;
		w->setting = w->good;
		w->edited = false;
		w->reverted = true;
	} else if (w->reverted && strstr(w->said, "but the state holds")) {
		/* What came before the row that was refused is in force. */
		w->setting.conf.limits = w->taken;
		w->reverted = false;
	} else {
		sim_complain(w, "start was refused: %s", w->said);
	}
}

/* It is up although bits were flipped: how did that come? */
static void settle_damage(struct sim_world *w)
{
	if (w->damage_n == 0)
		return;
	if (strstr(w->said, "trying an older one"))
		w->deeds[SIM_DEED_FLIP_OLDER]++;
	else
		w->deeds[SIM_DEED_FLIP_HARMLESS]++;
}

static void now_up(struct sim_world *w)
{
	const char *torn = strstr(w->said, "torn_bytes=");

	w->up = true;
	w->woken = true;
	w->good = w->setting;
	w->reloaded_seq = 0;
	w->edited = false;
	w->reverted = false;
	w->committed_ns = rk_clock_monotonic();
	w->written_ns = w->committed_ns;
	w->tick_due_ns = rk_clock_monotonic() + SIM_TICK;
	w->deeds[SIM_DEED_REPLAYED] += w->core.recovered.commands;
	w->deeds[SIM_DEED_KEPT] += w->core.recovered.events_kept;
	w->deeds[SIM_DEED_KEPT_REFUSED] += w->core.recovered.events_refused;
	w->deeds[SIM_DEED_NOTHING_TO_REPLAY] +=
		w->core.recovered.commands == 0 && w->core.recovered.seq != 0;
	w->deeds[SIM_DEED_TORN] += torn && torn[11] != '0';
	memset(&w->snapshots_seen, 0, sizeof(w->snapshots_seen));
	w->generations = sim_check_generations(w);
	w->begun_seq = 0;
	settle_damage(w);
}

void sim_life_start(struct sim_world *w)
{
	struct sim_image *image = NULL;

	for (int i = 0; !w->up && w->complaint[0] == '\0'; i++) {
		enum outcome outcome;

		if (i == 0 && w->oracle.place.seq > 0 &&
		    sim_oracle_seq(w) < w->options.commands &&
		    sim_chance(w, 1, 4)) {
			image = sim_disk_save(w->disk);
			sim_damage_make(w);
		}
		if (i < STARTS_MAX / 2)
			arm_start(w);
		w->faults_at_start = sim_life_faults(w);
		outcome = attempt(w);
		read_log(w);
		sim_trace(w, (uint32_t)outcome, &i, sizeof(i));
		if (outcome == OUTCOME_UP) {
			now_up(w);
		} else if (outcome == OUTCOME_LOST) {
			w->deeds[SIM_DEED_FLIP_LAST]++;
			sim_disk_restore(w->disk, image);
			w->damage_n = 0;
		} else if (w->complaint[0] == '\0') {
			refused(w, image);
		}
		if (i == STARTS_MAX)
			sim_complain(w, "it does not start: %s", w->said);
	}
	sim_image_free(image);
	w->faults_at_start = sim_life_faults(w);
}

/* Count what only the daemon knows, before it is gone. */
static void gather(struct sim_world *w)
{
	struct rk_snapshotter_counts counts;

	w->deeds[SIM_DEED_PAUSED] += w->core.counters.paused;
	w->deeds[SIM_DEED_STALLED] += w->core.counters.stalls;
	w->deeds[SIM_DEED_TURNS] += w->core.counters.turns;
	w->deeds[SIM_DEED_ROUNDS] += w->core.counters.audit_rounds;
	w->applied_seq = rk_view_seq(w->core.engine);
	rk_snapshotter_counts(w->core.snapshotter, &counts);
	w->deeds[SIM_DEED_COPIED_BEFORE] += counts.copied_before_change;
	w->deeds[SIM_DEED_CRASHED_SNAPSHOT] +=
		sim_disk_is_down(w->disk) &&
		rk_snapshotter_state(w->core.snapshotter) != RK_SNAPSHOT_IDLE;
}

/* Nobody is told anything any more. */
static void now_down(struct sim_world *w)
{
	rk_setup_close(&w->core);
	read_log(w);
	w->up = false;
	w->stopped_well = false;
	for (uint32_t i = 0; i < w->clients_n; i++)
		sim_client_crashed(w->clients[i], (uint32_t)sim_below(w, 12));
	sim_reader_crashed(w);
}

/* What may happen before it is started again. */
static void while_down(struct sim_world *w)
{
	sim_damage_undo(w);
	sim_clock_advance(sim_below(w, 20 * 1000) * SIM_MS);
	if (sim_chance(w, 1, 5)) {
		int64_t ns = rk_prng_between(&w->prng, -600 * SIM_SECOND,
					     300 * SIM_SECOND);

		w->deeds[ns < 0 ? SIM_DEED_JUMPS_BACK : SIM_DEED_JUMPS_AHEAD]++;
		sim_clock_jump(ns);
	}
	if (sim_chance(w, 1, 4))
		sim_plan_edit(w);
}

void sim_life_crash(struct sim_world *w, enum sim_reboot how)
{
	sim_disk_crash(w->disk);
	gather(w);
	w->deeds[SIM_DEED_CRASHES]++;
	now_down(w);
	reboot(w, how);
	while_down(w);
}

void sim_life_failed(struct sim_world *w)
{
	if (sim_life_faults(w) == w->faults_at_start && w->damage_n == 0)
		sim_complain(w, "it ended, but the disk never failed");
	gather(w);
	w->deeds[SIM_DEED_FAILED]++;
	now_down(w);
	reboot(w, any_reboot(w));
	while_down(w);
}

void sim_life_dead(struct sim_world *w)
{
	/* Either of them may have been without a turn for so long. */
	uint64_t last_ns = w->committed_ns < w->written_ns ? w->committed_ns
							   : w->written_ns;

	if (rk_clock_monotonic() - last_ns <
	    (uint64_t)w->setting.conf.journal.sync_dead_ns)
		sim_complain(w, "it gave up a disk that was not dead");
	w->deeds[SIM_DEED_DEAD]++;
	sim_life_crash(w, SIM_REBOOT_KILLED);
}

/* Step after step, with workers at their own pace: what came of it. */
static int stop_steps(struct sim_world *w)
{
	int r = 1;

	rk_turn_stop_begin(&w->core, &w->turn);
	for (int i = 0; r > 0 && i < STOP_STEPS_MAX; i++) {
		for (int worker = 0; worker < SIM_WORKERS; worker++)
			if (sim_chance(w, 1, 2))
				sim_step_worker(w, (enum sim_worker)worker);
		if (sim_chance(w, 1, 40))
			sim_disk_unhang(w->disk);
		sim_clock_advance(STOP_STEP);
		if (sim_disk_is_down(w->disk))
			return -EIO;
		r = rk_turn_stop_step(&w->core, &w->turn);
		sim_check_turn(w);
		if (r > 0 && rk_turn_check_disk(&w->core) < 0)
			r = rk_turn_check_disk(&w->core);
	}
	if (r > 0)
		sim_complain(w, "stopping does not end");
	return r;
}

void sim_life_stop(struct sim_world *w)
{
	uint64_t seq;
	int r = stop_steps(w);

	if (sim_disk_is_down(w->disk)) {
		w->deeds[SIM_DEED_CRASHED_STOP]++;
		sim_life_crash(w, any_reboot(w));
		return;
	}
	if (r == -ETIMEDOUT) {
		sim_life_dead(w);
		return;
	}
	if (r == 0 && rk_sequencer_error(w->core.sequencer) != 0)
		sim_complain(w, "it ended well, although the disk had failed");
	if (r < 0) {
		sim_life_failed(w);
		return;
	}
	gather(w);
	seq = rk_view_seq(w->core.engine);
	now_down(w);
	w->deeds[SIM_DEED_STOPPED]++;
	w->stopped_well = !sim_disk_is_down(w->disk) &&
			  sim_life_faults(w) == w->faults_at_start &&
			  w->damage_n == 0;
	w->stopped_seq = seq;
	if (sim_disk_is_down(w->disk)) {
		w->deeds[SIM_DEED_CRASHED_STOP]++;
		w->deeds[SIM_DEED_CRASHES]++;
		reboot(w, any_reboot(w));
	}
	sim_disk_disarm(w->disk);
	/* What was stopped well does not need the machine's memory. */
	if (sim_chance(w, 1, 3))
		reboot(w, SIM_REBOOT_POWER_LOST);
	while_down(w);
}
