/*
 * Which event comes next: finding gaps and repeats in topics of events.
 *
 * Every event carries the number of the event before it in its topic. A gap
 * keeps, per topic, the number of the last event taken, and for all topics
 * together the number up to which everything is known. Pure: no sockets, no
 * messages, no time.
 */
#ifndef CLIENT_GAP_H
#define CLIENT_GAP_H

#include <stddef.h>
#include <stdint.h>

enum gap_kind {
	GAP_ALL, /* one topic of all events: the number before is number - 1 */
	GAP_ACCOUNT,
	GAP_LIQUIDATION,
	GAP_MARKET,
	GAP_SYSTEM,
	GAP_CONVERSION,
};

struct gap_topic {
	enum gap_kind kind;
	uint64_t id; /* account or market; 0 when there is only one */
};

enum gap_verdict {
	GAP_NEXT,    /* take it: nothing of its topic is missing before it */
	GAP_REPEAT,  /* taken before */
	GAP_MISSING, /* something of its topic comes before it */
};

struct gap_entry;

struct gap {
	uint64_t floor;            /* everything up to here was taken */
	uint64_t last;             /* highest number taken */
	struct gap_entry *entries; /* open addressing, a power of two of them */
	size_t size;
	size_t used;
};

/* Nothing up to floor is wanted. fini releases what take allocated. */
void librisk_gap_init(struct gap *gap, uint64_t floor);
void librisk_gap_fini(struct gap *gap);

/* Judge an event of this topic; prev is the one before it in the topic. */
enum gap_verdict librisk_gap_judge(const struct gap *gap,
				   struct gap_topic topic, uint64_t number,
				   uint64_t prev);

/* It has been taken. 0 or -ENOMEM (then it may come again). */
int librisk_gap_take(struct gap *gap, struct gap_topic topic, uint64_t number);

/* Everything up to number has been taken, in every topic. */
void librisk_gap_reach(struct gap *gap, uint64_t number);

#endif
