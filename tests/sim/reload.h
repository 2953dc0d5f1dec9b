/*
 * Configurations that are reloaded in the run.
 */
#ifndef SIM_RELOAD_H
#define SIM_RELOAD_H

#include "world.h"

/* What markets.json says; it points into setting. */
void sim_listing(struct sim_setting *setting, struct rk_markets *ret_markets);

/* Edit, and have it reloaded while it runs. */
void sim_reload(struct sim_world *world);

#endif
