/*
 * Digest and books of one state in slices. See tally.h.
 */
#include "engine/tally.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/marks.h"
#include "engine/rows.h"
#include "engine/state.h"
#include "engine/view.h"

/* What is left when all that belongs to a market was added: 0 each. */
struct market_sum {
	rk_i128 size; /* of accounts, venues and the vault */
	rk_i128 cost; /* of those, and of clearing */
	/* Of accounts alone, less what the market says of them. */
	rk_i128 accounts_size;
	rk_i128 accounts_cost;
};

struct rk_tally {
	struct rk_engine *engine;
	struct rk_tally_result result; /* but for books_balance */
	uint32_t assets_n;
	uint32_t markets_n;
	uint32_t looks; /* of this step */
	bool more;
	rk_i128 assets[RK_ASSETS_MAX]; /* 0 each in the end, as markets are */
	struct market_sum markets[];
};

size_t rk_tally_size(const struct rk_engine *engine)
{
	return sizeof(struct rk_tally) +
	       engine->max.markets_max * sizeof(struct market_sum);
}

static void add_row(void *context, const struct rk_row *row)
{
	struct rk_tally *tally = context;

	tally->result.state =
		rk_hash_add(tally->result.state, rk_row_hash(row));
	tally->looks += RK_TALLY_ROW_LOOKS;
}

static void add_account(struct rk_tally *tally,
			const struct rk_account *account)
{
	const struct rk_engine *engine = tally->engine;

	for (uint32_t i = account->balances; i != RK_NONE;
	     i = engine->balances[i].next)
		tally->assets[engine->balances[i].asset] +=
			engine->balances[i].amount.raw;
	for (uint32_t i = account->positions; i != RK_NONE;
	     i = engine->positions[i].next) {
		const struct rk_position *position = &engine->positions[i];
		struct market_sum *sum = &tally->markets[position->market];

		sum->size += position->size.raw;
		sum->cost += position->cost.raw;
		sum->accounts_size += position->size.raw;
		sum->accounts_cost += position->cost.raw;
	}
}

static void add_venue_position(struct rk_tally *tally, uint32_t place)
{
	const struct rk_engine *engine = tally->engine;
	const struct rk_venue_position *position =
		&engine->venue_positions[place];
	struct market_sum *sum =
		&tally->markets[place % engine->max.markets_max];

	sum->size += position->size;
	sum->cost += position->cost;
}

/* As it was when the tally began: not read before, nor changed. */
static void read_unit(void *context, enum rk_unit unit, uint32_t place)
{
	struct rk_tally *tally = context;

	/* What is undone meanwhile had come later. */
	RK_ASSERT(place < rk_marks_places(tally->engine, unit));

	if (unit == RK_UNIT_ACCOUNT)
		add_account(tally, &tally->engine->accounts[place]);
	if (unit == RK_UNIT_VENUE_POSITION)
		add_venue_position(tally, place);
	rk_rows_unit(tally->engine, unit, place, add_row, tally);
}

/* What the books say: all else, added, must make it nothing. */
static void begin_books(struct rk_tally *tally)
{
	const struct rk_engine *engine = tally->engine;

	tally->assets_n = engine->assets_n;
	for (uint32_t i = 0; i < engine->assets_n; i++) {
		const struct rk_asset *asset = &engine->assets[i];

		tally->assets[i] =
			asset->pending + asset->fees + asset->clearing +
			asset->interest + asset->insurance + asset->vault +
			asset->rounding + asset->withdrawals - asset->deposits;
	}
	tally->markets_n = engine->markets_n;
	for (uint32_t i = 0; i < engine->markets_n; i++) {
		const struct rk_market *market = &engine->markets[i];

		tally->markets[i] = (struct market_sum){
			market->vault_size,
			market->vault_cost + market->clearing_cost,
			market->short_size - market->long_size,
			-market->accounts_cost,
		};
	}
}

struct rk_tally *rk_tally_begin(struct rk_engine *engine, void *memory)
{
	struct rk_tally *tally = memory;

	memset(memory, 0, rk_tally_size(engine));
	tally->engine = engine;
	tally->result.seq = rk_view_seq(engine);
	tally->result.event = rk_view_event(engine);
	tally->result.events = rk_view_event_digest(engine);
	tally->more = true;
	begin_books(tally);
	/* It changes with every command. */
	rk_rows_unit(engine, RK_UNIT_ENGINE, 0, add_row, tally);
	rk_marks_read_begin(engine, read_unit, tally);
	return tally;
}

uint64_t rk_tally_seq(const struct rk_tally *tally)
{
	return tally->result.seq;
}

bool rk_tally_step(struct rk_tally *tally, uint32_t looks)
{
	enum rk_unit unit;
	uint32_t place;

	for (tally->looks = 0; tally->looks < looks && tally->more;
	     tally->looks++) {
		tally->more = rk_marks_read_next(tally->engine, &unit, &place);
		if (tally->more)
			read_unit(tally, unit, place);
	}
	return tally->more;
}

static bool balance(const struct rk_tally *tally)
{
	for (uint32_t i = 0; i < tally->assets_n; i++)
		if (tally->assets[i] != 0)
			return false;
	for (uint32_t i = 0; i < tally->markets_n; i++) {
		const struct market_sum *sum = &tally->markets[i];

		if (sum->size != 0 || sum->cost != 0 ||
		    sum->accounts_size != 0 || sum->accounts_cost != 0)
			return false;
	}
	return true;
}

void rk_tally_result(const struct rk_tally *tally,
		     struct rk_tally_result *ret_result)
{
	RK_ASSERT(!tally->more);

	*ret_result = tally->result;
	ret_result->books_balance = balance(tally);
}

void rk_tally_end(struct rk_tally *tally)
{
	rk_marks_read_end(tally->engine);
}
