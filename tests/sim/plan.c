/*
 * The configuration of a run: everything small, so that files fill up, pools
 * overflow and queues are full within two thousand commands; and the edits
 * that an operator makes between two runs.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/contract.h"
#include "engine/emode.h"
#include "engine/listing.h"
#include "engine/pace.h"
#include "engine/rc.h"
#include "engine/records.h"
#include "engine/slow.h"
#include "engine/terms.h"
#include "engine/totals.h"
#include "support/generator.h"
#include "world.h"

#define SETUP_COMMANDS 24 /* of the generator: it lists the first things */
#define EDIT_TRIES     4000
#define KIB            INT64_C(1024)

static int64_t between(struct sim_world *w, int64_t low, int64_t high)
{
	return rk_prng_between(&w->prng, low, high);
}

static void plan_limits(struct sim_world *w, struct rk_conf_limits *limits)
{
	limits->engine = rk_generator_limits(w->accounts);
	limits->message_size = 64 * KIB;
	limits->prices_message_size = 64 * KIB;
	limits->commands_per_message = 72;
	limits->quotes_per_message = 64;
	limits->ring = (uint32_t)between(w, 2, 16);
	limits->contexts = (uint32_t)between(w, 6, 16);
	limits->waiters = (uint32_t)between(w, 1, 3);
	limits->outbox_bytes = between(w, 16, 512) * KIB;
	limits->events_kept = (uint32_t)between(w, 16, 2000);
	limits->events_kept_bytes = between(w, 8, 200) * KIB;
}

static void plan_files(struct sim_world *w, struct rk_conf *conf)
{
	struct rk_conf_journal *journal = &conf->journal;
	struct rk_conf_snapshot *snapshot = &conf->snapshot;

	journal->kind = RK_CONF_JOURNAL_FILE;
	journal->segment_bytes = between(w, 8, 96) * KIB;
	journal->groups_in_flight = (uint32_t)between(w, 2, 12);
	journal->bytes_in_flight = between(w, 16, 128) * KIB;
	journal->keep_segments = (uint32_t)sim_below(w, 4);
	journal->keep_age_ns = 0;
	if (sim_chance(w, 1, 8))
		journal->keep_segments = 10000; /* all of it */
	journal->sync_stall_ns = between(w, 200, 900) * (int64_t)SIM_MS;
	journal->sync_dead_ns = between(w, 2, 6) * SIM_SECOND;
	snapshot->interval_ns = between(w, 500, 20000) * (int64_t)SIM_MS;
	snapshot->journal_bytes = between(w, 32, 400) * KIB;
	snapshot->keep = (uint32_t)between(w, 2, 3);
	snapshot->pool_bytes = between(w, 1, 24) * 64 * KIB;
	/* Time stands still within a turn: a slice is short or endless. */
	snapshot->slice_ns = sim_chance(w, 2, 3) ? 0 : 1;
	conf->query.slice_ns = sim_chance(w, 2, 3) ? 0 : 1;
	/* Often: many rounds in each life. */
	conf->margin.audit_ns = between(w, 20, 5000) * (int64_t)SIM_MS;
	conf->events.queue_bytes = between(w, 8, 96) * KIB;
	conf->events.keep_bytes = between(w, 16, 2000) * KIB;
	if (sim_chance(w, 1, 3))
		conf->events.keep_bytes = 1000000 * KIB;
}

/* The name of a publisher or venue, once. */
static void add_name(struct rk_conf_names *names, const char *name)
{
	for (uint32_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return;
	if (names->n < RK_CONF_NAMES_MAX && name[0] != '\0')
		(void)snprintf(names->name[names->n++], RK_NAME_SIZE, "%s",
			       name);
}

static void copy_listings(struct sim_setting *s, const struct rk_engine *engine)
{
	struct rk_insurance_view fund;
	struct rk_takeover_view takeover;
	struct rk_vault_view vault;
	struct rk_lending_view lending;
	struct rk_market_view market;
	struct rk_asset_view asset;
	const char *name;

	for (uint32_t i = 0; rk_view_asset(engine, i, &asset) == RK_OK; i++) {
		(void)rk_view_lending(engine, i, &lending);
		(void)rk_view_insurance(engine, i, &fund);
		s->lending[s->assets_n] = lending.terms;
		s->conversion[s->assets_n] = asset.conversion;
		s->insurance[s->assets_n] = fund.terms;
		(void)rk_view_vault(engine, i, &vault);
		s->vault[s->assets_n] = vault.terms;
		s->collateral[s->assets_n] = asset.collateral;
		s->assets[s->assets_n++] = asset.listing;
	}
	for (uint32_t i = 0; rk_view_market(engine, i, &market) == RK_OK; i++) {
		s->funding[s->markets_n] = market.funding;
		s->margin[s->markets_n] = market.margin;
		s->liquidation[s->markets_n] = market.liquidation;
		(void)rk_view_takeover(engine, i, &takeover);
		s->takeover[s->markets_n] = takeover.terms;
		s->markets[s->markets_n++] = market.listing;
	}
	for (uint32_t i = 0; (name = rk_view_publisher(engine, i)); i++)
		add_name(&s->conf.publishers, name);
	for (uint32_t i = 0; (name = rk_view_venue(engine, i)); i++)
		add_name(&s->conf.venues, name);
}

/* What the generator begins with becomes what is configured. */
static void plan_listings(struct sim_world *w)
{
	struct rk_cmd_limits max = rk_generator_limits(w->accounts);
	struct rk_generator *generator =
		rk_generator_open(rk_prng_next(&w->prng), w->accounts);
	struct rk_engine_counts counts;
	struct rk_harness harness;

	rk_harness_init(&harness, &max, RK_EVENTS_PER_STEP_MAX);
	for (uint32_t i = 0; i < SETUP_COMMANDS; i++)
		(void)rk_harness_apply(
			&harness, rk_generator_next(generator, harness.engine));
	rk_view_counts(harness.engine, &counts);
	w->setting.conf.risk = counts.risk;
	copy_listings(&w->setting, harness.engine);
	rk_harness_fini(&harness);
	rk_generator_close(generator);
}

void sim_plan_make(struct sim_world *w)
{
	struct rk_conf *conf = &w->setting.conf;

	rk_conf_defaults(conf);
	memset(&conf->listen, 0, sizeof(conf->listen));
	conf->publishers.n = 0;
	conf->venues.n = 0;
	w->accounts = (uint32_t)between(w, 24, 64);
	conf->clock = sim_chance(w, 1, 4) ? RK_CONF_CLOCK_MESSAGES
					  : RK_CONF_CLOCK_REAL;
	plan_limits(w, &conf->limits);
	plan_files(w, conf);
	plan_listings(w);
	w->good = w->setting;
}

/* What riskd.conf would refuse is not tried. */
static bool within(struct sim_world *w, const struct rk_cmd_limits *limits)
{
	struct rk_cmd_limits most = rk_generator_limits(w->accounts);
	const uint32_t *is = (const uint32_t *)limits;
	const uint32_t *max = (const uint32_t *)&most;

	for (size_t i = 0; i < sizeof(most) / sizeof(*max); i++)
		if (is[i] < 1 || is[i] > max[i] * 2)
			return false;
	return limits->clients_max >= w->clients_n &&
	       limits->publishers_max <= RK_PUBLISHERS_MAX &&
	       limits->positions_per_account_max <= RK_POSITIONS_MAX;
}

static bool edit_limits(struct sim_world *w, const struct rk_cmd_limits *limits)
{
	struct rk_cmd_limits *now = &w->setting.conf.limits.engine;

	if (!within(w, limits))
		return false;
	*now = *limits;
	if (sim_chance(w, 1, 3)) {
		/* More than ever before: tables are made anew. */
		*now = rk_generator_limits(w->accounts);
		now->accounts_max += (uint32_t)sim_below(w, w->accounts);
		now->positions_max += (uint32_t)sim_below(w, w->accounts);
		now->orders_max += (uint32_t)sim_below(w, 32);
	}
	return true;
}

static bool edit_asset(struct sim_world *w, const struct rk_cmd_asset *asset)
{
	struct sim_setting *s = &w->setting;

	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, asset->name) == 0) {
			s->assets[i] = *asset;
			return true;
		}
	}
	if (s->assets_n == SIM_LISTED_MAX)
		return false;
	rk_collateral_default(&s->collateral[s->assets_n]);
	memset(&s->lending[s->assets_n], 0, sizeof(s->lending[0]));
	memset(&s->conversion[s->assets_n], 0, sizeof(s->conversion[0]));
	memset(&s->insurance[s->assets_n], 0, sizeof(s->insurance[0]));
	memset(&s->vault[s->assets_n], 0, sizeof(s->vault[0]));
	s->assets[s->assets_n++] = *asset;
	return true;
}

static bool edit_terms(struct sim_world *w,
		       const struct rk_cmd_collateral *collateral)
{
	struct sim_setting *s = &w->setting;

	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, collateral->asset) == 0) {
			s->collateral[i] = collateral->terms;
			return true;
		}
	}
	return false;
}

/* Steps that lead from one level to the next, often none. */
static int64_t any_step(struct sim_world *w, int64_t most)
{
	if (most <= 0 || sim_chance(w, 1, 2))
		return 0;
	if (sim_chance(w, 1, 8))
		return most;
	return 1 + (int64_t)sim_below(w, (uint64_t)(most < RK_RATE_ONE / 5
							    ? most
							    : RK_RATE_ONE / 5));
}

/* Other terms for one of the assets, or as if it had none. */
static void any_terms(struct sim_world *w)
{
	struct sim_setting *s = &w->setting;
	struct rk_collateral terms;
	int64_t weight = RK_RATE_ONE;
	int64_t liability = RK_RATE_ONE;
	int64_t profit = RK_RATE_ONE;

	rk_collateral_default(&terms);
	for (int k = 0; k < RK_LEVELS && sim_chance(w, 7, 8); k++) {
		weight -= any_step(w, weight);
		liability += any_step(w, RK_LIABILITY_MAX - liability);
		profit -= any_step(w, profit);
		for (int j = k; j < RK_LEVELS; j++) {
			terms.weight[j].raw = weight;
			terms.liability[j].raw = liability;
			if (j < RK_LEVEL_WITHDRAWAL)
				terms.profit[j].raw = profit;
		}
	}
	s->collateral[sim_below(w, s->assets_n)] = terms;
	w->deeds[SIM_DEED_EDITED_TERMS]++;
}

/* What kind of contract a market is stays for ever: riskd would not start. */
static void edit_rest(struct rk_cmd_market *market,
		      const struct rk_cmd_market *wanted)
{
	struct rk_cmd_market before = *market;

	*market = *wanted;
	market->contract = before.contract;
	market->multiplier = before.multiplier;
	market->multiplier_decimals = before.multiplier_decimals;
	market->price_min = before.price_min;
}

/* A change of what is on its way would be refused, and riskd not start. */
static bool ramps(const struct sim_world *w, const char *market)
{
	const struct rk_engine *engine = w->oracle.harness.engine;
	struct rk_market_view view;
	uint32_t id;

	return rk_view_find_market(engine, market, &id) == RK_OK &&
	       rk_view_market(engine, id, &view) == RK_OK && view.ramp.runs;
}

static bool edit_market(struct sim_world *w, const struct rk_cmd *cmd)
{
	struct sim_setting *s = &w->setting;

	if (ramps(w, cmd->market.name))
		return false;
	for (uint32_t i = 0; i < s->markets_n; i++) {
		if (strcmp(s->markets[i].name, cmd->market.name) == 0) {
			edit_rest(&s->markets[i], &cmd->market);
			return true;
		}
	}
	if (s->markets_n == SIM_LISTED_MAX || cmd->type == RK_CMD_MARKET_CHANGE)
		return false;
	memset(&s->funding[s->markets_n], 0, sizeof(s->funding[0]));
	memset(&s->margin[s->markets_n], 0, sizeof(s->margin[0]));
	rk_pace_usual(&s->liquidation[s->markets_n]);
	memset(&s->life[s->markets_n], 0, sizeof(s->life[0]));
	s->markets[s->markets_n] = cmd->market;
	/* The generator lets a MARKET say what does not count. */
	if (cmd->type == RK_CMD_MARKET)
		rk_contract_default(&s->markets[s->markets_n]);
	s->markets_n++;
	return true;
}

/* Terms of funding would be refused then, and riskd would not start. */
static bool expires(const struct sim_world *w, const char *market)
{
	const struct rk_engine *engine = w->oracle.harness.engine;
	struct rk_market_view view;
	uint32_t id;

	return rk_view_find_market(engine, market, &id) == RK_OK &&
	       rk_view_market(engine, id, &view) == RK_OK &&
	       view.expiry_ns != 0;
}

static bool edit_state(struct sim_world *w,
		       const struct rk_cmd_market_state *cmd)
{
	if (cmd->market >= w->setting.markets_n ||
	    cmd->state < RK_MARKET_LISTED || cmd->state >= RK_MARKET_SETTLING)
		return false;
	w->setting.life[cmd->market].state = cmd->state;
	return true;
}

static bool edit_funding(struct sim_world *w, const struct rk_cmd_funding *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_listing_check_funding(&cmd->terms, &field) != RK_OK ||
	    expires(w, cmd->market))
		return false;
	for (uint32_t i = 0; i < s->markets_n; i++) {
		if (strcmp(s->markets[i].name, cmd->market) == 0) {
			s->funding[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

static bool edit_margin(struct sim_world *w, const struct rk_cmd_margin *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_terms_check(&cmd->terms, &field) != RK_OK ||
	    ramps(w, cmd->market))
		return false;
	for (uint32_t i = 0; i < s->markets_n; i++) {
		if (strcmp(s->markets[i].name, cmd->market) == 0) {
			s->margin[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

/* It comes before the changes of the same edit. */
static bool edit_ramp(struct sim_world *w, const struct rk_cmd_ramp *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_ramp_check(&cmd->ramp, &field) != RK_OK)
		return false;
	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, cmd->asset) == 0) {
			s->asset_ramps[i] =
				(struct rk_markets_ramp){true, cmd->ramp};
			return true;
		}
	}
	for (uint32_t i = 0; i < s->markets_n; i++) {
		if (strcmp(s->markets[i].name, cmd->market) == 0) {
			s->market_ramps[i] =
				(struct rk_markets_ramp){true, cmd->ramp};
			return true;
		}
	}
	return false;
}

static bool edit_scale(struct sim_world *w,
		       const struct rk_cmd_collateral_scale *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_totals_check_scale(&cmd->scale, &field) != RK_OK)
		return false;
	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, cmd->asset) == 0) {
			s->scales[i] = cmd->scale;
			return true;
		}
	}
	return false;
}

/* The place of an entry, or where it would be: groups stay together. */
static uint32_t emode_place(const struct sim_setting *s,
			    const struct rk_cmd_emode *cmd)
{
	uint32_t at = 0;

	while (at < s->emodes_n &&
	       (strcmp(s->emodes[at].group, cmd->group) < 0 ||
		(strcmp(s->emodes[at].group, cmd->group) == 0 &&
		 strcmp(s->emodes[at].asset, cmd->asset) < 0)))
		at++;
	return at;
}

/* An entry that is neither collateral nor debt is left out of the file. */
static bool edit_emode(struct sim_world *w, const struct rk_cmd_emode *cmd)
{
	struct sim_setting *s = &w->setting;
	uint32_t at = emode_place(s, cmd);
	struct rk_cmd_emode *entry = &s->emodes[at];
	bool in = cmd->entry.collateral || cmd->entry.debt;
	bool there = at < s->emodes_n &&
		     strcmp(entry->group, cmd->group) == 0 &&
		     strcmp(entry->asset, cmd->asset) == 0;
	bool listed = false;
	const char *field;

	for (uint32_t i = 0; i < s->assets_n; i++)
		listed = listed || strcmp(s->assets[i].name, cmd->asset) == 0;
	if (!listed || rk_listing_check_name(cmd->group) != RK_OK ||
	    rk_emode_check(&cmd->entry, &field) != RK_OK ||
	    (!there && (!in || s->emodes_n == SIM_EMODES_MAX)))
		return false;
	if (!in) {
		s->emodes_n--;
		memmove(entry, entry + 1, (s->emodes_n - at) * sizeof(*entry));
		return true;
	}
	if (!there) {
		memmove(entry + 1, entry, (s->emodes_n - at) * sizeof(*entry));
		s->emodes_n++;
	}
	*entry = *cmd;
	return true;
}

/* A file names assets and markets, not slots: the number picks one of them. */
static bool edit_slow(struct sim_world *w, const struct rk_cmd_slow_price *cmd)
{
	struct sim_setting *s = &w->setting;
	uint32_t n = s->assets_n + s->markets_n;
	uint32_t at = n == 0 ? 0 : cmd->slot % n;
	struct rk_markets_slow *slow;
	const char *field;

	if (n == 0 || rk_slow_check(&cmd->terms, &field) != RK_OK)
		return false;
	if (at < s->assets_n) {
		s->asset_slow[at].terms = cmd->terms;
		return true;
	}
	slow = &s->market_slow[at - s->assets_n];
	slow->terms = cmd->terms;
	memset(slow->underlying, 0, sizeof(slow->underlying));
	for (uint32_t i = 0; i < s->assets_n; i++)
		if (strcmp(s->assets[i].name, cmd->underlying) == 0)
			memcpy(slow->underlying, cmd->underlying, RK_NAME_SIZE);
	return true;
}

static bool edit_lending(struct sim_world *w, const struct rk_cmd_lending *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_listing_check_lending(&cmd->terms, &field) != RK_OK)
		return false;
	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, cmd->asset) == 0) {
			s->lending[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

static bool edit_conversion(struct sim_world *w,
			    const struct rk_cmd_conversion *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_listing_check_conversion(&cmd->terms, &field) != RK_OK)
		return false;
	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, cmd->asset) == 0) {
			s->conversion[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

static bool edit_insurance(struct sim_world *w,
			   const struct rk_cmd_insurance *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_listing_check_insurance(&cmd->terms, &field) != RK_OK)
		return false;
	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, cmd->asset) == 0) {
			s->insurance[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

static bool edit_liquidation(struct sim_world *w,
			     const struct rk_cmd_liquidation *cmd)
{
	struct sim_setting *s = &w->setting;
	const char *field;

	if (rk_pace_check(&cmd->terms, &field) != RK_OK)
		return false;
	for (uint32_t i = 0; i < s->markets_n; i++) {
		if (strcmp(s->markets[i].name, cmd->market) == 0) {
			s->liquidation[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

static bool edit_vault(struct sim_world *w, const struct rk_cmd_vault *cmd)
{
	struct sim_setting *s = &w->setting;

	for (uint32_t i = 0; i < s->assets_n; i++) {
		if (strcmp(s->assets[i].name, cmd->asset) == 0) {
			s->vault[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

static bool edit_takeover(struct sim_world *w,
			  const struct rk_cmd_takeover *cmd)
{
	struct sim_setting *s = &w->setting;

	for (uint32_t i = 0; i < s->markets_n; i++) {
		if (strcmp(s->markets[i].name, cmd->market) == 0) {
			s->takeover[i] = cmd->terms;
			return true;
		}
	}
	return false;
}

/* True when the command says something that a file can say. */
static bool edit_by(struct sim_world *w, const struct rk_cmd *cmd)
{
	struct rk_conf *conf = &w->setting.conf;

	if (cmd->type == RK_CMD_LIMITS)
		return edit_limits(w, &cmd->limits);
	if (cmd->type == RK_CMD_RISK) {
		conf->risk = cmd->risk;
		return true;
	}
	if (cmd->type == RK_CMD_PUBLISHER || cmd->type == RK_CMD_VENUE) {
		add_name(cmd->type == RK_CMD_PUBLISHER ? &conf->publishers
						       : &conf->venues,
			 cmd->name.name);
		return true;
	}
	if (cmd->type == RK_CMD_ASSET || cmd->type == RK_CMD_ASSET_CHANGE)
		return edit_asset(w, &cmd->asset);
	if (cmd->type == RK_CMD_COLLATERAL)
		return edit_terms(w, &cmd->collateral);
	if (cmd->type == RK_CMD_FUNDING)
		return edit_funding(w, &cmd->funding);
	if (cmd->type == RK_CMD_LENDING)
		return edit_lending(w, &cmd->lending);
	if (cmd->type == RK_CMD_CONVERSION)
		return edit_conversion(w, &cmd->conversion);
	if (cmd->type == RK_CMD_INSURANCE)
		return edit_insurance(w, &cmd->insurance);
	if (cmd->type == RK_CMD_VAULT)
		return edit_vault(w, &cmd->vault);
	if (cmd->type == RK_CMD_TAKEOVER)
		return edit_takeover(w, &cmd->takeover);
	if (cmd->type == RK_CMD_MARGIN)
		return edit_margin(w, &cmd->margin);
	if (cmd->type == RK_CMD_LIQUIDATION)
		return edit_liquidation(w, &cmd->liquidation);
	if (cmd->type == RK_CMD_RAMP)
		return edit_ramp(w, &cmd->ramp);
	if (cmd->type == RK_CMD_COLLATERAL_SCALE)
		return edit_scale(w, &cmd->collateral_scale);
	if (cmd->type == RK_CMD_EMODE)
		return edit_emode(w, &cmd->emode);
	if (cmd->type == RK_CMD_SLOW_PRICE)
		return edit_slow(w, &cmd->slow_price);
	if (cmd->type == RK_CMD_MARKET_STATE)
		return edit_state(w, &cmd->market_state);
	if (cmd->type == RK_CMD_MARKET || cmd->type == RK_CMD_CONTRACT ||
	    cmd->type == RK_CMD_MARKET_CHANGE)
		return edit_market(w, cmd);
	return false;
}

void sim_plan_edit(struct sim_world *w)
{
	struct rk_generator *generator =
		rk_generator_open(rk_prng_next(&w->prng), w->accounts);
	uint64_t skip = SETUP_COMMANDS + sim_below(w, 400);
	uint64_t edits = 1 + sim_below(w, 3);

	for (uint64_t i = 0; i < EDIT_TRIES && edits > 0; i++) {
		const struct rk_cmd *cmd =
			rk_generator_next(generator, w->oracle.harness.engine);

		if (i >= skip && edit_by(w, cmd))
			edits--;
	}
	rk_generator_close(generator);
	if (sim_chance(w, 1, 2))
		any_terms(w);
	if (sim_chance(w, 1, 3))
		plan_files(w, &w->setting.conf);
	w->edited = true;
	w->deeds[SIM_DEED_EDITED]++;
}
