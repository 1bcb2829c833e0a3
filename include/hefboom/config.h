/*
 * config -- every setting of the program, in one table.
 *
 * A setting has one name in three spellings: the flag `--pool-fast 2`, the
 * environment variable HEFBOOM_POOL_FAST and the line `pool_fast = 2` of the
 * file that HEFBOOM_CONFIG (or --config) names.  The flag wins over the
 * environment, the environment over the file, the file over the default.
 * The same table prints --help.
 *
 * Ownership.  A config owns its strings and its secret, which
 * config_release() wipes.
 *
 * Promise.  A flag that is no setting, a value out of its range and an
 * unknown line in the file are errors of one sentence, never ignored; a
 * variable that is no setting is told.  No error and no listing shows a
 * password.
 */
#ifndef HEFBOOM_CONFIG_H
#define HEFBOOM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_SECRET_LENGTH = 32 };

struct config {
	const char *config; /* the file, or NULL */
	const char *listen; /* "127.0.0.1:8080" */
	const char *metrics_listen; /* NULL: nowhere */
	const char *public_url; /* without a slash at the end, or NULL */
	const char *trusted_proxies; /* networks.h; NULL: none */
	const char *proxy_header; /* the one that they write */
	const char *cors_origins; /* see cors.h; NULL: none */
	const char *data; /* folder; absolute once read */
	/*
	 * Of the runtime role and of the one that migrates.  NULL as read
	 * when PostgreSQL is embedded; the supervisor fills them in before
	 * it forks.
	 */
	const char *database_url;
	const char *owner_url;
	const char *secret_file; /* beside an external database */
	const char *secret_file_before; /* valid too; NULL: none */
	const char *user; /* who root becomes */
	const char *issuers; /* file of issuers (token.h), or NULL */
	const char *fetch_networks; /* fetch.h; NULL: public ones alone */
	const char *fetch_ca; /* file of certificates, or NULL */
	const char *postgres_bin; /* folder of initdb, or NULL: search */
	const char *spool; /* folder of large bodies */
	const char *docs; /* folder of the renderer of /docs, or NULL */
	const char *log_level; /* error, warning, notice, debug */
	unsigned workers; /* never 0 once read */
	unsigned pool_fast, pool_write, pool_slow; /* connections a worker */
	unsigned pool_depth; /* requests under way on a connection */
	unsigned pool_queue; /* waiting requests a lane, in each worker */
	unsigned connections_max; /* clients of a worker; 0: by descriptors */
	unsigned per_address_max;
	unsigned gzip_level; /* 0: never */
	unsigned rate_person, rate_client; /* requests a minute; 0: any */
	unsigned rate_failed; /* failures a minute of an address */
	unsigned drain_ms;
	unsigned access_token_s; /* the life of tokens of /oauth/token */
	bool embedded; /* no url was set: PostgreSQL is ours to run */
	bool database_tls; /* remote databases must prove who they are */
	bool test_clock;
	/* What signs our tokens and seals cursors. */
	unsigned char secret[CONFIG_SECRET_LENGTH];
	/* Signs and seals nothing, but what it did is believed. */
	unsigned char secret_before[CONFIG_SECRET_LENGTH];
};

/*
 * Reads flags from argv (from *index on, which then points at the first
 * word that is no flag), the environment and the file.  0, or -1 with one
 * clear sentence in *error (free it).
 */
int config_read(
    struct config *config, int argc, char **argv, int *index, char **error);
void config_release(struct config *config);

/*
 * Variables of the environment that are spelled like a setting and are none,
 * with commas between; NULL: none.  Free it.  Other programs may have theirs
 * (docker/roles.sh has), so they are told, not refused.
 */
char *config_strays(void);
void config_help(void); /* the table, on stdout */
void config_print(const struct config *config); /* what is set, on stdout */

/*
 * Reads the installation's secret.  Embedded: from <data>/secret, which is
 * made (0600, fsynced) when `make` says so and it is absent.  Beside an
 * external database, or when it is set: from secret_file.  The one before it
 * comes from secret_file_before; embedded, from <data>/secret.before when
 * that is there, and secret_file_before is set to it.  0 or -1 with *error.
 */
int config_secret(struct config *config, bool make, char **error);

#endif
