/*
 * A daemon of its own, spoken to over its sockets as any program would: with
 * librisk. Commands go over `ingest`, with the time of the scenario; events
 * are read by number, so that a lost or a doubled one is seen.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend.h"
#include "daemon_process.h"
#include "daemon_wire.h"
#include "engine/rc.h"
#include "librisk.h"

#define EVENTS_MAX    8192
#define CLIENTS_MAX   8
#define START_STEPS   4000
#define START_STEP_NS 5000000L
#define TIMEOUT_MS    60000

struct backend {
	const char *program;
	struct scn_process process;
	struct risk *clients[CLIENTS_MAX]; /* the first asks the questions */
	uint32_t clients_n;
	uint64_t next_event;
	struct rk_event *events; /* since the last request */
	uint32_t events_n;
	struct scn_row rows[RK_ATOMIC_MAX];
	Riskd__Command *commands[RK_ATOMIC_MAX];
};

static int fail_call(const struct risk *risk, int r, struct rk_error *error)
{
	rk_error_set(error, "%s", risk_error(risk));
	return r;
}

static int open_client(struct backend *backend, const char *name,
		       struct rk_error *error)
{
	struct risk_options options = {
		.client = name,
		.timeout_ms = TIMEOUT_MS,
		/* Sent again it would be a repeat: not on a slow machine. */
		.resend_ms = TIMEOUT_MS,
	};
	struct risk *risk = NULL;
	int r;

	if (backend->clients_n == CLIENTS_MAX) {
		rk_error_set(error, "more than %d clients", CLIENTS_MAX);
		return -ENOSPC;
	}
	r = risk_open(backend->process.query_url, &options, &risk);
	if (r != 0) {
		rk_error_set(error, "%s",
			     risk ? risk_error(risk) : "out of memory");
		risk_close(risk);
		return r;
	}
	backend->clients[backend->clients_n++] = risk;
	return 0;
}

/* The daemon needs a moment until it listens. */
static int wait_until_open(struct backend *backend, struct rk_error *error)
{
	const struct timespec pause = {0, START_STEP_NS};
	int r = -ECONNREFUSED;

	for (int i = 0; r == -ECONNREFUSED && i < START_STEPS; i++) {
		if (scn_process_has_ended(&backend->process)) {
			rk_error_set(error, "riskd did not start");
			return -ECHILD;
		}
		r = open_client(backend, SCN_CLIENT, error);
		if (r == -ECONNREFUSED)
			(void)nanosleep(&pause, NULL); /* or a bit less */
	}
	return r;
}

static int learn_newest_event(struct backend *backend, struct rk_error *error)
{
	Riskd__Answer *answer;
	int r = risk_digest(backend->clients[0], &answer);

	if (r != 0)
		return fail_call(backend->clients[0], r, error);
	backend->next_event = answer->digest->last_event + 1;
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

static int open_daemon(const struct scn_backend *backend,
		       const struct scn_listing *listing, void **ret_self,
		       struct rk_error *error)
{
	struct backend *self = calloc(1, sizeof(*self));
	int r;

	if (!self) {
		rk_error_set(error, "out of memory");
		return -ENOMEM;
	}
	*ret_self = self; /* closed by the caller in any case */
	self->program = backend->program;
	self->events = calloc(EVENTS_MAX, sizeof(*self->events));
	if (!self->events) {
		rk_error_set(error, "out of memory");
		return -ENOMEM;
	}
	r = scn_process_start(&self->process, backend->program, listing, error);
	if (r == 0)
		r = wait_until_open(self, error);
	return r == 0 ? learn_newest_event(self, error) : r;
}

static void close_clients(struct backend *backend)
{
	for (uint32_t i = 0; i < backend->clients_n; i++)
		risk_close(backend->clients[i]);
	backend->clients_n = 0;
}

static int close_daemon(void *self, struct rk_error *error)
{
	struct backend *backend = self;
	int r;

	if (!backend)
		return 0;
	close_clients(backend);
	r = scn_process_stop(&backend->process, error);
	free(backend->events);
	free(backend);
	return r;
}

static int find_client(struct backend *backend, const char *name,
		       struct risk **ret_risk, struct rk_error *error)
{
	int r;

	for (uint32_t i = 0; i < backend->clients_n; i++) {
		if (strcmp(risk_client_name(backend->clients[i]), name) != 0)
			continue;
		*ret_risk = backend->clients[i];
		return 0;
	}
	r = open_client(backend, name, error);
	if (r == 0)
		*ret_risk = backend->clients[backend->clients_n - 1];
	return r;
}

/* Each event once, in order of number. */
static int keep_events(struct backend *backend, const Riskd__EventsAnswer *wire,
		       struct rk_error *error)
{
	for (size_t i = 0; i < wire->n_events; i++) {
		const Riskd__Event *event = wire->events[i];

		if (event->number != backend->next_event) {
			rk_error_set(error,
				     "event %" PRIu64 " came, the next is "
				     "%" PRIu64,
				     event->number, backend->next_event);
			return -EPROTO;
		}
		if (backend->events_n == EVENTS_MAX ||
		    scn_wire_event(event, &backend->events[backend->events_n]) <
			    0) {
			rk_error_set(error,
				     "event %" PRIu64 " makes no sense, or is "
				     "one of too many",
				     event->number);
			return -EPROTO;
		}
		backend->events_n++;
		backend->next_event++;
	}
	return 0;
}

static int read_events(struct backend *backend, struct rk_error *error)
{
	struct risk_events_query query = {.topic = ""};
	struct risk *risk = backend->clients[0];
	Riskd__Answer *answer;
	size_t n;
	int r;

	do {
		query.from = backend->next_event;
		r = risk_events(risk, &query, &answer);
		if (r != 0)
			return fail_call(risk, r, error);
		n = answer->events->n_events;
		r = keep_events(backend, answer->events, error);
		riskd__answer__free_unpacked(answer, NULL);
	} while (r == 0 && n > 0);
	return r;
}

/* Events go on where they were; clients come back when they are needed. */
static int restart_daemon(void *self, const struct scn_listing *listing,
			  struct scn_reply *reply, struct rk_error *error)
{
	struct backend *backend = self;
	int r;

	close_clients(backend);
	r = scn_process_restart(&backend->process, backend->program, listing,
				error);
	if (r == 0)
		r = wait_until_open(backend, error);
	if (r != 0)
		return r;
	backend->events_n = 0;
	r = read_events(backend, error);
	reply->events = backend->events;
	reply->events_n = backend->events_n;
	return r;
}

static int take_results(const Riskd__Reply *wire, uint32_t n,
			struct scn_reply *reply, struct rk_error *error)
{
	if (wire->n_results != n) {
		rk_error_set(error, "%zu results for %" PRIu32 " commands",
			     wire->n_results, n);
		return -EPROTO;
	}
	for (uint32_t i = 0; i < n; i++) {
		const Riskd__Result *result = wire->results[i];

		reply->codes[i] = result->code;
		reply->seqs[i] = result->seq;
		reply->repeat = reply->repeat || result->repeat;
	}
	return 0;
}

static int send_daemon(void *self, const struct scn_request *request,
		       struct scn_reply *reply, struct rk_error *error)
{
	struct backend *backend = self;
	struct risk_request wire = {
		.rows = backend->commands,
		.n = request->n,
		.atomic = request->atomic,
		.time_ns = request->time_ns,
		.client_seq = request->number,
	};
	Riskd__Reply *answered = NULL;
	struct risk *risk;
	int r = find_client(backend, request->client, &risk, error);

	if (r != 0)
		return r;
	backend->events_n = 0;
	for (uint32_t i = 0; i < request->n; i++) {
		if (scn_wire_row(&request->cmds[i], &backend->rows[i]) < 0) {
			rk_error_set(error, "%s cannot be sent",
				     rk_cmd_name(request->cmds[i].type));
			return -EINVAL;
		}
		backend->commands[i] = &backend->rows[i].cmd.command;
	}

	r = risk_send(risk, &wire, &answered);
	if (r < 0)
		return fail_call(risk, r, error);
	reply->code = r;
	if (answered) {
		r = take_results(answered, request->n, reply, error);
		riskd__reply__free_unpacked(answered, NULL);
		if (r < 0)
			return r;
	}
	r = read_events(backend, error);
	reply->events = backend->events;
	reply->events_n = backend->events_n;
	return r;
}

static int ask_account(void *self, uint64_t account, struct scn_account *answer,
		       struct rk_error *error)
{
	struct backend *backend = self;
	Riskd__Answer *wire;
	int r = risk_account(backend->clients[0], account, &wire);

	if (r != 0)
		return fail_call(backend->clients[0], r, error);
	r = scn_wire_account(wire->account, answer);
	if (r < 0)
		rk_error_set(error, "account %" PRIu64 " has too many rows",
			     account);
	riskd__answer__free_unpacked(wire, NULL);
	return r;
}

static int ask_market(void *self, uint32_t market, struct scn_market *answer,
		      struct rk_error *error)
{
	struct backend *backend = self;
	Riskd__Answer *wire;
	int r = risk_markets(backend->clients[0], &wire);

	if (r != 0)
		return fail_call(backend->clients[0], r, error);
	if (market < wire->markets->n_markets) {
		scn_wire_market(wire->markets->markets[market], answer);
	} else {
		rk_error_set(error, "there is no market %" PRIu32, market);
		r = RK_REJ_NO_MARKET;
	}
	riskd__answer__free_unpacked(wire, NULL);
	return r;
}

static int ask_asset(void *self, uint32_t asset, struct scn_asset *answer,
		     struct rk_error *error)
{
	struct backend *backend = self;
	Riskd__Answer *wire;
	int r = risk_markets(backend->clients[0], &wire);

	if (r != 0)
		return fail_call(backend->clients[0], r, error);
	if (asset < wire->markets->n_assets) {
		scn_wire_asset(wire->markets->assets[asset], answer);
	} else {
		rk_error_set(error, "there is no asset %" PRIu32, asset);
		r = RK_REJ_NO_ASSET;
	}
	riskd__answer__free_unpacked(wire, NULL);
	return r;
}

static int ask_digest(void *self, struct scn_digest *answer,
		      struct rk_error *error)
{
	struct backend *backend = self;
	Riskd__Answer *wire;
	int r = risk_digest(backend->clients[0], &wire);

	if (r != 0)
		return fail_call(backend->clients[0], r, error);
	(void)snprintf(answer->events, sizeof(answer->events), "%s",
		       wire->digest->events);
	answer->books_balance = wire->digest->books_balance;
	riskd__answer__free_unpacked(wire, NULL);
	return 0;
}

struct scn_backend scn_backend_daemon(const char *program)
{
	return (struct scn_backend){
		.name = "daemon",
		.program = program,
		.open = open_daemon,
		.close = close_daemon,
		.send = send_daemon,
		.restart = restart_daemon,
		.account = ask_account,
		.market = ask_market,
		.asset = ask_asset,
		.digest = ask_digest,
	};
}
