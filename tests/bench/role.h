/*
 * Parts of a measurement that are processes of their own: this program again,
 * as `bench --role NAME ARGUMENT...`.
 */
#ifndef BENCH_ROLE_H
#define BENCH_ROLE_H

#include <stdbool.h>
#include <sys/types.h>

#define BENCH_ROLE_ARGUMENTS_MAX 8

/* If argv says so, play the role and return true. */
bool bench_role_main(int argc, char **argv);

/* arguments end with NULL. */
pid_t bench_role_start(const char *role, const char *const *arguments);
/* Wait for its end, which must be a good one. */
void bench_role_wait(pid_t pid);
/* End it where it stands. */
void bench_role_kill(pid_t pid);

/* The roles; argv are the arguments alone. */
void bench_role_push(char **argv); /* nng.c */
void bench_role_feed(char **argv); /* feed.c */

#endif
