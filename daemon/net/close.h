/*
 * Closing an NNG socket without hanging for it.
 *
 * nng_close() of NNG 1.5.2 now and then never returns: where a connection
 * comes or goes at that moment, or a pusher is held up by a full pipe. Used
 * by riskd, librisk and the tests alike.
 */
#ifndef RK_NET_CLOSE_H
#define RK_NET_CLOSE_H

#include <nng/nng.h>
#include <stdbool.h>

/*
 * Close, and wait two seconds for it at most.
 *
 * True: it is closed, and no callback of it runs any more. False: it was left
 * to itself. Its pipes may still call back, so what their callbacks touch must
 * stay; take callbacks away first with nng_pipe_notify(), where that matters.
 */
bool rk_net_close_socket(nng_socket socket);

#endif
