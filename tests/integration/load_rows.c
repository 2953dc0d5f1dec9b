/*
 * The commands of a load client, each from its number alone, and what they
 * lead to. See load_impl.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rc.h"
#include "load_impl.h"

#define CASH     32 /* accounts from here on hold no position */
#define KINDS    16
#define END_KIND 14 /* ends a withdrawal */

/* splitmix64. */
uint64_t rk_load_mix(uint32_t client, uint64_t number)
{
	uint64_t z = number * UINT64_C(0x9e3779b97f4a7c15) + client;

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t rk_load_account(uint32_t client, uint32_t place)
{
	return (uint64_t)client * 1000 + place + 1;
}

static void make_start(uint64_t number, struct rk_load_row *row)
{
	row->a = (uint32_t)(number - 1) % RK_LOAD_ACCOUNTS;
	row->kind = number <= RK_LOAD_ACCOUNTS
			    ? RISKD__COMMAND__KIND_CREATE_ACCOUNT
			    : RISKD__COMMAND__KIND_DEPOSIT;
	row->amount = RK_USD(1000000);
}

static void make_trade(uint64_t bits, struct rk_load_row *row)
{
	row->kind = RISKD__COMMAND__KIND_TRADE;
	row->a = (uint32_t)(bits % CASH);
	row->b = (row->a + 1 + (uint32_t)(bits >> 8) % (CASH - 1)) % CASH;
	row->amount = (int64_t)(1 + (bits >> 16) % 5);
	row->fee_a = (int64_t)((bits >> 24) % 1000);
	row->fee_b = (int64_t)((bits >> 34) % 1000);
}

static void make_refused(uint64_t bits, struct rk_load_row *row)
{
	if (bits & 1) {
		row->kind = RISKD__COMMAND__KIND_CREATE_ACCOUNT;
		row->code = RK_REJ_EXISTS;
		return;
	}
	row->kind = RISKD__COMMAND__KIND_TRANSFER;
	row->amount = RK_USD(10000000000);
	row->code = RK_REJ_BALANCE;
}

struct rk_load_row rk_load_row(uint32_t client, uint64_t number)
{
	uint32_t kind = (uint32_t)(number % KINDS);
	/* A withdrawal ends as the number before began it. */
	uint64_t from = kind == END_KIND ? number - 1 : number;
	uint64_t bits = rk_load_mix(client, from);
	/* Cash moves among accounts that no price concerns. */
	struct rk_load_row row = {
		.kind = RISKD__COMMAND__KIND_TRANSFER,
		.a = CASH + (uint32_t)(bits % CASH),
		.amount = 1 + (int64_t)((bits >> 16) % 100000000),
		.id = from,
	};

	row.b = CASH + (row.a + 1 + (uint32_t)(bits >> 8) % (CASH - 1)) % CASH;
	if (number <= (uint64_t)2 * RK_LOAD_ACCOUNTS) {
		make_start(number, &row);
	} else if (kind < 6) {
		row.kind = RISKD__COMMAND__KIND_DEPOSIT;
		row.a = (uint32_t)(bits % RK_LOAD_ACCOUNTS);
	} else if (kind >= 9 && kind < END_KIND - 1) {
		make_trade(bits, &row);
	} else if (kind == END_KIND - 1) {
		row.kind = RISKD__COMMAND__KIND_RESERVE_WITHDRAWAL;
	} else if (kind == END_KIND) {
		row.kind = rk_load_mix(client, number) & 1
				   ? RISKD__COMMAND__KIND_CONFIRM_WITHDRAWAL
				   : RISKD__COMMAND__KIND_CANCEL_WITHDRAWAL;
	} else if (kind > END_KIND) {
		make_refused(bits, &row);
	}
	return row;
}

void rk_load_apply(struct rk_load_model *model, const struct rk_load_row *row)
{
	if (row->code != 0)
		return;
	if (row->kind == RISKD__COMMAND__KIND_DEPOSIT ||
	    row->kind == RISKD__COMMAND__KIND_CANCEL_WITHDRAWAL) {
		model->usd[row->a] += row->amount;
	} else if (row->kind == RISKD__COMMAND__KIND_RESERVE_WITHDRAWAL) {
		model->usd[row->a] -= row->amount;
	} else if (row->kind == RISKD__COMMAND__KIND_TRANSFER) {
		model->usd[row->a] -= row->amount;
		model->usd[row->b] += row->amount;
	} else if (row->kind == RISKD__COMMAND__KIND_TRADE) {
		/* All at one price: nothing is realised but the fees. */
		model->usd[row->a] -= row->fee_a;
		model->usd[row->b] -= row->fee_b;
		model->size[row->a] += row->amount;
		model->size[row->b] -= row->amount;
	}
}

static void add_transfer(struct rk_session *session, uint32_t client,
			 const struct rk_load_row *row)
{
	Riskd__Transfer *transfer =
		rk_session_add(session, RISKD__COMMAND__KIND_TRANSFER);

	transfer->from = rk_load_account(client, row->a);
	transfer->to = rk_load_account(client, row->b);
	transfer->asset = RK_ASSET_USD;
	transfer->amount = row->amount;
}

static void add_trade(struct rk_session *session, uint32_t client,
		      const struct rk_load_row *row)
{
	Riskd__Trade *trade =
		rk_session_add(session, RISKD__COMMAND__KIND_TRADE);

	trade->trade = row->id;
	trade->market = RK_MARKET_M(client);
	trade->price = RK_LOAD_PRICE;
	trade->size = row->amount * RK_LOAD_LOT;
	trade->buyer->account = rk_load_account(client, row->a);
	trade->buyer->fee = row->fee_a;
	trade->seller->account = rk_load_account(client, row->b);
	trade->seller->fee = row->fee_b;
}

/* Ids of withdrawals are of all clients together. */
static void add_withdrawal(struct rk_session *session, uint32_t client,
			   const struct rk_load_row *row)
{
	uint64_t id = row->id * RK_LOAD_CLIENTS + client;

	if (row->kind == RISKD__COMMAND__KIND_RESERVE_WITHDRAWAL) {
		Riskd__ReserveWithdrawal *reserve =
			rk_session_add(session, row->kind);

		reserve->withdrawal = id;
		reserve->account = rk_load_account(client, row->a);
		reserve->asset = RK_ASSET_USD;
		reserve->amount = row->amount;
	} else if (row->kind == RISKD__COMMAND__KIND_CONFIRM_WITHDRAWAL) {
		Riskd__ConfirmWithdrawal *confirm =
			rk_session_add(session, row->kind);

		confirm->withdrawal = id;
	} else {
		Riskd__CancelWithdrawal *cancel =
			rk_session_add(session, row->kind);

		cancel->withdrawal = id;
	}
}

static void add_row(struct rk_session *session, uint32_t client,
		    const struct rk_load_row *row)
{
	uint64_t account = rk_load_account(client, row->a);

	if (row->kind == RISKD__COMMAND__KIND_CREATE_ACCOUNT)
		rk_session_account(session, account);
	else if (row->kind == RISKD__COMMAND__KIND_DEPOSIT)
		rk_session_deposit(session, account, row->amount);
	else if (row->kind == RISKD__COMMAND__KIND_TRANSFER)
		add_transfer(session, client, row);
	else if (row->kind == RISKD__COMMAND__KIND_TRADE)
		add_trade(session, client, row);
	else
		add_withdrawal(session, client, row);
}

void rk_load_request(struct rk_load_client *client, uint64_t first)
{
	client->session.next = first;
	rk_session_reset(&client->session);
	for (uint64_t i = 0; i < RK_LOAD_ROWS; i++) {
		struct rk_load_row row = rk_load_row(client->index, first + i);

		add_row(&client->session, client->index, &row);
	}
}
