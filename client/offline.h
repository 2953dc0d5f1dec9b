/*
 * riskctl: the state folder of a riskd, looked at without that riskd.
 *
 * Nothing here writes or locks, so that it is safe beside a running daemon:
 * then the newest segment grows while it is read, snapshots come and old
 * files go, and the newest file of events belongs to the daemon.
 */
#ifndef CLIENT_OFFLINE_H
#define CLIENT_OFFLINE_H

#include "ctl.h"
#include "engine/hash.h"
#include "store/files.h"
#include "store/journal_file.h"
#include "store/rebuild.h"
#include "store/record.h"

/* Where the folder was said to be; each may be NULL. */
struct ctl_folder {
	const char *dir;    /* an argument */
	const char *state;  /* --state */
	const char *config; /* -c: its key `state` */
};

/* The rows of a verb's options that name the folder. */
#define CTL_FOLDER_OPTIONS(folder)                                             \
	{"state", 0, &(folder)->state, NULL},                                  \
	{                                                                      \
		"config", 'c', &(folder)->config, NULL                         \
	}

/* The same for the table of verbs. */
#define CTL_FOLDER_HELP                                                        \
	"--state DIR       the state folder, in the place of DIR\n"            \
	"-c, --config FILE the riskd.conf that names it "                      \
	"(RISKD_STATE, or\n"                                                   \
	"                  /etc/riskd/riskd.conf)"

/*
 * Open it. CTL_OK, or the exit code after printing what is wrong. *ret_files
 * is released by rk_files_close().
 */
int ctl_folder_open(const struct ctl *ctl, const struct ctl_folder *folder,
		    struct rk_files *ret_files);

/*
 * The same for a verb that takes the folder and nothing else, from its
 * arguments.
 */
int ctl_folder_only(const struct ctl *ctl, int argc, char **argv,
		    struct rk_files *ret_files);

/*
 * rk_journal_scan(), once more when it finds damage: beside a running daemon
 * a frame may be seen half written, or a file go away. again (may be NULL) is
 * called before the second reading, with the scan's context.
 */
int ctl_journal_scan(const struct rk_journal_scan *scan,
		     void (*again)(void *context),
		     struct rk_journal_end *ret_end,
		     char error[RK_JOURNAL_TEXT_SIZE]);

/*
 * First command of the oldest segment: 0 and *ret_first (0: there is no
 * segment), or -errno.
 */
int ctl_journal_first(const struct rk_files *files, uint64_t *ret_first);

/*
 * rk_rebuild(), once more when it finds damage before the first command was
 * applied. Limits are found in the files.
 */
int ctl_rebuild(const struct rk_rebuild_options *options,
		struct rk_rebuilt *ret_rebuilt,
		char error[RK_REBUILD_TEXT_SIZE]);

/*
 * What an empty engine begins with: the journal's second command says so, but
 * where it does not, limits are still what they were at the oldest snapshot.
 * One of everything when there is no snapshot.
 */
struct rk_cmd_limits ctl_find_limits(const struct rk_files *files);

/* One of everything: tables grow to what is found in the files. */
const struct rk_cmd_limits *ctl_smallest_limits(void);

/*
 * One snapshot into an engine of at least that size, all of it checked: 0 and
 * *ret_rebuilt, whose memory is the caller's, or -errno with error, which
 * names the file.
 */
int ctl_load(const struct rk_files *files, uint64_t seq,
	     const struct rk_cmd_limits *max, struct rk_rebuilt *ret_rebuilt,
	     char error[RK_REBUILD_TEXT_SIZE]);

/* Room for the largest record there may be. 0 or -ENOMEM. */
int ctl_room_open(struct rk_record_room *ret_room);
void ctl_room_close(struct rk_record_room *room); /* zeroed is fine */

/*
 * Sequences of all snapshots, newest first: 0, *ret_n of them in *ret_seqs
 * (for free()), or -errno.
 */
int ctl_snapshots(const struct rk_files *files, uint64_t **ret_seqs,
		  int *ret_n);

/* 32 hex digits; buf of CTL_HEX_SIZE. Returns buf. */
#define CTL_HEX_SIZE 33
const char *ctl_hex_hash(struct rk_hash hash, char buf[CTL_HEX_SIZE]);
const char *ctl_hex_bytes(const unsigned char bytes[16],
			  char buf[CTL_HEX_SIZE]);

#endif
