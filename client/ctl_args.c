/*
 * riskctl: reading the arguments of a verb. Each failure names the argument
 * and what would be right, and is told where it is found.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "engine/units.h"
#include "ops/suggest.h"

#define OPTIONS_MAX 48 /* of a verb and global ones, for suggestions */

/* An option, as against a number below 0 or a lone "-". */
static bool is_option(const char *arg)
{
	return arg[0] == '-' && arg[1] && !isdigit((unsigned char)arg[1]);
}

/* The row that arg ("--from", "--from=3", "-n") names; NULL: none. */
static const struct ctl_option *find_option(const struct ctl_option *options,
					    const char *arg)
{
	size_t n = strcspn(arg + 2, "=");

	for (; options->name; options++) {
		if (arg[1] != '-') {
			if (options->letter == arg[1] && !arg[2])
				return options;
			continue;
		}
		if (strlen(options->name) == n &&
		    !strncmp(options->name, arg + 2, n))
			return options;
	}
	return NULL;
}

static int unknown_option(const struct ctl *ctl,
			  const struct ctl_option *options, const char *arg)
{
	/* The global options are gone from argv, unless misspelt. */
	const char *names[OPTIONS_MAX] = {
		"server",     "output", "json",     "timeout", "client",
		"client-seq", "quiet",  "no-color", "version", "help"};
	const char *near = NULL;
	char typed[32];
	size_t n = 10;

	for (; options->name && n < OPTIONS_MAX; options++)
		names[n++] = options->name;
	(void)snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(arg, "="),
		       arg);
	if (arg[1] == '-')
		near = rk_suggest_nearest(names, n, typed + 2);
	if (near)
		return ctl_usage_error(ctl,
				       "no option \"%s\": did you mean --%s?",
				       typed, near);
	return ctl_usage_error(ctl, "no option \"%s\"", arg);
}

/* The value of an option goes to where it belongs. */
static int keep(const struct ctl *ctl, struct ctl_list *list,
		const struct ctl_option *option, const char *value)
{
	if (option->value) {
		*option->value = value;
		return CTL_OK;
	}
	if (list->n == CTL_LIST_MAX)
		return ctl_usage_error(ctl,
				       "--%s %s: at most %d of these options",
				       option->name, value, CTL_LIST_MAX);
	list->given[list->n].option = option;
	list->given[list->n].value = value;
	list->n++;
	return CTL_OK;
}

/* Read one option at argv[at]; *ret_used is how many words it took. */
static int take_option(const struct ctl *ctl, struct ctl_list *list, int words,
		       char **argv, int *ret_used)
{
	const struct ctl_option *option = find_option(list->options, argv[0]);
	const char *value = strchr(argv[0], '=');

	if (!option)
		return unknown_option(ctl, list->options, argv[0]);
	*ret_used = 1;
	if (option->flag) {
		if (value)
			return ctl_usage_error(ctl, "--%s takes no value",
					       option->name);
		*option->flag = true;
		return CTL_OK;
	}
	if (value)
		return keep(ctl, list, option, value + 1);
	if (words < 2)
		return ctl_usage_error(ctl, "--%s needs a value", option->name);
	*ret_used = 2;
	return keep(ctl, list, option, argv[1]);
}

int ctl_parse_list(const struct ctl *ctl, struct ctl_list *list, int argc,
		   char **argv, int *ret_n)
{
	int n = 0;

	list->n = 0;
	for (int i = 1; i < argc;) {
		int used = 1;
		int rc;

		if (!strcmp(argv[i], "--")) {
			while (++i < argc)
				argv[++n] = argv[i];
			break;
		}
		if (!is_option(argv[i])) {
			argv[++n] = argv[i++];
			continue;
		}
		rc = take_option(ctl, list, argc - i, argv + i, &used);
		if (rc)
			return rc;
		i += used;
	}
	*ret_n = n;
	return CTL_OK;
}

int ctl_parse(const struct ctl *ctl, const struct ctl_option *options, int argc,
	      char **argv, int *ret_n)
{
	struct ctl_list list = {.options = options};

	return ctl_parse_list(ctl, &list, argc, argv, ret_n);
}

int ctl_want(const struct ctl *ctl, int n, int least, int most)
{
	if (n >= least && n <= most)
		return CTL_OK;
	if (most == 0)
		return ctl_usage_error(ctl, "takes no arguments, got %d", n);
	if (n > most && most > 1)
		return ctl_usage_error(ctl, "takes %s, at most %d, got %d",
				       ctl->usage, most, n);
	return ctl_usage_error(ctl, "takes %s, got %d argument%s", ctl->usage,
			       n, n == 1 ? "" : "s");
}

int ctl_read_u64(const struct ctl *ctl, const char *what, const char *text,
		 uint64_t *ret)
{
	int rc = risk_parse_u64(text, ret);

	if (rc == -ERANGE)
		return ctl_usage_error(ctl, "%s \"%s\": too large", what, text);
	if (rc)
		return ctl_usage_error(
			ctl, "%s \"%s\": must be a whole number of 0 or more",
			what, text);
	return CTL_OK;
}

int ctl_read_account(const struct ctl *ctl, const char *text, uint64_t *ret)
{
	uint64_t account;
	int rc = ctl_read_u64(ctl, "account", text, &account);

	if (rc)
		return rc;
	if (account == 0)
		return ctl_usage_error(ctl, "account \"%s\": ids begin at 1",
				       text);
	*ret = account;
	return CTL_OK;
}

int ctl_read_decimal(const struct ctl *ctl, const char *what, const char *text,
		     uint32_t decimals, int64_t *ret)
{
	switch (risk_parse_decimal(text, decimals, ret)) {
	case 0:
		return CTL_OK;
	case -EDOM:
		return ctl_usage_error(ctl,
				       "%s \"%s\": at most %u digits after the "
				       "point",
				       what, text, decimals);
	case -ERANGE:
		return ctl_usage_error(ctl, "%s \"%s\": too large", what, text);
	default:
		return ctl_usage_error(ctl,
				       "%s \"%s\": must be a decimal number "
				       "like 12.5",
				       what, text);
	}
}

int ctl_read_duration(const struct ctl *ctl, const char *what, const char *text,
		      int *ret_ms)
{
	size_t n = strspn(text, "0123456789.");
	const char *unit = text + n;
	char number[32];
	int64_t ms = 0;
	bool is_ms = !strcmp(unit, "ms");

	if (n == 0 || n >= sizeof(number) ||
	    (!is_ms && *unit && strcmp(unit, "s") != 0))
		return ctl_usage_error(ctl,
				       "%s \"%s\": must be a time like 500ms "
				       "or 2s",
				       what, text);
	memcpy(number, text, n);
	number[n] = '\0';
	if (risk_parse_decimal(number, is_ms ? 0 : 3, &ms) || ms < 1 ||
	    ms > INT64_C(24) * 3600 * 1000)
		return ctl_usage_error(ctl,
				       "%s \"%s\": must be between 1ms and "
				       "86400s",
				       what, text);
	*ret_ms = (int)ms;
	return CTL_OK;
}

int ctl_read_order(const struct ctl *ctl, const char *text,
		   struct risk_order_id *ret)
{
	if (risk_parse_order_id(text, ret))
		return ctl_usage_error(ctl,
				       "order \"%s\": must be its id as shown, "
				       "like 120.0",
				       text);
	return CTL_OK;
}

int ctl_read_market(const struct ctl *ctl, const char *name,
		    const Riskd__Market **ret)
{
	const Riskd__Market *market = risk_find_market(ctl->risk, name);

	if (!market)
		return ctl_refuse(ctl, "%s", risk_error(ctl->risk));
	*ret = market;
	return CTL_OK;
}

int ctl_read_asset(const struct ctl *ctl, const char *name,
		   const Riskd__Asset **ret)
{
	const Riskd__Asset *asset = risk_find_asset(ctl->risk, name);

	if (!asset)
		return ctl_refuse(ctl, "%s", risk_error(ctl->risk));
	*ret = asset;
	return CTL_OK;
}

int ctl_read_size_price(const struct ctl *ctl, const char *text,
			const Riskd__Market *market, int64_t *ret_size,
			int64_t *ret_price)
{
	const char *at = strchr(text, '@');
	char size[RISK_DECIMAL_SIZE];
	int rc;

	if (!at || (size_t)(at - text) >= sizeof(size))
		return ctl_usage_error(
			ctl, "\"%s\": must be SIZE@PRICE, like 0.5@30000",
			text);
	memcpy(size, text, (size_t)(at - text));
	size[at - text] = '\0';
	rc = ctl_read_decimal(ctl, "size", size, market->size_decimals,
			      ret_size);
	if (rc)
		return rc;
	return ctl_read_decimal(ctl, "price", at + 1, market->price_decimals,
				ret_price);
}

/* riskd says what the market permits: it knows the rates of today. */
int ctl_read_leverage(const struct ctl *ctl, const char *text,
		      int64_t *ret_leverage)
{
	int rc;

	*ret_leverage = 0;
	if (!strcmp(text, "none"))
		return CTL_OK;
	rc = ctl_read_decimal(ctl, "leverage", text, 9, ret_leverage);
	if (rc == CTL_OK && *ret_leverage < RK_RATE_ONE)
		return ctl_usage_error(ctl,
				       "leverage \"%s\": must be 1 or more, or "
				       "none for that of the market",
				       text);
	return rc;
}
