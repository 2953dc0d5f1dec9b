/*
 * librisk: have the daemon read its files again.
 */
#ifndef LIBRISK_RELOAD_H
#define LIBRISK_RELOAD_H

#include "librisk.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Have the daemon read riskd.conf and markets.json again, and make what they
 * say otherwise so, all or none; with dry_run, only tell what that would be.
 * It may last wait_ms beyond the usual time of a request.
 *
 * 0, and (*ret_reply)->reload says what has changed. A positive code: it was
 * refused, and risk_error() says why, naming file and value, or asset or
 * market; *ret_reply is NULL, or says as well what was to change, and of
 * each change that was made in spite of it the command (seq). *ret_reply is
 * the caller's in both cases: riskd__reply__free_unpacked(reply, NULL).
 * After -ETIMEDOUT it may or may not have been done: ask again to know, as
 * then nothing differs any more.
 */
int risk_reload(struct risk *risk, bool dry_run, uint32_t wait_ms,
		Riskd__Reply **ret_reply);

#ifdef __cplusplus
}
#endif
#endif
