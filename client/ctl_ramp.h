/*
 * riskctl: the ramp of an asset or a market, for the verbs that show one.
 */
#ifndef CLIENT_CTL_RAMP_H
#define CLIENT_CTL_RAMP_H

#include "ctl_out.h"

#define CTL_RAMP_COLUMNS                                                       \
	{"Changes take", "ramp_duration", CTL_DECIMAL},                        \
		{"In steps of", "ramp_step", CTL_DECIMAL},                     \
		{"Ramp began", "ramp_since", CTL_TEXT},                        \
		{"Ramp ends", "ramp_until", CTL_TEXT},                         \
	{                                                                      \
		"Share of the way", "ramp_share", CTL_DECIMAL                  \
	}

/* The cells of these columns; ramp may be NULL: none. */
void ctl_cells_ramp(struct ctl_table *table, const Riskd__Ramp *ramp);

/* Does one run? Takes NULL. */
bool ctl_ramp_runs(const Riskd__Ramp *ramp);

#endif
