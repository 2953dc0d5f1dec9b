/*
 * What @drift-labs/sdk says of a user, and the engine. See drift.h.
 */
#include "drift.h"
#include "engine/rc.h"

static const char *const scale_of_sums =
	"1e-6, cut, for each balance and perp: the package's";

static const char *const scale_of_rates =
	"1e-4 of a rate or weight, cut: the package's";

/* One of the sums, in the package's millionths. */
static void compare(struct trial *trial, const struct drift_user *u,
		    const struct drift_seen *seen, struct expectation *e)
{
	struct num want = in(trial->expected, e->key);

	want.places += 6;
	e->want = want;
	e->scale = num_sign(u->cuts) > 0 ? scale_of_rates : scale_of_sums;
	e->places = 6;
	e->below = drift_tolerance(u, seen);
	e->above = e->below;
	expect(trial, e);
}

enum figure_kind {
	FIGURE_COLLATERAL,
	FIGURE_REQUIREMENT,
	FIGURE_FREE
};

/* Those of a rate or weight by size, or by what all hold, are told apart. */
static const char *figure_name(enum figure_kind kind, bool init, bool sized)
{
	static const char *const names[3][4] = {
		{"collateral, maintenance", "collateral, initial",
		 "collateral by size, M", "collateral by size, I"},
		{"requirement, maintenance", "requirement, initial",
		 "required by size, M", "required by size, I"},
		{"free, maintenance", "free, initial", "free by size, M",
		 "free by size, I"},
	};

	return names[kind][(init ? 1 : 0) + (sized ? 2 : 0)];
}

static void compare_sums(struct trial *trial, const struct drift_user *u,
			 const struct drift_seen *seen)
{
	bool init = u->kind == DRIFT_KIND_INIT;
	struct num required = num_add(seen->required, u->order_fees);
	bool sized = num_sign(u->cuts) > 0;
	struct expectation e = {
		.key = init ? "ti" : "tm",
		.name = figure_name(FIGURE_COLLATERAL, init, sized)};

	e.got = num_add(seen->health, seen->required);
	compare(trial, u, seen, &e);
	if (u->too_dear || u->too_high) {
		leave_out(trial,
			  init ? "requirement, initial"
			       : "requirement, maintenance",
			  u->too_dear
				  ? "a liability above 2, by a ratio that is "
				    "chosen"
				  : "a margin rate above 1, by size: it "
				    "ends at 1 here");
		return;
	}
	e = (struct expectation){
		.key = init ? "im" : "mm",
		.name = figure_name(FIGURE_REQUIREMENT, init, sized),
		.got = required};
	compare(trial, u, seen, &e);
	/* The package cuts it at 0, health here goes on below. */
	e = (struct expectation){
		.key = init ? "fi" : "fm",
		.name = figure_name(FIGURE_FREE, init, sized),
		.got = num_max(num_of(0, 0),
			       num_sub(seen->health, u->order_fees))};
	compare(trial, u, seen, &e);
}

/* 100 less what is required in percent of collateral, as it is shown. */
static void compare_health(struct trial *trial, const struct drift_user *u,
			   const struct drift_seen *seen)
{
	struct num required = num_add(seen->required, u->order_fees);
	struct num free = num_sub(seen->health, u->order_fees);
	struct num collateral = num_add(free, required);
	struct num hundred = num_of(100, 0);
	struct num tolerance = drift_tolerance(u, seen);
	struct expectation e = {
		.key = "h",
		.name = "health, percent",
		.scale = "1 %: the package's, rounded",
	};

	e.want = in(trial->expected, e.key);
	if (num_cmp(num_abs(collateral), num_mul(tolerance, num_of(100, 0))) <
	    0) {
		leave_out(trial, e.name, "the collateral is dust");
		return;
	}
	e.got = num_sign(collateral) <= 0
			? num_of(0, 0)
			: num_div(num_mul(free, hundred), collateral, 6,
				  RK_WIDE_DOWN);
	e.got = num_max(num_of(0, 0), num_min(e.got, hundred));
	e.below = num_div(num_mul(tolerance, num_of(200, 0)),
			  num_abs(collateral), 6, RK_WIDE_UP);
	e.below = num_add(e.below, num_of(6, 1));
	e.above = e.below;
	expect(trial, &e);
}

static void compare_truth(struct trial *trial, const struct drift_user *u,
			  const struct drift_seen *seen)
{
	struct num free = num_sub(seen->health, u->order_fees);
	struct num want =
		num_sub(in(trial->expected, "tm"), in(trial->expected, "mm"));

	expect_truth(trial, &(struct truth){
				    .key = "liq",
				    .name = "liquidatable",
				    .scale = scale_of_sums,
				    .got = num_sign(free) < 0,
				    .want = json_is_true(json_object_get(
					    trial->expected, "liq")),
				    .margin = drift_dollars(want),
				    .tolerance = drift_tolerance(u, seen),
			    });
}

/* Does a balance move with the price of this perp? */
static bool shares_oracle(const struct trial *trial, const json_t *perp)
{
	const json_t *spots = json_object_get(trial->inputs, "s");
	long id = at_index(perp, 0);

	for (size_t i = 0; id < 4 && i < json_array_size(spots); i++)
		if (at_index(json_array_get(spots, i), 0) == id + 1)
			return true;
	return false;
}

/* Why a liquidation price is not compared; NULL: it is. */
static const char *no_price(const struct trial *trial,
			    const struct drift_user *u,
			    const struct drift_seen *seen, size_t i)
{
	const json_t *row =
		json_array_get(json_object_get(trial->inputs, "p"), i);

	if (num_sign(u->order_fees) != 0)
		return "orders count in what is required, and not in it";
	if (shares_oracle(trial, row))
		return "a balance of the same oracle moves with it";
	if (u->too_dear || u->too_high)
		return "a rate above 1 or liability above 2";
	if (json_is_true(json_object_get(trial->expected, "liq")) ||
	    seen->margin.health_m.raw < 0)
		return "liquidatable: the package gives the price itself";
	return NULL;
}

/*
 * Price less free collateral by slope; the slope is cut to 1e-6 of a dollar,
 * so that a small one makes the price too far away.
 */
static void compare_price(struct trial *trial, const struct drift_user *u,
			  const struct drift_seen *seen, size_t i)
{
	const struct drift_perp *p = &u->perps[i];
	const json_t *answer =
		json_array_get(json_object_get(trial->expected, "p"), i);
	const struct desk_unit *unit = &seen->desk.perps[seen->markets[i]];
	bool is_long = num_sign(p->size) > 0;
	struct expectation e = {.key = "p",
				.name = "liquidation price",
				.scale = "a slope of 1e-6, a price of 1e-6",
				.relative = true,
				.places = 6};
	struct num one = num_of(1, 0);
	struct num slope =
		num_mul(num_abs(p->size), is_long ? num_sub(one, p->rate)
						  : num_add(one, p->rate));
	struct num away;
	const char *why;

	if (num_sign(p->size) == 0 || json_is_null(json_array_get(answer, 0)))
		return;
	e.want = drift_dollars(at(answer, 0));
	why = no_price(trial, u, seen, i);
	if (!why && num_cmp(slope, num_of(1, 5)) < 0)
		why = "a slope of less than ten units";
	if (!why && num_cmp(e.want, num_mul(p->mark, num_of(2, 0))) >= 0)
		why = "above twice the mark: not looked for";
	if (why) {
		leave_out(trial, e.name, why);
		return;
	}
	e.got = desk_liquidation(&seen->ask, unit, is_long);
	away = num_sub(e.want, p->mark);
	if (num_sign(e.want) < 0) {
		e.want = num_of(0, 0);
	} else if (num_cmp(p->owe_price, one) != 0 && num_sign(e.got) > 0) {
		/* It leaves the price of the dollar out of the slope. */
		e.name = "the same, a dollar not 1";
		e.want = num_add(p->mark, num_div(away, p->owe_price,
						  DRIFT_DIGITS, RK_WIDE_DOWN));
	}
	away = num_abs(away);
	e.below = num_div(num_mul(drift_tolerance(u, seen), num_of(2, 0)),
			  slope, DRIFT_DIGITS, RK_WIDE_UP);
	e.below = num_add(e.below, num_div(num_mul(away, num_of(2, 6)), slope,
					   DRIFT_DIGITS, RK_WIDE_UP));
	e.below = num_add(e.below, num_of(2, 6));
	e.above = e.below;
	expect(trial, &e);
}

static void judge(struct trial *trial)
{
	static struct drift_user user;
	struct drift_seen seen;

	for (enum drift_kind kind = DRIFT_KIND_INIT; kind <= DRIFT_KIND_MAINT;
	     kind++) {
		drift_read(trial, kind, &user);
		drift_look(&user, &seen);
		if (seen.desk.code != RK_OK) {
			leave_out(trial, "account", "the engine refuses it");
			desk_close(&seen.desk);
			continue;
		}
		compare_sums(trial, &user, &seen);
		if (user.taken > 0)
			leave_out(trial, "weights of some balances",
				  "two limits at once, or a ratio of choice: "
				  "the package's are taken");
		if (kind == DRIFT_KIND_MAINT && !user.too_dear &&
		    !user.too_high) {
			compare_health(trial, &user, &seen);
			compare_truth(trial, &user, &seen);
		}
		for (size_t i = 0; kind == DRIFT_KIND_MAINT && i < user.perps_n;
		     i++)
			compare_price(trial, &user, &seen, i);
		desk_close(&seen.desk);
	}
	leave_out(trial, "p (largest trades)",
		  "the package steps down by 1 %, and counts its own fees");
}

const struct peer peer_drift = {"drift", "@drift-labs/sdk 2.156.0", judge};
