/*
 * The journal interface: passes on to the kind that was opened. See
 * journal.h.
 */
#include "store/journal.h"

#include <string.h>

void rk_journal_on_durable(struct rk_journal *journal,
			   void (*durable)(void *context, uint64_t seq),
			   void *context)
{
	journal->durable = durable;
	journal->durable_context = context;
}

int rk_journal_append(struct rk_journal *journal,
		      const struct rk_journal_group *group)
{
	return journal->ops->append(journal, group);
}

int rk_journal_replay(struct rk_journal *journal, uint64_t from_seq,
		      int (*visit)(void *context,
				   const struct rk_journal_group *group),
		      void *context)
{
	return journal->ops->replay(journal, from_seq, visit, context);
}

bool rk_journal_room(struct rk_journal *journal)
{
	return !journal->ops->room || journal->ops->room(journal);
}

int rk_journal_error(struct rk_journal *journal, const char **ret_reason)
{
	return journal->ops->error ? journal->ops->error(journal, ret_reason)
				   : 0;
}

int rk_journal_wait(struct rk_journal *journal, uint64_t seq)
{
	return journal->ops->wait ? journal->ops->wait(journal, seq) : 0;
}

bool rk_journal_chain_at(struct rk_journal *journal, uint64_t seq,
			 unsigned char chain[RK_CHAIN_SIZE])
{
	if (journal->ops->chain_at)
		return journal->ops->chain_at(journal, seq, chain);
	memset(chain, 0, RK_CHAIN_SIZE);
	return true;
}

void rk_journal_forget(struct rk_journal *journal, uint64_t below_seq)
{
	if (journal->ops->forget)
		journal->ops->forget(journal, below_seq);
}

enum rk_journal_role rk_journal_role(const struct rk_journal *journal)
{
	return journal->ops->role(journal);
}

void rk_journal_stats(const struct rk_journal *journal,
		      struct rk_journal_stats *ret_stats)
{
	journal->ops->stats(journal, ret_stats);
}

void rk_journal_close(struct rk_journal *journal)
{
	if (journal)
		journal->ops->close(journal);
}
