/*
 * riskctl: following what is listed. See listing.h.
 */
#include "listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/view.h"
#include "offline.h"

struct ctl_listing {
	const struct rk_files *files;
	bool known;
	uint64_t base;            /* snapshot it began with; 0: none */
	struct rk_cmd_limits max; /* the engine is sized for */
	struct rk_engine *engine;
	void *memory;
	struct rk_cmd *cmds; /* those seen, to begin anew with more room */
	size_t n;
	size_t room;
	struct rk_evbuf events;
	struct ctl_names names;
};

static bool is_listing(enum rk_cmd_type type)
{
	return type == RK_CMD_LIMITS || type == RK_CMD_PUBLISHER ||
	       type == RK_CMD_VENUE || type == RK_CMD_ASSET ||
	       type == RK_CMD_MARKET || type == RK_CMD_ASSET_CHANGE ||
	       type == RK_CMD_MARKET_CHANGE || type == RK_CMD_CONTRACT;
}

/* Only the tables of names matter; the others stay as they are. */
static void take_limits(struct rk_cmd_limits *limits,
			const struct rk_cmd_limits *want)
{
	limits->assets_max = want->assets_max;
	limits->markets_max = want->markets_max;
	limits->publishers_max = want->publishers_max;
	limits->venues_max = want->venues_max;
}

static bool fits(const struct rk_cmd_limits *max,
		 const struct rk_cmd_limits *want)
{
	return want->assets_max <= max->assets_max &&
	       want->markets_max <= max->markets_max &&
	       want->publishers_max <= max->publishers_max &&
	       want->venues_max <= max->venues_max;
}

static void apply(struct ctl_listing *listing, const struct rk_cmd *cmd)
{
	struct rk_cmd own = *cmd;

	/* Who sent it is checked against commands that are not seen here. */
	memset(&own.origin, 0, sizeof(own.origin));
	if (own.type == RK_CMD_LIMITS) {
		struct rk_engine_counts counts;

		rk_view_counts(listing->engine, &counts);
		take_limits(&counts.limits, &own.limits);
		own.limits = counts.limits;
	}
	listing->events.n = 0;
	/* Refused here is refused there. */
	(void)rk_engine_apply(listing->engine, &own, &listing->events);
	while (rk_engine_pending(listing->engine)) {
		listing->events.n = 0;
		rk_engine_resume(listing->engine, &listing->events);
	}
}

/* A fresh engine, with what was seen so far. */
static int begin(struct ctl_listing *listing)
{
	struct rk_rebuilt rebuilt;
	char error[RK_REBUILD_TEXT_SIZE];
	int r;

	free(listing->memory);
	listing->memory = NULL;
	if (listing->base != 0) {
		r = ctl_load(listing->files, listing->base, &listing->max,
			     &rebuilt, error);
		if (r < 0)
			return r;
		listing->engine = rebuilt.engine;
		listing->memory = rebuilt.memory;
	} else {
		r = rk_engine_make(&listing->max, &listing->memory,
				   &listing->engine);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < listing->n; i++)
		apply(listing, &listing->cmds[i]);
	return 0;
}

static int choose(struct ctl_listing *listing, const uint64_t *seqs, int n,
		  uint64_t before)
{
	uint64_t first = 0;
	int r = 0;

	for (int i = 0; i < n; i++) {
		listing->base = seqs[i];
		if (seqs[i] >= before)
			continue;
		r = begin(listing);
		if (r == 0 || r == -ENOMEM)
			return r;
	}
	if (ctl_journal_first(listing->files, &first) == 0 && first == 1)
		listing->base = 0;
	else if (n == 0)
		return -ENOENT;
	return begin(listing);
}

int ctl_listing_open(const struct rk_files *files, uint64_t before,
		     struct ctl_listing **ret_listing)
{
	struct ctl_listing *listing = calloc(1, sizeof(*listing));
	struct rk_cmd_limits limits;
	uint64_t *seqs;
	int n;
	int r;

	if (!listing)
		return -ENOMEM;
	listing->files = files;
	limits = ctl_find_limits(files);
	listing->max = *ctl_smallest_limits();
	take_limits(&listing->max, &limits);
	listing->events.max = 4 * RK_EVENTS_PER_STEP_MAX;
	listing->events.events =
		calloc(listing->events.max, sizeof(*listing->events.events));
	r = listing->events.events ? ctl_snapshots(files, &seqs, &n) : -ENOMEM;
	if (r == 0) {
		r = choose(listing, seqs, n, before);
		free(seqs);
	}
	listing->known = r == 0;
	if (r == 0)
		r = ctl_names_take(&listing->names, listing->engine);
	if (r == -ENOMEM) {
		ctl_listing_close(listing);
		return r;
	}
	*ret_listing = listing;
	return 0;
}

void ctl_listing_close(struct ctl_listing *listing)
{
	if (!listing)
		return;
	ctl_names_free(&listing->names);
	free(listing->events.events);
	free(listing->cmds);
	free(listing->memory);
	free(listing);
}

static int remember(struct ctl_listing *listing, const struct rk_cmd *cmd)
{
	if (listing->n == listing->room) {
		size_t room = listing->room ? listing->room * 2 : 16;
		struct rk_cmd *cmds =
			reallocarray(listing->cmds, room, sizeof(*cmds));

		if (!cmds)
			return -ENOMEM;
		listing->cmds = cmds;
		listing->room = room;
	}
	listing->cmds[listing->n++] = *cmd;
	return 0;
}

int ctl_listing_see(struct ctl_listing *listing, uint64_t seq,
		    const struct rk_cmd *cmd)
{
	int r;

	if (!listing->known || seq <= listing->base || !is_listing(cmd->type))
		return 0;
	r = remember(listing, cmd);
	if (r < 0)
		return r;
	if (cmd->type == RK_CMD_LIMITS && !fits(&listing->max, &cmd->limits)) {
		take_limits(&listing->max, &cmd->limits);
		r = begin(listing);
	} else {
		apply(listing, cmd);
	}
	if (r == 0)
		r = ctl_names_take(&listing->names, listing->engine);
	/* Limits that nobody can have: go on without names. */
	if (r < 0 && r != -ENOMEM) {
		listing->known = false;
		r = 0;
	}
	return r;
}

const struct ctl_names *ctl_listing_names(const struct ctl_listing *listing)
{
	return &listing->names;
}

bool ctl_listing_is_known(const struct ctl_listing *listing)
{
	return listing->known;
}
