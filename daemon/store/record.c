/*
 * Journal records. See record.h.
 *
 * One description of each command serves both directions: a stream that
 * writes what it is given, or fills it in. So the two cannot drift apart.
 */
#include "store/record.h"

#include <errno.h>
#include <string.h>

#include "engine/assert.h"

#define MORE 0x80U

struct stream {
	unsigned char *out;      /* writing */
	const unsigned char *in; /* reading */
	size_t at;
	size_t size;
	bool failed;
	bool more; /* fields that were added to this command follow too */
};

/* Pass width bytes of *word, little endian. */
static void pass(struct stream *s, uint64_t *word, size_t width)
{
	if (s->failed || s->size - s->at < width) {
		s->failed = true;
		return;
	}
	if (s->out) {
		for (size_t i = 0; i < width; i++)
			s->out[s->at + i] = (unsigned char)(*word >> (8 * i));
	} else {
		*word = 0;
		for (size_t i = 0; i < width; i++)
			*word |= (uint64_t)s->in[s->at + i] << (8 * i);
	}
	s->at += width;
}

static void pass_u64(struct stream *s, uint64_t *x)
{
	pass(s, x, 8);
}

static void pass_i64(struct stream *s, int64_t *x)
{
	uint64_t word = (uint64_t)*x;

	pass(s, &word, 8);
	*x = (int64_t)word;
}

static void pass_u32(struct stream *s, uint32_t *x)
{
	uint64_t word = *x;

	pass(s, &word, 4);
	*x = (uint32_t)word;
}

static void pass_u8(struct stream *s, uint8_t *x)
{
	uint64_t word = *x;

	pass(s, &word, 1);
	*x = (uint8_t)word;
}

static void pass_bool(struct stream *s, bool *x)
{
	uint8_t byte = *x;

	pass_u8(s, &byte);
	*x = byte != 0;
}

static void pass_name(struct stream *s, char name[RK_NAME_SIZE])
{
	uint8_t n = 0;

	/* A name that lacks its zero is passed on too: the engine refuses it.
	 */
	while (s->out && n < RK_NAME_SIZE && name[n] != '\0')
		n++;
	pass_u8(s, &n);
	if (n > RK_NAME_SIZE)
		s->failed = true;
	if (s->failed)
		return;
	if (s->in)
		memset(name, 0, RK_NAME_SIZE);
	for (uint8_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)name[i];

		pass_u8(s, &c);
		name[i] = (char)c;
	}
}

static void pass_origin(struct stream *s, struct rk_origin *origin)
{
	pass_name(s, origin->client);
	if (s->failed || origin->client[0] == '\0')
		return;
	pass_u64(s, &origin->client_seq);
	pass_u64(s, &origin->payload.lo);
	pass_u64(s, &origin->payload.hi);
}

static void pass_limits(struct stream *s, struct rk_cmd_limits *l)
{
	pass_u32(s, &l->accounts_max);
	pass_u32(s, &l->owners_max);
	pass_u32(s, &l->assets_max);
	pass_u32(s, &l->markets_max);
	pass_u32(s, &l->publishers_max);
	pass_u32(s, &l->venues_max);
	pass_u32(s, &l->clients_max);
	pass_u32(s, &l->positions_max);
	pass_u32(s, &l->positions_per_account_max);
	pass_u32(s, &l->balances_max);
	pass_u32(s, &l->orders_max);
	pass_u32(s, &l->withdrawals_max);
}

static void pass_risk(struct stream *s, struct rk_cmd_risk *r)
{
	pass_i64(s, &r->warn_enter.raw);
	pass_i64(s, &r->warn_leave.raw);
	pass_i64(s, &r->call_enter.raw);
	pass_i64(s, &r->call_leave.raw);
	pass_i64(s, &r->target.raw);
	pass_i64(s, &r->order_band.raw);
	pass_i64(s, &r->stale_band.raw);
	pass_i64(s, &r->order_expiry_ns);
	pass_i64(s, &r->close_timeout_ns);
	pass_i64(s, &r->order_cooldown_ns);
}

static void pass_asset(struct stream *s, struct rk_cmd_asset *a)
{
	pass_name(s, a->name);
	pass_u8(s, &a->decimals);
	pass_u8(s, &a->price_decimals);
	pass_i64(s, &a->fixed_price.raw);
	pass_i64(s, &a->price_max.raw);
	pass_i64(s, &a->price_age_max_ns);
}

static void pass_market(struct stream *s, struct rk_cmd_market *m)
{
	pass_name(s, m->name);
	pass_name(s, m->settle);
	pass_u8(s, &m->price_decimals);
	pass_u8(s, &m->size_decimals);
	pass_i64(s, &m->lot.raw);
	pass_i64(s, &m->price_max.raw);
	pass_i64(s, &m->position_max.raw);
	pass_i64(s, &m->price_age_max_ns);
	pass_i64(s, &m->close_cost.raw);
	pass_u32(s, &m->brackets_n);
	/* A wrong number is refused by the engine; here it must only fit. */
	for (uint32_t i = 0; i < m->brackets_n && i < RK_BRACKETS_MAX; i++) {
		pass_i64(s, &m->brackets[i].floor.raw);
		pass_i64(s, &m->brackets[i].maintenance.raw);
		pass_i64(s, &m->brackets[i].initial.raw);
	}
}

/* What the record of a listing has more when it says that there is more. */
static void pass_fees(struct stream *s, struct rk_cmd_market *m)
{
	if (!s->more)
		return;
	pass_i64(s, &m->taker_fee.raw);
	pass_i64(s, &m->maker_fee.raw);
}

static void pass_contract(struct stream *s, struct rk_cmd_market *m)
{
	uint32_t contract = m->contract;

	pass_u32(s, &contract);
	m->contract = (enum rk_contract)contract;
	pass_i64(s, &m->multiplier);
	pass_u8(s, &m->multiplier_decimals);
	pass_i64(s, &m->price_min.raw);
}

static void pass_listed(struct stream *s, struct rk_cmd *cmd)
{
	pass_market(s, &cmd->market);
	if (cmd->type == RK_CMD_CONTRACT)
		pass_contract(s, &cmd->market);
	pass_fees(s, &cmd->market);
}

static void pass_collateral(struct stream *s, struct rk_cmd_collateral *c)
{
	pass_name(s, c->asset);
	for (int k = 0; k < RK_LEVELS; k++) {
		pass_i64(s, &c->terms.weight[k].raw);
		pass_i64(s, &c->terms.liability[k].raw);
		pass_i64(s, &c->terms.profit[k].raw);
	}
}

static void pass_funding(struct stream *s, struct rk_cmd_funding *f)
{
	pass_name(s, f->market);
	pass_i64(s, &f->terms.interval_ns);
	pass_i64(s, &f->terms.interest.raw);
	pass_i64(s, &f->terms.clamp.raw);
	pass_i64(s, &f->terms.cap.raw);
	pass_i64(s, &f->terms.period_ns);
}

static void pass_conversion(struct stream *s, struct rk_cmd_conversion *c)
{
	pass_name(s, c->asset);
	pass_bool(s, &c->terms.enabled);
	pass_i64(s, &c->terms.auto_borrow.raw);
	pass_i64(s, &c->terms.repay_to.raw);
	pass_i64(s, &c->terms.cost.raw);
	pass_i64(s, &c->terms.band.raw);
}

static void pass_rates(struct stream *s, char *asset, rk_rate *first,
		       rk_rate *second)
{
	pass_name(s, asset);
	pass_i64(s, &first->raw);
	pass_i64(s, &second->raw);
}

static void pass_takeover(struct stream *s, struct rk_cmd_takeover *t)
{
	pass_name(s, t->market);
	pass_bool(s, &t->terms.enabled);
	pass_i64(s, &t->terms.at.raw);
	pass_i64(s, &t->terms.concession_max.raw);
	pass_i64(s, &t->terms.vault_max.raw);
	pass_u8(s, &t->terms.stages);
}

static void pass_lending(struct stream *s, struct rk_cmd_lending *l)
{
	pass_name(s, l->asset);
	pass_bool(s, &l->terms.lendable);
	pass_i64(s, &l->terms.base.raw);
	pass_i64(s, &l->terms.slope_low.raw);
	pass_i64(s, &l->terms.slope_high.raw);
	pass_i64(s, &l->terms.kink.raw);
	pass_i64(s, &l->terms.reserve.raw);
	pass_i64(s, &l->terms.borrow_cap.raw);
	pass_i64(s, &l->terms.supply_cap.raw);
	pass_i64(s, &l->terms.interval_ns);
}

static void pass_margin(struct stream *s, struct rk_cmd_margin *m)
{
	uint32_t growth = m->terms.growth;

	pass_name(s, m->market);
	pass_i64(s, &m->terms.scale_lower.raw);
	pass_i64(s, &m->terms.scale_upper.raw);
	pass_i64(s, &m->terms.open_max.raw);
	pass_u32(s, &growth);
	m->terms.growth = (enum rk_growth)growth;
	pass_i64(s, &m->terms.base_share.raw);
	pass_i64(s, &m->terms.factor_maintenance);
	pass_i64(s, &m->terms.factor_initial);
}

static void pass_leverage(struct stream *s, struct rk_cmd_leverage *l)
{
	pass_u64(s, &l->account);
	pass_u32(s, &l->market);
	pass_i64(s, &l->leverage.raw);
}

static void pass_slow_price(struct stream *s, struct rk_cmd_slow_price *p)
{
	pass_u32(s, &p->slot);
	pass_i64(s, &p->terms.interval_ns);
	pass_i64(s, &p->terms.delay_limit.raw);
	pass_i64(s, &p->terms.limit.raw);
	pass_i64(s, &p->terms.min_ns);
	pass_i64(s, &p->terms.max_ns);
	pass_name(s, p->underlying);
	pass_i64(s, &p->start.raw);
}

static void pass_scale(struct stream *s, struct rk_cmd_collateral_scale *c)
{
	pass_name(s, c->asset);
	pass_i64(s, &c->scale.held.raw);
	pass_i64(s, &c->scale.owed.raw);
	pass_i64(s, &c->scale.size_factor);
	pass_i64(s, &c->scale.deposit_cap.raw);
}

static void pass_emode(struct stream *s, struct rk_cmd_emode *e)
{
	pass_name(s, e->group);
	pass_name(s, e->asset);
	pass_bool(s, &e->entry.collateral);
	pass_bool(s, &e->entry.debt);
	for (int k = 0; k < RK_LEVELS; k++)
		pass_i64(s, &e->entry.weight[k].raw);
}

static void pass_ramp(struct stream *s, struct rk_cmd_ramp *r)
{
	pass_name(s, r->asset);
	pass_name(s, r->market);
	pass_i64(s, &r->ramp.duration_ns);
	pass_i64(s, &r->ramp.step_ns);
}

static void pass_premium(struct stream *s, struct rk_cmd_premium *p)
{
	pass_u32(s, &p->market);
	pass_i64(s, &p->index.raw);
	pass_i64(s, &p->impact_bid.raw);
	pass_i64(s, &p->impact_ask.raw);
}

static void pass_fund(struct stream *s, struct rk_cmd_fund *f)
{
	pass_u32(s, &f->market);
	pass_i64(s, &f->rate.raw);
	pass_i64(s, &f->price.raw);
}

static void pass_settle(struct stream *s, struct rk_cmd_settle *want)
{
	pass_u32(s, &want->market);
	pass_i64(s, &want->price.raw);
}

static void pass_expiry(struct stream *s, struct rk_cmd_expiry *want)
{
	pass_u32(s, &want->market);
	pass_i64(s, &want->time_ns);
}

static void pass_market_state(struct stream *s,
			      struct rk_cmd_market_state *want)
{
	uint32_t state = want->state;

	pass_u32(s, &want->market);
	pass_u32(s, &state);
	want->state = (enum rk_market_state)state;
}

static void pass_account(struct stream *s, struct rk_cmd_account *a)
{
	uint32_t mode = a->mode;
	uint32_t enforcement = a->enforcement;

	pass_u64(s, &a->account);
	pass_u64(s, &a->owner);
	pass_u32(s, &mode);
	pass_u32(s, &enforcement);
	a->mode = (enum rk_mode)mode;
	a->enforcement = (enum rk_enforcement)enforcement;
}

static void pass_order_id(struct stream *s, struct rk_order_id *id)
{
	pass_u64(s, &id->seq);
	pass_u32(s, &id->n);
}

static void pass_side(struct stream *s, struct rk_trade_side *side)
{
	pass_u64(s, &side->account);
	pass_i64(s, &side->fee.raw);
	pass_order_id(s, &side->order);
	if (s->more)
		pass_u64(s, &side->resting);
}

static void pass_trade(struct stream *s, struct rk_cmd_trade *t)
{
	pass_u64(s, &t->trade);
	pass_u32(s, &t->market);
	pass_u32(s, &t->venue);
	pass_i64(s, &t->price.raw);
	pass_i64(s, &t->size.raw);
	pass_side(s, &t->buyer);
	pass_side(s, &t->seller);
}

static void pass_quote(struct stream *s, struct rk_quote *q)
{
	pass_u32(s, &q->slot);
	pass_u32(s, &q->publisher);
	pass_i64(s, &q->price.raw);
	pass_i64(s, &q->time_ns);
	pass_u64(s, &q->seq);
}

static void pass_prices(struct stream *s, struct rk_cmd_prices *prices,
			const struct rk_record_room *room)
{
	pass_u32(s, &prices->n);
	if (room) { /* reading */
		if (s->failed || prices->n > room->quotes_max) {
			s->failed = true;
			return;
		}
		prices->quotes = room->quotes;
		for (uint32_t i = 0; i < prices->n; i++)
			pass_quote(s, &room->quotes[i]);
		return;
	}
	for (uint32_t i = 0; i < prices->n; i++) {
		struct rk_quote copy = prices->quotes[i];

		pass_quote(s, &copy);
	}
}

static void pass_transfer(struct stream *s, struct rk_cmd_transfer *t)
{
	pass_u64(s, &t->from);
	pass_u64(s, &t->to);
	pass_u32(s, &t->asset);
	pass_i64(s, &t->amount.raw);
}

static void pass_mode(struct stream *s, struct rk_cmd_mode *mode)
{
	uint32_t value = mode->mode;

	pass_u64(s, &mode->account);
	pass_u32(s, &value);
	mode->mode = (enum rk_mode)value;
}

static void pass_move(struct stream *s, struct rk_cmd_move *move)
{
	pass_u64(s, &move->from);
	pass_u64(s, &move->to);
	pass_u32(s, &move->market);
	pass_i64(s, &move->amount.raw);
}

static void pass_place(struct stream *s, struct rk_cmd_place *place)
{
	uint32_t side = place->side;

	pass_u64(s, &place->account);
	pass_u64(s, &place->order);
	pass_u32(s, &place->market);
	pass_u32(s, &side);
	place->side = (enum rk_side)side;
	pass_bool(s, &place->reduce_only);
	pass_i64(s, &place->size.raw);
	pass_i64(s, &place->price.raw);
}

static void pass_convert(struct stream *s, struct rk_cmd_convert *convert)
{
	pass_u64(s, &convert->account);
	pass_u32(s, &convert->venue);
	pass_u32(s, &convert->sell);
	pass_i64(s, &convert->sold.raw);
	pass_u32(s, &convert->buy);
	pass_i64(s, &convert->bought.raw);
	pass_i64(s, &convert->fee.raw);
	pass_order_id(s, &convert->order);
}

static void pass_cancel_order(struct stream *s,
			      struct rk_cmd_cancel_order *cancel)
{
	pass_u64(s, &cancel->account);
	pass_u64(s, &cancel->order);
	pass_i64(s, &cancel->left.raw);
}

static void pass_skipped(struct stream *s, struct rk_cmd_skipped *skipped)
{
	uint32_t type = skipped->type;

	pass_u32(s, &type);
	skipped->type = (enum rk_cmd_type)type;
}

static void pass_house(struct stream *s, struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_INSURANCE)
		pass_rates(s, cmd->insurance.asset,
			   &cmd->insurance.terms.draw_cap,
			   &cmd->insurance.terms.liquidation_fee);
	else if (cmd->type == RK_CMD_VAULT)
		pass_rates(s, cmd->vault.asset, &cmd->vault.terms.event_budget,
			   &cmd->vault.terms.hour_budget);
	else
		pass_takeover(s, &cmd->takeover);
}

/* What says what is traded, and under which rules. False: none of these. */
static bool pass_listing(struct stream *s, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_LIMITS:
		pass_limits(s, &cmd->limits);
		return true;
	case RK_CMD_RISK:
		pass_risk(s, &cmd->risk);
		return true;
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
		pass_name(s, cmd->name.name);
		return true;
	case RK_CMD_ASSET:
	case RK_CMD_ASSET_CHANGE:
		pass_asset(s, &cmd->asset);
		return true;
	case RK_CMD_MARKET:
	case RK_CMD_MARKET_CHANGE:
	case RK_CMD_CONTRACT:
		pass_listed(s, cmd);
		return true;
	case RK_CMD_COLLATERAL:
		pass_collateral(s, &cmd->collateral);
		return true;
	case RK_CMD_FUNDING:
		pass_funding(s, &cmd->funding);
		return true;
	case RK_CMD_LENDING:
		pass_lending(s, &cmd->lending);
		return true;
	case RK_CMD_MARGIN:
		pass_margin(s, &cmd->margin);
		return true;
	case RK_CMD_SLOW_PRICE:
		pass_slow_price(s, &cmd->slow_price);
		return true;
	case RK_CMD_CONVERSION:
		pass_conversion(s, &cmd->conversion);
		return true;
	case RK_CMD_INSURANCE:
	case RK_CMD_VAULT:
	case RK_CMD_TAKEOVER:
		pass_house(s, cmd);
		return true;
	case RK_CMD_COLLATERAL_SCALE:
		pass_scale(s, &cmd->collateral_scale);
		return true;
	case RK_CMD_EMODE:
		pass_emode(s, &cmd->emode);
		return true;
	case RK_CMD_RAMP:
		pass_ramp(s, &cmd->ramp);
		return true;
	case RK_CMD_MARKET_STATE:
		pass_market_state(s, &cmd->market_state);
		return true;
	case RK_CMD_EXPIRY:
		pass_expiry(s, &cmd->expiry);
		return true;
	case RK_CMD_SETTLE:
		pass_settle(s, &cmd->settle);
		return true;
	default:
		return false;
	}
}

/* What becomes of orders, and their fills. False: none of these. */
static bool pass_order(struct stream *s, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_PLACE_ORDER:
		pass_place(s, &cmd->place);
		return true;
	case RK_CMD_CANCEL_ORDER:
		pass_cancel_order(s, &cmd->cancel_order);
		return true;
	case RK_CMD_TRADE:
		pass_trade(s, &cmd->trade);
		return true;
	case RK_CMD_CONVERT:
		pass_convert(s, &cmd->convert);
		return true;
	case RK_CMD_ORDER_CLOSED:
		pass_order_id(s, &cmd->order_closed.order);
		pass_i64(s, &cmd->order_closed.filled.raw);
		return true;
	default:
		return false;
	}
}

static void pass_lag(struct stream *s, struct rk_lag *lag)
{
	pass_bool(s, &lag->lagging);
	pass_i64(s, &lag->window_ns);
	pass_i64(s, &lag->judging_ns);
	pass_i64(s, &lag->age_ns);
	pass_u64(s, &lag->batches);
	pass_u64(s, &lag->quotes);
	pass_u64(s, &lag->quotes_merged);
	pass_u64(s, &lag->judged);
}

static void pass_amount(struct stream *s, struct rk_cmd_amount *amount)
{
	pass_u64(s, &amount->account);
	pass_u32(s, &amount->asset);
	pass_i64(s, &amount->amount.raw);
}

static void pass_withdraw(struct stream *s, struct rk_cmd_withdraw *withdraw)
{
	pass_u64(s, &withdraw->withdrawal);
	pass_u64(s, &withdraw->account);
	pass_u32(s, &withdraw->asset);
	pass_i64(s, &withdraw->amount.raw);
}

/* All but PRICES and ATOMIC, which need room. */
static void pass_fields(struct stream *s, struct rk_cmd *cmd)
{
	if (pass_listing(s, cmd) || pass_order(s, cmd))
		return;
	switch ((int)cmd->type) {
	case RK_CMD_CLOCK:
	case RK_CMD_RESUME:
		pass_i64(s, &cmd->clock.time_ns);
		return;
	case RK_CMD_ACCOUNT:
		pass_account(s, &cmd->account);
		return;
	case RK_CMD_DEPOSIT:
	case RK_CMD_ADJUST:
	case RK_CMD_WRITE_OFF:
		pass_amount(s, &cmd->amount);
		return;
	case RK_CMD_RESERVE:
	case RK_CMD_CONFIRM:
	case RK_CMD_CANCEL:
		pass_withdraw(s, &cmd->withdraw);
		return;
	case RK_CMD_TRANSFER:
		pass_transfer(s, &cmd->transfer);
		return;
	case RK_CMD_LEVERAGE:
		pass_leverage(s, &cmd->leverage);
		return;
	case RK_CMD_MODE:
		pass_mode(s, &cmd->mode);
		return;
	case RK_CMD_MOVE:
		pass_move(s, &cmd->move);
		return;
	case RK_CMD_RECHECK:
		pass_u64(s, &cmd->recheck.account);
		pass_u64(s, &cmd->recheck.found_seq);
		return;
	case RK_CMD_PREMIUM:
		pass_premium(s, &cmd->premium);
		return;
	case RK_CMD_FUND:
		pass_fund(s, &cmd->fund);
		return;
	case RK_CMD_HALT:
		pass_u32(s, &cmd->halt.market);
		pass_bool(s, &cmd->halt.halted);
		return;
	case RK_CMD_ACCRUE:
		pass_u32(s, &cmd->accrue.asset);
		return;
	case RK_CMD_TOP_UP:
	case RK_CMD_VAULT_TOP_UP:
		pass_u32(s, &cmd->top_up.asset);
		pass_i64(s, &cmd->top_up.amount.raw);
		return;
	case RK_CMD_SYNC_STALL:
		pass_i64(s, &cmd->sync_stall.age_ns);
		return;
	case RK_CMD_LAG:
		pass_lag(s, &cmd->lag);
		return;
	case RK_CMD_SKIPPED:
		pass_skipped(s, &cmd->skipped);
		return;
	default:
		s->failed = true;
	}
}

static bool is_market(enum rk_cmd_type type)
{
	return type == RK_CMD_MARKET || type == RK_CMD_CONTRACT ||
	       type == RK_CMD_MARKET_CHANGE;
}

/* Has the command more than older programs knew of it? */
static bool has_more(const struct rk_cmd *cmd)
{
	if (is_market(cmd->type))
		return cmd->market.taker_fee.raw != 0 ||
		       cmd->market.maker_fee.raw != 0;
	return cmd->type == RK_CMD_TRADE && (cmd->trade.buyer.resting != 0 ||
					     cmd->trade.seller.resting != 0);
}

/* The highest bit of the type says that there is more. */
static void pass_type(struct stream *s, struct rk_cmd *cmd)
{
	uint8_t type = s->out ? (uint8_t)cmd->type : RK_CMD_NONE;

	if (s->out && has_more(cmd))
		type |= MORE;
	pass_u8(s, &type);
	s->more = (type & MORE) != 0;
	if (s->in) {
		memset(cmd, 0, sizeof(*cmd));
		cmd->type = (enum rk_cmd_type)(type & ~MORE);
		if (s->more && cmd->type != RK_CMD_TRADE &&
		    !is_market(cmd->type))
			s->failed = true;
	}
	pass_origin(s, &cmd->origin);
}

static void pass_atomic(struct stream *s, struct rk_cmd_atomic *atomic,
			const struct rk_record_room *room)
{
	pass_u32(s, &atomic->n);
	if (s->failed || atomic->n > RK_ATOMIC_MAX) {
		s->failed = true;
		return;
	}
	if (room) /* reading */
		atomic->cmds = room->cmds;
	for (uint32_t i = 0; i < atomic->n && !s->failed; i++) {
		struct rk_cmd child = {.type = RK_CMD_NONE};

		if (!room)
			child = atomic->cmds[i];
		pass_type(s, &child);
		pass_fields(s, &child);
		if (room)
			room->cmds[i] = child;
	}
}

static void pass_cmd(struct stream *s, struct rk_cmd *cmd,
		     const struct rk_record_room *room)
{
	RK_ASSERT((s->in != NULL) == (room != NULL));

	pass_type(s, cmd);
	if (s->failed)
		return;
	if (cmd->type == RK_CMD_PRICES)
		pass_prices(s, &cmd->prices, room);
	else if (cmd->type == RK_CMD_ATOMIC)
		pass_atomic(s, &cmd->atomic, room);
	else
		pass_fields(s, cmd);
}

int rk_record_encode(const struct rk_cmd *cmd, void *bytes, size_t size,
		     size_t *ret_length)
{
	struct stream s = {.out = bytes, .size = size};
	struct rk_cmd copy = *cmd;

	pass_cmd(&s, &copy, NULL);
	if (s.failed)
		return -ENOBUFS;
	*ret_length = s.at;
	return 0;
}

int rk_record_decode(const void *bytes, size_t size,
		     const struct rk_record_room *room, struct rk_cmd *ret_cmd,
		     size_t *ret_length)
{
	struct stream s = {.in = bytes, .size = size};

	pass_cmd(&s, ret_cmd, room);
	if (s.failed)
		return -EBADMSG;
	*ret_length = s.at;
	return 0;
}
