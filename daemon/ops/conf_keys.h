/*
 * The keys of riskd.conf: one row each with section, kind, range and default.
 *
 * Inside ops: conf.c walks the rows to parse, to fill in defaults and to
 * print, so that the three cannot disagree.
 */
#ifndef RK_OPS_CONF_KEYS_H
#define RK_OPS_CONF_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum rk_conf_kind {
	RK_CONF_COUNT,    /* uint32_t, a whole number */
	RK_CONF_BYTES,    /* int64_t, "64MiB" */
	RK_CONF_DURATION, /* int64_t nanoseconds, "30s" */
	RK_CONF_RATE,     /* rk_rate, "1.25" */
	RK_CONF_CHOICE,   /* an enum, one of choices */
	RK_CONF_PATH,     /* char[RK_CONF_PATH_SIZE] */
	RK_CONF_URLS,     /* struct rk_conf_urls, a list */
	RK_CONF_NAMES,    /* struct rk_conf_names, a list */
};

struct rk_conf_choice {
	const char *text;
	uint32_t value;
};

struct rk_conf_key {
	const char *section; /* "" outside of all sections */
	const char *name;
	enum rk_conf_kind kind;
	size_t offset; /* in struct rk_conf */
	int64_t min;   /* COUNT, BYTES, DURATION, RATE: smallest raw value */
	int64_t max;
	const char *initial; /* text of the default; of a list, its one item */
	const struct rk_conf_choice *choices; /* ended by a NULL text */
};

/* The rows; those of one section stand together. */
const struct rk_conf_key *rk_conf_keys(size_t *ret_n);

#endif
