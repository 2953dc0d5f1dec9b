/*
 * What fields need. See markets_need.h.
 */
#include "ops/markets_need.h"

#include <stddef.h>
#include <string.h>

/* What the file says by leaving a key out. */
static const char *scale_need(const char *field)
{
	if (strcmp(field, "scale_held") == 0 ||
	    strcmp(field, "scale_owed") == 0)
		return "must be 0 or more, in USD";
	return NULL;
}

const char *rk_markets_need(const char *field)
{
	static const char *(*const lookups[])(const char *) = {
		rk_markets_need_collateral,
		rk_markets_need_margin,
		rk_markets_need_market,
		rk_conf_need_risk,
		scale_need,
	};
	const char *need = NULL;

	for (size_t i = 0; !need && i < sizeof(lookups) / sizeof(lookups[0]);
	     i++)
		need = lookups[i](field);
	return need ? need : "must be something else";
}
