/*
 * A small book for examples worked out by hand, and one-line commands for it.
 *
 * Asset 0 is USD, in cents, fixed at 1. Markets are in whole units and whole
 * dollars, settle in USD and have one bracket of 5 % (initial 10 %), unless a
 * test lists its own: PERP (market 0, slot 0) and OTHER (market 1, slot 1).
 * Publishers 0, 1, 2; venue 0; prices are fresh for 1000 s. There is room for
 * little (see builder.c), so that tables fill up soon.
 */
#ifndef RK_SUPPORT_BUILDER_H
#define RK_SUPPORT_BUILDER_H

#include "engine/rc.h"
#include "support/harness.h"

#define BUILDER_START_NS  INT64_C(1700000000000000000)
#define BUILDER_SECOND_NS INT64_C(1000000000)
#define BUILDER_AGE_NS    (1000 * BUILDER_SECOND_NS)
#define BUILDER_USD       INT64_C(100000000) /* one dollar in 1e-8 */
#define BUILDER_CENT      INT64_C(1000000)

struct rk_builder {
	struct rk_harness harness;
	uint64_t quote_seq;
	uint64_t trade;
};

/* Lists all of the above; accounts come with rk_builder_account(). */
void rk_builder_init(struct rk_builder *builder);
void rk_builder_fini(struct rk_builder *builder);

/* What init lists for PERP, to change and list under another name. */
struct rk_cmd_market rk_builder_market(const char *name);

/* Lists one by CONTRACT, the fields that MARKET leaves out included. */
int rk_builder_contract(struct rk_builder *builder,
			const struct rk_cmd_market *market);

int rk_builder_apply(struct rk_builder *builder, struct rk_cmd cmd);

/* A cross account with full enforcement, its own owner, and that many cents */
int rk_builder_account(struct rk_builder *builder, uint64_t id, int64_t cents);
int rk_builder_adjust(struct rk_builder *builder, uint64_t id, int64_t cents);

/* What an asset counts for (K1). */
int rk_builder_collateral(struct rk_builder *builder, const char *asset,
			  const struct rk_collateral *terms);

/* PERP as it is listed. */
struct rk_market_view rk_builder_perp(const struct rk_builder *builder);
/* The same with one bracket of these rates. */
struct rk_cmd_market rk_builder_rates(const struct rk_builder *builder,
				      int64_t maintenance, int64_t initial);
/* MARKET_CHANGE, and MARGIN of PERP. */
int rk_builder_change(struct rk_builder *builder,
		      const struct rk_cmd_market *listing);
int rk_builder_change_rates(struct rk_builder *builder, int64_t maintenance,
			    int64_t initial);
int rk_builder_grow(struct rk_builder *builder, struct rk_margin_terms terms);
/* What a position in PERP requires, in cents. */
int64_t rk_builder_maintenance(const struct rk_builder *builder, uint64_t id);

/* Against the venue, without fee; size below 0 sells. */
int rk_builder_trade(struct rk_builder *builder, uint64_t id, uint32_t market,
		     int64_t size, int64_t price);
/* The same as a fill of an order. */
int rk_builder_fill(struct rk_builder *builder, uint64_t id,
		    struct rk_order_id order, int64_t size, int64_t price);

/* A quote of publisher 0 at engine time. */
int rk_builder_quote(struct rk_builder *builder, uint32_t slot, int64_t price);
int rk_builder_wait(struct rk_builder *builder, int64_t time_ns);

/* The nth (from 0) event of a type in the newest command, or NULL. */
const struct rk_event *rk_builder_event(const struct rk_builder *builder,
					enum rk_event_type type, uint32_t nth);
uint32_t rk_builder_count(const struct rk_builder *builder,
			  enum rk_event_type type);

struct rk_account_view rk_builder_view(const struct rk_builder *builder,
				       uint64_t id);
/* Size and cost 0 when there is none. */
struct rk_position_view rk_builder_position(const struct rk_builder *builder,
					    uint64_t id, uint32_t market);
int64_t rk_builder_balance(const struct rk_builder *builder, uint64_t id,
			   uint32_t asset);

#endif
