/*
 * riskctl order and riskctl liquidations: liquidation orders as they are and
 * as they come.
 */
#include <inttypes.h>
#include <string.h>

#include "ctl_event.h"
#include "ctl_out.h"

static const struct ctl_column columns[] = {
	{"Order", "order", CTL_TEXT},
	{"Account", "account", CTL_INTEGER},
	{"Market", "market", CTL_TEXT},
	{"Side", "side", CTL_TEXT},
	{"Size", "size", CTL_DECIMAL},
	{"Filled", "filled", CTL_DECIMAL},
	{"Not worse than", "floor_price", CTL_DECIMAL},
	{"Mark then", "mark", CTL_DECIMAL},
	{"Opened", "opened", CTL_TEXT},
	{"Expires", "expires", CTL_TEXT},
	{"Close asked", "close_asked", CTL_BOOL},
	{"Claimed by", "claimed_by", CTL_TEXT},
	{"Claimed until", "claimed_until", CTL_TEXT},
	{NULL, NULL, CTL_TEXT},
};

/* Who executes it alone, if anybody does. */
static void fill_claim(struct ctl *ctl, struct ctl_table *table,
		       const Riskd__Order *order)
{
	const Riskd__MarketsAnswer *list = risk_listing(ctl->risk);
	char when[CTL_TIME_SIZE];

	if (order->claimed_until_ns == 0) {
		ctl_cell(table, "%s", "");
		ctl_cell(table, "%s", "");
		return;
	}
	if (list && order->claimed_by < list->n_venues)
		ctl_cell(table, "%s", list->venues[order->claimed_by]->name);
	else
		ctl_cell(table, "%" PRIu32, order->claimed_by);
	ctl_cell(table, "%s", ctl_format_time(order->claimed_until_ns, when));
}

struct ctl_table *ctl_order_table(struct ctl *ctl, Riskd__Order **orders,
				  size_t n)
{
	struct ctl_table *table = ctl_table_new(columns);
	char text[RISK_DECIMAL_SIZE];
	char when[CTL_TIME_SIZE];
	bool claimed = false;

	for (size_t i = 0; i < n; i++) {
		const Riskd__Order *order = orders[i];
		struct ctl_scale scale = ctl_scale_of(ctl, order->market);

		ctl_cell(table, "%s",
			 risk_format_order_id(order->order->seq,
					      order->order->n, text));
		ctl_cell_u64(table, order->account);
		ctl_cell(table, "%s", scale.market);
		ctl_cell(table, "%s", risk_side_name(order->side));
		ctl_cell_decimal(table, order->size, scale.size, "");
		ctl_cell_decimal(table, order->filled, scale.size, "");
		ctl_cell_decimal(table, order->floor_price, scale.price,
				 scale.quote);
		ctl_cell_decimal(table, order->mark, scale.price, scale.quote);
		ctl_cell(table, "%s", ctl_format_time(order->opened_ns, when));
		ctl_cell(table, "%s", ctl_format_time(order->expiry_ns, when));
		ctl_cell_bool(table, order->close_asked);
		fill_claim(ctl, table, order);
		claimed = claimed || order->claimed_until_ns != 0;
	}
	if (!claimed) {
		ctl_table_hide(table, "claimed_by");
		ctl_table_hide(table, "claimed_until");
	}
	return table;
}

int cmd_order_list(struct ctl *ctl, int argc, char **argv)
{
	const char *market = NULL;
	const char *limit_text = "100";
	const struct ctl_option options[] = {
		{"market", 0, &market, NULL},
		{"number", 'n', &limit_text, NULL},
		{NULL, 0, NULL, NULL},
	};
	Riskd__Answer *answer;
	struct ctl_table *table;
	uint64_t limit = 0;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) ||
	    (rc = ctl_read_u64(ctl, "-n", limit_text, &limit)))
		return rc;
	if (limit < 1 || limit > 1000)
		return ctl_usage_error(ctl, "-n %s: must be 1 to 1000",
				       limit_text);
	rc = ctl_connect(ctl);
	if (rc)
		return rc;
	rc = risk_orders(ctl->risk, market, (uint32_t)limit, &answer);
	if (rc)
		return ctl_fail(ctl, rc);
	table = ctl_order_table(ctl, answer->orders->orders,
				answer->orders->n_orders);
	rc = ctl_table_print(ctl, table, "No orders open.");
	ctl_say_span(ctl, answer->orders->from_seq, answer->seq);
	riskd__answer__free_unpacked(answer, NULL);
	return rc;
}

/* Decimals of what an open order closes or sells, by asking for those open. */
static int find_decimals(struct ctl *ctl, struct risk_order_id id,
			 uint32_t *ret_decimals)
{
	const Riskd__Market *market = NULL;
	Riskd__Answer *answer;
	int rc = risk_orders(ctl->risk, NULL, 1000, &answer);

	if (rc)
		return ctl_fail(ctl, rc);
	for (size_t i = 0; i < answer->orders->n_orders; i++) {
		const Riskd__Order *order = answer->orders->orders[i];

		if (order->order->seq == id.seq && order->order->n == id.n)
			market = risk_market_by_id(ctl->risk, order->market);
	}
	riskd__answer__free_unpacked(answer, NULL);
	if (!market)
		return ctl_find_conversion(ctl, id, ret_decimals);
	*ret_decimals = market->size_decimals;
	return CTL_OK;
}

int cmd_order_close(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	struct risk_order_id id = {0};
	struct risk_cmd cmd;
	uint32_t decimals = 0;
	int64_t filled = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, none, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) ||
	    (rc = ctl_read_order(ctl, argv[1], &id)) ||
	    (rc = ctl_connect(ctl)) || (rc = find_decimals(ctl, id, &decimals)))
		return rc;
	rc = ctl_read_decimal(ctl, "filled size", argv[2], decimals, &filled);
	if (rc)
		return rc;
	risk_cmd_order_closed(&cmd, id, filled);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return ctl_done(ctl, seq,
			"no more fills of order %s will come: %s in all",
			argv[1], argv[2]);
}

int cmd_order_claim(struct ctl *ctl, int argc, char **argv)
{
	const char *venue = NULL;
	const struct ctl_option options[] = {
		{"venue", 0, &venue, NULL},
		{NULL, 0, NULL, NULL},
	};
	struct risk_order_id id = {0};
	struct risk_cmd cmd;
	int64_t duration_ns;
	int ms = 0;
	uint32_t number = 0;
	uint64_t seq;
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 2, 2)) ||
	    (rc = ctl_read_order(ctl, argv[1], &id)) ||
	    (strcmp(argv[2], "none") != 0 &&
	     (rc = ctl_read_duration(ctl, "duration", argv[2], &ms))))
		return rc;
	if (!venue)
		return ctl_usage_error(ctl, "--venue is missing: say which "
					    "venue executes it");
	if ((rc = ctl_connect(ctl)))
		return rc;
	rc = risk_find_venue(ctl->risk, venue, &number);
	if (rc)
		return ctl_fail(ctl, rc);
	duration_ns = (int64_t)ms * 1000000;
	risk_cmd_claim(&cmd, id, number, duration_ns);
	rc = ctl_send(ctl, &cmd, &seq);
	if (rc)
		return rc;
	return duration_ns == 0
		       ? ctl_done(ctl, seq, "order %s is free for all", argv[1])
		       : ctl_done(ctl, seq, "order %s is claimed by %s for %s",
				  argv[1], venue, argv[2]);
}

int cmd_liquidations(struct ctl *ctl, int argc, char **argv)
{
	bool follow = false;
	const char *from_text = NULL;
	const char *market = "";
	const struct ctl_option options[] = {
		{"follow", 'f', NULL, &follow},
		{"from", 0, &from_text, NULL},
		{"market", 0, &market, NULL},
		{NULL, 0, NULL, NULL},
	};
	char topic[64];
	struct ctl_stream stream = {.topic = topic, .follow = false};
	int n;
	int rc;

	if ((rc = ctl_parse(ctl, options, argc, argv, &n)) ||
	    (rc = ctl_want(ctl, n, 0, 0)) ||
	    (from_text &&
	     (rc = ctl_read_u64(ctl, "--from", from_text, &stream.from))))
		return rc;
	if (snprintf(topic, sizeof(topic), "liquidation.%s", market) >=
	    (int)sizeof(topic))
		return ctl_usage_error(ctl, "--market \"%s\": too long",
				       market);
	stream.follow = follow;
	stream.from_start = !follow && !from_text;
	return ctl_stream(ctl, &stream);
}
