#include "worker_state.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "folder.h"
#include "hefboom/config.h"
#include "hefboom/cors.h"
#include "hefboom/log.h"
#include "hefboom/machine.h"
#include "hefboom/memory.h"
#include "hefboom/networks.h"
#include "hefboom/steps.h"
#include "hefboom/text.h"
#include "hefboom/token.h"
#include "hefboom/user.h"
#include "hefboom/worker.h"

struct token_checker *worker_tokens;
struct networks *worker_networks;

static json_t *own_issuer(const char *path, char **error)
{
	json_t *issuer = json_pack("{s:s, s:s, s:[s], s:s}", "issuer",
	    token_own_issuer, "audience", token_own_audience, "algorithms",
	    "HS256", "secret_file", path);

	if (issuer == NULL)
		*error =
		    memory_string("the secret's path must be written in UTF-8");
	return issuer;
}

/* The installation's own issuer, and those of the file, if there is one. */
static json_t *issuers_read(const struct config *config, char **error)
{
	json_t *issuers, *own;
	json_error_t fault;
	char *path;

	if (config->issuers == NULL) {
		issuers = json_array();
	} else {
		issuers = json_load_file(
		    config->issuers, JSON_REJECT_DUPLICATES, &fault);
		if (!json_is_array(issuers)) {
			*error = memory_format(
			    "%s is no JSON array of issuers", config->issuers);
			json_decref(issuers);
			return NULL;
		}
	}
	path = config->secret_file != NULL
	    ? memory_string(config->secret_file)
	    : memory_format("%s/secret", config->data);
	own = own_issuer(path, error);
	free(path);
	if (own != NULL) {
		json_array_append_new(issuers, own);
		return issuers;
	}
	json_decref(issuers);
	return NULL;
}

char *worker_keys_folder(const struct config *config)
{
	return memory_format("%s/keys", config->data);
}

/*
 * Of whom the workers become.  Without it they serve all the same, and lack
 * its keys only at a start at which their source does not answer.
 */
static void keys_folder_make(const struct config *config)
{
	char *folder = worker_keys_folder(config), *fault = NULL;
	struct user user = {0};

	if (user_find(&user, config->user, &fault) == 0 &&
	    folder_make(folder, 0700, &fault) == 0 && geteuid() == 0 &&
	    lchown(folder, user.uid, user.gid) < 0)
		fault = memory_format(
		    "cannot give away %s: %s", folder, strerror(errno));
	if (fault != NULL)
		log_event(LOG_WARNING, "keys_not_kept", "reason", fault, NULL);
	user_release(&user);
	free(fault);
	free(folder);
}

/* What was signed with the secret before this one is still valid. */
static int also_before(
    const struct config *config, struct token_checker *checker, char **error)
{
	json_t *issuer;
	int status;

	if (config->secret_file_before == NULL)
		return 0;
	issuer = own_issuer(config->secret_file_before, error);
	if (issuer == NULL)
		return -1;
	status = token_checker_also(checker, issuer, error);
	json_decref(issuer);
	return status;
}

/* With its keys, and to be served with what `allowed` says. */
static struct token_checker *checker_new(
    const struct config *config, const struct networks *allowed, char **error)
{
	json_t *issuers = issuers_read(config, error);
	struct token_checker *checker;

	if (issuers == NULL)
		return NULL;
	checker = token_checker_new(issuers, error);
	json_decref(issuers);
	if (checker == NULL)
		return NULL;
	if (also_before(config, checker, error) == 0) {
		*error = token_checker_check(checker, allowed);
		if (*error == NULL)
			return checker;
	}
	token_checker_free(checker);
	return NULL;
}

/* What is wrong with such a setting is said with its name. */
static struct networks *networks_of(
    const char *name, const char *list, char **error)
{
	char *fault = NULL;
	struct networks *networks = networks_new(list, &fault);

	if (fault != NULL)
		*error = memory_format("%s: %s", name, fault);
	free(fault);
	return networks;
}

static int check_proxies(const struct config *config, char **error)
{
	struct networks *networks;

	if (strcmp(config->proxy_header, "x-forwarded-for") != 0 &&
	    strcmp(config->proxy_header, "forwarded") != 0) {
		*error = memory_string(
		    "proxy_header must be x-forwarded-for or forwarded");
		return -1;
	}
	networks =
	    networks_of("trusted_proxies", config->trusted_proxies, error);
	networks_free(networks);
	return *error == NULL ? 0 : -1;
}

int worker_check(const struct config *config, char **error)
{
	if (check_proxies(config, error) < 0)
		return -1;
	if (config->cors_origins == NULL ||
	    cors_list_is_valid(config->cors_origins))
		return 0;
	*error = memory_string("cors_origins must list origins as browsers "
			       "write them, such as https://app.example.org");
	return -1;
}

static int tokens_prepare(const struct config *config, char **error)
{
	struct networks *allowed =
	    networks_of("fetch_networks", config->fetch_networks, error);
	struct token_checker *checker =
	    *error == NULL ? checker_new(config, allowed, error) : NULL;

	if (checker == NULL) {
		networks_free(allowed);
		return -1;
	}
	if (token_checker_fetches(checker))
		keys_folder_make(config);
	worker_release();
	worker_tokens = checker;
	worker_networks = allowed;
	return 0;
}

int worker_prepare(const struct config *config, char **error)
{
	static bool prepared;

	if (!prepared &&
	    (text_check(error) < 0 || route_prepare(error) < 0 ||
		input_prepare(error) < 0))
		return -1;
	prepared = true;
	if (machine_get() == NULL) {
		*error = memory_string("no memory that processes can share");
		return -1;
	}
	if (worker_check(config, error) < 0)
		return -1;
	return tokens_prepare(config, error);
}

void worker_release(void)
{
	token_checker_free(worker_tokens);
	networks_free(worker_networks);
	worker_tokens = NULL;
	worker_networks = NULL;
}
