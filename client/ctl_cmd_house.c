/*
 * riskctl: commands about money of the house as JSON, which are terms of
 * insurance funds and of the backstop vault. See ctl_cmd.h.
 */
#include "ctl_fill.h"

static void put_insurance(struct filling *f,
			  const struct rk_cmd_insurance *insurance)
{
	put_name(f, "asset", insurance->asset);
	put_rate(f, "draw_cap", insurance->terms.draw_cap);
	put_rate(f, "liquidation_fee", insurance->terms.liquidation_fee);
	put_rate(f, "withdrawal_gate", insurance->terms.withdrawal_gate);
}

static void put_vault(struct filling *f, const struct rk_cmd_vault *vault)
{
	put_name(f, "asset", vault->asset);
	put_rate(f, "event_budget", vault->terms.event_budget);
	put_rate(f, "hour_budget", vault->terms.hour_budget);
}

static void put_takeover(struct filling *f,
			 const struct rk_cmd_takeover *takeover)
{
	const struct rk_takeover_terms *terms = &takeover->terms;

	put_name(f, "market", takeover->market);
	put(f, "enabled", json_boolean(terms->enabled));
	put_rate(f, "at", terms->at);
	put_rate(f, "concession_max", terms->concession_max);
	put_decimal(f, "vault_max", terms->vault_max.raw, RK_USD_DECIMALS);
	put_i64(f, "stages", terms->stages);
}

void ctl_put_house(struct filling *f, const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_INSURANCE)
		put_insurance(f, &cmd->insurance);
	else if (cmd->type == RK_CMD_VAULT)
		put_vault(f, &cmd->vault);
	else
		put_takeover(f, &cmd->takeover);
}
