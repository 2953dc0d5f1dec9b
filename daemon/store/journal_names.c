/*
 * Names of segments. See journal_names.h and journal_file.h.
 */
#include "store/journal_names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal_file.h"

#define PREFIX "journal-"
#define SUFFIX ".rkj"
#define DIGITS 20

bool rk_journal_name_parse(const char *name, uint64_t *ret_first)
{
	const size_t prefix = sizeof(PREFIX) - 1;
	uint64_t first = 0;

	if (strlen(name) != prefix + DIGITS + sizeof(SUFFIX) - 1 ||
	    memcmp(name, PREFIX, prefix) != 0 ||
	    strcmp(name + prefix + DIGITS, SUFFIX) != 0)
		return false;
	for (size_t i = prefix; i < prefix + DIGITS; i++) {
		uint64_t digit = (uint64_t)(unsigned char)name[i] - '0';

		if (name[i] < '0' || name[i] > '9' ||
		    first > (UINT64_MAX - digit) / 10)
			return false;
		first = first * 10 + digit;
	}
	if (first == 0)
		return false; /* commands count from 1 */
	*ret_first = first;
	return true;
}

void rk_journal_name_make(uint64_t first, char name[RK_FILE_NAME_SIZE])
{
	(void)snprintf(name, RK_FILE_NAME_SIZE, PREFIX "%020" PRIu64 SUFFIX,
		       first);
}

static int add(void *context, const char *name, uint64_t size)
{
	struct rk_journal_names *names = context;
	uint64_t first;

	if (!rk_journal_name_parse(name, &first))
		return 0;
	if (names->n == names->max) {
		size_t max = names->max > 0 ? names->max * 2 : 64;
		struct rk_journal_name *more =
			realloc(names->names, max * sizeof(*more));

		if (!more)
			return -ENOMEM;
		names->names = more;
		names->max = max;
	}
	names->names[names->n++] = (struct rk_journal_name){first, size};
	return 0;
}

static int by_first(const void *a, const void *b)
{
	const struct rk_journal_name *x = a;
	const struct rk_journal_name *y = b;

	return (x->first_seq > y->first_seq) - (x->first_seq < y->first_seq);
}

int rk_journal_names_read(const struct rk_files *files,
			  struct rk_journal_names *ret_names)
{
	struct rk_journal_names names = {0};
	int r = rk_files_list(files, add, &names);

	if (r < 0) {
		rk_journal_names_fini(&names);
		return r;
	}
	if (names.n > 0)
		qsort(names.names, names.n, sizeof(*names.names), by_first);
	*ret_names = names;
	return 0;
}

void rk_journal_names_fini(struct rk_journal_names *names)
{
	free(names->names);
	memset(names, 0, sizeof(*names));
}

/* Stop at the first file that was not finished. */
static int find_unfinished(void *context, const char *name, uint64_t size)
{
	char *found = context;
	size_t length = strlen(name);

	(void)size;
	if (length < 4 || (strcmp(name + length - 4, ".new") != 0 &&
			   strcmp(name + length - 4, ".tmp") != 0))
		return 0;
	memcpy(found, name, length + 1);
	return 1;
}

int rk_journal_names_clean(const struct rk_files *files)
{
	char name[RK_FILE_NAME_SIZE];
	int r;

	/* A folder is not changed while it is listed. */
	for (;;) {
		r = rk_files_list(files, find_unfinished, name);
		if (r <= 0)
			return r;
		r = rk_files_remove(files, name);
		if (r < 0)
			return r;
	}
}
