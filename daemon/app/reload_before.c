/*
 * Looking at what there is now. See reload_before.h.
 */
#include "app/reload_before.h"

#include <string.h>

#include "engine/rc.h"
#include "engine/view.h"

static void look_at_asset(const struct rk_engine *engine,
			  struct rk_reload_before *b, const struct rk_cmd *want)
{
	struct rk_asset_view view;
	struct rk_lending_view lending;
	struct rk_insurance_view insurance;
	struct rk_vault_view vault;
	uint32_t id;

	b->kind = "asset";
	if (rk_view_find_asset(engine, b->name, &id) != RK_OK ||
	    rk_view_asset(engine, id, &view) != RK_OK ||
	    rk_view_lending(engine, id, &lending) != RK_OK ||
	    rk_view_insurance(engine, id, &insurance) != RK_OK ||
	    rk_view_vault(engine, id, &vault) != RK_OK)
		return;
	b->there = true;
	b->decimals.amount = view.listing.decimals;
	switch ((int)want->type) {
	case RK_CMD_COLLATERAL:
		b->cmd.collateral.terms = view.target;
		break;
	case RK_CMD_COLLATERAL_SCALE:
		b->cmd.collateral_scale.scale = view.scale;
		break;
	case RK_CMD_LENDING:
		b->cmd.lending.terms = lending.terms;
		break;
	case RK_CMD_CONVERSION:
		b->cmd.conversion.terms = view.conversion;
		break;
	case RK_CMD_INSURANCE:
		b->cmd.insurance.terms = insurance.terms;
		break;
	case RK_CMD_VAULT:
		b->cmd.vault.terms = vault.terms;
		break;
	case RK_CMD_RAMP:
		b->cmd.ramp.ramp = view.ramp.ramp;
		break;
	default:
		b->cmd.asset = view.listing;
		break;
	}
}

static void look_at_market(const struct rk_engine *engine,
			   struct rk_reload_before *b,
			   const struct rk_cmd *want)
{
	struct rk_market_view view;
	struct rk_takeover_view takeover;
	uint32_t id;

	b->kind = "market";
	if (rk_view_find_market(engine, b->name, &id) != RK_OK ||
	    rk_view_market(engine, id, &view) != RK_OK ||
	    rk_view_takeover(engine, id, &takeover) != RK_OK)
		return;
	b->there = true;
	b->decimals.size = view.listing.size_decimals;
	switch ((int)want->type) {
	case RK_CMD_FUNDING:
		b->cmd.funding.terms = view.funding;
		break;
	case RK_CMD_MARGIN:
		b->cmd.margin.terms = view.margin;
		break;
	case RK_CMD_LIQUIDATION:
		b->cmd.liquidation.terms = view.liquidation;
		break;
	case RK_CMD_TAKEOVER:
		b->cmd.takeover.terms = takeover.terms;
		break;
	case RK_CMD_RAMP:
		b->cmd.ramp.ramp = view.ramp.ramp;
		break;
	case RK_CMD_MARKET_STATE:
		b->cmd.market_state.state = view.state;
		break;
	case RK_CMD_EXPIRY:
		b->cmd.expiry.time_ns = view.expiry_ns;
		break;
	default:
		b->cmd.market = view.listing;
		break;
	}
}

/* Of a market that the command names by number. */
static void look_at_number(const struct rk_engine *engine,
			   struct rk_reload_before *b,
			   const struct rk_cmd *want, uint32_t market)
{
	struct rk_market_view view;

	if (rk_view_market(engine, market, &view) == RK_OK)
		memcpy(b->name, view.listing.name, RK_NAME_SIZE);
	look_at_market(engine, b, want);
}

static void look_at_slot(const struct rk_engine *engine,
			 struct rk_reload_before *b, uint32_t slot)
{
	struct rk_slot_view view;
	struct rk_asset_view asset;
	struct rk_market_view market;

	b->kind = "market";
	if (rk_view_slot(engine, slot, &view) != RK_OK)
		return;
	b->there = true;
	b->cmd.slow_price.terms = view.slow;
	if (rk_view_asset(engine, view.underlying, &asset) == RK_OK)
		memcpy(b->cmd.slow_price.underlying, asset.listing.name,
		       RK_NAME_SIZE);
	if (rk_view_market(engine, view.market, &market) == RK_OK) {
		memcpy(b->name, market.listing.name, RK_NAME_SIZE);
	} else if (rk_view_asset(engine, view.asset, &asset) == RK_OK) {
		b->kind = "asset";
		memcpy(b->name, asset.listing.name, RK_NAME_SIZE);
	}
}

static void look_at_group(const struct rk_engine *engine,
			  struct rk_reload_before *b,
			  const struct rk_cmd_emode *want)
{
	struct rk_emode_view view;
	uint32_t id;

	b->kind = "group";
	memcpy(b->name, want->group, RK_NAME_SIZE);
	if (rk_view_find_asset(engine, want->asset, &id) != RK_OK)
		return;
	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++)
		if (rk_view_emode(engine, id, i, &view) == RK_OK &&
		    strcmp(view.group, want->group) == 0) {
			b->there = true;
			b->cmd.emode.entry = view.entry;
		}
}

/* What is said of an asset or market beside its listing. */
static void look_at_terms(const struct rk_engine *engine,
			  const struct rk_cmd *cmd, struct rk_reload_before *b)
{
	/* Whose terms they are stands first in each of these. */
	switch ((int)cmd->type) {
	case RK_CMD_FUNDING:
		memcpy(b->name, cmd->funding.market, RK_NAME_SIZE);
		look_at_market(engine, b, cmd);
		break;
	case RK_CMD_MARGIN:
		memcpy(b->name, cmd->margin.market, RK_NAME_SIZE);
		look_at_market(engine, b, cmd);
		break;
	case RK_CMD_LIQUIDATION:
		memcpy(b->name, cmd->liquidation.market, RK_NAME_SIZE);
		look_at_market(engine, b, cmd);
		break;
	case RK_CMD_TAKEOVER:
		memcpy(b->name, cmd->takeover.market, RK_NAME_SIZE);
		look_at_market(engine, b, cmd);
		break;
	case RK_CMD_RAMP:
		if (cmd->ramp.market[0] != '\0') {
			memcpy(b->name, cmd->ramp.market, RK_NAME_SIZE);
			look_at_market(engine, b, cmd);
			break;
		}
		memcpy(b->name, cmd->ramp.asset, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	case RK_CMD_COLLATERAL_SCALE:
		memcpy(b->name, cmd->collateral_scale.asset, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	case RK_CMD_LENDING:
		memcpy(b->name, cmd->lending.asset, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	case RK_CMD_CONVERSION:
		memcpy(b->name, cmd->conversion.asset, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	case RK_CMD_INSURANCE:
		memcpy(b->name, cmd->insurance.asset, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	case RK_CMD_VAULT:
		memcpy(b->name, cmd->vault.asset, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	default:
		memcpy(b->name, cmd->collateral.asset, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	}
}

void rk_reload_look(const struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_reload_before *ret_before)
{
	struct rk_reload_before *b = ret_before;

	memset(b, 0, sizeof(*b));
	b->kind = "";
	b->cmd.type = cmd->type;
	switch ((int)cmd->type) {
	case RK_CMD_LIMITS:
		b->kind = "limits";
		break;
	case RK_CMD_RISK:
		b->kind = "risk";
		break;
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
		b->kind = cmd->type == RK_CMD_VENUE ? "venue" : "publisher";
		memcpy(b->name, cmd->name.name, RK_NAME_SIZE);
		break;
	case RK_CMD_ASSET:
	case RK_CMD_ASSET_CHANGE:
		memcpy(b->name, cmd->asset.name, RK_NAME_SIZE);
		look_at_asset(engine, b, cmd);
		break;
	case RK_CMD_MARKET:
	case RK_CMD_CONTRACT:
	case RK_CMD_MARKET_CHANGE:
		memcpy(b->name, cmd->market.name, RK_NAME_SIZE);
		look_at_market(engine, b, cmd);
		break;
	case RK_CMD_EMODE:
		look_at_group(engine, b, &cmd->emode);
		break;
	case RK_CMD_SLOW_PRICE:
		look_at_slot(engine, b, cmd->slow_price.slot);
		break;
	case RK_CMD_MARKET_STATE:
		look_at_number(engine, b, cmd, cmd->market_state.market);
		break;
	case RK_CMD_EXPIRY:
		look_at_number(engine, b, cmd, cmd->expiry.market);
		break;
	default:
		look_at_terms(engine, cmd, b);
		break;
	}
}
