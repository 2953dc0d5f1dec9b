/*
 * What runs the cases of an integration test: each gets a fresh riskd in a
 * folder of its own, and afterwards that daemon must still answer, its books
 * must balance, it must end with exit code 0 and leave nothing behind.
 *
 * A check that does not hold ends the case, from whatever depth, and prints
 * what the daemon logged.
 */
#ifndef RK_INTEGRATION_HARNESS_H
#define RK_INTEGRATION_HARNESS_H

#include <nng/nng.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "process.h"

#define RK_RIG_SOCKETS_MAX 128

/* What a case works with. Sockets in it are closed by the harness. */
struct rk_rig {
	struct rk_process riskd;
	nng_socket sockets[RK_RIG_SOCKETS_MAX];
	size_t sockets_n;
	nng_socket query; /* for the questions every case asks */
	size_t left_open; /* sockets that NNG did not close in time */
	/*
	 * riskd dies under what is dialled from here on: a connection that
	 * ends is not made again. (To close one while NNG tries in vain, again
	 * and again, may hang in NNG 1.5.2.)
	 */
	bool once;
};

struct rk_case {
	const char *name; /* the rule that is proven */
	void (*run)(struct rk_rig *rig);
	/* NULL: the case starts what it needs itself. */
	const struct rk_process_options *options;
};

/*
 * Run the cases, as TAP on stdout. arguments: PROGRAM RISKD [CASE]; with CASE
 * only those whose name contains it. Returns the exit code.
 */
int rk_harness_run(const struct rk_case *cases, size_t n, int argc,
		   char **argv);

/* End the case: it failed, or cannot run here. */
_Noreturn void rk_harness_fail(const char *file, int line, const char *format,
			       ...) __attribute__((format(printf, 3, 4)));
_Noreturn void rk_harness_skip(const char *why);

/* A line of TAP commentary. */
void rk_harness_note(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Path of the riskd under test. */
const char *rk_harness_riskd(void);

#define CHECK(holds, ...)                                                      \
	do {                                                                   \
		if (!(holds))                                                  \
			rk_harness_fail(__FILE__, __LINE__, __VA_ARGS__);      \
	} while (0)

/* Integers of any kind; both are printed when they differ. */
#define CHECK_EQ(got, want)                                                    \
	do {                                                                   \
		long long got_ = (long long)(got);                             \
		long long want_ = (long long)(want);                           \
		if (got_ != want_)                                             \
			rk_harness_fail(__FILE__, __LINE__,                    \
					"%s is %lld, not %lld", #got, got_,    \
					want_);                                \
	} while (0)

/* Until holds is true, at most a minute; then the case fails. */
#define CHECK_SOON(holds)                                                      \
	do {                                                                   \
		int left_ = 6000;                                              \
		while (!(holds) && left_-- > 0)                                \
			rk_process_sleep_ms(10);                               \
		if (left_ <= 0)                                                \
			rk_harness_fail(__FILE__, __LINE__,                    \
					"%s did not come to hold", #holds);    \
	} while (0)

#endif
