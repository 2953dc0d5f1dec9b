/*
 * Heavy queries go on over many turns while commands are applied: what each
 * row tells is exact for the state that it names, a digest is of one state,
 * and no turn does more than its slice. The daemon's own turns over sockets
 * in memory; with query.slice = 0 a turn takes one step.
 */
#define _GNU_SOURCE /* memmem */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/core.h"
#include "app/heavy.h"
#include "app/turn.h"
#include "codec/answer.h"
#include "engine/books.h"
#include "engine/rc.h"
#include "engine/view.h"
#include "net.h"
#include "riskd.pb-c.h"
#include "support/generator.h"
#include "tap.h"

#define ACCOUNTS   300U
#define WARM_UP    6000U
#define TURNS_MAX  20000U
#define TOKENS     16U
#define MOMENTS    4096U
#define ROWS_BYTES ((size_t)1 << 20)
#define ENDLESS    INT64_C(1000000000000)

/* All that could be told of one state. */
struct moment {
	uint64_t seq;
	char state[33];
	char events[33];
	bool balance;
	unsigned char *accounts; /* rows, encoded */
	size_t accounts_size;
	unsigned char *orders; /* of both kinds */
	size_t orders_size;
};

static struct {
	struct rk_conf conf;
	struct rk_log log;
	struct rk_core core;
	struct rk_turn turn;
	struct rk_generator *generator;
	Riskd__Answer *answers[TOKENS];
	struct moment moments[MOMENTS];
	uint32_t moments_n;
	uint32_t turns;      /* of the last question */
	uint64_t steps_most; /* of heavy queries in one turn */
	uint64_t slices_most;
} rig;

static void on_reply(void *context, uint64_t token, const void *data,
		     size_t size)
{
	(void)context;
	if (token >= TOKENS || rig.answers[token])
		abort();
	rig.answers[token] = riskd__answer__unpack(NULL, size, data);
	if (!rig.answers[token])
		abort();
}

static void on_event(void *context, const struct rk_event *event)
{
	(void)context;
	rk_generator_note(rig.generator, event, 1);
}

static void wake(void *context)
{
	(void)context; /* turns are taken all the same */
}

static void apply(uint32_t commands)
{
	for (uint32_t i = 0; i < commands; i++) {
		const struct rk_cmd *cmd =
			rk_generator_next(rig.generator, rig.core.engine);

		(void)rk_sequencer_apply(rig.core.sequencer, cmd,
					 NULL); /* refusals belong to it */
		rk_sequencer_end_turn(rig.core.sequencer);
		rk_core_release(&rig.core);
	}
}

static void open_rig(int64_t slice_ns, uint64_t seed)
{
	static const struct sim_net_hooks hooks = {.reply = on_reply};
	struct rk_setup_options options = {
		.conf = &rig.conf, .log = &rig.log, .wake = wake};
	struct rk_net_options net = {.message_size = 65536,
				     .prices_message_size = 65536,
				     .ring = 16,
				     .contexts = TOKENS};
	char error[64];

	memset(&rig, 0, sizeof(rig));
	rk_log_init(&rig.log, 2, RK_LOG_ERROR);
	rk_conf_defaults(&rig.conf);
	rig.conf.clock = RK_CONF_CLOCK_MESSAGES;
	rig.conf.journal.kind = RK_CONF_JOURNAL_MEMORY;
	rig.conf.query.slice_ns = slice_ns;
	rig.conf.limits.engine = rk_generator_limits(ACCOUNTS);
	rig.conf.limits.contexts = TOKENS;
	sim_net_use(&hooks);
	if (rk_setup_open(&rig.core, &options) != 0 ||
	    rk_net_open(&net, &rig.core.net, error, sizeof(error)) != 0)
		abort();
	rig.core.observe = on_event;
	rig.generator = rk_generator_open(seed, ACCOUNTS);
	apply(WARM_UP);
}

static void close_rig(void)
{
	for (uint32_t i = 0; i < TOKENS; i++)
		if (rig.answers[i])
			riskd__answer__free_unpacked(rig.answers[i], NULL);
	for (uint32_t i = 0; i < rig.moments_n; i++) {
		free(rig.moments[i].accounts);
		free(rig.moments[i].orders);
	}
	rk_generator_close(rig.generator);
	rk_setup_close(&rig.core);
}

static void print_hash(char out[33], struct rk_hash hash)
{
	(void)snprintf(out, 33, "%016llx%016llx", (unsigned long long)hash.hi,
		       (unsigned long long)hash.lo);
}

static unsigned char *keep_bytes(const struct rk_bytes *bytes)
{
	unsigned char *copy = malloc(bytes->n + 1);

	if (!copy || bytes->full)
		abort();
	memcpy(copy, bytes->data, bytes->n);
	return copy;
}

/* What there is to tell now. */
static void remember(void)
{
	static unsigned char account_memory[ROWS_BYTES];
	static unsigned char order_memory[ROWS_BYTES];
	const struct rk_engine *engine = rig.core.engine;
	struct rk_bytes accounts = {account_memory, ROWS_BYTES, 0, false};
	struct rk_bytes orders = {order_memory, ROWS_BYTES, 0, false};
	struct moment *m = &rig.moments[rig.moments_n];
	uint64_t seq = rk_view_seq(engine);
	struct rk_conversion_view conversions[RK_ASSETS_MAX];
	struct rk_order_view views[256];
	struct rk_account_view view;

	if (rig.moments_n > 0 && rig.moments[rig.moments_n - 1].seq == seq)
		return;
	if (rig.moments_n++ == MOMENTS)
		abort();
	m->seq = seq;
	print_hash(m->state, rk_view_state_digest(engine));
	print_hash(m->events, rk_view_event_digest(engine));
	m->balance = rk_view_check_books(engine) == 0;
	for (uint32_t i = 0; rk_view_account(engine, i, &view) == RK_OK; i++) {
		uint32_t n = rk_view_orders(engine, i, views, 256);

		rk_answer_account_row(&accounts, &view, seq);
		while (n-- > 0)
			rk_answer_order_row(&orders, &views[n], seq);
		n = rk_view_conversions(engine, i, conversions, RK_ASSETS_MAX);
		while (n-- > 0)
			rk_answer_conversion_row(&orders, &conversions[n], seq);
	}
	m->accounts = keep_bytes(&accounts);
	m->accounts_size = accounts.n;
	m->orders = keep_bytes(&orders);
	m->orders_size = orders.n;
}

static const struct moment *moment_at(uint64_t seq)
{
	for (uint32_t i = 0; i < rig.moments_n; i++)
		if (rig.moments[i].seq == seq)
			return &rig.moments[i];
	return NULL;
}

static void ask(uint64_t token, Riskd__Query__KindCase kind, uint32_t limit)
{
	Riskd__Query query = RISKD__QUERY__INIT;
	Riskd__AccountsQuery accounts = RISKD__ACCOUNTS_QUERY__INIT;
	Riskd__OrdersQuery orders = RISKD__ORDERS_QUERY__INIT;
	Riskd__DigestQuery digest = RISKD__DIGEST_QUERY__INIT;
	Riskd__MarketsQuery markets = RISKD__MARKETS_QUERY__INIT;
	unsigned char bytes[256];
	size_t size;

	accounts.limit = limit;
	orders.limit = limit;
	query.version = 1;
	query.kind_case = kind;
	if (kind == RISKD__QUERY__KIND_ACCOUNTS)
		query.accounts = &accounts;
	else if (kind == RISKD__QUERY__KIND_ORDERS)
		query.orders = &orders;
	else if (kind == RISKD__QUERY__KIND_DIGEST)
		query.digest = &digest;
	else
		query.markets = &markets;
	size = riskd__query__pack(&query, bytes);
	if (sim_net_put(RK_NET_QUERY, token, bytes, size) != 0)
		abort();
}

static struct rk_heavy_counts counts(void)
{
	struct rk_heavy_counts counts;

	rk_heavy_counts(rig.core.heavy, &counts);
	return counts;
}

/* One turn behind so many commands. */
static void turn(uint32_t commands)
{
	struct rk_heavy_counts before = counts();
	struct rk_heavy_counts after;

	apply(commands);
	remember();
	(void)rk_turn_run(&rig.core, &rig.turn);
	after = counts();
	if (after.steps - before.steps > rig.steps_most)
		rig.steps_most = after.steps - before.steps;
	if (after.slices - before.slices > rig.slices_most)
		rig.slices_most = after.slices - before.slices;
	rig.turns++;
}

/* Turns until it is answered. */
static const Riskd__Answer *await(uint64_t token, uint32_t commands)
{
	rig.turns = 0;
	while (!rig.answers[token] && rig.turns < TURNS_MAX)
		turn(commands);
	return rig.answers[token];
}

static uint32_t accounts_n(void)
{
	struct rk_engine_counts now;

	rk_view_counts(rig.core.engine, &now);
	return now.accounts;
}

static int by_risk(const void *left, const void *right)
{
	const struct rk_account_view *a = left;
	const struct rk_account_view *b = right;
	int order =
		rk_view_compare_risk(a->margin.equity, a->margin.maintenance,
				     b->margin.equity, b->margin.maintenance);

	if (order != 0)
		return -order;
	return a->account < b->account ? -1 : a->account > b->account;
}

static bool same_row(const Riskd__AccountRow *row,
		     const struct rk_account_view *view)
{
	return row->account == view->account &&
	       row->health->equity == view->margin.equity.raw &&
	       row->health->maintenance == view->margin.maintenance.raw;
}

/* Sorted all at once, by a sort of another kind. */
static bool is_list_of_now(const Riskd__Answer *answer, uint32_t limit)
{
	const Riskd__AccountsAnswer *list = answer->accounts;
	uint32_t n = accounts_n();
	struct rk_account_view *views = calloc(n, sizeof(*views));
	bool same = views && list->matching == n &&
		    list->n_rows == (limit < n ? limit : n) &&
		    list->from_seq == answer->seq &&
		    answer->seq == rk_view_seq(rig.core.engine);

	for (uint32_t i = 0; same && i < n; i++)
		(void)rk_view_account(rig.core.engine, i, &views[i]);
	if (same)
		qsort(views, n, sizeof(*views), by_risk);
	for (size_t i = 0; same && i < list->n_rows; i++)
		same = same_row(list->rows[i], &views[i]) &&
		       list->rows[i]->seq == answer->seq;
	free(views);
	return same;
}

static bool list_of_one_state(int64_t slice_ns, uint32_t limit,
			      uint32_t turns_least, uint32_t turns_most)
{
	const Riskd__Answer *answer;

	open_rig(slice_ns, 1);
	ask(0, RISKD__QUERY__KIND_ACCOUNTS, limit);
	answer = await(0, 0);
	TAP_CHECK(answer && answer->code == RK_OK);
	TAP_CHECK(accounts_n() > 100);
	TAP_CHECK(is_list_of_now(answer, limit));
	TAP_CHECK(rig.turns >= turns_least && rig.turns <= turns_most);
	close_rig();
	return true;
}

static bool with_time_enough_one_turn_answers(void)
{
	return list_of_one_state(ENDLESS, 1000, 1, 1) &&
	       list_of_one_state(ENDLESS, 7, 1, 1);
}

static bool a_list_made_in_slices_is_that_of_one_go(void)
{
	/* 4 accounts a turn. */
	return list_of_one_state(0, 1000, 25, 200) &&
	       list_of_one_state(0, 100, 25, 200) &&
	       list_of_one_state(0, 1, 25, 200);
}

static bool row_is_exact(const Riskd__AccountRow *row)
{
	const struct moment *m = moment_at(row->seq);
	unsigned char bytes[RK_ANSWER_ROW_MAX];
	size_t size = riskd__account_row__get_packed_size(row);

	if (!m || size > sizeof(bytes))
		return false;
	(void)riskd__account_row__pack(row, bytes);
	return memmem(m->accounts, m->accounts_size, bytes, size) != NULL;
}

/* Among rows as they are told, riskiest first. */
static bool is_sorted(const Riskd__AccountsAnswer *list)
{
	for (size_t i = 1; i < list->n_rows; i++) {
		const Riskd__Health *a = list->rows[i - 1]->health;
		const Riskd__Health *b = list->rows[i]->health;

		if (rk_view_compare_risk(
			    (rk_usd){a->equity}, (rk_usd){a->maintenance},
			    (rk_usd){b->equity}, (rk_usd){b->maintenance}) < 0)
			return false;
	}
	return true;
}

static bool each_row_is_exact_at_its_sequence(void)
{
	const Riskd__AccountsAnswer *list;
	const Riskd__Answer *answer;
	uint32_t n;
	uint32_t states = 1;

	open_rig(0, 2);
	n = accounts_n();
	ask(0, RISKD__QUERY__KIND_ACCOUNTS, 1000);
	answer = await(0, 1);
	TAP_CHECK(answer && answer->code == RK_OK);
	list = answer->accounts;
	TAP_CHECK(list->from_seq < answer->seq);
	/* All there were when it began, but for one opened in the first turn */
	TAP_CHECK(list->n_rows >= n && list->n_rows <= n + 1);
	TAP_CHECK(list->matching == list->n_rows);
	TAP_CHECK(is_sorted(list));
	for (size_t i = 0; i < list->n_rows; i++) {
		TAP_CHECK(list->rows[i]->seq >= list->from_seq);
		TAP_CHECK(list->rows[i]->seq <= answer->seq);
		TAP_CHECK(row_is_exact(list->rows[i]));
		states += list->rows[i]->seq != list->rows[0]->seq;
	}
	TAP_CHECK(states > 10);
	close_rig();
	return true;
}

/* Each command of the stream was applied in a turn of its own. */
static bool commands_are_applied_between_slices(void)
{
	uint64_t seq;

	open_rig(0, 3);
	seq = rk_view_seq(rig.core.engine);
	ask(0, RISKD__QUERY__KIND_ACCOUNTS, 100);
	ask(1, RISKD__QUERY__KIND_DIGEST, 0);
	ask(2, RISKD__QUERY__KIND_ORDERS, 100);
	TAP_CHECK(await(1, 2));
	TAP_CHECK(rk_view_seq(rig.core.engine) > seq + rig.turns);
	TAP_CHECK(rig.turns > 50);
	TAP_CHECK(rig.steps_most == 1);
	TAP_CHECK(rig.slices_most == 1);
	TAP_CHECK(rig.answers[0] && rig.answers[2]);
	TAP_CHECK(counts().waiting == 0);
	close_rig();
	return true;
}

static bool is_digest_of_its_state(const Riskd__Answer *answer)
{
	const struct moment *m = moment_at(answer->seq);

	return answer->code == RK_OK && m &&
	       strcmp(answer->digest->state, m->state) == 0 &&
	       strcmp(answer->digest->events, m->events) == 0 &&
	       answer->digest->books_balance && m->balance;
}

static bool a_digest_is_of_one_state(void)
{
	for (uint64_t seed = 10; seed < 11; seed++) {
		const Riskd__Answer *answer;

		open_rig(0, seed);
		for (uint32_t i = 0; i < 4; i++) {
			uint64_t seq = rk_view_seq(rig.core.engine);

			ask(i, RISKD__QUERY__KIND_DIGEST, 0);
			answer = await(i, i);
			TAP_CHECK(answer);
			TAP_CHECK(answer->seq >= seq);
			/* The state it began with, long since left behind. */
			TAP_CHECK(i == 0 ||
				  answer->seq < rk_view_seq(rig.core.engine));
			TAP_CHECK(is_digest_of_its_state(answer));
		}
		close_rig();
	}
	return true;
}

static bool who_asks_later_gets_a_later_digest(void)
{
	uint64_t seq;

	open_rig(0, 4);
	ask(0, RISKD__QUERY__KIND_DIGEST, 0);
	ask(1, RISKD__QUERY__KIND_DIGEST, 0);
	turn(1);
	turn(1);
	seq = rk_view_seq(rig.core.engine);
	ask(2, RISKD__QUERY__KIND_DIGEST, 0);
	TAP_CHECK(await(2, 1));
	TAP_CHECK(rig.answers[0] && rig.answers[1]);
	TAP_CHECK(rig.answers[0]->seq == rig.answers[1]->seq);
	TAP_CHECK(rig.answers[0]->seq < seq);
	TAP_CHECK(rig.answers[2]->seq >= seq);
	for (uint32_t i = 0; i < 3; i++)
		TAP_CHECK(is_digest_of_its_state(rig.answers[i]));
	close_rig();
	return true;
}

static bool order_is_exact(const ProtobufCMessage *row, uint64_t seq)
{
	const struct moment *m = moment_at(seq);
	unsigned char bytes[RK_ANSWER_ROW_MAX];
	size_t size = protobuf_c_message_get_packed_size(row);

	if (!m || size > sizeof(bytes))
		return false;
	(void)protobuf_c_message_pack(row, bytes);
	return memmem(m->orders, m->orders_size, bytes, size) != NULL;
}

static bool orders_are_exact(const Riskd__Answer *answer)
{
	const Riskd__OrdersAnswer *list = answer->orders;

	for (size_t i = 0; i < list->n_orders; i++)
		if (!order_is_exact(&list->orders[i]->base,
				    list->orders[i]->seq))
			return false;
	for (size_t i = 0; i < list->n_conversions; i++)
		if (!order_is_exact(&list->conversions[i]->base,
				    list->conversions[i]->seq))
			return false;
	return true;
}

static bool each_order_is_exact_at_its_sequence(void)
{
	struct rk_engine_counts now;
	const Riskd__Answer *answer;
	size_t all;

	open_rig(0, 5);
	rk_view_counts(rig.core.engine, &now);
	for (int i = 0; i < 100 && now.orders_open <= 10; i++) {
		apply(20);
		rk_view_counts(rig.core.engine, &now);
	}
	TAP_CHECK(now.orders_open > 10);
	/* While nothing changes: all there are, and no more than asked for. */
	ask(0, RISKD__QUERY__KIND_ORDERS, 1000);
	answer = await(0, 0);
	TAP_CHECK(answer && answer->code == RK_OK && rig.turns > 5);
	all = answer->orders->n_orders + answer->orders->n_conversions;
	TAP_CHECK(all == now.orders_open);
	TAP_CHECK(answer->orders->from_seq == answer->seq);
	TAP_CHECK(orders_are_exact(answer));
	ask(1, RISKD__QUERY__KIND_ORDERS, 5);
	answer = await(1, 0);
	TAP_CHECK(answer &&
		  answer->orders->n_orders + answer->orders->n_conversions ==
			  5);
	/* While much does. */
	ask(2, RISKD__QUERY__KIND_ORDERS, 1000);
	answer = await(2, 2);
	TAP_CHECK(answer && answer->code == RK_OK);
	TAP_CHECK(answer->orders->from_seq < answer->seq);
	TAP_CHECK(answer->orders->n_orders > 0);
	TAP_CHECK(orders_are_exact(answer));
	close_rig();
	return true;
}

static bool sums_of_what_nothing_covers_are_those_of_one_go(void)
{
	struct rk_engine_counts now;
	const Riskd__Answer *answer;
	uint32_t deficits = 0;

	for (uint64_t seed = 20; seed < 23; seed++) {
		open_rig(0, seed);
		rk_view_counts(rig.core.engine, &now);
		TAP_CHECK(now.by_state[RK_STATE_BANKRUPT] > 0);
		ask(0, RISKD__QUERY__KIND_MARKETS, 0);
		answer = await(0, 0);
		TAP_CHECK(answer && answer->code == RK_OK);
		TAP_CHECK(rig.turns > 1);
		TAP_CHECK(answer->markets->deficits_from_seq == answer->seq);
		for (size_t i = 0; i < answer->markets->n_assets; i++) {
			const Riskd__LendingPool *pool =
				answer->markets->assets[i]->lending;

			TAP_CHECK(!pool ||
				  pool->deficit == (uint64_t)rk_view_deficit(
							   rig.core.engine,
							   (uint32_t)i));
			deficits += pool && pool->deficit > 0;
		}
		close_rig();
	}
	TAP_CHECK(deficits > 0);
	return true;
}

/* All go on by turns: who asks the same at the same time is done so, too. */
static bool askers_take_turns(void)
{
	uint32_t done[RK_HEAVY_MAX] = {0};
	uint32_t last = 0;

	open_rig(0, 6);
	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++)
		ask(i, RISKD__QUERY__KIND_ACCOUNTS, 10);
	for (uint32_t t = 1; t < TURNS_MAX && !last; t++) {
		uint32_t answered = 0;

		turn(0);
		for (uint32_t i = 0; i < RK_HEAVY_MAX; i++) {
			if (rig.answers[i] && !done[i])
				done[i] = t;
			answered += rig.answers[i] != NULL;
		}
		if (answered == RK_HEAVY_MAX)
			last = t;
	}
	TAP_CHECK(last > 0);
	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++)
		TAP_CHECK(last - done[i] < RK_HEAVY_MAX);
	close_rig();
	return true;
}

static bool more_than_can_be_are_refused_until_one_is_gone(void)
{
	const uint64_t more = RK_HEAVY_MAX;

	open_rig(0, 7);
	for (uint64_t i = 0; i <= more; i++)
		ask(i, RISKD__QUERY__KIND_ACCOUNTS, 10);
	turn(0);
	TAP_CHECK(rig.answers[more] && rig.answers[more]->code == RK_REJ_BUSY);
	TAP_CHECK(strstr(rig.answers[more]->error, "6 queries"));
	TAP_CHECK(counts().waiting == RK_HEAVY_MAX);
	/* All is given back of one whose asker is gone, at its next slice. */
	sim_net_hang_up(2);
	for (uint32_t i = 0; i < RK_HEAVY_MAX; i++)
		turn(0);
	TAP_CHECK(counts().dropped == 1);
	TAP_CHECK(counts().waiting == RK_HEAVY_MAX - 1);
	TAP_CHECK(sim_net_taken(RK_NET_QUERY) == RK_HEAVY_MAX - 1);
	ask(more + 1, RISKD__QUERY__KIND_DIGEST, 0);
	TAP_CHECK(await(more + 1, 0)->code == RK_OK);
	TAP_CHECK(!rig.answers[2]);
	close_rig();
	return true;
}

/* The digest is given up with the last who wants it, and begun anew. */
static bool a_digest_that_nobody_waits_for_is_dropped(void)
{
	open_rig(0, 8);
	ask(0, RISKD__QUERY__KIND_DIGEST, 0);
	turn(1);
	turn(1);
	sim_net_hang_up(0);
	turn(1);
	TAP_CHECK(counts().dropped == 1 && counts().waiting == 0);
	apply(500);
	ask(1, RISKD__QUERY__KIND_DIGEST, 0);
	TAP_CHECK(await(1, 1));
	TAP_CHECK(is_digest_of_its_state(rig.answers[1]));
	close_rig();
	return true;
}

static bool what_is_under_way_at_the_stop_is_refused(void)
{
	open_rig(0, 9);
	ask(0, RISKD__QUERY__KIND_ACCOUNTS, 10);
	ask(1, RISKD__QUERY__KIND_DIGEST, 0);
	turn(0);
	turn(0);
	ask(2, RISKD__QUERY__KIND_ORDERS, 10); /* waits in the ring */
	rk_turn_stop_begin(&rig.core, &rig.turn);
	turn(0);
	for (uint32_t i = 0; i < 3; i++) {
		TAP_CHECK(rig.answers[i]);
		TAP_CHECK(rig.answers[i]->code == RK_REJ_STOPPING);
	}
	TAP_CHECK(counts().waiting == 0);
	TAP_CHECK(sim_net_taken(RK_NET_QUERY) == 0);
	close_rig();
	return true;
}

int main(void)
{
	static const struct tap_test tests[] = {
		{"with_time_enough_one_turn_answers",
		 with_time_enough_one_turn_answers},
		{"a_list_made_in_slices_is_that_of_one_go",
		 a_list_made_in_slices_is_that_of_one_go},
		{"each_row_is_exact_at_its_sequence",
		 each_row_is_exact_at_its_sequence},
		{"commands_are_applied_between_slices",
		 commands_are_applied_between_slices},
		{"a_digest_is_of_one_state", a_digest_is_of_one_state},
		{"who_asks_later_gets_a_later_digest",
		 who_asks_later_gets_a_later_digest},
		{"each_order_is_exact_at_its_sequence",
		 each_order_is_exact_at_its_sequence},
		{"sums_of_what_nothing_covers_are_those_of_one_go",
		 sums_of_what_nothing_covers_are_those_of_one_go},
		{"askers_take_turns", askers_take_turns},
		{"more_than_can_be_are_refused_until_one_is_gone",
		 more_than_can_be_are_refused_until_one_is_gone},
		{"a_digest_that_nobody_waits_for_is_dropped",
		 a_digest_that_nobody_waits_for_is_dropped},
		{"what_is_under_way_at_the_stop_is_refused",
		 what_is_under_way_at_the_stop_is_refused},
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
