/*
 * Pools of equal records, and the list of accounts to be judged.
 */
#include "engine/assert.h"
#include "engine/state.h"

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
	struct rk_account *record = &engine->accounts[account];

	RK_ASSERT(account < engine->accounts_n);

	if (record->touched / 2 == engine->epoch)
		return;
	record->touched = engine->epoch * 2;
	engine->touched[engine->touched_n++] = account;
}

void rk_touch(struct rk_engine *engine, uint32_t account)
{
	rk_touch_found(engine, account);
	engine->accounts[account].touched |= 1;
}

bool rk_is_changed(const struct rk_engine *engine, uint32_t account)
{
	return engine->accounts[account].touched & 1;
}

void rk_touch_all(struct rk_engine *engine)
{
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		rk_touch(engine, i);
}
