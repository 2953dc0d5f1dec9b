/*
 * riskctl price: push quotes, acknowledged, and tail the prices that the
 * daemon holds.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl_out.h"

#define PUBLISHER_DEFAULT "riskctl"
#define QUOTES_MAX        256 /* in one message */
#define INPUT_SIZE        16384

/* Quotes gathered for one message. */
struct quotes {
	uint32_t publisher;
	size_t n;
	uint32_t slots[QUOTES_MAX];
	int64_t prices[QUOTES_MAX];
	uint64_t sent;
	uint64_t dropped;
};

/*
 * Whose quotes these are. Somebody must say: a quote counts as much as those
 * of the real feeds in the median.
 */
static int find_publisher(struct ctl *ctl, const char *name, uint32_t *ret_id)
{
	const Riskd__MarketsAnswer *list = risk_listing(ctl->risk);

	if (name) {
		int rc = risk_find_publisher(ctl->risk, name, ret_id);

		return rc ? ctl_fail(ctl, rc) : CTL_OK;
	}
	if (!risk_find_publisher(ctl->risk, PUBLISHER_DEFAULT, ret_id))
		return CTL_OK;
	if (list->n_publishers == 1) {
		*ret_id = list->publishers[0]->id;
		return CTL_OK;
	}
	return ctl_usage_error(ctl,
			       "the daemon knows %zu publishers: say for which "
			       "one with --publisher",
			       list->n_publishers);
}

static int send_quotes(struct ctl *ctl, struct quotes *quotes)
{
	struct risk_prices prices = {
		.publisher = quotes->publisher,
		.n = quotes->n,
		.slots = quotes->slots,
		.prices = quotes->prices,
	};
	struct risk_cmd cmd;
	Riskd__Command *row = &cmd.command;
	struct risk_request request = {.rows = &row, .n = 1};
	Riskd__Reply *reply;
	int code;
	int rc;

	if (!quotes->n)
		return CTL_OK;
	risk_cmd_prices(&cmd, &prices);
	/* The daemon of a replay takes its time from what it is sent. */
	request.time_ns = cmd.body.prices.time_ns;
	rc = ctl_send_request(ctl, &request, &reply);
	if (rc)
		return rc;
	code = reply->results[0]->code;
	quotes->sent += quotes->n;
	quotes->dropped += reply->results[0]->quotes_dropped;
	quotes->n = 0;
	riskd__reply__free_unpacked(reply, NULL);
	if (code)
		return ctl_refuse(ctl, "refused: %s: %s", risk_code_name(code),
				  risk_code_text(code));
	return CTL_OK;
}

static int add_quote(struct ctl *ctl, struct quotes *quotes, const char *name,
		     const char *text)
{
	uint32_t decimals = 0;
	int64_t price = 0;
	int rc = risk_find_slot(ctl->risk, name, &quotes->slots[quotes->n],
				&decimals);

	if (rc)
		return ctl_fail(ctl, rc);
	rc = ctl_read_decimal(ctl, "price", text, decimals, &price);
	if (rc)
		return rc;
	if (price <= 0)
		return ctl_usage_error(ctl, "price \"%s\": must be above 0",
				       text);
	quotes->prices[quotes->n++] = price;
	return quotes->n < QUOTES_MAX ? CTL_OK : send_quotes(ctl, quotes);
}

/* "MARKET PRICE"; an empty line or one that begins with # is left out. */
static int add_line(struct ctl *ctl, struct quotes *quotes, char *line,
		    size_t number)
{
	char *rest = NULL;
	char *name = strtok_r(line, " \t\r\n", &rest);
	char *price = strtok_r(NULL, " \t\r\n", &rest);
	char *more = strtok_r(NULL, " \t\r\n", &rest);
	int rc;

	if (!name || *name == '#')
		return CTL_OK;
	if (!price || more)
		return ctl_usage_error(ctl,
				       "standard input, line %zu: must be "
				       "MARKET PRICE",
				       number);
	rc = add_quote(ctl, quotes, name, price);
	if (rc)
		(void)fprintf(stderr, "  in standard input, line %zu\n",
			      number);
	return rc;
}

/* Take in the whole lines of text; *ret_used is how far they reach. */
static int add_lines(struct ctl *ctl, struct quotes *quotes, char *text,
		     size_t *line_number, size_t *ret_used)
{
	char *start = text;
	char *end;
	int rc = CTL_OK;

	while (rc == CTL_OK && (end = strchr(start, '\n'))) {
		*end = '\0';
		rc = add_line(ctl, quotes, start, ++*line_number);
		start = end + 1;
	}
	*ret_used = (size_t)(start - text);
	return rc;
}

/* What is there at once goes out as one message. */
static int push_input(struct ctl *ctl, struct quotes *quotes)
{
	char text[INPUT_SIZE + 1];
	size_t n = 0;
	size_t line = 0;
	ssize_t got;

	if (isatty(STDIN_FILENO))
		ctl_say(ctl, "Lines of MARKET PRICE, Ctrl-D ends");
	while ((got = read(STDIN_FILENO, text + n, INPUT_SIZE - n)) > 0) {
		size_t used;
		int rc;

		n += (size_t)got;
		text[n] = '\0';
		rc = add_lines(ctl, quotes, text, &line, &used);
		if (rc == CTL_OK)
			rc = send_quotes(ctl, quotes);
		if (rc)
			return rc;
		n -= used;
		memmove(text, text + used, n);
		if (n == INPUT_SIZE)
			return ctl_usage_error(ctl,
					       "standard input, line %zu: "
					       "longer than %d bytes",
					       line + 1, INPUT_SIZE - 1);
	}
	if (got < 0)
		return ctl_refuse(ctl, "standard input: %s", strerror(errno));
	/* A last line without its end. */
	text[n] = '\0';
	if (n) {
		int rc = add_line(ctl, quotes, text, line + 1);

		return rc ? rc : send_quotes(ctl, quotes);
	}
	return CTL_OK;
}

int cmd_price_push(struct ctl *ctl, int argc, char **argv)
{
	const char *publisher = NULL;
	const struct ctl_option options[] = {
		{"publisher", 0, &publisher, NULL},
		{NULL, 0, NULL, NULL},
	};
	struct quotes quotes = {0};
	int n;
	int rc = ctl_parse(ctl, options, argc, argv, &n);

	if (rc)
		return rc;
	if (n % 2)
		return ctl_usage_error(
			ctl,
			"takes pairs of MARKET PRICE, but \"%s\" "
			"has no price",
			argv[n]);
	if ((rc = ctl_connect(ctl)) ||
	    (rc = find_publisher(ctl, publisher, &quotes.publisher)))
		return rc;
	for (int i = 1; i < n && rc == CTL_OK; i += 2)
		rc = add_quote(ctl, &quotes, argv[i], argv[i + 1]);
	if (rc == CTL_OK)
		rc = n ? send_quotes(ctl, &quotes) : push_input(ctl, &quotes);
	if (ctl->output == CTL_JSON && quotes.sent)
		(void)printf("{\"quotes\":%" PRIu64 ",\"dropped\":%" PRIu64
			     "}\n",
			     quotes.sent, quotes.dropped);
	else if (quotes.sent)
		ctl_say(ctl, "%" PRIu64 " quotes sent, %" PRIu64 " dropped",
			quotes.sent, quotes.dropped);
	if (rc == CTL_OK && quotes.dropped)
		return ctl_refuse(ctl,
				  "quotes were dropped: their publisher has "
				  "sent newer ones, or its clock is ahead");
	return rc;
}

/* Is the slot one of those asked for? All are when none was. */
static bool is_wanted(const char *name, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return true;
	return n == 0;
}

static void print_ticker(const struct ctl *ctl, const Riskd__Ticker *ticker,
			 const struct risk_slot *slot)
{
	char price[RISK_DECIMAL_SIZE];
	char when[CTL_TIME_SIZE];
	const char *state = risk_price_state_name(ticker->state);

	(void)risk_format_decimal(ticker->mark, slot->decimals, price);
	if (ctl->output == CTL_JSON)
		(void)printf(
			"{\"price_of\":\"%s\",\"mark\":\"%s\",\"state\":"
			"\"%s\",\"time_ns\":%" PRId64 ",\"seq\":%" PRIu64 "}\n",
			slot->name, price, state, ticker->time_ns, ticker->seq);
	else if (ctl->output == CTL_CSV)
		(void)printf("%s,%s,%s,%" PRId64 ",%" PRIu64 "\n", slot->name,
			     price, state, ticker->time_ns, ticker->seq);
	else
		(void)printf("%s  %-12s %16s  %s\n",
			     ctl_format_time(ticker->time_ns, when), slot->name,
			     price, state);
	(void)fflush(stdout); /* main checks stdout at the end */
}

static int tail(struct ctl *ctl, struct risk_sub *sub, char **names, int n)
{
	while (!ferror(stdout)) {
		struct risk_item item;
		struct risk_slot slot;
		int rc = risk_next(sub, -1, &item);

		if (rc == -ECONNREFUSED || rc == -ETIMEDOUT) {
			ctl_say(ctl, "%s", risk_sub_error(sub));
			continue;
		}
		if (rc)
			return ctl_fail_sub(ctl, sub, rc);
		if (!item.ticker ||
		    risk_slot_by_id(ctl->risk, item.ticker->slot, &slot) ||
		    !is_wanted(slot.name, names, n))
			continue;
		print_ticker(ctl, item.ticker, &slot);
	}
	return CTL_OK;
}

int cmd_price_tail(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	struct risk_follow follow = {
		.stream = RISK_EVENTS,
		.topic = "market.",
		.tickers = true,
	};
	struct risk_sub *sub;
	uint32_t slot;
	uint32_t decimals;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, none, argc, argv, &n)) ||
	    (rc = ctl_connect(ctl)))
		return rc;
	for (int i = 1; i <= n; i++)
		if ((rc = risk_find_slot(ctl->risk, argv[i], &slot, &decimals)))
			return ctl_fail(ctl, rc);
	rc = risk_subscribe(ctl->risk, &follow, &sub);
	if (rc)
		return ctl_fail(ctl, rc);
	if (ctl->output == CTL_CSV)
		(void)printf("price_of,mark,state,time_ns,seq\n");
	rc = tail(ctl, sub, argv + 1, n);
	risk_unsubscribe(sub);
	return rc;
}
