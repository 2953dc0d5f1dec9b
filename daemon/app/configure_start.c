/*
 * The configuration at start: each difference is a command, and what cannot be
 * is a reason not to start. See core.h.
 */
#include <errno.h>

#include "app/configure.h"
#include "app/core.h"
#include "engine/rc.h"
#include "engine/view.h"

static int apply(void *context, const struct rk_cmd *cmd, const char *name)
{
	struct rk_core *core = context;
	int r = rk_sequencer_apply(core->sequencer, cmd, NULL);

	if (r == RK_OK)
		return 0;
	rk_log_write(core->log, RK_LOG_ERROR,
		     "configuration refused command=%s name=%s: %s",
		     rk_cmd_name(cmd->type), name, rk_rc_text(r));
	return -EINVAL;
}

static void tell(void *context, enum rk_log_level level, const char *text)
{
	const struct rk_core *core = context;

	rk_log_write(core->log, level, "%s%s",
		     level == RK_LOG_ERROR ? "cannot start: " : "", text);
}

static struct rk_configuring configuring_of(struct rk_core *core,
					    const struct rk_markets *markets)
{
	return (struct rk_configuring){
		.engine = core->engine,
		.conf = core->conf,
		.markets = markets,
		.fresh = core->recovered.seq == 0,
		.apply = apply,
		.tell = tell,
		.context = core,
	};
}

int rk_configure_check(struct rk_core *core)
{
	const struct rk_configuring c = configuring_of(core, NULL);

	return rk_configure_check_limits(&c);
}

int rk_configure(struct rk_core *core, const struct rk_markets *markets)
{
	const struct rk_configuring c = configuring_of(core, markets);
	uint64_t before = rk_view_seq(core->engine);
	int r = rk_configure_run(&c);
	uint64_t commands = rk_view_seq(core->engine) - before;

	if (r == 0 && !c.fresh && commands > 0)
		rk_log_write(core->log, RK_LOG_NOTICE,
			     "configuration changed since the last run "
			     "commands=%llu",
			     (unsigned long long)commands);
	rk_sequencer_end_turn(core->sequencer);
	return r;
}
