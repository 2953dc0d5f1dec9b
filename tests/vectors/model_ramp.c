/*
 * Vectors about parameters that move over a time: a weight that goes from one
 * to another, looked at on its way.
 *
 * What is better for accounts is so at once here, whatever the time: of a rise
 * there is no way between. A change that begins later is one that nobody has
 * told the engine yet: then what was is still in force.
 */
#include <string.h>

#include "engine/rc.h"
#include "model.h"

#define SECOND_NS INT64_C(1000000000)
#define BPS       4

/* Everything counts for this part of its worth. */
static int weigh(struct book *book, const char *name, rk_rate weight)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	int r;

	(void)strncpy(cmd.collateral.asset, name, RK_NAME_SIZE - 1);
	rk_collateral_default(&cmd.collateral.terms);
	for (int k = 0; k < RK_LEVELS; k++)
		cmd.collateral.terms.weight[k] = weight;
	r = book_apply(book, &cmd);
	return r == RK_REJ_NO_CHANGE ? RK_OK : r;
}

/* In steps of a second, so that each second counts. */
static int set_ramp(struct book *book, const char *name, int64_t duration_s)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_RAMP,
		.ramp = {.ramp = {duration_s * SECOND_NS,
				  duration_s == 0 ? 0 : SECOND_NS}}};
	int r;

	(void)strncpy(cmd.ramp.asset, name, RK_NAME_SIZE - 1);
	r = book_apply(book, &cmd);
	return r == RK_REJ_NO_CHANGE ? RK_OK : r;
}

static int wait_for(struct book *book, int64_t seconds)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	book->time_ns += seconds * SECOND_NS;
	cmd.clock.time_ns = book->time_ns;
	return book_apply(book, &cmd);
}

struct way {
	rk_rate from;
	rk_rate to;
	int64_t elapsed_s;
	int64_t duration_s;
};

static int go(struct book *book, const struct way *way, rk_rate *ret_weight)
{
	const struct scale scale = {8, 8, 8};
	const struct rk_cmd_risk risk = book_risk((rk_rate){1200000000});
	struct rk_asset_view view;
	uint32_t id = 0;
	int r = book_open(book, scale, &risk);

	if (r == RK_OK)
		r = book_asset(book, "COIN", dec_of(1, 0), &id);
	if (r == RK_OK)
		r = weigh(book, "COIN", way->from);
	if (r == RK_OK)
		r = set_ramp(book, "COIN", way->duration_s);
	if (r == RK_OK && way->elapsed_s >= 0)
		r = weigh(book, "COIN", way->to);
	if (r == RK_OK && way->elapsed_s > 0)
		r = wait_for(book, way->elapsed_s);
	if (r != RK_OK)
		return r;
	(void)rk_view_asset(book->engine, id, &view);
	*ret_weight = view.collateral.weight[RK_LEVEL_MAINTENANCE];
	return RK_OK;
}

static bool take_rate(struct dec bps, rk_rate *ret_rate)
{
	return dec_raw(dec_mul(bps, dec_of(1, BPS)), 9, RK_ROUND_TRUNC,
		       &ret_rate->raw) &&
	       ret_rate->raw >= 0 && ret_rate->raw <= RK_RATE_ONE &&
	       dec_cmp(dec_of(ret_rate->raw, 9),
		       dec_mul(bps, dec_of(1, BPS))) == 0;
}

static bool take_seconds(struct dec seconds, int64_t *ret_seconds)
{
	return dec_raw(seconds, 0, RK_ROUND_TRUNC, ret_seconds) &&
	       dec_cmp(dec_of(*ret_seconds, 0), seconds) == 0;
}

enum verdict model_parameter_ramp(struct vec *vec)
{
	const json_t *in = vec->inputs;
	struct dec from = vec_number(vec, in, "lt_initial_bps");
	struct dec to = vec_number(vec, in, "lt_final_bps");
	struct dec elapsed = vec_number(vec, in, "elapsed_since_start_s");
	struct dec duration = vec_number(vec, in, "ramp_duration_s");
	struct book book;
	struct way way;
	rk_rate weight;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	if (!take_rate(from, &way.from) || !take_rate(to, &way.to))
		return vec_wait(vec, "no weight from 0 to 1, or a finer one");
	if (!take_seconds(elapsed, &way.elapsed_s) ||
	    !take_seconds(duration, &way.duration_s) || way.duration_s < 0 ||
	    way.duration_s > RK_DURATION_MAX_NS / SECOND_NS ||
	    way.elapsed_s > RK_DURATION_MAX_NS / SECOND_NS)
		return vec_wait(vec, "no whole seconds, or more than ten years "
				     "of them");
	if (way.to.raw > way.from.raw && way.elapsed_s >= 0 &&
	    way.elapsed_s < way.duration_s)
		return vec_wait(vec, "a weight that rises does so at once: "
				     "there is no way between");
	r = go(&book, &way, &weight);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the ramp", r);
	/* Theirs is in whole basis points, rounded down once more. */
	(void)vec_expect(vec, "lt_bps",
			 dec_div(dec_of(weight.raw, 9), dec_of(1, BPS), 0,
				 RK_ROUND_FLOOR),
			 0, RK_ROUND_FLOOR);
	return vec_verdict(vec);
}
