/*
 * The benchmark: one program, its parts in a table. `make bench` runs all of
 * them; docs/performance.md tells what each figure means.
 *
 * A missed bar is told and is no failure of the program, unless --strict is
 * given: on a shared machine, a figure alone proves little.
 */
#include "bench.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define TMPFS_MAGIC_NUMBER 0x01021994

static const struct part {
	const char *name;
	const char *what;
	void (*run)(struct bench *bench);
} parts[] = {
	{"limits", "what disk and memory can do", bench_limits},
	{"journal", "the journal alone, with its committer", bench_journal},
	{"daemon", "acknowledged fills, riskd and a feeder", bench_daemon},
	{"scan", "reading the journal and its hashes", bench_scan},
	{"replay", "the journal into the engine", bench_replay},
	{"ticks", "prices into the engine, ladder and scan", bench_ticks},
	{"heavy", "queries that look at each of 1 M accounts", bench_heavy},
	{"snapshot", "snapshots and recovery of 1 M accounts", bench_snapshot},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static const char usage[] =
	"usage: bench RISKD FOLDER [--quick] [--strict] [--repeats N]\n"
	"             [--json FILE] [--only PART]...\n"
	"FOLDER is where a temporary folder is made (RISKD_BENCH_DIR goes\n"
	"first). Parts:\n";

static void print_usage(FILE *out)
{
	(void)fputs(usage, out);
	for (size_t i = 0; i < PARTS; i++)
		(void)fprintf(out, "  %-9s %s\n", parts[i].name, parts[i].what);
}

struct arguments {
	struct bench bench;
	const char *json;
	bool strict;
	bool wanted[PARTS];
	bool all;
};

static bool want(struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < PARTS; i++)
		if (strcmp(parts[i].name, name) == 0) {
			arguments->wanted[i] = true;
			arguments->all = false;
			return true;
		}
	return false;
}

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{"quick", no_argument, NULL, 'q'},
		{"strict", no_argument, NULL, 's'},
		{"repeats", required_argument, NULL, 'r'},
		{"json", required_argument, NULL, 'j'},
		{"only", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	unsigned long repeats = 3;
	int option;

	arguments->all = true;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			print_usage(stdout);
			return EXIT_SUCCESS;
		}
		if (option == 'q')
			arguments->bench.quick = true;
		else if (option == 's')
			arguments->strict = true;
		else if (option == 'j')
			arguments->json = optarg;
		else if (option == 'r')
			repeats = strtoul(optarg, NULL, 10);
		else if (option != 'o' || !want(arguments, optarg)) {
			print_usage(stderr);
			return 2;
		}
	}
	if (argc - optind != 2 || repeats < 1 || repeats > BENCH_REPEATS_MAX) {
		print_usage(stderr);
		return 2;
	}
	arguments->bench.repeats = (uint32_t)repeats;
	arguments->bench.riskd = argv[optind];
	return -1;
}

/* Where it is measured says a lot about what comes out. */
static void make_folder(struct bench *bench, const char *given)
{
	const char *base = getenv("RISKD_BENCH_DIR");
	char whole[PATH_MAX];
	struct statfs info;
	int n;

	if (!base || base[0] == '\0')
		base = given;
	/* riskd.conf takes a relative path from its own folder. */
	if (!realpath(base, whole))
		bench_die("%s: %s", base, strerror(errno));
	base = whole;
	n = snprintf(bench->dir, sizeof(bench->dir), "%s/riskd-bench-XXXXXX",
		     base);
	if (n < 0 || (size_t)n >= sizeof(bench->dir) || !mkdtemp(bench->dir))
		bench_die("cannot make a folder in %s: %s", base,
			  strerror(errno));
	if (statfs(bench->dir, &info) == 0 && info.f_type == TMPFS_MAGIC_NUMBER)
		bench_say("warning: %s is in memory: set RISKD_BENCH_DIR to a "
			  "folder on the disk to be measured",
			  base);
}

/* Who else is here? Absolute figures mean little then. */
static void tell_machine(const struct bench *bench)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	double load = 0;

	(void)getloadavg(&load, 1);
	bench_say("riskd " RISKD_VERSION ", %ld cores, load %.1f, folder %s%s",
		  cores, load, bench->dir,
		  bench->quick ? ", quick: figures mean little" : "");
	if (load > (double)cores / 2)
		bench_say("warning: others use this machine: look at ratios "
			  "and at processor time (cpu), not at wall time");
	bench_report_value(bench->report, "machine.load_before", load,
			   "running");
}

int main(int argc, char **argv)
{
	static struct arguments arguments;
	struct bench *bench = &arguments.bench;
	size_t missed;
	int code = parse(argc, argv, &arguments);

	if (code >= 0)
		return code;
	make_folder(bench, argv[optind + 1]);
	bench->report = bench_report_open();
	tell_machine(bench);
	for (size_t i = 0; i < PARTS; i++) {
		if (!arguments.all && !arguments.wanted[i])
			continue;
		bench_say("\n%s: %s", parts[i].name, parts[i].what);
		parts[i].run(bench);
	}
	(void)rmdir(bench->dir);

	missed = bench_report_missed(bench->report);
	bench_say("\n%zu bars missed", missed);
	code = arguments.json ? bench_report_json(bench->report, arguments.json)
			      : 0;
	if (code < 0)
		bench_die("%s: %s", arguments.json, strerror(-code));
	bench_report_close(bench->report);
	return arguments.strict && missed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
