/*
 * What files of this folder share. Private to it.
 */
#ifndef RK_CODEC_IMPL_H
#define RK_CODEC_IMPL_H

#include "codec/pack.h"
#include "engine/view.h"
#include "riskd.pb-c.h"

/* Stamp the version and pack, if it fits. */
void rk_answer_pack(struct rk_bytes *bytes, Riskd__Answer *answer);

/* A row of a list, as a field of the message that it will be in, if it fits. */
void rk_answer_pack_row(struct rk_bytes *rows, uint32_t field,
			const ProtobufCMessage *row);

/*
 * n rows of size bytes and pointers to them, in scratch. A row may be larger
 * than the message it begins with. False when there is no room.
 */
bool rk_answer_rows(struct rk_scratch *scratch, size_t n, size_t size,
		    void **ret_rows, void ***ret_pointers);

/* Parts of an account. All fields are set. */
void rk_answer_health(const struct rk_margin *margin, enum rk_state state,
		      Riskd__Health *ret_health);
void rk_answer_position(const struct rk_position_view *view,
			Riskd__Position *ret_position);
void rk_answer_balance(const struct rk_balance_view *view,
		       Riskd__Balance *ret_balance);
void rk_answer_resting(const struct rk_resting_view *view,
		       Riskd__RestingOrder *ret_order);

/* What an event of something added, changed or set is about. */
Riskd__Added__What rk_encode_what(enum rk_event_type type);

struct rk_ask;
struct rk_largest;

/* The largest orders that are asked about; false when there is no room. */
bool rk_answer_largest(struct rk_scratch *scratch, const struct rk_ask *ask,
		       const struct rk_largest *largest,
		       Riskd__LargestOrder ***ret_rows);

/* What is asked of them; more than there may be are told by number alone. */
void rk_decode_largest(size_t n, Riskd__LargestOrderQuery *const *wire,
		       struct rk_largest *largest);

struct rk_what_if;

/* What a WhatIfQuery asks; accounts and parameters stay in scratch. */
void rk_decode_what_if(const Riskd__WhatIfQuery *wire,
		       struct rk_scratch *scratch, struct rk_what_if *what);

#endif
