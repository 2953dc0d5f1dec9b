/*
 * Rows as bytes in memory, on their way from the loop to the worker that
 * writes them. Not a file format.
 */
#ifndef RK_STORE_ROW_PACK_H
#define RK_STORE_ROW_PACK_H

#include "engine/rows.h"

/* No packed row is longer. */
#define RK_PACKED_ROW_MAX 2048

/* Bytes written, or 0 when size is too small. */
size_t rk_row_pack(const struct rk_row *row, unsigned char *bytes, size_t size);

/* Bytes read. The row's texts and blobs point into bytes. */
size_t rk_row_unpack(const unsigned char *bytes, size_t size,
		     struct rk_row *ret_row);

#endif
