/*
 * A WhatIfQuery being answered. Private to query_what_if.c and
 * what_if_terms.c.
 */
#ifndef RK_APP_WHAT_IF_H
#define RK_APP_WHAT_IF_H

#include "codec/decode.h"
#include "engine/ask.h"
#include "engine/view.h"

struct rk_asking {
	const struct rk_engine *engine;
	const struct rk_what_if *what;
	const struct rk_largest *largest;
	struct rk_engine_counts counts;
	uint32_t indices[RK_WHAT_IF_ACCOUNTS_MAX];
	uint64_t steps;
	/* Would it be accepted? Of each order that is supposed, in order. */
	int32_t order_codes[RK_WHAT_IF_SUPPOSE_MAX];
	/* Of parameters that are supposed; memory is NULL when none are. */
	struct rk_supposed_terms terms;
	void *memory;
	char text[256]; /* of a refusal */
};

/* Keep the text of a refusal; returns code. */
int rk_what_if_refuse(struct rk_asking *a, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Copies of what is listed, if parameters are supposed: 0 or the code of a
 * refusal. Release with rk_what_if_close_terms(), in any case.
 */
int rk_what_if_open_terms(struct rk_asking *a);
void rk_what_if_close_terms(struct rk_asking *a);

/* All ramps have ended, if that is asked: 0 or the code of a refusal. */
int rk_what_if_end_ramps(struct rk_asking *a, struct rk_ask *ask);

/* The kth supposition, of a parameter: 0 or the code of a refusal. */
int rk_what_if_suppose_terms(struct rk_asking *a, size_t k, struct rk_ask *ask);

#endif
