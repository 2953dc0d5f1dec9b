/*
 * Parameters that are supposed, over seeded streams of commands in which
 * accounts hold, owe and trade everything: what is told of every account is
 * what the command makes of it, to the last unit, where no ramp delays it; and
 * what the command is refused for the supposition is refused for too.
 *
 * what_if_terms [SEED [COMMANDS]]; TAP output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ask.h"
#include "engine/listing.h"
#include "engine/rc.h"
#include "support/generator.h"
#include "support/generator_model.h"
#include "support/harness.h"
#include "support/prng.h"

#define ACCOUNTS 40
#define KINDS    6

/* What was told of an account. */
struct told {
	struct rk_margin margin;
	enum rk_state state;
	int64_t maintenance; /* of its positions, and initial */
	int64_t initial;
};

struct run {
	uint64_t seed;
	struct rk_prng prng;
	struct rk_generator *generator;
	struct rk_harness harness;
	struct told told[ACCOUNTS];
	uint32_t told_n;
	uint64_t commands;
	uint64_t compared[KINDS];
	uint64_t ended; /* ramps that were supposed to have ended */
	uint64_t moved; /* figures that the parameters made others */
	uint64_t refused;
	uint32_t unlike;
	uint32_t unlike_refusals;
};

static int apply(struct run *run, const struct rk_cmd *cmd)
{
	int code = rk_harness_apply(&run->harness, cmd);

	rk_generator_note(run->generator, run->harness.events,
			  run->harness.events_n);
	return code;
}

static void complain(const struct run *run, const struct rk_cmd *cmd,
		     uint32_t index, const char *what)
{
	(void)printf("# seed %llu command %llu %s account number %u: %s\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands, rk_cmd_name(cmd->type),
		     index, what);
}

/* A command of the kind, of what people hold; it may be refused. */
static void make(struct run *run, int kind, struct rk_cmd *cmd)
{
	struct rk_generator *g = run->generator;

	static const enum rk_cmd_type types[KINDS] = {
		RK_CMD_COLLATERAL,    RK_CMD_COLLATERAL_SCALE,
		RK_CMD_MARKET_CHANGE, RK_CMD_MARGIN,
		RK_CMD_RISK,          RK_CMD_EMODE};
	static void (*const makers[KINDS])(struct rk_generator *,
					   struct rk_cmd *) = {
		rk_generator_collateral,    rk_generator_scale,
		rk_generator_change_market, rk_generator_margin,
		rk_generator_risk,          rk_generator_emode};

	memset(cmd, 0, sizeof(*cmd));
	cmd->type = types[kind];
	makers[kind](g, cmd);
	if (rk_prng_chance(&run->prng, 1, 10))
		rk_generator_spoil(g, cmd);
}

/* What bears on prices is not supposed: it stays. False: no such market. */
static bool keep_prices(const struct rk_engine *engine, struct rk_cmd *cmd)
{
	struct rk_market_view view;
	uint32_t id;

	if (rk_view_find_market(engine, cmd->market.name, &id) != RK_OK)
		return false;
	(void)rk_view_market(engine, id, &view);
	memcpy(cmd->market.settle, view.listing.settle, RK_NAME_SIZE);
	cmd->market.price_decimals = view.listing.price_decimals;
	cmd->market.size_decimals = view.listing.size_decimals;
	cmd->market.price_max = view.listing.price_max;
	cmd->market.price_age_max_ns = view.listing.price_age_max_ns;
	return true;
}

static int suppose(struct rk_supposed_terms *terms,
		   const struct rk_engine *engine, const struct rk_cmd *cmd)
{
	const char *field = NULL;
	uint32_t id = 0;
	int r;

	switch ((int)cmd->type) {
	case RK_CMD_COLLATERAL:
		r = rk_view_find_asset(engine, cmd->collateral.asset, &id);
		return r != RK_OK
			       ? r
			       : rk_supposed_collateral(terms, id,
							&cmd->collateral.terms,
							&field);
	case RK_CMD_COLLATERAL_SCALE:
		r = rk_view_find_asset(engine, cmd->collateral_scale.asset,
				       &id);
		return r != RK_OK
			       ? r
			       : rk_supposed_scale(terms, id,
						   &cmd->collateral_scale.scale,
						   &field);
	case RK_CMD_MARKET_CHANGE:
		r = rk_view_find_market(engine, cmd->market.name, &id);
		return r != RK_OK ? r
				  : rk_supposed_market(terms, id, &cmd->market,
						       &field);
	case RK_CMD_MARGIN:
		r = rk_view_find_market(engine, cmd->margin.market, &id);
		return r != RK_OK
			       ? r
			       : rk_supposed_margin(terms, id,
						    &cmd->margin.terms, &field);
	case RK_CMD_EMODE:
		r = rk_listing_check_name(cmd->emode.group);
		if (r == RK_OK)
			r = rk_view_find_asset(engine, cmd->emode.asset, &id);
		return r != RK_OK ? r
				  : rk_supposed_emode(terms, id, &cmd->emode,
						      &field);
	default:
		return rk_supposed_risk(terms, &cmd->risk, &field);
	}
}

static void look(const struct rk_ask *ask, struct told *told)
{
	rk_ask_margin(ask, &told->margin);
	told->state = rk_ask_state_after(ask, ask->state);
	told->maintenance = 0;
	told->initial = 0;
	for (uint32_t i = 0; i < rk_ask_positions(ask); i++) {
		struct rk_position_view view;

		rk_ask_position(ask, i, &view);
		told->maintenance += view.maintenance.raw;
		told->initial += view.initial.raw;
	}
}

/* Of every account, with the parameters supposed. */
static int ask_all(struct run *run, const struct rk_supposed_terms *terms)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_engine_counts counts;
	int r = RK_OK;

	rk_view_counts(engine, &counts);
	run->told_n = counts.accounts;
	for (uint32_t i = 0; i < counts.accounts; i++) {
		struct rk_ask ask;
		int one;

		(void)rk_ask_account(engine, i, &ask);
		one = rk_ask_terms(&ask, terms);
		if (one != RK_OK)
			r = one;
		look(&ask, &run->told[i]);
	}
	return r;
}

/* A ramp of what a command changes; a duration of 0: nothing delays it. */
static void set_ramp(struct run *run, const struct rk_cmd *of,
		     struct rk_ramp ramp)
{
	struct rk_cmd cmd = {.type = RK_CMD_RAMP, .ramp = {.ramp = ramp}};

	if (of->type == RK_CMD_COLLATERAL)
		memcpy(cmd.ramp.asset, of->collateral.asset, RK_NAME_SIZE);
	else if (of->type == RK_CMD_COLLATERAL_SCALE)
		memcpy(cmd.ramp.asset, of->collateral_scale.asset,
		       RK_NAME_SIZE);
	else if (of->type == RK_CMD_EMODE)
		memcpy(cmd.ramp.asset, of->emode.asset, RK_NAME_SIZE);
	else if (of->type == RK_CMD_MARKET_CHANGE)
		memcpy(cmd.ramp.market, of->market.name, RK_NAME_SIZE);
	else if (of->type == RK_CMD_MARGIN)
		memcpy(cmd.ramp.market, of->margin.market, RK_NAME_SIZE);
	else if (of->type == RK_CMD_EMODE) /* a group goes by its asset's */
		memcpy(cmd.ramp.asset, of->emode.asset, RK_NAME_SIZE);
	else
		return;
	(void)apply(run, &cmd); /* NO_CHANGE where it is so */
}

static bool same(const struct rk_margin *x, const struct rk_margin *y)
{
	return x->equity.raw == y->equity.raw &&
	       x->maintenance.raw == y->maintenance.raw &&
	       x->initial.raw == y->initial.raw &&
	       x->withdrawal.raw == y->withdrawal.raw &&
	       x->orders.raw == y->orders.raw &&
	       x->health_m.raw == y->health_m.raw &&
	       x->health_i.raw == y->health_i.raw &&
	       x->health_w.raw == y->health_w.raw &&
	       x->notional.raw == y->notional.raw &&
	       x->assets.raw == y->assets.raw &&
	       x->liabilities.raw == y->liabilities.raw &&
	       x->prices_ok == y->prices_ok;
}

/* Each account as the command has made it, beside what was told of it. */
static void compare(struct run *run, const struct rk_cmd *cmd)
{
	const struct rk_engine *engine = run->harness.engine;

	for (uint32_t i = 0; i < run->told_n; i++) {
		const struct told *told = &run->told[i];
		struct rk_account_view view;
		struct rk_ask ask;
		struct told is;

		(void)rk_view_account(engine, i, &view);
		(void)rk_ask_account(engine, i, &ask);
		look(&ask, &is);
		if (same(&told->margin, &view.margin) &&
		    told->maintenance == is.maintenance &&
		    told->initial == is.initial &&
		    (!view.margin.prices_ok || told->state == view.state))
			continue;
		run->unlike++;
		complain(run, cmd, i, "what was told is not what is");
	}
}

/*
 * Another listing has the slot of its market aggregated anew (M4), which may
 * move its price by itself. Then it is not the parameters that are seen.
 */
static struct rk_slot_view slot_of(const struct rk_engine *engine,
				   const struct rk_cmd *cmd)
{
	struct rk_slot_view slot = {.mark = {0}};
	struct rk_market_view market;
	uint32_t id;

	if (cmd->type == RK_CMD_MARKET_CHANGE &&
	    rk_view_find_market(engine, cmd->market.name, &id) == RK_OK) {
		(void)rk_view_market(engine, id, &market);
		(void)rk_view_slot(engine, market.slot, &slot);
	}
	return slot;
}

static bool same_price(const struct rk_slot_view *x,
		       const struct rk_slot_view *y)
{
	return x->mark.raw == y->mark.raw && x->state == y->state &&
	       x->slow_price.raw == y->slow_price.raw;
}

static void check(struct run *run)
{
	const struct rk_engine *engine = run->harness.engine;
	int kind = (int)rk_prng_below(&run->prng, KINDS);
	struct rk_supposed_terms terms;
	struct rk_slot_view before;
	struct rk_slot_view after;
	struct rk_cmd cmd;
	void *memory;
	int supposed;
	int code;

	make(run, kind, &cmd);
	if (cmd.type == RK_CMD_MARKET_CHANGE && !keep_prices(engine, &cmd))
		return;
	set_ramp(run, &cmd, (struct rk_ramp){0, 0});
	memory = malloc(rk_supposed_terms_size(engine));
	if (!memory)
		abort();
	rk_supposed_terms_init(&terms, engine, memory);
	supposed = suppose(&terms, engine, &cmd);
	if (supposed == RK_OK)
		supposed = ask_all(run, &terms);
	before = slot_of(engine, &cmd);
	code = apply(run, &cmd);
	after = slot_of(engine, &cmd);
	if (code == RK_REJ_NO_CHANGE)
		code = RK_OK;
	if (code != supposed) {
		run->unlike_refusals++;
		(void)printf("# seed %llu command %llu %s: %s, supposed %s\n",
			     (unsigned long long)run->seed,
			     (unsigned long long)run->commands,
			     rk_cmd_name(cmd.type), rk_rc_name(code),
			     rk_rc_name(supposed));
	} else if (code != RK_OK) {
		run->refused++;
	} else if (same_price(&before, &after)) {
		run->compared[kind]++;
		compare(run, &cmd);
	}
	free(memory);
}

/* Ramps of everything that has one begin. */
static void begin_ramps(struct run *run)
{
	const struct rk_ramp ramp = {900 * RK_RAMP_MIN_NS, 10 * RK_RAMP_MIN_NS};
	struct rk_cmd cmd;

	for (int i = 0; i < 20; i++) {
		make(run, i % KINDS, &cmd);
		set_ramp(run, &cmd, ramp);
		(void)apply(run, &cmd);
	}
}

static void end_ramp(struct run *run, const char *asset, const char *market)
{
	struct rk_cmd cmd = {.type = RK_CMD_RAMP};

	memcpy(cmd.ramp.asset, asset, RK_NAME_SIZE);
	memcpy(cmd.ramp.market, market, RK_NAME_SIZE);
	run->ended += apply(run, &cmd) == RK_OK;
}

static bool any_group_ramps(const struct rk_engine *engine, uint32_t asset)
{
	struct rk_emode_view view;
	bool runs = false;

	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++)
		runs = runs ||
		       (rk_view_emode(engine, asset, i, &view) == RK_OK &&
			view.ramp.runs);
	return runs;
}

/* Each ramp is brought to its end: what was told when all were supposed so. */
static void check_ended(struct run *run)
{
	static const char none[RK_NAME_SIZE];
	const struct rk_engine *engine = run->harness.engine;
	const struct rk_cmd cmd = {.type = RK_CMD_RAMP};
	struct rk_supposed_terms terms;
	struct rk_market_view market;
	struct rk_asset_view asset;
	void *memory = malloc(rk_supposed_terms_size(engine));

	if (!memory)
		abort();
	rk_supposed_terms_init(&terms, engine, memory);
	rk_supposed_ramps_end(&terms);
	(void)ask_all(run, &terms);
	free(memory);
	for (uint32_t i = 0; rk_view_asset(engine, i, &asset) == RK_OK; i++)
		if (asset.ramp.runs || asset.size_ramp.runs ||
		    any_group_ramps(engine, i))
			end_ramp(run, asset.listing.name, none);
	for (uint32_t i = 0; rk_view_market(engine, i, &market) == RK_OK; i++)
		if (market.ramp.runs)
			end_ramp(run, none, market.listing.name);
	compare(run, &cmd);
}

/* What is supposed and put back leaves nothing behind. */
static void check_reset(struct run *run)
{
	const struct rk_engine *engine = run->harness.engine;
	struct rk_supposed_terms terms;
	struct rk_account_view view;
	struct rk_cmd cmd;
	void *memory = malloc(rk_supposed_terms_size(engine));

	if (!memory)
		abort();
	rk_supposed_terms_init(&terms, engine, memory);
	rk_supposed_ramps_end(&terms);
	for (int kind = 0; kind < KINDS; kind++) {
		make(run, kind, &cmd);
		(void)suppose(&terms, engine, &cmd);
	}
	(void)ask_all(run, &terms);
	for (uint32_t i = 0; i < run->told_n; i++) {
		(void)rk_view_account(engine, i, &view);
		run->moved += !same(&run->told[i].margin, &view.margin);
	}
	rk_supposed_terms_reset(&terms);
	(void)ask_all(run, &terms);
	cmd.type = RK_CMD_NONE;
	compare(run, &cmd);
	free(memory);
}

static int report(const struct run *run)
{
	bool asked = true;
	int failed = 0;

	asked = run->ended > 10;
	for (int i = 0; i < KINDS; i++)
		asked = asked && run->compared[i] > 50;
	const struct {
		bool good;
		const char *rule;
	} rules[] = {
		{run->unlike == 0 && asked && run->moved > 0,
		 "what is told is what the command does"},
		{run->unlike_refusals == 0 && run->refused > 0,
		 "what the command is refused for is refused"},
	};

	(void)printf("1..%zu\n", sizeof(rules) / sizeof(rules[0]));
	(void)printf("# seed %llu: %llu commands, %llu figures moved, %llu "
		     "refused, %llu ramps ended\n",
		     (unsigned long long)run->seed,
		     (unsigned long long)run->commands,
		     (unsigned long long)run->moved,
		     (unsigned long long)run->refused,
		     (unsigned long long)run->ended);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		(void)printf("%s %zu - %s\n", rules[i].good ? "ok" : "not ok",
			     i + 1, rules[i].rule);
		failed += !rules[i].good;
	}
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct run run;
	const struct rk_cmd_limits limits = rk_generator_limits(ACCOUNTS);
	uint64_t commands = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;

	run.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	rk_prng_init(&run.prng, run.seed);
	rk_harness_init(&run.harness, &limits, RK_EVENTS_PER_STEP_MAX);
	run.generator = rk_generator_open(run.seed, ACCOUNTS);
	for (; run.commands < commands; run.commands++) {
		const struct rk_cmd *cmd =
			rk_generator_next(run.generator, run.harness.engine);

		/* Nobody supposes what the vault takes over (Z9). */
		if (cmd->type != RK_CMD_TAKEOVER)
			(void)apply(&run, cmd);
		if (run.commands < 100)
			continue;
		if (run.commands % 300 == 255)
			begin_ramps(&run);
		if (run.commands % 300 == 0)
			check_ended(&run);
		else if (run.commands % 50 == 0)
			check_reset(&run);
		else if (run.commands % 10 == 0)
			check(&run);
	}
	rk_generator_close(run.generator);
	rk_harness_fini(&run.harness);
	return report(&run);
}
