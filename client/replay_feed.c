/*
 * The merge over at most five files; the smallest time wins. See the header.
 */
#include "replay_feed.h"

#include <errno.h>
#include <stdlib.h>

#define NS_PER_MS      INT64_C(1000000)
#define BAR_LENGTH_MIN (RK_REPLAY_WALK_TICKS * NS_PER_MS)

struct rk_replay_feed {
	const struct rk_replay_files *files;
	const struct rk_replay_context *context;
	struct rk_replay_extent extents[RK_REPLAY_KINDS];
	struct rk_replay_reader *readers[RK_REPLAY_KINDS]; /* but BARS */
	struct rk_replay_walk *walk;
	int64_t bar_length_ns;
};

/* Users met while checking have no account yet: they are forgotten again. */
static int scan(struct rk_replay_feed *feed)
{
	struct rk_replay_users users = {0};
	struct rk_replay_context context = *feed->context;
	int r = 0;

	context.users = &users;
	for (int kind = 0; kind < RK_REPLAY_KINDS && r == 0; kind++) {
		const char *path = feed->files->paths[kind];

		if (path)
			r = rk_replay_reader_scan((enum rk_replay_kind)kind,
						  path, &context,
						  &feed->extents[kind]);
	}
	rk_replay_users_fini(&users);
	return r;
}

static int open_bars(struct rk_replay_feed *feed)
{
	const char *path = feed->files->paths[RK_REPLAY_BARS];
	int64_t step_ns = feed->extents[RK_REPLAY_BARS].step_ns;

	if (!path)
		return 0;
	feed->bar_length_ns = feed->files->bar_length_ns > 0
				      ? feed->files->bar_length_ns
				      : step_ns;
	if (feed->bar_length_ns < BAR_LENGTH_MIN)
		return rk_replay_error_set(
			feed->context->error, -EINVAL,
			"%s: bars of %lld ns: must be 4 ms or longer (give "
			"--bar-length when there is only one)",
			path, (long long)feed->bar_length_ns);
	if (step_ns > 0 && feed->bar_length_ns > step_ns)
		return rk_replay_error_set(
			feed->context->error, -EINVAL,
			"%s: bars follow each other after %lld ms: "
			"--bar-length must not be longer",
			path, (long long)(step_ns / NS_PER_MS));
	return rk_replay_walk_open(path, feed->context, feed->bar_length_ns,
				   &feed->walk);
}

static int open_rows(struct rk_replay_feed *feed, enum rk_replay_kind kind)
{
	const char *path = feed->files->paths[kind];
	int r;

	if (!path)
		return 0;
	r = rk_replay_reader_open(kind, path, feed->context,
				  &feed->readers[kind]);
	return r < 0 ? r : rk_replay_feed_pop(feed, kind);
}

int rk_replay_feed_open(const struct rk_replay_files *files,
			const struct rk_replay_context *context,
			struct rk_replay_feed **ret_feed)
{
	struct rk_replay_feed *feed = calloc(1, sizeof(*feed));
	int r;

	if (!feed)
		return rk_replay_error_set(context->error, -ENOMEM,
					   "no memory for the files");
	feed->files = files;
	feed->context = context;
	r = scan(feed);
	for (int kind = 0; kind < RK_REPLAY_KINDS && r == 0; kind++)
		r = kind == RK_REPLAY_BARS
			    ? open_bars(feed)
			    : open_rows(feed, (enum rk_replay_kind)kind);
	if (r < 0) {
		rk_replay_feed_close(feed);
		return r;
	}
	*ret_feed = feed;
	return 0;
}

void rk_replay_feed_close(struct rk_replay_feed *feed)
{
	if (!feed)
		return;
	for (int kind = 0; kind < RK_REPLAY_KINDS; kind++)
		rk_replay_reader_close(feed->readers[kind]);
	rk_replay_walk_close(feed->walk);
	free(feed);
}

void rk_replay_feed_extent(const struct rk_replay_feed *feed,
			   struct rk_replay_extent *ret_extent)
{
	struct rk_replay_extent all = {.first_ns = INT64_MAX};

	for (int kind = 0; kind < RK_REPLAY_KINDS; kind++) {
		struct rk_replay_extent one = feed->extents[kind];

		if (one.rows == 0)
			continue;
		if (kind == RK_REPLAY_BARS)
			one.last_ns += feed->bar_length_ns - NS_PER_MS;
		all.rows += one.rows;
		if (one.first_ns < all.first_ns)
			all.first_ns = one.first_ns;
		if (one.last_ns > all.last_ns)
			all.last_ns = one.last_ns;
	}
	if (all.rows == 0)
		all.first_ns = 0;
	*ret_extent = all;
}

int64_t rk_replay_feed_time(const struct rk_replay_feed *feed)
{
	int64_t least_ns =
		feed->walk ? rk_replay_walk_time(feed->walk) : INT64_MAX;

	for (int kind = 0; kind < RK_REPLAY_KINDS; kind++) {
		const struct rk_replay_row *row =
			feed->readers[kind]
				? rk_replay_reader_row(feed->readers[kind])
				: NULL;

		if (row && row->time_ns < least_ns)
			least_ns = row->time_ns;
	}
	return least_ns;
}

const struct rk_replay_row *rk_replay_feed_peek(struct rk_replay_feed *feed,
						enum rk_replay_kind kind,
						int64_t time_ns)
{
	const struct rk_replay_row *row;

	if (!feed->readers[kind])
		return NULL;
	row = rk_replay_reader_row(feed->readers[kind]);
	return row && row->time_ns == time_ns ? row : NULL;
}

int rk_replay_feed_pop(struct rk_replay_feed *feed, enum rk_replay_kind kind)
{
	int r = rk_replay_reader_next(feed->readers[kind]);

	return r < 0 ? r : 0;
}

int rk_replay_feed_ticks(struct rk_replay_feed *feed, int64_t time_ns,
			 const struct rk_replay_quote **ret_quotes,
			 uint32_t *ret_n)
{
	if (feed->walk && rk_replay_walk_time(feed->walk) == time_ns)
		return rk_replay_walk_take(feed->walk, ret_quotes, ret_n);
	*ret_n = 0;
	return 0;
}
