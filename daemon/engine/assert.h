/*
 * RK_ASSERT: for our own bugs, never for input. It stays on in release: a
 * risk engine that has lost its mind must stop, not go on.
 *
 * rk_panic() is given by whoever links the engine (main.c, or the tests), as
 * the engine itself can neither print nor exit.
 */
#ifndef RK_ENGINE_ASSERT_H
#define RK_ENGINE_ASSERT_H

/* Says what failed and where, and does not return. */
_Noreturn void rk_panic(const char *what, const char *file, int line);

#define RK_ASSERT(condition)                                                   \
	((condition) ? (void)0 : rk_panic(#condition, __FILE__, __LINE__))

#endif
