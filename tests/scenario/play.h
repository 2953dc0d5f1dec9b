/*
 * Playing a scenario: each line in turn against a backend, until the end or
 * the first line that does not come out as written. The language is told in
 * README.md.
 */
#ifndef SCN_PLAY_H
#define SCN_PLAY_H

#include "backend.h"
#include "spoil.h"

struct scn_play {
	const char *path;
	const struct scn_backend *backend;
	struct scn_spoil spoil; /* line 0: nothing is made wrong */
	bool is_quiet;          /* do not print why it failed */
};

struct scn_outcome {
	unsigned int line; /* the first that failed; 0: none did */
	unsigned int commands;
	unsigned int expectations;
	struct scn_digest digest;
};

/*
 * 0: all came out as written. 1: a line did not, *ret_outcome tells which.
 * -errno: it could not be played (then line is 0, or one that is malformed).
 * What is wrong is printed to stdout.
 */
int scn_play(const struct scn_play *play, struct scn_outcome *ret_outcome);

#endif
