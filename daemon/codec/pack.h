/*
 * Scratch memory and output bytes of the codec: both bounded, both the
 * caller's. Messages that repeat already encoded parts (events) are put
 * together here without being decoded again.
 */
#ifndef RK_CODEC_PACK_H
#define RK_CODEC_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory for one message: everything in it is gone at the next reset. */
struct rk_scratch {
	unsigned char *base;
	size_t size;
	size_t used;
};

/* NULL when there is not enough left; aligned for any type. */
void *rk_scratch_take(struct rk_scratch *scratch, size_t count, size_t size);
void rk_scratch_reset(struct rk_scratch *scratch);

/* Where a message is written. full: something did not fit. */
struct rk_bytes {
	unsigned char *data;
	size_t size;
	size_t n;
	bool full;
};

/* A field of wire type varint, or of bytes (strings, messages). */
void rk_pack_varint(struct rk_bytes *bytes, uint32_t field, uint64_t value);
void rk_pack_bytes(struct rk_bytes *bytes, uint32_t field, const void *data,
		   size_t size);

/* The key and length that go before size bytes of a message written next. */
void rk_pack_head(struct rk_bytes *bytes, uint32_t field, size_t size);

/*
 * A field of text for people. What is not plain ASCII (texts may quote what a
 * peer sent) becomes '?', as protobuf strings must be valid UTF-8.
 */
void rk_pack_text(struct rk_bytes *bytes, uint32_t field, const char *text);

/* Bytes as they are: the inside of a message whose head was written. */
void rk_pack_raw(struct rk_bytes *bytes, const void *data, size_t size);

/* How long such a field is in all. */
size_t rk_pack_bytes_size(uint32_t field, size_t size);

#endif
