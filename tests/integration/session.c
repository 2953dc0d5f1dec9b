/*
 * Requests, row by row. See session.h.
 */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONE_BTC         INT64_C(1000000)
#define ROWS_PER_LONG   3
#define LONGS_A_REQUEST 300

void rk_session_reset(struct rk_session *session)
{
	riskd__request__init(&session->request);
	session->request.version = 1;
	session->request.client = session->client;
	session->request.client_seq = session->next;
	session->request.commands = session->pointers;
}

void rk_session_open(struct rk_session *session, struct rk_rig *rig,
		     const char *client)
{
	memset(session, 0, sizeof(*session));
	(void)snprintf(session->client, sizeof(session->client), "%s", client);
	session->socket = rk_wire_dial(rig, RK_SOCKET_INGEST);
	session->next = 1;
	rk_session_reset(session);
}

void *rk_session_add(struct rk_session *session, Riskd__Command__KindCase kind)
{
	size_t at = session->request.n_commands;
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field(
			&riskd__command__descriptor, (unsigned int)kind);
	struct rk_session_row *row;

	CHECK(at < RK_SESSION_ROWS_MAX, "too many rows in a request");
	CHECK(field, "no command has the number %d", (int)kind);
	row = &session->rows[at];
	memset(row, 0, sizeof(*row));
	riskd__command__init(&row->command);
	row->command.kind_case = kind;
	/* All kinds are pointers in one union: any of them sets it. */
	row->command.trade = &row->trade;
	protobuf_c_message_init(field->descriptor, &row->trade);
	session->pointers[at] = &row->command;
	session->request.n_commands = at + 1;

	if (kind == RISKD__COMMAND__KIND_TRADE) {
		for (int i = 0; i < 2; i++) {
			riskd__trade_side__init(&row->sides[i]);
			riskd__order_id__init(&row->orders[i]);
			row->sides[i].order = &row->orders[i];
		}
		row->trade.buyer = &row->sides[0];
		row->trade.seller = &row->sides[1];
	} else if (kind == RISKD__COMMAND__KIND_ORDER_CLOSED) {
		riskd__order_id__init(&row->orders[0]);
		row->order_closed.order = &row->orders[0];
	}
	return &row->trade;
}

void rk_session_account(struct rk_session *session, uint64_t account)
{
	Riskd__CreateAccount *row =
		rk_session_add(session, RISKD__COMMAND__KIND_CREATE_ACCOUNT);

	row->account = account;
	row->owner = account;
	row->mode = RISKD__MODE__MODE_CROSS;
	row->enforcement = RISKD__ENFORCEMENT__ENFORCEMENT_FULL;
}

void rk_session_deposit(struct rk_session *session, uint64_t account,
			int64_t usd_raw)
{
	Riskd__Deposit *row =
		rk_session_add(session, RISKD__COMMAND__KIND_DEPOSIT);

	row->account = account;
	row->asset = RK_ASSET_USD;
	row->amount = usd_raw;
}

void rk_session_fill(struct rk_session *session,
		     const struct rk_session_fill *fill)
{
	Riskd__Trade *row = rk_session_add(session, RISKD__COMMAND__KIND_TRADE);

	row->trade = fill->trade;
	row->market = fill->market;
	row->price = fill->price;
	row->size = fill->size > 0 ? fill->size : -fill->size;
	if (fill->size > 0)
		row->buyer->account = fill->account;
	else
		row->seller->account = fill->account;
}

struct rk_wire_bytes rk_session_pack(struct rk_session *session)
{
	struct rk_wire_bytes bytes;

	bytes.size = riskd__request__get_packed_size(&session->request);
	bytes.data = malloc(bytes.size + 1);
	CHECK(bytes.data, "no memory");
	(void)riskd__request__pack(&session->request, bytes.data);
	return bytes;
}

Riskd__Reply *rk_session_send(struct rk_session *session)
{
	Riskd__Reply *reply;

	session->request.client_seq = session->next;
	reply = rk_wire_request(session->socket, &session->request);
	session->next += session->request.n_commands;
	rk_session_reset(session);
	return reply;
}

void rk_session_commit(struct rk_session *session)
{
	size_t rows = session->request.n_commands;
	Riskd__Reply *reply = rk_session_send(session);

	CHECK(reply->code == 0, "request refused with %d: %s", reply->code,
	      reply->error);
	CHECK_EQ(reply->n_results, rows);
	for (size_t i = 0; i < rows; i++)
		CHECK(reply->results[i]->code == 0, "row %zu refused with %d",
		      i, reply->results[i]->code);
	riskd__reply__free_unpacked(reply, NULL);
}

void rk_session_longs(struct rk_session *session, uint64_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct rk_session_fill fill = {
			/* Rising, and nothing of the account in it. */
			.trade = session->next + session->request.n_commands,
			.market = RK_MARKET_BTC,
			.account = first + i,
			.price = RK_LONGS_PRICE,
			.size = ONE_BTC,
		};

		rk_session_account(session, first + i);
		rk_session_deposit(session, first + i, RK_USD(1000));
		rk_session_fill(session, &fill);
		if (session->request.n_commands >=
		    (size_t)LONGS_A_REQUEST * ROWS_PER_LONG)
			rk_session_commit(session);
	}
	if (session->request.n_commands > 0)
		rk_session_commit(session);
}

/* A push into a connection that then ends is lost: it is done again. */
static bool pushed(struct rk_rig *rig, nng_socket socket, int64_t price)
{
	struct rk_wire_quote quote = {0, 0, RK_SLOT_BTC_PERP, price, 0};

	quote.time_ns = rk_process_now();
	quote.seq = (uint64_t)quote.time_ns;
	rk_wire_push(socket, &quote);
	rk_process_sleep_ms(50);
	return rk_wire_price(rig, RK_MARKET_BTC).mark == price;
}

void rk_session_check_open(struct rk_session *session, struct rk_rig *rig,
			   const char *client, uint64_t number)
{
	nng_socket prices = rk_wire_dial(rig, RK_SOCKET_PRICES);

	rk_wire_close(rig, rig->query);
	rig->query = rk_wire_dial(rig, RK_SOCKET_QUERY);
	rk_session_open(session, rig, client);
	rk_session_account(session, number);
	rk_session_commit(session);
	CHECK_SOON(pushed(rig, prices, (int64_t)number));
	(void)rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "heartbeat");
	(void)rk_wire_subscribe(rig, RK_SOCKET_PUBLIC, "heartbeat");
}
