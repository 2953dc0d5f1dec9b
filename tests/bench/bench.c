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
#include <time.h>
#include <unistd.h>

#include "role.h"

#define TMPFS_MAGIC_NUMBER 0x01021994
#define ACCOUNTS_LEAST     1000
#define ACCOUNTS_MOST      10000000

static const struct part {
	const char *name;
	const char *what;
	void (*run)(struct bench *bench);
} parts[] = {
	{"limits", "what the disk can do", bench_limits},
	{"memory", "what memory can do", bench_memory},
	{"nng", "what messages can do, without riskd", bench_nng},
	{"journal", "the journal alone, with its committer", bench_journal},
	{"daemon", "acknowledged fills, riskd and a feeder", bench_daemon},
	{"scan", "reading the journal and its hashes", bench_scan},
	{"replay", "the journal into the engine", bench_replay},
	{"ticks", "prices into the engine, and into what else", bench_ticks},
	{"gap", "a price falls by 5 %", bench_gap},
	{"growth", "what a tick costs in other books", bench_growth},
	{"indices", "funding, hedged books, the audit", bench_indices},
	{"live", "prices through riskd to orders", bench_live},
	{"heavy", "queries that look at each of 1 M accounts", bench_heavy},
	{"snapshot", "snapshots and recovery of 1 M accounts", bench_snapshot},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static const char usage[] =
	"usage: bench RISKD FOLDER [--quick] [--strict] [--repeats N]\n"
	"             [--accounts N] [--json FILE] [--plot FILE.svg]\n"
	"             [--only PART]...\n"
	"FOLDER is where a temporary folder is made (RISKD_BENCH_DIR goes\n"
	"first). --accounts: of the books that ticks are measured on, 1000 to\n"
	"10000000; 1000000, with --quick 100000. Parts:\n";

static void print_usage(FILE *out)
{
	(void)fputs(usage, out);
	for (size_t i = 0; i < PARTS; i++)
		(void)fprintf(out, "  %-9s %s\n", parts[i].name, parts[i].what);
}

struct arguments {
	struct bench bench;
	const char *json;
	const char *plot;
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

/* The whole of text as a number from least to most; else it ends the run. */
static uint32_t number(const char *option, const char *text, uint32_t least,
		       uint32_t most)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] == '-' ||
	    value < least || value > most)
		bench_die("%s %s: a number from %u to %u is wanted", option,
			  text, least, most);
	return (uint32_t)value;
}

/* One option; false: there is no such. */
static bool take_option(struct arguments *arguments, int option)
{
	struct bench *bench = &arguments->bench;

	switch (option) {
	case 'q':
		bench->quick = true;
		return true;
	case 's':
		arguments->strict = true;
		return true;
	case 'j':
		arguments->json = optarg;
		return true;
	case 'p':
		arguments->plot = optarg;
		return true;
	case 'r':
		bench->repeats =
			number("--repeats", optarg, 1, BENCH_REPEATS_MAX);
		return true;
	case 'a':
		bench->accounts = number("--accounts", optarg, ACCOUNTS_LEAST,
					 ACCOUNTS_MOST);
		return true;
	case 'o':
		return want(arguments, optarg);
	default:
		return false;
	}
}

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{"quick", no_argument, NULL, 'q'},
		{"strict", no_argument, NULL, 's'},
		{"repeats", required_argument, NULL, 'r'},
		{"accounts", required_argument, NULL, 'a'},
		{"json", required_argument, NULL, 'j'},
		{"plot", required_argument, NULL, 'p'},
		{"only", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct bench *bench = &arguments->bench;
	int option;

	arguments->all = true;
	bench->repeats = 3;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			print_usage(stdout);
			return EXIT_SUCCESS;
		}
		if (!take_option(arguments, option)) {
			print_usage(stderr);
			return 2;
		}
	}
	if (argc - optind != 2) {
		print_usage(stderr);
		return 2;
	}
	if (bench->accounts == 0)
		bench->accounts = bench->quick ? 100000 : 1000000;
	bench->riskd = argv[optind];
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

/* Both files, where they are wanted. */
static void write_files(const struct arguments *arguments)
{
	const struct bench *bench = &arguments->bench;
	char subtitle[256];
	time_t now = time(NULL);
	struct tm day;
	int r = 0;

	if (arguments->json)
		r = bench_report_json(bench->report, arguments->json);
	if (r < 0)
		bench_die("%s: %s", arguments->json, strerror(-r));
	if (!arguments->plot)
		return;
	(void)gmtime_r(&now, &day);
	(void)snprintf(subtitle, sizeof(subtitle),
		       "make bench, riskd " RISKD_VERSION ", %d-%02d-%02d: 3 "
		       "positions an account in 50 markets (Zipf), steps of "
		       "0.5 basis points; orders: 2000 messages a second%s",
		       day.tm_year + 1900, day.tm_mon + 1, day.tm_mday,
		       bench->quick ? " (quick: figures mean little)" : "");
	r = bench_plot_write(bench->plot, arguments->plot, subtitle);
	if (r < 0)
		bench_die("%s: %s", arguments->plot, strerror(-r));
}

static void run_part(struct bench *bench, const struct part *part)
{
	uint64_t start = bench_now_ns();

	bench_say("\n%s: %s", part->name, part->what);
	part->run(bench);
	bench_say("(%s took %.0f s)", part->name,
		  (double)(bench_now_ns() - start) / 1e9);
}

int main(int argc, char **argv)
{
	static struct arguments arguments;
	struct bench *bench = &arguments.bench;
	size_t missed;
	int code;

	if (bench_role_main(argc, argv))
		return EXIT_SUCCESS;
	code = parse(argc, argv, &arguments);
	if (code >= 0)
		return code;
	make_folder(bench, argv[optind + 1]);
	bench->report = bench_report_open();
	bench->plot = bench_plot_open();
	tell_machine(bench);
	for (size_t i = 0; i < PARTS; i++) {
		if (!arguments.all && !arguments.wanted[i])
			continue;
		run_part(bench, &parts[i]);
	}
	(void)rmdir(bench->dir);

	missed = bench_report_missed(bench->report);
	bench_say("\n%zu bars missed", missed);
	write_files(&arguments);
	bench_plot_close(bench->plot);
	bench_report_close(bench->report);
	return arguments.strict && missed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
