/*
 * Reading how long changes take that make maintenance worse. See
 * markets_rows.h.
 *
 * The object "ramp" of an asset or a market; without one nothing is said of
 * it, as operators may have set one by command.
 */
#include <string.h>

#include "engine/rc.h"
#include "ops/json.h"
#include "ops/markets.h"
#include "ops/markets_rows.h"

#define DURATION "duration"
#define STEP     "step"

static int read_ramp(struct rk_json *json, const json_t *object,
		     struct rk_ramp *ramp)
{
	const char *field;
	int r = rk_json_duration(json, object, DURATION, &ramp->duration_ns);

	if (r == 0 && rk_json_has(object, STEP))
		r = rk_json_duration(json, object, STEP, &ramp->step_ns);
	if (r < 0)
		return r;
	/* To the engine 0 is what a step is that is left out. */
	if (rk_json_has(object, STEP) && ramp->step_ns == 0)
		return rk_json_fail(json, object, STEP,
				    "must be from 1s to duration");
	if (rk_ramp_check(ramp, &field) == RK_OK)
		return 0;
	if (strcmp(field, DURATION) == 0)
		return rk_json_fail(json, object, DURATION,
				    "must be from 1s to 3652d, or 0s: at once");
	if (ramp->duration_ns == 0)
		return rk_json_fail(json, object, STEP,
				    "must be left out, as duration is 0s");
	return rk_json_fail(json, object, STEP, "must be from 1s to duration");
}

int rk_markets_read_ramp(struct rk_json *json, const json_t *object,
			 struct rk_markets_ramp *ramp)
{
	static const char *const keys[] = {DURATION, STEP, NULL};
	json_t *inside = json_object_get(object, "ramp");
	int r;

	memset(ramp, 0, sizeof(*ramp));
	if (!inside)
		return 0;
	ramp->told = true;
	rk_json_enter_object(json, "ramp");
	r = rk_json_only(json, inside, keys);
	if (r == 0)
		r = read_ramp(json, inside, &ramp->ramp);
	if (r == 0)
		rk_json_leave(json);
	return r;
}
