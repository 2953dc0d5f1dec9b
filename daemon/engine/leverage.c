/*
 * Chosen leverage. See leverage.h.
 */
#include "engine/leverage.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/margin.h"
#include "engine/rc.h"
#include "engine/worst.h"

bool rk_leverage_fits(const struct rk_market *market, rk_rate leverage)
{
	rk_i128 rate;

	if (leverage.raw == 0)
		return true;
	if (leverage.raw < RK_RATE_ONE || leverage.raw > RK_LEVERAGE_MAX)
		return false;
	rate = rk_fx_div((rk_i128)RK_RATE_ONE * RK_RATE_ONE, leverage.raw,
			 RK_ROUND_CEIL);
	return rate >= market->listing.brackets[0].initial.raw;
}

/* The link to the choice for a market, or to where it would be. */
static uint32_t *place_of(struct rk_engine *engine, uint32_t account,
			  uint32_t market)
{
	uint32_t *link = &engine->accounts[account].leverages;

	while (*link != RK_NONE && engine->leverages[*link].market < market)
		link = &engine->leverages[*link].next;
	return link;
}

rk_rate rk_leverage_of(const struct rk_engine *engine, uint32_t account,
		       uint32_t market)
{
	uint32_t i = engine->accounts[account].leverages;

	while (i != RK_NONE && engine->leverages[i].market < market)
		i = engine->leverages[i].next;
	if (i == RK_NONE || engine->leverages[i].market != market)
		return (rk_rate){0};
	return engine->leverages[i].leverage;
}

/* Is there room for one more choice, where it is one more? */
static bool has_room(const struct rk_engine *engine, uint32_t account,
		     uint32_t market, rk_rate leverage)
{
	return leverage.raw == 0 ||
	       rk_leverage_of(engine, account, market).raw != 0 ||
	       (engine->accounts[account].leverages_n < RK_LEVERAGES_MAX &&
		engine->leverages_pool.n < engine->limits.positions_max);
}

static void add(struct rk_engine *engine, uint32_t *link,
		const struct rk_leverage *new)
{
	struct rk_account *owner = &engine->accounts[new->account];
	struct rk_leverage *record;
	uint32_t i;

	i = RK_POOL_TAKE(engine, &engine->leverages_pool, engine->leverages,
			 engine->limits.positions_max, next);
	RK_ASSERT(i != RK_NONE);
	record = &engine->leverages[i];
	rk_change(engine, record, sizeof(*record));
	*record = *new;
	record->next = *link;
	rk_change(engine, link, sizeof(*link));
	*link = i;
	rk_change(engine, &owner->leverages_n, sizeof(owner->leverages_n));
	owner->leverages_n++;
}

static void drop(struct rk_engine *engine, uint32_t account, uint32_t *link)
{
	struct rk_account *owner = &engine->accounts[account];
	uint32_t i = *link;

	rk_change(engine, link, sizeof(*link));
	*link = engine->leverages[i].next;
	rk_change(engine, &owner->leverages_n, sizeof(owner->leverages_n));
	owner->leverages_n--;
	rk_change(engine, &engine->leverages[i], sizeof(struct rk_leverage));
	RK_POOL_GIVE(engine, &engine->leverages_pool, engine->leverages, i,
		     next);
}

int rk_leverage_keep(struct rk_engine *engine, uint32_t account,
		     uint32_t market, rk_rate leverage)
{
	uint32_t *link = place_of(engine, account, market);
	bool kept =
		*link != RK_NONE && engine->leverages[*link].market == market;
	const struct rk_leverage new = {account, market, leverage, RK_NONE};

	if (!has_room(engine, account, market, leverage))
		return RK_REJ_CAPACITY;
	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	if (!kept && leverage.raw != 0) {
		add(engine, link, &new);
	} else if (kept && leverage.raw == 0) {
		drop(engine, account, link);
	} else if (kept) {
		rk_change(engine, &engine->leverages[*link].leverage,
			  sizeof(rk_rate));
		engine->leverages[*link].leverage = leverage;
	}
	return RK_OK;
}

static bool has_orders(const struct rk_holdings *holdings, uint32_t market)
{
	for (uint32_t i = 0; i < holdings->orders_n; i++)
		if (holdings->orders[i].market == market)
			return true;
	return false;
}

/* What relieves is always allowed; what adds needs health_I of 0 or more. */
static int check_health(const struct rk_engine *engine, uint32_t account,
			const struct rk_cmd_leverage *want)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_holdings holdings;
	rk_i128 before;
	int r;

	rk_holdings_of(engine, &engine->accounts[account], &holdings);
	if (rk_holdings_size(&holdings, want->market).raw == 0 &&
	    !has_orders(&holdings, want->market))
		return RK_OK;
	before = rk_worst_initial(&scene, &holdings, want->market);
	r = rk_holdings_choose(&holdings, want->market, want->leverage);
	if (r != RK_OK)
		return r;
	if (rk_worst_initial(&scene, &holdings, want->market) <= before)
		return RK_OK;
	return rk_margin_check(&scene, &holdings, RK_LEVEL_INITIAL);
}

int rk_leverage_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		    struct rk_evbuf *events)
{
	const struct rk_cmd_leverage *want = &cmd->leverage;
	uint32_t account = rk_account_find(engine, want->account);
	struct rk_event *event;
	int r;

	if (account == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (want->market >= engine->markets_n)
		return RK_REJ_NO_MARKET;
	if (!rk_leverage_fits(&engine->markets[want->market], want->leverage))
		return RK_REJ_LEVERAGE;
	if (rk_leverage_of(engine, account, want->market).raw ==
	    want->leverage.raw)
		return RK_REJ_NO_CHANGE;
	if (!has_room(engine, account, want->market, want->leverage))
		return RK_REJ_CAPACITY;
	r = check_health(engine, account, want);
	if (r == RK_OK)
		r = rk_leverage_keep(engine, account, want->market,
				     want->leverage);
	if (r != RK_OK)
		return r;
	event = rk_emit(engine, events, RK_EVENT_LEVERAGE_SET, account,
			want->market);
	event->leverage.leverage = want->leverage;
	return RK_OK;
}
