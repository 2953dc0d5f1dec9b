/*
 * riskctl: what is slow of a price. See ctl_slow.h.
 */
#include "ctl_slow.h"

#include "engine/decimal.h"

#define RATE_DECIMALS 9
#define NS_DECIMALS   9

static void hide(struct ctl_table *table)
{
	ctl_table_hide(table, "slow_price");
	ctl_table_hide(table, "slow_interval");
	ctl_table_hide(table, "slow_delay_limit");
	ctl_table_hide(table, "slow_limit");
	ctl_table_hide(table, "slow_min");
	ctl_table_hide(table, "slow_max");
}

void ctl_cells_slow(struct ctl_table *table, const Riskd__Price *price,
		    const Riskd__SlowTerms *terms, const char *quote)
{
	static const Riskd__SlowTerms none = RISKD__SLOW_TERMS__INIT;

	if (!terms)
		terms = &none;
	ctl_cell_decimal(table, price->slow, price->decimals, quote);
	ctl_cell(table, "%s", terms->underlying);
	ctl_cell_decimal(table, terms->interval_ns, NS_DECIMALS, "s");
	ctl_cell_decimal(table, terms->delay_limit, RATE_DECIMALS, "");
	ctl_cell_decimal(table, terms->limit, RATE_DECIMALS, "");
	ctl_cell_decimal(table, terms->min_ns, NS_DECIMALS, "s");
	ctl_cell_decimal(table, terms->max_ns, NS_DECIMALS, "s");
	if (terms->interval_ns == 0)
		hide(table);
	if (terms->underlying[0] == '\0')
		ctl_table_hide(table, "underlying");
}

void ctl_cell_wide(struct ctl_table *table, int64_t high, uint64_t low,
		   uint32_t decimals)
{
	rk_i128 raw = (rk_i128)high * ((rk_i128)1 << 64) + low;
	char text[RK_DECIMAL_I128_SIZE];

	(void)rk_decimal_format_i128(raw, (uint8_t)decimals, 0, text,
				     sizeof(text));
	ctl_cell_text(table, text);
}
