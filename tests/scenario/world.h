/*
 * What the words of a scenario stand for: names of assets, markets, orders
 * and clients, and the time. Ids are those that listing in order gives, slots
 * are asked of the backend, orders are named when they are first seen.
 */
#ifndef SCN_WORLD_H
#define SCN_WORLD_H

#include "listing.h"

#define SCN_ASSETS_MAX  16
#define SCN_MARKETS_MAX 16
#define SCN_ORDERS_MAX  64
#define SCN_CLIENTS_MAX 8

/* 2024-01-01 00:00:00 UTC: where the time of every scenario starts. */
#define SCN_START_NS INT64_C(1704067200000000000)

struct scn_order {
	char name[24]; /* "@first" */
	struct rk_order_id id;
	uint64_t account;
	uint32_t market; /* RK_NO_MARKET: it sells an asset */
	uint32_t asset;
};

struct scn_client {
	char name[RK_NAME_SIZE];
	uint64_t newest; /* number of its newest command */
};

struct scn_world {
	const struct scn_listing *listing;
	uint32_t asset_slots[SCN_ASSETS_MAX]; /* RK_NO_SLOT: fixed price */
	uint32_t market_slots[SCN_MARKETS_MAX];
	int64_t now_ns;
	uint64_t last_trade;
	uint64_t last_quote;
	struct scn_order orders[SCN_ORDERS_MAX];
	uint32_t orders_n;
	struct scn_client clients[SCN_CLIENTS_MAX];
	uint32_t clients_n;
};

void scn_world_init(struct scn_world *world, const struct scn_listing *listing);

const struct rk_cmd_asset *scn_world_asset_of(const struct scn_world *world,
					      uint32_t asset);
const struct rk_cmd_market *scn_world_market_of(const struct scn_world *world,
						uint32_t market);
/* The asset that a market's money is counted in. */
const struct rk_cmd_asset *scn_world_settle_of(const struct scn_world *world,
					       uint32_t market);

/* What a slot is the price of; "?" and 0 decimals for an unknown one. */
const char *scn_world_slot_name(const struct scn_world *world, uint32_t slot,
				uint8_t *ret_decimals);

/* Ids of names; an unknown one is wrong with the line, and gives 0. */
uint32_t scn_world_asset(const struct scn_world *world, struct scn_line *line,
			 const char *name);
uint32_t scn_world_market(const struct scn_world *world, struct scn_line *line,
			  const char *name);
uint32_t scn_world_publisher(const struct scn_world *world,
			     struct scn_line *line, const char *name);
uint32_t scn_world_venue(const struct scn_world *world, struct scn_line *line,
			 const char *name);
/* A market's or, failing that, an asset's slot, and its price decimals. */
uint32_t scn_world_slot(const struct scn_world *world, struct scn_line *line,
			const char *name, uint8_t *ret_decimals);

/* Orders. NULL when it has no name yet. */
const struct scn_order *scn_world_find_order(const struct scn_world *world,
					     const char *name);
const struct scn_order *scn_world_order_of(const struct scn_world *world,
					   struct rk_order_id id);
/* 0, or -EINVAL when the name or the order is taken, or malformed. */
int scn_world_name_order(struct scn_world *world, const char *name,
			 const struct rk_event *event);

/* The count of a client, made when new; NULL when there are too many. */
struct scn_client *scn_world_client(struct scn_world *world, const char *name);

#endif
