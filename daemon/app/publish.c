/*
 * Publications. See publish.h.
 *
 * Three messages are gathered at a time: account topics and all others on
 * `events`, and `public`. A message leaves when the next event has another
 * topic or does not fit.
 */
#include "app/publish.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"

#define TOPIC_SIZE   48
#define MESSAGE_SIZE ((size_t)64 * 1024)

struct gathering {
	enum rk_net_socket socket;
	char topic[TOPIC_SIZE]; /* "": nothing gathered */
	unsigned char data[MESSAGE_SIZE];
	struct rk_bytes bytes;
};

struct seen {
	rk_px mark;
	enum rk_price_state state;
	int64_t time_ns;
};

struct rk_publish {
	const struct rk_engine *engine;
	struct rk_net *net;
	struct gathering accounts;
	struct gathering others;
	struct gathering public;
	struct seen *seen; /* of each slot, at the last tickers */
	uint32_t seen_max;
	uint32_t *held; /* slots whose ticker waits for durability */
	uint32_t held_n;
	uint64_t held_seq; /* the command they show */
};

static void prepare(struct gathering *gathering, enum rk_net_socket socket)
{
	gathering->socket = socket;
	gathering->bytes.data = gathering->data;
	gathering->bytes.size = sizeof(gathering->data);
}

int rk_publish_open(const struct rk_engine *engine, struct rk_net *net,
		    struct rk_publish **ret_publish)
{
	struct rk_publish *publish = calloc(1, sizeof(*publish));
	struct rk_engine_counts counts;

	if (!publish)
		return -ENOMEM;
	rk_view_counts(engine, &counts);
	publish->engine = engine;
	publish->net = net;
	prepare(&publish->accounts, RK_NET_EVENTS);
	prepare(&publish->others, RK_NET_EVENTS);
	prepare(&publish->public, RK_NET_PUBLIC);
	publish->seen_max =
		counts.limits.assets_max + counts.limits.markets_max;
	publish->seen = calloc(publish->seen_max, sizeof(*publish->seen));
	publish->held = calloc(publish->seen_max, sizeof(*publish->held));
	if (!publish->seen || !publish->held) {
		rk_publish_close(publish);
		return -ENOMEM;
	}
	*ret_publish = publish;
	return 0;
}

void rk_publish_close(struct rk_publish *publish)
{
	if (!publish)
		return;
	free(publish->seen);
	free(publish->held);
	free(publish);
}

static void flush(struct rk_publish *publish, struct gathering *gathering)
{
	if (gathering->topic[0] == '\0')
		return;
	rk_net_publish(publish->net, gathering->socket, gathering->topic,
		       gathering->data, gathering->bytes.n);
	gathering->topic[0] = '\0';
}

static void gather(struct rk_publish *publish, struct gathering *gathering,
		   const char *topic, const void *data, size_t size)
{
	struct rk_bytes *bytes = &gathering->bytes;

	if (strcmp(gathering->topic, topic) != 0 ||
	    rk_pack_bytes_size(RK_BATCH_EVENTS_FIELD, size) >
		    bytes->size - bytes->n)
		flush(publish, gathering);
	if (gathering->topic[0] == '\0') {
		(void)snprintf(gathering->topic, sizeof(gathering->topic), "%s",
			       topic);
		bytes->n = 0;
		bytes->full = false;
		rk_encode_batch(bytes);
	}
	rk_pack_bytes(bytes, RK_BATCH_EVENTS_FIELD, data, size);
}

/* The topic that is not the account's; "" when there is none. */
static void name_topic(const struct rk_publish *publish,
		       const struct rk_event *event, char topic[TOPIC_SIZE])
{
	struct rk_market_view market;

	topic[0] = '\0';
	if (rk_event_is_conversion(event->type))
		(void)snprintf(topic, TOPIC_SIZE, "conversion");
	else if (event->market != RK_NO_MARKET &&
		 (rk_event_is_order(event->type) || event->account == 0) &&
		 rk_view_market(publish->engine, event->market, &market) ==
			 RK_OK)
		(void)snprintf(topic, TOPIC_SIZE, "%s.%s",
			       rk_event_is_order(event->type) ? "liquidation"
							      : "market",
			       market.listing.name);
	else if (event->account == 0)
		(void)snprintf(topic, TOPIC_SIZE, "system");
}

void rk_publish_event(struct rk_publish *publish, const struct rk_event *event,
		      const void *encoded, size_t size)
{
	unsigned char shown[RK_ENCODED_EVENT_MAX];
	char topic[TOPIC_SIZE];

	if (event->account != 0) {
		(void)snprintf(topic, sizeof(topic), "account.%" PRIu64,
			       event->account);
		gather(publish, &publish->accounts, topic, encoded, size);
	}

	name_topic(publish, event, topic);
	if (topic[0] == '\0')
		return;
	gather(publish, &publish->others, topic, encoded, size);
	if (rk_encode_is_public(event)) {
		size = rk_encode_event(event, true, shown);
		gather(publish, &publish->public, topic, shown, size);
	}
}

void rk_publish_flush(struct rk_publish *publish)
{
	flush(publish, &publish->accounts);
	flush(publish, &publish->others);
	flush(publish, &publish->public);
}

static void send_both(struct rk_publish *publish, const char *topic,
		      const struct rk_bytes *bytes)
{
	rk_net_publish(publish->net, RK_NET_EVENTS, topic, bytes->data,
		       bytes->n);
	rk_net_publish(publish->net, RK_NET_PUBLIC, topic, bytes->data,
		       bytes->n);
}

void rk_publish_heartbeat(struct rk_publish *publish,
			  const struct rk_heartbeat *heartbeat)
{
	unsigned char data[128];
	struct rk_bytes bytes = {data, sizeof(data), 0, false};

	rk_encode_heartbeat(&bytes, heartbeat);
	send_both(publish, "heartbeat", &bytes);
}

static void send_ticker(struct rk_publish *publish, uint32_t slot)
{
	const struct seen *seen = &publish->seen[slot];
	unsigned char data[128];
	struct rk_bytes bytes = {data, sizeof(data), 0, false};
	struct rk_ticker ticker = {slot, seen->mark, seen->state, seen->time_ns,
				   publish->held_seq};
	char topic[TOPIC_SIZE];
	struct rk_slot_view view;
	struct rk_market_view market;
	struct rk_asset_view asset;

	if (rk_view_slot(publish->engine, slot, &view) != RK_OK)
		return;
	if (view.market != RK_NO_MARKET &&
	    rk_view_market(publish->engine, view.market, &market) == RK_OK)
		(void)snprintf(topic, sizeof(topic), "market.%s",
			       market.listing.name);
	else if (rk_view_asset(publish->engine, view.asset, &asset) == RK_OK)
		(void)snprintf(topic, sizeof(topic), "asset.%s",
			       asset.listing.name);
	else
		return;
	rk_encode_ticker(&bytes, &ticker);
	send_both(publish, topic, &bytes);
}

void rk_publish_tickers(struct rk_publish *publish)
{
	struct rk_slot_view view;

	if (publish->held_n > 0)
		return;
	publish->held_seq = rk_view_seq(publish->engine);
	for (uint32_t i = 0; i < publish->seen_max; i++) {
		struct seen *seen = &publish->seen[i];

		if (rk_view_slot(publish->engine, i, &view) != RK_OK)
			return;
		if (view.mark.raw == seen->mark.raw &&
		    view.state == seen->state && view.time_ns == seen->time_ns)
			continue;
		seen->mark = view.mark;
		seen->state = view.state;
		seen->time_ns = view.time_ns;
		if (view.mark.raw != 0)
			publish->held[publish->held_n++] = i;
	}
}

void rk_publish_durable(struct rk_publish *publish, uint64_t durable_seq)
{
	if (publish->held_n == 0 || publish->held_seq > durable_seq)
		return;
	for (uint32_t i = 0; i < publish->held_n; i++)
		send_ticker(publish, publish->held[i]);
	publish->held_n = 0;
}
