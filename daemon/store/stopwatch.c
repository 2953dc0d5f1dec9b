/*
 * How long something took. See stopwatch.h.
 */
#include "store/stopwatch.h"

#include <time.h>

uint64_t rk_stopwatch_ns(void)
{
	struct timespec now = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) +
	       (uint64_t)now.tv_nsec;
}
