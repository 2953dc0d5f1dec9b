/*
 * Names and what they stand for. See world.h.
 */
#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/view.h"

void scn_world_init(struct scn_world *world, const struct scn_listing *listing)
{
	memset(world, 0, sizeof(*world));
	world->listing = listing;
	world->now_ns = SCN_START_NS;
}

const struct rk_cmd_asset *scn_world_asset_of(const struct scn_world *world,
					      uint32_t asset)
{
	return &world->listing->markets->assets[asset];
}

const struct rk_cmd_market *scn_world_market_of(const struct scn_world *world,
						uint32_t market)
{
	return &world->listing->markets->markets[market];
}

static bool find_asset(const struct scn_world *world, const char *name,
		       uint32_t *ret_id)
{
	const struct rk_markets *listed = world->listing->markets;

	for (uint32_t i = 0; i < listed->assets_n; i++) {
		if (strcmp(listed->assets[i].name, name) != 0)
			continue;
		*ret_id = i;
		return true;
	}
	return false;
}

static bool find_market(const struct scn_world *world, const char *name,
			uint32_t *ret_id)
{
	const struct rk_markets *listed = world->listing->markets;

	for (uint32_t i = 0; i < listed->markets_n; i++) {
		if (strcmp(listed->markets[i].name, name) != 0)
			continue;
		*ret_id = i;
		return true;
	}
	return false;
}

const struct rk_cmd_asset *scn_world_settle_of(const struct scn_world *world,
					       uint32_t market)
{
	uint32_t id = 0;

	/* A market is listed only when its settle asset is. */
	(void)find_asset(world, scn_world_market_of(world, market)->settle,
			 &id);
	return scn_world_asset_of(world, id);
}

const char *scn_world_slot_name(const struct scn_world *world, uint32_t slot,
				uint8_t *ret_decimals)
{
	const struct rk_markets *listed = world->listing->markets;

	for (uint32_t i = 0; i < listed->markets_n; i++) {
		if (world->market_slots[i] != slot)
			continue;
		*ret_decimals = listed->markets[i].price_decimals;
		return listed->markets[i].name;
	}
	for (uint32_t i = 0; i < listed->assets_n; i++) {
		if (world->asset_slots[i] != slot)
			continue;
		*ret_decimals = listed->assets[i].price_decimals;
		return listed->assets[i].name;
	}
	*ret_decimals = 0;
	return "?";
}

uint32_t scn_world_asset(const struct scn_world *world, struct scn_line *line,
			 const char *name)
{
	uint32_t id = 0;

	if (!find_asset(world, name, &id))
		scn_line_fail(line, "no asset \"%s\" is listed", name);
	return id;
}

uint32_t scn_world_market(const struct scn_world *world, struct scn_line *line,
			  const char *name)
{
	uint32_t id = 0;

	if (!find_market(world, name, &id))
		scn_line_fail(line, "no market \"%s\" is listed", name);
	return id;
}

static uint32_t name_at(const struct rk_conf_names *names,
			struct scn_line *line, const char *what,
			const char *name)
{
	for (uint32_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return i;
	scn_line_fail(line, "no %s \"%s\" is listed", what, name);
	return 0;
}

uint32_t scn_world_publisher(const struct scn_world *world,
			     struct scn_line *line, const char *name)
{
	return name_at(&world->listing->conf.publishers, line, "publisher",
		       name);
}

uint32_t scn_world_venue(const struct scn_world *world, struct scn_line *line,
			 const char *name)
{
	return name_at(&world->listing->conf.venues, line, "venue", name);
}

uint32_t scn_world_slot(const struct scn_world *world, struct scn_line *line,
			const char *name, uint8_t *ret_decimals)
{
	uint32_t id;

	if (find_market(world, name, &id)) {
		*ret_decimals = scn_world_market_of(world, id)->price_decimals;
		return world->market_slots[id];
	}
	if (find_asset(world, name, &id) &&
	    world->asset_slots[id] != RK_NO_SLOT) {
		*ret_decimals = scn_world_asset_of(world, id)->price_decimals;
		return world->asset_slots[id];
	}
	scn_line_fail(line,
		      "\"%s\" is neither a market nor an asset with a price "
		      "that moves",
		      name);
	*ret_decimals = 0;
	return 0;
}

const struct scn_order *scn_world_find_order(const struct scn_world *world,
					     const char *name)
{
	for (uint32_t i = 0; i < world->orders_n; i++)
		if (strcmp(world->orders[i].name, name) == 0)
			return &world->orders[i];
	return NULL;
}

const struct scn_order *scn_world_order_of(const struct scn_world *world,
					   struct rk_order_id id)
{
	for (uint32_t i = 0; i < world->orders_n; i++)
		if (world->orders[i].id.seq == id.seq &&
		    world->orders[i].id.n == id.n)
			return &world->orders[i];
	return NULL;
}

int scn_world_name_order(struct scn_world *world, const char *name,
			 const struct rk_event *event)
{
	struct scn_order *order = &world->orders[world->orders_n];
	const bool converts = rk_event_is_conversion(event->type);
	const struct rk_order_id id =
		converts ? event->conversion.order : event->order.order;

	if (name[0] != '@' || strlen(name) >= sizeof(order->name) ||
	    world->orders_n == SCN_ORDERS_MAX ||
	    scn_world_find_order(world, name) || scn_world_order_of(world, id))
		return -EINVAL;
	(void)snprintf(order->name, sizeof(order->name), "%s", name);
	order->id = id;
	order->asset = converts ? event->conversion.sell : 0;
	order->account = event->account;
	order->market = event->market;
	world->orders_n++;
	return 0;
}

struct scn_client *scn_world_client(struct scn_world *world, const char *name)
{
	struct scn_client *client;

	for (uint32_t i = 0; i < world->clients_n; i++)
		if (strcmp(world->clients[i].name, name) == 0)
			return &world->clients[i];
	if (world->clients_n == SCN_CLIENTS_MAX ||
	    strlen(name) >= sizeof(client->name))
		return NULL;
	client = &world->clients[world->clients_n++];
	(void)snprintf(client->name, sizeof(client->name), "%s", name);
	return client;
}
