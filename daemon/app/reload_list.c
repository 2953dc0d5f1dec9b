/*
 * Lists of texts and changes. See reload_list.h.
 */
#include "app/reload_list.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_MAX 16

/* Room for one more row of this size; NULL: there is none. */
static void *grow(void *rows, size_t n, size_t *max, size_t size)
{
	size_t more = *max == 0 ? FIRST_MAX : *max * 2;

	if (n < *max)
		return rows;
	rows = reallocarray(rows, more, size);
	if (rows)
		*max = more;
	return rows;
}

/* The block is the list's from now on. */
static void keep(struct rk_texts *texts, char *block)
{
	char **rows = grow(texts->rows, texts->n, &texts->max, sizeof(*rows));

	if (rows)
		texts->rows = rows;
	if (!rows || !block) {
		texts->failed = true;
		free(block);
		return;
	}
	texts->rows[texts->n++] = block;
}

void rk_texts_add(struct rk_texts *texts, const char *text)
{
	keep(texts, strdup(text));
}

void rk_texts_free(struct rk_texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->rows[i]);
	free(texts->rows);
	memset(texts, 0, sizeof(*texts));
}

size_t rk_changes_n(const struct rk_changes *changes)
{
	return changes->names.n;
}

/* Copy a text to where there is room; where the next goes. */
static char *put(char *to, const char *text, const char **ret_text)
{
	size_t size = strlen(text) + 1;

	memcpy(to, text, size);
	*ret_text = to;
	return to + size;
}

void rk_changes_add(struct rk_changes *changes, const char *kind,
		    const char *name, const struct rk_difference *difference)
{
	size_t n = changes->names.n;
	struct rk_reload_change *rows =
		grow(changes->rows, n, &changes->max, sizeof(*rows));
	struct rk_reload_change row = {.kind = kind};
	char *block = malloc(strlen(name) + strlen(difference->field) +
			     strlen(difference->before) +
			     strlen(difference->after) + 4);
	char *at = block;

	if (rows)
		changes->rows = rows;
	if (!rows || !block) {
		changes->names.failed = true;
		free(block);
		return;
	}
	at = put(at, name, &row.name);
	at = put(at, difference->field, &row.field);
	at = put(at, difference->before, &row.before);
	(void)put(at, difference->after, &row.after);
	changes->rows[n] = row;
	keep(&changes->names, block);
}

void rk_changes_free(struct rk_changes *changes)
{
	free(changes->rows);
	rk_texts_free(&changes->names);
	memset(changes, 0, sizeof(*changes));
}
