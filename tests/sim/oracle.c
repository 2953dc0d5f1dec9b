/*
 * The run without a crash: an engine that is fed, in order, with exactly the
 * commands that the journal holds, as they become durable. What the daemon
 * shows to anybody must be known here, and what it recovers must be equal.
 *
 * Each command is predicted by the auditor and judged by the laws.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/encode.h"
#include "engine/rc.h"
#include "engine/records.h"
#include "store/record.h"
#include "support/generator.h"
#include "world.h"

#define QUOTES_MAX  65536
#define COMPARE_ALL 256 /* commands between looks at everything */
#define STEP_MAX    (1U << 14)

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static struct rk_cmd_limits oracle_limits(uint32_t accounts)
{
	struct rk_cmd_limits limits = rk_generator_limits(accounts);

	/* Above whatever an operator may set: the engine must not notice. */
	limits.accounts_max *= 2;
	limits.owners_max *= 2;
	limits.assets_max *= 2;
	limits.markets_max *= 2;
	limits.publishers_max = RK_PUBLISHERS_MAX;
	limits.venues_max *= 2;
	limits.clients_max *= 2;
	limits.positions_max *= 2;
	limits.positions_per_account_max = 64;
	limits.balances_max *= 2;
	limits.orders_max *= 4;
	limits.withdrawals_max *= 2;
	return limits;
}

void sim_oracle_open(struct sim_world *w)
{
	struct sim_oracle *oracle = &w->oracle;
	struct rk_cmd_limits limits = oracle_limits(w->accounts);

	rk_harness_init(&oracle->harness, &limits, STEP_MAX);
	oracle->auditor = rk_auditor_open(&limits);
	laws_init(&oracle->laws);
	oracle->room = need(calloc(1, sizeof(*oracle->room)));
	oracle->room->quotes =
		need(calloc(QUOTES_MAX, sizeof(*oracle->room->quotes)));
	oracle->room->quotes_max = QUOTES_MAX;
	oracle->room->cmds =
		need(calloc(RK_ATOMIC_MAX, sizeof(*oracle->room->cmds)));
}

void sim_oracle_close(struct sim_world *w)
{
	struct sim_oracle *oracle = &w->oracle;

	rk_harness_fini(&oracle->harness);
	rk_auditor_close(oracle->auditor);
	free(oracle->room->quotes);
	free(oracle->room->cmds);
	free(oracle->room);
	free(oracle->events);
}

uint64_t sim_oracle_seq(const struct sim_world *w)
{
	return rk_view_seq(w->oracle.harness.engine);
}

uint64_t sim_oracle_event(const struct sim_world *w)
{
	return rk_view_event(w->oracle.harness.engine);
}

static struct rk_hash hash_event(const void *bytes, size_t size)
{
	return rk_hash_bytes((struct rk_hash){1, size}, bytes, size);
}

/* Keep what an event says, for whoever is shown it. */
static void keep_event(struct sim_world *w, const struct rk_event *event)
{
	struct sim_oracle *oracle = &w->oracle;
	unsigned char bytes[RK_ENCODED_EVENT_MAX];
	uint64_t n = event->number;

	if (n >= oracle->events_max) {
		oracle->events_max = n * 2 + 1024;
		oracle->events = need(
			realloc(oracle->events,
				oracle->events_max * sizeof(struct rk_hash)));
	}
	oracle->events[n] =
		hash_event(bytes, rk_encode_event(event, false, bytes));
	w->deeds[SIM_DEED_EVENTS]++;
	w->deeds[SIM_DEED_ORDERS] += event->type == RK_EVENT_ORDER_OPENED;
	/* One that started goes on until the target: that is the auditor's. */
	if (event->type == RK_EVENT_STATE &&
	    event->state.after == RK_STATE_LIQUIDATING &&
	    event->state.before < RK_STATE_LIQUIDATING &&
	    event->state.health.maintenance.raw <=
		    event->state.health.equity.raw)
		sim_complain(w,
			     "law: event %" PRIu64 " liquidates account "
			     "%" PRIu64 ", whose health is not below 0",
			     n, event->account);
}

static void predict(struct sim_world *w, const struct rk_cmd *cmd, int code)
{
	struct sim_oracle *oracle = &w->oracle;
	const struct rk_harness *harness = &oracle->harness;
	struct rk_audit_text text = {""};
	int expected = rk_auditor_apply(oracle->auditor, cmd);
	const struct rk_event *events;
	uint32_t n;
	int bad = 0;

	events = rk_auditor_events(oracle->auditor, &n);
	if (expected != code || n != harness->events_n)
		bad = 1;
	for (uint32_t i = 0; !bad && i < n; i++)
		bad = rk_auditor_compare_event(&events[i], &harness->events[i],
					       &text);
	for (uint32_t i = 0; !bad && i < rk_auditor_accounts(oracle->auditor);
	     i++)
		if (rk_auditor_touched(oracle->auditor, i))
			bad = rk_auditor_compare_account(
				oracle->auditor, harness->engine, i, &text);
	if (!bad && sim_oracle_seq(w) % COMPARE_ALL == 0)
		bad = rk_auditor_compare_all(oracle->auditor, harness->engine,
					     &text);
	w->deeds[SIM_DEED_AUDITED]++;
	if (bad || rk_auditor_law_broken(oracle->auditor)[0] != '\0')
		sim_complain(w,
			     "auditor: command %" PRIu64 " (%s), answer %d "
			     "(expected %d), %u events (expected %u): %s %s",
			     sim_oracle_seq(w), rk_cmd_name(cmd->type), code,
			     expected, harness->events_n, n, text.text,
			     rk_auditor_law_broken(oracle->auditor));
}

static void apply(struct sim_world *w, const struct rk_cmd *cmd)
{
	struct sim_oracle *oracle = &w->oracle;
	struct rk_audit_text text = {""};
	int code = rk_harness_apply(&oracle->harness, cmd);

	if (cmd->type == RK_CMD_RESUME)
		w->resumed_seq = sim_oracle_seq(w);
	w->deeds[SIM_DEED_COMMANDS]++;
	w->deeds[SIM_DEED_REJECTED] += code != RK_OK;
	for (uint32_t i = 0; i < oracle->harness.events_n; i++)
		keep_event(w, &oracle->harness.events[i]);
	predict(w, cmd, code);
	if (code != RK_OK &&
	    (oracle->harness.events_n != 1 ||
	     oracle->harness.events[0].type != RK_EVENT_REJECTED))
		sim_complain(w,
			     "law: command %" PRIu64 " (%s) was refused, but "
			     "did something",
			     sim_oracle_seq(w), rk_cmd_name(cmd->type));
	if (laws_check(&oracle->laws, &oracle->harness, &text) != 0)
		sim_complain(w, "%s", text.text);
}

static int on_group(void *context, const struct rk_journal_group *group)
{
	struct sim_world *w = context;
	const struct rk_engine *engine = w->oracle.harness.engine;
	const unsigned char *bytes = group->payload;
	size_t at = 0;

	for (uint32_t i = 0; i < group->count; i++) {
		struct rk_cmd cmd;
		size_t length;

		if (rk_record_decode(bytes + at, group->size - at,
				     w->oracle.room, &cmd, &length) < 0) {
			sim_complain(w,
				     "command %" PRIu64 " of the journal is "
				     "no record",
				     group->first_seq + i);
			return -1;
		}
		at += length;
		apply(w, &cmd);
		if (sim_oracle_seq(w) != group->first_seq + i)
			sim_complain(w,
				     "command %" PRIu64 " of the journal "
				     "is not the next one",
				     group->first_seq + i);
		if (w->complaint[0] != '\0')
			return -1;
	}
	w->oracle.place.seq = sim_oracle_seq(w);
	memcpy(w->oracle.place.chain, group->chain, RK_CHAIN_SIZE);
	if (group->event != 0 &&
	    (group->event != rk_view_event(engine) ||
	     !rk_hash_equal(group->event_digest, rk_view_event_digest(engine))))
		sim_complain(w,
			     "the group of command %" PRIu64 " led to other "
			     "events",
			     group->first_seq);
	return 0;
}

void sim_oracle_follow(struct sim_world *w)
{
	struct rk_journal_scan scan = {
		.files = sim_disk_files(w->disk),
		.from = w->oracle.place,
		.visit = on_group,
		.context = w,
	};
	char error[RK_JOURNAL_TEXT_SIZE] = "";
	struct rk_journal_end end;
	int r;

	sim_disk_calm(w->disk, true);
	r = rk_journal_scan(&scan, &end, error);
	sim_disk_calm(w->disk, false);
	if (r < 0)
		sim_complain(w,
			     "the journal cannot be followed from command "
			     "%" PRIu64 ": %s",
			     w->oracle.place.seq, error);
}

void sim_oracle_shown_seq(struct sim_world *w, uint64_t seq)
{
	if (seq > sim_oracle_seq(w))
		sim_oracle_follow(w);
	if (seq > sim_oracle_seq(w))
		sim_complain(w,
			     "command %" PRIu64 " was shown, but the journal "
			     "ends with %" PRIu64,
			     seq, sim_oracle_seq(w));
	if (seq > w->shown_seq)
		w->shown_seq = seq;
}

void sim_oracle_shown_event(struct sim_world *w, uint64_t number,
			    const void *bytes, size_t size)
{
	if (number > sim_oracle_event(w))
		sim_oracle_follow(w);
	if (number > sim_oracle_event(w)) {
		sim_complain(w,
			     "event %" PRIu64 " was shown, but the journal "
			     "leads only to %" PRIu64,
			     number, sim_oracle_event(w));
		return;
	}
	if (number > w->shown_event)
		w->shown_event = number;
	if (bytes &&
	    !rk_hash_equal(hash_event(bytes, size), w->oracle.events[number]))
		sim_complain(w,
			     "event %" PRIu64 " was shown with another "
			     "content than it has",
			     number);
}
