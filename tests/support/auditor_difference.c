/*
 * Wording a difference. 128-bit numbers are printed by hand, as printf has no
 * letter for them.
 */
#include "support/auditor_difference.h"

#include <stdio.h>
#include <string.h>

static void print_128(char *text, size_t size, rk_i128 value)
{
	rk_u128 rest = value < 0 ? -(rk_u128)value : (rk_u128)value;
	char digits[48];
	size_t n = 0;
	size_t used = 0;

	do {
		digits[n++] = (char)('0' + (int)(rest % 10));
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		digits[n++] = '-';
	while (n > 0 && used + 1 < size)
		text[used++] = digits[--n];
	text[used] = '\0';
}

static void word(struct difference *d, const char *field, const char *expected,
		 const char *got)
{
	d->found = true;
	(void)snprintf(d->text->text, sizeof(d->text->text),
		       "%s %llu/%llu %s: expected %s, got %s", d->what,
		       (unsigned long long)d->id, (unsigned long long)d->part,
		       field, expected, got);
}

void audit_see(struct difference *d, const char *field, rk_i128 expected,
	       rk_i128 got)
{
	char x[48];
	char y[48];

	if (d->found || expected == got)
		return;
	print_128(x, sizeof(x), expected);
	print_128(y, sizeof(y), got);
	word(d, field, x, y);
}

void audit_see_text(struct difference *d, const char *field,
		    const char *expected, const char *got)
{
	char x[RK_NAME_SIZE + 1];
	char y[RK_NAME_SIZE + 1];

	if (got == NULL)
		got = "nothing";
	if (d->found || strncmp(expected, got, RK_NAME_SIZE) == 0)
		return;
	(void)snprintf(x, sizeof(x), "%.24s", expected);
	(void)snprintf(y, sizeof(y), "%.24s", got);
	word(d, field, x, y);
}
