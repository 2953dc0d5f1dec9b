/*
 * Rule: whom the ladder does not find is not due. Two engines get the same
 * commands, one with the ladder and one with the scan, which judges every
 * holder at every price and index: each command must give the same events.
 *
 * The books are made to be hard on it: weights, parts of profit, brackets,
 * linear and inverse contracts that settle in coins, everything hedged or not,
 * isolated accounts, and equity kept near every threshold while prices walk in
 * steps from a hundredth of a percent to gaps that cross several states. Some
 * accounts are liquidated, some only reported. Assets are lent, some converted,
 * and indices of funding and interest move between prices; in some books they
 * alone do, and in some nothing but prices does. In half of the books boxes are
 * made as late as can be, and with --stream at times.
 *
 * Beside it the audit goes round both engines, a few accounts after each
 * command: it must never find a difference.
 *
 * --stream takes commands of every type instead of a book. --straight has only
 * books of linear markets in USD, where accounts near a threshold are on the
 * direct list; of the others a third are. --corners looks at
 * corners of boxes beside (box_corners.h), and only there. --damage takes away
 * or moves ranges of the ladder all the time: the audit must find each, and as
 * it is rechecked before a price moves, there still is no other event. --weak
 * is for the programs with boxes that are too wide: a difference must be found,
 * and where that is in events the audit must find who was missed.
 *
 * ladder [--stream|--corners|--damage] [--weak] [--straight] [SEED [CHANGES]]
 * TAP output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box_corners.h"
#include "engine/audit.h"
#include "engine/rc.h"
#include "engine/state.h"
#include "random_book.h"
#include "support/generator.h"

#define ACCOUNTS      200
#define STEPS_OF_BOOK 4000
#define DIGEST_EVERY  997
#define SLOTS         (BOOK_ASSETS + BOOK_MARKETS)
#define CHANGES       20000
#define SECOND_NS     INT64_C(1000000000)
#define HOUR_NS       (3600 * SECOND_NS)
#define AUDIT_SLICE   8
#define DAMAGE_EVERY  20

/* More decimals: prices move in small steps. */
static const struct finer finer = {2, 3, 2};

struct slot {
	uint32_t number;
	int64_t first;
	int64_t price;
	int64_t low;
	int64_t high;
};

struct pair {
	struct rk_harness ladder;
	struct rk_harness scan;
	struct rk_prng prng;
	struct random_book book;
	struct slot slots[SLOTS];
	uint32_t slots_n;
	uint64_t quote;
	uint64_t trade;
	uint64_t commands;
	uint64_t changes;
	uint64_t missed;
	uint64_t seed;
	int64_t time_ns;
	bool calm;          /* prices of this book move in small steps */
	bool still;         /* they do not move at all: only indices do */
	bool indexed;       /* there are funding and interest */
	bool bare;          /* books of nothing but prices, and boxes in time */
	bool straight;      /* this book is of USD and linear contracts only */
	bool straight_only; /* all are */
	bool corners;       /* are looked at */
	bool damages;       /* the ladder, now and then */
	bool weak;          /* boxes are too wide */
	uint32_t audit_at[2]; /* of the ladder, of the scan */
	uint64_t audited;     /* accounts */
	uint64_t differences; /* found by the audit */
	uint64_t damaged;     /* ranges */
	uint64_t states[RK_STATE_BANKRUPT + 1];
	uint64_t by_index;  /* of the changes */
	uint64_t judged[2]; /* accounts: with the ladder, with the scan */
	uint64_t direct;    /* accounts on the direct list, at each step */
	struct box_corners seen;
};

static void compare(struct pair *pair, const struct rk_cmd *cmd)
{
	struct rk_hash a = rk_view_event_digest(pair->ladder.engine);
	struct rk_hash b = rk_view_event_digest(pair->scan.engine);
	bool same = rk_hash_equal(a, b) != 0 &&
		    pair->ladder.events_n == pair->scan.events_n;

	if (same && pair->commands % DIGEST_EVERY == 0) {
		a = rk_view_state_digest(pair->ladder.engine);
		b = rk_view_state_digest(pair->scan.engine);
		same = rk_hash_equal(a, b) != 0;
	}
	if (same)
		return;
	pair->missed++;
	(void)printf("# seed %llu command %llu %s: %u events, scan %u\n",
		     (unsigned long long)pair->seed,
		     (unsigned long long)pair->commands, rk_cmd_name(cmd->type),
		     pair->ladder.events_n, pair->scan.events_n);
}

static void tell_finding(const struct pair *pair,
			 const struct rk_audit_finding *found)
{
	(void)printf("# seed %llu command %llu: account %llu differs: %s %s, "
		     "should be %s, slot %d\n",
		     (unsigned long long)pair->seed,
		     (unsigned long long)pair->commands,
		     (unsigned long long)found->account,
		     rk_audit_kind_name(found->kind),
		     rk_state_name(found->state),
		     rk_state_name(found->expected), (int)found->slot);
}

/* Some accounts of an engine, round and round. Of a right one: none differs. */
static void audit_some(struct pair *pair, const struct rk_engine *engine,
		       uint32_t *at)
{
	struct rk_audit_finding found;
	uint32_t from = *at;

	if (rk_audit_next(engine, at, from + AUDIT_SLICE, &found)) {
		pair->missed++;
		pair->differences++;
		tell_finding(pair, &found);
	}
	pair->audited += *at - from;
	if (*at == rk_view_accounts(engine))
		*at = 0;
}

static void apply_both(struct pair *pair, const struct rk_cmd *cmd)
{
	pair->commands++;
	(void)rk_harness_apply(&pair->ladder, cmd);
	(void)rk_harness_apply(&pair->scan, cmd);
}

/* As the daemon does: who differs is rechecked, here in both engines. */
static void audit_all(struct pair *pair)
{
	struct rk_audit_finding found;
	uint32_t at = 0;

	while (rk_audit_next(pair->ladder.engine, &at, UINT32_MAX, &found)) {
		struct rk_cmd cmd = {.type = RK_CMD_RECHECK};

		pair->differences++;
		cmd.recheck.account = found.account;
		cmd.recheck.found_seq = found.seq;
		apply_both(pair, &cmd);
		compare(pair, &cmd);
	}
	pair->audited += at;
}

/* Has it a position at that price, of which it must have a range? */
static bool depends(const struct pair *pair, uint32_t account, uint32_t slot)
{
	const struct rk_engine *engine = pair->ladder.engine;
	uint32_t i = engine->accounts[account].positions;

	while (i != RK_NONE &&
	       engine->markets[engine->positions[i].market].slot != slot)
		i = engine->positions[i].next;
	return i != RK_NONE;
}

/* Take ranges of an account away, or have them exclude the present price. */
static void damage(struct pair *pair)
{
	struct rk_engine *engine = pair->ladder.engine;
	uint32_t account = (uint32_t)rk_prng_below(&pair->prng, ACCOUNTS);
	bool drops = rk_prng_chance(&pair->prng, 1, 2);
	const struct slot *slot =
		&pair->slots[rk_prng_below(&pair->prng, pair->slots_n)];
	struct rk_range range;

	if (account >= rk_view_accounts(engine) ||
	    rk_watch_is_waiting(&engine->watch, account) ||
	    !rk_ladder_range(&engine->watch.ladder, account, slot->number,
			     &range))
		return;
	drops = drops && depends(pair, account, slot->number);
	range.low = RK_LADDER_NEVER_BELOW;
	range.high = engine->slots[slot->number].mark.raw - 1;
	rk_ladder_set(&engine->watch.ladder, account, &range, drops ? 0 : 1);
	pair->damaged++;
	audit_all(pair);
	if (pair->differences == pair->damaged)
		return;
	pair->missed++;
	(void)printf("# damage of account index %u was not found\n", account);
}

static void apply(struct pair *pair, const struct rk_cmd *cmd)
{
	if (pair->missed > 0)
		return;
	apply_both(pair, cmd);
	for (uint32_t i = 0; i < pair->scan.events_n; i++)
		if (pair->scan.events[i].type == RK_EVENT_STATE) {
			pair->changes++;
			pair->by_index += cmd->type == RK_CMD_FUND ||
					  cmd->type == RK_CMD_ACCRUE ||
					  cmd->type == RK_CMD_CLOCK;
			pair->states[pair->scan.events[i].state.after]++;
		}
	compare(pair, cmd);
	if (pair->weak)
		return;
	audit_some(pair, pair->ladder.engine, &pair->audit_at[0]);
	audit_some(pair, pair->scan.engine, &pair->audit_at[1]);
	if (pair->damages && rk_prng_chance(&pair->prng, 1, DAMAGE_EVERY))
		damage(pair);
}

static void move(struct slot *slot, double by)
{
	double price = (double)slot->price * (1 + by);
	int64_t step = by < 0 ? -1 : 1;

	slot->price = (int64_t)price == slot->price ? slot->price + step
						    : (int64_t)price;
	if (slot->price < slot->low || slot->price > slot->high)
		slot->price = slot->first;
}

/*
 * Up to nearly a half, each magnitude as likely; in a calm book steps are so
 * small that prices go through ranges without jumping over their ends.
 */
static double any_step(struct pair *pair)
{
	uint64_t tenths = rk_prng_below(&pair->prng, 5);
	double size = pair->calm ? 1e-4 : 0.4;

	for (uint64_t i = 0; i < tenths; i++)
		size /= 10;
	return size * (double)rk_prng_between(&pair->prng, -1000, 1000) / 1000;
}

/* One batch: one price, some, or all of them the same way. */
static void quote(struct pair *pair)
{
	struct rk_quote quotes[SLOTS];
	const struct rk_cmd cmd = {.type = RK_CMD_PRICES,
				   .prices = {.quotes = quotes, .n = 1}};
	uint32_t n = 1;
	bool crash = rk_prng_chance(&pair->prng, 1, 200);
	double by = any_step(pair);
	struct rk_cmd copy = cmd;

	if (crash)
		n = pair->slots_n;
	else if (rk_prng_chance(&pair->prng, 1, 3))
		n = 3;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t any = rk_prng_below(&pair->prng, pair->slots_n);
		struct slot *slot = &pair->slots[crash ? i : any];

		if (!crash)
			by = any_step(pair);
		move(slot, by);
		quotes[i] = (struct rk_quote){.slot = slot->number,
					      .price = {slot->price},
					      .time_ns = pair->time_ns,
					      .seq = ++pair->quote};
	}
	copy.prices.n = n;
	apply(pair, &copy);
}

/* Of either sign, each magnitude as likely. */
static void fund(struct pair *pair)
{
	uint32_t market = (uint32_t)rk_prng_below(&pair->prng, BOOK_MARKETS);
	uint64_t most = RK_RATE_ONE / 50;
	uint64_t tenths = rk_prng_below(&pair->prng, 5);
	bool other = rk_prng_chance(&pair->prng, 1, 5);
	struct rk_cmd cmd = {
		.type = RK_CMD_FUND,
		.fund = {.market = market,
			 .price = {
				 pair->slots[BOOK_ASSETS - 1 + market].price}}};
	int64_t rate;

	for (uint64_t i = 0; i < tenths; i++)
		most /= 10;
	rate = (int64_t)rk_prng_below(&pair->prng, most + 1);
	/* Each market has its way, but for now and then. */
	cmd.fund.rate.raw = (market % 2 == 0) == other ? -rate : rate;
	apply(pair, &cmd);
}

/* Time passes, up to some hours: ends of intervals, and ACCRUE. */
static void accrue(struct pair *pair)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	pair->time_ns += rk_prng_between(&pair->prng, SECOND_NS, 3 * HOUR_NS);
	cmd.clock.time_ns = pair->time_ns;
	apply(pair, &cmd);
	if (rk_prng_chance(&pair->prng, 1, 2))
		return;
	cmd = (struct rk_cmd){.type = RK_CMD_ACCRUE};
	cmd.accrue.asset = (uint32_t)rk_prng_below(&pair->prng, BOOK_ASSETS);
	apply(pair, &cmd);
}

static void trade(struct pair *pair, uint64_t account, uint32_t market,
		  bool buys)
{
	const struct random_book *book = &pair->book;
	double usd = (double)rk_prng_between(&pair->prng, 10, 300000);
	const struct rk_trade_side side = {.account = account};
	struct rk_cmd cmd = {
		.type = RK_CMD_TRADE,
		.trade = {
			.trade = ++pair->trade,
			.market = market,
			.price = {pair->slots[BOOK_ASSETS - 1 + market].price},
			.size = {random_book_more(
				random_book_size(book, market, usd),
				finer.size)}}};

	if (buys)
		cmd.trade.buyer = side;
	else
		cmd.trade.seller = side;
	apply(pair, &cmd);
}

/* Equity becomes some multiple of maintenance, near a threshold. */
static void settle(struct pair *pair, uint64_t account)
{
	static const double at[] = {1, 1.25, 1.3, 1.5, 1.6, 1.6, 2, 5};
	struct rk_account_view view;
	uint32_t asset =
		rk_prng_chance(&pair->prng, 1, 3)
			? (uint32_t)rk_prng_below(
				  &pair->prng, pair->straight ? 1 : BOOK_ASSETS)
			: 0;
	double goal = at[rk_prng_below(&pair->prng, 8)];
	double near = (double)rk_prng_between(&pair->prng, -1000, 1000) / 50000;
	struct rk_cmd cmd = {.type = RK_CMD_ADJUST,
			     .amount = {.account = account, .asset = asset}};
	double weight;
	double usd;

	if (rk_view_account(pair->scan.engine, (uint32_t)account - 1, &view) !=
	    RK_OK)
		abort();
	/* What is put in requires something itself, by its weight. */
	goal *= 1 + near;
	weight = (double)pair->book.assets[asset]
			 .terms.weight[RK_LEVEL_MAINTENANCE]
			 .raw /
		 RK_RATE_ONE;
	usd = (goal * (double)view.margin.maintenance.raw -
	       (double)view.margin.equity.raw) /
	      (1 - goal * (1 - weight)) / 1e8;
	if (usd > 1e7 || usd < -1e7)
		return;
	cmd.amount.amount.raw = random_book_more(
		random_book_amount(&pair->book, asset, usd), finer.amount);
	if (cmd.amount.amount.raw != 0)
		apply(pair, &cmd);
}

static void disturb(struct pair *pair)
{
	uint64_t account = 1 + rk_prng_below(&pair->prng, ACCOUNTS);
	uint32_t market = (uint32_t)rk_prng_below(&pair->prng, BOOK_MARKETS);
	bool buys = rk_prng_chance(&pair->prng, 1, 2);

	if (rk_prng_chance(&pair->prng, 1, 10))
		trade(pair, account, market, buys);
	settle(pair, account);
}

static void add_account(struct pair *pair, uint64_t account)
{
	struct rk_cmd cmd = {
		.type = RK_CMD_ACCOUNT,
		.account = {.account = account,
			    .owner = account,
			    .mode = account % 5 == 0 ? RK_MODE_ISOLATED
						     : RK_MODE_CROSS,
			    .enforcement = account % 10 == 0
						   ? RK_ENFORCE_FULL
						   : RK_ENFORCE_REPORT}};
	uint64_t legs = rk_prng_below(&pair->prng, 4);

	apply(pair, &cmd);
	for (uint64_t i = 0; i < legs; i++) {
		uint32_t market =
			(uint32_t)rk_prng_below(&pair->prng, BOOK_MARKETS);
		bool buys = rk_prng_chance(&pair->prng, 1, 2);

		trade(pair, account, market, buys);
	}
	settle(pair, account);
}

static void find_slots(struct pair *pair)
{
	struct rk_slot_view view;
	struct rk_asset_view asset;
	struct rk_market_view market;

	pair->slots_n = 0;
	for (uint32_t i = 1; i < BOOK_ASSETS; i++) {
		(void)rk_view_asset(pair->scan.engine, i, &asset);
		pair->slots[pair->slots_n++].number = asset.slot;
	}
	for (uint32_t i = 0; i < BOOK_MARKETS; i++) {
		(void)rk_view_market(pair->scan.engine, i, &market);
		pair->slots[pair->slots_n++].number = market.slot;
	}
	for (uint32_t i = 0; i < pair->slots_n; i++) {
		struct slot *slot = &pair->slots[i];

		(void)rk_view_slot(pair->scan.engine, slot->number, &view);
		slot->first = view.mark.raw;
		slot->price = slot->first;
		slot->low = slot->first / 7 + 1;
		slot->high = slot->first * 7;
	}
}

/*
 * Terms that no other property needs: weights so low that equity in an asset
 * makes an account less healthy, rates so high that a position requires more
 * than it loses, a settle asset that counts for itself.
 */
static void harden(struct pair *pair)
{
	for (uint32_t i = 0; i < BOOK_ASSETS; i++) {
		struct rk_collateral *terms = &pair->book.assets[i].terms;
		int64_t weight = rk_prng_between(&pair->prng, 1, 10);

		if (rk_prng_chance(&pair->prng, 1, 3))
			rk_collateral_default(terms);
		else if (rk_prng_chance(&pair->prng, 1, 2))
			for (int k = 0; k < RK_LEVELS; k++)
				terms->weight[k].raw =
					weight * (RK_RATE_ONE / 10);
	}
	for (uint32_t i = 0; i < BOOK_MARKETS; i++) {
		struct random_market *market = &pair->book.markets[i];
		struct rk_bracket *last =
			&market->brackets[market->brackets_n - 1];

		if (rk_prng_chance(&pair->prng, 2, 3))
			continue;
		last->maintenance.raw = rk_prng_between(
			&pair->prng, RK_RATE_ONE / 4, RK_RATE_ONE);
		last->initial.raw = RK_RATE_ONE;
	}
}

static void must(struct pair *pair, const struct rk_cmd *cmd)
{
	int a = rk_harness_apply(&pair->ladder, cmd);
	int b = rk_harness_apply(&pair->scan, cmd);

	if (a == RK_OK && b == RK_OK)
		return;
	(void)fprintf(stderr, "%s was refused: %s\n", rk_cmd_name(cmd->type),
		      rk_rc_name(a));
	abort();
}

/* Some weigh less the larger they are, some require more. */
static void set_growth(struct pair *pair)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};

	for (uint32_t i = 0; i < BOOK_ASSETS; i++) {
		if (!rk_prng_chance(&pair->prng, 1, 4))
			continue;
		(void)snprintf(cmd.collateral_scale.asset, RK_NAME_SIZE, "A%u",
			       i);
		cmd.collateral_scale.scale.size_factor =
			rk_prng_between(&pair->prng, 1, RK_FACTOR_ONE / 1000);
		must(pair, &cmd);
	}
	for (uint32_t i = 0; i < BOOK_MARKETS; i++) {
		cmd = (struct rk_cmd){.type = RK_CMD_MARGIN};
		if (!rk_prng_chance(&pair->prng, 1, 4))
			continue;
		(void)snprintf(cmd.margin.market, RK_NAME_SIZE, "M%u", i);
		cmd.margin.terms.growth = rk_prng_chance(&pair->prng, 1, 2)
						  ? RK_GROWTH_SQRT
						  : RK_GROWTH_POWER;
		cmd.margin.terms.base_share.raw =
			rk_prng_between(&pair->prng, 0, RK_RATE_ONE);
		cmd.margin.terms.factor_maintenance =
			rk_prng_between(&pair->prng, 1, RK_FACTOR_ONE / 100000);
		cmd.margin.terms.factor_initial =
			cmd.margin.terms.factor_maintenance;
		must(pair, &cmd);
	}
}

/* Some are liquidated in stages, and take only so much in a minute. */
static void set_pace(struct pair *pair)
{
	struct rk_cmd cmd;

	for (uint32_t i = 0; i < BOOK_MARKETS; i++)
		if (random_book_pace(&pair->prng, i, &cmd))
			must(pair, &cmd);
}

/* Rates from nearly nothing to 100 % a year; some debts are converted. */
static void set_lending(struct pair *pair)
{
	for (uint32_t i = 0; i < BOOK_ASSETS; i++) {
		struct rk_cmd cmd = {.type = RK_CMD_LENDING};
		struct rk_lending *terms = &cmd.lending.terms;

		if (rk_prng_chance(&pair->prng, 1, 4))
			continue;
		(void)snprintf(cmd.lending.asset, RK_NAME_SIZE, "A%u", i);
		terms->lendable = true;
		terms->base.raw = rk_prng_between(&pair->prng, 1, RK_RATE_ONE);
		terms->slope_high.raw =
			rk_prng_between(&pair->prng, 0, RK_RATE_ONE);
		terms->kink.raw = RK_RATE_ONE / 2;
		terms->reserve.raw =
			rk_prng_between(&pair->prng, 0, RK_RATE_ONE / 4);
		terms->interval_ns =
			rk_prng_between(&pair->prng, HOUR_NS, 8 * HOUR_NS);
		must(pair, &cmd);
	}
}

static void set_conversion(struct pair *pair)
{
	for (uint32_t i = 0; i < BOOK_ASSETS; i++) {
		struct rk_cmd cmd = {.type = RK_CMD_CONVERSION};
		struct rk_conversion *terms = &cmd.conversion.terms;
		double usd;

		if (rk_prng_chance(&pair->prng, 1, 3))
			continue;
		(void)snprintf(cmd.conversion.asset, RK_NAME_SIZE, "A%u", i);
		usd = (double)rk_prng_between(&pair->prng, 10, 100000);
		terms->enabled = true;
		terms->auto_borrow.raw = random_book_more(
			random_book_amount(&pair->book, i, usd), finer.amount);
		terms->repay_to.raw = terms->auto_borrow.raw / 2;
		terms->cost.raw = RK_RATE_ONE / 1000;
		terms->band.raw = RK_RATE_ONE / 100;
		must(pair, &cmd);
	}
}

/* Who waits for a box is served late, and few are; or as riskd does it. */
static void be_late(struct pair *pair, bool late)
{
	static const struct rk_watch usual = {.slice = 256, .few = 1024};

	pair->ladder.engine->watch.slice = late ? 0 : usual.slice;
	pair->ladder.engine->watch.few = late ? 0 : usual.few;
}

static void open_pair(struct pair *pair)
{
	random_book_make(&pair->book, &pair->prng);
	harden(pair);
	if (pair->straight)
		random_book_straighten(&pair->book);
	random_book_open(&pair->book, finer, &pair->ladder);
	random_book_open(&pair->book, finer, &pair->scan);
	rk_engine_set_method(pair->scan.engine, RK_METHOD_SCAN);
	if (!pair->straight)
		set_growth(pair);
	if (pair->indexed)
		set_lending(pair);
	if (!pair->bare && rk_prng_chance(&pair->prng, 1, 2))
		set_conversion(pair);
	if (!pair->bare && rk_prng_chance(&pair->prng, 1, 2))
		set_pace(pair);
	if (!pair->bare && rk_prng_chance(&pair->prng, 1, 2))
		be_late(pair, true);
	memset(pair->audit_at, 0, sizeof(pair->audit_at));
	pair->quote = 1;
	pair->trade = 0;
	pair->time_ns = rk_view_time(pair->scan.engine);
	find_slots(pair);
}

static void close_pair(struct pair *pair)
{
	struct rk_engine_counts counts;

	rk_view_counts(pair->ladder.engine, &counts);
	pair->judged[0] += counts.judged;
	rk_view_counts(pair->scan.engine, &counts);
	pair->judged[1] += counts.judged;
	rk_harness_fini(&pair->ladder);
	rk_harness_fini(&pair->scan);
}

/* A restart at any point: ranges are made anew for all. */
static void restart(struct pair *pair)
{
	rk_engine_set_method(pair->ladder.engine, RK_METHOD_LADDER);
}

/* Any account, or one that the direct list has for some slot. */
static uint32_t any_account(struct pair *pair)
{
	const struct rk_direct *direct = &pair->ladder.engine->watch.direct;
	uint64_t slot = rk_prng_below(&pair->prng, direct->slots.piles_n);
	const struct rk_pile *pile = &direct->slots.piles[slot];
	uint64_t place;

	if (pile->n == 0)
		return (uint32_t)rk_prng_below(&pair->prng, ACCOUNTS);
	place = rk_prng_below(&pair->prng, pile->n);
	return direct
		->entries[rk_pile_value(&direct->slots, pile, (uint32_t)place)]
		.account;
}

static void look(struct pair *pair)
{
	uint32_t account = any_account(pair);

	box_corners_look(pair->ladder.engine, account, &pair->prng,
			 &pair->seen);
	pair->missed += pair->seen.due;
}

static void step(struct pair *pair)
{
	if (rk_prng_chance(&pair->prng, 1, 2))
		disturb(pair);
	if (rk_prng_chance(&pair->prng, 1, 2000))
		restart(pair);
	if (pair->indexed && rk_prng_chance(&pair->prng, 1, 4))
		accrue(pair);
	if (pair->indexed && rk_prng_chance(&pair->prng, 1, 4))
		fund(pair);
	if (!pair->still)
		quote(pair);
	pair->direct += pair->ladder.engine->watch.direct.entries_n;
	if (pair->corners)
		look(pair);
}

static void run_books(struct pair *pair, uint64_t changes)
{
	while (pair->missed == 0 && pair->changes < changes) {
		pair->calm = rk_prng_chance(&pair->prng, 1, 2);
		pair->indexed =
			!pair->bare && rk_prng_chance(&pair->prng, 3, 4);
		pair->still =
			pair->indexed && rk_prng_chance(&pair->prng, 1, 4);
		pair->straight = pair->straight_only ||
				 rk_prng_chance(&pair->prng, 1, 3);
		open_pair(pair);
		for (uint64_t i = 1; i <= ACCOUNTS; i++)
			add_account(pair, i);
		for (int i = 0; i < STEPS_OF_BOOK && pair->missed == 0; i++)
			step(pair);
		if (pair->weak && pair->missed > 0)
			audit_all(pair);
		close_pair(pair);
	}
}

static void run_stream(struct pair *pair, uint64_t changes)
{
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	struct rk_generator *generator =
		rk_generator_open(pair->seed, ACCOUNTS);

	rk_harness_init(&pair->ladder, &limits, RK_EVENTS_PER_STEP_MAX);
	rk_harness_init(&pair->scan, &limits, RK_EVENTS_PER_STEP_MAX);
	rk_engine_set_method(pair->scan.engine, RK_METHOD_SCAN);
	while (pair->missed == 0 && pair->changes < changes) {
		apply(pair, rk_generator_next(generator, pair->scan.engine));
		rk_generator_note(generator, pair->scan.events,
				  pair->scan.events_n);
		if (rk_prng_chance(&pair->prng, 1, 2000))
			restart(pair);
		if (rk_prng_chance(&pair->prng, 1, 200))
			be_late(pair, rk_prng_chance(&pair->prng, 1, 3));
	}
	rk_generator_close(generator);
	close_pair(pair);
}

static const char *rule_of(const struct pair *pair)
{
	if (pair->weak)
		return "a box that is too wide is noticed";
	return pair->damages
		       ? "what is rechecked before a price moves is not missed"
		       : "whom the ladder does not find is not due";
}

static bool is_good(const struct pair *pair)
{
	if (pair->weak)
		return pair->missed > 0 &&
		       (pair->corners || pair->differences > 0);
	return pair->missed == 0 && pair->differences == pair->damaged &&
	       (!pair->straight_only || pair->direct > 0) &&
	       pair->audited > 0 && (!pair->damages || pair->damaged > 0);
}

/* 0 or 1: the exit code. */
static int report(const struct pair *pair)
{
	bool good = is_good(pair);

	(void)printf("1..1\n# %llu commands, %llu changes of state:",
		     (unsigned long long)pair->commands,
		     (unsigned long long)pair->changes);
	for (int i = 0; i <= RK_STATE_BANKRUPT; i++)
		(void)printf(" %llu", (unsigned long long)pair->states[i]);
	(void)printf("; %llu by indices\n# %llu accounts judged, by the scan "
		     "%llu",
		     (unsigned long long)pair->by_index,
		     (unsigned long long)pair->judged[0],
		     (unsigned long long)pair->judged[1]);
	if (pair->corners)
		(void)printf("\n# %llu corners of boxes, %llu ends of indices, "
			     "%llu with slacks, due at %llu",
			     (unsigned long long)pair->seen.looked,
			     (unsigned long long)pair->seen.indices,
			     (unsigned long long)pair->seen.slacks,
			     (unsigned long long)pair->seen.due);
	(void)printf("\n# %llu steps with an account on the direct list",
		     (unsigned long long)pair->direct);
	(void)printf("\n# %llu accounts audited, %llu damaged, %llu found",
		     (unsigned long long)pair->audited,
		     (unsigned long long)pair->damaged,
		     (unsigned long long)pair->differences);
	(void)printf("\n%s 1 - %s\n", good ? "ok" : "not ok", rule_of(pair));
	return good ? 0 : 1;
}

/* Is this the next option? Then it is gone. */
static bool takes(int *argc, char ***argv, const char *option)
{
	if (*argc < 2 || strcmp((*argv)[1], option) != 0)
		return false;
	--*argc;
	++*argv;
	return true;
}

int main(int argc, char **argv)
{
	static struct pair pair;
	bool stream = takes(&argc, &argv, "--stream");
	bool corners = takes(&argc, &argv, "--corners");
	uint64_t changes = CHANGES;

	pair.damages = takes(&argc, &argv, "--damage");
	pair.weak = takes(&argc, &argv, "--weak");
	pair.straight_only = takes(&argc, &argv, "--straight");
	pair.corners = corners;
	/* What boxes leave for indices hides that they are too wide. */
	pair.bare = pair.weak && !corners;
	pair.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	if (argc > 2)
		changes = strtoull(argv[2], NULL, 10);
	rk_prng_init(&pair.prng, pair.seed);
	if (stream)
		run_stream(&pair, changes);
	else
		run_books(&pair, changes);
	return report(&pair);
}
