/*
 * riskctl explain: one command and what the engine made of it, looked at in
 * the state before and in the state after.
 *
 * explain.c finds the command and brings the engine there; explain_account.c,
 * explain_asset.c and explain_price.c fill tables from either state;
 * cmd_explain.c prints.
 */
#ifndef CLIENT_EXPLAIN_H
#define CLIENT_EXPLAIN_H

#include "ctl_names.h"
#include "ctl_out.h"
#include "engine/view.h"
#include "offline.h"

#define EXPLAIN_ACCOUNTS_MAX  20 /* shown; --account shows any other */
#define EXPLAIN_SLOTS_MAX     64 /* whose prices are shown */
#define EXPLAIN_POSITIONS_MAX 64 /* of one account: all */

/* Which of the two states. */
enum explain_when {
	EXPLAIN_BEFORE,
	EXPLAIN_AFTER,
	EXPLAIN_STATES
};

struct explain_account {
	uint64_t account;
	bool exists[EXPLAIN_STATES];
	struct rk_account_view views[EXPLAIN_STATES];
	struct ctl_table *positions; /* given away when printed */
	struct ctl_table *assets;
	struct ctl_table *orders;
	struct ctl_table *conversions;
};

struct explain {
	struct ctl *ctl;
	const struct rk_files *files;
	uint64_t seq;
	uint64_t only; /* --account; 0: those concerned */

	/* Of the journal. */
	struct rk_record_room room;
	struct rk_cmd cmd; /* points into room */
	uint64_t group_first;
	uint64_t group_last;
	unsigned char chain[RK_CHAIN_SIZE]; /* up to the end of its group */
	bool found;

	/* Of the replay. */
	bool skipped; /* an operator left it out */
	uint64_t snapshot;
	uint64_t commands; /* replayed to come there */
	struct rk_event *events;
	size_t events_n;
	size_t events_max;
	bool failed; /* no memory */
	struct ctl_names names;
	bool contracts;          /* there are other markets than plain ones */
	struct rk_cmd_risk risk; /* in force when it was judged */
	int64_t time_ns[EXPLAIN_STATES];

	struct explain_account accounts[EXPLAIN_ACCOUNTS_MAX];
	uint32_t accounts_n;
	uint64_t accounts_all; /* concerned */
	uint32_t slots[EXPLAIN_SLOTS_MAX];
	uint32_t slots_n;
	bool slots_more;
	struct ctl_table *prices;
	struct ctl_table *markets;
	struct ctl_table *brackets;
};

/* CTL_OK, or the exit code after printing why not. */
int explain_run(struct explain *explain);
void explain_free(struct explain *explain);

/* REJECTED's code; 0: it was applied. */
int explain_code(const struct explain *explain);

/* What an account has in each asset: a table, and what this state has. */
struct ctl_table *explain_assets_new(void);
void explain_assets_fill(const struct explain *explain, struct ctl_table *table,
			 const struct rk_engine *engine, uint32_t index,
			 enum explain_when when);

/* The same of its conversion orders. */
struct ctl_table *explain_conversions_new(void);
void explain_conversions_fill(const struct explain *explain,
			      struct ctl_table *table,
			      const struct rk_engine *engine, uint32_t index,
			      enum explain_when when);

/* Fill in what this state has. */
void explain_account_fill(struct explain *explain,
			  struct explain_account *account,
			  const struct rk_engine *engine,
			  enum explain_when when);
void explain_prices_fill(struct explain *explain,
			 const struct rk_engine *engine,
			 enum explain_when when);
/* Listings of the markets concerned, as they are after the command. */
void explain_markets_fill(struct explain *explain,
			  const struct rk_engine *engine);

/* A price whose sources are to be shown. */
void explain_want_slot(struct explain *explain, uint32_t slot);

/* Tables of one account that need both states. */
struct ctl_table *explain_figures(const struct explain_account *account);
struct ctl_table *explain_thresholds(const struct explain *explain,
				     const struct explain_account *account);
struct ctl_table *explain_risk(const struct explain *explain);

/* "before" or "after". */
const char *explain_when_name(enum explain_when when);

#endif
