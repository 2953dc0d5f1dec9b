/*
 * Terms of liquidation of a market: rules L13 to L17. Roots and what a minute
 * takes are searched for among wide integers.
 */
#include "support/auditor_pace.h"

#include <string.h>

#include "support/auditor_parts.h"

#define MINUTE_NS   INT64_C(60000000000)
#define TAKEOVER_AT 666666667
#define LONGEST_NS  (INT64_C(3652) * 24 * 3600 * 1000000000)

static bool terms_can_work(const struct rk_liquidation_terms *t)
{
	if (t->stage.raw < 1 || t->stage.raw > RK_RATE_ONE)
		return false;
	if (t->stage_min.raw < 0 || t->dust.raw < 0)
		return false;
	if (t->velocity.raw < 0 || t->velocity.raw > INT64_C(1) << 61)
		return false;
	if (t->volatility.raw < 0 || t->volatility.raw > 10 * RK_RATE_ONE)
		return false;
	return t->cooldown_ns >= 0 && t->cooldown_ns <= LONGEST_NS &&
	       t->claim_max_ns >= 0 && t->claim_max_ns <= LONGEST_NS;
}

void audit_usual_liquidation(struct rk_liquidation_terms *terms)
{
	*terms = (struct rk_liquidation_terms){.stage = {RK_RATE_ONE}};
}

int audit_liquidation(struct rk_auditor *a,
		      const struct rk_cmd_liquidation *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_market(b, cmd->market);
	const struct rk_liquidation_terms *want = &cmd->terms;
	struct rk_liquidation_terms *is;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_MARKET;
	if (!terms_can_work(want))
		return RK_REJ_BAD_PARAM;
	is = &b->markets[id].liquidation;
	if (is->stage.raw == want->stage.raw &&
	    is->stage_min.raw == want->stage_min.raw &&
	    is->cooldown_ns == want->cooldown_ns &&
	    is->volatility.raw == want->volatility.raw &&
	    is->dust.raw == want->dust.raw &&
	    is->velocity.raw == want->velocity.raw &&
	    is->claim_max_ns == want->claim_max_ns)
		return RK_REJ_NO_CHANGE;
	*is = *want;
	if (want->velocity.raw == 0)
		b->markets[id].window_ends_ns = 0;
	ev = audit_emit(a, RK_EVENT_LIQUIDATION_SET, AUDIT_NONE, id);
	ev->name.id = id;
	ev->name.slot = b->markets[id].slot;
	(void)memcpy(ev->name.name, b->markets[id].listing.name, RK_NAME_SIZE);
	audit_touch_all(a);
	return RK_OK;
}

rk_i128 audit_stage(const struct book_market *m, rk_i128 notional)
{
	struct rk_wide share =
		rk_wide_div(rk_wide_mul(rk_wide_of(notional),
					rk_wide_of(m->liquidation.stage.raw)),
			    rk_wide_of(RK_RATE_ONE), RK_WIDE_UP);
	rk_i128 stage = rk_wide_to_128(share);

	if (stage < m->liquidation.stage_min.raw)
		stage = m->liquidation.stage_min.raw;
	return stage > notional ? notional : stage;
}

/* Twice the standard deviation over 30 s: sigma * sqrt(4 * 30 / 86400). */
static rk_i128 two_sigma(int64_t volatility)
{
	struct rk_wide square = rk_wide_mul(
		rk_wide_mul(rk_wide_of(volatility), rk_wide_of(volatility)),
		rk_wide_power_of_ten(18));
	rk_i128 below = -1;
	rk_i128 enough = (rk_i128)1 << 64;

	if (volatility == 0)
		return 0;
	while (enough - below > 1) {
		rk_i128 between = (enough + below) / 2;
		struct rk_wide w = rk_wide_of(between);

		w = rk_wide_mul(rk_wide_mul(w, w), rk_wide_of(86400 / 120));
		if (rk_wide_cmp(w, square) < 0)
			below = between;
		else
			enough = between;
	}
	return enough;
}

struct rk_wide audit_swing(const struct book_market *m, rk_i128 notional)
{
	return rk_wide_mul(
		rk_wide_of(notional),
		rk_wide_of(two_sigma(m->liquidation.volatility.raw)));
}

int64_t audit_cooldown(const struct rk_book *b, const struct book_market *m,
		       struct rk_wide moves, const struct audit_health *h)
{
	const struct rk_wide one = rk_wide_power_of_ten(18);
	const struct rk_wide most = rk_wide_mul(one, rk_wide_of(30));
	int64_t cooldown = m->liquidation.cooldown_ns;
	struct rk_wide room = rk_wide_sub(
		rk_wide_of(h->equity),
		rk_wide_div(rk_wide_mul(rk_wide_of(h->r[RK_LEVEL_MAINTENANCE]),
					rk_wide_of(TAKEOVER_AT)),
			    rk_wide_of(RK_RATE_ONE), RK_WIDE_UP));
	struct rk_wide urgency;

	if (cooldown == 0)
		cooldown = b->risk.order_cooldown_ns;
	if (m->liquidation.volatility.raw == 0)
		return cooldown;
	if (rk_wide_sign(room) <= 0)
		room = rk_wide_of(1);
	urgency = rk_wide_div(moves, room, RK_WIDE_DOWN);
	if (rk_wide_cmp(urgency, one) < 0)
		urgency = one;
	if (rk_wide_cmp(urgency, most) > 0)
		urgency = most;
	return (int64_t)rk_wide_to_128(rk_wide_div(
		rk_wide_mul(rk_wide_of(cooldown), one), urgency, RK_WIDE_DOWN));
}

static rk_i128 worth(rk_i128 notional, rk_i128 whole, rk_i128 size)
{
	return rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(notional), rk_wide_of(size)),
			    rk_wide_of(whole), RK_WIDE_UP));
}

rk_i128 audit_ordered(const struct rk_book *b, const struct book_market *m)
{
	return b->now_ns < m->window_ends_ns ? m->ordered : 0;
}

int64_t audit_window_end(const struct rk_book *b)
{
	return b->now_ns - b->now_ns % MINUTE_NS + MINUTE_NS;
}

rk_i128 audit_take(const struct rk_book *b, const struct book_market *m,
		   struct audit_portion p)
{
	rk_i128 most = m->liquidation.velocity.raw;
	rk_i128 ordered = audit_ordered(b, m);
	rk_i128 lot = m->listing.lot.raw;
	rk_i128 lots = 0;
	rk_i128 too_many = p.size / lot + 1;

	if (most == 0 || ordered + worth(p.notional, p.whole, p.size) <= most)
		return p.size;
	while (too_many - lots > 1) {
		rk_i128 between = (lots + too_many) / 2;

		if (ordered + worth(p.notional, p.whole, between * lot) > most)
			too_many = between;
		else
			lots = between;
	}
	if (lots == 0 && ordered == 0)
		lots = 1;
	return lots * lot < p.size ? lots * lot : p.size;
}

void audit_count_ordered(const struct rk_book *b, struct book_market *m,
			 struct audit_portion p)
{
	if (m->liquidation.velocity.raw == 0)
		return;
	m->ordered = audit_ordered(b, m) + worth(p.notional, p.whole, p.size);
	m->window_ends_ns = audit_window_end(b);
}

void audit_see_liquidation(struct difference *d, const struct rk_book *b,
			   uint32_t market, const struct rk_market_view *got)
{
	const struct rk_liquidation_terms *x = &b->markets[market].liquidation;
	const struct rk_liquidation_terms *y = &got->liquidation;

	audit_see(d, "stage", x->stage.raw, y->stage.raw);
	audit_see(d, "stage_min", x->stage_min.raw, y->stage_min.raw);
	audit_see(d, "cooldown_ns", x->cooldown_ns, y->cooldown_ns);
	audit_see(d, "volatility", x->volatility.raw, y->volatility.raw);
	audit_see(d, "dust", x->dust.raw, y->dust.raw);
	audit_see(d, "velocity", x->velocity.raw, y->velocity.raw);
	audit_see(d, "claim_max_ns", x->claim_max_ns, y->claim_max_ns);
	audit_see(d, "liquidation_ordered",
		  audit_ordered(b, &b->markets[market]),
		  got->liquidation_ordered.raw);
}
