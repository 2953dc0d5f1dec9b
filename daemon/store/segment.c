/*
 * Segment headers and frames, field by field, little endian. See segment.h.
 */
#include "store/segment.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "engine/assert.h"
#include "store/journal_file.h"

/* A byte that is no text ends each, so that no text file looks like one. */
static const unsigned char segment_magic[8] = {'R', 'K', 'S', 'E',
					       'G', 'M', 'T', 0x1a};
static const unsigned char frame_magic[8] = {'R', 'K', 'F', 'R',
					     'A', 'M', 'E', 0x1a};

enum header_at {
	HEADER_MAGIC = 0,
	HEADER_FORMAT = 8,
	HEADER_RULES = 12,
	HEADER_FIRST_SEQ = 16,
	HEADER_CHAIN = 24,
	HEADER_TIME = 40,
	HEADER_ZEROS = 48,
	HEADER_HASH = RK_SEGMENT_SECTOR - RK_CHAIN_SIZE,
};

enum frame_at {
	FRAME_MAGIC = 0,
	FRAME_KIND = 8,
	FRAME_SIZE = 12,
	FRAME_FIRST_SEQ = 16,
	FRAME_COUNT = 24,
	FRAME_ZERO = 28,
	FRAME_TIME = 32,
	FRAME_EVENT = 40,
	FRAME_DIGEST_LO = 48,
	FRAME_DIGEST_HI = 56,
	FRAME_BATCH = 64,
	FRAME_PREVIOUS = 72,
	FRAME_CHAIN = 88,
	FRAME_PAYLOAD = RK_SEGMENT_HEAD,
};

static void put32(unsigned char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> 8 * i);
}

static void put64(unsigned char *to, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		to[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t get32(const unsigned char *from)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value |= (uint32_t)from[i] << 8 * i;
	return value;
}

static uint64_t get64(const unsigned char *from)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value |= (uint64_t)from[i] << 8 * i;
	return value;
}

static void hash_header(const unsigned char *bytes,
			unsigned char hash[RK_CHAIN_SIZE])
{
	(void)crypto_generichash(hash, RK_CHAIN_SIZE, bytes, HEADER_HASH, NULL,
				 0); /* cannot fail with these sizes */
}

void rk_segment_encode_header(const struct rk_segment_header *header,
			      unsigned char bytes[RK_SEGMENT_SECTOR])
{
	RK_ASSERT(header->first_seq > 0);
	memset(bytes, 0, RK_SEGMENT_SECTOR);
	memcpy(bytes + HEADER_MAGIC, segment_magic, sizeof(segment_magic));
	put32(bytes + HEADER_FORMAT, header->format);
	put32(bytes + HEADER_RULES, header->rules);
	put64(bytes + HEADER_FIRST_SEQ, header->first_seq);
	memcpy(bytes + HEADER_CHAIN, header->chain, RK_CHAIN_SIZE);
	put64(bytes + HEADER_TIME, (uint64_t)header->time_ns);
	hash_header(bytes, bytes + HEADER_HASH);
}

int rk_segment_decode_header(const unsigned char bytes[RK_SEGMENT_SECTOR],
			     struct rk_segment_header *ret_header)
{
	unsigned char hash[RK_CHAIN_SIZE];
	struct rk_segment_header header = {0};

	if (memcmp(bytes + HEADER_MAGIC, segment_magic,
		   sizeof(segment_magic)) != 0)
		return -EBADMSG;
	hash_header(bytes, hash);
	if (memcmp(bytes + HEADER_HASH, hash, sizeof(hash)) != 0)
		return -EBADMSG;
	header.format = get32(bytes + HEADER_FORMAT);
	if (header.format != RK_JOURNAL_FORMAT) {
		*ret_header = header;
		return -EPROTO;
	}
	header.rules = get32(bytes + HEADER_RULES);
	header.first_seq = get64(bytes + HEADER_FIRST_SEQ);
	memcpy(header.chain, bytes + HEADER_CHAIN, RK_CHAIN_SIZE);
	header.time_ns = (int64_t)get64(bytes + HEADER_TIME);
	if (header.first_seq == 0 ||
	    rk_segment_extent(bytes + HEADER_ZEROS,
			      HEADER_HASH - HEADER_ZEROS) != 0)
		return -EBADMSG;
	*ret_header = header;
	return 0;
}

size_t rk_segment_frame_bytes(size_t payload_size)
{
	RK_ASSERT(payload_size <= RK_SEGMENT_PAYLOAD_MAX);
	return (RK_SEGMENT_HEAD + payload_size + RK_SEGMENT_SECTOR - 1) /
	       RK_SEGMENT_SECTOR * RK_SEGMENT_SECTOR;
}

size_t rk_segment_encode_frame(const struct rk_frame *frame,
			       const void *payload, unsigned char *bytes)
{
	size_t whole = rk_segment_frame_bytes(frame->size);

	memset(bytes, 0, RK_SEGMENT_HEAD);
	memcpy(bytes + FRAME_MAGIC, frame_magic, sizeof(frame_magic));
	put32(bytes + FRAME_KIND, (uint32_t)frame->kind);
	put32(bytes + FRAME_SIZE, frame->size);
	put64(bytes + FRAME_FIRST_SEQ, frame->first_seq);
	put32(bytes + FRAME_COUNT, frame->count);
	put64(bytes + FRAME_TIME, (uint64_t)frame->time_ns);
	put64(bytes + FRAME_EVENT, frame->event);
	put64(bytes + FRAME_DIGEST_LO, frame->event_digest.lo);
	put64(bytes + FRAME_DIGEST_HI, frame->event_digest.hi);
	put64(bytes + FRAME_BATCH, RK_SEGMENT_SECTOR); /* until it is sealed */
	if (frame->size > 0)
		memcpy(bytes + FRAME_PAYLOAD, payload, frame->size);
	memset(bytes + FRAME_PAYLOAD + frame->size, 0,
	       whole - FRAME_PAYLOAD - frame->size);
	return whole;
}

/* Over the head up to the place of the hash, and the payload. */
static void hash_frame(const unsigned char *bytes, size_t size,
		       unsigned char hash[RK_CHAIN_SIZE])
{
	crypto_generichash_state state;

	/* None can fail with these sizes. */
	(void)crypto_generichash_init(&state, NULL, 0, RK_CHAIN_SIZE);
	(void)crypto_generichash_update(&state, bytes, FRAME_CHAIN);
	(void)crypto_generichash_update(&state, bytes + FRAME_PAYLOAD, size);
	(void)crypto_generichash_final(&state, hash, RK_CHAIN_SIZE);
}

void rk_segment_seal_frame(unsigned char *bytes, uint64_t batch,
			   unsigned char chain[RK_CHAIN_SIZE])
{
	put64(bytes + FRAME_BATCH, batch);
	memcpy(bytes + FRAME_PREVIOUS, chain, RK_CHAIN_SIZE);
	hash_frame(bytes, get32(bytes + FRAME_SIZE), bytes + FRAME_CHAIN);
	memcpy(chain, bytes + FRAME_CHAIN, RK_CHAIN_SIZE);
}

/* What the fields of each kind may be. */
static bool is_bounded(const struct rk_frame *frame)
{
	if (frame->size > RK_SEGMENT_PAYLOAD_MAX || frame->first_seq == 0)
		return false;
	if (frame->batch < RK_SEGMENT_SECTOR ||
	    frame->batch % RK_SEGMENT_SECTOR != 0)
		return false;
	switch (frame->kind) {
	case RK_FRAME_GROUP:
		return frame->count > 0 &&
		       frame->first_seq <= UINT64_MAX - frame->count;
	case RK_FRAME_SKIP:
		return frame->count == 0 && frame->size == 0;
	default:
		return false;
	}
}

int rk_segment_decode_frame(const unsigned char *bytes, size_t size,
			    struct rk_frame *ret_frame)
{
	struct rk_frame frame;

	if (size < RK_SEGMENT_HEAD ||
	    memcmp(bytes + FRAME_MAGIC, frame_magic, sizeof(frame_magic)) != 0)
		return -EBADMSG;
	frame.kind = (enum rk_frame_kind)get32(bytes + FRAME_KIND);
	frame.size = get32(bytes + FRAME_SIZE);
	frame.first_seq = get64(bytes + FRAME_FIRST_SEQ);
	frame.count = get32(bytes + FRAME_COUNT);
	frame.time_ns = (int64_t)get64(bytes + FRAME_TIME);
	frame.event = get64(bytes + FRAME_EVENT);
	frame.event_digest.lo = get64(bytes + FRAME_DIGEST_LO);
	frame.event_digest.hi = get64(bytes + FRAME_DIGEST_HI);
	frame.batch = get64(bytes + FRAME_BATCH);
	memcpy(frame.previous, bytes + FRAME_PREVIOUS, RK_CHAIN_SIZE);
	memcpy(frame.chain, bytes + FRAME_CHAIN, RK_CHAIN_SIZE);
	if (get32(bytes + FRAME_ZERO) != 0 || !is_bounded(&frame))
		return -EBADMSG;
	*ret_frame = frame;
	return 0;
}

bool rk_segment_check_frame(const unsigned char *bytes,
			    const struct rk_frame *frame)
{
	unsigned char hash[RK_CHAIN_SIZE];

	hash_frame(bytes, frame->size, hash);
	return memcmp(hash, frame->chain, sizeof(hash)) == 0;
}

size_t rk_segment_extent(const unsigned char *bytes, size_t size)
{
	/* All are alike and the first is zero: that is fast to see. */
	if (size == 0 ||
	    (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0))
		return 0;
	while (bytes[size - 1] == 0)
		size--;
	return size;
}
