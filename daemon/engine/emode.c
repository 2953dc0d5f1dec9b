/*
 * Groups of assets. See emode.h.
 */
#include "engine/emode.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/listing.h"
#include "engine/rc.h"

bool rk_emode_equal(const struct rk_emode *a, const struct rk_emode *b)
{
	for (int k = 0; k < RK_LEVELS; k++)
		if (a->weight[k].raw != b->weight[k].raw)
			return false;
	return a->collateral == b->collateral && a->debt == b->debt;
}

static int wrong(const char **ret_field, const char *field)
{
	*ret_field = field;
	return RK_REJ_BAD_PARAM;
}

int rk_emode_check(const struct rk_emode *entry, const char **ret_field)
{
	static const char *const names[RK_LEVELS] = {
		"weight_maintenance", "weight_initial", "weight_withdrawal"};
	int64_t most = entry->collateral ? RK_RATE_ONE : 0;

	for (int k = 0; k < RK_LEVELS; k++) {
		int64_t weight = entry->weight[k].raw;

		if (weight < 0 || weight > most)
			return wrong(ret_field, names[k]);
		most = weight;
	}
	return RK_OK;
}

void rk_emode_get(const struct rk_asset *asset, uint32_t group,
		  struct rk_emode *ret_entry)
{
	RK_ASSERT(group < RK_EMODE_GROUPS);

	ret_entry->collateral = asset->emode.collateral >> group & 1U;
	ret_entry->debt = asset->emode.debt >> group & 1U;
	memcpy(ret_entry->weight, asset->emode.weights[group],
	       sizeof(ret_entry->weight));
}

static uint32_t with_bit(uint32_t bits, uint32_t group, bool on)
{
	const uint32_t bit = UINT32_C(1) << group;

	return on ? bits | bit : bits & ~bit;
}

void rk_emode_put(struct rk_asset *asset, uint32_t group,
		  const struct rk_emode *entry)
{
	struct rk_asset_emode *emode = &asset->emode;

	RK_ASSERT(group < RK_EMODE_GROUPS);

	emode->collateral =
		with_bit(emode->collateral, group, entry->collateral);
	emode->debt = with_bit(emode->debt, group, entry->debt);
	memcpy(emode->weights[group], entry->weight, sizeof(entry->weight));
}

rk_i128 rk_emode_best(const struct rk_asset *collateral,
		      const struct rk_asset *debt, enum rk_level level)
{
	uint32_t groups = collateral->emode.collateral & debt->emode.debt;
	rk_i128 best = 0;

	for (; groups != 0; groups &= groups - 1) {
		int group = __builtin_ctz(groups);
		int64_t weight = collateral->emode.weights[group][level].raw;

		if (weight > best)
			best = weight;
	}
	return best;
}

static const char *name_of(const struct rk_emode_book *book, uint32_t group)
{
	return book->names + (size_t)group * RK_NAME_SIZE;
}

static uint32_t find(const struct rk_emode_book *book,
		     const char name[RK_NAME_SIZE])
{
	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++)
		if (name_of(book, i)[0] != '\0' &&
		    memcmp(name_of(book, i), name, RK_NAME_SIZE) == 0)
			return i;
	return RK_NONE;
}

/* The lowest number that no group has, or RK_NONE. */
static uint32_t free_group(const struct rk_emode_book *book)
{
	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++)
		if (name_of(book, i)[0] == '\0')
			return i;
	return RK_NONE;
}

static bool is_empty(const struct rk_emode_book *book, uint32_t group)
{
	for (uint32_t i = 0; i < book->assets_n; i++) {
		const struct rk_asset_emode *emode = &book->assets[i].emode;

		if ((emode->collateral | emode->debt) >> group & 1U)
			return false;
	}
	return true;
}

static struct rk_emode_book book_of(const struct rk_engine *engine)
{
	return (struct rk_emode_book){engine->emode_groups[0], engine->assets,
				      engine->assets_n};
}

uint32_t rk_emode_find(const struct rk_engine *engine,
		       const char name[RK_NAME_SIZE])
{
	const struct rk_emode_book book = book_of(engine);

	return find(&book, name);
}

int rk_emode_change(const struct rk_emode_book *book,
		    const struct rk_asset *asset,
		    const struct rk_cmd_emode *want,
		    struct rk_emode_change *ret_change)
{
	struct rk_emode now = {.collateral = false};

	rk_listing_copy_name(ret_change->name, want->group);
	ret_change->group = find(book, ret_change->name);
	if (ret_change->group != RK_NONE)
		rk_emode_get(asset, ret_change->group, &now);
	if (rk_emode_equal(&now, &want->entry))
		return RK_REJ_NO_CHANGE;
	if (ret_change->group == RK_NONE)
		ret_change->group = free_group(book);
	return ret_change->group == RK_NONE ? RK_REJ_CAPACITY : RK_OK;
}

void rk_emode_name(const struct rk_emode_book *book,
		   const struct rk_emode_change *change,
		   char ret_name[RK_NAME_SIZE])
{
	memset(ret_name, 0, RK_NAME_SIZE);
	if (!is_empty(book, change->group))
		memcpy(ret_name, change->name, RK_NAME_SIZE);
}

static void tell(struct rk_engine *engine, struct rk_evbuf *events,
		 uint32_t asset, const char group[RK_NAME_SIZE])
{
	struct rk_event *event = rk_emit(engine, events, RK_EVENT_EMODE_SET,
					 RK_NONE, RK_NO_MARKET);

	event->name.id = asset;
	event->name.slot = engine->assets[asset].slot;
	memcpy(event->name.name, group, RK_NAME_SIZE);
}

int rk_emode_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events)
{
	const struct rk_cmd_emode *want = &cmd->emode;
	const struct rk_emode_book book = book_of(engine);
	struct rk_emode_change change;
	struct rk_asset *asset;
	const char *field;
	char *kept;
	uint32_t id;
	int r = rk_listing_check_name(want->group);

	if (r != RK_OK)
		return r;
	id = rk_listing_find_asset(engine, want->asset);
	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_emode_check(&want->entry, &field);
	if (r != RK_OK)
		return r;
	asset = &engine->assets[id];
	r = rk_emode_change(&book, asset, want, &change);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, &asset->emode, sizeof(asset->emode));
	rk_emode_put(asset, change.group, &want->entry);
	kept = engine->emode_groups[change.group];
	rk_change(engine, kept, RK_NAME_SIZE);
	rk_emode_name(&book, &change, kept);
	tell(engine, events, id, change.name);
	rk_touch_all(engine); /* whoever has it, or owes it */
	return RK_OK;
}
