/*
 * What a start does to a state folder, and in which order, when calls of the
 * disk fail under it: real files, real SQLite, no threads.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "app/core.h"
#include "engine/view.h"
#include "markets_rig.h"
#include "store/event_store.h"
#include "support/fault_files.h"
#include "support/folder.h"

struct rig {
	struct rk_conf conf;
	struct rk_log log;
	struct rk_folder folder;
	struct rk_core core;
};

static void wake(void *context)
{
	(void)context; /* no loop is there to be woken */
}

static int start(struct rig *rig, const struct rk_files *files)
{
	const struct rk_setup_options options = {
		.conf = &rig->conf,
		.log = &rig->log,
		.wake = wake,
		.files = files,
	};

	return rk_setup_open(&rig->core, &options);
}

static const char *const markets_text =
	"{'schema': 1, 'assets': [{'name': 'USD', 'decimals': 8, "
	"'fixed_price': '1'}], 'markets': []}";

/* A journal with commands, and no file of the events they lead to. */
static uint64_t leave_a_journal(struct rig *rig)
{
	struct rk_markets *markets = rig_parsed(rig_text("%s", markets_text));
	char name[RK_FILE_NAME_SIZE];
	uint64_t event;

	cr_assert_eq(start(rig, &rig->folder.files), 0);
	cr_assert_eq(rk_configure(&rig->core, markets), 0);
	event = rk_view_event(rig->core.engine);
	rk_setup_stop(&rig->core);
	rk_setup_close(&rig->core);
	rk_markets_free(markets);
	while (rk_event_files_newest(&rig->folder.files, name) != 0)
		cr_assert_eq(rk_files_remove(&rig->folder.files, name), 0);
	return event;
}

/*
 * A loss of power takes what was never synced: were events of such commands
 * on the disk already, riskd would not start any more.
 */
Test(recovery, no_event_is_written_before_the_end_of_the_journal_is_safe)
{
	static struct rig rig;
	struct rk_fault_files fault;
	char name[RK_FILE_NAME_SIZE] = "none";
	uint64_t events;

	rk_log_init(&rig.log, 2, RK_LOG_ERROR);
	rk_conf_defaults(&rig.conf);
	rk_folder_open(&rig.folder);
	events = leave_a_journal(&rig);
	cr_assert_gt(events, 0);

	/* The good part of the newest segment does not get into its place. */
	rk_fault_files_init(&fault, &rig.folder.files);
	fault.error = -EIO;
	fault.fail_at[RK_FAULT_RENAME] = 1;
	cr_expect_eq(start(&rig, &fault.files), -EIO);
	cr_expect_eq(rk_event_files_newest(&rig.folder.files, name), 0,
		     "%s has events", name);

	fault.fail_at[RK_FAULT_RENAME] = 0;
	cr_assert_eq(start(&rig, &fault.files), 0);
	cr_expect_eq(rk_view_event(rig.core.engine), events);
	rk_setup_stop(&rig.core);
	rk_setup_close(&rig.core);
	cr_expect_eq(rk_event_files_newest(&rig.folder.files, name), events);
	rk_fault_files_fini(&fault);
	rk_folder_close(&rig.folder);
}
