/*
 * Lists and sums over all accounts, a step at a time. See heavy_kinds.h.
 */
#include "app/heavy_kinds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "engine/view.h"

#define ROWS_DEFAULT   20U
#define ORDERS_DEFAULT 100U
#define ACCOUNT_ORDERS 256U

/*
 * Of one step, which takes 5 to 50 us: accounts judged; rows written; accounts
 * looked at that have nothing.
 */
#define JUDGED_PER_STEP 4U
#define ROWS_PER_STEP   16U
#define LOOKS_PER_STEP  128U

int rk_heavy_query_open(struct rk_heavy_query *q)
{
	q->rows = calloc(RK_HEAVY_ROWS_MAX, sizeof(*q->rows));
	q->order = calloc(RK_HEAVY_ROWS_MAX, sizeof(*q->order));
	q->bytes.size = (size_t)RK_HEAVY_ROWS_MAX * RK_ANSWER_ROW_MAX;
	q->bytes.data = malloc(q->bytes.size);
	return q->rows && q->order && q->bytes.data ? 0 : -ENOMEM;
}

void rk_heavy_query_close(struct rk_heavy_query *q)
{
	free(q->rows);
	free(q->order);
	free(q->bytes.data);
}

void rk_heavy_query_begin(struct rk_heavy_query *q, uint32_t pending,
			  const struct rk_query *query)
{
	q->used = true;
	q->joined = false;
	q->begun = false;
	q->pending = pending;
	q->kind = query->kind;
	q->ratio_above = query->ratio_above;
	q->market_plus_one = query->market_plus_one;
	q->n = 0;
	q->max = query->limit;
	if (q->max == 0)
		q->max = query->kind == RK_QUERY_ORDERS ? ORDERS_DEFAULT
							: ROWS_DEFAULT;
	if (q->max > RK_HEAVY_ROWS_MAX)
		q->max = RK_HEAVY_ROWS_MAX;
	q->matching = 0;
	q->packed = 0;
	q->bytes.n = 0;
	q->bytes.full = false;
	memset(q->deficits, 0, sizeof(q->deficits));
}

static bool riskier(const struct rk_account_view *a,
		    const struct rk_account_view *b)
{
	int order =
		rk_view_compare_risk(a->margin.equity, a->margin.maintenance,
				     b->margin.equity, b->margin.maintenance);

	return order != 0 ? order > 0 : a->account < b->account;
}

/* Keep the riskiest, in order, as accounts come by. */
static void keep(struct rk_heavy_query *q, const struct rk_account_view *view)
{
	uint32_t place = q->n;
	uint32_t low = 0;
	uint32_t high = q->n;

	if (q->n == q->max) {
		place = q->order[q->n - 1];
		if (!riskier(view, &q->rows[place].view))
			return;
		high--;
	} else {
		q->n++;
	}
	q->rows[place].view = *view;
	q->rows[place].seq = q->seq;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (riskier(view, &q->rows[q->order[middle]].view))
			high = middle;
		else
			low = middle + 1;
	}
	memmove(&q->order[low + 1], &q->order[low],
		(q->n - 1 - low) * sizeof(*q->order));
	q->order[low] = place;
}

/* ratio above a bound in 1e-9, exactly: R / E > bound; deficits always are */
static bool above(const struct rk_margin *margin, int64_t bound)
{
	if (margin->equity.raw < 0)
		return true;
	return (rk_i128)margin->maintenance.raw * RK_RATE_ONE >
	       (rk_i128)margin->equity.raw * bound;
}

static bool look_at_accounts(struct rk_heavy_query *q,
			     const struct rk_engine *engine)
{
	struct rk_account_view view;

	for (uint32_t i = 0; i < JUDGED_PER_STEP && q->next < q->until; i++) {
		(void)rk_view_account(engine, q->next++, &view); /* is there */
		if (q->ratio_above != 0 && !above(&view.margin, q->ratio_above))
			continue;
		q->matching++;
		keep(q, &view);
	}
	return q->next < q->until || q->n > 0; /* rows are to be written */
}

/* Once all are in order. */
static bool write_rows(struct rk_heavy_query *q)
{
	for (uint32_t i = 0; i < ROWS_PER_STEP && q->packed < q->n; i++) {
		const struct rk_heavy_row *row =
			&q->rows[q->order[q->packed++]];

		rk_answer_account_row(&q->bytes, &row->view, row->seq);
	}
	return q->packed < q->n;
}

/* Those of one account, oldest first. */
static void find_orders(struct rk_heavy_query *q,
			const struct rk_engine *engine, uint32_t account)
{
	const uint32_t market = q->market_plus_one;
	struct rk_order_view orders[ACCOUNT_ORDERS];
	struct rk_conversion_view conversions[RK_ASSETS_MAX];
	uint32_t n = rk_view_orders(engine, account, orders, ACCOUNT_ORDERS);

	if (n > ACCOUNT_ORDERS)
		n = ACCOUNT_ORDERS;
	while (n-- > 0 && q->n < q->max) {
		if (market != 0 && orders[n].market + 1 != market)
			continue;
		rk_answer_order_row(&q->bytes, &orders[n], q->seq);
		q->n++;
	}
	/* These are of no market. */
	if (market != 0)
		return;
	/* One for each debt at most. */
	n = rk_view_conversions(engine, account, conversions, RK_ASSETS_MAX);
	while (n-- > 0 && q->n < q->max) {
		rk_answer_conversion_row(&q->bytes, &conversions[n], q->seq);
		q->n++;
	}
}

static bool look_for_orders(struct rk_heavy_query *q,
			    const struct rk_engine *engine)
{
	for (uint32_t i = 0; i < LOOKS_PER_STEP && q->next < q->until; i++) {
		uint32_t account = q->next++;

		if (rk_view_orders_n(engine, account) == 0)
			continue;
		find_orders(q, engine, account);
		break;
	}
	return q->next < q->until && q->n < q->max;
}

static bool add_deficits(struct rk_heavy_query *q,
			 const struct rk_engine *engine)
{
	for (uint32_t i = 0; i < LOOKS_PER_STEP && q->next < q->until; i++)
		rk_view_add_deficits(engine, q->next++, q->deficits);
	return q->next < q->until;
}

static void begin(struct rk_heavy_query *q, const struct rk_engine *engine)
{
	struct rk_engine_counts counts;

	rk_view_counts(engine, &counts);
	q->begun = true;
	q->from_seq = counts.seq;
	q->next = 0;
	q->until = counts.accounts;
}

bool rk_heavy_query_step(struct rk_heavy_query *q,
			 const struct rk_engine *engine)
{
	if (!q->begun)
		begin(q, engine);
	if (q->kind == RK_QUERY_ACCOUNTS && q->next == q->until && q->n > 0)
		return write_rows(q);
	q->seq = rk_view_seq(engine);
	if (q->kind == RK_QUERY_ACCOUNTS)
		return look_at_accounts(q, engine);
	if (q->kind == RK_QUERY_ORDERS)
		return look_for_orders(q, engine);
	return add_deficits(q, engine);
}

void rk_heavy_query_answer(const struct rk_heavy_query *q,
			   struct rk_bytes *bytes, struct rk_scratch *scratch,
			   const struct rk_engine *engine)
{
	const struct rk_account_list accounts = {&q->bytes, q->matching,
						 q->from_seq, q->seq};
	const struct rk_order_list orders = {&q->bytes, q->from_seq, q->seq};
	const struct rk_deficits deficits = {q->deficits, q->from_seq};

	bytes->full = q->bytes.full;
	if (bytes->full)
		return;
	if (q->kind == RK_QUERY_ACCOUNTS)
		rk_answer_accounts(bytes, &accounts);
	else if (q->kind == RK_QUERY_ORDERS)
		rk_answer_orders(bytes, &orders);
	else
		rk_answer_markets(bytes, scratch, engine, &deficits);
}
