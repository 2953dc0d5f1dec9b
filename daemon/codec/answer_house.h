/*
 * What the house holds against deficits, in answers about assets and markets:
 * insurance funds, and the backstop vault. Private to codec.
 */
#ifndef RK_CODEC_ANSWER_HOUSE_H
#define RK_CODEC_ANSWER_HOUSE_H

#include "codec/answer.h"
#include "riskd.pb-c.h"

/* Of an asset that is listed. Deficits may have no sums: none is told then. */
void rk_answer_insurance(const struct rk_engine *engine, uint32_t id,
			 const struct rk_deficits *deficits,
			 Riskd__InsuranceFund *wire);
void rk_answer_vault(const struct rk_engine *engine, uint32_t id,
		     Riskd__Vault *wire);

/* Of a market that is listed. False: it has no terms of takeover. */
bool rk_answer_takeover(const struct rk_engine *engine, uint32_t id,
			Riskd__TakeoverTerms *wire);

#endif
