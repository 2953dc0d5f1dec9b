/*
 * The clocks of libc, for a program in which time is simulated: what the
 * program defines itself is taken before libc's. Whatever measures how long
 * something took, or stamps a file or a log line, sees simulated time.
 */
#include <time.h>

#include "app/core.h"
#include "clock.h"

#define NS_PER_S 1000000000

int clock_gettime(clockid_t id, struct timespec *now)
{
	int64_t ns = id == CLOCK_REALTIME ? sim_clock_real()
					  : (int64_t)rk_clock_monotonic();

	now->tv_sec = (time_t)(ns / NS_PER_S);
	now->tv_nsec = (long)(ns % NS_PER_S);
	return 0;
}
