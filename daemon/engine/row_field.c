/*
 * Columns of rows, by what they hold. See row_field.h.
 */
#include "engine/row_field.h"

#include <string.h>

#include "engine/assert.h"

/* A value that is none of the table's: shown as -1. */
#define NOT_ONE  (-1)
#define WIDE_MAX ((rk_i128)1 << 125)

static struct rk_cell *give(struct rk_pass *p, enum rk_cell_kind kind)
{
	struct rk_cell *cell = &p->row->cells[p->n];

	RK_ASSERT(p->n < RK_COLUMNS_MAX);
	cell->kind = kind;
	cell->size = 0;
	cell->bytes = NULL;
	cell->integer = 0;
	return cell;
}

static void name_column(struct rk_pass *p, const char *name,
			enum rk_cell_kind kind)
{
	RK_ASSERT(p->n < RK_COLUMNS_MAX);
	p->columns[p->n].name = name;
	p->columns[p->n].kind = kind;
}

/* The cell to take, NULL (and bad) when it is missing or of another kind. */
static const struct rk_cell *take(struct rk_pass *p, const char *name,
				  enum rk_cell_kind kind)
{
	if (p->bad)
		return NULL;
	if (p->n >= p->taken->n || p->taken->cells[p->n].kind != kind) {
		p->bad = name;
		return NULL;
	}
	return &p->taken->cells[p->n];
}

void rk_field_wide(struct rk_pass *p, const char *name, rk_i128 *x)
{
	const struct rk_cell *cell;

	if (p->mode == RK_PASS_NAME) {
		name_column(p, name, RK_CELL_INTEGER);
	} else if (p->mode == RK_PASS_GIVE) {
		give(p, RK_CELL_INTEGER)->integer = *x;
	} else {
		cell = take(p, name, RK_CELL_INTEGER);
		if (cell &&
		    (cell->integer > WIDE_MAX || cell->integer < -WIDE_MAX))
			p->bad = name; /* sums of it must fit */
		else if (cell)
			*x = cell->integer;
	}
	p->n++;
}

/* An integer from low to high; what else is taken is bad. */
void rk_field_range(struct rk_pass *p, const char *name, rk_i128 *x,
		    rk_i128 low, rk_i128 high)
{
	rk_i128 wide = *x;

	rk_field_wide(p, name, &wide);
	if (p->mode != RK_PASS_TAKE || p->bad)
		return;
	if (wide < low || wide > high)
		p->bad = name;
	else
		*x = wide;
}

void rk_field_i64(struct rk_pass *p, const char *name, int64_t *x)
{
	rk_i128 wide = *x;

	rk_field_range(p, name, &wide, INT64_MIN, INT64_MAX);
	*x = (int64_t)wide;
}

void rk_field_u64(struct rk_pass *p, const char *name, uint64_t *x)
{
	rk_i128 wide = *x;

	rk_field_range(p, name, &wide, 0, UINT64_MAX);
	*x = (uint64_t)wide;
}

void rk_field_u32(struct rk_pass *p, const char *name, uint32_t *x)
{
	rk_i128 wide = *x;

	rk_field_range(p, name, &wide, 0, UINT32_MAX);
	*x = (uint32_t)wide;
}

/* UINT32_MAX stands for none and is shown as -1. */
void rk_field_ref(struct rk_pass *p, const char *name, uint32_t *x)
{
	rk_i128 wide = *x == UINT32_MAX ? NOT_ONE : (rk_i128)*x;

	rk_field_range(p, name, &wide, NOT_ONE, UINT32_MAX - 1);
	*x = wide == NOT_ONE ? UINT32_MAX : (uint32_t)wide;
}

uint32_t rk_field_enum(struct rk_pass *p, const char *name, uint32_t value,
		       uint32_t low, uint32_t high)
{
	rk_i128 wide = value;

	rk_field_range(p, name, &wide, low, high);
	return (uint32_t)wide;
}

void rk_field_bool(struct rk_pass *p, const char *name, bool *x)
{
	*x = rk_field_enum(p, name, *x, 0, 1) != 0;
}

void rk_field_u8(struct rk_pass *p, const char *name, uint8_t *x)
{
	*x = (uint8_t)rk_field_enum(p, name, *x, 0, UINT8_MAX);
}

void rk_field_text(struct rk_pass *p, const char *name, char text[RK_NAME_SIZE])
{
	const struct rk_cell *cell;
	uint32_t n = 0;

	if (p->mode == RK_PASS_NAME) {
		name_column(p, name, RK_CELL_TEXT);
	} else if (p->mode == RK_PASS_GIVE) {
		struct rk_cell *given = give(p, RK_CELL_TEXT);

		while (n < RK_NAME_SIZE && text[n] != '\0')
			n++;
		given->bytes = text;
		given->size = n;
	} else {
		cell = take(p, name, RK_CELL_TEXT);
		if (cell && cell->size >= RK_NAME_SIZE)
			p->bad = name;
		if (cell && cell->size < RK_NAME_SIZE) {
			memset(text, 0, RK_NAME_SIZE);
			memcpy(text, cell->bytes, cell->size);
		}
	}
	p->n++;
}

/* Words as bytes, little endian on every host. One blob a row. */
void rk_field_words(struct rk_pass *p, const char *name, uint64_t *words,
		    uint32_t bytes_n)
{
	const struct rk_cell *cell;

	RK_ASSERT(bytes_n <= RK_BLOB_MAX);
	if (p->mode == RK_PASS_NAME) {
		name_column(p, name, RK_CELL_BLOB);
	} else if (p->mode == RK_PASS_GIVE) {
		struct rk_cell *given = give(p, RK_CELL_BLOB);

		for (uint32_t i = 0; i < bytes_n; i++)
			p->blob[i] =
				(unsigned char)(words[i / 8] >> (i % 8 * 8));
		given->bytes = p->blob;
		given->size = bytes_n;
	} else {
		cell = take(p, name, RK_CELL_BLOB);
		if (cell && cell->size != bytes_n)
			p->bad = name;
		if (cell && cell->size == bytes_n) {
			const unsigned char *bytes = cell->bytes;

			memset(words, 0, bytes_n);
			for (uint32_t i = 0; i < bytes_n; i++)
				words[i / 8] |= (uint64_t)bytes[i]
						<< (i % 8 * 8);
		}
	}
	p->n++;
}

/* Wide integers that are not below 0, low word first. */
void rk_field_prices(struct rk_pass *p, const char *name,
		     rk_i128 prices[RK_SLOW_DELAYS])
{
	uint64_t words[2 * RK_SLOW_DELAYS];

	for (size_t i = 0; i < RK_SLOW_DELAYS; i++) {
		words[2 * i] = (uint64_t)prices[i];
		words[2 * i + 1] = (uint64_t)((rk_u128)prices[i] >> 64);
	}
	rk_field_words(p, name, words, sizeof(words));
	if (p->mode != RK_PASS_TAKE || p->bad)
		return;
	for (size_t i = 0; i < RK_SLOW_DELAYS; i++) {
		rk_u128 wide = (rk_u128)words[2 * i + 1] << 64 | words[2 * i];

		if (wide > (rk_u128)WIDE_MAX)
			p->bad = name;
		else
			prices[i] = (rk_i128)wide;
	}
}
