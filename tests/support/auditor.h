/*
 * The auditor: a second engine, slow and plain, written from docs/engine.md
 * and not from the code. It keeps no caches, searches every table from the
 * start and computes in integers that cannot overflow. Given a command it
 * predicts the answer, every event and all state that view.h shows.
 *
 * It is for tests: it allocates, and ends the program on a bug of its own.
 */
#ifndef RK_SUPPORT_AUDITOR_H
#define RK_SUPPORT_AUDITOR_H

#include "engine/cmd.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/view.h"

struct rk_auditor;

/* An empty book whose limits are max, as rk_engine_init() builds one. */
struct rk_auditor *rk_auditor_open(const struct rk_cmd_limits *max);
void rk_auditor_close(struct rk_auditor *auditor);

/* The answer rk_engine_apply() must give. Events replace the ones before. */
int rk_auditor_apply(struct rk_auditor *auditor, const struct rk_cmd *cmd);

/* Events of the newest command. Valid until the next. */
const struct rk_event *rk_auditor_events(const struct rk_auditor *auditor,
					 uint32_t *ret_n);

/* What rk_engine_check_client() must answer, and tell of a repeat. */
int rk_auditor_check_client(const struct rk_auditor *auditor,
			    const struct rk_origin *origin,
			    struct rk_answer *ret_answer);

/*
 * Where the engine's view differs from the book: 0, or 1 and a sentence that
 * names record, field and both values.
 */
struct rk_audit_text {
	char text[512];
};

int rk_auditor_compare_event(const struct rk_event *expected,
			     const struct rk_event *got,
			     struct rk_audit_text *ret_text);
/* One line for people who look into a difference. */
void rk_auditor_describe_event(const struct rk_event *ev,
			       struct rk_audit_text *ret_text);
void rk_auditor_describe_command(const struct rk_cmd *cmd,
				 struct rk_audit_text *ret_text);
int rk_auditor_compare_account(const struct rk_auditor *auditor,
			       const struct rk_engine *engine, uint32_t index,
			       struct rk_audit_text *ret_text);
/* Counts, limits and parameters. */
int rk_auditor_compare_counts(const struct rk_auditor *auditor,
			      const struct rk_engine *engine,
			      struct rk_audit_text *ret_text);
/* Marks and their states. */
int rk_auditor_compare_slots(const struct rk_auditor *auditor,
			     const struct rk_engine *engine,
			     struct rk_audit_text *ret_text);
/* Every record there is. */
int rk_auditor_compare_all(const struct rk_auditor *auditor,
			   const struct rk_engine *engine,
			   struct rk_audit_text *ret_text);

uint32_t rk_auditor_accounts(const struct rk_auditor *auditor);
/* Did the newest command touch (judge) this account? */
bool rk_auditor_touched(const struct rk_auditor *auditor, uint32_t index);

/* Mistakes against the laws in what the auditor itself did; "" when none. */
const char *rk_auditor_law_broken(const struct rk_auditor *auditor);

#endif
