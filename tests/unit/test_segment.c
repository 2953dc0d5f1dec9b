/*
 * The bytes of segments: what is encoded comes back, any bit that is not as
 * it was written is noticed, and the layout is the one docs/formats.md shows.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal_file.h"
#include "store/segment.h"

static const struct rk_segment_header some_header = {
	.format = RK_JOURNAL_FORMAT,
	.rules = 7,
	.first_seq = 0x0102030405060708,
	.chain = "fifteen letters",
	.time_ns = -2,
};

static struct rk_frame some_group(uint32_t size)
{
	return (struct rk_frame){
		.kind = RK_FRAME_GROUP,
		.size = size,
		.first_seq = 0x1112131415161718,
		.count = 0x21222324,
		.time_ns = 0x3132333435363738,
		.event = 0x4142434445464748,
		.event_digest = {0x5152535455565758, 0x6162636465666768},
	};
}

/* Payload byte i is i, from 1 on. */
static size_t encode(const struct rk_frame *frame, unsigned char *bytes)
{
	unsigned char payload[4096];
	size_t n;

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (unsigned char)(i + 1);
	memset(bytes, 0xee, rk_segment_frame_bytes(frame->size));
	n = rk_segment_encode_frame(frame, payload, bytes);
	return n;
}

static void seal(unsigned char *bytes, unsigned char first)
{
	unsigned char chain[RK_CHAIN_SIZE] = {first};

	rk_segment_seal_frame(bytes, 1024, chain);
}

/* Is it a frame, by its head and its hash? */
static bool is_good(const unsigned char *bytes, size_t size)
{
	struct rk_frame frame;

	return rk_segment_decode_frame(bytes, size, &frame) == 0 &&
	       size >= RK_SEGMENT_HEAD + frame.size &&
	       rk_segment_check_frame(bytes, &frame);
}

Test(segment, a_header_comes_back)
{
	unsigned char bytes[RK_SEGMENT_SECTOR];
	struct rk_segment_header back;

	rk_segment_encode_header(&some_header, bytes);
	cr_assert_eq(rk_segment_decode_header(bytes, &back), 0);
	cr_assert_eq(back.format, some_header.format);
	cr_assert_eq(back.rules, some_header.rules);
	cr_assert_eq(back.first_seq, some_header.first_seq);
	cr_assert_eq(back.time_ns, some_header.time_ns);
	cr_assert_arr_eq(back.chain, some_header.chain, RK_CHAIN_SIZE);
}

Test(segment, any_bit_of_a_header_that_differs_is_noticed)
{
	unsigned char bytes[RK_SEGMENT_SECTOR];
	struct rk_segment_header back;

	rk_segment_encode_header(&some_header, bytes);
	for (size_t bit = 0; bit < sizeof(bytes) * 8; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
		cr_assert_eq(rk_segment_decode_header(bytes, &back), -EBADMSG,
			     "bit %zu", bit);
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
	cr_assert_eq(rk_segment_decode_header(bytes, &back), 0);
}

Test(segment, a_header_of_another_format_is_no_damage)
{
	struct rk_segment_header header = some_header;
	unsigned char bytes[RK_SEGMENT_SECTOR];
	struct rk_segment_header back;

	header.format = RK_JOURNAL_FORMAT + 1;
	rk_segment_encode_header(&header, bytes);
	cr_assert_eq(rk_segment_decode_header(bytes, &back), -EPROTO);
	cr_assert_eq(back.format, RK_JOURNAL_FORMAT + 1);
}

Test(segment, a_header_is_laid_out_as_documented)
{
	unsigned char bytes[RK_SEGMENT_SECTOR];

	rk_segment_encode_header(&some_header, bytes);
	cr_assert_arr_eq(bytes, "RKSEGMT\x1a", 8);
	cr_assert_arr_eq(bytes + 8, "\x01\0\0\0", 4);
	cr_assert_arr_eq(bytes + 12, "\x07\0\0\0", 4);
	cr_assert_arr_eq(bytes + 16, "\x08\x07\x06\x05\x04\x03\x02\x01", 8);
	cr_assert_arr_eq(bytes + 24, "fifteen letters", 16);
	cr_assert_arr_eq(bytes + 40, "\xfe\xff\xff\xff\xff\xff\xff\xff", 8);
	cr_assert_eq(rk_segment_extent(bytes + 48, 448), 0);
	cr_assert_neq(rk_segment_extent(bytes + 496, 16), 0);
}

Test(segment, a_frame_is_laid_out_as_documented)
{
	static const unsigned char want[104] =
		"RKFRAME\x1a\x01\0\0\0\x03\0\0\0"
		"\x18\x17\x16\x15\x14\x13\x12\x11\x24\x23\x22\x21\0\0\0\0"
		"\x38\x37\x36\x35\x34\x33\x32\x31"
		"\x48\x47\x46\x45\x44\x43\x42\x41"
		"\x58\x57\x56\x55\x54\x53\x52\x51"
		"\x68\x67\x66\x65\x64\x63\x62\x61"
		"\0\x04\0\0\0\0\0\0"
		"P\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		/* b2sum of the 88 bytes before and the payload, 128 bits */
		"\x1b\xe3\x05\x51\x49\xfb\x60\x57"
		"\xb2\x0d\x12\x7f\x22\x90\x12\x59";
	unsigned char bytes[RK_SEGMENT_SECTOR];
	struct rk_frame frame = some_group(3);

	cr_assert_eq(encode(&frame, bytes), RK_SEGMENT_SECTOR);
	seal(bytes, 'P');
	for (size_t i = 0; i < sizeof(want); i++)
		cr_assert_eq(bytes[i], want[i], "byte %zu is %02x", i,
			     bytes[i]);
	cr_assert_arr_eq(bytes + 104, "\x01\x02\x03", 3);
	cr_assert_eq(rk_segment_extent(bytes + 107, 405), 0);
}

Test(segment, a_frame_comes_back_whatever_its_size)
{
	static unsigned char bytes[8192];

	for (uint32_t size = 0; size <= 2000; size++) {
		struct rk_frame frame = some_group(size);
		struct rk_frame back;
		size_t n = encode(&frame, bytes);

		seal(bytes, 1);
		cr_assert_eq(n % RK_SEGMENT_SECTOR, 0);
		cr_assert_eq(n, rk_segment_frame_bytes(size));
		cr_assert_geq(n, RK_SEGMENT_HEAD + size);
		cr_assert_lt(n, RK_SEGMENT_HEAD + size + RK_SEGMENT_SECTOR);
		cr_assert_eq(rk_segment_decode_frame(bytes, n, &back), 0);
		cr_assert(rk_segment_check_frame(bytes, &back));
		cr_assert_eq(back.kind, frame.kind);
		cr_assert_eq(back.size, size);
		cr_assert_eq(back.first_seq, frame.first_seq);
		cr_assert_eq(back.count, frame.count);
		cr_assert_eq(back.time_ns, frame.time_ns);
		cr_assert_eq(back.event, frame.event);
		cr_assert(rk_hash_equal(back.event_digest, frame.event_digest));
		cr_assert_eq(back.batch, 1024);
		cr_assert_eq(back.previous[0], 1);
		cr_assert_eq(rk_segment_extent(bytes, n),
			     RK_SEGMENT_HEAD + size -
				     (size > 0 && size % 256 == 0));
	}
}

Test(segment, any_bit_of_a_frame_that_differs_is_noticed)
{
	static unsigned char bytes[1024];
	struct rk_frame frame = some_group(600);
	size_t n = encode(&frame, bytes);

	seal(bytes, 1);
	cr_assert(is_good(bytes, n));
	for (size_t bit = 0; bit < (RK_SEGMENT_HEAD + 600) * 8; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
		cr_assert(!is_good(bytes, n), "bit %zu", bit);
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
	cr_assert(is_good(bytes, n));
	/* What follows is nobody's: it harms no group that is whole. */
	bytes[n - 1] = 1;
	cr_assert(is_good(bytes, n));
}

Test(segment, a_frame_that_is_cut_off_is_none)
{
	static unsigned char bytes[1024];
	struct rk_frame frame = some_group(600);

	(void)encode(&frame, bytes);
	seal(bytes, 1);
	for (size_t n = 0; n < RK_SEGMENT_HEAD + 600; n++)
		cr_assert(!is_good(bytes, n), "%zu bytes", n);
	cr_assert(is_good(bytes, RK_SEGMENT_HEAD + 600));
}

Test(segment, the_hash_of_a_frame_depends_on_the_one_before)
{
	unsigned char a[RK_SEGMENT_SECTOR];
	unsigned char b[RK_SEGMENT_SECTOR];
	unsigned char chain[RK_CHAIN_SIZE] = {1};
	struct rk_frame frame = some_group(10);
	struct rk_frame back;

	(void)encode(&frame, a);
	(void)encode(&frame, b);
	seal(a, 1);
	seal(b, 2);
	cr_assert_neq(memcmp(a + 88, b + 88, RK_CHAIN_SIZE), 0);

	/* And it is handed on to the next. */
	rk_segment_seal_frame(a, 1024, chain);
	cr_assert_eq(rk_segment_decode_frame(a, sizeof(a), &back), 0);
	cr_assert_arr_eq(back.chain, chain, RK_CHAIN_SIZE);
	rk_segment_seal_frame(b, 1024, chain);
	cr_assert_arr_eq(b + 72, back.chain, RK_CHAIN_SIZE);
}

/* One field of a good frame set to a value. */
static int decode_with(const struct rk_frame *frame, size_t at, size_t width,
		       uint64_t value)
{
	unsigned char bytes[RK_SEGMENT_SECTOR];
	struct rk_frame back;

	(void)encode(frame, bytes);
	seal(bytes, 1);
	for (size_t i = 0; i < width; i++)
		bytes[at + i] = (unsigned char)(value >> 8 * i);
	return rk_segment_decode_frame(bytes, sizeof(bytes), &back);
}

Test(segment, fields_beyond_their_bounds_are_no_frame)
{
	struct rk_frame group = some_group(10);
	struct rk_frame skip = {.kind = RK_FRAME_SKIP, .first_seq = 5};

	cr_assert_eq(decode_with(&group, 12, 4, RK_SEGMENT_PAYLOAD_MAX), 0);
	cr_assert_eq(decode_with(&group, 12, 4, RK_SEGMENT_PAYLOAD_MAX + 1),
		     -EBADMSG);
	cr_assert_eq(decode_with(&group, 12, 4, UINT32_MAX), -EBADMSG);
	cr_assert_eq(decode_with(&group, 8, 4, 0), -EBADMSG);
	cr_assert_eq(decode_with(&group, 8, 4, 3), -EBADMSG);
	cr_assert_eq(decode_with(&group, 8, 4, 2), -EBADMSG);
	cr_assert_eq(decode_with(&group, 16, 8, 0), -EBADMSG);
	cr_assert_eq(decode_with(&group, 16, 8, UINT64_MAX - 0x21222324), 0);
	cr_assert_eq(decode_with(&group, 16, 8, UINT64_MAX - 0x21222323),
		     -EBADMSG);
	cr_assert_eq(decode_with(&group, 24, 4, 0), -EBADMSG);
	cr_assert_eq(decode_with(&group, 28, 4, 1), -EBADMSG);
	cr_assert_eq(decode_with(&group, 64, 8, 0), -EBADMSG);
	cr_assert_eq(decode_with(&group, 64, 8, 512), 0);
	cr_assert_eq(decode_with(&group, 64, 8, 513), -EBADMSG);

	cr_assert_eq(decode_with(&skip, 16, 8, 1), 0);
	cr_assert_eq(decode_with(&skip, 16, 8, 0), -EBADMSG);
	cr_assert_eq(decode_with(&skip, 24, 4, 1), -EBADMSG);
	cr_assert_eq(decode_with(&skip, 12, 4, 1), -EBADMSG);
}

Test(segment, the_extent_is_up_to_the_last_byte_that_is_not_zero)
{
	unsigned char bytes[2000] = {0};

	cr_assert_eq(rk_segment_extent(bytes, 0), 0);
	for (size_t size = 1; size <= sizeof(bytes); size++)
		cr_assert_eq(rk_segment_extent(bytes, size), 0);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = 1;
		cr_assert_eq(rk_segment_extent(bytes, sizeof(bytes)), i + 1);
		cr_assert_eq(rk_segment_extent(bytes, i + 1), i + 1);
		cr_assert_eq(rk_segment_extent(bytes, i), 0);
		bytes[i] = 0;
	}
}

Test(segment, a_payload_beyond_the_bound_is_a_bug, .signal = SIGABRT)
{
	(void)rk_segment_frame_bytes(RK_SEGMENT_PAYLOAD_MAX + 1);
}
