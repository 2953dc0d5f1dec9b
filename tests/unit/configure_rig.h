/*
 * What a configuration is applied to, for tests: an engine with a sequencer, a
 * journal in memory and an outbox.
 */
#ifndef RK_UNIT_CONFIGURE_RIG_H
#define RK_UNIT_CONFIGURE_RIG_H

#include "app/core.h"
#include "support/harness.h"

struct rig {
	struct rk_conf conf;
	struct rk_log log;
	struct rk_harness harness; /* only its engine is used */
	struct rk_outbox *outbox;
	struct rk_core core;
};

void rig_open(struct rig *rig);
void rig_close(struct rig *rig);

/*
 * Start, or start again, with these objects more in USD, in BTC, in the market
 * and among the groups. What rk_configure() returns.
 */
int rig_configure(struct rig *rig, const char *usd, const char *btc,
		  const char *market, const char *groups);

#endif
