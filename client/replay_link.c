/*
 * The daemon seen from a replay. See the header.
 */
#include "replay_link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "librisk_text.h"

#define ROWS_MAX        512u
#define EVENTS_PER_READ 10000u
/*
 * The replay's own subscriber is not outrun by more events than this: its
 * socket holds 8192 messages, and an event can be in two.
 */
#define BEHIND_MAX     2048u
#define FINISH_WAIT_MS 15000

struct rk_replay_link {
	struct risk *risk;
	struct rk_replay_error *error;
	struct rk_replay_link_options options;
	struct rk_replay_watch *watch;
	uint32_t publisher;
	uint32_t venue;
	int64_t time_ns;
	uint64_t price_seq;
	uint64_t next_event;
	uint32_t rows_max;
	uint32_t rows_n;
	struct risk_cmd cmds[ROWS_MAX];
	Riskd__Command *rows[ROWS_MAX];
	uint32_t slots[RK_REPLAY_SYMBOLS_MAX];
	int64_t prices[RK_REPLAY_SYMBOLS_MAX];
	struct rk_replay_sent sent;
};

static int fail(struct rk_replay_link *link, const char *doing, int r)
{
	return rk_replay_error_set(link->error, r < 0 ? r : -EPROTO, "%s: %s",
				   doing, risk_error(link->risk));
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail here */
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int read_status(struct rk_replay_link *link)
{
	Riskd__Answer *answer;
	int r = risk_status(link->risk, &answer);

	if (r != 0)
		return fail(link, "status", r);
	link->time_ns = answer->status->time_ns;
	if (strcmp(answer->status->clock, "messages") != 0)
		r = rk_replay_error_set(
			link->error, -EINVAL,
			"the daemon runs with clock = %s: must be clock = "
			"messages in riskd.conf, so that the rows set the time",
			answer->status->clock);
	riskd__answer__free_unpacked(answer, NULL);
	return r;
}

/*
 * Send rows at the present time. A message with too many rows is refused as a
 * whole: then fewer are sent, and so from then on. *ret_reply is the
 * caller's; it answers *ret_n rows.
 */
static int send_some(struct rk_replay_link *link, Riskd__Command **rows,
		     uint32_t n, Riskd__Reply **ret_reply, uint32_t *ret_n)
{
	struct risk_request request = {.rows = rows, .time_ns = link->time_ns};
	int r;

	for (;;) {
		request.n = n < link->rows_max ? n : link->rows_max;
		r = risk_send(link->risk, &request, ret_reply);
		if (r != RK_REJ_TOO_MANY || request.n == 1)
			break;
		link->rows_max = (uint32_t)request.n / 2;
	}
	if (r != 0)
		return fail(link, "commands", r);
	*ret_n = (uint32_t)request.n;
	return 0;
}

/* One row that may be there already, such as the name of a venue. */
static int send_name(struct rk_replay_link *link, struct risk_cmd *cmd)
{
	Riskd__Command *row = &cmd->command;
	Riskd__Reply *reply;
	uint32_t n;
	int code;
	int r = send_some(link, &row, 1, &reply, &n);

	if (r < 0)
		return r;
	code = reply->results[0]->code;
	riskd__reply__free_unpacked(reply, NULL);
	if (code == 0 || code == RK_REJ_EXISTS)
		return 0;
	return rk_replay_error_set(link->error, -EPROTO,
				   "the daemon refused the name: %s (%s)",
				   risk_code_text(code), risk_code_name(code));
}

static int add_names(struct rk_replay_link *link)
{
	struct risk_cmd cmd;
	int r;

	if (risk_find_publisher(link->risk, link->options.publisher,
				&link->publisher) != 0) {
		risk_cmd_add_publisher(&cmd, link->options.publisher);
		r = send_name(link, &cmd);
		if (r < 0)
			return r;
	}
	if (risk_find_venue(link->risk, link->options.venue, &link->venue) !=
	    0) {
		risk_cmd_add_venue(&cmd, link->options.venue);
		r = send_name(link, &cmd);
		if (r < 0)
			return r;
	}
	r = risk_refresh(link->risk);
	if (r == 0)
		r = risk_find_publisher(link->risk, link->options.publisher,
					&link->publisher);
	if (r == 0)
		r = risk_find_venue(link->risk, link->options.venue,
				    &link->venue);
	return r == 0 ? 0 : fail(link, "publisher and venue", r);
}

int rk_replay_link_open(struct risk *risk,
			const struct rk_replay_link_options *options,
			struct rk_replay_error *error,
			struct rk_replay_link **ret_link)
{
	struct rk_replay_link *link = calloc(1, sizeof(*link));
	int r;

	if (!link)
		return rk_replay_error_set(error, -ENOMEM,
					   "no memory to talk to the daemon");
	link->risk = risk;
	link->error = error;
	link->options = *options;
	link->rows_max =
		options->rows_max < ROWS_MAX ? options->rows_max : ROWS_MAX;
	for (uint32_t i = 0; i < ROWS_MAX; i++)
		link->rows[i] = &link->cmds[i].command;
	r = read_status(link);
	if (r == 0)
		r = add_names(link);
	if (r == 0)
		r = rk_replay_watch_open(risk, error, &link->next_event,
					 &link->watch);
	if (r < 0) {
		rk_replay_link_close(link);
		return r;
	}
	*ret_link = link;
	return 0;
}

void rk_replay_link_close(struct rk_replay_link *link)
{
	if (!link)
		return;
	rk_replay_watch_close(link->watch);
	free(link);
}

uint32_t rk_replay_link_venue(const struct rk_replay_link *link)
{
	return link->venue;
}

int64_t rk_replay_link_time(const struct rk_replay_link *link)
{
	return link->time_ns;
}

void rk_replay_link_set_time(struct rk_replay_link *link, int64_t time_ns)
{
	link->time_ns = time_ns;
}

static void take_result(struct rk_replay_link *link,
			const Riskd__Command *command,
			const Riskd__Result *result)
{
	bool opens_account =
		command->kind_case == RISKD__COMMAND__KIND_CREATE_ACCOUNT;

	link->sent.quotes_dropped += result->quotes_dropped;
	/* An account that is there already is what was wanted. */
	if (result->code == 0 ||
	    (result->code == RK_REJ_EXISTS && opens_account))
		return;
	link->sent.refused++;
	link->options.on_refused(link->options.arg, command, result->code);
}

/* Send all of rows; *ret_seq is the newest command of them. */
static int send_all(struct rk_replay_link *link, Riskd__Command **rows,
		    uint32_t n, uint64_t *ret_seq)
{
	uint32_t at = 0;

	while (at < n) {
		Riskd__Reply *reply = NULL;
		uint32_t part = 0;
		int r = send_some(link, rows + at, n - at, &reply, &part);

		if (r < 0)
			return r;
		for (uint32_t i = 0; i < part && i < reply->n_results; i++) {
			take_result(link, rows[at + i], reply->results[i]);
			*ret_seq = reply->results[i]->seq;
		}
		riskd__reply__free_unpacked(reply, NULL);
		at += part;
	}
	return 0;
}

int rk_replay_link_flush(struct rk_replay_link *link)
{
	uint32_t n = link->rows_n;
	uint64_t seq = 0;
	int r;

	if (n == 0)
		return 0;
	link->rows_n = 0;
	r = send_all(link, link->rows, n, &seq);
	if (r < 0)
		return r;
	rk_replay_watch_acked(link->watch, seq);
	link->sent.commands += n;
	return 0;
}

struct risk_cmd *rk_replay_link_row(struct rk_replay_link *link, int *ret_code)
{
	if (link->rows_n == ROWS_MAX || link->rows_n >= link->rows_max) {
		*ret_code = rk_replay_link_flush(link);
		if (*ret_code < 0)
			return NULL;
	}
	return &link->cmds[link->rows_n++];
}

int rk_replay_link_prices(struct rk_replay_link *link,
			  const struct rk_replay_quote *quotes, uint32_t n)
{
	struct risk_prices prices = {.publisher = link->publisher,
				     .time_ns = link->time_ns,
				     .n = n,
				     .slots = link->slots,
				     .prices = link->prices};
	struct risk_cmd cmd;
	Riskd__Command *row = &cmd.command;
	uint64_t start_ns;
	uint64_t seq = 0;
	int r = rk_replay_link_flush(link);

	if (r < 0 || n == 0)
		return r;
	for (uint32_t i = 0; i < n; i++) {
		link->slots[i] = quotes[i].slot;
		link->prices[i] = quotes[i].price;
	}
	/* Rising also over runs, since their times do. */
	link->price_seq = link->price_seq >= (uint64_t)link->time_ns
				  ? link->price_seq + 1
				  : (uint64_t)link->time_ns;
	prices.seq = link->price_seq;
	risk_cmd_prices(&cmd, &prices);
	rk_replay_watch_sending(link->watch);
	start_ns = monotonic_ns();
	r = send_all(link, &row, 1, &seq);
	if (r < 0)
		return r;
	rk_replay_latency_add(&link->sent.answer, monotonic_ns() - start_ns);
	rk_replay_watch_acked(link->watch, seq);
	link->sent.batches++;
	link->sent.quotes += n;
	return 0;
}

/* Hand out one answer's events; how many there were, or negative. */
static int hand_out(struct rk_replay_link *link,
		    const Riskd__EventsAnswer *answer)
{
	for (size_t i = 0; i < answer->n_events; i++) {
		const Riskd__Event *event = answer->events[i];
		int r;

		if (event->number != link->next_event)
			return rk_replay_error_set(
				link->error, -EPROTO,
				"the daemon gave event %llu: must be %llu",
				(unsigned long long)event->number,
				(unsigned long long)link->next_event);
		link->next_event++;
		link->sent.events++;
		r = link->options.on_event(link->options.arg, event);
		if (r < 0)
			return r;
	}
	return (int)answer->n_events;
}

int rk_replay_link_events(struct rk_replay_link *link)
{
	struct risk_events_query query = {.topic = "",
					  .limit = EVENTS_PER_READ};
	bool any = false;
	int n;

	do {
		Riskd__Answer *answer;
		int r;

		query.from = link->next_event;
		r = risk_events(link->risk, &query, &answer);
		if (r != 0)
			return fail(link, "events", r);
		n = hand_out(link, answer->events);
		riskd__answer__free_unpacked(answer, NULL);
		any = any || n > 0;
	} while (n > 0);
	if (n < 0)
		return n;
	rk_replay_watch_keep_up(link->watch, link->next_event - 1, BEHIND_MAX);
	return any;
}

const struct rk_replay_sent *
rk_replay_link_sent(const struct rk_replay_link *link)
{
	return &link->sent;
}

int rk_replay_link_finish(struct rk_replay_link *link,
			  struct rk_replay_watched *ret_watched)
{
	return rk_replay_watch_finish(link->watch, link->next_event - 1,
				      FINISH_WAIT_MS, ret_watched);
}
