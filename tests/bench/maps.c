/*
 * The engine that a team writes first: everything by name, in hash maps of
 * nodes from malloc, numbers as doubles; a tick looks up each holder of the
 * market and adds up all that it holds. See baseline.h.
 *
 * It is honest work: a good hash, tables that are never more than half full
 * of chains, and nothing done twice on purpose.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "bench.h"

#define NAME_SIZE 24

struct node {
	struct node *next;
	uint64_t hash;
	char *key;
	void *value;
};

struct map {
	struct node **buckets;
	size_t buckets_n; /* a power of two */
	size_t n;
};

struct map_position {
	char *symbol;
	double size;
	double entry;
};

struct map_account {
	char *name;
	double cash;
	double equity;
	double maintenance;
	struct map positions; /* by symbol */
};

struct map_market {
	char *symbol;
	double price;
	double rate;
	char **holders; /* names */
	size_t holders_n;
	size_t holders_max;
};

struct bench_maps {
	struct map accounts; /* by name */
	struct map markets;  /* by symbol */
	char symbols[BENCH_BOOK_MARKETS_MAX][NAME_SIZE];
};

/* FNV-1a. */
static uint64_t hash_of(const char *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
	return hash;
}

static void map_grow(struct map *map)
{
	size_t n = map->buckets_n ? map->buckets_n * 2 : 4;
	struct node **buckets = bench_need(calloc(n, sizeof(*buckets)));

	for (size_t i = 0; i < map->buckets_n; i++) {
		struct node *node = map->buckets[i];

		while (node) {
			struct node *next = node->next;

			node->next = buckets[node->hash & (n - 1)];
			buckets[node->hash & (n - 1)] = node;
			node = next;
		}
	}
	free(map->buckets);
	map->buckets = buckets;
	map->buckets_n = n;
}

static void map_put(struct map *map, const char *key, void *value)
{
	struct node *node = bench_need(malloc(sizeof(*node)));

	if (map->n * 2 >= map->buckets_n)
		map_grow(map);
	node->hash = hash_of(key);
	node->key = bench_need(strdup(key));
	node->value = value;
	node->next = map->buckets[node->hash & (map->buckets_n - 1)];
	map->buckets[node->hash & (map->buckets_n - 1)] = node;
	map->n++;
}

static void *map_get(const struct map *map, const char *key)
{
	uint64_t hash = hash_of(key);
	const struct node *node = map->buckets[hash & (map->buckets_n - 1)];

	while (node && (node->hash != hash || strcmp(node->key, key) != 0))
		node = node->next;
	if (!node)
		bench_die("%s is in no map", key);
	return node->value;
}

static void map_close(struct map *map, void (*close)(void *value))
{
	for (size_t i = 0; i < map->buckets_n; i++) {
		struct node *node = map->buckets[i];

		while (node) {
			struct node *next = node->next;

			close(node->value);
			free(node->key);
			free(node);
			node = next;
		}
	}
	free(map->buckets);
}

static void add_holder(struct map_market *market, const char *name)
{
	if (market->holders_n == market->holders_max) {
		market->holders_max = market->holders_max * 2 + 16;
		market->holders = bench_need(realloc(
			market->holders, market->holders_max * sizeof(char *)));
	}
	market->holders[market->holders_n++] = bench_need(strdup(name));
}

static void add_account(struct bench_maps *maps,
			const struct bench_holder *holder, uint32_t positions)
{
	struct map_account *account = bench_need(calloc(1, sizeof(*account)));
	char name[NAME_SIZE];

	(void)snprintf(name, sizeof(name), "account-%08llu",
		       (unsigned long long)holder->account);
	account->name = bench_need(strdup(name));
	account->cash = (double)holder->cash / 1e6;
	for (uint32_t k = 0; k < positions; k++) {
		const char *symbol = maps->symbols[holder->held[k].market];
		struct map_position *held = bench_need(malloc(sizeof(*held)));

		held->symbol = bench_need(strdup(symbol));
		held->size = (double)holder->held[k].size / 1e3;
		held->entry = (double)BENCH_BOOK_PRICE / 1e4;
		map_put(&account->positions, symbol, held);
		add_holder(map_get(&maps->markets, symbol), name);
	}
	map_put(&maps->accounts, name, account);
}

struct bench_maps *bench_maps_open(const struct bench_book *book)
{
	struct bench_maps *maps = bench_need(calloc(1, sizeof(*maps)));
	struct bench_holder holder;

	for (uint32_t i = 0; i < book->shape.markets; i++) {
		struct map_market *market =
			bench_need(calloc(1, sizeof(*market)));

		(void)snprintf(maps->symbols[i], NAME_SIZE, "M%u-USD-PERP", i);
		market->symbol = bench_need(strdup(maps->symbols[i]));
		market->price = (double)BENCH_BOOK_PRICE / 1e4;
		market->rate = BENCH_BOOK_MAINTENANCE / 1e4;
		map_put(&maps->markets, market->symbol, market);
	}
	for (uint64_t i = 1; i <= book->shape.accounts; i++) {
		bench_book_holder(book, i, &holder);
		add_account(maps, &holder, book->shape.positions);
	}
	return maps;
}

static void close_position(void *value)
{
	struct map_position *held = value;

	free(held->symbol);
	free(held);
}

static void close_account(void *value)
{
	struct map_account *account = value;

	map_close(&account->positions, close_position);
	free(account->name);
	free(account);
}

static void close_market(void *value)
{
	struct map_market *market = value;

	for (size_t i = 0; i < market->holders_n; i++)
		free(market->holders[i]);
	free(market->holders);
	free(market->symbol);
	free(market);
}

void bench_maps_close(struct bench_maps *maps)
{
	map_close(&maps->accounts, close_account);
	map_close(&maps->markets, close_market);
	free(maps);
}

static bool judge(struct bench_maps *maps, struct map_account *account)
{
	const struct map *positions = &account->positions;

	account->equity = account->cash;
	account->maintenance = 0;
	for (size_t i = 0; i < positions->buckets_n; i++)
		for (const struct node *node = positions->buckets[i]; node;
		     node = node->next) {
			const struct map_position *held = node->value;
			const struct map_market *market =
				map_get(&maps->markets, held->symbol);
			double size = held->size;

			account->equity += size * (market->price - held->entry);
			account->maintenance += (size < 0 ? -size : size) *
						market->price * market->rate;
		}
	return account->equity < account->maintenance;
}

uint32_t bench_maps_tick(struct bench_maps *maps, uint32_t market,
			 int64_t price)
{
	struct map_market *moved =
		map_get(&maps->markets, maps->symbols[market]);
	uint32_t below = 0;

	moved->price = (double)price / 1e4;
	for (size_t i = 0; i < moved->holders_n; i++)
		below += judge(maps,
			       map_get(&maps->accounts, moved->holders[i]));
	return below;
}

size_t bench_maps_size(const struct bench_shape *shape)
{
	/* Measured: 330 bytes an account, 190 a position. */
	return (size_t)shape->accounts * (330 + 190 * shape->positions);
}
