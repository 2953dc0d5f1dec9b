/*
 * The files of conf/demo, built in for "riskd --demo". demo.c is written by
 * embed.py while building.
 */
#ifndef RK_OPS_DEMO_H
#define RK_OPS_DEMO_H

#include <stddef.h>

/* Each ends with a zero that its size does not count. */
extern const char rk_demo_conf[];
extern const size_t rk_demo_conf_size;
extern const char rk_demo_markets[];
extern const size_t rk_demo_markets_size;

#endif
