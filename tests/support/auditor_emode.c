/*
 * Groups of assets and weights by size: rules Q1 to Q5 and W9. Groups are a
 * plain list of who is in which, debts are looked for among balances, positions
 * and orders each time.
 */
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define BILLION INT64_C(1000000000)

static struct book_member *find_member(struct rk_book *b, const char *group,
				       uint32_t asset)
{
	for (uint32_t i = 0; i < b->members_n; i++)
		if (b->members[i].asset == asset &&
		    strncmp(b->members[i].group, group, RK_NAME_SIZE) == 0)
			return &b->members[i];
	return NULL;
}

/* Groups there are, by their first members. */
static uint32_t count_groups(const struct rk_book *b, const char *but)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->members_n; i++) {
		const char *group = b->members[i].group;
		bool first = strncmp(group, but, RK_NAME_SIZE) != 0;

		for (uint32_t j = 0; j < i; j++)
			first = first && strncmp(b->members[j].group, group,
						 RK_NAME_SIZE) != 0;
		n += first;
	}
	return n;
}

static bool can_work(const struct rk_emode *e)
{
	const rk_rate *w = e->weight;

	if (!e->collateral)
		return w[0].raw == 0 && w[1].raw == 0 && w[2].raw == 0;
	return w[0].raw <= BILLION && w[1].raw <= w[0].raw &&
	       w[2].raw <= w[1].raw && w[2].raw >= 0;
}

/*
 * Rule Q5: down to what the asset weighs without the group, and not below what
 * the group is to give.
 */
int64_t audit_member_weight(const struct rk_book *b,
			    const struct book_member *x)
{
	int64_t goal = x->entry.weight[0].raw;
	int64_t plain = b->assets[x->asset].terms.weight[0].raw;

	if (!audit_ramp_runs(&x->ramp))
		return goal;
	if (goal < plain)
		goal = plain;
	if (goal > x->weight_before)
		return x->weight_before;
	return audit_ramp_part(&x->ramp, x->weight_before, goal);
}

int64_t audit_member_share(const struct book_member *x)
{
	if (x->entry.debt)
		return BILLION;
	return audit_ramp_runs(&x->ramp)
		       ? audit_ramp_part(&x->ramp, x->share_before, 0)
		       : 0;
}

static void drop_if_out(struct rk_book *b, struct book_member *at)
{
	if (!at->entry.collateral && !at->entry.debt &&
	    !audit_ramp_runs(&at->ramp))
		*at = b->members[--b->members_n];
}

void audit_member_arrives(struct rk_book *b, uint32_t member)
{
	struct book_member *at = &b->members[member];

	audit_ramp_forget(&at->ramp);
	at->weight_before = 0;
	at->share_before = 0;
	drop_if_out(b, at);
}

/* What counts for less comes by a ramp, if the asset has one set. */
static void put_member(struct rk_book *b, struct book_member want)
{
	struct book_member *at = find_member(b, want.group, want.asset);
	const struct rk_ramp *set = &b->assets[want.asset].ramp.set;
	int64_t weight = want.entry.weight[0].raw;
	int64_t share = want.entry.debt ? BILLION : 0;
	int64_t weight_now = 0;
	int64_t share_now = 0;

	if (at != NULL) {
		weight_now = audit_member_weight(b, at);
		share_now = audit_member_share(at);
	} else {
		at = &b->members[b->members_n++];
	}
	*at = want;
	if ((weight < weight_now || share < share_now) &&
	    set->duration_ns != 0) {
		audit_ramp_begin(b, &at->ramp, set);
		at->weight_before = weight > weight_now ? weight : weight_now;
		at->share_before = share > share_now ? share : share_now;
	}
	drop_if_out(b, at);
}

int audit_emode(struct rk_auditor *a, const struct rk_cmd_emode *cmd)
{
	struct rk_book *b = &a->book;
	struct book_member want = {.entry = cmd->entry};
	const struct book_member *at;
	struct rk_emode now = {.collateral = false};
	struct rk_event *ev;

	if (!audit_name_good(cmd->group))
		return RK_REJ_BAD_NAME;
	want.asset = audit_find_asset(b, cmd->asset);
	if (want.asset == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (!can_work(&cmd->entry))
		return RK_REJ_BAD_PARAM;
	(void)memcpy(want.group, cmd->group, strlen(cmd->group));
	at = find_member(b, want.group, want.asset);
	if (at != NULL)
		now = at->entry;
	if (now.collateral == cmd->entry.collateral &&
	    now.debt == cmd->entry.debt &&
	    memcmp(now.weight, cmd->entry.weight, sizeof(now.weight)) == 0)
		return RK_REJ_NO_CHANGE;
	if (count_groups(b, want.group) >= 32)
		return RK_REJ_CAPACITY;
	put_member(b, want);
	ev = audit_emit(a, RK_EVENT_EMODE_SET, AUDIT_NONE, RK_NO_MARKET);
	ev->name.id = want.asset;
	ev->name.slot = b->assets[want.asset].slot;
	(void)memcpy(ev->name.name, want.group, RK_NAME_SIZE);
	audit_touch_all(a);
	return RK_OK;
}

/* --- rule Q2: what an account is in debt in */

struct debts {
	bool now[AUDIT_NAMES];   /* owed, or settled in by positions */
	bool later[AUDIT_NAMES]; /* the same, and by resting orders */
	bool any;                /* of now */
};

static void find_debts(const struct rk_book *b, uint32_t account,
		       struct debts *debts)
{
	(void)memset(debts, 0, sizeof(*debts));
	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *at = &b->balances[i];

		if (at->account == account &&
		    at->amount + audit_interest_due(b, at) < 0)
			debts->now[at->asset] = true;
	}
	for (uint32_t i = 0; i < b->positions_n; i++)
		if (b->positions[i].account == account)
			debts->now[b->markets[b->positions[i].market].settle] =
				true;
	(void)memcpy(debts->later, debts->now, sizeof(debts->later));
	for (uint32_t i = 0; i < b->assets_n; i++)
		debts->any = debts->any || debts->now[i];
	for (uint32_t i = 0; i < b->resting_n; i++)
		if (b->resting[i].account == account)
			debts->later[b->markets[b->resting[i].market].settle] =
				true;
}

/* What a group gives the one for a debt in the other; both are in it. */
static int64_t given(const struct rk_book *b, const struct book_member *c,
		     const struct book_member *d, enum rk_level level)
{
	int64_t plain = b->assets[c->asset].terms.weight[0].raw;
	int64_t weight;

	if (level != RK_LEVEL_MAINTENANCE)
		return c->entry.collateral && d->entry.debt
			       ? c->entry.weight[level].raw
			       : 0;
	weight = audit_member_weight(b, c);
	if (weight <= plain)
		return weight; /* of no use, whatever the debt is */
	return plain + (int64_t)((rk_i128)(weight - plain) *
				 audit_member_share(d) / BILLION);
}

/* The largest weight that a group with both in it gives. */
static int64_t best_of(const struct rk_book *b, uint32_t asset, uint32_t debt,
		       enum rk_level level)
{
	int64_t best = 0;

	for (uint32_t i = 0; i < b->members_n; i++) {
		const struct book_member *c = &b->members[i];

		for (uint32_t j = 0; c->asset == asset && j < b->members_n;
		     j++) {
			const struct book_member *d = &b->members[j];
			int64_t weight;

			if (d->asset != debt ||
			    strncmp(c->group, d->group, RK_NAME_SIZE) != 0)
				continue;
			weight = given(b, c, d, level);
			best = weight > best ? weight : best;
		}
	}
	return best;
}

/* --- rules Q3 and W9 */

static bool is_collateral(const struct rk_book *b, uint32_t asset)
{
	for (uint32_t i = 0; i < b->members_n; i++)
		if (b->members[i].asset == asset &&
		    (b->members[i].entry.collateral ||
		     b->members[i].weight_before > 0))
			return true;
	return false;
}

int64_t audit_group_weight(const struct rk_book *b, uint32_t account,
			   uint32_t asset, enum rk_level level)
{
	int64_t plain = b->assets[asset].terms.weight[level].raw;
	int64_t least = INT64_MAX;
	struct debts debts;

	if (!is_collateral(b, asset))
		return plain;
	find_debts(b, account, &debts);
	if (!debts.any)
		return plain;
	for (uint32_t i = 0; i < b->assets_n; i++) {
		int64_t best;

		if (level == RK_LEVEL_MAINTENANCE ? !debts.now[i]
						  : !debts.later[i])
			continue;
		best = best_of(b, asset, i, level);
		least = best < least ? best : least;
	}
	return least > plain ? least : plain;
}

int64_t audit_size_factor(const struct book_asset *at, enum rk_level level)
{
	int64_t to = at->scale.size_factor;

	if (level != RK_LEVEL_MAINTENANCE || !audit_ramp_runs(&at->size_ramp))
		return to;
	/* Up: what is left of it, rounded down, is still to come. */
	return to - audit_ramp_part(&at->size_ramp, to - at->size_before, 0);
}

/* size_factor times the root of so much of the asset, in 1e-27. */
static struct rk_wide growth_of(const struct book_asset *at,
				enum rk_level level, rk_i128 amount)
{
	rk_i128 size = amount < 0 ? -amount : amount;
	struct rk_wide square =
		rk_wide_mul(rk_wide_of(size),
			    rk_wide_power_of_ten(18u - at->listing.decimals));

	return rk_wide_mul(rk_wide_of(audit_root(square, 2)),
			   rk_wide_of(audit_size_factor(at, level)));
}

int64_t audit_sized_weight(const struct book_asset *at, enum rk_level level,
			   int64_t weight, rk_i128 amount)
{
	const struct rk_wide one = rk_wide_power_of_ten(27);
	struct rk_wide most;

	if (audit_size_factor(at, level) == 0)
		return weight;
	most = rk_wide_div(rk_wide_mul(rk_wide_of(1100000000), one),
			   rk_wide_add(one, growth_of(at, level, amount)),
			   RK_WIDE_DOWN);
	return rk_wide_cmp(most, rk_wide_of(weight)) < 0
		       ? (int64_t)rk_wide_to_128(most)
		       : weight;
}

rk_i128 audit_sized_liability(const struct book_asset *at, enum rk_level level,
			      rk_i128 amount)
{
	rk_i128 plain = at->terms.liability[level].raw;
	rk_i128 limit = level == RK_LEVEL_MAINTENANCE
				? 2 * BILLION
				: (rk_i128)2000000 * BILLION;
	rk_i128 least;

	if (audit_size_factor(at, level) == 0)
		return plain;
	least = (plain * 8 + 9) / 10 +
		rk_wide_to_128(rk_wide_div(growth_of(at, level, amount),
					   rk_wide_power_of_ten(18),
					   RK_WIDE_UP));
	least = least < limit ? least : limit;
	return least > plain ? least : plain;
}

/* --- what is told of groups */

static void see_ramp(struct difference *d, const struct rk_book *b,
		     const struct book_member *x, const struct rk_emode_view *y)
{
	audit_see(d, "weight in force", audit_member_weight(b, x),
		  y->weight.raw);
	audit_see(d, "share in force", audit_member_share(x), y->share.raw);
	audit_see(d, "ramp in group", audit_ramp_runs(&x->ramp), y->ramp.runs);
	if (!y->ramp.runs)
		return;
	audit_see(d, "ramp began", x->ramp.began_ns, y->ramp.since_ns);
	audit_see(d, "ramp elapsed", x->ramp.elapsed_ns, y->ramp.elapsed_ns);
	audit_see(d, "ramp ends",
		  x->ramp.began_ns + x->ramp.running.duration_ns,
		  y->ramp.until_ns);
}

void audit_see_groups(struct difference *d, const struct rk_book *b,
		      const struct rk_engine *engine, uint32_t asset)
{
	uint32_t expected = 0;
	uint32_t told = 0;

	for (uint32_t i = 0; i < b->members_n; i++)
		expected += b->members[i].asset == asset;
	for (uint32_t i = 0; i < RK_EMODE_GROUPS && !d->found; i++) {
		const struct book_member *x = NULL;
		struct rk_emode_view y;

		if (rk_view_emode(engine, asset, i, &y) != RK_OK)
			continue;
		d->part = i;
		told++;
		for (uint32_t j = 0; j < b->members_n; j++)
			if (b->members[j].asset == asset &&
			    strcmp(b->members[j].group, y.group) == 0)
				x = &b->members[j];
		audit_see(d, "in group", true, x != NULL);
		if (x == NULL)
			return;
		audit_see(d, "collateral of group", x->entry.collateral,
			  y.entry.collateral);
		audit_see(d, "debt of group", x->entry.debt, y.entry.debt);
		for (int k = 0; k < RK_LEVELS; k++)
			audit_see(d, "weight in group", x->entry.weight[k].raw,
				  y.entry.weight[k].raw);
		see_ramp(d, b, x, &y);
	}
	d->part = 0;
	audit_see(d, "groups", expected, told);
}
