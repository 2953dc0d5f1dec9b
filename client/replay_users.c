/*
 * The table of users. Names are found by a 64-bit hash and then compared;
 * two names of one hash are told apart by trying the next hash of the chain.
 */
#include "replay_users.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "librisk_text.h"

#define USERS_FIRST 256u
#define USERS_MAX   (1u << 28)
#define HEX_MAX     64u /* digits of an address */

void rk_replay_users_fini(struct rk_replay_users *users)
{
	free(users->users);
	rk_replay_map_fini(&users->by_name);
	rk_replay_map_fini(&users->by_account);
	*users = (struct rk_replay_users){0};
}

static bool is_address(const char *name)
{
	size_t n;

	if (name[0] != '0' || name[1] != 'x')
		return false;
	n = strspn(name + 2, "0123456789abcdefABCDEF");
	return n > 0 && n <= HEX_MAX && name[n + 2] == '\0';
}

const char *rk_replay_users_check(const char *name)
{
	int64_t account;

	if (is_address(name))
		return NULL;
	if (risk_parse_decimal(name, 0, &account) == 0 && account > 0)
		return NULL;
	return "must be an account number above 0 or an address like 0x3b69";
}

/* FNV-1a, 64 bits. */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return hash;
}

static int add(struct rk_replay_users *users, const char *name,
	       uint64_t name_hash)
{
	struct rk_replay_user *user;
	int64_t account = 0;

	if (users->n >= users->max) {
		uint32_t max = users->max == 0 ? USERS_FIRST : users->max * 2;
		struct rk_replay_user *grown;

		if (max > USERS_MAX)
			return -ENOMEM;
		grown = realloc(users->users, max * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		users->users = grown;
		users->max = max;
	}
	if (users->n == 0)
		users->addresses = is_address(name);
	if (!users->addresses)
		(void)risk_parse_decimal(name, 0, &account); /* was checked */
	user = &users->users[users->n];
	*user = (struct rk_replay_user){.account = (uint64_t)account};
	memcpy(user->name, name, strlen(name) + 1);
	if (rk_replay_map_put(&users->by_name, name_hash, users->n) < 0)
		return -ENOMEM;
	if (account > 0 &&
	    rk_replay_map_put(&users->by_account, user->account, users->n) < 0)
		return -ENOMEM;
	users->n++;
	return 0;
}

/* One address may be written with capitals here and without there. */
static void lower(const char *name, char buf[RK_REPLAY_USER_SIZE])
{
	memcpy(buf, name, strlen(name) + 1);
	for (; *buf != '\0'; buf++) {
		if (*buf >= 'A' && *buf <= 'F')
			*buf = "abcdef"[*buf - 'A'];
	}
}

int rk_replay_users_find(struct rk_replay_users *users, const char *name,
			 uint32_t *ret_user)
{
	char key[RK_REPLAY_USER_SIZE];
	uint64_t hash;
	uint32_t user;
	int r;

	if (rk_replay_users_check(name))
		return -EINVAL;
	lower(name, key);
	hash = hash_name(key);
	while (rk_replay_map_get(&users->by_name, hash, &user)) {
		if (strcmp(users->users[user].name, key) == 0) {
			*ret_user = user;
			return 0;
		}
		hash = rk_replay_map_mix(hash);
	}
	if (users->n > 0 && is_address(key) != users->addresses)
		return -EINVAL;
	r = add(users, key, hash);
	if (r == 0)
		*ret_user = users->n - 1;
	return r;
}

int rk_replay_users_number(struct rk_replay_users *users, uint32_t user)
{
	uint64_t account = users->numbered + 1;

	if (users->users[user].account != 0)
		return 0;
	if (rk_replay_map_put(&users->by_account, account, user) < 0)
		return -ENOMEM;
	users->users[user].account = account;
	users->numbered = account;
	return 0;
}

int rk_replay_users_by_account(const struct rk_replay_users *users,
			       uint64_t account, uint32_t *ret_user)
{
	return rk_replay_map_get(&users->by_account, account, ret_user)
		       ? 0
		       : -ENOENT;
}
