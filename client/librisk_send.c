/*
 * librisk: sending commands exactly once.
 *
 * The daemon counts the commands of each client, so a number must belong to
 * one command only. The count is read once, then kept here. Two processes
 * under one name can still meet at the same number; the reply shows it:
 * SEQ_REUSED, or, when they share a session as well, a repeat although these
 * bytes left only once. Then nothing of ours was applied, the count is read
 * again and the rows are sent under new numbers.
 */
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <stdlib.h>

#include "librisk_impl.h"

/* Attempts to find a number that no other process takes. */
#define RENUMBER_MAX 32

int librisk_ingest_open(struct risk *risk)
{
	struct librisk_dial dial = {
		.open = nng_req0_open,
		.url = risk->ingest_url,
		.timeout_ms = risk->options.timeout_ms,
		.resend_ms = risk->options.resend_ms,
	};
	int rc;

	if (risk->calls)
		return 0;
	rc = librisk_link_open(&risk->ingest, &dial, &risk->error);
	if (rc)
		return rc;
	rc = librisk_calls_open(risk, &risk->calls);
	if (rc)
		return librisk_fail(&risk->error, rc,
				    "no memory for %d requests in flight",
				    risk->options.in_flight_max);
	return 0;
}

static int read_number(struct risk *risk)
{
	Riskd__Answer *answer;
	int rc;

	if (risk->numbered)
		return 0;
	rc = risk_client(risk, &answer);
	if (rc)
		return rc;
	risk->next_seq = answer->client->last_client_seq + 1;
	risk->numbered = true;
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

static int check(struct risk *risk, const struct risk_request *request)
{
	if (!request->n || !request->rows)
		return librisk_fail(&risk->error, -EINVAL,
				    "a request needs at least one row");
	for (size_t i = 0; i < request->n; i++) {
		if (request->rows[i] && request->rows[i]->kind_case)
			continue;
		return librisk_fail(&risk->error, -EINVAL,
				    "row %zu of the request is empty", i);
	}
	return librisk_ingest_open(risk);
}

/* Put the rows on their way under the numbers from client_seq on. */
static int put(struct risk *risk, const struct risk_request *request,
	       uint64_t client_seq, risk_reply_fn *fn, void *arg)
{
	Riskd__Request wire = RISKD__REQUEST__INIT;
	struct librisk_put put = {
		.client_seq = client_seq,
		.rows = request->n,
		.fn = fn,
		.arg = arg,
	};

	wire.version = RISK_PROTOCOL_VERSION;
	wire.client = risk->client;
	wire.client_seq = client_seq;
	wire.atomic = request->atomic;
	wire.n_commands = request->n;
	wire.commands = request->rows;
	wire.time_ns = request->time_ns;
	wire.session = risk->options.session;
	put.msg = librisk_pack(&wire.base);
	if (!put.msg)
		return librisk_fail(&risk->error, -ENOMEM,
				    "no memory for a request of %zu rows",
				    request->n);
	librisk_calls_put(risk->calls, &put);
	risk->last_seq = client_seq;
	risk->next_seq = client_seq + request->n;
	return 0;
}

/* Does this result show that another process took the number? */
static bool is_foreign(const Riskd__Result *result, bool sent_once)
{
	return result->code == RK_REJ_SEQ_REUSED ||
	       result->code == RK_REJ_OUT_OF_ORDER ||
	       result->code == RK_REJ_TOO_OLD || (result->repeat && sent_once);
}

/*
 * How many of the rows met another process's numbers: 0 when all are ours,
 * as many as there are rows when none of ours was applied.
 */
static size_t count_foreign(const struct librisk_answered *answered)
{
	const Riskd__Reply *reply = answered->reply;
	size_t n = 0;

	if (answered->rc)
		return 0;
	if (reply->code == RK_REJ_SEQ_REUSED ||
	    reply->code == RK_REJ_OUT_OF_ORDER || reply->code == RK_REJ_TOO_OLD)
		return answered->rows;
	for (size_t i = 0; i < reply->n_results; i++)
		n += is_foreign(reply->results[i], answered->sent_once);
	return n;
}

static int fail_transport(struct risk *risk,
			  const struct librisk_answered *answered)
{
	const char *url = risk->ingest.url;

	if (answered->rc == -ECANCELED)
		return librisk_fail(&risk->error, -ECANCELED,
				    "%s: not applied: a request before it "
				    "failed",
				    url);
	if (answered->rc == -EPROTO)
		return librisk_fail(&risk->error, -EPROTO,
				    "%s: the reply cannot be read: is that "
				    "riskd's ingest socket?",
				    url);
	if (answered->rc == -ETIMEDOUT)
		return librisk_fail(&risk->error, -ETIMEDOUT,
				    "%s: no reply in %d ms to command %llu of "
				    "client %s: it may or may not have been "
				    "applied",
				    url, risk->options.timeout_ms,
				    (unsigned long long)answered->client_seq,
				    risk->client);
	return librisk_fail(&risk->error, answered->rc, "%s: request failed",
			    url);
}

static int fail_code(struct risk *risk, const struct librisk_answered *answered,
		     int code)
{
	unsigned long long seq = answered->client_seq;

	if (code == RK_REJ_OUT_OF_ORDER)
		return librisk_fail(&risk->error, code,
				    "client %s: the daemon does not know the "
				    "commands before %llu: it was started "
				    "anew without them",
				    risk->client, seq);
	if (code == RK_REJ_SEQ_REUSED)
		return librisk_fail(&risk->error, code,
				    "client %s: another process sends under "
				    "this name and took number %llu",
				    risk->client, seq);
	if (answered->reply->error && *answered->reply->error)
		return librisk_fail(&risk->error, code, "%s: %s",
				    risk_code_name(code),
				    answered->reply->error);
	return librisk_fail(&risk->error, code, "%s: %s", risk_code_name(code),
			    risk_code_text(code));
}

/* What has come of a call: 0 when there is a result for each row. */
static int judge(struct risk *risk, const struct librisk_answered *answered)
{
	const Riskd__Reply *reply = answered->reply;
	size_t foreign = count_foreign(answered);

	if (answered->rc || reply->code || foreign)
		risk->numbered = false;
	if (answered->rc)
		return fail_transport(risk, answered);
	if (reply->code)
		return fail_code(risk, answered, reply->code);
	if (reply->n_results != answered->rows) {
		risk->numbered = false;
		return librisk_fail(&risk->error, -EPROTO,
				    "%s: %zu results for %zu commands",
				    risk->ingest.url, reply->n_results,
				    answered->rows);
	}
	if (!foreign)
		return 0;
	if (reply->results[0]->code)
		return fail_code(risk, answered, reply->results[0]->code);
	return fail_code(risk, answered, RK_REJ_SEQ_REUSED);
}

static void free_reply(struct librisk_answered *answered)
{
	if (answered->reply)
		riskd__reply__free_unpacked(answered->reply, NULL);
	answered->reply = NULL;
}

/* Send and wait; nothing else is in flight. */
static int exchange(struct risk *risk, const struct risk_request *request,
		    uint64_t client_seq, struct librisk_answered *ret_answered)
{
	int rc = put(risk, request, client_seq, NULL, NULL);

	if (rc)
		return rc;
	(void)librisk_calls_take(risk->calls, -1, ret_answered);
	return 0;
}

/*
 * Send under numbers of the library's own counting, and again under new ones
 * when another process took them. Rows of one request that met a mixture are
 * given up with an error: only a person can tell what was meant.
 */
static int exchange_counted(struct risk *risk,
			    const struct risk_request *request,
			    struct librisk_answered *ret_answered)
{
	struct librisk_answered answered;
	int rc;

	for (int i = 0; i < RENUMBER_MAX; i++) {
		bool forgotten = risk->numbered && risk->next_seq > 1;

		if ((rc = read_number(risk)) ||
		    (rc = exchange(risk, request, risk->next_seq, &answered)))
			return rc;
		rc = judge(risk, &answered);
		/* A daemon that lost our count lost our commands: say so. */
		forgotten = forgotten && rc == RK_REJ_OUT_OF_ORDER;
		if (rc == 0 || forgotten ||
		    count_foreign(&answered) < request->n)
			break;
		if (i + 1 < RENUMBER_MAX)
			free_reply(&answered);
	}
	if (rc) {
		free_reply(&answered);
		return rc;
	}
	*ret_answered = answered;
	return 0;
}

int risk_send(struct risk *risk, const struct risk_request *request,
	      Riskd__Reply **ret_reply)
{
	struct librisk_answered answered;
	int rc = check(risk, request);

	if (rc)
		return rc;
	risk_flush(risk);
	if (!request->client_seq) {
		rc = exchange_counted(risk, request, &answered);
		if (rc)
			return rc;
		*ret_reply = answered.reply;
		return 0;
	}
	rc = exchange(risk, request, request->client_seq, &answered);
	if (rc)
		return rc;
	/* A repeat is what the caller asks about, not another process. */
	answered.sent_once = false;
	rc = judge(risk, &answered);
	risk->numbered = false;
	if (rc) {
		free_reply(&answered);
		return rc;
	}
	*ret_reply = answered.reply;
	return 0;
}

int risk_first_refusal(const Riskd__Reply *reply, size_t *ret_row)
{
	size_t found = reply->n_results;

	/* In an atomic message the others only say that one was refused. */
	for (size_t i = reply->n_results; i-- > 0;) {
		int code = reply->results[i]->code;

		if (code &&
		    (code != RK_REJ_ATOMIC || found == reply->n_results ||
		     reply->results[found]->code == RK_REJ_ATOMIC))
			found = i;
	}
	if (found == reply->n_results)
		return 0;
	*ret_row = found;
	return reply->results[found]->code;
}

int risk_send_one(struct risk *risk, Riskd__Command *row, uint64_t *ret_seq)
{
	struct risk_request request = {.rows = &row, .n = 1};
	Riskd__Reply *reply;
	int rc = risk_send(risk, &request, &reply);

	if (rc)
		return rc;
	rc = reply->results[0]->code;
	if (rc)
		(void)librisk_fail(&risk->error, rc, "%s: %s",
				   risk_code_name(rc),
				   risk_result_text(reply->results[0]));
	else if (ret_seq)
		*ret_seq = reply->results[0]->seq;
	riskd__reply__free_unpacked(reply, NULL);
	return rc;
}

uint64_t risk_last_client_seq(const struct risk *risk)
{
	return risk->last_seq;
}

/* Hand a call that is over to whoever sent it. */
static void complete(struct risk *risk, struct librisk_answered *answered)
{
	int rc = judge(risk, answered);

	answered->fn(answered->arg, rc, rc ? NULL : answered->reply);
	free_reply(answered);
}

int risk_send_async(struct risk *risk, const struct risk_request *request,
		    risk_reply_fn *fn, void *arg)
{
	struct librisk_answered answered;
	int rc = check(risk, request);

	if (rc)
		return rc;
	if (request->client_seq)
		return librisk_fail(&risk->error, -EINVAL,
				    "risk_send_async counts by itself: "
				    "client_seq must be 0");
	if (librisk_calls_full(risk->calls)) {
		(void)librisk_calls_take(risk->calls, -1, &answered);
		complete(risk, &answered);
	}
	if (risk->numbered)
		return put(risk, request, risk->next_seq, fn, arg);
	/* The first of a session finds out its number, so wait for it. */
	risk_flush(risk);
	rc = exchange_counted(risk, request, &answered);
	if (rc)
		return rc;
	fn(arg, 0, answered.reply);
	free_reply(&answered);
	return 0;
}

int risk_collect(struct risk *risk, int timeout_ms)
{
	struct librisk_answered answered;
	int n = 0;

	while (librisk_calls_take(risk->calls, n ? 0 : timeout_ms, &answered)) {
		complete(risk, &answered);
		n++;
	}
	return n;
}

void risk_flush(struct risk *risk)
{
	while (librisk_calls_count(risk->calls))
		(void)risk_collect(risk, -1);
}

size_t risk_in_flight(const struct risk *risk)
{
	return librisk_calls_count(risk->calls);
}
