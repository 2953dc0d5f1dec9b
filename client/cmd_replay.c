/*
 * riskctl replay: recorded days through a running daemon.
 *
 * This file reads the command line; replay_run.h does the work, and
 * docs/replay.md describes the files.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "replay_out.h"
#include "replay_report.h"

#define NS_PER_MS      INT64_C(1000000)
#define NS_PER_S       INT64_C(1000000000)
#define CLIENT_DEFAULT "replay"

/* The options as typed; NULL: not given. */
struct typed {
	const char *files[RK_REPLAY_KINDS];
	const char *accounts;
	const char *map;
	const char *asset;
	const char *publisher;
	const char *venue;
	const char *from;
	const char *to;
	const char *bar_length;
	const char *speed;
	const char *execute;
	const char *seed;
	const char *withhold;
	const char *window;
	const char *marks;
	const char *accounts_out;
	bool no_stream;
};

static int parse(const struct ctl *ctl, int argc, char **argv,
		 struct typed *typed)
{
	const struct ctl_option options[] = {
		{"bars", 0, &typed->files[RK_REPLAY_BARS], NULL},
		{"prices", 0, &typed->files[RK_REPLAY_PRICES], NULL},
		{"fills", 0, &typed->files[RK_REPLAY_FILLS], NULL},
		{"ledger", 0, &typed->files[RK_REPLAY_LEDGER], NULL},
		{"liquidations", 0, &typed->files[RK_REPLAY_LIQUIDATIONS],
		 NULL},
		{"accounts", 0, &typed->accounts, NULL},
		{"map", 0, &typed->map, NULL},
		{"asset", 0, &typed->asset, NULL},
		{"publisher", 0, &typed->publisher, NULL},
		{"venue", 0, &typed->venue, NULL},
		{"from", 0, &typed->from, NULL},
		{"to", 0, &typed->to, NULL},
		{"bar-length", 0, &typed->bar_length, NULL},
		{"speed", 0, &typed->speed, NULL},
		{"execute", 0, &typed->execute, NULL},
		{"seed", 0, &typed->seed, NULL},
		{"withhold", 0, &typed->withhold, NULL},
		{"window", 0, &typed->window, NULL},
		{"fill-marks", 0, &typed->marks, NULL},
		{"accounts-out", 0, &typed->accounts_out, NULL},
		{"no-stream", 0, NULL, &typed->no_stream},
		{NULL, 0, NULL, NULL}};
	bool any = false;
	int n;
	int code = ctl_parse(ctl, options, argc, argv, &n);

	if (code == CTL_OK)
		code = ctl_want(ctl, n, 0, 0);
	if (code != CTL_OK)
		return code;
	for (int i = 0; i < RK_REPLAY_KINDS; i++)
		any = any || typed->files[i];
	if (!any)
		return ctl_usage_error(ctl, "no input: give --bars, --prices, "
					    "--fills or --ledger");
	return CTL_OK;
}

/* "60s", "1m": digits and a unit. */
static int read_duration(const struct ctl *ctl, const char *what,
			 const char *text, int64_t *ret_ns)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {{"ms", NS_PER_MS},
		     {"s", NS_PER_S},
		     {"m", 60 * NS_PER_S},
		     {"h", 3600 * NS_PER_S},
		     {"d", 86400 * NS_PER_S}};
	size_t n = strspn(text, "0123456789");
	char digits[16];
	int64_t value = 0;

	if (n > 0 && n < sizeof(digits)) {
		memcpy(digits, text, n);
		digits[n] = '\0';
		(void)risk_parse_decimal(digits, 0, &value); /* 0: refused */
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + n, units[i].name) == 0 && value > 0 &&
		    value <= INT64_MAX / units[i].ns) {
			*ret_ns = value * units[i].ns;
			return CTL_OK;
		}
	}
	return ctl_usage_error(
		ctl,
		"--%s \"%s\": must be a duration above 0, like 500ms or 5s",
		what, text);
}

/* Exactly n digits at *text, which goes past them; -1: there are not. */
static int take_digits(const char **text, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		char c = (*text)[i];

		if (c < '0' || c > '9')
			return -1;
		value = value * 10 + (c - '0');
	}
	*text += n;
	return value;
}

/* "2021-05-19", "2021-05-19T12:30" or "2021-05-19T12:30:00", with or without Z.
 */
static bool read_date(const char *text, int64_t *ret_ns)
{
	struct {
		char before;
		int digits;
		int value;
	} parts[] = {{0, 4, 0},   {'-', 2, 0}, {'-', 2, 0},
		     {'T', 2, 0}, {':', 2, 0}, {':', 2, 0}};
	struct tm tm = {0};
	struct tm check;
	time_t seconds;
	size_t n = 0;

	for (; n < sizeof(parts) / sizeof(parts[0]); n++) {
		if (n > 0 && *text != parts[n].before)
			break;
		text += n > 0;
		parts[n].value = take_digits(&text, parts[n].digits);
		if (parts[n].value < 0)
			return false;
	}
	text += *text == 'Z';
	if (*text != '\0' || n < 3 || n == 4 || parts[0].value < 1970 ||
	    parts[0].value > 2200)
		return false;
	tm.tm_year = parts[0].value - 1900;
	tm.tm_mon = parts[1].value - 1;
	tm.tm_mday = parts[2].value;
	tm.tm_hour = parts[3].value;
	tm.tm_min = parts[4].value;
	tm.tm_sec = parts[5].value;
	check = tm;
	seconds = timegm(&check);
	*ret_ns = (int64_t)seconds * NS_PER_S;
	/* The 31st of June becomes the 1st of July: that is no date. */
	return check.tm_mon == tm.tm_mon && check.tm_mday == tm.tm_mday &&
	       check.tm_hour == tm.tm_hour && check.tm_min == tm.tm_min;
}

static int read_time(const struct ctl *ctl, const char *what, const char *text,
		     int64_t *ret_ns)
{
	int64_t ms;

	if (risk_parse_decimal(text, 0, &ms) == 0 && ms > 0 &&
	    ms <= INT64_MAX / NS_PER_MS) {
		*ret_ns = ms * NS_PER_MS;
		return CTL_OK;
	}
	if (read_date(text, ret_ns))
		return CTL_OK;
	return ctl_usage_error(ctl,
			       "--%s \"%s\": must be a time in UTC like "
			       "2021-05-19T12:30 or milliseconds since 1970",
			       what, text);
}

static int read_speed(const struct ctl *ctl, const char *text,
		      struct rk_replay_options *options)
{
	if (strcmp(text, "max") == 0) {
		options->speed_milli = 0;
		return CTL_OK;
	}
	if (risk_parse_decimal(text, 3, &options->speed_milli) == 0 &&
	    options->speed_milli > 0)
		return CTL_OK;
	return ctl_usage_error(ctl,
			       "--speed \"%s\": must be max or how many times "
			       "real time, like 60 or 0.5",
			       text);
}

static int read_execute(const struct ctl *ctl, const struct typed *typed,
			struct rk_replay_options *options)
{
	uint64_t bps;
	int code;

	if (typed->seed) {
		code = ctl_read_u64(ctl, "--seed", typed->seed,
				    &options->gateway.seed);
		if (code != CTL_OK)
			return code;
	}
	if (!typed->execute)
		return CTL_OK;
	code = ctl_read_u64(ctl, "--execute", typed->execute, &bps);
	if (code != CTL_OK)
		return code;
	if (bps > RK_REPLAY_BPS_MAX)
		return ctl_usage_error(ctl,
				       "--execute \"%s\": must be at most %d "
				       "basis points",
				       typed->execute, RK_REPLAY_BPS_MAX);
	options->gateway.cost_bps = (int64_t)bps;
	options->gateway.fills = true;
	options->execute = true;
	return CTL_OK;
}

static int read_marks(const struct ctl *ctl, const struct typed *typed,
		      struct rk_replay_options *options)
{
	static const char *const words[] = {[RK_REPLAY_MARKS_NONE] = "none",
					    [RK_REPLAY_MARKS_ALL] = "all",
					    [RK_REPLAY_MARKS_OUTSIDE] =
						    "outside"};

	/* Without prices of its own, a market's mark is its last trade. */
	options->marks =
		typed->files[RK_REPLAY_BARS] || typed->files[RK_REPLAY_PRICES]
			? RK_REPLAY_MARKS_NONE
			: RK_REPLAY_MARKS_ALL;
	if (!typed->marks)
		return CTL_OK;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(typed->marks, words[i]) != 0)
			continue;
		options->marks = (enum rk_replay_marks)i;
		return CTL_OK;
	}
	return ctl_usage_error(
		ctl, "--fill-marks \"%s\": must be none, all or outside",
		typed->marks);
}

static int read_times(const struct ctl *ctl, const struct typed *typed,
		      struct rk_replay_options *options)
{
	int code = CTL_OK;

	if (typed->from)
		code = read_time(ctl, "from", typed->from, &options->from_ns);
	if (code == CTL_OK && typed->to)
		code = read_time(ctl, "to", typed->to, &options->to_ns);
	if (code == CTL_OK && options->from_ns >= options->to_ns)
		code = ctl_usage_error(ctl, "--from must be earlier than --to");
	if (code == CTL_OK && typed->bar_length)
		code = read_duration(ctl, "bar-length", typed->bar_length,
				     &options->files.bar_length_ns);
	if (code == CTL_OK && typed->withhold)
		code = read_duration(ctl, "withhold", typed->withhold,
				     &options->judge.withhold_ns);
	if (code == CTL_OK && typed->window)
		code = read_duration(ctl, "window", typed->window,
				     &options->judge.window_ns);
	if (code == CTL_OK &&
	    options->judge.withhold_ns > options->judge.window_ns)
		code = ctl_usage_error(
			ctl, "--withhold must not be longer than --window");
	return code;
}

static int read_options(const struct ctl *ctl, const struct typed *typed,
			struct rk_replay_options *ret_options)
{
	struct rk_replay_options options = {
		.accounts = typed->accounts,
		.map = typed->map,
		.ledger_asset = typed->asset ? typed->asset : "USD",
		.publisher = typed->publisher ? typed->publisher : "replay",
		.venue = typed->venue ? typed->venue : "replay",
		.to_ns = INT64_MAX,
		.gateway = {.seed = 1},
		.judge = {.withhold_ns = 5 * NS_PER_S,
			  .window_ns = 60 * NS_PER_S}};
	int code;

	memcpy(options.files.paths, typed->files, sizeof(typed->files));
	code = read_times(ctl, typed, &options);
	if (code == CTL_OK)
		code = read_execute(ctl, typed, &options);
	if (code == CTL_OK)
		code = read_marks(ctl, typed, &options);
	if (code == CTL_OK && typed->speed)
		code = read_speed(ctl, typed->speed, &options);
	if (code == CTL_OK)
		*ret_options = options;
	return code;
}

static int exit_of(int r)
{
	if (r == -ECONNREFUSED)
		return CTL_UNREACHABLE;
	return r == -ETIMEDOUT ? CTL_TIMEOUT : CTL_REFUSED;
}

static int replay(struct ctl *ctl, const struct rk_replay_options *options,
		  const char *accounts_out, struct rk_replay_out *out)
{
	struct rk_replay_hooks hooks = {.arg = out,
					.event = rk_replay_out_event,
					.refused = rk_replay_out_refused,
					.progress = rk_replay_out_progress};
	struct rk_replay_error error = {""};
	struct rk_replay_run *run = NULL;
	struct rk_replay_result *result = calloc(1, sizeof(*result));
	int code;
	int r;

	if (!result)
		return ctl_refuse(ctl, "no memory for the replay");
	r = rk_replay_run_open(ctl->risk, options, &hooks, &error, &run);
	if (r == 0)
		r = rk_replay_run_all(run, result);
	rk_replay_out_clear(out);
	if (r == 0 && accounts_out)
		r = rk_replay_report_accounts(accounts_out,
					      rk_replay_run_users(run), &error);
	if (r == 0) {
		code = rk_replay_report(ctl, run, result);
	} else {
		(void)ctl_refuse(ctl, "%s", error.text);
		code = exit_of(r);
	}
	rk_replay_run_close(run);
	free(result);
	return code;
}

int cmd_replay(struct ctl *ctl, int argc, char **argv)
{
	struct typed typed = {0};
	struct rk_replay_options options;
	struct rk_replay_out out = {.ctl = ctl};
	int code = parse(ctl, argc, argv, &typed);

	if (code == CTL_OK)
		code = read_options(ctl, &typed, &options);
	if (code != CTL_OK)
		return code;
	/*
	 * The client's name is part of the daemon's state: the same on every
	 * machine, so that two runs have the same digest.
	 */
	if (!ctl->client)
		ctl->client = CLIENT_DEFAULT;
	code = ctl_connect(ctl);
	if (code != CTL_OK)
		return code;
	out.stream = !typed.no_stream && ctl->output != CTL_CSV;
	return replay(ctl, &options, typed.accounts_out, &out);
}
