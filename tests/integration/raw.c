/*
 * Speaking SP over a Unix socket by hand. See raw.h. The form is that of the
 * SP mappings (RFC drafts of nanomsg) and of NNG's ipc transport: a greeting
 * of 0 'S' 'P' 0, protocol (big endian), 0 0; then frames of a byte 1, a
 * length of eight bytes (big endian) and as many bytes.
 */
#include "raw.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define GREETING 8
#define HEAD     9
#define WAIT_MS  10000

int rk_raw_connect(struct rk_rig *rig, enum rk_socket_name which)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = rig->riskd.url[which] + strlen("ipc://");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(fd >= 0, "cannot make a socket: %s", strerror(errno));
	CHECK(strlen(path) < sizeof(address.sun_path), "%s is too long", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	CHECK(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
	      "cannot connect to %s: %s", path, strerror(errno));
	return fd;
}

bool rk_raw_write(int fd, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	while (size > 0) {
		ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

bool rk_raw_greet(int fd, unsigned int protocol)
{
	const unsigned char greeting[GREETING] = {
		0,
		'S',
		'P',
		0,
		(unsigned char)(protocol >> 8),
		(unsigned char)protocol,
		0,
		0};

	return rk_raw_write(fd, greeting, sizeof(greeting));
}

bool rk_raw_greeted(int fd)
{
	unsigned char greeting[GREETING];
	size_t n = 0;

	while (n < sizeof(greeting)) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t r;

		CHECK(poll(&wait, 1, WAIT_MS) == 1, "no greeting came");
		r = read(fd, greeting + n, sizeof(greeting) - n);
		if (r <= 0)
			return false;
		n += (size_t)r;
	}
	return memcmp(greeting, "\0SP\0", 4) == 0;
}

int rk_raw_open(struct rk_rig *rig, enum rk_socket_name which,
		unsigned int protocol)
{
	int fd = rk_raw_connect(rig, which);

	CHECK(rk_raw_greet(fd, protocol) && rk_raw_greeted(fd),
	      "riskd hung up on a well-behaved greeting");
	return fd;
}

bool rk_raw_head(int fd, uint64_t size)
{
	unsigned char head[HEAD] = {1};

	for (int i = 0; i < 8; i++)
		head[HEAD - 1 - i] = (unsigned char)(size >> (8 * i));
	return rk_raw_write(fd, head, sizeof(head));
}

bool rk_raw_request(int fd, uint32_t id, const struct rk_wire_bytes *message)
{
	const unsigned char number[4] = {
		/* The highest bit marks the end of the way back. */
		(unsigned char)(0x80U | id >> 24), (unsigned char)(id >> 16),
		(unsigned char)(id >> 8), (unsigned char)id};

	return rk_raw_head(fd, sizeof(number) + message->size) &&
	       rk_raw_write(fd, number, sizeof(number)) &&
	       rk_raw_write(fd, message->data, message->size);
}

bool rk_raw_hung_up(int fd, int wait_ms)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	unsigned char rest[256];

	while (poll(&wait, 1, wait_ms) == 1) {
		ssize_t n = read(fd, rest, sizeof(rest));

		/* What comes before the end is none of our business. */
		if (n <= 0)
			return true;
	}
	return false;
}
