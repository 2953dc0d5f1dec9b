/*
 * riskctl: what was listed at a place in the journal, so that its commands can
 * be shown with names and decimals.
 *
 * A small engine sees nothing but the commands that list: it decides as the
 * daemon did which of them counted.
 */
#ifndef CLIENT_LISTING_H
#define CLIENT_LISTING_H

#include "ctl_names.h"
#include "store/files.h"

struct ctl_listing;

/*
 * Begin with the newest good snapshot below command `before`, or with nothing
 * when there is none and the journal begins with command 1, or else with the
 * oldest snapshot there is. Without any of these nothing has a name.
 * Returns 0 or -ENOMEM; *ret_listing is released by close (accepts NULL).
 */
int ctl_listing_open(const struct rk_files *files, uint64_t before,
		     struct ctl_listing **ret_listing);
void ctl_listing_close(struct ctl_listing *listing);

/* The command of that sequence, in order, each once. 0 or -ENOMEM. */
int ctl_listing_see(struct ctl_listing *listing, uint64_t seq,
		    const struct rk_cmd *cmd);

/* Good until the next see. */
const struct ctl_names *ctl_listing_names(const struct ctl_listing *listing);
bool ctl_listing_is_known(const struct ctl_listing *listing);

#endif
