/*
 * Ramps: rules Y1 to Y7, and of assets in groups Q5. What a ramp comes from is
 * kept whole, as a listing and margin terms; what is in force is reckoned from
 * there each time.
 */
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

static bool can_work(const struct rk_ramp *ramp)
{
	if (ramp->duration_ns == 0)
		return ramp->step_ns == 0;
	return ramp->duration_ns >= INT64_C(1000000000) &&
	       ramp->duration_ns <= RK_DURATION_MAX_NS &&
	       (ramp->step_ns == 0 || (ramp->step_ns >= INT64_C(1000000000) &&
				       ramp->step_ns <= ramp->duration_ns));
}

bool audit_ramp_runs(const struct book_ramp *ramp)
{
	return ramp->running.duration_ns != 0;
}

/* The last end of a step that has been passed. */
static int64_t elapsed_by(const struct book_ramp *ramp, int64_t time_ns)
{
	int64_t since = time_ns - ramp->began_ns;

	if (since >= ramp->running.duration_ns)
		return ramp->running.duration_ns;
	return since / ramp->running.step_ns * ramp->running.step_ns;
}

void audit_ramp_forget(struct book_ramp *ramp)
{
	ramp->running = (struct rk_ramp){0, 0};
	ramp->began_ns = 0;
	ramp->elapsed_ns = 0;
}

void audit_ramp_begin(const struct rk_book *b, struct book_ramp *ramp,
		      const struct rk_ramp *set)
{
	ramp->running = *set;
	ramp->began_ns = b->now_ns;
	ramp->elapsed_ns = 0;
}

/* The share of a way that is done, rounded as asked. */
static int64_t part_way(const struct book_ramp *ramp, int64_t from, int64_t to,
			enum rk_wide_rounding rounding)
{
	struct rk_wide way = rk_wide_mul(rk_wide_of((rk_i128)to - from),
					 rk_wide_of(ramp->elapsed_ns));

	return from +
	       (int64_t)rk_wide_to_128(rk_wide_div(
		       way, rk_wide_of(ramp->running.duration_ns), rounding));
}

int64_t audit_ramp_part(const struct book_ramp *ramp, int64_t from, int64_t to)
{
	return part_way(ramp, from, to, RK_WIDE_DOWN);
}

/* Rule Y2: what is in force of an asset whose ramp runs. */
static void put_in_force(struct book_asset *x)
{
	const struct book_ramp *ramp = &x->ramp;

	x->terms = x->target;
	if (!audit_ramp_runs(ramp))
		return;
	x->terms.weight[0].raw =
		part_way(ramp, x->ramp_from.weight.raw, x->target.weight[0].raw,
			 RK_WIDE_DOWN);
	x->terms.liability[0].raw =
		part_way(ramp, x->ramp_from.liability.raw,
			 x->target.liability[0].raw, RK_WIDE_UP);
	x->terms.profit[0].raw =
		part_way(ramp, x->ramp_from.profit.raw, x->target.profit[0].raw,
			 RK_WIDE_DOWN);
}

static int64_t smaller(int64_t x, int64_t y)
{
	return x < y ? x : y;
}

static int64_t larger(int64_t x, int64_t y)
{
	return x > y ? x : y;
}

void audit_ramp_terms(struct rk_auditor *a, uint32_t asset,
		      const struct rk_collateral *terms)
{
	struct book_asset *x = &a->book.assets[asset];
	struct rk_collateral before = x->terms;
	bool worse = terms->weight[0].raw < before.weight[0].raw ||
		     terms->liability[0].raw > before.liability[0].raw ||
		     terms->profit[0].raw < before.profit[0].raw;

	audit_ramp_forget(&x->ramp);
	x->target = *terms;
	/* What gets better comes from where it goes to. */
	x->ramp_from.weight.raw =
		larger(before.weight[0].raw, terms->weight[0].raw);
	x->ramp_from.liability.raw =
		smaller(before.liability[0].raw, terms->liability[0].raw);
	x->ramp_from.profit.raw =
		larger(before.profit[0].raw, terms->profit[0].raw);
	if (worse && x->ramp.set.duration_ns != 0)
		audit_ramp_begin(&a->book, &x->ramp, &x->ramp.set);
	put_in_force(x);
}

/* Without rounding, in 1e-17 USD: what brackets require of a notional. */
static struct rk_wide exact(const struct rk_cmd_market *m, rk_i128 notional)
{
	uint32_t k = audit_bracket(m, notional);

	return rk_wide_sub(
		rk_wide_mul(rk_wide_of(notional),
			    rk_wide_of(m->brackets[k].maintenance.raw)),
		rk_wide_of(audit_deduction(m, k, false)));
}

static bool more_at_floors_of(const struct rk_cmd_market *floors,
			      const struct rk_cmd_market *before,
			      const struct rk_cmd_market *after)
{
	for (uint32_t k = 0; k < floors->brackets_n; k++) {
		rk_i128 at = floors->brackets[k].floor.raw;

		if (rk_wide_cmp(exact(after, at), exact(before, at)) > 0)
			return true;
	}
	return false;
}

/* What the form of a market is part of. */
struct terms {
	const struct rk_cmd_market *listing;
	const struct rk_margin_terms *margin;
};

/* Rule Y3: may more be required than by the other? */
static bool may_be_worse(struct terms x, struct terms than)
{
	const struct rk_cmd_market *before = than.listing;
	const struct rk_cmd_market *after = x.listing;
	const struct rk_margin_terms *was = than.margin;
	const struct rk_margin_terms *is = x.margin;

	if (is->growth != RK_GROWTH_NONE &&
	    (is->growth != was->growth ||
	     is->base_share.raw > was->base_share.raw ||
	     is->factor_maintenance > was->factor_maintenance))
		return true;
	return more_at_floors_of(before, before, after) ||
	       more_at_floors_of(after, before, after) ||
	       after->brackets[after->brackets_n - 1].maintenance.raw >
		       before->brackets[before->brackets_n - 1].maintenance.raw;
}

static bool same_form(const struct rk_cmd_market *x,
		      const struct rk_margin_terms *xt,
		      const struct rk_cmd_market *y,
		      const struct rk_margin_terms *yt)
{
	bool same = x->brackets_n == y->brackets_n &&
		    xt->growth == yt->growth &&
		    xt->base_share.raw == yt->base_share.raw &&
		    xt->factor_maintenance == yt->factor_maintenance;

	for (uint32_t k = 0; same && k < x->brackets_n; k++)
		same = x->brackets[k].floor.raw == y->brackets[k].floor.raw &&
		       x->brackets[k].maintenance.raw ==
			       y->brackets[k].maintenance.raw;
	return same;
}

int audit_ramp_form(struct rk_auditor *a, uint32_t market,
		    const struct rk_cmd_market *listing,
		    const struct rk_margin_terms *margin)
{
	struct book_market *m = &a->book.markets[market];

	if (audit_ramp_runs(&m->ramp) && m->ramp.began_ns < a->book.now_ns &&
	    may_be_worse((struct terms){listing, margin},
			 (struct terms){&m->listing, &m->margin}))
		return RK_REJ_RAMPING;
	return RK_OK;
}

void audit_ramp_market(struct rk_auditor *a, uint32_t market,
		       const struct rk_cmd_market *listing,
		       const struct rk_margin_terms *margin)
{
	struct book_market *m = &a->book.markets[market];
	bool worse;

	if (same_form(listing, margin, &m->listing, &m->margin))
		return;
	if (!audit_ramp_runs(&m->ramp)) {
		m->ramp_listing = *listing;
		m->ramp_margin = *margin;
	}
	worse = may_be_worse((struct terms){&m->listing, &m->margin},
			     (struct terms){&m->ramp_listing, &m->ramp_margin});
	/* It goes on to the new one, as far as it has come. */
	if (worse && audit_ramp_runs(&m->ramp) &&
	    m->ramp.began_ns < a->book.now_ns)
		return;
	audit_ramp_forget(&m->ramp);
	if (worse && m->ramp.set.duration_ns != 0)
		audit_ramp_begin(&a->book, &m->ramp, &m->ramp.set);
}

/* Rule Y4. */
rk_i128 audit_maintenance(const struct book_market *m, rk_i128 size,
			  rk_i128 notional)
{
	struct book_market before;
	rk_i128 m1 = audit_grown(
		m, size, notional,
		audit_requirement(&m->listing, notional, false), false);
	rk_i128 m0;

	if (!audit_ramp_runs(&m->ramp))
		return m1;
	before = *m;
	before.listing = m->ramp_listing;
	before.margin = m->ramp_margin;
	m0 = audit_grown(&before, size, notional,
			 audit_requirement(&before.listing, notional, false),
			 false);
	if (m1 <= m0)
		return m1;
	return m0 +
	       rk_wide_to_128(rk_wide_div(
		       rk_wide_mul(rk_wide_of(m1 - m0),
				   rk_wide_of(m->ramp.elapsed_ns)),
		       rk_wide_of(m->ramp.running.duration_ns), RK_WIDE_UP));
}

static struct rk_event *tell(struct rk_auditor *a, struct book_ramp *ramp,
			     uint32_t id, uint32_t market)
{
	struct rk_event *ev =
		audit_emit(a, RK_EVENT_RAMPED, AUDIT_NONE, market);

	ev->ramped.id = id;
	ev->ramped.elapsed_ns = ramp->elapsed_ns;
	ev->ramped.duration_ns = ramp->running.duration_ns;
	ev->ramped.ended = ramp->elapsed_ns == ramp->running.duration_ns;
	if (ev->ramped.ended)
		audit_ramp_forget(ramp);
	return ev;
}

static void touch_market(struct rk_auditor *a, uint32_t market)
{
	const struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->positions_n; i++)
		if (b->positions[i].market == market)
			a->touched[b->positions[i].account] = true;
}

static void touch_asset(struct rk_auditor *a, uint32_t asset)
{
	const struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->balances_n; i++)
		if (b->balances[i].asset == asset)
			a->touched[b->balances[i].account] = true;
	for (uint32_t i = 0; i < b->markets_n; i++)
		if (b->markets[i].settle == asset)
			touch_market(a, i);
}

/* An asset is so far on its way. */
static void step_asset(struct rk_auditor *a, uint32_t asset, int64_t elapsed_ns)
{
	struct rk_book *b = &a->book;
	struct book_asset *x = &b->assets[asset];
	struct rk_event *ev;

	x->ramp.elapsed_ns = elapsed_ns;
	put_in_force(x);
	ev = tell(a, &x->ramp, asset, RK_NO_MARKET);
	ev->ramped.terms.weight = x->terms.weight[0];
	ev->ramped.terms.liability = x->terms.liability[0];
	ev->ramped.terms.profit = x->terms.profit[0];
	touch_asset(a, asset);
}

void audit_ramp_size(const struct rk_book *b, struct book_asset *asset,
		     int64_t size_factor)
{
	int64_t now = audit_size_factor(asset, RK_LEVEL_MAINTENANCE);

	audit_ramp_forget(&asset->size_ramp);
	asset->size_before = 0;
	if (size_factor <= now || asset->ramp.set.duration_ns == 0)
		return;
	audit_ramp_begin(b, &asset->size_ramp, &asset->ramp.set);
	asset->size_before = now;
}

/* The same of a size factor (Y7). */
static void step_size(struct rk_auditor *a, uint32_t asset, int64_t elapsed_ns)
{
	struct book_asset *x = &a->book.assets[asset];
	struct rk_event *ev;

	x->size_ramp.elapsed_ns = elapsed_ns;
	ev = audit_emit(a, RK_EVENT_RAMPED, AUDIT_NONE, RK_NO_MARKET);
	ev->ramped = (struct rk_ev_ramped){
		.id = asset,
		.size_factor = audit_size_factor(x, RK_LEVEL_MAINTENANCE),
		.elapsed_ns = elapsed_ns,
		.duration_ns = x->size_ramp.running.duration_ns,
		.ended = elapsed_ns == x->size_ramp.running.duration_ns};
	touch_asset(a, asset);
	if (!ev->ramped.ended)
		return;
	audit_ramp_forget(&x->size_ramp);
	x->size_before = 0;
}

/* The same in a group (Q5). */
static void step_member(struct rk_auditor *a, uint32_t member,
			int64_t elapsed_ns)
{
	struct rk_book *b = &a->book;
	struct book_member *x = &b->members[member];
	struct rk_event *ev;
	uint32_t asset = x->asset;

	x->ramp.elapsed_ns = elapsed_ns;
	ev = audit_emit(a, RK_EVENT_RAMPED, AUDIT_NONE, RK_NO_MARKET);
	ev->ramped = (struct rk_ev_ramped){
		.id = asset,
		.terms.weight.raw = audit_member_weight(b, x),
		.share.raw = audit_member_share(x),
		.elapsed_ns = elapsed_ns,
		.duration_ns = x->ramp.running.duration_ns,
		.ended = elapsed_ns == x->ramp.running.duration_ns};
	(void)memcpy(ev->ramped.group, x->group, RK_NAME_SIZE);
	touch_asset(a, asset);
	if (ev->ramped.ended)
		audit_member_arrives(b, member);
}

static void step_market(struct rk_auditor *a, uint32_t market,
			int64_t elapsed_ns)
{
	struct book_market *m = &a->book.markets[market];

	m->ramp.elapsed_ns = elapsed_ns;
	(void)tell(a, &m->ramp, market, market);
	touch_market(a, market);
}

static bool steps(const struct rk_book *b, const struct book_ramp *ramp)
{
	return audit_ramp_runs(ramp) &&
	       elapsed_by(ramp, b->now_ns) != ramp->elapsed_ns;
}

/* Of the groups in which a ramp of the asset steps, or runs: the first. */
static uint32_t first_member(const struct rk_book *b, uint32_t asset, bool all)
{
	uint32_t first = AUDIT_NONE;

	for (uint32_t i = 0; i < b->members_n; i++) {
		const struct book_member *x = &b->members[i];

		if (x->asset == asset &&
		    (all ? audit_ramp_runs(&x->ramp) : steps(b, &x->ramp)) &&
		    (first == AUDIT_NONE ||
		     strcmp(x->group, b->members[first].group) < 0))
			first = i;
	}
	return first;
}

void audit_ramps(struct rk_auditor *a)
{
	const struct rk_book *b = &a->book;

	for (uint32_t i = 0; i < b->assets_n; i++) {
		uint32_t member;

		if (steps(b, &b->assets[i].ramp))
			step_asset(a, i,
				   elapsed_by(&b->assets[i].ramp, b->now_ns));
		if (steps(b, &b->assets[i].size_ramp))
			step_size(
				a, i,
				elapsed_by(&b->assets[i].size_ramp, b->now_ns));
		while ((member = first_member(b, i, false)) != AUDIT_NONE)
			step_member(a, member,
				    elapsed_by(&b->members[member].ramp,
					       b->now_ns));
	}
	for (uint32_t i = 0; i < b->markets_n; i++)
		if (steps(b, &b->markets[i].ramp))
			step_market(a, i,
				    elapsed_by(&b->markets[i].ramp, b->now_ns));
}

static void end_others(struct rk_auditor *a, uint32_t asset)
{
	const struct rk_book *b = &a->book;
	uint32_t member;

	if (audit_ramp_runs(&b->assets[asset].size_ramp))
		step_size(a, asset,
			  b->assets[asset].size_ramp.running.duration_ns);
	while ((member = first_member(b, asset, true)) != AUDIT_NONE)
		step_member(a, member,
			    b->members[member].ramp.running.duration_ns);
}

/* Rule Y1, for the ramp of an asset or of a market. */
static int set_ramp(struct rk_auditor *a, const struct rk_ramp *want,
		    struct book_ramp *ramp, struct rk_ev_name name,
		    uint32_t market)
{
	struct rk_ramp set = *want;

	if (!can_work(want))
		return RK_REJ_BAD_PARAM;
	if (set.step_ns == 0)
		set.step_ns = smaller(INT64_C(60000000000), set.duration_ns);
	if (set.duration_ns == ramp->set.duration_ns &&
	    set.step_ns == ramp->set.step_ns)
		return RK_REJ_NO_CHANGE;
	ramp->set = set;
	audit_emit(a, RK_EVENT_RAMP_SET, AUDIT_NONE, market)->name = name;
	if (set.duration_ns != 0)
		return RK_OK;
	if (audit_ramp_runs(ramp) && market == RK_NO_MARKET)
		step_asset(a, name.id, ramp->running.duration_ns);
	else if (audit_ramp_runs(ramp))
		step_market(a, market, ramp->running.duration_ns);
	if (market == RK_NO_MARKET)
		end_others(a, name.id);
	return RK_OK;
}

int audit_ramp(struct rk_auditor *a, const struct rk_cmd_ramp *cmd)
{
	struct rk_book *b = &a->book;
	struct rk_ev_name name = {0};

	if ((cmd->asset[0] == '\0') == (cmd->market[0] == '\0'))
		return RK_REJ_BAD_PARAM;
	if (cmd->market[0] != '\0') {
		struct book_market *m;

		name.id = audit_find_market(b, cmd->market);
		if (name.id == AUDIT_NONE)
			return RK_REJ_NO_MARKET;
		m = &b->markets[name.id];
		name.slot = m->slot;
		(void)memcpy(name.name, m->listing.name, RK_NAME_SIZE);
		return set_ramp(a, &cmd->ramp, &m->ramp, name, name.id);
	}
	name.id = audit_find_asset(b, cmd->asset);
	if (name.id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	name.slot = b->assets[name.id].slot;
	(void)memcpy(name.name, b->assets[name.id].listing.name, RK_NAME_SIZE);
	return set_ramp(a, &cmd->ramp, &b->assets[name.id].ramp, name,
			RK_NO_MARKET);
}
