/*
 * One pass over the columns of each record, for all three uses: to name the
 * columns, to give a row out, to take one in. Private to rows.c and load.c.
 *
 * A pass function names each field once, in order; what happens to the field
 * depends on the mode. So a column cannot be written and forgotten on reading.
 */
#ifndef RK_ENGINE_ROW_PASS_H
#define RK_ENGINE_ROW_PASS_H

#include "engine/rows.h"
#include "engine/state.h"

#define RK_TRADES_BYTES (RK_TRADE_WINDOW / 8)
#define RK_BLOB_MAX     RK_TRADES_BYTES

enum rk_pass_mode {
	RK_PASS_NAME, /* columns are filled */
	RK_PASS_GIVE, /* cells of row are filled from the fields */
	RK_PASS_TAKE, /* fields are filled from the cells of taken */
};

struct rk_pass {
	enum rk_pass_mode mode;
	uint32_t format; /* of the rows: columns of later ones are not passed */
	uint32_t n;      /* columns passed so far */
	struct rk_column *columns;
	struct rk_row *row;
	const struct rk_row *taken;
	const char *bad; /* TAKE: first column that cannot be, or NULL */
	unsigned char blob[RK_BLOB_MAX]; /* GIVE: bytes of the one blob */
};

/* What a table's rows hold beside the record itself. */
struct rk_row_place {
	uint32_t number;  /* of the unit */
	uint32_t second;  /* asset, market, bracket, slot, venue or group */
	uint32_t third;   /* publisher or market */
	int64_t timer_ns; /* 0: none */
};

/* The row of `engine`: what is not in any table. */
struct rk_row_engine {
	uint64_t seq;
	uint64_t event;
	int64_t time_ns;
	uint64_t last_system_event;
	uint64_t last_conversion_event;
	struct rk_hash event_digest;
	uint64_t closings;
	struct rk_cmd_limits limits;
	struct rk_cmd_risk risk;
};

/* A row of `emode`: an asset in a group, and how the group is called. */
struct rk_row_emode {
	char name[RK_NAME_SIZE];
	struct rk_emode entry;
	struct rk_emode_ramp ramp;
};

/* A row of `insurance`: what a fund holds, and all else of it. */
struct rk_row_insurance {
	rk_i128 fund;
	struct rk_insurance insurance;
};

/* A row of `vault`: its capital, and all else of it in an asset. */
struct rk_row_vault {
	rk_i128 capital;
	struct rk_vault vault;
};

void rk_pass_engine(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_row_engine *e);
void rk_pass_asset(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_asset *asset);
void rk_pass_market(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_market *market);
void rk_pass_bracket(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_bracket *bracket);
void rk_pass_ramp_bracket(struct rk_pass *p, struct rk_row_place *at,
			  struct rk_form *form);
void rk_pass_name(struct rk_pass *p, struct rk_row_place *at,
		  char name[RK_NAME_SIZE]);
void rk_pass_venue_position(struct rk_pass *p, struct rk_row_place *at,
			    struct rk_venue_position *position);
void rk_pass_slot(struct rk_pass *p, struct rk_row_place *at,
		  struct rk_slot *slot);
void rk_pass_quote(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_publisher_quote *quote);
void rk_pass_account(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_account *account);
void rk_pass_balance(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_balance *balance);
void rk_pass_position(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_position *position);
void rk_pass_leverage(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_leverage *leverage);
void rk_pass_emode(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_row_emode *e);
void rk_pass_insurance(struct rk_pass *p, struct rk_row_place *at,
		       struct rk_row_insurance *record);
void rk_pass_liquidation(struct rk_pass *p, struct rk_row_place *at,
			 struct rk_market_pace *pace);
void rk_pass_vault(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_row_vault *record);
void rk_pass_takeover(struct rk_pass *p, struct rk_row_place *at,
		      struct rk_market_takeover *record);
void rk_pass_resting(struct rk_pass *p, struct rk_row_place *at,
		     struct rk_resting *order);
void rk_pass_order(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_order *order);
void rk_pass_claim(struct rk_pass *p, struct rk_row_place *at,
		   struct rk_order_claim *claim);
void rk_pass_withdrawal(struct rk_pass *p, struct rk_row_place *at,
			struct rk_withdrawal *withdrawal);
void rk_pass_client(struct rk_pass *p, struct rk_row_place *at,
		    char name[RK_NAME_SIZE], uint64_t *last);
void rk_pass_answer(struct rk_pass *p, struct rk_row_place *at,
		    struct rk_client_answer *answer, uint64_t *client_seq);

/*
 * Numbers of quotes, venue positions and answers join two: the same whatever
 * the tables were sized for.
 */
#define RK_QUOTE_NUMBER(slot, publisher)                                       \
	((slot) * (uint32_t)RK_PUBLISHERS_MAX + (publisher))
#define RK_VENUE_POSITION_NUMBER(venue, market) ((venue) << 16 | (market))
#define RK_ANSWER_NUMBER(client, answer)                                       \
	((client) * (uint32_t)RK_ANSWERS + (answer))

#endif
