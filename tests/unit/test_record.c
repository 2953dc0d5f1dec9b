/*
 * Journal records: what was written is what is read, of every command, and
 * what is cut off or unknown is refused.
 *
 * The fields of each command are listed here once more, apart from record.c:
 * one that is forgotten there comes back as zero and is found.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "store/record.h"
#include "support/prng.h"

#define SEED       UINT64_C(19961109)
#define ROUNDS     300 /* of each type */
#define QUOTES_MAX 50U
#define ROOM       65536U
#define N(array)   (sizeof(array) / sizeof((array)[0]))

enum kind {
	NUMBER, /* of any size: all bits count */
	FLAG,
	NAME
};

struct field {
	size_t at;
	size_t size;
	enum kind kind;
};

#define SIZE(member) sizeof(((struct rk_cmd *)0)->member)
#define NUM(member)                                                            \
	{                                                                      \
		offsetof(struct rk_cmd, member), SIZE(member), NUMBER          \
	}
#define BOOL(member)                                                           \
	{                                                                      \
		offsetof(struct rk_cmd, member), SIZE(member), FLAG            \
	}
#define TEXT(member)                                                           \
	{                                                                      \
		offsetof(struct rk_cmd, member), SIZE(member), NAME            \
	}
#define END                                                                    \
	{                                                                      \
		0, 0, NUMBER                                                   \
	}

static const struct field clock_fields[] = {NUM(clock.time_ns), END};
static const struct field limits_fields[] = {
	NUM(limits.accounts_max),
	NUM(limits.owners_max),
	NUM(limits.assets_max),
	NUM(limits.markets_max),
	NUM(limits.publishers_max),
	NUM(limits.venues_max),
	NUM(limits.clients_max),
	NUM(limits.positions_max),
	NUM(limits.positions_per_account_max),
	NUM(limits.balances_max),
	NUM(limits.orders_max),
	NUM(limits.withdrawals_max),
	END};
static const struct field risk_fields[] = {NUM(risk.warn_enter),
					   NUM(risk.warn_leave),
					   NUM(risk.call_enter),
					   NUM(risk.call_leave),
					   NUM(risk.target),
					   NUM(risk.order_band),
					   NUM(risk.stale_band),
					   NUM(risk.order_expiry_ns),
					   NUM(risk.close_timeout_ns),
					   NUM(risk.order_cooldown_ns),
					   END};
static const struct field name_fields[] = {TEXT(name.name), END};
static const struct field asset_fields[] = {TEXT(asset.name),
					    NUM(asset.decimals),
					    NUM(asset.price_decimals),
					    NUM(asset.fixed_price),
					    NUM(asset.price_max),
					    NUM(asset.price_age_max_ns),
					    END};
static const struct field market_fields[] = {TEXT(market.name),
					     TEXT(market.settle),
					     NUM(market.price_decimals),
					     NUM(market.size_decimals),
					     NUM(market.lot),
					     NUM(market.price_max),
					     NUM(market.position_max),
					     NUM(market.price_age_max_ns),
					     NUM(market.close_cost),
					     NUM(market.taker_fee),
					     NUM(market.maker_fee),
					     END};
static const struct field halt_fields[] = {NUM(halt.market), BOOL(halt.halted),
					   END};
static const struct field account_fields[] = {
	NUM(account.account), NUM(account.owner), NUM(account.mode),
	NUM(account.enforcement), END};
static const struct field amount_fields[] = {
	NUM(amount.account), NUM(amount.asset), NUM(amount.amount), END};
static const struct field withdraw_fields[] = {
	NUM(withdraw.withdrawal), NUM(withdraw.account), NUM(withdraw.asset),
	NUM(withdraw.amount), END};
static const struct field transfer_fields[] = {
	NUM(transfer.from), NUM(transfer.to), NUM(transfer.asset),
	NUM(transfer.amount), END};
static const struct field mode_fields[] = {NUM(mode.account), NUM(mode.mode),
					   END};
static const struct field recheck_fields[] = {NUM(recheck.account),
					      NUM(recheck.found_seq), END};
static const struct field move_fields[] = {
	NUM(move.from), NUM(move.to), NUM(move.market), NUM(move.amount), END};
static const struct field place_fields[] = {
	NUM(place.account),      NUM(place.order),
	NUM(place.market),       NUM(place.side),
	BOOL(place.reduce_only), NUM(place.size),
	NUM(place.price),        END};
static const struct field cancel_order_fields[] = {NUM(cancel_order.account),
						   NUM(cancel_order.order),
						   NUM(cancel_order.left), END};
static const struct field trade_fields[] = {
	NUM(trade.trade),          NUM(trade.market),
	NUM(trade.venue),          NUM(trade.price),
	NUM(trade.size),           NUM(trade.buyer.account),
	NUM(trade.buyer.fee),      NUM(trade.buyer.order.seq),
	NUM(trade.buyer.order.n),  NUM(trade.seller.account),
	NUM(trade.seller.fee),     NUM(trade.seller.order.seq),
	NUM(trade.seller.order.n), NUM(trade.buyer.resting),
	NUM(trade.seller.resting), END};
static const struct field closed_fields[] = {NUM(order_closed.order.seq),
					     NUM(order_closed.order.n),
					     NUM(order_closed.filled), END};
static const struct field stall_fields[] = {NUM(sync_stall.age_ns), END};
static const struct field lag_fields[] = {
	BOOL(lag.lagging),      NUM(lag.window_ns), NUM(lag.judging_ns),
	NUM(lag.age_ns),        NUM(lag.batches),   NUM(lag.quotes),
	NUM(lag.quotes_merged), NUM(lag.judged),    END};
static const struct field skipped_fields[] = {NUM(skipped.type), END};
static const struct field collateral_fields[] = {
	TEXT(collateral.asset),
	NUM(collateral.terms.weight[0]),
	NUM(collateral.terms.weight[1]),
	NUM(collateral.terms.weight[2]),
	NUM(collateral.terms.liability[0]),
	NUM(collateral.terms.liability[1]),
	NUM(collateral.terms.liability[2]),
	NUM(collateral.terms.profit[0]),
	NUM(collateral.terms.profit[1]),
	NUM(collateral.terms.profit[2]),
	END};
static const struct field contract_fields[] = {TEXT(market.name),
					       TEXT(market.settle),
					       NUM(market.price_decimals),
					       NUM(market.size_decimals),
					       NUM(market.lot),
					       NUM(market.price_max),
					       NUM(market.position_max),
					       NUM(market.price_age_max_ns),
					       NUM(market.close_cost),
					       NUM(market.contract),
					       NUM(market.multiplier),
					       NUM(market.multiplier_decimals),
					       NUM(market.price_min),
					       NUM(market.taker_fee),
					       NUM(market.maker_fee),
					       END};
static const struct field funding_fields[] = {TEXT(funding.market),
					      NUM(funding.terms.interval_ns),
					      NUM(funding.terms.interest),
					      NUM(funding.terms.clamp),
					      NUM(funding.terms.cap),
					      NUM(funding.terms.period_ns),
					      END};
static const struct field premium_fields[] = {
	NUM(premium.market), NUM(premium.index), NUM(premium.impact_bid),
	NUM(premium.impact_ask), END};
static const struct field fund_fields[] = {NUM(fund.market), NUM(fund.rate),
					   NUM(fund.price), END};
static const struct field lending_fields[] = {TEXT(lending.asset),
					      BOOL(lending.terms.lendable),
					      NUM(lending.terms.base),
					      NUM(lending.terms.slope_low),
					      NUM(lending.terms.slope_high),
					      NUM(lending.terms.kink),
					      NUM(lending.terms.reserve),
					      NUM(lending.terms.borrow_cap),
					      NUM(lending.terms.supply_cap),
					      NUM(lending.terms.interval_ns),
					      END};
static const struct field accrue_fields[] = {NUM(accrue.asset), END};
static const struct field conversion_fields[] = {
	TEXT(conversion.asset),
	BOOL(conversion.terms.enabled),
	NUM(conversion.terms.auto_borrow),
	NUM(conversion.terms.repay_to),
	NUM(conversion.terms.cost),
	NUM(conversion.terms.band),
	END};
static const struct field insurance_fields[] = {
	TEXT(insurance.asset), NUM(insurance.terms.draw_cap),
	NUM(insurance.terms.liquidation_fee),
	NUM(insurance.terms.withdrawal_gate), END};
static const struct field liquidation_fields[] = {
	TEXT(liquidation.market),
	NUM(liquidation.terms.stage),
	NUM(liquidation.terms.stage_min),
	NUM(liquidation.terms.cooldown_ns),
	NUM(liquidation.terms.volatility),
	NUM(liquidation.terms.dust),
	NUM(liquidation.terms.velocity),
	NUM(liquidation.terms.claim_max_ns),
	END};
static const struct field claim_fields[] = {
	NUM(claim.order.seq), NUM(claim.order.n), NUM(claim.venue),
	NUM(claim.duration_ns), END};
static const struct field vault_fields[] = {TEXT(vault.asset),
					    NUM(vault.terms.event_budget),
					    NUM(vault.terms.hour_budget), END};
static const struct field takeover_fields[] = {
	TEXT(takeover.market),
	BOOL(takeover.terms.enabled),
	NUM(takeover.terms.at),
	NUM(takeover.terms.concession_max),
	NUM(takeover.terms.vault_max),
	NUM(takeover.terms.stages),
	END};
static const struct field top_up_fields[] = {NUM(top_up.asset),
					     NUM(top_up.amount), END};
static const struct field convert_fields[] = {
	NUM(convert.account), NUM(convert.venue),
	NUM(convert.sell),    NUM(convert.sold),
	NUM(convert.buy),     NUM(convert.bought),
	NUM(convert.fee),     NUM(convert.order.seq),
	NUM(convert.order.n), END};
static const struct field margin_fields[] = {
	TEXT(margin.market),
	NUM(margin.terms.scale_lower),
	NUM(margin.terms.scale_upper),
	NUM(margin.terms.open_max),
	NUM(margin.terms.growth),
	NUM(margin.terms.base_share),
	NUM(margin.terms.factor_maintenance),
	NUM(margin.terms.factor_initial),
	END};
static const struct field leverage_fields[] = {NUM(leverage.account),
					       NUM(leverage.market),
					       NUM(leverage.leverage), END};
static const struct field slow_fields[] = {NUM(slow_price.slot),
					   NUM(slow_price.terms.interval_ns),
					   NUM(slow_price.terms.delay_limit),
					   NUM(slow_price.terms.limit),
					   NUM(slow_price.terms.min_ns),
					   NUM(slow_price.terms.max_ns),
					   TEXT(slow_price.underlying),
					   NUM(slow_price.start),
					   END};
static const struct field scale_fields[] = {
	TEXT(collateral_scale.asset),
	NUM(collateral_scale.scale.held),
	NUM(collateral_scale.scale.owed),
	NUM(collateral_scale.scale.size_factor),
	NUM(collateral_scale.scale.deposit_cap),
	END};
static const struct field emode_fields[] = {TEXT(emode.group),
					    TEXT(emode.asset),
					    BOOL(emode.entry.collateral),
					    BOOL(emode.entry.debt),
					    NUM(emode.entry.weight[0]),
					    NUM(emode.entry.weight[1]),
					    NUM(emode.entry.weight[2]),
					    END};
static const struct field market_state_fields[] = {
	NUM(market_state.market), NUM(market_state.state), END};
static const struct field settle_fields[] = {NUM(settle.market),
					     NUM(settle.price), END};
static const struct field expiry_fields[] = {NUM(expiry.market),
					     NUM(expiry.time_ns), END};
static const struct field ramp_fields[] = {TEXT(ramp.asset), TEXT(ramp.market),
					   NUM(ramp.ramp.duration_ns),
					   NUM(ramp.ramp.step_ns), END};
static const struct field no_fields[] = {END};

static const struct field *const fields_of[] = {
	[RK_CMD_CLOCK] = clock_fields,
	[RK_CMD_RESUME] = clock_fields,
	[RK_CMD_LIMITS] = limits_fields,
	[RK_CMD_RISK] = risk_fields,
	[RK_CMD_PUBLISHER] = name_fields,
	[RK_CMD_VENUE] = name_fields,
	[RK_CMD_ASSET] = asset_fields,
	[RK_CMD_MARKET] = market_fields,
	[RK_CMD_HALT] = halt_fields,
	[RK_CMD_ACCOUNT] = account_fields,
	[RK_CMD_DEPOSIT] = amount_fields,
	[RK_CMD_ADJUST] = amount_fields,
	[RK_CMD_RESERVE] = withdraw_fields,
	[RK_CMD_CONFIRM] = withdraw_fields,
	[RK_CMD_CANCEL] = withdraw_fields,
	[RK_CMD_TRANSFER] = transfer_fields,
	[RK_CMD_TRADE] = trade_fields,
	[RK_CMD_ORDER_CLOSED] = closed_fields,
	[RK_CMD_PRICES] = no_fields, /* quotes, below */
	[RK_CMD_ATOMIC] = no_fields, /* children, below */
	[RK_CMD_ASSET_CHANGE] = asset_fields,
	[RK_CMD_MARKET_CHANGE] = market_fields,
	[RK_CMD_SYNC_STALL] = stall_fields,
	[RK_CMD_LAG] = lag_fields,
	[RK_CMD_SKIPPED] = skipped_fields,
	[RK_CMD_COLLATERAL] = collateral_fields,
	[RK_CMD_CONTRACT] = contract_fields,
	[RK_CMD_FUNDING] = funding_fields,
	[RK_CMD_PREMIUM] = premium_fields,
	[RK_CMD_FUND] = fund_fields,
	[RK_CMD_LENDING] = lending_fields,
	[RK_CMD_ACCRUE] = accrue_fields,
	[RK_CMD_MARGIN] = margin_fields,
	[RK_CMD_LEVERAGE] = leverage_fields,
	[RK_CMD_MODE] = mode_fields,
	[RK_CMD_RECHECK] = recheck_fields,
	[RK_CMD_SLOW_PRICE] = slow_fields,
	[RK_CMD_MOVE] = move_fields,
	[RK_CMD_COLLATERAL_SCALE] = scale_fields,
	[RK_CMD_PLACE_ORDER] = place_fields,
	[RK_CMD_CANCEL_ORDER] = cancel_order_fields,
	[RK_CMD_MARKET_STATE] = market_state_fields,
	[RK_CMD_SETTLE] = settle_fields,
	[RK_CMD_EXPIRY] = expiry_fields,
	[RK_CMD_EMODE] = emode_fields,
	[RK_CMD_WRITE_OFF] = amount_fields,
	[RK_CMD_CONVERSION] = conversion_fields,
	[RK_CMD_CONVERT] = convert_fields,
	[RK_CMD_RAMP] = ramp_fields,
	[RK_CMD_INSURANCE] = insurance_fields,
	[RK_CMD_TOP_UP] = top_up_fields,
	[RK_CMD_LIQUIDATION] = liquidation_fields,
	[RK_CMD_CLAIM] = claim_fields,
	[RK_CMD_VAULT] = vault_fields,
	[RK_CMD_VAULT_TOP_UP] = top_up_fields,
	[RK_CMD_TAKEOVER] = takeover_fields,
};

#define TYPES N(fields_of) /* from 1 on; some numbers are free */

/* Every known type in turn. */
static enum rk_cmd_type type_in_turn(size_t i)
{
	size_t type = 1 + i % (TYPES - 1);

	while (!fields_of[type])
		type--;
	return (enum rk_cmd_type)type;
}

static struct rk_quote quotes[QUOTES_MAX];
static struct rk_cmd children[RK_ATOMIC_MAX + 1];
static struct rk_quote quotes_back[QUOTES_MAX];
static struct rk_cmd children_back[RK_ATOMIC_MAX + 1];
static const struct rk_record_room room = {quotes_back, QUOTES_MAX,
					   children_back};
static unsigned char bytes[ROOM];

static void fill_name(struct rk_prng *prng, char *name, size_t length)
{
	memset(name, 0, RK_NAME_SIZE);
	for (size_t i = 0; i < length; i++)
		name[i] = (char)('a' + rk_prng_below(prng, 26));
}

static void fill_field(struct rk_prng *prng, unsigned char *at,
		       const struct field *field)
{
	int64_t value = rk_prng_edge(prng);

	cr_assert(field->kind == NAME || field->size <= sizeof(value));
	if (field->kind == NAME)
		fill_name(prng, (char *)at, rk_prng_below(prng, RK_NAME_SIZE));
	else if (field->kind == FLAG)
		*at = (unsigned char)(value & 1);
	else /* little endian, as every host this runs on */
		memcpy(at, &value, field->size);
}

static void fill_brackets(struct rk_prng *prng, struct rk_cmd_market *market)
{
	market->brackets_n = (uint32_t)rk_prng_below(prng, RK_BRACKETS_MAX + 1);
	for (uint32_t i = 0; i < market->brackets_n; i++) {
		market->brackets[i].floor.raw = rk_prng_edge(prng);
		market->brackets[i].maintenance.raw = rk_prng_edge(prng);
		market->brackets[i].initial.raw = rk_prng_edge(prng);
	}
}

/* Any command but PRICES and ATOMIC, from a client or from the daemon. */
static void fill_plain(struct rk_prng *prng, struct rk_cmd *cmd,
		       enum rk_cmd_type type)
{
	const struct field *field = fields_of[type];

	memset(cmd, 0, sizeof(*cmd));
	cmd->type = type;
	if (rk_prng_chance(prng, 3, 4)) {
		fill_name(prng, cmd->origin.client,
			  1 + rk_prng_below(prng, RK_NAME_SIZE - 1));
		cmd->origin.client_seq = (uint64_t)rk_prng_edge(prng);
		cmd->origin.payload.lo = rk_prng_next(prng);
		cmd->origin.payload.hi = rk_prng_next(prng);
	}
	for (; field->size != 0; field++)
		fill_field(prng, (unsigned char *)cmd + field->at, field);
	if (type == RK_CMD_MARKET || type == RK_CMD_MARKET_CHANGE)
		fill_brackets(prng, &cmd->market);
}

static void fill(struct rk_prng *prng, struct rk_cmd *cmd,
		 enum rk_cmd_type type)
{
	fill_plain(prng, cmd, type);
	if (type == RK_CMD_PRICES) {
		cmd->prices.quotes = quotes;
		cmd->prices.n = (uint32_t)rk_prng_below(prng, QUOTES_MAX + 1);
		for (uint32_t i = 0; i < cmd->prices.n; i++) {
			quotes[i].slot = (uint32_t)rk_prng_edge(prng);
			quotes[i].publisher = (uint32_t)rk_prng_edge(prng);
			quotes[i].price.raw = rk_prng_edge(prng);
			quotes[i].time_ns = rk_prng_edge(prng);
			quotes[i].seq = (uint64_t)rk_prng_edge(prng);
		}
	} else if (type == RK_CMD_ATOMIC) {
		cmd->atomic.cmds = children;
		cmd->atomic.n =
			(uint32_t)rk_prng_below(prng, RK_ATOMIC_MAX + 1);
		for (uint32_t i = 0; i < cmd->atomic.n; i++)
			fill_plain(prng, &children[i],
				   (enum rk_cmd_type)rk_prng_between(
					   prng, RK_CMD_CLOCK,
					   RK_CMD_ORDER_CLOSED));
	}
}

static void check_plain(const struct rk_cmd *got, const struct rk_cmd *want)
{
	const struct field *field = fields_of[want->type];

	cr_assert_eq(got->type, want->type);
	cr_assert_str_eq(got->origin.client, want->origin.client);
	cr_assert_eq(got->origin.client_seq, want->origin.client_seq);
	cr_assert(rk_hash_equal(got->origin.payload, want->origin.payload));
	for (; field->size != 0; field++)
		cr_assert_eq(memcmp((const unsigned char *)got + field->at,
				    (const unsigned char *)want + field->at,
				    field->size),
			     0, "%s: the field at %zu of %zu bytes",
			     rk_cmd_name(want->type), field->at, field->size);
	if (want->type != RK_CMD_MARKET && want->type != RK_CMD_MARKET_CHANGE)
		return;
	cr_assert_eq(got->market.brackets_n, want->market.brackets_n);
	for (uint32_t i = 0; i < want->market.brackets_n; i++) {
		const struct rk_bracket *a = &got->market.brackets[i];
		const struct rk_bracket *b = &want->market.brackets[i];

		cr_assert_eq(a->floor.raw, b->floor.raw);
		cr_assert_eq(a->maintenance.raw, b->maintenance.raw);
		cr_assert_eq(a->initial.raw, b->initial.raw);
	}
}

static void check(const struct rk_cmd *got, const struct rk_cmd *want)
{
	check_plain(got, want);
	if (want->type == RK_CMD_PRICES) {
		cr_assert_eq(got->prices.n, want->prices.n);
		for (uint32_t i = 0; i < want->prices.n; i++) {
			const struct rk_quote *a = &got->prices.quotes[i];
			const struct rk_quote *b = &want->prices.quotes[i];

			cr_assert_eq(a->slot, b->slot);
			cr_assert_eq(a->publisher, b->publisher);
			cr_assert_eq(a->price.raw, b->price.raw);
			cr_assert_eq(a->time_ns, b->time_ns);
			cr_assert_eq(a->seq, b->seq);
		}
	} else if (want->type == RK_CMD_ATOMIC) {
		cr_assert_eq(got->atomic.n, want->atomic.n);
		for (uint32_t i = 0; i < want->atomic.n; i++)
			check_plain(&got->atomic.cmds[i],
				    &want->atomic.cmds[i]);
	}
}

Test(record, every_command_comes_back_as_it_went)
{
	struct rk_prng prng;

	rk_prng_init(&prng, SEED);
	for (size_t i = 0; i < ROUNDS * (TYPES - 1); i++) {
		enum rk_cmd_type type = type_in_turn(i);
		struct rk_cmd cmd;
		struct rk_cmd back;
		size_t length;
		size_t length_back;

		fill(&prng, &cmd, type);
		cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
		/* What follows is the next record's and must not matter. */
		bytes[length] = (unsigned char)rk_prng_next(&prng);
		cr_assert_eq(rk_record_decode(bytes, ROOM, &room, &back,
					      &length_back),
			     0, "%s", rk_cmd_name(type));
		cr_assert_eq(length_back, length);
		check(&back, &cmd);
	}
}

/* Journals from before resting orders hold trades, and are read for ever. */
Test(record, a_trade_that_names_no_resting_order_is_written_as_ever)
{
	struct rk_cmd cmd = {.type = RK_CMD_TRADE};
	struct rk_cmd back;
	size_t shorter;
	size_t length;

	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &shorter), 0);
	cr_expect_eq(bytes[0], RK_CMD_TRADE);
	cmd.trade.seller.resting = 7;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
	cr_expect_eq(bytes[0], RK_CMD_TRADE | 0x80);
	cr_expect_eq(length, shorter + 16);
	/* Only a trade has more. */
	bytes[0] = RK_CMD_DEPOSIT | 0x80;
	cr_expect_eq(rk_record_decode(bytes, ROOM, &room, &back, &length),
		     -EBADMSG);
}

/* Nor do listings from before there were fees end to be read. */
Test(record, a_market_without_fees_is_written_as_ever)
{
	static const enum rk_cmd_type types[] = {RK_CMD_MARKET, RK_CMD_CONTRACT,
						 RK_CMD_MARKET_CHANGE};

	for (size_t i = 0; i < N(types); i++) {
		struct rk_cmd cmd = {.type = types[i]};
		struct rk_cmd back;
		size_t shorter;
		size_t length;

		cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &shorter), 0);
		cr_expect_eq(bytes[0], types[i]);
		cmd.market.maker_fee.raw = -1;
		cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
		cr_expect_eq(bytes[0], types[i] | 0x80);
		cr_expect_eq(length, shorter + 16);
		cr_assert_eq(
			rk_record_decode(bytes, ROOM, &room, &back, &length),
			0);
		cr_expect_eq(back.market.maker_fee.raw, -1);
	}
}

/* A record is as long as its content, so less is never enough. */
Test(record, a_record_cut_off_anywhere_is_refused)
{
	struct rk_prng prng;

	rk_prng_init(&prng, SEED + 1);
	for (size_t i = 0; i < 10 * (TYPES - 1); i++) {
		enum rk_cmd_type type = type_in_turn(i);
		struct rk_cmd cmd;
		struct rk_cmd back;
		size_t length;
		size_t cut;

		fill(&prng, &cmd, type);
		cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
		for (cut = 0; cut < length; cut++) {
			size_t untouched = 77;

			cr_assert_eq(rk_record_decode(bytes, cut, &room, &back,
						      &untouched),
				     -EBADMSG, "%s cut at %zu of %zu",
				     rk_cmd_name(type), cut, length);
			cr_assert_eq(untouched, 77);
		}
	}
}

Test(record, a_record_that_does_not_fit_is_not_written)
{
	static unsigned char small[ROOM];
	struct rk_prng prng;

	rk_prng_init(&prng, SEED + 2);
	for (size_t i = 0; i < 4 * (TYPES - 1); i++) {
		struct rk_cmd cmd;
		size_t length;
		size_t untouched = 77;

		fill(&prng, &cmd, type_in_turn(i));
		cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
		for (size_t size = 0; size < length; size++) {
			small[size] = 0xaa;
			cr_assert_eq(
				rk_record_encode(&cmd, small, size, &untouched),
				-ENOBUFS);
			cr_assert_eq(small[size], 0xaa, "nothing beyond");
		}
		cr_assert_eq(untouched, 77);
	}
}

Test(record, records_follow_each_other)
{
	static struct rk_cmd cmds[200];
	struct rk_prng prng;
	size_t end = 0;
	size_t at = 0;

	rk_prng_init(&prng, SEED + 3);
	for (size_t i = 0; i < N(cmds); i++) {
		size_t length;

		fill_plain(&prng, &cmds[i],
			   (enum rk_cmd_type)(1 + i % RK_CMD_ORDER_CLOSED));
		cr_assert_eq(rk_record_encode(&cmds[i], bytes + end, ROOM - end,
					      &length),
			     0);
		end += length;
	}
	for (size_t i = 0; i < N(cmds); i++) {
		struct rk_cmd back;
		size_t length;

		cr_assert_eq(rk_record_decode(bytes + at, end - at, &room,
					      &back, &length),
			     0);
		check(&back, &cmds[i]);
		at += length;
	}
	cr_assert_eq(at, end);
}

Test(record, no_record_is_longer_than_said)
{
	struct rk_prng prng;
	struct rk_cmd cmd;
	size_t length;

	rk_prng_init(&prng, SEED + 4);
	fill(&prng, &cmd, RK_CMD_ATOMIC);
	cmd.atomic.n = RK_ATOMIC_MAX;
	for (uint32_t i = 0; i < RK_ATOMIC_MAX; i++) {
		/* The largest command that may be part of one. */
		fill_plain(&prng, &children[i], RK_CMD_TRADE);
		fill_name(&prng, children[i].origin.client, RK_NAME_SIZE - 1);
	}
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
	cr_assert_leq(length, RK_RECORD_MAX);

	fill(&prng, &cmd, RK_CMD_MARKET);
	cmd.market.brackets_n = RK_BRACKETS_MAX;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
	cr_assert_leq(length, RK_RECORD_MAX);

	fill(&prng, &cmd, RK_CMD_PRICES);
	cmd.prices.n = QUOTES_MAX;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
	cr_assert_leq(length, 100 + QUOTES_MAX * RK_RECORD_PER_QUOTE);
}

Test(record, more_than_the_room_given_is_refused)
{
	struct rk_record_room little = room;
	struct rk_prng prng;
	struct rk_cmd cmd;
	struct rk_cmd back;
	size_t length;

	rk_prng_init(&prng, SEED + 5);
	fill(&prng, &cmd, RK_CMD_PRICES);
	cmd.prices.n = 10;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
	little.quotes_max = 9;
	cr_assert_eq(rk_record_decode(bytes, length, &little, &back, &length),
		     -EBADMSG);
	little.quotes_max = 10;
	cr_assert_eq(rk_record_decode(bytes, length, &little, &back, &length),
		     0);
}

/* Those that older programs knew less of. */
static bool has_more(unsigned int type)
{
	return type == (RK_CMD_TRADE | 0x80) ||
	       type == (RK_CMD_MARKET | 0x80) ||
	       type == (RK_CMD_CONTRACT | 0x80) ||
	       type == (RK_CMD_MARKET_CHANGE | 0x80);
}

Test(record, unknown_types_and_nested_lists_are_refused)
{
	struct rk_cmd cmd = {.type = RK_CMD_ATOMIC};
	struct rk_cmd back;
	size_t length;

	for (unsigned int type = 0; type < 256; type++) {
		memset(bytes, 0, 64);
		bytes[0] = (unsigned char)type;
		if ((type < TYPES && fields_of[type]) || has_more(type))
			continue;
		cr_assert_eq(
			rk_record_decode(bytes, ROOM, &room, &back, &length),
			-EBADMSG, "type %u", type);
	}
	memset(children, 0, sizeof(children));
	cmd.atomic.cmds = children;
	cmd.atomic.n = 1;
	children[0].type = RK_CMD_PRICES;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), -ENOBUFS);
	children[0].type = RK_CMD_ATOMIC;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), -ENOBUFS);
	children[0].type = RK_CMD_NONE;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), -ENOBUFS);
}

Test(record, more_children_than_allowed_are_refused_both_ways)
{
	struct rk_cmd cmd = {.type = RK_CMD_ATOMIC};
	struct rk_cmd back;
	size_t length;
	size_t child;

	memset(children, 0, sizeof(children));
	for (size_t i = 0; i < N(children); i++)
		children[i].type = RK_CMD_CONFIRM;
	cmd.atomic.cmds = children;
	cmd.atomic.n = RK_ATOMIC_MAX + 1;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), -ENOBUFS);
	cmd.atomic.n = RK_ATOMIC_MAX;
	cr_assert_eq(rk_record_encode(&cmd, bytes, ROOM, &length), 0);
	cr_assert_eq(rk_record_decode(bytes, length, &room, &back, &length), 0);

	/* One more by hand: the count stands after the type and no client. */
	cr_assert_eq(bytes[2], RK_ATOMIC_MAX);
	bytes[2]++;
	cr_assert_eq(rk_record_encode(&children[0], bytes + length,
				      ROOM - length, &child),
		     0);
	cr_assert_eq(
		rk_record_decode(bytes, length + child, &room, &back, &length),
		-EBADMSG);
}
