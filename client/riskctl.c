/*
 * riskctl: the command line of riskd. Global options, help, and the way to
 * the verb; the verbs are in cmd_*.c and their table in ctl_verbs.c.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl_out.h"
#include "engine/assert.h"
#include "ops/suggest.h"

#define SERVER_DEFAULT "ipc:///run/riskd/query.sock"
#define TIMEOUT_MS     5000
#define WORDS_MAX      64 /* verbs and global options, for suggestions */

/* What the engine calls that the offline verbs link, for a bug of ours. */
_Noreturn void rk_panic(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "riskctl: bug: %s does not hold at %s:%d\n", what,
		      file, line);
	abort();
}

/* The global options as given. */
struct globals {
	const char *server;
	const char *output;
	const char *timeout;
	const char *client;
	const char *client_seq;
	bool json;
	bool quiet;
	bool no_color;
	bool version;
	bool help;
};

static const char global_help[] =
	"Global options, anywhere on the line:\n"
	"  -s, --server URL    the daemon's query socket (" SERVER_DEFAULT ",\n"
	"                      or what RISKCTL_SERVER says)\n"
	"  -o, --output FORM   table, json (one object per line) or csv\n"
	"      --json          the same as -o json\n"
	"      --timeout TIME  of each request, like 500ms or 5s (5s)\n"
	"      --client NAME   who sends the commands (user and host)\n"
	"      --client-seq N  number of the command, to repeat one whose\n"
	"                      outcome is not known\n"
	"  -q, --quiet         say nothing but errors and data\n"
	"      --no-color      no colours, as with NO_COLOR set\n"
	"      --version       print the version\n"
	"  -h, --help          of riskctl, of a group, of a verb\n"
	"\n"
	"Exit codes: 0 ok, 1 refused, 2 wrong usage, 3 unreachable,\n"
	"4 no answer in time, 5 unhealthy (status).\n";

/* The row of a global option that takes a value; NULL: it is no such. */
static const char **find_value(struct globals *globals, const char *name,
			       size_t n)
{
	const struct {
		const char *name;
		const char **value;
	} options[] = {
		{"-s", &globals->server},
		{"--server", &globals->server},
		{"-o", &globals->output},
		{"--output", &globals->output},
		{"--timeout", &globals->timeout},
		{"--client", &globals->client},
		{"--client-seq", &globals->client_seq},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (strlen(options[i].name) == n &&
		    !strncmp(options[i].name, name, n))
			return options[i].value;
	return NULL;
}

static bool *find_flag(struct globals *globals, const char *name)
{
	const struct {
		const char *name;
		bool *flag;
	} options[] = {
		{"--json", &globals->json},
		{"-q", &globals->quiet},
		{"--quiet", &globals->quiet},
		{"--no-color", &globals->no_color},
		{"--version", &globals->version},
		{"-h", &globals->help},
		{"--help", &globals->help},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (!strcmp(options[i].name, name))
			return options[i].flag;
	return NULL;
}

/* Take the global options out of argv; *ret_argc is what remains. */
static int take_globals(const struct ctl *ctl, struct globals *globals,
			int argc, char **argv, int *ret_argc)
{
	int n = 1;

	for (int i = 1; i < argc; i++) {
		bool *flag = find_flag(globals, argv[i]);
		size_t length = strcspn(argv[i], "=");
		const char **value = find_value(globals, argv[i], length);

		if (!strcmp(argv[i], "--")) {
			while (i < argc)
				argv[n++] = argv[i++];
		} else if (flag) {
			*flag = true;
		} else if (value && argv[i][length] && argv[i][1] == '-') {
			*value = argv[i] + length + 1;
		} else if (value && !argv[i][length]) {
			if (i + 1 == argc)
				return ctl_usage_error(ctl, "%s needs a value",
						       argv[i]);
			*value = argv[++i];
		} else {
			argv[n++] = argv[i];
		}
	}
	*ret_argc = n;
	return CTL_OK;
}

static int apply_globals(struct ctl *ctl, const struct globals *globals)
{
	const char *server = getenv("RISKCTL_SERVER");
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	int rc = CTL_OK;

	ctl->server = globals->server ? globals->server : server;
	if (!ctl->server || !*ctl->server)
		ctl->server = SERVER_DEFAULT;
	ctl->client = globals->client;
	ctl->quiet = globals->quiet;
	ctl->timeout_ms = TIMEOUT_MS;
	if (globals->timeout)
		rc = ctl_read_duration(ctl, "--timeout", globals->timeout,
				       &ctl->timeout_ms);
	if (rc == CTL_OK && globals->client_seq)
		rc = ctl_read_u64(ctl, "--client-seq", globals->client_seq,
				  &ctl->client_seq);
	if (rc)
		return rc;
	if (globals->json ||
	    (globals->output && !strcmp(globals->output, "json")))
		ctl->output = CTL_JSON;
	else if (globals->output && !strcmp(globals->output, "csv"))
		ctl->output = CTL_CSV;
	else if (globals->output && strcmp(globals->output, "table") != 0)
		return ctl_usage_error(ctl,
				       "-o \"%s\": must be table, json or csv",
				       globals->output);
	ctl->terminal = isatty(STDOUT_FILENO);
	ctl->progress = isatty(STDERR_FILENO) && !ctl->quiet;
	ctl->color = ctl->terminal && !globals->no_color &&
		     !(no_color && *no_color) &&
		     !(term && !strcmp(term, "dumb"));
	return CTL_OK;
}

/* Indent each line of a text. */
static void print_lines(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		(void)printf("  %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void print_verb_line(const struct ctl_verb *verb)
{
	char words[64];

	(void)snprintf(words, sizeof(words), "%s%s%s", verb->group,
		       *verb->sub ? " " : "", verb->sub);
	(void)printf("  %-18s %s\n", words, verb->summary);
}

static void print_verb_help(const struct ctl_verb *verb)
{
	(void)printf("riskctl %s%s%s%s%s\n\n%c%s.\n", verb->group,
		     *verb->sub ? " " : "", verb->sub, *verb->usage ? " " : "",
		     verb->usage, toupper((unsigned char)*verb->summary),
		     verb->summary + 1);
	if (verb->options) {
		(void)printf("\nOptions:\n");
		print_lines(verb->options);
	}
	(void)printf("\nExamples:\n");
	print_lines(verb->example);
	(void)printf("\nGlobal options: riskctl --help\n");
}

/* group NULL: everything. */
static void print_help(const char *group)
{
	(void)printf("riskctl %s ...\n\n%s\n", group ? group : "VERB",
		     group ? "Verbs:"
			   : "The command line of riskd, the margin and "
			     "liquidation engine.\n\nVerbs (riskctl VERB "
			     "--help tells more):");
	for (const struct ctl_verb *verb = ctl_verbs; verb->group; verb++)
		if (!group || !strcmp(group, verb->group))
			print_verb_line(verb);
	if (group)
		(void)printf("\nriskctl %s VERB --help tells more.\n", group);
	else
		(void)printf("\n%s", global_help);
}

/* The verb of one or two words; *ret_words is how many it takes. */
static const struct ctl_verb *find_verb(int argc, char **argv, int *ret_words)
{
	for (const struct ctl_verb *verb = ctl_verbs; verb->group; verb++) {
		if (strcmp(verb->group, argv[1]) != 0)
			continue;
		*ret_words = *verb->sub ? 2 : 1;
		if (!*verb->sub || (argc > 2 && !strcmp(verb->sub, argv[2])))
			return verb;
	}
	return NULL;
}

/* Words that could stand where an unknown one does. */
static const char *suggest(const char *group, const char *typed)
{
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (const struct ctl_verb *verb = ctl_verbs;
	     verb->group && n < WORDS_MAX; verb++)
		if (!group || !strcmp(verb->group, group))
			words[n++] = group ? verb->sub : verb->group;
	return rk_suggest_nearest(words, n, typed);
}

static bool is_group(const char *word)
{
	for (const struct ctl_verb *verb = ctl_verbs; verb->group; verb++)
		if (!strcmp(verb->group, word))
			return true;
	return false;
}

static int unknown_verb(struct ctl *ctl, int argc, char **argv)
{
	bool group = is_group(argv[1]);
	const char *near;

	if (group)
		ctl->verb = argv[1];
	if (group && argc < 3)
		return ctl_usage_error(ctl, "which of its verbs?");
	if (argv[group ? 2 : 1][0] == '-')
		return ctl_usage_error(ctl, "no option \"%s\" here",
				       argv[group ? 2 : 1]);
	near = suggest(group ? argv[1] : NULL, argv[group ? 2 : 1]);
	if (near)
		return ctl_usage_error(ctl, "no verb \"%s\": did you mean %s?",
				       argv[group ? 2 : 1], near);
	return ctl_usage_error(ctl, "no verb \"%s\"", argv[group ? 2 : 1]);
}

static int dispatch(struct ctl *ctl, const struct globals *globals, int argc,
		    char **argv)
{
	const struct ctl_verb *verb;
	char name[64];
	int words = 0;
	int rc;

	if (globals->version) {
		(void)printf("riskctl %s\n", RISKD_VERSION);
		return CTL_OK;
	}
	if (argc < 2) {
		if (!globals->help)
			return ctl_usage_error(ctl, "what to do?");
		print_help(NULL);
		return CTL_OK;
	}
	verb = find_verb(argc, argv, &words);
	if (!verb && globals->help && is_group(argv[1]) && argc == 2) {
		print_help(argv[1]);
		return CTL_OK;
	}
	if (!verb)
		return unknown_verb(ctl, argc, argv);
	if (globals->help) {
		print_verb_help(verb);
		return CTL_OK;
	}
	(void)snprintf(name, sizeof(name), "%s%s%s", verb->group,
		       *verb->sub ? " " : "", verb->sub);
	ctl->verb = name;
	ctl->usage = verb->usage;
	rc = verb->run(ctl, argc - words, argv + words);
	ctl->verb = "";
	return rc;
}

int main(int argc, char **argv)
{
	struct ctl ctl = {.verb = ""};
	struct globals globals = {0};
	int rc = take_globals(&ctl, &globals, argc, argv, &argc);

	if (rc == CTL_OK)
		rc = apply_globals(&ctl, &globals);
	if (rc == CTL_OK)
		rc = dispatch(&ctl, &globals, argc, argv);
	risk_close(ctl.risk);
	if (fflush(stdout) || ferror(stdout)) {
		(void)fprintf(stderr, "riskctl: standard output: %s\n",
			      strerror(errno));
		return rc ? rc : CTL_REFUSED;
	}
	return rc;
}
