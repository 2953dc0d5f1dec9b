/*
 * The simulated clock tells the daemon what a real one would: never a step
 * back, whatever is done to the time of day.
 */
#include "app/core.h"
#include "clock.h"
#include "tap.h"

#define DAY_NS INT64_C(86400000000000)

static bool time_goes_on_with_the_monotonic_clock(void)
{
	struct rk_clock clock;

	sim_clock_begin(20 * DAY_NS);
	rk_clock_start(&clock, 0);
	TAP_CHECK(rk_clock_now(&clock) == 20 * DAY_NS);
	sim_clock_advance(5);
	TAP_CHECK(rk_clock_now(&clock) == 20 * DAY_NS + 5);
	sim_clock_jump(-3 * DAY_NS);
	TAP_CHECK(rk_clock_now(&clock) == 20 * DAY_NS + 5);
	TAP_CHECK(sim_clock_real() == 17 * DAY_NS + 5);
	return true;
}

static bool a_start_never_goes_behind_the_journal(void)
{
	struct rk_clock clock;
	uint64_t monotonic;

	sim_clock_begin(20 * DAY_NS);
	sim_clock_advance(1000);
	monotonic = rk_clock_monotonic();
	sim_clock_reboot();
	TAP_CHECK(rk_clock_monotonic() < monotonic);
	rk_clock_start(&clock, 21 * DAY_NS);
	TAP_CHECK(rk_clock_now(&clock) == 21 * DAY_NS);
	rk_clock_start(&clock, 19 * DAY_NS);
	TAP_CHECK(rk_clock_now(&clock) == 20 * DAY_NS + 1000);
	return true;
}

int main(void)
{
	static const struct tap_test tests[] = {
		{"time_goes_on_with_the_monotonic_clock",
		 time_goes_on_with_the_monotonic_clock},
		{"a_start_never_goes_behind_the_journal",
		 a_start_never_goes_behind_the_journal},
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
