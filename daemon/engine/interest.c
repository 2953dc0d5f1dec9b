/*
 * Indices of interest, settlement, accrual. See interest.h.
 *
 * What all balances of an asset count for together is kept as shares: amounts
 * divided by their index. Those of debts are rounded down and those of what
 * is held up, so that never more is credited than was charged.
 */
#include "engine/interest.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/bound.h"
#include "engine/fx.h"
#include "engine/lending.h"
#include "engine/rc.h"
#include "engine/totals.h"
#include "engine/watch.h"

/* The interest of one move is at most this, so that one from 1 stays below 2 */
#define MOVE_MAX (RK_INDEX_ONE / 2)

rk_i128 rk_interest_growth(rk_i128 x)
{
	rk_i128 square = rk_fx_div(x * x, RK_INDEX_ONE, RK_ROUND_CEIL);

	RK_ASSERT(x >= 0);
	RK_ASSERT(x <= 4 * (rk_i128)RK_INDEX_ONE);
	return RK_INDEX_ONE + x + rk_fx_div(square, 2, RK_ROUND_CEIL) +
	       rk_fx_div(square * x, 6 * (rk_i128)RK_INDEX_ONE, RK_ROUND_CEIL);
}

rk_i128 rk_interest_amount(rk_amt amount, int64_t index_then, int64_t index_now)
{
	/* Toward minus infinity: less is held, more is owed. */
	return rk_fx_div((rk_i128)amount.raw * index_now, index_then,
			 RK_ROUND_FLOOR);
}

static int64_t index_of(const struct rk_asset *asset, rk_amt amount)
{
	return amount.raw < 0 ? asset->lending.debt_index
			      : asset->lending.supply_index;
}

rk_amt rk_interest_unsettled(const struct rk_asset *asset,
			     const struct rk_balance *balance)
{
	int64_t now = index_of(asset, balance->amount);

	if (balance->index == now)
		return (rk_amt){0};
	/* At most what N7 counts of it, which is 2^61. */
	return (rk_amt){(int64_t)(rk_interest_amount(balance->amount,
						     balance->index, now) -
				  balance->amount.raw)};
}

/* What a loan has become, now that its debt is `after`: in proportion. */
static rk_amt loan_of(const struct rk_balance *balance, rk_i128 after)
{
	if (balance->loan.raw == 0 || after >= 0)
		return (rk_amt){0};
	/* At most the debt that it is a part of. */
	return (rk_amt){(int64_t)rk_fx_div((rk_i128)balance->loan.raw * -after,
					   -(rk_i128)balance->amount.raw,
					   RK_ROUND_CEIL)};
}

static rk_i128 with_interest(const struct rk_asset *asset,
			     const struct rk_balance *balance)
{
	return (rk_i128)balance->amount.raw +
	       rk_interest_unsettled(asset, balance).raw;
}

rk_amt rk_interest_loan(const struct rk_asset *asset,
			const struct rk_balance *balance)
{
	return loan_of(balance, with_interest(asset, balance));
}

rk_amt rk_interest_loss(const struct rk_asset *asset,
			const struct rk_balance *balance)
{
	return rk_interest_loss_at(balance, index_of(asset, balance->amount));
}

rk_amt rk_interest_loss_at(const struct rk_balance *balance, int64_t index)
{
	rk_i128 worth =
		rk_interest_amount(balance->amount, balance->index, index);

	if (worth >= 0)
		return (rk_amt){0};
	return (rk_amt){(int64_t)(-worth - loan_of(balance, worth).raw)};
}

rk_i128 rk_interest_bound(const struct rk_asset *asset,
			  const struct rk_held_balance *balance)
{
	rk_amt booked = {balance->amount.raw - balance->interest.raw};
	rk_i128 magnitude = booked.raw < 0 ? -(rk_i128)booked.raw : booked.raw;
	int64_t index = balance->index;

	if (!asset->lending.active)
		return magnitude;
	if (index == 0)
		index = index_of(asset, booked);
	return rk_fx_div(magnitude * (rk_i128)RK_INDEX_MAX, index,
			 RK_ROUND_CEIL);
}

/* What an amount counts for among all of its side. */
static rk_i128 shares_of(rk_amt amount, int64_t index)
{
	rk_i128 magnitude = amount.raw < 0 ? -(rk_i128)amount.raw : amount.raw;

	return rk_fx_div(magnitude * RK_INDEX_ONE, index,
			 amount.raw < 0 ? RK_ROUND_FLOOR : RK_ROUND_CEIL);
}

static void add_shares(struct rk_asset_lending *lending, rk_amt amount,
		       int64_t index, int sign)
{
	if (amount.raw < 0)
		lending->debt_shares += sign * shares_of(amount, index);
	else
		lending->supply_shares += sign * shares_of(amount, index);
}

static bool shares_fit(const struct rk_asset_lending *lending)
{
	return lending->debt_shares <= RK_SHARES_MAX &&
	       lending->supply_shares <= RK_SHARES_MAX;
}

/* By more than a settlement is rounded. */
static bool rises(const struct rk_asset_lending *after,
		  const struct rk_asset_lending *before)
{
	return after->debt_shares > before->debt_shares + 1 ||
	       after->supply_shares > before->supply_shares + 1;
}

int rk_interest_put(struct rk_engine *engine, struct rk_balance *balance,
		    rk_amt after)
{
	struct rk_asset *asset = &engine->assets[balance->asset];
	int64_t index = index_of(asset, after);

	/* None is counted while rows are loaded: all are, at the end. */
	if (asset->lending.active && engine->lending_n > 0) {
		struct rk_asset_lending sums = asset->lending;

		add_shares(&sums, balance->amount, balance->index, -1);
		add_shares(&sums, after, index, 1);
		if (!shares_fit(&sums) && rises(&sums, &asset->lending))
			return RK_REJ_OVERFLOW;
		rk_change(engine, &asset->lending, sizeof(sums));
		asset->lending = sums;
	}
	rk_totals_change(engine, balance->asset, balance->amount, after);
	rk_change(engine, balance, sizeof(*balance));
	balance->amount = after;
	balance->index = index;
	if (balance->loan.raw > -(rk_i128)after.raw)
		balance->loan.raw = after.raw < 0 ? -after.raw : 0;
	return RK_OK;
}

int rk_interest_recount(struct rk_engine *engine, uint32_t asset)
{
	struct rk_asset_lending *lending = &engine->assets[asset].lending;

	lending->debt_shares = 0;
	lending->supply_shares = 0;
	for (uint32_t i = 0; i < engine->accounts_n; i++) {
		uint32_t j = rk_account_find_balance(engine, i, asset);

		if (j == RK_NONE)
			continue;
		add_shares(lending, engine->balances[j].amount,
			   engine->balances[j].index, 1);
	}
	return shares_fit(lending) ? RK_OK : RK_REJ_OVERFLOW;
}

/* The balance is settled: what it had coming, and what was booked of it. */
static void tell_paid(struct rk_engine *engine, struct rk_evbuf *events,
		      const struct rk_balance *balance, rk_amt amount,
		      rk_amt booked)
{
	struct rk_event *event = rk_emit(engine, events, RK_EVENT_INTEREST_PAID,
					 balance->account, RK_NO_MARKET);

	event->interest_paid.asset = balance->asset;
	event->interest_paid.amount = amount;
	event->interest_paid.booked = booked;
	event->interest_paid.balance = balance->amount;
}

int rk_interest_settle(struct rk_engine *engine, struct rk_evbuf *events,
		       uint32_t account, uint32_t asset)
{
	uint32_t i = rk_account_find_balance(engine, account, asset);
	struct rk_asset *record = &engine->assets[asset];
	struct rk_asset_lending sums;
	struct rk_balance *balance;
	struct rk_balance was;
	rk_amt amount;
	rk_amt after;
	rk_amt loan;
	int r;

	if (!record->lending.active || i == RK_NONE)
		return RK_OK;
	balance = &engine->balances[i];
	if (balance->index == index_of(record, balance->amount))
		return RK_OK;
	sums = record->lending;
	was = *balance;
	amount = rk_interest_unsettled(record, balance);
	r = rk_fx_add_amt(balance->amount, amount, &after);
	if (r != RK_OK)
		return r;
	loan = loan_of(balance, after.raw);
	rk_mark(engine, RK_UNIT_ACCOUNT, account);
	rk_watch_settled(engine, account);
	r = rk_interest_put(engine, balance, after);
	balance->loan = loan;
	if (r == RK_OK && amount.raw != 0)
		r = rk_bound_check(engine, &engine->accounts[account]);
	if (r != RK_OK) {
		rk_totals_change(engine, asset, balance->amount, was.amount);
		*balance = was;
		record->lending = sums;
		return r;
	}
	if (amount.raw == 0)
		return RK_OK;
	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_add(engine, &record->interest, -(rk_i128)amount.raw);
	tell_paid(engine, events, balance, amount, amount);
	rk_account_drop_empty(engine, i);
	return RK_OK;
}

int rk_interest_accrue(struct rk_engine *engine, const struct rk_cmd *cmd)
{
	uint32_t asset = cmd->accrue.asset;
	const struct rk_asset_lending *lending;

	if (asset >= engine->assets_n)
		return RK_REJ_NO_ASSET;
	lending = &engine->assets[asset].lending;
	if (!lending->terms.lendable)
		return RK_REJ_NOT_LENDABLE;
	if (lending->accrued_ns >= engine->time_ns)
		return RK_REJ_NO_CHANGE;

	engine->interest.given = true;
	engine->interest.asset = asset;
	return RK_OK;
}

int64_t rk_interest_next(const struct rk_lending *terms, int64_t time_ns)
{
	/* Within 2^62 plus ten years. */
	return (time_ns / terms->interval_ns + 1) * terms->interval_ns;
}

void rk_interest_schedule(struct rk_engine *engine)
{
	int64_t first = RK_TIME_NEVER;

	for (uint32_t i = 0; i < engine->assets_n; i++) {
		const struct rk_lending *terms =
			&engine->assets[i].lending.terms;
		int64_t next;

		if (!terms->lendable)
			continue;
		next = rk_interest_next(terms, engine->time_ns);
		if (next < first)
			first = next;
	}
	rk_change(engine, &engine->interest_ns, sizeof(engine->interest_ns));
	engine->interest_ns = first;
}

/* What was put in, without any interest since the indices were 1. */
static rk_amt without_interest(const struct rk_balance *balance)
{
	rk_amt amount = balance->amount;
	int64_t kept;

	kept = (int64_t)rk_fx_div(
		(rk_i128)(amount.raw < 0 ? -amount.raw : amount.raw) *
			RK_INDEX_ONE,
		balance->index, RK_ROUND_FLOOR);
	if (kept == 0)
		kept = 1; /* a balance of 0 would have no record */
	return (rk_amt){amount.raw < 0 ? -kept : kept};
}

/*
 * Nobody can be refused here. An account that could not hold it (N7) keeps
 * what it had before interest, which it could, and the event says so. All
 * counts as at an index of 1 from now on.
 */
static void settle_or_leave(struct rk_engine *engine, struct rk_evbuf *events,
			    uint32_t i)
{
	struct rk_balance *balance = &engine->balances[i];
	struct rk_asset *asset = &engine->assets[balance->asset];
	rk_amt amount = rk_interest_unsettled(asset, balance);
	rk_amt before = balance->amount;
	const struct rk_balance was = *balance;
	rk_amt kept = without_interest(balance);
	rk_amt booked;

	/* After a loss less than that may be there. */
	if (before.raw > 0 && kept.raw > before.raw + amount.raw)
		kept.raw = before.raw + amount.raw;

	rk_mark(engine, RK_UNIT_ACCOUNT, balance->account);
	rk_mark(engine, RK_UNIT_ASSET, balance->asset);
	balance->amount.raw += amount.raw; /* both within 2^61 (N7) */
	balance->index = RK_INDEX_ONE;
	if (rk_bound_check(engine, &engine->accounts[balance->account]) !=
	    RK_OK)
		balance->amount = kept;
	balance->loan = loan_of(&was, balance->amount.raw);
	booked.raw = balance->amount.raw - before.raw;
	rk_totals_change(engine, balance->asset, before, balance->amount);
	rk_touch(engine, balance->account);
	asset->interest -= booked.raw;
	if (amount.raw != 0 || booked.raw != 0)
		tell_paid(engine, events, balance, amount, booked);
	rk_account_drop_empty(engine, i);
}

/*
 * All balances are settled and count as at 1. What interest has left over is
 * rounding, but not while debts have more of it coming.
 */
static void restart(struct rk_engine *engine, struct rk_evbuf *events)
{
	uint32_t id = engine->interest.asset;
	bool held_only = engine->interest.held_only;
	struct rk_asset *asset = &engine->assets[id];
	struct rk_event *event;

	rk_mark(engine, RK_UNIT_ASSET, id);
	rk_era_end(engine, rk_era_of_interest(engine, id, false));
	if (!held_only) {
		rk_era_end(engine, rk_era_of_interest(engine, id, true));
		asset->lending.debt_index = RK_INDEX_ONE;
	}
	asset->lending.supply_index = RK_INDEX_ONE;
	/* Beyond what bookings may reach: then no index moves, see may_move. */
	(void)rk_interest_recount(engine, id);
	event = rk_emit(engine, events, RK_EVENT_INDEX_RESTARTED, RK_NONE,
			RK_NO_MARKET);
	event->restarted.asset = id;
	event->restarted.held_only = held_only;
	if (held_only)
		return;
	event->restarted.rounding = asset->interest;
	asset->rounding += asset->interest;
	asset->interest = 0;
}

/* The next account with a balance to settle of the asset of the run. */
static uint32_t next_balance(struct rk_engine *engine)
{
	struct rk_interest_run *run = &engine->interest;

	while (run->account < engine->accounts_n) {
		uint32_t i = rk_account_find_balance(engine, run->account++,
						     run->asset);

		if (i != RK_NONE &&
		    (!run->held_only || engine->balances[i].amount.raw > 0))
			return i;
	}
	return RK_NONE;
}

/* By account in order of creation, as everything that goes over all is. */
static void settle_next(struct rk_engine *engine, struct rk_evbuf *events)
{
	uint32_t i = next_balance(engine);

	if (i != RK_NONE) {
		settle_or_leave(engine, events, i);
		return;
	}
	restart(engine, events);
	engine->interest.settling = false;
	engine->interest.held_only = false;
}

/* One move of the indices of an asset, before it is made. */
struct move {
	struct rk_ev_interest told;
	rk_i128 earned;
	rk_i128 reserve;
};

/* How far the supply index moves, and what that credits at most. */
static rk_i128 supply_move(const struct rk_asset_lending *lending,
			   rk_i128 growth, rk_i128 to_supply, rk_i128 *ret_paid)
{
	rk_i128 most = rk_fx_div(lending->supply_index * growth, RK_INDEX_ONE,
				 RK_ROUND_FLOOR) -
		       lending->supply_index;
	rk_i128 moved;

	*ret_paid = 0;
	if (lending->supply_shares == 0)
		return 0;
	/* Where more is owed than held, nobody earns on the difference. */
	moved = rk_fx_div(to_supply * RK_INDEX_ONE, lending->supply_shares,
			  RK_ROUND_FLOOR);
	if (moved < most) {
		*ret_paid = to_supply; /* but for what rounding leaves */
		return moved;
	}
	*ret_paid = rk_fx_div(lending->supply_shares * most, RK_INDEX_ONE,
			      RK_ROUND_CEIL);
	return most;
}

static void reckon(const struct rk_engine *engine, uint32_t asset,
		   struct move *ret_move)
{
	const struct rk_asset *record = &engine->assets[asset];
	const struct rk_asset_lending *lending = &record->lending;
	struct rk_ev_interest *told = &ret_move->told;
	int64_t time_ns = engine->time_ns - lending->accrued_ns;
	rk_i128 growth;
	rk_i128 index;
	rk_i128 reserve;
	rk_i128 paid;

	told->asset = asset;
	told->utilisation = rk_lending_utilisation(rk_lending_borrowed(record),
						   rk_lending_cash(record));
	told->borrow_rate =
		rk_lending_borrow_rate(&lending->terms, told->utilisation);
	told->supply_rate =
		rk_lending_supply_rate(&lending->terms, told->utilisation);
	/* Longer than that goes in several moves. */
	if (told->borrow_rate * time_ns > (rk_i128)MOVE_MAX * RK_YEAR_NS)
		time_ns = (int64_t)((rk_i128)MOVE_MAX * RK_YEAR_NS /
				    told->borrow_rate);
	told->until_ns = lending->accrued_ns + time_ns;
	growth = rk_interest_growth(rk_fx_div(told->borrow_rate * time_ns,
					      RK_YEAR_NS, RK_ROUND_CEIL));
	index = rk_fx_div(lending->debt_index * growth, RK_INDEX_ONE,
			  RK_ROUND_CEIL);
	ret_move->earned =
		rk_fx_div(lending->debt_shares * (index - lending->debt_index),
			  RK_INDEX_ONE, RK_ROUND_FLOOR);
	reserve = rk_fx_div(ret_move->earned * lending->terms.reserve.raw,
			    RK_RATE_ONE, RK_ROUND_CEIL);
	told->debt_index = (int64_t)index;
	index = lending->supply_index +
		supply_move(lending, growth, ret_move->earned - reserve, &paid);
	told->supply_index = (int64_t)index;
	ret_move->reserve = ret_move->earned - paid;
}

void rk_interest_touch(struct rk_engine *engine, uint32_t asset)
{
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		if (rk_account_find_balance(engine, i, asset) != RK_NONE)
			rk_touch(engine, i);
}

void rk_interest_find(struct rk_engine *engine, uint32_t asset)
{
	for (uint32_t i = 0; i < engine->accounts_n; i++)
		if (rk_account_find_balance(engine, i, asset) != RK_NONE)
			rk_touch_found(engine, i);
}

/*
 * Move the indices of the asset of the run on, up to now if that goes in one
 * move. An index would pass its bound: all balances are settled first.
 */
static void move(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_interest_run *run = &engine->interest;
	struct rk_asset *asset = &engine->assets[run->asset];
	struct rk_asset_lending *lending = &asset->lending;
	struct rk_event *event;
	struct move next;

	rk_mark(engine, RK_UNIT_ASSET, run->asset);
	/* Nobody owes, or more is owed or held than can be reckoned with. */
	if (lending->debt_shares == 0 || !shares_fit(lending)) {
		lending->accrued_ns = engine->time_ns;
		return;
	}
	reckon(engine, run->asset, &next);
	if (next.told.debt_index > RK_INDEX_MAX ||
	    next.told.supply_index > RK_INDEX_MAX) {
		run->settling = true;
		run->account = 0;
		return;
	}
	lending->accrued_ns = next.told.until_ns;
	if (next.told.debt_index == lending->debt_index)
		return;
	lending->debt_index = next.told.debt_index;
	lending->supply_index = next.told.supply_index;
	asset->interest -= next.reserve;
	asset->fees += next.reserve;
	event = rk_emit(engine, events, RK_EVENT_INTEREST, RK_NONE,
			RK_NO_MARKET);
	event->interest = next.told;
	event->interest.earned = next.earned;
	event->interest.reserve = next.reserve;
	rk_watch_interest(engine, run->asset);
}

bool rk_interest_fits(const struct rk_asset *asset)
{
	return shares_fit(&asset->lending);
}

void rk_interest_lower(struct rk_engine *engine, uint32_t asset,
		       int64_t supply_index)
{
	struct rk_asset_lending *lending = &engine->assets[asset].lending;

	rk_mark(engine, RK_UNIT_ASSET, asset);
	rk_change(engine, lending, sizeof(*lending));
	lending->supply_index = supply_index;
	rk_era_end(engine, rk_era_of_interest(engine, asset, false));
	rk_interest_touch(engine, asset);
	if (supply_index >= RK_INDEX_MIN)
		return;
	engine->interest.settling = true;
	engine->interest.held_only = true;
	engine->interest.asset = asset;
	engine->interest.account = 0;
}

static bool is_due(const struct rk_engine *engine, uint32_t asset)
{
	const struct rk_asset_lending *lending = &engine->assets[asset].lending;

	return lending->terms.lendable &&
	       lending->accrued_ns < engine->time_ns &&
	       rk_interest_next(&lending->terms, engine->interest.from_ns) <=
		       engine->time_ns;
}

bool rk_interest_step(struct rk_engine *engine, struct rk_evbuf *events)
{
	struct rk_interest_run *run = &engine->interest;

	if (run->settling) {
		settle_next(engine, events);
		return true;
	}
	if (run->given) {
		move(engine, events);
		run->given = run->settling ||
			     engine->assets[run->asset].lending.accrued_ns <
				     engine->time_ns;
		return true;
	}
	if (engine->time_ns < engine->interest_ns)
		return false;
	while (run->asset < engine->assets_n && !is_due(engine, run->asset))
		run->asset++;
	if (run->asset < engine->assets_n) {
		move(engine, events);
		return true;
	}
	rk_interest_schedule(engine);
	return false;
}
