/*
 * Which units changed since the last snapshot, and copying them before they
 * change again. A cache beside the state: outside digest and snapshot.
 *
 * Whoever changes a record calls rk_mark() first, also where the change may
 * be undone: too many marks cost time, a missing one would make a snapshot
 * wrong (tests/property/marks finds them).
 *
 * Outside the engine, the life of a snapshot: rk_marks_begin() makes all that
 * changed wanted; rk_marks_next() gives out one wanted unit after the other,
 * in slices of the caller's choice; a wanted unit that is about to change is
 * given to the copy hook first. rk_marks_end() forgets, or takes all back
 * when the snapshot failed.
 *
 * Beside it, whatever snapshots do, all there is can be read as it is at one
 * moment: rk_marks_read_begin(), rk_marks_read_next(), rk_marks_read_end().
 */
#ifndef RK_ENGINE_MARKS_H
#define RK_ENGINE_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/rows.h"

struct rk_arena;
struct rk_engine;

/* Of 64 units, a bit each. */
struct rk_mark_word {
	uint64_t changed; /* since the last begin */
	uint64_t wanted;  /* to be copied as they were at begin */
	uint64_t taken;   /* wanted, and copied */
	uint64_t unread;  /* to be read as they were at read_begin */
};

struct rk_mark_table {
	struct rk_mark_word *words;
	uint32_t units_max;
};

struct rk_marks {
	struct rk_mark_table tables[RK_UNITS];
	/* Called with a wanted unit that is about to change. */
	void (*copy)(void *context, enum rk_unit unit, uint32_t place);
	void *context;
	uint64_t wanted_n;
	/* Where rk_marks_next() goes on. */
	enum rk_unit unit;
	uint32_t word;
	/* Called with a unit not read yet that is about to change. */
	void (*read)(void *context, enum rk_unit unit, uint32_t place);
	void *read_context;
	uint64_t unread_n;
	/* Where rk_marks_read_next() goes on. */
	enum rk_unit read_unit;
	uint32_t read_word;
};

/* Out of rk_mark(), which is in state.h. */
void rk_marks_take(struct rk_marks *marks, enum rk_unit unit, uint32_t place);

/*
 * Everything that changed is wanted from now on. The unit ENGINE is not among
 * it: it changes with every command, copy it at once. A record is marked
 * before it is counted as one of its table, too. copy may be called from
 * within rk_engine_apply() and must not call the engine but for
 * rk_rows_unit().
 */
void rk_marks_begin(struct rk_engine *engine,
		    void (*copy)(void *context, enum rk_unit unit,
				 uint32_t place),
		    void *context);

/* How many wanted units are left. */
uint64_t rk_marks_left(const struct rk_engine *engine);

/* The next wanted unit, which counts as copied from now on; false: none. */
bool rk_marks_next(struct rk_engine *engine, enum rk_unit *ret_unit,
		   uint32_t *ret_place);

/*
 * The snapshot is over. done false: what was wanted or copied for it counts
 * as changed again.
 */
void rk_marks_end(struct rk_engine *engine, bool done);

/*
 * Every unit that there is, but for ENGINE (as with rk_marks_begin()), is to
 * be read as it is now; units that come to be later are not. read is called
 * as copy is, and is bound by the same. One reading at a time.
 */
void rk_marks_read_begin(struct rk_engine *engine,
			 void (*read)(void *context, enum rk_unit unit,
				      uint32_t place),
			 void *context);

/* The next unit to read, which counts as read from now on; false: none. */
bool rk_marks_read_next(struct rk_engine *engine, enum rk_unit *ret_unit,
			uint32_t *ret_place);

/* No more is read, also when something is left. */
void rk_marks_read_end(struct rk_engine *engine);

/*
 * Every unit that may hold something counts as changed: for a full snapshot.
 * Not while one is under way.
 */
void rk_marks_all(struct rk_engine *engine);

/* Nothing counts as changed: what is there was just loaded. */
void rk_marks_forget(struct rk_engine *engine);

/* Units changed since the last begin (counted: slow). */
uint64_t rk_marks_changed(const struct rk_engine *engine);
bool rk_marks_is_changed(const struct rk_engine *engine, enum rk_unit unit,
			 uint32_t place);

/* Places of a unit: its records are at 0 .. n - 1. */
uint32_t rk_marks_places(const struct rk_engine *engine, enum rk_unit unit);

#endif
