/*
 * riskd as a process: a folder, a configuration, start, signals, exit code.
 * What is said to it over its sockets is in wire.h.
 */
#ifndef RK_INTEGRATION_PROCESS_H
#define RK_INTEGRATION_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum rk_socket_name {
	RK_SOCKET_PRICES,
	RK_SOCKET_INGEST,
	RK_SOCKET_QUERY,
	RK_SOCKET_EVENTS,
	RK_SOCKET_PUBLIC,
	RK_SOCKETS
};

struct rk_process_options {
	/*
	 * Appended to riskd.conf; a section may be named again. A limit set
	 * here ("\tkey = value" at the start of a line) replaces the usual.
	 */
	const char *settings;
	const char *price_age; /* price_age_max of every slot; NULL: "1h" */
	bool messages;         /* clock = messages */
	bool tcp;              /* on 127.0.0.1 instead of Unix sockets */
	/*
	 * Peers hang up in the middle of things: NNG 1.5.2 then forgets a
	 * message now and then, which a leak sanitizer must not take for ours.
	 */
	bool dying_peers;
	uint32_t more_markets;   /* M-0, M-1, ... with 16 brackets each */
	const char *eth_initial; /* of ETH-PERP; NULL: "0.02" */
	const char *btc_terms;   /* keys of BTC's collateral; NULL: none */
	/* The journal is kept in files, in the folder rk_process.state. */
	bool durable;
};

/* Ids of what every test daemon lists, in markets.json of the folder. */
#define RK_ASSET_USD     0U /* decimals 8, always 1 */
#define RK_ASSET_BTC     1U /* decimals 8, slot 0 */
#define RK_MARKET_BTC    0U /* BTC-PERP: slot 1, price 2, size 6 decimals */
#define RK_MARKET_ETH    1U /* ETH-PERP: slot 2, the same */
#define RK_SLOT_BTC      0U
#define RK_SLOT_BTC_PERP 1U
#define RK_SLOT_ETH_PERP 2U
#define RK_SLOT_M(i)     (3U + (i)) /* and RK_MARKET_M(i), of more_markets */
#define RK_MARKET_M(i)   (2U + (i))
#define RK_SLOTS         3U
#define RK_PUBLISHERS    4U /* a, b, c, d; the first two votes suffice */

struct rk_process {
	char folder[32];
	char state[40]; /* what survives it, when it is durable */
	char kept[40];  /* for a copy of that; not made here, but removed */
	char url[RK_SOCKETS][64];
	pid_t pid; /* 0: not running */
	/* Set by the case, for the starts that follow. */
	const char *option;  /* "--skip"; NULL: none */
	const char *value;   /* of it */
	const char *preload; /* a library that comes before all others */
	uid_t uid;           /* run as that user; 0: as ourselves */
};

/* Make the folder and write both files; nothing runs yet. */
void rk_process_prepare(struct rk_process *process,
			const struct rk_process_options *options);

/*
 * Write riskd.conf or markets.json anew, for the next start; the folder and
 * the addresses stay.
 */
void rk_process_configure(const struct rk_process *process,
			  const struct rk_process_options *options);

/* Start riskd in its folder; it need not be ready, nor become so. */
void rk_process_start(struct rk_process *process);

/* Send a signal. */
void rk_process_signal(const struct rk_process *process, int number);

/*
 * Wait for the end, a minute at most, then the case fails. Returns the exit
 * code, or 128 + the signal it died of.
 */
int rk_process_wait(struct rk_process *process);

/* Kill it at once, as a crash would, and unlink. */
void rk_process_kill(struct rk_process *process);

/*
 * Remove what one that is dead listened on: whoever dials the next one would
 * find that first, and NNG would try again and again.
 */
void rk_process_unlink(const struct rk_process *process);

/* Has it ended by itself? */
bool rk_process_ended(const struct rk_process *process);

/* What it has logged so far; the caller frees it. */
char *rk_process_log(const struct rk_process *process);

/* Memory in use at most, so far, in KiB. */
long rk_process_peak_kib(const struct rk_process *process);

/* Name of a file that does not belong into the folder, or NULL. */
const char *rk_process_left_over(const struct rk_process *process);

/* Kill it if it runs, remove the folder. */
void rk_process_discard(struct rk_process *process);

/*
 * Run a program to its end with what it writes to stdout and stderr in
 * output (cut at size). Returns as rk_process_wait() does.
 */
int rk_process_capture(char *const argv[], char *output, size_t size);

void rk_process_sleep_ms(int ms);

/* Now, as quotes want it: nanoseconds since the Unix epoch. */
int64_t rk_process_now(void);

#endif
