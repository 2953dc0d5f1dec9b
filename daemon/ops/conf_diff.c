/*
 * Two configurations key by key, as they would be printed. See conf_diff.h.
 */
#include "ops/conf_diff.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ops/conf_keys.h"
#include "ops/conf_value.h"

/* What becomes a command: RISK, PUBLISHER, VENUE, LIMITS. */
static bool is_running(const struct rk_conf_key *key)
{
	const size_t limits = offsetof(struct rk_conf, limits.engine);

	return strcmp(key->section, "risk") == 0 ||
	       key->kind == RK_CONF_NAMES ||
	       (key->offset >= limits &&
		key->offset < limits + sizeof(struct rk_cmd_limits));
}

/* As in the file, without the quotes around a single value. */
static void print(const struct rk_conf *conf, const struct rk_conf_key *key,
		  char text[RK_DIFFERENCE_VALUE])
{
	FILE *out = fmemopen(text, RK_DIFFERENCE_VALUE - 1, "w");
	size_t n;

	text[0] = '\0';
	text[RK_DIFFERENCE_VALUE - 1] = '\0';
	if (!out)
		return;
	rk_conf_value_print(conf, key, out);
	(void)fclose(out); /* what does not fit is cut */
	n = strlen(text);
	if (n < 2 || text[0] != '"' || text[n - 1] != '"')
		return;
	memmove(text, text + 1, n - 2);
	text[n - 2] = '\0';
}

static void full_name(const struct rk_conf_key *key,
		      char name[RK_DIFFERENCE_FIELD])
{
	(void)snprintf(name, RK_DIFFERENCE_FIELD, "%s%s%s", key->section,
		       key->section[0] != '\0' ? "." : "", key->name);
}

const char *rk_conf_lost(const struct rk_conf_named *before,
			 const struct rk_conf_named *after,
			 char name[RK_DIFFERENCE_FIELD])
{
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);

	for (size_t i = 0; i < n; i++) {
		if (!is_running(&keys[i]) || !before->keys[i] || after->keys[i])
			continue;
		full_name(&keys[i], name);
		return name;
	}
	return NULL;
}

void rk_conf_diff(const struct rk_conf *before, const struct rk_conf *after,
		  enum rk_conf_when when,
		  const struct rk_difference_listener *listener)
{
	char was[RK_DIFFERENCE_VALUE];
	char is[RK_DIFFERENCE_VALUE];
	char name[RK_DIFFERENCE_FIELD];
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);
	const struct rk_difference difference = {name, was, is};

	for (size_t i = 0; i < n; i++) {
		if (is_running(&keys[i]) != (when == RK_CONF_RUNNING))
			continue;
		print(before, &keys[i], was);
		print(after, &keys[i], is);
		if (strcmp(was, is) == 0)
			continue;
		full_name(&keys[i], name);
		listener->tell(listener->context, &difference);
	}
}
