/*
 * The parent counts into memory that it shares with the child: a child that
 * has stopped does not change its phase meanwhile. See trace.h.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS, PTRACE_GET_SYSCALL_INFO */
#include "trace.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void note_syscall(struct count_table *table, pid_t child)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	/* A host without a clock in user space: it is counted as a clock. */
	if (info.entry.nr == SYS_clock_gettime)
		return;
	table->n[table->phase][COUNT_SYSCALL]++;
	table->syscall[table->phase] = (long)info.entry.nr;
}

/* Until the child ends. */
static int watch(struct count_table *table, pid_t child)
{
	long deliver = 0;
	int status;

	for (;;) {
		while (waitpid(child, &status, 0) < 0)
			if (errno != EINTR)
				return EXIT_FAILURE;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status)) {
			(void)printf("Bail out! signal %d\n", WTERMSIG(status));
			return EXIT_FAILURE;
		}
		deliver = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			note_syscall(table, child);
		else if (WSTOPSIG(status) == SIGSTOP && !table->traced)
			table->traced = ptrace(PTRACE_SETOPTIONS, child, NULL,
					       PTRACE_O_TRACESYSGOOD |
						       PTRACE_O_EXITKILL) == 0;
		else
			deliver = WSTOPSIG(status);
		(void)ptrace(table->traced ? PTRACE_SYSCALL : PTRACE_CONT,
			     child, NULL, deliver); /* gone: waitpid() says */
	}
}

int trace_run(int (*run)(struct count_table *table, int argc, char **argv),
	      int argc, char **argv)
{
	struct count_table *table =
		mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	if (table == MAP_FAILED)
		abort();
	child = fork();
	if (child < 0)
		abort();
	if (child > 0)
		return watch(table, child);
	/* Stopped until the parent looks; where that is forbidden, not. */
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		(void)raise(SIGSTOP);
	exit(run(table, argc, argv));
}
