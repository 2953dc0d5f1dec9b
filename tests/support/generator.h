/*
 * Seeded streams of commands in which everything happens often: every type of
 * command, every refusal, crashes, halts, late fills, full tables, numbers at
 * the edge of overflow.
 *
 * The generator looks at the engine it feeds (view.h) to find commands that
 * do something, and so is as deterministic as the engine is.
 */
#ifndef RK_SUPPORT_GENERATOR_H
#define RK_SUPPORT_GENERATOR_H

#include "engine/cmd.h"
#include "engine/event.h"

struct rk_engine;
struct rk_generator;

struct rk_generator *rk_generator_open(uint64_t seed, uint32_t accounts);
void rk_generator_close(struct rk_generator *generator);

/* What the engine must be sized for. */
struct rk_cmd_limits rk_generator_limits(uint32_t accounts);

/* The next command. Borrowed until the next call. */
const struct rk_cmd *rk_generator_next(struct rk_generator *generator,
				       const struct rk_engine *engine);

/* What the engine said: the generator remembers orders to fill. */
void rk_generator_note(struct rk_generator *generator,
		       const struct rk_event *events, uint32_t n);

#endif
