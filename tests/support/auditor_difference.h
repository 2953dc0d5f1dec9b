/*
 * The first difference between what was expected and what was got, as a
 * sentence. Later ones are not looked at.
 */
#ifndef RK_SUPPORT_AUDITOR_DIFFERENCE_H
#define RK_SUPPORT_AUDITOR_DIFFERENCE_H

#include "support/auditor.h"

struct difference {
	struct rk_audit_text *text;
	const char *what; /* the record: "account" */
	uint64_t id;      /* which one */
	uint64_t part;    /* of it: a market, an asset */
	bool found;
};

void audit_see(struct difference *d, const char *field, rk_i128 expected,
	       rk_i128 got);

/* Names of at most RK_NAME_SIZE; got may be NULL. */
void audit_see_text(struct difference *d, const char *field,
		    const char *expected, const char *got);

/* The same field of x and y, both pointers in scope, as is d. */
#define SEE(field)     audit_see(d, #field, (rk_i128)x->field, (rk_i128)y->field)
#define SEE_RAW(field) audit_see(d, #field, x->field.raw, y->field.raw)

#endif
