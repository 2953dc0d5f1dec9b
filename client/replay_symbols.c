/*
 * Names of markets in files to slots of the daemon. See the header.
 *
 * Names are kept in the order in which they came, and the search begins after
 * the last hit: rows of one instant mostly come in the same order each time.
 */
#include "replay_symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAPS_MAX 512u

struct map {
	char from[RK_REPLAY_NAME_SIZE];
	char to[RK_REPLAY_NAME_SIZE];
};

struct rk_replay_symbols {
	const Riskd__MarketsAnswer *listing;
	uint32_t maps_n;
	uint32_t n;
	uint32_t hit;
	struct map maps[MAPS_MAX];
	struct rk_replay_symbol symbols[RK_REPLAY_SYMBOLS_MAX];
};

static const Riskd__Market *find_market(const Riskd__MarketsAnswer *listing,
					const char *name)
{
	for (size_t i = 0; i < listing->n_markets; i++) {
		if (strcmp(listing->markets[i]->name, name) == 0)
			return listing->markets[i];
	}
	return NULL;
}

static const Riskd__Asset *find_asset(const Riskd__MarketsAnswer *listing,
				      const char *name)
{
	for (size_t i = 0; i < listing->n_assets; i++) {
		const Riskd__Asset *asset = listing->assets[i];

		/* One with a fixed price has no slot to set. */
		if (strcmp(asset->name, name) == 0 && asset->price &&
		    asset->price->slot != UINT32_MAX)
			return asset;
	}
	return NULL;
}

static void set_market(struct rk_replay_symbol *symbol,
		       const Riskd__Market *market)
{
	symbol->is_market = true;
	symbol->market = market->id;
	symbol->slot = market->price->slot;
	symbol->price_decimals = (uint8_t)market->price_decimals;
	symbol->size_decimals = (uint8_t)market->size_decimals;
	symbol->target = market->name;
}

static void set_asset(struct rk_replay_symbol *symbol,
		      const Riskd__Asset *asset)
{
	symbol->market = asset->id;
	symbol->slot = asset->price->slot;
	symbol->price_decimals = (uint8_t)asset->price->decimals;
	symbol->target = asset->name;
}

/* Point symbol at what a map names; false when the daemon has no such thing. */
static bool set_target(const Riskd__MarketsAnswer *listing, const char *to,
		       struct rk_replay_symbol *symbol)
{
	const Riskd__Market *market;
	const Riskd__Asset *asset;

	if (strcmp(to, "-") == 0) {
		symbol->left_out = true;
		return true;
	}
	if (strncmp(to, "asset:", 6) == 0) {
		asset = find_asset(listing, to + 6);
		if (asset)
			set_asset(symbol, asset);
		return asset != NULL;
	}
	market = find_market(listing, to);
	if (market)
		set_market(symbol, market);
	return market != NULL;
}

/* "BTC/USDT" and "BTC/USDT:USDT" by rule are "BTC-PERP". */
static bool set_by_rule(const Riskd__MarketsAnswer *listing, const char *name,
			struct rk_replay_symbol *symbol)
{
	char perp[RK_REPLAY_NAME_SIZE + 8];
	const char *slash = strchr(name, '/');

	if (!slash || slash == name)
		return false;
	(void)snprintf(perp, sizeof(perp), "%.*s-PERP", (int)(slash - name),
		       name);
	return set_target(listing, perp, symbol);
}

static int read_map(struct rk_replay_symbols *symbols, const char *text,
		    size_t n, struct rk_replay_error *error)
{
	struct map *map = &symbols->maps[symbols->maps_n];
	struct rk_replay_symbol symbol = {0};
	const char *equals = memchr(text, '=', n);
	size_t from_n = equals ? (size_t)(equals - text) : 0;
	size_t to_n = equals ? n - from_n - 1 : 0;

	if (from_n == 0 || to_n == 0 || from_n >= RK_REPLAY_NAME_SIZE ||
	    to_n >= RK_REPLAY_NAME_SIZE)
		return rk_replay_error_set(
			error, -EINVAL,
			"--map: \"%.*s\" must be NAME=MARKET, NAME=asset:ASSET "
			"or NAME=-",
			(int)n, text);
	if (symbols->maps_n + 1 >= MAPS_MAX)
		return rk_replay_error_set(
			error, -EINVAL, "--map: must have at most %u entries",
			MAPS_MAX - 1);
	memcpy(map->from, text, from_n);
	memcpy(map->to, equals + 1, to_n);
	if (!set_target(symbols->listing, map->to, &symbol))
		return rk_replay_error_set(
			error, -EINVAL,
			"--map: the daemon has no \"%s\": must be a market, or "
			"asset: and an asset that has a price",
			map->to);
	symbols->maps_n++;
	return 0;
}

int rk_replay_symbols_open(const Riskd__MarketsAnswer *listing, const char *map,
			   struct rk_replay_error *error,
			   struct rk_replay_symbols **ret_symbols)
{
	struct rk_replay_symbols *symbols = calloc(1, sizeof(*symbols));
	int r;

	if (!symbols)
		return rk_replay_error_set(error, -ENOMEM,
					   "no memory for market names");
	symbols->listing = listing;
	while (map && *map != '\0') {
		size_t n = strcspn(map, ",");

		r = read_map(symbols, map, n, error);
		if (r < 0) {
			rk_replay_symbols_close(symbols);
			return r;
		}
		map += n + (map[n] == ',' ? 1 : 0);
	}
	*ret_symbols = symbols;
	return 0;
}

void rk_replay_symbols_close(struct rk_replay_symbols *symbols)
{
	free(symbols);
}

static bool resolve(const struct rk_replay_symbols *symbols,
		    struct rk_replay_symbol *symbol)
{
	const Riskd__Market *market;

	for (uint32_t i = 0; i < symbols->maps_n; i++) {
		if (strcmp(symbols->maps[i].from, symbol->name) == 0)
			return set_target(symbols->listing, symbols->maps[i].to,
					  symbol);
	}
	market = find_market(symbols->listing, symbol->name);
	if (market) {
		set_market(symbol, market);
		return true;
	}
	return set_by_rule(symbols->listing, symbol->name, symbol);
}

static int add(struct rk_replay_symbols *symbols, struct rk_replay_csv *csv,
	       uint32_t column)
{
	const char *name = rk_replay_csv_field(csv, column);
	struct rk_replay_symbol *symbol = &symbols->symbols[symbols->n];
	char what[320];

	if (name[0] == '\0' || strlen(name) >= sizeof(symbol->name))
		return rk_replay_csv_refuse(
			csv, column, "must be a name of 1 to 63 characters");
	if (symbols->n >= RK_REPLAY_SYMBOLS_MAX)
		return rk_replay_csv_refuse(csv, column,
					    "is one market too many: at most "
					    "4096 are taken");
	*symbol = (struct rk_replay_symbol){.index = symbols->n};
	memcpy(symbol->name, name, strlen(name) + 1);
	if (!resolve(symbols, symbol)) {
		(void)snprintf(what, sizeof(what),
			       "is no market of the daemon: list it in "
			       "markets.json, map it (--map %s=MARKET) or "
			       "leave it out (--map %s=-)",
			       name, name);
		return rk_replay_csv_refuse(csv, column, what);
	}
	symbols->hit = symbols->n++;
	return 0;
}

int rk_replay_symbols_find(struct rk_replay_symbols *symbols,
			   struct rk_replay_csv *csv, uint32_t column,
			   const struct rk_replay_symbol **ret_symbol)
{
	const char *name = rk_replay_csv_field(csv, column);
	uint32_t at = symbols->hit;
	int r;

	for (uint32_t i = 0; i < symbols->n; i++) {
		at = at + 1 < symbols->n ? at + 1 : 0;
		if (strcmp(symbols->symbols[at].name, name) == 0) {
			symbols->hit = at;
			*ret_symbol = &symbols->symbols[at];
			return 0;
		}
	}
	r = add(symbols, csv, column);
	if (r < 0)
		return r;
	*ret_symbol = &symbols->symbols[symbols->hit];
	return 0;
}
