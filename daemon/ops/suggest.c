/*
 * The known word that a mistyped one is nearest to. See suggest.h.
 */
#include "ops/suggest.h"

#include <string.h>

#define WORD_MAX 63

static size_t least(size_t a, size_t b, size_t c)
{
	size_t least_of_two = a < b ? a : b;

	return least_of_two < c ? least_of_two : c;
}

/* Letters to insert, delete or change; b has at most WORD_MAX letters. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1]; /* from the letters of a so far to b */
	size_t b_n = strlen(b);

	for (size_t j = 0; j <= b_n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < b_n; j++) {
			size_t change = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = least(change, row[j] + 1, diagonal + 1);
		}
	}
	return row[b_n];
}

const char *rk_suggest_nearest(const char *const *names, size_t n,
			       const char *word)
{
	const char *nearest = NULL;
	size_t limit = strlen(word) / 3;

	if (strlen(word) > WORD_MAX)
		return NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(names[i], word);

		if (d <= limit && (!nearest || d < distance(nearest, word)))
			nearest = names[i];
	}
	return nearest;
}
