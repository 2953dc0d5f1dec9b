/*
 * Play scenarios against a daemon, each against one of its own, and then
 * against the engine: both must have said exactly the same.
 *
 * usage: run_daemon RISKD FILE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play.h"

static int play_both(const char *program, const char *path)
{
	struct scn_backend daemon = scn_backend_daemon(program);
	struct scn_backend engine = scn_backend_engine();
	struct scn_play play = {.path = path, .backend = &daemon};
	struct scn_outcome by_daemon;
	struct scn_outcome by_engine;
	int r = scn_play(&play, &by_daemon);

	if (r != 0)
		return r;
	play.backend = &engine;
	r = scn_play(&play, &by_engine);
	if (r != 0)
		return r;
	(void)printf("%s: %u commands, %u expectations, events %s\n", path,
		     by_daemon.commands, by_daemon.expectations,
		     by_daemon.digest.events);
	if (strcmp(by_daemon.digest.events, by_engine.digest.events) == 0)
		return 0;
	(void)printf("%s: the engine's events are %s: not the same\n", path,
		     by_engine.digest.events);
	return 1;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 3) {
		(void)fprintf(stderr, "usage: run_daemon RISKD FILE...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		failed += play_both(argv[1], argv[i]) != 0;
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
