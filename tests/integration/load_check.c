/*
 * Is riskd in the state that the load has led to? See load.h.
 */
#include <inttypes.h>

#include "engine/rc.h"
#include "load_impl.h"

static void check_account(struct rk_rig *rig, uint32_t client, uint32_t place,
			  const struct rk_load_model *model)
{
	Riskd__Answer *answer =
		rk_wire_account(rig, rk_load_account(client, place));
	const Riskd__AccountAnswer *account = answer->account;
	int64_t usd = 0;
	int64_t size = 0;

	for (size_t i = 0; i < account->n_balances; i++)
		if (account->balances[i]->asset == RK_ASSET_USD)
			usd = account->balances[i]->amount;
	for (size_t i = 0; i < account->n_positions; i++)
		if (account->positions[i]->market == RK_MARKET_M(client))
			size = account->positions[i]->size;
	riskd__answer__free_unpacked(answer, NULL);
	CHECK(usd == model->usd[place] &&
		      size == model->size[place] * RK_LOAD_LOT,
	      "account %" PRIu64 " has %" PRId64 " and %" PRId64
	      ", not %" PRId64 " and %" PRId64,
	      rk_load_account(client, place), usd, size, model->usd[place],
	      model->size[place] * RK_LOAD_LOT);
}

static void check_client(struct rk_load *load, struct rk_load_client *client)
{
	uint64_t number = rk_wire_client(load->rig, client->session.client);
	uint64_t accounts = number;

	CHECK(number >= client->acked && number <= client->sent,
	      "%s: riskd has number %" PRIu64 ", acknowledged were %" PRIu64
	      " and sent %" PRIu64,
	      client->session.client, number, client->acked, client->sent);
	client->restored = number;
	/* From where it was at the last look. */
	for (uint64_t i = client->modelled + 1; i <= number; i++) {
		struct rk_load_row row = rk_load_row(client->index, i);

		rk_load_apply(&client->model, &row);
	}
	client->modelled = number;
	if (accounts > RK_LOAD_ACCOUNTS)
		accounts = RK_LOAD_ACCOUNTS;
	for (uint32_t i = 0; i < accounts; i++)
		check_account(load->rig, client->index, i, &client->model);
}

void rk_load_check_state(struct rk_load *load)
{
	Riskd__Answer *answer = rk_wire_status(load->rig);
	uint64_t seq = answer->status->last_seq;

	riskd__answer__free_unpacked(answer, NULL);
	CHECK(seq >= load->seq,
	      "riskd has commands up to %" PRIu64 ", acknowledged was %" PRIu64,
	      seq, load->seq);
	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++)
		check_client(load, &load->client[i]);
}

/* One request that was answered before. */
static void check_repeat(struct rk_load_client *client, uint64_t first)
{
	Riskd__Reply *reply;

	rk_load_request(client, first);
	reply = rk_session_send(&client->session);
	CHECK(reply->code == 0, "request refused with %d: %s", reply->code,
	      reply->error);
	CHECK_EQ(reply->n_results, RK_LOAD_ROWS);
	for (size_t i = 0; i < reply->n_results; i++) {
		const Riskd__Result *result = reply->results[i];
		const struct rk_load_answer *kept =
			&client->kept[(first + i) % RK_LOAD_WINDOW];

		CHECK(result->repeat && result->code == kept->code &&
			      result->seq == kept->seq,
		      "%s: number %" PRIu64 " was answered with %d at %" PRIu64
		      ", now with %d at %" PRIu64 "%s",
		      client->session.client, first + i, kept->code, kept->seq,
		      result->code, result->seq,
		      result->repeat ? "" : ", as if new");
	}
	riskd__reply__free_unpacked(reply, NULL);
}

/* The first request, once it is too old to be remembered. */
static void check_too_old(struct rk_load_client *client)
{
	Riskd__Reply *reply;

	rk_load_request(client, 1);
	reply = rk_session_send(&client->session);
	CHECK_EQ(reply->code, RK_REJ_TOO_OLD);
	riskd__reply__free_unpacked(reply, NULL);
}

void rk_load_check_answers(struct rk_load *load)
{
	for (uint32_t i = 0; i < RK_LOAD_CLIENTS; i++) {
		struct rk_load_client *client = &load->client[i];
		uint64_t first = 1;

		/* What it has beyond what was answered pushes others out. */
		if (client->restored > RK_LOAD_WINDOW)
			first = client->restored - RK_LOAD_WINDOW + 1;
		first = (first + RK_LOAD_ROWS - 2) / RK_LOAD_ROWS *
				RK_LOAD_ROWS +
			1;
		for (; first <= client->acked; first += RK_LOAD_ROWS)
			check_repeat(client, first);
		if (client->restored > RK_LOAD_WINDOW + RK_LOAD_ROWS)
			check_too_old(client);
	}
}
