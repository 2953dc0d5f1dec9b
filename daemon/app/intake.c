/*
 * Requests and price messages. See intake.h.
 */
#include "app/intake.h"

#include <stdio.h>
#include <string.h>

#include "app/refusal.h"
#include "app/reload.h"
#include "codec/decode.h"
#include "codec/encode.h"
#include "engine/rc.h"
#include "engine/view.h"

void rk_intake_clock(struct rk_core *core, int64_t now_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	if (now_ns <= rk_view_time(core->engine))
		return;
	cmd.clock.time_ns = now_ns;
	/* Refused only beyond the year 2116: then time stands still. */
	(void)rk_sequencer_apply(core->sequencer, &cmd, NULL);
}

#define REFUSALS_TOLD 16 /* of one message, with words */

/* Results of one message, kept in scratch with its commands. */
struct batch {
	const struct rk_request *request;
	struct rk_result *results;
	struct rk_refusal refusals[REFUSALS_TOLD];
	uint32_t refusals_n;
};

/*
 * Why the ith command was refused, as long as there is room for it. What its
 * message had changed before is undone when it was atomic: then only what does
 * not depend on it is told.
 */
static void explain(const struct rk_core *core, struct batch *batch, uint32_t i)
{
	struct rk_result *result = &batch->results[i];
	struct rk_refusal *refusal = &batch->refusals[batch->refusals_n];

	if (result->code == RK_OK || result->repeat ||
	    batch->refusals_n == REFUSALS_TOLD)
		return;
	if (batch->request->atomic && i > 0 &&
	    !rk_refusal_is_of_values(result->code))
		return;
	rk_refusal_of(core->engine, &batch->request->cmds[i], result->code,
		      refusal);
	if (refusal->text[0] == '\0')
		return;
	result->error = refusal->text;
	batch->refusals_n++;
}

static void count_result(struct rk_core *core, const struct rk_result *result)
{
	core->counters.commands++;
	if (result->repeat)
		core->counters.commands_repeated++;
	else if (result->code != RK_OK)
		core->counters.commands_refused++;
}

static void apply_rows(struct rk_core *core, struct batch *batch)
{
	for (uint32_t i = 0; i < batch->request->n; i++) {
		const struct rk_cmd *cmd = &batch->request->cmds[i];
		struct rk_result *result = &batch->results[i];
		uint64_t dropped = rk_view_quotes_dropped(core->engine);
		struct rk_answer answer = {0, 0};
		int code = rk_sequencer_apply(core->sequencer, cmd, &answer);

		result->repeat = code == RK_REJ_REPEAT;
		result->code = result->repeat ? answer.code : code;
		result->seq = answer.seq;
		if (!result->repeat)
			result->quotes_dropped =
				(uint32_t)(rk_view_quotes_dropped(
						   core->engine) -
					   dropped);
		explain(core, batch, i);
		count_result(core, result);
	}
}

/* What was answered to each child, now or when it came first. */
static void read_answers(struct rk_core *core, struct batch *batch, bool repeat)
{
	for (uint32_t i = 0; i < batch->request->n; i++) {
		struct rk_result *result = &batch->results[i];
		struct rk_answer answer = {0, 0};
		int code = rk_engine_check_client(
			core->engine, &batch->request->cmds[i].origin, &answer);

		if (code == RK_REJ_REPEAT) {
			result->code = answer.code;
			result->seq = answer.seq;
			result->repeat = repeat;
		} else {
			result->code =
				code == RK_OK ? RK_REJ_OUT_OF_ORDER : code;
		}
		explain(core, batch, i);
		count_result(core, result);
	}
}

static void apply_atomic(struct rk_core *core, struct batch *batch)
{
	const struct rk_request *request = batch->request;
	struct rk_cmd cmd = {.type = RK_CMD_ATOMIC};
	struct rk_answer answer;
	int code;

	cmd.origin = request->cmds[0].origin;
	cmd.atomic.cmds = request->cmds;
	cmd.atomic.n = request->n;
	code = rk_engine_check_client(core->engine, &cmd.origin, &answer);
	if (code == RK_OK)
		(void)rk_sequencer_apply(core->sequencer, &cmd, NULL);
	read_answers(core, batch, code == RK_REJ_REPEAT);
}

static void refuse(struct rk_core *core, uint32_t pending, uint64_t client_seq,
		   int code, const char *text)
{
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};

	core->counters.requests_refused++;
	rk_encode_refusal(&bytes, client_seq, code, text);
	rk_core_reply(core, pending, &bytes);
}

static struct rk_decode_input input_of(struct rk_core *core,
				       const struct rk_net_message *message)
{
	rk_scratch_reset(&core->scratch);
	return (struct rk_decode_input){
		&core->scratch,
		message->data,
		message->size,
		{core->conf->limits.commands_per_message,
		 core->conf->limits.quotes_per_message},
	};
}

/*
 * Rows that were applied before must be the same now, and the first new one
 * must be the next: else the message is refused whole, as a later row must
 * not be applied without an earlier one.
 */
static int check_sequence(const struct rk_core *core,
			  const struct rk_request *request,
			  struct rk_decode_error *error)
{
	struct rk_answer answer;

	for (uint32_t i = 0; i < request->n; i++) {
		const struct rk_origin *origin = &request->cmds[i].origin;
		int code =
			rk_engine_check_client(core->engine, origin, &answer);

		if (code == RK_OK)
			return RK_OK;
		if (code == RK_REJ_REPEAT)
			continue;
		(void)snprintf(error->text, sizeof(error->text),
			       "client %s, number %llu: %s; its newest is %llu",
			       origin->client,
			       (unsigned long long)origin->client_seq,
			       rk_rc_text(code),
			       (unsigned long long)rk_view_client_seq(
				       core->engine, origin->client));
		return code;
	}
	return RK_OK;
}

/* It is answered when it is done. */
static void ask_reload(struct rk_core *core, uint32_t pending,
		       const struct rk_request *request)
{
	struct rk_reload_asker asker = {
		.answered = true,
		.pending = pending,
		.client_seq = request->client_seq,
		.dry_run = request->dry_run,
	};

	memcpy(asker.who, request->client, sizeof(asker.who));
	if (!core->reload)
		refuse(core, pending, request->client_seq, RK_REJ_BAD_TYPE,
		       "this daemon runs on a configuration that is built in: "
		       "there are no files to reload");
	else if (!rk_reload_ask(core->reload, &asker))
		refuse(core, pending, request->client_seq, RK_REJ_BUSY,
		       "too many reloads are waiting already");
}

static void handle_request(struct rk_core *core,
			   const struct rk_net_message *message)
{
	struct rk_decode_input input = input_of(core, message);
	struct rk_bytes bytes = {core->answer, RK_ANSWER_MAX, 0, false};
	uint32_t pending = rk_core_hold(core, message);
	struct rk_request request;
	struct rk_decode_error error;
	struct batch batch;
	int r;

	core->counters.requests++;
	r = rk_decode_request(&input, &request, &error);
	if (r != RK_OK) {
		refuse(core, pending, request.client_seq, r, error.text);
		return;
	}
	if (request.reload) {
		ask_reload(core, pending, &request);
		return;
	}
	batch.request = &request;
	batch.refusals_n = 0;
	batch.results = rk_scratch_take(&core->scratch, request.n,
					sizeof(*batch.results));
	if (!batch.results) {
		refuse(core, pending, request.client_seq, RK_REJ_TOO_MANY,
		       "message is too large");
		return;
	}
	memset(batch.results, 0, request.n * sizeof(*batch.results));

	r = check_sequence(core, &request, &error);
	if (r != RK_OK) {
		refuse(core, pending, request.client_seq, r, error.text);
		return;
	}
	if (core->conf->clock == RK_CONF_CLOCK_MESSAGES)
		rk_intake_clock(core, request.time_ns);
	if (request.atomic)
		apply_atomic(core, &batch);
	else
		apply_rows(core, &batch);
	rk_encode_reply(&bytes, request.client_seq, batch.results, request.n);
	rk_core_reply(core, pending, &bytes);
}

bool rk_intake_requests(struct rk_core *core, uint32_t max)
{
	struct rk_net_message message;

	for (uint32_t i = 0; i < max; i++) {
		/* Without room, the next turn comes when the disk is done. */
		if (!rk_core_room(core) ||
		    !rk_net_take(core->net, RK_NET_INGEST, &message))
			return false;
		rk_core_clock(core);
		handle_request(core, &message);
	}
	return true;
}

/* Quotes may bear any time: one too far from now counts as the end of it. */
static int64_t age_of(const struct rk_core *core, int64_t time_ns)
{
	int64_t age;

	if (__builtin_sub_overflow(rk_view_time(core->engine), time_ns, &age))
		return time_ns < 0 ? INT64_MAX : INT64_MIN;
	return age;
}

/* How old the quotes are, on the clock by which they become stale. */
static void note_ages(const struct rk_core *core,
		      const struct rk_cmd_prices *prices,
		      struct rk_lag_batch *batch)
{
	int64_t newest = prices->quotes[0].time_ns;
	int64_t oldest = newest;

	for (uint32_t i = 1; i < prices->n; i++) {
		int64_t time_ns = prices->quotes[i].time_ns;

		if (time_ns > newest)
			newest = time_ns;
		if (time_ns < oldest)
			oldest = time_ns;
	}
	batch->newest_age_ns = age_of(core, newest);
	batch->oldest_age_ns = age_of(core, oldest);
}

static void apply_batch(struct rk_core *core, struct rk_cmd_prices prices)
{
	struct rk_cmd cmd = {.type = RK_CMD_PRICES};
	struct rk_lag_batch batch = {.quotes = prices.n};
	uint64_t start_ns;

	if (prices.n == 0)
		return;
	cmd.prices = prices;
	note_ages(core, &prices, &batch);
	batch.judged = rk_view_judged(core->engine);
	start_ns = rk_clock_monotonic();
	(void)rk_sequencer_apply(core->sequencer, &cmd, NULL); /* no refusal */
	batch.judging_ns = rk_clock_monotonic() - start_ns;
	batch.judged = rk_view_judged(core->engine) - batch.judged;
	rk_lag_add(core->lag, &batch);
	core->counters.price_batches++;
	core->counters.quotes_applied += prices.n;
	core->counters.judging_ns += batch.judging_ns;
	core->judged_ns = batch.judging_ns;
}

/* Under `clock = messages` quotes of different times never merge. */
static void apply_timed(struct rk_core *core,
			const struct rk_cmd_prices *prices)
{
	int64_t newest = 0;

	for (uint32_t i = 0; i < prices->n; i++)
		if (prices->quotes[i].time_ns > newest)
			newest = prices->quotes[i].time_ns;
	rk_intake_clock(core, newest);
	apply_batch(core, *prices);
}

static void handle_prices(struct rk_core *core,
			  const struct rk_net_message *message)
{
	struct rk_decode_input input = input_of(core, message);
	struct rk_decode_error error;
	struct rk_cmd_prices prices;

	core->counters.price_messages++;
	if (rk_decode_prices(&input, &prices, &error) != RK_OK) {
		/* Nobody is there to be told: counted, shown by Status. */
		core->counters.prices_refused++;
		return;
	}
	core->counters.price_quotes += prices.n;
	if (core->conf->clock == RK_CONF_CLOCK_MESSAGES)
		apply_timed(core, &prices);
	else
		rk_merge_add(core->merge, &prices, rk_view_time(core->engine));
}

#define TAKES_A_LOOK   64U                  /* at the clock */
#define TAKE_BYTES_MAX ((uint64_t)16 << 20) /* held until the turn's end */

/* What a turn has taken so far. */
struct intake {
	uint32_t n;
	uint64_t bytes;
	uint64_t since_ns; /* beyond max */
};

/*
 * Where a batch takes long to judge, what waits is merged into few of them:
 * beyond max, a turn takes prices for as long as the last batch was judged.
 */
static bool may_take(const struct rk_core *core, struct intake *intake,
		     uint32_t max)
{
	if (intake->n < max)
		return true;
	if (intake->n >= RK_NET_RELEASED_MAX ||
	    intake->bytes > TAKE_BYTES_MAX ||
	    core->conf->clock == RK_CONF_CLOCK_MESSAGES)
		return false;
	if (intake->n == max)
		intake->since_ns = rk_clock_monotonic();
	return intake->n % TAKES_A_LOOK != 0 ||
	       rk_clock_monotonic() - intake->since_ns < core->judged_ns;
}

bool rk_intake_prices(struct rk_core *core, uint32_t max)
{
	struct intake intake = {0, 0, 0};
	struct rk_net_message message;
	bool more = true;

	while (more && may_take(core, &intake, max)) {
		/* Asked again only where something was applied meanwhile. */
		more = (intake.n > 0 &&
			core->conf->clock == RK_CONF_CLOCK_REAL) ||
		       rk_core_room(core);
		more = more && rk_net_take(core->net, RK_NET_PRICES, &message);
		if (!more)
			break;
		intake.n++;
		intake.bytes += message.size;
		rk_core_clock(core);
		handle_prices(core, &message);
		rk_net_release(core->net, &message);
	}
	apply_batch(core, rk_merge_take(core->merge));
	return more;
}
