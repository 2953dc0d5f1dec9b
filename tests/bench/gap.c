/*
 * The market that most hold falls by 5 %, on a book so dense that a tenth of
 * its holders are below maintenance after it: how soon is the first of them
 * found, when are all of them told with their orders, and is any left out?
 * Each repeat has a book of its own.
 */
#include <string.h>

#include "cost.h"
#include "solo.h"

#define OFF_MOST  0.083 /* makes a tenth of the holders breach */
#define BAR_SCANS 10
#define BAR_FIRST 20 /* us */

struct figures {
	double first_us[BENCH_REPEATS_MAX];
	double judging_ns[BENCH_REPEATS_MAX]; /* all are judged, none acted on
					       */
	double all_ns[BENCH_REPEATS_MAX];     /* and orders are opened */
	double judged[BENCH_REPEATS_MAX];
	double per_judged_ns[BENCH_REPEATS_MAX];
	double below[BENCH_REPEATS_MAX];
	double missed[BENCH_REPEATS_MAX];
	double part[BENCH_REPEATS_MAX]; /* of the holders, in percent */
	double fills_ms[BENCH_REPEATS_MAX];
};

static bool is_order(const struct rk_event *event)
{
	return event->type == RK_EVENT_ORDER_OPENED;
}

static bool is_breach(const struct rk_event *event)
{
	return event->type == RK_EVENT_STATE &&
	       event->state.after == RK_STATE_LIQUIDATING;
}

static bool has(const struct bench_solo *solo,
		bool (*is)(const struct rk_event *event))
{
	for (uint32_t i = 0; i < solo->events.n; i++)
		if (is(&solo->events.events[i]))
			return true;
	return false;
}

/* Processor time in ns until the events that are out have one of these. */
static double until(struct bench_solo *solo, uint64_t start,
		    bool (*is)(const struct rk_event *event))
{
	while (!has(solo, is) && rk_engine_pending(solo->engine)) {
		solo->events.n = 0;
		rk_engine_resume(solo->engine, &solo->events);
	}
	if (!has(solo, is))
		bench_die("nobody is below maintenance after the gap");
	return (double)(bench_cpu_ns() - start);
}

/*
 * With the least of room for events the engine stops when it has any. All are
 * judged before the first order is opened. A book of its own, as it is another
 * way to the same end.
 */
static void measure_phase(const struct bench_shape *shape,
			  struct figures *figures, uint32_t i)
{
	struct bench_solo solo;
	uint64_t start;

	bench_solo_open(&solo, shape);
	solo.events.max = RK_EVENTS_PER_STEP_MAX;
	start = bench_cpu_ns();
	(void)bench_solo_quote_begin(&solo, 0, BENCH_BOOK_PRICE * 95 / 100);
	figures->first_us[i] = until(&solo, start, is_breach) / 1e3;
	figures->judging_ns[i] = until(&solo, start, is_order);
	bench_solo_close(&solo);
}

static void measure(const struct bench_shape *shape, double holders,
		    struct figures *figures, uint32_t i)
{
	struct bench_breaches breaches;
	struct bench_solo solo;
	uint64_t start;

	measure_phase(shape, figures, i);
	bench_solo_open(&solo, shape);
	figures->judged[i] = bench_solo_judged(&solo);
	start = bench_cpu_ns();
	bench_solo_quote(&solo, 0, BENCH_BOOK_PRICE * 95 / 100);
	figures->all_ns[i] = (double)(bench_cpu_ns() - start);
	figures->judged[i] = bench_solo_judged(&solo) - figures->judged[i];
	figures->per_judged_ns[i] = figures->judging_ns[i] / figures->judged[i];
	breaches = bench_solo_breaches(&solo);
	figures->below[i] = breaches.below;
	figures->missed[i] = breaches.missed;
	figures->part[i] = breaches.below * 100.0 / holders;
	start = bench_cpu_ns();
	bench_solo_fill(&solo);
	figures->fills_ms[i] = (double)(bench_cpu_ns() - start) / 1e6;
	bench_solo_close(&solo);
}

static void tell(struct bench *bench, const char *name, const char *unit,
		 const double *values, double bar)
{
	bench_report_add(
		bench->report,
		&(struct bench_row){.name = name,
				    .unit = unit,
				    .values = values,
				    .n = bench->repeats,
				    .bar_kind = bar >= 0 ? BENCH_BAR_MOST
							 : BENCH_BAR_NONE,
				    .bar = bar});
}

static void report(struct bench *bench, const struct figures *figures,
		   double scan_ns)
{
	bench_report_add(bench->report,
			 &(struct bench_row){.name = "gap.judging",
					     .unit = "ns",
					     .values = figures->judging_ns,
					     .n = bench->repeats,
					     .limit = scan_ns,
					     .limit_name = "postings",
					     .bar_kind = BENCH_BAR_MOST,
					     .bar = BAR_SCANS});
	tell(bench, "gap.first_breach", "us", figures->first_us, BAR_FIRST);
	tell(bench, "gap.all", "ns", figures->all_ns, -1);
	tell(bench, "gap.missed", "accounts", figures->missed, 0);
	tell(bench, "gap.breaches", "accounts", figures->below, -1);
	tell(bench, "gap.breaches.part", "% of", figures->part, -1);
	tell(bench, "gap.judged", "accounts", figures->judged, -1);
	tell(bench, "gap.per_judged", "ns", figures->per_judged_ns, -1);
	tell(bench, "gap.fills", "ms", figures->fills_ms, -1);
}

void bench_gap(struct bench *bench)
{
	struct bench_shape shape = bench_shape_usual(bench->accounts);
	static struct figures figures;
	static struct bench_cost cost;

	shape.off_most = OFF_MOST;
	if (!bench_memory_allows((double)bench_solo_size(&shape),
				 "the engine with that many accounts"))
		return;
	bench_cost_postings(bench, &shape, &cost);
	for (uint32_t i = 0; i < bench->repeats; i++)
		measure(&shape, cost.holders_top, &figures, i);
	report(bench, &figures, cost.postings_top_ns);
}
