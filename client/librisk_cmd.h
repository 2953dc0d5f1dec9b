/*
 * librisk: building commands.
 *
 * A struct risk_cmd is filled in by one of the functions below; &cmd.command
 * is then a row of a risk_request. It points into itself, so it must not be
 * copied or moved once filled in. Nothing is allocated: there is nothing to
 * release. Amounts, prices and sizes are integers in the decimals of their
 * asset or market (librisk_text.h turns text into them).
 */
#ifndef LIBRISK_CMD_H
#define LIBRISK_CMD_H

#include "librisk.h"

#ifdef __cplusplus
extern "C" {
#endif

struct risk_cmd {
	Riskd__Command command;
	union {
		Riskd__CreateAccount create_account;
		Riskd__Deposit deposit;
		Riskd__Adjust adjust;
		Riskd__ReserveWithdrawal reserve;
		Riskd__ConfirmWithdrawal confirm;
		Riskd__CancelWithdrawal cancel;
		Riskd__Transfer transfer;
		Riskd__SetLeverage leverage;
		Riskd__Recheck recheck;
		Riskd__SetMode mode;
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
		Riskd__PriceBatch prices;
		Riskd__AddVenue venue;
		Riskd__AddPublisher publisher;
	} body;
	Riskd__TradeSide buyer;
	Riskd__TradeSide seller;
	Riskd__OrderId order;      /* of order_closed, claim and the buyer */
	Riskd__OrderId sell_order; /* of the seller */
};

/* Id of a liquidation order; seq 0: none. */
struct risk_order_id {
	uint64_t seq;
	uint32_t n;
};

/* One side of a trade; account 0 is the external venue. */
struct risk_trade_side {
	uint64_t account;
	int64_t fee;                /* settle asset; below 0 is a rebate */
	struct risk_order_id order; /* the liquidation order it fills */
	uint64_t resting; /* the resting order of it that is filled; 0: none */
};

struct risk_trade {
	uint64_t id; /* unique and roughly rising per market */
	uint32_t market;
	uint32_t venue; /* when one side is external */
	int64_t price;
	int64_t size; /* above 0 */
	struct risk_trade_side buyer;
	struct risk_trade_side seller;
};

void risk_cmd_create_account(struct risk_cmd *cmd, uint64_t account,
			     uint64_t owner, Riskd__Mode mode,
			     Riskd__Enforcement enforcement);
void risk_cmd_deposit(struct risk_cmd *cmd, uint64_t account, uint32_t asset,
		      int64_t amount);
/* A fact from outside, either sign, booked unchecked. */
void risk_cmd_adjust(struct risk_cmd *cmd, uint64_t account, uint32_t asset,
		     int64_t amount);
/* Takes the amount out now; risk_cmd_confirm pays, risk_cmd_cancel undoes. */
void risk_cmd_reserve(struct risk_cmd *cmd, uint64_t withdrawal,
		      uint64_t account, uint32_t asset, int64_t amount);
void risk_cmd_confirm(struct risk_cmd *cmd, uint64_t withdrawal);
void risk_cmd_cancel(struct risk_cmd *cmd, uint64_t withdrawal);
void risk_cmd_transfer(struct risk_cmd *cmd, uint64_t from, uint64_t to,
		       uint32_t asset, int64_t amount);
/* Of an account in a market, 1e-9; 0: none of its own. */
void risk_cmd_leverage(struct risk_cmd *cmd, uint64_t account, uint32_t market,
		       int64_t leverage);
/* From cross to isolated, or back. */
void risk_cmd_mode(struct risk_cmd *cmd, uint64_t account, Riskd__Mode mode);
/* A whole position, and an amount of the settle asset, to another account of
 * the same owner. */
void risk_cmd_move(struct risk_cmd *cmd, uint64_t from, uint64_t to,
		   uint32_t market, int64_t amount);
/* A resting order: may it be sent to the venue? */
struct risk_place {
	uint64_t account;
	uint64_t order; /* your number, 1 .. 2^63 - 1, unique while it rests */
	uint32_t market;
	Riskd__Side side;
	int64_t size;  /* above 0 */
	int64_t price; /* the worst at which it may be filled */
	bool reduce_only;
};
void risk_cmd_place(struct risk_cmd *cmd, const struct risk_place *place);
/* It is gone (left 0), or so much of it is left. */
void risk_cmd_cancel_order(struct risk_cmd *cmd, uint64_t account,
			   uint64_t order, int64_t left);
void risk_cmd_trade(struct risk_cmd *cmd, const struct risk_trade *trade);
/* No more fills will come for this order; it was filled this much in all. */
void risk_cmd_order_closed(struct risk_cmd *cmd, struct risk_order_id order,
			   int64_t filled);
/* Nobody else executes it for so long; 0: the claim ends. */
void risk_cmd_claim(struct risk_cmd *cmd, struct risk_order_id order,
		    uint32_t venue, int64_t duration_ns);
void risk_cmd_halt(struct risk_cmd *cmd, uint32_t market, bool halted);
/* A sample for the funding of a market; a price of 0: nobody is there. */
void risk_cmd_premium(struct risk_cmd *cmd, uint32_t market, int64_t index,
		      int64_t impact_bid, int64_t impact_ask);
/* Funding as the venue took it; rate in 1e-9, long pays above 0. */
void risk_cmd_fund(struct risk_cmd *cmd, uint32_t market, int64_t rate,
		   int64_t price);
/* Interest of an asset up to now. */
void risk_cmd_accrue(struct risk_cmd *cmd, uint32_t asset);
/* Of what a bankrupt account owes; 0: all. Who holds the asset bears it. */
void risk_cmd_write_off(struct risk_cmd *cmd, uint64_t account, uint32_t asset,
			int64_t amount);
/* Into the insurance fund of an asset; below 0: out of it. */
void risk_cmd_top_up(struct risk_cmd *cmd, uint32_t asset, int64_t amount);
/* Into the capital of the backstop vault there; below 0: out of it. */
void risk_cmd_vault_top_up(struct risk_cmd *cmd, uint32_t asset,
			   int64_t amount);
/*
 * Judge an account and do what follows, though nothing about it has changed.
 * found_seq: newest command when an audit found it wrong; 0: none did.
 */
void risk_cmd_recheck(struct risk_cmd *cmd, uint64_t account,
		      uint64_t found_seq);

/* One asset of an account went out at a venue, another came in. */
struct risk_convert {
	uint64_t account;
	uint32_t venue;
	uint32_t sell;
	int64_t sold;
	uint32_t buy;
	int64_t bought;
	int64_t fee;                /* of what is bought */
	struct risk_order_id order; /* the conversion order it fills */
};
void risk_cmd_convert(struct risk_cmd *cmd, const struct risk_convert *convert);
/* What may be done in a market from now on; SETTLED is refused. */
void risk_cmd_market_state(struct risk_cmd *cmd, uint32_t market,
			   Riskd__MarketState state);
/* Close every position of a market that is SETTLING at this price. */
void risk_cmd_settle(struct risk_cmd *cmd, uint32_t market, int64_t price);
/* A dated future, SETTLING from then on; 0: a perpetual. */
void risk_cmd_expiry(struct risk_cmd *cmd, uint32_t market, int64_t time_ns);
/*
 * How long changes to come take that make maintenance worse, and in which
 * steps; a duration of 0 ends a ramp that runs, at once. Of an asset or of a
 * market: the other is NULL. Names are borrowed until it has been sent.
 */
void risk_cmd_ramp(struct risk_cmd *cmd, const char *asset, const char *market,
		   int64_t duration_ns, int64_t step_ns);
/* name is borrowed until the command has been sent. */
void risk_cmd_add_venue(struct risk_cmd *cmd, const char *name);
void risk_cmd_add_publisher(struct risk_cmd *cmd, const char *name);

/*
 * An acknowledged price batch. The columns are borrowed until it has been
 * sent. seq 0 and time_ns 0 are filled in from the time of day.
 */
void risk_cmd_prices(struct risk_cmd *cmd, const struct risk_prices *prices);

#ifdef __cplusplus
}
#endif
#endif
