/*
 * Time: real time at start, or the journaled time if later, and from then on
 * the monotonic clock (the one that goes on while the host sleeps). It never
 * steps back, whatever happens to the host's time of day.
 */
#include <time.h>

#include "app/core.h"

#define NS_PER_S INT64_C(1000000000)

static int64_t read_clock(clockid_t id)
{
	struct timespec now = {0, 0};

	(void)clock_gettime(id, &now); /* cannot fail for these clocks */
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

uint64_t rk_clock_monotonic(void)
{
	return (uint64_t)read_clock(CLOCK_BOOTTIME);
}

void rk_clock_start(struct rk_clock *clock, int64_t journaled_ns)
{
	int64_t real_ns = read_clock(CLOCK_REALTIME);

	clock->base_ns = real_ns > journaled_ns ? real_ns : journaled_ns;
	clock->start_ns = rk_clock_monotonic();
}

int64_t rk_clock_now(const struct rk_clock *clock)
{
	return clock->base_ns +
	       (int64_t)(rk_clock_monotonic() - clock->start_ns);
}
