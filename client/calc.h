/*
 * One account of a book as a JSON object: every figure that riskd tells of an
 * account, by the same functions. The keys are in riskctl(1).
 */
#ifndef CLIENT_CALC_H
#define CLIENT_CALC_H

#include "book.h"

/* NULL when memory ran out; the caller's. */
json_t *calc_account(const struct book *book, const char *name, uint32_t i,
		     const struct rk_ask *ask);

#endif
