/*
 * riskctl: connecting, sending, and telling failures. Reading arguments is
 * in ctl_args.c, output in ctl_out.c.
 */
#include "ctl.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LOCK_PAUSE_MS 20

void ctl_say(const struct ctl *ctl, const char *format, ...)
{
	va_list args;

	if (ctl->quiet)
		return;
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
}

void ctl_say_span(const struct ctl *ctl, uint64_t from_seq, uint64_t seq)
{
	if (from_seq < seq)
		ctl_say(ctl,
			"looked at from command %" PRIu64 " to %" PRIu64
			", each row as of its own",
			from_seq, seq);
}

static void complain(const struct ctl *ctl, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void complain(const struct ctl *ctl, const char *format, va_list args)
{
	(void)fprintf(stderr, "riskctl%s%s: ", *ctl->verb ? " " : "",
		      ctl->verb);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
}

int ctl_usage_error(const struct ctl *ctl, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(ctl, format, args);
	va_end(args);
	(void)fprintf(stderr, "See: riskctl %s%s--help\n", ctl->verb,
		      *ctl->verb ? " " : "");
	return CTL_USAGE;
}

int ctl_refuse(const struct ctl *ctl, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(ctl, format, args);
	va_end(args);
	return CTL_REFUSED;
}

int ctl_done(const struct ctl *ctl, uint64_t seq, const char *format, ...)
{
	va_list args;

	if (ctl->output == CTL_JSON)
		(void)printf("{\"seq\":%" PRIu64 "}\n", seq);
	else if (ctl->output == CTL_CSV)
		(void)printf("seq\n%" PRIu64 "\n", seq);
	if (ctl->quiet || ctl->output != CTL_TABLE)
		return CTL_OK;
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fprintf(stderr, " (command %" PRIu64 ")\n", seq);
	return CTL_OK;
}

int ctl_exit_of(int rc)
{
	switch (rc) {
	case 0:
		return CTL_OK;
	case -ECONNREFUSED:
		return CTL_UNREACHABLE;
	case -ETIMEDOUT:
		return CTL_TIMEOUT;
	case -EINVAL:
		return CTL_USAGE;
	default:
		return CTL_REFUSED;
	}
}

int ctl_fail(const struct ctl *ctl, int rc)
{
	(void)ctl_refuse(ctl, "%s", risk_error(ctl->risk));
	return ctl_exit_of(rc);
}

int ctl_fail_sub(const struct ctl *ctl, const struct risk_sub *sub, int rc)
{
	(void)ctl_refuse(ctl, "%s", risk_sub_error(sub));
	return ctl_exit_of(rc);
}

/*
 * The daemon counts commands per client name and keeps few names, so there
 * is one name per user and host and not one per call.
 */
static const char *make_client_name(struct ctl *ctl)
{
	struct passwd *user = getpwuid(geteuid());
	char host[64] = "";
	uint32_t hash = 2166136261; /* FNV-1a */
	size_t n;

	(void)gethostname(host, sizeof(host) - 1); /* "" will do as well */
	for (const char *c = host; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619;
	(void)snprintf(ctl->client_made, sizeof(ctl->client_made),
		       "riskctl/%.8s-%06x", user ? user->pw_name : "nobody",
		       (unsigned)(hash & 0xffffff));
	/* Names of users may hold letters that names of clients may not. */
	n = strspn(ctl->client_made, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789._-/");
	if (ctl->client_made[n])
		(void)snprintf(ctl->client_made, sizeof(ctl->client_made),
			       "riskctl/%u-%06x",
			       (unsigned)geteuid() % 10000000,
			       (unsigned)(hash & 0xffffff));
	return ctl->client_made;
}

int ctl_connect(struct ctl *ctl)
{
	struct risk_options options = {
		.client = ctl->client ? ctl->client : make_client_name(ctl),
		.timeout_ms = ctl->timeout_ms,
		/* Calls take turns, and --client-seq repeats one of before. */
		.session = 1,
		.no_listing = ctl->no_listing,
	};
	int rc;

	if (ctl->risk)
		return CTL_OK;
	rc = risk_open(ctl->server, &options, &ctl->risk);
	return rc ? ctl_fail(ctl, rc) : CTL_OK;
}

/*
 * Two calls of riskctl at once would count under one name. They take turns:
 * whoever binds this name in the abstract namespace is next, and the kernel
 * releases it when the process ends. Returns the socket, or -1 when the turn
 * does not come in time; then librisk still tells the two apart.
 */
static int take_turn(const struct ctl *ctl)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int n = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
			 "riskctl:%s", risk_client_name(ctl->risk));
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				     1 + (size_t)n);

	for (int ms = 0; fd >= 0; ms += LOCK_PAUSE_MS) {
		if (!bind(fd, (struct sockaddr *)&address, size))
			return fd;
		if (errno != EADDRINUSE || ms >= ctl->timeout_ms)
			break;
		(void)nanosleep(&pause, NULL);
	}
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Name the row that was refused, and why. */
static int tell_refusal(const struct ctl *ctl, const Riskd__Reply *reply)
{
	size_t row;
	int code = risk_first_refusal(reply, &row);

	if (!code)
		return CTL_OK;
	if (reply->n_results > 1)
		return ctl_refuse(ctl, "row %zu refused: %s: %s", row + 1,
				  risk_code_name(code),
				  risk_result_text(reply->results[row]));
	return ctl_refuse(ctl, "refused: %s: %s", risk_code_name(code),
			  risk_result_text(reply->results[row]));
}

int ctl_send_request(struct ctl *ctl, struct risk_request *request,
		     Riskd__Reply **ret_reply)
{
	int turn;
	int rc = ctl_connect(ctl);

	if (rc)
		return rc;
	turn = take_turn(ctl);
	request->client_seq = ctl->client_seq;
	rc = risk_send(ctl->risk, request, ret_reply);
	if (turn >= 0)
		(void)close(turn);
	if (rc == 0)
		return CTL_OK;
	(void)ctl_fail(ctl, rc);
	if (rc == -ETIMEDOUT)
		ctl_say(ctl,
			"To find out, repeat the command with: --client %s "
			"--client-seq %llu",
			risk_client_name(ctl->risk),
			(unsigned long long)risk_last_client_seq(ctl->risk));
	return ctl_exit_of(rc);
}

int ctl_send_rows(struct ctl *ctl, Riskd__Command **rows, size_t n, bool atomic,
		  uint64_t *ret_seq)
{
	struct risk_request request = {.rows = rows, .n = n, .atomic = atomic};
	Riskd__Reply *reply;
	int rc = ctl_send_request(ctl, &request, &reply);

	if (rc)
		return rc;
	rc = tell_refusal(ctl, reply);
	if (rc == CTL_OK)
		*ret_seq = reply->results[n - 1]->seq;
	riskd__reply__free_unpacked(reply, NULL);
	return rc;
}

int ctl_send(struct ctl *ctl, struct risk_cmd *cmd, uint64_t *ret_seq)
{
	Riskd__Command *row = &cmd->command;

	return ctl_send_rows(ctl, &row, 1, false, ret_seq);
}
