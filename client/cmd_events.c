/*
 * riskctl events: tail and replay, and what riskctl liquidations and fund
 * history share with them: printing a stream of events, kept or coming.
 */
#include <errno.h>
#include <inttypes.h>

#include "ctl_event.h"
#include "ctl_out.h"

static int print_if_wanted(const struct ctl *ctl,
			   const struct ctl_stream *stream,
			   const Riskd__Event *event)
{
	if (stream->wants && !stream->wants(stream->context, event))
		return CTL_OK;
	return ctl_event_print(ctl, event);
}

/* Print events as they come, until interrupted. */
static int follow_events(struct ctl *ctl, const struct ctl_stream *stream)
{
	struct risk_follow follow = {
		.stream = RISK_EVENTS,
		.topic = stream->topic,
		.from = stream->from,
	};
	struct risk_sub *sub;
	int result = CTL_OK;
	int rc = risk_subscribe(ctl->risk, &follow, &sub);

	if (rc)
		return ctl_fail(ctl, rc);
	ctl_event_header(ctl);
	(void)fflush(stdout); /* main checks stdout at the end */
	ctl_say(ctl, "Following %s on %s, Ctrl-C ends",
		*stream->topic ? stream->topic : "all events", ctl->server);
	while (result == CTL_OK && !ferror(stdout)) {
		struct risk_item item;

		rc = risk_next(sub, -1, &item);
		if (rc == -ECONNREFUSED || rc == -ETIMEDOUT) {
			/* It goes on by itself when the daemon is back. */
			ctl_say(ctl, "%s", risk_sub_error(sub));
			continue;
		}
		result = rc ? ctl_fail_sub(ctl, sub, rc)
			    : print_if_wanted(ctl, stream, item.event);
	}
	risk_unsubscribe(sub);
	return result;
}

/* The oldest event that can still be read. */
static int find_oldest(struct ctl *ctl, uint64_t *ret_from)
{
	Riskd__Answer *answer;
	int rc = risk_status(ctl->risk, &answer);

	if (rc)
		return ctl_fail(ctl, rc);
	*ret_from =
		answer->status->oldest_event ? answer->status->oldest_event : 1;
	riskd__answer__free_unpacked(answer, NULL);
	return CTL_OK;
}

/* Print what is kept from a number on, and end. */
static int read_events(struct ctl *ctl, const struct ctl_stream *stream)
{
	struct risk_events_query what = {
		.from = stream->from,
		.topic = stream->topic,
	};
	int result = CTL_OK;
	bool more = true;

	if (stream->from_start && (result = find_oldest(ctl, &what.from)))
		return result;
	ctl_event_header(ctl);
	while (more && result == CTL_OK) {
		Riskd__Answer *answer;
		int rc = risk_events(ctl->risk, &what, &answer);

		if (rc)
			return ctl_fail(ctl, rc);
		for (size_t i = 0; i < answer->events->n_events; i++)
			result = print_if_wanted(ctl, stream,
						 answer->events->events[i]);
		/* The daemon may look at a part only and find nothing in it. */
		more = answer->events->next > what.from;
		what.from = answer->events->next;
		riskd__answer__free_unpacked(answer, NULL);
	}
	return result;
}

int ctl_stream(struct ctl *ctl, const struct ctl_stream *stream)
{
	int rc = ctl_connect(ctl);

	if (rc)
		return rc;
	return stream->follow ? follow_events(ctl, stream)
			      : read_events(ctl, stream);
}

static int run(struct ctl *ctl, int argc, char **argv, bool follow)
{
	const char *topic = "";
	const char *from_text = NULL;
	const struct ctl_option options[] = {
		{"topic", 0, &topic, NULL},
		{"from", 0, &from_text, NULL},
		{NULL, 0, NULL, NULL},
	};
	struct ctl_stream stream = {.follow = follow};
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) ||
	    (from_text &&
	     (rc = ctl_read_u64(ctl, "--from", from_text, &stream.from))))
		return rc;
	stream.topic = topic;
	stream.from_start = !follow && !from_text;
	return ctl_stream(ctl, &stream);
}

int cmd_events_tail(struct ctl *ctl, int argc, char **argv)
{
	return run(ctl, argc, argv, true);
}

int cmd_events_replay(struct ctl *ctl, int argc, char **argv)
{
	return run(ctl, argc, argv, false);
}
