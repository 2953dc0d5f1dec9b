/*
 * One function per question. See ask.h.
 */
#include "ask.h"

#include <errno.h>
#include <string.h>

static int ask_account(const struct scn_asking *asking, uint64_t id,
		       struct scn_account *answer, struct rk_error *error)
{
	return asking->backend->account(asking->self, id, answer, error);
}

static int ask_balance(const struct scn_asking *asking, struct scn_line *line,
		       struct scn_record *record, struct rk_error *error)
{
	struct scn_account account;
	uint64_t id = scn_line_count(line, "account");
	uint32_t asset = scn_world_asset(asking->world, line,
					 scn_line_text(line, "asset"));
	int r = ask_account(asking, id, &account, error);

	if (r == 0)
		scn_record_balance(asking->world, &account, asset, record);
	return r;
}

static int ask_position(const struct scn_asking *asking, struct scn_line *line,
			struct scn_record *record, struct rk_error *error)
{
	struct scn_account account;
	uint64_t id = scn_line_count(line, "account");
	uint32_t market = scn_world_market(asking->world, line,
					   scn_line_text(line, "market"));
	int r = ask_account(asking, id, &account, error);

	if (r == 0)
		scn_record_position(asking->world, &account, market, record);
	return r;
}

static int ask_order(const struct scn_asking *asking, struct scn_line *line,
		     struct scn_record *record, struct rk_error *error)
{
	struct scn_account account;
	const char *name = scn_line_text(line, "order");
	const struct scn_order *order =
		scn_world_find_order(asking->world, name);
	int r;

	if (!order) {
		scn_line_fail(line, "no order is named %s yet", name);
		return -EINVAL;
	}
	r = ask_account(asking, order->account, &account, error);
	if (r == 0)
		scn_record_open_order(asking->world, &account, order, record);
	return r;
}

static int ask_market(const struct scn_asking *asking, struct scn_line *line,
		      struct scn_record *record, struct rk_error *error)
{
	struct scn_market market;
	uint32_t id = scn_world_market(asking->world, line,
				       scn_line_text(line, "name"));
	int r = asking->backend->market(asking->self, id, &market, error);

	if (r == 0)
		scn_record_market(asking->world, &market, record);
	return r;
}

static int ask_asset(const struct scn_asking *asking, struct scn_line *line,
		     struct scn_record *record, struct rk_error *error)
{
	struct scn_asset asset;
	uint32_t id = scn_world_asset(asking->world, line,
				      scn_line_text(line, "name"));
	int r = asking->backend->asset(asking->self, id, &asset, error);

	if (r == 0)
		scn_record_asset(asking->world, id, &asset, record);
	return r;
}

int scn_ask(const struct scn_asking *asking, struct scn_line *line,
	    struct scn_record *record, struct rk_error *error)
{
	struct scn_account account;
	int r;

	if (strcmp(line->verb, "account") == 0) {
		r = ask_account(asking, scn_line_count(line, "id"), &account,
				error);
		if (r == 0)
			scn_record_account(&account, record);
	} else if (strcmp(line->verb, "balance") == 0) {
		r = ask_balance(asking, line, record, error);
	} else if (strcmp(line->verb, "position") == 0) {
		r = ask_position(asking, line, record, error);
	} else if (strcmp(line->verb, "resting") == 0) {
		r = ask_account(asking, scn_line_count(line, "account"),
				&account, error);
		if (r == 0)
			scn_record_resting(asking->world, &account,
					   scn_line_count(line, "id"), record);
	} else if (strcmp(line->verb, "order") == 0) {
		r = ask_order(asking, line, record, error);
	} else if (strcmp(line->verb, "market") == 0) {
		r = ask_market(asking, line, record, error);
	} else if (strcmp(line->verb, "asset") == 0) {
		r = ask_asset(asking, line, record, error);
	} else {
		scn_line_fail(line, "nothing can be asked about \"%s\"",
			      line->verb);
		r = -EINVAL;
	}
	return line->wrong[0] == '\0' ? r : -EINVAL;
}
