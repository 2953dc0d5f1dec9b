/*
 * Rules of a property test, as TAP. See rules.h.
 */
#include "rules.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

int rules_report(const struct rules *rules, uint64_t seed)
{
	int failed = 0;

	(void)printf("1..%d\n", rules->n);
	for (int i = 0; i < rules->n; i++) {
		bool good = rules->broken[i] == 0 && rules->held[i] > 0;

		(void)printf("# seed %" PRIu64 ": %" PRIu64 " held, %" PRIu64
			     " broken\n%s %d - %s\n",
			     seed, rules->held[i], rules->broken[i],
			     good ? "ok" : "not ok", i + 1, rules->texts[i]);
		failed += !good;
	}
	return failed > 0;
}
