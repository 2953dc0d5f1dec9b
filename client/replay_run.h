/*
 * A replay from the first instant to the last: what is sent, and when.
 *
 * Within one instant: fills held back whose window ends, ledger rows,
 * recorded liquidations, one price batch, fills, then the gateway until it
 * has nothing more to do. All of it carries the time of the rows.
 */
#ifndef RK_CLIENT_REPLAY_RUN_H
#define RK_CLIENT_REPLAY_RUN_H

#include "replay_feed.h"
#include "replay_gateway.h"
#include "replay_judge.h"
#include "replay_link.h"
#include "replay_tally.h"

/* Which fills move the mark of their market. */
enum rk_replay_marks {
	RK_REPLAY_MARKS_NONE,
	RK_REPLAY_MARKS_ALL,
	/* All but withheld ones and, of the same trade, the other side. */
	RK_REPLAY_MARKS_OUTSIDE,
};

struct rk_replay_options {
	struct rk_replay_files files;
	const char *accounts; /* file; NULL: none */
	const char *map;
	const char *ledger_asset;
	const char *publisher;
	const char *venue;
	int64_t from_ns;
	int64_t to_ns;
	int64_t speed_milli; /* 1000: real time; 0: as fast as it goes */
	bool execute;
	struct rk_replay_gateway_options gateway;
	struct rk_replay_judge_options judge;
	enum rk_replay_marks marks;
};

struct rk_replay_result {
	uint64_t rows;
	int64_t first_ns;
	int64_t last_ns;
	uint64_t fills;  /* of the files */
	uint64_t ledger; /* rows */
	uint64_t instants;
	uint64_t orders_left; /* of this run, still open at the end */
	uint32_t orders_open; /* at the daemon */
	uint32_t accounts;    /* at the daemon */
	uint32_t by_state[RK_REPLAY_STATES];
	uint64_t wall_ns;
	/* Accounts of the run, as the daemon says at the end. */
	uint32_t below_zero;      /* equity */
	uint32_t below_zero_flat; /* and no position: these are BANKRUPT */
	uint32_t bankrupt;
	struct rk_replay_tally tally;
	struct rk_replay_sent sent;
	struct rk_replay_watched watched;
	bool books_balance; /* to the last unit, counted afresh */
	char state_digest[40];
	char event_digest[40];
};

struct rk_replay_run;

/* What the run tells while it goes on; any of them may be NULL. */
struct rk_replay_hooks {
	void *arg;
	void (*event)(void *arg, const Riskd__Event *event);
	void (*refused)(void *arg, const Riskd__Command *command, int code,
			int64_t time_ns);
	void (*progress)(void *arg, const struct rk_replay_run *run,
			 int64_t time_ns);
};

/*
 * Read and check all files and make ready; nothing is sent yet but the names
 * of publisher and venue. All arguments are borrowed until close. Returns 0
 * and *ret_run, owned by the caller, or negative after telling error.
 */
int rk_replay_run_open(struct risk *risk,
		       const struct rk_replay_options *options,
		       const struct rk_replay_hooks *hooks,
		       struct rk_replay_error *error,
		       struct rk_replay_run **ret_run);

/* Takes NULL. */
void rk_replay_run_close(struct rk_replay_run *run);

/* Send everything. 0, or negative after telling error. */
int rk_replay_run_all(struct rk_replay_run *run,
		      struct rk_replay_result *ret_result);

/* For hooks and reports. */
void rk_replay_run_extent(const struct rk_replay_run *run,
			  struct rk_replay_extent *ret_extent);
const struct rk_replay_tally *
rk_replay_run_tally(const struct rk_replay_run *run);
const struct rk_replay_sent *
rk_replay_run_sent(const struct rk_replay_run *run);
const struct rk_replay_users *
rk_replay_run_users(const struct rk_replay_run *run);
const struct rk_replay_judge *
rk_replay_run_judge(const struct rk_replay_run *run);

#endif
