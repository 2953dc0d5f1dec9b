/*
 * Sending the load and taking its answers. See load.h.
 */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "load_impl.h"

#define PRICES_NS INT64_C(5000000)
#define DRAIN_NS  INT64_C(50000000)
#define WAIT_NS   INT64_C(60000000000)

void rk_load_init(struct rk_load *load, struct rk_rig *rig)
{
	memset(load, 0, sizeof(*load));
	load->rig = rig;
	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++)
		load->client[i].index = i;
}

static void on_gone(nng_pipe pipe, nng_pipe_ev event, void *context)
{
	struct rk_load *load = context;

	(void)pipe;
	(void)event;
	(void)pthread_mutex_lock(&load->gate);
	load->gone = true;
	(void)pthread_mutex_unlock(&load->gate);
}

/*
 * A PUSH socket of NNG 1.5.2 may go on using a connection that is gone, after
 * its memory was given back (nanomsg/nng 1653): nothing is sent on it any more.
 */
static int push(struct rk_load *load, nng_msg *message)
{
	int r = NNG_ECLOSED;

	(void)pthread_mutex_lock(&load->gate);
	if (!load->gone)
		r = nng_sendmsg(load->prices, message, NNG_FLAG_NONBLOCK);
	(void)pthread_mutex_unlock(&load->gate);
	return r;
}

void rk_load_connect(struct rk_load *load)
{
	(void)pthread_mutex_init(&load->gate, NULL); /* of a plain kind */
	load->gone = false;
	load->prices = rk_wire_dial(load->rig, RK_SOCKET_PRICES);
	CHECK(nng_pipe_notify(load->prices, NNG_PIPE_EV_REM_POST, on_gone,
			      load) == 0,
	      "cannot be told of connections that go");
	load->started_ns = rk_process_now();
	load->acked_at_start = load->acked;
	load->priced_ns = 0;
	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++) {
		struct rk_load_client *client = &load->client[i];
		char name[24];

		(void)snprintf(name, sizeof(name), "load-%" PRIu32, i);
		rk_session_open(&client->session, load->rig, name);
		client->waiting = false;
	}
}

/* One quote for each market, near the one price; nobody acknowledges it. */
static void push_prices(struct rk_load *load, int64_t now_ns)
{
	uint32_t slots[RK_LOAD_CLIENTS];
	int64_t prices[RK_LOAD_CLIENTS];
	Riskd__PriceBatch batch = RISKD__PRICE_BATCH__INIT;
	unsigned char bytes[512];
	nng_msg *message;

	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++) {
		slots[i] = RK_SLOT_M(i);
		prices[i] = RK_LOAD_PRICE - 50 +
			    (int64_t)(rk_load_mix(i, (uint64_t)now_ns) % 101);
	}
	batch.version = 1;
	batch.publisher = (uint32_t)(now_ns / PRICES_NS) % 2;
	batch.seq = (uint64_t)now_ns;
	batch.time_ns = now_ns;
	batch.n_slot = RK_LOAD_CLIENTS;
	batch.slot = slots;
	batch.n_price = RK_LOAD_CLIENTS;
	batch.price = prices;
	load->priced_ns = now_ns;
	CHECK(nng_msg_alloc(&message, 0) == 0 &&
		      nng_msg_append(message, bytes,
				     riskd__price_batch__pack(&batch, bytes)) ==
			      0,
	      "no memory for a message");
	/* Nobody there to take it: the next one will do. */
	if (push(load, message) != 0)
		nng_msg_free(message);
}

static void send_next(struct rk_load *load, struct rk_load_client *client)
{
	struct rk_wire_bytes bytes;
	nng_msg *message;

	if (load->rate != 0) {
		int64_t ms = (rk_process_now() - load->started_ns) / 1000000;

		if ((load->acked - load->acked_at_start) * 1000 >
		    (uint64_t)(ms + 1) * load->rate)
			return;
	}
	rk_load_request(client, client->acked + 1);
	bytes = rk_session_pack(&client->session);
	CHECK(nng_msg_alloc(&message, 0) == 0 &&
		      nng_msg_append(message, bytes.data, bytes.size) == 0,
	      "no memory for a message");
	rk_wire_free(&bytes);
	if (nng_sendmsg(client->session.socket, message, NNG_FLAG_NONBLOCK) !=
	    0) {
		nng_msg_free(message); /* not connected yet */
		return;
	}
	client->waiting = true;
	client->sent = client->acked + RK_LOAD_ROWS;
}

/* Judge one result and remember it. */
static void take_result(struct rk_load *load, struct rk_load_client *client,
			const Riskd__Result *result)
{
	uint64_t number = client->acked + 1;
	struct rk_load_answer *kept = &client->kept[number % RK_LOAD_WINDOW];
	struct rk_load_row row = rk_load_row(client->index, number);

	CHECK(result->code == row.code,
	      "%s: number %" PRIu64 " (kind %d) got code %d, not %d",
	      client->session.client, number, (int)row.kind, result->code,
	      row.code);
	CHECK(result->repeat == (number <= client->restored),
	      "%s: number %" PRIu64 " is %sa repeat, riskd had %" PRIu64
	      " when it started",
	      client->session.client, number, result->repeat ? "" : "not ",
	      client->restored);
	CHECK(result->seq > 0, "%s: number %" PRIu64 " has no place",
	      client->session.client, number);
	kept->code = result->code;
	kept->seq = result->seq;
	if (result->seq > load->seq)
		load->seq = result->seq;
	client->acked = number;
	load->acked++;
}

/* True when the reply to what is on its way has come. */
static bool take_reply(struct rk_load *load, struct rk_load_client *client)
{
	struct rk_wire_bytes bytes;
	Riskd__Reply *reply;
	nng_msg *message;

	if (nng_recvmsg(client->session.socket, &message, NNG_FLAG_NONBLOCK) !=
	    0)
		return false;
	bytes.data = nng_msg_body(message);
	bytes.size = nng_msg_len(message);
	reply = rk_wire_reply_of(&bytes);
	nng_msg_free(message);
	CHECK(reply->code == 0, "request refused with %d: %s", reply->code,
	      reply->error);
	CHECK_EQ(reply->client_seq, client->acked + 1);
	CHECK_EQ(reply->n_results, RK_LOAD_ROWS);
	for (size_t i = 0; i < reply->n_results; i++)
		take_result(load, client, reply->results[i]);
	riskd__reply__free_unpacked(reply, NULL);
	client->waiting = false;
	return true;
}

static uint32_t take_all(struct rk_load *load)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++)
		if (load->client[i].waiting)
			n += take_reply(load, &load->client[i]);
	return n;
}

uint32_t rk_load_step(struct rk_load *load)
{
	int64_t now_ns = rk_process_now();
	uint32_t n = take_all(load);

	if (now_ns - load->priced_ns >= PRICES_NS)
		push_prices(load, now_ns);
	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++)
		if (!load->client[i].waiting)
			send_next(load, &load->client[i]);
	return n;
}

void rk_load_push(struct rk_load *load)
{
	push_prices(load, rk_process_now());
}

/* Nothing came: let riskd have the processor. */
static void pause_if(bool idle)
{
	struct timespec moment = {0, 100000};

	if (idle)
		(void)nanosleep(&moment, NULL);
}

void rk_load_run(struct rk_load *load, uint64_t requests)
{
	int64_t until_ns = rk_process_now() + WAIT_NS;
	uint64_t goal = load->acked + requests * RK_LOAD_ROWS;

	while (load->acked < goal) {
		pause_if(rk_load_step(load) == 0);
		CHECK(rk_process_now() < until_ns, "no answers for a minute");
	}
}

void rk_load_drain(struct rk_load *load)
{
	int64_t until_ns = rk_process_now() + DRAIN_NS;

	while (rk_process_now() < until_ns)
		pause_if(take_all(load) == 0);
}

static bool waits(const struct rk_load *load)
{
	bool any = false;

	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++)
		any = any || load->client[i].waiting;
	return any;
}

void rk_load_settle(struct rk_load *load)
{
	int64_t until_ns = rk_process_now() + WAIT_NS;

	while (waits(load)) {
		pause_if(take_all(load) == 0);
		CHECK(rk_process_now() < until_ns, "no answers for a minute");
	}
}
