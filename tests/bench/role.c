/*
 * This program in other roles. See role.h.
 */
#include "role.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static const struct {
	const char *name;
	void (*play)(char **argv);
	int arguments;
} roles[] = {
	{"push", bench_role_push, 4},
	{"feed", bench_role_feed, 6},
};

bool bench_role_main(int argc, char **argv)
{
	if (argc < 3 || strcmp(argv[1], "--role") != 0)
		return false;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(roles[i].name, argv[2]) != 0)
			continue;
		if (argc != 3 + roles[i].arguments)
			bench_die("%s takes %d arguments", argv[2],
				  roles[i].arguments);
		roles[i].play(argv + 3);
		return true;
	}
	bench_die("there is no role %s", argv[2]);
}

pid_t bench_role_start(const char *role, const char *const *arguments)
{
	char *argv[BENCH_ROLE_ARGUMENTS_MAX + 4] = {NULL};
	pid_t pid;
	int n = 3;

	argv[0] = bench_need(strdup("bench"));
	argv[1] = bench_need(strdup("--role"));
	argv[2] = bench_need(strdup(role));
	for (; arguments[n - 3]; n++)
		argv[n] = bench_need(strdup(arguments[n - 3]));
	pid = fork();
	if (pid < 0)
		bench_die("cannot fork: %s", strerror(errno));
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)execv("/proc/self/exe", argv);
		_exit(127);
	}
	while (n > 0)
		free(argv[--n]);
	return pid;
}

void bench_role_wait(pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_die("a part of the measurement did not end well: %d",
			  status);
}

void bench_role_kill(pid_t pid)
{
	int status = 0;

	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}
