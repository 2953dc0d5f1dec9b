/*
 * Judging the accounts of which there are most: with all they hold in a few
 * assets, which at maintenance count for exactly themselves (USD margin, say).
 *
 * The figures are those of rk_margin_judge(), from the same functions for each
 * position. Only what margin.c does around them falls away here, as there is
 * nothing to weigh: so records need not be copied into holdings.
 */
#ifndef RK_ENGINE_PLAIN_H
#define RK_ENGINE_PLAIN_H

#include "engine/margin.h"

/* At marks. False: the account is of another kind, and nothing is returned. */
bool rk_plain_judge(const struct rk_engine *engine,
		    const struct rk_account *account,
		    struct rk_judgement *ret_judgement);

#endif
