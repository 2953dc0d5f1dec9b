/*
 * A window of parts, each with its sums and its ages by octaves. See lag.h.
 */
#include "app/lag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"

/* Ages fall into eight buckets an octave, from 1 ns up. */
#define FINE_BITS 3
#define FINE      (1U << FINE_BITS)
#define BUCKETS   (64U * FINE)
#define PER_CENT  100

struct ages {
	uint32_t n[BUCKETS];
};

struct part {
	uint64_t took_ns; /* of the clock; 0: was not yet */
	uint64_t judging_ns;
	uint64_t batches;
	uint64_t quotes;
	uint64_t merged;
	uint64_t judged;
	struct ages newest;
	struct ages oldest;
};

struct rk_lag_meter {
	struct rk_lag_limits limits;
	struct part parts[RK_LAG_PARTS];
	struct part now; /* begun, does not count yet */
	uint32_t next;   /* of parts, to be written */
	uint64_t began_ns;
	uint64_t merged; /* ever, when it began */
	bool lagging;
};

int rk_lag_open(const struct rk_lag_limits *limits, uint64_t now_ns,
		struct rk_lag_meter **ret_meter)
{
	struct rk_lag_meter *meter = calloc(1, sizeof(*meter));

	RK_ASSERT(limits->window_ns > 0);
	if (!meter)
		return -ENOMEM;
	meter->limits = *limits;
	meter->began_ns = now_ns;
	*ret_meter = meter;
	return 0;
}

void rk_lag_close(struct rk_lag_meter *meter)
{
	free(meter);
}

static uint32_t bucket_of(int64_t age_ns)
{
	uint64_t age = age_ns > 0 ? (uint64_t)age_ns : 0;
	uint32_t octave;

	if (age < FINE)
		return (uint32_t)age;
	octave = 63U - (uint32_t)__builtin_clzll(age);
	return (octave - FINE_BITS + 1) * FINE +
	       (uint32_t)(age >> (octave - FINE_BITS) & (FINE - 1));
}

/* The largest age of a bucket. */
static int64_t age_of(uint32_t bucket)
{
	uint32_t octave = bucket / FINE;

	if (octave == 0)
		return bucket;
	return (int64_t)(((uint64_t)(FINE + bucket % FINE + 1)
			  << (octave - 1)) -
			 1);
}

void rk_lag_add(struct rk_lag_meter *meter, const struct rk_lag_batch *batch)
{
	struct part *now = &meter->now;

	now->judging_ns += batch->judging_ns;
	now->batches++;
	now->quotes += batch->quotes;
	now->judged += batch->judged;
	now->newest.n[bucket_of(batch->newest_age_ns)]++;
	now->oldest.n[bucket_of(batch->oldest_age_ns)]++;
}

static bool is_whole(const struct rk_lag_meter *meter)
{
	return meter->parts[meter->next].took_ns > 0;
}

static const struct ages *ages_in(const struct part *part, bool newest)
{
	return newest ? &part->newest : &part->oldest;
}

/* At least percent of the ages are not above it; 0: there are none. */
static int64_t percentile(const struct rk_lag_meter *meter, bool newest,
			  uint64_t percent)
{
	uint64_t all = 0;
	uint64_t seen = 0;

	for (uint32_t i = 0; i < RK_LAG_PARTS; i++)
		all += meter->parts[i].batches;
	for (uint32_t bucket = 0; all > 0 && bucket < BUCKETS; bucket++) {
		for (uint32_t i = 0; i < RK_LAG_PARTS; i++)
			seen += ages_in(&meter->parts[i], newest)->n[bucket];
		if (seen * PER_CENT >= all * percent)
			return age_of(bucket);
	}
	return 0;
}

struct rk_lag_ages rk_lag_ages(const struct rk_lag_meter *meter)
{
	return (struct rk_lag_ages){percentile(meter, false, 50),
				    percentile(meter, false, 99)};
}

void rk_lag_told(const struct rk_lag_meter *meter, struct rk_lag *ret_lag)
{
	struct rk_lag lag = {.lagging = meter->lagging};

	for (uint32_t i = 0; i < RK_LAG_PARTS; i++) {
		const struct part *part = &meter->parts[i];

		lag.window_ns += (int64_t)part->took_ns;
		lag.judging_ns += (int64_t)part->judging_ns;
		lag.batches += part->batches;
		lag.quotes += part->quotes;
		lag.quotes_merged += part->merged;
		lag.judged += part->judged;
	}
	/* Two clocks were read one after the other. */
	if (lag.judging_ns > lag.window_ns)
		lag.judging_ns = lag.window_ns;
	lag.age_ns = percentile(meter, true, 50);
	*ret_lag = lag;
}

/* At most window_ns, so that nothing overflows. */
static int64_t share_of(int64_t window_ns, rk_rate part)
{
	return window_ns / RK_RATE_ONE * part.raw +
	       window_ns % RK_RATE_ONE * part.raw / RK_RATE_ONE;
}

/* At num / den of one of the limits, or above? */
static bool reaches(const struct rk_lag_meter *meter, int64_t num, int64_t den)
{
	const struct rk_lag_limits *limits = &meter->limits;
	struct rk_lag lag;

	rk_lag_told(meter, &lag);
	return lag.judging_ns / num * den >=
		       share_of(lag.window_ns, limits->judging) ||
	       (rk_i128)lag.age_ns * den >= (rk_i128)limits->age_ns * num;
}

static enum rk_lag_change judge(struct rk_lag_meter *meter)
{
	bool lagging = meter->lagging ? reaches(meter, RK_LAG_LEAVE_NUM,
						RK_LAG_LEAVE_DEN)
				      : is_whole(meter) && reaches(meter, 1, 1);

	if (lagging == meter->lagging)
		return RK_LAG_AS_BEFORE;
	meter->lagging = lagging;
	return lagging ? RK_LAG_BEGAN : RK_LAG_ENDED;
}

enum rk_lag_change rk_lag_look(struct rk_lag_meter *meter, uint64_t now_ns,
			       uint64_t merged)
{
	uint64_t took_ns = now_ns - meter->began_ns;

	/* A part may be longer: a batch came in between. */
	if (took_ns < (uint64_t)meter->limits.window_ns / RK_LAG_PARTS)
		return RK_LAG_AS_BEFORE;
	meter->now.took_ns = took_ns;
	meter->now.merged = merged - meter->merged;
	meter->parts[meter->next] = meter->now;
	meter->next = (meter->next + 1) % RK_LAG_PARTS;
	memset(&meter->now, 0, sizeof(meter->now));
	meter->began_ns = now_ns;
	meter->merged = merged;
	return judge(meter);
}
