/*
 * What the keys of riskd.conf must be to each other. See conf_check.h.
 *
 * The multiples of section risk are judged by the engine's own check (rule C5
 * of docs/engine.md), so that a file accepted here is accepted there.
 */
#include "ops/conf_check.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "engine/listing.h"
#include "engine/rc.h"
#include "ops/conf.h"
#include "ops/conf_keys.h"
#include "ops/error.h"
#include "ops/markets_need.h"

/* What the engine wants of each field that its check may name. */
static const struct {
	const char *name;
	const char *need;
} risk_needs[] = {
	{"target", "must be above 1"},
	{"call_enter", "must be above target"},
	{"call_leave", "must be above call_enter"},
	{"warn_enter", "must be above call_leave"},
	{"warn_leave", "must be above warn_enter and at most 10"},
	{"order_band", "must be above 0 and below 1"},
	{"stale_band", "must be above 0 and below 1"},
};

static const struct rk_conf_key *key_at(size_t offset)
{
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);

	for (size_t i = 0; i < n; i++)
		if (keys[i].offset == offset)
			return &keys[i];
	return NULL;
}

static const struct rk_conf_key *risk_key(const char *name)
{
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(keys[i].section, "risk") == 0 &&
		    strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

#define KEY(member) key_at(offsetof(struct rk_conf, member))

static const struct rk_conf_key *check_limits(const struct rk_conf *conf,
					      struct rk_error *need)
{
	const struct rk_conf_limits *limits = &conf->limits;

	if (limits->waiters >= limits->contexts) {
		rk_error_set(need,
			     "must be below contexts (%" PRIu32
			     "), or long polls leave none for other queries",
			     limits->contexts);
		return KEY(limits.waiters);
	}
	if (conf->publishers.n > limits->engine.publishers_max) {
		rk_error_set(need,
			     "must be at least %" PRIu32
			     ", the number of publishers",
			     conf->publishers.n);
		return KEY(limits.engine.publishers_max);
	}
	if (conf->venues.n > limits->engine.venues_max) {
		rk_error_set(need,
			     "must be at least %" PRIu32
			     ", the number of venues",
			     conf->venues.n);
		return KEY(limits.engine.venues_max);
	}
	return NULL;
}

static bool has_url(const struct rk_conf_urls *urls, uint32_t n,
		    const char *url)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(urls->url[i], url) == 0)
			return true;
	return false;
}

static const struct rk_conf_key *check_listen(const struct rk_conf *conf,
					      struct rk_error *need)
{
	const struct {
		const struct rk_conf_urls *urls;
		const struct rk_conf_key *key;
	} sockets[] = {
		{&conf->listen.prices, KEY(listen.prices)},
		{&conf->listen.ingest, KEY(listen.ingest)},
		{&conf->listen.query, KEY(listen.query)},
		{&conf->listen.events, KEY(listen.events)},
		{&conf->listen.public, KEY(listen.public)},
	};

	if (conf->listen.query.n == 0) {
		rk_error_set(need, "must list at least one URL: it is the "
				   "address that clients know");
		return KEY(listen.query);
	}

	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		const struct rk_conf_urls *urls = sockets[i].urls;

		for (uint32_t j = 0; j < urls->n; j++) {
			bool twice = has_url(urls, j, urls->url[j]);

			for (size_t k = 0; k < i; k++)
				twice = twice || has_url(sockets[k].urls,
							 sockets[k].urls->n,
							 urls->url[j]);
			if (twice) {
				rk_error_set(need,
					     "must not listen on %s, which is "
					     "listed before",
					     urls->url[j]);
				return sockets[i].key;
			}
		}
	}
	return NULL;
}

static const struct rk_conf_key *check_journal(const struct rk_conf *conf,
					       struct rk_error *need)
{
	if (conf->journal.sync_dead_ns > conf->journal.sync_stall_ns)
		return NULL;

	rk_error_set(need, "must be above sync_stall, or riskd leaves before "
			   "it says that the disk is stuck");
	return KEY(journal.sync_dead_ns);
}

/* In less than that, the loop would have time for nothing else. */
#define AUDIT_MIN_NS INT64_C(1000000000)

static const struct rk_conf_key *check_margin(const struct rk_conf *conf,
					      struct rk_error *need)
{
	if (conf->margin.audit_ns == 0 || conf->margin.audit_ns >= AUDIT_MIN_NS)
		return NULL;

	rk_error_set(need, "must be 0s, for no audit, or at least 1s");
	return KEY(margin.audit_ns);
}

static const struct rk_conf_key *check_risk(const struct rk_conf *conf,
					    struct rk_error *need)
{
	const char *field;

	if (rk_listing_check_risk(&conf->risk, &field) == RK_OK)
		return NULL;

	rk_error_set(need, "must be in range");
	for (size_t i = 0; i < sizeof(risk_needs) / sizeof(risk_needs[0]); i++)
		if (strcmp(risk_needs[i].name, field) == 0)
			rk_error_set(need, "%s", risk_needs[i].need);
	return risk_key(field);
}

const struct rk_conf_key *rk_conf_check(const struct rk_conf *conf,
					struct rk_error *need)
{
	const struct rk_conf_key *wrong = check_listen(conf, need);

	if (!wrong)
		wrong = check_limits(conf, need);
	if (!wrong)
		wrong = check_journal(conf, need);
	if (!wrong)
		wrong = check_margin(conf, need);
	if (!wrong)
		wrong = check_risk(conf, need);
	return wrong;
}

const char *rk_conf_need_risk(const char *field)
{
	for (size_t i = 0; i < sizeof(risk_needs) / sizeof(risk_needs[0]); i++)
		if (strcmp(risk_needs[i].name, field) == 0)
			return risk_needs[i].need;
	return NULL;
}
