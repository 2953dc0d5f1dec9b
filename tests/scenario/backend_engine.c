/*
 * The engine in this process. It is given what the daemon's intake would give
 * it, in the same order: first the clock, then the commands.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "engine/assert.h"
#include "engine/books.h"
#include "engine/contract.h"
#include "engine/rc.h"
#include "engine/terms.h"
#include "store/record.h"
#include "support/harness.h"

#define EVENTS_MAX 8192

struct backend {
	struct rk_harness harness;
	struct rk_event *events; /* since the last request */
	uint32_t events_n;
	unsigned char record[RK_RECORD_MAX];
};

/* Apply, and keep what is said: one request may be several commands. */
static int apply(struct backend *backend, const struct rk_cmd *cmd)
{
	struct rk_harness *harness = &backend->harness;
	int code = rk_harness_apply(harness, cmd);
	uint32_t n = harness->events_n;

	RK_ASSERT(n <= EVENTS_MAX - backend->events_n);
	memcpy(&backend->events[backend->events_n], harness->events,
	       n * sizeof(*backend->events));
	backend->events_n += n;
	harness->events_n = 0;
	return code;
}

static int list(struct backend *backend, const struct rk_cmd *cmd,
		const char *name, struct rk_error *error)
{
	int code = apply(backend, cmd);

	if (code == RK_OK)
		return 0;
	rk_error_set(error, "%s %s: %s", rk_cmd_name(cmd->type), name,
		     rk_rc_text(code));
	return -EINVAL;
}

static int list_names(struct backend *backend, enum rk_cmd_type type,
		      const struct rk_conf_names *names, struct rk_error *error)
{
	struct rk_cmd cmd = {.type = type};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < names->n; i++) {
		memcpy(cmd.name.name, names->name[i], RK_NAME_SIZE);
		r = list(backend, &cmd, names->name[i], error);
	}
	return r;
}

/* A market that needs no CONTRACT. */
static bool is_plain(const struct rk_cmd_market *market)
{
	struct rk_cmd_market wanted = *market;

	rk_contract_complete(&wanted);
	return wanted.contract == RK_CONTRACT_LINEAR &&
	       wanted.multiplier == 1 && wanted.multiplier_decimals == 0 &&
	       wanted.price_min.raw == 1;
}

/* What assets count for, of those that do not count in full. */
static int list_terms(struct backend *backend, const struct rk_markets *markets,
		      struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	struct rk_collateral plain;
	int r = 0;

	rk_collateral_default(&plain);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		if (rk_collateral_equal(&markets->collateral[i], &plain))
			continue;
		memcpy(cmd.collateral.asset, markets->assets[i].name,
		       RK_NAME_SIZE);
		cmd.collateral.terms = markets->collateral[i];
		r = list(backend, &cmd, cmd.collateral.asset, error);
	}
	return r;
}

/* Of those that are lent. */
static int list_lending(struct backend *backend,
			const struct rk_markets *markets,
			struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_LENDING};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		if (!markets->lending[i].lendable)
			continue;
		memcpy(cmd.lending.asset, markets->assets[i].name,
		       RK_NAME_SIZE);
		cmd.lending.terms = markets->lending[i];
		r = list(backend, &cmd, cmd.lending.asset, error);
	}
	return r;
}

/* Of those that are converted. */
static int list_conversion(struct backend *backend,
			   const struct rk_markets *markets,
			   struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_CONVERSION};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		if (!markets->conversion[i].enabled)
			continue;
		memcpy(cmd.conversion.asset, markets->assets[i].name,
		       RK_NAME_SIZE);
		cmd.conversion.terms = markets->conversion[i];
		r = list(backend, &cmd, cmd.conversion.asset, error);
	}
	return r;
}

/* Of those whose fund takes or pays something. */
static int list_insurance(struct backend *backend,
			  const struct rk_markets *markets,
			  struct rk_error *error)
{
	static const struct rk_insurance_terms none;
	struct rk_cmd cmd = {.type = RK_CMD_INSURANCE};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		if (rk_insurance_equal(&markets->insurance[i], &none))
			continue;
		memcpy(cmd.insurance.asset, markets->assets[i].name,
		       RK_NAME_SIZE);
		cmd.insurance.terms = markets->insurance[i];
		r = list(backend, &cmd, cmd.insurance.asset, error);
	}
	return r;
}

/* Of those in which the vault may lose something. */
static int list_vault(struct backend *backend, const struct rk_markets *markets,
		      struct rk_error *error)
{
	static const struct rk_vault_terms none;
	struct rk_cmd cmd = {.type = RK_CMD_VAULT};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		if (rk_vault_equal(&markets->vault[i], &none))
			continue;
		memcpy(cmd.vault.asset, markets->assets[i].name, RK_NAME_SIZE);
		cmd.vault.terms = markets->vault[i];
		r = list(backend, &cmd, cmd.vault.asset, error);
	}
	return r;
}

/* Of those of which the vault takes something over. */
static int list_takeover(struct backend *backend,
			 const struct rk_markets *markets,
			 struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_TAKEOVER};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		if (!markets->takeover[i].enabled)
			continue;
		memcpy(cmd.takeover.market, markets->markets[i].name,
		       RK_NAME_SIZE);
		cmd.takeover.terms = markets->takeover[i];
		r = list(backend, &cmd, cmd.takeover.market, error);
	}
	return r;
}

/* Of those that have any. */
static int list_funding(struct backend *backend,
			const struct rk_markets *markets,
			struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_FUNDING};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		if (markets->funding[i].interval_ns == 0)
			continue;
		memcpy(cmd.funding.market, markets->markets[i].name,
		       RK_NAME_SIZE);
		cmd.funding.terms = markets->funding[i];
		r = list(backend, &cmd, cmd.funding.market, error);
	}
	return r;
}

static int list_margin(struct backend *backend,
		       const struct rk_markets *markets, struct rk_error *error)
{
	static const struct rk_margin_terms none;
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		if (rk_terms_equal(&markets->margin[i], &none))
			continue;
		memcpy(cmd.margin.market, markets->markets[i].name,
		       RK_NAME_SIZE);
		cmd.margin.terms = markets->margin[i];
		r = list(backend, &cmd, cmd.margin.market, error);
	}
	return r;
}

static int list_liquidation(struct backend *backend,
			    const struct rk_markets *markets,
			    struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_LIQUIDATION};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		if (rk_liquidation_terms_usual(&markets->liquidation[i]))
			continue;
		memcpy(cmd.liquidation.market, markets->markets[i].name,
		       RK_NAME_SIZE);
		cmd.liquidation.terms = markets->liquidation[i];
		r = list(backend, &cmd, cmd.liquidation.market, error);
	}
	return r;
}

/* How slow the price of slot is, where anything is said of it. */
static int list_slow(struct backend *backend, const char *name, uint32_t slot,
		     const struct rk_markets_slow *slow, struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_SLOW_PRICE};

	if (slow->terms.interval_ns == 0 && slow->underlying[0] == '\0')
		return 0;
	cmd.slow_price.slot = slot;
	cmd.slow_price.terms = slow->terms;
	memcpy(cmd.slow_price.underlying, slow->underlying, RK_NAME_SIZE);
	return list(backend, &cmd, name, error);
}

static int list_caution(struct backend *backend,
			const struct rk_markets *markets,
			struct rk_error *error)
{
	static const struct rk_collateral_scale none;
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};
	struct rk_asset_view asset;
	struct rk_market_view market;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		const char *name = markets->assets[i].name;

		memcpy(cmd.collateral_scale.asset, name, RK_NAME_SIZE);
		cmd.collateral_scale.scale = markets->scales[i];
		if (!rk_scale_equal(&markets->scales[i], &none))
			r = list(backend, &cmd, name, error);
		(void)rk_view_asset(backend->harness.engine, i, &asset);
		if (r == 0)
			r = list_slow(backend, name, asset.slot,
				      &markets->asset_slow[i], error);
	}
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		(void)rk_view_market(backend->harness.engine, i, &market);
		r = list_slow(backend, markets->markets[i].name, market.slot,
			      &markets->market_slow[i], error);
	}
	return r;
}

static int list_emodes(struct backend *backend,
		       const struct rk_markets *markets, struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->emodes_n; i++) {
		cmd.emode = markets->emodes[i];
		r = list(backend, &cmd, cmd.emode.group, error);
	}
	return r;
}

/* Of those of which the file says any. */
static int list_states(struct backend *backend,
		       const struct rk_markets *markets, struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_STATE};
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		if (markets->life[i].state == 0 ||
		    markets->life[i].state == RK_MARKET_OPEN)
			continue;
		cmd.market_state.market = i;
		cmd.market_state.state = markets->life[i].state;
		r = list(backend, &cmd, markets->markets[i].name, error);
	}
	return r;
}

/* cmd names what it is of. */
static int list_ramp(struct backend *backend, struct rk_cmd *cmd,
		     const struct rk_markets_ramp *told,
		     const struct rk_ramp *is, struct rk_error *error)
{
	const char *name =
		cmd->ramp.asset[0] != '\0' ? cmd->ramp.asset : cmd->ramp.market;
	struct rk_ramp ramp = told->ramp;

	rk_ramp_complete(&ramp);
	if (!told->told || rk_ramp_equal(&ramp, is))
		return 0;
	cmd->type = RK_CMD_RAMP;
	cmd->ramp.ramp = ramp;
	return list(backend, cmd, name, error);
}

/* Of those of which the file says any that they do not have. */
static int list_ramps(struct backend *backend, const struct rk_markets *markets,
		      struct rk_error *error)
{
	struct rk_asset_view asset;
	struct rk_market_view market;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		struct rk_cmd cmd = {.type = RK_CMD_NONE};

		(void)rk_view_asset(backend->harness.engine, i, &asset);
		memcpy(cmd.ramp.asset, asset.listing.name, RK_NAME_SIZE);
		r = list_ramp(backend, &cmd, &markets->asset_ramps[i],
			      &asset.ramp.ramp, error);
	}
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		struct rk_cmd cmd = {.type = RK_CMD_NONE};

		(void)rk_view_market(backend->harness.engine, i, &market);
		memcpy(cmd.ramp.market, market.listing.name, RK_NAME_SIZE);
		r = list_ramp(backend, &cmd, &markets->market_ramps[i],
			      &market.ramp.ramp, error);
	}
	return r;
}

/* In the order in which the daemon lists. */
static int list_all(struct backend *backend, const struct scn_listing *listing,
		    struct rk_error *error)
{
	const struct rk_markets *markets = listing->markets;
	struct rk_cmd cmd = {.type = RK_CMD_LIMITS};
	int r;

	cmd.limits = listing->conf.limits.engine;
	r = list(backend, &cmd, "", error);
	memset(&cmd, 0, sizeof(cmd));
	cmd.type = RK_CMD_RISK;
	cmd.risk = listing->conf.risk;
	if (r == 0)
		r = list(backend, &cmd, "", error);
	if (r == 0)
		r = list_names(backend, RK_CMD_PUBLISHER,
			       &listing->conf.publishers, error);
	if (r == 0)
		r = list_names(backend, RK_CMD_VENUE, &listing->conf.venues,
			       error);
	memset(&cmd, 0, sizeof(cmd));
	cmd.type = RK_CMD_ASSET;
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++) {
		cmd.asset = markets->assets[i];
		r = list(backend, &cmd, cmd.asset.name, error);
	}
	memset(&cmd, 0, sizeof(cmd));
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++) {
		cmd.market = markets->markets[i];
		cmd.type =
			is_plain(&cmd.market) ? RK_CMD_MARKET : RK_CMD_CONTRACT;
		r = list(backend, &cmd, cmd.market.name, error);
	}
	if (r == 0)
		r = list_terms(backend, markets, error);
	if (r == 0)
		r = list_lending(backend, markets, error);
	if (r == 0)
		r = list_conversion(backend, markets, error);
	if (r == 0)
		r = list_insurance(backend, markets, error);
	if (r == 0)
		r = list_vault(backend, markets, error);
	if (r == 0)
		r = list_takeover(backend, markets, error);
	if (r == 0)
		r = list_funding(backend, markets, error);
	if (r == 0)
		r = list_margin(backend, markets, error);
	if (r == 0)
		r = list_liquidation(backend, markets, error);
	if (r == 0)
		r = list_caution(backend, markets, error);
	if (r == 0)
		r = list_emodes(backend, markets, error);
	if (r == 0)
		r = list_states(backend, markets, error);
	return r == 0 ? list_ramps(backend, markets, error) : r;
}

static bool same_brackets(const struct rk_cmd_market *a,
			  const struct rk_cmd_market *b)
{
	bool same = a->brackets_n == b->brackets_n;

	for (uint32_t i = 0; same && i < a->brackets_n; i++)
		same = memcmp(&a->brackets[i], &b->brackets[i],
			      sizeof(a->brackets[i])) == 0;
	return same;
}

/* What of a market can be edited: brackets, and what closing costs. */
static int edit_market(struct backend *backend,
		       const struct rk_cmd_market *want, uint32_t id,
		       struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARKET_CHANGE, .market = *want};
	struct rk_market_view is;

	rk_contract_complete(&cmd.market);
	(void)rk_view_market(backend->harness.engine, id, &is);
	if (same_brackets(want, &is.listing) &&
	    want->close_cost.raw == is.listing.close_cost.raw &&
	    want->taker_fee.raw == is.listing.taker_fee.raw &&
	    want->maker_fee.raw == is.listing.maker_fee.raw)
		return 0;
	return list(backend, &cmd, want->name, error);
}

static int edit_collateral(struct backend *backend,
			   const struct rk_markets *markets, uint32_t id,
			   struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL};
	struct rk_asset_view is;

	(void)rk_view_asset(backend->harness.engine, id, &is);
	if (rk_collateral_equal(&markets->collateral[id], &is.target))
		return 0;
	memcpy(cmd.collateral.asset, markets->assets[id].name, RK_NAME_SIZE);
	cmd.collateral.terms = markets->collateral[id];
	return list(backend, &cmd, cmd.collateral.asset, error);
}

static int edit_scale(struct backend *backend, const struct rk_markets *markets,
		      uint32_t id, struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_COLLATERAL_SCALE};
	struct rk_asset_view is;

	(void)rk_view_asset(backend->harness.engine, id, &is);
	if (rk_scale_equal(&markets->scales[id], &is.scale))
		return 0;
	memcpy(cmd.collateral_scale.asset, markets->assets[id].name,
	       RK_NAME_SIZE);
	cmd.collateral_scale.scale = markets->scales[id];
	return list(backend, &cmd, cmd.collateral_scale.asset, error);
}

static int edit_margin(struct backend *backend,
		       const struct rk_markets *markets, uint32_t id,
		       struct rk_error *error)
{
	struct rk_cmd cmd = {.type = RK_CMD_MARGIN};
	struct rk_market_view is;

	(void)rk_view_market(backend->harness.engine, id, &is);
	if (rk_terms_equal(&markets->margin[id], &is.margin))
		return 0;
	memcpy(cmd.margin.market, markets->markets[id].name, RK_NAME_SIZE);
	cmd.margin.terms = markets->margin[id];
	return list(backend, &cmd, cmd.margin.market, error);
}

/* What an asset is in a group of the file; nothing: it is to leave. */
static struct rk_cmd entry_of(const struct rk_markets *markets,
			      const char *group, const char *asset)
{
	struct rk_cmd cmd = {.type = RK_CMD_EMODE};

	(void)snprintf(cmd.emode.group, RK_NAME_SIZE, "%s", group);
	(void)snprintf(cmd.emode.asset, RK_NAME_SIZE, "%s", asset);
	for (uint32_t i = 0; i < markets->emodes_n; i++)
		if (strcmp(markets->emodes[i].group, group) == 0 &&
		    strcmp(markets->emodes[i].asset, asset) == 0)
			cmd.emode = markets->emodes[i];
	return cmd;
}

/* No asset comes to a group by an edit: what each is in, it may be no more. */
static int edit_emodes(struct backend *backend,
		       const struct rk_markets *markets, struct rk_error *error)
{
	struct rk_emode_view is;
	int r = 0;

	for (uint32_t id = 0; r == 0 && id < markets->assets_n; id++)
		for (uint32_t i = 0; r == 0 && i < RK_EMODE_GROUPS; i++) {
			struct rk_cmd cmd;

			if (rk_view_emode(backend->harness.engine, id, i,
					  &is) != RK_OK)
				continue;
			cmd = entry_of(markets, is.group,
				       markets->assets[id].name);
			if (!rk_emode_equal(&is.entry, &cmd.emode.entry))
				r = list(backend, &cmd, is.group, error);
		}
	return r;
}

/*
 * A state that is loaded is the state that was stopped, which others prove:
 * here it goes on where it stands. Then what was edited, in the order in which
 * the daemon finds it.
 */
static int restart_engine(void *self, const struct scn_listing *listing,
			  struct scn_reply *reply, struct rk_error *error)
{
	struct backend *backend = self;
	const struct rk_markets *markets = listing->markets;
	struct rk_cmd cmd = {.type = RK_CMD_RESUME};
	int r;

	backend->events_n = 0;
	cmd.clock.time_ns = rk_view_time(backend->harness.engine);
	(void)apply(backend, &cmd); /* is a fact */
	r = list_ramps(backend, markets, error);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = edit_market(backend, &markets->markets[i], i, error);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = edit_collateral(backend, markets, i, error);
	for (uint32_t i = 0; r == 0 && i < markets->markets_n; i++)
		r = edit_margin(backend, markets, i, error);
	for (uint32_t i = 0; r == 0 && i < markets->assets_n; i++)
		r = edit_scale(backend, markets, i, error);
	if (r == 0)
		r = edit_emodes(backend, markets, error);
	reply->events = backend->events;
	reply->events_n = backend->events_n;
	return r;
}

static int close_engine(void *self, struct rk_error *error)
{
	struct backend *backend = self;

	(void)error;
	if (!backend)
		return 0;
	rk_harness_fini(&backend->harness);
	free(backend->events);
	free(backend);
	return 0;
}

static int open_engine(const struct scn_backend *unused,
		       const struct scn_listing *listing, void **ret_self,
		       struct rk_error *error)
{
	struct backend *backend = calloc(1, sizeof(*backend));
	int r;

	(void)unused;
	if (!backend) {
		rk_error_set(error, "out of memory");
		return -ENOMEM;
	}
	*ret_self = backend; /* closed by the caller in any case */
	rk_harness_init(&backend->harness, &listing->conf.limits.engine,
			RK_EVENTS_PER_STEP_MAX);
	backend->events = calloc(EVENTS_MAX, sizeof(*backend->events));
	if (!backend->events) {
		rk_error_set(error, "out of memory");
		return -ENOMEM;
	}
	r = list_all(backend, listing, error);
	backend->events_n = 0;
	return r;
}

/* Whose command it is, and a hash of what it says. */
static int sign(struct backend *backend, const struct scn_request *request,
		uint32_t i, struct rk_cmd *cmd)
{
	size_t length;
	int r = rk_record_encode(cmd, backend->record, sizeof(backend->record),
				 &length);

	if (r < 0)
		return r;
	cmd->origin.payload =
		rk_hash_bytes(cmd->origin.payload, backend->record, length);
	memcpy(cmd->origin.client, request->client,
	       strnlen(request->client, RK_NAME_SIZE - 1));
	cmd->origin.client_seq = request->number + i;
	return 0;
}

static void move_clock(struct backend *backend, int64_t time_ns)
{
	struct rk_cmd cmd = {.type = RK_CMD_CLOCK};

	if (time_ns <= rk_view_time(backend->harness.engine))
		return;
	cmd.clock.time_ns = time_ns;
	(void)apply(backend, &cmd); /* forward is always right */
}

/* What was answered to each command, now or when it came first. */
static void read_answers(const struct backend *backend,
			 const struct rk_cmd *cmds, uint32_t n,
			 struct scn_reply *reply)
{
	for (uint32_t i = 0; i < n; i++) {
		struct rk_answer answer = {0, 0};

		(void)rk_engine_check_client(backend->harness.engine,
					     &cmds[i].origin, &answer);
		reply->codes[i] = answer.code;
		reply->seqs[i] = answer.seq;
	}
}

static int send_engine(void *self, const struct scn_request *request,
		       struct scn_reply *reply, struct rk_error *error)
{
	struct backend *backend = self;
	struct rk_cmd cmds[RK_ATOMIC_MAX];
	struct rk_cmd atomic = {.type = RK_CMD_ATOMIC};
	struct rk_answer ignored;
	int code;

	backend->events_n = 0;
	memcpy(cmds, request->cmds, request->n * sizeof(*cmds));
	for (uint32_t i = 0; i < request->n; i++) {
		if (sign(backend, request, i, &cmds[i]) < 0) {
			rk_error_set(error, "command %" PRIu32 " is too long",
				     i);
			return -EINVAL;
		}
	}
	code = rk_engine_check_client(backend->harness.engine, &cmds[0].origin,
				      &ignored);
	reply->repeat = code == RK_REJ_REPEAT;
	reply->code = reply->repeat ? RK_OK : code;
	if (reply->code != RK_OK)
		return 0;

	move_clock(backend, request->time_ns);
	atomic.origin = cmds[0].origin;
	atomic.atomic.cmds = cmds;
	atomic.atomic.n = request->n;
	if (!reply->repeat)
		(void)apply(backend, request->atomic ? &atomic : &cmds[0]);
	read_answers(backend, cmds, request->n, reply);
	reply->events = backend->events;
	reply->events_n = backend->events_n;
	return 0;
}

static int ask_account(void *self, uint64_t account, struct scn_account *answer,
		       struct rk_error *error)
{
	const struct rk_engine *engine =
		((struct backend *)self)->harness.engine;
	uint32_t index;
	int r = rk_view_find_account(engine, account, &index);

	if (r != RK_OK) {
		rk_error_set(error, "there is no account %" PRIu64, account);
		return r;
	}
	r = rk_view_account(engine, index, &answer->row);
	(void)rk_view_positions(engine, index, answer->positions, SCN_ROWS_MAX);
	(void)rk_view_balances(engine, index, answer->balances, SCN_ROWS_MAX);
	(void)rk_view_orders(engine, index, answer->orders, SCN_ROWS_MAX);
	(void)rk_view_resting(engine, index, answer->resting, SCN_ROWS_MAX);
	return r;
}

static int ask_market(void *self, uint32_t market, struct scn_market *answer,
		      struct rk_error *error)
{
	const struct rk_engine *engine =
		((struct backend *)self)->harness.engine;
	int r = rk_view_market(engine, market, &answer->row);

	if (r == RK_OK)
		r = rk_view_slot(engine, answer->row.slot, &answer->price);
	if (r != RK_OK)
		rk_error_set(error, "there is no market %" PRIu32, market);
	return r;
}

static int ask_asset(void *self, uint32_t asset, struct scn_asset *answer,
		     struct rk_error *error)
{
	const struct rk_engine *engine =
		((struct backend *)self)->harness.engine;
	int r = rk_view_asset(engine, asset, &answer->row);

	memset(&answer->price, 0, sizeof(answer->price));
	if (r == RK_OK && answer->row.slot == RK_NO_SLOT) {
		answer->price.mark = answer->row.listing.fixed_price;
		answer->price.state = RK_PRICE_OK;
	} else if (r == RK_OK) {
		r = rk_view_slot(engine, answer->row.slot, &answer->price);
	}
	if (r != RK_OK)
		rk_error_set(error, "there is no asset %" PRIu32, asset);
	return r;
}

static int ask_digest(void *self, struct scn_digest *answer,
		      struct rk_error *error)
{
	const struct rk_engine *engine =
		((struct backend *)self)->harness.engine;
	struct rk_hash events = rk_view_event_digest(engine);

	(void)error;
	(void)snprintf(answer->events, sizeof(answer->events),
		       "%016" PRIx64 "%016" PRIx64, events.hi, events.lo);
	answer->books_balance = rk_view_check_books(engine) == 0;
	return 0;
}

struct scn_backend scn_backend_engine(void)
{
	return (struct scn_backend){
		.name = "engine",
		.open = open_engine,
		.close = close_engine,
		.send = send_engine,
		.restart = restart_engine,
		.account = ask_account,
		.market = ask_market,
		.asset = ask_asset,
		.digest = ask_digest,
	};
}
