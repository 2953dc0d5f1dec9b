/*
 * What memory can do: STREAM's copy on one thread, and a load whose address
 * comes from the load before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define COPY_BYTES ((size_t)256 << 20)
#define COPIES     5
#define LINE       64U
#define LOADS      2000000U

/* Bytes read and written, as STREAM counts; the best of a few passes. */
double bench_copy_gb_s(void)
{
	size_t n = COPY_BYTES / sizeof(double);
	double *from = bench_need(malloc(COPY_BYTES));
	double *to = bench_need(malloc(COPY_BYTES));
	double best = 0;

	for (size_t i = 0; i < n; i++) {
		from[i] = (double)i;
		to[i] = 0;
	}
	for (int pass = 0; pass < COPIES; pass++) {
		uint64_t start = bench_cpu_ns();
		double seconds;

		for (size_t i = 0; i < n; i++)
			to[i] = from[i];
		/* So that no pass is left out as one that nobody reads. */
		__asm__ volatile("" : : "r"(to) : "memory");
		seconds = (double)(bench_cpu_ns() - start) / 1e9;
		if (2.0 * (double)COPY_BYTES / 1e9 / seconds > best)
			best = 2.0 * (double)COPY_BYTES / 1e9 / seconds;
	}
	free(from);
	free(to);
	return best;
}

/* One circle through all lines, in random order. */
static void make_circle(uint32_t *lines, uint32_t n)
{
	const uint32_t step = LINE / sizeof(*lines);
	uint32_t *order = bench_need(calloc(n, sizeof(*order)));
	uint64_t x = n;

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n - 1; i > 0; i--) {
		uint32_t other, kept;

		x = x * UINT64_C(6364136223846793005) + 1442695040888963407U;
		other = (uint32_t)((x >> 33) % (i + 1));
		kept = order[i];
		order[i] = order[other];
		order[other] = kept;
	}
	for (uint32_t i = 0; i < n; i++)
		lines[(size_t)order[i] * step] = order[(i + 1) % n];
	free(order);
}

static double load_ns(size_t bytes)
{
	const uint32_t step = LINE / sizeof(uint32_t);
	uint32_t n = (uint32_t)(bytes / LINE);
	uint32_t *lines = bench_need(aligned_alloc(LINE, bytes));
	uint32_t at = 0;
	uint64_t start;

	memset(lines, 0, bytes);
	make_circle(lines, n);
	start = bench_cpu_ns();
	for (uint32_t i = 0; i < LOADS; i++)
		at = lines[(size_t)at * step];
	start = bench_cpu_ns() - start;
	__asm__ volatile("" : : "r"(at));
	free(lines);
	return (double)start / LOADS;
}

void bench_memory(struct bench *bench)
{
	static const struct {
		const char *name;
		size_t bytes;
	} sizes[] = {
		{"limit.random_64b.1m", (size_t)1 << 20},
		{"limit.random_64b.8m", (size_t)8 << 20},
		{"limit.random_64b.64m", (size_t)64 << 20},
		{"limit.random_64b.512m", (size_t)512 << 20},
	};
	double values[BENCH_REPEATS_MAX];

	for (uint32_t i = 0; i < bench->repeats; i++)
		values[i] = bench_copy_gb_s();
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "limit.stream_copy",
					     .unit = "GB/s",
					     .values = values,
					     .n = bench->repeats});
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		for (uint32_t i = 0; i < bench->repeats; i++)
			values[i] = load_ns(sizes[k].bytes);
		bench_report_add(bench->report,
				 &(struct bench_row){.name = sizes[k].name,
						     .unit = "ns",
						     .values = values,
						     .n = bench->repeats});
	}
}

double bench_memory_free(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[256];
	double kb = 0;

	if (!file)
		bench_die("cannot read /proc/meminfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lf kB", &kb) == 1)
			break;
	(void)fclose(file);
	return kb * 1024;
}

bool bench_memory_allows(double bytes, const char *what)
{
	double left = bench_memory_free();

	if (bytes <= left * 0.9)
		return true;
	bench_say("left out: %s takes %.1f GB of memory, %.1f GB are free",
		  what, bytes / 1e9, left / 1e9);
	return false;
}
