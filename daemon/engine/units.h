/*
 * The units of money. Each is a struct of one field, so that mixing two of
 * them does not compile; only fx.h turns one into another.
 */
#ifndef RK_ENGINE_UNITS_H
#define RK_ENGINE_UNITS_H

#include <stdint.h>

__extension__ typedef __int128 rk_i128;
/* The same inside a record, where 16 bytes of alignment would leave gaps. */
typedef rk_i128 rk_i128_packed __attribute__((aligned(8)));

/* Behind an enum of which many records hold one: it takes a byte. */
#define RK_IN_A_BYTE __attribute__((packed))
__extension__ typedef unsigned __int128 rk_u128;

/* An amount of an asset, in 10^-decimals of that asset (decimals 0..8). */
typedef struct rk_amt {
	int64_t raw;
} rk_amt;

/* US dollars, in 1e-8. What every account is valued in. */
typedef struct rk_usd {
	int64_t raw;
} rk_usd;

/* A price, in 10^-price_decimals of the slot it belongs to. Above 0. */
typedef struct rk_px {
	int64_t raw;
} rk_px;

/* A size, in 10^-size_decimals of its market. Positions: long is above 0. */
typedef struct rk_qty {
	int64_t raw;
} rk_qty;

/* A rate, a weight or a multiple, in 1e-9. */
typedef struct rk_rate {
	int64_t raw;
} rk_rate;

#define RK_RATE_ONE           INT64_C(1000000000)
#define RK_USD_DECIMALS       8
#define RK_DECIMALS_MAX       12 /* of prices and sizes */
#define RK_ASSET_DECIMALS_MAX 8

/* No fee or rebate of one side of a trade is larger. */
#define RK_FEE_MAX (INT64_C(1) << 60)

/* No price_max above this: twice a price still fits. */
#define RK_PRICE_MAX (INT64_C(1) << 62)
/* No position_max above this: two positions together still fit. */
#define RK_POSITION_MAX (INT64_C(1) << 61)

/*
 * No position may be worth more than this at price_max: raw units of its
 * settle asset, and 1e-8 USD (11.5 billion) ...
 */
#define RK_POSITION_VALUE_MAX (INT64_C(1) << 60)
/*
 * ... and no account may hold more than this in positions, costs and balances
 * together, all at price_max: in each asset, and of all assets in USD. It
 * keeps every figure of an account within 62 bits, even with a doubtful price
 * moved to twice itself, so that ratios of two accounts compare exactly in
 * 128 bits.
 */
#define RK_ACCOUNT_VALUE_MAX (INT64_C(1) << 61)

#endif
