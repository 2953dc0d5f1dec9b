/*
 * Starting and stopping riskd. See process.h.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAP_NS   UINT64_C(1000000)
#define START_NS UINT64_C(600000000000)

static _Noreturn void become_riskd(const struct bench *bench,
				   const struct bench_state *state)
{
	char *riskd = strdup(bench->riskd);
	char *conf = strdup(state->conf_file);
	char option[] = "-c";
	char *argv[] = {riskd, option, conf, NULL};
	int fd = open(state->log_file, O_APPEND | O_WRONLY);

	/* A benchmark that ends badly leaves no riskd behind. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd >= 0)
		(void)dup2(fd, STDERR_FILENO);
	if (riskd && conf)
		(void)execv(riskd, argv);
	_exit(127);
}

pid_t bench_process_start(const struct bench *bench,
			  const struct bench_state *state,
			  struct risk **ret_risk)
{
	const struct risk_options options = {.client = BENCH_CLIENT,
					     .timeout_ms = 20000,
					     .in_flight_max = 24};
	const char *url = state->conf.listen.query.url[0];
	uint64_t start = bench_now_ns();
	pid_t pid = fork();
	int r;

	if (pid < 0)
		bench_die("cannot fork: %s", strerror(errno));
	if (pid == 0)
		become_riskd(bench, state);
	/* It listens only when it is ready; asking earlier would wait. */
	while (access(url + strlen("ipc://"), F_OK) != 0) {
		if (waitpid(pid, &r, WNOHANG) == pid ||
		    bench_now_ns() - start > START_NS)
			bench_die("riskd did not start: see %s",
				  state->log_file);
		bench_sleep_ns(NAP_NS);
	}
	/* The socket is there a moment before somebody listens. */
	while ((r = risk_open(url, &options, ret_risk)) == -ECONNREFUSED &&
	       bench_now_ns() - start < START_NS) {
		risk_close(*ret_risk);
		bench_sleep_ns(NAP_NS);
	}
	if (r != 0)
		bench_die("riskd does not answer: %s", risk_error(*ret_risk));
	return pid;
}

double bench_process_cpu_us(pid_t pid)
{
	clockid_t clock;
	struct timespec used = {0, 0};

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &used) != 0)
		bench_die("no clock of process %d", (int)pid);
	return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

void bench_process_stop(pid_t pid)
{
	int status = 0;

	(void)kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_die("riskd did not end well: %d", status);
}

void bench_process_kill(pid_t pid)
{
	int status = 0;

	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}
