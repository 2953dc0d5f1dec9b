/*
 * riskctl: events, tickers and orders as lines.
 */
#ifndef CLIENT_CTL_EVENT_H
#define CLIENT_CTL_EVENT_H

#include <jansson.h>

#include "ctl.h"

/*
 * One line on stdout per event in the form that ctl asks for, flushed, so
 * that a reader at the other end of a pipe has it at once. For CSV the header
 * comes from ctl_event_header, which prints nothing in the other forms.
 * CTL_OK, or CTL_REFUSED when there is no memory.
 */
void ctl_event_header(const struct ctl *ctl);
int ctl_event_print(const struct ctl *ctl, const Riskd__Event *event);

/* The same as a new reference; NULL without memory. */
json_t *ctl_event_json(const struct ctl *ctl, const Riskd__Event *event);

/* A stream of events to print. */
struct ctl_stream {
	const char *topic;
	uint64_t from;   /* first number; 0: from now on */
	bool from_start; /* from the oldest that is kept */
	bool follow;     /* go on with those to come */
	/* Which of them; NULL: all. */
	bool (*wants)(const void *context, const Riskd__Event *event);
	const void *context;
};

/* Connect and print it. Returns an exit code. */
int ctl_stream(struct ctl *ctl, const struct ctl_stream *stream);

#endif
