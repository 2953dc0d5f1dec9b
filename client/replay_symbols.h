/*
 * What the market names of a file mean to the daemon.
 *
 * A name is looked up, in this order: in the list of --map; as the name of a
 * market of the daemon; BASE/QUOTE and BASE/QUOTE:SETTLE as BASE-PERP. A map
 * may also name an asset ("BTC/USD=asset:BTC", its index price) or leave a
 * market out ("XRP/USDT=-").
 */
#ifndef RK_CLIENT_REPLAY_SYMBOLS_H
#define RK_CLIENT_REPLAY_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "replay_csv.h"
#include "riskd.pb-c.h"

#define RK_REPLAY_NAME_SIZE   64   /* of a market's name in a file */
#define RK_REPLAY_SYMBOLS_MAX 4096 /* different names in one run */

struct rk_replay_symbol {
	char name[RK_REPLAY_NAME_SIZE];
	uint32_t index; /* 0, 1, 2, ... in order of first appearance */
	bool left_out;
	bool is_market;  /* else an asset: prices only, no fills */
	uint32_t market; /* or asset id */
	uint32_t slot;
	uint8_t price_decimals;
	uint8_t size_decimals;
	const char *target; /* its name at the daemon */
};

struct rk_replay_symbols;

/*
 * listing is borrowed until close. map is the text of --map, "A=B,C=-", or
 * NULL. Returns 0 and *ret_symbols (owned by the caller), -EINVAL for a map
 * that cannot work, -ENOMEM; the sentence is in error.
 */
int rk_replay_symbols_open(const Riskd__MarketsAnswer *listing, const char *map,
			   struct rk_replay_error *error,
			   struct rk_replay_symbols **ret_symbols);

/* Takes NULL. */
void rk_replay_symbols_close(struct rk_replay_symbols *symbols);

/*
 * The meaning of a field. Returns 0 and *ret_symbol, good until close, or
 * -EINVAL after telling csv's error what is wrong.
 */
int rk_replay_symbols_find(struct rk_replay_symbols *symbols,
			   struct rk_replay_csv *csv, uint32_t column,
			   const struct rk_replay_symbol **ret_symbol);

#endif
