/*
 * riskctl journal verify and stats: the log of commands in a state folder,
 * read whole, every hash and sequence checked.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl_out.h"
#include "offline.h"
#include "store/journal_names.h"
#include "store/record.h"
#include "store/segment.h"

static const struct ctl_column verify_columns[] = {
	{"Journal", "result", CTL_TEXT},
	{"Segments", "segments", CTL_INTEGER},
	{"Groups", "groups", CTL_INTEGER},
	{"Commands", "commands", CTL_INTEGER},
	{"Bytes", "bytes", CTL_INTEGER},
	{"First command", "first_seq", CTL_INTEGER},
	{"Last command", "last_seq", CTL_INTEGER},
	{"Time", "time", CTL_TEXT},
	{"Chain", "chain", CTL_TEXT},
	{"Skips", "skips", CTL_INTEGER},
	{"Bytes torn at the end", "torn", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

struct verified {
	uint64_t commands;
	uint64_t first_seq;
	uint64_t skips;
};

static int count_group(void *context, const struct rk_journal_group *group)
{
	struct verified *verified = context;

	if (verified->commands == 0)
		verified->first_seq = group->first_seq;
	verified->commands += group->count;
	return 0;
}

static int count_skip(void *context, const struct rk_journal_skip *skip)
{
	struct verified *verified = context;

	(void)skip; /* which one is a matter of `journal export` */
	verified->skips++;
	return 0;
}

static void start_again(void *context)
{
	memset(context, 0, sizeof(struct verified));
}

static int print_verified(const struct ctl *ctl, const struct verified *found,
			  const struct rk_journal_end *end)
{
	struct ctl_table *table = ctl_table_new(verify_columns);
	char when[CTL_TIME_SIZE] = "";
	char hex[CTL_HEX_SIZE];

	if (end->time_ns != 0)
		(void)ctl_format_time(end->time_ns, when);
	ctl_cell(table, "good");
	ctl_cell_color(table, CTL_GREEN);
	ctl_cell_u64(table, end->segments);
	ctl_cell_u64(table, end->groups);
	ctl_cell_u64(table, found->commands);
	ctl_cell_u64(table, end->bytes);
	ctl_cell_u64(table, found->first_seq);
	ctl_cell_u64(table, end->place.seq);
	ctl_cell(table, "%s", when);
	ctl_cell(table, "%s", ctl_hex_bytes(end->place.chain, hex));
	ctl_cell_u64(table, found->skips);
	ctl_cell_u64(table, end->torn);
	if (end->torn > 0)
		ctl_say(ctl,
			"%s: %" PRIu64 " bytes behind the last group are "
			"none: a riskd is writing them, or a crash cut them "
			"off and the next start drops them",
			end->tail, end->torn);
	return ctl_table_print_record(ctl, table);
}

int cmd_journal_verify(struct ctl *ctl, int argc, char **argv)
{
	struct verified verified = {0, 0, 0};
	struct rk_files files;
	struct rk_journal_scan scan = {
		.files = &files,
		.oldest = true,
		.visit = count_group,
		.visit_skip = count_skip,
		.context = &verified,
	};
	struct rk_journal_end end;
	char error[RK_JOURNAL_TEXT_SIZE];
	int rc = ctl_folder_only(ctl, argc, argv, &files);

	if (rc)
		return rc;
	if (ctl_journal_scan(&scan, start_again, &end, error) < 0)
		rc = ctl_refuse(ctl, "damaged: %s", error);
	else
		rc = print_verified(ctl, &verified, &end);
	rk_files_close(&files);
	return rc;
}

static const struct ctl_column segment_columns[] = {
	{"Segment", "file", CTL_TEXT},
	{"First", "first_seq", CTL_INTEGER},
	{"Last", "last_seq", CTL_INTEGER},
	{"Groups", "groups", CTL_INTEGER},
	{"Bytes", "bytes", CTL_INTEGER},
	{"From", "time_first", CTL_TEXT},
	{"To", "time_last", CTL_TEXT},
	{"Rules", "rules", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column type_columns[] = {
	{"Command", "type", CTL_TEXT},
	{"Count", "count", CTL_INTEGER},
	{NULL, NULL, CTL_TEXT},
};

static const struct ctl_column total_columns[] = {
	{"Segments", "segments", CTL_INTEGER},
	{"Groups", "groups", CTL_INTEGER},
	{"Commands", "commands", CTL_INTEGER},
	{"Quotes in PRICES", "quotes", CTL_INTEGER},
	{"Rows in ATOMIC", "atomic_rows", CTL_INTEGER},
	{"Bytes", "bytes", CTL_INTEGER},
	{"Commands in a group", "group_commands", CTL_DECIMAL},
	{"Bytes of a group", "group_bytes", CTL_DECIMAL},
	{NULL, NULL, CTL_TEXT},
};

struct segment {
	uint64_t last_seq;
	uint64_t groups;
	uint64_t bytes;
	int64_t first_ns;
	int64_t last_ns;
};

struct stats {
	const struct rk_journal_names *names;
	struct segment *segments; /* one per name */
	size_t at;
	struct rk_record_room room;
	uint64_t types[256];
	uint64_t commands;
	uint64_t quotes;
	uint64_t atomic_rows;
	uint64_t undecoded; /* first that cannot be; 0: none */
};

static void count_commands(struct stats *stats,
			   const struct rk_journal_group *group)
{
	const unsigned char *bytes = group->payload;
	size_t at = 0;

	for (uint32_t i = 0; i < group->count; i++) {
		struct rk_cmd cmd;
		size_t length;

		if (rk_record_decode(bytes + at, group->size - at, &stats->room,
				     &cmd, &length) < 0) {
			if (stats->undecoded == 0)
				stats->undecoded = group->first_seq + i;
			return;
		}
		at += length;
		stats->types[(unsigned)cmd.type & 255]++;
		if (cmd.type == RK_CMD_PRICES)
			stats->quotes += cmd.prices.n;
		if (cmd.type == RK_CMD_ATOMIC)
			stats->atomic_rows += cmd.atomic.n;
	}
}

static int add_group(void *context, const struct rk_journal_group *group)
{
	struct stats *stats = context;
	const struct rk_journal_names *names = stats->names;
	struct segment *segment;

	while (stats->at + 1 < names->n &&
	       names->names[stats->at + 1].first_seq <= group->first_seq)
		stats->at++;
	segment = &stats->segments[stats->at];
	if (segment->groups == 0)
		segment->first_ns = group->time_ns;
	segment->last_ns = group->time_ns;
	segment->last_seq = group->first_seq + group->count - 1;
	segment->groups++;
	segment->bytes += rk_segment_frame_bytes(group->size);
	stats->commands += group->count;
	count_commands(stats, group);
	return 0;
}

static void start_stats_again(void *context)
{
	struct stats *stats = context;

	memset(stats->segments, 0, stats->names->n * sizeof(*stats->segments));
	memset(stats->types, 0, sizeof(stats->types));
	stats->at = 0;
	stats->commands = 0;
	stats->quotes = 0;
	stats->atomic_rows = 0;
	stats->undecoded = 0;
}

/* Of the segment's header; 0 when it cannot be read any more. */
static uint32_t rules_of(const struct rk_files *files, const char *name)
{
	unsigned char bytes[RK_SEGMENT_SECTOR];
	struct rk_segment_header header = {.rules = 0};
	struct rk_file *file;
	ssize_t n;

	if (rk_file_open(files, name, RK_FILE_READ, &file) < 0)
		return 0;
	n = rk_file_read_at(files, file, bytes, sizeof(bytes), 0);
	rk_file_close(files, file);
	if (n != (ssize_t)sizeof(bytes) ||
	    rk_segment_decode_header(bytes, &header) < 0)
		return 0;
	return header.rules;
}

static void cell_time(struct ctl_table *table, int64_t time_ns)
{
	char when[CTL_TIME_SIZE] = "";

	if (time_ns != 0)
		(void)ctl_format_time(time_ns, when);
	ctl_cell(table, "%s", when);
}

static struct ctl_table *fill_segments(const struct rk_files *files,
				       const struct stats *stats)
{
	struct ctl_table *table = ctl_table_new(segment_columns);

	for (size_t i = 0; i < stats->names->n; i++) {
		const struct segment *segment = &stats->segments[i];
		uint64_t first = stats->names->names[i].first_seq;
		char name[RK_FILE_NAME_SIZE];

		rk_journal_name_make(first, name);
		ctl_cell(table, "%s", name);
		ctl_cell_u64(table, first);
		ctl_cell_u64(table,
			     segment->groups ? segment->last_seq : first - 1);
		ctl_cell_u64(table, segment->groups);
		ctl_cell_u64(table, segment->bytes);
		cell_time(table, segment->first_ns);
		cell_time(table, segment->last_ns);
		ctl_cell_u64(table, rules_of(files, name));
	}
	return table;
}

static struct ctl_table *fill_types(const struct stats *stats)
{
	struct ctl_table *table = ctl_table_new(type_columns);

	for (unsigned i = 0; i < 256; i++) {
		if (stats->types[i] == 0)
			continue;
		ctl_cell(table, "%s", rk_cmd_name((enum rk_cmd_type)i));
		ctl_cell_u64(table, stats->types[i]);
	}
	return table;
}

/* In hundredths. */
static int64_t average(uint64_t sum, uint64_t n)
{
	return n ? (int64_t)(sum * 100 / n) : 0;
}

static struct ctl_table *fill_totals(const struct stats *stats,
				     const struct rk_journal_end *end)
{
	struct ctl_table *table = ctl_table_new(total_columns);

	ctl_cell_u64(table, end->segments);
	ctl_cell_u64(table, end->groups);
	ctl_cell_u64(table, stats->commands);
	ctl_cell_u64(table, stats->quotes);
	ctl_cell_u64(table, stats->atomic_rows);
	ctl_cell_u64(table, end->bytes);
	ctl_cell_decimal(table, average(stats->commands, end->groups), 2, "");
	ctl_cell_decimal(table, average(end->bytes, end->groups), 2, "");
	return table;
}

static int print_stats(const struct ctl *ctl, const struct rk_files *files,
		       const struct stats *stats,
		       const struct rk_journal_end *end)
{
	const struct ctl_part parts[] = {
		{.table = fill_totals(stats, end)},
		{.key = "commands_by_type",
		 .table = fill_types(stats),
		 .empty = "No commands."},
		{.key = "files",
		 .table = fill_segments(files, stats),
		 .empty = "No segments."},
	};

	if (stats->undecoded != 0)
		ctl_say(ctl,
			"command %" PRIu64 " cannot be decoded: it was "
			"written by a newer program; types are not complete",
			stats->undecoded);
	return ctl_parts_print(ctl, parts, sizeof(parts) / sizeof(*parts));
}

static int scan_stats(const struct ctl *ctl, const struct rk_files *files,
		      struct stats *stats)
{
	const struct rk_journal_scan scan = {
		.files = files,
		.oldest = true,
		.visit = add_group,
		.context = stats,
	};
	struct rk_journal_end end;
	char error[RK_JOURNAL_TEXT_SIZE];

	stats->segments = calloc(stats->names->n + 1, sizeof(*stats->segments));
	if (!stats->segments || ctl_room_open(&stats->room) < 0)
		return ctl_refuse(ctl, "out of memory");
	if (ctl_journal_scan(&scan, start_stats_again, &end, error) < 0)
		return ctl_refuse(ctl, "damaged: %s", error);
	return print_stats(ctl, files, stats, &end);
}

int cmd_journal_stats(struct ctl *ctl, int argc, char **argv)
{
	struct rk_journal_names names;
	struct rk_files files;
	struct stats stats = {.names = &names};
	int r;
	int rc = ctl_folder_only(ctl, argc, argv, &files);

	if (rc)
		return rc;
	r = rk_journal_names_read(&files, &names);
	if (r < 0) {
		rc = ctl_refuse(ctl, "%s: cannot be listed: %s", files.dir,
				strerror(-r));
	} else {
		rc = scan_stats(ctl, &files, &stats);
		free(stats.segments);
		ctl_room_close(&stats.room);
		rk_journal_names_fini(&names);
	}
	rk_files_close(&files);
	return rc;
}
