/*
 * How a slow price moves: the vectors of liquidation.json whose inputs are
 * those of Mango's stable price, and walks of two weeks beside a model written
 * in doubles, as Mango's own is.
 *
 * The engine is asked for nothing but the price: it is fed quotes.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/view.h"
#include "support/harness.h"
#include "support/prng.h"

#define DECIMALS  9
#define UNIT      1e9
#define SECOND_NS INT64_C(1000000000)
#define HOUR_S    3600
#define START_S   (UINT64_C(20000) * 24 * HOUR_S) /* begins an interval */
#define AGE_NS    (INT64_C(86400) * SECOND_NS)
#define NEAR      1e-6 /* of a price, after thousands of steps */

/* An asset with a slow price, and the model beside it. */
struct track {
	struct rk_harness harness;
	uint64_t seq;
	uint64_t now_s;
	double growth;
	/* The model's own state. */
	double stable;
	double delayed[24];
	double sum;
	double sum_s;
	uint64_t moved_s;
};

static bool apply(struct track *t, const struct rk_cmd *cmd)
{
	return rk_harness_apply(&t->harness, cmd) == 0;
}

static bool clock_to(struct track *t, uint64_t now_s)
{
	const struct rk_cmd cmd = {
		.type = RK_CMD_CLOCK,
		.clock = {.time_ns = (int64_t)now_s * SECOND_NS}};

	t->now_s = now_s;
	return apply(t, &cmd);
}

static bool quote(struct track *t, double price)
{
	const struct rk_quote row = {.price = {llround(price * UNIT)},
				     .time_ns = (int64_t)t->now_s * SECOND_NS,
				     .seq = ++t->seq};
	const struct rk_cmd cmd = {.type = RK_CMD_PRICES, .prices = {&row, 1}};

	return apply(t, &cmd);
}

static bool begin(struct track *t, double price, double growth)
{
	const struct rk_cmd_limits limits = {1, 1, 4, 1, 1, 1,
					     1, 1, 1, 4, 1, 1};
	const struct rk_cmd asset = {.type = RK_CMD_ASSET,
				     .asset = {.name = "COIN",
					       .decimals = 8,
					       .price_decimals = DECIMALS,
					       .price_max = {RK_PRICE_MAX},
					       .price_age_max_ns = AGE_NS}};
	const struct rk_cmd name = {.type = RK_CMD_PUBLISHER,
				    .name = {.name = "feed"}};
	struct rk_cmd slow = {.type = RK_CMD_SLOW_PRICE};

	memset(t, 0, sizeof(*t));
	rk_slow_default(&slow.slow_price.terms);
	slow.slow_price.terms.limit.raw = llround(growth * 1e9);
	slow.slow_price.start.raw = llround(price * UNIT);
	t->growth = growth;
	t->stable = price;
	for (int i = 0; i < 24; i++)
		t->delayed[i] = price;
	t->moved_s = START_S;
	rk_harness_init(&t->harness, &limits, RK_EVENTS_PER_STEP_MAX);
	return clock_to(t, START_S) && apply(t, &asset) && apply(t, &name) &&
	       apply(t, &slow);
}

static void end(struct track *t)
{
	rk_harness_fini(&t->harness);
}

static double told(const struct track *t)
{
	struct rk_slot_view view;

	(void)rk_view_slot(t->harness.engine, 0, &view);
	return (double)view.slow_price.raw / UNIT;
}

static double clamped(double target, double from, double limit)
{
	double low = from * (1 - limit);
	double high = from * (1 + limit);

	return target < low ? low : target > high ? high : target;
}

/* The same in doubles; a gap counts as ten minutes for both sums. */
static void model(struct track *t, double price)
{
	uint64_t dt = t->now_s - t->moved_s;
	uint64_t from = t->moved_s / HOUR_S;
	uint64_t to = t->now_s / HOUR_S;
	double near;

	if (dt < 10)
		return;
	if (dt > 600)
		dt = 600;
	t->moved_s = t->now_s;
	t->sum += price * (double)dt;
	t->sum_s += (double)dt;
	if (to != from) {
		double next = clamped(t->sum / t->sum_s,
				      t->delayed[(from + 23) % 24], 0.06);

		for (uint64_t i = from; i < to && i < from + 24; i++)
			t->delayed[i % 24] = next;
		t->sum = 0;
		t->sum_s = 0;
	}
	near = t->delayed[to % 24] / t->stable;
	if (near > 1)
		near = 1 / near;
	t->stable =
		clamped(price, t->stable, t->growth * near * near * (double)dt);
}

static bool step(struct track *t, uint64_t seconds, double price)
{
	double off;

	if (!clock_to(t, t->now_s + seconds) || !quote(t, price))
		return false;
	model(t, price);
	off = fabs(told(t) - t->stable);
	return off <= t->stable * NEAR + 2 / UNIT;
}

/* --- liquidation.json */

static double number(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? strtod(text, NULL) : (double)NAN;
}

/* "after_600s": 600; 0 when it is no such key. */
static uint64_t seconds_of(const char *key)
{
	unsigned long long s = 0;
	char unit = 0;

	if (sscanf(key, "after_%llu%c", &s, &unit) != 2 || unit != 's')
		return 0;
	return s;
}

/* spoil: the figure is wrong by more than the tolerance; it must be seen. */
static bool judge(const json_t *vector, const char *key, double spoil)
{
	const json_t *inputs = json_object_get(vector, "inputs");
	uint64_t every = (uint64_t)number(inputs, "update_every_s");
	double jump = number(inputs, "jump_to");
	double tolerance = number(vector, "tolerance_abs");
	double want = number(json_object_get(vector, "expect"), key) +
		      spoil * 3 * tolerance;
	uint64_t last = seconds_of(key);
	struct track t;
	bool good = begin(&t, number(inputs, "start"),
			  number(inputs, "stable_growth_per_s"));

	good = good && every > 0 && last > 0;
	for (uint64_t s = every; good && s <= last; s += every)
		good = step(&t, every, jump);
	good = good && fabs(told(&t) - want) <= tolerance;
	end(&t);
	return good;
}

static bool is_ours(const json_t *vector)
{
	const json_t *inputs = json_object_get(vector, "inputs");

	return json_object_get(inputs, "stable_growth_per_s") &&
	       json_object_get(inputs, "update_every_s") &&
	       json_object_get(inputs, "jump_to") &&
	       json_object_get(inputs, "start");
}

static size_t judge_all(const json_t *vectors, size_t *number_of, bool *all)
{
	const json_t *vector;
	size_t found = 0;
	size_t i;

	json_array_foreach(vectors, i, vector)
	{
		json_t *expect = json_object_get(vector, "expect");
		void *at = json_object_iter(expect);

		if (!is_ours(vector))
			continue;
		for (; at; at = json_object_iter_next(expect, at)) {
			const char *key = json_object_iter_key(at);
			bool good =
				judge(vector, key, 0) && !judge(vector, key, 1);

			found++;
			*all = *all && good;
			printf("%sok %zu - %s %s\n", good ? "" : "not ",
			       ++*number_of,
			       json_string_value(json_object_get(vector, "id")),
			       key);
		}
	}
	return found;
}

/* --- walks */

/* Two weeks of a price that wanders, jumps and is away at times. */
static bool walk(uint64_t seed)
{
	struct rk_prng prng;
	struct track t;
	double price = 100;
	bool good = begin(&t, price, 0.0003);

	rk_prng_init(&prng, seed);
	for (int i = 0; good && i < 20000; i++) {
		uint64_t wait = rk_prng_chance(&prng, 1, 400)
					? 1 + rk_prng_below(&prng, 80000)
					: 1 + rk_prng_below(&prng, 60);

		price *= 1 + (double)rk_prng_between(&prng, -100, 100) / 1e5;
		if (rk_prng_chance(&prng, 1, 2000))
			price *= rk_prng_chance(&prng, 1, 2) ? 4 : 0.25;
		price = price < 1 ? 1 : price > 1e6 ? 1e6 : price;
		price = round(price * UNIT) / UNIT;
		good = step(&t, wait, price);
	}
	end(&t);
	return good;
}

int main(int argc, char **argv)
{
	const char *folder = getenv("RISKD_VECTORS");
	size_t n = 0;
	bool all = true;
	char path[4096];
	json_t *root;

	if (!folder || !*folder)
		folder = argc > 1 ? argv[1] : "../shared/vectors";
	(void)snprintf(path, sizeof(path), "%s/liquidation.json", folder);
	root = json_load_file(path, 0, NULL);
	if (!root)
		printf("ok %zu - liquidation.json # SKIP no %s\n", ++n, path);
	else if (judge_all(json_object_get(root, "vectors"), &n, &all) == 0) {
		printf("not ok %zu - liquidation.json has such vectors\n", ++n);
		all = false;
	}
	json_decref(root);
	for (uint64_t seed = 1; seed <= 8; seed++) {
		bool good = walk(seed);

		all = all && good;
		printf("%sok %zu - a walk as in doubles, seed %llu\n",
		       good ? "" : "not ", ++n, (unsigned long long)seed);
	}
	printf("1..%zu\n", n);
	return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
