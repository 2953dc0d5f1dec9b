/*
 * State folders made by the daemon's own parts. See state.h.
 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/upkeep.h"
#include "engine/engine.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "ops/error.h"
#include "store/rebuild.h"
#include "store/record.h"

#define LOG_TAIL    65536
#define GROUP_BYTES ((size_t)1 << 20)
#define NAP_NS      200000U

static void path_in(const char *dir, const char *name,
		    char path[BENCH_PATH_SIZE])
{
	int n = snprintf(path, BENCH_PATH_SIZE, "%s/%s", dir, name);

	if (n < 0 || n >= BENCH_PATH_SIZE)
		bench_die("the path of %s is too long", dir);
}

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		bench_die("cannot write %s: %s", path, strerror(errno));
	return file;
}

static void must_close(FILE *file, const char *path)
{
	if (ferror(file) || fclose(file) != 0)
		bench_die("cannot write %s", path);
}

static void write_markets(const char *path)
{
	FILE *file = create(path);

	(void)fprintf(file, "{\"schema\": 1, \"assets\": [\n"
			    "{\"name\": \"USD\", \"decimals\": 2, "
			    "\"fixed_price\": \"1\"},\n"
			    "{\"name\": \"EUR\", \"decimals\": 2, "
			    "\"fixed_price\": \"1\"}],\n\"markets\": [");
	for (uint32_t i = 0; i < BENCH_MARKETS; i++)
		(void)fprintf(
			file,
			"%s\n{\"name\": \"M%u\", \"kind\": \"perpetual\", "
			"\"settle\": \"USD\", \"price_decimals\": 2, "
			"\"size_decimals\": 0, \"lot\": \"1\", "
			"\"price_max\": \"10000\", "
			"\"position_max\": \"100000\", "
			"\"price_age_max\": \"1h\", \"close_cost\": "
			"\"0.0005\", \"brackets\": [{\"floor\": \"0\", "
			"\"maintenance\": \"0.01\", \"initial\": \"0.02\"}]}",
			i ? "," : "", i);
	(void)fprintf(file, "]}\n");
	must_close(file, path);
}

/* As bench_book_list() lists them. */
static void write_book_markets(const char *path, const struct bench_book *book)
{
	FILE *file = create(path);

	(void)fprintf(file, "{\"schema\": 1, \"assets\": [{\"name\": \"USD\", "
			    "\"decimals\": 6, \"fixed_price\": \"1\"}],\n"
			    "\"markets\": [");
	for (uint32_t i = 0; i < book->shape.markets + book->shape.quiet; i++)
		(void)fprintf(
			file,
			"%s\n{\"name\": \"M%u\", \"kind\": \"perpetual\", "
			"\"settle\": \"USD\", \"price_decimals\": 4, "
			"\"size_decimals\": 3, \"lot\": \"0.001\", "
			"\"price_max\": \"10000\", "
			"\"position_max\": \"100000\", "
			"\"price_age_max\": \"1d\", \"close_cost\": \"0\", "
			"\"brackets\": [{\"floor\": \"0\", "
			"\"maintenance\": \"0.02\", \"initial\": \"0.04\"}]}",
			i ? "," : "", i);
	(void)fprintf(file, "]}\n");
	must_close(file, path);
}

static void set_url(const char *dir, const char *name,
		    struct rk_conf_urls *urls)
{
	int n = snprintf(urls->url[0], sizeof(urls->url[0]), "ipc://%s/%s", dir,
			 name);

	urls->n = 1;
	/* Sockets have short paths; those of a deep folder go elsewhere. */
	if (n < 0 || n > 100)
		(void)snprintf(urls->url[0], sizeof(urls->url[0]),
			       "ipc:///tmp/riskd-bench-%d-%s", (int)getpid(),
			       name);
}

static void set_conf(struct bench_state *state)
{
	struct rk_conf *conf = &state->conf;

	rk_conf_defaults(conf);
	set_url(state->dir, "prices", &conf->listen.prices);
	set_url(state->dir, "ingest", &conf->listen.ingest);
	set_url(state->dir, "query", &conf->listen.query);
	set_url(state->dir, "events", &conf->listen.events);
	set_url(state->dir, "public", &conf->listen.public);
	path_in(state->dir, "markets.json", conf->markets);
	(void)snprintf(conf->state, sizeof(conf->state), "%s", state->state);
	/* Snapshots come when they are asked for, and not in between. */
	conf->snapshot.interval_ns = INT64_C(86400000000000);
	conf->snapshot.journal_bytes = INT64_C(1) << 40;
	conf->clock = RK_CONF_CLOCK_REAL;
}

static void begin(const struct bench *bench, const char *name,
		  struct bench_state *state)
{
	memset(state, 0, sizeof(*state));
	bench_folder_make(bench, name, state->dir);
	path_in(state->dir, "state", state->state);
	path_in(state->dir, "riskd.conf", state->conf_file);
	path_in(state->dir, "log", state->log_file);
	set_conf(state);
}

/* What the configuration says is written, and read as riskd will. */
static void finish(struct bench_state *state)
{
	struct rk_error error;
	FILE *file = create(state->conf_file);
	int fd;

	if (rk_conf_print(&state->conf, file) < 0)
		bench_die("cannot write %s", state->conf_file);
	must_close(file, state->conf_file);
	if (rk_conf_parse_file(state->conf_file, &state->conf, &error) < 0 ||
	    rk_markets_load(state->conf.markets, &state->markets, &error) < 0)
		bench_die("%s", error.text);
	if (mkdir(state->state, 0700) != 0)
		bench_die("cannot make %s: %s", state->state, strerror(errno));
	fd = open(state->log_file, O_CREAT | O_APPEND | O_WRONLY, 0600);
	if (fd < 0)
		bench_die("cannot write %s: %s", state->log_file,
			  strerror(errno));
	rk_log_init(&state->log, fd, RK_LOG_INFO);
}

void bench_state_make(const struct bench *bench, const char *name,
		      uint32_t accounts, struct bench_state *ret_state)
{
	struct rk_cmd_limits *max = &ret_state->conf.limits.engine;

	begin(bench, name, ret_state);
	bench_world_init(&ret_state->world, accounts);
	max->accounts_max = accounts + 16;
	max->owners_max = accounts + 16;
	max->positions_max = accounts * BENCH_POSITIONS + 64;
	max->balances_max = accounts * 2 + 64;
	write_markets(ret_state->conf.markets);
	finish(ret_state);
}

void bench_state_make_book(const struct bench *bench,
			   const struct bench_state_book *made,
			   struct bench_state *ret_state)
{
	struct rk_conf *conf = &ret_state->conf;
	struct rk_cmd_limits *max = &conf->limits.engine;
	const struct bench_shape *shape = &made->book->shape;
	uint32_t accounts = shape->accounts + made->more;

	begin(bench, made->name, ret_state);
	max->accounts_max = accounts;
	max->owners_max = accounts;
	max->positions_max = accounts * shape->positions;
	max->balances_max = accounts;
	conf->journal.kind =
		made->durable ? RK_CONF_JOURNAL_FILE : RK_CONF_JOURNAL_MEMORY;
	write_book_markets(conf->markets, made->book);
	finish(ret_state);
}

void bench_state_drop(struct bench_state *state)
{
	(void)close(state->log.fd);
	rk_markets_free(state->markets);
	bench_folder_drop(state->state);
	bench_folder_drop(state->dir);
}

void bench_state_open(struct bench_state *state, struct rk_core *core,
		      void (*wake)(void *context), void *wake_context)
{
	struct rk_setup_options setup = {
		.conf = &state->conf,
		.log = &state->log,
		.wake = wake,
		.wake_context = wake_context,
	};

	if (rk_setup_open(core, &setup) < 0)
		bench_die("the state does not open: see %s", state->log_file);
	rk_upkeep_start(core);
}

static void must_apply(struct rk_core *core, const struct rk_cmd *cmd)
{
	int code = rk_sequencer_apply(core->sequencer, cmd, NULL);

	if (code != RK_OK)
		bench_die("%s was refused: %s", rk_cmd_name(cmd->type),
			  rk_rc_text(code));
}

/* The group to the journal, and out what is durable; wait when there is none
 * left in between. */
static void end_turn(struct rk_core *core)
{
	rk_sequencer_end_turn(core->sequencer);
	rk_core_release(core);
	while (!rk_core_room(core)) {
		if (rk_sequencer_error(core->sequencer) != 0)
			bench_die("the disk failed");
		bench_sleep_ns(NAP_NS);
		rk_core_release(core);
	}
}

void bench_state_fill(struct bench_state *state, struct rk_core *core)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	cmd.clock.time_ns = state->world.time_ns;
	must_apply(core, &cmd);
	if (rk_configure(core, state->markets) < 0)
		bench_die("the markets were refused: see %s", state->log_file);
	while (bench_world_setup(&state->world, &cmd)) {
		must_apply(core, &cmd);
		if (state->world.made % 1000 == 0)
			end_turn(core);
	}
	end_turn(core);
	rk_core_drain(core);
}

void bench_state_close(struct bench_state *state, struct rk_core *core,
		       bool snapshot)
{
	while (snapshot && rk_upkeep_finish(core)) {
		rk_core_release(core);
		bench_sleep_ns(NAP_NS);
	}
	if (rk_sequencer_error(core->sequencer) != 0)
		bench_die("the disk failed: see %s", state->log_file);
	rk_setup_close(core);
}

void bench_state_lose_events(const struct bench_state *state)
{
	struct rk_event_checkpoint left;
	struct rk_files files = {0};
	char name[RK_FILE_NAME_SIZE];
	uint64_t first;

	if (rk_files_open_posix(state->state, &files) < 0)
		bench_die("cannot open %s", state->state);
	if (rk_event_store_left(&files, &first, &left)) {
		(void)snprintf(name, sizeof(name), "events-%020llu.db",
			       (unsigned long long)first);
		if (rk_files_remove(&files, name) < 0)
			bench_die("cannot remove %s", name);
	}
	rk_files_close(&files);
}

double bench_state_logged(const struct bench_state *state, const char *key)
{
	char *text = bench_need(calloc(1, LOG_TAIL + 1));
	int fd = open(state->log_file, O_RDONLY);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	off_t from = size > LOG_TAIL ? size - LOG_TAIL : 0;
	const char *found = NULL;
	const char *at;
	double value = 0;

	if (size < 0 || pread(fd, text, LOG_TAIL, from) < 0)
		bench_die("cannot read %s", state->log_file);
	(void)close(fd);
	for (at = text; (at = strstr(at, key)) != NULL; at += strlen(key))
		found = at;
	if (found)
		value = strtod(found + strlen(key), NULL);
	free(text);
	return value;
}

/* A journal that is being written to, with the engine it belongs to. */
struct writer {
	struct rk_rebuilt rebuilt;
	struct rk_journal *journal;
	struct rk_evbuf events;
	unsigned char *payload;
	size_t payload_n;
	uint64_t first_seq;
	uint32_t count;
};

static void writer_add(struct writer *writer, const struct rk_cmd *cmd)
{
	struct rk_engine *engine = writer->rebuilt.engine;
	size_t length;
	int code;

	if (rk_record_encode(cmd, writer->payload + writer->payload_n,
			     GROUP_BYTES - writer->payload_n, &length) < 0)
		bench_die("a group is too large");
	code = rk_engine_apply(engine, cmd, &writer->events);
	if (code != RK_OK)
		bench_die("%s was refused: %s", rk_cmd_name(cmd->type),
			  rk_rc_text(code));
	writer->events.n = 0;
	while (rk_engine_pending(engine)) {
		rk_engine_resume(engine, &writer->events);
		writer->events.n = 0;
	}
	if (writer->count++ == 0)
		writer->first_seq = rk_view_seq(engine);
	writer->payload_n += length;
}

static void writer_end_group(struct writer *writer)
{
	const struct rk_engine *engine = writer->rebuilt.engine;
	struct rk_journal_group group = {
		.first_seq = writer->first_seq,
		.count = writer->count,
		.time_ns = rk_view_time(engine),
		.payload = writer->payload,
		.size = writer->payload_n,
		.event = rk_view_event(engine),
		.event_digest = rk_view_event_digest(engine),
	};

	if (rk_journal_append(writer->journal, &group) < 0)
		bench_die("the journal failed");
	while (!rk_journal_room(writer->journal))
		bench_sleep_ns(NAP_NS);
	writer->payload_n = 0;
	writer->count = 0;
}

static void writer_open(struct writer *writer, const struct rk_files *files,
			const struct bench_state *state)
{
	struct rk_rebuild_options rebuild = {
		.files = files,
		.max = state->conf.limits.engine,
		.snapshot_max = UINT64_MAX,
	};
	struct rk_journal_file_options options = {
		.files = files,
		.segment_bytes = (uint64_t)state->conf.journal.segment_bytes,
		.groups_in_flight = 64,
		.bytes_in_flight = (uint64_t)64 << 20,
		.rules = RK_RULES_VERSION,
	};
	char text[RK_REBUILD_TEXT_SIZE] = "";

	if (rk_rebuild(&rebuild, &writer->rebuilt, text) < 0 ||
	    rk_journal_repair(files, &writer->rebuilt.end, text) < 0 ||
	    rk_journal_open_file(&options, &writer->rebuilt.end.place,
				 &writer->journal, text) < 0)
		bench_die("cannot write on: %s", text);
	writer->events.max = 4 * RK_EVENTS_PER_STEP_MAX;
	writer->events.events = bench_need(
		calloc(writer->events.max, sizeof(*writer->events.events)));
	writer->payload = bench_need(malloc(GROUP_BYTES));
}

static void writer_close(struct writer *writer)
{
	if (rk_journal_wait(writer->journal,
			    rk_view_seq(writer->rebuilt.engine)) < 0)
		bench_die("the journal failed");
	rk_journal_close(writer->journal);
	free(writer->payload);
	free(writer->events.events);
	free(writer->rebuilt.memory);
}

void bench_state_extend(struct bench_state *state, enum bench_mix mix,
			uint64_t commands)
{
	struct rk_files files = {0};
	struct writer writer = {.count = 0};
	struct rk_cmd cmd;

	if (rk_files_open_posix(state->state, &files) < 0)
		bench_die("cannot open %s", state->state);
	writer_open(&writer, &files, state);
	if (state->world.time_ns < rk_view_time(writer.rebuilt.engine))
		state->world.time_ns = rk_view_time(writer.rebuilt.engine);
	for (uint64_t i = 0; i < commands; i++) {
		if (writer.count == 0)
			bench_world_clock(&state->world, &cmd);
		else if (mix == BENCH_MIX_PRICES ||
			 (mix == BENCH_MIX_BOTH && i % 2 == 0))
			bench_world_prices(&state->world, &cmd);
		else
			bench_world_fill(&state->world, &cmd);
		writer_add(&writer, &cmd);
		if (writer.count == BENCH_GROUP || i + 1 == commands)
			writer_end_group(&writer);
	}
	writer_close(&writer);
	rk_files_close(&files);
}
