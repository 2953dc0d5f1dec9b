/*
 * The price feed. See feed.h.
 */
#include "feed.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "librisk.h"
#include "role.h"

#define BAND 2000 /* units, 0.2 % */
#define SIZE 100000

struct feed {
	struct risk *risk;
	struct bench_book book;
	uint64_t rng;
	int64_t prices[BENCH_FEED_MARKETS];
};

uint32_t bench_feed_market(uint32_t canary)
{
	return BENCH_FEED_MARKETS + canary % BENCH_FEED_QUIET;
}

int64_t bench_feed_price(uint32_t canary)
{
	return BENCH_BOOK_PRICE -
	       BENCH_FEED_STEP * (int64_t)(canary / BENCH_FEED_QUIET + 1);
}

/*
 * At half a step above its price, what a canary has is what is required: cash
 * = size * (entry - price) + rate * size * price, size in 1e-3, prices in
 * 1e-4, cash in 1e-6.
 */
void bench_feed_canary(uint32_t canary, uint64_t account,
		       struct bench_holder *ret_holder)
{
	int64_t price = bench_feed_price(canary) + BENCH_FEED_STEP / 2;

	memset(ret_holder, 0, sizeof(*ret_holder));
	ret_holder->account = account;
	ret_holder->held[0].market = bench_feed_market(canary);
	ret_holder->held[0].size = SIZE;
	ret_holder->cash = (SIZE * (BENCH_BOOK_PRICE - price) +
			    SIZE * price / 10000 * BENCH_BOOK_MAINTENANCE) /
			   10;
}

static int64_t step(struct feed *feed, uint32_t market)
{
	double by = -1.5;
	int64_t *price = &feed->prices[market];

	for (int k = 0; k < 3; k++)
		by += bench_draw_part(&feed->rng);
	*price += (int64_t)(by * 100); /* half a basis point */
	if (*price > BENCH_BOOK_PRICE + BAND)
		*price = BENCH_BOOK_PRICE + BAND;
	if (*price < BENCH_BOOK_PRICE - BAND)
		*price = BENCH_BOOK_PRICE - BAND;
	return *price;
}

static void push(struct feed *feed, const uint32_t *slots,
		 const int64_t *prices, size_t n)
{
	const struct risk_prices batch = {
		.n = n, .slots = slots, .prices = prices};

	if (risk_push_prices(feed->risk, &batch) != 0)
		bench_die("cannot push: %s", risk_error(feed->risk));
}

static void push_one(struct feed *feed)
{
	uint32_t market =
		bench_book_market(&feed->book, bench_draw_part(&feed->rng));
	int64_t price = step(feed, market);

	push(feed, &market, &price, 1);
}

/* As many as go, until somebody ends it. */
static void flood(struct feed *feed, uint32_t ticks)
{
	uint32_t slots[BENCH_FEED_MARKETS];
	int64_t prices[BENCH_FEED_MARKETS];

	for (uint32_t i = 0; i < BENCH_FEED_MARKETS; i++)
		slots[i] = i;
	for (;;) {
		if (ticks == 1) {
			push_one(feed);
			continue;
		}
		for (uint32_t i = 0; i < BENCH_FEED_MARKETS; i++)
			prices[i] = step(feed, i);
		push(feed, slots, prices, BENCH_FEED_MARKETS);
	}
}

/* sent_ns is shared with whoever waits for the orders, by canary. */
static void steady(struct feed *feed, uint64_t rate, uint32_t first,
		   uint32_t count, uint64_t *sent_ns)
{
	uint64_t start = bench_now_ns();
	uint32_t end = first + count;

	for (uint64_t i = 0; first < end; i++) {
		uint64_t due = start + i * 1000000000 / rate;
		uint64_t now = bench_now_ns();
		uint32_t market = bench_feed_market(first);
		int64_t price = bench_feed_price(first);

		if (due > now)
			bench_sleep_ns(due - now);
		if (i % BENCH_FEED_EVERY != 0) {
			push_one(feed);
			continue;
		}
		sent_ns[first++] = bench_now_ns();
		push(feed, &market, &price, 1);
	}
	/* What is in the buffer would be lost with the socket. */
	bench_sleep_ns(UINT64_C(200000000));
}

static uint64_t *map_sent(const char *path)
{
	int fd = open(path, O_RDWR);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	void *sent = size <= 0
			     ? MAP_FAILED
			     : mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
				    MAP_SHARED, fd, 0);

	if (sent == MAP_FAILED)
		bench_die("cannot map %s", path);
	(void)close(fd);
	return sent;
}

/*
 * URL of queries; ticks a message; messages a second (0: all that go); first
 * canary, how many; the file of when they were sent.
 */
void bench_role_feed(char **argv)
{
	const struct risk_options options = {
		.client = "feed", .send_buffer = 64, .timeout_ms = 60000};
	struct bench_shape shape = bench_shape_usual(1);
	uint64_t rate = strtoull(argv[2], NULL, 10);
	static struct feed feed;

	if (risk_open(argv[0], &options, &feed.risk) != 0)
		bench_die("riskd does not answer: %s", risk_error(feed.risk));
	shape.markets = BENCH_FEED_MARKETS;
	bench_book_init(&feed.book, &shape);
	feed.rng = bench_now_ns();
	for (uint32_t i = 0; i < BENCH_FEED_MARKETS; i++)
		feed.prices[i] = BENCH_BOOK_PRICE;
	if (rate == 0)
		flood(&feed, (uint32_t)strtoul(argv[1], NULL, 10));
	else
		steady(&feed, rate, (uint32_t)strtoul(argv[3], NULL, 10),
		       (uint32_t)strtoul(argv[4], NULL, 10), map_sent(argv[5]));
	risk_close(feed.risk);
}
