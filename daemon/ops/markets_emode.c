/*
 * Reading groups of assets: the object "emode", one key for each group. See
 * markets_rows.h.
 *
 * The file says of a group which assets are collateral in it and which debts;
 * the engine is told of one asset in one group at a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/emode.h"
#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/error.h"
#include "ops/json.h"
#include "ops/markets.h"
#include "ops/markets_rows.h"

#define RATE_DECIMALS 9

static const struct {
	const char *key;
	const char *need;
} levels[RK_LEVELS] = {
	{"maintenance", "must be from 0 to 1"},
	{"initial", "must be from 0 to maintenance"},
	{"withdrawal", "must be from 0 to initial"},
};

/* A level that is not named is like the one before it. */
static int read_weight(struct rk_json *json, const json_t *collateral,
		       struct rk_emode *entry)
{
	static const char *const keys[] = {"maintenance", "initial",
					   "withdrawal", NULL};
	json_t *object = json_object_get(collateral, "weight");
	const char *field;
	int r;

	if (!object)
		return rk_json_fail(json, collateral, "weight",
				    "must be an object with maintenance, and "
				    "initial and withdrawal where they differ");
	rk_json_enter_object(json, "weight");
	r = rk_json_only(json, object, keys);
	for (unsigned int k = 0; r == 0 && k < RK_LEVELS; k++) {
		int64_t rate;

		if (k > 0 && !rk_json_has(object, levels[k].key))
			continue;
		r = rk_json_decimal(json, object, levels[k].key, RATE_DECIMALS,
				    &rate);
		if (r < 0)
			return r;
		for (unsigned int j = k; j < RK_LEVELS; j++)
			entry->weight[j].raw = rate;
		/* Asked after each level, the check can only mean this one. */
		if (rk_emode_check(entry, &field) != RK_OK)
			r = rk_json_fail(json, object, levels[k].key,
					 levels[k].need);
	}
	if (r == 0)
		rk_json_leave(json);
	return r;
}

/* The entry of an asset in the group that is being read: the last of all. */
static struct rk_cmd_emode *entry_of(struct rk_markets *markets,
				     const char *group, const char *asset)
{
	struct rk_cmd_emode *entry;

	for (uint32_t i = 0; i < markets->emodes_n; i++) {
		entry = &markets->emodes[i];
		if (strcmp(entry->group, group) == 0 &&
		    strcmp(entry->asset, asset) == 0)
			return entry;
	}
	entry = &markets->emodes[markets->emodes_n++];
	memset(entry, 0, sizeof(*entry));
	memcpy(entry->group, group, strlen(group));
	memcpy(entry->asset, asset, strlen(asset));
	return entry;
}

static bool is_listed(const struct rk_markets *markets, const char *asset)
{
	for (uint32_t i = 0; i < markets->assets_n; i++)
		if (strcmp(markets->assets[i].name, asset) == 0)
			return true;
	return false;
}

static int read_collaterals(struct rk_json *json, json_t *group,
			    const char *name, struct rk_markets *markets)
{
	static const char *const keys[] = {"weight", NULL};
	json_t *object = json_object_get(group, "collateral");
	const char *asset;
	json_t *value;
	int r = 0;

	if (!object)
		return 0;
	if (!json_is_object(object))
		return rk_json_fail(json, group, "collateral",
				    "must be an object, one key per asset");
	rk_json_enter_object(json, "collateral");
	json_object_foreach(object, asset, value)
	{
		struct rk_cmd_emode *entry;

		if (!is_listed(markets, asset))
			return rk_json_fail(json, object, asset,
					    "must be the name of one of "
					    "$.assets");
		entry = entry_of(markets, name, asset);
		entry->entry.collateral = true;
		rk_json_enter_object(json, asset);
		r = rk_json_only(json, value, keys);
		if (r == 0)
			r = read_weight(json, value, &entry->entry);
		if (r < 0)
			return r;
		rk_json_leave(json);
	}
	rk_json_leave(json);
	return 0;
}

static int read_debts(struct rk_json *json, const json_t *group,
		      const char *name, struct rk_markets *markets)
{
	const json_t *list;
	int r = rk_json_list(json, group, "debt", &list);

	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		const json_t *value = json_array_get(list, i);
		const char *asset = json_string_value(value);
		struct rk_cmd_emode *entry;

		rk_json_enter(json, "debt", i);
		if (!asset || !is_listed(markets, asset))
			return rk_json_fail(json, value, NULL,
					    "must be the name of one of "
					    "$.assets");
		entry = entry_of(markets, name, asset);
		if (entry->entry.debt)
			return rk_json_fail(json, value, NULL,
					    "must be another asset: one before "
					    "is the same");
		entry->entry.debt = true;
		rk_json_leave(json);
	}
	return r;
}

static int read_group(struct rk_json *json, json_t *group, const char *name,
		      struct rk_markets *markets)
{
	static const char *const keys[] = {"collateral", "debt", NULL};
	uint32_t before = markets->emodes_n;
	int r;

	rk_json_enter_object(json, name);
	r = rk_json_only(json, group, keys);
	if (r == 0)
		r = read_collaterals(json, group, name, markets);
	if (r == 0 && rk_json_has(group, "debt"))
		r = read_debts(json, group, name, markets);
	if (r == 0 && markets->emodes_n == before)
		r = rk_json_fail(json, group, NULL,
				 "must name an asset, as collateral or debt");
	if (r == 0)
		rk_json_leave(json);
	return r;
}

static bool is_name(const char *text)
{
	char name[RK_NAME_SIZE] = "";

	memcpy(name, text, strnlen(text, sizeof(name)));
	return rk_listing_check_name(name) == RK_OK;
}

/* As many entries as there may be: each asset in each group. */
static int make_room(struct rk_json *json, struct rk_markets *markets,
		     size_t groups)
{
	markets->emodes = calloc(groups * markets->assets_n + 1,
				 sizeof(*markets->emodes));
	if (markets->emodes)
		return 0;
	rk_error_set(json->error, "%s: out of memory", json->file);
	return -ENOMEM;
}

int rk_markets_read_emode(struct rk_json *json, const json_t *root,
			  struct rk_markets *markets)
{
	json_t *object = json_object_get(root, "emode");
	uint32_t groups = 0;
	const char *name;
	json_t *value;
	int r = 0;

	if (object && !json_is_object(object))
		return rk_json_fail(json, root, "emode",
				    "must be an object, one key per group");
	/* Names that cannot be are of no use in a path either. */
	json_object_foreach(object, name, value)
	{
		if (strcmp(name, "comment") == 0 && json_is_string(value))
			continue;
		if (++groups > RK_EMODE_GROUPS)
			return rk_json_fail(json, root, "emode",
					    "must have at most 32 groups");
		if (!is_name(name))
			return rk_json_fail(json, root, "emode",
					    "must name each group by 1 to 23 "
					    "of A-Z a-z 0-9 . _ - /");
	}
	r = make_room(json, markets, groups);
	if (r < 0 || groups == 0)
		return r;
	rk_json_enter_object(json, "emode");
	json_object_foreach(object, name, value)
	{
		if (strcmp(name, "comment") == 0 && json_is_string(value))
			continue;
		r = read_group(json, value, name, markets);
		if (r < 0)
			return r;
	}
	rk_json_leave(json);
	return 0;
}
