/*
 * The engine against the auditor: the same seeded commands into both, and
 * after each command answer, events and visible state must be the same to the
 * last unit. A twin engine with the smallest event buffer must say the same.
 *
 * engine_audit [--seed N] [--commands N] [--accounts N]
 *
 * TAP output. A failure prints the field and the command line to repeat it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "engine/decimal.h"
#include "engine/rc.h"
#include "laws.h"
#include "support/auditor.h"
#include "support/generator.h"
#include "support/harness.h"

#define COMMANDS_FULL  40000 /* from here on the counts must be met */
#define COUNT_LEAST    10
#define BOOK_COMMANDS  30000 /* then a new book: listings fill up */
#define BOOK_SEED      1000003
#define COMPARE_ALL    512 /* commands between looks at everything */
#define BALANCES_SHOWN 16
#define STEP_LARGE     (1u << 16)

struct options {
	uint64_t seed;
	uint64_t commands;
	uint64_t accounts;
};

struct run {
	struct options options;
	struct rk_harness large; /* every command in one step */
	struct rk_harness small; /* as many steps as there can be */
	struct rk_auditor *auditor;
	struct rk_generator *generator;
	struct laws laws;
	struct counts counts;
	uint64_t seed;    /* of this book */
	uint64_t command; /* within this book */
	uint64_t commands_left;
	struct rk_audit_text text;
};

static void print_events(const char *who, const struct rk_event *events,
			 uint32_t n)
{
	struct rk_audit_text text;

	for (uint32_t i = 0; i < n; i++) {
		rk_auditor_describe_event(&events[i], &text);
		(void)printf("#   %s: %s\n", who, text.text);
	}
}

/* What the engine holds now, which a refusal leaves as it was. */
static void print_account(const struct rk_engine *engine, uint64_t account)
{
	struct rk_balance_view balances[BALANCES_SHOWN];
	struct rk_position_view positions[BALANCES_SHOWN];
	struct rk_account_view view;
	uint32_t index;
	uint32_t n;

	if (rk_view_find_account(engine, account, &index) != RK_OK ||
	    rk_view_account(engine, index, &view) != RK_OK)
		return;
	(void)printf("#   account %" PRIu64 " %s mode=%d E=%lld R=%lld "
		     "I=%lld W=%lld health_w=%lld prices_ok=%d\n",
		     account, rk_state_name(view.state), (int)view.mode,
		     (long long)view.margin.equity.raw,
		     (long long)view.margin.maintenance.raw,
		     (long long)view.margin.initial.raw,
		     (long long)view.margin.withdrawal.raw,
		     (long long)view.margin.health_w.raw,
		     view.margin.prices_ok);
	n = rk_view_balances(engine, index, balances, BALANCES_SHOWN);
	for (uint32_t i = 0; i < n && i < BALANCES_SHOWN; i++)
		(void)printf("#     asset %u: %lld worth %lld\n",
			     balances[i].asset,
			     (long long)balances[i].amount.raw,
			     (long long)balances[i].value.raw);
	n = rk_view_positions(engine, index, positions, BALANCES_SHOWN);
	for (uint32_t i = 0; i < n && i < BALANCES_SHOWN; i++)
		(void)printf("#     market %u: %lld cost %lld mark %lld "
			     "N=%lld M=%lld I=%lld\n",
			     positions[i].market,
			     (long long)positions[i].size.raw,
			     (long long)positions[i].cost.raw,
			     (long long)positions[i].mark.raw,
			     (long long)positions[i].notional.raw,
			     (long long)positions[i].maintenance.raw,
			     (long long)positions[i].initial.raw);
}

static void print_order(const struct rk_engine *engine, struct rk_order_id id)
{
	struct rk_order_view view;

	if (rk_view_order(engine, id, &view) != RK_OK)
		return;
	(void)printf("#   order %" PRIu64 ".%u account=%" PRIu64
		     " market=%u side=%d size=%lld filled=%lld asked=%d "
		     "closed=%d\n",
		     id.seq, id.n, view.account, view.market, (int)view.side,
		     (long long)view.size.raw, (long long)view.filled.raw,
		     view.close_asked, view.closed);
	print_account(engine, view.account);
}

static void print_accounts(const struct rk_engine *engine,
			   const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_ORDER_CLOSED)
		print_order(engine, cmd->order_closed.order);
	if (cmd->type == RK_CMD_TRADE) {
		print_account(engine, cmd->trade.buyer.account);
		print_account(engine, cmd->trade.seller.account);
	} else if (cmd->type == RK_CMD_TRANSFER) {
		print_account(engine, cmd->transfer.from);
		print_account(engine, cmd->transfer.to);
	} else if (cmd->type == RK_CMD_MOVE) {
		print_account(engine, cmd->move.from);
		print_account(engine, cmd->move.to);
	} else if (cmd->type == RK_CMD_PLACE_ORDER) {
		print_account(engine, cmd->place.account);
	} else if (cmd->type == RK_CMD_RESERVE) {
		print_account(engine, cmd->withdraw.account);
	} else if (cmd->type == RK_CMD_CONVERT) {
		print_account(engine, cmd->convert.account);
	} else if (cmd->type == RK_CMD_DEPOSIT || cmd->type == RK_CMD_ADJUST) {
		print_account(engine, cmd->amount.account);
	}
}

static void print_command(const struct rk_engine *engine,
			  const struct rk_cmd *cmd)
{
	struct rk_audit_text text;
	uint32_t n = cmd->type == RK_CMD_ATOMIC ? cmd->atomic.n : 0;

	rk_auditor_describe_command(cmd, &text);
	(void)printf("#   command: %s\n", text.text);
	print_accounts(engine, cmd);
	for (uint32_t i = 0; i < n; i++) {
		rk_auditor_describe_command(&cmd->atomic.cmds[i], &text);
		(void)printf("#     child: %s\n", text.text);
		print_accounts(engine, &cmd->atomic.cmds[i]);
	}
	for (uint32_t i = 0; cmd->type == RK_CMD_PRICES && i < cmd->prices.n;
	     i++) {
		const struct rk_quote *q = &cmd->prices.quotes[i];

		(void)printf("#     quote: slot=%u publisher=%u price=%lld "
			     "time_ns=%lld seq=%llu\n",
			     q->slot, q->publisher, (long long)q->price.raw,
			     (long long)q->time_ns, (unsigned long long)q->seq);
	}
}

static void complain(const struct run *run, const struct rk_cmd *cmd)
{
	const struct rk_event *events;
	uint32_t n;

	(void)printf("# command %" PRIu64 " (%s): %s\n", run->command,
		     rk_cmd_name(cmd->type), run->text.text);
	print_command(run->large.engine, cmd);
	events = rk_auditor_events(run->auditor, &n);
	print_events("auditor", events, n);
	print_events("engine", run->large.events, run->large.events_n);
	(void)printf("# repeat: engine_audit --seed %" PRIu64
		     " --commands %" PRIu64 " --accounts %" PRIu64 "\n",
		     run->seed, run->command + 1, run->options.accounts);
}

static int differ(struct run *run, const char *what, int64_t expected,
		  int64_t got)
{
	if (expected == got)
		return 0;
	(void)snprintf(run->text.text, sizeof(run->text.text),
		       "%s: expected %lld, got %lld", what, (long long)expected,
		       (long long)got);
	return 1;
}

static int compare_events(struct run *run, const struct rk_event *expected,
			  uint32_t n, const struct rk_harness *got)
{
	for (uint32_t i = 0; i < n && i < got->events_n; i++) {
		if (rk_auditor_compare_event(&expected[i], &got->events[i],
					     &run->text) != 0)
			return 1;
	}
	return differ(run, "number of events", n, got->events_n);
}

static int compare_state(struct run *run)
{
	const struct rk_engine *engine = run->large.engine;

	if (run->command % COMPARE_ALL == 0 || run->commands_left == 1)
		return rk_auditor_compare_all(run->auditor, engine, &run->text);
	if (rk_auditor_compare_counts(run->auditor, engine, &run->text) != 0 ||
	    rk_auditor_compare_slots(run->auditor, engine, &run->text) != 0)
		return 1;
	for (uint32_t i = 0; i < rk_auditor_accounts(run->auditor); i++) {
		if (rk_auditor_touched(run->auditor, i) &&
		    rk_auditor_compare_account(run->auditor, engine, i,
					       &run->text) != 0)
			return 1;
	}
	return 0;
}

/* What would be, or was, answered to the command and its children (X2). */
static int compare_client(struct run *run, const struct rk_cmd *cmd)
{
	uint32_t n = cmd->type == RK_CMD_ATOMIC ? cmd->atomic.n : 1;

	for (uint32_t i = 0; i < n; i++) {
		const struct rk_origin *origin =
			cmd->type == RK_CMD_ATOMIC ? &cmd->atomic.cmds[i].origin
						   : &cmd->origin;
		struct rk_answer expected = {0};
		struct rk_answer got = {0};

		if (origin->client[0] == '\0')
			continue;
		if (differ(run, "rk_engine_check_client",
			   rk_auditor_check_client(run->auditor, origin,
						   &expected),
			   rk_engine_check_client(run->large.engine, origin,
						  &got)) != 0 ||
		    differ(run, "kept answer", expected.code, got.code) != 0 ||
		    differ(run, "seq of kept answer", (int64_t)expected.seq,
			   (int64_t)got.seq) != 0)
			return 1;
	}
	return 0;
}

static int step(struct run *run)
{
	const struct rk_cmd *cmd =
		rk_generator_next(run->generator, run->large.engine);
	const struct rk_event *events;
	uint32_t n;
	int bad = compare_client(run, cmd);
	struct rk_foreseen foreseen = {0};
	int code;
	int twin;
	int expected;

	/* Only one of the two looks ahead: that must make no difference. */
	for (uint32_t step = 0; step < RK_FORESEE_STEPS; step++)
		rk_engine_foresee(run->large.engine, cmd, step, &foreseen);
	code = rk_harness_apply(&run->large, cmd);
	twin = rk_harness_apply(&run->small, cmd);
	expected = rk_auditor_apply(run->auditor, cmd);
	events = rk_auditor_events(run->auditor, &n);
	bad = bad || differ(run, "answer", expected, code) ||
	      differ(run, "answer of the twin", expected, twin) ||
	      compare_events(run, events, n, &run->large) ||
	      compare_events(run, run->large.events, run->large.events_n,
			     &run->small) ||
	      compare_state(run) || compare_client(run, cmd) ||
	      laws_check(&run->laws, &run->large, &run->text);
	if (!bad && rk_auditor_law_broken(run->auditor)[0] != '\0') {
		(void)snprintf(run->text.text, sizeof(run->text.text),
			       "law: %s", rk_auditor_law_broken(run->auditor));
		bad = 1;
	}
	if (bad) {
		complain(run, cmd);
		return 1;
	}
	counts_add(&run->counts, cmd, code);
	counts_add_events(&run->counts, run->large.engine, events, n);
	rk_generator_note(run->generator, events, n);
	return 0;
}

/* One book from its first command on. */
static int audit_book(struct run *run)
{
	struct rk_cmd_limits max =
		rk_generator_limits((uint32_t)run->options.accounts);
	int bad = 0;

	rk_harness_init(&run->large, &max, STEP_LARGE);
	rk_harness_init(&run->small, &max, RK_EVENTS_PER_STEP_MAX);
	run->auditor = rk_auditor_open(&max);
	run->generator =
		rk_generator_open(run->seed, (uint32_t)run->options.accounts);
	laws_init(&run->laws);
	run->command = 0;
	while (!bad && run->commands_left > 0 && run->command < BOOK_COMMANDS) {
		bad = step(run);
		run->command++;
		run->commands_left--;
	}
	rk_generator_close(run->generator);
	rk_auditor_close(run->auditor);
	rk_harness_fini(&run->small);
	rk_harness_fini(&run->large);
	return bad;
}

static int audit(struct run *run)
{
	int bad = 0;

	run->commands_left = run->options.commands;
	run->seed = run->options.seed;
	while (!bad && run->commands_left > 0) {
		bad = audit_book(run);
		run->seed += BOOK_SEED;
	}
	if (!bad)
		counts_print(&run->counts);
	(void)printf("%s 1 - engine and auditor agree: seed %" PRIu64
		     ", %" PRIu64 " commands, %" PRIu64 " accounts\n",
		     bad ? "not ok" : "ok", run->options.seed,
		     run->options.commands - run->commands_left,
		     run->options.accounts);
	return bad;
}

static int parse(int argc, char **argv, struct options *ret_options)
{
	struct options *o = ret_options;

	for (int i = 1; i + 1 < argc; i += 2) {
		int64_t value;

		if (rk_decimal_parse(argv[i + 1], 0, &value) != 0 || value < 1)
			return 1;
		if (strcmp(argv[i], "--seed") == 0)
			o->seed = (uint64_t)value;
		else if (strcmp(argv[i], "--commands") == 0)
			o->commands = (uint64_t)value;
		else if (strcmp(argv[i], "--accounts") == 0)
			o->accounts = (uint64_t)value;
		else
			return 1;
	}
	return argc % 2 == 0 || o->accounts > LAWS_ACCOUNTS;
}

int main(int argc, char **argv)
{
	struct run *run = calloc(1, sizeof(*run));
	int bad;
	int rare = 0;

	if (run == NULL)
		return 2;
	run->options = (struct options){1, COMMANDS_FULL, 120};
	if (parse(argc, argv, &run->options) != 0) {
		(void)fprintf(stderr,
			      "usage: engine_audit [--seed N] [--commands N] "
			      "[--accounts 1..512]\n");
		free(run);
		return 2;
	}
	(void)printf("1..2\n");
	bad = audit(run);
	if (!bad && run->options.commands >= COMMANDS_FULL)
		rare = counts_check(&run->counts, COUNT_LEAST);
	if (run->options.commands < COMMANDS_FULL)
		(void)printf("ok 2 - counts # SKIP fewer than %d commands\n",
			     COMMANDS_FULL);
	else
		(void)printf("%s 2 - everything occurred at least %d times\n",
			     bad || rare ? "not ok" : "ok", COUNT_LEAST);
	free(run);
	return bad || rare ? 1 : 0;
}
