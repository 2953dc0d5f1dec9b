/*
 * Parameters that are supposed in a WhatIfQuery: checked as the commands that
 * would set them, for all accounts asked about. See what_if.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/what_if.h"
#include "engine/decimal.h"
#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/markets_need.h"

#define RATE_DECIMALS   9
#define FACTOR_DECIMALS 18

int rk_what_if_open_terms(struct rk_asking *a)
{
	const struct rk_what_if *what = a->what;
	bool wanted = what->ramps_ended;

	for (size_t k = 0; k < what->suppose_n; k++)
		wanted = wanted ||
			 rk_supposition_is_of_terms(what->suppose[k].kind);
	if (!wanted)
		return RK_OK;
	a->memory = malloc(rk_supposed_terms_size(a->engine));
	if (!a->memory)
		return rk_what_if_refuse(a, RK_REJ_TOO_MANY,
					 "there is no memory to suppose "
					 "parameters: ask again later");
	rk_supposed_terms_init(&a->terms, a->engine, a->memory);
	return RK_OK;
}

void rk_what_if_close_terms(struct rk_asking *a)
{
	free(a->memory);
	a->memory = NULL;
}

/* A value by the name that the engine's checks have for it. */
struct value {
	const char *field;
	int64_t raw;
	uint8_t decimals;
};

/* Say which value of whom cannot work, and what would. */
static int refuse_value(struct rk_asking *a, size_t k, const char *of,
			const struct value *value)
{
	char text[RK_DECIMAL_SIZE];

	return rk_what_if_refuse(a, RK_REJ_BAD_PARAM,
				 "supposition %zu: %s = %s of %s %s", k + 1,
				 value->field,
				 rk_decimal_format(value->raw, value->decimals,
						   text, sizeof(text)),
				 of, rk_markets_need(value->field));
}

/* Which field of what cannot work, in which supposition. */
struct wrong {
	size_t k;
	const char *of;
	const char *field;
};

static int refuse_field(struct rk_asking *a, const struct wrong *wrong,
			const struct value *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(values[i].field, wrong->field) == 0)
			return refuse_value(a, wrong->k, wrong->of, &values[i]);
	return rk_what_if_refuse(a, RK_REJ_BAD_PARAM,
				 "supposition %zu: %s of %s %s", wrong->k + 1,
				 wrong->field, wrong->of,
				 rk_markets_need(wrong->field));
}

static int refuse_collateral(struct rk_asking *a, size_t k, const char *of,
			     const char *field)
{
	const struct rk_collateral *terms =
		&a->what->suppose[k].parameters->collateral;
	const struct value values[] = {
		{"weight_maintenance", terms->weight[0].raw, RATE_DECIMALS},
		{"weight_initial", terms->weight[1].raw, RATE_DECIMALS},
		{"weight_withdrawal", terms->weight[2].raw, RATE_DECIMALS},
		{"liability_maintenance", terms->liability[0].raw,
		 RATE_DECIMALS},
		{"liability_initial", terms->liability[1].raw, RATE_DECIMALS},
		{"liability_withdrawal", terms->liability[2].raw,
		 RATE_DECIMALS},
		{"profit_maintenance", terms->profit[0].raw, RATE_DECIMALS},
		{"profit_initial", terms->profit[1].raw, RATE_DECIMALS},
	};

	return refuse_field(a, &(struct wrong){k, of, field}, values,
			    sizeof(values) / sizeof(values[0]));
}

static int refuse_scale(struct rk_asking *a, size_t k,
			const struct rk_cmd_asset *of, const char *field)
{
	const struct rk_collateral_scale *scale =
		&a->what->suppose[k].parameters->scale;
	const struct value values[] = {
		{"scale_held", scale->held.raw, RK_USD_DECIMALS},
		{"scale_owed", scale->owed.raw, RK_USD_DECIMALS},
		{"size_factor", scale->size_factor, FACTOR_DECIMALS},
		{"deposit_cap", scale->deposit_cap.raw, of->decimals},
	};

	return refuse_field(a, &(struct wrong){k, of->name, field}, values,
			    sizeof(values) / sizeof(values[0]));
}

static int refuse_asset(struct rk_asking *a, size_t k)
{
	return rk_what_if_refuse(
		a, RK_REJ_NO_ASSET,
		"supposition %zu: there is no asset %u: there are 0 to %u",
		k + 1, a->what->suppose[k].id, a->counts.assets - 1);
}

static int suppose_asset(struct rk_asking *a, size_t k)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	bool scales = row->kind == RK_SUPPOSE_SCALE;
	struct rk_asset_view view;
	const char *field = "";
	int r;

	if (row->id >= a->counts.assets)
		return refuse_asset(a, k);
	(void)rk_view_asset(a->engine, row->id, &view); /* it is known */
	r = scales ? rk_supposed_scale(&a->terms, row->id,
				       &row->parameters->scale, &field)
		   : rk_supposed_collateral(&a->terms, row->id,
					    &row->parameters->collateral,
					    &field);
	if (r != RK_REJ_BAD_PARAM)
		return r == RK_OK ? r
				  : rk_what_if_refuse(a, r,
						      "supposition %zu: %s: %s",
						      k + 1, view.listing.name,
						      rk_rc_text(r));
	return scales ? refuse_scale(a, k, &view.listing, field)
		      : refuse_collateral(a, k, view.listing.name, field);
}

/*
 * The engine's check names a field but no bracket; asked after each one it can
 * only mean the last.
 */
static uint32_t wrong_bracket(const struct rk_cmd_market *listing,
			      const struct rk_cmd_market *wanted)
{
	struct rk_cmd_market part = *listing;
	const char *field;
	uint32_t k = 0;

	for (; k + 1 < wanted->brackets_n; k++) {
		rk_listing_take_market(&part, wanted);
		part.brackets_n = k + 1;
		if (rk_listing_check_market(&part, NULL, &field) != RK_OK)
			break;
	}
	return k;
}

static int refuse_bracket(struct rk_asking *a, size_t k,
			  const struct rk_cmd_market *listing,
			  const char *field)
{
	const struct rk_cmd_market *wanted =
		&a->what->suppose[k].parameters->market;
	uint32_t n = wrong_bracket(listing, wanted);
	const struct rk_bracket *bracket = &wanted->brackets[n];
	bool floor = strcmp(field, "brackets[0].floor") == 0;
	const struct value values[] = {
		{"floor", bracket->floor.raw, RK_USD_DECIMALS},
		{"maintenance", bracket->maintenance.raw, RATE_DECIMALS},
		{"initial", bracket->initial.raw, RATE_DECIMALS},
	};
	char of[RK_NAME_SIZE + 24];

	if (wanted->brackets_n < 1 || wanted->brackets_n > RK_BRACKETS_MAX)
		return rk_what_if_refuse(a, RK_REJ_BAD_PARAM,
					 "supposition %zu: %u brackets of %s: "
					 "there must be 1 to %d",
					 k + 1, wanted->brackets_n,
					 listing->name, RK_BRACKETS_MAX);
	(void)snprintf(of, sizeof(of), "bracket %u of %s", n, listing->name);
	return refuse_field(a, &(struct wrong){k, of, floor ? "floor" : field},
			    values, 3);
}

static int refuse_market(struct rk_asking *a, size_t k,
			 const struct rk_cmd_market *listing, const char *field)
{
	const struct rk_cmd_market *wanted =
		&a->what->suppose[k].parameters->market;
	const struct value values[] = {
		{"lot", wanted->lot.raw, listing->size_decimals},
		{"position_max", wanted->position_max.raw,
		 listing->size_decimals},
		{"close_cost", wanted->close_cost.raw, RATE_DECIMALS},
		{"taker_fee", wanted->taker_fee.raw, RATE_DECIMALS},
		{"maker_fee", wanted->maker_fee.raw, RATE_DECIMALS},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(values[i].field, field) == 0)
			return refuse_value(a, k, listing->name, &values[i]);
	return refuse_bracket(a, k, listing, field);
}

static int refuse_margin(struct rk_asking *a, size_t k,
			 const struct rk_cmd_market *listing, const char *field)
{
	const struct rk_margin_terms *terms =
		&a->what->suppose[k].parameters->margin;
	const struct value values[] = {
		{"scale_lower", terms->scale_lower.raw, RK_USD_DECIMALS},
		{"scale_upper", terms->scale_upper.raw, RK_USD_DECIMALS},
		{"open_max", terms->open_max.raw, listing->size_decimals},
		{"growth", (int64_t)terms->growth, 0},
		{"base_share", terms->base_share.raw, RATE_DECIMALS},
		{"factor_maintenance", terms->factor_maintenance,
		 FACTOR_DECIMALS},
		{"factor_initial", terms->factor_initial, FACTOR_DECIMALS},
	};

	return refuse_field(a, &(struct wrong){k, listing->name, field}, values,
			    sizeof(values) / sizeof(values[0]));
}

static int suppose_market(struct rk_asking *a, size_t k)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	bool margin = row->kind == RK_SUPPOSE_MARGIN;
	struct rk_market_view view;
	const char *field = "";
	int r;

	if (row->id >= a->counts.markets)
		return rk_what_if_refuse(a, RK_REJ_NO_MARKET,
					 "supposition %zu: there is no market "
					 "%u: there are 0 to %u",
					 k + 1, row->id, a->counts.markets - 1);
	(void)rk_view_market(a->engine, row->id, &view); /* it is known */
	r = margin ? rk_supposed_margin(&a->terms, row->id,
					&row->parameters->margin, &field)
		   : rk_supposed_market(&a->terms, row->id,
					&row->parameters->market, &field);
	if (r != RK_REJ_BAD_PARAM)
		return r == RK_OK ? r
				  : rk_what_if_refuse(a, r,
						      "supposition %zu: %s: %s",
						      k + 1, view.listing.name,
						      rk_rc_text(r));
	return margin ? refuse_margin(a, k, &view.listing, field)
		      : refuse_market(a, k, &view.listing, field);
}

static int refuse_emode(struct rk_asking *a, size_t k, const char *of, int code,
			const char *field)
{
	const struct rk_cmd_emode *emode =
		&a->what->suppose[k].parameters->emode;
	const rk_rate *weight = emode->entry.weight;
	const struct value values[] = {
		{"weight_maintenance", weight[0].raw, RATE_DECIMALS},
		{"weight_initial", weight[1].raw, RATE_DECIMALS},
		{"weight_withdrawal", weight[2].raw, RATE_DECIMALS},
	};

	if (code == RK_REJ_BAD_NAME)
		return rk_what_if_refuse(
			a, code,
			"supposition %zu: group \"%.*s\" must be 1 to %d of "
			"A-Z a-z 0-9 . _ - /",
			k + 1, RK_NAME_SIZE, emode->group, RK_NAME_SIZE - 1);
	if (code == RK_REJ_CAPACITY)
		return rk_what_if_refuse(
			a, code,
			"supposition %zu: group %s would be one too many: "
			"there are at most %d groups",
			k + 1, emode->group, RK_EMODE_GROUPS);
	/* Without collateral every weight must be 0. */
	if (!emode->entry.collateral)
		return rk_what_if_refuse(
			a, code,
			"supposition %zu: %s of %s in group %s must be 0, as "
			"it is not collateral there",
			k + 1, field, of, emode->group);
	return refuse_field(a, &(struct wrong){k, of, field}, values,
			    sizeof(values) / sizeof(values[0]));
}

static int suppose_emode(struct rk_asking *a, size_t k)
{
	const struct rk_supposition *row = &a->what->suppose[k];
	struct rk_asset_view view;
	const char *field = "";
	int r;

	if (row->id >= a->counts.assets)
		return refuse_asset(a, k);
	(void)rk_view_asset(a->engine, row->id, &view); /* it is known */
	r = rk_supposed_emode(&a->terms, row->id, &row->parameters->emode,
			      &field);
	return r == RK_OK ? r : refuse_emode(a, k, view.listing.name, r, field);
}

static int suppose_risk(struct rk_asking *a, size_t k)
{
	const struct rk_cmd_risk *risk = &a->what->suppose[k].parameters->risk;
	const char *field = "";
	const struct value values[] = {
		{"warn_enter", risk->warn_enter.raw, RATE_DECIMALS},
		{"warn_leave", risk->warn_leave.raw, RATE_DECIMALS},
		{"call_enter", risk->call_enter.raw, RATE_DECIMALS},
		{"call_leave", risk->call_leave.raw, RATE_DECIMALS},
		{"target", risk->target.raw, RATE_DECIMALS},
		{"order_band", risk->order_band.raw, RATE_DECIMALS},
		{"stale_band", risk->stale_band.raw, RATE_DECIMALS},
		{"order_expiry", risk->order_expiry_ns, RATE_DECIMALS},
		{"close_timeout", risk->close_timeout_ns, RATE_DECIMALS},
		{"order_cooldown", risk->order_cooldown_ns, RATE_DECIMALS},
	};

	if (rk_supposed_risk(&a->terms, risk, &field) == RK_OK)
		return RK_OK;
	return refuse_field(a, &(struct wrong){k, "risk", field}, values,
			    sizeof(values) / sizeof(values[0]));
}

int rk_what_if_end_ramps(struct rk_asking *a, struct rk_ask *ask)
{
	int r;

	if (!a->what->ramps_ended)
		return RK_OK;
	rk_supposed_ramps_end(&a->terms);
	r = rk_ask_terms(ask, &a->terms);
	if (r == RK_OK)
		return r;
	return rk_what_if_refuse(a, r,
				 "ramps_ended: what an account has would be "
				 "out of range by it: %s",
				 rk_rc_text(r));
}

int rk_what_if_suppose_terms(struct rk_asking *a, size_t k, struct rk_ask *ask)
{
	int r;

	switch ((int)a->what->suppose[k].kind) {
	case RK_SUPPOSE_COLLATERAL:
	case RK_SUPPOSE_SCALE:
		r = suppose_asset(a, k);
		break;
	case RK_SUPPOSE_RISK:
		r = suppose_risk(a, k);
		break;
	case RK_SUPPOSE_EMODE:
		r = suppose_emode(a, k);
		break;
	default:
		r = suppose_market(a, k);
		break;
	}
	if (r != RK_OK)
		return r;
	r = rk_ask_terms(ask, &a->terms);
	if (r == RK_OK)
		return r;
	return rk_what_if_refuse(a, r,
				 "supposition %zu: what an account has would "
				 "be out of range by it: %s",
				 k + 1, rk_rc_text(r));
}
