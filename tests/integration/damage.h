/*
 * The files of a real run, to be damaged in every kind of place: riskd must
 * come back to the very state and the very events it had, or refuse to start
 * with one line that says which file, where, and what to do.
 */
#ifndef RK_INTEGRATION_DAMAGE_H
#define RK_INTEGRATION_DAMAGE_H

#include "folder.h"
#include "wire.h"

#define RK_DAMAGE_TEXTS_MAX 4

enum rk_outcome {
	RK_SAME,    /* the same state, the same events */
	RK_LATER,   /* the same state, but the oldest events are gone */
	RK_SHORTER, /* what was written last is gone, and nobody can tell */
	RK_UNREAD,  /* the same state; reading all events is refused */
	RK_REFUSED  /* exit code 1, and nothing has changed */
};

/* The folder to be damaged, and what is in it. */
struct rk_site {
	const char *folder;
	struct rk_folder_names journal;
	struct rk_folder_names snapshot;
	struct rk_folder_names events; /* all but the newest are sealed */
	size_t needed; /* the first segment that recovery reads */
};

struct rk_damage {
	const char *name;
	void (*harm)(const struct rk_site *site);
	enum rk_outcome outcome;
	/* What riskd must say of it, in its log. */
	const char *says[RK_DAMAGE_TEXTS_MAX];
};

/*
 * Make such files by a run under load, which is then killed; they stay with
 * the process as its `kept`: three snapshots and files of events, and all of
 * the journal. ret_site may be NULL.
 */
void rk_damage_make(struct rk_rig *rig, struct rk_site *ret_site);

/* Each kind of damage in a copy of its own, all of them in one case. */
void rk_damage_check(struct rk_rig *rig, const struct rk_damage *damages,
		     size_t n);

/* The files themselves, counted from the oldest. */
struct rk_folder_file rk_damage_segment(const struct rk_site *site, size_t i);
struct rk_folder_file rk_damage_newest(const struct rk_site *site);
struct rk_folder_file rk_damage_snapshot(const struct rk_site *site, size_t i);
struct rk_folder_file rk_damage_events(const struct rk_site *site, size_t i);

/* Byte at which a frame begins, that far (in hundredths) among all of them. */
uint64_t rk_damage_frame(const struct rk_folder_file *segment, uint64_t part);

#endif
