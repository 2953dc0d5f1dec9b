/*
 * riskctl: terms of insurance funds and of the backstop vault as JSON. See
 * ctl_cmd_house.h.
 */
#include "ctl_cmd_house.h"

#include <string.h>

#include "librisk_text.h"

#define RATE_DECIMALS 9

static int put_decimal(json_t *object, const char *key, int64_t raw,
		       uint32_t decimals)
{
	char text[RISK_DECIMAL_SIZE];

	return json_object_set_new(
		object, key,
		json_string(risk_format_decimal(raw, decimals, text)));
}

static int put_rate(json_t *object, const char *key, rk_rate rate)
{
	return put_decimal(object, key, rate.raw, RATE_DECIMALS);
}

/* A name of a command may lack its ending zero. */
static int put_name(json_t *object, const char *key,
		    const char name[RK_NAME_SIZE])
{
	char text[RK_NAME_SIZE + 1] = "";

	memcpy(text, name, RK_NAME_SIZE);
	return json_object_set_new(object, key, json_string(text));
}

static int put_insurance(json_t *object,
			 const struct rk_cmd_insurance *insurance)
{
	return put_name(object, "asset", insurance->asset) ||
	       put_rate(object, "draw_cap", insurance->terms.draw_cap) ||
	       put_rate(object, "liquidation_fee",
			insurance->terms.liquidation_fee) ||
	       put_rate(object, "withdrawal_gate",
			insurance->terms.withdrawal_gate);
}

static int put_vault(json_t *object, const struct rk_cmd_vault *vault)
{
	return put_name(object, "asset", vault->asset) ||
	       put_rate(object, "event_budget", vault->terms.event_budget) ||
	       put_rate(object, "hour_budget", vault->terms.hour_budget);
}

static int put_takeover(json_t *object, const struct rk_cmd_takeover *takeover)
{
	const struct rk_takeover_terms *terms = &takeover->terms;

	return put_name(object, "market", takeover->market) ||
	       json_object_set_new(object, "enabled",
				   json_boolean(terms->enabled)) ||
	       put_rate(object, "at", terms->at) ||
	       put_rate(object, "concession_max", terms->concession_max) ||
	       put_decimal(object, "vault_max", terms->vault_max.raw,
			   RK_USD_DECIMALS) ||
	       json_object_set_new(object, "stages",
				   json_integer(terms->stages));
}

int ctl_cmd_put_house(json_t *object, const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_INSURANCE)
		return put_insurance(object, &cmd->insurance);
	if (cmd->type == RK_CMD_VAULT)
		return put_vault(object, &cmd->vault);
	return put_takeover(object, &cmd->takeover);
}
