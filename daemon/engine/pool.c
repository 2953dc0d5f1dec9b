/*
 * Pools of equal records, and the list of accounts to be judged.
 */
#include "engine/assert.h"
#include "engine/state.h"

/* What an account is on the list of those to be judged for. */
#define FOUND   1U
#define CHANGED 2U

uint32_t rk_pool_take(struct rk_engine *engine, struct rk_pool *pool,
		      uint32_t max, uint32_t after_free)
{
	uint32_t i;

	if (pool->n >= max)
		return RK_NONE;

	rk_change(engine, pool, sizeof(*pool));
	if (pool->free != RK_NONE) {
		i = pool->free;
		pool->free = after_free;
	} else {
		i = pool->used++;
	}
	pool->n++;
	return i;
}

uint32_t rk_pool_give(struct rk_engine *engine, struct rk_pool *pool,
		      uint32_t i)
{
	uint32_t next = pool->free;

	RK_ASSERT(pool->n > 0);
	RK_ASSERT(i < pool->used);

	rk_change(engine, pool, sizeof(*pool));
	pool->free = i;
	pool->n--;
	return next;
}

void rk_touch_found(struct rk_engine *engine, uint32_t account)
{
	RK_ASSERT(account < engine->accounts_n);

	if (engine->touched_as[account] != 0)
		return;
	engine->touched_as[account] = FOUND;
	engine->touched[engine->touched_n++] = account;
}

void rk_touch(struct rk_engine *engine, uint32_t account)
{
	rk_touch_found(engine, account);
	engine->touched_as[account] = FOUND | CHANGED;
}

bool rk_is_changed(const struct rk_engine *engine, uint32_t account)
{
	return (engine->touched_as[account] & CHANGED) != 0;
}

void rk_touched_forget(struct rk_engine *engine)
{
	for (uint32_t i = 0; i < engine->touched_n; i++)
		engine->touched_as[engine->touched[i]] = 0;
	engine->touched_n = 0;
}

void rk_touch_all(struct rk_engine *engine)
{
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		rk_touch(engine, i);
}
