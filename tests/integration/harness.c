/*
 * Running cases. See harness.h.
 */
#include "harness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

enum verdict {
	PASSED = 0,
	FAILED = 1,
	SKIPPED = 2
};

/*
 * The case that runs. A check deep inside must be able to end it, and a test
 * program runs one case at a time: so there is one of these.
 */
static struct {
	jmp_buf end;
	enum verdict verdict;
	const char *riskd;
	const char *why; /* skipped */
	size_t left_open;
	struct rk_rig rig;
} running;

/*
 * What NNG itself forgets when a peer goes away is not what these programs
 * are for; riskd is not linked with this and is judged strictly.
 */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *
__lsan_default_suppressions(void)
{
	return "leak:libnng\n";
}

const char *rk_harness_riskd(void)
{
	return running.riskd;
}

/* TAP commentary: every line of the text begins with a mark. */
__attribute__((format(printf, 1, 0))) static void
print_comment(const char *format, va_list arguments)
{
	char text[4096];

	(void)vsnprintf(text, sizeof(text), format, arguments);
	for (const char *at = text; *at != '\0'; at++) {
		(void)putchar(*at);
		if (*at == '\n')
			(void)fputs("# ", stdout);
	}
	(void)putchar('\n');
}

void rk_harness_note(const char *format, ...)
{
	va_list arguments;

	(void)fputs("# ", stdout);
	va_start(arguments, format);
	print_comment(format, arguments);
	va_end(arguments);
}

void rk_harness_fail(const char *file, int line, const char *format, ...)
{
	va_list arguments;

	(void)printf("# %s:%d: ", file, line);
	va_start(arguments, format);
	print_comment(format, arguments);
	va_end(arguments);
	running.verdict = FAILED;
	longjmp(running.end, 1);
}

void rk_harness_skip(const char *why)
{
	running.why = why;
	running.verdict = SKIPPED;
	longjmp(running.end, 1);
}

/* Every line of what the daemon said, as TAP commentary. */
static void print_log(const struct rk_rig *rig)
{
	char path[64];
	char line[512];
	FILE *file;

	if (rig->riskd.folder[0] == '\0')
		return;
	(void)snprintf(path, sizeof(path), "%s/log", rig->riskd.folder);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		(void)printf("# riskd: %s", line);
	(void)fclose(file);
}

/* What must hold at the end of every case whose daemon still runs. */
static void finish(struct rk_rig *rig)
{
	const char *left;

	if (rig->riskd.pid <= 0)
		return;
	rk_wire_check_sound(rig);
	rk_wire_close_all(rig);
	rk_process_signal(&rig->riskd, SIGTERM);
	CHECK_EQ(rk_process_wait(&rig->riskd), 0);
	left = rk_process_left_over(&rig->riskd);
	CHECK(!left, "riskd left %s behind", left);
}

static void run_case(const struct rk_case *test, struct rk_rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	if (test->options) {
		rk_process_prepare(&rig->riskd, test->options);
		rk_process_start(&rig->riskd);
		rk_wire_open_query(rig);
	}
	test->run(rig);
	finish(rig);
}

/* Returns 1 when the case failed. */
static int judge_case(const struct rk_case *test, size_t number)
{
	bool failed;
	bool skipped;

	running.verdict = PASSED;
	if (setjmp(running.end) == 0)
		run_case(test, &running.rig);

	failed = running.verdict == FAILED;
	skipped = running.verdict == SKIPPED;
	if (failed)
		print_log(&running.rig);
	rk_wire_close_all(&running.rig);
	running.left_open += running.rig.left_open;
	rk_process_discard(&running.rig.riskd);
	(void)printf("%s %zu - %s%s%s\n", failed ? "not ok" : "ok", number,
		     test->name, skipped ? " # SKIP " : "",
		     skipped ? running.why : "");
	return failed;
}

int rk_harness_run(const struct rk_case *cases, size_t n, int argc, char **argv)
{
	size_t number = 0;
	int failed = 0;

	if (argc < 2 || argc > 3) {
		(void)fprintf(stderr, "usage: %s RISKD [CASE]\n", argv[0]);
		return 2;
	}
	running.riskd = argv[1];
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	/* A connection that riskd ends is no reason to die. */
	(void)signal(SIGPIPE, SIG_IGN);

	for (size_t i = 0; i < n; i++)
		if (argc < 3 || strstr(cases[i].name, argv[2]))
			failed += judge_case(&cases[i], ++number);
	(void)printf("1..%zu\n", number);
	/* It would wait for what is left open. */
	if (running.left_open == 0)
		nng_fini();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
