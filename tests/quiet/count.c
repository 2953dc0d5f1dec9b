/*
 * Counting by functions in the place of others. See count.h.
 *
 * What a program defines comes before every shared library's, NNG's calls
 * included; the real ones are glibc's, by their other names or as the next in
 * line.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "count.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ops/log.h"

#define SHOWN __attribute__((visibility("default")))

static _Thread_local struct count_table *counting;

static const char *const phases[COUNT_PHASES] = {
	[COUNT_OUTSIDE] = "outside", [COUNT_REST] = "rest",
	[COUNT_TICK] = "tick",       [COUNT_REFILL] = "refill",
	[COUNT_JOURNAL] = "journal", [COUNT_MESSAGES] = "messages",
	[COUNT_OUT] = "out",
};

static const char *const kinds[COUNT_KINDS] = {
	[COUNT_ALLOCATION] = "allocations",
	[COUNT_FREE] = "frees",
	[COUNT_LOCK] = "locks",
	[COUNT_WAKE] = "wakes",
	[COUNT_CLOCK] = "clocks",
	[COUNT_LINE] = "lines",
	[COUNT_SYSCALL] = "syscalls",
};

const char *count_phase_name(enum count_phase phase)
{
	return phases[phase];
}

const char *count_kind_name(enum count_kind kind)
{
	return kinds[kind];
}

enum count_phase count_enter(enum count_phase phase)
{
	enum count_phase before = counting->phase;

	counting->phase = phase;
	return before;
}

void count_one(enum count_kind kind)
{
	if (counting)
		counting->n[counting->phase][kind]++;
}

bool count_is_here(void)
{
	return counting != NULL;
}

/* The linker puts it in the place of rk_log_write(). */
void __wrap_rk_log_write(const struct rk_log *log, enum rk_log_level level,
			 const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void __wrap_rk_log_write(const struct rk_log *log, enum rk_log_level level,
			 const char *format, ...)
{
	va_list arguments;

	count_one(COUNT_LINE);
	if (level > log->level)
		return;
	va_start(arguments, format);
	(void)vdprintf(log->fd, format, arguments);
	va_end(arguments);
	(void)dprintf(log->fd, "\n");
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||     \
	__has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED

bool count_is_possible(void)
{
	return false;
}

bool count_open(struct count_table *table)
{
	(void)table;
	return false;
}

#else

bool count_is_possible(void)
{
	return true;
}

bool count_open(struct count_table *table)
{
	counting = table;
	return true;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);
void *memalign(size_t alignment, size_t size);

SHOWN void *malloc(size_t size)
{
	count_one(COUNT_ALLOCATION);
	return __libc_malloc(size);
}

SHOWN void *calloc(size_t n, size_t size)
{
	count_one(COUNT_ALLOCATION);
	return __libc_calloc(n, size);
}

SHOWN void *realloc(void *memory, size_t size)
{
	count_one(COUNT_ALLOCATION);
	return __libc_realloc(memory, size);
}

SHOWN void *memalign(size_t alignment, size_t size)
{
	count_one(COUNT_ALLOCATION);
	return __libc_memalign(alignment, size);
}

SHOWN void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

SHOWN int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
	void *memory = memalign(alignment, size);

	if (!memory)
		return ENOMEM;
	*ret_memory = memory;
	return 0;
}

SHOWN void free(void *memory)
{
	if (memory)
		count_one(COUNT_FREE);
	__libc_free(memory);
}

/* A function of those types, as dlsym() gives it: never NULL. */
static void find(const char *name, void *ret_function)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (!function)
		abort();
	memcpy(ret_function, &function, sizeof(function));
}

#define ONE(kind, type, name)                                                  \
	SHOWN int name(type *at)                                               \
	{                                                                      \
		static int (*real)(type * at);                                 \
                                                                               \
		count_one(kind);                                               \
		if (!real)                                                     \
			find(#name, &real);                                    \
		return real(at);                                               \
	}
#define TWO(name, type, other)                                                 \
	SHOWN int name(type *at, other with)                                   \
	{                                                                      \
		static int (*real)(type * at, other with);                     \
                                                                               \
		count_one(COUNT_LOCK);                                         \
		if (!real)                                                     \
			find(#name, &real);                                    \
		return real(at, with);                                         \
	}

ONE(COUNT_LOCK, pthread_mutex_t, pthread_mutex_lock)
ONE(COUNT_LOCK, pthread_mutex_t, pthread_mutex_trylock)
ONE(COUNT_LOCK, pthread_rwlock_t, pthread_rwlock_rdlock)
ONE(COUNT_LOCK, pthread_rwlock_t, pthread_rwlock_wrlock)
ONE(COUNT_LOCK, sem_t, sem_wait)
ONE(COUNT_LOCK, sem_t, sem_trywait)
ONE(COUNT_WAKE, sem_t, sem_post)
ONE(COUNT_WAKE, pthread_cond_t, pthread_cond_signal)
ONE(COUNT_WAKE, pthread_cond_t, pthread_cond_broadcast)
TWO(pthread_cond_wait, pthread_cond_t, pthread_mutex_t *)
TWO(pthread_mutex_timedlock, pthread_mutex_t, const struct timespec *)

SHOWN int pthread_spin_lock(pthread_spinlock_t *lock)
{
	static int (*real)(pthread_spinlock_t * lock);

	count_one(COUNT_LOCK);
	if (!real)
		find("pthread_spin_lock", &real);
	return real(lock);
}

SHOWN int pthread_cond_timedwait(pthread_cond_t *condition,
				 pthread_mutex_t *lock,
				 const struct timespec *until)
{
	static int (*real)(pthread_cond_t * condition, pthread_mutex_t * lock,
			   const struct timespec *until);

	count_one(COUNT_LOCK);
	if (!real)
		find("pthread_cond_timedwait", &real);
	return real(condition, lock, until);
}

SHOWN int clock_gettime(clockid_t id, struct timespec *ret_time)
{
	static int (*real)(clockid_t id, struct timespec * ret_time);

	count_one(COUNT_CLOCK);
	if (!real)
		find("clock_gettime", &real);
	return real(id, ret_time);
}

#endif
