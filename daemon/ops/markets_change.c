/*
 * Reading what is to be another. See markets_change.h.
 */
#include "ops/markets_change.h"

#include <errno.h>
#include <stdlib.h>

#include "ops/error.h"
#include "ops/file.h"
#include "ops/markets.h"
#include "ops/markets_rows.h"

static int read_change(struct rk_json *json, json_t *root,
		       struct rk_markets_change *change)
{
	static const char *const keys[] = {
		"lot",       "position_max", "brackets", "close_cost",
		"taker_fee", "maker_fee",    "margin",   NULL};
	int r = rk_json_only(json, root, keys);

	for (size_t i = 0; keys[i + 1]; i++)
		change->listing_told =
			change->listing_told || rk_json_has(root, keys[i]);
	change->margin_told = rk_json_has(root, "margin");
	if (r == 0 && !change->listing_told && !change->margin_told)
		return rk_json_fail(json, root, NULL,
				    "must have one of lot, position_max, "
				    "close_cost, taker_fee, maker_fee, "
				    "brackets and margin");
	if (r == 0)
		r = rk_markets_read_change(json, root, &change->listing);
	if (r == 0 && change->margin_told)
		r = rk_markets_read_margin(json, root,
					   change->listing.size_decimals,
					   &change->margin);
	return r;
}

int rk_markets_load_change(const char *path, struct rk_markets_change *change,
			   struct rk_error *error)
{
	struct rk_json json = {.file = path, .error = error};
	json_t *root = NULL;
	char *text;
	size_t size;
	int r = rk_file_read(path, RK_MARKETS_FILE_MAX, &text, &size, error);

	if (r < 0)
		return r;
	r = rk_json_parse(&json, text, size, &root);
	free(text);
	if (r == 0)
		r = read_change(&json, root, change);
	json_decref(root);
	return r;
}
