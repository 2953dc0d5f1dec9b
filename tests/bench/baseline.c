/*
 * Scans of postings and of an array of structs. See baseline.h; the maps are
 * in maps.c.
 */
#include "baseline.h"

#include <stdlib.h>

#include "bench.h"

#define WHOLE 10000 /* the scale of BENCH_BOOK_MAINTENANCE */

struct posting_list {
	uint32_t *accounts;
	int64_t *weights;
	uint32_t n;
};

struct bench_postings {
	struct bench_book book;
	struct posting_list lists[BENCH_BOOK_MARKETS_MAX];
	int64_t prices[BENCH_BOOK_MARKETS_MAX];
	int64_t *health; /* of each account, in 1e-7 dollars times 1e-4 */
};

static int64_t weight_of(const struct bench_holding *held)
{
	return held->size * WHOLE - llabs(held->size) * BENCH_BOOK_MAINTENANCE;
}

static void count_holders(struct bench_postings *postings)
{
	struct bench_holder holder;

	for (uint32_t i = 0; i < postings->book.shape.accounts; i++) {
		bench_book_holder(&postings->book, i + 1, &holder);
		for (uint32_t k = 0; k < postings->book.shape.positions; k++)
			postings->lists[holder.held[k].market].n++;
	}
	for (uint32_t i = 0; i < postings->book.shape.markets; i++) {
		struct posting_list *list = &postings->lists[i];

		list->accounts = bench_need(
			calloc(list->n + 1, sizeof(*list->accounts)));
		list->weights =
			bench_need(calloc(list->n + 1, sizeof(*list->weights)));
		list->n = 0;
	}
}

/* Cash 1e-6; size times price 1e-7; health has four digits more. */
static void add_postings(struct bench_postings *postings, uint32_t account)
{
	struct bench_holder holder;
	int64_t health;

	bench_book_holder(&postings->book, account + 1, &holder);
	health = holder.cash * 10 * WHOLE;
	for (uint32_t k = 0; k < postings->book.shape.positions; k++) {
		const struct bench_holding *held = &holder.held[k];
		struct posting_list *list = &postings->lists[held->market];

		/* The profit is 0 at this price, what is required is not. */
		health -= llabs(held->size) * BENCH_BOOK_MAINTENANCE *
			  BENCH_BOOK_PRICE;
		list->accounts[list->n] = account;
		list->weights[list->n++] = weight_of(held);
	}
	postings->health[account] = health;
}

struct bench_postings *bench_postings_open(const struct bench_book *book)
{
	struct bench_postings *postings =
		bench_need(calloc(1, sizeof(*postings)));

	postings->book = *book;
	postings->health = bench_need(
		calloc(book->shape.accounts, sizeof(*postings->health)));
	count_holders(postings);
	for (uint32_t i = 0; i < book->shape.accounts; i++)
		add_postings(postings, i);
	for (uint32_t i = 0; i < book->shape.markets; i++)
		postings->prices[i] = BENCH_BOOK_PRICE;
	return postings;
}

void bench_postings_close(struct bench_postings *postings)
{
	for (uint32_t i = 0; i < postings->book.shape.markets; i++) {
		free(postings->lists[i].accounts);
		free(postings->lists[i].weights);
	}
	free(postings->health);
	free(postings);
}

uint32_t bench_postings_holders(const struct bench_postings *postings,
				uint32_t market)
{
	return postings->lists[market].n;
}

uint32_t bench_postings_tick(struct bench_postings *postings, uint32_t market,
			     int64_t price)
{
	const struct posting_list *list = &postings->lists[market];
	const uint32_t *restrict accounts = list->accounts;
	const int64_t *restrict weights = list->weights;
	int64_t *restrict health = postings->health;
	int64_t step = price - postings->prices[market];
	uint32_t below = 0;

	postings->prices[market] = price;
	for (uint32_t i = 0; i < list->n; i++) {
		int64_t left = health[accounts[i]] + weights[i] * step;

		health[accounts[i]] = left;
		below += left < 0;
	}
	return below;
}

struct struct_position {
	double size;
	double entry;
	double rate;
	double profit;
	uint64_t market;
};

struct struct_account {
	uint64_t id;
	double cash;
	double equity;
	double maintenance;
	struct struct_position positions[3];
	uint64_t positions_n;
};

struct bench_structs {
	double prices[BENCH_BOOK_MARKETS_MAX];
	struct struct_account *accounts;
	uint32_t n;
};

size_t bench_structs_bytes(const struct bench_structs *structs)
{
	return structs->n * sizeof(*structs->accounts);
}

struct bench_structs *bench_structs_open(const struct bench_book *book)
{
	struct bench_structs *structs = bench_need(calloc(1, sizeof(*structs)));
	struct bench_holder holder;

	if (book->shape.positions > 3)
		bench_die("the array of structs has room for 3 positions");
	structs->n = book->shape.accounts;
	structs->accounts =
		bench_need(calloc(structs->n, sizeof(*structs->accounts)));
	for (uint32_t i = 0; i < book->shape.markets; i++)
		structs->prices[i] = (double)BENCH_BOOK_PRICE / 1e4;
	for (uint32_t i = 0; i < structs->n; i++) {
		struct struct_account *account = &structs->accounts[i];

		bench_book_holder(book, i + 1, &holder);
		account->id = holder.account;
		account->cash = (double)holder.cash / 1e6;
		account->positions_n = book->shape.positions;
		for (uint32_t k = 0; k < book->shape.positions; k++)
			account->positions[k] = (struct struct_position){
				.size = (double)holder.held[k].size / 1e3,
				.entry = (double)BENCH_BOOK_PRICE / 1e4,
				.rate = BENCH_BOOK_MAINTENANCE / 1e4,
				.market = holder.held[k].market,
			};
	}
	return structs;
}

void bench_structs_close(struct bench_structs *structs)
{
	free(structs->accounts);
	free(structs);
}

uint32_t bench_structs_tick(struct bench_structs *structs, uint32_t market,
			    int64_t price)
{
	uint32_t below = 0;

	structs->prices[market] = (double)price / 1e4;
	for (uint32_t i = 0; i < structs->n; i++) {
		struct struct_account *account = &structs->accounts[i];
		double equity = account->cash;
		double maintenance = 0;

		for (uint64_t k = 0; k < account->positions_n; k++) {
			struct struct_position *held = &account->positions[k];
			double mark = structs->prices[held->market];
			double size = held->size;

			held->profit = size * (mark - held->entry);
			equity += held->profit;
			maintenance +=
				(size < 0 ? -size : size) * mark * held->rate;
		}
		account->equity = equity;
		account->maintenance = maintenance;
		below += equity < maintenance;
	}
	return below;
}
