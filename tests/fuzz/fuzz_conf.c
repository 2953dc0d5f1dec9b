/*
 * libFuzzer target: riskd.conf and markets.json as somebody may have written
 * them. A file is either refused with a message or taken; what is taken is
 * printed and must parse to the same again, and pass the engine's own checks.
 *
 * The input is either the whole file, or a piece put into the good file of
 * the demo, so that deep places are reached without a corpus.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/conf.h"
#include "ops/demo.h"
#include "ops/error.h"
#include "ops/markets.h"

#define TEXT_MAX 65536U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* What a refusal must say: something, in one line, naming the file. */
static void check_error(const struct rk_error *error, const char *name)
{
	must(error->text[0] != '\0');
	must(memchr(error->text, '\0', sizeof(error->text)) != NULL);
	must(strstr(error->text, name) != NULL);
}

static void try_conf(const char *text)
{
	static struct rk_conf conf;
	static struct rk_conf again;
	struct rk_error error = {""};
	const char *field;
	char *printed = NULL;
	size_t size = 0;
	FILE *out;
	int r = rk_conf_parse_text(text, "fuzz.conf", NULL, &conf, &error);

	if (r != 0) {
		must(r < 0);
		check_error(&error, "fuzz.conf");
		return;
	}
	must(rk_listing_check_risk(&conf.risk, &field) == RK_OK);
	out = open_memstream(&printed, &size);
	must(out != NULL);
	must(rk_conf_print(&conf, out) == 0);
	must(fclose(out) == 0);
	r = rk_conf_parse_text(printed, "printed.conf", NULL, &again, &error);
	if (r != 0) {
		(void)fprintf(stderr, "%s\n%s\n", error.text, printed);
		abort();
	}
	free(printed);
	printed = NULL;
	out = open_memstream(&printed, &size);
	must(out != NULL);
	must(rk_conf_print(&again, out) == 0 && fclose(out) == 0);
	must(memcmp(&conf.limits, &again.limits, sizeof(conf.limits)) == 0);
	must(memcmp(&conf.journal, &again.journal, sizeof(conf.journal)) == 0);
	must(memcmp(&conf.snapshot, &again.snapshot, sizeof(conf.snapshot)) ==
	     0);
	must(memcmp(&conf.events, &again.events, sizeof(conf.events)) == 0);
	must(conf.journal.sync_dead_ns > conf.journal.sync_stall_ns);
	must(strcmp(conf.state, again.state) == 0);
	must(conf.clock == again.clock && conf.log_level == again.log_level);
	must(strcmp(conf.markets, again.markets) == 0);
	free(printed);
}

/* The one asset of that name. */
static const struct rk_cmd_asset *find_asset(const struct rk_markets *markets,
					     const char *name)
{
	const struct rk_cmd_asset *found = NULL;

	for (uint32_t i = 0; i < markets->assets_n; i++) {
		if (strcmp(markets->assets[i].name, name) != 0)
			continue;
		must(found == NULL);
		found = &markets->assets[i];
	}
	must(found != NULL);
	return found;
}

/* What is taken here the engine must take as well. */
static void try_markets(const char *text, size_t size)
{
	struct rk_error error = {""};
	struct rk_markets *markets = NULL;
	const char *field;
	int r = rk_markets_parse(text, size, "fuzz.json", &markets, &error);

	if (r != 0) {
		must(r < 0 && markets == NULL);
		check_error(&error, "fuzz.json");
		return;
	}
	for (uint32_t i = 0; i < markets->assets_n; i++) {
		must(rk_listing_check_asset(&markets->assets[i], &field) ==
		     RK_OK);
		must(rk_listing_check_collateral(&markets->collateral[i],
						 &field) == RK_OK);
	}
	for (uint32_t i = 0; i < markets->markets_n; i++)
		must(rk_listing_check_market(
			     &markets->markets[i],
			     find_asset(markets, markets->markets[i].settle),
			     &field) == RK_OK);
	rk_markets_free(markets);
}

/* The good text with a piece cut out and the input in its place. */
static size_t splice(const char *good, size_t good_size, const uint8_t *data,
		     size_t size, char out[TEXT_MAX])
{
	size_t at;
	size_t cut;

	if (size < 3 || good_size + size > TEXT_MAX - 1)
		return 0;
	at = ((size_t)data[0] << 8 | data[1]) % (good_size + 1);
	cut = data[2] % (good_size - at + 1);
	memcpy(out, good, at);
	memcpy(out + at, data + 3, size - 3);
	memcpy(out + at + size - 3, good + at + cut, good_size - at - cut);
	return good_size - cut + size - 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[TEXT_MAX];
	size_t n;
	bool json;

	if (size < 1 || size > TEXT_MAX / 2)
		return 0;
	json = data[0] % 2 == 1;
	if (data[0] >= 0x40) {
		n = json ? splice(rk_demo_markets, rk_demo_markets_size,
				  data + 1, size - 1, text)
			 : splice(rk_demo_conf, rk_demo_conf_size, data + 1,
				  size - 1, text);
	} else {
		n = size - 1;
		memcpy(text, data + 1, n);
	}
	text[n] = '\0';
	if (json)
		try_markets(text, n);
	else if (strlen(text) == n) /* the parser takes a string */
		try_conf(text);
	return 0;
}
