/*
 * A table of named checks, printed as TAP: for the tests of the simulator's
 * own parts, which are plain programs without Criterion.
 */
#ifndef SIM_TAP_H
#define SIM_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct tap_test {
	const char *name;
	bool (*holds)(void);
};

/* In a check that gives bool: say where it failed, and that it did. */
#define TAP_CHECK(condition)                                                   \
	do {                                                                   \
		if (!(condition)) {                                            \
			(void)printf("# %s:%d: %s\n", __FILE__, __LINE__,      \
				     #condition);                              \
			return false;                                          \
		}                                                              \
	} while (0)

/* Run all; the exit code of the program. */
int tap_run(const struct tap_test *tests, size_t n);

#endif
