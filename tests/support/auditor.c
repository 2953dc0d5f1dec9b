/*
 * One command at a time: number it, book it, put everything back when it is
 * refused, else judge whom it touched, and tell all that as events.
 */
#include <stdlib.h>
#include <string.h>

#include "support/auditor_conversion.h"
#include "support/auditor_pace.h"
#include "support/auditor_parts.h"
#include "support/auditor_terms.h"

/* In force until a RISK command says otherwise: the defaults of cmd.h. */
static const struct rk_cmd_risk risk_at_first = {
	.warn_enter = {1500000000},
	.warn_leave = {1600000000},
	.call_enter = {1250000000},
	.call_leave = {1300000000},
	.target = {1200000000},
	.order_band = {50000000},
	.stale_band = {100000000},
	.order_expiry_ns = INT64_C(30000000000),
	.close_timeout_ns = INT64_C(10000000000),
	.order_cooldown_ns = INT64_C(1000000000),
};

struct rk_auditor *rk_auditor_open(const struct rk_cmd_limits *max)
{
	struct rk_auditor *a = calloc(1, sizeof(*a));

	if (a == NULL || max->accounts_max > AUDIT_ACCOUNTS ||
	    max->positions_max > AUDIT_POSITIONS ||
	    max->balances_max > AUDIT_BALANCES ||
	    max->orders_max > AUDIT_ORDERS / 2 ||
	    max->withdrawals_max > AUDIT_WITHDRAWALS ||
	    max->clients_max > AUDIT_CLIENTS ||
	    max->assets_max > AUDIT_NAMES - 1 ||
	    max->markets_max > AUDIT_NAMES - 1 ||
	    max->publishers_max > AUDIT_NAMES - 1 ||
	    max->venues_max > AUDIT_NAMES - 1)
		abort(); /* a test asked for more than the arrays hold */
	a->max = *max;
	a->book.limits = *max;
	a->book.risk = risk_at_first;
	return a;
}

void rk_auditor_close(struct rk_auditor *auditor)
{
	if (auditor != NULL)
		free(auditor->events);
	free(auditor);
}

void audit_law(struct rk_auditor *a, bool good, const char *what)
{
	if (!good && a->law_broken == NULL)
		a->law_broken = what;
}

const char *rk_auditor_law_broken(const struct rk_auditor *auditor)
{
	return auditor->law_broken == NULL ? "" : auditor->law_broken;
}

/* The topic besides the account's; NULL when there is none. */
static uint64_t *other_topic(struct rk_book *b, const struct rk_event *ev)
{
	if (rk_event_is_order(ev->type))
		return &b->markets[ev->market].last_order_event;
	if (rk_event_is_conversion(ev->type))
		return &b->last_conversion_event;
	if (ev->account != 0)
		return NULL;
	if (ev->market != RK_NO_MARKET)
		return &b->markets[ev->market].last_event;
	return &b->last_system_event;
}

struct rk_event *audit_emit(struct rk_auditor *a, enum rk_event_type type,
			    uint32_t account, uint32_t market)
{
	struct rk_book *b = &a->book;
	struct rk_event *ev;
	uint64_t *topic;

	if (a->events_n == a->events_max) {
		a->events_max = a->events_max * 2 + 1024;
		a->events =
			realloc(a->events, a->events_max * sizeof(*a->events));
		if (a->events == NULL)
			abort();
	}
	ev = &a->events[a->events_n++];
	(void)memset(ev, 0, sizeof(*ev));
	ev->number = ++b->last_event;
	ev->seq = a->seq;
	ev->time_ns = b->now_ns;
	ev->type = type;
	ev->market = market;
	if (account != AUDIT_NONE) {
		ev->account = b->accounts[account].id;
		ev->prev_account = b->accounts[account].last_event;
		b->accounts[account].last_event = ev->number;
	}
	topic = other_topic(b, ev);
	if (topic != NULL) {
		ev->prev_topic = *topic;
		*topic = ev->number;
	}
	return ev;
}

/* Copies what is in use; the rest of each array says nothing. */
static void copy_book(struct rk_book *to, const struct rk_book *from)
{
	(void)memcpy(to, from, offsetof(struct rk_book, publishers));
#define COPY(array, n)                                                         \
	((void)memcpy(to->array, from->array, from->n * sizeof(from->array[0])))
	COPY(publishers, publishers_n);
	COPY(venues, venues_n);
	COPY(assets, assets_n);
	COPY(markets, markets_n);
	COPY(slots, slots_n);
	COPY(accounts, accounts_n);
	COPY(positions, positions_n);
	COPY(balances, balances_n);
	COPY(withdrawals, withdrawals_n);
	COPY(orders, orders_n);
	COPY(leverages, leverages_n);
	COPY(at_venues, at_venues_n);
	COPY(resting, resting_n);
#undef COPY
}

static int book_child(struct rk_auditor *a, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_ACCOUNT:
		return audit_account(a, &cmd->account);
	case RK_CMD_DEPOSIT:
		return audit_deposit(a, &cmd->amount);
	case RK_CMD_ADJUST:
		return audit_adjust(a, &cmd->amount);
	case RK_CMD_RESERVE:
		return audit_reserve(a, &cmd->withdraw);
	case RK_CMD_CONFIRM:
		return audit_confirm(a, &cmd->withdraw);
	case RK_CMD_CANCEL:
		return audit_cancel(a, &cmd->withdraw);
	case RK_CMD_TRANSFER:
		return audit_transfer(a, &cmd->transfer);
	case RK_CMD_LEVERAGE:
		return audit_leverage(a, &cmd->leverage);
	case RK_CMD_MODE:
		return audit_mode(a, &cmd->mode);
	case RK_CMD_MOVE:
		return audit_move(a, &cmd->move);
	case RK_CMD_PLACE_ORDER:
		return audit_place(a, &cmd->place);
	case RK_CMD_CANCEL_ORDER:
		return audit_cancel_order(a, &cmd->cancel_order);
	case RK_CMD_TRADE:
		return audit_trade(a, &cmd->trade);
	case RK_CMD_ORDER_CLOSED:
		return audit_order_closed(a, &cmd->order_closed);
	case RK_CMD_CONVERT:
		return audit_convert(a, &cmd->convert);
	case RK_CMD_SKIPPED:
		return audit_skipped(&cmd->skipped);
	default: /* cannot be part of an atomic message */
		return RK_REJ_BAD_PARAM;
	}
}

/* Rule X3. codes: one for each child. */
static int book_atomic(struct rk_auditor *a, const struct rk_cmd_atomic *cmd,
		       int32_t *codes)
{
	int code = RK_OK;
	uint32_t done = 0;

	if (cmd->n < 1 || cmd->n > RK_ATOMIC_MAX)
		return RK_REJ_BAD_PARAM;
	while (done < cmd->n && code == RK_OK)
		code = book_child(a, &cmd->cmds[done++]);
	for (uint32_t i = 0; i < cmd->n; i++)
		codes[i] = code == RK_OK ? RK_OK : RK_REJ_ATOMIC;
	codes[done - 1] = code;
	return code;
}

/* What is said of an asset or a market beside its listing, and its interest. */
static int book_terms(struct rk_auditor *a, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_COLLATERAL:
		return audit_collateral(a, &cmd->collateral);
	case RK_CMD_FUNDING:
		return audit_funding(a, &cmd->funding);
	case RK_CMD_MARGIN:
		return audit_margin(a, &cmd->margin);
	case RK_CMD_SLOW_PRICE:
		return audit_slow_price(a, &cmd->slow_price);
	case RK_CMD_LENDING:
		return audit_lending(a, &cmd->lending);
	case RK_CMD_EMODE:
		return audit_emode(a, &cmd->emode);
	case RK_CMD_CONVERSION:
		return audit_conversion(a, &cmd->conversion);
	case RK_CMD_INSURANCE:
		return audit_insurance(a, &cmd->insurance);
	case RK_CMD_LIQUIDATION:
		return audit_liquidation(a, &cmd->liquidation);
	case RK_CMD_VAULT:
		return audit_vault(a, &cmd->vault);
	case RK_CMD_TAKEOVER:
		return audit_takeover(a, &cmd->takeover);
	case RK_CMD_RAMP:
		return audit_ramp(a, &cmd->ramp);
	default:
		return audit_collateral_scale(a, &cmd->collateral_scale);
	}
}

/* What ends a market. */
static int book_ending(struct rk_auditor *a, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_MARKET_STATE:
		return audit_market_state(a, &cmd->market_state);
	case RK_CMD_SETTLE:
		return audit_settle_market(a, &cmd->settle);
	default:
		return audit_expiry(a, &cmd->expiry);
	}
}

/* What moves an index of funding or of interest. */
static int book_index(struct rk_auditor *a, const struct rk_cmd *cmd)
{
	switch ((int)cmd->type) {
	case RK_CMD_PREMIUM:
		return audit_premium(a, &cmd->premium);
	case RK_CMD_FUND:
		return audit_fund(a, &cmd->fund);
	case RK_CMD_ACCRUE:
		return audit_accrue(a, &cmd->accrue);
	default:
		return audit_write_off(a, &cmd->amount);
	}
}

static int book_name(struct rk_auditor *a, const struct rk_cmd *cmd)
{
	return cmd->type == RK_CMD_PUBLISHER ? audit_publisher(a, &cmd->name)
					     : audit_venue(a, &cmd->name);
}

static int book(struct rk_auditor *a, const struct rk_cmd *cmd, int32_t *codes)
{
	switch ((int)cmd->type) {
	case RK_CMD_CLOCK:
	case RK_CMD_RESUME:
		return audit_clock(a, cmd->clock.time_ns,
				   cmd->type == RK_CMD_RESUME);
	case RK_CMD_LIMITS:
		return audit_limits(a, &cmd->limits);
	case RK_CMD_RISK:
		return audit_risk(a, &cmd->risk);
	case RK_CMD_PUBLISHER:
	case RK_CMD_VENUE:
		return book_name(a, cmd);
	case RK_CMD_ASSET:
		return audit_asset(a, &cmd->asset);
	case RK_CMD_MARKET:
		return audit_market(a, &cmd->market);
	case RK_CMD_HALT:
		return audit_halt(a, &cmd->halt);
	case RK_CMD_PRICES:
		return audit_prices(a, &cmd->prices);
	case RK_CMD_ATOMIC:
		return book_atomic(a, &cmd->atomic, codes);
	case RK_CMD_ASSET_CHANGE:
		return audit_asset_change(a, &cmd->asset);
	case RK_CMD_MARKET_CHANGE:
		return audit_market_change(a, &cmd->market);
	case RK_CMD_SYNC_STALL:
		return audit_sync_stall(a, &cmd->sync_stall);
	case RK_CMD_LAG:
		return audit_lag(a, &cmd->lag);
	case RK_CMD_RECHECK:
		return audit_recheck(a, &cmd->recheck);
	case RK_CMD_COLLATERAL:
	case RK_CMD_FUNDING:
	case RK_CMD_MARGIN:
	case RK_CMD_SLOW_PRICE:
	case RK_CMD_COLLATERAL_SCALE:
	case RK_CMD_LENDING:
	case RK_CMD_EMODE:
	case RK_CMD_CONVERSION:
	case RK_CMD_INSURANCE:
	case RK_CMD_LIQUIDATION:
	case RK_CMD_VAULT:
	case RK_CMD_TAKEOVER:
	case RK_CMD_RAMP:
		return book_terms(a, cmd);
	case RK_CMD_CLAIM:
		return audit_claim(a, &cmd->claim);
	case RK_CMD_TOP_UP:
		return audit_top_up(a, &cmd->top_up);
	case RK_CMD_VAULT_TOP_UP:
		return audit_vault_top_up(a, &cmd->top_up);
	case RK_CMD_CONTRACT:
		return audit_contract(a, &cmd->market);
	case RK_CMD_PREMIUM:
	case RK_CMD_FUND:
	case RK_CMD_ACCRUE:
	case RK_CMD_WRITE_OFF:
		return book_index(a, cmd);
	case RK_CMD_MARKET_STATE:
	case RK_CMD_SETTLE:
	case RK_CMD_EXPIRY:
		return book_ending(a, cmd);
	default:
		return book_child(a, cmd);
	}
}

static void refuse(struct rk_auditor *a, const struct rk_cmd *cmd, int code)
{
	struct rk_event *ev;

	copy_book(&a->book, &a->saved);
	audit_trades_undo(a);
	(void)memset(a->touched, 0, sizeof(a->touched));
	a->events_n = 0;
	ev = audit_emit(a, RK_EVENT_REJECTED, AUDIT_NONE, RK_NO_MARKET);
	ev->rejected.cmd = cmd->type;
	if (code == RK_REJ_SKIPPED && cmd->type != RK_CMD_ATOMIC)
		ev->rejected.cmd = cmd->skipped.type;
	ev->rejected.code = code;
	(void)memcpy(ev->rejected.client, cmd->origin.client, RK_NAME_SIZE);
	ev->rejected.client_seq = cmd->origin.client_seq;
}

int rk_auditor_apply(struct rk_auditor *a, const struct rk_cmd *cmd)
{
	int32_t codes[RK_ATOMIC_MAX] = {0};
	int code = audit_client_check(a, cmd);

	a->events_n = 0;
	(void)memset(a->touched, 0, sizeof(a->touched));
	if (code != RK_OK)
		return code;
	a->seq++;
	copy_book(&a->saved, &a->book);
	a->trades_new_n = 0;
	a->book.command_orders = 0;
	a->draw_round = false;
	a->new_minute = false;
	a->resuming = false;
	code = book(a, cmd, codes);
	if (cmd->type != RK_CMD_ATOMIC)
		codes[0] = code;
	if (code != RK_OK) {
		refuse(a, cmd, code);
	} else {
		audit_trades_keep(a);
		audit_judge(a);
	}
	audit_client_note(a, cmd, codes);
	return code;
}

const struct rk_event *rk_auditor_events(const struct rk_auditor *auditor,
					 uint32_t *ret_n)
{
	*ret_n = auditor->events_n;
	return auditor->events;
}

uint32_t rk_auditor_accounts(const struct rk_auditor *auditor)
{
	return auditor->book.accounts_n;
}

bool rk_auditor_touched(const struct rk_auditor *auditor, uint32_t index)
{
	return auditor->touched[index];
}
