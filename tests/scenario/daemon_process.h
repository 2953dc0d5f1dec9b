/*
 * A riskd of our own: in a new folder, with files written from a listing. It
 * ends when we do.
 */
#ifndef SCN_DAEMON_PROCESS_H
#define SCN_DAEMON_PROCESS_H

#include <sys/types.h>

#include "listing.h"

struct scn_process {
	char folder[64]; /* "": not made */
	char query_url[128];
	pid_t pid; /* 0: not running */
};

/*
 * Write the files and start program. It may not listen yet when this returns.
 * 0 or -errno with *error. In any case release with scn_process_stop.
 */
int scn_process_start(struct scn_process *process, const char *program,
		      const struct scn_listing *listing,
		      struct rk_error *error);

/*
 * Ask it to stop, wait, and start it on what is listed now, in the same
 * folder. The same.
 */
int scn_process_restart(struct scn_process *process, const char *program,
			const struct scn_listing *listing,
			struct rk_error *error);

/* Has it ended by itself? */
bool scn_process_has_ended(struct scn_process *process);

/*
 * Ask it to stop, wait, and remove the folder. 0, or -ECHILD when it did not
 * end with exit code 0.
 */
int scn_process_stop(struct scn_process *process, struct rk_error *error);

#endif
