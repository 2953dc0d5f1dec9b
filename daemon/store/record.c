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
#include "store/record_stream.h"

#define MORE 0x80U

static void pass_origin(struct rk_record_stream *s, struct rk_origin *origin)
{
	pass_name(s, origin->client);
	if (s->failed || origin->client[0] == '\0')
		return;
	pass_u64(s, &origin->client_seq);
	pass_u64(s, &origin->payload.lo);
	pass_u64(s, &origin->payload.hi);
}

static void pass_liquidation(struct rk_record_stream *s,
			     struct rk_cmd_liquidation *l)
{
	pass_name(s, l->market);
	pass_i64(s, &l->terms.stage.raw);
	pass_i64(s, &l->terms.stage_min.raw);
	pass_i64(s, &l->terms.cooldown_ns);
	pass_i64(s, &l->terms.volatility.raw);
	pass_i64(s, &l->terms.dust.raw);
	pass_i64(s, &l->terms.velocity.raw);
	pass_i64(s, &l->terms.claim_max_ns);
}

static void pass_leverage(struct rk_record_stream *s, struct rk_cmd_leverage *l)
{
	pass_u64(s, &l->account);
	pass_u32(s, &l->market);
	pass_i64(s, &l->leverage.raw);
}

static void pass_premium(struct rk_record_stream *s, struct rk_cmd_premium *p)
{
	pass_u32(s, &p->market);
	pass_i64(s, &p->index.raw);
	pass_i64(s, &p->impact_bid.raw);
	pass_i64(s, &p->impact_ask.raw);
}

static void pass_fund(struct rk_record_stream *s, struct rk_cmd_fund *f)
{
	pass_u32(s, &f->market);
	pass_i64(s, &f->rate.raw);
	pass_i64(s, &f->price.raw);
}

static void pass_account(struct rk_record_stream *s, struct rk_cmd_account *a)
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

static void pass_order_id(struct rk_record_stream *s, struct rk_order_id *id)
{
	pass_u64(s, &id->seq);
	pass_u32(s, &id->n);
}

static void pass_side(struct rk_record_stream *s, struct rk_trade_side *side)
{
	pass_u64(s, &side->account);
	pass_i64(s, &side->fee.raw);
	pass_order_id(s, &side->order);
	if (s->more)
		pass_u64(s, &side->resting);
}

static void pass_trade(struct rk_record_stream *s, struct rk_cmd_trade *t)
{
	pass_u64(s, &t->trade);
	pass_u32(s, &t->market);
	pass_u32(s, &t->venue);
	pass_i64(s, &t->price.raw);
	pass_i64(s, &t->size.raw);
	pass_side(s, &t->buyer);
	pass_side(s, &t->seller);
}

static void pass_quote(struct rk_record_stream *s, struct rk_quote *q)
{
	pass_u32(s, &q->slot);
	pass_u32(s, &q->publisher);
	pass_i64(s, &q->price.raw);
	pass_i64(s, &q->time_ns);
	pass_u64(s, &q->seq);
}

static void pass_prices(struct rk_record_stream *s,
			struct rk_cmd_prices *prices,
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

static void pass_transfer(struct rk_record_stream *s, struct rk_cmd_transfer *t)
{
	pass_u64(s, &t->from);
	pass_u64(s, &t->to);
	pass_u32(s, &t->asset);
	pass_i64(s, &t->amount.raw);
}

static void pass_mode(struct rk_record_stream *s, struct rk_cmd_mode *mode)
{
	uint32_t value = mode->mode;

	pass_u64(s, &mode->account);
	pass_u32(s, &value);
	mode->mode = (enum rk_mode)value;
}

static void pass_move(struct rk_record_stream *s, struct rk_cmd_move *move)
{
	pass_u64(s, &move->from);
	pass_u64(s, &move->to);
	pass_u32(s, &move->market);
	pass_i64(s, &move->amount.raw);
}

static void pass_place(struct rk_record_stream *s, struct rk_cmd_place *place)
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

static void pass_convert(struct rk_record_stream *s,
			 struct rk_cmd_convert *convert)
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

static void pass_cancel_order(struct rk_record_stream *s,
			      struct rk_cmd_cancel_order *cancel)
{
	pass_u64(s, &cancel->account);
	pass_u64(s, &cancel->order);
	pass_i64(s, &cancel->left.raw);
}

static void pass_skipped(struct rk_record_stream *s,
			 struct rk_cmd_skipped *skipped)
{
	uint32_t type = skipped->type;

	pass_u32(s, &type);
	skipped->type = (enum rk_cmd_type)type;
}

/* How orders come, what becomes of them, and fills. False: none of these. */
static bool pass_order(struct rk_record_stream *s, struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_LIQUIDATION:
		pass_liquidation(s, &cmd->liquidation);
		return true;
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
	case RK_CMD_CLAIM:
		pass_order_id(s, &cmd->claim.order);
		pass_u32(s, &cmd->claim.venue);
		pass_i64(s, &cmd->claim.duration_ns);
		return true;
	default:
		return false;
	}
}

static void pass_lag(struct rk_record_stream *s, struct rk_lag *lag)
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

static void pass_amount(struct rk_record_stream *s,
			struct rk_cmd_amount *amount)
{
	pass_u64(s, &amount->account);
	pass_u32(s, &amount->asset);
	pass_i64(s, &amount->amount.raw);
}

static void pass_withdraw(struct rk_record_stream *s,
			  struct rk_cmd_withdraw *withdraw)
{
	pass_u64(s, &withdraw->withdrawal);
	pass_u64(s, &withdraw->account);
	pass_u32(s, &withdraw->asset);
	pass_i64(s, &withdraw->amount.raw);
}

/* All but PRICES and ATOMIC, which need room. */
static void pass_fields(struct rk_record_stream *s, struct rk_cmd *cmd)
{
	if (rk_record_pass_listing(s, cmd) || pass_order(s, cmd))
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
static void pass_type(struct rk_record_stream *s, struct rk_cmd *cmd)
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

static void pass_atomic(struct rk_record_stream *s,
			struct rk_cmd_atomic *atomic,
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

static void pass_cmd(struct rk_record_stream *s, struct rk_cmd *cmd,
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
	struct rk_record_stream s = {.out = bytes, .size = size};
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
	struct rk_record_stream s = {.in = bytes, .size = size};

	pass_cmd(&s, ret_cmd, room);
	if (s.failed)
		return -EBADMSG;
	*ret_length = s.at;
	return 0;
}
