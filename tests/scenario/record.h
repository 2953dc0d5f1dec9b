/*
 * What was said, as named values: an event, or the answer to a question. A
 * line of a scenario is compared with it field by field, and it can be shown
 * in the words a scenario would use.
 */
#ifndef SCN_RECORD_H
#define SCN_RECORD_H

#include <stdio.h>

#include "backend.h"
#include "world.h"

#define SCN_VALUES_MAX 32

enum scn_kind {
	SCN_WORD,
	SCN_COUNT,
	SCN_DECIMAL,
	SCN_TIME, /* since the start of the scenario */
	SCN_ORDER,
};

struct scn_value {
	const char *key;
	enum scn_kind kind;
	uint8_t decimals;
	const char *word;
	uint64_t count;
	int64_t raw; /* decimal, or nanoseconds */
	struct rk_order_id order;
};

struct scn_record {
	const char *name;
	struct scn_value values[SCN_VALUES_MAX];
	uint32_t n;
};

void scn_record_begin(struct scn_record *record, const char *name);
void scn_record_word(struct scn_record *record, const char *key,
		     const char *word);
void scn_record_count(struct scn_record *record, const char *key,
		      uint64_t count);
void scn_record_decimal(struct scn_record *record, const char *key, int64_t raw,
			uint8_t decimals);
void scn_record_usd(struct scn_record *record, const char *key, rk_usd usd);
void scn_record_time(struct scn_record *record, const char *key, int64_t ns);
void scn_record_order(struct scn_record *record, const char *key,
		      struct rk_order_id order);

/* record_event.c: an event, under its name in engine/event.h. */
void scn_record_event(const struct scn_world *world,
		      const struct rk_event *event, struct scn_record *record);

/*
 * Does the event only repeat what its command said? What the engine decides
 * is never an echo, and a scenario must name it.
 */
bool scn_record_is_echo(const struct rk_event *event);

/* record_view.c: answers; what is not there has 0 everywhere. */
void scn_record_account(const struct scn_account *account,
			struct scn_record *record);
void scn_record_balance(const struct scn_world *world,
			const struct scn_account *account, uint32_t asset,
			struct scn_record *record);
void scn_record_position(const struct scn_world *world,
			 const struct scn_account *account, uint32_t market,
			 struct scn_record *record);
void scn_record_resting(const struct scn_world *world,
			const struct scn_account *account, uint64_t order,
			struct scn_record *record);
void scn_record_open_order(const struct scn_world *world,
			   const struct scn_account *account,
			   const struct scn_order *order,
			   struct scn_record *record);
void scn_record_market(const struct scn_world *world,
		       const struct scn_market *market,
		       struct scn_record *record);
void scn_record_asset(const struct scn_world *world, uint32_t asset,
		      const struct scn_asset *answer,
		      struct scn_record *record);

/* What of the first difference fits. */
#define SCN_DIFFERENCE_MAX 256

/*
 * Compare the fields of the line that nobody took. Returns 0 when all are as
 * in the record, 1 when one differs and says so in difference, -EINVAL when
 * the line has a field that the record never has, with line->wrong. An order
 * without a name is as whatever name is new.
 */
int scn_record_compare(const struct scn_world *world,
		       const struct scn_record *record, struct scn_line *line,
		       char difference[SCN_DIFFERENCE_MAX]);

/* As a line of a scenario; what is 0 is left out. */
void scn_record_show(const struct scn_world *world,
		     const struct scn_record *record, FILE *out);

#endif
