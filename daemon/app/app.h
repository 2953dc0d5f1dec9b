/*
 * The daemon: the event loop around the engine.
 */
#ifndef RK_APP_APP_H
#define RK_APP_APP_H

#include <stdbool.h>

#include "ops/conf.h"
#include "ops/log.h"
#include "ops/markets.h"

struct rk_app_options {
	const struct rk_conf *conf;
	const char *path; /* of conf, to read it again; NULL: it is no file */
	const struct rk_markets *markets;
	const struct rk_log *log;
	bool demo;            /* feed it with synthetic accounts and prices */
	uint64_t stop_before; /* recover up to here, change nothing; 0: all */
	uint64_t skip;        /* leave this command out; 0: none */
};

/*
 * Run until SIGTERM or SIGINT, then drain and answer what is there.
 * Returns 0, or -errno after having logged why it could not go on. With
 * -ETIMEDOUT a thread hangs in the disk and the process must be ended by
 * _exit(), as nothing can be taken down.
 */
int rk_app_run(const struct rk_app_options *options);

#endif
