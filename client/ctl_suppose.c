/*
 * riskctl: parameters that are supposed. See ctl_suppose.h.
 */
#include "ctl_suppose.h"

#include <string.h>

#include "engine/contract.h"
#include "ops/error.h"
#include "ops/markets_change.h"

#define RATE_DECIMALS   9
#define USD_DECIMALS    8
#define FACTOR_DECIMALS 18
#define WORD_SIZE       64

struct risk_supposition *ctl_suppose_next(const struct ctl *ctl,
					  struct ctl_supposed *supposed)
{
	struct risk_supposition *row = &supposed->suppose[supposed->n];

	if (supposed->n == RISK_WHAT_IF_SUPPOSE_MAX) {
		(void)ctl_usage_error(ctl, "more than %d things are supposed",
				      RISK_WHAT_IF_SUPPOSE_MAX);
		return NULL;
	}
	supposed->rows[supposed->n++] = &row->row;
	return row;
}

/* The last row of a kind about an asset or a market, or NULL. */
static const struct risk_supposition *
last_of(const struct ctl_supposed *supposed, Riskd__Supposition__KindCase kind,
	uint32_t id)
{
	for (size_t i = supposed->n; i-- > 0;) {
		const struct risk_supposition *row = &supposed->suppose[i];

		/* The number of what it is about is the first of each. */
		if (row->row.kind_case == kind &&
		    (kind == RISKD__SUPPOSITION__KIND_RISK ||
		     (kind == RISKD__SUPPOSITION__KIND_COLLATERAL &&
		      row->body.collateral.asset == id) ||
		     (kind == RISKD__SUPPOSITION__KIND_SCALE &&
		      row->body.scale.asset == id) ||
		     (kind == RISKD__SUPPOSITION__KIND_MARKET &&
		      row->body.market.market == id) ||
		     (kind == RISKD__SUPPOSITION__KIND_MARGIN &&
		      row->body.margin.market == id)))
			return row;
	}
	return NULL;
}

/*
 * The row for another supposition of a kind: the newest one, if that is of the
 * same thing. Two options about one asset are one change of it, which must
 * work as a whole.
 */
static struct risk_supposition *row_for(const struct ctl *ctl,
					struct ctl_supposed *supposed,
					Riskd__Supposition__KindCase kind,
					uint32_t id)
{
	const struct risk_supposition *last = last_of(supposed, kind, id);

	if (last && last == &supposed->suppose[supposed->n - 1])
		return &supposed->suppose[supposed->n - 1];
	return ctl_suppose_next(ctl, supposed);
}

/* One key and where its value goes. */
struct key {
	const char *name;
	int64_t *to;
	uint32_t decimals;
	bool *flag; /* yes or no, in the place of a number */
	bool *told; /* NULL: nobody asks */
};

struct keys {
	const struct ctl *ctl;
	const char *option;
	const char *form;
	const struct key *key;
	size_t n;
};

static int unknown_key(const struct keys *keys, const char *word)
{
	char list[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < keys->n && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s", i > 0 ? ", " : "",
					 keys->key[i].name);
	return ctl_usage_error(keys->ctl,
			       "--%s: \"%s\" is no key: there are %s",
			       keys->option, word, list);
}

static int read_value(const struct keys *keys, const struct key *key,
		      const char *value)
{
	if (key->told)
		*key->told = true;
	if (key->flag) {
		*key->flag = strcmp(value, "yes") == 0;
		if (*key->flag || strcmp(value, "no") == 0)
			return CTL_OK;
		return ctl_usage_error(keys->ctl,
				       "%s \"%s\": must be yes or no",
				       key->name, value);
	}
	return ctl_read_decimal(keys->ctl, key->name, value, key->decimals,
				key->to);
}

/* "KEY=VALUE,KEY=VALUE" */
static int read_keys(const struct keys *keys, const char *text)
{
	const char *at = text;
	int rc = CTL_OK;

	while (rc == CTL_OK) {
		size_t length = strcspn(at, ",");
		char word[WORD_SIZE] = "";
		char *equals;
		size_t i = 0;

		if (length < sizeof(word))
			memcpy(word, at, length);
		equals = strchr(word, '=');
		if (!equals || equals == word)
			return ctl_usage_error(keys->ctl,
					       "--%s \"%s\": must be %s",
					       keys->option, text, keys->form);
		*equals = '\0';
		while (i < keys->n && strcmp(keys->key[i].name, word) != 0)
			i++;
		if (i == keys->n)
			return unknown_key(keys, word);
		rc = read_value(keys, &keys->key[i], equals + 1);
		at += length;
		if (*at++ == '\0')
			break;
	}
	return rc;
}

/* "NAME:REST" */
static int split(const struct ctl *ctl, const char *option, const char *form,
		 const char *text, char name[WORD_SIZE])
{
	size_t length = strcspn(text, ":");

	if (length == 0 || length >= WORD_SIZE || text[length] == '\0' ||
	    text[length + 1] == '\0')
		return ctl_usage_error(ctl, "--%s \"%s\": must be %s", option,
				       text, form);
	memcpy(name, text, length);
	name[length] = '\0';
	return CTL_OK;
}

/* Terms and scale of an asset, as supposed so far; who was told of which. */
struct asset_terms {
	Riskd__Collateral terms;
	Riskd__CollateralScale scale;
	bool terms_told;
	bool scale_told;
};

static void begin_asset(const Riskd__Asset *asset,
			const struct ctl_supposed *supposed,
			struct asset_terms *t)
{
	static const Riskd__Collateral none = RISKD__COLLATERAL__INIT;
	static const Riskd__CollateralScale plain =
		RISKD__COLLATERAL_SCALE__INIT;
	const struct risk_supposition *row = last_of(
		supposed, RISKD__SUPPOSITION__KIND_COLLATERAL, asset->id);

	memset(t, 0, sizeof(*t));
	/* What is left out stays as it is in force. */
	t->terms = row                                      ? row->collateral
		   : asset->target && supposed->ramps_ended ? *asset->target
		   : asset->collateral                      ? *asset->collateral
							    : none;
	row = last_of(supposed, RISKD__SUPPOSITION__KIND_SCALE, asset->id);
	t->scale = asset->scale ? *asset->scale : plain;
	if (t->scale.size_ramp && !supposed->ramps_ended)
		t->scale.size_factor = t->scale.size_factor_maintenance;
	if (row) {
		t->scale.held_start = row->body.scale.held_start;
		t->scale.owed_start = row->body.scale.owed_start;
		t->scale.size_factor = row->body.scale.size_factor;
		t->scale.deposit_cap = row->body.scale.deposit_cap;
	}
}

static int read_asset_keys(const struct ctl *ctl, const char *text,
			   uint32_t decimals, struct asset_terms *t)
{
	Riskd__Collateral *c = &t->terms;
	bool *terms = &t->terms_told;
	bool *scale = &t->scale_told;
	const struct key key[] = {
		{"weight_maintenance", &c->weight_maintenance, RATE_DECIMALS,
		 NULL, terms},
		{"weight_initial", &c->weight_initial, RATE_DECIMALS, NULL,
		 terms},
		{"weight_withdrawal", &c->weight_withdrawal, RATE_DECIMALS,
		 NULL, terms},
		{"liability_maintenance", &c->liability_maintenance,
		 RATE_DECIMALS, NULL, terms},
		{"liability_initial", &c->liability_initial, RATE_DECIMALS,
		 NULL, terms},
		{"liability_withdrawal", &c->liability_withdrawal,
		 RATE_DECIMALS, NULL, terms},
		{"profit_maintenance", &c->profit_maintenance, RATE_DECIMALS,
		 NULL, terms},
		{"profit_initial", &c->profit_initial, RATE_DECIMALS, NULL,
		 terms},
		{"scale_held", &t->scale.held_start, USD_DECIMALS, NULL, scale},
		{"scale_owed", &t->scale.owed_start, USD_DECIMALS, NULL, scale},
		{"size_factor", &t->scale.size_factor, FACTOR_DECIMALS, NULL,
		 scale},
		{"deposit_cap", &t->scale.deposit_cap, decimals, NULL, scale},
	};
	const struct keys keys = {ctl, "collateral", CTL_COLLATERAL_FORM, key,
				  sizeof(key) / sizeof(key[0])};

	return read_keys(&keys, text);
}

int ctl_suppose_collateral(const struct ctl *ctl, const char *text,
			   struct ctl_supposed *supposed)
{
	const Riskd__Asset *asset = NULL;
	struct risk_supposition *row;
	struct asset_terms t;
	char name[WORD_SIZE];
	int rc;

	if ((rc = split(ctl, "collateral", CTL_COLLATERAL_FORM, text, name)) ||
	    (rc = ctl_read_asset(ctl, name, &asset)))
		return rc;
	begin_asset(asset, supposed, &t);
	rc = read_asset_keys(ctl, strchr(text, ':') + 1, asset->decimals, &t);
	if (rc)
		return rc;
	if (t.terms_told) {
		row = row_for(ctl, supposed,
			      RISKD__SUPPOSITION__KIND_COLLATERAL, asset->id);
		if (!row)
			return CTL_USAGE;
		risk_suppose_collateral(row, asset->id, &t.terms);
	}
	if (t.scale_told) {
		row = row_for(ctl, supposed, RISKD__SUPPOSITION__KIND_SCALE,
			      asset->id);
		if (!row)
			return CTL_USAGE;
		risk_suppose_scale(row, asset->id, &t.scale);
	}
	return CTL_OK;
}

/* The listing as the daemon has it, or as supposed so far. */
static void begin_market(const Riskd__Market *market,
			 const struct ctl_supposed *supposed,
			 struct rk_markets_change *change)
{
	struct rk_cmd_market *listing = &change->listing;
	const struct risk_supposition *row =
		last_of(supposed, RISKD__SUPPOSITION__KIND_MARKET, market->id);
	Riskd__Bracket **brackets =
		row ? row->row.market->brackets : market->brackets;
	size_t n = row ? row->row.market->n_brackets : market->n_brackets;

	memset(change, 0, sizeof(*change));
	listing->price_decimals = (uint8_t)market->price_decimals;
	listing->size_decimals = (uint8_t)market->size_decimals;
	listing->price_max.raw = market->price_max;
	listing->price_min.raw = market->price_min;
	listing->price_age_max_ns = 1; /* it is not told, nor asked about */
	listing->contract =
		market->contract == RISKD__CONTRACT__CONTRACT_INVERSE
			? RK_CONTRACT_INVERSE
			: RK_CONTRACT_LINEAR;
	listing->multiplier = market->multiplier;
	listing->multiplier_decimals = (uint8_t)market->multiplier_decimals;
	rk_contract_complete(listing);
	listing->lot.raw = row ? row->row.market->lot : market->lot;
	listing->position_max.raw =
		row ? row->row.market->position_max : market->position_max;
	listing->close_cost.raw =
		row ? row->row.market->close_cost : market->close_cost;
	listing->taker_fee.raw =
		row ? row->row.market->taker_fee : market->taker_fee;
	listing->maker_fee.raw =
		row ? row->row.market->maker_fee : market->maker_fee;
	for (size_t k = 0; k < n && k < RK_BRACKETS_MAX; k++) {
		listing->brackets[k].floor.raw = brackets[k]->floor;
		listing->brackets[k].maintenance.raw = brackets[k]->maintenance;
		listing->brackets[k].initial.raw = brackets[k]->initial;
		listing->brackets_n = (uint32_t)k + 1;
	}
}

static int read_market_keys(const struct ctl *ctl, const char *text,
			    struct rk_markets_change *change)
{
	struct rk_cmd_market *listing = &change->listing;
	bool *told = &change->listing_told;
	const struct key key[] = {
		{"lot", &listing->lot.raw, listing->size_decimals, NULL, told},
		{"position_max", &listing->position_max.raw,
		 listing->size_decimals, NULL, told},
		{"close_cost", &listing->close_cost.raw, RATE_DECIMALS, NULL,
		 told},
		{"taker_fee", &listing->taker_fee.raw, RATE_DECIMALS, NULL,
		 told},
		{"maker_fee", &listing->maker_fee.raw, RATE_DECIMALS, NULL,
		 told},
	};
	const struct keys keys = {ctl, "market", CTL_MARKET_FORM, key,
				  sizeof(key) / sizeof(key[0])};

	return read_keys(&keys, text);
}

static int read_market_file(const struct ctl *ctl, const char *path,
			    struct rk_markets_change *change)
{
	struct rk_error error;

	if (rk_markets_load_change(path, change, &error) == 0)
		return CTL_OK;
	return ctl_usage_error(ctl, "--market: %s", error.text);
}

static int add_listing(const struct ctl *ctl, const Riskd__Market *market,
		       const struct rk_cmd_market *listing,
		       struct ctl_supposed *supposed)
{
	struct risk_supposition *row = row_for(
		ctl, supposed, RISKD__SUPPOSITION__KIND_MARKET, market->id);
	Riskd__Market changed = *market;
	Riskd__Bracket brackets[RK_BRACKETS_MAX];
	Riskd__Bracket *rows[RK_BRACKETS_MAX];

	if (!row)
		return CTL_USAGE;
	changed.lot = listing->lot.raw;
	changed.position_max = listing->position_max.raw;
	changed.close_cost = listing->close_cost.raw;
	changed.taker_fee = listing->taker_fee.raw;
	changed.maker_fee = listing->maker_fee.raw;
	changed.n_brackets = listing->brackets_n;
	changed.brackets = rows;
	for (uint32_t k = 0; k < listing->brackets_n; k++) {
		riskd__bracket__init(&brackets[k]);
		brackets[k].floor = listing->brackets[k].floor.raw;
		brackets[k].maintenance = listing->brackets[k].maintenance.raw;
		brackets[k].initial = listing->brackets[k].initial.raw;
		rows[k] = &brackets[k];
	}
	risk_suppose_market(row, &changed);
	return CTL_OK;
}

static int add_margin(const struct ctl *ctl, const Riskd__Market *market,
		      const struct rk_margin_terms *terms,
		      struct ctl_supposed *supposed)
{
	struct risk_supposition *row = row_for(
		ctl, supposed, RISKD__SUPPOSITION__KIND_MARGIN, market->id);
	Riskd__MarginTerms wire = RISKD__MARGIN_TERMS__INIT;

	if (!row)
		return CTL_USAGE;
	wire.scale_lower = terms->scale_lower.raw;
	wire.scale_upper = terms->scale_upper.raw;
	wire.open_max = terms->open_max.raw;
	wire.growth = (Riskd__Growth)terms->growth;
	wire.base_share = terms->base_share.raw;
	wire.factor_maintenance = terms->factor_maintenance;
	wire.factor_initial = terms->factor_initial;
	risk_suppose_margin(row, market->id, &wire);
	return CTL_OK;
}

int ctl_suppose_market(const struct ctl *ctl, const char *text,
		       struct ctl_supposed *supposed)
{
	const Riskd__Market *market = NULL;
	struct rk_markets_change change;
	char name[WORD_SIZE];
	const char *rest;
	int rc;

	if ((rc = split(ctl, "market", CTL_MARKET_FORM, text, name)) ||
	    (rc = ctl_read_market(ctl, name, &market)))
		return rc;
	rest = strchr(text, ':') + 1;
	begin_market(market, supposed, &change);
	rc = strchr(rest, '=') ? read_market_keys(ctl, rest, &change)
			       : read_market_file(ctl, rest, &change);
	if (rc == CTL_OK && change.listing_told)
		rc = add_listing(ctl, market, &change.listing, supposed);
	if (rc == CTL_OK && change.margin_told)
		rc = add_margin(ctl, market, &change.margin, supposed);
	return rc;
}

/* An asset in a group, as it is or as supposed so far. */
static void begin_emode(const Riskd__Asset *asset, const char *group,
			const struct ctl_supposed *supposed,
			Riskd__EmodeGroup *entry)
{
	riskd__emode_group__init(entry);
	for (size_t i = 0; i < asset->n_emode; i++)
		if (strcmp(asset->emode[i]->group, group) == 0)
			*entry = *asset->emode[i];
	/* What it weighs while it is on its way, be that out of the group. */
	if (entry->ramp && !supposed->ramps_ended) {
		entry->collateral = entry->collateral || entry->weight > 0;
		entry->weight_maintenance = entry->weight;
	}
	entry->ramp = NULL;
	for (size_t i = 0; i < supposed->n; i++) {
		const struct risk_supposition *row = &supposed->suppose[i];

		if (row->row.kind_case == RISKD__SUPPOSITION__KIND_EMODE &&
		    row->body.emode.asset == asset->id &&
		    strcmp(row->emode.group, group) == 0)
			*entry = row->emode;
	}
}

/*
 * With a weight it is collateral. A level that is not named is as it was, or
 * like the one before it if the asset was no collateral of the group.
 */
static int read_emode_keys(const struct ctl *ctl, const char *text,
			   Riskd__EmodeGroup *entry)
{
	bool was = entry->collateral;
	bool collateral = was;
	bool debt = entry->debt;
	bool told = false;
	bool weight[RK_LEVELS] = {false};
	const struct key key[] = {
		{"collateral", NULL, 0, &collateral, &told},
		{"debt", NULL, 0, &debt, NULL},
		{"weight_maintenance", &entry->weight_maintenance,
		 RATE_DECIMALS, NULL, &weight[0]},
		{"weight_initial", &entry->weight_initial, RATE_DECIMALS, NULL,
		 &weight[1]},
		{"weight_withdrawal", &entry->weight_withdrawal, RATE_DECIMALS,
		 NULL, &weight[2]},
	};
	const struct keys keys = {ctl, "emode", CTL_EMODE_FORM, key,
				  sizeof(key) / sizeof(key[0])};
	int rc = read_keys(&keys, text);

	if (!told && (weight[0] || weight[1] || weight[2]))
		collateral = true;
	if (collateral && !was && !weight[1])
		entry->weight_initial = entry->weight_maintenance;
	if (collateral && !was && !weight[2])
		entry->weight_withdrawal = entry->weight_initial;
	if (!collateral && !weight[0])
		entry->weight_maintenance = 0;
	if (!collateral && !weight[1])
		entry->weight_initial = 0;
	if (!collateral && !weight[2])
		entry->weight_withdrawal = 0;
	entry->collateral = collateral;
	entry->debt = debt;
	return rc;
}

int ctl_suppose_emode(const struct ctl *ctl, const char *text,
		      struct ctl_supposed *supposed)
{
	const Riskd__Asset *asset = NULL;
	struct risk_supposition *row;
	Riskd__EmodeGroup entry;
	char group[CTL_GROUP_SIZE];
	char name[WORD_SIZE];
	char *kept;
	int rc;

	if ((rc = split(ctl, "emode", CTL_EMODE_FORM, text, group)) ||
	    (rc = split(ctl, "emode", CTL_EMODE_FORM, strchr(text, ':') + 1,
			name)) ||
	    (rc = ctl_read_asset(ctl, name, &asset)))
		return rc;
	begin_emode(asset, group, supposed, &entry);
	rc = read_emode_keys(ctl, strrchr(text, ':') + 1, &entry);
	if (rc)
		return rc;
	row = ctl_suppose_next(ctl, supposed);
	if (!row)
		return CTL_USAGE;
	kept = supposed->groups[supposed->n - 1];
	memcpy(kept, group, sizeof(group));
	entry.group = kept;
	risk_suppose_emode(row, asset->id, &entry);
	return CTL_OK;
}

int ctl_suppose_risk(const struct ctl *ctl, const char *text,
		     struct ctl_supposed *supposed)
{
	static const Riskd__Risk none = RISKD__RISK__INIT;
	const Riskd__MarketsAnswer *list = risk_listing(ctl->risk);
	const struct risk_supposition *before =
		last_of(supposed, RISKD__SUPPOSITION__KIND_RISK, 0);
	struct risk_supposition *row;
	Riskd__Risk risk = before       ? before->risk
			   : list->risk ? *list->risk
					: none;
	const struct key key[] = {
		{"warn_enter", &risk.warn_enter, RATE_DECIMALS, NULL, NULL},
		{"warn_leave", &risk.warn_leave, RATE_DECIMALS, NULL, NULL},
		{"call_enter", &risk.call_enter, RATE_DECIMALS, NULL, NULL},
		{"call_leave", &risk.call_leave, RATE_DECIMALS, NULL, NULL},
		{"target", &risk.target, RATE_DECIMALS, NULL, NULL},
		{"order_band", &risk.order_band, RATE_DECIMALS, NULL, NULL},
		{"stale_band", &risk.stale_band, RATE_DECIMALS, NULL, NULL},
	};
	const struct keys keys = {ctl, "risk", CTL_RISK_FORM, key,
				  sizeof(key) / sizeof(key[0])};
	int rc = read_keys(&keys, text);

	if (rc)
		return rc;
	row = row_for(ctl, supposed, RISKD__SUPPOSITION__KIND_RISK, 0);
	if (!row)
		return CTL_USAGE;
	risk_suppose_risk(row, &risk);
	return CTL_OK;
}
