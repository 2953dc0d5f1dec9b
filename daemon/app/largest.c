/*
 * The largest orders that are asked about. See largest.h.
 */
#include "app/largest.h"

#include <inttypes.h>
#include <stdio.h>

#include "engine/ask.h"
#include "engine/decimal.h"
#include "engine/rc.h"
#include "engine/view.h"

#define RATE_DECIMALS 9

uint64_t rk_steps_look(const struct rk_ask *ask)
{
	return (uint64_t)rk_ask_positions(ask) + rk_ask_balances(ask) +
	       rk_ask_orders(ask) + RK_STEPS_LOOK;
}

uint64_t rk_largest_looks(const struct rk_largest *largest)
{
	return 2 * (uint64_t)largest->n * RK_LOOKS_ORDER;
}

static int refuse_price(const struct rk_cmd_market *listing, int64_t price,
			struct rk_refusal *refusal)
{
	const uint8_t decimals = listing->price_decimals;
	char given[RK_DECIMAL_SIZE];
	char least[RK_DECIMAL_SIZE];
	char most[RK_DECIMAL_SIZE];

	(void)snprintf(
		refusal->text, sizeof(refusal->text),
		"largest order of %s: price %s must be from %s to %s, or 0 for "
		"the mark",
		listing->name,
		rk_decimal_format(price, decimals, given, sizeof(given)),
		rk_decimal_format(listing->price_min.raw, decimals, least,
				  sizeof(least)),
		rk_decimal_format(listing->price_max.raw, decimals, most,
				  sizeof(most)));
	return RK_REJ_BAD_PRICE;
}

static int check_one(const struct rk_engine *engine,
		     const struct rk_largest_of *of, struct rk_refusal *refusal)
{
	struct rk_engine_counts counts;
	struct rk_market_view market;
	char given[RK_DECIMAL_SIZE];

	rk_view_counts(engine, &counts);
	if (rk_view_market(engine, of->market, &market) != RK_OK) {
		(void)snprintf(refusal->text, sizeof(refusal->text),
			       "largest order: there is no market %" PRIu32
			       ": there are 0 to %" PRIu32,
			       of->market, counts.markets - 1);
		return RK_REJ_NO_MARKET;
	}
	if (of->price != 0 && (of->price < market.listing.price_min.raw ||
			       of->price > market.listing.price_max.raw))
		return refuse_price(&market.listing, of->price, refusal);
	if (of->fee_told && (of->fee < 0 || of->fee >= RK_RATE_ONE)) {
		(void)snprintf(refusal->text, sizeof(refusal->text),
			       "largest order of %s: fee %s must be from 0 to "
			       "below 1",
			       market.listing.name,
			       rk_decimal_format(of->fee, RATE_DECIMALS, given,
						 sizeof(given)));
		return RK_REJ_BAD_PARAM;
	}
	return RK_OK;
}

int rk_largest_check(const struct rk_engine *engine,
		     const struct rk_largest *largest,
		     struct rk_refusal *ret_refusal)
{
	int r = RK_OK;

	if (largest->n > RK_LARGEST_MAX) {
		(void)snprintf(ret_refusal->text, sizeof(ret_refusal->text),
			       "%zu largest orders are asked about; at most %d "
			       "are answered",
			       largest->n, RK_LARGEST_MAX);
		return RK_REJ_TOO_MANY;
	}
	for (size_t i = 0; r == RK_OK && i < largest->n; i++)
		r = check_one(engine, &largest->of[i], ret_refusal);
	return r;
}

int rk_largest_check_steps(const struct rk_engine *engine, uint32_t index,
			   const struct rk_largest *largest,
			   struct rk_refusal *ret_refusal)
{
	struct rk_ask ask;
	uint64_t steps;

	(void)rk_ask_account(engine, index, &ask); /* it is known */
	steps = rk_largest_looks(largest) * rk_steps_look(&ask);
	if (steps <= RK_STEPS_MAX)
		return RK_OK;
	(void)snprintf(ret_refusal->text, sizeof(ret_refusal->text),
		       "the answer takes %" PRIu64 " looks at a position; at "
		       "most %u are taken: ask about fewer largest orders",
		       steps, RK_STEPS_MAX);
	return RK_REJ_TOO_MANY;
}
