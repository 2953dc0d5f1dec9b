/*
 * What events are sent in, what is sent beside them, and replies. See encode.h.
 */
#include <string.h>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/impl.h"
#include "engine/assert.h"
#include "riskd.pb-c.h"

#define RESULT_SIZE 512 /* of a Result with its text, at most */

bool rk_encode_is_public(const struct rk_event *event)
{
	if (rk_event_is_conversion(event->type))
		return true;
	if (event->market == RK_NO_MARKET)
		return false;
	return rk_event_is_order(event->type) ||
	       event->type == RK_EVENT_PRICE_STATE ||
	       event->type == RK_EVENT_MARKET_LISTED ||
	       event->type == RK_EVENT_MARKET_CHANGED ||
	       event->type == RK_EVENT_FUNDING_SET ||
	       event->type == RK_EVENT_MARGIN_SET ||
	       event->type == RK_EVENT_LIQUIDATION_SET ||
	       event->type == RK_EVENT_SLOW_PRICE_SET ||
	       event->type == RK_EVENT_MARKET_STATE_SET ||
	       event->type == RK_EVENT_MARKET_SETTLED ||
	       event->type == RK_EVENT_RAMP_SET ||
	       event->type == RK_EVENT_RAMPED ||
	       event->type == RK_EVENT_FUNDING;
}

Riskd__Added__What rk_encode_what(enum rk_event_type type)
{
	switch ((int)type) {
	case RK_EVENT_LIMITS_SET:
		return RISKD__ADDED__WHAT__WHAT_LIMITS;
	case RK_EVENT_RISK_SET:
		return RISKD__ADDED__WHAT__WHAT_RISK;
	case RK_EVENT_PUBLISHER_ADDED:
		return RISKD__ADDED__WHAT__WHAT_PUBLISHER;
	case RK_EVENT_VENUE_ADDED:
		return RISKD__ADDED__WHAT__WHAT_VENUE;
	case RK_EVENT_ASSET_LISTED:
		return RISKD__ADDED__WHAT__WHAT_ASSET;
	case RK_EVENT_ASSET_CHANGED:
		return RISKD__ADDED__WHAT__WHAT_ASSET_CHANGED;
	case RK_EVENT_MARKET_CHANGED:
		return RISKD__ADDED__WHAT__WHAT_MARKET_CHANGED;
	case RK_EVENT_FUNDING_SET:
		return RISKD__ADDED__WHAT__WHAT_FUNDING;
	case RK_EVENT_LENDING_SET:
		return RISKD__ADDED__WHAT__WHAT_LENDING;
	case RK_EVENT_MARGIN_SET:
		return RISKD__ADDED__WHAT__WHAT_MARGIN;
	case RK_EVENT_LIQUIDATION_SET:
		return RISKD__ADDED__WHAT__WHAT_LIQUIDATION;
	case RK_EVENT_COLLATERAL_SET:
		return RISKD__ADDED__WHAT__WHAT_COLLATERAL;
	case RK_EVENT_SLOW_PRICE_SET:
		return RISKD__ADDED__WHAT__WHAT_SLOW_PRICE;
	case RK_EVENT_COLLATERAL_SCALE_SET:
		return RISKD__ADDED__WHAT__WHAT_COLLATERAL_SCALE;
	case RK_EVENT_EMODE_SET:
		return RISKD__ADDED__WHAT__WHAT_EMODE;
	case RK_EVENT_CONVERSION_SET:
		return RISKD__ADDED__WHAT__WHAT_CONVERSION;
	case RK_EVENT_INSURANCE_SET:
		return RISKD__ADDED__WHAT__WHAT_INSURANCE;
	case RK_EVENT_VAULT_SET:
		return RISKD__ADDED__WHAT__WHAT_VAULT;
	case RK_EVENT_TAKEOVER_SET:
		return RISKD__ADDED__WHAT__WHAT_TAKEOVER;
	case RK_EVENT_RAMP_SET:
		return RISKD__ADDED__WHAT__WHAT_RAMP;
	default:
		return RISKD__ADDED__WHAT__WHAT_MARKET;
	}
}

void rk_encode_batch(struct rk_bytes *bytes)
{
	rk_pack_varint(bytes, 1, RK_PROTOCOL_VERSION);
}

/* Pack a whole message, if it fits. */
static void pack_message(struct rk_bytes *bytes,
			 const ProtobufCMessage *message)
{
	size_t size = protobuf_c_message_get_packed_size(message);

	if (bytes->full || size > bytes->size - bytes->n) {
		bytes->full = true;
		return;
	}
	bytes->n += protobuf_c_message_pack(message, bytes->data + bytes->n);
}

void rk_encode_heartbeat(struct rk_bytes *bytes,
			 const struct rk_heartbeat *heartbeat)
{
	Riskd__EventBatch batch = RISKD__EVENT_BATCH__INIT;
	Riskd__Heartbeat wire = RISKD__HEARTBEAT__INIT;

	batch.version = RK_PROTOCOL_VERSION;
	batch.heartbeat = &wire;
	wire.last_seq = heartbeat->last_seq;
	wire.durable_seq = heartbeat->durable_seq;
	wire.last_event = heartbeat->last_event;
	wire.time_ns = heartbeat->time_ns;
	wire.unsynced_age_ns = heartbeat->unsynced_age_ns;
	wire.lagging = heartbeat->lagging;
	if (heartbeat->not_ready)
		memcpy(&wire.not_ready, &heartbeat->not_ready, sizeof(char *));
	pack_message(bytes, &batch.base);
}

void rk_encode_ticker(struct rk_bytes *bytes, const struct rk_ticker *ticker)
{
	Riskd__EventBatch batch = RISKD__EVENT_BATCH__INIT;
	Riskd__Ticker wire = RISKD__TICKER__INIT;
	Riskd__Ticker *tickers[] = {&wire};

	batch.version = RK_PROTOCOL_VERSION;
	batch.n_tickers = 1;
	batch.tickers = tickers;
	wire.slot = ticker->slot;
	wire.mark = ticker->mark.raw;
	wire.state = (Riskd__PriceState)ticker->state;
	wire.time_ns = ticker->time_ns;
	wire.seq = ticker->seq;
	pack_message(bytes, &batch.base);
}

void rk_encode_reply(struct rk_bytes *bytes, uint64_t client_seq,
		     const struct rk_result *results, uint32_t n)
{
	unsigned char out[RESULT_SIZE];

	rk_pack_varint(bytes, 1, RK_PROTOCOL_VERSION);
	rk_pack_varint(bytes, 2, client_seq);
	for (uint32_t i = 0; i < n; i++) {
		Riskd__Result wire = RISKD__RESULT__INIT;

		wire.code = results[i].code;
		wire.seq = results[i].seq;
		wire.quotes_dropped = results[i].quotes_dropped;
		wire.repeat = results[i].repeat;
		if (results[i].error)
			memcpy(&wire.error, &results[i].error, sizeof(char *));
		RK_ASSERT(riskd__result__get_packed_size(&wire) <= sizeof(out));
		rk_pack_bytes(bytes, 3, out, riskd__result__pack(&wire, out));
	}
}

void rk_encode_refusal(struct rk_bytes *bytes, uint64_t client_seq, int code,
		       const char *error)
{
	rk_pack_varint(bytes, 1, RK_PROTOCOL_VERSION);
	rk_pack_varint(bytes, 2, client_seq);
	rk_pack_varint(bytes, 4, (uint64_t)code);
	rk_pack_text(bytes, 5, error);
}
