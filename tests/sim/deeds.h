/*
 * What happened in a run, counted: what was done and what struck. A batch of
 * many seeds in which something never happened proves nothing about it.
 */
#ifndef SIM_DEEDS_H
#define SIM_DEEDS_H

/* X(NAME, text) */
#define SIM_DEED_MAP(X)                                                        \
	X(SEEDS, "seeds")                                                      \
	X(COMMANDS, "commands in the journal")                                 \
	X(REJECTED, "commands that were refused")                              \
	X(EVENTS, "events")                                                    \
	X(ORDERS, "liquidation orders opened")                                 \
	X(AUDITED, "commands predicted by the auditor")                        \
	X(TURNS, "turns")                                                      \
	X(TICKS, "ticks")                                                      \
	X(ROUNDS, "rounds of the ladder's audit")                              \
	X(STARTS, "starts")                                                    \
	X(REPLAYED, "commands replayed at start")                              \
	X(CRASHES, "crashes")                                                  \
	X(CRASHED_START, "crashes while starting")                             \
	X(CRASHED_STOP, "crashes while stopping")                              \
	X(CRASHED_SNAPSHOT, "crashes while a snapshot was under way")          \
	X(FAILED, "runs ended by a disk that failed")                          \
	X(FAILED_START, "starts ended by a disk that failed")                  \
	X(STALLED, "disks that stalled")                                       \
	X(DEAD, "runs ended by a disk that was dead")                          \
	X(STOPPED, "graceful stops")                                           \
	X(KEPT, "events kept over a crash")                                    \
	X(KEPT_REFUSED, "starts with events that could not be kept")           \
	X(NOTHING_TO_REPLAY, "starts with nothing to replay")                  \
	X(TORN, "torn ends of the journal dropped")                            \
	X(FORGOTTEN, "commands lost that nobody was told of")                  \
	X(UNTOLD, "commands recovered that nobody was told of")                \
	X(SNAPSHOTS, "snapshots committed")                                    \
	X(SNAPSHOTS_FAILED, "snapshots that failed")                           \
	X(COPIED_BEFORE, "units copied before they changed")                   \
	X(SNAPSHOTS_ASKED, "snapshots asked for and answered")                 \
	X(OLDER, "states rebuilt from an older snapshot")                      \
	X(FROM_FIRST, "states rebuilt from the first command")                 \
	X(FLIPPED, "starts with flipped bits")                                 \
	X(FLIP_REFUSED, "starts refused for damage")                           \
	X(FLIP_HARMLESS, "starts with damage that was not in the way")         \
	X(FLIP_OLDER, "starts from an older snapshot for damage")              \
	X(FLIP_LAST, "damage of the last write taken for a torn end")          \
	X(UNREADABLE, "events found damaged by readers")                       \
	X(EDITED, "configurations edited")                                     \
	X(EDITED_TERMS, "terms of assets edited")                              \
	X(EDIT_REFUSED, "edited configurations refused")                       \
	X(EDIT_TAKEN, "commands from edited configurations")                   \
	X(RELOADED, "commands from configurations reloaded in the run")        \
	X(RELOAD_REFUSED, "reloads refused, and nothing changed")              \
	X(JUMPS_BACK, "clocks set back")                                       \
	X(JUMPS_AHEAD, "clocks set ahead")                                     \
	X(EVENTS_PUBLISHED, "events published")                                \
	X(EVENTS_READ, "events read")                                          \
	X(EVENTS_OLD, "events read by a reader who had fallen behind")         \
	X(EVENTS_GONE, "readers told that events are gone")                    \
	X(EVENT_FILES_GONE, "starts with the first events gone")               \
	X(SEGMENTS_GONE, "starts with the first commands gone")                \
	X(LONG_POLLS, "long polls")                                            \
	X(QUESTIONS, "other queries")                                          \
	X(PAUSED, "turns that left input waiting")                             \
	X(QUOTES_SENT, "price messages sent")                                  \
	X(QUOTES_AGAIN, "price messages sent twice")                           \
	X(QUOTES_LATE, "price messages overtaken")

enum sim_deed {
#define SIM_DEED_ENUM(name, text) SIM_DEED_##name,
	SIM_DEED_MAP(SIM_DEED_ENUM)
#undef SIM_DEED_ENUM
	SIM_DEEDS
};

/* "graceful stops"; static. */
const char *sim_deed_text(enum sim_deed deed);

#endif
