/*
 * The undo log of one command: the bytes that were there before each change,
 * so that a refused command (or a refused atomic message) leaves no trace.
 *
 * Whoever changes engine memory while a command may still be refused calls
 * rk_undo_save() first. Price batches and clock steps cannot be refused once
 * begun and do not pay for it (the log is closed then).
 */
#ifndef RK_ENGINE_UNDO_H
#define RK_ENGINE_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_undo {
	unsigned char *bytes;
	size_t max;
	size_t used;
	bool open;
};

/* Forget what is there and start recording. */
void rk_undo_begin(struct rk_undo *undo);

/* Remember size bytes at where. A no-op while the log is closed. */
void rk_undo_save(struct rk_undo *undo, void *where, size_t size);

/* Put everything back, newest first, and close the log. */
void rk_undo_rollback(struct rk_undo *undo);

/* Keep the changes and close the log. */
void rk_undo_commit(struct rk_undo *undo);

#endif
