/*
 * The journal interface: passes on to the kind that was opened. See
 * journal.h.
 */
#include "store/journal.h"

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
