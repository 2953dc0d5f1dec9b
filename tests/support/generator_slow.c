/*
 * Slow prices and scales: terms of every length, mostly quick enough that
 * something happens in a short run, and starts far from the mark.
 */
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

static void make_terms(struct rk_generator *g, struct rk_slow_terms *terms)
{
	terms->interval_ns = SECOND_NS * rk_prng_between(&g->prng, 60, 600);
	if (rk_generator_chance(g, 20))
		terms->interval_ns += (int64_t)rk_generator_below(g, SECOND_NS);
	terms->delay_limit.raw =
		1 + (int64_t)rk_generator_below(g, RK_RATE_ONE / 5);
	terms->limit.raw =
		1 + (int64_t)rk_generator_below(g, RK_RATE_ONE / 600);
	terms->min_ns = SECOND_NS * rk_prng_between(&g->prng, 0, 15);
	terms->max_ns =
		terms->min_ns + SECOND_NS * rk_prng_between(&g->prng, 1, 45);
}

/* A market follows an asset, often one that its accounts hold. */
static void choose_underlying(struct rk_generator *g,
			      const struct rk_slot_view *slot,
			      struct rk_cmd_slow_price *cmd)
{
	struct rk_asset_view asset;
	struct rk_market_view market;
	uint32_t id;

	if (slot->asset != RK_NO_SLOT || rk_generator_chance(g, 40))
		return;
	id = rk_generator_asset(g);
	if (rk_generator_chance(g, 40) &&
	    rk_view_market(g->engine, slot->market, &market) == RK_OK)
		id = market.settle_asset;
	if (rk_view_asset(g->engine, id, &asset) == RK_OK)
		(void)memcpy(cmd->underlying, asset.listing.name, RK_NAME_SIZE);
}

/* The slot of a market or asset where things happen. */
static uint32_t some_slot(struct rk_generator *g)
{
	struct rk_market_view market;
	struct rk_asset_view asset;

	if (rk_generator_chance(g, 50) &&
	    rk_view_market(g->engine, rk_generator_market(g), &market) == RK_OK)
		return market.slot;
	if (rk_view_asset(g->engine, rk_generator_asset(g), &asset) == RK_OK &&
	    asset.slot != RK_NO_SLOT)
		return asset.slot;
	return (uint32_t)rk_generator_below(g, g->counts.slots + 1);
}

void rk_generator_slow_price(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_slow_price *slow = &cmd->slow_price;
	struct rk_asset_view followed;
	struct rk_slot_view view;
	int64_t price;

	slow->slot = some_slot(g);
	if (rk_view_slot(g->engine, slow->slot, &view) != RK_OK)
		return;
	if (rk_generator_chance(g, 5)) { /* as it is */
		slow->terms = view.slow;
		if (rk_view_asset(g->engine, view.underlying, &followed) ==
		    RK_OK)
			(void)memcpy(slow->underlying, followed.listing.name,
				     RK_NAME_SIZE);
		return;
	}
	choose_underlying(g, &view, slow);
	if (rk_generator_chance(g, 15))
		return; /* off */
	make_terms(g, &slow->terms);
	if (rk_generator_chance(g, 10))
		rk_slow_default(&slow->terms);
	if (rk_generator_chance(g, 40)) {
		price = rk_generator_price(g, slow->slot);
		slow->start.raw = rk_generator_share(
			price, rk_prng_between(&g->prng, 50, 200), 100);
	}
}

/*
 * So that a weight is one half somewhere between a hundredth and a million
 * units: the factor is 1 / sqrt(units).
 */
static void make_size_factor(struct rk_generator *g, uint8_t decimals,
			     struct rk_collateral_scale *scale)
{
	int64_t power = rk_prng_between(&g->prng, 14, 18);

	/* Of one without decimals an account has more units. */
	if (decimals < 2)
		power -= 2;
	scale->size_factor =
		1 + (int64_t)rk_generator_below(
			    g, (uint64_t)rk_generator_power((int)power));
	if (rk_generator_chance(g, 3))
		scale->size_factor = RK_FACTOR_ONE;
}

void rk_generator_scale(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_collateral_scale *scale = &cmd->collateral_scale.scale;
	struct rk_asset_view view;

	if (rk_view_asset(g->engine, rk_generator_asset(g), &view) != RK_OK)
		return;
	(void)memcpy(cmd->collateral_scale.asset, view.listing.name,
		     RK_NAME_SIZE);
	*scale = view.scale;
	if (rk_generator_chance(g, 5))
		return; /* as it is */
	(void)memset(scale, 0, sizeof(*scale));
	if (rk_generator_chance(g, 70))
		scale->held.raw = (int64_t)rk_generator_below(
			g, (uint64_t)rk_generator_power(
				   (int)rk_prng_between(&g->prng, 9, 17)));
	if (rk_generator_chance(g, 70))
		scale->owed.raw = (int64_t)rk_generator_below(
			g, (uint64_t)rk_generator_power(
				   (int)rk_prng_between(&g->prng, 8, 16)));
	if (rk_generator_chance(g, 3))
		scale->owed.raw = 1;
	if (rk_generator_chance(g, 40))
		make_size_factor(g, view.listing.decimals, scale);
	/* Near what there is: else nothing is refused, or all. */
	if (rk_generator_chance(g, 35) && view.held > 0 &&
	    view.held < INT64_MAX / 4)
		scale->deposit_cap.raw = rk_generator_share(
			(int64_t)view.held, rk_prng_between(&g->prng, 80, 150),
			100);
}

static void some_group(struct rk_generator *g, char name[RK_NAME_SIZE])
{
	uint32_t groups = RK_EMODE_GROUPS + 4;

	/* Few, with many assets; now and then so many that they are full. */
	if (rk_generator_chance(g, 70))
		groups = 5;
	(void)snprintf(name, RK_NAME_SIZE, "group-%02u",
		       (uint32_t)rk_generator_below(g, groups));
}

/* What it is in a group that it is in, made worse or taken away. */
static void worsen(struct rk_generator *g, struct rk_emode *entry)
{
	int64_t share = rk_prng_between(&g->prng, 10, 99);

	if (entry->debt && rk_generator_chance(g, 40))
		entry->debt = false;
	if (rk_generator_chance(g, 30)) {
		entry->collateral = false;
		(void)memset(entry->weight, 0, sizeof(entry->weight));
	}
	for (int k = 0; k < RK_LEVELS; k++)
		entry->weight[k].raw =
			rk_generator_share(entry->weight[k].raw, share, 100);
}

/* Of an asset that is in a group, if a few tries find one. */
static bool pick_entry(struct rk_generator *g, struct rk_cmd_emode *cmd,
		       struct rk_emode_view *now)
{
	struct rk_asset_view view;

	for (int i = 0; i < 40; i++) {
		uint32_t asset = rk_generator_asset(g);
		uint32_t group =
			(uint32_t)rk_generator_below(g, RK_EMODE_GROUPS);

		if (rk_view_emode(g->engine, asset, group, now) != RK_OK ||
		    rk_view_asset(g->engine, asset, &view) != RK_OK)
			continue;
		(void)memcpy(cmd->asset, view.listing.name, RK_NAME_SIZE);
		(void)memcpy(cmd->group, now->group, RK_NAME_SIZE);
		return true;
	}
	return false;
}

void rk_generator_emode(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_emode *entry = &cmd->emode.entry;
	struct rk_asset_view view;
	struct rk_emode_view now;
	uint32_t asset = rk_generator_asset(g);

	if (rk_view_asset(g->engine, asset, &view) != RK_OK)
		return;
	(void)memcpy(cmd->emode.asset, view.listing.name, RK_NAME_SIZE);
	some_group(g, cmd->emode.group);
	/* One that it is in: as it is, worse, or out. */
	if (rk_generator_chance(g, 40) && pick_entry(g, &cmd->emode, &now)) {
		if (rk_generator_chance(g, 70))
			*entry = now.entry;
		if (rk_generator_chance(g, 85))
			worsen(g, entry);
		return;
	}
	entry->collateral = rk_generator_chance(g, 65);
	entry->debt = rk_generator_chance(g, 70);
	if (entry->collateral)
		rk_generator_rates(g, entry->weight, RK_RATE_ONE, 0);
}

void rk_generator_spoil_emode(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_emode *emode = &cmd->emode;
	uint64_t level = rk_generator_below(g, RK_LEVELS);

	if (rk_generator_chance(g, 20))
		emode->asset[0] = '!';
	else if (rk_generator_chance(g, 20))
		emode->group[rk_generator_below(g, 4)] = ' ';
	else if (rk_generator_chance(g, 30))
		emode->entry.collateral = !emode->entry.collateral;
	else
		emode->entry.weight[level].raw = rk_prng_edge(&g->prng);
}

/* One draw after the other: compilers differ in the order within a line. */
void rk_generator_spoil_slow(struct rk_generator *g, struct rk_cmd *cmd)
{
	struct rk_cmd_slow_price *slow = &cmd->slow_price;
	struct rk_slow_terms *terms = &slow->terms;
	int64_t *const fields[] = {&terms->interval_ns, &terms->delay_limit.raw,
				   &terms->limit.raw,   &terms->min_ns,
				   &terms->max_ns,      &slow->start.raw};
	/* By itself: compilers differ in which side they draw first. */
	int64_t *field = fields[rk_generator_below(g, 6)];
	struct rk_collateral_scale *scale = &cmd->collateral_scale.scale;
	int64_t *const scales[] = {&scale->held.raw, &scale->owed.raw,
				   &scale->size_factor,
				   &scale->deposit_cap.raw};
	uint64_t which;

	if (cmd->type == RK_CMD_COLLATERAL_SCALE) {
		which = rk_generator_below(g, 4);
		if (rk_generator_chance(g, 20))
			cmd->collateral_scale.asset[0] = '!';
		else
			*scales[which] = rk_prng_edge(&g->prng);
		return;
	}
	if (rk_generator_chance(g, 10))
		slow->slot = g->counts.slots;
	else if (rk_generator_chance(g, 10))
		slow->underlying[0] = '!';
	else
		*field = rk_prng_edge(&g->prng);
}
