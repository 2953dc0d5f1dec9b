/*
 * Making one expectation of a scenario wrong, to see that it is noticed: a
 * test that cannot fail proves nothing.
 */
#ifndef SCN_SPOIL_H
#define SCN_SPOIL_H

#include "line.h"

/* Fields of a line are numbered from 0; these are no fields. */
#define SCN_SPOIL_LINE (-1) /* leave the line out */
#define SCN_SPOIL_VERB (-2) /* another code after "!" */

struct scn_spoil {
	unsigned int line; /* 0: nothing */
	int field;
};

/* Make the line wrong, if it is the one. */
void scn_spoil_line(const struct scn_spoil *spoil, struct scn_line *line);

/* May the line be left out unnoticed? Questions and echoes may. */
bool scn_spoil_is_needed(const struct scn_line *line);

/* Is this field compared? Some only choose what is looked at. */
bool scn_spoil_is_compared(const struct scn_line *line, uint32_t field);

#endif
