/*
 * The events that can still be read: encoded, numbered without gap, bounded
 * in number and bytes. The oldest go first.
 */
#ifndef RK_APP_EVENT_LOG_H
#define RK_APP_EVENT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/pack.h"
#include "engine/event.h"

struct rk_event_log;

/* Returns 0 or -ENOMEM; *ret_log is the caller's. */
int rk_event_log_open(uint32_t events_max, size_t bytes_max,
		      struct rk_event_log **ret_log);

/* Begin anew: the first event will be this number. */
void rk_event_log_start(struct rk_event_log *log, uint64_t first);
void rk_event_log_close(struct rk_event_log *log);

/* Add the next event; numbers follow each other. bytes are copied. */
void rk_event_log_add(struct rk_event_log *log, const struct rk_event *event,
		      const void *bytes, size_t size);

/* Oldest and newest number kept; newest is oldest - 1 while there is none. */
uint64_t rk_event_log_oldest(const struct rk_event_log *log);
uint64_t rk_event_log_newest(const struct rk_event_log *log);

/* Which events somebody wants. */
enum rk_topic_kind {
	RK_TOPIC_ALL,
	RK_TOPIC_ACCOUNT,     /* all accounts, or that of id */
	RK_TOPIC_LIQUIDATION, /* all markets, or that of id */
	RK_TOPIC_MARKET,
	RK_TOPIC_CONVERSION,
	RK_TOPIC_SYSTEM,
};
struct rk_topic {
	enum rk_topic_kind kind;
	bool any; /* of the kind */
	uint64_t id;
};

/* Is an event of this type, account (0: none) and market of the topic? */
bool rk_topic_wants(const struct rk_topic *topic, enum rk_event_type type,
		    uint64_t account, uint32_t market);

struct rk_event_range {
	uint64_t from;   /* kept, or newest + 1 */
	uint32_t limit;  /* events at most */
	uint32_t visits; /* events looked at, at most */
	struct rk_topic topic;
};

/*
 * Write the wanted events as fields `field`, until limit, visits or room run
 * out. Returns how many; *ret_next is the number to go on from.
 */
uint32_t rk_event_log_read(const struct rk_event_log *log,
			   const struct rk_event_range *range, uint32_t field,
			   struct rk_bytes *bytes, uint64_t *ret_next);

#endif
