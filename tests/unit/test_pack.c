/*
 * Scratch memory and hand-made protobuf framing: bounded, and read by
 * protobuf-c as what was meant.
 */
#include <criterion/criterion.h>
#include <stdalign.h>
#include <string.h>

#include "codec/pack.h"
#include "riskd.pb-c.h"
#include "support/prng.h"

#define SEED     UINT64_C(20010709)
#define N(array) (sizeof(array) / sizeof((array)[0]))

static alignas(16) unsigned char memory[4096];

Test(scratch, memory_is_aligned_and_never_overlaps)
{
	struct rk_scratch scratch = {memory, sizeof(memory), 0};
	unsigned char *end = memory;
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	for (int i = 0; i < 1000; i++) {
		size_t count = rk_prng_below(&prng, 20);
		size_t size = 1 + rk_prng_below(&prng, 20);
		unsigned char *taken = rk_scratch_take(&scratch, count, size);

		if (!taken) {
			rk_scratch_reset(&scratch);
			end = memory;
			continue;
		}
		cr_assert_eq((uintptr_t)taken % 16, 0);
		cr_assert_geq(taken, end);
		end = taken + count * size;
		cr_assert_leq(end, memory + sizeof(memory));
	}
}

Test(scratch, what_does_not_fit_is_refused_and_takes_nothing)
{
	static const size_t wrong[][2] = {{4097, 1},
					  {1, 4097},
					  {SIZE_MAX, 1},
					  {1, SIZE_MAX},
					  {SIZE_MAX, SIZE_MAX},
					  {SIZE_MAX / 2 + 1, 2},
					  {(size_t)1 << 32, (size_t)1 << 32}};
	struct rk_scratch scratch = {memory, sizeof(memory), 0};

	for (size_t i = 0; i < N(wrong); i++) {
		cr_assert_null(
			rk_scratch_take(&scratch, wrong[i][0], wrong[i][1]));
		cr_assert_eq(scratch.used, 0);
	}
	cr_assert_not_null(rk_scratch_take(&scratch, 1, 4000));
	cr_assert_null(rk_scratch_take(&scratch, 1, 100));
	rk_scratch_reset(&scratch);
	cr_assert_not_null(rk_scratch_take(&scratch, 1, 4000));
}

static struct rk_bytes bytes_of(size_t size)
{
	cr_assert_leq(size, sizeof(memory));
	return (struct rk_bytes){memory, size, 0, false};
}

Test(pack, varints_are_read_as_they_were_written)
{
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	for (int i = 0; i < 10000; i++) {
		struct rk_bytes bytes = bytes_of(64);
		uint64_t value = (uint64_t)rk_prng_edge(&prng);
		Riskd__Event *event;

		rk_pack_varint(&bytes, 1, value); /* Event.number */
		cr_assert_not(bytes.full);
		event = riskd__event__unpack(NULL, bytes.n, bytes.data);
		cr_assert_not_null(event);
		cr_assert_eq(event->number, value);
		riskd__event__free_unpacked(event, NULL);
	}
}

Test(pack, bytes_are_read_as_they_were_written_and_as_long_as_said)
{
	static const size_t sizes[] = {0, 1, 127, 128, 129, 1000, 3000};
	static const uint32_t fields[] = {1, 15, 16, 2047, 2048, 536870911};
	static char text[3001];

	for (size_t i = 0; i < N(sizes); i++) {
		struct rk_bytes bytes = bytes_of(sizeof(memory));
		Riskd__Counter *counter;

		memset(text, 'x', sizeof(text));
		text[sizes[i]] = '\0';
		/* Fields not known are passed over. */
		for (size_t j = 1; j < N(fields); j++) {
			size_t before = bytes.n;

			rk_pack_bytes(&bytes, fields[j] + (j == 1), "abc", 3);
			cr_assert_eq(
				bytes.n - before,
				rk_pack_bytes_size(fields[j] + (j == 1), 3));
		}
		rk_pack_bytes(&bytes, 1, text, sizes[i]); /* Counter.name */
		rk_pack_varint(&bytes, 2, 77);
		cr_assert_not(bytes.full);
		counter = riskd__counter__unpack(NULL, bytes.n, bytes.data);
		cr_assert_not_null(counter);
		cr_assert_str_eq(counter->name, text);
		cr_assert_eq(counter->value, 77);
		riskd__counter__free_unpacked(counter, NULL);
	}
}

Test(pack, a_head_and_raw_bytes_make_a_message_inside)
{
	struct rk_bytes inner = {(unsigned char[64]){0}, 64, 0, false};
	struct rk_bytes bytes = bytes_of(256);
	Riskd__StatusAnswer *status;

	rk_pack_bytes(&inner, 1, "turns", 5);
	rk_pack_varint(&inner, 2, 9);
	rk_pack_head(&bytes, 17, inner.n); /* StatusAnswer.counters */
	rk_pack_raw(&bytes, inner.data, inner.n);
	status = riskd__status_answer__unpack(NULL, bytes.n, bytes.data);
	cr_assert_not_null(status);
	cr_assert_eq(status->n_counters, 1);
	cr_assert_str_eq(status->counters[0]->name, "turns");
	cr_assert_eq(status->counters[0]->value, 9);
	riskd__status_answer__free_unpacked(status, NULL);
}

Test(pack, what_does_not_fit_is_marked_and_stays_marked)
{
	for (size_t size = 0; size < 40; size++) {
		struct rk_bytes bytes = bytes_of(size);
		size_t wanted = rk_pack_bytes_size(1, 30);
		size_t written;

		memset(memory, 0xaa, sizeof(memory));
		rk_pack_bytes(&bytes, 1, memory + 1000, 30);
		cr_assert_eq(bytes.full, size < wanted);
		cr_assert_leq(bytes.n, size);
		for (size_t i = size; i < 100; i++)
			cr_assert_eq(memory[i], 0xaa, "nothing beyond");
		if (!bytes.full)
			continue;
		/* Less might fit now, but the message has a hole already. */
		written = bytes.n;
		rk_pack_raw(&bytes, "", 0);
		rk_pack_raw(&bytes, "x", 1);
		cr_assert(bytes.full);
		cr_assert_eq(bytes.n, written);
	}
}

Test(pack, texts_become_plain_ascii)
{
	static const char *const texts[][2] = {
		{"client \"x\" must be", "client \"x\" must be"},
		{"", ""},
		{"b\xc3\xa4r", "b??r"},
		{"\xff\xfe", "??"},
		{"tab\tline\n", "tab?line?"},
		{" ~", " ~"},
		{"\x7f", "?"},
	};

	for (size_t i = 0; i < N(texts); i++) {
		struct rk_bytes bytes = bytes_of(128);
		Riskd__Reply *reply;

		rk_pack_text(&bytes, 5, texts[i][0]); /* Reply.error */
		cr_assert_not(bytes.full);
		reply = riskd__reply__unpack(NULL, bytes.n, bytes.data);
		cr_assert_not_null(reply);
		cr_assert_str_eq(reply->error, texts[i][1]);
		riskd__reply__free_unpacked(reply, NULL);
	}
}
