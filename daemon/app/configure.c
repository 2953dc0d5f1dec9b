/*
 * What the configuration says and the state does not, as commands. See
 * configure.h. On an empty state that is everything; later it is what was
 * edited since.
 */
#include "app/configure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/contract.h"
#include "engine/decimal.h"
#include "engine/rc.h"
#include "engine/slow.h"
#include "engine/terms.h"
#include "engine/view.h"

void rk_configure_tell(const struct rk_configuring *c, enum rk_log_level level,
		       const char *format, ...)
{
	char text[RK_LOG_LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	c->tell(c->context, level, text);
}

int rk_configure_apply(const struct rk_configuring *c, const struct rk_cmd *cmd,
		       const char *name)
{
	return c->apply(c->context, cmd, name);
}

int rk_configure_check_limits(const struct rk_configuring *c)
{
	const struct rk_cmd_limits *want = &c->conf->limits.engine;
	struct rk_engine_counts counts;
	const struct {
		const char *name;
		uint32_t want;
		const uint32_t *is;
	} rows[] = {
		{"accounts", want->accounts_max, &counts.accounts},
		{"owners", want->owners_max, &counts.owners},
		{"assets", want->assets_max, &counts.assets},
		{"markets", want->markets_max, &counts.markets},
		{"publishers", want->publishers_max, &counts.publishers},
		{"venues", want->venues_max, &counts.venues},
		{"clients", want->clients_max, &counts.clients},
		{"positions", want->positions_max, &counts.positions},
		/* Leverage that was chosen: at most as many. */
		{"positions", want->positions_max, &counts.leverages},
		{"balances", want->balances_max, &counts.balances},
		{"orders", want->orders_max, &counts.orders_open},
		{"withdrawals", want->withdrawals_max, &counts.withdrawals},
	};

	rk_view_counts(c->engine, &counts);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].want >= *rows[i].is)
			continue;
		rk_configure_tell(c, RK_LOG_ERROR,
				  "limits.%s is %u, but the state "
				  "holds %u: raise it",
				  rows[i].name, rows[i].want, *rows[i].is);
		return -EINVAL;
	}
	return 0;
}

static int set_limits(const struct rk_configuring *c)
{
	struct rk_cmd cmd = {.type = RK_CMD_LIMITS};
	struct rk_engine_counts counts;

	rk_view_counts(c->engine, &counts);
	cmd.limits = c->conf->limits.engine;
	if (!c->fresh &&
	    memcmp(&cmd.limits, &counts.limits, sizeof(cmd.limits)) == 0)
		return 0;
	return rk_configure_apply(c, &cmd, "limits");
}

static int set_risk(const struct rk_configuring *c)
{
	struct rk_cmd cmd = {.type = RK_CMD_RISK};
	struct rk_engine_counts counts;

	rk_view_counts(c->engine, &counts);
	cmd.risk = c->conf->risk;
	if (!c->fresh && memcmp(&cmd.risk, &counts.risk, sizeof(cmd.risk)) == 0)
		return 0;
	return rk_configure_apply(c, &cmd, "risk");
}

/* Names are only ever added: what quoted or filled once stays known. */
static int add_names(const struct rk_configuring *c, enum rk_cmd_type type,
		     const struct rk_conf_names *names)
{
	struct rk_cmd cmd = {.type = type};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < names->n; i++) {
		bool known = false;
		const char *name;

		for (uint32_t j = 0; !known; j++) {
			name = type == RK_CMD_PUBLISHER
				       ? rk_view_publisher(c->engine, j)
				       : rk_view_venue(c->engine, j);
			if (!name)
				break;
			known = strcmp(name, names->name[i]) == 0;
		}
		if (known)
			continue;
		memcpy(cmd.name.name, names->name[i], RK_NAME_SIZE);
		r = rk_configure_apply(c, &cmd, names->name[i]);
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
		    a->taker_fee.raw == b->taker_fee.raw &&
		    a->maker_fee.raw == b->maker_fee.raw &&
		    a->brackets_n == b->brackets_n;

	for (uint32_t i = 0; same && i < a->brackets_n; i++)
		same = a->brackets[i].floor.raw == b->brackets[i].floor.raw &&
		       a->brackets[i].maintenance.raw ==
			       b->brackets[i].maintenance.raw &&
		       a->brackets[i].initial.raw == b->brackets[i].initial.raw;
	return same;
}

static int list_asset(const struct rk_configuring *c,
		      const struct rk_cmd_asset *asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET};
	struct rk_asset_view view;
	uint32_t id;

	cmd.asset = *asset;
	if (rk_view_find_asset(c->engine, asset->name, &id) == RK_OK &&
	    rk_view_asset(c->engine, id, &view) == RK_OK) {
		if (same_asset(asset, &view.listing))
			return 0;
		cmd.type = RK_CMD_ASSET_CHANGE;
	}
	return rk_configure_apply(c, &cmd, asset->name);
}

/* Say what the file has otherwise, of what no command can change. */
static int refuse_contract(const struct rk_configuring *c, const char *market,
			   const char *key, const char *is, const char *want)
{
	rk_configure_tell(c, RK_LOG_ERROR,
			  "%s of market %s is %s, but %s in %s: "
			  "contract, multiplier and price_min stay for ever",
			  key, market, is, want, c->conf->markets);
	return -EINVAL;
}

static const char *contract_name(const struct rk_cmd_market *market)
{
	return market->contract == RK_CONTRACT_INVERSE ? "inverse" : "linear";
}

/* MARKET_CHANGE would leave these as they are, and nobody would know. */
static int check_contract(const struct rk_configuring *c,
			  const struct rk_cmd_market *is,
			  const struct rk_cmd_market *want)
{
	char was[RK_DECIMAL_SIZE];
	char now[RK_DECIMAL_SIZE];

	if (is->contract != want->contract)
		return refuse_contract(c, is->name, "contract",
				       contract_name(is), contract_name(want));
	if (is->multiplier != want->multiplier ||
	    is->multiplier_decimals != want->multiplier_decimals)
		return refuse_contract(
			c, is->name, "multiplier",
			rk_decimal_format(is->multiplier,
					  is->multiplier_decimals, was,
					  sizeof(was)),
			rk_decimal_format(want->multiplier,
					  want->multiplier_decimals, now,
					  sizeof(now)));
	/* Other decimals are refused with the change they are part of. */
	if (is->price_decimals == want->price_decimals &&
	    is->price_min.raw != want->price_min.raw)
		return refuse_contract(c, is->name, "price_min",
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

bool rk_configure_find_market(const struct rk_configuring *c, uint32_t i,
			      uint32_t *ret_id)
{
	const char *name = c->markets->markets[i].name;
	const char *there = rk_view_market_name(c->engine, i);

	/* The order of the file is that of listing, as long as none was moved.
	 */
	if (there && strcmp(there, name) == 0) {
		*ret_id = i;
		return true;
	}
	return rk_view_find_market(c->engine, name, ret_id) == RK_OK;
}

static int list_market(const struct rk_configuring *c, uint32_t i)
{
	const struct rk_cmd_market *market = &c->markets->markets[i];
	struct rk_cmd cmd = {.type = RK_CMD_CONTRACT};
	struct rk_market_view view;
	uint32_t id;
	int r;

	cmd.market = *market;
	rk_contract_complete(&cmd.market);
	if (is_plain(&cmd.market))
		cmd.type = RK_CMD_MARKET;
	if (rk_configure_find_market(c, i, &id) &&
	    rk_view_market(c->engine, id, &view) == RK_OK) {
		r = check_contract(c, &view.listing, &cmd.market);
		if (r < 0)
			return r;
		if (view.state == RK_MARKET_SETTLED)
			return 0;
		if (same_market(market, &view.listing))
			return 0;
		cmd.type = RK_CMD_MARKET_CHANGE;
	}
	return rk_configure_apply(c, &cmd, market->name);
}

/* Terms that the file no longer has are those of an asset without any. */
static int set_collateral(const struct rk_configuring *c, const char *asset,
			  const struct rk_collateral *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	struct rk_asset_view view;
	uint32_t id;

	if (rk_view_find_asset(c->engine, asset, &id) == RK_OK &&
	    rk_view_asset(c->engine, id, &view) == RK_OK &&
	    rk_collateral_equal(terms, &view.target))
		return 0;
	memcpy(cmd.collateral.asset, asset, RK_NAME_SIZE);
	cmd.collateral.terms = *terms;
	return rk_configure_apply(c, &cmd, asset);
}

/* Terms that the file no longer has are those of a market without any. */
static int set_funding(const struct rk_configuring *c, uint32_t i)
{
	const char *market = c->markets->markets[i].name;
	const struct rk_funding *terms = &c->markets->funding[i];
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING};
	struct rk_market_view view;
	uint32_t id;

	if (rk_configure_find_market(c, i, &id) &&
	    rk_view_market(c->engine, id, &view) == RK_OK &&
	    (view.state == RK_MARKET_SETTLED ||
	     rk_funding_equal(terms, &view.funding)))
		return 0;
	memcpy(cmd.funding.market, market, RK_NAME_SIZE);
	cmd.funding.terms = *terms;
	return rk_configure_apply(c, &cmd, market);
}

/* Terms that the file no longer has are those of an asset that is not lent. */
static int set_lending(const struct rk_configuring *c, const char *asset,
		       const struct rk_lending *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING};
	struct rk_lending_view view;
	uint32_t id;

	if (rk_view_find_asset(c->engine, asset, &id) == RK_OK &&
	    rk_view_lending(c->engine, id, &view) == RK_OK &&
	    rk_lending_equal(terms, &view.terms))
		return 0;
	memcpy(cmd.lending.asset, asset, RK_NAME_SIZE);
	cmd.lending.terms = *terms;
	return rk_configure_apply(c, &cmd, asset);
}

/* Terms that the file no longer has: debts of it are left as they are. */
static int set_conversion(const struct rk_configuring *c, const char *asset,
			  const struct rk_conversion *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONVERSION};
	struct rk_asset_view view;
	uint32_t id;

	if (rk_view_find_asset(c->engine, asset, &id) == RK_OK &&
	    rk_view_asset(c->engine, id, &view) == RK_OK &&
	    rk_conversion_equal(terms, &view.conversion))
		return 0;
	memcpy(cmd.conversion.asset, asset, RK_NAME_SIZE);
	cmd.conversion.terms = *terms;
	return rk_configure_apply(c, &cmd, asset);
}

/* Terms that the file no longer has: the fund keeps what it holds. */
static int set_insurance(const struct rk_configuring *c, const char *asset,
			 const struct rk_insurance_terms *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_INSURANCE};
	struct rk_insurance_view view;
	uint32_t id;

	if (rk_view_find_asset(c->engine, asset, &id) == RK_OK &&
	    rk_view_insurance(c->engine, id, &view) == RK_OK &&
	    rk_insurance_equal(terms, &view.terms))
		return 0;
	memcpy(cmd.insurance.asset, asset, RK_NAME_SIZE);
	cmd.insurance.terms = *terms;
	return rk_configure_apply(c, &cmd, asset);
}

/* Budgets that the file no longer has are 0: the vault keeps its capital. */
static int set_vault(const struct rk_configuring *c, const char *asset,
		     const struct rk_vault_terms *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_VAULT};
	struct rk_vault_view view;
	uint32_t id;

	if (rk_view_find_asset(c->engine, asset, &id) == RK_OK &&
	    rk_view_vault(c->engine, id, &view) == RK_OK &&
	    rk_vault_equal(terms, &view.terms))
		return 0;
	memcpy(cmd.vault.asset, asset, RK_NAME_SIZE);
	cmd.vault.terms = *terms;
	return rk_configure_apply(c, &cmd, asset);
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
static void warn_unpaid(const struct rk_configuring *c,
			const struct rk_markets *markets)
{
	for (uint32_t i = 0; i < markets->assets_n; i++)
		if (markets->conversion[i].enabled && !can_be_paid(markets, i))
			rk_configure_tell(
				c, RK_LOG_WARNING,
				"asset %s: no other asset of %s can be "
				"sold for its debts: each would relieve "
				"less than its weight",
				markets->assets[i].name, c->conf->markets);
}

/* Terms that the file no longer has are none: nothing but the brackets. */
static int set_margin(const struct rk_configuring *c, uint32_t i)
{
	const char *market = c->markets->markets[i].name;
	const struct rk_margin_terms *terms = &c->markets->margin[i];
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN};
	struct rk_market_view view;
	uint32_t id;

	if (rk_configure_find_market(c, i, &id) &&
	    rk_view_market(c->engine, id, &view) == RK_OK &&
	    rk_terms_equal(terms, &view.margin))
		return 0;
	memcpy(cmd.margin.market, market, RK_NAME_SIZE);
	cmd.margin.terms = *terms;
	return rk_configure_apply(c, &cmd, market);
}

/* Terms that the file no longer has: one order for all that is wanted. */
static int set_liquidation(const struct rk_configuring *c, uint32_t i)
{
	const char *market = c->markets->markets[i].name;
	const struct rk_liquidation_terms *terms = &c->markets->liquidation[i];
	struct rk_cmd cmd = {.type = RK_CMD_LIQUIDATION};
	struct rk_market_view view;
	uint32_t id;

	if (rk_configure_find_market(c, i, &id)
		    ? rk_view_market(c->engine, id, &view) == RK_OK &&
			      rk_liquidation_terms_equal(terms,
							 &view.liquidation)
		    : rk_liquidation_terms_usual(terms))
		return 0;
	memcpy(cmd.liquidation.market, market, RK_NAME_SIZE);
	cmd.liquidation.terms = *terms;
	return rk_configure_apply(c, &cmd, market);
}

/* Nor is anything of a market taken over that the file does not say so of. */
static int set_takeover(const struct rk_configuring *c, uint32_t i)
{
	const char *market = c->markets->markets[i].name;
	const struct rk_takeover_terms *terms = &c->markets->takeover[i];
	struct rk_cmd cmd = {.type = RK_CMD_TAKEOVER};
	struct rk_takeover_view view;
	uint32_t id;

	if (rk_configure_find_market(c, i, &id) &&
	    rk_view_takeover(c->engine, id, &view) == RK_OK &&
	    rk_takeover_equal(terms, &view.terms))
		return 0;
	memcpy(cmd.takeover.market, market, RK_NAME_SIZE);
	cmd.takeover.terms = *terms;
	return rk_configure_apply(c, &cmd, market);
}

static int set_scale(const struct rk_configuring *c, const char *asset,
		     const struct rk_collateral_scale *scale)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};
	struct rk_asset_view view;
	uint32_t id;

	if (rk_view_find_asset(c->engine, asset, &id) == RK_OK &&
	    rk_view_asset(c->engine, id, &view) == RK_OK &&
	    rk_scale_equal(scale, &view.scale))
		return 0;
	memcpy(cmd.collateral_scale.asset, asset, RK_NAME_SIZE);
	cmd.collateral_scale.scale = *scale;
	return rk_configure_apply(c, &cmd, asset);
}

/* Of an asset or market that has a slot; RK_NO_SLOT: it has none. */
static int set_slow(const struct rk_configuring *c, const char *name,
		    uint32_t slot, const struct rk_markets_slow *slow)
{
	struct rk_cmd cmd = {.type = RK_CMD_SLOW_PRICE};
	struct rk_slot_view view;
	uint32_t underlying = RK_NO_SLOT;

	if (slot == RK_NO_SLOT)
		return 0;
	if (slow->underlying[0] != '\0')
		(void)rk_view_find_asset(c->engine, slow->underlying,
					 &underlying); /* none: refused below */
	if (rk_view_slot(c->engine, slot, &view) == RK_OK &&
	    rk_slow_equal(&slow->terms, &view.slow) &&
	    underlying == view.underlying)
		return 0;
	cmd.slow_price.slot = slot;
	cmd.slow_price.terms = slow->terms;
	memcpy(cmd.slow_price.underlying, slow->underlying, RK_NAME_SIZE);
	return rk_configure_apply(c, &cmd, name);
}

/* How slowly prices and how much of an asset are believed. */
static int set_caution(const struct rk_configuring *c,
		       const struct rk_markets *markets)
{
	struct rk_asset_view asset;
	struct rk_market_view market;
	uint32_t id;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		const char *name = markets->assets[i].name;

		r = set_scale(c, name, &markets->scales[i]);
		if (r == 0 &&
		    rk_view_find_asset(c->engine, name, &id) == RK_OK &&
		    rk_view_asset(c->engine, id, &asset) == RK_OK)
			r = set_slow(c, name, asset.slot,
				     &markets->asset_slow[i]);
	}
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		const char *name = markets->markets[i].name;

		if (rk_configure_find_market(c, i, &id) &&
		    rk_view_market(c->engine, id, &market) == RK_OK)
			r = set_slow(c, name, market.slot,
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

static int put_emodes(const struct rk_configuring *c,
		      const struct rk_markets *markets)
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE};
	struct rk_emode now;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->emodes_n; i++) {
		cmd.emode = markets->emodes[i];
		if (view_emode(c->engine, cmd.emode.group, cmd.emode.asset,
			       &now) &&
		    rk_emode_equal(&now, &cmd.emode.entry))
			continue;
		r = rk_configure_apply(c, &cmd, cmd.emode.group);
	}
	return r;
}

/* What the file no longer has. */
static int drop_emodes(const struct rk_configuring *c,
		       const struct rk_markets *markets)
{
	struct rk_asset_view asset;
	struct rk_emode_view view;
	int r = 0;

	for (uint32_t id = 0;
	     r == 0 && rk_view_asset(c->engine, id, &asset) == RK_OK; id++)
		for (uint32_t i = 0; r == 0 && i < RK_EMODE_GROUPS; i++) {
			struct rk_cmd cmd = {.type = RK_CMD_EMODE};

			if (rk_view_emode(c->engine, id, i, &view) != RK_OK ||
			    (!view.entry.collateral && !view.entry.debt) ||
			    find_emode(markets, view.group, asset.listing.name))
				continue;
			memcpy(cmd.emode.group, view.group, RK_NAME_SIZE);
			memcpy(cmd.emode.asset, asset.listing.name,
			       RK_NAME_SIZE);
			r = rk_configure_apply(c, &cmd, view.group);
		}
	return r;
}

/* Is there room for the groups of the file beside those that will go? */
static bool emodes_fit(const struct rk_configuring *c,
		       const struct rk_markets *markets)
{
	struct rk_emode_view view;
	uint32_t n = 0;

	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++) {
		bool there = false;

		for (uint32_t id = 0; !there && id < RK_ASSETS_MAX; id++)
			there = rk_view_emode(c->engine, id, i, &view) == RK_OK;
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
static int set_emodes(const struct rk_configuring *c,
		      const struct rk_markets *markets)
{
	int r;

	if (!emodes_fit(c, markets)) {
		r = drop_emodes(c, markets);
		return r == 0 ? put_emodes(c, markets) : r;
	}
	r = put_emodes(c, markets);
	return r == 0 ? drop_emodes(c, markets) : r;
}

static int set_expiry(const struct rk_configuring *c, uint32_t id,
		      const struct rk_market_view *view, int64_t expiry_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_EXPIRY,
			     .expiry = {.market = id, .time_ns = expiry_ns}};

	if (expiry_ns == 0 && view->expiry_ns != 0)
		rk_configure_tell(
			c, RK_LOG_WARNING,
			"market %s is a perpetual in %s, but it expires: "
			"it stays so until a command says otherwise",
			view->listing.name, c->conf->markets);
	if (expiry_ns == 0 || expiry_ns == view->expiry_ns)
		return 0;
	return rk_configure_apply(c, &cmd, view->listing.name);
}

/* Between LISTED and CLOSE_ONLY lies OPEN. */
static int set_state(const struct rk_configuring *c, uint32_t id,
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
		r = rk_configure_apply(c, &cmd, view->listing.name);
	}
	cmd.market_state.state = state;
	return r == 0 ? rk_configure_apply(c, &cmd, view->listing.name) : r;
}

/* What is about to be settled, or is, is in the hands of operators. */
static int set_life(const struct rk_configuring *c, uint32_t i)
{
	const char *market = c->markets->markets[i].name;
	const struct rk_markets_life *life = &c->markets->life[i];
	struct rk_market_view view;
	uint32_t id;
	int r;

	if (!rk_configure_find_market(c, i, &id) ||
	    rk_view_market(c->engine, id, &view) != RK_OK)
		return 0; /* it was refused before */
	if (view.state >= RK_MARKET_SETTLING) {
		rk_configure_tell(
			c, RK_LOG_NOTICE,
			"market %s is %s: its state and expiry are left "
			"as they are, whatever %s says",
			market, rk_market_state_name(view.state),
			c->conf->markets);
		return 0;
	}
	r = set_expiry(c, id, &view, life->expiry_ns);
	return r == 0 ? set_state(c, id, &view, life->state) : r;
}

/* A market that the file no longer names goes on: it is not to be forgotten */
static void warn_missing(const struct rk_configuring *c,
			 const struct rk_markets *markets)
{
	const char *name;

	for (uint32_t i = 0; (name = rk_view_market_name(c->engine, i)); i++) {
		bool named = i < markets->markets_n &&
			     strcmp(markets->markets[i].name, name) == 0;

		for (uint32_t j = 0; !named && j < markets->markets_n; j++)
			named = strcmp(markets->markets[j].name, name) == 0;
		if (!named)
			rk_configure_tell(
				c, RK_LOG_WARNING,
				"market %s is in the state but not in %s: "
				"it stays as it was",
				name, c->conf->markets);
	}
}

/* What the file says of assets, in the order in which it can be believed. */
static int set_assets(const struct rk_configuring *c)
{
	const struct rk_markets *markets = c->markets;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_collateral(c, markets->assets[i].name,
				   &markets->collateral[i]);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_lending(c, markets->assets[i].name,
				&markets->lending[i]);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_conversion(c, markets->assets[i].name,
				   &markets->conversion[i]);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_insurance(c, markets->assets[i].name,
				  &markets->insurance[i]);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_vault(c, markets->assets[i].name, &markets->vault[i]);
	if (r == 0)
		warn_unpaid(c, markets);
	return r;
}

int rk_configure_run(const struct rk_configuring *c)
{
	const struct rk_markets *markets = c->markets;
	int r = set_limits(c);

	if (r == 0)
		r = set_risk(c);
	if (r == 0)
		r = add_names(c, RK_CMD_PUBLISHER, &c->conf->publishers);
	if (r == 0)
		r = add_names(c, RK_CMD_VENUE, &c->conf->venues);
	/* Of what is there: they are for the changes that follow. */
	if (r == 0)
		r = rk_configure_ramps(c, markets);
	rk_configure_tell_ramps(c, markets);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = list_asset(c, &markets->assets[i]);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = list_market(c, i);
	if (r == 0)
		r = set_assets(c);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_funding(c, i);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_margin(c, i);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_liquidation(c, i);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_takeover(c, i);
	if (r == 0)
		r = set_caution(c, markets);
	if (r == 0)
		r = set_emodes(c, markets);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_life(c, i);
	/* Of what is new: its first terms were no change. */
	if (r == 0)
		r = rk_configure_ramps(c, markets);
	if (r == 0 && !c->fresh)
		warn_missing(c, markets);
	return r;
}
