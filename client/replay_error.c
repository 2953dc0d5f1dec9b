/*
 * Formatting of the one sentence; see the header. A text that is too long is
 * cut, never an error of its own.
 */
#include "replay_error.h"

#include <stdarg.h>
#include <stdio.h>

int rk_replay_error_set(struct rk_replay_error *error, int code,
			const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return code;
}
