/*
 * One line of a scenario: a mark, a verb, bare words and key=value fields.
 *
 * Whoever reads a field takes it; what nobody took is a mistake of the line.
 * The first thing that is wrong with a line is kept in it, so that a reader
 * can take all its fields and ask once at the end.
 */
#ifndef SCN_LINE_H
#define SCN_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/event.h"

#define SCN_LINE_MAX   1024
#define SCN_FIELDS_MAX 40
#define SCN_WRONG_MAX  1024

enum scn_mark {
	SCN_NOTHING = 0, /* empty, or only a comment */
	SCN_COMMAND = '>',
	SCN_EVENT = '<',
	SCN_QUERY = '?',
	SCN_REFUSAL = '!',
};

struct scn_field {
	const char *key; /* "" for a bare word */
	char *value;
	bool taken;
};

/* Points into itself: must not be copied. */
struct scn_line {
	unsigned int number;
	enum scn_mark mark;
	const char *verb;
	struct scn_field fields[SCN_FIELDS_MAX];
	uint32_t fields_n;
	char text[SCN_LINE_MAX];
	char wrong[SCN_WRONG_MAX]; /* "": nothing is, so far */
};

/* Take a line apart. 0, or -EINVAL with line->wrong filled in. */
int scn_line_parse(struct scn_line *line, const char *text,
		   unsigned int number);

/* Keep what is wrong, unless something is already. */
void scn_line_fail(struct scn_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* 0, or -EINVAL when something is wrong or a field was not taken. */
int scn_line_end(struct scn_line *line);

/* NULL when there is none of this key; it does not count as taken. */
const struct scn_field *scn_line_find(const struct scn_line *line,
				      const char *key);

/* The next bare word, or NULL. */
const char *scn_line_word(struct scn_line *line);

/*
 * Fields, taken. One that is missing or malformed is wrong, and gives "" or
 * 0; those with a fallback may be missing.
 */
const char *scn_line_text(struct scn_line *line, const char *key);
const char *scn_line_text_or(struct scn_line *line, const char *key,
			     const char *fallback);
uint64_t scn_line_count(struct scn_line *line, const char *key);
uint64_t scn_line_count_or(struct scn_line *line, const char *key,
			   uint64_t fallback);
int64_t scn_line_decimal(struct scn_line *line, const char *key,
			 uint8_t decimals);
int64_t scn_line_decimal_or(struct scn_line *line, const char *key,
			    uint8_t decimals, int64_t fallback);
int64_t scn_line_duration_or(struct scn_line *line, const char *key,
			     int64_t fallback);

/* Values that stand under no key of their own. */
uint64_t scn_line_read_count(struct scn_line *line, const char *key,
			     const char *value);
int64_t scn_line_read_decimal(struct scn_line *line, const char *key,
			      const char *value, uint8_t decimals);

/* "+5s": nanoseconds after the start of the scenario. */
int64_t scn_line_read_time(struct scn_line *line, const char *key,
			   const char *value);

#endif
