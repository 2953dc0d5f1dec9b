/*
 * riskctl asset ramp, riskctl market ramp: how long changes take that make
 * maintenance worse; 0 ends a ramp that runs, at once.
 */
#include "engine/cmd_ramp.h"

#include <string.h>

#include "ctl_out.h"
#include "ops/value.h"

static const struct ctl_option no_options[] = {{NULL, 0, NULL, NULL}};

/* "0" needs no unit. */
static int read_time(const struct ctl *ctl, const char *what, const char *text,
		     int64_t *ret_ns)
{
	*ret_ns = 0;
	if (strcmp(text, "0") == 0 ||
	    rk_value_parse_duration(text, ret_ns) == 0)
		return CTL_OK;
	return ctl_usage_error(ctl, "%s \"%s\": %s", what, text,
			       RK_VALUE_DURATION_NEED);
}

static int read_ramp(const struct ctl *ctl, int n, char **argv,
		     int64_t *ret_duration_ns, int64_t *ret_step_ns)
{
	int rc = read_time(ctl, "DURATION", argv[2], ret_duration_ns);

	*ret_step_ns = 0;
	if (rc == CTL_OK && n == 3)
		rc = read_time(ctl, "STEP", argv[3], ret_step_ns);
	if (rc != CTL_OK)
		return rc;
	if (*ret_duration_ns != 0 && (*ret_duration_ns < RK_RAMP_MIN_NS ||
				      *ret_duration_ns > RK_DURATION_MAX_NS))
		return ctl_usage_error(ctl,
				       "DURATION \"%s\": must be 1s to 3652d, "
				       "or 0: at once",
				       argv[2]);
	if (*ret_step_ns != 0 &&
	    (*ret_step_ns < RK_RAMP_MIN_NS || *ret_step_ns > *ret_duration_ns))
		return ctl_usage_error(ctl,
				       "STEP \"%s\": must be 1s to DURATION, "
				       "which is \"%s\"",
				       argv[3], argv[2]);
	return CTL_OK;
}

static int send_ramp(struct ctl *ctl, const char *name, struct risk_cmd *cmd)
{
	int64_t duration_ns = cmd->body.ramp.duration_ns;
	char text[RK_VALUE_SIZE];
	uint64_t seq;
	int rc = ctl_send(ctl, cmd, &seq);

	if (rc)
		return rc;
	if (duration_ns == 0)
		return ctl_done(ctl, seq,
				"changes of %s come at once, and what was "
				"under way is done",
				name);
	return ctl_done(ctl, seq,
			"changes of %s that make maintenance worse take %s",
			name, rk_value_format_duration(duration_ns, text));
}

int cmd_asset_ramp(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Asset *asset = NULL;
	struct risk_cmd cmd;
	int64_t duration_ns;
	int64_t step_ns;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 3)) ||
	    (rc = read_ramp(ctl, n, argv, &duration_ns, &step_ns)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_asset(ctl, argv[1], &asset)))
		return rc;
	risk_cmd_ramp(&cmd, asset->name, NULL, duration_ns, step_ns);
	return send_ramp(ctl, asset->name, &cmd);
}

int cmd_market_ramp(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	int64_t duration_ns;
	int64_t step_ns;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 3)) ||
	    (rc = read_ramp(ctl, n, argv, &duration_ns, &step_ns)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)))
		return rc;
	risk_cmd_ramp(&cmd, NULL, market->name, duration_ns, step_ns);
	return send_ramp(ctl, market->name, &cmd);
}
