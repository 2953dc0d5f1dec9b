/*
 * The ring between NNG's threads and the loop, with real threads. A plain
 * program that prints TAP: ThreadSanitizer, which this test is for, does not
 * start under Criterion.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/ring.h"

#define PRODUCERS 4U
#define ITEMS     100000U /* of each */
#define SMALL     4U      /* so that it is full most of the time */

/* Each item says who put it and as the how manieth. */
static uint32_t items[PRODUCERS][ITEMS];

struct producer {
	struct rk_ring *ring;
	uint32_t number;
	uint64_t refused;
	pthread_t thread;
};

static void *produce(void *argument)
{
	struct producer *producer = argument;

	for (uint32_t i = 0; i < ITEMS; i++) {
		items[producer->number][i] = producer->number * ITEMS + i;
		while (!rk_ring_put(producer->ring,
				    &items[producer->number][i])) {
			producer->refused++;
			(void)sched_yield();
		}
	}
	return NULL;
}

/* Take everything; true when all came once and each thread's in order. */
static bool consume(struct rk_ring *ring)
{
	uint32_t next[PRODUCERS] = {0};
	uint32_t n = 0;

	while (n < PRODUCERS * ITEMS) {
		const uint32_t *item = rk_ring_take(ring);

		if (!item)
			continue;
		if (*item % ITEMS != next[*item / ITEMS])
			return false;
		next[*item / ITEMS]++;
		n++;
	}
	return rk_ring_take(ring) == NULL;
}

static bool many_threads_put_one_takes(void)
{
	struct producer producers[PRODUCERS];
	struct rk_ring *ring;
	uint64_t refused = 0;
	bool good;

	if (rk_ring_open(SMALL, &ring) != 0)
		return false;
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){.ring = ring, .number = i};
		if (pthread_create(&producers[i].thread, NULL, produce,
				   &producers[i]) != 0)
			return false;
	}
	good = consume(ring);
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		(void)pthread_join(producers[i].thread, NULL);
		refused += producers[i].refused;
	}
	rk_ring_close(ring);
	printf("# refused when full: %llu times\n",
	       (unsigned long long)refused);
	return good && refused > 0;
}

/* Sizes are rounded up to a power of two, at least two. */
static bool a_full_ring_refuses_and_an_empty_one_gives_nothing(void)
{
	static const uint32_t sizes[][2] = {{1, 2},   {2, 2},      {3, 4},
					    {4, 4},   {5, 8},      {8, 8},
					    {33, 64}, {1000, 1024}};
	static int things[1025];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct rk_ring *ring;

		if (rk_ring_open(sizes[i][0], &ring) != 0)
			return false;
		/* Three times around, so that it wraps. */
		for (int round = 0; round < 3; round++) {
			for (uint32_t j = 0; j < sizes[i][1]; j++)
				if (!rk_ring_put(ring, &things[j]))
					return false;
			if (rk_ring_put(ring, &things[0]))
				return false;
			for (uint32_t j = 0; j < sizes[i][1]; j++)
				if (rk_ring_take(ring) != &things[j])
					return false;
			if (rk_ring_take(ring))
				return false;
		}
		rk_ring_close(ring);
	}
	return true;
}

static bool closing_nothing_is_allowed(void)
{
	rk_ring_close(NULL);
	return true;
}

int main(void)
{
	static const struct {
		const char *name;
		bool (*holds)(void);
	} tests[] = {
		{"many_threads_put_one_takes", many_threads_put_one_takes},
		{"a_full_ring_refuses_and_an_empty_one_gives_nothing",
		 a_full_ring_refuses_and_an_empty_one_gives_nothing},
		{"closing_nothing_is_allowed", closing_nothing_is_allowed},
	};
	size_t n = sizeof(tests) / sizeof(tests[0]);
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		bool good = tests[i].holds();

		failed += !good;
		printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1,
		       tests[i].name);
	}
	printf("1..%zu\n", n);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
