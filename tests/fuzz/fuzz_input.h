/*
 * Bytes of a fuzzer as fields of commands.
 *
 * Numbers are read as given (any 64 bits) or small, as one bit of the type
 * byte says, so that both edges and sensible commands are found quickly.
 */
#ifndef RK_FUZZ_INPUT_H
#define RK_FUZZ_INPUT_H

#include <string.h>

#include "engine/cmd.h"

struct input {
	const uint8_t *data;
	size_t size;
	bool wide; /* numbers of this command are any 64 bits */
};

static inline uint8_t byte(struct input *in)
{
	if (in->size == 0)
		return 0;
	in->size--;
	return *in->data++;
}

static inline int64_t number(struct input *in)
{
	uint64_t value = 0;

	if (!in->wide)
		return (int64_t)byte(in) * byte(in) - 3;
	for (int i = 0; i < 8; i++)
		value = value << 8 | byte(in);
	return (int64_t)value;
}

/* A number that is usually above low; it wraps, as any number will do. */
static inline int64_t from(struct input *in, int64_t low)
{
	return (int64_t)((uint64_t)low + (uint64_t)number(in));
}

static inline int64_t from_above(struct input *in, rk_rate low)
{
	return (int64_t)((uint64_t)low.raw + byte(in));
}

static inline void name(struct input *in, const char *kind, char *out)
{
	(void)strncpy(out, kind, RK_NAME_SIZE - 1);
	out[0] = (char)(out[0] + byte(in) % 4);
	if (in->wide)
		out[1] = (char)byte(in);
}

#endif
