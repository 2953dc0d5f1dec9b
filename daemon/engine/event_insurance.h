/*
 * What is told of an insurance fund. Part of event.h.
 */
#ifndef RK_ENGINE_EVENT_INSURANCE_H
#define RK_ENGINE_EVENT_INSURANCE_H

#include <stdint.h>

#include "engine/units.h"

/* Numbers are wire format, only ever added. */
enum rk_insurance_cause {
	RK_INSURANCE_TOP_UP = 1,
	RK_INSURANCE_WITHDRAWAL = 2,
	RK_INSURANCE_LIQUIDATION_FEE = 3, /* the account pays it */
	RK_INSURANCE_DRAW = 4,            /* a debt of the account is paid */
};

struct rk_ev_insurance {
	uint32_t asset;
	enum rk_insurance_cause cause;
	rk_amt amount;  /* what the fund gained; below 0: paid */
	rk_amt fund;    /* after */
	rk_amt balance; /* of the account, after; below 0: still owed */
};

#endif
