/*
 * Rows of events made up from their numbers: the same number gives the same
 * row, with bodies of every size and fields at the ends of their ranges.
 */
#ifndef RK_SUPPORT_EVENT_ROWS_H
#define RK_SUPPORT_EVENT_ROWS_H

#include "store/event_store.h"

struct rk_made_event {
	struct rk_event_row row;
	unsigned char bytes[RK_EVENT_BODY_MAX];
};

void rk_event_row_make(uint64_t number, struct rk_made_event *ret_made);
bool rk_event_row_is_made(const struct rk_event_row *row);

/* Name of the file that begins with this number. */
void rk_event_row_file(uint64_t first, char name[RK_FILE_NAME_SIZE]);

#endif
