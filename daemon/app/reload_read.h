/*
 * The files of a running daemon, read and checked as at start. Off the loop:
 * nothing here looks at what the loop owns.
 */
#ifndef RK_APP_RELOAD_READ_H
#define RK_APP_RELOAD_READ_H

#include "app/reload_list.h"
#include "ops/conf.h"
#include "ops/error.h"
#include "ops/markets.h"

struct rk_reload_files {
	struct rk_conf conf; /* its path of markets.json: the running one's */
	struct rk_markets *markets;
	struct rk_changes restart; /* keys that are read at start only */
	struct rk_texts warnings;
	uint64_t took_ns;
};

/*
 * Read riskd.conf at path, and the markets.json of the running configuration.
 * A key of the former that is in named, and not in the file, is refused: half a
 * file, or none, would put defaults in its place. Neither may be a pipe or a
 * device, which may never end. Returns 0 and *ret_files, to be given back, or
 * -errno and *error.
 */
int rk_reload_read(const char *path, const struct rk_conf *running,
		   struct rk_conf_named *named,
		   struct rk_reload_files **ret_files, struct rk_error *error);

/* Accepts NULL. */
void rk_reload_files_free(struct rk_reload_files *files);

#endif
