/*
 * librisk: queries. Each is a request of its own to the query socket and may
 * be sent again without harm.
 */
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <string.h>

#include "librisk_impl.h"

/* The answer that belongs to a query. */
static Riskd__Answer__KindCase kind_of(const Riskd__Query *query)
{
	switch (query->kind_case) {
	case RISKD__QUERY__KIND_STATUS:
		return RISKD__ANSWER__KIND_STATUS;
	case RISKD__QUERY__KIND_MARKETS:
		return RISKD__ANSWER__KIND_MARKETS;
	case RISKD__QUERY__KIND_ACCOUNT:
		return RISKD__ANSWER__KIND_ACCOUNT;
	case RISKD__QUERY__KIND_ACCOUNTS:
		return RISKD__ANSWER__KIND_ACCOUNTS;
	case RISKD__QUERY__KIND_EVENTS:
		return RISKD__ANSWER__KIND_EVENTS;
	case RISKD__QUERY__KIND_CLIENT:
		return RISKD__ANSWER__KIND_CLIENT;
	case RISKD__QUERY__KIND_ORDERS:
		return RISKD__ANSWER__KIND_ORDERS;
	case RISKD__QUERY__KIND_DIGEST:
		return RISKD__ANSWER__KIND_DIGEST;
	case RISKD__QUERY__KIND_SNAPSHOT:
		return RISKD__ANSWER__KIND_SNAPSHOT;
	case RISKD__QUERY__KIND_WHAT_IF:
		return RISKD__ANSWER__KIND_WHAT_IF;
	case RISKD__QUERY__KIND__NOT_SET:
	case _RISKD__QUERY__KIND__CASE_IS_INT_SIZE:
	default:
		return RISKD__ANSWER__KIND__NOT_SET;
	}
}

/* What is left of the time for both ways. */
static nng_duration left_of(nng_duration timeout, uint64_t start_ns)
{
	uint64_t gone_ms = (librisk_monotonic_ns() - start_ns) / 1000000;

	return gone_ms < (uint64_t)timeout ? timeout - (nng_duration)gone_ms
					   : 1;
}

int librisk_exchange(const struct librisk_ask *ask, nng_msg *msg,
		     uint32_t wait_ms, nng_msg **ret_msg)
{
	nng_duration timeout = ask->timeout_ms + (nng_duration)wait_ms;
	nng_ctx ctx = NNG_CTX_INITIALIZER;
	nng_aio *aio = NULL;
	uint64_t start_ns = librisk_monotonic_ns();
	int rc = nng_aio_alloc(&aio, NULL, NULL);

	if (rc == 0)
		rc = nng_ctx_open(&ctx, ask->query->socket);
	/* While the daemon holds it back it must not be sent again. */
	if (rc == 0)
		rc = nng_ctx_set_ms(ctx, NNG_OPT_REQ_RESENDTIME,
				    ask->resend_ms + (nng_duration)wait_ms);
	if (rc)
		goto out;
	nng_aio_set_timeout(aio, timeout);
	nng_aio_set_msg(aio, msg);
	nng_ctx_send(ctx, aio);
	nng_aio_wait(aio);
	rc = nng_aio_result(aio);
	if (rc)
		goto out;
	msg = NULL;
	nng_aio_set_timeout(aio, left_of(timeout, start_ns));
	nng_ctx_recv(ctx, aio);
	nng_aio_wait(aio);
	rc = nng_aio_result(aio);
	if (rc == 0)
		*ret_msg = nng_aio_get_msg(aio);
out:
	if (msg)
		nng_msg_free(msg);
	(void)nng_ctx_close(ctx); /* may not be open */
	if (aio)
		nng_aio_free(aio);
	if (rc)
		return librisk_no_answer(ask->error, ask->query, timeout, rc);
	return 0;
}

int librisk_query(const struct librisk_ask *ask, Riskd__Query *query,
		  uint32_t wait_ms, Riskd__Answer **ret_answer)
{
	Riskd__Answer *answer;
	nng_msg *msg;
	int rc;

	query->version = RISK_PROTOCOL_VERSION;
	msg = librisk_pack(&query->base);
	if (!msg)
		return librisk_fail(ask->error, -ENOMEM, "out of memory");
	rc = librisk_exchange(ask, msg, wait_ms, &msg);
	if (rc)
		return rc;
	answer = riskd__answer__unpack(NULL, nng_msg_len(msg),
				       nng_msg_body(msg));
	nng_msg_free(msg);
	if (!answer)
		return librisk_fail(ask->error, -EPROTO,
				    "%s: the answer cannot be read: is that "
				    "riskd's query socket?",
				    ask->query->url);
	rc = answer->code;
	if (rc)
		rc = librisk_fail(ask->error, rc, "%s: %s", risk_code_name(rc),
				  *answer->error ? answer->error
						 : risk_code_text(rc));
	else if (answer->version != RISK_PROTOCOL_VERSION)
		rc = librisk_fail(ask->error, -EPROTO,
				  "%s: speaks protocol version %u, this is %d",
				  ask->query->url, answer->version,
				  RISK_PROTOCOL_VERSION);
	else if (answer->kind_case != kind_of(query))
		rc = librisk_fail(ask->error, -EPROTO,
				  "%s: answers something else than was asked",
				  ask->query->url);
	if (rc) {
		riskd__answer__free_unpacked(answer, NULL);
		return rc;
	}
	*ret_answer = answer;
	return 0;
}

static struct librisk_ask ask_of(struct risk *risk)
{
	return (struct librisk_ask){
		.error = &risk->error,
		.query = &risk->query,
		.timeout_ms = risk->options.timeout_ms,
		.resend_ms = risk->options.resend_ms,
	};
}

/* Beyond the usual time of a request. */
#define HEAVY_WAIT_MS 30000

/*
 * Those that look at every account are answered over many turns of the daemon;
 * each time that one is sent again would be another one under way.
 */
static bool is_heavy(const Riskd__Query *query)
{
	return query->kind_case == RISKD__QUERY__KIND_ACCOUNTS ||
	       query->kind_case == RISKD__QUERY__KIND_ORDERS ||
	       query->kind_case == RISKD__QUERY__KIND_DIGEST;
}

int risk_query(struct risk *risk, Riskd__Query *query,
	       Riskd__Answer **ret_answer)
{
	struct librisk_ask ask = ask_of(risk);
	uint32_t wait_ms = 0;

	if (query->kind_case == RISKD__QUERY__KIND__NOT_SET)
		return librisk_fail(&risk->error, -EINVAL,
				    "the query asks nothing");
	if (query->kind_case == RISKD__QUERY__KIND_EVENTS)
		wait_ms = query->events->wait_ms;
	if (wait_ms > RISK_EVENTS_WAIT_MAX_MS)
		return librisk_fail(&risk->error, -EINVAL,
				    "wait_ms is %u: at most %d", wait_ms,
				    RISK_EVENTS_WAIT_MAX_MS);
	if (is_heavy(query))
		wait_ms = HEAVY_WAIT_MS;
	return librisk_query(&ask, query, wait_ms, ret_answer);
}

int risk_status(struct risk *risk, Riskd__Answer **ret_answer)
{
	Riskd__StatusQuery status = RISKD__STATUS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.kind_case = RISKD__QUERY__KIND_STATUS;
	query.status = &status;
	return risk_query(risk, &query, ret_answer);
}

int risk_markets(struct risk *risk, Riskd__Answer **ret_answer)
{
	Riskd__MarketsQuery markets = RISKD__MARKETS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.kind_case = RISKD__QUERY__KIND_MARKETS;
	query.markets = &markets;
	return risk_query(risk, &query, ret_answer);
}

int risk_account(struct risk *risk, uint64_t id, Riskd__Answer **ret_answer)
{
	Riskd__AccountQuery account = RISKD__ACCOUNT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	account.account = id;
	query.kind_case = RISKD__QUERY__KIND_ACCOUNT;
	query.account = &account;
	return risk_query(risk, &query, ret_answer);
}

int risk_accounts(struct risk *risk, int64_t ratio_above, uint32_t limit,
		  Riskd__Answer **ret_answer)
{
	Riskd__AccountsQuery accounts = RISKD__ACCOUNTS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	accounts.ratio_above = ratio_above;
	accounts.limit = limit;
	query.kind_case = RISKD__QUERY__KIND_ACCOUNTS;
	query.accounts = &accounts;
	return risk_query(risk, &query, ret_answer);
}

int risk_orders(struct risk *risk, const char *market, uint32_t limit,
		Riskd__Answer **ret_answer)
{
	Riskd__OrdersQuery orders = RISKD__ORDERS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	if (market) {
		const Riskd__Market *found = risk_find_market(risk, market);

		if (!found)
			return RK_REJ_NO_MARKET;
		orders.market_plus_one = found->id + 1;
	}
	orders.limit = limit;
	query.kind_case = RISKD__QUERY__KIND_ORDERS;
	query.orders = &orders;
	return risk_query(risk, &query, ret_answer);
}

int risk_digest(struct risk *risk, Riskd__Answer **ret_answer)
{
	Riskd__DigestQuery digest = RISKD__DIGEST_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.kind_case = RISKD__QUERY__KIND_DIGEST;
	query.digest = &digest;
	return risk_query(risk, &query, ret_answer);
}

int risk_snapshot(struct risk *risk, uint32_t wait_ms,
		  Riskd__Answer **ret_answer)
{
	struct librisk_ask ask = ask_of(risk);
	Riskd__SnapshotQuery snapshot = RISKD__SNAPSHOT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	query.kind_case = RISKD__QUERY__KIND_SNAPSHOT;
	query.snapshot = &snapshot;
	return librisk_query(&ask, &query, wait_ms, ret_answer);
}

int risk_client(struct risk *risk, Riskd__Answer **ret_answer)
{
	Riskd__ClientQuery client = RISKD__CLIENT_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;

	client.client = risk->client;
	query.kind_case = RISKD__QUERY__KIND_CLIENT;
	query.client = &client;
	return risk_query(risk, &query, ret_answer);
}

int risk_events(struct risk *risk, const struct risk_events_query *what,
		Riskd__Answer **ret_answer)
{
	struct librisk_ask ask = ask_of(risk);

	return librisk_events(&ask, what, ret_answer);
}

int librisk_events(const struct librisk_ask *ask,
		   const struct risk_events_query *what,
		   Riskd__Answer **ret_answer)
{
	Riskd__EventsQuery events = RISKD__EVENTS_QUERY__INIT;
	Riskd__Query query = RISKD__QUERY__INIT;
	char topic[LIBRISK_TOPIC_SIZE] = "";

	if (what->wait_ms > RISK_EVENTS_WAIT_MAX_MS)
		return librisk_fail(ask->error, -EINVAL,
				    "wait_ms is %u: at most %d", what->wait_ms,
				    RISK_EVENTS_WAIT_MAX_MS);
	if (what->topic && strlen(what->topic) >= sizeof(topic))
		return librisk_fail(ask->error, -EINVAL,
				    "topic \"%.40s...\": at most %d characters",
				    what->topic, LIBRISK_TOPIC_SIZE - 1);
	/* The generated struct wants a pointer that is not const. */
	if (what->topic)
		memcpy(topic, what->topic, strlen(what->topic) + 1);
	events.from = what->from;
	events.topic = topic;
	events.wait_ms = what->wait_ms;
	events.limit = what->limit;
	query.kind_case = RISKD__QUERY__KIND_EVENTS;
	query.events = &events;
	return librisk_query(ask, &query, what->wait_ms, ret_answer);
}
