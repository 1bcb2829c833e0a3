/*
 * Reads what the operator wrote about one issuer.  A member that nobody
 * knows is a fault: a misspelt "organisations" must not mean every one.
 */
#include "credential.h"

#include "hefboom/fetch.h"
#include "hefboom/memory.h"
#include "token_source.h"

static char *members_check(const json_t *object, const char *const *known)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		const char *const *at = known;

		while (*at != NULL && strcmp(*at, name) != 0)
			at++;
		if (*at == NULL)
			return memory_format("\"%s\" is no setting", name);
	}
	return NULL;
}

/* Copies a string that must not be empty; absent leaves *text alone. */
static char *text_read(const json_t *entry, const char *name, char **text)
{
	const json_t *value = json_object_get(entry, name);

	if (value == NULL)
		return NULL;
	if (!json_is_string(value) || json_string_length(value) == 0)
		return memory_format("\"%s\" is no text", name);
	*text = memory_string(json_string_value(value));
	return NULL;
}

static char *algorithms_read(struct issuer *issuer, const json_t *entry)
{
	const json_t *list = json_object_get(entry, "algorithms"), *name;
	size_t secret_count = 0, i;

	if (json_array_size(list) == 0)
		return memory_string("\"algorithms\" is no list of names");
	json_array_foreach(list, i, name)
	{
		const struct algorithm *algorithm = json_is_string(name)
		    ? algorithm_find(json_string_value(name))
		    : NULL;

		if (algorithm == NULL || i == ALGORITHMS)
			return memory_string(
			    "\"algorithms\" holds another "
			    "than HS, RS, PS, ES 256, 384 and 512");
		issuer->algorithms[issuer->algorithm_count++] = algorithm;
		secret_count += algorithm->secret_length > 0;
	}
	if (secret_count > 0 && secret_count < issuer->algorithm_count)
		return memory_string("secret and public keys (HS beside RS, "
				     "PS or ES) do not go together");
	return NULL;
}

static char *organisations_read(struct issuer *issuer, const json_t *entry)
{
	json_t *given = json_object_get(entry, "organisations"), *name;
	const char *value;
	size_t i;

	if (given == NULL) {
		if (strcmp(issuer->name, token_own_issuer) == 0)
			return NULL;
		return memory_string("\"organisations\" is missing");
	}
	if (json_is_object(given)) {
		issuer->organisations = json_incref(given);
	} else {
		issuer->organisations = json_object();
		json_array_foreach(given, i, name)
		{
			if (!json_is_string(name))
				return memory_string(
				    "\"organisations\" holds no names");
			json_object_set(issuer->organisations,
			    json_string_value(name), name);
		}
	}
	if (json_object_size(issuer->organisations) == 0)
		return memory_string("\"organisations\" names none");
	json_object_foreach(issuer->organisations, value, name)
	{
		if (!json_is_string(name) || json_string_length(name) == 0)
			return memory_string(
			    "\"organisations\" holds no names");
	}
	return NULL;
}

/* What somebody is whose token names no role that we know. */
static char *default_role_read(struct issuer *issuer, const json_t *entry)
{
	char *name = NULL, *fault = text_read(entry, "default_role", &name);

	if (fault == NULL && name != NULL) {
		issuer->default_role = role_find(name);
		if (issuer->default_role == 0)
			fault = memory_format(
			    "\"default_role\": there is no role \"%s\"", name);
	}
	free(name);
	return fault;
}

static char *role_names_read(struct issuer *issuer, const json_t *entry)
{
	json_t *given = json_object_get(entry, "role_names"), *ours;
	const char *theirs;

	if (given == NULL)
		return NULL;
	if (!json_is_object(given))
		return memory_string("\"role_names\" is no object");
	json_object_foreach(given, theirs, ours)
	{
		if (!json_is_string(ours) ||
		    role_find(json_string_value(ours)) == 0)
			return memory_format("\"role_names\": \"%s\" means no "
					     "role of ours",
			    theirs);
	}
	issuer->role_names = json_incref(given);
	return NULL;
}

static bool path_add(struct claim_path *path, const char *name, size_t length)
{
	if (length == 0 || path->depth == PATH_DEPTH_MAX)
		return false;
	path->names[path->depth++] = memory_copy(name, length);
	return true;
}

static bool path_parse(struct claim_path *path, const json_t *given)
{
	const char *text = json_string_value(given);
	const json_t *name;
	size_t i;

	if (text != NULL) {
		for (const char *dot; (dot = strchr(text, '.')) != NULL;
		     text = dot + 1)
			if (!path_add(path, text, (size_t)(dot - text)))
				return false;
		return path_add(path, text, strlen(text));
	}
	json_array_foreach(given, i, name)
	{
		if (!json_is_string(name) ||
		    !path_add(path, json_string_value(name),
			json_string_length(name)))
			return false;
	}
	return path->depth > 0;
}

static char *claims_paths_read(struct issuer *issuer, const json_t *entry)
{
	static const char *const known[] = {
	    "subject", "org", "roles", "scope", "client_id", NULL};
	static const char *const usual[] = {
	    "sub", "org", "roles", "scope", "client_id"};
	struct claim_path *paths[] = {&issuer->subject, &issuer->org,
	    &issuer->roles, &issuer->scope, &issuer->client_id};
	const json_t *given = json_object_get(entry, "claims");
	char *fault;

	if (given != NULL && !json_is_object(given))
		return memory_string("\"claims\" is no object");
	fault = members_check(given, known);
	if (fault != NULL)
		return fault;
	for (size_t i = 0; known[i] != NULL; i++) {
		const json_t *path = json_object_get(given, known[i]);

		if (path == NULL)
			path_add(paths[i], usual[i], strlen(usual[i]));
		else if (!path_parse(paths[i], path))
			return memory_format("the claim \"%s\" is neither a "
					     "dotted path nor a list of names",
			    known[i]);
	}
	return NULL;
}

static char *source_read(struct issuer *issuer, const char *url, bool discovers)
{
	char *fault = fetch_url_check(url);

	if (fault == NULL)
		issuer->source = source_new(url, discovers);
	return fault;
}

static char *keys_by_url(struct issuer *issuer, const char *url)
{
	return source_read(issuer, url, false);
}

static char *keys_by_discovery(struct issuer *issuer, const char *url)
{
	return source_read(issuer, url, true);
}

/* Where keys come from; only a file of its own may hold a secret. */
static const struct key_kind {
	const char *name;
	char *(*read)(struct issuer *issuer, const char *text);
	bool single, secret;
} key_kinds[] = {{"secret_file", keys_from_secret, true, true},
    {"pem_file", keys_from_pem, true, false},
    {"jwks_file", keys_from_jwks, false, true},
    {"jwks_url", keys_by_url, false, false},
    {"discovery_url", keys_by_discovery, false, false}};

enum { KEY_KINDS = sizeof(key_kinds) / sizeof(key_kinds[0]) };

static char *keys_read(struct issuer *issuer, const json_t *entry)
{
	const struct key_kind *kind = NULL;
	size_t found = 0;
	char *text = NULL, *fault;
	bool secret = issuer->algorithms[0]->secret_length > 0;

	for (size_t i = 0; i < KEY_KINDS; i++) {
		if (json_object_get(entry, key_kinds[i].name) == NULL)
			continue;
		found++;
		kind = &key_kinds[i];
	}
	if (found != 1)
		return memory_string(
		    "one of \"secret_file\", \"pem_file\", \"jwks_file\", "
		    "\"jwks_url\" and \"discovery_url\" is needed");
	if (kind->single && issuer->algorithm_count != 1)
		return memory_string("one key has one algorithm");
	if ((secret && !kind->secret) || (!secret && kind == key_kinds))
		return memory_string("the algorithm and the kind of key do "
				     "not go together");
	if (!kind->single && issuer->key_id != NULL)
		return memory_string("\"kid\" is for a secret or PEM file");
	fault = text_read(entry, kind->name, &text);
	if (fault == NULL)
		fault = kind->read(issuer, text);
	free(text);
	return fault;
}

static char *entry_read(struct issuer *issuer, const json_t *entry)
{
	static const char *const known[] = {"issuer", "audience",
	    "organisations", "algorithms", "secret_file", "pem_file",
	    "jwks_file", "jwks_url", "discovery_url", "kid", "claims",
	    "role_names", "default_role", NULL};
	char *fault = members_check(entry, known);

	if (fault == NULL)
		fault = text_read(entry, "audience", &issuer->audience);
	if (fault == NULL && issuer->audience == NULL)
		fault = memory_string("\"audience\" is missing");
	if (fault == NULL)
		fault = text_read(entry, "kid", &issuer->key_id);
	if (fault == NULL && issuer->key_id != NULL &&
	    strlen(issuer->key_id) > KEY_ID_LENGTH_MAX)
		fault = memory_string("\"kid\" is too long");
	if (fault == NULL)
		fault = algorithms_read(issuer, entry);
	if (fault == NULL)
		fault = organisations_read(issuer, entry);
	if (fault == NULL)
		fault = role_names_read(issuer, entry);
	if (fault == NULL)
		fault = default_role_read(issuer, entry);
	if (fault == NULL)
		fault = claims_paths_read(issuer, entry);
	return fault != NULL ? fault : keys_read(issuer, entry);
}

char *issuer_read(struct issuer *issuer, const json_t *entry)
{
	char *fault, *sentence;

	*issuer = (struct issuer){0};
	if (!json_is_object(entry))
		return memory_string("an issuer is no object");
	fault = text_read(entry, "issuer", &issuer->name);
	if (fault == NULL && issuer->name == NULL)
		fault = memory_string("\"issuer\" is missing");
	if (fault != NULL)
		return fault;
	fault = entry_read(issuer, entry);
	if (fault == NULL)
		return NULL;
	sentence = memory_format("issuer \"%s\": %s", issuer->name, fault);
	free(fault);
	return sentence;
}

static void path_release(struct claim_path *path)
{
	for (size_t i = 0; i < path->depth; i++)
		free(path->names[i]);
}

void issuer_release(struct issuer *issuer)
{
	for (size_t i = 0; i < issuer->key_count; i++)
		key_release(&issuer->keys[i]);
	free(issuer->keys);
	source_free(issuer->source);
	free(issuer->name);
	free(issuer->audience);
	free(issuer->key_id);
	json_decref(issuer->organisations);
	json_decref(issuer->role_names);
	path_release(&issuer->subject);
	path_release(&issuer->org);
	path_release(&issuer->roles);
	path_release(&issuer->scope);
	path_release(&issuer->client_id);
}
