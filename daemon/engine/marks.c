/*
 * Marks of change. See marks.h.
 */
#include "engine/marks.h"

#include "engine/assert.h"
#include "engine/state.h"

void rk_marks_take(struct rk_marks *marks, enum rk_unit unit, uint32_t place)
{
	struct rk_mark_word *word = &marks->tables[unit].words[place / 64];
	uint64_t bit = UINT64_C(1) << (place % 64);

	RK_ASSERT((word->wanted | word->unread) & bit);

	if (word->unread & bit) {
		RK_ASSERT(marks->unread_n > 0);
		word->unread &= ~bit;
		marks->unread_n--;
		marks->read(marks->read_context, unit, place);
	}
	if (!(word->wanted & bit))
		return;
	RK_ASSERT(marks->wanted_n > 0);
	word->wanted &= ~bit;
	word->taken |= bit;
	marks->wanted_n--;
	marks->copy(marks->context, unit, place);
}

static uint32_t words_of(const struct rk_mark_table *table)
{
	return (table->units_max + 63) / 64;
}

/* Pairs, fours and eights of bits added up side by side. */
static uint32_t count_bits(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) +
	    (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)(x * UINT64_C(0x0101010101010101) >> 56);
}

void rk_marks_begin(struct rk_engine *engine,
		    void (*copy)(void *context, enum rk_unit unit,
				 uint32_t place),
		    void *context)
{
	struct rk_marks *marks = &engine->marks;

	RK_ASSERT(marks->wanted_n == 0);
	RK_ASSERT(engine->phase == RK_PHASE_IDLE);

	marks->copy = copy;
	marks->context = context;
	marks->unit = RK_UNIT_ASSET;
	marks->word = 0;
	for (int i = 0; i < RK_UNITS; i++) {
		struct rk_mark_table *table = &marks->tables[i];
		uint32_t n = words_of(table);

		for (uint32_t j = 0; j < n; j++) {
			RK_ASSERT(table->words[j].taken == 0);
			table->words[j].wanted = table->words[j].changed;
			table->words[j].changed = 0;
			marks->wanted_n += count_bits(table->words[j].wanted);
		}
	}
	/* The ENGINE unit is copied by whoever began. */
	marks->wanted_n -=
		count_bits(marks->tables[RK_UNIT_ENGINE].words[0].wanted);
	marks->tables[RK_UNIT_ENGINE].words[0].wanted = 0;
}

uint64_t rk_marks_left(const struct rk_engine *engine)
{
	return engine->marks.wanted_n;
}

bool rk_marks_next(struct rk_engine *engine, enum rk_unit *ret_unit,
		   uint32_t *ret_place)
{
	struct rk_marks *marks = &engine->marks;

	for (; marks->unit < RK_UNITS; marks->unit++, marks->word = 0) {
		struct rk_mark_table *table = &marks->tables[marks->unit];
		uint32_t n = words_of(table);

		for (; marks->word < n; marks->word++) {
			struct rk_mark_word *word = &table->words[marks->word];
			uint64_t bit = word->wanted & (~word->wanted + 1);

			if (bit == 0)
				continue;
			word->wanted &= ~bit;
			word->taken |= bit;
			marks->wanted_n--;
			*ret_unit = marks->unit;
			*ret_place = marks->word * 64 +
				     (uint32_t)__builtin_ctzll(bit);
			return true;
		}
	}
	RK_ASSERT(marks->wanted_n == 0);
	return false;
}

void rk_marks_end(struct rk_engine *engine, bool done)
{
	struct rk_marks *marks = &engine->marks;

	RK_ASSERT(!done || marks->wanted_n == 0);

	for (int i = 0; i < RK_UNITS; i++) {
		struct rk_mark_table *table = &marks->tables[i];
		uint32_t n = words_of(table);

		for (uint32_t j = 0; j < n; j++) {
			struct rk_mark_word *word = &table->words[j];

			if (!done)
				word->changed |= word->wanted | word->taken;
			word->wanted = 0;
			word->taken = 0;
		}
	}
	marks->wanted_n = 0;
}

void rk_marks_read_begin(struct rk_engine *engine,
			 void (*read)(void *context, enum rk_unit unit,
				      uint32_t place),
			 void *context)
{
	struct rk_marks *marks = &engine->marks;

	RK_ASSERT(marks->unread_n == 0);
	RK_ASSERT(engine->phase == RK_PHASE_IDLE);

	marks->read = read;
	marks->read_context = context;
	marks->read_unit = RK_UNIT_ASSET;
	marks->read_word = 0;
	/* Word by word, as this holds up the loop. */
	for (uint32_t i = RK_UNIT_ASSET; i < RK_UNITS; i++) {
		struct rk_mark_word *words = marks->tables[i].words;
		uint32_t n = rk_marks_places(engine, (enum rk_unit)i);

		for (uint32_t j = 0; j < n / 64; j++)
			words[j].unread = UINT64_MAX;
		if (n % 64 != 0)
			words[n / 64].unread = (UINT64_C(1) << n % 64) - 1;
		marks->unread_n += n;
	}
}

/* Behind these nothing is unread, however large the table is. */
static uint32_t words_used(const struct rk_engine *engine, enum rk_unit unit)
{
	return (rk_marks_places(engine, unit) + 63) / 64;
}

bool rk_marks_read_next(struct rk_engine *engine, enum rk_unit *ret_unit,
			uint32_t *ret_place)
{
	struct rk_marks *marks = &engine->marks;

	/* What comes to be meanwhile is not to be read: the count knows. */
	if (marks->unread_n == 0)
		return false;
	for (; marks->read_unit < RK_UNITS;
	     marks->read_unit++, marks->read_word = 0) {
		struct rk_mark_table *table = &marks->tables[marks->read_unit];
		uint32_t n = words_used(engine, marks->read_unit);

		for (; marks->read_word < n; marks->read_word++) {
			struct rk_mark_word *word =
				&table->words[marks->read_word];
			uint64_t bit = word->unread & (~word->unread + 1);

			if (bit == 0)
				continue;
			word->unread &= ~bit;
			marks->unread_n--;
			*ret_unit = marks->read_unit;
			*ret_place = marks->read_word * 64 +
				     (uint32_t)__builtin_ctzll(bit);
			return true;
		}
	}
	RK_ASSERT(false);
	return false;
}

void rk_marks_read_end(struct rk_engine *engine)
{
	struct rk_marks *marks = &engine->marks;

	for (; marks->unread_n > 0 && marks->read_unit < RK_UNITS;
	     marks->read_unit++, marks->read_word = 0) {
		struct rk_mark_table *table = &marks->tables[marks->read_unit];
		uint32_t n = words_used(engine, marks->read_unit);

		for (; marks->read_word < n; marks->read_word++)
			table->words[marks->read_word].unread = 0;
	}
	marks->unread_n = 0;
}

uint32_t rk_marks_places(const struct rk_engine *engine, enum rk_unit unit)
{
	switch (unit) {
	case RK_UNIT_ENGINE:
		return 1;
	case RK_UNIT_ASSET:
		return engine->assets_n;
	case RK_UNIT_MARKET:
		return engine->markets_n;
	case RK_UNIT_PUBLISHER:
		return engine->publishers_n;
	case RK_UNIT_VENUE:
		return engine->venues_n;
	case RK_UNIT_VENUE_POSITION:
		return engine->venues_n * engine->max.markets_max;
	case RK_UNIT_SLOT:
		return engine->slots_n;
	case RK_UNIT_QUOTE:
		return engine->slots_n * engine->max.publishers_max;
	case RK_UNIT_ACCOUNT:
		return engine->accounts_n;
	case RK_UNIT_ORDER:
		return engine->orders_used;
	case RK_UNIT_WITHDRAWAL:
		return engine->withdrawals_pool.used;
	case RK_UNIT_CLIENT:
		return engine->clients_n;
	case RK_UNIT_ANSWER:
		return engine->clients_n * RK_ANSWERS;
	case RK_UNITS:
	default:
		return 0;
	}
}

void rk_marks_all(struct rk_engine *engine)
{
	/* Word by word, as this holds up the loop. */
	RK_ASSERT(engine->marks.wanted_n == 0);
	for (int i = 0; i < RK_UNITS; i++) {
		struct rk_mark_word *words = engine->marks.tables[i].words;
		uint32_t n = rk_marks_places(engine, (enum rk_unit)i);

		for (uint32_t j = 0; j < n / 64; j++)
			words[j].changed = UINT64_MAX;
		if (n % 64 != 0)
			words[n / 64].changed |= (UINT64_C(1) << n % 64) - 1;
	}
}

void rk_marks_forget(struct rk_engine *engine)
{
	for (int i = 0; i < RK_UNITS; i++) {
		struct rk_mark_table *table = &engine->marks.tables[i];
		uint32_t n = words_of(table);

		for (uint32_t j = 0; j < n; j++)
			table->words[j].changed = 0;
	}
}

uint64_t rk_marks_changed(const struct rk_engine *engine)
{
	uint64_t sum = 0;

	for (int i = 0; i < RK_UNITS; i++) {
		const struct rk_mark_table *table = &engine->marks.tables[i];
		uint32_t n = words_of(table);

		for (uint32_t j = 0; j < n; j++)
			sum += count_bits(table->words[j].changed);
	}
	return sum;
}

bool rk_marks_is_changed(const struct rk_engine *engine, enum rk_unit unit,
			 uint32_t place)
{
	const struct rk_mark_table *table = &engine->marks.tables[unit];

	RK_ASSERT(place < table->units_max);
	return table->words[place / 64].changed >> (place % 64) & 1;
}
