/*
 * A gateway in its smallest form: it executes every liquidation order at its
 * mark price against an external venue, and tells riskd.
 *
 *   cc gateway.c $(pkg-config --cflags --libs librisk) -o gateway
 *   ./gateway ipc:///run/riskd/query.sock binance
 *
 * A real one sends the order to the venue and books each fill as it comes,
 * under an id of its own counting. With a third argument it ends after so
 * many orders.
 */
#include <errno.h>
#include <librisk.h>
#include <librisk_text.h>
#include <stdio.h>

/* The trade: the account closes, the venue takes the other side. */
static int fill(struct risk *risk, uint32_t venue, const Riskd__Event *event)
{
	const Riskd__LiquidationOrder *order = event->order;
	const Riskd__Market *market;
	struct risk_trade trade = {
		.market = event->market_plus_one - 1,
		.venue = venue,
		.price = order->mark,
		.size = order->size,
	};
	struct risk_trade_side *side = order->side == RISKD__SIDE__SIDE_BUY
					       ? &trade.buyer
					       : &trade.seller;
	struct risk_cmd cmd;
	int rc = risk_refresh(risk);

	if (rc)
		return rc;
	market = risk_market_by_id(risk, trade.market);
	if (!market)
		return RK_REJ_NO_MARKET;
	trade.id = market->last_trade + 1;
	side->account = event->account;
	side->order.seq = order->order->seq;
	side->order.n = order->order->n;
	risk_cmd_trade(&cmd, &trade);
	return risk_send_one(risk, &cmd.command, NULL);
}

/* What rests is cancelled (here nothing ever rests): say so. */
static int confirm_close(struct risk *risk,
			 const Riskd__LiquidationOrder *order)
{
	struct risk_order_id id = {order->order->seq, order->order->n};
	struct risk_cmd cmd;
	int rc;

	risk_cmd_order_closed(&cmd, id, order->filled);
	rc = risk_send_one(risk, &cmd.command, NULL);
	/* Closed by its last fill in the meantime: all is well. */
	return rc == RK_REJ_ORDER_CLOSED ? 0 : rc;
}

/* One event of an order; *n counts those that were filled. */
static int handle(struct risk *risk, uint32_t venue, const Riskd__Event *event,
		  uint64_t *n)
{
	int rc = 0;

	switch ((int)event->order->phase) {
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED:
		rc = fill(risk, venue, event);
		*n += 1;
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED:
		rc = confirm_close(risk, event->order);
		break;
	default: /* filled, closed: what we said ourselves */
		break;
	}
	if (rc)
		fprintf(stderr, "gateway: %s\n", risk_error(risk));
	return rc;
}

static int execute(struct risk *risk, uint32_t venue, uint64_t most)
{
	struct risk_follow what = {.topic = "liquidation."};
	struct risk_item item;
	struct risk_sub *sub;
	uint64_t n = 0;
	int rc = risk_subscribe(risk, &what, &sub);

	if (rc) {
		fprintf(stderr, "gateway: %s\n", risk_error(risk));
		return rc;
	}
	fprintf(stderr, "gateway: following\n");
	while (rc == 0 && (most == 0 || n < most)) {
		rc = risk_next(sub, -1, &item);
		if (rc == 0) {
			rc = handle(risk, venue, item.event, &n);
			continue;
		}
		fprintf(stderr, "gateway: %s\n", risk_sub_error(sub));
		if (rc == -ETIMEDOUT || rc == -ECONNREFUSED)
			rc = 0; /* silent: it is looked for by itself */
	}
	risk_unsubscribe(sub);
	return rc;
}

int main(int argc, char **argv)
{
	const struct risk_options options = {.client = "gateway"};
	struct risk *risk;
	uint64_t most = 0;
	uint32_t venue;
	int rc;

	if (argc < 3 || argc > 4 ||
	    (argc == 4 && risk_parse_u64(argv[3], &most))) {
		fprintf(stderr, "usage: gateway QUERY_URL VENUE [ORDERS]\n");
		return 2;
	}
	rc = risk_open(argv[1], &options, &risk);
	if (rc == 0)
		rc = risk_find_venue(risk, argv[2], &venue);
	if (rc)
		fprintf(stderr, "gateway: %s\n",
			risk ? risk_error(risk) : "out of memory");
	else
		rc = execute(risk, venue, most);
	risk_close(risk);
	return rc ? 1 : 0;
}
