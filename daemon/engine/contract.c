/*
 * Linear and inverse contracts. See contract.h.
 */
#include "engine/contract.h"

#include "engine/assert.h"
#include "engine/rc.h"

static bool is_inverse(const struct rk_market *market)
{
	return market->listing.contract == RK_CONTRACT_INVERSE;
}

/* num / den of the exact value, num at least 0, den above 0. */
static int exact_at(const struct rk_market *market, rk_i128 price, rk_i128 size,
		    rk_i128 *ret_num, rk_i128 *ret_den)
{
	rk_i128 num = size;
	rk_i128 den = 1;
	int exp10 = market->value_exp;

	RK_ASSERT(price > 0);
	if (is_inverse(market))
		den = price;
	else if (__builtin_mul_overflow(num, price, &num))
		return RK_REJ_OVERFLOW;
	if (__builtin_mul_overflow(num, (rk_i128)market->listing.multiplier,
				   &num))
		return RK_REJ_OVERFLOW;
	if (exp10 > 0 && __builtin_mul_overflow(num, rk_fx_pow10(exp10), &num))
		return RK_REJ_OVERFLOW;
	if (exp10 < 0 && __builtin_mul_overflow(den, rk_fx_pow10(-exp10), &den))
		return RK_REJ_OVERFLOW;
	*ret_num = num;
	*ret_den = den;
	return RK_OK;
}

static int exact(const struct rk_market *market, rk_px price, rk_qty size,
		 rk_i128 *ret_num, rk_i128 *ret_den)
{
	return exact_at(market, price.raw, rk_fx_magnitude(size).raw, ret_num,
			ret_den);
}

bool rk_contract_fits(const struct rk_market *market, rk_qty size)
{
	rk_i128 num;
	rk_i128 den;

	return market->plain ||
	       exact_at(market, 2 * (rk_i128)market->listing.price_max.raw,
			rk_fx_magnitude(size).raw, &num, &den) == RK_OK;
}

int rk_contract_open_value(const struct rk_market *market, rk_px price,
			   rk_i128 size, rk_amt *ret_magnitude)
{
	rk_i128 num;
	rk_i128 den;
	rk_i128 value;
	int r = exact_at(market, price.raw, size, &num, &den);

	if (r != RK_OK)
		return r;
	value = rk_fx_div(num, den, RK_ROUND_CEIL);
	if (!rk_fx_fits(value))
		return RK_REJ_OVERFLOW;
	ret_magnitude->raw = (int64_t)value;
	return RK_OK;
}

/* Is the value of that size below 0? */
static bool is_negative(const struct rk_market *market, rk_qty size)
{
	return (size.raw < 0) != is_inverse(market);
}

int rk_contract_value(const struct rk_market *market, rk_px price, rk_qty size,
		      enum rk_round round, rk_amt *ret_value)
{
	rk_i128 num;
	rk_i128 den;
	rk_i128 value;
	int r = exact(market, price, size, &num, &den);

	if (r != RK_OK)
		return r;
	value = rk_fx_div(is_negative(market, size) ? -num : num, den, round);
	if (!rk_fx_fits(value))
		return RK_REJ_OVERFLOW;
	ret_value->raw = (int64_t)value;
	return RK_OK;
}

static rk_i128 value_floor(const struct rk_market *market, rk_px price,
			   rk_i128 size)
{
	rk_amt value;
	int r = rk_contract_value(market, price, (rk_qty){(int64_t)size},
				  RK_ROUND_FLOOR, &value);

	RK_ASSERT(r == RK_OK);
	return value.raw;
}

rk_i128 rk_contract_value_in_parts(const struct rk_market *market, rk_px price,
				   rk_i128 size)
{
	rk_i128 part = market->listing.position_max.raw;
	rk_i128 whole = size / part;
	rk_i128 value = value_floor(market, price, size % part);

	if (whole > 0)
		value += whole * value_floor(market, price, part);
	else if (whole < 0)
		value -= whole * value_floor(market, price, -part);
	return value;
}

int rk_contract_value_both(const struct rk_market *market, rk_px price,
			   rk_qty size, rk_amt *ret_floor,
			   rk_amt *ret_magnitude)
{
	rk_i128 num;
	rk_i128 den;
	rk_i128 down;
	rk_i128 up;
	int r;

	/* Most are of this kind. */
	if (market->plain)
		return rk_fx_value_both(price, size, market->value_exp,
					ret_floor, ret_magnitude);
	r = exact(market, price, size, &num, &den);
	if (r != RK_OK)
		return r;
	down = rk_fx_div(num, den, RK_ROUND_FLOOR);
	up = down + (down * den != num);
	if (!rk_fx_fits(up))
		return RK_REJ_OVERFLOW;
	ret_floor->raw = (int64_t)(is_negative(market, size) ? -up : down);
	ret_magnitude->raw = (int64_t)up;
	return RK_OK;
}

int rk_contract_fee(const struct rk_market *market, rk_px price, rk_qty size,
		    rk_rate rate, rk_amt *ret_fee)
{
	bool rebate = rate.raw < 0;
	rk_i128 magnitude;
	rk_i128 fee;
	rk_amt value;
	int r;

	RK_ASSERT(rate.raw > -RK_RATE_ONE && rate.raw < RK_RATE_ONE);

	if (rate.raw == 0) {
		ret_fee->raw = 0;
		return RK_OK;
	}
	r = rk_contract_value(market, price, rk_fx_magnitude(size),
			      RK_ROUND_TRUNC, &value);
	if (r != RK_OK)
		return r;
	magnitude = value.raw < 0 ? -(rk_i128)value.raw : value.raw;
	if (!rebate) {
		r = rk_contract_value_both(market, price, size, &value, &value);
		if (r != RK_OK)
			return r;
		magnitude = value.raw;
	}
	fee = rk_fx_div_rate(magnitude * rate.raw, RK_ROUND_CEIL);
	ret_fee->raw = (int64_t)fee;
	return RK_OK;
}

/* part * factor / den, rounded down, bit by bit; part below den. */
static rk_u128 scaled(rk_u128 part, rk_u128 den, int64_t factor)
{
	rk_u128 whole = 0;
	rk_u128 rest = 0;

	/* den is below 2^127: neither sum can pass 2^128. */
	for (int bit = 62; bit >= 0; bit--) {
		rest *= 2;
		whole *= 2;
		if (rest >= den) {
			rest -= den;
			whole++;
		}
		if (!((uint64_t)factor >> bit & 1))
			continue;
		rest += part;
		if (rest >= den) {
			rest -= den;
			whole++;
		}
	}
	return whole;
}

rk_i128 rk_contract_unit(const struct rk_market *market, rk_px price,
			 int64_t factor)
{
	rk_i128 num;
	rk_i128 den;
	int r = exact(market, price, (rk_qty){1}, &num, &den);

	RK_ASSERT(r == RK_OK);
	return num / den * factor +
	       (rk_i128)scaled((rk_u128)(num % den), (rk_u128)den, factor);
}

rk_px rk_contract_dearest(const struct rk_market *market)
{
	return is_inverse(market) ? market->listing.price_min
				  : market->listing.price_max;
}

rk_px rk_contract_price_after(const struct rk_market *market, rk_px mark,
			      bool is_long, rk_usd notional, rk_usd loss)
{
	rk_i128 part = (rk_i128)mark.raw * loss.raw;
	rk_i128 whole = (rk_i128)mark.raw * notional.raw;
	rk_i128 price;

	if (!is_inverse(market)) {
		rk_i128 offset = rk_fx_div(part, notional.raw, RK_ROUND_FLOOR);

		price = is_long ? mark.raw - offset : mark.raw + offset;
	} else if (is_long) {
		/* 1/price = 1/mark * (1 + loss / notional) */
		price = rk_fx_div(whole, (rk_i128)notional.raw + loss.raw,
				  RK_ROUND_CEIL);
	} else {
		/* A short that may lose all of it is never below zero. */
		price = loss.raw >= notional.raw
				? RK_PRICE_MAX
				: rk_fx_div(whole,
					    (rk_i128)notional.raw - loss.raw,
					    RK_ROUND_FLOOR);
	}
	if (price > RK_PRICE_MAX)
		price = RK_PRICE_MAX;
	return (rk_px){(int64_t)price};
}

void rk_contract_default(struct rk_cmd_market *listing)
{
	listing->contract = RK_CONTRACT_LINEAR;
	listing->multiplier = 1;
	listing->multiplier_decimals = 0;
	listing->price_min.raw = 1;
}

void rk_contract_complete(struct rk_cmd_market *listing)
{
	if (listing->multiplier == 0)
		listing->multiplier = 1;
	if (listing->price_min.raw == 0)
		listing->price_min.raw = 1;
}

void rk_contract_derive(struct rk_market *market, uint8_t settle_decimals)
{
	const struct rk_cmd_market *listing = &market->listing;
	rk_i128 most = listing->multiplier;
	int places = listing->size_decimals + listing->multiplier_decimals;

	if (is_inverse(market)) {
		market->value_exp =
			settle_decimals + listing->price_decimals - places;
		market->value_bits = rk_fx_bits(most, listing->price_min.raw,
						market->value_exp);
	} else {
		market->value_exp =
			settle_decimals - listing->price_decimals - places;
		market->value_bits = rk_fx_bits(most * listing->price_max.raw,
						1, market->value_exp);
	}
	market->plain = !is_inverse(market) && listing->multiplier == 1;
}
