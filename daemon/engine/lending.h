/*
 * Lending of assets: terms, what the pool of an asset can give, its rates.
 * Rules I1, I2 and I4 of docs/engine.md.
 */
#ifndef RK_ENGINE_LENDING_H
#define RK_ENGINE_LENDING_H

#include "engine/state.h"

/* LENDING: 0 or RK_REJ_* (rule I1). */
int rk_lending_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		   struct rk_evbuf *events);

/* What is owed of an asset, with interest that is not settled, rounded up. */
rk_i128 rk_lending_borrowed(const struct rk_asset *asset);

/* What accounts hold of it less what they owe, interest included. */
rk_i128 rk_lending_cash(const struct rk_asset *asset);

/* Of what is held, the part that is lent, 1e-18, rounded up; at most 1. */
rk_i128 rk_lending_utilisation(rk_i128 borrowed, rk_i128 cash);

/* Rates per year in 1e-18: what borrowers pay, and what it brings suppliers. */
rk_i128 rk_lending_borrow_rate(const struct rk_lending *terms,
			       rk_i128 utilisation);
rk_i128 rk_lending_supply_rate(const struct rk_lending *terms,
			       rk_i128 utilisation);

/* What an asset's pool lets out, as it is before a command. */
struct rk_lending_room {
	bool lendable;
	rk_i128 cash;
	rk_i128 borrow; /* below the cap */
	rk_i128 supply; /* below the cap */
};
struct rk_lending_room rk_lending_room(const struct rk_asset *asset);

/*
 * May `amount` leave a balance? Out of the pool, or (inside) to another
 * account. 0, RK_REJ_BALANCE, RK_REJ_POOL_CASH or RK_REJ_BORROW_CAP.
 */
int rk_lending_check_out(const struct rk_lending_room *room, rk_amt balance,
			 rk_amt amount, bool inside);

/* May accounts hold so much more together? 0 or RK_REJ_SUPPLY_CAP. */
int rk_lending_check_in(const struct rk_lending_room *room, rk_i128 supplied);

/* The most that passes rk_lending_check_out() with inside false. */
rk_amt rk_lending_most_out(const struct rk_lending_room *room, rk_amt balance);

#endif
