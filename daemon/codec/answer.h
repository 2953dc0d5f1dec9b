/*
 * Answers to queries, read off the engine. Each writes one whole Answer;
 * bytes->full tells that it did not fit.
 */
#ifndef RK_CODEC_ANSWER_H
#define RK_CODEC_ANSWER_H

#include "codec/pack.h"
#include "engine/view.h"

/* There is no answer: code, and a line naming the value. */
void rk_answer_refusal(struct rk_bytes *bytes, uint64_t seq, int code,
		       const char *error);

struct rk_counter {
	const char *name;
	uint64_t value;
};

/* What Status tells besides what the engine knows. */
struct rk_status {
	const char *version;
	const char *clock;
	const char *journal;
	/* URLs of prices, ingest, events and public. */
	char *const *urls[4];
	size_t urls_n[4];
	uint64_t durable_seq;
	uint64_t oldest_event;
	const char *not_ready; /* NULL: it is */
	/* Sent before the disk has it: nothing of the state may show. */
	bool only_durable;
	uint64_t snapshot_seq;
	int64_t snapshot_time_ns;
	int64_t unsynced_age_ns;
	bool lagging;
	const struct rk_counter *counters;
	size_t counters_n;
};
void rk_answer_status(struct rk_bytes *bytes, struct rk_scratch *scratch,
		      const struct rk_engine *engine,
		      const struct rk_status *status);

/* A snapshot that was taken. */
struct rk_snapshot_told {
	uint64_t seq; /* also the state answered from */
	const char *file;
	uint64_t bytes;
	uint64_t rows;
	uint64_t rows_changed;
	uint64_t took_ns;
	struct rk_hash state_digest;
};
void rk_answer_snapshot(struct rk_bytes *bytes,
			const struct rk_snapshot_told *told);

/* What is owed of each asset and nothing covers, summed up beforehand. */
struct rk_deficits {
	const rk_i128 *sums; /* RK_ASSETS_MAX; NULL: nothing is */
	uint64_t from_seq;   /* the first state looked at */
};
void rk_answer_markets(struct rk_bytes *bytes, struct rk_scratch *scratch,
		       const struct rk_engine *engine,
		       const struct rk_deficits *deficits);

/*
 * index is an account's number in the engine; the largest orders are of markets
 * and at prices that can be.
 */
struct rk_largest;
void rk_answer_account(struct rk_bytes *bytes, struct rk_scratch *scratch,
		       const struct rk_engine *engine, uint32_t index,
		       const struct rk_largest *largest);

/*
 * Lists that are put together row by row, as each is looked at: first the rows
 * of one list are written to bytes of their own, then the answer around them.
 * seq is the state that a row is read from, or the last of all.
 */
void rk_answer_account_row(struct rk_bytes *rows,
			   const struct rk_account_view *view, uint64_t seq);
struct rk_account_list {
	const struct rk_bytes *rows;
	uint32_t matching; /* how many there are in all */
	uint64_t from_seq;
	uint64_t seq;
};
void rk_answer_accounts(struct rk_bytes *bytes,
			const struct rk_account_list *list);

/* Orders that are not closed, of both kinds; each kind in its order. */
void rk_answer_order_row(struct rk_bytes *rows,
			 const struct rk_order_view *view, uint64_t seq);
void rk_answer_conversion_row(struct rk_bytes *rows,
			      const struct rk_conversion_view *view,
			      uint64_t seq);
struct rk_order_list {
	const struct rk_bytes *rows;
	uint64_t from_seq;
	uint64_t seq;
};
void rk_answer_orders(struct rk_bytes *bytes, const struct rk_order_list *list);

/* The largest row of any of these lists. */
#define RK_ANSWER_ROW_MAX 512

void rk_answer_client(struct rk_bytes *bytes, const struct rk_engine *engine,
		      const char *client);
struct rk_tally_result;
void rk_answer_digest(struct rk_bytes *bytes,
		      const struct rk_tally_result *result);

/*
 * The figures of one account, read off a question, kept in scratch until the
 * answer is written; NULL when they do not fit there.
 */
struct rk_ask;
struct rk_figures; /* what the wire has of them */
struct rk_figures_of {
	const struct rk_ask *ask;
	uint64_t account;
	enum rk_state state;
	bool brief;             /* without limits, which take long */
	uint64_t supposed_from; /* numbers of orders from here on are made up */
	const struct rk_largest *largest; /* orders to be told */
};
struct rk_figures *rk_answer_figures(struct rk_scratch *scratch,
				     const struct rk_engine *engine,
				     const struct rk_figures_of *of);
/* Of n accounts each; before is NULL when nothing is supposed. */
struct rk_figures_list {
	struct rk_figures **before;
	struct rk_figures **after;
	size_t n;
	/* Of each order that is supposed: would it be accepted? */
	const int32_t *order_codes;
	size_t orders_n;
};
void rk_answer_what_if(struct rk_bytes *bytes, uint64_t seq,
		       const struct rk_figures_list *list);

/* Events already encoded: fields 1, as rk_pack_bytes() writes them. */
struct rk_event_list {
	const void *bytes;
	size_t size;
	uint64_t next;
	uint64_t oldest;
};
void rk_answer_events(struct rk_bytes *bytes, uint64_t seq,
		      const struct rk_event_list *list);

/* Ratio R / E in 1e-9, rounded up; -1 when it is worse than any number. */
int64_t rk_answer_ratio(const struct rk_margin *margin);

/* A_M / L_M in 1e-9, rounded down; -1 when it is better than any number. */
int64_t rk_answer_factor(const struct rk_margin *margin);

#endif
