/*
 * riskctl: names and decimals of what is traded, taken from an engine: what
 * the daemon's list is to the online verbs, this is to the offline ones.
 */
#ifndef CLIENT_CTL_NAMES_H
#define CLIENT_CTL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cmd.h"

struct rk_engine;

struct ctl_name_asset {
	char name[RK_NAME_SIZE];
	uint8_t decimals;
	uint8_t price_decimals;
};

struct ctl_name_market {
	char name[RK_NAME_SIZE];
	uint8_t price_decimals;
	uint8_t size_decimals;
	uint32_t settle; /* asset */
	bool inverse;    /* then prices are not in it */
};

/* What a slot is the price of. */
struct ctl_name_slot {
	char name[RK_NAME_SIZE];
	uint8_t decimals;
	bool is_market;
	uint32_t id; /* of the market or asset */
};

/* Zeroed memory knows no names. */
struct ctl_names {
	struct ctl_name_asset *assets;
	struct ctl_name_market *markets;
	struct ctl_name_slot *slots;
	char (*publishers)[RK_NAME_SIZE];
	char (*venues)[RK_NAME_SIZE];
	uint32_t assets_n;
	uint32_t markets_n;
	uint32_t slots_n;
	uint32_t publishers_n;
	uint32_t venues_n;
};

/* Forget all, and take those of the engine: 0 or -ENOMEM. */
int ctl_names_take(struct ctl_names *names, const struct rk_engine *engine);
void ctl_names_free(struct ctl_names *names);

/* NULL: there is none. Good until the next take. */
const struct ctl_name_asset *ctl_names_asset(const struct ctl_names *names,
					     uint32_t id);
const struct ctl_name_market *ctl_names_market(const struct ctl_names *names,
					       uint32_t id);
const struct ctl_name_slot *ctl_names_slot(const struct ctl_names *names,
					   uint32_t id);
const char *ctl_names_publisher(const struct ctl_names *names, uint32_t id);
const char *ctl_names_venue(const struct ctl_names *names, uint32_t id);

#endif
