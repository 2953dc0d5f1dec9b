/*
 * "Did you mean ...?": the known word that a mistyped one is nearest to.
 */
#ifndef RK_OPS_SUGGEST_H
#define RK_OPS_SUGGEST_H

#include <stddef.h>

/*
 * The name that takes the fewest inserted, deleted or changed letters to
 * become word, when that is at most a third of it; else NULL. The first of
 * equally near names. The result is one of names.
 */
const char *rk_suggest_nearest(const char *const *names, size_t n,
			       const char *word);

#endif
