/*
 * A run from its first start to its last. See world.h.
 */
#include "world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "engine/view.h"
#include "support/generator.h"

#define START_NS  INT64_C(1700000000000000000)
#define STEPS_MAX 400000 /* of a run of 2000 commands: then it is stuck */

void sim_complain(struct sim_world *w, const char *format, ...)
{
	va_list arguments;

	if (w->complaint[0] != '\0')
		return;
	va_start(arguments, format);
	(void)vsnprintf(w->complaint, sizeof(w->complaint), format, arguments);
	va_end(arguments);
}

void sim_trace(struct sim_world *w, uint32_t what, const void *data,
	       size_t size)
{
	w->trace = rk_hash_bytes(w->trace, &what, sizeof(what));
	w->trace = rk_hash_bytes(w->trace, data, size);
}

uint64_t sim_below(struct sim_world *w, uint64_t bound)
{
	return rk_prng_below(&w->prng, bound);
}

bool sim_chance(struct sim_world *w, uint32_t count, uint32_t out_of)
{
	return rk_prng_chance(&w->prng, count, out_of);
}

static void open_clients(struct sim_world *w)
{
	static const char *const names[SIM_CLIENTS_MAX] = {"one", "two",
							   "three", "four"};

	w->clients_n = 2 + (uint32_t)sim_below(w, SIM_CLIENTS_MAX - 1);
	for (uint32_t i = 0; i < w->clients_n; i++) {
		struct sim_client_options options = {
			.name = names[i],
			.session = rk_prng_next(&w->prng),
			.seed = rk_prng_next(&w->prng),
			.rows_max = 1 + (uint32_t)sim_below(w, 8),
			.pipeline = 1 + (uint32_t)sim_below(w, 4),
			.mischief = (uint32_t)sim_below(w, 150),
		};

		w->clients[i] = sim_client_open(&options);
	}
	for (int i = 0; i < SIM_READERS; i++)
		w->readers[i].next = 1;
}

void sim_world_open(struct sim_world *w, const struct sim_options *options)
{
	struct sim_disk_options disk = {.dir = "/sim"};
	int fd = w->log.fd;

	memset(w, 0, sizeof(*w));
	w->options = *options;
	rk_log_init(&w->log, fd, RK_LOG_INFO);
	rk_prng_init(&w->prng, options->seed);
	disk.seed = rk_prng_next(&w->prng);
	disk.sync_keeps_names = sim_chance(w, 1, 4);
	w->disk = sim_disk_open(&disk);
	w->vfs = sim_vfs_open(w->disk, "sim", rk_prng_next(&w->prng));
	sim_clock_begin(START_NS + (int64_t)sim_below(w, SIM_SECOND));
	open_clients(w);
	sim_plan_make(w);
	w->generator = rk_generator_open(rk_prng_next(&w->prng), w->accounts);
	w->mishap_due = 100 + sim_below(w, 200);
	w->unhang_step = UINT64_MAX;
	sim_oracle_open(w);
	sim_hooks_use(w);
}

void sim_world_close(struct sim_world *w)
{
	if (w->up)
		rk_setup_close(&w->core);
	sim_oracle_close(w);
	rk_generator_close(w->generator);
	for (uint32_t i = 0; i < w->clients_n; i++)
		sim_client_close(w->clients[i]);
	while (w->feed.n > 0)
		free(w->feed.data[--w->feed.n]);
	sim_vfs_close(w->vfs);
	sim_disk_close(w->disk);
}

static bool is_good(const struct sim_world *w)
{
	return w->complaint[0] == '\0';
}

/* All that was sent is answered, and all that happened was read. */
static bool is_settled(struct sim_world *w)
{
	if (!w->up || w->feed.n > 0)
		return false;
	for (uint32_t i = 0; i < w->clients_n; i++) {
		sim_client_flush(w->clients[i]);
		if (sim_client_unanswered(w->clients[i]) > 0)
			return false;
	}
	for (int i = 0; i < SIM_READERS; i++)
		if (w->readers[i].next <= sim_oracle_event(w))
			return false;
	return true;
}

static void run_steps(struct sim_world *w)
{
	bool settling = false;

	while (is_good(w)) {
		if (sim_oracle_seq(w) >= w->options.commands && !settling) {
			settling = true;
			sim_disk_disarm(w->disk);
			/* What is damaged could not be read to the end. */
			if (w->up && w->damage_n > 0)
				sim_life_crash(w, SIM_REBOOT_KILLED);
		}
		if (settling && is_settled(w))
			return;
		if (w->up)
			sim_step(w);
		else
			sim_life_start(w);
		if (w->step > STEPS_MAX)
			sim_complain(w, "no progress: %" PRIu64 " commands",
				     sim_oracle_seq(w));
	}
}

/* No two commands stand at one place of the log. */
struct places {
	struct sim_world *world;
	uint32_t *who;
	uint64_t n;
	uint32_t client;
};

static void note_place(void *context, const struct sim_answer *answer)
{
	struct places *places = context;
	uint32_t who = answer->message * SIM_CLIENTS_MAX + places->client + 1;

	if (answer->seq > places->n) {
		sim_complain(places->world, "a place behind the log");
		return;
	}
	if (places->who[answer->seq] != 0 && places->who[answer->seq] != who)
		sim_complain(places->world,
			     "two commands were told that they are %" PRIu64,
			     answer->seq);
	places->who[answer->seq] = who;
}

static void check_places(struct sim_world *w)
{
	struct places places = {.world = w, .n = sim_oracle_seq(w)};

	places.who = calloc(places.n + 1, sizeof(*places.who));
	if (!places.who)
		abort();
	for (uint32_t i = 0; i < w->clients_n; i++) {
		places.client = i;
		sim_client_answers(w->clients[i], note_place, &places);
	}
	free(places.who);
}

static void check_end(struct sim_world *w)
{
	struct rk_audit_text text = {""};

	for (uint32_t i = 0; i < w->clients_n; i++)
		if (sim_client_acknowledged(w->clients[i]) !=
		    sim_client_newest(w->clients[i]))
			sim_complain(w, "client %s was not answered to the end",
				     sim_client_name(w->clients[i]));
	if (rk_auditor_compare_all(w->oracle.auditor, w->oracle.harness.engine,
				   &text) != 0)
		sim_complain(w, "auditor: at the end: %s", text.text);
	check_places(w);
}

bool sim_world_run(struct sim_world *w)
{
	struct rk_hash digest;

	run_steps(w);
	if (is_good(w) && w->deeds[SIM_DEED_CRASHES] == 0)
		sim_life_crash(w, SIM_REBOOT_POWER_LOST);
	else if (is_good(w))
		sim_life_stop(w);
	while (is_good(w) && !w->up)
		sim_life_start(w);
	if (is_good(w))
		check_end(w);
	w->deeds[SIM_DEED_SEEDS] = 1;
	digest = sim_disk_digest(w->disk);
	sim_trace(w, 2, &digest, sizeof(digest));
	return is_good(w);
}
