/*
 * NNG without riskd. See raw.h.
 */
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "librisk.h"
#include "net/close.h"
#include "raw.h"
#include "role.h"

#define SEND_BUFFER 64
#define QUOTES_MAX  128U
#define HOPS_MAX    8000U
#define WARM_NS     UINT64_C(200000000)
#define WAIT_MS     20000

static void must(int rv, const char *what)
{
	if (rv != 0)
		bench_die("%s: %s", what, nng_strerror(rv));
}

size_t bench_raw_bytes(size_t quotes)
{
	static uint32_t slots[QUOTES_MAX];
	static int64_t prices[QUOTES_MAX];
	Riskd__PriceBatch batch = RISKD__PRICE_BATCH__INIT;

	for (size_t i = 0; i < quotes; i++) {
		slots[i] = (uint32_t)i;
		prices[i] = 1000000;
	}
	batch.version = RISK_PROTOCOL_VERSION;
	batch.seq = INT64_C(1800000000000000000);
	batch.time_ns = INT64_C(1800000000000000000);
	batch.n_slot = quotes;
	batch.slot = slots;
	batch.n_price = quotes;
	batch.price = prices;
	return riskd__price_batch__get_packed_size(&batch);
}

/* The sender: URL, bytes, messages a second (0: all that go), how many. */
void bench_role_push(char **argv)
{
	size_t bytes = strtoul(argv[1], NULL, 10);
	uint64_t rate = strtoull(argv[2], NULL, 10);
	uint64_t n = strtoull(argv[3], NULL, 10);
	uint64_t start = bench_now_ns();
	nng_socket socket;

	must(nng_push0_open(&socket), "push");
	must(nng_socket_set_int(socket, NNG_OPT_SENDBUF, SEND_BUFFER),
	     "send buffer");
	must(nng_dial(socket, argv[0], NULL, 0), argv[0]);
	for (uint64_t i = 0; n == 0 || i < n; i++) {
		uint64_t due = start + (rate ? i * 1000000000 / rate : 0);
		uint64_t now = bench_now_ns();
		nng_msg *msg;

		if (rate && due > now)
			bench_sleep_ns(due - now);
		must(nng_msg_alloc(&msg, bytes), "message");
		now = bench_now_ns();
		memcpy(nng_msg_body(msg), &now, sizeof(now));
		must(nng_sendmsg(socket, msg, 0), "send");
	}
	/* What is in the buffer would be lost with the socket. */
	bench_sleep_ns(WARM_NS);
	(void)rk_net_close_socket(socket); /* or it ends with the process */
}

/* The other end. */
struct receiver {
	nng_socket socket;
	nng_aio *aio;
	atomic_uint_fast64_t n;
	double *us; /* of the first HOPS_MAX; NULL: only count */
};

static void receiver_open(struct receiver *receiver, const struct bench *bench,
			  char url[BENCH_PATH_SIZE])
{
	int n = snprintf(url, BENCH_PATH_SIZE, "ipc://%s/raw", bench->dir);

	/* Sockets have short paths; those of a deep folder go elsewhere. */
	if (n > 100)
		(void)snprintf(url, BENCH_PATH_SIZE,
			       "ipc:///tmp/riskd-bench-%d-raw", (int)getpid());
	memset(receiver, 0, sizeof(*receiver));
	must(nng_pull0_open(&receiver->socket), "pull");
	must(nng_socket_set_ms(receiver->socket, NNG_OPT_RECVTIMEO, WAIT_MS),
	     "time-out");
	must(nng_listen(receiver->socket, url, NULL, 0), url);
}

static void receiver_close(struct receiver *receiver)
{
	if (receiver->aio)
		nng_aio_free(receiver->aio); /* waits for the callback */
	(void)rk_net_close_socket(receiver->socket); /* or it is left */
	free(receiver->us);
}

static void take(struct receiver *receiver, nng_msg *msg)
{
	uint64_t n = atomic_fetch_add(&receiver->n, 1);
	uint64_t sent;

	if (receiver->us && n < HOPS_MAX) {
		memcpy(&sent, nng_msg_body(msg), sizeof(sent));
		receiver->us[n] = (double)(bench_now_ns() - sent) / 1e3;
	}
	nng_msg_free(msg);
}

static void on_message(void *arg)
{
	struct receiver *receiver = arg;

	if (nng_aio_result(receiver->aio) != 0)
		return; /* it is closed */
	take(receiver, nng_aio_get_msg(receiver->aio));
	nng_recv_aio(receiver->socket, receiver->aio);
}

static void begin_callbacks(struct receiver *receiver)
{
	must(nng_aio_alloc(&receiver->aio, on_message, receiver), "aio");
	nng_aio_set_timeout(receiver->aio, NNG_DURATION_INFINITE);
	nng_recv_aio(receiver->socket, receiver->aio);
}

static pid_t start_sender(const char *url, size_t bytes, uint64_t rate,
			  uint64_t n)
{
	char texts[3][24];
	const char *arguments[] = {url, texts[0], texts[1], texts[2], NULL};

	(void)snprintf(texts[0], sizeof(texts[0]), "%zu", bytes);
	(void)snprintf(texts[1], sizeof(texts[1]), "%llu",
		       (unsigned long long)rate);
	(void)snprintf(texts[2], sizeof(texts[2]), "%llu",
		       (unsigned long long)n);
	return bench_role_start("push", arguments);
}

double bench_raw_rate(const struct bench *bench, size_t bytes)
{
	uint64_t ns = bench->quick ? UINT64_C(300000000) : UINT64_C(2000000000);
	char url[BENCH_PATH_SIZE];
	struct receiver receiver;
	uint64_t start, before, n;
	pid_t sender;

	receiver_open(&receiver, bench, url);
	begin_callbacks(&receiver);
	sender = start_sender(url, bytes, 0, 0);
	while (atomic_load(&receiver.n) == 0)
		bench_sleep_ns(1000000);
	bench_sleep_ns(WARM_NS);
	start = bench_now_ns();
	before = atomic_load(&receiver.n);
	bench_sleep_ns(ns);
	n = atomic_load(&receiver.n) - before;
	ns = bench_now_ns() - start;
	bench_role_kill(sender);
	receiver_close(&receiver);
	return (double)n / ((double)ns / 1e9);
}

struct bench_hop bench_raw_hop(const struct bench *bench, bool in_callback)
{
	uint64_t n = bench->quick ? 1000 : HOPS_MAX;
	char url[BENCH_PATH_SIZE];
	struct receiver receiver;
	struct bench_hop hop;
	nng_msg *msg;
	pid_t sender;

	receiver_open(&receiver, bench, url);
	receiver.us = bench_need(calloc(HOPS_MAX, sizeof(*receiver.us)));
	if (in_callback)
		begin_callbacks(&receiver);
	sender = start_sender(url, bench_raw_bytes(1), BENCH_RAW_RATE, n);
	while (atomic_load(&receiver.n) < n) {
		if (in_callback) {
			bench_sleep_ns(10000000);
			continue;
		}
		must(nng_recvmsg(receiver.socket, &msg, 0), "receive");
		take(&receiver, msg);
	}
	bench_role_wait(sender);
	hop.p50_us = bench_percentile(receiver.us, n, 0.5);
	hop.p99_us = bench_percentile(receiver.us, n, 0.99);
	receiver_close(&receiver);
	return hop;
}

static void hops(struct bench *bench, bool in_callback, const char *name_p50,
		 const char *name_p99)
{
	double p50[BENCH_REPEATS_MAX];
	double p99[BENCH_REPEATS_MAX];

	for (uint32_t i = 0; i < bench->repeats; i++) {
		struct bench_hop hop = bench_raw_hop(bench, in_callback);

		p50[i] = hop.p50_us;
		p99[i] = hop.p99_us;
	}
	bench_tell(bench, name_p50, "us", p50);
	bench_tell(bench, name_p99, "us", p99);
}

void bench_nng(struct bench *bench)
{
	double values[BENCH_REPEATS_MAX];

	for (uint32_t i = 0; i < bench->repeats; i++)
		values[i] = bench_raw_rate(bench, bench_raw_bytes(1));
	bench_tell(bench, "nng.rate.1_tick", "msg/s", values);
	for (uint32_t i = 0; i < bench->repeats; i++)
		values[i] = bench_raw_rate(bench, bench_raw_bytes(100));
	bench_tell(bench, "nng.rate.100_ticks", "msg/s", values);
	hops(bench, false, "nng.hop.p50", "nng.hop.p99");
	hops(bench, true, "nng.hop_callback.p50", "nng.hop_callback.p99");
}
