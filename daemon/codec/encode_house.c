/*
 * Events of insurance funds and of the backstop vault. See encode_house.h.
 */
#include "codec/encode_house.h"

#include "engine/event.h"

static void set_insurance(Riskd__InsuranceMoved *moved,
			  const struct rk_ev_insurance *from)
{
	riskd__insurance_moved__init(moved);
	moved->asset = from->asset;
	moved->cause = (Riskd__InsuranceMoved__Cause)from->cause;
	moved->amount = from->amount.raw;
	moved->fund = from->fund.raw;
	moved->balance = from->balance.raw;
}

static void set_vault(Riskd__VaultMoved *moved, const struct rk_ev_vault *from)
{
	riskd__vault_moved__init(moved);
	moved->asset = from->asset;
	moved->amount = from->amount.raw;
	moved->capital = from->capital.raw;
}

static void set_taken_over(Riskd__TakenOver *taken,
			   const struct rk_ev_taken_over *from)
{
	riskd__taken_over__init(taken);
	taken->cause = (Riskd__TakenOver__Cause)from->cause;
	taken->price = from->price.raw;
	taken->size = from->size.raw;
	taken->cost = from->cost.raw;
	taken->concession = from->concession.raw;
	taken->realised = from->realised.raw;
	taken->booked = from->booked.raw;
	taken->balance = from->balance.raw;
	taken->event_left = from->event_left.raw;
	taken->hour_left = from->hour_left.raw;
}

bool rk_encode_house_set(struct rk_encode_house *house,
			 const struct rk_event *event, Riskd__Event *wire)
{
	switch ((int)event->type) {
	case RK_EVENT_INSURANCE_MOVED:
		set_insurance(&house->insurance_moved, &event->insurance);
		wire->kind_case = RISKD__EVENT__KIND_INSURANCE_MOVED;
		wire->insurance_moved = &house->insurance_moved;
		return true;
	case RK_EVENT_VAULT_MOVED:
		set_vault(&house->vault_moved, &event->vault);
		wire->kind_case = RISKD__EVENT__KIND_VAULT_MOVED;
		wire->vault_moved = &house->vault_moved;
		return true;
	case RK_EVENT_TAKEN_OVER:
		set_taken_over(&house->taken_over, &event->taken_over);
		wire->kind_case = RISKD__EVENT__KIND_TAKEN_OVER;
		wire->taken_over = &house->taken_over;
		return true;
	case RK_EVENT_TAKEOVER_WITHHELD:
		riskd__takeover_withheld__init(&house->takeover_withheld);
		house->takeover_withheld.reason =
			(Riskd__TakeoverWithheld__Reason)
				event->takeover_withheld.reason;
		wire->kind_case = RISKD__EVENT__KIND_TAKEOVER_WITHHELD;
		wire->takeover_withheld = &house->takeover_withheld;
		return true;
	default:
		return false;
	}
}
