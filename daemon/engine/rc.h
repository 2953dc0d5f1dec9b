/*
 * Result codes: one list for C, logs and the wire.
 *
 * 0 is done. Positive codes are refusals of input; they are wire format, so
 * numbers are only ever added. Negative values never come from the engine:
 * adapters use them for -errno.
 */
#ifndef RK_ENGINE_RC_H
#define RK_ENGINE_RC_H

/*
 * X(NAME, number, who, text). who is ENGINE for refusals the engine decides
 * (they are events and part of the replay) and WIRE for messages that never
 * become a command.
 */
#define RK_RC_MAP(X)                                                           \
	X(OVERFLOW, 1, ENGINE, "amount out of range")                          \
	X(CAPACITY, 2, ENGINE, "table full: raise the limit in the config")    \
	X(NO_ACCOUNT, 3, ENGINE, "no such account")                            \
	X(NO_ASSET, 4, ENGINE, "no such asset")                                \
	X(NO_MARKET, 5, ENGINE, "no such market")                              \
	X(NO_VENUE, 6, ENGINE, "no such external venue")                       \
	X(NO_ORDER, 7, ENGINE, "no such liquidation order")                    \
	X(NO_WITHDRAWAL, 8, ENGINE, "no such pending withdrawal")              \
	X(EXISTS, 9, ENGINE, "this id or name is already in use")              \
	X(BAD_AMOUNT, 10, ENGINE, "amount is zero or has the wrong sign")      \
	X(BAD_PRICE, 11, ENGINE, "price must be price_min to price_max")       \
	X(BAD_SIZE, 12, ENGINE, "size must be above 0, at most position_max")  \
	X(BAD_PARAM, 13, ENGINE, "parameters that cannot work")                \
	X(BAD_TIME, 14, ENGINE, "time steps back, or does not lie ahead")      \
	X(TRADE_REPEAT, 15, ENGINE, "trade id already booked")                 \
	X(TRADE_OLD, 16, ENGINE, "trade id below the window of kept ids")      \
	X(SAME_ACCOUNT, 17, ENGINE, "both sides are the same account")         \
	X(BALANCE, 18, ENGINE, "balance is too small")                         \
	X(MARGIN, 19, ENGINE, "initial or withdrawal margin would be broken")  \
	X(PRICE_NOT_OK, 20, ENGINE, "a price this needs is not OK")            \
	X(ISOLATED, 21, ENGINE, "an isolated account holds one position")      \
	X(POSITION_LIMIT, 22, ENGINE, "position would pass position_max")      \
	X(NO_PRICE, 23, ENGINE, "the asset has never had a price")             \
	X(ORDER_MISMATCH, 24, ENGINE, "order is of another account or side")   \
	X(ORDER_CLOSED, 25, ENGINE, "order is closed already")                 \
	X(ATOMIC, 26, ENGINE, "another command of the atomic message failed")  \
	X(OUT_OF_ORDER, 27, ENGINE, "client sequence leaves a gap")            \
	X(TOO_OLD, 28, ENGINE, "client sequence is older than kept answers")   \
	X(SEQ_REUSED, 29, ENGINE, "client sequence used with other content")   \
	X(BAD_NAME, 30, ENGINE, "name must be 1 to 23 of A-Z a-z 0-9 . _ - /") \
	X(BAD_ID, 31, ENGINE, "id is 0, or of a trade or order from 2^63 on")  \
	X(NO_CHANGE, 32, ENGINE, "it is already so")                           \
	X(REPEAT, 33, ENGINE, "this very command was answered before")         \
	X(SKIPPED, 34, ENGINE, "left out by the operator")                     \
	X(FUND_SHORT, 35, ENGINE, "the insurance fund does not hold so much")  \
	X(NO_CLAIMS, 36, ENGINE, "orders of this market are not claimed")      \
	X(CLAIM_TOO_LONG, 37, ENGINE, "longer than claim_max of the market")   \
	X(CLAIMED, 38, ENGINE, "a claim of the order still runs")              \
	X(NOT_CLAIMED, 39, ENGINE, "this venue has no claim that runs")        \
	X(CLOSING, 40, ENGINE, "the order is asked to close")                  \
	X(WITHDRAWALS_GATED, 49, ENGINE,                                       \
	  "bankrupt accounts owe too much of it")                              \
	X(NOT_OK, 50, ENGINE, "the account is not in state OK")                \
	X(ORDERS_OPEN, 51, ENGINE, "liquidation orders are not closed yet")    \
	X(OTHER_OWNER, 52, ENGINE, "accounts are of different owners")         \
	X(OTHER_ENFORCEMENT, 53, ENGINE, "accounts differ in enforcement")     \
	X(NO_POSITION, 54, ENGINE, "no position in this market")               \
	X(HAS_POSITION, 55, ENGINE, "the receiver has a position there")       \
	X(LEVERAGE, 56, ENGINE, "leverage must be 1 to what the market has")   \
	X(VAULT_SHORT, 57, ENGINE,                                             \
	  "the vault would be worth less than needed")                         \
	X(BORROW_CAP, 60, ENGINE, "more would be borrowed than borrow_cap")    \
	X(POOL_CASH, 61, ENGINE, "the pool has not so much that is not lent")  \
	X(SUPPLY_CAP, 62, ENGINE, "more would be supplied than supply_cap")    \
	X(NOT_LENDABLE, 63, ENGINE, "the asset is not lent")                   \
	X(BAD_MESSAGE, 64, WIRE, "message cannot be decoded")                  \
	X(BAD_VERSION, 65, WIRE, "protocol version not spoken here")           \
	X(TOO_MANY, 66, WIRE, "too many rows in one message")                  \
	X(BAD_COLUMNS, 67, WIRE, "columns differ in length")                   \
	X(NOT_ATOMIC, 68, WIRE, "command cannot be part of an atomic message") \
	X(BAD_TYPE, 69, WIRE, "unknown command or query")                      \
	X(BUSY, 70, WIRE, "limit of waiting requests reached, try again")      \
	X(STOPPING, 71, WIRE, "daemon is stopping")                            \
	X(EVENTS_GONE, 72, WIRE, "events before the oldest kept were asked")   \
	X(EVENTS_AHEAD, 73, WIRE, "events after the newest were asked")        \
	X(BAD_TOPIC, 74, WIRE, "unknown topic")                                \
	X(NO_SLOT, 75, WIRE, "no such price slot")                             \
	X(NO_PUBLISHER, 76, WIRE, "no such publisher")                         \
	X(NOT_DURABLE, 77, WIRE, "state is kept in memory only")               \
	X(SNAPSHOT_FAILED, 78, WIRE, "the snapshot could not be taken")        \
	X(EVENTS_UNREADABLE, 79, WIRE, "a file of events cannot be read")      \
	X(REDUCE_ONLY, 41, ENGINE, "it would enlarge or turn the position")    \
	X(ONLY_REDUCE, 42, ENGINE, "only reduce-only orders in this state")    \
	X(BAD_LOT, 43, ENGINE, "size is not a multiple of the market's lot")   \
	X(MANY_ORDERS, 44, ENGINE, "as many resting orders as there may be")   \
	X(NO_RESTING, 45, ENGINE, "no such resting order of this account")     \
	X(NOT_LESS, 46, ENGINE, "a resting order can only become smaller")     \
	X(RESTING, 47, ENGINE, "its resting orders must be cancelled first")   \
	X(HALTED, 48, ENGINE, "the market is halted")                          \
	X(MARKET_STEP, 80, ENGINE,                                             \
	  "the market cannot go there from its state")                         \
	X(NOT_SETTLING, 81, ENGINE, "only a market in SETTLING is settled")    \
	X(MARKET_CLOSED, 82, ENGINE, "the market is settling or settled")      \
	X(EXPIRY_OR_FUNDING, 83, ENGINE,                                       \
	  "a market that expires has no funding")                              \
	X(DEPOSIT_CAP, 84, ENGINE, "more would be held than deposit_cap")      \
	X(OPEN_LIMIT, 85, ENGINE,                                              \
	  "more would be open in the market than its open_interest_max")       \
	X(RAMPING, 88, ENGINE,                                                 \
	  "more than its ramp leads to: wait, or end it by a RAMP of 0")       \
	X(NOT_BANKRUPT, 90, ENGINE, "the account is not in state BANKRUPT")    \
	X(STILL_HOLDS, 91, ENGINE, "it still holds a position or balance")     \
	X(NO_DEBT, 92, ENGINE, "nothing of this asset is owed")                \
	X(MORE_THAN_OWED, 93, ENGINE, "more than what is owed")                \
	X(NO_HOLDERS, 94, ENGINE, "nobody holds the asset to bear a loss")     \
	X(SAME_ASSET, 95, ENGINE, "an asset cannot be bought with itself")

enum rk_rc {
	RK_OK = 0,
#define RK_RC_ENUM(name, number, who, text) RK_REJ_##name = (number),
	RK_RC_MAP(RK_RC_ENUM)
#undef RK_RC_ENUM
};

/* The name, "OVERFLOW". Static; "UNKNOWN" for a number not in the list. */
const char *rk_rc_name(int code);

/* One sentence for people. Static; never NULL. */
const char *rk_rc_text(int code);

/* 1 when the engine decides this code (0 for RK_OK and wire codes). */
int rk_rc_is_engine(int code);

#endif
