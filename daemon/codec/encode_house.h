/*
 * Engine to wire: what events tell of money of the house, which is in insurance
 * funds and the backstop vault. Part of encode.c.
 */
#ifndef RK_CODEC_ENCODE_HOUSE_H
#define RK_CODEC_ENCODE_HOUSE_H

#include <stdbool.h>

#include "riskd.pb-c.h"

struct rk_event;

/* The message that an event holds; which one depends on its kind. */
struct rk_encode_house {
	union {
		Riskd__InsuranceMoved insurance_moved;
		Riskd__VaultMoved vault_moved;
		Riskd__TakenOver taken_over;
		Riskd__TakeoverWithheld takeover_withheld;
	};
};

/*
 * Fill the message and the kind of *wire, which borrows it. False: the event is
 * none of these.
 */
bool rk_encode_house_set(struct rk_encode_house *house,
			 const struct rk_event *event, Riskd__Event *wire);

#endif
