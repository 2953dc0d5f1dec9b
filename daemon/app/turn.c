/*
 * Turns, ticks, start and stop of the daemon. See turn.h.
 */
#include "app/turn.h"

#include <string.h>

#include "app/heavy.h"
#include "app/intake.h"
#include "app/query.h"
#include "app/rechecker.h"
#include "app/reload.h"
#include "app/upkeep.h"
#include "engine/view.h"

/* Bounds of one turn: how long a tick may wait for requests before it. */
#define REQUESTS_PER_TURN 256
#define PRICES_PER_TURN   256
#define QUERIES_PER_TURN  64
#define CLOCK_NS          INT64_C(1000000000) /* time is told at least so often */
#define STOP_NS           UINT64_C(2000000000) /* for answers, before the snapshot */
#define STOP_QUIET_STEPS  5

/* Their memory is freed behind the turn's engine work. */
_Static_assert(PRICES_PER_TURN <= RK_NET_RELEASED_MAX,
	       "a turn must not free what it takes");

/*
 * The first command on a recovered state: what was quoted before the stop
 * does not count any more.
 */
static void resume(struct rk_core *core, const struct rk_turn *turn)
{
	struct rk_cmd cmd = {.type = RK_CMD_RESUME};

	cmd.clock.time_ns = rk_view_time(core->engine);
	if (core->conf->clock == RK_CONF_CLOCK_REAL)
		cmd.clock.time_ns = rk_clock_now(&turn->clock);
	(void)rk_sequencer_apply(core->sequencer, &cmd, NULL); /* a fact */
}

int rk_turn_begin(struct rk_core *core, struct rk_turn *turn,
		  const struct rk_markets *markets)
{
	int r = rk_configure_check(core);

	if (r < 0)
		return r;
	rk_clock_start(&turn->clock, rk_view_time(core->engine));
	if (core->recovered.seq != 0)
		resume(core, turn);
	else if (core->conf->clock == RK_CONF_CLOCK_REAL)
		rk_intake_clock(core, rk_clock_now(&turn->clock));
	return rk_configure(core, markets);
}

int rk_turn_ready(struct rk_core *core)
{
	rk_core_drain(core);
	rk_upkeep_start(core);
	return rk_sequencer_error(core->sequencer);
}

bool rk_turn_run(struct rk_core *core, struct rk_turn *turn)
{
	uint64_t start_ns = rk_clock_monotonic();
	bool more;

	core->counters.turns++;
	/* Time is told to the engine with the first command of the turn. */
	if (core->conf->clock == RK_CONF_CLOCK_REAL && !core->read_only)
		core->clock_ns = rk_clock_now(&turn->clock);
	more = rk_intake_requests(core, REQUESTS_PER_TURN);
	more = rk_intake_prices(core, PRICES_PER_TURN) || more;
	more = rk_reload_turn(core->reload) || more;
	rk_sequencer_end_turn(core->sequencer);
	rk_net_free_released(core->net);
	more = rk_query_run(core, QUERIES_PER_TURN) || more;
	more = rk_heavy_turn(core) || more;
	more = rk_upkeep_turn(core) || more;
	more = rk_rechecker_turn(core) || more;
	rk_core_release(core);
	rk_query_answers(core);
	if (core->waiters_n > 0)
		rk_query_wake(core);
	rk_core_release(core);
	core->counters.turns_ns += rk_clock_monotonic() - start_ns;
	return more;
}

int rk_turn_check_disk(struct rk_core *core)
{
	const char *reason = NULL;
	int r = rk_sequencer_error(core->sequencer);

	if (r == 0)
		return 0;
	if (rk_journal_error(core->journal, &reason) == 0 &&
	    (!core->store || rk_event_store_error(core->store, &reason) == 0))
		reason = strerror(-r);
	rk_log_write(core->log, RK_LOG_ERROR,
		     "disk failed, stopping; what was acknowledged is safe: %s",
		     reason);
	return r;
}

/* Time moves on its own where something waits for it, and now and then. */
static void tell_time(struct rk_core *core, const struct rk_turn *turn)
{
	int64_t now_ns;

	if (core->conf->clock != RK_CONF_CLOCK_REAL || core->read_only)
		return;
	now_ns = rk_clock_now(&turn->clock);
	if (rk_view_next_due(core->engine) <= now_ns ||
	    now_ns - rk_view_time(core->engine) >= CLOCK_NS)
		rk_intake_clock(core, now_ns);
}

int rk_turn_tick(struct rk_core *core, struct rk_turn *turn)
{
	int r = rk_upkeep_tick(core);

	if (r == 0)
		tell_time(core, turn);
	return r;
}

void rk_turn_tickers(struct rk_core *core)
{
	rk_publish_tickers(core->publish);
	rk_core_release(core); /* if it is durable already */
}

void rk_turn_heartbeat(struct rk_core *core)
{
	struct rk_heartbeat heartbeat = {
		.not_ready = rk_core_not_ready(core),
		.unsynced_age_ns = (int64_t)rk_core_unsynced_ns(core),
		.last_seq = rk_view_seq(core->engine),
		.durable_seq = rk_sequencer_durable(core->sequencer),
		.last_event = rk_event_log_newest(core->events),
		.time_ns = rk_view_time(core->engine),
		.lagging = core->upkeep.lagging,
	};

	rk_publish_heartbeat(core->publish, &heartbeat);
}

void rk_turn_stop_begin(struct rk_core *core, struct rk_turn *turn)
{
	core->stopping = true;
	turn->stop_by_ns = rk_clock_monotonic() + STOP_NS;
	rk_net_stop(core->net);
	rk_heavy_stop(core);
}

int rk_turn_stop_step(struct rk_core *core, struct rk_turn *turn)
{
	bool more = rk_turn_run(core, turn);
	int r;

	/* NNG does not say when a reply has left: give the last ones time. */
	if (more || !rk_outbox_empty(core->outbox) || !rk_net_idle(core->net))
		turn->quiet_steps = 0;
	else
		turn->quiet_steps++;
	if (turn->quiet_steps > STOP_QUIET_STEPS ||
	    rk_clock_monotonic() >= turn->stop_by_ns)
		turn->answered = true;
	r = rk_upkeep_tick(core);
	if (r == 0 && (!turn->answered || rk_upkeep_finish(core)))
		return 1;
	return r < 0 ? r : rk_turn_check_disk(core);
}
