/*
 * Laws that hold whatever the rules say in detail, checked on what view.h
 * shows and on nothing the auditor predicts:
 *
 * - no account's money or positions change without an event of its own, so
 *   that a loss stays where it was made (isolated stays isolated);
 * - the books balance, summed here from the records of accounts;
 * - equity is never above, notional and requirements never below what exact
 *   arithmetic gives: rounding never favours an account.
 */
#ifndef RK_PROPERTY_LAWS_H
#define RK_PROPERTY_LAWS_H

#include "support/auditor.h"
#include "support/harness.h"

#define LAWS_ACCOUNTS 512

struct laws {
	uint64_t commands;
	struct rk_hash fingerprint[LAWS_ACCOUNTS];
	bool known[LAWS_ACCOUNTS];
	bool moved[LAWS_ACCOUNTS]; /* since fingerprint was taken */
};

void laws_init(struct laws *laws);

/* 0, or 1 and the broken law in text. */
int laws_check(struct laws *laws, const struct rk_harness *harness,
	       struct rk_audit_text *ret_text);

#endif
