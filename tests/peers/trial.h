/*
 * One kept case of a package at a time: reading it, comparing what the engine
 * says with what the package answered, counting what was and was not compared.
 */
#ifndef RK_TESTS_PEERS_TRIAL_H
#define RK_TESTS_PEERS_TRIAL_H

#include <jansson.h>

#include "num.h"

#define FIGURES_MAX 32
#define REASONS_MAX 40

/* Of one figure over all cases. */
struct figure {
	const char *key;   /* of "expected" */
	const char *name;  /* for people */
	const char *scale; /* the coarser one, and why it is that one */
	uint64_t compared;
	uint64_t edges; /* truths that differ within a unit of the edge */
	uint64_t failed;
	struct num worst; /* largest difference */
	bool relative;    /* of what is wanted, where that is above 1 */
};

/* What was not compared, and why. */
struct reason {
	const char *what;
	const char *why;
	uint64_t count;
};

struct peer;

struct trial {
	const struct peer *peer;
	const json_t *header;
	const json_t *inputs;
	const json_t *expected;
	uint64_t line; /* of the file */
	bool quiet;    /* a spoiled case: nothing is said or counted */
	uint32_t compared;
	uint32_t failed;
	/* Of this case: how far off each key may be; bad where not compared. */
	struct num tolerance[FIGURES_MAX];
	struct figure figures[FIGURES_MAX];
	size_t figures_n;
	struct reason reasons[REASONS_MAX];
	size_t reasons_n;
	uint64_t cases;
	uint64_t cases_compared;
};

struct peer {
	const char *file;
	const char *package;
	void (*judge)(struct trial *trial);
};

extern const struct peer peer_aave;
extern const struct peer peer_ccxt;
extern const struct peer peer_drift;
extern const struct peer peer_mango;
extern const struct peer peer_morpho;
extern const struct peer peer_orderly;

/* Reading: a number, bad where it is null or no number. */
struct num in(const json_t *object, const char *key);
struct num at(const json_t *array, size_t i);
long in_index(const json_t *object, const char *key);
long at_index(const json_t *array, size_t i);
bool is_kind(const struct trial *trial, const char *kind);

/* How far a figure may be below and above what is wanted. */
struct expectation {
	const char *key;
	const char *name;
	const char *scale;
	struct num got;
	struct num want;
	struct num below;
	struct num above;
	bool relative; /* the difference is told of what is wanted */
	int places;    /* the kept answer counts in 10^-places of it */
	bool binary;   /* or in 2^-48 of it */
};
void expect(struct trial *trial, const struct expectation *e);

/*
 * A truth. It may differ where margin, the package's own distance from the
 * line, is within tolerance: then the case is counted as one at the edge.
 */
struct truth {
	const char *key;
	const char *name;
	const char *scale;
	bool got;
	bool want;
	struct num margin;
	struct num tolerance;
	bool strict; /* only this answer of the engine may differ */
	bool may_say;
};
void expect_truth(struct trial *trial, const struct truth *t);

/* Something that was not compared. */
void leave_out(struct trial *trial, const char *what, const char *why);

#endif
