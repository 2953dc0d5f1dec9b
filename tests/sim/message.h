/*
 * Commands of the engine as messages of the wire: what the daemon's codec
 * does, the other way round.
 */
#ifndef SIM_MESSAGE_H
#define SIM_MESSAGE_H

#include "engine/cmd.h"
#include "riskd.pb-c.h"

#define SIM_ROWS_MAX   72 /* an atomic message has at most 64 */
#define SIM_QUOTES_MAX 32

/* The quotes of one publisher. */
struct sim_batch {
	Riskd__PriceBatch wire;
	uint32_t slots[SIM_QUOTES_MAX];
	int64_t prices[SIM_QUOTES_MAX];
	int64_t times[SIM_QUOTES_MAX];
};

/* A row, and what it points to. */
struct sim_row {
	Riskd__Command wire;
	union {
		Riskd__CreateAccount account;
		Riskd__Deposit deposit;
		Riskd__Adjust adjust;
		Riskd__ReserveWithdrawal reserve;
		Riskd__ConfirmWithdrawal confirm;
		Riskd__CancelWithdrawal cancel;
		Riskd__Transfer transfer;
		Riskd__SetLeverage leverage;
		Riskd__SetMode mode;
		Riskd__Recheck recheck;
		Riskd__MovePosition move;
		Riskd__PlaceOrder place;
		Riskd__CancelOrder cancel_order;
		Riskd__Trade trade;
		Riskd__OrderClosed order_closed;
		Riskd__HaltMarket halt;
		Riskd__Premium premium;
		Riskd__Fund fund;
		Riskd__Accrue accrue;
		Riskd__WriteOff write_off;
		Riskd__TopUp top_up;
		Riskd__Claim claim;
		Riskd__Convert convert;
		Riskd__SetMarketState market_state;
		Riskd__SettleMarket settle;
		Riskd__SetExpiry expiry;
		Riskd__SetRamp ramp;
		Riskd__AddVenue venue;
		Riskd__AddPublisher publisher;
	};
	Riskd__TradeSide sides[2];
	Riskd__OrderId orders[2];
	struct sim_batch batch;
	char name[RK_NAME_SIZE];
};

/* A Request that is put together; large, and points into itself. */
struct sim_request {
	Riskd__Request wire;
	Riskd__Command *pointers[SIM_ROWS_MAX];
	struct sim_row rows[SIM_ROWS_MAX];
	char client[RK_NAME_SIZE];
};

/* Packed bytes; the caller's to free. */
struct sim_bytes {
	unsigned char *data;
	size_t size;
};

void sim_request_begin(struct sim_request *request, const char *client,
		       uint64_t session);

/*
 * Add a command: one row, of PRICES one for each publisher, of ATOMIC one for
 * each child (which makes the whole request atomic: it must be the only one).
 * Returns 0, -EINVAL when the wire has no such command or would refuse the
 * whole message for it, or -ENOSPC when it does not fit; then nothing is
 * added.
 */
int sim_request_add(struct sim_request *request, const struct rk_cmd *cmd);

struct sim_bytes sim_request_pack(struct sim_request *request,
				  uint64_t client_seq, int64_t time_ns);

/*
 * The quotes as batches, one for each publisher, in the order in which they
 * are met: how many, at most max.
 */
uint32_t sim_batches(const struct rk_cmd_prices *prices,
		     struct sim_batch *batches, uint32_t max);

/* A batch as a message for `prices`. */
struct sim_bytes sim_batch_pack(const struct sim_batch *batch);

#endif
