/*
 * What the configuration says and the state does not, as commands. See
 * core.h. On an empty state that is everything; after a restart it is what
 * was edited in between.
 */
#include "app/configure.h"

#include <errno.h>
#include <string.h>

#include "engine/contract.h"
#include "engine/decimal.h"
#include "engine/rc.h"
#include "engine/slow.h"
#include "engine/terms.h"
#include "engine/view.h"

int rk_configure_apply(struct rk_core *core, const struct rk_cmd *cmd,
		       const char *name)
{
	int r = rk_sequencer_apply(core->sequencer, cmd, NULL);

	if (r == RK_OK)
		return 0;
	rk_log_write(core->log, RK_LOG_ERROR,
		     "configuration refused command=%s name=%s: %s",
		     rk_cmd_name(cmd->type), name, rk_rc_text(r));
	return -EINVAL;
}

/* Say which limit is below what is there already. */
static int check_limits(struct rk_core *core, const struct rk_cmd_limits *want,
			const struct rk_engine_counts *is)
{
	const struct {
		const char *name;
		uint32_t want;
		uint32_t is;
	} rows[] = {
		{"accounts", want->accounts_max, is->accounts},
		{"owners", want->owners_max, is->owners},
		{"assets", want->assets_max, is->assets},
		{"markets", want->markets_max, is->markets},
		{"publishers", want->publishers_max, is->publishers},
		{"venues", want->venues_max, is->venues},
		{"clients", want->clients_max, is->clients},
		{"positions", want->positions_max, is->positions},
		/* Leverage that was chosen: at most as many. */
		{"positions", want->positions_max, is->leverages},
		{"balances", want->balances_max, is->balances},
		{"orders", want->orders_max, is->orders_open},
		{"withdrawals", want->withdrawals_max, is->withdrawals},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].want >= rows[i].is)
			continue;
		rk_log_write(core->log, RK_LOG_ERROR,
			     "cannot start: limits.%s is %u, but the state "
			     "holds %u: raise it",
			     rows[i].name, rows[i].want, rows[i].is);
		return -EINVAL;
	}
	return 0;
}

int rk_configure_check(struct rk_core *core)
{
	struct rk_engine_counts counts;

	rk_view_counts(core->engine, &counts);
	return check_limits(core, &core->conf->limits.engine, &counts);
}

static int set_limits(struct rk_core *core)
{
	struct rk_cmd cmd = {.type = RK_CMD_LIMITS};
	struct rk_engine_counts counts;

	rk_view_counts(core->engine, &counts);
	cmd.limits = core->conf->limits.engine;
	if (core->recovered.seq != 0 &&
	    memcmp(&cmd.limits, &counts.limits, sizeof(cmd.limits)) == 0)
		return 0;
	return rk_configure_apply(core, &cmd, "limits");
}

static int set_risk(struct rk_core *core)
{
	struct rk_cmd cmd = {.type = RK_CMD_RISK};
	struct rk_engine_counts counts;

	rk_view_counts(core->engine, &counts);
	cmd.risk = core->conf->risk;
	if (core->recovered.seq != 0 &&
	    memcmp(&cmd.risk, &counts.risk, sizeof(cmd.risk)) == 0)
		return 0;
	return rk_configure_apply(core, &cmd, "risk");
}

/* Names are only ever added: what quoted or filled once stays known. */
static int add_names(struct rk_core *core, enum rk_cmd_type type,
		     const struct rk_conf_names *names)
{
	struct rk_cmd cmd = {.type = type};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < names->n; i++) {
		bool known = false;
		const char *name;

		for (uint32_t j = 0; !known; j++) {
			name = type == RK_CMD_PUBLISHER
				       ? rk_view_publisher(core->engine, j)
				       : rk_view_venue(core->engine, j);
			if (!name)
				break;
			known = strcmp(name, names->name[i]) == 0;
		}
		if (known)
			continue;
		memcpy(cmd.name.name, names->name[i], RK_NAME_SIZE);
		r = rk_configure_apply(core, &cmd, names->name[i]);
	}
	return r;
}

static bool same_asset(const struct rk_cmd_asset *a,
		       const struct rk_cmd_asset *b)
{
	return a->decimals == b->decimals &&
	       a->price_decimals == b->price_decimals &&
	       a->fixed_price.raw == b->fixed_price.raw &&
	       a->price_max.raw == b->price_max.raw &&
	       a->price_age_max_ns == b->price_age_max_ns;
}

static bool same_market(const struct rk_cmd_market *a,
			const struct rk_cmd_market *b)
{
	bool same = strcmp(a->settle, b->settle) == 0 &&
		    a->price_decimals == b->price_decimals &&
		    a->size_decimals == b->size_decimals &&
		    a->lot.raw == b->lot.raw &&
		    a->price_max.raw == b->price_max.raw &&
		    a->position_max.raw == b->position_max.raw &&
		    a->price_age_max_ns == b->price_age_max_ns &&
		    a->close_cost.raw == b->close_cost.raw &&
		    a->brackets_n == b->brackets_n;

	for (uint32_t i = 0; same && i < a->brackets_n; i++)
		same = a->brackets[i].floor.raw == b->brackets[i].floor.raw &&
		       a->brackets[i].maintenance.raw ==
			       b->brackets[i].maintenance.raw &&
		       a->brackets[i].initial.raw == b->brackets[i].initial.raw;
	return same;
}

static int list_asset(struct rk_core *core, const struct rk_cmd_asset *asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET};
	struct rk_asset_view view;
	uint32_t id;

	cmd.asset = *asset;
	if (rk_view_find_asset(core->engine, asset->name, &id) == RK_OK &&
	    rk_view_asset(core->engine, id, &view) == RK_OK) {
		if (same_asset(asset, &view.listing))
			return 0;
		cmd.type = RK_CMD_ASSET_CHANGE;
	}
	return rk_configure_apply(core, &cmd, asset->name);
}

/* Say what the file has otherwise, of what no command can change. */
static int refuse_contract(struct rk_core *core, const char *market,
			   const char *key, const char *is, const char *want)
{
	rk_log_write(core->log, RK_LOG_ERROR,
		     "cannot start: %s of market %s is %s, but %s in %s: "
		     "contract, multiplier and price_min stay for ever",
		     key, market, is, want, core->conf->markets);
	return -EINVAL;
}

static const char *contract_name(const struct rk_cmd_market *market)
{
	return market->contract == RK_CONTRACT_INVERSE ? "inverse" : "linear";
}

/* MARKET_CHANGE would leave these as they are, and nobody would know. */
static int check_contract(struct rk_core *core, const struct rk_cmd_market *is,
			  const struct rk_cmd_market *want)
{
	char was[RK_DECIMAL_SIZE];
	char now[RK_DECIMAL_SIZE];

	if (is->contract != want->contract)
		return refuse_contract(core, is->name, "contract",
				       contract_name(is), contract_name(want));
	if (is->multiplier != want->multiplier ||
	    is->multiplier_decimals != want->multiplier_decimals)
		return refuse_contract(
			core, is->name, "multiplier",
			rk_decimal_format(is->multiplier,
					  is->multiplier_decimals, was,
					  sizeof(was)),
			rk_decimal_format(want->multiplier,
					  want->multiplier_decimals, now,
					  sizeof(now)));
	/* Other decimals are refused with the change they are part of. */
	if (is->price_decimals == want->price_decimals &&
	    is->price_min.raw != want->price_min.raw)
		return refuse_contract(core, is->name, "price_min",
				       rk_decimal_format(is->price_min.raw,
							 is->price_decimals,
							 was, sizeof(was)),
				       rk_decimal_format(want->price_min.raw,
							 want->price_decimals,
							 now, sizeof(now)));
	return 0;
}

static bool is_plain(const struct rk_cmd_market *market)
{
	return market->contract == RK_CONTRACT_LINEAR &&
	       market->multiplier == 1 && market->multiplier_decimals == 0 &&
	       market->price_min.raw == 1;
}

static int list_market(struct rk_core *core, const struct rk_cmd_market *market)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONTRACT};
	struct rk_market_view view;
	uint32_t id;
	int r;

	cmd.market = *market;
	rk_contract_complete(&cmd.market);
	if (is_plain(&cmd.market))
		cmd.type = RK_CMD_MARKET;
	if (rk_view_find_market(core->engine, market->name, &id) == RK_OK &&
	    rk_view_market(core->engine, id, &view) == RK_OK) {
		r = check_contract(core, &view.listing, &cmd.market);
		if (r < 0)
			return r;
		if (view.state == RK_MARKET_SETTLED)
			return 0;
		if (same_market(market, &view.listing))
			return 0;
		cmd.type = RK_CMD_MARKET_CHANGE;
	}
	return rk_configure_apply(core, &cmd, market->name);
}

/* Terms that the file no longer has are those of an asset without any. */
static int set_collateral(struct rk_core *core, const char *asset,
			  const struct rk_collateral *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	struct rk_asset_view view;
	uint32_t id;

	if (rk_view_find_asset(core->engine, asset, &id) == RK_OK &&
	    rk_view_asset(core->engine, id, &view) == RK_OK &&
	    rk_collateral_equal(terms, &view.target))
		return 0;
	memcpy(cmd.collateral.asset, asset, RK_NAME_SIZE);
	cmd.collateral.terms = *terms;
	return rk_configure_apply(core, &cmd, asset);
}

/* Terms that the file no longer has are those of a market without any. */
static int set_funding(struct rk_core *core, const char *market,
		       const struct rk_funding *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING};
	struct rk_market_view view;
	uint32_t id;

	if (rk_view_find_market(core->engine, market, &id) == RK_OK &&
	    rk_view_market(core->engine, id, &view) == RK_OK &&
	    (view.state == RK_MARKET_SETTLED ||
	     rk_funding_equal(terms, &view.funding)))
		return 0;
	memcpy(cmd.funding.market, market, RK_NAME_SIZE);
	cmd.funding.terms = *terms;
	return rk_configure_apply(core, &cmd, market);
}

/* Terms that the file no longer has are those of an asset that is not lent. */
static int set_lending(struct rk_core *core, const char *asset,
		       const struct rk_lending *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING};
	struct rk_lending_view view;
	uint32_t id;

	if (rk_view_find_asset(core->engine, asset, &id) == RK_OK &&
	    rk_view_lending(core->engine, id, &view) == RK_OK &&
	    rk_lending_equal(terms, &view.terms))
		return 0;
	memcpy(cmd.lending.asset, asset, RK_NAME_SIZE);
	cmd.lending.terms = *terms;
	return rk_configure_apply(core, &cmd, asset);
}

/* Terms that the file no longer has: debts of it are left as they are. */
static int set_conversion(struct rk_core *core, const char *asset,
			  const struct rk_conversion *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONVERSION};
	struct rk_asset_view view;
	uint32_t id;

	if (rk_view_find_asset(core->engine, asset, &id) == RK_OK &&
	    rk_view_asset(core->engine, id, &view) == RK_OK &&
	    rk_conversion_equal(terms, &view.conversion))
		return 0;
	memcpy(cmd.conversion.asset, asset, RK_NAME_SIZE);
	cmd.conversion.terms = *terms;
	return rk_configure_apply(core, &cmd, asset);
}

/* Is there an asset whose sale would pay a debt in this one (rule J4)? */
static bool can_be_paid(const struct rk_markets *markets, uint32_t debt)
{
	const enum rk_level level = RK_LEVEL_MAINTENANCE;
	rk_i128 liability = markets->collateral[debt].liability[level].raw;

	for (uint32_t i = 0; i < markets->assets_n; i++) {
		const struct rk_conversion *sold = &markets->conversion[i];

		if (i != debt && sold->enabled &&
		    liability * (RK_RATE_ONE - sold->cost.raw) >
			    (rk_i128)RK_RATE_ONE *
				    markets->collateral[i].weight[level].raw)
			return true;
	}
	return false;
}

/* Allowed, as weights may have to change at any time, but hardly meant. */
static void warn_unpaid(struct rk_core *core, const struct rk_markets *markets)
{
	for (uint32_t i = 0; i < markets->assets_n; i++)
		if (markets->conversion[i].enabled && !can_be_paid(markets, i))
			rk_log_write(core->log, RK_LOG_WARNING,
				     "asset %s: no other asset of %s can be "
				     "sold for its debts: each would relieve "
				     "less than its weight",
				     markets->assets[i].name,
				     core->conf->markets);
}

/* Terms that the file no longer has are none: nothing but the brackets. */
static int set_margin(struct rk_core *core, const char *market,
		      const struct rk_margin_terms *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN};
	struct rk_market_view view;
	uint32_t id;

	if (rk_view_find_market(core->engine, market, &id) == RK_OK &&
	    rk_view_market(core->engine, id, &view) == RK_OK &&
	    rk_terms_equal(terms, &view.margin))
		return 0;
	memcpy(cmd.margin.market, market, RK_NAME_SIZE);
	cmd.margin.terms = *terms;
	return rk_configure_apply(core, &cmd, market);
}

static int set_scale(struct rk_core *core, const char *asset,
		     const struct rk_collateral_scale *scale)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};
	struct rk_asset_view view;
	uint32_t id;

	if (rk_view_find_asset(core->engine, asset, &id) == RK_OK &&
	    rk_view_asset(core->engine, id, &view) == RK_OK &&
	    rk_scale_equal(scale, &view.scale))
		return 0;
	memcpy(cmd.collateral_scale.asset, asset, RK_NAME_SIZE);
	cmd.collateral_scale.scale = *scale;
	return rk_configure_apply(core, &cmd, asset);
}

/* Of an asset or market that has a slot; RK_NO_SLOT: it has none. */
static int set_slow(struct rk_core *core, const char *name, uint32_t slot,
		    const struct rk_markets_slow *slow)
{
	struct rk_cmd cmd = {.type = RK_CMD_SLOW_PRICE};
	struct rk_slot_view view;
	uint32_t underlying = RK_NO_SLOT;

	if (slot == RK_NO_SLOT)
		return 0;
	if (slow->underlying[0] != '\0')
		(void)rk_view_find_asset(core->engine, slow->underlying,
					 &underlying); /* none: refused below */
	if (rk_view_slot(core->engine, slot, &view) == RK_OK &&
	    rk_slow_equal(&slow->terms, &view.slow) &&
	    underlying == view.underlying)
		return 0;
	cmd.slow_price.slot = slot;
	cmd.slow_price.terms = slow->terms;
	memcpy(cmd.slow_price.underlying, slow->underlying, RK_NAME_SIZE);
	return rk_configure_apply(core, &cmd, name);
}

/* How slowly prices and how much of an asset are believed. */
static int set_caution(struct rk_core *core, const struct rk_markets *markets)
{
	struct rk_asset_view asset;
	struct rk_market_view market;
	uint32_t id;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		const char *name = markets->assets[i].name;

		r = set_scale(core, name, &markets->scales[i]);
		if (r == 0 &&
		    rk_view_find_asset(core->engine, name, &id) == RK_OK &&
		    rk_view_asset(core->engine, id, &asset) == RK_OK)
			r = set_slow(core, name, asset.slot,
				     &markets->asset_slow[i]);
	}
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		const char *name = markets->markets[i].name;

		if (rk_view_find_market(core->engine, name, &id) == RK_OK &&
		    rk_view_market(core->engine, id, &market) == RK_OK)
			r = set_slow(core, name, market.slot,
				     &markets->market_slow[i]);
	}
	return r;
}

/* NULL: the file does not have the asset in that group. */
static const struct rk_cmd_emode *find_emode(const struct rk_markets *markets,
					     const char *group,
					     const char *asset)
{
	for (uint32_t i = 0; i < markets->emodes_n; i++)
		if (strcmp(markets->emodes[i].group, group) == 0 &&
		    (!asset || strcmp(markets->emodes[i].asset, asset) == 0))
			return &markets->emodes[i];
	return NULL;
}

/* What an asset is in a group of that name; false: nothing yet. */
static bool view_emode(const struct rk_engine *engine, const char *group,
		       const char *asset, struct rk_emode *ret_entry)
{
	struct rk_emode_view view;
	uint32_t id;

	if (rk_view_find_asset(engine, asset, &id) != RK_OK)
		return false;
	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++)
		if (rk_view_emode(engine, id, i, &view) == RK_OK &&
		    strcmp(view.group, group) == 0) {
			*ret_entry = view.entry;
			return true;
		}
	return false;
}

static int put_emodes(struct rk_core *core, const struct rk_markets *markets)
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE};
	struct rk_emode now;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->emodes_n; i++) {
		cmd.emode = markets->emodes[i];
		if (view_emode(core->engine, cmd.emode.group, cmd.emode.asset,
			       &now) &&
		    rk_emode_equal(&now, &cmd.emode.entry))
			continue;
		r = rk_configure_apply(core, &cmd, cmd.emode.group);
	}
	return r;
}

/* What the file no longer has. */
static int drop_emodes(struct rk_core *core, const struct rk_markets *markets)
{
	struct rk_asset_view asset;
	struct rk_emode_view view;
	int r = 0;

	for (uint32_t id = 0;
	     r == 0 && rk_view_asset(core->engine, id, &asset) == RK_OK; id++)
		for (uint32_t i = 0; r == 0 && i < RK_EMODE_GROUPS; i++) {
			struct rk_cmd cmd = {.type = RK_CMD_EMODE};

			if (rk_view_emode(core->engine, id, i, &view) !=
				    RK_OK ||
			    (!view.entry.collateral && !view.entry.debt) ||
			    find_emode(markets, view.group, asset.listing.name))
				continue;
			memcpy(cmd.emode.group, view.group, RK_NAME_SIZE);
			memcpy(cmd.emode.asset, asset.listing.name,
			       RK_NAME_SIZE);
			r = rk_configure_apply(core, &cmd, view.group);
		}
	return r;
}

/* Is there room for the groups of the file beside those that will go? */
static bool emodes_fit(const struct rk_core *core,
		       const struct rk_markets *markets)
{
	struct rk_emode_view view;
	uint32_t n = 0;

	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++) {
		bool there = false;

		for (uint32_t id = 0; !there && id < RK_ASSETS_MAX; id++)
			there = rk_view_emode(core->engine, id, i, &view) ==
				RK_OK;
		if (there && !find_emode(markets, view.group, NULL))
			n++;
	}
	for (uint32_t i = 0; i < markets->emodes_n; i++)
		if (i == 0 || strcmp(markets->emodes[i - 1].group,
				     markets->emodes[i].group) != 0)
			n++;
	return n <= RK_EMODE_GROUPS;
}

/*
 * First what is new, so that nobody is judged without a group that only gets
 * another name; unless the new would not fit beside the old.
 */
static int set_emodes(struct rk_core *core, const struct rk_markets *markets)
{
	int r;

	if (!emodes_fit(core, markets)) {
		r = drop_emodes(core, markets);
		return r == 0 ? put_emodes(core, markets) : r;
	}
	r = put_emodes(core, markets);
	return r == 0 ? drop_emodes(core, markets) : r;
}

static int set_expiry(struct rk_core *core, uint32_t id,
		      const struct rk_market_view *view, int64_t expiry_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_EXPIRY,
			     .expiry = {.market = id, .time_ns = expiry_ns}};

	if (expiry_ns == 0 && view->expiry_ns != 0)
		rk_log_write(core->log, RK_LOG_WARNING,
			     "market %s is a perpetual in %s, but it expires: "
			     "it stays so until a command says otherwise",
			     view->listing.name, core->conf->markets);
	if (expiry_ns == 0 || expiry_ns == view->expiry_ns)
		return 0;
	return rk_configure_apply(core, &cmd, view->listing.name);
}

/* Between LISTED and CLOSE_ONLY lies OPEN. */
static int set_state(struct rk_core *core, uint32_t id,
		     const struct rk_market_view *view,
		     enum rk_market_state state)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_STATE,
			     .market_state = {.market = id}};
	int r = 0;

	if (state == 0 || state == view->state)
		return 0;
	if (view->state != RK_MARKET_OPEN && state != RK_MARKET_OPEN) {
		cmd.market_state.state = RK_MARKET_OPEN;
		r = rk_configure_apply(core, &cmd, view->listing.name);
	}
	cmd.market_state.state = state;
	return r == 0 ? rk_configure_apply(core, &cmd, view->listing.name) : r;
}

/* What is about to be settled, or is, is in the hands of operators. */
static int set_life(struct rk_core *core, const char *market,
		    const struct rk_markets_life *life)
{
	struct rk_market_view view;
	uint32_t id;
	int r;

	if (rk_view_find_market(core->engine, market, &id) != RK_OK ||
	    rk_view_market(core->engine, id, &view) != RK_OK)
		return 0; /* it was refused before */
	if (view.state >= RK_MARKET_SETTLING) {
		rk_log_write(core->log, RK_LOG_NOTICE,
			     "market %s is %s: its state and expiry are left "
			     "as they are, whatever %s says",
			     market, rk_market_state_name(view.state),
			     core->conf->markets);
		return 0;
	}
	r = set_expiry(core, id, &view, life->expiry_ns);
	return r == 0 ? set_state(core, id, &view, life->state) : r;
}

/* A market that the file no longer names goes on: it is not to be forgotten */
static void warn_missing(struct rk_core *core, const struct rk_markets *markets)
{
	struct rk_market_view view;

	for (uint32_t i = 0; rk_view_market(core->engine, i, &view) == RK_OK;
	     i++) {
		bool named = false;

		for (uint32_t j = 0; !named && j < markets->markets_n; j++)
			named = strcmp(markets->markets[j].name,
				       view.listing.name) == 0;
		if (!named)
			rk_log_write(core->log, RK_LOG_WARNING,
				     "market %s is in the state but not in %s: "
				     "it stays as it was",
				     view.listing.name, core->conf->markets);
	}
}

int rk_configure(struct rk_core *core, const struct rk_markets *markets)
{
	uint64_t before = rk_view_seq(core->engine);
	int r = set_limits(core);

	if (r == 0)
		r = set_risk(core);
	if (r == 0)
		r = add_names(core, RK_CMD_PUBLISHER, &core->conf->publishers);
	if (r == 0)
		r = add_names(core, RK_CMD_VENUE, &core->conf->venues);
	/* Of what is there: they are for the changes that follow. */
	if (r == 0)
		r = rk_configure_ramps(core, markets);
	rk_configure_tell_ramps(core, markets);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = list_asset(core, &markets->assets[i]);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = list_market(core, &markets->markets[i]);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_collateral(core, markets->assets[i].name,
				   &markets->collateral[i]);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_lending(core, markets->assets[i].name,
				&markets->lending[i]);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_conversion(core, markets->assets[i].name,
				   &markets->conversion[i]);
	if (r == 0)
		warn_unpaid(core, markets);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_funding(core, markets->markets[i].name,
				&markets->funding[i]);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_margin(core, markets->markets[i].name,
			       &markets->margin[i]);
	if (r == 0)
		r = set_caution(core, markets);
	if (r == 0)
		r = set_emodes(core, markets);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_life(core, markets->markets[i].name, &markets->life[i]);
	/* Of what is new: its first terms were no change. */
	if (r == 0 && rk_view_seq(core->engine) != before)
		r = rk_configure_ramps(core, markets);
	if (r == 0 && core->recovered.seq != 0)
		warn_missing(core, markets);
	if (r == 0 && core->recovered.seq != 0 &&
	    rk_view_seq(core->engine) != before)
		rk_log_write(core->log, RK_LOG_NOTICE,
			     "configuration changed since the last run "
			     "commands=%llu",
			     (unsigned long long)(rk_view_seq(core->engine) -
						  before));
	rk_sequencer_end_turn(core->sequencer);
	return r;
}
