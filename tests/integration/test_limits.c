/*
 * What is too large or too many is turned away, counted, and harms nobody
 * else: messages, rows, quotes, connections, names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/rc.h"
#include "raw.h"
#include "session.h"

#define N(array)        (sizeof(array) / sizeof((array)[0]))
#define MESSAGE_SIZE    4096
#define ROWS_MAX        8
#define QUOTES_MAX      4
#define CONNECTIONS_MAX 4

static const char small[] = "limits {\n"
			    "\tmessage_size = 4KiB\n"
			    "\tprices_message_size = 4KiB\n"
			    "\tcommands_per_message = 8\n"
			    "\tquotes_per_message = 4\n"
			    "\tconnections = 4\n"
			    "\tclients = 2\n"
			    "}\n";

static struct rk_session session;
static struct rk_session other;

static void oversize_is_cut_off(struct rk_rig *rig)
{
	static unsigned char large[MESSAGE_SIZE + 1];
	struct rk_wire_bytes bytes = {large, sizeof(large)};

	rk_session_open(&other, rig, "other");
	rk_session_account(&other, 1);
	rk_session_commit(&other);
	for (int i = 0; i < 10; i++) {
		int fd = rk_raw_open(rig, RK_SOCKET_INGEST, RK_RAW_REQ);

		(void)rk_raw_request(fd, 1, &bytes);
		CHECK(rk_raw_hung_up(fd, RK_WIRE_WAIT_MS),
		      "a request of %zu bytes ends its connection", bytes.size);
		(void)close(fd);
		fd = rk_raw_open(rig, RK_SOCKET_PRICES, RK_RAW_PUSH);
		(void)(rk_raw_head(fd, bytes.size) &&
		       rk_raw_write(fd, bytes.data, bytes.size));
		CHECK(rk_raw_hung_up(fd, RK_WIRE_WAIT_MS),
		      "prices of %zu bytes end their connection", bytes.size);
		(void)close(fd);
		rk_session_deposit(&other, 1, 1);
		rk_session_commit(&other);
	}
	CHECK_EQ(rk_wire_counter(rig, "price_messages"), 0);
	CHECK_EQ(rk_wire_counter(rig, "requests"), 11);
	CHECK_SOON(rk_wire_counter(rig, "connections_ended") == 20);
	CHECK_EQ(rk_wire_usd(rig, 1), 10);
}

/* A length that nobody could mean: no memory is set aside for it. */
static void absurd_lengths(struct rk_rig *rig)
{
	static const uint64_t sizes[] = {UINT64_C(1) << 32, UINT64_C(1) << 40,
					 INT64_MAX, UINT64_MAX};
	long peak = rk_process_peak_kib(&rig->riskd);

	for (size_t i = 0; i < N(sizes); i++) {
		for (int which = 0; which <= RK_SOCKET_QUERY; which++) {
			int fd = rk_raw_open(rig, (enum rk_socket_name)which,
					     which == RK_SOCKET_PRICES
						     ? RK_RAW_PUSH
						     : RK_RAW_REQ);

			(void)rk_raw_head(fd, sizes[i]);
			CHECK(rk_raw_hung_up(fd, RK_WIRE_WAIT_MS),
			      "a frame of %llu bytes ends its connection",
			      (unsigned long long)sizes[i]);
			(void)close(fd);
		}
	}
	CHECK(rk_process_peak_kib(&rig->riskd) < peak + 16 * 1024,
	      "the peak of memory grew from %ld to %ld KiB", peak,
	      rk_process_peak_kib(&rig->riskd));
}

static void largest_message_is_taken(struct rk_rig *rig)
{
	struct rk_wire_bytes request;
	struct rk_wire_bytes padded = {NULL, MESSAGE_SIZE - 4};
	struct rk_wire_bytes bytes;
	Riskd__Reply *reply;

	rk_session_open(&session, rig, "large");
	rk_session_account(&session, 1);
	request = rk_session_pack(&session);
	padded.data = calloc(1, padded.size);
	CHECK(padded.data, "no memory");
	memcpy(padded.data, request.data, request.size);
	/*
	 * An unknown field (1000, bytes) fills the rest: two bytes of key and
	 * two of length. Four more on the wire are NNG's.
	 */
	padded.data[request.size] = 0xc2;
	padded.data[request.size + 1] = 0x3e;
	padded.data[request.size + 2] =
		(unsigned char)(0x80U |
				((padded.size - request.size - 4) & 0x7fU));
	padded.data[request.size + 3] =
		(unsigned char)((padded.size - request.size - 4) >> 7);
	CHECK(rk_wire_try(session.socket, &padded, RK_WIRE_WAIT_MS, &bytes),
	      "a message of the largest size is answered");
	reply = rk_wire_reply_of(&bytes);
	CHECK(reply->code == 0, "it is refused with %d: %s", reply->code,
	      reply->error);
	riskd__reply__free_unpacked(reply, NULL);
	rk_wire_free(&bytes);
	rk_wire_free(&padded);
	rk_wire_free(&request);
}

/* Send what was added; the whole must be refused with that code. */
static void send_refused(struct rk_session *from, int want, const char *text)
{
	Riskd__Reply *reply = rk_session_send(from);

	CHECK(reply->code == want, "refused with %s, not %s",
	      rk_rc_name(reply->code), rk_rc_name(want));
	CHECK_EQ(reply->n_results, 0);
	CHECK(strstr(reply->error, text), "\"%s\" names \"%s\"", reply->error,
	      text);
	riskd__reply__free_unpacked(reply, NULL);
}

static void too_many_rows(struct rk_rig *rig)
{
	uint32_t slots[QUOTES_MAX + 1] = {0};
	int64_t prices[QUOTES_MAX + 1] = {0};
	Riskd__PriceBatch *batch;

	rk_session_open(&session, rig, "many");
	for (uint64_t i = 1; i <= ROWS_MAX + 1; i++)
		rk_session_account(&session, i);
	send_refused(&session, RK_REJ_TOO_MANY, "9 commands; at most 8");
	session.next = 1;
	rk_session_reset(&session);
	send_refused(&session, RK_REJ_BAD_MESSAGE, "at least one");

	batch = rk_session_add(&session, RISKD__COMMAND__KIND_PRICES);
	batch->n_slot = N(slots);
	batch->slot = slots;
	batch->n_price = N(prices);
	batch->price = prices;
	send_refused(&session, RK_REJ_TOO_MANY, "5 quotes; at most 4");
	session.next = 1;
	rk_session_reset(&session);

	/* As many as allowed are. */
	for (uint64_t i = 1; i <= ROWS_MAX; i++)
		rk_session_account(&session, i);
	rk_session_commit(&session);
	CHECK_EQ(rk_wire_counter(rig, "commands"), ROWS_MAX);
}

static void atomic_messages(struct rk_rig *rig)
{
	rk_session_open(&session, rig, "atomic");
	for (uint64_t i = 1; i <= 65; i++)
		rk_session_account(&session, i);
	session.request.atomic = 1;
	send_refused(&session, RK_REJ_TOO_MANY, "at most 64");
	session.next = 1;
	rk_session_reset(&session);
	(void)rk_session_add(&session, RISKD__COMMAND__KIND_HALT_MARKET);
	session.request.atomic = 1;
	send_refused(&session, RK_REJ_NOT_ATOMIC, "HALT");
	session.next = 1;
	rk_session_reset(&session);
	for (uint64_t i = 1; i <= 64; i++)
		rk_session_account(&session, i);
	session.request.atomic = 1;
	rk_session_commit(&session);
}

static void connections_are_limited(struct rk_rig *rig)
{
	int fds[CONNECTIONS_MAX + 6];
	size_t taken = 0;
	size_t away = 0;

	for (size_t i = 0; i < N(fds); i++) {
		fds[i] = rk_raw_connect(rig, RK_SOCKET_EVENTS);
		(void)rk_raw_greet(fds[i], RK_RAW_SUB);
		/* Who is turned away may be greeted, but is cut off then. */
		if (rk_raw_greeted(fds[i]) && !rk_raw_hung_up(fds[i], 1000))
			taken++;
		else
			away++;
	}
	CHECK_EQ(taken, CONNECTIONS_MAX);
	CHECK_EQ(away, N(fds) - CONNECTIONS_MAX);
	CHECK_EQ(rk_wire_counter(rig, "connections_turned_away"), away);
	CHECK_EQ(rk_wire_counter(rig, "events_connections"), taken);

	/* Who leaves makes room for who comes. */
	for (size_t i = 0; i < N(fds); i++)
		(void)close(fds[i]);
	CHECK_SOON(rk_wire_counter(rig, "events_connections") == 0);
	(void)rk_wire_subscribe(rig, RK_SOCKET_EVENTS, "heartbeat");
}

static void clients_are_limited(struct rk_rig *rig)
{
	static const char *const names[] = {"one", "two"};

	for (size_t i = 0; i < N(names); i++) {
		rk_session_open(&session, rig, names[i]);
		rk_session_account(&session, i + 1);
		rk_session_commit(&session);
	}
	rk_session_open(&session, rig, "three");
	rk_session_account(&session, 3);
	send_refused(&session, RK_REJ_CAPACITY, "three");
	CHECK_EQ(rk_wire_counter(rig, "clients"), 2);
}

/* Is it UTF-8 without overlong forms and surrogates? */
static bool is_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != 0) {
		static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
		uint32_t code = *at;
		size_t n = code < 0x80   ? 1
			   : code < 0xc0 ? 0
			   : code < 0xe0 ? 2
			   : code < 0xf0 ? 3
			   : code < 0xf8 ? 4
					 : 0;

		if (n == 0)
			return false;
		code &= n == 1 ? 0x7fU : 0xffU >> (n + 1);
		for (size_t i = 1; i < n; i++) {
			if ((at[i] & 0xc0U) != 0x80)
				return false;
			code = code << 6 | (at[i] & 0x3fU);
		}
		if ((n > 1 && code < least[n]) || code > 0x10ffff ||
		    (code >= 0xd800 && code < 0xe000))
			return false;
		at += n;
	}
	return true;
}

static const char *const bad_names[] = {
	"",
	"123456789012345678901234", /* 24 characters */
	"a name of sixty-two characters is more than twenty-three by far",
	"two words",
	"tab\t",
	"line\n",
	"b\xc3\xa4r",   /* good UTF-8, but no name */
	"\xff\xfe",     /* never UTF-8 */
	"half\xc3",     /* cut off */
	"\xed\xa0\x80", /* a surrogate */
	"1234567890123456789012345678901234567890\xc3\xa4", /* cut in text */
	"123456789012345678901234567890123456789\xc3\xa4",
};

static void bad_client_names(struct rk_rig *rig)
{
	rk_session_open(&session, rig, "");
	for (size_t i = 0; i < N(bad_names); i++) {
		Riskd__Reply *reply;

		(void)snprintf(session.client, sizeof(session.client), "%s",
			       bad_names[i]);
		session.next = 1;
		rk_session_reset(&session);
		rk_session_account(&session, 1);
		reply = rk_session_send(&session);
		CHECK(reply->code == RK_REJ_BAD_NAME, "name %zu: %s", i,
		      rk_rc_name(reply->code));
		CHECK(is_utf8(reply->error),
		      "name %zu: the text of the refusal is not UTF-8", i);
		riskd__reply__free_unpacked(reply, NULL);
	}
	CHECK_EQ(rk_wire_counter(rig, "clients"), 0);
	CHECK_EQ(rk_wire_counter(rig, "commands"), 0);
}

static void bad_venue_and_topic_names(struct rk_rig *rig)
{
	for (size_t i = 0; i < N(bad_names); i++) {
		struct rk_wire_range range = {.topic = bad_names[i]};
		Riskd__AddVenue *venue;
		Riskd__Answer *answer;
		Riskd__Reply *reply;
		char name[80];

		rk_session_open(&session, rig, "names");
		venue = rk_session_add(&session,
				       RISKD__COMMAND__KIND_ADD_VENUE);
		(void)snprintf(name, sizeof(name), "%s", bad_names[i]);
		venue->name = name;
		reply = rk_session_send(&session);
		CHECK(reply->code == RK_REJ_BAD_NAME, "venue %zu: %s", i,
		      rk_rc_name(reply->code));
		CHECK(is_utf8(reply->error),
		      "venue %zu: the text of the refusal is not UTF-8", i);
		riskd__reply__free_unpacked(reply, NULL);
		rk_wire_close(rig, session.socket);

		answer = rk_wire_events(rig->query, &range);
		CHECK(answer->code == (i == 0 ? 0 : RK_REJ_BAD_TOPIC),
		      "topic %zu: %s", i, rk_rc_name(answer->code));
		CHECK(is_utf8(answer->error),
		      "topic %zu: the text of the refusal is not UTF-8", i);
		riskd__answer__free_unpacked(answer, NULL);
	}
}

int main(int argc, char **argv)
{
	static const struct rk_process_options plain = {0};
	static const struct rk_process_options little = {.settings = small};
	static const struct rk_case cases[] = {
		{"an_oversize_message_ends_its_connection_alone",
		 oversize_is_cut_off, &little},
		{"an_absurd_length_takes_no_memory", absurd_lengths, &little},
		{"a_message_of_the_largest_size_is_taken",
		 largest_message_is_taken, &little},
		{"too_many_rows_are_refused_whole", too_many_rows, &little},
		{"atomic_messages_have_limits_of_their_own", atomic_messages,
		 &plain},
		{"connections_above_the_limit_are_turned_away_and_counted",
		 connections_are_limited, &little},
		{"clients_above_the_limit_are_refused", clients_are_limited,
		 &little},
		{"bad_client_names_are_refused_in_good_utf8", bad_client_names,
		 &plain},
		{"bad_venues_and_topics_are_refused_in_good_utf8",
		 bad_venue_and_topic_names, &plain},
	};

	return rk_harness_run(cases, N(cases), argc, argv);
}
