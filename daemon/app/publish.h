/*
 * Putting events on the two PUB sockets: under each of their topics, as many
 * of one topic in a message as come in a row and fit.
 */
#ifndef RK_APP_PUBLISH_H
#define RK_APP_PUBLISH_H

#include "codec/encode.h"
#include "engine/view.h"
#include "net/net.h"

struct rk_publish;

/* engine and net are borrowed. Returns 0 or -ENOMEM. */
int rk_publish_open(const struct rk_engine *engine, struct rk_net *net,
		    struct rk_publish **ret_publish);
void rk_publish_close(struct rk_publish *publish);

/* encoded: the event as rk_encode_event() gives it, not public. */
void rk_publish_event(struct rk_publish *publish, const struct rk_event *event,
		      const void *encoded, size_t size);

/* Send what has been gathered. */
void rk_publish_flush(struct rk_publish *publish);

void rk_publish_heartbeat(struct rk_publish *publish,
			  const struct rk_heartbeat *heartbeat);

/*
 * Take the prices of all slots that changed since the last tickers. They are
 * sent by rk_publish_durable(), once the commands behind them are durable;
 * while some wait, no others are taken.
 */
void rk_publish_tickers(struct rk_publish *publish);
void rk_publish_durable(struct rk_publish *publish, uint64_t durable_seq);

#endif
