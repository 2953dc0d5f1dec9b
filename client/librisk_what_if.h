/*
 * librisk: what accounts could do, and what would become of them.
 *
 * The daemon answers from copies, by the functions that judge: what it tells
 * is what would be done. Nothing is changed. Without suppositions the answer
 * is what there is: how much can be withdrawn, bought and sold, and at which
 * prices an account would be liquidated.
 *
 * A struct risk_supposition is filled in by one of the functions below;
 * &supposition.row is then a row of a risk_what_if_query. It points into
 * itself, so it must not be copied or moved once filled in. Nothing is
 * allocated: there is nothing to release. Amounts, prices and sizes are
 * integers in the decimals of their asset or market (librisk_text.h turns
 * text into them).
 */
#ifndef LIBRISK_WHAT_IF_H
#define LIBRISK_WHAT_IF_H

#include "librisk.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RISK_WHAT_IF_ACCOUNTS_MAX 64
#define RISK_WHAT_IF_SUPPOSE_MAX  64
#define RISK_LARGEST_MAX          64
#define RISK_BRACKETS_MAX         16

struct risk_supposition {
	Riskd__Supposition row;
	union {
		Riskd__SupposedPrice price;
		Riskd__SupposedDeposit deposit;
		Riskd__SupposedFill fill;
		Riskd__SupposedOrder order;
		Riskd__SupposedLeverage leverage;
		Riskd__SupposedCollateral collateral;
		Riskd__SupposedScale scale;
		Riskd__SupposedMarket market;
		Riskd__SupposedMargin margin;
		Riskd__SupposedRisk risk;
		Riskd__SupposedEmode emode;
	} body;
	/* What the body points to. */
	Riskd__Collateral collateral;
	Riskd__MarginTerms margin;
	Riskd__Risk risk;
	Riskd__EmodeGroup emode; /* its name is borrowed */
	Riskd__Bracket brackets[RISK_BRACKETS_MAX];
	Riskd__Bracket *bracket_rows[RISK_BRACKETS_MAX];
};

/* The price of a slot (risk_find_slot), for all accounts asked about. */
void risk_suppose_price(struct risk_supposition *supposition, uint32_t slot,
			int64_t price);

/*
 * account 0 here and below: the only one asked about. amount below 0 is taken
 * out, whatever margin says.
 */
void risk_suppose_deposit(struct risk_supposition *supposition,
			  uint64_t account, uint32_t asset, int64_t amount);

/* The leverage chosen for a market, in 1e-9; 0: that of the market. */
void risk_suppose_leverage(struct risk_supposition *supposition,
			   uint64_t account, uint32_t market, int64_t leverage);

/* A fill as a fact, whatever margin says. */
struct risk_supposed_fill {
	uint64_t account;
	uint32_t market;
	int64_t size;  /* bought; below 0: sold */
	int64_t price; /* 0: the mark, as supposed so far */
	int64_t fee;   /* settle asset; below 0 is a rebate; if it is told */
	bool fee_told; /* else the market's taker_fee, or maker_fee, is paid */
	bool maker;
	/* One that rests, of this market and side: a maker's; 0: none. */
	uint64_t resting_order;
};
void risk_suppose_fill(struct risk_supposition *supposition,
		       const struct risk_supposed_fill *fill);

/*
 * A resting order. The answer's orders tell, one for each, whether it would be
 * accepted; either way it rests from then on.
 */
struct risk_supposed_order {
	uint64_t account;
	uint32_t market;
	Riskd__Side side;
	int64_t size;  /* above 0 */
	int64_t price; /* 0: the mark, as supposed so far */
	bool reduce_only;
};
void risk_suppose_order(struct risk_supposition *supposition,
			const struct risk_supposed_order *order);

/*
 * Parameters, for all accounts asked about and at once, whatever ramps there
 * are: a ramp of them is over, also where it leads to just this. Begin with
 * what is in force in the Asset, Market or Risk that risk_markets() gives
 * (Asset.collateral, CollateralScale.size_factor_maintenance, EmodeGroup.weight
 * while a ramp runs), and change what is to be another: all of them count. Of a
 * market, the brackets and growth that its ramp leads to leave it on its way.
 */
void risk_suppose_collateral(struct risk_supposition *supposition,
			     uint32_t asset, const Riskd__Collateral *terms);
/* How it counts for less the more there is; what there is says nothing here. */
void risk_suppose_scale(struct risk_supposition *supposition, uint32_t asset,
			const Riskd__CollateralScale *scale);
/*
 * lot, position_max, close_cost, taker_fee, maker_fee and brackets of the
 * market; no other field.
 */
void risk_suppose_market(struct risk_supposition *supposition,
			 const Riskd__Market *market);
void risk_suppose_margin(struct risk_supposition *supposition, uint32_t market,
			 const Riskd__MarginTerms *terms);
void risk_suppose_risk(struct risk_supposition *supposition,
		       const Riskd__Risk *risk);
/*
 * What an asset is in a group, new or not; entry->group is borrowed until the
 * query has been answered.
 */
void risk_suppose_emode(struct risk_supposition *supposition, uint32_t asset,
			const Riskd__EmodeGroup *entry);

/* A largest order that is asked about, with a position or without. */
struct risk_largest_of {
	uint32_t market;
	int64_t price; /* worst; 0: the mark */
	int64_t fee; /* rate of its value, 1e-9, 0 to below 1; if it is told */
	bool fee_told; /* else the one that counts when it is placed */
};

struct risk_what_if_query {
	const uint64_t *accounts; /* 1 to 64, each once; borrowed */
	size_t accounts_n;
	Riskd__Supposition **suppose; /* at most 64, in this order; borrowed */
	size_t suppose_n;
	/* Leave out what takes long: withdrawable, the prices, max_*. */
	bool brief;
	/* Every ramp that runs has ended, before all that is supposed. */
	bool ramps_ended;
	const struct risk_largest_of *largest; /* borrowed */
	size_t largest_n;                      /* at most 64 */
};

/*
 * Figures before (none when nothing is supposed) and after, in the order of
 * accounts. RK_REJ_TOO_MANY when the daemon would be held up for too long: ask
 * about fewer accounts, or briefly. *ret_answer is the caller's:
 * riskd__answer__free_unpacked(answer, NULL).
 */
int risk_what_if(struct risk *risk, const struct risk_what_if_query *query,
		 Riskd__Answer **ret_answer);

/*
 * An account as risk_account() tells it, and its largest orders in the order of
 * the question (at most 64). RK_REJ_NO_MARKET, RK_REJ_BAD_PRICE,
 * RK_REJ_BAD_PARAM (the fee), RK_REJ_TOO_MANY.
 */
int risk_account_largest(struct risk *risk, uint64_t account,
			 const struct risk_largest_of *largest, size_t n,
			 Riskd__Answer **ret_answer);

#ifdef __cplusplus
}
#endif
#endif
