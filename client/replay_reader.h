/*
 * The typed rows of the files of a replay; docs/replay.md has the layouts.
 *
 * A reader holds one row at a time and checks each wholly: numbers, names,
 * time order, bars whose low is above their high. What is outside of the time
 * window or left out by --map is passed over (but checked all the same).
 */
#ifndef RK_CLIENT_REPLAY_READER_H
#define RK_CLIENT_REPLAY_READER_H

#include "replay_symbols.h"
#include "replay_users.h"

enum rk_replay_kind {
	RK_REPLAY_LEDGER,
	RK_REPLAY_LIQUIDATIONS,
	RK_REPLAY_PRICES,
	RK_REPLAY_BARS,
	RK_REPLAY_FILLS,
	RK_REPLAY_KINDS
};

struct rk_replay_bar {
	int64_t open;
	int64_t high;
	int64_t low;
	int64_t close;
};

struct rk_replay_fill {
	int64_t price;
	int64_t size;
	bool buy;
};

/* What somebody else did; USD in 1e-8. */
struct rk_replay_liquidation {
	int64_t notional;
	int64_t account_value;
	bool isolated;
};

struct rk_replay_row {
	int64_t time_ns;
	uint32_t user;                         /* LEDGER, LIQUIDATIONS, FILLS */
	const struct rk_replay_symbol *symbol; /* PRICES, BARS, FILLS */
	union {
		int64_t price; /* PRICES */
		int64_t delta; /* LEDGER, in the decimals of its asset */
		struct rk_replay_bar bar;
		struct rk_replay_fill fill;
		struct rk_replay_liquidation liquidation;
	};
};

/* What all readers of a run share. */
struct rk_replay_context {
	struct rk_replay_symbols *symbols;
	struct rk_replay_users *users;
	struct rk_replay_error *error;
	uint8_t ledger_decimals;
	int64_t from_ns; /* rows before are passed over */
	int64_t to_ns;   /* and so are rows from here on */
};

struct rk_replay_reader;

/*
 * Open path as a file of this kind; path and context are borrowed until
 * close. Returns 0 and *ret_reader, owned by the caller, with no row yet; or
 * what rk_replay_csv_open() returns.
 */
int rk_replay_reader_open(enum rk_replay_kind kind, const char *path,
			  const struct rk_replay_context *context,
			  struct rk_replay_reader **ret_reader);

/* Takes NULL. */
void rk_replay_reader_close(struct rk_replay_reader *reader);

/* Go to the next row: 1, 0 at the end, or negative after telling the error. */
int rk_replay_reader_next(struct rk_replay_reader *reader);

/* The present row, good until the next call; NULL before and after all. */
const struct rk_replay_row *
rk_replay_reader_row(const struct rk_replay_reader *reader);

/* What a file holds within the window. */
struct rk_replay_extent {
	uint64_t rows;
	int64_t first_ns;
	int64_t last_ns;
	int64_t step_ns; /* smallest between two times, of the whole file */
};

/*
 * Read a file from end to end: so a bad row is told before anything was sent.
 * Returns 0, or negative after telling the error.
 */
int rk_replay_reader_scan(enum rk_replay_kind kind, const char *path,
			  const struct rk_replay_context *context,
			  struct rk_replay_extent *ret_extent);

/*
 * Read the accounts file (user, and optionally owner, mode, enforcement) into
 * context->users. Returns 0, or negative after telling the error.
 */
int rk_replay_reader_accounts(const char *path,
			      const struct rk_replay_context *context);

#endif
