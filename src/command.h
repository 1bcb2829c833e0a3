/*
 * command -- what each word after `hefboom` does.
 *
 * Ownership.  An invocation owns its config, and the database that
 * command_database() opened for it; its words are argv's.
 *
 * Promise.  A command that fails has said one clear sentence on stderr.  The
 * exit status is 0, COMMAND_FAILED, or COMMAND_MISUSED when the words
 * themselves were wrong.
 */
#ifndef HEFBOOM_COMMAND_H
#define HEFBOOM_COMMAND_H

#include <stdint.h>

#include "hefboom/config.h"

struct embedded;
struct link;

enum { COMMAND_FAILED = 1, COMMAND_MISUSED = 2 };
enum { WORDS_MAX = 4, OPTIONS_MAX = 32 };

struct option_given {
	const char *name; /* `length` bytes */
	size_t length;
	const char *value;
};

struct invocation {
	struct config config;
	const char *words[WORDS_MAX]; /* after the command's own */
	int word_count;
	struct option_given options[OPTIONS_MAX];
	int option_count;
	char **flags; /* the settings among the words */
	int flag_count;
	struct embedded *embedded;
	struct link *owner;
};

typedef int command_fn(struct invocation *invocation);

struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *options; /* besides the settings */
	int words;
	command_fn *run;
};

command_fn command_serve, command_migrate, command_token, command_demo_load,
    command_org_create, command_import_people, command_import_esco,
    command_openapi, command_check_config, command_client_create,
    command_client_list, command_client_secret, command_client_token,
    command_client_revoke, command_ready;

/* The manual page on stdout, from the tables that --help is printed from. */
void command_manual(const struct command *commands, size_t count);

bool option_is(const struct option_given *option, const char *name);

/* The option's value, or NULL; the last one given counts. */
const char *command_option(
    const struct invocation *invocation, const char *name);

/* NULL, or why `name` is no scope: a sentence that names those there are. */
char *command_scope_fault(const char *name);

/* "90s", "30m", "1h", "7d", a year at most: seconds; -1 when it is none. */
int64_t command_duration(const char *text);

/* One sentence on stderr; takes `sentence`.  Returns `status`. */
int command_fail(int status, char *sentence);

/*
 * The database, migrated, as its owner, in invocation->owner; the embedded
 * server is started when it is not running.  0, or -1 with *error.
 */
int command_database(struct invocation *invocation, char **error);
void command_database_close(struct invocation *invocation);

#endif
