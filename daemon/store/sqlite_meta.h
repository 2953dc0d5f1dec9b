/*
 * The table `meta` of a SQLite file: what the whole file is, as texts under
 * keys, with a hash over all of them, so that no single damaged byte in it
 * passes for another number.
 *
 * Every format, old or new, has this table with `kind` and `format` in it and
 * the hash made this way: so any riskd can tell what it has before it.
 */
#ifndef RK_STORE_SQLITE_META_H
#define RK_STORE_SQLITE_META_H

#include "engine/hash.h"
#include "store/sqlite.h"

#define RK_SQLITE_META_MAX      24
#define RK_SQLITE_META_KEY_SIZE 24
#define RK_SQLITE_META_SIZE     64 /* of a value */

struct rk_sqlite_meta {
	uint32_t n;
	struct {
		char key[RK_SQLITE_META_KEY_SIZE];
		char value[RK_SQLITE_META_SIZE];
	} rows[RK_SQLITE_META_MAX];
};

int rk_sqlite_meta_create(const struct rk_sqlite *lite, char *error);

/* Replace all that the table holds. */
int rk_sqlite_meta_store(const struct rk_sqlite *lite,
			 const struct rk_sqlite_meta *meta, char *error);

/* Returns 0, -EBADMSG (also when the hash is another), or -errno. */
int rk_sqlite_meta_load(const struct rk_sqlite *lite,
			struct rk_sqlite_meta *ret_meta, char *error);

void rk_sqlite_meta_put(struct rk_sqlite_meta *meta, const char *key,
			const char *value);
void rk_sqlite_meta_put_integer(struct rk_sqlite_meta *meta, const char *key,
				rk_i128 value);
void rk_sqlite_meta_put_hash(struct rk_sqlite_meta *meta, const char *key,
			     struct rk_hash hash);
void rk_sqlite_meta_put_bytes(struct rk_sqlite_meta *meta, const char *key,
			      const unsigned char bytes[16]);

/* NULL: there is no such key. */
const char *rk_sqlite_meta_find(const struct rk_sqlite_meta *meta,
				const char *key);

/* 0 or -EBADMSG: missing, or not of that form. */
int rk_sqlite_meta_u64(const struct rk_sqlite_meta *meta, const char *key,
		       uint64_t *ret_value);
int rk_sqlite_meta_i64(const struct rk_sqlite_meta *meta, const char *key,
		       int64_t *ret_value);
int rk_sqlite_meta_hash(const struct rk_sqlite_meta *meta, const char *key,
			struct rk_hash *ret_hash);
int rk_sqlite_meta_bytes(const struct rk_sqlite_meta *meta, const char *key,
			 unsigned char bytes[16]);

/* What the caller reads; on return the format that it found. */
struct rk_sqlite_kind {
	const char *name;
	uint32_t oldest; /* formats, both included */
	uint32_t newest;
	uint32_t format;
};

/*
 * Is it the kind of file, in a format, that the caller reads?
 * Returns 0, -EBADMSG or -EPROTO (another format: error names the way out).
 */
int rk_sqlite_meta_check(const struct rk_sqlite *lite,
			 const struct rk_sqlite_meta *meta,
			 struct rk_sqlite_kind *kind, char *error);

#endif
