/*
 * riskctl journal export: the commands of a journal, one JSON object per
 * line, as they are read: memory does not grow with the journal.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl_cmd.h"
#include "ctl_out.h"
#include "listing.h"
#include "offline.h"

struct export
{
	const struct ctl *ctl;
	struct ctl_listing *listing;
	struct rk_record_room room;
	uint64_t from;
	uint64_t to;
	uint64_t lines;
	bool told; /* what went wrong */
};

static void set_origin(json_t *line, const struct rk_origin *origin)
{
	char hex[CTL_HEX_SIZE];
	char client[RK_NAME_SIZE + 1] = "";

	if (origin->client[0] == '\0')
		return; /* the daemon itself */
	memcpy(client, origin->client, RK_NAME_SIZE);
	(void)json_object_set_new(line, "client", json_string(client));
	(void)json_object_set_new(
		line, "client_seq",
		origin->client_seq <= INT64_MAX
			? json_integer((json_int_t)origin->client_seq)
			: json_sprintf("%" PRIu64, origin->client_seq));
	(void)json_object_set_new(
		line, "payload",
		json_string(ctl_hex_hash(origin->payload, hex)));
}

static int fail(struct export *export, int r)
{
	export->told = true;
	(void)ctl_refuse(export->ctl,
			 r == -ENOMEM ? "out of memory" : "standard output: %s",
			 strerror(-r));
	return r;
}

static int print_line(struct export *export, json_t *line)
{
	int failed = line ? json_dumpf(line, stdout,
				       JSON_COMPACT | JSON_PRESERVE_ORDER)
			  : 0;

	if (!line)
		return fail(export, -ENOMEM);
	json_decref(line);
	errno = EIO; /* in case that stdio leaves it as it was */
	if (failed || putchar('\n') == EOF)
		return fail(export, -errno);
	export->lines++;
	return 0;
}

static int export_one(struct export *export, uint64_t seq, int64_t time_ns,
		      const struct rk_cmd *cmd)
{
	json_t *line = json_object();
	json_t *fields =
		ctl_cmd_fields(ctl_listing_names(export->listing), cmd);

	if (!fields ||
	    json_object_set_new(line, "seq", json_integer((json_int_t)seq)) ||
	    json_object_set_new(line, "time_ns", json_integer(time_ns)) ||
	    json_object_set_new(line, "type",
				json_string(rk_cmd_name(cmd->type)))) {
		json_decref(fields);
		json_decref(line);
		return fail(export, -ENOMEM);
	}
	set_origin(line, &cmd->origin);
	if (json_object_set_new(line, "fields", fields)) {
		json_decref(line);
		return fail(export, -ENOMEM);
	}
	return print_line(export, line);
}

static int export_group(void *context, const struct rk_journal_group *group)
{
	struct export *export = context;
	const unsigned char *bytes = group->payload;
	size_t at = 0;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < group->count; i++) {
		uint64_t seq = group->first_seq + i;
		struct rk_cmd cmd;
		size_t length;

		if (rk_record_decode(bytes + at, group->size - at,
				     &export->room, &cmd, &length) < 0) {
			(void)ctl_refuse(export->ctl,
					 "command %" PRIu64
					 " cannot be decoded: it was written "
					 "by a newer program",
					 seq);
			export->told = true;
			return -EPROTO;
		}
		at += length;
		r = ctl_listing_see(export->listing, seq, &cmd);
		if (r < 0)
			return fail(export, r);
		if (seq >= export->from && seq <= export->to)
			r = export_one(export, seq, group->time_ns, &cmd);
	}
	return r;
}

/* An operator's order, which stands behind all groups of before. */
static int export_skip(void *context, const struct rk_journal_skip *skip)
{
	struct export *export = context;
	json_t *line;

	if (skip->seq < export->from || skip->seq > export->to)
		return 0;
	line = json_pack("{s:I, s:I, s:s}", "seq", (json_int_t)skip->seq,
			 "time_ns", (json_int_t)skip->time_ns, "type", "SKIP");
	return print_line(export, line);
}

/*
 * The end is looked for first, and nothing behind it is read: a group that a
 * daemon is writing meanwhile is not seen half.
 */
static int export_all(struct export *export, const struct rk_files *files)
{
	struct rk_journal_scan scan = {
		.files = files,
		.oldest = true,
		.context = export,
	};
	char error[RK_JOURNAL_TEXT_SIZE];
	struct rk_journal_end end;
	uint64_t last;

	if (ctl_journal_scan(&scan, NULL, &end, error) < 0)
		return ctl_refuse(export->ctl, "damaged: %s", error);
	last = end.place.seq;
	if (export->from > last)
		return ctl_refuse(export->ctl,
				  "--from %" PRIu64 ": the journal ends with "
				  "command %" PRIu64,
				  export->from, last);
	scan.before = (export->to < last ? export->to : last) + 1;
	scan.trusted = true;
	scan.visit = export_group;
	scan.visit_skip = export_skip;
	if (rk_journal_scan(&scan, &end, error) == 0)
		return CTL_OK;
	if (!export->told)
		(void)ctl_refuse(export->ctl, "%s", error);
	return CTL_REFUSED;
}

static int run(struct export *export, const struct rk_files *files)
{
	uint64_t first = 0;
	int r = ctl_journal_first(files, &first);
	int rc;

	if (r < 0)
		return ctl_refuse(export->ctl, "%s: cannot be listed: %s",
				  files->dir, strerror(-r));
	if (first == 0)
		return ctl_refuse(export->ctl, "%s: there is no journal",
				  files->dir);
	if (export->from < first && export->from != 0)
		return ctl_refuse(export->ctl,
				  "--from %" PRIu64 ": the journal begins with "
				  "command %" PRIu64,
				  export->from, first);
	if (export->from == 0)
		export->from = first;
	if (ctl_room_open(&export->room) < 0 ||
	    ctl_listing_open(files, export->from, &export->listing) < 0)
		return ctl_refuse(export->ctl, "out of memory");
	if (!ctl_listing_is_known(export->listing))
		ctl_say(export->ctl,
			"no good snapshot tells what is listed: prices, sizes "
			"and amounts are raw integers");
	rc = export_all(export, files);
	if (rc == CTL_OK)
		ctl_say(export->ctl, "%" PRIu64 " lines", export->lines);
	return rc;
}

static int read_range(const struct ctl *ctl, const char *from_text,
		      const char *to_text, struct export *export)
{
	int rc = CTL_OK;

	if (from_text)
		rc = ctl_read_u64(ctl, "--from", from_text, &export->from);
	if (rc == CTL_OK && to_text)
		rc = ctl_read_u64(ctl, "--to", to_text, &export->to);
	if (rc == CTL_OK && export->to < export->from)
		rc = ctl_usage_error(ctl, "--to %s: is below --from", to_text);
	return rc;
}

int cmd_journal_export(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_folder folder = {NULL, NULL, NULL};
	const char *format = "jsonl";
	const char *from = NULL;
	const char *to = NULL;
	const struct ctl_option options[] = {
		CTL_FOLDER_OPTIONS(&folder), {"format", 0, &format, NULL},
		{"from", 0, &from, NULL},    {"to", 0, &to, NULL},
		{NULL, 0, NULL, NULL},
	};
	struct export export = {.ctl = ctl, .to = UINT64_MAX - 1};
	struct rk_files files;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 1)) ||
	    (rc = read_range(ctl, from, to, &export)))
		return rc;
	if (strcmp(format, "jsonl") != 0)
		return ctl_usage_error(ctl, "--format %s: must be jsonl",
				       format);
	folder.dir = n > 0 ? argv[1] : NULL;
	rc = ctl_folder_open(ctl, &folder, &files);
	if (rc)
		return rc;
	rc = run(&export, &files);
	ctl_listing_close(export.listing);
	ctl_room_close(&export.room);
	rk_files_close(&files);
	return rc;
}
