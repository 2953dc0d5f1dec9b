/*
 * The stream, the refusals and the bar. See the header.
 */
#include "replay_out.h"

#include <string.h>
#include <time.h>

#include "ctl_out.h"

#define REFUSALS_MAX 20 /* told one by one; the summary has them all */
#define BAR_WIDTH    30
#define BAR_EVERY_NS UINT64_C(100000000)
#define NS_PER_S     UINT64_C(1000000000)
#define USD_DECIMALS 8

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail here */
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void rk_replay_out_clear(struct rk_replay_out *out)
{
	if (out->bar_shown)
		(void)fputs("\r\033[K", stderr);
	out->bar_shown = false;
}

/* The last word of an enum's name: "REASON_EXPIRED" gives "EXPIRED". */
static const char *word_of(const ProtobufCEnumDescriptor *of, int value,
			   const char *prefix)
{
	const ProtobufCEnumValue *found =
		protobuf_c_enum_descriptor_get_value(of, value);

	if (!found)
		return "UNKNOWN";
	return strncmp(found->name, prefix, strlen(prefix)) == 0
		       ? found->name + strlen(prefix)
		       : found->name;
}

static const char *phase_word(const Riskd__LiquidationOrder *order)
{
	return word_of(&riskd__liquidation_order__phase__descriptor,
		       (int)order->phase, "PHASE_");
}

static const char *reason_word(const Riskd__LiquidationOrder *order)
{
	return word_of(&riskd__liquidation_order__reason__descriptor,
		       (int)order->reason, "REASON_");
}

static const char *side_word(const Riskd__LiquidationOrder *order)
{
	return order->side == RISKD__SIDE__SIDE_SELL ? "SELL" : "BUY";
}

/* Decimal texts of one order event. */
struct order_text {
	const char *market;
	char time[CTL_TIME_SIZE];
	char id[RISK_DECIMAL_SIZE];
	char size[RISK_DECIMAL_SIZE];
	char filled[RISK_DECIMAL_SIZE];
	char fill[RISK_DECIMAL_SIZE];
	char fill_price[RISK_DECIMAL_SIZE];
	char floor_price[RISK_DECIMAL_SIZE];
	char mark[RISK_DECIMAL_SIZE];
	char equity[RISK_DECIMAL_SIZE];
	char maintenance[RISK_DECIMAL_SIZE];
};

static void write_order(struct risk *risk, const Riskd__Event *event,
			struct order_text *text)
{
	const Riskd__LiquidationOrder *order = event->order;
	const Riskd__Market *market =
		risk_market_by_id(risk, event->market_plus_one - 1);
	uint32_t price_decimals = market ? market->price_decimals : 0;
	uint32_t size_decimals = market ? market->size_decimals : 0;

	text->market = market ? market->name : "?";
	ctl_format_time(event->time_ns, text->time);
	risk_format_order_id(order->order->seq, order->order->n, text->id);
	risk_format_decimal(order->size, size_decimals, text->size);
	risk_format_decimal(order->filled, size_decimals, text->filled);
	risk_format_decimal(order->fill, size_decimals, text->fill);
	risk_format_decimal(order->fill_price, price_decimals,
			    text->fill_price);
	risk_format_decimal(order->floor_price, price_decimals,
			    text->floor_price);
	risk_format_decimal(order->mark, price_decimals, text->mark);
	risk_format_padded(order->equity, USD_DECIMALS, 2, text->equity);
	risk_format_padded(order->maintenance, USD_DECIMALS, 2,
			   text->maintenance);
}

static void print_order_line(const Riskd__Event *event,
			     const struct order_text *text)
{
	const Riskd__LiquidationOrder *order = event->order;

	(void)printf("%s  %-11s %s  %s %s %s", text->time, phase_word(order),
		     text->id, side_word(order), text->size, text->market);
	switch (order->phase) {
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_OPENED:
		(void)printf("  floor %s  mark %s  account %llu  equity %s USD "
			     " maintenance %s USD\n",
			     text->floor_price, text->mark,
			     (unsigned long long)event->account, text->equity,
			     text->maintenance);
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_FILLED:
		(void)printf("  filled %s at %s, %s in all%s\n", text->fill,
			     text->fill_price, text->filled,
			     order->late ? ", late" : "");
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLAIMED:
		if (order->claimed_until_ns == 0)
			(void)printf("  by nobody any more\n");
		else
			(void)printf("  by venue %u\n", order->claimed_by);
		break;
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSE_ASKED:
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_CLOSED:
	case RISKD__LIQUIDATION_ORDER__PHASE__PHASE_UNSPECIFIED:
	case _RISKD__LIQUIDATION_ORDER__PHASE_IS_INT_SIZE:
	default:
		(void)printf("  %s, filled %s\n", reason_word(order),
			     text->filled);
		break;
	}
}

static void print_order_json(const struct ctl *ctl, const Riskd__Event *event,
			     const struct order_text *text)
{
	const Riskd__LiquidationOrder *order = event->order;

	(void)ctl_json_print(
		ctl,
		json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, "
			  "s:s, s:s, s:s, s:s, s:b, s:s, s:s}",
			  "kind", "order", "number", (json_int_t)event->number,
			  "time", text->time, "phase", phase_word(order),
			  "order", text->id, "market", text->market, "account",
			  (json_int_t)event->account, "side", side_word(order),
			  "reason", reason_word(order), "size", text->size,
			  "filled", text->filled, "fill", text->fill,
			  "fill_price", text->fill_price, "floor_price",
			  text->floor_price, "late", order->late, "equity",
			  text->equity, "maintenance", text->maintenance));
}

static void print_deficit(const struct ctl *ctl, const Riskd__Event *event)
{
	char time[CTL_TIME_SIZE];
	char usd[RISK_DECIMAL_SIZE];

	ctl_format_time(event->time_ns, time);
	risk_format_padded(event->deficit->amount, USD_DECIMALS, 2, usd);
	if (ctl->output == CTL_JSON)
		(void)ctl_json_print(ctl, json_pack("{s:s, s:I, s:s, s:I, s:s}",
						    "kind", "deficit", "number",
						    (json_int_t)event->number,
						    "time", time, "account",
						    (json_int_t)event->account,
						    "deficit", usd));
	else
		(void)printf("%s  %-11s account %llu  %s USD\n", time,
			     "DEFICIT", (unsigned long long)event->account,
			     usd);
}

void rk_replay_out_event(void *arg, const Riskd__Event *event)
{
	struct rk_replay_out *out = arg;
	bool is_order = event->kind_case == RISKD__EVENT__KIND_ORDER &&
			event->order->order && event->market_plus_one > 0;
	struct order_text text;

	if (!out->stream ||
	    (!is_order && event->kind_case != RISKD__EVENT__KIND_DEFICIT))
		return;
	rk_replay_out_clear(out);
	if (!is_order) {
		print_deficit(out->ctl, event);
		return;
	}
	write_order(out->ctl->risk, event, &text);
	if (out->ctl->output == CTL_JSON)
		print_order_json(out->ctl, event, &text);
	else
		print_order_line(event, &text);
}

/* Which command it was, as far as a person needs to find its row. */
static void name_command(const Riskd__Command *command, char *buf, size_t size)
{
	const char *what = "command";
	uint64_t id = 0;

	if (command->kind_case == RISKD__COMMAND__KIND_CREATE_ACCOUNT) {
		what = "account";
		id = command->create_account->account;
	} else if (command->kind_case == RISKD__COMMAND__KIND_ADJUST) {
		what = "ledger row of account";
		id = command->adjust->account;
	} else if (command->kind_case == RISKD__COMMAND__KIND_TRADE) {
		what = "fill of account";
		id = command->trade->buyer->account |
		     command->trade->seller->account;
	} else if (command->kind_case == RISKD__COMMAND__KIND_ORDER_CLOSED) {
		what = "closing of order of command";
		id = command->order_closed->order->seq;
	} else if (command->kind_case == RISKD__COMMAND__KIND_PRICES) {
		what = "price batch";
		id = command->prices->seq;
	}
	(void)snprintf(buf, size, "%s %llu", what, (unsigned long long)id);
}

void rk_replay_out_refused(void *arg, const Riskd__Command *command, int code,
			   int64_t time_ns)
{
	struct rk_replay_out *out = arg;
	char time[CTL_TIME_SIZE];
	char name[96];

	out->refusals++;
	if (out->refusals > REFUSALS_MAX)
		return;
	rk_replay_out_clear(out);
	name_command(command, name, sizeof(name));
	(void)fprintf(stderr, "riskctl replay: %s: %s refused: %s (%s)\n",
		      ctl_format_time(time_ns, time), name,
		      risk_code_text(code), risk_code_name(code));
	if (out->refusals == REFUSALS_MAX)
		(void)fputs("riskctl replay: further refusals are only "
			    "counted\n",
			    stderr);
}

static void draw_bar(struct rk_replay_out *out, const struct rk_replay_run *run,
		     uint64_t permille, int64_t time_ns)
{
	uint64_t spent_ns = out->drawn_ns - out->start_ns;
	uint64_t left_s = permille > 0 ? spent_ns / permille *
						 (1000 - permille) / NS_PER_S
				       : 0;
	char hashes[BAR_WIDTH + 1];
	char time[CTL_TIME_SIZE];

	for (uint64_t i = 0; i < BAR_WIDTH; i++)
		hashes[i] = i * 1000 < permille * BAR_WIDTH ? '#' : '.';
	hashes[BAR_WIDTH] = '\0';
	/* Minutes are as fine as a bar can show. */
	(void)fprintf(stderr,
		      "\r\033[K[%s] %3llu %%  %.16s  %llu ticks  %llu orders  "
		      "%llu:%02llu left",
		      hashes, (unsigned long long)(permille / 10),
		      ctl_format_time(time_ns, time),
		      (unsigned long long)rk_replay_run_sent(run)->quotes,
		      (unsigned long long)rk_replay_run_tally(run)->orders,
		      (unsigned long long)(left_s / 60),
		      (unsigned long long)(left_s % 60));
	(void)fflush(stderr);
	out->bar_shown = true;
}

void rk_replay_out_progress(void *arg, const struct rk_replay_run *run,
			    int64_t time_ns)
{
	struct rk_replay_out *out = arg;
	struct rk_replay_extent extent;
	uint64_t now_ns;
	int64_t span_ns;

	if (!out->ctl->progress || out->ctl->quiet)
		return;
	now_ns = monotonic_ns();
	if (out->start_ns == 0)
		out->start_ns = now_ns;
	if (now_ns - out->drawn_ns < BAR_EVERY_NS)
		return;
	out->drawn_ns = now_ns;
	rk_replay_run_extent(run, &extent);
	span_ns = extent.last_ns - extent.first_ns;
	if (span_ns < 1000)
		span_ns = 1000;
	if (time_ns > extent.last_ns)
		time_ns = extent.last_ns;
	draw_bar(out, run,
		 (uint64_t)((time_ns - extent.first_ns) / (span_ns / 1000)),
		 time_ns);
}
