/*
 * Packing rows. See row_pack.h.
 *
 * A cell is a byte that tells its kind, then a 64-bit or 128-bit integer as
 * it is in memory, or a length and bytes.
 */
#include "store/row_pack.h"

#include <string.h>

#include "engine/assert.h"

enum tag {
	TAG_NARROW = 1, /* int64_t */
	TAG_WIDE = 2,   /* rk_i128 */
	TAG_TEXT = 3,   /* uint16_t, bytes */
	TAG_BLOB = 4,
};

struct out {
	unsigned char *bytes;
	size_t at;
	size_t size;
	bool full;
};

static void put(struct out *out, const void *bytes, size_t n)
{
	if (out->full || out->size - out->at < n) {
		out->full = true;
		return;
	}
	if (n > 0)
		memcpy(out->bytes + out->at, bytes, n);
	out->at += n;
}

static void put_cell(struct out *out, const struct rk_cell *cell)
{
	unsigned char tag;
	uint16_t size = (uint16_t)cell->size;
	int64_t narrow = (int64_t)cell->integer;

	if (cell->kind == RK_CELL_INTEGER) {
		tag = narrow == cell->integer ? TAG_NARROW : TAG_WIDE;
		put(out, &tag, 1);
		if (tag == TAG_NARROW)
			put(out, &narrow, sizeof(narrow));
		else
			put(out, &cell->integer, sizeof(cell->integer));
		return;
	}
	RK_ASSERT(cell->size <= UINT16_MAX);
	tag = cell->kind == RK_CELL_TEXT ? TAG_TEXT : TAG_BLOB;
	put(out, &tag, 1);
	put(out, &size, sizeof(size));
	put(out, cell->bytes, cell->size);
}

size_t rk_row_pack(const struct rk_row *row, unsigned char *bytes, size_t size)
{
	struct out out = {bytes, 0, size, false};
	unsigned char head[2] = {(unsigned char)row->table,
				 (unsigned char)row->n};

	put(&out, head, sizeof(head));
	for (uint32_t i = 0; i < row->n; i++)
		put_cell(&out, &row->cells[i]);
	return out.full ? 0 : out.at;
}

static size_t take_cell(const unsigned char *bytes, struct rk_cell *cell)
{
	uint16_t size;
	int64_t narrow;

	cell->integer = 0;
	cell->size = 0;
	cell->bytes = NULL;
	if (bytes[0] == TAG_NARROW) {
		cell->kind = RK_CELL_INTEGER;
		memcpy(&narrow, bytes + 1, sizeof(narrow));
		cell->integer = narrow;
		return 1 + sizeof(narrow);
	}
	if (bytes[0] == TAG_WIDE) {
		cell->kind = RK_CELL_INTEGER;
		memcpy(&cell->integer, bytes + 1, sizeof(cell->integer));
		return 1 + sizeof(cell->integer);
	}
	cell->kind = bytes[0] == TAG_TEXT ? RK_CELL_TEXT : RK_CELL_BLOB;
	memcpy(&size, bytes + 1, sizeof(size));
	cell->size = size;
	cell->bytes = bytes + 1 + sizeof(size);
	return 1 + sizeof(size) + size;
}

size_t rk_row_unpack(const unsigned char *bytes, size_t size,
		     struct rk_row *ret_row)
{
	size_t at = 2;

	RK_ASSERT(size >= at);
	ret_row->table = (enum rk_table)bytes[0];
	ret_row->n = bytes[1];
	RK_ASSERT(ret_row->n <= RK_COLUMNS_MAX);
	for (uint32_t i = 0; i < ret_row->n; i++)
		at += take_cell(bytes + at, &ret_row->cells[i]);
	RK_ASSERT(at <= size);
	return at;
}
