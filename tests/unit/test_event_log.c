/*
 * The log of events that can still be read: bounded in number and in bytes,
 * read by number and topic.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "app/event_log.h"
#include "support/prng.h"

#define SEED     UINT64_C(20161002)
#define FIELD    1U
#define N(array) (sizeof(array) / sizeof((array)[0]))

/* Event number n is n % 61 + 1 bytes of the value n. */
static size_t size_of(uint64_t number)
{
	return number % 61 + 1;
}

static void add(struct rk_event_log *log, const struct rk_event *event)
{
	unsigned char bytes[64];

	memset(bytes, (int)(event->number & 0xff), sizeof(bytes));
	rk_event_log_add(log, event, bytes, size_of(event->number));
}

static void add_plain(struct rk_event_log *log, uint64_t number)
{
	struct rk_event event = {.number = number,
				 .type = RK_EVENT_REJECTED,
				 .market = RK_NO_MARKET};

	add(log, &event);
}

/* The first field in bytes must be that event; returns its length in all. */
static size_t check_field(const unsigned char *bytes, uint64_t number)
{
	size_t size = size_of(number);

	cr_assert_eq(bytes[0], FIELD << 3 | 2);
	cr_assert_eq(bytes[1], size); /* below 128: one byte */
	for (size_t i = 0; i < size; i++)
		cr_assert_eq(bytes[2 + i], (unsigned char)number);
	return 2 + size;
}

static uint32_t read_range(const struct rk_event_log *log,
			   const struct rk_event_range *range,
			   struct rk_bytes *bytes, uint64_t *ret_next)
{
	bytes->n = 0;
	bytes->full = false;
	return rk_event_log_read(log, range, FIELD, bytes, ret_next);
}

/* All that is kept must be there, as it was added. */
static void check_all(const struct rk_event_log *log)
{
	static unsigned char data[1 << 20];
	struct rk_bytes bytes = {data, sizeof(data), 0, false};
	struct rk_event_range range = {.from = rk_event_log_oldest(log),
				       .limit = UINT32_MAX,
				       .visits = UINT32_MAX};
	uint64_t newest = rk_event_log_newest(log);
	uint64_t next;
	size_t at = 0;
	uint32_t n = read_range(log, &range, &bytes, &next);

	cr_assert_eq(n, newest - range.from + 1);
	cr_assert_eq(next, newest + 1);
	for (uint64_t i = range.from; i <= newest; i++)
		at += check_field(data + at, i);
	cr_assert_eq(at, bytes.n);
	cr_assert_not(bytes.full);
}

Test(event_log, an_empty_log_has_nothing_to_read)
{
	struct rk_event_log *log;

	cr_assert_eq(rk_event_log_open(16, 1024, &log), 0);
	cr_assert_eq(rk_event_log_oldest(log), 1);
	cr_assert_eq(rk_event_log_newest(log), 0);
	check_all(log);
	rk_event_log_close(log);
	rk_event_log_close(NULL);
}

Test(event_log, the_oldest_go_when_there_are_too_many)
{
	struct rk_event_log *log;

	cr_assert_eq(rk_event_log_open(16, 1 << 20, &log), 0);
	for (uint64_t i = 1; i <= 1000; i++) {
		uint64_t kept;

		add_plain(log, i);
		kept = rk_event_log_newest(log) - rk_event_log_oldest(log) + 1;
		cr_assert_eq(rk_event_log_newest(log), i);
		cr_assert_eq(kept, i < 16 ? i : 16, "after %zu: %zu kept",
			     (size_t)i, (size_t)kept);
		check_all(log);
	}
	rk_event_log_close(log);
}

Test(event_log, the_oldest_go_when_they_are_too_large)
{
	struct rk_event_log *log;

	cr_assert_eq(rk_event_log_open(1 << 16, 1000, &log), 0);
	for (uint64_t i = 1; i <= 5000; i++) {
		size_t bytes = 0;

		add_plain(log, i);
		for (uint64_t j = rk_event_log_oldest(log); j <= i; j++)
			bytes += size_of(j);
		cr_assert_leq(bytes, 1000);
		/* What one more would take and what a wrap may waste. */
		cr_assert(rk_event_log_oldest(log) == 1 ||
				  bytes > 1000 - 2 * 61 - 1,
			  "after %zu only %zu bytes are kept", (size_t)i,
			  bytes);
		check_all(log);
	}
	rk_event_log_close(log);
}

Test(event_log, an_event_of_all_its_bytes_is_kept)
{
	struct rk_event_log *log;

	/* 61 bytes, the largest event, and room for no more. */
	cr_assert_eq(rk_event_log_open(16, 61, &log), 0);
	for (uint64_t i = 1; i <= 500; i++) {
		add_plain(log, i);
		cr_assert_eq(rk_event_log_newest(log), i);
		cr_assert_leq(rk_event_log_oldest(log), i);
		check_all(log);
	}
	rk_event_log_close(log);
}

/* A log in which every sort of event is, over and over. */
static struct rk_event_log *mixed(uint64_t events)
{
	struct rk_event_log *log;

	cr_assert_eq(rk_event_log_open(1 << 12, 1 << 20, &log), 0);
	for (uint64_t i = 1; i <= events; i++) {
		struct rk_event event = {.number = i, .market = RK_NO_MARKET};

		switch (i % 5) {
		case 0: /* an order of account 7 or 8 in market 0 or 1 */
			event.type = RK_EVENT_ORDER_OPENED;
			event.account = 7 + i / 5 % 2;
			event.market = i / 10 % 2;
			break;
		case 1:
			event.type = i % 10 == 1 ? RK_EVENT_CONVERSION_OPENED
						 : RK_EVENT_BALANCE;
			event.account = 7;
			break;
		case 2:
			event.type = RK_EVENT_PRICE_STATE;
			event.market = i / 5 % 2;
			break;
		case 3:
			event.type = RK_EVENT_POSITION;
			event.account = 8;
			event.market = 1;
			break;
		default:
			event.type = RK_EVENT_REJECTED;
			break;
		}
		add(log, &event);
	}
	return log;
}

/* Does event number i of mixed() belong to the topic? */
static bool belongs(const struct rk_topic *topic, uint64_t i)
{
	uint64_t account = i % 5 == 0   ? 7 + i / 5 % 2
			   : i % 5 == 1 ? 7
			   : i % 5 == 3 ? 8
					: 0;

	switch (topic->kind) {
	case RK_TOPIC_ALL:
		return true;
	case RK_TOPIC_ACCOUNT:
		return account != 0 && (topic->any || account == topic->id);
	case RK_TOPIC_LIQUIDATION:
		return i % 5 == 0 && (topic->any || i / 10 % 2 == topic->id);
	case RK_TOPIC_MARKET:
		return i % 5 == 2 && (topic->any || i / 5 % 2 == topic->id);
	case RK_TOPIC_CONVERSION:
		return i % 10 == 1;
	case RK_TOPIC_SYSTEM:
		return i % 5 == 4;
	default:
		return false;
	}
}

static const struct rk_topic topics[] = {
	{RK_TOPIC_ALL, false, 0},         {RK_TOPIC_ACCOUNT, true, 0},
	{RK_TOPIC_ACCOUNT, false, 7},     {RK_TOPIC_ACCOUNT, false, 8},
	{RK_TOPIC_ACCOUNT, false, 9},     {RK_TOPIC_LIQUIDATION, true, 0},
	{RK_TOPIC_LIQUIDATION, false, 0}, {RK_TOPIC_LIQUIDATION, false, 1},
	{RK_TOPIC_MARKET, true, 0},       {RK_TOPIC_MARKET, false, 1},
	{RK_TOPIC_MARKET, false, 2},      {RK_TOPIC_SYSTEM, false, 0},
	{RK_TOPIC_CONVERSION, false, 0},
};

/* However little is read at once, all of a topic comes, once, in order. */
Test(event_log, a_topic_is_read_whole_in_steps_of_any_size)
{
	static unsigned char data[4096];
	struct rk_event_log *log = mixed(2000);
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	for (size_t i = 0; i < 40 * N(topics); i++) {
		struct rk_event_range range = {.from = 1,
					       .topic = topics[i % N(topics)]};
		uint64_t number = 0;

		while (range.from <= 2000) {
			struct rk_bytes bytes = {
				data, 64 + rk_prng_below(&prng, 4000), 0,
				false};
			uint64_t next;
			size_t at = 0;
			uint32_t n;

			range.limit = 1 + (uint32_t)rk_prng_below(&prng, 50);
			range.visits = 1 + (uint32_t)rk_prng_below(&prng, 300);
			n = read_range(log, &range, &bytes, &next);
			cr_assert_leq(n, range.limit);
			cr_assert_leq(next - range.from, range.visits);
			cr_assert_gt(next, range.from, "it goes on");
			for (uint32_t j = 0; j < n; j++) {
				do
					number++;
				while (!belongs(&range.topic, number));
				at += check_field(data + at, number);
				cr_assert_lt(number, next);
			}
			cr_assert_eq(at, bytes.n);
			range.from = next;
		}
		while (number < 2000 && !belongs(&range.topic, number + 1))
			number++;
		cr_assert_eq(number, 2000, "topic %zu: all was read",
			     i % N(topics));
	}
	rk_event_log_close(log);
}

Test(event_log, reading_stops_before_what_does_not_fit)
{
	unsigned char data[64];
	struct rk_bytes bytes = {data, 2 + size_of(10), 0, false};
	struct rk_event_range range = {.from = 10, .limit = 100, .visits = 100};
	struct rk_event_log *log;
	uint64_t next;

	cr_assert_eq(rk_event_log_open(64, 1 << 16, &log), 0);
	for (uint64_t i = 1; i <= 20; i++)
		add_plain(log, i);
	cr_assert_eq(read_range(log, &range, &bytes, &next), 1);
	cr_assert_eq(next, 11);
	cr_assert_not(bytes.full);
	bytes.size--;
	cr_assert_eq(read_range(log, &range, &bytes, &next), 0);
	cr_assert_eq(next, 10);
	rk_event_log_close(log);
}

Test(event_log, a_gap_in_the_numbers_is_a_bug, .signal = SIGABRT)
{
	struct rk_event_log *log;

	cr_assert_eq(rk_event_log_open(64, 1 << 16, &log), 0);
	add_plain(log, 1);
	add_plain(log, 3);
}

Test(event_log, reading_what_is_gone_is_a_bug, .signal = SIGABRT)
{
	unsigned char data[64];
	struct rk_bytes bytes = {data, sizeof(data), 0, false};
	struct rk_event_range range = {.from = 1, .limit = 1, .visits = 1};
	struct rk_event_log *log;
	uint64_t next;

	cr_assert_eq(rk_event_log_open(4, 1 << 16, &log), 0);
	for (uint64_t i = 1; i <= 20; i++)
		add_plain(log, i);
	(void)read_range(log, &range, &bytes, &next);
}
