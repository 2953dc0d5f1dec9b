/*
 * Texts of markets.json for tests: written with ' for ", read or refused.
 */
#ifndef RK_UNIT_MARKETS_RIG_H
#define RK_UNIT_MARKETS_RIG_H

#include "ops/markets.h"

/* What the format gives, with each ' as ". Valid until the next call. */
__attribute__((format(printf, 1, 2))) const char *rig_text(const char *format,
							   ...);

/* It is read, or the test has failed. The caller frees it. */
struct rk_markets *rig_parsed(const char *text);

/* It is refused with just this message; what tells a case from the others. */
void rig_refused(const char *text, const char *message, const char *what);

#endif
