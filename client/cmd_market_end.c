/*
 * riskctl market: state, expiry, settle.
 */
#include <string.h>
#include <strings.h>

#include "ctl_out.h"
#include "ops/value.h"

static const struct ctl_option no_options[] = {{NULL, 0, NULL, NULL}};

static const struct {
	const char *name;
	Riskd__MarketState state;
} states[] = {
	{"listed", RISKD__MARKET_STATE__MARKET_STATE_LISTED},
	{"open", RISKD__MARKET_STATE__MARKET_STATE_OPEN},
	{"close_only", RISKD__MARKET_STATE__MARKET_STATE_CLOSE_ONLY},
	{"settling", RISKD__MARKET_STATE__MARKET_STATE_SETTLING},
};

static int read_state(const struct ctl *ctl, const char *text,
		      Riskd__MarketState *ret_state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcasecmp(states[i].name, text) != 0)
			continue;
		*ret_state = states[i].state;
		return CTL_OK;
	}
	return ctl_usage_error(ctl,
			       "STATE \"%s\": must be listed, open, close_only "
			       "or settling",
			       text);
}

int cmd_market_state(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	Riskd__MarketState state = RISKD__MARKET_STATE__MARKET_STATE_OPEN;
	struct risk_cmd cmd;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) ||
	    (rc = read_state(ctl, argv[2], &state)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)))
		return rc;
	risk_cmd_market_state(&cmd, market->id, state);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "%s is %s", market->name,
			risk_market_state_name(state));
}

static int read_expiry(const struct ctl *ctl, const char *text,
		       int64_t *ret_time_ns)
{
	*ret_time_ns = 0;
	if (strcmp(text, "never") == 0)
		return CTL_OK;
	if (rk_value_parse_time(text, ret_time_ns) == 0 && *ret_time_ns != 0)
		return CTL_OK;
	return ctl_usage_error(ctl, "TIME \"%s\": %s, or never", text,
			       RK_VALUE_TIME_NEED);
}

int cmd_market_expiry(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	char when[CTL_TIME_SIZE];
	struct risk_cmd cmd;
	int64_t time_ns;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) ||
	    (rc = read_expiry(ctl, argv[2], &time_ns)) ||
	    (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)))
		return rc;
	risk_cmd_expiry(&cmd, market->id, time_ns);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	if (time_ns == 0)
		return ctl_done(ctl, seq, "%s never expires", market->name);
	return ctl_done(ctl, seq, "%s expires at %s", market->name,
			ctl_format_time(time_ns, when));
}

int cmd_market_settle(struct ctl *ctl, int argc, char **argv)
{
	const Riskd__Market *market = NULL;
	struct risk_cmd cmd;
	int64_t price;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, no_options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) || (rc = ctl_connect(ctl)) ||
	    (rc = ctl_read_market(ctl, argv[1], &market)) ||
	    (rc = ctl_read_decimal(ctl, "PRICE", argv[2],
				   market->price_decimals, &price)))
		return rc;
	risk_cmd_settle(&cmd, market->id, price);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq, "%s is settled at %s", market->name, argv[2]);
}
