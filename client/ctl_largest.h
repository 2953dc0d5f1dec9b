/*
 * riskctl: the largest orders that are asked about, for account show and
 * whatif: --max MARKET[@PRICE][:FEE], as often as wanted.
 */
#ifndef CLIENT_CTL_LARGEST_H
#define CLIENT_CTL_LARGEST_H

#include "ctl_out.h"
#include "librisk_what_if.h"

#define CTL_MAX_FORM "MARKET[@PRICE][:FEE]"

struct ctl_largest {
	struct risk_largest_of of[RISK_LARGEST_MAX];
	size_t n;
};

/* One more, each market once: CTL_OK, or another after telling why. */
int ctl_read_largest(const struct ctl *ctl, const char *text,
		     struct ctl_largest *largest);

struct ctl_table *ctl_largest_table(const struct ctl *ctl,
				    Riskd__LargestOrder *const *rows, size_t n);

/*
 * object with "largest_orders", one key for each market, as calc prints them.
 * Without rows it stays as it is; NULL, and object is released, without memory.
 */
json_t *ctl_add_largest(const struct ctl *ctl, Riskd__LargestOrder *const *rows,
			size_t n, json_t *object);

#endif
