/*
 * Pushing on a link whose peer goes away and comes back.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <nng/supplemental/util/platform.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "librisk_impl.h"
#include "net/close.h"

#define WAIT_MS 10000

static char url[64];
static struct librisk_link pushing;
static struct librisk_error failure;

/*
 * As riskd has it (net/socket.c): else a connection that comes and goes, as
 * that of the old socket may, silences a listener of NNG 1.5.2 for ever.
 */
__attribute__((visibility("default"))) ssize_t
sendmsg(int descriptor, const struct msghdr *message, int flags)
{
	ssize_t sent = syscall(SYS_sendmsg, descriptor, message, flags);

	if (sent < 0 && errno == EPIPE)
		errno = ECONNRESET;
	return sent;
}

static struct librisk_dial dial_for(int timeout_ms)
{
	return (struct librisk_dial){
		.open = nng_push0_open,
		.url = url,
		.timeout_ms = timeout_ms,
		.send_buffer = 8,
	};
}

static nng_socket listen_there(void)
{
	nng_socket socket;

	cr_assert_eq(nng_pull0_open(&socket), 0);
	cr_assert_eq(nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, WAIT_MS), 0);
	cr_assert_eq(nng_listen(socket, url, NULL, 0), 0);
	return socket;
}

static int push(int timeout_ms, char mark)
{
	struct librisk_dial dial = dial_for(timeout_ms);
	nng_msg *msg;

	cr_assert_eq(nng_msg_alloc(&msg, 0), 0);
	cr_assert_eq(nng_msg_append(msg, &mark, 1), 0);
	return librisk_link_push(&pushing, &dial, msg, &failure);
}

static void expect(nng_socket socket, char mark)
{
	nng_msg *msg;

	cr_assert_eq(nng_recvmsg(socket, &msg, 0), 0);
	cr_assert_eq(nng_msg_len(msg), 1);
	cr_assert_eq(*(char *)nng_msg_body(msg), mark);
	nng_msg_free(msg);
}

/* As NNG 1.5.2 may never return: what is asked here is about the pusher. */
static void close_there(nng_socket socket)
{
	(void)rk_net_close_socket(socket);
}

static void await_loss(void)
{
	for (int i = 0; i < WAIT_MS && atomic_load(&pushing.lost) == 0; i++)
		nng_msleep(1);
	cr_assert_neq(atomic_load(&pushing.lost), 0);
}

static void start(void)
{
	(void)snprintf(url, sizeof(url), "ipc:///tmp/riskd-push-%d",
		       (int)getpid());
	pushing = (struct librisk_link){.open = false};
}

static void stop(void)
{
	librisk_link_close(&pushing);
}

TestSuite(push, .init = start, .fini = stop, .timeout = 60);

Test(push, a_daemon_that_comes_back_gets_what_is_pushed_after)
{
	nng_socket there = listen_there();

	cr_assert_eq(push(WAIT_MS, 'a'), 0);
	expect(there, 'a');
	close_there(there);
	await_loss();

	there = listen_there();
	cr_assert_eq(push(WAIT_MS, 'b'), 0);
	expect(there, 'b');
	close_there(there);
}

Test(push, nothing_is_sent_on_a_connection_that_is_gone)
{
	nng_socket there = listen_there();
	uint32_t first;

	cr_assert_eq(push(WAIT_MS, 'a'), 0);
	expect(there, 'a');
	first = pushing.socket.id;
	close_there(there);
	await_loss();

	cr_assert_eq(push(1000, 'b'), -ECONNREFUSED);
	there = listen_there();
	cr_assert_eq(push(WAIT_MS, 'c'), 0);
	expect(there, 'c');
	cr_assert_neq(pushing.socket.id, first);
	close_there(there);
}

Test(push, a_full_buffer_is_waited_for_and_then_told)
{
	nng_socket there = listen_there();
	int rc = push(WAIT_MS, 'x'); /* to connect may take its time */

	/* Nobody takes them out: buffers on both sides fill up. */
	for (int i = 0; i < 100000 && rc == 0; i++)
		rc = push(50, 'x');
	cr_assert_eq(rc, -ETIMEDOUT);
	expect(there, 'x');
	close_there(there);
}
