/*
 * What funds take and pay. See insurance.h.
 *
 * Draws come at the bankruptcy, and else in the first step of the clock within
 * each minute: whoever waits has a timer for that. So who is paid does not
 * depend on who happens to be judged for a price.
 */
#include "engine/insurance.h"

#include <string.h>

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/fx.h"
#include "engine/interest.h"
#include "engine/liquidation.h"
#include "engine/listing.h"
#include "engine/loss.h"
#include "engine/margin.h"
#include "engine/rc.h"
#include "engine/scene.h"

int rk_insurance_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	const struct rk_cmd_insurance *want = &cmd->insurance;
	uint32_t id = rk_listing_find_asset(engine, want->asset);
	struct rk_insurance_terms *terms;
	struct rk_event *event;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_ASSET;
	r = rk_listing_check_insurance(&want->terms, &field);
	if (r != RK_OK)
		return r;
	terms = &engine->insurance[id].terms;
	if (rk_insurance_equal(terms, &want->terms))
		return RK_REJ_NO_CHANGE;

	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_change(engine, terms, sizeof(*terms));
	*terms = want->terms;
	event = rk_emit(engine, events, RK_EVENT_INSURANCE_SET, RK_NONE,
			RK_NO_MARKET);
	event->name.id = id;
	event->name.slot = engine->assets[id].slot;
	memcpy(event->name.name, engine->assets[id].listing.name, RK_NAME_SIZE);
	engine->insurance_round = true;
	rk_touch_all(engine); /* whoever is bankrupt may be paid now */
	return RK_OK;
}

/* The fund gains an amount, or pays one: nothing else of the books changes. */
static void book(struct rk_engine *engine, struct rk_evbuf *events,
		 uint32_t account, const struct rk_ev_insurance *what)
{
	struct rk_asset *asset = &engine->assets[what->asset];
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_ASSET, what->asset);
	rk_add(engine, &asset->insurance, what->amount.raw);
	RK_ASSERT(asset->insurance >= 0);
	RK_ASSERT(asset->insurance <= RK_INSURANCE_MAX);
	event = rk_emit(engine, events, RK_EVENT_INSURANCE_MOVED, account,
			RK_NO_MARKET);
	event->insurance = *what;
	event->insurance.fund.raw = (int64_t)asset->insurance;
}

int rk_insurance_top_up(struct rk_engine *engine, const struct rk_cmd *cmd,
			struct rk_evbuf *events)
{
	rk_i128 amount = cmd->top_up.amount.raw;
	struct rk_ev_insurance what = {
		.asset = cmd->top_up.asset,
		.cause = amount > 0 ? RK_INSURANCE_TOP_UP
				    : RK_INSURANCE_WITHDRAWAL,
		.amount = cmd->top_up.amount,
	};
	struct rk_asset *asset;

	if (what.asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	if (amount == 0)
		return RK_REJ_BAD_AMOUNT;
	asset = &engine->assets[what.asset];
	if (asset->insurance + amount < 0)
		return RK_REJ_FUND_SHORT;
	if (asset->insurance + amount > RK_INSURANCE_MAX)
		return RK_REJ_OVERFLOW;

	rk_mark(engine, RK_UNIT_ASSET, what.asset);
	if (amount > 0)
		rk_add(engine, &asset->deposits, amount);
	else
		rk_add(engine, &asset->withdrawals, -amount);
	book(engine, events, RK_NONE, &what);
	return RK_OK;
}

int rk_insurance_check_gate(const struct rk_engine *engine, uint32_t asset)
{
	const struct rk_insurance_terms *terms =
		&engine->insurance[asset].terms;
	rk_i128 deficit = 0;

	if (terms->withdrawal_gate.raw == 0 ||
	    engine->by_state[RK_STATE_BANKRUPT] == 0)
		return RK_OK;
	for (uint32_t i = 0; i < engine->accounts_n; i += 64) {
		for (uint64_t bits = engine->bankrupt[i / 64]; bits != 0;
		     bits &= bits - 1)
			deficit += rk_loss_uncovered(
				engine, i + (uint32_t)__builtin_ctzll(bits),
				asset);
		if (rk_insurance_gates(terms, engine->assets[asset].insurance,
				       deficit))
			return RK_REJ_WITHDRAWALS_GATED;
	}
	return RK_OK;
}

static int64_t minute_of(int64_t time_ns)
{
	return time_ns / RK_INSURANCE_MINUTE_NS;
}

rk_i128 rk_insurance_drawn(const struct rk_insurance *insurance,
			   int64_t time_ns)
{
	int64_t oldest = minute_of(time_ns) - RK_INSURANCE_MINUTES + 1;
	rk_i128 sum = 0;

	for (int64_t i = insurance->minute;
	     i >= 0 && i >= oldest &&
	     i > insurance->minute - RK_INSURANCE_MINUTES;
	     i--)
		sum += insurance->drawn[i % RK_INSURANCE_MINUTES].raw;
	return sum;
}

/* As much as makes what is paid in the hour draw_cap of what there was. */
rk_amt rk_insurance_available(const struct rk_engine *engine, uint32_t asset)
{
	const struct rk_insurance *insurance = &engine->insurance[asset];
	rk_i128 drawn = rk_insurance_drawn(insurance, engine->time_ns);
	rk_i128 fund = engine->assets[asset].insurance;
	rk_i128 most = rk_fx_div_rate(
		(fund + drawn) * insurance->terms.draw_cap.raw, RK_ROUND_FLOOR);

	if (most > RK_INSURANCE_DRAWN_MAX)
		most = RK_INSURANCE_DRAWN_MAX;
	most -= drawn;
	if (most > fund)
		most = fund;
	return (rk_amt){most > 0 ? (int64_t)most : 0};
}

static void count_draw(struct rk_engine *engine, uint32_t asset, rk_amt amount)
{
	struct rk_insurance *insurance = &engine->insurance[asset];
	int64_t minute = minute_of(engine->time_ns);
	int64_t first = minute - RK_INSURANCE_MINUTES + 1;

	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_change(engine, insurance, sizeof(*insurance));
	if (first <= insurance->minute)
		first = insurance->minute + 1;
	for (int64_t i = first; i <= minute; i++)
		insurance->drawn[i % RK_INSURANCE_MINUTES].raw = 0;
	insurance->minute = minute;
	insurance->drawn[minute % RK_INSURANCE_MINUTES].raw += amount.raw;
}

/* What its equity would buy of an asset, rounded down; 0: nothing. */
static rk_i128 equity_in(const struct rk_engine *engine, uint32_t account,
			 uint32_t asset)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_MARK);
	struct rk_judgement figures;
	struct rk_holdings holdings;

	rk_holdings_to_judge(engine, &engine->accounts[account], &holdings);
	rk_margin_judge(&scene, &holdings, &figures);
	if (figures.equity.raw <= 0)
		return 0;
	return rk_scene_amount_of(&scene, asset, figures.equity.raw,
				  RK_ROUND_FLOOR);
}

static rk_i128 least(rk_i128 a, rk_i128 b)
{
	return a < b ? a : b;
}

void rk_insurance_charge(struct rk_engine *engine, struct rk_evbuf *events,
			 uint32_t account, uint32_t asset, rk_amt value)
{
	rk_rate rate = engine->insurance[asset].terms.liquidation_fee;
	rk_i128 magnitude = value.raw < 0 ? -(rk_i128)value.raw : value.raw;
	struct rk_ev_insurance what = {
		.asset = asset,
		.cause = RK_INSURANCE_LIQUIDATION_FEE,
	};
	rk_i128 fee;
	int r;

	if (rate.raw == 0)
		return;
	fee = rk_fx_div_rate(magnitude * rate.raw, RK_ROUND_CEIL);
	fee = least(fee, rk_account_balance(engine, account, asset).raw);
	fee = least(fee, RK_INSURANCE_MAX - engine->assets[asset].insurance);
	if (fee > 0)
		fee = least(fee, equity_in(engine, account, asset));
	if (fee <= 0)
		return;

	what.amount.raw = (int64_t)fee;
	r = rk_account_credit(engine, account, asset,
			      (rk_amt){-what.amount.raw}, &what.balance);
	/* What is held becomes less: there is a record, and no more shares. */
	RK_ASSERT(r == RK_OK);
	book(engine, events, account, &what);
}

bool rk_insurance_waits(const struct rk_engine *engine,
			const struct rk_account *account)
{
	if (account->state != RK_STATE_BANKRUPT ||
	    account->enforcement != RK_ENFORCE_FULL ||
	    account->positions != RK_NONE)
		return false;
	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next) {
		const struct rk_balance *balance = &engine->balances[i];

		if (balance->amount.raw < 0 &&
		    engine->insurance[balance->asset].terms.draw_cap.raw > 0)
			return true;
	}
	return false;
}

/* When all who wait are looked at again: as the next minute begins. */
static int64_t next_round(const struct rk_engine *engine)
{
	return (minute_of(engine->time_ns) + 1) * RK_INSURANCE_MINUTE_NS;
}

/* Has a minute begun with this command, or have terms changed? */
static bool is_round(const struct rk_engine *engine)
{
	return engine->insurance_round ||
	       minute_of(engine->funding.from_ns) < minute_of(engine->time_ns);
}

bool rk_insurance_is_due(const struct rk_engine *engine, uint32_t account)
{
	int64_t timer_ns;

	if (!rk_insurance_waits(engine, &engine->accounts[account]))
		return false;
	return is_round(engine) ||
	       !rk_heap_get(&engine->timers, account, &timer_ns) ||
	       timer_ns > next_round(engine);
}

bool rk_insurance_pay(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t account, uint32_t asset, rk_i128 most)
{
	struct rk_ev_insurance what = {
		.asset = asset,
		.cause = RK_INSURANCE_DRAW,
	};
	rk_i128 paid = rk_insurance_available(engine, asset).raw;
	int r;

	/* Interest that does not fit is left, and so is the debt (I7). */
	if (paid == 0 ||
	    rk_interest_settle(engine, events, account, asset) != RK_OK)
		return false;
	paid = least(paid,
		     -(rk_i128)rk_account_balance(engine, account, asset).raw);
	paid = least(paid, most);
	if (paid <= 0)
		return false;

	what.amount.raw = -(int64_t)paid;
	r = rk_account_credit(engine, account, asset, (rk_amt){(int64_t)paid},
			      &what.balance);
	/* A debt becomes smaller: there is a record, and no more shares. */
	RK_ASSERT(r == RK_OK);
	count_draw(engine, asset, (rk_amt){(int64_t)paid});
	book(engine, events, account, &what);
	return true;
}

/* In order of asset. A debt that is paid loses its record. */
static bool draw_all(struct rk_engine *engine, struct rk_evbuf *events,
		     uint32_t account)
{
	uint32_t i = engine->accounts[account].balances;
	bool paid = false;

	while (i != RK_NONE) {
		const struct rk_balance *balance = &engine->balances[i];

		i = balance->next;
		if (balance->amount.raw < 0 &&
		    rk_insurance_pay(engine, events, account, balance->asset,
				     RK_INSURANCE_MAX))
			paid = true;
	}
	return paid;
}

bool rk_insurance_act(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t account, bool entered)
{
	const struct rk_account *record = &engine->accounts[account];
	bool paid = false;

	if (!rk_insurance_waits(engine, record))
		return false;
	if ((entered || is_round(engine)) &&
	    rk_loss_is_uncovered(engine, record))
		paid = draw_all(engine, events, account);
	if (rk_insurance_waits(engine, record))
		rk_liquidation_wake(engine, account, next_round(engine));
	return paid;
}
