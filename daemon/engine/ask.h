/*
 * Questions about an account, asked of a copy: as it is, or with deposits,
 * fills and prices that are only supposed. Answered by the functions that
 * judge, so that what is told is what would be done. Nothing is changed.
 *
 * A question lives until the next command.
 */
#ifndef RK_ENGINE_ASK_H
#define RK_ENGINE_ASK_H

#include "engine/holdings.h"
#include "engine/scene.h"
#include "engine/suppose.h"
#include "engine/suppose_terms.h"
#include "engine/view.h"

#define RK_ASK_PRICES_MAX 64
#define RK_ASK_OPENS_MAX  64

struct rk_ask {
	const struct rk_engine *engine;
	uint32_t account; /* UINT32_MAX: nobody */
	struct rk_holdings holdings;
	enum rk_mode mode;
	enum rk_state state; /* as it was judged last */
	struct rk_scene_price supposed[RK_ASK_PRICES_MAX];
	uint32_t supposed_n;
	struct rk_scene_open opens[RK_ASK_OPENS_MAX];
	uint32_t opens_n;
	/* Instead of those of the engine; borrowed. NULL: as they are. */
	const struct rk_supposed_terms *terms;
};

/* About an account as it is: 0 or RK_REJ_NO_ACCOUNT. */
int rk_ask_account(const struct rk_engine *engine, uint32_t index,
		   struct rk_ask *ret_ask);
/* About an account that holds nothing. */
void rk_ask_nobody(const struct rk_engine *engine, struct rk_ask *ret_ask);

/*
 * Suppose something more. 0, or the code that the real thing would be refused
 * with: then nothing more is supposed.
 *
 * A deposit below 0 is taken out, whatever margin says. A fill is a fact at
 * any price. A price is above 0 and at most the slot's price_max
 * (RK_REJ_BAD_PRICE); RK_REJ_CAPACITY beyond RK_ASK_PRICES_MAX of them.
 */
int rk_ask_deposit(struct rk_ask *ask, uint32_t asset, rk_amt amount);
int rk_ask_fill(struct rk_ask *ask, const struct rk_supposed_fill *fill);
int rk_ask_price(struct rk_ask *ask, uint32_t slot, rk_px price);
/*
 * The fee that a fill would pay by the rates of its market, whatever fee it
 * says: 0, or RK_REJ_NO_MARKET, RK_REJ_BAD_PRICE, RK_REJ_OVERFLOW.
 */
int rk_ask_fee(const struct rk_ask *ask, const struct rk_supposed_fill *fill,
	       bool maker, rk_amt *ret_fee);
/*
 * A resting order. rk_ask_place() asks whether PLACE_ORDER would be accepted,
 * rk_ask_rest() supposes that it rests already, whatever margin says. Either
 * counts from then on.
 */
int rk_ask_place(struct rk_ask *ask, const struct rk_held_order *order);
int rk_ask_rest(struct rk_ask *ask, const struct rk_held_order *order);
/*
 * A position as it is somewhere else, in the place of the one there is: size
 * not 0 (RK_REJ_BAD_SIZE), cost signed as size and in the settle asset, as is
 * funding that is not settled.
 */
int rk_ask_hold(struct rk_ask *ask, const struct rk_held_position *position);

/*
 * Listings and terms as supposed by now, for all that follows: 0, or
 * RK_REJ_OVERFLOW when the account could not have what it has under them.
 */
int rk_ask_terms(struct rk_ask *ask, const struct rk_supposed_terms *terms);

/*
 * Another open interest of a market, 0 or more (RK_REJ_BAD_SIZE). A supposed
 * fill raises it by what the account opens, as if the other side opened as
 * much. RK_REJ_CAPACITY beyond RK_ASK_OPENS_MAX markets.
 */
int rk_ask_open_interest(struct rk_ask *ask, uint32_t market, rk_qty size);

/* A choice of leverage (0: none), unless RK_REJ_LEVERAGE or RK_REJ_CAPACITY. */
int rk_ask_leverage(struct rk_ask *ask, uint32_t market, rk_rate leverage);

void rk_ask_margin(const struct rk_ask *ask, struct rk_margin *ret_margin);

/* What would follow from it, for one that is OK now (S2, without S4). */
enum rk_state rk_ask_state(const struct rk_ask *ask);
/* The same for one in another state: each has an edge of its own to leave. */
enum rk_state rk_ask_state_after(const struct rk_ask *ask,
				 enum rk_state present);

/* Positions in order of market, 0 .. n - 1. */
uint32_t rk_ask_positions(const struct rk_ask *ask);
void rk_ask_position(const struct rk_ask *ask, uint32_t i,
		     struct rk_position_view *ret_view);
/* Balances in order of asset, 0 .. n - 1. */
uint32_t rk_ask_balances(const struct rk_ask *ask);
void rk_ask_balance(const struct rk_ask *ask, uint32_t i,
		    struct rk_balance_view *ret_view);
/*
 * The assets whose prices bear on an account: those of its balances and those
 * that its positions settle in, in order. How many.
 */
uint32_t rk_ask_assets(const struct rk_ask *ask,
		       uint32_t ret_assets[RK_ASSETS_MAX]);
/* The balance in an asset that there is; of 0 where none is held. */
void rk_ask_asset(const struct rk_ask *ask, uint32_t asset,
		  struct rk_balance_view *ret_view);

/* The mark of a market, as it is or is supposed; 0: none. */
rk_px rk_ask_mark(const struct rk_ask *ask, uint32_t market);

/* Resting orders in order of market and number, 0 .. n - 1. */
uint32_t rk_ask_orders(const struct rk_ask *ask);
const struct rk_held_order *rk_ask_order(const struct rk_ask *ask, uint32_t i);

/*
 * Where an account ends to be safe, as one slot moves from its price_min to
 * its price_max and all other prices stay: the last price on each side at
 * which it is not; 0: there is none on that side. One unit above low it is
 * safe, and one unit below high. Without a mark there is none.
 *
 * price is the one of both that is nearer to the mark, by ratio: of an
 * account that is safe the one that is met first, of another the one behind
 * which it is safe again. Where an account is safe in two ranges (solve.h),
 * they are ends of one.
 */
struct rk_ask_prices {
	rk_px price; /* 0: there is none on either side */
	rk_px low;
	rk_px high;
};
/* Not safe is liquidatable: health_M below 0. */
struct rk_ask_prices rk_ask_liquidation_prices(const struct rk_ask *ask,
					       uint32_t slot);
/* Not safe is bankrupt: equity below 0. */
struct rk_ask_prices rk_ask_bankruptcy_prices(const struct rk_ask *ask,
					      uint32_t slot);

/* The most that may be taken out of an asset, borrowing included. */
rk_amt rk_ask_withdrawable(const struct rk_ask *ask, uint32_t asset);
/* Of that, what would be borrowed. */
rk_amt rk_ask_borrowable(const struct rk_ask *ask, uint32_t asset);

/*
 * The largest order that could be placed at a worst price, beside those that
 * rest (lots aside), when a fee (of its value, 0 to below 1) is paid at once;
 * RK_ASK_FEE_COUNTED: the fee that counts when it is placed (O8). 0 when a
 * price it needs is not OK, or the market takes none. Where only orders that
 * reduce are taken, the largest reduce-only one.
 */
#define RK_ASK_FEE_COUNTED ((rk_rate){-1})
rk_qty rk_ask_order_size(const struct rk_ask *ask, uint32_t market,
			 enum rk_side side, rk_px price, rk_rate fee);

#endif
