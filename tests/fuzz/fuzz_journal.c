/*
 * libFuzzer target: segments of a journal as they may be found on a disk.
 *
 * Either the input is the bytes of a header or frame, or of whole files; or it
 * says which log is to be written, by the writer itself, and what then happens
 * to its files. What the scan lets through must be a beginning of what was
 * written, and a repair must not change it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "store/journal_file.h"
#include "store/segment.h"

#define FILES_MAX    40
#define FILE_MAX     ((size_t)32 << 10)
#define GROUPS_MAX   40U
#define SIZE_MAX_OF  3000U
#define SEGMENT_SIZE 8192U

/* A folder in memory: enough for a journal that nobody interrupts. */
struct file {
	char name[RK_FILE_NAME_SIZE]; /* "": free */
	size_t size;
	unsigned char bytes[FILE_MAX];
};

struct rk_file {
	struct file *file;
};

static struct file folder[FILES_MAX];
static struct rk_file handles[FILES_MAX];

struct input {
	const uint8_t *data;
	size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t byte(struct input *in)
{
	if (in->size == 0)
		return 0;
	in->size--;
	return *in->data++;
}

static uint32_t below(struct input *in, uint32_t bound)
{
	uint32_t value = (uint32_t)byte(in) << 8;

	return (value | byte(in)) % bound;
}

static struct file *find(const char *name)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (strcmp(folder[i].name, name) == 0)
			return &folder[i];
	return NULL;
}

static int mem_open(const struct rk_files *files, const char *name,
		    enum rk_file_mode mode, struct rk_file **ret_file)
{
	struct file *file = find(name);

	(void)files;
	if (mode == RK_FILE_CREATE && file)
		return -EEXIST;
	if (mode != RK_FILE_CREATE && !file)
		return -ENOENT;
	if (!file) {
		file = find("");
		if (!file)
			return -ENOSPC;
		strcpy(file->name, name);
		file->size = 0;
	}
	handles[file - folder].file = file;
	*ret_file = &handles[file - folder];
	return 0;
}

static int mem_read(struct rk_file *handle, void *bytes, size_t size,
		    uint64_t at, size_t *ret_n)
{
	const struct file *file = handle->file;
	size_t left = at < file->size ? file->size - (size_t)at : 0;

	if (size > left)
		size = left;
	if (size > 0)
		memcpy(bytes, file->bytes + at, size);
	*ret_n = size;
	return 0;
}

static int mem_resize(struct rk_file *handle, uint64_t size)
{
	struct file *file = handle->file;

	if (size > FILE_MAX)
		return -ENOSPC;
	if (size > file->size)
		memset(file->bytes + file->size, 0, (size_t)size - file->size);
	file->size = (size_t)size;
	return 0;
}

static int mem_write(struct rk_file *handle, const void *bytes, size_t size,
		     uint64_t at)
{
	if (at + size > handle->file->size && mem_resize(handle, at + size) < 0)
		return -ENOSPC;
	memcpy(handle->file->bytes + at, bytes, size);
	return 0;
}

static int mem_sync(struct rk_file *handle)
{
	(void)handle;
	return 0;
}

static int mem_size(struct rk_file *handle, uint64_t *ret_size)
{
	*ret_size = handle->file->size;
	return 0;
}

static void mem_close(struct rk_file *handle)
{
	(void)handle;
}

static int mem_remove(const struct rk_files *files, const char *name)
{
	struct file *file = find(name);

	(void)files;
	if (!file)
		return -ENOENT;
	file->name[0] = '\0';
	return 0;
}

static int mem_rename(const struct rk_files *files, const char *from,
		      const char *to)
{
	struct file *file = find(from);

	if (!file)
		return -ENOENT;
	(void)mem_remove(files, to); /* if there is one */
	strcpy(file->name, to);
	return 0;
}

static int mem_sync_dir(const struct rk_files *files)
{
	(void)files;
	return 0;
}

static int mem_list(const struct rk_files *files,
		    int (*visit)(void *context, const char *name,
				 uint64_t size),
		    void *context)
{
	(void)files;
	for (int i = 0; i < FILES_MAX; i++) {
		int r = folder[i].name[0] == '\0'
				? 0
				: visit(context, folder[i].name,
					folder[i].size);

		if (r != 0)
			return r;
	}
	return 0;
}

static const struct rk_files_ops mem_ops = {
	.open = mem_open,
	.read = mem_read,
	.write = mem_write,
	.sync = mem_sync,
	.size = mem_size,
	.resize = mem_resize,
	.close = mem_close,
	.rename = mem_rename,
	.remove = mem_remove,
	.sync_dir = mem_sync_dir,
	.list = mem_list,
};

static const struct rk_files mem_files = {.ops = &mem_ops, .dir = "memory"};

/* What was written, and what a scan saw. */
struct log {
	uint64_t first[GROUPS_MAX]; /* of each group */
	uint32_t size[GROUPS_MAX];
	uint32_t groups;
	uint32_t batch; /* groups before the last write */
	uint64_t last_seq;
	uint32_t seen;
	bool known; /* it was written here */
	uint64_t last_seen;
};

static int see_group(void *context, const struct rk_journal_group *group)
{
	struct log *log = context;
	const unsigned char *payload = group->payload;

	must(group->count > 0 && group->first_seq == log->last_seen + 1);
	log->last_seen = group->first_seq + group->count - 1;
	if (log->known) {
		must(log->seen < log->groups);
		must(group->first_seq == log->first[log->seen]);
		must(group->size == log->size[log->seen]);
		for (size_t i = 0; i < group->size; i++)
			must(payload[i] ==
			     (unsigned char)(group->first_seq + i));
	}
	log->seen++;
	return 0;
}

/* Scan; what it found must be the same after a repair. */
static int scan(struct log *log)
{
	struct rk_journal_scan what = {
		.files = &mem_files, .visit = see_group, .context = log};
	char error[RK_JOURNAL_TEXT_SIZE] = "";
	struct rk_journal_end end;
	struct rk_journal_end again;
	uint64_t groups;
	int r = rk_journal_scan(&what, &end, error);

	if (r != 0) {
		must(r == -EBADMSG || r == -ENOENT || r == -EPROTO);
		must(error[0] != '\0' && memchr(error, '\0', sizeof(error)));
		return r;
	}
	must(end.place.seq == log->last_seen);
	groups = log->seen;
	must(rk_journal_repair(&mem_files, &end, error) == 0);
	log->seen = 0;
	log->last_seen = 0;
	must(rk_journal_scan(&what, &again, error) == 0);
	must(log->seen == groups && again.torn == 0);
	must(again.place.seq == end.place.seq);
	must(memcmp(again.place.chain, end.place.chain, RK_CHAIN_SIZE) == 0);
	return 0;
}

/* Let the writer write a log, in batches. */
static void write_log(struct input *in, struct log *log)
{
	const struct rk_journal_file_options options = {
		.files = &mem_files,
		.segment_bytes = SEGMENT_SIZE,
		.groups_in_flight = GROUPS_MAX,
		.bytes_in_flight = 1 << 20,
		.manual = true,
	};
	const struct rk_journal_place place = {0};
	static unsigned char payload[SIZE_MAX_OF];
	char error[RK_JOURNAL_TEXT_SIZE];
	struct rk_journal *journal;
	uint32_t groups = below(in, GROUPS_MAX) + 1;
	uint32_t begun = 0; /* groups before the write to come */
	uint64_t next = 1;

	must(rk_journal_open_file(&options, &place, &journal, error) == 0);
	if (byte(in) % 2 == 0)
		(void)rk_journal_step_segments(journal);
	for (uint32_t i = 0; i < groups; i++) {
		struct rk_journal_group group = {
			.first_seq = next,
			.count = byte(in) % 4U + 1,
			.payload = payload,
			.size = below(in, SIZE_MAX_OF),
		};

		for (size_t j = 0; j < group.size; j++)
			payload[j] = (unsigned char)(next + j);
		log->first[i] = next;
		log->size[i] = (uint32_t)group.size;
		must(rk_journal_append(journal, &group) == 0);
		next += group.count;
		if (byte(in) % 3 == 0) {
			(void)rk_journal_step_commit(journal);
			log->batch = begun;
			begun = i + 1;
			(void)rk_journal_step_segments(journal);
		}
	}
	if (begun < groups) /* written when it is closed */
		log->batch = begun;
	log->groups = groups;
	log->last_seq = next - 1;
	log->known = true;
	rk_journal_close(journal);
}

/* The damage of one bit may cost only what may not have been synced. */
static void try_flip(struct input *in, struct log *log)
{
	struct file *file;
	int i = (int)below(in, FILES_MAX);

	while (folder[i % FILES_MAX].name[0] == '\0')
		i++;
	file = &folder[i % FILES_MAX];
	file->bytes[below(in, (uint32_t)file->size)] ^=
		(unsigned char)(1U << byte(in) % 8);
	if (scan(log) == 0)
		must(log->seen >= log->batch);
}

/* Anything at all happens to the files. */
static void try_harm(struct input *in, struct log *log)
{
	for (uint32_t n = byte(in) % 4U + 1; n > 0; n--) {
		struct file *file = &folder[below(in, FILES_MAX)];
		struct file *other = &folder[below(in, FILES_MAX)];
		size_t at;

		if (file->name[0] == '\0' || file->size == 0)
			continue;
		at = below(in, (uint32_t)file->size);
		switch (byte(in) % 6) {
		case 0:
			file->size = at;
			break;
		case 1:
			memset(file->bytes + at, 0, file->size - at);
			break;
		case 2:
			at -= at % RK_SEGMENT_SECTOR;
			for (size_t i = 0;
			     i < RK_SEGMENT_SECTOR && at + i < file->size; i++)
				file->bytes[at + i] = byte(in);
			break;
		case 3:
			memcpy(other->bytes, file->bytes, file->size);
			other->size = file->size;
			break;
		case 4:
			file->name[0] = '\0';
			break;
		default:
			file->bytes[at] = byte(in);
			break;
		}
	}
	(void)scan(log);
}

/* Files of whatever the input has; most with a header that is right. */
static void try_files(struct input *in)
{
	struct log log = {0};
	uint64_t first = 1;

	for (uint32_t n = byte(in) % 3U + 1; n > 0; n--) {
		struct rk_segment_header header = {.format = RK_JOURNAL_FORMAT,
						   .first_seq = first};
		size_t size = below(in, 4096);
		struct file *file = find("");

		must(file != NULL);
		if (byte(in) % 8 == 0)
			header.chain[0] = byte(in);
		if (size > in->size)
			size = in->size;
		rk_journal_name_make(first, file->name);
		rk_segment_encode_header(&header, file->bytes);
		memset(file->bytes + RK_SEGMENT_SECTOR, 0, 8192);
		memcpy(file->bytes + RK_SEGMENT_SECTOR, in->data, size);
		file->size = RK_SEGMENT_SECTOR + size;
		in->data += size;
		in->size -= size;
		first += byte(in) % 4U + 1;
	}
	(void)scan(&log);
}

/* Bytes of a header or frame, in memory of their own size. */
static void try_bytes(const struct input *in)
{
	unsigned char *bytes = malloc(in->size + (in->size == 0));
	unsigned char again[RK_SEGMENT_SECTOR];
	struct rk_segment_header header;
	struct rk_frame frame;

	must(bytes != NULL);
	if (in->size > 0)
		memcpy(bytes, in->data, in->size);
	must(rk_segment_extent(bytes, in->size) <= in->size);
	if (in->size >= RK_SEGMENT_SECTOR &&
	    rk_segment_decode_header(bytes, &header) == 0) {
		rk_segment_encode_header(&header, again);
		must(memcmp(again, bytes, sizeof(again)) == 0);
	}
	if (rk_segment_decode_frame(bytes, in->size, &frame) == 0) {
		must(frame.size <= RK_SEGMENT_PAYLOAD_MAX);
		must((frame.kind == RK_FRAME_GROUP) == (frame.count > 0));
		if (in->size >= RK_SEGMENT_HEAD + frame.size)
			(void)rk_segment_check_frame(bytes, &frame);
	}
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct log log = {0};
	uint8_t what = byte(&in);

	for (int i = 0; i < FILES_MAX; i++)
		folder[i].name[0] = '\0';
	if (what % 4 == 0) {
		try_bytes(&in);
	} else if (what % 4 == 1) {
		try_files(&in);
	} else {
		write_log(&in, &log);
		if (what % 4 == 2)
			try_flip(&in, &log);
		else
			try_harm(&in, &log);
	}
	return 0;
}
