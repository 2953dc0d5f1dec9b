/*
 * "? account id=7 ...": asking the backend, as a record to compare with.
 */
#ifndef SCN_ASK_H
#define SCN_ASK_H

#include "record.h"

struct scn_asking {
	const struct scn_backend *backend;
	void *self;
	const struct scn_world *world;
};

/*
 * Take the fields that say what is asked about, and ask. 0, -EINVAL with
 * line->wrong, or what the backend said, with *error.
 */
int scn_ask(const struct scn_asking *asking, struct scn_line *line,
	    struct scn_record *record, struct rk_error *error);

#endif
