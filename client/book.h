/*
 * Book files: assets, markets, prices and accounts in one JSON object, for the
 * offline calculator. What is traded has the schema of markets.json; the rest
 * is in riskctl(1). A book is an engine of its own in which everything is
 * listed and quoted, and accounts are questions to it.
 */
#ifndef CLIENT_BOOK_H
#define CLIENT_BOOK_H

#include <jansson.h>

#include "engine/ask.h"
#include "engine/event.h"
#include "ops/markets.h"

struct rk_error;

#define BOOK_SCHEMA  1
#define BOOK_TIME_NS INT64_C(1000000000) /* any: all happens at once */

struct book {
	const char *name; /* for messages; borrowed */
	json_t *root;
	struct rk_markets *markets;
	struct rk_engine *engine;
	void *memory; /* of the engine */
	struct rk_evbuf events;
	uint32_t accounts_n;
};

/*
 * Returns 0 or -errno with error ("file: $.path = value: what would be
 * right"); on success ret_book is released by book_close().
 */
int book_open(const char *text, size_t size, const char *name,
	      struct book *ret_book, struct rk_error *error);
void book_close(struct book *book); /* accepts zeroed memory */

/*
 * Account i of the list: what it is called in the file (the book's; its place
 * from 1 when it has no name), and a question about it. 0 or -EINVAL.
 */
int book_account(const struct book *book, uint32_t i, const char **ret_name,
		 struct rk_ask *ret_ask, struct rk_error *error);

/* Inside the reader: one command, refused or not; what all others have. */
int book_apply(struct book *book, const struct rk_cmd *cmd,
	       struct rk_error *error);
int book_read_others(struct book *book, struct rk_error *error);
/* book_listing.c: all that is traded, with its terms. */
int book_list_all(struct book *book, struct rk_error *error);
/* How slow a price is; start: where it stands, 0: at the mark. */
int book_set_slow(struct book *book, uint32_t slot,
		  const struct rk_markets_slow *slow, rk_px start,
		  struct rk_error *error);

#endif
