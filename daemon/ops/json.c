/*
 * Strict reading of JSON. See json.h.
 */
#include "ops/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/decimal.h"
#include "ops/error.h"
#include "ops/suggest.h"
#include "ops/value.h"

#define KEYS_MAX 32

/* A value is shown up to here. */
#define SHOWN_MAX 100

int rk_json_parse(struct rk_json *json, const char *text, size_t size,
		  json_t **ret_root)
{
	json_error_t wrong;
	json_t *root;

	snprintf(json->path, sizeof(json->path), "$");
	root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &wrong);
	if (!root) {
		rk_error_set(json->error, "%s:%d:%d: %s", json->file,
			     wrong.line, wrong.column, wrong.text);
		return -EINVAL;
	}
	if (!json_is_object(root)) {
		int r = rk_json_fail(json, root, NULL, "must be an object {}");

		json_decref(root);
		return r;
	}
	*ret_root = root;
	return 0;
}

void rk_json_enter(struct rk_json *json, const char *key, size_t index)
{
	size_t n = strlen(json->path);

	snprintf(json->path + n, sizeof(json->path) - n, ".%s[%zu]", key,
		 index);
}

void rk_json_enter_object(struct rk_json *json, const char *key)
{
	size_t n = strlen(json->path);

	snprintf(json->path + n, sizeof(json->path) - n, ".%s", key);
}

void rk_json_leave(struct rk_json *json)
{
	*strrchr(json->path, '.') = '\0';
}

int rk_json_fail(struct rk_json *json, const json_t *object, const char *key,
		 const char *need)
{
	const json_t *value = key ? json_object_get(object, key) : object;
	const char *dot = key ? "." : "";
	char *shown = NULL;

	if (!key)
		key = "";
	if (value && !json_is_object(value) && !json_is_array(value))
		shown = json_dumps(value, JSON_ENCODE_ANY);

	if (shown)
		rk_error_set(json->error, "%s: %s%s%s = %.*s%s: %s", json->file,
			     json->path, dot, key, SHOWN_MAX, shown,
			     strlen(shown) > SHOWN_MAX ? "..." : "", need);
	else if (value)
		rk_error_set(json->error, "%s: %s%s%s: %s", json->file,
			     json->path, dot, key, need);
	else
		rk_error_set(json->error, "%s: %s%s%s is missing: %s",
			     json->file, json->path, dot, key, need);
	free(shown);
	return -EINVAL;
}

static bool is_among(const char *const *keys, const char *key)
{
	for (; *keys; keys++)
		if (strcmp(*keys, key) == 0)
			return true;
	return false;
}

static int unknown_key(struct rk_json *json, const char *const *keys,
		       const char *key)
{
	const char *nearest;
	size_t n = 0;

	while (keys[n])
		n++;
	nearest = rk_suggest_nearest(keys, n, key);
	rk_error_set(json->error, "%s: %s.%.*s: no such key%s%s%s", json->file,
		     json->path, SHOWN_MAX, key,
		     nearest ? ", did you mean " : "", nearest ? nearest : "",
		     nearest ? "?" : "");
	return -EINVAL;
}

int rk_json_only(struct rk_json *json, json_t *object, const char *const *keys)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return rk_json_fail(json, object, NULL, "must be an object {}");

	json_object_foreach(object, key, value)
	{
		if (strcmp(key, "comment") == 0) {
			if (!json_is_string(value))
				return rk_json_fail(json, object, key,
						    "must be a string");
		} else if (!is_among(keys, key)) {
			return unknown_key(json, keys, key);
		}
	}
	return 0;
}

int rk_json_list(struct rk_json *json, const json_t *object, const char *key,
		 const json_t **ret_list)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_array(value))
		return rk_json_fail(json, object, key, "must be a list []");
	*ret_list = value;
	return 0;
}

int rk_json_string(struct rk_json *json, const json_t *object, const char *key,
		   const char **ret_text)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return rk_json_fail(json, object, key, "must be a string");
	*ret_text = json_string_value(value);
	return 0;
}

int rk_json_duration(struct rk_json *json, const json_t *object,
		     const char *key, int64_t *ret_ns)
{
	const json_t *value = json_object_get(object, key);
	int r = -EINVAL;

	if (json_is_string(value))
		r = rk_value_parse_duration(json_string_value(value), ret_ns);
	if (r == -ERANGE)
		return rk_json_fail(json, object, key, "must be shorter");
	if (r < 0)
		return rk_json_fail(json, object, key, RK_VALUE_DURATION_NEED);
	return 0;
}

int rk_json_places(struct rk_json *json, const json_t *object, const char *key,
		   uint8_t max, uint8_t *ret_places)
{
	const json_t *value = json_object_get(object, key);
	char need[64];

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > max) {
		snprintf(need, sizeof(need),
			 "must be a whole number from 0 to %d, not a string",
			 max);
		if (!json_is_string(value))
			*strchr(need, ',') = '\0';
		return rk_json_fail(json, object, key, need);
	}
	*ret_places = (uint8_t)json_integer_value(value);
	return 0;
}

int rk_json_decimal(struct rk_json *json, const json_t *object, const char *key,
		    uint8_t decimals, int64_t *ret_raw)
{
	const json_t *value = json_object_get(object, key);
	char need[64];
	int r;

	if (json_is_number(value))
		return rk_json_fail(json, object, key,
				    "must be a decimal string like \"12.34\": "
				    "a plain number would be rounded");
	if (!json_is_string(value))
		return rk_json_fail(json, object, key,
				    "must be a decimal string like \"12.34\"");

	r = rk_decimal_parse(json_string_value(value), decimals, ret_raw);
	if (r == RK_DECIMAL_OK)
		return 0;
	if (r != RK_DECIMAL_FRACTION)
		return rk_json_fail(json, object, key,
				    rk_decimal_error_text(r));
	snprintf(need, sizeof(need),
		 "must have at most %d digits after the point", decimals);
	return rk_json_fail(json, object, key, need);
}
