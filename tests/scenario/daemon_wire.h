/*
 * Between the structs of the engine and those of the wire: what the daemon's
 * codec does, the other way round.
 */
#ifndef SCN_DAEMON_WIRE_H
#define SCN_DAEMON_WIRE_H

#include "backend.h"
#include "librisk_cmd.h"

/* What a row needs besides itself; both point into each other. */
struct scn_row {
	struct risk_cmd cmd;
	uint32_t slots[64];
	int64_t prices[64];
};

/* 0, or -EINVAL for a command that the wire does not have. */
int scn_wire_row(const struct rk_cmd *cmd, struct scn_row *row);

/* 0, or -EPROTO for an event that makes no sense. */
int scn_wire_event(const Riskd__Event *wire, struct rk_event *event);

/* 0, or -EPROTO when there are more rows than SCN_ROWS_MAX. */
int scn_wire_account(const Riskd__AccountAnswer *wire,
		     struct scn_account *account);

void scn_wire_market(const Riskd__Market *wire, struct scn_market *market);
void scn_wire_asset(const Riskd__Asset *wire, struct scn_asset *asset);

#endif
