/*
 * librisk: reload. A request on the ingest socket that has no number: once
 * more, nothing differs. See librisk_reload.h.
 */
#include "librisk_reload.h"

#include <errno.h>

#include "librisk_impl.h"

static int judge(struct risk *risk, const Riskd__Reply *reply)
{
	if (reply->code)
		return librisk_fail(&risk->error, reply->code, "%s: %s",
				    risk_code_name(reply->code),
				    *reply->error
					    ? reply->error
					    : risk_code_text(reply->code));
	if (reply->reload)
		return 0;
	/* It took the request for one without commands. */
	return librisk_fail(&risk->error, -EPROTO,
			    "%s: does not know of reload: it is older",
			    risk->ingest.url);
}

int risk_reload(struct risk *risk, bool dry_run, uint32_t wait_ms,
		Riskd__Reply **ret_reply)
{
	Riskd__Request request = RISKD__REQUEST__INIT;
	Riskd__Reload reload = RISKD__RELOAD__INIT;
	const struct librisk_ask ask = {
		.error = &risk->error,
		.query = &risk->ingest,
		.timeout_ms = risk->options.timeout_ms,
		.resend_ms = risk->options.resend_ms,
	};
	Riskd__Reply *reply;
	nng_msg *msg;
	int rc = librisk_ingest_open(risk);

	if (rc)
		return rc;
	request.version = RISK_PROTOCOL_VERSION;
	request.client = risk->client;
	request.reload = &reload;
	reload.dry_run = dry_run;
	msg = librisk_pack(&request.base);
	if (!msg)
		return librisk_fail(&risk->error, -ENOMEM, "out of memory");
	rc = librisk_exchange(&ask, msg, wait_ms, &msg);
	if (rc)
		return rc;
	reply = riskd__reply__unpack(NULL, nng_msg_len(msg), nng_msg_body(msg));
	nng_msg_free(msg);
	if (!reply)
		return librisk_fail(&risk->error, -EPROTO,
				    "%s: the reply cannot be read: is that "
				    "riskd's ingest socket?",
				    risk->ingest.url);
	rc = judge(risk, reply);
	if (rc >= 0 && reply->reload) {
		*ret_reply = reply;
		return rc;
	}
	riskd__reply__free_unpacked(reply, NULL);
	if (rc > 0)
		*ret_reply = NULL;
	return rc;
}
