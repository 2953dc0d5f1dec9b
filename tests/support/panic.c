/*
 * rk_panic() for test programs that do not bring their own: say what failed
 * and stop, so that a debugger or a core file shows where.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/assert.h"

_Noreturn void rk_panic(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line,
		      what);
	abort();
}
