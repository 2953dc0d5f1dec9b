/*
 * What one account may hold. See bound.h.
 */
#include "engine/bound.h"

#include "engine/assert.h"
#include "engine/contract.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/rc.h"
#include "engine/state.h"

/* What counts toward the bound: of each asset, and of all in USD. */
struct sums {
	struct {
		uint32_t asset;
		rk_i128 amount;
	} assets[RK_ASSETS_MAX];
	uint32_t n;
	rk_i128 usd;
};

static rk_i128 *sum_of(struct sums *sums, uint32_t asset)
{
	for (uint32_t i = 0; i < sums->n; i++)
		if (sums->assets[i].asset == asset)
			return &sums->assets[i].amount;
	RK_ASSERT(sums->n < RK_ASSETS_MAX);
	sums->assets[sums->n].asset = asset;
	sums->assets[sums->n].amount = 0;
	return &sums->assets[sums->n++].amount;
}

/* |amount| at the largest price, in USD, rounded up: 0 or RK_REJ_OVERFLOW. */
static int bound_usd(const struct rk_asset *asset, rk_i128 amount, rk_i128 *sum)
{
	rk_px price = asset->slot == RK_NONE ? asset->listing.fixed_price
					     : asset->listing.price_max;
	rk_usd usd;
	int r;

	if (!rk_fx_fits(amount))
		return RK_REJ_OVERFLOW;
	r = rk_fx_usd((rk_amt){(int64_t)amount}, price, asset->usd_exp,
		      RK_ROUND_CEIL, &usd);
	if (r != RK_OK)
		return r;
	*sum += usd.raw;
	return RK_OK;
}

static rk_i128 absolute(rk_i128 x)
{
	return x < 0 ? -x : x;
}

/* Count an amount toward both halves of N7: its asset's, and all in USD. */
static int bound_line(const struct rk_scene *scene, struct sums *sums,
		      uint32_t asset, rk_i128 amount)
{
	rk_i128 *sum = sum_of(sums, asset);

	*sum += amount;
	if (*sum > RK_ACCOUNT_VALUE_MAX)
		return RK_REJ_OVERFLOW;
	return bound_usd(&scene->assets[asset], amount, &sums->usd);
}

static int bound_position(const struct rk_scene *scene, struct sums *sums,
			  const struct rk_held_position *position)
{
	const struct rk_market *market = &scene->markets[position->market];
	rk_amt value;
	rk_amt magnitude;
	rk_amt funding;
	int r = rk_contract_value_both(market, rk_contract_dearest(market),
				       position->size, &value, &magnitude);

	if (r == RK_OK)
		r = rk_funding_bound(market, position->size, &funding);
	if (r != RK_OK)
		return r;
	if (!rk_contract_fits(market, position->size))
		return RK_REJ_OVERFLOW;
	/* In a market without funding it may have been told of another's. */
	if (absolute(position->funding.raw) > funding.raw)
		return bound_line(scene, sums, market->settle,
				  magnitude.raw + absolute(position->cost.raw) +
					  absolute(position->funding.raw));
	return bound_line(scene, sums, market->settle,
			  magnitude.raw + absolute(position->cost.raw) +
				  funding.raw);
}

static int bound_balance(const struct rk_scene *scene, struct sums *sums,
			 const struct rk_held_balance *balance)
{
	const struct rk_asset *asset = &scene->assets[balance->asset];

	return bound_line(scene, sums, balance->asset,
			  rk_interest_bound(asset, balance));
}

/* More than the bound, and few of it do not wrap. */
#define FAR_TOO_MUCH ((uint64_t)RK_ACCOUNT_VALUE_MAX + 1)

/* The least b with |x| at most 2^b. */
static int bits_of(int64_t x)
{
	uint64_t magnitude = x < 0 ? -(uint64_t)x : (uint64_t)x;

	return magnitude == 0 ? 0 : 64 - __builtin_clzll(magnitude);
}

/*
 * Of something that is at most 2^bits raw units, rounded up: what it counts
 * toward the bound, as raw units or as USD, whichever is more; or FAR_TOO_MUCH.
 */
static uint64_t most_of(const struct rk_asset *asset, int bits)
{
	if (asset->usd_bits > 0)
		bits += asset->usd_bits;
	return bits > 59 ? FAR_TOO_MUCH : UINT64_C(2) << (bits < 0 ? 0 : bits);
}

/* What a position counts at most. */
static uint64_t most_of_position(const struct rk_engine *engine,
				 const struct rk_position *position)
{
	const struct rk_market *market = &engine->markets[position->market];
	const struct rk_asset *settle = &engine->assets[market->settle];
	int64_t size = rk_fx_magnitude(position->size).raw;
	/* The value is rounded up before it is turned into USD. */
	int bits = bits_of(size) + market->value_bits;
	uint64_t value = most_of(settle, bits < 0 ? 1 : bits + 1);
	uint64_t sum = value + most_of(settle, bits_of(position->cost.raw));

	/* One from before position_max was lowered. */
	if (size > market->listing.position_max.raw)
		return FAR_TOO_MUCH;
	if (!market->funding.active)
		return sum;
	/* Its funding is at most what it is worth, but for one from before
	 * price_max was lowered. */
	return market->funding.high - market->funding.low > market->funding.most
		       ? FAR_TOO_MUCH
		       : sum + value;
}

static uint64_t most_of_balance(const struct rk_engine *engine,
				const struct rk_balance *balance)
{
	const struct rk_asset *asset = &engine->assets[balance->asset];
	int bits = bits_of(balance->amount.raw);

	/* With interest it may become twice that, and twice more where its
	 * index was below 1. */
	if (asset->lending.active)
		bits += balance->index < RK_INDEX_ONE ? 2 : 1;
	return most_of(asset, bits);
}

/*
 * Is the account within N7 by powers of two alone? Nearly all are, by far,
 * and it saves a multiplication and a division per position. One sum stands
 * for both halves of the rule: of each amount the larger counts.
 */
static bool is_far_within(const struct rk_engine *engine,
			  const struct rk_account *account)
{
	uint64_t sum = 0;

	/* Each is at most 3 * 2^61: the sum cannot wrap before it is seen. */
	for (uint32_t i = account->positions;
	     i != RK_NONE && sum <= RK_ACCOUNT_VALUE_MAX;
	     i = engine->positions[i].next)
		sum += most_of_position(engine, &engine->positions[i]);
	for (uint32_t i = account->balances;
	     i != RK_NONE && sum <= RK_ACCOUNT_VALUE_MAX;
	     i = engine->balances[i].next)
		sum += most_of_balance(engine, &engine->balances[i]);
	return sum <= RK_ACCOUNT_VALUE_MAX;
}

int rk_bound_check_holdings(const struct rk_scene *scene,
			    const struct rk_holdings *holdings)
{
	struct sums sums;
	int r = RK_OK;

	sums.n = 0;
	sums.usd = 0;
	for (uint32_t i = 0; r == RK_OK && i < holdings->positions_n; i++)
		r = bound_position(scene, &sums, &holdings->positions[i]);
	for (uint32_t i = 0; r == RK_OK && i < holdings->balances_n; i++)
		r = bound_balance(scene, &sums, &holdings->balances[i]);
	if (r == RK_OK && sums.usd > RK_ACCOUNT_VALUE_MAX)
		r = RK_REJ_OVERFLOW;
	return r;
}

int rk_bound_check(const struct rk_engine *engine,
		   const struct rk_account *account)
{
	struct rk_holdings holdings;
	struct rk_scene scene;

	if (is_far_within(engine, account))
		return RK_OK;
	scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_holdings_of(engine, account, &holdings);
	return rk_bound_check_holdings(&scene, &holdings);
}
