/*
 * Making the plan of a reload. See reload_plan.h.
 *
 * What is wanted is found by what finds it at start (configure.h), which looks
 * at the engine after each command: here it looks at a trial.
 */
#include "app/reload_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/configure.h"
#include "app/reload_before.h"
#include "app/sequencer.h"
#include "engine/rc.h"
#include "engine/trial.h"
#include "engine/view.h"
#include "ops/conf_diff.h"

#define STEPS_FIRST 64
/* So many changes of a refused command are told with it. */
#define TOLD_MAX 4

struct making {
	struct rk_plan *plan;
	struct rk_engine *engine;
	struct rk_conf *wanted;
	struct rk_conf *other; /* wanted, but for what is compared */
	struct rk_trial trial;
	void *memory;
	size_t size;
	struct rk_evbuf events;
	const struct rk_reload_before *about; /* the present command */
};

static void note_change(void *context, const struct rk_difference *difference)
{
	struct making *m = context;
	struct rk_difference told = *difference;
	const char *dot = strchr(told.field, '.');

	/* The section is the kind already. */
	if ((strcmp(m->about->kind, "risk") == 0 ||
	     strcmp(m->about->kind, "limits") == 0) &&
	    dot)
		told.field = dot + 1;
	rk_changes_add(&m->plan->changes, m->about->kind, m->about->name,
		       &told);
}

static void note_restart(void *context, const struct rk_difference *difference)
{
	struct making *m = context;

	rk_changes_add(&m->plan->restart, "", "", difference);
}

/* What is listed anew is one change; its terms come as commands of their own */
static void note_changes(struct making *m, const struct rk_cmd *cmd)
{
	static const struct rk_difference listed = {"listed", "", "true"};
	const struct rk_difference_listener listener = {note_change, m};
	struct rk_engine_counts counts;

	rk_view_counts(m->engine, &counts);
	switch ((int)cmd->type) {
	case RK_CMD_LIMITS:
		*m->other = *m->wanted;
		m->other->limits.engine = counts.limits;
		rk_conf_diff(m->other, m->wanted, RK_CONF_RUNNING, &listener);
		break;
	case RK_CMD_RISK:
		*m->other = *m->wanted;
		m->other->risk = counts.risk;
		rk_conf_diff(m->other, m->wanted, RK_CONF_RUNNING, &listener);
		break;
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
	case RK_CMD_ASSET:
	case RK_CMD_MARKET:
	case RK_CMD_CONTRACT:
		note_change(m, &listed);
		break;
	default:
		rk_markets_diff(m->about->there ? &m->about->cmd : NULL, cmd,
				m->about->decimals, &listener);
		break;
	}
}

static int out_of_memory(struct rk_plan *plan)
{
	plan->code = RK_REJ_CAPACITY;
	rk_error_set(&plan->error, "out of memory; nothing was changed");
	return -ENOMEM;
}

/* Room for one more command to be undone. */
static bool have_room(struct making *m)
{
	size_t need = rk_trial_used(&m->trial) + rk_trial_room(m->engine);
	void *memory;

	if (need <= m->size)
		return true;
	memory = realloc(m->memory, need * 2);
	if (!memory)
		return false;
	m->memory = memory;
	m->size = need * 2;
	rk_trial_moved(&m->trial, m->memory, m->size);
	return true;
}

static bool add_step(struct rk_plan *plan, const struct rk_cmd *cmd)
{
	if (plan->n == plan->max) {
		uint32_t max = plan->max == 0 ? STEPS_FIRST : plan->max * 2;
		struct rk_plan_step *steps =
			reallocarray(plan->steps, max, sizeof(*steps));

		if (!steps)
			return false;
		plan->steps = steps;
		plan->max = max;
	}
	plan->steps[plan->n++] =
		(struct rk_plan_step){*cmd, rk_changes_n(&plan->changes)};
	return true;
}

/* "MARKET_CHANGE of BTC-PERP: why: lot 0.1 -> 0.01; nothing was changed" */
static void tell_refusal(struct making *m, const struct rk_cmd *cmd,
			 size_t first)
{
	struct rk_plan *plan = m->plan;
	size_t n = rk_changes_n(&plan->changes);
	char fields[RK_ERROR_SIZE / 2] = "";
	size_t at = 0;

	for (size_t i = first; i < n && i < first + TOLD_MAX; i++) {
		const struct rk_reload_change *change = &plan->changes.rows[i];
		int wrote = snprintf(fields + at, sizeof(fields) - at,
				     "%s %s %s -> %s", i == first ? ":" : ",",
				     change->field,
				     *change->before ? change->before : "none",
				     *change->after ? change->after : "none");

		if (wrote < 0 || (size_t)wrote >= sizeof(fields) - at)
			break;
		at += (size_t)wrote;
	}
	rk_error_set(&plan->error,
		     "%s%s%s refuses %s: %s%s%s; nothing was changed",
		     m->about->kind, *m->about->name ? " " : "", m->about->name,
		     rk_cmd_name(cmd->type), rk_rc_text(plan->code), fields,
		     n > first + TOLD_MAX ? ", ..." : "");
}

static int try_command(void *context, const struct rk_cmd *cmd,
		       const char *name)
{
	struct making *m = context;
	struct rk_plan *plan = m->plan;
	size_t first = rk_changes_n(&plan->changes);
	struct rk_reload_before about;

	(void)name; /* the command says it more exactly */
	rk_reload_look(m->engine, cmd, &about);
	m->about = &about;
	note_changes(m, cmd);
	if (!have_room(m) || !add_step(plan, cmd))
		return out_of_memory(plan);
	plan->code = rk_trial_apply(&m->trial, cmd, &m->events);
	if (plan->code == RK_OK)
		return 0;
	tell_refusal(m, cmd, first);
	return -EINVAL;
}

static void take_told(void *context, enum rk_log_level level, const char *text)
{
	struct making *m = context;

	if (level != RK_LOG_ERROR) {
		rk_texts_add(&m->plan->warnings, text);
		return;
	}
	m->plan->code = RK_REJ_BAD_PARAM;
	rk_error_set(&m->plan->error, "%s; nothing was changed", text);
}

/* More than memory was taken for: that key stays, and waits for a restart. */
static void keep_limits(struct making *m, const struct rk_cmd_limits *most)
{
	enum {
		N = sizeof(struct rk_cmd_limits) / sizeof(uint32_t)
	};
	const struct rk_difference_listener listener = {note_restart, m};
	struct rk_engine_counts counts;
	uint32_t is[N];
	uint32_t want[N];
	uint32_t asked[N];
	uint32_t max[N];

	rk_view_counts(m->engine, &counts);
	memcpy(is, &counts.limits, sizeof(is));
	memcpy(want, &m->wanted->limits.engine, sizeof(want));
	memcpy(asked, is, sizeof(asked));
	memcpy(max, most, sizeof(max));
	for (size_t i = 0; i < N; i++) {
		if (want[i] <= max[i])
			continue;
		asked[i] = want[i];
		want[i] = is[i];
	}
	*m->other = *m->wanted;
	m->other->limits.engine = counts.limits;
	memcpy(&m->wanted->limits.engine, asked, sizeof(asked));
	rk_conf_diff(m->other, m->wanted, RK_CONF_RUNNING, &listener);
	memcpy(&m->wanted->limits.engine, want, sizeof(want));
}

static bool take_memory(struct making *m)
{
	m->size = rk_trial_room(m->engine);
	m->memory = malloc(m->size);
	m->wanted = malloc(sizeof(*m->wanted));
	m->other = malloc(sizeof(*m->other));
	m->events.max = RK_EVENTS_PER_STEP_MAX;
	m->events.events = malloc(m->events.max * sizeof(*m->events.events));
	return m->memory && m->wanted && m->other && m->events.events;
}

/* What was found in reading. */
static void take_found(struct making *m, const struct rk_reload_files *files)
{
	for (size_t i = 0; i < rk_changes_n(&files->restart); i++) {
		const struct rk_reload_change *row = &files->restart.rows[i];
		const struct rk_difference difference = {
			row->field, row->before, row->after};

		note_restart(m, &difference);
	}
	for (size_t i = 0; i < files->warnings.n; i++)
		rk_texts_add(&m->plan->warnings, files->warnings.rows[i]);
}

static int make(struct making *m, const struct rk_reload_files *files)
{
	const struct rk_configuring c = {
		.engine = m->engine,
		.conf = m->wanted,
		.markets = files->markets,
		.apply = try_command,
		.tell = take_told,
		.context = m,
	};
	int r = rk_configure_check_limits(&c);

	if (r < 0)
		return r;
	rk_trial_begin(&m->trial, m->engine, m->memory, m->size);
	r = rk_configure_run(&c);
	rk_trial_end(&m->trial);
	return r;
}

int rk_plan_make(struct rk_plan *plan, struct rk_engine *engine,
		 const struct rk_reload_files *files,
		 const struct rk_cmd_limits *most)
{
	struct making m = {.plan = plan, .engine = engine};
	int r = -ENOMEM;

	if (take_memory(&m)) {
		*m.wanted = files->conf;
		take_found(&m, files);
		keep_limits(&m, most);
		r = make(&m, files);
	}
	if (r == -ENOMEM || plan->changes.names.failed ||
	    plan->restart.names.failed || plan->warnings.failed)
		(void)out_of_memory(plan);
	if (plan->code != 0)
		plan->n = 0;
	free(m.events.events);
	free(m.other);
	free(m.wanted);
	free(m.memory);
	return plan->code;
}

int rk_plan_apply(struct rk_plan *plan, struct rk_sequencer *sequencer)
{
	size_t change = 0;

	rk_sequencer_end_turn(sequencer);
	for (uint32_t i = 0; i < plan->n; i++) {
		const struct rk_plan_step *step = &plan->steps[i];
		struct rk_answer answer;

		plan->code = rk_sequencer_apply(sequencer, &step->cmd, &answer);
		if (plan->code != RK_OK) {
			rk_error_set(&plan->error,
				     "%s was refused, though its trial was "
				     "not: %s; %u of %u commands were applied",
				     rk_cmd_name(step->cmd.type),
				     rk_rc_text(plan->code), i, plan->n);
			break;
		}
		plan->applied++;
		for (; change < step->changes_end; change++)
			plan->changes.rows[change].seq = answer.seq;
	}
	rk_sequencer_end_turn(sequencer);
	return plan->code;
}

void rk_plan_free(struct rk_plan *plan)
{
	free(plan->steps);
	rk_changes_free(&plan->changes);
	rk_changes_free(&plan->restart);
	rk_texts_free(&plan->warnings);
	memset(plan, 0, sizeof(*plan));
}
