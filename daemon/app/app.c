/*
 * The loop: libuv's only owner. See app.h.
 *
 * What it calls, and in which order, is in turn.h. NNG's threads wake the loop
 * by uv_async_send(), which may stand for many messages: a turn that leaves
 * some wakes itself again.
 */
#include "app/app.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <uv.h>

#include "app/core.h"
#include "app/demo.h"
#include "app/reload.h"
#include "app/turn.h"
#include "engine/view.h"

#define TICK_MS      100
#define HEARTBEAT_MS 1000
#define STOP_STEP_MS 10

struct app {
	struct rk_core core;
	struct rk_turn turn;
	struct rk_demo *demo;
	uv_loop_t loop;
	uv_async_t wake;
	uv_timer_t tick;
	uv_timer_t heartbeat;
	uv_timer_t stop;
	uv_signal_t sigterm;
	uv_signal_t sigint;
	uv_signal_t sighup;
	int result;
	bool closing;
};

static void close_handle(uv_handle_t *handle, void *argument)
{
	(void)argument;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void close_all(struct app *app)
{
	if (app->closing)
		return;
	app->closing = true;
	if (app->core.upkeep.dead) {
		/* A thread hangs in the disk: it cannot be taken down. */
		uv_stop(&app->loop);
		return;
	}
	/* First all threads: they wake the loop through app->wake. */
	rk_setup_stop(&app->core);
	uv_walk(&app->loop, close_handle, NULL);
}

/* A disk that failed ends the daemon, whatever it was doing. */
static void check_disk(struct app *app)
{
	int r = rk_turn_check_disk(&app->core);

	if (r == 0)
		return;
	app->result = r;
	close_all(app);
}

static void run_turn(struct app *app)
{
	if (app->closing)
		return;
	if (rk_turn_run(&app->core, &app->turn))
		(void)uv_async_send(&app->wake); /* cannot fail while open */
	check_disk(app);
}

static void on_wake(uv_async_t *handle)
{
	run_turn(handle->data);
}

/* From NNG's threads. */
static void wake(void *context)
{
	struct app *app = context;

	(void)uv_async_send(&app->wake); /* cannot fail while open */
}

static void on_tick(uv_timer_t *handle)
{
	struct app *app = handle->data;

	if (app->closing)
		return;
	app->result = rk_turn_tick(&app->core, &app->turn);
	if (app->result < 0) {
		close_all(app);
		return;
	}
	if (app->demo)
		rk_demo_step(app->demo, rk_clock_now(&app->turn.clock));
	run_turn(app);
	if (!app->closing)
		rk_turn_tickers(&app->core);
}

static void on_heartbeat(uv_timer_t *handle)
{
	struct app *app = handle->data;

	rk_turn_heartbeat(&app->core);
}

static void on_stop_step(uv_timer_t *handle)
{
	struct app *app = handle->data;
	int r;

	if (app->closing)
		return;
	r = rk_turn_stop_step(&app->core, &app->turn);
	app->result = r < 0 ? r : 0;
	if (r <= 0)
		close_all(app);
	else
		check_disk(app);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct app *app = handle->data;

	if (app->core.stopping)
		return;
	rk_log_write(app->core.log, RK_LOG_NOTICE, "stopping signal=%s",
		     number == SIGTERM  ? "TERM"
		     : number == SIGINT ? "INT"
					: "HUP");
	rk_turn_stop_begin(&app->core, &app->turn);
	(void)uv_timer_stop(&app->tick);
	(void)uv_timer_start(&app->stop, on_stop_step, 0, STOP_STEP_MS);
}

/* Read the files again; without files, a closed terminal stops it. */
static void on_hangup(uv_signal_t *handle, int number)
{
	const struct rk_reload_asker asker = {.who = "SIGHUP"};
	struct app *app = handle->data;

	if (!app->core.reload)
		on_signal(handle, number);
	else if (!app->core.stopping &&
		 !rk_reload_ask(app->core.reload, &asker))
		rk_log_write(app->core.log, RK_LOG_WARNING,
			     "reload refused by=SIGHUP: too many are waiting "
			     "already");
}

static int open_net(struct app *app)
{
	const struct rk_conf *conf = app->core.conf;
	const struct rk_conf_urls *urls[RK_NET_SOCKETS] = {
		[RK_NET_PRICES] = &conf->listen.prices,
		[RK_NET_INGEST] = &conf->listen.ingest,
		[RK_NET_QUERY] = &conf->listen.query,
		[RK_NET_EVENTS] = &conf->listen.events,
		[RK_NET_PUBLIC] = &conf->listen.public,
	};
	const char *pointers[RK_NET_SOCKETS][RK_CONF_URLS_MAX];
	struct rk_net_options options = {
		.message_size = (size_t)conf->limits.message_size,
		.prices_message_size = (size_t)conf->limits.prices_message_size,
		.connections = conf->limits.connections,
		.ring = conf->limits.ring,
		.contexts = conf->limits.contexts,
		.wake = wake,
		.wake_context = app,
	};
	char error[256];
	int r;

	for (int i = 0; i < RK_NET_SOCKETS; i++) {
		/* To look only: nothing comes in, nothing is published. */
		if (app->core.read_only && i != RK_NET_QUERY)
			continue;
		for (uint32_t j = 0; j < urls[i]->n; j++)
			pointers[i][j] = urls[i]->url[j];
		options.urls[i] = pointers[i];
		options.urls_n[i] = urls[i]->n;
	}
	r = rk_net_open(&options, &app->core.net, error, sizeof(error));
	if (r < 0)
		rk_log_write(app->core.log, RK_LOG_ERROR, "%s", error);
	return r;
}

/* libuv's own failures are -errno as well. */
static int init_handles(struct app *app)
{
	int r = uv_loop_init(&app->loop);

	if (r == 0)
		r = uv_async_init(&app->loop, &app->wake, on_wake);
	if (r == 0)
		r = uv_timer_init(&app->loop, &app->tick);
	if (r == 0)
		r = uv_timer_init(&app->loop, &app->heartbeat);
	if (r == 0)
		r = uv_timer_init(&app->loop, &app->stop);
	if (r == 0)
		r = uv_signal_init(&app->loop, &app->sigterm);
	if (r == 0)
		r = uv_signal_init(&app->loop, &app->sigint);
	if (r == 0)
		r = uv_signal_init(&app->loop, &app->sighup);
	app->wake.data = app;
	app->tick.data = app;
	app->heartbeat.data = app;
	app->stop.data = app;
	app->sigterm.data = app;
	app->sigint.data = app;
	app->sighup.data = app;
	return r;
}

/* main.c keeps one that comes too early waiting. To this thread alone. */
static int let_hangup_through(void)
{
	sigset_t hangup;

	(void)sigemptyset(&hangup);
	(void)sigaddset(&hangup, SIGHUP);
	return -pthread_sigmask(SIG_UNBLOCK, &hangup, NULL);
}

static int start_handles(struct app *app)
{
	int r = uv_signal_start(&app->sigterm, on_signal, SIGTERM);

	if (r == 0)
		r = uv_signal_start(&app->sigint, on_signal, SIGINT);
	if (r == 0)
		r = uv_signal_start(&app->sighup, on_hangup, SIGHUP);
	if (r == 0)
		r = let_hangup_through();
	if (r == 0)
		r = uv_timer_start(&app->tick, on_tick, TICK_MS, TICK_MS);
	if (r == 0)
		r = uv_timer_start(&app->heartbeat, on_heartbeat, 0,
				   HEARTBEAT_MS);
	return r;
}

static void log_start(const struct app *app)
{
	const struct rk_conf *conf = app->core.conf;
	struct rk_engine_counts counts;

	rk_view_counts(app->core.engine, &counts);
	rk_log_write(app->core.log, RK_LOG_NOTICE,
		     "ready version=%s query=%s assets=%u markets=%u "
		     "accounts=%u seq=%llu clock=%s journal=%s%s",
		     RISKD_VERSION,
		     conf->listen.query.n ? conf->listen.query.url[0] : "-",
		     counts.assets, counts.markets, counts.accounts,
		     (unsigned long long)counts.seq,
		     conf->clock == RK_CONF_CLOCK_REAL ? "real" : "messages",
		     conf->journal.kind == RK_CONF_JOURNAL_FILE ? "file"
								: "memory",
		     app->core.read_only ? " read_only=yes" : "");
}

static int fill(struct app *app, const struct rk_app_options *options)
{
	struct rk_core *core = &app->core;
	int r;

	if (core->read_only)
		return 0;
	r = rk_turn_begin(core, &app->turn, options->markets);
	if (r == 0 && options->demo)
		r = rk_demo_open(core, &app->demo);
	/* What recovery and configuration led to is durable before READY. */
	return r < 0 ? r : rk_turn_ready(core);
}

static int open_reload(struct app *app, const struct rk_app_options *options)
{
	const struct rk_reload_options reload = {
		.core = &app->core,
		.path = options->path,
		.wake = wake,
		.wake_context = app,
	};
	int r;

	if (!options->path || app->core.read_only)
		return 0;
	r = rk_reload_open(&reload, &app->core.reload);
	if (r < 0)
		rk_log_write(app->core.log, RK_LOG_ERROR, "cannot start: %s",
			     strerror(-r));
	return r;
}

static int start(struct app *app, const struct rk_app_options *options)
{
	struct rk_setup_options setup = {
		.conf = options->conf,
		.log = options->log,
		.stop_before = options->stop_before,
		.skip = options->skip,
		.wake = wake,
		.wake_context = app,
	};
	int r = rk_setup_open(&app->core, &setup);

	if (r == 0)
		r = open_reload(app, options);
	/* First the addresses: who cannot listen must not write either. */
	if (r == 0)
		r = open_net(app);
	if (r == 0)
		r = fill(app, options);
	if (r == 0)
		r = rk_publish_open(app->core.engine, app->core.net,
				    &app->core.publish);
	if (r == 0)
		r = start_handles(app);
	return r;
}

int rk_app_run(const struct rk_app_options *options)
{
	struct app app;
	int r;

	memset(&app, 0, sizeof(app));
	r = init_handles(&app);
	if (r < 0) {
		rk_log_write(options->log, RK_LOG_ERROR,
			     "cannot make the loop: %s", uv_strerror(r));
		return r;
	}

	r = start(&app, options);
	if (r == 0)
		log_start(&app);
	else
		close_all(&app);
	(void)uv_run(&app.loop, UV_RUN_DEFAULT); /* until all is closed */
	if (r == 0)
		r = app.result;
	if (app.core.upkeep.dead)
		return -ETIMEDOUT;

	if (r == 0)
		rk_log_write(options->log, RK_LOG_NOTICE,
			     "stopped seq=%llu event=%llu",
			     (unsigned long long)rk_view_seq(app.core.engine),
			     (unsigned long long)rk_event_log_newest(
				     app.core.events));
	rk_demo_close(app.demo);
	rk_setup_close(&app.core);
	(void)uv_loop_close(&app.loop); /* all handles are closed */
	return r;
}
