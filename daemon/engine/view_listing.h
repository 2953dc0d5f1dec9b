/*
 * What is told of assets, markets, slots and quotes. See view.h.
 */
#ifndef RK_ENGINE_VIEW_LISTING_H
#define RK_ENGINE_VIEW_LISTING_H

#include "engine/cmd.h"
#include "engine/event.h"
#include "engine/form.h"

#define RK_NO_SLOT UINT32_MAX

/* The ramp of an asset or a market, and that which runs. */
struct rk_ramp_view {
	struct rk_ramp ramp; /* of changes to come */
	bool runs;           /* else all below is 0 */
	int64_t since_ns;
	int64_t until_ns;
	int64_t step_ns;
	int64_t elapsed_ns; /* as of its last step */
};

struct rk_asset_view {
	struct rk_cmd_asset listing;
	uint32_t slot;                   /* RK_NO_SLOT for a fixed price */
	struct rk_collateral collateral; /* in force */
	struct rk_collateral target;     /* the same, once its ramp has ended */
	struct rk_ramp_view ramp;
	struct rk_collateral_scale scale;
	struct rk_ramp_view size_ramp; /* of its size factor ... */
	int64_t size_factor;           /* ... which is this at maintenance */
	struct rk_conversion conversion;
	rk_i128 held; /* by all accounts that hold it */
	rk_i128 owed; /* by all others, above 0 */
};

/* The insurance fund of an asset (insurance.h). */
struct rk_insurance_view {
	struct rk_insurance_terms terms;
	rk_amt fund;      /* what it holds */
	rk_i128 drawn;    /* what it paid in the last hour */
	rk_amt available; /* what it may pay now */
};

/* The backstop vault in an asset (vault.h). */
struct rk_vault_view {
	struct rk_vault_terms terms;
	rk_amt capital;
	rk_i128 profit;   /* by marks; below 0: a loss */
	rk_i128 held;     /* what its positions are worth, unsigned */
	rk_i128 lost;     /* in the last hour, 0 or more */
	rk_amt hour_left; /* what it may lose yet in this hour */
};

/* What the vault takes over of a market (takeover.h). */
struct rk_takeover_view {
	struct rk_takeover_terms terms;
	rk_i128 size;      /* of its position, signed */
	rk_i128 profit;    /* by the mark, since it held nothing there */
	rk_amt event_left; /* what it may lose yet there */
};

/* What an asset is in one group. */
struct rk_emode_view {
	char group[RK_NAME_SIZE]; /* its name */
	/* Once its ramp has ended; both off: then it will have left. */
	struct rk_emode entry;
	struct rk_ramp_view ramp; /* the asset's, and that which runs here */
	rk_rate weight;           /* in force at maintenance, as collateral */
	rk_rate share;            /* in force there, of a debt: 0 to 1 */
};

struct rk_market_view {
	struct rk_cmd_market listing;
	uint32_t settle_asset;
	uint32_t slot;
	bool halted;
	rk_i128 long_size;  /* of accounts; short is what balances it */
	rk_i128 short_size; /* of accounts, as a positive number */
	rk_i128 vault_size; /* of the backstop vault, signed */
	uint32_t holders;
	uint32_t withheld;         /* positions on its withheld list */
	uint64_t last_trade;       /* highest trade id booked; 0: none */
	struct rk_funding funding; /* terms */
	int64_t funding_next_ns;   /* end of the interval; 0: none */
	rk_i128 funding_index;     /* as in rk_ev_funding */
	rk_rate funding_rate;      /* if the interval ended now */
	uint64_t premium_n;        /* samples of this interval */
	struct rk_margin_terms margin;
	struct rk_liquidation_terms liquidation;
	rk_usd liquidation_ordered; /* in this minute; 0: no velocity */
	struct rk_ramp_view ramp;
	struct rk_form before; /* what its ramp comes from, if one runs */
	rk_i128 open_interest; /* sum of long sizes, the vault and venues too */
	rk_usd open_usd;       /* at the mark; INT64_MAX: more than that */
	enum rk_market_state state;
	int64_t expiry_ns; /* 0: never */
	rk_px settlement;  /* once SETTLED; 0 before */
};

struct rk_slot_view {
	rk_px mark; /* 0: none yet */
	enum rk_price_state state;
	int64_t time_ns; /* of the newest quote taken in */
	uint8_t decimals;
	uint32_t market; /* RK_NO_MARKET for an asset's index */
	uint32_t asset;  /* UINT32_MAX for a market's mark */
	int64_t age_max_ns;
	struct rk_slow_terms slow; /* interval 0: none */
	rk_px slow_price;          /* 0: none; rounded away from the mark */
	uint32_t underlying;       /* asset of a market; UINT32_MAX: none */
};

/* The last word of a publisher on a slot. */
struct rk_quote_view {
	rk_px price; /* 0: none yet */
	int64_t time_ns;
	uint64_t seq;
	bool usable;    /* not from before a RESUME */
	bool disputing; /* price above price_max */
};

/* The pool of an asset that is, or was, lent. Rates are 1e-18 a year. */
struct rk_lending_view {
	struct rk_lending terms;
	bool active;         /* it is, or was, lent */
	rk_i128 supplied;    /* borrowed + cash */
	rk_i128 borrowed;    /* with interest, rounded up */
	rk_i128 cash;        /* what may still be taken out or borrowed */
	rk_i128 utilisation; /* 1e-18 */
	rk_i128 borrow_rate;
	rk_i128 supply_rate;
	int64_t debt_index; /* 1e-18 */
	int64_t supply_index;
	int64_t accrued_ns;
	int64_t next_ns; /* end of the interval; 0: none */
};

#endif
