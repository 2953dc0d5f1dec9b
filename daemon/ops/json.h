/*
 * Reading JSON that people write, strictly, with messages that name the place.
 *
 * A reader walks one document and knows its path ("$.markets[3].brackets[1]").
 * Every function that returns int gives 0, or -EINVAL after setting the
 * reader's error to "file: path = value: what would be right".
 */
#ifndef RK_OPS_JSON_H
#define RK_OPS_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct rk_error;

struct rk_json {
	const char *file; /* for messages */
	struct rk_error *error;
	char path[128];
};

/*
 * Parse text as one JSON object without repeated keys. On success *ret_root
 * is the caller's: release with json_decref().
 */
int rk_json_parse(struct rk_json *json, const char *text, size_t size,
		  json_t **ret_root);

/*
 * Go down to the element index of the list key, and come back up. The path
 * stays short: the documents read with this have a fixed depth.
 */
void rk_json_enter(struct rk_json *json, const char *key, size_t index);
/* The same into the object key. */
void rk_json_enter_object(struct rk_json *json, const char *key);
void rk_json_leave(struct rk_json *json);

/* Set the error about object.key (or, key NULL, about object itself). */
int rk_json_fail(struct rk_json *json, const json_t *object, const char *key,
		 const char *need);

/*
 * Has object no other keys than these (ended by NULL) and "comment"? It is
 * not changed: jansson walks no const object.
 */
int rk_json_only(struct rk_json *json, json_t *object, const char *const *keys);

static inline bool rk_json_has(const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL;
}

/* object.key, which must be there and of the type told by the name. */
int rk_json_list(struct rk_json *json, const json_t *object, const char *key,
		 const json_t **ret_list);
int rk_json_string(struct rk_json *json, const json_t *object, const char *key,
		   const char **ret_text);
int rk_json_duration(struct rk_json *json, const json_t *object,
		     const char *key, int64_t *ret_ns);

/* A plain JSON number from 0 to max: a count of decimals. */
int rk_json_places(struct rk_json *json, const json_t *object, const char *key,
		   uint8_t max, uint8_t *ret_places);

/* A decimal string with at most that many decimals. */
int rk_json_decimal(struct rk_json *json, const json_t *object, const char *key,
		    uint8_t decimals, int64_t *ret_raw);

#endif
