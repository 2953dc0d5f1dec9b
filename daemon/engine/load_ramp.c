/*
 * Rows of ramps. See load_impl.h.
 */
#include "engine/load_impl.h"
#include "engine/ramp.h"
#include "engine/rc.h"

static bool is_between(int64_t x, int64_t low, int64_t high)
{
	return x >= low && x <= high;
}

/* One that was set, or that runs: its step is told. */
static bool ramp_fits(const struct rk_ramp *ramp)
{
	const char *field;

	return rk_ramp_check(ramp, &field) == RK_OK &&
	       (ramp->duration_ns == 0) == (ramp->step_ns == 0);
}

/* How far it has come follows from the time; it has not ended. */
static bool run_fits(const struct rk_engine *engine, const struct rk_ramp *ramp,
		     struct rk_ramp_run *run, const char **ret_field)
{
	*ret_field = "ramp_duration_ns";
	if (!ramp_fits(ramp))
		return false;
	*ret_field = "ramping_duration_ns";
	if (!ramp_fits(&run->ramp) ||
	    (rk_ramp_runs(run) && ramp->duration_ns == 0))
		return false;
	*ret_field = "ramping_since_ns";
	if (!rk_ramp_runs(run))
		return run->begun_ns == 0;
	if (!is_between(run->begun_ns, 0, engine->time_ns))
		return false;
	run->elapsed_ns = rk_ramp_elapsed(run, engine->time_ns);
	return run->elapsed_ns < run->ramp.duration_ns;
}

static bool is_none(const struct rk_ramp_terms *terms)
{
	return terms->weight.raw == 0 && terms->liability.raw == 0 &&
	       terms->profit.raw == 0;
}

bool rk_load_asset_ramp_fits(const struct rk_engine *engine,
			     struct rk_asset *asset, const char **ret_field)
{
	struct rk_asset_ramp *ramp = &asset->ramp;
	const rk_rate *weight = asset->collateral.weight;
	const rk_rate *liability = asset->collateral.liability;
	const rk_rate *profit = asset->collateral.profit;
	struct rk_ramp_terms is;

	if (!run_fits(engine, &ramp->ramp, &ramp->run, ret_field))
		return false;
	*ret_field = "ramp_from_weight";
	if (!rk_ramp_runs(&ramp->run))
		return is_none(&ramp->from) && is_none(&ramp->to);
	/* Those of the levels above M are the new ones already (K1). */
	*ret_field = "ramp_to_weight";
	if (!is_between(ramp->from.weight.raw, ramp->to.weight.raw,
			RK_RATE_ONE) ||
	    ramp->to.weight.raw < weight[RK_LEVEL_INITIAL].raw)
		return false;
	*ret_field = "ramp_to_liability";
	if (!is_between(ramp->from.liability.raw, RK_RATE_ONE,
			ramp->to.liability.raw) ||
	    ramp->to.liability.raw > liability[RK_LEVEL_INITIAL].raw)
		return false;
	*ret_field = "ramp_to_profit";
	if (!is_between(ramp->from.profit.raw, ramp->to.profit.raw,
			RK_RATE_ONE) ||
	    ramp->to.profit.raw < profit[RK_LEVEL_INITIAL].raw)
		return false;
	is = rk_ramp_terms_at(ramp);
	*ret_field = "weight_maintenance";
	if (weight[RK_LEVEL_MAINTENANCE].raw != is.weight.raw)
		return false;
	*ret_field = "liability_maintenance";
	if (liability[RK_LEVEL_MAINTENANCE].raw != is.liability.raw)
		return false;
	*ret_field = "profit_maintenance";
	return profit[RK_LEVEL_MAINTENANCE].raw == is.profit.raw;
}

bool rk_load_size_ramp_fits(const struct rk_engine *engine,
			    struct rk_asset *asset, const char **ret_field)
{
	struct rk_size_ramp *ramp = &asset->size_ramp;
	bool fits = run_fits(engine, &asset->ramp.ramp, &ramp->run, ret_field);

	if (!fits)
		return false;
	*ret_field = "size_ramp_from";
	if (rk_ramp_runs(&ramp->run))
		fits = is_between(ramp->from, 0, asset->scale.size_factor - 1);
	else
		fits = ramp->from == 0;
	if (fits)
		ramp->now = rk_ramp_size_now(asset);
	return fits;
}

bool rk_load_emode_ramp_fits(const struct rk_engine *engine,
			     const struct rk_asset *asset,
			     struct rk_row_emode *row, const char **ret_field)
{
	struct rk_emode_ramp *ramp = &row->ramp;
	int64_t weight = row->entry.weight[RK_LEVEL_MAINTENANCE].raw;
	int64_t share = row->entry.debt ? RK_RATE_ONE : 0;

	if (!run_fits(engine, &asset->ramp.ramp, &ramp->run, ret_field))
		return false;
	if (!rk_ramp_runs(&ramp->run)) {
		*ret_field = "ramp_from_weight";
		if (ramp->weight.raw != 0)
			return false;
		*ret_field = "ramp_from_share";
		return ramp->share.raw == 0;
	}
	*ret_field = "ramp_from_weight";
	if (!is_between(ramp->weight.raw, weight, RK_RATE_ONE))
		return false;
	/* Something gets worse. */
	*ret_field = "ramp_from_share";
	return is_between(ramp->share.raw, share, RK_RATE_ONE) &&
	       (ramp->weight.raw > weight || ramp->share.raw > share);
}

bool rk_load_market_ramp_fits(const struct rk_engine *engine,
			      struct rk_market *market, const char **ret_field)
{
	struct rk_market_ramp *ramp = &market->ramp;
	const struct rk_form *before = &ramp->before;

	if (!run_fits(engine, &ramp->ramp, &ramp->run, ret_field))
		return false;
	*ret_field = "ramp_brackets";
	if (before->brackets_n > RK_BRACKETS_MAX ||
	    (before->brackets_n != 0) != rk_ramp_runs(&ramp->run))
		return false;
	*ret_field = "ramp_base_share";
	if (!is_between(before->base_share.raw, 0,
			before->growth == RK_GROWTH_NONE ? 0 : RK_RATE_ONE))
		return false;
	*ret_field = "ramp_factor";
	return is_between(before->factor, 0,
			  before->growth == RK_GROWTH_NONE ? 0 : RK_FACTOR_ONE);
}

bool rk_load_form_fits(struct rk_market *market, const char **ret_field)
{
	struct rk_form *form = &market->ramp.before;

	*ret_field = "ramp_brackets";
	if (form->brackets_n == 0)
		return form->growth == RK_GROWTH_NONE;
	if (form->floors[0].raw != 0)
		return false;
	for (uint32_t k = 0; k < form->brackets_n; k++) {
		if (!is_between(form->rates[k].raw,
				k == 0 ? 0 : form->rates[k - 1].raw,
				RK_RATE_ONE))
			return false;
		if (k > 0 && form->floors[k].raw <= form->floors[k - 1].raw)
			return false;
	}
	rk_form_derive(form);
	return true;
}

int rk_load_ramp_bracket(struct rk_taking *t)
{
	struct rk_engine *e = t->engine;
	struct rk_form form = {0};
	struct rk_form *into;
	int r;

	rk_pass_ramp_bracket(&t->pass, &t->at, &form);
	r = rk_load_passed(t);
	if (r != RK_OK)
		return r;
	if (t->at.number >= e->markets_n)
		return rk_load_bad(t, "market", "is no market");
	into = &e->markets[t->at.number].ramp.before;
	if (t->at.second >= into->brackets_n)
		return rk_load_bad(t, "bracket",
				   "is more than there were before");
	into->floors[t->at.second] = form.floors[t->at.second];
	into->rates[t->at.second] = form.rates[t->at.second];
	return RK_OK;
}
