/*
 * riskd at the command line: what it prints, its exit codes, and that every
 * wrong option or file is named with what would be right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

#define N(array)    (sizeof(array) / sizeof((array)[0]))
#define WORDS_MAX   4
#define OUTPUT_SIZE 16384

/* Run riskd with these words; %s stands for the folder of the case. */
static int run(const struct rk_rig *rig, const char *const *words,
	       char output[OUTPUT_SIZE])
{
	char riskd[512];
	char text[WORDS_MAX][128];
	char *argv[WORDS_MAX + 2] = {riskd};

	(void)snprintf(riskd, sizeof(riskd), "%s", rk_harness_riskd());
	for (size_t i = 0; i < WORDS_MAX && words[i]; i++) {
		const char *rest = strstr(words[i], "%s");

		if (rest)
			(void)snprintf(text[i], sizeof(text[i]), "%.*s%s%s",
				       (int)(rest - words[i]), words[i],
				       rig->riskd.folder, rest + 2);
		else
			(void)snprintf(text[i], sizeof(text[i]), "%s",
				       words[i]);
		argv[i + 1] = text[i];
	}
	return rk_process_capture(argv, output, OUTPUT_SIZE);
}

struct option_case {
	const char *words[WORDS_MAX + 1];
	int want;
	const char *says; /* somewhere in the output */
};

static void check_options(const struct rk_rig *rig,
			  const struct option_case *cases, size_t n)
{
	static char output[OUTPUT_SIZE];

	for (size_t i = 0; i < n; i++) {
		int code = run(rig, cases[i].words, output);

		CHECK(code == cases[i].want,
		      "case %zu: exit code %d, not %d:\n%s", i, code,
		      cases[i].want, output);
		CHECK(strstr(output, cases[i].says),
		      "case %zu: \"%s\" does not say \"%s\"", i, output,
		      cases[i].says);
	}
}

static void options(struct rk_rig *rig)
{
	static const struct option_case cases[] = {
		{{"--version", NULL}, 0, "riskd " RISKD_VERSION "\n"},
		{{"--help", NULL}, 0, "usage: riskd"},
		{{"-h", NULL}, 0, "--check-config"},
		{{"--nonsense", NULL}, 2, "--nonsense"},
		{{"-x", NULL}, 2, "try: riskd --help"},
		{{"-c", NULL}, 2, "requires an argument"},
		{{"surplus", NULL}, 2, "unexpected argument \"surplus\""},
		{{"--version", "--help", NULL}, 0, "riskd "},
	};

	check_options(rig, cases, N(cases));
}

static void files(struct rk_rig *rig)
{
	static const struct option_case cases[] = {
		{{"-c", "%s/riskd.conf", "--check-config", NULL},
		 0,
		 "limits {"},
		{{"--config", "%s/riskd.conf", "--check-config", NULL},
		 0,
		 "clock = real"},
		{{"--config=%s/riskd.conf", "--check-config", NULL},
		 0,
		 "listen {"},
		{{"-c", "%s/missing.conf", "--check-config", NULL},
		 2,
		 "missing.conf: "},
		{{"-c", "%s/missing.conf", NULL}, 2, "missing.conf: "},
		{{"-c", "%s", NULL}, 2, ": "},
		{{"-c", "%s/markets.json", NULL}, 2, "markets.json:1: "},
	};
	static const struct rk_process_options plain = {0};

	rk_process_prepare(&rig->riskd, &plain);
	check_options(rig, cases, N(cases));
	rk_process_discard(&rig->riskd);
}

/* A wrong line at the end of an otherwise good file. */
struct conf_case {
	const char *line;
	const char *says;
};

static void wrong_files(struct rk_rig *rig)
{
	static const struct conf_case cases[] = {
		{"color = blue\n", "color"},
		{"clock = sometimes\n", "clock"},
		{"limits {\n\taccounts = many\n}\n", "limits.accounts"},
		{"limits {\n\taccounts = 0\n}\n", "limits.accounts"},
		{"limits {\n\tmessage_size = 1\n}\n", "limits.message_size"},
		{"limits {\n\twaiters = 32\n}\n", "below contexts"},
		{"limits {\n\tmarkets = 1\n}\n", "markets"},
		{"risk {\n\ttarget = \"0.9\"\n}\n", "target"},
		{"risk {\n\torder_expiry = \"30\"\n}\n", "risk.order_expiry"},
		{"journal {\n\tkind = tape\n}\n", "tape"},
		{"journal {\n\tsync_dead = 1s\n}\n", "above sync_stall"},
		{"snapshot {\n\tkeep = 1\n}\n", "snapshot.keep"},
		{"events {\n\tkeep_bytes = 1\n}\n", "events.keep_bytes"},
		{"limits {\n", "riskd.conf"},
	};
	static char output[OUTPUT_SIZE];
	static const char *const words[] = {"-c", "%s/riskd.conf", NULL};

	for (size_t i = 0; i < N(cases); i++) {
		struct rk_process_options options = {.settings = cases[i].line};
		int code;

		rk_process_prepare(&rig->riskd, &options);
		code = run(rig, words, output);
		CHECK(code == 2, "\"%s\": exit code %d", cases[i].line, code);
		CHECK(strstr(output, rig->riskd.folder) &&
			      strstr(output, cases[i].says),
		      "\"%s\": \"%s\" names file and key", cases[i].line,
		      output);
		CHECK(!rk_process_left_over(&rig->riskd),
		      "a wrong file leaves nothing behind");
		rk_process_discard(&rig->riskd);
	}
}

static void wrong_markets(struct rk_rig *rig)
{
	static const char *const texts[] = {
		"",
		"nonsense",
		"[]",
		"{}",
		"{\"schema\": 2}",
		"{\"schema\": 1, \"assets\": [], \"markets\": [{}]}"};
	static const struct rk_process_options plain = {0};
	static const char *const words[] = {"-c", "%s/riskd.conf",
					    "--check-config", NULL};
	static char output[OUTPUT_SIZE];

	rk_process_prepare(&rig->riskd, &plain);
	for (size_t i = 0; i < N(texts); i++) {
		char path[64];
		FILE *file;
		int code;

		(void)snprintf(path, sizeof(path), "%s/markets.json",
			       rig->riskd.folder);
		file = fopen(path, "we");
		CHECK(file && fputs(texts[i], file) >= 0 && fclose(file) == 0,
		      "cannot write %s", path);
		code = run(rig, words, output);
		CHECK(code == 2, "\"%s\": exit code %d", texts[i], code);
		CHECK(strstr(output, path), "\"%s\": \"%s\" names %s", texts[i],
		      output, path);
		(void)unlink(path);
	}
	CHECK_EQ(run(rig, words, output), 2);
	CHECK(strstr(output, "markets.json"), "\"%s\" names markets.json",
	      output);
	rk_process_discard(&rig->riskd);
}

/* What --check-config prints is itself a configuration, the same one. */
static void printed_conf(struct rk_rig *rig)
{
	static const struct rk_process_options plain = {0};
	static const char *const words[] = {"-c", "%s/riskd.conf",
					    "--check-config", NULL};
	static char first[OUTPUT_SIZE];
	static char second[OUTPUT_SIZE];
	char path[64];
	FILE *file;

	rk_process_prepare(&rig->riskd, &plain);
	CHECK_EQ(run(rig, words, first), 0);
	(void)snprintf(path, sizeof(path), "%s/riskd.conf", rig->riskd.folder);
	file = fopen(path, "we");
	CHECK(file && fputs(first, file) >= 0 && fclose(file) == 0,
	      "cannot write %s", path);
	CHECK_EQ(run(rig, words, second), 0);
	CHECK(strcmp(first, second) == 0, "printed once:\n%s\ntwice:\n%s",
	      first, second);
	rk_process_discard(&rig->riskd);
}

/* A listener that cannot be: exit 1, as the file is right and the host not. */
static void no_address(struct rk_rig *rig)
{
	static const struct rk_process_options plain = {0};
	static const char *const words[] = {"-c", "%s/riskd.conf", NULL};
	static char output[OUTPUT_SIZE];
	char path[64];
	FILE *file;

	rk_process_prepare(&rig->riskd, &plain);
	(void)snprintf(path, sizeof(path), "%s/riskd.conf", rig->riskd.folder);
	file = fopen(path, "we");
	CHECK(file &&
		      fprintf(file,
			      "markets = \"markets.json\"\n"
			      "journal {\n\tkind = memory\n}\nlisten {\n"
			      "\tprices = {}\n\tingest = {}\n\tevents = {}\n"
			      "\tpublic = {}\n"
			      "\tquery = {\"ipc://%s/none/query.sock\"}\n}\n",
			      rig->riskd.folder) > 0 &&
		      fclose(file) == 0,
	      "cannot write %s", path);
	CHECK_EQ(run(rig, words, output), 1);
	CHECK(strstr(output, "/none/query.sock"), "\"%s\" names the URL",
	      output);
	rk_process_discard(&rig->riskd);
}

int main(int argc, char **argv)
{
	static const struct rk_case cases[] = {
		{"options_do_what_they_say_and_wrong_ones_are_named", options,
		 NULL},
		{"check_config_tells_right_from_wrong", files, NULL},
		{"a_wrong_configuration_is_named_by_file_and_key", wrong_files,
		 NULL},
		{"wrong_markets_are_named_by_file", wrong_markets, NULL},
		{"the_printed_configuration_is_the_same_one", printed_conf,
		 NULL},
		{"an_address_that_cannot_be_is_named", no_address, NULL},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}
