/*
 * The auditor's ramps, and what auditor_ramp.c does for the other auditor_*.c
 * files. Private to them.
 */
#ifndef RK_SUPPORT_AUDITOR_RAMP_H
#define RK_SUPPORT_AUDITOR_RAMP_H

#include "engine/cmd.h"
#include "engine/units.h"

struct rk_auditor;
struct rk_book;
struct book_asset;
struct book_market;

struct book_ramp {
	struct rk_ramp set;     /* of changes to come */
	struct rk_ramp running; /* duration 0: none runs */
	int64_t began_ns;
	int64_t elapsed_ns;
};

int audit_ramp(struct rk_auditor *a, const struct rk_cmd_ramp *cmd);
bool audit_ramp_runs(const struct book_ramp *ramp);
/* One begins now, as it is set. */
void audit_ramp_begin(const struct rk_book *b, struct book_ramp *ramp,
		      const struct rk_ramp *set);
void audit_ramp_forget(struct book_ramp *ramp);
/* As far between two figures as it has come, rounded down. */
int64_t audit_ramp_part(const struct book_ramp *ramp, int64_t from, int64_t to);
/* Other terms of an asset, by its ramp. */
void audit_ramp_terms(struct rk_auditor *a, uint32_t asset,
		      const struct rk_collateral *terms);
/* May the form of a market become that one? */
int audit_ramp_form(struct rk_auditor *a, uint32_t market,
		    const struct rk_cmd_market *listing,
		    const struct rk_margin_terms *margin);
/* It has become what is in the book; these were its listing and terms. */
void audit_ramp_market(struct rk_auditor *a, uint32_t market,
		       const struct rk_cmd_market *listing,
		       const struct rk_margin_terms *margin);
/* What is required at M of a size (above 0), with its ramp. */
rk_i128 audit_maintenance(const struct book_market *m, rk_i128 size,
			  rk_i128 notional);
/* Another size factor, which is not in the book yet. */
void audit_ramp_size(const struct rk_book *b, struct book_asset *asset,
		     int64_t size_factor);
/* Time has moved. */
void audit_ramps(struct rk_auditor *a);

#endif
