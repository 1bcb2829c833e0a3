/*
 * The first byte chooses what the rest is: 'd' a discovery document, 'k' a
 * set of keys over one that is there, 'n' the networks that are allowed, 'u'
 * an address, 'c' a Cache-Control value, 't' a media type.
 *
 * A fault leaves all as it was; what was taken is written and read again as
 * the same; no text allows an address that it does not spell.
 */
#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hefboom/buf.h"
#include "hefboom/fetch.h"
#include "hefboom/memory.h"
#include "hefboom/networks.h"
#include "token_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char first[] =
    "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"e\",\"crv\":\"P-256\",\"x\":"
    "\"ci8VYfwTOda05vVTuucBi9q5CDA8swvc1qj-5UM3T1w\","
    "\"y\":\"xfZgLACEVCCxfmP3Tg-EPueX7BT45zJ3-xNWcl9E4a4\"}]}";

static void demand(bool held)
{
	if (!held)
		__builtin_trap();
}

static void keys_try(const char *text, size_t length)
{
	struct issuer issuer = {.algorithm_count = 3};
	struct buf before = {0}, after = {0};
	bool changed;
	char *fault;

	issuer.algorithms[0] = algorithm_find("RS256");
	issuer.algorithms[1] = algorithm_find("ES256");
	issuer.algorithms[2] = algorithm_find("PS256");
	demand(keys_replace(&issuer, first, strlen(first), &changed) == NULL);
	keys_write(&issuer, &before);
	fault = keys_replace(&issuer, text, length, &changed);
	demand(fault == NULL || !changed);
	demand(issuer.key_count > 0 && issuer.key_count <= SET_KEYS_MAX);
	keys_write(&issuer, &after);
	demand(after.length <= SET_LENGTH_MAX);
	if (fault != NULL)
		demand(strcmp(before.bytes, after.bytes) == 0);
	demand(keys_replace(&issuer, after.bytes, after.length, &changed) ==
		NULL &&
	    !changed);
	for (size_t i = 0; i < issuer.key_count; i++)
		key_release(&issuer.keys[i]);
	free(issuer.keys);
	free(fault);
	buf_release(&before);
	buf_release(&after);
}

static void discovery_try(const char *text, size_t length)
{
	char *fault = NULL;
	char *url = discovery_read(text, length, "https://i", &fault);

	demand((url == NULL) == (fault != NULL));
	if (url != NULL)
		demand(strncasecmp(url, "http", 4) == 0 &&
		    strlen(url) <= FETCH_URL_MAX);
	free(url);
	free(fault);
}

/* Of 127.0.0.1 and ::1 none is allowed without its network. */
static void networks_try(const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	char *fault = NULL;
	struct networks *networks = networks_new(text, &fault);

	demand(fault == NULL || networks == NULL);
	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fault == NULL && strstr(text, "127.0.0") == NULL &&
	    strchr(text, ':') == NULL && strchr(text, '/') == NULL)
		demand(!address_is_allowed(
		    networks, (struct sockaddr *)&v4, false));
	networks_free(networks);
	free(fault);
}

static void url_try(const char *text)
{
	char *fault = fetch_url_check(text);

	if (fault == NULL) {
		demand(strlen(text) <= FETCH_URL_MAX);
		demand(strchr(text, ' ') == NULL && strchr(text, '#') == NULL);
		demand(strchr(text, '\n') == NULL);
	}
	free(fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text;
	size_t length = size - 1;
	int64_t seconds;

	if (size == 0)
		return 0;
	text = memory_copy((const char *)bytes + 1, length);
	switch (bytes[0]) {
	case 'd':
		discovery_try(text, length);
		break;
	case 'k':
		keys_try(text, length);
		break;
	case 'n':
		networks_try(text);
		break;
	case 'u':
		url_try(text);
		break;
	case 'c':
		seconds = cache_control_read(text, length);
		demand(seconds >= -1 && seconds <= 31536000);
		demand(keys_age(seconds) >= KEYS_AGE_MIN_S &&
		    keys_age(seconds) <= KEYS_AGE_MAX_S);
		break;
	case 't':
		type_is_json(text);
		break;
	default:
		break;
	}
	free(text);
	return 0;
}
