/*
 * config_setting -- the table of settings, as config.c and config_read.c share
 * it.
 */
#ifndef HEFBOOM_CONFIG_SETTING_H
#define HEFBOOM_CONFIG_SETTING_H

#include "hefboom/config.h"

enum setting_kind { KIND_TEXT, KIND_URL, KIND_NUMBER, KIND_BOOL };

struct setting {
	const char *name; /* as in the file */
	enum setting_kind kind;
	size_t offset;
	unsigned min, max; /* of a number */
	const char *fallback;
	const char *text;
};

extern const struct setting settings[];
extern const size_t setting_count;

char *setting_flag(const struct setting *setting); /* free it */
char *setting_variable(const struct setting *setting); /* free it */

/* What holds when nobody says anything, as people read it, or NULL. */
const char *setting_fallback(const struct setting *setting);

/* The one that names the file, and so is read before it. */
bool setting_is_file(const struct setting *setting);

/*
 * `from` is how the person who wrote the value spelled the setting.  0, or
 * -1 with *error.
 */
int setting_set(struct config *config, const struct setting *setting,
    const char *value, const char *from, char **error);

#endif
