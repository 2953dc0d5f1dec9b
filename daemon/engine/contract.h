/*
 * What a size is worth at a price: the kinds of contracts. Rule N3 of
 * docs/engine.md.
 *
 * A position is worth its value, and has gained value - cost, for each kind:
 *   linear:   value = price * size * multiplier       (what a seller would get)
 *   inverse:  value = -size * multiplier / price      (coins that are owed)
 * in the settle asset. An inverse contract is worth `multiplier` of the quote
 * currency per unit of size and settles in the coin: who is long has sold
 * coins at entry and buys them back, fewer when the price has risen.
 */
#ifndef RK_ENGINE_CONTRACT_H
#define RK_ENGINE_CONTRACT_H

#include "engine/fx.h"
#include "engine/records.h"

/* Signed as the formulas above: 0 or RK_REJ_OVERFLOW. price above 0. */
int rk_contract_value(const struct rk_market *market, rk_px price, rk_qty size,
		      enum rk_round round, rk_amt *ret_value);

/*
 * The value rounded toward minus infinity, and its magnitude rounded toward
 * plus infinity: what counts for an account, and what is required of it.
 */
int rk_contract_value_both(const struct rk_market *market, rk_px price,
			   rk_qty size, rk_amt *ret_floor,
			   rk_amt *ret_magnitude);

/*
 * The value of a size that may be above position_max: of parts of position_max
 * and a rest, each rounded toward minus infinity. They fit (N6).
 */
rk_i128 rk_contract_value_in_parts(const struct rk_market *market, rk_px price,
				   rk_i128 size);

/*
 * The magnitude of a size of any number of accounts, rounded toward plus
 * infinity: 0 or RK_REJ_OVERFLOW. size and price above 0.
 */
int rk_contract_open_value(const struct rk_market *market, rk_px price,
			   rk_i128 size, rk_amt *ret_magnitude);

/*
 * Can a size be reckoned with at every price up to twice price_max, as a price
 * that is not OK may be moved so far (S4)? (N6)
 */
bool rk_contract_fits(const struct rk_market *market, rk_qty size);

/*
 * The fee of a fill in the settle asset, by a rate of its value: rounded up,
 * and a rebate (rate below 0) rounded down: 0 or RK_REJ_OVERFLOW. size not 0;
 * the rate is between -1 and 1.
 */
int rk_contract_fee(const struct rk_market *market, rk_px price, rk_qty size,
		    rk_rate rate, rk_amt *ret_fee);

/*
 * factor * |value of one raw unit of size|, rounded toward zero. For a market
 * that may be listed (N6), a price of price_min..price_max and a factor of
 * 0..10^18: then it is at most 2^120.
 */
rk_i128 rk_contract_unit(const struct rk_market *market, rk_px price,
			 int64_t factor);

/* The price of price_min..price_max at which a size is worth most. */
rk_px rk_contract_dearest(const struct rk_market *market);

/*
 * The price at which a position of this notional has lost `loss` more than at
 * mark (both USD, above 0): rounded to the side that is better for it. At most
 * RK_PRICE_MAX.
 */
rk_px rk_contract_price_after(const struct rk_market *market, rk_px mark,
			      bool is_long, rk_usd notional, rk_usd loss);

/* Linear, multiplier 1, any price. */
void rk_contract_default(struct rk_cmd_market *listing);
/* What is left out (0) is 1. */
void rk_contract_complete(struct rk_cmd_market *listing);

/* What follows from the listing: exponents and bits of records.h. */
void rk_contract_derive(struct rk_market *market, uint8_t settle_decimals);

#endif
