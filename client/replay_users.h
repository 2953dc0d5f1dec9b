/*
 * Who is who in a replay: users of the files and their account numbers.
 *
 * A file names its users either by account number ("17") or by address
 * ("0x3b69..."); one run does not mix the two, since the numbers given to
 * addresses (1, 2, 3, ... in order of first appearance) could be taken.
 */
#ifndef RK_CLIENT_REPLAY_USERS_H
#define RK_CLIENT_REPLAY_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "replay_map.h"

#define RK_REPLAY_USER_SIZE 68 /* of a name, with its ending zero */

/* What a user's account is opened as. */
struct rk_replay_user {
	char name[RK_REPLAY_USER_SIZE];
	uint64_t account; /* 0: an address that has no number yet */
	uint64_t owner;   /* 0: itself */
	bool isolated;
	bool report;     /* enforcement report */
	bool opened;     /* the daemon has the account */
	bool traded;     /* it had a fill */
	bool liquidated; /* an order was opened on it in this run */
};

/* All zero is an empty table. */
struct rk_replay_users {
	struct rk_replay_user *users; /* owned */
	uint32_t n;
	uint32_t max;
	bool addresses;    /* of the first user; all others alike */
	uint64_t numbered; /* addresses that have a number */
	struct rk_replay_map by_name;
	struct rk_replay_map by_account;
};

void rk_replay_users_fini(struct rk_replay_users *users);

/* What is wrong with a name, as the end of a message; NULL: nothing. */
const char *rk_replay_users_check(const char *name);

/*
 * The index of a user, who is added when new. Returns 0, -EINVAL for a name
 * that is wrong or of the other kind than those before, -ENOMEM.
 */
int rk_replay_users_find(struct rk_replay_users *users, const char *name,
			 uint32_t *ret_user);

/* Give an address the next number, unless it has one. 0 or -ENOMEM. */
int rk_replay_users_number(struct rk_replay_users *users, uint32_t user);

/* The index of the user of an account of this run: 0 or -ENOENT. */
int rk_replay_users_by_account(const struct rk_replay_users *users,
			       uint64_t account, uint32_t *ret_user);

#endif
