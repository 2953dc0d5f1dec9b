/*
 * riskd: arguments, configuration, exit code. The only file that sees every
 * layer and the only one that ends the process.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "engine/assert.h"
#include "engine/decimal.h"
#include "ops/demo.h"
#include "ops/error.h"
#include "ops/markets_warn.h"

#define EXIT_USAGE   2
#define CONF_DEFAULT "/etc/riskd/riskd.conf"

_Noreturn void rk_panic(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "<2>riskd: bug: %s does not hold at %s:%d\n",
		      what, file, line);
	abort();
}

static const char help_text[] =
	"usage: riskd [-c FILE] [--check-config]\n"
	"       riskd [-c FILE] --stop-before SEQ | --skip SEQ\n"
	"       riskd --demo\n"
	"\n"
	"Real-time margin and liquidation engine.\n"
	"\n"
	"  -c, --config FILE  configuration (default " CONF_DEFAULT ")\n"
	"      --check-config check it, print what is in effect, and exit\n"
	"      --stop-before SEQ  recover the state before this command of "
	"the\n"
	"                     journal, answer queries, change nothing\n"
	"      --skip SEQ     leave this command out, now and in every later\n"
	"                     recovery, and go on\n"
	"      --demo         run on a built-in configuration, with synthetic\n"
	"                     accounts and prices, in memory\n"
	"      --version      print the version and exit\n"
	"  -h, --help         print this and exit\n"
	"\n"
	"Exit codes: 0 stopped as asked, 1 could not go on, 2 wrong usage or\n"
	"configuration. See riskd(8), riskd.conf(5), riskctl(1).\n";

struct arguments {
	const char *config;
	bool check;
	bool demo;
	uint64_t stop_before;
	uint64_t skip;
};

enum option_code {
	OPTION_CHECK = 256,
	OPTION_DEMO,
	OPTION_VERSION,
	OPTION_STOP_BEFORE,
	OPTION_SKIP
};

/* The number of a command: 0, or EXIT_USAGE after saying what is wrong. */
static int parse_seq(const char *option, const char *text, uint64_t *ret_seq)
{
	int64_t seq;

	if (rk_decimal_parse(text, 0, &seq) == 0 && seq > 0) {
		*ret_seq = (uint64_t)seq;
		return 0;
	}
	(void)fprintf(stderr,
		      "riskd: %s \"%s\": must be the number of a command, 1 or "
		      "more\n",
		      option, text);
	return EXIT_USAGE;
}

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"check-config", no_argument, NULL, OPTION_CHECK},
		{"demo", no_argument, NULL, OPTION_DEMO},
		{"stop-before", required_argument, NULL, OPTION_STOP_BEFORE},
		{"skip", required_argument, NULL, OPTION_SKIP},
		{"version", no_argument, NULL, OPTION_VERSION},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;
	int r = 0;

	while (r == 0 &&
	       (option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			arguments->config = optarg;
			break;
		case OPTION_CHECK:
			arguments->check = true;
			break;
		case OPTION_DEMO:
			arguments->demo = true;
			break;
		case OPTION_STOP_BEFORE:
			r = parse_seq("--stop-before", optarg,
				      &arguments->stop_before);
			break;
		case OPTION_SKIP:
			r = parse_seq("--skip", optarg, &arguments->skip);
			break;
		case OPTION_VERSION:
			(void)printf("riskd %s\n", RISKD_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			(void)fputs(help_text, stdout);
			return EXIT_SUCCESS;
		default: /* getopt has named the option */
			(void)fputs("try: riskd --help\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (r != 0)
		return r;
	if (optind < argc) {
		(void)fprintf(stderr,
			      "riskd: unexpected argument \"%s\"; try: riskd "
			      "--help\n",
			      argv[optind]);
		return EXIT_USAGE;
	}
	if ((arguments->stop_before != 0) + (arguments->skip != 0) +
		    arguments->demo >
	    1) {
		(void)fputs("riskd: of --demo, --stop-before and --skip only "
			    "one can be given\n",
			    stderr);
		return EXIT_USAGE;
	}
	return -1;
}

/* The demo listens in a folder of its own, removed at the end. */
static int make_demo_folder(char *folder, size_t size, bool *ret_made)
{
	const char *given = getenv("RISKD_DEMO_DIR");

	*ret_made = false;
	if (given && given[0] != '\0')
		return 0;
	(void)snprintf(folder, size, "/tmp/riskd-demo-XXXXXX");
	if (!mkdtemp(folder) || setenv("RISKD_DEMO_DIR", folder, 1) != 0)
		return -errno;
	*ret_made = true;
	return 0;
}

static int load(const struct arguments *arguments, struct rk_conf *conf,
		struct rk_markets **ret_markets, struct rk_error *error)
{
	int r;

	if (arguments->demo) {
		r = rk_conf_parse_text(rk_demo_conf, "demo/riskd.conf", NULL,
				       conf, error);
		/* Its accounts are made anew each time. */
		conf->journal.kind = RK_CONF_JOURNAL_MEMORY;
		if (r == 0)
			r = rk_markets_parse(
				rk_demo_markets, rk_demo_markets_size,
				"demo/markets.json", ret_markets, error);
	} else {
		r = rk_conf_parse_file(arguments->config, conf, error);
		if (r == 0)
			r = rk_markets_load(conf->markets, ret_markets, error);
	}
	if (r < 0)
		return r;

	r = rk_markets_fit(*ret_markets, &conf->limits.engine, error);
	if (r < 0) {
		struct rk_error reason = *error;

		/* It takes two files to disagree: name both. */
		rk_error_set(
			error, "%s: %.400s in %s",
			arguments->demo ? "demo/riskd.conf" : arguments->config,
			reason.text,
			arguments->demo ? "demo/markets.json" : conf->markets);
	}
	return r;
}

/* To people; a log that is being written has a line of its own. */
static void warn_on_stderr(void *context, const char *text)
{
	(void)context;
	(void)fprintf(stderr, "riskd: warning: %s\n", text);
}

static void warn_in_log(void *context, const char *text)
{
	rk_log_write(context, RK_LOG_WARNING, "%s", text);
}

static int check(const struct rk_conf *conf, const struct rk_markets *markets)
{
	const struct rk_markets_listener listener = {warn_on_stderr, NULL};

	rk_markets_warn(markets, &conf->risk, &listener);
	return rk_conf_print(conf, stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* All threads inherit it; the loop lets it through (app.h). */
static int block_hangup(void)
{
	sigset_t hangup;

	(void)sigemptyset(&hangup);
	(void)sigaddset(&hangup, SIGHUP);
	return sigprocmask(SIG_BLOCK, &hangup, NULL);
}

static int run(const struct arguments *arguments, const struct rk_conf *conf,
	       const struct rk_markets *markets)
{
	struct rk_log log;
	struct rk_app_options options = {
		.conf = conf,
		.path = arguments->demo ? NULL : arguments->config,
		.markets = markets,
		.log = &log,
		.demo = arguments->demo,
		.stop_before = arguments->stop_before,
		.skip = arguments->skip,
	};
	const struct rk_markets_listener listener = {warn_in_log, &log};
	int r;

	rk_log_init(&log, STDERR_FILENO, conf->log_level);
	rk_markets_warn(markets, &conf->risk, &listener);
	/* Until somebody listens, it waits: it asks for a reload. */
	if (!arguments->demo && arguments->stop_before == 0)
		(void)block_hangup();
	/* A peer that goes away is no reason to die. */
	(void)signal(SIGPIPE, SIG_IGN);
	r = rk_app_run(&options);
	/* Whoever hangs in the disk would hang an orderly end as well. */
	if (r == -ETIMEDOUT)
		_exit(EXIT_FAILURE);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.config = CONF_DEFAULT};
	static struct rk_conf conf;
	struct rk_markets *markets = NULL;
	struct rk_error error;
	char folder[64] = "";
	bool made = false;
	int code = parse(argc, argv, &arguments);

	if (code >= 0)
		return code;

	if (arguments.demo &&
	    make_demo_folder(folder, sizeof(folder), &made) < 0) {
		(void)fprintf(stderr, "riskd: cannot make %s: %s\n", folder,
			      strerror(errno));
		return EXIT_FAILURE;
	}
	if (load(&arguments, &conf, &markets, &error) < 0) {
		(void)fprintf(stderr, "riskd: %s\n", error.text);
		code = EXIT_USAGE;
	} else if (arguments.check) {
		code = check(&conf, markets);
	} else {
		code = run(&arguments, &conf, markets);
	}

	rk_markets_free(markets);
	if (made)
		(void)rmdir(folder); /* sockets in it are gone by now */
	return code;
}
