/*
 * The files of snapshots in their folder: names, lists, removal; and what
 * their meta says. See snapshot.h.
 */
#include "store/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/snapshot_impl.h"

#define PREFIX "state"

/* A folder with more snapshots than this was not filled by riskd. */
#define FOUND_MAX 4096

bool rk_snapshot_name_parse(const char *name, uint64_t *ret_seq)
{
	return rk_sqlite_name_parse(PREFIX, name, ret_seq);
}

void rk_snapshot_name_make(uint64_t seq, char name[RK_FILE_NAME_SIZE])
{
	rk_sqlite_name_make(PREFIX, seq, name);
}

struct found {
	uint64_t seqs[FOUND_MAX];
	int n;
};

static int find_snapshot(void *context, const char *name, uint64_t size)
{
	struct found *found = context;
	uint64_t seq;

	(void)size;
	if (!rk_snapshot_name_parse(name, &seq))
		return 0;
	if (found->n == FOUND_MAX)
		return -EOVERFLOW;
	found->seqs[found->n++] = seq;
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

int rk_snapshot_list(const struct rk_files *files, uint64_t *seqs, int max)
{
	struct found *found = calloc(1, sizeof(*found));
	int r;

	if (!found)
		return -ENOMEM;
	r = rk_files_list(files, find_snapshot, found);
	if (r == 0) {
		qsort(found->seqs, (size_t)found->n, sizeof(found->seqs[0]),
		      newest_first);
		for (int i = 0; i < found->n && i < max; i++)
			seqs[i] = found->seqs[i];
		r = found->n;
	}
	free(found);
	return r;
}

int rk_snapshot_remove(const struct rk_files *files, uint64_t seq)
{
	char name[RK_FILE_NAME_SIZE];

	rk_snapshot_name_make(seq, name);
	return rk_files_remove(files, name);
}

int rk_snapshot_set_aside(const struct rk_files *files, uint64_t seq)
{
	char name[RK_FILE_NAME_SIZE];
	char aside[RK_FILE_NAME_SIZE];

	rk_snapshot_name_make(seq, name);
	(void)snprintf(aside, sizeof(aside), "bad-%.50s", name);
	return rk_files_rename(files, name, aside);
}

/* "state-....db" with something behind it: .tmp, or a journal of SQLite. */
struct leftovers {
	char names[64][RK_FILE_NAME_SIZE];
	int n;
};

static int find_leftover(void *context, const char *name, uint64_t size)
{
	static const char *const endings[] = {".tmp", ".tmp-journal",
					      "-journal", "-wal", "-shm"};
	size_t length = sizeof("state-01234567890123456789.db") - 1;
	struct leftovers *leftovers = context;
	char head[RK_FILE_NAME_SIZE];
	uint64_t seq;

	(void)size;
	if (strlen(name) <= length || strlen(name) >= RK_FILE_NAME_SIZE)
		return 0;
	memcpy(head, name, length);
	head[length] = '\0';
	if (!rk_snapshot_name_parse(head, &seq))
		return 0;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (strcmp(name + length, endings[i]) == 0)
			memcpy(leftovers->names[leftovers->n++], name,
			       strlen(name) + 1);
	}
	/* The rest in another round. */
	return leftovers->n == 64 ? 1 : 0;
}

int rk_snapshot_clean(const struct rk_files *files)
{
	struct leftovers leftovers;
	int r;

	do {
		leftovers.n = 0;
		r = rk_files_list(files, find_leftover, &leftovers);
		if (r < 0)
			return r;
		for (int i = 0; i < leftovers.n; i++) {
			int removed =
				rk_files_remove(files, leftovers.names[i]);

			if (removed < 0 && removed != -ENOENT)
				return removed;
		}
	} while (r == 1);
	return 0;
}

void rk_snapshot_meta_store(const struct rk_snapshot_meta *meta,
			    struct rk_sqlite_meta *ret_stored)
{
	ret_stored->n = 0;
	rk_sqlite_meta_put(ret_stored, "kind", RK_SNAPSHOT_KIND);
	rk_sqlite_meta_put_integer(ret_stored, "format", meta->format);
	rk_sqlite_meta_put(ret_stored, "riskd", RISKD_VERSION);
	rk_sqlite_meta_put_integer(ret_stored, "rules", meta->rules);
	rk_sqlite_meta_put_integer(ret_stored, "seq", meta->seq);
	rk_sqlite_meta_put_integer(ret_stored, "time_ns", meta->time_ns);
	rk_sqlite_meta_put_integer(ret_stored, "event", meta->event);
	rk_sqlite_meta_put_hash(ret_stored, "event_digest", meta->event_digest);
	rk_sqlite_meta_put_hash(ret_stored, "state_digest", meta->state_digest);
	rk_sqlite_meta_put_bytes(ret_stored, "chain", meta->chain);
	rk_sqlite_meta_put_integer(ret_stored, "written_ns", meta->written_ns);
}

/* Returns NULL, or the key that is missing or wrong. */
static const char *load_keys(const struct rk_sqlite_meta *stored,
			     struct rk_snapshot_meta *meta)
{
	uint64_t rules;

	if (rk_sqlite_meta_u64(stored, "rules", &rules) < 0 ||
	    rules > UINT32_MAX)
		return "rules";
	meta->rules = (uint32_t)rules;
	if (rk_sqlite_meta_u64(stored, "seq", &meta->seq) < 0)
		return "seq";
	if (rk_sqlite_meta_i64(stored, "time_ns", &meta->time_ns) < 0)
		return "time_ns";
	if (rk_sqlite_meta_u64(stored, "event", &meta->event) < 0)
		return "event";
	if (rk_sqlite_meta_hash(stored, "event_digest", &meta->event_digest) <
	    0)
		return "event_digest";
	if (rk_sqlite_meta_hash(stored, "state_digest", &meta->state_digest) <
	    0)
		return "state_digest";
	if (rk_sqlite_meta_bytes(stored, "chain", meta->chain) < 0)
		return "chain";
	if (rk_sqlite_meta_i64(stored, "written_ns", &meta->written_ns) < 0)
		return "written_ns";
	return NULL;
}

int rk_snapshot_meta_load(const struct rk_sqlite *lite, uint64_t seq,
			  struct rk_snapshot_meta *ret_meta, char *error)
{
	struct rk_sqlite_kind kind = {
		.name = RK_SNAPSHOT_KIND,
		.oldest = RK_ROWS_OLDEST,
		.newest = RK_SNAPSHOT_FORMAT,
	};
	struct rk_snapshot_meta meta = {.format = 0};
	struct rk_sqlite_meta stored;
	const char *wrong;
	int r = rk_sqlite_meta_load(lite, &stored, error);

	if (r == 0)
		r = rk_sqlite_meta_check(lite, &stored, &kind, error);
	if (r < 0)
		return r;
	meta.format = kind.format;
	wrong = load_keys(&stored, &meta);
	if (wrong)
		return rk_sqlite_say(error, -EBADMSG, "%s: meta has no good %s",
				     lite->name, wrong);
	if (meta.seq != seq)
		return rk_sqlite_say(error, -EBADMSG,
				     "%s: it is the snapshot of sequence "
				     "%llu, not of %llu as its name says",
				     lite->name, (unsigned long long)meta.seq,
				     (unsigned long long)seq);
	*ret_meta = meta;
	return 0;
}
