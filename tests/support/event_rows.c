/*
 * Rows of events made up from their numbers. See event_rows.h.
 */
#include "support/event_rows.h"

#include <stdio.h>
#include <string.h>

#include "support/prng.h"

void rk_event_row_make(uint64_t number, struct rk_made_event *ret_made)
{
	struct rk_event_row *row = &ret_made->row;
	struct rk_prng prng;

	rk_prng_init(&prng, number);
	row->number = number;
	row->seq = number / 3 + 1;
	row->time_ns = rk_prng_edge(&prng);
	row->type = (uint32_t)rk_prng_below(&prng, 20);
	row->account =
		rk_prng_chance(&prng, 1, 3) ? 0 : (uint64_t)rk_prng_edge(&prng);
	row->market = rk_prng_chance(&prng, 1, 3)
			      ? UINT32_MAX
			      : (uint32_t)rk_prng_below(&prng, UINT32_MAX);
	row->size = (uint32_t)rk_prng_below(&prng, 200);
	if (rk_prng_chance(&prng, 1, 150))
		row->size =
			(uint32_t)rk_prng_below(&prng, RK_EVENT_BODY_MAX + 1);
	if (number % 333 == 0)
		row->size = RK_EVENT_BODY_MAX;
	for (uint32_t i = 0; i < row->size; i++)
		ret_made->bytes[i] = (unsigned char)(rk_prng_next(&prng) >> 40);
	row->body = ret_made->bytes;
}

bool rk_event_row_is_made(const struct rk_event_row *row)
{
	static struct rk_made_event made;

	rk_event_row_make(row->number, &made);
	return row->seq == made.row.seq && row->time_ns == made.row.time_ns &&
	       row->type == made.row.type && row->account == made.row.account &&
	       row->market == made.row.market && row->size == made.row.size &&
	       memcmp(row->body, made.row.body, row->size) == 0;
}

void rk_event_row_file(uint64_t first, char name[RK_FILE_NAME_SIZE])
{
	(void)snprintf(name, RK_FILE_NAME_SIZE, "events-%020llu.db",
		       (unsigned long long)first);
}
