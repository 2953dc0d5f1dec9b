/*
 * A connection below NNG: a Unix socket, the eight bytes of greeting that the
 * SP protocols begin with, and message frames, whole or cut off. For peers
 * that misbehave in ways NNG itself never would.
 */
#ifndef RK_INTEGRATION_RAW_H
#define RK_INTEGRATION_RAW_H

#include "wire.h"

/* Protocol numbers of the SP family, as peers name themselves. */
#define RK_RAW_PUSH 0x50U
#define RK_RAW_REQ  0x30U
#define RK_RAW_SUB  0x21U

/* Connect without a word. Returns the descriptor. */
int rk_raw_connect(struct rk_rig *rig, enum rk_socket_name which);

/* Write the greeting; false when the other side has hung up. */
bool rk_raw_greet(int fd, unsigned int protocol);

/* Read the other side's greeting; false when it hung up instead. */
bool rk_raw_greeted(int fd);

/* Connect, greet, be greeted: it must work. */
int rk_raw_open(struct rk_rig *rig, enum rk_socket_name which,
		unsigned int protocol);

/* The head of a frame of that many bytes; what follows is the caller's. */
bool rk_raw_head(int fd, uint64_t size);

/* Plain bytes; false when the other side has hung up. */
bool rk_raw_write(int fd, const void *data, size_t size);

/* A whole request frame: id of the request and a message. */
bool rk_raw_request(int fd, uint32_t id, const struct rk_wire_bytes *message);

/* Has the other side hung up, or does it within wait_ms? */
bool rk_raw_hung_up(int fd, int wait_ms);

#endif
