/*
 * Reading book files. See book.h.
 *
 * What is traded is handed to the reader of markets.json as an object of its
 * own, so that both have one schema and one set of messages.
 */
#include "book.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/decimal.h"
#include "engine/engine.h"
#include "engine/rc.h"
#include "ops/error.h"
#include "ops/json.h"
#include "store/rebuild.h"

#define RATE_DECIMALS 9

/* The keys of markets.json, alone. */
static json_t *listing_of(const json_t *root)
{
	static const char *const keys[] = {"schema", "assets", "markets",
					   "emode"};
	json_t *listing = json_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *value = json_object_get(root, keys[i]);

		if (value && json_object_set(listing, keys[i], value) != 0) {
			json_decref(listing);
			return NULL;
		}
	}
	return listing;
}

static int read_listing(struct book *book, struct rk_error *error)
{
	json_t *listing = listing_of(book->root);
	char *text = listing ? json_dumps(listing, JSON_COMPACT) : NULL;
	int r = -ENOMEM;

	json_decref(listing);
	if (text)
		r = rk_markets_parse(text, strlen(text), book->name,
				     &book->markets, error);
	else
		rk_error_set(error, "%s: out of memory", book->name);
	free(text);
	return r;
}

int book_apply(struct book *book, const struct rk_cmd *cmd,
	       struct rk_error *error)
{
	int code;

	book->events.n = 0;
	code = rk_engine_apply(book->engine, cmd, &book->events);
	while (rk_engine_pending(book->engine)) {
		book->events.n = 0;
		rk_engine_resume(book->engine, &book->events);
	}
	if (code == RK_OK)
		return 0;
	rk_error_set(error, "%s: %s is refused: %s", book->name,
		     rk_cmd_name(cmd->type), rk_rc_text(code));
	return -EINVAL;
}

static int make_engine(struct book *book, struct rk_error *error)
{
	struct rk_cmd_limits max = {
		.accounts_max = 2, /* those of all others, see book_others.c */
		.owners_max = 1,
		.assets_max = book->markets->assets_n + 1,
		.markets_max = book->markets->markets_n + 1,
		.publishers_max = 1,
		.venues_max = 1,
		.clients_max = 1,
		.positions_max = 1,
		.positions_per_account_max = RK_POSITIONS_MAX,
		.balances_max = 2 * (book->markets->assets_n + 1),
		.orders_max = 1,
		.withdrawals_max = 1,
	};
	int r;

	if (max.assets_max > RK_ASSETS_MAX) {
		rk_error_set(error, "%s: $.assets: must list at most %d",
			     book->name, RK_ASSETS_MAX - 1);
		return -EINVAL;
	}
	book->events.max = RK_EVENTS_PER_STEP_MAX;
	book->events.events =
		calloc(book->events.max, sizeof(*book->events.events));
	r = book->events.events
		    ? rk_engine_make(&max, &book->memory, &book->engine)
		    : -ENOMEM;
	if (r == 0)
		return book_list_all(book, error);
	rk_error_set(error, "%s: out of memory", book->name);
	return r;
}

/* The slot of a market or asset by name, and its decimals. */
static bool find_slot(const struct book *book, const char *name,
		      uint32_t *ret_slot, uint8_t *ret_decimals)
{
	struct rk_market_view market;
	struct rk_asset_view asset;
	uint32_t id;

	if (rk_view_find_market(book->engine, name, &id) == RK_OK &&
	    rk_view_market(book->engine, id, &market) == RK_OK) {
		*ret_slot = market.slot;
		*ret_decimals = market.listing.price_decimals;
		return true;
	}
	if (rk_view_find_asset(book->engine, name, &id) != RK_OK ||
	    rk_view_asset(book->engine, id, &asset) != RK_OK ||
	    asset.slot == RK_NO_SLOT)
		return false;
	*ret_slot = asset.slot;
	*ret_decimals = asset.listing.price_decimals;
	return true;
}

static int quote(struct book *book, struct rk_json *json, const json_t *prices,
		 const char *name)
{
	struct rk_quote row = {.time_ns = BOOK_TIME_NS, .seq = 1};
	const struct rk_cmd cmd = {.type = RK_CMD_PRICES,
				   .prices = {.quotes = &row, .n = 1}};
	struct rk_slot_view slot;
	uint8_t decimals;
	int r;

	if (!find_slot(book, name, &row.slot, &decimals))
		return rk_json_fail(json, prices, name,
				    "is no market, and no asset without a "
				    "fixed_price, of this book");
	r = rk_json_decimal(json, prices, name, decimals, &row.price.raw);
	if (r < 0)
		return r;
	if (row.price.raw <= 0)
		return rk_json_fail(json, prices, name, "must be above 0");
	r = book_apply(book, &cmd, json->error);
	if (r < 0)
		return r;
	if (rk_view_slot(book->engine, row.slot, &slot) != RK_OK ||
	    slot.mark.raw != row.price.raw)
		return rk_json_fail(json, prices, name,
				    "must be at most its price_max, and of a "
				    "market at least its price_min");
	return 0;
}

/* A price that follows slowly, and where it is. */
static int quote_slow(struct book *book, struct rk_json *json,
		      const json_t *prices, const char *name)
{
	const struct rk_markets *markets = book->markets;
	struct rk_markets_slow *slow;
	uint32_t slot;
	uint32_t id;
	uint8_t decimals;
	rk_px price;
	int r;

	if (!find_slot(book, name, &slot, &decimals))
		return rk_json_fail(json, prices, name,
				    "is no market, and no asset without a "
				    "fixed_price, of this book");
	slow = rk_view_find_market(book->engine, name, &id) == RK_OK
		       ? &markets->market_slow[id]
		       : NULL;
	if (!slow && rk_view_find_asset(book->engine, name, &id) == RK_OK)
		slow = &markets->asset_slow[id];
	r = rk_json_decimal(json, prices, name, decimals, &price.raw);
	if (r < 0)
		return r;
	if (price.raw <= 0)
		return rk_json_fail(json, prices, name, "must be above 0");
	if (book_set_slow(book, slot, slow, price, json->error) == 0)
		return 0;
	return rk_json_fail(json, prices, name,
			    "must be at most its price_max, and of a market "
			    "at least its price_min");
}

static int read_prices(struct book *book, const char *key,
		       int (*read)(struct book *book, struct rk_json *json,
				   const json_t *prices, const char *name),
		       struct rk_error *error)
{
	struct rk_json json = {.file = book->name, .error = error, .path = "$"};
	json_t *prices = json_object_get(book->root, key);
	const char *name;
	json_t *value;
	int r = 0;

	if (!prices)
		return 0;
	if (!json_is_object(prices))
		return rk_json_fail(&json, book->root, key,
				    "must be an object: a price for each name");
	rk_json_enter_object(&json, key);
	json_object_foreach(prices, name, value)
	{
		r = read(book, &json, prices, name);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The open interest of markets, for every account of the book. */
static int suppose_open(const struct book *book, struct rk_json *json,
			struct rk_ask *ask)
{
	json_t *opens = json_object_get(book->root, "open_interest");
	const char *name;
	json_t *value;

	if (!opens)
		return 0;
	if (!json_is_object(opens))
		return rk_json_fail(json, book->root, "open_interest",
				    "must be an object: a size for each "
				    "market");
	rk_json_enter_object(json, "open_interest");
	json_object_foreach(opens, name, value)
	{
		struct rk_market_view view;
		rk_qty size;
		uint32_t id;
		int r;

		if (rk_view_find_market(book->engine, name, &id) != RK_OK ||
		    rk_view_market(book->engine, id, &view) != RK_OK)
			return rk_json_fail(json, opens, name,
					    "is no market of this book");
		r = rk_json_decimal(json, opens, name,
				    view.listing.size_decimals, &size.raw);
		if (r < 0)
			return r;
		r = rk_ask_open_interest(ask, id, size);
		if (r == RK_REJ_BAD_SIZE)
			return rk_json_fail(json, opens, name,
					    "must be 0 or more");
		if (r != RK_OK)
			return rk_json_fail(json, opens, name, rk_rc_text(r));
	}
	rk_json_leave(json);
	return 0;
}

/* One name of the list; places has those before, by name. */
static int check_name(struct rk_json *json, const json_t *account,
		      json_int_t place, json_t *places)
{
	const char *name = json_string_value(json_object_get(account, "name"));
	const json_t *before;
	char need[80];

	if (!name)
		return 0; /* its place is its name */
	before = json_object_get(places, name);
	if (before) {
		(void)snprintf(need, sizeof(need),
			       "must be another name: $.accounts[%lld] has it",
			       (long long)json_integer_value(before));
		return rk_json_fail(json, account, "name", need);
	}
	if (json_object_set_new(places, name, json_integer(place)) == 0)
		return 0;
	rk_error_set(json->error, "%s: out of memory", json->file);
	return -ENOMEM;
}

/* A name tells one account from another. */
static int check_names(struct rk_json *json, const json_t *accounts)
{
	json_t *places = json_object();
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_array_size(accounts); i++) {
		rk_json_enter(json, "accounts", i);
		r = check_name(json, json_array_get(accounts, i), (json_int_t)i,
			       places);
		if (r == 0)
			rk_json_leave(json);
	}
	json_decref(places);
	return r;
}

static int read_root(struct book *book, struct rk_error *error)
{
	static const char *const keys[] = {
		"schema",      "assets", "markets",       "emode",    "prices",
		"slow_prices", "others", "open_interest", "accounts", NULL};
	struct rk_json json = {.file = book->name, .error = error, .path = "$"};
	const json_t *accounts;
	struct rk_ask ask;
	int r = rk_json_only(&json, book->root, keys);

	if (r == 0)
		r = rk_json_list(&json, book->root, "accounts", &accounts);
	if (r == 0)
		r = check_names(&json, accounts);
	if (r != 0)
		return r;
	book->accounts_n = (uint32_t)json_array_size(accounts);
	r = read_listing(book, error);
	if (r == 0)
		r = make_engine(book, error);
	if (r == 0)
		r = read_prices(book, "prices", quote, error);
	if (r == 0)
		r = read_prices(book, "slow_prices", quote_slow, error);
	if (r == 0)
		r = book_read_others(book, error);
	if (r != 0)
		return r;
	/* Told also when there is no account to ask about. */
	rk_ask_nobody(book->engine, &ask);
	return suppose_open(book, &json, &ask);
}

int book_open(const char *text, size_t size, const char *name,
	      struct book *ret_book, struct rk_error *error)
{
	struct rk_json json = {.file = name, .error = error};
	int r;

	memset(ret_book, 0, sizeof(*ret_book));
	ret_book->name = name;
	r = rk_json_parse(&json, text, size, &ret_book->root);
	if (r == 0)
		r = read_root(ret_book, error);
	if (r < 0)
		book_close(ret_book);
	return r;
}

void book_close(struct book *book)
{
	json_decref(book->root);
	rk_markets_free(book->markets);
	free(book->events.events);
	free(book->memory);
	memset(book, 0, sizeof(*book));
}

static int read_balances(const struct book *book, struct rk_json *json,
			 json_t *account, struct rk_ask *ask)
{
	json_t *balances = json_object_get(account, "balances");
	const char *name;
	json_t *value;

	if (!balances)
		return 0;
	if (!json_is_object(balances))
		return rk_json_fail(json, account, "balances",
				    "must be an object: an amount for each "
				    "asset");
	rk_json_enter_object(json, "balances");
	json_object_foreach(balances, name, value)
	{
		struct rk_asset_view view;
		rk_amt amount;
		uint32_t id;
		int r;

		if (rk_view_find_asset(book->engine, name, &id) != RK_OK ||
		    rk_view_asset(book->engine, id, &view) != RK_OK)
			return rk_json_fail(json, balances, name,
					    "is no asset of this book");
		r = rk_json_decimal(json, balances, name, view.listing.decimals,
				    &amount.raw);
		if (r < 0)
			return r;
		if (amount.raw < 0 &&
		    rk_view_asset_price(book->engine, id).raw == 0)
			return rk_json_fail(json, balances, name,
					    "is owed, but has no price");
		if (amount.raw == 0)
			continue;
		r = rk_ask_deposit(ask, id, amount);
		if (r != RK_OK)
			return rk_json_fail(json, balances, name,
					    rk_rc_text(r));
	}
	rk_json_leave(json);
	return 0;
}

/* What the question's answer to a position means for the file. */
static int told(struct rk_json *json, const json_t *position, int code)
{
	switch (code) {
	case RK_OK:
		return 0;
	case RK_REJ_NO_PRICE:
		return rk_json_fail(json, position, "market",
				    "needs a price, and so does the asset it "
				    "settles in");
	case RK_REJ_BAD_PRICE:
		return rk_json_fail(json, position, "entry",
				    "must be from price_min to price_max");
	case RK_REJ_BAD_SIZE:
	case RK_REJ_POSITION_LIMIT:
		return rk_json_fail(json, position, "size",
				    "must not be 0, and at most position_max "
				    "on either side");
	case RK_REJ_CAPACITY:
		return rk_json_fail(json, position, NULL,
				    "is one more than an account can hold");
	default:
		return rk_json_fail(json, position, "size", rk_rc_text(code));
	}
}

/* With the price at which it was entered. */
static int enter(struct rk_json *json, const json_t *position,
		 struct rk_held_position *held, struct rk_ask *ask)
{
	struct rk_market_view view;
	struct rk_position_view entered;
	rk_px entry;
	int r;

	(void)rk_view_market(ask->engine, held->market, &view);
	r = rk_json_decimal(json, position, "entry",
			    view.listing.price_decimals, &entry.raw);
	if (r == 0)
		r = told(json, position,
			 rk_ask_fill(ask, &(struct rk_supposed_fill){
						  .market = held->market,
						  .part = held->size,
						  .price = entry,
					  }));
	for (uint32_t i = 0; r == 0 && i < rk_ask_positions(ask); i++) {
		rk_ask_position(ask, i, &entered);
		if (entered.market == held->market)
			held->cost = entered.cost;
	}
	return r;
}

/* The leverage that the account has chosen for the market, if any. */
static int choose(struct rk_json *json, const json_t *position, uint32_t market,
		  struct rk_ask *ask)
{
	rk_rate leverage;
	int r;

	if (!rk_json_has(position, "leverage"))
		return 0;
	r = rk_json_decimal(json, position, "leverage", RATE_DECIMALS,
			    &leverage.raw);
	if (r < 0)
		return r;
	/* 0 is none to the engine: who has none leaves it out. */
	if (leverage.raw == 0 ||
	    rk_ask_leverage(ask, market, leverage) != RK_OK)
		return rk_json_fail(json, position, "leverage",
				    "must be 1 to what the market permits: 1 "
				    "by the initial rate of its first bracket");
	return 0;
}

/* With the price at which it was entered, or what it cost in all. */
static int hold(struct rk_json *json, const json_t *position, uint32_t market,
		const struct rk_market_view *view, struct rk_ask *ask)
{
	struct rk_held_position held = {.market = market};
	struct rk_asset_view settle;
	int r = rk_json_decimal(json, position, "size",
				view->listing.size_decimals, &held.size.raw);

	if (r < 0)
		return r;
	if (rk_json_has(position, "cost") && rk_json_has(position, "entry"))
		return rk_json_fail(json, position, "entry",
				    "must be left out, as cost is there and "
				    "is exact; or leave out cost");
	if (!rk_json_has(position, "cost") && !rk_json_has(position, "entry"))
		return rk_json_fail(json, position, "entry",
				    "must be there (a price), or else cost "
				    "(signed as size; inverse: the other "
				    "way)");
	(void)rk_view_asset(ask->engine, view->settle_asset, &settle);
	if (rk_json_has(position, "entry"))
		r = enter(json, position, &held, ask);
	else
		r = rk_json_decimal(json, position, "cost",
				    settle.listing.decimals, &held.cost.raw);
	if (r == 0 && rk_json_has(position, "funding"))
		r = rk_json_decimal(json, position, "funding",
				    settle.listing.decimals, &held.funding.raw);
	if (r < 0)
		return r;
	r = told(json, position, rk_ask_hold(ask, &held));
	return r == 0 ? choose(json, position, market, ask) : r;
}

static int read_position(const struct book *book, struct rk_json *json,
			 json_t *position, struct rk_ask *ask)
{
	static const char *const keys[] = {
		"market", "size", "entry", "cost", "funding", "leverage", NULL};
	struct rk_market_view view;
	const char *name;
	uint32_t id;
	int r = rk_json_only(json, position, keys);

	if (r == 0)
		r = rk_json_string(json, position, "market", &name);
	if (r != 0)
		return r;
	if (rk_view_find_market(book->engine, name, &id) != RK_OK ||
	    rk_view_market(book->engine, id, &view) != RK_OK)
		return rk_json_fail(json, position, "market",
				    "is no market of this book");
	for (uint32_t i = 0; i < rk_ask_positions(ask); i++) {
		struct rk_position_view held;

		rk_ask_position(ask, i, &held);
		if (held.market == id)
			return rk_json_fail(json, position, "market",
					    "is held twice: add them up");
	}
	return hold(json, position, id, &view, ask);
}

static int read_positions(const struct book *book, struct rk_json *json,
			  json_t *account, struct rk_ask *ask)
{
	const json_t *list;
	int r;

	if (!rk_json_has(account, "positions"))
		return 0;
	r = rk_json_list(json, account, "positions", &list);
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		rk_json_enter(json, "positions", i);
		r = read_position(book, json, json_array_get(list, i), ask);
		if (r == 0)
			rk_json_leave(json);
	}
	return r;
}

static int read_bool(struct rk_json *json, const json_t *object,
		     const char *key, bool *ret)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		return rk_json_fail(json, object, key, "must be true or false");
	*ret = json_is_true(value);
	return 0;
}

/* An order that rests: its number is its place in the list. */
static int rest(struct rk_json *json, const json_t *order,
		const struct rk_market_view *view, struct rk_held_order *held,
		struct rk_ask *ask)
{
	bool given = rk_json_has(order, "price");
	struct rk_slot_view slot;
	const char *side;
	int r = rk_json_string(json, order, "side", &side);

	if (r == 0)
		r = rk_json_decimal(json, order, "size",
				    view->listing.size_decimals,
				    &held->left.raw);
	if (r == 0 && given)
		r = rk_json_decimal(json, order, "price",
				    view->listing.price_decimals,
				    &held->price.raw);
	if (r == 0 && rk_json_has(order, "reduce_only"))
		r = read_bool(json, order, "reduce_only", &held->reduce_only);
	if (r < 0)
		return r;
	if (strcmp(side, "buy") != 0 && strcmp(side, "sell") != 0)
		return rk_json_fail(json, order, "side",
				    "must be \"buy\" or \"sell\"");
	held->side = side[0] == 'b' ? RK_SIDE_BUY : RK_SIDE_SELL;
	(void)rk_view_slot(ask->engine, view->slot, &slot);
	if (!given)
		held->price = slot.mark;
	r = slot.mark.raw == 0 ? RK_REJ_NO_PRICE : rk_ask_rest(ask, held);
	switch (r) {
	case RK_OK:
		return 0;
	case RK_REJ_NO_PRICE:
		return rk_json_fail(json, order, "market",
				    "needs a price, and so does the asset it "
				    "settles in");
	case RK_REJ_BAD_PRICE:
		return rk_json_fail(json, order, "price",
				    "must be from price_min to price_max");
	case RK_REJ_OVERFLOW:
		return rk_json_fail(json, order, "size",
				    "is too much: at the dearest price all "
				    "orders of an account must be worth less "
				    "than 2^59 units of the settle asset, and "
				    "of 1e-8 USD");
	default:
		return rk_json_fail(json, order, "size", rk_rc_text(r));
	}
}

/* An isolated account has its position and its orders in one market. */
static int check_isolated(struct rk_json *json, const json_t *order,
			  uint32_t market, const struct rk_ask *ask)
{
	struct rk_position_view held;
	uint32_t other = market;

	if (ask->mode != RK_MODE_ISOLATED)
		return 0;
	if (rk_ask_orders(ask) > 0)
		other = rk_ask_order(ask, 0)->market;
	if (rk_ask_positions(ask) > 0) {
		rk_ask_position(ask, 0, &held);
		other = held.market;
	}
	if (other == market)
		return 0;
	return rk_json_fail(json, order, "market",
			    "must be that of its position and of its other "
			    "orders: the account is isolated");
}

static int read_order(const struct book *book, struct rk_json *json,
		      json_t *order, uint64_t number, struct rk_ask *ask)
{
	static const char *const keys[] = {"market", "side",        "size",
					   "price",  "reduce_only", NULL};
	struct rk_held_order held = {.order = number};
	struct rk_market_view view;
	const char *name;
	int r = rk_json_only(json, order, keys);

	if (r == 0)
		r = rk_json_string(json, order, "market", &name);
	if (r != 0)
		return r;
	if (rk_view_find_market(book->engine, name, &held.market) != RK_OK ||
	    rk_view_market(book->engine, held.market, &view) != RK_OK)
		return rk_json_fail(json, order, "market",
				    "is no market of this book");
	r = check_isolated(json, order, held.market, ask);
	return r == 0 ? rest(json, order, &view, &held, ask) : r;
}

static int read_orders(const struct book *book, struct rk_json *json,
		       json_t *account, struct rk_ask *ask)
{
	const json_t *list;
	int r;

	if (!rk_json_has(account, "orders"))
		return 0;
	r = rk_json_list(json, account, "orders", &list);
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		rk_json_enter(json, "orders", i);
		r = read_order(book, json, json_array_get(list, i),
			       (uint64_t)i + 1, ask);
		if (r == 0)
			rk_json_leave(json);
	}
	return r;
}

/* An isolated account holds one position. */
static int read_mode(struct rk_json *json, const json_t *account,
		     struct rk_ask *ask)
{
	const char *mode;
	int r;

	if (!rk_json_has(account, "mode"))
		return 0;
	r = rk_json_string(json, account, "mode", &mode);
	if (r != 0)
		return r;
	if (strcmp(mode, "isolated") == 0)
		ask->mode = RK_MODE_ISOLATED;
	else if (strcmp(mode, "cross") != 0)
		return rk_json_fail(json, account, "mode",
				    "must be cross or isolated");
	if (ask->mode == RK_MODE_ISOLATED &&
	    json_array_size(json_object_get(account, "positions")) > 1)
		return rk_json_fail(json, account, "positions",
				    "must be one at most: the account is "
				    "isolated");
	return 0;
}

int book_account(const struct book *book, uint32_t i, const char **ret_name,
		 struct rk_ask *ret_ask, struct rk_error *error)
{
	static const char *const keys[] = {"name",      "mode",   "balances",
					   "positions", "orders", NULL};
	struct rk_json json = {.file = book->name, .error = error, .path = "$"};
	json_t *list = json_object_get(book->root, "accounts");
	json_t *account = json_array_get(list, i);
	int r;

	rk_ask_nobody(book->engine, ret_ask);
	rk_json_enter(&json, "accounts", i);
	r = rk_json_only(&json, account, keys);
	*ret_name = NULL;
	if (r == 0 && rk_json_has(account, "name"))
		r = rk_json_string(&json, account, "name", ret_name);
	if (r == 0)
		r = read_mode(&json, account, ret_ask);
	if (r == 0)
		r = read_balances(book, &json, account, ret_ask);
	if (r == 0)
		r = read_positions(book, &json, account, ret_ask);
	if (r == 0) {
		/* What is open is what the book says, however positions came
		 * there. */
		ret_ask->opens_n = 0;
		r = read_orders(book, &json, account, ret_ask);
	}
	if (r != 0)
		return r;
	rk_json_leave(&json);
	return suppose_open(book, &json, ret_ask);
}
