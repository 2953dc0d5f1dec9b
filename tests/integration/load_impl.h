/*
 * What the parts of load.h share: load_rows.c makes commands, load.c sends
 * them, load_check.c looks at what riskd made of them.
 */
#ifndef RK_INTEGRATION_LOAD_IMPL_H
#define RK_INTEGRATION_LOAD_IMPL_H

#include "load.h"

#define RK_LOAD_LOT 10000

/* One command, as the model sees it. */
struct rk_load_row {
	Riskd__Command__KindCase kind;
	uint32_t a; /* places among the client's accounts */
	uint32_t b;
	int64_t amount;
	int64_t fee_a;
	int64_t fee_b;
	uint64_t id;
	int code; /* how it must be answered */
};

/* Any bits that follow from two numbers. */
uint64_t rk_load_mix(uint32_t client, uint64_t number);

uint64_t rk_load_account(uint32_t client, uint32_t place);

/* Command `number` of a client. */
struct rk_load_row rk_load_row(uint32_t client, uint64_t number);
void rk_load_apply(struct rk_load_model *model, const struct rk_load_row *row);

/* Put the request that begins with this number into the client's session. */
void rk_load_request(struct rk_load_client *client, uint64_t first);

#endif
