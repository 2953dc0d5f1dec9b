/*
 * A reload on the wire: which request is one, and that its reply tells all,
 * or how much of it had no room.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "codec/decode.h"
#include "codec/reload.h"
#include "engine/rc.h"
#include "riskd.pb-c.h"

#define ROOM ((size_t)1 << 16)

static unsigned char memory[ROOM];
static unsigned char packed[1024];

/* What the daemon reads of it. */
static int decode(Riskd__Request *wire, struct rk_request *request,
		  struct rk_decode_error *error)
{
	struct rk_scratch scratch = {memory, ROOM, 0};
	const struct rk_decode_input input = {
		&scratch,
		packed,
		riskd__request__pack(wire, packed),
		{10, 10},
	};

	return rk_decode_request(&input, request, error);
}

static Riskd__Request request_of(Riskd__Reload *reload)
{
	static char client[] = "desk/1";
	Riskd__Request wire = RISKD__REQUEST__INIT;

	riskd__reload__init(reload);
	wire.version = RK_PROTOCOL_VERSION;
	wire.client = client;
	wire.client_seq = 5;
	wire.reload = reload;
	return wire;
}

Test(reload, a_request_without_commands_may_be_a_reload)
{
	Riskd__Reload reload;
	Riskd__Request wire = request_of(&reload);
	struct rk_request request;
	struct rk_decode_error error;

	cr_assert_eq(decode(&wire, &request, &error), RK_OK);
	cr_expect(request.reload);
	cr_expect_not(request.dry_run);
	cr_expect_eq(request.n, 0);
	cr_expect_eq(request.client_seq, 5);
	cr_expect_str_eq(request.client, "desk/1");
	reload.dry_run = true;
	cr_assert_eq(decode(&wire, &request, &error), RK_OK);
	cr_expect(request.dry_run);
}

Test(reload, who_asks_must_have_a_name_and_speak_this_version)
{
	static char empty[] = "";
	Riskd__Reload reload;
	Riskd__Request wire = request_of(&reload);
	struct rk_request request;
	struct rk_decode_error error;

	wire.version = 2;
	cr_expect_eq(decode(&wire, &request, &error), RK_REJ_BAD_VERSION);
	wire.version = RK_PROTOCOL_VERSION;
	wire.client = empty;
	cr_expect_eq(decode(&wire, &request, &error), RK_REJ_BAD_NAME);
	cr_expect_not(request.reload);
}

Test(reload, commands_do_not_come_with_it)
{
	Riskd__Reload reload;
	Riskd__Request wire = request_of(&reload);
	Riskd__Deposit deposit = RISKD__DEPOSIT__INIT;
	Riskd__Command command = RISKD__COMMAND__INIT;
	Riskd__Command *rows[] = {&command};
	struct rk_request request;
	struct rk_decode_error error;

	command.kind_case = RISKD__COMMAND__KIND_DEPOSIT;
	command.deposit = &deposit;
	wire.n_commands = 1;
	wire.commands = rows;
	cr_expect_eq(decode(&wire, &request, &error), RK_REJ_BAD_MESSAGE);
	cr_expect_str_eq(error.text, "request has 1 commands beside reload; "
				     "send them apart");
	wire.reload = NULL;
	cr_assert_eq(decode(&wire, &request, &error), RK_OK);
	cr_expect_not(request.reload);
	cr_expect_str_eq(request.client, "desk/1");
}

static const struct rk_reload_change changes[] = {
	{"asset", "BTC", "collateral.weight_initial", "0.9", "0.8", 300},
	{"group", "coins", "debt", "USD", "", 0},
	{"market", "P", "lot", "", "1", UINT64_MAX},
};
static const struct rk_reload_change restart[] = {
	{"", "", "clock", "real", "messages", 0},
};
static char first[] = "one";
static char second[] = "a \"second\"\n";
static char *const warnings[] = {first, second};

static Riskd__Reply *reply_of(const struct rk_reload_told *told, size_t room,
			      size_t *ret_size)
{
	struct rk_bytes bytes = {memory, room, 0, false};
	Riskd__Reply *reply;

	rk_encode_reload(&bytes, told);
	cr_assert_not(bytes.full);
	cr_assert_leq(bytes.n, room);
	reply = riskd__reply__unpack(NULL, bytes.n, bytes.data);
	cr_assert_not_null(reply);
	cr_assert_not_null(reply->reload);
	*ret_size = bytes.n;
	return reply;
}

Test(reload, the_reply_tells_every_change_restart_and_warning)
{
	const struct rk_reload_told told = {
		.client_seq = 5,
		.dry_run = true,
		.commands = 200,
		.changes = changes,
		.changes_n = 3,
		.restart = restart,
		.restart_n = 1,
		.warnings = warnings,
		.warnings_n = 2,
	};
	size_t size;
	Riskd__Reply *reply = reply_of(&told, ROOM, &size);
	const Riskd__ReloadReply *reload = reply->reload;

	cr_expect_eq(reply->version, RK_PROTOCOL_VERSION);
	cr_expect_eq(reply->client_seq, 5);
	cr_expect_eq(reply->code, 0);
	cr_expect(reload->dry_run);
	cr_expect_eq(reload->commands, 200);
	cr_assert_eq(reload->n_changes, 3);
	for (size_t i = 0; i < 3; i++) {
		const Riskd__ReloadChange *row = reload->changes[i];

		cr_expect_str_eq(row->kind, changes[i].kind);
		cr_expect_str_eq(row->name, changes[i].name);
		cr_expect_str_eq(row->field, changes[i].field);
		cr_expect_str_eq(row->before, changes[i].before);
		cr_expect_str_eq(row->after, changes[i].after);
		cr_expect_eq(row->seq, changes[i].seq);
	}
	cr_assert_eq(reload->n_restart, 1);
	cr_expect_str_eq(reload->restart[0]->field, "clock");
	cr_expect_str_eq(reload->restart[0]->after, "messages");
	cr_assert_eq(reload->n_warnings, 2);
	cr_expect_str_eq(reload->warnings[1], "a \"second\"?");
	cr_expect_eq(reload->left_out, 0);
	/* As protobuf would have packed it. */
	cr_expect_eq(size, riskd__reply__get_packed_size(reply));
	riskd__reply__free_unpacked(reply, NULL);
}

Test(reload, a_refusal_tells_why_and_what_was_to_change)
{
	const struct rk_reload_told told = {
		.code = RK_REJ_RAMPING,
		.error = "market P refuses",
		.changes = changes,
		.changes_n = 1,
	};
	size_t size;
	Riskd__Reply *reply = reply_of(&told, ROOM, &size);

	cr_expect_eq(reply->code, RK_REJ_RAMPING);
	cr_expect_str_eq(reply->error, "market P refuses");
	cr_expect_eq(reply->reload->commands, 0);
	cr_expect_eq(reply->reload->n_changes, 1);
	riskd__reply__free_unpacked(reply, NULL);
}

/* Whatever the room is: what is told and what is left out are all. */
Test(reload, changes_without_room_are_counted)
{
	static struct rk_reload_change many[500];
	struct rk_reload_told told = {
		.commands = 500,
		.changes = many,
		.changes_n = 500,
		.warnings = warnings,
		.warnings_n = 2,
	};
	size_t told_before = 0;

	for (size_t i = 0; i < 500; i++)
		many[i] = changes[i % 3];
	for (size_t room = 100; room < 20000; room += 37) {
		size_t size;
		Riskd__Reply *reply = reply_of(&told, room, &size);
		const Riskd__ReloadReply *reload = reply->reload;

		cr_assert_eq(reload->n_changes + reload->left_out, 500);
		cr_assert_geq(reload->n_changes, told_before);
		cr_assert_eq(reload->n_warnings, 2);
		told_before = reload->n_changes;
		riskd__reply__free_unpacked(reply, NULL);
	}
	cr_expect_gt(told_before, 400);
}

Test(reload, without_room_for_the_rest_it_says_so)
{
	const struct rk_reload_told told = {.warnings = warnings,
					    .warnings_n = 2};
	struct rk_bytes bytes = {memory, 10, 0, false};

	rk_encode_reload(&bytes, &told);
	cr_expect(bytes.full);
}
