/*
 * What was listed is listed otherwise, what assets count for, and what the
 * daemon says to itself: rules M1 to M4, K1, D1 and D2. The new listing is put
 * into the book first and looked at there; a refusal is put right by the
 * caller.
 */
#include <string.h>

#include "support/auditor_parts.h"

static bool everybody_within_bounds(const struct rk_book *b)
{
	for (uint32_t i = 0; i < b->accounts_n; i++) {
		if (!audit_within_bounds(b, i) ||
		    !audit_resting_within_bounds(b, i))
			return false;
	}
	return true;
}

/* Rule M3, for the listing that is in the book now. */
static int check_consequences(const struct rk_book *b, uint32_t slot,
			      rk_px price_max)
{
	if (slot != AUDIT_NONE && b->slots[slot].mark > price_max.raw)
		return RK_REJ_BAD_PRICE;
	return everybody_within_bounds(b) ? RK_OK : RK_REJ_OVERFLOW;
}

static void tell(struct rk_auditor *a, enum rk_event_type type, uint32_t market,
		 struct rk_ev_name name)
{
	audit_emit(a, type, AUDIT_NONE, market)->name = name;
}

int audit_asset_change(struct rk_auditor *a, const struct rk_cmd_asset *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_asset(b, cmd->name);
	struct rk_ev_name name = {.id = id};
	struct rk_cmd_asset before;
	int code;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	before = b->assets[id].listing;
	if (cmd->decimals != before.decimals ||
	    cmd->price_decimals != before.price_decimals ||
	    (cmd->fixed_price.raw == 0) != (before.fixed_price.raw == 0))
		return RK_REJ_BAD_PARAM;
	if (cmd->fixed_price.raw == before.fixed_price.raw &&
	    cmd->price_max.raw == before.price_max.raw &&
	    cmd->price_age_max_ns == before.price_age_max_ns)
		return RK_REJ_NO_CHANGE;
	if (!audit_asset_can_work(cmd))
		return RK_REJ_BAD_PARAM;
	b->assets[id].listing = *cmd;
	for (uint32_t i = 0; i < b->markets_n; i++) {
		if (b->markets[i].settle == id &&
		    !audit_market_can_work(&b->markets[i].listing, cmd))
			return RK_REJ_BAD_PARAM;
	}
	code = check_consequences(b, b->assets[id].slot, cmd->price_max);
	if (code != RK_OK)
		return code;
	name.slot = b->assets[id].slot;
	(void)memcpy(name.name, before.name, RK_NAME_SIZE);
	tell(a, RK_EVENT_ASSET_CHANGED, RK_NO_MARKET, name);
	if (name.slot != AUDIT_NONE)
		audit_weigh_anew(a, name.slot);
	audit_touch_all(a);
	return RK_OK;
}

static bool same_brackets(const struct rk_cmd_market *x,
			  const struct rk_cmd_market *y)
{
	bool same = x->brackets_n == y->brackets_n;

	for (uint32_t k = 0; same && k < y->brackets_n; k++)
		same = x->brackets[k].floor.raw == y->brackets[k].floor.raw &&
		       x->brackets[k].maintenance.raw ==
			       y->brackets[k].maintenance.raw &&
		       x->brackets[k].initial.raw == y->brackets[k].initial.raw;
	return same;
}

int audit_market_change(struct rk_auditor *a, const struct rk_cmd_market *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_market(b, cmd->name);
	struct rk_ev_name name = {.id = id};
	struct rk_cmd_market after = *cmd;
	struct rk_cmd_market before;
	int code;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_MARKET;
	if (b->markets[id].state == RK_MARKET_SETTLED)
		return RK_REJ_MARKET_CLOSED;
	before = b->markets[id].listing;
	if (strncmp(cmd->settle, before.settle, RK_NAME_SIZE) != 0 ||
	    cmd->price_decimals != before.price_decimals ||
	    cmd->size_decimals != before.size_decimals)
		return RK_REJ_BAD_PARAM;
	if (cmd->lot.raw == before.lot.raw &&
	    cmd->price_max.raw == before.price_max.raw &&
	    cmd->position_max.raw == before.position_max.raw &&
	    cmd->price_age_max_ns == before.price_age_max_ns &&
	    cmd->close_cost.raw == before.close_cost.raw &&
	    cmd->taker_fee.raw == before.taker_fee.raw &&
	    cmd->maker_fee.raw == before.maker_fee.raw &&
	    same_brackets(cmd, &before))
		return RK_REJ_NO_CHANGE;
	/* What kind of contract it is stays, whatever the command says. */
	after.contract = before.contract;
	after.multiplier = before.multiplier;
	after.multiplier_decimals = before.multiplier_decimals;
	after.price_min = before.price_min;
	if (!audit_market_can_work(&after,
				   &b->assets[b->markets[id].settle].listing))
		return RK_REJ_BAD_PARAM;
	code = audit_ramp_form(a, id, &after, &b->markets[id].margin);
	if (code != RK_OK)
		return code;
	b->markets[id].listing = after;
	code = check_consequences(b, b->markets[id].slot, cmd->price_max);
	if (code != RK_OK)
		return code;
	audit_ramp_market(a, id, &before, &b->markets[id].margin);
	name.slot = b->markets[id].slot;
	(void)memcpy(name.name, before.name, RK_NAME_SIZE);
	tell(a, RK_EVENT_MARKET_CHANGED, id, name);
	audit_weigh_anew(a, name.slot);
	audit_touch_all(a);
	return RK_OK;
}

static bool falls(const rk_rate rates[RK_LEVELS], int64_t most, int64_t least)
{
	int64_t before = most;

	for (int k = 0; k < RK_LEVELS; k++) {
		if (rates[k].raw > before || rates[k].raw < least)
			return false;
		before = rates[k].raw;
	}
	return true;
}

static bool rises(const rk_rate rates[RK_LEVELS], int64_t least, int64_t most)
{
	int64_t before = least;

	for (int k = 0; k < RK_LEVELS; k++) {
		if (rates[k].raw < before || rates[k].raw > most)
			return false;
		before = rates[k].raw;
	}
	return true;
}

static bool same_rates(const rk_rate x[RK_LEVELS], const rk_rate y[RK_LEVELS])
{
	bool same = true;

	for (int k = 0; k < RK_LEVELS; k++)
		same &= x[k].raw == y[k].raw;
	return same;
}

int audit_collateral(struct rk_auditor *a, const struct rk_cmd_collateral *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_asset(b, cmd->asset);
	const struct rk_collateral *terms = &cmd->terms;
	struct rk_ev_name name = {.id = id};
	struct book_asset *asset;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (!falls(terms->weight, RK_RATE_ONE, 0) ||
	    !rises(terms->liability, RK_RATE_ONE, 2 * RK_RATE_ONE) ||
	    !falls(terms->profit, RK_RATE_ONE, 0) ||
	    terms->profit[RK_LEVEL_WITHDRAWAL].raw != 0)
		return RK_REJ_BAD_PARAM;
	asset = &b->assets[id];
	if (same_rates(terms->weight, asset->target.weight) &&
	    same_rates(terms->liability, asset->target.liability) &&
	    same_rates(terms->profit, asset->target.profit))
		return RK_REJ_NO_CHANGE;
	audit_ramp_terms(a, id, terms);
	name.slot = asset->slot;
	(void)memcpy(name.name, asset->listing.name, RK_NAME_SIZE);
	tell(a, RK_EVENT_COLLATERAL_SET, RK_NO_MARKET, name);
	audit_touch_all(a);
	return RK_OK;
}

int audit_sync_stall(struct rk_auditor *a, const struct rk_cmd_sync_stall *cmd)
{
	if (cmd->age_ns < 0 || cmd->age_ns > RK_DURATION_MAX_NS)
		return RK_REJ_BAD_PARAM;
	audit_emit(a, RK_EVENT_SYNC_STALLED, AUDIT_NONE, RK_NO_MARKET)
		->sync_stalled.age_ns = cmd->age_ns;
	return RK_OK;
}

int audit_lag(struct rk_auditor *a, const struct rk_lag *lag)
{
	if (lag->window_ns < 1 || lag->window_ns > RK_DURATION_MAX_NS ||
	    lag->judging_ns < 0 || lag->judging_ns > lag->window_ns ||
	    lag->age_ns < 0 || lag->age_ns > RK_DURATION_MAX_NS)
		return RK_REJ_BAD_PARAM;
	audit_emit(a, RK_EVENT_LAG, AUDIT_NONE, RK_NO_MARKET)->lag = *lag;
	return RK_OK;
}

int audit_skipped(const struct rk_cmd_skipped *cmd)
{
	static const bool listed[] = {
#define LISTED(name, number) [number] = true,
		RK_CMD_MAP(LISTED)
#undef LISTED
	};

	if ((size_t)cmd->type >= sizeof(listed) || !listed[cmd->type] ||
	    cmd->type == RK_CMD_SKIPPED)
		return RK_REJ_BAD_PARAM;
	return RK_REJ_SKIPPED;
}
