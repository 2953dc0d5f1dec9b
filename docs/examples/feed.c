/*
 * Feed prices: each line "MARKET PRICE" of standard input goes to riskd.
 *
 *   cc feed.c $(pkg-config --cflags --libs librisk) -o feed
 *   echo 'BTC-PERP 30000' | ./feed ipc:///run/riskd/query.sock main
 *
 * Pushed prices are not acknowledged: what is lost on the way is made good by
 * the next one. A price that must arrive is sent as a command instead, see
 * risk_cmd_prices() in librisk_cmd.h.
 */
#include <librisk.h>
#include <librisk_text.h>
#include <stdio.h>
#include <time.h>

static int push(struct risk *risk, uint32_t publisher, const char *line)
{
	struct risk_prices prices = {.publisher = publisher, .n = 1};
	char name[24];
	char text[RISK_DECIMAL_SIZE];
	uint32_t slot;
	uint32_t decimals;
	int64_t price;
	int rc;

	if (sscanf(line, "%23s %47s", name, text) != 2) {
		fprintf(stderr, "feed: not MARKET PRICE: %s", line);
		return 0;
	}
	rc = risk_find_slot(risk, name, &slot, &decimals);
	if (rc)
		return rc;
	if (risk_parse_decimal(text, decimals, &price) || price <= 0) {
		fprintf(stderr, "feed: %s: not a price with %u decimals: %s\n",
			name, decimals, text);
		return 0;
	}

	prices.slots = &slot;
	prices.prices = &price;
	return risk_push_prices(risk, &prices);
}

int main(int argc, char **argv)
{
	const struct timespec tenth = {0, 100 * 1000 * 1000};
	struct risk *risk;
	uint32_t publisher;
	char line[128];
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: feed QUERY_URL PUBLISHER\n");
		return 2;
	}
	rc = risk_open(argv[1], NULL, &risk);
	if (rc == 0)
		rc = risk_find_publisher(risk, argv[2], &publisher);
	while (rc == 0 && fgets(line, sizeof(line), stdin))
		rc = push(risk, publisher, line);

	if (rc)
		fprintf(stderr, "feed: %s\n",
			risk ? risk_error(risk) : "out of memory");
	else
		nanosleep(&tenth, NULL); /* let the last ones leave */
	risk_close(risk);
	return rc ? 1 : 0;
}
