/*
 * What there is to trade, who publishes prices, and the numbers the book runs
 * under: rules N6, C3, C4, C5 and K2.
 */
#include <string.h>

#include "support/auditor_pace.h"
#include "support/auditor_parts.h"

#define PRICE_MAX    (INT64_C(1) << 62)
#define POSITION_MAX (INT64_C(1) << 61)

bool audit_name_good(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-/";
	size_t n = 0;

	while (n < RK_NAME_SIZE && name[n] != '\0') {
		if (strchr(allowed, name[n]) == NULL)
			return false;
		n++;
	}
	return n >= 1 && n < RK_NAME_SIZE;
}

static bool within(uint32_t wanted, uint32_t in_use, uint32_t max)
{
	return wanted >= 1 && wanted >= in_use && wanted <= max;
}

int audit_limits(struct rk_auditor *a, const struct rk_cmd_limits *cmd)
{
	const struct rk_cmd_limits *max = &a->max;
	struct rk_book *b = &a->book;
	bool good = true;

	good &= within(cmd->accounts_max, b->accounts_n, max->accounts_max);
	good &= within(cmd->owners_max, audit_count_owners(b), max->owners_max);
	good &= within(cmd->assets_max, b->assets_n, max->assets_max);
	good &= within(cmd->markets_max, b->markets_n, max->markets_max);
	good &= within(cmd->publishers_max, b->publishers_n,
		       max->publishers_max);
	good &= within(cmd->venues_max, b->venues_n, max->venues_max);
	good &= within(cmd->clients_max, a->clients_n, max->clients_max);
	good &= within(cmd->positions_max, b->positions_n, max->positions_max);
	good &= cmd->positions_max >= b->leverages_n;
	good &= within(cmd->positions_per_account_max, 0,
		       max->positions_per_account_max);
	good &= cmd->positions_per_account_max <= 64;
	good &= within(cmd->balances_max, b->balances_n, max->balances_max);
	good &= within(cmd->orders_max, audit_count_orders_open(b),
		       max->orders_max);
	good &= within(cmd->withdrawals_max, b->withdrawals_n,
		       max->withdrawals_max);
	if (!good)
		return RK_REJ_BAD_PARAM;
	b->limits = *cmd;
	(void)audit_emit(a, RK_EVENT_LIMITS_SET, AUDIT_NONE, RK_NO_MARKET);
	return RK_OK;
}

static bool duration_good(int64_t duration_ns)
{
	return duration_ns > 0 && duration_ns <= RK_DURATION_MAX_NS;
}

int audit_risk(struct rk_auditor *a, const struct rk_cmd_risk *cmd)
{
	bool good = cmd->warn_leave.raw > cmd->warn_enter.raw &&
		    cmd->warn_enter.raw > cmd->call_leave.raw &&
		    cmd->call_leave.raw > cmd->call_enter.raw &&
		    cmd->call_enter.raw > cmd->target.raw &&
		    cmd->target.raw > RK_RATE_ONE &&
		    cmd->warn_leave.raw <= 10 * RK_RATE_ONE;

	good &= cmd->order_band.raw > 0 && cmd->order_band.raw < RK_RATE_ONE;
	good &= cmd->stale_band.raw > 0 && cmd->stale_band.raw < RK_RATE_ONE;
	good &= duration_good(cmd->order_expiry_ns);
	good &= duration_good(cmd->close_timeout_ns);
	good &= duration_good(cmd->order_cooldown_ns);
	if (!good)
		return RK_REJ_BAD_PARAM;
	a->book.risk = *cmd;
	(void)audit_emit(a, RK_EVENT_RISK_SET, AUDIT_NONE, RK_NO_MARKET);
	audit_touch_all(a);
	return RK_OK;
}

static void tell_name(struct rk_event *ev, uint32_t id, uint32_t slot,
		      const char *name)
{
	ev->name.id = id;
	ev->name.slot = slot;
	(void)memcpy(ev->name.name, name, RK_NAME_SIZE);
}

/* Publishers and venues are lists of names and nothing else. */
static int add_name(char (*names)[RK_NAME_SIZE], uint32_t *n, uint32_t max,
		    const char *name)
{
	if (!audit_name_good(name))
		return RK_REJ_BAD_NAME;
	for (uint32_t i = 0; i < *n; i++) {
		if (strncmp(names[i], name, RK_NAME_SIZE) == 0)
			return RK_REJ_EXISTS;
	}
	if (*n >= max)
		return RK_REJ_CAPACITY;
	(void)memset(names[*n], 0, RK_NAME_SIZE);
	(void)memcpy(names[*n], name, strlen(name)); /* good names end */
	(*n)++;
	return RK_OK;
}

int audit_publisher(struct rk_auditor *a, const struct rk_cmd_name *cmd)
{
	struct rk_book *b = &a->book;
	int code = add_name(b->publishers, &b->publishers_n,
			    b->limits.publishers_max, cmd->name);

	if (code != RK_OK)
		return code;
	tell_name(audit_emit(a, RK_EVENT_PUBLISHER_ADDED, AUDIT_NONE,
			     RK_NO_MARKET),
		  b->publishers_n - 1, RK_NO_SLOT,
		  b->publishers[b->publishers_n - 1]);
	return RK_OK;
}

int audit_venue(struct rk_auditor *a, const struct rk_cmd_name *cmd)
{
	struct rk_book *b = &a->book;
	int code = add_name(b->venues, &b->venues_n, b->limits.venues_max,
			    cmd->name);

	if (code != RK_OK)
		return code;
	tell_name(audit_emit(a, RK_EVENT_VENUE_ADDED, AUDIT_NONE, RK_NO_MARKET),
		  b->venues_n - 1, RK_NO_SLOT, b->venues[b->venues_n - 1]);
	return RK_OK;
}

static uint32_t take_slot(struct rk_book *b, uint32_t asset, uint32_t market)
{
	struct book_slot *slot = &b->slots[b->slots_n];

	(void)memset(slot, 0, sizeof(*slot));
	slot->asset = asset;
	slot->market = market;
	slot->follows = AUDIT_NONE;
	return b->slots_n++;
}

static bool price_max_good(rk_px price)
{
	return price.raw > 0 && price.raw <= PRICE_MAX;
}

bool audit_asset_can_work(const struct rk_cmd_asset *cmd)
{
	if (cmd->decimals > RK_ASSET_DECIMALS_MAX ||
	    cmd->price_decimals > RK_DECIMALS_MAX)
		return false;
	if (cmd->fixed_price.raw != 0)
		return cmd->fixed_price.raw > 0 && cmd->price_max.raw == 0;
	return price_max_good(cmd->price_max) &&
	       duration_good(cmd->price_age_max_ns);
}

struct rk_collateral audit_terms_at_first(void)
{
	const rk_rate one = {RK_RATE_ONE};

	return (struct rk_collateral){
		.weight = {one, one, one},
		.liability = {one, one, one},
		.profit = {one, one, {0}},
	};
}

int audit_asset(struct rk_auditor *a, const struct rk_cmd_asset *cmd)
{
	struct rk_book *b = &a->book;
	struct book_asset *asset = &b->assets[b->assets_n];

	if (!audit_name_good(cmd->name))
		return RK_REJ_BAD_NAME;
	if (audit_find_asset(b, cmd->name) != AUDIT_NONE)
		return RK_REJ_EXISTS;
	if (!audit_asset_can_work(cmd))
		return RK_REJ_BAD_PARAM;
	if (b->assets_n >= b->limits.assets_max)
		return RK_REJ_CAPACITY;
	(void)memset(asset, 0, sizeof(*asset));
	asset->listing = *cmd;
	asset->terms = audit_terms_at_first();
	asset->target = asset->terms;
	asset->debt_index = INT64_C(1000000000000000000);
	asset->supply_index = INT64_C(1000000000000000000);
	asset->slot = AUDIT_NONE;
	if (cmd->fixed_price.raw == 0)
		asset->slot = take_slot(b, b->assets_n, AUDIT_NONE);
	tell_name(
		audit_emit(a, RK_EVENT_ASSET_LISTED, AUDIT_NONE, RK_NO_MARKET),
		b->assets_n, asset->slot, cmd->name);
	b->assets_n++;
	return RK_OK;
}

static bool brackets_can_work(const struct rk_cmd_market *cmd)
{
	const struct rk_bracket *k = cmd->brackets;

	if (cmd->brackets_n < 1 || cmd->brackets_n > RK_BRACKETS_MAX)
		return false;
	if (k[0].floor.raw != 0)
		return false;
	for (uint32_t i = 0; i < cmd->brackets_n; i++) {
		if (k[i].maintenance.raw < 0 ||
		    k[i].maintenance.raw > k[i].initial.raw ||
		    k[i].initial.raw > RK_RATE_ONE || k[i].initial.raw <= 0)
			return false;
		if (i == 0)
			continue;
		if (k[i].floor.raw <= k[i - 1].floor.raw ||
		    k[i].maintenance.raw < k[i - 1].maintenance.raw ||
		    k[i].initial.raw < k[i - 1].initial.raw)
			return false;
	}
	return true;
}

/* Rule N6: the engine multiplies in 128 bits, signed. */
static bool fits_128(struct rk_wide number)
{
	struct rk_wide most =
		rk_wide_sub(rk_wide_mul(rk_wide_of((rk_i128)1 << 64),
					rk_wide_of((rk_i128)1 << 63)),
			    rk_wide_of(1));

	return rk_wide_cmp(number, most) <= 0;
}

static struct rk_wide times_ten(struct rk_wide number, int exponent)
{
	return exponent <= 0
		       ? number
		       : rk_wide_mul(number,
				     rk_wide_power_of_ten((uint32_t)exponent));
}

/*
 * A size at a price, in raw units of the settle asset, rounded up. False when a
 * product on the way passes 128 bits.
 */
static bool worth_at(const struct rk_cmd_market *cmd,
		     const struct rk_cmd_asset *settle, rk_i128 price,
		     rk_i128 size, struct rk_wide *ret_worth)
{
	bool inverse = cmd->contract == RK_CONTRACT_INVERSE;
	int exponent = settle->decimals - cmd->size_decimals -
		       cmd->multiplier_decimals +
		       (inverse ? cmd->price_decimals : -cmd->price_decimals);
	struct rk_wide above =
		rk_wide_mul(rk_wide_of(size), rk_wide_of(cmd->multiplier));
	struct rk_wide below = rk_wide_of(1);

	if (inverse)
		below = rk_wide_of(price);
	else
		above = rk_wide_mul(above, rk_wide_of(price));
	above = times_ten(above, exponent);
	below = times_ten(below, -exponent);
	*ret_worth = rk_wide_div(above, below, RK_WIDE_UP);
	return fits_128(above) && fits_128(below);
}

/* Rule S4 may move a price that is not OK to twice price_max. */
bool audit_has_room(const struct rk_cmd_market *cmd,
		    const struct rk_cmd_asset *settle, rk_i128 size)
{
	struct rk_wide ignored;

	return worth_at(cmd, settle, 2 * (rk_i128)cmd->price_max.raw, size,
			&ignored);
}

/* Linear without a multiplier: any size times any price fits (N6). */
bool audit_is_plain(const struct rk_cmd_market *cmd)
{
	return cmd->contract == RK_CONTRACT_LINEAR && cmd->multiplier == 1 &&
	       cmd->multiplier_decimals == 0;
}

/* The largest position where it is worth most: 2^60, raw and as USD. */
static bool worth_believable(const struct rk_cmd_market *cmd,
			     const struct rk_cmd_asset *settle)
{
	int64_t price = settle->fixed_price.raw > 0 ? settle->fixed_price.raw
						    : settle->price_max.raw;
	struct rk_wide worth;

	if (!audit_has_room(cmd, settle, cmd->position_max.raw) ||
	    !worth_at(cmd, settle, audit_dearest(cmd).raw,
		      cmd->position_max.raw, &worth) ||
	    rk_wide_cmp(worth, rk_wide_of(RK_POSITION_VALUE_MAX)) > 0)
		return false;
	worth = rk_wide_scale(rk_wide_mul(worth, rk_wide_of(price)),
			      RK_USD_DECIMALS - settle->decimals -
				      settle->price_decimals,
			      rk_wide_of(1), RK_WIDE_UP);
	return rk_wide_cmp(worth, rk_wide_of(RK_POSITION_VALUE_MAX)) <= 0;
}

static bool contract_can_work(const struct rk_cmd_market *cmd)
{
	if (cmd->contract != RK_CONTRACT_LINEAR &&
	    cmd->contract != RK_CONTRACT_INVERSE)
		return false;
	if (cmd->multiplier <= 0 || cmd->multiplier > RK_MULTIPLIER_MAX ||
	    cmd->multiplier_decimals > RK_DECIMALS_MAX)
		return false;
	return cmd->price_min.raw >= 1 &&
	       cmd->price_min.raw <= cmd->price_max.raw;
}

bool audit_market_can_work(const struct rk_cmd_market *cmd,
			   const struct rk_cmd_asset *settle)
{
	if (cmd->price_decimals > RK_DECIMALS_MAX ||
	    cmd->size_decimals > RK_DECIMALS_MAX)
		return false;
	if (!price_max_good(cmd->price_max) || cmd->position_max.raw <= 0 ||
	    cmd->position_max.raw > POSITION_MAX || cmd->lot.raw <= 0 ||
	    cmd->lot.raw > cmd->position_max.raw)
		return false;
	if (!duration_good(cmd->price_age_max_ns))
		return false;
	if (cmd->close_cost.raw < 0 || cmd->close_cost.raw >= RK_RATE_ONE)
		return false;
	if (cmd->taker_fee.raw < 0 || cmd->taker_fee.raw >= RK_RATE_ONE ||
	    cmd->maker_fee.raw <= -RK_RATE_ONE ||
	    cmd->maker_fee.raw >= RK_RATE_ONE)
		return false;
	return contract_can_work(cmd) && brackets_can_work(cmd) &&
	       worth_believable(cmd, settle);
}

static int list_market(struct rk_auditor *a, const struct rk_cmd_market *cmd)
{
	struct rk_book *b = &a->book;
	struct book_market *market = &b->markets[b->markets_n];
	uint32_t settle = audit_find_asset(b, cmd->settle);

	if (!audit_name_good(cmd->name))
		return RK_REJ_BAD_NAME;
	if (audit_find_market(b, cmd->name) != AUDIT_NONE)
		return RK_REJ_EXISTS;
	if (settle == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (!audit_market_can_work(cmd, &b->assets[settle].listing))
		return RK_REJ_BAD_PARAM;
	if (b->markets_n >= b->limits.markets_max)
		return RK_REJ_CAPACITY;
	(void)memset(market, 0, sizeof(*market));
	market->listing = *cmd;
	market->settle = settle;
	market->state = RK_MARKET_OPEN;
	audit_usual_liquidation(&market->liquidation);
	market->slot = take_slot(b, AUDIT_NONE, b->markets_n);
	a->trades[b->markets_n].n = 0;
	a->trades[b->markets_n].highest = 0;
	tell_name(
		audit_emit(a, RK_EVENT_MARKET_LISTED, AUDIT_NONE, b->markets_n),
		b->markets_n, market->slot, cmd->name);
	b->markets_n++;
	return RK_OK;
}

/* Whatever a MARKET says of it: linear, multiplier 1, any price. */
int audit_market(struct rk_auditor *a, const struct rk_cmd_market *cmd)
{
	struct rk_cmd_market listing = *cmd;

	listing.contract = RK_CONTRACT_LINEAR;
	listing.multiplier = 1;
	listing.multiplier_decimals = 0;
	listing.price_min.raw = 1;
	return list_market(a, &listing);
}

int audit_contract(struct rk_auditor *a, const struct rk_cmd_market *cmd)
{
	struct rk_cmd_market listing = *cmd;

	if (listing.multiplier == 0)
		listing.multiplier = 1;
	if (listing.price_min.raw == 0)
		listing.price_min.raw = 1;
	return list_market(a, &listing);
}
