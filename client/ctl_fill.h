/*
 * riskctl: filling a JSON object with the fields of a command. Private to the
 * ctl_cmd files; see ctl_cmd.h for what is told how.
 */
#ifndef CLIENT_CTL_FILL_H
#define CLIENT_CTL_FILL_H

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "ctl_names.h"
#include "engine/cmd.h"
#include "librisk_text.h"

#define RATE_DECIMALS 9

/* The object being filled; names may be empty. */
struct filling {
	const struct ctl_names *names;
	json_t *object;
	bool failed;
};

static inline void put(struct filling *f, const char *key, json_t *value)
{
	if (json_object_set_new(f->object, key, value))
		f->failed = true;
}

static inline void put_u64(struct filling *f, const char *key, uint64_t value)
{
	put(f, key,
	    value <= INT64_MAX ? json_integer((json_int_t)value)
			       : json_sprintf("%" PRIu64, value));
}

static inline void put_i64(struct filling *f, const char *key, int64_t value)
{
	put(f, key, json_integer(value));
}

static inline void put_text(struct filling *f, const char *key,
			    const char *text)
{
	put(f, key, json_string(text));
}

/* A name of a command may lack its ending zero. */
static inline void put_name(struct filling *f, const char *key,
			    const char name[RK_NAME_SIZE])
{
	char text[RK_NAME_SIZE + 1] = "";

	memcpy(text, name, RK_NAME_SIZE);
	put_text(f, key, text);
}

/* decimals -1: not known. */
static inline void put_decimal(struct filling *f, const char *key, int64_t raw,
			       int decimals)
{
	char text[RISK_DECIMAL_SIZE];

	if (decimals < 0)
		put_i64(f, key, raw);
	else
		put_text(f, key,
			 risk_format_decimal(raw, (uint32_t)decimals, text));
}

static inline void put_rate(struct filling *f, const char *key, rk_rate rate)
{
	put_decimal(f, key, rate.raw, RATE_DECIMALS);
}

static inline void put_order(struct filling *f, const char *key,
			     struct rk_order_id id)
{
	char text[RISK_DECIMAL_SIZE];

	if (id.seq != 0)
		put_text(f, key, risk_format_order_id(id.seq, id.n, text));
}

/* The asset's id and name; returns its decimals, -1 when not known. */
static inline int put_asset_id(struct filling *f, uint32_t id)
{
	const struct ctl_name_asset *asset = ctl_names_asset(f->names, id);

	put_i64(f, "asset", id);
	if (!asset)
		return -1;
	put_text(f, "asset_name", asset->name);
	return asset->decimals;
}

/* An amount of an asset, both under a key of their own. */
static inline void put_sum(struct filling *f, const char *key, uint32_t id,
			   const char *amount_key, rk_amt amount)
{
	const struct ctl_name_asset *asset = ctl_names_asset(f->names, id);

	if (asset)
		put_text(f, key, asset->name);
	else
		put_i64(f, key, id);
	put_decimal(f, amount_key, amount.raw, asset ? asset->decimals : -1);
}

void ctl_put_liquidation(struct filling *f,
			 const struct rk_cmd_liquidation *liquidation);

void ctl_put_claim(struct filling *f, const struct rk_cmd_claim *claim);

/* INSURANCE, VAULT or TAKEOVER. */
void ctl_put_house(struct filling *f, const struct rk_cmd *cmd);

#endif
