/*
 * How librisk speaks: exactly-once numbering with replies that are lost,
 * reordered or meant for somebody else, and events that the socket drops.
 * The other side is a fake daemon inside this process.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_daemon.h"
#include "librisk.h"
#include "librisk_cmd.h"
#include "librisk_reload.h"
#include "librisk_text.h"
#include "librisk_what_if.h"

/* Long enough never to matter where a reply comes, even on a slow machine. */
#define PATIENCE_MS 20000

static struct fake *fake;
static struct risk *risk;

static void start(void)
{
	fake = fake_start();
}

static void stop(void)
{
	risk_close(risk);
	fake_stop(fake);
}

static void connect_with(struct risk_options options)
{
	if (!options.timeout_ms)
		options.timeout_ms = PATIENCE_MS;
	if (!options.resend_ms)
		options.resend_ms = PATIENCE_MS;
	cr_assert_eq(risk_open(FAKE_URL, &options, &risk), 0, "%s",
		     risk_error(risk));
}

static int send_one(uint64_t *ret_seq)
{
	struct risk_cmd cmd;

	risk_cmd_deposit(&cmd, 1, 0, 100);
	return risk_send_one(risk, &cmd.command, ret_seq);
}

TestSuite(send, .init = start, .fini = stop, .timeout = 60);
TestSuite(events, .init = start, .fini = stop, .timeout = 60);

static void accept_all(struct fake *f, struct fake_request *request,
		       unsigned nth)
{
	(void)nth;
	atomic_store(&f->last_client_seq, request->request->client_seq +
						  request->request->n_commands -
						  1);
	fake_reply(f, request, 0, 0);
}

Test(send, the_count_goes_on_where_the_daemon_has_it_and_is_asked_for_once)
{
	uint64_t seq = 0;

	fake->script = accept_all;
	atomic_store(&fake->last_client_seq, 41);
	connect_with((struct risk_options){.client = "me"});
	cr_expect_eq(send_one(&seq), 0);
	cr_expect_eq(seq, 42u);
	cr_expect_eq(send_one(&seq), 0);
	cr_expect_eq(seq, 43u);
	cr_expect_eq(risk_last_client_seq(risk), 43u);
	cr_expect_eq(atomic_load(&fake->client_queries), 1u);
}

/* Number 6 belongs to somebody else, who takes it just before us. */
static void taken_by_other_content(struct fake *f, struct fake_request *request,
				   unsigned nth)
{
	(void)nth;
	if (request->request->client_seq == 6) {
		atomic_store(&f->last_client_seq, 6);
		fake_reply(f, request, RK_REJ_SEQ_REUSED, 0);
		return;
	}
	accept_all(f, request, nth);
}

Test(send, a_number_taken_with_other_content_is_left_to_its_owner)
{
	uint64_t seq = 0;

	fake->script = taken_by_other_content;
	atomic_store(&fake->last_client_seq, 5);
	connect_with((struct risk_options){0});
	cr_expect_eq(send_one(&seq), 0, "%s", risk_error(risk));
	cr_expect_eq(seq, 7u);
}

static void taken_by_same_content(struct fake *f, struct fake_request *request,
				  unsigned nth)
{
	if (request->request->client_seq == 6) {
		atomic_store(&f->last_client_seq, 6);
		fake_reply(f, request, 0, 1);
		return;
	}
	accept_all(f, request, nth);
}

Test(send, a_repeat_of_what_left_once_is_not_ours_and_is_sent_anew)
{
	uint64_t seq = 0;

	fake->script = taken_by_same_content;
	atomic_store(&fake->last_client_seq, 5);
	connect_with((struct risk_options){0});
	cr_expect_eq(send_one(&seq), 0, "%s", risk_error(risk));
	cr_expect_eq(seq, 7u, "the deposit must not be swallowed");
}

static void lose_first_reply(struct fake *f, struct fake_request *request,
			     unsigned nth)
{
	if (nth == 0)
		fake_drop(request);
	else
		fake_reply(f, request, 0, 1);
}

Test(send, a_lost_reply_is_asked_for_again_under_the_same_number)
{
	uint64_t seq = 0;

	fake->script = lose_first_reply;
	connect_with((struct risk_options){.resend_ms = 50});
	cr_expect_eq(send_one(&seq), 0, "%s", risk_error(risk));
	cr_expect_eq(seq, 1u);
	cr_expect_geq(atomic_load(&fake->requests), 2u);
}

static void say_nothing(struct fake *f, struct fake_request *request,
			unsigned nth)
{
	(void)f;
	(void)nth;
	fake_drop(request);
}

Test(send, without_any_reply_the_number_is_told_for_asking_later)
{
	fake->script = say_nothing;
	atomic_store(&fake->last_client_seq, 8);
	connect_with((struct risk_options){.timeout_ms = 300, .client = "me"});
	cr_expect_eq(send_one(NULL), -ETIMEDOUT);
	cr_expect_eq(risk_last_client_seq(risk), 9u);
	cr_expect(strstr(risk_error(risk), "command 9 of client me"), "%s",
		  risk_error(risk));
}

static void answer_from_memory(struct fake *f, struct fake_request *request,
			       unsigned nth)
{
	(void)nth;
	fake_reply(f, request, 0, 1);
}

Test(send, a_number_given_by_the_caller_takes_the_old_answer)
{
	struct risk_cmd cmd;
	Riskd__Command *row = &cmd.command;
	struct risk_request request = {.rows = &row, .n = 1, .client_seq = 9};
	Riskd__Reply *reply = NULL;

	fake->script = answer_from_memory;
	connect_with((struct risk_options){0});
	risk_cmd_deposit(&cmd, 1, 0, 100);
	cr_assert_eq(risk_send(risk, &request, &reply), 0, "%s",
		     risk_error(risk));
	cr_expect(reply->results[0]->repeat);
	cr_expect_eq(atomic_load(&fake->client_queries), 0u);
	riskd__reply__free_unpacked(reply, NULL);
}

/* The daemon lost its memory: it wants to start from 1 again. */
static void forget_after_first(struct fake *f, struct fake_request *request,
			       unsigned nth)
{
	if (nth == 0) {
		accept_all(f, request, nth);
		atomic_store(&f->last_client_seq, 0);
		return;
	}
	fake_reply(f, request, RK_REJ_OUT_OF_ORDER, 0);
}

Test(send, a_daemon_that_forgot_our_commands_is_not_papered_over)
{
	fake->script = forget_after_first;
	connect_with((struct risk_options){.client = "me"});
	cr_expect_eq(send_one(NULL), 0);
	cr_expect_eq(send_one(NULL), RK_REJ_OUT_OF_ORDER);
	cr_expect(strstr(risk_error(risk), "started anew"), "%s",
		  risk_error(risk));
}

/* What the callbacks saw, in the order of their calls. */
struct seen {
	unsigned n;
	int rc[FAKE_REQUESTS];
	uint64_t seq[FAKE_REQUESTS];
};

static void see(void *arg, int rc, const Riskd__Reply *reply)
{
	struct seen *seen = arg;

	seen->rc[seen->n] = rc;
	seen->seq[seen->n++] = reply ? reply->client_seq : 0;
}

static void send_async(struct seen *seen, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct risk_cmd cmd;
		Riskd__Command *row = &cmd.command;
		struct risk_request request = {.rows = &row, .n = 1};

		risk_cmd_deposit(&cmd, 1, 0, 100 + i);
		cr_assert_eq(risk_send_async(risk, &request, see, seen), 0,
			     "%s", risk_error(risk));
	}
}

/*
 * 1 is answered at once. 2, 3 and 4 arrive as 4, 3, 2: the first two are too
 * early. What comes again is accepted in order only.
 */
static void reorder(struct fake *f, struct fake_request *request, unsigned nth)
{
	uint64_t next = atomic_load(&f->last_client_seq) + 1;

	if (nth == 0 || nth > 3) {
		if (request->request->client_seq == next)
			accept_all(f, request, nth);
		else
			fake_reply(f, request, RK_REJ_OUT_OF_ORDER, 0);
		return;
	}
	f->held[f->held_n++] = *request;
	if (f->held_n < 3)
		return;
	fake_reply(f, &f->held[2], RK_REJ_OUT_OF_ORDER, 0);
	fake_reply(f, &f->held[1], RK_REJ_OUT_OF_ORDER, 0);
	accept_all(f, &f->held[0], nth);
	f->held_n = 0;
}

Test(send, rows_that_overtake_are_sent_again_and_answered_in_order)
{
	struct seen seen = {0};

	fake->script = reorder;
	connect_with((struct risk_options){0});
	send_async(&seen, 4);
	risk_flush(risk);
	cr_assert_eq(seen.n, 4u);
	for (unsigned i = 0; i < 4; i++) {
		cr_expect_eq(seen.rc[i], 0);
		cr_expect_eq(seen.seq[i], i + 1u);
	}
	cr_expect_eq(atomic_load(&fake->last_client_seq), 4u);
	cr_expect_eq(risk_in_flight(risk), 0u);
}

/* 2 is never answered; what comes after it is too early for ever. */
static void swallow_second(struct fake *f, struct fake_request *request,
			   unsigned nth)
{
	if (request->request->client_seq == 1)
		accept_all(f, request, nth);
	else if (request->request->client_seq == 2)
		fake_drop(request);
	else
		fake_reply(f, request, RK_REJ_OUT_OF_ORDER, 0);
}

Test(send, what_follows_a_failed_request_is_cancelled)
{
	struct seen seen = {0};

	fake->script = swallow_second;
	connect_with((struct risk_options){.timeout_ms = 500});
	send_async(&seen, 4);
	risk_flush(risk);
	cr_assert_eq(seen.n, 4u);
	cr_expect_eq(seen.rc[0], 0);
	cr_expect_eq(seen.rc[1], -ETIMEDOUT);
	cr_expect_eq(seen.rc[2], -ECANCELED);
	cr_expect_eq(seen.rc[3], -ECANCELED);
}

Test(send, more_requests_than_fit_in_flight_wait_for_the_oldest)
{
	struct seen seen = {0};

	fake->script = accept_all;
	connect_with((struct risk_options){.in_flight_max = 2});
	send_async(&seen, 10);
	risk_flush(risk);
	cr_assert_eq(seen.n, 10u);
	for (unsigned i = 0; i < 10; i++)
		cr_expect_eq(seen.seq[i], i + 1u);
}

Test(send, an_answer_to_another_question_is_refused)
{
	Riskd__Answer *answer;

	connect_with((struct risk_options){0});
	cr_expect_eq(risk_orders(risk, NULL, 0, &answer), -EPROTO);
	fake->protocol = 2;
	cr_expect_eq(risk_status(risk, &answer), -EPROTO);
	cr_expect(strstr(risk_error(risk), "version 2"), "%s",
		  risk_error(risk));
}

Test(send, a_question_of_what_if_goes_out_whole_and_in_order)
{
	const uint64_t accounts[] = {7, UINT64_MAX};
	const struct risk_supposed_fill fill = {
		.account = 7,
		.market = 3,
		.size = -50,
		.price = 90,
		.fee = -1,
		.fee_told = true,
		.resting_order = 11,
	};
	struct risk_supposition suppose[3];
	Riskd__Supposition *rows[] = {&suppose[0].row, &suppose[1].row,
				      &suppose[2].row};
	const struct risk_what_if_query query = {
		.accounts = accounts,
		.accounts_n = 2,
		.suppose = rows,
		.suppose_n = 3,
		.brief = true,
		.ramps_ended = true,
	};
	const Riskd__WhatIfQuery *seen;
	Riskd__Answer *answer;

	connect_with((struct risk_options){0});
	risk_suppose_fill(&suppose[0], &fill);
	risk_suppose_price(&suppose[1], 4, 123);
	risk_suppose_deposit(&suppose[2], UINT64_MAX, 1, -9);
	cr_assert_eq(risk_what_if(risk, &query, &answer), 0);
	cr_assert_eq(answer->what_if->n_before, 2);
	cr_assert_eq(answer->what_if->n_after, 2);
	cr_expect_eq(answer->what_if->after[1]->account, UINT64_MAX);
	riskd__answer__free_unpacked(answer, NULL);

	seen = fake->what_if->what_if;
	cr_expect(seen->brief);
	cr_expect(seen->ramps_ended);
	cr_assert_eq(seen->n_accounts, 2);
	cr_expect_eq(seen->accounts[0], 7);
	cr_assert_eq(seen->n_suppose, 3);
	cr_assert_eq(seen->suppose[0]->kind_case,
		     RISKD__SUPPOSITION__KIND_FILL);
	cr_expect_eq(seen->suppose[0]->fill->account, 7);
	cr_expect_eq(seen->suppose[0]->fill->market, 3);
	cr_expect_eq(seen->suppose[0]->fill->size, -50);
	cr_expect_eq(seen->suppose[0]->fill->price, 90);
	cr_expect_eq(seen->suppose[0]->fill->told_case,
		     RISKD__SUPPOSED_FILL__TOLD_FEE);
	cr_expect_eq(seen->suppose[0]->fill->fee, -1);
	cr_expect_eq(seen->suppose[0]->fill->resting_order, 11);
	cr_expect_not(seen->suppose[0]->fill->maker);
	cr_assert_eq(seen->suppose[1]->kind_case,
		     RISKD__SUPPOSITION__KIND_PRICE);
	cr_expect_eq(seen->suppose[1]->price->slot, 4);
	cr_expect_eq(seen->suppose[1]->price->price, 123);
	cr_assert_eq(seen->suppose[2]->kind_case,
		     RISKD__SUPPOSITION__KIND_DEPOSIT);
	cr_expect_eq(seen->suppose[2]->deposit->account, UINT64_MAX);
	cr_expect_eq(seen->suppose[2]->deposit->asset, 1);
	cr_expect_eq(seen->suppose[2]->deposit->amount, -9);
}

/* What a fill leaves out is not told as 0. */
Test(send, what_is_left_out_of_a_question_stays_so)
{
	const uint64_t account = 7;
	const struct risk_supposed_fill maker = {.market = 3, .maker = true};
	const struct risk_largest_of largest[] = {
		{.market = 5, .price = 70},
		{.market = 6, .fee = 0, .fee_told = true}};
	char group[] = "pair";
	Riskd__EmodeGroup entry = RISKD__EMODE_GROUP__INIT;
	struct risk_supposition suppose[3];
	Riskd__Supposition *rows[] = {&suppose[0].row, &suppose[1].row,
				      &suppose[2].row};
	const struct risk_what_if_query query = {
		.accounts = &account,
		.accounts_n = 1,
		.suppose = rows,
		.suppose_n = 3,
		.largest = largest,
		.largest_n = 2,
	};
	const Riskd__WhatIfQuery *seen;
	Riskd__Answer *answer;

	connect_with((struct risk_options){0});
	risk_suppose_fill(&suppose[0], &maker);
	entry.group = group;
	entry.debt = true;
	entry.weight_withdrawal = 8;
	risk_suppose_emode(&suppose[1], 2, &entry);
	risk_suppose_leverage(&suppose[2], 7, 5, 3000000000);
	cr_assert_eq(risk_what_if(risk, &query, &answer), 0);
	riskd__answer__free_unpacked(answer, NULL);

	seen = fake->what_if->what_if;
	cr_assert_eq(seen->n_suppose, 3);
	cr_assert_eq(seen->suppose[2]->kind_case,
		     RISKD__SUPPOSITION__KIND_LEVERAGE);
	cr_expect_eq(seen->suppose[2]->leverage->account, 7);
	cr_expect_eq(seen->suppose[2]->leverage->market, 5);
	cr_expect_eq(seen->suppose[2]->leverage->leverage, 3000000000);
	cr_expect_eq(seen->suppose[0]->fill->told_case,
		     RISKD__SUPPOSED_FILL__TOLD__NOT_SET);
	cr_expect(seen->suppose[0]->fill->maker);
	cr_assert_eq(seen->suppose[1]->kind_case,
		     RISKD__SUPPOSITION__KIND_EMODE);
	cr_expect_eq(seen->suppose[1]->emode->asset, 2);
	cr_expect_str_eq(seen->suppose[1]->emode->entry->group, "pair");
	cr_expect(seen->suppose[1]->emode->entry->debt);
	cr_expect_eq(seen->suppose[1]->emode->entry->weight_withdrawal, 8);
	cr_assert_eq(seen->n_largest_orders, 2);
	cr_expect_eq(seen->largest_orders[0]->market, 5);
	cr_expect_eq(seen->largest_orders[0]->price, 70);
	cr_expect_eq(seen->largest_orders[0]->told_case,
		     RISKD__LARGEST_ORDER_QUERY__TOLD__NOT_SET);
	cr_expect_eq(seen->largest_orders[1]->told_case,
		     RISKD__LARGEST_ORDER_QUERY__TOLD_FEE);
}

Test(send, a_question_of_what_if_that_cannot_be_is_not_sent)
{
	uint64_t accounts[RISK_WHAT_IF_ACCOUNTS_MAX + 1] = {1};
	struct risk_what_if_query query = {.accounts = accounts};
	Riskd__Answer *answer;

	connect_with((struct risk_options){0});
	cr_expect_eq(risk_what_if(risk, &query, &answer), -EINVAL);
	query.accounts_n = RISK_WHAT_IF_ACCOUNTS_MAX + 1;
	cr_expect_eq(risk_what_if(risk, &query, &answer), -EINVAL);
	cr_expect(strstr(risk_error(risk), "must be 1 to 64"), "%s",
		  risk_error(risk));
	query.accounts_n = 1;
	query.suppose_n = RISK_WHAT_IF_SUPPOSE_MAX + 1;
	cr_expect_eq(risk_what_if(risk, &query, &answer), -EINVAL);
	query.suppose_n = 0;
	query.largest_n = RISK_LARGEST_MAX + 1;
	cr_expect_eq(risk_what_if(risk, &query, &answer), -EINVAL);
	cr_expect(strstr(risk_error(risk), "65 largest orders: at most 64"),
		  "%s", risk_error(risk));
	cr_expect_eq(risk_account_largest(risk, 1, query.largest,
					  RISK_LARGEST_MAX + 1, &answer),
		     -EINVAL);
	query.largest_n = 0;
	cr_assert_eq(risk_what_if(risk, &query, &answer), 0);
	cr_expect_eq(answer->what_if->n_before, 0);
	cr_expect_eq(answer->what_if->n_after, 1);
	riskd__answer__free_unpacked(answer, NULL);
}

/* Done; then refused with what was to change; then refused without. */
static void answer_reloads(struct fake *f, struct fake_request *request,
			   unsigned nth)
{
	static char error[] = "market P refuses";
	Riskd__ReloadChange change = RISKD__RELOAD_CHANGE__INIT;
	Riskd__ReloadChange *changes[] = {&change};
	Riskd__ReloadReply reload = RISKD__RELOAD_REPLY__INIT;
	Riskd__Reply reply = RISKD__REPLY__INIT;

	if (!request->request->reload)
		abort();
	change.seq = 12;
	reload.dry_run = request->request->reload->dry_run;
	reload.commands = 1;
	reload.n_changes = 1;
	reload.changes = changes;
	reply.version = 1;
	if (nth < 3)
		reply.reload = &reload;
	if (nth >= 2) {
		reply.code = RK_REJ_RAMPING;
		reply.error = error;
	}
	fake_reply_with(f, request, &reply);
}

Test(send, a_reload_is_told_done_or_refused_and_takes_no_number)
{
	Riskd__Reply *reply = NULL;
	uint64_t seq = 0;

	fake->script = answer_reloads;
	connect_with((struct risk_options){.client = "me"});
	cr_assert_eq(risk_reload(risk, false, 0, &reply), 0, "%s",
		     risk_error(risk));
	cr_expect_not(reply->reload->dry_run);
	cr_expect_eq(reply->reload->changes[0]->seq, 12);
	riskd__reply__free_unpacked(reply, NULL);
	cr_assert_eq(risk_reload(risk, true, 0, &reply), 0);
	cr_expect(reply->reload->dry_run);
	riskd__reply__free_unpacked(reply, NULL);
	cr_assert_eq(risk_reload(risk, false, 0, &reply), RK_REJ_RAMPING);
	cr_assert_not_null(reply, "what was to change is told");
	cr_expect_eq(reply->reload->n_changes, 1);
	cr_expect_str_eq(risk_error(risk), "RAMPING: market P refuses");
	riskd__reply__free_unpacked(reply, NULL);
	cr_assert_eq(risk_reload(risk, false, 0, &reply), RK_REJ_RAMPING);
	cr_expect_null(reply);
	fake->script = accept_all;
	cr_expect_eq(send_one(&seq), 0);
	cr_expect_eq(seq, 1);
}

Test(send, nobody_at_the_address_is_told_at_once)
{
	struct risk *other = NULL;

	cr_expect_eq(risk_open("inproc://nobody", NULL, &other), -ECONNREFUSED);
	cr_expect(strstr(risk_error(other), "is riskd running"), "%s",
		  risk_error(other));
	risk_close(other);
	cr_expect_eq(risk_open("nonsense", NULL, &other), -EINVAL);
	risk_close(other);
}

static struct risk_sub *subscribe(const char *topic, uint64_t from)
{
	struct risk_follow follow = {
		.topic = topic, .from = from, .heartbeats = true};
	struct risk_sub *sub = NULL;
	struct risk_item item = {0};

	cr_assert_eq(risk_subscribe(risk, &follow, &sub), 0, "%s",
		     risk_error(risk));
	/* Only now is it certain that the publisher knows the subscriber. */
	do
		fake_heartbeat(fake, 0);
	while (risk_next(sub, 20, &item) != 0 || !item.heartbeat);
	while (risk_next(sub, 100, &item) == 0)
		cr_assert(item.heartbeat);
	return sub;
}

/* The next event's number; heartbeats are passed over. */
static uint64_t next(struct risk_sub *sub)
{
	struct risk_item item;
	int rc;

	do
		rc = risk_next(sub, PATIENCE_MS, &item);
	while (rc == 0 && !item.event);
	cr_assert_eq(rc, 0, "%d: %s", rc, risk_sub_error(sub));
	return item.event->number;
}

/*
 * The next event while the heart goes on beating: a subscriber that hears
 * nothing at all asks by itself, which is not what is meant here.
 */
static uint64_t next_at_heartbeat(struct risk_sub *sub, uint64_t last_event)
{
	for (int i = 0; i < 200; i++) {
		struct risk_item item;

		fake_heartbeat(fake, last_event);
		while (risk_next(sub, 50, &item) == 0)
			if (item.event)
				return item.event->number;
	}
	return 0;
}

static void publish(uint64_t a, uint64_t b)
{
	const uint64_t numbers[] = {a, b};

	fake_publish(fake, numbers, b ? 2 : 1);
	if (atomic_load(&fake->newest) < (b ? b : a))
		atomic_store(&fake->newest, b ? b : a);
}

Test(events, messages_of_one_turn_are_put_in_order_without_asking)
{
	struct risk_sub *sub;

	connect_with((struct risk_options){0});
	sub = subscribe("", 0);
	publish(1, 3);
	publish(2, 4);
	for (uint64_t number = 1; number <= 4; number++)
		cr_expect_eq(next(sub), number);
	cr_expect_eq(atomic_load(&fake->event_queries), 1u, "the start only");
	risk_unsubscribe(sub);
}

Test(events, a_gap_is_read_by_query_and_nothing_comes_twice)
{
	struct risk_sub_stats stats;
	struct risk_sub *sub;

	connect_with((struct risk_options){0});
	sub = subscribe("", 0);
	publish(1, 0);
	/* 2 and 3 are lost. */
	publish(4, 0);
	publish(4, 0);
	publish(5, 0);
	for (uint64_t number = 1; number <= 5; number++)
		cr_expect_eq(next(sub), number);
	risk_sub_get_stats(sub, &stats);
	cr_expect_eq(stats.events, 5u);
	cr_expect_geq(stats.gaps, 1u);
	cr_expect_geq(stats.caught_up, 2u);
	risk_unsubscribe(sub);
}

Test(events, the_heartbeat_tells_of_lost_events_that_nothing_follows)
{
	struct risk_sub *sub;

	connect_with((struct risk_options){0});
	sub = subscribe("", 0);
	publish(1, 0);
	cr_expect_eq(next(sub), 1u);
	atomic_store(&fake->newest, 3);
	cr_expect_eq(next_at_heartbeat(sub, 3), 2u);
	cr_expect_eq(next(sub), 3u);
	risk_unsubscribe(sub);
}

Test(events, one_topic_is_followed_by_its_own_numbers)
{
	struct risk_sub *sub;

	connect_with((struct risk_options){0});
	sub = subscribe("account.2", 0);
	publish(1, 3);
	publish(2, 4);
	/* 6 is lost; 8 says that 6 was before it. */
	publish(8, 0);
	cr_expect_eq(next(sub), 2u);
	cr_expect_eq(next(sub), 4u);
	cr_expect_eq(next(sub), 6u);
	cr_expect_eq(next(sub), 8u);
	risk_unsubscribe(sub);
}

Test(events, a_lost_end_of_one_topic_is_found_by_heartbeat)
{
	struct risk_sub *sub;

	connect_with((struct risk_options){0});
	sub = subscribe("account.2", 0);
	publish(2, 0);
	cr_expect_eq(next(sub), 2u);
	atomic_store(&fake->newest, 5);
	cr_expect_eq(next_at_heartbeat(sub, 5), 4u);
	risk_unsubscribe(sub);
}

Test(events, from_a_number_the_kept_ones_come_first)
{
	struct risk_follow follow = {.topic = "", .from = 3};
	struct risk_sub *sub;

	connect_with((struct risk_options){0});
	atomic_store(&fake->newest, 5);
	cr_assert_eq(risk_subscribe(risk, &follow, &sub), 0);
	cr_expect_eq(next(sub), 3u);
	cr_expect_eq(next(sub), 4u);
	cr_expect_eq(next(sub), 5u);
	risk_unsubscribe(sub);
}

Test(events, what_is_no_longer_kept_is_told)
{
	struct risk_follow follow = {.topic = "", .from = 3};
	struct risk_item item;
	struct risk_sub *sub;

	connect_with((struct risk_options){0});
	atomic_store(&fake->newest, 9);
	atomic_store(&fake->oldest, 5);
	cr_assert_eq(risk_subscribe(risk, &follow, &sub), 0);
	cr_expect_eq(risk_next(sub, PATIENCE_MS, &item), RK_REJ_EVENTS_GONE);
	risk_unsubscribe(sub);
}

Test(events, numbers_that_go_back_are_a_daemon_started_anew)
{
	struct risk_item item;
	struct risk_sub *sub;
	int rc;

	connect_with((struct risk_options){0});
	sub = subscribe("", 0);
	publish(1, 0);
	publish(2, 0);
	fake_heartbeat(fake, 2);
	cr_expect_eq(next(sub), 1u);
	cr_expect_eq(next(sub), 2u);
	fake_heartbeat(fake, 0);
	do
		rc = risk_next(sub, PATIENCE_MS, &item);
	while (rc == 0);
	cr_expect_eq(rc, -ESTALE);
	risk_unsubscribe(sub);
}

Test(events, a_heartbeat_older_than_a_query_proves_nothing)
{
	struct risk_item item;
	struct risk_sub *sub;
	uint64_t events = 0;
	unsigned heartbeats = 0;

	connect_with((struct risk_options){0});
	sub = subscribe("", 0);
	/* 1 to 3 are lost; the query for them finds 9 events. */
	publish(4, 0);
	fake_heartbeat(fake, 4);
	fake_heartbeat(fake, 4);
	atomic_store(&fake->newest, 9);
	while (events < 9 || heartbeats < 2) {
		cr_assert_eq(risk_next(sub, PATIENCE_MS, &item), 0, "%s",
			     risk_sub_error(sub));
		heartbeats += item.heartbeat != NULL;
		if (item.event)
			cr_expect_eq(item.event->number, ++events);
	}
	risk_unsubscribe(sub);
}
