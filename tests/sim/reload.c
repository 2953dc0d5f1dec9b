/*
 * The configuration is edited while the daemon runs, and reloaded: all of it
 * is taken, or nothing is changed. Whether that holds over crashes, and that a
 * trial leaves no trace, the oracle tells, which sees the journal only.
 */
#include "reload.h"

#include "app/reload_plan.h"
#include "engine/view.h"

void sim_listing(struct sim_setting *setting, struct rk_markets *ret_markets)
{
	*ret_markets = (struct rk_markets){
		.assets = setting->assets,
		.collateral = setting->collateral,
		.assets_n = setting->assets_n,
		.markets = setting->markets,
		.funding = setting->funding,
		.lending = setting->lending,
		.conversion = setting->conversion,
		.insurance = setting->insurance,
		.vault = setting->vault,
		.takeover = setting->takeover,
		.margin = setting->margin,
		.liquidation = setting->liquidation,
		.scales = setting->scales,
		.asset_slow = setting->asset_slow,
		.market_slow = setting->market_slow,
		.life = setting->life,
		.asset_ramps = setting->asset_ramps,
		.market_ramps = setting->market_ramps,
		.markets_n = setting->markets_n,
		.emodes = setting->emodes,
		.emodes_n = setting->emodes_n,
	};
}

/* What is only read at start stays: the daemon has the very struct. */
static void take(struct sim_world *w, struct sim_setting *next)
{
	struct rk_conf conf = w->setting.conf;

	conf.risk = next->conf.risk;
	conf.publishers = next->conf.publishers;
	conf.venues = next->conf.venues;
	next->conf = conf;
	w->setting = *next;
	w->reloaded = *next;
	w->reloaded_seq = rk_view_seq(w->core.engine);
	/* Lost in a crash, it may be refused then: time goes on. */
	w->edited = true;
}

/* The last one is in the journal: it is what the next start goes back to. */
static bool is_settled(struct sim_world *w)
{
	if (w->reloaded_seq == 0)
		return true;
	if (rk_sequencer_durable(w->core.sequencer) < w->reloaded_seq)
		return false;
	w->good = w->reloaded;
	w->reloaded_seq = 0;
	return true;
}

void sim_reload(struct sim_world *w)
{
	static struct sim_setting before;
	static struct sim_setting next;
	static struct rk_reload_files files;
	struct rk_plan plan = {.n = 0};
	struct rk_markets markets;
	bool edited = w->edited;

	/* An operator waits for the answer to one before he asks for the next.
	 */
	if (!rk_core_room(&w->core) || !is_settled(w))
		return;
	/* Edited in place: the daemon does not look meanwhile. */
	before = w->setting;
	sim_plan_edit(w);
	next = w->setting;
	w->setting = before;
	w->edited = edited;
	sim_listing(&next, &markets);
	files.conf = next.conf;
	files.markets = &markets;
	if (rk_plan_make(&plan, w->core.engine, &files,
			 &w->core.conf->limits.engine) != 0) {
		w->deeds[SIM_DEED_RELOAD_REFUSED]++;
	} else if (rk_plan_apply(&plan, w->core.sequencer) == 0) {
		w->deeds[SIM_DEED_RELOADED] += plan.n;
		take(w, &next);
	} else {
		sim_complain(w, "reload: %s", plan.error.text);
	}
	rk_plan_free(&plan);
}
