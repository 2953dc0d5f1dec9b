/*
 * Ramps of the configuration, as commands. See configure.h.
 *
 * They come before the changes that they are for, but after what is listed
 * anew: that has no ramp until it is told one.
 */
#include <string.h>

#include "app/configure.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "ops/value.h"

/* What the state has, where the file says nothing of it. */
static void tell_left(const struct rk_configuring *c, const char *kind,
		      const char *name, const struct rk_ramp *is)
{
	char text[RK_VALUE_SIZE];

	if (is->duration_ns == 0)
		return;
	rk_configure_tell(
		c, RK_LOG_NOTICE,
		"changes of %s %s that make maintenance worse take %s, of "
		"which %s says nothing: it stays so (\"ramp\": "
		"{\"duration\": \"0s\"} ends it)",
		kind, name, rk_value_format_duration(is->duration_ns, text),
		c->conf->markets);
}

static int set_ramp(const struct rk_configuring *c, struct rk_cmd *cmd,
		    const char *name, const struct rk_ramp *is,
		    const struct rk_markets_ramp *want)
{
	struct rk_ramp ramp = want->ramp;

	if (!want->told)
		return 0;
	rk_ramp_complete(&ramp);
	if (rk_ramp_equal(&ramp, is))
		return 0;
	cmd->type = RK_CMD_RAMP;
	cmd->ramp.ramp = ramp;
	return rk_configure_apply(c, cmd, name);
}

void rk_configure_tell_ramps(const struct rk_configuring *c,
			     const struct rk_markets *markets)
{
	struct rk_asset_view asset;
	struct rk_market_view market;
	uint32_t id;

	for (uint32_t i = 0; i < markets->assets_n; i++)
		if (!markets->asset_ramps[i].told &&
		    rk_view_find_asset(c->engine, markets->assets[i].name,
				       &id) == RK_OK &&
		    rk_view_asset(c->engine, id, &asset) == RK_OK)
			tell_left(c, "asset", asset.listing.name,
				  &asset.ramp.ramp);
	for (uint32_t i = 0; i < markets->markets_n; i++)
		if (!markets->market_ramps[i].told &&
		    rk_configure_find_market(c, i, &id) &&
		    rk_view_market(c->engine, id, &market) == RK_OK)
			tell_left(c, "market", market.listing.name,
				  &market.ramp.ramp);
}

int rk_configure_ramps(const struct rk_configuring *c,
		       const struct rk_markets *markets)
{
	struct rk_asset_view asset;
	struct rk_market_view market;
	uint32_t id;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		const char *name = markets->assets[i].name;
		struct rk_cmd cmd = {.type = RK_CMD_NONE};

		if (rk_view_find_asset(c->engine, name, &id) != RK_OK ||
		    rk_view_asset(c->engine, id, &asset) != RK_OK)
			continue;
		memcpy(cmd.ramp.asset, name, RK_NAME_SIZE);
		r = set_ramp(c, &cmd, name, &asset.ramp.ramp,
			     &markets->asset_ramps[i]);
	}
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		const char *name = markets->markets[i].name;
		struct rk_cmd cmd = {.type = RK_CMD_NONE};

		if (!rk_configure_find_market(c, i, &id) ||
		    rk_view_market(c->engine, id, &market) != RK_OK)
			continue;
		memcpy(cmd.ramp.market, name, RK_NAME_SIZE);
		r = set_ramp(c, &cmd, name, &market.ramp.ramp,
			     &markets->market_ramps[i]);
	}
	return r;
}
