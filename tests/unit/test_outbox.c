/*
 * The outbox: what waits for durability, in order, bounded.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "app/outbox.h"
#include "support/prng.h"

#define SEED      UINT64_C(20130417)
#define STEPS     200000
#define SMALLEST  8192U
#define WAITING   256U /* more than ever fit into the smallest */
#define REPLY_MAX 2000U

/* What a reply of this seq and size holds, so that mixing shows. */
static unsigned char byte_of(uint64_t seq, size_t i)
{
	return (unsigned char)(seq * 31 + i);
}

static void add_event(struct rk_outbox *outbox, uint64_t seq)
{
	struct rk_event event = {.number = seq * 10, .seq = seq};

	event.account = ~seq;
	rk_outbox_add_event(outbox, &event);
}

static void add_reply(struct rk_outbox *outbox, uint64_t seq, size_t size)
{
	unsigned char bytes[REPLY_MAX];

	for (size_t i = 0; i < size; i++)
		bytes[i] = byte_of(seq, i);
	rk_outbox_add_reply(outbox, seq, seq + 7, bytes, size);
}

static void check_event(const struct rk_outbox_item *item, uint64_t seq)
{
	cr_assert_eq(item->kind, RK_OUTBOX_EVENT);
	cr_assert_eq(item->seq, seq);
	cr_assert_eq(item->event.number, seq * 10);
	cr_assert_eq(item->event.seq, seq);
	cr_assert_eq(item->event.account, ~seq);
}

static void check_reply(const struct rk_outbox_item *item, uint64_t seq,
			size_t size)
{
	const unsigned char *bytes = item->bytes;

	cr_assert_eq(item->kind, RK_OUTBOX_REPLY);
	cr_assert_eq(item->seq, seq);
	cr_assert_eq(item->reply_to, seq + 7);
	cr_assert_eq(item->size, size);
	for (size_t i = 0; i < size; i++)
		cr_assert_eq(bytes[i], byte_of(seq, i));
}

Test(outbox, nothing_goes_out_before_it_is_durable)
{
	struct rk_outbox *outbox;
	struct rk_outbox_item item;

	cr_assert_eq(rk_outbox_open(SMALLEST, &outbox), 0);
	cr_assert(rk_outbox_empty(outbox));
	cr_assert_not(rk_outbox_take(outbox, UINT64_MAX, &item));
	add_event(outbox, 5);
	add_reply(outbox, 5, 10);
	add_event(outbox, 6);
	cr_assert_not(rk_outbox_empty(outbox));

	cr_assert_not(rk_outbox_take(outbox, 0, &item));
	cr_assert_not(rk_outbox_take(outbox, 4, &item));
	cr_assert(rk_outbox_take(outbox, 5, &item));
	check_event(&item, 5);
	cr_assert(rk_outbox_take(outbox, 5, &item));
	check_reply(&item, 5, 10);
	/* 6 is not durable yet, so nothing more. */
	cr_assert_not(rk_outbox_take(outbox, 5, &item));
	cr_assert(rk_outbox_take(outbox, 6, &item));
	check_event(&item, 6);
	cr_assert(rk_outbox_empty(outbox));
	cr_assert_eq(rk_outbox_bytes(outbox), 0);
	rk_outbox_close(outbox);
}

Test(outbox, a_later_item_never_overtakes_one_that_waits)
{
	struct rk_outbox *outbox;
	struct rk_outbox_item item;

	cr_assert_eq(rk_outbox_open(SMALLEST, &outbox), 0);
	add_event(outbox, 9);
	add_reply(outbox, 3, 1); /* a query of an older state */
	cr_assert_not(rk_outbox_take(outbox, 3, &item));
	cr_assert(rk_outbox_take(outbox, 9, &item));
	check_event(&item, 9);
	cr_assert(rk_outbox_take(outbox, 9, &item));
	check_reply(&item, 3, 1);
	rk_outbox_close(outbox);
}

Test(outbox, an_empty_reply_is_an_item_too)
{
	struct rk_outbox *outbox;
	struct rk_outbox_item item;

	cr_assert_eq(rk_outbox_open(SMALLEST, &outbox), 0);
	add_reply(outbox, 1, 0);
	cr_assert(rk_outbox_take(outbox, 1, &item));
	check_reply(&item, 1, 0);
	cr_assert(rk_outbox_empty(outbox));
	rk_outbox_close(outbox);
	rk_outbox_close(NULL);
}

/* What should be in the outbox, as a plain queue. */
struct model {
	struct {
		uint64_t seq;
		size_t size; /* SIZE_MAX: an event */
	} items[WAITING];
	uint64_t in;
	uint64_t out;
};

/* Where there is said to be room there is, wherever the ring stands. */
static bool try_add(struct rk_outbox *outbox, struct model *model,
		    struct rk_prng *prng, uint64_t seq)
{
	uint32_t events = (uint32_t)rk_prng_below(prng, 8);
	size_t reply = rk_prng_below(prng, REPLY_MAX);

	if (!rk_outbox_room(outbox, events, reply))
		return false;
	for (uint32_t i = 0; i < events; i++) {
		add_event(outbox, seq);
		model->items[model->in % WAITING].seq = seq;
		model->items[model->in++ % WAITING].size = SIZE_MAX;
	}
	add_reply(outbox, seq, reply);
	model->items[model->in % WAITING].seq = seq;
	model->items[model->in++ % WAITING].size = reply;
	cr_assert_leq(model->in - model->out, WAITING);
	return true;
}

static void take_some(struct rk_outbox *outbox, struct model *model,
		      uint64_t durable)
{
	struct rk_outbox_item item;

	while (rk_outbox_take(outbox, durable, &item)) {
		uint64_t seq = model->items[model->out % WAITING].seq;
		size_t size = model->items[model->out % WAITING].size;

		cr_assert_lt(model->out, model->in);
		cr_assert_leq(seq, durable);
		if (size == SIZE_MAX)
			check_event(&item, seq);
		else
			check_reply(&item, seq, size);
		model->out++;
	}
	cr_assert(model->out == model->in ||
		  model->items[model->out % WAITING].seq > durable);
	cr_assert_eq(rk_outbox_empty(outbox), model->out == model->in);
}

Test(outbox, in_any_order_of_adding_and_taking_all_comes_out_as_it_went_in)
{
	struct rk_outbox *outbox;
	struct model model = {.in = 0};
	struct rk_prng prng;
	uint64_t durable = 0;
	uint64_t seq = 0;
	uint32_t full = 0;

	rk_prng_init(&prng, SEED);
	cr_assert_eq(rk_outbox_open(SMALLEST, &outbox), 0);
	for (int i = 0; i < STEPS; i++) {
		if (rk_prng_chance(&prng, 2, 3)) {
			seq++;
			full += !try_add(outbox, &model, &prng, seq);
		} else {
			durable += rk_prng_below(&prng, seq - durable + 1);
			take_some(outbox, &model, durable);
		}
	}
	take_some(outbox, &model, seq);
	cr_assert(rk_outbox_empty(outbox));
	cr_assert_gt(full, STEPS / 100, "it was full now and then");
	cr_assert_gt(model.in, STEPS, "it wrapped many times");
	rk_outbox_close(outbox);
}

Test(outbox, adding_without_room_is_a_bug, .signal = SIGABRT)
{
	struct rk_outbox *outbox;

	cr_assert_eq(rk_outbox_open(1024, &outbox), 0);
	for (uint64_t i = 1; i < 100; i++)
		add_reply(outbox, i, 100);
}
