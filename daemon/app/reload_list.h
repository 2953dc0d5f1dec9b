/*
 * Growing lists of what a reload tells. Zeroed memory is an empty one. Memory
 * that is not there is noted and told once, in the end.
 */
#ifndef RK_APP_RELOAD_LIST_H
#define RK_APP_RELOAD_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "codec/reload.h"
#include "ops/difference.h"

struct rk_texts {
	char **rows;
	size_t n;
	size_t max;
	bool failed;
};
void rk_texts_add(struct rk_texts *texts, const char *text);
void rk_texts_free(struct rk_texts *texts);

struct rk_changes {
	struct rk_reload_change *rows;
	struct rk_texts names; /* what the rows point to, one block each */
	size_t max;
};
size_t rk_changes_n(const struct rk_changes *changes);

/* kind is static; all else is copied. */
void rk_changes_add(struct rk_changes *changes, const char *kind,
		    const char *name, const struct rk_difference *difference);
void rk_changes_free(struct rk_changes *changes);

#endif
