/*
 * The one sentence that says why a replay stopped.
 *
 * Every module of the replay that reads input fills it; the verb prints it
 * once. It is a plain buffer, so that no failure path has to allocate.
 */
#ifndef RK_CLIENT_REPLAY_ERROR_H
#define RK_CLIENT_REPLAY_ERROR_H

struct rk_replay_error {
	char text[1024];
};

/* Keep the sentence and return code, which is negative. */
__attribute__((format(printf, 3, 4))) int
rk_replay_error_set(struct rk_replay_error *error, int code, const char *format,
		    ...);

#endif
