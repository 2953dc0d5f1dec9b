/*
 * Answers as records. See record.h.
 */
#include <string.h>

#include "record.h"

static const char *yes(bool is)
{
	return is ? "yes" : "no";
}

void scn_record_account(const struct scn_account *account,
			struct scn_record *record)
{
	const struct rk_account_view *row = &account->row;
	const struct rk_margin *margin = &row->margin;

	scn_record_begin(record, "account");
	scn_record_count(record, "owner", row->owner);
	scn_record_word(record, "mode",
			row->mode == RK_MODE_CROSS ? "CROSS" : "ISOLATED");
	scn_record_word(record, "enforcement",
			row->enforcement == RK_ENFORCE_FULL ? "FULL"
							    : "REPORT");
	scn_record_word(record, "state", rk_state_name(row->state));
	scn_record_usd(record, "equity", margin->equity);
	scn_record_usd(record, "maintenance", margin->maintenance);
	scn_record_usd(record, "initial", margin->initial);
	scn_record_usd(record, "notional", margin->notional);
	scn_record_usd(record, "health_m", margin->health_m);
	scn_record_usd(record, "health_i", margin->health_i);
	scn_record_usd(record, "health_w", margin->health_w);
	scn_record_word(record, "prices_ok", yes(margin->prices_ok));
	scn_record_count(record, "positions", row->positions_n);
	scn_record_count(record, "balances", row->balances_n);
	scn_record_count(record, "orders", row->orders_open_n);
	scn_record_count(record, "resting", row->resting_n);
}

void scn_record_balance(const struct scn_world *world,
			const struct scn_account *account, uint32_t asset,
			struct scn_record *record)
{
	struct rk_balance_view view = {.asset = asset};

	for (uint32_t i = 0; i < account->row.balances_n; i++)
		if (account->balances[i].asset == asset)
			view = account->balances[i];
	scn_record_begin(record, "balance");
	scn_record_decimal(record, "amount", view.amount.raw,
			   scn_world_asset_of(world, asset)->decimals);
	scn_record_decimal(record, "interest", view.interest.raw,
			   scn_world_asset_of(world, asset)->decimals);
	scn_record_usd(record, "value", view.value);
	scn_record_decimal(record, "loan", view.loan.raw,
			   scn_world_asset_of(world, asset)->decimals);
	scn_record_decimal(record, "loss", view.loss.raw,
			   scn_world_asset_of(world, asset)->decimals);
}

void scn_record_position(const struct scn_world *world,
			 const struct scn_account *account, uint32_t market,
			 struct scn_record *record)
{
	const struct rk_cmd_market *listing =
		scn_world_market_of(world, market);
	uint8_t money = scn_world_settle_of(world, market)->decimals;
	struct rk_position_view view = {.market = market};

	for (uint32_t i = 0; i < account->row.positions_n; i++)
		if (account->positions[i].market == market)
			view = account->positions[i];
	scn_record_begin(record, "position");
	scn_record_decimal(record, "size", view.size.raw,
			   listing->size_decimals);
	scn_record_decimal(record, "cost", view.cost.raw, money);
	scn_record_decimal(record, "mark", view.mark.raw,
			   listing->price_decimals);
	scn_record_decimal(record, "unrealised", view.unrealised.raw, money);
	scn_record_decimal(record, "funding", view.funding.raw, money);
	scn_record_usd(record, "notional", view.notional);
	scn_record_usd(record, "maintenance", view.maintenance);
	scn_record_usd(record, "initial", view.initial);
	scn_record_decimal(record, "leverage", view.leverage.raw, 9);
	scn_record_word(record, "withheld",
			yes(view.withheld != RK_WITHHELD_NONE));
}

void scn_record_resting(const struct scn_world *world,
			const struct scn_account *account, uint64_t order,
			struct scn_record *record)
{
	const struct rk_cmd_market *market;
	struct rk_resting_view view;
	bool rests = false;

	memset(&view, 0, sizeof(view));
	for (uint32_t i = 0; i < account->row.resting_n; i++) {
		if (account->resting[i].order != order)
			continue;
		view = account->resting[i];
		rests = true;
	}
	market = scn_world_market_of(world, view.market);
	scn_record_begin(record, "resting");
	scn_record_word(record, "rests", yes(rests));
	scn_record_word(record, "side",
			view.side == RK_SIDE_BUY ? "BUY" : "SELL");
	scn_record_word(record, "reduce_only", yes(view.reduce_only));
	scn_record_decimal(record, "size", view.size.raw,
			   market->size_decimals);
	scn_record_decimal(record, "left", view.left.raw,
			   market->size_decimals);
	scn_record_decimal(record, "price", view.price.raw,
			   market->price_decimals);
}

void scn_record_open_order(const struct scn_world *world,
			   const struct scn_account *account,
			   const struct scn_order *order,
			   struct scn_record *record)
{
	const struct rk_cmd_market *market =
		scn_world_market_of(world, order->market);
	struct rk_order_view view;
	bool open = false;

	memset(&view, 0, sizeof(view));
	for (uint32_t i = 0; i < account->row.orders_open_n; i++) {
		const struct rk_order_view *row = &account->orders[i];

		if (row->order.seq != order->id.seq ||
		    row->order.n != order->id.n)
			continue;
		view = *row;
		open = true;
	}
	scn_record_begin(record, "order");
	scn_record_word(record, "open", yes(open));
	scn_record_word(record, "close_asked", yes(view.close_asked));
	scn_record_decimal(record, "size", view.size.raw,
			   market->size_decimals);
	scn_record_decimal(record, "filled", view.filled.raw,
			   market->size_decimals);
	scn_record_decimal(record, "floor", view.floor_price.raw,
			   market->price_decimals);
	scn_record_decimal(record, "mark", view.mark.raw,
			   market->price_decimals);
}

void scn_record_market(const struct scn_world *world,
		       const struct scn_market *market,
		       struct scn_record *record)
{
	const struct rk_market_view *row = &market->row;
	const struct rk_cmd_market *listing =
		scn_world_market_of(world, market->price.market);

	scn_record_begin(record, "market");
	scn_record_decimal(record, "mark", market->price.mark.raw,
			   listing->price_decimals);
	scn_record_word(record, "state",
			rk_price_state_name(market->price.state));
	scn_record_word(record, "halted", yes(row->halted));
	/* Positions of a few accounts fit 64 bits. */
	scn_record_decimal(record, "open_interest", (int64_t)row->open_interest,
			   listing->size_decimals);
	scn_record_decimal(record, "vault", (int64_t)row->vault_size,
			   listing->size_decimals);
	scn_record_count(record, "holders", row->holders);
	scn_record_count(record, "withheld", row->withheld);
	scn_record_count(record, "last_trade", row->last_trade);
	scn_record_word(record, "market_state",
			rk_market_state_name(row->state));
	if (row->expiry_ns == 0)
		scn_record_word(record, "expiry", "never");
	else
		scn_record_time(record, "expiry", row->expiry_ns);
	scn_record_decimal(record, "settlement", row->settlement.raw,
			   listing->price_decimals);
	scn_record_word(record, "ramping", yes(row->ramp.runs));
}

void scn_record_asset(const struct scn_world *world, uint32_t asset,
		      const struct scn_asset *answer, struct scn_record *record)
{
	scn_record_begin(record, "asset");
	scn_record_decimal(record, "mark", answer->price.mark.raw,
			   scn_world_asset_of(world, asset)->price_decimals);
	scn_record_word(record, "state",
			rk_price_state_name(answer->price.state));
	scn_record_decimal(
		record, "weight",
		answer->row.collateral.weight[RK_LEVEL_MAINTENANCE].raw, 9);
	scn_record_decimal(
		record, "liability",
		answer->row.collateral.liability[RK_LEVEL_MAINTENANCE].raw, 9);
	scn_record_decimal(record, "target",
			   answer->row.target.weight[RK_LEVEL_MAINTENANCE].raw,
			   9);
	scn_record_word(record, "ramping", yes(answer->row.ramp.runs));
}
