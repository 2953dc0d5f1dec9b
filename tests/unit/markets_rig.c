/*
 * Texts of markets.json for tests. See markets_rig.h.
 */
#include "markets_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ops/error.h"

const char *rig_text(const char *format, ...)
{
	static char text[4096];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cr_assert(n >= 0 && (size_t)n < sizeof(text));
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	return text;
}

struct rk_markets *rig_parsed(const char *text)
{
	struct rk_markets *markets = NULL;
	struct rk_error error = {""};
	int r = rk_markets_parse(text, strlen(text), "m.json", &markets,
				 &error);

	cr_assert_eq(r, 0, "%s", error.text);
	return markets;
}

void rig_refused(const char *text, const char *message, const char *what)
{
	struct rk_markets *markets = NULL;
	struct rk_error error = {""};
	int r = rk_markets_parse(text, strlen(text), "m.json", &markets,
				 &error);

	cr_expect_eq(r, -EINVAL, "%s: %d", what, r);
	cr_expect_null(markets);
	cr_expect_str_eq(error.text, message);
}
