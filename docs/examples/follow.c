/*
 * Follow liquidation orders: one line each, as they are opened.
 *
 *   cc follow.c $(pkg-config --cflags --libs librisk) -o follow
 *   ./follow ipc:///run/riskd/query.sock
 *
 * None is missed: librisk sees gaps by number and reads what the socket
 * dropped from the daemon. With a second argument it ends after so many.
 */
#include <errno.h>
#include <librisk.h>
#include <librisk_text.h>
#include <stdbool.h>
#include <stdio.h>

static void print(struct risk *risk, const Riskd__Event *event)
{
	const Riskd__LiquidationOrder *order = event->order;
	const Riskd__Market *market =
		risk_market_by_id(risk, event->market_plus_one - 1);
	char id[RISK_DECIMAL_SIZE];
	char size[RISK_DECIMAL_SIZE];
	char price[RISK_DECIMAL_SIZE];

	if (!market)
		return; /* listed after risk_open: risk_refresh() */
	printf("order %s of account %llu: %s %s %s, not worse than %s\n",
	       risk_format_order_id(order->order->seq, order->order->n, id),
	       (unsigned long long)event->account, risk_side_name(order->side),
	       risk_format_decimal(order->size, market->size_decimals, size),
	       market->name,
	       risk_format_decimal(order->floor_price, market->price_decimals,
				   price));
	fflush(stdout);
}

static bool is_new(const Riskd__LiquidationOrder *order)
{
	return order->phase == RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED;
}

static int follow(struct risk *risk, uint64_t most)
{
	struct risk_follow what = {.topic = "liquidation."};
	struct risk_item item;
	struct risk_sub *sub;
	uint64_t n = 0;
	int rc = risk_subscribe(risk, &what, &sub);

	if (rc) {
		fprintf(stderr, "follow: %s\n", risk_error(risk));
		return rc;
	}
	fprintf(stderr, "follow: following\n");
	while (rc == 0 && (most == 0 || n < most)) {
		rc = risk_next(sub, -1, &item);
		if (rc) {
			fprintf(stderr, "follow: %s\n", risk_sub_error(sub));
			if (rc == -ETIMEDOUT || rc == -ECONNREFUSED)
				rc = 0; /* silent: it is looked for by itself */
		} else if (is_new(item.event->order)) {
			print(risk, item.event);
			n++;
		}
	}
	risk_unsubscribe(sub);
	return rc;
}

int main(int argc, char **argv)
{
	struct risk *risk;
	uint64_t most = 0;
	int rc;

	if (argc < 2 || argc > 3 ||
	    (argc == 3 && risk_parse_u64(argv[2], &most))) {
		fprintf(stderr, "usage: follow QUERY_URL [ORDERS]\n");
		return 2;
	}
	rc = risk_open(argv[1], NULL, &risk);
	if (rc == 0)
		rc = follow(risk, most);
	else
		fprintf(stderr, "follow: %s\n",
			risk ? risk_error(risk) : "out of memory");
	risk_close(risk);
	return rc ? 1 : 0;
}
