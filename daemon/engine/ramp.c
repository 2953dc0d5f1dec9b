/*
 * Ramps of maintenance terms. See ramp.h.
 */
#include "engine/ramp.h"

#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/emode.h"
#include "engine/fx.h"
#include "engine/listing.h"
#include "engine/price.h"
#include "engine/rc.h"

static int wrong(const char **ret_field, const char *field)
{
	*ret_field = field;
	return RK_REJ_BAD_PARAM;
}

int rk_ramp_check(const struct rk_ramp *ramp, const char **ret_field)
{
	if (ramp->duration_ns == 0)
		return ramp->step_ns == 0 ? RK_OK : wrong(ret_field, "step");
	if (ramp->duration_ns < RK_RAMP_MIN_NS ||
	    ramp->duration_ns > RK_DURATION_MAX_NS)
		return wrong(ret_field, "duration");
	if (ramp->step_ns != 0 && (ramp->step_ns < RK_RAMP_MIN_NS ||
				   ramp->step_ns > ramp->duration_ns))
		return wrong(ret_field, "step");
	return RK_OK;
}

void rk_ramp_complete(struct rk_ramp *ramp)
{
	if (ramp->step_ns != 0)
		return;
	ramp->step_ns = ramp->duration_ns < RK_RAMP_STEP_NS ? ramp->duration_ns
							    : RK_RAMP_STEP_NS;
}

bool rk_ramp_equal(const struct rk_ramp *a, const struct rk_ramp *b)
{
	return a->duration_ns == b->duration_ns && a->step_ns == b->step_ns;
}

int64_t rk_ramp_elapsed(const struct rk_ramp_run *run, int64_t time_ns)
{
	int64_t passed = time_ns - run->begun_ns;

	RK_ASSERT(rk_ramp_runs(run));
	RK_ASSERT(passed >= 0);
	if (passed >= run->ramp.duration_ns)
		return run->ramp.duration_ns;
	return passed - passed % run->ramp.step_ns;
}

int64_t rk_ramp_next(const struct rk_ramp_run *run)
{
	int64_t next = run->elapsed_ns + run->ramp.step_ns;

	return run->begun_ns +
	       (next < run->ramp.duration_ns ? next : run->ramp.duration_ns);
}

void rk_ramp_begin(struct rk_ramp_run *run, const struct rk_ramp *ramp,
		   int64_t time_ns)
{
	*run = (struct rk_ramp_run){.ramp = *ramp, .begun_ns = time_ns};
}

rk_rate rk_ramp_between(rk_rate from, rk_rate to, const struct rk_ramp_run *run,
			enum rk_round round)
{
	rk_i128 way = ((rk_i128)to.raw - from.raw) * run->elapsed_ns;

	return (rk_rate){from.raw +
			 (int64_t)rk_fx_div(way, run->ramp.duration_ns, round)};
}

struct rk_ramp_terms rk_ramp_terms_at(const struct rk_asset_ramp *ramp)
{
	const struct rk_ramp_run *run = &ramp->run;
	const struct rk_ramp_terms *from = &ramp->from;
	const struct rk_ramp_terms *to = &ramp->to;

	return (struct rk_ramp_terms){
		rk_ramp_between(from->weight, to->weight, run, RK_ROUND_FLOOR),
		rk_ramp_between(from->liability, to->liability, run,
				RK_ROUND_CEIL),
		rk_ramp_between(from->profit, to->profit, run, RK_ROUND_FLOOR),
	};
}

static struct rk_ramp_terms terms_of(const struct rk_collateral *collateral)
{
	return (struct rk_ramp_terms){
		collateral->weight[RK_LEVEL_MAINTENANCE],
		collateral->liability[RK_LEVEL_MAINTENANCE],
		collateral->profit[RK_LEVEL_MAINTENANCE],
	};
}

static void put_terms(struct rk_collateral *collateral,
		      struct rk_ramp_terms terms)
{
	collateral->weight[RK_LEVEL_MAINTENANCE] = terms.weight;
	collateral->liability[RK_LEVEL_MAINTENANCE] = terms.liability;
	collateral->profit[RK_LEVEL_MAINTENANCE] = terms.profit;
}

struct rk_collateral rk_ramp_target(const struct rk_asset *asset)
{
	struct rk_collateral target = asset->collateral;

	if (rk_ramp_runs(&asset->ramp.run))
		put_terms(&target, asset->ramp.to);
	return target;
}

static void end_asset(struct rk_asset_ramp *ramp)
{
	memset(&ramp->run, 0, sizeof(ramp->run));
	memset(&ramp->from, 0, sizeof(ramp->from));
	memset(&ramp->to, 0, sizeof(ramp->to));
}

static void end_market(struct rk_market_ramp *ramp)
{
	memset(&ramp->run, 0, sizeof(ramp->run));
	memset(&ramp->before, 0, sizeof(ramp->before));
}

void rk_ramp_collateral(struct rk_engine *engine, uint32_t asset,
			const struct rk_collateral *terms)
{
	struct rk_asset *record = &engine->assets[asset];
	struct rk_asset_ramp *ramp = &record->ramp;
	struct rk_ramp_terms from = terms_of(&record->collateral);
	struct rk_ramp_terms to = terms_of(terms);
	bool better = true;

	record->collateral = *terms;
	end_asset(ramp);
	if (to.weight.raw < from.weight.raw)
		better = false;
	else
		from.weight = to.weight;
	if (to.liability.raw > from.liability.raw)
		better = false;
	else
		from.liability = to.liability;
	if (to.profit.raw < from.profit.raw)
		better = false;
	else
		from.profit = to.profit;
	if (!better && ramp->ramp.duration_ns != 0) {
		rk_ramp_begin(&ramp->run, &ramp->ramp, engine->time_ns);
		ramp->from = from;
		ramp->to = to;
		put_terms(&record->collateral, from);
	}
	rk_listing_derive_asset(record);
	rk_ramp_schedule(engine);
}

int64_t rk_ramp_size_now(const struct rk_asset *asset)
{
	const struct rk_size_ramp *ramp = &asset->size_ramp;
	rk_i128 way = (rk_i128)asset->scale.size_factor - ramp->from;

	if (!rk_ramp_runs(&ramp->run))
		return asset->scale.size_factor;
	return ramp->from + (int64_t)rk_fx_div(way * ramp->run.elapsed_ns,
					       ramp->run.ramp.duration_ns,
					       RK_ROUND_CEIL);
}

void rk_ramp_scale(struct rk_engine *engine, uint32_t asset,
		   const struct rk_collateral_scale *scale)
{
	struct rk_asset *record = &engine->assets[asset];
	struct rk_size_ramp *ramp = &record->size_ramp;
	bool same = record->scale.size_factor == scale->size_factor;
	int64_t from = ramp->now;

	record->scale = *scale;
	rk_listing_derive_asset(record);
	/* What it is on the way to already leaves it on its way. */
	if (same)
		return;
	memset(ramp, 0, sizeof(*ramp));
	if (scale->size_factor > from && record->ramp.ramp.duration_ns != 0) {
		rk_ramp_begin(&ramp->run, &record->ramp.ramp, engine->time_ns);
		ramp->from = from;
	}
	ramp->now = rk_ramp_size_now(record);
	rk_ramp_schedule(engine);
}

/* It runs, and began before now: time may have moved it. */
static bool on_its_way(const struct rk_engine *engine,
		       const struct rk_ramp_run *run)
{
	return rk_ramp_runs(run) && run->begun_ns != engine->time_ns;
}

void rk_ramp_market(struct rk_engine *engine, uint32_t market,
		    const struct rk_form *before)
{
	struct rk_market *record = &engine->markets[market];
	struct rk_market_ramp *ramp = &record->ramp;
	struct rk_form from = *before;
	struct rk_form after;

	rk_form_of(&record->listing, &record->margin, &after);
	if (rk_form_equal(before, &after))
		return;
	/* One that is on its way is led to what requires no more instead. */
	if (on_its_way(engine, &ramp->run)) {
		RK_ASSERT(!rk_form_may_require_more(before, &after));
		if (rk_form_may_require_more(&ramp->before, &after))
			return;
	}
	/* Changes at one time are one: it comes from before them all. */
	if (rk_ramp_runs(&ramp->run))
		from = ramp->before;
	end_market(ramp);
	if (ramp->ramp.duration_ns != 0 &&
	    rk_form_may_require_more(&from, &after)) {
		rk_ramp_begin(&ramp->run, &ramp->ramp, engine->time_ns);
		ramp->before = from;
	}
	rk_ramp_schedule(engine);
}

int rk_ramp_check_form(const struct rk_engine *engine, uint32_t id,
		       const struct rk_form *after)
{
	const struct rk_market *market = &engine->markets[id];
	struct rk_form target;

	if (!on_its_way(engine, &market->ramp.run))
		return RK_OK;
	rk_form_of(&market->listing, &market->margin, &target);
	return rk_form_may_require_more(&target, after) ? RK_REJ_RAMPING
							: RK_OK;
}

static void note_next(const struct rk_ramp_run *run, int64_t *first)
{
	if (rk_ramp_runs(run) && rk_ramp_next(run) < *first)
		*first = rk_ramp_next(run);
}

void rk_ramp_schedule(struct rk_engine *engine)
{
	int64_t first = RK_TIME_NEVER;

	for (uint32_t i = 0; i < engine->assets_n; i++) {
		const struct rk_asset_emode *emode = &engine->assets[i].emode;

		note_next(&engine->assets[i].ramp.run, &first);
		note_next(&engine->assets[i].size_ramp.run, &first);
		for (uint32_t bits = emode->ramping; bits != 0;
		     bits &= bits - 1)
			note_next(&emode->ramps[__builtin_ctz(bits)].run,
				  &first);
	}
	for (uint32_t i = 0; i < engine->markets_n; i++)
		note_next(&engine->markets[i].ramp.run, &first);
	rk_change(engine, &engine->ramp_ns, sizeof(engine->ramp_ns));
	engine->ramp_ns = first;
}

/* Whoever an index price of the asset is touched by, if it has one or not. */
void rk_ramp_touch(struct rk_engine *engine, uint32_t asset)
{
	uint32_t slot = engine->assets[asset].slot;

	if (slot != RK_NONE) {
		rk_price_touch_holders(engine, slot);
		return;
	}
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		if (rk_account_find_balance(engine, i, asset) != RK_NONE)
			rk_touch(engine, i);
	for (uint32_t i = 0; i < engine->markets_n; i++)
		if (engine->markets[i].settle == asset)
			rk_price_touch_holders(engine, engine->markets[i].slot);
}

/* The ramp of an asset has come so far; what is in force is told. */
static void go_to(struct rk_engine *engine, struct rk_evbuf *events,
		  uint32_t asset, int64_t elapsed_ns)
{
	struct rk_asset *record = &engine->assets[asset];
	struct rk_asset_ramp *ramp = &record->ramp;
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_change(engine, record, sizeof(*record));
	ramp->run.elapsed_ns = elapsed_ns;
	put_terms(&record->collateral, rk_ramp_terms_at(ramp));
	rk_listing_derive_asset(record);
	event = rk_emit(engine, events, RK_EVENT_RAMPED, RK_NONE, RK_NO_MARKET);
	event->ramped = (struct rk_ev_ramped){
		.id = asset,
		.terms = terms_of(&record->collateral),
		.elapsed_ns = elapsed_ns,
		.duration_ns = ramp->run.ramp.duration_ns,
		.ended = elapsed_ns == ramp->run.ramp.duration_ns,
	};
	if (event->ramped.ended)
		end_asset(ramp);
	rk_ramp_touch(engine, asset);
}

/* The same of its size factor. */
static void grow_to(struct rk_engine *engine, struct rk_evbuf *events,
		    uint32_t asset, int64_t elapsed_ns)
{
	struct rk_asset *record = &engine->assets[asset];
	struct rk_size_ramp *ramp = &record->size_ramp;
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_change(engine, ramp, sizeof(*ramp));
	ramp->run.elapsed_ns = elapsed_ns;
	ramp->now = rk_ramp_size_now(record);
	event = rk_emit(engine, events, RK_EVENT_RAMPED, RK_NONE, RK_NO_MARKET);
	event->ramped = (struct rk_ev_ramped){
		.id = asset,
		.size_factor = ramp->now,
		.elapsed_ns = elapsed_ns,
		.duration_ns = ramp->run.ramp.duration_ns,
		.ended = elapsed_ns == ramp->run.ramp.duration_ns,
	};
	if (event->ramped.ended) {
		memset(&ramp->run, 0, sizeof(ramp->run));
		ramp->from = 0;
	}
	rk_ramp_touch(engine, asset);
}

/* The same of a market. */
static void go_on(struct rk_engine *engine, struct rk_evbuf *events,
		  uint32_t market, int64_t elapsed_ns)
{
	struct rk_market *record = &engine->markets[market];
	struct rk_market_ramp *ramp = &record->ramp;
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_MARKET, market);
	rk_change(engine, ramp, sizeof(*ramp));
	ramp->run.elapsed_ns = elapsed_ns;
	event = rk_emit(engine, events, RK_EVENT_RAMPED, RK_NONE, market);
	event->ramped = (struct rk_ev_ramped){
		.id = market,
		.elapsed_ns = elapsed_ns,
		.duration_ns = ramp->run.ramp.duration_ns,
		.ended = elapsed_ns == ramp->run.ramp.duration_ns,
	};
	if (event->ramped.ended)
		end_market(ramp);
	rk_price_touch_holders(engine, record->slot);
}

static bool step_run(const struct rk_engine *engine,
		     const struct rk_ramp_run *run, int64_t *ret_elapsed_ns)
{
	if (!rk_ramp_runs(run))
		return false;
	*ret_elapsed_ns = rk_ramp_elapsed(run, engine->time_ns);
	return *ret_elapsed_ns > run->elapsed_ns;
}

/*
 * One step of an asset: of its terms, of its size factor, then in groups in
 * order of name.
 */
static bool step_asset(struct rk_engine *engine, struct rk_evbuf *events,
		       uint32_t asset)
{
	const struct rk_asset *record = &engine->assets[asset];
	uint32_t due = 0;
	uint32_t group;
	int64_t elapsed_ns;

	if (step_run(engine, &record->ramp.run, &elapsed_ns)) {
		go_to(engine, events, asset, elapsed_ns);
		return true;
	}
	if (step_run(engine, &record->size_ramp.run, &elapsed_ns)) {
		grow_to(engine, events, asset, elapsed_ns);
		return true;
	}
	for (uint32_t bits = record->emode.ramping; bits != 0;
	     bits &= bits - 1) {
		int i = __builtin_ctz(bits);

		if (step_run(engine, &record->emode.ramps[i].run, &elapsed_ns))
			due |= UINT32_C(1) << i;
	}
	group = rk_emode_first(engine, due);
	if (group == RK_NONE)
		return false;
	rk_emode_step(engine, events, asset, group,
		      rk_ramp_elapsed(&record->emode.ramps[group].run,
				      engine->time_ns));
	return true;
}

bool rk_ramp_step(struct rk_engine *engine, struct rk_evbuf *events)
{
	int64_t elapsed_ns;

	if (engine->time_ns < engine->ramp_ns)
		return false;
	for (; engine->ramp_at < engine->assets_n + engine->markets_n;
	     engine->ramp_at++) {
		uint32_t market = engine->ramp_at - engine->assets_n;

		if (engine->ramp_at < engine->assets_n) {
			if (step_asset(engine, events, engine->ramp_at))
				return true;
		} else if (step_run(engine, &engine->markets[market].ramp.run,
				    &elapsed_ns)) {
			go_on(engine, events, market, elapsed_ns);
			return true;
		}
	}
	rk_ramp_schedule(engine);
	return false;
}

/* All ramps of an asset end at once. */
static void end_all(struct rk_engine *engine, struct rk_evbuf *events,
		    uint32_t asset)
{
	struct rk_asset *record = &engine->assets[asset];

	if (rk_ramp_runs(&record->ramp.run))
		go_to(engine, events, asset, record->ramp.run.ramp.duration_ns);
	if (rk_ramp_runs(&record->size_ramp.run))
		grow_to(engine, events, asset,
			record->size_ramp.run.ramp.duration_ns);
	while (record->emode.ramping != 0) {
		uint32_t group = rk_emode_first(engine, record->emode.ramping);

		rk_emode_step(engine, events, asset, group,
			      record->emode.ramps[group].run.ramp.duration_ns);
	}
}

/* Of whom it is, with what is to be told of it. */
struct subject {
	struct rk_ev_name name;
	uint32_t market; /* RK_NO_MARKET: an asset */
	struct rk_ramp *ramp;
	const struct rk_ramp_run *run;
};

static int find_subject(struct rk_engine *engine,
			const struct rk_cmd_ramp *want, struct subject *s)
{
	bool of_market = want->market[0] != '\0';

	if (of_market == (want->asset[0] != '\0'))
		return RK_REJ_BAD_PARAM;
	s->market = RK_NO_MARKET;
	if (of_market) {
		struct rk_market *market;

		s->name.id = rk_listing_find_market(engine, want->market);
		if (s->name.id == RK_NONE)
			return RK_REJ_NO_MARKET;
		market = &engine->markets[s->name.id];
		s->market = s->name.id;
		s->name.slot = market->slot;
		memcpy(s->name.name, market->listing.name, RK_NAME_SIZE);
		s->ramp = &market->ramp.ramp;
		s->run = &market->ramp.run;
	} else {
		struct rk_asset *asset;

		s->name.id = rk_listing_find_asset(engine, want->asset);
		if (s->name.id == RK_NONE)
			return RK_REJ_NO_ASSET;
		asset = &engine->assets[s->name.id];
		s->name.slot = asset->slot;
		memcpy(s->name.name, asset->listing.name, RK_NAME_SIZE);
		s->ramp = &asset->ramp.ramp;
		s->run = &asset->ramp.run;
	}
	return RK_OK;
}

int rk_ramp_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		struct rk_evbuf *events)
{
	struct rk_ramp ramp = cmd->ramp.ramp;
	struct subject s;
	const char *field;
	int r = find_subject(engine, &cmd->ramp, &s);

	if (r == RK_OK)
		r = rk_ramp_check(&ramp, &field);
	if (r != RK_OK)
		return r;
	rk_ramp_complete(&ramp);
	if (rk_ramp_equal(s.ramp, &ramp))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine,
		s.market == RK_NO_MARKET ? RK_UNIT_ASSET : RK_UNIT_MARKET,
		s.name.id);
	rk_change(engine, s.ramp, sizeof(*s.ramp));
	*s.ramp = ramp;
	rk_emit(engine, events, RK_EVENT_RAMP_SET, RK_NONE, s.market)->name =
		s.name;
	if (ramp.duration_ns != 0)
		return RK_OK;
	/* At once: an operator who cannot wait. */
	if (s.market == RK_NO_MARKET)
		end_all(engine, events, s.name.id);
	else if (rk_ramp_runs(s.run))
		go_on(engine, events, s.market, s.run->ramp.duration_ns);
	rk_ramp_schedule(engine);
	return RK_OK;
}
