#include "command.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/networks.h"
#include "hefboom/operation.h"
#include "hefboom/supervisor.h"
#include "hefboom/token.h"
#include "hefboom/worker.h"

int command_serve(struct invocation *invocation)
{
	/* It has its own, and workers would inherit what it does not keep. */
	config_release(&invocation->config);
	return supervisor_run(invocation->flag_count, invocation->flags);
}

int command_openapi(struct invocation *invocation)
{
	(void)invocation;
	fwrite(openapi_json, 1, openapi_json_length, stdout);
	putchar('\n');
	return 0;
}

static int check_issuers(
    const struct config *config, const struct networks *networks, char **error)
{
	struct token_checker *checker;
	json_error_t where;
	json_t *issuers;

	if (config->issuers == NULL)
		return 0;
	issuers =
	    json_load_file(config->issuers, JSON_REJECT_DUPLICATES, &where);
	if (issuers == NULL) {
		*error = where.line < 0
		    ? memory_format("cannot read the issuers in %s: %s",
			  config->issuers, strerror(errno))
		    : memory_format("cannot read the issuers in %s: %s, "
				    "line %d",
			  config->issuers, where.text, where.line);
		return -1;
	}
	checker = token_checker_new(issuers, error);
	json_decref(issuers);
	if (checker == NULL)
		return -1;
	*error = token_checker_check(checker, networks);
	token_checker_free(checker);
	return *error == NULL ? 0 : -1;
}

static int check_networks(
    const struct config *config, struct networks **networks, char **error)
{
	char *fault = NULL;

	*networks = networks_new(config->fetch_networks, &fault);
	if (fault == NULL && config->fetch_ca != NULL &&
	    access(config->fetch_ca, R_OK) < 0)
		fault = memory_format(
		    "cannot read HEFBOOM_FETCH_CA: %s", strerror(errno));
	if (fault == NULL)
		return 0;
	*error = fault;
	return -1;
}

static int check_folders(const struct config *config, char **error)
{
	const struct {
		const char *name, *path;
	} folders[] = {{"DOCS", config->docs}, {"SPOOL", config->spool},
	    {"POSTGRES_BIN", config->postgres_bin}};
	struct stat about;
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (folders[i].path == NULL ||
		    (stat(folders[i].path, &about) == 0 &&
			S_ISDIR(about.st_mode)))
			continue;
		*error = memory_format("HEFBOOM_%s names %s, which is no "
				       "folder",
		    folders[i].name, folders[i].path);
		return -1;
	}
	return 0;
}

static int check_urls(const struct config *config, char **error)
{
	const char *const urls[] = {config->database_url, config->owner_url};
	size_t i;

	for (i = 0; i < 2; i++) {
		if (urls[i] != NULL &&
		    link_check_url(urls[i], config->database_tls, error) < 0)
			return -1;
	}
	return 0;
}

/* An embedded secret comes with the first start; others must be there. */
static int check_secret(struct config *config, char **error)
{
	if (config->embedded && config->secret_file == NULL)
		return 0;
	return config_secret(config, false, error);
}

int command_check_config(struct invocation *invocation)
{
	struct config *config = &invocation->config;
	struct networks *networks = NULL;
	char *error = NULL, *strays;
	int status = 0;

	if (check_urls(config, &error) < 0 ||
	    check_networks(config, &networks, &error) < 0 ||
	    check_folders(config, &error) < 0 ||
	    check_secret(config, &error) < 0 ||
	    worker_check(config, &error) < 0 ||
	    check_issuers(config, networks, &error) < 0)
		status = command_fail(COMMAND_FAILED, error);
	else
		config_print(config);
	networks_free(networks);
	strays = config_strays();
	if (strays != NULL)
		fprintf(stderr,
		    "hefboom: ignored, for there are no such "
		    "settings: %s\n",
		    strays);
	free(strays);
	return status;
}
