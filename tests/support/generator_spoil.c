/*
 * Making one field of a good command wrong or extreme. What comes out may
 * still be good: that is for the engine and the auditor to agree on.
 */
#include <string.h>

#include "engine/rc.h"
#include "support/generator_model.h"

static void spoil_name(struct rk_generator *g, char *name)
{
	switch (rk_generator_below(g, 4)) {
	case 0:
		name[0] = '\0';
		break;
	case 1:
		name[0] = '*';
		break;
	case 2:
		(void)memset(name, 'x', RK_NAME_SIZE); /* no ending zero */
		break;
	default:
		(void)memset(name, 'y', RK_NAME_SIZE - 1);
		name[RK_NAME_SIZE - 1] = '\0';
		break;
	}
}

static void spoil_limits(struct rk_generator *g, struct rk_cmd_limits *l)
{
	uint32_t *const fields[] = {
		&l->accounts_max,
		&l->owners_max,
		&l->assets_max,
		&l->markets_max,
		&l->publishers_max,
		&l->venues_max,
		&l->clients_max,
		&l->positions_max,
		&l->positions_per_account_max,
		&l->balances_max,
		&l->orders_max,
		&l->withdrawals_max,
	};
	uint32_t *field = fields[rk_generator_below(
		g, sizeof(fields) / sizeof(fields[0]))];

	switch (rk_generator_below(g, 3)) {
	case 0:
		*field = 0;
		break;
	case 1:
		*field -= 1 + (uint32_t)rk_generator_below(g, 3);
		break;
	default:
		*field += 1 + (uint32_t)rk_generator_below(g, 100000);
		break;
	}
}

static void spoil_risk(struct rk_generator *g, struct rk_cmd_risk *r)
{
	int64_t *const fields[] = {
		&r->warn_enter.raw,   &r->warn_leave.raw,
		&r->call_enter.raw,   &r->call_leave.raw,
		&r->target.raw,       &r->order_band.raw,
		&r->stale_band.raw,   &r->order_expiry_ns,
		&r->close_timeout_ns, &r->order_cooldown_ns,
	};

	/* Two draws in one expression would come in any order. */
	int64_t value = rk_prng_edge(&g->prng);

	*fields[rk_generator_below(g, sizeof(fields) / sizeof(fields[0]))] =
		value;
}

static void spoil_asset(struct rk_generator *g, struct rk_cmd_asset *a)
{
	switch (rk_generator_below(g, 6)) {
	case 0:
		spoil_name(g, a->name);
		break;
	case 1:
		a->decimals = (uint8_t)rk_generator_below(g, 12);
		break;
	case 2:
		a->price_decimals = (uint8_t)rk_generator_below(g, 15);
		break;
	case 3:
		a->fixed_price.raw = rk_prng_edge(&g->prng);
		break;
	case 4:
		a->price_max.raw = rk_prng_edge(&g->prng);
		break;
	default:
		a->price_age_max_ns = rk_prng_edge(&g->prng);
		break;
	}
}

static void spoil_bracket(struct rk_generator *g, struct rk_cmd_market *m)
{
	struct rk_bracket *k = &m->brackets[rk_generator_below(
		g, m->brackets_n < 1 ? 1 : m->brackets_n)];

	switch (rk_generator_below(g, 4)) {
	case 0:
		k->floor.raw = rk_prng_edge(&g->prng);
		break;
	case 1:
		k->maintenance.raw = rk_prng_edge(&g->prng);
		break;
	case 2:
		k->initial.raw =
			(int64_t)rk_generator_below(g, RK_RATE_ONE + 2);
		break;
	default:
		m->brackets_n = (uint32_t)rk_generator_below(g, 19);
		break;
	}
}

static void spoil_market(struct rk_generator *g, struct rk_cmd_market *m)
{
	int64_t *const fields[] = {
		&m->lot.raw,          &m->price_max.raw,  &m->position_max.raw,
		&m->price_age_max_ns, &m->close_cost.raw, &m->taker_fee.raw,
		&m->maker_fee.raw,
	};
	int64_t value;

	switch (rk_generator_below(g, 6)) {
	case 0:
		spoil_name(g, m->name);
		break;
	case 1:
		spoil_name(g, m->settle);
		break;
	case 2:
		m->price_decimals = (uint8_t)rk_generator_below(g, 15);
		break;
	case 3:
		m->size_decimals = (uint8_t)rk_generator_below(g, 15);
		break;
	case 4:
		spoil_bracket(g, m);
		break;
	default:
		value = rk_prng_edge(&g->prng);
		*fields[rk_generator_below(
			g, sizeof(fields) / sizeof(fields[0]))] = value;
		break;
	}
}

/* Half of the time what only a contract has. */
static void spoil_contract(struct rk_generator *g, struct rk_cmd_market *m)
{
	switch (rk_generator_below(g, 8)) {
	case 0:
		m->contract = (enum rk_contract)rk_generator_below(g, 4);
		break;
	case 1:
		m->multiplier = rk_prng_edge(&g->prng);
		break;
	case 2:
		m->multiplier =
			RK_MULTIPLIER_MAX + rk_prng_between(&g->prng, -1, 1);
		break;
	case 3:
		m->multiplier_decimals = (uint8_t)rk_generator_below(g, 15);
		break;
	case 4:
		m->price_min.raw =
			rk_generator_chance(g, 50)
				? m->price_max.raw +
					  rk_prng_between(&g->prng, -1, 1)
				: rk_prng_edge(&g->prng);
		break;
	default:
		spoil_market(g, m);
		break;
	}
}

static void spoil_collateral(struct rk_generator *g,
			     struct rk_cmd_collateral *c)
{
	rk_rate *const lists[] = {c->terms.weight, c->terms.liability,
				  c->terms.profit};
	rk_rate *rate = &lists[rk_generator_below(g, 3)]
			      [rk_generator_below(g, RK_LEVELS)];

	switch (rk_generator_below(g, 5)) {
	case 0:
		spoil_name(g, c->asset);
		break;
	case 1:
		rate->raw = rk_prng_edge(&g->prng);
		break;
	case 2:
		rate->raw = RK_RATE_ONE * (int64_t)rk_generator_below(g, 3) +
			    (int64_t)rk_generator_below(g, 3) - 1;
		break;
	default:
		rate->raw += rk_generator_chance(g, 50) ? 1 : -1;
		break;
	}
}

static void spoil_account(struct rk_generator *g, struct rk_cmd_account *a)
{
	switch (rk_generator_below(g, 4)) {
	case 0:
		a->account = 0;
		break;
	case 1:
		a->owner = 0;
		break;
	case 2:
		a->mode = (enum rk_mode)rk_generator_below(g, 4);
		break;
	default:
		a->enforcement = (enum rk_enforcement)rk_generator_below(g, 4);
		break;
	}
}

static uint64_t nobody(struct rk_generator *g)
{
	return 5000 + rk_generator_below(g, 10);
}

static void spoil_amount(struct rk_generator *g, struct rk_cmd_amount *a)
{
	switch (rk_generator_below(g, 3)) {
	case 0:
		a->account = nobody(g);
		break;
	case 1:
		a->asset =
			g->counts.assets + (uint32_t)rk_generator_below(g, 3);
		break;
	default:
		a->amount.raw = rk_prng_edge(&g->prng);
		break;
	}
}

static void spoil_withdraw(struct rk_generator *g, struct rk_cmd_withdraw *w)
{
	switch (rk_generator_below(g, 4)) {
	case 0:
		w->withdrawal = 0;
		break;
	case 1:
		w->account = nobody(g);
		break;
	case 2:
		w->asset = g->counts.assets;
		break;
	default:
		w->amount.raw = rk_prng_edge(&g->prng);
		break;
	}
}

static void spoil_move(struct rk_generator *g, struct rk_cmd_move *move)
{
	switch (rk_generator_below(g, 5)) {
	case 0:
		move->from = nobody(g);
		break;
	case 1:
		move->to = nobody(g);
		break;
	case 2:
		move->to = move->from;
		break;
	case 3:
		move->market = g->counts.markets;
		break;
	default:
		move->amount.raw = rk_prng_edge(&g->prng);
		break;
	}
}

static void spoil_transfer(struct rk_generator *g, struct rk_cmd_transfer *t)
{
	switch (rk_generator_below(g, 5)) {
	case 0:
		t->from = nobody(g);
		break;
	case 1:
		t->to = nobody(g);
		break;
	case 2:
		t->to = t->from;
		break;
	case 3:
		t->asset = g->counts.assets;
		break;
	default:
		t->amount.raw = rk_prng_edge(&g->prng);
		break;
	}
}

static void spoil_side(struct rk_generator *g, struct rk_trade_side *side)
{
	switch (rk_generator_below(g, 4)) {
	case 0:
		side->account = nobody(g);
		break;
	case 1:
		side->fee.raw = rk_prng_edge(&g->prng);
		break;
	case 2:
		side->order.seq = 1 + rk_generator_below(g, g->counts.seq + 1);
		side->order.n = (uint32_t)rk_generator_below(g, 3);
		break;
	default:
		if (g->orders_n > 0)
			side->order =
				g->orders[rk_generator_below(g, g->orders_n)];
		break;
	}
}

/* Also just beyond what is believed. */
static void spoil_price(struct rk_generator *g, struct rk_cmd_trade *t)
{
	struct rk_market_view view;

	if (rk_generator_chance(g, 50) ||
	    rk_view_market(g->engine, t->market, &view) != RK_OK)
		t->price.raw = rk_prng_edge(&g->prng);
	else if (rk_generator_chance(g, 50))
		t->price.raw = view.listing.price_max.raw + 1;
	else
		t->price.raw = view.listing.price_min.raw -
			       (int64_t)rk_generator_below(g, 2);
}

static void spoil_trade(struct rk_generator *g, struct rk_cmd_trade *t)
{
	switch (rk_generator_below(g, 9)) {
	case 0:
		t->trade = rk_generator_chance(g, 50) ? 0
						      : (uint64_t)INT64_MAX + 1;
		break;
	case 1:
		t->market = g->counts.markets;
		break;
	case 2:
		t->venue = g->counts.venues;
		t->seller = (struct rk_trade_side){0};
		break;
	case 3:
		spoil_price(g, t);
		break;
	case 4:
		t->size.raw = rk_prng_edge(&g->prng);
		break;
	case 5:
		t->seller.account = t->buyer.account;
		break;
	case 6:
		/* Far ahead: what follows is far below for a while. */
		t->trade += rk_generator_below(g, 5000);
		break;
	default:
		spoil_side(g,
			   rk_generator_chance(g, 50) ? &t->buyer : &t->seller);
		break;
	}
}

/* Money and positions. False: none of these. */
static bool spoil_booking(struct rk_generator *g, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_ACCOUNT:
		spoil_account(g, &cmd->account);
		return true;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
	case RK_CMD_WRITE_OFF:
		spoil_amount(g, &cmd->amount);
		return true;
	case RK_CMD_RESERVE:
	case RK_CMD_CONFIRM:
	case RK_CMD_CANCEL:
		spoil_withdraw(g, &cmd->withdraw);
		return true;
	case RK_CMD_LEVERAGE:
		rk_generator_spoil_margin(g, cmd);
		return true;
	case RK_CMD_MODE:
		cmd->mode.mode = (enum rk_mode)rk_generator_below(g, 4);
		return true;
	case RK_CMD_RECHECK:
		if (rk_generator_chance(g, 50))
			cmd->recheck.account = nobody(g);
		else
			cmd->recheck.found_seq = rk_view_seq(g->engine) + 1;
		return true;
	case RK_CMD_PLACE_ORDER:
		rk_generator_spoil_place(g, &cmd->place);
		return true;
	case RK_CMD_CANCEL_ORDER:
		if (rk_generator_chance(g, 50))
			cmd->cancel_order.account = nobody(g);
		else
			cmd->cancel_order.left.raw = -1;
		return true;
	case RK_CMD_MOVE:
		spoil_move(g, &cmd->move);
		return true;
	case RK_CMD_TRANSFER:
		spoil_transfer(g, &cmd->transfer);
		return true;
	case RK_CMD_TRADE:
		spoil_trade(g, &cmd->trade);
		return true;
	case RK_CMD_CONVERT:
		rk_generator_spoil_conversion(g, cmd);
		return true;
	case RK_CMD_TOP_UP:
		rk_generator_spoil_insurance(g, cmd);
		return true;
	case RK_CMD_CLAIM:
		rk_generator_spoil_liquidation(g, cmd);
		return true;
	case RK_CMD_VAULT_TOP_UP:
		rk_generator_spoil_takeover(g, cmd);
		return true;
	case RK_CMD_ORDER_CLOSED:
		cmd->order_closed.order.seq++;
		return true;
	default:
		return false;
	}
}

static void spoil_halt(struct rk_generator *g, struct rk_cmd_halt *halt)
{
	halt->market = rk_generator_market(g);
	if (rk_generator_chance(g, 50))
		halt->market += g->counts.markets;
	halt->halted = rk_generator_chance(g, 50);
}

static void spoil_skipped(struct rk_generator *g,
			  struct rk_cmd_skipped *skipped)
{
	skipped->type = (enum rk_cmd_type)rk_generator_below(g, 300);
}

static void spoil_lag(struct rk_generator *g, struct rk_lag *lag)
{
	lag->window_ns = rk_prng_edge(&g->prng);
	lag->judging_ns = rk_prng_edge(&g->prng);
	lag->age_ns = rk_prng_edge(&g->prng);
}

/* What is said of an asset or a market beside its listing. */
static void spoil_terms(struct rk_generator *g, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_MARGIN:
		rk_generator_spoil_margin(g, cmd);
		break;
	case RK_CMD_FUNDING:
	case RK_CMD_PREMIUM:
	case RK_CMD_FUND:
		rk_generator_spoil_funding(g, cmd);
		break;
	case RK_CMD_LENDING:
	case RK_CMD_ACCRUE:
		rk_generator_spoil_lending(g, cmd);
		break;
	case RK_CMD_EMODE:
		rk_generator_spoil_emode(g, cmd);
		break;
	case RK_CMD_CONVERSION:
		rk_generator_spoil_conversion(g, cmd);
		break;
	case RK_CMD_LIQUIDATION:
		rk_generator_spoil_liquidation(g, cmd);
		break;
	case RK_CMD_INSURANCE:
		rk_generator_spoil_insurance(g, cmd);
		break;
	case RK_CMD_VAULT:
	case RK_CMD_TAKEOVER:
		rk_generator_spoil_takeover(g, cmd);
		break;
	case RK_CMD_SLOW_PRICE:
	case RK_CMD_COLLATERAL_SCALE:
		rk_generator_spoil_slow(g, cmd);
		break;
	case RK_CMD_RAMP:
		rk_generator_spoil_ramp(g, cmd);
		break;
	case RK_CMD_MARKET_STATE:
	case RK_CMD_SETTLE:
	case RK_CMD_EXPIRY:
		rk_generator_spoil_settlement(g, cmd);
		break;
	default:
		break; /* these spoil themselves */
	}
}

void rk_generator_spoil(struct rk_generator *g, struct rk_cmd *cmd)
{
	if (spoil_booking(g, cmd))
		return;
	switch ((int)cmd->type) {
	case RK_CMD_LIMITS:
		spoil_limits(g, &cmd->limits);
		break;
	case RK_CMD_RISK:
		spoil_risk(g, &cmd->risk);
		break;
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
		spoil_name(g, cmd->name.name);
		break;
	case RK_CMD_ASSET:
	case RK_CMD_ASSET_CHANGE:
		spoil_asset(g, &cmd->asset);
		break;
	case RK_CMD_MARKET:
	case RK_CMD_MARKET_CHANGE:
		spoil_market(g, &cmd->market);
		break;
	case RK_CMD_CONTRACT:
		spoil_contract(g, &cmd->market);
		break;
	case RK_CMD_HALT:
		spoil_halt(g, &cmd->halt);
		break;
	case RK_CMD_SYNC_STALL:
		cmd->sync_stall.age_ns = rk_prng_edge(&g->prng);
		break;
	case RK_CMD_LAG:
		spoil_lag(g, &cmd->lag);
		break;
	case RK_CMD_SKIPPED:
		spoil_skipped(g, &cmd->skipped);
		break;
	case RK_CMD_COLLATERAL:
		spoil_collateral(g, &cmd->collateral);
		break;
	default:
		spoil_terms(g, cmd);
		break;
	}
}
