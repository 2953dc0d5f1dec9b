/*
 * Commands as bytes, for the journal.
 *
 * A record is little endian: type (1 byte), origin, then the fields of the
 * command in the order of engine/cmd.h. RK_RECORD_VERSION changes whenever
 * any of that does.
 */
#ifndef RK_STORE_RECORD_H
#define RK_STORE_RECORD_H

#include <stddef.h>

#include "engine/cmd.h"

#define RK_RECORD_VERSION 1

/* No record is longer, but for PRICES: that adds 40 bytes per quote. */
#define RK_RECORD_MAX       16384
#define RK_RECORD_PER_QUOTE 40

/* What a decoded command points to: memory of the caller. */
struct rk_record_room {
	struct rk_quote *quotes;
	uint32_t quotes_max;
	struct rk_cmd *cmds; /* RK_ATOMIC_MAX of them */
};

/* Returns 0 and the length, or -ENOBUFS when size is too small. */
int rk_record_encode(const struct rk_cmd *cmd, void *bytes, size_t size,
		     size_t *ret_length);

/*
 * The record at the start of bytes. *ret_cmd points into room where needed.
 * Returns 0 and its length, or -EBADMSG when it is cut off, of an unknown
 * type, or does not fit into room.
 */
int rk_record_decode(const void *bytes, size_t size,
		     const struct rk_record_room *room, struct rk_cmd *ret_cmd,
		     size_t *ret_length);

#endif
