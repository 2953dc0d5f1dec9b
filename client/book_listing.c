/*
 * What is traded in a book, and under which terms, as commands. See book.h.
 */
#include <string.h>

#include "book.h"
#include "engine/rc.h"
#include "engine/slow.h"
#include "engine/terms.h"

/* What an asset counts for, if it is not what it is worth. */
static int set_collateral(struct book *book, uint32_t asset,
			  struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	struct rk_collateral plain;

	rk_collateral_default(&plain);
	if (rk_collateral_equal(&book->markets->collateral[asset], &plain))
		return 0;
	cmd.collateral.terms = book->markets->collateral[asset];
	memcpy(cmd.collateral.asset, book->markets->assets[asset].name,
	       RK_NAME_SIZE);
	return book_apply(book, &cmd, error);
}

static int set_lending(struct book *book, uint32_t asset,
		       struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING};

	if (!book->markets->lending[asset].lendable)
		return 0;
	cmd.lending.terms = book->markets->lending[asset];
	memcpy(cmd.lending.asset, book->markets->assets[asset].name,
	       RK_NAME_SIZE);
	return book_apply(book, &cmd, error);
}

static int set_funding(struct book *book, uint32_t market,
		       struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING};

	if (book->markets->funding[market].interval_ns == 0)
		return 0;
	cmd.funding.terms = book->markets->funding[market];
	memcpy(cmd.funding.market, book->markets->markets[market].name,
	       RK_NAME_SIZE);
	return book_apply(book, &cmd, error);
}

static int set_scale(struct book *book, uint32_t asset, struct rk_error *error)
{
	const struct rk_collateral_scale *scale = &book->markets->scales[asset];
	static const struct rk_collateral_scale none;
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};

	if (rk_scale_equal(scale, &none))
		return 0;
	cmd.collateral_scale.scale = *scale;
	memcpy(cmd.collateral_scale.asset, book->markets->assets[asset].name,
	       RK_NAME_SIZE);
	return book_apply(book, &cmd, error);
}

int book_set_slow(struct book *book, uint32_t slot,
		  const struct rk_markets_slow *slow, rk_px start,
		  struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_SLOW_PRICE};
	struct rk_slow_terms *terms = &cmd.slow_price.terms;

	*terms = slow->terms;
	if (start.raw == 0 && terms->interval_ns == 0 &&
	    slow->underlying[0] == '\0')
		return 0;
	if (start.raw != 0 && terms->interval_ns == 0)
		rk_slow_default(terms);
	cmd.slow_price.slot = slot;
	cmd.slow_price.start = start;
	memcpy(cmd.slow_price.underlying, slow->underlying, RK_NAME_SIZE);
	return book_apply(book, &cmd, error);
}

/* How slowly prices and how much of an asset are believed. */
static int set_caution(struct book *book, struct rk_error *error)
{
	const struct rk_markets *markets = book->markets;
	const rk_px none = {0};
	struct rk_asset_view asset;
	struct rk_market_view market;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		r = set_scale(book, i, error);
		(void)rk_view_asset(book->engine, i, &asset);
		if (r == 0 && asset.slot != RK_NO_SLOT)
			r = book_set_slow(book, asset.slot,
					  &markets->asset_slow[i], none, error);
	}
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		(void)rk_view_market(book->engine, i, &market);
		r = book_set_slow(book, market.slot, &markets->market_slow[i],
				  none, error);
	}
	return r;
}

static int set_margin(struct book *book, uint32_t market,
		      struct rk_error *error)
{
	static const struct rk_margin_terms none;
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN};

	if (rk_terms_equal(&book->markets->margin[market], &none))
		return 0;
	cmd.margin.terms = book->markets->margin[market];
	memcpy(cmd.margin.market, book->markets->markets[market].name,
	       RK_NAME_SIZE);
	return book_apply(book, &cmd, error);
}

/* Assets that count for more against debts in each other. */
static int set_emodes(struct book *book, struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < book->markets->emodes_n; i++) {
		cmd.emode = book->markets->emodes[i];
		r = book_apply(book, &cmd, error);
	}
	return r;
}

int book_list_all(struct book *book, struct rk_error *error)
{
	const struct rk_markets *markets = book->markets;
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK,
			     .clock = {.time_ns = BOOK_TIME_NS}};
	int r = book_apply(book, &cmd, error);

	cmd = (struct rk_cmd){.type = RK_CMD_PUBLISHER,
			      .name = {.name = "book"}};
	if (r == 0)
		r = book_apply(book, &cmd, error);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		cmd = (struct rk_cmd){.type = RK_CMD_ASSET,
				      .asset = markets->assets[i]};
		r = book_apply(book, &cmd, error);
	}
	/* MARKET is the same for those that are linear: this serves all. */
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		cmd = (struct rk_cmd){.type = RK_CMD_CONTRACT,
				      .market = markets->markets[i]};
		r = book_apply(book, &cmd, error);
	}
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_collateral(book, i, error);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = set_lending(book, i, error);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_funding(book, i, error);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = set_margin(book, i, error);
	if (r == 0)
		r = set_emodes(book, error);
	return r == 0 ? set_caution(book, error) : r;
}
