/*
 * librisk: opening and closing a handle, its links and its error text.
 *
 * Requests are in librisk_send.c and librisk_query.c, events in
 * librisk_sub.c. Nothing here knows what is in a message.
 */
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "librisk_impl.h"
#include "net/close.h"

#define TIMEOUT_MS_DEFAULT 5000
#define RESEND_MS_DEFAULT  1000
#define IN_FLIGHT_DEFAULT  24
#define FULL_MS            1 /* until a full send buffer is tried again */

/* How soon a lost connection is dialled again, and at the slowest. */
#define RECONNECT_MS_MIN 20
#define RECONNECT_MS_MAX 1000

int librisk_fail(struct librisk_error *error, int rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return rc;
}

int librisk_errno_of(int nng_rc)
{
	switch (nng_rc) {
	case 0:
		return 0;
	case NNG_ENOMEM:
		return -ENOMEM;
	case NNG_EINVAL:
	case NNG_EADDRINVAL:
	case NNG_ENOTSUP:
		return -EINVAL;
	case NNG_ETIMEDOUT:
		return -ETIMEDOUT;
	case NNG_ECONNREFUSED:
	case NNG_ENOENT:
	case NNG_EUNREACHABLE:
	case NNG_ECONNRESET:
	case NNG_ECONNSHUT:
	case NNG_ECONNABORTED:
	case NNG_EPERM:
		return -ECONNREFUSED;
	case NNG_EMSGSIZE:
		return -EMSGSIZE;
	case NNG_ECLOSED:
	case NNG_ECANCELED:
		return -ECANCELED;
	case NNG_EPROTO:
		return -EPROTO;
	default:
		return -EIO;
	}
}

uint64_t librisk_monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t librisk_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000000 + (int64_t)now.tv_nsec;
}

nng_msg *librisk_pack(const ProtobufCMessage *message)
{
	nng_msg *msg;

	if (nng_msg_alloc(&msg, protobuf_c_message_get_packed_size(message)))
		return NULL;
	(void)protobuf_c_message_pack(message, nng_msg_body(msg));
	return msg;
}

static void pipe_changed(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
	struct librisk_link *link = arg;

	(void)pipe;
	if (event == NNG_PIPE_EV_ADD_POST) {
		atomic_fetch_add(&link->connected, 1);
		return;
	}
	/* Whoever sends meanwhile is done before NNG frees the connection. */
	nng_mtx_lock(link->lock);
	atomic_fetch_sub(&link->connected, 1);
	atomic_fetch_add(&link->lost, 1);
	nng_mtx_unlock(link->lock);
}

static int set_options(nng_socket socket, const struct librisk_dial *dial)
{
	int rc = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ,
				     LIBRISK_MESSAGE_MAX);

	if (rc == 0)
		rc = nng_socket_set_ms(socket, NNG_OPT_RECONNMINT,
				       RECONNECT_MS_MIN);
	if (rc == 0)
		rc = nng_socket_set_ms(socket, NNG_OPT_RECONNMAXT,
				       RECONNECT_MS_MAX);
	if (rc == 0 && dial->resend_ms)
		rc = nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME,
				       dial->resend_ms);
	if (rc == 0 && dial->send_buffer)
		rc = nng_socket_set_int(socket, NNG_OPT_SENDBUF,
					dial->send_buffer);
	if (rc == 0 && dial->send_buffer)
		rc = nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO,
				       dial->timeout_ms);
	if (rc == 0 && dial->receive_buffer)
		rc = nng_socket_set_int(socket, NNG_OPT_RECVBUF,
					dial->receive_buffer);
	return rc;
}

/* A dialling under way on a thread of its own. */
struct dialling {
	struct librisk_link *link;
	int rc;
	bool done;
};

static void dial_on_thread(void *arg)
{
	struct dialling *dialling = arg;
	struct librisk_link *link = dialling->link;
	int rc = nng_dial(link->socket, link->url, NULL, 0);

	nng_mtx_lock(link->lock);
	dialling->rc = rc;
	dialling->done = true;
	nng_cv_wake(link->wake);
	nng_mtx_unlock(link->lock);
}

/*
 * nng_dial tells at once when nobody listens, but cannot be given a time: it
 * waits as long as the kernel tries to connect, and then for a peer that
 * accepts and says nothing. So it runs on a thread, and closing the socket
 * ends it.
 */
static int connect_link(struct librisk_link *link, int timeout_ms)
{
	nng_time until = nng_clock() + (nng_time)timeout_ms;
	struct dialling dialling = {.link = link};
	nng_thread *thread;
	bool in_time;
	int rc = nng_thread_create(&thread, dial_on_thread, &dialling);

	if (rc)
		return rc;
	nng_mtx_lock(link->lock);
	while (!dialling.done && rc == 0)
		rc = nng_cv_until(link->wake, until);
	in_time = dialling.done;
	nng_mtx_unlock(link->lock);
	if (!in_time) {
		(void)nng_close(link->socket); /* only fails when closed */
		link->open = false;
	}
	nng_thread_destroy(thread); /* waits for it */
	return in_time ? dialling.rc : NNG_ETIMEDOUT;
}

static int open_link(struct librisk_link *link, const struct librisk_dial *dial)
{
	int rc;

	link->url = strdup(dial->url);
	if (!link->url)
		return NNG_ENOMEM;
	if ((rc = nng_mtx_alloc(&link->lock)) ||
	    (rc = nng_cv_alloc(&link->wake, link->lock)) ||
	    (rc = dial->open(&link->socket)))
		return rc;
	link->open = true;
	atomic_store(&link->connected, 0);
	atomic_store(&link->lost, 0);
	if ((rc = set_options(link->socket, dial)) ||
	    (rc = nng_pipe_notify(link->socket, NNG_PIPE_EV_ADD_POST,
				  pipe_changed, link)) ||
	    (rc = nng_pipe_notify(link->socket, NNG_PIPE_EV_REM_POST,
				  pipe_changed, link)))
		return rc;
	return connect_link(link, dial->timeout_ms);
}

int librisk_link_open(struct librisk_link *link,
		      const struct librisk_dial *dial,
		      struct librisk_error *error)
{
	int rc;

	if (link->open)
		return 0;
	if (!*dial->url)
		return librisk_fail(error, -EINVAL,
				    "the daemon listens at no address for "
				    "this: see `listen` in riskd.conf");
	rc = open_link(link, dial);
	if (rc == 0)
		return 0;
	librisk_link_close(link);
	switch (librisk_errno_of(rc)) {
	case -EINVAL:
		return librisk_fail(error, -EINVAL,
				    "%s: not an address: write "
				    "ipc:///path/query.sock or "
				    "tcp://host:port",
				    dial->url);
	case -ENOMEM:
		return librisk_fail(error, -ENOMEM, "out of memory");
	case -ETIMEDOUT:
		return librisk_fail(error, -ETIMEDOUT,
				    "%s: no connection in %d ms: is the host "
				    "there, and riskd not stopped?",
				    dial->url, dial->timeout_ms);
	default:
		return librisk_fail(error, -ECONNREFUSED,
				    "%s: cannot connect (%s): is riskd "
				    "running there?",
				    dial->url, nng_strerror(rc));
	}
}

void librisk_link_close(struct librisk_link *link)
{
	bool closed = true;

	if (link->open) {
		/* What is left to itself must not call back. */
		(void)nng_pipe_notify(link->socket, NNG_PIPE_EV_ADD_POST, NULL,
				      NULL);
		(void)nng_pipe_notify(link->socket, NNG_PIPE_EV_REM_POST, NULL,
				      NULL);
		closed = rk_net_close_socket(link->socket);
	}
	link->open = false;
	if (!closed) {
		/* Not given back, as somebody may still be inside. */
		link->wake = NULL;
		link->lock = NULL;
	}
	if (link->wake)
		nng_cv_free(link->wake);
	if (link->lock)
		nng_mtx_free(link->lock);
	link->wake = NULL;
	link->lock = NULL;
	free(link->url);
	link->url = NULL;
}

/* Open, or open anew what has lost its connection, until that time. */
static int reopen(struct librisk_link *link, const struct librisk_dial *dial,
		  nng_time until, struct librisk_error *error)
{
	int rc;

	if (link->open && atomic_load(&link->lost) == 0)
		return 0;
	if (!link->open)
		return librisk_link_open(link, dial, error);
	librisk_link_close(link);
	do {
		rc = librisk_link_open(link, dial, error);
		if (rc != -ECONNREFUSED || nng_clock() >= until)
			return rc;
		nng_msleep(RECONNECT_MS_MIN);
	} while (true);
}

int librisk_link_push(struct librisk_link *link,
		      const struct librisk_dial *dial, nng_msg *msg,
		      struct librisk_error *error)
{
	nng_time until = nng_clock() + (nng_time)dial->timeout_ms;
	int rc;

	do {
		rc = reopen(link, dial, until, error);
		if (rc != 0)
			break;
		nng_mtx_lock(link->lock);
		if (atomic_load(&link->lost) != 0)
			rc = NNG_EAGAIN; /* since a moment ago: once more */
		else
			rc = nng_sendmsg(link->socket, msg, NNG_FLAG_NONBLOCK);
		nng_mtx_unlock(link->lock);
		if (rc == 0)
			return 0;
		if (rc == NNG_EAGAIN && nng_clock() >= until)
			rc = NNG_ETIMEDOUT;
		if (rc == NNG_EAGAIN)
			nng_msleep(FULL_MS);
		else
			rc = librisk_no_answer(error, link, dial->timeout_ms,
					       rc);
	} while (rc == NNG_EAGAIN);
	nng_msg_free(msg);
	return rc;
}

int librisk_no_answer(struct librisk_error *error,
		      const struct librisk_link *link, int timeout_ms,
		      int nng_rc)
{
	if (nng_rc == NNG_ETIMEDOUT && atomic_load(&link->connected) == 0)
		return librisk_fail(error, -ECONNREFUSED,
				    "%s: connection lost, and not taken up "
				    "again in %d ms",
				    link->url, timeout_ms);
	if (nng_rc == NNG_ETIMEDOUT)
		return librisk_fail(error, -ETIMEDOUT, "%s: no answer in %d ms",
				    link->url, timeout_ms);
	return librisk_fail(error, librisk_errno_of(nng_rc), "%s: %s",
			    link->url, nng_strerror(nng_rc));
}

static int clamp(int value, int otherwise, int max)
{
	if (value <= 0)
		return otherwise;
	return value < max ? value : max;
}

static int take_options(struct risk *risk, const struct risk_options *options)
{
	struct risk_options *mine = &risk->options;
	const char *name =
		options->client ? options->client : RISK_CLIENT_DEFAULT;

	if (!*name || strlen(name) >= sizeof(risk->client))
		return librisk_fail(&risk->error, -EINVAL,
				    "client name \"%s\": must be 1 to %d "
				    "characters",
				    name, LIBRISK_CLIENT_SIZE - 1);
	*mine = *options;
	memcpy(risk->client, name, strlen(name) + 1); /* fits, see above */
	mine->client = risk->client;
	mine->timeout_ms =
		clamp(mine->timeout_ms, TIMEOUT_MS_DEFAULT, INT32_MAX / 2);
	mine->resend_ms =
		clamp(mine->resend_ms, RESEND_MS_DEFAULT, INT32_MAX / 2);
	mine->in_flight_max = clamp(mine->in_flight_max, IN_FLIGHT_DEFAULT,
				    LIBRISK_IN_FLIGHT_MAX);
	mine->send_buffer = clamp(mine->send_buffer, LIBRISK_BUFFER_MAX,
				  LIBRISK_BUFFER_MAX);
	mine->receive_buffer = clamp(mine->receive_buffer, LIBRISK_BUFFER_MAX,
				     LIBRISK_BUFFER_MAX);
	return 0;
}

/* The address of one more socket; the first of each is for clients. */
static char *first_url(size_t n, char **urls)
{
	return strdup(n ? urls[0] : "");
}

static int learn_urls(struct risk *risk)
{
	Riskd__Answer *answer;
	Riskd__StatusAnswer *status;
	int rc = risk_status(risk, &answer);

	if (rc)
		return rc;
	status = answer->status;
	risk->ingest_url =
		first_url(status->n_ingest_urls, status->ingest_urls);
	risk->prices_url =
		first_url(status->n_prices_urls, status->prices_urls);
	risk->events_url =
		first_url(status->n_events_urls, status->events_urls);
	risk->public_url =
		first_url(status->n_public_urls, status->public_urls);
	riskd__answer__free_unpacked(answer, NULL);
	if (!risk->ingest_url || !risk->prices_url || !risk->events_url ||
	    !risk->public_url)
		return librisk_fail(&risk->error, -ENOMEM, "out of memory");
	return 0;
}

int risk_open(const char *query_url, const struct risk_options *options,
	      struct risk **ret_risk)
{
	static const struct risk_options defaults;
	struct risk *risk = calloc(1, sizeof(*risk));
	struct librisk_dial dial = {.open = nng_req0_open, .url = query_url};
	int rc;

	*ret_risk = risk;
	if (!risk)
		return -ENOMEM;
	rc = take_options(risk, options ? options : &defaults);
	if (rc)
		return rc;
	dial.timeout_ms = risk->options.timeout_ms;
	dial.resend_ms = risk->options.resend_ms;
	rc = librisk_link_open(&risk->query, &dial, &risk->error);
	if (rc)
		return rc;
	if ((rc = learn_urls(risk)) || risk->options.no_listing)
		return rc;
	return risk_refresh(risk);
}

void risk_close(struct risk *risk)
{
	if (!risk)
		return;
	librisk_calls_close(risk->calls);
	librisk_link_close(&risk->ingest);
	librisk_link_close(&risk->prices);
	librisk_link_close(&risk->query);
	if (risk->listing)
		riskd__answer__free_unpacked(risk->listing, NULL);
	free(risk->ingest_url);
	free(risk->prices_url);
	free(risk->events_url);
	free(risk->public_url);
	free(risk);
}

const char *risk_error(const struct risk *risk)
{
	return risk ? risk->error.text : "out of memory";
}

const char *risk_client_name(const struct risk *risk)
{
	return risk->client;
}
