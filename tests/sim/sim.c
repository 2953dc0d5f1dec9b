/*
 * sim [--seed S | --seeds N [--from S]] [--commands N] [-v]
 *
 * Runs seeds of the simulator, one after the other. Prints how often each
 * thing happened, and of a seed that failed why, and the command to see it
 * again. README.md tells how a run goes.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

#define COMMANDS 2000 /* durable ones, of a run */

struct totals {
	uint64_t deeds[SIM_DEEDS];
	uint64_t faults[SIM_FAULTS];
	uint64_t clients[SIM_CLIENT_COUNTS];
	uint64_t failed;
};

struct arguments {
	uint64_t from;
	uint64_t seeds;
	uint64_t commands;
	bool verbose;
};

static uint64_t present_seed;

static void say_replay(uint64_t seed, const struct arguments *arguments)
{
	(void)printf("FAILED: seed %" PRIu64 "; to see it again: "
		     "tests/sim/run --seed %" PRIu64 " --commands %" PRIu64
		     " -v\n",
		     seed, seed, arguments->commands);
}

static struct arguments present;

/* An assertion of the daemon or of a test. */
static void on_abort(int number)
{
	(void)number;
	say_replay(present_seed, &present);
	(void)fflush(stdout);
	_exit(3);
}

static void add_totals(struct totals *totals, const struct sim_world *world)
{
	for (int i = 0; i < SIM_DEEDS; i++)
		totals->deeds[i] += world->deeds[i];
	for (int i = 0; i < SIM_FAULTS; i++)
		totals->faults[i] +=
			sim_disk_count(world->disk, (enum sim_fault)i);
	for (uint32_t c = 0; c < world->clients_n; c++)
		for (int i = 0; i < SIM_CLIENT_COUNTS; i++)
			totals->clients[i] += sim_client_count(
				world->clients[c], (enum sim_client_count)i);
}

static void print_totals(const struct totals *totals)
{
	for (int i = 0; i < SIM_DEEDS; i++)
		(void)printf("count %10" PRIu64 " %s\n", totals->deeds[i],
			     sim_deed_text((enum sim_deed)i));
	for (int i = 0; i < SIM_FAULTS; i++)
		(void)printf("count %10" PRIu64 " %s\n", totals->faults[i],
			     sim_fault_text((enum sim_fault)i));
	for (int i = 0; i < SIM_CLIENT_COUNTS; i++)
		(void)printf("count %10" PRIu64 " %s\n", totals->clients[i],
			     sim_client_count_text((enum sim_client_count)i));
}

static void run_seed(struct sim_world *world, uint64_t seed,
		     const struct arguments *arguments, struct totals *totals)
{
	struct sim_options options = {seed, arguments->commands,
				      arguments->verbose};
	bool good;

	present_seed = seed;
	sim_world_open(world, &options);
	good = sim_world_run(world);
	if (!good) {
		totals->failed++;
		(void)printf("seed %" PRIu64 ": step %" PRIu64 ": %s\n", seed,
			     world->step, world->complaint);
		say_replay(seed, arguments);
	}
	(void)printf("seed %" PRIu64 " commands %" PRIu64 " crashes %" PRIu64
		     " trace %016" PRIx64 "%016" PRIx64 "\n",
		     seed, world->deeds[SIM_DEED_COMMANDS],
		     world->deeds[SIM_DEED_CRASHES], world->trace.hi,
		     world->trace.lo);
	add_totals(totals, world);
	sim_world_close(world);
}

static bool parse_number(const char *text, uint64_t *ret_number)
{
	char *end;

	*ret_number = strtoull(text, &end, 10);
	return *end == '\0' && end != text;
}

static bool parse(int argc, char **argv, struct arguments *arguments)
{
	*arguments = (struct arguments){1, 1, COMMANDS, false};
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i];
		uint64_t value;

		if (strcmp(name, "-v") == 0) {
			arguments->verbose = true;
			continue;
		}
		if (i + 1 == argc || !parse_number(argv[++i], &value))
			return false;
		if (strcmp(name, "--seed") == 0 || strcmp(name, "--from") == 0)
			arguments->from = value;
		else if (strcmp(name, "--seeds") == 0)
			arguments->seeds = value;
		else if (strcmp(name, "--commands") == 0)
			arguments->commands = value;
		else
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct sim_world *world = calloc(1, sizeof(*world));
	struct totals totals = {{0}, {0}, {0}, 0};
	FILE *log = tmpfile();

	if (!parse(argc, argv, &present) || !world || !log) {
		(void)fprintf(stderr,
			      "usage: sim [--seed S | --seeds N [--from S]] "
			      "[--commands N] [-v]\n");
		return 2;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGABRT, on_abort);
	(void)signal(SIGSEGV, on_abort);
	world->log.fd = fileno(log);
	for (uint64_t i = 0; i < present.seeds; i++)
		run_seed(world, present.from + i, &present, &totals);
	print_totals(&totals);
	(void)printf("%" PRIu64 " passed, %" PRIu64 " failed\n",
		     present.seeds - totals.failed, totals.failed);
	(void)fclose(log);
	free(world);
	return totals.failed > 0;
}
