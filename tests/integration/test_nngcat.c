/*
 * A stranger's tool hears us: nngcat from nng-utils, subscribed to
 * `liquidation.` on `public`, prints the messages of a crash.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define ORDERS   3U

static struct rk_session session;

/* Path of a program, from PATH; skips the case when there is none. */
static void find(const char *program, char *path, size_t size)
{
	const char *folders = getenv("PATH");

	while (folders && *folders) {
		size_t n = strcspn(folders, ":");

		(void)snprintf(path, size, "%.*s/%s", (int)n, folders, program);
		if (access(path, X_OK) == 0)
			return;
		folders += n + (folders[n] == ':');
	}
	rk_harness_skip("nngcat is not installed (package nng-utils)");
}

/* nngcat subscribed to topic; what it prints comes out of the pipe. */
static pid_t start_nngcat(const char *url, const char *topic, int *ret_fd)
{
	char path[256];
	char where[96];
	char what[96];
	char sub[] = "--sub";
	char ascii[] = "--quoted";
	/* Nothing for ten seconds: it ends, and so does what it prints. */
	char limit[] = "--recv-timeout=10";
	char *argv[] = {path, sub, where, what, ascii, limit, NULL};
	int ends[2];
	pid_t pid;

	find("nngcat", path, sizeof(path));
	(void)snprintf(where, sizeof(where), "--dial=%s", url);
	(void)snprintf(what, sizeof(what), "--subscribe=%s", topic);
	CHECK(pipe(ends) == 0, "cannot make a pipe");
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (dup2(ends[1], STDOUT_FILENO) >= 0)
			(void)execv(path, argv);
		_exit(127);
	}
	(void)close(ends[1]);
	CHECK(pid > 0, "cannot start nngcat");
	*ret_fd = ends[0];
	return pid;
}

static void hears_orders(struct rk_rig *rig)
{
	struct rk_wire_quote quote = {0, 1, RK_SLOT_BTC_PERP, RK_LONGS_PRICE,
				      0};
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);
	uint32_t heard = 0;
	char line[4096];
	FILE *output;
	int fd = -1;
	pid_t pid = start_nngcat(rig->riskd.url[RK_SOCKET_PUBLIC],
				 "liquidation.", &fd);

	rk_session_open(&session, rig, "nngcat");
	rk_wire_push(prices, &quote);
	CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark == quote.price);
	CHECK_SOON(rk_wire_counter(rig, "public_connections") == 1);
	for (uint32_t i = 0; i < ORDERS; i++) {
		rk_session_longs(&session, 1 + i, 1);
		/* Each crash is a command of its own: a message of its own. */
		quote.seq++;
		quote.price = RK_LONGS_CRASH;
		rk_wire_push(prices, &quote);
		CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark ==
			   quote.price);
		quote.seq++;
		quote.price = RK_LONGS_PRICE;
		rk_wire_push(prices, &quote);
		CHECK_SOON(rk_wire_price(rig, RK_MARKET_BTC).mark ==
			   quote.price);
	}

	output = fdopen(fd, "r");
	CHECK(output, "cannot read what nngcat prints");
	while (heard < ORDERS && fgets(line, sizeof(line), output)) {
		CHECK(strncmp(line, "\"liquidation.BTC-PERP", 21) == 0,
		      "nngcat printed %s", line);
		heard++;
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	(void)fclose(output);
	CHECK_EQ(heard, ORDERS);
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options tcp = {.tcp = true};
	static const struct rk_case cases[] = {
		{"nngcat_hears_liquidations_on_public", hears_orders, &plain},
		{"nngcat_hears_liquidations_over_tcp", hears_orders, &tcp},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}
