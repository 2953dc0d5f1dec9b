/*
 * A value that is another than it was, in the words of the files: told one by
 * one to whoever wants to know.
 */
#ifndef RK_OPS_DIFFERENCE_H
#define RK_OPS_DIFFERENCE_H

/* Room for a field with its ending zero, and for a value. */
#define RK_DIFFERENCE_FIELD 96
#define RK_DIFFERENCE_VALUE 512

struct rk_difference {
	const char *field;  /* "brackets[2].initial" */
	const char *before; /* empty: nothing is there */
	const char *after;
};

struct rk_difference_listener {
	/* What it is told lives for the call. */
	void (*tell)(void *context, const struct rk_difference *difference);
	void *context;
};

#endif
