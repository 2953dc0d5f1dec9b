/*
 * Groups of assets. See emode.h.
 */
#include "engine/emode.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/listing.h"
#include "engine/ramp.h"
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

void rk_emode_put_ramp(struct rk_asset *asset, uint32_t group,
		       const struct rk_emode_ramp *ramp)
{
	struct rk_asset_emode *emode = &asset->emode;

	RK_ASSERT(group < RK_EMODE_GROUPS);

	emode->ramps[group] = *ramp;
	emode->ramping =
		with_bit(emode->ramping, group, rk_ramp_runs(&ramp->run));
}

uint32_t rk_emode_first(const struct rk_engine *engine, uint32_t groups)
{
	uint32_t first = RK_NONE;

	for (; groups != 0; groups &= groups - 1) {
		uint32_t group = (uint32_t)__builtin_ctz(groups);

		if (first == RK_NONE || strcmp(engine->emode_groups[group],
					       engine->emode_groups[first]) < 0)
			first = group;
	}
	return first;
}

/*
 * It falls no further than to what counts without the group: so all of the
 * time is taken for what is lost by it.
 */
rk_rate rk_emode_weight(const struct rk_asset *asset, uint32_t group)
{
	const struct rk_emode_ramp *ramp = &asset->emode.ramps[group];
	rk_rate to = asset->emode.weights[group][RK_LEVEL_MAINTENANCE];
	rk_rate plain = asset->collateral.weight[RK_LEVEL_MAINTENANCE];

	if (!rk_ramp_runs(&ramp->run))
		return to;
	RK_ASSERT(ramp->weight.raw >= to.raw);
	if (plain.raw > to.raw)
		to = plain.raw < ramp->weight.raw ? plain : ramp->weight;
	return rk_ramp_between(ramp->weight, to, &ramp->run, RK_ROUND_FLOOR);
}

rk_rate rk_emode_share(const struct rk_asset *asset, uint32_t group)
{
	const struct rk_emode_ramp *ramp = &asset->emode.ramps[group];
	rk_rate to = {asset->emode.debt >> group & 1U ? RK_RATE_ONE : 0};

	if (!rk_ramp_runs(&ramp->run))
		return to;
	RK_ASSERT(ramp->share.raw >= to.raw);
	return rk_ramp_between(ramp->share, to, &ramp->run, RK_ROUND_FLOOR);
}

/* The same of one group at maintenance, where a ramp runs in it. */
static int64_t ramped(const struct rk_asset *collateral,
		      const struct rk_asset *debt, uint32_t group)
{
	rk_rate weight = rk_emode_weight(collateral, group);
	rk_rate plain = collateral->collateral.weight[RK_LEVEL_MAINTENANCE];
	rk_i128 more = (rk_i128)weight.raw - plain.raw;

	if (more <= 0)
		return weight.raw;
	return plain.raw +
	       (int64_t)rk_fx_div_rate(more * rk_emode_share(debt, group).raw,
				       RK_ROUND_FLOOR);
}

/* What any group gives where a ramp runs in some. */
static rk_i128 best_ramped(const struct rk_asset *collateral,
			   const struct rk_asset *debt)
{
	const struct rk_asset_emode *c = &collateral->emode;
	const struct rk_asset_emode *d = &debt->emode;
	uint32_t groups = (c->collateral | c->ramping) & (d->debt | d->ramping);
	int64_t best = 0;

	for (; groups != 0; groups &= groups - 1) {
		int64_t weight = ramped(collateral, debt,
					(uint32_t)__builtin_ctz(groups));

		if (weight > best)
			best = weight;
	}
	return best;
}

rk_i128 rk_emode_best(const struct rk_asset *collateral,
		      const struct rk_asset *debt, enum rk_level level)
{
	uint32_t groups = collateral->emode.collateral & debt->emode.debt;
	rk_i128 best = 0;

	if (level == RK_LEVEL_MAINTENANCE &&
	    (collateral->emode.ramping | debt->emode.ramping) != 0)
		return best_ramped(collateral, debt);
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

		if ((emode->collateral | emode->debt | emode->ramping) >>
			    group &
		    1U)
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

static void name_group(struct rk_engine *engine,
		       const struct rk_emode_change *change)
{
	const struct rk_emode_book book = book_of(engine);
	char *kept = engine->emode_groups[change->group];

	rk_change(engine, kept, RK_NAME_SIZE);
	rk_emode_name(&book, change, kept);
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

/*
 * Another entry, by the ramp of the asset. One that ran is over: what gets
 * worse goes on from what is in force.
 */
static void put_entry(struct rk_engine *engine, uint32_t id, uint32_t group,
		      const struct rk_emode *entry)
{
	struct rk_asset *asset = &engine->assets[id];
	const struct rk_ramp *set = &asset->ramp.ramp;
	struct rk_emode_ramp ramp = {
		.weight = rk_emode_weight(asset, group),
		.share = rk_emode_share(asset, group),
	};
	rk_rate weight = entry->weight[RK_LEVEL_MAINTENANCE];
	rk_rate share = {entry->debt ? RK_RATE_ONE : 0};
	bool worse = weight.raw < ramp.weight.raw || share.raw < ramp.share.raw;

	/* What gets better is so at once. */
	if (weight.raw > ramp.weight.raw)
		ramp.weight = weight;
	if (share.raw > ramp.share.raw)
		ramp.share = share;
	rk_emode_put(asset, group, entry);
	if (worse && set->duration_ns != 0)
		rk_ramp_begin(&ramp.run, set, engine->time_ns);
	else
		memset(&ramp, 0, sizeof(ramp));
	rk_emode_put_ramp(asset, group, &ramp);
	rk_ramp_schedule(engine);
}

void rk_emode_step(struct rk_engine *engine, struct rk_evbuf *events,
		   uint32_t asset, uint32_t group, int64_t elapsed_ns)
{
	static const struct rk_emode_ramp none;
	struct rk_asset *record = &engine->assets[asset];
	struct rk_emode_ramp ramp = record->emode.ramps[group];
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_change(engine, &record->emode.ramping, sizeof(uint32_t));
	rk_change(engine, &record->emode.ramps[group], sizeof(ramp));
	ramp.run.elapsed_ns = elapsed_ns;
	rk_emode_put_ramp(record, group, &ramp);
	event = rk_emit(engine, events, RK_EVENT_RAMPED, RK_NONE, RK_NO_MARKET);
	event->ramped = (struct rk_ev_ramped){
		.id = asset,
		.terms.weight = rk_emode_weight(record, group),
		.share = rk_emode_share(record, group),
		.elapsed_ns = elapsed_ns,
		.duration_ns = ramp.run.ramp.duration_ns,
		.ended = elapsed_ns == ramp.run.ramp.duration_ns,
	};
	memcpy(event->ramped.group, engine->emode_groups[group], RK_NAME_SIZE);
	if (event->ramped.ended) {
		struct rk_emode_change change = {.group = group};

		memcpy(change.name, event->ramped.group, RK_NAME_SIZE);
		rk_emode_put_ramp(record, group, &none);
		name_group(engine, &change);
	}
	rk_ramp_touch(engine, asset);
}

int rk_emode_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events)
{
	const struct rk_cmd_emode *want = &cmd->emode;
	const struct rk_emode_book book = book_of(engine);
	struct rk_emode_change change;
	struct rk_asset *asset;
	const char *field;
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
	put_entry(engine, id, change.group, &want->entry);
	name_group(engine, &change);
	tell(engine, events, id, change.name);
	rk_touch_all(engine); /* whoever has it, or owes it */
	return RK_OK;
}
