/*
 * Scratch memory and hand-made protobuf framing. See pack.h.
 */
#include "codec/pack.h"

#include <string.h>

#define ALIGN 16U

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_BYTES = 2
};

void *rk_scratch_take(struct rk_scratch *scratch, size_t count, size_t size)
{
	size_t bytes;
	void *memory;

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    bytes > scratch->size - scratch->used ||
	    scratch->size - scratch->used - bytes < ALIGN)
		return NULL;

	memory = scratch->base + scratch->used;
	scratch->used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
	return memory;
}

void rk_scratch_reset(struct rk_scratch *scratch)
{
	scratch->used = 0;
}

static void put(struct rk_bytes *bytes, const void *data, size_t size)
{
	if (bytes->full || size > bytes->size - bytes->n) {
		bytes->full = true;
		return;
	}
	if (size > 0)
		memcpy(bytes->data + bytes->n, data, size);
	bytes->n += size;
}

static size_t encode_varint(uint64_t value, unsigned char out[10])
{
	size_t n = 0;

	while (value >= 0x80) {
		out[n++] = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	out[n++] = (unsigned char)value;
	return n;
}

static void put_varint(struct rk_bytes *bytes, uint64_t value)
{
	unsigned char out[10];

	put(bytes, out, encode_varint(value, out));
}

void rk_pack_varint(struct rk_bytes *bytes, uint32_t field, uint64_t value)
{
	put_varint(bytes, (uint64_t)field << 3 | WIRE_VARINT);
	put_varint(bytes, value);
}

void rk_pack_head(struct rk_bytes *bytes, uint32_t field, size_t size)
{
	put_varint(bytes, (uint64_t)field << 3 | WIRE_BYTES);
	put_varint(bytes, size);
}

void rk_pack_bytes(struct rk_bytes *bytes, uint32_t field, const void *data,
		   size_t size)
{
	rk_pack_head(bytes, field, size);
	put(bytes, data, size);
}

void rk_pack_text(struct rk_bytes *bytes, uint32_t field, const char *text)
{
	rk_pack_head(bytes, field, strlen(text));
	for (; *text != '\0'; text++) {
		char c = (char)(*text >= ' ' && *text <= '~' ? *text : '?');

		put(bytes, &c, 1);
	}
}

void rk_pack_raw(struct rk_bytes *bytes, const void *data, size_t size)
{
	put(bytes, data, size);
}

size_t rk_pack_bytes_size(uint32_t field, size_t size)
{
	unsigned char out[10];

	return encode_varint((uint64_t)field << 3, out) +
	       encode_varint(size, out) + size;
}
