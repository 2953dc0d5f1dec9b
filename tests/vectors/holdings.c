/*
 * Balances with terms. See holdings.h.
 */
#include "holdings.h"

#include <stdio.h>
#include <string.h>

#include "engine/assert.h"
#include "engine/rc.h"

#define RATE_PLACES   9
#define FACTOR_PLACES 18
/* Of an asset's raw amount: room for what is compared with it. */
#define AMOUNT_MAX (RK_ACCOUNT_VALUE_MAX / 4)

void holding_set(struct dec rates[RK_LEVELS], struct dec rate)
{
	for (int k = 0; k < RK_LEVELS; k++)
		rates[k] = rate;
}

static bool rate_fits(struct dec rate, rk_rate *ret_rate)
{
	return dec_places(rate) <= RATE_PLACES &&
	       dec_raw(rate, RATE_PLACES, RK_ROUND_TRUNC, &ret_rate->raw);
}

static bool take_terms(const struct holding *holding,
		       struct rk_collateral *ret_terms)
{
	rk_collateral_default(ret_terms);
	for (int k = 0; k < RK_LEVELS; k++) {
		if (!rate_fits(holding->weight[k], &ret_terms->weight[k]) ||
		    !rate_fits(holding->liability[k], &ret_terms->liability[k]))
			return false;
	}
	return true;
}

bool holdings_fit(const struct holding *holdings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rk_collateral terms;

		if (!take_terms(&holdings[i], &terms))
			return false;
		for (int k = 0; k < RK_LEVELS; k++)
			if (terms.weight[k].raw > RK_RATE_ONE ||
			    terms.liability[k].raw < RK_RATE_ONE ||
			    terms.liability[k].raw > RK_LIABILITY_MAX)
				return false;
	}
	return true;
}

/* As many decimals as there is room for. */
static bool decimals_for(const struct holding *holding, uint8_t *ret_decimals,
			 rk_amt *ret_amount)
{
	struct dec amount = holding->amount;
	struct dec most =
		dec_max(holding->reach, dec_max(holding->held, holding->owed));
	int64_t all;

	for (int d = RK_ASSET_DECIMALS_MAX; d >= dec_places(amount); d--) {
		if (!dec_raw(amount, d, RK_ROUND_TRUNC, &ret_amount->raw) ||
		    ret_amount->raw > AMOUNT_MAX ||
		    ret_amount->raw < -AMOUNT_MAX ||
		    !dec_raw(most, d, RK_ROUND_TRUNC, &all) || all > AMOUNT_MAX)
			continue;
		*ret_decimals = (uint8_t)d;
		return true;
	}
	return false;
}

static int scale_it(struct book *book, const char name[RK_NAME_SIZE],
		    const struct holding *holding)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};
	struct rk_collateral_scale *scale = &cmd.collateral_scale.scale;
	int r;

	memcpy(cmd.collateral_scale.asset, name, RK_NAME_SIZE);
	if (!dec_raw(holding->scale_held, book->scale.money, RK_ROUND_TRUNC,
		     &scale->held.raw) ||
	    !dec_raw(holding->scale_owed, book->scale.money, RK_ROUND_TRUNC,
		     &scale->owed.raw) ||
	    !dec_raw(holding->size_factor, FACTOR_PLACES, RK_ROUND_TRUNC,
		     &scale->size_factor))
		return RK_REJ_OVERFLOW;
	r = book_apply(book, &cmd);
	return r == RK_REJ_NO_CHANGE ? RK_OK : r;
}

/* What all have without the account: of what it does not have, all. */
static struct dec rest_of(struct dec all, struct dec own)
{
	if (dec_sign(own) > 0)
		all = dec_sub(all, own);
	return dec_sign(all) > 0 ? all : dec_of(0, 0);
}

static int add_others(struct book *book, uint32_t asset, uint8_t decimals,
		      const struct holding *holding)
{
	rk_amt held;
	rk_amt owed;
	int r;

	if (!dec_raw(rest_of(holding->held, holding->amount), decimals,
		     RK_ROUND_TRUNC, &held.raw) ||
	    !dec_raw(rest_of(holding->owed, dec_neg(holding->amount)), decimals,
		     RK_ROUND_TRUNC, &owed.raw))
		return RK_REJ_OVERFLOW;
	owed.raw = -owed.raw;
	r = book_adjust(book, HOLDINGS_HOLDER, asset, held);
	return r == RK_OK ? book_adjust(book, HOLDINGS_DEBTOR, asset, owed) : r;
}

static int list(struct book *book, size_t i, const struct holding *holding,
		rk_amt *ret_amount)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	struct book_slow slow = {.name = cmd.collateral.asset,
				 .price = holding->price,
				 .slow = holding->slow};
	uint8_t decimals;
	uint32_t asset;
	int r;

	if (!decimals_for(holding, &decimals, ret_amount))
		return RK_REJ_OVERFLOW;
	(void)snprintf(cmd.collateral.asset, sizeof(cmd.collateral.asset),
		       "A%zu", i);
	slow.amount_decimals = decimals;
	r = dec_sign(holding->slow) == 0
		    ? book_asset_in(book, cmd.collateral.asset, holding->price,
				    decimals, &asset)
		    : book_asset_slow(book, &slow, &asset);
	if (r != RK_OK)
		return r;
	RK_ASSERT(asset == holdings_asset(i));
	if (!take_terms(holding, &cmd.collateral.terms))
		return RK_REJ_BAD_PARAM;
	r = book_apply(book, &cmd);
	if (r == RK_OK || r == RK_REJ_NO_CHANGE)
		r = scale_it(book, cmd.collateral.asset, holding);
	return r == RK_OK ? add_others(book, asset, decimals, holding) : r;
}

/* Of what anybody has of it, at the dearer price. */
static struct dec worth_most(const struct holding *holding)
{
	struct dec most = dec_max(holding->held, holding->owed);

	most = dec_max(most, holding->reach);
	most = dec_max(most, dec_abs(holding->amount));
	return dec_mul(most, dec_max(holding->price, holding->slow));
}

int holdings_open_with(struct book *book, const struct holding *holdings,
		       size_t n, const struct room *more)
{
	const struct rk_cmd_risk risk =
		book_risk((rk_rate){RK_RATE_ONE * 6 / 5});
	struct room room = *more;
	rk_amt amounts[HOLDINGS_MAX];
	struct scale scale;
	int r;

	*book = (struct book){0};
	RK_ASSERT(n <= HOLDINGS_MAX);
	for (size_t i = 0; i < n; i++)
		room.total = dec_add(room.total, worth_most(&holdings[i]));
	room.total = dec_mul(room.total, dec_of(2, 0));
	if (!book_fit(&room, &scale))
		return RK_REJ_OVERFLOW;
	r = book_open(book, scale, &risk);
	if (r == RK_OK)
		r = book_account(book, HOLDINGS_ACCOUNT, RK_MODE_CROSS);
	if (r == RK_OK)
		r = book_account(book, HOLDINGS_HOLDER, RK_MODE_CROSS);
	if (r == RK_OK)
		r = book_account(book, HOLDINGS_DEBTOR, RK_MODE_CROSS);
	for (size_t i = 0; r == RK_OK && i < n; i++)
		r = list(book, i, &holdings[i], &amounts[i]);
	for (int owed = 0; owed < 2; owed++)
		for (size_t i = 0; r == RK_OK && i < n; i++)
			if ((amounts[i].raw < 0) == (owed == 1))
				r = book_adjust(book, HOLDINGS_ACCOUNT,
						holdings_asset(i), amounts[i]);
	return r;
}

int holdings_open(struct book *book, const struct holding *holdings, size_t n)
{
	const struct dec one = dec_of(1, 0);

	return holdings_open_with(
		book, holdings, n,
		&(struct room){.total = one, .price = one, .size = one});
}

uint32_t holdings_asset(size_t i)
{
	return (uint32_t)i + 1; /* the book lists USD first */
}

int holdings_suppose(const struct book *book, struct rk_ask *ask, size_t i,
		     struct dec amount)
{
	struct rk_asset_view asset;
	rk_amt raw;
	int r = rk_view_asset(book->engine, holdings_asset(i), &asset);

	RK_ASSERT(r == RK_OK);
	if (!dec_raw(amount, asset.listing.decimals, RK_ROUND_FLOOR, &raw.raw))
		return RK_REJ_OVERFLOW;
	return raw.raw == 0 ? RK_OK
			    : rk_ask_deposit(ask, holdings_asset(i), raw);
}

static struct dec sum_of(const struct book *book, bool owed)
{
	struct rk_balance_view views[HOLDINGS_MAX];
	struct dec sum = dec_of(0, 0);
	uint32_t index;
	uint32_t n;
	int r = rk_view_find_account(book->engine, HOLDINGS_ACCOUNT, &index);

	RK_ASSERT(r == RK_OK);
	n = rk_view_balances(book->engine, index, views, HOLDINGS_MAX);
	for (uint32_t i = 0; i < n; i++)
		if ((views[i].amount.raw < 0) == owed)
			sum = dec_add(sum, dec_abs(book_money(
						   book, views[i].value.raw)));
	return sum;
}

struct dec holdings_assets(const struct book *book)
{
	return sum_of(book, false);
}

struct dec holdings_debts(const struct book *book)
{
	return sum_of(book, true);
}

/* Reserve so much, and give it back: does the engine let it go? */
static bool may_take(struct book *book, int64_t amount)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_RESERVE,
		.withdraw = {1, HOLDINGS_ACCOUNT, 1, {amount}},
	};

	if (book_apply(book, &cmd) != RK_OK)
		return false;
	cmd.type = RK_CMD_CANCEL;
	return book_apply(book, &cmd) == RK_OK;
}

struct dec holdings_taken_most(struct book *book)
{
	struct rk_asset_view asset;
	int64_t good = 0;
	int64_t bad = AMOUNT_MAX + 1; /* more than there is */
	int r = rk_view_asset(book->engine, 1, &asset);

	RK_ASSERT(r == RK_OK);
	while (bad - good > 1) {
		int64_t middle = good + (bad - good) / 2;

		if (may_take(book, middle))
			good = middle;
		else
			bad = middle;
	}
	return dec_of(good, asset.listing.decimals);
}

struct dec holdings_withdrawable(const struct book *book)
{
	struct rk_asset_view asset;
	struct rk_ask ask;
	uint32_t index;
	int r = rk_view_find_account(book->engine, HOLDINGS_ACCOUNT, &index);

	RK_ASSERT(r == RK_OK);
	r = rk_ask_account(book->engine, index, &ask);
	RK_ASSERT(r == RK_OK);
	r = rk_view_asset(book->engine, 1, &asset);
	RK_ASSERT(r == RK_OK);
	return dec_of(rk_ask_withdrawable(&ask, 1).raw, asset.listing.decimals);
}
