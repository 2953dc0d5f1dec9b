/*
 * Fields of journal records on their way to bytes, or back: one description of
 * each command serves both. Private to record.c and record_listing.c.
 */
#ifndef RK_STORE_RECORD_STREAM_H
#define RK_STORE_RECORD_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/cmd.h"

struct rk_record_stream {
	unsigned char *out;      /* writing */
	const unsigned char *in; /* reading */
	size_t at;
	size_t size;
	bool failed;
	bool more; /* fields that were added to this command follow too */
};

/*
 * What says what is traded, and under which rules. False: the command is none
 * of these.
 */
bool rk_record_pass_listing(struct rk_record_stream *s, struct rk_cmd *cmd);

/* Pass width bytes of *word, little endian. */
static inline void pass(struct rk_record_stream *s, uint64_t *word,
			size_t width)
{
	if (s->failed || s->size - s->at < width) {
		s->failed = true;
		return;
	}
	if (s->out) {
		for (size_t i = 0; i < width; i++)
			s->out[s->at + i] = (unsigned char)(*word >> (8 * i));
	} else {
		*word = 0;
		for (size_t i = 0; i < width; i++)
			*word |= (uint64_t)s->in[s->at + i] << (8 * i);
	}
	s->at += width;
}

static inline void pass_u64(struct rk_record_stream *s, uint64_t *x)
{
	pass(s, x, 8);
}

static inline void pass_i64(struct rk_record_stream *s, int64_t *x)
{
	uint64_t word = (uint64_t)*x;

	pass(s, &word, 8);
	*x = (int64_t)word;
}

static inline void pass_u32(struct rk_record_stream *s, uint32_t *x)
{
	uint64_t word = *x;

	pass(s, &word, 4);
	*x = (uint32_t)word;
}

static inline void pass_u8(struct rk_record_stream *s, uint8_t *x)
{
	uint64_t word = *x;

	pass(s, &word, 1);
	*x = (uint8_t)word;
}

static inline void pass_bool(struct rk_record_stream *s, bool *x)
{
	uint8_t byte = *x;

	pass_u8(s, &byte);
	*x = byte != 0;
}

static inline void pass_name(struct rk_record_stream *s,
			     char name[RK_NAME_SIZE])
{
	uint8_t n = 0;

	/* A name that lacks its zero is passed on too: the engine refuses it.
	 */
	while (s->out && n < RK_NAME_SIZE && name[n] != '\0')
		n++;
	pass_u8(s, &n);
	if (n > RK_NAME_SIZE)
		s->failed = true;
	if (s->failed)
		return;
	if (s->in)
		memset(name, 0, RK_NAME_SIZE);
	for (uint8_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)name[i];

		pass_u8(s, &c);
		name[i] = (char)c;
	}
}

#endif
