/*
 * From events and replies to the wire.
 */
#ifndef RK_CODEC_ENCODE_H
#define RK_CODEC_ENCODE_H

#include "codec/pack.h"
#include "engine/engine.h"

/* No encoded event is longer. */
#define RK_ENCODED_EVENT_MAX 512

/* Field number of events in EventBatch, and in EventsAnswer. */
#define RK_BATCH_EVENTS_FIELD  2
#define RK_ANSWER_EVENTS_FIELD 1

/*
 * One event as a protobuf Event: its length, at most RK_ENCODED_EVENT_MAX.
 * public_view leaves out the account and its figures.
 */
size_t rk_encode_event(const struct rk_event *event, bool public_view,
		       unsigned char out[RK_ENCODED_EVENT_MAX]);

/* May the event be shown on `public`? */
bool rk_encode_is_public(const struct rk_event *event);

/* Start an EventBatch; events follow as field RK_BATCH_EVENTS_FIELD. */
void rk_encode_batch(struct rk_bytes *bytes);

struct rk_heartbeat {
	const char *not_ready; /* NULL: it is ready */
	uint64_t last_seq;
	uint64_t durable_seq;
	uint64_t last_event;
	int64_t time_ns;
	int64_t unsynced_age_ns;
	bool lagging;
};
void rk_encode_heartbeat(struct rk_bytes *bytes,
			 const struct rk_heartbeat *heartbeat);

struct rk_ticker {
	uint32_t slot;
	rk_px mark;
	enum rk_price_state state;
	int64_t time_ns;
	uint64_t seq;
};
void rk_encode_ticker(struct rk_bytes *bytes, const struct rk_ticker *ticker);

/* What a Reply says about one command. */
struct rk_result {
	int32_t code;
	uint64_t seq;
	uint32_t quotes_dropped;
	bool repeat;
	const char *error; /* of a refusal; NULL: the code says all */
};

/* A Reply: n results, or a message refused with code and error. */
void rk_encode_reply(struct rk_bytes *bytes, uint64_t client_seq,
		     const struct rk_result *results, uint32_t n);
void rk_encode_refusal(struct rk_bytes *bytes, uint64_t client_seq, int code,
		       const char *error);

#endif
