/*
 * The words of refusals. See refusal.h.
 *
 * Only what a client can read off is told: values of the command, and limits
 * that queries tell as well.
 */
#include "app/refusal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "engine/cmd.h"
#include "engine/decimal.h"
#include "engine/event.h"
#include "engine/rc.h"
#include "engine/view.h"

#define TIME_DECIMALS 9
#define RATE_DECIMALS 9
#define NUMBERS       4

/* A text being written, and what it is about. */
struct words {
	const struct rk_engine *engine;
	const struct rk_cmd *cmd;
	struct rk_refusal *to;
	char number[NUMBERS][RK_DECIMAL_I128_SIZE];
	unsigned int numbers;
};

__attribute__((format(printf, 2, 3))) static void say(struct words *w,
						      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(w->to->text, sizeof(w->to->text), format, arguments);
	va_end(arguments);
}

static const char *number(struct words *w, rk_i128 raw, uint8_t decimals)
{
	char *text = w->number[w->numbers++ % NUMBERS];

	return rk_decimal_format_i128(raw, decimals, 0, text,
				      RK_DECIMAL_I128_SIZE);
}

/* Accounts that a command is about, in the order in which they are looked for;
 * 0: none, or a venue. */
static void accounts_of(const struct rk_cmd *cmd, uint64_t ret_accounts[2])
{
	ret_accounts[1] = 0;
	switch ((int)cmd->type) {
	case RK_CMD_TRADE:
		ret_accounts[0] = cmd->trade.buyer.account;
		ret_accounts[1] = cmd->trade.seller.account;
		return;
	case RK_CMD_TRANSFER:
		ret_accounts[0] = cmd->transfer.from;
		ret_accounts[1] = cmd->transfer.to;
		return;
	case RK_CMD_MOVE:
		ret_accounts[0] = cmd->move.from;
		ret_accounts[1] = cmd->move.to;
		return;
	case RK_CMD_RESERVE:
		ret_accounts[0] = cmd->withdraw.account;
		return;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
	case RK_CMD_WRITE_OFF:
		ret_accounts[0] = cmd->amount.account;
		return;
	case RK_CMD_LEVERAGE:
		ret_accounts[0] = cmd->leverage.account;
		return;
	case RK_CMD_MODE:
		ret_accounts[0] = cmd->mode.account;
		return;
	case RK_CMD_RECHECK:
		ret_accounts[0] = cmd->recheck.account;
		return;
	case RK_CMD_PLACE_ORDER:
		ret_accounts[0] = cmd->place.account;
		return;
	case RK_CMD_CANCEL_ORDER:
		ret_accounts[0] = cmd->cancel_order.account;
		return;
	default:
		ret_accounts[0] = 0;
		return;
	}
}

static void say_account(struct words *w)
{
	uint64_t accounts[2];
	uint32_t index;

	accounts_of(w->cmd, accounts);
	for (int i = 0; i < 2; i++) {
		if (accounts[i] == 0 ||
		    rk_view_find_account(w->engine, accounts[i], &index) ==
			    RK_OK)
			continue;
		say(w, "there is no account %" PRIu64, accounts[i]);
		return;
	}
}

/* The market that a command is about, by number. False: it is about none. */
static bool market_of(const struct rk_cmd *cmd, uint32_t *ret_market)
{
	switch ((int)cmd->type) {
	case RK_CMD_TRADE:
		*ret_market = cmd->trade.market;
		return true;
	case RK_CMD_PLACE_ORDER:
		*ret_market = cmd->place.market;
		return true;
	case RK_CMD_LEVERAGE:
		*ret_market = cmd->leverage.market;
		return true;
	case RK_CMD_MOVE:
		*ret_market = cmd->move.market;
		return true;
	case RK_CMD_FUND:
		*ret_market = cmd->fund.market;
		return true;
	case RK_CMD_SETTLE:
		*ret_market = cmd->settle.market;
		return true;
	case RK_CMD_HALT:
		*ret_market = cmd->halt.market;
		return true;
	case RK_CMD_MARKET_STATE:
		*ret_market = cmd->market_state.market;
		return true;
	default:
		return false;
	}
}

static bool asset_of(const struct rk_cmd *cmd, uint32_t *ret_asset,
		     rk_amt *ret_amount)
{
	switch ((int)cmd->type) {
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
	case RK_CMD_WRITE_OFF:
		*ret_asset = cmd->amount.asset;
		*ret_amount = cmd->amount.amount;
		return true;
	case RK_CMD_RESERVE:
		*ret_asset = cmd->withdraw.asset;
		*ret_amount = cmd->withdraw.amount;
		return true;
	case RK_CMD_TOP_UP:
	case RK_CMD_VAULT_TOP_UP:
		*ret_asset = cmd->top_up.asset;
		*ret_amount = cmd->top_up.amount;
		return true;
	case RK_CMD_TRANSFER:
		*ret_asset = cmd->transfer.asset;
		*ret_amount = cmd->transfer.amount;
		return true;
	default:
		return false;
	}
}

/* Price and size of what is traded or ordered; 0: there is none. */
static void figures_of(const struct rk_cmd *cmd, rk_px *ret_price,
		       rk_qty *ret_size)
{
	*ret_price = (rk_px){0};
	*ret_size = (rk_qty){0};
	if (cmd->type == RK_CMD_TRADE) {
		*ret_price = cmd->trade.price;
		*ret_size = cmd->trade.size;
	} else if (cmd->type == RK_CMD_PLACE_ORDER) {
		*ret_price = cmd->place.price;
		*ret_size = cmd->place.size;
	} else if (cmd->type == RK_CMD_FUND) {
		*ret_price = cmd->fund.price;
	} else if (cmd->type == RK_CMD_SETTLE) {
		*ret_price = cmd->settle.price;
	}
}

int64_t rk_refusal_most_leverage(int64_t initial)
{
	const rk_i128 one = (rk_i128)RK_RATE_ONE * RK_RATE_ONE;
	const int64_t limit = RK_LEVERAGE_MAX;
	rk_i128 least = one / initial;
	rk_i128 most = initial > 1 ? (one - 1) / (initial - 1) : one;

	if (least > limit)
		return limit;
	for (rk_i128 step = RK_RATE_ONE; step > 1; step /= 10)
		if (most / step * step >= least)
			return (int64_t)(most / step * step);
	return (int64_t)least;
}

static void say_leverage(struct words *w, const struct rk_cmd_market *listing)
{
	say(w, "leverage %s of %s must be from 1 to %s, or 0 for none",
	    number(w, w->cmd->leverage.leverage.raw, RATE_DECIMALS),
	    listing->name,
	    number(w,
		   rk_refusal_most_leverage(listing->brackets[0].initial.raw),
		   RATE_DECIMALS));
}

/* Refusals that are about a market. */
static void say_market(struct words *w, int code,
		       const struct rk_market_view *view)
{
	const struct rk_cmd_market *of = &view->listing;
	rk_px price;
	rk_qty size;

	figures_of(w->cmd, &price, &size);
	switch (code) {
	case RK_REJ_LEVERAGE:
		say_leverage(w, of);
		return;
	case RK_REJ_BAD_PRICE:
		say(w, "price %s of %s must be from %s to %s",
		    number(w, price.raw, of->price_decimals), of->name,
		    number(w, of->price_min.raw, of->price_decimals),
		    number(w, of->price_max.raw, of->price_decimals));
		return;
	case RK_REJ_BAD_SIZE:
		say(w, "size %s of %s must be above 0 and at most %s",
		    number(w, size.raw, of->size_decimals), of->name,
		    number(w, of->position_max.raw, of->size_decimals));
		return;
	case RK_REJ_BAD_LOT:
		say(w, "size %s of %s must be a multiple of its lot %s",
		    number(w, size.raw, of->size_decimals), of->name,
		    number(w, of->lot.raw, of->size_decimals));
		return;
	case RK_REJ_POSITION_LIMIT:
		say(w, "size %s of %s: a position may be at most %s",
		    number(w, size.raw, of->size_decimals), of->name,
		    number(w, of->position_max.raw, of->size_decimals));
		return;
	case RK_REJ_OPEN_LIMIT:
		say(w, "size %s of %s: %s is open, and at most %s may be",
		    number(w, size.raw, of->size_decimals), of->name,
		    number(w, view->open_interest, of->size_decimals),
		    number(w, view->margin.open_max.raw, of->size_decimals));
		return;
	case RK_REJ_MARKET_CLOSED:
		say(w, "%s is %s", of->name, rk_market_state_name(view->state));
		return;
	case RK_REJ_HALTED:
		say(w, "%s is halted", of->name);
		return;
	default:
		return;
	}
}

static rk_i128 balance_of(const struct words *w, uint32_t asset)
{
	struct rk_balance_view views[RK_ASSETS_MAX];
	uint64_t accounts[2];
	uint32_t index;
	uint32_t n;

	accounts_of(w->cmd, accounts);
	if (rk_view_find_account(w->engine, accounts[0], &index) != RK_OK)
		return 0;
	n = rk_view_balances(w->engine, index, views, RK_ASSETS_MAX);
	for (uint32_t i = 0; i < n; i++)
		if (views[i].asset == asset)
			return (rk_i128)views[i].amount.raw +
			       views[i].interest.raw;
	return 0;
}

/* Refusals that are about a pool. */
static void say_pool(struct words *w, int code,
		     const struct rk_asset_view *view, uint32_t asset,
		     rk_amt amount)
{
	const uint8_t decimals = view->listing.decimals;
	const char *name = view->listing.name;
	struct rk_lending_view pool;

	if (rk_view_lending(w->engine, asset, &pool) != RK_OK)
		return;
	if (code == RK_REJ_POOL_CASH)
		say(w, "amount %s of %s: the pool has %s that is not lent",
		    number(w, amount.raw, decimals), name,
		    number(w, pool.cash, decimals));
	else if (code == RK_REJ_BORROW_CAP)
		say(w, "amount %s of %s: %s is borrowed, and at most %s may be",
		    number(w, amount.raw, decimals), name,
		    number(w, pool.borrowed, decimals),
		    number(w, pool.terms.borrow_cap.raw, decimals));
	else
		say(w, "amount %s of %s: %s is supplied, and at most %s may be",
		    number(w, amount.raw, decimals), name,
		    number(w, pool.supplied, decimals),
		    number(w, pool.terms.supply_cap.raw, decimals));
}

static void say_fund(struct words *w, const struct rk_asset_view *view,
		     uint32_t asset, rk_amt amount)
{
	struct rk_insurance_view fund;

	if (rk_view_insurance(w->engine, asset, &fund) == RK_OK)
		say(w, "amount %s of %s: the insurance fund holds %s",
		    number(w, amount.raw, view->listing.decimals),
		    view->listing.name,
		    number(w, fund.fund.raw, view->listing.decimals));
}

/* What the gate is, and what would lift it. */
static void say_gate(struct words *w, const struct rk_asset_view *view,
		     uint32_t asset)
{
	uint8_t decimals = view->listing.decimals;
	struct rk_insurance_view fund;
	int64_t most;

	if (rk_view_insurance(w->engine, asset, &fund) != RK_OK)
		return;
	most = (int64_t)((rk_i128)fund.fund.raw *
			 fund.terms.withdrawal_gate.raw / RK_RATE_ONE);
	say(w,
	    "%s cannot be taken out: bankrupt accounts owe more than %s, which "
	    "is %s of the insurance fund of %s; a payment, a top-up or a "
	    "write-off lifts it",
	    view->listing.name, number(w, most, decimals),
	    number(w, fund.terms.withdrawal_gate.raw, RATE_DECIMALS),
	    number(w, fund.fund.raw, decimals));
}

static void say_vault(struct words *w, const struct rk_asset_view *view,
		      uint32_t asset, rk_amt amount)
{
	struct rk_vault_view vault;
	rk_i128 worth;

	if (rk_view_vault(w->engine, asset, &vault) != RK_OK)
		return;
	worth = vault.capital.raw + vault.profit;
	say(w,
	    "amount %s of %s: the vault has a capital of %s, is worth %s by "
	    "its positions, and must stay worth the %s that it holds",
	    number(w, amount.raw, view->listing.decimals), view->listing.name,
	    number(w, vault.capital.raw, view->listing.decimals),
	    number(w, worth, view->listing.decimals),
	    number(w, vault.held, view->listing.decimals));
}

/* Refusals that are about an amount of an asset. */
static void say_amount(struct words *w, int code, uint32_t asset, rk_amt amount)
{
	struct rk_asset_view view;

	(void)rk_view_asset(w->engine, asset, &view); /* it is known */
	switch (code) {
	case RK_REJ_BAD_AMOUNT:
		say(w,
		    w->cmd->type == RK_CMD_ADJUST ||
				    w->cmd->type == RK_CMD_TOP_UP ||
				    w->cmd->type == RK_CMD_VAULT_TOP_UP
			    ? "amount %s of %s must not be 0"
			    : "amount %s of %s must be above 0",
		    number(w, amount.raw, view.listing.decimals),
		    view.listing.name);
		return;
	case RK_REJ_BALANCE:
		say(w, "amount %s of %s: the balance is %s",
		    number(w, amount.raw, view.listing.decimals),
		    view.listing.name,
		    number(w, balance_of(w, asset), view.listing.decimals));
		return;
	case RK_REJ_DEPOSIT_CAP:
		say(w, "amount %s of %s: %s is held, and at most %s may be",
		    number(w, amount.raw, view.listing.decimals),
		    view.listing.name,
		    number(w, view.held, view.listing.decimals),
		    number(w, view.scale.deposit_cap.raw,
			   view.listing.decimals));
		return;
	case RK_REJ_FUND_SHORT:
		say_fund(w, &view, asset, amount);
		return;
	case RK_REJ_WITHDRAWALS_GATED:
		say_gate(w, &view, asset);
		return;
	case RK_REJ_VAULT_SHORT:
		say_vault(w, &view, asset, amount);
		return;
	case RK_REJ_POOL_CASH:
	case RK_REJ_BORROW_CAP:
	case RK_REJ_SUPPLY_CAP:
		say_pool(w, code, &view, asset, amount);
		return;
	default:
		return;
	}
}

static void say_recheck(struct words *w, int code)
{
	if (code == RK_REJ_BAD_PARAM)
		say(w,
		    "found_seq %" PRIu64 " must be that of a command before, "
		    "or 0: the newest is %" PRIu64,
		    w->cmd->recheck.found_seq, rk_view_seq(w->engine));
}

bool rk_refusal_is_of_values(int code)
{
	return code == RK_REJ_LEVERAGE || code == RK_REJ_BAD_PRICE ||
	       code == RK_REJ_BAD_SIZE || code == RK_REJ_BAD_LOT ||
	       code == RK_REJ_BAD_AMOUNT || code == RK_REJ_NO_MARKET ||
	       code == RK_REJ_NO_ASSET;
}

/* What a claim lacks; the order is told by the command. */
static void say_claim(struct words *w, int code)
{
	const struct rk_cmd_claim *claim = &w->cmd->claim;
	unsigned long long seq = claim->order.seq;
	struct rk_engine_counts counts;
	struct rk_order_view order;
	struct rk_market_view market;

	rk_view_counts(w->engine, &counts);
	if (code == RK_REJ_NO_VENUE)
		say(w, "there is no venue %u: there are 0 to %u", claim->venue,
		    counts.venues - 1);
	else if (code == RK_REJ_BAD_PARAM)
		say(w, "a claim of %s s: it must be 0 to 3652 days",
		    number(w, claim->duration_ns, TIME_DECIMALS));
	if (rk_view_order(w->engine, claim->order, &order) != RK_OK ||
	    rk_view_market(w->engine, order.market, &market) != RK_OK)
		return;
	switch (code) {
	case RK_REJ_NO_CLAIMS:
		say(w, "market %s has no claim_max: its orders are not claimed",
		    market.listing.name);
		return;
	case RK_REJ_CLAIM_TOO_LONG:
		say(w, "a claim of %s s: claim_max of market %s is %s s",
		    number(w, claim->duration_ns, TIME_DECIMALS),
		    market.listing.name,
		    number(w, market.liquidation.claim_max_ns, TIME_DECIMALS));
		return;
	case RK_REJ_CLAIMED:
		say(w, "order %llu.%u is claimed by %s for %s s more", seq,
		    claim->order.n, rk_view_venue(w->engine, order.claimed_by),
		    number(w, order.claimed_until_ns - rk_view_time(w->engine),
			   TIME_DECIMALS));
		return;
	default:
		return;
	}
}

void rk_refusal_of(const struct rk_engine *engine, const struct rk_cmd *cmd,
		   int code, struct rk_refusal *ret_refusal)
{
	struct words w = {.engine = engine, .cmd = cmd, .to = ret_refusal};
	struct rk_engine_counts counts;
	struct rk_market_view market;
	rk_amt amount = {0};
	uint32_t id = 0;

	ret_refusal->text[0] = '\0';
	if (code == RK_REJ_NO_ACCOUNT) {
		say_account(&w);
	} else if (cmd->type == RK_CMD_RECHECK) {
		say_recheck(&w, code);
	} else if (cmd->type == RK_CMD_CLAIM) {
		say_claim(&w, code);
	} else if (market_of(cmd, &id)) {
		rk_view_counts(engine, &counts);
		if (code == RK_REJ_NO_MARKET)
			say(&w, "there is no market %u: there are 0 to %u", id,
			    counts.markets - 1);
		else if (rk_view_market(engine, id, &market) == RK_OK)
			say_market(&w, code, &market);
	} else if (asset_of(cmd, &id, &amount)) {
		rk_view_counts(engine, &counts);
		if (code == RK_REJ_NO_ASSET)
			say(&w, "there is no asset %u: there are 0 to %u", id,
			    counts.assets - 1);
		else if (id < counts.assets)
			say_amount(&w, code, id, amount);
	}
}
