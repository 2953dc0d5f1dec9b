/*
 * riskctl calc: accounts of a book file, without a daemon.
 *
 * Input is one JSON object after the other, so that a file may hold one book
 * over many lines or one in each line. A book that is wrong is told, and the
 * next one goes on.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "calc.h"
#include "ctl.h"
#include "offline.h"
#include "ops/error.h"

#define INPUT_MAX ((size_t)1 << 30)

/* All of a file; "-" is standard input. 0 or -errno. */
static int read_all(const char *path, char **ret_text, size_t *ret_size)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "r");
	size_t room = (size_t)1 << 16;
	char *text = malloc(room);
	size_t n = 0;
	int r = text ? 0 : -ENOMEM;

	if (!file)
		r = -errno;
	while (r == 0) {
		size_t got = fread(text + n, 1, room - n, file);
		char *more;

		n += got;
		if (got == 0) {
			r = ferror(file) ? -EIO : 1;
			break;
		}
		if (n < room)
			continue;
		if (room >= INPUT_MAX) {
			r = -EFBIG;
			break;
		}
		more = realloc(text, 2 * room);
		r = more ? 0 : -ENOMEM;
		text = more ? more : text;
		room *= 2;
	}
	if (file && !standard)
		(void)fclose(file); /* only read */
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	*ret_size = n;
	return 0;
}

static int print_book(const struct ctl *ctl, const struct book *book)
{
	struct rk_error error;
	static struct rk_ask ask; /* large, and there is only one at a time */
	int rc = CTL_OK;

	for (uint32_t i = 0; i < book->accounts_n; i++) {
		const char *name;
		json_t *figures;
		char *text;

		if (book_account(book, i, &name, &ask, &error) < 0) {
			rc = ctl_refuse(ctl, "%s", error.text);
			continue;
		}
		figures = calc_account(book, name, i, &ask);
		text = figures ? json_dumps(figures, JSON_COMPACT) : NULL;
		json_decref(figures);
		if (!text)
			return ctl_refuse(ctl, "out of memory");
		(void)puts(text); /* a closed pipe ends riskctl at its end */
		free(text);
	}
	return rc;
}

/* One book of the text, and where it ends; no object: -EINVAL. */
static int find_end(const char *text, size_t size, const char *name,
		    size_t *ret_end, struct rk_error *error)
{
	json_error_t at;
	json_t *root = json_loadb(text, size, JSON_DISABLE_EOF_CHECK, &at);

	if (!root) {
		rk_error_set(error, "%s: line %d, column %d: %s", name, at.line,
			     at.column, at.text);
		return -EINVAL;
	}
	json_decref(root);
	*ret_end = (size_t)at.position;
	return 0;
}

static size_t skip_space(const char *text, size_t size, size_t at)
{
	while (at < size && strchr(" \t\r\n", text[at]) && text[at] != '\0')
		at++;
	return at;
}

static int calc_text(const struct ctl *ctl, const char *path, const char *text,
		     size_t size)
{
	size_t at = skip_space(text, size, 0);
	int rc = CTL_OK;
	unsigned int n = 0;

	if (at == size)
		return ctl_refuse(ctl, "%s: is empty: it must hold a book",
				  path);
	while (at < size) {
		struct rk_error error;
		struct book book;
		char name[300];
		size_t length;

		n++;
		(void)snprintf(name, sizeof(name), n > 1 ? "%s, book %u" : "%s",
			       path, n);
		if (find_end(text + at, size - at, name, &length, &error) < 0)
			return ctl_refuse(ctl, "%s", error.text);
		if (book_open(text + at, length, name, &book, &error) < 0) {
			rc = ctl_refuse(ctl, "%s", error.text);
		} else {
			int r = print_book(ctl, &book);

			rc = r == CTL_OK ? rc : r;
			book_close(&book);
		}
		at = skip_space(text, size, at + length);
	}
	return rc;
}

int cmd_calc(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option options[] = {{NULL, 0, NULL, NULL}};
	int rc = CTL_OK;
	int n;
	int r = ctl_parse(ctl, options, argc, argv, &n);

	if (r != CTL_OK)
		return r;
	if (n < 1)
		return ctl_usage_error(ctl, "a book file is missing; - is "
					    "standard input");
	for (int i = 1; i <= n; i++) {
		char *text;
		size_t size;

		r = read_all(argv[i], &text, &size);
		if (r < 0) {
			rc = ctl_refuse(ctl, "%s: %s", argv[i], strerror(-r));
			continue;
		}
		r = calc_text(ctl, argv[i], text, size);
		rc = r == CTL_OK ? rc : r;
		free(text);
	}
	return rc;
}
