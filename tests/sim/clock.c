/*
 * What the daemon is told the time is. See clock.h.
 */
#include "clock.h"

#include "app/core.h"

#define UP_NS UINT64_C(5000000000) /* a machine is up a while before us */

/* The daemon's clock calls have no context. */
static int64_t real_now;
static uint64_t monotonic_now;

void sim_clock_begin(int64_t real_ns)
{
	real_now = real_ns;
	monotonic_now = UP_NS;
}

void sim_clock_advance(uint64_t ns)
{
	real_now += (int64_t)ns;
	monotonic_now += ns;
}

void sim_clock_jump(int64_t ns)
{
	real_now += ns;
}

void sim_clock_reboot(void)
{
	monotonic_now = UP_NS;
}

int64_t sim_clock_real(void)
{
	return real_now;
}

uint64_t rk_clock_monotonic(void)
{
	return monotonic_now;
}

void rk_clock_start(struct rk_clock *clock, int64_t journaled_ns)
{
	clock->base_ns = real_now > journaled_ns ? real_now : journaled_ns;
	clock->start_ns = monotonic_now;
}

int64_t rk_clock_now(const struct rk_clock *clock)
{
	return clock->base_ns + (int64_t)(monotonic_now - clock->start_ns);
}
