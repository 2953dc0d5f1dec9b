/*
 * The lines a scenario begins with: what is traded, by whom, and how risk is
 * judged. They become the text of a riskd.conf and a markets.json, which the
 * daemon reads as files and which the engine in process is set up from: both
 * start from the same words. Nothing is sent here.
 */
#ifndef SCN_LISTING_H
#define SCN_LISTING_H

#include <stdio.h>

#include "line.h"
#include "ops/conf.h"
#include "ops/error.h"
#include "ops/markets.h"

/* The folder of sockets, as the text of the configuration names it. */
#define SCN_FOLDER_VARIABLE "RISKD_SCENARIO_DIR"

#define SCN_LIMITS_N 12

/* Assets, markets, and groups, that can be listed. */
#define SCN_LISTED_MAX 16

struct scn_text {
	FILE *stream;
	char *text;
	size_t size;
	unsigned int rows;
};

/* What markets.json says of one asset, market or group. */
struct scn_listed {
	char name[RK_NAME_SIZE];
	struct scn_text row;
};

struct scn_listeds {
	struct scn_listed row[SCN_LISTED_MAX];
	uint32_t n;
};

struct scn_listing {
	struct scn_text risk;
	struct scn_text publishers;
	struct scn_text venues;
	struct scn_listeds assets;
	struct scn_listeds markets_rows;
	struct scn_listeds emodes;
	char limits[SCN_LIMITS_N][16];
	bool restarts; /* what happened is to be on the disk */
	/* Set by scn_listing_finish. */
	struct scn_text conf_file;
	struct scn_text markets_file;
	struct rk_conf conf;
	struct rk_markets *markets;
};

/* 0 or -ENOMEM. Release with scn_listing_close, also after a failure. */
int scn_listing_open(struct scn_listing *listing);
void scn_listing_close(struct scn_listing *listing);

/*
 * Is this one of: asset, market, emode, publisher, venue, risk, limits,
 * journal?
 */
bool scn_listing_has(const char *verb);

/* 0, or -EINVAL with line->wrong. */
int scn_listing_add(struct scn_listing *listing, struct scn_line *line);

/* No more lines: make the texts, and read them. name is for messages. */
int scn_listing_finish(struct scn_listing *listing, const char *name,
		       struct rk_error *error);

/*
 * A row again, asset, market or emode, as it is to be after a restart. 0, or
 * -EINVAL with line->wrong.
 */
int scn_listing_edit(struct scn_listing *listing, struct scn_line *line);

/* Make markets_file and markets anew, from edited rows. */
int scn_listing_reread(struct scn_listing *listing, const char *name,
		       struct rk_error *error);

#endif
