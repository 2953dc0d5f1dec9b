/*
 * From the wire to commands. Everything wrong with a message is found here,
 * before anything of it is applied: a message is refused whole.
 */
#ifndef RK_CODEC_DECODE_H
#define RK_CODEC_DECODE_H

#include "codec/pack.h"
#include "engine/cmd.h"

#define RK_PROTOCOL_VERSION 1

/* One line naming the value and what would be right. */
struct rk_decode_error {
	char text[192];
};

/* A Request, as commands. */
struct rk_request {
	uint64_t client_seq;
	bool atomic;
	int64_t time_ns; /* 0: none given */
	struct rk_cmd *cmds;
	uint32_t n;
	bool reload;  /* there are no commands, n is 0 */
	bool dry_run; /* of a reload */
	char client[RK_NAME_SIZE];
};

struct rk_decode_limits {
	uint32_t commands_max; /* rows in one Request */
	uint32_t quotes_max;   /* quotes in one PriceBatch */
};

/* The bytes to decode; what comes out points into scratch. */
struct rk_decode_input {
	struct rk_scratch *scratch;
	const void *data;
	size_t size;
	struct rk_decode_limits limits;
};

/*
 * Decode a Request. Returns 0, or RK_REJ_* with *error filled in;
 * ret_request->client_seq is set as far as it is known.
 */
int rk_decode_request(const struct rk_decode_input *input,
		      struct rk_request *ret_request,
		      struct rk_decode_error *error);

/* Decode a PriceBatch: 0 or RK_REJ_*. */
int rk_decode_prices(const struct rk_decode_input *input,
		     struct rk_cmd_prices *ret_prices,
		     struct rk_decode_error *error);

/* Which question it is; the numbers are those of the fields in Query. */
enum rk_query_kind {
	RK_QUERY_STATUS = 2,
	RK_QUERY_MARKETS = 3,
	RK_QUERY_ACCOUNT = 4,
	RK_QUERY_ACCOUNTS = 5,
	RK_QUERY_EVENTS = 6,
	RK_QUERY_CLIENT = 7,
	RK_QUERY_ORDERS = 8,
	RK_QUERY_DIGEST = 9,
	RK_QUERY_SNAPSHOT = 10,
	RK_QUERY_WHAT_IF = 11,
};

#define RK_WHAT_IF_ACCOUNTS_MAX 64
#define RK_WHAT_IF_SUPPOSE_MAX  64

/* The numbers are those of the fields in Supposition; 0: none of them. */
enum rk_supposition_kind {
	RK_SUPPOSE_NOTHING = 0,
	RK_SUPPOSE_PRICE = 1,
	RK_SUPPOSE_DEPOSIT = 2,
	RK_SUPPOSE_FILL = 3,
	RK_SUPPOSE_ORDER = 4,
	RK_SUPPOSE_LEVERAGE = 5,
	RK_SUPPOSE_COLLATERAL = 45,
	RK_SUPPOSE_SCALE = 46,
	RK_SUPPOSE_MARKET = 47,
	RK_SUPPOSE_MARGIN = 48,
	RK_SUPPOSE_RISK = 49,
	RK_SUPPOSE_EMODE = 50,
};

struct rk_supposition {
	enum rk_supposition_kind kind;
	uint64_t account; /* all but PRICE and parameters; 0: the only one */
	uint32_t id;      /* slot, asset or market; RISK: none */
	int64_t amount;   /* DEPOSIT; FILL, ORDER: the size; LEVERAGE: it */
	int64_t price;    /* PRICE, FILL, ORDER */
	int64_t fee;      /* FILL */
	bool fee_told;    /* FILL */
	bool maker;       /* FILL */
	uint64_t resting; /* FILL; 0: none */
	uint32_t side;    /* ORDER */
	bool reduce_only; /* ORDER */
	/* Parameters, in scratch: of the kind that it is. */
	const union rk_supposed_parameters *parameters;
};

/* Are these parameters, for all accounts asked about? */
static inline bool rk_supposition_is_of_terms(enum rk_supposition_kind kind)
{
	return kind >= RK_SUPPOSE_COLLATERAL && kind <= RK_SUPPOSE_EMODE;
}

union rk_supposed_parameters {
	struct rk_collateral collateral;
	struct rk_collateral_scale scale;
	/* lot, position_max, the three costs, brackets; names are empty. */
	struct rk_cmd_market market;
	struct rk_margin_terms margin;
	struct rk_cmd_risk risk;
	struct rk_cmd_emode emode; /* the name of the asset is empty */
};

/* Beyond the maximum of suppositions their number is true, no row is there. */
struct rk_what_if {
	const uint64_t *accounts; /* in scratch */
	size_t accounts_n;
	struct rk_supposition suppose[RK_WHAT_IF_SUPPOSE_MAX];
	size_t suppose_n;
	bool brief;
	bool ramps_ended; /* before what is supposed */
};

/* Is there a difference between before and after? */
static inline bool rk_what_if_supposes(const struct rk_what_if *what)
{
	return what->suppose_n > 0 || what->ramps_ended;
}

#define RK_LARGEST_MAX 64

/* The largest order of a market that is asked about. */
struct rk_largest_of {
	uint32_t market;
	int64_t price; /* worst; 0: the mark */
	int64_t fee;   /* rate */
	bool fee_told; /* else the one that counts */
};

/* Beyond the maximum their number is true, no row is there. */
struct rk_largest {
	struct rk_largest_of of[RK_LARGEST_MAX];
	size_t n;
};

/* A Query; only what belongs to its kind is set. */
struct rk_query {
	enum rk_query_kind kind;
	uint64_t account;          /* ACCOUNT */
	int64_t ratio_above;       /* ACCOUNTS */
	uint32_t limit;            /* ACCOUNTS, EVENTS, ORDERS; 0: default */
	uint64_t from;             /* EVENTS */
	uint32_t wait_ms;          /* EVENTS */
	const char *topic;         /* EVENTS */
	const char *client;        /* CLIENT */
	uint32_t market_plus_one;  /* ORDERS */
	struct rk_what_if what_if; /* WHAT_IF */
	struct rk_largest largest; /* ACCOUNT, WHAT_IF */
};

/* Decode a Query: 0 or RK_REJ_*. */
int rk_decode_query(const struct rk_decode_input *input,
		    struct rk_query *ret_query, struct rk_decode_error *error);

#endif
