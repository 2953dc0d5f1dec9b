/*
 * Reading the files again. See reload_read.h.
 */
#include "app/reload_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ops/conf_diff.h"
#include "ops/file.h"
#include "ops/markets_warn.h"
#include "store/stopwatch.h"

static void note_restart(void *context, const struct rk_difference *difference)
{
	struct rk_reload_files *files = context;

	rk_changes_add(&files->restart, "", "", difference);
}

static void note_warning(void *context, const char *text)
{
	struct rk_reload_files *files = context;

	rk_texts_add(&files->warnings, text);
}

/* Is everything named that ever was? */
static int check_named(const char *path, const struct rk_conf_named *named,
		       const struct rk_conf *conf, struct rk_error *error)
{
	char name[RK_DIFFERENCE_FIELD];

	if (!rk_conf_lost(named, &conf->named, name))
		return 0;
	rk_error_set(error,
		     "%s: %s: must be named, as it was before: a default comes "
		     "back by a restart only",
		     path, name);
	return -EINVAL;
}

static int read_files(const char *path, const struct rk_conf *running,
		      const struct rk_conf_named *named,
		      struct rk_reload_files *files, struct rk_error *error)
{
	const struct rk_difference_listener restart = {note_restart, files};
	const struct rk_markets_listener warnings = {note_warning, files};
	struct rk_error reason;
	int r = rk_file_check(path, error);

	if (r == 0)
		r = rk_conf_parse_file(path, &files->conf, error);
	if (r == 0)
		r = check_named(path, named, &files->conf, error);
	if (r == 0)
		r = rk_file_check(running->markets, error);
	if (r < 0)
		return r;
	rk_conf_diff(running, &files->conf, RK_CONF_RESTART, &restart);
	memcpy(files->conf.markets, running->markets,
	       sizeof(files->conf.markets));
	r = rk_markets_load(running->markets, &files->markets, error);
	if (r < 0)
		return r;
	r = rk_markets_fit(files->markets, &files->conf.limits.engine, &reason);
	if (r < 0) {
		/* It takes two files to disagree: name both. */
		rk_error_set(error, "%s: %.400s in %s", path, reason.text,
			     running->markets);
		return r;
	}
	rk_markets_warn(files->markets, &files->conf.risk, &warnings);
	return 0;
}

int rk_reload_read(const char *path, const struct rk_conf *running,
		   struct rk_conf_named *named,
		   struct rk_reload_files **ret_files, struct rk_error *error)
{
	uint64_t begun_ns = rk_stopwatch_ns();
	struct rk_reload_files *files = calloc(1, sizeof(*files));
	int r = files ? 0 : -ENOMEM;

	if (r == 0)
		r = read_files(path, running, named, files, error);
	if (r == 0 && (files->restart.names.failed || files->warnings.failed))
		r = -ENOMEM;
	if (r == -ENOMEM)
		rk_error_set(error, "%s: out of memory", path);
	if (r < 0) {
		rk_reload_files_free(files);
		return r;
	}
	files->took_ns = rk_stopwatch_ns() - begun_ns;
	*ret_files = files;
	return 0;
}

void rk_reload_files_free(struct rk_reload_files *files)
{
	if (!files)
		return;
	rk_markets_free(files->markets);
	rk_changes_free(&files->restart);
	rk_texts_free(&files->warnings);
	free(files);
}
