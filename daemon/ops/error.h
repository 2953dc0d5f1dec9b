/*
 * What went wrong, as one sentence for a person.
 *
 * Adapters do not log: they fill one of these and return -errno, and whoever
 * called them decides where the sentence goes.
 */
#ifndef RK_OPS_ERROR_H
#define RK_OPS_ERROR_H

#define RK_ERROR_SIZE 1024

struct rk_error {
	char text[RK_ERROR_SIZE];
};

/* Set the sentence, on one line; what does not fit ends in "...". */
void rk_error_set(struct rk_error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
