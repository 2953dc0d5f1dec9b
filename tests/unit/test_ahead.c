/*
 * Reading a journal ahead: batches hold every command once and in order, with
 * the ends of groups where they were. A plain program that prints TAP: it has
 * threads, which ThreadSanitizer is to look at.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/ahead.h"
#include "store/record.h"
#include "support/folder.h"

#define GROUPS 300U
#define PER    7U /* commands of a group */

/* What a taker has seen, and when it has had enough. */
struct seen {
	uint64_t next;
	uint64_t ends;
	uint64_t atomics;
	uint64_t quotes;
	uint64_t stop_at; /* return 42 from this command on; 0: never */
	bool wrong;
};

static uint32_t tests_n;
static int failed_n;

static void check(bool holds, const char *rule)
{
	(void)printf("%sok %u - %s\n", holds ? "" : "not ", ++tests_n, rule);
	failed_n += !holds;
}

/* Each kind can be told from its sequence. */
static void make_cmd(uint64_t seq, struct rk_cmd *cmd, struct rk_quote *quotes,
		     struct rk_cmd *children)
{
	memset(cmd, 0, sizeof(*cmd));
	cmd->type = RK_CMD_CLOCK;
	cmd->clock.time_ns = (int64_t)seq;
	if (seq % 5 == 0) {
		cmd->type = RK_CMD_PRICES;
		cmd->prices.quotes = quotes;
		cmd->prices.n = (uint32_t)(seq % 50);
		for (uint32_t i = 0; i < cmd->prices.n; i++)
			quotes[i] = (struct rk_quote){.slot = i, .seq = seq};
	} else if (seq % 3 == 0) {
		cmd->type = RK_CMD_ATOMIC;
		cmd->atomic.cmds = children;
		cmd->atomic.n = 2;
		for (uint32_t i = 0; i < 2; i++) {
			memset(&children[i], 0, sizeof(children[i]));
			children[i].type = RK_CMD_ADJUST;
			children[i].amount.account = seq + i;
		}
	}
}

static bool same_cmd(struct seen *seen, const struct rk_cmd *cmd)
{
	uint64_t seq = seen->next;

	if (seq % 5 == 0) {
		if (cmd->type != RK_CMD_PRICES || cmd->prices.n != seq % 50)
			return false;
		for (uint32_t i = 0; i < cmd->prices.n; i++)
			if (cmd->prices.quotes[i].slot != i ||
			    cmd->prices.quotes[i].seq != seq)
				return false;
		seen->quotes += cmd->prices.n;
		return true;
	}
	if (seq % 3 == 0) {
		seen->atomics++;
		return cmd->type == RK_CMD_ATOMIC && cmd->atomic.n == 2 &&
		       cmd->atomic.cmds[0].amount.account == seq &&
		       cmd->atomic.cmds[1].amount.account == seq + 1;
	}
	return cmd->type == RK_CMD_CLOCK && cmd->clock.time_ns == (int64_t)seq;
}

static int take(void *context, const struct rk_ahead_batch *batch)
{
	struct seen *seen = context;
	uint32_t end = 0;

	if (batch->n > 0 && batch->first_seq != seen->next)
		seen->wrong = true;
	for (uint32_t i = 0; i <= batch->n; i++) {
		while (end < batch->ends_n && batch->ends[end].after == i) {
			const struct rk_journal_group *group =
				&batch->ends[end++].group;

			seen->ends++;
			if (group->first_seq + group->count != seen->next)
				seen->wrong = true;
		}
		if (i == batch->n)
			break;
		if (seen->next == seen->stop_at)
			return 42;
		if (!same_cmd(seen, &batch->cmds[i]))
			seen->wrong = true;
		seen->next++;
	}
	if (end != batch->ends_n)
		seen->wrong = true;
	return 0;
}

/* The last group's last record is cut short when it is to be spoiled. */
static void write_journal(const struct rk_files *files, bool spoiled)
{
	struct rk_journal_file_options options = {
		.files = files,
		.segment_bytes = 65536,
		.groups_in_flight = 64,
		.bytes_in_flight = 1 << 20,
		.rules = 1,
	};
	const struct rk_journal_place place = {0};
	static unsigned char payload[PER * RK_RECORD_MAX];
	static struct rk_quote quotes[64];
	static struct rk_cmd children[RK_ATOMIC_MAX];
	struct rk_journal *journal;
	char error[RK_JOURNAL_TEXT_SIZE];
	struct rk_cmd cmd;

	if (rk_journal_open_file(&options, &place, &journal, error) != 0)
		abort();
	for (uint32_t i = 0; i < GROUPS; i++) {
		struct rk_journal_group group = {
			.first_seq = (uint64_t)i * PER + 1,
			.count = PER,
			.payload = payload,
		};

		for (uint32_t j = 0; j < PER; j++) {
			size_t length;

			make_cmd(group.first_seq + j, &cmd, quotes, children);
			if (rk_record_encode(&cmd, payload + group.size,
					     sizeof(payload) - group.size,
					     &length) != 0)
				abort();
			group.size += length;
		}
		if (spoiled && i + 1 == GROUPS)
			group.size--;
		if (rk_journal_append(journal, &group) != 0 ||
		    rk_journal_wait(journal, group.first_seq + PER - 1) != 0)
			abort();
	}
	rk_journal_close(journal);
}

static int run(const struct rk_files *files, bool manual, uint64_t before,
	       struct seen *seen)
{
	struct rk_ahead_options options = {
		.scan = {.files = files, .rules = 1},
		.before = before,
		.manual = manual,
		.take = take,
		.context = seen,
	};
	char error[RK_JOURNAL_TEXT_SIZE];

	seen->next = 1;
	return rk_ahead_run(&options, error);
}

static void check_whole(const struct rk_files *files, bool manual)
{
	struct seen seen = {0};

	check(run(files, manual, 0, &seen) == 0 && !seen.wrong &&
		      seen.next == GROUPS * PER + 1 && seen.ends == GROUPS &&
		      seen.atomics > 500 && seen.quotes > 5000,
	      manual ? "every command once and in order, without a thread"
		     : "every command once and in order, with a thread");
}

static void check_parts(const struct rk_files *files, bool manual)
{
	struct seen seen = {0};
	struct seen few = {.stop_at = 1000};

	check(run(files, manual, 1003, &seen) == 0 && !seen.wrong &&
		      seen.next == 1003 && seen.ends == 1002 / PER,
	      "a group that is not taken whole has no end");
	check(run(files, manual, 0, &few) == 42 && few.next == 1000,
	      "whoever takes can end it");
}

static void check_spoiled(const struct rk_files *files, bool manual)
{
	struct seen seen = {0};

	check(run(files, manual, 0, &seen) == -EPROTO && !seen.wrong &&
		      seen.next <= GROUPS * PER,
	      "a command that cannot be decoded is told");
}

int main(void)
{
	struct rk_folder folder;

	rk_folder_open(&folder);
	write_journal(&folder.files, false);
	for (int manual = 0; manual < 2; manual++) {
		check_whole(&folder.files, manual);
		check_parts(&folder.files, manual);
	}
	rk_folder_close(&folder);

	rk_folder_open(&folder);
	write_journal(&folder.files, true);
	for (int manual = 0; manual < 2; manual++)
		check_spoiled(&folder.files, manual);
	rk_folder_close(&folder);
	(void)printf("1..%u\n", tests_n);
	return failed_n > 0;
}
