/*
 * Rules L13 to L18: how liquidation orders follow each other. Account 1 is long
 * 1000 PERP from 100 with 11 000 USD: at 93 its notional is 93 000, R 4650 and
 * equity 4000, so that 284 are to be closed to reach 1.2 R. The first minute
 * ends 40 s after the start of the book.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/books.h"
#include "engine/engine.h"
#include "engine/load.h"
#include "engine/pace.h"
#include "engine/rows.h"
#include "support/builder.h"

#define CENTS   100
#define USD     BUILDER_USD
#define SECOND  BUILDER_SECOND_NS
#define PERCENT (RK_RATE_ONE / 100)
#define WANTED  284

static struct rk_builder b;

static int set_terms(const char *market, struct rk_liquidation_terms terms)
{
	struct rk_cmd cmd = {.type = RK_CMD_LIQUIDATION,
			     .liquidation = {.terms = terms}};

	(void)strcpy(cmd.liquidation.market, market);
	return rk_builder_apply(&b, cmd);
}

/* Whole positions at once but for what the test sets. */
static struct rk_liquidation_terms usual(void)
{
	struct rk_liquidation_terms terms;

	rk_pace_usual(&terms);
	return terms;
}

static void open_book(void)
{
	rk_builder_init(&b);
	cr_assert_eq(rk_builder_quote(&b, 0, 100), RK_OK);
	cr_assert_eq(rk_builder_account(&b, 1, 11000 * CENTS), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 0, 1000, 100), RK_OK);
}

static void close_book(void)
{
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}

TestSuite(pace, .init = open_book, .fini = close_book);

/* The order that the newest command opened; fails if there is none. */
static struct rk_ev_order opened(void)
{
	const struct rk_event *ev =
		rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);

	cr_assert_not_null(ev, "no order was opened");
	return ev->order;
}

static int64_t now(void)
{
	return rk_view_time(b.harness.engine);
}

/* Why the newest command withholds something, NONE if it says nothing. */
static enum rk_withheld withheld(void)
{
	const struct rk_event *ev = rk_builder_event(&b, RK_EVENT_WITHHELD, 0);

	return ev ? ev->withheld.reason : RK_WITHHELD_NONE;
}

Test(pace, l13_terms_that_cannot_work_are_refused)
{
	static const struct rk_liquidation_terms bad[] = {
		{.stage = {0}},
		{.stage = {RK_RATE_ONE + 1}},
		{.stage = {1}, .stage_min = {-1}},
		{.stage = {1}, .cooldown_ns = -1},
		{.stage = {1}, .cooldown_ns = RK_DURATION_MAX_NS + 1},
		{.stage = {1}, .volatility = {-1}},
		{.stage = {1}, .volatility = {10 * RK_RATE_ONE + 1}},
		{.stage = {1}, .dust = {-1}},
		{.stage = {1}, .velocity = {-1}},
		{.stage = {1}, .velocity = {RK_ACCOUNT_VALUE_MAX + 1}},
		{.stage = {1}, .claim_max_ns = -1},
		{.stage = {1}, .claim_max_ns = RK_DURATION_MAX_NS + 1},
	};
	struct rk_liquidation_terms most = {
		.stage = {RK_RATE_ONE},
		.stage_min = {INT64_MAX},
		.cooldown_ns = RK_DURATION_MAX_NS,
		.volatility = {10 * RK_RATE_ONE},
		.dust = {INT64_MAX},
		.velocity = {RK_ACCOUNT_VALUE_MAX},
		.claim_max_ns = RK_DURATION_MAX_NS,
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(set_terms("PERP", bad[i]), RK_REJ_BAD_PARAM, "%zu",
			     i);
	cr_expect_eq(set_terms("NONE", most), RK_REJ_NO_MARKET);
	cr_expect_eq(set_terms("PERP", usual()), RK_REJ_NO_CHANGE);
	cr_assert_eq(set_terms("PERP", most), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_LIQUIDATION_SET), 1);
	cr_expect_eq(rk_builder_perp(&b).liquidation.velocity.raw,
		     RK_ACCOUNT_VALUE_MAX);
	cr_expect_eq(set_terms("PERP", most), RK_REJ_NO_CHANGE);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_LIQUIDATION));
}

Test(pace, l13_a_market_is_listed_with_one_order_for_all_that_is_wanted)
{
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(opened().size.raw, WANTED);
}

Test(pace, l13_other_terms_judge_who_waits)
{
	struct rk_liquidation_terms terms = usual();

	terms.stage.raw = 10 * PERCENT;
	terms.cooldown_ns = 3600 * SECOND;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(opened().size.raw, 100);
	cr_assert_eq(rk_builder_wait(&b, 5 * SECOND), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	terms.cooldown_ns = 5 * SECOND;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_expect_eq(opened().size.raw, 100);
}

Test(pace, l14_an_order_closes_at_most_a_stage_of_what_is_left)
{
	struct rk_liquidation_terms terms = usual();
	struct rk_ev_order order;

	terms.stage.raw = 10 * PERCENT;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	order = opened();
	cr_expect_eq(order.size.raw, 100);
	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -100, 93), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, SECOND), RK_OK);
	cr_expect_eq(opened().size.raw, 90);
}

Test(pace, l14_what_is_on_its_way_is_not_ordered_twice)
{
	struct rk_liquidation_terms terms = usual();
	int64_t sizes[] = {100, 100, 84};

	terms.stage.raw = 10 * PERCENT;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	for (size_t i = 0; i < 3; i++) {
		cr_expect_eq(opened().size.raw, sizes[i]);
		cr_assert_eq(rk_builder_wait(&b, SECOND), RK_OK);
	}
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
}

Test(pace, l14_no_stage_is_smaller_than_the_smallest)
{
	struct rk_liquidation_terms terms = usual();

	terms.stage.raw = 1;
	terms.stage_min.raw = 20000 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(opened().size.raw, 216); /* 20 000 / 93, a lot up */
}

Test(pace, l14_a_position_below_the_smallest_stage_is_closed_in_one_order)
{
	struct rk_liquidation_terms terms = usual();

	terms.stage.raw = 1;
	terms.stage_min.raw = 93000 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(opened().size.raw, WANTED);
}

Test(pace, l15_the_cooldown_is_that_of_the_market)
{
	struct rk_liquidation_terms terms = usual();

	terms.stage.raw = 10 * PERCENT;
	terms.cooldown_ns = 20 * SECOND;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(rk_view_next_due(b.harness.engine), now() + 20 * SECOND);
	cr_assert_eq(rk_builder_wait(&b, 20 * SECOND - 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(opened().size.raw, 100);
}

/*
 * 100 % a day: in 30 s two sigma are 3.7268 %, 3465.91 USD of 93 000. Takeover
 * is 900 USD away: urgency 3.851. At 92 it is past that: 30.
 */
Test(pace, l15_the_cooldown_shortens_as_equity_falls)
{
	struct rk_liquidation_terms terms = usual();
	int64_t from;

	terms.stage.raw = 10 * PERCENT;
	terms.cooldown_ns = 30 * SECOND;
	terms.volatility.raw = 100 * PERCENT;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	from = now();
	cr_expect_eq(rk_view_next_due(b.harness.engine),
		     from + INT64_C(7790172295));
	cr_assert_eq(rk_builder_quote(&b, 0, 92), RK_OK);
	cr_expect_eq(rk_view_next_due(b.harness.engine), from + SECOND);
	cr_assert_eq(rk_builder_wait(&b, SECOND), RK_OK);
	cr_expect_eq(opened().size.raw, 100);
}

/*
 * 10 000 of another market: R is 5150, takeover 566.67 away, and both move by
 * 3838.6 together: urgency 6.774.
 */
Test(pace, l15_moves_of_all_positions_count)
{
	struct rk_liquidation_terms terms = usual();

	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 100, 100), RK_OK);
	terms.stage.raw = 10 * PERCENT;
	terms.cooldown_ns = 30 * SECOND;
	terms.volatility.raw = 100 * PERCENT;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(set_terms("OTHER", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(rk_view_next_due(b.harness.engine),
		     now() + INT64_C(4428717145));
}

Test(pace, l15_a_market_without_volatility_keeps_its_cooldown)
{
	struct rk_liquidation_terms terms = usual();

	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 300, 100), RK_OK);
	terms.volatility.raw = 100 * PERCENT;
	cr_assert_eq(set_terms("OTHER", terms), RK_OK);
	terms.stage.raw = 10 * PERCENT;
	terms.cooldown_ns = 20 * SECOND;
	terms.volatility.raw = 0;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 94), RK_OK);
	cr_expect_eq(opened().size.raw, 100);
	cr_expect_eq(rk_view_next_due(b.harness.engine), now() + 20 * SECOND);
}

Test(pace, l15_an_account_far_from_takeover_has_all_of_the_cooldown)
{
	struct rk_liquidation_terms terms = usual();

	terms.stage.raw = 10 * PERCENT;
	terms.volatility.raw = 1;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(rk_view_next_due(b.harness.engine), now() + SECOND);
}

Test(pace, l16_a_minute_takes_so_much_and_the_rest_waits_for_the_next)
{
	struct rk_liquidation_terms terms = usual();
	struct rk_ev_order order;

	terms.velocity.raw = 20000 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	order = opened();
	cr_expect_eq(order.size.raw, 215); /* 19 995 */
	cr_expect_eq(rk_builder_perp(&b).liquidation_ordered.raw, 19995 * USD);
	cr_assert_eq(rk_builder_fill(&b, 1, order.order, -215, 93), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, SECOND), RK_OK);
	cr_expect_eq(withheld(), RK_WITHHELD_VELOCITY);
	cr_expect_eq(rk_view_next_due(b.harness.engine), now() + 39 * SECOND);
	cr_assert_eq(rk_builder_wait(&b, 39 * SECOND - 1), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(opened().size.raw, 69);
	cr_expect_eq(withheld(), RK_WITHHELD_NONE);
	cr_expect_eq(rk_builder_perp(&b).liquidation_ordered.raw,
		     69 * 93 * USD);
}

Test(pace, l16_a_fresh_minute_takes_a_lot_at_least)
{
	struct rk_liquidation_terms terms = usual();

	terms.velocity.raw = 1;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(opened().size.raw, 1);
	cr_assert_eq(rk_builder_wait(&b, SECOND), RK_OK);
	cr_expect_eq(withheld(), RK_WITHHELD_VELOCITY);
}

/* Account 2 takes the first minute; then account 1 is nearer to the end. */
Test(pace, l16_who_waits_goes_by_risk_as_a_minute_begins)
{
	struct rk_liquidation_terms terms = usual();
	const struct rk_event *ev;

	cr_assert_eq(rk_builder_account(&b, 2, 10900 * CENTS), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 2, 0, 1000, 100), RK_OK);
	terms.velocity.raw = 5000 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 2);
	cr_assert_eq(rk_builder_fill(&b, 2, ev->order.order, -53, 93), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, -200 * CENTS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 0);
	cr_assert_eq(rk_builder_wait(&b, 40 * SECOND), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_OPENED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->order.size.raw, 53);
}

Test(pace, l17_what_would_leave_dust_closes_all)
{
	struct rk_liquidation_terms terms = usual();

	terms.dust.raw = 66667 * USD; /* 93 000 less 26 333.33 are less */
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(opened().size.raw, 1000);
}

Test(pace, l17_what_leaves_more_than_dust_is_no_other)
{
	struct rk_liquidation_terms terms = usual();

	terms.dust.raw = 66666 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(opened().size.raw, WANTED);
}

Test(pace, l17_an_account_of_nothing_but_dust_is_closed)
{
	struct rk_liquidation_terms terms = usual();

	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 1, 100), RK_OK);
	terms.dust.raw = 93001 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	terms.dust.raw = 101 * USD;
	cr_assert_eq(set_terms("OTHER", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 2);
}

Test(pace, l17_one_that_is_no_dust_keeps_the_others)
{
	struct rk_liquidation_terms terms = usual();

	cr_assert_eq(rk_builder_quote(&b, 1, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, 1, 1, 100), RK_OK);
	terms.dust.raw = 93001 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_OPENED), 1);
	cr_expect_eq(opened().size.raw, 1000);
}

/* Rows of the book into another engine, one column changed. */
struct passing {
	struct rk_harness *to;
	enum rk_table table;
	const char *column; /* of it; NULL: none */
	rk_i128 value;
	int code;
};

static void pass_row(void *context, const struct rk_row *row)
{
	struct rk_column columns[RK_COLUMNS_MAX];
	struct rk_load_problem problem;
	struct passing *p = context;
	struct rk_row out = *row;

	if (p->code != RK_OK)
		return;
	out.n = rk_table_columns(row->table, RK_ROWS_FORMAT, columns);
	for (uint32_t i = 0; i < out.n; i++)
		if (p->column && row->table == p->table &&
		    strcmp(columns[i].name, p->column) == 0)
			out.cells[i].integer = p->value;
	p->code = rk_load_row(p->to->engine, &out, &problem);
}

static int pass_rows(struct rk_harness *to, enum rk_table table,
		     const char *column, rk_i128 value)
{
	struct rk_engine_counts counts;
	struct passing passing = {to, table, column, value, RK_OK};
	struct rk_load_problem problem;

	rk_view_counts(b.harness.engine, &counts);
	rk_harness_init(to, &counts.limits, RK_EVENTS_PER_STEP_MAX);
	rk_rows_all(b.harness.engine, pass_row, &passing);
	return passing.code != RK_OK ? passing.code
				     : rk_load_end(to->engine, &problem);
}

static void order_some(void)
{
	struct rk_liquidation_terms terms = usual();

	terms.velocity.raw = 20000 * USD;
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
}

Test(pace, l16_what_was_ordered_is_known_after_a_load)
{
	struct rk_market_view view;
	struct rk_harness other;

	order_some();
	cr_assert_eq(pass_rows(&other, RK_TABLE_LIQUIDATION, NULL, 0), RK_OK);
	cr_assert_eq(rk_view_market(other.engine, 0, &view), RK_OK);
	cr_expect_eq(view.liquidation.velocity.raw, 20000 * USD);
	cr_expect_eq(view.liquidation_ordered.raw, 19995 * USD);
	cr_expect(rk_hash_equal(rk_view_state_digest(other.engine),
				rk_view_state_digest(b.harness.engine)));
	rk_harness_fini(&other);
}

/* What no command leads to is not believed of a row either. */
Test(pace, rows_of_terms_that_cannot_be_are_refused)
{
	const struct {
		const char *column;
		rk_i128 value;
	} bad[] = {
		{"market", 9},
		{"stage", 0},
		{"stage_min", -1},
		{"cooldown_ns", -1},
		{"volatility", -1},
		{"dust", -1},
		{"velocity", -1},
		{"velocity", 0}, /* with something ordered */
		{"ordered", -1},
		{"minute", -1},
		{"minute", now() / RK_PACE_WINDOW_NS + 1},
	};
	struct rk_harness other;

	order_some();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_neq(pass_rows(&other, RK_TABLE_LIQUIDATION,
					bad[i].column, bad[i].value),
			      RK_OK, "%s", bad[i].column);
		rk_harness_fini(&other);
	}
}

static void count_row(void *context, const struct rk_row *row)
{
	uint32_t *n = context;

	*n += row->table == RK_TABLE_LIQUIDATION;
}

static uint32_t rows_of_terms(void)
{
	uint32_t n = 0;

	rk_rows_all(b.harness.engine, count_row, &n);
	return n;
}

Test(pace, l13_a_market_as_it_was_listed_has_no_row)
{
	cr_expect_eq(rows_of_terms(), 0);
	order_some();
	cr_expect_eq(rows_of_terms(), 1);
}

/* One order of all that is wanted, open for 30 s, to be claimed for up to 10.
 */
static struct rk_ev_order open_claimable(void)
{
	struct rk_liquidation_terms terms = usual();

	terms.claim_max_ns = 10 * SECOND;
	cr_assert_eq(rk_builder_apply(&b, (struct rk_cmd){.type = RK_CMD_VENUE,
							  .name = {"desk"}}),
		     RK_OK);
	cr_assert_eq(set_terms("PERP", terms), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	return opened();
}

static int claim(struct rk_order_id order, uint32_t venue, int64_t duration_ns)
{
	return rk_builder_apply(
		&b, (struct rk_cmd){.type = RK_CMD_CLAIM,
				    .claim = {order, venue, duration_ns}});
}

static struct rk_order_view order_of(struct rk_order_id id)
{
	struct rk_order_view view;

	cr_assert_eq(rk_view_order(b.harness.engine, id, &view), RK_OK);
	return view;
}

Test(pace, l18_a_claim_says_who_executes_an_order_and_until_when)
{
	struct rk_order_id id = open_claimable().order;
	const struct rk_event *ev;

	cr_assert_eq(claim(id, 1, 5 * SECOND), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLAIMED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->account, 1);
	cr_expect_eq(ev->market, 0);
	cr_expect_eq(ev->order.order.seq, id.seq);
	cr_expect_eq(ev->order.size.raw, WANTED);
	cr_expect_eq(ev->order.claimed_by, 1);
	cr_expect_eq(ev->order.claimed_until_ns, now() + 5 * SECOND);
	cr_expect_eq(order_of(id).claimed_by, 1);
	cr_expect_eq(order_of(id).claimed_until_ns, now() + 5 * SECOND);
	cr_expect_not(rk_cmd_may_be_atomic(RK_CMD_CLAIM));
}

Test(pace, l18_claims_that_cannot_be_are_refused)
{
	struct rk_order_id id = open_claimable().order;
	struct rk_order_id none = {id.seq, id.n + 1};

	cr_expect_eq(claim(none, 0, SECOND), RK_REJ_NO_ORDER);
	cr_expect_eq(claim(id, 2, SECOND), RK_REJ_NO_VENUE);
	cr_expect_eq(claim(id, 0, -1), RK_REJ_BAD_PARAM);
	cr_expect_eq(claim(id, 0, RK_DURATION_MAX_NS + 1), RK_REJ_BAD_PARAM);
	cr_expect_eq(claim(id, 0, 10 * SECOND + 1), RK_REJ_CLAIM_TOO_LONG);
	cr_expect_eq(claim(id, 0, 0), RK_REJ_NOT_CLAIMED);
	cr_assert_eq(claim(id, 0, 10 * SECOND), RK_OK);
	cr_expect_eq(claim(id, 1, SECOND), RK_REJ_CLAIMED);
	cr_expect_eq(claim(id, 0, SECOND), RK_REJ_CLAIMED);
	cr_expect_eq(claim(id, 1, 0), RK_REJ_NOT_CLAIMED);
}

Test(pace, l18_orders_of_a_market_without_claims_are_not_claimed)
{
	cr_assert_eq(rk_builder_quote(&b, 0, 93), RK_OK);
	cr_expect_eq(claim(opened().order, 0, 1), RK_REJ_NO_CLAIMS);
}

Test(pace, l18_a_claim_ends_in_time_or_when_its_venue_says_so)
{
	struct rk_order_id id = open_claimable().order;
	const struct rk_event *ev;

	cr_assert_eq(claim(id, 0, 5 * SECOND), RK_OK);
	cr_assert_eq(claim(id, 0, 0), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_CLAIMED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.claimed_until_ns, 0);
	cr_assert_eq(claim(id, 1, 5 * SECOND), RK_OK);
	cr_assert_eq(rk_builder_wait(&b, 5 * SECOND - 1), RK_OK);
	cr_expect_eq(claim(id, 0, SECOND), RK_REJ_CLAIMED);
	cr_assert_eq(rk_builder_wait(&b, 1), RK_OK);
	cr_expect_eq(order_of(id).claimed_until_ns, 0);
	cr_expect_eq(claim(id, 0, SECOND), RK_OK);
}

Test(pace, l18_no_claim_outlasts_its_order)
{
	struct rk_order_id id = open_claimable().order;

	cr_assert_eq(rk_builder_wait(&b, 25 * SECOND), RK_OK);
	cr_assert_eq(claim(id, 0, 10 * SECOND), RK_OK);
	cr_expect_eq(order_of(id).claimed_until_ns, now() + 5 * SECOND);
	cr_assert_eq(rk_builder_wait(&b, 5 * SECOND), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSE_ASKED), 1);
	cr_expect_eq(claim(id, 0, SECOND), RK_REJ_CLOSING);
	cr_assert_eq(rk_builder_wait(&b, 10 * SECOND), RK_OK);
	cr_expect_eq(claim(id, 0, SECOND), RK_REJ_ORDER_CLOSED);
}

Test(pace, l18_an_order_that_is_to_close_is_claimed_by_nobody)
{
	struct rk_order_id id = open_claimable().order;

	cr_assert_eq(claim(id, 0, 10 * SECOND), RK_OK);
	cr_assert_eq(rk_builder_adjust(&b, 1, 100000 * CENTS), RK_OK);
	cr_expect_eq(rk_builder_count(&b, RK_EVENT_ORDER_CLOSE_ASKED), 1);
	cr_expect_eq(order_of(id).claimed_until_ns, 0);
}

Test(pace, l18_a_fill_of_a_claimed_order_is_booked_whoever_reports_it)
{
	struct rk_order_id id = open_claimable().order;
	const struct rk_event *ev;

	cr_assert_eq(claim(id, 1, 10 * SECOND), RK_OK);
	cr_assert_eq(rk_builder_fill(&b, 1, id, -10, 93), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_ORDER_FILLED, 0);
	cr_assert_not_null(ev);
	cr_expect_eq(ev->order.filled.raw, 10);
	cr_expect_eq(ev->order.claimed_by, 1);
	cr_expect_eq(order_of(id).claimed_until_ns, now() + 10 * SECOND);
}

Test(pace, l18_a_claim_is_known_after_a_load)
{
	const struct {
		const char *column;
		rk_i128 value;
	} bad[] = {
		{"number", 1},   {"number", 99},          {"venue", 2},
		{"until_ns", 0}, {"until_ns", INT64_MAX},
	};
	struct rk_order_id id = open_claimable().order;
	struct rk_order_view view;
	struct rk_harness other;

	cr_assert_eq(claim(id, 1, 10 * SECOND), RK_OK);
	cr_assert_eq(pass_rows(&other, RK_TABLE_CLAIM, NULL, 0), RK_OK);
	cr_assert_eq(rk_view_order(other.engine, id, &view), RK_OK);
	cr_expect_eq(view.claimed_by, 1);
	cr_expect_eq(view.claimed_until_ns, now() + 10 * SECOND);
	cr_expect(rk_hash_equal(rk_view_state_digest(other.engine),
				rk_view_state_digest(b.harness.engine)));
	rk_harness_fini(&other);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_neq(pass_rows(&other, RK_TABLE_CLAIM, bad[i].column,
					bad[i].value),
			      RK_OK, "%s", bad[i].column);
		rk_harness_fini(&other);
	}
}
