/*
 * riskctl: what is slow of a price, for the verbs that show an asset or a
 * market.
 */
#ifndef CLIENT_CTL_SLOW_H
#define CLIENT_CTL_SLOW_H

#include "ctl_out.h"
#include "engine/units.h"

#define CTL_SLOW_COLUMNS                                                       \
	{"Slow price", "slow_price", CTL_DECIMAL},                             \
		{"Follows", "underlying", CTL_TEXT},                           \
		{"Slow interval", "slow_interval", CTL_DECIMAL},               \
		{"Limit of delayed", "slow_delay_limit", CTL_DECIMAL},         \
		{"Limit per second", "slow_limit", CTL_DECIMAL},               \
		{"Least step", "slow_min", CTL_DECIMAL},                       \
	{                                                                      \
		"Largest step", "slow_max", CTL_DECIMAL                        \
	}

/* The cells of these columns; terms may be NULL, of an older daemon. */
void ctl_cells_slow(struct ctl_table *table, const Riskd__Price *price,
		    const Riskd__SlowTerms *terms, const char *quote);

/* A number of people's units that may be wider than 64 bits. */
void ctl_cell_wide(struct ctl_table *table, int64_t high, uint64_t low,
		   uint32_t decimals);

#endif
