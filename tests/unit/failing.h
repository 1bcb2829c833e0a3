/*
 * failing -- calls that fail when a test asks for it.
 *
 * FAILING(int, fsync, (int file), (file), -1) stands between the program and
 * fsync(); INSTEAD(int, fsync, (int file)) begins a function that is called in
 * its place.  meson.build reads these lines and tells the linker (--wrap), so
 * that they begin in the first column.
 */
#ifndef FAILING_H
#define FAILING_H

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	const char *name; /* NULL: nothing fails */
	int after; /* so many calls that succeed first */
} failing;

static inline void fail_at(const char *name, int after)
{
	failing.name = name;
	failing.after = after;
}

static inline bool fails_now(const char *name)
{
	if (failing.name == NULL || strcmp(failing.name, name) != 0 ||
	    failing.after-- != 0)
		return false;
	failing.name = NULL;
	return true;
}

#define FAILING(type, name, parameters, arguments, failure)                    \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return fails_now(#name) ? (failure) : __real_##name arguments; \
	}

/* The pointer makes the linker say so when it was told of no such line. */
#define INSTEAD(type, name, parameters)                                        \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	static __typeof__(__real_##name) *const real_##name                    \
	    __attribute__((used)) = __real_##name;                             \
	type __wrap_##name parameters

typedef void act_fn(void);

/* What ends the act in a process of its own: a signal, or 0. */
static inline int end_of(act_fn *act)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		signal(SIGABRT, SIG_DFL);
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* The act ends the process when this call fails, and only then. */
static inline void expect_abort(const char *name, int after, act_fn *act)
{
	fail_at(name, after);
	if (end_of(act) != SIGABRT)
		fail_msg("%s failed at its call %d unnoticed", name, after + 1);
	fail_at(NULL, 0);
}

#endif
