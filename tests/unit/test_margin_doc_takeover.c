/*
 * The example of docs/margin.md about takeover by the vault, worked out by the
 * engine; see test_margin_doc.c.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/books.h"
#include "engine/decimal.h"
#include "support/builder.h"

#define PAGE RISKD_SOURCE_ROOT "/docs/margin.md"
#define USD  0 /* 2 decimals, fixed at 1: it stands for USDC */
#define PERP 0

static struct rk_builder b;
static char page[1 << 17];

static void row(const char *words, rk_i128 cents)
{
	char figure[RK_DECIMAL_I128_SIZE];
	char wanted[200];

	(void)snprintf(
		wanted, sizeof(wanted), "| %s | %s |", words,
		rk_decimal_format_i128(cents, 2, 0, figure, sizeof(figure)));
	cr_expect(strstr(page, wanted), "docs/margin.md lacks the row %s",
		  wanted);
}

static void read_page(void)
{
	FILE *file = fopen(PAGE, "rb");
	size_t n;

	cr_assert_not_null(file, "cannot open %s", PAGE);
	n = fread(page, 1, sizeof(page) - 1, file);
	cr_assert(n > 0 && n < sizeof(page) - 1);
	page[n] = '\0';
	(void)fclose(file);
}

static void open_vault(void)
{
	const struct rk_cmd cmds[] = {
		{.type = RK_CMD_VAULT,
		 .vault = {"USD", {{RK_RATE_ONE / 25}, {RK_RATE_ONE / 10}}}},
		{.type = RK_CMD_VAULT_TOP_UP, .top_up = {USD, {10000000}}},
		{.type = RK_CMD_TAKEOVER,
		 .takeover = {"PERP",
			      {.enabled = true,
			       .at = {RK_RATE_ONE * 2 / 3},
			       .concession_max = {RK_RATE_ONE / 100},
			       .vault_max = {BUILDER_USD * 1000000},
			       .stages = 5}}},
	};

	for (size_t i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
		cr_assert_eq(rk_builder_apply(&b, cmds[i]), RK_OK);
}

static void tell_of_vault(const char *at)
{
	struct rk_vault_view vault;
	struct rk_takeover_view market;
	char words[80];

	cr_assert_eq(rk_view_vault(b.harness.engine, USD, &vault), RK_OK);
	cr_assert_eq(rk_view_takeover(b.harness.engine, PERP, &market), RK_OK);
	(void)snprintf(words, sizeof(words), "vault: profit%s", at);
	row(words, vault.profit);
	(void)snprintf(words, sizeof(words),
		       "vault: it may lose in the market%s", at);
	row(words, market.event_left.raw);
	(void)snprintf(words, sizeof(words), "vault: it may lose in the hour%s",
		       at);
	row(words, vault.hour_left.raw);
}

Test(margin_doc_takeover, the_vault_takes_over_as_the_page_says)
{
	const struct rk_event *ev;

	read_page();
	rk_builder_init(&b);
	open_vault();
	cr_assert_eq(rk_builder_account(&b, 1, 100000), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, PERP, 100), RK_OK);
	cr_assert_eq(rk_builder_trade(&b, 1, PERP, 100, 100), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, PERP, 93), RK_OK);
	ev = rk_builder_event(&b, RK_EVENT_TAKEN_OVER, 0);
	cr_assert_not_null(ev);
	row("vault: concession", ev->taken_over.concession.raw);
	row("vault: what it pays",
	    ev->taken_over.cost.raw + ev->taken_over.realised.raw);
	row("vault: the account keeps", ev->taken_over.balance.raw);
	tell_of_vault("");
	cr_assert_eq(rk_builder_wait(&b, 61 * BUILDER_SECOND_NS), RK_OK);
	cr_assert_eq(rk_builder_quote(&b, PERP, 60), RK_OK);
	tell_of_vault(" at 60");
	cr_expect_eq(rk_view_check_books(b.harness.engine), 0);
	rk_builder_fini(&b);
}
