/*
 * The audit, run beside everything else: between two turns of the loop some
 * accounts are compared with what exact judgement says of them
 * (engine/audit.h), so many that each account comes up once in margin.audit. An
 * account that differs is counted, logged, and rechecked: the command RECHECK
 * is journaled, judges it exactly, does what follows, and makes its ranges
 * anew.
 *
 * A state that differs also means that events are missing that a replay of the
 * journal brings: the snapshot that is asked for is what a start goes on from.
 */
#ifndef RK_APP_RECHECKER_H
#define RK_APP_RECHECKER_H

#include "app/core.h"

/* Returns 0 or -ENOMEM. */
int rk_rechecker_init(struct rk_core *core);
/* NULL and zeroed memory is fine. */
void rk_rechecker_fini(struct rk_core *core);

/*
 * At the end of a turn, when its group is with the journal: look at what is
 * due, at most RK_RECHECKER_SLICE accounts and for about 50 us. True when more
 * of them are due already.
 */
#define RK_RECHECKER_SLICE 32
bool rk_rechecker_turn(struct rk_core *core);

#endif
