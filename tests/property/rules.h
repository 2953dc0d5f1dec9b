/*
 * What a property test says at its end: each rule with how often it held.
 */
#ifndef RK_PROPERTY_RULES_H
#define RK_PROPERTY_RULES_H

#include <stdint.h>

struct rules {
	int n;
	const char *const *texts;
	const uint64_t *held;
	const uint64_t *broken;
};

/*
 * TAP lines. A rule that never came up has not held either. Returns the exit
 * code: 0 when all are good.
 */
int rules_report(const struct rules *rules, uint64_t seed);

#endif
