/*
 * One column of a row: named, given out or taken in, as the pass is. Private to
 * row_pass.c.
 *
 * A cell that is missing, of another kind or out of range makes the column
 * `bad` of the pass, and the field stays as it was.
 */
#ifndef RK_ENGINE_ROW_FIELD_H
#define RK_ENGINE_ROW_FIELD_H

#include "engine/row_pass.h"

/* Any integer of which sums still fit. */
void rk_field_wide(struct rk_pass *p, const char *name, rk_i128 *x);
/* An integer from low to high. */
void rk_field_range(struct rk_pass *p, const char *name, rk_i128 *x,
		    rk_i128 low, rk_i128 high);
void rk_field_i64(struct rk_pass *p, const char *name, int64_t *x);
void rk_field_u64(struct rk_pass *p, const char *name, uint64_t *x);
void rk_field_u32(struct rk_pass *p, const char *name, uint32_t *x);
void rk_field_u8(struct rk_pass *p, const char *name, uint8_t *x);
void rk_field_bool(struct rk_pass *p, const char *name, bool *x);
/* UINT32_MAX stands for none and is shown as -1. */
void rk_field_ref(struct rk_pass *p, const char *name, uint32_t *x);
/* Returns what the value is now. */
uint32_t rk_field_enum(struct rk_pass *p, const char *name, uint32_t value,
		       uint32_t low, uint32_t high);
void rk_field_text(struct rk_pass *p, const char *name,
		   char text[RK_NAME_SIZE]);
/* Words as bytes, little endian on every host. One blob a row. */
void rk_field_words(struct rk_pass *p, const char *name, uint64_t *words,
		    uint32_t bytes_n);
/* Wide integers that are not below 0, low word first. */
void rk_field_prices(struct rk_pass *p, const char *name,
		     rk_i128 prices[RK_SLOW_DELAYS]);

#endif
