/*
 * The audit of the ladder, and what follows from it. See rechecker.h.
 */
#include "app/rechecker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "engine/audit.h"
#include "engine/decimal.h"
#include "engine/view.h"

#define BITS 8
/* The clock is looked at after so many: those with many positions take long. */
#define FEW      8
#define SLICE_NS 50000
/* Told of in one round; those beyond are told of in later ones. */
#define LINES_PER_ROUND 100

int rk_rechecker_init(struct rk_core *core)
{
	size_t bytes = core->conf->limits.engine.accounts_max / BITS + 1;

	core->rechecker.told = calloc(bytes, 1);
	return core->rechecker.told ? 0 : -ENOMEM;
}

void rk_rechecker_fini(struct rk_core *core)
{
	free(core->rechecker.told);
	core->rechecker.told = NULL;
}

/* Once for each account. */
static void tell(struct rk_core *core, const struct rk_audit_finding *finding)
{
	struct rk_rechecker *r = &core->rechecker;
	unsigned char *told = &r->told[finding->index / BITS];
	unsigned int bit = 1U << finding->index % BITS;
	char equity[RK_DECIMAL_SIZE];
	char maintenance[RK_DECIMAL_SIZE];

	if (*told & bit || r->lines == LINES_PER_ROUND)
		return;
	*told = (unsigned char)(*told | bit);
	r->lines++;
	rk_log_write(
		core->log, RK_LOG_ERROR,
		"audit: account=%" PRIu64
		" differs=%s state=%s expected=%s withheld=%s "
		"expected_withheld=%s equity=%s maintenance=%s slot=%" PRId64
		" seq=%" PRIu64 ": a bug; it is judged anew",
		finding->account, rk_audit_kind_name(finding->kind),
		rk_state_name(finding->state), rk_state_name(finding->expected),
		rk_withheld_name(finding->withheld),
		rk_withheld_name(finding->withheld_expected),
		rk_decimal_format(finding->equity.raw, RK_USD_DECIMALS, equity,
				  sizeof(equity)),
		rk_decimal_format(finding->maintenance.raw, RK_USD_DECIMALS,
				  maintenance, sizeof(maintenance)),
		finding->slot == UINT32_MAX ? -1 : (int64_t)finding->slot,
		finding->seq);
}

static void recheck(struct rk_core *core,
		    const struct rk_audit_finding *finding)
{
	struct rk_cmd cmd = {.type = RK_CMD_RECHECK};

	core->counters.audit_differences++;
	/* At once, and again when the round ends. */
	if (core->rechecker.differences++ == 0)
		core->upkeep.snapshot_wanted = true;
	tell(core, finding);
	cmd.recheck.account = finding->account;
	cmd.recheck.found_seq = finding->seq;
	(void)rk_sequencer_apply(core->sequencer, &cmd, NULL); /* a fact */
	rk_sequencer_end_turn(core->sequencer);
}

/* How many accounts of this round should have been looked at by now. */
static uint32_t due_of(const struct rk_core *core, uint64_t elapsed_ns)
{
	uint64_t round_ns = (uint64_t)core->conf->margin.audit_ns;
	uint32_t accounts = rk_view_accounts(core->engine);

	if (elapsed_ns >= round_ns)
		return accounts;
	return (uint32_t)((rk_i128)accounts * elapsed_ns / round_ns);
}

/* The next accounts, few enough; false: the journal has no room. */
static bool look_at_few(struct rk_core *core, uint32_t end)
{
	struct rk_rechecker *r = &core->rechecker;
	struct rk_audit_finding finding;

	if (end > r->at + FEW)
		end = r->at + FEW;
	while (rk_audit_next(core->engine, &r->at, end, &finding)) {
		if (!rk_core_room(core)) {
			r->at = finding.index; /* once more, later */
			return false;
		}
		recheck(core, &finding);
	}
	return true;
}

/* Up to account `end`, or until time is up; false as above. */
static bool look(struct rk_core *core, uint32_t end, uint64_t now_ns)
{
	struct rk_rechecker *r = &core->rechecker;
	uint32_t from = r->at;
	bool room = true;

	while (room && r->at < end) {
		room = look_at_few(core, end);
		if (rk_clock_monotonic() - now_ns >= SLICE_NS)
			break;
	}
	core->counters.audit_accounts += r->at - from;
	return room;
}

static void end_round(struct rk_core *core, uint64_t now_ns)
{
	struct rk_rechecker *r = &core->rechecker;

	core->counters.audit_rounds++;
	if (r->differences > 0) {
		rk_log_write(core->log, RK_LOG_ERROR,
			     "audit: a round ends differences=%" PRIu64
			     " accounts=%u: the ladder cannot be relied upon; "
			     "report it, and set margin.method = scan until it "
			     "is mended",
			     r->differences, r->at);
		core->upkeep.snapshot_wanted = true;
	}
	r->since_ns = now_ns;
	r->at = 0;
	r->lines = 0;
	r->differences = 0;
}

static bool is_off(const struct rk_core *core)
{
	return core->conf->margin.audit_ns == 0 || core->read_only ||
	       core->stopping || rk_sequencer_error(core->sequencer) != 0;
}

bool rk_rechecker_turn(struct rk_core *core)
{
	struct rk_rechecker *r = &core->rechecker;
	uint64_t now_ns = rk_clock_monotonic();
	uint64_t elapsed_ns;
	uint32_t due;
	uint32_t end;

	if (is_off(core))
		return false;
	if (r->since_ns == 0)
		r->since_ns = now_ns;
	elapsed_ns = now_ns - r->since_ns;
	due = due_of(core, elapsed_ns);
	end = due;
	if (end > r->at + RK_RECHECKER_SLICE)
		end = r->at + RK_RECHECKER_SLICE;
	if (r->at < end && !look(core, end, now_ns))
		return false;
	if (r->at == rk_view_accounts(core->engine) &&
	    elapsed_ns >= (uint64_t)core->conf->margin.audit_ns) {
		end_round(core, now_ns);
		return false;
	}
	return r->at < due;
}
