/*
 * riskctl: ramps. See ctl_ramp.h.
 */
#include "ctl_ramp.h"

#include "engine/units.h"

#define RATE_DECIMALS 9
#define NS_DECIMALS   9

bool ctl_ramp_runs(const Riskd__Ramp *ramp)
{
	return ramp && ramp->until_ns != 0;
}

/* The part that is done, cut to the digits that rates have. */
static int64_t share_of(const Riskd__Ramp *ramp)
{
	int64_t duration_ns = ramp->until_ns - ramp->since_ns;

	if (duration_ns <= 0)
		return 0;
	return (int64_t)((rk_i128)ramp->elapsed_ns * RK_RATE_ONE / duration_ns);
}

void ctl_cells_ramp(struct ctl_table *table, const Riskd__Ramp *ramp)
{
	static const Riskd__Ramp none = RISKD__RAMP__INIT;
	char since[CTL_TIME_SIZE] = "";
	char until[CTL_TIME_SIZE] = "";

	if (!ramp)
		ramp = &none;
	if (ctl_ramp_runs(ramp)) {
		(void)ctl_format_time(ramp->since_ns, since);
		(void)ctl_format_time(ramp->until_ns, until);
	}
	ctl_cell_decimal(table, ramp->duration_ns, NS_DECIMALS, "s");
	ctl_cell_decimal(table, ramp->step_ns, NS_DECIMALS, "s");
	ctl_cell(table, "%s", since);
	ctl_cell(table, "%s", until);
	ctl_cell_decimal(table, share_of(ramp), RATE_DECIMALS, "");
	if (ramp->duration_ns == 0) {
		ctl_table_hide(table, "ramp_duration");
		ctl_table_hide(table, "ramp_step");
	}
	if (ctl_ramp_runs(ramp))
		return;
	ctl_table_hide(table, "ramp_since");
	ctl_table_hide(table, "ramp_until");
	ctl_table_hide(table, "ramp_share");
}
