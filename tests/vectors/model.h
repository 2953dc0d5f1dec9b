/*
 * The models of the vectors that this engine can express, each a function
 * that builds the vector's book in the engine and compares what it says.
 */
#ifndef RK_TESTS_VECTORS_MODEL_H
#define RK_TESTS_VECTORS_MODEL_H

#include "book.h"
#include "vec.h"

/* model_bracket.c: what brackets do */
enum verdict model_bracket_deductions(struct vec *vec);
enum verdict model_half_im_brackets(struct vec *vec);
enum verdict model_incremental_multiplier_tiers(struct vec *vec);

/* model_metric.c: what one position requires */
enum verdict model_linear_position_metrics(struct vec *vec);
enum verdict model_imf_mmf_margin(struct vec *vec);
enum verdict model_slippage_risk_maint_margin(struct vec *vec);
enum verdict model_leveraged_margin_model(struct vec *vec);

/* model_price.c: at which price something happens */
enum verdict model_linear_liq_price(struct vec *vec);
enum verdict model_half_im_liq_price(struct vec *vec);
enum verdict model_isolated_bankruptcy_price(struct vec *vec);

/* model_judge.c: what an account is worth, and who is judged how */
enum verdict model_account_equity(struct vec *vec);
enum verdict model_risk_order(struct vec *vec);
enum verdict model_liquidatable(struct vec *vec);

/* model_close.c: how much is closed, and at what price */
enum verdict model_perp_size_to_cover_shortage(struct vec *vec);
enum verdict model_perp_partial_liquidation(struct vec *vec);
enum verdict model_prorata_bankruptcy_value(struct vec *vec);

/* model_orders.c: what rests */
enum verdict model_worst_case_orders(struct vec *vec);
enum verdict model_isolated_order_margin(struct vec *vec);

/* model_margin.c, model_health.c, model_weight.c: what balances count for */
enum verdict model_weighted_margin(struct vec *vec);
enum verdict model_token_health(struct vec *vec);
enum verdict model_max_withdrawable(struct vec *vec);

/* model_slow.c: slow prices, and weights by what all accounts have */
enum verdict model_stable_price_init_health(struct vec *vec);
enum verdict model_scaled_asset_weight(struct vec *vec);

/* model_size.c: weights by what the account has itself */
enum verdict model_size_adjusted_weights(struct vec *vec);

/* model_funding.c: what longs and shorts pay each other */
enum verdict model_premium_clamp_funding(struct vec *vec);
enum verdict model_funding_index_settlement(struct vec *vec);
enum verdict model_funding_index_delta(struct vec *vec);
enum verdict model_twap_funding_rate(struct vec *vec);

/* model_interest.c: rates of loans, and how they grow (groups of lenders) */
enum verdict model_interest_rate_model(struct vec *vec);
enum verdict model_interest_accrual(struct vec *vec);

/* model_ramp.c: parameters on their way (a group of lenders) */
enum verdict model_parameter_ramp(struct vec *vec);
enum verdict model_socialize_deposit_loss(struct vec *vec);

/* model_loan.c: groups of vectors of lenders */
enum verdict model_health_factor(struct vec *vec);
enum verdict model_available_borrow(struct vec *vec);

/* A rate num / den as the engine has it, rounded up; false: outside of it. */
bool model_rate(struct dec num, struct dec den, rk_rate *ret_rate);
struct dec model_rate_value(rk_rate rate);
/* How far maintenance or initial margin may be off for a rate not exact. */
struct dec model_rate_slack(rk_rate rate, struct dec num, struct dec den,
			    struct dec notional);

/* One bracket for all notionals. */
void model_one_bracket(struct book_market *market, rk_rate maintenance,
		       rk_rate initial);

/*
 * Two brackets of which the upper has this rate and deduction, with its floor
 * at most at notional: false when there are none in the engine's units.
 */
bool model_deducted_bracket(struct book_market *market,
			    const struct scale *scale, rk_rate rate,
			    struct dec deduction, struct dec notional);

#endif
