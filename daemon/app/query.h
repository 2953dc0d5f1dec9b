/*
 * Queries: read-only questions, answered from the state as it is, sent when
 * that state is durable. Long polls wait here for an event.
 */
#ifndef RK_APP_QUERY_H
#define RK_APP_QUERY_H

#include "app/core.h"
#include "codec/decode.h"

/* Handle up to max queries; true when there may be more. */
bool rk_query_run(struct rk_core *core, uint32_t max);

/* Answer the long polls that have something now, or whose time is up. */
void rk_query_wake(struct rk_core *core);

/* Read events now, or wait: the EventsQuery. query_events.c. */
void rk_query_events(struct rk_core *core, uint32_t pending,
		     const struct rk_query *query);

/*
 * The WhatIfQuery, into bytes; false: refused, and answered so.
 * query_what_if.c.
 */
bool rk_query_what_if(struct rk_core *core, uint32_t pending,
		      const struct rk_query *query, struct rk_bytes *bytes);

/* The oldest event that can be read, from memory or from the files. */
uint64_t rk_query_oldest_event(const struct rk_core *core);

/* Pass on what the event files gave to those who asked. */
void rk_query_answers(struct rk_core *core);

/* An answer, or the refusal of one that is too large. */
void rk_query_reply(struct rk_core *core, uint32_t pending,
		    const struct rk_bytes *bytes);

/* A refusal, counted. */
void rk_query_refuse(struct rk_core *core, uint32_t pending, int code,
		     const char *text);

#endif
