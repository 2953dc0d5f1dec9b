/*
 * The tables are printed as TAP comments, one kind a line.
 */
#include "counts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/rc.h"

static const struct {
	int code;
	const char *name;
	bool engine;
} code_table[] = {
#define ENGINE                       true
#define WIRE                         false
#define ROW(name, number, who, text) {number, #name, who},
	RK_RC_MAP(ROW)
#undef ROW
#undef ENGINE
#undef WIRE
};

/* Their numbers may have gaps. */
static const enum rk_event_type event_table[] = {
#define ROW(name, number) RK_EVENT_##name,
	RK_EVENT_MAP(ROW)
#undef ROW
};

#define EVENTS_N (sizeof(event_table) / sizeof(event_table[0]))
#define CODES_N  (sizeof(code_table) / sizeof(code_table[0]))

void counts_add(struct counts *counts, const struct rk_cmd *cmd, int code)
{
	counts->commands[cmd->type]++;
	if (code > 0 && code < COUNT_CODES)
		counts->codes[code]++;
	counts->capped_transfers +=
		cmd->type == RK_CMD_TRANSFER &&
		(code == RK_REJ_SUPPLY_CAP || code == RK_REJ_DEPOSIT_CAP);
	if (cmd->type != RK_CMD_ATOMIC)
		return;
	for (uint32_t i = 0; i < cmd->atomic.n; i++)
		counts->commands[cmd->atomic.cmds[i].type]++;
	/* Every child but the refused one is answered ATOMIC (rule X3). */
	if (code > 0)
		counts->codes[RK_REJ_ATOMIC] += cmd->atomic.n - 1;
}

static void add_contract(struct counts *counts, const struct rk_engine *engine,
			 const struct rk_event *event)
{
	struct rk_market_view view;

	if (event->market == RK_NO_MARKET ||
	    rk_view_market(engine, event->market, &view) != RK_OK)
		return;
	counts->ramped_orders +=
		view.ramp.runs && event->type == RK_EVENT_ORDER_OPENED;
	counts->staged_orders += view.liquidation.stage.raw < RK_RATE_ONE &&
				 event->type == RK_EVENT_ORDER_OPENED;
	if (view.listing.contract == RK_CONTRACT_INVERSE) {
		counts->inverse_positions += event->type == RK_EVENT_POSITION;
		counts->inverse_orders += event->type == RK_EVENT_ORDER_OPENED;
	} else if (view.listing.multiplier != 1) {
		counts->odd_positions += event->type == RK_EVENT_POSITION;
	}
}

void counts_add_events(struct counts *counts, const struct rk_engine *engine,
		       const struct rk_event *events, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		counts->events[events[i].type]++;
		counts->restarts += events[i].type == RK_EVENT_FUNDING &&
				    events[i].funding.restarted;
		counts->size_steps += events[i].type == RK_EVENT_RAMPED &&
				      events[i].ramped.size_factor != 0;
		if (events[i].type == RK_EVENT_RAMPED &&
		    events[i].ramped.group[0] != '\0') {
			counts->group_steps++;
			counts->share_steps +=
				events[i].ramped.share.raw > 0 &&
				events[i].ramped.share.raw < RK_RATE_ONE;
		}
		counts->lost += events[i].type == RK_EVENT_INDEX_RESTARTED &&
				events[i].restarted.held_only;
		counts->velocity +=
			events[i].type == RK_EVENT_WITHHELD &&
			events[i].withheld.reason == RK_WITHHELD_VELOCITY;
		if (events[i].type == RK_EVENT_INSURANCE_MOVED)
			counts->funds[events[i].insurance.cause]++;
		if (events[i].type == RK_EVENT_TAKEN_OVER) {
			counts->taken[events[i].taken_over.cause]++;
			counts->conceded +=
				events[i].taken_over.concession.raw > 0;
		}
		if (events[i].type == RK_EVENT_TAKEOVER_WITHHELD)
			counts->kept[events[i].takeover_withheld.reason]++;
		/* The trade whose fill it was is told just before. */
		counts->late += events[i].type == RK_EVENT_POSITION_SETTLED &&
				events[0].type == RK_EVENT_POSITION;
		add_contract(counts, engine, &events[i]);
	}
}

void counts_print(const struct counts *counts)
{
	for (int i = RK_CMD_CLOCK; i < COUNT_COMMANDS; i++)
		if (rk_cmd_is_known((enum rk_cmd_type)i))
			(void)printf("# command %-18s %9" PRIu64 "\n",
				     rk_cmd_name((enum rk_cmd_type)i),
				     counts->commands[i]);
	for (size_t i = 0; i < CODES_N; i++) {
		if (code_table[i].engine)
			(void)printf("# refusal %-18s %9" PRIu64 "\n",
				     code_table[i].name,
				     counts->codes[code_table[i].code]);
	}
	for (size_t i = 0; i < EVENTS_N; i++)
		(void)printf("# event   %-18s %9" PRIu64 "\n",
			     rk_event_name(event_table[i]),
			     counts->events[event_table[i]]);
	(void)printf("# inverse POSITION %9" PRIu64 "\n"
		     "# inverse ORDER_OPENED %9" PRIu64 "\n"
		     "# multiplier POSITION %9" PRIu64 "\n"
		     "# FUNDING restarted %9" PRIu64 "\n"
		     "# INDEX_RESTARTED held_only %9" PRIu64 "\n"
		     "# POSITION_SETTLED late %9" PRIu64 "\n"
		     "# ramped ORDER_OPENED %9" PRIu64 "\n"
		     "# capped TRANSFER %9" PRIu64 "\n"
		     "# group RAMPED %9" PRIu64 "\n"
		     "# share RAMPED %9" PRIu64 "\n"
		     "# size RAMPED %9" PRIu64 "\n"
		     "# liquidation fees %9" PRIu64 "\n"
		     "# draws %9" PRIu64 "\n"
		     "# velocity WITHHELD %9" PRIu64 "\n"
		     "# staged ORDER_OPENED %9" PRIu64 "\n",
		     counts->inverse_positions, counts->inverse_orders,
		     counts->odd_positions, counts->restarts, counts->lost,
		     counts->late, counts->ramped_orders,
		     counts->capped_transfers, counts->group_steps,
		     counts->share_steps, counts->size_steps,
		     counts->funds[RK_INSURANCE_LIQUIDATION_FEE],
		     counts->funds[RK_INSURANCE_DRAW], counts->velocity,
		     counts->staged_orders);
	(void)printf("# conceded TAKEN_OVER %9" PRIu64 "\n", counts->conceded);
	for (int i = RK_TAKEOVER_EQUITY; i <= RK_TAKEOVER_DRAW; i++)
		(void)printf("# cause %d of TAKEN_OVER %9" PRIu64 "\n", i,
			     counts->taken[i]);
	for (int i = 0; i <= RK_TAKEOVER_CAPACITY; i++)
		(void)printf(
			"# TAKEOVER_WITHHELD %-12s %9" PRIu64 "\n",
			rk_takeover_withheld_name((enum rk_takeover_withheld)i),
			counts->kept[i]);
}

/* A number that is free has no name. */
static bool is_free(const char *name)
{
	return strcmp(name, "UNKNOWN") == 0;
}

static int rare(const char *kind, const char *name, uint64_t n, uint64_t least)
{
	if (n >= least || is_free(name))
		return 0;
	(void)printf("# too rare: %s %s occurred %" PRIu64
		     " times, wanted %" PRIu64 "\n",
		     kind, name, n, least);
	return 1;
}

/* Some take more than one thing that is rare; unit tests have them all. */
static uint64_t least_of(int code, uint64_t least)
{
	if (code == RK_REJ_NO_HOLDERS)
		return 0;
	/* Of the few withdrawals from funds those beyond what they hold. */
	if (code == RK_REJ_FUND_SHORT)
		return least / 2;
	return code == RK_REJ_OPEN_LIMIT ? least / 5 : least;
}

int counts_check(const struct counts *counts, uint64_t least)
{
	int n = 0;

	for (int i = RK_CMD_CLOCK; i < COUNT_COMMANDS; i++)
		n += rare("command", rk_cmd_name((enum rk_cmd_type)i),
			  counts->commands[i], least);
	for (size_t i = 0; i < CODES_N; i++) {
		if (code_table[i].engine)
			n += rare("refusal", code_table[i].name,
				  counts->codes[code_table[i].code],
				  least_of(code_table[i].code, least));
	}
	for (size_t i = 0; i < EVENTS_N; i++)
		n += rare("event", rk_event_name(event_table[i]),
			  counts->events[event_table[i]],
			  /* It takes weeks of the engine's time. */
			  event_table[i] == RK_EVENT_INDEX_RESTARTED ? least / 5
								     : least);
	n += rare("inverse", "POSITION", counts->inverse_positions, least);
	n += rare("inverse", "ORDER_OPENED", counts->inverse_orders, least);
	n += rare("multiplier", "POSITION", counts->odd_positions, least);
	n += rare("restarted", "FUNDING", counts->restarts, least);
	/* A loss that is all there is, of weeks: not in every short run. */
	n += rare("held only", "INDEX_RESTARTED", counts->lost, least / 20);
	n += rare("late", "POSITION_SETTLED", counts->late, least);
	n += rare("ramped", "ORDER_OPENED", counts->ramped_orders, least);
	n += rare("group", "RAMPED", counts->group_steps, least);
	n += rare("share", "RAMPED", counts->share_steps, least);
	n += rare("size", "RAMPED", counts->size_steps, least);
	for (int i = RK_INSURANCE_TOP_UP; i <= RK_INSURANCE_DRAW; i++)
		n += rare("cause of", "INSURANCE_MOVED", counts->funds[i],
			  least);
	n += rare("velocity", "WITHHELD", counts->velocity, least);
	n += rare("staged", "ORDER_OPENED", counts->staged_orders, least);
	n += rare("conceded", "TAKEN_OVER", counts->conceded, least);
	for (int i = RK_TAKEOVER_EQUITY; i <= RK_TAKEOVER_DRAW; i++)
		n += rare("cause of", "TAKEN_OVER", counts->taken[i],
			  /* Most orders are filled, or prices are faster. */
			  i == RK_TAKEOVER_STAGES ? least / 10 : least);
	for (int i = 0; i <= RK_TAKEOVER_SHORTFALL; i++)
		n += rare(
			"TAKEOVER_WITHHELD",
			rk_takeover_withheld_name((enum rk_takeover_withheld)i),
			counts->kept[i], least);
	n += rare("capped", "TRANSFER", counts->capped_transfers, least / 2);
	return n;
}
