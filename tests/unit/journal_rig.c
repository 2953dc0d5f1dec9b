/*
 * A journal in a folder, for tests. See journal_rig.h.
 */
#include "journal_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/journal_names.h"
#include "store/segment.h"

#define PAYLOAD_MAX 2048

void rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	strcpy(rig->dir, "/tmp/rk_journal_XXXXXX");
	cr_assert_not_null(mkdtemp(rig->dir));
	cr_assert_eq(rk_files_open_posix(rig->dir, &rig->files), 0);
	rig->options = (struct rk_journal_file_options){
		.files = &rig->files,
		.segment_bytes = RIG_SEGMENT_BYTES,
		.groups_in_flight = 100,
		.bytes_in_flight = 1 << 20,
		.rules = 3,
		.manual = true,
	};
	rig->next = 1;
}

static int find_any(void *context, const char *name, uint64_t size)
{
	(void)size;
	strcpy(context, name);
	return 1;
}

void rig_fini(struct rig *rig)
{
	char name[RK_FILE_NAME_SIZE];

	if (rig->journal)
		rig_close(rig);
	while (rk_files_list(&rig->files, find_any, name) == 1)
		cr_assert_eq(rk_files_remove(&rig->files, name), 0);
	rk_files_close(&rig->files);
	cr_assert_eq(rmdir(rig->dir), 0);
}

uint32_t rig_count(uint64_t first)
{
	return (uint32_t)(first % 5) + 1;
}

uint32_t rig_size(uint64_t first)
{
	return (uint32_t)(first * 37 % 1300);
}

static void fill_payload(uint64_t first, unsigned char *payload)
{
	for (uint32_t i = 0; i < rig_size(first); i++)
		payload[i] = (unsigned char)(first * 31 + i * 7);
}

static struct rk_journal_group group_of(uint64_t first,
					const unsigned char *payload)
{
	return (struct rk_journal_group){
		.first_seq = first,
		.count = rig_count(first),
		.time_ns = (int64_t)first * 1000,
		.payload = payload,
		.size = rig_size(first),
		.event = first * 2,
		.event_digest = {first * 3, first * 5},
	};
}

static void on_durable(void *context, uint64_t seq)
{
	struct rig *rig = context;
	const char *reason;

	/* Told again only when it failed. */
	cr_assert(seq > rig->told || (seq == rig->told &&
				      rk_journal_error(rig->journal, &reason)));
	rig->told = seq;
}

void rig_open(struct rig *rig)
{
	int r = rk_journal_open_file(&rig->options, &rig->end.place,
				     &rig->journal, rig->error);

	cr_assert_eq(r, 0, "%s", rig->error);
	rk_journal_on_durable(rig->journal, on_durable, rig);
	rig->next = rig->end.place.seq + 1;
	rig->told = rig->end.place.seq;
}

void rig_close(struct rig *rig)
{
	rk_journal_close(rig->journal);
	rig->journal = NULL;
}

void rig_reopen(struct rig *rig)
{
	if (rig->journal)
		rig_close(rig);
	cr_assert_eq(rig_scan(rig, NULL), 0, "%s", rig->error);
	cr_assert_eq(rk_journal_repair(&rig->files, &rig->end, rig->error), 0,
		     "%s", rig->error);
	rig_open(rig);
}

int rig_append(struct rig *rig)
{
	unsigned char payload[PAYLOAD_MAX];
	struct rk_journal_group group = group_of(rig->next, payload);
	int r;

	fill_payload(rig->next, payload);
	r = rk_journal_append(rig->journal, &group);
	memset(payload, 0xee, sizeof(payload)); /* it was only borrowed */
	if (r == 0)
		rig->next += group.count;
	return r;
}

void rig_steps(struct rig *rig)
{
	while (rk_journal_step_commit(rig->journal))
		;
	while (rk_journal_step_segments(rig->journal))
		;
}

void rig_fill(struct rig *rig, uint32_t n, uint32_t batch)
{
	for (uint32_t i = 0; i < n; i++) {
		cr_assert_eq(rig_append(rig), 0);
		if (i % batch == batch - 1)
			rig_steps(rig);
	}
	rig_steps(rig);
	cr_assert_eq(rig->told, rig->next - 1);
}

static int see_group(void *context, const struct rk_journal_group *group)
{
	struct rig *rig = context;
	unsigned char payload[PAYLOAD_MAX];
	struct rk_journal_group want = group_of(group->first_seq, payload);

	fill_payload(group->first_seq, payload);
	if (rig->groups_seen > 0)
		cr_assert_eq(group->first_seq, rig->last_seen + 1);
	else
		rig->first_seen = group->first_seq;
	cr_assert_eq(group->count, want.count);
	cr_assert_eq(group->time_ns, want.time_ns);
	cr_assert_eq(group->event, want.event);
	cr_assert(rk_hash_equal(group->event_digest, want.event_digest));
	cr_assert_eq(group->size, want.size);
	if (want.size > 0)
		cr_assert_arr_eq(group->payload, payload, want.size);
	rig->last_seen = group->first_seq + group->count - 1;
	rig->groups_seen++;
	return 0;
}

static int see_skip(void *context, const struct rk_journal_skip *skip)
{
	struct rig *rig = context;

	cr_assert_lt(rig->skips_seen, 8);
	cr_assert_eq(skip->time_ns, (int64_t)skip->seq * 11);
	rig->skips[rig->skips_seen++] = skip->seq;
	return 0;
}

int rig_scan_with(struct rig *rig, struct rk_journal_scan scan)
{
	if (!scan.files)
		scan.files = &rig->files;
	scan.visit = see_group;
	scan.visit_skip = see_skip;
	scan.context = rig;
	rig->first_seen = 0;
	rig->last_seen = 0;
	rig->groups_seen = 0;
	rig->skips_seen = 0;
	return rk_journal_scan(&scan, &rig->end, rig->error);
}

int rig_scan(struct rig *rig, const struct rk_journal_place *from)
{
	struct rk_journal_scan scan = {.rules = rig->options.rules};

	if (from)
		scan.from = *from;
	return rig_scan_with(rig, scan);
}

uint32_t rig_segments(struct rig *rig, char names[][RK_FILE_NAME_SIZE],
		      uint32_t max)
{
	struct rk_journal_names list;
	uint32_t n;

	cr_assert_eq(rk_journal_names_read(&rig->files, &list), 0);
	n = (uint32_t)list.n;
	for (uint32_t i = 0; i < n && i < max; i++)
		rk_journal_name_make(list.names[i].first_seq, names[i]);
	rk_journal_names_fini(&list);
	return n;
}

bool rig_exists(struct rig *rig, const char *name)
{
	struct rk_file *file;

	if (rk_file_open(&rig->files, name, RK_FILE_READ, &file) < 0)
		return false;
	rk_file_close(&rig->files, file);
	return true;
}

size_t rig_read(struct rig *rig, const char *name, unsigned char **ret_bytes)
{
	struct rk_file *file;
	uint64_t size;
	ssize_t n;

	cr_assert_eq(rk_file_open(&rig->files, name, RK_FILE_READ, &file), 0,
		     "%s", name);
	cr_assert_eq(rk_file_size(&rig->files, file, &size), 0);
	*ret_bytes = malloc((size_t)size + 1);
	n = rk_file_read_at(&rig->files, file, *ret_bytes, (size_t)size, 0);
	cr_assert_eq(n, (ssize_t)size);
	rk_file_close(&rig->files, file);
	return (size_t)n;
}

void rig_write(struct rig *rig, const char *name, const unsigned char *bytes,
	       size_t size)
{
	struct rk_file *file;

	(void)rk_files_remove(&rig->files, name); /* if it is there */
	cr_assert_eq(rk_file_open(&rig->files, name, RK_FILE_CREATE, &file), 0);
	cr_assert_eq(rk_file_write(&rig->files, file, bytes, size, 0), 0);
	rk_file_close(&rig->files, file);
}

void rig_flip(struct rig *rig, const char *name, uint64_t at)
{
	unsigned char *bytes;
	size_t n = rig_read(rig, name, &bytes);

	cr_assert_lt(at, n);
	bytes[at] ^= 0x10;
	rig_write(rig, name, bytes, n);
	free(bytes);
}

void rig_zero(struct rig *rig, const char *name, uint64_t at, size_t size)
{
	unsigned char *bytes;
	size_t n = rig_read(rig, name, &bytes);

	cr_assert_leq(at + size, n);
	memset(bytes + at, 0, size);
	rig_write(rig, name, bytes, n);
	free(bytes);
}

struct rig_frame rig_find_frame(struct rig *rig, const char *name, uint32_t i)
{
	struct rig_frame found = {.at = RK_SEGMENT_SECTOR};
	unsigned char *bytes;
	size_t n = rig_read(rig, name, &bytes);

	for (uint32_t j = 0;; j++) {
		struct rk_frame frame;

		cr_assert_eq(rk_segment_decode_frame(bytes + found.at,
						     n - found.at, &frame),
			     0, "frame %u of %s", j, name);
		found.bytes = rk_segment_frame_bytes(frame.size);
		found.first_seq = frame.first_seq;
		found.count = frame.count;
		found.batch = frame.batch;
		if (j == i)
			break;
		found.at += found.bytes;
	}
	free(bytes);
	return found;
}
