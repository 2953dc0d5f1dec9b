/*
 * Who asks for a reload, and what becomes of it. See reload.h.
 */
#include "app/reload.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/reload_plan.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "store/stopwatch.h"
#include "store/worker.h"

#define ASKERS_MAX 8
/* So many changes are logged; the answer has them all. */
#define LOGGED_MAX 100
#define NS_PER_US  1000
/* At the end, for what is being read. */
#define PATIENCE_NS INT64_C(2000000000)
#define POLL_NS     10000000L

enum step {
	STEP_IDLE,
	STEP_READING, /* the worker's */
	STEP_READ,
};

struct rk_reload {
	struct rk_reload_options options;
	struct rk_worker *worker;
	/* Asked and not answered yet, oldest first; the loop's alone. */
	struct rk_reload_asker askers[ASKERS_MAX];
	uint32_t askers_n;
	/* What was read: the worker's while it reads, then the loop's. */
	pthread_mutex_t lock;
	enum step step; /* under the lock */
	bool abandoned; /* under the lock: nobody is there any more */
	int result;
	struct rk_error error;
	struct rk_reload_files *files;
	/* Keys named since the start; the worker only looks, while it reads. */
	struct rk_conf_named named;
};

static enum step step_of(struct rk_reload *reload)
{
	enum step step;

	(void)pthread_mutex_lock(&reload->lock);
	step = reload->step;
	(void)pthread_mutex_unlock(&reload->lock);
	return step;
}

static void go_to(struct rk_reload *reload, enum step step)
{
	(void)pthread_mutex_lock(&reload->lock);
	reload->step = step;
	(void)pthread_mutex_unlock(&reload->lock);
}

/* On the worker. What it reads of the running configuration never changes. */
static bool read_files(void *context)
{
	struct rk_reload *reload = context;
	const struct rk_reload_options *options = &reload->options;

	if (step_of(reload) != STEP_READING)
		return false;
	reload->result =
		rk_reload_read(options->path, options->core->conf,
			       &reload->named, &reload->files, &reload->error);
	(void)pthread_mutex_lock(&reload->lock);
	reload->step = STEP_READ;
	/* Whom to wake is there as long as the lock is held and it says so. */
	if (options->wake && !reload->abandoned)
		options->wake(options->wake_context);
	(void)pthread_mutex_unlock(&reload->lock);
	return false;
}

int rk_reload_open(const struct rk_reload_options *options,
		   struct rk_reload **ret_reload)
{
	struct rk_reload *reload = calloc(1, sizeof(*reload));
	const struct rk_worker_options worker = {
		.name = "riskd-reload",
		.step = read_files,
		.context = reload,
		.manual = options->core->manual,
	};
	int r;

	if (!reload)
		return -ENOMEM;
	reload->options = *options;
	reload->named = options->core->conf->named;
	r = -pthread_mutex_init(&reload->lock, NULL);
	if (r < 0) {
		free(reload);
		return r;
	}
	r = rk_worker_open(&worker, &reload->worker);
	if (r < 0) {
		rk_reload_close(reload);
		return r;
	}
	*ret_reload = reload;
	return 0;
}

/* Is it being read, and goes on being so? Then nobody is to be woken. */
static bool hangs(struct rk_reload *reload)
{
	const struct timespec pause = {.tv_nsec = POLL_NS};
	bool reading;

	for (int64_t waited = 0; waited < PATIENCE_NS; waited += POLL_NS) {
		if (step_of(reload) != STEP_READING)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	(void)pthread_mutex_lock(&reload->lock);
	reading = reload->step == STEP_READING;
	reload->abandoned = reading;
	(void)pthread_mutex_unlock(&reload->lock);
	return reading;
}

void rk_reload_close(struct rk_reload *reload)
{
	if (!reload)
		return;
	if (reload->worker && !reload->options.core->manual && hangs(reload)) {
		rk_log_write(reload->options.core->log, RK_LOG_ERROR,
			     "reload does not get to the end of a file, and is "
			     "left to itself");
		rk_worker_abandon(reload->worker);
		return;
	}
	rk_worker_close(reload->worker);
	rk_reload_files_free(reload->files);
	(void)pthread_mutex_destroy(&reload->lock);
	free(reload);
}

/* The oldest who asks, with what is on disk now. */
static void begin(struct rk_reload *reload)
{
	go_to(reload, STEP_READING);
	rk_worker_kick(reload->worker);
}

bool rk_reload_ask(struct rk_reload *reload,
		   const struct rk_reload_asker *asker)
{
	if (reload->askers_n == ASKERS_MAX)
		return false;
	reload->askers[reload->askers_n++] = *asker;
	if (reload->askers_n == 1)
		begin(reload);
	return true;
}

/* What came of it, for answer and log. */
struct outcome {
	const struct rk_reload_asker *asker;
	struct rk_plan plan;
	int code;
	struct rk_error error;
};

static void log_changes(const struct rk_core *core, const struct rk_plan *plan)
{
	size_t n = rk_changes_n(&plan->changes);

	for (size_t i = 0; i < n && i < LOGGED_MAX; i++) {
		const struct rk_reload_change *change = &plan->changes.rows[i];

		rk_log_write(core->log, RK_LOG_NOTICE,
			     "reload changed what=%s name=%s field=%s "
			     "before=\"%s\" after=\"%s\" seq=%" PRIu64,
			     change->kind, change->name, change->field,
			     change->before, change->after, change->seq);
	}
	if (n > LOGGED_MAX)
		rk_log_write(core->log, RK_LOG_NOTICE,
			     "reload changed %zu more, see the journal",
			     n - LOGGED_MAX);
}

static void log_restart(const struct rk_core *core,
			const struct rk_changes *restart)
{
	for (size_t i = 0; i < rk_changes_n(restart); i++)
		rk_log_write(core->log, RK_LOG_WARNING,
			     "reload left %s as it is, %s: that it is %s needs "
			     "a restart",
			     restart->rows[i].field, restart->rows[i].before,
			     restart->rows[i].after);
}

static void log_warnings(const struct rk_core *core,
			 const struct rk_texts *warnings)
{
	for (size_t i = 0; i < warnings->n; i++)
		rk_log_write(core->log, RK_LOG_WARNING, "%s",
			     warnings->rows[i]);
}

static void log_outcome(const struct rk_core *core,
			const struct rk_reload *reload, const struct outcome *o,
			uint64_t took_ns)
{
	const char *who = o->asker->who;

	if (o->code != 0) {
		rk_log_write(core->log, RK_LOG_WARNING,
			     "reload refused by=%s dry_run=%s: %s", who,
			     o->asker->dry_run ? "yes" : "no", o->error.text);
		if (o->plan.applied == 0)
			return;
	}
	if (o->asker->dry_run) {
		rk_log_write(core->log, RK_LOG_INFO,
			     "reload tried by=%s commands=%u read_us=%" PRIu64
			     " took_us=%" PRIu64,
			     who, o->plan.n, reload->files->took_ns / NS_PER_US,
			     took_ns / NS_PER_US);
		return;
	}
	log_changes(core, &o->plan);
	log_restart(core, &o->plan.restart);
	log_warnings(core, &o->plan.warnings);
	rk_log_write(core->log, RK_LOG_NOTICE,
		     "reloaded by=%s commands=%u seq=%" PRIu64
		     " read_us=%" PRIu64 " took_us=%" PRIu64,
		     who, o->plan.applied, rk_view_seq(core->engine),
		     reload->files->took_ns / NS_PER_US, took_ns / NS_PER_US);
}

static void reply(struct rk_core *core, const struct outcome *o)
{
	const struct rk_plan *plan = &o->plan;
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};
	struct rk_reload_told told = {
		.client_seq = o->asker->client_seq,
		.code = o->code,
		.error = o->error.text,
		.dry_run = o->asker->dry_run,
		.commands = o->asker->dry_run ? plan->n : plan->applied,
		.changes = plan->changes.rows,
		.changes_n = rk_changes_n(&plan->changes),
		.restart = plan->restart.rows,
		.restart_n = rk_changes_n(&plan->restart),
		.warnings = plan->warnings.rows,
		.warnings_n = plan->warnings.n,
	};

	rk_encode_reload(&bytes, &told);
	if (bytes.full) {
		/* So many warnings: the log has them. */
		bytes.n = 0;
		bytes.full = false;
		told.warnings_n = 0;
		told.restart_n = 0;
		rk_encode_reload(&bytes, &told);
	}
	rk_core_reply(core, o->asker->pending, &bytes);
}

/* The files are read: all of it, or none. */
/* What was taken is not to be forgotten by a file that is cut. */
static void remember(struct rk_conf_named *named,
		     const struct rk_conf_named *more)
{
	for (size_t i = 0; i < RK_CONF_KEYS_MAX; i++)
		named->keys[i] = named->keys[i] || more->keys[i];
}

static void finish(struct rk_reload *reload, const struct rk_reload_asker *who)
{
	struct rk_core *core = reload->options.core;
	uint64_t begun_ns = rk_stopwatch_ns();
	struct outcome o = {.asker = who};

	if (reload->result < 0) {
		o.code = RK_REJ_BAD_PARAM;
		rk_error_set(&o.error, "%.900s; nothing was changed",
			     reload->error.text);
	} else {
		/* To look only, time need not move. */
		if (!who->dry_run)
			rk_core_clock(core);
		o.code = rk_plan_make(&o.plan, core->engine, reload->files,
				      &core->conf->limits.engine);
		o.error = o.plan.error;
	}
	if (o.code == 0 && !who->dry_run) {
		o.code = rk_plan_apply(&o.plan, core->sequencer);
		o.error = o.plan.error;
	}
	if (o.code == 0 && !who->dry_run)
		remember(&reload->named, &reload->files->conf.named);
	log_outcome(core, reload, &o, rk_stopwatch_ns() - begun_ns);
	if (o.code != 0)
		core->counters.requests_refused += who->answered;
	if (who->answered)
		reply(core, &o);
	rk_plan_free(&o.plan);
	rk_reload_files_free(reload->files);
	reload->files = NULL;
}

bool rk_reload_turn(struct rk_reload *reload)
{
	struct rk_reload_asker asker;

	if (!reload || reload->askers_n == 0)
		return false;
	if (rk_worker_is_manual(reload->worker))
		(void)rk_worker_step(reload->worker);
	/* Without room, the next turn comes when the disk is done. */
	if (step_of(reload) != STEP_READ || !rk_core_room(reload->options.core))
		return false;
	asker = reload->askers[0];
	reload->askers_n--;
	memmove(reload->askers, reload->askers + 1,
		reload->askers_n * sizeof(*reload->askers));
	go_to(reload, STEP_IDLE);
	finish(reload, &asker);
	if (reload->askers_n > 0)
		begin(reload);
	return reload->askers_n > 0;
}
