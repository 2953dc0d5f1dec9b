/*
 * librisk: the topics of events, as text and as what an event belongs to.
 */
#ifndef CLIENT_LIBRISK_TOPIC_H
#define CLIENT_LIBRISK_TOPIC_H

#include "gap.h"
#include "librisk_impl.h"

/*
 * What a subscription wants. A text that is empty or ends with a dot means
 * all topics that begin so; any other text means exactly that topic.
 */
struct librisk_want {
	char text[LIBRISK_TOPIC_SIZE];
	enum gap_kind kind; /* GAP_ALL: the text is empty */
	bool one;           /* one topic, this id */
	uint64_t id;
	bool is_public; /* no event belongs to an account's topic */
};

/*
 * Read a topic: 0, or -EINVAL after saying what would be right. Names of
 * markets are looked up in the handle's listing.
 */
int librisk_want_read(struct risk *risk, const struct risk_follow *follow,
		      struct librisk_want *ret_want);

/*
 * Gaps are found by the numbers of all events (true) or by those of each
 * topic. The former needs every event of the daemon to be received.
 */
bool librisk_want_counts_all(const struct librisk_want *want);

/* Is the event wanted, and is it counted in which topic, after which? */
bool librisk_want_matches(const struct librisk_want *want,
			  const Riskd__Event *event);
struct gap_topic librisk_want_topic(const struct librisk_want *want,
				    const Riskd__Event *event,
				    uint64_t *ret_prev);

/* What to subscribe to at the socket: at most 4 prefixes, NULL at the end. */
#define LIBRISK_PREFIXES_MAX 5
struct librisk_prefix {
	const char *text;
	size_t n;
};
size_t librisk_want_prefixes(const struct librisk_want *want,
			     struct librisk_prefix ret[LIBRISK_PREFIXES_MAX]);

/* Take out what `public` does not tell, from events read by query. */
void librisk_want_blank(const struct librisk_want *want, Riskd__Event *event);

#endif
