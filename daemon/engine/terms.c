/*
 * Margin terms of a market. See terms.h.
 */
#include "engine/terms.h"

#include <string.h>

#include "engine/listing.h"
#include "engine/ramp.h"
#include "engine/rc.h"

static int wrong(const char **ret_field, const char *field)
{
	*ret_field = field;
	return RK_REJ_BAD_PARAM;
}

static int check_growth(const struct rk_margin_terms *terms,
			const char **ret_field)
{
	if (terms->growth == RK_GROWTH_NONE) {
		if (terms->base_share.raw != 0)
			return wrong(ret_field, "base_share");
		if (terms->factor_maintenance != 0)
			return wrong(ret_field, "factor_maintenance");
		return terms->factor_initial == 0
			       ? RK_OK
			       : wrong(ret_field, "factor_initial");
	}
	if (terms->growth != RK_GROWTH_SQRT && terms->growth != RK_GROWTH_POWER)
		return wrong(ret_field, "growth");
	if (terms->base_share.raw < 0 || terms->base_share.raw > RK_RATE_ONE)
		return wrong(ret_field, "base_share");
	if (terms->factor_initial <= 0 || terms->factor_initial > RK_FACTOR_ONE)
		return wrong(ret_field, "factor_initial");
	if (terms->factor_maintenance < 0 ||
	    terms->factor_maintenance > terms->factor_initial)
		return wrong(ret_field, "factor_maintenance");
	return RK_OK;
}

int rk_terms_check(const struct rk_margin_terms *terms, const char **ret_field)
{
	if (terms->scale_lower.raw < 0)
		return wrong(ret_field, "scale_lower");
	if (terms->scale_upper.raw <= terms->scale_lower.raw &&
	    (terms->scale_upper.raw != 0 || terms->scale_lower.raw != 0))
		return wrong(ret_field, "scale_upper");
	if (terms->open_max.raw < 0)
		return wrong(ret_field, "open_max");
	return check_growth(terms, ret_field);
}

bool rk_terms_equal(const struct rk_margin_terms *a,
		    const struct rk_margin_terms *b)
{
	return a->scale_lower.raw == b->scale_lower.raw &&
	       a->scale_upper.raw == b->scale_upper.raw &&
	       a->open_max.raw == b->open_max.raw && a->growth == b->growth &&
	       a->base_share.raw == b->base_share.raw &&
	       a->factor_maintenance == b->factor_maintenance &&
	       a->factor_initial == b->factor_initial;
}

int rk_terms_set(struct rk_engine *engine, const struct rk_cmd *cmd,
		 struct rk_evbuf *events)
{
	const struct rk_cmd_margin *want = &cmd->margin;
	uint32_t id = rk_listing_find_market(engine, want->market);
	struct rk_market *market;
	struct rk_event *event;
	struct rk_form before;
	struct rk_form after;
	const char *field;
	int r;

	if (id == RK_NONE)
		return RK_REJ_NO_MARKET;
	r = rk_terms_check(&want->terms, &field);
	if (r != RK_OK)
		return r;
	market = &engine->markets[id];
	if (rk_terms_equal(&market->margin, &want->terms))
		return RK_REJ_NO_CHANGE;
	rk_form_of(&market->listing, &want->terms, &after);
	r = rk_ramp_check_form(engine, id, &after);
	if (r != RK_OK)
		return r;

	rk_mark(engine, RK_UNIT_MARKET, id);
	rk_change(engine, &market->margin, sizeof(market->margin));
	rk_change(engine, &market->ramp, sizeof(market->ramp));
	rk_form_of(&market->listing, &market->margin, &before);
	market->margin = want->terms;
	rk_ramp_market(engine, id, &before);
	event = rk_emit(engine, events, RK_EVENT_MARGIN_SET, RK_NONE, id);
	event->name.id = id;
	event->name.slot = market->slot;
	memcpy(event->name.name, market->listing.name, RK_NAME_SIZE);
	rk_touch_all(engine); /* whoever has a position in it */
	return RK_OK;
}
