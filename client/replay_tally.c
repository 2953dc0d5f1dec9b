/*
 * Counting events. See the header.
 */
#include "replay_tally.h"

static void count_order(struct rk_replay_tally *tally,
			struct rk_replay_users *users,
			const Riskd__Event *event)
{
	uint32_t user;

	tally->orders++;
	if (rk_replay_users_by_account(users, event->account, &user) < 0) {
		tally->strangers++;
		return;
	}
	if (!users->users[user].liquidated)
		tally->accounts_liquidated++;
	users->users[user].liquidated = true;
}

static void count_fill(struct rk_replay_tally *tally,
		       const Riskd__LiquidationOrder *order)
{
	tally->fills++;
	if (order->late)
		tally->fills_late++;
	if (order->filled < order->size)
		tally->fills_part++;
	if (order->filled > order->size)
		tally->fills_excess++;
}

static void count_phase(struct rk_replay_tally *tally,
			struct rk_replay_users *users,
			const Riskd__Event *event)
{
	uint32_t reason = (uint32_t)event->order->reason;

	switch (event->order->phase) {
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED:
		count_order(tally, users, event);
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED:
		count_fill(tally, event->order);
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED:
		tally->close_asked++;
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED:
		/* A reason of a newer daemon counts as not specified. */
		tally->closed[reason < RK_REPLAY_REASONS ? reason : 0]++;
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLAIMED:
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_UNSPECIFIED:
	case _RISKD__LIQUIDATION_ORDER__PHASE_IS_INT_SIZE:
	default:
		break;
	}
}

static void count_deficit(struct rk_replay_tally *tally, int64_t usd)
{
	tally->deficits++;
	if (__builtin_add_overflow(tally->deficit_usd, usd,
				   &tally->deficit_usd))
		tally->deficit_usd = INT64_MAX;
}

void rk_replay_tally_event(struct rk_replay_tally *tally,
			   struct rk_replay_users *users,
			   const Riskd__Event *event, int64_t time_ns)
{
	if (event->time_ns < time_ns)
		tally->late++;
	if (event->kind_case == RISKD__EVENT__KIND_ORDER)
		count_phase(tally, users, event);
	else if (event->kind_case == RISKD__EVENT__KIND_STATE &&
		 (uint32_t)event->state->after < RK_REPLAY_STATES)
		tally->entered[event->state->after]++;
	else if (event->kind_case == RISKD__EVENT__KIND_DEFICIT)
		count_deficit(tally, event->deficit->amount);
	else if (event->kind_case == RISKD__EVENT__KIND_POSITION &&
		 event->position->to_vault != 0)
		tally->fills_vault++;
	else if (event->kind_case == RISKD__EVENT__KIND_WITHHELD &&
		 event->withheld->reason !=
			 RISKD__WITHHELD__REASON__REASON_NONE)
		tally->withheld++;
	else if (event->kind_case == RISKD__EVENT__KIND_REJECTED)
		tally->rejected++;
}

uint64_t rk_replay_tally_closed(const struct rk_replay_tally *tally)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < RK_REPLAY_REASONS; i++)
		sum += tally->closed[i];
	return sum;
}
