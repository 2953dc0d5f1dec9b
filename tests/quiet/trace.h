/*
 * System calls of one thread, counted from outside: a child runs the test, its
 * parent is told of each call by ptrace(). Threads that the child makes are
 * not looked at.
 */
#ifndef QUIET_TRACE_H
#define QUIET_TRACE_H

#include "count.h"

/*
 * Run in a child with a table that both see; table->traced says whether
 * system calls are counted (a sandbox may forbid it). Returns the exit code.
 */
int trace_run(int (*run)(struct count_table *table, int argc, char **argv),
	      int argc, char **argv);

#endif
