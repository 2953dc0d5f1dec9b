/*
 * Giving rows out: for the digest and for snapshots. See rows.h.
 */
#include "engine/rows.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/emode.h"
#include "engine/ramp.h"
#include "engine/row_pass.h"
#include "engine/view.h"
#include "engine/words.h"

const char *rk_table_name(enum rk_table table)
{
	static const char *const names[] = {
#define RK_TABLE_NAME(name, table, keys) [RK_TABLE_##name] = #table,
		RK_TABLE_MAP(RK_TABLE_NAME)
#undef RK_TABLE_NAME
	};

	RK_ASSERT(table < RK_TABLES);
	return names[table];
}

uint32_t rk_table_keys(enum rk_table table)
{
	static const uint32_t counts[] = {
#define RK_TABLE_KEYS(name, table, keys) [RK_TABLE_##name] = (keys),
		RK_TABLE_MAP(RK_TABLE_KEYS)
#undef RK_TABLE_KEYS
	};

	RK_ASSERT(table < RK_TABLES);
	return counts[table];
}

bool rk_table_is_in(enum rk_table table, uint32_t format)
{
	if (table == RK_TABLE_INSURANCE || table == RK_TABLE_VAULT ||
	    table == RK_TABLE_TAKEOVER || table == RK_TABLE_LIQUIDATION ||
	    table == RK_TABLE_CLAIM)
		return format >= 3;
	return format >= 2 ||
	       (table != RK_TABLE_LEVERAGE && table != RK_TABLE_RESTING_ORDER &&
		table != RK_TABLE_EMODE && table != RK_TABLE_RAMP_BRACKET);
}

const char *rk_table_order(enum rk_table table)
{
	return table == RK_TABLE_LIQUIDATION_ORDER ? "closing" : NULL;
}

/* Any record of the kind: only the names of its fields matter. */
union any_record {
	struct rk_row_engine engine;
	struct rk_asset asset;
	struct rk_market market;
	struct rk_bracket bracket;
	struct rk_form form;
	char name[RK_NAME_SIZE];
	struct rk_venue_position venue_position;
	struct rk_slot slot;
	struct rk_publisher_quote quote;
	struct rk_account account;
	struct rk_balance balance;
	struct rk_position position;
	struct rk_resting resting;
	struct rk_order order;
	struct rk_withdrawal withdrawal;
	struct {
		char name[RK_NAME_SIZE];
		uint64_t last;
	} client; /* the head of one: the whole is large */
	struct rk_client_answer answer;
	struct rk_leverage leverage;
	struct rk_row_emode emode;
	struct rk_row_insurance insurance;
	struct rk_market_pace pace;
	struct rk_order_claim claim;
	struct rk_row_vault vault;
	struct rk_market_takeover takeover;
};

/* Those that not every record of their kind has. */
static void pass_rare(struct rk_pass *p, enum rk_table table,
		      union any_record *any)
{
	struct rk_row_place at = {0, 0, 0, 0};

	if (table == RK_TABLE_LEVERAGE)
		rk_pass_leverage(p, &at, &any->leverage);
	else if (table == RK_TABLE_EMODE)
		rk_pass_emode(p, &at, &any->emode);
	else if (table == RK_TABLE_INSURANCE)
		rk_pass_insurance(p, &at, &any->insurance);
	else if (table == RK_TABLE_LIQUIDATION)
		rk_pass_liquidation(p, &at, &any->pace);
	else if (table == RK_TABLE_CLAIM)
		rk_pass_claim(p, &at, &any->claim);
	else if (table == RK_TABLE_VAULT)
		rk_pass_vault(p, &at, &any->vault);
	else if (table == RK_TABLE_TAKEOVER)
		rk_pass_takeover(p, &at, &any->takeover);
}

static void pass_any(struct rk_pass *p, enum rk_table table)
{
	union any_record any;
	struct rk_row_place at = {0, 0, 0, 0};
	uint64_t client_seq = 0;

	memset(&any, 0, sizeof(any));
	switch ((int)table) {
	case RK_TABLE_ENGINE:
		rk_pass_engine(p, &at, &any.engine);
		return;
	case RK_TABLE_ASSET:
		rk_pass_asset(p, &at, &any.asset);
		return;
	case RK_TABLE_MARKET:
		rk_pass_market(p, &at, &any.market);
		return;
	case RK_TABLE_BRACKET:
		rk_pass_bracket(p, &at, &any.bracket);
		return;
	case RK_TABLE_RAMP_BRACKET:
		rk_pass_ramp_bracket(p, &at, &any.form);
		return;
	case RK_TABLE_PUBLISHER:
	case RK_TABLE_VENUE:
		rk_pass_name(p, &at, any.name);
		return;
	case RK_TABLE_VENUE_POSITION:
		rk_pass_venue_position(p, &at, &any.venue_position);
		return;
	case RK_TABLE_SLOT:
		rk_pass_slot(p, &at, &any.slot);
		return;
	case RK_TABLE_QUOTE:
		rk_pass_quote(p, &at, &any.quote);
		return;
	case RK_TABLE_ACCOUNT:
		rk_pass_account(p, &at, &any.account);
		return;
	case RK_TABLE_BALANCE:
		rk_pass_balance(p, &at, &any.balance);
		return;
	case RK_TABLE_POSITION:
		rk_pass_position(p, &at, &any.position);
		return;
	case RK_TABLE_RESTING_ORDER:
		rk_pass_resting(p, &at, &any.resting);
		return;
	case RK_TABLE_LIQUIDATION_ORDER:
		rk_pass_order(p, &at, &any.order);
		return;
	case RK_TABLE_WITHDRAWAL:
		rk_pass_withdrawal(p, &at, &any.withdrawal);
		return;
	case RK_TABLE_CLIENT:
		rk_pass_client(p, &at, any.client.name, &any.client.last);
		return;
	case RK_TABLE_ANSWER:
		rk_pass_answer(p, &at, &any.answer, &client_seq);
		return;
	default:
		pass_rare(p, table, &any);
		return;
	}
}

uint32_t rk_table_columns(enum rk_table table, uint32_t format,
			  struct rk_column *columns)
{
	struct rk_pass p = {
		.mode = RK_PASS_NAME, .format = format, .columns = columns};

	pass_any(&p, table);
	return p.n;
}

enum rk_unit rk_table_unit(enum rk_table table)
{
	static const enum rk_unit units[] = {
		[RK_TABLE_ENGINE] = RK_UNIT_ENGINE,
		[RK_TABLE_ASSET] = RK_UNIT_ASSET,
		[RK_TABLE_MARKET] = RK_UNIT_MARKET,
		[RK_TABLE_BRACKET] = RK_UNIT_MARKET,
		[RK_TABLE_RAMP_BRACKET] = RK_UNIT_MARKET,
		[RK_TABLE_PUBLISHER] = RK_UNIT_PUBLISHER,
		[RK_TABLE_VENUE] = RK_UNIT_VENUE,
		[RK_TABLE_VENUE_POSITION] = RK_UNIT_VENUE_POSITION,
		[RK_TABLE_SLOT] = RK_UNIT_SLOT,
		[RK_TABLE_QUOTE] = RK_UNIT_QUOTE,
		[RK_TABLE_ACCOUNT] = RK_UNIT_ACCOUNT,
		[RK_TABLE_BALANCE] = RK_UNIT_ACCOUNT,
		[RK_TABLE_POSITION] = RK_UNIT_ACCOUNT,
		[RK_TABLE_RESTING_ORDER] = RK_UNIT_ACCOUNT,
		[RK_TABLE_LIQUIDATION_ORDER] = RK_UNIT_ORDER,
		[RK_TABLE_WITHDRAWAL] = RK_UNIT_WITHDRAWAL,
		[RK_TABLE_CLIENT] = RK_UNIT_CLIENT,
		[RK_TABLE_ANSWER] = RK_UNIT_ANSWER,
		[RK_TABLE_LEVERAGE] = RK_UNIT_ACCOUNT,
		[RK_TABLE_EMODE] = RK_UNIT_ASSET,
		[RK_TABLE_INSURANCE] = RK_UNIT_ASSET,
		[RK_TABLE_LIQUIDATION] = RK_UNIT_MARKET,
		[RK_TABLE_CLAIM] = RK_UNIT_ORDER,
		[RK_TABLE_VAULT] = RK_UNIT_ASSET,
		[RK_TABLE_TAKEOVER] = RK_UNIT_MARKET,
	};

	RK_ASSERT(table < RK_TABLES);
	return units[table];
}

uint32_t rk_unit_tables(enum rk_unit unit,
			enum rk_table tables[RK_UNIT_TABLES_MAX])
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < RK_TABLES; i++)
		if (rk_table_unit((enum rk_table)i) == unit) {
			RK_ASSERT(n < RK_UNIT_TABLES_MAX);
			tables[n++] = (enum rk_table)i;
		}
	return n;
}

struct rk_hash rk_hash_add(struct rk_hash sum, struct rk_hash term)
{
	rk_u128 whole = ((rk_u128)sum.hi << 64 | sum.lo) +
			((rk_u128)term.hi << 64 | term.lo);

	return (struct rk_hash){(uint64_t)whole, (uint64_t)(whole >> 64)};
}

struct rk_hash rk_hash_sub(struct rk_hash sum, struct rk_hash term)
{
	rk_u128 whole = ((rk_u128)sum.hi << 64 | sum.lo) -
			((rk_u128)term.hi << 64 | term.lo);

	return (struct rk_hash){(uint64_t)whole, (uint64_t)(whole >> 64)};
}

static void put_bytes(struct rk_words *w, const struct rk_cell *cell)
{
	const unsigned char *bytes = cell->bytes;
	uint64_t word = 0;

	rk_words_put(w, cell->size);
	for (uint32_t i = 0; i < cell->size; i++) {
		word |= (uint64_t)bytes[i] << (i % 8 * 8);
		if (i % 8 == 7 || i + 1 == cell->size) {
			rk_words_put(w, word);
			word = 0;
		}
	}
}

struct rk_hash rk_row_hash(const struct rk_row *row)
{
	/* Where a withdrawal is kept is not part of what it is. */
	uint32_t first = row->table == RK_TABLE_WITHDRAWAL ? 1 : 0;
	struct rk_words w = rk_words_begin((struct rk_hash){0, 0});

	rk_words_put(&w, row->table);
	for (uint32_t i = first; i < row->n; i++) {
		if (row->cells[i].kind == RK_CELL_INTEGER)
			rk_words_put_wide(&w, row->cells[i].integer);
		else
			put_bytes(&w, &row->cells[i]);
	}
	return rk_words_hash(&w);
}

/* One row on its way out. */
struct giving {
	void (*give)(void *context, const struct rk_row *row);
	void *context;
	const struct rk_engine *engine;
	uint32_t format;
	struct rk_row row;
	struct rk_pass pass;
};

static struct rk_pass *begin(struct giving *g, enum rk_table table)
{
	g->row.table = table;
	g->row.format = g->format;
	g->pass.mode = RK_PASS_GIVE;
	g->pass.format = g->format;
	g->pass.row = &g->row;
	g->pass.n = 0;
	g->pass.bad = NULL;
	return &g->pass;
}

static void end(struct giving *g)
{
	g->row.n = g->pass.n;
	g->give(g->context, &g->row);
}

static void give_engine(struct giving *g)
{
	const struct rk_engine *e = g->engine;
	struct rk_row_place at = {0, 0, 0, 0};
	struct rk_row_engine record = {
		.seq = e->seq,
		.event = e->event,
		.time_ns = e->time_ns,
		.last_system_event = e->last_system_event,
		.last_conversion_event = e->last_conversion_event,
		.event_digest = e->event_digest,
		.closings = e->closings,
		.limits = e->limits,
		.risk = e->risk,
	};

	rk_pass_engine(begin(g, RK_TABLE_ENGINE), &at, &record);
	end(g);
}

/* A market with the terms it was listed with has no row. */
static void give_liquidation(struct giving *g, uint32_t number)
{
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_market_pace pace = g->engine->markets[number].pace;

	if (rk_liquidation_terms_usual(&pace.terms))
		return;
	rk_pass_liquidation(begin(g, RK_TABLE_LIQUIDATION), &at, &pace);
	end(g);
}

/* A market of which the vault never took anything, nor may, has no row. */
static void give_takeover(struct giving *g, uint32_t number)
{
	static const struct rk_takeover_terms none;
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_market_takeover record = g->engine->takeovers[number];

	if (record.event_cost == 0 && rk_takeover_equal(&record.terms, &none))
		return;
	rk_pass_takeover(begin(g, RK_TABLE_TAKEOVER), &at, &record);
	end(g);
}

static void give_market(struct giving *g, uint32_t number)
{
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_market market = g->engine->markets[number];

	rk_pass_market(begin(g, RK_TABLE_MARKET), &at, &market);
	end(g);
	for (at.second = 0; at.second < market.listing.brackets_n;
	     at.second++) {
		rk_pass_bracket(begin(g, RK_TABLE_BRACKET), &at,
				&market.listing.brackets[at.second]);
		end(g);
	}
	if (rk_table_is_in(RK_TABLE_TAKEOVER, g->format))
		give_takeover(g, number);
	if (!rk_table_is_in(RK_TABLE_RAMP_BRACKET, g->format))
		return;
	for (at.second = 0; at.second < market.ramp.before.brackets_n;
	     at.second++) {
		rk_pass_ramp_bracket(begin(g, RK_TABLE_RAMP_BRACKET), &at,
				     &market.ramp.before);
		end(g);
	}
	if (rk_table_is_in(RK_TABLE_LIQUIDATION, g->format))
		give_liquidation(g, number);
}

static void give_name(struct giving *g, enum rk_table table, uint32_t number,
		      const char *name)
{
	struct rk_row_place at = {number, 0, 0, 0};
	char copy[RK_NAME_SIZE];

	memcpy(copy, name, sizeof(copy));
	rk_pass_name(begin(g, table), &at, copy);
	end(g);
}

/* One row for each group that an asset is in, or is leaving. */
static void give_emode(struct giving *g, uint32_t number)
{
	const struct rk_engine *e = g->engine;
	const struct rk_asset *asset = &e->assets[number];

	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++) {
		struct rk_row_place at = {number, i, 0, 0};
		struct rk_row_emode record;

		rk_emode_get(asset, i, &record.entry);
		record.ramp = asset->emode.ramps[i];
		if (!record.entry.collateral && !record.entry.debt &&
		    !rk_ramp_runs(&record.ramp.run))
			continue;
		memcpy(record.name, e->emode_groups[i], RK_NAME_SIZE);
		rk_pass_emode(begin(g, RK_TABLE_EMODE), &at, &record);
		end(g);
	}
}

/* A fund that holds, takes and pays nothing, and never paid, has no row. */
static void give_insurance(struct giving *g, uint32_t number)
{
	static const struct rk_insurance none;
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_row_insurance record = {
		.fund = g->engine->assets[number].insurance,
		.insurance = g->engine->insurance[number],
	};

	if (record.fund == 0 &&
	    memcmp(&record.insurance, &none, sizeof(none)) == 0)
		return;
	rk_pass_insurance(begin(g, RK_TABLE_INSURANCE), &at, &record);
	end(g);
}

/* Likewise a vault. */
static void give_vault(struct giving *g, uint32_t number)
{
	static const struct rk_vault none;
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_row_vault record = {
		.capital = g->engine->assets[number].vault,
		.vault = g->engine->vaults[number],
	};

	if (record.capital == 0 &&
	    memcmp(&record.vault, &none, sizeof(none)) == 0)
		return;
	rk_pass_vault(begin(g, RK_TABLE_VAULT), &at, &record);
	end(g);
}

static void give_asset(struct giving *g, uint32_t number)
{
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_asset asset = g->engine->assets[number];

	rk_pass_asset(begin(g, RK_TABLE_ASSET), &at, &asset);
	end(g);
	if (rk_table_is_in(RK_TABLE_EMODE, g->format))
		give_emode(g, number);
	if (rk_table_is_in(RK_TABLE_INSURANCE, g->format))
		give_insurance(g, number);
	if (rk_table_is_in(RK_TABLE_VAULT, g->format))
		give_vault(g, number);
}

/* A venue that holds nothing in a market has no row. */
static void give_venue_position(struct giving *g, uint32_t place)
{
	uint32_t venue = place / g->engine->max.markets_max;
	uint32_t market = place % g->engine->max.markets_max;
	struct rk_row_place at = {RK_VENUE_POSITION_NUMBER(venue, market),
				  venue, market, 0};
	struct rk_venue_position position = g->engine->venue_positions[place];

	if (position.size == 0 && position.cost == 0)
		return;
	rk_pass_venue_position(begin(g, RK_TABLE_VENUE_POSITION), &at,
			       &position);
	end(g);
}

static void give_slot(struct giving *g, uint32_t number)
{
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_slot slot = g->engine->slots[number];

	rk_pass_slot(begin(g, RK_TABLE_SLOT), &at, &slot);
	end(g);
}

/* A publisher that never quoted a slot has no row. */
static void give_quote(struct giving *g, uint32_t place)
{
	uint32_t slot = place / g->engine->max.publishers_max;
	uint32_t publisher = place % g->engine->max.publishers_max;
	struct rk_row_place at = {RK_QUOTE_NUMBER(slot, publisher), slot,
				  publisher, 0};
	struct rk_publisher_quote quote = g->engine->quotes[place];

	if (quote.price.raw == 0)
		return;
	rk_pass_quote(begin(g, RK_TABLE_QUOTE), &at, &quote);
	end(g);
}

static void give_account(struct giving *g, uint32_t number)
{
	const struct rk_engine *e = g->engine;
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_account account = e->accounts[number];

	(void)rk_heap_get(&e->timers, number, &at.timer_ns);
	rk_pass_account(begin(g, RK_TABLE_ACCOUNT), &at, &account);
	end(g);
	for (uint32_t i = account.balances; i != RK_NONE;
	     i = e->balances[i].next) {
		struct rk_balance balance = e->balances[i];

		rk_pass_balance(begin(g, RK_TABLE_BALANCE), &at, &balance);
		end(g);
	}
	for (uint32_t i = account.positions; i != RK_NONE;
	     i = e->positions[i].next) {
		struct rk_position position = e->positions[i];

		rk_pass_position(begin(g, RK_TABLE_POSITION), &at, &position);
		end(g);
	}
	if (!rk_table_is_in(RK_TABLE_LEVERAGE, g->format))
		return;
	for (uint32_t i = account.leverages; i != RK_NONE;
	     i = e->leverages[i].next) {
		struct rk_leverage leverage = e->leverages[i];

		rk_pass_leverage(begin(g, RK_TABLE_LEVERAGE), &at, &leverage);
		end(g);
	}
	if (!rk_table_is_in(RK_TABLE_RESTING_ORDER, g->format))
		return;
	for (uint32_t i = account.resting; i != RK_NONE;
	     i = e->resting[i].next) {
		struct rk_resting order = e->resting[i];

		rk_pass_resting(begin(g, RK_TABLE_RESTING_ORDER), &at, &order);
		end(g);
	}
}

static void give_order(struct giving *g, uint32_t number)
{
	const struct rk_engine *e = g->engine;
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_order order = e->orders[number];

	(void)rk_heap_get(&e->timers, e->max.accounts_max + number,
			  &at.timer_ns);
	rk_pass_order(begin(g, RK_TABLE_LIQUIDATION_ORDER), &at, &order);
	end(g);
	if (order.claim.until_ns == 0 ||
	    !rk_table_is_in(RK_TABLE_CLAIM, g->format))
		return;
	rk_pass_claim(begin(g, RK_TABLE_CLAIM), &at, &order.claim);
	end(g);
}

static void give_withdrawal(struct giving *g, uint32_t number)
{
	struct rk_row_place at = {number, 0, 0, 0};
	struct rk_withdrawal withdrawal = g->engine->withdrawals[number];

	if (withdrawal.id == 0)
		return;
	rk_pass_withdrawal(begin(g, RK_TABLE_WITHDRAWAL), &at, &withdrawal);
	end(g);
}

static void give_client(struct giving *g, uint32_t number)
{
	const struct rk_client *client = &g->engine->clients[number];
	struct rk_row_place at = {number, 0, 0, 0};
	char name[RK_NAME_SIZE];
	uint64_t last = client->last;

	memcpy(name, client->name, sizeof(name));
	rk_pass_client(begin(g, RK_TABLE_CLIENT), &at, name, &last);
	end(g);
}

/* Answers are a ring: which number is at a place follows from the newest. */
static void give_answer(struct giving *g, uint32_t place)
{
	const struct rk_client *client =
		&g->engine->clients[place / RK_ANSWERS];
	uint64_t back = (client->last - place) % RK_ANSWERS;
	uint64_t client_seq = client->last - back;
	struct rk_row_place at = {place, place / RK_ANSWERS, 0, 0};
	struct rk_client_answer answer = client->answers[place % RK_ANSWERS];

	if (client->last <= back)
		return;
	rk_pass_answer(begin(g, RK_TABLE_ANSWER), &at, &answer, &client_seq);
	end(g);
}

static void give_unit(struct giving *g, enum rk_unit unit, uint32_t place)
{
	switch (unit) {
	case RK_UNIT_ENGINE:
		give_engine(g);
		return;
	case RK_UNIT_ASSET:
		give_asset(g, place);
		return;
	case RK_UNIT_MARKET:
		give_market(g, place);
		return;
	case RK_UNIT_PUBLISHER:
		give_name(g, RK_TABLE_PUBLISHER, place,
			  g->engine->publishers[place]);
		return;
	case RK_UNIT_VENUE:
		give_name(g, RK_TABLE_VENUE, place, g->engine->venues[place]);
		return;
	case RK_UNIT_VENUE_POSITION:
		give_venue_position(g, place);
		return;
	case RK_UNIT_SLOT:
		give_slot(g, place);
		return;
	case RK_UNIT_QUOTE:
		give_quote(g, place);
		return;
	case RK_UNIT_ACCOUNT:
		give_account(g, place);
		return;
	case RK_UNIT_ORDER:
		give_order(g, place);
		return;
	case RK_UNIT_WITHDRAWAL:
		give_withdrawal(g, place);
		return;
	case RK_UNIT_CLIENT:
		give_client(g, place);
		return;
	case RK_UNIT_ANSWER:
		give_answer(g, place);
		return;
	case RK_UNITS:
	default:
		return;
	}
}

uint32_t rk_unit_number(const struct rk_engine *engine, enum rk_unit unit,
			uint32_t place)
{
	uint32_t markets = engine->max.markets_max;
	uint32_t publishers = engine->max.publishers_max;

	if (unit == RK_UNIT_VENUE_POSITION)
		return RK_VENUE_POSITION_NUMBER(place / markets,
						place % markets);
	if (unit == RK_UNIT_QUOTE)
		return RK_QUOTE_NUMBER(place / publishers, place % publishers);
	return place;
}

void rk_rows_unit(const struct rk_engine *engine, enum rk_unit unit,
		  uint32_t place,
		  void (*give)(void *context, const struct rk_row *row),
		  void *context)
{
	struct giving g = {.give = give,
			   .context = context,
			   .engine = engine,
			   .format = RK_ROWS_FORMAT};

	/* What was marked and then undone has no record, and no rows. */
	if (place < rk_marks_places(engine, unit))
		give_unit(&g, unit, place);
}

static void give_all(struct giving *g)
{
	for (uint32_t i = 0; i < RK_UNITS; i++) {
		uint32_t n = rk_marks_places(g->engine, (enum rk_unit)i);

		for (uint32_t j = 0; j < n; j++)
			give_unit(g, (enum rk_unit)i, j);
	}
}

void rk_rows_all(const struct rk_engine *engine,
		 void (*give)(void *context, const struct rk_row *row),
		 void *context)
{
	struct giving g = {.give = give,
			   .context = context,
			   .engine = engine,
			   .format = RK_ROWS_FORMAT};

	give_all(&g);
}

static void add_to(void *context, const struct rk_row *row)
{
	struct rk_hash *sum = context;

	*sum = rk_hash_add(*sum, rk_row_hash(row));
}

struct rk_hash rk_rows_digest(const struct rk_engine *engine, uint32_t format)
{
	struct rk_hash sum = {0, 0};
	struct giving g = {.give = add_to,
			   .context = &sum,
			   .engine = engine,
			   .format = format};

	give_all(&g);
	return sum;
}

struct rk_hash rk_view_state_digest(const struct rk_engine *engine)
{
	return rk_rows_digest(engine, RK_ROWS_FORMAT);
}

struct rk_hash rk_view_event_digest(const struct rk_engine *engine)
{
	return engine->event_digest;
}
