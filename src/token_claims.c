#include "credential.h"

#include "hefboom/buf.h"
#include "hefboom/memory.h"

/* What is read so far; strings are borrowed from the claims. */
struct reading {
	const struct issuer *issuer;
	const json_t *claims;
	const char *org, *subject, *client_id, *credential_id;
	uint32_t roles;
	struct buf scopes;
	int64_t expires_at;
};

bool moment_is_past(int64_t moment, int64_t now)
{
	return now - LEEWAY_S >= moment;
}

static json_t *claim_find(const json_t *claims, const struct claim_path *path)
{
	json_t *value = NULL;

	for (size_t i = 0; i < path->depth; i++) {
		value =
		    json_object_get(i == 0 ? claims : value, path->names[i]);
		if (value == NULL)
			return NULL;
	}
	return value;
}

/* A NumericDate (RFC 7519, 2), which may have a fraction, rounded up. */
static bool moment_read(const json_t *value, int64_t *moment)
{
	const double most = 9007199254740992.0; /* 2^53 */
	double seconds;

	if (!json_is_number(value))
		return false;
	seconds = json_number_value(value);
	if (!(seconds >= 0 && seconds <= most))
		return false;
	*moment = (int64_t)seconds;
	*moment += (double)*moment < seconds;
	return true;
}

static const char *times_check(struct reading *reading, int64_t now)
{
	const json_t *not_before = json_object_get(reading->claims, "nbf");
	const json_t *issued = json_object_get(reading->claims, "iat");
	int64_t moment;

	if (!moment_read(
		json_object_get(reading->claims, "exp"), &reading->expires_at))
		return "no valid exp";
	if (moment_is_past(reading->expires_at, now))
		return "expired";
	if (not_before != NULL) {
		if (!moment_read(not_before, &moment))
			return "no valid nbf";
		if (moment > now + LEEWAY_S)
			return "not valid yet";
	}
	if (issued != NULL) {
		if (!moment_read(issued, &moment))
			return "no valid iat";
		if (moment > now + LEEWAY_S)
			return "issued in the future";
	}
	return NULL;
}

static bool audience_is(const json_t *audience, const char *ours)
{
	const json_t *one;
	bool found = false;
	size_t i;

	if (json_is_string(audience))
		return strcmp(json_string_value(audience), ours) == 0;
	json_array_foreach(audience, i, one)
	{
		if (!json_is_string(one))
			return false;
		found |= strcmp(json_string_value(one), ours) == 0;
	}
	return found;
}

/* Bytes that a log line and a key can carry; NULL otherwise. */
static const char *text_read(const json_t *value, size_t most)
{
	const char *name = json_string_value(value);
	size_t length = json_string_length(value);

	if (length == 0 || length > most)
		return NULL;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return NULL;
	return name;
}

static const char *name_read(const json_t *value)
{
	return text_read(value, NAME_LENGTH_MAX);
}

/* By issuer and claim together, never by the claim alone. */
static const char *org_read(struct reading *reading)
{
	json_t *organisations = reading->issuer->organisations;
	const json_t *claim =
	    claim_find(reading->claims, &reading->issuer->org);
	const char *value = name_read(claim);

	if (claim != NULL && value == NULL)
		return "no valid organisation";
	if (organisations == NULL)
		reading->org = value;
	else if (value != NULL)
		reading->org =
		    json_string_value(json_object_get(organisations, value));
	else if (json_object_size(organisations) == 1)
		reading->org = json_string_value(
		    json_object_iter_value(json_object_iter(organisations)));
	if (reading->org != NULL)
		return NULL;
	return claim == NULL ? "no organisation"
			     : "not this issuer's organisation";
}

/* Nobody else's token speaks for a client that we manage. */
static const char *credential_read(struct reading *reading)
{
	const json_t *value =
	    json_object_get(reading->claims, token_credential);

	if (value == NULL ||
	    strcmp(reading->issuer->name, token_own_issuer) != 0)
		return NULL;
	reading->credential_id = name_read(value);
	if (reading->credential_id == NULL || reading->client_id == NULL)
		return "no valid credential";
	return NULL;
}

static const char *names_read(struct reading *reading)
{
	const struct issuer *issuer = reading->issuer;
	const json_t *client = claim_find(reading->claims, &issuer->client_id);
	const char *reason;

	reading->subject = text_read(
	    claim_find(reading->claims, &issuer->subject), SUBJECT_LENGTH_MAX);
	if (reading->subject == NULL)
		return "no valid subject";
	reading->client_id = name_read(client);
	if (client != NULL && reading->client_id == NULL)
		return "no valid client";
	reason = credential_read(reading);
	return reason != NULL ? reason : org_read(reading);
}

/* Where names are mapped, only the mapped ones mean anything. */
static void role_add(struct reading *reading, const char *name)
{
	const json_t *names = reading->issuer->role_names;

	if (names != NULL)
		name = json_string_value(json_object_get(names, name));
	if (name != NULL)
		reading->roles |= role_find(name);
}

static void scope_add(struct reading *reading, const char *name)
{
	if (reading->scopes.length > 0)
		buf_add_char(&reading->scopes, ' ');
	buf_add_string(&reading->scopes, name);
}

typedef void word_fn(struct reading *reading, const char *word);

/* Words: a string of them with blanks between, or an array.  True when so. */
static bool words_read(
    struct reading *reading, const json_t *value, word_fn *add)
{
	const char *text = json_string_value(value);
	const json_t *one;
	size_t i;

	if (value == NULL)
		return true;
	if (text != NULL) {
		while (*(text += strspn(text, " ")) != '\0') {
			size_t length = strcspn(text, " ");
			char *word = memory_copy(text, length);

			add(reading, word);
			free(word);
			text += length;
		}
		return true;
	}
	json_array_foreach(value, i, one)
	{
		if (!json_is_string(one))
			return false;
		add(reading, json_string_value(one));
	}
	return json_is_array(value);
}

/* RFC 6749, 3.3: what a scope may be made of; short, for they are kept. */
static bool scopes_are_plain(const struct buf *scopes)
{
	if (scopes->length > SCOPES_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < scopes->length; i++) {
		char c = scopes->bytes[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			return false;
	}
	return true;
}

static const char *powers_read(struct reading *reading)
{
	const struct issuer *issuer = reading->issuer;

	if (!words_read(
		reading, claim_find(reading->claims, &issuer->roles), role_add))
		return "no valid roles";
	if (!words_read(reading, claim_find(reading->claims, &issuer->scope),
		scope_add) ||
	    !scopes_are_plain(&reading->scopes))
		return "no valid scope";
	return NULL;
}

static const char *text_keep(char **end, const char *text)
{
	char *kept = *end;

	if (text == NULL)
		return NULL;
	*end = stpcpy(kept, text) + 1;
	return kept;
}

static size_t text_room(const char *text)
{
	return text == NULL ? 0 : strlen(text) + 1;
}

/* One block: free() is all it takes. */
static struct principal *principal_new(const struct reading *reading)
{
	const char *scopes =
	    reading->scopes.length == 0 ? "" : reading->scopes.bytes;
	struct principal *principal = memory_zero(1,
	    sizeof(*principal) + text_room(reading->org) +
		text_room(reading->subject) + text_room(scopes) +
		text_room(reading->client_id) +
		text_room(reading->credential_id));
	char *end = (char *)(principal + 1);

	principal->issuer = reading->issuer->name;
	principal->org = text_keep(&end, reading->org);
	principal->subject = text_keep(&end, reading->subject);
	principal->scopes = text_keep(&end, scopes);
	principal->client_id = text_keep(&end, reading->client_id);
	principal->credential_id = text_keep(&end, reading->credential_id);
	principal->roles = reading->roles != 0 ? reading->roles
					       : reading->issuer->default_role;
	principal->expires_at = reading->expires_at;
	return principal;
}

/*
 * Of the same issuer and audience, and for something else: an ID token (OpenID
 * Connect Core, 3.1.3.6 and 3.3.2.11), a logout token (Back-Channel Logout,
 * 2.4) or another event (RFC 8417), and what Keycloak calls by its purpose.
 */
static bool is_for_access(const json_t *claims)
{
	static const char *const marks[] = {"at_hash", "c_hash", "events"};
	static const char *const others[] = {
	    "ID", "Refresh", "Offline", "Logout"};
	const char *type = json_string_value(json_object_get(claims, "typ"));

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (json_object_get(claims, marks[i]) != NULL)
			return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (type != NULL && strcasecmp(type, others[i]) == 0)
			return false;
	return true;
}

struct principal *claims_read(const struct issuer *issuer, const json_t *claims,
    int64_t now, const char **why)
{
	struct reading reading = {.issuer = issuer, .claims = claims};
	struct principal *principal = NULL;
	const char *reason = NULL;

	if (!audience_is(json_object_get(claims, "aud"), issuer->audience))
		reason = "wrong audience";
	if (reason == NULL && !is_for_access(claims))
		reason = "no access token";
	if (reason == NULL)
		reason = times_check(&reading, now);
	if (reason == NULL)
		reason = names_read(&reading);
	if (reason == NULL)
		reason = powers_read(&reading);
	if (reason == NULL)
		principal = principal_new(&reading);
	buf_release(&reading.scopes);
	*why = reason;
	return principal;
}
