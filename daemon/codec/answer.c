/*
 * Status, markets, clients, digests, events. See answer.h; accounts are in
 * answer_account.c.
 */
#include "codec/answer.h"

#include <stdio.h>
#include <string.h>

#include "codec/answer_house.h"
#include "codec/decode.h"
#include "codec/impl.h"
#include "engine/rc.h"
#include "engine/tally.h"

void rk_answer_pack(struct rk_bytes *bytes, Riskd__Answer *answer)
{
	size_t size;

	answer->version = RK_PROTOCOL_VERSION;
	size = riskd__answer__get_packed_size(answer);
	if (bytes->full || size > bytes->size - bytes->n) {
		bytes->full = true;
		return;
	}
	bytes->n += riskd__answer__pack(answer, bytes->data + bytes->n);
}

void rk_answer_pack_row(struct rk_bytes *rows, uint32_t field,
			const ProtobufCMessage *row)
{
	size_t size = protobuf_c_message_get_packed_size(row);

	rk_pack_head(rows, field, size);
	if (rows->full || size > rows->size - rows->n) {
		rows->full = true;
		return;
	}
	rows->n += protobuf_c_message_pack(row, rows->data + rows->n);
}

void rk_answer_refusal(struct rk_bytes *bytes, uint64_t seq, int code,
		       const char *error)
{
	rk_pack_varint(bytes, 1, RK_PROTOCOL_VERSION);
	rk_pack_varint(bytes, 2, (uint64_t)code);
	rk_pack_text(bytes, 3, error);
	rk_pack_varint(bytes, 4, seq);
}

/* Rows and pointers to them, as protobuf-c wants repeated messages. */
bool rk_answer_rows(struct rk_scratch *scratch, size_t n, size_t size,
		    void **ret_rows, void ***ret_pointers)
{
	unsigned char *rows = rk_scratch_take(scratch, n, size);
	void **pointers = rk_scratch_take(scratch, n, sizeof(*pointers));

	if (!rows || !pointers)
		return false;
	for (size_t i = 0; i < n; i++)
		pointers[i] = rows + i * size;
	*ret_rows = rows;
	*ret_pointers = pointers;
	return true;
}

/* protobuf-c's arrays of strings are not const, but only read from. */
static void set_urls(char ***ret_urls, size_t *ret_n, char *const *urls,
		     size_t n)
{
	memcpy(ret_urls, &urls, sizeof(urls));
	*ret_n = n;
}

static bool set_counters(struct rk_scratch *scratch, Riskd__StatusAnswer *wire,
			 const struct rk_status *status)
{
	Riskd__Counter *rows;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, status->counters_n, sizeof(*rows), &memory,
			    &pointers))
		return false;
	rows = memory;
	for (size_t i = 0; i < status->counters_n; i++) {
		riskd__counter__init(&rows[i]);
		memcpy(&rows[i].name, &status->counters[i].name,
		       sizeof(char *));
		rows[i].value = status->counters[i].value;
	}
	wire->n_counters = status->counters_n;
	wire->counters = (Riskd__Counter **)pointers;
	return true;
}

static void set_state(Riskd__StatusAnswer *wire,
		      struct rk_engine_counts *counts)
{
	wire->time_ns = counts->time_ns;
	wire->last_seq = counts->seq;
	wire->last_event = counts->event;
	wire->accounts = counts->accounts;
	wire->accounts_max = counts->limits.accounts_max;
	wire->positions = counts->positions;
	wire->orders_open = counts->orders_open;
	wire->n_accounts_by_state = RK_STATE_BANKRUPT + 1;
	wire->accounts_by_state = counts->by_state;
	wire->conversions_withheld = counts->conversions_withheld;
}

void rk_answer_status(struct rk_bytes *bytes, struct rk_scratch *scratch,
		      const struct rk_engine *engine,
		      const struct rk_status *status)
{
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__StatusAnswer wire = RISKD__STATUS_ANSWER__INIT;
	struct rk_engine_counts counts;

	rk_view_counts(engine, &counts);
	if (!set_counters(scratch, &wire, status)) {
		bytes->full = true;
		return;
	}
	memcpy(&wire.version, &status->version, sizeof(char *));
	memcpy(&wire.clock, &status->clock, sizeof(char *));
	memcpy(&wire.journal, &status->journal, sizeof(char *));
	wire.protocol = RK_PROTOCOL_VERSION;
	set_urls(&wire.prices_urls, &wire.n_prices_urls, status->urls[0],
		 status->urls_n[0]);
	set_urls(&wire.ingest_urls, &wire.n_ingest_urls, status->urls[1],
		 status->urls_n[1]);
	set_urls(&wire.events_urls, &wire.n_events_urls, status->urls[2],
		 status->urls_n[2]);
	set_urls(&wire.public_urls, &wire.n_public_urls, status->urls[3],
		 status->urls_n[3]);
	wire.durable_seq = status->durable_seq;
	wire.oldest_event = status->oldest_event;
	if (status->not_ready)
		memcpy(&wire.not_ready, &status->not_ready, sizeof(char *));
	wire.snapshot_seq = status->snapshot_seq;
	wire.snapshot_time_ns = status->snapshot_time_ns;
	wire.unsynced_age_ns = status->unsynced_age_ns;
	wire.lagging = status->lagging;
	answer.seq = status->durable_seq;
	if (!status->only_durable) {
		set_state(&wire, &counts);
		answer.seq = counts.seq;
	}
	answer.kind_case = RISKD__ANSWER__KIND_STATUS;
	answer.status = &wire;
	rk_answer_pack(bytes, &answer);
}

static void set_price(const struct rk_engine *engine, uint32_t slot,
		      Riskd__Price *price)
{
	struct rk_slot_view view;

	riskd__price__init(price);
	price->slot = slot;
	if (rk_view_slot(engine, slot, &view) != RK_OK)
		return;
	price->mark = view.mark.raw;
	price->state = (Riskd__PriceState)view.state;
	price->time_ns = view.time_ns;
	price->decimals = view.decimals;
	price->slow = view.slow_price.raw;
}

/* Nothing of a slot that there is not. */
static void set_slow(const struct rk_engine *engine, uint32_t slot,
		     struct rk_asset_view *underlying, Riskd__SlowTerms *wire)
{
	struct rk_slot_view view;

	riskd__slow_terms__init(wire);
	if (rk_view_slot(engine, slot, &view) != RK_OK)
		return;
	wire->interval_ns = view.slow.interval_ns;
	wire->delay_limit = view.slow.delay_limit.raw;
	wire->limit = view.slow.limit.raw;
	wire->min_ns = view.slow.min_ns;
	wire->max_ns = view.slow.max_ns;
	if (rk_view_asset(engine, view.underlying, underlying) == RK_OK)
		wire->underlying = underlying->listing.name;
}

/* False: there was none, and none is. */
static bool set_ramp(const struct rk_ramp_view *view, Riskd__Ramp *wire)
{
	riskd__ramp__init(wire);
	wire->duration_ns = view->ramp.duration_ns;
	wire->step_ns = view->ramp.step_ns;
	wire->since_ns = view->since_ns;
	wire->until_ns = view->until_ns;
	wire->running_step_ns = view->step_ns;
	wire->elapsed_ns = view->elapsed_ns;
	return view->runs || view->ramp.duration_ns != 0;
}

static void set_scale(const struct rk_asset_view *view,
		      Riskd__CollateralScale *wire, Riskd__Ramp *ramp)
{
	riskd__collateral_scale__init(wire);
	wire->held_start = view->scale.held.raw;
	wire->owed_start = view->scale.owed.raw;
	wire->size_factor = view->scale.size_factor;
	wire->deposit_cap = view->scale.deposit_cap.raw;
	wire->held_high = (int64_t)(view->held >> 64);
	wire->held_low = (uint64_t)view->held;
	wire->owed_high = (int64_t)(view->owed >> 64);
	wire->owed_low = (uint64_t)view->owed;
	if (!view->size_ramp.runs)
		return;
	(void)set_ramp(&view->size_ramp, ramp);
	wire->size_ramp = ramp;
	wire->size_factor_maintenance = view->size_factor;
}

/* One listed thing with the messages inside it. */
struct asset_row {
	Riskd__Asset asset;
	Riskd__Price price;
	Riskd__Collateral collateral;
	Riskd__LendingPool lending;
	Riskd__SlowTerms slow;
	Riskd__CollateralScale scale;
	Riskd__Ramp size_ramp;
	struct rk_emode_view emode[RK_EMODE_GROUPS];
	Riskd__EmodeGroup groups[RK_EMODE_GROUPS];
	Riskd__EmodeGroup *pointers[RK_EMODE_GROUPS];
	Riskd__Ramp group_ramps[RK_EMODE_GROUPS];
	Riskd__ConversionTerms conversion;
	Riskd__InsuranceFund insurance;
	Riskd__Vault vault;
	Riskd__Ramp ramp;
	Riskd__Collateral target;
	struct rk_asset_view view;
};

struct market_row {
	Riskd__Market market;
	Riskd__Price price;
	Riskd__FundingTerms funding;
	Riskd__MarginTerms margin;
	Riskd__LiquidationTerms liquidation;
	Riskd__TakeoverTerms takeover;
	Riskd__SlowTerms slow;
	struct rk_market_view view;
	struct rk_asset_view underlying;
	Riskd__Bracket brackets[RK_BRACKETS_MAX];
	Riskd__Bracket *pointers[RK_BRACKETS_MAX];
	Riskd__Ramp ramp;
	Riskd__Bracket before[RK_BRACKETS_MAX]; /* of it */
	Riskd__Bracket *before_pointers[RK_BRACKETS_MAX];
};

static void set_collateral(const struct rk_collateral *terms,
			   Riskd__Collateral *wire)
{
	const rk_rate *weight = terms->weight;
	const rk_rate *liability = terms->liability;
	const rk_rate *profit = terms->profit;

	riskd__collateral__init(wire);
	wire->weight_maintenance = weight[RK_LEVEL_MAINTENANCE].raw;
	wire->weight_initial = weight[RK_LEVEL_INITIAL].raw;
	wire->weight_withdrawal = weight[RK_LEVEL_WITHDRAWAL].raw;
	wire->liability_maintenance = liability[RK_LEVEL_MAINTENANCE].raw;
	wire->liability_initial = liability[RK_LEVEL_INITIAL].raw;
	wire->liability_withdrawal = liability[RK_LEVEL_WITHDRAWAL].raw;
	wire->profit_maintenance = profit[RK_LEVEL_MAINTENANCE].raw;
	wire->profit_initial = profit[RK_LEVEL_INITIAL].raw;
}

/* False: it was never lent. */
static bool set_lending(const struct rk_engine *engine, uint32_t id,
			const struct rk_deficits *deficits,
			Riskd__LendingPool *wire)
{
	struct rk_lending_view view;

	(void)rk_view_lending(engine, id, &view); /* id is below n */
	if (!view.active)
		return false;
	riskd__lending_pool__init(wire);
	wire->lendable = view.terms.lendable;
	wire->base_rate = view.terms.base.raw;
	wire->slope_low = view.terms.slope_low.raw;
	wire->slope_high = view.terms.slope_high.raw;
	wire->kink = view.terms.kink.raw;
	wire->reserve = view.terms.reserve.raw;
	wire->borrow_cap = view.terms.borrow_cap.raw;
	wire->supply_cap = view.terms.supply_cap.raw;
	wire->interval_ns = view.terms.interval_ns;
	wire->next_ns = view.next_ns;
	wire->accrued_ns = view.accrued_ns;
	wire->supplied = (int64_t)view.supplied;
	wire->borrowed = (uint64_t)view.borrowed;
	wire->cash = (int64_t)view.cash;
	wire->utilisation = (uint64_t)view.utilisation;
	wire->borrow_rate = (uint64_t)view.borrow_rate;
	wire->supply_rate = (uint64_t)view.supply_rate;
	wire->debt_index = (uint64_t)view.debt_index;
	wire->supply_index = (uint64_t)view.supply_index;
	if (deficits->sums)
		wire->deficit = (uint64_t)deficits->sums[id];
	return true;
}

static void set_emode(const struct rk_engine *engine, uint32_t id,
		      struct asset_row *row)
{
	size_t n = 0;

	for (uint32_t i = 0; i < RK_EMODE_GROUPS; i++) {
		Riskd__EmodeGroup *group = &row->groups[n];
		struct rk_emode_view *view = &row->emode[n];
		const rk_rate *weight = view->entry.weight;

		if (rk_view_emode(engine, id, i, view) != RK_OK)
			continue;
		riskd__emode_group__init(group);
		group->group = view->group;
		group->collateral = view->entry.collateral;
		group->debt = view->entry.debt;
		group->weight_maintenance = weight[RK_LEVEL_MAINTENANCE].raw;
		group->weight_initial = weight[RK_LEVEL_INITIAL].raw;
		group->weight_withdrawal = weight[RK_LEVEL_WITHDRAWAL].raw;
		if (view->ramp.runs) {
			(void)set_ramp(&view->ramp, &row->group_ramps[n]);
			group->ramp = &row->group_ramps[n];
			group->weight = view->weight.raw;
			group->share = view->share.raw;
		}
		row->pointers[n++] = group;
	}
	row->asset.n_emode = n;
	row->asset.emode = row->pointers;
}

/* False: the asset has no terms. */
static bool set_conversion(const struct rk_conversion *terms,
			   Riskd__ConversionTerms *wire)
{
	riskd__conversion_terms__init(wire);
	wire->auto_borrow = terms->auto_borrow.raw;
	wire->repay_to = terms->repay_to.raw;
	wire->cost = terms->cost.raw;
	wire->band = terms->band.raw;
	return terms->enabled;
}

static void set_asset(const struct rk_engine *engine, uint32_t id,
		      const struct rk_deficits *deficits, struct asset_row *row)
{
	(void)rk_view_asset(engine, id, &row->view); /* id is below n */
	riskd__asset__init(&row->asset);
	row->asset.id = id;
	row->asset.name = row->view.listing.name;
	row->asset.decimals = row->view.listing.decimals;
	row->asset.price = &row->price;
	row->asset.collateral = &row->collateral;
	row->asset.slow = &row->slow;
	row->asset.scale = &row->scale;
	set_collateral(&row->view.collateral, &row->collateral);
	if (set_lending(engine, id, deficits, &row->lending))
		row->asset.lending = &row->lending;
	if (set_conversion(&row->view.conversion, &row->conversion))
		row->asset.conversion = &row->conversion;
	rk_answer_insurance(engine, id, deficits, &row->insurance);
	row->asset.insurance = &row->insurance;
	rk_answer_vault(engine, id, &row->vault);
	row->asset.vault = &row->vault;
	if (set_ramp(&row->view.ramp, &row->ramp))
		row->asset.ramp = &row->ramp;
	if (row->view.ramp.runs) {
		set_collateral(&row->view.target, &row->target);
		row->asset.target = &row->target;
	}
	set_scale(&row->view, &row->scale, &row->size_ramp);
	set_emode(engine, id, row);
	set_slow(engine, row->view.slot, NULL, &row->slow);
	set_price(engine, row->view.slot, &row->price);
	if (row->view.slot == RK_NO_SLOT) {
		row->price.mark = row->view.listing.fixed_price.raw;
		row->price.state = RISKD__PRICE_STATE__PRICE_STATE_OK;
		row->price.decimals = row->view.listing.price_decimals;
	}
}

static void set_funding(const struct rk_market_view *view,
			Riskd__FundingTerms *wire)
{
	riskd__funding_terms__init(wire);
	wire->interval_ns = view->funding.interval_ns;
	wire->interest = view->funding.interest.raw;
	wire->clamp = view->funding.clamp.raw;
	wire->cap = view->funding.cap.raw;
	wire->period_ns = view->funding.period_ns;
	wire->next_ns = view->funding_next_ns;
	wire->rate = view->funding_rate.raw;
	wire->samples = view->premium_n;
	wire->index_high = (int64_t)(view->funding_index >> 64);
	wire->index_low = (uint64_t)view->funding_index;
}

static void set_margin(const struct rk_market_view *view,
		       Riskd__MarginTerms *wire)
{
	const struct rk_margin_terms *terms = &view->margin;

	riskd__margin_terms__init(wire);
	wire->scale_lower = terms->scale_lower.raw;
	wire->scale_upper = terms->scale_upper.raw;
	wire->open_max = terms->open_max.raw;
	wire->growth = (Riskd__Growth)terms->growth;
	wire->base_share = terms->base_share.raw;
	wire->factor_maintenance = terms->factor_maintenance;
	wire->factor_initial = terms->factor_initial;
	wire->open_usd = view->open_usd.raw;
}

static void set_liquidation(const struct rk_market_view *view,
			    Riskd__LiquidationTerms *wire)
{
	const struct rk_liquidation_terms *terms = &view->liquidation;

	riskd__liquidation_terms__init(wire);
	wire->stage = terms->stage.raw;
	wire->stage_min = terms->stage_min.raw;
	wire->cooldown_ns = terms->cooldown_ns;
	wire->volatility = terms->volatility.raw;
	wire->dust = terms->dust.raw;
	wire->velocity = terms->velocity.raw;
	wire->ordered = view->liquidation_ordered.raw;
	wire->claim_max_ns = terms->claim_max_ns;
}

/* What the ramp of a market comes from, if one runs. */
static void set_market_ramp(struct market_row *row)
{
	const struct rk_form *before = &row->view.before;

	if (!set_ramp(&row->view.ramp, &row->ramp))
		return;
	row->market.ramp = &row->ramp;
	row->ramp.growth = (Riskd__Growth)before->growth;
	row->ramp.base_share = before->base_share.raw;
	row->ramp.factor_maintenance = before->factor;
	row->ramp.n_brackets = before->brackets_n;
	row->ramp.brackets = row->before_pointers;
	for (uint32_t k = 0; k < before->brackets_n; k++) {
		riskd__bracket__init(&row->before[k]);
		row->before[k].floor = before->floors[k].raw;
		row->before[k].maintenance = before->rates[k].raw;
		row->before_pointers[k] = &row->before[k];
	}
}

static void set_market(const struct rk_engine *engine, uint32_t id,
		       struct market_row *row)
{
	const struct rk_cmd_market *listing;

	(void)rk_view_market(engine, id, &row->view); /* id is below n */
	listing = &row->view.listing;
	riskd__market__init(&row->market);
	row->market.id = id;
	row->market.name = row->view.listing.name;
	row->market.settle_asset = row->view.settle_asset;
	row->market.price_decimals = listing->price_decimals;
	row->market.size_decimals = listing->size_decimals;
	row->market.lot = listing->lot.raw;
	row->market.price_max = listing->price_max.raw;
	row->market.position_max = listing->position_max.raw;
	row->market.close_cost = listing->close_cost.raw;
	row->market.taker_fee = listing->taker_fee.raw;
	row->market.maker_fee = listing->maker_fee.raw;
	row->market.contract = listing->contract == RK_CONTRACT_INVERSE
				       ? RISKD__CONTRACT__CONTRACT_INVERSE
				       : RISKD__CONTRACT__CONTRACT_LINEAR;
	row->market.multiplier = listing->multiplier;
	row->market.multiplier_decimals = listing->multiplier_decimals;
	row->market.price_min = listing->price_min.raw;
	row->market.halted = row->view.halted;
	row->market.state = (Riskd__MarketState)row->view.state;
	row->market.expiry_ns = row->view.expiry_ns;
	row->market.settlement = row->view.settlement.raw;
	row->market.open_interest = (int64_t)row->view.open_interest;
	row->market.vault_size = (int64_t)row->view.vault_size;
	row->market.holders = row->view.holders;
	row->market.last_trade = row->view.last_trade;
	row->market.withheld = row->view.withheld;
	row->market.price = &row->price;
	row->market.funding = &row->funding;
	row->market.slow = &row->slow;
	set_funding(&row->view, &row->funding);
	row->market.margin = &row->margin;
	set_margin(&row->view, &row->margin);
	row->market.liquidation = &row->liquidation;
	set_liquidation(&row->view, &row->liquidation);
	if (rk_answer_takeover(engine, id, &row->takeover))
		row->market.takeover = &row->takeover;
	set_market_ramp(row);
	set_slow(engine, row->view.slot, &row->underlying, &row->slow);
	set_price(engine, row->view.slot, &row->price);

	row->market.n_brackets = listing->brackets_n;
	row->market.brackets = row->pointers;
	for (uint32_t k = 0; k < listing->brackets_n; k++) {
		riskd__bracket__init(&row->brackets[k]);
		row->brackets[k].floor = listing->brackets[k].floor.raw;
		row->brackets[k].maintenance =
			listing->brackets[k].maintenance.raw;
		row->brackets[k].initial = listing->brackets[k].initial.raw;
		row->pointers[k] = &row->brackets[k];
	}
}

static bool add_listed(struct rk_scratch *scratch,
		       const struct rk_engine *engine,
		       const struct rk_engine_counts *counts,
		       const struct rk_deficits *deficits,
		       Riskd__MarketsAnswer *wire)
{
	struct asset_row *assets;
	struct market_row *markets;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, counts->assets, sizeof(*assets), &memory,
			    &pointers))
		return false;
	assets = memory;
	for (uint32_t i = 0; i < counts->assets; i++)
		set_asset(engine, i, deficits, &assets[i]);
	wire->n_assets = counts->assets;
	wire->assets = (Riskd__Asset **)pointers;

	if (!rk_answer_rows(scratch, counts->markets, sizeof(*markets), &memory,
			    &pointers))
		return false;
	markets = memory;
	for (uint32_t i = 0; i < counts->markets; i++)
		set_market(engine, i, &markets[i]);
	wire->n_markets = counts->markets;
	wire->markets = (Riskd__Market **)pointers;
	return true;
}

static bool add_names(struct rk_scratch *scratch,
		      const struct rk_engine *engine,
		      const struct rk_engine_counts *counts,
		      Riskd__MarketsAnswer *wire)
{
	Riskd__Publisher *publishers;
	Riskd__Venue *venues;
	void *memory;
	void **pointers;

	if (!rk_answer_rows(scratch, counts->publishers, sizeof(*publishers),
			    &memory, &pointers))
		return false;
	publishers = memory;
	for (uint32_t i = 0; i < counts->publishers; i++) {
		const char *name = rk_view_publisher(engine, i);

		riskd__publisher__init(&publishers[i]);
		publishers[i].id = i;
		memcpy(&publishers[i].name, &name, sizeof(name));
	}
	wire->n_publishers = counts->publishers;
	wire->publishers = (Riskd__Publisher **)pointers;

	if (!rk_answer_rows(scratch, counts->venues, sizeof(*venues), &memory,
			    &pointers))
		return false;
	venues = memory;
	for (uint32_t i = 0; i < counts->venues; i++) {
		const char *name = rk_view_venue(engine, i);

		riskd__venue__init(&venues[i]);
		venues[i].id = i;
		memcpy(&venues[i].name, &name, sizeof(name));
	}
	wire->n_venues = counts->venues;
	wire->venues = (Riskd__Venue **)pointers;
	return true;
}

static void set_risk(const struct rk_cmd_risk *risk, Riskd__Risk *wire)
{
	riskd__risk__init(wire);
	wire->warn_enter = risk->warn_enter.raw;
	wire->warn_leave = risk->warn_leave.raw;
	wire->call_enter = risk->call_enter.raw;
	wire->call_leave = risk->call_leave.raw;
	wire->target = risk->target.raw;
	wire->order_band = risk->order_band.raw;
	wire->stale_band = risk->stale_band.raw;
	wire->order_expiry_ns = risk->order_expiry_ns;
	wire->close_timeout_ns = risk->close_timeout_ns;
	wire->order_cooldown_ns = risk->order_cooldown_ns;
}

void rk_answer_markets(struct rk_bytes *bytes, struct rk_scratch *scratch,
		       const struct rk_engine *engine,
		       const struct rk_deficits *deficits)
{
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__MarketsAnswer wire = RISKD__MARKETS_ANSWER__INIT;
	struct rk_engine_counts counts;
	Riskd__Risk risk;

	rk_view_counts(engine, &counts);
	if (!add_listed(scratch, engine, &counts, deficits, &wire) ||
	    !add_names(scratch, engine, &counts, &wire)) {
		bytes->full = true;
		return;
	}
	set_risk(&counts.risk, &risk);
	wire.risk = &risk;
	wire.deficits_from_seq = deficits->from_seq;
	answer.seq = counts.seq;
	answer.kind_case = RISKD__ANSWER__KIND_MARKETS;
	answer.markets = &wire;
	rk_answer_pack(bytes, &answer);
}

static uint64_t seq_of(const struct rk_engine *engine)
{
	struct rk_engine_counts counts;

	rk_view_counts(engine, &counts);
	return counts.seq;
}

void rk_answer_client(struct rk_bytes *bytes, const struct rk_engine *engine,
		      const char *client)
{
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__ClientAnswer wire = RISKD__CLIENT_ANSWER__INIT;

	wire.last_client_seq = rk_view_client_seq(engine, client);
	answer.seq = seq_of(engine);
	answer.kind_case = RISKD__ANSWER__KIND_CLIENT;
	answer.client = &wire;
	rk_answer_pack(bytes, &answer);
}

static void print_hash(char out[33], struct rk_hash hash)
{
	(void)snprintf(out, 33, "%016llx%016llx", (unsigned long long)hash.hi,
		       (unsigned long long)hash.lo);
}

void rk_answer_digest(struct rk_bytes *bytes,
		      const struct rk_tally_result *result)
{
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__DigestAnswer wire = RISKD__DIGEST_ANSWER__INIT;
	char state[33];
	char events[33];

	print_hash(state, result->state);
	print_hash(events, result->events);
	wire.state = state;
	wire.events = events;
	wire.last_event = result->event;
	wire.books_balance = result->books_balance;
	answer.seq = result->seq;
	answer.kind_case = RISKD__ANSWER__KIND_DIGEST;
	answer.digest = &wire;
	rk_answer_pack(bytes, &answer);
}

void rk_answer_snapshot(struct rk_bytes *bytes,
			const struct rk_snapshot_told *told)
{
	Riskd__Answer answer = RISKD__ANSWER__INIT;
	Riskd__SnapshotAnswer wire = RISKD__SNAPSHOT_ANSWER__INIT;
	char digest[33];

	print_hash(digest, told->state_digest);
	wire.seq = told->seq;
	memcpy(&wire.file, &told->file, sizeof(char *));
	wire.bytes = told->bytes;
	wire.rows = told->rows;
	wire.rows_changed = told->rows_changed;
	wire.took_ns = told->took_ns;
	wire.state_digest = digest;
	answer.seq = told->seq;
	answer.kind_case = RISKD__ANSWER__KIND_SNAPSHOT;
	answer.snapshot = &wire;
	rk_answer_pack(bytes, &answer);
}

/* An answer of kind around rows, and a tail, that are encoded already. */
static void pack_list(struct rk_bytes *bytes, uint64_t seq, uint32_t kind,
		      const struct rk_bytes *rows, const struct rk_bytes *tail)
{
	rk_pack_varint(bytes, 1, RK_PROTOCOL_VERSION);
	rk_pack_varint(bytes, 4, seq);
	rk_pack_head(bytes, kind, rows->n + tail->n);
	rk_pack_raw(bytes, rows->data, rows->n);
	rk_pack_raw(bytes, tail->data, tail->n);
}

void rk_answer_accounts(struct rk_bytes *bytes,
			const struct rk_account_list *list)
{
	unsigned char data[32];
	struct rk_bytes tail = {data, sizeof(data), 0, false};

	rk_pack_varint(&tail, 2, list->matching);
	rk_pack_varint(&tail, 3, list->from_seq);
	pack_list(bytes, list->seq, RISKD__ANSWER__KIND_ACCOUNTS, list->rows,
		  &tail);
}

void rk_answer_orders(struct rk_bytes *bytes, const struct rk_order_list *list)
{
	unsigned char data[32];
	struct rk_bytes tail = {data, sizeof(data), 0, false};

	rk_pack_varint(&tail, 3, list->from_seq);
	pack_list(bytes, list->seq, RISKD__ANSWER__KIND_ORDERS, list->rows,
		  &tail);
}

void rk_answer_events(struct rk_bytes *bytes, uint64_t seq,
		      const struct rk_event_list *list)
{
	unsigned char data[64];
	struct rk_bytes tail = {data, sizeof(data), 0, false};
	const struct rk_bytes rows = {(unsigned char *)(uintptr_t)list->bytes,
				      list->size, list->size, false};

	rk_pack_varint(&tail, 2, list->next);
	rk_pack_varint(&tail, 3, list->oldest);
	pack_list(bytes, seq, RISKD__ANSWER__KIND_EVENTS, &rows, &tail);
}
