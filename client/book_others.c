/*
 * What all accounts that are not in a book hold and owe. See book.h.
 *
 * The engine of a book has two accounts that nobody is asked about, one that
 * holds all of it and one that owes it, so that its totals are as they would
 * be, and the pool of an asset that is lent can give what there would be. A
 * book without "others" is as if nobody else had anything.
 */
#include <string.h>

#include "book.h"
#include "engine/rc.h"
#include "ops/error.h"
#include "ops/json.h"

enum other {
	HOLDER = 1,
	DEBTOR = 2
};

static int open_account(struct book *book, uint64_t id, struct rk_error *error)
{
	const struct rk_cmd cmd = {
		.type = RK_CMD_ACCOUNT,
		.account = {.account = id,
			    .owner = 1,
			    .mode = RK_MODE_CROSS,
			    .enforcement = RK_ENFORCE_REPORT}};

	return book_apply(book, &cmd, error);
}

static int add(struct book *book, struct rk_json *json, const json_t *object,
	       uint32_t asset, enum other other)
{
	const char *key = other == HOLDER ? "held" : "owed";
	struct rk_cmd cmd = {.type = RK_CMD_ADJUST,
			     .amount = {.account = other, .asset = asset}};
	struct rk_asset_view view;
	int r;

	if (!rk_json_has(object, key))
		return 0;
	(void)rk_view_asset(book->engine, asset, &view);
	r = rk_json_decimal(json, object, key, view.listing.decimals,
			    &cmd.amount.amount.raw);
	if (r < 0)
		return r;
	if (cmd.amount.amount.raw < 0)
		return rk_json_fail(json, object, key, "must not be below 0");
	if (cmd.amount.amount.raw == 0)
		return 0;
	if (other == DEBTOR)
		cmd.amount.amount.raw = -cmd.amount.amount.raw;
	if (book_apply(book, &cmd, json->error) == 0)
		return 0;
	return rk_json_fail(json, object, key,
			    "must have a price, and be worth at most "
			    "23058430092 USD at price_max");
}

static int read_one(struct book *book, struct rk_json *json, json_t *others,
		    const char *name)
{
	static const char *const keys[] = {"held", "owed", NULL};
	json_t *object = json_object_get(others, name);
	uint32_t asset;
	int r;

	if (rk_view_find_asset(book->engine, name, &asset) != RK_OK)
		return rk_json_fail(json, others, name,
				    "is no asset of this book");
	if (!json_is_object(object))
		return rk_json_fail(json, others, name,
				    "must be an object with held, owed, or "
				    "both");
	rk_json_enter_object(json, name);
	r = rk_json_only(json, object, keys);
	if (r == 0)
		r = add(book, json, object, asset, HOLDER);
	if (r == 0)
		r = add(book, json, object, asset, DEBTOR);
	if (r == 0)
		rk_json_leave(json);
	return r;
}

int book_read_others(struct book *book, struct rk_error *error)
{
	struct rk_json json = {.file = book->name, .error = error, .path = "$"};
	json_t *others = json_object_get(book->root, "others");
	const char *name;
	json_t *value;
	int r;

	if (!others)
		return 0;
	if (!json_is_object(others))
		return rk_json_fail(&json, book->root, "others",
				    "must be an object: held and owed for each "
				    "asset");
	r = open_account(book, HOLDER, error);
	if (r == 0)
		r = open_account(book, DEBTOR, error);
	rk_json_enter_object(&json, "others");
	json_object_foreach(others, name, value)
	{
		if (r == 0)
			r = read_one(book, &json, others, name);
	}
	return r;
}
