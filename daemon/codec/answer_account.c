/*
 * Accounts, lists of accounts, and orders. See answer.h.
 */
#include "codec/answer.h"
#include "codec/decode.h"
#include "codec/impl.h"
#include "engine/ask.h"
#include "engine/fx.h"
#include "engine/rc.h"

#define POSITIONS_MAX 64
#define BALANCES_MAX  256
#define ORDERS_MAX    256

int64_t rk_answer_ratio(const struct rk_margin *margin)
{
	rk_i128 ratio;

	if (margin->equity.raw <= 0)
		return margin->equity.raw == 0 && margin->maintenance.raw == 0
			       ? 0
			       : -1;
	ratio = rk_fx_div((rk_i128)margin->maintenance.raw * RK_RATE_ONE,
			  margin->equity.raw, RK_ROUND_CEIL);
	return rk_fx_fits(ratio) ? (int64_t)ratio : -1;
}

int64_t rk_answer_factor(const struct rk_margin *margin)
{
	rk_i128 factor;

	if (margin->liabilities.raw <= 0)
		return -1;
	factor = rk_fx_div((rk_i128)margin->assets.raw * RK_RATE_ONE,
			   margin->liabilities.raw, RK_ROUND_FLOOR);
	return rk_fx_fits(factor) ? (int64_t)factor : -1;
}

/* A part of the collateral in 1e-9, or -1. */
static int64_t of_collateral(const struct rk_margin *margin, int64_t part,
			     enum rk_round round)
{
	rk_i128 share;

	if (margin->collateral.raw <= 0)
		return -1;
	share = rk_fx_div((rk_i128)part * RK_RATE_ONE, margin->collateral.raw,
			  round);
	return rk_fx_fits(share) ? (int64_t)share : -1;
}

void rk_answer_health(const struct rk_margin *margin, enum rk_state state,
		      Riskd__Health *ret_health)
{
	riskd__health__init(ret_health);
	ret_health->state = (Riskd__State)state;
	ret_health->equity = margin->equity.raw;
	ret_health->maintenance = margin->maintenance.raw;
	ret_health->initial = margin->initial.raw;
	ret_health->health_maintenance = margin->health_m.raw;
	ret_health->health_initial = margin->health_i.raw;
	ret_health->health_withdrawal = margin->health_w.raw;
	ret_health->notional = margin->notional.raw;
	ret_health->ratio = rk_answer_ratio(margin);
	ret_health->prices_ok = margin->prices_ok;
	ret_health->assets = margin->assets.raw;
	ret_health->liabilities = margin->liabilities.raw;
	ret_health->health_factor = rk_answer_factor(margin);
	ret_health->collateral = margin->collateral.raw;
	ret_health->debt = margin->debt.raw;
	ret_health->ltv =
		of_collateral(margin, margin->debt.raw, RK_ROUND_CEIL);
	ret_health->liquidation_threshold =
		of_collateral(margin, margin->assets.raw, RK_ROUND_FLOOR);
}

void rk_answer_position(const struct rk_position_view *view,
			Riskd__Position *ret_position)
{
	riskd__position__init(ret_position);
	ret_position->market = view->market;
	ret_position->size = view->size.raw;
	ret_position->cost = view->cost.raw;
	ret_position->mark = view->mark.raw;
	ret_position->unrealised = view->unrealised.raw;
	ret_position->notional = view->notional.raw;
	ret_position->maintenance = view->maintenance.raw;
	ret_position->initial = view->initial.raw;
	ret_position->funding = view->funding.raw;
	ret_position->leverage = view->leverage.raw;
	ret_position->withheld = view->withheld != RK_WITHHELD_NONE;
	ret_position->takeover_withheld =
		(Riskd__TakeoverWithheld__Reason)view->takeover;
	ret_position->stages = view->stages;
}

void rk_answer_balance(const struct rk_balance_view *view,
		       Riskd__Balance *ret_balance)
{
	riskd__balance__init(ret_balance);
	ret_balance->asset = view->asset;
	ret_balance->amount = view->amount.raw;
	ret_balance->value = view->value.raw;
	ret_balance->interest = view->interest.raw;
	ret_balance->weight_maintenance =
		view->weight[RK_LEVEL_MAINTENANCE].raw;
	ret_balance->weight_initial = view->weight[RK_LEVEL_INITIAL].raw;
	ret_balance->weight_withdrawal = view->weight[RK_LEVEL_WITHDRAWAL].raw;
	ret_balance->loan = view->loan.raw;
	ret_balance->loss = view->loss.raw;
	ret_balance->conversion_withheld = view->withheld;
}

/* A row and the message inside it. */
struct account_row {
	Riskd__AccountRow row;
	Riskd__Health health;
};

static void set_row(const struct rk_account_view *view, uint64_t seq,
		    struct account_row *row)
{
	rk_answer_health(&view->margin, view->state, &row->health);
	riskd__account_row__init(&row->row);
	row->row.account = view->account;
	row->row.owner = view->owner;
	row->row.mode = (Riskd__Mode)view->mode;
	row->row.enforcement = (Riskd__Enforcement)view->enforcement;
	row->row.health = &row->health;
	row->row.positions = view->positions_n;
	row->row.last_event = view->last_event;
	row->row.seq = seq;
}

static bool add_positions(struct rk_scratch *scratch,
			  const struct rk_engine *engine, uint32_t index,
			  Riskd__AccountAnswer *wire)
{
	struct rk_position_view views[POSITIONS_MAX];
	uint32_t n = rk_view_positions(engine, index, views, POSITIONS_MAX);
	Riskd__Position *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++)
		rk_answer_position(&views[i], &rows[i]);
	wire->n_positions = n;
	wire->positions = (Riskd__Position **)pointers;
	return true;
}

static bool add_leverages(struct rk_scratch *scratch,
			  const struct rk_engine *engine, uint32_t index,
			  Riskd__AccountAnswer *wire)
{
	struct rk_leverage_view views[RK_LEVERAGES_MAX];
	uint32_t n = rk_view_leverages(engine, index, views, RK_LEVERAGES_MAX);
	Riskd__Leverage *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++) {
		riskd__leverage__init(&rows[i]);
		rows[i].market = views[i].market;
		rows[i].leverage = views[i].leverage.raw;
	}
	wire->n_leverages = n;
	wire->leverages = (Riskd__Leverage **)pointers;
	return true;
}

static bool add_balances(struct rk_scratch *scratch,
			 const struct rk_engine *engine, uint32_t index,
			 Riskd__AccountAnswer *wire)
{
	struct rk_balance_view views[BALANCES_MAX];
	uint32_t n = rk_view_balances(engine, index, views, BALANCES_MAX);
	Riskd__Balance *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++)
		rk_answer_balance(&views[i], &rows[i]);
	wire->n_balances = n;
	wire->balances = (Riskd__Balance **)pointers;
	return true;
}

void rk_answer_resting(const struct rk_resting_view *view,
		       Riskd__RestingOrder *ret_order)
{
	riskd__resting_order__init(ret_order);
	ret_order->order = view->order;
	ret_order->market = view->market;
	ret_order->side = (Riskd__Side)view->side;
	ret_order->reduce_only = view->reduce_only;
	ret_order->size = view->size.raw;
	ret_order->left = view->left.raw;
	ret_order->price = view->price.raw;
}

static bool add_resting(struct rk_scratch *scratch,
			const struct rk_engine *engine, uint32_t index,
			Riskd__AccountAnswer *wire)
{
	struct rk_resting_view views[RK_RESTING_MAX];
	uint32_t n = rk_view_resting(engine, index, views, RK_RESTING_MAX);
	Riskd__RestingOrder *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++)
		rk_answer_resting(&views[i], &rows[i]);
	wire->n_resting_orders = n;
	wire->resting_orders = (Riskd__RestingOrder **)pointers;
	return true;
}

struct order_row {
	Riskd__Order order;
	Riskd__OrderId id;
};

static void set_order(const struct rk_order_view *view, uint64_t seq,
		      struct order_row *row)
{
	Riskd__Order *order = &row->order;

	riskd__order__init(order);
	riskd__order_id__init(&row->id);
	row->id.seq = view->order.seq;
	row->id.n = view->order.n;
	order->order = &row->id;
	order->account = view->account;
	order->market = view->market;
	order->side = (Riskd__Side)view->side;
	order->size = view->size.raw;
	order->filled = view->filled.raw;
	order->floor_price = view->floor_price.raw;
	order->mark = view->mark.raw;
	order->opened_ns = view->opened_ns;
	order->expiry_ns = view->expiry_ns;
	order->close_asked = view->close_asked;
	order->claimed_by = view->claimed_by;
	order->claimed_until_ns = view->claimed_until_ns;
	order->seq = seq;
}

struct conversion_row {
	Riskd__Conversion conversion;
	Riskd__OrderId id;
};

static void set_conversion(const struct rk_conversion_view *view, uint64_t seq,
			   struct conversion_row *row)
{
	Riskd__Conversion *conversion = &row->conversion;

	riskd__conversion__init(conversion);
	riskd__order_id__init(&row->id);
	row->id.seq = view->order.seq;
	row->id.n = view->order.n;
	conversion->order = &row->id;
	conversion->account = view->account;
	conversion->sell = view->sell;
	conversion->buy = view->buy;
	conversion->size = view->size.raw;
	conversion->sold = view->sold.raw;
	conversion->least = view->least.raw;
	conversion->bought = view->bought.raw;
	conversion->loss = view->loss.raw;
	conversion->sell_mark = view->sell_mark.raw;
	conversion->buy_mark = view->buy_mark.raw;
	conversion->opened_ns = view->opened_ns;
	conversion->expiry_ns = view->expiry_ns;
	conversion->close_asked = view->close_asked;
	conversion->seq = seq;
}

static bool add_conversions(struct rk_scratch *scratch,
			    const struct rk_engine *engine, uint32_t index,
			    Riskd__AccountAnswer *wire)
{
	/* One for each debt at most. */
	struct rk_conversion_view views[BALANCES_MAX];
	uint32_t n = rk_view_conversions(engine, index, views, BALANCES_MAX);
	struct conversion_row *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++)
		set_conversion(&views[i], rk_view_seq(engine), &rows[i]);
	wire->n_conversions = n;
	wire->conversions = (Riskd__Conversion **)pointers;
	return true;
}

static bool add_orders(struct rk_scratch *scratch,
		       const struct rk_engine *engine, uint32_t index,
		       Riskd__AccountAnswer *wire)
{
	struct rk_order_view views[ORDERS_MAX];
	uint32_t n = rk_view_orders(engine, index, views, ORDERS_MAX);
	struct order_row *rows;
	void *memory;
	void **pointers;

	if (n > ORDERS_MAX)
		n = ORDERS_MAX;
	if (!rk_answer_rows(scratch, n, sizeof(*rows), &memory, &pointers))
		return false;
	rows = memory;
	for (uint32_t i = 0; i < n; i++)
		set_order(&views[i], rk_view_seq(engine), &rows[i]);
	wire->n_orders = n;
	wire->orders = (Riskd__Order **)pointers;
	return true;
}

static bool add_largest(struct rk_scratch *scratch,
			const struct rk_engine *engine, uint32_t index,
			const struct rk_largest *largest,
			Riskd__AccountAnswer *wire)
{
	struct rk_ask ask;

	if (largest->n == 0)
		return true;
	(void)rk_ask_account(engine, index, &ask); /* index is known */
	wire->n_largest_orders = largest->n;
	return rk_answer_largest(scratch, &ask, largest, &wire->largest_orders);
}

void rk_answer_account(struct rk_bytes *bytes, struct rk_scratch *scratch,
		       const struct rk_engine *engine, uint32_t index,
		       const struct rk_largest *largest)
{
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__AccountAnswer wire = RISKD__ACCOUNT_ANSWER__INIT;
	struct rk_engine_counts counts;
	struct rk_account_view view;
	struct account_row row;

	rk_view_counts(engine, &counts);
	(void)rk_view_account(engine, index, &view); /* index is known */
	set_row(&view, counts.seq, &row);
	wire.row = &row.row;
	if (!add_positions(scratch, engine, index, &wire) ||
	    !add_balances(scratch, engine, index, &wire) ||
	    !add_leverages(scratch, engine, index, &wire) ||
	    !add_resting(scratch, engine, index, &wire) ||
	    !add_largest(scratch, engine, index, largest, &wire) ||
	    !add_orders(scratch, engine, index, &wire) ||
	    !add_conversions(scratch, engine, index, &wire)) {
		bytes->full = true;
		return;
	}
	answer.seq = counts.seq;
	answer.kind_case = RISKD__ANSWER__KIND_ACCOUNT;
	answer.account = &wire;
	rk_answer_pack(bytes, &answer);
}

void rk_answer_account_row(struct rk_bytes *rows,
			   const struct rk_account_view *view, uint64_t seq)
{
	struct account_row row;

	set_row(view, seq, &row);
	rk_answer_pack_row(rows, 1, &row.row.base);
}

void rk_answer_order_row(struct rk_bytes *rows,
			 const struct rk_order_view *view, uint64_t seq)
{
	struct order_row row;

	set_order(view, seq, &row);
	rk_answer_pack_row(rows, 1, &row.order.base);
}

void rk_answer_conversion_row(struct rk_bytes *rows,
			      const struct rk_conversion_view *view,
			      uint64_t seq)
{
	struct conversion_row row;

	set_conversion(view, seq, &row);
	rk_answer_pack_row(rows, 2, &row.conversion.base);
}
