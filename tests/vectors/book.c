/*
 * A small book in the engine. See book.h.
 */
#include "book.h"

#include <stdlib.h>
#include <string.h>

#include "engine/arena.h"
#include "engine/assert.h"
#include "engine/engine.h"
#include "engine/rc.h"

#define SECOND_NS INT64_C(1000000000)
#define YEAR_NS   (INT64_C(31536000) * SECOND_NS)
#define MONEY_MAX 20
/* Half of what a position may be worth: room for what rounding adds. */
#define TOTAL_MAX (RK_POSITION_VALUE_MAX / 2)

static const struct rk_cmd_limits limits = {
	.accounts_max = 20,
	.owners_max = 20,
	.assets_max = 20,
	.markets_max = 20,
	.publishers_max = 1,
	.venues_max = 1,
	.clients_max = 1,
	.positions_max = 40,
	.positions_per_account_max = 20,
	.balances_max = 40,
	.orders_max = 40,
	.withdrawals_max = 1,
};

bool book_fit(const struct room *room, struct scale *ret_scale)
{
	struct scale scale = {.size = room->least.size};
	int64_t raw;

	if (scale.size > RK_DECIMALS_MAX ||
	    !dec_raw(room->size, scale.size, RK_ROUND_CEIL, &raw))
		return false;
	for (scale.money = MONEY_MAX; scale.money >= room->least.money;
	     scale.money--) {
		int least = scale.money - RK_USD_DECIMALS;

		if (!dec_raw(room->total, scale.money, RK_ROUND_CEIL, &raw) ||
		    raw > TOTAL_MAX)
			continue;
		if (least < room->least.price)
			least = room->least.price;
		for (scale.price =
			     scale.money + RK_DECIMALS_MAX - RK_USD_DECIMALS;
		     scale.price >= least && scale.price >= 0; scale.price--) {
			if (!dec_raw(room->price, scale.price, RK_ROUND_CEIL,
				     &raw) ||
			    raw > RK_PRICE_MAX / 2)
				continue;
			*ret_scale = scale;
			return true;
		}
	}
	return false;
}

struct rk_cmd_risk book_risk(rk_rate target)
{
	struct rk_cmd_risk risk = {
		.target = target,
		.order_band = {RK_RATE_ONE / 20},
		.stale_band = {RK_RATE_ONE / 10},
		.order_expiry_ns = 30 * SECOND_NS,
		.close_timeout_ns = 10 * SECOND_NS,
		.order_cooldown_ns = SECOND_NS,
	};

	risk.call_enter.raw = target.raw + RK_RATE_ONE / 20;
	risk.call_leave.raw = target.raw + RK_RATE_ONE / 10;
	risk.warn_enter.raw = target.raw + RK_RATE_ONE * 3 / 10;
	risk.warn_leave.raw = target.raw + RK_RATE_ONE * 4 / 10;
	return risk;
}

/* Keep the newest order; the other events are seen in the views. */
static void take_events(struct book *book, struct rk_evbuf *events)
{
	for (uint32_t i = 0; i < events->n; i++) {
		if (events->events[i].type != RK_EVENT_ORDER_OPENED)
			continue;
		book->order = events->events[i];
		book->orders++;
	}
	events->n = 0;
}

int book_apply(struct book *book, struct rk_cmd *cmd)
{
	struct rk_evbuf events = {book->room, 0, RK_EVENTS_PER_STEP_MAX};
	int r = rk_engine_apply(book->engine, cmd, &events);

	take_events(book, &events);
	while (rk_engine_pending(book->engine)) {
		rk_engine_resume(book->engine, &events);
		take_events(book, &events);
	}
	return r;
}

static int name_it(struct book *book, enum rk_cmd_type type, const char *name)
{
	struct rk_cmd cmd = {.type = type};

	memcpy(cmd.name.name, name, strlen(name));
	return book_apply(book, &cmd);
}

static bool fits_price(struct dec price, int decimals, rk_px *ret_price)
{
	return dec_raw(price, decimals, RK_ROUND_TRUNC, &ret_price->raw) &&
	       ret_price->raw <= RK_PRICE_MAX;
}

int book_asset_in(struct book *book, const char *name, struct dec price,
		  uint8_t amount_decimals, uint32_t *ret_asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET};
	/* One USD of the engine is 10^(8 - money) of the quote currency. */
	int places = book->scale.money - RK_USD_DECIMALS;
	int decimals = RK_DECIMALS_MAX;
	int r;

	price.places -= places;
	while (decimals > 0 &&
	       !fits_price(price, decimals, &cmd.asset.fixed_price))
		decimals--;
	if (dec_places(price) > decimals)
		return RK_REJ_BAD_PARAM;
	if (strlen(name) >= sizeof(cmd.asset.name))
		return RK_REJ_BAD_NAME;
	memcpy(cmd.asset.name, name, strlen(name));
	cmd.asset.decimals = amount_decimals;
	cmd.asset.price_decimals = (uint8_t)decimals;
	r = book_apply(book, &cmd);
	return r != RK_OK ? r
			  : rk_view_find_asset(book->engine, name, ret_asset);
}

/* Units of the engine's USD, with the most decimals that both fit. */
static bool fit_prices(const struct book *book, const struct book_slow *asset,
		       int *ret_decimals, rk_px *ret_price, rk_px *ret_slow)
{
	int places = book->scale.money - RK_USD_DECIMALS;
	struct dec price = asset->price;
	struct dec slow = asset->slow;
	int decimals = RK_DECIMALS_MAX;

	price.places -= places;
	slow.places -= places;
	while (decimals > 0 && (!fits_price(price, decimals, ret_price) ||
				!fits_price(slow, decimals, ret_slow)))
		decimals--;
	*ret_decimals = decimals;
	return dec_places(price) <= decimals && dec_places(slow) <= decimals;
}

static int list_slow(struct book *book, const struct book_slow *asset,
		     struct rk_cmd_slow_price *ret_slow,
		     struct rk_quote *ret_quote)
{
	struct rk_cmd cmd = {.type = RK_CMD_ASSET};
	struct rk_asset_view view;
	uint32_t id;
	int decimals;
	rk_px price;
	rk_px slow;
	int r;

	if (!fit_prices(book, asset, &decimals, &price, &slow))
		return RK_REJ_BAD_PARAM;
	if (strlen(asset->name) >= sizeof(cmd.asset.name))
		return RK_REJ_BAD_NAME;
	memcpy(cmd.asset.name, asset->name, strlen(asset->name));
	cmd.asset.decimals = asset->amount_decimals;
	cmd.asset.price_decimals = (uint8_t)decimals;
	cmd.asset.price_max = price.raw > slow.raw ? price : slow;
	cmd.asset.price_age_max_ns = YEAR_NS;
	r = book_apply(book, &cmd);
	if (r != RK_OK)
		return r;
	(void)rk_view_find_asset(book->engine, asset->name, &id);
	(void)rk_view_asset(book->engine, id, &view);
	*ret_slow =
		(struct rk_cmd_slow_price){.slot = view.slot, .start = slow};
	*ret_quote = (struct rk_quote){.slot = view.slot,
				       .price = price,
				       .time_ns = book->time_ns,
				       .seq = ++book->last_id};
	return RK_OK;
}

int book_asset_slow(struct book *book, const struct book_slow *asset,
		    uint32_t *ret_asset)
{
	struct rk_quote quote;
	struct rk_cmd quoted = {.type = RK_CMD_PRICES, .prices = {&quote, 1}};
	struct rk_cmd slow = {.type = RK_CMD_SLOW_PRICE};
	int r = list_slow(book, asset, &slow.slow_price, &quote);

	if (r == RK_OK)
		r = book_apply(book, &quoted);
	rk_slow_default(&slow.slow_price.terms);
	if (r == RK_OK)
		r = book_apply(book, &slow);
	return r != RK_OK ? r
			  : rk_view_find_asset(book->engine, asset->name,
					       ret_asset);
}

int book_asset(struct book *book, const char *name, struct dec price,
	       uint32_t *ret_asset)
{
	return book_asset_in(book, name, price, RK_ASSET_DECIMALS_MAX,
			     ret_asset);
}

int book_currency(struct book *book, const char *name, struct dec price,
		  struct dec slow, uint32_t *ret_asset)
{
	int places = book->scale.money - RK_USD_DECIMALS;
	struct book_slow asset = {.name = name,
				  .price = price,
				  .slow = slow,
				  .amount_decimals = RK_USD_DECIMALS};

	asset.price.places += places;
	asset.slow.places += places;
	return dec_sign(slow) == 0
		       ? book_asset_in(book, name, asset.price,
				       asset.amount_decimals, ret_asset)
		       : book_asset_slow(book, &asset, ret_asset);
}

int book_open(struct book *book, struct scale scale,
	      const struct rk_cmd_risk *risk)
{
	struct rk_cmd clock = {.type = RK_CMD_CLOCK};
	struct rk_cmd cmd = {.type = RK_CMD_RISK, .risk = *risk};
	struct rk_cmd usd = {
		.type = RK_CMD_ASSET,
		.asset = {.name = "USD", .decimals = 8, .fixed_price = {1}},
	};
	size_t size = rk_engine_size(&limits);
	struct rk_arena arena;
	int r;

	*book = (struct book){.scale = scale, .time_ns = SECOND_NS};
	size = (size + 63) / 64 * 64;
	book->memory = aligned_alloc(64, size);
	book->room = calloc(RK_EVENTS_PER_STEP_MAX, sizeof(*book->room));
	if (!book->memory || !book->room)
		return RK_REJ_CAPACITY;
	memset(book->memory, 0, size);
	rk_arena_init(&arena, book->memory, size);
	clock.clock.time_ns = book->time_ns;

	r = rk_engine_init(&arena, &limits, &book->engine);
	if (r == RK_OK)
		r = book_apply(book, &clock);
	if (r == RK_OK)
		r = book_apply(book, &cmd);
	if (r == RK_OK)
		r = book_apply(book, &usd);
	if (r == RK_OK)
		r = name_it(book, RK_CMD_PUBLISHER, "feed");
	if (r == RK_OK)
		r = name_it(book, RK_CMD_VENUE, "outside");
	return r;
}

void book_close(struct book *book)
{
	free(book->room);
	free(book->memory);
}

int book_market(struct book *book, const struct book_market *market,
		uint32_t *ret_market)
{
	const struct scale *scale = &book->scale;
	const char *settle = market->settle ? market->settle : "USD";
	struct rk_cmd cmd = {
		.type = RK_CMD_MARKET,
		.market =
			{
				.price_decimals =
					(uint8_t)(scale->price - scale->money +
						  RK_USD_DECIMALS),
				.size_decimals = (uint8_t)scale->size,
				.lot = {1},
				.price_age_max_ns = YEAR_NS,
				.close_cost = market->close_cost,
				.brackets_n = market->brackets_n,
			},
	};
	int r;

	if (strlen(market->name) >= sizeof(cmd.market.name) ||
	    strlen(settle) >= sizeof(cmd.market.settle))
		return RK_REJ_BAD_NAME;
	memcpy(cmd.market.name, market->name, strlen(market->name));
	memcpy(cmd.market.settle, settle, strlen(settle));
	memcpy(cmd.market.brackets, market->brackets,
	       sizeof(cmd.market.brackets));
	if (!dec_raw(market->price_max, scale->price, RK_ROUND_CEIL,
		     &cmd.market.price_max.raw) ||
	    !dec_raw(market->size_max, scale->size, RK_ROUND_CEIL,
		     &cmd.market.position_max.raw))
		return RK_REJ_OVERFLOW;
	r = book_apply(book, &cmd);
	return r != RK_OK ? r
			  : rk_view_find_market(book->engine, market->name,
						ret_market);
}

int book_terms(struct book *book, const char *market,
	       const struct rk_margin_terms *terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN,
			     .margin = {.terms = *terms}};

	memcpy(cmd.margin.market, market, strlen(market));
	return book_apply(book, &cmd);
}

int book_account(struct book *book, uint64_t account, enum rk_mode mode)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_ACCOUNT,
		.account = {account, account, mode, RK_ENFORCE_FULL},
	};

	return book_apply(book, &cmd);
}

int book_adjust(struct book *book, uint64_t account, uint32_t asset,
		rk_amt amount)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_ADJUST,
		.amount = {account, asset, amount},
	};

	return amount.raw == 0 ? RK_OK : book_apply(book, &cmd);
}

int book_pay(struct book *book, uint64_t account, struct dec money)
{
	rk_amt amount;

	if (!dec_raw(money, book->scale.money, RK_ROUND_FLOOR, &amount.raw))
		return RK_REJ_OVERFLOW;
	return book_adjust(book, account, 0, amount);
}

int book_fill(struct book *book, const struct rk_cmd_trade *trade)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE, .trade = *trade};

	cmd.trade.trade = ++book->last_id;
	return book_apply(book, &cmd);
}

int book_trade(struct book *book, uint64_t account, uint32_t market,
	       struct dec size, struct dec price)
{
	struct rk_cmd_trade trade = {.market = market};

	if (!dec_raw(dec_abs(size), book->scale.size, RK_ROUND_TRUNC,
		     &trade.size.raw) ||
	    !dec_raw(price, book->scale.price, RK_ROUND_TRUNC,
		     &trade.price.raw))
		return RK_REJ_OVERFLOW;
	if (dec_sign(size) > 0)
		trade.buyer.account = account;
	else
		trade.seller.account = account;
	return book_fill(book, &trade);
}

int book_mark(struct book *book, uint32_t market, rk_px price)
{
	struct rk_quote quote = {
		.price = price,
		.time_ns = book->time_ns,
		.seq = ++book->last_id,
	};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES, .prices = {&quote, 1}};
	struct rk_market_view view;
	int r = rk_view_market(book->engine, market, &view);

	if (r != RK_OK)
		return r;
	quote.slot = view.slot;
	return book_apply(book, &cmd);
}

struct rk_account_view book_view(const struct book *book, uint64_t account)
{
	struct rk_account_view view;
	uint32_t index;
	int r = rk_view_find_account(book->engine, account, &index);

	if (r == RK_OK)
		r = rk_view_account(book->engine, index, &view);
	RK_ASSERT(r == RK_OK);
	return view;
}

struct rk_position_view book_position(const struct book *book, uint64_t account,
				      uint32_t market)
{
	struct rk_position_view views[20];
	uint32_t index;
	uint32_t n;
	int r = rk_view_find_account(book->engine, account, &index);

	RK_ASSERT(r == RK_OK);
	n = rk_view_positions(book->engine, index, views, 20);
	for (uint32_t i = 0; i < n && i < 20; i++) {
		if (views[i].market == market)
			return views[i];
	}
	return (struct rk_position_view){.market = market};
}

struct dec book_money(const struct book *book, int64_t raw)
{
	return dec_of(raw, book->scale.money);
}
