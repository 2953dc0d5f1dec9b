/*
 * Sentences about errors. See error.h.
 */
#include "ops/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void rk_error_set(struct rk_error *error, const char *format, ...)
{
	static const char cut[] = "...";
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);

	if (n < 0)
		error->text[0] = '\0';
	if (n >= (int)sizeof(error->text))
		memcpy(error->text + sizeof(error->text) - sizeof(cut), cut,
		       sizeof(cut));

	/* Values come from files: a line break in one must not forge a line. */
	for (char *c = error->text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}
