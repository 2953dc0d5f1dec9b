/*
 * What a Reply says about a reload. Rows are the caller's.
 */
#ifndef RK_CODEC_RELOAD_H
#define RK_CODEC_RELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/pack.h"

/* One value that is another, in the words of the files. */
struct rk_reload_change {
	const char *kind;   /* "asset", "market", "group", "risk", ... */
	const char *name;   /* of the asset, market, ...; "": there is one */
	const char *field;  /* "collateral.weight_initial" */
	const char *before; /* "": nothing was there */
	const char *after;
	uint64_t seq; /* of the command that made it so; 0: none did */
};

struct rk_reload_told {
	uint64_t client_seq; /* of the request */
	int code;            /* 0: done */
	const char *error;   /* when code is not 0 */
	bool dry_run;
	uint32_t commands; /* applied; of a dry run, that would be */
	const struct rk_reload_change *changes;
	size_t changes_n;
	/* What differs and waits for a restart: name is empty. */
	const struct rk_reload_change *restart;
	size_t restart_n;
	char *const *warnings;
	size_t warnings_n;
};

/*
 * A Reply. Changes that no longer fit are left out, and how many is told; with
 * all of them left out and still no room, bytes is full.
 */
void rk_encode_reload(struct rk_bytes *bytes,
		      const struct rk_reload_told *told);

#endif
