/*
 * What RK_ASSERT calls in a unit test: say what failed, and abort, which is
 * what a test that expects it waits for (.signal = SIGABRT).
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/assert.h"

_Noreturn void rk_panic(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
	abort();
}
