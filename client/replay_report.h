/*
 * What `riskctl replay` prints at the end: the summary and, with recorded
 * liquidations, the table of cases.
 */
#ifndef RK_CLIENT_REPLAY_REPORT_H
#define RK_CLIENT_REPLAY_REPORT_H

#include "ctl.h"
#include "replay_run.h"

/*
 * Print the cases, when there are any, and the summary. Returns an exit code:
 * CTL_REFUSED when a command was refused, a tick was dropped, an event was
 * lost, doubled or late, or the books do not balance.
 */
int rk_replay_report(const struct ctl *ctl, const struct rk_replay_run *run,
		     const struct rk_replay_result *result);

/*
 * Write which user has which account, as CSV. 0, or -errno after telling
 * error.
 */
int rk_replay_report_accounts(const char *path,
			      const struct rk_replay_users *users,
			      struct rk_replay_error *error);

#endif
