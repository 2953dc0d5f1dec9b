/*
 * From the first instant to the last, and what is left after it: windows that
 * end later, orders that are still open, the figures of the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "librisk_text.h"
#include "replay_run_impl.h"

#define ROWS_PER_MESSAGE 256u
#define DRAIN_STEP_NS    INT64_C(5000000000)
#define DRAIN_STEPS_MAX  1000
#define AUDIT_MAX        100000u /* accounts asked for at the end */

static int on_event(void *arg, const Riskd__Event *event)
{
	struct rk_replay_run *run = arg;
	uint32_t user;
	int r;

	rk_replay_tally_event(&run->tally, &run->users, event, run->time_ns);
	if (run->hooks->event)
		run->hooks->event(run->hooks->arg, event);
	r = rk_replay_gateway_event(run->gateway, event);
	if (r == 0 && run->judge &&
	    rk_replay_users_by_account(&run->users, event->account, &user) == 0)
		r = rk_replay_judge_event(run->judge, user, event);
	if (r == -EPROTO)
		return rk_replay_error_set(
			run->error, r,
			"event %llu: an order that was opened or closed before",
			(unsigned long long)event->number);
	if (r < 0)
		return rk_replay_error_set(run->error, r,
					   "no memory for the orders");
	return 0;
}

static void on_refused(void *arg, const Riskd__Command *command, int code)
{
	struct rk_replay_run *run = arg;

	if (run->hooks->refused)
		run->hooks->refused(run->hooks->arg, command, code,
				    run->time_ns);
}

static int find_ledger_asset(struct rk_replay_run *run)
{
	const Riskd__Asset *asset =
		risk_find_asset(run->risk, run->options->ledger_asset);

	if (!asset)
		return rk_replay_error_set(run->error, -EINVAL, "--asset: %s",
					   risk_error(run->risk));
	run->ledger_asset = asset->id;
	run->context.ledger_decimals = (uint8_t)asset->decimals;
	return 0;
}

/* Tables by market and by slot, as large as the daemon's listing asks for. */
static int make_tables(struct rk_replay_run *run)
{
	const Riskd__MarketsAnswer *listing = risk_listing(run->risk);

	for (size_t i = 0; i < listing->n_assets; i++) {
		uint32_t slot = listing->assets[i]->price
					? listing->assets[i]->price->slot
					: UINT32_MAX;

		if (slot != UINT32_MAX && slot >= run->slots_n)
			run->slots_n = slot + 1;
	}
	for (size_t i = 0; i < listing->n_markets; i++) {
		if (listing->markets[i]->price->slot >= run->slots_n)
			run->slots_n = listing->markets[i]->price->slot + 1;
		if (listing->markets[i]->id >= run->markets_n)
			run->markets_n = listing->markets[i]->id + 1;
	}
	/* One more than needed: none of them is of size 0. */
	run->trade_ids = calloc(run->markets_n + 1, sizeof(*run->trade_ids));
	run->market_slots =
		calloc(run->markets_n + 1, sizeof(*run->market_slots));
	run->marks = calloc(run->slots_n + 1, sizeof(*run->marks));
	run->in_batch = calloc(run->slots_n + 1, sizeof(*run->in_batch));
	run->quotes = calloc(run->slots_n + 1, sizeof(*run->quotes));
	run->taken = calloc(RK_REPLAY_FILLS_MAX, sizeof(*run->taken));
	run->batch = 1;
	if (!run->trade_ids || !run->market_slots || !run->marks ||
	    !run->in_batch || !run->quotes || !run->taken)
		return rk_replay_error_set(run->error, -ENOMEM,
					   "no memory for the markets");
	for (size_t i = 0; i < listing->n_markets; i++)
		run->market_slots[listing->markets[i]->id] =
			listing->markets[i]->price->slot + 1;
	return 0;
}

static int open_files(struct rk_replay_run *run)
{
	const struct rk_replay_options *options = run->options;
	int r;

	run->context.users = &run->users;
	run->context.error = run->error;
	run->context.from_ns = options->from_ns;
	run->context.to_ns = options->to_ns;
	r = rk_replay_symbols_open(risk_listing(run->risk), options->map,
				   run->error, &run->symbols);
	if (r < 0)
		return r;
	run->context.symbols = run->symbols;
	if (options->accounts) {
		r = rk_replay_reader_accounts(options->accounts, &run->context);
		if (r < 0)
			return r;
	}
	return rk_replay_feed_open(&options->files, &run->context, &run->feed);
}

static int open_parts(struct rk_replay_run *run)
{
	const struct rk_replay_options *options = run->options;
	struct rk_replay_link_options link = {.publisher = options->publisher,
					      .venue = options->venue,
					      .rows_max = ROWS_PER_MESSAGE,
					      .on_event = on_event,
					      .on_refused = on_refused,
					      .arg = run};
	int r = rk_replay_gateway_open(&options->gateway, &run->gateway);

	if (r == 0 && options->files.paths[RK_REPLAY_LIQUIDATIONS])
		r = rk_replay_judge_open(&options->judge, &run->judge);
	if (r < 0)
		return rk_replay_error_set(run->error, r,
					   "no memory for the replay");
	/* First: it reads the listing anew, which the rest points into. */
	r = rk_replay_link_open(run->risk, &link, run->error, &run->link);
	if (r == 0)
		r = find_ledger_asset(run);
	if (r == 0)
		r = make_tables(run);
	return r == 0 ? open_files(run) : r;
}

int rk_replay_run_open(struct risk *risk,
		       const struct rk_replay_options *options,
		       const struct rk_replay_hooks *hooks,
		       struct rk_replay_error *error,
		       struct rk_replay_run **ret_run)
{
	struct rk_replay_run *run = calloc(1, sizeof(*run));
	int r;

	if (!run)
		return rk_replay_error_set(error, -ENOMEM,
					   "no memory for the replay");
	run->risk = risk;
	run->options = options;
	run->hooks = hooks;
	run->error = error;
	r = open_parts(run);
	if (r < 0) {
		rk_replay_run_close(run);
		return r;
	}
	*ret_run = run;
	return 0;
}

void rk_replay_run_close(struct rk_replay_run *run)
{
	if (!run)
		return;
	rk_replay_link_close(run->link);
	rk_replay_feed_close(run->feed);
	rk_replay_symbols_close(run->symbols);
	rk_replay_users_fini(&run->users);
	rk_replay_gateway_close(run->gateway);
	rk_replay_judge_close(run->judge);
	free(run->trade_ids);
	free(run->market_slots);
	free(run->marks);
	free(run->in_batch);
	free(run->quotes);
	free(run->taken);
	free(run);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail here */
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* With --speed: wait until this instant's share of real time has passed. */
static void pace(const struct rk_replay_run *run, int64_t since_ns,
		 uint64_t start_ns)
{
	uint64_t due_ns;
	uint64_t now_ns;
	struct timespec wait;

	if (run->options->speed_milli == 0)
		return;
	due_ns = start_ns +
		 (uint64_t)(since_ns / run->options->speed_milli * 1000);
	now_ns = monotonic_ns();
	if (now_ns >= due_ns)
		return;
	wait.tv_sec = (time_t)((due_ns - now_ns) / 1000000000u);
	wait.tv_nsec = (long)((due_ns - now_ns) % 1000000000u);
	(void)nanosleep(&wait, NULL); /* cut short: then it goes on early */
}

static int check_time(struct rk_replay_run *run, int64_t first_ns)
{
	int64_t newest_ns = rk_replay_link_time(run->link);

	if (first_ns >= newest_ns)
		return 0;
	return rk_replay_error_set(
		run->error, -EINVAL,
		"the first row is at %lld ms, and the daemon has come to %lld "
		"ms: must not be earlier (start the daemon anew, or use "
		"--from)",
		(long long)(first_ns / 1000000),
		(long long)(newest_ns / 1000000));
}

static int64_t next_time(const struct rk_replay_run *run)
{
	int64_t next_ns = rk_replay_feed_time(run->feed);
	int64_t due_ns =
		run->judge ? rk_replay_judge_due(run->judge) : INT64_MAX;

	return due_ns < next_ns ? due_ns : next_ns;
}

static int run_rows(struct rk_replay_run *run)
{
	int64_t first_ns = next_time(run);
	uint64_t start_ns = monotonic_ns();
	int64_t next_ns;
	int r;

	if (first_ns == INT64_MAX)
		return rk_replay_error_set(run->error, -EINVAL,
					   "no rows: must have at least one "
					   "between --from and --to");
	r = check_time(run, first_ns);
	while (r == 0 && (next_ns = next_time(run)) != INT64_MAX) {
		pace(run, next_ns - first_ns, start_ns);
		r = rk_replay_step(run, next_ns);
		if (run->hooks->progress)
			run->hooks->progress(run->hooks->arg, run, next_ns);
	}
	return r;
}

/* The last prices stand while open orders are brought to their end. */
static int drain(struct rk_replay_run *run)
{
	int r = 0;

	if (!run->options->execute)
		return 0;
	for (int i = 0; r == 0 && i < DRAIN_STEPS_MAX; i++) {
		if (rk_replay_gateway_active(run->gateway) == 0)
			break;
		r = rk_replay_step_drain(run, run->time_ns + DRAIN_STEP_NS);
	}
	return r;
}

static int audit_account(struct rk_replay_run *run, uint64_t account,
			 struct rk_replay_result *result)
{
	const Riskd__AccountRow *row;
	Riskd__Answer *answer;
	int r = risk_account(run->risk, account, &answer);

	if (r != 0)
		return rk_replay_error_set(
			run->error, r < 0 ? r : -EPROTO, "account %llu: %s",
			(unsigned long long)account, risk_error(run->risk));
	row = answer->account->row;
	if (row->health->equity < 0)
		result->below_zero++;
	if (row->health->equity < 0 && row->positions == 0)
		result->below_zero_flat++;
	if (row->health->state == RISKD__STATE__STATE_BANKRUPT)
		result->bankrupt++;
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

static int audit(struct rk_replay_run *run, struct rk_replay_result *result)
{
	int r = 0;

	if (run->users.n > AUDIT_MAX)
		return 0;
	for (uint32_t i = 0; r == 0 && i < run->users.n; i++) {
		if (run->users.users[i].opened)
			r = audit_account(run, run->users.users[i].account,
					  result);
	}
	return r;
}

static void copy_digest(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);

	n = n < size - 1 ? n : size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

static int read_digests(struct rk_replay_run *run,
			struct rk_replay_result *result)
{
	Riskd__Answer *answer;
	int r = risk_digest(run->risk, &answer);

	if (r != 0)
		return rk_replay_error_set(run->error, r < 0 ? r : -EPROTO,
					   "digest: %s", risk_error(run->risk));
	copy_digest(result->state_digest, sizeof(result->state_digest),
		    answer->digest->state);
	copy_digest(result->event_digest, sizeof(result->event_digest),
		    answer->digest->events);
	result->books_balance = answer->digest->books_balance;
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

static int read_status(struct rk_replay_run *run,
		       struct rk_replay_result *result)
{
	const Riskd__StatusAnswer *status;
	Riskd__Answer *answer;
	int r = risk_status(run->risk, &answer);

	if (r != 0)
		return rk_replay_error_set(run->error, r < 0 ? r : -EPROTO,
					   "status: %s", risk_error(run->risk));
	status = answer->status;
	result->accounts = status->accounts;
	result->orders_open = status->orders_open;
	for (size_t i = 0; i < status->n_accounts_by_state; i++) {
		if (i < RK_REPLAY_STATES)
			result->by_state[i] = status->accounts_by_state[i];
	}
	riskd__answer__free_unpacked(answer, NULL);
	return 0;
}

int rk_replay_run_all(struct rk_replay_run *run,
		      struct rk_replay_result *ret_result)
{
	struct rk_replay_result *result = ret_result;
	struct rk_replay_extent extent;
	uint64_t start_ns = monotonic_ns();
	int r = run_rows(run);

	if (r == 0)
		r = drain(run);
	if (r < 0)
		return r;
	rk_replay_feed_extent(run->feed, &extent);
	*result = (struct rk_replay_result){
		.rows = extent.rows,
		.first_ns = extent.first_ns,
		.last_ns = run->time_ns,
		.fills = run->fills,
		.ledger = run->ledger,
		.instants = run->instants,
		.orders_left = rk_replay_gateway_open_orders(run->gateway),
		.wall_ns = monotonic_ns() - start_ns,
		.tally = run->tally,
		.sent = *rk_replay_link_sent(run->link)};
	r = rk_replay_link_finish(run->link, &result->watched);
	if (r == 0)
		r = audit(run, result);
	if (r == 0)
		r = read_status(run, result);
	return r == 0 ? read_digests(run, result) : r;
}

void rk_replay_run_extent(const struct rk_replay_run *run,
			  struct rk_replay_extent *ret_extent)
{
	rk_replay_feed_extent(run->feed, ret_extent);
}

const struct rk_replay_tally *
rk_replay_run_tally(const struct rk_replay_run *run)
{
	return &run->tally;
}

const struct rk_replay_sent *rk_replay_run_sent(const struct rk_replay_run *run)
{
	return rk_replay_link_sent(run->link);
}

const struct rk_replay_users *
rk_replay_run_users(const struct rk_replay_run *run)
{
	return &run->users;
}

const struct rk_replay_judge *
rk_replay_run_judge(const struct rk_replay_run *run)
{
	return run->judge;
}
