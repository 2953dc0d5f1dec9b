/*
 * Messages from one process to another over NNG, and nothing else: PUSH with
 * a buffer of 64 to PULL, over a Unix socket. What riskd's messages are held
 * against.
 */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include "bench.h"

#define BENCH_RAW_RATE 2000U /* of messages a second whose way is timed */

/* Bytes of a price message of so many quotes. */
size_t bench_raw_bytes(size_t quotes);
/* As many as go: messages a second, taken by callback. */
double bench_raw_rate(const struct bench *bench, size_t bytes);

struct bench_hop {
	double p50_us;
	double p99_us;
};
/*
 * From the call that sends to when it is there, at BENCH_RAW_RATE: in the
 * callback, or in the thread that waits for it, as programs do.
 */
struct bench_hop bench_raw_hop(const struct bench *bench, bool in_callback);

#endif
