/*
 * The price feed of live.c, a process of its own: quotes that stay within
 * 0.2 % of where they began, and in between, when it is asked for, prices that
 * take one account after the other below maintenance.
 *
 * These accounts, the canaries, hold one position each in a market that nobody
 * else holds. Canary i is in market BENCH_FEED_MARKETS + i % BENCH_FEED_QUIET
 * and is below maintenance from the (i / BENCH_FEED_QUIET + 1)th step down on;
 * so each order is the answer to one tick, and it is known to which.
 */
#ifndef BENCH_FEED_H
#define BENCH_FEED_H

#include <stdint.h>

#include "book.h"

#define BENCH_FEED_MARKETS 100U /* that are held, and quoted together */
#define BENCH_FEED_QUIET   128U /* of canaries */
#define BENCH_FEED_STEP    20   /* units of price, 0.2 basis points */
#define BENCH_FEED_EVERY   10U  /* one tick in so many is for a canary */

uint32_t bench_feed_market(uint32_t canary);
int64_t bench_feed_price(uint32_t canary); /* of the tick for it */
void bench_feed_canary(uint32_t canary, uint64_t account,
		       struct bench_holder *ret_holder);

#endif
