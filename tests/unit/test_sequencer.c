/*
 * The sequencer with a journal that is slow, or fails: what a command caused
 * leaves only once the command is durable, and after a failure nothing does.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/sequencer.h"
#include "engine/rc.h"
#include "store/record.h"
#include "support/builder.h"

#define OUTBOX_BYTES ((size_t)400 * 1024) /* little more than one step */
#define QUOTES_MAX   16U
#define CROWD        2000U

/* A journal that does what the test says. */
struct fake {
	struct rk_journal head;
	uint64_t newest;    /* sequence appended */
	uint64_t confirmed; /* told to be durable */
	uint32_t groups;
	uint32_t fail_at; /* the group that fails, from 1; 0: none */
	bool at_once;     /* durable as soon as appended */
};

struct rig {
	struct rk_builder builder; /* only its engine is used */
	struct fake journal;
	struct rk_outbox *outbox;
	struct rk_sequencer *sequencer;
	uint64_t events_out;
	uint32_t drained;
};

static void confirm(struct fake *fake, uint64_t seq)
{
	fake->confirmed = seq;
	fake->head.durable(fake->head.durable_context, seq);
}

/* Every group must hold its commands, one record each, and follow the last. */
static int append(struct rk_journal *journal,
		  const struct rk_journal_group *group)
{
	static struct rk_quote quotes[QUOTES_MAX];
	static struct rk_cmd cmds[RK_ATOMIC_MAX];
	const struct rk_record_room room = {quotes, QUOTES_MAX, cmds};
	struct fake *fake = (struct fake *)journal;
	const unsigned char *bytes = group->payload;
	uint32_t records = 0;
	size_t at = 0;

	if (++fake->groups == fake->fail_at)
		return -EIO;
	cr_assert_eq(group->first_seq, fake->newest + 1);
	while (at < group->size) {
		struct rk_cmd cmd;
		size_t length;

		cr_assert_eq(rk_record_decode(bytes + at, group->size - at,
					      &room, &cmd, &length),
			     0);
		at += length;
		records++;
	}
	cr_assert_eq(records, group->count);
	fake->newest += group->count;
	if (fake->at_once)
		confirm(fake, fake->newest);
	return 0;
}

static const struct rk_journal_ops fake_ops = {.append = append};

/* Take out what may leave, checking that it may. */
static void release(void *context)
{
	struct rig *rig = context;
	struct rk_outbox_item item;

	rig->drained++;
	while (rk_outbox_take(rig->outbox, rk_sequencer_durable(rig->sequencer),
			      &item)) {
		cr_assert_leq(item.seq, rig->journal.confirmed);
		if (item.kind != RK_OUTBOX_EVENT)
			continue;
		rig->events_out++;
		cr_assert_eq(item.event.number, rig->events_out);
	}
}

static void rig_open(struct rig *rig, const struct rk_cmd_limits *limits)
{
	struct rk_sequencer_options options = {
		.journal = &rig->journal.head,
		.quotes_max = QUOTES_MAX,
		.drain = release,
		.drain_context = rig,
	};

	memset(rig, 0, sizeof(*rig));
	rig->journal.head.ops = &fake_ops;
	rk_harness_init(&rig->builder.harness, limits, RK_EVENTS_PER_STEP_MAX);
	cr_assert_eq(rk_outbox_open(OUTBOX_BYTES, &rig->outbox), 0);
	options.engine = rig->builder.harness.engine;
	options.outbox = rig->outbox;
	cr_assert_eq(rk_sequencer_open(&options, &rig->sequencer), 0);
}

static void rig_close(struct rig *rig)
{
	rk_sequencer_close(rig->sequencer);
	rk_outbox_close(rig->outbox);
	rk_harness_fini(&rig->builder.harness);
}

static const struct rk_cmd_limits small = {
	.accounts_max = 4,
	.owners_max = 4,
	.assets_max = 2,
	.markets_max = 2,
	.publishers_max = 2,
	.venues_max = 40,
	.clients_max = 2,
	.positions_max = 4,
	.positions_per_account_max = 2,
	.balances_max = 4,
	.orders_max = 4,
	.withdrawals_max = 4,
};

/* A command that takes a sequence number and makes one event. */
static int add_venue(struct rig *rig, uint32_t number)
{
	struct rk_cmd cmd = {.type = RK_CMD_VENUE};

	(void)snprintf(cmd.name.name, sizeof(cmd.name.name), "venue-%u",
		       number);
	return rk_sequencer_apply(rig->sequencer, &cmd, NULL);
}

Test(sequencer, nothing_leaves_before_its_group_is_durable)
{
	struct rig rig;

	rig_open(&rig, &small);
	for (uint32_t i = 0; i < 10; i++)
		cr_assert_eq(add_venue(&rig, i), RK_OK);
	release(&rig);
	cr_assert_eq(rig.events_out, 0, "not even in the journal");
	rk_sequencer_end_turn(rig.sequencer);
	cr_assert_eq(rig.journal.groups, 1, "one group per turn");
	release(&rig);
	cr_assert_eq(rig.events_out, 0, "in the journal, but not durable");

	/* The next turn does not wait for the first. */
	for (uint32_t i = 10; i < 15; i++)
		cr_assert_eq(add_venue(&rig, i), RK_OK);
	rk_sequencer_end_turn(rig.sequencer);
	confirm(&rig.journal, 10);
	release(&rig);
	cr_assert_eq(rig.events_out, 10);
	confirm(&rig.journal, 15);
	release(&rig);
	cr_assert_eq(rig.events_out, 15);
	cr_assert(rk_outbox_empty(rig.outbox));
	rig_close(&rig);
}

Test(sequencer, a_turn_without_commands_makes_no_group)
{
	struct rig rig;

	rig_open(&rig, &small);
	for (int i = 0; i < 5; i++)
		rk_sequencer_end_turn(rig.sequencer);
	cr_assert_eq(rig.journal.groups, 0);
	rig_close(&rig);
}

Test(sequencer, repeats_and_gaps_are_not_journaled_but_refusals_are)
{
	struct rk_cmd cmd = {.type = RK_CMD_VENUE,
			     .origin = {.client = "c", .client_seq = 1},
			     .name = {.name = "x"}};
	struct rk_answer answer;
	struct rig rig;

	rig_open(&rig, &small);
	rig.journal.at_once = true;
	cr_assert_eq(rk_sequencer_apply(rig.sequencer, &cmd, &answer), RK_OK);
	cr_assert_eq(answer.seq, 1);
	cr_assert_eq(rk_sequencer_apply(rig.sequencer, &cmd, &answer),
		     RK_REJ_REPEAT);
	cr_assert_eq(answer.seq, 1);
	cr_assert_eq(answer.code, RK_OK);
	cmd.origin.client_seq = 9;
	cr_assert_eq(rk_sequencer_apply(rig.sequencer, &cmd, &answer),
		     RK_REJ_OUT_OF_ORDER);
	cmd.origin.client_seq = 2;
	cr_assert_eq(rk_sequencer_apply(rig.sequencer, &cmd, &answer),
		     RK_REJ_EXISTS);
	cr_assert_eq(answer.seq, 2, "a refusal has its place in the log");
	rk_sequencer_end_turn(rig.sequencer);
	cr_assert_eq(rig.journal.newest, 2);
	release(&rig);
	cr_assert_eq(rig.events_out, 2, "added, refused");
	rig_close(&rig);
}

/* The rule of money: what may not be durable is never shown. */
Test(sequencer, after_a_failed_append_nothing_leaves_any_more)
{
	struct rig rig;

	rig_open(&rig, &small);
	rig.journal.at_once = true;
	rig.journal.fail_at = 2;
	cr_assert_eq(add_venue(&rig, 0), RK_OK);
	rk_sequencer_end_turn(rig.sequencer);
	cr_assert_eq(rk_sequencer_error(rig.sequencer), 0);
	cr_assert_eq(add_venue(&rig, 1), RK_OK);
	rk_sequencer_end_turn(rig.sequencer);
	cr_assert_eq(rk_sequencer_error(rig.sequencer), -EIO);

	/* It stays failed, and the journal is not asked again. */
	for (uint32_t i = 2; i < 10; i++) {
		(void)add_venue(&rig, i);
		rk_sequencer_end_turn(rig.sequencer);
	}
	cr_assert_eq(rk_sequencer_error(rig.sequencer), -EIO);
	cr_assert_eq(rig.journal.groups, 2);
	cr_assert_eq(rk_sequencer_durable(rig.sequencer), 1);
	release(&rig);
	cr_assert_eq(rig.events_out, 1);
	rig_close(&rig);
}

/* A crowd of longs that one price liquidates: more events than fit. */
static void make_crowd(struct rig *rig)
{
	struct rk_cmd cmds[] = {
		{.type = RK_CMD_RISK,
		 .risk = {{1500000000},
			  {1600000000},
			  {1250000000},
			  {1300000000},
			  {1200000000},
			  {50000000},
			  {100000000},
			  30 * BUILDER_SECOND_NS,
			  10 * BUILDER_SECOND_NS,
			  BUILDER_SECOND_NS}},
		{.type = RK_CMD_CLOCK, .clock = {BUILDER_START_NS}},
		{.type = RK_CMD_PUBLISHER, .name = {"a"}},
		{.type = RK_CMD_VENUE, .name = {"v"}},
		{.type = RK_CMD_ASSET,
		 .asset = {.name = "USD", .decimals = 2, .fixed_price = {1}}},
		{.type = RK_CMD_MARKET,
		 .market = {.name = "PERP",
			    .settle = "USD",
			    .lot = {1},
			    .price_max = {1000000},
			    .position_max = {1000},
			    .price_age_max_ns = BUILDER_AGE_NS,
			    .brackets_n = 1,
			    .brackets = {{{0}, {50000000}, {100000000}}}}},
	};

	for (size_t i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
		cr_assert_eq(rk_sequencer_apply(rig->sequencer, &cmds[i], NULL),
			     RK_OK, "command %zu", i);
	for (uint64_t i = 1; i <= CROWD; i++) {
		struct rk_cmd account = {
			.type = RK_CMD_ACCOUNT,
			.account = {i, i, RK_MODE_CROSS, RK_ENFORCE_FULL}};
		struct rk_cmd deposit = {.type = RK_CMD_DEPOSIT,
					 .amount = {i, 0, {20000}}};
		struct rk_cmd trade = {.type = RK_CMD_TRADE,
				       .trade = {.trade = i,
						 .price = {1000},
						 .size = {1},
						 .buyer = {.account = i}}};

		cr_assert_eq(rk_sequencer_apply(rig->sequencer, &account, NULL),
			     RK_OK);
		cr_assert_eq(rk_sequencer_apply(rig->sequencer, &deposit, NULL),
			     RK_OK);
		cr_assert_eq(rk_sequencer_apply(rig->sequencer, &trade, NULL),
			     RK_OK);
	}
	rk_sequencer_end_turn(rig->sequencer);
	release(rig);
}

static void crash(struct rig *rig)
{
	struct rk_quote quote = {0, 0, {840}, BUILDER_START_NS, 1};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES, .prices = {&quote, 1}};

	(void)rk_sequencer_apply(rig->sequencer, &cmd, NULL);
}

static const struct rk_cmd_limits crowded = {
	.accounts_max = CROWD,
	.owners_max = CROWD,
	.assets_max = 2,
	.markets_max = 2,
	.publishers_max = 2,
	.venues_max = 2,
	.clients_max = 2,
	.positions_max = CROWD,
	.positions_per_account_max = 2,
	.balances_max = CROWD,
	.orders_max = CROWD,
	.withdrawals_max = 2,
};

Test(sequencer, events_that_do_not_fit_leave_after_their_own_group)
{
	uint64_t before;
	uint32_t drained;
	struct rig rig;

	rig_open(&rig, &crowded);
	rig.journal.at_once = true;
	make_crowd(&rig);
	before = rig.events_out;
	drained = rig.drained;
	crash(&rig);
	/* In the middle of the command, its group was closed for them. */
	cr_assert_gt(rig.drained, drained);
	cr_assert_gt(rig.events_out, before);
	cr_assert_eq(rig.journal.newest,
		     rk_view_seq(rig.builder.harness.engine));
	rk_sequencer_end_turn(rig.sequencer);
	release(&rig);
	cr_assert_geq(rig.events_out - before, 2 * CROWD,
		      "a state and an order of each");
	cr_assert_eq(rig.events_out, rk_view_event(rig.builder.harness.engine));
	rig_close(&rig);
}

Test(sequencer, a_failure_in_the_middle_of_a_command_shows_none_of_it)
{
	uint64_t before;
	struct rig rig;

	rig_open(&rig, &crowded);
	rig.journal.at_once = true;
	make_crowd(&rig);
	before = rig.events_out;
	rig.journal.fail_at = rig.journal.groups + 1;
	crash(&rig);
	rk_sequencer_end_turn(rig.sequencer);
	cr_assert_eq(rk_sequencer_error(rig.sequencer), -EIO);
	release(&rig);
	cr_assert_eq(rig.events_out, before);
	rig_close(&rig);
}
