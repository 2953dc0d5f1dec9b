/*
 * librisk: which topics an event belongs to. The daemon publishes an event
 * under its account and, for orders, also under its market; what is about no
 * account goes to its market or to the system.
 */
#include "librisk_topic.h"

#include <errno.h>
#include <string.h>

#define LIQUIDATION "liquidation."
#define MARKET      "market."
#define ACCOUNT     "account."
#define CONVERSION  "conversion"
#define SYSTEM      "system"
#define HEARTBEAT   "heartbeat"

static bool begins(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static int bad_topic(struct risk *risk, const char *text)
{
	return librisk_fail(&risk->error, -EINVAL,
			    "topic \"%s\": must be empty, " ACCOUNT
			    "<id>, " LIQUIDATION "<market>, " MARKET
			    "<market>, " CONVERSION ", " SYSTEM
			    ", or one of the first three without a name",
			    text);
}

static int read_market(struct risk *risk, const char *name,
		       struct librisk_want *want)
{
	const Riskd__Market *market;

	if (!*name)
		return 0;
	market = risk_find_market(risk, name);
	if (!market)
		return -EINVAL; /* the look-up has said which */
	want->one = true;
	want->id = market->id;
	return 0;
}

static int read_account(struct risk *risk, const char *id,
			struct librisk_want *want)
{
	if (want->is_public)
		return librisk_fail(&risk->error, -EINVAL,
				    "topic \"%s\": the public stream is about "
				    "no account: use " LIQUIDATION
				    " or " MARKET,
				    want->text);
	if (!*id)
		return 0;
	want->one = true;
	if (risk_parse_u64(id, &want->id) || want->id == 0)
		return bad_topic(risk, want->text);
	return 0;
}

int librisk_want_read(struct risk *risk, const struct risk_follow *follow,
		      struct librisk_want *ret_want)
{
	struct librisk_want want = {
		.is_public = follow->stream == RISK_PUBLIC,
	};
	const char *text = follow->topic ? follow->topic : "";
	int rc = 0;

	if (strlen(text) >= sizeof(want.text))
		return bad_topic(risk, text);
	memcpy(want.text, text, strlen(text) + 1);
	if (begins(text, ACCOUNT)) {
		want.kind = GAP_ACCOUNT;
		rc = read_account(risk, text + strlen(ACCOUNT), &want);
	} else if (begins(text, LIQUIDATION)) {
		want.kind = GAP_LIQUIDATION;
		rc = read_market(risk, text + strlen(LIQUIDATION), &want);
	} else if (begins(text, MARKET)) {
		want.kind = GAP_MARKET;
		rc = read_market(risk, text + strlen(MARKET), &want);
	} else if (!strcmp(text, CONVERSION)) {
		want.kind = GAP_CONVERSION;
		want.one = true;
	} else if (!strcmp(text, SYSTEM) && !want.is_public) {
		want.kind = GAP_SYSTEM;
		want.one = true;
	} else if (*text) {
		rc = bad_topic(risk, text);
	}
	if (rc == 0)
		*ret_want = want;
	return rc;
}

/* Following all accounts means receiving everything in any case. */
bool librisk_want_counts_all(const struct librisk_want *want)
{
	if (want->is_public)
		return false;
	return want->kind == GAP_ALL ||
	       (want->kind == GAP_ACCOUNT && !want->one);
}

/* The topic other than the account's. */
static struct gap_topic other_topic(const Riskd__Event *event)
{
	uint64_t market =
		event->market_plus_one ? event->market_plus_one - 1 : 0;

	if (event->kind_case == RISKD__EVENT__KIND_ORDER)
		return (struct gap_topic){GAP_LIQUIDATION, market};
	if (event->kind_case == RISKD__EVENT__KIND_CONVERSION)
		return (struct gap_topic){GAP_CONVERSION, 0};
	if (event->market_plus_one && !event->account)
		return (struct gap_topic){GAP_MARKET, market};
	return (struct gap_topic){GAP_SYSTEM, 0};
}

bool librisk_want_matches(const struct librisk_want *want,
			  const Riskd__Event *event)
{
	struct gap_topic other = other_topic(event);

	if (want->kind == GAP_ALL)
		return !want->is_public || other.kind == GAP_LIQUIDATION ||
		       other.kind == GAP_CONVERSION || other.kind == GAP_MARKET;
	if (want->kind == GAP_ACCOUNT)
		return event->account &&
		       (!want->one || event->account == want->id);
	if (want->kind == GAP_SYSTEM)
		return other.kind == GAP_SYSTEM && !event->account;
	return other.kind == want->kind && (!want->one || other.id == want->id);
}

struct gap_topic librisk_want_topic(const struct librisk_want *want,
				    const Riskd__Event *event,
				    uint64_t *ret_prev)
{
	if (librisk_want_counts_all(want)) {
		*ret_prev = event->number - 1;
		return (struct gap_topic){GAP_ALL, 0};
	}
	if (want->kind == GAP_ACCOUNT) {
		*ret_prev = event->prev_account;
		return (struct gap_topic){GAP_ACCOUNT, event->account};
	}
	*ret_prev = event->prev_topic;
	return other_topic(event);
}

static struct librisk_prefix prefix(const char *text, bool exact)
{
	/* The zero byte that ends a topic's text makes the prefix exact. */
	return (struct librisk_prefix){text, strlen(text) + exact};
}

size_t librisk_want_prefixes(const struct librisk_want *want,
			     struct librisk_prefix ret[LIBRISK_PREFIXES_MAX])
{
	size_t n = 0;

	ret[n++] = prefix(HEARTBEAT, true);
	if (librisk_want_counts_all(want)) {
		/* Orders come under their accounts: once is enough. */
		ret[n++] = prefix(ACCOUNT, false);
		ret[n++] = prefix(MARKET, false);
		ret[n++] = prefix(SYSTEM, true);
	} else if (want->kind == GAP_ALL) {
		ret[n++] = prefix(LIQUIDATION, false);
		ret[n++] = prefix(CONVERSION, true);
		ret[n++] = prefix(MARKET, false);
	} else {
		ret[n++] = prefix(want->text, want->one);
	}
	return n;
}

void librisk_want_blank(const struct librisk_want *want, Riskd__Event *event)
{
	if (!want->is_public)
		return;
	event->account = 0;
	event->prev_account = 0;
	if (event->kind_case == RISKD__EVENT__KIND_CONVERSION) {
		event->conversion->loss = 0;
		event->conversion->equity = 0;
		event->conversion->maintenance = 0;
		event->conversion->initial = 0;
	}
	if (event->kind_case != RISKD__EVENT__KIND_ORDER)
		return;
	event->order->equity = 0;
	event->order->maintenance = 0;
	event->order->initial = 0;
}
