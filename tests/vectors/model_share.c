/*
 * Vectors about a loss that all who hold an asset bear: how far the index of
 * what they hold falls.
 */
#include <string.h>

#include "engine/rc.h"
#include "model.h"

#define DAY_NS         INT64_C(86400000000000)
#define INDEX_DECIMALS 18

enum who {
	LENDER = 1,
	BANKRUPT = 2
};

static int lend(struct book *book, const char *name)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING,
			     .lending = {.terms = {.lendable = true,
						   .kink = {RK_RATE_ONE / 2},
						   .interval_ns = DAY_NS}}};

	(void)strncpy(cmd.lending.asset, name, RK_NAME_SIZE - 1);
	return book_apply(book, &cmd);
}

/* One has deposited, the other owes and has nothing: it is written off. */
static int share(struct book *book, rk_amt deposits, rk_amt loss,
		 struct dec *ret_index)
{
	const struct scale scale = {8, 8, 8};
	const struct rk_cmd_risk risk = book_risk((rk_rate){1200000000});
	struct rk_cmd cmd = {.type = RK_CMD_WRITE_OFF,
			     .amount = {.account = BANKRUPT}};
	struct rk_lending_view view;
	uint32_t id = 0;
	int r = book_open(book, scale, &risk);

	if (r == RK_OK)
		r = book_asset(book, "COIN", dec_of(1, 0), &id);
	if (r == RK_OK)
		r = lend(book, "COIN");
	if (r == RK_OK)
		r = book_account(book, LENDER, RK_MODE_CROSS);
	if (r == RK_OK)
		r = book_account(book, BANKRUPT, RK_MODE_CROSS);
	if (r == RK_OK)
		r = book_adjust(book, LENDER, id, deposits);
	if (r == RK_OK)
		r = book_adjust(book, BANKRUPT, id, (rk_amt){-loss.raw});
	cmd.amount.asset = id;
	if (r == RK_OK)
		r = book_apply(book, &cmd);
	if (r == RK_OK)
		r = rk_view_lending(book->engine, id, &view);
	if (r == RK_OK)
		*ret_index = dec_of(view.supply_index, INDEX_DECIMALS);
	return r;
}

enum verdict model_socialize_deposit_loss(struct vec *vec)
{
	const json_t *in = vec->inputs;
	struct dec loss = vec_number(vec, in, "loss");
	struct dec deposits = vec_number(vec, in, "total_deposits");
	struct dec index = vec_number(vec, in, "deposit_index");
	struct dec quantum = vec_number(vec, in, "index_quantum");
	struct dec after = dec_of(0, 0);
	struct book book;
	rk_amt lent;
	rk_amt lost;
	int r;

	if (vec->broken)
		return vec_verdict(vec);
	if (dec_cmp(index, dec_of(1, 0)) != 0)
		return vec_wait(vec, "an index begins at 1");
	if (!dec_raw(deposits, 8, RK_ROUND_TRUNC, &lent.raw) ||
	    !dec_raw(loss, 8, RK_ROUND_TRUNC, &lost.raw) || lost.raw <= 0 ||
	    lent.raw <= 0)
		return vec_wait(vec, "amounts beyond those of an account");
	if (lost.raw > lent.raw / 2)
		return vec_wait(vec, "below a half the index begins at 1 "
				     "again");
	r = share(&book, lent, lost, &after);
	book_close(&book);
	if (r != RK_OK)
		return vec_refused(vec, "the loss", r);
	/* Theirs is rounded up once more, to a coarser index. */
	(void)vec_expect(vec, "index_decrease",
			 dec_div(dec_sub(dec_of(1, 0), after), dec_of(1, 0),
				 dec_places(quantum), RK_ROUND_CEIL),
			 dec_places(quantum), RK_ROUND_CEIL);
	return vec_verdict(vec);
}
