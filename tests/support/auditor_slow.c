/*
 * Slow prices, the worse of two prices, and weights by what all have: rules W1
 * to W8. Everything is reckoned from its parts each time: totals over all
 * balances, and a health for each underlying at its slow prices.
 */
#include <string.h>

#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

#define BILLION INT64_C(1000000000)

static rk_i128 least(rk_i128 x, rk_i128 y)
{
	return x < y ? x : y;
}

static rk_i128 most(rk_i128 x, rk_i128 y)
{
	return x > y ? x : y;
}

/* x * y / z, rounded, however wide the product. */
static rk_i128 ratio(rk_i128 x, rk_i128 y, rk_i128 z,
		     enum rk_wide_rounding rounding)
{
	return rk_wide_to_128(
		rk_wide_div(rk_wide_mul(rk_wide_of(x), rk_wide_of(y)),
			    rk_wide_of(z), rounding));
}

/* --- rules W1 to W4 */

static bool slow_can_work(const struct rk_slow_terms *t)
{
	if (t->interval_ns == 0)
		return t->delay_limit.raw == 0 && t->limit.raw == 0 &&
		       t->min_ns == 0 && t->max_ns == 0;
	return t->interval_ns >= 60 * BILLION &&
	       t->interval_ns <= 7 * 86400 * BILLION &&
	       t->delay_limit.raw >= 1 && t->delay_limit.raw <= BILLION &&
	       t->limit.raw >= 1 && t->limit.raw <= BILLION && t->min_ns >= 0 &&
	       t->max_ns >= 1 && t->min_ns <= t->max_ns &&
	       t->max_ns <= t->interval_ns &&
	       (rk_i128)t->limit.raw * t->max_ns <= (rk_i128)BILLION * BILLION;
}

static bool same_slow(const struct rk_slow_terms *x,
		      const struct rk_slow_terms *y)
{
	return x->interval_ns == y->interval_ns &&
	       x->delay_limit.raw == y->delay_limit.raw &&
	       x->limit.raw == y->limit.raw && x->min_ns == y->min_ns &&
	       x->max_ns == y->max_ns;
}

static void start(struct book_slot *at, int64_t price, int64_t now_ns)
{
	at->slow_price = (rk_i128)price * BILLION;
	at->slow_ns = now_ns;
	at->seen = 0;
	at->seen_ns = 0;
	for (int i = 0; i < 24; i++)
		at->past[i] = at->slow_price;
}

/* As near to a target as a step allows. */
static rk_i128 toward(rk_i128 from, rk_i128 target, rk_i128 step)
{
	return least(most(target, from - step), from + step);
}

/* n intervals end; what was seen in them counts for each. */
static void end_intervals(struct book_slot *at, int64_t n)
{
	rk_i128 mean = ratio(at->seen, BILLION, at->seen_ns, RK_WIDE_DOWN);
	rk_i128 next = toward(at->past[0], mean,
			      ratio(at->past[0], at->slow.delay_limit.raw,
				    BILLION, RK_WIDE_DOWN));

	for (n = n < 24 ? n : 24; n > 0; n--) {
		(void)memmove(&at->past[1], &at->past[0],
			      23 * sizeof(at->past[0]));
		at->past[0] = next;
	}
	at->seen = 0;
	at->seen_ns = 0;
}

void audit_follow(struct rk_auditor *a, uint32_t slot)
{
	struct book_slot *at = &a->book.slots[slot];
	const struct rk_slow_terms *t = &at->slow;
	int64_t now_ns = a->book.now_ns;
	int64_t dt = now_ns - at->slow_ns;
	rk_i128 target = (rk_i128)at->mark * BILLION;
	rk_i128 oldest;
	rk_i128 near;
	rk_i128 part;
	int64_t over;

	if (t->interval_ns == 0)
		return;
	if (at->slow_price == 0) {
		start(at, at->mark, now_ns);
		return;
	}
	if (dt == 0 || dt < t->min_ns)
		return;
	over = now_ns / t->interval_ns - at->slow_ns / t->interval_ns;
	at->slow_ns = now_ns;
	dt = (int64_t)least(dt, t->max_ns);
	at->seen += (rk_i128)at->mark * dt;
	at->seen_ns += dt;
	if (over > 0)
		end_intervals(at, over);
	oldest = at->past[23];
	near = ratio(least(oldest, at->slow_price), BILLION,
		     most(oldest, at->slow_price), RK_WIDE_DOWN);
	part = ratio((rk_i128)t->limit.raw * dt, near * near,
		     (rk_i128)BILLION * BILLION, RK_WIDE_DOWN);
	at->slow_price =
		toward(at->slow_price, target,
		       ratio(at->slow_price, part, (rk_i128)BILLION * BILLION,
			     RK_WIDE_DOWN));
}

static void bounds_of(const struct rk_book *b, uint32_t slot, int64_t *low,
		      int64_t *high)
{
	const struct book_slot *at = &b->slots[slot];

	*low = 1;
	if (at->market != AUDIT_NONE) {
		*low = b->markets[at->market].listing.price_min.raw;
		*high = b->markets[at->market].listing.price_max.raw;
	} else {
		*high = b->assets[at->asset].listing.price_max.raw;
	}
}

rk_i128 audit_slow(const struct rk_book *b, uint32_t slot, rk_i128 mark)
{
	rk_i128 price = b->slots[slot].slow_price;
	int64_t low;
	int64_t high;

	if (price == 0 || mark == 0)
		return 0;
	bounds_of(b, slot, &low, &high);
	price = price > mark * BILLION ? (price + BILLION - 1) / BILLION
				       : price / BILLION;
	return least(most(price, low), high);
}

static int find_followed(const struct rk_book *b,
			 const struct rk_cmd_slow_price *cmd,
			 uint32_t *ret_asset)
{
	*ret_asset = AUDIT_NONE;
	if (cmd->underlying[0] == '\0')
		return RK_OK;
	if (b->slots[cmd->slot].asset != AUDIT_NONE)
		return RK_REJ_BAD_PARAM;
	*ret_asset = audit_find_asset(b, cmd->underlying);
	return *ret_asset == AUDIT_NONE ? RK_REJ_NO_ASSET : RK_OK;
}

static int check_slow(const struct rk_book *b,
		      const struct rk_cmd_slow_price *cmd,
		      uint32_t *ret_followed)
{
	int64_t low;
	int64_t high;
	int code;

	if (cmd->slot >= b->slots_n || !slow_can_work(&cmd->terms))
		return RK_REJ_BAD_PARAM;
	code = find_followed(b, cmd, ret_followed);
	if (code != RK_OK)
		return code;
	bounds_of(b, cmd->slot, &low, &high);
	if (cmd->start.raw != 0 && cmd->terms.interval_ns == 0)
		return RK_REJ_BAD_PARAM;
	if (cmd->start.raw != 0 &&
	    (cmd->start.raw < low || cmd->start.raw > high))
		return RK_REJ_BAD_PRICE;
	if (cmd->start.raw == 0 &&
	    *ret_followed == b->slots[cmd->slot].follows &&
	    same_slow(&cmd->terms, &b->slots[cmd->slot].slow))
		return RK_REJ_NO_CHANGE;
	return RK_OK;
}

int audit_slow_price(struct rk_auditor *a, const struct rk_cmd_slow_price *cmd)
{
	struct rk_book *b = &a->book;
	struct book_slot *at;
	struct rk_event *ev;
	uint32_t followed;
	int code = check_slow(b, cmd, &followed);

	if (code != RK_OK)
		return code;
	at = &b->slots[cmd->slot];
	at->follows = followed;
	if (cmd->terms.interval_ns != at->slow.interval_ns) {
		at->seen = 0;
		at->seen_ns = 0;
		for (int i = 0; i < 24; i++)
			at->past[i] = at->slow_price;
	}
	at->slow = cmd->terms;
	if (cmd->terms.interval_ns == 0)
		at->slow_price = 0;
	else if (cmd->start.raw != 0)
		start(at, cmd->start.raw, b->now_ns);
	else if (at->slow_price == 0 && at->state == RK_PRICE_OK)
		start(at, at->mark, b->now_ns);
	ev = audit_emit(a, RK_EVENT_SLOW_PRICE_SET, AUDIT_NONE, at->market);
	ev->name.slot = cmd->slot;
	if (at->market != AUDIT_NONE) {
		ev->name.id = at->market;
		(void)memcpy(ev->name.name, b->markets[at->market].listing.name,
			     RK_NAME_SIZE);
	} else {
		ev->name.id = at->asset;
		(void)memcpy(ev->name.name, b->assets[at->asset].listing.name,
			     RK_NAME_SIZE);
	}
	return RK_OK;
}

/* --- rules W5 and W6 */

/* Slots that belong together have the same number. */
static uint32_t group_of(const struct rk_book *b, uint32_t slot)
{
	const struct book_slot *at = &b->slots[slot];

	if (at->asset != AUDIT_NONE)
		return at->asset;
	return at->follows != AUDIT_NONE ? at->follows : AUDIT_NAMES + slot;
}

/* Does what the account holds or owes depend on the slot? */
static bool concerns(const struct rk_book *b, uint32_t account, uint32_t slot)
{
	const struct book_slot *at = &b->slots[slot];

	for (uint32_t i = 0; i < b->positions_n; i++) {
		const struct book_position *p = &b->positions[i];

		if (p->account == account &&
		    (p->market == at->market ||
		     b->markets[p->market].settle == at->asset))
			return true;
	}
	for (uint32_t i = 0; i < b->resting_n; i++) {
		const struct book_resting *o = &b->resting[i];

		if (o->account == account &&
		    (o->market == at->market ||
		     b->markets[o->market].settle == at->asset))
			return true;
	}
	for (uint32_t i = 0; i < b->balances_n; i++)
		if (b->balances[i].account == account &&
		    b->balances[i].asset == at->asset)
			return true;
	return false;
}

/* Prices with some groups at their slow ones. */
struct choice {
	bool slow[AUDIT_NAMES + AUDIT_SLOTS];
};

static struct audit_health at_choice(const struct rk_book *b, uint32_t account,
				     const rk_i128 *prices,
				     const struct choice *choice)
{
	rk_i128 chosen[AUDIT_SLOTS];

	for (uint32_t i = 0; i < b->slots_n; i++) {
		rk_i128 slow = audit_slow(b, i, prices[i]);

		chosen[i] = choice->slow[group_of(b, i)] && slow != 0
				    ? slow
				    : prices[i];
	}
	return audit_evaluate(b, account, chosen);
}

static bool has_slow(const struct rk_book *b, uint32_t account,
		     const rk_i128 *prices, uint32_t slot)
{
	rk_i128 slow = audit_slow(b, slot, prices[slot]);

	return slow != 0 && slow != prices[slot] && concerns(b, account, slot);
}

static void lower(struct audit_health *h, const struct audit_health *other)
{
	for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++) {
		h->health[k] = least(h->health[k], other->health[k]);
		h->r[k] = h->equity - h->health[k];
	}
}

struct audit_health audit_worst(const struct rk_book *b, uint32_t account,
				const rk_i128 *given)
{
	struct choice worse[RK_LEVELS] = {0};
	struct choice seen = {0};
	bool any[RK_LEVELS] = {false};
	rk_i128 prices[AUDIT_SLOTS];
	struct audit_health at_marks;
	struct audit_health h;

	for (uint32_t i = 0; i < b->slots_n; i++)
		prices[i] = given ? given[i] : b->slots[i].mark;
	at_marks = audit_evaluate(b, account, prices);
	h = at_marks;
	for (uint32_t i = 0; i < b->slots_n; i++) {
		struct choice alone = {0};
		struct audit_health there;

		if (seen.slow[group_of(b, i)] ||
		    !has_slow(b, account, prices, i))
			continue;
		seen.slow[group_of(b, i)] = true;
		alone.slow[group_of(b, i)] = true;
		there = at_choice(b, account, prices, &alone);
		for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++) {
			if (there.health[k] >= at_marks.health[k])
				continue;
			worse[k].slow[group_of(b, i)] = true;
			any[k] = true;
		}
	}
	for (int k = RK_LEVEL_INITIAL; k < RK_LEVELS; k++) {
		struct audit_health there;

		if (!any[k])
			continue;
		there = at_choice(b, account, prices, &worse[k]);
		lower(&h, &there);
	}
	return h;
}

/* --- rules W7 and W8 */

int audit_collateral_scale(struct rk_auditor *a,
			   const struct rk_cmd_collateral_scale *cmd)
{
	struct rk_book *b = &a->book;
	uint32_t id = audit_find_asset(b, cmd->asset);
	struct book_asset *asset;
	struct rk_event *ev;

	if (id == AUDIT_NONE)
		return RK_REJ_NO_ASSET;
	if (cmd->scale.held.raw < 0 || cmd->scale.owed.raw < 0 ||
	    cmd->scale.size_factor < 0 ||
	    cmd->scale.size_factor > BILLION * BILLION ||
	    cmd->scale.deposit_cap.raw < 0)
		return RK_REJ_BAD_PARAM;
	asset = &b->assets[id];
	if (cmd->scale.held.raw == asset->scale.held.raw &&
	    cmd->scale.owed.raw == asset->scale.owed.raw &&
	    cmd->scale.size_factor == asset->scale.size_factor &&
	    cmd->scale.deposit_cap.raw == asset->scale.deposit_cap.raw)
		return RK_REJ_NO_CHANGE;
	if (cmd->scale.size_factor != asset->scale.size_factor) {
		audit_touch_all(a);
		audit_ramp_size(b, asset, cmd->scale.size_factor);
	}
	asset->scale = cmd->scale;
	ev = audit_emit(a, RK_EVENT_COLLATERAL_SCALE_SET, AUDIT_NONE,
			RK_NO_MARKET);
	ev->name.id = id;
	ev->name.slot = asset->slot;
	(void)memcpy(ev->name.name, asset->listing.name, RK_NAME_SIZE);
	return RK_OK;
}

/*
 * What all accounts hold (sign 1) or owe (-1), in USD at the dearer price: what
 * is booked of it, and what the one that is asked about has coming.
 */
static struct rk_wide total_worth(const struct rk_book *b, uint32_t account,
				  uint32_t asset, int sign)
{
	const struct book_asset *at = &b->assets[asset];
	rk_i128 total = sign > 0 ? at->leaving : 0;
	rk_i128 price = audit_index(b, asset, NULL);

	for (uint32_t i = 0; i < b->balances_n; i++) {
		const struct book_balance *held = &b->balances[i];
		rk_i128 amount = held->amount;

		if (held->asset != asset)
			continue;
		if (held->account == account)
			amount += audit_interest_due(b, held);
		amount *= sign;
		if (amount > 0)
			total += amount;
	}
	if (at->slot != AUDIT_NONE)
		price = most(price, audit_slow(b, at->slot, price));
	return rk_wide_scale(rk_wide_mul(rk_wide_of(total), rk_wide_of(price)),
			     RK_USD_DECIMALS - at->listing.decimals -
				     at->listing.price_decimals,
			     rk_wide_of(1), RK_WIDE_UP);
}

int64_t audit_scaled_weight(const struct rk_book *b, uint32_t account,
			    uint32_t asset, int64_t weight)
{
	const struct book_asset *at = &b->assets[asset];
	struct rk_wide begin = rk_wide_of(at->scale.held.raw);
	struct rk_wide worth;

	if (at->scale.held.raw == 0)
		return weight;
	worth = total_worth(b, account, asset, 1);
	if (rk_wide_cmp(worth, begin) <= 0)
		return weight;
	return (int64_t)rk_wide_to_128(rk_wide_div(
		rk_wide_mul(rk_wide_of(weight), begin), worth, RK_WIDE_DOWN));
}

rk_i128 audit_scaled_liability(const struct rk_book *b, uint32_t account,
			       uint32_t asset, rk_i128 liability)
{
	const struct book_asset *at = &b->assets[asset];
	struct rk_wide begin = rk_wide_of(at->scale.owed.raw);
	rk_i128 limit = liability * 1000000;
	struct rk_wide worth;
	struct rk_wide scaled;

	if (at->scale.owed.raw == 0)
		return liability;
	worth = total_worth(b, account, asset, -1);
	if (rk_wide_cmp(worth, begin) <= 0)
		return liability;
	/* 2 000 000 in all. */
	limit = least(limit, (rk_i128)2000000 * BILLION);
	scaled = rk_wide_div(rk_wide_mul(rk_wide_of(liability), worth), begin,
			     RK_WIDE_UP);
	return rk_wide_cmp(scaled, rk_wide_of(limit)) > 0
		       ? limit
		       : rk_wide_to_128(scaled);
}
