/*
 * Reading and writing the values of riskd.conf. See conf_value.h.
 */
#include "ops/conf_value.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "engine/decimal.h"
#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/conf.h"
#include "ops/conf_keys.h"
#include "ops/error.h"
#include "ops/value.h"

#define RATE_DECIMALS 9

/* Room in sockaddr_un, without the ending zero. */
#define IPC_PATH_MAX 107

bool rk_conf_value_is_list(const struct rk_conf_key *key)
{
	return key->kind == RK_CONF_URLS || key->kind == RK_CONF_NAMES;
}

static void *member(struct rk_conf *conf, const struct rk_conf_key *key)
{
	return (char *)conf + key->offset;
}

static const void *const_member(const struct rk_conf *conf,
				const struct rk_conf_key *key)
{
	return (const char *)conf + key->offset;
}

static int set_count(void *to, const struct rk_conf_key *key, const char *text,
		     struct rk_error *need)
{
	int64_t number;

	if (rk_decimal_parse(text, 0, &number) != RK_DECIMAL_OK ||
	    number < key->min || number > key->max) {
		rk_error_set(need,
			     "must be a whole number from %" PRId64
			     " to %" PRId64,
			     key->min, key->max);
		return -EINVAL;
	}
	*(uint32_t *)to = (uint32_t)number;
	return 0;
}

static int set_bytes(void *to, const struct rk_conf_key *key, const char *text,
		     struct rk_error *need)
{
	char min[RK_VALUE_SIZE];
	char max[RK_VALUE_SIZE];
	int64_t bytes;
	int r = rk_value_parse_bytes(text, &bytes);

	if (r == -EINVAL) {
		rk_error_set(need, RK_VALUE_BYTES_NEED);
		return -EINVAL;
	}
	if (r < 0 || bytes < key->min || bytes > key->max) {
		rk_error_set(need, "must be from %s to %s",
			     rk_value_format_bytes(key->min, min),
			     rk_value_format_bytes(key->max, max));
		return -EINVAL;
	}
	*(int64_t *)to = bytes;
	return 0;
}

static int set_duration(void *to, const struct rk_conf_key *key,
			const char *text, struct rk_error *need)
{
	char min[RK_VALUE_SIZE];
	char max[RK_VALUE_SIZE];
	int64_t ns;
	int r = rk_value_parse_duration(text, &ns);

	if (r == -EINVAL) {
		rk_error_set(need, RK_VALUE_DURATION_NEED);
		return -EINVAL;
	}
	if (r < 0 || ns < key->min || ns > key->max) {
		rk_error_set(need, "must be from %s to %s",
			     rk_value_format_duration(key->min, min),
			     rk_value_format_duration(key->max, max));
		return -EINVAL;
	}
	*(int64_t *)to = ns;
	return 0;
}

static int set_rate(void *to, const struct rk_conf_key *key, const char *text,
		    struct rk_error *need)
{
	char min[RK_DECIMAL_SIZE];
	char max[RK_DECIMAL_SIZE];
	int64_t raw;
	int r = rk_decimal_parse(text, RATE_DECIMALS, &raw);

	if (r == RK_DECIMAL_MALFORMED) {
		rk_error_set(need, "must be a decimal number like \"1.25\"");
		return -EINVAL;
	}
	if (r == RK_DECIMAL_FRACTION) {
		rk_error_set(need,
			     "must have at most %d digits after the point",
			     RATE_DECIMALS);
		return -EINVAL;
	}
	if (r != RK_DECIMAL_OK || raw < key->min || raw > key->max) {
		rk_error_set(need, "must be from %s to %s",
			     rk_decimal_format(key->min, RATE_DECIMALS, min,
					       sizeof(min)),
			     rk_decimal_format(key->max, RATE_DECIMALS, max,
					       sizeof(max)));
		return -EINVAL;
	}
	((rk_rate *)to)->raw = raw;
	return 0;
}

static int set_choice(void *to, const struct rk_conf_key *key, const char *text,
		      struct rk_error *need)
{
	char all[128] = "";
	size_t n = 0;

	for (const struct rk_conf_choice *c = key->choices; c->text; c++) {
		if (strcmp(c->text, text) == 0) {
			/* gcc's enums without negatives are unsigned int. */
			memcpy(to, &c->value, sizeof(c->value));
			return 0;
		}
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s",
				      n == 0 ? "" : ", ", c->text);
	}
	rk_error_set(need, "must be %s%s",
		     key->choices[1].text ? "one of " : "", all);
	return -EINVAL;
}

static int set_path(char *to, const char *text, struct rk_error *need)
{
	size_t length = strlen(text);

	if (length == 0 || length >= RK_CONF_PATH_SIZE) {
		rk_error_set(need, "must be a path of 1 to %d bytes",
			     RK_CONF_PATH_SIZE - 1);
		return -EINVAL;
	}
	memcpy(to, text, length + 1);
	return 0;
}

/* "address:port" with a port that can be listened on. */
static bool is_address(const char *text)
{
	const char *colon = strrchr(text, ':');
	int64_t port;

	if (!colon || colon == text)
		return false;
	if (rk_decimal_parse(colon + 1, 0, &port) != RK_DECIMAL_OK)
		return false;
	return port >= 1 && port <= UINT16_MAX;
}

/* What a URL would have to be, or NULL when it is right. */
static const char *url_need(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return "must be a URL without blanks";
	if (strlen(text) >= RK_CONF_URL_SIZE)
		return "must be a shorter URL: at most 127 bytes";
	if (strncmp(text, "ipc://", 6) == 0) {
		if (text[6] == '\0' || strlen(text + 6) > IPC_PATH_MAX)
			return "must have a path of 1 to 107 bytes after "
			       "ipc://";
		return NULL;
	}
	if (strncmp(text, "tcp://", 6) == 0) {
		if (!is_address(text + 6))
			return "must be tcp://address:port with a port from "
			       "1 to 65535";
		return NULL;
	}
	return "must begin with ipc:// or tcp://";
}

static int add_url(struct rk_conf_urls *urls, const char *text,
		   struct rk_error *need)
{
	const char *wrong = url_need(text);

	if (wrong) {
		rk_error_set(need, "%s", wrong);
		return -EINVAL;
	}
	if (urls->n >= RK_CONF_URLS_MAX) {
		rk_error_set(need, "must be a list of at most %d",
			     RK_CONF_URLS_MAX);
		return -EINVAL;
	}
	memcpy(urls->url[urls->n++], text, strlen(text) + 1);
	return 0;
}

static int add_name(struct rk_conf_names *names, const char *text,
		    struct rk_error *need)
{
	char name[RK_NAME_SIZE] = "";

	/* A name without its zero is refused by the engine's check. */
	memcpy(name, text, strnlen(text, sizeof(name)));
	if (rk_listing_check_name(name) != RK_OK) {
		rk_error_set(need, "%s", rk_rc_text(RK_REJ_BAD_NAME));
		return -EINVAL;
	}
	for (uint32_t i = 0; i < names->n; i++) {
		if (strcmp(names->name[i], name) == 0) {
			rk_error_set(need, "must be named once, not twice");
			return -EINVAL;
		}
	}
	if (names->n >= RK_CONF_NAMES_MAX) {
		rk_error_set(need, "must be a list of at most %d",
			     RK_CONF_NAMES_MAX);
		return -EINVAL;
	}
	memcpy(names->name[names->n++], name, sizeof(name));
	return 0;
}

int rk_conf_value_set(struct rk_conf *conf, const struct rk_conf_key *key,
		      const char *text, struct rk_error *need)
{
	void *to = member(conf, key);

	switch (key->kind) {
	case RK_CONF_COUNT:
		return set_count(to, key, text, need);
	case RK_CONF_BYTES:
		return set_bytes(to, key, text, need);
	case RK_CONF_DURATION:
		return set_duration(to, key, text, need);
	case RK_CONF_RATE:
		return set_rate(to, key, text, need);
	case RK_CONF_CHOICE:
		return set_choice(to, key, text, need);
	case RK_CONF_PATH:
		return set_path(to, text, need);
	case RK_CONF_URLS:
		return add_url(to, text, need);
	case RK_CONF_NAMES:
		return add_name(to, text, need);
	}
	return -EINVAL;
}

void rk_conf_value_clear(struct rk_conf *conf, const struct rk_conf_key *key)
{
	if (key->kind == RK_CONF_URLS)
		((struct rk_conf_urls *)member(conf, key))->n = 0;
	if (key->kind == RK_CONF_NAMES)
		((struct rk_conf_names *)member(conf, key))->n = 0;
}

/* Whether all was written is asked once, in rk_conf_print(). */
static void put(const char *text, FILE *out)
{
	(void)fputs(text, out);
}

/* In double quotes, libconfuse expands ${} and takes backslash as escape. */
static void put_quoted(const char *text, FILE *out)
{
	put("\"", out);
	for (; *text != '\0'; text++) {
		if (strchr("\\\"$", *text))
			put("\\", out);
		(void)fputc(*text, out);
	}
	put("\"", out);
}

static void put_choice(const void *from, const struct rk_conf_key *key,
		       FILE *out)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	for (const struct rk_conf_choice *c = key->choices; c->text; c++)
		if (c->value == value)
			put(c->text, out);
}

static void put_urls(const struct rk_conf_urls *urls, FILE *out)
{
	put("{", out);
	for (uint32_t i = 0; i < urls->n; i++) {
		put(i == 0 ? "" : ", ", out);
		put_quoted(urls->url[i], out);
	}
	put("}", out);
}

static void put_names(const struct rk_conf_names *names, FILE *out)
{
	put("{", out);
	for (uint32_t i = 0; i < names->n; i++) {
		put(i == 0 ? "" : ", ", out);
		put_quoted(names->name[i], out);
	}
	put("}", out);
}

void rk_conf_value_print(const struct rk_conf *conf,
			 const struct rk_conf_key *key, FILE *out)
{
	const void *from = const_member(conf, key);
	char buf[RK_DECIMAL_SIZE];

	switch (key->kind) {
	case RK_CONF_COUNT:
		put(rk_decimal_format(*(const uint32_t *)from, 0, buf,
				      sizeof(buf)),
		    out);
		break;
	case RK_CONF_BYTES:
		put(rk_value_format_bytes(*(const int64_t *)from, buf), out);
		break;
	case RK_CONF_DURATION:
		put_quoted(
			rk_value_format_duration(*(const int64_t *)from, buf),
			out);
		break;
	case RK_CONF_RATE:
		put_quoted(rk_decimal_format(((const rk_rate *)from)->raw,
					     RATE_DECIMALS, buf, sizeof(buf)),
			   out);
		break;
	case RK_CONF_CHOICE:
		put_choice(from, key, out);
		break;
	case RK_CONF_PATH:
		put_quoted(from, out);
		break;
	case RK_CONF_URLS:
		put_urls(from, out);
		break;
	case RK_CONF_NAMES:
		put_names(from, out);
		break;
	}
}
