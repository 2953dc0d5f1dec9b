/*
 * riskctl: finding the state folder, and reading what is in it although a
 * daemon may be writing there. See offline.h.
 */
#include "offline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/load.h"
#include "ops/conf.h"
#include "ops/error.h"
#include "store/journal_names.h"

#define CONFIG_DEFAULT "/etc/riskd/riskd.conf"
#define QUOTES_MAX     (1U << 20) /* of one command */
#define AGAIN_NS       200000000L /* a group is written in less */

/* The key `state` of a riskd.conf. */
static int read_config(const struct ctl *ctl, const char *path,
		       char dir[RK_FILES_DIR_SIZE])
{
	struct rk_conf *conf = malloc(sizeof(*conf));
	struct rk_error error = {""};
	int r;

	if (!conf)
		return ctl_refuse(ctl, "out of memory");
	r = rk_conf_parse_file(path, conf, &error);
	if (r == 0)
		(void)snprintf(dir, RK_FILES_DIR_SIZE, "%s", conf->state);
	free(conf);
	return r == 0 ? CTL_OK : ctl_refuse(ctl, "%s", error.text);
}

/* The folder that was meant, by argument, option, environment or default. */
static int choose(const struct ctl *ctl, const struct ctl_folder *folder,
		  char dir[RK_FILES_DIR_SIZE])
{
	const char *environment = getenv("RISKD_STATE");
	const char *said = folder->dir ? folder->dir : folder->state;

	if ((folder->dir && folder->state) || (said && folder->config))
		return ctl_usage_error(ctl, "name the state folder once: DIR, "
					    "--state DIR or --config FILE");
	if (!said && folder->config)
		return read_config(ctl, folder->config, dir);
	if (!said && environment && *environment)
		said = environment;
	if (!said && access(CONFIG_DEFAULT, F_OK) == 0)
		return read_config(ctl, CONFIG_DEFAULT, dir);
	if (!said)
		return ctl_usage_error(ctl, "which state folder? Name it, or "
					    "give --state DIR or --config "
					    "FILE, or set RISKD_STATE");
	if (strlen(said) >= RK_FILES_DIR_SIZE)
		return ctl_usage_error(ctl, "the folder's name is too long");
	(void)snprintf(dir, RK_FILES_DIR_SIZE, "%s", said);
	return CTL_OK;
}

struct contents {
	bool any;
};

static int look(void *context, const char *name, uint64_t size)
{
	struct contents *contents = context;
	uint64_t number;

	(void)size; /* an empty file is one, too */
	if (rk_journal_name_parse(name, &number) ||
	    rk_snapshot_name_parse(name, &number))
		contents->any = true;
	return contents->any;
}

int ctl_folder_open(const struct ctl *ctl, const struct ctl_folder *folder,
		    struct rk_files *ret_files)
{
	char dir[RK_FILES_DIR_SIZE];
	struct contents contents = {false};
	struct rk_files files;
	int rc = choose(ctl, folder, dir);
	int r;

	if (rc)
		return rc;
	r = rk_files_open_posix(dir, &files);
	if (r < 0)
		return ctl_refuse(ctl, "%s: %s", dir, strerror(-r));
	r = rk_files_list(&files, look, &contents);
	if (r < 0)
		rc = ctl_refuse(ctl, "%s: cannot be listed: %s", dir,
				strerror(-r));
	else if (!contents.any)
		rc = ctl_refuse(ctl,
				"%s: no journal and no snapshots: it is not "
				"the state folder of a riskd, or of one that "
				"never started",
				dir);
	if (rc)
		rk_files_close(&files);
	else
		*ret_files = files;
	return rc;
}

int ctl_folder_only(const struct ctl *ctl, int argc, char **argv,
		    struct rk_files *ret_files)
{
	struct ctl_folder folder = {NULL, NULL, NULL};
	const struct ctl_option options[] = {
		CTL_FOLDER_OPTIONS(&folder),
		{NULL, 0, NULL, NULL},
	};
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 1)))
		return rc;
	folder.dir = n > 0 ? argv[1] : NULL;
	return ctl_folder_open(ctl, &folder, ret_files);
}

static void wait_a_little(void)
{
	const struct timespec pause = {.tv_nsec = AGAIN_NS};

	(void)nanosleep(&pause, NULL); /* too short: no harm */
}

int ctl_journal_scan(const struct rk_journal_scan *scan,
		     void (*again)(void *context),
		     struct rk_journal_end *ret_end,
		     char error[RK_JOURNAL_TEXT_SIZE])
{
	int r = rk_journal_scan(scan, ret_end, error);

	if (r != -EBADMSG && r != -ENOENT)
		return r;
	wait_a_little();
	if (again)
		again(scan->context);
	return rk_journal_scan(scan, ret_end, error);
}

int ctl_journal_first(const struct rk_files *files, uint64_t *ret_first)
{
	struct rk_journal_names names;
	int r = rk_journal_names_read(files, &names);

	if (r < 0)
		return r;
	*ret_first = names.n > 0 ? names.names[0].first_seq : 0;
	rk_journal_names_fini(&names);
	return 0;
}

/* Passes everything on, and remembers whether it has begun. */
struct rebuilding {
	const struct rk_rebuild_options *options;
	bool begun;
};

static int on_loaded(void *context, const struct rk_snapshot_meta *meta)
{
	struct rebuilding *rebuilding = context;
	const struct rk_rebuild_options *options = rebuilding->options;

	rebuilding->begun = true;
	return options->loaded ? options->loaded(options->context, meta) : 0;
}

static void on_event(void *context, const struct rk_event *event)
{
	const struct rebuilding *rebuilding = context;

	rebuilding->options->event(rebuilding->options->context, event);
}

static void on_command(void *context, const struct rk_engine *engine,
		       const struct rk_cmd *cmd, bool applied)
{
	const struct rebuilding *rebuilding = context;

	rebuilding->options->command(rebuilding->options->context, engine, cmd,
				     applied);
}

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	const struct rebuilding *rebuilding = context;

	rebuilding->options->progress(rebuilding->options->context, done,
				      total);
}

static void on_warn(void *context, const char *text)
{
	const struct rebuilding *rebuilding = context;

	rebuilding->options->warn(rebuilding->options->context, text);
}

/* The smallest: what the files need is found in them. */
static const struct rk_cmd_limits smallest = {
	.accounts_max = 1,
	.owners_max = 1,
	.assets_max = 1,
	.markets_max = 1,
	.publishers_max = 1,
	.venues_max = 1,
	.clients_max = 1,
	.positions_max = 1,
	.positions_per_account_max = 1,
	.balances_max = 1,
	.orders_max = 1,
	.withdrawals_max = 1,
};

static int take_limits(void *context, const struct rk_row *row)
{
	(void)rk_load_limits(row, context); /* else it stays as it is */
	return 1;                           /* no further row is wanted */
}

struct rk_cmd_limits ctl_find_limits(const struct rk_files *files)
{
	struct rk_cmd_limits limits = smallest;
	struct rk_snapshot_read read = {
		.files = files,
		.row = take_limits,
		.context = &limits,
	};
	struct rk_snapshot_meta meta;
	char error[RK_SNAPSHOT_TEXT_SIZE];
	uint64_t *seqs;
	int n;

	if (ctl_snapshots(files, &seqs, &n) < 0)
		return limits;
	if (n > 0) {
		read.seq = seqs[n - 1];
		/* One that is no good is found out elsewhere. */
		(void)rk_snapshot_read(&read, &meta, error);
	}
	free(seqs);
	return limits;
}

int ctl_rebuild(const struct rk_rebuild_options *options,
		struct rk_rebuilt *ret_rebuilt,
		char error[RK_REBUILD_TEXT_SIZE])
{
	struct rebuilding rebuilding = {.options = options};
	struct rk_rebuild_options all = *options;
	int r;

	all.max = ctl_find_limits(options->files);
	all.context = &rebuilding;
	all.loaded = on_loaded;
	all.event = options->event ? on_event : NULL;
	all.command = options->command ? on_command : NULL;
	all.progress = options->progress ? on_progress : NULL;
	all.warn = options->warn ? on_warn : NULL;
	r = rk_rebuild(&all, ret_rebuilt, error);
	if ((r != -EBADMSG && r != -ENOENT) || rebuilding.begun)
		return r;
	wait_a_little();
	return rk_rebuild(&all, ret_rebuilt, error);
}

const struct rk_cmd_limits *ctl_smallest_limits(void)
{
	return &smallest;
}

int ctl_load(const struct rk_files *files, uint64_t seq,
	     const struct rk_cmd_limits *max, struct rk_rebuilt *ret_rebuilt,
	     char error[RK_REBUILD_TEXT_SIZE])
{
	const struct rk_rebuild_options options = {
		.files = files,
		.max = *max,
	};
	char text[RK_REBUILD_TEXT_SIZE];
	char name[RK_FILE_NAME_SIZE];
	int r = rk_rebuild_snapshot(&options, seq, ret_rebuilt, text);

	if (r == 0)
		return 0;
	rk_snapshot_name_make(seq, name);
	if (strncmp(text, name, strlen(name)) == 0)
		(void)snprintf(error, RK_REBUILD_TEXT_SIZE, "%s", text);
	else
		(void)snprintf(error, RK_REBUILD_TEXT_SIZE, "%s: %.600s", name,
			       text);
	return r;
}

int ctl_room_open(struct rk_record_room *ret_room)
{
	struct rk_record_room room = {
		.quotes = calloc(QUOTES_MAX, sizeof(struct rk_quote)),
		.quotes_max = QUOTES_MAX,
		.cmds = calloc(RK_ATOMIC_MAX, sizeof(struct rk_cmd)),
	};

	if (!room.quotes || !room.cmds) {
		ctl_room_close(&room);
		return -ENOMEM;
	}
	*ret_room = room;
	return 0;
}

void ctl_room_close(struct rk_record_room *room)
{
	free(room->quotes);
	free(room->cmds);
}

int ctl_snapshots(const struct rk_files *files, uint64_t **ret_seqs, int *ret_n)
{
	uint64_t *seqs;
	int max = rk_snapshot_list(files, NULL, 0);
	int n = max;

	if (max < 0)
		return max;
	seqs = calloc((size_t)max + 1, sizeof(*seqs));
	if (!seqs)
		return -ENOMEM;
	if (max > 0)
		n = rk_snapshot_list(files, seqs, max);
	if (n < 0) {
		free(seqs);
		return n;
	}
	*ret_seqs = seqs;
	*ret_n = n < max ? n : max; /* one more may have come meanwhile */
	return 0;
}

const char *ctl_hex_hash(struct rk_hash hash, char buf[CTL_HEX_SIZE])
{
	(void)snprintf(buf, CTL_HEX_SIZE, "%016" PRIx64 "%016" PRIx64, hash.hi,
		       hash.lo);
	return buf;
}

const char *ctl_hex_bytes(const unsigned char bytes[16], char buf[CTL_HEX_SIZE])
{
	for (size_t i = 0; i < 16; i++)
		(void)snprintf(buf + 2 * i, 3, "%02x", bytes[i]);
	return buf;
}
