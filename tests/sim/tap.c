/*
 * Running a table of checks. See tap.h. Each line is out before the next
 * check begins, so that a crash shows which one it was.
 */
#include "tap.h"

#include <stdlib.h>

int tap_run(const struct tap_test *tests, size_t n)
{
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		bool good = tests[i].holds();

		all = all && good;
		(void)printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1,
			     tests[i].name);
		(void)fflush(stdout);
	}
	(void)printf("1..%zu\n", n);
	return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
