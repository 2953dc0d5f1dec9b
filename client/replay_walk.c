/*
 * Groups of bars of one time, walked tick by tick. See the header.
 */
#include "replay_walk.h"

#include <errno.h>
#include <stdlib.h>

#define NS_PER_MS INT64_C(1000000)

struct walked {
	uint32_t slot;
	struct rk_replay_bar bar;
};

struct rk_replay_walk {
	struct rk_replay_reader *reader;
	int64_t length_ns;
	int64_t time_ns; /* of the bars held */
	uint32_t tick;   /* the next one to take */
	uint32_t n;      /* bars held; 0: at the end */
	struct walked bars[RK_REPLAY_SYMBOLS_MAX];
	struct rk_replay_quote quotes[RK_REPLAY_SYMBOLS_MAX];
};

int64_t rk_replay_walk_tick_time(int64_t time_ns, int64_t length_ns,
				 uint32_t tick)
{
	int64_t part_ms = length_ns / NS_PER_MS / (RK_REPLAY_WALK_TICKS - 1);

	if (tick == RK_REPLAY_WALK_TICKS - 1)
		return time_ns + length_ns - NS_PER_MS;
	return time_ns + (int64_t)tick * part_ms * NS_PER_MS;
}

int64_t rk_replay_walk_tick_price(const struct rk_replay_bar *bar,
				  uint32_t tick)
{
	bool rises = bar->close >= bar->open;

	switch (tick) {
	case 0:
		return bar->open;
	case 1:
		return rises ? bar->low : bar->high;
	case 2:
		return rises ? bar->high : bar->low;
	default:
		return bar->close;
	}
}

/* Hold the bars of the reader's present time and go past them. */
static int load(struct rk_replay_walk *walk)
{
	const struct rk_replay_row *row = rk_replay_reader_row(walk->reader);

	walk->n = 0;
	walk->tick = 0;
	if (row)
		walk->time_ns = row->time_ns;
	while (row && row->time_ns == walk->time_ns) {
		/* Each name once per time: never more than there are names. */
		walk->bars[walk->n].slot = row->symbol->slot;
		walk->bars[walk->n].bar = row->bar;
		walk->n++;
		if (rk_replay_reader_next(walk->reader) < 0)
			return -EINVAL;
		row = rk_replay_reader_row(walk->reader);
	}
	return 0;
}

int rk_replay_walk_open(const char *path,
			const struct rk_replay_context *context,
			int64_t length_ns, struct rk_replay_walk **ret_walk)
{
	struct rk_replay_walk *walk = calloc(1, sizeof(*walk));
	int r;

	if (!walk)
		return rk_replay_error_set(context->error, -ENOMEM,
					   "%s: no memory to read it", path);
	walk->length_ns = length_ns;
	r = rk_replay_reader_open(RK_REPLAY_BARS, path, context, &walk->reader);
	if (r < 0)
		goto fail;
	r = rk_replay_reader_next(walk->reader);
	if (r < 0)
		goto fail;
	r = load(walk);
	if (r < 0)
		goto fail;
	*ret_walk = walk;
	return 0;

fail:
	rk_replay_walk_close(walk);
	return r;
}

void rk_replay_walk_close(struct rk_replay_walk *walk)
{
	if (!walk)
		return;
	rk_replay_reader_close(walk->reader);
	free(walk);
}

int64_t rk_replay_walk_time(const struct rk_replay_walk *walk)
{
	if (walk->n == 0)
		return INT64_MAX;
	return rk_replay_walk_tick_time(walk->time_ns, walk->length_ns,
					walk->tick);
}

int rk_replay_walk_take(struct rk_replay_walk *walk,
			const struct rk_replay_quote **ret_quotes,
			uint32_t *ret_n)
{
	uint32_t n = walk->n;

	for (uint32_t i = 0; i < n; i++) {
		walk->quotes[i].slot = walk->bars[i].slot;
		walk->quotes[i].price = rk_replay_walk_tick_price(
			&walk->bars[i].bar, walk->tick);
	}
	walk->tick++;
	if (walk->tick == RK_REPLAY_WALK_TICKS && load(walk) < 0)
		return -EINVAL;
	*ret_quotes = walk->quotes;
	*ret_n = n;
	return 0;
}
