/*
 * The phases after a command's bookings. See judge.h.
 *
 * Timers first, then slots, funding and interest, then markets that end and
 * steps of ramps, then all touched accounts are judged before any is acted
 * upon, riskiest first: what is done to one must not depend on where another
 * happens to be stored.
 */
#include "engine/judge.h"

#include "engine/account.h"
#include "engine/assert.h"
#include "engine/conversion.h"
#include "engine/funding.h"
#include "engine/fx.h"
#include "engine/insurance.h"
#include "engine/interest.h"
#include "engine/liquidation.h"
#include "engine/margin.h"
#include "engine/market_state.h"
#include "engine/order.h"
#include "engine/plain.h"
#include "engine/price.h"
#include "engine/ramp.h"
#include "engine/rc.h"
#include "engine/resting.h"
#include "engine/settlement.h"
#include "engine/takeover.h"
#include "engine/vault.h"
#include "engine/watch.h"

/* Accounts from one step of fetching to the next, and to judging. */
#define AHEAD 6

/* Is equity below multiple * maintenance? */
static bool below(const struct rk_judgement *figures, rk_rate multiple)
{
	return (rk_i128)figures->equity.raw * RK_RATE_ONE <
	       (rk_i128)figures->maintenance.raw * multiple.raw;
}

/* Is equity above multiple * maintenance? */
static bool above(const struct rk_judgement *figures, rk_rate multiple)
{
	return (rk_i128)figures->equity.raw * RK_RATE_ONE >
	       (rk_i128)figures->maintenance.raw * multiple.raw;
}

enum rk_state rk_judge_next(const struct rk_cmd_risk *risk,
			    enum rk_state present,
			    const struct rk_judgement *figures,
			    bool has_position)
{
	if (!has_position && figures->equity.raw < 0)
		return RK_STATE_BANKRUPT;
	if (figures->maintenance.raw == 0 && figures->equity.raw >= 0)
		return RK_STATE_OK;
	if (figures->equity.raw < figures->maintenance.raw)
		return RK_STATE_LIQUIDATING;
	if (present >= RK_STATE_LIQUIDATING && below(figures, risk->target))
		return RK_STATE_LIQUIDATING;
	if (below(figures, risk->call_enter))
		return RK_STATE_MARGIN_CALL;
	if (present >= RK_STATE_MARGIN_CALL &&
	    !above(figures, risk->call_leave))
		return RK_STATE_MARGIN_CALL;
	if (below(figures, risk->warn_enter))
		return RK_STATE_WARN;
	if (present >= RK_STATE_WARN && !above(figures, risk->warn_leave))
		return RK_STATE_WARN;
	return RK_STATE_OK;
}

/* One row per state: a bit for each state that may come next. */
#define BIT(name) (1U << RK_STATE_##name)
static const unsigned int allowed_next[] = {
	[RK_STATE_OK] =
		BIT(WARN) | BIT(MARGIN_CALL) | BIT(LIQUIDATING) | BIT(BANKRUPT),
	[RK_STATE_WARN] =
		BIT(OK) | BIT(MARGIN_CALL) | BIT(LIQUIDATING) | BIT(BANKRUPT),
	[RK_STATE_MARGIN_CALL] =
		BIT(OK) | BIT(WARN) | BIT(LIQUIDATING) | BIT(BANKRUPT),
	[RK_STATE_LIQUIDATING] = BIT(OK) | BIT(WARN) | BIT(MARGIN_CALL) |
				 BIT(TAKEOVER) | BIT(BANKRUPT),
	[RK_STATE_TAKEOVER] = BIT(OK) | BIT(WARN) | BIT(MARGIN_CALL) |
			      BIT(LIQUIDATING) | BIT(BANKRUPT),
	[RK_STATE_BANKRUPT] =
		BIT(OK) | BIT(WARN) | BIT(MARGIN_CALL) | BIT(LIQUIDATING),
};
#undef BIT

bool rk_judge_allowed(enum rk_state from, enum rk_state to)
{
	RK_ASSERT(from <= RK_STATE_BANKRUPT);
	RK_ASSERT(to <= RK_STATE_BANKRUPT);

	return allowed_next[from] >> to & 1U;
}

static void find_figures(const struct rk_engine *engine,
			 const struct rk_account *account,
			 struct rk_judgement *ret_figures)
{
	struct rk_scene scene;
	struct rk_holdings holdings;

	if (rk_plain_judge(engine, account, ret_figures))
		return;
	scene = rk_scene_of(engine, RK_PRICES_MARK);
	rk_holdings_to_judge(engine, account, &holdings);
	rk_margin_judge(&scene, &holdings, ret_figures);
}

/* With each doubtful price at the end that favours the account. */
static bool is_below_anyhow(const struct rk_engine *engine,
			    const struct rk_account *account)
{
	struct rk_scene scene = rk_scene_of(engine, RK_PRICES_FAVOURABLE);
	struct rk_holdings holdings;

	rk_holdings_to_judge(engine, account, &holdings);
	return rk_margin_is_below(&scene, &holdings);
}

/*
 * Liquidation does not start on doubtful prices, unless the account is below
 * even at the end of each that favours it (S4).
 */
void rk_judge_find(const struct rk_engine *engine, uint32_t index,
		   struct rk_finding *ret_finding)
{
	const struct rk_account *account = &engine->accounts[index];

	find_figures(engine, account, &ret_finding->figures);
	ret_finding->withheld = RK_WITHHELD_NONE;
	ret_finding->next = rk_judge_next(&engine->risk, account->state,
					  &ret_finding->figures,
					  account->positions != RK_NONE);

	if (ret_finding->next != RK_STATE_LIQUIDATING ||
	    account->state >= RK_STATE_LIQUIDATING ||
	    ret_finding->figures.prices_ok)
		return;
	if (is_below_anyhow(engine, account))
		return;
	ret_finding->next = RK_STATE_MARGIN_CALL;
	ret_finding->withheld = RK_WITHHELD_PRICE;
}

static void judge(struct rk_engine *engine, uint32_t index,
		  struct rk_finding *ret_finding)
{
	engine->judged++;
	rk_judge_find(engine, index, ret_finding);
}

int rk_judge_recheck(struct rk_engine *engine, const struct rk_cmd *cmd,
		     struct rk_evbuf *events)
{
	uint32_t index = rk_account_find(engine, cmd->recheck.account);
	struct rk_finding finding;
	struct rk_event *event;

	if (index == RK_NONE)
		return RK_REJ_NO_ACCOUNT;
	if (cmd->recheck.found_seq >= engine->seq)
		return RK_REJ_BAD_PARAM;

	judge(engine, index, &finding);
	event = rk_emit(engine, events, RK_EVENT_RECHECKED, index,
			RK_NO_MARKET);
	event->rechecked.found_seq = cmd->recheck.found_seq;
	event->rechecked.before = engine->accounts[index].state;
	event->rechecked.after = finding.next;
	rk_margin_health(engine, &engine->accounts[index],
			 &event->rechecked.health);
	rk_touch(engine, index);
	return RK_OK;
}

static void change_state(struct rk_engine *engine, struct rk_evbuf *events,
			 uint32_t index, enum rk_state next,
			 const struct rk_health *health)
{
	enum rk_state before = engine->accounts[index].state;
	struct rk_event *event;

	RK_ASSERT(rk_judge_allowed(before, next));

	rk_account_set_state(engine, index, next);
	event = rk_emit(engine, events, RK_EVENT_STATE, index, RK_NO_MARKET);
	event->state.before = before;
	event->state.after = next;
	event->state.health = *health;

	if (next >= RK_STATE_LIQUIDATING && before < RK_STATE_LIQUIDATING)
		rk_resting_ask_cancel(engine, events, index);
	if (next == RK_STATE_BANKRUPT) {
		event = rk_emit(engine, events, RK_EVENT_DEFICIT, index,
				RK_NO_MARKET);
		event->deficit.amount.raw = -health->equity.raw;
	}
}

static void change_withheld(struct rk_engine *engine, struct rk_evbuf *events,
			    uint32_t index, enum rk_withheld withheld,
			    const struct rk_health *health)
{
	struct rk_event *event =
		rk_emit(engine, events, RK_EVENT_WITHHELD, index, RK_NO_MARKET);

	engine->accounts[index].withheld = withheld;
	event->withheld.reason = withheld;
	if (withheld != RK_WITHHELD_NONE)
		event->withheld.health = *health;
}

/* Judge an account anew, after something was done to it. */
static void judge_again(struct rk_engine *engine, struct rk_evbuf *events,
			uint32_t index, struct rk_finding *ret_finding,
			struct rk_health *ret_health)
{
	judge(engine, index, ret_finding);
	rk_margin_health(engine, &engine->accounts[index], ret_health);
	if (ret_finding->next != engine->accounts[index].state)
		change_state(engine, events, index, ret_finding->next,
			     ret_health);
}

/* What is due for it goes to the vault. True: something has gone. */
static bool take_over(struct rk_engine *engine, struct rk_evbuf *events,
		      uint32_t index, const struct rk_health *health)
{
	const struct rk_account *account = &engine->accounts[index];
	struct rk_takeover_plan plan;

	if (account->state != RK_STATE_LIQUIDATING ||
	    account->enforcement != RK_ENFORCE_FULL ||
	    !rk_takeover_concerns(engine, index))
		return false;
	rk_takeover_find(engine, index, health, &plan);
	if (plan.taken_n > 0)
		change_state(engine, events, index, RK_STATE_TAKEOVER, health);
	rk_takeover_run(engine, events, index, &plan);
	return plan.taken_n > 0;
}

/* Bring an account to what it is found to be, and do what follows. */
static void act(struct rk_engine *engine, struct rk_evbuf *events,
		uint32_t index)
{
	struct rk_account *account = &engine->accounts[index];
	enum rk_state before = account->state;
	struct rk_finding finding;
	struct rk_health health;
	bool taken;

	rk_touch(engine, index); /* for what is done here */
	/* What still has to wait sets its timer anew. */
	rk_mark(engine, RK_UNIT_ACCOUNT, index);
	rk_heap_clear(&engine->timers, &engine->undo, index);

	judge_again(engine, events, index, &finding, &health);
	taken = take_over(engine, events, index, &health);
	if (taken)
		judge_again(engine, events, index, &finding, &health);
	if (rk_insurance_act(engine, events, index,
			     taken || before != account->state))
		judge_again(engine, events, index, &finding, &health);
	if (finding.withheld != account->withheld)
		change_withheld(engine, events, index, finding.withheld,
				&health);
	rk_liquidation_ask_close(engine, events, index);

	if (account->state != RK_STATE_LIQUIDATING)
		rk_liquidation_release(engine, events, index);
	else if (account->enforcement == RK_ENFORCE_FULL)
		rk_liquidation_act(engine, events, index, &health);
	rk_conversion_act(engine, events, index, &health);
}

/* Is there anything to do about it? */
static bool is_due(const struct rk_engine *engine, uint32_t index,
		   const struct rk_finding *finding)
{
	const struct rk_account *account = &engine->accounts[index];

	return finding->next != account->state ||
	       finding->withheld != account->withheld ||
	       account->state == RK_STATE_LIQUIDATING ||
	       account->orders_n > 0 || rk_conversion_is_due(engine, index) ||
	       (account->state == RK_STATE_BANKRUPT &&
		rk_insurance_is_due(engine, index));
}

/* Does a come after b? Riskier first, then the lower account id. */
static bool comes_after(const struct rk_engine *engine, const struct rk_due *a,
			const struct rk_due *b)
{
	int order = rk_view_compare_risk(a->equity, a->maintenance, b->equity,
					 b->maintenance);

	if (order != 0)
		return order < 0;
	return engine->accounts[a->account].id >
	       engine->accounts[b->account].id;
}

static void sift_down(const struct rk_engine *engine, struct rk_due *due,
		      uint32_t root, uint32_t n)
{
	struct rk_due top = due[root];

	for (;;) {
		uint32_t child = 2 * root + 1;

		if (child >= n)
			break;
		if (child + 1 < n &&
		    comes_after(engine, &due[child + 1], &due[child]))
			child++;
		if (!comes_after(engine, &due[child], &top))
			break;
		due[root] = due[child];
		root = child;
	}
	due[root] = top;
}

/* Heapsort: in place, no recursion, no worst case. */
static void sort_due(const struct rk_engine *engine, struct rk_due *due,
		     uint32_t n)
{
	for (uint32_t i = n / 2; i-- > 0;)
		sift_down(engine, due, i, n);
	for (uint32_t end = n; end > 1; end--) {
		struct rk_due last = due[end - 1];

		due[end - 1] = due[0];
		due[0] = last;
		sift_down(engine, due, 0, end - 1);
	}
}

/* Of many, what is judged soon is on its way from memory meanwhile. */
static void fetch_touched(const struct rk_engine *engine, uint32_t from)
{
	for (uint32_t step = 0; step < RK_ACCOUNT_FETCH_STEPS; step++) {
		uint32_t i = from + (RK_ACCOUNT_FETCH_STEPS - step) * AHEAD;

		if (i < engine->touched_n)
			rk_account_fetch(engine, engine->touched[i], step);
	}
}

static void judge_touched(struct rk_engine *engine)
{
	struct rk_finding finding;

	engine->due_n = 0;
	engine->due_at = 0;
	for (uint32_t i = 0; i < engine->touched_n; i++) {
		uint32_t index = engine->touched[i];
		struct rk_due *due = &engine->due[engine->due_n];

		fetch_touched(engine, i);
		judge(engine, index, &finding);
		if (!is_due(engine, index, &finding))
			continue;
		due->account = index;
		due->equity = finding.figures.equity;
		due->maintenance = finding.figures.maintenance;
		engine->due_n++;
	}
	sort_due(engine, engine->due, engine->due_n);
}

static bool run_timer(struct rk_engine *engine, struct rk_evbuf *events)
{
	uint32_t node;

	if (!rk_heap_due(&engine->timers, engine->time_ns, &node))
		return false;

	if (node < engine->max.accounts_max)
		rk_mark(engine, RK_UNIT_ACCOUNT, node);
	else
		rk_mark(engine, RK_UNIT_ORDER, node - engine->max.accounts_max);
	rk_heap_pop(&engine->timers);
	if (node < engine->max.accounts_max)
		rk_touch(engine, node);
	else
		rk_order_timer(engine, events, node - engine->max.accounts_max);
	return true;
}

/* One step of the present phase; moves to the next when it is done. */
static void step(struct rk_engine *engine, struct rk_evbuf *events)
{
	switch (engine->phase) {
	case RK_PHASE_TIMERS:
		if (run_timer(engine, events))
			return;
		rk_price_age(engine);
		engine->phase = RK_PHASE_SLOTS;
		return;
	case RK_PHASE_SLOTS:
		if (rk_price_aggregate(engine, events))
			return;
		engine->moved_n = 0;
		engine->moved_at = 0;
		engine->phase = RK_PHASE_FUNDING;
		return;
	case RK_PHASE_FUNDING:
		/* At the marks as they are now. */
		if (!rk_funding_step(engine, events))
			engine->phase = RK_PHASE_INTEREST;
		return;
	case RK_PHASE_INTEREST:
		if (!rk_interest_step(engine, events))
			engine->phase = RK_PHASE_MARKETS;
		return;
	case RK_PHASE_MARKETS:
		if (!rk_market_step(engine, events) &&
		    !rk_settlement_step(engine, events))
			engine->phase = RK_PHASE_RAMPS;
		return;
	case RK_PHASE_RAMPS:
		if (!rk_ramp_step(engine, events))
			engine->phase = RK_PHASE_JUDGE;
		return;
	case RK_PHASE_JUDGE:
		rk_vault_round(engine);
		judge_touched(engine);
		engine->phase = RK_PHASE_ACT;
		return;
	case RK_PHASE_ACT:
		if (engine->due_at < engine->due_n) {
			act(engine, events,
			    engine->due[engine->due_at++].account);
			return;
		}
		rk_watch_touched(engine);
		rk_touched_forget(engine);
		engine->phase = RK_PHASE_IDLE;
		return;
	case RK_PHASE_IDLE:
	default:
		return;
	}
}

void rk_judge_run(struct rk_engine *engine, struct rk_evbuf *events)
{
	while (engine->phase != RK_PHASE_IDLE &&
	       events->max - events->n >= RK_EVENTS_PER_STEP_MAX)
		step(engine, events);
}
