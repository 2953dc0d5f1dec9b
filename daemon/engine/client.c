/*
 * Client sequences and kept answers. See client.h.
 */
#include "engine/client.h"

#include <string.h>

#include "engine/assert.h"
#include "engine/listing.h"
#include "engine/rc.h"

static size_t name_length(const char *name)
{
	size_t n = 0;

	while (n < RK_NAME_SIZE && name[n] != '\0')
		n++;
	return n;
}

uint32_t rk_client_find(const struct rk_engine *engine, const char *name)
{
	size_t n = name_length(name);

	for (uint32_t i = 0; i < engine->clients_n; i++)
		if (name_length(engine->clients[i].name) == n &&
		    memcmp(engine->clients[i].name, name, n) == 0)
			return i;
	return RK_NONE;
}

/* The same of a name with all its bytes: nearly always zeros are at its end. */
static uint32_t find_sender(const struct rk_engine *engine,
			    const struct rk_origin *origin)
{
	for (uint32_t i = 0; i < engine->clients_n; i++)
		if (memcmp(engine->clients[i].name, origin->client,
			   RK_NAME_SIZE) == 0)
			return i;
	return rk_client_find(engine, origin->client);
}

/* What is known of a number that came before. */
static int find_answer(const struct rk_client *client,
		       const struct rk_origin *origin,
		       struct rk_answer *ret_answer)
{
	const struct rk_client_answer *kept =
		&client->answers[origin->client_seq % RK_ANSWERS];

	if (client->last - origin->client_seq >= RK_ANSWERS)
		return RK_REJ_TOO_OLD;
	if (!rk_hash_equal(kept->payload, origin->payload))
		return RK_REJ_SEQ_REUSED;

	*ret_answer = kept->answer;
	return RK_REJ_REPEAT;
}

int rk_engine_check_client(const struct rk_engine *engine,
			   const struct rk_origin *origin,
			   struct rk_answer *ret_answer)
{
	const struct rk_client *client;
	/* The name of one that is known was looked at. */
	uint32_t i = find_sender(engine, origin);
	int r;

	if (i == RK_NONE) {
		r = rk_listing_check_name(origin->client);
		if (r != RK_OK)
			return r;
		if (engine->clients_n >= engine->limits.clients_max)
			return RK_REJ_CAPACITY;
		return origin->client_seq == 1 ? RK_OK : RK_REJ_OUT_OF_ORDER;
	}

	client = &engine->clients[i];
	if (origin->client_seq == 0)
		return RK_REJ_TOO_OLD;
	if (origin->client_seq == client->last + 1)
		return RK_OK;
	if (origin->client_seq > client->last)
		return RK_REJ_OUT_OF_ORDER;
	return find_answer(client, origin, ret_answer);
}

void rk_client_answer(struct rk_engine *engine, const struct rk_origin *origin,
		      int code)
{
	uint32_t i = find_sender(engine, origin);
	struct rk_client_answer *kept;

	if (i == RK_NONE) {
		RK_ASSERT(engine->clients_n < engine->max.clients_max);
		rk_mark(engine, RK_UNIT_CLIENT, engine->clients_n);
		rk_mark(engine, RK_UNIT_ANSWER,
			engine->clients_n * RK_ANSWERS +
				(uint32_t)(origin->client_seq % RK_ANSWERS));
		i = engine->clients_n++;
		memcpy(engine->clients[i].name, origin->client,
		       name_length(origin->client));
	}

	RK_ASSERT(origin->client_seq == engine->clients[i].last + 1);
	rk_mark(engine, RK_UNIT_CLIENT, i);
	rk_mark(engine, RK_UNIT_ANSWER,
		i * RK_ANSWERS + (uint32_t)(origin->client_seq % RK_ANSWERS));
	engine->clients[i].last = origin->client_seq;
	kept = &engine->clients[i].answers[origin->client_seq % RK_ANSWERS];
	kept->payload = origin->payload;
	kept->answer.code = code;
	kept->answer.seq = engine->seq;
}
