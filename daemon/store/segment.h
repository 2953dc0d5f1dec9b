/*
 * The bytes of a journal segment: its header and its frames, to and from
 * memory. Nothing here reads or writes a file. docs/formats.md shows the
 * layout.
 *
 * A segment is a header of one sector and frames, each of which begins on a
 * sector: no sector holds bytes of two frames, so that a torn write harms
 * none but its own.
 */
#ifndef RK_STORE_SEGMENT_H
#define RK_STORE_SEGMENT_H

#include "store/journal.h"

#define RK_SEGMENT_SECTOR      512
#define RK_SEGMENT_HEAD        104 /* of a frame, before its payload */
#define RK_SEGMENT_PAYLOAD_MAX ((size_t)64 << 20)

struct rk_segment_header {
	uint32_t format;
	uint32_t rules;
	uint64_t first_seq;
	unsigned char chain[RK_CHAIN_SIZE]; /* before the first frame */
	int64_t time_ns;                    /* engine time at its beginning */
};

enum rk_frame_kind {
	RK_FRAME_GROUP = 1,
	RK_FRAME_SKIP = 2, /* first_seq is to be left out; no payload */
};

struct rk_frame {
	enum rk_frame_kind kind;
	uint32_t size; /* of the payload */
	uint64_t first_seq;
	uint32_t count; /* 0 of a skip */
	int64_t time_ns;
	uint64_t event;
	struct rk_hash event_digest;
	/*
	 * Byte of the segment at which the write began that this frame was
	 * part of. All before it was synced by then, so that damage there is
	 * damage; from there on it may be what a crash left.
	 */
	uint64_t batch;
	unsigned char previous[RK_CHAIN_SIZE];
	unsigned char chain[RK_CHAIN_SIZE];
};

void rk_segment_encode_header(const struct rk_segment_header *header,
			      unsigned char bytes[RK_SEGMENT_SECTOR]);

/*
 * Returns 0, -EBADMSG, or -EPROTO when it is whole but of another format:
 * then only format is told in *ret_header.
 */
int rk_segment_decode_header(const unsigned char bytes[RK_SEGMENT_SECTOR],
			     struct rk_segment_header *ret_header);

/* Bytes of a frame with this payload, up to the next sector. */
size_t rk_segment_frame_bytes(size_t payload_size);

/*
 * Write a frame, all but batch, previous and chain, which are known only when
 * it is sealed. Padding is zeroed. Returns rk_segment_frame_bytes().
 */
size_t rk_segment_encode_frame(const struct rk_frame *frame,
			       const void *payload, unsigned char *bytes);

/* Seal an encoded frame. chain is that before it, and then its own. */
void rk_segment_seal_frame(unsigned char *bytes, uint64_t batch,
			   unsigned char chain[RK_CHAIN_SIZE]);

/*
 * Read the head of a frame: magic and bounds are checked, not the hash.
 * Returns 0 or -EBADMSG (size below RK_SEGMENT_HEAD is that too).
 */
int rk_segment_decode_frame(const unsigned char *bytes, size_t size,
			    struct rk_frame *ret_frame);

/* Does the hash of the frame hold? bytes: its head and payload. */
bool rk_segment_check_frame(const unsigned char *bytes,
			    const struct rk_frame *frame);

/* Bytes up to the last that is not zero: 0 when all are. */
size_t rk_segment_extent(const unsigned char *bytes, size_t size);

#endif
