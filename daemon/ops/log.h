/*
 * Log lines on a descriptor, normally stderr: one call, one line, one write.
 *
 * The text is a few words, then key=value pairs: "price dropped slot=3
 * reason=stale". Under systemd the line begins with the <N> that journald
 * takes as the priority; elsewhere with time and level. Only app/, main.c and
 * client/ log; adapters return what went wrong.
 */
#ifndef RK_OPS_LOG_H
#define RK_OPS_LOG_H

#include <stdbool.h>

/* The numbers of syslog: lower is worse. */
enum rk_log_level {
	RK_LOG_ERROR = 3,   /* something does not work: act now */
	RK_LOG_WARNING = 4, /* it works, but not for long like this */
	RK_LOG_NOTICE = 5,  /* normal and rare: start, stop, a halt */
	RK_LOG_INFO = 6,    /* normal */
	RK_LOG_DEBUG = 7,
};

/* Longest line; what is longer ends in "...". Pipes keep it whole. */
#define RK_LOG_LINE_MAX 2048

/* Filled by rk_log_init(); afterwards only read, so threads may share it. */
struct rk_log {
	int fd;
	enum rk_log_level level; /* what is less important is not written */
	bool journald;           /* fd goes to journald */
};

/* Lines go to fd, which stays the caller's. */
void rk_log_init(struct rk_log *log, int fd, enum rk_log_level level);

/*
 * Write one line. Control characters in it become '?', so that no value can
 * forge a line; values that may hold blanks are best written as key="%s".
 * A line that cannot be written is lost: there is nowhere to say so.
 */
void rk_log_write(const struct rk_log *log, enum rk_log_level level,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "error" .. "debug". Static; "unknown" for another number. */
const char *rk_log_level_name(enum rk_log_level level);

/* Returns 0, or -EINVAL when text is no name of a level. */
int rk_log_level_parse(const char *text, enum rk_log_level *ret_level);

#endif
