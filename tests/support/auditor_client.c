/*
 * Exactly once: rules X1 to X4. Clients are outside the book, as a refused
 * command counts as answered.
 */
#include <string.h>

#include "support/auditor_parts.h"

static uint32_t find_client(const struct rk_auditor *a, const char *name)
{
	for (uint32_t i = 0; i < a->clients_n; i++) {
		if (strncmp(a->clients[i].name, name, RK_NAME_SIZE) == 0)
			return i;
	}
	return AUDIT_NONE;
}

/* As if it were one command: what would its number be answered? */
static int check_one(const struct rk_auditor *a, const struct rk_origin *origin)
{
	uint32_t found = find_client(a, origin->client);
	const struct book_client *client;
	uint64_t n = origin->client_seq;

	if (!audit_name_good(origin->client))
		return RK_REJ_BAD_NAME;
	if (found == AUDIT_NONE) {
		if (a->clients_n >= a->book.limits.clients_max)
			return RK_REJ_CAPACITY;
		return n == 1 ? RK_OK : RK_REJ_OUT_OF_ORDER;
	}
	client = &a->clients[found];
	if (n == client->newest + 1)
		return RK_OK;
	if (n > client->newest)
		return RK_REJ_OUT_OF_ORDER;
	if (n == 0 || client->newest - n >= AUDIT_ANSWERS)
		return RK_REJ_TOO_OLD;
	if (!rk_hash_equal(client->answers[n % AUDIT_ANSWERS].payload,
			   origin->payload))
		return RK_REJ_SEQ_REUSED;
	return RK_REJ_REPEAT;
}

/* An atomic message counts by its first child. */
static const struct rk_origin *origin_of(const struct rk_cmd *cmd)
{
	if (cmd->type == RK_CMD_ATOMIC && cmd->atomic.n > 0)
		return &cmd->atomic.cmds[0].origin;
	return &cmd->origin;
}

/* Children carry their client's name and consecutive numbers (X3). */
static bool children_follow(const struct rk_cmd_atomic *cmd)
{
	const struct rk_origin *first = &cmd->cmds[0].origin;

	for (uint32_t i = 1; i < cmd->n; i++) {
		const struct rk_origin *origin = &cmd->cmds[i].origin;

		if (strncmp(origin->client, first->client, RK_NAME_SIZE) != 0 ||
		    origin->client_seq != first->client_seq + i)
			return false;
	}
	return true;
}

int audit_client_check(const struct rk_auditor *a, const struct rk_cmd *cmd)
{
	const struct rk_origin *origin = origin_of(cmd);
	int code;

	if (origin->client[0] == '\0')
		return RK_OK;
	if (cmd->type == RK_CMD_ATOMIC &&
	    (cmd->atomic.n < 1 || cmd->atomic.n > RK_ATOMIC_MAX))
		return RK_REJ_BAD_PARAM;
	code = check_one(a, origin);
	if (code == RK_OK && cmd->type == RK_CMD_ATOMIC &&
	    !children_follow(&cmd->atomic))
		return RK_REJ_OUT_OF_ORDER;
	return code;
}

int rk_auditor_check_client(const struct rk_auditor *auditor,
			    const struct rk_origin *origin,
			    struct rk_answer *ret_answer)
{
	int code =
		origin->client[0] == '\0' ? RK_OK : check_one(auditor, origin);

	if (code == RK_REJ_REPEAT) {
		uint32_t found = find_client(auditor, origin->client);
		const struct rk_answer_kept *kept =
			&auditor->clients[found]
				 .answers[origin->client_seq % AUDIT_ANSWERS];

		ret_answer->code = kept->code;
		ret_answer->seq = kept->seq;
	}
	return code;
}

void audit_client_note(struct rk_auditor *a, const struct rk_cmd *cmd,
		       const int32_t *codes)
{
	const struct rk_origin *first = origin_of(cmd);
	uint32_t n = cmd->type == RK_CMD_ATOMIC ? cmd->atomic.n : 1;
	uint32_t found = find_client(a, first->client);
	struct book_client *client;

	if (first->client[0] == '\0')
		return;
	if (found == AUDIT_NONE) {
		found = a->clients_n++;
		(void)memset(&a->clients[found], 0, sizeof(a->clients[0]));
		(void)strncpy(a->clients[found].name, first->client,
			      RK_NAME_SIZE - 1);
	}
	client = &a->clients[found];
	for (uint32_t i = 0; i < n; i++) {
		const struct rk_origin *origin =
			cmd->type == RK_CMD_ATOMIC ? &cmd->atomic.cmds[i].origin
						   : &cmd->origin;
		uint64_t at = ++client->newest % AUDIT_ANSWERS;

		client->answers[at].code = codes[i];
		client->answers[at].seq = a->seq;
		client->answers[at].payload = origin->payload;
	}
}
