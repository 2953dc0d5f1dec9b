/*
 * How a heavy query goes over the accounts: a few at a step, as they are then.
 * Private to heavy.c, which says when, and knows of digests alone.
 */
#ifndef RK_APP_HEAVY_KINDS_H
#define RK_APP_HEAVY_KINDS_H

#include "codec/answer.h"
#include "codec/decode.h"

#define RK_HEAVY_ROWS_MAX 1000U

/* An account as it was when it was looked at. */
struct rk_heavy_row {
	struct rk_account_view view;
	uint64_t seq;
};

struct rk_heavy_query {
	bool used;
	bool joined; /* DIGEST: the tally under way is for this one too */
	bool begun;
	uint32_t pending;
	enum rk_query_kind kind;
	int64_t ratio_above;      /* ACCOUNTS */
	uint32_t market_plus_one; /* ORDERS */
	/* States looked at. */
	uint64_t from_seq;
	uint64_t seq;
	uint32_t next;  /* account to look at */
	uint32_t until; /* accounts when it began */
	/* ACCOUNTS: the riskiest so far, riskiest first, by place in rows. */
	struct rk_heavy_row *rows; /* RK_HEAVY_ROWS_MAX */
	uint32_t *order;           /* as many */
	uint32_t n;                /* ORDERS: found; ACCOUNTS: kept */
	uint32_t max;
	uint32_t matching;
	uint32_t packed;       /* of n */
	struct rk_bytes bytes; /* rows that are written */
	/* MARKETS. */
	rk_i128 deficits[RK_ASSETS_MAX];
};

/* Memory of rows, or -ENOMEM. Zeroed memory is a free query. */
int rk_heavy_query_open(struct rk_heavy_query *q);
void rk_heavy_query_close(struct rk_heavy_query *q);

/* Take one up. */
void rk_heavy_query_begin(struct rk_heavy_query *q, uint32_t pending,
			  const struct rk_query *query);

/* But for DIGEST: look at a few accounts; true when there is more to do. */
bool rk_heavy_query_step(struct rk_heavy_query *q,
			 const struct rk_engine *engine);

/* The same: write what it has come to. */
void rk_heavy_query_answer(const struct rk_heavy_query *q,
			   struct rk_bytes *bytes, struct rk_scratch *scratch,
			   const struct rk_engine *engine);

#endif
