/*
 * From the wire to commands. Everything wrong with a message is found here,
 * before anything of it is applied: a message is refused whole.
 */
#ifndef RK_CODEC_DECODE_H
#define RK_CODEC_DECODE_H

#include "codec/pack.h"
#include "engine/cmd.h"
#include "riskd.pb-c.h"

#define RK_PROTOCOL_VERSION 1

/* One line naming the value and what would be right. */
struct rk_decode_error {
	char text[192];
};

/* A Request, as commands. */
struct rk_request {
	uint64_t client_seq;
	bool atomic;
	int64_t time_ns; /* 0: none given */
	struct rk_cmd *cmds;
	uint32_t n;
};

struct rk_decode_limits {
	uint32_t commands_max; /* rows in one Request */
	uint32_t quotes_max;   /* quotes in one PriceBatch */
};

/*
 * Decode a Request; what it points to is in scratch. Returns 0, or RK_REJ_*
 * with *error filled in; ret_request->client_seq is set as far as it is known.
 */
int rk_decode_request(struct rk_scratch *scratch, const void *data, size_t size,
		      const struct rk_decode_limits *limits,
		      struct rk_request *ret_request,
		      struct rk_decode_error *error);

/* Decode a PriceBatch; the quotes are in scratch. 0 or RK_REJ_*. */
int rk_decode_prices(struct rk_scratch *scratch, const void *data, size_t size,
		     const struct rk_decode_limits *limits,
		     struct rk_cmd_prices *ret_prices,
		     struct rk_decode_error *error);

/* Decode a Query; it is in scratch. 0 or RK_REJ_*. */
int rk_decode_query(struct rk_scratch *scratch, const void *data, size_t size,
		    Riskd__Query **ret_query, struct rk_decode_error *error);

#endif
